//! The lines of a journal as they are written, apart from the program's own types so that these may change.
//!
//! `schema/events.schema.json` describes them for others. A line that later versions add is passed over when it is
//! read; a field that is taken away or changes its meaning makes a new version of the schema.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::before::Before;
use super::cause::Cause;
use super::left::{self, Left};
use super::quarantine::Quarantine;
use super::times::{duration, from_stamp, seconds, stamp};
use crate::config::{Leftovers, RunScope, parse_leftovers};
use crate::event::{self, CheckRef, Extent, Happening, Proof, Slow, StageRef, Usage};
use crate::outcome::{self, Expected, Outcome, Skip};
use crate::plan::{CheckId, Kind, LimitOf, StageId};
use crate::roster::{Broken, CheckEntry, PlanEntry, StageEntry};

/// Name and version of the form.
pub const SCHEMA: &str = "plan-run/events/v1";

/// One line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// Counts from 1 without gaps.
    pub(super) seq: u64,
    /// What the line says.
    #[serde(flatten)]
    pub(super) says: Says,
}

/// What a line says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Says {
    /// The first line.
    Journal {
        schema: String,
        run: Option<String>,
        version: String,
        commit: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        strict_claims: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        nightly: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        strict: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        untouched: bool,
    },
    /// A plan of the run; the first one has the number 0.
    Plan(Box<Plan>),
    /// A plan that could not be run.
    Broken {
        path: String,
        line: Option<u32>,
        problems: Vec<String>,
    },
    RunStarted {
        at: f64,
        wall: String,
        jobs: usize,
    },
    StageStarted {
        at: f64,
        plan: u32,
        stage: u32,
    },
    CheckStarted {
        at: f64,
        plan: u32,
        check: u32,
    },
    CheckSlow {
        at: f64,
        plan: u32,
        check: u32,
        after: f64,
        usual: Option<f64>,
    },
    AttemptEnded {
        at: f64,
        plan: u32,
        check: u32,
        end: End,
    },
    CheckEnded {
        at: f64,
        plan: u32,
        check: u32,
        end: End,
    },
    StageEnded {
        at: f64,
        plan: u32,
        stage: u32,
    },
    Interrupted {
        at: f64,
        times: u32,
    },
    /// Of the run as a whole, of a plan, or of one of its stages.
    GaveUp {
        at: f64,
        plan: Option<u32>,
        stage: Option<u32>,
        cause: Cause,
    },
    RunEnded {
        at: f64,
    },
    /// A line of a later version.
    #[serde(other, skip_serializing)]
    Unknown,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    path: String,
    title: String,
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    stages: Vec<Stage>,
    checks: Vec<Check>,
    order: Vec<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stage {
    label: String,
    title: String,
    line: u32,
    needs: Vec<u32>,
    claimed: bool,
    checks: Vec<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Check {
    label: String,
    stage: u32,
    kind: String,
    line: u32,
    command: Option<String>,
    text: String,
    cwd: Option<String>,
    expect: Option<String>,
    in_script: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    launcher: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sandbox: Option<String>,
    /// What processes mean that it left running, where they mean more than a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leftovers: Option<String>,
    claimed: Option<bool>,
    left_out: Option<Ended>,
    carried_over: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cached: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantine: Option<Quarantine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
}

/// How an attempt ended.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct End {
    outcome: Ended,
    took: f64,
    output: Option<Output>,
    #[serde(deserialize_with = "left::read")]
    leftover: Vec<Left>,
    #[serde(default)]
    warnings: Vec<String>,
    status: Option<i32>,
    usage: Option<Used>,
    carried_over: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared_with: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cached: Option<String>,
}

/// An outcome: its word as in [`Outcome::word`], and what belongs to it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Ended {
    word: String,
    /// Whether a quarantine excuses it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    quarantined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    got: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    /// Seconds for a timeout, bytes for an output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// How often it was tried, for what is flaky.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tries: Option<usize>,
    /// Whose limit it was, for a timeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

