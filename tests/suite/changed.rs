//! Which plans the branch touches: `--changed`, and plan-run without any words, with repositories of a real git.

use std::process::Command;

use serde_json::Value;

use crate::support::history::{Repository, finish};
use crate::support::schema::Schema;
use crate::support::space::{Finished, Space};
use crate::support::whole::cases;

/// Four plans, each with a way of its own to depend on something: on files that a stage names, on a file that its command
/// names, on nothing that it says, and on what its configuration calls its inputs.
fn repository() -> Repository {
    let repository = Repository::new();
    let plan = |title: &str, text: &str, check: &str| {
        format!("# Implementation Plan: {title}\n\n## Stage 1: Part\n\n{text}\n\n### Validation\n\n- [x] `{check}`\n")
    };
    let inputs = "---\nplan-run:\n  stages:\n    \"1\":\n      inputs: [data/*.csv]\n---\n";
    repository
        .file("docs/plans/a.md", &plan("A", "Changes in `src/a.rs` and `parser/lex.rs`.", "test -d src"))
        .file("docs/plans/b.md", &plan("B", "It is about words.", "sh tools/b.sh"))
        .file("docs/plans/c.md", &plan("C", "It is about words.", "true"))
        .file("docs/plans/d.md", &(inputs.to_owned() + &plan("D", "See `src/a.rs`.", "test -d src")))
        .file("src/a.rs", "a\n")
        .file("crates/one/parser/lex.rs", "lex\n")
        .file("tools/b.sh", "exit 0\n")
        .file("data/x.csv", "1\n")
        .file("README", "Words\n")
        .file(".gitignore", "target/\n")
        .commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository
}

/// The plans that were chosen, by their letters, each with why.
fn chosen(done: &Finished) -> Vec<String> {
    let lines = done.stderr.lines().filter_map(|line| line.strip_prefix("  docs/plans/"));
    lines.map(|line| line.replace(".md", "")).collect()
}

const ANY: &str = "c: it names no files, so that any may matter";

#[test]
fn plans_are_touched_by_their_text_and_by_the_files_that_they_name() {
    let repository = repository();
    let expect = |expected: &[&str]| {
        let done = repository.run(&["list", "--changed"]);
        assert_eq!(chosen(&done), expected, "{done:?}");
        assert_eq!(done.stdout.matches(": Implementation Plan: ").count(), expected.len(), "{done:?}");
        assert_eq!(done.status, Some(0));
    };
    expect(&[]);
    repository.file("README", "More words\n");
    expect(&[ANY]);
    repository.file("src/a.rs", "b\n").commit();
    expect(&["a: src/a.rs", ANY]);
    repository.git(&["checkout", "-q", "-B", "work", "main"]);
    // A path that counts from a part of the repository, and one that is gone.
    repository.git(&["rm", "-q", "crates/one/parser/lex.rs"]);
    expect(&["a: crates/one/parser/lex.rs", ANY]);
    repository.git(&["reset", "-q", "--hard"]);
    repository.git(&["mv", "tools/b.sh", "tools/c.sh"]);
    expect(&["b: tools/b.sh", ANY]);
    repository.git(&["reset", "-q", "--hard"]);
    // What git does not know yet counts, what it ignores does not.
    repository.file("data/y.csv", "2\n").file("target/src/a.rs", "a\n");
    expect(&[ANY, "d: data/y.csv"]);
    std::fs::remove_file(repository.root.join("data/y.csv")).expect("it can be removed");
    expect(&[]);
    repository.file("docs/plans/b.md", "# Implementation Plan: B\n");
    expect(&["b: its text", ANY]);
    repository.git(&["reset", "-q", "--hard"]);
    repository.file("plan-run.yaml", "jobs: 1\n");
    expect(&["a: its configuration", "b: its configuration", "c: its configuration", "d: its configuration"]);
}

