//! What a workflow of GitHub is told: annotations on the plan's lines, and nothing that a command could make it obey.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use plan_run::event::End;
use plan_run::outcome::{Outcome, Skip};
use plan_run::report::{Attempt, RunReport, StageStatus, annotations};
use plan_run::roster::Broken;
use proptest::prelude::*;

use crate::support::hostile;
use crate::support::reports::{Outputs, check, everything, run_of, stage};
use crate::support::space::Space;
use crate::support::whole::{Gate, signal, space, staged};

/// A command as the runner reads it.
#[derive(Debug, PartialEq, Eq)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    message: String,
}

/// Reads a line as the runner does: a command has `::` before its name and between properties and message.
fn command(line: &str) -> Option<Command> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, rest) = head.split_once(' ').unwrap_or((head, ""));
    let undo = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| undo(&text.replace("%3A", ":").replace("%2C", ","));
    let properties = rest.split(',').filter_map(|pair| pair.split_once('='));
    Some(Command {
        name: name.to_owned(),
        properties: properties.map(|(key, value)| (key.to_owned(), property(value))).collect(),
        message: undo(message),
    })
}

fn told(report: &RunReport, outputs: &Outputs, below: Option<&str>) -> Vec<Command> {
    let text = annotations(report, &|path, start, len| outputs.part(path, start, len), below);
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| command(line).unwrap_or_else(|| panic!("{line:?} is no command"))).collect()
}

fn titles(commands: &[Command], kind: &str) -> Vec<String> {
    let of_kind = commands.iter().filter(|command| command.name == kind);
    of_kind.map(|command| command.properties["title"].clone()).collect()
}

fn failed() -> Outcome {
    Outcome::Failed { status: 1, expected: None }
}

#[test]
fn the_most_telling_lines_are_marked_first() {
    let mut outputs = Outputs::default();
    let told = told(&everything(&mut outputs), &outputs, Some("sub/"));
    assert_eq!(
        titles(&told, "error"),
        [
            "The plan cannot be run: error[unknown-stage]: `9` is no stage of this plan",
            "2.1 failed: exit status 101",
            "2.2 failed: exit status 0, expected no output, got \"3\"",
            "2.3 failed: ended by signal 11 (SIGSEGV)",
            "2.4 error: ran longer than 10m 00s and was ended",
            "2.5 error: could not be started: no such program: nosuch",
            "2.6 error: wrote more than 64 MiB and was ended",
            "2.7 error: how it ended could not be learned: the status is gone",
            "6.1 error: the run was interrupted before it ended",
            "Stage 3 Deploy is blocked",
        ]
    );
    let first = &told[1];
    assert_eq!((first.properties["file"].as_str(), first.properties["line"].as_str()), ("sub/docs/plan.md", "13"));
    assert_eq!(
        first.message,
        "cargo test -p core\nexit status 101\nin stage 2 Build | test <b>it</b>, directory crates/it's core\n\
         it blocks 1 stage\n\nrunning 3 tests\ntest a ... FAILED\n100%\nend"
    );
    let broken = &told[0];
    assert_eq!((broken.properties["file"].as_str(), broken.properties["line"].as_str()), ("sub/docs/broken.md", "12"));
    assert_eq!(broken.message, "error[unknown-stage]: `9` is no stage of this plan\nsecond <problem>");
}

#[test]
fn failures_that_block_others_come_before_other_failures_and_these_before_what_follows_from_them() {
    let mut late = stage("1", "Follows", StageStatus::Fails, vec![check("1.1", "make late", failed())]);
    late.needs = vec!["3".to_owned()];
    let report = run_of(vec![
        late,
        stage("2", "Alone", StageStatus::Fails, vec![check("2.1", "make alone", failed())]),
        stage("3", "Root", StageStatus::Fails, vec![check("3.1", "make root", failed())]),
        stage(
            "4",
            "Blocked",
            StageStatus::Blocked("3".to_owned()),
            vec![check("4.1", "make it", Outcome::Skipped(Skip::Blocked { by: "3".to_owned() }))],
        ),
    ]);
    let told = told(&report, &Outputs::default(), Some(""));
    assert_eq!(
        titles(&told, "error"),
        [
            "3.1 failed: exit status 1", "2.1 failed: exit status 1", "1.1 failed: exit status 1",
            "Stage 4 Blocked is blocked"
        ]
    );
}

