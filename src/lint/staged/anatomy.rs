//! The parts of which the stages of a staged plan are made: objective, changes, validation and others, each under a
//! heading or behind a label in bold.

use std::collections::BTreeMap;

use super::super::Subject;
use super::super::files::{self, Named};
use crate::dialect::detect::signs;
use crate::dialect::inline::{Run, is_blank, label};
use crate::dialect::vocab::{Place, normalise, place};
use crate::outline::{Block, Section, Text};
use crate::plan::{Stage, StageId};
use crate::source::Span;

/// A stage with its parts.
pub(super) struct Body<'a> {
    /// Its index.
    pub(super) id: StageId,
    /// The stage.
    pub(super) stage: &'a Stage,
    /// Its parts in order.
    pub(super) parts: Vec<Part<'a>>,
    /// Whether it begins with a sentence before any part.
    pub(super) introduced: bool,
}

/// One thing that a stage changes.
pub(super) struct Change<'a> {
    /// Its item, or its heading.
    pub(super) at: Span,
    /// Its words.
    pub(super) words: &'a Text<'a>,
    /// The files that it names.
    pub(super) files: Vec<Named>,
}

/// A part of a stage.
pub(super) struct Part<'a> {
    /// What it is for.
    pub(super) role: Role,
    /// Its heading or its label, normalised.
    pub(super) name: String,
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
        let stages = subject.plan.stage_ids().zip(&subject.plan.stages).zip(&subject.reading.stages);
        let own = stages.filter(|(_, read)| !read.last && !read.gate && read.inner.is_empty());
        own.filter_map(|((id, stage), _)| {
            let section = sections.get(&stage.line)?;
            let mut parts = Vec::new();
            labelled(&section.blocks, &mut parts);
            headed(&section.sections, &mut parts);
            let sentence = |block: &Block<'_>| match block {
                Block::Paragraph(paragraph) => {
                    role_of(&paragraph.text).is_none() && paragraph.text.to_plain().split_whitespace().count() >= 4
                }
                _ => false,
            };
            let introduced = section.blocks.first().is_some_and(sentence);
            Some(Self { id, stage, parts, introduced })
        })
        .collect()
    }

    /// The parts of a kind.
    pub(super) fn parts(&self, role: Role) -> impl Iterator<Item = &Part<'a>> + Clone {
        self.parts.iter().filter(move |part| part.role == role)
    }

    /// What it changes: the items of its list of changes, or the sections below it.
    pub(super) fn changes(&self) -> Vec<Change<'a>> {
        let changes = |part: &Part<'a>| {
            let items = part.blocks.iter().filter_map(|block| match block {
                Block::List(list) => Some(&list.items),
                _ => None,
            });
            let items: Vec<Change<'a>> = items
                .flatten()
                .map(|item| Change { at: item.text.span, words: &item.text, files: files::in_item(item) })
                .collect();
            if !items.is_empty() {
                return items;
            }
            let sections = part.sections.iter();
            sections
                .map(|inner| Change { at: inner.heading, words: &inner.title, files: files::in_section(inner) })
                .collect()
        };
        self.parts(Role::Changes).map(changes).find(|changes| !changes.is_empty()).unwrap_or_default()
    }

    /// The files that it names as changed.
    pub(super) fn changed_files(&self) -> Vec<Named> {
        self.parts(Role::Changes).flat_map(Part::files).collect()
    }

    /// Whether it is for finding something out, and so changes no code.
    pub(super) fn is_research(&self) -> bool {
        const RESEARCH: &[&str] = &[
            "research", "audit", "investigate", "investigation", "spike", "explore", "exploration", "survey",
            "analysis", "analyse", "analyze", "discovery", "study", "inventory", "recherche", "untersuchung",
            "analyse", "análisis", "análise", "analiza", "調査", "调研", "조사",
        ];
        let title = self.stage.title.to_lowercase();
        title.split(|next: char| !next.is_alphanumeric()).any(|word| RESEARCH.contains(&word))
    }

    /// Whether it changes code: something that is no document and no configuration.
    pub(super) fn is_code(&self) -> bool {
        let code = |file: &Named| {
            let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
            let rest = [
                "", "md", "mdx", "rst", "txt", "adoc", "toml", "yaml", "yml", "json", "lock", "cfg", "ini", "env",
                "svg", "html", "css", "csv",
            ];
            !rest.contains(&ending.as_str())
        };
        !self.is_research() && self.changed_files().iter().any(code)
    }

    /// Whether it goes by a cycle of tests that come before the code.
    pub(super) fn is_test_driven(&self) -> bool {
        self.parts.iter().any(|part| part.name.contains("tdd") || part.name.contains("test-driven"))
    }

    /// The stage as it is named in a message.
    pub(super) fn name(&self) -> String {
        format!("stage {}", self.stage.label)
    }
}

