//! Workstreams and their steps: each stream has a purpose, each step says what, why and how it is checked.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::sections::GOOD;
use super::streams::{Step, Stream, first_line, streams};
use super::words::{CHANGES, PROOF, REASON};
use crate::diagnostic::Severity;
use crate::outline::Block;
use crate::text::is_blank;

/// A workstream that does not say what it is for.
pub(crate) static MISSING_PURPOSE: Rule = Rule {
    code: "missing-purpose",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a workstream that does not say what it is for",
    why: "The purpose tells which steps belong into the workstream, and what it gives to the others.",
    mend: "Write a sentence or two before the first step.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n\
          1. Add the table of links, so that they outlive a restart. Validation: `cargo test links::table`\n",
    good: GOOD,
    check: |subject, findings| {
        for stream in streams(subject) {
            if !has_purpose(&stream) {
                findings
                    .add(stream.at, format!("`{}` does not say what it is for", stream.name))
                    .help("write a sentence or two before its first step");
            }
        }
    },
};

/// A workstream without steps that can be named by a number.
pub(crate) static MISSING_STEPS: Rule = Rule {
    code: "missing-steps",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a workstream without numbered steps",
    why: "The steps are the work, in the order in which it is done. Only a number says which step is next, and only by a \
          number can another place of the plan speak of it.",
    mend: "Write the steps as a numbered list below the workstream: `1. Add the table of links`.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n- Add the table of links.\n- Add the route.\n",
    good: GOOD,
    check: |subject, findings| {
        for stream in streams(subject).iter().filter(|stream| stream.steps.is_empty()) {
            let bullets = stream.blocks.iter().any(|block| matches!(block, Block::List(_)));
            let what = if bullets { "does not number its steps" } else { "has no steps" };
            findings
                .add(stream.at, format!("`{}` {what}", stream.name))
                .help("write its steps as a numbered list: `1. Add the table of links`");
        }
    },
};

/// A step that does not say what is done.
pub(crate) static EMPTY_STEP: Rule = Rule {
    code: "empty-step",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a step that does not say what is done",
    why: "What a step changes has to be known before its work begins: which component, which part of the code, which tests.",
    mend: "Begin the step with a sentence that says what is changed, and where.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n1. Backend\n   - Validation: `cargo test links::table`\n2. Add the route.\n   - Validation: `cargo test`\n",
    good: GOOD,
    check: |subject, findings| {
        each(subject, |step| {
            let words = step.title.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
            // Languages without blanks say much in one word.
            if words < 2 && step.title.is_ascii() {
                findings
                    .add(step.stage.span, format!("{} does not say what is done", step.name()))
                    .help("begin it with a sentence that says what is changed, and where");
            }
        });
    },
};

/// A step that does not say why it is needed.
pub(crate) static STEP_WITHOUT_REASON: Rule = Rule {
    code: "step-without-reason",
    level: Severity::Note,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a step that does not say why it is needed",
    why: "Whoever works on a step has to decide what the plan did not foresee, and can do so only by what the step is for.",
    mend: "Say what it gives to the design or to the increment: `Why: links must outlive a restart`.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n1. Add a table of links.\n   - Validation: `cargo test links::table`\n",
    good: GOOD,
    check: |subject, findings| {
        each(subject, |step| {
            if !REASON.any_in(step.text) {
                findings
                    .add(step.stage.span, format!("{} does not say why it is needed", step.name()))
                    .help("say what it is for: `Why: links must outlive a restart`");
            }
        });
    },
};

/// A step that does not say how to find out whether it is done well.
pub(crate) static STEP_WITHOUT_VALIDATION: Rule = Rule {
    code: "step-without-validation",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a step that does not say how to find out whether it holds",
    why: "A step whose result is not looked at at once is looked at when several others have been built on it.",
    mend: "Name the command to run, or what a person has to look at: `Validation: cargo test links::table`.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n1. Add the table of links, so that they outlive a restart.\n",
    good: GOOD,
    check: |subject, findings| {
        each(subject, |step| {
            if step.stage.checks.is_empty() && !PROOF.any_in(step.text) {
                findings
                    .add(step.stage.span, format!("{} does not say how to find out whether it holds", step.name()))
                    .help("name the command to run, or what a person has to look at");
            }
        });
    },
};

