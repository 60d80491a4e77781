//! What is in force at a place of a stage: what the nearest label or heading announces, and what follows from it.
//!
//! Must not know the walk.

use crate::source::Span;

use super::cues::names_files;
use super::item::Setting;
use super::verbs::Verbs;
use super::vocab::Place;

/// What is in force where the walk stands.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the nearest label or heading announces.
    pub place: Place,
    /// Whether words without a command count as manual checks here.
    pub prose_counts: bool,
    /// Whether what runs here must fail.
    pub red: bool,
    /// The directory named for the place.
    pub cwd: Option<String>,
    /// The heading or label that says so.
    pub because: Option<Span>,
    /// Whether it is a list of files, in which `Test:` names a role and asks for nothing.
    pub files: bool,
    /// Whether it is a procedure to follow, in which preparations stand beside checks.
    pub procedure: bool,
    /// Whether items that begin with a verb of proof are checks though no label asks for proof: task lists.
    pub tasks: bool,
    /// Whether it is a step of a stage, in which a block counts that is followed by what is expected of it.
    pub step: bool,
    /// Whether the label of the step says that a person takes it, whatever it announces.
    pub by_person: bool,
    /// What such items are elsewhere.
    pub verbs: Verbs,
    /// Whether it is a list that tells what is done and what is expected of it.
    pub acts: bool,
}

impl Context {
    /// The context of a place.
    #[must_use]
    pub fn of(place: Place) -> Self {
        Self {
            place,
            prose_counts: matches!(place, Place::Proof | Place::Manual),
            red: place == Place::Red,
            cwd: None,
            because: None,
            files: false,
            procedure: false,
            tasks: false,
            step: false,
            by_person: false,
            verbs: Verbs::Nothing,
            acts: false,
        }
    }

    /// The same with the heading or label that says so.
    #[must_use]
    pub fn said(self, span: Span) -> Self {
        Self { because: Some(span), ..self }
    }

    /// What holds behind a label that announces no checks.
    pub(super) fn off(&self, label: &str) -> Self {
        Self {
            place: Place::Off,
            files: names_files(label),
            verbs: self.verbs.below(label),
            step: false,
            by_person: false,
            ..self.clone()
        }
    }

    /// Whether it is a checking place.
    #[must_use]
    pub fn checks(&self) -> bool {
        matches!(self.place, Place::Proof | Place::Manual | Place::Run | Place::Red)
    }

    pub(super) fn setting(&self, asked: bool) -> Setting {
        Setting {
            manual: self.place == Place::Manual || self.by_person,
            asked: asked || matches!(self.place, Place::Run | Place::Red),
            red: self.red,
            cwd: self.cwd.clone(),
            because: self.because,
            procedure: self.procedure,
            told: false,
            prose_counts: self.prose_counts && matches!(self.place, Place::Proof | Place::Manual),
        }
    }
}
