//! What commands need for themselves: never more of it than there is, and everyone's turn comes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use plan_run::history::{Past, Usual};
use plan_run::outcome::{Outcome, Skip};
use plan_run::run::schedule::{Rules, Schedule, UnitRef};
use plan_run::select::Selection;
use proptest::prelude::*;

use crate::support::plans::Sketch;
use crate::support::space::Space;

fn sketch() -> Sketch {
    Sketch::new("plan.md", Path::new("/a"))
}

/// Starts all that may start, and gives their commands.
fn started<'a>(selection: &'a Selection, schedule: &mut Schedule<&Selection>) -> Vec<&'a str> {
    let mut commands = Vec::new();
    while let Some(unit) = schedule.next() {
        schedule.started(unit);
        commands.push(command(selection, unit));
    }
    commands
}

fn command(selection: &Selection, unit: UnitRef) -> &str {
    let selected = &selection.plans[unit.plan as usize];
    let check = selected.units[unit.unit as usize].checks[0];
    selected.plan.check(check).command.as_deref().expect("a unit has a command")
}

fn end(selection: &Selection, schedule: &mut Schedule<&Selection>, name: &str) {
    let unit = schedule.running().into_iter().find(|&unit| command(selection, unit) == name);
    let unit = unit.unwrap_or_else(|| panic!("{name} does not run"));
    let count = schedule.unit(unit).checks.len();
    schedule.ended(unit, &vec![Outcome::Passed; count]);
}

/// A stage of its own for each command, all independent.
fn apart(commands: &[(&str, bool)]) -> Sketch {
    commands.iter().fold(sketch(), |sketch, (command, writes)| {
        sketch.stage(command, &[]).run(command).with(|check| check.writes = *writes)
    })
}

#[test]
fn who_changes_the_tree_runs_alone_in_it() {
    let selection = apart(&[("read", false), ("write", true), ("write too", true), ("look", false)]).selection();
    let mut schedule = Schedule::new(&selection, 4);
    schedule.begin();
    assert_eq!(started(&selection, &mut schedule), ["write"]);
    end(&selection, &mut schedule, "write");
    assert_eq!(started(&selection, &mut schedule), ["write too"]);
    end(&selection, &mut schedule, "write too");
    assert_eq!(started(&selection, &mut schedule), ["read", "look"]);
}

#[test]
fn who_changes_another_tree_is_no_obstacle() {
    let other = |root: &str| {
        Sketch::new("other.md", Path::new(root)).stage("1", &[]).run("other").with(|check| check.writes = true)
    };
    for (root, beside) in [("/b", true), ("/a/inner", false), ("/ab", true)] {
        let plans = vec![apart(&[("read", false)]).selected(), other(root).selected()];
        let selection = Selection { plans };
        let mut schedule = Schedule::new(&selection, 2);
        schedule.begin();
        assert_eq!(started(&selection, &mut schedule).len(), if beside { 2 } else { 1 }, "{root}");
    }
}

#[test]
fn whoever_waits_for_the_tree_gets_it_in_the_end() {
    // Each of the many short ones has more behind it than nothing, but less than the one that writes.
    let mut sketch = sketch().stage("first", &[]).run("long").run("then").run("then this").run("and this");
    sketch = sketch.stage("second", &[]).run("begin").run("write").with(|check| check.writes = true).run("end");
    for number in 0..20 {
        sketch = sketch.stage(&format!("s{number}"), &[]).run("short");
    }
    let selection = sketch.selection();
    let mut schedule = Schedule::new(&selection, 2);
    schedule.begin();
    assert_eq!(started(&selection, &mut schedule), ["long", "begin"]);
    end(&selection, &mut schedule, "begin");
    // Twice others go first, then the tree is left to come to rest.
    for _ in 0..2 {
        assert_eq!(started(&selection, &mut schedule), ["short"]);
        end(&selection, &mut schedule, "short");
    }
    assert_eq!(started(&selection, &mut schedule), [""; 0]);
    end(&selection, &mut schedule, "long");
    assert_eq!(started(&selection, &mut schedule), ["write"]);
    end(&selection, &mut schedule, "write");
    assert_eq!(started(&selection, &mut schedule), ["then", "end"]);
}

