//! The words that all reports share: reasons, marks of stages, counts, the sentence of a verdict.
//!
//! Gives one line of cleaned text each time. Must not know any format; every report escapes for itself.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::causes::Item;
use super::{CheckReport, PlanReport, RunReport, StageReport, StageStatus, Verdict, claims, quarantine};
use crate::config::Scope;
use crate::event::{Leftover, Slow};
use crate::outcome::{Cause, Class, Expected, Outcome, Skip};
use crate::plan::LimitOf;
use crate::text::{clean_line, duration, plural, size};

/// Why a check ended as it did, as a fragment of one line.
#[must_use]
pub fn reason(outcome: &Outcome) -> String {
    let words = match outcome {
        Outcome::Passed => "holds".to_owned(),
        Outcome::Failed { status, expected: None } => format!("exit status {status}"),
        Outcome::Failed { status, expected: Some(Expected { what, got: None }) } => {
            format!("exit status {status}, expected {what}")
        }
        Outcome::Failed { status, expected: Some(Expected { what, got: Some(got) }) } => {
            format!("exit status {status}, expected {what}, got {got}")
        }
        // They do not end a process: the runner did, when it saw it waiting.
        Outcome::Signalled { signal: 21 | 22 } => {
            "wants a terminal, which a check does not have; it was ended".to_owned()
        }
        Outcome::Flaky { tries } => format!("holds only at try {tries}, and what is flaky was to fail"),
        Outcome::LeftBehind => "left something running, and leftovers were to fail".to_owned(),
        Outcome::Signalled { signal } => match signal_name(*signal) {
            Some(name) => format!("ended by signal {signal} ({name})"),
            None => format!("ended by signal {signal}"),
        },
        Outcome::TimedOut { limit, of } => timed_out(&duration(*limit), *of),
        Outcome::NotStarted { why } => format!("could not be started: {why}"),
        Outcome::OutputLimit { limit } => format!("wrote more than {} and was ended", size(*limit)),
        Outcome::Lost { why } => format!("how it ended could not be learned: {why}"),
        Outcome::Cancelled(Cause::Interrupt) => "the run was interrupted before it ended".to_owned(),
        Outcome::Cancelled(cause) => format!("cancelled because {}", because(cause)),
        Outcome::Quarantined(plain) => reason(plain),
        Outcome::Interrupted => "interrupted: the runner was ended before it could tell how it ended".to_owned(),
        Outcome::Skipped(Skip::Manual) => "a person must do it".to_owned(),
        Outcome::Skipped(Skip::Red) => "must fail before the work is done; runs only with --red".to_owned(),
        Outcome::Skipped(Skip::NotClaimed) => "not claimed yet".to_owned(),
        Outcome::Skipped(Skip::HeldBack { why }) => format!("held back: {why}"),
        Outcome::Skipped(Skip::Blocked { by }) => format!("blocked: stage {by} does not hold"),
        Outcome::Skipped(Skip::ScriptStopped { by }) => format!("not reached: its script stopped at {by}"),
        Outcome::Skipped(Skip::Configured { why }) => format!("skipped by the configuration: {why}"),
        Outcome::Skipped(Skip::NotAsked { why }) => format!("not asked for: {why}"),
        Outcome::Skipped(Skip::GivenUp(cause)) => format!("not run because {}", because(cause)),
    };
    clean_line(&words)
}

fn timed_out(limit: &str, of: LimitOf) -> String {
    let whose = match of {
        LimitOf::Check => ", the limit of the check,",
        LimitOf::Stage => ", the limit of its stage,",
        LimitOf::Plan => ", the limit of its plan,",
        LimitOf::Configuration => ", the limit of the configuration,",
        LimitOf::Call => ", the limit of --timeout,",
        LimitOf::Default => "",
        LimitOf::Run => return format!("still ran when the time of the run, {limit}, was over, and was ended"),
    };
    format!("ran longer than {limit}{whose} and was ended")
}

/// What became of a check and when, as a fragment of one line.
#[must_use]
pub fn ended(check: &CheckReport) -> String {
    let how = match check.outcome.class() {
        Class::Green => "holds",
        Class::Failure | Class::Error => "does not hold",
        Class::Skipped => "not run",
        Class::Quarantined => "does not hold, in quarantine",
    };
    let why = if check.outcome.is_green() { String::new() } else { format!(": {}", reason(&check.outcome)) };
    let when = check.started.and_then(stamp).map(|when| format!(", {when}")).unwrap_or_default();
    let took = if check.started.is_some() { format!(" ({})", duration(check.took)) } else { String::new() };
    format!("{how}{why}{took}{when}")
}

