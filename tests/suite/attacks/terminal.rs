//! Nothing that comes from a plan, a name or a command steers the terminal or forges a line.

use crate::support::attack::{NAME, STEERING, assert_plain, hostile, hostile_plan, steering};
use crate::support::space::Space;

/// Shows a plan by a verb, and sees that it steers nothing.
fn shows(args: &[&str]) {
    let space = hostile();
    assert_plain(&space.run(&[args, &["plan.md"]].concat()));
}

/// As `shows`, with a run before of which something is known.
fn shows_after_run(args: &[&str]) {
    let space = hostile();
    space.run(&["run", "plan.md"]);
    assert_plain(&space.run(args));
}

#[test]
fn by_the_list() {
    shows(&["list"]);
}

#[test]
fn by_the_list_as_json() {
    let space = hostile();
    let done = space.run(&["list", "--format", "json", "plan.md"]);
    assert_plain(&done);
    // Written as numbers, they are still the same text for who reads it.
    let list: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    let title = list["plans"][0]["title"].as_str().expect("a title");
    assert!(title.contains("\u{9b}2J\u{202e}live\u{7f}"), "{title:?}");
}

#[test]
fn by_explanations() {
    shows(&["explain"]);
}

#[test]
fn by_the_graph() {
    for format in ["text", "mermaid", "dot"] {
        shows(&["graph", "--format", format]);
    }
}

#[test]
fn by_findings() {
    for format in ["text", "json", "sarif", "github"] {
        shows(&["lint", "--format", format]);
    }
}

#[test]
fn by_a_dry_run() {
    shows(&["run", "--dry-run"]);
}

#[test]
fn by_progress_and_failures() {
    for kind in ["bars", "plain", "brief", "none"] {
        shows(&["run", "--progress", kind]);
    }
}

#[test]
fn by_the_next_stage() {
    for format in ["text", "json"] {
        shows(&["next", "--format", format]);
    }
}

#[test]
fn by_where_a_plan_stands() {
    for format in ["text", "json"] {
        shows_after_run(&["status", "--format", format, "plan.md"]);
    }
}

#[test]
fn by_the_history() {
    for format in ["text", "json"] {
        shows_after_run(&["history", "--format", format]);
    }
}

#[test]
fn by_the_report_of_an_earlier_run() {
    shows_after_run(&["report"]);
    shows_after_run(&["report", "--json", "-"]);
}

#[test]
fn by_the_division_into_shards() {
    let space = Space::new();
    space.file(NAME, &hostile_plan());
    for format in ["text", "json", "github-matrix"] {
        assert_plain(&space.run(&["shards", "2", "--format", format, "*.md"]));
    }
}

#[test]
fn by_a_diff_of_what_would_be_changed() {
    let space = Space::new();
    let text = format!("# Plan {STEERING}\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n\nMore of {STEERING}.\n");
    space.file("plan.md", &text);
    space.run(&["run", "plan.md"]);
    let done = space.run(&["mark", "--dry-run", "plan.md"]);
    assert!(done.stdout.contains("+- [x] `true`") && done.stdout.contains("More of"), "{done:?}");
    assert_plain(&done);
}

