//! The Common Test Report Format: JSON for tools that read results of tests.
//!
//! The fields are those of version 0.0 of its schema. What a person must do is `pending`, what fails in quarantine is
//! `other`, and whatever else was not proven is `failed`, so that no reader takes it for green. Must not know where the bytes go.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::cases::{BROKEN_NAME, BrokenCase, Case, Cases, Problem, RUN_NAME, StageCases};
use super::excerpt::ReadPart;
use super::facts::{Try, Words};
use super::room::Room;
use super::stream::{self, Excerpts, Lines, Seq};
use super::{RunReport, Verdict, changes, wording};
use crate::outcome::{Class, Outcome, Skip};

/// The most that is kept of all outputs together.
const MOST_OUTPUTS: u64 = 10 * 1024 * 1024;

/// The version of the form that is written.
const SPEC: &str = "0.0.0";

/// Writes a finished run in the Common Test Report Format. At most `max_output` bytes of each output are kept, fewer where
/// there are many. Outputs are read one at a time.
///
/// # Errors
/// When an output cannot be read or `out` does not take what is written.
pub fn ctrf(report: &RunReport, read: &ReadPart<'_>, max_output: u64, out: &mut dyn Write) -> io::Result<()> {
    let room = Room::of(report, max_output, MOST_OUTPUTS);
    let excerpts = Excerpts { read, room: &room };
    let (cases, problem) = (Cases::of(report), Problem::of(report));
    let words = Words::of(report);
    let tests = Seq(|| {
        let checks = cases
            .stages
            .iter()
            .flat_map(|stage| stage.cases.iter().map(move |case| of_check(stage, case, words, excerpts)));
        checks.chain(cases.broken.iter().map(of_broken)).chain(problem.iter().map(of_run))
    });
    let document = Document {
        report_format: "CTRF",
        spec_version: SPEC,
        run_id: report.run.as_deref(),
        generated_by: concat!("plan-run ", env!("CARGO_PKG_VERSION")),
        results: Results {
            tool: Tool { name: "plan-run", version: env!("CARGO_PKG_VERSION") },
            summary: Summary::of(report, cases.broken.len() + usize::from(problem.is_some())),
            tests,
            environment: report.commit.as_deref().map(|commit| Environment { commit }),
        },
    };
    stream::write(&document, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a, T> {
    report_format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<&'a str>,
    generated_by: &'static str,
    results: Results<'a, T>,
}

#[derive(Serialize)]
struct Results<'a, T> {
    tool: Tool,
    summary: Summary,
    tests: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Environment<'a> {
    commit: &'a str,
}

#[derive(Default, Serialize)]
struct Summary {
    tests: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
    pending: usize,
    other: usize,
    flaky: usize,
    suites: usize,
    start: u64,
    stop: u64,
    duration: u64,
    extra: Answer,
}

#[derive(Default, Serialize)]
struct Answer {
    verdict: &'static str,
    sentence: String,
}

impl Summary {
    /// `beside` is the number of errors that are about no check.
    fn of(report: &RunReport, beside: usize) -> Self {
        let verdict = Verdict::of(report, &[]);
        let mut summary = Self {
            tests: beside,
            failed: beside,
            suites: report.plans.iter().map(|plan| plan.stages.len()).sum(),
            start: millis_of(report.started),
            stop: millis_of(report.started + report.took),
            duration: millis(report.took),
            extra: Answer { verdict: wording::verdict(verdict), sentence: wording::sentence(report, verdict) },
            ..Self::default()
        };
        for check in report.checks() {
            summary.tests += 1;
            summary.flaky += usize::from(check.is_flaky() || changes::is_flipped(check));
            *match Status::of(&check.outcome) {
                Status::Passed => &mut summary.passed,
                Status::Failed => &mut summary.failed,
                Status::Skipped => &mut summary.skipped,
                Status::Pending => &mut summary.pending,
                Status::Other => &mut summary.other,
            } += 1;
        }
        summary
    }
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Skipped,
    Pending,
    Other,
}

impl Status {
    fn of(outcome: &Outcome) -> Self {
        match outcome.class() {
            Class::Green => Self::Passed,
            Class::Failure | Class::Error => Self::Failed,
            Class::Skipped if *outcome == Outcome::Skipped(Skip::Manual) => Self::Pending,
            Class::Skipped => Self::Skipped,
            Class::Quarantined => Self::Other,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    test_id: &'a str,
    name: &'a str,
    status: Status,
    duration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<u64>,
    suite: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    raw_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<&'a str>,
    retries: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retry_attempts: Vec<RetryAttempt<'a>>,
    flaky: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout: Option<Lines<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stderr: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extra: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct RetryAttempt<'a> {
    attempt: usize,
    status: Status,
    duration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout: Option<Lines<'a>>,
}

fn of_check<'a>(stage: &'a StageCases<'a>, case: &'a Case<'a>, words: Words, excerpts: Excerpts<'a>) -> Test<'a> {
    let check = case.check;
    let last = Try::last(check);
    let green = check.outcome.is_green();
    Test {
        test_id: &case.id,
        name: &case.name,
        status: Status::of(&check.outcome),
        duration: millis(check.took),
        start: check.started.map(millis_of),
        stop: check.started.map(|started| millis_of(started + check.took)),
        suite: vec![stage.path.clone(), wording::stage_name(&stage.stage.label, &stage.stage.title)],
        message: (!green).then(|| last.message()),
        trace: (!green).then(|| words.text(stage.plan, check, &last)),
        line: Some(check.line),
        raw_status: check.outcome.word(),
        file_path: Some(&stage.path),
        retries: check.attempts.len(),
        retry_attempts: Try::earlier(check).map(|attempt| of_attempt(&attempt, excerpts)).collect(),
        flaky: check.is_flaky() || changes::is_flipped(check),
        stdout: lines(&last, excerpts),
        stderr: last.afterwards(),
        extra: words.properties(stage.stage, check).into_iter().collect(),
    }
}

fn of_attempt<'a>(attempt: &Try<'a>, excerpts: Excerpts<'a>) -> RetryAttempt<'a> {
    RetryAttempt {
        attempt: attempt.number,
        status: Status::of(attempt.outcome),
        duration: millis(attempt.took),
        message: (!attempt.outcome.is_green()).then(|| attempt.message()),
        start: attempt.started.map(millis_of),
        stop: attempt.started.map(|started| millis_of(started + attempt.took)),
        stdout: lines(attempt, excerpts),
    }
}

fn lines<'a>(attempt: &Try<'a>, excerpts: Excerpts<'a>) -> Option<Lines<'a>> {
    let output = attempt.output.filter(|output| !output.is_empty());
    output.map(|output| Lines(excerpts.of(output, attempt.outcome.class())))
}

fn of_broken<'a>(case: &'a BrokenCase<'a>) -> Test<'a> {
    Test {
        line: case.broken.line,
        file_path: Some(&case.path),
        ..alone(&case.path, BROKEN_NAME, "plan", &case.message, &case.lines)
    }
}

fn of_run(problem: &Problem) -> Test<'_> {
    let message = problem.lines.first().map_or("", String::as_str);
    alone("plan-run", RUN_NAME, problem.word, message, &problem.lines)
}

/// An error that is about no check.
fn alone<'a>(id: &'a str, name: &'a str, word: &'static str, message: &str, lines: &[String]) -> Test<'a> {
    Test {
        // The path of a plan may be empty, and an id may not.
        test_id: if id.is_empty() { "plan" } else { id },
        name,
        status: Status::Failed,
        duration: 0,
        start: None,
        stop: None,
        suite: vec![id.to_owned()],
        message: Some(message.to_owned()),
        trace: Some(lines.join("\n")),
        line: None,
        raw_status: word,
        file_path: None,
        retries: 0,
        retry_attempts: Vec::new(),
        flaky: false,
        stdout: None,
        stderr: Vec::new(),
        extra: BTreeMap::new(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn millis_of(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, millis)
}
