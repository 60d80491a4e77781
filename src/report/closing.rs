//! What is said when a run is over: a table of the stages and the verdict, for terminals and logs alike.
//!
//! Must not know how the run was told while it went on.

use super::causes::{self, Item};
use super::changes::Change;
use super::lines::{Paint, WORD, paint, paint_of, safe};
use super::wording::{self, Totals};
use super::{RunReport, StageReport, StageStatus, Verdict, changes, claims, quarantine};
use crate::outcome::Class;
use crate::text::{columns, duration, fit, plural};

/// The most columns of a stage's name.
const NAME_COLUMNS: usize = 36;

/// The most columns of a check's name in a note.
const NOTE_COLUMNS: usize = 60;

/// The most places of what is not ticked.
const MOST_PLACES: usize = 5;

/// The most changes since the last night.
const MOST_CHANGES: usize = 50;

/// The most notes.
const MOST_NOTES: usize = 20;

/// The closing table and the verdict, ending with a line break. Where it is to be brief, stages that hold or are not claimed
/// yet have no row, and what could be ticked is not told.
#[must_use]
pub fn closing(report: &RunReport, verdict: Verdict, brief: bool, colour: bool) -> String {
    let mut out = String::new();
    changed(&mut out, report, colour);
    for plan in &report.plans {
        let is_told = |stage: &&StageReport| !matches!(stage.status, StageStatus::Holds | StageStatus::NotClaimed);
        if brief && !plan.stages.is_empty() && !plan.stages.iter().any(|stage| is_told(&stage)) {
            continue;
        }
        out.push('\n');
        if report.plans.len() + report.broken.len() > 1 {
            out.push_str(&format!("{}\n", safe(&plan.path)));
        }
        let stages = plan.stages.iter().filter(|stage| !brief || is_told(stage));
        table(&mut out, stages.collect::<Vec<_>>().as_slice(), colour);
    }
    for broken in &report.broken {
        out.push('\n');
        let place = broken.line.map_or_else(|| safe(&broken.path), |line| format!("{}:{line}", safe(&broken.path)));
        row(&mut out, "broken", Paint::Red, colour, &place);
        for problem in &broken.problems {
            row(&mut out, "", Paint::Dim, colour, &safe(problem));
        }
    }
    notes(&mut out, report, brief, colour);
    if !report.internal.is_empty() {
        out.push('\n');
    }
    for line in &report.internal {
        row(&mut out, "internal", Paint::Red, colour, &safe(line));
    }
    let totals = Totals::of(report);
    out.push_str(&format!(
        "\n{}: {} ({}; {}) in {}\n",
        paint(wording::shout(verdict), paint_of(verdict), colour),
        wording::sentence(report, verdict),
        totals.stages(),
        totals.checks(),
        duration(report.took)
    ));
    out
}

/// What has changed since the last night, before anything else.
fn changed(out: &mut String, report: &RunReport, colour: bool) {
    let Some(since) = &report.since else { return };
    let all = changes::all(report);
    let count = plural(all.len(), "change");
    out.push_str(&format!("\n{count} since the last night ({})\n", safe(since)));
    let several = report.plans.len() + report.broken.len() > 1;
    for (change, item) in all.iter().take(MOST_CHANGES) {
        let paint = match change {
            Change::NewlyFailing => Paint::Red,
            Change::NewlyFlaky | Change::Slower => Paint::Yellow,
            Change::Fixed => Paint::Green,
        };
        let label = &item.check.label;
        let name = if several { format!("{}#{label}", item.plan.path) } else { label.clone() };
        let name = fit(&safe(&format!("{name} {}", wording::called(item.check))), NOTE_COLUMNS);
        let word = match change {
            Change::NewlyFailing => "new fail",
            Change::NewlyFlaky => "new flaky",
            Change::Slower => "slower",
            Change::Fixed => "fixed",
        };
        row(out, word, paint, colour, &format!("{name}: {}", safe(&changes::says(*change, item.check))));
    }
    if all.len() > MOST_CHANGES {
        row(out, "", Paint::Dim, colour, &format!("and {} more", all.len() - MOST_CHANGES));
    }
}

