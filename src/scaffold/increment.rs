//! An increment: what is wanted, how it is reached, and the steps that lead there, a file each.

use super::Title;
use super::fill::fill;

/// A file of an increment's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncrementFile {
    /// Its name in the folder.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// The files of a new increment, in the order in which they are filled in.
#[must_use]
pub fn increment(title: &Title) -> Vec<IncrementFile> {
    let title = title.in_heading();
    let files = [
        ("increment.md", include_str!("templates/increment.md")),
        ("design.md", include_str!("templates/design.md")),
        ("implement.md", include_str!("templates/implement.md")),
    ];
    files.into_iter().map(|(name, text)| IncrementFile { name, text: fill(text, &[("title", &title)]) }).collect()
}
