//! The groups under way, in a file without a name that the runner and its guardian share.
//!
//! Nobody reads it before the runner is gone, so a note is one call to the system and wakes nobody. Must not know who
//! notes what.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

/// How many bytes a place takes.
const PLACE: usize = size_of::<i32>();
/// More places than can be in use are not read.
const MOST_READ: usize = 1 << 20;

/// A list of groups; a place without a group holds 0.
#[derive(Debug)]
pub(super) struct Book(File);

impl Book {
    /// An empty one.
    pub(super) fn new() -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(file) = rustix::fs::memfd_create(c"groups", rustix::fs::MemfdFlags::CLOEXEC) {
            return Ok(Self(file.into()));
        }
        tempfile::tempfile().map(Self)
    }

    /// The one behind a descriptor.
    pub(super) fn of(file: OwnedFd) -> Self {
        Self(file.into())
    }

    /// The file.
    pub(super) fn file(&self) -> &File {
        &self.0
    }

    /// Notes a group in a place, or with 0 that it is over.
    pub(super) fn note(&self, place: usize, group: i32) {
        // In vain only where there is no memory left; then processes are found in other ways.
        _ = self.0.write_all_at(&group.to_ne_bytes(), (place * PLACE) as u64);
    }

    /// The groups in it.
    pub(super) fn groups(&self) -> Vec<i32> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = self.0.read_at(&mut piece, bytes.len() as u64) {
            bytes.extend_from_slice(&piece[..count]);
            if bytes.len() > MOST_READ {
                break;
            }
        }
        let numbers = bytes.as_chunks::<PLACE>().0.iter().map(|&bytes| i32::from_ne_bytes(bytes));
        // Group 1 is the system's, and smaller numbers mean other things than a group.
        numbers.filter(|&group| group > 1).collect()
    }
}
