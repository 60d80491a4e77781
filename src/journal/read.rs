//! Reads a journal back, also one that was torn by the end of its runner.

use std::path::{Path, PathBuf};

use super::wire::{Line, SCHEMA, Says};
use crate::event::{Event, Happening};
use crate::roster::{Broken, Roster};

/// A journal that was read.
#[derive(Debug)]
pub struct Journal {
    /// The run's folder, in which its outputs lie.
    pub folder: PathBuf,
    /// What the run is about.
    pub roster: Roster,
    /// What happened, numbered anew from 1.
    pub events: Vec<Event>,
    /// What is wrong with it, a line each. A last line that was torn is nothing wrong: a runner that is killed leaves it.
    pub problems: Vec<String>,
}

/// Why a file is no journal that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It does not begin as one.
    #[error("is no journal of a run: its first line does not say `{SCHEMA}`")]
    NotAJournal,
    /// It was written by a version that uses another form.
    #[error("was written in the form `{0}`, and this version of plan-run reads `{SCHEMA}`")]
    OtherForm(String),
}

impl Journal {
    /// Whether the run said that it ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.events.iter().any(|event| event.what == Happening::RunEnded)
    }
}

/// Reads the bytes of the journal in a run's folder.
///
/// # Errors
/// When it is none.
pub fn read(folder: &Path, bytes: &[u8]) -> Result<Journal, Unreadable> {
    // What follows the last line break was torn; so was a tail of zeros, which a file system leaves after a power cut.
    let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let mut lines = bytes[..end].split_inclusive(|&byte| byte == b'\n').enumerate();
    let first = lines.next().and_then(|(_, line)| parse(line));
    let Some(Line {
        says: Says::Journal { schema, run, commit, strict_claims, strict, shard, untouched, nightly, since, .. },
        ..
    }) = first
    else {
        return Err(Unreadable::NotAJournal);
    };
    if schema != SCHEMA {
        return Err(Unreadable::OtherForm(schema));
    }
    let known_shard = shard.as_deref().and_then(|shard| shard.parse().ok());
    let mut journal = Journal {
        folder: folder.to_path_buf(),
        roster: Roster {
            run,
            commit,
            strict_claims,
            strict,
            shard: known_shard,
            untouched,
            nightly,
            since,
            ..Roster::default()
        },
        events: Vec::new(),
        problems: Vec::new(),
    };
    let mut last: u64 = 1;
    for (index, line) in lines {
        let number = index + 1;
        let Some(line) = parse(line) else {
            journal.problems.push(format!("line {number} of the journal cannot be read"));
            last = last.saturating_add(1);
            continue;
        };
        // Any number may stand there.
        let next = last.saturating_add(1);
        if line.seq != next {
            journal.problems.push(format!("line {number} of the journal has the number {} and not {next}", line.seq));
        }
        last = line.seq;
        if let Err(problem) = journal.take(line.says) {
            journal.problems.push(format!("line {number} of the journal {problem}"));
        }
    }
    Ok(journal)
}

impl Journal {
    fn take(&mut self, says: Says) -> Result<(), &'static str> {
        match says {
            Says::Journal { .. } => Err("begins another one"),
            Says::Unknown => Ok(()),
            Says::Plan(_) | Says::Broken { .. } if !self.events.is_empty() => Err("comes too late"),
            Says::Plan(plan) => {
                self.roster.plans.push(plan.entry().ok_or("describes a plan that does not fit together")?);
                Ok(())
            }
            Says::Broken { path, line, problems } => {
                self.roster.broken.push(Broken { path, line, problems });
                Ok(())
            }
            happening => {
                let (at, what) = happening.event(&self.folder).ok_or("says something that makes no sense")?;
                let number = self.events.len() as u64 + 1;
                self.events.push(Event { number, at, what });
                Ok(())
            }
        }
    }
}

fn parse(line: &[u8]) -> Option<Line> {
    serde_json::from_slice(line).ok()
}
