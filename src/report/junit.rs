//! JUnit XML: the only file that names junit-report.
//!
//! A suite for each stage, a case for each check, in document order. The crate writes one suite at a time; a
//! second pass over its XML adds what it cannot say (places, properties, counts of skipped cases), rounds times,
//! turns CDATA into escaped text and indents the whole, so that every reader and a person can take it. Must not
//! know where the bytes go.

use std::io;
use std::time::{Duration, SystemTime};

use junit_report::{OffsetDateTime, Report, TestCase, TestResult, TestSuite};
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::excerpt::ReadPart;
use super::names::{Unique, cut_characters, plan_slugs, slug};
use super::room::Room;
use super::wording::stamp;
use super::{CheckReport, PlanReport, RunReport, StageReport, Verdict, wording};
use crate::event::Output;
use crate::outcome::Class;
use crate::roster::Broken;
use crate::text::{clean, clean_line, duration};

/// The most that is kept of one check's output, in bytes as they were written.
const MOST_OUTPUT: u64 = 64 * 1024;

/// The most that is kept of all outputs together: some readers refuse a file of 30 MB.
const MOST_OUTPUTS: u64 = 10 * 1024 * 1024;

/// The most characters of a case's name.
const MOST_NAME: usize = 180;

/// The most characters of a message; the whole reason also stands in the text.
const MOST_MESSAGE: usize = 500;

/// The most characters of a command or of a plan's words in the text.
const MOST_WORDS: usize = 4000;

/// Stands between `]]` and `>` while text goes through CDATA, which it would end. Cleaned text never holds it.
const SPLIT: &str = "]]\u{ffff}>";

/// Writes a finished run as JUnit XML.
///
/// # Errors
/// When an output cannot be read or the XML cannot be written.
pub fn junit(report: &RunReport, read: &ReadPart<'_>) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(root(report)))?;

    let paths = report.plans.iter().map(|plan| plan.path.as_str());
    let paths: Vec<&str> = paths.chain(report.broken.iter().map(|broken| broken.path.as_str())).collect();
    let slugs = plan_slugs(&paths);
    let (plan_slugs, broken_slugs) = slugs.split_at(report.plans.len());
    let room = Room::of(report, MOST_OUTPUT, MOST_OUTPUTS);
    let mut names = Unique::default();
    let mut number = 0;
    for (plan, plan_slug) in report.plans.iter().zip(plan_slugs) {
        let mut classes = Unique::default();
        for stage in &plan.stages {
            let class = classes.take(&format!("{plan_slug}.{}", slug(&stage.label)), "-");
            let suite = stage_suite(plan, stage, &class, plan_slug, &mut names, &|output, class| {
                room.excerpt(read, output, class)
            })?;
            write_suite(&mut writer, suite, number)?;
            number += 1;
        }
    }
    for (broken, plan_slug) in report.broken.iter().zip(broken_slugs) {
        write_suite(&mut writer, broken_suite(broken, plan_slug, &mut names), number)?;
        number += 1;
    }
    if let Some(suite) = own_suite(report, &mut names) {
        write_suite(&mut writer, suite, number)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// A suite, and what the crate cannot say of it.
struct Suite {
    suite: TestSuite,
    file: Option<String>,
    started: Option<SystemTime>,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Place>,
}

/// What the crate cannot say of a case.
#[derive(Default)]
struct Place {
    line: Option<u32>,
    id: String,
}

fn root(report: &RunReport) -> BytesStart<'static> {
    let count = |class: Class| report.checks().filter(|check| check.outcome.class() == class).count();
    let own = report.broken.len() + own_problem(report).map_or(0, |_| 1);
    let tests = report.checks().count() + own;
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "plan-run"));
    root.push_attribute(("tests", tests.to_string().as_str()));
    root.push_attribute(("failures", count(Class::Failure).to_string().as_str()));
    root.push_attribute(("errors", (count(Class::Error) + own).to_string().as_str()));
    root.push_attribute(("skipped", count(Class::Skipped).to_string().as_str()));
    root.push_attribute(("time", format!("{:.3}", report.took.as_secs_f64()).as_str()));
    if let Some(stamp) = stamp(report.started) {
        root.push_attribute(("timestamp", stamp.as_str()));
    }
    root
}

