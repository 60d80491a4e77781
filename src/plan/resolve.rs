//! Names to ids: a reading and the configuration become a plan.
//!
//! For each stage the strongest source of its needs wins: the configuration, the stage's own words, a diagram, other
//! words, and last the dialect's default order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Check, CheckId, Need, NeedSource, Plan, Script, ScriptId, Stage, StageId};
use crate::config::{Config, Named, StageConfig};
use crate::diagnostic::{Diagnostics, codes};
use crate::dialect::{Order, ReadStage, Reading, Reference, RelationSource};
use crate::source::Source;

/// Resolves a reading. `configs` are in order of authority, the strongest first.
#[must_use]
pub fn resolve(source: &Arc<Source>, reading: Reading, configs: &[&Config], diagnostics: &mut Diagnostics) -> Plan {
    let labels: Vec<String> = reading.stages.iter().map(|stage| stage.label.clone()).collect();
    let needs = Needs { source, reading: &reading, labels: &labels }.all(configs, diagnostics);
    let mut plan = Plan {
        source: Arc::clone(source),
        title: reading.title.clone().unwrap_or_else(|| file_name(source.name())),
        dialect: reading.dialect,
        stages: Vec::with_capacity(reading.stages.len()),
        checks: Vec::new(),
        scripts: vec![Script { checks: Vec::new() }; reading.scripts as usize],
        directed: reading.directed.clone(),
    };
    for (index, (stage, (needs, needs_source))) in reading.stages.into_iter().zip(needs).enumerate() {
        let settings = settings(source.name(), &stage.label, configs);
        let checks = checks(&mut plan, source, &stage, id(index));
        plan.stages.push(Stage {
            line: source.line(stage.span.start),
            label: stage.label,
            title: stage.title,
            span: stage.span,
            needs,
            needs_source,
            checks,
            timeout: settings.timeout,
            env: settings.env,
            skip: settings.skip,
        });
    }
    plan.scripts.retain(|script| !script.checks.is_empty());
    plan
}

fn checks(plan: &mut Plan, source: &Source, stage: &ReadStage, owner: StageId) -> Vec<CheckId> {
    let mut ids = Vec::with_capacity(stage.checks.len());
    // Scripts are numbered over the whole reading; here they become dense, in order of their first check.
    let mut scripts: BTreeMap<u32, ScriptId> = BTreeMap::new();
    let mut used = plan.scripts.iter().filter(|script| !script.checks.is_empty()).count();
    for (at, check) in stage.checks.iter().enumerate() {
        let id = CheckId(u32::try_from(plan.checks.len()).unwrap_or(u32::MAX));
        let script = check.script.map(|number| {
            *scripts.entry(number).or_insert_with(|| {
                used += 1;
                ScriptId(u32::try_from(used - 1).unwrap_or(u32::MAX))
            })
        });
        if let Some(script) = script {
            plan.scripts[script.0 as usize].checks.push(id);
        }
        plan.checks.push(Check {
            label: format!("{}.{}", stage.label, at + 1),
            stage: owner,
            kind: check.kind,
            line: source.line(check.span.start),
            span: check.span,
            command: check.command.clone(),
            cwd: check.cwd.clone(),
            risk: check.risk.clone(),
            expect: check.expect.clone(),
            text: check.text.clone(),
            script,
            rule: check.rule,
            because: check.because,
            scene: check.scene,
            writes: check.writes,
            timeout: check.timeout,
        });
        ids.push(id);
    }
    ids
}

/// What the configurations say of one stage, the strongest value of each key.
fn settings(path: &str, label: &str, configs: &[&Config]) -> StageConfig {
    let mut merged = StageConfig::default();
    for config in configs.iter().rev() {
        for (_, stage) in config.stages.iter().filter(|(name, _)| means(name, path, label)) {
            merged.timeout = stage.timeout.or(merged.timeout);
            merged.skip = stage.skip.clone().or(merged.skip);
            merged.env.extend(stage.env.clone());
        }
    }
    merged
}

/// Whether a stage's name in a configuration means this stage of this plan.
fn means(name: &Named, path: &str, label: &str) -> bool {
    match name.name.rsplit_once('#') {
        Some((file, stage)) => file == path && stage == label,
        None => name.name == label,
    }
}

