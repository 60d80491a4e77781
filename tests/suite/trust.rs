//! What may run: nothing risky without a person's word, and with `--trust approved` nothing at all without it.

use crate::support::history::Repository;
use crate::support::space::{Finished, Space};

/// A harmless check, and one that rewrites history, which leaves a file behind.
const PLAN: &str = "# Implementation Plan: Release

## Stage 1: Build

### Validation

- [ ] `touch built`

## Stage 2: Tidy

### Validation

- [ ] `git reset --soft HEAD && touch reset`
";

fn repository() -> Repository {
    let repository = Repository::new();
    repository.file("plan.md", PLAN).file(".gitignore", ".plan-run/\nbuilt\nreset\n");
    repository.commit();
    repository
}

/// Runs the plan and gives how it ended and what its commands left, which is taken away.
fn run(repository: &Repository, args: &[&str]) -> (Option<i32>, Vec<&'static str>, Finished) {
    let done = repository.run(&[&["run"], args, &["plan.md"]].concat());
    let made: Vec<&str> = ["built", "reset"].into_iter().filter(|name| repository.root.join(name).exists()).collect();
    made.iter().for_each(|name| std::fs::remove_file(repository.root.join(name)).expect("it is there"));
    (done.status, made, done)
}

fn approve(repository: &Repository, args: &[&str]) -> Finished {
    repository.run(&[&["approve"], args].concat())
}

fn lock(repository: &Repository) -> String {
    std::fs::read_to_string(repository.root.join("plan-run.lock")).expect("there is a file of approvals")
}

#[test]
fn what_is_risky_waits_for_a_persons_word() {
    let repository = repository();
    let (status, made, done) = run(&repository, &[]);
    assert_eq!((status, made), (Some(0), vec!["built"]), "{done:?}");
    assert!(done.stderr.contains("not run    2 Tidy: 1 check held back"), "{done:?}");
    // Strictly, what was held back is missing.
    let (status, _, done) = run(&repository, &["--strict"]);
    assert_eq!(status, Some(1), "{done:?}");
    assert!(done.stdout.contains("FAILS: Not every check was run, and strictly all have to be"), "{done:?}");

    let asked = approve(&repository, &["plan.md"]);
    assert_eq!(asked.status, Some(2), "nobody answers: {asked:?}");
    assert!(asked.stderr.contains("standard input is no terminal; say --yes"), "{asked:?}");
    assert!(!repository.root.join("plan-run.lock").exists());

    let approved = approve(&repository, &["plan.md", "--yes"]);
    assert_eq!(approved.status, Some(0), "{approved:?}");
    assert_eq!(
        approved.stdout,
        "2.1 plan.md:13\n    git reset --soft HEAD && touch reset\n  in         .\n  effect     it changes the repository's \
         history or working tree\n\napproved 1 command in plan-run.lock, which belongs into the repository\n"
    );
    let (status, made, done) = run(&repository, &["--strict"]);
    assert_eq!((status, made), (Some(0), vec!["built", "reset"]), "{done:?}");
    assert_eq!(approve(&repository, &["plan.md", "--yes"]).stdout, "plan.md: nothing to approve\n");
}

#[test]
fn a_word_is_of_one_command_in_one_place_with_one_environment() {
    for (change, why) in [
        (("--soft HEAD", "--soft  HEAD"), "another command"),
        (("# Implementation", "---\nplan-run: { root: below }\n---\n# Implementation"), "another directory"),
        (("# Implementation", "---\nplan-run: { env: { PATH: /tmp } }\n---\n# Implementation"), "a variable more"),
        (("# Implementation", "---\nplan-run: { shell: [sh, -x] }\n---\n# Implementation"), "another shell"),
    ] {
        let repository = repository();
        repository.file("below/.keep", "");
        assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(0));
        repository.file("plan.md", &PLAN.replace(change.0, change.1));
        let (_, made, done) = run(&repository, &["--root", "."]);
        assert!(!made.contains(&"reset") || why == "another directory", "{why}: {done:?}");
        let done = repository.run(&["run", "--dry-run", "plan.md"]);
        assert!(done.stdout.contains("held back"), "{why}: {done:?}");
    }
    // What stands elsewhere in the plan, and boxes, make no difference; another plan is not meant.
    let repository = repository();
    assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(0));
    repository.file("plan.md", &PLAN.replace("- [ ]", "- [x]").replace("Release", "Release it"));
    assert_eq!(run(&repository, &[]).1, ["built", "reset"]);
    repository.file("other.md", PLAN);
    let done = repository.run(&["run", "--dry-run", "other.md"]);
    assert!(done.stdout.contains("held back"), "{done:?}");
}

