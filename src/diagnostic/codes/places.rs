//! The places that a problem names.

use std::sync::Arc;

use super::super::Label;
use crate::source::{Source, Span};

/// A place, with what is to be said of it.
pub(super) fn label(source: &Arc<Source>, span: Span, text: impl Into<String>) -> Label {
    Label { source: Arc::clone(source), span, text: text.into() }
}
