//! `status` and `next`: where plans stand, and what comes next in them.

use std::process::Command;

use serde_json::Value;

use crate::support::schema::Schema;
use crate::support::space::{Finished, Space};

const PLAN: &str = "\
# Implementation Plan: Greetings

## Stage 1: Greet

### Changes

- [x] Create `greet.sh`

### Validation

- [x] `test -f greet.sh`

## Stage 2: Refuse

Depends on: Stage 1

### Validation

- [x] `sh greet.sh` exits 2
- [ ] `test -d .`

## Stage 3: Several names \u{2705}

### Validation

- [ ] `sh greet.sh Ada | grep -q Ada`
- [ ] `git push`

## Stage 4: Publish

Depends on: Stage 1

### Changes

- [ ] Write `docs/usage.md` and src/*.rs, see `greet.sh:12`

### Validation

- [ ] `test -d docs`
- [ ] Manual: it reads well

---

## Stage 5: Rest

Depends on: Stage 4

### Validation

- [ ] `true`

## Notes

Nothing.
";

/// A folder with the plan and what it speaks of.
fn space() -> Space {
    let space = Space::new();
    space.file("plan.md", PLAN).file("greet.sh", "echo \"Hello, $1!\"\n");
    space.file("docs/x.md", "");
    space
}

fn run(space: &Space, args: &[&str]) {
    let finished = space.run(&[&["run", "--progress", "none"], args].concat());
    assert!(matches!(finished.status, Some(0 | 1 | 4)), "{finished:?}");
}

/// What is shown, with the names of runs taken out.
fn shown(space: &Space, args: &[&str]) -> String {
    let Finished { status, stdout, .. } = space.run(args);
    assert_eq!(status, Some(0), "{stdout}");
    let mut out = stdout;
    while let Some(at) = out.find("run 20") {
        let end = out[at + 4..].find([' ', ';', '\n']).map_or(out.len(), |end| at + 4 + end);
        out.replace_range(at..end, "run R");
    }
    out
}

fn json(space: &Space, args: &[&str], schema: &str) -> Value {
    let finished = space.run(&[args, &["--format", "json"]].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let value: Value = serde_json::from_str(&finished.stdout).expect("it is JSON");
    Schema::read(schema).check(&value);
    value
}

#[test]
fn a_plan_that_was_never_run_claims_and_proves_nothing() {
    let expected = "\
plan.md: Implementation Plan: Greetings
[?????????...............] 0 of 5 stages done; 2 claimed, not proved; 3 open
nothing is proved: no run of it is kept
  claimed, not proved  1 Greet             1 check
  open                 2 Refuse            2 checks
  claimed, not proved  3 Several names \u{2705}  2 checks
  open                 4 Publish           1 check; 1 for a person
  open                 5 Rest              1 check
";
    assert_eq!(shown(&space(), &["status", "plan.md"]), expected);
}

#[test]
fn claims_stand_beside_what_the_newest_run_showed() {
    let space = space();
    run(&space, &["plan.md"]);
    let expected = "\
plan.md: Implementation Plan: Greetings
[####?????++++++++++.....] 1 of 5 stages done; 1 claimed, not proved; 2 proved, not claimed; 1 open
as the run R saw it
  done                 1 Greet             1 of 1 check holds
  open                 2 Refuse            1 of 2 checks holds; claimed, but fails: 2.1
  claimed, not proved  3 Several names \u{2705}  1 of 2 checks holds
  proved, not claimed  4 Publish           1 of 1 check holds; 1 for a person
  proved, not claimed  5 Rest              1 of 1 check holds
";
    assert_eq!(shown(&space, &["status", "plan.md"]), expected);
}

#[test]
fn a_claim_that_fails_stands_out() {
    let space = space();
    space.file("plan.md", &PLAN.replace("- [ ] `test -d .`", "- [x] `test -d .`"));
    run(&space, &["plan.md"]);
    let told = shown(&space, &["status", "plan.md", "--color", "always"]);
    let row = "  \u{1b}[1;31mCLAIMED, BUT FAILS\u{1b}[0m   2 Refuse            1 of 2 checks holds; claimed, but fails: 2.1\n";
    assert!(told.contains(row), "{told}");
    assert!(told.contains("[\u{1b}[32m####\u{1b}[0m\u{1b}[1;31m!!!!!\u{1b}[0m"), "{told}");
    let next = space.run(&["next", "plan.md"]);
    assert_eq!(next.stderr, "plan-run: plan.md: stage 2 is marked as done, but the newest run shows otherwise\n");
    let value = json(&space, &["status", "plan.md"], "status.schema.json");
    assert_eq!(value["plans"][0]["counts"]["claimed_but_fails"], 1);
    assert_eq!(value["plans"][0]["stages"][1]["state"], "claimed-but-fails");
    assert_eq!(value["plans"][0]["stages"][1]["checks"][0]["outcome"], "exit-code");
}

#[test]
fn a_run_that_does_not_count_is_told_and_proves_nothing() {
    let space = space();
    let commit = |digit: &str| _ = space.file(".git/HEAD", &format!("{}\n", digit.repeat(40)));
    commit("a");
    run(&space, &["plan.md"]);
    commit("b");
    let told = |why: &str, doubt: &str| {
        let text = shown(&space, &["status", "plan.md"]);
        assert_eq!(text.lines().nth(2), Some(why), "{text}");
        assert!(text.contains("0 of 5 stages done; 2 claimed, not proved; 3 open"), "{text}");
        let value = json(&space, &["status", "plan.md"], "status.schema.json");
        assert_eq!(value["plans"][0]["run"]["doubt"], doubt);
        assert_eq!(value["plans"][0]["stages"][0]["proof"], Value::Null);
    };
    told(
        "nothing is proved: the run R was of commit aaaaaaaaaaaa, and commit bbbbbbbbbbbb is checked out; run it again",
        "other-commit",
    );
    commit("a");
    space.file("plan.md", &PLAN.replace("## Notes", "## More notes"));
    told("nothing is proved: the plan has changed since the run R; run it again", "other-text");
}

#[test]
fn files_that_are_not_as_in_the_commit_are_told() {
    let space = space();
    std::fs::remove_dir(space.at(".git")).expect("own folder");
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
        let done =
            Command::new("git").args(identity).args(args).current_dir(space.path()).output().expect("git starts");
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "all"]);
    run(&space, &["plan.md", "--mark"]);
    let line = || shown(&space, &["status", "plan.md"]).lines().nth(2).unwrap_or_default().to_owned();
    assert_eq!(line(), "as the run R saw it", "boxes of the plan are no change");
    space.file("new.txt", "");
    assert_eq!(line(), "as the run R saw it; a file is not as in the commit, and the run may have seen it otherwise");
    space.file("greet.sh", "echo \"Hello, $1.\"\n");
    assert!(line().ends_with("; 2 files are not as in the commit, and the run may have seen them otherwise"));
    let value = json(&space, &["status", "plan.md"], "status.schema.json");
    assert_eq!(value["plans"][0]["changed_files"], 2);
}

#[test]
fn several_plans_have_a_line_each() {
    let space = space();
    run(&space, &["plan.md"]);
    space.file("plans/b.md", "# Later\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n");
    let expected = "\
[####?????++++++++++.....] plan.md: Implementation Plan: Greetings: 1 of 5 stages done; 1 claimed, not proved; 2 proved, not claimed; 1 open
[........................] plans/b.md: Later: 0 of 1 stage done; 1 open
  nothing is proved: no run of it is kept
";
    assert_eq!(shown(&space, &["status"]), expected);
    space.file("plan.md", "no stage\n").file("plans/b.md", "");
    assert!(shown(&space, &["status", "plan.md"]).contains("0 of 0 stages done\n"));
}

#[test]
fn the_next_stage_is_the_first_that_is_not_marked() {
    let space = space();
    run(&space, &["plan.md"]);
    let expected = "\
plan.md:13: stage 2 Refuse

## Stage 2: Refuse

Depends on: Stage 1

### Validation

- [x] `sh greet.sh` exits 2
- [ ] `test -d .`

files: greet.sh
validation:
  2.1  command  sh greet.sh  [ticked; fails]
  2.2  command  test -d .  [not ticked; holds]
";
    assert_eq!(shown(&space, &["next", "plan.md"]), expected);
    // What holds may hold without any work, so that the marks count; and what waits for something open is not next.
    let expected = format!(
        "{expected}
plan.md:29: stage 4 Publish

## Stage 4: Publish

Depends on: Stage 1

### Changes

- [ ] Write `docs/usage.md` and src/*.rs, see `greet.sh:12`

### Validation

- [ ] `test -d docs`
- [ ] Manual: it reads well

files: docs/usage.md, greet.sh:12
validation:
  4.1  command  test -d docs  [not ticked; holds]
  4.2  manual   it reads well  [not ticked]
"
    );
    assert_eq!(shown(&space, &["next", "plan.md", "--all"]), expected);
    let value = json(&space, &["next", "plan.md", "--all"], "next.schema.json");
    let labels: Vec<&Value> = value["next"].as_array().expect("a list").iter().map(|stage| &stage["label"]).collect();
    assert_eq!(labels, ["2", "4"]);
    let files = serde_json::json!([
        {"path": "docs/usage.md", "line": null, "exists": false}, {"path": "greet.sh", "line": 12, "exists": true},
    ]);
    assert_eq!(value["next"][1]["files"], files);
    assert_eq!(value["next"][1]["checks"][0]["outcome"], "passed");
}

#[test]
fn the_first_plan_with_open_work_counts() {
    let space = Space::new();
    let plan = |mark: &str| format!("# P\n\n## Stage 1: A\n\n### Validation\n\n- [{mark}] `true`\n");
    space.file("plans/a.md", &plan("x")).file("plans/b.md", &plan(" ")).file("plans/c.md", &plan(" "));
    assert!(
        shown(&space, &["next"])
            .starts_with("plans/a.md: nothing is open; its stage is marked as done\n\nplans/b.md:3: stage 1 A\n")
    );
    let all = shown(&space, &["next", "--all"]);
    assert!(all.contains("plans/b.md:3: stage 1") && all.contains("plans/c.md:3: stage 1"), "{all}");
    space.file("plans/b.md", &plan("x")).file("plans/c.md", "nothing\n");
    let told = "plans/a.md: nothing is open; its stage is marked as done\nplans/b.md: nothing is open; its stage is marked as done\n\
        plans/c.md: no stage was found\n";
    assert_eq!(shown(&space, &["next"]), told);
    assert_eq!(json(&space, &["next"], "next.schema.json")["next"], serde_json::json!([]));
}

#[test]
fn the_next_step_of_a_workstream_is_the_first_one_without_a_mark() {
    let space = Space::new();
    let plan = |one: &str, two: &str, three: &str| {
        format!(
            "# Implementation Plan: Export\n\n## 3. High-Level Approach\n\nTwo.\n\n## 4. Workstreams and Steps\n\n### Workstream A: Backend\n\n\
             Words.\n\n1. {one}\n   - Why: it is `src/handler.rs:7`.\n   - Validation: `test -d .`\n2. {two}\n   - Validation: `true`\n\n\
             ### Workstream B: Frontend\n\n1. {three}\n   - Validation: `true`\n"
        )
    };
    let next = |one: &str, two: &str, three: &str| {
        space.file("implement.md", &plan(one, two, three));
        let told = shown(&space, &["next", "implement.md"]);
        told.lines().next().unwrap_or_default().split(' ').nth(2).unwrap_or_default().to_owned()
    };
    assert_eq!(next("Dig", "Wall", "Roof"), "A.1");
    assert!(shown(&space, &["next", "implement.md"]).contains(
        "\n\n1. Dig\n   - Why: it is `src/handler.rs:7`.\n   - Validation: `test -d .`\n\nfiles: src/handler.rs:7\nvalidation:\n"
    ));
    for done in ["Dig \u{2705}", "\u{2714}\u{fe0f} Dig", "Dig (done)", "[x] Dig", "Dig: **DONE**"] {
        assert_eq!(next(done, "Wall", "Roof"), "A.2", "{done}");
    }
    for open in ["Make it done", "[ ] Dig \u{2705}", "Show a \u{2705} when it is dug"] {
        assert_eq!(next(open, "Wall", "Roof"), "A.1", "{open}");
    }
    assert_eq!(next("Dig \u{2705}", "Wall \u{2705}", "Roof"), "B.1");
    let all = shown(&space, &["next", "--all", "implement.md"]);
    assert!(all.contains("stage B.1") && !all.contains("stage A"), "{all}");
}

#[test]
fn a_stage_inside_another_has_its_own_text() {
    let space = Space::new();
    let tasks = "# Tasks\n\n## Phase 1: Ground\n\nFirst.\n\n- [ ] T001 Dig `a.rs`\n  with a spade\n\n  - Verify: `true`\n\n- [ ] T002 Wall\n\n## Notes\n\nNone.\n";
    space.file("tasks.md", tasks);
    let value = json(&space, &["next", "tasks.md", "--all"], "next.schema.json");
    let texts: Vec<&str> =
        value["next"].as_array().expect("a list").iter().filter_map(|stage| stage["text"].as_str()).collect();
    assert_eq!(texts[0], "- [ ] T001 Dig `a.rs`\n  with a spade\n\n  - Verify: `true`");
}

#[test]
fn what_cannot_be_read_is_told_with_its_own_code() {
    let space = Space::new();
    space.file("plan.md", "# P\n\n## Stage 1: A\n\nDepends on: Stage 2\n\n## Stage 2: B\n\nDepends on: Stage 1\n");
    for verb in ["status", "next"] {
        let finished = space.run(&[verb, "plan.md"]);
        assert_eq!(finished.status, Some(3), "{finished:?}");
        assert!(finished.stderr.contains("error["), "{finished:?}");
        assert_eq!(space.run(&[verb, "none.md"]).status, Some(2));
        assert_eq!(space.run(&[verb, "plan.md", "--run", "none"]).status, Some(2));
    }
}

#[test]
fn what_a_plan_says_steers_no_terminal() {
    let space = Space::new();
    space.file("plan.md", "# P\n\n## Stage 1: A\u{1b}[2J\n\n::error::x\n\n### Validation\n\n- [ ] `true`\n");
    for verb in ["status", "next"] {
        let told = shown(&space, &[verb, "plan.md"]);
        assert!(!told.contains('\u{1b}') && !told.contains("\n::"), "{told}");
    }
}
