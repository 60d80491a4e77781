//! The numbered, stamped facts of a run, told by the runner and heard by the reports.
//!
//! Events carry ids and figures, never prose. Must not know who listens.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::outcome::Outcome;
use crate::plan::{CheckId, StageId};

/// A stage of one of the plans of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageRef {
    /// Index of the plan in the run.
    pub plan: u32,
    /// The stage in that plan.
    pub stage: StageId,
}

/// A check of one of the plans of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckRef {
    /// Index of the plan in the run.
    pub plan: u32,
    /// The check in that plan.
    pub check: CheckId,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Counts from 1 without gaps.
    pub number: u64,
    /// Time since the run began, from a clock that never goes back.
    pub at: Duration,
    /// What happened.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The run began.
    RunStarted {
        /// Wall-clock time.
        wall: SystemTime,
        /// How many commands may be in flight.
        jobs: usize,
    },
    /// All that a stage needs holds, and its first command is about to start.
    StageStarted(StageRef),
    /// A command was handed to the system. A script starts all its checks' one after the other.
    CheckStarted(CheckRef),
    /// A check ended; happens exactly once for each check of the run.
    CheckEnded {
        /// Which.
        check: CheckRef,
        /// How.
        outcome: Outcome,
        /// How long it ran; zero when it did not.
        took: Duration,
        /// What it wrote, if it ran.
        output: Option<Output>,
        /// Whether it left processes behind, which were then ended.
        leftover: bool,
    },
    /// All checks of a stage have ended.
    StageEnded(StageRef),
    /// Someone asked the run to end; 1 for the first time.
    Interrupted {
        /// How often so far.
        times: u32,
    },
    /// Nothing is left to do.
    RunEnded,
}

/// Where a check's output lies: a part of a file that lives as long as the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file; stdout and stderr in the order in which they were written.
    pub path: PathBuf,
    /// First byte of this check's part.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
}

impl Output {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
