//! Tells which ASCII characters of a drawing are lines and arrowheads, and which are text.
//!
//! `-`, `+`, `v` or `/` stand in words as well as in drawings: only their neighbours tell. Must not know
//! what a stage is.

use super::glyph::{ACROSS, DOWN, Ink, LEFT, RIGHT, UP, UPRIGHT, drawn};
use super::grid::{Cell, Grid, Kind};

/// Finds the lines of a whole drawing.
pub(super) fn find_lines(grid: &mut Grid) {
    // Most rows have few of these characters, and need not be gone through for the others.
    let rows: Vec<(isize, Signs)> = (0..grid.rows()).map(|row| (row, Signs::of(grid, row))).collect();
    for &(row, signs) in &rows {
        signs.any("-=~.·—–").then(|| runs(grid, row));
        signs.any("<>").then(|| points(grid, row));
        signs.any("|").then(|| bars(grid, row));
        signs.any("`'.,/\\").then(|| corners(grid, row));
    }
    for &(row, signs) in &rows {
        signs.any("|/\\").then(|| doubled(grid, row));
        signs.any("vV^/\\+:").then(|| standing_alone(grid, row));
    }
    for &(row, signs) in &rows {
        signs.any("|").then(|| bars_in_words(grid, row));
    }
    for &(row, signs) in &rows {
        signs.any("+").then(|| crossings(grid, row));
        ornaments(grid, row);
    }
}

/// The characters of a row as bits: one for each of ASCII, and the highest for all others.
#[derive(Clone, Copy)]
struct Signs(u128);

impl Signs {
    fn of(grid: &Grid, row: isize) -> Self {
        Self(grid.row(row).iter().fold(0, |bits, cell| bits | Self::bit(cell.character)))
    }

    fn bit(character: char) -> u128 {
        1 << u32::from(character).min(127)
    }

    fn any(self, wanted: &str) -> bool {
        wanted.chars().any(|character| self.0 & Self::bit(character) != 0)
    }
}

/// Whether a cell holds an ASCII character that is still taken for text.
fn is(cell: &Cell, wanted: &str) -> bool {
    cell.is_text() && cell.character != '\0' && wanted.contains(cell.character)
}

/// Whether a line can be followed from a cell to the side.
fn faces(cell: &Cell, side: u8) -> bool {
    cell.ink().is_some_and(|ink| ink.faces() & side != 0)
}

/// Whether a cell is a horizontal piece of line or a sideways arrowhead.
fn is_across(cell: &Cell) -> bool {
    cell.ink().is_some_and(|ink| ink.touch & ACROSS != 0)
}

/// `--`, `==`, `~>`, `..>`: horizontal lines. From right to left, as an arrowhead tells what is before it.
fn runs(grid: &mut Grid, row: isize) {
    let mut column = grid.columns() - 1;
    while column >= 0 {
        let character = grid.cell(row, column).character;
        if !grid.cell(row, column).is_text() || !"-=~.·—–".contains(character) {
            column -= 1;
            continue;
        }
        let end = column + 1;
        while grid.cell(row, column - 1).is_text() && grid.cell(row, column - 1).character == character {
            column -= 1;
        }
        if is_run(grid, row, column, end) {
            for at in column..end {
                grid.set(row, at, Kind::Ink(Ink::line(ACROSS)));
            }
        }
        column -= 1;
    }
}