/// A part of a file in the run's folder.
#[derive(Debug, Serialize, Deserialize)]
struct Output {
    file: String,
    start: u64,
    end: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Used {
    /// Seconds.
    cpu: f64,
    /// Bytes.
    peak_memory: u64,
}

impl Plan {
    pub(super) fn of(plan: &PlanEntry) -> Self {
        let ids = |stages: &[StageId]| stages.iter().map(|stage| stage.0).collect();
        Self {
            path: plan.path.clone(),
            title: plan.title.clone(),
            digest: plan.digest.clone(),
            scope: (plan.scope != RunScope::All).then(|| plan.scope.word().to_owned()),
            stages: plan
                .stages
                .iter()
                .map(|stage| Stage {
                    label: stage.label.clone(),
                    title: stage.title.clone(),
                    line: stage.line,
                    needs: ids(&stage.needs),
                    claimed: stage.claimed,
                    checks: stage.checks.iter().map(|check| check.0).collect(),
                })
                .collect(),
            checks: plan.checks.iter().map(Check::of).collect(),
            order: ids(&plan.order),
        }
    }

    /// The entry that this line describes; `None` when its parts do not fit together.
    pub(super) fn entry(self) -> Option<PlanEntry> {
        let stages = u32::try_from(self.stages.len()).ok()?;
        let checks = u32::try_from(self.checks.len()).ok()?;
        let known = |ids: &[u32], count: u32| ids.iter().all(|&id| id < count);
        let mut placed = vec![false; self.checks.len()];
        for (index, stage) in self.stages.iter().enumerate() {
            for &check in &stage.checks {
                let entry = self.checks.get(check as usize)?;
                if entry.stage as usize != index || std::mem::replace(&mut placed[check as usize], true) {
                    return None;
                }
            }
        }
        let mut ordered = vec![false; self.stages.len()];
        for &stage in &self.order {
            if std::mem::replace(ordered.get_mut(stage as usize)?, true) {
                return None;
            }
        }
        let fits = placed.into_iter().all(|placed| placed)
            && ordered.into_iter().all(|ordered| ordered)
            && self.stages.iter().all(|stage| known(&stage.needs, stages) && known(&stage.checks, checks));
        if !fits {
            return None;
        }
        let ids = |ids: Vec<u32>| ids.into_iter().map(StageId).collect();
        Some(PlanEntry {
            path: self.path,
            title: self.title,
            digest: self.digest,
            scope: match self.scope {
                None => RunScope::All,
                Some(word) => RunScope::ALL.into_iter().find(|scope| scope.word() == word)?,
            },
            stages: self
                .stages
                .into_iter()
                .map(|stage| StageEntry {
                    label: stage.label,
                    title: stage.title,
                    line: stage.line,
                    needs: ids(stage.needs),
                    claimed: stage.claimed,
                    checks: stage.checks.into_iter().map(CheckId).collect(),
                })
                .collect(),
            checks: self.checks.into_iter().map(Check::entry).collect::<Option<_>>()?,
            order: ids(self.order),
        })
    }
}

impl Check {
    fn of(check: &CheckEntry) -> Self {
        Self {
            label: check.label.clone(),
            stage: check.stage.0,
            kind: check.kind.word().to_owned(),
            line: check.line,
            command: check.command.clone(),
            text: check.text.clone(),
            cwd: check.cwd.clone(),
            expect: check.expect.clone(),
            in_script: check.in_script,
            launcher: check.launcher.clone(),
            sandbox: check.sandbox.clone(),
            leftovers: (check.leftovers != Leftovers::default()).then(|| check.leftovers.word().to_owned()),
            claimed: check.claimed,
            left_out: check.left_out.clone().map(|skip| Ended::of(&Outcome::Skipped(skip))),
            carried_over: check.carried.clone(),
            cached: check.cached.clone(),
            quarantine: check.quarantine.as_ref().map(Quarantine::of),
            before: check.before.as_ref().map(Before::of),
        }
    }

