//! Reports and journals as JSON: they are what their schemas say, and say what the run was.

use std::io;
use std::path::Path;
use std::time::Duration;

use plan_run::config::{Leftovers, RunScope, Scope};
use plan_run::event::{End, Event, Extent, Happening, Leftover, Proof, Slow, StageRef, Usage};
use plan_run::host::RealHost;
use plan_run::journal::{EVENTS, Writer};
use plan_run::outcome::{Cause, Expected, Outcome, Skip};
use plan_run::plan::{LimitOf, StageId};
use plan_run::report::{CheckReport, ReadPart, RunReport, StageStatus, ctrf, json};
use plan_run::roster::{Broken, Roster};
use plan_run::select::Shard;
use serde_json::{Value, json as value};

use crate::support::reports::{
    CHECK, Outputs, before, check, events, everything, first, green, manual, quarantined, run_of, selection, stage,
};
use crate::support::schema::Schema;
use crate::support::space::Space;
use crate::support::tries::{failed, tried};
use crate::support::whole::space;

type Write = fn(&RunReport, &ReadPart<'_>, u64, &mut dyn io::Write) -> io::Result<()>;

fn written(write: Write, report: &RunReport, outputs: &Outputs, most: u64) -> Value {
    let mut bytes = Vec::new();
    write(report, &|path, start, len| outputs.part(path, start, len), most, &mut bytes).expect("outputs can be read");
    assert_eq!(bytes.pop(), Some(b'\n'));
    assert!(!bytes.contains(&b'\n'), "it is one line");
    serde_json::from_slice(&bytes).expect("it is JSON")
}

/// Runs of all kinds, with the outputs of their checks.
fn runs() -> (Vec<RunReport>, Outputs) {
    let mut outputs = Outputs::default();
    let mut lost = run_of(Vec::new());
    lost.internal.push("lost count".to_owned());
    lost.shard = Some(Shard { index: 2, count: 3 });
    let mut flaky = check("1.1", "make", Outcome::Flaky { tries: 2 });
    flaky.slow = Some(Slow { after: Duration::from_secs(60), usual: Some(Duration::from_secs(2)) });
    let flaky = run_of(vec![stage("1", "One", StageStatus::Fails, vec![flaky])]);
    let first = "docs/plan.md#1.1".to_owned();
    lost.gave_up = vec![Cause::FirstFailure { check: first, scope: Scope::Plan }, Cause::Failures { count: 2 }];
    lost.gave_up.push(Cause::RunTime { limit: Duration::from_secs(60) });
    lost.broken.push(Broken { path: String::new(), line: None, problems: Vec::new() });
    let mut shared = green(&mut outputs);
    shared.plans[0].stages[0].checks[0].proof = Proof::Shared { with: "1.2".to_owned() };
    let mut cached = green(&mut outputs);
    cached.plans[0].stages[0].checks[0].proof = Proof::Cached { run: "earlier".to_owned() };
    let nothing = run_of(Vec::new());
    let mut excused = green(&mut outputs);
    excused.plans[0].stages[0].checks[0].outcome =
        Outcome::Quarantined(Box::new(Outcome::Failed { status: 1, expected: None }));
    excused.plans[0].stages[0].checks[0].quarantine = Some(quarantined());
    excused.plans[0].stages[0].checks[0].launcher = Some("far".to_owned());
    (shared.nightly, shared.since) = (true, Some("earlier".to_owned()));
    shared.plans[0].stages[0].checks[0].before = Some(before());
    let mut runs = vec![green(&mut outputs), everything(&mut outputs), tried(&mut outputs)];
    runs.extend([lost, flaky, nothing, shared, cached, excused]);
    (runs, outputs)
}

#[test]
fn a_report_is_what_its_schema_says() {
    let (runs, outputs) = runs();
    let schema = Schema::read("report.schema.json");
    let values: Vec<Value> = runs.iter().map(|run| written(json, run, &outputs, 1000)).collect();
    values.iter().for_each(|value| schema.check(value));
    assert_eq!(schema.unused(&values), Vec::<&str>::new());
    let mut wrong = values[1].clone();
    wrong["plans"][0]["stages"][1]["checks"][0]["outcome"].as_object_mut().expect("an outcome").remove("status");
    assert!(!schema.takes(&wrong), "an exit code has a status");
}

#[test]
fn a_report_says_what_the_run_was() {
    let mut outputs = Outputs::default();
    let run = tried(&mut outputs);
    let whole = written(json, &run, &outputs, 1000);
    assert_eq!(whole["schema"], "plan-run/report/v1");
    assert_eq!((&whole["verdict"], &whole["took"]), (&value!("interrupted"), &value!(3.456)));
    assert_eq!(
        whole["counts"],
        value!({"stages": 2, "stages_that_hold": 0, "passed": 2, "failed": 1, "errors": 1, "not_run": 1,
            "not_claimed": 0, "quarantined": 0, "expired_quarantines": 0, "flaky": 1, "unproven_claims": 0, "unticked": 0})
    );
    let flaky = &whole["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((&flaky["id"], &flaky["flaky"]), (&value!("docs/plan.md#1.1"), &value!(true)));
    assert_eq!(flaky["usage"], value!({"cpu": 1.234_567, "peak_memory": 12_345_678}));
    assert_eq!(flaky["output"], value!({"file": "flaky-3", "start": 9, "end": 19, "text": "third try\n"}));
    let attempts = flaky["attempts"].as_array().expect("attempts");
    assert_eq!(
        attempts.iter().map(|attempt| &attempt["outcome"]["word"]).collect::<Vec<_>>(),
        ["exit-code", "timeout"]
    );
    assert_eq!(attempts[0]["output"]["text"], "first try ]]>\n");
    let carried = &whole["plans"][0]["stages"][1]["checks"][0];
    assert_eq!(carried["carried_over"], "20261127T063255.123Z-1a2b3c4d");
    assert_eq!(carried["started"], Value::Null);
}

#[test]
fn ctrf_tells_each_check_once() {
    let (runs, outputs) = runs();
    for run in &runs {
        let whole = written(ctrf, run, &outputs, 1000);
        assert_eq!((&whole["reportFormat"], &whole["specVersion"]), (&value!("CTRF"), &value!("0.0.0")));
        let tests = whole["results"]["tests"].as_array().expect("tests");
        let summary = &whole["results"]["summary"];
        assert_eq!(summary["tests"], tests.len());
        for status in ["passed", "failed", "skipped", "pending", "other"] {
            let count = tests.iter().filter(|test| test["status"] == status).count();
            assert_eq!(summary[status], count, "{status}");
        }
        assert_eq!(summary["flaky"], tests.iter().filter(|test| test["flaky"] == true).count());
        for test in tests {
            assert!(test["name"].as_str().is_some_and(|name| !name.is_empty()));
            assert!(test["testId"].as_str().is_some_and(|id| !id.is_empty()));
            assert!(test["status"] == "passed" || test["message"].is_string(), "{test}");
        }
    }
}

#[test]
fn ctrf_of_attempts() {
    let mut outputs = Outputs::default();
    let whole = written(ctrf, &tried(&mut outputs), &outputs, 1000);
    let tests = whole["results"]["tests"].as_array().expect("tests");
    let told = |test: &Value| {
        let texts = ["name", "status", "rawStatus"].map(|key| test[key].as_str().unwrap_or("none").to_owned());
        format!("{} {}", texts.join(" | "), test["retries"])
    };
    assert_eq!(
        tests.iter().map(told).collect::<Vec<_>>(),
        [
            "1.1 make flaky | passed | passed 2",
            "1.2 make broken | failed | exit-code 3",
            "2.1 make old | passed | passed 0",
            "2.2 cat <<EOF  <a> & \"b\"\u{2401} EOF | failed | interrupted 0",
            "2.3 make other | skipped | not-asked 0",
            "the run as a whole | failed | interrupted 0",
        ]
    );
    assert_eq!(
        tests[0],
        value!({
            "testId": "docs/plan.md#1.1",
            "name": "1.1 make flaky",
            "status": "passed",
            "duration": 1234,
            "start": 1_700_000_000_000_u64,
            "stop": 1_700_000_001_234_u64,
            "suite": ["docs/plan.md", "1 Try"],
            "line": 13,
            "rawStatus": "passed",
            "filePath": "docs/plan.md",
            "retries": 2,
            "retryAttempts": [
                {
                    "attempt": 1,
                    "status": "failed",
                    "duration": 800,
                    "message": "exit status 1",
                    "start": 1_700_000_000_000_u64,
                    "stop": 1_700_000_000_800_u64,
                    "stdout": ["first try ]]>"]
                },
                {
                    "attempt": 2,
                    "status": "failed",
                    "duration": 800,
                    "message": "ran longer than 1m 00s and was ended",
                    "start": 1_700_000_000_000_u64,
                    "stop": 1_700_000_000_800_u64,
                    "stdout": ["second try"]
                }
            ],
            "flaky": true,
            "stdout": ["third try"],
            "extra": {
                "stage": "1",
                "kind": "command",
                "outcome": "passed",
                "command": "make flaky",
                "attempts": "3",
                "exit-status": "0",
                "peak-memory": "12345678",
                "cpu-time": "1.235"
            }
        })
    );
    assert_eq!(
        tests[1]["trace"],
        "exit status 1\ncommand: make broken\nplan: docs/plan.md, line 13\ntook: 1.2s\nattempt: 4 of 4"
    );
    assert_eq!(whole["runId"], "20261127T070000.000Z-5e6f7a8b");
}

#[test]
fn what_a_person_must_do_is_pending_and_nothing_is_green() {
    let outputs = Outputs::default();
    let report = run_of(vec![stage("1", "Look", StageStatus::NotProven, vec![manual("1.1", "look")])]);
    let whole = written(ctrf, &report, &outputs, 1000);
    let statuses: Vec<&Value> =
        whole["results"]["tests"].as_array().expect("tests").iter().map(|test| &test["status"]).collect();
    assert_eq!(statuses, ["pending", "failed"]);
    assert_eq!(whole["results"]["summary"]["extra"]["verdict"], "nothing-ran");
}

#[test]
fn outputs_are_cut_and_an_unreadable_one_is_an_error() {
    let mut outputs = Outputs::default();
    let output = outputs.add("long", "line\n".repeat(1000).as_bytes());
    let long = CheckReport { output: Some(output), ..check("1.1", "make", failed()) };
    let report = run_of(vec![stage("1", "One", StageStatus::Fails, vec![long])]);
    let lines = |most| {
        let whole = written(ctrf, &report, &outputs, most);
        whole["results"]["tests"][0]["stdout"].as_array().expect("lines").len()
    };
    assert_eq!(lines(5000), 1000);
    assert!((150..=200).contains(&lines(1000)), "{}", lines(1000));
    for write in [ctrf as Write, json] {
        let missing = |_: &Path, _, _| Err(io::ErrorKind::NotFound.into());
        let error = write(&report, &missing, 1000, &mut io::sink()).expect_err("the output is missing");
        assert_eq!(error.to_string(), "cannot read captured output long: entity not found");
        struct Refuses;
        impl io::Write for Refuses {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let read = |path: &Path, start, len| outputs.part(path, start, len);
        let error = write(&report, &read, 1000, &mut Refuses).expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}

/// Each line of a journal as JSON.
fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("there is a journal");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// Every end that an attempt can have.
fn outcomes() -> Vec<Outcome> {
    let why = || "because".to_owned();
    let limit = Duration::from_millis(1500);
    vec![
        Outcome::Passed,
        Outcome::Failed {
            status: 2,
            expected: Some(Expected { what: "no output".to_owned(), got: Some("\"some\"".to_owned()) }),
        },
        Outcome::Flaky { tries: 2 },
        Outcome::LeftBehind,
        Outcome::Signalled { signal: 9 },
        Outcome::TimedOut { limit, of: LimitOf::Default },
        Outcome::NotStarted { why: why() },
        Outcome::OutputLimit { limit: 1 << 40 },
        Outcome::Lost { why: why() },
        Outcome::Cancelled(Cause::Interrupt),
        Outcome::Cancelled(Cause::FirstFailure { check: "a.md#1.1".to_owned(), scope: Scope::Stage }),
        Outcome::TimedOut { limit, of: LimitOf::Run },
        Outcome::Interrupted,
        Outcome::Quarantined(Box::new(Outcome::Signalled { signal: 9 })),
        Outcome::Skipped(Skip::Manual),
        Outcome::Skipped(Skip::Red),
        Outcome::Skipped(Skip::HeldBack { why: why() }),
        Outcome::Skipped(Skip::Blocked { by: "1".to_owned() }),
        Outcome::Skipped(Skip::ScriptStopped { by: "1.1".to_owned() }),
        Outcome::Skipped(Skip::Configured { why: why() }),
        Outcome::Skipped(Skip::NotClaimed),
        Outcome::Skipped(Skip::NotAsked { why: why() }),
        Outcome::Skipped(Skip::GivenUp(Cause::RunTime { limit })),
        Outcome::Skipped(Skip::GivenUp(Cause::Failures { count: 3 })),
    ]
}

#[test]
fn a_journal_is_what_its_schema_says() {
    let space = Space::new();
    let mut roster = Roster::of(&selection(&[("a.md", &[("1", "One", &[], &[(CHECK, "make")])])], ""), Vec::new());
    roster.plans[0].checks[0].left_out = Some(Skip::HeldBack { why: "it deploys".to_owned() });
    roster.plans[0].checks[0].quarantine = Some(quarantined());
    roster.plans[0].checks[0].launcher = Some("far".to_owned());
    roster.plans[0].checks[0].sandbox = Some("on".to_owned());
    roster.plans[0].checks[0].leftovers = Leftovers::Fail;
    roster.plans[0].checks[0].before = Some(before());
    (roster.nightly, roster.since) = (true, Some("earlier".to_owned()));
    roster.strict_claims = true;
    roster.strict = true;
    roster.shard = Some(Shard { index: 1, count: 2 });
    roster.untouched = true;
    roster.plans[0].scope = RunScope::Claimed;
    roster.broken.push(Broken { path: "b.md".to_owned(), line: Some(3), problems: vec!["no".to_owned()] });
    let mut writer = Writer::create(space.path(), &roster, &RealHost).expect("a journal can be written");
    let (check, stage) = (first(0), StageRef { plan: 0, stage: StageId(0) });
    let mut told = vec![Happening::StageStarted(stage), Happening::CheckStarted(check)];
    for outcome in outcomes() {
        let mut end = End::without_run(outcome);
        told.push(Happening::CheckEnded { check, end: end.clone() });
        end.usage = Some(Usage { cpu: Duration::from_secs(1), peak_memory: 4096 });
        end.output = Some(Outputs::default().add("0.out", b"text"));
        end.proof = Proof::CarriedOver { run: "earlier".to_owned() };
        end.status = Some(0);
        end.leftover = vec![Leftover { process: Some(9), command: "sleep 9".to_owned() }];
        end.warnings = vec!["has a warning".to_owned()];
        told.push(Happening::AttemptEnded { check, end: end.clone() });
        end.proof = Proof::Shared { with: "1.2".to_owned() };
        told.push(Happening::AttemptEnded { check, end: end.clone() });
        end.proof = Proof::Cached { run: "earlier".to_owned() };
        told.push(Happening::AttemptEnded { check, end });
    }
    told.extend([Happening::StageEnded(stage), Happening::Interrupted { times: 1 }]);
    let slow = Slow { after: Duration::from_secs(60), usual: Some(Duration::from_secs(2)) };
    told.push(Happening::CheckSlow { check, slow });
    let cause = Cause::RunTime { limit: Duration::from_secs(1) };
    told.push(Happening::GaveUp { extent: Extent::Stage(stage), cause: cause.clone() });
    told.push(Happening::GaveUp { extent: Extent::Run, cause });
    let told: Vec<Event> = events(told);
    told.iter().for_each(|event| writer.hear(event).expect("a line can be noted"));
    writer.settle().expect("lines can be written");
    let schema = Schema::read("events.schema.json");
    let lines = lines(&space.at(EVENTS));
    assert_eq!(lines.len(), told.len() + 3);
    lines.iter().for_each(|line| schema.check(line));
    assert_eq!(schema.unused(&lines), Vec::<&str>::new());
    assert!(!schema.takes(&value!({"seq": 1, "type": "run-ended"})), "each line says when");
}

#[test]
fn journal_and_reports_of_a_real_run_are_what_their_schemas_say() {
    let space = space(&[
        ("1", "", &["echo hello; exit 3", "true", "- [ ] Manual: look at it"]),
        ("2", "Stage 1", &["false"]),
        ("3", "", &["no-such-program", "git push"]),
    ]);
    let finished =
        space.run(&["plan.md", "--runs", "runs", "--json", "out.json", "--ctrf", "out.ctrf", "--html", "out.html"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let run = std::fs::read_dir(space.at("runs")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let run = run.into_iter().find(|path| path.is_dir()).expect("a run");
    let schema = Schema::read("events.schema.json");
    lines(&run.join(EVENTS)).iter().for_each(|line| schema.check(line));
    let whole = lines(&space.at("out.json"));
    Schema::read("report.schema.json").check(&whole[0]);
    assert_eq!(whole[0]["verdict"], "fails");
    let output = &whole[0]["plans"][0]["stages"][0]["checks"][0]["output"];
    assert_eq!(output["text"], "hello\n");
    let file = output["file"].as_str().expect("a file");
    assert!(space.at("runs").join(file).is_file(), "{file}");
    assert_eq!(lines(&space.at("out.ctrf"))[0]["results"]["summary"]["failed"], 2);
    // Made later, from the journal alone.
    let name = run.file_name().expect("a name").to_str().expect("text");
    let again = space.run(&["report", name, "--runs", "runs", "--json", "again.json"]);
    assert_eq!(again.status, Some(1), "{again:?}");
    assert_eq!(lines(&space.at("again.json")), whole);
}
