//! Does what the author says to plan-run about single lines: changes what was read there, takes it out, or makes a
//! check of what was read as none.
//!
//! What speaks of less outranks what speaks of more: a line its block, the block its stage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Demand, Directive, Leftovers, Named, Use};
use crate::diagnostic::{Diagnostics, codes};
use crate::plan::Kind;
use crate::source::{Source, Span};

use super::directives::{Blocks, Remark};
use super::model::{Directed, ReadCheck};
use super::shell;
use super::structure::Structure;

/// What a stage needs because its author says so to plan-run.
#[derive(Clone, Debug)]
pub(super) struct OwnNeeds {
    /// The stage, or a unit that holds stages: then an index past the last stage.
    pub(super) stage: usize,
    /// Where that stands.
    pub(super) span: Span,
    /// What it needs.
    pub(super) names: Vec<Named>,
}

/// What was said and done.
#[derive(Debug, Default)]
pub(super) struct Obeyed {
    pub(super) needs: Vec<OwnNeeds>,
    pub(super) directed: Vec<Directed>,
}

/// What is said of a line, a block or a stage, with the places.
#[derive(Clone, Debug, Default)]
struct Effect {
    kind: Option<(Directive, Span)>,
    cwd: Option<(String, Span)>,
    timeout: Option<(Duration, Span)>,
    retries: Option<(usize, Span)>,
    leftovers: Option<(Leftovers, Span)>,
    uses: Option<(Vec<Use>, Span)>,
    weight: Option<(usize, Span)>,
    writes: Option<(bool, Span)>,
    launcher: Option<(Named, Span)>,
    demand: Option<(Demand, Span)>,
    /// For front matter: where it names the line.
    front: Option<Span>,
    /// Whether it speaks of a whole block.
    block: bool,
    /// Whether it speaks of a stage by its heading.
    stage: bool,
    /// Whether there was anything that it speaks of.
    met: bool,
    /// Whether there was a check with a command.
    met_command: bool,
    /// Whether it names a directory for one of several commands that share a shell.
    splits: bool,
}

impl Effect {
    /// Adds what else is said; gives the place of something that is said already and otherwise.
    fn add(&mut self, remark: Remark) -> Option<Span> {
        fn set<V: PartialEq>(slot: &mut Option<(V, Span)>, value: V, by: Span) -> Option<Span> {
            match slot {
                Some((old, first)) if *old != value => Some(*first),
                _ => {
                    *slot = Some((value, by));
                    None
                }
            }
        }
        self.front = self.front.or(remark.front);
        match remark.says {
            Directive::Cwd(path) => set(&mut self.cwd, path, remark.by),
            Directive::Timeout(limit) => set(&mut self.timeout, limit, remark.by),
            Directive::Retries(count) => set(&mut self.retries, count, remark.by),
            Directive::Leftovers(leftovers) => set(&mut self.leftovers, leftovers, remark.by),
            Directive::Uses(uses) => set(&mut self.uses, uses, remark.by),
            Directive::Weight(weight) => set(&mut self.weight, weight, remark.by),
            Directive::Writes(writes) => set(&mut self.writes, writes, remark.by),
            Directive::Launcher(named) => match &self.launcher {
                // Two comments name it at two places.
                Some((old, first)) if old.name != named.name => Some(*first),
                _ => {
                    self.launcher = Some((named, remark.by));
                    None
                }
            },
            Directive::Demand(demand) => {
                let (old, first) = self.demand.unwrap_or((demand, remark.by));
                let contradicts = demand.or(old) != old.or(demand);
                self.demand = Some((demand.or(old), remark.by));
                contradicts.then_some(first)
            }
            kind => set(&mut self.kind, kind, remark.by),
        }
    }

