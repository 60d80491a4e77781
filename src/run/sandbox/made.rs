//! What sandboxes may write and is not there: made while a command runs that may have need of it.
//!
//! The system can let a command write into a folder, and cannot let it make one by a certain name. So the folder is there
//! before the command, which is more than the tree had, and a command that asks for the folder hears that it is there. What
//! is done about that: it is taken away again when nobody runs who may need it and nothing is in it; a command that only
//! looks at files has nothing made for it; and whoever judges a command can ask what stood there for the sandbox alone.
//!
//! Must not know what a command is.

#![expect(clippy::disallowed_methods, reason = "what is made is in the tree of the commands, as what they make")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rules::{Missing, Rules};
use crate::run::guardian::Rope;
use crate::run::tidying::remove_if_empty;

/// What was made for the sandboxes of a run.
#[derive(Clone, Debug, Default)]
pub struct Made(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    /// Whoever takes it away should the program be killed.
    rope: Option<Rope>,
    places: BTreeMap<PathBuf, Place>,
    /// Places that were taken away again with nothing in them.
    unused: BTreeSet<PathBuf>,
}

/// A file or folder that was not there when the rules were made.
#[derive(Debug, Default)]
struct Place {
    /// How many commands run that may need it.
    users: usize,
    /// What was made for them, the outermost folder first.
    made: Vec<PathBuf>,
    /// How often it was made.
    times: usize,
}

impl Place {
    fn stands(&self) -> bool {
        !self.made.is_empty()
    }
}

/// Keeps what was made for a command as long as that runs.
#[derive(Debug)]
pub(crate) struct Held {
    made: Made,
    /// What it may need.
    needed: Vec<PathBuf>,
    /// All places of its rules, how often each had been made before, and whether it stood there then.
    before: Vec<(PathBuf, usize, bool)>,
}

impl Made {
    /// Nothing yet. Whoever is at the other end of `rope` takes it away should the program be killed.
    #[must_use]
    pub fn guarded(rope: Option<Rope>) -> Self {
        Self(Arc::new(Mutex::new(Inner { rope, ..Inner::default() })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes what is missing for a command, if it may need it.
    pub(crate) fn hold(&self, rules: &Rules, needs: bool) -> Held {
        let mut inner = self.inner();
        let Inner { rope, places, .. } = &mut *inner;
        let mut held = Held { made: self.clone(), needed: Vec::new(), before: Vec::new() };
        for Missing { path, file } in &rules.missing {
            let path = PathBuf::from(path);
            let place = places.entry(path.clone()).or_default();
            held.before.push((path.clone(), place.times, place.stands()));
            if needs {
                if place.users == 0 {
                    place.made = make(&path, *file, rope.as_ref());
                    place.times += usize::from(place.stands());
                }
                place.users += 1;
                held.needed.push(path);
            }
        }
        held
    }

    /// What stood there for commands, of whom none wrote into it, and is gone again.
    #[must_use]
    pub fn unused(&self) -> Vec<PathBuf> {
        self.inner().unused.iter().filter(|path| fs::symlink_metadata(path).is_err()).cloned().collect()
    }
}

impl Held {
    /// What stood there only for sandboxes while the command ran, and holds nothing.
    pub(crate) fn hollow(&self) -> Vec<PathBuf> {
        let inner = self.made.inner();
        let stood = |(path, times, stood): &&(PathBuf, usize, bool)| {
            *stood || inner.places.get(path).is_some_and(|place| place.times != *times)
        };
        let paths = self.before.iter().filter(stood).map(|(path, ..)| path);
        paths.filter(|path| is_hollow(path)).cloned().collect()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut inner = self.made.inner();
        let Inner { rope, places, unused } = &mut *inner;
        for path in &self.needed {
            let Some(place) = places.get_mut(path) else { continue };
            place.users -= 1;
            if place.users > 0 {
                continue;
            }
            for made in std::mem::take(&mut place.made).iter().rev() {
                // What holds something is a command's from now on, and stays.
                if remove_if_empty(made) && made == path {
                    unused.insert(path.clone());
                }
                if let Some(rope) = rope {
                    rope.tell_kept(made);
                }
            }
        }
    }
}

/// Makes a file or a folder with all that lead to it; gives what was made. What cannot be made cannot be written either,
/// which the command will say.
fn make(path: &Path, file: bool, rope: Option<&Rope>) -> Vec<PathBuf> {
    let is_there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let mut missing: Vec<&Path> = path.ancestors().take_while(|path| !is_there(path)).collect();
    missing.reverse();
    // A link on the way may be a stranger's, and lead anywhere.
    let around = missing.first().and_then(|path| path.parent());
    if !around.is_some_and(|around| around.canonicalize().is_ok_and(|real| real == around)) {
        return Vec::new();
    }
    let mut made = Vec::new();
    for place in missing {
        // Told before it is there, so that none is left should the program be killed in between.
        if let Some(rope) = rope {
            rope.tell_made(place);
        }
        let done: io::Result<()> = if file && place == path {
            OpenOptions::new().write(true).create_new(true).open(place).map(drop)
        } else {
            DirBuilder::new().create(place)
        };
        if done.is_err() {
            if let Some(rope) = rope {
                rope.tell_kept(place);
            }
            break;
        }
        made.push(place.to_owned());
    }
    made
}

/// Whether nothing is in it, or it is not there at all.
fn is_hollow(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(data) if data.is_dir() => fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()),
        Ok(data) => data.is_file() && data.len() == 0,
        Err(_) => true,
    }
}
