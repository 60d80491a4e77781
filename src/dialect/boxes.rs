//! The boxes of a document that its author ticks, with the items that they stand for, and the sections around them.

use crate::outline::{Block, Outline, Section};

use super::model::{Headed, Ticked};

/// All boxes in document order, an outer item's before those inside it.
#[must_use]
pub(super) fn gather(outline: &Outline<'_>) -> Vec<Ticked> {
    let mut found = Vec::new();
    section(&outline.root, &mut found);
    found
}

/// All sections that have a heading, in document order, an outer one before those inside it.
#[must_use]
pub(super) fn sections(outline: &Outline<'_>) -> Vec<Headed> {
    let mut found = Vec::new();
    let mut open: Vec<&Section<'_>> = outline.root.sections.iter().rev().collect();
    while let Some(section) = open.pop() {
        found.push(Headed { heading: section.heading, whole: section.span });
        open.extend(section.sections.iter().rev());
    }
    found
}

fn section(of: &Section<'_>, found: &mut Vec<Ticked>) {
    blocks(&of.blocks, found);
    of.sections.iter().for_each(|inner| section(inner, found));
}

fn blocks(of: &[Block<'_>], found: &mut Vec<Ticked>) {
    for block in of {
        match block {
            Block::List(list) => {
                for item in &list.items {
                    if let Some((done, span)) = item.task {
                        found.push(Ticked { item: item.span, span, done });
                    }
                    blocks(&item.blocks, found);
                }
            }
            Block::Quote(inner, _) => blocks(inner, found),
            Block::Paragraph(_)
            | Block::Fence(_)
            | Block::Indented(_)
            | Block::Table(_)
            | Block::Html(_)
            | Block::Rule(_) => {}
        }
    }
}
