//! A flat run of headings and blocks becomes a tree of sections.

use super::{Block, Section, Text};
use crate::source::Span;

/// A tree that grows from the top of a document to its end.
pub(super) struct Tree<'s> {
    /// The sections that are still open, each in the one before it. The first is the document.
    open: Vec<Section<'s>>,
}

impl<'s> Tree<'s> {
    /// The root has level 0 and spans `whole`.
    pub(super) fn new(whole: Span) -> Self {
        Self { open: vec![Section { span: whole, ..Section::default() }] }
    }

    /// A heading of a level from 1 to 6.
    pub(super) fn heading(&mut self, level: u8, title: Text<'s>, span: Span) {
        self.close_down_to(level);
        self.open.push(Section { level, title, heading: span, span, ..Section::default() });
    }

    /// Anything else, with its place.
    pub(super) fn block(&mut self, block: Block<'s>, span: Span) {
        if let Some(section) = self.open.last_mut() {
            section.blocks.push(block);
            section.span = section.span.to(span);
        }
    }

    /// The whole tree.
    pub(super) fn finish(mut self) -> Section<'s> {
        self.close_down_to(1);
        self.open.pop().unwrap_or_default()
    }

    /// Closes every open section of `level` or deeper; the root stays.
    fn close_down_to(&mut self, level: u8) {
        while self.open.len() > 1 && self.open.last().is_some_and(|section| section.level >= level) {
            let done = self.open.pop().unwrap_or_default();
            if let Some(parent) = self.open.last_mut() {
                parent.span = parent.span.to(done.span);
                parent.sections.push(done);
            }
        }
    }
}