fn stage_suite(
    plan: &PlanReport,
    stage: &StageReport,
    class: &str,
    package: &str,
    names: &mut Unique,
    excerpt: &dyn Fn(&Output, Class) -> io::Result<String>,
) -> io::Result<Suite> {
    let path = clean_line(&plan.path);
    let name = format!("{path}: {}", wording::stage_name(&stage.label, &stage.title));
    let mut suite = new_suite(&name, package);
    let mut cases = Vec::new();
    for check in &stage.checks {
        let mut case = TestCase::success(&case_name(class, check, names), whole(check.took));
        case.set_classname(class);
        case.set_filepath(&path);
        case.result = result(plan, check);
        if let Some(output) = check.output.as_ref().filter(|output| !output.is_empty()) {
            case.set_system_out(&for_cdata(&excerpt(output, check.outcome.class())?));
        }
        if check.leftover && check.outcome.is_green() {
            case.set_system_err(LEFTOVER);
        }
        suite.add_testcase(case);
        cases.push(Place { line: Some(check.line), id: format!("{path}#{}", clean_line(&check.label)) });
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
    Ok(Suite { suite, file: Some(path), started: stage.started, properties, cases })
}

/// What is said of a check that left processes behind.
const LEFTOVER: &str = "It left processes behind, which were ended.";

fn case_name(class: &str, check: &CheckReport, names: &mut Unique) -> String {
    let name = clean_line(&format!("{} {}", check.label, wording::called(check)));
    // Readers drop a case without a name.
    let name = if name.is_empty() { "check".to_owned() } else { cut_characters(&name, MOST_NAME) };
    names.take_in(class, &name)
}

fn result(plan: &PlanReport, check: &CheckReport) -> TestResult {
    let type_ = check.outcome.word().to_owned();
    let message = cut_characters(&wording::reason(&check.outcome), MOST_MESSAGE);
    match check.outcome.class() {
        Class::Green => TestResult::Success,
        Class::Failure => TestResult::Failure { type_, message, cause: Some(case_text(plan, check)) },
        Class::Error => TestResult::Error { type_, message, cause: Some(case_text(plan, check)) },
        Class::Skipped => TestResult::SkippedWithCause { type_, message, cause: Some(case_text(plan, check)) },
    }
}

/// The reason, and what a reader needs to look at it. The output is not repeated here.
fn case_text(plan: &PlanReport, check: &CheckReport) -> String {
    let mut lines = vec![wording::reason(&check.outcome)];
    let cut = |text: &str| cut_characters(clean(text.as_bytes()).trim_end(), MOST_WORDS);
    match &check.command {
        Some(command) => lines.push(format!("command: {}", cut(command))),
        None => lines.push(format!("to do: {}", cut(&check.text))),
    }
    if let Some(cwd) = &check.cwd {
        lines.push(format!("directory: {}", cut(cwd)));
    }
    if let Some(expect) = &check.expect {
        lines.push(format!("expected: {}", cut(expect)));
    }
    lines.push(format!("plan: {}, line {}", clean_line(&plan.path), check.line));
    if check.outcome.class() != Class::Skipped {
        lines.push(format!("took: {}", duration(check.took)));
    }
    if check.leftover {
        lines.push(LEFTOVER.to_owned());
    }
    for_cdata(&lines.join("\n"))
}

fn broken_suite(broken: &Broken, plan_slug: &str, names: &mut Unique) -> Suite {
    let path = clean_line(&broken.path);
    let problems: Vec<String> = broken.problems.iter().map(|problem| clean_line(problem)).collect();
    let message = problems.first().map_or("the plan cannot be run", String::as_str);
    let text = cut_characters(&[&["the plan cannot be run".to_owned()], &problems[..]].concat().join("\n"), 20_000);
    let class = format!("{plan_slug}.plan");
    let name = names.take_in(&class, "the plan can be read");
    let mut case = TestCase::error(&name, junit_report::Duration::ZERO, "plan", &cut_characters(message, MOST_MESSAGE));
    if let TestResult::Error { cause, .. } = &mut case.result {
        *cause = Some(for_cdata(&text));
    }
    case.set_classname(&class);
    case.set_filepath(&path);
    let mut suite = new_suite(&path, plan_slug);
    suite.add_testcase(case);
    let cases = vec![Place { line: broken.line, id: path.clone() }];
    Suite { suite, file: Some(path), started: None, properties: Vec::new(), cases }
}

/// What is wrong with the run as a whole: type and lines. Without it a file could look green though nothing is.
fn own_problem(report: &RunReport) -> Option<(&'static str, Vec<String>)> {
    let verdict = Verdict::of(report, &[]);
    let sentence = wording::sentence(report, verdict);
    match verdict {
        Verdict::Interrupted => Some(("cancelled", [&[sentence], &report.internal[..]].concat())),
        Verdict::Internal => Some(("infrastructure", [&[sentence], &report.internal[..]].concat())),
        Verdict::NothingRan => Some(("nothing-ran", vec![sentence])),
        Verdict::BrokenPlan | Verdict::Fails | Verdict::Holds => None,
    }
}

fn own_suite(report: &RunReport, names: &mut Unique) -> Option<Suite> {
    let (type_, lines) = own_problem(report)?;
    let lines: Vec<String> = lines.iter().map(|line| clean_line(line)).collect();
    let class = "plan-run.run";
    let name = names.take_in(class, "the run as a whole");
    let mut case =
        TestCase::error(&name, junit_report::Duration::ZERO, type_, &cut_characters(&lines[0], MOST_MESSAGE));
    if let TestResult::Error { cause, .. } = &mut case.result {
        *cause = Some(for_cdata(&cut_characters(&lines.join("\n"), 20_000)));
    }
    case.set_classname(class);
    let mut suite = new_suite("plan-run", "plan-run");
    suite.add_testcase(case);
    let cases = vec![Place { line: None, id: "plan-run".to_owned() }];
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

fn for_cdata(text: &str) -> String {
    text.replace("]]>", SPLIT)
}

/// Writes one suite through the crate and passes its XML on with what it lacks.
fn write_suite(writer: &mut Writer<Vec<u8>>, suite: Suite, number: usize) -> io::Result<()> {
    let Suite { suite, file, started, properties, cases } = suite;
    let skipped = suite.skipped();
    let mut report = Report::new();
    report.add_testsuite(suite);
    let mut raw = Vec::new();
    report.write_xml(&mut raw).map_err(io::Error::other)?;
    drop(report);

    let mut reader = Reader::from_reader(raw.as_slice());
    let mut cases = cases.into_iter();
    loop {
        let event = reader.read_event().map_err(io::Error::other)?;
        match event {
            Event::Eof => return Ok(()),
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                let empty = matches!(event, Event::Empty(_));
                match tag.name().as_ref() {
                    b"testsuites" => {}
                    b"testsuite" => {
                        let mut out = copy(tag, &["id", "timestamp"])?;
                        out.push_attribute(("id", number.to_string().as_str()));
                        out.push_attribute(("skipped", skipped.to_string().as_str()));
                        if let Some(stamp) = started.and_then(stamp) {
                            out.push_attribute(("timestamp", stamp.as_str()));
                        }
                        if let Some(file) = &file {
                            out.push_attribute(("file", file.as_str()));
                        }
                        writer.write_event(Event::Start(out))?;
                        write_properties(writer, &properties)?;
                        if empty {
                            writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
                        }
                    }
                    b"testcase" => {
                        let place = cases.next().unwrap_or_default();
                        let mut out = copy(tag, &[])?;
                        if let Some(line) = place.line {
                            out.push_attribute(("line", line.to_string().as_str()));
                        }
                        out.push_attribute(("id", place.id.as_str()));
                        writer.write_event(if empty { Event::Empty(out) } else { Event::Start(out) })?;
                    }
                    _ => writer.write_event(event)?,
                }
            }
            Event::End(ref tag) if tag.name().as_ref() == b"testsuites" => {}
            Event::CData(data) => {
                let text = data.decode().map_err(io::Error::other)?.replace(SPLIT, "]]>");
                writer.write_event(Event::Text(BytesText::from_escaped(partial_escape(text))))?;
            }
            Event::Decl(_) => {}
            other => writer.write_event(other)?,
        }
    }
}

fn write_properties(writer: &mut Writer<Vec<u8>>, properties: &[(&'static str, String)]) -> io::Result<()> {
    if properties.is_empty() {
        return Ok(());
    }
    writer.write_event(Event::Start(BytesStart::new("properties")))?;
    for (name, value) in properties {
        let mut tag = BytesStart::new("property");
        tag.push_attribute(("name", *name));
        tag.push_attribute(("value", value.as_str()));
        writer.write_event(Event::Empty(tag))?;
    }
    writer.write_event(Event::End(BytesEnd::new("properties")))
}

/// A tag with its attributes as they are, but for those to leave out and for times, which get three decimals.
fn copy(tag: &BytesStart<'_>, without: &[&str]) -> io::Result<BytesStart<'static>> {
    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
    let mut out = BytesStart::new(name);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(io::Error::other)?;
        let key = attribute.key.as_ref();
        if without.iter().any(|left_out| left_out.as_bytes() == key) {
            continue;
        }
        if key == b"time" {
            let seconds: f64 = String::from_utf8_lossy(&attribute.value).parse().map_err(io::Error::other)?;
            out.push_attribute(("time", format!("{seconds:.3}").as_str()));
        } else {
            out.push_attribute(attribute);
        }
    }
    Ok(out)
}