/// A step that changes several things which have nothing to do with each other.
pub(crate) static COUPLED_STEP: Rule = Rule {
    code: "coupled-step",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a step that changes three or more things at once",
    why: "A step should be small enough to be reviewed, and to be taken back, by itself. Where it does several things, one \
          that fails holds up all others.",
    mend: "Make a step of each change.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n1. Add the table of links, rename the routes and update the colours of the page, so that all is new.\n   \
          - Validation: `cargo test`\n",
    good: GOOD,
    check: |subject, findings| {
        each(subject, |step| {
            let changes = changes(&step.title);
            if changes >= 3 {
                findings
                    .add(step.stage.span, format!("{} makes {changes} changes at once", step.name()))
                    .help("make a step of each of them");
            }
        });
    },
};

/// Steps whose numbers jump or come twice.
pub(crate) static STEP_NUMBERS: Rule = Rule {
    code: "step-numbers",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "steps whose numbers jump, go back or come twice",
    why: "Steps are named by their numbers, in reviews and in the plan itself. A jump looks as if a step were missing, and \
          a number that comes twice names two steps. Pages number lists anew, so they show other numbers than the file.",
    mend: "Number the steps of a workstream 1, 2, 3, or go on from the workstream before.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\nIt keeps the \
          links.\n\n1. Add the table.\n2. Add the route.\n4. Add the log.\n",
    good: GOOD,
    check: numbers,
};

fn each(subject: &Subject<'_>, mut look: impl FnMut(&Step<'_>)) {
    streams(subject).iter().flat_map(|stream| &stream.steps).for_each(&mut look);
}

fn has_purpose(stream: &Stream<'_>) -> bool {
    for block in &stream.blocks {
        let before_steps = stream.steps.first().is_none_or(|step| block.span().start < step.stage.span.start);
        match block {
            Block::Paragraph(paragraph) if before_steps => {
                let words = paragraph.text.to_plain();
                // The line that names the workstream may go on with what it is for.
                let words =
                    if paragraph.span == stream.at { beyond_name(&words, &first_line(paragraph)) } else { &words };
                let label = words.trim_end().ends_with([':', '：']);
                if !is_blank(words) && !label {
                    return true;
                }
            }
            Block::List(list) if list.start.is_none() && before_steps => return true,
            Block::Quote(..) | Block::Table(_) if before_steps => return true,
            _ => {}
        }
    }
    false
}

/// What stands behind the line that names a workstream, or behind a full stop on it.
fn beyond_name<'t>(words: &'t str, line: &str) -> &'t str {
    match line.split_once(". ") {
        Some((name, _)) => &words[name.len().min(words.len())..],
        None => words.strip_prefix(line.trim()).unwrap_or(""),
    }
}

/// How many changes a sentence tells of: the verbs of work with which its parts begin.
fn changes(title: &str) -> usize {
    let sentence = title.split(['.', ':']).next().unwrap_or(title);
    let parts = sentence.split([',', ';']).flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" & "));
    parts
        .map(|part| part.trim().trim_start_matches("and ").trim_start_matches("then ").trim_start_matches("also "))
        .filter(|part| CHANGES.begin(part))
        .count()
}

fn numbers(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut last_of_stream = 0;
    for stream in streams(subject) {
        let steps: Vec<(&Step<'_>, u64)> =
            stream.steps.iter().filter_map(|step| step.item?.number.map(|number| (step, number))).collect();
        // `1.` before each step leaves the counting to the page.
        if steps.len() > 1 && steps.iter().all(|(_, number)| *number == steps[0].1) {
            continue;
        }
        let mut before: Option<(&Step<'_>, u64)> = None;
        for (step, number) in steps {
            match before {
                None if number == 1 || number == 0 || number == last_of_stream + 1 => {}
                None => {
                    findings
                        .add(step.stage.span, format!("the first step of `{}` has the number {number}", stream.name))
                        .help("begin with 1, or go on from the workstream before");
                }
                Some((_, last)) if number == last + 1 => {}
                Some((other, last)) => {
                    let message = if number == last {
                        format!("the number {number} comes twice")
                    } else {
                        format!("the number {number} follows {last}")
                    };
                    findings
                        .add(step.stage.span, message)
                        .also(other.stage.span, "the step before")
                        .help("number the steps of a workstream one after the other");
                }
            }
            before = Some((step, number));
        }
        last_of_stream = before.map_or(last_of_stream, |(_, number)| number);
    }
}
