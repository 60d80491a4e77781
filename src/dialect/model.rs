//! A plan as its author wrote it.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::effects::{self, Terminal};
use super::shell::Logical;
use crate::config::{Leftovers, Wants};
use crate::plan::{Expect, Kind};
use crate::source::Span;

/// What was read from one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The dialect's name.
    pub dialect: &'static str,
    /// The document's title.
    pub title: Option<String>,
    /// The stages in document order.
    pub stages: Vec<ReadStage>,
    /// What is said about their order.
    pub relations: Vec<Relation>,
    /// Which order holds where nothing is said.
    pub order: Order,
    /// For each stage the unit that holds it, if it is one of several in a task list: there a unit begins when all tasks
    /// before it are done.
    pub around: Vec<Option<usize>>,
    /// Where it is said, if anywhere, that all stages come one after the other.
    pub in_a_row: Option<Span>,
    /// Groups of units that may run side by side; each gives up only the order among its own.
    pub parallel: Vec<Parallel>,
    /// Number of scripts, blocks whose commands share one shell.
    pub scripts: u32,
    /// What the author said to plan-run about single checks.
    pub directed: Vec<Directed>,
    /// The boxes that the author ticks, in document order, an outer item's before those inside it.
    pub boxes: Vec<Ticked>,
    /// The sections of the document in document order, an outer one before those inside it.
    pub sections: Vec<Headed>,
    /// The findings that the author wants to hear no more of.
    pub allowed: Vec<Allowed>,
}

/// A section of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headed {
    /// Its heading.
    pub heading: Span,
    /// The heading with all that stands below it.
    pub whole: Span,
}

/// A comment of the author that allows what a rule would find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The rule's code, as written.
    pub code: String,
    /// Why it is allowed; empty where nothing is said.
    pub reason: String,
    /// The comment.
    pub by: Span,
    /// The lines that it speaks of, counted from 1: those of a block, or one.
    pub lines: RangeInclusive<u32>,
}

/// An item with a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// The item with all that stands below it.
    pub item: Span,
    /// The three bytes of its box.
    pub span: Span,
    /// Whether it is ticked.
    pub done: bool,
}

/// The order of stages of which nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Each waits for the one before it.
    #[default]
    Sequence,
    /// Each waits for the one before it in its own group; groups are independent.
    Groups,
    /// They are independent.
    Independent,
}

/// A stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadStage {
    /// Its label.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Where it starts.
    pub span: Span,
    /// Which group it belongs to: the workstream of a step.
    pub group: u32,
    /// Whether it judges the plan as a whole and so comes after every stage of work.
    pub last: bool,
    /// Whether it is a gate: it comes after everything before it, whatever the default order.
    pub gate: bool,
    /// Indices of the stages inside it, which come before it.
    pub inner: Vec<usize>,
    /// Its checks in document order.
    pub checks: Vec<ReadCheck>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCheck {
    /// What it is.
    pub kind: Kind,
    /// The command or the item.
    pub span: Span,
    /// The command's text.
    pub command: Option<String>,
    /// The directory named beside it.
    pub cwd: Option<String>,
    /// Why it should not run without approval.
    pub risk: Option<String>,
    /// Why it needs a terminal.
    pub terminal: Option<Terminal>,
    /// What the plan expects.
    pub expect: Option<Expect>,
    /// The words around it.
    pub text: String,
    /// Which script it belongs to.
    pub script: Option<u32>,
    /// The rule that decided.
    pub rule: &'static str,
    /// The heading or label that asks for proof there.
    pub because: Option<Span>,
    /// Whether it only sets the scene for the commands after it: a directory, a variable. It must succeed whatever they do.
    pub scene: bool,
    /// Whether it changes the working tree or shared state, though without risk.
    pub writes: bool,
    /// Limit that the plan sets for it.
    pub timeout: Option<Duration>,
    /// How often the plan lets it be tried again.
    pub retries: Option<usize>,
    /// What the plan says that it means if it leaves processes running.
    pub leftovers: Option<Leftovers>,
    /// What its author says that it needs for itself.
    pub wants: Wants,
}

/// Units that may run side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parallel {
    /// The stages of each unit: one, or all those of a phase.
    pub units: Vec<Vec<usize>>,
    /// The words that say so; `None` for marks at the stages themselves.
    pub span: Option<Span>,
}

impl ReadCheck {
    /// A check of which nothing else is known.
    #[must_use]
    pub fn new(kind: Kind, span: Span, text: &str, rule: &'static str) -> Self {
        Self {
            kind,
            span,
            command: None,
            cwd: None,
            risk: None,
            terminal: None,
            expect: None,
            text: text.to_owned(),
            script: None,
            rule,
            because: None,
            scene: false,
            writes: false,
            timeout: None,
            retries: None,
            leftovers: None,
            wants: Wants::default(),
        }
    }

    /// The same with a command, of which `logical` is the parsed form.
    #[must_use]
    pub fn with_command(self, command: String, logical: &Logical) -> Self {
        let (risk, writes) = effects::of(logical);
        Self { command: Some(command), risk, writes, terminal: effects::terminal(logical), ..self }
    }

    /// The same with the place that asks for it.
    #[must_use]
    pub fn said(self, because: Option<Span>) -> Self {
        Self { because, ..self }
    }
}

/// What the author said to plan-run about a check, or about what would be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directed {
    /// The check.
    pub at: Span,
    /// Where it is said.
    pub by: Span,
    /// What: `manual`, `cwd=web`.
    pub says: String,
    /// For what is no check because of that: its command, or its words.
    pub ignored: Option<String>,
}

/// A stage that is named somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The name as written.
    pub name: String,
    /// Where.
    pub span: Span,
    /// Index of the stage in [`Reading::stages`]; `None` when the plan has no such stage.
    pub stage: Option<usize>,
    /// The unit around it that was named, by a number of its own, where it was not the stage itself.
    pub unit: Option<usize>,
}

/// What one place of the plan says about one stage: it comes after these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The stage that waits.
    pub stage: Reference,
    /// What it waits for; empty when the place says that it waits for nothing.
    pub needs: Vec<Reference>,
    /// Where it waits for all stages of work before this index as well, which are too many to be named, the place that
    /// says so.
    pub all_before: Option<(usize, Span)>,
    /// The place that says so.
    pub place: Span,
    /// Whether it contradicts no other place: it only leaves out what comes first, as a drawing does in which no line
    /// leads to the stage, or it only advises.
    pub soft: bool,
    /// What kind of place says so.
    pub source: RelationSource,
}

/// The authority of a place that speaks of order; a smaller one outranks a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationSource {
    /// A comment of the author for plan-run, which is free to say otherwise.
    Told,
    /// The stage itself.
    Own,
    /// A diagram.
    Diagram,
    /// Words elsewhere.
    Prose,
    /// Words about the order of all stages.
    Whole,
}
