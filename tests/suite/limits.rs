//! Whole runs with the real binary that are given up before their end: by the clock, or after a failure.

use crate::support::real::Witness;
use crate::support::space::Space;
use crate::support::whole::{Gate, ends, own, staged};

/// Ends when it is asked to, and not before.
const FOR_EVER: &str = "while :; do sleep 1000; done";

#[test]
fn the_time_of_the_run_ends_what_runs_and_leaves_the_rest() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let endless = format!("{}; {FOR_EVER}", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&endless, "touch one"]), ("2", "Stage 1", &["touch two"])]));
    let (finished, told) = ends(&space, &["plan.md", "--run-timeout", "0.3s", "--summary", "s.md"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    witness.assert_all_gone();
    let not_run = "skipped given-up: not run because the time of the run, 0.3s, was over";
    assert_eq!(
        told,
        [
            "1.1 error timeout: still ran when the time of the run, 0.3s, was over, and was ended".to_owned(),
            format!("1.2 {not_run}"),
            format!("2.1 {not_run}"),
        ]
    );
    let sentence = "1 check does not hold; the run was given up because the time of the run, 0.3s, was over";
    assert!(finished.stdout.contains(&format!("\nFAILS: {sentence} (")), "{finished:?}");
    assert!(space.read("s.md").contains(sentence));
    assert!(!space.at("one").exists() && !space.at("two").exists());
    // A report that is made later says the same.
    let again = space.run(&["report"]);
    assert!(again.stdout.contains(sentence), "{again:?}");
}

#[test]
fn a_run_in_time_is_not_touched() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["test 1 = 1"])])).file("plan-run.yaml", "run_timeout: 5m\n");
    let (finished, told) = ends(&space, &["plan.md"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed"])));
}

#[test]
fn the_first_failure_ends_the_run_and_nothing_is_orphaned() {
    let space = Space::new();
    let gate = Gate::new(&space, "gate");
    let witness = Witness::new(&space);
    let endless = format!("{}; echo here > gate; touch runs; {FOR_EVER}\n", witness.watches());
    // The failure waits until the other one runs.
    space.file("fails.sh", "until test -e runs; do sleep 0.01; done; exit 3\n").file("endless.sh", &endless);
    space.file(
        "plan.md",
        &staged(&[("1", "", &["sh fails.sh", "touch one"]), ("2", "", &["sh endless.sh", "touch two"])]),
    );
    let (finished, told) = ends(&space, &["plan.md", "-j", "2", "--fail-fast"]);
    gate.wait();
    witness.assert_all_gone();
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_eq!(
        told,
        [
            "1.1 failure exit-code: exit status 3",
            "1.2 skipped given-up: not run because check 1.1 does not hold",
            "2.1 error cancelled: cancelled because check 1.1 does not hold",
            "2.2 skipped given-up: not run because check 1.1 does not hold",
        ]
    );
    assert!(!space.at("one").exists() && !space.at("two").exists());
    let end = "FAILS: 1 check does not hold; the run was given up because check 1.1 does not hold (";
    assert!(finished.stdout.contains(end), "{finished:?}");
    // Nobody learns from it how long the other one takes.
    let history = space.read(".plan-run/history");
    assert!(history.contains("exit-code") && !history.contains("cancelled"), "{history}");
}

#[test]
fn eight_at_once_are_ended_with_all_that_they_started() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let endless = format!("{}\n(while :; do sleep 1000; done) &\nmkdir up$1; {FOR_EVER}\n", witness.watches());
    let waits = "for n in 1 2 3 4 5 6 7 8; do until test -e up$n; do sleep 0.01; done; done; exit 3\n";
    space.file("endless.sh", &endless).file("waits.sh", waits);
    let commands: Vec<String> = (1..=8).map(|number| format!("sh endless.sh {number}")).collect();
    let checks: Vec<[&str; 1]> = commands.iter().map(|command| [command.as_str()]).collect();
    let numbers: Vec<String> = (1..=8).map(|number| number.to_string()).collect();
    let mut stages: Vec<(&str, &str, &[&str])> =
        numbers.iter().zip(&checks).map(|(number, check)| (number.as_str(), "", check.as_slice())).collect();
    stages.push(("9", "", &["sh waits.sh"]));
    space.file("plan.md", &staged(&stages));
    let (finished, told) = ends(&space, &["plan.md", "-j", "9", "--max-fail", "1"]);
    witness.assert_all_gone();
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let cancelled = |number| format!("{number}.1 error cancelled: cancelled because 1 check does not hold");
    let mut expected: Vec<String> = (1..=8).map(cancelled).collect();
    expected.push("9.1 failure exit-code: exit status 3".to_owned());
    assert_eq!(told, expected);
}

