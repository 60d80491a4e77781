//! The parts of a workstream plan that have a heading: which are there, in which order, and whether they say something.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::words;
use crate::diagnostic::Severity;
use crate::dialect::vocab::normalise;
use crate::outline::{Block, Section};
use crate::text::Phrases;

/// What a section of a workstream plan is for, in the order in which the sections stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// What the plan rests on.
    Context,
    /// How it goes about it.
    Approach,
    /// The work.
    Workstreams,
    /// Which tests are run and when.
    Testing,
    /// How it reaches those who use it, and how it is taken back.
    Rollout,
    /// What is watched afterwards.
    Observability,
    /// What may go wrong, and whom it concerns.
    Risks,
    /// What comes later.
    FollowUp,
}

impl Part {
    /// All of them.
    const ALL: [Self; 8] = [
        Self::Context,
        Self::Approach,
        Self::Workstreams,
        Self::Testing,
        Self::Rollout,
        Self::Observability,
        Self::Risks,
        Self::FollowUp,
    ];

    /// Its usual heading.
    fn title(self) -> &'static str {
        match self {
            Self::Context => "Context and Inputs",
            Self::Approach => "High-Level Approach",
            Self::Workstreams => "Workstreams and Steps",
            Self::Testing => "Testing Plan",
            Self::Rollout => "CI/CD and Rollout Plan",
            Self::Observability => "Observability and Post-Deployment Checks",
            Self::Risks => "Risks, Dependencies, and Coordination",
            Self::FollowUp => "Follow-up and Cleanup",
        }
    }

    fn words(self) -> &'static Phrases {
        match self {
            Self::Context => &words::CONTEXT,
            Self::Approach => &words::APPROACH,
            Self::Workstreams => &words::WORKSTREAMS,
            Self::Testing => &words::TESTING,
            Self::Rollout => &words::ROLLOUT,
            Self::Observability => &words::OBSERVABILITY,
            Self::Risks => &words::RISKS,
            Self::FollowUp => &words::FOLLOW_UP,
        }
    }

    /// What a heading announces; one may announce several parts.
    pub(super) fn of_heading(heading: &str) -> Vec<Self> {
        // What comes after the deployment is not the deployment.
        let name = normalise(heading).replace("post-deployment", "monitoring");
        // Whatever else stands beside the word, it is about the work.
        if words::WORKSTREAMS.any_in(&name) || matches!(name.as_str(), "steps" | "implementation steps") {
            return vec![Self::Workstreams];
        }
        Self::ALL.into_iter().filter(|part| part.words().any_in(&name)).collect()
    }
}

/// The sections that are a part of the plan, with what they are, in the order of the document. A section below another
/// one of them is none.
pub(super) fn sections<'a>(subject: &Subject<'a>) -> Vec<(Part, &'a Section<'a>)> {
    let mut found = Vec::new();
    for (index, section) in subject.outline.root.sections.iter().enumerate() {
        if index == 0 && section.level == 1 {
            // The title may well name what the plan is about: tests, a rollout.
            section.sections.iter().for_each(|inner| collect(inner, &mut found));
        } else {
            collect(section, &mut found);
        }
    }
    found
}

fn collect<'a>(section: &'a Section<'a>, found: &mut Vec<(Part, &'a Section<'a>)>) {
    let parts = Part::of_heading(&section.title.to_plain());
    if parts.is_empty() {
        section.sections.iter().for_each(|inner| collect(inner, found));
    }
    found.extend(parts.into_iter().map(|part| (part, section)));
}

/// The first section of a kind.
pub(super) fn section<'a>(subject: &Subject<'a>, part: Part) -> Option<&'a Section<'a>> {
    sections(subject).into_iter().find(|(own, _)| *own == part).map(|(_, section)| section)
}

/// Whether nothing is said in a section.
pub(super) fn is_empty(section: &Section<'_>) -> bool {
    let silent = |block: &Block<'_>| matches!(block, Block::Rule(_) | Block::Html(_));
    section.blocks.iter().all(silent) && section.sections.iter().all(is_empty)
}

/// A plan that lacks one of its parts.
pub(crate) static MISSING_SECTION: Rule = Rule {
    code: "missing-section",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a workstream plan that lacks one of its nine parts",
    why: "Who works by the plan looks for what to test, how to roll out and what may go wrong in the places where all plans \
          have it. What is not there has either been forgotten or does not concern the plan, and only its author knows which.",
    mend: "Add the sections. One that has nothing to say says so in a sentence.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n",
    good: GOOD,
    check: missing,
};

