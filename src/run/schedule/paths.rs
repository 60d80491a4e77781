//! How long the way to the end of its plan is from each unit on: what decides who starts first.
//!
//! A unit that much is waiting for holds up the whole run when it starts late; one with nothing behind it can fill any
//! gap. Ways are measured by how long commands usually take, in microseconds; where that is known of none, by their
//! number.

use crate::event::CheckRef;
use crate::history::Past;
use crate::plan::StageId;
use crate::select::{Selected, Selection};

/// For each unit of each plan how much is to be done from its start on until everything behind it is over.
pub(super) fn lengths(selection: &Selection, past: Option<&Past>) -> Vec<Vec<u64>> {
    // A command of which nothing is known may well be like the others.
    let typical = past.and_then(Past::typical).map_or(1, micros);
    let plans = (0..).zip(&selection.plans).map(|(plan, selected)| {
        let cost = |unit: usize| {
            let checks = selected.units[unit].checks.iter().map(|&check| {
                let usual = past.and_then(|past| past.of(CheckRef { plan, check }));
                usual.map_or(typical, |usual| micros(usual.took))
            });
            checks.fold(0, u64::saturating_add)
        };
        of_plan(selected, cost)
    });
    plans.collect()
}

/// At least 1, so that of two ways the one with more commands is never the shorter.
fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

/// For each unit of a plan the rest of its stage, and the longest way through the stages that need it. `cost` is that
/// of a unit by its index.
fn of_plan(selected: &Selected, cost: impl Fn(usize) -> u64) -> Vec<u64> {
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
