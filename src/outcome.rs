//! Every way in which a check can end, and which of them is green.
//!
//! Shared words of the runner and the reports. Must not know how commands are started or shown.

use std::time::Duration;

use crate::config::Scope;
use crate::plan::LimitOf;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and what the plan expects was seen.
    Passed,
    /// It ended by itself and what the plan expects was not seen.
    Failed {
        /// The exit status.
        status: i32,
        /// What was expected instead, where that is not exit status 0.
        expected: Option<Expected>,
    },
    /// What the plan expects was seen, but only when it was tried again, which was not to be enough.
    Flaky {
        /// How often it was tried.
        tries: usize,
    },
    /// What the plan expects was seen, but it left processes running, which was not to be.
    LeftBehind,
    /// A signal that the runner did not send ended it.
    Signalled {
        /// The signal's number.
        signal: i32,
    },
    /// It ran longer than it may and was ended.
    TimedOut {
        /// The limit.
        limit: Duration,
        /// Whose limit it was.
        of: LimitOf,
    },
    /// It could not be started.
    NotStarted {
        /// Why, in words.
        why: String,
    },
    /// It wrote more than it may and was ended.
    OutputLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The runner could not learn how it ended.
    Lost {
        /// Why, in words.
        why: String,
    },
    /// It was not run, by design or because of something that went before.
    Skipped(Skip),
    /// The runner gave it up before it ended: asked to end, or, after an interrupt, not started any more.
    Cancelled(Cause),
    /// The runner itself was ended before it could tell: killed, or without power.
    Interrupted,
    /// It does not hold, or was not reached because of one that does not, and is in quarantine, which excuses that.
    Quarantined(Box<Outcome>),
}

/// What was expected, and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What was expected, as a noun phrase.
    pub what: String,
    /// What came instead, where the exit status does not tell: a short piece of the output, or that there was none.
    pub got: Option<String>,
}

impl Expected {
    /// Something that the exit status is measured by.
    pub fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), got: None }
    }
}

/// Why a check was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// A person must do it.
    Manual,
    /// It must fail before the work is done and was not asked for.
    Red,
    /// Only what the plan claims as done was asked for, and this is not.
    NotClaimed,
    /// It changes things that a check should leave alone.
    HeldBack {
        /// What it would change.
        why: String,
    },
    /// A stage that its stage needs does not hold.
    Blocked {
        /// The label of the failed stage where the trouble began.
        by: String,
    },
    /// An earlier command of the same script failed.
    ScriptStopped {
        /// The label of the check that stopped the script.
        by: String,
    },
    /// The configuration says so.
    Configured {
        /// The reason given there.
        why: String,
    },
    /// This run was not asked for it.
    NotAsked {
        /// What became of it elsewhere.
        why: String,
    },
    /// The runner gave it up before it started. Never because of an interrupt: what that keeps from running is cancelled.
    GivenUp(Cause),
}

/// Why the runner gave up what it had still to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Someone interrupted the run.
    Interrupt,
    /// A check does not hold, and no more was wanted after that.
    FirstFailure {
        /// The check's label, with its plan's path before it where there are several plans.
        check: String,
        /// What was given up with it.
        scope: Scope,
    },
    /// As many checks do not hold as were borne.
    Failures {
        /// How many.
        count: usize,
    },
    /// The time of the run was over.
    RunTime {
        /// The limit.
        limit: Duration,
    },
}

impl Cause {
    /// One stable word: `interrupt`, `first-failure`, `failures`, `run-time`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::FirstFailure { .. } => "first-failure",
            Self::Failures { .. } => "failures",
            Self::RunTime { .. } => "run-time",
        }
    }

    /// Changes the words in it that come from the world outside.
    pub fn map_words(&mut self, mut map: impl FnMut(&str) -> String) {
        match self {
            Self::FirstFailure { check, .. } => *check = map(check),
            Self::Interrupt | Self::Failures { .. } | Self::RunTime { .. } => {}
        }
    }
}

/// What an outcome counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Proven to hold.
    Green,
    /// Proven not to hold.
    Failure,
    /// Not proven either way because something went wrong.
    Error,
    /// Not tried.
    Skipped,
    /// Does not hold, or is not proven, and is excused.
    Quarantined,
}

