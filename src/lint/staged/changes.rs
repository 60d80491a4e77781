//! The changes of a stage: how many there are, where they are made, and that a test comes before them.

use super::super::{Applies, Reads, Rule};
use super::anatomy::{Body, Change, Role};
use crate::diagnostic::Severity;
use crate::plan::{Kind, Plan};
use crate::source::Span;
use crate::text::plural;

/// From so many changes on a stage is no stage any more.
const FAR_TOO_MANY: usize = 10;

/// The most changes that one can keep in mind.
const MOST: usize = 5;

/// A stage with many changes.
pub(crate) static TOO_MANY_CHANGES: Rule = Rule {
    code: "too-many-changes",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage with more than five changes; with ten or more it is an error",
    why: "A stage is to be reviewed and committed as one. With many changes nobody sees any more which of them a failing \
          check is about, and the stage is begun long before it is done.",
    mend: "Make two stages of it, each with a validation of its own.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Open it\n- [ ] Read it\n- [ ] Decode it\n\
          - [ ] Split it\n- [ ] Close it\n- [ ] Tell of errors\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Open it\n- [ ] Read it\n- [ ] Close it\n\n\
           ## Stage 2: Understand one file\n\n### Changes\n\n- [ ] Decode it\n- [ ] Split it\n- [ ] Tell of errors\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            let count = body.changes().len();
            if count <= MOST {
                continue;
            }
            let at = part_of_changes(&body);
            let severity = if count >= FAR_TOO_MANY { Severity::Error } else { Severity::Warning };
            findings
                .add(at, format!("{} has {}", body.name(), plural(count, "change")))
                .severity(severity)
                .help("make two stages of it: two to five changes can be reviewed as one");
        }
    },
};

/// A stage with a single change.
pub(crate) static SINGLE_CHANGE: Rule = Rule {
    code: "single-change",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage with a single change",
    why: "A stage of one change is either a large change that is not taken apart yet, or a small one that belongs to its \
          neighbour. Both may be right: this is only a note.",
    mend: "Say what the change is made of, or join the stage with the one that it belongs to.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Read it\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Open it\n- [ ] Read it\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            if let [_] = body.changes().as_slice() {
                findings
                    .add(part_of_changes(&body), format!("{} has a single change", body.name()))
                    .help("say what it is made of, or join the stage with the one that it belongs to");
            }
        }
    },
};

/// A stage that names no file.
pub(crate) static MISSING_REFERENCE: Rule = Rule {
    code: "missing-reference",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage whose changes name no file",
    why: "Who does the work has to find the place first that the author has seen already, and nobody sees which stages \
          touch the same code.",
    mend: "Name the file, and the line where there is one: `src/file.rs:12`.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Open it\n- [ ] Read it\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Open it in `src/file.rs:12`\n- [ ] Read it\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            if !body.changes().is_empty() && body.changed_files().is_empty() {
                findings
                    .add(part_of_changes(&body), format!("the changes of {} name no file", body.name()))
                    .help("say where they are made, such as `src/file.rs:12`");
            }
        }
    },
};

/// A code stage without a test before its change.
pub(crate) static TEST_NOT_FIRST: Rule = Rule {
    code: "test-not-first",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that changes code and writes no test before; where it at least runs one, that is a note",
    why: "A test that was never seen to fail proves little. Written before the code it says what is wanted, and shows that \
          it is the change that makes it pass.",
    mend: "Let the first change be the test, or show the cycle below `### TDD Workflow`: the test, the run that must fail, \
           the code, the run that must pass.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Add `read()` to `src/file.rs:12`\n\
          - [ ] Call it in `src/main.rs:30`\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Write the test `tests/file.rs`: it reads line by \
           line\n- [ ] Add `read()` to `src/file.rs:12`\n",
    check: |subject, findings| {
        for body in Body::all(subject) {
            let red = body.stage.checks.iter().any(|&check| subject.plan.check(check).kind == Kind::Red);
            let changes = body.changes();
            if red || body.is_test_driven() || !body.is_code() || changes.first().is_some_and(speaks_of_tests) {
                continue;
            }
            let at = changes.first().map_or(body.stage.span, |first| first.at);
            let (severity, message) = match changes.iter().find(|change| speaks_of_tests(change)) {
                Some(_) => (Severity::Note, "writes its test behind its code"),
                None if proves_with_tests(subject.plan, &body) => {
                    (Severity::Note, "runs tests, but none of its changes is a test")
                }
                None => (Severity::Warning, "changes code, and has no test"),
            };
            findings
                .add(at, format!("{} {message}", body.name()))
                .severity(severity)
                .help("let the first change be the test that fails until the stage is done");
        }
    },
};

/// A research stage of which nothing stays.
pub(crate) static RESEARCH_WITHOUT_RESULT: Rule = Rule {
    code: "research-without-result",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a stage that finds something out and writes it nowhere",
    why: "What was found out has to be there for the stages that follow, and for who reviews them. A stage that leaves \
          nothing behind cannot be checked either.",
    mend: "Name the document in which the result is to stand, and check that it does.",
    bad: "# Plan\n\n## Stage 0: Research encodings\n\n### Changes\n\n- [ ] Search for all readers\n- [ ] Sort them\n",
    good: "# Plan\n\n## Stage 0: Research encodings\n\n### Changes\n\n- [ ] Search for all readers\n\
           - [ ] Write them down in `docs/encodings.md`\n",
    check: |subject, findings| {
        for body in Body::all(subject).iter().filter(|body| body.is_research()) {
            if body.parts.iter().all(|part| part.files().is_empty()) {
                findings
                    .add(body.stage.span, format!("{} finds something out and writes it nowhere", body.name()))
                    .help("name the document in which the result is to stand, such as `docs/findings.md`");
            }
        }
    },
};

/// The heading of the changes of a stage.
fn part_of_changes(body: &Body<'_>) -> Span {
    body.parts(Role::Changes).next().map_or(body.stage.span, |part| part.at)
}

/// Whether a change writes a test.
fn speaks_of_tests(change: &Change<'_>) -> bool {
    let words = change.words.to_plain().to_lowercase();
    let mut words = words.split(|next: char| !next.is_alphanumeric());
    words.any(|word| {
        matches!(word, "test" | "tests" | "spec" | "specs" | "testing" | "fixture" | "fixtures" | "benchmark")
    }) || change.files.iter().any(|file| file.path.to_lowercase().contains("test"))
}

/// Whether a command of the stage runs tests.
fn proves_with_tests(plan: &Plan, body: &Body<'_>) -> bool {
    let commands = body.stage.checks.iter().filter_map(|&check| plan.check(check).command.as_deref());
    commands.into_iter().any(|command| command.to_lowercase().contains("test"))
}