#[test]
fn the_value_of_a_variable_that_is_written_counts_and_that_of_a_file_does_not() {
    let repository = repository();
    let with = |value: &str| format!("---\nplan-run: {{ env: {{ MODE: {value} }}, env_file: local.env }}\n---\n{PLAN}");
    repository.file("local.env", "TOKEN_NAME=a\n").file("plan.md", &with("soft"));
    let approved = approve(&repository, &["plan.md", "--yes"]);
    assert!(approved.stdout.contains("  variables  MODE=soft, TOKEN_NAME\n"), "{approved:?}");
    repository.file("local.env", "TOKEN_NAME=b\n");
    assert_eq!(run(&repository, &[]).1, ["built", "reset"]);
    repository.file("plan.md", &with("hard"));
    assert_eq!(run(&repository, &[]).1, ["built"]);
    repository.file("plan.md", &with("soft")).file("local.env", "TOKEN_NAME=b\nLD_PRELOAD=x.so\n");
    assert_eq!(run(&repository, &[]).1, ["built"]);
}

#[test]
fn only_what_is_approved_runs_where_nothing_else_is_trusted() {
    let repository = repository();
    let (status, made, done) = run(&repository, &["--trust", "approved"]);
    assert_eq!((status, made), (Some(4), vec![]), "{done:?}");
    assert!(
        repository
            .run(&["run", "--trust=approved", "--dry-run", "plan.md"])
            .stdout
            .contains("not approved in plan-run.lock")
    );
    assert_eq!(approve(&repository, &["plan.md", "--all", "-y"]).status, Some(0));
    assert_eq!(run(&repository, &["--trust", "approved", "--strict"]).1, ["built", "reset"]);
    let (_, made, _) = run(&repository, &["--trust", "all"]);
    assert_eq!(made, ["built", "reset"]);
    std::fs::remove_file(repository.root.join("plan-run.lock")).expect("it is there");
    assert_eq!(run(&repository, &["--trust", "all"]).1, ["built", "reset"]);
}

#[test]
fn a_check_or_a_stage_is_approved_by_its_label() {
    let repository = repository();
    let done = approve(&repository, &["plan.md", "--yes", "2.2"]);
    assert_eq!(done.status, Some(2));
    assert!(
        done.stderr.contains("no command of the plan is that of a check or a stage `2.2`; did you mean `2.1`?"),
        "{done:?}"
    );
    assert_eq!(approve(&repository, &["plan.md", "--yes", "1"]).status, Some(0));
    assert_eq!(run(&repository, &["--trust", "approved"]).1, ["built"]);
    assert_eq!(approve(&repository, &["plan.md", "--yes", "2.1"]).status, Some(0));
    assert_eq!(run(&repository, &["--trust", "approved"]).1, ["built", "reset"]);
}

#[test]
fn only_the_approvals_of_the_base_count_when_it_is_named() {
    let repository = repository();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "-q", "-b", "work"]);
    assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(0));
    let approved = repository.commit();
    // The branch says yes to itself.
    assert_eq!(run(&repository, &["--lock-from", &base]).1, ["built"]);
    assert_eq!(run(&repository, &["--lock-from", "main", "--trust", "approved"]).1, Vec::<&str>::new());
    assert_eq!(run(&repository, &["--lock-from", &approved]).1, ["built", "reset"]);
    for (name, why) in [
        ("no-such-branch", "git knows no such commit here"),
        ("--output=x", "git knows no such commit here"),
        ("main:plan.md", "git knows no such commit here"),
    ] {
        let (status, made, done) = run(&repository, &[&format!("--lock-from={name}")]);
        assert_eq!((status, made), (Some(2), vec![]), "{done:?}");
        assert!(done.stderr.contains(why), "{done:?}");
    }
    // A link there could mean any file here.
    repository.git(&["checkout", "-q", "main"]);
    std::os::unix::fs::symlink("/dev/null", repository.root.join("plan-run.lock")).expect("a link can be made");
    let linked = repository.commit();
    let (status, _, done) = run(&repository, &["--lock-from", &linked]);
    assert_eq!(status, Some(2), "{done:?}");
    assert!(done.stderr.contains("is no file there but a link or a folder"), "{done:?}");
    let (status, made, done) = run(&repository, &[]);
    assert_eq!((status, made), (Some(2), vec![]), "{done:?}");
    assert!(done.stderr.contains("it is a link that leads out of the repository"), "{done:?}");
}

