//! What has changed since the last night: what fails newly, is flaky newly, holds again, or takes longer.
//!
//! Known only of a run as every night. Must not know how a report looks.

use std::time::Duration;

use super::causes::{self, Item, items};
use super::{CheckReport, RunReport};
use crate::outcome::Class;
use crate::roster::Before;
use crate::text::duration;

/// How many runs that passed are needed for a judgement about time.
const LEAST_RUNS: usize = 5;

/// By how many times its deviation, and by what share of its mean, something has to take longer.
const SIGMAS: f64 = 3.0;
const SHARE: f64 = 0.2;

/// Less than this is how exactly the start of a process can be told, however even the runs before were.
const LEAST_LOSS: Duration = Duration::from_millis(10);

/// What has changed of a check, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// It fails and did not when it last ran in a night, or was not there yet.
    NewlyFailing,
    /// It is flaky and was not.
    NewlyFlaky,
    /// It takes longer than usual.
    Slower,
    /// It holds and did not.
    Fixed,
}

impl Change {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::NewlyFailing, Self::NewlyFlaky, Self::Slower, Self::Fixed];

    /// One stable word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NewlyFailing => "newly-failing",
            Self::NewlyFlaky => "newly-flaky",
            Self::Slower => "slower",
            Self::Fixed => "fixed",
        }
    }

    /// The same for a heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::NewlyFailing => "Newly failing",
            Self::NewlyFlaky => "Newly flaky",
            Self::Slower => "Slower",
            Self::Fixed => "Fixed",
        }
    }
}

/// What has changed of a check, if anything has.
pub(super) fn of(report: &RunReport, item: Item<'_>) -> Option<Change> {
    report.since.as_ref()?;
    let check = item.check;
    // That it may fail is known.
    if check.outcome.class() == Class::Quarantined {
        return None;
    }
    let before = check.before.as_ref();
    let flaky = check.is_flaky() || is_flipped(check);
    if flaky {
        return before.is_none_or(|before| !before.flaky).then_some(Change::NewlyFlaky);
    }
    if causes::fails(check) {
        return before.is_none_or(|before| before.held).then_some(Change::NewlyFailing);
    }
    let before = before.filter(|_| check.outcome.class() == Class::Green)?;
    if !before.held {
        return Some(Change::Fixed);
    }
    is_slower(check, before).then_some(Change::Slower)
}

/// All that has changed, by kind, in document order.
pub(super) fn all(report: &RunReport) -> Vec<(Change, Item<'_>)> {
    let mut all: Vec<(Change, Item<'_>)> = items(report).filter_map(|item| Some((of(report, item)?, item))).collect();
    all.sort_by_key(|(change, _)| *change);
    all
}

/// Whether a check ended otherwise in an earlier run of the same commit.
pub(super) fn is_flipped(check: &CheckReport) -> bool {
    let Some(before) = &check.before else { return false };
    match check.outcome.plain().class() {
        Class::Green => before.failed_here,
        Class::Failure | Class::Error => before.held_here && check.outcome.plain().is_own_trouble(),
        Class::Skipped | Class::Quarantined => false,
    }
}

fn is_slower(check: &CheckReport, before: &Before) -> bool {
    let (took, mean) = (check.took.as_secs_f64(), before.mean.as_secs_f64());
    let loss = took - mean;
    check.started.is_some()
        && before.runs >= LEAST_RUNS
        && loss > SIGMAS * before.sigma.as_secs_f64()
        && loss > SHARE * mean
        && loss > LEAST_LOSS.as_secs_f64()
}

/// What is said of a change beside its check, as a clause.
pub(super) fn says(change: Change, check: &CheckReport) -> String {
    let reason = super::wording::reason(&check.outcome);
    match (change, &check.before) {
        (Change::NewlyFailing, Some(_)) => reason,
        (Change::NewlyFailing, None) => format!("{reason}; it is new"),
        (Change::NewlyFlaky, _) if check.is_flaky() => format!("holds at try {}", check.attempts.len() + 1),
        (Change::NewlyFlaky, _) if check.outcome.is_green() => "holds, and failed before at the same commit".to_owned(),
        (Change::NewlyFlaky, _) => format!("{reason}, and held before at the same commit"),
        (Change::Slower, Some(before)) => format!(
            "took {}, usually {} \u{b1} {} ({} runs)",
            duration(check.took),
            duration(before.mean),
            duration(before.sigma),
            before.runs
        ),
        (Change::Slower, None) => format!("took {}", duration(check.took)),
        (Change::Fixed, _) => "holds again".to_owned(),
    }
}
