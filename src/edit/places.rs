//! Where a place of the decoded text stands in the bytes of the file.

use std::str::Utf8Chunks;

/// Walks through the bytes of a file, as far as it is asked.
pub(super) struct Places<'b> {
    chunks: Utf8Chunks<'b>,
    /// Where the piece that was reached starts in the text.
    text: usize,
    /// Where it starts in the file.
    file: usize,
    /// The length of its bytes that are text.
    valid: usize,
    /// The length of its bytes that are none, for which one character stands in the text.
    invalid: usize,
}

impl<'b> Places<'b> {
    /// From the bytes of a file, of which the first `bom` are a byte order mark.
    pub(super) fn new(bytes: &'b [u8], bom: usize) -> Self {
        Self { chunks: bytes[bom..].utf8_chunks(), text: 0, file: bom, valid: 0, invalid: 0 }
    }

    /// The offset in the file of an offset in the text, which lies on a border of characters and does not come before
    /// the last one that was asked for.
    pub(super) fn in_file(&mut self, text: usize) -> usize {
        while text > self.text + self.valid
            && let Some(chunk) = self.chunks.next()
        {
            self.text += self.valid;
            self.file += self.valid;
            if self.invalid > 0 {
                self.text += char::REPLACEMENT_CHARACTER.len_utf8();
                self.file += self.invalid;
            }
            self.valid = chunk.valid().len();
            self.invalid = chunk.invalid().len();
        }
        match text.checked_sub(self.text + self.valid) {
            // Only the end of the text can lie behind the last piece: behind the bytes at its end that are none.
            Some(1..) => self.file + self.valid + self.invalid,
            _ => self.file + (text - self.text),
        }
    }
}
