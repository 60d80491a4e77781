//! The parts of which the stages of a staged plan are made: objective, changes, validation and others, each under a
//! heading or behind a label in bold.

use std::collections::BTreeMap;

use super::super::Subject;
use crate::dialect::detect::signs;
use crate::dialect::inline::{Run, is_blank, label};
use crate::dialect::vocab::{Place, normalise, place};
use crate::outline::{Block, Section, Text};
use crate::plan::Stage;
use crate::source::Span;

/// A stage with its parts.
pub(super) struct Body<'a> {
    /// The stage.
    pub(super) stage: &'a Stage,
    /// Its parts in order.
    pub(super) parts: Vec<Part<'a>>,
}

/// A part of a stage.
pub(super) struct Part<'a> {
    /// What it is for.
    pub(super) role: Role,
    /// Its heading or its label.
    pub(super) at: Span,
    /// What stands behind a label on its own line.
    pub(super) words: Run<'a>,
    /// What stands below, up to the next heading or label.
    pub(super) blocks: Vec<&'a Block<'a>>,
    /// The sections below a heading.
    pub(super) sections: &'a [Section<'a>],
}

/// What a part of a stage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It says what the stage is to reach.
    Objective,
    /// It lists what is changed.
    Changes,
    /// It says how to find out whether the stage holds.
    Validation,
    /// Something else.
    Other,
}

impl<'a> Body<'a> {
    /// The stages of work that have a heading of their own; stages that hold others are made of these.
    pub(super) fn all(subject: &Subject<'a>) -> Vec<Self> {
        let source = subject.source;
        let sections: BTreeMap<u32, &'a Section<'a>> =
            subject.sections().into_iter().map(|section| (source.line(section.heading.start), section)).collect();
        let stages = subject.plan.stages.iter().zip(&subject.reading.stages);
        let own = stages.filter(|(_, read)| !read.last && !read.gate && read.inner.is_empty());
        own.filter_map(|(stage, _)| {
            let section = sections.get(&stage.line)?;
            let mut parts = Vec::new();
            labelled(&section.blocks, &mut parts);
            headed(&section.sections, &mut parts);
            Some(Self { stage, parts })
        })
        .collect()
    }

    /// The parts of a kind.
    pub(super) fn parts(&self, role: Role) -> impl Iterator<Item = &Part<'a>> + Clone {
        self.parts.iter().filter(move |part| part.role == role)
    }

    /// The stage as it is named in a message.
    pub(super) fn name(&self) -> String {
        format!("stage {}", self.stage.label)
    }
}

impl Part<'_> {
    /// Whether nothing is said in it.
    pub(super) fn is_empty(&self) -> bool {
        let silent = |block: &&Block<'_>| matches!(block, Block::Rule(_) | Block::Html(_));
        is_blank(&self.words) && self.blocks.iter().all(silent) && self.sections.is_empty()
    }
}

fn headed<'a>(sections: &'a [Section<'a>], parts: &mut Vec<Part<'a>>) {
    for section in sections {
        let role = role(&section.title.to_plain());
        parts.push(Part {
            role,
            at: section.heading,
            words: Run::new(),
            blocks: section.blocks.iter().collect(),
            sections: &section.sections,
        });
        labelled(&section.blocks, parts);
        headed(&section.sections, parts);
    }
}

/// Parts that begin with a label: `**Objective**: ...`, also as an item of a list.
fn labelled<'a>(blocks: &'a [Block<'a>], parts: &mut Vec<Part<'a>>) {
    let mut open: Option<Part<'a>> = None;
    for block in blocks {
        let found = match block {
            Block::Paragraph(paragraph) => role_of(&paragraph.text),
            _ => None,
        };
        match (found, &mut open) {
            (Some((role, at, words)), _) => {
                parts.extend(open.replace(Part { role, at, words, blocks: Vec::new(), sections: &[] }));
            }
            (None, Some(part)) => part.blocks.push(block),
            (None, None) => {}
        }
        let Block::List(list) = block else { continue };
        for item in &list.items {
            let Some((role, at, words)) = role_of(&item.text) else { continue };
            parts.push(Part { role, at, words, blocks: item.blocks.iter().collect(), sections: &[] });
        }
    }
    parts.extend(open);
}

/// The label with which a text begins, and what stands behind it.
fn role_of<'a>(text: &'a Text<'a>) -> Option<(Role, Span, Run<'a>)> {
    let labelled = label(&text.inlines)?;
    let role = role(&labelled.label);
    (role != Role::Other).then_some((role, labelled.span, labelled.rest))
}

/// What a heading or a label announces.
fn role(words: &str) -> Role {
    let name = normalise(words);
    let said = signs(&name);
    if said.names_objective() {
        Role::Objective
    } else if said.names_work() {
        Role::Changes
    } else if matches!(place(&name), Some(Place::Proof | Place::Manual | Place::Run | Place::Red)) {
        Role::Validation
    } else {
        Role::Other
    }
}
