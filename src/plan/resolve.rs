//! Names to ids: a reading and the configuration become a plan.
//!
//! What each stage waits for is told in `needs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::claims::Claims;
use super::model::{Check, CheckId, Kind, Need, NeedSource, Plan, Script, ScriptId, Stage, StageId};
use super::needs::{self, Chosen};
use crate::config::{Config, Named, StageConfig, Wants, check_launcher, check_uses, launcher_names};
use crate::diagnostic::{Diagnostics, codes};
use crate::dialect::effects::own_jobs;
use crate::dialect::rules::NEEDS_TERMINAL;
use crate::dialect::{ReadCheck, ReadStage, Reading};
use crate::source::Source;

/// For as many names that no stage has it is told which one may have been meant.
const NEAR: usize = 100;

/// Resolves a reading. `configs` are in order of authority, the strongest first.
#[must_use]
pub fn resolve(source: &Arc<Source>, reading: Reading, configs: &[&Config], diagnostics: &mut Diagnostics) -> Plan {
    let configured = configured(source, &reading, configs, diagnostics);
    let needs = needs::of(source, &reading, configured, diagnostics);
    let mut plan = Plan {
        source: Arc::clone(source),
        title: reading.title.unwrap_or_else(|| file_name(source.name())),
        dialect: reading.dialect,
        stages: Vec::with_capacity(reading.stages.len()),
        checks: Vec::with_capacity(reading.stages.iter().map(|stage| stage.checks.len()).sum()),
        scripts: Vec::new(),
        directed: reading.directed,
        boxes: Vec::new(),
    };
    let settings = Settings::new(source.name(), configs);
    let mut resources: BTreeMap<&str, usize> = BTreeMap::new();
    for config in configs {
        resources.extend(config.resources.iter().map(|(name, amount)| (name.as_str(), *amount)));
    }
    let own = |named: &Named| named.source.name() == source.name();
    // Those of other files were looked at when these were read.
    for (_, stage) in configs.iter().flat_map(|config| &config.stages).filter(|(name, _)| own(name)) {
        check_uses(stage.wants.uses.as_deref().unwrap_or_default(), &resources, diagnostics);
    }
    let mut told = BTreeSet::new();
    for uses in reading.stages.iter().flat_map(|stage| &stage.checks).filter_map(|check| check.wants.uses.as_deref()) {
        // A block or a stage of which something is said has many checks.
        if uses.first().is_some_and(|first| told.insert(first.resource.span)) {
            check_uses(uses, &resources, diagnostics);
        }
    }
    let known = launcher_names(configs.iter().map(|config| &config.launchers));
    let of_stages =
        configs.iter().flat_map(|config| &config.stages).filter_map(|(_, stage)| stage.wants.launcher.as_ref());
    let of_plan = configs.iter().filter_map(|config| config.launcher.as_ref());
    of_stages.chain(of_plan).filter(|named| own(named)).for_each(|named| check_launcher(named, &known, diagnostics));
    let read = reading.stages.iter().flat_map(|stage| &stage.checks);
    for named in read.filter_map(|check| check.wants.launcher.as_ref()) {
        if told.insert(named.span) {
            check_launcher(named, &known, diagnostics);
        }
    }
    one_launcher_each(source, &reading.stages, diagnostics);
    let claims = Claims::new(&reading.boxes);
    let claimed = claims.of_stages(source, &reading.stages, &reading.sections);
    let stages = reading.stages.into_iter().zip(needs).zip(claimed);
    for (index, ((stage, (needs, needs_source)), claimed)) in stages.enumerate() {
        let settings = settings.of(&stage.label);
        let checks = checks(&mut plan, source, &claims, (&stage.label, &settings.wants), stage.checks, id(index));
        let line = source.line(stage.span.start);
        let tick = claims.of(stage.span);
        plan.stages.push(Stage {
            line,
            label: stage.label,
            title: stage.title,
            span: stage.span,
            needs,
            needs_source,
            checks,
            timeout: settings.timeout,
            retries: settings.retries,
            leftovers: settings.leftovers,
            env: settings.env,
            sandbox: settings.sandbox,
            skip: settings.skip,
            inputs: settings.inputs,
            tick,
            claimed,
        });
    }
    plan.boxes = reading.boxes;
    plan
}

