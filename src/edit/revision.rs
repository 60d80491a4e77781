//! A file with its changes: made from what is on the disk now, and written only if that is still there.

use std::path::{Path, PathBuf};

use super::diff::{self, Change};
use super::model::{Edit, Refused};
use super::places::Places;
use crate::host::Host;
use crate::source::{MOST_READ, Source};

/// A file as it is, and as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    name: String,
    path: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
    changes: Vec<Change>,
}

impl Revision {
    /// Makes changes to the file that a source was read from. Nothing is written yet.
    ///
    /// # Errors
    /// When the file is not what was read any more, when a change does not fit the text, or when two of them concern the
    /// same place; two that put something between the same characters do, as nobody knows which one comes first.
    pub fn new(path: &Path, source: &Source, mut edits: Vec<Edit>, host: &dyn Host) -> Result<Self, Refused> {
        let name = source.name().to_owned();
        // A stream of the program leads to the file that it was opened from, and a link to what it stands for.
        let real = host.canonicalize(path).map_err(|error| unreadable(&name, &error))?;
        let before = host.read_part(&real, 0, MOST_READ).map_err(|error| unreadable(&name, &error))?;
        let again = Source::decode(name.as_str(), &before);
        if !again.is_ok_and(|again| again.text() == source.text() && again.decoding() == source.decoding()) {
            return Err(Refused::Changed(name));
        }
        edits.sort();
        fit(source, &edits)?;
        let mut places = Places::new(&before, source.decoding().bom);
        let mut after = Vec::with_capacity(before.len());
        let mut changes = Vec::with_capacity(edits.len());
        let mut kept = 0;
        for edit in &edits {
            let range = edit.span.range();
            let range = places.in_file(range.start)..places.in_file(range.end);
            after.extend_from_slice(&before[kept..range.start]);
            let start = after.len();
            after.extend_from_slice(edit.new.as_bytes());
            kept = range.end;
            changes.push(Change { before: range, after: start..after.len() });
        }
        after.extend_from_slice(&before[kept..]);
        Ok(Self { name, path: real, before, after, changes })
    }

    /// The bytes of the file as it is to be.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.after
    }

    /// What changes, as a unified diff that steers no terminal; empty where nothing does.
    #[must_use]
    pub fn diff(&self) -> String {
        diff::unified(&self.name, &self.before, &self.after, &self.changes)
    }

    /// Writes the file, with the permissions that it has. One in which nothing changes is not touched.
    ///
    /// # Errors
    /// When the file has changed since the revision was made, or cannot be written; then it is as it was.
    pub fn write(&self, host: &dyn Host) -> Result<(), Refused> {
        if self.after == self.before {
            return Ok(());
        }
        let now = host.read_part(&self.path, 0, MOST_READ).map_err(|error| unreadable(&self.name, &error))?;
        if now != self.before {
            return Err(Refused::Changed(self.name.clone()));
        }
        host.write(&self.path, &self.after)
            .map_err(|error| Refused::Unwritable { name: self.name.clone(), why: error.to_string() })
    }
}

/// Whether changes, which are in order, fit a text and each other.
pub(super) fn fit(source: &Source, edits: &[Edit]) -> Result<(), Refused> {
    let line = |edit: &Edit| source.line(edit.span.start);
    for edit in edits {
        if source.text().get(edit.span.range()) != Some(edit.was.as_str()) {
            return Err(Refused::NotThere { name: source.name().to_owned(), line: line(edit) });
        }
    }
    for pair in edits.windows(2) {
        let both_between = pair[0].span == pair[1].span && pair[0].was.is_empty();
        if pair[1].span.start < pair[0].span.end || both_between {
            return Err(Refused::Overlap { name: source.name().to_owned(), line: line(&pair[1]) });
        }
    }
    Ok(())
}

fn unreadable(name: &str, error: &std::io::Error) -> Refused {
    Refused::Unreadable { name: name.to_owned(), why: error.to_string() }
}
