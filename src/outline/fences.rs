//! Which fence lines open and which close, as the author meant them.
//!
//! `CommonMark` ends a fence at the first bare marker, so an example that itself holds fences of the same length falls
//! apart, and every parser agrees on that reading. Here the markers are paired by intent, and what a strict
//! parser would get wrong is blanked in a copy of the text with the same length, so that all places stay true.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use memchr::memmem;

use crate::source::{Source, Span};
use crate::text::Phrases;

/// A text that a strict parser reads as its author meant it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mended {
    /// The text to parse, as long as the original; `None` where nothing had to be changed.
    pub(super) text: Option<String>,
    /// Opening lines of examples whose inner fences were read as nested.
    pub(super) nested: Vec<Span>,
    /// The opening line of a fence around the whole document.
    pub(super) wrapped: Option<Span>,
    /// The opening line of a fence that is never closed.
    pub(super) unclosed: Option<Span>,
    /// The heading at which a block of commands that is never closed must have ended.
    pub(super) cut: Option<usize>,
}

/// A line that is a fence marker.
#[derive(Clone, Copy, Debug)]
struct Marker {
    line: Span,
    /// Where the run of marker characters stands.
    run: Span,
    character: u8,
    has_info: bool,
    markdown: bool,
    /// Whether its word says that commands follow.
    shell: bool,
    /// Columns of white space before it.
    indent: usize,
    /// A blank line before and none after: it looks like an opening marker.
    opener_like: bool,
    /// Whether only blank lines come after it.
    last: bool,
}

impl Marker {
    fn length(&self) -> u32 {
        self.run.end - self.run.start
    }

    fn closes(&self, open: &Self) -> bool {
        self.character == open.character && self.length() >= open.length()
    }
}

/// How often a reading as nested is given up before all fences are read strictly.
const RETRIES: usize = 8;

/// Reads the fences of a text from byte `from` on.
pub(super) fn mend(source: &Source, from: usize) -> Mended {
    let text = source.text();
    let markers = markers(source, from);
    if markers.is_empty() {
        return Mended::default();
    }
    let mut mended = Mended::default();
    let mut blank: Vec<Span> = Vec::new();
    let mut rest: &[Marker] = &markers;
    if let Some(inside) = unwrap(text, from, &markers, &mut blank) {
        mended.wrapped = Some(markers[0].line);
        rest = inside;
    }
    let mut strict = BTreeSet::new();
    let mut pairing = pair(rest, &strict, Examples::Markdown);
    for retry in 0..RETRIES {
        // A nested reading that never ends was no nesting; the outermost such example is read strictly instead.
        let Some(open) = pairing.unclosed.filter(|open| pairing.nested.contains(open)) else { break };
        strict.insert(open);
        let examples = if retry + 1 == RETRIES { Examples::None } else { Examples::Markdown };
        pairing = pair(rest, &strict, examples);
    }
    if swallows(text, rest, &pairing) {
        // Code whose own text holds fences fell apart, and what comes behind it is taken for code.
        let whole = pair(rest, &strict, Examples::Code);
        if whole.unclosed.is_none() && !swallows(text, rest, &whole) {
            pairing = whole;
        }
    }
    blank.extend(pairing.inner.iter().map(|&index| rest[index].run));
    let outside = |&&(open, close): &&(usize, usize)| leaves_item(text, &rest[open], &rest[close]);
    blank.extend(pairing.closed.iter().filter(outside).map(|&(_, close)| rest[close].run));
    mended.nested = pairing.nested.iter().map(|&index| rest[index].line).collect();
    mended.unclosed = pairing.unclosed.map(|index| rest[index].line);
    mended.cut = pairing
        .unclosed
        .map(|index| &rest[index])
        .filter(|open| open.shell)
        .and_then(|open| heading(text, open.line.end as usize));
    if !blank.is_empty() {
        let mut bytes = text.as_bytes().to_vec();
        for span in blank {
            bytes[span.range()].fill(b' ');
        }
        // Only ASCII markers, or whole lines on character borders, were replaced by spaces.
        mended.text = String::from_utf8(bytes).ok();
    }
    mended
}

/// If the whole document stands in a Markdown fence: the markers inside, with the outer ones blanked.
fn unwrap<'m>(text: &str, from: usize, markers: &'m [Marker], blank: &mut Vec<Span>) -> Option<&'m [Marker]> {
    let first = markers[0];
    if !first.markdown || !only_introduces(&text[from..first.line.start as usize]) {
        return None;
    }
    let last = markers.last().filter(|last| markers.len() > 1 && last.last);
    match last {
        // Closed by the last line, which may carry the word of the opening one by mistake.
        Some(last) if last.markdown || !last.has_info => {
            let inner = &markers[1..markers.len() - 1];
            let alone = pair(inner, &BTreeSet::new(), Examples::None);
            if alone.unclosed.is_some() || !has_heading(text, first.line, last.line) {
                return None;
            }
            blank.extend([first.line, last.line]);
            Some(inner)
        }
        _ => None,
    }
}

/// Whether nothing stands before a fence but perhaps a line that hands over what is in it: `Here is the plan:`.
fn only_introduces(text: &str) -> bool {
    static EXAMPLE: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["example", "template", "format", "sample", "beispiel", "exemple", "ejemplo"]));
    let text = text.trim();
    text.is_empty()
        || !text.contains('\n') && !text.starts_with('#') && text.ends_with([':', '：']) && !EXAMPLE.any_in(text)
}

fn has_heading(text: &str, first: Span, last: Span) -> bool {
    text[first.end as usize..last.start as usize].lines().any(|line| line.starts_with('#'))
}

