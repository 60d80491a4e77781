//! Every stage has an objective, changes and a validation.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::anatomy::{Body, Part, Role};
use crate::diagnostic::Severity;

/// A stage that does not say what it is to reach.
pub(crate) static MISSING_OBJECTIVE: Rule = Rule {
    code: "missing-objective",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that does not say what it is to reach",
    why: "The objective is what the changes and the validation are held against. Without it nobody can tell whether a \
          change belongs into the stage, nor whether its checks prove enough.",
    mend: "Add a heading `### Objective` below the stage's heading, with one or two sentences.",
    bad: "# Plan\n\n## Stage 1: Read the file\n\n### Changes\n\n- [ ] Add `read()` to `src/file.rs:12`\n",
    good: "# Plan\n\n## Stage 1: Read the file\n\n### Objective\n\nThe program reads a file whatever its line \
           endings.\n\n### Changes\n\n- [ ] Add `read()` to `src/file.rs:12`\n",
    check: |subject, findings| {
        without(
            subject,
            findings,
            Role::Objective,
            "does not say what it is to reach",
            "add `### Objective` with a sentence or two",
        );
    },
};

/// A stage that does not say what is changed.
pub(crate) static MISSING_CHANGES: Rule = Rule {
    code: "missing-changes",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that does not say what is changed",
    why: "The changes are the work. A stage without them cannot be reviewed, and nobody sees whether it is small enough.",
    mend: "Add a heading `### Changes` with two to five items, each with the file that it is about.",
    bad: "# Plan\n\n## Stage 1: Read the file\n\n### Objective\n\nThe program reads a file.\n",
    good: "# Plan\n\n## Stage 1: Read the file\n\n### Objective\n\nThe program reads a file.\n\n### Changes\n\n\
           - [ ] Add `read()` to `src/file.rs:12`\n",
    check: |subject, findings| {
        without(
            subject,
            findings,
            Role::Changes,
            "does not say what is changed",
            "add `### Changes` with two to five items",
        );
    },
};

/// A stage that does not say how to find out whether it holds.
pub(crate) static MISSING_VALIDATION: Rule = Rule {
    code: "missing-validation",
    level: Severity::Error,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that does not say how to find out whether it holds",
    why: "A stage is done when its validation says so. Without one it can only be believed.",
    mend: "Add a heading `### Validation` with one to three commands to run, and what a person has to look at.",
    bad: "# Plan\n\n## Stage 1: Read the file\n\n### Objective\n\nThe program reads a file.\n",
    good: "# Plan\n\n## Stage 1: Read the file\n\n### Objective\n\nThe program reads a file.\n\n### Validation\n\n\
           - [ ] `cargo test file::`\n",
    check: |subject, findings| {
        without(
            subject,
            findings,
            Role::Validation,
            "does not say how to find out whether it holds",
            "add `### Validation` with one to three commands",
        );
    },
};

/// Finds the stages without a part, and those in which it says nothing.
fn without(subject: &Subject<'_>, findings: &mut Findings<'_>, role: Role, what: &str, help: &str) {
    for body in Body::all(subject) {
        let mut parts = body.parts(role);
        if parts.clone().all(Part::is_empty) {
            let at = parts.next().map_or(body.stage.span, |part| part.at);
            findings.add(at, format!("{} {what}", body.name())).help(help);
        }
    }
}