/// By what a check is slow, as a clause without a subject.
pub(super) fn slow(slow: &Slow) -> String {
    let usual = slow.usual.map(|usual| format!(", usually takes {}", duration(usual))).unwrap_or_default();
    format!("runs longer than {}{usual}", duration(slow.after))
}

/// What is said of a slow check that has ended.
pub(super) fn was_slow(took: Duration, slow: &Slow) -> String {
    match slow.usual {
        Some(usual) => format!("took {}, usually {}", duration(took), duration(usual)),
        None => format!("took {}", duration(took)),
    }
}

/// Why something was given up, as a clause.
pub(super) fn because(cause: &Cause) -> String {
    clean_line(&match cause {
        Cause::Interrupt => "the run was interrupted".to_owned(),
        Cause::FirstFailure { check, .. } => format!("check {check} does not hold"),
        Cause::Failures { count: 1 } => "1 check does not hold".to_owned(),
        Cause::Failures { count } => format!("{count} checks do not hold"),
        Cause::RunTime { limit } => format!("the time of the run, {}, was over", duration(*limit)),
    })
}

/// What is said of a run that was given up before its end, or of a part of it that is more than a stage.
fn given_up(report: &RunReport) -> Option<String> {
    let more = |cause: &&Cause| !matches!(cause, Cause::FirstFailure { scope: Scope::Stage, .. });
    let causes: Vec<&Cause> = report.gave_up.iter().filter(more).collect();
    let (first, others) = causes.split_first()?;
    let what = match first {
        Cause::FirstFailure { scope: Scope::Plan, .. } if others.is_empty() => "a plan",
        Cause::FirstFailure { scope: Scope::Plan, .. } => "some plans",
        _ => "the run",
    };
    let verb = if what == "some plans" { "were" } else { "was" };
    Some(format!("{what} {verb} given up because {}", because(first)))
}

/// The name of a signal whose number is the same on all Unix systems.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        21 => "SIGTTIN",
        22 => "SIGTTOU",
        _ => return None,
    })
}

/// What a check left to be said beside how it ended: the processes that it left behind, and warnings; a line each, in
/// the form of a sentence without its subject.
pub(super) fn afterwards(leftover: &[Leftover], warnings: &[String]) -> Vec<String> {
    let left = (!leftover.is_empty()).then(|| left_behind(leftover));
    left.into_iter().chain(warnings.iter().map(|warning| clean_line(warning))).collect()
}

fn left_behind(leftover: &[Leftover]) -> String {
    let named = |left: &Leftover| {
        let process = left.process.map(|process| format!(" ({process})")).unwrap_or_default();
        (!left.command.is_empty()).then(|| format!("{}{process}", clean_line(&left.command)))
    };
    let names: Vec<String> = leftover.iter().filter_map(named).collect();
    let head = match (names.len(), leftover.len()) {
        (0, _) => return "left processes behind, which were ended".to_owned(),
        (_, 1) => "left a process behind, which was ended".to_owned(),
        (_, count) => format!("left {count} processes behind, which were ended"),
    };
    format!("{head}: {}", names.join(", "))
}

/// What to call a check: its command, or the plan's words where it has none.
pub(super) fn called(check: &CheckReport) -> String {
    clean_line(check.command.as_deref().unwrap_or(&check.text))
}

/// What is said of a claim that is not proven: by what it is made, and what came of it.
pub(super) fn claim(item: Item<'_>) -> String {
    let by = if item.check.claimed == Some(true) { "ticked" } else { "its stage is claimed as done" };
    let verb = if super::causes::fails(item.check) { "fails" } else { "is not proven" };
    format!("{by}, but {verb}: {}", reason(&item.check.outcome))
}

/// A stage's name: label and title.
pub(super) fn stage_name(label: &str, title: &str) -> String {
    clean_line(&format!("{label} {title}"))
}

/// How a stage is marked: a picture, and the word that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// One picture, for Markdown.
    pub(super) picture: &'static str,
    /// One or two words.
    pub(super) word: &'static str,
}

