//! A flat run of headings and blocks becomes a tree of sections.

use super::{Block, Section, Text};
use crate::source::Span;

/// A top-level part of a document.
pub(super) enum Part<'s> {
    /// A heading of a level from 1 to 6.
    Heading(u8, Text<'s>, Span),
    /// Anything else, with its place.
    Block(Block<'s>, Span),
}

/// Builds the tree; the root has level 0 and spans `whole`.
pub(super) fn tree(parts: Vec<Part<'_>>, whole: Span) -> Section<'_> {
    let mut open = vec![Section { span: whole, ..Section::default() }];
    for part in parts {
        match part {
            Part::Heading(level, title, span) => {
                close_down_to(&mut open, level);
                open.push(Section { level, title, heading: span, span, ..Section::default() });
            }
            Part::Block(block, span) => {
                if let Some(section) = open.last_mut() {
                    section.blocks.push(block);
                    section.span = section.span.to(span);
                }
            }
        }
    }
    close_down_to(&mut open, 1);
    open.pop().unwrap_or_default()
}

/// Closes every open section of `level` or deeper; the root stays.
fn close_down_to(open: &mut Vec<Section<'_>>, level: u8) {
    while open.len() > 1 && open.last().is_some_and(|section| section.level >= level) {
        let done = open.pop().unwrap_or_default();
        if let Some(parent) = open.last_mut() {
            parent.span = parent.span.to(done.span);
            parent.sections.push(done);
        }
    }
}
