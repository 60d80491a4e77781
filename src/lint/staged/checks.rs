//! The validation of a stage: that there is something to run, that it is about the stage, and that it says when it holds.

use super::super::{Applies, Reads, Rule};
use super::anatomy::{Body, Role};
use super::whole::{self, Whole};
use crate::diagnostic::Severity;
use crate::plan::{Check, Kind, Plan};
use crate::source::Span;
use crate::text::plural;

/// The most commands that prove one stage; with more than the second number it proves several.
const MOST: (usize, usize) = (3, 7);

/// A validation in which nothing is a check.
pub(crate) static UNCHECKED_STAGE: Rule = Rule {
    code: "unchecked-stage",
    level: Severity::Error,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage whose validation has nothing to run and nothing to look at",
    why: "A stage is done when its validation says so. This one can only be believed.",
    mend: "Write the command that proves it as code, or what a person has to look at as an item. `plan-run explain` shows \
           why a line is no check.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n```text\nIt reads.\n```\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n",
    check: |subject, findings| {
        for body in Body::all(subject).iter().filter(|body| body.stage.checks.is_empty()) {
            if let Some(part) = body.parts(Role::Validation).find(|part| !part.is_empty()) {
                findings
                    .add(
                        part.at,
                        format!("the validation of {} has nothing to run and nothing to look at", body.name()),
                    )
                    .help("write a command as code, or what a person has to look at as an item of a list");
            }
        }
    },
};

/// A stage that only people can check.
pub(crate) static NOTHING_TO_RUN: Rule = Rule {
    code: "nothing-to-run",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that only a person can check",
    why: "What a person looks at is looked at once. A command is run with every later stage, and tells when one of these \
          breaks what was done. Stages that find something out are left alone.",
    mend: "Add a command that fails as long as the stage is not done.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] Manual: open a file of 10 lines\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n\
           - [ ] Manual: open a file of 10 lines\n",
    check: |subject, findings| {
        for body in Body::all(subject).iter().filter(|body| !body.is_research() && !body.stage.checks.is_empty()) {
            if checks(subject.plan, body).all(|check| check.kind == Kind::Manual) {
                findings
                    .add(at_validation(body), format!("only a person can check {}", body.name()))
                    .help("add a command that fails as long as the stage is not done");
            }
        }
    },
};

/// A stage that takes many commands to prove.
pub(crate) static TOO_MANY_COMMANDS: Rule = Rule {
    code: "too-many-commands",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage with more than three commands to run; with more than seven it is a warning",
    why: "Where it takes many commands to prove a stage, the stage is often several.",
    mend: "Make two stages of it, or let one command run what belongs together.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test a::`\n- [ ] `cargo test b::`\n\
          - [ ] `cargo test c::`\n- [ ] `cargo test d::`\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            let count = checks(subject.plan, &body).filter(|check| check.kind != Kind::Manual && !check.scene).count();
            if count > MOST.0 {
                let severity = if count > MOST.1 { Severity::Warning } else { Severity::Note };
                findings
                    .add(at_validation(&body), format!("{} has {} to run", body.name(), plural(count, "command")))
                    .severity(severity)
                    .help("one to three commands prove a stage; more of them often prove several");
            }
        }
    },
};

/// A stage that is proven by everything at once.
pub(crate) static WHOLE_SYSTEM: Rule = Rule {
    code: "whole-system-validation",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that only a run of the whole system proves; where it is the whole test suite, that is a note",
    why: "A stage can be tested by itself. Where everything has to run, a failure may come from anywhere, and the stage \
          cannot be done before the others are.",
    mend: "Add the tests that are about the stage, before what runs everything.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `docker compose up --wait`\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n\
           - [ ] `docker compose up --wait`\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            let commands: Vec<(&Check, Option<Whole>)> = checks(subject.plan, &body)
                .filter(|check| check.kind != Kind::Manual && !check.scene)
                .filter_map(|check| Some((check, whole::of(check.command.as_deref()?))))
                .collect();
            let narrow = commands.iter().any(|(_, whole)| whole.is_none());
            let Some(&(check, Some(most))) = commands.iter().max_by_key(|(_, whole)| *whole).filter(|_| !narrow) else {
                continue;
            };
            let (severity, what) = match most {
                Whole::System => (Severity::Warning, "the whole system has to run"),
                Whole::Suite => (Severity::Note, "the whole test suite has to run"),
            };
            findings
                .add(check.span, format!("{what} to prove {}", body.name()))
                .severity(severity)
                .help("add the tests that are about this stage alone");
        }
    },
};

