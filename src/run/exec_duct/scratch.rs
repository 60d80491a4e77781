//! Folders for what jobs keep for a while: `TMPDIR`.
//!
//! A slot has one folder, which only the user may look into, and gives it to one job after the other. Between two jobs
//! it is emptied; as long as nothing was left in it, it stays, because on some file systems making and removing a folder
//! takes longer than the command.
//!
//! Must not know what a job is.

#![expect(clippy::disallowed_methods, reason = "the executor makes and removes the folders that it gives to jobs")]

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use crate::host::random;
use crate::run::guardian::Rope;
use crate::run::tidying::{PRIVATE, remove_all};

/// More than file systems let pass between two times that they tell apart.
const TICK: Duration = Duration::from_millis(50);

/// The folder that holds those of all slots; made when the first one is needed.
#[derive(Debug, Default)]
pub(super) struct Base {
    path: OnceLock<Result<PathBuf, String>>,
    rope: Option<Rope>,
}

impl Base {
    /// One that a guardian removes when this program is killed.
    pub(super) fn guarded(rope: Option<Rope>) -> Self {
        Self { path: OnceLock::new(), rope }
    }

    fn path(&self) -> Result<&Path, String> {
        let make = || {
            // A name that nobody can guess, so that it can be told before the folder is there.
            let path = tempfile::env::temp_dir().join(format!("plan-run-{:016x}", random()));
            let path = std::path::absolute(&path).unwrap_or(path);
            if let Some(rope) = &self.rope {
                // Before there is someone who takes it away again, it must not be there.
                rope.holds();
                rope.tell_folder(&path);
            }
            let made = DirBuilder::new().mode(PRIVATE).create(&path);
            made.map(|()| path).map_err(|error| format!("cannot make a temporary folder: {error}"))
        };
        self.path.get_or_init(make).as_deref().map_err(Clone::clone)
    }

    /// Removes it with all that is in it. Gives what stands in the way.
    pub(super) fn remove(&self) -> Option<String> {
        let path = self.path.get()?.as_deref().ok()?;
        remove_all(path).err().map(|error| format!("cannot remove the temporary folder `{}`: {error}", path.display()))
    }
}

/// A slot's own folder.
pub(super) struct Scratch {
    base: Arc<Base>,
    slot: usize,
    /// How many were given up, so that each has a name of its own.
    given_up: usize,
    made: Option<PathBuf>,
    /// When it was changed last, as far as it is known that it was empty since.
    empty: Option<Stamp>,
    /// Whether a change since the last job began cannot have the same stamp.
    stamped: bool,
}

/// What changes with every entry that comes or goes, and with the permissions: the number and the time of last change.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    number: u64,
    seconds: i64,
    nanos: i64,
}

impl Stamp {
    fn of(data: &fs::Metadata) -> Self {
        Self { number: data.ino(), seconds: data.ctime(), nanos: data.ctime_nsec() }
    }

    /// Whether the clock of the file system has moved on since.
    fn is_over(self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let stamp = Duration::new(self.seconds.try_into().unwrap_or(0), self.nanos.try_into().unwrap_or(0));
        now > stamp + TICK
    }
}

impl Scratch {
    pub(super) fn new(base: Arc<Base>, slot: usize) -> Self {
        Self { base, slot, given_up: 0, made: None, empty: None, stamped: false }
    }

    /// A file beside the folder, where no job can write that may not do everything.
    ///
    /// # Errors
    /// Why there can be none, in words.
    pub(super) fn beside(&self) -> Result<PathBuf, String> {
        Ok(self.base.path()?.join(format!("{}.order", self.slot)))
    }

    /// The folder, empty.
    ///
    /// # Errors
    /// Why it cannot be made, in words.
    pub(super) fn ready(&mut self) -> Result<&Path, String> {
        if self.made.is_none() {
            let name = match self.given_up {
                0 => self.slot.to_string(),
                number => format!("{}-{number}", self.slot),
            };
            let path = self.base.path()?.join(name);
            let made = DirBuilder::new().mode(PRIVATE).create(&path);
            made.map_err(|error| format!("cannot make the temporary folder `{}`: {error}", path.display()))?;
            self.made = Some(path);
        }
        self.stamped = self.empty.is_some_and(Stamp::is_over);
        Ok(self.made.as_deref().unwrap_or(Path::new("/")))
    }

    /// Removes what a job left in it. Gives what stands in the way; then the folder is not used again.
    pub(super) fn tidy(&mut self) -> Option<String> {
        let path = self.made.as_ref()?;
        let data = fs::symlink_metadata(path).ok();
        let stamp = data.as_ref().filter(|data| data.is_dir() && data.mode() & 0o7777 == PRIVATE).map(Stamp::of);
        // One look at it is cheaper than a look into it, and almost always enough.
        if self.stamped && stamp.is_some() && stamp == self.empty {
            return None;
        }
        self.empty = stamp.filter(|_| fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()));
        if self.empty.is_some() {
            return None;
        }
        let removed = remove_all(path);
        let path = self.made.take()?;
        let error = removed.err()?;
        self.given_up += 1;
        Some(format!("what it left in its temporary folder `{}` cannot be removed: {error}", path.display()))
    }
}
