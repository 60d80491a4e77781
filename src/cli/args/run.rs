//! The options of `run`, and those that others share with it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Command, FromArgMatches, ValueEnum, ValueHint};

use super::reports::ReportFiles;
use super::values::{at_least_one, duration, mem_limit, retries, shard, some_size, timeout};
use crate::config::{Leftovers, MemLimit, RunScope, SandboxMode};
use crate::select::Shard;
use crate::trust::Trust;

/// Options of `run`.
#[derive(Clone, Debug, ClapArgs)]
pub struct RunArgs {
    /// Plans: files, globs, or directories to search
    ///
    /// Without any: the `plans` of the configuration; without these, the places where plans usually live.
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// Run all plans of the repository, which is what happens where none is named
    #[arg(long, conflicts_with = "plans")]
    pub all: bool,

    /// Run as every night: nothing is given up or taken from the cache unless it is asked for here, what fails is tried up to
    /// twice more, and what has changed since the last night is told first
    #[arg(long)]
    pub nightly: bool,

    /// How fast, and how far.
    #[command(flatten)]
    pub pace: PaceArgs,

    /// Give up the rest of the stage, the plan or the run with the first check that does not hold; `--fail-fast` alone
    /// means the run [default: keep going]
    #[arg(long, value_name = "SCOPE", num_args = 0..=1, require_equals = true, default_missing_value = "run", help_heading = "Limits")]
    pub fail_fast: Option<FailFastArg>,

    /// Give up the run with the Nth check that does not hold
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = "Limits")]
    pub max_fail: Option<usize>,

    /// How often a check that does not hold is tried again; what a check says of itself outranks it [default: 0, and 2 every night]
    #[arg(long, value_name = "N", value_parser = retries, help_heading = "Trying again")]
    pub retries: Option<usize>,

    /// How long to wait before a check is tried again [default: 0s, or 1s where the wait grows]
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Trying again")]
    pub retry_delay: Option<Duration>,

    /// Whether the wait stays as it is or doubles each time [default: fixed]
    #[arg(long, value_name = "HOW", help_heading = "Trying again")]
    pub retry_backoff: Option<BackoffArg>,

    /// Let a check that holds only when it is tried again count as failed
    #[arg(long, help_heading = "Trying again")]
    pub flaky_fails: bool,

    /// Keep standard output and standard error apart, too, in files of their own beside the common one
    #[arg(long)]
    pub split_output: bool,

    /// Directory in which commands run [default: the root of the plan's repository]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,

    /// Run all commands by this launcher of the configuration, or `local` for here; it outranks all configuration
    #[arg(long, value_name = "NAME", help_heading = "Other machines")]
    pub launcher: Option<String>,

    /// Run every check, also one whose command has passed in this run and whose tree was not changed since
    #[arg(long, help_heading = "Sharing the machine")]
    pub no_reuse: bool,

    /// Run the checks of this stage, and of the stages that it needs; may be given several times
    #[arg(long, value_name = "STAGE", help_heading = "Parts of plans")]
    pub stage: Vec<String>,

    /// Run this check, and those of the stages that its stage needs; may be given several times
    #[arg(long, value_name = "CHECK", help_heading = "Parts of plans")]
    pub check: Vec<String>,

    /// Run the plans that the branch touches: their text, their configuration or a file that they name changed since HEAD
    /// left REF, committed or not [default: the branch into which it is to go]
    #[arg(long, value_name = "REF", num_args = 0..=1, require_equals = true, help_heading = "Parts of plans")]
    pub changed: Option<Option<String>>,

    /// Run, and then again what is touched by each file that is saved, until Ctrl-C
    #[arg(long, conflicts_with_all = ["dry_run", "touched_by"], help_heading = "Parts of plans")]
    pub watch: bool,

    /// Of the plans only those that these files touch: how `--watch` calls the program once more
    #[arg(long, hide = true, value_name = "FILE")]
    pub touched_by: Vec<PathBuf>,

    /// Whether nothing was typed but the program's name.
    #[arg(skip)]
    pub bare: bool,

    /// Whether commits that a remote does not have are about to be pushed.
    #[arg(skip)]
    pub pushed: bool,

    /// Leave out what the named stages and checks need
    #[arg(long, help_heading = "Parts of plans")]
    pub alone: bool,

    /// Run one of N parts of about equal length, such as 2/3; no stage is parted from what it needs, and `plan-run merge`
    /// makes one report of all
    #[arg(long, value_name = "M/N", value_parser = shard, help_heading = "Parts of plans")]
    pub shard: Option<Shard>,

    /// Also run the checks that must fail before the work is done
    #[arg(long)]
    pub red: bool,

    /// Which checks are run: all, or only those that the plan claims as done; it outranks all configuration [default: all]
    #[arg(long, value_name = "SCOPE", help_heading = "Claims")]
    pub scope: Option<ScopeArg>,

    /// Let the run fail when something is claimed as done and this run does not prove it
    #[arg(long, help_heading = "Claims")]
    pub strict_claims: bool,

    /// Which commands may run: those without risk and those that were approved, only those that were approved, or all
    #[arg(long, value_name = "TRUST", default_value = "safe", help_heading = "Trust")]
    pub trust: TrustArg,

    /// Heed only the approvals in the plan-run.lock of this commit, such as that of the base branch of a pull request
    #[arg(long, value_name = "REF", help_heading = "Trust")]
    pub lock_from: Option<String>,

    /// Let the run fail when a check was held back
    #[arg(long, help_heading = "Trust")]
    pub strict: bool,

    /// Go on from an earlier run: what passed there, and of which command, plan and commit are unchanged, is not run
    /// again [default: the newest run]
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, conflicts_with = "rerun_failed", help_heading = "Earlier runs")]
    pub resume: Option<Option<String>>,

    /// Run what did not pass in an earlier run, with the stages that it needs [default: the newest run]
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, help_heading = "Earlier runs")]
    pub rerun_failed: Option<Option<String>>,

    /// Do not run what passed in an earlier run with the same command, files, variables and tools
    #[arg(long, help_heading = "Earlier runs")]
    pub cache: bool,

    /// Run what passed earlier, too, whatever the configuration says of the cache
    #[arg(long, conflicts_with = "cache", help_heading = "Earlier runs")]
    pub no_cache: bool,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Earlier runs")]
    pub runs: Option<PathBuf>,

    /// Tick the boxes of what is seen to hold, as `plan-run mark` does
    #[arg(long, conflicts_with = "dry_run")]
    pub mark: bool,

    /// Run nothing; show what would run, where, in which order, and what would not, and why
    #[arg(long)]
    pub dry_run: bool,

    /// The reports to be written.
    #[command(flatten)]
    pub files: ReportFiles,
}

