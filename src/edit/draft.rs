//! A text that is changed in several rounds, each of which sees what the one before has left.

use std::ops::Range;

use super::model::{Edit, Refused};
use super::revision::fit;
use crate::source::{Source, Span};

/// A text under way.
pub struct Draft<'s> {
    source: &'s Source,
    pieces: Vec<Piece>,
}

/// A part of the text as it is now.
#[derive(Clone)]
enum Piece {
    /// A part of the source that was kept.
    Kept(Range<usize>),
    /// New text in the place of a part of the source.
    New(Range<usize>, String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.len(),
            Self::New(_, text) => text.len(),
        }
    }
}

impl<'s> Draft<'s> {
    /// A text in which nothing has changed.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Self { source, pieces: vec![Piece::Kept(0..source.text().len())] }
    }

    /// The text as it is now.
    #[must_use]
    pub fn text(&self) -> String {
        let part = |piece: &Piece| match piece {
            Piece::Kept(range) => self.source.text()[range.clone()].to_owned(),
            Piece::New(_, text) => text.clone(),
        };
        self.pieces.iter().map(part).collect()
    }

    /// Changes the text as it is now, which `now` has.
    ///
    /// # Errors
    /// When a change does not fit the text, or two of them concern the same place.
    pub fn change(&mut self, now: &Source, mut edits: Vec<Edit>) -> Result<(), Refused> {
        edits.sort();
        fit(now, &edits)?;
        // From the last one on, so that places before it stay what they are.
        for edit in edits.into_iter().rev() {
            self.replace(edit.span.range(), edit.new);
        }
        Ok(())
    }

    fn replace(&mut self, range: Range<usize>, new: String) {
        let first = self.border(range.start);
        let last = self.border(range.end);
        let whole = match (self.pieces.get(first), self.pieces[..last].last()) {
            (Some(from), Some(to)) if first < last => start(from)..end(to),
            // Nothing goes: the new text stands between two pieces.
            _ => {
                let at = self.pieces.get(first).map_or(self.source.text().len(), start);
                at..at
            }
        };
        self.pieces.splice(first..last, [Piece::New(whole, new)]);
    }

    /// The index of the piece that begins at a byte of the text as it is now; one that it lies in is divided.
    fn border(&mut self, at: usize) -> usize {
        let mut before = 0;
        for index in 0..self.pieces.len() {
            let piece = &self.pieces[index];
            if at <= before {
                return index;
            }
            if at < before + piece.len() {
                let cut = at - before;
                let (left, right) = match piece {
                    Piece::Kept(range) => {
                        (Piece::Kept(range.start..range.start + cut), Piece::Kept(range.start + cut..range.end))
                    }
                    Piece::New(range, text) => (
                        Piece::New(range.clone(), text[..cut].to_owned()),
                        Piece::New(range.end..range.end, text[cut..].to_owned()),
                    ),
                };
                self.pieces.splice(index..=index, [left, right]);
                return index + 1;
            }
            before += piece.len();
        }
        self.pieces.len()
    }

    /// All changes together, as changes of the source.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        let mut at = 0;
        let mut open = false;
        for piece in &self.pieces {
            match piece {
                Piece::Kept(range) if range.is_empty() => {}
                Piece::Kept(range) => {
                    at = range.end;
                    open = false;
                }
                Piece::New(range, text) => {
                    if !open {
                        edits.push(Edit {
                            span: Span::new(range.start, range.start),
                            was: String::new(),
                            new: String::new(),
                        });
                    }
                    open = true;
                    at = at.max(range.end);
                    if let Some(edit) = edits.last_mut() {
                        edit.span = Span::new(edit.span.range().start, at);
                        edit.new.push_str(text);
                    }
                }
            }
        }
        for edit in &mut edits {
            edit.was = self.source.slice(edit.span).to_owned();
        }
        edits.retain(|edit| edit.was != edit.new);
        edits
    }
}

fn start(piece: &Piece) -> usize {
    match piece {
        Piece::Kept(range) | Piece::New(range, _) => range.start,
    }
}

fn end(piece: &Piece) -> usize {
    match piece {
        Piece::Kept(range) | Piece::New(range, _) => range.end,
    }
}