fn checks(
    plan: &mut Plan,
    source: &Source,
    claims: &Claims<'_>,
    (stage, wants): (&str, &Wants),
    read: Vec<ReadCheck>,
    owner: StageId,
) -> Vec<CheckId> {
    let mut ids = Vec::with_capacity(read.len());
    // Scripts are numbered over the whole reading; here they become dense, in order of their first check.
    let mut scripts: BTreeMap<u32, ScriptId> = BTreeMap::new();
    for (at, check) in read.into_iter().enumerate() {
        let id = CheckId(u32::try_from(plan.checks.len()).unwrap_or(u32::MAX));
        let script = check.script.map(|number| {
            *scripts.entry(number).or_insert_with(|| {
                plan.scripts.push(Script { checks: Vec::new() });
                ScriptId(u32::try_from(plan.scripts.len() - 1).unwrap_or(u32::MAX))
            })
        });
        if let Some(script) = script {
            plan.scripts[script.0 as usize].checks.push(id);
        }
        let terminal = terminal(&check);
        let wants = check.wants.or(wants.clone());
        let shares = wants.uses.into_iter().flatten();
        let jobs = check.command.as_deref().and_then(own_jobs);
        plan.checks.push(Check {
            label: label(stage, at + 1),
            stage: owner,
            kind: check.kind,
            line: source.line(check.span.start),
            span: check.span,
            command: check.command,
            cwd: check.cwd,
            risk: check.risk,
            terminal,
            expect: check.expect,
            text: check.text,
            script,
            rule: check.rule,
            because: check.because,
            scene: check.scene,
            writes: wants.writes.unwrap_or(check.writes),
            uses: shares.map(|share| (share.resource.name, share.amount)).collect(),
            weight: wants.weight.or(jobs).unwrap_or(1),
            launcher: wants.launcher.map(|named| named.name),
            demand: wants.demand,
            jobs,
            timeout: check.timeout,
            retries: check.retries,
            leftovers: check.leftovers,
            tick: claims.of(check.span),
        });
        ids.push(id);
    }
    ids
}

/// What a command does at a terminal. Who says what it is knows whether it does without one, and what a person does for
/// another reason is not asked for one.
fn terminal(check: &ReadCheck) -> Option<&'static str> {
    let asked = check.rule != "directive" && (check.kind != Kind::Manual || check.rule == NEEDS_TERMINAL);
    check.terminal.filter(|_| asked).map(|terminal| terminal.why)
}

/// Tells of commands that share a shell and are to run on different machines.
fn one_launcher_each(source: &Arc<Source>, stages: &[ReadStage], diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<u32, Option<&str>> = BTreeMap::new();
    for check in stages.iter().flat_map(|stage| &stage.checks) {
        let own = check.wants.launcher.as_ref().map(|named| named.name.as_str());
        if let Some(script) = check.script
            && *first.entry(script).or_insert(own) != own
        {
            diagnostics.push(codes::launchers_in_script(source, check.span));
        }
    }
}

/// The label of a stage's check.
fn label(stage: &str, number: usize) -> String {
    let number = number.to_string();
    let mut label = String::with_capacity(stage.len() + 1 + number.len());
    label.push_str(stage);
    label.push('.');
    label.push_str(&number);
    label
}

/// What the configurations say of the stages of one plan, by the stages' names.
struct Settings<'a> {
    /// The weakest first.
    by_label: BTreeMap<&'a str, Vec<&'a StageConfig>>,
}

