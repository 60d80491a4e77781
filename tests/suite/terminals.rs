//! Commands that need a terminal: held back with that reason, whatever is trusted, until the plan says that they do without.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::history::{Repository, finish};
use crate::support::space::Finished;

/// An editor, what asks for each change, and a check that needs neither.
const PLAN: &str = "# Implementation Plan: Harbour

## Stage 1: Look

### Validation

- [ ] `vim ships.txt`

## Stage 2: Ask

### Validation

- [ ] `git add -p`

## Stage 3: Count

### Validation

- [ ] `test -f ships.txt`
";

/// A repository in which an editor is installed that leaves a file behind and hears how its input ends.
fn repository(plan: &str) -> Repository {
    let repository = Repository::new();
    repository.file("plan.md", plan).file("ships.txt", "one\n").file(".gitignore", ".plan-run/\nopened\n");
    repository.file("bin/vim", "#!/bin/sh\ncat > opened\n");
    let editor = repository.root.join("bin/vim");
    std::fs::set_permissions(editor, std::fs::Permissions::from_mode(0o755)).expect("it is a file");
    repository.commit();
    repository
}

fn run(repository: &Repository, args: &[&str]) -> Finished {
    let path = std::env::var("PATH").expect("there are programs");
    let mut command = repository.command(args);
    command.env("PATH", format!("{}:{path}", repository.root.join("bin").display()));
    finish(&mut command)
}

fn was_opened(repository: &Repository) -> bool {
    repository.root.join("opened").exists()
}

const WHY: &str = "it needs a terminal: it is an editor";

#[test]
fn what_needs_a_terminal_is_held_back_whatever_is_trusted() {
    let repository = repository(PLAN);
    for trust in ["safe", "approved", "all"] {
        let done = run(&repository, &["run", "--trust", trust, "plan.md"]);
        let expected = if trust == "approved" { Some(4) } else { Some(0) };
        assert_eq!((done.status, was_opened(&repository)), (expected, false), "{trust}: {done:?}");
        assert!(done.stderr.contains("not run    1 Look"), "{trust}: {done:?}");
        assert!(done.stderr.contains("1 check held back"), "{trust}: {done:?}");
    }
    let strict = run(&repository, &["run", "--trust", "all", "--strict", "plan.md"]);
    assert_eq!(strict.status, Some(1), "{strict:?}");
    assert!(strict.stdout.contains("FAILS: Not every check was run, and strictly all have to be"), "{strict:?}");
}

