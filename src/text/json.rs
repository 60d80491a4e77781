//! Documents for programs as text.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::clean::steers;

/// Writes a document as JSON without blanks. What steers a terminal, or lets text be read in another order than it
/// stands, is written as its number, which readers of JSON take for the same text; so are the signs by which a workflow's
/// runner would find a command in the midst of a line.
///
/// # Errors
/// When it cannot be written.
pub fn write_json(out: impl io::Write, document: &(impl Serialize + ?Sized)) -> serde_json::Result<()> {
    document.serialize(&mut Serializer::with_formatter(out, Visible(CompactFormatter)))
}

/// Another formatter, but for what texts have in them.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Almost no text has any, and of most the bytes alone say so.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#') {
            return writer.write_all(fragment.as_bytes());
        }
        let commands = fragment.contains("##");
        if !commands && !fragment.chars().any(steers) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut out = String::with_capacity(fragment.len() + 8);
        for character in fragment.chars() {
            if steers(character) {
                _ = write!(out, "\\u{:04x}", u32::from(character));
            } else {
                out.push(character);
            }
        }
        if commands {
            out = out.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[");
        }
        writer.write_all(out.as_bytes())
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// As text: what was written is UTF-8.
fn text(write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("maps of text keys and plain values can be written");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// A document as JSON on one line, with its end.
///
/// # Panics
/// Never for what it is meant for: values whose maps have texts as keys.
#[must_use]
pub fn json_line(document: &impl Serialize) -> String {
    text(|bytes| write_json(bytes, document))
}

/// A document as JSON that a person can read as well, with the end of its last line.
///
/// # Panics
/// As [`json_line`].
#[must_use]
pub fn json_lines(document: &impl Serialize) -> String {
    text(|bytes| document.serialize(&mut Serializer::with_formatter(bytes, Visible(PrettyFormatter::new()))))
}
