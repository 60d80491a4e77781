//! Questions to git about the repository in which a folder lies, whoever asks.
//!
//! Must not know what is concluded from the answers.

#![expect(clippy::disallowed_methods, reason = "a part of the door to the world")]

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables by which a hook of git sends others to another index or repository.
pub(super) const OF_HOOKS: &[&str] =
    &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"];

/// What git says when it is run in a folder, with some variables more.
pub(super) fn git(folder: &Path, arguments: &[&str], env: &[(&str, &Path)]) -> io::Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    OF_HOOKS.iter().for_each(|name| _ = command.env_remove(name));
    command.envs(env.iter().copied());
    let output =
        command.output().map_err(|error| io::Error::new(error.kind(), format!("cannot start git: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // What is only a hint or a warning is said before.
    let line =
        said.lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:")).or(said.lines().next());
    Err(io::Error::other(line.unwrap_or("git failed").to_owned()))
}
