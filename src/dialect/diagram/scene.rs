//! Finds the nodes of a drawing: texts and boxes, each with the cells that belong to it.
//!
//! Must not know how lines run between them.

use std::ops::Range;

use super::Fuel;
use super::assemble::Node;
use super::boxes::{self, Frame};
use super::grid::{Grid, Kind};
use super::label::{self, Grade, Label, Numbering, Part};
use crate::dialect::names::Names;
use crate::outline::Line;
use crate::source::Span;

/// Words this many blanks behind a stage's name still belong to it; words on what it needs always do.
const GAP: isize = 3;

/// More words than this are a sentence.
const WORDS: usize = 8;
/// Texts with more bytes than this are not read as a whole.
const LONGEST: usize = 400;

/// A text of a drawing, without what is drawn.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// Its row.
    pub(super) row: isize,
    /// Its columns.
    pub(super) columns: Range<isize>,
    /// The node that it belongs to.
    pub(super) node: usize,
}

/// The nodes of a drawing.
pub(super) struct Scene {
    /// The nodes.
    pub(super) nodes: Vec<Node>,
    /// The texts outside of boxes in reading order.
    pub(super) spots: Vec<Spot>,
    /// For each row where its spots start in `spots`; one more entry than rows.
    rows: Vec<usize>,
    /// For each cell the node that owns it.
    owners: Vec<Option<u32>>,
    /// Number of columns.
    columns: isize,
}

/// A piece of text on one row, not yet a node.
struct Piece {
    columns: Range<isize>,
    bytes: Range<usize>,
    text: String,
    label: Label,
}

impl Scene {
    /// Finds the nodes; signs that belong to no node are wiped out. `None` when the drawing is too tangled.
    pub(super) fn find(grid: &mut Grid, lines: &[Line], names: &dyn Names, fuel: &mut Fuel) -> Option<Self> {
        let numbering = lines.iter().find_map(|line| Numbering::of(line.text, names));
        let cells = (grid.rows() * grid.columns()).unsigned_abs();
        let mut scene = Self {
            nodes: Vec::new(),
            spots: Vec::new(),
            rows: vec![0],
            owners: vec![None; cells],
            columns: grid.columns(),
        };
        let reader = Reader { lines, names, numbering };
        let mut groups = Vec::new();
        for frame in boxes::find(grid, fuel) {
            fuel.burn(frame.area())?;
            match reader.boxed(grid, &frame) {
                Contents::Nothing => {}
                Contents::Words(node) => {
                    scene.claim(&frame, true);
                    scene.nodes.push(node);
                }
                Contents::Drawing => groups.push(frame),
            }
        }
        for row in 0..grid.rows() {
            let pieces = reader.pieces(grid, row, |column| scene.owner(row, column).is_some());
            fuel.burn(pieces.len() * scene.row(row - 1).len())?;
            scene.place(grid, row, pieces, &reader);
            scene.rows.push(scene.spots.len());
        }
        // From the inside to the outside, so that a group knows the stages of the groups in it.
        groups.sort_by_key(Frame::area);
        for frame in groups {
            fuel.burn(frame.area())?;
            let node = scene.group(&frame);
            scene.claim(&frame, false);
            scene.nodes.push(node);
        }
        Some(scene)
    }

    /// The node that owns a cell.
    pub(super) fn owner(&self, row: isize, column: isize) -> Option<usize> {
        if !(0..self.columns).contains(&column) || row < 0 {
            return None;
        }
        let owner = self.owners.get((row * self.columns + column).unsigned_abs())?;
        owner.map(|node| node as usize)
    }

    /// The texts of a row, from left to right.
    pub(super) fn row(&self, row: isize) -> &[Spot] {
        let at = usize::try_from(row).ok().filter(|at| at + 1 < self.rows.len());
        at.map_or(&[], |at| &self.spots[self.rows[at]..self.rows[at + 1]])
    }

    /// Gives cells to the node that is added next.
    fn own(&mut self, row: isize, columns: Range<isize>, node: usize) {
        let node = u32::try_from(node).ok();
        for column in columns {
            if (0..self.columns).contains(&column)
                && let Some(owner) = self.owners.get_mut((row * self.columns + column).unsigned_abs())
                && owner.is_none()
            {
                *owner = node;
            }
        }
    }

    /// Gives a frame's cells to the node that is added next.
    fn claim(&mut self, frame: &Frame, inside: bool) {
        let node = self.nodes.len();
        for (row, &(left, right)) in (frame.top..).zip(&frame.sides) {
            if inside || row == frame.top || row == frame.bottom() {
                self.own(row, left..right + 1, node);
            } else {
                self.own(row, left..left + 1, node);
                self.own(row, right..right + 1, node);
            }
        }
    }

