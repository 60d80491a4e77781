//! What `prove` brings to the commit before the work and runs there, and that nothing is left of it, however it ends.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;
use std::time::Instant;

use plan_run::prove::looks_like_test;
use rustix::process::{Pid, Signal};

use crate::support::history::{Repository, finish};
use crate::support::real::{FOR_EVER, Witness};
use crate::support::whole::{Gate, signal};

/// A repository whose plan has one red check, with the files that only the work brings.
fn worked(red: &str, files: &[(&str, &str)]) -> Repository {
    let repository = Repository::new();
    let plan = format!(
        "# Implementation Plan: One\n\n## Stage 1: Part\n\n### Validation\n\n- [ ] `{red}` (expected: FAIL)\n- [ ] \
         `test 1 = 1`\n"
    );
    repository.file("plan.md", &plan).commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    for (name, text) in files {
        repository.file(name, text);
    }
    repository
}

/// The line that says what was brought, and the exit status.
fn brought(repository: &Repository, args: &[&str]) -> (Option<i32>, String) {
    let done = repository.run(&[&["prove", "plan.md", "--progress", "none", "--base", "main"], args].concat());
    let line = done.stdout.lines().find(|line| line.contains("brought in")).map(str::to_owned);
    (done.status, line.unwrap_or_else(|| format!("{done:?}")))
}

fn until(mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < FOR_EVER, "it does not happen");
        std::thread::yield_now();
    }
}

#[test]
fn test_files_that_the_red_command_names_are_brought() {
    let files: &[(&str, &str)] = &[
        ("tests/a_test.sh", "test -e made"),
        ("tests/deep/b.sh", ""),
        ("src/a_test.go", ""),
        ("src/a.go", ""),
        ("tests/__init__.py", ""),
        ("tests/unit.rs", ""),
        ("app/tests/c.sh", ""),
        ("made", ""),
        (".gitignore", "*.log\n"),
        ("tests/x.log", ""),
    ];
    for (command, expected) in [
        ("sh tests/a_test.sh --only x", "1 test file: tests/a_test.sh"),
        ("sh ./tests/a_test.sh::TestA::test_b", "1 test file: tests/a_test.sh"),
        ("sh tests/a_test.sh:12", "1 test file: tests/a_test.sh"),
        ("ls made tests/deep/", "1 test file: tests/deep/b.sh"),
        ("ls made --dir=tests/deep", "1 test file: tests/deep/b.sh"),
        ("ls made ./src/...", "1 test file: src/a_test.go"),
        ("ls made tests/*.sh", "1 test file: tests/a_test.sh"),
        ("cd app && ls made tests", "1 test file: app/tests/c.sh"),
        ("bash -c 'ls made tests/deep'", "1 test file: tests/deep/b.sh"),
        ("cargo test --test unit made", "1 test file: tests/unit.rs"),
        ("python3 -m unittest tests.__init__.Case", "1 test file: tests/__init__.py"),
        ("ls made ../made src/a.go made/../../tests", "no test file was brought in"),
        (
            "ls made .",
            "7 test files: app/tests/c.sh, src/a_test.go, tests/__init__.py, tests/a_test.sh, tests/deep/b.sh, tests/unit.rs",
        ),
    ] {
        let repository = worked(command, files);
        let (_, line) = brought(&repository, &[]);
        let expected = expected.replace("7 test files", "6 test files");
        assert!(line.ends_with(&expected), "{command}: {line}");
    }
}

#[test]
fn test_files_that_the_stage_names_before_are_brought() {
    let repository = Repository::new();
    let plan = "# Implementation Plan: One\n\n## Stage 1: Part\n\n**Changes**\n\n1. Create: `tests/one_test.sh` and `src/one.sh`.\n\n```sh\n# \
                tests/two_test.sh\ntest -e made\n```\n\n**Validation**\n\n- [ ] `make check` (expected: FAIL)\n- [ ] `test 1 = \
                1`\n\nSee tests/after_test.sh.\n";
    repository.file("plan.md", plan).file("Makefile", "check:\n\tsh tests/one_test.sh\n").commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    for name in ["tests/one_test.sh", "tests/two_test.sh", "tests/after_test.sh", "src/one.sh"] {
        repository.file(name, "test -e made\n");
    }
    repository.file("made", "").commit();
    let (status, line) = brought(&repository, &[]);
    assert_eq!(line, "brought in 2 test files: tests/one_test.sh, tests/two_test.sh");
    assert_eq!(status, Some(0));
}

