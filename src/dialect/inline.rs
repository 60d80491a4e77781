//! Runs of inline text: lines, labels at their start, code spans with the words around them.
//!
//! Must not know what a label announces.

use crate::outline::{Inline, InlineKind, Text, inlines_to_markdown};
use crate::source::Span;

/// A run of inline text: a line of a paragraph, an item, a cell.
pub type Run<'s> = Vec<Inline<'s>>;

/// A label at the start of a run and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled<'s> {
    /// The label without its colon and emphasis.
    pub label: String,
    /// Where it stands.
    pub span: Span,
    /// What follows on the same line.
    pub rest: Run<'s>,
    /// Whether it is set in bold; a plain label counts only if its words are known.
    pub strong: bool,
}

/// The lines of a text, as the author broke them.
#[must_use]
pub fn lines<'s>(text: &Text<'s>) -> Vec<Run<'s>> {
    let mut all = vec![Run::new()];
    for inline in &text.inlines {
        if inline.kind == InlineKind::Break {
            all.push(Run::new());
        } else if let Some(last) = all.last_mut() {
            last.push(inline.clone());
        }
    }
    all.retain(|run| !is_blank(run));
    all
}

/// Whether a run has no words.
#[must_use]
pub fn is_blank(run: &[Inline]) -> bool {
    run.iter().all(|inline| {
        inline.kind != InlineKind::Code && (inline.kind == InlineKind::Html || inline.text.trim().is_empty())
    })
}

/// The words of a run on one line, code spans in backticks.
#[must_use]
pub fn markdown(run: &[Inline]) -> String {
    inlines_to_markdown(run)
}

/// The words of a run without its code spans.
#[must_use]
pub fn prose(run: &[Inline]) -> String {
    let mut out = String::new();
    for inline in run {
        match inline.kind {
            InlineKind::Text => out.push_str(&inline.text),
            InlineKind::Break | InlineKind::Code => out.push(' '),
            InlineKind::Html => {}
        }
    }
    out
}

/// From the first to the last piece.
#[must_use]
pub fn span(run: &[Inline]) -> Span {
    match (run.first(), run.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}

/// The longest label that is taken for one, in characters.
const LONGEST: usize = 80;

/// Splits a label off the start of a run: `**Label**: rest`, `**Label:** rest`, `_Label:_ rest`, `Label: rest`.
#[must_use]
pub fn label<'s>(run: &[Inline<'s>]) -> Option<Labelled<'s>> {
    let start = run.iter().position(|inline| !(inline.kind == InlineKind::Html || inline.text.trim().is_empty()))?;
    let first = &run[start];
    if first.strong || first.emphasis && first.text.trim_end().ends_with(':') {
        let marked = |inline: &Inline| if first.strong { inline.strong } else { inline.emphasis };
        let end = run[start..].iter().position(|inline| !marked(inline)).map_or(run.len(), |at| at + start);
        let text: String = run[start..end].iter().map(|inline| inline.text.as_ref()).collect();
        let after =
            run.get(end).map_or("", |inline| if inline.kind == InlineKind::Text { inline.text.as_ref() } else { "" });
        let ends = text.trim_end().ends_with([':', '：'])
            || after.trim_start().starts_with([':', '：', '—', '–'])
            || is_blank(&run[end..]);
        let bracketed = after.trim_start().starts_with('(');
        if text.chars().count() > LONGEST || !(ends || bracketed) {
            return None;
        }
        let mut rest: Run<'s> = run[end..].to_vec();
        let mut label = text.trim().trim_end_matches([':', '：']).to_owned();
        if bracketed && let Some(first) = rest.first_mut() {
            // `**Validation** (unit level): ...`: the bracket belongs to the label.
            let (bracket, tail) = first.text.split_once(')')?;
            let tail = tail.trim_start();
            if !(tail.is_empty() || tail.starts_with([':', '：'])) {
                return None;
            }
            label.push_str(bracket);
            label.push(')');
            let tail = tail.len();
            trim_to(first, tail);
        }
        strip_colon(&mut rest);
        return Some(Labelled { label, span: span(&run[start..end]), rest, strong: true });
    }
    if first.kind != InlineKind::Text {
        return None;
    }
    let at = first.text.find([':', '：'])?;
    let head = first.text[..at].trim();
    let colon = first.text[at..].chars().next().map_or(1, char::len_utf8);
    let tail = &first.text[at + colon..];
    let separated = tail.is_empty() || tail.starts_with([' ', '\u{a0}']) || colon > 1;
    if head.is_empty() || !separated || head.split_whitespace().count() > 8 || head.chars().count() > LONGEST {
        return None;
    }
    let mut rest: Run<'s> = run[start..].to_vec();
    if let Some(first) = rest.first_mut() {
        trim_to(first, tail.len());
    }
    rest.retain(|inline| !(inline.kind == InlineKind::Text && inline.text.is_empty()));
    let span = first.part(0, at);
    Some(Labelled { label: head.to_owned(), span, rest, strong: false })
}

/// Shortens a text piece to its own tail of so many bytes.
fn trim_to(inline: &mut Inline<'_>, tail: usize) {
    *inline = inline.cut(inline.text.len().saturating_sub(tail), inline.text.len());
}

fn strip_colon(rest: &mut Run<'_>) {
    if let Some(first) = rest.first_mut()
        && first.kind == InlineKind::Text
    {
        let tail = first.text.trim_start().trim_start_matches([':', '：', '—', '–']).len();
        trim_to(first, tail);
    }
    rest.retain(|inline| !(inline.kind == InlineKind::Text && inline.text.is_empty()));
}

/// Cuts a run before every place where `starts` finds that a label begins in mid line.
#[must_use]
pub fn split_at_labels<'s>(run: &[Inline<'s>], known: impl Fn(&str) -> bool) -> Vec<Run<'s>> {
    let mut parts = vec![Run::new()];
    for (index, inline) in run.iter().enumerate() {
        let begun = parts.last().is_some_and(|part| !is_blank(part));
        if inline.strong
            && begun
            && !run[index - 1].strong
            && label(&run[index..]).is_some_and(|found| known(&found.label))
        {
            parts.push(Run::new());
        }
        let mut inline = inline.clone();
        if inline.kind == InlineKind::Text && !inline.strong {
            while let Some(at) = sentence_label(&inline.text, &known, parts.last().is_some_and(|part| !is_blank(part)))
            {
                if let Some(last) = parts.last_mut() {
                    last.push(inline.cut(0, at));
                }
                parts.push(Run::new());
                inline = inline.without_first(at);
            }
        }
        if let Some(last) = parts.last_mut() {
            last.push(inline);
        }
    }
    parts.retain(|part| !is_blank(part));
    parts
}

/// Where a known label starts after a sentence's end: `... done. Validation: run it`.
fn sentence_label(text: &str, known: &impl Fn(&str) -> bool, begun: bool) -> Option<usize> {
    for (colon, _) in text.match_indices(':') {
        let head = &text[..colon];
        let start =
            head.rfind(['.', ';', '—', '–', ')']).map(|at| at + head[at..].chars().next().map_or(1, char::len_utf8));
        let Some(start) = start else { continue };
        let words = head[start..].trim();
        if words.is_empty() || !known(words) || !words.starts_with(|next: char| next.is_uppercase()) {
            continue;
        }
        let at = start + (head[start..].len() - head[start..].trim_start().len());
        if at > 0 || begun {
            return Some(at);
        }
    }
    None
}