#[test]
fn a_file_that_was_tampered_with_is_not_believed() {
    let repository = repository();
    assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(0));
    let whole = lock(&repository);
    let entry = whole.lines().nth(1).expect("an approval").to_owned();
    for (text, why) in [
        (whole.replace("--soft", "--hard"), "line 2: its hash is not of the command that it shows"),
        (whole.replace("\"directory\":\".\"", "\"directory\":\"..\""), "line 2: its hash is not of the command"),
        (whole.replace("plan.md", "other.md"), "line 2: its hash is not of the command"),
        (whole.replace("lock/v1", "lock/v9"), "line 1: its form is `plan-run/lock/v9`"),
        (entry.clone(), "line 1: it does not begin as a file of approvals does"),
        (format!("{whole}<<<<<<< HEAD\n"), "line 3: a conflict of git is not resolved"),
        (format!("{whole}{{\"plan\":1}}\n"), "line 3: it is no approval"),
        (format!("{whole}{}", "[".repeat(100_000)), "line 3: it is no approval"),
    ] {
        repository.file("plan-run.lock", &text);
        let (status, made, done) = run(&repository, &[]);
        assert_eq!((status, made), (Some(2), vec![]), "{done:?}");
        assert!(done.stderr.contains(why), "{why}: {done:?}");
        // Nor is it written over, which would lose what others approved.
        assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(2));
        assert_eq!(lock(&repository), text);
    }
    std::fs::write(repository.root.join("plan-run.lock"), vec![b'x'; 5 << 20]).expect("it can be written");
    let (status, _, done) = run(&repository, &[]);
    assert_eq!(status, Some(2));
    assert!(done.stderr.contains("it is larger than such a file can be"), "{done:?}");
    std::fs::write(repository.root.join("plan-run.lock"), b"\xff\xfe").expect("it can be written");
    assert!(run(&repository, &[]).2.stderr.contains("it is not UTF-8"));
    // The same approval twice, as when two branches join, is no trouble.
    repository.file("plan-run.lock", &format!("{whole}{entry}\n"));
    assert_eq!(run(&repository, &[]).1, ["built", "reset"]);
}

#[test]
fn approvals_of_what_a_plan_no_longer_says_go() {
    let repository = repository();
    assert_eq!(approve(&repository, &["plan.md", "--yes"]).status, Some(0));
    repository.file("other.md", PLAN);
    assert_eq!(approve(&repository, &["other.md", "--yes"]).status, Some(0));
    repository.file("plan.md", &PLAN.replace("--soft HEAD", "--soft HEAD~0"));
    let done = approve(&repository, &["plan.md", "--yes"]);
    assert!(done.stdout.ends_with("took out 1 approval of what the plan does not say any more\n"), "{done:?}");
    let lock = lock(&repository);
    let lines: Vec<&str> = lock.lines().collect();
    assert_eq!(lines.len(), 3, "{lock}");
    assert!(
        lines[0].contains("plan-run/lock/v1") && lines[1].contains("other.md") && lines[2].contains("HEAD~0"),
        "{lock}"
    );
    assert!(lines[1].contains("\"by\":\"") && lines[1].contains("\"at\":\"20"), "{lock}");
}

#[test]
fn a_shell_that_several_commands_share_runs_as_a_whole_or_not_at_all() {
    let space = Space::new();
    space.file(
        "plan.md",
        "# Plan\n\n## Stage 1: All\n\n### Validation\n\n```sh\ncd .\ntouch before\ngit clean -fdx nowhere\ntouch after\n```\n",
    );
    let done = space.run(&["run", "plan.md"]);
    assert_eq!(done.status, Some(4), "{done:?}");
    assert!(!space.at("before").exists() && !space.at("after").exists());
    let approved = space.run(&["approve", "plan.md", "--yes"]);
    assert!(
        approved.stdout.contains("    cd .\n    touch before\n    git clean -fdx nowhere\n    touch after\n"),
        "{approved:?}"
    );
    assert!(approved.stdout.contains("approved 1 command"), "{approved:?}");
    assert_eq!(space.run(&["run", "--trust=approved", "--dry-run", "plan.md"]).stdout.matches("held back").count(), 0);
    // Another line in the same shell is another command.
    let text = space.read("plan.md").replace("touch after", "touch afterwards");
    space.file("plan.md", &text);
    assert_eq!(space.run(&["run", "plan.md"]).status, Some(4));
}

#[test]
fn what_a_person_is_shown_cannot_steer_the_terminal() {
    let space = Space::new();
    space.file(
        "plan.md",
        "# Plan\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `rm -rf \u{1b}[2K\u{1b}[1A/srv \u{202e}x`\n",
    );
    let shown = space.run(&["approve", "plan.md", "--yes"]);
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert!(!shown.stdout.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    // Nor is anything left out of it.
    assert!(shown.stdout.contains("    rm -rf \u{241b}[2K\u{241b}[1A/srv "), "{shown:?}");
}