#[test]
fn globs_name_more_files() {
    let repository = worked(
        "sh checks/run.sh",
        &[("checks/run.sh", "sh checks/all.sh"), ("checks/all.sh", "test -e made"), ("made", "")],
    );
    repository.commit();
    // It fails for want of the test, which nobody but the reader can tell from a failing test.
    let done = repository.run(&["prove", "plan.md", "--base", "main", "--progress", "none"]);
    let note = "checks/run.sh is not there before the work; if it is the test, bring it with --tests\n";
    assert!(done.stdout.contains(note), "{done:?}");
    let both = "brought in 2 test files: checks/all.sh, checks/run.sh";
    for args in
        [&["--tests", "checks"][..], &["--tests", "./checks/"], &["--tests", "checks/r*", "--tests=checks/a*.sh"]]
    {
        assert_eq!(brought(&repository, args), (Some(0), both.to_owned()), "{args:?}");
    }
    let none = repository.run(&["prove", "plan.md", "--tests", "nothing*"]);
    assert_eq!(none.status, Some(2), "{none:?}");
    assert!(none.stderr.contains("matches `nothing*`"), "{none:?}");
    let wrong = repository.run(&["prove", "plan.md", "--tests", "a[", "--base", "main"]);
    assert_eq!(wrong.status, Some(2), "{wrong:?}");
    assert!(wrong.stderr.contains("--tests: `a[` is not a glob"), "{wrong:?}");
    // From a folder of the repository, relative to it.
    let mut command = repository.command(&["prove", "../plan.md", "--tests", "*.sh", "--progress", "none"]);
    let done = finish(command.current_dir(repository.root.join("checks")));
    assert!(done.status == Some(0) && done.stdout.contains(both), "{done:?}");
    // By the configuration and by the plan itself.
    repository.file("plan-run.yaml", "prove: { tests: checks }\n");
    assert_eq!(brought(&repository, &[]), (Some(0), both.to_owned()));
    repository.file("plan-run.yaml", "prove:\n  tests: [nothing/**]\n");
    let plan = std::fs::read_to_string(repository.root.join("plan.md")).expect("it is there");
    repository.file("plan.md", &format!("---\nplan-run:\n  prove: {{ tests: [checks/*.sh] }}\n---\n{plan}"));
    assert_eq!(brought(&repository, &[]), (Some(0), both.to_owned()));
}

