//! What stands before the stages: a title, where the plan comes from, which code it touches, what it relies on.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::preface::Preface;
use crate::diagnostic::Severity;

/// A plan without a title.
pub(crate) static MISSING_TITLE: Rule = Rule {
    code: "missing-title",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a plan without a title",
    why: "Reports name a plan by its title, and so do the people who speak of it.",
    mend: "Begin the plan with a heading of the first level, such as `# Implementation Plan: Read folders`.",
    bad: "## Stage 1: Read one file\n",
    good: "# Implementation Plan: Read folders\n\n## Stage 1: Read one file\n",
    check: |subject, findings| {
        let mut top = subject.outline.root.sections.iter().filter(|section| section.level == 1);
        let titled = top.next().is_some_and(|first| {
            let is_stage = subject.plan.stages.iter().any(|stage| stage.span == first.heading);
            // A plan of one stage may go by that stage's title.
            !first.title.is_empty() && (!is_stage || top.next().is_none())
        });
        if !titled {
            let help = "begin the plan with a heading such as `# Implementation Plan: Read folders`";
            findings.add(subject.title(), "the plan has no title").help(help);
        }
    },
};

/// A plan that says nothing before its stages.
pub(crate) static MISSING_BACKGROUND: Rule = Rule {
    code: "missing-background",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a plan that says nothing of its background",
    why: "Who works on a stage has to know what the plan is for, which code it touches and what that relies on. What was \
          found out before the plan was written is lost if it stands nowhere.",
    mend: "Add a heading `## Background` before the first stage, with the design that the plan follows, its goal, the \
           affected code and the dependencies.",
    bad: "# Plan\n\n## Stage 1: Read one file\n",
    good: "# Plan\n\n## Background\n\n**Design**: [Reading folders](docs/folders.md)\n\n**Goal**: Read all files of a \
           folder.\n\n### Affected Code\n\n- `src/file.rs:12` - `read()`\n\n## Stage 1: Read one file\n",
    check: |subject, findings| {
        let is_one_stage = subject.plan.stages.iter().any(|stage| stage.span == subject.title());
        if !is_one_stage && Preface::of(subject).is_none() {
            findings
                .add(subject.title(), "the plan says nothing of its background")
                .help("add `## Background` with the design, the goal, the affected code and the dependencies");
        }
    },
};

/// A background that does not say which design the plan follows.
pub(crate) static MISSING_DESIGN: Rule = Rule {
    code: "missing-design",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a background that names no document that the plan follows",
    why: "A plan says how and in which order; what and why stand in a design. Without a way back to it nobody can tell \
          whether the plan covers all of it.",
    mend: "Name the document: `**Design**: [Reading folders](docs/folders.md)`.",
    bad: "# Plan\n\n## Background\n\nWe want to read folders.\n\n## Stage 1: Read one file\n",
    good: "# Plan\n\n## Background\n\n**Design**: [Reading folders](docs/folders.md)\n\n## Stage 1: Read one file\n",
    check: |subject, findings| {
        with_background(
            subject,
            findings,
            |background| !background.names_design(),
            |findings, background| {
                findings
                    .add(background.at, "the background names no document that the plan follows")
                    .help("name it, such as `**Design**: [Reading folders](docs/folders.md)`");
            },
        );
    },
};

/// A background that does not say what the plan is for.
pub(crate) static MISSING_GOAL: Rule = Rule {
    code: "missing-goal",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a background that does not say what the plan is for",
    why: "Two sentences on the goal save everybody from reading the design before they can judge a stage.",
    mend: "Add `**Goal**: ...` with one or two sentences.",
    bad: "# Plan\n\n## Background\n\n- `src/file.rs:12`\n\n## Stage 1: Read one file\n",
    good: "# Plan\n\n## Background\n\n**Goal**: Read all files of a folder.\n\n## Stage 1: Read one file\n",
    check: |subject, findings| {
        with_background(
            subject,
            findings,
            |background| !background.tells_goal(),
            |findings, background| {
                findings
                    .add(background.at, "the background does not say what the plan is for")
                    .help("add `**Goal**: ...` with one or two sentences");
            },
        );
    },
};

/// A background that names no code.
pub(crate) static MISSING_AFFECTED_CODE: Rule = Rule {
    code: "missing-affected-code",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a background that does not say which code is affected",
    why: "The list shows that somebody has looked, where work of others may be touched, and where to begin to read.",
    mend: "Add `### Affected Code` with the files, each with the line and the name of what changes there.",
    bad: "# Plan\n\n## Background\n\n**Goal**: Read all files of a folder.\n\n## Stage 1: Read one file\n",
    good: "# Plan\n\n## Background\n\n**Goal**: Read all files of a folder.\n\n### Affected Code\n\n\
           - `src/file.rs:12` - `read()`\n\n## Stage 1: Read one file\n",
    check: |subject, findings| {
        with_background(
            subject,
            findings,
            |background| background.code_files.is_empty(),
            |findings, background| {
                findings
                    .add(background.at, "the background does not say which code is affected")
                    .help("add `### Affected Code` with files such as `src/file.rs:12`");
            },
        );
    },
};

/// A background that does not say what the plan relies on.
pub(crate) static MISSING_DEPENDENCIES: Rule = Rule {
    code: "missing-dependencies",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a background that does not say what the work relies on",
    why: "A library to be added, a module to be understood first, a system that is affected: who hears of it in the middle \
          of a stage hears of it too late.",
    mend: "Add `### Dependencies` with libraries, modules and systems, or with `None`.",
    bad: "# Plan\n\n## Background\n\n**Goal**: Read all files of a folder.\n\n## Stage 1: Read one file\n",
    good: "# Plan\n\n## Background\n\n**Goal**: Read all files of a folder.\n\n### Dependencies\n\nNone.\n\n\
           ## Stage 1: Read one file\n",
    check: |subject, findings| {
        with_background(
            subject,
            findings,
            |background| !background.tells_dependencies(),
            |findings, background| {
                findings
                    .add(background.at, "the background does not say what the work relies on")
                    .help("add `### Dependencies` with libraries, modules and systems, or with `None`");
            },
        );
    },
};

/// Asks about the background of a plan that has one.
fn with_background(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    lacks: impl Fn(&Preface) -> bool,
    tell: impl Fn(&mut Findings<'_>, &Preface),
) {
    if let Some(background) = Preface::of(subject).filter(lacks) {
        tell(findings, &background);
    }
}