impl Default for PaceArgs {
    /// As if nothing of it were typed.
    fn default() -> Self {
        let none = Self::augment_args(Command::new("pace")).get_matches_from([""]);
        Self::from_arg_matches(&none).unwrap_or_else(|error| unreachable!("every option may be left out: {error}"))
    }
}

/// How fast commands are run, how far each may go, and what is shown meanwhile.
#[derive(Clone, Debug, ClapArgs)]
pub struct PaceArgs {
    /// Commands in flight at a time [default: the number of CPUs]
    #[arg(short, long, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,

    /// Limit for each check, such as 90s or 10m; it outranks all configuration [default: 10m]
    #[arg(long, value_name = "DURATION", value_parser = timeout, help_heading = "Limits")]
    pub timeout: Option<Duration>,

    /// Limit for the run as a whole: what runs then is asked to end, and nothing more is started
    #[arg(long, value_name = "DURATION", value_parser = timeout, help_heading = "Limits")]
    pub run_timeout: Option<Duration>,

    /// After how long a check is marked as slow, 0 for never; sooner where it takes three times as long as usual [default:
    /// 60s]
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Limits")]
    pub slow: Option<Duration>,

    /// Time to end for a command that was asked to, before it is killed
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration, help_heading = "Limits")]
    pub grace: Duration,

    /// The most that one command may write before it is ended, such as 64M or 1G [default: 512M]
    #[arg(long, value_name = "SIZE", value_parser = some_size, help_heading = "Limits")]
    pub max_capture: Option<u64>,

    /// What it means for a check that it left processes running when it ended, which are ended in any case; it outranks all
    /// configuration [default: warn]
    #[arg(long, value_name = "HOW", help_heading = "Limits")]
    pub leftovers: Option<LeftoversArg>,

    /// How much memory commands may be expected to need together, by earlier runs: a size such as 8G, or `auto` for what
    /// is free; one that is alone may have more [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = mem_limit, help_heading = "Sharing the machine")]
    pub mem_limit: Option<MemLimit>,

    /// To whom GNU make's jobserver is offered, so that commands which run several processes share the job slots
    #[arg(long, value_name = "TO", default_value = "auto", help_heading = "Sharing the machine")]
    pub jobserver: JobserverArg,

    /// Offer no jobserver
    #[arg(long, conflicts_with = "jobserver", help_heading = "Sharing the machine")]
    pub no_jobserver: bool,

    /// Run commands in a sandbox: they read what builds need, write what builds write, and reach no network. `require` runs
    /// nothing where the system cannot enforce all of it, and `strict` also heeds nothing that plan-run.yaml lets through
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "on", help_heading = "Trust")]
    pub sandbox: Option<SandboxArg>,

    /// Run commands without a sandbox, whatever the configuration says
    #[arg(long, conflicts_with = "sandbox", help_heading = "Trust")]
    pub no_sandbox: bool,

    /// What to show while commands run
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub progress: ProgressArg,
}

