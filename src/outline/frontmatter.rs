//! Front matter: the lines between `---` and `---` at the very start of a document.
//!
//! Split off by hand: a Markdown parser's own reading of it takes later rules (`---`) for front matter too.

use super::FrontMatter;
use crate::source::Span;

/// The front matter of a text and the offset at which the document proper starts.
pub(super) fn split(text: &str) -> (Option<FrontMatter>, usize) {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return (None, 0);
    };
    let start = first.len();
    let mut at = start;
    for line in lines {
        let word = line.trim_end();
        if word == "---" || word == "..." {
            return (Some(FrontMatter { body: Span::new(start, at) }), at + line.len());
        }
        // A heading or a blank start means that the first line was a rule, not the opening of front matter.
        if at == start && (word.is_empty() || word.starts_with('#')) {
            return (None, 0);
        }
        at += line.len();
    }
    (None, 0)
}