/// Whether equal characters from `start` up to `end` are a line.
fn is_run(grid: &Grid, row: isize, start: isize, end: isize) -> bool {
    let (before, after) = (grid.cell(row, start - 1), grid.cell(row, end));
    let length = end - start;
    // A `>` here can only be the head of this line unless it starts `>=`.
    let headed = is(after, ">") && !is(grid.cell(row, end + 1), "=") || after.ink().is_some();
    let tailed = is(before, "<") || before.ink().is_some();
    match grid.cell(row, start).character {
        '-' => {
            let curved = is(before, "`'") || (length > 1 && is(before, ".,"));
            let joined_before = tailed || is(before, "+|") || (curved && !after.is_word());
            let joined_after = headed || is(after, "+|") || (length > 1 && is(after, ".,'"));
            let dashed = before.is_blank()
                && after.is_blank()
                && grid.cell(row, end + 1).ink().is_some_and(|ink| ink.touch & LEFT != 0);
            if length == 1 {
                return headed || tailed || dashed || (joined_before && !after.is_word()) || {
                    joined_after && !before.is_word()
                };
            }
            is_drawn(grid, row, start..end, joined_before, joined_after)
        }
        '=' if length == 1 => is(after, ">") && !is(before, "<>!") && !is(grid.cell(row, end + 1), "=>"),
        '=' => is_drawn(grid, row, start..end, tailed || is(before, "+|"), headed || is(after, "+|")),
        '~' => headed,
        '.' | '·' => (length > 1 && headed) || (length > 2 && (tailed || grid.cell(row, start).character == '·')),
        _ => headed || tailed,
    }
}

/// Whether a run of two or more dashes is a line and neither a dash of a sentence nor an option of a command.
fn is_drawn(grid: &Grid, row: isize, run: std::ops::Range<isize>, joined_before: bool, joined_after: bool) -> bool {
    let (before, after) = (grid.cell(row, run.start - 1), grid.cell(row, run.end));
    if joined_before || joined_after {
        return true;
    }
    if before.is_word() || after.is_word() {
        return false;
    }
    let between_words = grid.cell(row, run.start - 2).is_text() && grid.cell(row, run.end + 1).is_text();
    run.end - run.start > 2 || !between_words
}

/// `>` and `<` at the end of a line.
fn points(grid: &mut Grid, row: isize) {
    for column in 0..grid.columns() {
        if is(grid.cell(row, column), ">") {
            let (before, after) = (grid.cell(row, column - 1), grid.cell(row, column + 1));
            if is_across(before) {
                grid.set(row, column, Kind::Ink(Ink::head(RIGHT)));
            } else if before.is_blank() && is_across(after) {
                // Two slanted lines that meet: `\`, `>--`, `/`.
                grid.set(row, column, Kind::Ink(Ink::line(UPRIGHT | RIGHT)));
            }
        }
    }
    for column in (0..grid.columns()).rev() {
        if is(grid.cell(row, column), "<") && is_across(grid.cell(row, column + 1)) {
            grid.set(row, column, Kind::Ink(Ink::head(LEFT)));
        }
    }
}

/// `|` as a vertical line.
fn bars(grid: &mut Grid, row: isize) {
    for column in 0..grid.columns() {
        let (before, after) = (grid.cell(row, column - 1), grid.cell(row, column + 1));
        let doubled = before.character == '|' || after.character == '|';
        if is(grid.cell(row, column), "|") && !doubled && !(before.is_word() && after.is_word()) {
            grid.set(row, column, Kind::Ink(Ink::line(UPRIGHT)));
        }
    }
}

/// Corners that are told by the horizontal line beside them: `` `--``, `.--`, `--.`, `--'`, `--\`, `/--`.
fn corners(grid: &mut Grid, row: isize) {
    for column in 0..grid.columns() {
        let cell = grid.cell(row, column);
        if !is(cell, "`'.,/\\") {
            continue;
        }
        let (before, after) = (grid.cell(row, column - 1), grid.cell(row, column + 1));
        let opens = is_across(after) && !before.is_word();
        let closes = is_across(before) && !after.is_word();
        let ends = match cell.character {
            '`' | '\'' | '\\' if opens => UP | RIGHT,
            '.' | ',' | '/' if opens => DOWN | RIGHT,
            '\'' | '/' if closes => UP | LEFT,
            '.' | ',' | '\\' if closes => DOWN | LEFT,
            _ => continue,
        };
        let slant = match cell.character {
            '/' => 1,
            '\\' => -1,
            _ => 0,
        };
        grid.set(row, column, Kind::Ink(Ink::slanted(ends, slant)));
    }
}

/// Whether something that goes up or down stands within a few columns.
fn upright_near(grid: &Grid, row: isize, column: isize, reach: isize) -> bool {
    (column - reach..=column + reach).any(|at| {
        let cell = grid.cell(row, at);
        faces(cell, UP) || faces(cell, DOWN) || is(cell, "+/\\")
    })
}

