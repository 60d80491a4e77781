//! Suites as the crate that knows the format makes them: the only file that names junit-report.
//!
//! Takes a stage, a broken plan or the run as a whole; leaves the XML of one suite without any output, and what is to be
//! added to it. Must not know how that is added.

use std::io;
use std::time::{Duration, SystemTime};

use junit_report::{OffsetDateTime, Report, TestCase, TestResult, TestSuite};

use super::super::names::{Unique, cut_characters};
use super::super::{CheckReport, PlanReport, RunReport, StageReport, Verdict, wording};
use super::tries::{Tries, Try};
use super::words::{MOST_MESSAGE, Words};
use crate::outcome::Class;
use crate::roster::Broken;
use crate::text::clean_line;

/// The most characters of a case's name.
const MOST_NAME: usize = 180;

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
    pub(super) cases: Vec<Case<'a>>,
}

/// What the crate cannot say of a case.
pub(super) struct Case<'a> {
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
pub(super) fn of_stage<'a>(
    plan: &PlanReport,
    stage: &'a StageReport,
    class: &str,
    package: &str,
    words: Words,
    names: &mut Unique,
) -> Suite<'a> {
    let path = clean_line(&plan.path);
    let name = format!("{path}: {}", wording::stage_name(&stage.label, &stage.title));
    let mut suite = new_suite(&name, package);
    let mut cases = Vec::new();
    for check in &stage.checks {
        let mut case = TestCase::success(&case_name(class, check, names), whole(check.took));
        case.set_classname(class);
        case.set_filepath(&path);
        case.result = result(plan, check, words);
        suite.add_testcase(case);
        let id = format!("{path}#{}", clean_line(&check.label));
        cases.push(Case { line: Some(check.line), id, check: Some((stage, check)) });
    }
    let mut properties = vec![
        ("plan", clean_line(&plan.title)),
        ("stage", clean_line(&stage.label)),
        ("status", wording::mark(stage).word.to_owned()),
        ("line", stage.line.to_string()),
    ];
    if !stage.needs.is_empty() {
        properties.push(("needs", clean_line(&stage.needs.join(", "))));
    }
    Suite { suite, file: Some(path), started: stage.started, properties, cases }
}

fn case_name(class: &str, check: &CheckReport, names: &mut Unique) -> String {
    let name = clean_line(&format!("{} {}", check.label, wording::called(check)));
    // Readers drop a case without a name.
    let name = if name.is_empty() { "check".to_owned() } else { cut_characters(&name, MOST_NAME) };
    names.take_in(class, &name)
}

fn result(plan: &PlanReport, check: &CheckReport, words: Words) -> TestResult {
    let tries = Tries::of(check);
    let (type_, message) = type_and_message(&tries.own);
    let cause = || Some(for_cdata(&words.text(plan, check, &tries)));
    match tries.own.outcome.class() {
        Class::Green => TestResult::Success,
        Class::Failure => TestResult::Failure { type_, message, cause: cause() },
        Class::Error => TestResult::Error { type_, message, cause: cause() },
        Class::Skipped => TestResult::SkippedWithCause { type_, message, cause: cause() },
    }
}

/// The word for how an attempt ended, and why in one line.
pub(super) fn type_and_message(attempt: &Try<'_>) -> (String, String) {
    (attempt.outcome.word().to_owned(), cut_characters(&wording::reason(attempt.outcome), MOST_MESSAGE))
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
pub(super) fn of_broken<'a>(broken: &Broken, plan_slug: &str, names: &mut Unique) -> Suite<'a> {
    let path = clean_line(&broken.path);
    let mut lines = vec!["the plan cannot be run".to_owned()];
    lines.extend(broken.problems.iter().map(|problem| clean_line(problem)));
    let message = lines.get(1).unwrap_or(&lines[0]);
    let class = format!("{plan_slug}.plan");
    let name = names.take_in(&class, "the plan can be read");
    let mut case = alone(&class, &name, "plan", message, &lines);
    case.set_filepath(&path);
    let mut suite = new_suite(&path, plan_slug);
    suite.add_testcase(case);
    let cases = vec![Case { line: broken.line, id: path.clone(), check: None }];
    Suite { suite, file: Some(path), started: None, properties: Vec::new(), cases }
}

/// What is wrong with the run as a whole: type and lines. Without it a file could look green though nothing is.
pub(super) fn own_problem(report: &RunReport) -> Option<(&'static str, Vec<String>)> {
    let verdict = Verdict::of(report, &[]);
    let sentence = wording::sentence(report, verdict);
    match verdict {
        Verdict::Interrupted => {
            let type_ = if report.incomplete { "interrupted" } else { "cancelled" };
            Some((type_, [&[sentence], &report.internal[..]].concat()))
        }
        Verdict::Internal => Some(("infrastructure", [&[sentence], &report.internal[..]].concat())),
        Verdict::NothingRan => Some(("nothing-ran", vec![sentence])),
        Verdict::BrokenPlan | Verdict::Fails | Verdict::Holds => None,
    }
}

/// The suite of the run as a whole, if anything is wrong with it.
pub(super) fn of_run<'a>(report: &RunReport, names: &mut Unique) -> Option<Suite<'a>> {
    let (type_, lines) = own_problem(report)?;
    let lines: Vec<String> = lines.iter().map(|line| clean_line(line)).collect();
    let class = "plan-run.run";
    let name = names.take_in(class, "the run as a whole");
    let case = alone(class, &name, type_, &lines[0], &lines);
    let mut suite = new_suite("plan-run", "plan-run");
    suite.add_testcase(case);
    let cases = vec![Case { line: None, id: "plan-run".to_owned(), check: None }];
    Some(Suite { suite, file: None, started: None, properties: Vec::new(), cases })
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
