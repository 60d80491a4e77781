//! Reads a tree that is drawn by indentation alone.
//!
//! Must not know lines: it is asked only when nothing is linked by any.

use super::assemble::Link;
use super::grid::Grid;
use super::label::Grade;
use super::scene::Scene;

/// Links each node to the node under which it is indented, when the rows are names of stages.
pub(super) fn links(grid: &Grid, scene: &Scene) -> Vec<Link> {
    let mut links = Vec::new();
    let mut parents: Vec<(isize, usize)> = Vec::new();
    let (mut rows, mut named) = (0, 0);
    for row in 0..grid.rows() {
        if (0..grid.columns()).any(|column| grid.ink(row, column).is_some()) {
            return Vec::new();
        }
        let Some(spot) = scene.row(row).first() else { continue };
        rows += 1;
        if scene.nodes[spot.node].grade != Grade::Name {
            continue;
        }
        named += 1;
        parents.retain(|&(column, _)| column < spot.columns.start);
        if let Some(&(_, parent)) = parents.last()
            && parent != spot.node
        {
            links.push(Link { from: parent, to: spot.node, pointed: true, span: None });
        }
        parents.push((spot.columns.start, spot.node));
    }
    if named * 2 >= rows { links } else { Vec::new() }
}
