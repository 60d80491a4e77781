//! Text made safe inside HTML and XML.
//!
//! Nothing that a plan or a command says can end an element or an attribute, start one, or turn the text around it.
//! Must not know what is reported.

use super::super::names::cut_characters;
use crate::text::{clean, clean_line};

/// One line of text, for elements and for quoted attributes.
pub(super) fn line(raw: &str) -> String {
    escaped(&clean_line(raw))
}

/// As [`line`], at most so many characters.
pub(super) fn short(raw: &str, most: usize) -> String {
    escaped(&cut_characters(&clean_line(raw), most))
}

/// Text of several lines, at most so many characters, without white space at its end.
pub(super) fn lines(raw: &str, most: usize) -> String {
    escaped(&cut_characters(clean(raw.as_bytes()).trim_end(), most))
}

/// Text that was cleaned before.
pub(super) fn escaped(clean: &str) -> String {
    let mut out = String::with_capacity(clean.len() + clean.len() / 16);
    for character in clean.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
