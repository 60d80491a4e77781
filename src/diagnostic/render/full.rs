//! For people: the line, underlined, with the help below. The only file that names annotate-snippets.
//!
//! A source may hold anything: characters that a terminal obeys are shown as pictures, and lines of absurd length
//! are cut behind what is underlined.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::codes::ENV_FILE_SYNTAX;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{Source, Span};

/// How many bytes of a line are shown behind the last place that is underlined on it.
const TAIL: usize = 200;

/// How many bytes of a place are underlined at most, and how far behind the start of its line, in characters, a place may
/// begin for the line to be shown: what is longer was not written by a person, and drawing it would take longer than all
/// other work.
const LONGEST: usize = 2000;
const FARTHEST: usize = 20_000;

/// All diagnostics as text; with colour codes if `colour`.
#[must_use]
pub fn full(diagnostics: &Diagnostics, colour: bool) -> String {
    let renderer = if colour { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for diagnostic in diagnostics.all() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&one(diagnostic, &renderer));
        out.push('\n');
    }
    out
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(visible(&diagnostic.message)).id(diagnostic.code));
    for (position, labels) in by_source(&diagnostic.labels).into_iter().enumerate() {
        // A file of variables holds secrets, or is none and a configuration sends us to it: its lines are not shown.
        let unshown = diagnostic.code == ENV_FILE_SYNTAX;
        group = match labels.iter().find_map(|label| place(label).filter(|place| unshown || place.column > FARTHEST)) {
            Some(Place { line, column }) => {
                let name = visible(labels[0].source.name());
                group.element(Origin::path(name).line(line).char_column(column))
            }
            None => group.element(snippet(labels, position == 0)),
        };
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    renderer.render(&[group])
}

/// The labels of each file together, in the order in which the files are first named.
fn by_source(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut groups: Vec<Vec<&Label>> = Vec::new();
    for label in labels {
        match groups.iter_mut().find(|group| Arc::ptr_eq(&group[0].source, &label.source)) {
            Some(group) => group.push(label),
            None => groups.push(vec![label]),
        }
    }
    groups
}

/// The lines of one file that have labels; the lines between them are folded.
fn snippet(labels: Vec<&Label>, has_primary: bool) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let source = &labels[0].source;
    let places: Vec<(Span, &Label)> = labels.iter().map(|label| (on_one_line(source, label.span), *label)).collect();
    let first = places.iter().map(|(span, _)| source.line(span.start)).min().unwrap_or(1);
    let last = places.iter().map(|(span, _)| source.line(span.start)).max().unwrap_or(1);

    let mut text = String::new();
    let mut ranges: Vec<Range<usize>> = vec![0..0; places.len()];
    for line in first..=last {
        let span = source.line_span(line);
        let here: Vec<usize> = (0..places.len()).filter(|&at| source.line(places[at].0.start) == line).collect();
        // A line without a label is folded away, so that its words are not needed.
        if let Some(needed) = here.iter().map(|&at| places[at].0.end).max() {
            let mut line_text = source.slice(span);
            let keep = (needed - span.start) as usize + TAIL;
            let cut = line_text.len() > keep;
            if cut {
                line_text = &line_text[..on_border(line_text, keep)];
            }
            let base = text.len();
            let offsets =
                push_visible(&mut text, line_text, span, &here.iter().map(|&at| places[at].0).collect::<Vec<_>>());
            for (&at, range) in here.iter().zip(offsets) {
                ranges[at] = base + range.start..base + range.end;
            }
            if cut {
                text.push_str("...");
            }
        }
        if line < last {
            text.push('\n');
        }
    }

    let annotations: Vec<_> = places
        .iter()
        .zip(ranges)
        .enumerate()
        .map(|(position, ((_, label), range))| {
            let kind = if has_primary && position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(range);
            if label.text.is_empty() { annotation } else { annotation.label(visible(&label.text)) }
        })
        .collect();
    Snippet::source(text).line_start(first as usize).path(visible(source.name())).fold(true).annotations(annotations)
}

/// Where a label is, both counted from 1.
struct Place {
    line: usize,
    column: usize,
}

fn place(label: &Label) -> Option<Place> {
    let span = on_one_line(&label.source, label.span);
    let line = label.source.line(span.start);
    let start = label.source.line_span(line).range().start;
    let before = label.source.text().get(start..span.range().start)?;
    Some(Place { line: line as usize, column: before.chars().count() + 1 })
}

/// A span as far as it stays on its first line: what is underlined should be read at a glance.
fn on_one_line(source: &Source, span: Span) -> Span {
    let length = source.text().len();
    let start = span.range().start.min(length);
    let line = source.line_span(source.line(Span::new(start, start).start));
    let start = on_border(source.text(), start).min(line.range().end);
    let end = span.range().end.min(line.range().end).min(start + LONGEST);
    let end = on_border(source.text(), end.min(length));
    Span::new(start, end)
}

/// The last border between characters at or before a byte.
fn on_border(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Adds a line with everything that a terminal would obey made visible; gives where the spans are now.
fn push_visible(out: &mut String, line: &str, at: Span, spans: &[Span]) -> Vec<Range<usize>> {
    let base = out.len();
    let mut ranges = vec![(None, None); spans.len()];
    for (offset, character) in
        line.char_indices().map(|(offset, character)| (offset, Some(character))).chain([(line.len(), None)])
    {
        let byte = at.range().start + offset;
        for (span, (start, end)) in spans.iter().zip(&mut ranges) {
            if byte >= span.range().start {
                start.get_or_insert(out.len() - base);
            }
            if byte >= span.range().end {
                end.get_or_insert(out.len() - base);
            }
        }
        if let Some(character) = character {
            push_picture(out, character);
        }
    }
    let whole = out.len() - base;
    ranges.into_iter().map(|(start, end)| start.unwrap_or(whole)..end.unwrap_or(whole)).collect()
}

/// A text with everything that a terminal would obey made visible.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        push_picture(&mut out, character);
    }
    out
}

fn push_picture(out: &mut String, character: char) {
    match character {
        '\t' => out.push_str("    "),
        '\0'..='\u{1F}' => out.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{FFFD}')),
        '\u{7F}' => out.push('\u{2421}'),
        // The second set of control codes, and the marks that change the direction of what follows.
        '\u{80}'..='\u{9F}'
        | '\u{61C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => {
            let _ = write!(out, "<U+{:04X}>", u32::from(character));
        }
        _ => out.push(character),
    }
}