/// A plan whose parts stand in another order.
pub(crate) static SECTIONS_OUT_OF_ORDER: Rule = Rule {
    code: "sections-out-of-order",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a part of a workstream plan that stands behind one which it should come before",
    why: "The parts go from what is given, over the work and its proof, to what comes later. In another order a plan is \
          read twice.",
    mend: "Move the section to its place.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n\n\
          ## Context and Inputs\n\n`increment.md` and `design.md`.\n",
    good: GOOD,
    check: out_of_order,
};

/// A part in which nothing is said.
pub(crate) static EMPTY_SECTION: Rule = Rule {
    code: "empty-section",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a part of a workstream plan in which nothing is said",
    why: "A heading alone looks as if its subject had been thought of.",
    mend: "Say what there is to say, or that there is nothing and why.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n\n\
          ## Testing Plan\n\n## Follow-up and Cleanup\n\nNone.\n",
    good: GOOD,
    check: |subject, findings| {
        for (part, section) in sections(subject) {
            if is_empty(section) {
                findings
                    .add(section.heading, format!("nothing is said in `{}`", section.title.to_plain()))
                    .help(format!("say what there is to say, also if it is nothing: {}", asks(part)));
            }
        }
    },
};

/// A plan that has all of its parts.
pub(super) const GOOD: &str = "\
# Implementation Plan: Share a map

## Context and Inputs

A map is shared by a link, as `increment.md` asks and `design.md` describes.

## High-Level Approach

The backend first, then the page.

## Workstreams and Steps

### Workstream A: Backend

It keeps the links.

1. Add the table of links, so that they outlive a restart.
   - Validation: `cargo test links::table`

## Testing Plan

- `cargo test` after each step.

## CI/CD and Rollout Plan

- Rollout: merge, then switch the flag `share` on.
- Rollback: switch the flag off.

## Observability and Post-Deployment Checks

- The log names each link that is made.

## Risks, Dependencies, and Coordination

- Risk: the table grows. Mitigation: links end after a year.

## Follow-up and Cleanup

- Take the flag out.
";

/// What a part is to say.
fn asks(part: Part) -> &'static str {
    match part {
        Part::Context => "the goal, the design, and what is assumed",
        Part::Approach => "the workstreams and how they go together",
        Part::Workstreams => "the steps of each workstream",
        Part::Testing => "which tests are run and when",
        Part::Rollout => "how the change is rolled out and taken back",
        Part::Observability => "what is looked at after the rollout",
        Part::Risks => "what may go wrong, and what is done against it",
        Part::FollowUp => "what is left for later",
    }
}

fn missing(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let there = sections(subject);
    let missing: Vec<Part> =
        Part::ALL.into_iter().filter(|part| there.iter().all(|(other, _)| other != part)).collect();
    let Some(first) = missing.first() else { return };
    let names: Vec<String> = missing.iter().map(|part| format!("`{}`", part.title())).collect();
    let message = match names.as_slice() {
        [only] => format!("the plan has no section {only}"),
        all => format!("the plan has none of the sections {}", all.join(", ")),
    };
    let help = match missing.as_slice() {
        [_] => format!("add `## {}`: {}", first.title(), asks(*first)),
        _ => "add them; one that has nothing to say says so in a sentence".to_owned(),
    };
    findings.add(subject.title(), message).help(help);
}

fn out_of_order(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut seen: Vec<(Part, &crate::outline::Section<'_>)> = Vec::new();
    for (part, section) in sections(subject) {
        // What comes again was in its place the first time.
        if seen.iter().any(|(other, _)| *other == part) {
            continue;
        }
        let later = seen.iter().filter(|(other, own)| *other > part && own.heading != section.heading);
        if let Some((_, first)) = later.min_by_key(|(_, section)| section.heading.start) {
            let (own, other) = (section.title.to_plain(), first.title.to_plain());
            findings
                .add(section.heading, format!("`{own}` stands behind `{other}`"))
                .also(first.heading, "it comes before this")
                .help(format!("move it up: {}", order()));
        }
        seen.push((part, section));
    }
}

fn order() -> String {
    let titles: Vec<&str> = Part::ALL.iter().map(|part| part.title()).collect();
    format!("the order is {}", titles.join("; "))
}
