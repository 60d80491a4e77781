//! What does not hold: where, why, the end of its output, what it kept from running, and how to reproduce it.
//!
//! Must not know how much room there is for all of it.

use std::collections::BTreeSet;
use std::io;

use super::super::causes::{Failure, Item, failures};
use super::super::excerpt::tail;
use super::super::markup::{code, fence, html, link, text};
use super::super::names::{cut_bytes, cut_characters};
use super::super::reproduce::{reproduce, word};
use super::super::wording::{self, Totals};
use super::super::{CheckReport, StageReport};
use super::page::Page;
use super::section::{MOST_WORDS, section, some};
use crate::outcome::Class;
use crate::text::{clean, duration, plural};

/// The least and the most that one failure gets, in bytes.
const SHARE: std::ops::RangeInclusive<usize> = 600..=12_000;

/// How many failures are shown open.
const OPEN: usize = 3;

/// The most lines of a failure's output.
const MOST_LINES: usize = 100;

/// The most bytes of the line that reproduces a failure.
const MOST_REPRODUCE: usize = 600;

/// The most bytes of a command that is longer than a line.
const MOST_COMMAND: usize = 1000;

/// The most stages that are listed as blocked by one.
const MOST_BLOCKED: usize = 20;

/// How many plans the line names that runs all failures again.
const MOST_PLANS: usize = 5;

/// Kept free for the line that says how many failures were left out.
const MORE: usize = 100;

