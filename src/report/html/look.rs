//! How outcomes look on the page: a sign, a word that says the same, and a class of the style sheet.
//!
//! Colour never carries a meaning alone. Must not know where a sign stands.

use super::super::{RunReport, StageReport, StageStatus, Verdict, wording};
use crate::outcome::{Class, Outcome, Skip};

/// How something looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The class of the style sheet: `ok`, `bad`, `err` or `off`.
    pub(super) class: &'static str,
    /// One character.
    pub(super) sign: &'static str,
    /// A few words.
    pub(super) word: &'static str,
}

const fn look(class: &'static str, sign: &'static str, word: &'static str) -> Look {
    Look { class, sign, word }
}

/// How the end of a check looks.
pub(super) fn check(outcome: &Outcome) -> Look {
    match outcome {
        Outcome::Passed => look("ok", "\u{2713}", "passed"),
        Outcome::Failed { .. } => look("bad", "\u{2717}", "failed"),
        Outcome::Flaky { .. } => look("bad", "\u{2717}", "flaky"),
        Outcome::LeftBehind => look("bad", "\u{2717}", "leftover"),
        Outcome::Signalled { .. } => look("bad", "\u{2717}", "signal"),
        Outcome::TimedOut { .. } => look("err", "!", "timed out"),
        Outcome::NotStarted { .. } => look("err", "!", "not started"),
        Outcome::OutputLimit { .. } => look("err", "!", "output limit"),
        Outcome::Lost { .. } => look("err", "!", "lost"),
        Outcome::Cancelled(_) => look("err", "\u{25a0}", "cancelled"),
        Outcome::Interrupted => look("err", "\u{25a0}", "interrupted"),
        Outcome::Quarantined(_) => look("off", "~", "quarantined"),
        Outcome::Skipped(Skip::Manual) => look("off", "\u{2610}", "manual"),
        Outcome::Skipped(Skip::Red) => look("off", "\u{2013}", "red"),
        Outcome::Skipped(Skip::NotClaimed) => look("off", "\u{2013}", "not claimed yet"),
        Outcome::Skipped(Skip::HeldBack { .. }) => look("off", "\u{2013}", "held back"),
        Outcome::Skipped(Skip::Blocked { .. }) => look("off", "\u{2298}", "blocked"),
        Outcome::Skipped(Skip::ScriptStopped { .. }) => look("off", "\u{2298}", "not reached"),
        Outcome::Skipped(Skip::Configured { .. }) => look("off", "\u{2013}", "skipped"),
        Outcome::Skipped(Skip::NotAsked { .. }) => look("off", "\u{2013}", "not asked for"),
        Outcome::Skipped(Skip::GivenUp(_)) => look("off", "\u{2298}", "given up"),
    }
}

/// Which of the page's filters shows a check.
pub(super) fn filter(outcome: &Outcome) -> &'static str {
    match outcome.class() {
        Class::Green => "passed",
        Class::Failure | Class::Error => "open",
        Class::Skipped if *outcome == Outcome::Skipped(Skip::Manual) => "manual",
        Class::Skipped | Class::Quarantined => "not-run",
    }
}

/// How a stage looks.
pub(super) fn stage(stage: &StageReport) -> Look {
    let word = wording::mark(stage).word;
    match &stage.status {
        StageStatus::Holds => look("ok", "\u{2713}", word),
        StageStatus::Fails => {
            let failed = stage.checks.iter().any(|check| check.outcome.class() == Class::Failure);
            if failed { look("bad", "\u{2717}", word) } else { look("err", "!", word) }
        }
        StageStatus::Blocked(_) => look("off", "\u{2298}", word),
        StageStatus::NotProven if word == "manual" => look("off", "\u{2610}", word),
        StageStatus::NotProven => look("off", "?", word),
        StageStatus::NotClaimed => look("off", "\u{2013}", word),
        StageStatus::Cancelled => look("err", "\u{25a0}", word),
    }
}

/// How the answer of a run looks; its word is its sentence.
pub(super) fn verdict(report: &RunReport) -> (Look, String) {
    let verdict = Verdict::of(report, &[]);
    let look = match verdict {
        Verdict::Interrupted => look("err", "\u{25a0}", wording::shout(verdict)),
        Verdict::Internal | Verdict::BrokenPlan => look("err", "!", wording::shout(verdict)),
        Verdict::Fails | Verdict::ExpiredQuarantine | Verdict::UnprovenClaims => {
            look("bad", "\u{2717}", wording::shout(verdict))
        }
        Verdict::NothingRan => look("off", "?", wording::shout(verdict)),
        Verdict::NothingClaimed | Verdict::NothingTouched | Verdict::EmptyShard => {
            look("off", "\u{2013}", wording::shout(verdict))
        }
        Verdict::Holds => look("ok", "\u{2713}", wording::shout(verdict)),
    };
    (look, wording::sentence(report, verdict))
}
