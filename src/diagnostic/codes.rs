//! One constructor for each code: the one place where the words of a problem stand.

use std::sync::Arc;

use super::{Diagnostic, Label, Severity};
use crate::source::{Source, Span};

fn label(source: &Arc<Source>, span: Span, text: impl Into<String>) -> Label {
    Label { source: Arc::clone(source), span, text: text.into() }
}

/// One step of a circle of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleStep {
    /// The stage that waits.
    pub stage: String,
    /// The words of the plan that say so, or the stage itself.
    pub span: Span,
}

/// Stages that wait for each other in a circle; each step needs the next, the last one the first.
#[must_use]
pub fn dependency_cycle(source: &Arc<Source>, steps: &[CycleStep]) -> Diagnostic {
    let mut names: Vec<&str> = steps.iter().map(|step| step.stage.as_str()).collect();
    names.push(names.first().copied().unwrap_or_default());
    let labels = steps
        .iter()
        .zip(&names[1..])
        .map(|(step, next)| label(source, step.span, format!("stage {} needs stage {next}", step.stage)))
        .collect();
    Diagnostic {
        code: "dependency-cycle",
        severity: Severity::Error,
        message: format!("stages wait for each other: {}", names.join(" -> ")),
        labels,
        help: Some("take out one of these dependencies".to_owned()),
    }
}

/// As many stages are named where all of them are told.
const NAMED: usize = 40;

/// A dependency on a stage that the plan does not have.
#[must_use]
pub fn unknown_stage(source: &Arc<Source>, span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let mut all = format!("the plan's stages are: {}", known[..known.len().min(NAMED)].join(", "));
    if known.len() > NAMED {
        all.push_str(&format!(" and {} more", known.len() - NAMED));
    }
    let help = match crate::text::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {}{}", all[..1].to_uppercase(), &all[1..]),
        None => all,
    };
    Diagnostic {
        code: "unknown-stage",
        severity: Severity::Error,
        message: format!("`{name}` is no stage of this plan"),
        labels: vec![label(source, span, "needed here")],
        help: Some(help),
    }
}

/// A fence that is never closed, so that it is not known where it was meant to end.
#[must_use]
pub fn unclosed_fence(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "unclosed-fence",
        severity: Severity::Error,
        message: "this fence is never closed; everything after it reads as code".to_owned(),
        labels: vec![label(source, span, "opened here")],
        help: Some("close it with a line of the same marker".to_owned()),
    }
}

/// Fences of equal length inside an example; the reader followed the author's intent.
#[must_use]
pub fn nested_fence(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "nested-fence",
        severity: Severity::Warning,
        message: "an example holds fences as long as its own; read as nested, though Markdown ends the example early"
            .to_owned(),
        labels: vec![label(source, span, "the example starts here")],
        help: Some("give the outer fence more backticks than the inner ones".to_owned()),
    }
}

/// The whole document stands inside a Markdown fence.
#[must_use]
pub fn wrapped_document(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "wrapped-document",
        severity: Severity::Warning,
        message: "the whole plan stands inside a Markdown fence; read as if the fence were not there".to_owned(),
        labels: vec![label(source, span, "")],
        help: Some("take out the fence around the plan".to_owned()),
    }
}

/// Bytes that are not UTF-8.
#[must_use]
pub fn not_utf8(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "not-utf8",
        severity: Severity::Warning,
        message: "the file is not UTF-8 here; unreadable bytes are shown as \u{FFFD}".to_owned(),
        labels: vec![label(source, span, "")],
        help: Some("save the file as UTF-8".to_owned()),
    }
}

/// A document in which no stage was found.
#[must_use]
pub fn no_stages(source: &Arc<Source>) -> Diagnostic {
    Diagnostic {
        code: "no-stages",
        severity: Severity::Warning,
        message: "no stage was found in this plan".to_owned(),
        labels: vec![label(source, source.line_span(1), "")],
        help: Some("a stage starts at a heading such as `## Stage 1: Parse the input`, and a heading such as `## Verification` asks for proof of the whole plan".to_owned()),
    }
}

