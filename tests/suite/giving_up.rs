//! The schedule of runs in which checks are tried again, and which are given up before their end: examples, and
//! properties for failures, retries and interrupts drawn at random.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plan_run::config::Scope;
use plan_run::event::{CheckRef, Extent, StageRef};
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::CheckId;
use plan_run::run::Patience;
use plan_run::run::schedule::{Change, Schedule, UnitRef};
use plan_run::select::Selection;
use proptest::prelude::*;

use super::schedule::{World, world};
use crate::support::plans::Sketch;

fn failed() -> Outcome {
    Outcome::Failed { status: 1, expected: None }
}

#[test]
fn a_unit_that_rests_leaves_its_slot_to_others_and_starts_again() {
    let selection =
        Sketch::new("plan.md", Path::new("/")).stage("1", &[]).run("a").stage("2", &[]).run("b").selection();
    let (first, second) = (UnitRef { plan: 0, unit: 0 }, UnitRef { plan: 0, unit: 1 });
    let mut schedule = Schedule::new(&selection, 1);
    schedule.begin();
    assert_eq!(schedule.started(first).len(), 1, "the stage starts");
    assert_eq!(schedule.next(), None);
    schedule.rests(first);
    assert_eq!(schedule.next(), Some(second));
    schedule.started(second);
    schedule.rested(first);
    assert_eq!(schedule.next(), None, "the slot is taken");
    schedule.ended(second, &[Outcome::Passed]);
    assert_eq!(schedule.next(), Some(first));
    assert_eq!(schedule.started(first), [], "the stage had started before");
    schedule.ended(first, &[Outcome::Passed]);
    assert!(schedule.is_over());
}

#[test]
fn what_rests_when_the_run_is_given_up_is_cancelled_and_not_merely_left_out() {
    let selection = Sketch::new("plan.md", Path::new("/")).stage("1", &[]).run("a").run("b").selection();
    let unit = UnitRef { plan: 0, unit: 0 };
    let mut schedule = Schedule::new(&selection, 1);
    schedule.begin();
    schedule.started(unit);
    schedule.rests(unit);
    let cause = Cause::Failures { count: 3 };
    let ends: Vec<Outcome> = schedule
        .give_up(&cause)
        .into_iter()
        .filter_map(|change| if let Change::NotRun { outcome, .. } = change { Some(outcome) } else { None })
        .collect();
    assert_eq!(ends, [Outcome::Cancelled(cause.clone()), Outcome::Skipped(Skip::GivenUp(cause))]);
    schedule.rested(unit);
    assert_eq!(schedule.next(), None);
    assert!(schedule.is_over());
}

/// How a run goes that is not simply run to its end.
#[derive(Clone, Debug)]
struct Course {
    /// The plans.
    worlds: Vec<World>,
    patience: Patience,
    /// How often each unit may be tried again; used in turn.
    retries: Vec<usize>,
    /// Before which step the run is interrupted.
    interrupt: Option<usize>,
}

fn course(
    patience: impl Strategy<Value = Patience>,
    interrupt: impl Strategy<Value = Option<usize>>,
) -> impl Strategy<Value = Course> {
    let worlds = prop::collection::vec(world(), 1..3);
    let retries = prop::collection::vec(0usize..3, 1..8);
    (worlds, patience, retries, interrupt).prop_map(|(worlds, patience, retries, interrupt)| Course {
        worlds,
        patience,
        retries,
        interrupt,
    })
}

fn impatience() -> impl Strategy<Value = Patience> {
    let scope = prop::option::of(prop::sample::select(&Scope::ALL[..]));
    (scope, prop::option::of(1usize..4)).prop_map(|(fail_fast, max_fail)| Patience { fail_fast, max_fail })
}

/// What is known of a run when it is over.
#[derive(Debug, Default)]
struct Known {
    ended: BTreeMap<CheckRef, Outcome>,
    changes: Vec<Change>,
    /// How often each unit rested.
    rests: BTreeMap<UnitRef, usize>,
    /// What was given up, in order.
    given_up: Vec<(Extent, Cause)>,
    started: BTreeSet<StageRef>,
    stages_ended: BTreeSet<StageRef>,
}

impl Known {
    fn end(&mut self, check: CheckRef, outcome: Outcome) {
        assert_eq!(self.ended.insert(check, outcome), None, "{check:?} ended twice");
    }

    fn take(&mut self, changes: Vec<Change>) {
        for change in &changes {
            match change {
                Change::StageStarted(stage) => assert!(self.started.insert(*stage), "{stage:?} started twice"),
                Change::NotRun { check, outcome, .. } => self.end(*check, outcome.clone()),
                Change::StageEnded(stage) => assert!(self.stages_ended.insert(*stage), "{stage:?} ended twice"),
                Change::GaveUp { extent, cause } => self.given_up.push((*extent, cause.clone())),
            }
        }
        self.changes.extend(changes);
    }