/// Whether a row holds only lines and characters that can be lines.
fn only_lines(grid: &Grid, row: isize) -> bool {
    (0..grid.columns()).all(|column| {
        let cell = grid.cell(row, column);
        !cell.is_text() || "vV^/\\+:|".contains(cell.character)
    })
}

/// `v`, `^`, `/`, `\`, `+` and `:` without a letter beside them.
fn standing_alone(grid: &mut Grid, row: isize) {
    let mut only = None;
    for column in 0..grid.columns() {
        let cell = grid.cell(row, column);
        if !is(cell, "vV^/\\+:") {
            continue;
        }
        let character = cell.character;
        let (before, after) = (grid.cell(row, column - 1), grid.cell(row, column + 1));
        if before.is_text() || after.is_text() {
            // `++` or `/+` are drawn nowhere, but `+` next to a line is.
            if character != '+' || !(is_across(before) || is_across(after)) {
                continue;
            }
        }
        let only = *only.get_or_insert_with(|| only_lines(grid, row));
        let beside = is_across(before) || is_across(after);
        let kind = match character {
            'v' | 'V' if only || beside || upright_near(grid, row - 1, column, 1) => Ink::head(DOWN),
            '^' if only || beside || upright_near(grid, row + 1, column, 1) => Ink::head(UP),
            '+' if beside => Ink::line(0),
            '+' => {
                let between_words = grid.cell(row, column - 2).is_text() && grid.cell(row, column + 2).is_text();
                let near = upright_near(grid, row - 1, column, 0) || upright_near(grid, row + 1, column, 0);
                if between_words || !near {
                    continue;
                }
                Ink::line(0)
            }
            ':' if only => Ink::line(UPRIGHT),
            '/' | '\\' => {
                let near = upright_near(grid, row - 1, column, 2) || upright_near(grid, row + 1, column, 2);
                if !only && !near && !joins_below_or_above(grid, row, column) {
                    continue;
                }
                // Behind the words of a row the line starts at these words.
                let from_text = grid.cell(row, column - 2).is_text();
                match (character, from_text) {
                    ('/', true) => Ink::slanted(LEFT | UP, 1),
                    ('/', false) => Ink::slanted(UPRIGHT, 1),
                    (_, true) => Ink::slanted(LEFT | DOWN, -1),
                    (_, false) => Ink::slanted(UPRIGHT, -1),
                }
            }
            _ => continue,
        };
        grid.set(row, column, Kind::Ink(kind));
    }
}

/// `||`, `\/` and `/\` in a row without words: vertical lines and arrowheads drawn with two characters.
fn doubled(grid: &mut Grid, row: isize) {
    let mut only = None;
    for column in 0..grid.columns() {
        let pair = [grid.cell(row, column), grid.cell(row, column + 1)];
        if pair.iter().any(|cell| !cell.is_text()) {
            continue;
        }
        let ink = match pair.map(|cell| cell.character) {
            ['|', '|'] => Ink::line(UPRIGHT),
            ['\\', '/'] => Ink::head(DOWN),
            ['/', '\\'] => Ink::head(UP),
            _ => continue,
        };
        if *only.get_or_insert_with(|| only_lines(grid, row)) {
            grid.set(row, column, Kind::Ink(ink));
            grid.set(row, column + 1, Kind::Blank);
        }
    }
}

/// Whether a slanted line leads to a horizontal one in the next row.
fn joins_below_or_above(grid: &Grid, row: isize, column: isize) -> bool {
    let next = if grid.cell(row, column).character == '/' { row - 1 } else { row + 1 };
    (column..=column + 2).any(|at| is_across(grid.cell(next, at)))
}

