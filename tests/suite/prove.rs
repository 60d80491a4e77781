//! What `prove` shows of the tests of a plan: with the real binary and repositories of a real git.

use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::history::{Repository, finish};
use crate::support::schema::Schema;
use crate::support::space::Space;

/// A staged plan with a stage for each pair of a red check, with its expectation, and the command as it holds afterwards.
fn plan(stages: &[(&str, &str)]) -> String {
    let mut text = "# Implementation Plan: Slugs\n".to_owned();
    for (number, (red, green)) in stages.iter().enumerate() {
        text.push_str(&format!("\n## Stage {}: Part\n\n### Validation\n\n- [ ] {red}\n- [ ] `{green}`\n", number + 1));
    }
    text
}

/// The test of most plans here: it needs a script that only the work brings.
const TEST: &str = "sh tests/slug_test.sh";

/// A repository with a plan: on `main` without the work, on the branch `work` with it.
fn worked(plan: &str) -> Repository {
    let repository = Repository::new();
    repository.file("plan.md", plan).file("README", "Slugs\n").commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.file("slug.sh", "echo a-b\n").file("tests/slug_test.sh", "test \"$(sh slug.sh 'A B')\" = a-b\n");
    repository.file("tests/always_test.sh", "test 1 = 1\n");
    repository.commit();
    repository
}

fn red(command: &str) -> String {
    format!("`{command}` (expected: FAIL)")
}

/// The rows of the table, without their columns: word, label and what is said below.
fn rows(stdout: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in stdout.lines().filter(|line| line.starts_with("  ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match rows.last_mut() {
            Some(row) if line.starts_with("     ") => *row = format!("{row}: {}", words.join(" ")),
            _ => rows.push(words.join(" ")),
        }
    }
    rows
}

#[test]
fn a_test_that_failed_before_the_work_and_holds_with_it_is_proven() {
    let repository = worked(&plan(&[(&red(TEST), TEST)]));
    let base = repository.git(&["rev-parse", "main"]);
    let (before, status) = (repository.snapshot(), repository.git(&["status", "--porcelain=v2", "--branch"]));
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert_eq!(
        done.stdout,
        format!(
            "\nbefore the work: {} (where HEAD left main)\nbrought in 1 test file: tests/slug_test.sh\n\n  proven     1.1  \
             plan.md:7  sh tests/slug_test.sh\n\nPROVEN: 1 of 1 red check is proven\n",
            &base[..12]
        )
    );
    assert_eq!(repository.snapshot(), before);
    assert_eq!(repository.git(&["status", "--porcelain=v2", "--branch"]), status);
    assert!(repository.is_tidy());
    // Nobody takes it for a run of the plan.
    assert!(!repository.root.join(".plan-run/runs").exists());
    assert_eq!(repository.run(&["report"]).status, Some(2));
    assert!(!done.stderr.contains("left"), "{}", done.stderr);
}

