//! What later steps of a workflow can ask of a run: `--github-output`.

use std::collections::BTreeMap;
use std::path::Path;

use plan_run::outcome::Outcome;
use plan_run::report::{StageStatus, Verdict, step_outputs};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::hostile;
use crate::support::outputs::read_outputs;
use crate::support::reports::{Outputs, check, everything, run_of, stage};
use crate::support::schema::Schema;
use crate::support::space::Space;
use crate::support::whole::{space, staged};

fn stages(outputs: &BTreeMap<String, String>) -> Vec<Value> {
    let stages: Value = serde_json::from_str(&outputs["stages"]).expect("JSON");
    Schema::read("stages.schema.json").check(&stages);
    stages.as_array().expect("a list").clone()
}

#[test]
fn a_run_tells_how_it_ended_and_where_its_files_are() {
    let space = space(&[("1", "", &["true", "false", "- [ ] Manual: look at it"]), ("2", "Stage 1", &["true"])]);
    let finished = space.run(&["plan.md", "--junit", "out/r.xml", "--github-output=outputs"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let outputs = read_outputs(&space.read("outputs"));
    let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["events", "failed", "junit", "passed", "run", "stages", "stages-left-out", "status"]);
    let counts = ["status", "passed", "failed", "stages-left-out"].map(|name| outputs[name].as_str());
    assert_eq!(counts, ["fails", "1", "1", "0"]);
    for name in ["junit", "events"] {
        assert!(Path::new(&outputs[name]).is_absolute() && Path::new(&outputs[name]).is_file(), "{outputs:?}");
    }
    assert_eq!(Path::new(&outputs["events"]).parent(), Some(Path::new(&outputs["run"])));
    let stages = stages(&outputs);
    let of = |index: usize| {
        let stage: &Value = &stages[index];
        format!("{} {} {} {}", stage["status"], stage["passed"], stage["failed"], stage["not_run"])
    };
    assert_eq!((stages.len(), of(0), of(1)), (2, "\"fails\" 1 1 1".to_owned(), "\"blocked\" 0 0 1".to_owned()));
    assert_eq!((&stages[1]["blocked_by"], &stages[1]["plan"]), (&"1".into(), &"plan.md".into()));

    // Made later they say the same, also of a run that was carried elsewhere.
    std::fs::rename(&outputs["run"], space.at("elsewhere")).expect("a folder can be moved");
    let again = space.run(&["report", "elsewhere", "--github-output=again"]);
    assert_eq!(again.status, Some(1), "{again:?}");
    let again = read_outputs(&space.read("again"));
    assert_eq!(["stages", "passed"].map(|name| &again[name]), ["stages", "passed"].map(|name| &outputs[name]));
    assert_eq!((again["run"].as_str(), again["junit"].as_str()), (&*space.at("elsewhere").to_string_lossy(), ""));
    let merged = space.run(&["merge", "elsewhere", "--github-output=merged"]);
    assert_eq!(merged.status, Some(1), "{merged:?}");
    let merged = read_outputs(&space.read("merged"));
    assert_eq!((merged["status"].as_str(), merged["events"].as_str(), merged["run"].as_str()), ("fails", "", ""));
}

#[test]
fn what_the_file_holds_already_stays() {
    let mut space = space(&[("1", "", &["test -z \"$GITHUB_OUTPUT\""])]);
    let file = space.at("outputs").display().to_string();
    space.env("GITHUB_OUTPUT", &file).file("outputs", "earlier=said\n");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    assert_eq!(space.read("outputs"), "earlier=said\n", "nobody asked");
    assert_eq!(space.run(&["plan.md", "--github-output"]).status, Some(0));
    let outputs = read_outputs(&space.read("outputs"));
    assert_eq!((outputs["earlier"].as_str(), outputs["status"].as_str()), ("said", "holds"));
}

#[test]
fn each_verdict_has_a_word() {
    let space = Space::new();
    let ticked = |command: &str| format!("- [x] `{command}`");
    for (checks, args, word) in [
        (vec!["- [ ] `true`".to_owned()], &["--scope", "claimed"][..], "nothing-claimed"),
        (vec![ticked("true")], &["--scope", "claimed"], "holds"),
        (vec![ticked("git push"), ticked("true")], &["--strict-claims"], "unproven-claims"),
        (vec!["- [ ] Manual: look at it".to_owned()], &[], "nothing-ran"),
    ] {
        let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
        space.file("plan.md", &staged(&[("1", "", &checks)]));
        let name = format!("{word}.out");
        let finished = space.run(&[&["plan.md", &format!("--github-output={name}")], args].concat());
        assert_eq!(read_outputs(&space.read(&name))["status"], word, "{finished:?}");
    }
    space.file("plan.md", "# Plan\n\n## Stage 1: A\n\n**Dependencies**: Stage 9\n\n### Validation\n\n- [ ] `true`\n");
    assert_eq!(space.run(&["plan.md", "--github-output=broken"]).status, Some(3));
    assert_eq!(read_outputs(&space.read("broken"))["status"], "broken-plan");
}

#[test]
fn a_file_that_takes_nothing_makes_the_run_red() {
    let space = space(&[("1", "", &["true"])]);
    let finished = space.run(&["plan.md", "--github-output=/dev/full"]);
    assert_eq!(finished.status, Some(5), "{finished:?}");
    assert!(finished.stderr.contains("cannot write the outputs of the step to /dev/full"), "{finished:?}");
    let finished = space.run(&["plan.md", "--github-output"]);
    assert_eq!(finished.status, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("GITHUB_OUTPUT is not set"), "{finished:?}");
    let finished = space.run(&["plan.md", "--github-output=r.xml", "--junit", "r.xml"]);
    assert_eq!(finished.status, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("name the same file"), "{finished:?}");
}

#[test]
fn of_very_many_stages_those_that_hold_are_left_out_first() {
    let title = "long ".repeat(100);
    let all = (0..400).map(|number| {
        let failed = number % 4 == 3;
        let (status, outcome) = if failed {
            (StageStatus::Fails, Outcome::Failed { status: 1, expected: None })
        } else {
            (StageStatus::Holds, Outcome::Passed)
        };
        stage(&number.to_string(), &title, status, vec![check("1.1", "make", outcome)])
    });
    let outputs = read_outputs(&step_outputs(&run_of(all.collect()), Verdict::Fails, &[]));
    let stages = stages(&outputs);
    assert!((90 * 1024..=100 * 1024).contains(&outputs["stages"].len()), "{}", outputs["stages"].len());
    assert_eq!(stages.iter().filter(|stage| stage["status"] == "fails").count(), 100, "all of them");
    assert_eq!(outputs["stages-left-out"], (400 - stages.len()).to_string());
    let labels: Vec<u32> =
        stages.iter().map(|stage| stage["label"].as_str().expect("text").parse().expect("a number")).collect();
    assert!(labels.is_sorted());
    assert_eq!((outputs["passed"].as_str(), outputs["failed"].as_str()), ("300", "100"), "counts are of all");
}

#[test]
fn all_that_is_described_is_told() {
    let report = everything(&mut Outputs::default());
    let outputs = read_outputs(&step_outputs(&report, Verdict::Fails, &[]));
    let schema = Schema::read("stages.schema.json");
    assert_eq!(schema.unused(&stages(&outputs)), Vec::<&str>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_words_set_another_output(
        (report, _) in hostile::run(), path in prop_oneof![hostile::words(), "(end-{0,3}|x|=|<<|[\r\n]){0,9}"]
    ) {
        let outputs = read_outputs(&step_outputs(&report, Verdict::Fails, &[("junit", path.clone())]));
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        prop_assert_eq!(names, ["failed", "junit", "passed", "stages", "stages-left-out", "status"]);
        prop_assert_eq!(&outputs["junit"], &path.replace('\r', "\n"));
        stages(&outputs);
    }
}