/// A `|` between words of one row, without a line above or below, is a sign between names.
fn bars_in_words(grid: &mut Grid, row: isize) {
    for column in 0..grid.columns() {
        if grid.cell(row, column).character != '|' || grid.cell(row, column).is_text() {
            continue;
        }
        let between_words = grid.cell(row, column - 1).is_blank()
            && grid.cell(row, column - 2).is_text()
            && grid.cell(row, column + 1).is_blank()
            && grid.cell(row, column + 2).is_text();
        let upright =
            (column - 1..=column + 1).any(|at| grid.ink(row - 1, at).is_some() || grid.ink(row + 1, at).is_some());
        if between_words && !upright {
            grid.set(row, column, Kind::Text);
        }
    }
}

/// Gives each `+` the ends that its neighbours ask for.
fn crossings(grid: &mut Grid, row: isize) {
    for column in 0..grid.columns() {
        let cell = grid.cell(row, column);
        if cell.character != '+' || cell.ink().is_none() {
            continue;
        }
        let plus = |row, column| grid.cell(row, column).character == '+' && grid.ink(row, column).is_some();
        let mut ends = 0;
        for (side, other, row, column) in [
            (LEFT, RIGHT, row, column - 1),
            (RIGHT, LEFT, row, column + 1),
            (UP, DOWN, row - 1, column),
            (DOWN, UP, row + 1, column),
        ] {
            if plus(row, column) || touches(grid.cell(row, column), other) {
                ends |= side;
            }
        }
        for (side, other, row, slanted) in [(UP, DOWN, row - 1, -1), (DOWN, UP, row + 1, 1)] {
            let from_left = grid.ink(row, column - 1).is_some_and(|ink| ink.slant == slanted && ink.touch & other != 0);
            let from_right =
                grid.ink(row, column + 1).is_some_and(|ink| ink.slant == -slanted && ink.touch & other != 0);
            if from_left || from_right {
                ends |= side;
            }
        }
        // As the branch of a tree it may stand right below its parent's words.
        let branch = ends & (ACROSS | UP) == RIGHT && grid.cell(row - 1, column).is_text();
        let mut ink = Ink::line(if branch { ends | UP } else { ends });
        match ends {
            RIGHT => ink = Ink::line(UP | RIGHT),
            LEFT | ACROSS => {
                // Its line up or down is not right above or below: let it be found nearby, but not in a text.
                ink.enter |= UPRIGHT;
                ink.leave |= UPRIGHT;
            }
            _ => {}
        }
        grid.set(row, column, Kind::Ink(ink));
    }
}

/// Whether a line goes on from a cell to the side, arrowheads only along their way.
fn touches(cell: &Cell, side: u8) -> bool {
    let sloping = cell.character != '\0' && drawn(cell.character).is_none() && "/\\".contains(cell.character);
    cell.ink().is_some_and(|ink| ink.touch & side != 0) && !(sloping && side & UPRIGHT == 0)
}

/// `═══ Title ═══`: equal lines on both sides that lead nowhere are part of the words between them.
fn ornaments(grid: &mut Grid, row: isize) {
    let Some(last) = (0..grid.columns()).rev().find(|&at| !grid.cell(row, at).is_blank()) else { return };
    let character = grid.cell(row, last).character;
    let is_line = |at: isize| {
        let cell = grid.cell(row, at);
        cell.character == character && cell.ink().is_some_and(|ink| ink.is_line(ACROSS))
    };
    let is_word = |at: isize| grid.cell(row, at).is_text();
    // From right to left: a line, a blank at most, words with single blanks, a blank at most, a line.
    let back = |from: isize, is: &dyn Fn(isize) -> bool| (0..=from).rev().find(|&at| !is(at)).unwrap_or(-1);
    let end = back(last, &is_line);
    let words_end = if grid.cell(row, end).is_blank() { end - 1 } else { end };
    let start = back(words_end, &|at| is_word(at) || (grid.cell(row, at).is_blank() && is_word(at - 1)));
    let first = if grid.cell(row, start).is_blank() { start - 1 } else { start };
    let before = back(first, &is_line);
    let free =
        grid.cell(row, before).is_blank() && !is_word(before - 1) && grid.ink(row, before - 1).is_none_or(Ink::is_head);
    if last > end && words_end > start && first > before && free {
        for at in (before + 1..=first).chain(end + 1..=last) {
            grid.set(row, at, Kind::Text);
        }
    }
}
