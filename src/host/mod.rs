//! The world outside: files, environment, clock, terminal. The one door to them.
//!
//! Rooms that need the world take a `&dyn Host`, so that tests can make it fail. Must not know what
//! the files mean.

mod git;
mod random;
mod real;
mod tree;
mod worktree;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use random::random;
pub use real::RealHost;
pub use tree::{Tree, TreeFile};
pub use worktree::Worktree;

/// What plan-run asks of the world, from whatever thread.
pub trait Host: Sync {
    /// The bytes of a regular file of at most 256 MiB.
    ///
    /// # Errors
    /// As `std::fs::read`; and when it is a pipe or a device, which may never end, or larger.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Whether something is there, links followed.
    fn exists(&self, path: &Path) -> bool;
    /// Whether a link stands there, wherever it leads.
    fn is_link(&self, path: &Path) -> bool {
        let _ = path;
        false
    }
    /// Whether a pipe or a device is there, links followed: what may let its reader wait, or never end.
    fn is_special(&self, path: &Path) -> bool {
        let _ = path;
        false
    }
    /// Whether it is a directory, links followed.
    fn is_dir(&self, path: &Path) -> bool;
    /// An absolute path without links and `..`.
    ///
    /// # Errors
    /// When it does not exist or may not be looked at.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;
    /// The files below `root` whose path relative to it matches one of the globs, sorted. Files that git
    /// ignores are passed over.
    ///
    /// # Errors
    /// When a glob is malformed; the message says which.
    fn find(&self, root: &Path, globs: &[String]) -> io::Result<Vec<PathBuf>>;
    /// Writes a whole file: beside its target first, then renamed over it. A target that is no regular file (a
    /// pipe, a device) is written to and never replaced. Missing folders are made.
    ///
    /// # Errors
    /// When it cannot be written; then the target is as it was.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Writes a whole file where nothing is yet, at once; what is there is never replaced. Missing folders are made.
    ///
    /// # Errors
    /// When something is there already, or it cannot be written; then nothing is.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let _ = (path, bytes);
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Removes a file.
    ///
    /// # Errors
    /// As `std::fs::remove_file`.
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Whether [`Host::write`] would have a chance: the folder is there or can be made and may be written to.
    ///
    /// # Errors
    /// What stands in the way.
    fn check_writable(&self, path: &Path) -> io::Result<()>;
    /// Adds to the end of a file, which is made if it is missing.
    ///
    /// # Errors
    /// As `std::fs::File::write_all`.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Writes a file as [`Host::write`] does, but piece by piece, so that it need not fit into memory.
    ///
    /// # Errors
    /// When it cannot be written, or what `write` gives; then the target is as it was, unless it is a pipe or a device.
    fn write_with(&self, path: &Path, write: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()>;
    /// Makes a folder with all that lead to it, if it is missing.
    ///
    /// # Errors
    /// As `std::fs::create_dir_all`.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder with all that is in it.
    ///
    /// # Errors
    /// As `std::fs::remove_dir_all`.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// The names of what is in a folder, sorted; those that are no text are left out.
    ///
    /// # Errors
    /// As `std::fs::read_dir`.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Makes a new file to add lines to, and holds it as long as the writer lives, see [`Host::is_held`].
    ///
    /// # Errors
    /// When it is there already or cannot be made.
    fn open_log(&self, path: &Path) -> io::Result<Box<dyn io::Write + Send>>;
    /// Whether a process that is alive holds a file that it made by [`Host::open_log`].
    fn is_held(&self, path: &Path) -> bool;
    /// All environment variables that are valid text.
    fn variables(&self) -> Vec<(String, String)>;
    /// A part of a file: up to `len` bytes from `start` on.
    ///
    /// # Errors
    /// As `std::fs::File::read`.
    fn read_part(&self, path: &Path, start: u64, len: u64) -> io::Result<Vec<u8>>;
    /// An environment variable that is set, not empty and valid text.
    fn env(&self, name: &str) -> Option<String>;
    /// The current directory, absolute.
    ///
    /// # Errors
    /// As `std::env::current_dir`.
    fn current_dir(&self) -> io::Result<PathBuf>;
    /// The file of this program.
    ///
    /// # Errors
    /// As `std::env::current_exe`.
    fn program(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// What stands on standard input, to its end.
    ///
    /// # Errors
    /// When it cannot be read or is no text.
    fn input(&self) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Writes a whole file as [`Host::write`] does, which may be run as a program.
    ///
    /// # Errors
    /// When it cannot be written; then the target is as it was.
    fn write_program(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let _ = (path, bytes);
        Err(io::ErrorKind::Unsupported.into())
    }
    /// A line that a person types at the terminal, without its end; `None` where no person could.
    ///
    /// # Errors
    /// As `std::io::Stdin::read_line`.
    fn ask(&self) -> io::Result<Option<String>> {
        Ok(None)
    }
    /// The wall clock.
    fn now(&self) -> SystemTime;
    /// Number of CPUs that this process may use.
    fn cpus(&self) -> usize;
    /// How much memory is free, in bytes: for this machine, or for the container that the program runs in. `None` where
    /// the system does not tell.
    fn free_memory(&self) -> Option<u64> {
        None
    }
    /// The files of the git working tree in which a folder lies, as they are now.
    ///
    /// # Errors
    /// When it lies in none, or git does not say; the first line of what git says instead.
    fn tree(&self, folder: &Path) -> io::Result<Tree> {
        let _ = folder;
        Err(io::ErrorKind::Unsupported.into())
    }
    /// What git says when it is run in a folder: a question that changes nothing.
    ///
    /// # Errors
    /// When it cannot be started, of the kind that this has, or fails; the line of what it says that tells why.
    fn git(&self, folder: &Path, arguments: &[&str]) -> io::Result<Vec<u8>> {
        let _ = (folder, arguments);
        Err(io::ErrorKind::Unsupported.into())
    }
    /// A second working tree of the git repository that has its root in a folder, with the files of a commit.
    ///
    /// # Errors
    /// When it cannot be made; then nothing is left of it.
    fn worktree(&self, repository: &Path, commit: &str) -> io::Result<Worktree> {
        let _ = (repository, commit);
        Err(io::ErrorKind::Unsupported.into())
    }
    /// What a program says when it is asked for its version, in a folder and with some variables more.
    ///
    /// # Errors
    /// When it cannot be started or fails.
    fn version(&self, program: &str, folder: &Path, env: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
        let _ = (program, folder, env);
        Err(io::ErrorKind::Unsupported.into())
    }
}
