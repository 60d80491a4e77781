//! A text file as it was read: decoded once, with a map from byte offsets to lines.
//!
//! Must not know what is in the text, nor where it came from on disk beyond the name to show.

use std::ops::Range;

/// The largest file that is read as a plan or a configuration, in bytes.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// How much of a file is read at most: enough to see that it is too large. Devices never end.
pub const MOST_READ: u64 = MAX_BYTES as u64 + 1;

/// A half-open range of bytes in one [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from two byte offsets; `end` is raised to `start` if it lies before it.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        Self { start, end: end.max(start) }
    }

    /// The span as a range of `usize`, for slicing.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// What was unusual about the bytes of a file; the reader goes on all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoding {
    /// Length of the byte order mark that was taken off, in bytes (0 or 3).
    pub bom: usize,
    /// Offset in the decoded text of the first byte sequence that was not UTF-8.
    pub invalid_at: Option<usize>,
}

/// Why bytes were refused as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than [`MAX_BYTES`].
    #[error("file is larger than {} MiB", MAX_BYTES / (1024 * 1024))]
    TooLarge,
}

/// A decoded text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<u32>,
    decoding: Decoding,
}

impl Source {
    /// Decodes a file. Bytes that are not UTF-8 become U+FFFD and are noted in [`Source::decoding`].
    ///
    /// # Errors
    /// Only when the file is larger than [`MAX_BYTES`].
    pub fn decode(name: impl Into<String>, bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_BYTES {
            return Err(DecodeError::TooLarge);
        }
        let bom = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let bytes = &bytes[bom..];
        let (text, invalid_at) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(error) => (String::from_utf8_lossy(bytes).into_owned(), Some(error.valid_up_to())),
        };
        // Replacement characters are longer than what they replace.
        if u32::try_from(text.len()).is_err() {
            return Err(DecodeError::TooLarge);
        }
        let mut source = Self::from_text(name, text);
        source.decoding = Decoding { bom, invalid_at };
        Ok(source)
    }

    /// A source from text that is already decoded.
    #[must_use]
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut line_starts = Vec::with_capacity(text.len() / 32 + 1);
        line_starts.push(0);
        line_starts
            .extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { name: name.into(), text, line_starts, decoding: Decoding::default() }
    }

    /// The name to show for the file, with `/` between folders.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was unusual about the bytes.
    #[must_use]
    pub fn decoding(&self) -> Decoding {
        self.decoding
    }

    /// The text of a span; empty when the span does not lie on character borders of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Number of lines; a text without a final line break has one more line than breaks.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.line_starts.len()).unwrap_or(u32::MAX)
    }

    /// The line of a byte offset, counted from 1.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        let after = self.line_starts.partition_point(|&start| start <= offset);
        u32::try_from(after).unwrap_or(u32::MAX).max(1)
    }

    /// Line and column of a byte offset, both counted from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line(offset);
        let start = self.line_starts[line as usize - 1] as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        (line, u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX))
    }

    /// The span of a line (counted from 1) without its line break; empty past the last line.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Span {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.line_starts.get(index) else {
            return Span::new(self.text.len(), self.text.len());
        };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        let line = &self.text[start as usize..end];
        Span::new(start as usize, start as usize + line.trim_end_matches('\r').len())
    }
}
