//! The verb `history`: what is kept of checks, for people and for programs.

use serde_json::Value;

use crate::support::schema::Schema;
use crate::support::space::Space;

/// A line of a run on a day; each check as label, outcome, seconds and tries.
fn line(day: u32, plan: &str, commit: &str, checks: &[(&str, &str, f64, u32)]) -> String {
    let sample = |(label, outcome, took, tries): &(&str, &str, f64, u32)| {
        let tries = if *tries > 1 { format!(",\"tries\":{tries}") } else { String::new() };
        format!("{{\"id\":\"of-{label}\",\"outcome\":\"{outcome}\",\"took\":{took},\"label\":\"{label}\"{tries}}}")
    };
    let checks: Vec<String> = checks.iter().map(sample).collect();
    format!(
        "{{\"schema\":\"plan-run/history/v1\",\"run\":\"202901{day:02}T000000.000Z-00000000\",\"plan\":\"{plan}\",\"commit\":\"{commit}\",\
         \"nightly\":true,\"checks\":[{}]}}\n",
        checks.join(",")
    )
}

fn space() -> Space {
    let space = Space::new();
    let old = "{\"schema\":\"plan-run/history/v1\",\"run\":\"20281231T000000.000Z-00000000\",\"plan\":\"a.md\",\"checks\":\
               [{\"id\":\"of-1.1\",\"outcome\":\"passed\",\"took\":1}]}\n";
    let lines = [
        old.to_owned(),
        line(1, "a.md", "c1", &[("1.1", "passed", 2.0, 1), ("1.2", "passed", 4.0, 1)]),
        line(2, "a.md", "c1", &[("1.1", "passed", 8.0, 1), ("1.2", "exit-code", 4.0, 1)]),
        line(3, "a.md", "c2", &[("1.1", "passed", 4.0, 1), ("1.2", "passed", 4.0, 2)]),
        line(3, "b.md", "c2", &[("1.1", "timeout", 9.0, 1)]),
    ];
    // Joined files may have lines twice, in any order.
    let text = [&lines[3..], &lines[..], &["{torn\n".to_owned()]].concat().concat();
    space.file(".plan-run/history", &text);
    space
}

#[test]
fn the_most_troubled_checks_come_first() {
    let space = space();
    let finished = space.run(&["history"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let told = "\
check     newest last              passed  flaky      p50      p95
b.md#1.1  x                           0/1      0
a.md#1.2  #x?                         2/3      2     4.0s     4.0s
a.md#1.1  ,-#=                        4/4      0     2.0s     8.0s
";
    let lines: Vec<&str> = finished.stdout.lines().map(str::trim_end).collect();
    assert_eq!(lines, told.lines().collect::<Vec<_>>());
    assert_eq!(finished.stderr, "plan-run: 1 line of the history cannot be read; the others are shown\n");
    let mut space = space;
    space.env("LC_ALL", "C.UTF-8");
    assert!(space.run(&["history"]).stdout.contains("\u{2582}\u{2583}\u{2588}\u{2585}"), "a font with bars");
    space.env("COLUMNS", "70");
    assert!(space.run(&["history"]).stdout.lines().all(|line| line.chars().count() <= 70));
}

#[test]
fn one_check_is_shown_run_by_run() {
    let space = space();
    let told = |args: &[&str]| {
        let finished = space.run(&[&["history"], args].concat());
        assert_eq!(finished.status, Some(0), "{finished:?}");
        finished.stdout
    };
    let one = told(&["a.md#1.2"]);
    let list = "
a.md#1.2
  20290103T000000.000Z-00000000  c2            passed             4.0s  night  at try 2
  20290102T000000.000Z-00000000  c1            exit-code          4.0s  night
  20290101T000000.000Z-00000000  c1            passed             4.0s  night
";
    assert!(one.ends_with(list), "{one}");
    assert_eq!(told(&["1.1", "b.md"]).matches("b.md#1.1").count(), 2);
    assert!(!told(&["b.md"]).contains("a.md"), "a plan alone is all of its checks");
    let whole: Value = serde_json::from_str(&told(&["--format", "json"])).expect("it is JSON");
    let schema = Schema::read("history.schema.json");
    schema.check(&whole);
    assert_eq!(schema.unused(std::slice::from_ref(&whole)), Vec::<&str>::new());
    let last = &whole["checks"][2];
    assert_eq!((&last["label"], &last["runs"][0]["took"]), (&"1.1".into(), &1.0.into()));
    let unknown = space.run(&["history", "9.9"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (Some(2), ""), "{unknown:?}");
    assert_eq!(Space::new().run(&["history"]).status, Some(4));
}
