//! Options that say which reports are written, and of the verbs that write them later.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::run::AnnotationsArg;
use super::standing::StandingFormat;
use crate::config::parse_size;

/// Reports to be written; `-` is standard output.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "Reports")]
pub struct ReportFiles {
    /// Write a JUnit XML report
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub junit: Option<PathBuf>,

    /// Write a Markdown summary [default of run and merge: add it to $GITHUB_STEP_SUMMARY, if set]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub summary: Option<PathBuf>,

    /// The most that a summary may take, with what stands in its file already: bytes, or such as 900K or 1M [default:
    /// 900K]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub summary_limit: Option<u64>,

    /// Mark the plan's lines in a GitHub workflow: prints at most ten errors and ten warnings for it [default of run:
    /// auto, which is where GITHUB_ACTIONS is true]
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub annotations: Option<AnnotationsArg>,

    /// Tell later steps of a GitHub workflow: add `status`, `passed`, `failed`, `stages` and the paths of the reports to
    /// this file [default: $GITHUB_OUTPUT]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, num_args = 0..=1, require_equals = true)]
    pub github_output: Option<Option<PathBuf>>,

    /// Write an HTML page that needs nothing beside itself
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,

    /// Write a report in the Common Test Report Format (JSON)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ctrf: Option<PathBuf>,

    /// Write all that is known of the run as JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: Option<PathBuf>,

    /// Write into this folder a JUnit report and a summary of each plan (`plans/`), of all of them (`junit.xml`,
    /// `summary.md`, `report.json`), and an index (`index.md`, `index.json`)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub report_dir: Option<PathBuf>,

    /// The most that reports keep of one check's output, such as 64K or 1M; the whole stays with the run [default: 64K]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_output: Option<u64>,
}

/// Options of `report`.
#[derive(Clone, Debug, ClapArgs)]
pub struct ReportArgs {
    /// The run: its name, its folder, or its journal [default: the newest one]
    #[arg(value_name = "RUN|DIR", value_hint = ValueHint::AnyPath)]
    pub run: Option<String>,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub runs: Option<PathBuf>,

    /// The reports to be written.
    #[command(flatten)]
    pub files: ReportFiles,
}

/// Options of `history`.
#[derive(Clone, Debug, ClapArgs)]
pub struct HistoryArgs {
    /// A check: its label, such as 1.2, or `PLAN#1.2`; without it all checks, the most troubled first
    #[arg(value_name = "CHECK")]
    pub check: Option<String>,

    /// Only those of these plans, by their paths
    #[arg(value_name = "PLAN")]
    pub plans: Vec<String>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: StandingFormat,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub runs: Option<PathBuf>,
}

/// Options of `merge`.
#[derive(Clone, Debug, ClapArgs)]
pub struct MergeArgs {
    /// The runs: names, folders, or journals
    #[arg(value_name = "RUN|DIR|FILE", required = true, value_hint = ValueHint::AnyPath)]
    pub merged: Vec<String>,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub runs: Option<PathBuf>,

    /// The reports to be written.
    #[command(flatten)]
    pub files: ReportFiles,
}

fn size(text: &str) -> Result<u64, String> {
    parse_size(text)
}
