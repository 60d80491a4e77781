//! The Markdown summary: verdict, stages, failures with the end of their output, what was not run and why.
//!
//! Passed checks are only counted. Every section has a share of the limit; what does not fit is counted. Must not
//! know where the text goes.

use std::io;

use super::excerpt::{ReadPart, tail};
use super::markup::{code, fence, html, link, reproduce, text};
use super::names::{cut_bytes, cut_characters};
use super::wording::{self, Totals};
use super::{CheckReport, PlanReport, RunReport, StageReport, StageStatus, Verdict};
use crate::outcome::{Class, Outcome, Skip};
use crate::roster::Broken;
use crate::text::{duration, plural};

/// The most rows of one table.
const MOST_ROWS: usize = 200;

/// The least and the most that one failure gets, in bytes.
const FAILURE_SHARE: std::ops::RangeInclusive<usize> = 600..=12_000;

/// How many failures are shown open.
const OPEN_FAILURES: usize = 3;

/// The most lines of a failure's output.
const MOST_LINES: usize = 100;

/// Kept free in a section for the line that says how much was left out.
const MORE: usize = 60;

/// The most characters of a command or a title in running text.
const MOST_WORDS: usize = 160;

/// The most bytes of a command that is given for reproducing.
const MOST_COMMAND: usize = 300;

/// How many labels a group of checks that were not run lists.
const MOST_LABELS: usize = 30;

/// A finished run as Markdown, at most `limit` bytes. `links` is what a plan's path is appended to for a link, such as
/// `https://github.com/owner/name/blob/<commit>/`; without it links are relative paths.
///
/// # Errors
/// When an output cannot be read.
pub fn markdown(report: &RunReport, read: &ReadPart<'_>, links: Option<&str>, limit: usize) -> io::Result<String> {
    let page = Page { report, read, links };
    let mut out = page.head();
    if out.len() > limit {
        return Ok(cut_bytes(&out, limit).to_owned());
    }
    let broken = page.broken((limit - out.len()) / 4);
    out.push_str(&broken);
    let tables = page.tables((limit - out.len()) / 2);
    out.push_str(&tables);
    // What was not run comes last but is made before the failures, which take all that is left.
    let not_run = page.not_run((limit - out.len()) / 3);
    let failures = page.failures(limit - out.len() - not_run.len())?;
    out.push_str(&failures);
    out.push_str(&not_run);
    Ok(out)
}

struct Page<'a> {
    report: &'a RunReport,
    read: &'a ReadPart<'a>,
    links: Option<&'a str>,
}

/// A check with what it belongs to.
#[derive(Clone, Copy)]
struct Item<'a> {
    plan: &'a PlanReport,
    stage: &'a StageReport,
    check: &'a CheckReport,
}

impl<'a> Page<'a> {
    fn head(&self) -> String {
        let verdict = Verdict::of(self.report, &[]);
        let picture = match verdict {
            Verdict::Interrupted => "\u{1f6d1}",
            Verdict::Internal => "\u{1f4a5}",
            Verdict::BrokenPlan => "\u{26d4}",
            Verdict::Fails => "\u{274c}",
            Verdict::NothingRan => "\u{2754}",
            Verdict::Holds => "\u{2705}",
        };
        let totals = Totals::of(self.report);
        let mut out = format!(
            "## {picture} {}\n\n**{}** \u{b7} {} \u{b7} {}",
            wording::sentence(self.report, verdict),
            totals.stages(),
            totals.checks(),
            duration(self.report.took)
        );
        if self.report.jobs > 0 {
            out.push_str(&format!(" \u{b7} up to {} at a time", plural(self.report.jobs, "command")));
        }
        out.push_str("\n\n");
        for line in self.report.internal.iter().take(10) {
            out.push_str(&format!("- {}\n", text(&cut_characters(line, MOST_WORDS))));
        }
        match self.report.internal.len() {
            0 => {}
            1..=10 => out.push('\n'),
            count => out.push_str(&format!("\n... and {} more\n\n", count - 10)),
        }
        out
    }

