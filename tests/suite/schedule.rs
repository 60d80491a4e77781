//! The schedule as a plain value: examples, and properties against a slow and simple oracle.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use plan_run::event::{CheckRef, Proof, StageRef};
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::{CheckId, Kind, LimitOf, StageId};
use plan_run::run::schedule::{Change, Rules, Schedule, UnitRef};
use plan_run::select::Selection;
use proptest::prelude::*;

use crate::support::makespan::{Work, median};
use crate::support::plans::Sketch;
use crate::support::recorder::{cause_words, outcome_words};

fn sketch() -> Sketch {
    Sketch::new("plan.md", Path::new("/"))
}

fn failed() -> Outcome {
    Outcome::Failed { status: 1, expected: None }
}

/// Runs a schedule in which the earliest running unit ends first, and tells all as words.
fn story(selection: &Selection, jobs: usize, outcome: impl Fn(&str) -> Outcome) -> String {
    let plan = &selection.plans[0].plan;
    let words = |change: Change| match change {
        Change::StageStarted(stage) => format!("+{}", plan.stage(stage.stage).label),
        Change::NotRun { check, outcome, .. } => {
            format!("{}({})", plan.check(check.check).label, outcome_words(&outcome))
        }
        Change::GaveUp { extent, cause } => format!("!{extent:?} {}", cause_words(&cause)),
        Change::StageEnded(stage) => format!("-{}", plan.stage(stage.stage).label),
    };
    let mut schedule = Schedule::new(selection, jobs);
    let mut story: Vec<String> = schedule.begin().into_iter().map(words).collect();
    loop {
        while let Some(unit) = schedule.next() {
            story.extend(schedule.started(unit).into_iter().map(words));
        }
        let Some(&first) = schedule.running().first() else { break };
        let labels: Vec<String> = schedule.unit(first).checks.iter().map(|&id| plan.check(id).label.clone()).collect();
        let outcomes: Vec<Outcome> = labels.iter().map(|label| outcome(label)).collect();
        story
            .extend(labels.iter().zip(&outcomes).map(|(label, outcome)| format!("{label}={}", outcome_words(outcome))));
        story.extend(schedule.ended(first, &outcomes).into_iter().map(words));
    }
    assert!(schedule.is_over(), "{story:?}");
    story.join(" ")
}

#[test]
fn stages_side_by_side_and_checks_of_a_stage_one_by_one() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .run("b")
        .stage("2", &[])
        .run("c")
        .stage("3", &["1", "2"])
        .run("d")
        .selection();
    let story = story(&selection, 8, |_| Outcome::Passed);
    assert_eq!(story, "+1 +2 1.1=passed 1.2=passed -1 2.1=passed -2 +3 3.1=passed -3");
}

#[test]
fn all_checks_of_a_failing_stage_run_and_its_descendants_are_blocked() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .run("b")
        .stage("2", &["1"])
        .run("c")
        .manual()
        .stage("3", &["2"])
        .run("d")
        .stage("4", &[])
        .run("e")
        .selection();
    let story = story(&selection, 1, |label| if label == "1.1" { failed() } else { Outcome::Passed });
    assert_eq!(
        story,
        "+1 1.1=failed(1) 1.2=passed -1 2.1(blocked by 1) 2.2(manual) -2 3.1(blocked by 1) -3 +4 4.1=passed -4"
    );
}

#[test]
fn a_stage_with_nothing_to_run_stands_in_nobodys_way() {
    let selection = sketch()
        .stage("1", &[])
        .manual()
        .stage("2", &["1"])
        .run("rm -r x")
        .with(|check| check.risk = Some("deletes".to_owned()))
        .stage("3", &["2"])
        .stage("4", &["3"])
        .run("d")
        .selection();
    let story = story(&selection, 1, |_| Outcome::Passed);
    assert_eq!(story, "1.1(manual) -1 2.1(held back: deletes) -2 -3 +4 4.1=passed -4");
}

