//! The file as a whole, written suite by suite and case by case.
//!
//! Must not know the crate that makes the suites.

use std::io::{self, Write};

use quick_xml::escape::{escape, partial_escape};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::super::cases::{Cases, Problem};
use super::super::excerpt::ReadPart;
use super::super::facts::{Try, Words};
use super::super::room::Room;
use super::super::wording::stamp;
use super::super::{CheckReport, RunReport, StageReport};
use super::suites::{self, Suite};
use super::tries::Tries;
use crate::outcome::Class;

/// The most that is kept of all outputs together: some readers refuse a file of 30 MB.
const MOST_OUTPUTS: u64 = 10 * 1024 * 1024;

/// How many spaces each depth stands further to the right.
const INDENT: usize = 2;

/// Writes a finished run as JUnit XML. At most `max_output` bytes of each output are kept, fewer where there are many.
/// Outputs are read one at a time.
///
/// # Errors
/// When an output cannot be read or `out` does not take what is written.
pub fn junit(report: &RunReport, read: &ReadPart<'_>, max_output: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut file = File {
        writer: Writer::new_with_indent(out, b' ', INDENT),
        words: Words::of(report),
        room: Room::of(report, max_output, MOST_OUTPUTS),
        read,
        suites: 0,
    };
    file.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (cases, problem) = (Cases::of(report), Problem::of(report));
    file.event(Event::Start(root(report, problem.as_ref())))?;
    for stage in &cases.stages {
        file.suite(suites::of_stage(stage, file.words))?;
    }
    for broken in &cases.broken {
        file.suite(suites::of_broken(broken))?;
    }
    if let Some(problem) = &problem {
        file.suite(suites::of_run(problem))?;
    }
    file.event(Event::End(BytesEnd::new("testsuites")))?;
    file.writer.get_mut().write_all(b"\n")
}

fn root(report: &RunReport, problem: Option<&Problem>) -> BytesStart<'static> {
    let (mut failures, mut errors, mut skipped) = (0, 0, 0);
    for check in report.checks() {
        match Tries::of(check).own.outcome.class() {
            Class::Green => {}
            Class::Failure => failures += 1,
            Class::Error => errors += 1,
            Class::Skipped | Class::Quarantined => skipped += 1,
        }
    }
    let own = report.broken.len() + usize::from(problem.is_some());
    let tests = report.checks().count() + own;
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "plan-run"));
    root.push_attribute(("tests", tests.to_string().as_str()));
    root.push_attribute(("failures", failures.to_string().as_str()));
    root.push_attribute(("errors", (errors + own).to_string().as_str()));
    root.push_attribute(("skipped", skipped.to_string().as_str()));
    root.push_attribute(("time", format!("{:.3}", report.took.as_secs_f64()).as_str()));
    if let Some(stamp) = stamp(report.started) {
        root.push_attribute(("timestamp", stamp.as_str()));
    }
    root
}

/// A file under way.
struct File<'a> {
    writer: Writer<&'a mut dyn Write>,
    words: Words,
    room: Room,
    read: &'a ReadPart<'a>,
    /// How many suites were written.
    suites: usize,
}

