//! The file that says which keys have passed: a line of JSON each, the newest last.
//!
//! Lines are added in one write, so that runs that end at the same time do not mix theirs. Losing the file, or a part of
//! it, costs nothing but time.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::host::Host;
use crate::journal::Runs;
use crate::text::write_json;

/// Name of the file; in a folder of runs one that a glob of all of them passes over.
const NAME: &str = "cache";
const NAME_INSIDE: &str = ".cache";
/// Name and version of the form.
const SCHEMA: &str = "plan-run/cache/v1";
/// How long an entry is kept that nobody uses, in seconds.
const AGE: u64 = 30 * DAY;
/// After how long the use of an entry is noted again, in seconds.
const DAY: u64 = 24 * 60 * 60;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    schema: String,
    key: String,
    /// The run that proved it.
    run: String,
    /// When it was last used, in seconds since 1970.
    used: u64,
}

/// What is kept.
pub(super) struct Store {
    path: PathBuf,
    /// The last line of each key.
    known: HashMap<String, Line>,
    lines: usize,
    damaged: bool,
    now: u64,
    new: Vec<Line>,
}

impl Store {
    /// Reads what is kept beside some runs. What is damaged is told, a line each, and passed over.
    pub(super) fn read(runs: &Runs, host: &dyn Host) -> (Self, Vec<String>) {
        let path = place(runs.folder());
        let now = host.now().duration_since(UNIX_EPOCH).as_ref().map_or(0, Duration::as_secs);
        let mut store = Self { path, known: HashMap::new(), lines: 0, damaged: false, now, new: Vec::new() };
        let bytes = match host.read(&store.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (store, Vec::new()),
            Err(error) => {
                let problem = format!("cannot read {}: {error}; nothing is taken from the cache", store.path.display());
                return (store, vec![problem]);
            }
        };
        let mut damaged = None;
        for (index, bytes) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            store.lines += 1;
            match serde_json::from_slice::<Line>(bytes) {
                Ok(line) if line.schema == SCHEMA => _ = store.known.insert(line.key.clone(), line),
                Ok(_) => {}
                Err(_) => damaged = damaged.or(Some(index + 1)),
            }
        }
        store.damaged = damaged.is_some();
        let told = damaged.map(|line| {
            let file = store.path.display();
            format!("line {line} of {file} cannot be read; what is damaged there is passed over")
        });
        (store, told.into_iter().collect())
    }

    /// The run in which a key passed, if it did.
    pub(super) fn find(&mut self, key: &str) -> Option<String> {
        let line = self.known.get(key).filter(|line| line.used.saturating_add(AGE) >= self.now)?;
        if line.used.saturating_add(DAY) < self.now {
            self.new.push(Line { used: self.now, ..line.clone() });
        }
        Some(line.run.clone())
    }

    /// Notes that a key has passed.
    pub(super) fn add(&mut self, key: String, run: &str) {
        self.new.push(Line { schema: SCHEMA.to_owned(), key, run: run.to_owned(), used: self.now });
    }

    /// Writes what is new, and at most `most` entries if there are too many.
    pub(super) fn write(self, most: usize, host: &dyn Host) -> io::Result<()> {
        // Through a link, another file would be written to, and what it holds be lost as damaged.
        if host.is_link(&self.path) || host.is_special(&self.path) {
            return Err(io::Error::other(format!("{} is no regular file", self.path.display())));
        }
        let many = self.lines + self.new.len() > most.saturating_mul(2);
        let old = self.known.values().any(|line| line.used.saturating_add(AGE) < self.now);
        if !self.damaged && !many && !old {
            return if self.new.is_empty() { Ok(()) } else { host.append(&self.path, &text(&self.new)?) };
        }
        let mut known = self.known;
        known.extend(self.new.into_iter().map(|line| (line.key.clone(), line)));
        let mut kept: Vec<Line> =
            known.into_values().filter(|line| line.used.saturating_add(AGE) >= self.now).collect();
        kept.sort_by(|a, b| (a.used, &a.run, &a.key).cmp(&(b.used, &b.run, &b.key)));
        kept.drain(..kept.len().saturating_sub(most));
        host.write(&self.path, &text(&kept)?)
    }
}

fn text(lines: &[Line]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        write_json(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Beside the usual folder of runs; inside of one that the user chose, whose neighbours are not ours.
fn place(runs: &Path) -> PathBuf {
    match runs.parent() {
        Some(home) if runs.ends_with(".plan-run/runs") => home.join(NAME),
        _ => runs.join(NAME_INSIDE),
    }
}
