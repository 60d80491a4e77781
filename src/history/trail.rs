//! All that is kept of each check, run by run, for who wants to look at it.

use std::collections::BTreeMap;
use std::io;

use super::before::split;
use super::file::{newest_first, place};
use super::line::{Line, SCHEMA};
use crate::host::Host;
use crate::journal::Runs;

/// What is kept of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// The plan's path.
    pub plan: String,
    /// Its label when it last ran; empty where only versions ran it that did not keep one.
    pub label: String,
    /// What it goes by over all runs.
    pub id: String,
    /// Its runs, the oldest first.
    pub runs: Vec<Seen>,
}

/// A run of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The run's name.
    pub run: String,
    /// The commit.
    pub commit: Option<String>,
    /// Whether it was a run as every night.
    pub nightly: bool,
    /// How it ended, in one word.
    pub outcome: String,
    /// Whether it held in the end.
    pub held: bool,
    /// How often it was tried.
    pub tries: usize,
    /// How long it took, in seconds.
    pub took: f64,
}

impl Trail {
    /// How often it held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.runs.iter().filter(|seen| seen.held).count()
    }

    /// How often it was flaky: held only when it was tried again, and for each commit at which it ended in both ways.
    #[must_use]
    pub fn flaky(&self) -> usize {
        let again = self.runs.iter().filter(|seen| seen.held && seen.tries > 1).count();
        let mut commits: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for (commit, seen) in self.runs.iter().filter_map(|seen| Some((seen.commit.as_deref()?, seen))) {
            commits.entry(commit).or_default().push(seen.held);
        }
        again + commits.into_values().filter(|held| split(held.iter().copied()) == (true, true)).count()
    }

    /// The time in seconds within which this share of the runs that held ended; `None` where none did.
    #[must_use]
    pub fn within(&self, share: f64) -> Option<f64> {
        let mut times: Vec<f64> = self.runs.iter().filter(|seen| seen.held).map(|seen| seen.took).collect();
        times.sort_by(f64::total_cmp);
        let rank = (share * times.len() as f64).ceil() as usize;
        times.get(rank.clamp(1, times.len().max(1)) - 1).copied()
    }
}

/// What is kept of all checks beside some runs, and how many lines could not be read. Nothing where there is no file.
///
/// # Errors
/// When the file cannot be read.
pub fn trails(runs: &Runs, host: &dyn Host) -> io::Result<(Vec<Trail>, usize)> {
    let bytes = match host.read(&place(runs.folder())) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(error),
    };
    let mut damaged = 0;
    let mut lines = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match Line::read(line) {
            Ok(line) => lines.extend(Some(line).filter(|line| line.schema == SCHEMA)),
            Err(_) => damaged += 1,
        }
    }
    let mut trails: BTreeMap<(&str, &str), Trail> = BTreeMap::new();
    let newest = newest_first(lines.iter().collect());
    for line in newest.into_iter().rev() {
        for sample in &line.checks {
            let trail = trails.entry((&line.plan, &sample.id)).or_insert_with(|| Trail {
                plan: line.plan.clone().into_owned(),
                label: String::new(),
                id: sample.id.clone().into_owned(),
                runs: Vec::new(),
            });
            if let Some(label) = &sample.label {
                trail.label = label.clone().into_owned();
            }
            trail.runs.push(Seen {
                run: line.run.clone().into_owned(),
                commit: line.commit.clone().map(|commit| commit.into_owned()),
                nightly: line.nightly,
                outcome: sample.outcome.clone().into_owned(),
                held: sample.held(),
                tries: sample.tries.unwrap_or(1),
                took: sample.took,
            });
        }
    }
    Ok((trails.into_values().collect(), damaged))
}