#[test]
fn each_way_to_prove_nothing_has_a_row_of_its_own() {
    let named = format!("`{TEST}` (expected: FAIL with \"no such slug\")");
    let missing = red("./tests/missing_test.sh --all");
    let stages = [
        (red("sh tests/always_test.sh"), "sh tests/always_test.sh"),
        (named, TEST),
        (red("sh tests/never_test.sh"), "sh tests/always_test.sh"),
        (missing, "sh tests/always_test.sh"),
        (red("git push origin tests"), TEST),
        (red(TEST), "test -e nothing"),
    ];
    let stages: Vec<(&str, &str)> = stages.iter().map(|(red, green)| (red.as_str(), *green)).collect();
    let repository = worked(&plan(&stages));
    repository.file("tests/never_test.sh", "exit 7\n").commit();
    let done = repository.run(&["prove", "plan.md", "--progress", "none"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let rows = rows(&done.stdout);
    let starts = [
        "VACUOUS 1.1 plan.md:7 sh tests/always_test.sh: passes before the work as well",
        "OTHER 2.1 plan.md:14 sh tests/slug_test.sh: before the work: exit status 1, expected an output with \"no such slug\", got \"",
        "FAILS 3.1 plan.md:21 sh tests/never_test.sh: before the work: fails, as it must: with the work: exit status 7",
        "not run 4.1 plan.md:28 ./tests/missing_test.sh --all: before the work: could not be started: program `./tests/missing_test.sh` not found",
        "not run 5.1 plan.md:35 git push origin tests: before the work: held back: ",
        "proven 6.1 plan.md:42 sh tests/slug_test.sh",
        "FAILS 6.2 plan.md:43 test -e nothing: with the work: exit status 1",
    ];
    assert_eq!(rows.len(), starts.len(), "{rows:#?}");
    for (row, start) in rows.iter().zip(starts) {
        assert!(row.starts_with(start), "{row}\n{start}");
    }
    let counts = "1 of 6 red checks is proven, 1 vacuous, 1 failed for another reason, 1 failing with the work, 2 not run, 1 other \
                  check not holding with the work\n";
    assert!(done.stdout.ends_with(&format!("\nNOT PROVEN: {counts}")), "{}", done.stdout);
    assert!(done.stdout.contains("\nA vacuous test shows nothing of the work."), "{}", done.stdout);
    assert_eq!(done.stderr, "");
    assert!(repository.is_tidy());
}

#[test]
fn what_is_shown_for_programs_is_what_the_schema_says() {
    let schema = Schema::read("prove.schema.json");
    let always = "sh tests/always_test.sh";
    let repository = worked(&plan(&[(&red(TEST), "test -e nothing"), (&red(always), always)]));
    symlink("/etc", repository.root.join("tests/outside_test")).expect("a link can be made");
    let done = repository.run(&["prove", "plan.md", "--format", "json", "--tests", "tests", "--progress", "none"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let first: Value = serde_json::from_str(&done.stdout).expect("it is JSON");
    schema.check(&first);
    symlink("/etc/hostname", repository.root.join("tests/hostname")).expect("a link can be made");
    let done = repository.run(&["prove", "plan.md", "--format", "json", "--tests", "tests", "--progress", "none"]);
    let second: Value = serde_json::from_str(&done.stdout).expect("it is JSON");
    schema.check(&second);
    assert_eq!(schema.unused(&[first.clone(), second.clone()]), Vec::<&str>::new());
    assert_eq!(first["verdict"], "fails");
    assert_eq!(first["base"]["commit"], repository.git(&["rev-parse", "main"]));
    let red = &first["plans"][0]["red"];
    assert_eq!((&red[0]["result"], &red[1]["result"]), (&"proven".into(), &"vacuous".into()));
    assert_eq!((&red[1]["there"]["status"], &red[0]["here"]["outcome"]), (&0.into(), &"passed".into()));
    assert_eq!(first["plans"][0]["failing"][0]["id"], "1.2");
    assert_eq!(first["brought"], serde_json::json!(["tests/always_test.sh", "tests/slug_test.sh"]));
    // In a workflow as well, where commands in what is told must not be obeyed.
    let mut command = repository.command(&["prove", "plan.md", "--format", "json"]);
    let done_there = finish(command.env("GITHUB_ACTIONS", "true"));
    let third: Value = serde_json::from_str(&done_there.stdout).expect("it is JSON");
    schema.check(&third);
    assert!(done_there.stderr.starts_with("::stop-commands::"), "{done_there:?}");
    // A link out of the repository is told and not followed.
    assert_eq!(second["not_brought"][0]["path"], "tests/hostname");
    assert!(done.stderr.contains("`tests/hostname` is not brought to the commit before the work: "), "{}", done.stderr);
}

#[test]
fn the_commit_before_the_work_is_where_the_default_branch_was_left() {
    let repository = worked(&plan(&[(&red(TEST), TEST)]));
    let what = |args: &[&str]| {
        let done = repository.run(&[&["prove", "plan.md", "--progress", "none"], args].concat());
        let line = done.stdout.lines().find(|line| line.starts_with("before the work: ")).map(str::to_owned);
        line.unwrap_or_else(|| format!("{} {}", done.status.unwrap_or(-1), done.stderr.trim_end()))
    };
    let base = repository.git(&["rev-parse", "main"])[..12].to_owned();
    assert_eq!(what(&[]), format!("before the work: {base} (where HEAD left main)"));
    // The default branch has gone on since.
    repository.git(&["checkout", "-q", "main"]);
    repository.file("other.txt", "x").commit();
    repository.git(&["checkout", "-q", "work"]);
    assert_eq!(what(&[]), format!("before the work: {base} (where HEAD left main)"));
    repository.git(&["tag", "v1", "main"]);
    let tagged = repository.git(&["rev-parse", "main"])[..12].to_owned();
    assert_eq!(what(&["--base", "v1"]), format!("before the work: {tagged} (v1)"));
    // The remote's own word comes first, then its branches.
    repository.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    assert_eq!(what(&[]), format!("before the work: {base} (where HEAD left origin/main)"));
    repository.git(&["update-ref", "refs/remotes/origin/trunk", "main"]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert_eq!(what(&[]), format!("before the work: {base} (where HEAD left origin/trunk)"));
    // A name that is the configured one only.
    for name in ["refs/remotes/origin/HEAD", "refs/remotes/origin/trunk", "refs/remotes/origin/main"] {
        repository.git(&["update-ref", "--no-deref", "-d", name]);
    }
    repository.git(&["branch", "-m", "main", "stem"]);
    assert!(
        what(&[])
            .ends_with("has no default branch that could be found; name the commit before the work with --base REF")
    );
    repository.git(&["config", "init.defaultBranch", "stem"]);
    assert_eq!(what(&[]), format!("before the work: {base} (where HEAD left stem)"));
    for (name, words) in [
        ("nothing", "--base: `nothing` names no commit in "),
        ("", "--base: `` is no name of a commit"),
        ("-x", "--base: `-x` is no name of a commit"),
        ("--upload-pack=touch x", "--base: `--upload-pack=touch x` is no name of a commit"),
    ] {
        let said = what(&[&format!("--base={name}")]);
        assert!(said.starts_with(&format!("2 plan-run: {words}")), "{said}");
    }
    assert!(repository.is_tidy());
}

#[test]
fn on_the_default_branch_the_work_is_what_is_not_committed() {
    let repository = Repository::new();
    repository.file("plan.md", &plan(&[(&red(TEST), TEST)])).commit();
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    let words = "HEAD has nothing that main does not have, and nothing is uncommitted; name the commit before the work with \
                 --base REF";
    assert!(done.stderr.contains(words), "{}", done.stderr);
    repository.file("slug.sh", "echo a-b\n").file("tests/slug_test.sh", "test \"$(sh slug.sh)\" = a-b\n");
    repository.git(&["add", "slug.sh"]);
    let (before, status) = (repository.snapshot(), repository.git(&["status", "--porcelain"]));
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.contains(" (HEAD, without the changes that are not committed)\n"), "{}", done.stdout);
    assert_eq!((repository.snapshot(), repository.git(&["status", "--porcelain"])), (before, status));
}

#[test]
fn without_a_history_it_is_said_what_is_missing() {
    let plan = plan(&[(&red(TEST), TEST)]);
    let space = Space::new();
    space.file("plan.md", &plan);
    let done = space.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(
        done.stderr.contains("`prove` needs a git repository with the commit before the work: fatal: "),
        "{done:?}"
    );
    let done = finish(space.command(&["prove", "plan.md"]).env("PATH", "/nowhere"));
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("the commit before the work: git is not installed\n"), "{done:?}");
    let repository = Repository::new();
    repository.file("plan.md", &plan);
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("there is no commit yet in "), "{done:?}");
    // A clone of the tips alone has no common ancestor, and not every commit.
    let whole = worked(&plan);
    let parent = whole.git(&["rev-parse", "main"]);
    whole.file("other.txt", "x").commit();
    whole.git(&["checkout", "-q", "main"]);
    whole.file("third.txt", "x").commit();
    let url = format!("file://{}", whole.root.display());
    let clone = Repository::new();
    clone.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &url, "clone"]);
    clone.git(&["-C", "clone", "checkout", "-q", "work"]);
    let shallow = |args: &[&str]| {
        let mut command = clone.command(&[&["prove", "plan.md"], args].concat());
        finish(command.current_dir(clone.root.join("clone")))
    };
    let done = shallow(&[]);
    let words = "this clone has only a part of the history; fetch the rest with `git fetch --unshallow`";
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("git finds no common ancestor of HEAD and origin/"), "{done:?}");
    assert!(done.stderr.contains(words), "{done:?}");
    let done = shallow(&["--base", &parent]);
    assert!(done.stderr.contains("names no commit in ") && done.stderr.contains(words), "{done:?}");
    let done = shallow(&["--base", "origin/main"]);
    assert_eq!(done.status, Some(0), "{done:?}");
}