    /// A frame around nodes stands for all stages in it.
    fn group(&self, frame: &Frame) -> Node {
        let mut members = Vec::new();
        for row in frame.top..=frame.bottom() {
            members.extend(frame.inside(row).filter_map(|column| self.owner(row, column)));
        }
        members.sort_unstable();
        members.dedup();
        let mut group = Node::default();
        for member in members {
            let member = &self.nodes[member];
            group.stages.extend(&member.stages);
            group.grade = group.grade.max(member.grade.min(Grade::Mention));
        }
        group.stages.sort_unstable();
        group.stages.dedup_by_key(|(stage, _)| *stage);
        group
    }

    /// Makes nodes of a row's pieces, or adds them to the nodes that they belong to.
    fn place(&mut self, grid: &mut Grid, row: isize, pieces: Vec<Piece>, reader: &Reader<'_>) {
        let above = self.row(row - 1).to_vec();
        let mut left: Option<(isize, usize)> = None;
        // In a row that begins with a line, as in a tree, this line leads to the first text.
        let first = (0..grid.columns()).map(|column| grid.cell(row, column)).find(|cell| !cell.is_blank());
        let mut led = first.is_some_and(|cell| cell.ink().is_some());
        for piece in pieces {
            let known = !piece.label.stages.is_empty();
            let signs = !piece.text.contains(char::is_alphanumeric);
            let beside = left.filter(|&(end, node)| {
                let close = piece.columns.start - end <= GAP || piece.label.needs.is_some();
                let empty = (end..piece.columns.start).all(|column| grid.cell(row, column).is_blank());
                !known && empty && (signs || (close && !self.nodes[node].stages.is_empty()))
            });
            let over = above
                .iter()
                .find(|spot| spot.columns.start < piece.columns.end && piece.columns.start < spot.columns.end);
            let node = if let Some((_, node)) = beside {
                Some(node)
            } else if signs {
                for column in piece.columns {
                    grid.set(row, column, Kind::Blank);
                }
                continue;
            } else {
                over.map(|spot| spot.node).filter(|&node| !led && self.continues(node, &piece))
            };
            led = false;
            let node = node.unwrap_or_else(|| {
                self.nodes.push(Node::default());
                self.nodes.len() - 1
            });
            reader.add(&mut self.nodes[node], row, &piece);
            self.own(row, piece.columns.clone(), node);
            left = Some((piece.columns.end, node));
            self.spots.push(Spot { row, columns: piece.columns, node });
        }
    }

    /// Whether a piece goes on with the words of the node right above it, or they with it.
    fn continues(&self, node: usize, piece: &Piece) -> bool {
        let node = &self.nodes[node];
        let own = &piece.label.stages;
        if own.is_empty() || node.stages.is_empty() {
            return !node.turns && !label::turns_round(&piece.text);
        }
        piece.label.grade == Grade::Title
            && own.iter().all(|(stage, _)| node.stages.iter().any(|(known, _)| known == stage))
    }
}

