//! What is to be changed, and why it is not.

use crate::source::{Source, Span};

/// One change to the text of a [`Source`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Which part of the text; an empty one to put something between two characters.
    pub span: Span,
    /// What must stand there.
    pub was: String,
    /// What is to stand there instead.
    pub new: String,
}

impl Edit {
    /// Puts something in the place of a part of a text, whatever stands there.
    #[must_use]
    pub fn replace(source: &Source, span: Span, new: impl Into<String>) -> Self {
        Self { span, was: source.slice(span).to_owned(), new: new.into() }
    }
}

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not what was read any more.
    #[error("{0} has changed since it was read; it was left as it is")]
    Changed(String),
    /// What must stand in a place of the text does not.
    #[error("line {line} of {name} is not what was to be changed; the file was left as it is")]
    NotThere {
        /// The file, as shown.
        name: String,
        /// Counted from 1.
        line: u32,
    },
    /// Two changes concern the same place.
    #[error("two changes of {name} meet in line {line}; the file was left as it is")]
    Overlap {
        /// The file, as shown.
        name: String,
        /// Counted from 1.
        line: u32,
    },
    /// It cannot be read again.
    #[error("cannot read {name} again: {why}; it was left as it is")]
    Unreadable {
        /// The file, as shown.
        name: String,
        /// What the system says.
        why: String,
    },
    /// It cannot be written.
    #[error("cannot write {name}: {why}; it was left as it is")]
    Unwritable {
        /// The file, as shown.
        name: String,
        /// What the system says.
        why: String,
    },
}
