//! New plans: what is written, that it is read as it is meant, and that nothing is ever overwritten.

use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::space::{Finished, Space};

fn wrote(finished: &Finished) -> Vec<&str> {
    assert_eq!(finished.status, Some(0), "{finished:?}");
    finished.stdout.lines().filter_map(|line| line.strip_prefix("wrote ")).collect()
}

fn refused(finished: &Finished, code: i32, words: &str) {
    assert_eq!((finished.status, finished.stdout.as_str()), (Some(code), ""), "{finished:?}");
    assert!(finished.stderr.contains(words), "{words}: {finished:?}");
}

fn listed(space: &Space, plan: &str) -> Value {
    let finished = space.run(&["list", "--format", "json", plan]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let whole: Value = serde_json::from_str(&finished.stdout).expect("it is JSON");
    whole["plans"][0].clone()
}

/// For each stage its label, what it needs, and the kinds of its checks.
fn stages(plan: &Value) -> Vec<String> {
    let words = |list: &Value, key: &str| {
        let each = list.as_array().expect("a list").iter();
        each.map(|one| one.get(key).unwrap_or(one).as_str().expect("text").to_owned()).collect::<Vec<_>>().join(" ")
    };
    let all = plan["stages"].as_array().expect("stages").iter();
    all.map(|stage| {
        let (needs, kinds) = (words(&stage["depends_on"], ""), words(&stage["checks"], "kind"));
        format!("{} [{needs}] {kinds}", stage["id"].as_str().expect("text"))
    })
    .collect()
}

/// Every file below the folder, but for what plan-run itself keeps.
fn files(space: &Space) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![space.path().to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let name = entry.path().strip_prefix(space.path()).expect("below").to_str().expect("text").to_owned();
            match entry.file_type().expect("a type") {
                kind if kind.is_dir() && !name.starts_with('.') => open.push(entry.path()),
                kind if kind.is_dir() => {}
                _ => found.push(name),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_staged_plan_is_written_where_plans_are_found() {
    let space = Space::new();
    let finished = space.run(&["new", "staged", "Export the metrics"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let told = "wrote docs/plans/export-the-metrics.md

next: fill in the 22 places that say FILL IN; the comments tell what belongs there
  plan-run lint docs/plans/export-the-metrics.md    what is missing
  plan-run list docs/plans/export-the-metrics.md    the stages and checks that are read
";
    assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), (told, ""));
    let text = space.read("docs/plans/export-the-metrics.md");
    assert_eq!(text.matches("FILL IN").count(), 22);
    assert!(text.starts_with("# Implementation Plan: Export the metrics\n\n<!--\n"), "{text}");
    let plan = listed(&space, "docs/plans/export-the-metrics.md");
    assert_eq!(plan["dialect"], "staged");
    assert_eq!(stages(&plan), ["1 [] manual", "2 [1] manual", "3 [2] manual"]);
    assert_eq!(space.run(&[]).status, Some(4), "nothing in it is a command yet");
    assert_eq!(space.run(&["--scope=claimed"]).status, Some(0), "nothing in it is claimed yet");
}

#[test]
fn an_increment_is_a_folder_with_three_documents() {
    let space = Space::new();
    let finished = space.run(&["new", "increment", "csv-export", "--title", "Export as CSV"]);
    let names = ["increment.md", "design.md", "implement.md"].map(|name| format!("increments/csv-export/{name}"));
    assert_eq!(wrote(&finished), names);
    assert!(finished.stdout.contains("\n  plan-run list increments/csv-export/implement.md "), "{finished:?}");
    let titles =
        ["# Increment: Export as CSV\n", "# Design: Export as CSV\n", "# Implementation Plan: Export as CSV\n"];
    for (name, title) in names.iter().zip(titles) {
        assert!(space.read(name).starts_with(title), "{name}");
    }
    let plan = listed(&space, &names[2]);
    assert_eq!(plan["dialect"], "workstream");
    assert_eq!(stages(&plan), ["A.1 [] manual", "A.2 [A.1] manual", "testing-plan [A.2] manual"]);
    let found = space.run(&["list"]);
    assert_eq!(found.stderr, "plan-run: found 1 plan: increments/csv-export/implement.md\n");
    assert_eq!(wrote(&space.run(&["new", "increment", "csv_import.v2", "--dir", "work"])).len(), 3);
    assert!(space.read("work/csv_import.v2/implement.md").starts_with("# Implementation Plan: Csv import.v2\n"));
}

#[test]
fn what_is_written_passes_lint() {
    let space = Space::new();
    space.file("docs/design.md", "# Design\n");
    let counts = ["1", "2", "3", "50"];
    for count in counts {
        wrote(&space.run(&["new", "staged", &format!("With {count} stages"), "--stages", count]));
        let plan = listed(&space, &format!("docs/plans/with-{count}-stages.md"));
        assert_eq!(stages(&plan).len().to_string(), count);
    }
    wrote(&space.run(&["new", "staged", "With a design", "--design", "docs/design.md"]));
    wrote(&space.run(&["new", "increment", "csv-export"]));
    // Warnings may say that commands and places in the code are still to be filled in.
    let finished = space.run(&["lint"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stderr.starts_with("plan-run: found 6 plans: "), "{finished:?}");
}

#[test]
fn nothing_is_overwritten() {
    let space = Space::new();
    space.file("docs/plans/export.md", "mine");
    let there = "docs/plans/export.md is there already; nothing was written";
    refused(&space.run(&["new", "staged", "Export"]), 2, there);
    assert_eq!(space.read("docs/plans/export.md"), "mine");
    for name in ["increment.md", "design.md", "implement.md"] {
        let space = Space::new();
        let path = format!("increments/csv/{name}");
        space.file(&path, "mine");
        refused(&space.run(&["new", "increment", "csv"]), 2, &format!("{path} is there already; nothing was written"));
        assert_eq!((files(&space), space.read(&path)), (vec![path.clone()], "mine".to_owned()));
        // A link that leads nowhere is there as well.
        std::fs::remove_file(space.at(&path)).expect("it can be removed");
        symlink("/nowhere/at/all", space.at(&path)).expect("a link can be made");
        let finished = space.run(&["new", "increment", "csv"]);
        refused(&finished, 5, &format!("{path} is there already; nothing was written"));
        assert_eq!(files(&space), [path]);
    }
    let space = Space::new();
    space.file("increments/csv/notes.md", "mine");
    assert_eq!(wrote(&space.run(&["new", "increment", "csv"])).len(), 3, "what else lies there is in nobody's way");
    assert_eq!(space.read("increments/csv/notes.md"), "mine");
}

#[test]
fn of_several_calls_at_once_one_writes() {
    let space = Space::new();
    let calls: Vec<_> = (0..8)
        .map(|number| {
            let title = format!("Call {number}");
            let mut command = space.command(&["new", "staged", &title, "--output", "plan.md"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            command.spawn().expect("the binary starts")
        })
        .collect();
    let codes: Vec<Option<i32>> = calls.into_iter().map(|mut call| call.wait().expect("it ends").code()).collect();
    let winner = codes.iter().position(|code| *code == Some(0)).expect("one writes");
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    let text = space.read("plan.md");
    assert!(text.starts_with(&format!("# Implementation Plan: Call {winner}\n")) && text.ends_with("-->\n"), "{text}");
    assert_eq!(files(&space), ["plan.md"]);
}

#[test]
fn a_title_is_read_as_it_was_given() {
    let space = Space::new();
    let titles = [
        "Support `Vec<T>` and <T> & more",
        "Learn C #",
        "Learn C#",
        "###",
        "One ` tick",
        "<!-- plan-run: ignore -->",
        "{stages} {design}",
        "\u{9032}\u{6357}\u{3092}\u{8a18}\u{9332}",
        "Gr\u{f6}\u{df}e \u{e9}t\u{e9}",
        "- [ ] a box",
        "1. a list",
        "--help",
        "C:\\path\\to",
        "---",
    ];
    for (number, title) in titles.iter().enumerate() {
        let file = format!("{number}.md");
        let finished = space.run(&["new", "staged", "--output", &file, "--", title]);
        assert_eq!(wrote(&finished), [file.as_str()], "{title}");
        let plan = listed(&space, &file);
        assert_eq!(
            plan["title"],
            format!("Implementation Plan: {}", title.replace('`', "")).replace("One  ", "One ` "),
            "{title}"
        );
        assert_eq!(stages(&plan).len(), 3, "{title}");
    }
    wrote(&space.run(&["new", "staged", "implementation plan: Once is enough"]));
    assert!(space.read("docs/plans/once-is-enough.md").starts_with("# Implementation Plan: Once is enough\n"));
    let long = "word ".repeat(40);
    wrote(&space.run(&["new", "staged", &long]));
    assert!(space.at("docs/plans/word-word-word-word-word-word-word-word.md").exists());
    wrote(&space.run(&["new", "staged", titles[7]]));
    assert!(space.at(&format!("docs/plans/{}.md", titles[7])).exists());
}

#[test]
fn titles_and_names_that_cannot_be_meant_are_refused() {
    let space = Space::new();
    let staged = |title: &str| space.run(&["new", "staged", "--", title]);
    refused(&staged(" "), 2, "the title is empty");
    refused(&staged("Implementation Plan: "), 2, "the title is empty");
    for title in ["two\nlines", "a\ttab", "\u{1b}[31mred", "bell\u{7}", "\u{202e}turned", "a\u{2028}b"] {
        refused(&staged(title), 2, "the title has a line break, or a character that cannot be seen");
    }
    refused(&staged(&"x".repeat(201)), 2, "the title is longer than 200 characters");
    refused(&staged("!?"), 2, "no letter or digit to make the name of a file of; name it with --output");
    for stages in ["0", "51", "-1", "many"] {
        refused(
            &space.run(&["new", "staged", "A", &format!("--stages={stages}")]),
            2,
            "not a whole number from 1 to 50",
        );
    }
    let increment = |slug: &str| space.run(&["new", "increment", "--", slug]);
    for slug in
        ["../up", "/root", "a/b", "a\\b", ".hidden", "..", "-x", "--dir", "two words", "a\nb", "a\u{7}", "\u{202e}a"]
    {
        refused(&increment(slug), 2, "cannot be the name of an increment's folder; it takes letters, digits,");
    }
    refused(&increment("Two words"), 2, "such as `two-words`");
    refused(&increment(""), 2, "the name of the increment is empty");
    refused(&increment(&"x".repeat(101)), 2, "is longer than 100 bytes");
    refused(&space.run(&["new", "increment", "csv", "--title", "a\nb"]), 2, "the title has a line break");
    refused(&space.run(&["new", "increment", "csv", "--dir", "none/../.."]), 2, "it is not the name of a file");
    refused(&space.run(&["new"]), 2, "Usage: plan-run new");
    assert_eq!(files(&space), Vec::<String>::new());
}

#[test]
fn the_design_is_linked_from_where_the_plan_is() {
    let space = Space::new();
    space.file("docs/The [new] design.md", "# Design\n").file("sub/here.md", "");
    let line = |words: &[&str], file: &str| {
        wrote(&space.run(&[&["new", "staged", "--design", "docs/The [new] design.md"], words].concat()));
        space.read(file).lines().find(|line| line.starts_with("**Design**")).expect("the line").to_owned()
    };
    let link = |path: &str| format!("**Design**: [The \\[new\\] design.md]({path}The%20%5Bnew%5D%20design.md)");
    assert_eq!(line(&["One"], "docs/plans/one.md"), link("../"));
    assert_eq!(line(&["Two", "--output", "two.md"], "two.md"), link("docs/"));
    assert_eq!(line(&["Three", "--output", "sub/../docs/three.md"], "docs/three.md"), link(""));
    refused(&space.run(&["new", "staged", "Four", "--design", "none.md"]), 2, "--design: `none.md` ");
    refused(&space.run(&["new", "staged", "Four", "--design", "docs"]), 2, "--design: `docs` is a directory");
    assert!(!space.at("docs/plans/four.md").exists());
}

#[test]
fn where_it_goes_is_told_if_no_call_will_find_it() {
    let space = Space::new();
    let hint = "\n`plan-run` without a name does not find the plan where it is: ";
    let told = |args: &[&str]| space.run(&[&["new"], args].concat());
    assert!(!told(&["staged", "One"]).stdout.contains(hint));
    assert!(told(&["staged", "Two", "--output", "notes/two.md"]).stdout.contains(hint));
    assert!(told(&["increment", "three", "--dir", "work"]).stdout.contains(hint));
    assert!(!told(&["increment", "four", "--dir", "packages/a/increments"]).stdout.contains(hint));
    space.file("plan-run.yaml", "plans: [\"work/*/implement.md\"]\n");
    assert!(told(&["staged", "Five"]).stdout.contains(hint));
    assert!(!told(&["increment", "six", "--dir", "work"]).stdout.contains(hint));
    // A line to be copied has no name that a shell would take apart.
    let odd = told(&["staged", "Seven", "--output", "it's odd.md"]);
    assert!(odd.stdout.contains("\n  plan-run lint PLAN "), "{odd:?}");
    space.file("plan-run.yaml", "jobs: many\n");
    refused(&told(&["staged", "Eight"]), 2, "`jobs` must be a whole number");
}

#[test]
fn below_a_folder_it_is_the_repository_that_counts() {
    let space = Space::new();
    space.file("sub/a.txt", "");
    let mut command = space.command(&["new", "staged", "One"]);
    let output = command.current_dir(space.at("sub")).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0));
    assert!(space.at("docs/plans/one.md").exists());
}

#[test]
fn standard_output_takes_a_plan_and_a_file_no_folder() {
    let space = Space::new();
    let finished = space.run(&["new", "staged", "!", "--output", "-"]);
    assert!(finished.stdout.starts_with("# Implementation Plan: !\n"), "{finished:?}");
    assert_eq!(files(&space), Vec::<String>::new());
    space.file("file", "");
    refused(&space.run(&["new", "staged", "A", "--output", "file/plan.md"]), 5, "cannot write ");
    refused(&space.run(&["new", "staged", "A", "--output", "/"]), 2, "it is not the name of a file");
    refused(&space.run(&["new", "staged", "A", "--output", "."]), 2, "there already; nothing was written");
}