#[test]
fn a_resource_is_never_in_more_hands_than_there_are_of_it() {
    let mut sketch = sketch().with_setup(|setup| {
        setup.resources = [("db".to_owned(), 1), ("port".to_owned(), 3)].into();
    });
    for (command, name, amount) in
        [("a", "db", 1), ("b", "db", 1), ("c", "port", 2), ("d", "port", 2), ("e", "port", 1), ("f", "", 0)]
    {
        sketch = sketch.stage(command, &[]).run(command).with(|check| {
            check.uses = if amount == 0 { BTreeMap::new() } else { [(name.to_owned(), amount)].into() };
        });
    }
    let selection = sketch.selection();
    let mut schedule = Schedule::new(&selection, 9);
    schedule.begin();
    assert_eq!(started(&selection, &mut schedule), ["a", "c", "e", "f"]);
    end(&selection, &mut schedule, "c");
    assert_eq!(started(&selection, &mut schedule), ["d"]);
    end(&selection, &mut schedule, "a");
    assert_eq!(started(&selection, &mut schedule), ["b"]);
}

#[test]
fn a_heavy_command_takes_several_slots_and_at_most_all() {
    let mut sketch = sketch();
    for (command, weight) in [("heavy", 2), ("light", 1), ("huge", 9), ("small", 1)] {
        sketch = sketch.stage(command, &[]).run(command).with(|check| check.weight = weight);
    }
    let selection = sketch.selection();
    let mut schedule = Schedule::new(&selection, 3);
    schedule.begin();
    assert_eq!(started(&selection, &mut schedule), ["heavy", "light"]);
    end(&selection, &mut schedule, "light");
    assert_eq!(started(&selection, &mut schedule), ["small"]);
    end(&selection, &mut schedule, "small");
    end(&selection, &mut schedule, "heavy");
    assert_eq!(started(&selection, &mut schedule), ["huge"]);
}

#[test]
fn who_waits_for_a_resource_keeps_nobody_else_from_running() {
    // Two hands want the one thing that there is for as long as the run lasts; others run beside them all the time.
    let mut sketch = sketch().with_setup(|setup| setup.resources = [("db".to_owned(), 1)].into());
    for number in 0..2 {
        sketch = sketch.stage(&format!("d{number}"), &[]);
        for _ in 0..9 {
            sketch = sketch.run("db").with(|check| check.uses = [("db".to_owned(), 1)].into());
        }
    }
    for number in 0..9 {
        sketch = sketch.stage(&format!("s{number}"), &[]).run(&format!("s{number}"));
    }
    let selection = sketch.selection();
    let mut schedule = Schedule::new(&selection, 2);
    schedule.begin();
    assert_eq!(started(&selection, &mut schedule), ["db", "s0"]);
    for number in 0..8 {
        end(&selection, &mut schedule, &format!("s{number}"));
        assert_eq!(started(&selection, &mut schedule), [format!("s{}", number + 1)]);
    }
}

#[test]
fn commands_that_need_much_memory_do_not_meet_where_there_is_too_little() {
    const GIB: u64 = 1 << 30;
    let peaks = [
        ("big", Some(GIB)),
        ("bigger", Some(2 * GIB)),
        ("huge", Some(9 * GIB)),
        ("small", Some(GIB / 8)),
        ("new", None),
    ];
    let selection = apart(&peaks.map(|(name, _)| (name, false))).selection();
    let usual = |peak: u64| {
        let took = Duration::from_secs(1);
        Usual { took, deviation: Duration::ZERO, peak_memory: Some(peak), runs: 1 }
    };
    let past = Past { plans: vec![peaks.map(|(_, peak)| peak.map(usual)).to_vec()] };
    let rules = Rules { past: Some(&past), memory: Some(5 * GIB / 2), ..Rules::new(9) };
    let mut schedule = Schedule::with(&selection, &rules);
    schedule.begin();
    // One of which nothing is known is taken for a small one.
    assert_eq!(started(&selection, &mut schedule), ["big", "small", "new"]);
    end(&selection, &mut schedule, "small");
    assert_eq!(started(&selection, &mut schedule), [""; 0]);
    end(&selection, &mut schedule, "big");
    assert_eq!(started(&selection, &mut schedule), ["bigger"]);
    end(&selection, &mut schedule, "new");
    assert_eq!(started(&selection, &mut schedule), [""; 0]);
    end(&selection, &mut schedule, "bigger");
    // What needs more than there is has it for itself.
    assert_eq!(started(&selection, &mut schedule), ["huge"]);
    let all = Schedule::with(&selection, &Rules { memory: None, ..rules });
    let mut all = { all };
    all.begin();
    assert_eq!(started(&selection, &mut all).len(), 5);
}

