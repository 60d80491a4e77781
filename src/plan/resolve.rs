//! Names to ids: a reading and the configuration become a plan.
//!
//! For each stage the strongest source of its needs wins: the configuration, the stage's own words, a diagram, other
//! words, and last the dialect's default order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Check, CheckId, Need, NeedSource, Plan, Script, ScriptId, Stage, StageId};
use crate::config::{Config, Named, StageConfig};
use crate::diagnostic::{Diagnostics, codes};
use crate::dialect::{Order, ReadCheck, Reading, Reference, Relation, RelationSource};
use crate::source::{Source, Span};

/// What is written for one stage, and where it comes from.
type Chosen = Option<(Vec<Need>, NeedSource)>;

/// For as many names that no stage has it is told which one may have been meant.
const NEAR: usize = 100;

/// How many needs that nobody wrote down are kept for each stage, and for a plan however few stages it has. What would take
/// more is put in a row.
const IMPLIED: (usize, usize) = (64, 10_000);

/// Resolves a reading. `configs` are in order of authority, the strongest first.
#[must_use]
pub fn resolve(source: &Arc<Source>, reading: Reading, configs: &[&Config], diagnostics: &mut Diagnostics) -> Plan {
    let configured = configured(source, &reading, configs, diagnostics);
    let needs = Needs { reading: &reading }.all(configured);
    let mut plan = Plan {
        source: Arc::clone(source),
        title: reading.title.unwrap_or_else(|| file_name(source.name())),
        dialect: reading.dialect,
        stages: Vec::with_capacity(reading.stages.len()),
        checks: Vec::with_capacity(reading.stages.iter().map(|stage| stage.checks.len()).sum()),
        scripts: Vec::new(),
        directed: reading.directed,
    };
    let settings = Settings::new(source.name(), configs);
    for (index, (stage, (needs, needs_source))) in reading.stages.into_iter().zip(needs).enumerate() {
        let settings = settings.of(&stage.label);
        let checks = checks(&mut plan, source, &stage.label, stage.checks, id(index));
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
    plan
}

fn checks(plan: &mut Plan, source: &Source, stage: &str, read: Vec<ReadCheck>, owner: StageId) -> Vec<CheckId> {
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
        plan.checks.push(Check {
            label: format!("{stage}.{}", at + 1),
            stage: owner,
            kind: check.kind,
            line: source.line(check.span.start),
            span: check.span,
            command: check.command,
            cwd: check.cwd,
            risk: check.risk,
            expect: check.expect,
            text: check.text,
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
            merged.skip = stage.skip.clone().or(merged.skip);
            merged.env.extend(stage.env.clone());
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

struct Needs<'a> {
    reading: &'a Reading,
}

impl Needs<'_> {
    fn all(&self, mut chosen: Vec<Chosen>) -> Vec<(Vec<Need>, NeedSource)> {
        let late = self.declared(&mut chosen);
        self.defaults(&mut chosen);
        self.after_all_before(&mut chosen, &late);
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

    /// For each stage of which nothing was said yet what the strongest kind of place in the plan says of it. Gives
    /// the stages that wait for all stages before an index, by that index.
    fn declared(&self, chosen: &mut [Chosen]) -> BTreeMap<usize, Vec<(usize, Span)>> {
        let mut strongest: Vec<Option<RelationSource>> = vec![None; chosen.len()];
        let open = |&stage: &usize| chosen.get(stage).is_some_and(Option::is_none);
        let said = self.reading.relations.iter();
        let said: Vec<(usize, &Relation)> =
            said.filter_map(|relation| Some((relation.stage.stage.filter(open)?, relation))).collect();
        for (stage, relation) in &said {
            let known = &mut strongest[*stage];
            *known = Some(known.map_or(relation.source, |known| known.min(relation.source)));
        }
        let mut late: BTreeMap<usize, Vec<(usize, Span)>> = BTreeMap::new();
        for (stage, relation) in said.into_iter().filter(|(stage, said)| strongest[*stage] == Some(said.source)) {
            let (needs, source) = chosen[stage].get_or_insert((Vec::new(), NeedSource::None));
            let named = relation.needs.iter().filter_map(|need: &Reference| Some((need.stage?, need.span)));
            // Only a stage itself can say that it waits for itself, which is a mistake to be shown.
            let named = named.filter(|&(need, _)| need != stage || relation.source == RelationSource::Own);
            needs.extend(named.map(|(need, span)| Need { stage: id(need), span: Some(span) }));
            if let Some((first, span)) = relation.all_before {
                late.entry(first.min(stage)).or_default().push((stage, span));
            }
            if !needs.is_empty() || relation.all_before.is_some() {
                *source = NeedSource::Declared;
            }
        }
        late
    }

    /// What each stage of work waits for if nothing is said of it.
    fn defaults(&self, chosen: &mut [Chosen]) {
        let stages = &self.reading.stages;
        let sequence = if self.reading.order == Order::Independent { Vec::new() } else { self.sequence() };
        let mut place = vec![usize::MAX; stages.len()];
        sequence.iter().enumerate().for_each(|(at, &stage)| place[stage] = at);
        // The groups that each stage is in, in order.
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); stages.len()];
        for (index, group) in self.reading.parallel.iter().enumerate() {
            for &stage in group.iter().filter(|&&stage| stage < stages.len()) {
                if groups[stage].last() != Some(&index) {
                    groups[stage].push(index);
                }
            }
        }
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); stages.len()];
        let mut left = IMPLIED.1 + IMPLIED.0 * stages.len();
        let mut last: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, &stage) in sequence.iter().enumerate() {
            let key = if self.reading.order == Order::Groups { stages[stage].group } else { 0 };
            let Some(before) = last.insert(key, stage) else { continue };
            let implied = match groups[before].first() {
                Some(group) if groups[stage].binary_search(group).is_ok() => match &chosen[before] {
                    Some((declared, _)) => declared.iter().map(|need| need.stage.0 as usize).collect(),
                    None => needs[before].clone(),
                },
                Some(&group) => {
                    let earlier = |member: &usize| place.get(*member).is_some_and(|&place| place < at);
                    self.reading.parallel[group].iter().copied().filter(earlier).collect()
                }
                None => vec![before],
            };
            needs[stage] = if implied.len() <= left { implied } else { vec![before] };
            left = left.saturating_sub(needs[stage].len());
        }
        for (stage, needs) in needs.into_iter().enumerate() {
            if chosen[stage].is_none() && !stages[stage].last {
                let needs = needs.into_iter().map(|need| Need { stage: id(need), span: None }).collect();
                chosen[stage] = Some((needs, NeedSource::Default));
            }
        }
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

    /// Gates, and stages that say so, wait for all stages of work before them: for those that nothing else among them
    /// waits for. `late` gives the stages that say so by the index before which everything comes first.
    fn after_all_before(&self, chosen: &mut [Chosen], late: &BTreeMap<usize, Vec<(usize, Span)>>) {
        let stages = &self.reading.stages;
        let is_gate = |stage: usize| stages[stage].gate && !stages[stage].last;
        let gates = (0..stages.len()).filter(|&stage| is_gate(stage));
        let waiting = gates.chain(late.values().flatten().map(|(stage, _)| *stage));
        let mut around: BTreeMap<usize, Vec<usize>> = waiting.map(|stage| (stage, Vec::new())).collect();
        if around.is_empty() {
            return;
        }
        for (outer, stage) in stages.iter().enumerate().filter(|(_, stage)| !stage.last) {
            for inner in &stage.inner {
                if let Some(around) = around.get_mut(inner) {
                    around.push(outer);
                }
            }
        }
        let mut passed = Passed { wanted: vec![0; stages.len()], ends: BTreeSet::new() };
        for at in 0..stages.len() {
            for &(stage, span) in late.get(&at).into_iter().flatten() {
                let ends = passed.ends_outside(&around[&stage], at, self.reading, chosen);
                if let Some((needs, _)) = &mut chosen[stage] {
                    needs.extend(ends.into_iter().map(|end| Need { stage: id(end), span: Some(span) }));
                }
            }
            if is_gate(at) && matches!(&chosen[at], Some((_, NeedSource::Default))) {
                let ends = passed.ends_outside(&around[&at], at, self.reading, chosen);
                let needs = ends.into_iter().map(|end| Need { stage: id(end), span: None }).collect();
                chosen[at] = Some((needs, NeedSource::Default));
            }
            if !stages[at].last {
                passed.pass(at, chosen);
            }
        }
    }

    fn outer_after_inner(&self, chosen: &mut [Chosen]) {
        let stages = &self.reading.stages;
        // For each stage the last outer one inside which something needs it.
        let mut needed = vec![usize::MAX; stages.len()];
        for outer in 0..stages.len() {
            let inner = || stages[outer].inner.iter().copied().filter(|&inner| !stages[inner].last);
            for need in inner().flat_map(|inner| others(chosen, inner)) {
                needed[need] = outer;
            }
            let ends: Vec<usize> = inner().filter(|&end| needed[end] != outer).collect();
            if let Some((needs, source)) = chosen[outer].as_mut().filter(|_| inner().next().is_some()) {
                if *source == NeedSource::None {
                    *source = NeedSource::Default;
                }
                needs.extend(ends.into_iter().map(|end| Need { stage: id(end), span: None }));
            }
        }
    }

    fn last_after_work(&self, chosen: &mut [Chosen]) {
        let stages = &self.reading.stages;
        let work = || (0..stages.len()).filter(|&stage| !stages[stage].last);
        let mut needed = vec![false; stages.len()];
        work().flat_map(|stage| others(chosen, stage)).for_each(|need| needed[need] = true);
        let ends: Vec<usize> = work().filter(|&stage| !needed[stage]).collect();
        let mut left = IMPLIED.1 + IMPLIED.0 * stages.len();
        let mut first = None;
        for (stage, slot) in chosen.iter_mut().enumerate().filter(|(stage, _)| stages[*stage].last) {
            if slot.is_none() {
                let needs: Vec<usize> = match first {
                    Some(first) if left < ends.len() => vec![first],
                    _ => ends.clone(),
                };
                left = left.saturating_sub(needs.len());
                first = first.or(Some(stage));
                let needs = needs.into_iter().map(|end| Need { stage: id(end), span: None }).collect();
                *slot = Some((needs, NeedSource::Default));
            }
        }
    }
}