#[test]
fn ten_of_each_type_are_marked_and_the_last_one_says_how_many_more_there_are() {
    let flaky = |number: usize| {
        let mut flaky = check(&format!("2.{number}"), "make luck", Outcome::Passed);
        flaky.attempts.push(Attempt { started: None, end: End::without_run(failed()) });
        flaky
    };
    let checks = (0..25).map(|number| check(&format!("1.{number}"), "make it", failed())).collect();
    let report = run_of(vec![
        stage("1", "Fails", StageStatus::Fails, checks),
        stage("2", "Luck", StageStatus::Holds, (0..11).map(flaky).collect()),
    ]);
    let told = told(&report, &Outputs::default(), Some(""));
    assert_eq!((titles(&told, "error").len(), titles(&told, "warning").len(), told.len()), (10, 10, 20));
    assert!(told[9].message.ends_with("\n... and 15 more of this kind; see the summary"), "{told:?}");
    assert!(told[19].message.ends_with("\n... and 1 more of this kind; see the summary"), "{told:?}");
    assert_eq!(told[10].message, "make luck\nit holds after 2 tries; before: exit status 1");
}

#[test]
fn what_is_said_to_be_done_and_not_shown_is_a_warning() {
    let claimed = |label: &str, outcome: Outcome| {
        let mut check = check(label, "make it", outcome);
        check.claimed = Some(true);
        check
    };
    let held_back = Outcome::Skipped(Skip::HeldBack { why: "publishes".to_owned() });
    let report = run_of(vec![stage(
        "1",
        "One",
        StageStatus::NotProven,
        vec![
            claimed("1.1", held_back),
            claimed("1.2", Outcome::Passed),
            claimed("1.3", Outcome::Skipped(Skip::Manual)),
            claimed("1.4", failed()),
        ],
    )]);
    let told = told(&report, &Outputs::default(), None);
    assert_eq!(titles(&told, "warning"), ["1.1: said to be done, not shown"]);
    assert_eq!(
        told[1].message,
        "at docs/plan.md:13\nmake it\nthe plan says that it is done, but that is not shown: held back: publishes"
    );
    assert!(told[0].message.contains("\nthe plan says that it is done"), "an error speaks of it already");
}

#[test]
fn a_plan_outside_the_repository_is_named_in_words() {
    for path in ["/tmp/plan.md", "../plan.md", "a/../../plan.md"] {
        let mut report = run_of(vec![stage("1", "One", StageStatus::Fails, vec![check("1.1", "make", failed())])]);
        report.plans[0].path = path.to_owned();
        let told = told(&report, &Outputs::default(), Some("sub/"));
        assert!(!told[0].properties.contains_key("file"));
        assert!(told[0].message.starts_with(&format!("at {path}:13\nmake\n")), "{told:?}");
    }
}

