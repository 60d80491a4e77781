//! The verbs and their options.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum, ValueHint};

use super::approve::ApproveArgs;
use super::bisect::BisectArgs;
use super::hook::HookArgs;
use super::new::NewArgs;
use super::prove::ProveArgs;
use super::reports::{HistoryArgs, MergeArgs, ReportArgs};
use super::run::RunArgs;
use super::shards::ShardsArgs;
use super::standing::{MarkArgs, NextArgs, StatusArgs};
use super::tools::Tool;

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

    /// What holds for all verbs.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Options of all verbs.
#[derive(Clone, Debug, ClapArgs)]
pub struct CommonArgs {
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
    /// Run all plans as every night: flaky checks and what has changed since the last night are told apart from failures
    Nightly(Box<RunArgs>),
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
    /// Show how checks ended in earlier runs, and how long they took
    History(HistoryArgs),
    /// Write one report of several runs, such as the shards of a matrix
    Merge(MergeArgs),
    /// Record that commands of a plan may run though they are risky
    Approve(ApproveArgs),
    /// Show how plans are divided among several machines
    Shards(ShardsArgs),
    /// Find the commit that broke a check
    Bisect(Box<BisectArgs>),
    /// Check what the branch touches before each push
    Hook(HookArgs),
    /// What needs no plan.
    #[command(flatten)]
    Tool(Tool),
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

    /// Show the plans that the branch touches, as `run --changed` chooses them
    #[arg(long, value_name = "REF", num_args = 0..=1, require_equals = true)]
    pub changed: Option<Option<String>>,

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
