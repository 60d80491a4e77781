//! `mark`: boxes that say what a run showed, and nothing else that changes.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::support::space::{Finished, Space};
use crate::support::whole::{Gate, fifo};

/// A folder with a plan that was run.
fn after_run(plan: &str, args: &[&str]) -> Space {
    let space = Space::new();
    space.file("plan.md", plan);
    run(&space, args);
    space
}

fn run(space: &Space, args: &[&str]) {
    let finished = space.run(&[&["run", "plan.md", "--progress", "none"], args].concat());
    assert!(matches!(finished.status, Some(0 | 1 | 4)), "{finished:?}");
}

/// A staged plan with one stage, of which these are the lines of its validation.
fn validation(lines: &str) -> String {
    format!("# Plan\n\n## Stage 1: Dig\n\n### Validation\n\n{lines}")
}

/// What becomes of these lines when they are run and marked.
fn marked(lines: &str, run: &[&str], mark: &[&str]) -> String {
    let space = after_run(&validation(lines), run);
    let finished = space.run(&[&["mark", "plan.md"], mark].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    space.read("plan.md").strip_prefix(&validation("")).expect("the rest stays").to_owned()
}

/// The plan is left as it is, and this is said of it.
fn is_left_alone(space: &Space, args: &[&str], status: i32, told: &str) -> Finished {
    let before = space.read("plan.md");
    let finished = space.run(&[&["mark"], args].concat());
    assert_eq!(finished.status, Some(status), "{finished:?}");
    assert!(finished.stderr.contains(told), "{finished:?}");
    assert_eq!(finished.stdout, "");
    assert_eq!(space.read("plan.md"), before);
    finished
}

const GONE: &str = "\u{feff}# Plan\r\n\r\n## Stage 1: Dig\r\n\r\n### Changes\r\n\r\n- [ ] Dig\r\n\r\n### Validation\r\n\r\n\
    -\t[ ]\t`true`  \r\n- [X] `test -d .`\r\n- [ ] `false`\r\n- [x] `exit 3`\n* [ ] `echo last`";

#[test]
fn only_the_byte_in_the_brackets_changes() {
    let space = after_run(GONE, &[]);
    let finished = space.run(&["mark", "plan.md"]);
    let told = "marked plan.md: 2 boxes ticked\n  ticked: 1.1, 1.5\n";
    assert_eq!((finished.status, finished.stdout.as_str(), finished.stderr.as_str()), (Some(0), told, ""));
    let ticked = GONE.replace("[ ]\t`true`", "[x]\t`true`").replace("[ ] `echo", "[x] `echo");
    assert_eq!(space.read("plan.md"), ticked);
    let finished = space.run(&["mark", "plan.md", "--untick"]);
    assert_eq!(finished.stdout, "marked plan.md: 1 box cleared\n  cleared: 1.4\n");
    assert_eq!(space.read("plan.md"), ticked.replace("[x] `exit", "[ ] `exit"));
    let finished = space.run(&["mark", "plan.md", "--untick"]);
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), "plan.md: no box to change\n"));
}

#[test]
fn bytes_that_are_no_text_stay() {
    let space = Space::new();
    let bytes = [&validation("- [ ] `true`\n").into_bytes()[..], b"\nB\xE4ume \xFF\n"].concat();
    std::fs::write(space.at("plan.md"), &bytes).expect("writable");
    run(&space, &["--mark"]);
    let ticked: Vec<u8> = String::from_utf8_lossy(&bytes[..bytes.len() - 9]).replace("[ ]", "[x]").into_bytes();
    assert_eq!(std::fs::read(space.at("plan.md")).expect("readable"), [&ticked[..], b"\nB\xE4ume \xFF\n"].concat());
}