#[test]
fn hostile_words_stay_where_they_are() {
    let hostile = "x\r\n::error::gotcha%0A::set-env name=A::b,line=1::c##[error]d";
    let mut outputs = Outputs::default();
    let mut bad = check(hostile, hostile, Outcome::NotStarted { why: hostile.to_owned() });
    bad.output = Some(outputs.add("bad", format!("{hostile}\n{}", "long ".repeat(2000)).as_bytes()));
    let mut report = run_of(vec![stage(hostile, hostile, StageStatus::Fails, vec![bad])]);
    report.plans[0].path = "docs/a,line=9::b%0A\n.md".to_owned();
    report.broken = vec![Broken { path: "-x:y,z".to_owned(), line: None, problems: vec![hostile.to_owned()] }];
    let text = annotations(&report, &|path, start, len| outputs.part(path, start, len), Some(""));
    assert_eq!(text.lines().count(), 2);
    assert!(!text.contains("##[") && !text.contains('\r'));
    let told = told(&report, &outputs, Some(""));
    assert_eq!(told[0].properties["file"], "-x:y,z");
    assert_eq!(told[1].properties.keys().collect::<Vec<_>>(), ["file", "line", "title"]);
    assert_eq!(told[1].properties["line"], (10 + hostile.len()).to_string());
    assert!(told[1].properties["file"].starts_with("docs/a,line=9::b%0A"));
    assert!(told[1].message.contains("::set-env name=A::b"), "the words are still told: {told:?}");
    assert!(told.iter().all(|command| command.message.chars().count() <= 4000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn annotations_of_any_run_are_few_and_well_formed((report, outputs) in hostile::run()) {
        let told = told(&report, &outputs, Some("sub/"));
        for kind in ["error", "warning"] {
            prop_assert!(told.iter().filter(|command| command.name == kind).count() <= 10);
        }
        for command in &told {
            prop_assert!(command.name == "error" || command.name == "warning", "{:?}", command);
            prop_assert!(command.message.chars().count() <= 4000);
            let known = command.properties.keys().all(|key| ["file", "line", "title"].contains(&key.as_str()));
            prop_assert!(known, "{:?}", command);
        }
    }
}

/// What the runner would obey in a log: everything outside of fences. Fences that are left open are told as such.
fn obeyed(log: &str) -> Vec<Command> {
    let mut token: Option<String> = None;
    let mut obeyed = Vec::new();
    for line in log.lines() {
        let Some(command) = command(line) else { continue };
        match &token {
            Some(stopped) if command.name == *stopped => token = None,
            Some(_) => {}
            None if command.name == "stop-commands" => token = Some(command.message),
            // The end of a fence that the other stream ended before: no runner knows it as a command.
            None if command.name.starts_with("plan-run-") => {}
            None => obeyed.push(command),
        }
    }
    assert_eq!(token, None, "a fence is left open:\n{log}");
    obeyed
}

const EVIL: &str =
    "printf '%s\\n' '::error::evil' '::set-output name=a::b' '##[error]evil' '::stop-commands::x'; exit 3";

fn workflow(stages: &[(&str, &str, &[&str])]) -> Space {
    let mut space = space(stages);
    let here = space.path().display().to_string();
    space.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", &here);
    space
}

#[test]
fn a_workflow_obeys_nothing_but_the_annotations() {
    let space = workflow(&[("1", "", &[EVIL])]);
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(obeyed(&finished.stderr), []);
    let commands = obeyed(&finished.stdout);
    assert_eq!(titles(&commands, "error"), ["1.1 failed: exit status 3"]);
    assert_eq!((commands.len(), commands[0].properties["file"].as_str()), (1, "plan.md"));
    assert_eq!(commands[0].properties["line"], "8");
    for stream in [&finished.stdout, &finished.stderr] {
        assert!(stream.starts_with("::stop-commands::plan-run-"), "{stream}");
    }
    let token = |stream: &str| stream.lines().next().map(str::to_owned);
    assert_eq!(token(&finished.stdout), token(&finished.stderr), "whichever end comes first ends both");
    assert_ne!(token(&finished.stdout), token(&space.run(&["plan.md"]).stdout), "nobody can guess it");
}

#[test]
fn both_streams_as_one_log_say_the_same() {
    let space = workflow(&[("1", "", &[EVIL])]);
    for args in [&["plan.md"][..], &["plan.md", "--progress", "none"], &["plan.md", "--junit", "-"]] {
        let (mut log, writer) = std::io::pipe().expect("a pipe");
        let other = writer.try_clone().expect("a pipe");
        let mut command = space.command(args);
        let status = command.stdout(writer).stderr(other).status().expect("the binary starts");
        drop(command);
        let mut text = String::new();
        log.read_to_string(&mut text).expect("text");
        assert_eq!(status.code(), Some(1));
        assert_eq!(titles(&obeyed(&text), "error"), ["1.1 failed: exit status 3"], "{text}");
    }
}

#[test]
fn annotations_are_asked_for_or_refused() {
    let evil = &[("1", "", &[EVIL][..])];
    let plain = space(evil);
    assert!(!plain.run(&["plan.md"]).stdout.contains("::"), "this is no workflow");
    let said = |space: &Space, args: &[&str]| titles(&obeyed(&space.run(args).stdout), "error").len();
    assert_eq!(said(&plain, &["plan.md", "--annotations"]), 1);
    assert_eq!(said(&plain, &["plan.md", "--annotations=always"]), 1);
    assert_eq!(said(&plain, &["report"]), 0);
    assert_eq!(said(&plain, &["report", "--annotations"]), 1);
    let workflow = workflow(evil);
    assert_eq!(said(&workflow, &["plan.md", "--annotations=never"]), 0);
    assert_eq!(said(&workflow, &["report"]), 0);
    assert_eq!(said(&workflow, &["report", "--annotations=auto"]), 1);
    let runs: Vec<String> = std::fs::read_dir(workflow.at(".plan-run/runs"))
        .expect("there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(said(&workflow, &["merge", &runs[0], "--annotations"]), 1);
}

#[test]
fn data_for_programs_has_no_fence_around_it() {
    let space = workflow(&[("1", "", &["test 1 = 1"])]);
    let finished = space.run(&["list", "--format", "json", "plan.md"]);
    assert!(finished.stdout.starts_with('{') || finished.stdout.starts_with('['), "{finished:?}");
    let finished = space.run(&["plan.md", "--junit", "-", "--annotations"]);
    assert!(finished.stdout.starts_with("<?xml"), "{finished:?}");
}

#[test]
fn the_fence_is_closed_however_the_run_ends() {
    let space = workflow(&[("1", "", &["test 1 = 1"])]);
    for (args, status) in [
        (&["plan.md", "--summary", "/dev/full"][..], 5),
        (&["plan.md", "--junit", "plan.md"], 2),
        (&["plan.md", "--root", "nowhere"], 2),
        (&["nothing.md"], 2),
        (&["report", "nothing"], 2),
        (&["plan.md", "--dry-run"], 0),
    ] {
        let finished = space.run(args);
        assert_eq!(finished.status, Some(status), "{finished:?}");
        assert_eq!(obeyed(&finished.stdout), []);
        assert_eq!(obeyed(&finished.stderr), []);
    }
    space.file("broken.md", "# Plan\n\n## Stage 1: A\n\n**Dependencies**: Stage 9\n\n### Validation\n\n- [ ] `true`\n");
    let finished = space.run(&["broken.md"]);
    assert_eq!(finished.status, Some(3), "{finished:?}");
    assert_eq!(obeyed(&finished.stdout).len(), 1);
    assert_eq!(obeyed(&finished.stderr), []);
}

#[test]
fn the_fence_is_closed_after_an_interrupt() {
    for times in [1, 2] {
        let mut space = Space::new();
        let here = space.path().display().to_string();
        space.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", &here);
        let gate = Gate::new(&space, "gate");
        let ignore = if times > 1 { "trap '' TERM; " } else { "" };
        let wait = format!("{ignore}echo here > gate; while :; do sleep 1000; done");
        space.file("plan.md", &staged(&[("1", "", &[&wait])]));
        let mut command = space.command(&["plan.md", "--grace", "1h"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        gate.wait();
        let mut stderr = BufReader::new(child.stderr.take().expect("it was asked for"));
        let mut log = String::new();
        for time in 0..times {
            signal(&child, rustix::process::Signal::TERM);
            while !log.lines().last().is_some_and(|line| line.starts_with("interrupt"))
                || log.matches("\ninterrupt").count() <= time
            {
                assert!(stderr.read_line(&mut log).expect("text") > 0, "{log}");
            }
        }
        stderr.read_to_string(&mut log).expect("text");
        let mut stdout = String::new();
        child.stdout.take().expect("it was asked for").read_to_string(&mut stdout).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        assert_eq!(obeyed(&log), []);
        assert_eq!(titles(&obeyed(&stdout), "error"), ["1.1 error: the run was interrupted before it ended"]);
    }
}
