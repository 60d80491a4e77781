//! How it is told before a run in which sandbox commands would run.
//!
//! Must not know what of it the system can hold, which only a run finds out.

use serde::Serialize;

use super::settings::{PlanFile, sandbox_setup};
use crate::config::{Config, Sandbox, SandboxLimits};
use crate::plan::{Check, Kind, Plan, SandboxSetup, Stage, StageId};
use crate::text::{clean_line, duration, plural};

/// The sandboxes of a plan's stages, as they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Sandboxes(Vec<Option<Sandbox>>);

impl Sandboxes {
    /// What configuration and front matter ask for; no command line has its say.
    pub(super) fn of_files(plan: &Plan, file: &PlanFile, front: &Config) -> Self {
        Self::of(plan, &sandbox_setup(None, file, front))
    }

    /// What is asked for altogether.
    #[must_use]
    pub fn of(plan: &Plan, setup: &SandboxSetup) -> Self {
        let of_stage = |stage: &Stage| setup.of(stage).filter(|_| has_commands(plan, stage));
        let found: Vec<Option<Sandbox>> = plan.stages.iter().map(of_stage).collect();
        Self(if found.iter().any(Option::is_some) { found } else { Vec::new() })
    }

    /// The sandbox of a check's command, if it has one and a run could start it.
    #[must_use]
    pub fn of_check(&self, check: &Check) -> Option<&Sandbox> {
        let runs = check.command.is_some() && check.kind != Kind::Manual;
        self.0.get(check.stage.0 as usize).and_then(Option::as_ref).filter(|_| runs)
    }

    /// What is told of a stage in a line: nothing where no stage of the plan has a sandbox, or there is nothing to run.
    #[must_use]
    pub fn line(&self, plan: &Plan, id: StageId) -> Option<String> {
        match self.0.get(id.0 as usize)? {
            Some(sandbox) => Some(format!("in a sandbox: {}", short(sandbox))),
            None => has_commands(plan, plan.stage(id)).then(|| "in no sandbox".to_owned()),
        }
    }
}

fn has_commands(plan: &Plan, stage: &Stage) -> bool {
    let runs = |check: &Check| check.command.is_some() && check.kind != Kind::Manual;
    stage.checks.iter().any(|&id| runs(plan.check(id)))
}

/// A sandbox in a few words: how strict it is, and how much is let through beside what every one lets through.
fn short(sandbox: &Sandbox) -> String {
    let mut parts = vec![sandbox.mode.word().to_owned(), network(sandbox).to_owned()];
    parts.extend(sandbox.sockets.then(|| "UNIX sockets".to_owned()));
    let counts = [(sandbox.read.len(), "path", "to read"), (sandbox.write.len(), "path", "to write")];
    for (count, what, to) in counts.into_iter().filter(|(count, ..)| *count > 0) {
        parts.push(format!("{} more {to}", plural(count, what)));
    }
    if !sandbox.env.is_empty() {
        parts.push(format!("{} more", plural(sandbox.env.len(), "variable")));
    }
    parts.extend(limits(&sandbox.limits));
    parts.join(", ")
}

/// All that is asked of a sandbox, in a line.
pub(super) fn full(sandbox: &Sandbox) -> String {
    let mut parts = vec![sandbox.mode.word().to_owned(), network(sandbox).to_owned()];
    parts.extend(sandbox.sockets.then(|| "UNIX sockets".to_owned()));
    for (what, names) in [("reads", &sandbox.read), ("writes", &sandbox.write), ("sees", &sandbox.env)] {
        if !names.is_empty() {
            let names: Vec<String> = names.iter().map(|name| clean_line(name)).collect();
            parts.push(format!("{what} {}", names.join(" ")));
        }
    }
    parts.extend(limits(&sandbox.limits));
    parts.join(", ")
}

fn network(sandbox: &Sandbox) -> &'static str {
    if sandbox.network { "network" } else { "no network" }
}

fn limits(limits: &SandboxLimits) -> impl Iterator<Item = String> {
    let found = [
        limits.memory.map(|bytes| format!("memory {}", exact(bytes))),
        limits.cpu_time.map(|time| format!("cpu_time {}", duration(time))),
        limits.processes.map(|count| format!("processes {count}")),
        limits.file_size.map(|bytes| format!("file_size {}", exact(bytes))),
    ];
    found.into_iter().flatten()
}

/// A size as a configuration would have it, without rounding.
fn exact(bytes: u64) -> String {
    let units = ["", "K", "M", "G", "T"];
    let mut at = 0;
    let mut value = bytes;
    while value > 0 && value.is_multiple_of(1024) && at + 1 < units.len() {
        value /= 1024;
        at += 1;
    }
    format!("{value}{}", units[at])
}

/// A sandbox for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SandboxJson {
    /// `on`, `require` or `strict`.
    pub mode: &'static str,
    /// Whether the network may be used.
    pub network: bool,
    /// Whether UNIX sockets may be used.
    pub sockets: bool,
    /// What else may be read, as it was written.
    pub read: Vec<String>,
    /// What else may be written, as it was written.
    pub write: Vec<String>,
    /// Names of further variables that are passed on.
    pub env: Vec<String>,
    /// Limits; null where there is none.
    pub limits: LimitsJson,
}

/// Limits of a sandbox for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitsJson {
    /// Memory of each process, in bytes.
    pub memory: Option<u64>,
    /// Time of each process on a processor, in seconds.
    pub cpu_time_seconds: Option<f64>,
    /// How many processes there may be at a time.
    pub processes: Option<u64>,
    /// How large a file may become, in bytes.
    pub file_size: Option<u64>,
}

/// A sandbox for programs.
pub(super) fn json(sandbox: &Sandbox) -> SandboxJson {
    let limits = &sandbox.limits;
    SandboxJson {
        mode: sandbox.mode.word(),
        network: sandbox.network,
        sockets: sandbox.sockets,
        read: sandbox.read.iter().cloned().collect(),
        write: sandbox.write.iter().cloned().collect(),
        env: sandbox.env.iter().cloned().collect(),
        limits: LimitsJson {
            memory: limits.memory,
            cpu_time_seconds: limits.cpu_time.map(|time| time.as_secs_f64()),
            processes: limits.processes,
            file_size: limits.file_size,
        },
    }
}