impl<'a> Settings<'a> {
    fn new(path: &str, configs: &[&'a Config]) -> Self {
        let mut by_label: BTreeMap<&str, Vec<&StageConfig>> = BTreeMap::new();
        for (name, stage) in configs.iter().rev().flat_map(|config| &config.stages) {
            if let Some(label) = meant(name, path) {
                by_label.entry(label).or_default().push(stage);
            }
        }
        Self { by_label }
    }

    /// The strongest value of each key.
    fn of(&self, label: &str) -> StageConfig {
        let mut merged = StageConfig::default();
        for stage in self.by_label.get(label).into_iter().flatten() {
            merged.timeout = stage.timeout.or(merged.timeout);
            merged.retries = stage.retries.or(merged.retries);
            merged.leftovers = stage.leftovers.or(merged.leftovers);
            merged.inputs = stage.inputs.clone().or(merged.inputs);
            merged.skip = stage.skip.clone().or(merged.skip);
            merged.env.extend(stage.env.clone());
            merged.sandbox.extend(stage.sandbox.iter().cloned());
            merged.wants = stage.wants.clone().or(merged.wants);
        }
        merged
    }
}

/// The label of the stage of this plan that a name in a configuration means.
fn meant<'a>(name: &'a Named, path: &str) -> Option<&'a str> {
    match name.name.rsplit_once('#') {
        Some((file, stage)) => (file == path).then_some(stage),
        None => Some(&name.name),
    }
}

/// What the configurations say of needs. Names in the plan and in its configuration that no stage has are told.
fn configured(
    source: &Arc<Source>,
    reading: &Reading,
    configs: &[&Config],
    diagnostics: &mut Diagnostics,
) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = vec![None; reading.stages.len()];
    let labels: Vec<&str> = reading.stages.iter().map(|stage| stage.label.as_str()).collect();
    let mut told = BTreeSet::new();
    for relation in &reading.relations {
        for reference in relation.needs.iter().chain([&relation.stage]).filter(|reference| reference.stage.is_none()) {
            if told.insert((reference.span, reference.name.as_str())) {
                let known = if told.len() <= NEAR { labels.as_slice() } else { &[] };
                diagnostics.push(codes::unknown_stage(source, reference.span, &reference.name, known));
            }
        }
    }
    if configs.iter().all(|config| config.stages.is_empty()) {
        return chosen;
    }
    let places: BTreeMap<&str, usize> = labels.iter().enumerate().map(|(at, label)| (*label, at)).collect();
    for (name, _) in configs.iter().flat_map(|config| &config.stages) {
        let ours = match name.name.rsplit_once('#') {
            Some((file, _)) => file == source.name(),
            // A configuration for many plans may speak of stages that only some of them have.
            None => name.source.name() == source.name(),
        };
        if ours && meant(name, source.name()).is_none_or(|label| !places.contains_key(label)) {
            diagnostics.push(codes::unknown_stage(&name.source, name.span, &name.name, &labels));
        }
    }
    let mut first: Vec<Option<&Vec<Named>>> = vec![None; labels.len()];
    for (name, stage) in configs.iter().flat_map(|config| &config.stages) {
        if let Some(&at) = meant(name, source.name()).and_then(|label| places.get(label)) {
            first[at] = first[at].or(stage.needs.as_ref());
        }
    }
    for (stage, named) in first.into_iter().enumerate().filter_map(|(stage, named)| Some((stage, named?))) {
        let mut needs = Vec::new();
        for name in named {
            match places.get(name.name.as_str()) {
                Some(&need) => {
                    // A span of another file cannot be shown in the plan.
                    let span = (name.source.name() == source.name()).then_some(name.span);
                    needs.push(Need { stage: id(need), span });
                }
                None => diagnostics.push(codes::unknown_stage(&name.source, name.span, &name.name, &labels)),
            }
        }
        chosen[stage] = Some((needs, NeedSource::Configured));
    }
    chosen
}

pub(super) fn id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
