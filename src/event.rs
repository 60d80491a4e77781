//! The numbered, stamped facts of a run, told by the runner and heard by the reports.
//!
//! Events carry ids and figures, never prose. Must not know who listens.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::outcome::{Cause, Outcome};
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

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One stage.
    Stage(StageRef),
    /// All stages of a plan, by its index in the run.
    Plan(u32),
    /// All plans.
    Run,
}

impl Extent {
    /// Whether a stage belongs to it.
    #[must_use]
    pub fn covers(self, stage: StageRef) -> bool {
        match self {
            Self::Stage(own) => own == stage,
            Self::Plan(plan) => plan == stage.plan,
            Self::Run => true,
        }
    }
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
    /// A check runs longer than one would expect; told at most once of each attempt.
    CheckSlow {
        /// Which.
        check: CheckRef,
        /// By what it is slow.
        slow: Slow,
    },
    /// An attempt at a check ended that is not its last one.
    AttemptEnded {
        /// Which.
        check: CheckRef,
        /// How.
        end: End,
    },
    /// A check ended; happens exactly once for each check of the run.
    CheckEnded {
        /// Which.
        check: CheckRef,
        /// How.
        end: End,
    },
    /// All checks of a stage have ended.
    StageEnded(StageRef),
    /// Someone asked the run to end; 1 for the first time.
    Interrupted {
        /// How often so far.
        times: u32,
    },
    /// The runner gave up what it had still to do in a part of the run: what runs there is asked to end, and nothing
    /// starts there any more.
    GaveUp {
        /// Where.
        extent: Extent,
        /// Why; never because of an interrupt, which is told as such.
        cause: Cause,
    },
    /// Nothing is left to do.
    RunEnded,
}

/// By what a check is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    /// It ran longer than this.
    pub after: Duration,
    /// How long it takes usually, where that is known.
    pub usual: Option<Duration>,
}

/// How an attempt at a check ended, and what was measured of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran; zero when it did not.
    pub took: Duration,
    /// What it wrote, if it ran.
    pub output: Option<Output>,
    /// The processes that it left behind, which were then ended.
    pub leftover: Vec<Leftover>,
    /// What else went wrong and changes nothing about how it ended; a line each.
    pub warnings: Vec<String>,
    /// The exit status, where it ended with one.
    pub status: Option<i32>,
    /// What it cost the machine, where that is known. Commands that share a shell cannot be told apart; what their
    /// process cost is said of the last one that ran.
    pub usage: Option<Usage>,
    /// What the outcome rests on.
    pub proof: Proof,
}

impl End {
    /// The end of a check that did not run, with nothing measured.
    #[must_use]
    pub fn without_run(outcome: Outcome) -> Self {
        Self {
            outcome,
            took: Duration::ZERO,
            output: None,
            leftover: Vec::new(),
            warnings: Vec::new(),
            status: None,
            usage: None,
            proof: Proof::Own,
        }
    }
}

/// A process that a check left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftover {
    /// Its number; `None` where the system does not tell.
    pub process: Option<u32>,
    /// Its command line, shortened; empty where the system does not tell.
    pub command: String,
}

/// What a process and all that it waited for cost the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on processors, in user mode and in the system together.
    pub cpu: Duration,
    /// The most memory that one of the processes had resident at a time, in bytes.
    pub peak_memory: u64,
}

/// What an outcome rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// The check ran in this run, or did not run at all.
    #[default]
    Own,
    /// A check with the same command passed in this run, since which nothing was seen to change the tree.
    Shared {
        /// Its label, with its plan's path where that is another one: `1.2`, `docs/plan.md#1.2`.
        with: String,
    },
    /// It passed in an earlier run, since which neither it nor the plan nor the commit has changed.
    CarriedOver {
        /// The name of that run.
        run: String,
    },
    /// The same command passed in an earlier run, with the same files, variables and tools.
    Cached {
        /// The name of that run.
        run: String,
    },
}

/// Where a check's output lies: a part of a file that lives at least as long as the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The file; stdout and stderr in the order in which they were written. It need not be there if nothing was.
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