    fn entry(self) -> Option<CheckEntry> {
        let left_out = match self.left_out.map(Ended::outcome) {
            None => None,
            Some(Some(Outcome::Skipped(skip))) => Some(skip),
            Some(_) => return None,
        };
        Some(CheckEntry {
            label: self.label,
            stage: StageId(self.stage),
            kind: [Kind::Command, Kind::Red, Kind::Manual].into_iter().find(|kind| kind.word() == self.kind)?,
            line: self.line,
            command: self.command,
            text: self.text,
            cwd: self.cwd,
            expect: self.expect,
            in_script: self.in_script,
            launcher: self.launcher,
            sandbox: self.sandbox,
            leftovers: match self.leftovers {
                None => Leftovers::default(),
                Some(word) => parse_leftovers(&word).ok()?,
            },
            claimed: self.claimed,
            left_out,
            carried: self.carried_over,
            cached: self.cached,
            quarantine: self.quarantine.map(Quarantine::entry),
            before: self.before.map(Before::entry),
        })
    }
}

impl Ended {
    fn of(outcome: &Outcome) -> Self {
        let end = Self { word: outcome.word().to_owned(), ..Self::default() };
        match outcome.clone() {
            Outcome::Passed | Outcome::LeftBehind | Outcome::Interrupted => end,
            Outcome::Quarantined(plain) => Self { quarantined: true, ..Self::of(&plain) },
            Outcome::Cancelled(cause) | Outcome::Skipped(Skip::GivenUp(cause)) => {
                Self { cause: Some(Cause::of(&cause)), ..end }
            }
            Outcome::Failed { status, expected } => {
                let (expected, got) = expected.map_or((None, None), |expected| (Some(expected.what), expected.got));
                Self { status: Some(status), expected, got, ..end }
            }
            Outcome::Flaky { tries } => Self { tries: Some(tries), ..end },
            Outcome::Signalled { signal } => Self { signal: Some(signal), ..end },
            Outcome::TimedOut { limit, of } => {
                Self { limit: Some(seconds(limit)), of: Some(of.word().to_owned()), ..end }
            }
            Outcome::OutputLimit { limit } => Self { limit: Some(limit as f64), ..end },
            Outcome::NotStarted { why }
            | Outcome::Lost { why }
            | Outcome::Skipped(Skip::HeldBack { why } | Skip::Configured { why } | Skip::NotAsked { why }) => {
                Self { why: Some(why), ..end }
            }
            Outcome::Skipped(Skip::Blocked { by } | Skip::ScriptStopped { by }) => Self { by: Some(by), ..end },
            Outcome::Skipped(Skip::Manual | Skip::Red | Skip::NotClaimed) => end,
        }
    }

