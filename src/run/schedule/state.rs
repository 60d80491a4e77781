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
//! Resting   one of its commands is tried again after a while
//! Ended     all its checks have ended
//! ```
//!
//! (Between two commands of a stage, and after a rest, it is Ready again.) Whether a stage is blocked is decided when the
//! last stage that it needs has ended, not at the first failure: only so the stage that is named as
//! the cause does not depend on which command happened to be faster.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::Deref;

use super::super::policy::Patience;
use super::claims::{Claims, Memory};
use super::paths;
use super::queue::Queue;
use super::ready::Ready;
use super::twins;
use crate::config::Scope;
use crate::event::{CheckRef, Extent, Proof, StageRef};
use crate::history::Past;
use crate::outcome::{Cause, Outcome, Skip};
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

/// What a schedule keeps to, and what it knows.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// How many job slots there are; 0 counts as 1.
    pub jobs: usize,
    /// What is known of the checks from earlier runs.
    pub past: Option<&'a Past>,
    /// Whether a unit takes the result of another that has passed with the same command.
    pub reuse: bool,
    /// How much memory the units that run may be expected to need together, in bytes. One that is alone may have more.
    pub memory: Option<u64>,
}

impl Rules<'_> {
    /// A number of job slots, and nothing known.
    #[must_use]
    pub fn new(jobs: usize) -> Self {
        Self { jobs, past: None, reuse: false, memory: None }
    }
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
    /// Too much does not hold: a part of the run is given up. Its units that run are to be asked to end.
    GaveUp {
        /// Which part.
        extent: Extent,
        /// Why.
        cause: Cause,
    },
    /// All checks of a stage have ended.
    StageEnded(StageRef),
}

/// The state of a run. `S` is how it holds what is run.
#[derive(Debug)]
pub struct Schedule<S> {
    selection: S,
    plans: Vec<PlanState>,
    ready: Ready,
    /// The unit that is about to take the result of another.
    sharing: Option<UnitRef>,
    running: BTreeSet<UnitRef>,
    open_stages: usize,
    patience: Patience,
    /// How many checks do not hold.
    failed: usize,
    /// Whether the whole run was given up.
    over: bool,
}

#[derive(Debug)]
struct PlanState {
    stages: Vec<StageState>,
    /// For each check whether it has ended.
    ended: Vec<bool>,
    /// For each check whether it was tried and may be tried again.
    tried: Vec<bool>,
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
    /// Why what it has still to run is not run; the first reason holds.
    given_up: Option<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Ready,
    Running,
    Resting,
    Ended,
}

impl<S: Deref<Target = Selection> + Clone> Schedule<S> {
    /// A schedule for a selection, with a number of job slots. Nothing has happened yet; [`Schedule::begin`] comes
    /// first.
    #[must_use]
    pub fn new(selection: S, jobs: usize) -> Self {
        Self::with(selection, &Rules::new(jobs))
    }