impl Part<'_> {
    /// The files that it names.
    pub(super) fn files(&self) -> Vec<Named> {
        let mut found = files::in_words(&self.words);
        found.extend(files::in_blocks(self.blocks.iter().copied()));
        self.sections.iter().for_each(|inner| found.extend(files::in_section(inner)));
        found
    }

    /// Whether nothing is said in it.
    pub(super) fn is_empty(&self) -> bool {
        let silent = |block: &&Block<'_>| matches!(block, Block::Rule(_) | Block::Html(_));
        is_blank(&self.words) && self.blocks.iter().all(silent) && self.sections.is_empty()
    }
}

fn headed<'a>(sections: &'a [Section<'a>], parts: &mut Vec<Part<'a>>) {
    for section in sections {
        let name = normalise(&section.title.to_plain());
        parts.push(Part {
            role: role(&name),
            name,
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
            (Some(Label { role, name, at, words }), _) => {
                parts.extend(open.replace(Part { role, name, at, words, blocks: Vec::new(), sections: &[] }));
            }
            (None, Some(part)) => part.blocks.push(block),
            (None, None) => {}
        }
        let Block::List(list) = block else { continue };
        for item in &list.items {
            let Some(Label { role, name, at, words }) = role_of(&item.text) else { continue };
            parts.push(Part { role, name, at, words, blocks: item.blocks.iter().collect(), sections: &[] });
        }
    }
    parts.extend(open);
}

/// The label with which a text begins, and what stands behind it.
struct Label<'a> {
    role: Role,
    name: String,
    at: Span,
    words: Run<'a>,
}

fn role_of<'a>(text: &'a Text<'a>) -> Option<Label<'a>> {
    let labelled = label(&text.inlines)?;
    let name = normalise(&labelled.label);
    let role = role(&name);
    (role != Role::Other).then_some(Label { role, name, at: labelled.span, words: labelled.rest })
}

/// More names of what a stage is to reach.
const OBJECTIVES: &[&str] = &["objectives", "goals", "aim", "aims", "outcome", "intent", "intention"];

/// More names of what a stage changes.
const WORK: &[&str] = &[
    "change", "changes required", "required changes", "code changes", "file changes", "implementation",
    "implementation steps", "implementation tasks", "implementation details", "steps", "work", "work items", "actions",
    "deliverables", "files to change", "what changes", "what gets done", "subtasks", "to do", "todo", "files",
    "files touched", "files changed", "files modified", "files affected", "affected files", "modified files",
    "new files", "files to create", "files to modify",
];

/// What a heading or a label announces. `name` is normalised.
fn role(name: &str) -> Role {
    let said = signs(name);
    if said.names_objective() || OBJECTIVES.contains(&name) {
        Role::Objective
    } else if said.names_work() || WORK.contains(&name) {
        Role::Changes
    } else if matches!(place(name), Some(Place::Proof | Place::Manual | Place::Run | Place::Red)) {
        Role::Validation
    } else {
        Role::Other
    }
}
