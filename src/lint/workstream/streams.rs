//! The workstreams of a plan and their steps, with the text that belongs to each.

use std::collections::BTreeMap;

use super::super::Subject;
use super::sections::{Part, sections};
use super::words::WORKSTREAMS;
use crate::dialect::vocab::normalise;
use crate::outline::{Block, InlineKind, Item, Paragraph, Section};
use crate::plan::Stage;
use crate::source::Span;

/// A workstream.
pub(super) struct Stream<'a> {
    /// Its heading, or the line that names it.
    pub(super) at: Span,
    /// Its name.
    pub(super) name: String,
    /// All of it.
    pub(super) span: Span,
    /// What stands in it, in order.
    pub(super) blocks: Vec<&'a Block<'a>>,
    /// Its steps in order.
    pub(super) steps: Vec<Step<'a>>,
}

/// A step.
pub(super) struct Step<'a> {
    /// What was read.
    pub(super) stage: &'a Stage,
    /// All that stands in it.
    pub(super) text: &'a str,
    /// The words that say what it does.
    pub(super) title: String,
    /// The item that it is, if it is one of a list.
    pub(super) item: Option<&'a Item<'a>>,
}

impl Step<'_> {
    /// The step as it is named in a message.
    pub(super) fn name(&self) -> String {
        format!("step {}", self.stage.label)
    }
}

/// The workstreams of a plan.
pub(super) fn streams<'a>(subject: &Subject<'a>) -> Vec<Stream<'a>> {
    let mut found = Vec::new();
    for (_, section) in sections(subject).into_iter().filter(|(part, _)| *part == Part::Workstreams) {
        of_section(section, &mut found);
    }
    for stream in &mut found {
        stream.steps = steps(subject, stream);
    }
    found
}

fn open<'a>(at: Span, name: String, found: &mut Vec<Stream<'a>>) {
    found.push(Stream { at, name, span: at, blocks: Vec::new(), steps: Vec::new() });
}

/// Whether a heading names a single workstream; `Workstreams` announces several.
fn names_one(title: &str) -> bool {
    let name = normalise(title);
    WORKSTREAMS.any_in(&name) && name.contains(' ') && !name.starts_with("workstreams")
}

fn of_section<'a>(section: &'a Section<'a>, found: &mut Vec<Stream<'a>>) {
    let first = found.len();
    let title = section.title.to_plain();
    if names_one(&title) {
        open(section.heading, title, found);
        flow(section, first, found);
        return;
    }
    blocks(&section.blocks, first, found);
    let by_line = found.len() > first;
    let named = section.sections.iter().any(|inner| names_one(&inner.title.to_plain()));
    for inner in &section.sections {
        let title = inner.title.to_plain();
        let is_step = normalise(&title).starts_with("step");
        if names_one(&title) || !named && !by_line && !is_step {
            open(inner.heading, title, found);
        }
        flow(inner, first, found);
    }
}

/// Takes up all that stands in a section.
fn flow<'a>(section: &'a Section<'a>, first: usize, found: &mut Vec<Stream<'a>>) {
    reach(section.heading, first, found);
    blocks(&section.blocks, first, found);
    section.sections.iter().for_each(|inner| flow(inner, first, found));
}

/// Takes blocks up; a line of its own may begin the next workstream.
fn blocks<'a>(all: &'a [Block<'a>], first: usize, found: &mut Vec<Stream<'a>>) {
    for block in all {
        if let Block::Paragraph(paragraph) = block {
            let name = first_line(paragraph);
            if begins(&normalise(&name)) {
                open(paragraph.span, name, found);
            }
        }
        reach(block.span(), first, found);
        if found.len() > first
            && let Some(stream) = found.last_mut()
        {
            stream.blocks.push(block);
        }
    }
}

/// Lets the workstream under way reach over a place. What stands before the first one belongs to none.
fn reach(place: Span, first: usize, found: &mut [Stream<'_>]) {
    if found.len() > first
        && let Some(stream) = found.last_mut()
    {
        stream.span = stream.span.to(place);
    }
}

/// The words of a paragraph up to its first line break.
pub(super) fn first_line(paragraph: &Paragraph<'_>) -> String {
    let inlines = paragraph.text.inlines.iter().take_while(|inline| inline.kind != InlineKind::Break);
    inlines.map(|inline| inline.text.as_ref()).collect()
}

/// Whether a line begins with the name of a workstream, with a letter or a number: `Workstream B: Frontend`. Behind a
/// colon (`Workstream: B`) a step only says where it belongs.
fn begins(line: &str) -> bool {
    let Some((word, rest)) = line.split_once(' ') else { return false };
    let id = rest.trim_start().split([' ', ':', '–', '—']).next().unwrap_or("");
    WORKSTREAMS.any_in(word) && !word.ends_with([':', 's']) && (1..=2).contains(&id.chars().count())
}

fn steps<'a>(subject: &Subject<'a>, stream: &Stream<'a>) -> Vec<Step<'a>> {
    let source = subject.source;
    let mut items = BTreeMap::new();
    for block in &stream.blocks {
        collect(block, &mut |item: &'a Item<'a>| {
            items.insert(source.line(item.span.start), item);
        });
    }
    let stages = subject.plan.stages.iter().zip(&subject.reading.stages);
    let own: Vec<&Stage> = stages
        .filter(|(stage, read)| {
            !read.last && !read.gate && read.inner.is_empty() && stream.span.range().contains(&stage.span.range().start)
        })
        .filter(|(stage, _)| source.line(stage.span.start) != source.line(stream.at.start))
        .map(|(stage, _)| stage)
        .collect();
    let mut steps = Vec::new();
    for (index, stage) in own.iter().enumerate() {
        let item = items.get(&stage.line).copied();
        let end = own.get(index + 1).map_or(stream.span.end, |next| next.span.start);
        let span = item.map_or(Span { start: stage.span.start, end }, |item| item.span);
        let title = item.map_or_else(|| stage.title.clone(), |item| item.text.to_plain());
        steps.push(Step { stage, text: source.slice(span), title, item });
    }
    steps
}

/// All items in a block, those inside others included.
pub(super) fn collect<'a>(block: &'a Block<'a>, take: &mut dyn FnMut(&'a Item<'a>)) {
    match block {
        Block::List(list) => {
            for item in &list.items {
                take(item);
                item.blocks.iter().for_each(|block| collect(block, take));
            }
        }
        Block::Quote(blocks, _) => blocks.iter().for_each(|block| collect(block, take)),
        _ => {}
    }
}
