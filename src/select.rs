//! What of the plans is run: a decision for each check, and the units in which the chosen ones run.
//!
//! Must not know how a command is started or what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::config::{Demand, Launcher, Leftovers, Origin, Retries, RunScope};
use crate::diagnostic::{Diagnostics, codes};
use crate::graph::Graph;
use crate::outcome::Skip;
use crate::plan::{CheckId, Kind, Limit, LimitOf, Plan, Quarantined, ScriptId, Setup, StageId};

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Run the checks that must fail before the work is done.
    pub red: bool,
    /// Which checks are asked for.
    pub scope: RunScope,
    /// Who says so.
    pub scope_from: Origin,
}

/// What is asked for by name; everything where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Labels of stages.
    pub stages: Vec<String>,
    /// Labels of checks.
    pub checks: Vec<String>,
    /// Whether the stages that these need are left out.
    pub alone: bool,
}

/// One of several runs among which the checks are divided: `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which one, counted from 1.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `2/3`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        let Some((index, count)) = parts else {
            return Err("not of the form M/N, such as 2/3 for the second of three".to_owned());
        };
        match (index, count) {
            (_, 0) => Err("there is no division into 0 shards".to_owned()),
            (0, _) => Err("shards are counted from 1".to_owned()),
            (index, count) if index > count => Err(format!("there is no shard {index} of {count}")),
            _ => Ok(Self { index, count }),
        }
    }
}

impl Parts {
    /// Whether nothing is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty() && self.checks.is_empty()
    }

    fn words(&self) -> String {
        let stages = self.stages.iter().map(|label| format!("stage {label}"));
        stages.chain(self.checks.iter().map(|label| format!("check {label}"))).collect::<Vec<_>>().join(", ")
    }
}

/// Everything that a run is about.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The plans in the order in which they are reported.
    pub plans: Vec<Selected>,
}

/// One plan of a run.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its stages' order.
    pub graph: Graph,
    /// How its commands are run.
    pub setup: Setup,
    /// What the user asked for.
    pub filter: Filter,
    /// For each check of the plan why it is left out; `None` for those to run.
    pub left_out: Vec<Option<Skip>>,
    /// For each check the run in which it passed, if it is not to be run again for that.
    pub carried: Vec<Option<String>>,
    /// For each check the run in which the same command passed with the same files, if it is not run for that.
    pub cached: Vec<Option<String>>,
    /// For each check what the quarantine says of it, if anything.
    pub quarantine: Vec<Option<Quarantined>>,
    /// What to run, stage by stage in document order.
    pub units: Vec<Unit>,
}

/// What runs as one process: a command by itself, or a script with several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The stage it belongs to.
    pub stage: StageId,
    /// Its checks in document order; at least one, and exactly one unless it is a script.
    pub checks: Vec<CheckId>,
    /// The script, if its commands share one shell.
    pub script: Option<ScriptId>,
}

/// Decides for every check of a plan.
#[must_use]
pub fn select(plan: Arc<Plan>, graph: Graph, setup: Setup, filter: Filter) -> Selected {
    let left_out: Vec<Option<Skip>> = (0..)
        .map(CheckId)
        .zip(&plan.checks)
        .map(|(id, check)| {
            let stage = plan.stage(check.stage);
            let for_person = check.kind == Kind::Manual && check.terminal.is_none();
            if for_person || check.command.is_none() {
                Some(Skip::Manual)
            } else if let Some(why) = &stage.skip {
                Some(Skip::Configured { why: why.clone() })
            } else if filter.scope == RunScope::Claimed && !plan.claims(id) {
                Some(Skip::NotClaimed)
            } else if check.kind == Kind::Red && !filter.red {
                Some(Skip::Red)
            } else {
                check.held_back().map(|why| Skip::HeldBack { why })
            }
        })
        .collect();
    let carried = vec![None; plan.checks.len()];
    let cached = carried.clone();
    let quarantine = vec![None; plan.checks.len()];
    let units = units(&plan, &left_out, &carried, &cached);
    Selected { plan, graph, setup, filter, left_out, carried, cached, quarantine, units }
}

/// What is to be run, stage by stage in document order.
fn units(plan: &Plan, left_out: &[Option<Skip>], carried: &[Option<String>], cached: &[Option<String>]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for stage_id in plan.stage_ids() {
        for &check in &plan.stage(stage_id).checks {
            let index = check.0 as usize;
            if left_out[index].is_some() || carried[index].is_some() || cached[index].is_some() {
                continue;
            }
            let script = plan.check(check).script;
            match units.last_mut() {
                Some(unit) if script.is_some() && unit.script == script && unit.stage == stage_id => {
                    unit.checks.push(check);
                }
                _ => units.push(Unit { stage: stage_id, checks: vec![check], script }),
            }
        }
    }
    units
}

