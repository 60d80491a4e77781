//! Runs of inline text: lines, labels at their start, code spans with the words around them.
//!
//! What a label announces is asked of the vocabulary, once.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::vocab::{Name, Place};
use crate::outline::{Inline, InlineKind, Text, inlines_to_markdown};
use crate::source::Span;
use crate::text;

/// A run of inline text: a line of a paragraph, an item, a cell.
pub type Run<'s> = Vec<Inline<'s>>;

/// A run that is a part of a text where that has it in one piece, or put together.
pub type Part<'t, 's> = Cow<'t, [Inline<'s>]>;

/// A label at the start of a run and what follows it.
#[derive(Clone, Debug)]
pub struct Labelled<'s> {
    /// The label without its colon and emphasis.
    pub label: Cow<'s, str>,
    /// Where it stands.
    pub span: Span,
    /// What follows on the same line.
    pub rest: Run<'s>,
    /// Whether it is set in bold; a plain label counts only if its words are known.
    pub strong: bool,
    name: OnceCell<Name>,
}

impl Labelled<'_> {
    fn known(&self) -> &Name {
        self.name.get_or_init(|| Name::of(&self.label))
    }

    /// What the label announces.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.known().place()
    }

    /// Whether it says what a stage waits for.
    #[must_use]
    pub fn says_needs(&self) -> bool {
        self.known().says_needs()
    }

    /// The label as the vocabulary compares it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.known().text()
    }
}

/// The lines of a text, as the author broke them.
pub fn lines<'t, 's>(text: &'t Text<'s>) -> impl DoubleEndedIterator<Item = &'t [Inline<'s>]> {
    text.inlines.split(|inline| inline.kind == InlineKind::Break).filter(|run| !is_blank(run))
}

/// The parts of a text; of most there is one, which needs no room of its own.
pub type Parts<'t, 's> = std::iter::Chain<std::option::IntoIter<Part<'t, 's>>, std::vec::IntoIter<Part<'t, 's>>>;

/// A run as its one part, unless it is blank.
fn whole<'t, 's>(run: &'t [Inline<'s>]) -> Parts<'t, 's> {
    let one = (!is_blank(run)).then_some(Cow::Borrowed(run));
    one.into_iter().chain(Vec::new())
}

/// The lines of an item's own text. A line that begins with a label stands by itself; others run on.
pub fn item_lines<'t, 's>(text: &'t Text<'s>) -> Parts<'t, 's> {
    let all = &text.inlines;
    if !all.iter().any(|inline| inline.kind == InlineKind::Break) {
        return whole(all);
    }
    let mut joined: Vec<Part<'t, 's>> = Vec::new();
    // Where the last part begins and ends in the text, while it is one piece of it.
    let mut last = 0..0;
    let mut end = 0;
    for line in all.split(|inline| inline.kind == InlineKind::Break) {
        let start = end;
        end += line.len() + 1;
        if is_blank(line) {
            continue;
        }
        let begins = joined.is_empty()
            || label(line).is_some_and(|found| found.strong || found.place().is_some() || found.says_needs());
        match joined.last_mut() {
            Some(part) if !begins => {
                if last.end == start && matches!(part, Cow::Borrowed(_)) {
                    *part = Cow::Borrowed(&all[last.start..end - 1]);
                } else {
                    let part = part.to_mut();
                    part.extend(all.get(start.wrapping_sub(1)).cloned());
                    part.extend_from_slice(line);
                }
                last.end = end;
            }
            _ => {
                joined.push(Cow::Borrowed(line));
                last = start..end;
            }
        }
    }
    None.into_iter().chain(joined)
}

/// Whether a run has no words.
#[must_use]
pub fn is_blank(run: &[Inline]) -> bool {
    run.iter().all(|inline| {
        inline.kind != InlineKind::Code && (inline.kind == InlineKind::Html || text::is_blank(&inline.text))
    })
}

