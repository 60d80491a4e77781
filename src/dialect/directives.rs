//! What an author says to plan-run itself about single lines: in comments that a reader of the plan does not see, and
//! in its front matter.
//!
//! `<!-- plan-run: ignore -->`, `command`, `manual`, `red`, `cwd=...`, `timeout=...`, `needs=...`, `uses=...`,
//! `retries=...`, `leftovers=...`, `weight=...`, `writes=...`, `launcher=...`, `cpus=...`, `mem=...`, `gpus=...` on the line before what they speak of: an item, a block, or the heading of a stage.
//! `<!-- plan-run: allow CODE reason -->` goes on to the end of the comment. Must not know what becomes of the lines.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::config::{Directive, KINDS, LineConfig, Named, Target, parse_uses};
use crate::diagnostic::{Diagnostics, codes};
use crate::outline::Outline;
use crate::source::{Source, Span};

use super::model::Allowed;
use super::structure::Structure;

const MARK: &str = "<!-- plan-run:";
/// The word before the code of a rule; what stands behind it to the end of the comment is the reason.
const ALLOW: &str = "allow";
const WORDS: &[&str] = &[
    "allow", "ignore", "command", "manual", "red", "cwd=", "timeout=", "retries=", "leftovers=", "needs=", "uses=",
    "weight=", "writes=", "launcher=", "cpus=", "mem=", "gpus=",
];

/// All that is said to plan-run in a document.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Of its lines, comments first.
    pub(super) remarks: Vec<Remark>,
    /// Of what rules find in it.
    pub(super) allowed: Vec<Allowed>,
}

/// Something that is said of some lines.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    /// The lines, counted from 1; those of a whole block, or one.
    pub(super) lines: RangeInclusive<u32>,
    /// What is said.
    pub(super) says: Directive,
    /// Where.
    pub(super) by: Span,
    /// For front matter: where it names the line.
    pub(super) front: Option<Span>,
}

/// All that is said to plan-run in a document.
pub(super) fn gather(
    source: &Arc<Source>,
    outline: &Outline,
    entries: &[LineConfig],
    structure: &Structure<'_>,
    diagnostics: &mut Diagnostics,
) -> Told {
    if entries.is_empty() && !source.text().contains(MARK) {
        return Told::default();
    }
    let blocks = Blocks::of(source, outline);
    let mut told = comments(source, &blocks, diagnostics);
    if !entries.is_empty() {
        let places = Places { source, blocks: &blocks, body: outline.root.span, stops: stops(source, structure) };
        for entry in entries {
            match places.find(entry, structure) {
                Ok(lines) => told.remarks.extend(entry.says.iter().map(|(says, by)| Remark {
                    lines: lines.clone(),
                    says: says.clone(),
                    by: *by,
                    front: Some(entry.span),
                })),
                Err(problem) => diagnostics.push(*problem),
            }
        }
    }
    told
}

/// The fenced blocks of a document.
pub(super) struct Blocks(Vec<RangeInclusive<u32>>);

impl Blocks {
    pub(super) fn of(source: &Source, outline: &Outline) -> Self {
        let lines = |span: Span| source.line(span.start)..=source.line(span.end.saturating_sub(1).max(span.start));
        Self(outline.root.fences().into_iter().map(lines).collect())
    }

    /// The block that has a line.
    pub(super) fn around(&self, line: u32) -> Option<&RangeInclusive<u32>> {
        let before = self.0.partition_point(|block| *block.start() <= line);
        self.0[..before].last().filter(|block| block.contains(&line))
    }
}