#[test]
fn the_real_program_heeds_a_limit_of_memory() {
    // Whoever were under way at the same time would find the folder there.
    let alone = "mkdir alone && ls > /dev/null && rmdir alone\n";
    let stage = |number: usize| format!("## Stage {number}: S\n\n### Validation\n\n- [ ] `sh alone.sh {number}`\n\n");
    let space = Space::new();
    space.file("plan.md", &format!("# Implementation Plan: Memory\n\n{}", (1..7).map(stage).collect::<String>()));
    space.file("alone.sh", alone);
    let finished = space.run(&["plan.md", "-j", "6", "--mem-limit", "150M"]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    // By now it is known that they need a few megabytes.
    space.file("plan-run.yaml", "mem_limit: 1M\n");
    assert_eq!(space.run(&["plan.md", "-j", "6"]).status, Some(0));
    assert_eq!(space.run(&["plan.md", "--mem-limit", "auto", "--dry-run"]).status, Some(0));
    let wrong = space.run(&["plan.md", "--mem-limit", "much"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("neither `auto` nor a size such as `512M` or `8G`"), "{}", wrong.stderr);
}

/// A random run: plans in one of three trees, with stages of commands that want something.
#[derive(Clone, Debug)]
struct World {
    /// For each plan its tree and its stages.
    plans: Vec<(usize, Vec<StageSketch>)>,
    jobs: usize,
    /// Which of the running units ends next.
    order: Vec<u8>,
}

/// Which of the stages before it a stage needs, and its commands.
type StageSketch = (Vec<bool>, Vec<Want>);

#[derive(Clone, Debug)]
struct Want {
    writes: bool,
    weight: usize,
    /// How much of two resources.
    uses: [usize; 2],
    /// Which of three commands.
    command: usize,
}

fn want() -> impl Strategy<Value = Want> {
    let share = || prop_oneof![3 => Just(0), 1 => 1usize..4];
    let weight = prop_oneof![4 => Just(1), 1 => 1usize..9];
    (prop::bool::weighted(0.2), weight, share(), share(), 0usize..3)
        .prop_map(|(writes, weight, one, other, command)| Want { writes, weight, uses: [one, other], command })
}

/// How much there is of the two resources: the plans do not agree on the second.
const THERE: [[usize; 2]; 2] = [[2, 3], [2, 1]];

fn world() -> impl Strategy<Value = World> {
    let stage = (prop::collection::vec(prop::bool::weighted(0.3), 6), prop::collection::vec(want(), 0..4));
    let plan = (0usize..3, prop::collection::vec(stage, 1..6));
    (prop::collection::vec(plan, 1..4), 1usize..6, prop::collection::vec(any::<u8>(), 1..60))
        .prop_map(|(plans, jobs, order)| World { plans, jobs, order })
}

impl World {
    fn selection(&self) -> Selection {
        let plans = self.plans.iter().enumerate().map(|(number, (tree, stages))| {
            let root = Path::new(["/a", "/b", "/a/inner"][*tree]);
            let mut sketch = Sketch::new(&format!("p{number}.md"), root);
            for (index, (needs, wants)) in stages.iter().enumerate() {
                let needs: Vec<String> =
                    (0..index).filter(|&need| needs[need]).map(|need| format!("s{need}")).collect();
                let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
                sketch = sketch.stage(&format!("s{index}"), &needs);
                for want in wants {
                    sketch = sketch.run(["x", "y", "z"][want.command]).with(|check| {
                        check.writes = want.writes;
                        check.weight = want.weight;
                        check.uses = want.shares().map(|(name, amount)| (name.to_owned(), amount)).collect();
                    });
                }
            }
            let there = THERE[number % 2];
            sketch
                .with_setup(|setup| {
                    setup.resources = [("one".to_owned(), there[0]), ("other".to_owned(), there[1])].into();
                })
                .selected()
        });
        Selection { plans: plans.collect() }
    }
}

impl Want {
    fn shares(&self) -> impl Iterator<Item = (&'static str, usize)> {
        ["one", "other"].into_iter().zip(self.uses).filter(|(_, amount)| *amount > 0)
    }
}

/// How much of everything those who run have together: job slots and the two resources. One that asks for more than
/// there is counts as asking for all.
fn taken(selection: &Selection, running: &[UnitRef], jobs: usize) -> [usize; 3] {
    let mut taken = [0; 3];
    let least = [2, if selection.plans.len() > 1 { 1 } else { 3 }];
    for unit in running {
        let selected = &selection.plans[unit.plan as usize];
        let check = selected.plan.check(selected.units[unit.unit as usize].checks[0]);
        taken[0] += check.weight.min(jobs);
        for (slot, name) in ["one", "other"].into_iter().enumerate() {
            taken[slot + 1] += check.uses.get(name).map_or(0, |&amount| amount.min(least[slot]));
        }
    }
    taken
}

/// Whether a unit changes its tree, and which one that is.
fn tree_of(selection: &Selection, unit: UnitRef) -> (bool, bool) {
    let selected = &selection.plans[unit.plan as usize];
    let checks = &selected.units[unit.unit as usize].checks;
    let writes = checks.iter().any(|&check| selected.plan.check(check).writes);
    (writes, selected.setup.root.starts_with("/a"))
}

proptest! {
    #[test]
    fn nothing_is_shared_that_cannot_be_and_all_ends(world in world()) {
        let selection = world.selection();
        let mut schedule = Schedule::new(&selection, world.jobs);
        schedule.begin();
        let mut step = 0;
        let mut starts: BTreeMap<UnitRef, usize> = BTreeMap::new();
        loop {
            while let Some(unit) = schedule.next() {
                schedule.started(unit);
                *starts.entry(unit).or_default() += 1;
            }
            let running = schedule.running();
            let [slots, one, other] = taken(&selection, &running, world.jobs);
            prop_assert!(slots <= world.jobs, "{slots} slots are taken");
            let second = if selection.plans.len() > 1 { 1 } else { 3 };
            prop_assert!(one <= 2 && other <= second, "{one} and {other} of the resources are taken");
            for &unit in &running {
                let (writes, tree) = tree_of(&selection, unit);
                let beside = running.iter().filter(|&&other| other != unit && tree_of(&selection, other).1 == tree);
                prop_assert!(!writes || beside.count() == 0, "{unit:?} changes a tree beside others: {running:?}");
            }
            prop_assert_eq!(schedule.is_over(), running.is_empty(), "nobody runs before the end");
            if running.is_empty() {
                break;
            }
            let unit = running[world.order[step % world.order.len()] as usize % running.len()];
            let count = schedule.unit(unit).checks.len();
            schedule.ended(unit, &vec![Outcome::Passed; count]);
            step += 1;
        }
        let units: usize = selection.plans.iter().map(|selected| selected.units.len()).sum();
        prop_assert_eq!(starts.len(), units, "everyone had a turn");
        prop_assert!(starts.values().all(|&count| count == 1));
    }

    #[test]
    fn a_result_is_taken_only_of_a_twin_that_passed_in_the_same_tree(world in world()) {
        let selection = world.selection();
        let mut schedule = Schedule::with(&selection, &Rules { reuse: true, ..Rules::new(world.jobs) });
        schedule.begin();
        let pick = |step: usize| usize::from(world.order[step % world.order.len()]);
        let root = |unit: UnitRef| selection.plans[unit.plan as usize].setup.root.clone();
        // What has passed since its tree was changed for the last time.
        let mut passed: Vec<UnitRef> = Vec::new();
        let mut ended = 0;
        let mut step = 0;
        loop {
            loop {
                if let Some((unit, twin)) = schedule.shareable() {
                    prop_assert!(passed.contains(&twin), "{unit:?} takes the result of {twin:?}");
                    prop_assert_eq!(command(&selection, unit), command(&selection, twin));
                    prop_assert_eq!(root(unit), root(twin));
                    prop_assert!(!tree_of(&selection, unit).0 && !tree_of(&selection, twin).0, "one of them writes");
                    if pick(step).is_multiple_of(5) {
                        schedule.refuses(unit);
                    } else {
                        schedule.shares(unit);
                        schedule.ended(unit, &[Outcome::Passed]);
                        ended += 1;
                    }
                } else if let Some(unit) = schedule.next() {
                    let (writes, tree) = tree_of(&selection, unit);
                    passed.retain(|&other| !writes || tree_of(&selection, other).1 != tree);
                    schedule.started(unit);
                } else {
                    break;
                }
                step += 1;
            }
            let running = schedule.running();
            prop_assert_eq!(schedule.is_over(), running.is_empty(), "nobody runs before the end");
            if running.is_empty() {
                break;
            }
            let unit = running[pick(step) % running.len()];
            // An end that is not green and blocks nobody, so that everyone has a turn.
            let manual = pick(step).is_multiple_of(4);
            let outcome = if manual { Outcome::Skipped(Skip::Manual) } else { Outcome::Passed };
            if outcome.is_green() {
                passed.push(unit);
            }
            schedule.ended(unit, &[outcome]);
            ended += 1;
            step += 1;
        }
        let units: usize = selection.plans.iter().map(|selected| selected.units.len()).sum();
        prop_assert_eq!(ended, units, "everyone ends once");
    }
}