impl Page<'_> {
    /// The failures in at most `budget` bytes, each with the same share.
    pub(super) fn failures(&self, budget: usize) -> io::Result<String> {
        let failing = failures(self.report);
        let again = self.all_again(&failing);
        let again = if again.len() < budget / 4 { again } else { String::new() };
        let count = failing.len();
        let room = budget - again.len();
        let share = room.saturating_sub(MORE) / count.max(1);
        let share = share.clamp(*SHARE.start(), *SHARE.end());
        let items = failing.iter().enumerate().map(|(index, failure)| self.fitting(failure, index < OPEN, share));
        section("### Failures\n\n", &again, items, count, budget, "failure")
    }

    /// A failure with names as long as its share allows.
    fn fitting(&self, failure: &Failure<'_>, open: bool, share: usize) -> io::Result<String> {
        let whole = self.failure(failure, open, share, MOST_WORDS)?;
        if whole.len() <= share { Ok(whole) } else { self.failure(failure, open, share, MOST_WORDS / 8) }
    }

    fn failure(&self, failure: &Failure<'_>, open: bool, share: usize, most_words: usize) -> io::Result<String> {
        let Item { plan, stage, check } = failure.item;
        let cut = |words: &str| cut_characters(words, most_words);
        let (picture, word) = match check.outcome.class() {
            Class::Failure => ("\u{274c}", "failed"),
            Class::Green | Class::Error | Class::Skipped | Class::Quarantined => ("\u{26a0}\u{fe0f}", "error"),
        };
        let place = format!("{}:{}", text(&cut(&plan.path)), check.line);
        let place = link(&place, &plan.path, Some(check.line), self.links);
        let called = wording::called(check);
        let mut out = format!(
            "<details{}><summary>{picture} {word}: <b>{}</b> <code>{}</code>: {}</summary>\n\n",
            if open { " open" } else { "" },
            html(&cut(&check.label)),
            html(&cut(&called)),
            html(&cut(&wording::reason(&check.outcome))),
        );
        let name = text(&cut(&wording::stage_name(&stage.label, &stage.title)));
        out.push_str(&format!("At {place} \u{b7} stage {name} \u{b7} {}\n\n", duration(check.took)));
        let mut room = share.saturating_sub(out.len() + "</details>\n\n".len());
        let mut add = |part: String| {
            // What has no room is left out as a whole, the least important last.
            if part.len() <= room {
                room -= part.len();
                part
            } else {
                String::new()
            }
        };
        let again = add(self.again(stage, check, &place));
        let mut said = String::new();
        if let Some(expect) = &check.expect {
            said.push_str(&add(format!("The plan expects: {}\n\n", text(&cut(expect)))));
        }
        if check.claimed == Some(true) {
            said.push_str(&add("The plan says that it is done.\n\n".to_owned()));
        }
        for words in wording::afterwards(&check.leftover, &check.warnings) {
            said.push_str(&add(format!("It {}.\n\n", text(&cut(&words)))));
        }
        if !check.attempts.is_empty() {
            said.push_str(&add(format!(
                "It was tried {} times; before: {}\n\n",
                check.attempts.len() + 1,
                before(check)
            )));
        }
        if check.command.is_some() && called.chars().count() > MOST_WORDS {
            said.push_str(&add(whole_command(check)));
        }
        let stopped: Vec<String> = failure.stopped.iter().map(|check| text(&cut(&check.label))).collect();
        if !stopped.is_empty() {
            said.push_str(&add(format!("Not reached in the same script: {}\n\n", some(&stopped))));
        }
        out.push_str(&said);
        let blocked = self.blocked(failure, room / 3);
        room -= blocked.len();
        out.push_str(&self.output(check, room)?);
        out.push_str(&again);
        out.push_str(&blocked);
        out.push_str("</details>\n\n");
        Ok(out)
    }

    /// The stages that were not run because this one does not hold.
    fn blocked(&self, failure: &Failure<'_>, budget: usize) -> String {
        let stages = &failure.blocked;
        let items = stages.iter().take(MOST_BLOCKED).map(|stage| {
            let name = text(&cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS));
            let name = link(&name, &failure.item.plan.path, Some(stage.line), self.links);
            Ok(format!("- {name}: {}\n", Totals::count([*stage]).checks()))
        });
        let title = format!("<details><summary>It blocks {}</summary>\n\n", plural(stages.len(), "stage"));
        section(&title, "\n</details>\n\n", items, stages.len(), budget, "stage").unwrap_or_default()
    }

    /// How to run a check by hand.
    fn again(&self, stage: &StageReport, check: &CheckReport, place: &str) -> String {
        match reproduce(stage, check).filter(|line| line.len() <= MOST_REPRODUCE) {
            Some(line) => format!("To reproduce: {}\n\n", code(&line)),
            None if check.in_script => {
                format!("To reproduce, run the commands of its block up to {place} in one shell.\n\n")
            }
            None => format!("To reproduce, run the lines at {place}.\n\n"),
        }
    }

    /// How to run all that does not hold once more, where the run is kept.
    fn all_again(&self, failing: &[Failure<'_>]) -> String {
        let plans: BTreeSet<&str> = failing.iter().map(|failure| failure.item.plan.path.as_str()).collect();
        match &self.report.run {
            Some(run) if !failing.is_empty() && plans.len() <= MOST_PLANS => {
                let plans: Vec<String> = plans.into_iter().map(word).collect();
                let line = format!("plan-run run --rerun-failed={} {}", word(run), plans.join(" "));
                format!("All that does not hold, where the run is kept: {}\n\n", code(&line))
            }
            _ => String::new(),
        }
    }

    /// The end of a check's output as a fenced block of at most `room` bytes.
    fn output(&self, check: &CheckReport, room: usize) -> io::Result<String> {
        let said = |words: &str| if words.len() <= room { words.to_owned() } else { String::new() };
        let Some(output) = check.output.as_ref().filter(|output| !output.is_empty()) else {
            return Ok(said("It wrote nothing.\n\n"));
        };
        let tail = tail(self.read, output, MOST_LINES, room as u64)?;
        if tail.lines.is_empty() {
            return Ok(said("It wrote nothing but white space.\n\n"));
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
        Ok(said(&out))
    }
}

/// What became of the attempts before the last one.
pub(super) fn before(check: &CheckReport) -> String {
    let reasons: Vec<String> = check
        .attempts
        .iter()
        .map(|attempt| text(&cut_characters(&wording::reason(&attempt.end.outcome), MOST_WORDS)))
        .collect();
    some(&reasons)
}

/// A command that is too long for a line, as it stands in the plan.
fn whole_command(check: &CheckReport) -> String {
    let command = clean(check.command.as_deref().unwrap_or_default().as_bytes());
    let shown = cut_bytes(command.trim_end(), MOST_COMMAND);
    let mut lines: Vec<String> = shown.lines().map(str::to_owned).collect();
    if shown.len() < command.trim_end().len() {
        lines.push("...".to_owned());
    }
    let fence = fence(&lines);
    format!("{fence}sh\n{}\n{fence}\n\n", lines.join("\n"))
}