    /// Why a stage was given up, if it was.
    fn cause(&self, stage: StageRef) -> Option<&Cause> {
        self.given_up.iter().find(|(extent, _)| extent.covers(stage)).map(|(_, cause)| cause)
    }
}

impl Course {
    fn selection(&self) -> Selection {
        Selection { plans: self.worlds.iter().flat_map(|world| world.selection().plans).collect() }
    }

    fn retries(&self, unit: UnitRef) -> usize {
        self.retries[(unit.plan + unit.unit) as usize % self.retries.len()]
    }

    /// How often a check fails before it holds.
    fn failures(&self, plan: u32, check: CheckId) -> usize {
        match self.worlds[plan as usize].outcomes[check.0 as usize] {
            0 => usize::MAX,
            1 => 1,
            2 => 2,
            _ => 0,
        }
    }

    /// Plays a schedule to its end, holding it to the rules at each step.
    fn play(&self, selection: &Selection) -> Known {
        let jobs = self.worlds[0].jobs;
        let order = &self.worlds[0].order;
        let mut schedule = Schedule::new(selection, jobs).with_patience(self.patience);
        let mut known = Known::default();
        let mut resting: Vec<UnitRef> = Vec::new();
        let mut running: Vec<UnitRef> = Vec::new();
        known.take(schedule.begin());
        for step in 0.. {
            assert!(step < 10_000, "it does not end");
            let pick = order.get(step % order.len().max(1)).map_or(0, |&pick| pick as usize);
            if self.interrupt == Some(step) {
                known.given_up.push((Extent::Run, Cause::Interrupt));
                known.take(schedule.give_up(&Cause::Interrupt));
                assert_eq!(schedule.next(), None);
            }
            while let Some(unit) = schedule.next() {
                self.may_start(selection, unit, &known);
                running.push(unit);
                known.take(schedule.started(unit));
            }
            running.sort_unstable();
            assert_eq!(running, schedule.running());
            assert!(running.len() <= jobs, "over the limit");
            let moving = running.len() + resting.len();
            if moving == 0 {
                assert!(schedule.is_over(), "nothing runs or rests, and there is no end");
                break;
            }
            let pick = pick % moving;
            if let Some(at) = pick.checked_sub(running.len()) {
                schedule.rested(resting.remove(at));
                continue;
            }
            self.unit_ends(selection, &mut schedule, &mut known, running.remove(pick), pick, &mut resting);
        }
        known
    }

    /// Nothing starts before all that it needs holds, nor where the run was given up.
    fn may_start(&self, selection: &Selection, unit: UnitRef, known: &Known) {
        let selected = &selection.plans[unit.plan as usize];
        let stage = selected.units[unit.unit as usize].stage;
        for need in selected.graph.ancestors(stage) {
            for &check in &selected.plan.stage(need).checks {
                let outcome = known.ended.get(&CheckRef { plan: unit.plan, check }).expect("all before it has ended");
                assert!(!outcome.blocks(), "{unit:?} starts after {outcome:?}");
            }
        }
        assert_eq!(known.cause(StageRef { plan: unit.plan, stage }), None, "{unit:?} starts where all was given up");
    }

    /// A running unit ends: for good, or to be tried again, or because it was asked to.
    fn unit_ends(
        &self,
        selection: &Selection,
        schedule: &mut Schedule<&Selection>,
        known: &mut Known,
        unit: UnitRef,
        pick: usize,
        resting: &mut Vec<UnitRef>,
    ) {
        let selected = &selection.plans[unit.plan as usize];
        let checks = &selected.units[unit.unit as usize].checks;
        let stage = StageRef { plan: unit.plan, stage: selected.units[unit.unit as usize].stage };
        let rested = known.rests.get(&unit).copied().unwrap_or(0);
        let own = |check: &CheckId| if self.failures(unit.plan, *check) > rested { failed() } else { Outcome::Passed };
        let mut outcomes: Vec<Outcome> = checks.iter().map(own).collect();
        let cause = known.cause(stage).cloned();
        assert_eq!(schedule.may_try_again(unit), cause.is_none());
        match cause {
            // It may end by itself before it hears that it should.
            Some(_) if pick.is_multiple_of(3) => {}
            Some(cause) => outcomes.iter_mut().for_each(|outcome| *outcome = Outcome::Cancelled(cause.clone())),
            None if rested < self.retries(unit) && outcomes.contains(&failed()) => {
                known.rests.insert(unit, rested + 1);
                schedule.rests(unit);
                resting.push(unit);
                return;
            }
            None => {}
        }
        for (&check, outcome) in checks.iter().zip(&outcomes) {
            known.end(CheckRef { plan: unit.plan, check }, outcome.clone());
        }
        known.take(schedule.ended(unit, &outcomes));
    }