#[test]
fn only_what_is_touched_is_run_and_all_the_rest_is_told() {
    let repository = repository();
    repository.file("tools/b.sh", "exit 3\n");
    let base = repository.git(&["rev-parse", "main"]);
    let done = repository.run(&["run", "--changed", "--junit", "r.xml", "--progress", "none"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let line = format!(
        "plan-run: 2 of 4 plans are touched: 1 file has changed since {} (HEAD, of which main has every commit); without \
         --changed all are run\n",
        &base[..12]
    );
    assert!(done.stderr.contains(&line), "{done:?}");
    let xml = std::fs::read_to_string(repository.root.join("r.xml")).expect("the report is there");
    assert_eq!(cases(&xml), ["1.1 failure exit-code: exit status 3", "1.1 passed"]);
    // Plans that are named are those among which is chosen.
    let done = repository.run(&["run", "--changed", "docs/plans/a.md", "docs/plans/b.md", "--progress", "none"]);
    assert!(done.stderr.contains("plan-run: 1 of 2 plans is touched"), "{done:?}");
}

#[test]
fn where_no_plan_is_touched_the_reports_say_so_and_nothing_is_wrong() {
    let repository = repository();
    let reports = ["--junit", "out/r.xml", "--summary", "out/s.md", "--json", "out/r.json"];
    let done = repository.run(&[&["run", "--changed", "--stage", "7"], &reports[..]].concat());
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stderr.contains("none of 4 plans is touched: 0 files have changed since "), "{done:?}");
    let sentence = "What changed touches no plan, so nothing was run";
    assert!(done.stdout.contains(&format!("NOTHING TOUCHED: {sentence}")), "{done:?}");
    let read = |name: &str| std::fs::read_to_string(repository.root.join(name)).expect("the report is there");
    assert!(cases(&read("out/r.xml")).is_empty(), "{}", read("out/r.xml"));
    assert!(read("out/s.md").contains(sentence), "{}", read("out/s.md"));
    let report: Value = serde_json::from_str(&read("out/r.json")).expect("JSON");
    Schema::read("report.schema.json").check(&report);
    assert_eq!(report["verdict"], "nothing-touched");
    // The journal says it as well.
    let again = repository.run(&["report"]);
    assert_eq!((again.status, again.stdout.contains(sentence)), (Some(0), true), "{again:?}");
    assert_eq!(repository.run(&["run", "--changed", "--dry-run"]).status, Some(0));
}

#[test]
fn the_other_branch_is_the_one_that_best_tells_where_the_work_began() {
    let repository = repository();
    let since = |args: &[&str], env: &[(&str, &str)]| {
        let args = if args.is_empty() { &["--changed"] } else { args };
        let done = finish(repository.command(&[&["list"], args].concat()).envs(env.iter().copied()));
        let at = done.stderr.find("since ").unwrap_or_else(|| panic!("{done:?}"));
        done.stderr[at..].split(['(', ')']).nth(1).expect("it is told").to_owned()
    };
    repository.file("README", "One\n").commit();
    let one = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "-q", "-b", "more"]);
    repository.file("README", "Two\n").commit();
    assert_eq!(since(&[], &[]), "where HEAD left main");
    // An upstream of another name is what the branch was made from.
    repository.git(&["branch", "-q", "--set-upstream-to=work"]);
    assert_eq!(since(&[], &[]), "where HEAD left work");
    // One of the same name is where it is pushed to.
    let there = repository.space.at("there.git");
    repository.git(&["clone", "-q", "--bare", ".", there.to_str().expect("text")]);
    repository.git(&["remote", "add", "origin", there.to_str().expect("text")]);
    repository.git(&["push", "-q", "-u", "origin", "more"]);
    assert_eq!(since(&[], &[]), "where HEAD left main");
    repository.git(&["fetch", "-q"]);
    assert_eq!(since(&[], &[]), "where HEAD left origin/main");
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/work"]);
    assert_eq!(since(&[], &[]), "where HEAD left origin/work");
    assert_eq!(since(&[], &[("GITHUB_BASE_REF", "main")]), "where HEAD left origin/main");
    assert_eq!(since(&["--changed=work"], &[]).as_str(), "where HEAD left work");
    // No branch need be checked out.
    repository.git(&["checkout", "-q", "--detach"]);
    assert_eq!(since(&[&format!("--changed={one}")], &[]), format!("where HEAD left {one}"));
}

#[test]
fn what_cannot_be_told_is_said_and_nothing_is_run() {
    let refused = |repository: &Repository, args: &[&str], words: &str| {
        let done = repository.run(&[&["run"], args].concat());
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{done:?}");
        assert!(done.stderr.contains(words), "{words}: {done:?}");
    };
    let repository = repository();
    refused(&repository, &["--changed=nope"], "--changed: `nope` names no commit in ");
    refused(&repository, &["--changed=-x"], "--changed: `-x` is no name of a commit");
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    refused(&repository, &["--changed"], "there is no commit yet in ");
    repository.file("README", "Other words\n").commit();
    refused(
        &repository,
        &["--changed"],
        "git finds no common ancestor of HEAD and main; name a commit that HEAD is built on",
    );
    repository.git(&["branch", "-q", "-D", "main", "work"]);
    refused(&repository, &["--changed"], "has no default branch that could be found; name what to compare with");
    // Of a clone that was cut off it is said how to get the rest.
    let shallow = Repository::new();
    let from = format!("file://{}", repository.root.display());
    shallow.git(&["fetch", "-q", "--depth=1", &from, "other"]);
    shallow.git(&["checkout", "-q", "-b", "cut", "FETCH_HEAD"]);
    repository.file("README", "More\n").commit();
    shallow.git(&["fetch", "-q", "--depth=1", &from, "other:other"]);
    refused(&shallow, &["--changed=other"], "fetch the rest with `git fetch --unshallow`");
    let space = Space::new();
    space.file("plan.md", "# Plan\n");
    let done = space.run(&["run", "--changed"]);
    assert_eq!(done.status, Some(2));
    assert!(done.stderr.contains("--changed needs a git repository: fatal: not a git repository"), "{done:?}");
}

