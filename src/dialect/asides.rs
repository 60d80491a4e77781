//! What is said of the order of stages where no heading announces it: behind a label, and in data that lists the stages.
//!
//! Must not know which sections there are.

use crate::outline::{Block, Inline, Line};
use crate::source::Span;

use super::inline;
use super::model::{Reference, RelationSource};
use super::names::Names as _;
use super::order::Reader;
use super::phrases::sentences;
use super::vocab::Place;

/// Keys by which an entry of data goes.
const NAMES: &[&str] = &["id", "key", "phase", "stage", "task", "step", "milestone"];
/// Keys behind which an entry says what it waits for, without the signs that join their words.
const NEEDS: &[&str] = &["dependson", "depends", "dependencies", "after", "needs", "requires", "blockedby", "waitsfor"];

impl Reader<'_> {
    /// Reads the blocks of a section outside of stages that is about something else.
    pub(super) fn aside(&mut self, blocks: &[Block<'_>]) {
        // Whether what follows stands below a label that announces the order.
        let mut below = false;
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    below = false;
                    for line in inline::item_lines(&paragraph.text) {
                        below |= self.behind_label(&line);
                    }
                }
                Block::Fence(fence) if matches!(fence.language().as_str(), "yaml" | "yml" | "json" | "jsonc") => {
                    self.entries_in_data(&fence.lines);
                }
                Block::Fence(_) | Block::Indented(_) | Block::List(_) | Block::Table(_) if below => {
                    self.blocks(std::slice::from_ref(block));
                }
                Block::Rule(_) => below = false,
                _ => {}
            }
        }
    }

    /// `Order: A before B.`, also behind other sentences; gives whether nothing stands behind the label.
    fn behind_label(&mut self, line: &[Inline<'_>]) -> bool {
        let parts = sentences(line);
        let announced = parts.iter().enumerate().find_map(|(at, part)| {
            let found = inline::label(part).filter(|found| found.place() == Some(Place::Order))?;
            Some((at, found))
        });
        let Some((at, found)) = announced else { return false };
        if inline::is_blank(&found.rest) && at + 1 == parts.len() {
            return true;
        }
        self.line(&found.rest, None);
        parts[at + 1..].iter().for_each(|part| self.line(part, None));
        false
    }

    /// Reads the data of a section about the order: entries that say what they wait for, or else waves.
    pub(super) fn told_in_data(&mut self, lines: &[Line<'_>]) {
        if !self.entries_in_data(lines) {
            self.data(lines);
        }
    }

    /// Reads data in which each entry names a stage and what it waits for: `- id: P1` with `depends-on: [P0]`. Gives
    /// whether there is any.
    fn entries_in_data(&mut self, lines: &[Line<'_>]) -> bool {
        let mut entries: Vec<(Reference, Vec<Reference>)> = Vec::new();
        let (mut listing, mut told) = (false, false);
        for line in lines {
            let text = line.text.trim().trim_matches(['{', '}', ',']).trim();
            let item = text.strip_prefix("- ").map(str::trim_start);
            let Some((key, value)) = item.unwrap_or(text).split_once(':').filter(|(key, _)| is_key(key)) else {
                if listing && let (Some(name), Some((_, needs))) = (item, entries.last_mut()) {
                    needs.extend(self.entry_named(name, line.span));
                }
                continue;
            };
            let key: String = key.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
            let value = value.trim();
            listing = false;
            if NAMES.contains(&key.as_str()) {
                entries.extend(self.entry_named(value, line.span).map(|stage| (stage, Vec::new())));
            } else if NEEDS.contains(&key.as_str())
                && let Some((_, needs)) = entries.last_mut()
            {
                (listing, told) = (value.is_empty(), true);
                let names = value.trim_matches(['[', ']']).split(',');
                needs.extend(names.filter_map(|name| self.entry_named(name, line.span)));
            }
        }
        let any = told && entries.len() > 1;
        for (stage, needs) in entries.into_iter().filter(|_| any) {
            if needs.is_empty() {
                self.imply_none(stage, RelationSource::Diagram);
            } else {
                self.say(stage, needs, RelationSource::Diagram);
            }
        }
        any
    }

    fn entry_named(&self, name: &str, span: Span) -> Option<Reference> {
        let name = name.trim().trim_matches(['"', '\'', '[', ']', ',']).trim();
        let stage = self.names.by_number(name).or_else(|| self.names.resolve(name)).filter(|_| !name.is_empty())?;
        Some(Reference { name: name.to_owned(), ..self.reference(stage, span) })
    }
}

/// Whether what stands before a colon is the key of an entry, and no part of a text.
fn is_key(key: &str) -> bool {
    let key = key.trim().trim_matches(['"', '\'']);
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