#[test]
fn blocking_reaches_through_a_stage_with_nothing_to_run() {
    let selection =
        sketch().stage("1", &[]).run("a").stage("2", &["1"]).manual().stage("3", &["2"]).run("c").selection();
    let story = story(&selection, 1, |_| failed());
    assert_eq!(story, "+1 1.1=failed(1) -1 2.1(manual) -2 3.1(blocked by 1) -3");
}

#[test]
fn the_earliest_of_several_causes_is_named_whoever_is_faster() {
    let selection =
        sketch().stage("1", &[]).run("a").stage("2", &[]).run("b").stage("3", &["2", "1"]).run("c").selection();
    for order in [[0, 1], [1, 0]] {
        let mut schedule = Schedule::new(&selection, 2);
        schedule.begin();
        while let Some(unit) = schedule.next() {
            schedule.started(unit);
        }
        let mut changes = Vec::new();
        for unit in order {
            changes = schedule.ended(UnitRef { plan: 0, unit }, &[failed()]);
        }
        let by = Skip::Blocked { by: "1".to_owned() };
        let check = CheckRef { plan: 0, check: CheckId(2) };
        assert!(
            changes.contains(&Change::NotRun { check, outcome: Outcome::Skipped(by), proof: Proof::Own }),
            "{changes:?}"
        );
    }
}

#[test]
fn a_stopped_script_fails_its_stage() {
    let selection = sketch().stage("1", &[]).run("a").run("b").script(2).stage("2", &["1"]).run("c").selection();
    let by = || Skip::ScriptStopped { by: "1.1".to_owned() };
    let story = story(&selection, 1, |label| match label {
        "1.2" => Outcome::Skipped(by()),
        _ => Outcome::Passed,
    });
    assert_eq!(story, "+1 1.1=passed 1.2=script stopped by 1.1 -1 2.1(blocked by 1) -2");
}

