//! Decides which ends of a line are its starts and which its targets, and links the nodes there.
//!
//! Arrowheads decide; where there are none, the reading order does. Must not know stages.

use super::Fuel;
use super::assemble::Link;
use super::glyph::{DOWN, LEFT, RIGHT, UP, UPRIGHT};
use super::grid::Grid;
use super::scene::{Scene, Spot};
use super::trace::{End, Meeting, Part, Web};

/// How many rows up the parent in a tree is looked for.
const TREE: isize = 60;
/// How many rows off the texts around an arrow on its own row may be.
const ALONE: isize = 2;

/// Links between nodes by all lines of a drawing.
pub(super) fn links(web: &mut Web, grid: &Grid, scene: &Scene, fuel: &mut Fuel) -> Option<Vec<Link>> {
    let mut groups = Groups::of(web);
    cross(web, &mut groups, fuel)?;
    let mut lines: Vec<Line> = (0..web.parts.len()).map(|_| Line::default()).collect();
    for (at, end) in web.ends.iter().enumerate() {
        lines[groups.root(end.part)].ends.push(at);
    }
    for &(part, side) in &web.loose {
        lines[groups.root(part)].loose.push((part, side));
    }
    let mut is_source = vec![false; web.ends.len()];
    for line in lines {
        // What stands around an end at which nothing is drawn is looked for row by row.
        fuel.burn(line.loose.len() * TREE.unsigned_abs())?;
        settle(web, grid, scene, line, &mut is_source);
    }
    walk(web, &is_source, fuel)
}

/// One connected line.
#[derive(Default)]
struct Line {
    /// Its ends at nodes.
    ends: Vec<usize>,
    /// Its ends at which there is nothing.
    loose: Vec<(usize, u8)>,
}

/// Whether an end is a start as far as it alone tells: lines leave a node to the right and downwards.
fn starts(end: &End) -> bool {
    match end.meeting {
        Meeting::Into => false,
        Meeting::OutOf => true,
        Meeting::Plain => end.side & (RIGHT | DOWN) != 0,
    }
}

/// Decides for each crossing whether two lines pass each other or meet. Two lines that pass each other
/// each have a start and a target of their own.
fn cross(web: &mut Web, groups: &mut Groups, fuel: &mut Fuel) -> Option<()> {
    if web.crossings.is_empty() {
        return Some(());
    }
    let mut has = vec![(false, false); web.parts.len()];
    for end in &web.ends {
        let has = &mut has[groups.root(end.part)];
        if starts(end) { has.0 = true } else { has.1 = true }
    }
    let mut open = std::mem::take(&mut web.crossings);
    loop {
        let before = open.len();
        fuel.burn(before)?;
        open.retain(|&(one, other)| {
            let (first, second) = (groups.root(one), groups.root(other));
            let passes = has[first] == (true, true) && has[second] == (true, true);
            if first != second && passes {
                return true;
            }
            let both = (has[first].0 || has[second].0, has[first].1 || has[second].1);
            groups.unite(first, second);
            has[groups.root(first)] = both;
            web.merge(one, other);
            false
        });
        if open.len() == before {
            return Some(());
        }
    }
}

/// Settles the roles of a line's ends.
fn settle(web: &mut Web, grid: &Grid, scene: &Scene, line: Line, is_source: &mut Vec<bool>) {
    let Line { ends, loose } = line;
    for &end in &ends {
        is_source[end] = starts(&web.ends[end]);
    }
    let begins = ends.iter().any(|&end| is_source[end]);
    let arrives = ends.iter().any(|&end| !is_source[end]);
    if begins && arrives {
        return;
    }
    let before = loose.iter().find_map(|&(part, side)| source_at(web, grid, scene, part, side)).filter(|_| !begins);
    let after = loose.iter().find_map(|&(part, side)| target_at(web, grid, scene, part, side)).filter(|_| !arrives);
    if (begins || before.is_some()) && (arrives || after.is_some()) {
        if let Some((part, nodes)) = before {
            add(web, is_source, part, &nodes, Meeting::OutOf);
        }
        if let Some((part, nodes)) = after {
            add(web, is_source, part, &nodes, Meeting::Into);
        }
        return;
    }
    let pointed = ends.iter().any(|&end| web.ends[end].meeting == Meeting::Into);
    for &end in &ends {
        let End { side, meeting, .. } = web.ends[end];
        is_source[end] = if begins {
            // A line that comes from the side and ends below a node joins what that node does.
            meeting == Meeting::OutOf || side & UPRIGHT == 0
        } else {
            // What is written below a line's end may well come first, what is written to its right does not,
            // unless an arrowhead elsewhere says so.
            meeting == Meeting::Plain && (pointed || side & UPRIGHT != 0)
        };
    }
}

/// Adds ends to a line.
fn add(web: &mut Web, is_source: &mut Vec<bool>, part: usize, nodes: &[usize], meeting: Meeting) {
    for &node in nodes {
        web.ends.push(End { part, node, side: 0, meeting });
        is_source.push(meeting == Meeting::OutOf);
    }
}

