//! Tasks that are written as tags: `<task>` with `<name>`, `<verify>`, `<automated>` and `<done>` in it.
//!
//! The text between two tags is Markdown like any other; the tags take the part that labels play elsewhere.

use crate::outline::{Outline, read_part};
use crate::source::{Source, Span};

use super::context::Context;
use super::literal;
use super::model::ReadCheck;
use super::structure::Draft;
use super::units::{self, Unit};
use super::vocab::Place;
use super::walk::{Found, Scripts};

/// The stages of a document that has tasks as tags, if it has such tasks. `headed` is what its headings make of it.
#[must_use]
pub(super) fn read<'s>(
    source: &'s Source,
    outline: &Outline<'s>,
    headed: &[Draft<'s>],
    scripts: &mut Scripts,
) -> Option<Vec<Draft<'s>>> {
    if !source.text().contains("<task") {
        return None;
    }
    let reader = Reader { source, fences: outline.root.fences() };
    let tasks = reader.elements(Span::new(0, source.text().len()), "task");
    let mut drafts: Vec<Draft<'s>> =
        tasks.iter().enumerate().map(|(index, task)| reader.task(index, task, scripts)).collect();
    let last = tasks.last()?;
    let mut tagged: Vec<Span> = Vec::new();
    let rest = Span::new(last.whole.end as usize, source.text().len());
    for (tag, title) in [
        ("verification", "Verification"),
        ("success_criteria", "Success criteria"),
        ("acceptance_criteria", "Acceptance criteria"),
    ] {
        for element in reader.elements(rest, tag) {
            let mut found = Found::default();
            reader.markdown(&element, Place::Proof, &mut found, scripts);
            tagged.push(element.whole);
            if !found.checks.is_empty() {
                drafts.push(Draft {
                    title: title.to_owned(),
                    span: element.open,
                    last: true,
                    found,
                    ..Draft::default()
                });
            }
        }
    }
    // `## Success Criteria` below the tags asks for the same as an element of that name.
    let below = |draft: &&Draft<'s>| {
        let start = draft.span.start;
        draft.last && start >= rest.start && !tagged.iter().any(|span| span.range().contains(&(start as usize)))
    };
    drafts.extend(headed.iter().filter(below).cloned());
    drafts.sort_by_key(|draft| draft.span.start);
    Some(drafts)
}

/// An element: its opening tag, what stands between its tags, and all of it.
#[derive(Clone, Copy, Debug)]
struct Element {
    open: Span,
    inner: Span,
    whole: Span,
}

struct Reader<'s> {
    source: &'s Source,
    fences: Vec<Span>,
}

impl<'s> Reader<'s> {
    /// The elements of a name in a span, in order; one in another of the same name belongs to the outer one.
    fn elements(&self, within: Span, name: &str) -> Vec<Element> {
        let text = self.source.text();
        let opening = format!("<{name}");
        let closing = format!("</{name}>");
        let mut found = Vec::new();
        let mut at = within.start as usize;
        let end = within.end as usize;
        while let Some(start) = text[at..end].find(&opening).map(|offset| at + offset) {
            at = start + opening.len();
            if !text[at..end].starts_with(['>', ' ', '\n', '\r', '\t']) || self.in_fence(start) {
                continue;
            }
            let Some(tag_end) = text[at..end].find('>').map(|offset| at + offset + 1) else { break };
            let Some(close) = text[tag_end..end].find(&closing).map(|offset| tag_end + offset) else { break };
            found.push(Element {
                open: Span::new(start, tag_end),
                inner: Span::new(tag_end, close),
                whole: Span::new(start, close + closing.len()),
            });
            at = close + closing.len();
        }
        found
    }

    fn in_fence(&self, offset: usize) -> bool {
        let before = self.fences.partition_point(|fence| fence.start as usize <= offset);
        before > 0 && self.fences[before - 1].range().contains(&offset)
    }

    fn task(&self, index: usize, task: &Element, scripts: &mut Scripts) -> Draft<'s> {
        let line = |tag| {
            let element = *self.elements(task.inner, tag).first()?;
            self.source.slice(element.inner).trim().lines().next()
        };
        // A checkpoint has no name of its own.
        let name = line("name").or_else(|| line("what-built")).or_else(|| line("decision")).unwrap_or("").trim();
        let unit = units::unit(name).unwrap_or_else(|| Unit {
            word: "task".to_owned(),
            number: (index + 1).to_string(),
            rest: name.to_owned(),
        });
        let mut found = Found::default();
        let mut parts: Vec<(Element, &str)> = Vec::new();
        const PLACES: &[&str] =
            &["verify", "acceptance_criteria", "done", "success_criteria", "checks", "validation", "how-to-verify"];
        for &tag in PLACES {
            parts.extend(self.elements(task.inner, tag).into_iter().map(|element| (element, tag)));
        }
        parts.sort_by_key(|(element, _)| element.open.start);
        for (element, tag) in parts {
            match tag {
                "verify" => self.verify(&element, &mut found, scripts),
                "done" | "how-to-verify" => self.markdown(&element, Place::Manual, &mut found, scripts),
                _ => self.markdown(&element, Place::Proof, &mut found, scripts),
            }
        }
        Draft { unit, title: name.to_owned(), span: task.open, found, ..Draft::default() }
    }

    /// `<verify>` holds `<automated>` commands and parts for a person, or is a check as it stands.
    fn verify(&self, element: &Element, found: &mut Found<'s>, scripts: &mut Scripts) {
        let automated = self.elements(element.inner, "automated");
        let manual: Vec<Element> =
            ["manual", "human"].iter().flat_map(|tag| self.elements(element.inner, tag)).collect();
        if automated.is_empty() && manual.is_empty() {
            let text = self.source.slice(element.inner);
            if text.contains('`') || text.trim().lines().count() != 1 {
                self.markdown(element, Place::Proof, found, scripts);
            } else {
                found.checks.extend(self.commands(element, scripts));
            }
            return;
        }
        for element in &automated {
            found.checks.extend(self.commands(element, scripts));
        }
        for element in &manual {
            self.markdown(element, Place::Manual, found, scripts);
        }
    }

    fn markdown(&self, element: &Element, place: Place, found: &mut Found<'s>, scripts: &mut Scripts) {
        let section = read_part(self.source, element.inner);
        found.blocks(section.blocks.iter(), &Context::of(place).said(element.open), scripts);
    }

    fn commands(&self, element: &Element, scripts: &mut Scripts) -> Vec<ReadCheck> {
        let inner = element.inner;
        literal::checks(self.source.slice(inner), inner.start as usize, element.open, scripts)
    }
}
