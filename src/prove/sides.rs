//! A plan for the commit before the work, and for the tree with it.

use std::sync::Arc;

use crate::config::{Leftovers, Retries};
use crate::graph::Graph;
use crate::plan::{Kind, NeedSource, Plan, Setup};
use crate::select::{Earlier, Filter, Selected, select};

/// Why what is no red check is not run before the work.
const NOT_THERE: &str = "only checks that must fail are run before the work";

/// Whether the plan has a check that must fail before the work.
#[must_use]
pub fn has_red(plan: &Plan) -> bool {
    plan.checks.iter().any(|check| check.kind == Kind::Red && check.command.is_some())
}

/// What is run before the work, as `setup` says: the red checks, each for itself. Commands that share a shell with one
/// are run as well. Nothing is tried again: a test that fails only now and then is no proof. That one failed as it should is
/// shown also where it leaves processes running.
#[must_use]
pub fn there(selected: &Selected, setup: Setup) -> Selected {
    let mut plan = (*selected.plan).clone();
    let once = Retries { count: Some(0), ..Retries::default() };
    for stage in &mut plan.stages {
        stage.needs.clear();
        stage.needs_source = NeedSource::None;
        stage.retries = once;
        stage.leftovers = None;
    }
    for check in &mut plan.checks {
        check.retries = Some(0);
        check.leftovers = None;
    }
    let earlier: Vec<Earlier> = plan
        .checks
        .iter()
        .map(|check| match check.kind {
            Kind::Red => Earlier::Run,
            Kind::Command | Kind::Manual => Earlier::NotAsked { why: NOT_THERE.to_owned() },
        })
        .collect();
    let graph = Graph::without_needs(plan.stages.len());
    let setup = Setup { retries: once, leftovers: Leftovers::Warn, ..setup };
    let mut side = select(Arc::new(plan), graph, setup, Filter { red: true, ..selected.filter });
    side.heed(&earlier);
    side
}

/// What is run with the work: the whole plan, with the red checks as what they have become, tests that hold.
#[must_use]
pub fn here(selected: &Selected) -> Selected {
    let mut plan = (*selected.plan).clone();
    for check in plan.checks.iter_mut().filter(|check| check.kind == Kind::Red) {
        check.kind = Kind::Command;
        check.expect = None;
    }
    let side = select(Arc::new(plan), selected.graph.clone(), selected.setup.clone(), selected.filter);
    Selected { quarantine: selected.quarantine.clone(), ..side }
}
