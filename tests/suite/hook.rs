//! The hook before a push: made and removed by the real binary, called by a real git.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::support::history::{Repository, finish};
use crate::support::space::Finished;

/// A repository with a plan and a remote, on a branch of its own.
fn repository() -> Repository {
    let repository = Repository::new();
    let there = repository.space.at("there.git");
    repository.file("plan.md", "# Implementation Plan: A\n\n## Stage 1: Part\n\nChanges in `a.txt`.\n\n### Validation\n\n- [x] `grep -q good a.txt`\n");
    repository.file("a.txt", "good\n").commit();
    repository.git(&["clone", "-q", "--bare", ".", there.to_str().expect("text")]);
    repository.git(&["remote", "add", "origin", there.to_str().expect("text")]);
    repository.git(&["fetch", "-q"]);
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository
}

/// Pushes as a client with windows does: with next to nothing in its environment.
fn push(repository: &Repository, arguments: &[&str]) -> Finished {
    let mut command = Command::new("git");
    command.args(["push", "origin"]).args(arguments).current_dir(&repository.root).env_clear();
    let path = std::env::var("PATH").expect("it is there");
    let git = path.split(':').find(|folder| std::path::Path::new(folder).join("git").exists()).expect("git is there");
    command.env("PATH", git).env("HOME", repository.space.at("home")).env("GIT_CONFIG_NOSYSTEM", "1");
    finish(&mut command)
}

fn hook(repository: &Repository) -> std::path::PathBuf {
    repository.root.join(".git/hooks/pre-push")
}

