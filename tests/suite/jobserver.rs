//! GNU make's jobserver, with the real `make`: whoever starts processes, there are never more than job slots.

use std::process::Command;

use crate::support::space::{Finished, Space};

/// Notes that it runs, sees that no more than so many others do, twice, and goes.
const COUNTED: &str =
    "mkdir run/$$ && test $(ls run | wc -l) -le $1 && sleep 0.05 && test $(ls run | wc -l) -le $1 || exit 1
rmdir run/$$
";

/// A plan with a stage for each list of checks; no stage needs another.
fn space(stages: &[&[&str]]) -> Space {
    let mut plan = "# Implementation Plan: Jobs\n\n".to_owned();
    for (number, checks) in stages.iter().enumerate() {
        plan += &format!("## Stage {number}: S{number}\n\n### Validation\n\n");
        checks.iter().for_each(|check| plan += &format!("- [ ] `{check}`\n"));
        plan += "\n";
    }
    let space = Space::new();
    space.file("plan.md", &plan).file("counted.sh", COUNTED);
    std::fs::create_dir(space.at("run")).expect("a folder can be made");
    space
}

fn fifo(space: &Space) {
    assert!(Command::new("mkfifo").arg(space.at("pipe")).status().expect("mkfifo runs").success());
}

fn holds(finished: &Finished) {
    assert_eq!(finished.status, Some(0), "{}{}", finished.stdout, finished.stderr);
}

#[test]
fn make_shares_the_job_slots_with_other_checks() {
    let space = space(&[&["make one"], &["make two"], &["make three"]]);
    let targets = ["one", "two", "three"].map(|name| format!("{name}: {name}a {name}b {name}c {name}d\n"));
    space.file("Makefile", &format!("{}%:\n\t@sh counted.sh 3\n", targets.concat()));
    holds(&space.run(&["plan.md", "-j", "3", "--jobserver", "all", "--timeout", "60s"]));
}

/// Two rules that come to an end only when they run side by side.
const PAIR: &str = "all: says hears\nsays:\n\t@echo hello > pipe\nhears:\n\t@read line < pipe\n";

#[test]
fn make_runs_several_where_slots_are_free() {
    let space = space(&[&["make"]]);
    space.file("Makefile", PAIR);
    fifo(&space);
    holds(&space.run(&["plan.md", "-j", "2", "--jobserver", "all", "--timeout", "60s"]));
}

#[test]
fn a_token_that_was_taken_by_one_that_was_killed_is_there_again() {
    let space = space(&[&["sh steal.sh", "make"]]);
    space.file("Makefile", PAIR);
    // The number of the pipe's end stands behind the last `=`.
    let steal =
        "flags=${CARGO_MAKEFLAGS##*=}\ndd bs=1 count=1 if=/proc/self/fd/${flags%,*} of=/dev/null\nexec sleep 1000\n";
    space.file("steal.sh", steal);
    fifo(&space);
    let plan = space.read("plan.md").replace("- [ ] `sh steal", "<!-- plan-run: timeout=1s -->\n- [ ] `sh steal");
    space.file("plan.md", &plan);
    let finished = space.run(&["plan.md", "-j", "2", "--jobserver", "all", "--timeout", "60s"]);
    assert!(finished.stderr.contains("passed     0.2  make"), "{}", finished.stderr);
    assert!(finished.stderr.contains("ERROR      0.1  sh steal.sh"), "{}", finished.stderr);
}

#[test]
fn a_command_that_says_how_many_it_runs_takes_as_many_slots() {
    let space = space(&[&["make -j2 one"], &["make --jobs=2 two"], &["sh counted.sh 2"], &["make -j three"]]);
    let targets = ["one", "two", "three"].map(|name| format!("{name}: {name}a {name}b\n"));
    space.file("Makefile", &format!("{}%:\n\t@sh counted.sh 2\n", targets.concat()));
    let finished = space.run(&["plan.md", "-j", "2", "--timeout", "60s", "--json", "a.json"]);
    holds(&finished);
    assert!(!finished.stderr.contains("jobserver mode"), "{}", finished.stderr);
    let shown = space.run(&["run", "--dry-run", "plan.md"]).stdout;
    assert!(shown.contains("check 0.1, line 7, takes 2 job slots"), "{shown}");
    assert!(shown.contains("check 3.1, line 25, takes all job slots"), "{shown}");
}

#[test]
fn a_run_within_make_takes_part_in_its_jobserver() {
    let space =
        space(&[&["sh counted.sh 2"], &["sh ./counted.sh 2"], &["sh .//counted.sh 2"], &["sh ././counted.sh 2"]]);
    space.file("Makefile", "all:\n\t+$(PLAN_RUN) plan.md -j 4 --timeout 60s --json a.json\n");
    let make = |jobs: &str| {
        let mut make = Command::new("make");
        make.arg(jobs).current_dir(space.path()).env_remove("MAKEFLAGS").env_remove("CARGO_MAKEFLAGS");
        let output = make.env("PLAN_RUN", env!("CARGO_BIN_EXE_plan-run")).output().expect("make runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    make("-j2");
    assert!(space.read("a.json").contains("\"passed\""));
}

#[test]
fn what_make_would_do_alone_it_does_here() {
    let none = r#"test -z "$MAKEFLAGS""#;
    let cargo = r#"test -n "$CARGO_MAKEFLAGS""#;
    holds(&space(&[&[none], &[cargo]]).run(&["plan.md"]));
    for off in [&["plan.md", "--no-jobserver"][..], &["plan.md", "--jobserver", "none"]] {
        holds(&space(&[&[none], &[r#"test -z "$CARGO_MAKEFLAGS""#]]).run(off));
    }
    // Where make runs several anyway, it does so together with the others.
    let mut asked = space(&[&[r#"echo "$MAKEFLAGS" | grep -q '^-k -j --jobserver-auth=[0-9]*,[0-9]*$'"#]]);
    asked.env("MAKEFLAGS", "-k -j 5");
    holds(&asked.run(&["plan.md"]));
}
