//! All running text of a plan, wherever it stands.

use super::super::Subject;
use crate::outline::{Block, Inline, InlineKind, Section, Text};

/// The texts of a document in order: headings, paragraphs, items, cells.
pub(super) fn texts<'a>(subject: &Subject<'a>) -> Vec<&'a Text<'a>> {
    let mut found = Vec::new();
    below(&subject.outline.root, &mut found);
    found
}

/// The code spans of a document in order.
pub(super) fn code_spans<'a>(subject: &Subject<'a>) -> Vec<&'a Inline<'a>> {
    let inlines = texts(subject).into_iter().flat_map(|text| &text.inlines);
    inlines.filter(|inline| inline.kind == InlineKind::Code).collect()
}

fn below<'a>(section: &'a Section<'a>, found: &mut Vec<&'a Text<'a>>) {
    found.push(&section.title);
    section.blocks.iter().for_each(|block| in_block(block, found));
    section.sections.iter().for_each(|inner| below(inner, found));
}

fn in_block<'a>(block: &'a Block<'a>, found: &mut Vec<&'a Text<'a>>) {
    match block {
        Block::Paragraph(paragraph) => found.push(&paragraph.text),
        Block::List(list) => {
            for item in &list.items {
                found.push(&item.text);
                item.blocks.iter().for_each(|block| in_block(block, found));
            }
        }
        Block::Table(table) => {
            let cells = table.head.iter().chain(table.rows.iter().flatten());
            found.extend(cells.map(|cell| &cell.text));
        }
        Block::Quote(blocks, _) => blocks.iter().for_each(|block| in_block(block, found)),
        Block::Fence(_) | Block::Indented(_) | Block::Html(_) | Block::Rule(_) => {}
    }
}
