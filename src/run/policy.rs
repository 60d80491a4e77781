//! How a run is conducted, as one value.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
    /// Takes secrets out of what commands write and of what is said of their ends.
    pub mask: Option<Arc<Mask>>,
    /// Whether stdout and stderr are kept apart, too.
    pub split_output: bool,
    /// The most that one process may write, in bytes.
    pub max_capture: u64,
}

impl Policy {
    /// Nothing but what a run cannot do without.
    #[must_use]
    pub fn new(jobs: usize, captures: impl Into<PathBuf>) -> Self {
        Self {
            jobs,
            grace: Duration::from_secs(10),
            captures: captures.into(),
            mask: None,
            split_output: false,
            max_capture: MAX_CAPTURE,
        }
    }
}
