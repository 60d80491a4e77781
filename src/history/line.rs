//! What is kept of one plan in one run: a line of JSON that needs no other one.
//!
//! So files of several machines are joined by writing one behind the other, and what is damaged costs one line only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{CheckRef, Event, Happening, Proof, Usage};
use crate::roster::{CheckEntry, Roster};

/// Name and version of the form. A field that is taken away or changes its meaning makes a new version.
pub const SCHEMA: &str = "plan-run/history/v1";

/// A line. It borrows from the file: most of what is read is not needed for long.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow)]
    pub(super) schema: Cow<'a, str>,
    /// The run's name, which sorts by time.
    #[serde(borrow)]
    pub(super) run: Cow<'a, str>,
    /// The plan's path.
    #[serde(borrow)]
    pub(super) plan: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) checks: Vec<Sample<'a>>,
}

/// How a check ended that ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sample<'a> {
    /// As [`check_id`].
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    /// As [`Outcome::word`](crate::outcome::Outcome::word).
    #[serde(borrow)]
    pub(super) outcome: Cow<'a, str>,
    /// Seconds.
    pub(super) took: f64,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cpu: Option<f64>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) peak_memory: Option<u64>,
}

/// What a check goes by over all runs: its command and its directory, wherever in the plan it stands. `None` for one
/// without a command.
#[must_use]
pub fn check_id(check: &CheckEntry) -> Option<String> {
    let mut hash = blake3::Hasher::new();
    hash.update(check.cwd.as_deref().unwrap_or("").as_bytes()).update(&[0]);
    hash.update(check.command.as_deref()?.as_bytes());
    Some(hash.finalize().to_hex().as_str()[..16].to_owned())
}

/// Keeps how checks ended, while a run goes on.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    ended: BTreeMap<CheckRef, (&'static str, Duration, Option<Usage>)>,
}

impl Recorder {
    /// Notes what happens, as far as it tells of a check that ran.
    pub fn hear(&mut self, event: &Event) {
        if let Happening::CheckEnded { check, end } = &event.what
            && end.proof == Proof::Own
            // How long something took that was ended for another's sake says nothing of it.
            && (end.outcome.is_green() || end.outcome.is_own_trouble())
            && (end.output.is_some() || end.status.is_some())
        {
            self.ended.insert(*check, (end.outcome.word(), end.took, end.usage));
        }
    }

    /// A line for each plan of which a check ran.
    #[must_use]
    pub(super) fn lines(&self, roster: &Roster) -> Vec<Line<'static>> {
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (check, (outcome, took, usage)) in &self.ended {
            let Some(plan) = roster.plans.get(check.plan as usize) else { continue };
            let Some(id) = plan.check(check.check).and_then(check_id) else { continue };
            if lines.last().is_none_or(|line| line.plan != plan.path) {
                lines.push(Line {
                    schema: SCHEMA.into(),
                    run: roster.run.clone().unwrap_or_default().into(),
                    plan: plan.path.clone().into(),
                    commit: roster.commit.clone().map(Cow::Owned),
                    checks: Vec::new(),
                });
            }
            if let Some(line) = lines.last_mut() {
                line.checks.push(Sample {
                    id: id.into(),
                    outcome: (*outcome).into(),
                    took: seconds(*took),
                    cpu: usage.map(|usage| seconds(usage.cpu)),
                    peak_memory: usage.map(|usage| usage.peak_memory),
                });
            }
        }
        lines
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e6
}