    /// The place of something that it says.
    fn by(&self) -> Span {
        let kind = self.kind.as_ref().map(|(_, by)| *by);
        let cwd = self.cwd.as_ref().map(|(_, by)| *by);
        let timeout = self.timeout.map(|(_, by)| by).or(self.retries.map(|(_, by)| by));
        let leftovers = self.leftovers.map(|(_, by)| by);
        let uses = self.uses.as_ref().map(|(_, by)| *by);
        let rest = self.weight.map(|(_, by)| by).or(self.writes.map(|(_, by)| by));
        let launch = self.launcher.as_ref().map(|(_, by)| *by).or(self.demand.map(|(_, by)| by));
        kind.or(cwd).or(timeout).or(leftovers).or(uses).or(rest).or(launch).unwrap_or_default()
    }
}

/// Does to the stages of a document what is said of its lines.
pub(super) fn obey(
    source: &Arc<Source>,
    blocks: &Blocks,
    remarks: Vec<Remark>,
    structure: &mut Structure<'_>,
    diagnostics: &mut Diagnostics,
) -> Obeyed {
    let mut obeyed = Obeyed::default();
    let mut effects: BTreeMap<u32, Effect> = BTreeMap::new();
    let stages = if remarks.is_empty() { BTreeMap::new() } else { stages(source, structure) };
    for remark in remarks {
        let line = *remark.lines.start();
        if let Directive::Needs(names) = &remark.says {
            match stages.get(&line) {
                Some(&(stage, span)) => {
                    obeyed.needs.push(OwnNeeds { stage, span, names: names.clone() });
                }
                None => diagnostics.push(codes::needs_without_stage(source, remark.by, line, remark.front.is_some())),
            }
            continue;
        }
        let effect = effects.entry(line).or_default();
        effect.block = remark.lines.end() > remark.lines.start();
        let by = remark.by;
        if let Some(first) = effect.add(remark) {
            diagnostics.push(codes::directives_contradict(source, first, by, line));
        }
    }
    if effects.is_empty() {
        return obeyed;
    }
    let mut around: Vec<Vec<u32>> = vec![Vec::new(); structure.drafts.len()];
    for holder in &structure.holders {
        let line = source.line(holder.span.start);
        if let Some(effect) = effects.get_mut(&line) {
            effect.stage = true;
            effect.met = true;
            holder.members.iter().for_each(|&member| around[member].push(line));
        }
    }
    for (draft, mut keys) in structure.drafts.iter_mut().zip(around) {
        keys.push(source.line(draft.span.start));
        keys.retain(|key| effects.contains_key(key));
        for key in &keys {
            if let Some(effect) = effects.get_mut(key) {
                effect.met = true;
                effect.stage |= !draft.listed;
            }
        }
        draft.found.checks.retain_mut(|check| {
            let line = source.line(check.span.start);
            let block = blocks.around(line).map(|block| *block.start());
            let near = block.into_iter().chain([line]).filter(|key| !keys.contains(key));
            change(check, keys.iter().copied().chain(near), &mut effects, &mut obeyed.directed)
        });
    }
    make(source, blocks, &mut effects, structure, &mut obeyed.directed);
    for (line, effect) in &effects {
        if effect.splits {
            let by = effect.cwd.as_ref().map_or(effect.by(), |(_, by)| *by);
            let block = blocks.around(*line).map_or(*line, |block| *block.start());
            diagnostics.push(codes::cwd_in_script(source, by, block));
        }
        let makes = matches!(effect.kind, Some((Directive::Command | Directive::Red, _)));
        let silent = effect.front.is_none() && matches!(effect.kind, Some((Directive::Ignore, _)));
        let command = makes && !effect.met_command;
        if silent || effect.met && !command {
            continue;
        }
        let what = if command { "command" } else { "check" };
        diagnostics.push(match effect.front {
            Some(span) => codes::line_without_check(source, span, *line, what),
            None => {
                codes::idle_directive(source, effect.by(), &format!("there is no {what} on the line that it speaks of"))
            }
        });
    }
    obeyed
}

