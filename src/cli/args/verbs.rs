//! The verbs and their options.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum, ValueHint};

use super::new::NewArgs;
use super::prove::ProveArgs;
use super::reports::{MergeArgs, ReportArgs, ReportFiles};
use super::standing::{MarkArgs, NextArgs, StatusArgs};
use super::tools::Tool;
use crate::config::{MemLimit, parse_duration, parse_mem_limit, parse_retries, parse_size, parse_timeout};

/// Runs the validation commands of implementation plans and reports which stages hold.
#[derive(Clone, Debug, Parser)]
#[command(name = "plan-run", version, max_term_width = 100)]
#[command(override_usage = "plan-run [run] [OPTIONS] [PLAN|GLOB]...\n       plan-run <COMMAND> [OPTIONS]")]
#[command(long_about = "\
Runs the validation commands of implementation plans and reports which stages hold.

A plan is a Markdown file that splits work into stages, each with its own validation. plan-run finds the commands, \
runs them in the order that the stages' dependencies ask for, independent stages side by side, and says which stages \
hold.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,

    /// When to use colour; NO_COLOR turns `auto` off
    #[arg(long, global = true, help_heading = "For all commands", value_name = "WHEN", default_value = "auto")]
    pub color: When,

    /// Read plans as this dialect instead of finding it out
    #[arg(long, global = true, help_heading = "For all commands", value_name = "DIALECT")]
    pub dialect: Option<String>,

    /// Configuration to use instead of plan-run.yaml at the repository's root
    #[arg(long, global = true, help_heading = "For all commands", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Run the checks of plans (the default verb)
    Run(Box<RunArgs>),
    /// Show that the tests of a plan failed before the work, and hold with it
    Prove(Box<ProveArgs>),
    /// Show the stages and checks that were read, without running anything
    List(ListArgs),
    /// Show for each line that looks like a check what was decided, and why
    Explain(ExplainArgs),
    /// Show the order of the stages
    Graph(GraphArgs),
    /// Find what is wrong with plans before anything is run
    Lint(LintArgs),
    /// Write a new plan, with what has to be filled in marked
    New(NewArgs),
    /// Tick the boxes of what a run showed to hold
    Mark(MarkArgs),
    /// Show what plans claim as done, and what of it a run showed to hold
    Status(StatusArgs),
    /// Show the next stage that is not done, with its text, files and checks
    Next(NextArgs),
    /// Write reports of a run that is over
    Report(ReportArgs),
    /// Write one report of several runs, such as the shards of a matrix
    Merge(MergeArgs),
    /// What needs no plan.
    #[command(flatten)]
    Tool(Tool),
}

/// Options of `run`.
#[derive(Clone, Debug, ClapArgs)]
pub struct RunArgs {
    /// Plans: files, globs, or directories to search
    ///
    /// Without any: the `plans` of the configuration; without these, the places where plans usually live.
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

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

    /// How often a check that does not hold is tried again; what a check says of itself outranks it [default: 0]
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

    /// Run every check, also one whose command has passed in this run and whose tree was not changed since
    #[arg(long, help_heading = "Sharing the machine")]
    pub no_reuse: bool,

    /// Run the checks of this stage, and of the stages that it needs; may be given several times
    #[arg(long, value_name = "STAGE", help_heading = "Parts of plans")]
    pub stage: Vec<String>,

    /// Run this check, and those of the stages that its stage needs; may be given several times
    #[arg(long, value_name = "CHECK", help_heading = "Parts of plans")]
    pub check: Vec<String>,

    /// Leave out what the named stages and checks need
    #[arg(long, help_heading = "Parts of plans")]
    pub alone: bool,

    /// Also run the checks that must fail before the work is done
    #[arg(long)]
    pub red: bool,

    /// Which checks are run: all, or only those that the plan claims as done; it outranks all configuration [default: all]
    #[arg(long, value_name = "SCOPE", help_heading = "Claims")]
    pub scope: Option<ScopeArg>,

    /// Let the run fail when something is claimed as done and this run does not prove it
    #[arg(long, help_heading = "Claims")]
    pub strict_claims: bool,

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

    /// What to show while commands run
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub progress: ProgressArg,
}

/// Options of `list`.
#[derive(Clone, Debug, ClapArgs)]
pub struct ListArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,

    /// List also what looks like a command and is no check, with the reason
    #[arg(long)]
    pub all: bool,
}

/// Options of `explain`.
#[derive(Clone, Debug, ClapArgs)]
pub struct ExplainArgs {
    /// Plans: files, globs, or directories to search; `PLAN:LINE` for one line only
    #[arg(value_name = "PLAN[:LINE]|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ExplainFormat,
}

impl ExplainArgs {
    /// The plans without their lines, and the line of each.
    #[must_use]
    pub fn split(&self) -> (Vec<PathBuf>, Vec<Option<u32>>) {
        let split = |path: &PathBuf| {
            let parts = path.to_str().and_then(|text| text.rsplit_once(':'));
            match parts.and_then(|(plan, line)| line.parse().ok().map(|line| (plan, line))) {
                Some((plan, line)) if !plan.is_empty() => (PathBuf::from(plan), Some(line)),
                _ => (path.clone(), None),
            }
        };
        self.plans.iter().map(split).unzip()
    }
}

/// How `explain` shows decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Options of `graph`.
#[derive(Clone, Debug, ClapArgs)]
pub struct GraphArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: GraphFormat,
}

/// Options of `lint`.
#[derive(Clone, Debug, ClapArgs)]
pub struct LintArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show what is found
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: LintFormat,

    /// Let findings of a kind count as errors for the exit code
    #[arg(long, value_name = "KIND")]
    pub deny: Option<Denied>,

    /// Mend what can be mended without changing what a plan says, and show the rest
    #[arg(long)]
    pub fix: bool,

    /// With --fix: show what would change as a diff, and write nothing
    #[arg(long, requires = "fix", conflicts_with = "format")]
    pub diff: bool,

    /// Tell what a code means, why it matters and what to do about it
    #[arg(long, value_name = "CODE", conflicts_with_all = ["plans", "deny", "fix", "rules"])]
    pub explain: Option<String>,

    /// List all codes with their levels
    #[arg(long, conflicts_with_all = ["plans", "deny", "fix"])]
    pub rules: bool,
}

/// How `lint` shows what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For people, with the line underlined
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Commands that mark the lines in a workflow of GitHub
    Github,
}

/// Findings that may count as errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Denied {
    /// Warnings
    Warnings,
}

/// When to do something that only suits a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal
    #[default]
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
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

/// How `list` shows plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// How `graph` shows the order of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For people
    Text,
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
}

fn mem_limit(text: &str) -> Result<MemLimit, String> {
    parse_mem_limit(text)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&jobs| jobs >= 1).ok_or_else(|| "not a whole number of at least 1".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text)
}

fn retries(text: &str) -> Result<usize, String> {
    parse_retries(text)
}

fn timeout(text: &str) -> Result<Duration, String> {
    parse_timeout(text)
}

fn some_size(text: &str) -> Result<u64, String> {
    match parse_size(text)? {
        0 => Err("zero, so that nothing could be written".to_owned()),
        size => Ok(size),
    }
}
