//! What is wrong with what an author says to plan-run about single lines.

use std::sync::Arc;

use super::super::{Diagnostic, Label, Severity};
use super::places::label;
use crate::source::{Source, Span};

/// A comment to plan-run with a word that means nothing.
#[must_use]
pub fn unknown_directive(source: &Arc<Source>, span: Span, word: &str, known: &[&str]) -> Diagnostic {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    let near = crate::text::nearest(name, known.iter().map(|known| known.trim_end_matches('=')));
    let all = format!("a directive is one of: {}", known.join(", "));
    Diagnostic {
        code: "unknown-directive",
        severity: Severity::Error,
        message: format!("`{word}` is no directive"),
        labels: vec![label(source, span, "in this comment")],
        help: Some(
            near.filter(|near| *near != name).map_or(all.clone(), |near| format!("did you mean `{near}`? {all}")),
        ),
    }
}

/// A value in a comment to plan-run that makes no sense. `problem` follows "is".
#[must_use]
pub fn bad_directive(source: &Arc<Source>, span: Span, word: &str, problem: &str) -> Diagnostic {
    let (problem, help) = match problem.split_once("; ") {
        Some((problem, help)) => (problem, Some(help.to_owned())),
        None => (problem, None),
    };
    Diagnostic {
        code: "bad-directive",
        severity: Severity::Error,
        message: format!("`{word}`: the value is {problem}"),
        labels: vec![label(source, span, "in this comment")],
        help,
    }
}

/// A comment to plan-run that changes nothing.
#[must_use]
pub fn idle_directive(source: &Arc<Source>, span: Span, why: &str) -> Diagnostic {
    Diagnostic {
        code: "idle-directive",
        severity: Severity::Warning,
        message: format!("this directive changes nothing: {why}"),
        labels: vec![label(source, span, "")],
        help: Some("put it on the line right before the item, the block or the heading that it is about".to_owned()),
    }
}

/// An entry about a line in front matter that cannot have an effect.
#[must_use]
pub fn idle_entry(source: &Arc<Source>, span: Span, problem: &str, help: &str) -> Diagnostic {
    Diagnostic {
        code: "idle-entry",
        severity: Severity::Error,
        message: format!("this entry {problem}"),
        labels: vec![label(source, span, "the entry")],
        help: Some(help.to_owned()),
    }
}

/// An entry that names its line in two ways.
#[must_use]
pub fn line_named_twice(source: &Arc<Source>, first: Span, second: Span) -> Diagnostic {
    Diagnostic {
        code: "idle-entry",
        severity: Severity::Error,
        message: "this entry names its line twice".to_owned(),
        labels: vec![label(source, second, "named again here"), label(source, first, "first named here")],
        help: Some("keep `line` or `text`, not both".to_owned()),
    }
}

/// An entry about words that stand on several lines.
#[must_use]
pub fn ambiguous_line(source: &Arc<Source>, span: Span, text: &str, lines: &[u32]) -> Diagnostic {
    const SHOWN: usize = 5;
    let numbers: Vec<String> = lines.iter().take(SHOWN).map(u32::to_string).collect();
    let more = if lines.len() > SHOWN { format!(" and {} more", lines.len() - SHOWN) } else { String::new() };
    let mut labels = vec![label(source, span, "which of them?")];
    labels.extend(lines.iter().take(SHOWN).map(|&line| label(source, source.line_span(line), "here")));
    Diagnostic {
        code: "ambiguous-line",
        severity: Severity::Error,
        message: format!("`{text}` stands on lines {}{more}", numbers.join(", ")),
        labels,
        help: Some(format!("name the line by its number, such as `line: {}`, or copy more of its words", lines[0])),
    }
}

/// An entry about a line that the plan does not have. `first` and `last` are the lines that it has.
#[must_use]
pub fn line_outside(source: &Arc<Source>, span: Span, line: u32, first: u32, last: u32) -> Diagnostic {
    Diagnostic {
        code: "no-such-line",
        severity: Severity::Error,
        message: format!("line {line} is no line of the plan"),
        labels: vec![label(source, span, "named here")],
        help: Some(format!("the plan goes from line {first}, behind its front matter, to line {last}")),
    }
}

/// An entry about words that stand nowhere.
#[must_use]
pub fn text_not_found(source: &Arc<Source>, span: Span, text: &str) -> Diagnostic {
    Diagnostic {
        code: "no-such-line",
        severity: Severity::Error,
        message: format!("`{text}` stands nowhere in the plan"),
        labels: vec![label(source, span, "named here")],
        help: Some("copy the words from the plan as they stand there, or name the line by its number".to_owned()),
    }
}

/// An entry about a line on which there is nothing that it could change. `what` is `check` or `command`.
#[must_use]
pub fn line_without_check(source: &Arc<Source>, span: Span, line: u32, what: &str) -> Diagnostic {
    Diagnostic {
        code: "idle-entry",
        severity: Severity::Error,
        message: format!("there is no {what} on line {line}"),
        labels: with_line(source, label(source, span, "named here"), line),
        help: Some(
            "name the line of an item, of a command, of a block's opening or of a stage's heading; `plan-run explain` \
             shows what was read on which line"
                .to_owned(),
        ),
    }
}

/// A label with one for a line that it speaks of, unless there is nothing on it to be shown.
fn with_line(source: &Arc<Source>, first: Label, line: u32) -> Vec<Label> {
    let span = source.line_span(line);
    let there = label(source, span, "the line");
    if source.slice(span).trim().is_empty() { vec![first] } else { vec![first, there] }
}

/// A need that is told of something else than a stage.
#[must_use]
pub fn needs_without_stage(source: &Arc<Source>, span: Span, line: u32, front: bool) -> Diagnostic {
    if !front {
        return idle_directive(source, span, "`needs` belongs on the line before a stage's heading");
    }
    Diagnostic {
        code: "idle-entry",
        severity: Severity::Error,
        message: format!("no stage starts on line {line}, and only a stage has needs"),
        labels: with_line(source, label(source, span, "said here"), line),
        help: Some("name the line of a stage's heading".to_owned()),
    }
}

/// A directory for one command of a block whose commands share a shell. `block` is the line that opens it.
#[must_use]
pub fn cwd_in_script(source: &Arc<Source>, span: Span, block: u32) -> Diagnostic {
    Diagnostic {
        code: "cwd-in-script",
        severity: Severity::Error,
        message: "the commands of this block share a shell, so one of them cannot have a directory of its own"
            .to_owned(),
        labels: vec![label(source, span, "said here"), label(source, source.line_span(block), "the block")],
        help: Some(format!("say it of the whole block, by line {block}, or write `cd` into the block")),
    }
}

/// Two different things that are said of one line.
#[must_use]
pub fn directives_contradict(source: &Arc<Source>, first: Span, second: Span, line: u32) -> Diagnostic {
    Diagnostic {
        code: "directives-contradict",
        severity: Severity::Error,
        message: format!("of line {line} two different things are said"),
        labels: vec![label(source, second, "this"), label(source, first, "and this")],
        help: Some("take one of them out".to_owned()),
    }
}
