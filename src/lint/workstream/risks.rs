//! What may go wrong: rollout and rollback, and what is done against each risk.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::sections::{GOOD, Part, is_empty, sections};
use super::words::{BRINGS, MITIGATES, RISKS, TAKES_BACK};
use crate::diagnostic::Severity;
use crate::dialect::inline::label;
use crate::dialect::vocab::normalise;
use crate::outline::{Block, Item, List, Section, Table};
use crate::text::{Phrases, is_blank};

/// A rollout plan that does not say how the change reaches anybody.
pub(crate) static MISSING_ROLLOUT: Rule = Rule {
    code: "missing-rollout",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a rollout plan that does not say how the change is rolled out",
    why: "Work that is merged is not yet in use. Somebody has to know who enables it, when and for whom.",
    mend: "Say how the change is enabled: by a release, by a flag, in stages.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n\n\
          ## CI/CD and Rollout Plan\n\n- CI runs `make ci`.\n",
    good: GOOD,
    check: |subject, findings| {
        lacks(
            subject,
            findings,
            &BRINGS,
            "does not say how the change is rolled out",
            "say who enables it, when and how",
        );
    },
};

/// A rollout plan that does not say how the change is taken back.
pub(crate) static MISSING_ROLLBACK: Rule = Rule {
    code: "missing-rollback",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a rollout plan that does not say how the change is taken back",
    why: "When something breaks for those who use it there is no time to think about the way back.",
    mend: "Say what is done when a step fails in production: which changes are reverted and how, which flag is switched off.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n\n\
          ## CI/CD and Rollout Plan\n\n- Rollout: merge, then release.\n",
    good: GOOD,
    check: |subject, findings| {
        lacks(
            subject,
            findings,
            &TAKES_BACK,
            "does not say how the change is taken back",
            "add `Rollback: ...`: what is reverted or switched off when it fails",
        );
    },
};

/// A risk against which nothing is done.
pub(crate) static RISK_WITHOUT_MITIGATION: Rule = Rule {
    code: "risk-without-mitigation",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a risk without a word on what is done against it",
    why: "A risk that is only named helps nobody. What is done against it, an order of steps, a test, a flag, is work that \
          belongs into the plan.",
    mend: "Say what makes it less likely or less bad, or that it is accepted: `Mitigation: links end after a year`.",
    bad: "# Implementation Plan: Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n\n\
          ## Risks, Dependencies, and Coordination\n\n- Risk: the table grows without end.\n",
    good: GOOD,
    check: risks,
};

/// Finds the rollout section if it says something, but nothing of one kind.
fn lacks(subject: &Subject<'_>, findings: &mut Findings<'_>, words: &Phrases, what: &str, help: &str) {
    let rollout: Vec<&Section<'_>> =
        sections(subject).into_iter().filter(|(part, _)| *part == Part::Rollout).map(|(_, section)| section).collect();
    let Some(first) = rollout.first() else { return };
    if rollout.iter().all(|section| is_empty(section)) {
        return;
    }
    let body = |section: &Section<'_>| subject.source.slice(section.span)[section.heading.range().len()..].to_owned();
    // A sister section may be about nothing else: `Rollback`.
    let mut headings = subject.sections().into_iter().map(|section| section.title.to_plain());
    let said = rollout.iter().any(|section| words.any_in(&body(section)))
        || headings.any(|heading| words.any_in(&heading) && Part::of_heading(&heading).is_empty());
    if !said {
        findings.add(first.heading, format!("`{}` {what}", first.title.to_plain())).help(help);
    }
}

fn risks(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, section) in sections(subject).into_iter().filter(|(part, _)| *part == Part::Risks) {
        // A section that is about nothing else lists nothing else.
        let only = is_about_risks(&section.title.to_plain());
        below(subject, section, only, findings);
    }
}

/// Whether a heading or a label announces risks and nothing else, `Risks and mitigations` included.
fn is_about_risks(words: &str) -> bool {
    let name = normalise(words);
    RISKS.any_in(&name) && !name.contains("depend") && !name.contains("coordinat") && !name.contains(',')
}

fn below(subject: &Subject<'_>, section: &Section<'_>, only: bool, findings: &mut Findings<'_>) {
    let mut under = only;
    for block in &section.blocks {
        match block {
            // A label opens what stands below it.
            Block::Paragraph(paragraph) => {
                if let Some(label) = label(&paragraph.text.inlines) {
                    under = is_about_risks(&label.label);
                }
            }
            Block::List(list) => in_list(subject, list, under, findings),
            Block::Table(table) => in_table(table, under, findings),
            _ => {}
        }
    }
    for inner in &section.sections {
        below(subject, inner, is_about_risks(&inner.title.to_plain()), findings);
    }
}

fn in_list(subject: &Subject<'_>, list: &List<'_>, under: bool, findings: &mut Findings<'_>) {
    for (index, item) in list.items.iter().enumerate() {
        let words = item.text.to_plain();
        let label = label(&item.text.inlines).map(|label| label.label.into_owned());
        let announces = label.as_deref().is_some_and(is_about_risks) || normalise(&words).starts_with("risk");
        let nested = item.blocks.iter().find_map(|block| match block {
            Block::List(inner) => Some(inner),
            _ => None,
        });
        // `Risks:` with a list below it.
        if let Some(inner) = nested
            && announces
            && is_only_label(item)
        {
            in_list(subject, inner, true, findings);
            continue;
        }
        if !(announces || under && label.is_none()) || MITIGATES.any_in(subject.source.slice(item.span)) {
            continue;
        }
        let next = list.items.get(index + 1).map(|next| next.text.to_plain());
        if next.is_some_and(|next| normalise(&next).starts_with("mitigat")) {
            continue;
        }
        findings
            .add(item.text.span, "nothing is said of what is done against this risk")
            .help("add `Mitigation: ...`, or say that it is accepted");
    }
}

fn is_only_label(item: &Item<'_>) -> bool {
    let words = item.text.to_plain();
    words.trim_end().ends_with([':', '：']) || words.split_whitespace().count() <= 2
}

fn in_table(table: &Table<'_>, under: bool, findings: &mut Findings<'_>) {
    let heads: Vec<String> = table.head.iter().map(|cell| normalise(&cell.text.to_plain())).collect();
    let Some(risk) = heads.iter().position(|head| RISKS.any_in(head)).or((under && !heads.is_empty()).then_some(0))
    else {
        return;
    };
    let against = heads.iter().enumerate().filter(|(index, _)| *index != risk);
    let Some((column, _)) = against.into_iter().find(|(_, head)| MITIGATES.any_in(head) || head.contains("response"))
    else {
        return;
    };
    for row in &table.rows {
        let (Some(risk), Some(cell)) = (row.get(risk), row.get(column)) else { continue };
        let words = cell.text.to_plain();
        if !risk.text.is_empty() && (is_blank(&words) || words.chars().all(|next| !next.is_alphanumeric())) {
            findings
                .add(risk.text.span, "nothing is said of what is done against this risk")
                .help("fill in what is done against it, or that it is accepted");
        }
    }
}
