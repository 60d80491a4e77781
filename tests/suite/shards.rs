//! One division on several machines: nothing runs twice, nothing is forgotten, and what is missing never looks green.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use proptest::prelude::*;

use plan_run::history::{Past, Usual};
use plan_run::plan::{CheckId, StageId};
use plan_run::select::{Selection, Shard};
use plan_run::shards::divide;

use crate::support::history::Repository;
use crate::support::plans::Sketch;
use crate::support::schema::Schema;
use crate::support::space::Space;

/// Two groups of stages, `1` and `2`, `3` and `5`, and one that stands alone.
const PLAN: &str = "# Implementation Plan: Parts

## Stage 1: Base

### Validation

- [ ] `echo one >> log`

## Stage 2: On the base

### Validation

- [ ] `echo two >> log`

## Stage 3: Another base

### Validation

- [ ] `echo three >> log`

## Stage 4: Alone

### Validation

- [ ] `echo four >> log`

## Stage 5: On the other base

### Validation

- [ ] `echo five >> log`

## Stage Dependencies

- Stage 2 depends on Stage 1.
- Stage 5 depends on Stage 3.
";

fn lines(space: &Space) -> Vec<String> {
    let mut lines: Vec<String> = match std::fs::read_to_string(space.at("log")) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    lines.sort();
    lines
}

fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn shards_run_everything_once_and_merge_to_the_whole() {
    let mut ran = Vec::new();
    let mut journals = Vec::new();
    let machines: Vec<Space> = (1..=3).map(|_| Space::new()).collect();
    for (index, machine) in (1..).zip(&machines) {
        machine.file("plan.md", PLAN);
        let done =
            machine.run(&["run", "--shard", &format!("{index}/3"), "--runs", "runs", "--json", "out.json", "plan.md"]);
        assert_eq!(done.status, Some(0), "{done:?}");
        assert_eq!(value(&machine.read("out.json"))["shard"], format!("{index}/3"));
        ran.push(lines(machine));
        let run = std::fs::read_dir(machine.at("runs")).expect("runs are kept").flatten();
        let run = run.map(|entry| entry.path()).find(|path| path.is_dir()).expect("the run");
        journals.push(run.join("events.ndjson").display().to_string());
    }
    assert_eq!(ran, [vec!["one", "two"], vec!["five", "three"], vec!["four"]]);

    let whole = Space::new();
    let merged = whole.run(&["merge", &journals[2], &journals[0], &journals[1]]);
    assert_eq!(merged.status, Some(0), "{merged:?}");
    assert!(merged.stdout.contains("HOLDS: Every stage holds (5 of 5 stages hold; 5 passed)"), "{merged:?}");

    // What a machine that got lost should have run is missing, whatever the others say.
    let merged = whole.run(&["merge", &journals[0], &journals[1]]);
    assert_eq!(merged.status, Some(5), "{merged:?}");
    assert!(merged.stdout.contains("shard 3 of 3 is not among the runs"), "{merged:?}");
    assert!(merged.stdout.contains("FAILS      4 Alone"), "{merged:?}");
    let merged = whole.run(&["merge", &journals[1]]);
    assert!(merged.stdout.contains("the shards 1, 3 of 3 are not among the runs"), "{merged:?}");
}

#[test]
fn shards_of_different_divisions_do_not_make_a_whole() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    for shard in ["1/2", "2/3"] {
        assert_eq!(space.run(&["run", "--shard", shard, "plan.md"]).status, Some(0));
    }
    let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs are kept").flatten();
    let runs: Vec<String> = runs.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let merged = space.run(&["merge", &runs[0], &runs[1]]);
    assert_eq!(merged.status, Some(5), "{merged:?}");
    assert!(merged.stdout.contains("the runs are shards of different divisions: 1/2 and 2/3"), "{merged:?}");
}

#[test]
fn the_end_of_a_shard_says_what_is_left_to_others() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let done = space.run(&["run", "--shard", "1/3", "plan.md"]);
    assert!(done.stdout.contains("HOLDS: Every check that ran holds; 3 stages are left to other shards"), "{done:?}");
    let shown = space.run(&["run", "--shard", "1/3", "--dry-run", "plan.md"]);
    assert_eq!(shown.status, Some(0));
    assert!(shown.stdout.contains("it falls to another shard than 1/3"), "{shown:?}");
}

