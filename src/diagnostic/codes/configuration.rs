//! What is wrong with a configuration, or with a file that it names.

use std::sync::Arc;

use super::super::{Diagnostic, Severity};
use super::places::label;
use crate::source::{Source, Span};

/// The code of a file with variables that cannot be understood; its lines may hold secrets.
pub const ENV_FILE_SYNTAX: &str = "env-file-syntax";

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

/// A key that is known, but only in a plan's front matter.
#[must_use]
pub fn config_plan_key(source: &Arc<Source>, span: Span, key: &str) -> Diagnostic {
    Diagnostic {
        code: "config-misplaced-key",
        severity: Severity::Error,
        message: format!("`{key}` speaks of the lines of one plan and cannot be set for all"),
        labels: vec![label(source, span, "not allowed here")],
        help: Some("set it below `plan-run` in the front matter of that plan".to_owned()),
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

/// A key that a map must have. `whose` is the map.
#[must_use]
pub fn config_missing_key(source: &Arc<Source>, span: Span, key: &str, whose: &str, known: &[&str]) -> Diagnostic {
    Diagnostic {
        code: "config-missing-key",
        severity: Severity::Error,
        message: format!("`{whose}` has no `{key}`"),
        labels: vec![label(source, span, format!("without `{key}`"))],
        help: Some(format!("it needs all of {}", known.join(", "))),
    }
}

/// A check that is in quarantine by two entries of the same name.
#[must_use]
pub fn duplicate_quarantine(source: &Arc<Source>, first: Span, second: Span, name: &str) -> Diagnostic {
    Diagnostic {
        code: "duplicate-quarantine",
        severity: Severity::Error,
        message: format!("`{name}` is put in quarantine twice"),
        labels: vec![label(source, second, "again here"), label(source, first, "first here")],
        help: Some("take one of the entries out".to_owned()),
    }
}

/// An entry of the quarantine for something that is not there. `missing` says what is not: `no check and no stage \`9\``.
#[must_use]
pub fn unknown_quarantine(
    source: &Arc<Source>,
    span: Span,
    name: &str,
    missing: &str,
    near: Option<&str>,
) -> Diagnostic {
    Diagnostic {
        code: "unknown-quarantine",
        severity: Severity::Warning,
        message: format!("the quarantine of `{name}` is for nothing: {missing}"),
        labels: vec![label(source, span, "put in quarantine here")],
        help: Some(match near {
            Some(near) => format!("did you mean `{near}`? If what it was for is gone, take the entry out"),
            None => "take the entry out, or name what it is for as `plan-run list` does".to_owned(),
        }),
    }
}

/// An entry of the quarantine whose last day is over.
#[must_use]
pub fn expired_quarantine(source: &Arc<Source>, span: Span, name: &str, owner: &str, day: &str) -> Diagnostic {
    Diagnostic {
        code: "expired-quarantine",
        severity: Severity::Error,
        message: format!("the quarantine of `{name}` has expired: its last day was {day}"),
        labels: vec![label(source, span, format!("{owner} looks after it"))],
        help: Some("mend the check and take the entry out, or give it a new day and say why".to_owned()),
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

/// A level for a code that no rule has.
#[must_use]
pub fn unknown_rule(
    source: &Arc<Source>,
    span: Span,
    code: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Diagnostic {
    let near = crate::text::nearest(code, known).map(|near| format!("did you mean `{near}`? "));
    Diagnostic {
        code: "unknown-rule",
        severity: Severity::Error,
        message: format!("no rule has the code `{code}`"),
        labels: vec![label(source, span, "set here")],
        help: Some(format!("{}`plan-run lint --rules` lists all codes", near.unwrap_or_default())),
    }
}

/// A level for something that keeps a plan from being run.
#[must_use]
pub fn fixed_level(source: &Arc<Source>, span: Span, code: &str) -> Diagnostic {
    Diagnostic {
        code: "fixed-level",
        severity: Severity::Error,
        message: format!("`{code}` is always an error: a plan with it is not run"),
        labels: vec![label(source, span, "set here")],
        help: Some("take it out".to_owned()),
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

/// A file with variables that is not there or cannot be read. `path` is where it was looked for, `why` what the system
/// says.
#[must_use]
pub fn missing_env_file(source: &Arc<Source>, span: Span, name: &str, path: &str, why: &str) -> Diagnostic {
    Diagnostic {
        code: "missing-env-file",
        severity: Severity::Error,
        message: format!("cannot read the file `{name}`, which has variables for commands: {why}"),
        labels: vec![label(source, span, format!("looked for at {path}"))],
        help: Some("make the file, or take it out of `env_file`".to_owned()),
    }
}

/// A line of a file with variables that cannot be understood. `problem` follows "the line".
#[must_use]
pub fn env_file_syntax(source: &Arc<Source>, span: Span, problem: &str) -> Diagnostic {
    Diagnostic {
        code: ENV_FILE_SYNTAX,
        severity: Severity::Error,
        message: format!("the line {problem}"),
        labels: vec![label(source, span, "")],
        help: Some("write `NAME=value`, `NAME='as it stands'` or `NAME=\"with ${OTHER}\"`".to_owned()),
    }
}

/// A launcher that cannot run anything. `problem` follows "the launcher `x`".
#[must_use]
pub fn bad_launcher(source: &Arc<Source>, span: Span, name: &str, problem: &str, help: &str) -> Diagnostic {
    Diagnostic {
        code: "bad-launcher",
        severity: Severity::Error,
        message: format!("the launcher `{name}` {problem}"),
        labels: vec![label(source, span, "")],
        help: Some(help.to_owned()),
    }
}

/// Something that no machine is asked for. `known` is what can be asked for.
#[must_use]
pub fn unknown_demand(source: &Arc<Source>, span: Span, key: &str, known: &[&str]) -> Diagnostic {
    let near = crate::text::nearest(key, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let help = format!("the `resources` of a stage are {}; shares of named ones go below `uses`", known.join(", "));
    Diagnostic {
        code: "config-unknown-key",
        severity: Severity::Error,
        message: format!("a stage's `resources` have no key `{key}`"),
        labels: vec![label(source, span, "not known")],
        help: Some(match near {
            Some(near) => format!("{near}{}{}", help[..1].to_uppercase(), &help[1..]),
            None => help,
        }),
    }
}