/// The stages, and the units that hold stages, by the lines on which they start.
fn stages(source: &Source, structure: &Structure<'_>) -> BTreeMap<u32, (usize, Span)> {
    let count = structure.drafts.len();
    let drafts = structure.drafts.iter().map(|draft| draft.span).enumerate();
    let holders = structure.holders.iter().enumerate().map(|(index, holder)| (count + index, holder.span));
    let mut found = BTreeMap::new();
    for (index, span) in drafts.chain(holders) {
        // A unit that is a stage itself comes twice; as the stage it counts.
        found.entry(source.line(span.start)).or_insert((index, span));
    }
    found
}

/// Changes a check by what is said under some keys, the last of which wins; gives whether it stays.
fn change(
    check: &mut ReadCheck,
    keys: impl Iterator<Item = u32>,
    effects: &mut BTreeMap<u32, Effect>,
    directed: &mut Vec<Directed>,
) -> bool {
    let mut all = Effect::default();
    for key in keys {
        let Some(effect) = effects.get_mut(&key) else { continue };
        effect.met = true;
        effect.met_command |= check.command.is_some();
        effect.splits |= effect.cwd.is_some() && !effect.block && !effect.stage && check.script.is_some();
        all.kind = effect.kind.clone().or(all.kind);
        all.cwd = effect.cwd.clone().or(all.cwd);
        all.timeout = effect.timeout.or(all.timeout);
        all.uses = effect.uses.clone().or(all.uses);
        all.retries = effect.retries.or(all.retries);
        all.leftovers = effect.leftovers.or(all.leftovers);
        all.weight = effect.weight.or(all.weight);
        all.writes = effect.writes.or(all.writes);
        all.launcher = effect.launcher.clone().or(all.launcher);
        all.demand = match (effect.demand, all.demand) {
            (Some((near, by)), Some((far, _))) => Some((near.or(far), by)),
            (near, far) => near.or(far),
        };
    }
    if let Some((Directive::Ignore, by)) = all.kind {
        let ignored = Some(check.command.clone().unwrap_or_else(|| check.text.clone()));
        directed.push(Directed { at: check.span, by, says: "ignore".to_owned(), ignored });
        return false;
    }
    let kind = match all.kind {
        Some((Directive::Manual, by)) => Some((Kind::Manual, by)),
        Some((Directive::Command, by)) if check.command.is_some() => Some((Kind::Command, by)),
        Some((Directive::Red, by)) if check.command.is_some() => Some((Kind::Red, by)),
        _ => None,
    };
    if let Some((kind, by)) = kind {
        directed.push(Directed { at: check.span, by, says: kind.word().to_owned(), ignored: None });
        check.kind = kind;
        check.rule = "directive";
        check.because = Some(by);
    }
    set(check, &all, directed);
    true
}

/// Sets the directory and the limit of a check, and what it needs for itself.
fn set(check: &mut ReadCheck, effect: &Effect, directed: &mut Vec<Directed>) {
    let mut note = |says, by| directed.push(Directed { at: check.span, by, says, ignored: None });
    if let Some((path, by)) = &effect.cwd {
        note(format!("cwd={path}"), *by);
        check.cwd = Some(path.clone());
    }
    if let Some((limit, by)) = effect.timeout {
        note(format!("timeout={}", humantime::format_duration(limit)), by);
        check.timeout = Some(limit);
    }
    if let Some((uses, by)) = &effect.uses {
        let words: Vec<String> = uses.iter().map(Use::to_string).collect();
        note(format!("uses={}", words.join(",")), *by);
        check.wants.uses = Some(uses.clone());
    }
    if let Some((count, by)) = effect.retries {
        note(format!("retries={count}"), by);
        check.retries = Some(count);
    }
    if let Some((leftovers, by)) = effect.leftovers {
        note(format!("leftovers={}", leftovers.word()), by);
        check.leftovers = Some(leftovers);
    }
    if let Some((weight, by)) = effect.weight {
        note(format!("weight={weight}"), by);
        check.wants.weight = Some(weight);
    }
    if let Some((writes, by)) = effect.writes {
        note(format!("writes={}", if writes { "yes" } else { "no" }), by);
        check.wants.writes = Some(writes);
    }
    if let Some((launcher, by)) = &effect.launcher {
        note(format!("launcher={}", launcher.name), *by);
        check.wants.launcher = Some(launcher.clone());
    }
    if let Some((demand, by)) = effect.demand {
        note(demand.to_string(), by);
        check.wants.demand = demand.or(check.wants.demand);
    }
}

