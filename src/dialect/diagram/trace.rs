//! Follows the lines of a drawing from cell to cell and to the nodes that they touch.
//!
//! Must not know stages: nodes are numbers here. Which end of a line is its start is told in `roles`.

use super::Fuel;
use super::assemble::Link;
use super::glyph::{ACROSS, ALL, DOWN, Ink, LEFT, RIGHT, UP, UPRIGHT, opposite};
use super::grid::{Grid, Kind};
use super::roles;
use super::scene::Scene;

/// Editors disagree on the width of some characters, so lines may meet this many columns apart.
const STRAY: isize = 2;
/// How many rows below or above a line's end the next thing may stand.
const REACH: isize = 3;

/// A piece of line in a cell. A cell where two lines cross holds two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its row.
    pub(super) row: isize,
    /// Its column.
    pub(super) column: isize,
    /// What is drawn there.
    pub(super) ink: Ink,
}

/// How a line meets a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// An arrowhead points to the node.
    Into,
    /// An arrow begins at the node.
    OutOf,
    /// The line just ends there.
    Plain,
}

/// Where a line meets a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// The piece of line.
    pub(super) part: usize,
    /// The node.
    pub(super) node: usize,
    /// The side of the node.
    pub(super) side: u8,
    /// How.
    pub(super) meeting: Meeting,
}

/// All lines of a drawing.
#[derive(Default)]
pub(super) struct Web {
    /// The pieces in reading order.
    pub(super) parts: Vec<Part>,
    /// For each piece those to which the line may be followed from it.
    pub(super) next: Vec<Vec<usize>>,
    /// For each piece those that it is joined with, in any direction.
    pub(super) joined: Vec<Vec<usize>>,
    /// Where lines meet nodes.
    pub(super) ends: Vec<End>,
    /// Ends of lines at which there is nothing.
    pub(super) loose: Vec<(usize, u8)>,
    /// The two pieces of each crossing, the horizontal one first.
    pub(super) crossings: Vec<(usize, usize)>,
    /// For each cell its piece, the horizontal one of a crossing.
    ids: Vec<Option<u32>>,
    /// For each piece the sides that are done.
    done: Vec<u8>,
    /// For each piece whether it starts at a node at its side, not above or below it.
    met: Vec<bool>,
    /// Lines that have no length: the borders of two boxes touch.
    touching: Vec<Link>,
}

/// The links between the nodes of a drawing. `None` when it is too tangled.
pub(super) fn links(grid: &mut Grid, scene: &Scene, fuel: &mut Fuel) -> Option<Vec<Link>> {
    imply(grid, scene);
    let mut web = Web::default();
    web.add_parts(grid, scene);
    web.join_across(grid);
    web.meet_across(grid, scene);
    web.join_upright(grid);
    web.meet_upright(grid, scene, DOWN);
    web.meet_upright(grid, scene, UP);
    web.note_loose();
    let mut links = std::mem::take(&mut web.touching);
    links.extend(roles::links(&mut web, grid, scene, fuel)?);
    Some(links)
}

/// Opens lines that another line runs into: `│──` means `├──`.
fn imply(grid: &mut Grid, scene: &Scene) {
    for row in 0..grid.rows() {
        for column in 0..grid.columns() {
            let Some(ink) = grid.ink(row, column) else { continue };
            if scene.owner(row, column).is_some() || ink.slant != 0 {
                continue;
            }
            let neighbours = [
                (LEFT, row, column - 1, UPRIGHT),
                (RIGHT, row, column + 1, UPRIGHT),
                (UP, row - 1, column, ACROSS),
                (DOWN, row + 1, column, ACROSS),
            ];
            for (side, row, column, plain) in neighbours {
                let Some(mut other) = grid.ink(row, column) else { continue };
                // An arrowhead that ends on the line beside a node points to the node.
                let to_node = ink.is_head()
                    && ink.leave == side
                    && side & UPRIGHT != 0
                    && (column - STRAY..=column + STRAY).any(|at| scene.owner(row, at).is_some());
                if to_node {
                    continue;
                }
                let crossed = other.slant == 0 && !other.is_head() && other.faces() & plain == plain;
                if ink.touch & side != 0 && crossed && scene.owner(row, column).is_none() {
                    other.open(opposite(side));
                    grid.set(row, column, Kind::Ink(other));
                }
            }
        }
    }
}