impl Outcome {
    /// What the outcome counts as: the one place that decides what is green.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Passed => Class::Green,
            Self::Failed { .. } | Self::Flaky { .. } | Self::LeftBehind | Self::Signalled { .. } => Class::Failure,
            Self::TimedOut { .. }
            | Self::NotStarted { .. }
            | Self::OutputLimit { .. }
            | Self::Lost { .. }
            | Self::Cancelled(_)
            | Self::Interrupted => Class::Error,
            Self::Skipped(_) => Class::Skipped,
            Self::Quarantined(_) => Class::Quarantined,
        }
    }

    /// How it ended, whether or not that is excused.
    #[must_use]
    pub fn plain(&self) -> &Self {
        match self {
            Self::Quarantined(plain) => plain.plain(),
            _ => self,
        }
    }

    /// Changes the words in it that come from the world outside, labels of plans included.
    pub fn map_words(&mut self, map: impl FnMut(&str) -> String) {
        self.map_all(&mut { map });
    }

    fn map_all(&mut self, map: &mut dyn FnMut(&str) -> String) {
        match self {
            Self::Failed { expected: Some(Expected { what, got }), .. } => {
                *what = map(what);
                if let Some(got) = got {
                    *got = map(got);
                }
            }
            Self::NotStarted { why: words }
            | Self::Lost { why: words }
            | Self::Skipped(
                Skip::HeldBack { why: words }
                | Skip::Configured { why: words }
                | Skip::NotAsked { why: words }
                | Skip::Blocked { by: words }
                | Skip::ScriptStopped { by: words },
            ) => *words = map(words),
            Self::Cancelled(cause) | Self::Skipped(Skip::GivenUp(cause)) => cause.map_words(map),
            Self::Quarantined(plain) => plain.map_all(map),
            Self::Passed
            | Self::Failed { expected: None, .. }
            | Self::Flaky { .. }
            | Self::LeftBehind
            | Self::Signalled { .. }
            | Self::TimedOut { .. }
            | Self::OutputLimit { .. }
            | Self::Interrupted
            | Self::Skipped(Skip::Manual | Skip::Red | Skip::NotClaimed) => {}
        }
    }

    /// Why it was not run, if it was not.
    #[must_use]
    pub fn into_skip(self) -> Option<Skip> {
        if let Self::Skipped(skip) = self { Some(skip) } else { None }
    }

    /// Whether the check is proven to hold.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.class() == Class::Green
    }

    /// Whether a dependent of the check's stage must not start because of it.
    #[must_use]
    pub fn blocks(&self) -> bool {
        match self.class() {
            Class::Failure | Class::Error => true,
            // Whoever builds on it may show for itself whether that does harm.
            Class::Green | Class::Quarantined => false,
            Class::Skipped => {
                matches!(self, Self::Skipped(Skip::Blocked { .. } | Skip::ScriptStopped { .. } | Skip::GivenUp(_)))
            }
        }
    }

    /// Whether it says of the check itself that it does not hold, or cannot be judged: not what was given up for
    /// something else, and what was not run least of all.
    #[must_use]
    pub fn is_own_trouble(&self) -> bool {
        match self {
            Self::Cancelled(_) | Self::Interrupted | Self::TimedOut { of: LimitOf::Run, .. } => false,
            _ => matches!(self.class(), Class::Failure | Class::Error),
        }
    }

    /// Whether it was run and does not hold: it ran to an end, or to a limit of its own, that is not what was wanted.
    #[must_use]
    pub fn is_refuted(&self) -> bool {
        matches!(self.plain(), Self::Flaky { .. }) || self.plain().may_be_tried_again()
    }

    /// Whether another attempt may end otherwise: it ran to an end that is not what was wanted.
    #[must_use]
    pub fn may_be_tried_again(&self) -> bool {
        match self {
            Self::TimedOut { of, .. } => *of != LimitOf::Run,
            Self::Failed { .. } | Self::LeftBehind | Self::Signalled { .. } | Self::OutputLimit { .. } => true,
            Self::Passed
            | Self::Flaky { .. }
            | Self::NotStarted { .. }
            | Self::Lost { .. }
            | Self::Quarantined(_)
            | Self::Skipped(_)
            | Self::Cancelled(_)
            | Self::Interrupted => false,
        }
    }

    /// One stable word for reports: `passed`, `exit-code`, `flaky`, `leftover`, `signal`, `timeout`, `spawn`,
    /// `output-limit`, `infrastructure`, `cancelled`, `interrupted`, `manual`, `red`, `not-claimed`, `held-back`, `dependency`, `script`,
    /// `configured`, `not-asked`, `given-up`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "exit-code",
            Self::Flaky { .. } => "flaky",
            Self::LeftBehind => "leftover",
            Self::Signalled { .. } => "signal",
            Self::TimedOut { .. } => "timeout",
            Self::NotStarted { .. } => "spawn",
            Self::OutputLimit { .. } => "output-limit",
            Self::Lost { .. } => "infrastructure",
            Self::Cancelled(_) => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Quarantined(plain) => plain.word(),
            Self::Skipped(Skip::Manual) => "manual",
            Self::Skipped(Skip::Red) => "red",
            Self::Skipped(Skip::NotClaimed) => "not-claimed",
            Self::Skipped(Skip::HeldBack { .. }) => "held-back",
            Self::Skipped(Skip::Blocked { .. }) => "dependency",
            Self::Skipped(Skip::ScriptStopped { .. }) => "script",
            Self::Skipped(Skip::Configured { .. }) => "configured",
            Self::Skipped(Skip::NotAsked { .. }) => "not-asked",
            Self::Skipped(Skip::GivenUp(_)) => "given-up",
        }
    }
}