#[test]
fn a_shard_without_anything_to_do_is_no_failure_but_the_whole_is() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let done = space.run(&["run", "--shard", "4/4", "--json", "out.json", "--summary", "out.md", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.contains("EMPTY SHARD: Nothing falls to shard 4/4, so nothing was run"), "{done:?}");
    let report = value(&space.read("out.json"));
    assert_eq!(report["verdict"], "empty-shard");
    Schema::read("report.schema.json").check(&report);
    assert_eq!(lines(&space), Vec::<String>::new());
    // A plan in which nothing can run stays what it is when all shards of it are put together.
    space.file("plan.md", "# Plan\n\n## Stage 1: Talk\n\n### Validation\n\n- [ ] Manual: ask the team\n");
    let runs = |space: &Space| {
        let runs = std::fs::read_dir(space.at("kept")).expect("runs are kept").flatten().map(|entry| entry.path());
        runs.filter(|path| path.is_dir()).map(|path| path.display().to_string()).collect::<Vec<_>>()
    };
    for shard in ["1/2", "2/2"] {
        assert_eq!(space.run(&["run", "--shard", shard, "--runs", "kept", "plan.md"]).status, Some(0));
    }
    let runs = runs(&space);
    assert_eq!(space.run(&["merge", &runs[0], &runs[1]]).status, Some(4));
}

#[test]
fn words_that_name_no_shard_are_refused() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    for (word, why) in [
        ("0/3", "shards are counted from 1"),
        ("4/3", "there is no shard 4 of 3"),
        ("1/0", "there is no division into 0 shards"),
        ("2", "not of the form M/N"),
        ("-1/2", "not of the form M/N"),
        ("1/2/3", "not of the form M/N"),
    ] {
        let done = space.run(&["run", &format!("--shard={word}"), "plan.md"]);
        assert_eq!(done.status, Some(2), "{word}");
        assert!(done.stderr.contains(why), "{done:?}");
    }
    for word in ["0", "1001", "three"] {
        let done = space.run(&["shards", word, "plan.md"]);
        assert_eq!(done.status, Some(2), "{word}");
        assert!(done.stderr.contains("not a number from 1 to 1000"), "{done:?}");
    }
}

#[test]
fn the_matrix_has_as_many_shards_as_there_is_work_for() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let matrix = |count: &str| {
        let done = space.run(&["shards", count, "--format", "github-matrix", "plan.md"]);
        assert_eq!(done.status, Some(0), "{done:?}");
        done.stdout
    };
    assert_eq!(matrix("2"), "{\"shard\":[\"1/2\",\"2/2\"]}\n");
    assert_eq!(matrix("9"), "{\"shard\":[\"1/3\",\"2/3\",\"3/3\"]}\n");
    let shown = space.run(&["shards", "9", "plan.md"]).stdout;
    assert_eq!(
        shown,
        "1/3  2 checks\n  plan.md: 1, 2\n2/3  2 checks\n  plan.md: 3, 5\n3/3  1 check\n  plan.md: 4\n\n\
         divided by the number of checks, as nothing is known of earlier runs; the longest shard is 1.20 times as long as \
         it had to be\n\
         there are only 3 parts that need nothing of each other, so 3 of 9 shards\n"
    );
    let json = value(&space.run(&["shards", "2", "--format", "json", "plan.md"]).stdout);
    Schema::read("shards.schema.json").check(&json);
    assert_eq!(json["shards"][1]["plans"][0]["stages"], serde_json::json!(["3", "5"]));
    assert_eq!(json["shards"][0]["took"], serde_json::Value::Null);
    // A matrix without a value is an error of the workflow, so that there is always one.
    space.file("plan.md", "# Plan\n\n## Stage 1: Talk\n\n### Validation\n\n- [ ] Manual: ask the team\n");
    assert_eq!(matrix("4"), "{\"shard\":[\"1/1\"]}\n");
    assert_eq!(
        space.run(&["shards", "4", "plan.md"]).stdout,
        "there is nothing to divide: no plan has a check that would run\n"
    );
}