/// Whether a piece of line is all that stands in its row.
fn is_alone(grid: &Grid, part: &Part) -> bool {
    grid.is_first(part.row, part.column) && grid.is_last(part.row, part.column)
}

/// The nodes in the nearest row above or below that is not blank, if nothing is drawn there.
fn nearest(grid: &Grid, scene: &Scene, row: isize, step: isize) -> Option<Vec<usize>> {
    for distance in 1..=ALONE {
        let row = row + step * distance;
        if (0..grid.columns()).all(|column| grid.cell(row, column).is_blank()) {
            continue;
        }
        let drawn = (0..grid.columns()).any(|column| grid.ink(row, column).is_some());
        let nodes: Vec<usize> = scene.row(row).iter().map(|spot| spot.node).collect();
        return (!drawn && !nodes.is_empty()).then_some(nodes);
    }
    None
}

/// What comes before a line whose start is not drawn.
fn source_at(web: &Web, grid: &Grid, scene: &Scene, part: usize, side: u8) -> Option<(usize, Vec<usize>)> {
    let here = &web.parts[part];
    let rows = (here.row - TREE..here.row).rev();
    match side {
        LEFT if grid.is_first(here.row, here.column) => {
            // An arrow at the start of a row: its parent is written above and further left; without
            // a parent the arrow goes on with the row above.
            let parent = rows.clone().find_map(|row| {
                // A row that begins with an arrow itself is as far to the left as this arrow.
                let lead = (0..grid.columns()).find(|&column| !grid.cell(row, column).is_blank());
                let spots = scene.row(row).iter().enumerate().rev();
                let start = |at: usize, spot: &Spot| if at == 0 { lead } else { Some(spot.columns.start) };
                spots.map(|(at, spot)| (start(at, spot), spot)).find(|(start, _)| *start < Some(here.column))
            });
            let parent = parent.map(|(_, spot)| spot);
            let last = || rows.clone().find_map(|row| scene.row(row).last());
            let spot = parent.or_else(last)?;
            Some((part, vec![spot.node]))
        }
        UP if here.ink.touch & RIGHT != 0 => {
            let under = |row| scene.row(row).iter().rev().find(|spot: &&Spot| spot.columns.start <= here.column);
            let spot = rows.clone().find_map(under)?;
            Some((part, vec![spot.node]))
        }
        UP if is_alone(grid, here) => Some((part, nearest(grid, scene, here.row, -1)?)),
        _ => None,
    }
}

/// What follows a line whose target is not drawn.
fn target_at(web: &Web, grid: &Grid, scene: &Scene, part: usize, side: u8) -> Option<(usize, Vec<usize>)> {
    let here = &web.parts[part];
    match side {
        RIGHT if here.ink.is_head() && grid.is_last(here.row, here.column) => {
            let spot = (here.row + 1..=here.row + ALONE).find_map(|row| scene.row(row).first())?;
            grid.is_first(spot.row, spot.columns.start).then(|| (part, vec![spot.node]))
        }
        DOWN if is_alone(grid, here) => Some((part, nearest(grid, scene, here.row, 1)?)),
        _ => None,
    }
}

/// Follows each line from its starts to its targets.
fn walk(web: &Web, is_source: &[bool], fuel: &mut Fuel) -> Option<Vec<Link>> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); web.parts.len()];
    for (at, end) in web.ends.iter().enumerate() {
        if !is_source[at] {
            targets[end.part].push(at);
        }
    }
    let mut links = Vec::new();
    let mut seen = vec![usize::MAX; web.parts.len()];
    for (start, end) in web.ends.iter().enumerate().filter(|(at, _)| is_source[*at]) {
        let mut waiting = vec![end.part];
        seen[end.part] = start;
        while let Some(part) = waiting.pop() {
            fuel.burn(1 + targets[part].len())?;
            for target in targets[part].iter().map(|&at| &web.ends[at]) {
                if target.node != end.node {
                    let pointed = target.meeting == Meeting::Into;
                    links.push(Link { from: end.node, to: target.node, pointed, span: None });
                }
            }
            for &next in &web.next[part] {
                fuel.burn(1)?;
                if seen[next] != start {
                    seen[next] = start;
                    waiting.push(next);
                }
            }
        }
    }
    Some(links)
}

/// Which pieces of line hang together.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn of(web: &Web) -> Self {
        let mut groups = Self { parent: (0..web.parts.len()).collect() };
        for (one, others) in web.joined.iter().enumerate() {
            for &other in others {
                groups.unite(one, other);
            }
        }
        groups
    }

    fn root(&mut self, part: usize) -> usize {
        let mut at = part;
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // The smaller root stays, so that the result does not depend on the order of the joins.
        self.parent[one.max(other)] = one.min(other);
    }
}
