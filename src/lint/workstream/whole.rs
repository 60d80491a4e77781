//! What is said of the plan as a whole: its title, what it rests on, and the one increment that it is for.

use std::collections::BTreeMap;

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::sections::{GOOD, Part, section};
use super::words::TITLE;
use crate::diagnostic::Severity;
use crate::source::Span;

/// A title in another form than that of the recipe.
pub(crate) static TITLE_FORM: Rule = Rule {
    code: "title-form",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a workstream plan whose title is not `Implementation Plan: <title>`",
    why: "By its first line a reader, and a tool, knows that the file is a plan and what it is about. Reports name a plan by \
          its title.",
    mend: "Begin the file with `# Implementation Plan: ` and a short title, close to that of the increment.",
    bad: "# Share a map\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n",
    good: GOOD,
    check: |subject, findings| {
        let first = subject.outline.root.sections.first();
        let heading = first.filter(|first| first.level == 1).map(|first| first.title.to_plain());
        let named =
            heading.as_deref().filter(|title| TITLE.begin(title)).and_then(|title| title.split_once([':', '：']));
        // What stands before the heading would be shown above the title.
        if named.is_some_and(|(_, rest)| !rest.trim().is_empty()) {
            return;
        }
        let help = match (&heading, named) {
            (Some(title), None) if !TITLE.begin(title) => format!("write `# Implementation Plan: {}`", bare(title)),
            _ => "write `# Implementation Plan: ` and a short title".to_owned(),
        };
        let message = match &heading {
            Some(_) => "the title is not of the form `Implementation Plan: <title>`",
            None => "the plan has no heading of the first level with its title",
        };
        // Without a heading the title is missing where the file begins.
        let top = subject.source.line_span(subject.source.line(subject.outline.root.span.start));
        let at = if heading.is_some() { subject.title() } else { top };
        findings.add(at, message).help(help);
    },
};

/// A plan that does not name what it rests on.
pub(crate) static MISSING_INPUTS: Rule = Rule {
    code: "missing-inputs",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a context that does not name the increment and the design",
    why: "What is to be done stands in the increment, and how in the design. A plan that names neither cannot be held against \
          them.",
    mend: "Name `increment.md` and `design.md` in the section on context and inputs, best as links.",
    bad: "# Implementation Plan: Share a map\n\n## Context and Inputs\n\nA map is shared by a link.\n\n\
          ## Workstreams and Steps\n\n### Workstream A: Backend\n\n1. Add the table.\n",
    good: GOOD,
    check: |subject, findings| {
        let Some(context) = section(subject, Part::Context) else { return };
        let said = subject.source.slice(context.span).to_lowercase();
        let missing: Vec<&str> =
            ["increment.md", "design.md"].into_iter().filter(|name| !said.contains(name)).collect();
        let title = context.title.to_plain();
        let message = match missing.as_slice() {
            [] => return,
            [one] => format!("`{title}` does not name `{one}`"),
            _ => format!("`{title}` names neither `increment.md` nor `design.md`"),
        };
        findings.add(context.heading, message).help("name the documents that the plan rests on, best as links");
    },
};

/// A plan that is for more than one increment.
pub(crate) static SEVERAL_INCREMENTS: Rule = Rule {
    code: "several-increments",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Plan,
    summary: "a plan that rests on more than one increment",
    why: "A plan is the backlog of one increment. Where it serves two, neither can be called done by it.",
    mend: "Make a plan for each increment. Where the other one only has to come first, name it among the dependencies.",
    bad: "# Implementation Plan: Share a map\n\n## Context and Inputs\n\n- `increments/share/increment.md`\n\
          - `increments/print/increment.md`\n- `design.md`\n\n## Workstreams and Steps\n\n### Workstream A: Backend\n\n\
          1. Add the table.\n",
    good: GOOD,
    check: several,
};

/// A title without the words before its colon that only say what kind of document it is.
fn bare(title: &str) -> &str {
    match title.split_once(':') {
        Some((kind, rest)) if kind.split_whitespace().count() <= 2 && !rest.trim().is_empty() => rest.trim(),
        _ => title,
    }
}

fn several(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(context) = section(subject, Part::Context) else { return };
    let mut named: BTreeMap<String, Span> = BTreeMap::new();
    let text = subject.source.slice(context.span);
    let base = context.span.range().start;
    let mut at = 0;
    while let Some(found) = text[at..].find("increment.md") {
        let end = at + found + "increment.md".len();
        let before = &text[..at + found];
        let inside = |next: char| next.is_alphanumeric() || matches!(next, '/' | '.' | '_' | '-');
        let start = before.char_indices().rev().take_while(|(_, next)| inside(*next)).last();
        let start = start.map_or(at + found, |(start, _)| start);
        let folders = text[start..at + found].trim_end_matches('/');
        let folder = folders.rsplit('/').next().unwrap_or("").trim_matches('.');
        at = end;
        // The words of a link say less than where it leads.
        if text[end..].trim_start_matches('`').starts_with("](") {
            continue;
        }
        // What has no folder lies beside the plan.
        let slug = if folder.is_empty() { own_slug(subject.source.name()) } else { Some(folder) };
        if let Some(slug) = slug {
            named.entry(slug.to_owned()).or_insert(Span::new(base + start, base + end));
        }
    }
    let mut places: Vec<(String, Span)> = named.into_iter().collect();
    places.sort_by_key(|(_, span)| span.start);
    let ([(_, first), .., (_, last)], count) = (places.as_slice(), places.len()) else { return };
    findings
        .add(*last, format!("the plan rests on {count} increments"))
        .also(*first, "another one")
        .help("make a plan for each increment, or name the other one among the dependencies");
}

/// The folder of the increment in which a plan lies.
fn own_slug(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/').skip(1);
    let folder = parts.next()?;
    (parts.next() == Some("increments")).then_some(folder)
}