#[test]
fn an_item_with_several_commands_needs_all_of_them() {
    assert_eq!(
        marked("- [ ] `true` and `test -d .`\n- [ ] `true` and `false`\n", &[], &[]),
        "- [x] `true` and `test -d .`\n- [ ] `true` and `false`\n"
    );
    let blocks = |first: &str, second: &str| {
        format!(
            "- [{first}] It holds:\n  ```sh\n  true\n  test -d .\n  ```\n- [{second}] It does not:\n  ```sh\n  true\n  false\n  ```\n"
        )
    };
    assert_eq!(marked(&blocks(" ", " "), &[], &[]), blocks("x", " "));
    assert_eq!(marked(&blocks("x", "X"), &[], &["--untick"]), blocks("x", " "));
}

#[test]
fn what_is_for_a_person_is_never_ticked() {
    let lines = "- [ ] Manual: look at it\n- [ ] `sh yes.sh`; the dialog opens centred\n- [ ] `npm publish`\n";
    let space = after_run(&validation(lines), &[]);
    space.file("yes.sh", "");
    run(&space, &[]);
    assert_eq!(space.run(&["mark", "plan.md", "--untick"]).stdout, "plan.md: no box to change\n");
    // Nor is it cleared, unless a command beside it fails.
    let lines = "- [x] Manual: look at it\n- [x] `sh no.sh`; the dialog opens centred\n";
    assert_eq!(marked(lines, &[], &["--untick"]), lines.replace("[x] `sh", "[ ] `sh"));
}

#[test]
fn what_was_not_run_keeps_its_box() {
    let plan = "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `false`\n- [x] `git push`\n\n## Stage 2: B\n\nDepends on: Stage 1\n\n\
        ### Validation\n\n- [x] `true`\n- [ ] `test -d .`\n";
    let space = after_run(plan, &[]);
    let finished = space.run(&["mark", "plan.md", "--untick"]);
    assert_eq!(finished.stdout, "plan.md: no box to change\n");
    assert_eq!(space.read("plan.md"), plan);
}

#[test]
fn a_check_that_must_fail_counts_where_it_was_run() {
    let alone = "- [ ] `test -f no` (expect failure)\n";
    assert_eq!(marked(alone, &[], &[]), alone, "it was not run");
    assert_eq!(marked(alone, &["--red"], &[]), alone.replace("[ ]", "[x]"));
    // Once the work is done it cannot fail any more, and was seen to fail all the same.
    let after = "- [x] `test -d .` (expect failure)\n";
    assert_eq!(marked(after, &["--red"], &["--untick"]), after);
    let both = "- [ ] Red and green:\n  - `test -f no` (expect failure)\n  - `true`\n";
    assert_eq!(marked(both, &[], &[]), both.replace("[ ]", "[x]"));
    assert_eq!(marked(&both.replace("-f no", "-d ."), &["--red"], &[]), both.replace("-f no", "-d ."));
}

#[test]
fn boxes_above_others_come_last() {
    let tasks = |boxes: [&str; 7]| {
        let [a, b, c, d, e, f, g] = boxes;
        format!(
            "# Tasks\n\n- [{a}] T001 Dig\n  - [{b}] Verify: `true`\n- [{c}] T002 Wall\n  - [{d}] write it down\n  - Verify: `true`\n\
             - [{e}] T003 Roof\n  - [{f}] Verify: `true`\n  - [{g}] Manual: look at it\n"
        )
    };
    let mark = |boxes, args: &[&str]| {
        let space = after_run(&tasks(boxes), &[]);
        let finished = space.run(&[&["mark", "plan.md"], args].concat());
        assert_eq!(finished.status, Some(0), "{finished:?}");
        (space.read("plan.md"), finished.stdout)
    };
    let (after, told) = mark([" ", " ", " ", " ", " ", " ", " "], &[]);
    assert_eq!(after, tasks(["x", "x", " ", " ", " ", "x", " "]));
    assert_eq!(told, "marked plan.md: 3 boxes ticked\n  ticked: stage T001, T001.1, T003.1\n");
    // What a person has ticked is taken for done.
    assert_eq!(mark([" ", " ", " ", "x", " ", " ", "x"], &[]).0, tasks(["x", "x", "x", "x", "x", "x", "x"]));
}

