//! How long the way to the end of its plan is from each unit on: what decides who starts first.
//!
//! A unit that much is waiting for holds up the whole run when it starts late; one with nothing behind it can fill any
//! gap.

use crate::plan::StageId;
use crate::select::Selected;

/// For each unit of a plan how much is to be done from its start on until everything behind it is over: the rest of
/// its stage, and the longest way through the stages that need it. `cost` is that of a unit by its index.
pub(super) fn lengths(selected: &Selected, cost: impl Fn(usize) -> u64) -> Vec<u64> {
    let stages = selected.plan.stages.len();
    let mut units: Vec<Vec<usize>> = vec![Vec::new(); stages];
    for (index, unit) in selected.units.iter().enumerate() {
        units[unit.stage.0 as usize].push(index);
    }
    let mut lengths = vec![0; selected.units.len()];
    let mut of_stage = vec![0u64; stages];
    for &stage in selected.graph.order().iter().rev() {
        let StageId(index) = stage;
        let behind = selected.graph.dependents(stage).iter().map(|dependent| of_stage[dependent.0 as usize]).max();
        let mut length = behind.unwrap_or(0);
        for &unit in units[index as usize].iter().rev() {
            length = length.saturating_add(cost(unit));
            lengths[unit] = length;
        }
        of_stage[index as usize] = length;
    }
    lengths
}
