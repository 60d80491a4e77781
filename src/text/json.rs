//! Documents for programs as text.

use serde::Serialize;

/// A document as JSON on one line, with its end.
///
/// # Panics
/// Never for what it is meant for: values whose maps have texts as keys.
#[must_use]
pub fn json_line(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("maps of text keys and plain values can be written") + "\n"
}

/// A document as JSON that a person can read as well, with the end of its last line.
///
/// # Panics
/// As [`json_line`].
#[must_use]
pub fn json_lines(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).expect("maps of text keys and plain values can be written") + "\n"
}