/// A configuration that is not YAML.
#[must_use]
pub fn config_syntax(source: &Arc<Source>, span: Span, problem: &str) -> Diagnostic {
    Diagnostic {
        code: "config-syntax",
        severity: Severity::Error,
        message: format!("this is not YAML that can be read: {problem}"),
        labels: vec![label(source, span, "noticed here")],
        help: None,
    }
}

/// A configuration that is longer than any real one. `limit` is in bytes.
#[must_use]
pub fn config_too_large(source: &Arc<Source>, span: Span, limit: usize) -> Diagnostic {
    Diagnostic {
        code: "config-too-large",
        severity: Severity::Error,
        message: format!("the configuration is longer than {} KiB and was not read", limit / 1024),
        labels: vec![label(source, span, "starts here")],
        help: None,
    }
}

/// A key that the configuration does not know. `whose` says of what: `a stage`, `the configuration`.
#[must_use]
pub fn config_unknown_key(source: &Arc<Source>, span: Span, key: &str, whose: &str, known: &[&str]) -> Diagnostic {
    let keys = format!("the keys of {whose} are: {}", known.join(", "));
    Diagnostic {
        code: "config-unknown-key",
        severity: Severity::Error,
        message: format!("unknown key `{key}`"),
        labels: vec![label(source, span, format!("no key of {whose}"))],
        help: Some(match crate::text::nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? {}{}", keys[..1].to_uppercase(), &keys[1..]),
            None => keys,
        }),
    }
}

/// A key that is known, but not in a plan's front matter.
#[must_use]
pub fn config_misplaced_key(source: &Arc<Source>, span: Span, key: &str, file: &str) -> Diagnostic {
    Diagnostic {
        code: "config-misplaced-key",
        severity: Severity::Error,
        message: format!("`{key}` holds for a whole run and cannot be set by one plan"),
        labels: vec![label(source, span, "not allowed in front matter")],
        help: Some(format!("set it in {file}")),
    }
}

/// A key that is written twice in one map.
#[must_use]
pub fn config_duplicate_key(source: &Arc<Source>, first: Span, second: Span, key: &str) -> Diagnostic {
    Diagnostic {
        code: "config-duplicate-key",
        severity: Severity::Error,
        message: format!("`{key}` is set twice"),
        labels: vec![label(source, second, "set again here"), label(source, first, "first set here")],
        help: Some("take one of them out".to_owned()),
    }
}

/// A value of the wrong type. `found` and `expected` are noun phrases.
#[must_use]
pub fn config_wrong_type(source: &Arc<Source>, span: Span, key: &str, found: &str, expected: &str) -> Diagnostic {
    Diagnostic {
        code: "config-wrong-type",
        severity: Severity::Error,
        message: format!("`{key}` must be {expected}, not {found}"),
        labels: vec![label(source, span, format!("this is {found}"))],
        help: None,
    }
}

/// A value of the right type that makes no sense. `problem` follows "is": `not a duration`.
#[must_use]
pub fn config_bad_value(source: &Arc<Source>, span: Span, key: &str, value: &str, problem: &str) -> Diagnostic {
    let (problem, help) = match problem.split_once("; ") {
        Some((problem, help)) => (problem, Some(help.to_owned())),
        None => (problem, None),
    };
    Diagnostic {
        code: "config-bad-value",
        severity: Severity::Error,
        message: format!("`{key}`: `{value}` is {problem}"),
        labels: vec![label(source, span, problem)],
        help,
    }
}

/// A directory to run in that is not there. `path` is where it was looked for.
#[must_use]
pub fn missing_root(source: &Arc<Source>, span: Span, name: &str, path: &str) -> Diagnostic {
    Diagnostic {
        code: "missing-root",
        severity: Severity::Error,
        message: format!("the root `{name}` is not a directory"),
        labels: vec![label(source, span, format!("there is no directory {path}"))],
        help: None,
    }
}

/// A plan that cannot be read at all. `why` is what the system says.
#[must_use]
pub fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic {
        code: "unreadable",
        severity: Severity::Error,
        message: format!("cannot read {path}: {why}"),
        labels: Vec::new(),
        help: None,
    }
}

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
