//! What earlier runs say of a check: kept small beside the runs, damaged or not, and used by the next run.

use std::path::Path;
use std::time::Duration;

use plan_run::event::{CheckRef, End, Event, Happening};
use plan_run::history::{Ahead, History, Past, Recorder, Usual};
use plan_run::host::RealHost;
use plan_run::journal::Runs;
use plan_run::outcome::Outcome;
use plan_run::plan::CheckId;
use plan_run::roster::Roster;

use crate::support::plans::Sketch;
use crate::support::space::Space;

/// Two checks and one for a person.
fn roster(space: &Space) -> Roster {
    let sketch = Sketch::new("docs/plan.md", space.path()).stage("1", &[]).run("one").run("two").manual();
    let mut roster = Roster::of(&sketch.selection(), Vec::new());
    roster.run = Some("20300101T000000.000Z-00000000".to_owned());
    roster
}

fn runs(space: &Space) -> Runs {
    Runs::of_repository(space.path())
}

fn id(roster: &Roster, check: u32) -> String {
    plan_run::history::check_id(roster.plans[0].check(CheckId(check)).expect("it is there")).expect("it has a command")
}

/// A line of a run on a day, in which a check took some seconds.
fn line(roster: &Roster, day: u32, outcome: &str, took: f64) -> String {
    format!(
        r#"{{"schema":"plan-run/history/v1","run":"202901{day:02}T000000.000Z-00000000","plan":"docs/plan.md","checks":[{{"id":"{}","outcome":"{outcome}","took":{took},"peak_memory":{}}}]}}"#,
        id(roster, 0),
        day * 1000,
    )
}

fn read(space: &Space, roster: &Roster) -> (Past, Vec<String>) {
    let (mut history, told) = History::read(&runs(space), roster, &RealHost);
    let read = (history.take_past(), told);
    // What is read before the roster is known says the same, whatever plans it was expected to be about.
    for plans in [&["docs/plan.md"][..], &["docs/other.md", "docs/plan.md"], &[]] {
        let plans = plans.iter().map(|&plan| plan.to_owned()).collect();
        let ahead = Ahead::start(&runs(space), plans, roster.nightly, &RealHost);
        let (mut history, told) = ahead.finish(roster, &RealHost);
        assert_eq!((history.take_past(), told), read);
    }
    read
}

fn first(past: &Past) -> Option<Usual> {
    past.plans.first()?.first().copied().flatten()
}

#[test]
fn the_median_of_the_newest_runs_that_passed_counts() {
    let space = Space::new();
    let roster = roster(&space);
    let times = [1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 5.0, 2.0, 90.0, 6.0, 6.0, 6.0, 6.0];
    let mut lines: Vec<String> = (1..).zip(times).map(|(day, took)| line(&roster, day, "passed", took)).collect();
    lines.push(line(&roster, 20, "exit-code", 0.1));
    // Files are joined by writing one behind the other, so the order of the lines says nothing, and some come twice.
    lines.rotate_left(5);
    lines.push(lines[0].clone());
    space.file(".plan-run/history", &(lines.join("\n") + "\n"));
    let (past, told) = read(&space, &roster);
    assert_eq!(told, Vec::<String>::new());
    let expected = Usual {
        took: Duration::from_millis(5500),
        deviation: Duration::from_millis(500),
        peak_memory: Some(13_000),
        runs: 10,
    };
    assert_eq!(past.plans, [vec![Some(expected), None, None]]);
}

#[test]
fn lines_older_than_what_counts_are_not_taken_apart() {
    let space = Space::new();
    let roster = roster(&space);
    // The plan has three checks, of which each line knows one.
    let mut lines: Vec<String> = (2..32).map(|day| line(&roster, day, "passed", 2.0)).collect();
    // Whole to the eye; who takes it apart tells of it.
    let old = line(&roster, 1, "passed", 2.0).replace("\"took\"", "\"lasted\"");
    // The order of joined files says nothing of age.
    lines.push(old.clone());
    space.file(".plan-run/history", &(lines.join("\n") + "\n"));
    assert_eq!(read(&space, &roster).1, Vec::<String>::new());
    lines.remove(0);
    space.file(".plan-run/history", &(lines.join("\n") + "\n"));
    assert_eq!(read(&space, &roster).1.len(), 1, "with one run less it is needed");
}