#[test]
fn plans_without_anything_to_prove_are_told_apart_from_broken_ones() {
    let repository =
        worked("# Implementation Plan: Green\n\n## Stage 1: One\n\n### Validation\n\n- [ ] `test 1 = 1`\n");
    let done = repository.run(&["prove", "plan.md"]);
    assert_eq!(done.status, Some(4), "{done:?}");
    assert!(done.stderr.contains("nothing to prove: no plan has a check that must fail before the work"), "{done:?}");
    repository.file("circle.md", "# Implementation Plan: Circle\n\n## Stage 1: One\n\nDepends on: Stage 2\n\n### Validation\n\n- [ ] `test 1 = 1`\n\n## Stage 2: Two\n\nDepends on: Stage 1\n\n### Validation\n\n- [ ] `test 1 = 1`\n");
    assert_eq!(repository.run(&["prove", "circle.md"]).status, Some(3));
    let skipped = format!("---\nplan-run:\n  stages:\n    1: {{ skip: no way }}\n---\n{}", plan(&[(&red(TEST), TEST)]));
    repository.file("skipped.md", &skipped);
    let done = repository.run(&["prove", "skipped.md"]);
    assert_eq!(done.status, Some(4), "{done:?}");
    assert!(done.stdout.contains("before the work: skipped by the configuration: no way"), "{done:?}");
}