/// The checks of which more is to be said than what became of them.
fn notes(out: &mut String, report: &RunReport, brief: bool, colour: bool) {
    let several = report.plans.len() + report.broken.len() > 1;
    let name = |item: Item<'_>| {
        let label = &item.check.label;
        let name = if several { format!("{}#{label}", item.plan.path) } else { label.clone() };
        safe(&format!("{name} {}", wording::called(item.check)))
    };
    let mut lines = Vec::new();
    let claim_colour = if report.strict_claims { Paint::Red } else { Paint::Yellow };
    for item in claims::unproven(report) {
        let claim = format!("{}: {}, at {}", fit(&name(item), NOTE_COLUMNS), safe(&wording::claim(item)), place(item));
        lines.push(("claimed", claim_colour, claim));
    }
    for entry in quarantine::expired(report) {
        lines.push(("expired", Paint::Red, safe(&entry.sentence())));
    }
    for item in causes::items(report).filter(|item| item.check.outcome.class() == Class::Quarantined) {
        let said = quarantine::says(item.check).map(|said| format!("; {said}")).unwrap_or_default();
        let reason = wording::reason(&item.check.outcome);
        let name = fit(&name(item), NOTE_COLUMNS);
        lines.push(("quarantine", Paint::Yellow, format!("{name}: {}", safe(&format!("{reason}{said}")))));
    }
    for item in causes::items(report).filter(|&item| quarantine::is_over(item)) {
        let name = fit(&name(item), NOTE_COLUMNS);
        let entry = item.check.quarantine.as_ref().map(|said| said.place.as_str()).unwrap_or_default();
        lines.push(("quarantine", Paint::Dim, format!("{name}: holds; its entry at {} may go", safe(entry))));
    }
    for item in causes::items(report)
        .filter(|item| item.check.slow.is_some() || item.check.is_flaky() || item.check.losses().next().is_some())
    {
        let name = name(item);
        if let Some(slow) = &item.check.slow {
            let took = wording::was_slow(item.check.took, slow);
            lines.push(("slow", Paint::Yellow, format!("{}: {took}", fit(&name, NOTE_COLUMNS))));
        }
        if let Some(why) = item.check.losses().last() {
            let times = plural(item.check.losses().count(), "time");
            let words = format!("{}: {times}: {}", fit(&name, NOTE_COLUMNS), safe(why));
            lines.push(("lost", Paint::Yellow, words));
        }
        if item.check.is_flaky() {
            lines.push((
                "flaky",
                Paint::Yellow,
                format!("{}: holds at try {}", fit(&name, NOTE_COLUMNS), item.check.attempts.len() + 1),
            ));
        }
    }
    let unticked = unticked(report).filter(|_| !brief);
    if !lines.is_empty() || unticked.is_some() {
        out.push('\n');
    }
    let more = lines.len().saturating_sub(MOST_NOTES);
    for (word, paint, line) in lines.into_iter().take(MOST_NOTES) {
        row(out, word, paint, colour, &line);
    }
    if more > 0 {
        row(out, "", Paint::Dim, colour, &format!("and {more} more"));
    }
    if let Some(line) = unticked {
        row(out, "unticked", Paint::Dim, colour, &line);
    }
}

/// Where a check stands in its plan.
fn place(item: Item<'_>) -> String {
    format!("{}:{}", safe(&item.plan.path), item.check.line)
}

/// How many checks hold and are not ticked, and where the first of them stand.
fn unticked(report: &RunReport) -> Option<String> {
    let unticked: Vec<Item<'_>> = causes::items(report).filter(|&item| claims::is_unticked(item)).collect();
    let mut places: Vec<String> = Vec::new();
    let mut path = None;
    for &item in unticked.iter().take(MOST_PLACES) {
        // The path of one plan is said once.
        let line = item.check.line.to_string();
        places.push(if path == Some(&item.plan.path) { line } else { place(item) });
        path = Some(&item.plan.path);
    }
    let more = match unticked.len().saturating_sub(MOST_PLACES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (verb, them) = if unticked.len() == 1 { ("holds and is", "it") } else { ("hold and are", "them") };
    let checks = plural(unticked.len(), "check");
    let line = || format!("{checks} {verb} not ticked: {}{more}; `plan-run mark` ticks {them}", places.join(", "));
    (!unticked.is_empty()).then(line)
}

fn table(out: &mut String, stages: &[&StageReport], colour: bool) {
    if stages.is_empty() {
        row(out, "not proven", Paint::Yellow, colour, "no stage was found");
    }
    let rows: Vec<(String, String)> = stages
        .iter()
        .map(|stage| {
            let name = safe(&wording::stage_name(&stage.label, &stage.title));
            (fit(&name, NAME_COLUMNS), Totals::count([*stage]).checks())
        })
        .collect();
    let name_width = rows.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
    let checks_width = rows.iter().map(|(_, checks)| columns(checks)).max().unwrap_or(0);
    for (stage, (name, checks)) in stages.iter().zip(&rows) {
        let (word, colour_of) = match &stage.status {
            StageStatus::Holds => ("holds", Paint::Green),
            StageStatus::Fails => ("FAILS", Paint::Red),
            StageStatus::Blocked(_) | StageStatus::NotProven | StageStatus::Cancelled => {
                (wording::mark(stage).word, Paint::Yellow)
            }
            StageStatus::NotClaimed => (wording::mark(stage).word, Paint::Dim),
        };
        let note = match &stage.status {
            StageStatus::Blocked(by) => format!("by stage {}", safe(by)),
            _ if stage.started.is_some() => duration(stage.took),
            _ => String::new(),
        };
        let name_gap = " ".repeat(name_width - columns(name));
        let checks_gap = " ".repeat(checks_width - columns(checks));
        row(out, word, colour_of, colour, &format!("{name}{name_gap}  {checks}{checks_gap}  {note}"));
    }
}

/// A line of the table: a word in a column of its own, and what it is about.
pub(super) fn row(out: &mut String, word: &str, colour_of: Paint, colour: bool, rest: &str) {
    let gap = " ".repeat(WORD.saturating_sub(columns(word)));
    let word = if word.is_empty() { String::new() } else { paint(word, colour_of, colour) };
    out.push_str(format!("  {word}{gap}{rest}").trim_end());
    out.push('\n');
}