#[test]
fn a_line_may_stand_in_any_form_of_json() {
    let space = Space::new();
    let roster = roster(&space);
    let written = line(&roster, 1, "passed", 2.5);
    let other = |from: &str, to: &str| {
        assert!(written.contains(from), "{from}");
        written.replacen(from, to, 1)
    };
    let same = [
        written.clone(),
        other("\"took\":2.5", "\"took\": 2.5"),
        other("2.5", "25e-1"),
        other("passed", "p\\u0061ssed"),
        other("\"took\":2.5,", "\"took\":2.5,\"cpu\":0.25,\"later\":[1],"),
        other(",\"checks\"", ",\"commit\":\"abc\",\"checks\""),
        other("}]}", "},{\"id\":\"x\",\"outcome\":\"passed\",\"took\":1}]}"),
        other("}]}", "} ] } "),
    ];
    for line in same {
        space.file(".plan-run/history", &line);
        let (past, told) = read(&space, &roster);
        assert_eq!(told, Vec::<String>::new(), "{line}");
        let usual = first(&past).expect("it is known");
        assert_eq!((usual.took, usual.peak_memory), (Duration::from_millis(2500), Some(1000)), "{line}");
    }
    // Each is the number that is nearest to what stands there, however many digits that has.
    for took in ["0.000001", "12.000105", "0.1", "3", "1234567.654321", "0.30000000000000004", "10000000000.0000000001"]
    {
        space.file(".plan-run/history", &other("2.5", took));
        let took = took.parse().map(Duration::from_secs_f64).expect("a number");
        assert_eq!(first(&read(&space, &roster).0).map(|usual| usual.took), Some(took));
    }
    let damaged = [
        other("2.5", "2.5.1"),
        other("2.5", "02.5"),
        other("2.5", "2."),
        other("2.5", ".5"),
        other("2.5", "\"2.5\""),
        other("1000", "1000.5"),
        other("}]}", "},]}"),
        other("}]}", "}{}]}"),
        other("\"outcome\":\"passed\",", ""),
        other("passed", "pas\u{1}sed"),
    ];
    for line in damaged {
        space.file(".plan-run/history", &line);
        let (past, told) = read(&space, &roster);
        assert_eq!((first(&past), told.len()), (None, 1), "{line}");
    }
}

#[test]
fn of_what_never_passed_all_runs_count() {
    let space = Space::new();
    let roster = roster(&space);
    space.file(".plan-run/history", &line(&roster, 1, "exit-code", 3.0));
    assert_eq!(first(&read(&space, &roster).0).map(|usual| usual.took), Some(Duration::from_secs(3)));
}

#[test]
fn what_is_damaged_is_told_passed_over_and_dropped_with_the_next_run() {
    let space = Space::new();
    let roster = roster(&space);
    let good = line(&roster, 1, "passed", 2.0);
    let other = r#"{"schema":"plan-run/history/v9","run":"x","plan":"docs/plan.md","checks":3}"#;
    let torn = &good[..good.len() - 9];
    space.file(".plan-run/history", &format!("{good}\n{other}\nrubbish\n{torn}\n"));
    let told = read(&space, &roster).1;
    let (mut history, _) = History::read(&runs(&space), &roster, &RealHost);
    let file = space.at(".plan-run/history");
    assert_eq!(told, [format!("line 2 and 2 more of {} cannot be read and are passed over", file.display())]);
    assert_eq!(first(&history.take_past()).map(|usual| usual.took), Some(Duration::from_secs(2)));
    history.add(&Recorder::default(), &roster, &RealHost).expect("it can be written");
    assert_eq!(space.read(".plan-run/history"), format!("{good}\n{other}\n"));
}

