//! Rules that look at files: with the real binary, in a repository and outside of one.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use plan_run::config::Config;
use plan_run::lint::{RULES, Reads};
use plan_run::source::Source;
use serde_json::Value;

use crate::support::linting::findings;
use crate::support::space::Space;

const PLAN: &str = "# Implementation Plan: Read\n\n## Stage 1: Read ✅\n\n### Objective\n\nIt reads `src/raed.rs:3`, as \
                    [the design](desing.md) says.\n\n### Changes\n\n- [x] Change `read()`\n\n### Validation\n\n\
                    - [x] `sh ci/lost.sh`\n- [x] `make lost`\n- [x] `no-such-program-here --all`\n";

/// The codes that lint finds in a plan, those of rules that look at files.
fn codes(space: &Space, plan: &str) -> BTreeSet<String> {
    let shown = space.run(&["lint", "--format", "json", plan]);
    let found: Value = serde_json::from_str(&shown.stdout).expect("JSON");
    let files = |code: &str| RULES.iter().any(|rule| rule.code == code && rule.reads == Reads::Files);
    let all = found["plans"][0]["findings"].as_array().expect("a list");
    all.iter().filter_map(|finding| finding["code"].as_str()).filter(|code| files(code)).map(str::to_owned).collect()
}

#[test]
fn files_are_missed_in_a_repository_only() {
    let space = Space::new();
    space.file("plan.md", PLAN).file("src/read.rs", "fn read() {}\n");
    let missing: Vec<String> = codes(&space, "plan.md").into_iter().collect();
    let all = ["missing-document", "missing-file", "missing-make-target", "missing-program", "missing-script"];
    assert_eq!(missing, all);
    std::fs::remove_dir(space.at(".git")).expect("it is there and empty");
    assert_eq!(codes(&space, "plan.md"), BTreeSet::new());
    // A configuration alone makes no repository.
    space.file("plan-run.yaml", "timeout: 1m\n");
    assert_eq!(codes(&space, "plan.md"), BTreeSet::new());
}

#[test]
fn programs_are_looked_for_where_the_shell_would() {
    let mut space = Space::new();
    for program in ["npx", "docker", "here"] {
        space.file(&format!("programs/{program}"), "");
    }
    let folder = space.at("programs");
    space.env("PATH", folder.to_str().expect("a plain path"));
    let commands = [
        "npx inner-of-npx .", "docker exec db inner-of-docker", "here --all", "env A=1 here", "A=1 gone-one x",
        "here | gone-two -", "npx x && gone-three x", "PATH=/opt gone-four x", "command -v gone-five",
        "cd . && export A=1",
    ];
    let items: String = commands.iter().map(|command| format!("- [x] `{command}`\n")).collect();
    space.file("plan.md", &format!("# Plan\n\n## Stage 1: Read ✅\n\n### Validation\n\n{items}"));
    let shown = space.run(&["lint", "--format", "json", "plan.md"]);
    let found: Value = serde_json::from_str(&shown.stdout).expect("JSON");
    let all = found["plans"][0]["findings"].as_array().expect("a list");
    let missing: Vec<&str> = all
        .iter()
        .filter(|finding| finding["code"] == "missing-program")
        .filter_map(|finding| finding["message"].as_str()?.split('`').nth(1))
        .collect();
    assert_eq!(missing, ["gone-one", "gone-two", "gone-three"], "{}", shown.stdout);
}

#[test]
fn commands_count_from_the_root_that_is_set() {
    let space = Space::new();
    space.file("plan-run.yaml", "root: app\n").file("app/ci/check.sh", "").file("plan.md", "");
    let plan =
        "# Plan\n\n## Stage 1: Read ✅\n\n### Validation\n\n- [x] `sh ci/check.sh`\n- [x] `sh app/ci/check.sh`\n";
    space.file("plan.md", plan);
    let shown = space.run(&["lint", "plan.md"]);
    assert!(shown.stdout.contains("the script `app/ci/check.sh` is not there"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("the script `ci/check.sh` is not there"), "{}", shown.stdout);
}

#[test]
fn the_plans_of_this_repository_speak_of_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plans =
        ["ci/plan.md", "examples/quick-start.md", "examples/tdd.md", "examples/increments/word-count/implement.md"];
    for name in plans {
        let text = std::fs::read_to_string(root.join(name)).expect("the plan is there");
        let source = Arc::new(Source::from_text(name, text));
        let found = findings(&source, &Config::default(), None, Some(root));
        // What is installed is the machine's business.
        let files = |code: &str| RULES.iter().any(|rule| rule.code == code && rule.reads == Reads::Files);
        let told = found.iter().map(|finding| &finding.diagnostic).filter(|diagnostic| files(diagnostic.code));
        let told: Vec<String> = told
            .filter(|diagnostic| diagnostic.code != "missing-program")
            .map(|diagnostic| format!("{name}: {}", diagnostic.message))
            .collect();
        assert_eq!(told, Vec::<String>::new());
    }
}

/// All Markdown files below a folder.
fn below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let bytes = std::fs::read(&path).expect("it can be read");
            found.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

#[test]
fn whatever_a_plan_holds_lint_comes_to_an_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    below(&root.join("fuzz/seeds"), &mut texts);
    below(&root.join("tests/cases/lint"), &mut texts);
    below(&root.join("tests/cases/dialect/workstream"), &mut texts);
    let space = Space::new();
    space
        .file("src/read.rs", "fn read() {}\n")
        .file("Makefile", "all:\n")
        .file("package.json", "[")
        .file("Cargo.toml", "");
    for text in texts {
        for parts in 1..4 {
            let mut end = text.len() / parts;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let source = Arc::new(Source::from_text("docs/plan.md", &text[..end]));
            for dialect in [None, Some("workstream"), Some("staged")] {
                for finding in findings(&source, &Config::default(), dialect, Some(space.path())) {
                    let place = &finding.diagnostic.labels[0];
                    let lies_in = place.span.range().end <= source.text().len();
                    assert!(lies_in && !finding.diagnostic.message.contains('\n'), "{:?}", finding.diagnostic.message);
                }
            }
        }
    }
}