#[test]
fn plans_of_two_repositories_are_not_proven_together() {
    let repository = worked(&plan(&[(&red(TEST), TEST)]));
    let other = repository.root.join("other");
    repository.git(&["init", "-q", "other"]);
    std::fs::copy(repository.root.join("plan.md"), other.join("plan.md")).expect("it can be copied");
    let done = repository.run(&["prove", "plan.md", "other/plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("the plans belong to several repositories, "), "{done:?}");
}

#[test]
fn the_example_has_a_test_that_shows_nothing() {
    let repository = Repository::new();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let bring = |name: &str| {
        let text = std::fs::read_to_string(examples.join(name)).expect("the example is there");
        repository.file(&format!("examples/{name}"), &text);
    };
    bring("proof.md");
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    bring("scripts/slug.sh");
    bring("scripts/slug-test.sh");
    repository.commit();
    let done = repository.run(&["prove", "examples/proof.md", "--progress", "none"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let expected = [
        "proven 1.1 examples/proof.md:23 sh examples/scripts/slug-test.sh words",
        "VACUOUS 2.1 examples/proof.md:34 sh examples/scripts/slug-test.sh empty: passes before the work as well",
    ];
    assert_eq!(rows(&done.stdout), expected, "{}", done.stdout);
}

#[test]
fn where_only_claims_are_asked_for_the_rest_is_left_out() {
    let text = plan(&[(&red(TEST), TEST), (&red("sh tests/always_test.sh"), "test -e nothing")]);
    let ticked = text.replacen("- [ ]", "- [x]", 2);
    let front = "---\nplan-run: { scope: claimed }\n---\n";
    let repository = worked(&format!("{front}{ticked}"));
    let done = repository.run(&["prove", "plan.md", "--progress", "none"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let expected = [
        "proven 1.1 plan.md:10 sh tests/slug_test.sh",
        "left out 2.1 plan.md:17 sh tests/always_test.sh: before the work: not claimed yet",
    ];
    assert_eq!(rows(&done.stdout), expected, "{}", done.stdout);
    repository.file("plan.md", &format!("{front}{text}"));
    let done = repository.run(&["prove", "plan.md", "--progress", "none"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(
        done.stdout.ends_with("\nNOTHING CLAIMED: Nothing is claimed as done yet, so nothing was run\n"),
        "{done:?}"
    );
}