    fn broken(&self, budget: usize) -> String {
        let items = self.report.broken.iter().map(|broken| self.broken_plan(broken));
        let count = self.report.broken.len();
        section("### Plans that cannot be run\n\n", "\n", items.map(Ok), count, budget, "plan").unwrap_or_default()
    }

    fn broken_plan(&self, broken: &Broken) -> String {
        let shown = match broken.line {
            Some(line) => format!("{}:{line}", text(&broken.path)),
            None => text(&broken.path),
        };
        let mut out = format!("- \u{26d4} {}\n", link(&shown, &broken.path, broken.line, self.links));
        for problem in broken.problems.iter().take(20) {
            out.push_str(&format!("  - {}\n", text(&cut_characters(problem, 300))));
        }
        if broken.problems.len() > 20 {
            out.push_str(&format!("  - ... and {} more\n", broken.problems.len() - 20));
        }
        out
    }

    fn tables(&self, budget: usize) -> String {
        let count = self.report.plans.len();
        let share = budget / count.max(1);
        let items = self.report.plans.iter().map(|plan| {
            // With very many plans some get a readable table and the others are counted.
            Ok(self.table(plan, share.max(800).min(budget)))
        });
        section("", "", items, count, budget, "plan").unwrap_or_default()
    }

    fn table(&self, plan: &PlanReport, budget: usize) -> String {
        let title = text(&cut_characters(&plan.title, MOST_WORDS));
        let title = link(&title, &plan.path, None, self.links);
        let path = code(&plan.path);
        let mut head = if self.report.plans.len() > 1 {
            let totals = Totals::of_plan(plan);
            format!("### {title}\n\n{path} \u{b7} {} \u{b7} {}\n\n", totals.stages(), totals.checks())
        } else {
            format!("Plan: {title} \u{b7} {path}\n\n")
        };
        if plan.stages.is_empty() {
            return head;
        }
        head.push_str("| Outcome | Stage | Checks | Time |\n|---|---|---|--:|\n");
        let rows: Vec<String> = plan.stages.iter().map(|stage| self.row(plan, stage)).collect();
        // Rows stand in document order; when there are too many, those of stages that hold are left out first.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&index| plan.stages[index].status == StageStatus::Holds);
        let mut used = head.len() + MORE;
        let mut kept = Vec::new();
        for index in order.into_iter().take(MOST_ROWS) {
            used += rows[index].len();
            if used > budget {
                break;
            }
            kept.push(index);
        }
        kept.sort_unstable();
        let mut out = head;
        for &index in &kept {
            out.push_str(&rows[index]);
        }
        if kept.len() < rows.len() {
            out.push_str(&format!("\n... and {}\n", plural(rows.len() - kept.len(), "more stage")));
        }
        out.push('\n');
        out
    }