    /// The outcome of a word; `None` for one that this version does not know.
    fn outcome(self) -> Option<Outcome> {
        if self.quarantined {
            let plain = Self { quarantined: false, ..self }.outcome()?;
            return Some(Outcome::Quarantined(Box::new(plain)));
        }
        let why = self.why.unwrap_or_default();
        let by = self.by.unwrap_or_default();
        Some(match self.word.as_str() {
            "passed" => Outcome::Passed,
            "exit-code" => {
                let got = self.got;
                Outcome::Failed { status: self.status?, expected: self.expected.map(|what| Expected { what, got }) }
            }
            "flaky" => Outcome::Flaky { tries: self.tries? },
            "leftover" => Outcome::LeftBehind,
            "signal" => Outcome::Signalled { signal: self.signal? },
            "timeout" => Outcome::TimedOut { limit: duration(self.limit?), of: limit_of(self.of.as_deref())? },
            "spawn" => Outcome::NotStarted { why },
            "output-limit" => Outcome::OutputLimit { limit: self.limit? as u64 },
            "infrastructure" => Outcome::Lost { why },
            "cancelled" => Outcome::Cancelled(self.cause.map_or(Some(outcome::Cause::Interrupt), Cause::cause)?),
            "interrupted" => Outcome::Interrupted,
            "manual" => Outcome::Skipped(Skip::Manual),
            "red" => Outcome::Skipped(Skip::Red),
            "not-claimed" => Outcome::Skipped(Skip::NotClaimed),
            "held-back" => Outcome::Skipped(Skip::HeldBack { why }),
            "dependency" => Outcome::Skipped(Skip::Blocked { by }),
            "script" => Outcome::Skipped(Skip::ScriptStopped { by }),
            "configured" => Outcome::Skipped(Skip::Configured { why }),
            "not-asked" => Outcome::Skipped(Skip::NotAsked { why }),
            "given-up" => Outcome::Skipped(Skip::GivenUp(self.cause?.cause()?)),
            _ => return None,
        })
    }
}

/// Whose limit a word means; one of which nothing is said is that of nobody.
fn limit_of(word: Option<&str>) -> Option<LimitOf> {
    word.map_or(Some(LimitOf::Default), |word| LimitOf::ALL.into_iter().find(|of| of.word() == word))
}

impl End {
    fn of(end: &event::End, folder: &Path) -> Self {
        Self {
            outcome: Ended::of(&end.outcome),
            took: seconds(end.took),
            output: end.output.as_ref().map(|output| Output {
                file: output.path.strip_prefix(folder).unwrap_or(&output.path).to_string_lossy().into_owned(),
                start: output.start,
                end: output.end,
            }),
            leftover: end.leftover.iter().map(Left::of).collect(),
            warnings: end.warnings.clone(),
            status: end.status,
            usage: end.usage.map(|usage| Used { cpu: seconds(usage.cpu), peak_memory: usage.peak_memory }),
            carried_over: match &end.proof {
                Proof::Own | Proof::Shared { .. } | Proof::Cached { .. } => None,
                Proof::CarriedOver { run } => Some(run.clone()),
            },
            shared_with: match &end.proof {
                Proof::Own | Proof::CarriedOver { .. } | Proof::Cached { .. } => None,
                Proof::Shared { with } => Some(with.clone()),
            },
            cached: match &end.proof {
                Proof::Own | Proof::CarriedOver { .. } | Proof::Shared { .. } => None,
                Proof::Cached { run } => Some(run.clone()),
            },
        }
    }

    /// The end that this describes. A file outside of the run's folder is none of its outputs.
    fn end(self, folder: &Path) -> Option<event::End> {
        let inside = |file: &str| {
            let path = Path::new(file);
            path.components().all(|part| matches!(part, std::path::Component::Normal(_))).then(|| folder.join(path))
        };
        let output = match self.output {
            None => None,
            Some(output) => {
                let path: PathBuf = inside(&output.file)?;
                Some(event::Output { path, start: output.start, end: output.end })
            }
        };
        Some(event::End {
            outcome: self.outcome.outcome()?,
            took: duration(self.took),
            output,
            leftover: self.leftover.into_iter().map(Left::leftover).collect(),
            warnings: self.warnings,
            status: self.status,
            usage: self.usage.map(|used| Usage { cpu: duration(used.cpu), peak_memory: used.peak_memory }),
            proof: match (self.carried_over, self.shared_with, self.cached) {
                (Some(run), ..) => Proof::CarriedOver { run },
                (None, Some(with), _) => Proof::Shared { with },
                (None, None, Some(run)) => Proof::Cached { run },
                (None, None, None) => Proof::Own,
            },
        })
    }
}

impl Says {
    /// The line of a plan that could not be run.
    pub(super) fn broken(broken: &Broken) -> Self {
        let Broken { path, line, problems } = broken.clone();
        Self::Broken { path, line, problems }
    }

