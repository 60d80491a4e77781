//! What `bisect` finds, with the real binary and histories of a real git, and that nothing is left of its search.

use std::process::Stdio;
use std::time::Instant;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::history::Repository;
use crate::support::real::FOR_EVER;
use crate::support::schema::Schema;
use crate::support::space::Finished;
use crate::support::whole::{Gate, signal};

/// A repository with a plan whose check runs a script, and commits that are given by what the script is in them.
struct History {
    repository: Repository,
    commits: Vec<String>,
}

/// A plan with this check.
fn plan(check: &str) -> String {
    format!("# Implementation Plan: A\n\n## Stage 1: Part\n\n### Validation\n\n- [x] `{check}`\n- [x] `true`\n")
}

fn history(check: &str, scripts: &[&str]) -> History {
    let repository = Repository::new();
    let mut commits = Vec::new();
    for (number, script) in scripts.iter().enumerate() {
        repository.file("check.sh", script).file("number", &number.to_string());
        repository.git(&["add", "-A"]);
        repository.git(&["commit", "-q", "-m", &format!("Change {number}")]);
        commits.push(repository.git(&["rev-parse", "HEAD"]));
    }
    // The plan as it is now is in none of them.
    repository.file("plan.md", &plan(check));
    History { repository, commits }
}

impl History {
    fn bisect(&self, args: &[&str]) -> Finished {
        self.repository.run(&[&["bisect", "1.1", "--good", &self.commits[0]], args].concat())
    }
}

const CHECK: &str = "sh check.sh";

