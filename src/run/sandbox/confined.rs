//! A command that runs in a sandbox, as those know it who start it and judge it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::looks::{looks_at, only_looks};
use super::made::{Held, Made};
use super::rules::Rules;

/// A command in a sandbox.
#[derive(Debug)]
pub(crate) struct Confined {
    /// What is let through.
    pub(crate) rules: Arc<Rules>,
    /// Where it runs.
    pub(crate) cwd: PathBuf,
    /// Keeps what was made for it.
    held: Held,
}

impl Confined {
    /// One that is about to start; what is missing is made for it unless all that its shell is told only looks.
    pub(crate) fn new<'a>(
        rules: Arc<Rules>,
        cwd: &Path,
        made: &Made,
        mut commands: impl Iterator<Item = &'a str>,
    ) -> Self {
        let held = made.hold(&rules, !commands.all(only_looks));
        Self { rules, cwd: cwd.to_owned(), held }
    }

    /// Which place a command looks at that stood there only for sandboxes while it ran, and holds nothing.
    pub(crate) fn misled(&self, command: &str) -> Option<PathBuf> {
        let hollow = self.held.hollow();
        if hollow.is_empty() { None } else { looks_at(command, &self.cwd, &hollow).map(Path::to_owned) }
    }
}
