//! Finds closed frames in a drawing: nodes in boxes, and boxes around several nodes.
//!
//! Must not know what stands in them.

use super::Fuel;
use super::glyph::{ACROSS, DOWN, LEFT, RIGHT, UP, UPRIGHT};
use super::grid::Grid;

/// Editors disagree on the width of some characters, so a frame's sides may stray by this many columns.
const STRAY: isize = 2;
/// How many `+` of an upper edge are tried as its end.
const TRIES: usize = 8;

/// A closed frame.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The row of its upper edge.
    pub(super) top: isize,
    /// For each row from the upper to the lower edge the columns of its left and its right side.
    pub(super) sides: Vec<(isize, isize)>,
}

impl Frame {
    /// The row of its lower edge.
    pub(super) fn bottom(&self) -> isize {
        self.top + self.sides.len().cast_signed() - 1
    }

    /// The columns between its sides in a row that is not an edge.
    pub(super) fn inside(&self, row: isize) -> std::ops::Range<isize> {
        match usize::try_from(row - self.top).ok().and_then(|at| self.sides.get(at)) {
            Some(&(left, right)) if row > self.top && row < self.bottom() => left + 1..right,
            _ => 0..0,
        }
    }

    /// Number of cells it covers.
    pub(super) fn area(&self) -> usize {
        self.sides.iter().map(|(left, right)| (right - left).unsigned_abs() + 1).sum()
    }
}

/// All frames of a drawing, in reading order of their upper left corners.
pub(super) fn find(grid: &Grid, fuel: &mut Fuel) -> Vec<Frame> {
    let mut frames = Vec::new();
    for row in 0..grid.rows() {
        for column in 0..grid.columns() {
            if is_corner(grid, row, column, DOWN | RIGHT) {
                frames.extend(from_corner(grid, row, column, fuel));
            }
        }
    }
    frames
}

/// Whether a cell is the corner with these ends. A `+` may be any corner.
fn is_corner(grid: &Grid, row: isize, column: isize, ends: u8) -> bool {
    let cell = grid.cell(row, column);
    cell.ink().is_some_and(|ink| cell.character == '+' || ink.is_line(ends))
}

/// Whether a horizontal edge goes on through a cell; a line may pierce it and an arrowhead stand in it.
fn is_edge(grid: &Grid, row: isize, column: isize) -> bool {
    grid.ink(row, column).is_some_and(|ink| ink.faces() & ACROSS != 0)
}

/// The column near the given one where a vertical side goes on.
fn side_near(grid: &Grid, row: isize, column: isize) -> Option<isize> {
    near(column).find(|&at| {
        grid.ink(row, at).is_some_and(|ink| ink.touch & UPRIGHT != 0 || (ink.is_head() && ink.touch & ACROSS != 0))
    })
}

/// A column and those beside it, nearest first.
fn near(column: isize) -> impl Iterator<Item = isize> {
    std::iter::once(column).chain((1..=STRAY).flat_map(move |off| [column - off, column + off]))
}

/// The frame whose upper left corner is given.
fn from_corner(grid: &Grid, row: isize, left: isize, fuel: &mut Fuel) -> Option<Frame> {
    let mut tries = 0;
    let mut right = left + 1;
    while is_edge(grid, row, right) && tries < TRIES {
        fuel.burn(1)?;
        if right > left + 1 && is_corner(grid, row, right, DOWN | LEFT) {
            tries += 1;
            if let Some(frame) = with_top(grid, row, left, right, fuel) {
                return Some(frame);
            }
        }
        right += 1;
    }
    None
}

/// The frame under an upper edge: the highest one, so that a line across a box does not cut it.
fn with_top(grid: &Grid, top: isize, left: isize, right: isize, fuel: &mut Fuel) -> Option<Frame> {
    let mut sides = vec![(left, right)];
    let mut found = None;
    for row in top + 1..grid.rows() {
        fuel.burn(1)?;
        // While the side goes on straight, a corner beside it is another frame's.
        let straight = grid.ink(row, left).is_some_and(|ink| ink.is_line(UPRIGHT));
        let corner = near(left).find(|&at| !straight && is_corner(grid, row, at, UP | RIGHT));
        if let Some(corner) = corner
            && row > top + 1
            && let Some(end) = lower_edge(grid, row, corner, right, fuel)
        {
            let mut sides = sides.clone();
            sides.push((corner, end));
            found = Some(Frame { top, sides });
            if grid.cell(row, corner).character != '+' {
                break;
            }
        }
        let (Some(west), Some(east)) = (side_near(grid, row, left), side_near(grid, row, right)) else { break };
        if west >= east {
            break;
        }
        sides.push((west, east));
    }
    found
}

/// The column where a lower edge ends below an upper right corner.
fn lower_edge(grid: &Grid, row: isize, left: isize, right: isize, fuel: &mut Fuel) -> Option<isize> {
    let mut column = left + 1;
    while is_edge(grid, row, column) {
        fuel.burn(1)?;
        if (column - right).abs() <= STRAY && is_corner(grid, row, column, UP | LEFT) {
            return Some(column);
        }
        if column > right + STRAY {
            return None;
        }
        column += 1;
    }
    None
}