/// How a stage is marked.
pub(super) fn mark(stage: &StageReport) -> Mark {
    let manual =
        !stage.checks.is_empty() && stage.checks.iter().all(|check| check.outcome == Outcome::Skipped(Skip::Manual));
    let (picture, word) = match &stage.status {
        StageStatus::Holds => ("\u{2705}", "holds"),
        StageStatus::Fails => ("\u{274c}", "fails"),
        StageStatus::Blocked(_) => ("\u{26d4}", "blocked"),
        StageStatus::NotProven if manual => ("\u{1f464}", "manual"),
        StageStatus::NotProven => ("\u{2754}", "not proven"),
        StageStatus::NotClaimed => ("\u{2b1c}", "unclaimed"),
        StageStatus::Cancelled => ("\u{1f6d1}", "cancelled"),
    };
    Mark { picture, word }
}

/// How many stages and checks came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// All stages.
    pub(super) stages: usize,
    /// Stages that hold.
    pub(super) hold: usize,
    /// Stages of which something is not claimed yet.
    pub(super) unclaimed_stages: usize,
    /// Checks that passed.
    pub(super) passed: usize,
    /// Checks proven not to hold.
    pub(super) failed: usize,
    /// Checks that could not be judged.
    pub(super) errors: usize,
    /// Checks that an interrupt ended.
    pub(super) cancelled: usize,
    /// Checks that were not run because they are not claimed yet.
    pub(super) not_claimed: usize,
    /// Checks that do not hold and are excused.
    pub(super) quarantined: usize,
    /// Checks that were not run for another reason.
    pub(super) not_run: usize,
}

impl Totals {
    /// Counts a whole run.
    pub(super) fn of(report: &RunReport) -> Self {
        Self::count(report.plans.iter().flat_map(|plan| &plan.stages))
    }

    /// Counts one plan.
    pub(super) fn of_plan(plan: &PlanReport) -> Self {
        Self::count(&plan.stages)
    }

    /// Counts some stages.
    pub(super) fn count<'a>(stages: impl IntoIterator<Item = &'a StageReport>) -> Self {
        let mut totals = Self::default();
        for stage in stages {
            totals.stages += 1;
            totals.hold += usize::from(stage.status == StageStatus::Holds);
            totals.unclaimed_stages += usize::from(stage.status == StageStatus::NotClaimed);
            for check in &stage.checks {
                match check.outcome.class() {
                    Class::Green => totals.passed += 1,
                    Class::Failure => totals.failed += 1,
                    Class::Error if matches!(check.outcome, Outcome::Cancelled(_) | Outcome::Interrupted) => {
                        totals.cancelled += 1;
                    }
                    Class::Error => totals.errors += 1,
                    Class::Skipped if check.outcome == Outcome::Skipped(Skip::NotClaimed) => totals.not_claimed += 1,
                    Class::Skipped => totals.not_run += 1,
                    Class::Quarantined => totals.quarantined += 1,
                }
            }
        }
        totals
    }

    /// The checks in words: `3 passed, 1 failed, 2 not run`.
    pub(super) fn checks(&self) -> String {
        let parts = [
            (self.passed, format!("{} passed", self.passed)),
            (self.failed, format!("{} failed", self.failed)),
            (self.errors, plural(self.errors, "error")),
            (self.cancelled, format!("{} cancelled", self.cancelled)),
            (self.quarantined, format!("{} quarantined", self.quarantined)),
            (self.not_claimed, format!("{} not claimed yet", self.not_claimed)),
            (self.not_run, format!("{} not run", self.not_run)),
        ];
        let said: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
        if said.is_empty() { "no checks".to_owned() } else { said.join(", ") }
    }

    /// The stages in words: `3 of 4 stages hold`.
    pub(super) fn stages(&self) -> String {
        let verb = if self.hold == 1 || self.stages == 1 { "holds" } else { "hold" };
        format!("{} of {} {verb}", self.hold, plural(self.stages, "stage"))
    }
}