    /// What must become of each check where nothing is given up: by the plain meaning of the words.
    fn expected(&self, selection: &Selection) -> BTreeMap<CheckRef, Outcome> {
        let mut expected = BTreeMap::new();
        for (plan, selected) in (0u32..).zip(&selection.plans) {
            let mut fails: BTreeSet<CheckId> = BTreeSet::new();
            for (unit_index, unit) in (0u32..).zip(&selected.units) {
                let retries = self.retries(UnitRef { plan, unit: unit_index });
                fails.extend(unit.checks.iter().filter(|&&check| self.failures(plan, check) > retries));
            }
            let stage_fails = |stage| selected.plan.stage(stage).checks.iter().any(|check| fails.contains(check));
            for (index, check) in (0u32..).zip(&selected.plan.checks) {
                let id = CheckId(index);
                // The first of those at which trouble began, of which nothing before does not hold.
                let ancestors = selected.graph.ancestors(check.stage);
                let root = ancestors
                    .iter()
                    .copied()
                    .filter(|&stage| {
                        stage_fails(stage) && !selected.graph.ancestors(stage).into_iter().any(stage_fails)
                    })
                    .min();
                let outcome = match (&selected.left_out[index as usize], root) {
                    (Some(skip), _) => Outcome::Skipped(skip.clone()),
                    (None, Some(root)) => {
                        Outcome::Skipped(Skip::Blocked { by: selected.plan.stage(root).label.clone() })
                    }
                    (None, None) if fails.contains(&id) => failed(),
                    (None, None) => Outcome::Passed,
                };
                expected.insert(CheckRef { plan, check: id }, outcome);
            }
        }
        expected
    }
}

proptest! {
    #[test]
    fn with_retries_every_check_ends_as_the_oracle_says(course in course(Just(Patience::default()), Just(None)), shift in 0u8..255) {
        let selection = course.selection();
        let known = course.play(&selection);
        prop_assert_eq!(&known.ended, &course.expected(&selection));
        prop_assert_eq!(&known.given_up, &[]);
        for (&unit, &rests) in &known.rests {
            let checks = &selection.plans[unit.plan as usize].units[unit.unit as usize].checks;
            let most = checks.iter().map(|&check| course.failures(unit.plan, check)).max().unwrap_or(0);
            prop_assert_eq!(rests, most.min(course.retries(unit)), "{:?}", unit);
        }
        // Neither speed nor slots decide what becomes of a check.
        let mut other = course.clone();
        other.worlds[0].jobs = usize::from(shift) % 4 + 1;
        other.worlds[0].order.iter_mut().for_each(|pick| *pick = pick.wrapping_mul(31).wrapping_add(shift));
        prop_assert_eq!(other.play(&selection).ended, known.ended);
    }

    #[test]
    fn whatever_is_given_up_every_check_ends_once_and_says_why(course in course(impatience(), prop::option::weighted(0.3, 0usize..10))) {
        let selection = course.selection();
        let known = course.play(&selection);
        let checks = selection.plans.iter().map(|selected| selected.plan.checks.len()).sum::<usize>();
        prop_assert_eq!(known.ended.len(), checks, "each check ends");
        let stages = selection.plans.iter().map(|selected| selected.plan.stages.len()).sum::<usize>();
        prop_assert_eq!(known.stages_ended.len(), stages, "each stage ends");
        let mut trouble = 0;
        for (reference, outcome) in &known.ended {
            let plan = &selection.plans[reference.plan as usize].plan;
            let stage = StageRef { plan: reference.plan, stage: plan.check(reference.check).stage };
            let cause = known.cause(stage);
            match outcome {
                Outcome::Cancelled(why) | Outcome::Skipped(Skip::GivenUp(why)) => prop_assert_eq!(Some(why), cause),
                Outcome::Skipped(Skip::Blocked { .. }) => {
                    let selected = &selection.plans[reference.plan as usize];
                    let before = selected.graph.ancestors(stage.stage).into_iter();
                    let mut before = before.flat_map(|stage| &plan.stage(stage).checks);
                    let blocks = |&check: &CheckId| known.ended[&CheckRef { plan: reference.plan, check }].blocks();
                    prop_assert!(before.any(blocks), "{:?}", reference);
                }
                _ => {}
            }
            if outcome.is_own_trouble() {
                trouble += 1;
                // Whoever fails where failures are not borne takes its stage with it.
                prop_assert!(course.patience.fail_fast.is_none() || cause.is_some(), "{:?}", reference);
            }
        }
        let over = known.given_up.iter().any(|(extent, _)| *extent == Extent::Run);
        if let Some(most) = course.patience.max_fail {
            prop_assert!(trouble < most || over, "{} failures were borne", trouble);
        }
        for (_, cause) in &known.given_up {
            if let Cause::Failures { count } = cause {
                prop_assert!(*count >= course.patience.max_fail.unwrap_or(usize::MAX));
            }
        }
        prop_assert_eq!(course.play(&selection).changes, known.changes, "the same endings, the same changes");
    }
}