/// Makes checks of lines that were read as none, and commands of those that were read as words for a person.
fn make(
    source: &Source,
    blocks: &Blocks,
    effects: &mut BTreeMap<u32, Effect>,
    structure: &mut Structure<'_>,
    directed: &mut Vec<Directed>,
) {
    let starts: Vec<u32> = structure.drafts.iter().map(|draft| source.line(draft.span.start)).collect();
    let mut grown = BTreeSet::new();
    for (&first, effect) in effects.iter_mut() {
        let Some((says, by)) = effect.kind.clone().filter(|_| !effect.stage) else { continue };
        let kind = match says {
            Directive::Manual if !effect.met => Kind::Manual,
            Directive::Command if !effect.met_command => Kind::Command,
            Directive::Red if !effect.met_command => Kind::Red,
            _ => continue,
        };
        let Some(owner) = starts.partition_point(|&start| start <= first).checked_sub(1) else { continue };
        let last = if effect.block { blocks.around(first).map_or(first, |block| *block.end()) } else { first };
        let mut made: Vec<ReadCheck> =
            (first..=last).flat_map(|line| made_of(source, line, effect.block, kind, by)).collect();
        if made.is_empty() {
            continue;
        }
        (effect.met, effect.met_command) = (true, true);
        for check in &mut made {
            directed.push(Directed { at: check.span, by, says: kind.word().to_owned(), ignored: None });
            set(check, effect, directed);
        }
        let checks = &mut structure.drafts[owner].found.checks;
        grown.insert(owner);
        if kind != Kind::Manual {
            // The words were a check for a person only because no command was seen in them.
            checks.retain(|check| check.command.is_some() || !(first..=last).contains(&source.line(check.span.start)));
        }
        checks.extend(made);
    }
    for owner in grown {
        structure.drafts[owner].found.checks.sort_by_key(|check| check.span.start);
    }
}

/// The checks that can be made of a line.
fn made_of(source: &Source, line: u32, block: bool, kind: Kind, by: Span) -> Vec<ReadCheck> {
    let span = source.line_span(line);
    let text = source.slice(span);
    let words = text.trim().trim_start_matches(['-', '*', '+', ' ']);
    let check = |span, text: &str| ReadCheck::new(kind, span, text, "directive").said(Some(by));
    if words.is_empty() || block && words.starts_with(['`', '~']) {
        return Vec::new();
    }
    if kind == Kind::Manual {
        return vec![check(span, words)];
    }
    let command = |from: usize, to: usize| {
        let command = text[from..to].trim();
        let span = Span::new(span.start as usize + from, span.start as usize + to);
        check(span, words).with_command(command.to_owned(), &shell::lex(command))
    };
    if block {
        let lead = text.len() - text.trim_start().len();
        return if words.starts_with('#') { Vec::new() } else { vec![command(lead, text.trim_end().len())] };
    }
    code_spans(text).into_iter().map(|(from, to)| command(from, to)).collect()
}

/// The insides of the code spans of a line.
fn code_spans(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, _) in line.match_indices('`') {
        match open.take() {
            None => open = Some(at + 1),
            Some(from) if from < at => found.push((from, at)),
            Some(_) => {}
        }
    }
    found
}
