//! Places in a text, as the program has them and as the protocol does; and addresses of files.

use std::path::{Path, PathBuf};

use super::protocol::{Position, Range};
use crate::source::{Source, Span};

/// How the characters of a line are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// In bytes.
    Utf8,
    /// As JavaScript counts them, which every client knows.
    Utf16,
}

impl Encoding {
    /// The word of the protocol.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    /// How much of the first line is a byte order mark, which a client may send and a [`Source`] does not have.
    fn mark(self, source: &Source) -> usize {
        if source.decoding().bom == 0 { 0 } else { self.length("\u{feff}") }
    }

    /// The place of a byte.
    pub(super) fn position(self, source: &Source, offset: u32) -> Position {
        let line = source.line(offset);
        let whole = source.line_span(line);
        let before = source.slice(Span { start: whole.start, end: offset.min(whole.end) });
        let mark = if line == 1 { self.mark(source) } else { 0 };
        let character = u32::try_from(self.length(before) + mark).unwrap_or(u32::MAX);
        Position { line: line - 1, character }
    }

    /// A part of the text.
    pub(super) fn range(self, source: &Source, span: Span) -> Range {
        Range { start: self.position(source, span.start), end: self.position(source, span.end) }
    }

    /// A part of the text without the blanks and the line break at its end.
    pub(super) fn tight(self, source: &Source, span: Span) -> Range {
        let start = span.range().start;
        self.range(source, Span::new(start, start + source.slice(span).trim_end().len()))
    }

    /// The byte at a place; the end of the line where the line is shorter.
    pub(super) fn offset(self, source: &Source, position: Position) -> u32 {
        let whole = source.line_span(position.line.saturating_add(1));
        let mark = if position.line == 0 { self.mark(source) } else { 0 };
        let mut left = (position.character as usize).saturating_sub(mark);
        let mut at = whole.start;
        for character in source.slice(whole).chars() {
            let wide = match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
            };
            if left < wide {
                break;
            }
            left -= wide;
            at += u32::try_from(character.len_utf8()).unwrap_or(0);
        }
        at
    }
}

/// The file of an address; `None` for what is no file on this machine, such as a text that was never saved.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes().iter();
    while let Some(&byte) = left.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [*left.next()?, *left.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    Some(PathBuf::from(String::from_utf8(bytes).ok()?))
}

/// The address of a file.
pub(super) fn uri(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
