//! Every verb that runs commands keeps them to the sandbox that the configuration asks for, or the command line.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::sandbox::is_whole;
use crate::support::editor::Editor;
use crate::support::history::Repository;
use crate::support::space::{Finished, Space};

/// What a sandbox denies: a file of the tree that no build writes.
const DENIED: &str = "denied by the sandbox: write ";

/// A plan with a check that writes into the tree.
fn plan(item: &str) -> String {
    format!(
        "# Implementation Plan: A\n\n## Stage 1: Part\n\nChanges in `a.txt`.\n\n### Validation\n\n- [x] {item}\n- [x] `true`\n"
    )
}

/// A repository with a script that writes into the tree, on a branch of its own with a change.
fn repository(item: &str, config: &str) -> Repository {
    let repository = Repository::new();
    repository.file(".gitignore", ".plan-run/\nran\n").file("a.txt", "good\n").file("plan.md", &plan(item));
    if !config.is_empty() {
        repository.file("plan-run.yaml", config);
    }
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.file("a.txt", "better\n").file("tests/a_test.sh", "echo x > ran\n").commit();
    repository
}

const ITEM: &str = "`sh tests/a_test.sh`";

fn has_run(repository: &Repository) -> bool {
    repository.root.join("ran").exists()
}

/// Runs with a sandbox asked for in the configuration, and by the command line where the verb has the option; both must deny
/// what neither of them does alone.
fn both(verb: &[&str], look: impl Fn(&Repository, &Finished, bool)) {
    if !is_whole() {
        return;
    }
    let configured = repository(ITEM, "sandbox: true\n");
    look(&configured, &configured.run(verb), true);
    let asked = repository(ITEM, "");
    look(&asked, &asked.run(&[verb, &["--sandbox"]].concat()), true);
    let free = repository(ITEM, "");
    look(&free, &free.run(verb), false);
    let lifted = repository(ITEM, "sandbox: true\n");
    look(&lifted, &lifted.run(&[verb, &["--no-sandbox"]].concat()), false);
}

#[test]
fn a_run_and_a_nightly_one() {
    for verb in ["run", "nightly"] {
        both(&[verb, "plan.md"], |repository, done, within| {
            assert_eq!(done.status, Some(i32::from(within)), "{verb}: {done:?}");
            assert_eq!((has_run(repository), done.stderr.contains(DENIED)), (!within, within), "{verb}: {done:?}");
        });
    }
}

#[test]
fn what_is_run_in_parts_or_not_twice() {
    for more in [&["--shard", "1/1"][..], &["--cache"], &["--scope", "claimed"]] {
        both(&[&["run", "plan.md"], more].concat(), |repository, done, within| {
            assert_eq!(done.status, Some(i32::from(within)), "{more:?}: {done:?}");
            assert_eq!((has_run(repository), done.stderr.contains(DENIED)), (!within, within), "{more:?}: {done:?}");
        });
    }
}

#[test]
fn a_run_on_every_save() {
    if !is_whole() {
        return;
    }
    for (config, more) in [("sandbox: true\n", &[][..]), ("", &["--sandbox"])] {
        let repository = repository(ITEM, config);
        let mut command = repository.command(&[&["run", "--watch", "plan.md"], more].concat());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
        for text in ["better still\n", "best\n"] {
            let mut denied = false;
            let settled = lines.by_ref().any(|line| {
                denied |= line.contains(DENIED);
                line.contains("watching for changes")
            });
            assert!(settled && denied, "{config}");
            repository.file("a.txt", text);
        }
        kill_process(Pid::from_child(&child), Signal::TERM).expect("it is alive");
        // Whoever writes into a pipe must be heard to its end.
        lines.for_each(drop);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        assert!(!has_run(&repository));
    }
}

#[test]
fn a_hook_before_a_push() {
    if !is_whole() {
        return;
    }
    for (config, within) in [("sandbox: true\n", true), ("", false)] {
        let repository = repository(ITEM, config);
        let done = repository.run(&["hook", "run"]);
        assert_eq!(done.status, Some(i32::from(within)), "{done:?}");
        assert_eq!((has_run(&repository), done.stderr.contains(DENIED)), (!within, within), "{done:?}");
    }
}

#[test]
fn a_proof_in_both_trees_and_what_prepares_it() {
    if !is_whole() {
        return;
    }
    // With the work it holds; before it the file is not there. Both sides look whether they may write.
    let item = "`sh tests/b_test.sh` (expected: FAIL)";
    let test = "touch made && echo open; test -e work.txt\n";
    for (config, more, within) in [("sandbox: true\n", &[][..], true), ("", &["--sandbox"], true), ("", &[], false)] {
        let repository = repository(item, config);
        repository.file("tests/b_test.sh", test).file("work.txt", "").commit();
        let done = repository.run(&[&["prove", "plan.md", "--format", "json"], more].concat());
        assert_eq!(repository.root.join("made").exists(), !within, "{done:?}");
        // What failed there because of the sandbox is no test that failed before the work.
        assert_eq!(done.status, Some(i32::from(within)), "{done:?}");
        assert_eq!(done.stdout.contains("so that this proves nothing"), within, "{done:?}");
        assert!(repository.is_tidy());
        let preparing = self::repository(
            "`sh tests/a_test.sh` (expected: FAIL)",
            &format!("{config}prove:\n  prepare: touch ready\n"),
        );
        let done = preparing.run(&[&["prove", "plan.md"], more].concat());
        assert_eq!(done.stderr.contains(DENIED), within, "{done:?}");
        assert_eq!(done.stderr.contains("a command of `prove.prepare` does not hold"), within, "{done:?}");
    }
}