/// The part of a text that is read: of a long one what is near the line.
fn window(text: &str, bytes: Range<usize>, part: Part) -> Range<usize> {
    let Range { start, end } = bytes;
    if end - start <= LONGEST {
        return start..end;
    }
    match part {
        Part::First => start..(start..=start + LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(start),
        Part::Last => (end - LONGEST..=end).find(|&at| text.is_char_boundary(at)).unwrap_or(end)..end,
    }
}

/// What a frame holds.
enum Contents {
    Nothing,
    Words(Node),
    Drawing,
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
    names: &'a dyn Names,
    numbering: Option<Numbering>,
}

impl Reader<'_> {
    fn read(&self, text: &str, part: Part) -> Label {
        label::read(text, self.names, self.numbering.as_ref(), part)
    }

    /// The source's place of some bytes of a row.
    fn span(&self, row: isize, bytes: &Range<usize>) -> Span {
        let start =
            usize::try_from(row).ok().and_then(|row| self.lines.get(row)).map_or(0, |line| line.span.range().start);
        Span::new(start + bytes.start, start + bytes.end)
    }

    /// Adds a piece's words to a node.
    fn add(&self, node: &mut Node, row: isize, piece: &Piece) {
        if node.stages.is_empty() {
            node.grade = piece.label.grade;
            node.turns = label::turns_round(&piece.text);
            node.wordy = piece.text.split_whitespace().count() > WORDS;
            for (stage, at) in &piece.label.stages {
                let span = self.span(row, &(piece.bytes.start + at.start..piece.bytes.start + at.end));
                if node.stages.iter().all(|(known, _)| known != stage) {
                    node.stages.push((*stage, span));
                }
            }
        }
        if let Some(needs) = &piece.label.needs {
            node.needs.get_or_insert_default().extend(needs);
        }
    }

    /// The texts of a row outside of what is skipped, from left to right.
    fn pieces(&self, grid: &Grid, row: isize, skip: impl Fn(isize) -> bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let is_text = |column| grid.cell(row, column).is_text() && !skip(column);
        let mut column = 0;
        while column < grid.columns() {
            if !is_text(column) {
                column += 1;
                continue;
            }
            let start = column;
            while is_text(column) || (grid.cell(row, column).is_blank() && is_text(column + 1)) {
                column += 1;
            }
            self.cut(grid, row, start..column, &mut pieces);
        }
        pieces
    }

    /// Cuts a text into pieces where it holds several nodes.
    fn cut(&self, grid: &Grid, row: isize, columns: Range<isize>, pieces: &mut Vec<Piece>) {
        let Some(line) = usize::try_from(row).ok().and_then(|row| self.lines.get(row)) else { return };
        let start = grid.cell(row, columns.start).start as usize;
        let end = grid.cell(row, columns.end - 1).end as usize;
        let Some(text) = line.text.get(start..end) else { return };
        let mut column = columns.start;
        for piece in label::pieces(text, self.names) {
            let bytes = start + piece.start..start + piece.end;
            let at = |column| grid.cell(row, column).start as usize;
            while column < columns.end && at(column) < bytes.start {
                column += 1;
            }
            let first = column;
            while column < columns.end && at(column) < bytes.end {
                column += 1;
            }
            if first == column {
                continue;
            }
            let led = grid.ink(row, first - 1).or(grid.ink(row, first - 2)).is_some();
            let leads = grid.ink(row, column).or(grid.ink(row, column + 1)).is_some();
            let part = if leads && !led { Part::Last } else { Part::First };
            let bytes = window(line.text, bytes, part);
            let text = line.text[bytes.clone()].to_owned();
            let label = self.read(&text, part);
            pieces.push(Piece { columns: first..column, bytes, text, label });
        }
    }

    /// What stands in a frame.
    fn boxed(&self, grid: &Grid, frame: &Frame) -> Contents {
        let mut rows = Vec::new();
        for row in frame.top + 1..frame.bottom() {
            let inside = frame.inside(row);
            let drawn = inside.clone().filter(|&column| grid.ink(row, column).is_some()).count();
            // A line from side to side only parts the words of a box.
            if drawn > 0 && drawn < inside.clone().count() {
                return Contents::Drawing;
            }
            let Some(first) = inside.clone().find(|&column| grid.cell(row, column).is_text()) else { continue };
            let last = inside.rev().find(|&column| grid.cell(row, column).is_text()).unwrap_or(first);
            let bytes = grid.cell(row, first).start as usize..grid.cell(row, last).end as usize;
            let line = usize::try_from(row).ok().and_then(|row| self.lines.get(row));
            let Some(line) = line.filter(|line| line.text.get(bytes.clone()).is_some()) else { continue };
            let bytes = window(line.text, bytes, Part::First);
            let text = &line.text[bytes.clone()];
            let label = self.read(text, Part::First);
            rows.push((row, Piece { columns: first..last + 1, bytes, text: text.to_owned(), label }));
        }
        if !rows.iter().any(|(_, piece)| piece.text.contains(char::is_alphanumeric)) {
            return Contents::Nothing;
        }
        let best = rows.iter().map(|(_, piece)| piece.label.grade).max().unwrap_or_default();
        let mut node = Node::default();
        for (row, piece) in &rows {
            let mut part = Node::default();
            self.add(&mut part, *row, piece);
            if let Some(needs) = part.needs {
                node.needs.get_or_insert_default().extend(needs);
            }
            // Several names at the starts of rows are a list; other words just speak of one stage.
            if part.grade == best && (best == Grade::Name || node.stages.is_empty()) {
                node.grade = best;
                for (stage, span) in part.stages {
                    if node.stages.iter().all(|&(known, _)| known != stage) {
                        node.stages.push((stage, span));
                    }
                }
            }
        }
        if best < Grade::Mention && rows.len() > 1 {
            // A title may be broken into several rows.
            let words: Vec<&str> = rows.iter().map(|(_, piece)| piece.text.trim()).collect();
            let label = self.read(&words.join(" "), Part::First);
            if let Some((first, piece)) = rows.first()
                && !label.stages.is_empty()
            {
                let span = self.span(*first, &piece.bytes);
                node.stages = label.stages.iter().map(|&(stage, _)| (stage, span)).collect();
                node.grade = label.grade;
            }
        }
        Contents::Words(node)
    }
}