#[test]
fn files_are_brought_as_they_are_now_and_never_through_links() {
    let repository = worked("./tests/a_test.sh", &[("tests/a_test.sh", "#!/bin/sh\ntest -e made\n"), ("made", "")]);
    let test = repository.root.join("tests/a_test.sh");
    std::fs::set_permissions(&test, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    // Neither committed nor known to git.
    assert_eq!(brought(&repository, &[]), (Some(0), "brought in 1 test file: tests/a_test.sh".to_owned()));
    // Before the work its folder was a link to somewhere else.
    let outside = repository.space.at("outside");
    std::fs::create_dir(&outside).expect("a folder can be made");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    symlink(&outside, repository.root.join("tests")).expect("a link can be made");
    repository.commit();
    repository.git(&["checkout", "-q", "work"]);
    let done = repository.run(&["prove", "plan.md", "--base", "main", "--progress", "none"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let words = "`tests/a_test.sh` is not brought to the commit before the work: `tests` is no folder there";
    assert!(done.stderr.contains(words), "{done:?}");
    assert_eq!(std::fs::read_dir(&outside).expect("it is there").count(), 0);
}

#[test]
fn what_the_tree_needs_is_prepared_first() {
    let repository =
        worked("sh tests/a_test.sh", &[("tests/a_test.sh", "test -e installed && test -e made\n"), ("made", "")]);
    repository.commit();
    repository.file("plan-run.yaml", "prove:\n  prepare:\n    - touch first\n    - test -e first && touch installed\n");
    let before = repository.snapshot();
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    // Here nobody prepared anything.
    assert!(done.stdout.contains("FAILS"), "{done:?}");
    assert!(done.stderr.contains("passed     prepare-2.1  test -e first && touch installed"), "{done:?}");
    assert_eq!(repository.snapshot(), before);
    repository.file("plan-run.yaml", "prove: { prepare: exit 3 }\n");
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("at plan-run.yaml:1\n"), "{done:?}");
    assert!(done.stderr.contains("a command of `prove.prepare` does not hold, so nothing is proven"), "{done:?}");
    assert!(repository.is_tidy());
}

#[test]
fn only_red_checks_run_before_the_work_once_and_without_what_they_wait_for() {
    let repository = Repository::new();
    let log = repository.space.at("log");
    let test = format!("pwd >> '{}'\ntest -e made\n", log.display());
    repository.file("plan.md", "# Implementation Plan: One\n\n## Stage 1: First\n\n### Validation\n\n- [ ] `test -e made`\n\n## Stage 2: Second\n\nDepends on: Stage 1\n\n### Validation\n\n- [ ] `sh tests/a_test.sh` (expected: FAIL)\n").commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.file("tests/a_test.sh", &test).file("made", "").file("plan-run.yaml", "retries: 3\n").commit();
    repository.file(".git/hooks/post-checkout", "#!/bin/sh\necho hook >> hook.log\n");
    let hook = repository.root.join(".git/hooks/post-checkout");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let before = repository.snapshot();
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let text = std::fs::read_to_string(&log).expect("the test ran");
    let places: Vec<&str> = text.lines().collect();
    assert_eq!(places.len(), 2, "{text}");
    assert!(places[0].ends_with("/plan-run-prove"), "{text}");
    assert_eq!(places[1], repository.root.display().to_string());
    assert_eq!(repository.snapshot(), before);
    // A test that passes before the work is not tried until it fails.
    std::fs::remove_file(&log).expect("it is there");
    repository.file("tests/a_test.sh", &format!("pwd >> '{}'\n", log.display()));
    assert_eq!(repository.run(&["prove", "plan.md"]).status, Some(1));
    assert_eq!(std::fs::read_to_string(&log).expect("the test ran").lines().count(), 2);
}

#[test]
fn a_hook_of_git_does_not_send_the_commands_to_the_users_tree() {
    let test = "test \"$(git rev-parse --show-toplevel)\" = \"$(pwd)\" || exit 0\ngit add -A || exit 0\ntest -e made\n";
    let repository =
        worked("sh tests/a_test.sh", &[("tests/a_test.sh", test), ("made", ""), (".gitignore", ".plan-run\n")]);
    repository.commit();
    let before = repository.snapshot();
    // Here the test adds nothing that is not in the index already.
    for variables in [&[("GIT_INDEX_FILE", ".git/index")][..], &[("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index")]]
    {
        let mut command = repository.command(&["prove", "plan.md"]);
        let done = finish(command.envs(variables.iter().copied()));
        assert_eq!(done.status, Some(0), "{done:?}");
        let mut after = repository.snapshot();
        let index = repository.root.join(".git/index");
        // `git add` writes the same entries anew.
        after.insert(index.clone(), before[&index].clone());
        assert_eq!(after, before);
        assert!(repository.is_tidy());
    }
}

/// A repository whose red check says before the work that it runs, then does something for ever.
fn waiting(then: &str) -> (Repository, Gate, Witness) {
    let repository = worked("sh tests/a_test.sh", &[]);
    let (gate, witness) = (Gate::new(&repository.space, "gate"), Witness::new(&repository.space));
    let gate_path = repository.space.at("gate");
    let test = format!("{}\necho here > '{}'\n{then}\n", witness.watches(), gate_path.display());
    repository.file("tests/a_test.sh", &test).commit();
    (repository, gate, witness)
}

/// The processes that remove the tree, as far as the system tells of processes.
fn guardians(repository: &Repository) -> Vec<Pid> {
    let folder = repository.temporary().display().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let guardians = processes.filter(|process| {
        let words = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).into_owned();
        words.contains("plan-run-guardian") && words.contains(&folder)
    });
    let guardians: Vec<Pid> =
        guardians.filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?)).collect();
    assert!(guardians.len() == 1 || !cfg!(target_os = "linux"), "{guardians:?}");
    guardians
}