#[test]
fn it_stays_small() {
    let space = Space::new();
    let roster = roster(&space);
    let others = line(&roster, 1, "passed", 1.0).replace("docs/plan.md", "docs/other.md");
    let days: Vec<String> = (1..60).map(|day| line(&roster, day, "passed", 1.0)).collect();
    space.file(".plan-run/history", &format!("{others}\n{}\n", days.join("\n")));
    let (history, _) = History::read(&runs(&space), &roster, &RealHost);
    let mut recorder = Recorder::default();
    let end = End { status: Some(0), took: Duration::from_secs(1), ..End::without_run(Outcome::Passed) };
    let check = CheckRef { plan: 0, check: CheckId(0) };
    recorder.hear(&Event { number: 1, at: Duration::ZERO, what: Happening::CheckEnded { check, end } });
    history.add(&recorder, &roster, &RealHost).expect("it can be written");
    let kept = space.read(".plan-run/history");
    assert_eq!(kept.lines().count(), 21, "{kept}");
    assert_eq!(kept.lines().next(), Some(others.as_str()));
    assert!(kept.lines().last().is_some_and(|line| line.contains("20300101T000000.000Z-00000000")), "{kept}");
}

/// The labels of the checks in the order in which the newest run started them.
fn started(space: &Space) -> Vec<String> {
    let folder = runs(space).find(None, space.path(), &RealHost).expect("there is a run").0;
    let events = std::fs::read_to_string(folder.join("events.ndjson")).expect("it has a journal");
    let events: Vec<serde_json::Value> =
        events.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let checks = events.iter().find(|event| event["type"] == "plan").expect("it has a plan")["checks"].clone();
    let starts = events.iter().filter(|event| event["type"] == "check-started");
    let label = |start: &serde_json::Value| {
        let check = start["check"].as_u64().expect("a number") as usize;
        checks[check]["label"].as_str().expect("a label").to_owned()
    };
    starts.map(label).collect()
}

const PLAN: &str = "# Implementation Plan: Two

## Stage 1: Short

### Validation

- [ ] `sh short.sh`

## Stage 2: Long

### Validation

- [ ] `sh long.sh`
";

fn two() -> Space {
    let space = Space::new();
    space.file("plan.md", PLAN).file("short.sh", "exit 0\n").file("long.sh", "sleep 0.5\n");
    space
}

#[test]
fn what_takes_long_starts_first_from_the_second_run_on() {
    let space = two();
    assert_eq!(space.run(&["plan.md", "-j", "1"]).status, Some(0));
    assert_eq!(started(&space), ["1.1", "2.1"]);
    assert_eq!(space.run(&["plan.md", "-j", "1"]).status, Some(0));
    assert_eq!(started(&space), ["2.1", "1.1"]);
}

#[test]
fn the_journals_of_earlier_runs_do_where_there_is_no_history_yet() {
    let space = two();
    assert_eq!(space.run(&["plan.md", "-j", "1"]).status, Some(0));
    let kept = space.read(".plan-run/history");
    std::fs::remove_file(space.at(".plan-run/history")).expect("it is there");
    assert_eq!(space.run(&["plan.md", "-j", "1"]).status, Some(0));
    assert_eq!(started(&space), ["2.1", "1.1"]);
    assert!(space.read(".plan-run/history").starts_with(&kept), "what was folded is kept");
}

#[test]
fn a_damaged_history_is_a_warning() {
    let space = two();
    space.file(".plan-run/history", "\0\0\0\n");
    let finished = space.run(&["plan.md", "--progress", "none"]);
    assert_eq!(finished.status, Some(0));
    assert!(finished.stderr.contains("plan-run: line 1 of "), "{}", finished.stderr);
    assert!(finished.stderr.contains("history cannot be read and is passed over"), "{}", finished.stderr);
    assert!(!space.run(&["plan.md", "--progress", "none"]).stderr.contains("history"));
}

#[test]
fn a_folder_that_the_user_chose_has_its_history_inside() {
    let space = two();
    assert_eq!(space.run(&["plan.md", "--runs", "kept"]).status, Some(0));
    assert!(space.read("kept/.history").contains("\"plan\":\"plan.md\""));
    assert!(!Path::exists(&space.at("history")) && !Path::exists(&space.at(".plan-run")));
}
