//! The top of the page: the answer, the figures, and what stands in the way of a better one.
//!
//! Must not know how a check is shown in full.

use std::io::{self, Write};

use super::super::causes::Item;
use super::super::wording::{self, Totals, stamp};
use super::super::{PlanReport, RunReport, StageStatus, causes, changes, claims, quarantine};
use super::anchors::{Anchors, PlanAnchors};
use super::escape::{line, short};
use super::look;
use crate::outcome::Class;
use crate::plan::Kind;
use crate::text::{duration, plural};

/// The most problems of the runner or of a broken plan that are listed.
const MOST_PROBLEMS: usize = 100;

/// The most failures that are listed here; all of them stand further below.
const MOST_FAILURES: usize = 20;

/// The most stages that are named as blocked by another one.
const MOST_BLOCKED: usize = 20;

/// How many characters of a commit's hash are shown.
const COMMIT: usize = 12;

/// The most characters of a title, a command or a reason.
const MOST_WORDS: usize = 160;

/// Writes the answer and the figures.
pub(super) fn answer(out: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    let (look, sentence) = look::verdict(report);
    let totals = Totals::of(report);
    writeln!(
        out,
        "<header class=\"{}\">\n<p class=\"brand\">plan-run <span>{}</span></p>\n\
         <h1><span class=\"sign\" aria-hidden=\"true\">{}</span> {}</h1>\n<p class=\"totals\">{} \u{b7} {}</p>",
        look.class,
        look.word,
        look.sign,
        line(&sentence),
        totals.stages(),
        totals.checks()
    )?;
    shares(out, &totals)?;
    writeln!(out, "<dl class=\"facts\">")?;
    let mut fact = |name: &str, value: &str| writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    if let Some(stamp) = stamp(report.started) {
        let shown = stamp.replace('T', " ").replace('Z', " UTC");
        fact("Started", &format!("<time datetime=\"{stamp}\">{shown}</time>"))?;
    }
    fact("Took", &duration(report.took))?;
    if report.jobs > 0 {
        fact("At a time", &format!("up to {}", plural(report.jobs, "command")))?;
    }
    match report.plans.as_slice() {
        [] => {}
        [plan] => fact("Plan", &format!("<code>{}</code>", short(&plan.path, MOST_WORDS)))?,
        plans => fact("Plans", &plans.len().to_string())?,
    }
    match causes::items(report).filter(|&item| claims::is_unticked(item)).count() {
        0 => {}
        count => fact("Hold, not ticked", &plural(count, "check"))?,
    }
    if let Some(commit) = &report.commit {
        let enough: String = commit.chars().take(COMMIT).collect();
        fact("Commit", &format!("<code class=\"copy\">{}</code>", line(&enough)))?;
    }
    if let Some(run) = &report.run {
        fact("Run", &format!("<code class=\"copy\">{}</code>", short(run, MOST_WORDS)))?;
    }
    writeln!(out, "</dl>\n</header>")
}

/// The shares of the outcomes as a bar; the words above it say the same.
fn shares(out: &mut dyn Write, totals: &Totals) -> io::Result<()> {
    let parts = [
        ("bad", totals.failed),
        ("err", totals.errors + totals.cancelled),
        ("off", totals.not_run + totals.not_claimed + totals.quarantined),
        ("ok", totals.passed),
    ];
    let all: usize = parts.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return Ok(());
    }
    write!(out, "<svg class=\"shares\" width=\"100%\" height=\"6\" aria-hidden=\"true\">")?;
    let mut before = 0;
    for (class, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        let at = |count: usize| count as f64 / all as f64 * 100.0;
        write!(out, "<rect class=\"{class}\" x=\"{:.3}%\" width=\"{:.3}%\" height=\"6\"/>", at(before), at(count))?;
        before += count;
    }
    writeln!(out, "</svg>")
}

