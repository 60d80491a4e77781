//! The parts of a document. All places are spans of the [`Source`](crate::source::Source) that was read, and words
//! are parts of its text, not copies.

use std::borrow::Cow;

use crate::source::Span;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline<'s> {
    /// Front matter between `---` lines at the very start, if any.
    pub front_matter: Option<FrontMatter>,
    /// The document as a section of level 0 without a title.
    pub root: Section<'s>,
    /// The links in order, those of pictures included.
    pub links: Vec<Link>,
}

/// A link to another document or to a place of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written, without entities and escapes.
    pub target: String,
    /// The link with its words.
    pub span: Span,
}

/// YAML at the top of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontMatter {
    /// The text between the two `---` lines.
    pub body: Span,
}

/// A heading and everything below it up to the next heading of the same or a higher level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section<'s> {
    /// 1 to 6; 0 for the document itself.
    pub level: u8,
    /// The heading's text.
    pub title: Text<'s>,
    /// The heading, from its marker to its end.
    pub heading: Span,
    /// From the heading to the end of the last part below it.
    pub span: Span,
    /// What stands between this heading and the next one of any level.
    pub blocks: Vec<Block<'s>>,
    /// The sections below, in order.
    pub sections: Vec<Section<'s>>,
}

/// Text with its code spans and emphasis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'s> {
    /// The parts in order.
    pub inlines: Vec<Inline<'s>>,
    /// From the first to the last part.
    pub span: Span,
}

/// One piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline<'s> {
    /// What it is.
    pub kind: InlineKind,
    /// The words, without Markdown's markers; those of the source wherever it writes them just so.
    pub text: Cow<'s, str>,
    /// Where it stands, markers included for code.
    pub span: Span,
    /// Whether it stands inside `**...**`.
    pub strong: bool,
    /// Whether it stands inside `*...*` or `_..._`.
    pub emphasis: bool,
}

impl<'s> Inline<'s> {
    /// The span of a part of the words. Where the words differ from the source, as behind an entity or an escape, it is
    /// that of the whole piece.
    #[must_use]
    pub fn part(&self, from: usize, to: usize) -> Span {
        let same = self.text.len() == (self.span.end - self.span.start) as usize;
        let inside = from <= to && self.text.is_char_boundary(from) && self.text.is_char_boundary(to);
        if same && inside && self.kind == InlineKind::Text {
            Span::new(self.span.start as usize + from, self.span.start as usize + to)
        } else {
            self.span
        }
    }

    /// The piece without the first bytes of its words.
    #[must_use]
    pub fn without_first(&self, skip: usize) -> Self {
        self.cut(skip, self.text.len())
    }

