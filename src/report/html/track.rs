//! The order of a plan's stages as it was run: who needed whom, and which chain of stages made the run as long as it was.
//!
//! Must not know how it is drawn.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::super::{CheckReport, PlanReport, RunReport, StageReport};
use crate::graph::Graph;
use crate::outcome::Outcome;
use crate::plan::StageId;

/// The order of one plan's stages.
pub(super) struct Track {
    /// What each stage needs.
    pub(super) graph: Graph,
    /// The chain that ended last, first stage first; empty where nothing ran, and for a plan that ended before another.
    pub(super) critical: Vec<usize>,
    /// For each stage the place of its turn on the critical path.
    turn: Vec<Option<usize>>,
}

impl Track {
    /// The order of the stages of every plan. The run has one critical path, in the plan whose last stage ended last.
    pub(super) fn all(report: &RunReport) -> Vec<Self> {
        let mut tracks: Vec<Self> = report.plans.iter().map(Self::of).collect();
        let ends = |at: usize| last_end(&report.plans[at], &tracks[at].critical);
        let longest = (0..tracks.len()).rev().filter(|&at| ends(at).is_some()).max_by_key(|&at| ends(at));
        for (at, track) in tracks.iter_mut().enumerate() {
            if Some(at) != longest {
                track.critical.clear();
            }
            for (turn, &stage) in track.critical.iter().enumerate() {
                track.turn[stage] = Some(turn);
            }
        }
        tracks
    }

    fn of(plan: &PlanReport) -> Self {
        let mut places = BTreeMap::new();
        for (index, stage) in plan.stages.iter().enumerate() {
            places.entry(stage.label.as_str()).or_insert(index);
        }
        let needs = plan.stages.iter().enumerate().map(|(index, stage)| {
            let known = stage.needs.iter().filter_map(|label| places.get(label.as_str()));
            known.filter(|&&need| need != index).map(|&need| id(need)).collect()
        });
        let mut needs: Vec<Vec<StageId>> = needs.collect();
        // A run has no circles; where stages share a label there can seem to be one, which is then not drawn.
        let graph = loop {
            match Graph::from_needs(needs.clone()) {
                Ok(graph) => break graph,
                Err(circle) => circle.iter().for_each(|stage| needs[stage.0 as usize].clear()),
            }
        };
        let critical = critical(plan, &graph);
        Self { graph, critical, turn: vec![None; plan.stages.len()] }
    }

    /// What a stage needs, by place in the plan.
    pub(super) fn needs(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.graph.needs(id(stage)).iter().map(|need| need.0 as usize)
    }

    /// Whether a stage is part of the critical path.
    pub(super) fn is_critical(&self, stage: usize) -> bool {
        self.turn[stage].is_some()
    }

    /// Whether one stage comes right after another on the critical path.
    pub(super) fn follow(&self, first: usize, second: usize) -> bool {
        self.turn[first].is_some_and(|turn| self.turn[second] == Some(turn + 1))
    }
}

fn id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// One time that a check ran.
pub(super) struct Try<'a> {
    /// When it began.
    pub(super) started: SystemTime,
    /// How it ended.
    pub(super) outcome: &'a Outcome,
    /// How long it ran.
    pub(super) took: Duration,
}

/// Every time that a check ran, in order.
pub(super) fn tries(check: &CheckReport) -> impl Iterator<Item = Try<'_>> {
    let earlier = check.attempts.iter().map(|attempt| (attempt.started, &attempt.end.outcome, attempt.end.took));
    let all = earlier.chain([(check.started, &check.outcome, check.took)]);
    all.filter_map(|(started, outcome, took)| Some(Try { started: started?, outcome, took }))
}

/// From the start of a stage's first command to the end of its last one; `None` where nothing ran. What several runs
/// took together cannot be told from the stage's own figures.
pub(super) fn span(stage: &StageReport) -> Option<(SystemTime, SystemTime)> {
    let tries = || stage.checks.iter().flat_map(tries);
    Some((tries().map(|one| one.started).min()?, tries().map(|one| one.started + one.took).max()?))
}

fn last_end(plan: &PlanReport, chain: &[usize]) -> Option<SystemTime> {
    chain.last().and_then(|&stage| span(&plan.stages[stage])).map(|(_, end)| end)
}

/// From the stage that ended last back along the needs that ended last. A stage of which nothing ran stands for what
/// it needs itself.
fn critical(plan: &PlanReport, graph: &Graph) -> Vec<usize> {
    let ends: Vec<Option<SystemTime>> = plan.stages.iter().map(|stage| span(stage).map(|(_, end)| end)).collect();
    let latest = |candidates: &mut dyn Iterator<Item = usize>| {
        candidates.fold(None, |best: Option<usize>, stage| match best {
            Some(best) if ends[best] >= ends[stage] => Some(best),
            _ => Some(stage),
        })
    };
    let ran = |stage: usize| ends[stage].is_some();
    let mut before: Vec<Option<usize>> = vec![None; plan.stages.len()];
    for stage in graph.order() {
        let mut needs = graph.needs(*stage).iter().filter_map(|need| {
            let need = need.0 as usize;
            if ran(need) { Some(need) } else { before[need] }
        });
        before[stage.0 as usize] = latest(&mut needs);
    }
    let mut chain = Vec::new();
    let mut at = latest(&mut (0..plan.stages.len()).filter(|&stage| ran(stage)));
    while let Some(stage) = at {
        chain.push(stage);
        at = before[stage];
    }
    chain.reverse();
    chain
}

/// How long a chain of stages took from its first start to its last end, and how much of it no stage of it was running.
pub(super) fn length(plan: &PlanReport, chain: &[usize]) -> Option<(Duration, Duration)> {
    let spans: Vec<_> = chain.iter().filter_map(|&stage| span(&plan.stages[stage])).collect();
    let between = |start: SystemTime, end: SystemTime| end.duration_since(start).unwrap_or_default();
    let whole = between(spans.first()?.0, spans.last()?.1);
    let running: Duration = spans.iter().map(|&(start, end)| between(start, end)).sum();
    Some((whole, whole.saturating_sub(running)))
}
