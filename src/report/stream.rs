//! JSON that is written while it is made, so that outputs are held in memory one at a time.
//!
//! Must not know what is written.

use std::io::{self, Write};

use serde::ser::Error;
use serde::{Serialize, Serializer};

use super::excerpt::ReadPart;
use super::room::Room;
use crate::event::Output;
use crate::outcome::Class;
use crate::text::write_json;

/// A sequence whose items are made when it is their turn.
pub(super) struct Seq<F>(pub(super) F);

impl<F, I> Serialize for Seq<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Where excerpts of outputs come from.
#[derive(Clone, Copy)]
pub(super) struct Excerpts<'a> {
    /// Reads outputs.
    pub(super) read: &'a ReadPart<'a>,
    /// How much of each is kept.
    pub(super) room: &'a Room,
}

impl<'a> Excerpts<'a> {
    /// What is kept of an output of an attempt that ended in such a way.
    pub(super) fn of(self, output: &'a Output, class: Class) -> Excerpt<'a> {
        Excerpt { from: self, output, class }
    }
}

/// What is kept of an output, read when it is written.
pub(super) struct Excerpt<'a> {
    from: Excerpts<'a>,
    output: &'a Output,
    class: Class,
}

impl Excerpt<'_> {
    fn text(&self) -> io::Result<String> {
        self.from.room.excerpt(self.from.read, self.output, self.class)
    }
}

/// As one text.
impl Serialize for Excerpt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text().map_err(S::Error::custom)?)
    }
}

/// An excerpt line by line.
pub(super) struct Lines<'a>(pub(super) Excerpt<'a>);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.text().map_err(S::Error::custom)?.lines())
    }
}

/// Writes a value as one line.
pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // What a stream refused keeps its kind, by which a reader that has seen enough is known.
    write_json(&mut *out, value)
        .map_err(|error| if error.is_io() { error.into() } else { io::Error::other(error.to_string()) })?;
    out.write_all(b"\n")
}
