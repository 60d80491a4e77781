//! Where the words at a place lead: to a stage, or to a file and a line of it.

use std::path::Path;

use serde_json::{Value, json};

use super::document::Document;
use super::positions::{self, Encoding};
use super::protocol::{Position, Range};
use crate::host::Host;
use crate::plan::Stage;
use crate::source::{Source, Span};

/// The place that the words at a place speak of; `null` where they speak of none.
pub(super) fn definition(document: &Document, place: Position, encoding: Encoding, host: &dyn Host) -> Value {
    let source = &document.read.source;
    let at = encoding.offset(source, place);
    if let Some(file) = of_file(document, at, host) {
        return file;
    }
    match of_stage(document, at) {
        Some(stage) => {
            json!({ "uri": document.uri, "range": encoding.tight(source, stage.span).json() })
        }
        None => Value::Null,
    }
}

/// The stage that is spoken of. On `Stage` of `Stage 1` the label behind it is meant.
fn of_stage(document: &Document, at: u32) -> Option<&Stage> {
    named(document, at).or_else(|| {
        let source = &document.read.source;
        let word = word(source, at, char::is_alphanumeric)?;
        let behind = source.slice(Span { start: word.end, end: source.line_span(source.line(at)).end });
        behind.starts_with(' ').then(|| named(document, word.end + 1)).flatten()
    })
}

/// The stage whose label stands there: by the words behind a dependency, or by the kind of heading and the label that it has.
fn named(document: &Document, at: u32) -> Option<&Stage> {
    let (source, plan) = (&document.read.source, &document.read.plan);
    let word = word(source, at, |letter| letter.is_alphanumeric() || letter == '.' || letter == '-')?;
    let text = source.slice(word).trim_matches(['.', '-']);
    let line = source.line_span(source.line(at));
    let before = source.slice(Span { start: line.start, end: word.start }).trim_end();
    let kind = |stage: &Stage| {
        let heading = source.slice(stage.span);
        heading.split(|letter: char| !letter.is_alphanumeric()).find(|word| !word.is_empty()).map(str::to_lowercase)
    };
    let by_name = plan
        .stages
        .iter()
        .find(|stage| stage.label == text && kind(stage).is_some_and(|kind| before.to_lowercase().ends_with(&kind)));
    let by_words = || {
        let needs = plan.stages.iter().flat_map(|stage| &stage.needs);
        let mut said = needs.filter(|need| need.span.is_some_and(|span| (span.start..=span.end).contains(&at)));
        let named = said.clone().map(|need| plan.stage(need.stage)).find(|stage| stage.label == text);
        named.or_else(|| said.next().map(|need| plan.stage(need.stage)))
    };
    by_name.or_else(by_words)
}

/// A file that is there: `src/file.rs`, `src/file.rs:12`, `src/file.rs:12:5`, `src/file.rs#L12`.
fn of_file(document: &Document, at: u32, host: &dyn Host) -> Option<Value> {
    let source = &document.read.source;
    let is_part = |letter: char| !letter.is_whitespace() && !"`\"'()[]<>{},;|*".contains(letter);
    let word = source.slice(word(source, at, is_part)?).trim_end_matches(['.', ':', '!', '?']);
    let (path, line) = match word.split_once("#L").or_else(|| word.split_once(':')) {
        Some((path, place)) => {
            let digits: String = place.chars().take_while(char::is_ascii_digit).collect();
            (path, digits.parse::<u32>().unwrap_or(1))
        }
        None => (word, 1),
    };
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let folders = [Some(document.repository()), document.file().parent()];
    let found = folders.into_iter().flatten().map(|folder: &Path| folder.join(path));
    let file = found.into_iter().find(|file| !path.is_empty() && host.exists(file) && !host.is_dir(file))?;
    let start = Position { line: line.saturating_sub(1), character: 0 };
    let file = host.canonicalize(&file).unwrap_or(file);
    Some(json!({ "uri": positions::uri(&file), "range": Range { start, end: start }.json() }))
}

/// The part of a line around a place whose characters are all of a kind.
fn word(source: &Source, at: u32, is_part: impl Fn(char) -> bool) -> Option<Span> {
    let line = source.line_span(source.line(at));
    let before = source.slice(Span { start: line.start, end: at });
    let after = source.slice(Span { start: at, end: line.end });
    let left = before.trim_end_matches(&is_part).len();
    let right = after.len() - after.trim_start_matches(&is_part).len();
    let span = Span::new(line.start as usize + left, at as usize + right);
    (span.start < span.end).then_some(span)
}
