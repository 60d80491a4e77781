//! How a run is conducted, as one value.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::text::Mask;

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
}
