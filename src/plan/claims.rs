//! What a plan says is done: ticked boxes, and headings that say so.

use crate::dialect::Ticked;
use crate::source::{Source, Span};

use super::model::Tick;

/// The boxes of a document, to be asked for the one that a place belongs to.
pub(super) struct Claims<'a> {
    boxes: &'a [Ticked],
    /// For each box the one whose item holds it.
    outer: Vec<Option<usize>>,
}

impl<'a> Claims<'a> {
    /// Boxes in document order, an outer item's before those inside it.
    pub(super) fn new(boxes: &'a [Ticked]) -> Self {
        let mut outer = Vec::with_capacity(boxes.len());
        let mut open: Vec<usize> = Vec::new();
        for (index, ticked) in boxes.iter().enumerate() {
            while open.last().is_some_and(|&last| boxes[last].item.end <= ticked.item.start) {
                open.pop();
            }
            outer.push(open.last().copied());
            open.push(index);
        }
        Self { boxes, outer }
    }

    /// The box of the innermost item that holds a place.
    pub(super) fn of(&self, place: Span) -> Option<Tick> {
        let before = self.boxes.partition_point(|ticked| ticked.item.start <= place.start);
        let mut at = before.checked_sub(1);
        while let Some(index) = at {
            let ticked = &self.boxes[index];
            if place.start < ticked.item.end {
                return Some(Tick { span: ticked.span, done: ticked.done });
            }
            at = self.outer[index];
        }
        None
    }
}

/// Whether a heading's line says that its stage is done: by a tick, or by a word at its end.
pub(super) fn says_done(source: &Source, line: u32) -> bool {
    let line = source.slice(source.line_span(line));
    if !line.trim_start().starts_with(['#', '*']) {
        return false;
    }
    if ['\u{2705}', '\u{2611}', '\u{2714}'].iter().any(|&mark| line.contains(mark))
        || line.contains("[x]")
        || line.contains("[X]")
    {
        return true;
    }
    let words = line.trim_end_matches(|last: char| !last.is_alphanumeric());
    let end = words.rsplit(|other: char| !other.is_alphanumeric()).next().unwrap_or(words);
    // `Make it done` is what a stage is to do; what stands behind a dash or in brackets says what became of it.
    let before = words[..words.len() - end.len()].trim_end();
    let set_off =
        before.ends_with(['(', '[', ':', '\u{2013}', '\u{2014}', '-', '|']) || end.chars().all(char::is_uppercase);
    set_off && ["done", "complete", "completed", "finished"].contains(&end.to_lowercase().as_str())
}