/// A plan with something that is claimed and something that is not.
const CLAIMS: &str = "# Implementation Plan: Claims\n\n## Stage 1: Part\n\nChanges in `src/a.rs`.\n\n### Validation\n\n- [x] \
                      `grep -q a src/a.rs`\n- [ ] `test -f src/later.rs`\n";

#[test]
fn without_words_what_the_branch_touches_and_claims_is_checked_in_short() {
    let repository = repository();
    repository.file("docs/plans/a.md", CLAIMS).commit();
    let done = repository.run(&[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let line = "plan-run: 2 of 4 plans are touched: 1 file has changed since ";
    assert!(done.stderr.contains(line), "{done:?}");
    assert!(done.stderr.contains("; of these what they claim as done is checked; `plan-run run` checks everything\n"));
    // What holds has no line of its own.
    assert!(!done.stderr.contains("passed") && !done.stdout.contains("  holds "), "{done:?}");
    let sentence = "\nHOLDS: Every check that ran holds; 1 stage is not claimed yet (1 of 2 stages holds; 2 passed, 1 not claimed yet) in ";
    assert!(done.stdout.starts_with(sentence), "{done:?}");
    repository.file("src/a.rs", "nothing\n");
    let done = repository.run(&["--color", "never"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("FAILED     docs/plans/a.md#1.1  grep -q a src/a.rs"), "{done:?}");
    assert!(done.stdout.contains("  FAILS      1 Part") && !done.stdout.contains("docs/plans/c.md"), "{done:?}");
    // Whatever is typed or configured wins.
    assert!(repository.run(&["run"]).stdout.contains("3 of 4 stages hold"));
    repository.git(&["checkout", "-q", "src/a.rs"]);
    repository.file("plan-run.yaml", "scope: all\n");
    assert!(repository.run(&[]).stdout.contains("1 failed"), "the configuration says which checks are run");
}

#[test]
fn without_words_and_without_a_change_all_claims_are_checked() {
    let repository = repository();
    repository.file("docs/plans/a.md", CLAIMS).commit();
    repository.git(&["checkout", "-q", "-B", "main"]);
    let done = repository.run(&[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    let all = "what any plan claims as done is checked; `plan-run run` checks everything\n";
    assert!(done.stderr.contains(&format!("plan-run: nothing has changed, so {all}")), "{done:?}");
    assert!(done.stdout.contains("(3 of 4 stages hold; 4 passed, 1 not claimed yet)"), "{done:?}");
    // A change that touches nothing leaves nothing to do.
    std::fs::remove_file(repository.root.join("docs/plans/c.md")).expect("it can be removed");
    repository.commit();
    repository.file("README", "Other words\n");
    let done = repository.run(&[]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stderr.contains("none of 3 plans is touched: 1 file has changed since "), "{done:?}");
    // Where git cannot tell, nothing is left out.
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    let done = repository.run(&[]);
    let why = format!(
        "plan-run: what has changed cannot be told (there is no commit yet in {}), so {all}",
        repository.root.display()
    );
    assert!(done.stderr.contains(&why), "{done:?}");
    assert!(done.stdout.contains("(2 of 3 stages hold; 3 passed, 1 not claimed yet)"), "{done:?}");
}

#[test]
fn without_words_a_workflow_and_a_folder_without_git_have_everything_run() {
    let repository = repository();
    repository.file("docs/plans/a.md", CLAIMS).commit();
    let in_ci = finish(repository.command(&[]).env("CI", "true"));
    assert_eq!(in_ci.status, Some(1), "{in_ci:?}");
    assert!(in_ci.stdout.contains("4 passed, 1 failed") && !in_ci.stderr.contains("touched"), "{in_ci:?}");
    let space = Space::new();
    std::fs::remove_dir(space.at(".git")).expect("it can be removed");
    space.file("plan.md", CLAIMS).file("src/a.rs", "a\n");
    let done = space.run(&[]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stdout.contains("1 passed, 1 failed"), "{done:?}");
}

#[test]
fn the_users_index_and_the_repository_are_left_as_they_are() {
    let repository = repository();
    repository.file("src/a.rs", "b\n");
    // The index tells of a file that looks changed and is not.
    let touched = Command::new("touch").args(["-d", "2001-02-03"]).arg(repository.root.join("README")).status();
    assert!(touched.expect("touch runs").success());
    let before = repository.snapshot();
    repository.run(&["list", "--changed"]);
    assert_eq!(repository.snapshot(), before);
}
