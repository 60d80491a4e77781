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

/// A new folder for what is kept for a while, in which nobody else may look.
pub(super) fn private_folder(prefix: &str) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

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
    Err(io::Error::other(complaint(&output.stderr)))
}

/// The line of what git said that tells what is wrong: hints and warnings may stand before it.
pub(super) fn complaint(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let is_it = |line: &&str| line.starts_with("fatal:") || line.starts_with("error:");
    said.lines().find(is_it).or(said.lines().next()).unwrap_or("git failed").to_owned()
}