#[test]
fn a_search_for_the_commit_that_broke_something() {
    if !is_whole() {
        return;
    }
    for (config, more, within) in [("sandbox: true\n", &[][..], true), ("", &["--sandbox"], true), ("", &[], false)] {
        let repository = repository("`sh tests/c_test.sh`", config);
        // In a sandbox the middle commit fails, and without one only the last does.
        repository.file("tests/c_test.sh", "true\n").commit();
        let good = repository.git(&["rev-parse", "HEAD"]);
        repository.file("tests/c_test.sh", "touch made\n").commit();
        let middle = repository.git(&["rev-parse", "HEAD"]);
        repository.file("tests/c_test.sh", "exit 3\n").commit();
        let last = repository.git(&["rev-parse", "HEAD"]);
        let done = repository.run(&[&["bisect", "1.1", "--good", &good], more].concat());
        assert_eq!(done.status, Some(0), "{done:?}");
        let found = if within { middle } else { last };
        assert!(done.stdout.starts_with(&format!("FOUND: {found} ")), "{done:?}");
        assert!(repository.is_tidy());
    }
}

#[test]
fn an_editor_that_runs_a_check() {
    if !is_whole() {
        return;
    }
    let space = Space::new();
    space.file("docs/plan.md", &plan(ITEM)).file("tests/a_test.sh", "echo x > ran\n").file("a.txt", "");
    space.file("plan-run.yaml", "sandbox: true\n");
    let mut editor = Editor::silent(&space);
    editor.ask("initialize", json!({ "capabilities": {} }));
    editor.open("docs/plan.md", &plan(ITEM));
    let arguments = json!([{ "uri": editor.uri("docs/plan.md"), "check": "1.1" }]);
    let asked = editor.ask("workspace/executeCommand", json!({ "command": "plan-run.run", "arguments": arguments }));
    assert_eq!(asked["error"], Value::Null);
    let told = editor.wait(|message| message["method"] == "window/showMessage")["params"]["message"].clone();
    assert!(told.as_str().is_some_and(|told| told.starts_with("check 1.1: FAILS: ")), "{told}");
    assert!(!space.at("ran").exists());
    editor.leave();
}

#[test]
fn results_with_and_without_a_sandbox_are_not_taken_for_each_other() {
    if !is_whole() {
        return;
    }
    // Two parts of a plan, one of them run in a sandbox: the report says of each what it ran in.
    let repository = repository("`sh tests/a_test.sh`", "");
    let text = "# Implementation Plan: A\n\n## Stage 1: Part\n\n### Validation\n\n- [x] `sh tests/a_test.sh`\n\n\
                ## Stage 2: Part\n\n### Validation\n\n- [x] `sh tests/a_test.sh -x`\n";
    repository.file("plan.md", text).commit();
    for (part, more) in [("1/2", &[][..]), ("2/2", &["--sandbox"])] {
        repository.run(&[&["run", "plan.md", "--shard", part], more].concat());
    }
    let runs = repository.root.join(".plan-run/runs");
    let mut folders: Vec<String> = std::fs::read_dir(&runs)
        .expect("runs are kept")
        .flatten()
        .filter(|entry| entry.path().is_dir() && !entry.path().is_symlink())
        .map(|entry| entry.path().display().to_string())
        .collect();
    folders.sort();
    assert_eq!(folders.len(), 2);
    let merged = repository.run(&["merge", &folders[0], &folders[1], "--junit", "merged.xml"]);
    assert_eq!(merged.status, Some(1), "{merged:?}");
    assert!(merged.stdout.contains("1 passed, 1 failed"), "{merged:?}");
    let xml = std::fs::read_to_string(repository.root.join("merged.xml")).expect("it was written");
    assert_eq!(xml.matches(DENIED).count(), 1, "{xml}");
}

#[test]
fn an_approval_says_what_may_run_and_not_in_what() {
    if !is_whole() {
        return;
    }
    let repository = repository("`git stash list && git commit --allow-empty -m x`", "sandbox: true\n");
    let before = repository.git(&["rev-parse", "HEAD"]);
    assert_eq!(repository.run(&["approve", "plan.md", "--yes"]).status, Some(0));
    let done = repository.run(&["run", "plan.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("FAILED     1.1"), "it runs, and fails: {done:?}");
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), before);
}