#[test]
fn a_failure_may_end_its_stage_or_its_plan_only() {
    let space = Space::new();
    let plan = staged(&[("1", "", &["exit 3", "test 1 = 1"]), ("2", "", &["test 1 = 1"])]);
    space.file("a.md", &plan).file("b.md", &staged(&[("1", "", &["test 1 = 1"])]));
    // What took longest in one run would come first in the next one.
    let forget = || std::fs::remove_dir_all(space.at(".plan-run")).expect("it can be removed");
    let run = |how: &str| {
        let told = ends(&space, &["a.md", "b.md", "-j", "1", how]).1;
        forget();
        told
    };
    let given_up = |label: &str| format!("{label} skipped given-up: not run because check a.md#1.1 does not hold");
    let failed = "1.1 failure exit-code: exit status 3".to_owned();
    let passed = |label: &str| format!("{label} passed");
    let expected = [failed.clone(), given_up("1.2"), passed("2.1"), passed("1.1")];
    assert_eq!(run("--fail-fast=stage"), expected);
    assert_eq!(run("--fail-fast=plan"), [failed.clone(), given_up("1.2"), given_up("2.1"), passed("1.1")]);
    assert_eq!(run("--fail-fast=run"), [failed.clone(), given_up("1.2"), given_up("2.1"), given_up("1.1")]);
    assert_eq!(run("--fail-fast=never"), [failed, passed("1.2"), passed("2.1"), passed("1.1")]);
    let told = space.run(&["a.md", "b.md", "-j", "1", "--fail-fast=plan"]).stderr;
    assert!(told.contains("\ngiving up  the plan a.md: check a.md#1.1 does not hold\n"), "{told}");
    assert!(
        told.contains("\nnot run    a.md#2 Part 2: 1 check given up because check a.md#1.1 does not hold\n"),
        "{told}"
    );
}

#[test]
fn as_many_failures_as_are_borne_end_the_run() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["exit 1", "test 1 = 1", "exit 2", "exit 3"])]));
    let (finished, told) = ends(&space, &["plan.md", "--max-fail", "2"]);
    assert_eq!(
        told,
        [
            "1.1 failure exit-code: exit status 1",
            "1.2 passed",
            "1.3 failure exit-code: exit status 2",
            "1.4 skipped given-up: not run because 2 checks do not hold",
        ]
    );
    assert!(finished.stdout.contains("2 checks do not hold; the run was given up because 2 checks do not hold"));
}

#[test]
fn a_script_that_is_given_up_tells_its_commands_apart() {
    let space = Space::new();
    let script = format!("cd .\n{FOR_EVER}\ntouch after");
    space.file("plan.md", &staged(&[("1", "", &[&script])]));
    let (_, told) = ends(&space, &["plan.md", "--run-timeout", "0.3s"]);
    assert_eq!(
        told,
        [
            "1.1 passed",
            "1.2 error timeout: still ran when the time of the run, 0.3s, was over, and was ended",
            "1.3 skipped given-up: not run because the time of the run, 0.3s, was over",
        ]
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["test 1 = 1"])]));
    for (args, says) in [
        (&["--run-timeout", "0"], "zero, so that nothing could run"),
        (&["--max-fail", "0"], "not a whole number of at least 1"),
        (&["--fail-fast=stages", "-j1"], "a similar value exists: 'stage'"),
    ] {
        let refused = space.run(&[&["plan.md"][..], args].concat());
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(says), "{refused:?}");
    }
    space.file("plan-run.yaml", "fail_fast: stages\n");
    let refused = space.run(&["plan.md"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("plan-run.yaml:1:12"), "{refused:?}");
    assert!(refused.stderr.contains("`fail_fast`: `stages` is not one of stage, plan, run, false"), "{refused:?}");
}
