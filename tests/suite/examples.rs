//! Every plan of `examples` runs as the file of its name in `examples/expected` says.
//!
//! What is compared are the stages and how each check ended: the reading comes from `list --format json`, the ends come
//! from the JUnit report, so nothing depends on times. `PLAN_RUN_UPDATE=1` rewrites the files.

use std::fmt::Write as _;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::support::cases::diff::diff;
use crate::support::space::Space;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How the checks of a JUnit report ended, in its order: `passed`, or the element that says otherwise and its type.
fn ends(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut found: Vec<String> = Vec::new();
    loop {
        let element = match reader.read_event().expect("the report is well-formed") {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return found,
            _ => continue,
        };
        match element.name().as_ref() {
            b"testcase" => found.push("passed".to_owned()),
            b"failure" | b"error" | b"skipped" => {
                let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                *found.last_mut().expect("it stands in a test case") = format!("{name}{}", kind(&element));
            }
            _ => {}
        }
    }
}

fn kind(element: &BytesStart<'_>) -> String {
    let attribute = element.try_get_attribute("type").expect("the report is well-formed");
    attribute.map_or_else(String::new, |kind| format!(" {}", String::from_utf8_lossy(&kind.value)))
}

/// Runs an example and tells what came of it.
fn outcome(plan: &str, arguments: &[&str]) -> String {
    let space = Space::new();
    let report = space.at("report.xml").display().to_string();
    let run = |arguments: &[&str]| {
        let done = space.command(arguments).current_dir(root()).output().expect("the binary starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    };
    let (_, listed, problems) = run(&["list", "--format", "json", plan]);
    let listed: Value = serde_json::from_str(&listed).unwrap_or_else(|error| panic!("{error}: {problems}"));
    let mut words = vec!["run", "--progress", "none", "--root", ".", "--junit", &report];
    words.extend(arguments);
    words.push(plan);
    let (status, _, problems) = run(&words);
    let xml = std::fs::read_to_string(&report).unwrap_or_else(|error| panic!("{error}: {problems}"));
    let mut out = format!("exit {}\n", status.map_or_else(|| "by a signal".to_owned(), |status| status.to_string()));
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut ends = ends(&xml).into_iter();
    for stage in listed["plans"][0]["stages"].as_array().expect("a plan has stages") {
        let needs: Vec<&str> = stage["depends_on"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(" after {}", needs.join(" ")) };
        let _ = writeln!(out, "{} {}{needs}", text(stage, "id"), text(stage, "title"));
        for check in stage["checks"].as_array().into_iter().flatten() {
            let end = ends.next().expect("the report has every check");
            let words = check["command"].as_str().map_or_else(|| text(check, "text"), str::to_owned);
            let _ = writeln!(out, "  {} {} {end}: {words}", text(check, "id"), text(check, "kind"));
        }
    }
    assert_eq!(ends.next(), None, "the report has a check that the plan does not have");
    out
}

fn check(plan: &str, arguments: &[&str], expected: &str) {
    let actual = outcome(&format!("examples/{plan}"), arguments);
    let path = root().join("examples/expected").join(expected);
    if std::env::var_os("PLAN_RUN_UPDATE").is_some() {
        assert!(std::env::var_os("CI").is_none(), "PLAN_RUN_UPDATE is refused where CI is set");
        std::fs::write(&path, actual).expect("the expectation can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(expected == actual, "{} differs\n{}", path.display(), diff(&expected, &actual));
}

#[test]
fn quick_start() {
    check("quick-start.md", &[], "quick-start.txt");
}

#[test]
fn diagram() {
    check("diagram.md", &[], "diagram.txt");
}

#[test]
fn increment() {
    check("increments/word-count/implement.md", &[], "word-count.txt");
}

#[test]
fn red_steps_are_left_out() {
    check("tdd.md", &[], "tdd.txt");
}

#[test]
fn red_steps_fail_when_they_are_asked_for() {
    check("tdd.md", &["--red"], "tdd-red.txt");
}

#[test]
fn red_steps_of_a_proof_are_left_out() {
    check("proof.md", &[], "proof.txt");
}

#[test]
fn a_failing_stage_blocks_what_is_built_on_it() {
    check("failing.md", &[], "failing.txt");
}

#[test]
fn no_example_is_forgotten() {
    let source = include_str!("examples.rs");
    let walk = ignore::Walk::new(root().join("examples")).map(|entry| entry.expect("the examples can be read"));
    let mut seen = 0;
    for entry in walk.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "md")) {
        let name = entry.path().strip_prefix(root().join("examples")).expect("it lies there");
        let name = name.display().to_string();
        if matches!(entry.file_name().to_str(), Some("README.md" | "increment.md" | "design.md")) {
            continue;
        }
        assert!(source.contains(&format!("check(\"{name}\"")), "no test runs {name}");
        seen += 1;
    }
    assert!(seen >= 5, "there are {seen} examples only");
}