#[test]
fn a_plan_that_cannot_be_run_is_told_before_anything_is_divided() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    space.file("bad.md", &PLAN.replace("- Stage 5 depends on Stage 3.", "- Stage 1 depends on Stage 2."));
    let done = space.run(&["shards", "2", "--format", "github-matrix", "plan.md", "bad.md"]);
    assert_eq!(done.status, Some(3), "{done:?}");
    assert!(done.stderr.contains("bad.md"), "{done:?}");
    assert_eq!(done.stdout, "{\"shard\":[\"1/2\",\"2/2\"]}\n");
}

/// What a check goes by in the history of earlier runs.
fn id(command: &str) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(&[0]).update(command.as_bytes());
    hash.finalize().to_hex().as_str()[..16].to_owned()
}

#[test]
fn the_runs_of_the_same_commit_do_not_change_the_division() {
    let repository = Repository::new();
    // By the number of checks the first group would go first; by time the lonely stage does.
    repository.file("plan.md", PLAN).file(".gitignore", "log\n.plan-run/\n");
    let commit = repository.commit();
    let line = |commit: &str, run: &str, took: [f64; 5]| {
        let names = ["one", "two", "three", "four", "five"];
        let checks: Vec<String> = names
            .iter()
            .zip(took)
            .map(|(name, took)| {
                format!(r#"{{"id":"{}","outcome":"passed","took":{took}}}"#, id(&format!("echo {name} >> log")))
            })
            .collect();
        let checks = checks.join(",");
        format!(
            r#"{{"schema":"plan-run/history/v1","run":"{run}-00000000","plan":"plan.md","commit":"{commit}","checks":[{checks}]}}"#
        )
    };
    let other = "0123456789012345678901234567890123456789";
    let old = line(other, "20290101T000000.000Z", [1.0, 1.0, 2.0, 9.0, 2.0]);
    repository.file(".plan-run/history", &format!("{old}\n"));
    let division = || {
        let done = repository.run(&["shards", "3", "--format", "json", "plan.md"]);
        assert_eq!(done.status, Some(0), "{done:?}");
        let json = value(&done.stdout);
        assert_eq!(json["timed"], 5);
        let shards = json["shards"].as_array().expect("shards").clone();
        shards.iter().map(|shard| shard["plans"][0]["stages"].to_string()).collect::<Vec<_>>()
    };
    let expected = ["[\"4\"]", "[\"3\",\"5\"]", "[\"1\",\"2\"]"];
    assert_eq!(division(), expected);
    // A shard that is done already adds what it saw, of this commit.
    let new = line(&commit, "20290102T000000.000Z", [90.0, 9.0, 2.0, 1.0, 2.0]);
    repository.file(".plan-run/history", &format!("{old}\n{new}\n"));
    assert_eq!(division(), expected);
    for shard in ["1/3", "2/3", "3/3"] {
        assert_eq!(repository.run(&["run", "--shard", shard, "plan.md"]).status, Some(0));
    }
    let mut ran: Vec<&str> = Vec::new();
    let log = std::fs::read_to_string(repository.root.join("log")).expect("something ran");
    ran.extend(log.lines());
    ran.sort_unstable();
    assert_eq!(ran, ["five", "four", "one", "three", "two"]);
}

/// The next number of a fixed sequence, from 0 to 1 (a linear congruential generator with Knuth's factor for 64 bits).
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}

