//! Whole runs with the real binary under a configuration: what it decides, and which of several sayings wins.

use crate::support::space::Space;
use crate::support::whole::{ends, own, staged};

#[test]
fn without_arguments_it_says_what_it_found() {
    let space = Space::new();
    let text = staged(&[("1", "", &["test 1 = 1"])]);
    space.file("docs/plans/a.md", &text).file("plan.md", &text).file("other/b.md", &text);
    let finished = space.run(&["--progress", "none"]);
    assert_eq!(finished.status, Some(0));
    assert_eq!(finished.stderr, "plan-run: found 2 plans: docs/plans/a.md, plan.md\n");
    assert!(finished.stdout.starts_with("\ndocs/plans/a.md\n  holds      1 Part 1  1 passed  "), "{finished:?}");
    space.file("plan-run.yaml", "plans: [\"other/*.md\", none/*.md]\n");
    assert_eq!(space.run(&["--progress", "none"]).stderr, "plan-run: found 1 plan: other/b.md\n");
}

#[test]
fn the_configuration_decides_where_the_command_line_does_not() {
    let says = "test \"$A$B$C\" = \"$WANT\"";
    let space = Space::new();
    let front = "---\nplan-run:\n  env: { B: front, C: front }\n  stages: { 1: { env: { C: stage } } }\n---\n";
    space.file("plan.md", &format!("{front}{}", staged(&[("1", "", &[says])])));
    space.file("plan-run.yaml", "env: { A: file, B: file, WANT: filefrontstage }\n");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    // The shell, by a program that says how it was called.
    space.file("shell.sh", "echo \"$@\" > called\n").file("plan-run.yaml", "shell: sh shell.sh --strict\n");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    assert_eq!(space.read("called"), format!("--strict -c {says}\n"));
}

#[test]
fn limits_come_from_the_nearest_place() {
    let space = Space::new();
    let stages = staged(&[("1", "", &["sleep 1000"]), ("2", "", &["sleep 1000"])]);
    let limits = |front: &str, file: &str, args: &[&str]| {
        space.file("plan.md", &format!("{front}{stages}")).file("plan-run.yaml", file);
        let (finished, ends) = ends(&space, &[&["plan.md"], args].concat());
        assert_eq!(finished.status, Some(1));
        let limit =
            |end: &String| end.split_once("longer than ").expect("it timed out").1.replace(" and was ended", "");
        ends.iter().map(limit).collect::<Vec<_>>()
    };
    let front = "---\nplan-run:\n  timeout: 0.2s\n  stages: { 2: { timeout: 0.3s } }\n---\n";
    let (file, stage) = ("0.1s, the limit of the configuration,", "0.4s, the limit of its stage,");
    assert_eq!(limits("", "timeout: 0.1s\n", &[]), [file, file]);
    assert_eq!(limits("", "timeout: 0.1s\nstages: { 1: { timeout: 0.4s } }\n", &[]), [stage, file]);
    let (plan, stage) = ("0.2s, the limit of its plan,", "0.3s, the limit of its stage,");
    assert_eq!(limits(front, "timeout: 0.1s\n", &[]), [plan, stage]);
    let call = "0.5s, the limit of --timeout,";
    assert_eq!(limits(front, "timeout: 0.1s\n", &["--timeout", "0.5s"]), [call, call]);
    let own = "---\nplan-run:\n  checks: [{ text: sleep, timeout: 0.1s }]\n---\n# Plan\n\n## Stage 1: One\n\n### Validation\n\n- [ ] `sleep 1000`\n";
    space.file("plan.md", own).file("plan-run.yaml", "");
    let (_, told) = ends(&space, &["plan.md"]);
    assert_eq!(told, ["1.1 error timeout: ran longer than 0.1s, the limit of the check, and was ended"]);
}

#[test]
fn stages_are_skipped_and_ordered_by_the_configuration() {
    let space = Space::new();
    space.file(
        "plan.md",
        &staged(&[("1", "", &["touch one"]), ("2", "", &["test -f three"]), ("3", "", &["touch three"])]),
    );
    space.file("other.md", &staged(&[("1", "", &["test 1 = 1"])]));
    let config =
        "stages:\n  \"plan.md#1\": { skip: the tool is gone until March }\n  \"plan.md#2\": { needs: [\"3\"] }\n";
    space.file("plan-run.yaml", config);
    let (finished, ends) = ends(&space, &["plan.md", "other.md"]);
    let skipped = "1.1 skipped configured: skipped by the configuration: the tool is gone until March";
    assert_eq!((finished.status, ends), (Some(0), own(&[skipped, "2.1 passed", "3.1 passed", "1.1 passed"])));
    assert!(!space.at("one").exists());
}

#[test]
fn jobs_and_root_come_from_the_configuration() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["test -f mark"])])).file("sub/mark", "").file("front/mark", "");
    space.file("plan-run.yaml", "jobs: 3\nroot: sub\n");
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(0));
    assert!(finished.stderr.starts_with("run        1 plan, 1 check to run, up to 3 at a time\n"), "{finished:?}");
    assert!(space.run(&["plan.md", "-j", "2"]).stderr.starts_with("run        1 plan, 1 check to run, up to 2 "));
    let front = format!("---\nplan-run: {{ root: front }}\n---\n{}", staged(&[("1", "", &["test -f mark"])]));
    space.file("plan.md", &front).file("sub/mark", "");
    std::fs::remove_file(space.at("sub/mark")).expect("it was there");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    assert_eq!(space.run(&["plan.md", "--root", "sub"]).status, Some(1));
}
