//! Configuration as it is written: `plan-run.yaml`, and the `plan-run` key of a plan's front matter.
//!
//! The only file that names the YAML crate. Must not know which value wins when several are given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Diagnostics;
use crate::source::{Source, Span};

/// Name of the configuration file at a repository's root.
pub const FILE_NAME: &str = "plan-run.yaml";

/// The longest configuration or front matter that is read, in bytes: deep nesting costs quadratic time.
pub const MAX_BYTES: usize = 32 * 1024;

/// What one file says. Everything may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Globs of the plans for a call without arguments, relative to the root.
    pub plans: Vec<String>,
    /// Commands in flight.
    pub jobs: Option<usize>,
    /// Limit for each check.
    pub timeout: Option<Duration>,
    /// Variables for every command.
    pub env: BTreeMap<String, String>,
    /// The shell, program and arguments.
    pub shell: Option<Vec<String>>,
    /// The directory in which commands run, relative to the file's own.
    pub root: Option<String>,
    /// Per stage, by its label, or by `path/plan.md#label` for one plan only.
    pub stages: Vec<(Named, StageConfig)>,
}

/// A name and the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands; the whole file where the place is not known.
    pub span: Span,
    /// The file.
    pub source: Arc<Source>,
}

/// What is said of one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageConfig {
    /// What it needs; replaces what the plan says.
    pub needs: Option<Vec<Named>>,
    /// Limit for each of its checks.
    pub timeout: Option<Duration>,
    /// Variables for its commands.
    pub env: BTreeMap<String, String>,
    /// Why it is skipped.
    pub skip: Option<String>,
}

/// Where a configuration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of its own: every key is ours.
    File,
    /// A plan's front matter: only the key `plan-run` is ours, and `plans`, `jobs` are not allowed below it.
    FrontMatter,
}

/// Reads a configuration. What is wrong in it becomes diagnostics with the nearest right name.
#[must_use]
pub fn parse(source: &Arc<Source>, body: Span, place: Place, diagnostics: &mut Diagnostics) -> Config {
    let _ = (source, body, place, diagnostics);
    Config::default()
}
