//! Fixes: which of them can be made together, and those of what the reader said.
//!
//! A fix changes how something is written and never what the plan says. Must not know where the text comes from.

use super::{Finding, Fix, Subject};
use crate::diagnostic::Diagnostic;
use crate::edit::Edit;
use crate::source::{Source, Span};

/// The fixes that can be made in one round: each as a whole, none where another one is at work already. The codes are
/// those of the findings that are mended.
#[must_use]
pub fn choose(findings: &[Finding]) -> (Vec<Edit>, Vec<&'static str>) {
    let mut chosen: Vec<Edit> = Vec::new();
    let mut codes = Vec::new();
    for finding in findings {
        let Some(Fix { edits, .. }) = &finding.fix else { continue };
        let free = |edit: &Edit| chosen.iter().all(|other| !meet(edit.span, other.span));
        if !edits.is_empty() && edits.iter().all(free) {
            chosen.extend(edits.iter().cloned());
            codes.push(finding.diagnostic.code);
        }
    }
    (chosen, codes)
}

/// Whether two places have a byte in common or touch.
fn meet(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// How something is mended of which the reader speaks.
pub(super) fn of_reader(subject: &Subject<'_>, diagnostic: &Diagnostic) -> Option<Fix> {
    let at = diagnostic.labels.first()?.span;
    match diagnostic.code {
        "nested-fence" => longer_fence(subject, at),
        _ => None,
    }
}

/// Makes the fence that opens on a line longer than all that stand in it.
fn longer_fence(subject: &Subject<'_>, opening: Span) -> Option<Fix> {
    let source = subject.source;
    let line = source.line(opening.start);
    let fences = subject.outline.root.fences();
    let whole = fences.into_iter().find(|fence| source.line(fence.start) == line)?;
    let last = source.line(whole.end.saturating_sub(1));
    let open = run(source, line)?;
    let close = run(source, last).filter(|close| close.1 == open.1 && last > line)?;
    let inner = (line + 1..last).filter_map(|line| run(source, line));
    let longest = inner.filter(|(_, marker)| *marker == open.1).map(|(span, _)| span.range().len()).max()?;
    let marker = open.1.to_string().repeat(longest + 1);
    let edits = [open.0, close.0].map(|span| Edit::replace(source, span, marker.clone()));
    Some(Fix { words: "give the outer fence one marker more than the inner ones have".to_owned(), edits: edits.into() })
}

/// The marker of a fence on a line: the first three or more backticks or tildes in a row, with nothing but signs of
/// lists and quotes before them.
fn run(source: &Source, line: u32) -> Option<(Span, char)> {
    let span = source.line_span(line);
    let text = source.slice(span);
    let from = text.find(['`', '~'])?;
    let lead = |next: char| next.is_whitespace() || next.is_ascii_digit() || "-*+>.)".contains(next);
    let marker = text[from..].chars().next()?;
    let length = text[from..].chars().take_while(|next| *next == marker).count();
    let start = span.range().start + from;
    (length >= 3 && text[..from].chars().all(lead)).then(|| (Span::new(start, start + length), marker))
}
