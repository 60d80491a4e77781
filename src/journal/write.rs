//! Writes a journal: whole lines, those of one moment in one go, as soon as they are known.

use std::io;
use std::path::{Path, PathBuf};

use super::runs::EVENTS;
use super::wire::{Line, Plan, SCHEMA, Says};
use crate::event::Event;
use crate::host::Host;
use crate::roster::Roster;
use crate::text::write_json;

/// Writes the journal of one run.
pub struct Writer {
    out: Box<dyn io::Write + Send>,
    folder: PathBuf,
    seq: u64,
    /// Lines that are not written yet.
    lines: Vec<u8>,
}

/// More than this does not wait for the end of the moment, in bytes.
const MOST_HELD: usize = 64 * 1024;

impl Writer {
    /// Begins the journal of a run in its folder. It is held as long as this writer lives, so that others can tell a
    /// run under way from one whose runner was killed.
    ///
    /// # Errors
    /// When the file cannot be made or written to.
    pub fn create(folder: &Path, roster: &Roster, host: &dyn Host) -> io::Result<Self> {
        let out = host.open_log(&folder.join(EVENTS))?;
        let mut writer = Self { out, folder: folder.to_path_buf(), seq: 0, lines: Vec::new() };
        writer.say(Says::Journal {
            schema: SCHEMA.to_owned(),
            run: roster.run.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: roster.commit.clone(),
            strict_claims: roster.strict_claims,
            nightly: roster.nightly,
            since: roster.since.clone(),
            strict: roster.strict,
            shard: roster.shard.map(|shard| shard.to_string()),
            untouched: roster.untouched,
        })?;
        for plan in &roster.plans {
            writer.say(Says::Plan(Box::new(Plan::of(plan))))?;
        }
        for broken in &roster.broken {
            writer.say(Says::broken(broken))?;
        }
        writer.settle()?;
        Ok(writer)
    }

    /// Notes what happened; it is written by [`Writer::settle`] at the latest.
    ///
    /// # Errors
    /// When lines cannot be written.
    pub fn hear(&mut self, event: &Event) -> io::Result<()> {
        self.say(Says::of(event, &self.folder))
    }

    /// Writes what was noted.
    ///
    /// # Errors
    /// When the lines cannot be written.
    pub fn settle(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        // In one call, so that no reader sees half a line of a runner that is alive.
        self.out.write_all(&self.lines)?;
        self.lines.clear();
        self.out.flush()
    }

    fn say(&mut self, says: Says) -> io::Result<()> {
        self.seq += 1;
        write_json(&mut self.lines, &Line { seq: self.seq, says }).map_err(io::Error::from)?;
        self.lines.push(b'\n');
        if self.lines.len() > MOST_HELD { self.settle() } else { Ok(()) }
    }
}
