//! Whole runs of the real binary: plans to write, reports to read, and ways to meet its children.

use std::fmt::Write as _;
use std::io::Read;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};

use quick_xml::events::{BytesStart, Event};
use rustix::process::{Pid, Signal, kill_process};

use super::real::FOR_EVER;
use super::space::{Finished, Space};

/// A staged plan: for each stage its number, the stages that it needs, and its checks. A check is a command in a block
/// of its own, with several lines a script; one that starts with `- ` is an item as it stands.
pub fn staged(stages: &[(&str, &str, &[&str])]) -> String {
    let mut text = "# Plan\n".to_owned();
    for (number, needs, checks) in stages {
        let _ = write!(text, "\n## Stage {number}: Part {number}\n");
        if !needs.is_empty() {
            let _ = write!(text, "\n**Dependencies**: {needs}\n");
        }
        text.push_str("\n### Validation\n\n");
        for check in *checks {
            let _ = match check.strip_prefix("- ") {
                Some(_) => writeln!(text, "{check}"),
                None => writeln!(text, "```sh\n{check}\n```"),
            };
        }
    }
    text
}

/// A folder with a staged plan, `plan.md`.
pub fn space(stages: &[(&str, &str, &[&str])]) -> Space {
    let space = Space::new();
    space.file("plan.md", &staged(stages));
    space
}

/// Runs with a JUnit report; gives what the binary left and how each case ended.
pub fn ends(space: &Space, args: &[&str]) -> (Finished, Vec<String>) {
    let words = [args, &["--progress", "none", "--junit", "ends.xml"]].concat();
    let finished = space.run(&words);
    let xml = std::fs::read_to_string(space.at("ends.xml")).unwrap_or_else(|error| panic!("{error}: {finished:?}"));
    (finished, cases(&xml))
}

/// Lines as a list that can be compared with one.
pub fn own(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

/// How each case of a JUnit report ended, in its order: the check's label, then `passed` or the element that says
/// otherwise with its type and message.
///
/// Reads as strictly as the strictest reader: nothing that XML 1.0 forbids may be anywhere.
pub fn cases(xml: &str) -> Vec<String> {
    let forbidden = |c: char| (c < ' ' && !"\t\n\r".contains(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden), "XML has no such characters");
    let mut reader = quick_xml::Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_comments = true;
    config.check_end_names = true;
    let mut found: Vec<String> = Vec::new();
    loop {
        let element = match reader.read_event().expect("the report is well-formed") {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return found,
            Event::Text(text) => {
                let text = text.decode().expect("text");
                assert!(!text.contains("]]>"), "text must not hold the end of CDATA");
                drop(quick_xml::escape::unescape(&text).expect("what is escaped can be read"));
                continue;
            }
            _ => continue,
        };
        for attribute in element.attributes() {
            drop(attribute.expect("attributes are well-formed").normalized_value(quick_xml::XmlVersion::Explicit1_0));
        }
        match element.name().as_ref() {
            b"testcase" => {
                let name = attribute(&element, "name");
                let label = name.split(' ').next().filter(|word| word.contains('.')).unwrap_or(&name).to_owned();
                found.push(format!("{label} passed"));
            }
            b"failure" | b"error" | b"skipped" => {
                let kind = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                let last = found.last_mut().expect("it stands in a test case");
                let label = last.trim_end_matches(" passed").to_owned();
                *last = format!("{label} {kind} {}: {}", attribute(&element, "type"), attribute(&element, "message"));
            }
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let attribute = element.try_get_attribute(name).expect("attributes are well-formed").expect("it is there");
    attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).expect("it can be read").into_owned()
}

/// A text in which every time is `0.0s`: how long a command takes is not the test's business.
pub fn timeless(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        let number: String = rest[at..].chars().take_while(|&c| c.is_ascii_digit() || c == '.').collect();
        rest = &rest[at + number.len()..];
        let is_time = rest.starts_with('s') && number.contains('.') && !number.ends_with('.');
        out.push_str(if is_time { "0.0" } else { &number });
    }
    out + rest
}

/// A named pipe on which a child says that it has come so far.
pub struct Gate {
    said: Receiver<String>,
}

impl Gate {
    /// A pipe with a name in the folder.
    pub fn new(space: &Space, name: &str) -> Self {
        let path = space.at(name);
        fifo(space, name);
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let mut pipe = std::fs::File::open(path).expect("the pipe opens when someone writes");
            pipe.read_to_string(&mut text).expect("what is written is text");
            _ = sender.send(text);
        });
        Self { said }
    }

    /// Waits until a child has said something.
    pub fn wait(&self) -> String {
        self.said.recv_timeout(FOR_EVER).expect("a child comes so far")
    }
}

/// Makes a named pipe.
pub fn fifo(space: &Space, name: &str) {
    let made = Command::new("mkfifo").arg(space.at(name)).status().expect("mkfifo runs");
    assert!(made.success());
}

/// Sends a signal to the binary.
pub fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("the binary is alive");
}
