//! The stages of a run and what becomes of them.
//!
//! The same endings in the same order give the same changes: who starts first is told by figures that are known before
//! the run, and by document order where they are the same, plans in the order in which they were given.
//!
//! A stage is in one of these states, and moves only downwards:
//!
//! ```text
//! Waiting   some stage that it needs has not ended
//! Ready     all that it needs is settled, its next command waits for a free slot
//! Running   one of its commands runs
//! Ended     all its checks have ended
//! ```
//!
//! (Between two commands of a stage it is Ready again.) Whether a stage is blocked is decided when the
//! last stage that it needs has ended, not at the first failure: only so the stage that is named as
//! the cause does not depend on which command happened to be faster.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::claims::Claims;
use super::paths;
use super::queue::Queue;
use crate::event::{CheckRef, Proof, StageRef};
use crate::outcome::{Outcome, Skip};
use crate::plan::StageId;
use crate::select::{Selection, Unit};

/// A unit of one of the plans of a run. Its order is document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitRef {
    /// Index of the plan in the selection.
    pub plan: u32,
    /// Index of the unit in that plan's list.
    pub unit: u32,
}

/// What a step of the schedule brought about, beyond the step itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A stage's first command starts.
    StageStarted(StageRef),
    /// A check ended without having run.
    NotRun {
        /// Which.
        check: CheckRef,
        /// `Skipped`, `Cancelled`, or what it was in an earlier run.
        outcome: Outcome,
        /// What that rests on.
        proof: Proof,
    },
    /// All checks of a stage have ended.
    StageEnded(StageRef),
}

/// The state of a run.
#[derive(Debug)]
pub struct Schedule<'a> {
    selection: &'a Selection,
    plans: Vec<PlanState>,
    queue: Queue,
    running: BTreeSet<UnitRef>,
    open_stages: usize,
    cancelled: bool,
}

#[derive(Debug)]
struct PlanState {
    stages: Vec<StageState>,
    /// For each check whether it has ended.
    ended: Vec<bool>,
}

#[derive(Debug)]
struct StageState {
    state: State,
    /// How many of the stages that it needs have not ended.
    open_needs: usize,
    /// The first stage of the document among those where trouble began that reaches this stage.
    blocked_by: Option<StageId>,
    /// Its units, in order.
    units: Vec<u32>,
    /// How many of them have been started.
    started: usize,
    /// Whether a check of it ended so that no dependent may start.
    failed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Ready,
    Running,
    Ended,
}

impl<'a> Schedule<'a> {
    /// A schedule for a selection, with at most `jobs` units at a time (0 counts as 1). Nothing has
    /// happened yet; [`Schedule::begin`] comes first.
    #[must_use]
    pub fn new(selection: &'a Selection, jobs: usize) -> Self {
        let plans: Vec<PlanState> = selection
            .plans
            .iter()
            .map(|selected| {
                let mut stages: Vec<StageState> = selected
                    .plan
                    .stage_ids()
                    .map(|stage| StageState {
                        state: State::Waiting,
                        open_needs: selected.graph.needs(stage).len(),
                        blocked_by: None,
                        units: Vec::new(),
                        started: 0,
                        failed: false,
                    })
                    .collect();
                for (index, unit) in selected.units.iter().enumerate() {
                    stages[unit.stage.0 as usize].units.push(small(index));
                }
                PlanState { stages, ended: vec![false; selected.plan.checks.len()] }
            })
            .collect();
        let open_stages = plans.iter().map(|plan| plan.stages.len()).sum();
        let lengths = selection.plans.iter().map(|selected| {
            let commands = |unit: usize| selected.units[unit].checks.len() as u64;
            paths::lengths(selected, commands)
        });
        let jobs = jobs.max(1);
        Self {
            selection,
            plans,
            queue: Queue::new(jobs, Claims::of(selection, jobs), lengths.collect()),
            running: BTreeSet::new(),
            open_stages,
            cancelled: false,
        }
    }

    /// Settles the stages that need nothing. Called once, before anything else.
    pub fn begin(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for plan in 0..small(self.plans.len()) {
            let roots = self.plans[plan as usize]
                .stages
                .iter()
                .enumerate()
                .filter(|(_, stage)| stage.open_needs == 0)
                .map(|(index, _)| Reverse(StageId(small(index))))
                .collect();
            self.settle(plan, roots, &mut changes);
        }
        changes
    }

    /// The unit that may start now, before any other; `None` when something must end first.
    #[must_use]
    pub fn next(&self) -> Option<UnitRef> {
        self.queue.next()
    }

    /// The units that run now, in document order.
    #[must_use]
    pub fn running(&self) -> Vec<UnitRef> {
        self.running.iter().copied().collect()
    }

