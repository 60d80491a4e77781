//! Text made safe for the labels of Mermaid.
//!
//! Must not know what is drawn.

use std::fmt::Write as _;

use super::clean_line;

/// One line of text between quotes of Mermaid, which has entities and no escapes, and which takes HTML and Markdown for
/// what they are.
#[must_use]
pub fn mermaid(text: &str) -> String {
    let mut out = String::new();
    for character in clean_line(text).chars() {
        match character {
            '"' | '#' | '<' | '>' | '&' | ';' | '`' | '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '(' | ')' => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            // Starts a directive.
            '%' => out.push_str("#37;"),
            other => out.push(other),
        }
    }
    out
}
