//! What a drawing says, and the way from its lines to that.

use super::{ascii, assemble, grid, indent, scene, trace};
use crate::dialect::names::Names;
use crate::outline::Line;
use crate::source::Span;

/// How many steps are spent on one diagram at most; what takes more is too tangled to be one.
const FUEL: usize = 4_000_000;
/// How many steps are spent on each byte of a diagram, beside those for a small one.
const FUEL_FOR_BYTE: (usize, usize) = (400, 100_000);

/// What a diagram says of a plan's stages. Empty when it is no graph of stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Which stage comes before which, in the order of their places, each pair once.
    pub edges: Vec<DiagramEdge>,
    /// Every stage of the diagram with the first place that names it. A stage without an edge that leads
    /// to it waits for nothing.
    pub nodes: Vec<(usize, Span)>,
    /// Whether the diagram's nodes are the plan's stages. Without it there are neither edges nor nodes.
    pub confident: bool,
}

/// One stage waits for another. Stages are indices, as [`Names`] gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiagramEdge {
    /// The stage that comes first.
    pub from: usize,
    /// The stage that waits.
    pub to: usize,
    /// Where the diagram names the stage that waits.
    pub span: Span,
}

/// Steps that are left for one diagram.
pub(in crate::dialect) struct Fuel(usize);

impl Fuel {
    /// The steps for a fresh diagram.
    pub(in crate::dialect) fn full(lines: &[Line]) -> Self {
        let bytes: usize = lines.iter().map(|line| line.text.len()).sum();
        Self(FUEL.min(FUEL_FOR_BYTE.1 + FUEL_FOR_BYTE.0 * bytes))
    }

    /// Spends steps; `None` when they are used up.
    pub(in crate::dialect) fn burn(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(steps)?;
        Some(())
    }
}

/// Reads a drawing, or the arrows in a paragraph.
#[must_use]
pub fn edges(lines: &[Line], names: &dyn Names) -> Diagram {
    let Some(mut grid) = grid::Grid::draw(lines) else { return Diagram::default() };
    ascii::find_lines(&mut grid);
    let mut fuel = Fuel::full(lines);
    let Some(scene) = scene::Scene::find(&mut grid, lines, names, &mut fuel) else { return Diagram::default() };
    let Some(mut drawn) = trace::links(&mut grid, &scene, &mut fuel) else { return Diagram::default() };
    if drawn.is_empty() {
        drawn = indent::links(&grid, &scene);
    }
    assemble::assemble(&scene.nodes, &drawn, &mut fuel)
}