impl File<'_> {
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        self.writer.write_event(event)
    }

    /// Passes the XML of a suite on with what it lacks.
    fn suite(&mut self, mut suite: Suite<'_>) -> io::Result<()> {
        let skipped = suite.skipped();
        let raw = suite.xml()?;
        let Suite { file, started, properties, cases, .. } = suite;
        let mut reader = Reader::from_reader(raw.as_slice());
        let mut cases = cases.into_iter();
        // The check whose case is open.
        let mut open: Option<(&StageReport, &CheckReport)> = None;
        loop {
            let event = reader.read_event().map_err(io::Error::other)?;
            match event {
                Event::Eof => break,
                Event::Start(ref start) | Event::Empty(ref start) => {
                    let empty = matches!(event, Event::Empty(_));
                    match start.name().as_ref() {
                        b"testsuites" => {}
                        b"testsuite" => {
                            let mut out = copy(start, &[b"id", b"timestamp"])?;
                            push_attribute(&mut out, "id", &self.suites.to_string());
                            push_attribute(&mut out, "skipped", &skipped.to_string());
                            if let Some(stamp) = started.and_then(stamp) {
                                push_attribute(&mut out, "timestamp", &stamp);
                            }
                            if let Some(file) = &file {
                                push_attribute(&mut out, "file", file);
                            }
                            self.event(Event::Start(tag(out, "testsuite")))?;
                            self.properties(2, &properties)?;
                            if empty {
                                self.event(Event::End(BytesEnd::new("testsuite")))?;
                            }
                        }
                        b"testcase" => {
                            let mut out = copy(start, &[])?;
                            let case = cases.next();
                            if let Some(case) = &case {
                                if let Some(line) = case.line {
                                    push_attribute(&mut out, "line", &line.to_string());
                                }
                                push_attribute(&mut out, "id", &case.id);
                            }
                            self.event(Event::Start(tag(out, "testcase")))?;
                            open = case.and_then(|case| case.check);
                            if let Some((stage, check)) = open {
                                self.properties(3, &self.words.properties(stage, check))?;
                            }
                            if empty {
                                self.end_case(open.take().map(|(_, check)| check))?;
                            }
                        }
                        _ => self.event(event)?,
                    }
                }
                Event::End(ref end) if end.name().as_ref() == b"testsuites" => {}
                Event::End(ref end) if end.name().as_ref() == b"testcase" => {
                    self.end_case(open.take().map(|(_, check)| check))?;
                }
                Event::CData(data) => self.text(&suites::mended(&data.decode().map_err(io::Error::other)?))?,
                Event::Decl(_) => {}
                other => self.event(other)?,
            }
        }
        self.suites += 1;
        Ok(())
    }

    /// Writes what stands in a case behind its result, and its end.
    fn end_case(&mut self, check: Option<&CheckReport>) -> io::Result<()> {
        if let Some(check) = check {
            let tries = Tries::of(check);
            for (name, attempt) in &tries.others {
                let mut content = (*name).to_owned();
                push_attribute(&mut content, "message", &attempt.message());
                push_attribute(&mut content, "type", attempt.outcome.word());
                self.event(Event::Start(tag(content, name)))?;
                self.element("stackTrace", &Words::attempt(check, attempt))?;
                self.output(attempt)?;
                self.event(Event::End(BytesEnd::new(*name)))?;
            }
            self.output(&tries.own)?;
            let afterwards = tries.own.afterwards();
            if !afterwards.is_empty() && tries.own.outcome.is_green() {
                self.element("system-err", &afterwards.join("\n"))?;
            }
        }
        self.event(Event::End(BytesEnd::new("testcase")))
    }

    /// Writes what an attempt wrote.
    fn output(&mut self, attempt: &Try<'_>) -> io::Result<()> {
        match attempt.output.filter(|output| !output.is_empty()) {
            Some(output) => {
                let text = self.room.excerpt(self.read, output, attempt.outcome.class())?;
                self.element("system-out", &text)
            }
            None => Ok(()),
        }
    }

    /// Writes properties at a depth, piece by piece: through events they would cost more than all the rest of a case.
    fn properties(&mut self, depth: usize, properties: &[(&str, String)]) -> io::Result<()> {
        if properties.is_empty() {
            return Ok(());
        }
        let mut out = String::with_capacity(128 * properties.len());
        let mut line = |more: usize, text: &[&str], value: Option<&str>| {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', INDENT * (depth + more)));
            text.iter().for_each(|text| out.push_str(text));
            if let Some(value) = value {
                push_attribute(&mut out, "value", value);
                out.push_str("/>");
            }
        };
        line(0, &["<properties>"], None);
        for (name, value) in properties {
            line(1, &["<property name=\"", name, "\""], Some(value));
        }
        line(0, &["</properties>"], None);
        self.writer.get_mut().write_all(out.as_bytes())
    }

    fn element(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.event(Event::Start(BytesStart::new(name)))?;
        self.text(text)?;
        self.event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.event(Event::Text(BytesText::from_escaped(partial_escape(text))))
    }
}

/// Adds an attribute whose value may have several lines, which readers would otherwise join.
fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    let mut value = escape(value);
    if value.contains(['\n', '\t']) {
        value = value.replace('\n', "&#10;").replace('\t', "&#9;").into();
    }
    out.push_str(&value);
    out.push('"');
}

/// The name and the attributes of a tag as they are, but for those to leave out and for times, which get three decimals.
fn copy(tag: &BytesStart<'_>, without: &[&[u8]]) -> io::Result<String> {
    fn text(bytes: &[u8]) -> io::Result<&str> {
        std::str::from_utf8(bytes).map_err(io::Error::other)
    }
    let mut out = String::with_capacity(tag.len() + 128);
    out.push_str(text(tag.name().as_ref())?);
    // They are written by a machine, each name once.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(io::Error::other)?;
        let key = attribute.key.as_ref();
        if without.contains(&key) {
            continue;
        }
        let value = text(&attribute.value)?;
        if key == b"time" {
            let seconds: f64 = value.parse().map_err(io::Error::other)?;
            push_attribute(&mut out, "time", &format!("{seconds:.3}"));
        } else {
            for part in [" ", text(key)?, "=\"", value, "\""] {
                out.push_str(part);
            }
        }
    }
    Ok(out)
}

/// A tag of this name with these attributes behind it.
fn tag(content: String, name: &str) -> BytesStart<'static> {
    BytesStart::from_content(content, name.len())
}
