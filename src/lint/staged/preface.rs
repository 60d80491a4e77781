//! What stands before the stages of a plan.

use super::super::Subject;
use super::super::files::{self, Named};
use crate::dialect::inline::label;
use crate::dialect::vocab::normalise;
use crate::outline::{Block, Section};
use crate::source::Span;

/// Headings of a section that tells where a plan comes from.
const BACKGROUND: &[&str] = &[
    "background", "context", "overview", "introduction", "motivation", "background and context",
    "context and background", "background & context", "overview and background", "background research", "hintergrund",
    "kontext", "contexte", "antecedentes", "contexto", "kontekst", "tło", "contesto", "achtergrond", "背景", "概要",
    "배경",
];

/// Labels and headings behind which the document stands that a plan follows.
const DESIGN: &[&str] = &[
    "design", "design doc", "design document", "source", "source document", "source documents", "spec",
    "specification", "rfc", "adr", "prd", "proposal", "based on", "implements", "increment", "issue", "ticket",
    "reference", "references", "entwurf", "conception", "diseño", "projekt", "設計", "设计", "설계",
];

/// Labels and headings behind which stands what a plan is for.
const GOAL: &[&str] = &[
    "goal", "goals", "objective", "objectives", "purpose", "summary", "aim", "aims", "outcome", "problem", "why",
    "ziel", "ziele", "objectif", "objectifs", "but", "objetivo", "objetivos", "cel", "obiettivo", "doel", "цель",
    "目的", "目标", "목표",
];

/// Labels and headings behind which stands what the work relies on.
const DEPENDENCIES: &[&str] = &[
    "dependencies", "dependency", "external dependencies", "internal dependencies", "prerequisites", "prerequisite",
    "requirements", "requires", "depends on", "libraries", "abhängigkeiten", "voraussetzungen", "dépendances",
    "prérequis", "dependencias", "dependências", "zależności", "dipendenze", "afhankelijkheden", "зависимости",
    "依存関係", "依赖", "의존성",
];

/// Headings below which stands which code a plan touches.
const CODE: &[&str] = &[
    "affected code", "affected files", "affected modules", "affected components", "key files", "relevant files",
    "relevant code", "files", "files to change", "files affected", "code", "betroffener code", "code concerné",
    "código afectado", "código afetado",
];

/// Endings of documents.
const DOCUMENTS: &[&str] = &[".md", ".mdx", ".rst", ".txt", ".adoc", ".pdf", ".html"];

/// What stands before the first stage.
pub(super) struct Preface {
    /// The heading of the background, or the plan's title where the background stands right below that.
    pub(super) at: Span,
    /// The words of headings and labels, normalised.
    names: Vec<String>,
    /// The files that are named, but for documents outside of a list of affected code.
    pub(super) code_files: Vec<Named>,
    /// Whether there is a link or a document.
    links: bool,
    /// Whether there is running text of some length.
    tells: bool,
}

impl Preface {
    /// What stands before the first stage, if that tells of the background.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Self> {
        let first = subject.plan.stages.iter().map(|stage| stage.span.start).min()?;
        let sections: Vec<&Section<'_>> =
            subject.sections().into_iter().filter(|section| section.heading.start < first).collect();
        let mut preface =
            Self { at: subject.title(), names: Vec::new(), code_files: Vec::new(), links: false, tells: false };
        let mut headed = None;
        preface.take(subject, &subject.outline.root.blocks, false);
        for section in sections {
            let name = normalise(&section.title.to_plain());
            if BACKGROUND.contains(&name.as_str()) {
                headed.get_or_insert(section.heading);
            }
            preface.take(subject, &section.blocks, CODE.contains(&name.as_str()));
            preface.names.push(name);
        }
        match headed {
            Some(heading) => Some(Self { at: heading, ..preface }),
            // Right below the title, labels do as well as a heading.
            None if preface.has(DESIGN) || preface.has(GOAL) || preface.has(CODE) => Some(preface),
            None => None,
        }
    }

    fn take(&mut self, subject: &Subject<'_>, blocks: &[Block<'_>], code: bool) {
        for block in blocks {
            let texts = match block {
                Block::Paragraph(paragraph) => vec![&paragraph.text],
                Block::List(list) => list.items.iter().map(|item| &item.text).collect(),
                _ => Vec::new(),
            };
            for text in texts {
                match label(&text.inlines) {
                    Some(labelled) => self.names.push(normalise(&labelled.label)),
                    None => self.tells |= text.to_plain().split_whitespace().count() >= 5,
                }
                self.links |= subject.source.slice(text.span).contains("](") || text.to_plain().contains("://");
            }
        }
        for file in files::in_blocks(blocks) {
            let document = DOCUMENTS.iter().any(|ending| file.path.to_lowercase().ends_with(ending));
            self.links |= document;
            if code || !document {
                self.code_files.push(file);
            }
        }
    }

    fn has(&self, known: &[&str]) -> bool {
        self.names.iter().any(|name| known.contains(&name.as_str()))
    }

    /// Whether it names a document that the plan follows.
    pub(super) fn names_design(&self) -> bool {
        self.links || self.has(DESIGN)
    }

    /// Whether it says what the plan is for.
    pub(super) fn tells_goal(&self) -> bool {
        self.tells || self.has(GOAL)
    }

    /// Whether it says what the work relies on.
    pub(super) fn tells_dependencies(&self) -> bool {
        self.has(DEPENDENCIES)
    }
}
