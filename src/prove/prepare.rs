//! The commands of the configuration that make the older tree ready, as a plan of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{Demand, Named, Retries};
use crate::graph::Graph;
use crate::plan::{Check, CheckId, Kind, Need, NeedSource, Plan, Setup, Stage, StageId};
use crate::select::{Filter, Selected, select};

/// A stage for each command, each waiting for the one before it. `None` when there is no command.
///
/// # Panics
/// Never: a chain of stages has no circle.
#[must_use]
pub fn prepare(commands: &[Named], setup: Setup) -> Option<Selected> {
    let source = &commands.first()?.source;
    let ids = 0..u32::try_from(commands.len()).ok()?;
    let stages = ids.clone().zip(commands).map(|(id, command)| stage(id, command)).collect();
    let checks = ids.zip(commands).map(|(id, command)| check(id, command)).collect();
    let plan = Plan {
        source: Arc::clone(source),
        title: "Prepare".to_owned(),
        dialect: "",
        stages,
        checks,
        scripts: Vec::new(),
        directed: Vec::new(),
        boxes: Vec::new(),
    };
    let needs = plan.stages.iter().map(|stage| stage.needs.iter().map(|need| need.stage).collect()).collect();
    let graph = Graph::from_needs(needs).expect("a chain of stages has no circle");
    Some(select(Arc::new(plan), graph, setup, Filter::default()))
}

fn stage(id: u32, command: &Named) -> Stage {
    Stage {
        label: format!("prepare-{}", id + 1),
        title: "Prepare".to_owned(),
        span: command.span,
        line: command.source.line(command.span.start),
        needs: id.checked_sub(1).map(|before| Need { stage: StageId(before), span: None }).into_iter().collect(),
        needs_source: NeedSource::Configured,
        checks: vec![CheckId(id)],
        timeout: None,
        retries: Retries::default(),
        leftovers: None,
        env: BTreeMap::new(),
        sandbox: Vec::new(),
        skip: None,
        inputs: None,
        tick: None,
        claimed: false,
    }
}

fn check(id: u32, command: &Named) -> Check {
    Check {
        label: format!("prepare-{}.1", id + 1),
        stage: StageId(id),
        kind: Kind::Command,
        span: command.span,
        line: command.source.line(command.span.start),
        command: Some(command.name.clone()),
        cwd: None,
        risk: None,
        terminal: None,
        expect: None,
        text: command.name.clone(),
        script: None,
        rule: "configuration",
        because: None,
        scene: false,
        // It is there to change the tree.
        writes: true,
        uses: BTreeMap::new(),
        weight: 1,
        launcher: None,
        demand: Demand::default(),
        jobs: None,
        timeout: None,
        retries: None,
        leftovers: None,
        tick: None,
    }
}
