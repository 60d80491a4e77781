//! Numbered lines that Markdown glues to the paragraph above them, and boxes that it does not know.
//!
//! Only a list that starts at 1 may interrupt a paragraph, so `Workstream B` with `3. Next step` on the line below it
//! reads as one paragraph. Where a list goes on after such a line, the line was meant as its first item.

use super::{Block, Inline, InlineKind, Item, List, Paragraph, Section, Text};
use crate::source::Span;

/// Takes such lines out of their paragraphs, in all sections.
pub(super) fn recover(section: &mut Section<'_>, text: &str) {
    if section.blocks.iter().any(may_hold_numbers) {
        let blocks = std::mem::take(&mut section.blocks);
        section.blocks = split(blocks, text);
    }
    for inner in &mut section.sections {
        recover(inner, text);
    }
}

/// Whether a block is a paragraph of which a line begins with a number.
fn may_hold_numbers(block: &Block<'_>) -> bool {
    let Block::Paragraph(paragraph) = block else { return false };
    paragraph
        .text
        .inlines
        .windows(2)
        .any(|pair| pair[0].kind == InlineKind::Break && pair[1].text.starts_with(|next: char| next.is_ascii_digit()))
}

fn split<'s>(blocks: Vec<Block<'s>>, text: &str) -> Vec<Block<'s>> {
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut rest = blocks.into_iter().peekable();
    while let Some(block) = rest.next() {
        let Block::Paragraph(paragraph) = block else {
            out.push(block);
            continue;
        };
        let Some((head, mut items)) = numbered_tail(&paragraph, rest.peek(), text) else {
            out.push(Block::Paragraph(paragraph));
            continue;
        };
        if !head.text.inlines.is_empty() {
            out.push(Block::Paragraph(head));
        }
        if let Some(below) = rest.next_if(|next| matches!(next, Block::List(list) if list.start.is_none()))
            && let Some(last) = items.last_mut()
        {
            if let Block::List(list) = &below {
                last.span = last.span.to(list.span);
            }
            last.blocks.push(below);
        }
        let first = items.first().map_or(paragraph.span, |item| item.span);
        let next = items.last().and_then(|item| item.number).map(|number| number + 1);
        let mut list = List { start: items.first().and_then(|item| item.number), items, span: first };
        if let Some(Block::List(more)) =
            rest.next_if(|block| matches!(block, Block::List(list) if list.start.is_some() && list.start == next))
        {
            list.span = list.span.to(more.span);
            list.items.extend(more.items);
        }
        out.push(Block::List(list));
    }
    out
}

/// The paragraph before its numbered lines, and these as items.
fn numbered_tail<'s>(
    paragraph: &Paragraph<'s>,
    next: Option<&Block<'s>>,
    text: &str,
) -> Option<(Paragraph<'s>, Vec<Item<'s>>)> {
    let inlines = &paragraph.text.inlines;
    let starts: Vec<(usize, u64)> = inlines
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].kind == InlineKind::Break && pair[1].kind == InlineKind::Text)
        .filter_map(|(at, pair)| number(&pair[1].text).map(|(number, _)| (at + 1, number)))
        .collect();
    let &(first, number_of_first) = starts.first()?;
    let last = starts.last().map_or(number_of_first, |&(_, number)| number);
    let goes_on = match next {
        Some(Block::List(list)) => list.start == Some(last + 1) || list.start.is_none() && is_indented(list.span, text),
        _ => false,
    };
    let counts = starts.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1);
    if !counts || !(goes_on || starts.len() > 1) {
        return None;
    }
    let mut items = Vec::with_capacity(starts.len());
    for (index, &(at, number)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(inlines.len(), |&(next, _)| next - 1);
        let words = strip_number(&inlines[at..end]);
        let text = text_of(words);
        items.push(Item {
            task: None,
            span: Span { start: inlines[at].span.start, end: text.span.end },
            text,
            blocks: Vec::new(),
            number: Some(number),
        });
    }
    let head = text_of(inlines[..first - 1].to_vec());
    let span = head.span;
    Some((Paragraph { text: head, span }, items))
}

fn is_indented(span: Span, text: &str) -> bool {
    let before = &text[..span.start as usize];
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    !line.is_empty() && line.trim().is_empty() || text[span.range()].starts_with([' ', '\t'])
}

/// `12. words`: the number and the length of what stands before the words.
fn number(text: &str) -> Option<(u64, usize)> {
    let digits = text.find(|next: char| !next.is_ascii_digit())?;
    let after = text[digits..].strip_prefix(['.', ')'])?;
    if digits == 0 || digits > 3 || !after.starts_with(' ') {
        return None;
    }
    text[..digits].parse().ok().map(|number| (number, text.len() - after.trim_start().len()))
}

fn strip_number<'s>(inlines: &[Inline<'s>]) -> Vec<Inline<'s>> {
    let mut out = inlines.to_vec();
    if let Some(first) = out.first_mut()
        && let Some((_, skip)) = number(&first.text)
    {
        *first = first.without_first(skip);
    }
    out
}

fn text_of(inlines: Vec<Inline<'_>>) -> Text<'_> {
    let span = match (inlines.first(), inlines.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    };
    Text { inlines, span }
}

/// Reads a box that Markdown has none of as one: that of an optional task, `[ ]* 1.2 Words`, of one that is begun, `[~]`, or
/// given up, `[-]`.
pub(super) fn box_of_their_own(item: &mut Item<'_>) {
    let Some(first) = item.text.inlines.first_mut().filter(|_| item.task.is_none()) else { return };
    if first.kind != InlineKind::Text {
        return;
    }
    let Some((mark, rest)) = first.text.strip_prefix('[').and_then(|inner| inner.split_once(']')) else { return };
    let optional = rest.starts_with('*');
    let words = rest.strip_prefix('*').unwrap_or(rest);
    let own = matches!(mark, "~" | "-" | "/") || optional && matches!(mark, " " | "x" | "X");
    if !own || !words.starts_with([' ', '\t']) {
        return;
    }
    let skip = first.text.len() - words.trim_start().len();
    let ticked = mark.eq_ignore_ascii_case("x");
    item.task = Some((ticked, first.part(0, mark.len() + 2)));
    *first = first.without_first(skip);
    item.text.span.start = first.span.start;
}
