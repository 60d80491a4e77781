//! Nothing breaks out of a report, and no report is written or removed anywhere but where it belongs.

use crate::support::attack::{NAME, hostile, hostile_plan, steering};
use crate::support::pages::{assert_sound, read_page};
use crate::support::space::Space;

/// A report of the hostile plan.
fn report(option: &str) -> String {
    let space = hostile();
    let done = space.run(&["run", option, "report", "plan.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let text = space.read("report");
    assert_eq!(steering(&text.replace("\r\n", "\n")), [], "{text}");
    text
}

#[test]
fn of_junit() {
    let text = report("--junit");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                cases += usize::from(name == "testcase");
                assert_ne!(name, "script");
            }
            _ => {}
        }
    }
    assert_eq!(cases, 6, "one for each check: {text}");
}

#[test]
fn of_a_page() {
    let text = report("--html");
    assert!(!text.contains("<script>alert") && !text.contains("<img") && !text.contains("src=\"http"), "{text}");
    assert_sound(&read_page(&text));
}

#[test]
fn of_markdown() {
    let text = report("--summary");
    let outside: String = text.split("```").step_by(2).collect();
    assert!(!outside.contains("<script") && !outside.contains("![x]"), "{text}");
}

#[test]
fn of_json() {
    for option in ["--json", "--ctrf"] {
        serde_json::from_str::<serde_json::Value>(&report(option)).expect("JSON");
    }
}

#[test]
fn the_names_of_reports_stay_in_their_folder() {
    let space = Space::new();
    let plan = hostile_plan();
    for name in [NAME, "..\\..\\canary.md", "con.md", "index.md", &format!("{}.md", "x".repeat(240)), " .md"] {
        space.file(&format!("plans/{name}"), &plan);
    }
    let done = space.run(&["run", "--report-dir", "reports", "plans/*.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let mut entries: Vec<String> = std::fs::read_dir(space.at("reports/plans"))
        .expect("there are reports")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    entries.sort();
    assert_eq!(entries.len(), 12, "{entries:?}");
    for name in entries {
        assert!(name.chars().all(|c| c.is_ascii_graphic() && !"/\\%<>\"'`|&".contains(c)), "{name}");
    }
    let top: Vec<_> = std::fs::read_dir(space.path())
        .expect("it is there")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(top.len(), 4, "nothing else was made: {top:?}");
}

#[test]
fn a_forged_index_removes_nothing_elsewhere() {
    let space = hostile();
    let index = r#"{"plans":[{"junit":"plans/../../precious.xml","summary":"../precious.md"},{"junit":"/etc/x.xml","summary":"plans/..\\precious.md"},{"junit":"plans/keep.txt"}]}"#;
    space
        .file("reports/index.json", index)
        .file("precious.xml", "x")
        .file("precious.md", "x")
        .file("reports/plans/keep.txt", "x");
    space.run(&["run", "--report-dir", "reports", "plan.md"]);
    for name in ["precious.xml", "precious.md", "reports/plans/keep.txt"] {
        assert!(space.at(name).exists(), "{name}");
    }
}

#[test]
fn nothing_is_left_beside_a_report_that_cannot_be_written() {
    let space = hostile();
    std::fs::create_dir(space.at("report")).expect("a folder can be made");
    let done = space.run(&["run", "--junit", "report", "plan.md"]);
    assert_eq!(done.status, Some(5), "{done:?}");
    let left = std::fs::read_dir(space.path()).expect("it is there");
    assert!(left.filter_map(Result::ok).all(|entry| !entry.file_name().to_string_lossy().contains(".tmp")));
}
