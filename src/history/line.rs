//! What is kept of one plan in one run: a line of JSON that needs no other one.
//!
//! So files of several machines are joined by writing one behind the other, and what is damaged costs one line only.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{CheckRef, Event, Happening, Proof, Usage};
use crate::roster::{CheckEntry, Roster};

/// Name and version of the form. A field that is taken away or changes its meaning makes a new version.
pub const SCHEMA: &str = "plan-run/history/v1";

/// A line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) schema: String,
    /// The run's name, which sorts by time.
    pub(super) run: String,
    /// The plan's path.
    pub(super) plan: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    pub(super) checks: Vec<Sample>,
}

/// How a check ended that ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sample {
    /// As [`check_id`].
    pub(super) id: String,
    /// As [`Outcome::word`](crate::outcome::Outcome::word).
    pub(super) outcome: String,
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
    pub(super) fn lines(&self, roster: &Roster) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for (check, (outcome, took, usage)) in &self.ended {
            let Some(plan) = roster.plans.get(check.plan as usize) else { continue };
            let Some(id) = plan.check(check.check).and_then(check_id) else { continue };
            if lines.last().is_none_or(|line| line.plan != plan.path) {
                lines.push(Line {
                    schema: SCHEMA.to_owned(),
                    run: roster.run.clone().unwrap_or_default(),
                    plan: plan.path.clone(),
                    commit: roster.commit.clone(),
                    checks: Vec::new(),
                });
            }
            if let Some(line) = lines.last_mut() {
                line.checks.push(Sample {
                    id,
                    outcome: (*outcome).to_owned(),
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