#[test]
fn every_report_has_the_reason() {
    let repository = repository(PLAN);
    let done = run(&repository, &["run", "--json", "r.json", "--junit", "r.xml", "--summary", "r.md", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let read = |name: &str| std::fs::read_to_string(repository.root.join(name)).expect("a report was written");
    let report: serde_json::Value = serde_json::from_str(&read("r.json")).expect("JSON");
    let stages = &report["plans"][0]["stages"];
    assert_eq!(stages[0]["status"], "not-proven", "{report:#}");
    let check = &stages[0]["checks"][0];
    assert_eq!((check["kind"].as_str(), check["outcome"]["word"].as_str()), (Some("manual"), Some("held-back")));
    assert_eq!(check["outcome"]["why"], WHY, "{check:#}");
    let asks =
        "it needs a terminal: it asks a person about each change; it changes the repository's history or working tree";
    assert_eq!(stages[1]["checks"][0]["outcome"]["why"], asks);
    assert!(read("r.xml").contains(&format!("held back: {WHY}")), "{}", read("r.xml"));
    assert!(read("r.md").contains(WHY), "{}", read("r.md"));
}

#[test]
fn it_is_shown_where_one_looks_before_a_run() {
    let repository = repository(PLAN);
    let list = run(&repository, &["list", "plan.md"]).stdout;
    assert!(list.contains("3 stages, 1 command, 2 held back\n"), "{list}");
    assert!(list.contains(&format!("    1.1  held back  line 7  vim ships.txt [{WHY}]\n")), "{list}");
    let json = run(&repository, &["list", "--format", "json", "plan.md"]).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let check = |stage: usize| &document["plans"][0]["stages"][stage]["checks"][0];
    assert_eq!((&check(0)["kind"], &check(0)["terminal"]), (&"manual".into(), &"it is an editor".into()));
    assert_eq!((&check(0)["rule"], &check(0)["risk"]), (&"needs-terminal".into(), &serde_json::Value::Null));
    assert_eq!(
        (&check(1)["kind"], &check(1)["terminal"]),
        (&"command".into(), &"it asks a person about each change".into())
    );
    assert_eq!(check(2)["terminal"], serde_json::Value::Null);
    let explain = run(&repository, &["explain", "plan.md:7"]).stdout;
    assert!(explain.contains("plan.md:7: held back 1.1: vim ships.txt\n"), "{explain}");
    assert!(explain.contains(&format!("; held back: {WHY} (needs-terminal)\n")), "{explain}");
    let dry = run(&repository, &["run", "--dry-run", "--trust", "all", "plan.md"]);
    assert!(dry.stdout.contains(&format!("check 1.1, line 7: held back: {WHY}\n")), "{dry:?}");
    assert!(dry.stdout.ends_with("1 check would run, 2 would not\n"), "{dry:?}");
    let status = run(&repository, &["status", "plan.md"]).stdout;
    assert!(status.contains("2 Ask    1 for a person\n"), "{status}");
}

#[test]
fn no_approval_gives_it_a_terminal() {
    let repository = repository(PLAN);
    let all = run(&repository, &["approve", "--yes", "plan.md"]);
    assert_eq!((all.status, all.stdout.as_str()), (Some(0), "plan.md: nothing to approve\n"), "{all:?}");
    assert!(
        all.stderr.contains(
            "1.1 plan.md:7: `vim ships.txt` cannot be approved: it needs a terminal, and nothing types into it"
        ) && all.stderr.contains("2.1 plan.md:13: `git add -p` cannot be approved"),
        "{all:?}"
    );
    let named = run(&repository, &["approve", "--yes", "plan.md", "1.1"]);
    assert_eq!(named.status, Some(2), "{named:?}");
    assert!(named.stderr.contains("no approval makes that run; nothing was approved"), "{named:?}");
    assert!(!repository.root.join("plan-run.lock").exists());
    // Beside others that can be.
    let every = run(&repository, &["approve", "--yes", "--all", "plan.md"]);
    assert!(every.stdout.contains("test -f ships.txt") && !every.stdout.contains("vim"), "{every:?}");
    assert!(
        every.stdout.ends_with("approved 1 command in plan-run.lock, which belongs into the repository\n"),
        "{every:?}"
    );
}

#[test]
fn the_plan_says_that_a_command_does_without() {
    let said = |kind: &str| PLAN.replace("- [ ] `vim", &format!("<!-- plan-run: {kind} -->\n- [ ] `vim"));
    // It hears the end of its input at once.
    let repository = repository(&said("command"));
    let done = run(&repository, &["run", "plan.md"]);
    assert_eq!((done.status, was_opened(&repository)), (Some(0), true), "{done:?}");
    assert!(done.stdout.contains("holds      1 Look   1 passed"), "{done:?}");
    // An approval from then is worth nothing once the plan says so no more.
    assert_eq!(run(&repository, &["approve", "--yes", "--all", "plan.md"]).status, Some(0));
    std::fs::remove_file(repository.root.join("opened")).expect("it was opened");
    repository.file("plan.md", PLAN);
    let done = run(&repository, &["run", "--trust", "approved", "plan.md"]);
    assert!(!was_opened(&repository), "{done:?}");
    // By the author's word it is simply for a person.
    repository.file("plan.md", &said("manual"));
    let list = run(&repository, &["list", "plan.md"]).stdout;
    assert!(list.contains("1.1  manual"), "{list}");
    let done = run(&repository, &["run", "plan.md"]);
    assert!(done.stderr.contains("not run    1 Look: 1 check manual"), "{done:?}");
}

#[test]
fn a_shell_of_which_one_command_needs_a_terminal_does_not_run() {
    let block = "# Implementation Plan: Harbour\n\n## Stage 1: Look\n\n### Validation\n\n```sh\nexport SHIPS=ships.txt\n\
                 test -f \"$SHIPS\"\nvim \"$SHIPS\"\n```\n";
    let repository = repository(block);
    let done = run(&repository, &["run", "--trust", "all", "plan.md"]);
    assert_eq!((done.status, was_opened(&repository)), (Some(4), false), "{done:?}");
    let dry = run(&repository, &["run", "--dry-run", "--trust", "all", "plan.md"]).stdout;
    assert!(dry.contains(&format!("it shares a shell with what is held back ({WHY})")), "{dry}");
    let named = run(&repository, &["approve", "--yes", "plan.md", "1.2"]);
    assert_eq!(named.status, Some(2), "{named:?}");
    assert!(named.stderr.contains("it shares a shell with 1.3, which needs a terminal: it is an editor"), "{named:?}");
}