fn installed() -> Repository {
    let repository = repository();
    let done = repository.run(&["hook", "install"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.starts_with("installed .git/hooks/pre-push: "), "{done:?}");
    repository
}

#[test]
fn a_push_goes_ahead_only_if_what_is_claimed_holds() {
    let repository = installed();
    repository.file("a.txt", "bad\n").commit();
    let done = push(&repository, &["work"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("1 of 1 plan is touched: 1 file has changed since "), "{done:?}");
    assert!(done.stderr.contains("FAILED     1.1  grep -q good a.txt"), "{done:?}");
    assert!(!done.stderr.contains("not as committed"), "{done:?}");
    // What is checked is the tree as it is.
    repository.file("a.txt", "good again\n");
    let done = push(&repository, &["work"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stderr.contains("plan-run: 1 file is not as committed; what is checked is the working tree as it is"));
    repository.file("a.txt", "bad again\n").commit();
    assert_eq!(push(&repository, &["work"]).status, Some(1));
    assert_eq!(push(&repository, &["--no-verify", "work"]).status, Some(0));
}

#[test]
fn the_first_push_of_the_default_branch_is_checked_as_a_whole() {
    let repository = Repository::new();
    let there = repository.space.at("there.git");
    let there = there.to_str().expect("text");
    repository.file("plan.md", "# Implementation Plan: A\n\n## Stage 1: Part\n\nChanges in `a.txt`.\n\n### Validation\n\n- [x] `grep -q good a.txt`\n");
    repository.file("a.txt", "bad\n").commit();
    repository.git(&["init", "-q", "--bare", there]);
    repository.git(&["remote", "add", "origin", there]);
    assert_eq!(repository.run(&["hook", "install"]).status, Some(0));
    // What is not committed is touched, too, and says nothing of what is pushed.
    repository.file("other.txt", "words\n");
    let done = push(&repository, &["main"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("no branch tells which of the commits that are pushed are new"), "{done:?}");
    assert!(done.stderr.contains("FAILED     1.1  grep -q good a.txt"), "{done:?}");
    repository.file("a.txt", "good\n").commit();
    assert_eq!(push(&repository, &["main"]).status, Some(0));
    // From then on the remote's branch tells.
    repository.file("a.txt", "bad\n").commit();
    let done = push(&repository, &["main"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("1 of 1 plan is touched"), "{done:?}");
}

#[test]
fn only_a_push_of_what_is_checked_out_is_checked() {
    let repository = installed();
    let nothing = "plan-run: no commit is pushed that the remote does not have, so nothing is checked\n";
    // All that follows would be red.
    repository.file("a.txt", "bad\n");
    let refused = |arguments: &[&str]| {
        let done = push(&repository, arguments);
        assert!(done.status == Some(1) && done.stderr.contains("FAILED"), "{done:?}");
    };
    let passed = |arguments: &[&str], words: &str| {
        let done = push(&repository, arguments);
        assert!(done.status == Some(0) && done.stderr.contains(words), "{arguments:?} {words}: {done:?}");
    };
    // A new branch and a tag of what the remote has, and what is deleted there.
    passed(&["work", "work:other"], nothing);
    repository.git(&["tag", "old"]);
    passed(&["old"], nothing);
    passed(&["--delete", "other"], nothing);
    passed(&["work"], "Everything up-to-date");
    repository.commit();
    repository.git(&["tag", "-a", "-m", "new", "new"]);
    refused(&["new"]);
    refused(&["work:third"]);
    refused(&["work", "main:newer", ":old"]);
    refused(&["--all"]);
    repository.git(&["checkout", "-q", "-b", "another", "main"]);
    repository.file("b.txt", "b\n").commit();
    passed(&["work"], "plan-run: work is not what is checked out, so it is pushed without a check\n");
    // Something that is no commit.
    let blob = repository.git(&["rev-parse", "HEAD:b.txt"]);
    repository.git(&["tag", "text", &blob]);
    passed(&["text"], nothing);
}

#[test]
fn it_is_made_once_and_removed_once() {
    let repository = installed();
    let text = std::fs::read_to_string(hook(&repository)).expect("it is there");
    assert_eq!(hook(&repository).metadata().expect("it is there").permissions().mode() & 0o111, 0o111);
    let again = repository.run(&["hook", "install"]);
    assert_eq!((again.status, again.stdout.as_str()), (Some(0), ".git/hooks/pre-push is installed already\n"));
    let moved = finish(
        repository
            .command(&["hook", "install"])
            .env("PATH", format!("{}:/it's/new", std::env::var("PATH").expect("text"))),
    );
    assert!(moved.stdout.starts_with("renewed .git/hooks/pre-push: "), "{moved:?}");
    assert_ne!(std::fs::read_to_string(hook(&repository)).expect("it is there"), text);
    assert_eq!(push(&repository, &["work"]).status, Some(0));
    let gone = repository.run(&["hook", "uninstall"]);
    assert_eq!((gone.status, gone.stdout.as_str()), (Some(0), "removed .git/hooks/pre-push\n"));
    assert!(!hook(&repository).exists());
    let gone = repository.run(&["hook", "uninstall"]);
    assert_eq!((gone.status, gone.stdout.as_str()), (Some(0), "there is no pre-push hook to remove\n"));
}

#[test]
fn hooks_of_others_are_left_as_they_are() {
    let repository = repository();
    let refused = |text: &str, words: &[&str]| {
        std::fs::write(hook(&repository), text).expect("it can be written");
        let done = repository.run(&["hook", "install"]);
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{done:?}");
        for words in words {
            assert!(done.stderr.contains(words), "{words}: {done:?}");
        }
        repository.run(&["hook", "uninstall"]);
        assert_eq!(std::fs::read_to_string(hook(&repository)).expect("it is there"), text);
    };
    let line = "\n  plan-run hook run </dev/null || exit 1\n";
    refused(
        "#!/bin/sh\ngit lfs pre-push \"$@\"\n",
        &["another pre-push hook", "add this line at its beginning:", line],
    );
    refused("# File generated by pre-commit: https://pre-commit.com\n", &["add plan-run to .pre-commit-config.yaml"]);
    refused("#!/bin/sh\ncall_lefthook run \"pre-push\" \"$@\"\n", &["add plan-run to lefthook.yml"]);
    refused("", &["another pre-push hook"]);
    refused("#!/bin/sh\n# plan-run hook 1 0123456789abcdef\ntrue\n", &["was made by plan-run and changed since"]);
    std::fs::remove_file(hook(&repository)).expect("it can be removed");
    symlink("nowhere", hook(&repository)).expect("a link can be made");
    assert_eq!(repository.run(&["hook", "install"]).status, Some(2));
    assert!(hook(&repository).is_symlink());
}

#[test]
fn the_folder_of_hooks_is_the_one_that_git_looks_into() {
    let repository = repository();
    repository.git(&["config", "core.hooksPath", "my hooks"]);
    assert_eq!(repository.run(&["hook", "install"]).status, Some(0));
    assert!(repository.root.join("my hooks/pre-push").exists() && !hook(&repository).exists());
    repository.run(&["hook", "uninstall"]);
    repository.git(&["config", "--unset", "core.hooksPath"]);
    // A hook for all repositories is not made by a word about one.
    repository.git(&["config", "--global", "core.hooksPath", "~/hooks"]);
    let done = repository.run(&["hook", "install"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("core.hooksPath is `~/hooks` in the global configuration of git"), "{done:?}");
    repository.git(&["config", "--global", "--unset", "core.hooksPath"]);
    // A second working tree has the hooks of the first, and is what its push checks.
    let second = repository.space.at("second tree");
    repository.git(&["worktree", "add", "-q", "-b", "second", second.to_str().expect("text")]);
    let done = finish(repository.command(&["hook", "install"]).current_dir(&second));
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(hook(&repository).exists());
    std::fs::write(second.join("a.txt"), "bad\n").expect("it can be written");
    repository.git(&["-C", second.to_str().expect("text"), "commit", "-q", "-am", "Bad"]);
    let mut command = Command::new("git");
    command.args(["push", "origin", "second"]).current_dir(&second).env("HOME", repository.space.at("home"));
    let done = finish(&mut command);
    assert!(done.status == Some(1) && done.stderr.contains("FAILED     1.1"), "{done:?}");
}

#[test]
fn a_program_that_is_gone_keeps_the_push_back_and_says_what_to_do() {
    let repository = installed();
    let text = std::fs::read_to_string(hook(&repository)).expect("it is there");
    let gone = text.replace(env!("CARGO_BIN_EXE_plan-run"), "/nowhere/plan-run");
    assert_ne!(text, gone);
    std::fs::write(hook(&repository), gone).expect("it can be written");
    repository.commit();
    let done = push(&repository, &["work"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(
        done.stderr.contains("plan-run: it was not found, so nothing was checked and nothing is pushed"),
        "{done:?}"
    );
    assert!(done.stderr.contains("push with --no-verify"), "{done:?}");
}

#[test]
fn a_branch_without_plans_can_be_pushed_and_others_may_call_the_hook() {
    let repository = installed();
    repository.file("a.txt", "bad\n").commit();
    // Whoever gives no refs wants what is checked out to be checked.
    assert_eq!(repository.run(&["hook", "run"]).status, Some(1));
    repository.git(&["rm", "-q", "plan.md"]);
    repository.commit();
    let done = push(&repository, &["work"]);
    assert!(done.status == Some(0) && done.stderr.contains("plan-run: no plan found in "), "{done:?}");
    assert_eq!(repository.run(&["run"]).status, Some(4));
}

#[test]
fn what_is_offered_to_managers_of_hooks_is_what_the_program_takes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("it is there");
    let offered = read(".pre-commit-hooks.yaml");
    let entry = offered.lines().find_map(|line| line.trim().strip_prefix("entry: ")).expect("it has one");
    let readme = read("README.md");
    let run = readme.lines().find_map(|line| line.trim().strip_prefix("run: plan-run hook")).expect("it is shown");
    assert!(offered.contains("stages: [pre-push, manual]"));
    let repository = repository();
    repository.file("a.txt", "bad\n").commit();
    let head = repository.git(&["rev-parse", "HEAD"]);
    let sent = format!("refs/heads/work {head} refs/heads/work {}\n", "0".repeat(40));
    for (words, input) in [(entry.to_owned(), ""), (format!("plan-run hook{run}"), sent.as_str())] {
        let words = words.replace("{1}", "origin").replace("{2}", "there.git");
        let words: Vec<&str> = words.split(' ').skip(1).collect();
        repository.space.file("sent", input);
        let sent = std::fs::File::open(repository.space.at("sent")).expect("it can be opened");
        let done = finish(repository.command(&words).stdin(sent));
        assert!(done.status == Some(1) && done.stderr.contains("FAILED     1.1"), "{words:?}: {done:?}");
    }
}