/// Writes what is wrong with the run as a whole and with plans that could not be run.
pub(super) fn problems(out: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    if !report.internal.is_empty() {
        writeln!(
            out,
            "<section aria-labelledby=\"internal\">\n<h2 id=\"internal\">What the runner could not account for</h2>"
        )?;
        list(out, &report.internal)?;
        writeln!(out, "</section>")?;
    }
    if !report.broken.is_empty() {
        writeln!(out, "<section aria-labelledby=\"broken\">\n<h2 id=\"broken\">Plans that cannot be run</h2>")?;
        for broken in &report.broken {
            let at = broken.line.map_or_else(String::new, |line| format!(":{line}"));
            writeln!(out, "<h3><span class=\"sign err\">!</span> <code>{}{at}</code></h3>", line(&broken.path))?;
            list(out, &broken.problems)?;
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn list(out: &mut dyn Write, lines: &[String]) -> io::Result<()> {
    writeln!(out, "<ul>")?;
    for problem in lines.iter().take(MOST_PROBLEMS) {
        writeln!(out, "<li>{}</li>", short(problem, 1000))?;
    }
    if lines.len() > MOST_PROBLEMS {
        writeln!(out, "<li>... and {} more</li>", lines.len() - MOST_PROBLEMS)?;
    }
    writeln!(out, "</ul>")
}

/// Writes a list of the checks that do not hold, each stage with what it keeps from running.
pub(super) fn failures(out: &mut dyn Write, report: &RunReport, anchors: &Anchors) -> io::Result<()> {
    let count = report.checks().filter(|check| is_open(check.outcome.class())).count();
    if count == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "<section id=\"failures\" aria-labelledby=\"failures-title\">\n<h2 id=\"failures-title\">What does not hold</h2>\n<ol class=\"failures\">"
    )?;
    let mut room = MOST_FAILURES;
    for (number, plan) in report.plans.iter().enumerate() {
        of_plan(out, plan, anchors.plan(number), report.plans.len() > 1, &mut room)?;
    }
    writeln!(out, "</ol>")?;
    if count > MOST_FAILURES {
        writeln!(out, "<p class=\"hint\">... and {} more, all of them below.</p>", count - MOST_FAILURES)?;
    }
    writeln!(out, "</section>")
}

fn is_open(class: Class) -> bool {
    matches!(class, Class::Failure | Class::Error)
}

fn of_plan(
    out: &mut dyn Write,
    plan: &PlanReport,
    names: &PlanAnchors,
    several: bool,
    room: &mut usize,
) -> io::Result<()> {
    for (stage, names) in plan.stages.iter().zip(&names.stages) {
        let open = stage.checks.iter().zip(&names.checks).filter(|(check, _)| is_open(check.outcome.class()));
        let shown: Vec<_> = open.take(*room).collect();
        *room -= shown.len();
        for (at, (check, anchor)) in shown.iter().enumerate() {
            let look = look::check(&check.outcome);
            let path = if several { format!("{} \u{b7} ", line(&plan.path)) } else { String::new() };
            write!(
                out,
                "<li class=\"{}\"><a href=\"#{anchor}\"><span class=\"sign\" aria-hidden=\"true\">{}</span> <b>{}</b> <code>{}</code></a>\
                 <p>{}. <span class=\"where\">{path}Stage {}</span></p>",
                look.class,
                look.sign,
                short(&check.label, MOST_WORDS),
                short(&wording::called(check), MOST_WORDS),
                short(&wording::reason(&check.outcome), 2 * MOST_WORDS),
                short(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS),
            )?;
            if at + 1 == shown.len() {
                blocked(out, plan, &stage.label)?;
            }
            writeln!(out, "</li>")?;
        }
    }
    Ok(())
}

/// What a stage keeps from running.
fn blocked(out: &mut dyn Write, plan: &PlanReport, label: &str) -> io::Result<()> {
    let behind = plan.stages.iter().filter(|stage| matches!(&stage.status, StageStatus::Blocked(by) if by == label));
    let names: Vec<String> =
        behind.map(|stage| short(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let more = match names.len().saturating_sub(MOST_BLOCKED) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let named = &names[..names.len().min(MOST_BLOCKED)];
    write!(
        out,
        "<p class=\"blocks\"><span class=\"sign\" aria-hidden=\"true\">\u{2298}</span> Blocks {}{more}.</p>",
        named.join(", ")
    )
}

/// Writes what a reader may believe too easily: what is ticked in the plan but not shown, and what held only when it was
/// tried again; what is in quarantine; and what was slow.
pub(super) fn doubts(out: &mut dyn Write, report: &RunReport, anchors: &Anchors) -> io::Result<()> {
    let mut claimed = Vec::new();
    let mut flaky = Vec::new();
    let mut slow = Vec::new();
    let mut quarantined = Vec::new();
    let mut changed = Vec::new();
    let expired = quarantine::expired(report);
    let expired: Vec<String> = expired.iter().map(|entry| short(&entry.sentence(), 4 * MOST_WORDS)).collect();
    for (number, plan) in report.plans.iter().enumerate() {
        let path = if report.plans.len() > 1 { format!("{} \u{b7} ", line(&plan.path)) } else { String::new() };
        for (stage, names) in plan.stages.iter().zip(&anchors.plan(number).stages) {
            let shown = stage.status == StageStatus::Holds;
            if stage.claimed && !shown {
                let name = short(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS);
                let word = look::stage(stage).word;
                claimed.push(format!("{path}<a href=\"#{}\">Stage {name}</a>: {word}", names.stage));
            }
            for (check, anchor) in stage.checks.iter().zip(&names.checks) {
                let entry = |more: &str| {
                    let (label, called) = (short(&check.label, MOST_WORDS), short(&wording::called(check), MOST_WORDS));
                    format!("{path}<a href=\"#{anchor}\"><b>{label}</b> <code>{called}</code></a>: {more}")
                };
                let ticked = check.claimed == Some(true) && check.kind != Kind::Manual;
                if ticked && !check.outcome.is_green() && (shown || !stage.claimed) {
                    claimed.push(entry(look::check(&check.outcome).word));
                }
                if let Some(by) = &check.slow {
                    slow.push(entry(&wording::was_slow(check.took, by)));
                }
                if let Some(change) = changes::of(report, Item { plan, stage, check }) {
                    let said = short(&changes::says(change, check), 2 * MOST_WORDS);
                    changed.push((change, format!("<b>{}</b> {}", change.title(), entry(&said))));
                }
                if check.outcome.class() == Class::Quarantined {
                    let said = quarantine::says(check).map(|said| format!("; {said}")).unwrap_or_default();
                    let reason = format!("{}{said}", wording::reason(&check.outcome));
                    quarantined.push(entry(&short(&reason, 2 * MOST_WORDS)));
                } else if quarantine::is_over(Item { plan, stage, check }) {
                    let at = check.quarantine.as_ref().map(|said| said.place.as_str()).unwrap_or_default();
                    quarantined.push(entry(&format!("holds; its entry at <code>{}</code> may go", line(at))));
                }
                if check.is_flaky() {
                    flaky.push(entry(&format!("passed when it was tried {} times", check.attempts.len() + 1)));
                }
            }
        }
    }
    changed.sort_by_key(|(change, _)| *change);
    let changed: Vec<String> = changed.into_iter().map(|(_, entry)| entry).collect();
    listed(out, "changed", "Since the last night", &changed)?;
    listed(out, "expired", "Quarantine that has expired", &expired)?;
    listed(out, "quarantined", "In quarantine", &quarantined)?;
    listed(out, "claimed", "Done, as the plan says, but not shown", &claimed)?;
    listed(out, "flaky", "Held only when tried again", &flaky)?;
    listed(out, "slow", "Slow", &slow)
}

/// A section with a list of what is markup already.
fn listed(out: &mut dyn Write, id: &str, title: &str, entries: &[String]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n<ul>")?;
    for entry in entries.iter().take(MOST_FAILURES) {
        writeln!(out, "<li>{entry}</li>")?;
    }
    if entries.len() > MOST_FAILURES {
        writeln!(out, "<li>... and {} more</li>", entries.len() - MOST_FAILURES)?;
    }
    writeln!(out, "</ul>\n</section>")
}
