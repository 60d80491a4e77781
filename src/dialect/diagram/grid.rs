//! The lines of a drawing as a grid of display columns.
//!
//! Must not know what a stage is: only where characters stand and which of them draw.

use unicode_width::UnicodeWidthChar;

use super::glyph::{self, Ink};
use crate::outline::Line;

/// More rows than this are no diagram.
const MAX_ROWS: usize = 600;
/// Lines with more bytes than this are no diagram.
const MAX_BYTES: usize = 4_000;
/// More cells than this are no diagram.
const MAX_CELLS: usize = 300_000;
/// Markdown counts a tab as the way to the next multiple of four.
const TAB: usize = 4;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Blank,
    /// A character of a text.
    Text,
    /// A piece of line.
    Ink(Ink),
}

/// One display column of one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// The character; NUL in the second column of a wide one.
    pub(super) character: char,
    /// What it is.
    pub(super) kind: Kind,
    /// First byte of the character in its line.
    pub(super) start: u32,
    /// One past its last byte, with the combining characters that follow it.
    pub(super) end: u32,
}

/// What every place outside the drawing holds.
const OUTSIDE: Cell = Cell { character: ' ', kind: Kind::Blank, start: 0, end: 0 };

impl Cell {
    /// The piece of line in it.
    pub(super) fn ink(&self) -> Option<Ink> {
        match self.kind {
            Kind::Ink(ink) => Some(ink),
            Kind::Blank | Kind::Text => None,
        }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.kind == Kind::Blank
    }

    /// Whether a text stands in it.
    pub(super) fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    /// Whether a letter or digit stands in it.
    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Text && (self.character.is_alphanumeric() || self.character == '_')
    }
}

/// A drawing. Rows and columns are `isize` so that a neighbour outside can be asked for.
pub(super) struct Grid {
    rows: usize,
    columns: usize,
    cells: Vec<Cell>,
}

impl Grid {
    /// Puts lines on a grid; `None` when they are too many or too long for a drawing.
    ///
    /// Only characters outside ASCII are known as lines afterwards.
    pub(super) fn draw(lines: &[Line]) -> Option<Self> {
        if lines.len() > MAX_ROWS {
            return None;
        }
        let mut rows = Vec::with_capacity(lines.len());
        let mut columns = 0;
        for line in lines {
            if line.text.len() > MAX_BYTES {
                return None;
            }
            let row = row(line.text);
            columns = columns.max(row.len());
            if columns * lines.len() > MAX_CELLS {
                return None;
            }
            rows.push(row);
        }
        let mut cells = vec![OUTSIDE; columns * rows.len()];
        for (at, row) in rows.iter().enumerate() {
            cells[at * columns..at * columns + row.len()].copy_from_slice(row);
        }
        Some(Self { rows: rows.len(), columns, cells })
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> isize {
        self.rows.cast_signed()
    }

    /// Number of columns.
    pub(super) fn columns(&self) -> isize {
        self.columns.cast_signed()
    }

    /// The place of a cell in a list of all cells; `None` outside.
    pub(super) fn index(&self, row: isize, column: isize) -> Option<usize> {
        let inside = (0..self.rows()).contains(&row) && (0..self.columns()).contains(&column);
        inside.then(|| row.cast_unsigned() * self.columns + column.cast_unsigned())
    }

    /// A cell; a blank one outside.
    pub(super) fn cell(&self, row: isize, column: isize) -> &Cell {
        self.index(row, column).map_or(&OUTSIDE, |at| &self.cells[at])
    }

    /// All cells of a row.
    pub(super) fn row(&self, row: isize) -> &[Cell] {
        self.index(row, 0).map_or(&[], |at| &self.cells[at..at + self.columns])
    }

    /// The piece of line in a cell.
    pub(super) fn ink(&self, row: isize, column: isize) -> Option<Ink> {
        self.cell(row, column).ink()
    }

    /// Says anew what a cell is.
    pub(super) fn set(&mut self, row: isize, column: isize, kind: Kind) {
        if let Some(at) = self.index(row, column) {
            self.cells[at].kind = kind;
        }
    }

    /// Whether a cell is the first of its row that is not blank.
    pub(super) fn is_first(&self, row: isize, column: isize) -> bool {
        (0..column).all(|before| self.cell(row, before).is_blank())
    }

    /// Whether nothing but blank cells follow a cell in its row.
    pub(super) fn is_last(&self, row: isize, column: isize) -> bool {
        (column + 1..self.columns()).all(|after| self.cell(row, after).is_blank())
    }
}

/// One line as cells.
fn row(text: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let end = u32::try_from(at + character.len_utf8()).unwrap_or(u32::MAX);
        let blank = Cell { character: ' ', kind: Kind::Blank, start, end };
        if character == '\t' {
            let stop = cells.len() / TAB * TAB + TAB;
            cells.resize(stop, blank);
            continue;
        }
        if character.is_ascii_graphic() {
            cells.push(Cell { character, kind: Kind::Text, start, end });
            continue;
        }
        if character.is_whitespace() {
            cells.push(blank);
            continue;
        }
        let width = character.width().unwrap_or(0);
        if width == 0 {
            // The emoji style makes a narrow sign two columns wide; all other such characters add nothing.
            if let Some(&last) = cells.last() {
                if let Some(cell) = cells.last_mut() {
                    cell.end = end;
                }
                if character == '\u{FE0F}' && last.character != '\0' && !last.is_blank() {
                    cells.push(filler(last, end));
                }
            }
            continue;
        }
        let kind = glyph::drawn(character).map_or(Kind::Text, Kind::Ink);
        let cell = Cell { character, kind, start, end };
        cells.push(cell);
        if width > 1 {
            cells.push(filler(cell, end));
        }
    }
    cells
}

/// The second column of a wide character: text goes on, a line does not.
fn filler(cell: Cell, end: u32) -> Cell {
    let kind = if cell.is_text() { Kind::Text } else { Kind::Blank };
    Cell { character: '\0', kind, start: cell.start, end }
}
