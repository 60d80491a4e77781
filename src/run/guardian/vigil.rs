//! What the guardian does: waits until its runner says that all is over, or is gone.
//!
//! It holds nothing of whoever started the runner: its input is the pipe from the runner, its output the book of groups,
//! its folder the root. Signals do not end it. Must not know how processes are found.

use std::ffi::{CStr, OsString};
use std::io::{Read, stdin, stdout};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::book::Book;
use super::sweep::{self, Signs};
use crate::run::os;

/// The first argument of a program that is to be a guardian.
pub const GUARD: &CStr = c"__guard";

/// What the first byte of what it is told says of the rest: a mark in environments.
pub(super) const MARK: u8 = b'm';
/// A mark in a limit.
pub(super) const TAG: u8 = b't';
/// A folder.
pub(super) const FOLDER: u8 = b'f';
/// A folder or a file that goes if nothing is in it.
pub(super) const MADE: u8 = b'o';
/// That such a one stays.
pub(super) const KEPT: u8 = b'k';
/// That all is over.
pub(super) const END: u8 = b'e';

/// Waits for the end of the runner, then ends what it has left. Returns when there is nothing more to do.
pub fn keep_vigil() {
    os::become_guardian(c"run-guardian");
    let mut signs = Signs::default();
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    let mut pipe = stdin().lock();
    loop {
        match pipe.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => text.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // It cannot be learned any more whether the runner is there.
            Err(_) => return,
        }
        while let Some(end) = text.iter().position(|&byte| byte == 0) {
            let line: Vec<u8> = text.drain(..=end).collect();
            let said = &line[1.min(end)..end];
            match line[0] {
                MARK => signs.marks.extend(String::from_utf8(said.to_vec())),
                TAG => signs.tags.extend(std::str::from_utf8(said).ok().and_then(|tag| tag.parse::<u64>().ok())),
                FOLDER => folders.push(OsString::from_vec(said.to_vec()).into()),
                MADE => made.push(OsString::from_vec(said.to_vec()).into()),
                KEPT => made.retain(|path| path.as_os_str().as_bytes() != said),
                END => return,
                _ => {}
            }
        }
    }
    // Nobody has spoken to it: it was not started by a runner.
    if signs.marks.is_empty() {
        return;
    }
    if let Ok(book) = stdout().as_fd().try_clone_to_owned() {
        signs.groups = Book::of(book).groups();
    }
    sweep::end(&signs);
    for folder in &folders {
        sweep::remove(folder);
    }
    // What lies in another one was made after it.
    for path in made.iter().rev() {
        sweep::remove_if_empty(path);
    }
}
