//! Runs of single stages and checks: what they need runs first, unless it is left out; the rest is not asked for.

use crate::support::space::Space;

const PLAN: &str = "# Implementation Plan: Parts

## Stage 1: Base

### Validation

- [ ] `touch one`

## Stage 2: Middle

### Validation

- [ ] `test -e one`
- [ ] `touch two`

## Stage 3: Aside

### Validation

- [ ] `touch three`

## Stage 4: Top

### Validation

```sh
cd .
touch four
```

## Stage Dependencies

- Stage 2 depends on Stage 1.
- Stage 4 depends on Stage 2.
";

/// Runs parts of the plan; gives the exit code, and which files the commands made.
fn run(args: &[&str]) -> (Option<i32>, Vec<&'static str>) {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let done = space.run(&[&["run"], args, &["plan.md"]].concat());
    let made = ["one", "two", "three", "four"].into_iter().filter(|name| space.at(name).exists());
    (done.status, made.collect())
}

#[test]
fn a_stage_runs_with_what_it_needs() {
    assert_eq!(run(&["--stage", "1"]), (Some(0), vec!["one"]));
    assert_eq!(run(&["--stage", "2"]), (Some(0), vec!["one", "two"]));
    assert_eq!(run(&["--stage", "4"]), (Some(0), vec!["one", "two", "four"]));
    assert_eq!(run(&["--stage", "1", "--stage=3"]), (Some(0), vec!["one", "three"]));
    assert_eq!(run(&["--stage", "2", "--alone"]), (Some(1), vec!["two"]));
}

#[test]
fn a_check_runs_with_what_its_stage_needs() {
    assert_eq!(run(&["--check", "2.1"]), (Some(0), vec!["one"]));
    assert_eq!(run(&["--check", "2.2", "--alone"]), (Some(0), vec!["two"]));
    assert_eq!(run(&["--check", "3.1", "--stage", "1"]), (Some(0), vec!["one", "three"]));
    // Commands that share a shell run together.
    assert_eq!(run(&["--check", "4.2", "--alone"]), (Some(0), vec!["four"]));
}

#[test]
fn the_rest_is_not_asked_for() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let shown = space.run(&["run", "--dry-run", "--stage", "1", "plan.md"]).stdout;
    assert!(shown.contains("not asked for: this run is of stage 1"), "{shown}");
    let shown = space.run(&["run", "--check", "2.2", "--alone", "plan.md"]);
    assert_eq!(shown.status, Some(0));
    // What was not asked for is not proven by it.
    assert!(shown.stdout.contains("0 of 4 stages hold"), "{}", shown.stdout);
}

#[test]
fn what_no_plan_has_is_refused() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    for (args, words) in [
        (&["--stage", "7"] as &[&str], "--stage: no plan has a stage `7`; "),
        (&["--check", "2.9"], "--check: no plan has a check `2.9`; "),
        (&["--alone"], "--alone goes with --stage or --check"),
    ] {
        let refused = space.run(&[&["run"], args, &["plan.md"]].concat());
        assert_eq!(refused.status, Some(2), "{args:?}");
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
        assert!(!space.at("one").exists());
    }
}