/// What an earlier run says of a check that would be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing that would do: it is run.
    Run,
    /// It passed in this run, and nothing has changed since.
    Carried {
        /// The run's name.
        run: String,
    },
    /// It is not asked for this time.
    NotAsked {
        /// What became of it there.
        why: String,
    },
}

impl Selected {
    /// Takes over what an earlier run says, one word for each check. Commands that share a shell are run together or
    /// not at all.
    pub fn heed(&mut self, earlier: &[Earlier]) {
        let run: Vec<bool> = (0..self.plan.checks.len())
            .map(|index| {
                let own = |index: usize| {
                    self.left_out[index].is_none() && earlier.get(index).is_none_or(|earlier| *earlier == Earlier::Run)
                };
                match self.plan.checks[index].script {
                    Some(script) => self.plan.script(script).checks.iter().any(|check| own(check.0 as usize)),
                    None => own(index),
                }
            })
            .collect();
        for (index, run) in run.into_iter().enumerate() {
            if run || self.left_out[index].is_some() {
                continue;
            }
            match earlier.get(index) {
                Some(Earlier::Carried { run }) => self.carried[index] = Some(run.clone()),
                Some(Earlier::NotAsked { why }) => self.left_out[index] = Some(Skip::NotAsked { why: why.clone() }),
                Some(Earlier::Run) | None => {}
            }
        }
        self.units = units(&self.plan, &self.left_out, &self.carried, &self.cached);
    }

    /// Leaves out what is not asked for by name. What the stages of named checks need is asked for as well, unless they
    /// are wanted alone.
    pub fn narrow(&mut self, parts: &Parts) {
        if parts.is_empty() {
            return;
        }
        let plan = &self.plan;
        let has_stage = |id: StageId| parts.stages.contains(&plan.stage(id).label);
        let is_named: Vec<bool> =
            plan.checks.iter().map(|check| parts.checks.contains(&check.label) || has_stage(check.stage)).collect();
        let of_checks = plan.checks.iter().zip(&is_named).filter(|(_, named)| **named).map(|(check, _)| check.stage);
        let stages: BTreeSet<StageId> = of_checks.chain(plan.stage_ids().filter(|&id| has_stage(id))).collect();
        let needed: BTreeSet<StageId> = match parts.alone {
            true => BTreeSet::new(),
            false => stages.iter().flat_map(|&stage| self.graph.ancestors(stage)).collect(),
        };
        let why = format!("this run is of {}", parts.words());
        let asked = plan.checks.iter().zip(&is_named).map(|(check, named)| {
            if *named || needed.contains(&check.stage) { Earlier::Run } else { Earlier::NotAsked { why: why.clone() } }
        });
        let asked: Vec<Earlier> = asked.collect();
        self.heed(&asked);
    }

    /// Takes over another decision about what is left out, one word for each check.
    pub fn leave_out(&mut self, left_out: Vec<Option<Skip>>) {
        self.left_out = left_out;
        self.units = units(&self.plan, &self.left_out, &self.carried, &self.cached);
    }

    /// Takes units out of what is run because they passed in earlier runs: for each its place in [`Selected::units`], and
    /// the run.
    pub fn take_from_cache(&mut self, hits: &[(usize, String)]) {
        for (unit, run) in hits {
            for check in &self.units[*unit].checks {
                self.cached[check.0 as usize] = Some(run.clone());
            }
        }
        self.units = units(&self.plan, &self.left_out, &self.carried, &self.cached);
    }

    /// Tells of stages of which something is claimed though one that they need is not: what they are built on is not
    /// looked at.
    pub fn check_claims(&self, diagnostics: &mut Diagnostics) {
        let plan = &self.plan;
        let is_unclaimed = |check: &CheckId| self.left_out[check.0 as usize] == Some(Skip::NotClaimed);
        for stage in &plan.stages {
            let claim = if stage.claimed {
                Some(stage.tick.map_or(stage.span, |tick| tick.span))
            } else {
                let ticks = stage.checks.iter().filter_map(|&check| plan.check(check).tick);
                ticks.filter(|tick| tick.done).map(|tick| tick.span).next()
            };
            let Some(claim) = claim else { continue };
            for need in &stage.needs {
                let needed = plan.stage(need.stage);
                if needed.checks.iter().any(is_unclaimed) {
                    diagnostics.push(codes::unclaimed_need(
                        &plan.source,
                        claim,
                        (&stage.label, &needed.label),
                        needed.span,
                    ));
                }
            }
        }
    }