/// 300 plans of one stage, whose times have a heavy tail (Pareto with index 1.5, of at least 1 s), known from five nights
/// of which each differs from the truth by up to a fifth. The slowest of 8 shards, by the true times, against the best
/// that any division could give.
#[test]
fn three_hundred_plans_of_a_heavy_tail_come_near_the_ideal() {
    let space = Space::new();
    let mut state = 20_261_127;
    let mut history = String::new();
    let mut truth: BTreeMap<String, f64> = BTreeMap::new();
    for number in 0..300 {
        let path = format!("plans/p{number:03}.md");
        let command = format!("cargo test --test part{number}");
        let took = (1.0 - next(&mut state)).powf(-1.0 / 1.5);
        space.file(&path, &format!("# Plan {number}\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `{command}`\n"));
        for night in 1..=5 {
            let seen = took * (0.8 + 0.4 * next(&mut state));
            let _ = writeln!(
                history,
                r#"{{"schema":"plan-run/history/v1","run":"202901{night:02}T000000.000Z-00000000","plan":"{path}","checks":[{{"id":"{}","outcome":"passed","took":{seen:.6}}}]}}"#,
                id(&command)
            );
        }
        truth.insert(path, took);
    }
    let slowest = || {
        let done = space.run(&["shards", "8", "--format", "json", "plans"]);
        assert_eq!(done.status, Some(0), "{done:?}");
        let json = value(&done.stdout);
        let shards = json["shards"].as_array().expect("shards");
        let plans = |shard: &serde_json::Value| shard["plans"].as_array().expect("plans").clone();
        let of = |plan: &serde_json::Value| truth[plan["path"].as_str().expect("a path")];
        let times: Vec<f64> = shards.iter().map(|shard| plans(shard).iter().map(of).sum()).collect();
        assert_eq!(shards.iter().map(|shard| plans(shard).len()).sum::<usize>(), 300);
        times.into_iter().fold(0.0, f64::max)
    };
    let longest = truth.values().copied().fold(0.0, f64::max);
    let ideal = f64::max(truth.values().sum::<f64>() / 8.0, longest);
    let blind = slowest() / ideal;
    space.file(".plan-run/history", &history);
    let known = slowest() / ideal;
    println!("slowest shard over the ideal: {known:.3} with a history, {blind:.3} without");
    assert!(known <= 1.10, "{known}");
    assert!(blind > known, "{blind} without a history, {known} with one");
}

/// A stage: what it needs of those before it, how many checks it has, and how long each takes in milliseconds, if known.
type Drawn = (Vec<prop::sample::Index>, u8, Option<u16>);

/// Plans of stages that need earlier ones, and how long some of their checks take.
fn plans() -> impl Strategy<Value = Vec<Vec<Drawn>>> {
    let stage = (prop::collection::vec(any::<prop::sample::Index>(), 0..3), 0..3_u8, prop::option::of(0..500_u16));
    prop::collection::vec(prop::collection::vec(stage, 0..7), 0..5)
}

proptest! {
    #[test]
    fn a_division_forgets_nothing_and_parts_nothing(plans in plans(), count in 1..6_u32) {
        let mut selection = Selection::default();
        let mut past = Past::default();
        for (number, stages) in plans.iter().enumerate() {
            let mut sketch = Sketch::new(&format!("p{number}.md"), std::path::Path::new("/"));
            let mut usual = Vec::new();
            for (index, (needs, checks, took)) in stages.iter().enumerate() {
                let mut needs: Vec<String> = match index {
                    0 => Vec::new(),
                    _ => needs.iter().map(|need| (need.index(index) + 1).to_string()).collect(),
                };
                needs.sort();
                needs.dedup();
                let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
                sketch = sketch.stage(&(index + 1).to_string(), &needs);
                for check in 0..*checks {
                    sketch = sketch.run(&format!("run {index} {check}"));
                    usual.push(took.map(|took| Usual {
                        took: Duration::from_millis(u64::from(took)),
                        deviation: Duration::ZERO,
                        peak_memory: None,
                        runs: 1,
                    }));
                }
            }
            selection.plans.push(sketch.selected());
            past.plans.push(usual);
        }
        let division = divide(&selection, &past, count as usize);
        prop_assert_eq!(&division, &divide(&selection, &past, count as usize));
        prop_assert_eq!(division.shards.len(), count as usize);
        let mut runs: BTreeMap<(usize, CheckId), usize> = BTreeMap::new();
        for index in 1..=count {
            let mut narrowed = selection.clone();
            division.narrow(&mut narrowed, Shard { index, count });
            for (number, selected) in narrowed.plans.iter().enumerate() {
                let stages: Vec<StageId> = selected.units.iter().map(|unit| unit.stage).collect();
                for unit in &selected.units {
                    unit.checks.iter().for_each(|&check| *runs.entry((number, check)).or_default() += 1);
                    for need in selected.graph.ancestors(unit.stage) {
                        let has_checks = !selected.plan.stage(need).checks.is_empty();
                        prop_assert!(!has_checks || stages.contains(&need), "parted from what it needs");
                    }
                }
            }
        }
        let all: usize = selection.plans.iter().map(|selected| selected.plan.checks.len()).sum();
        prop_assert_eq!(runs.len(), all);
        prop_assert!(runs.values().all(|&times| times == 1));
    }
}