    /// Whether all stages have ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.open_stages == 0
    }

    /// The unit of a reference.
    #[must_use]
    pub fn unit(&self, unit: UnitRef) -> &'a Unit {
        &self.selection.plans[unit.plan as usize].units[unit.unit as usize]
    }

    /// Notes that a unit starts.
    ///
    /// # Panics
    /// When it may not; see [`Schedule::next`].
    pub fn started(&mut self, unit: UnitRef) -> Vec<Change> {
        assert!(self.queue.start(unit), "a unit may start only when the schedule says so");
        self.running.insert(unit);
        let stage_id = self.unit(unit).stage;
        let stage = self.stage(unit.plan, stage_id);
        stage.state = State::Running;
        stage.started += 1;
        if stage.started == 1 {
            vec![Change::StageStarted(StageRef { plan: unit.plan, stage: stage_id })]
        } else {
            Vec::new()
        }
    }

    /// Notes how the checks of a running unit ended, one outcome for each of its checks.
    ///
    /// # Panics
    /// When the unit does not run, or the number of outcomes is wrong.
    pub fn ended(&mut self, unit: UnitRef, outcomes: &[Outcome]) -> Vec<Change> {
        assert!(self.running.remove(&unit), "only a running unit can end");
        self.queue.end(unit);
        let Unit { stage: stage_id, checks, .. } = self.unit(unit);
        assert_eq!(checks.len(), outcomes.len(), "each check of a unit ends");
        for &check in checks {
            self.plans[unit.plan as usize].ended[check.0 as usize] = true;
        }
        let cancelled = self.cancelled;
        let mut changes = Vec::new();
        let stage = self.stage(unit.plan, *stage_id);
        stage.failed |= outcomes.iter().any(Outcome::blocks);
        if let Some(&next) = stage.units.get(stage.started)
            && !cancelled
        {
            stage.state = State::Ready;
            self.queue.push(UnitRef { plan: unit.plan, unit: next });
        } else {
            let settled = self.end_stage(unit.plan, *stage_id, &mut changes);
            self.settle(unit.plan, settled, &mut changes);
        }
        changes
    }

    /// Gives up all that has not started. Units that run now still end through [`Schedule::ended`].
    pub fn cancel(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.cancelled = true;
        self.queue.clear();
        for plan in 0..small(self.plans.len()) {
            for index in 0..self.plans[plan as usize].stages.len() {
                let state = self.plans[plan as usize].stages[index].state;
                if matches!(state, State::Waiting | State::Ready) {
                    // Whatever waits for it is given up by this same loop.
                    self.end_stage(plan, StageId(small(index)), &mut changes);
                }
            }
        }
        changes
    }

    /// Makes stages whose needs have all ended ready, or ends them where nothing is left to run.
    fn settle(&mut self, plan: u32, mut stages: BinaryHeap<Reverse<StageId>>, changes: &mut Vec<Change>) {
        while let Some(Reverse(stage_id)) = stages.pop() {
            let stage = self.stage(plan, stage_id);
            if stage.state == State::Ended {
                continue;
            }
            match stage.units.first() {
                Some(&first) if stage.blocked_by.is_none() => {
                    stage.state = State::Ready;
                    self.queue.push(UnitRef { plan, unit: first });
                }
                _ => stages.extend(self.end_stage(plan, stage_id, changes)),
            }
        }
    }

    /// The one place where a stage ends: its remaining checks end with it, and the stages for which it
    /// was the last they waited for are given back.
    fn end_stage(&mut self, plan: u32, stage_id: StageId, changes: &mut Vec<Change>) -> BinaryHeap<Reverse<StageId>> {
        let selected = &self.selection.plans[plan as usize];
        let blocked_by = if self.cancelled { None } else { self.stage(plan, stage_id).blocked_by };
        for &check in &selected.plan.stage(stage_id).checks {
            let ended = &mut self.plans[plan as usize].ended[check.0 as usize];
            if !std::mem::replace(ended, true) {
                let mut proof = Proof::Own;
                let outcome = match (selected.left_out[check.0 as usize].as_ref(), blocked_by) {
                    _ if selected.carried[check.0 as usize].is_some() => {
                        let run = selected.carried[check.0 as usize].clone().unwrap_or_default();
                        proof = Proof::CarriedOver { run };
                        Outcome::Passed
                    }
                    (Some(skip), _) => Outcome::Skipped(skip.clone()),
                    (None, Some(root)) => {
                        Outcome::Skipped(Skip::Blocked { by: selected.plan.stage(root).label.clone() })
                    }
                    (None, None) => Outcome::Cancelled,
                };
                changes.push(Change::NotRun { check: CheckRef { plan, check }, outcome, proof });
            }
        }
        changes.push(Change::StageEnded(StageRef { plan, stage: stage_id }));
        self.open_stages -= 1;
        let stage = self.stage(plan, stage_id);
        stage.state = State::Ended;
        let root = if stage.failed { Some(stage_id) } else { stage.blocked_by };
        let mut settled = BinaryHeap::new();
        for &dependent_id in selected.graph.dependents(stage_id) {
            let dependent = self.stage(plan, dependent_id);
            dependent.open_needs -= 1;
            dependent.blocked_by = match (dependent.blocked_by, root) {
                (Some(known), Some(new)) => Some(known.min(new)),
                (known, new) => known.or(new),
            };
            if dependent.open_needs == 0 {
                settled.push(Reverse(dependent_id));
            }
        }
        settled
    }

    fn stage(&mut self, plan: u32, stage: StageId) -> &mut StageState {
        &mut self.plans[plan as usize].stages[stage.0 as usize]
    }
}

/// An index as the small number of an id; plans are far smaller than four thousand million lines.
fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