    /// Whether a check is in a quarantine that has not expired.
    #[must_use]
    pub fn is_excused(&self, check: CheckId) -> bool {
        self.quarantine[check.0 as usize].as_ref().is_some_and(|quarantine| !quarantine.expired)
    }

    /// Whether a check is not run because it is in the cache.
    #[must_use]
    pub fn has_cached(&self) -> bool {
        self.cached.iter().any(Option::is_some)
    }

    /// How long a check may run: its own limit, else its stage's, else the plan's.
    #[must_use]
    pub fn limit(&self, check: CheckId) -> Limit {
        let check = self.plan.check(check);
        let stage = self.plan.stage(check.stage);
        match (check.timeout, stage.timeout) {
            (Some(time), _) => Limit { time, of: LimitOf::Check },
            (None, Some(time)) => Limit { time, of: LimitOf::Stage },
            (None, None) => self.setup.timeout,
        }
    }

    /// How long each command of a unit may run: the longest time that one of them has.
    #[must_use]
    pub fn unit_limit(&self, unit: &Unit) -> Limit {
        let limits = unit.checks.iter().map(|&check| self.limit(check));
        limits
            .reduce(|longest, limit| if limit.time > longest.time { limit } else { longest })
            .unwrap_or(self.setup.timeout)
    }
}

impl Selected {
    /// What carries a unit to another machine; `None` for one that runs here.
    #[must_use]
    pub fn launcher(&self, unit: &Unit) -> Option<&Arc<Launcher>> {
        self.check_launcher(*unit.checks.first()?)
    }

    /// What carries a check to another machine; `None` for one that runs here.
    #[must_use]
    pub fn check_launcher(&self, check: CheckId) -> Option<&Arc<Launcher>> {
        self.setup.launcher(self.plan.check(check).launcher.as_deref())
    }

    /// What a unit needs of the machine that it is carried to: the most that one of its checks needs.
    #[must_use]
    pub fn demand(&self, unit: &Unit) -> Demand {
        let demands = unit.checks.iter().map(|&check| self.plan.check(check).demand);
        demands.reduce(Demand::most).unwrap_or_default()
    }

    /// What it means for a check that it left processes running: what is said of the check, else of its stage, else of the
    /// plan. Of commands that share a shell nobody knows whose they are, so that the strictest word holds for all.
    #[must_use]
    pub fn leftovers(&self, check: CheckId) -> Leftovers {
        let own = |check: &CheckId| {
            let check = self.plan.check(*check);
            check.leftovers.or(self.plan.stage(check.stage).leftovers).unwrap_or(self.setup.leftovers)
        };
        match self.plan.check(check).script {
            Some(script) if self.plan.script(script).checks.iter().any(|check| own(check) == Leftovers::Fail) => {
                Leftovers::Fail
            }
            Some(_) => Leftovers::Warn,
            None => own(&check),
        }
    }

    /// How a unit is tried again: as often as one of its checks may be.
    #[must_use]
    pub fn retries(&self, unit: &Unit) -> Retries {
        let of_stage = self.plan.stage(unit.stage).retries.or(self.setup.retries);
        let counts = unit.checks.iter().map(|&check| self.plan.check(check).retries.or(of_stage.count));
        Retries { count: counts.max().flatten(), ..of_stage }
    }
}

impl Selection {
    /// Whether only what is claimed was asked for, and nothing that could be run is claimed yet.
    #[must_use]
    pub fn claims_nothing(&self) -> bool {
        let mut skips = self.plans.iter().flat_map(|plan| &plan.left_out);
        let claimed_only = |plan: &Selected| plan.filter.scope == RunScope::Claimed && !plan.left_out.is_empty();
        self.plans.iter().any(claimed_only)
            && skips.all(|skip| matches!(skip, Some(Skip::NotClaimed | Skip::Manual | Skip::Red)))
    }

    /// How many commands may be on their way to other machines at a time. `otherwise` holds for a launcher that does not say.
    #[must_use]
    pub fn launcher_jobs(&self, otherwise: usize) -> usize {
        let launchers = self.plans.iter().flat_map(|plan| plan.units.iter().filter_map(|unit| plan.launcher(unit)));
        let jobs: BTreeMap<&str, usize> =
            launchers.map(|launcher| (launcher.name.as_str(), launcher.jobs.unwrap_or(otherwise))).collect();
        jobs.into_values().fold(0, usize::saturating_add)
    }

    /// How many checks are to be run.
    #[must_use]
    pub fn runnable(&self) -> usize {
        self.plans.iter().flat_map(|plan| &plan.units).map(|unit| unit.checks.len()).sum()
    }
}
