//! Removes folders that were given to commands, whatever these made of them.
//!
//! Must not know whose folders they are.

#![expect(clippy::disallowed_methods, reason = "the executor removes the folders that it gives to jobs")]

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What the user and nobody else may do.
pub(super) const PRIVATE: u32 = 0o700;

/// Removes whatever stands there, also folders that may not be written to. Links are removed and not followed.
///
/// # Errors
/// When something of it is left.
pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    let attempt = || match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => fs::remove_file(path),
        other => other,
    };
    attempt().or_else(|_| {
        loosen(path);
        attempt()
    })
}

/// Removes a folder or a file in which nothing is; says whether it did.
pub(super) fn remove_if_empty(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        // The system refuses it where something is in it.
        Ok(data) if data.is_dir() => fs::remove_dir(path).is_ok(),
        Ok(data) => data.is_file() && data.len() == 0 && fs::remove_file(path).is_ok(),
        Err(_) => false,
    }
}

/// Lets the user do anything with the folders of a tree. What cannot be changed is seen when it is to be removed.
fn loosen(path: &Path) {
    if !fs::symlink_metadata(path).is_ok_and(|data| data.is_dir()) {
        return;
    }
    _ = fs::set_permissions(path, Permissions::from_mode(PRIVATE));
    fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| loosen(&entry.path()));
}