/// The verdict in one sentence without a full stop.
pub(super) fn sentence(report: &RunReport, verdict: Verdict) -> String {
    let totals = Totals::of(report);
    match verdict {
        Verdict::Interrupted if report.incomplete => "The runner was ended before every check had ended".to_owned(),
        Verdict::Interrupted => "Interrupted before every check had ended".to_owned(),
        Verdict::Internal => "The run cannot be relied on".to_owned(),
        Verdict::BrokenPlan => format!("{} cannot be run", plural(report.broken.len(), "plan")),
        Verdict::Fails => {
            // What was cancelled for the sake of another one is not what is wrong.
            let own = totals.failed + totals.errors;
            let bad = match if own > 0 { own } else { totals.cancelled } {
                0 if report.strict => "Not every check was run, and strictly all have to be".to_owned(),
                0 => "Not every check was run".to_owned(),
                1 => "1 check does not hold".to_owned(),
                bad => format!("{bad} checks do not hold"),
            };
            given_up(report).map_or_else(|| bad.clone(), |why| format!("{bad}; {why}"))
        }
        Verdict::ExpiredQuarantine => match quarantine::expired(report).len() {
            1 => "1 quarantine has expired".to_owned(),
            count => format!("{count} quarantines have expired"),
        },
        Verdict::UnprovenClaims => match claims::unproven(report).count() {
            1 => "1 check is claimed as done and not proven".to_owned(),
            count => format!("{count} checks are claimed as done and not proven"),
        },
        Verdict::NothingRan => "Nothing was run, so nothing is proven".to_owned(),
        Verdict::NothingClaimed => "Nothing is claimed as done yet, so nothing was run".to_owned(),
        Verdict::EmptyShard => {
            let shard = report.shard.map(|shard| format!(" {shard}")).unwrap_or_default();
            format!("Nothing falls to shard{shard}, so nothing was run")
        }
        Verdict::NothingTouched => "What changed touches no plan, so nothing was run".to_owned(),
        Verdict::Holds => {
            let elsewhere = elsewhere(report);
            let open = match totals.stages - totals.hold - totals.unclaimed_stages - elsewhere {
                0 => None,
                1 => Some("1 stage is not proven".to_owned()),
                count => Some(format!("{count} stages are not proven")),
            };
            let unclaimed = match totals.unclaimed_stages {
                0 => None,
                1 => Some("1 stage is not claimed yet".to_owned()),
                count => Some(format!("{count} stages are not claimed yet")),
            };
            let empty = match report.plans.iter().filter(|plan| plan.stages.is_empty()).count() {
                0 => None,
                1 => Some("1 plan has no stage".to_owned()),
                count => Some(format!("{count} plans have no stage")),
            };
            let elsewhere = match elsewhere {
                0 => None,
                1 => Some("1 stage is left to other shards".to_owned()),
                count => Some(format!("{count} stages are left to other shards")),
            };
            let but: Vec<String> = open.into_iter().chain(unclaimed).chain(empty).chain(elsewhere).collect();
            if but.is_empty() {
                "Every stage holds".to_owned()
            } else {
                let outside = if totals.quarantined > 0 { " outside the quarantine" } else { "" };
                format!("Every check that ran{outside} holds; {}", but.join(", "))
            }
        }
    }
}

/// How many stages have nothing to show for themselves because their checks fall to other shards.
fn elsewhere(report: &RunReport) -> usize {
    let is_left = |check: &CheckReport| matches!(check.outcome, Outcome::Skipped(Skip::NotAsked { .. }));
    let stages = report.plans.iter().flat_map(|plan| &plan.stages);
    let left = stages.filter(|stage| stage.status == StageStatus::NotProven && stage.checks.iter().any(is_left));
    report.shard.map_or(0, |_| left.count())
}

/// One word for a verdict, for machines.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Interrupted => "interrupted",
        Verdict::Internal => "internal",
        Verdict::BrokenPlan => "broken-plan",
        Verdict::Fails => "fails",
        Verdict::ExpiredQuarantine => "expired-quarantine",
        Verdict::UnprovenClaims => "unproven-claims",
        Verdict::NothingRan => "nothing-ran",
        Verdict::NothingClaimed => "nothing-claimed",
        Verdict::EmptyShard => "empty-shard",
        Verdict::NothingTouched => "nothing-touched",
        Verdict::Holds => "holds",
    }
}

/// One word for a verdict, in capitals, for a place where colour may be missing.
pub(super) fn shout(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Interrupted => "INTERRUPTED",
        Verdict::Internal => "ERROR",
        Verdict::BrokenPlan => "BROKEN PLAN",
        Verdict::Fails => "FAILS",
        Verdict::ExpiredQuarantine => "EXPIRED",
        Verdict::UnprovenClaims => "UNPROVEN CLAIMS",
        Verdict::NothingRan => "NOTHING RAN",
        Verdict::NothingClaimed => "NOTHING CLAIMED",
        Verdict::EmptyShard => "EMPTY SHARD",
        Verdict::NothingTouched => "NOTHING TOUCHED",
        Verdict::Holds => "HOLDS",
    }
}

/// A time of the wall clock to the second; `None` for the start of the epoch, which stands for an unknown time.
pub(super) fn stamp(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    if seconds == 0 {
        return None;
    }
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?.format(&Rfc3339).ok()
}
