//! What Linux tells of processes below `/proc`: parents, children, groups, environments. Other systems tell nothing here.
//!
//! Whatever is learned may be out of date by the time that it is used. Must not know what a job is.

#![expect(clippy::disallowed_methods, reason = "processes are looked up where the system keeps them")]

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::os::{self, Push};

/// A process as it was a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Its number.
    pub process: i32,
    /// Its parent.
    pub parent: i32,
    /// Its group.
    pub group: i32,
    /// When it was started, in ticks since the system was; with the number it names a process for ever.
    pub started: u64,
    /// Whether it has not ended. One that has ended stays in the list until it is waited for.
    pub alive: bool,
}

/// A process; `None` when there is none of that number, or none can be seen.
pub(crate) fn stat(process: i32) -> Option<Stat> {
    let text = std::fs::read(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may itself hold parentheses and spaces.
    let close = text.iter().rposition(|&byte| byte == b')')?;
    let mut fields = std::str::from_utf8(&text[close + 1..]).ok()?.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    // These are the 20th and the 22nd field of all; the group was the fifth.
    let threads: usize = fields.nth(14)?.parse().ok()?;
    let started = fields.nth(1)?.parse().ok()?;
    // The state is that of the first thread. Others may still be ending, and what they started is theirs until they have.
    let alive = !matches!(state, "Z" | "X" | "x") || threads > 1;
    Some(Stat { process, parent, group, started, alive })
}

/// Does something to a process, if it is still the one that was seen.
pub(crate) fn push(seen: &Stat, how: Push) {
    os::push_one(seen.process, how, || stat(seen.process).is_some_and(|now| now.started == seen.started));
}

/// All processes that can be seen; `None` where the system keeps no list.
pub(crate) fn all() -> Option<Vec<i32>> {
    let entries = std::fs::read_dir("/proc").ok()?.flatten();
    let numbers: Vec<i32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// The children of a process, those of all its threads.
pub(crate) fn children(process: i32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| numbers(&list)).collect()
}

fn numbers(list: &str) -> Vec<i32> {
    list.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// The value of a variable in the environment that a process was started with.
pub(crate) fn variable(process: i32, name: &str) -> Option<String> {
    let environment = std::fs::read(format!("/proc/{process}/environ")).ok()?;
    let mut entries = environment.split(|&byte| byte == 0);
    let value = entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// How long a process may run as a real-time process without a pause, in microseconds; `None` for no limit, or where it
/// is not told.
pub(crate) fn real_time_limit(process: i32) -> Option<u64> {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max realtime timeout"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// The command line of a process with a blank between two words, or its program's name where it has none.
pub(crate) fn command(process: i32) -> Option<String> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let line = if line.is_empty() { std::fs::read(format!("/proc/{process}/comm")).ok()? } else { line };
    Some(String::from_utf8_lossy(&line).replace('\0', " "))
}

/// The list of this process's children that no thread but the first has. The first thread is the one that gets
/// orphans; as long as it starts nothing itself, the list holds nothing else.
#[derive(Debug)]
pub(crate) struct Adopted(File);

impl Adopted {
    /// Opens the list; `None` where the system keeps none.
    pub(crate) fn open() -> Option<Self> {
        let own = rustix::process::getpid().as_raw_nonzero();
        File::open(format!("/proc/self/task/{own}/children")).ok().map(Self)
    }

    /// Whether the list is empty: one call to the system.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.0.read_at(&mut [0; 16], 0), Ok(0))
    }

    /// The list.
    pub(crate) fn list(&self) -> Vec<i32> {
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = self.0.read_at(&mut piece, text.len() as u64) {
            text.extend_from_slice(&piece[..count]);
        }
        numbers(&String::from_utf8_lossy(&text))
    }
}