/// The words of a run on one line, code spans in backticks.
#[must_use]
pub fn markdown<'t>(run: &'t [Inline<'_>]) -> Cow<'t, str> {
    match run {
        [Inline { kind: InlineKind::Text, text, .. }] => Cow::Borrowed(text.trim()),
        _ => Cow::Owned(inlines_to_markdown(run)),
    }
}

/// The first pieces of a run, of which those before the last hold fewer bytes than that.
#[must_use]
pub fn head<'t, 's>(run: &'t [Inline<'s>], enough: usize) -> &'t [Inline<'s>] {
    &run[..near(run.iter(), enough)]
}

/// The last pieces of a run, of which those after the first hold fewer bytes than that.
#[must_use]
pub fn tail<'t, 's>(run: &'t [Inline<'s>], enough: usize) -> &'t [Inline<'s>] {
    &run[run.len() - near(run.iter().rev(), enough)..]
}

fn near<'t, 's: 't>(pieces: impl Iterator<Item = &'t Inline<'s>>, enough: usize) -> usize {
    let mut length = 0;
    let more = |piece: &&Inline<'_>| {
        let more = length < enough;
        length += piece.text.len();
        more
    };
    pieces.take_while(more).count()
}

/// The words of a run without its code spans.
#[must_use]
pub fn prose<'t>(run: &'t [Inline<'_>]) -> Cow<'t, str> {
    if let [Inline { kind: InlineKind::Text, text, .. }] = run {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(run.iter().map(|inline| inline.text.len()).sum());
    for inline in run {
        match inline.kind {
            InlineKind::Text => out.push_str(&inline.text),
            InlineKind::Break | InlineKind::Code => out.push(' '),
            InlineKind::Html => {}
        }
    }
    Cow::Owned(out)
}

/// From the first to the last piece; line breaks around them do not count.
#[must_use]
pub fn span(run: &[Inline]) -> Span {
    let mut pieces = run.iter().filter(|piece| piece.kind != InlineKind::Break);
    let first = pieces.next();
    match (first, pieces.next_back().or(first)) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}

/// Whether an arrow behind the last code span leads to what comes of it: `Run `./app --once` → exits at once`.
#[must_use]
pub fn arrow_behind_code(run: &[Inline<'_>]) -> bool {
    let last = run.iter().rposition(|inline| inline.kind == InlineKind::Code);
    last.and_then(|at| run.get(at + 1))
        .is_some_and(|next| ["→", "⇒", "->", "=>"].iter().any(|arrow| next.text.trim_start().starts_with(arrow)))
}

/// The longest label that is taken for one, in characters.
const LONGEST: usize = 80;

/// Splits a label off the start of a run: `**Label**: rest`, `**Label:** rest`, `_Label:_ rest`, `Label: rest`.
#[must_use]
pub fn label<'s>(run: &[Inline<'s>]) -> Option<Labelled<'s>> {
    let start = run.iter().position(|inline| !(inline.kind == InlineKind::Html || text::is_blank(&inline.text)))?;
    // `✅ **Label:**`: signs before a label are no part of it.
    let sign = |inline: &Inline| inline.kind == InlineKind::Text && !inline.text.contains(char::is_alphanumeric);
    let start = match run.get(start..start + 2) {
        Some([first, next]) if next.strong && !first.strong && sign(first) => start + 1,
        _ => start,
    };
    let first = &run[start];
    if first.strong || first.emphasis && first.text.trim_end().ends_with(':') {
        let marked = |inline: &Inline| if first.strong { inline.strong } else { inline.emphasis };
        let end = run[start..].iter().position(|inline| !marked(inline)).map_or(run.len(), |at| at + start);
        // `_Verify: `make x`_`: what is marked may go on behind the label.
        let goes_on = run.get(start + 1).is_some_and(|next| next.kind == InlineKind::Code && start + 1 < end);
        let end = if goes_on && asks_for_checks(first) { start + 1 } else { end };
        let text: Cow<'s, str> = match &run[start..end] {
            [Inline { text: Cow::Borrowed(text), .. }] => Cow::Borrowed(text),
            pieces => Cow::Owned(pieces.iter().map(|inline| inline.text.as_ref()).collect()),
        };
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
        let mut label = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim().trim_end_matches([':', '：'])),
            Cow::Owned(text) => Cow::Owned(text.trim().trim_end_matches([':', '：']).to_owned()),
        };
        if bracketed && let Some(first) = rest.first_mut() {
            // `**Validation** (unit level): ...`: the bracket belongs to the label.
            let (bracket, tail) = first.text.split_once(')')?;
            let tail = tail.trim_start();
            if !(tail.is_empty() || tail.starts_with([':', '：'])) {
                return None;
            }
            label.to_mut().push_str(bracket);
            label.to_mut().push(')');
            let tail = tail.len();
            trim_to(first, tail);
        }
        strip_colon(&mut rest);
        return Some(Labelled { label, span: span(&run[start..end]), rest, strong: true, name: OnceCell::new() });
    }
    if first.kind != InlineKind::Text {
        return None;
    }
    // A colon further behind ends no label.
    let near = first.text.as_bytes();
    memchr::memchr2(b':', 0xef, &near[..near.len().min(LONGEST * 4 + 64)])?;
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
    let label = match &first.text {
        Cow::Borrowed(text) => Cow::Borrowed(text[..at].trim()),
        Cow::Owned(_) => Cow::Owned(head.to_owned()),
    };
    Some(Labelled { label, span, rest, strong: false, name: OnceCell::new() })
}

