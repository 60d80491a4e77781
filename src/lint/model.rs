//! A rule, what it looks at, and what it finds.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::dialect::Reading;
use crate::edit::Edit;
use crate::graph::Graph;
use crate::host::Host;
use crate::outline::{Outline, Section};
use crate::plan::Plan;
use crate::source::{Source, Span};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which authors type: words joined by `-`, what is wrong rather than what is right.
    pub code: &'static str,
    /// How much its findings count where nothing else is said.
    pub level: Severity,
    /// Of which plans it speaks.
    pub applies: Applies,
    /// What it needs to see.
    pub reads: Reads,
    /// What it finds, in a few words that follow "finds".
    pub summary: &'static str,
    /// Why that matters. Markdown.
    pub why: &'static str,
    /// How to mend it. Markdown.
    pub mend: &'static str,
    /// A piece of a plan in which it finds something. A test holds it to that.
    pub bad: &'static str,
    /// The same piece mended.
    pub good: &'static str,
    /// Looks for it.
    pub check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// Of which plans a rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Of every plan.
    Any,
    /// Of staged plans.
    Staged,
    /// Of workstream plans.
    Workstream,
}

impl Applies {
    /// Whether it speaks of plans of a dialect.
    #[must_use]
    pub fn to(self, dialect: &str) -> bool {
        self.dialect().is_none_or(|own| own == dialect)
    }

    /// The dialect that it speaks of, if it is one.
    #[must_use]
    pub fn dialect(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Staged => Some("staged"),
            Self::Workstream => Some("workstream"),
        }
    }
}

/// What a rule needs to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The plan alone.
    Plan,
    /// Files beside it as well; without a [`World`] the rule is passed over.
    Files,
}

/// A plan as the rooms before this one have read it.
pub struct Subject<'a> {
    /// The file.
    pub source: &'a Arc<Source>,
    /// Its parts.
    pub outline: &'a Outline<'a>,
    /// What its author wrote.
    pub reading: &'a Reading,
    /// Its stages and checks.
    pub plan: &'a Plan,
    /// The order of its stages, unless they wait for each other.
    pub graph: Option<&'a Graph>,
    /// The files around it, where there are any to be looked at.
    pub world: Option<World<'a>>,
}

/// The files that a plan speaks of: those of the repository that it lies in.
pub struct World<'a> {
    /// The door to them.
    pub host: &'a dyn Host,
    /// The plan's own file. Absolute.
    pub file: &'a Path,
    /// The root of the repository. Absolute.
    pub repository: &'a Path,
    /// The directory in which the plan's commands run. Absolute.
    pub root: &'a Path,
    files: OnceCell<Vec<String>>,
}

impl<'a> World<'a> {
    /// The files around a plan; what is in the repository is found out when a rule asks.
    pub fn new(host: &'a dyn Host, file: &'a Path, repository: &'a Path, root: &'a Path) -> Self {
        Self { host, file, repository, root, files: OnceCell::new() }
    }

    /// The paths of all files of the repository that git does not ignore, relative to its root, with `/` between
    /// folders, sorted. None where they cannot be listed.
    pub(super) fn files(&self) -> &[String] {
        self.files.get_or_init(|| {
            let all = self.host.find(self.repository, &["**".to_owned()]).unwrap_or_default();
            let below = all.iter().filter_map(|path| path.strip_prefix(self.repository).ok());
            below.filter_map(|path| path.to_str()).map(|path| path.replace('\\', "/")).collect()
        })
    }
}

impl<'a> Subject<'a> {
    /// All sections of the document, each before those inside it.
    #[must_use]
    pub fn sections(&self) -> Vec<&'a Section<'a>> {
        let mut found = Vec::new();
        collect(&self.outline.root.sections, &mut found);
        found
    }

    /// What stands for the plan as a whole: its first heading, or its first line.
    #[must_use]
    pub fn title(&self) -> Span {
        match self.outline.root.sections.first() {
            Some(section) => section.heading,
            None => self.source.line_span(self.source.line(self.outline.root.span.start)),
        }
    }
}

fn collect<'a>(sections: &'a [Section<'a>], found: &mut Vec<&'a Section<'a>>) {
    for section in sections {
        found.push(section);
        collect(&section.sections, found);
    }
}

/// Something that a rule, or the reader, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What and where.
    pub diagnostic: Diagnostic,
    /// How it is mended without changing what the plan says, if that is known.
    pub fix: Option<Fix>,
}

/// Changes of the plan's text that mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What they do, as a command: `take the comment out`.
    pub words: String,
    /// The changes, which are made together or not at all.
    pub edits: Vec<Edit>,
}

impl Finding {
    /// A finding that only a person can mend.
    #[must_use]
    pub fn new(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, fix: None }
    }

    /// Says how it is mended, also as help where there is none.
    pub fn fix(&mut self, words: impl Into<String>, edits: Vec<Edit>) -> &mut Self {
        let words = words.into();
        self.diagnostic.help.get_or_insert_with(|| words.clone());
        self.fix = Some(Fix { words, edits });
        self
    }

    /// Says something at the place itself.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        if let Some(first) = self.diagnostic.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Points to another place of the plan.
    pub fn also(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        if let Some(first) = self.diagnostic.labels.first() {
            let source = Arc::clone(&first.source);
            self.diagnostic.labels.push(Label { source, span, text: text.into() });
        }
        self
    }

    /// Says what to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.diagnostic.help = Some(text.into());
        self
    }

    /// Counts for more or less than the rule's other findings.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.diagnostic.severity = severity;
        self
    }
}

/// Takes what one rule finds.
pub struct Findings<'a> {
    rule: &'a Rule,
    source: &'a Arc<Source>,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// Nothing so far.
    pub(super) fn new(rule: &'a Rule, source: &'a Arc<Source>) -> Self {
        Self { rule, source, found: Vec::new() }
    }

    /// Adds a finding: a place of the plan, of which blanks at its end do not count, and a message of one line, in lower
    /// case and without a full stop.
    pub fn add(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        let at = self.found.len();
        let start = span.range().start;
        let span = Span::new(start, start + self.source.slice(span).trim_end().len());
        self.found.push(Finding::new(Diagnostic {
            code: self.rule.code,
            severity: self.rule.level,
            message: message.into(),
            labels: vec![Label { source: Arc::clone(self.source), span, text: String::new() }],
            help: None,
        }));
        &mut self.found[at]
    }

    /// All of them.
    pub(super) fn all(self) -> Vec<Finding> {
        self.found
    }
}
