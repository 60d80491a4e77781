//! How a run is conducted, as one value.

use std::path::PathBuf;
use std::time::Duration;

/// Limits and places that hold for the whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many commands may be in flight at a time; at least 1.
    pub jobs: usize,
    /// How long a command that was asked to end may take before it is killed.
    pub grace: Duration,
    /// Directory for captured output; exists, is private, and lives until the reports are written.
    pub captures: PathBuf,
}