#[test]
fn plans_share_the_slots_in_the_order_given() {
    let plans = (0..3).map(|_| sketch().stage("1", &[]).run("a").stage("2", &[]).run("b").selected()).collect();
    let selection = Selection { plans };
    let mut schedule = Schedule::new(&selection, 4);
    schedule.begin();
    assert_eq!(started(&mut schedule), [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

/// Starts all that may start, and gives plans and units in that order.
fn started(schedule: &mut Schedule<&Selection>) -> Vec<(u32, u32)> {
    let mut units = Vec::new();
    while let Some(unit) = schedule.next() {
        schedule.started(unit);
        units.push((unit.plan, unit.unit));
    }
    units
}

#[test]
fn who_has_most_behind_it_starts_first() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .stage("2", &[])
        .run("b")
        .stage("3", &["2"])
        .run("c")
        .stage("4", &[])
        .run("d")
        .run("e")
        .run("f")
        .selection();
    let story = story(&selection, 1, |_| Outcome::Passed);
    assert_eq!(story, "+4 4.1=passed +2 2.1=passed -2 4.2=passed +1 1.1=passed -1 +3 3.1=passed -3 4.3=passed -4");
}

#[test]
fn ten_thousand_checks_are_no_burden() {
    let mut wide = sketch();
    for stage in 0..1000 {
        let needs = if stage == 0 { vec![] } else { vec![format!("s{}", stage - 1)] };
        let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
        wide = wide.stage(&format!("s{stage}"), &needs);
        for _ in 0..10 {
            wide = wide.run("true");
        }
    }
    let selection = wide.selection();
    // A step whose cost grows with the plan would keep this test busy for minutes.
    let story = story(&selection, 4, |_| Outcome::Passed);
    assert_eq!(story.matches("=passed").count(), 10_000);
}

#[test]
fn with_known_durations_it_is_as_fast_as_can_be_where_first_in_first_out_is_not() {
    let work = Work::sixteen();
    let bound = work.bound(2);
    assert!(work.first_in_first_out(2) / bound > 1.2);
    assert!(work.scheduled(2, Some(&work.past())) / bound <= 1.03);
}

#[test]
fn on_most_graphs_it_is_near_the_best_that_could_be() {
    let ratio = |jobs: usize, time: &dyn Fn(&Work) -> f64| {
        median((0..200).map(Work::random).map(|work| time(&work) / work.bound(jobs as u64)).collect())
    };
    for jobs in [2, 4] {
        let known = ratio(jobs, &|work| work.scheduled(jobs, Some(&work.past())));
        let fifo = ratio(jobs, &|work| work.first_in_first_out(jobs));
        assert!(known <= 1.03 && known < fifo, "with {jobs} jobs {known:.3}, first in first out {fifo:.3}");
    }
}

#[test]
fn a_command_of_which_nothing_is_known_counts_as_the_others_do() {
    let mut work = Work { needs: vec![vec![], vec![], vec![]], times: vec![vec![1], vec![5], vec![9]] };
    let selection = work.selection();
    work.times[0] = vec![7];
    let mut past = work.past();
    past.plans[0][1] = None;
    let mut schedule = Schedule::with(&selection, &Rules { past: Some(&past), ..Rules::new(3) });
    schedule.begin();
    // 9, then 8 as the middle of 7 and 9, then 7.
    assert_eq!(started(&mut schedule), [(0, 2), (0, 1), (0, 0)]);
}

/// A random plan with what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// For each stage the stages it needs, in an order without cycles that is not document order.
    pub(crate) needs: Vec<Vec<usize>>,
    /// For each stage its checks.
    checks: Vec<Vec<Sort>>,
    pub(crate) jobs: usize,
    /// How each check ends if it runs.
    pub(crate) outcomes: Vec<u8>,
    /// Which of the running units ends next.
    pub(crate) order: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Command,
    /// Belongs to the same script as the one before it, if that is a command too.
    Joined,
    Manual,
    Red,
    HeldBack,
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let sort = prop_oneof![
        4 => Just(Sort::Command), 2 => Just(Sort::Joined), 1 => Just(Sort::Manual), 1 => Just(Sort::Red),
        1 => Just(Sort::HeldBack),
    ];
    (1usize..9).prop_flat_map(move |count| {
        let ranks = Just((0..count).collect::<Vec<usize>>()).prop_shuffle();
        let edges = prop::collection::vec(prop::bool::weighted(0.3), count * count);
        let checks = prop::collection::vec(prop::collection::vec(sort.clone(), 0..5), count);
        let outcomes = prop::collection::vec(0u8..8, count * 5);
        let order = prop::collection::vec(any::<u8>(), count * 5);
        (ranks, edges, checks, 1usize..5, outcomes, order).prop_map(
            move |(ranks, edges, checks, jobs, outcomes, order)| {
                let needs = (0..count)
                    .map(|stage| {
                        (0..count).filter(|&need| ranks[need] < ranks[stage] && edges[stage * count + need]).collect()
                    })
                    .collect();
                World { needs, checks, jobs, outcomes, order }
            },
        )
    })
}

impl World {
    pub(crate) fn selection(&self) -> Selection {
        let mut sketch = sketch();
        for (stage, sorts) in self.checks.iter().enumerate() {
            let needs: Vec<String> = self.needs[stage].iter().map(|need| format!("s{need}")).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            sketch = sketch.stage(&format!("s{stage}"), &needs);
            let mut before = None;
            for &sort in sorts {
                sketch = match sort {
                    Sort::Command => sketch.run("true"),
                    Sort::Joined if before == Some(Sort::Command) => sketch.run("true").script(2),
                    Sort::Joined => sketch.run("true"),
                    Sort::Manual => sketch.manual(),
                    Sort::Red => sketch.check(Kind::Red, Some("false")),
                    Sort::HeldBack => sketch.run("rm x").with(|check| check.risk = Some("deletes".to_owned())),
                };
                before = if sort == Sort::Joined { None } else { Some(sort) };
            }
        }
        sketch.selection()
    }

    fn outcome(&self, check: CheckId) -> Outcome {
        match self.outcomes[check.0 as usize] {
            0 => failed(),
            1 => Outcome::TimedOut { limit: Duration::from_secs(1), of: LimitOf::Default },
            _ => Outcome::Passed,
        }
    }

    /// The stage where the trouble began that keeps this one from starting, by the plain meaning of the words.
    fn root(&self, selection: &Selection, stage: usize) -> Option<usize> {
        self.needs[stage]
            .iter()
            .filter_map(|&need| self.root(selection, need).or_else(|| self.fails(selection, need).then_some(need)))
            .min()
    }

    fn fails(&self, selection: &Selection, stage: usize) -> bool {
        let selected = &selection.plans[0];
        let checks = &selected.plan.stages[stage].checks;
        checks.iter().any(|&check| selected.left_out[check.0 as usize].is_none() && self.outcome(check).blocks())
    }

    /// What must become of each check.
    fn expected(&self, selection: &Selection) -> Vec<Outcome> {
        let selected = &selection.plans[0];
        let outcomes = selected.plan.checks.iter().zip(&selected.left_out).enumerate().map(|(index, (check, left))| {
            let root = self.root(selection, check.stage.0 as usize);
            match (left, root) {
                (Some(skip), _) => Outcome::Skipped(skip.clone()),
                (None, Some(root)) => Outcome::Skipped(Skip::Blocked { by: format!("s{root}") }),
                (None, None) => self.outcome(CheckId(index as u32)),
            }
        });
        outcomes.collect()
    }

    /// Plays a schedule to its end, holding it to the rules at each step, and gives what became of each check
    /// and all changes. Cancels before step `cancel_at`.
    fn play(&self, selection: &Selection, cancel_at: Option<usize>) -> (Vec<Outcome>, Vec<Change>) {
        let selected = &selection.plans[0];
        let mut schedule = Schedule::new(selection, self.jobs);
        let mut ended: Vec<Option<Outcome>> = vec![None; selected.plan.checks.len()];
        let mut started_stages = BTreeSet::new();
        let mut ended_stages = BTreeSet::new();
        let mut all = Vec::new();
        let mut step = 0;
        let mut take = |changes: Vec<Change>, ended: &mut Vec<Option<Outcome>>| {
            for change in &changes {
                match change {
                    Change::StageStarted(stage) => {
                        assert!(started_stages.insert(*stage), "{stage:?} started twice");
                        assert!(!ended_stages.contains(stage), "{stage:?} started after its end");
                    }
                    Change::NotRun { check, outcome, .. } => {
                        let before = ended[check.check.0 as usize].replace(outcome.clone());
                        assert_eq!(before, None, "{check:?} ended twice");
                    }
                    Change::GaveUp { .. } => panic!("a patient run gives nothing up"),
                    Change::StageEnded(stage) => {
                        assert!(ended_stages.insert(*stage), "{stage:?} ended twice");
                        let checks = &selected.plan.stage(stage.stage).checks;
                        assert!(checks.iter().all(|check| ended[check.0 as usize].is_some()), "{stage:?} ended early");
                    }
                }
            }
            all.extend(changes);
        };
        take(schedule.begin(), &mut ended);
        loop {
            if cancel_at == Some(step) {
                take(schedule.give_up(&Cause::Interrupt), &mut ended);
                assert_eq!(schedule.next(), None);
            }
            while let Some(unit) = schedule.next() {
                let stage = schedule.unit(unit).stage;
                for need in selected.graph.ancestors(stage) {
                    for check in &selected.plan.stage(need).checks {
                        let outcome = ended[check.0 as usize].as_ref().expect("all before it has ended");
                        assert!(!outcome.blocks(), "{stage:?} starts after {outcome:?}");
                    }
                }
                let busy = schedule.running().into_iter().any(|other| schedule.unit(other).stage == stage);
                assert!(!busy, "two units of {stage:?} at a time");
                take(schedule.started(unit), &mut ended);
            }
            let running = schedule.running();
            assert!(running.len() <= self.jobs);
            assert_eq!(schedule.is_over(), running.is_empty(), "a free slot and nothing to do before the end");
            if running.is_empty() {
                break;
            }
            if running.len() < self.jobs && cancel_at.is_none_or(|at| at > step) {
                self.assert_nothing_could_start(selection, &schedule, &ended);
            }
            let unit = running[self.order[step % self.order.len()] as usize % running.len()];
            let checks = &schedule.unit(unit).checks;
            let outcomes: Vec<Outcome> = checks.iter().map(|&check| self.outcome(check)).collect();
            for (&check, outcome) in checks.iter().zip(&outcomes) {
                assert_eq!(ended[check.0 as usize].replace(outcome.clone()), None, "{check:?} ended twice");
            }
            take(schedule.ended(unit, &outcomes), &mut ended);
            step += 1;
        }
        assert_eq!(ended_stages.len(), selected.plan.stages.len(), "each stage ends");
        (ended.into_iter().map(|outcome| outcome.expect("each check ends")).collect(), all)
    }

    /// With a slot free, every stage that could run has a unit running.
    fn assert_nothing_could_start(
        &self,
        selection: &Selection,
        schedule: &Schedule<&Selection>,
        ended: &[Option<Outcome>],
    ) {
        let selected = &selection.plans[0];
        let busy: BTreeSet<StageId> = schedule.running().into_iter().map(|unit| schedule.unit(unit).stage).collect();
        for stage in selected.plan.stage_ids() {
            let open =
                selected.units.iter().any(|unit| unit.stage == stage && ended[unit.checks[0].0 as usize].is_none());
            let free =
                selected.graph.ancestors(stage).iter().all(|&need| {
                    selected.plan.stage(need).checks.iter().all(|check| ended[check.0 as usize].is_some())
                });
            let blocked = self.root(selection, stage.0 as usize).is_some();
            assert!(!open || !free || blocked || busy.contains(&stage), "{stage:?} could run and does not");
        }
    }
}

proptest! {
    #[test]
    fn every_check_ends_as_the_oracle_says(world in world()) {
        let selection = world.selection();
        let (outcomes, changes) = world.play(&selection, None);
        prop_assert_eq!(outcomes, world.expected(&selection));
        let (_, again) = world.play(&selection, None);
        prop_assert_eq!(changes, again);
    }

    #[test]
    fn what_became_of_a_check_does_not_depend_on_speed_or_slots(world in world(), jobs in 1usize..5, shift in 0u8..255) {
        let selection = world.selection();
        let (outcomes, _) = world.play(&selection, None);
        let mut other = world;
        other.jobs = jobs;
        other.order.iter_mut().for_each(|pick| *pick = pick.wrapping_mul(31).wrapping_add(shift));
        let (other_outcomes, _) = other.play(&selection, None);
        prop_assert_eq!(outcomes, other_outcomes);
    }

    #[test]
    fn after_a_cancellation_nothing_starts_and_everything_ends(world in world(), at in 0usize..12) {
        let selection = world.selection();
        let (outcomes, changes) = world.play(&selection, Some(at));
        for ((outcome, left_out), check) in outcomes.iter().zip(&selection.plans[0].left_out).zip(0..) {
            let ran = world.outcome(CheckId(check));
            match left_out {
                Some(skip) => prop_assert_eq!(outcome, &Outcome::Skipped(skip.clone())),
                None => prop_assert!(
                    *outcome == Outcome::Cancelled(Cause::Interrupt) || *outcome == ran
                        || matches!(outcome, Outcome::Skipped(Skip::Blocked { .. })),
                    "{:?}", outcome
                ),
            }
        }
        let ends = changes.iter().filter(|change| matches!(change, Change::StageEnded(StageRef { .. }))).count();
        prop_assert_eq!(ends, selection.plans[0].plan.stages.len());
    }
}
