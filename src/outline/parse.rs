//! The only file that names the Markdown crate: its events become blocks with places.

use std::borrow::Cow;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::sections::Tree;
use super::{
    Block, Cell, Code, Fence, Inline, InlineKind, Item, Line, Link, List, Outline, Paragraph, Section, Table, Text,
};
use super::{fences, frontmatter, lists};
use crate::diagnostic::{Diagnostics, codes};
use crate::source::{Source, Span};

/// Reads a document. Never fails: what is odd about it becomes diagnostics.
#[must_use]
pub fn read<'s>(source: &'s Arc<Source>, diagnostics: &mut Diagnostics) -> Outline<'s> {
    let text = source.text();
    let (front_matter, from) = frontmatter::split(text);
    let mended = fences::mend(source, from);
    if let Some(at) = source.decoding().invalid_at {
        diagnostics.push(codes::not_utf8(source, Span::new(at, at + '\u{FFFD}'.len_utf8())));
    }
    if let Some(span) = mended.wrapped {
        diagnostics.push(codes::wrapped_document(source, span));
    }
    for &span in &mended.nested {
        diagnostics.push(codes::nested_fence(source, span));
    }
    if let Some(span) = mended.unclosed {
        diagnostics.push(codes::unclosed_fence(source, span));
    }
    let parsed = mended.text.as_deref().unwrap_or(text);
    let mut builder = Builder::new(text, from, Span::new(from, text.len()));
    let cut = mended.cut.unwrap_or(text.len());
    for (start, end) in [(from, cut), (cut, text.len())].into_iter().filter(|(start, end)| start < end) {
        builder.base = start;
        for (event, range) in Parser::new_ext(&parsed[start..end], options()).into_offset_iter() {
            builder.event(event, Span::new(range.start + start, range.end + start));
        }
    }
    let links = std::mem::take(&mut builder.links);
    let mut root = builder.tree.finish();
    lists::recover(&mut root, text);
    Outline { front_matter, root, links }
}

/// Reads a part of a document by itself, such as the text between two tags of another language. Indentation that
/// all its lines share does not count.
#[must_use]
pub fn read_part(source: &Source, span: Span) -> Section<'_> {
    let text = source.text();
    let part = source.slice(span);
    let margin = part
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let mut bare = String::with_capacity(part.len());
    // For each line where it starts without and with its indentation.
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut at = span.start as usize;
    for line in part.split_inclusive('\n') {
        let skip = if line.trim().is_empty() { 0 } else { margin };
        starts.push((bare.len(), at + skip));
        bare.push_str(&line[skip..]);
        at += line.len();
    }
    let place = |offset: usize| {
        let line = starts.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        starts.get(line).map_or(span.start as usize, |&(start, original)| original + (offset - start))
    };
    let mut builder = Builder::new(text, span.start as usize, span);
    for (event, range) in Parser::new_ext(&bare, options()).into_offset_iter() {
        let end = if range.end > range.start { place(range.end - 1) + 1 } else { place(range.start) };
        builder.event(event, Span::new(place(range.start), end));
    }
    builder.tree.finish()
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH
}