fn comments(source: &Arc<Source>, blocks: &Blocks, diagnostics: &mut Diagnostics) -> Told {
    let text = source.text();
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(MARK).map(|offset| at + offset) {
        let Some(end) = text[start..].find("-->").map(|offset| start + offset) else { break };
        at = end + 3;
        let span = Span::new(start, at);
        if blocks.around(source.line(span.start)).is_none() {
            spans.push(span);
        }
    }
    // From the last one on, so that of comments in a row each speaks of what the next one speaks of.
    let mut targets: Vec<RangeInclusive<u32>> = Vec::with_capacity(spans.len());
    let mut next: Option<(u32, RangeInclusive<u32>)> = None;
    for &span in spans.iter().rev() {
        let target = target(source, span, blocks, next.as_ref());
        next = Some((source.line(span.start), target.clone()));
        targets.push(target);
    }
    let mut told = Told::default();
    for (&by, lines) in spans.iter().zip(targets.into_iter().rev()) {
        let inner = &text[by.start as usize + MARK.len()..by.end as usize - 3];
        for (word, end) in words(inner) {
            if word == ALLOW {
                let mut rest = inner[end..].trim().splitn(2, char::is_whitespace);
                let code = rest.next().unwrap_or_default().to_owned();
                let reason = rest.next().unwrap_or_default().trim().to_owned();
                if code.is_empty() {
                    let problem = "missing; name the code of a rule and say why, as in `allow CODE because ...`";
                    diagnostics.push(codes::bad_directive(source, by, ALLOW, problem));
                } else {
                    told.allowed.push(Allowed { code, reason, by, lines: lines.clone() });
                }
                break;
            }
            match parse(&word, source, by) {
                Some(Ok(says)) => told.remarks.push(Remark { lines: lines.clone(), says, by, front: None }),
                Some(Err(problem)) => diagnostics.push(codes::bad_directive(source, by, &word, &problem)),
                None => diagnostics.push(codes::unknown_directive(source, by, &word, WORDS)),
            }
        }
    }
    told
}

/// Words between blanks, each with the byte behind it; a value may be quoted.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut found = vec![(String::new(), 0)];
    let mut quote = None;
    for (at, next) in text.char_indices() {
        match (quote, next) {
            (Some(open), next) if next == open => quote = None,
            (None, '"' | '\'') => quote = Some(next),
            (None, next) if next.is_whitespace() => found.push((String::new(), at)),
            _ => found.last_mut().into_iter().for_each(|(word, _)| word.push(next)),
        }
        found.last_mut().into_iter().for_each(|(_, end)| *end = at + next.len_utf8());
    }
    found.retain(|(word, _)| !word.is_empty());
    found
}

fn parse(word: &str, source: &Arc<Source>, by: Span) -> Option<Result<Directive, String>> {
    match word.split_once('=') {
        None if KINDS.contains(&word) => Directive::kind(word).map(Ok),
        None => None,
        Some(("needs", names)) => {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            let named = |name: &str| Named { name: name.to_owned(), span: by, source: Arc::clone(source) };
            Some(Ok(Directive::Needs(names.map(named).collect())))
        }
        Some(("uses", text)) => {
            let named = |name: &str| Named { name: name.to_owned(), span: by, source: Arc::clone(source) };
            Some(parse_uses(text, named).map(Directive::Uses))
        }
        Some(("launcher", name)) => {
            let named = Named { name: name.trim().to_owned(), span: by, source: Arc::clone(source) };
            Some(Ok(Directive::Launcher(named)))
        }
        Some((key, value)) => Directive::value(key, value),
    }
}

/// The lines that a comment speaks of: the rest of its own line, or the next line that is not blank; for a block all
/// of it. `next` is the comment behind this one, with its lines.
fn target(
    source: &Source,
    span: Span,
    blocks: &Blocks,
    next: Option<&(u32, RangeInclusive<u32>)>,
) -> RangeInclusive<u32> {
    let own = source.line(span.start);
    let before = source.slice(Span { start: source.line_span(own).start, end: span.start });
    let mut line = source.line(span.end);
    let lead = before.trim().trim_start_matches(['-', '*', '+', '>', ' ']);
    if lead.is_empty() {
        line += 1;
        while line < source.line_count() && source.slice(source.line_span(line)).trim().is_empty() {
            line += 1;
        }
        if let Some((_, lines)) = next.filter(|(at, _)| *at == line)
            && source.slice(source.line_span(line)).trim().starts_with(MARK)
        {
            return lines.clone();
        }
    }
    blocks.around(line).cloned().unwrap_or(line..=line)
}

/// Lines on which something stands that can be spoken of: stages, and checks with their last lines.
struct Stops {
    stages: BTreeSet<u32>,
    checks: Vec<(u32, u32)>,
}

