//! One constructor for each code: the one place where the words of a problem stand.

use std::sync::Arc;

use super::{Diagnostic, Label, Severity};
use crate::source::{Source, Span};

/// The code of a file with variables that cannot be understood; its lines may hold secrets.
pub const ENV_FILE_SYNTAX: &str = "env-file-syntax";

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

/// What one place of a plan says of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The place.
    pub span: Span,
    /// What kind of statement it is.
    pub claimed: Claimed,
    /// The stage that it is about.
    pub stage: String,
    /// The stages that it names beside that; none for one that needs nothing.
    pub others: Vec<String>,
}

/// What is said of a stage and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It waits for them.
    Needs,
    /// It waits for them and for no others.
    NeedsOnly,
    /// It waits for the first of them, which comes after the second one.
    NeedsThrough,
    /// It may run beside them.
    Beside,
}

impl Claim {
    fn words(&self) -> String {
        let stage = &self.stage;
        let mut others = format!("stage{} {}", if self.others.len() == 1 { "" } else { "s" }, first_of(&self.others));
        if self.others.is_empty() {
            others = "nothing".to_owned();
        }
        match self.claimed {
            Claimed::Needs => format!("stage {stage} needs {others}"),
            Claimed::NeedsOnly => format!("stage {stage} needs only {others}"),
            Claimed::NeedsThrough => {
                let [first, second] = [0, 1].map(|at| self.others.get(at).map_or("", String::as_str));
                format!("stage {stage} needs stage {first}, which comes after stage {second}")
            }
            Claimed::Beside => format!("stage {stage} runs beside {others}"),
        }
    }
}

/// Two places that contradict each other about the order of stages. The weaker one is not followed.
#[must_use]
pub fn contradicting_order(source: &Arc<Source>, weaker: &Claim, stronger: &Claim) -> Diagnostic {
    let (weak, strong) = (weaker.words(), stronger.words());
    let rank = "what a stage says of itself counts more than a drawing, a drawing more than words elsewhere, and a \
                dependency more than leave to run side by side";
    Diagnostic {
        code: "contradicting-order",
        severity: Severity::Warning,
        message: format!("the plan contradicts itself: {weak}, and {strong}"),
        labels: vec![
            label(source, weaker.span, format!("{weak}: this is not followed")),
            label(source, stronger.span, format!("{strong}: this is followed")),
        ],
        help: Some(format!("say the same in both places; {rank}")),
    }
}

/// As many stages are named where all of them are told.
const NAMED: usize = 40;

/// The first of some names, and how many there are beside them.
fn first_of<S: AsRef<str>>(names: &[S]) -> String {
    let first: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    match names.len().checked_sub(NAMED).filter(|&more| more > 0) {
        Some(more) => format!("{} and {more} more", first.join(", ")),
        None => first.join(", "),
    }
}

/// A dependency on a stage that the plan does not have. Without `known` stages nothing is said of them.
#[must_use]
pub fn unknown_stage(source: &Arc<Source>, span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let all = format!("the plan's stages are: {}", first_of(known));
    let help = match crate::text::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {}{}", all[..1].to_uppercase(), &all[1..]),
        None => all,
    };
    Diagnostic {
        code: "unknown-stage",
        severity: Severity::Error,
        message: format!("`{name}` is no stage of this plan"),
        labels: vec![label(source, span, "needed here")],
        help: Some(help).filter(|_| !known.is_empty()),
    }
}

/// A name that no resource has.
#[must_use]
pub fn unknown_resource(source: &Arc<Source>, span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let help = match (crate::text::nearest(name, known.iter().copied()), known) {
        (_, []) => format!("say in plan-run.yaml how much there is of it: `resources: {{ {name}: 1 }}`"),
        (Some(near), _) => format!("did you mean `{near}`? The resources of plan-run.yaml are: {}", first_of(known)),
        (None, _) => format!("the resources of plan-run.yaml are: {}", first_of(known)),
    };
    Diagnostic {
        code: "unknown-resource",
        severity: Severity::Error,
        message: format!("`{name}` is no resource"),
        labels: vec![label(source, span, "used here")],
        help: Some(help),
    }
}

/// More of a resource than there will ever be.
#[must_use]
pub fn too_little_of_resource(source: &Arc<Source>, span: Span, name: &str, wanted: usize, there: usize) -> Diagnostic {
    Diagnostic {
        code: "too-little-of-resource",
        severity: Severity::Error,
        message: format!("{wanted} of `{name}` are asked for, and there are only {there}"),
        labels: vec![label(source, span, "used here")],
        help: Some("ask for less, or say in `resources` of plan-run.yaml that there is more".to_owned()),
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

/// A stage that is claimed, at least in part, and needs one that is not; the labels of both.
#[must_use]
pub fn unclaimed_need(source: &Arc<Source>, claim: Span, (stage, need): (&str, &str), needed: Span) -> Diagnostic {
    Diagnostic {
        code: "unclaimed-need",
        severity: Severity::Warning,
        message: format!("stage {stage} is claimed as done, but not all of stage {need}, which it needs"),
        labels: vec![
            label(source, claim, "claimed here"),
            label(source, needed, "not all of this is, so not all is run"),
        ],
        help: Some(format!("tick what is done in stage {need}, or untick stage {stage}")),
    }
}
