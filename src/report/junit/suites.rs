//! Suites as the crate that knows the format makes them: the only file that names junit-report.
//!
//! Takes a stage, a broken plan or the run as a whole; leaves the XML of one suite without any output, and what is to be
//! added to it. Must not know how that is added.

use std::io;
use std::time::{Duration, SystemTime};

use junit_report::{OffsetDateTime, Report, TestCase, TestResult, TestSuite};

use super::super::cases::{
    BROKEN_NAME, BrokenCase, Case, MOST_MESSAGE, MOST_NAME, Problem, RUN_CLASS, RUN_NAME, StageCases,
};
use super::super::facts::Words;
use super::super::names::cut_characters;
use super::super::{CheckReport, PlanReport, StageReport, quarantine, wording};
use super::tries::Tries;
use crate::outcome::Class;
use crate::text::clean_line;

/// The most characters of what is said of a broken plan or of the run.
const MOST_TEXT: usize = 20_000;

/// Stands between `]]` and `>` while text goes through CDATA, which it would end. Cleaned text never holds it.
const SPLIT: &str = "]]\u{ffff}>";

/// A suite, and what the crate cannot say of it.
pub(super) struct Suite<'a> {
    suite: TestSuite,
    /// The plan's path.
    pub(super) file: Option<String>,
    /// When its first command started.
    pub(super) started: Option<SystemTime>,
    /// What is known of the stage.
    pub(super) properties: Vec<(&'static str, String)>,
    /// What the crate cannot say of each case.
    pub(super) cases: Vec<Beside<'a>>,
}

/// What the crate cannot say of a case.
pub(super) struct Beside<'a> {
    /// Its line in the plan.
    pub(super) line: Option<u32>,
    /// A name that stays when the command changes.
    pub(super) id: String,
    /// The check that it is about, with its stage.
    pub(super) check: Option<(&'a StageReport, &'a CheckReport)>,
}

impl Suite<'_> {
    /// How many of its cases were skipped.
    pub(super) fn skipped(&self) -> usize {
        self.suite.skipped()
    }

    /// The suite as XML: within a root of its own, and texts as CDATA, to be mended by [`mended`].
    pub(super) fn xml(&mut self) -> io::Result<Vec<u8>> {
        let mut report = Report::new();
        report.add_testsuite(std::mem::replace(&mut self.suite, TestSuite::new("")));
        let mut raw = Vec::new();
        report.write_xml(&mut raw).map_err(io::Error::other)?;
        Ok(raw)
    }
}

/// The text of a CDATA section in what [`Suite::xml`] gives.
pub(super) fn mended(data: &str) -> String {
    data.replace(SPLIT, "]]>")
}

fn for_cdata(text: &str) -> String {
    text.replace("]]>", SPLIT)
}

/// The suite of a stage.
pub(super) fn of_stage<'a>(of: &StageCases<'a>, words: Words) -> Suite<'a> {
    let StageCases { plan, stage, package, class, path, cases } = of;
    let name = format!("{path}: {}", wording::stage_name(&stage.label, &stage.title));
    let mut suite = new_suite(&name, package);
    for Case { check, name, .. } in cases {
        let mut case = TestCase::success(name, whole(check.took));
        case.set_classname(class);
        case.set_filepath(path);
        case.result = result(plan, check, words);
        suite.add_testcase(case);
    }
    let cases = cases.iter().map(|case| Beside {
        line: Some(case.check.line),
        id: case.id.clone(),
        check: Some((*stage, case.check)),
    });
    let mut properties = vec![
        ("plan", clean_line(&plan.title)),
        ("stage", clean_line(&stage.label)),
        ("status", wording::mark(stage).word.to_owned()),
        ("line", stage.line.to_string()),
    ];
    if !stage.needs.is_empty() {
        properties.push(("needs", clean_line(&stage.needs.join(", "))));
    }
    Suite { suite, file: Some(path.clone()), started: stage.started, properties, cases: cases.collect() }
}

fn result(plan: &PlanReport, check: &CheckReport, words: Words) -> TestResult {
    let own = Tries::of(check).own;
    let message = quarantine::before(check, &own.message());
    let (type_, message) = (own.outcome.word().to_owned(), cut_characters(&message, MOST_MESSAGE));
    let cause = || Some(for_cdata(&words.text(plan, check, &own)));
    match own.outcome.class() {
        Class::Green => TestResult::Success,
        Class::Failure => TestResult::Failure { type_, message, cause: cause() },
        Class::Error => TestResult::Error { type_, message, cause: cause() },
        // Readers know no result that fails and is excused. A failure would make them fail what this run does not.
        Class::Skipped | Class::Quarantined => TestResult::SkippedWithCause { type_, message, cause: cause() },
    }
}

/// A case that is an error without a check, in a class of its own.
fn alone(class: &str, name: &str, type_: &str, message: &str, lines: &[String]) -> TestCase {
    let message = cut_characters(message, MOST_MESSAGE);
    let mut case = TestCase::error(name, junit_report::Duration::ZERO, type_, &message);
    if let TestResult::Error { cause, .. } = &mut case.result {
        *cause = Some(for_cdata(&cut_characters(&lines.join("\n"), MOST_TEXT)));
    }
    case.set_classname(class);
    case
}

/// The suite of a plan that cannot be run.
pub(super) fn of_broken(of: &BrokenCase<'_>) -> Suite<'static> {
    let BrokenCase { broken, package, class, path, message, lines } = of;
    let mut case = alone(class, BROKEN_NAME, "plan", message, lines);
    case.set_filepath(path);
    let mut suite = new_suite(path, package);
    suite.add_testcase(case);
    let cases = vec![Beside { line: broken.line, id: path.clone(), check: None }];
    Suite { suite, file: Some(path.clone()), started: None, properties: Vec::new(), cases }
}

/// The suite of the run as a whole, if anything is wrong with it.
pub(super) fn of_run(problem: &Problem) -> Suite<'static> {
    let message = problem.lines.first().map_or("", String::as_str);
    let case = alone(RUN_CLASS, RUN_NAME, problem.word, message, &problem.lines);
    let mut suite = new_suite("plan-run", "plan-run");
    suite.add_testcase(case);
    let cases = vec![Beside { line: None, id: "plan-run".to_owned(), check: None }];
    Suite { suite, file: None, started: None, properties: Vec::new(), cases }
}

fn new_suite(name: &str, package: &str) -> TestSuite {
    let mut suite = TestSuite::new(&cut_characters(name, MOST_NAME));
    package.clone_into(&mut suite.package);
    suite.set_timestamp(OffsetDateTime::UNIX_EPOCH);
    suite
}

/// Milliseconds are what the files show; cutting here lets the crate's sums agree with its parts.
fn whole(took: Duration) -> junit_report::Duration {
    junit_report::Duration::milliseconds(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))
}