/// Whether a piece is a label of a checking place with its colon, `Verify: `.
fn asks_for_checks(piece: &Inline<'_>) -> bool {
    let head = piece.text.trim_end();
    head.ends_with([':', '：'])
        && matches!(Name::of(head).place(), Some(Place::Proof | Place::Manual | Place::Run | Place::Red))
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

/// Cuts a run before every place where `known` says that a label begins in mid line.
pub fn split_at_labels<'t, 's>(run: &'t [Inline<'s>], known: impl Fn(&str) -> bool) -> Parts<'t, 's> {
    let may_begin = |(index, inline): (usize, &Inline<'s>)| {
        index > 0 && inline.strong
            || inline.kind == InlineKind::Text && memchr::memchr(b':', inline.text.as_bytes()).is_some()
    };
    if !run.iter().enumerate().any(may_begin) {
        return whole(run);
    }
    let mut parts: Vec<Part<'t, 's>> = Vec::new();
    // What has been read of the next part: a beginning that is cut out of a piece, and whole pieces behind it.
    let mut cut: Option<Inline<'s>> = None;
    let mut from = 0;
    let mut words = false;
    for (index, inline) in run.iter().enumerate() {
        let begins = inline.strong && words && !run[index - 1].strong;
        if begins && label(&run[index..]).is_some_and(|found| known(&found.label)) {
            parts.push(part(cut.take(), &run[from..index]));
            (from, words) = (index, false);
        }
        if inline.kind == InlineKind::Text && !inline.strong {
            let mut rest = Cow::Borrowed(inline);
            while let Some(at) = sentence_label(&rest.text, &known, words) {
                let mut head = part(cut.take(), &run[from..index]).into_owned();
                head.push(rest.cut(0, at));
                parts.push(Cow::Owned(head));
                rest = Cow::Owned(rest.without_first(at));
                (from, words) = (index, false);
                cut = None;
            }
            if let Cow::Owned(tail) = rest {
                words |= !text::is_blank(&tail.text);
                (cut, from) = (Some(tail), index + 1);
                continue;
            }
        }
        words |= !is_blank(std::slice::from_ref(inline));
    }
    parts.push(part(cut, &run[from..]));
    parts.retain(|part| !is_blank(part));
    None.into_iter().chain(parts)
}

/// A part of a run, perhaps behind a piece that was cut out of it.
fn part<'t, 's>(first: Option<Inline<'s>>, rest: &'t [Inline<'s>]) -> Part<'t, 's> {
    match first {
        Some(first) => Cow::Owned(std::iter::once(first).chain(rest.iter().cloned()).collect()),
        None => Cow::Borrowed(rest),
    }
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