    fn row(&self, plan: &PlanReport, stage: &StageReport) -> String {
        let mark = wording::mark(stage);
        let by = match &stage.status {
            StageStatus::Blocked(by) => format!(" by {}", text(by)),
            _ => String::new(),
        };
        let name = text(&cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS));
        let name = link(&name, &plan.path, Some(stage.line), self.links);
        let took = if stage.started.is_some() { duration(stage.took) } else { String::new() };
        let checks = Totals::count([stage]).checks();
        format!("| {} {}{by} | {name} | {checks} | {took} |\n", mark.picture, mark.word)
    }

    fn items(&self) -> impl Iterator<Item = Item<'a>> {
        self.report.plans.iter().flat_map(|plan| {
            let stages = plan.stages.iter();
            stages.flat_map(move |stage| stage.checks.iter().map(move |check| Item { plan, stage, check }))
        })
    }

    fn failures(&self, budget: usize) -> io::Result<String> {
        let failing: Vec<Item<'_>> = self
            .items()
            .filter(|item| matches!(item.check.outcome.class(), Class::Failure | Class::Error))
            .filter(|item| item.check.outcome != Outcome::Cancelled)
            .collect();
        let count = failing.len();
        let share = budget.saturating_sub(MORE + 40) / count.max(1);
        let share = share.clamp(*FAILURE_SHARE.start(), *FAILURE_SHARE.end());
        let items = failing.iter().enumerate().map(|(index, item)| self.failure(*item, index < OPEN_FAILURES, share));
        section("### Failures\n\n", "", items, count, budget, "failure")
    }

    fn failure(&self, item: Item<'_>, open: bool, share: usize) -> io::Result<String> {
        let Item { plan, stage, check } = item;
        let (picture, word) = match check.outcome.class() {
            Class::Failure => ("\u{274c}", "failed"),
            Class::Green | Class::Error | Class::Skipped => ("\u{26a0}\u{fe0f}", "error"),
        };
        let place = link(&format!("{}:{}", text(&plan.path), check.line), &plan.path, Some(check.line), self.links);
        let mut out = format!(
            "<details{}><summary>{picture} {word}: <b>{}</b> <code>{}</code>: {}</summary>\n\n",
            if open { " open" } else { "" },
            html(&check.label),
            html(&cut_characters(&wording::called(check), MOST_WORDS)),
            html(&cut_characters(&wording::reason(&check.outcome), MOST_WORDS)),
        );
        let name = text(&cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS));
        out.push_str(&format!("At {place} \u{b7} stage {name} \u{b7} {}\n\n", duration(check.took)));
        if let Some(expect) = &check.expect {
            out.push_str(&format!("The plan expects: {}\n\n", text(&cut_characters(expect, MOST_WORDS))));
        }
        if check.leftover {
            out.push_str("It left processes behind, which were ended.\n\n");
        }
        let foot = format!("To reproduce: {}\n\n</details>\n\n", self.again(check, &place));
        let room = share.saturating_sub(out.len() + foot.len());
        out.push_str(&self.output(check, room)?);
        out.push_str(&foot);
        Ok(out)
    }

    /// How to run a check by hand.
    fn again(&self, check: &CheckReport, place: &str) -> String {
        let command = check.command.as_deref().filter(|command| command.len() <= MOST_COMMAND);
        if check.in_script {
            return format!("it shares a shell with other commands; run all of them as they stand at {place}");
        }
        match command.and_then(|command| reproduce(command, check.cwd.as_deref())) {
            Some(line) => code(&line),
            None => format!("run the lines at {place}"),
        }
    }

    /// The end of a check's output as a fenced block of at most `room` bytes.
    fn output(&self, check: &CheckReport, room: usize) -> io::Result<String> {
        let Some(output) = check.output.as_ref().filter(|output| !output.is_empty()) else {
            return Ok("It wrote nothing.\n\n".to_owned());
        };
        let tail = tail(self.read, output, MOST_LINES, room as u64)?;
        if tail.lines.is_empty() {
            return Ok("It wrote nothing but white space.\n\n".to_owned());
        }
        // The fence is chosen for all lines, so that it does not depend on how many of them fit.
        let fence = fence(&tail.lines);
        let mut left = room.saturating_sub(2 * fence.len() + "text\n\n\n...\n".len());
        let mut kept: Vec<&str> = Vec::new();
        for line in tail.lines.iter().rev() {
            if line.len() + 1 > left {
                if kept.is_empty() {
                    kept.push(cut_bytes(line, left.saturating_sub(1)));
                }
                break;
            }
            left -= line.len() + 1;
            kept.push(line);
        }
        let cut = tail.cut || kept.len() < tail.lines.len();
        let mut out = format!("{fence}text\n{}", if cut { "...\n" } else { "" });
        for line in kept.iter().rev() {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(&format!("{fence}\n\n"));
        Ok(if out.len() <= room { out } else { String::new() })
    }

    fn not_run(&self, budget: usize) -> String {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut manual = Vec::new();
        let mut leftover = Vec::new();
        for item in self.items() {
            let check = item.check;
            if check.outcome == Outcome::Skipped(Skip::Manual) {
                manual.push(item);
            } else if check.outcome.class() == Class::Skipped || check.outcome == Outcome::Cancelled {
                let reason = wording::reason(&check.outcome);
                match groups.iter_mut().find(|group| group.reason == reason && std::ptr::eq(group.plan, item.plan)) {
                    Some(group) => group.labels.push(&check.label),
                    None => groups.push(Group { plan: item.plan, reason, labels: vec![&check.label] }),
                }
            } else if check.outcome.is_green() && check.leftover {
                leftover.push(item);
            }
        }
        let mut out = String::new();
        let mut add = |title: &str, items: Vec<String>, part: usize| {
            let count = items.len();
            let budget = (budget - out.len()) / part;
            out += &section(title, "\n", items.into_iter().map(Ok), count, budget, "entry").unwrap_or_default();
        };
        add("### Not run\n\n", groups.iter().map(|group| self.group(group)).collect(), 2);
        add("### For a person to check\n\n", manual.iter().map(|item| self.entry(*item)).collect(), 2);
        let title = "### Passed, but left processes behind, which were ended\n\n";
        add(title, leftover.iter().map(|item| self.entry(*item)).collect(), 1);
        out
    }

    fn group(&self, group: &Group<'_>) -> String {
        let shown = group.labels.iter().take(MOST_LABELS).map(|label| text(label)).collect::<Vec<_>>().join(", ");
        let more = match group.labels.len().saturating_sub(MOST_LABELS) {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let plan = if self.report.plans.len() > 1 { format!("{}: ", code(&group.plan.path)) } else { String::new() };
        let count = plural(group.labels.len(), "check");
        format!("- {plan}{} ({count}): {shown}{more}\n", text(&cut_characters(&group.reason, MOST_WORDS)))
    }

    fn entry(&self, item: Item<'_>) -> String {
        let Item { plan, check, .. } = item;
        let place =
            if self.report.plans.len() > 1 { format!("{} {}", plan.path, check.label) } else { check.label.clone() };
        let words = if check.text.trim().is_empty() { wording::called(check) } else { check.text.clone() };
        let link = link(&text(&place), &plan.path, Some(check.line), self.links);
        format!("- {link}: {}\n", text(&cut_characters(&words, 300)))
    }
}

/// Checks of a plan that were not run for the same reason.
struct Group<'a> {
    plan: &'a PlanReport,
    reason: String,
    labels: Vec<&'a str>,
}

/// A title and as many items as fit into `budget` bytes; a line says how many more there are. Nothing when there
/// are no items, or no room even for the title.
fn section(
    title: &str,
    end: &str,
    items: impl Iterator<Item = io::Result<String>>,
    count: usize,
    budget: usize,
    noun: &str,
) -> io::Result<String> {
    let fixed = title.len() + end.len() + MORE;
    if count == 0 || fixed > budget {
        return Ok(String::new());
    }
    let mut out = String::from(title);
    let mut shown = 0;
    for item in items {
        let item = item?;
        if out.len() + item.len() + end.len() + MORE > budget {
            break;
        }
        out.push_str(&item);
        shown += 1;
    }
    if shown < count {
        let noun = match (noun, count - shown) {
            ("entry", 1) => "1 more entry".to_owned(),
            ("entry", left) => format!("{left} more entries"),
            (noun, left) => format!("{left} more {noun}{}", if left == 1 { "" } else { "s" }),
        };
        out.push_str(&format!("\n... and {noun}\n\n"));
    } else {
        out.push_str(end);
    }
    Ok(out)
}