struct Needs<'a> {
    source: &'a Arc<Source>,
    reading: &'a Reading,
    labels: &'a [String],
}

impl Needs<'_> {
    fn all(&self, configs: &[&Config], diagnostics: &mut Diagnostics) -> Vec<(Vec<Need>, NeedSource)> {
        self.unknown_names(configs, diagnostics);
        let mut chosen: Vec<Option<(Vec<Need>, NeedSource)>> = (0..self.labels.len())
            .map(|stage| self.configured(stage, configs, diagnostics).or_else(|| self.declared(stage)))
            .collect();
        let defaults = self.defaults(&chosen);
        for (stage, slot) in chosen.iter_mut().enumerate() {
            if slot.is_none() && !self.reading.stages[stage].last {
                let needs = defaults[stage].iter().map(|&need| Need { stage: id(need), span: None }).collect();
                *slot = Some((needs, NeedSource::Default));
            }
        }
        self.gates_after_work(&mut chosen);
        self.outer_after_inner(&mut chosen);
        self.last_after_work(&mut chosen);
        chosen
            .into_iter()
            .map(|slot| {
                let (mut needs, source) = slot.unwrap_or((Vec::new(), NeedSource::None));
                needs.sort_by_key(|need| need.stage);
                needs.dedup_by_key(|need| need.stage);
                let source = if needs.is_empty() && source == NeedSource::Default { NeedSource::None } else { source };
                (needs, source)
            })
            .collect()
    }

    /// Names in the plan and in its configuration that no stage has.
    fn unknown_names(&self, configs: &[&Config], diagnostics: &mut Diagnostics) {
        let mut told = BTreeSet::new();
        for relation in &self.reading.relations {
            for reference in
                relation.needs.iter().chain([&relation.stage]).filter(|reference| reference.stage.is_none())
            {
                if told.insert((reference.span, reference.name.clone())) {
                    diagnostics.push(codes::unknown_stage(self.source, reference.span, &reference.name, self.labels));
                }
            }
        }
        for (name, _) in configs.iter().flat_map(|config| &config.stages) {
            let ours = match name.name.rsplit_once('#') {
                Some((file, _)) => file == self.source.name(),
                // A configuration for many plans may speak of stages that only some of them have.
                None => name.source.name() == self.source.name(),
            };
            if ours && !self.labels.iter().any(|label| means(name, self.source.name(), label)) {
                diagnostics.push(codes::unknown_stage(&name.source, name.span, &name.name, self.labels));
            }
        }
    }

    fn configured(
        &self,
        stage: usize,
        configs: &[&Config],
        diagnostics: &mut Diagnostics,
    ) -> Option<(Vec<Need>, NeedSource)> {
        let label = &self.labels[stage];
        let named = configs.iter().find_map(|config| {
            let mut said = config.stages.iter().filter(|(name, _)| means(name, self.source.name(), label));
            said.find_map(|(_, stage)| stage.needs.as_ref())
        })?;
        let mut needs = Vec::new();
        for name in named {
            match self.labels.iter().position(|label| *label == name.name) {
                Some(need) => {
                    // A span of another file cannot be shown in the plan.
                    let span = (name.source.name() == self.source.name()).then_some(name.span);
                    needs.push(Need { stage: id(need), span });
                }
                None => diagnostics.push(codes::unknown_stage(&name.source, name.span, &name.name, self.labels)),
            }
        }
        Some((needs, NeedSource::Configured))
    }

    /// What the strongest kind of place in the plan says of a stage.
    fn declared(&self, stage: usize) -> Option<(Vec<Need>, NeedSource)> {
        let said = || self.reading.relations.iter().filter(move |relation| relation.stage.stage == Some(stage));
        let strongest: RelationSource = said().map(|relation| relation.source).min()?;
        let needs: Vec<Need> = said()
            .filter(|relation| relation.source == strongest)
            .flat_map(|relation| &relation.needs)
            .filter_map(|need: &Reference| need.stage.map(|stage| Need { stage: id(stage), span: Some(need.span) }))
            // Only a stage itself can say that it waits for itself, which is a mistake to be shown.
            .filter(|need| need.stage != id(stage) || strongest == RelationSource::Own)
            .collect();
        let source = if needs.is_empty() { NeedSource::None } else { NeedSource::Declared };
        Some((needs, source))
    }

    /// What each stage of work waits for if nothing is said of it.
    fn defaults(&self, chosen: &[Option<(Vec<Need>, NeedSource)>]) -> Vec<Vec<usize>> {
        let stages = &self.reading.stages;
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); stages.len()];
        if self.reading.order == Order::Independent {
            return needs;
        }
        let sequence = self.sequence();
        for (at, &stage) in sequence.iter().enumerate() {
            let same =
                |&&before: &&usize| self.reading.order != Order::Groups || stages[before].group == stages[stage].group;
            let Some(&before) = sequence[..at].iter().rev().find(same) else { continue };
            let group = self.reading.parallel.iter().find(|group| group.contains(&before));
            needs[stage] = match group {
                Some(group) if group.contains(&stage) => match &chosen[before] {
                    Some((declared, _)) => declared.iter().map(|need| need.stage.0 as usize).collect(),
                    None => needs[before].clone(),
                },
                Some(group) => group.iter().copied().filter(|member| sequence[..at].contains(member)).collect(),
                None => vec![before],
            };
        }
        needs
    }

    /// The stages of work in the order of their ends: what stands inside a stage comes before it.
    fn sequence(&self) -> Vec<usize> {
        let stages = &self.reading.stages;
        let mut order: Vec<usize> = (0..stages.len()).filter(|&stage| !stages[stage].last).collect();
        order.sort_by_key(|&stage| {
            let end = stages[stage].inner.iter().copied().filter(|&inner| !stages[inner].last).max().unwrap_or(stage);
            (end.max(stage), std::cmp::Reverse(stage))
        });
        order
    }

    fn outer_after_inner(&self, chosen: &mut [Option<(Vec<Need>, NeedSource)>]) {
        for stage in 0..chosen.len() {
            let inner: Vec<usize> = self.reading.stages[stage]
                .inner
                .iter()
                .copied()
                .filter(|&inner| !self.reading.stages[inner].last)
                .collect();
            if inner.is_empty() {
                continue;
            }
            let ends: Vec<usize> = inner.iter().copied().filter(|&end| !needed_by(chosen, end, &inner)).collect();
            if let Some((needs, source)) = &mut chosen[stage] {
                if *source == NeedSource::None {
                    *source = NeedSource::Default;
                }
                needs.extend(ends.into_iter().map(|end| Need { stage: id(end), span: None }));
            }
        }
    }

    fn gates_after_work(&self, chosen: &mut [Option<(Vec<Need>, NeedSource)>]) {
        let stages = &self.reading.stages;
        for gate in (0..stages.len()).filter(|&stage| stages[stage].gate && !stages[stage].last) {
            if !matches!(&chosen[gate], Some((_, NeedSource::Default))) {
                continue;
            }
            let before: Vec<usize> =
                (0..gate).filter(|&stage| !stages[stage].last && !stages[stage].inner.contains(&gate)).collect();
            let ends = before.iter().copied().filter(|&stage| !needed_by(chosen, stage, &before));
            chosen[gate] = Some((ends.map(|end| Need { stage: id(end), span: None }).collect(), NeedSource::Default));
        }
    }

    fn last_after_work(&self, chosen: &mut [Option<(Vec<Need>, NeedSource)>]) {
        let work: Vec<usize> = (0..chosen.len()).filter(|&stage| !self.reading.stages[stage].last).collect();
        let ends: Vec<usize> = work.iter().copied().filter(|&stage| !needed_by(chosen, stage, &work)).collect();
        for (stage, slot) in chosen.iter_mut().enumerate() {
            if slot.is_none() && self.reading.stages[stage].last {
                let needs = ends.iter().map(|&end| Need { stage: id(end), span: None }).collect();
                *slot = Some((needs, NeedSource::Default));
            }
        }
    }
}

fn needed_by(chosen: &[Option<(Vec<Need>, NeedSource)>], stage: usize, among: &[usize]) -> bool {
    among.iter().any(|&other| {
        other != stage
            && chosen[other].as_ref().is_some_and(|(needs, _)| needs.iter().any(|need| need.stage == id(stage)))
    })
}

fn id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
