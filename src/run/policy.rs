//! How a run is conducted, as one value.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Jobserver;
use super::sandbox::{Made, Rules};
use crate::config::Scope;
use crate::history::Past;
use crate::plan::StageId;
use crate::text::Mask;

/// The most that one process may write where nothing else is said, in bytes.
const MAX_CAPTURE: u64 = 512 * 1024 * 1024;

/// Limits and places that hold for the whole run.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How many commands may be in flight at a time; at least 1.
    pub jobs: usize,
    /// How long a command that was asked to end may take before it is killed.
    pub grace: Duration,
    /// Directory for captured output; exists and lives until the reports are written.
    pub captures: PathBuf,
    /// How much memory commands may be expected to need together, in bytes; one that is alone may have more.
    pub memory: Option<u64>,
    /// What is done about GNU make's jobserver.
    pub jobserver: Jobserver,
    /// Whether a check takes the result of another that has passed with the same command.
    pub reuse: bool,
    /// What is known of the checks from earlier runs.
    pub past: Past,
    /// Takes secrets out of what commands write and of what is said of their ends.
    pub mask: Option<Arc<Mask>>,
    /// What the sandboxes let through of the stages whose commands run in one, by plan and stage.
    pub sandboxes: BTreeMap<(u32, StageId), Arc<Rules>>,
    /// What is made for them.
    pub made: Made,
    /// Whether stdout and stderr are kept apart, too.
    pub split_output: bool,
    /// The most that one process may write, in bytes.
    pub max_capture: u64,
    /// How long the whole run may take.
    pub run_timeout: Option<Duration>,
    /// After how long a check counts as slow at the latest; `None` for never.
    pub slow: Option<Duration>,
    /// Whether a check that holds only when it is tried again counts as failed.
    pub flaky_fails: bool,
    /// When it is given up before its end.
    pub patience: Patience,
}

/// How many failures a run bears before it is given up, or a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Patience {
    /// What is given up with the first check that does not hold; nothing, unless someone asks for it.
    pub fail_fast: Option<Scope>,
    /// With this many checks that do not hold the whole run is given up; at least 1.
    pub max_fail: Option<usize>,
}

impl Policy {
    /// Nothing but what a run cannot do without.
    #[must_use]
    pub fn new(jobs: usize, captures: impl Into<PathBuf>) -> Self {
        Self {
            jobs,
            grace: Duration::from_secs(10),
            captures: captures.into(),
            memory: None,
            jobserver: Jobserver::default(),
            reuse: false,
            past: Past::default(),
            mask: None,
            sandboxes: BTreeMap::new(),
            made: Made::default(),
            split_output: false,
            max_capture: MAX_CAPTURE,
            run_timeout: None,
            slow: None,
            flaky_fails: false,
            patience: Patience::default(),
        }
    }
}