#[test]
fn by_a_faulty_line_that_is_shown() {
    let space = Space::new();
    space.file("plan-run.yaml", &format!("env: {{}}\njobs: \"{STEERING}\"\n"));
    space.file("plan.md", &hostile_plan());
    let done = space.run(&["run", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert_plain(&done);
}

#[test]
fn by_a_fault_in_front_matter() {
    let space = Space::new();
    space.file("plan.md", &format!("---\nplan-run:\n  x{STEERING}: 1\n---\n{}", hostile_plan()));
    assert_plain(&space.run(&["run", "plan.md"]));
}

#[test]
fn by_a_directive_that_is_none() {
    let space = Space::new();
    space.file("plan.md", &format!("{}\n<!-- plan-run: {STEERING} -->\n", hostile_plan()));
    let done = space.run(&["list", "plan.md"]);
    assert!(done.stderr.contains("unknown-directive"), "{done:?}");
    assert_plain(&done);
}

#[test]
fn by_the_name_of_a_file() {
    let space = Space::new();
    space.file(NAME, &hostile_plan());
    for args in
        [&["list"][..], &["explain"], &["lint"], &["run"], &["run", "--dry-run"], &["approve", "--yes"], &["status"]]
    {
        let done = space.run(&[args, &["*.md"]].concat());
        assert_plain(&done);
        // Nor does the line break in it begin a line of its own.
        let forged = |line: &str| line.trim_start().starts_with("::error");
        assert!(!done.stdout.lines().chain(done.stderr.lines()).any(forged), "{args:?}: {done:?}");
    }
}

#[test]
fn by_the_name_of_a_file_in_json() {
    let space = Space::new();
    space.file(NAME, &hostile_plan());
    for verb in ["list", "lint", "next", "status"] {
        let done = space.run(&[verb, "--format", "json", "*.md"]);
        assert_plain(&done);
        let json: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
        assert!(json.to_string().contains("::error::x%0A"), "{json}");
    }
}

#[test]
fn by_the_name_of_a_folder() {
    let space = Space::new();
    let folder = "it\u{1b}[31m\u{202e}\u{9b}s";
    space.file(&format!("{folder}/plan.md"), "# Plan\n\nNothing.\n");
    space.file(&format!("{folder}/plan-run.yaml"), "jobs: x\n");
    for args in [&["run"][..], &["list"], &["report"], &["run", "--resume"], &["run", "--runs", "no/such"]] {
        let mut command = space.command(args);
        let output = command.current_dir(space.at(folder)).output().expect("the binary starts");
        for said in [output.stdout, output.stderr] {
            assert_eq!(steering(&String::from_utf8_lossy(&said)), [], "{args:?}");
        }
    }
}

#[test]
fn by_words_that_were_typed() {
    let space = hostile();
    let under = format!("{STEERING}/x");
    let changed = format!("--changed={STEERING}");
    let words: [&[&str]; 14] = [
        &["run", STEERING],
        &["run", "--stage", STEERING, "plan.md"],
        &["run", "--check", STEERING, "plan.md"],
        &["run", "--config", STEERING, "plan.md"],
        &["run", "--root", STEERING, "plan.md"],
        &["run", "--junit", &under, "plan.md"],
        &["run", "--dialect", STEERING, "plan.md"],
        &["run", "--launcher", STEERING, "plan.md"],
        &["run", "--lock-from", STEERING, "plan.md"],
        &["run", &changed],
        &["report", STEERING],
        &["merge", STEERING],
        &["explain", STEERING],
        &["history", STEERING],
    ];
    for args in words {
        // A path of one name is made where it is missing, which is what was asked for.
        assert_plain(&space.run(args));
    }
}

#[test]
fn by_words_that_make_no_sense() {
    let space = hostile();
    let option = format!("--{STEERING}");
    let words: [&[&str]; 4] =
        [&["shards", STEERING], &["run", &option], &["run", "--timeout", STEERING], &["graph", "--format", STEERING]];
    for args in words {
        let done = space.run(args);
        assert_eq!(done.status, Some(2), "{done:?}");
        assert_plain(&done);
    }
}

#[test]
fn by_the_environment() {
    let mut space = hostile();
    for name in
        ["PLAN_RUN_JOBS", "PLAN_RUN_JOB", "GITHUB_WORKSPACE", "GITHUB_REF", "GITHUB_BASE_REF", "COLUMNS", "LANG"]
    {
        space.env(name, STEERING);
    }
    assert_plain(&space.run(&["run", "plan.md"]));
    assert_plain(&space.run(&["run", "--changed", "plan.md"]));
}

#[test]
fn by_what_is_offered_to_a_shell() {
    let space = Space::new();
    space.file(NAME, &hostile_plan());
    for shell in ["bash", "zsh", "fish"] {
        let done = space.run(&["completions", shell]);
        assert_eq!(steering(&done.stdout), [], "{shell}");
    }
}

#[test]
fn a_person_who_approves_sees_all_of_a_command() {
    let space = Space::new();
    // What a terminal would take away again, or hide in a title.
    space.file("plan.md", "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `rm -rf \u{1b}]0;/srv\u{7}x\u{1b}[8m /home\u{1b}[0m\u{202e}y`\n");
    let done = space.run(&["approve", "--yes", "plan.md"]);
    assert_plain(&done);
    assert!(done.stdout.contains("/srv") && done.stdout.contains("[8m /home"), "{done:?}");
    // Nor are the lines that are reviewed read in another order than they stand.
    let lock = space.read("plan-run.lock");
    assert_eq!(steering(&lock), [], "{lock}");
    assert!(lock.contains("\\u202ey"), "{lock}");
}