/// The stages of work up to some place.
struct Passed {
    /// How many of them need each stage.
    wanted: Vec<u32>,
    /// Those that none of them needs.
    ends: BTreeSet<usize>,
}

impl Passed {
    fn pass(&mut self, stage: usize, chosen: &[Chosen]) {
        if self.wanted[stage] == 0 {
            self.ends.insert(stage);
        }
        for need in others(chosen, stage) {
            self.wanted[need] += 1;
            self.ends.remove(&need);
        }
    }

    /// The ends before `at` if the stages around one are not looked at: what they need says nothing about what stands
    /// before a stage inside them.
    fn ends_outside(&mut self, around: &[usize], at: usize, reading: &Reading, chosen: &[Chosen]) -> Vec<usize> {
        let outer: Vec<usize> = around.iter().copied().filter(|&outer| outer < at).collect();
        if outer.is_empty() {
            return self.ends.iter().copied().collect();
        }
        let mut ends: BTreeSet<usize> = self.ends.iter().copied().filter(|end| !outer.contains(end)).collect();
        for need in outer.iter().flat_map(|&outer| others(chosen, outer)) {
            self.wanted[need] -= 1;
            if self.wanted[need] == 0 && need < at && !reading.stages[need].last && !outer.contains(&need) {
                ends.insert(need);
            }
        }
        for need in outer.iter().flat_map(|&outer| others(chosen, outer)) {
            self.wanted[need] += 1;
        }
        ends.into_iter().collect()
    }
}

/// What a stage needs beside itself.
fn others(chosen: &[Chosen], stage: usize) -> impl Iterator<Item = usize> {
    let needs = chosen[stage].iter().flat_map(|(needs, _)| needs);
    needs.map(|need| need.stage.0 as usize).filter(move |&need| need != stage)
}

fn id(index: usize) -> StageId {
    StageId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