/// The first line from a place on that is a heading between two sections and no comment of a script.
fn heading(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    let mut after_blank = false;
    for line in text[from..].split_inclusive('\n') {
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        if after_blank && (2..=6).contains(&level) && line[level..].starts_with(' ') {
            return Some(at);
        }
        after_blank = line.trim().is_empty();
        at += line.len();
    }
    None
}

/// Whether a block without a word holds headings of sections, as no block does on purpose.
fn swallows(text: &str, markers: &[Marker], pairing: &Pairing) -> bool {
    pairing.closed.iter().any(|&(open, close)| {
        let (open, close) = (&markers[open], &markers[close]);
        !open.has_info && heading(&text[..close.line.start as usize], open.line.end as usize).is_some()
    })
}

/// How many lines before a fence are looked at for the item in which it stands.
const NEAR: usize = 40;

/// Whether the block of an item is closed at the margin, outside of the item: a strict parser takes that for an opening.
fn leaves_item(text: &str, open: &Marker, close: &Marker) -> bool {
    if close.indent >= open.indent {
        return false;
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let before = text[..open.line.start as usize].lines().rev().take(NEAR);
    let around = before.filter(|line| !line.trim().is_empty() && indent(line) < open.indent);
    let Some(content) = around.filter_map(content_of_item).next() else { return false };
    let behind = text[close.line.end as usize..].lines().find(|line| !line.trim().is_empty());
    content <= open.indent && close.indent < content && behind.is_some_and(|line| indent(line) < content)
}

/// The column at which the text of an item begins, if a line begins one.
fn content_of_item(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = if digits > 0 { text[digits..].starts_with(['.', ')']) } else { text.starts_with(['-', '*', '+']) };
    (mark && text[digits + 1..].starts_with(' ')).then(|| line.len() - text.len() + digits + 2)
}

/// Which blocks may hold fences of their own length.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Examples {
    /// None.
    None,
    /// Those of Markdown.
    Markdown,
    /// All that name a language other than that of a shell.
    Code,
}

#[derive(Default)]
struct Pairing {
    /// Openings and closings of the outermost blocks.
    closed: Vec<(usize, usize)>,
    /// Indices of markers inside an example.
    inner: Vec<usize>,
    /// Indices of the openings of examples that hold fences.
    nested: BTreeSet<usize>,
    /// The outermost opening that is never closed.
    unclosed: Option<usize>,
}

fn pair(markers: &[Marker], strict: &BTreeSet<usize>, examples: Examples) -> Pairing {
    let mut pairing = Pairing::default();
    let mut open: Vec<usize> = Vec::new();
    for (index, marker) in markers.iter().enumerate() {
        let Some(&top) = open.last() else {
            open.push(index);
            continue;
        };
        let outer = open[0];
        let may = match examples {
            Examples::None => false,
            Examples::Markdown => markers[outer].markdown,
            Examples::Code => markers[outer].markdown || markers[outer].has_info && !markers[outer].shell,
        };
        let example = may && !strict.contains(&outer);
        if !marker.closes(&markers[top]) {
            continue;
        }
        let opens = example
            && (marker.has_info
                || markers[outer].markdown
                    && top == outer
                    && (marker.opener_like || marker.indent > markers[outer].indent));
        if opens {
            pairing.nested.insert(outer);
            pairing.inner.push(index);
            open.push(index);
        } else if !marker.has_info {
            open.pop();
            if open.is_empty() {
                pairing.closed.push((outer, index));
            } else {
                pairing.inner.push(index);
            }
        }
    }
    pairing.unclosed = open.first().copied();
    pairing
}

fn markers(source: &Source, from: usize) -> Vec<Marker> {
    let text = source.text();
    // Only lines with three such characters in a row can be markers, and most lines have none.
    let runs = [memmem::find_iter(&text.as_bytes()[from..], "```"), memmem::find_iter(&text.as_bytes()[from..], "~~~")];
    let line_of = |at: usize| source.line(u32::try_from(from + at).unwrap_or(u32::MAX));
    let mut lines: Vec<u32> = runs.into_iter().flatten().map(line_of).collect();
    lines.sort_unstable();
    lines.dedup();
    let is_blank = |line: u32| source.slice(source.line_span(line)).trim_end().is_empty();
    let mut found: Vec<Marker> = Vec::new();
    for line in lines {
        let span = source.line_span(line);
        let Some(mut marker) = marker(source.slice(span).trim_end(), span.start as usize) else { continue };
        let before = span.start as usize <= from || is_blank(line - 1);
        marker.opener_like = before && line < source.line_count() && !is_blank(line + 1);
        found.push(marker);
    }
    if let Some(last) = found.last_mut() {
        last.last = text[last.line.end as usize..].trim_end().is_empty();
    }
    found
}

fn marker(content: &str, at: usize) -> Option<Marker> {
    let body = content.trim_start_matches([' ', '\t', '>']);
    let character = body.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = body.bytes().take_while(|&byte| byte == character).count();
    let info = body[length..].trim();
    if length < 3 || (character == b'`' && info.contains('`')) {
        return None;
    }
    let run = at + content.len() - body.len();
    let word = info.split([' ', '{', ',']).next().unwrap_or("");
    let is_one_of = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    Some(Marker {
        line: Span::new(at, at + content.len()),
        run: Span::new(run, run + length),
        character,
        has_info: !info.is_empty(),
        markdown: is_one_of(&["markdown", "md", "mdx"]),
        shell: is_one_of(&["sh", "bash", "shell", "zsh", "console", "terminal"]),
        indent: content.len() - content.trim_start().len(),
        opener_like: false,
        last: false,
    })
}
