//! The order of a plan's stages: edges, a topological order, cycles as full paths, closures.
//!
//! Must not know what a stage contains. Every answer is in document order where the edges allow it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::diagnostic::Diagnostics;
use crate::diagnostic::codes::{self, CycleStep};
use crate::plan::{Plan, StageId};

/// The stages of one plan and what each waits for. Free of cycles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    needs: Vec<Vec<StageId>>,
    dependents: Vec<Vec<StageId>>,
    order: Vec<StageId>,
}

impl Graph {
    /// Builds the graph of a plan. A cycle becomes an error with the full path, and no graph.
    #[must_use]
    pub fn build(plan: &Plan, diagnostics: &mut Diagnostics) -> Option<Self> {
        let needs: Vec<Vec<StageId>> =
            plan.stages.iter().map(|stage| stage.needs.iter().map(|need| need.stage).collect()).collect();
        match Self::from_needs(needs) {
            Ok(graph) => Some(graph),
            Err(cycle) => {
                let steps: Vec<CycleStep> = cycle
                    .iter()
                    .enumerate()
                    .map(|(index, &stage)| cycle_step(plan, stage, cycle[(index + 1) % cycle.len()]))
                    .collect();
                diagnostics.push(codes::dependency_cycle(&plan.source, &steps));
                None
            }
        }
    }

    /// The graph of so many stages of which none waits for another.
    #[must_use]
    pub fn without_needs(stages: usize) -> Self {
        let order = (0..stages).map(stage_id).collect();
        Self { needs: vec![Vec::new(); stages], dependents: vec![Vec::new(); stages], order }
    }

    /// Builds a graph from what each stage needs; on a cycle gives its stages, each needing the next.
    ///
    /// # Errors
    /// The stages of a cycle, the earliest in the document first.
    ///
    /// # Panics
    /// When a need names a stage that does not exist.
    pub fn from_needs(mut needs: Vec<Vec<StageId>>) -> Result<Self, Vec<StageId>> {
        let mut dependents = vec![Vec::new(); needs.len()];
        for (index, list) in needs.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            for need in list.iter() {
                dependents[need.0 as usize].push(stage_id(index));
            }
        }
        let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
        let mut ready: BinaryHeap<Reverse<StageId>> =
            (0..needs.len()).filter(|&index| open[index] == 0).map(|index| Reverse(stage_id(index))).collect();
        let mut order = Vec::with_capacity(needs.len());
        while let Some(Reverse(stage)) = ready.pop() {
            order.push(stage);
            for &dependent in &dependents[stage.0 as usize] {
                let left = &mut open[dependent.0 as usize];
                *left -= 1;
                if *left == 0 {
                    ready.push(Reverse(dependent));
                }
            }
        }
        if order.len() < needs.len() {
            return Err(find_cycle(&needs, &open));
        }
        Ok(Self { needs, dependents, order })
    }

    /// What a stage waits for directly.
    #[must_use]
    pub fn needs(&self, stage: StageId) -> &[StageId] {
        &self.needs[stage.0 as usize]
    }

    /// The stages that wait for it directly.
    #[must_use]
    pub fn dependents(&self, stage: StageId) -> &[StageId] {
        &self.dependents[stage.0 as usize]
    }

    /// All stages so that each comes after what it needs; among the possible ones the earliest in the document.
    #[must_use]
    pub fn order(&self) -> &[StageId] {
        &self.order
    }

    /// Number of stages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.needs.len()
    }

    /// Whether there is no stage.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// All stages that a stage waits for, directly or not.
    #[must_use]
    pub fn ancestors(&self, stage: StageId) -> BTreeSet<StageId> {
        closure(&self.needs, stage)
    }

    /// All stages that wait for a stage, directly or not.
    #[must_use]
    pub fn descendants(&self, stage: StageId) -> BTreeSet<StageId> {
        closure(&self.dependents, stage)
    }

    /// The waves of the graph: every stage stands in the first wave after all that it needs.
    #[must_use]
    pub fn waves(&self) -> Vec<Vec<StageId>> {
        let mut level = vec![0usize; self.needs.len()];
        for &stage in &self.order {
            let after = self.needs(stage).iter().map(|need| level[need.0 as usize] + 1).max();
            level[stage.0 as usize] = after.unwrap_or(0);
        }
        let mut waves = vec![Vec::new(); level.iter().max().map_or(0, |deepest| deepest + 1)];
        for (index, &wave) in level.iter().enumerate() {
            waves[wave].push(stage_id(index));
        }
        waves
    }
}

fn stage_id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn cycle_step(plan: &Plan, stage: StageId, next: StageId) -> CycleStep {
    let stage = plan.stage(stage);
    let said = stage.needs.iter().find(|need| need.stage == next).and_then(|need| need.span);
    CycleStep { stage: stage.label.clone(), span: said.unwrap_or(stage.span) }
}

fn closure(edges: &[Vec<StageId>], from: StageId) -> BTreeSet<StageId> {
    let mut seen = BTreeSet::new();
    let mut todo = edges[from.0 as usize].clone();
    while let Some(stage) = todo.pop() {
        if seen.insert(stage) {
            todo.extend(&edges[stage.0 as usize]);
        }
    }
    seen
}

/// Walks along open needs from the first stage that could not be ordered until a stage comes up again.
fn find_cycle(needs: &[Vec<StageId>], open: &[usize]) -> Vec<StageId> {
    // A stage that is merely behind a cycle has open needs too, so the walk's start may not be part of it.
    let start = open.iter().position(|&left| left > 0).unwrap_or(0);
    let mut path = vec![stage_id(start)];
    loop {
        let last = path[path.len() - 1];
        let next = needs[last.0 as usize].iter().copied().find(|need| open[need.0 as usize] > 0).unwrap_or(last);
        if let Some(at) = path.iter().position(|&stage| stage == next) {
            let mut cycle = path.split_off(at);
            let first = cycle.iter().enumerate().min_by_key(|(_, stage)| **stage).map_or(0, |(at, _)| at);
            cycle.rotate_left(first);
            return cycle;
        }
        path.push(next);
    }
}
