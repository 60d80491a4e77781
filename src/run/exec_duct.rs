//! The executor for real processes: the only file that names duct.

/// Runs jobs as processes.
pub struct DuctExec;