    /// A part of the piece.
    #[must_use]
    pub fn cut(&self, from: usize, to: usize) -> Self {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[from..to]),
            Cow::Owned(text) => Cow::Owned(text[from..to].to_owned()),
        };
        Self { text, span: self.part(from, to), ..*self }
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineKind {
    /// Plain words.
    Text,
    /// A code span.
    Code,
    /// A line break in the source, soft or hard.
    Break,
    /// Raw HTML, comments included.
    Html,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block<'s> {
    /// Running text.
    Paragraph(Paragraph<'s>),
    /// A list, ordered or not.
    List(List<'s>),
    /// A fenced block.
    Fence(Fence<'s>),
    /// A block indented by four columns.
    Indented(Code<'s>),
    /// A table.
    Table(Table<'s>),
    /// A block of raw HTML.
    Html(Code<'s>),
    /// A block quote.
    Quote(Vec<Block<'s>>, Span),
    /// A thematic break.
    Rule(Span),
}

/// Running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph<'s> {
    /// The words.
    pub text: Text<'s>,
    /// The paragraph in the source.
    pub span: Span,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<'s> {
    /// The number of the first item, for an ordered list.
    pub start: Option<u64>,
    /// The items in order.
    pub items: Vec<Item<'s>>,
    /// The list in the source.
    pub span: Span,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'s> {
    /// For a task item: whether its box is ticked, and the span of the three bytes `[ ]`.
    pub task: Option<(bool, Span)>,
    /// The words that stand on the item's own line or paragraph; what follows is in `blocks`.
    pub text: Text<'s>,
    /// What stands below the item.
    pub blocks: Vec<Block<'s>>,
    /// The item in the source, from its marker on.
    pub span: Span,
    /// The number of the item, for an ordered list.
    pub number: Option<u64>,
}

/// A block of literal lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code<'s> {
    /// The lines in order.
    pub lines: Vec<Line<'s>>,
    /// The block in the source.
    pub span: Span,
}

/// One line of a literal block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'s> {
    /// The line without its break and without the block's own indentation.
    pub text: &'s str,
    /// Where the text stands.
    pub span: Span,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence<'s> {
    /// What stands behind the opening marker, trimmed.
    pub info: Cow<'s, str>,
    /// The lines between the markers.
    pub lines: Vec<Line<'s>>,
    /// Whether it has a closing line.
    pub closed: bool,
    /// The block in the source, markers included.
    pub span: Span,
}

impl<'s> Fence<'s> {
    /// The first word of the info string in lower case, without `{` or a leading dot.
    #[must_use]
    pub fn language(&self) -> String {
        let word = self.info.split([' ', ',', '{', '}']).find(|word| !word.is_empty()).unwrap_or("");
        word.trim_start_matches('.').to_lowercase()
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'s> {
    /// The head row.
    pub head: Vec<Cell<'s>>,
    /// The rows below.
    pub rows: Vec<Vec<Cell<'s>>>,
    /// The table in the source.
    pub span: Span,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell<'s> {
    /// The words.
    pub text: Text<'s>,
    /// The cell in the source.
    pub span: Span,
}

impl<'s> Section<'s> {
    /// All fenced blocks below, those in lists and quotes included, in order.
    #[must_use]
    pub fn fences(&self) -> Vec<Span> {
        let mut found = Vec::new();
        self.collect_fences(&mut found);
        found
    }

    fn collect_fences(&self, found: &mut Vec<Span>) {
        for block in &self.blocks {
            block.collect_fences(found);
        }
        for inner in &self.sections {
            inner.collect_fences(found);
        }
    }
}

impl<'s> Block<'s> {
    /// The block in the source.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Paragraph(paragraph) => paragraph.span,
            Self::List(list) => list.span,
            Self::Fence(fence) => fence.span,
            Self::Indented(code) | Self::Html(code) => code.span,
            Self::Table(table) => table.span,
            Self::Quote(_, span) | Self::Rule(span) => *span,
        }
    }

    fn collect_fences(&self, found: &mut Vec<Span>) {
        match self {
            Self::Fence(fence) => found.push(fence.span),
            Self::List(list) => {
                list.items.iter().flat_map(|item| &item.blocks).for_each(|block| block.collect_fences(found));
            }
            Self::Quote(blocks, _) => blocks.iter().for_each(|block| block.collect_fences(found)),
            Self::Paragraph(_) | Self::Indented(_) | Self::Table(_) | Self::Html(_) | Self::Rule(_) => {}
        }
    }
}

impl<'s> Text<'s> {
    /// The words with code spans in backticks and line breaks as spaces.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        inlines_to_markdown(&self.inlines)
    }

    /// The words alone, without any marker.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut out = String::with_capacity(self.inlines.iter().map(|inline| inline.text.len() + 1).sum());
        for inline in &self.inlines {
            match inline.kind {
                InlineKind::Text | InlineKind::Code => out.push_str(&inline.text),
                InlineKind::Break => out.push(' '),
                InlineKind::Html => {}
            }
        }
        trimmed(out)
    }

    /// Whether there are no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inlines.iter().all(|inline| match inline.kind {
            InlineKind::Text => inline.text.trim().is_empty(),
            InlineKind::Code => false,
            InlineKind::Break | InlineKind::Html => true,
        })
    }
}

/// Pieces of text as one line of Markdown: code spans in backticks, line breaks as spaces.
#[must_use]
pub fn inlines_to_markdown(inlines: &[Inline]) -> String {
    let mut out = String::with_capacity(inlines.iter().map(|inline| inline.text.len() + 2).sum());
    for inline in inlines {
        match inline.kind {
            InlineKind::Text => out.push_str(&inline.text),
            InlineKind::Code => {
                let ticks = if inline.text.contains('`') { "``" } else { "`" };
                out.push_str(ticks);
                out.push_str(&inline.text);
                out.push_str(ticks);
            }
            InlineKind::Break => out.push(' '),
            InlineKind::Html => {}
        }
    }
    trimmed(out)
}

/// A text without blanks around it, in place where there are none before it.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    if text.starts_with(char::is_whitespace) { text.trim_start().to_owned() } else { text }
}