fn stops(source: &Source, structure: &Structure<'_>) -> Stops {
    let drafts = structure.drafts.iter();
    let mut checks: Vec<(u32, u32)> = drafts
        .flat_map(|draft| &draft.found.checks)
        .map(|check| (source.line(check.span.start), source.line(check.span.end.saturating_sub(1))))
        .collect();
    checks.sort_unstable();
    let spans = structure.drafts.iter().map(|draft| draft.span).chain(structure.holders.iter().map(|one| one.span));
    Stops { stages: spans.map(|span| source.line(span.start)).collect(), checks }
}

impl Stops {
    /// The line on which that begins what has a line: itself, or the first line of a check that goes on there.
    fn of(&self, line: u32) -> Option<u32> {
        if self.stages.contains(&line) {
            return Some(line);
        }
        let before = self.checks.partition_point(|&(first, _)| first <= line);
        let near = &self.checks[before.saturating_sub(8)..before];
        near.iter().rev().find(|&&(_, last)| last >= line).map(|&(first, _)| first)
    }
}

/// Finds the lines that entries of front matter name.
struct Places<'a> {
    source: &'a Arc<Source>,
    blocks: &'a Blocks,
    /// The document without its front matter.
    body: Span,
    stops: Stops,
}

type Problem = Box<crate::diagnostic::Diagnostic>;

impl Places<'_> {
    fn find(&self, entry: &LineConfig, structure: &Structure<'_>) -> Result<RangeInclusive<u32>, Problem> {
        let line = match &entry.target {
            Target::Line(line) => {
                let first = self.source.line(self.body.start);
                if !(first..=self.source.line_count()).contains(line) {
                    let last = self.source.line_count();
                    return Err(Box::new(codes::line_outside(self.source, entry.span, *line, first, last)));
                }
                *line
            }
            Target::Text(text) => self.line_of(text, entry, structure)?,
        };
        // The line that opens a block speaks of all of it.
        match self.blocks.around(line) {
            Some(block) if *block.start() == line => Ok(block.clone()),
            _ => {
                let line = self.stops.of(line).unwrap_or(line);
                Ok(line..=line)
            }
        }
    }

    /// The one line on which a text stands: as a whole if there is such a line, or as a part. For what only changes
    /// checks, lines without any do not count.
    fn line_of(&self, text: &str, entry: &LineConfig, structure: &Structure<'_>) -> Result<u32, Problem> {
        let makes = entry.says.iter().any(|(says, _)| says.makes_checks());
        let (whole, part) = self.occurrences(text);
        let fits = |line: &&u32| makes || self.stops.of(**line).is_some();
        let mut found: Vec<u32> = Vec::new();
        for lines in [&whole, &part] {
            if found.is_empty() {
                found = lines.iter().filter(fits).copied().collect();
            }
        }
        if found.is_empty() {
            // Words of a check that runs over several lines.
            let checks = structure.drafts.iter().flat_map(|draft| &draft.found.checks);
            let lines: BTreeSet<u32> = checks
                .filter(|check| check.text.contains(text))
                .map(|check| self.source.line(check.span.start))
                .collect();
            found = lines.into_iter().collect();
        }
        if found.is_empty() {
            found.extend(whole.first().or(part.first()));
        }
        match found.as_slice() {
            [line] => Ok(*line),
            [] => Err(Box::new(codes::text_not_found(self.source, entry.span, text))),
            lines => Err(Box::new(codes::ambiguous_line(self.source, entry.span, text, lines))),
        }
    }

    /// The lines that a text is all of, but for markers, or a code span of; and those that it is a part of.
    fn occurrences(&self, text: &str) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let (mut whole, mut part) = (BTreeSet::new(), BTreeSet::new());
        let body = self.source.slice(self.body);
        for (at, _) in body.match_indices(text) {
            let start = self.body.start as usize + at;
            let line = self.source.line(u32::try_from(start).unwrap_or(u32::MAX));
            let span = self.source.line_span(line);
            let before = self.source.slice(Span::new(span.start as usize, start));
            let after = self.source.slice(Span::new(start + text.len(), span.end as usize));
            let code = before.ends_with('`') && after.starts_with('`');
            let markers =
                |next: char| next.is_whitespace() || next.is_ascii_digit() || "-*+>#.)[]xX`$%_".contains(next);
            let alone = before.chars().all(markers) && after.trim().chars().all(|next| "`*_:.".contains(next));
            if code || alone {
                whole.insert(line)
            } else {
                part.insert(line)
            };
        }
        (whole, part)
    }
}