impl Web {
    fn add_parts(&mut self, grid: &Grid, scene: &Scene) {
        let inked = (0..grid.rows()).flat_map(|row| grid.row(row)).filter(|cell| cell.ink().is_some()).count();
        self.parts.reserve(inked);
        self.next.reserve(inked);
        self.joined.reserve(inked);
        self.done.reserve(inked);
        self.met.reserve(inked);
        self.ids.reserve((grid.rows() * grid.columns()).unsigned_abs());
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let part = grid.ink(row, column);
                let owner = scene.owner(row, column);
                let id = match (part, owner) {
                    (Some(ink), None) => u32::try_from(self.add(row, column, ink)).ok(),
                    _ => None,
                };
                self.ids.push(id);
                if let (Some(ink), Some(owner)) = (part, owner) {
                    self.touch(grid, scene, (row, column), ink, owner);
                }
            }
        }
    }

    fn add(&mut self, row: isize, column: isize, ink: Ink) -> usize {
        let id = self.parts.len();
        if ink.is_line(ALL) {
            self.push(Part { row, column, ink: Ink::line(ACROSS) });
            self.push(Part { row, column, ink: Ink::line(UPRIGHT) });
            self.crossings.push((id, id + 1));
        } else {
            self.push(Part { row, column, ink });
        }
        id
    }

    fn push(&mut self, part: Part) {
        self.parts.push(part);
        self.next.push(Vec::new());
        self.joined.push(Vec::new());
        self.done.push(0);
        self.met.push(false);
    }

    /// Links two boxes whose borders open towards each other without a line between them.
    fn touch(&mut self, grid: &Grid, scene: &Scene, at: (isize, isize), ink: Ink, owner: usize) {
        for (side, row, column) in [(RIGHT, at.0, at.1 + 1), (DOWN, at.0 + 1, at.1)] {
            let Some(other) = grid.ink(row, column) else { continue };
            let Some(neighbour) = scene.owner(row, column) else { continue };
            let plus = grid.cell(at.0, at.1).character == '+' || grid.cell(row, column).character == '+';
            let open = ink.touch & side != 0 && other.touch & opposite(side) != 0;
            // Within a border every cell is open to the next one: only another node's border counts.
            if plus || !open || neighbour == owner {
                continue;
            }
            let back = ink.is_head() && ink.leave == opposite(side) || other.is_head() && other.leave == opposite(side);
            let pointed = ink.is_head() || other.is_head();
            let (from, to) = if back { (neighbour, owner) } else { (owner, neighbour) };
            self.touching.push(Link { from, to, pointed, span: None });
        }
    }

    /// The piece that may be open to a side in a cell.
    fn id(&self, grid: &Grid, row: isize, column: isize, side: u8) -> Option<usize> {
        let id = self.ids[grid.index(row, column)?]? as usize;
        let crossing =
            self.parts.get(id + 1).is_some_and(|next| (next.row, next.column) == (row, column) && side & UPRIGHT != 0);
        let id = if crossing { id + 1 } else { id };
        (self.parts[id].ink.faces() & side != 0).then_some(id)
    }

    fn is_done(&self, part: usize, side: u8) -> bool {
        self.done[part] & side != 0
    }

    /// Whether a piece is an arrow from a node that ends beside another line without having to do with it.
    fn is_passed(&self, part: usize, side: u8) -> bool {
        let ink = self.parts[part].ink;
        ink.is_head() && ink.touch & side == 0 && self.met[part]
    }

    /// Joins two pieces, the second on the given side of the first. Arrowheads that only stand side by side
    /// are not joined.
    fn join(&mut self, one: usize, other: usize, side: u8) {
        let (first, second) = (self.parts[one].ink, self.parts[other].ink);
        let there = first.leave & side != 0 && second.enter & opposite(side) != 0;
        let back = second.leave & opposite(side) != 0 && first.enter & side != 0;
        let stray = !there && !back && (first.touch & side == 0 || second.touch & opposite(side) == 0);
        if stray || self.is_passed(one, side) || self.is_passed(other, opposite(side)) {
            return;
        }
        self.done[one] |= side;
        self.done[other] |= opposite(side);
        if there {
            self.next[one].push(other);
        }
        if back {
            self.next[other].push(one);
        }
        self.joined[one].push(other);
        self.joined[other].push(one);
    }

    /// Makes a junction of a crossing.
    pub(super) fn merge(&mut self, one: usize, other: usize) {
        self.next[one].push(other);
        self.next[other].push(one);
        self.joined[one].push(other);
        self.joined[other].push(one);
    }

    /// Joins neighbours on a row, also over one blank.
    fn join_across(&mut self, grid: &Grid) {
        for one in 0..self.parts.len() {
            let Part { row, column, ink } = self.parts[one];
            if ink.faces() & RIGHT == 0 {
                continue;
            }
            if let Some(other) = self.id(grid, row, column + 1, LEFT) {
                self.join(one, other, RIGHT);
            } else if grid.cell(row, column + 1).is_blank()
                && ink.touch & RIGHT != 0
                && let Some(other) = self.id(grid, row, column + 2, LEFT)
                && self.parts[other].ink.touch & LEFT != 0
            {
                self.join(one, other, RIGHT);
            }
        }
    }

    /// Joins pieces that stand right below each other.
    fn join_upright(&mut self, grid: &Grid) {
        for one in 0..self.parts.len() {
            let Part { row, column, ink } = self.parts[one];
            if ink.faces() & DOWN == 0 {
                continue;
            }
            for below in column - STRAY / 2..=column + STRAY / 2 {
                let Some(other) = self.id(grid, row + 1, below, UP) else { continue };
                // Where a slanted line is expected a row further on.
                let here = column - isize::from(ink.slant);
                let there = below + isize::from(self.parts[other].ink.slant);
                let free = !self.is_done(one, DOWN) && !self.is_done(other, UP);
                if free && (below == column || below == here || there == column) {
                    self.join(one, other, DOWN);
                }
            }
        }
    }

    /// Finds the nodes at both ends of rows of pieces.
    fn meet_across(&mut self, grid: &Grid, scene: &Scene) {
        for part in 0..self.parts.len() {
            for (side, step) in [(LEFT, -1), (RIGHT, 1)] {
                let Part { row, mut column, ink } = self.parts[part];
                if ink.touch & side == 0 || self.is_done(part, side) {
                    continue;
                }
                column += step;
                while (0..grid.columns()).contains(&column)
                    && grid.cell(row, column).is_blank()
                    && scene.owner(row, column).is_none()
                {
                    column += step;
                }
                if let Some(node) = scene.owner(row, column) {
                    self.met[part] |= ink.leave != side;
                    self.meet(grid, part, side, node, (row, column));
                }
            }
        }
    }

    /// Notes that a piece of line meets a node at its side.
    fn meet(&mut self, grid: &Grid, part: usize, side: u8, node: usize, at: (isize, isize)) {
        self.done[part] |= side;
        let ink = self.parts[part].ink;
        let border = grid.ink(at.0, at.1).filter(|ink| ink.is_head());
        let meeting = match border {
            Some(head) if head.leave == side => Meeting::Into,
            Some(head) if head.leave == opposite(side) => Meeting::OutOf,
            _ if ink.enter & side == 0 => Meeting::Into,
            _ if ink.leave & side == 0 => Meeting::OutOf,
            _ => Meeting::Plain,
        };
        self.ends.push(End { part, node, side: opposite(side), meeting });
    }

    /// Finds what is above or below the open ends of lines: nodes, or lines that stray a little.
    fn meet_upright(&mut self, grid: &Grid, scene: &Scene, side: u8) {
        for part in 0..self.parts.len() {
            let Part { ink, .. } = self.parts[part];
            if ink.faces() & side != 0 && !self.is_done(part, side) && !(ink.is_head() && ink.touch & side == 0) {
                self.look(grid, scene, part, side);
            }
        }
    }

    fn look(&mut self, grid: &Grid, scene: &Scene, part: usize, side: u8) {
        let Part { row, column, ink } = self.parts[part];
        let step = if side == DOWN { 1 } else { -1 };
        // A tee's line has to be drawn on before it reaches a node below: `├` is often written for `└`.
        let tee = !ink.is_head() && ink.faces() & UPRIGHT == UPRIGHT && ink.faces() & ACROSS != 0;
        let nodes = ink.touch & side != 0 && !(tee && side == DOWN);
        for distance in 1..=REACH {
            let row = row + step * distance;
            let column = column - step * isize::from(ink.slant) * distance;
            let near = || std::iter::once(column).chain((1..=STRAY).flat_map(move |off| [column - off, column + off]));
            if nodes && let Some(node) = scene.owner(row, column) {
                return self.meet(grid, part, side, node, (row, column));
            }
            for at in near() {
                if let Some(other) = self.id(grid, row, at, opposite(side))
                    && !self.is_done(other, opposite(side))
                    && !(self.parts[other].ink.is_head() && self.parts[other].ink.touch & side == 0)
                {
                    return self.join(part, other, side);
                }
            }
            for at in near() {
                if nodes && let Some(node) = scene.owner(row, at) {
                    return self.meet(grid, part, side, node, (row, at));
                }
            }
            if !grid.cell(row, column).is_blank() {
                return;
            }
        }
    }

    /// Notes the ends at which nothing was found.
    fn note_loose(&mut self) {
        for (part, &Part { ink, .. }) in self.parts.iter().enumerate() {
            for side in [LEFT, RIGHT, UP, DOWN] {
                if ink.touch & side != 0 && self.done[part] & side == 0 {
                    self.loose.push((part, side));
                }
            }
        }
    }
}
