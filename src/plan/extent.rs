//! Where in its plan a stage stands.

use super::{Plan, StageId};
use crate::outline::{Block, Item, List, Outline, Section};
use crate::source::Span;

/// From the line on which a stage starts to the end of its item or section, or to the next stage.
///
/// # Panics
/// When the id belongs to another plan.
#[must_use]
pub fn extent(plan: &Plan, outline: &Outline<'_>, id: StageId) -> Span {
    let source = &plan.source;
    let stage = plan.stage(id);
    let start_of_line = |at: u32| source.line_span(source.line(at)).start;
    let start = start_of_line(stage.span.start);
    let mut end = section_end(&outline.root, stage.span.start);
    if let Some(item) =
        item_at(&outline.root, stage.span.start).filter(|item| source.line(item.span.start) == stage.line)
    {
        end = item.span.end;
    }
    // Stages are in the order of the text.
    let mut later = plan.stages[id.0 as usize + 1..].iter().map(|stage| start_of_line(stage.span.start));
    let next = later.find(|&other| other > start).unwrap_or(u32::MAX);
    Span::new(start as usize, end.min(next).max(start) as usize)
}

/// The end of the innermost section that holds a place.
fn section_end(section: &Section<'_>, at: u32) -> u32 {
    let inner = section.sections.iter().find(|inner| inner.span.start <= at && at < inner.span.end);
    inner.map_or(section.span.end, |inner| section_end(inner, at))
}

/// The innermost item that holds a place.
fn item_at<'a, 's>(section: &'a Section<'s>, at: u32) -> Option<&'a Item<'s>> {
    let inner = section.sections.iter().find(|inner| inner.span.start <= at && at < inner.span.end);
    match inner {
        Some(inner) => item_at(inner, at),
        None => item_in(&section.blocks, at),
    }
}

fn item_in<'a, 's>(blocks: &'a [Block<'s>], at: u32) -> Option<&'a Item<'s>> {
    blocks.iter().find_map(|block| match block {
        Block::List(List { items, .. }) => {
            let item = items.iter().find(|item| item.span.start <= at && at < item.span.end)?;
            item_in(&item.blocks, at).or(Some(item))
        }
        Block::Quote(inner, _) => item_in(inner, at),
        Block::Paragraph(_)
        | Block::Fence(_)
        | Block::Indented(_)
        | Block::Table(_)
        | Block::Html(_)
        | Block::Rule(_) => None,
    })
}