    /// A schedule for a selection that keeps to some rules.
    #[must_use]
    pub fn with(selection: S, rules: &Rules<'_>) -> Self {
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
                        given_up: None,
                    })
                    .collect();
                for (index, unit) in selected.units.iter().enumerate() {
                    stages[unit.stage.0 as usize].units.push(small(index));
                }
                let checks = selected.plan.checks.len();
                PlanState { stages, ended: vec![false; checks], tried: vec![false; checks] }
            })
            .collect();
        let open_stages = plans.iter().map(|plan| plan.stages.len()).sum();
        let jobs = rules.jobs.max(1);
        let memory = Memory { limit: rules.memory, past: rules.past };
        let queue = Queue::new(jobs, Claims::of(&selection, jobs, memory), paths::lengths(&selection, rules.past));
        Self {
            plans,
            ready: Ready::new(queue, if rules.reuse { twins::groups(&selection) } else { Vec::new() }),
            selection,
            sharing: None,
            running: BTreeSet::new(),
            open_stages,
            patience: Patience::default(),
            failed: 0,
            over: false,
        }
    }

    /// The same, given up with so many failures.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
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
        self.ready.next()
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
    pub fn unit(&self, unit: UnitRef) -> &Unit {
        unit_of(&self.selection, unit)
    }

    /// Notes that a unit starts.
    ///
    /// # Panics
    /// When it may not; see [`Schedule::next`].
    pub fn started(&mut self, unit: UnitRef) -> Vec<Change> {
        assert!(self.ready.start(unit), "a unit may start only when the schedule says so");
        self.running.insert(unit);
        self.begun(unit)
    }

    /// A unit that may take the result of another one instead of being run, and that one; it asks for no slot.
    pub fn shareable(&mut self) -> Option<(UnitRef, UnitRef)> {
        self.ready.shareable()
    }

    /// Notes that a unit takes a result. Its end follows at once, through [`Schedule::ended`].
    pub fn shares(&mut self, unit: UnitRef) -> Vec<Change> {
        self.ready.share(unit);
        self.sharing = Some(unit);
        self.begun(unit)
    }

    /// Notes that a unit is to be run all the same.
    pub fn refuses(&mut self, unit: UnitRef) {
        self.ready.refuse(unit);
    }

    /// How many job slots a unit takes.
    #[must_use]
    pub fn weight(&self, unit: UnitRef) -> usize {
        self.ready.weight(unit)
    }

    /// Whether there may be others that take a unit's result.
    #[must_use]
    pub fn has_twins(&self, unit: UnitRef) -> bool {
        self.ready.has_twins(unit)
    }

    /// Moves a stage on to its next unit.
    fn begun(&mut self, unit: UnitRef) -> Vec<Change> {
        let Unit { stage: stage_id, checks, .. } = self.unit(unit);
        let (stage_id, again) = (*stage_id, self.plans[unit.plan as usize].tried[checks[0].0 as usize]);
        let stage = self.stage(unit.plan, stage_id);
        stage.state = State::Running;
        if again {
            return Vec::new();
        }
        stage.started += 1;
        if stage.started == 1 {
            vec![Change::StageStarted(StageRef { plan: unit.plan, stage: stage_id })]
        } else {
            Vec::new()
        }
    }

    /// Whether a running unit may be tried again: nothing of its stage was given up.
    #[must_use]
    pub fn may_try_again(&self, unit: UnitRef) -> bool {
        let stage = self.unit(unit).stage;
        self.plans[unit.plan as usize].stages[stage.0 as usize].given_up.is_none()
    }

    /// Notes that a running unit has ended and is to be tried again, after a while of which only the caller knows. Until
    /// then others may have its slot.
    ///
    /// # Panics
    /// When the unit does not run, or may not be tried again.
    pub fn rests(&mut self, unit: UnitRef) {
        assert!(self.may_try_again(unit), "what was given up is not tried again");
        assert!(self.running.remove(&unit), "only a running unit can rest");
        // Of what has to be tried again nobody takes the result, not even when it passes in the end.
        self.ready.end(unit, false);
        let selection = self.selection.clone();
        let Unit { stage, checks, .. } = unit_of(&selection, unit);
        for check in checks {
            self.plans[unit.plan as usize].tried[check.0 as usize] = true;
        }
        self.stage(unit.plan, *stage).state = State::Resting;
    }

    /// Notes that a unit has rested enough. Nothing comes of it where it was given up meanwhile.
    pub fn rested(&mut self, unit: UnitRef) {
        let stage = self.unit(unit).stage;
        let stage = self.stage(unit.plan, stage);
        if stage.state == State::Resting {
            stage.state = State::Ready;
            self.ready.push(unit);
        }
    }

    /// Notes how the checks of a running unit ended, one outcome for each of its checks.
    ///
    /// # Panics
    /// When the unit does not run, or the number of outcomes is wrong.
    pub fn ended(&mut self, unit: UnitRef, outcomes: &[Outcome]) -> Vec<Change> {
        if self.sharing.take_if(|sharing| *sharing == unit).is_none() {
            assert!(self.running.remove(&unit), "only a running unit can end");
            self.ready.end(unit, outcomes.iter().all(Outcome::is_green));
        }
        let selection = self.selection.clone();
        let Unit { stage: stage_id, checks, .. } = unit_of(&selection, unit);
        assert_eq!(checks.len(), outcomes.len(), "each check of a unit ends");
        for &check in checks {
            self.plans[unit.plan as usize].ended[check.0 as usize] = true;
        }
        let mut changes = Vec::new();
        let too_much = self.too_much(unit, outcomes);
        if let Some((extent, cause)) = &too_much {
            self.mark(*extent, cause);
            changes.push(Change::GaveUp { extent: *extent, cause: cause.clone() });
        }
        let stage = self.stage(unit.plan, *stage_id);
        stage.failed |= outcomes.iter().any(Outcome::blocks);
        if let Some(&next) = stage.units.get(stage.started)
            && stage.given_up.is_none()
        {
            stage.state = State::Ready;
            self.ready.push(UnitRef { plan: unit.plan, unit: next });
        } else {
            let settled = self.end_stage(unit.plan, *stage_id, &mut changes);
            self.settle(unit.plan, settled, &mut changes);
        }
        if let Some((extent, _)) = too_much {
            self.drop_marked(extent, &mut changes);
        }
        changes
    }

    /// Gives up all that has not started. Units that run now still end through [`Schedule::ended`].
    pub fn give_up(&mut self, cause: &Cause) -> Vec<Change> {
        let mut changes = Vec::new();
        self.mark(Extent::Run, cause);
        self.drop_marked(Extent::Run, &mut changes);
        changes
    }

    /// What is to be given up after a unit ended, and why.
    fn too_much(&mut self, unit: UnitRef, outcomes: &[Outcome]) -> Option<(Extent, Cause)> {
        let failed = outcomes.iter().filter(|outcome| outcome.is_own_trouble()).count();
        self.failed += failed;
        if failed == 0 || self.over {
            return None;
        }
        if self.patience.max_fail.is_some_and(|most| self.failed >= most) {
            return Some((Extent::Run, Cause::Failures { count: self.failed }));
        }
        let scope = self.patience.fail_fast?;
        let selection = self.selection.clone();
        let Unit { stage, checks, .. } = unit_of(&selection, unit);
        if self.stage(unit.plan, *stage).given_up.is_some() {
            return None;
        }
        let extent = match scope {
            Scope::Stage => Extent::Stage(StageRef { plan: unit.plan, stage: *stage }),
            Scope::Plan => Extent::Plan(unit.plan),
            Scope::Run => Extent::Run,
        };
        let plan = &selection.plans[unit.plan as usize].plan;
        let first = outcomes.iter().position(Outcome::is_own_trouble)?;
        let label = &plan.check(checks[first]).label;
        let several = selection.plans.len() > 1;
        let check = if several { format!("{}#{label}", plan.source.name()) } else { label.clone() };
        Some((extent, Cause::FirstFailure { check, scope }))
    }

    /// Notes for the stages of a part of the run why nothing more of them is run.
    fn mark(&mut self, extent: Extent, cause: &Cause) {
        self.over |= extent == Extent::Run;
        for (plan, state) in self.plans.iter_mut().enumerate() {
            for (index, stage) in state.stages.iter_mut().enumerate() {
                let reference = StageRef { plan: small(plan), stage: StageId(small(index)) };
                if stage.state != State::Ended && stage.given_up.is_none() && extent.covers(reference) {
                    stage.given_up = Some(cause.clone());
                }
            }
        }
    }

    /// Ends the stages of a part of the run that was given up of which nothing runs.
    fn drop_marked(&mut self, extent: Extent, changes: &mut Vec<Change>) {
        let selection = self.selection.clone();
        self.ready.retain(|unit| {
            let stage = unit_of(&selection, unit).stage;
            !extent.covers(StageRef { plan: unit.plan, stage })
        });
        for plan in 0..small(self.plans.len()) {
            for index in 0..self.plans[plan as usize].stages.len() {
                let stage = StageId(small(index));
                let state = self.plans[plan as usize].stages[index].state;
                if matches!(state, State::Waiting | State::Ready | State::Resting)
                    && extent.covers(StageRef { plan, stage })
                {
                    // Whatever waits for it belongs to the same part, unless that is a stage, of which something ran.
                    self.end_stage(plan, stage, changes);
                }
            }
        }
    }

    /// Makes stages whose needs have all ended ready, or ends them where nothing is left to run.
    fn settle(&mut self, plan: u32, mut stages: BinaryHeap<Reverse<StageId>>, changes: &mut Vec<Change>) {
        while let Some(Reverse(stage_id)) = stages.pop() {
            let stage = self.stage(plan, stage_id);
            if stage.state == State::Ended {
                continue;
            }
            match stage.units.first() {
                Some(&first) if stage.blocked_by.is_none() && stage.given_up.is_none() => {
                    stage.state = State::Ready;
                    self.ready.push(UnitRef { plan, unit: first });
                }
                _ => stages.extend(self.end_stage(plan, stage_id, changes)),
            }
        }
    }

    /// The one place where a stage ends: its remaining checks end with it, and the stages for which it
    /// was the last they waited for are given back.
    fn end_stage(&mut self, plan: u32, stage_id: StageId, changes: &mut Vec<Change>) -> BinaryHeap<Reverse<StageId>> {
        let selection = self.selection.clone();
        let selected = &selection.plans[plan as usize];
        let stage = self.stage(plan, stage_id);
        let given_up = stage.given_up.clone();
        let blocked_by = if given_up.is_some() { None } else { stage.blocked_by };
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
                    // Where what it needs does not hold, it would not have been run.
                    (None, None) if selected.cached[check.0 as usize].is_some() => {
                        let run = selected.cached[check.0 as usize].clone().unwrap_or_default();
                        proof = Proof::Cached { run };
                        Outcome::Passed
                    }
                    (Some(skip), _) => Outcome::Skipped(skip.clone()),
                    (None, Some(root)) => {
                        Outcome::Skipped(Skip::Blocked { by: selected.plan.stage(root).label.clone() })
                    }
                    (None, None) => match &given_up {
                        None | Some(Cause::Interrupt) => Outcome::Cancelled(Cause::Interrupt),
                        // It does not hold so far, which is more than not to have been run.
                        Some(cause) if self.plans[plan as usize].tried[check.0 as usize] => {
                            Outcome::Cancelled(cause.clone())
                        }
                        Some(cause) => Outcome::Skipped(Skip::GivenUp(cause.clone())),
                    },
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

/// A unit by its reference.
pub(crate) fn unit_of(selection: &Selection, unit: UnitRef) -> &Unit {
    &selection.plans[unit.plan as usize].units[unit.unit as usize]
}

/// An index as the small number of an id; plans are far smaller than four thousand million lines.
fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
