//! What is handed to the process that enters a sandbox: a file that only the runner and it can open.

#![expect(clippy::disallowed_methods, reason = "the order is a file of the executor's own, beside the folders of jobs")]

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::rules::Rules;

/// The hidden verb that carries out an order.
pub(crate) const SERVE: &str = "__sandbox";

/// The exit status of a process that could not carry out its order; then the file says why.
pub(crate) const BROKEN: i32 = 125;

/// What stands before the reason in such a file. No order begins so.
pub(super) const WHY: &str = "!";

/// A process in a sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// What is let through.
    pub(crate) rules: Rules,
    /// A folder of the job's own, which may be written as well.
    pub(crate) folder: Option<String>,
    /// Where it runs.
    pub(crate) cwd: String,
    /// Program and arguments; the program is an absolute path.
    pub(crate) argv: Vec<String>,
    /// The names of variables that were given to it, and not inherited.
    pub(crate) given: Vec<String>,
}

impl Order {
    /// Writes it to a file that is not there yet.
    ///
    /// # Errors
    /// As files give them.
    pub(crate) fn write(&self, path: PathBuf) -> io::Result<Placed> {
        // What an earlier job left there was read.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        Ok(Placed(path))
    }
}

/// An order that was written; its file goes with it.
#[derive(Debug)]
pub(crate) struct Placed(PathBuf);

impl Placed {
    /// Its file.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Why it could not be carried out, if it could not; to be asked after the process has ended with [`BROKEN`].
    pub(crate) fn broken(&self) -> Option<String> {
        let text = fs::read_to_string(&self.0).ok()?;
        text.strip_prefix(WHY).map(str::to_owned)
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        // The folder that it stands in is removed with all that is in it.
        _ = fs::remove_file(&self.0);
    }
}