#[test]
fn the_commit_that_broke_a_check_is_found_and_nothing_else_is_touched() {
    let history = history(CHECK, &["", "", "", "", "", "exit 3", "exit 3", "exit 3", "exit 3"]);
    let repository = &history.repository;
    // The user is in the midst of another search, and of a change.
    repository.git(&["bisect", "start", "HEAD", "HEAD~4"]);
    repository.git(&["checkout", "-q", "-"]);
    repository.file("number", "changed\n").file("new", "new\n");
    repository.git(&["add", "new"]);
    let before = (repository.snapshot(), repository.git(&["bisect", "log"]), repository.git(&["for-each-ref"]));
    let head = repository.git(&["rev-parse", "main"]);
    let done = history.bisect(&["--bad", "main"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let date = repository.git(&["show", "-s", "--format=%aI", &history.commits[5]]);
    let found = format!(
        "FOUND: {} broke check 1.1 of plan.md\n  subject  Change 5\n  author   A\n  date     {date}\n  command  sh check.sh\n  \
         there    exit status 3\n",
        history.commits[5]
    );
    assert_eq!(done.stdout, found);
    assert!(done.stderr.contains(&format!("bad        {}  Change 8\n", &head[..12])), "{done:?}");
    assert!(done.stderr.contains(&format!("good       {}  Change 0\n", &history.commits[0][..12])), "{done:?}");
    assert!(done.stderr.contains("           7 commits left to tell apart\n"), "{done:?}");
    // By halves: seven commits take no more than three looks, beside those at the ends.
    let looks = |word: &str| done.stderr.lines().filter(|line| line.starts_with(word)).count();
    assert!((looks("good ") + looks("bad ")) <= 5, "{done:?}");
    let after = (repository.snapshot(), repository.git(&["bisect", "log"]), repository.git(&["for-each-ref"]));
    assert_eq!(before, after);
    assert!(repository.is_tidy());
    // It is no run of the plan.
    assert!(!repository.root.join(".plan-run/runs").exists());
    let quiet = history.bisect(&["--bad", "main", "--progress", "none"]);
    assert!(quiet.stdout == found && !quiet.stderr.contains("left to tell apart"), "{quiet:?}");
}

#[test]
fn where_it_cannot_be_told_a_commit_is_passed_over() {
    // What ends so says nothing of the check: a status that says just that, a missing program, a kill.
    let unclear = ["exit 125", "no-such-program-here", "kill -9 $$"];
    let scripts = ["", "", unclear[0], unclear[1], "", "exit 1", unclear[2], "exit 1", "exit 1"];
    let all = history(CHECK, &scripts);
    let done = all.bisect(&[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.starts_with(&format!("FOUND: {} ", all.commits[5])), "{done:?}");
    // Two commits that cannot be told apart from the one that broke it.
    let between = history(CHECK, &["", "", unclear[1], unclear[0], "exit 1", "exit 1"]);
    let done = between.bisect(&["--format", "json"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let found: Value = serde_json::from_str(&done.stdout).expect("JSON");
    Schema::read("bisect.schema.json").check(&found);
    assert_eq!(found["first_bad"], Value::Null);
    let candidates = found["candidates"].as_array().expect("a list");
    let candidates: Vec<&str> = candidates.iter().filter_map(|commit| commit["commit"].as_str()).collect();
    assert_eq!(candidates, [&between.commits[4], &between.commits[3], &between.commits[2]]);
    assert!(done.stderr.contains("skipped    "), "{done:?}");
    let text = between.bisect(&[]);
    assert!(text.stdout.starts_with("NOT FOUND: one of 3 commits broke check 1.1 of plan.md; "), "{text:?}");
    assert!(text.stdout.contains(&format!("  {}  Change 3\n", &between.commits[3][..12])), "{text:?}");
    assert!(between.repository.is_tidy());
}

#[test]
fn what_the_bad_commit_ends_with_is_what_is_looked_for() {
    let missing = history(CHECK, &["", "", "no-such-program-here", "exit 125", "no-such-program-here"]);
    let done = missing.bisect(&[]);
    assert!(done.stdout.starts_with(&format!("FOUND: {} ", missing.commits[2])), "{done:?}");
    let hangs = "sleep 1000";
    let slow = history(CHECK, &["", "", "", hangs]);
    let done = slow.bisect(&["--timeout", "1s", "--grace", "100ms"]);
    assert!(done.stdout.starts_with(&format!("FOUND: {} ", slow.commits[3])), "{done:?}");
    assert!(done.stdout.contains("  there    ran longer than 1.0s"), "{done:?}");
}

#[test]
fn both_ends_are_looked_at_first() {
    let history = history(CHECK, &["exit 4", "", "exit 125", "", "exit 1"]);
    let refused = |args: &[&str], words: &[&str]| {
        let done = history.repository.run(&[&["bisect"], args].concat());
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{done:?}");
        words.iter().for_each(|words| assert!(done.stderr.contains(words), "{words}: {done:?}"));
        assert!(history.repository.is_tidy());
    };
    let [zero, one, two, three, _] = history.commits.as_slice() else { panic!("there are five") };
    refused(&["1.1", "--good", zero], &["--good: check 1.1 does not hold at ", ": exit status 4; if it needs files"]);
    refused(
        &["1.1", "--good", one, "--bad", three],
        &["--bad: check 1.1 holds at ", "so nothing broke it up to there"],
    );
    refused(&["1.1", "--good", one, "--bad", two], &["--bad: it cannot be told whether check 1.1 holds at ", "125"]);
    refused(&["1.1", "--good", three, "--bad", one], &[" is not built on "]);
    refused(&["1.1", "--good", "HEAD"], &["--good and --bad name the same commit, "]);
    refused(&["1.1", "--good", "nope"], &["--good: `nope` names no commit in "]);
    refused(&["1.1", "--good=-x"], &["--good: `-x` is no name of a commit"]);
    refused(&["1.3", "--good", one], &["no plan has a check `1.3`; did you mean `1.", "`plan-run list` shows all"]);
    history.repository.file("docs/plans/b.md", &plan("git push origin main"));
    refused(&["1.1", "--good", one], &["several plans have a check `1.1`; name one of them: docs/plans/b.md, plan.md"]);
    refused(&["1.1", "docs/plans/b.md", "--good", one], &["check 1.1 cannot be run: held back: "]);
    let done = history.repository.run(&["bisect", "1.1", "plan.md", "--good", one]);
    assert!(done.stdout.starts_with(&format!("FOUND: {} ", history.commits[4])), "{done:?}");
}

#[test]
fn commits_are_prepared_and_get_the_files_of_now() {
    // The build leaves what git ignores; without it the check says nothing that could be believed.
    let history = history("test -e built && sh later_test.sh", &["", "", "exit 9", "", "", "", ""]);
    let repository = &history.repository;
    repository.file("later_test.sh", "test \"$(cat number)\" -lt 5\n");
    let none = history.bisect(&[]);
    assert!(none.status == Some(2) && none.stderr.contains("--good: check 1.1 does not hold at "), "{none:?}");
    let prepared = ["--prepare", "sh check.sh", "--prepare", "touch built", "--tests", "later_test.sh"];
    let done = history.bisect(&prepared);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.starts_with(&format!("FOUND: {} ", history.commits[5])), "{done:?}");
    repository.file("plan-run.yaml", "prove: { prepare: [sh check.sh, touch built] }\n");
    let configured = history.bisect(&["--tests", "later_test.sh", "--format", "json"]);
    let found: Value = serde_json::from_str(&configured.stdout).expect("JSON");
    let schema = Schema::read("bisect.schema.json");
    schema.check(&found);
    assert_eq!(schema.unused(std::slice::from_ref(&found)), Vec::<&str>::new());
    assert_eq!(found["first_bad"]["commit"].as_str(), Some(history.commits[5].as_str()));
    // Nothing of one commit is left to the next, but for what git ignores.
    let strict = history.bisect(&["--prepare", "test ! -e built && touch built", "--tests", "later_test.sh"]);
    assert!(strict.stdout.starts_with(&format!("FOUND: {} ", history.commits[5])), "{strict:?}");
    let broken = history.bisect(&["--prepare", "exit 6", "--tests", "later_test.sh"]);
    assert!(broken.stderr.contains("preparing: exit 6: exit status 6"), "{broken:?}");
    assert!(broken.status == Some(2) && repository.is_tidy(), "{broken:?}");
}

#[test]
fn an_interrupt_and_a_kill_leave_nothing_behind() {
    for (which, status) in [(Signal::INT, Some(130)), (Signal::KILL, None)] {
        let script = "echo here > \"$GATE\"; exec sleep 1000";
        let history = history(CHECK, &["", script]);
        let gate = Gate::new(&history.repository.space, "gate");
        let mut command =
            history.repository.command(&["bisect", "1.1", "--good", &history.commits[0], "--grace", "100ms"]);
        command.env("GATE", history.repository.space.at("gate")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the binary starts");
        gate.wait();
        signal(&child, which);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), status, "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        // Who removes the tree after a kill does so by itself.
        let began = Instant::now();
        while has_tree(&history.repository) {
            assert!(began.elapsed() < FOR_EVER, "something is left");
            std::thread::yield_now();
        }
    }
}

/// Whether something of the second tree is there; what a killed run had given its commands is another thing.
fn has_tree(repository: &Repository) -> bool {
    let names = std::fs::read_dir(repository.temporary()).expect("the folder is there");
    let mut names = names.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with("plan-run-prove-")) || repository.root.join(".git/worktrees").exists()
}
