//! Every stage has an objective, changes and a validation.

use super::super::{Applies, Reads, Rule};
use super::anatomy::{Body, Part, Role};
use crate::diagnostic::Severity;
use crate::source::Span;

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
        for body in Body::all(subject) {
            let Some(at) = missing(&body, Role::Objective) else { continue };
            let finding = findings.add(at, format!("{} does not say what it is to reach", body.name()));
            finding.help("add `### Objective` with a sentence or two");
            // A sentence below the heading does as well, though it has no name.
            if body.introduced {
                finding.severity(Severity::Note).help("put `### Objective` before what stands below the heading");
            }
        }
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
        for body in Body::all(subject).iter().filter(|body| !body.is_test_driven()) {
            let Some(at) = missing(body, Role::Changes) else { continue };
            findings
                .add(at, format!("{} does not say what is changed", body.name()))
                .help("add `### Changes` with two to five items");
        }
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
        for body in Body::all(subject).iter().filter(|body| body.stage.checks.is_empty()) {
            let Some(at) = missing(body, Role::Validation) else { continue };
            findings
                .add(at, format!("{} does not say how to find out whether it holds", body.name()))
                .help("add `### Validation` with one to three commands");
        }
    },
};

/// Where a part is missing or says nothing: its heading, or that of its stage.
fn missing(body: &Body<'_>, role: Role) -> Option<Span> {
    let mut parts = body.parts(role);
    parts.clone().all(Part::is_empty).then(|| parts.next().map_or(body.stage.span, |part| part.at))
}
