//! What is said of a check to readers of test results: attempts, texts and properties.
//!
//! Gives cleaned text that is not escaped yet. Must not know any format.

use std::time::{Duration, SystemTime};

use super::cases::MOST_MESSAGE;
use super::names::cut_characters;
use super::{CheckReport, PlanReport, RunReport, StageReport, changes, quarantine, wording};
use crate::event::{Leftover, Output, Proof};
use crate::outcome::{Class, Outcome};
use crate::text::{clean, clean_line, duration};

/// The most characters of a command or of a plan's words in a text, and of all of them together. A long run gets fewer
/// of each, at least so many.
const MOST_WORDS: usize = 4000;
const ALL_WORDS: usize = 4_000_000;
const LEAST_WORDS: usize = 200;

/// The most characters of a property; some readers take no more.
const MOST_VALUE: usize = 1000;

/// An attempt at a check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Try<'a> {
    /// Counts from 1.
    pub(super) number: usize,
    /// How it ended.
    pub(super) outcome: &'a Outcome,
    /// When it started, wall clock.
    pub(super) started: Option<SystemTime>,
    /// How long it ran.
    pub(super) took: Duration,
    /// What it wrote.
    pub(super) output: Option<&'a Output>,
    /// The processes that it left behind.
    leftover: &'a [Leftover],
    /// What else went wrong.
    warnings: &'a [String],
}

impl<'a> Try<'a> {
    /// The attempts before the one that decided, in order.
    pub(super) fn earlier(check: &'a CheckReport) -> impl Iterator<Item = Self> {
        check.attempts.iter().enumerate().map(|(index, attempt)| Self {
            number: index + 1,
            outcome: &attempt.end.outcome,
            started: attempt.started,
            took: attempt.end.took,
            output: attempt.end.output.as_ref(),
            leftover: &attempt.end.leftover,
            warnings: &attempt.end.warnings,
        })
    }

    /// The one that decided.
    pub(super) fn last(check: &'a CheckReport) -> Self {
        Self {
            number: check.attempts.len() + 1,
            outcome: &check.outcome,
            started: check.started,
            took: check.took,
            output: check.output.as_ref(),
            leftover: &check.leftover,
            warnings: &check.warnings,
        }
    }

    /// What it left to be said beside how it ended, a line each.
    pub(super) fn afterwards(&self) -> Vec<String> {
        let said = wording::afterwards(self.leftover, self.warnings).into_iter();
        said.map(|words| format!("It {}.", cut_characters(&words, MOST_WORDS))).collect()
    }

    /// Why it ended as it did, in one line that is not too long.
    pub(super) fn message(&self) -> String {
        cut_characters(&wording::reason(self.outcome), MOST_MESSAGE)
    }
}

/// Says what is to be said of checks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    most: usize,
}

impl Words {
    /// Divides the room for words among the checks of a run.
    pub(super) fn of(report: &RunReport) -> Self {
        Self { most: (ALL_WORDS / report.checks().count().max(1)).clamp(LEAST_WORDS, MOST_WORDS) }
    }

    /// Words of a plan on as many lines as they have there.
    fn cut(self, text: &str) -> String {
        cut_characters(clean(text.as_bytes()).trim_end(), self.most)
    }

    /// The reason, and what a reader needs to look at it. The output is not repeated here.
    pub(super) fn text(self, plan: &PlanReport, check: &CheckReport, attempt: &Try<'_>) -> String {
        let mut lines = vec![reason(attempt)];
        match &check.command {
            Some(command) => lines.push(format!("command: {}", self.cut(command))),
            None => lines.push(format!("to do: {}", self.cut(&check.text))),
        }
        if let Some(cwd) = &check.cwd {
            lines.push(format!("directory: {}", self.cut(cwd)));
        }
        if let Some(expect) = &check.expect {
            lines.push(format!("expected: {}", self.cut(expect)));
        }
        if let Some(said) = quarantine::says(check) {
            lines.push(self.cut(&said));
        }
        lines.push(format!("plan: {}, line {}", clean_line(&plan.path), check.line));
        lines.extend(of_attempt(attempt, check.attempts.len() + 1));
        lines.join("\n")
    }

    /// What is said of one attempt where the check itself was told before.
    pub(super) fn attempt(check: &CheckReport, attempt: &Try<'_>) -> String {
        let mut lines = vec![reason(attempt)];
        lines.extend(of_attempt(attempt, check.attempts.len() + 1));
        lines.join("\n")
    }

    /// What is known of a check beyond its result, by name.
    pub(super) fn properties(self, stage: &StageReport, check: &CheckReport) -> Vec<(&'static str, String)> {
        let value = |text: &str| cut_characters(&self.cut(text), MOST_VALUE);
        let mut properties = vec![
            ("stage", value(&stage.label)),
            ("kind", check.kind.word().to_owned()),
            ("outcome", check.outcome.word().to_owned()),
        ];
        let mut say = |name, value: Option<String>| properties.extend(value.map(|value| (name, value)));
        say("command", check.command.as_deref().map(value));
        say("cwd", check.cwd.as_deref().map(value));
        say("launcher", check.launcher.as_deref().map(value));
        say("expect", check.expect.as_deref().map(value));
        say("claimed", check.claimed.map(|claimed| claimed.to_string()));
        let (carried, shared, cached) = match &check.proof {
            Proof::Own => (None, None, None),
            Proof::CarriedOver { run } => (Some(value(run)), None, None),
            Proof::Shared { with } => (None, Some(value(with)), None),
            Proof::Cached { run } => (None, None, Some(value(run))),
        };
        if check.outcome.class() != Class::Skipped && check.proof == Proof::Own {
            say("attempts", Some((check.attempts.len() + 1).to_string()));
        }
        say("carried-over", carried);
        say("shared-with", shared);
        say("cached", cached);
        if let Some(said) = &check.quarantine {
            say("quarantine", Some(value(&said.entry)));
            say("quarantine-owner", Some(value(&said.owner)));
            say("quarantine-reason", Some(value(&said.reason)));
            say("quarantine-expires", Some(said.expires.clone()));
            say("quarantine-expired", Some(said.expired.to_string()));
        }
        if changes::is_flipped(check) {
            say("flaky", Some("ended otherwise at the same commit".to_owned()));
        }
        if let Some(before) = &check.before {
            say("last-night", Some(if before.held { "held" } else { "failed" }.to_owned()));
        }
        say("slow", check.slow.map(|slow| wording::slow(&slow)));
        say("exit-status", check.status.map(|status| status.to_string()));
        // In bytes, and in seconds.
        say("peak-memory", check.usage.map(|usage| usage.peak_memory.to_string()));
        say("cpu-time", check.usage.map(|usage| format!("{:.3}", usage.cpu.as_secs_f64())));
        properties
    }
}

fn reason(attempt: &Try<'_>) -> String {
    cut_characters(&wording::reason(attempt.outcome), MOST_WORDS)
}

/// What is said of an attempt beside its reason.
fn of_attempt(attempt: &Try<'_>, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if attempt.outcome.class() != Class::Skipped {
        lines.push(format!("took: {}", duration(attempt.took)));
    }
    if count > 1 {
        lines.push(format!("attempt: {} of {count}", attempt.number));
    }
    lines.extend(attempt.afterwards());
    lines
}
