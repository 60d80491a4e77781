//! What a plan says is done: ticked boxes, and headings that say so.

use crate::dialect::{Headed, ReadStage, Ticked};
use crate::source::{Source, Span};

use super::model::Tick;

/// Whether a check is claimed as done: by its own box, or together with its whole stage.
#[must_use]
pub fn is_claimed(box_of_check: Option<bool>, stage: bool) -> bool {
    stage || box_of_check == Some(true)
}

/// Spans that lie beside or inside one another.
struct Nest {
    spans: Vec<Span>,
    /// For each span the one that holds it.
    outer: Vec<Option<usize>>,
}

impl Nest {
    /// Spans in order of their starts, an outer one before those inside it.
    fn new(spans: Vec<Span>) -> Self {
        let mut outer = Vec::with_capacity(spans.len());
        let mut open: Vec<usize> = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            while open.last().is_some_and(|&last| spans[last].end <= span.start) {
                open.pop();
            }
            outer.push(open.last().copied());
            open.push(index);
        }
        Self { spans, outer }
    }

    /// The spans that hold a place, the innermost first.
    fn around(&self, place: Span) -> impl Iterator<Item = usize> {
        let before = self.spans.partition_point(|span| span.start <= place.start);
        let chain = std::iter::successors(before.checked_sub(1), |&index| self.outer[index]);
        chain.filter(move |&index| place.start < self.spans[index].end)
    }
}

/// The boxes of a document, to be asked for the one that a place belongs to.
pub(super) struct Claims<'a> {
    boxes: &'a [Ticked],
    items: Nest,
}

impl<'a> Claims<'a> {
    /// Boxes in document order, an outer item's before those inside it.
    pub(super) fn new(boxes: &'a [Ticked]) -> Self {
        Self { boxes, items: Nest::new(boxes.iter().map(|ticked| ticked.item).collect()) }
    }

    /// The box of the innermost item that holds a place.
    pub(super) fn of(&self, place: Span) -> Option<Tick> {
        let ticked = &self.boxes[self.items.around(place).next()?];
        Some(Tick { span: ticked.span, done: ticked.done })
    }

    /// Whether each stage is said to be done: by its own box, by its heading or one around it, or, where it has no box
    /// of its own, by all the boxes in it.
    pub(super) fn of_stages(&self, source: &Source, stages: &[ReadStage], sections: &[Headed]) -> Vec<bool> {
        let around = Nest::new(sections.iter().map(|section| section.whole).collect());
        let done: Vec<bool> = sections.iter().map(|section| ends_done(source, section.heading)).collect();
        // A stage reaches to the end of its section, but for the part that belongs to a later one.
        let mut reach: Vec<(Span, usize)> = stages
            .iter()
            .enumerate()
            .map(|(index, stage)| {
                let end =
                    around.around(stage.span).next().map_or(source.text().len(), |at| sections[at].whole.end as usize);
                (Span::new(stage.span.start as usize, end), index)
            })
            .collect();
        reach.sort_by_key(|(span, _)| span.start);
        let nest = Nest::new(reach.iter().map(|(span, _)| *span).collect());
        // How many boxes stand in each stage, and how many of them are ticked.
        let mut counts = vec![(0, 0); stages.len()];
        for ticked in self.boxes {
            if let Some(at) = nest.around(ticked.span).next() {
                let (all, done) = &mut counts[reach[at].1];
                *all += 1;
                *done += usize::from(ticked.done);
            }
        }
        let stages = stages.iter().zip(counts);
        stages
            .map(|(stage, (all, ticked))| {
                let by_boxes = match self.of(stage.span) {
                    Some(own) => own.done,
                    None => all > 0 && ticked == all,
                };
                by_boxes
                    || says_done(source, source.line(stage.span.start))
                    || around.around(stage.span).any(|section| done[section])
            })
            .collect()
    }
}

/// The signs of something that is done.
const MARKS: [&str; 5] = ["\u{2705}", "\u{2611}", "\u{2714}", "[x]", "[X]"];

/// Whether the line of a stage says that it is done: that of a heading by a tick or by a word at its end, that of an item
/// by either at its end or by a tick at its beginning. Where an item has a box, the box says it.
fn says_done(source: &Source, line: u32) -> bool {
    let line = source.slice(source.line_span(line)).trim_start();
    if line.starts_with(['#', '*']) {
        return MARKS.iter().any(|mark| line.contains(mark)) || ends_in_word(line);
    }
    let Some(words) = of_item(line).filter(|words| !words.starts_with('[')) else { return false };
    MARKS.iter().any(|mark| words.starts_with(mark)) || is_done_at_end(words)
}

/// Whether a heading says at its end that all below it is done. A sign at its beginning may be an ornament.
fn ends_done(source: &Source, heading: Span) -> bool {
    is_done_at_end(source.slice(heading))
}

fn is_done_at_end(text: &str) -> bool {
    let text = text.trim_end_matches(|last: char| last.is_whitespace() || matches!(last, '#' | '*' | '\u{fe0f}'));
    MARKS.iter().any(|mark| text.ends_with(mark)) || ends_in_word(text)
}

/// The words of a line that begins an item: `- words`, `12. words`.
fn of_item(line: &str) -> Option<&str> {
    let marker = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if marker.len() == line.len() { line.strip_prefix(['-', '+']) } else { marker.strip_prefix(['.', ')']) };
    rest.filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start)
}

fn ends_in_word(line: &str) -> bool {
    let words = line.trim_end_matches(|last: char| !last.is_alphanumeric());
    let end = words.rsplit(|other: char| !other.is_alphanumeric()).next().unwrap_or(words);
    // `Make it done` is what a stage is to do; what stands behind a dash or in brackets says what became of it.
    let before = words[..words.len() - end.len()].trim_end();
    let set_off =
        before.ends_with(['(', '[', ':', '\u{2013}', '\u{2014}', '-', '|']) || end.chars().all(char::is_uppercase);
    set_off && ["done", "complete", "completed", "finished"].contains(&end.to_lowercase().as_str())
}