/// A criterion that two people would judge differently.
pub(crate) static VAGUE_CRITERION: Rule = Rule {
    code: "vague-criterion",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a criterion that says nothing that could be seen, such as `works as expected`",
    why: "Two people would judge it differently, and nobody can say afterwards what was looked at.",
    mend: "Say what is done and what is to be seen: `an empty file prints \"0 lines\"`.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n\
          - [ ] Everything works as expected\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Validation\n\n- [ ] `cargo test file::`\n\
           - [ ] An empty file prints \"0 lines\"\n",
    check: |subject, findings| {
        for check in subject.plan.checks.iter().filter(|check| check.kind == Kind::Manual && check.command.is_none()) {
            if is_vague(&check.text) {
                findings
                    .add(check.span, "this criterion says nothing that could be seen")
                    .help("say what is done and what is to be seen");
            }
        }
    },
};

/// A stage without criteria for its end, beside others that have them.
pub(crate) static MISSING_COMPLETION: Rule = Rule {
    code: "missing-completion-criteria",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that does not say when it is complete, beside others that do",
    why: "Where some stages say when they are complete, the reader looks for it in all of them.",
    mend: "Add `### Completion Criteria` to all stages, or to none: then a stage is complete when all its checks hold.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Completion Criteria\n\nAll checks hold.\n\n\
          ## Stage 2: Read a folder\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 2: Read a folder\n",
    check: |subject, findings| {
        const NAMES: &[&str] = &["completion criteria", "completion criterion", "exit criteria", "definition of done"];
        let bodies = Body::all(subject);
        let says = |body: &&Body<'_>| body.parts.iter().any(|part| NAMES.contains(&part.name.as_str()));
        let Some(other) = bodies.iter().find(says) else { return };
        for body in bodies.iter().filter(|body| !says(body)) {
            findings
                .add(body.stage.span, format!("{} does not say when it is complete", body.name()))
                .also(other.stage.span, "this one does")
                .help("add `### Completion Criteria`, or leave it out of all stages");
        }
    },
};

fn checks<'a>(plan: &'a Plan, body: &Body<'a>) -> impl Iterator<Item = &'a Check> {
    body.stage.checks.iter().map(|&check| plan.check(check))
}

/// The heading of the validation of a stage.
fn at_validation(body: &Body<'_>) -> Span {
    body.parts(Role::Validation).next().map_or(body.stage.span, |part| part.at)
}

/// Words that say that something is good without saying what is seen.
const VAGUE: &[&str] = &[
    "works", "work", "works as expected", "working", "is correct", "are correct", "correctly", "properly",
    "as expected", "looks good", "looks right", "looks fine", "looks ok", "is fine", "is good", "all good",
    "no issues", "no problems", "functions", "behaves", "is ok", "everything ok", "is complete", "is done",
    "is stable", "is robust",
];

/// The longest criterion that is vague, in words: what is longer says something beside it.
const LONGEST: usize = 6;

fn is_vague(text: &str) -> bool {
    let text =
        text.split_once(':').filter(|(label, _)| label.split_whitespace().count() <= 2).map_or(text, |(_, rest)| rest);
    let exact = |next: char| next.is_ascii_digit() || "`\"'“”‘’«»/_=<>".contains(next);
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|next: char| !next.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = format!(" {} ", words.join(" "));
    !words.is_empty()
        && words.len() <= LONGEST
        && !text.contains(exact)
        && VAGUE.iter().any(|vague| joined.contains(&format!(" {vague} ")))
}
