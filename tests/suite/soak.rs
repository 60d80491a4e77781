//! Many trivial checks in one run: what the runner holds must not grow with them. `ci/bench --soak` has far more of them.

#![cfg(target_os = "linux")]

use std::fmt::Write;

use crate::support::space::Space;

const STAGES: usize = 40;
const CHECKS: usize = 50;

/// Writes what the runner holds: open files, threads, its children, and its memory in KiB. Not at once, since a command that
/// takes longer than a moment has one file more open.
fn look(into: &str) -> String {
    format!(
        "sleep 0.2; {{ ls /proc/$PPID/fd | wc -l; ls /proc/$PPID/task | wc -l; cat /proc/$PPID/task/*/children | wc -w; \
         grep VmRSS: /proc/$PPID/status | tr -dc 0-9; }} > {into} 2>/dev/null"
    )
}

fn figures(space: &Space, file: &str) -> Vec<u64> {
    space.read(file).split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

#[test]
fn what_the_runner_holds_does_not_grow_with_the_checks() {
    let space = Space::new();
    let mut plan = String::from("# Implementation Plan: Soak\n");
    for stage in 1..=STAGES {
        _ = write!(plan, "\n## Stage {stage}: Step {stage}\n");
        if stage > 1 {
            _ = write!(plan, "\n**Dependencies**: Stage {}\n", stage - 1);
        }
        plan.push_str("\n### Validation\n\n```sh\n");
        // After a stage, so that what is made once is not taken for growth.
        if stage == 2 || stage == STAGES {
            _ = writeln!(plan, "{}\n```\n\n```sh", look(&format!("look-{stage}")));
        }
        (0..CHECKS).for_each(|check| _ = writeln!(plan, "true {stage} {check}"));
        plan.push_str("```\n");
    }
    space.file("plan.md", &plan);
    let args = ["plan.md", "-j", "4", "--progress", "none", "--junit", "r.xml", "--summary", "r.md"];
    let finished = space.run(&args);
    assert_eq!(finished.status, Some(0), "{}{}", finished.stdout, finished.stderr);
    let (before, after) = (figures(&space, "look-2"), figures(&space, &format!("look-{STAGES}")));
    assert_eq!(before[..3], after[..3], "open files, threads, children");
    let grown = after[3].saturating_sub(before[3]);
    assert!(grown < 2048, "memory grew by {grown} KiB over {} checks", (STAGES - 2) * CHECKS);
    // Of commands that say nothing no file is kept, so that a folder of outputs does not grow with them either.
    let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("the run is kept");
    let run = runs.map(|run| run.expect("it can be read").path()).next().expect("there is one");
    assert_eq!(std::fs::read_dir(run.join("output")).expect("it is there").count(), 0);
}