#[test]
fn a_stage_that_fails_loses_its_box() {
    let tasks = "# Tasks\n\n- [~] T001 Dig\n  - Verify: `true`\n- [-] T002 Wall\n  - Verify: `true`\n- [x] T003 Roof\n  - Verify: `false`\n";
    let space = after_run(tasks, &[]);
    let finished = space.run(&["mark", "plan.md", "--untick"]);
    assert_eq!(
        finished.stdout,
        "marked plan.md: 1 box ticked, 1 cleared\n  ticked: stage T001\n  cleared: stage T003\n"
    );
    assert_eq!(space.read("plan.md"), tasks.replace("[x]", "[ ]").replace("[~]", "[x]"), "what was given up stays so");
}

#[test]
fn a_look_writes_nothing() {
    let space = after_run(&validation("- [ ] `true`\n- [x] `false`\n"), &[]);
    let before = space.read("plan.md");
    let finished = space.run(&["mark", "plan.md", "--untick", "--dry-run"]);
    let diff = "--- a/plan.md\n+++ b/plan.md\n@@ -4,5 +4,5 @@\n \n ### Validation\n \n-- [ ] `true`\n-- [x] `false`\n+- [x] `true`\n+- [ ] `false`\n";
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), diff));
    assert_eq!(finished.stderr, "would mark plan.md: 1 box ticked, 1 cleared\n  ticked: 1.1\n  cleared: 1.2\n");
    assert_eq!(space.read("plan.md"), before);
}

#[test]
fn boxes_alone_are_no_change_of_a_plan() {
    let space = after_run(&validation("- [ ] `true`\n- [ ] Manual: look\n"), &[]);
    space.file("plan.md", &validation("- [ ] `true`\n- [x] Manual: look\n"));
    assert_eq!(space.run(&["mark", "plan.md"]).stdout, "marked plan.md: 1 box ticked\n  ticked: 1.1\n");
    let resumed = space.run(&["run", "plan.md", "--resume", "--dry-run"]);
    assert_eq!(resumed.status, Some(4), "what passed is not run again: {resumed:?}");
}

#[test]
fn a_plan_of_which_the_run_says_nothing_is_left_alone() {
    let space = Space::new();
    space.file("plan.md", &validation("- [ ] `true`\n"));
    is_left_alone(&space, &["plan.md"], 2, "plan.md: no run of it is kept in ");
    is_left_alone(&space, &["plan.md", "--run", "none"], 2, "`none` is no run in ");
    run(&space, &[]);
    space.file("plan.md", &validation("- [ ] `true`\n- [ ] `test -d .`\n"));
    let told = "it was left as it is; run it again";
    let finished = is_left_alone(&space, &["plan.md"], 2, told);
    assert!(finished.stderr.starts_with("plan-run: plan.md: the plan has changed since the run 20"), "{finished:?}");
    is_left_alone(&space, &["plan.md", "--dry-run"], 2, told);
    space.file("plan.md", "# Plan\n\n## Stage 1: A\n\nDepends on: Stage 2\n\n### Validation\n\n- [ ] `true`\n\n## Stage 2: B\n\nDepends on: Stage 1\n");
    is_left_alone(&space, &["plan.md"], 3, "plan.md was left as it is");
}

#[test]
fn a_run_of_another_commit_does_not_count() {
    let space = Space::new();
    let commit = |digit: &str| _ = space.file(".git/HEAD", &format!("{}\n", digit.repeat(40)));
    space.file("plan.md", &validation("- [ ] `true`\n"));
    commit("a");
    run(&space, &[]);
    commit("b");
    is_left_alone(&space, &["plan.md"], 2, " was of commit aaaaaaaaaaaa, and commit bbbbbbbbbbbb is checked out");
    // Whoever comes back to a commit finds its run again.
    run(&space, &[]);
    commit("a");
    assert_eq!(space.run(&["mark"]).stdout, "marked plan.md: 1 box ticked\n  ticked: 1.1\n");
}