/// How strict a sandbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SandboxArg {
    /// As far as the system can enforce it
    On,
    /// Or nothing is run
    Require,
    /// The same, and nothing that a configuration says lets more through
    Strict,
}

impl PaceArgs {
    /// What is said of the sandbox, if anything is.
    #[must_use]
    pub fn sandbox(&self) -> Option<SandboxMode> {
        match self.sandbox {
            _ if self.no_sandbox => Some(SandboxMode::Off),
            Some(SandboxArg::On) => Some(SandboxMode::On),
            Some(SandboxArg::Require) => Some(SandboxMode::Require),
            Some(SandboxArg::Strict) => Some(SandboxMode::Strict),
            None => None,
        }
    }
}

/// What it means for a check that it left processes running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LeftoversArg {
    /// The check does not hold
    Fail,
    /// They are named in the reports
    Warn,
}

impl LeftoversArg {
    /// What it stands for.
    #[must_use]
    pub fn leftovers(self) -> Leftovers {
        match self {
            Self::Fail => Leftovers::Fail,
            Self::Warn => Leftovers::Warn,
        }
    }
}

/// How the wait before another attempt grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackoffArg {
    /// Not at all
    Fixed,
    /// It doubles
    Exponential,
}

/// What to give up with the first check that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailFastArg {
    /// The rest of its stage
    Stage,
    /// The rest of its plan
    Plan,
    /// The rest of the run
    Run,
    /// Nothing
    Never,
}

/// Which checks are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScopeArg {
    /// All
    All,
    /// Those that the plan claims as done: by a ticked box, or with their stage
    Claimed,
}

impl ScopeArg {
    /// What it stands for.
    #[must_use]
    pub fn scope(self) -> RunScope {
        match self {
            Self::All => RunScope::All,
            Self::Claimed => RunScope::Claimed,
        }
    }
}

/// Which commands may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TrustArg {
    /// Those without risk, and those that were approved
    Safe,
    /// Only those that were approved
    Approved,
    /// All, whatever they do
    All,
}

impl TrustArg {
    /// What it stands for.
    #[must_use]
    pub fn trust(self) -> Trust {
        match self {
            Self::Safe => Trust::Safe,
            Self::Approved => Trust::Approved,
            Self::All => Trust::All,
        }
    }
}

/// When to print annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnnotationsArg {
    /// In a workflow of GitHub
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
}

/// What to show while commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressArg {
    /// Bars on a terminal, plain lines in a log or in CI
    Auto,
    /// A line per running command, redrawn in place
    Bars,
    /// A line per event
    Plain,
    /// Lines for what does not hold
    Brief,
    /// Nothing
    None,
}

/// To whom a jobserver is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum JobserverArg {
    /// To cargo; to make where MAKEFLAGS asks for several jobs
    Auto,
    /// To make as well, which then runs side by side what it would run one after the other
    All,
    /// To nobody
    None,
}