/// A container that is open.
enum Frame<'s> {
    Quote(Vec<Block<'s>>, Span),
    List(List<'s>),
    Item(Item<'s>),
    Table(Table<'s>, Vec<Cell<'s>>),
}

/// A run of text that is open.
#[derive(Default)]
enum Run {
    #[default]
    None,
    Heading(u8, Span),
    Paragraph,
    Cell(Span),
    Loose,
}

struct Builder<'s> {
    text: &'s str,
    base: usize,
    tree: Tree<'s>,
    frames: Vec<Frame<'s>>,
    run: Run,
    inlines: Vec<Inline<'s>>,
    links: Vec<Link>,
    strong: u32,
    emphasis: u32,
    strike: u32,
    /// Containers that are open beyond [`DEEPEST`]; their content belongs to the innermost one that counts.
    flat: u32,
    literal: Option<Cow<'s, str>>,
    html: Option<Span>,
}

/// How deep quotes and lists may nest; real plans stay below ten, and hostile ones must not exhaust the stack.
const DEEPEST: usize = 48;

impl<'s> Builder<'s> {
    /// For a text that is parsed from `base` on, into a document that spans `whole`.
    fn new(text: &'s str, base: usize, whole: Span) -> Self {
        Self {
            text,
            base,
            tree: Tree::new(whole),
            frames: Vec::new(),
            run: Run::None,
            inlines: Vec::new(),
            links: Vec::new(),
            strong: 0,
            emphasis: 0,
            strike: 0,
            flat: 0,
            literal: None,
            html: None,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::Strikethrough) => self.strike += 1,
            Event::End(TagEnd::Strikethrough) => self.strike = self.strike.saturating_sub(1),
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::Table(_))
                if self.frames.len() >= DEEPEST =>
            {
                self.flush_loose();
                self.flat += 1;
            }
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Table) if self.flat > 0 => {
                self.flush_loose();
                self.flat -= 1;
            }
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            // What is struck out does not count any more.
            Event::Text(_) | Event::Code(_) if self.strike > 0 => {}
            Event::Text(words) if self.literal.is_none() => {
                let words = self.own(&words, span);
                self.inline(InlineKind::Text, words, span);
            }
            Event::Code(words) => {
                let words = self.code(&words, span);
                self.inline(InlineKind::Code, words, span);
            }
            Event::InlineHtml(words) => {
                let words = self.own(&words, span);
                self.inline(InlineKind::Html, words, span);
            }
            Event::SoftBreak | Event::HardBreak => self.inline(InlineKind::Break, Cow::Borrowed("\n"), span),
            Event::TaskListMarker(ticked) => {
                if let Some(Frame::Item(item)) = self.frames.last_mut() {
                    item.task = Some((ticked, span));
                }
            }
            Event::Rule => {
                self.flush_loose();
                self.block(Block::Rule(span), span);
            }
            // Literal text is taken from the source when its block ends: the events come in pieces.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Paragraph => self.run = Run::Paragraph,
            Tag::Heading { level, .. } => {
                self.flush_loose();
                self.run = Run::Heading(depth(level), span);
            }
            Tag::BlockQuote(_) => {
                self.flush_loose();
                self.frames.push(Frame::Quote(Vec::new(), span));
            }
            Tag::CodeBlock(kind) => {
                self.flush_loose();
                self.literal = Some(match kind {
                    CodeBlockKind::Fenced(info) => Cow::Owned(info.trim().to_owned()),
                    CodeBlockKind::Indented => Cow::Borrowed(""),
                });
            }
            Tag::HtmlBlock => {
                self.flush_loose();
                self.html = Some(span);
                self.literal = Some(Cow::Borrowed(""));
            }
            Tag::List(start) => {
                self.flush_loose();
                self.frames.push(Frame::List(List { start, items: Vec::new(), span }));
            }
            Tag::Item => {
                let number = self.item_number(span);
                self.frames.push(Frame::Item(Item {
                    task: None,
                    text: Text::default(),
                    blocks: Vec::new(),
                    span,
                    number,
                }));
                self.run = Run::Loose;
            }
            Tag::Table(_) => {
                self.flush_loose();
                self.frames.push(Frame::Table(Table { head: Vec::new(), rows: Vec::new(), span }, Vec::new()));
            }
            Tag::TableCell => self.run = Run::Cell(span),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(Link { target: dest_url.into_string(), span });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Paragraph => self.end_paragraph(span),
            TagEnd::Heading(_) => {
                let text = self.take_text();
                if let Run::Heading(level, span) = std::mem::take(&mut self.run) {
                    if self.frames.is_empty() {
                        self.tree.heading(level, text, span);
                    } else {
                        // A heading inside a list or a quote structures only that place.
                        self.block(Block::Paragraph(Paragraph { text: all_strong(text), span }), span);
                    }
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush_loose();
                if let Some(Frame::Quote(blocks, span)) = self.frames.pop() {
                    self.block(Block::Quote(blocks, span), span);
                }
            }
            TagEnd::CodeBlock => {
                let info = self.literal.take().unwrap_or_default();
                let block = self.literal_block(info, span);
                self.block(block, span);
            }
            TagEnd::HtmlBlock => {
                self.literal = None;
                let span = self.html.take().unwrap_or(span);
                let block = Block::Html(Code { lines: raw_lines(self.text, span, 0), span });
                self.block(block, span);
            }
            TagEnd::List(_) => {
                if let Some(Frame::List(list)) = self.frames.pop() {
                    let span = list.span;
                    self.block(Block::List(list), span);
                }
            }
            TagEnd::Item => {
                self.flush_loose();
                if let Some(Frame::Item(mut item)) = self.frames.pop()
                    && let Some(Frame::List(list)) = self.frames.last_mut()
                {
                    lists::box_of_their_own(&mut item);
                    list.items.push(item);
                }
                self.run = Run::None;
            }
            TagEnd::Table => {
                if let Some(Frame::Table(table, _)) = self.frames.pop() {
                    let span = table.span;
                    self.block(Block::Table(table), span);
                }
            }
            TagEnd::TableHead => {
                if let Some(Frame::Table(table, cells)) = self.frames.last_mut() {
                    table.head = std::mem::take(cells);
                }
            }
            TagEnd::TableRow => {
                if let Some(Frame::Table(table, cells)) = self.frames.last_mut() {
                    table.rows.push(std::mem::take(cells));
                }
            }
            TagEnd::TableCell => {
                let text = self.take_text();
                if let Run::Cell(span) = std::mem::take(&mut self.run)
                    && let Some(Frame::Table(_, cells)) = self.frames.last_mut()
                {
                    cells.push(Cell { text, span });
                }
            }
            _ => {}
        }
    }

    /// Words as a part of the source where they stand there just so.
    fn own(&self, words: &str, span: Span) -> Cow<'s, str> {
        if let Some(source) = part_of(self.text, words) {
            return Cow::Borrowed(source);
        }
        match self.text.get(span.range()) {
            Some(source) if source == words => Cow::Borrowed(source),
            _ => Cow::Owned(words.to_owned()),
        }
    }

    /// The words of a code span, whose place holds its marks as well.
    fn code(&self, words: &str, span: Span) -> Cow<'s, str> {
        let source = self.text.get(span.range()).unwrap_or("");
        // A break between lines reads as one blank, however it is written and whatever blanks stand around it.
        if memchr::memchr2(b'\r', b'\n', source.as_bytes()).is_some() {
            return Cow::Owned(words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        if let Some(source) = part_of(self.text, words) {
            return Cow::Borrowed(source);
        }
        let inner = source.trim_matches('`');
        let bare = inner.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' ')).unwrap_or(inner);
        match [inner, bare].into_iter().find(|&found| found == words) {
            Some(found) => Cow::Borrowed(found),
            None => Cow::Owned(words.to_owned()),
        }
    }

    fn inline(&mut self, kind: InlineKind, words: Cow<'s, str>, span: Span) {
        // A line break is no word that could be bold.
        let strong = self.strong > 0 && kind != InlineKind::Break;
        let emphasis = self.emphasis > 0 && kind != InlineKind::Break;
        if let Some(last) = self.inlines.last_mut()
            && kind == InlineKind::Text
            && last.kind == InlineKind::Text
            && last.strong == strong
            && last.emphasis == emphasis
            && last.span.end == span.start
        {
            last.span = last.span.to(span);
            match (&mut last.text, &words) {
                (Cow::Borrowed(text), Cow::Borrowed(_)) => *text = self.text.get(last.span.range()).unwrap_or(text),
                (text, words) => text.to_mut().push_str(words),
            }
            return;
        }
        self.inlines.push(Inline { kind, text: words, span, strong, emphasis });
    }

    fn take_text(&mut self) -> Text<'s> {
        // The buffer stays for the next text; this one takes what it needs and no more.
        let inlines: Vec<Inline<'s>> = self.inlines.drain(..).collect();
        let span = match (inlines.first(), inlines.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        };
        Text { inlines, span }
    }

    fn end_paragraph(&mut self, span: Span) {
        let text = self.take_text();
        let in_item = matches!(self.frames.last(), Some(Frame::Item(_)));
        self.run = if in_item { Run::Loose } else { Run::None };
        self.add_text(text, span);
    }

    /// Text that stands directly in a list item ends where a block begins.
    fn flush_loose(&mut self) {
        if matches!(self.run, Run::Loose) && !self.inlines.is_empty() {
            let text = self.take_text();
            let span = text.span;
            self.add_text(text, span);
        }
    }

    fn add_text(&mut self, text: Text<'s>, span: Span) {
        if let Some(Frame::Item(item)) = self.frames.last_mut()
            && item.blocks.is_empty()
            && item.text.inlines.is_empty()
        {
            item.text = text;
            return;
        }
        self.block(Block::Paragraph(Paragraph { text, span }), span);
    }

    fn block(&mut self, block: Block<'s>, span: Span) {
        match self.frames.last_mut() {
            Some(Frame::Quote(blocks, _)) => blocks.push(block),
            Some(Frame::Item(item)) => {
                item.blocks.push(block);
                self.run = Run::Loose;
            }
            // Nothing but items stands in a list and nothing but cells in a table.
            Some(Frame::List(_) | Frame::Table(..)) => {}
            None => self.tree.block(block, span),
        }
    }

    /// The number as written: Markdown itself only keeps that of the first item.
    fn item_number(&self, span: Span) -> Option<u64> {
        let ordered = matches!(self.frames.last(), Some(Frame::List(List { start: Some(_), .. })));
        let text = self.text.get(span.range()).filter(|_| ordered)?;
        let digits = text.trim_start();
        let end = digits.find(|character: char| !character.is_ascii_digit())?;
        digits[..end].parse().ok()
    }

    fn literal_block(&self, info: Cow<'s, str>, span: Span) -> Block<'s> {
        let text = self.text.get(span.range()).unwrap_or("");
        let marker = text.trim_start_matches([' ', '\t']);
        let character = marker.chars().next().unwrap_or(' ');
        if !matches!(character, '`' | '~') {
            return Block::Indented(Code { lines: raw_lines(self.text, span, 4), span });
        }
        let line_start =
            self.text[..span.start as usize].rfind('\n').map_or(self.base.min(span.start as usize), |at| at + 1);
        let margin = self.text[line_start..span.start as usize].chars().count();
        let mut lines = raw_lines(self.text, span, margin);
        let length = marker.chars().take_while(|&next| next == character).count();
        if !lines.is_empty() {
            lines.remove(0);
        }
        let closed = lines.last().is_some_and(|last| {
            let last = last.text.trim().trim_start_matches(['>', ' ']);
            last.chars().count() >= length && last.chars().all(|next| next == character)
        });
        if closed {
            lines.pop();
        }
        Block::Fence(Fence { info, lines, closed, span })
    }
}