    /// The line of something that happened; outputs are named from the run's folder on.
    pub(super) fn of(event: &event::Event, folder: &Path) -> Self {
        let at = seconds(event.at);
        match &event.what {
            Happening::RunStarted { wall, jobs } => Self::RunStarted { at, wall: stamp(*wall), jobs: *jobs },
            Happening::StageStarted(StageRef { plan, stage }) => Self::StageStarted { at, plan: *plan, stage: stage.0 },
            Happening::CheckStarted(CheckRef { plan, check }) => Self::CheckStarted { at, plan: *plan, check: check.0 },
            Happening::CheckSlow { check, slow } => {
                let (after, usual) = (seconds(slow.after), slow.usual.map(seconds));
                Self::CheckSlow { at, plan: check.plan, check: check.check.0, after, usual }
            }
            Happening::AttemptEnded { check, end } => {
                Self::AttemptEnded { at, plan: check.plan, check: check.check.0, end: End::of(end, folder) }
            }
            Happening::CheckEnded { check, end } => {
                Self::CheckEnded { at, plan: check.plan, check: check.check.0, end: End::of(end, folder) }
            }
            Happening::StageEnded(StageRef { plan, stage }) => Self::StageEnded { at, plan: *plan, stage: stage.0 },
            Happening::Interrupted { times } => Self::Interrupted { at, times: *times },
            Happening::GaveUp { extent, cause } => {
                let (plan, stage) = match *extent {
                    Extent::Run => (None, None),
                    Extent::Plan(plan) => (Some(plan), None),
                    Extent::Stage(StageRef { plan, stage }) => (Some(plan), Some(stage.0)),
                };
                Self::GaveUp { at, plan, stage, cause: Cause::of(cause) }
            }
            Happening::RunEnded => Self::RunEnded { at },
        }
    }

    /// What happened, and when. `None` for a line that says something else, or of which a part makes no sense.
    pub(super) fn event(self, folder: &Path) -> Option<(Duration, Happening)> {
        let stage = |plan, stage| StageRef { plan, stage: StageId(stage) };
        let check = |plan, check| CheckRef { plan, check: CheckId(check) };
        Some(match self {
            Self::RunStarted { at, wall, jobs } => {
                (duration(at), Happening::RunStarted { wall: from_stamp(&wall)?, jobs })
            }
            Self::StageStarted { at, plan, stage: id } => (duration(at), Happening::StageStarted(stage(plan, id))),
            Self::CheckStarted { at, plan, check: id } => (duration(at), Happening::CheckStarted(check(plan, id))),
            Self::CheckSlow { at, plan, check: id, after, usual } => {
                let slow = Slow { after: duration(after), usual: usual.map(duration) };
                (duration(at), Happening::CheckSlow { check: check(plan, id), slow })
            }
            Self::AttemptEnded { at, plan, check: id, end } => {
                (duration(at), Happening::AttemptEnded { check: check(plan, id), end: end.end(folder)? })
            }
            Self::CheckEnded { at, plan, check: id, end } => {
                (duration(at), Happening::CheckEnded { check: check(plan, id), end: end.end(folder)? })
            }
            Self::StageEnded { at, plan, stage: id } => (duration(at), Happening::StageEnded(stage(plan, id))),
            Self::Interrupted { at, times } => (duration(at), Happening::Interrupted { times }),
            Self::GaveUp { at, plan, stage: id, cause } => {
                let extent = match (plan, id) {
                    (None, _) => Extent::Run,
                    (Some(plan), None) => Extent::Plan(plan),
                    (Some(plan), Some(id)) => Extent::Stage(stage(plan, id)),
                };
                (duration(at), Happening::GaveUp { extent, cause: cause.cause()? })
            }
            Self::RunEnded { at } => (duration(at), Happening::RunEnded),
            Self::Journal { .. } | Self::Plan(_) | Self::Broken { .. } | Self::Unknown => return None,
        })
    }
}