#[test]
fn each_plan_has_its_own_newest_run() {
    let space = after_run(&validation("- [ ] `true`\n"), &[]);
    space.file("plans/other.md", &validation("- [ ] `true`\n"));
    assert_eq!(space.run(&["run", "plans/other.md"]).status, Some(0));
    space.file("plans/never.md", &validation("- [ ] `true`\n"));
    let finished = space.run(&["mark"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let told = ["plan.md", "plans/other.md"].map(|name| format!("marked {name}: 1 box ticked\n  ticked: 1.1\n"));
    assert_eq!(finished.stdout, told.concat());
    assert_eq!(space.run(&["mark", "plans/never.md"]).status, Some(2), "who names a plan wants it marked");
}

#[test]
fn a_run_under_way_is_waited_for() {
    let space = Space::new();
    space.file("plan.md", &validation("- [ ] `sh ./hold.sh`\n"));
    space.file("hold.sh", "echo here > gate; cat hold");
    fifo(&space, "hold");
    let gate = Gate::new(&space, "gate");
    let mut child = space.command(&["plan.md"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    gate.wait();
    is_left_alone(&space, &["plan.md"], 2, "is still under way; wait for its end, or name another run");
    std::fs::write(space.at("hold"), "").expect("the pipe takes it");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(space.run(&["mark", "plan.md"]).stdout, "marked plan.md: 1 box ticked\n  ticked: 1.1\n");
}

#[test]
fn a_run_can_mark_when_it_is_over() {
    let space = Space::new();
    space.file("plan.md", &validation("- [ ] `true`\n- [x] `false`\n"));
    let finished = space.run(&["run", "plan.md", "--mark", "--progress", "none"]);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(1), "marked plan.md: 1 box ticked\n  ticked: 1.1\n"));
    assert_eq!(space.read("plan.md"), validation("- [x] `true`\n- [x] `false`\n"));
    let finished = space.run(&["run", "plan.md", "--mark", "--dry-run"]);
    assert_eq!(finished.status, Some(2), "nothing would be seen");
}

#[test]
fn a_plan_that_changes_while_it_is_run_is_left_alone() {
    let space = Space::new();
    space.file("plan.md", &validation("- [ ] `sh ./change.sh`\n"));
    space.file("change.sh", "echo more >> plan.md");
    let finished = space.run(&["run", "plan.md", "--mark", "--progress", "none"]);
    assert_eq!(finished.status, Some(5), "{finished:?}");
    let told = "plan-run: plan.md has changed since it was read; it was left as it is\n";
    assert_eq!(finished.stderr, told);
    assert_eq!(space.read("plan.md"), validation("- [ ] `sh ./change.sh`\nmore\n"));
}

#[test]
fn an_interrupted_run_marks_what_it_saw() {
    let space = Space::new();
    space.file("plan.md", &validation("- [ ] `true`\n- [ ] `sh ./end.sh`\n"));
    space.file("end.sh", "kill -INT $PPID; sleep 1000");
    let finished = space.run(&["run", "plan.md", "--mark", "-j", "1", "--progress", "none", "--grace", "0s"]);
    assert_eq!(finished.status, Some(130), "{finished:?}");
    assert_eq!(space.read("plan.md"), validation("- [x] `true`\n- [ ] `sh ./end.sh`\n"));
}

#[test]
fn a_folder_that_takes_no_file_is_told() {
    let space = after_run(&validation("- [ ] `true`\n"), &[]);
    let mode =
        |mode| std::fs::set_permissions(space.path(), std::fs::Permissions::from_mode(mode)).expect("own folder");
    mode(0o555);
    let root = std::fs::write(space.at("probe"), "").is_ok();
    let finished = space.run(&["mark", "plan.md"]);
    mode(0o755);
    // Who may do everything is not kept from it.
    if !root {
        assert_eq!(finished.status, Some(5), "{finished:?}");
        assert!(finished.stderr.contains("cannot write plan.md: "), "{finished:?}");
    }
}
