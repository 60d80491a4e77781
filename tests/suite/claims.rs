//! What a plan claims as done, as a gate: which checks are asked for, and what is told of claims.

use serde_json::Value;

use crate::support::schema::Schema;
use crate::support::space::{Finished, Space};
use crate::support::whole::{ends, own, timeless};

/// Of three stages the first is done, the second begun and the third to come; what is to come would fail.
const UNDER_WAY: &str = "# Plan\n
## Stage 1: Core (done)\n\n### Validation\n\n- [ ] `test 1 = 1`\n
## Stage 2: Export\n\n### Validation\n\n- [x] `test 2 = 2`\n- [ ] `test 2 = 3`\n- [ ] Manual: look at it\n
## Stage 3: Report\n\n### Validation\n\n- [ ] `touch ran && test 3 = 4`\n";

fn space(plan: &str) -> Space {
    let space = Space::new();
    space.file("plan.md", plan);
    space
}

fn json(space: &Space, name: &str) -> Value {
    serde_json::from_str(&space.read(name)).expect("it is JSON")
}

#[test]
fn a_plan_under_way_is_green_as_far_as_it_is_claimed() {
    let space = space(UNDER_WAY);
    let words = ["plan.md", "--scope", "claimed", "--json", "out.json", "--ctrf", "out.ctrf", "--html", "out.html"];
    let finished = space.run(&[&words[..], &["--progress", "plain", "-j", "1"]].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let told = "
  holds      1 Core (done)  1 passed                                0.0s
  unclaimed  2 Export       1 passed, 1 not claimed yet, 1 not run  0.0s
  unclaimed  3 Report       1 not claimed yet

  unticked   1 check holds and is not ticked: plan.md:7; `plan-run mark` ticks it

HOLDS: Every check that ran holds; 2 stages are not claimed yet (1 of 3 stages holds; 2 passed, 2 not claimed yet, 1 not run) in 0.0s
";
    assert_eq!(timeless(&finished.stdout), told);
    assert!(finished.stderr.contains("not run    2 Export: 1 check not claimed yet, 1 check manual\n"), "{finished:?}");
    assert!(!space.at("ran").exists(), "what is not claimed is not run");
    let whole = json(&space, "out.json");
    Schema::read("report.schema.json").check(&whole);
    let counts = &whole["counts"];
    assert_eq!((&counts["not_run"], &counts["not_claimed"], &counts["unticked"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(whole["plans"][0]["stages"][2]["status"], "unclaimed");
    let check = &whole["plans"][0]["stages"][2]["checks"][0];
    assert_eq!((&check["outcome"]["word"], &check["outcome"]["class"]), (&"not-claimed".into(), &"skipped".into()));
    let cases = json(&space, "out.ctrf");
    let case = &cases["results"]["tests"][4];
    assert_eq!((&case["status"], &case["message"]), (&"skipped".into(), &"not claimed yet".into()));
    assert!(space.read("out.html").contains("2 not claimed yet"));
    assert_eq!(space.run(&["plan.md"]).status, Some(1), "by default everything is asked for");
}

#[test]
fn the_command_line_outranks_the_plan_and_that_the_configuration() {
    let scope = |front: &str, file: &str, args: &[&str]| {
        let space = space(&format!("{front}{UNDER_WAY}"));
        space.file("plan-run.yaml", file);
        let finished = space.run(&[&["run", "--dry-run", "plan.md"], args].concat());
        assert_eq!(finished.status, Some(0), "{finished:?}");
        let line = finished.stdout.lines().find(|line| line.starts_with("only what is claimed"));
        line.map_or_else(|| "all".to_owned(), |line| line.replace("only what is claimed as done, as ", ""))
    };
    let claimed = "---\nplan-run: { scope: claimed }\n---\n";
    let all = "---\nplan-run: { scope: all }\n---\n";
    assert_eq!(scope("", "", &[]), "all");
    assert_eq!(scope("", "scope: claimed\n", &[]), "the configuration says");
    assert_eq!(scope(all, "scope: claimed\n", &[]), "all");
    assert_eq!(scope(claimed, "scope: all\n", &[]), "its front matter says");
    assert_eq!(scope(claimed, "", &["--scope", "all"]), "all");
    assert_eq!(scope(all, "scope: all\n", &["--scope", "claimed"]), "--scope says");
}

#[test]
fn each_plan_has_a_scope_of_its_own() {
    let space = space(&format!("---\nplan-run: {{ scope: claimed }}\n---\n{UNDER_WAY}"));
    space.file("whole.md", "# Plan\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `test 4 = 4`\n");
    let (finished, ends) = ends(&space, &["plan.md", "whole.md"]);
    let expected = [
        "1.1 passed",
        "2.1 passed",
        "2.2 skipped not-claimed: not claimed yet",
        "2.3 skipped manual: a person must do it",
        "3.1 skipped not-claimed: not claimed yet",
        "1.1 passed",
    ];
    assert_eq!((finished.status, ends), (Some(0), own(&expected)));
}

#[test]
fn a_plan_that_was_only_just_begun_breaks_no_gate() {
    let begun = UNDER_WAY.replace(" (done)", "").replace("[x]", "[ ]");
    let space = space(&begun);
    let finished = space.run(&["plan.md", "--scope=claimed", "--json", "out.json"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let last = "NOTHING CLAIMED: Nothing is claimed as done yet, so nothing was run (0 of 3 stages hold; 4 not claimed yet, 1 not run)";
    assert!(finished.stdout.contains(last), "{finished:?}");
    assert_eq!(json(&space, "out.json")["verdict"], "nothing-claimed");
    let dry = space.run(&["run", "--dry-run", "--scope=claimed", "plan.md"]);
    assert_eq!((dry.status, dry.stdout.lines().last()), (Some(0), Some("nothing would run")));
    // What is claimed and cannot be run is another matter.
    space.file("plan.md", &begun.replace("- [ ] `test 1 = 1`", "- [x] `git push`"));
    assert_eq!(space.run(&["plan.md", "--scope=claimed"]).status, Some(4));
    assert_eq!(space.run(&["run", "--dry-run", "--scope=claimed", "plan.md"]).status, Some(4));
}

/// Of a claim that fails, one that is held back and one that only a person can make.
const CLAIMS: &str = "# Plan\n\n## Stage 1: One\n\n### Validation\n\n- [x] `false`\n- [x] `git push`\n- [x] Manual: look\n- [x] `true`\n";

#[test]
fn claims_that_do_not_hold_are_told_where_they_stand() {
    let space = space(CLAIMS);
    let finished = space.run(&["plan.md", "--progress", "none"]);
    assert_eq!(finished.status, Some(1));
    let told = "
  FAILS      1 One  1 passed, 1 failed, 2 not run  0.0s

  claimed    1.1 false: ticked, but fails: exit status 1, at plan.md:7
  claimed    1.2 git push: ticked, but is not proven: held back: it publishes or deploys, at plan.md:8

FAILS: 1 check does not hold (0 of 1 stage holds; 1 passed, 1 failed, 2 not run) in 0.0s
";
    assert_eq!(timeless(&finished.stdout), told);
    let heading = CLAIMS.replace("[x]", "[ ]").replace("One\n", "One \u{2705}\n");
    space.file("plan.md", &heading);
    let finished = space.run(&["plan.md", "--progress", "none"]);
    let line = "  claimed    1.1 false: its stage is claimed as done, but fails: exit status 1, at plan.md:7\n";
    assert!(finished.stdout.contains(line), "{finished:?}");
}

#[test]
fn many_claims_and_boxes_are_counted() {
    let many = |mark: &str, command: &str| format!("- [{mark}] `{command}`\n").repeat(30);
    let space =
        space(&format!("# Plan\n\n## Stage 1: One\n\n### Validation\n\n{}{}", many("x", "false"), many(" ", "true")));
    let finished = space.run(&["plan.md", "--progress", "none"]);
    let lines: Vec<&str> = finished.stdout.lines().filter(|line| line.starts_with("  claimed ")).collect();
    assert_eq!(lines.len(), 20);
    let rest = "             and 10 more\n  unticked   30 checks hold and are not ticked: plan.md:37, 38, 39, 40, 41 and 25 more; `plan-run mark` ticks them\n";
    assert!(finished.stdout.contains(rest), "{finished:?}");
}

#[test]
fn strict_claims_fail_a_run_that_does_not_prove_them() {
    let plan = CLAIMS.replace("- [x] `false`\n", "");
    let space = space(&plan);
    let strict = |space: &Space, args: &[&str]| {
        let reports = ["--json", "out.json", "--junit", "out.xml", "--annotations=always"];
        space.run(&[&["plan.md", "--progress", "none"], args, &reports].concat())
    };
    let warns = strict(&space, &[]);
    assert_eq!(warns.status, Some(0));
    assert!(
        warns.stdout.contains("::warning file=plan.md,line=7,title=1.1%3A said to be done%2C not shown::"),
        "{warns:?}"
    );
    let fails = strict(&space, &["--strict-claims"]);
    assert_eq!(fails.status, Some(1));
    let line = "UNPROVEN CLAIMS: 1 check is claimed as done and not proven (0 of 1 stage holds; 1 passed, 2 not run)";
    assert!(fails.stdout.contains(line), "{fails:?}");
    assert!(
        fails.stdout.contains("::error file=plan.md,line=7,title=1.1%3A said to be done%2C not shown::"),
        "{fails:?}"
    );
    let whole = json(&space, "out.json");
    assert_eq!((&whole["verdict"], &whole["strict_claims"]), (&"unproven-claims".into(), &true.into()));
    assert_eq!(whole["counts"]["unproven_claims"], 1);
    let check = &whole["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((&check["unproven_claim"], &check["unticked"]), (&true.into(), &false.into()));
    assert!(
        space
            .read("out.xml")
            .contains("<error type=\"unproven-claims\" message=\"1 check is claimed as done and not proven\">")
    );
    // The journal keeps what was asked for.
    let later = space.run(&["report"]);
    assert_eq!(later.status, Some(1));
    assert!(later.stdout.contains(line), "{later:?}");
    assert_eq!(space.run(&["merge", &runs(&space)[0], &runs(&space)[1]]).status, Some(1));
    space.file("plan-run.yaml", "strict_claims: true\n");
    assert_eq!(strict(&space, &[]).status, Some(1));
    space.file("plan.md", &plan.replace("- [x] `git push`", "- [ ] `git push`"));
    assert_eq!(strict(&space, &[]).status, Some(0));
}

/// The runs that are kept, the oldest first.
fn runs(space: &Space) -> Vec<String> {
    let entries = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs are kept");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let mut names: Vec<String> = names.filter(|name| name.starts_with("20")).collect();
    names.sort();
    names
}

#[test]
fn a_failure_behind_what_is_not_claimed_still_blocks() {
    let stage = |number: u32, mark: &str, command: &str| {
        let after = if number > 1 { format!("\n**Dependencies**: Stage {}\n", number - 1) } else { String::new() };
        format!("\n## Stage {number}: Part\n{after}\n### Validation\n\n- [{mark}] `{command}`\n")
    };
    let space = space(&format!("# Plan\n{}{}{}", stage(1, "x", "false"), stage(2, " ", "true"), stage(3, "x", "true")));
    let (finished, ends) = ends(&space, &["plan.md", "--scope=claimed"]);
    let expected = [
        "1.1 failure exit-code: exit status 1",
        "2.1 skipped not-claimed: not claimed yet",
        "3.1 skipped dependency: blocked: stage 1 does not hold",
    ];
    assert_eq!((finished.status, ends), (Some(1), own(&expected)));
    let warning = "warning[unclaimed-need]: stage 3 is claimed as done, but not all of stage 2, which it needs\n";
    assert!(finished.stderr.starts_with(warning), "{finished:?}");
}

#[test]
fn an_earlier_run_is_gone_on_with_in_the_same_scope() {
    let space = space(&UNDER_WAY.replace("test 2 = 2", "test -f mark"));
    assert_eq!(space.run(&["plan.md", "--scope=claimed"]).status, Some(1));
    space.file("mark", "");
    let (finished, ends) = ends(&space, &["plan.md", "--scope=claimed", "--resume"]);
    let expected = [
        "1.1 passed",
        "2.1 passed",
        "2.2 skipped not-claimed: not claimed yet",
        "2.3 skipped manual: a person must do it",
        "3.1 skipped not-claimed: not claimed yet",
    ];
    assert_eq!((finished.status, ends), (Some(0), own(&expected)));
}

#[test]
fn a_scope_that_is_none_is_refused() {
    let space = space(UNDER_WAY);
    let refused = |finished: Finished, words: &str| {
        assert_eq!(finished.status, Some(2), "{finished:?}");
        assert!(finished.stderr.contains(words), "{finished:?}");
    };
    refused(space.run(&["plan.md", "--scope", "some"]), "[possible values: all, claimed]");
    space.file("plan-run.yaml", "scope: some\n");
    refused(space.run(&["plan.md"]), "plan-run.yaml:1:8\n");
    space.file("plan-run.yaml", "scope: [claimed]\nstrict_claims: perhaps\n");
    let finished = space.run(&["plan.md"]);
    assert!(finished.stderr.contains("`scope` must be one of all, claimed, not a list"), "{finished:?}");
    refused(finished, "`strict_claims`: `perhaps` is neither `true` nor `false`");
    space.file("plan-run.yaml", "");
    space.file("plan.md", &format!("---\nplan-run: {{ strict_claims: true }}\n---\n{UNDER_WAY}"));
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(3));
    assert!(finished.stderr.contains("`strict_claims` holds for a whole run"), "{finished:?}");
}
