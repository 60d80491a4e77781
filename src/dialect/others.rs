//! What looks like a command and is no check, with the reason: for those who ask why a line is not run.
//!
//! Looks at a document a second time, after it was read; the reader itself does not pay for it.

use crate::outline::{Block, Inline, InlineKind, Item, Outline, Section, Text};
use crate::source::{Source, Span};

use super::block;
use super::command::{self, Form};
use super::inline;
use super::item::Setting;
use super::model::ReadCheck;
use super::shell;
use super::vocab::{self, Place};

/// A command that is no check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Where it stands.
    pub span: Span,
    /// The command as written.
    pub command: String,
    /// The nearest heading or label, if any.
    pub near: Option<Span>,
    /// Why it is no check.
    pub why: &'static str,
}

/// All commands of a document that overlap none of the spans `taken`, which are those of its checks.
#[must_use]
pub fn others(source: &Source, outline: &Outline, taken: &[Span]) -> Vec<Other> {
    let mut finder = Finder { source, taken: taken.to_vec(), found: Vec::new() };
    finder.taken.sort_unstable();
    finder.section(&outline.root, &Near { span: None, place: None });
    finder.found
}

#[derive(Clone, Copy)]
struct Near {
    span: Option<Span>,
    place: Option<Place>,
}

struct Finder<'s> {
    source: &'s Source,
    taken: Vec<Span>,
    found: Vec<Other>,
}

impl Finder<'_> {
    fn section(&mut self, section: &Section, around: &Near) {
        let title = section.title.to_plain();
        let near = if section.level == 0 {
            *around
        } else {
            // A heading of which nothing is known says no more than the one above it.
            // The title of a document says what it is, and not that it lists work.
            let own = vocab::place(&title).filter(|&place| section.level > 1 || place != Place::Units);
            Near { span: Some(section.heading), place: own.or(around.place) }
        };
        self.blocks(&section.blocks, &near);
        for inner in &section.sections {
            self.section(inner, &near);
        }
    }

    fn blocks(&mut self, blocks: &[Block], around: &Near) {
        let mut near = *around;
        let asked = Setting { asked: true, ..Setting::default() };
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => near = self.text(&paragraph.text, around, near),
                Block::List(list) => list.items.iter().for_each(|item| self.item(item, &near)),
                Block::Fence(fence) => self.literal(block::checks(fence, &asked, &mut 0), &near),
                Block::Indented(code) => self.literal(block::indented(code, &asked, &mut 0), &near),
                Block::Quote(inner, _) => self.blocks(inner, &near),
                Block::Table(table) => {
                    for cell in table.rows.iter().flatten() {
                        self.codes(&cell.text.inlines, &near);
                    }
                }
                Block::Html(_) | Block::Rule(_) => {}
            }
        }
    }

    fn literal(&mut self, checks: Vec<ReadCheck>, near: &Near) {
        for check in checks {
            self.push(check.span, check.command.unwrap_or_default(), near, None);
        }
    }

    fn item(&mut self, item: &Item, around: &Near) {
        let near = self.text(&item.text, around, *around);
        self.blocks(&item.blocks, &near);
    }

    /// Looks at a text line by line; gives what is in force behind it.
    fn text(&mut self, text: &Text, around: &Near, mut near: Near) -> Near {
        for line in inline::lines(text) {
            let labelled = inline::label(line).filter(|found| found.strong || vocab::place(&found.label).is_some());
            let mut here = near;
            if let Some(found) = labelled {
                let place = vocab::place(&found.label).or(around.place);
                here = Near { span: Some(found.span), place };
                if inline::is_blank(&found.rest) {
                    near = here;
                }
            }
            self.codes(line, &here);
        }
        near
    }

    fn codes(&mut self, run: &[Inline], near: &Near) {
        let mut before = String::new();
        for piece in run {
            if piece.kind != InlineKind::Code {
                before.push_str(&piece.text);
                continue;
            }
            let words = std::mem::take(&mut before);
            let text = piece.text.trim();
            let form = command::form(text, &shell::lex(text));
            let asked = vocab::asks(&words, false);
            if matches!(form, Form::Command | Form::Unfit(_)) || form == Form::Likely && asked {
                self.push(piece.span, text.to_owned(), near, Some(asked));
            }
        }
    }

    fn push(&mut self, span: Span, command: String, near: &Near, asked: Option<bool>) {
        let at = self.taken.partition_point(|taken| taken.start <= span.start);
        let covered = |taken: &Span| {
            taken.start <= span.start && span.start < taken.end || span.start <= taken.start && taken.start < span.end
        };
        let before = self.taken[..at].iter().rev().take(8).any(covered);
        if before || self.taken.get(at).is_some_and(covered) || self.source.slice(span).is_empty() {
            return;
        }
        let why = match near.place {
            Some(Place::Proof | Place::Manual | Place::Run | Place::Red) if asked == Some(false) => {
                "the words before it only talk of it"
            }
            Some(Place::Proof | Place::Manual | Place::Run | Place::Red) => {
                "it belongs to no stage, or is left to what stands around it"
            }
            Some(Place::Expected) => "it stands in what is expected, not in what is run",
            Some(Place::Off) => "what stands there is not asked for as proof",
            Some(Place::Units | Place::Order) => "it stands in a list of work, not in a checking place",
            None => "no heading or label around it asks for proof",
        };
        self.found.push(Other { span, command, near: near.span, why });
    }
}
