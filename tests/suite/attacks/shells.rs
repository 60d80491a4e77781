//! No shell and no git takes a title, a name, a typed word or a variable for a command or an option.

use crate::support::history::Repository;
use crate::support::space::Space;

/// Words that make a file where a shell or a program takes them for more than words.
const COMMANDS: &str = "$(touch canary) `touch canary` ;touch canary; |touch canary & touch canary \" ' touch canary";

fn plan(title: &str) -> String {
    format!(
        "# Plan {title}\n\n## Stage 1: A {title}\n\n### Validation\n\n- [ ] `true`\n- [ ] `false`\n\n```sh\ncd .\ntrue\n```\n"
    )
}

/// Sees that nothing was made below a folder.
#[track_caller]
fn assert_no_canary(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let entry = entry.expect("an entry");
        assert_ne!(entry.file_name(), "canary", "{}", folder.display());
        if entry.file_type().expect("a kind").is_dir() {
            assert_no_canary(&entry.path());
        }
    }
}

#[test]
fn a_title() {
    let space = Space::new();
    space.file("plan.md", &plan("$(touch canary) ;touch canary; |touch canary"));
    for args in
        [&["run", "plan.md"][..], &["list", "plan.md"], &["explain", "plan.md"], &["run", "--resume", "plan.md"]]
    {
        assert!(space.run(args).status.is_some_and(|status| status < 2), "{args:?}");
    }
    assert_no_canary(space.path());
}

#[test]
fn the_name_of_a_plan() {
    let space = Space::new();
    let name = format!("{COMMANDS}.md");
    space.file(&name, &plan("x"));
    assert_eq!(space.run(&["run", "--retries", "1", &name]).status, Some(1));
    assert_eq!(space.run(&["run", "--rerun-failed", &name]).status, Some(1));
    assert_no_canary(space.path());
}

#[test]
fn the_name_of_a_folder() {
    let repository = Repository::new();
    let name = format!("{COMMANDS}/plan.md");
    repository.file(&name, &plan("x"));
    repository.commit();
    repository.file(&name, &plan("y"));
    for args in [
        &["run", &name][..],
        &["run", "--changed=HEAD"],
        &["prove", "--base", "HEAD", &name],
        &["run", "--cache", &name],
    ] {
        repository.run(args);
    }
    assert_no_canary(repository.space.path());
}

#[test]
fn the_name_of_a_plan_that_looks_like_an_option() {
    let space = Space::new();
    space.file("--junit=canary.md", &plan("x")).file("-j9.md", &plan("x"));
    assert_eq!(space.run(&["run", "--", "--junit=canary.md", "-j9.md"]).status, Some(1));
    assert_eq!(space.run(&["run", "*.md"]).status, Some(1));
    assert!(!space.at("canary.md").exists());
}

#[test]
fn a_commit_that_is_an_option_of_git() {
    let repository = Repository::new();
    repository.file("plan.md", &plan("x"));
    repository.commit();
    for word in [
        "--output=canary", "--upload-pack=touch canary", "-O canary", "--exec=touch canary", "--no-index",
        "x; touch canary",
    ] {
        let args: [&[&str]; 3] = [
            &["run", &format!("--changed={word}")],
            &["run", &format!("--lock-from={word}"), "plan.md"],
            &["bisect", "--check", "1.2", &format!("--good={word}"), "plan.md"],
        ];
        for args in args {
            let done = repository.run(args);
            assert_eq!(done.status, Some(2), "{args:?}: {done:?}");
        }
    }
    assert_no_canary(repository.space.path());
}

#[test]
fn the_name_of_a_branch() {
    let repository = Repository::new();
    repository.file("plan.md", &plan("x"));
    repository.commit();
    let branch = "$(touch${IFS}canary);`touch${IFS}canary`";
    repository.git(&["branch", branch]);
    repository.git(&["checkout", "-q", "-b", "it's|touch${IFS}canary"]);
    repository.file("plan.md", &plan("y"));
    for args in [
        &["run", &format!("--changed={branch}")][..],
        &["run", "--changed", "plan.md"],
        &["prove", "--base", branch, "plan.md"],
    ] {
        assert!(repository.run(args).status.is_some_and(|status| status < 5), "{args:?}");
    }
    assert_no_canary(repository.space.path());
}

#[test]
fn variables_of_the_user() {
    let mut space = Space::new();
    space.file("plan.md", &plan("x"));
    for name in [
        "COLUMNS", "LANG", "EDITOR", "PAGER", "GIT_PAGER", "GITHUB_REF", "GITHUB_BASE_REF", "GITHUB_SHA",
        "PLAN_RUN_JOB",
    ] {
        space.env(name, COMMANDS);
    }
    assert_eq!(space.run(&["run", "plan.md"]).status, Some(1));
    assert_no_canary(space.path());
}

#[test]
fn values_of_variables_are_values() {
    let space = Space::new();
    space.file("plan-run.yaml", &format!("env:\n  A: {}\n", serde_json::to_string(COMMANDS).expect("JSON")));
    space.file("plan.md", "# P\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `printf %s \"$A\" > seen`\n");
    assert_eq!(space.run(&["run", "plan.md"]).status, Some(0));
    assert_eq!(space.read("seen"), COMMANDS);
    assert_no_canary(space.path());
}

#[test]
fn a_folder_that_a_plan_names() {
    let space = Space::new();
    std::fs::create_dir(space.at("$(touch canary)")).expect("a folder can be made");
    space.file(
        "plan.md",
        "# P\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `pwd > ../seen; true` <!-- plan-run: cwd=$(touch canary) -->\n",
    );
    space.run(&["run", "plan.md"]);
    assert_no_canary(space.path());
}

#[test]
fn the_title_of_a_new_plan_stays_in_its_folder() {
    let space = Space::new();
    for title in ["../../canary", "/canary", "a/../../canary", "$(touch canary)", "\u{1b}]0;x\u{7}", "-x"] {
        space.run(&["new", "staged", title]);
        space.run(&["new", "staged", "--", title]);
    }
    assert_no_canary(space.path());
    assert!(!space.path().parent().expect("a folder").join("canary.md").exists());
}