#[test]
fn someone_who_interrupts_leaves_nothing_behind() {
    for which in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (repository, gate, witness) = waiting("while :; do sleep 1000; done");
        let before = repository.snapshot();
        let mut command = repository.command(&["prove", "plan.md"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        gate.wait();
        assert!(!repository.is_tidy());
        // A signal to all processes reaches who removes the tree as well.
        guardians(&repository).into_iter().for_each(|guardian| {
            rustix::process::kill_process(guardian, which).expect("it is alive");
        });
        signal(&child, which);
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        assert!(stderr.ends_with("plan-run: interrupted, so nothing is proven\n"), "{stderr}");
        assert!(output.stdout.is_empty());
        // At once: it has waited for that.
        assert!(repository.is_tidy());
        assert_eq!(repository.snapshot(), before);
        witness.assert_all_gone();
    }
}

#[test]
fn the_tree_goes_also_when_the_program_is_killed() {
    let (repository, gate, witness) = waiting("exec sleep 1000");
    let before = repository.snapshot();
    let mut command = repository.command(&["prove", "plan.md"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
    gate.wait();
    signal(&child, Signal::KILL);
    child.wait().expect("it ends");
    until(|| !has_tree(&repository));
    assert_eq!(repository.snapshot(), before);
    witness.assert_all_gone();
}

#[test]
fn what_still_writes_after_a_kill_does_not_keep_the_tree() {
    // It is asked to end, waits until the folder has gone, and only then makes it anew, if there is time for that.
    let (repository, gate, witness) = waiting(
        "exec >/dev/null 2>&1; trap 'while [ -e \"$place\" ]; do :; done; mkdir -p \"$place/junk\"; echo x > \"$place/junk/x\"; exit' TERM
         while :; do sleep 0.01 || :; done",
    );
    let test = std::fs::read_to_string(repository.root.join("tests/a_test.sh")).expect("it is there");
    let test = format!("place=$(pwd)\n{test}");
    repository.file("tests/a_test.sh", &test).commit();
    let mut command = repository.command(&["prove", "plan.md"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    gate.wait();
    signal(&child, Signal::KILL);
    child.wait().expect("it ends");
    witness.assert_all_gone();
    until(|| !has_tree(&repository));
}

/// Whether something of the second tree is there; what a killed run had given its commands is another thing.
fn has_tree(repository: &Repository) -> bool {
    let names = std::fs::read_dir(repository.temporary()).expect("the folder is there");
    let mut names = names.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with("plan-run-prove-")) || repository.root.join(".git/worktrees").exists()
}

#[test]
fn folders_that_nobody_may_write_to_go_as_well() {
    let make =
        "mkdir -p cache/deep && touch cache/deep/file && chmod 555 cache/deep && chmod 500 cache\ntest -e made\n";
    let repository = worked("sh tests/a_test.sh", &[("tests/a_test.sh", make), ("made", "")]);
    repository.commit();
    // Here the folder is there already, so that nothing is made.
    repository.file("tests/a_test.sh", &format!("test -e made || {{\n{make}}}\n")).commit();
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(repository.is_tidy());
}

#[test]
fn a_tree_that_cannot_be_made_is_told() {
    let repository = worked("sh tests/a_test.sh", &[("tests/a_test.sh", "test -e made\n"), ("made", "")]);
    repository.commit();
    let blob = repository.git(&["rev-parse", "main:plan.md"]);
    std::fs::remove_file(repository.root.join(".git/objects").join(&blob[..2]).join(&blob[2..])).expect("it is loose");
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(5), "{done:?}");
    assert!(done.stderr.contains("cannot make a working tree of "), "{done:?}");
    assert!(repository.is_tidy());
    let mut command = repository.command(&["prove", "plan.md"]);
    let done = finish(command.env("TMPDIR", repository.space.at("nowhere")));
    assert_eq!(done.status, Some(5), "{done:?}");
}

#[test]
fn files_are_tests_by_whole_words_of_their_paths() {
    let tests = [
        "tests/a.rs", "src/test/java/A.java", "pkg/testdata/x.json", "web/__tests__/a.js", "Spec/a.rb", "a_test.go",
        "test_a.py", "conftest.py", "a.spec.ts", "a.test.tsx", "MetricsTest.java", "check-tests.sh",
    ];
    let others =
        ["src/latest.rs", "src/inspect.rs", "contest.py", "src/testing.rs", "specific/a.rs", "a.py", "attestation.go"];
    tests.iter().for_each(|path| assert!(looks_like_test(path), "{path}"));
    others.iter().for_each(|path| assert!(!looks_like_test(path), "{path}"));
}
