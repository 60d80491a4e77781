//! What is wrong with a file as a whole, or with its Markdown.

use std::sync::Arc;

use super::super::{Diagnostic, Severity};
use super::places::label;
use crate::source::{Source, Span};

/// A fence that is never closed, so that it is not known where it was meant to end.
#[must_use]
pub fn unclosed_fence(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "unclosed-fence",
        severity: Severity::Error,
        message: "this fence is never closed; everything after it reads as code".to_owned(),
        labels: vec![label(source, span, "opened here")],
        help: Some("close it with a line of the same marker".to_owned()),
    }
}

/// Fences of equal length inside an example; the reader followed the author's intent.
#[must_use]
pub fn nested_fence(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "nested-fence",
        severity: Severity::Warning,
        message: "an example holds fences as long as its own; read as nested, though Markdown ends the example early"
            .to_owned(),
        labels: vec![label(source, span, "the example starts here")],
        help: Some("give the outer fence more backticks than the inner ones".to_owned()),
    }
}

/// The whole document stands inside a Markdown fence.
#[must_use]
pub fn wrapped_document(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "wrapped-document",
        severity: Severity::Warning,
        message: "the whole plan stands inside a Markdown fence; read as if the fence were not there".to_owned(),
        labels: vec![label(source, span, "")],
        help: Some("take out the fence around the plan".to_owned()),
    }
}

/// Bytes that are not UTF-8.
#[must_use]
pub fn not_utf8(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "not-utf8",
        severity: Severity::Warning,
        message: "the file is not UTF-8 here; unreadable bytes are shown as \u{FFFD}".to_owned(),
        labels: vec![label(source, span, "")],
        help: Some("save the file as UTF-8".to_owned()),
    }
}

/// A document in which no stage was found.
#[must_use]
pub fn no_stages(source: &Arc<Source>) -> Diagnostic {
    Diagnostic {
        code: "no-stages",
        severity: Severity::Warning,
        message: "no stage was found in this plan".to_owned(),
        labels: vec![label(source, source.line_span(1), "")],
        help: Some("a stage starts at a heading such as `## Stage 1: Parse the input`, and a heading such as `## Verification` asks for proof of the whole plan".to_owned()),
    }
}

/// A plan that cannot be read at all. `why` is what the system says.
#[must_use]
pub fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic {
        code: "unreadable",
        severity: Severity::Error,
        message: format!("cannot read {path}: {why}"),
        labels: Vec::new(),
        help: None,
    }
}
