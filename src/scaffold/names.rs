//! Titles and names of folders as a user gives them: refused where they cannot be what was meant, safe where they can.

use crate::text::{clean_line, slug};

/// The most characters of a title.
const MOST_TITLE: usize = 200;

/// The most bytes of a folder's name; file systems take a little more.
const MOST_SLUG: usize = 100;

/// With what the title of each plan begins.
const BEFORE: &str = "implementation plan:";

/// Why a name is not taken, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(String);

/// The title of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Takes a title as it was typed.
    ///
    /// # Errors
    /// When it is empty, too long, or has more than one line or characters that cannot be seen.
    pub fn new(raw: &str) -> Result<Self, BadName> {
        let raw = raw.trim();
        let bad = |why: String| Err(BadName(format!("the title {why}")));
        if raw.is_empty() {
            return bad("is empty".to_owned());
        }
        if raw.chars().count() > MOST_TITLE {
            return bad(format!("is longer than {MOST_TITLE} characters"));
        }
        if clean_line(raw) != raw {
            return bad("has a line break, or a character that cannot be seen".to_owned());
        }
        // They are put before it anyway.
        let own = match raw.get(..BEFORE.len()) {
            Some(start) if start.eq_ignore_ascii_case(BEFORE) => raw[BEFORE.len()..].trim_start(),
            _ => raw,
        };
        if own.is_empty() { bad("is empty".to_owned()) } else { Ok(Self(own.to_owned())) }
    }

    /// A name for a file made of it.
    ///
    /// # Errors
    /// When it has no letter and no digit.
    pub fn file_name(&self) -> Result<String, BadName> {
        match slug(&self.0).as_str() {
            "" => Err(BadName("the title has no letter or digit to make the name of a file of".to_owned())),
            slug => Ok(format!("{slug}.md")),
        }
    }

    /// The title as it stands in a heading, where it begins no HTML and loses no `#` at its end.
    pub(super) fn in_heading(&self) -> String {
        let balanced = self.0.matches('`').count().is_multiple_of(2);
        let words = self.0.trim_end_matches('#');
        let closing = words.len() < self.0.len() && (words.is_empty() || words.ends_with(' '));
        let mut out = String::with_capacity(self.0.len());
        let mut in_code = false;
        for (at, character) in self.0.char_indices() {
            match character {
                '`' if balanced => in_code = !in_code,
                '`' | '<' if !in_code => out.push('\\'),
                '#' if closing && at == words.len() => out.push('\\'),
                _ => {}
            }
            out.push(character);
        }
        out
    }
}

/// Whether a word can be the name of an increment's folder.
///
/// # Errors
/// When it is empty or too long, or would lead elsewhere, be hidden or be taken for an option.
pub fn check_slug(raw: &str) -> Result<(), BadName> {
    let shown = clean_line(raw);
    let fits = raw.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) && raw.starts_with(char::is_alphanumeric);
    if fits && raw.len() <= MOST_SLUG {
        return Ok(());
    }
    let near = match slug(raw).as_str() {
        "" => String::new(),
        near => format!(", such as `{near}`"),
    };
    let why = if raw.is_empty() {
        "the name of the increment is empty".to_owned()
    } else if fits {
        format!("the name of the increment is longer than {MOST_SLUG} bytes")
    } else {
        format!("`{shown}` cannot be the name of an increment's folder")
    };
    Err(BadName(format!(
        "{why}; it takes letters, digits, `-`, `_` and `.`, and begins with a letter or a digit{near}"
    )))
}

/// A title made of a folder's name.
#[must_use]
pub fn title_of_slug(slug: &str) -> String {
    let words = slug.replace(['-', '_'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