/// Words that lie in a text, as a part of it: the parser hands them on without a copy wherever it can.
fn part_of<'s>(text: &'s str, words: &str) -> Option<&'s str> {
    let start = words.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    text.get(start..start.checked_add(words.len())?)
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn all_strong(mut text: Text<'_>) -> Text<'_> {
    for inline in &mut text.inlines {
        inline.strong = true;
    }
    text
}

/// The lines of a span, each without up to `margin` columns of indentation or quote markers.
fn raw_lines(text: &str, span: Span, margin: usize) -> Vec<Line<'_>> {
    let Some(block) = text.get(span.range()) else { return Vec::new() };
    let breaks = memchr::memchr_iter(b'\n', block.as_bytes());
    let mut lines = Vec::with_capacity(breaks.clone().count() + 1);
    let mut start = 0;
    for end in breaks.map(|at| at + 1).chain([block.len()]) {
        if start < end {
            let content = block[start..end].trim_end_matches(['\n', '\r']);
            // Each of these is one byte, and so one column.
            let marks = content.bytes().take(margin).take_while(|byte| matches!(byte, b' ' | b'\t' | b'>'));
            let skip = if start == 0 { 0 } else { marks.count() };
            let at = span.start as usize + start;
            lines.push(Line { text: &content[skip..], span: Span::new(at + skip, at + content.len()) });
        }
        start = end;
    }
    lines
}
