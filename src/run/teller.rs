//! Numbers and stamps what happens, and takes secrets out of it.
//!
//! Must not know why anything happens or who is told of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::schedule::Change;
use crate::event::{End, Event, Happening, Proof};
use crate::select::Selection;
use crate::text::Mask;

/// Numbers and stamps what happens, and keeps count of how often each check ended.
pub(super) struct Teller {
    /// What nobody has been told yet.
    pub(super) events: Vec<Event>,
    pub(super) began: Instant,
    number: u64,
    ends: Vec<Vec<u32>>,
    pub(super) problems: Vec<String>,
    mask: Option<Arc<Mask>>,
}

impl Teller {
    pub(super) fn new(selection: &Selection, mask: Option<Arc<Mask>>) -> Self {
        let ends = selection.plans.iter().map(|selected| vec![0; selected.plan.checks.len()]).collect();
        Self { events: Vec::new(), began: Instant::now(), number: 0, ends, problems: Vec::new(), mask }
    }

    pub(super) fn tell(&mut self, mut what: Happening) {
        if let Happening::CheckEnded { check, .. } = &what {
            self.ends[check.plan as usize][check.check.0 as usize] += 1;
        }
        if let Happening::CheckEnded { end, .. } | Happening::AttemptEnded { end, .. } = &mut what {
            end.took = whole(end.took);
            if let Some(mask) = &self.mask {
                end.outcome.map_words(|words| mask.text(words).into_owned());
                let said = end.leftover.iter_mut().map(|left| &mut left.command).chain(&mut end.warnings);
                said.for_each(|words| *words = mask.text(words).into_owned());
                if let Proof::Shared { with } = &mut end.proof {
                    *with = mask.text(with).into_owned();
                }
            }
        }
        if let (Happening::GaveUp { cause, .. }, Some(mask)) = (&mut what, &self.mask) {
            cause.map_words(|words| mask.text(words).into_owned());
        }
        self.number += 1;
        self.events.push(Event { number: self.number, at: whole(self.began.elapsed()), what });
    }

    pub(super) fn changes(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.tell(match change {
                Change::StageStarted(stage) => Happening::StageStarted(stage),
                Change::NotRun { check, outcome, proof } => {
                    Happening::CheckEnded { check, end: End { proof, ..End::without_run(outcome) } }
                }
                Change::GaveUp { extent, cause } => Happening::GaveUp { extent, cause },
                Change::StageEnded(stage) => Happening::StageEnded(stage),
            });
        }
    }

    /// Notes each check that did not end exactly once.
    pub(super) fn account(&mut self, selection: &Selection) {
        for (selected, ends) in selection.plans.iter().zip(&self.ends) {
            for (check, &times) in selected.plan.checks.iter().zip(ends) {
                if times != 1 {
                    let name = selected.plan.source.name();
                    self.problems.push(format!("check {} of {name} ended {times} times", check.label));
                }
            }
        }
    }
}

/// A time in whole microseconds, which is what is kept of it: so a report made later says the same to the digit.
fn whole(time: Duration) -> Duration {
    Duration::from_micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
