//! From nodes and the lines between them to what a diagram says of stages.
//!
//! Serves every kind of diagram. Must not know how nodes and lines were found.

use std::collections::BTreeSet;

use super::label::Grade;
use super::{Diagram, DiagramEdge, Fuel};
use crate::source::Span;

/// A node of a diagram.
#[derive(Clone, Debug, Default)]
pub(in crate::dialect) struct Node {
    /// The stages that it stands for, each with the place that names it; none when it is no stage.
    pub(in crate::dialect) stages: Vec<(usize, Span)>,
    /// What its words say comes first.
    pub(in crate::dialect) needs: Option<Vec<usize>>,
    /// How surely its stages are meant.
    pub(in crate::dialect) grade: Grade,
    /// Whether its words are a sentence rather than a name with a note.
    pub(in crate::dialect) wordy: bool,
    /// Whether it is a word on a line that turns the line's meaning round, such as `depends on`.
    pub(in crate::dialect) turns: bool,
}

/// A line from one node to another.
#[derive(Clone, Copy, Debug)]
pub(in crate::dialect) struct Link {
    /// Where it starts.
    pub(in crate::dialect) from: usize,
    /// Where it leads to.
    pub(in crate::dialect) to: usize,
    /// Whether an arrowhead points to the target.
    pub(in crate::dialect) pointed: bool,
    /// The place to show for the target, if not the node's own.
    pub(in crate::dialect) span: Option<Span>,
}

/// Puts a diagram together. The result is empty when the nodes are not a plan's stages.
pub(in crate::dialect) fn assemble(nodes: &[Node], links: &[Link], fuel: &mut Fuel) -> Diagram {
    edges_of(nodes, links, fuel).filter(|diagram| diagram.confident).unwrap_or_default()
}

fn edges_of(nodes: &[Node], links: &[Link], fuel: &mut Fuel) -> Option<Diagram> {
    let mut out: Vec<Vec<&Link>> = vec![Vec::new(); nodes.len()];
    for link in links {
        out[link.from].push(link);
    }
    let mut edges: Vec<DiagramEdge> = Vec::new();
    let mut visited = vec![usize::MAX; nodes.len()];
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| !node.stages.is_empty()) {
        // A node that is no stage hands on the order: what comes before it comes before what follows.
        let mut waiting = vec![(at, false)];
        while let Some((from, turned)) = waiting.pop() {
            for link in &out[from] {
                fuel.burn(1)?;
                let target = &nodes[link.to];
                if target.stages.is_empty() {
                    if visited[link.to] != at {
                        visited[link.to] = at;
                        waiting.push((link.to, turned || target.turns));
                    }
                    continue;
                }
                let (first, then, span) = if turned { (target, node, None) } else { (node, target, link.span) };
                fuel.burn(first.stages.len() * then.stages.len())?;
                for &(to, own) in &then.stages {
                    let span = span.unwrap_or(own);
                    edges.extend(first.stages.iter().map(|&(from, _)| DiagramEdge { from, to, span }));
                }
            }
        }
    }
    let overruled: BTreeSet<usize> = nodes
        .iter()
        .filter(|node| node.needs.is_some())
        .flat_map(|node| node.stages.iter().map(|&(stage, _)| stage))
        .collect();
    edges.retain(|edge| !overruled.contains(&edge.to));
    for node in nodes {
        let needs = node.needs.as_deref().unwrap_or(&[]);
        fuel.burn(node.stages.len() * needs.len())?;
        for &(to, span) in &node.stages {
            edges.extend(needs.iter().map(|&from| DiagramEdge { from, to, span }));
        }
    }
    edges.sort_by_key(|edge| (edge.to, edge.from, edge.span));
    edges.dedup_by_key(|edge| (edge.to, edge.from));
    edges.retain(|edge| edge.from != edge.to);
    edges.sort_by_key(|edge| (edge.span, edge.to, edge.from));

    let confident = !edges.is_empty() && is_stage_graph(nodes, links, &edges);
    let mut told = vec![false; nodes.len()];
    for link in links {
        told[link.from] = true;
        told[link.to] = true;
    }
    let mut places: Vec<(usize, Span)> = nodes
        .iter()
        .zip(told)
        // Beside the lines only a plain name is a node; other words may just speak of a stage.
        .filter(|(node, linked)| *linked || (node.grade == Grade::Name && (!node.wordy || node.needs.is_some())))
        .flat_map(|(node, _)| node.stages.iter().copied())
        .collect();
    places.sort_unstable();
    places.dedup_by_key(|(stage, _)| *stage);
    places.sort_by_key(|&(stage, span)| (span, stage));
    Some(Diagram { edges, nodes: places, confident })
}

/// Whether the nodes are the plan's stages, and not the parts of a system that share words with them.
fn is_stage_graph(nodes: &[Node], links: &[Link], edges: &[DiagramEdge]) -> bool {
    let mut leads = vec![false; nodes.len()];
    let mut counts = vec![false; nodes.len()];
    for link in links {
        leads[link.from] = true;
        counts[link.from] = true;
    }
    for link in links {
        // What hangs below a stage without an arrow and leads nowhere is a detail of this stage.
        let detail = !link.pointed && !leads[link.to] && !nodes[link.from].stages.is_empty();
        counts[link.to] |= !detail;
    }
    let mut all = 0;
    let mut known = 0;
    let mut named = BTreeSet::new();
    for (at, node) in nodes.iter().enumerate() {
        let own_words = node.grade == Grade::Name && node.needs.is_some();
        if !node.turns && (counts[at] || (!node.stages.is_empty() && (leads[at] || own_words))) {
            all += 1;
            known += usize::from(!node.stages.is_empty());
        }
        if node.grade == Grade::Name {
            named.extend(node.stages.iter().map(|&(stage, _)| stage));
        }
    }
    if named.len() > 1 {
        return known * 5 >= all * 2;
    }
    let ends: BTreeSet<usize> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let unknown = all - known;
    // Titles alone: a component may share its words with a stage, but then others do not. A sentence
    // about one stage without any line is no diagram.
    !links.is_empty() && ends.len() > 1 && unknown * 6 <= all
}
