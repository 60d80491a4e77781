//! Finds what a runner that is gone has left, and ends it.
//!
//! Where the system tells of processes, all of them are looked at: what has a mark of the runner in its environment or
//! its limits, or is in one of its groups. Elsewhere it is the groups alone. Must not know how it is known that the runner
//! is gone.

#![expect(clippy::disallowed_methods, reason = "what others have left can only be looked for now and then")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::tag;
use crate::run::mark;
use crate::run::os::{self, Group, Push};
use crate::run::procfs::{self, Stat};
use crate::run::tidying;

/// How long processes may take to end after being asked. All is to be over within two seconds.
const GRACE: Duration = Duration::from_secs(1);
/// After this long it is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// By what processes of a runner are known.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// What the marks in environments begin with.
    pub(super) marks: Vec<String>,
    /// Marks in a limit.
    pub(super) tags: Vec<u64>,
    /// Groups that were under way.
    pub(super) groups: Vec<i32>,
}

/// Ends all processes that have one of the signs: asks them, then kills them.
pub(super) fn end(signs: &Signs) {
    let began = Instant::now();
    let own = procfs::stat(os::own_number());
    let mut first = true;
    let mut empty = 0;
    while began.elapsed() < PATIENCE {
        // Whoever comes later is there to tidy up, and is only killed.
        let how = if began.elapsed() >= GRACE { Some(Push::Kill) } else { first.then_some(Push::Ask) };
        let left = match own {
            Some(own) => {
                let left = members(signs, &own);
                if let Some(how) = how {
                    left.iter().for_each(|member| procfs::push(member, how));
                }
                !left.is_empty()
            }
            None => push_groups(signs, how),
        };
        // Whoever is started while the list is read is not in it, and the one who started it may have ended.
        empty = if left { 0 } else { empty + 1 };
        if empty == 2 {
            return;
        }
        first = false;
        std::thread::sleep(LOOK);
    }
}

/// The living that have one of the signs.
fn members(signs: &Signs, own: &Stat) -> Vec<Stat> {
    let all = procfs::all().unwrap_or_default().into_iter().filter_map(procfs::stat);
    // Nothing that the runner has started for a check is older than its guardian, whatever its number says.
    let may = all.filter(|other| other.alive && other.process != own.process && other.started >= own.started);
    may.filter(|other| {
        signs.groups.contains(&other.group)
            || tag::is_among(procfs::real_time_limit(other.process), &signs.tags)
            || procfs::variable(other.process, mark::NAME)
                .is_some_and(|marks| signs.marks.iter().any(|own| mark::is_of(&marks, own)))
    })
    .collect()
}

/// Does something to all groups, if anything; says whether one of them is left.
fn push_groups(signs: &Signs, how: Option<Push>) -> bool {
    let groups = signs.groups.iter().filter_map(|&group| Group::of_leader(group.try_into().ok()?));
    let mut left = false;
    for group in groups.filter(|group| group.exists()) {
        left = true;
        if let Some(how) = how {
            group.push(how);
        }
    }
    left
}

/// Removes a folder with all that is in it, if it is one; links are not followed.
pub(super) fn remove(folder: &Path) {
    if folder.is_absolute() && fs::symlink_metadata(folder).is_ok_and(|data| data.is_dir()) {
        // Nobody is there who could be told what stands in the way.
        _ = tidying::remove_all(folder);
    }
}

/// Removes a folder or a file if nothing is in it.
pub(super) fn remove_if_empty(path: &Path) {
    if path.is_absolute() {
        // Nobody is there who could be told that it was not.
        _ = tidying::remove_if_empty(path);
    }
}
