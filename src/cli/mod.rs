//! The command line: what was typed, what it means, and the rooms called in order.
//!
//! Standard output is data and verdicts, standard error is talk. Must not know how any room does its work.

mod app;
mod approvals;
pub mod args;
mod base;
mod bisected;
mod cmd_approve;
mod cmd_bisect;
pub mod cmd_explain;
mod cmd_graph;
mod cmd_history;
mod cmd_hook;
mod cmd_lint;
mod cmd_list;
mod cmd_man;
mod cmd_mark;
mod cmd_new;
mod cmd_next;
mod cmd_prove;
mod cmd_report;
mod cmd_run;
mod cmd_shards;
mod cmd_status;
mod completion;
mod conduct;
mod console;
mod dry_run;
mod env_files;
pub mod exit_code;
mod fixing;
mod kept;
mod lint_formats;
pub mod locate;
mod lsp;
mod proof;
mod quarantine;
mod reach;
mod report_folder;
mod reports;
pub mod revision;
mod sandboxes;
mod secrets;
pub mod settings;
mod test_files;
mod touched;
mod watch;
mod workflow;

pub use app::main;
pub use cmd_graph::{Drawn, graph_dot, graph_mermaid, graph_text};
pub use cmd_list::{Listed, list_json, list_text};
pub use dry_run::dry_run;
pub use kept::{LimitsJson, SandboxJson, Sandboxes};
pub use reports::{SummaryFile, Targets};
