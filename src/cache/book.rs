//! Asks before a run who need not run, and notes after it who has passed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use super::key::{Surroundings, key};
use super::state::{Inputs, States};
use super::store::Store;
use crate::config::CacheConfig;
use crate::event::{CheckRef, Event, Happening, Proof};
use crate::host::Host;
use crate::journal::Runs;
use crate::plan::{CheckId, StageId};
use crate::select::{Selected, Selection};
use crate::text::plural;

/// What holds for the plans of a run.
pub struct Rules<'a> {
    /// For each plan what its configuration says.
    pub plans: Vec<&'a CacheConfig>,
    /// Files and folders that do not count, absolute: what the run itself writes.
    pub without: Vec<PathBuf>,
}

/// The cache as one run knows it.
pub struct Book {
    store: Store,
    open: Vec<Open>,
    /// Who passed at once and left nothing behind.
    passed: BTreeSet<CheckRef>,
    tried_again: BTreeSet<CheckRef>,
    states: BTreeMap<Inputs, Option<String>>,
    without: Vec<PathBuf>,
}

/// A unit that is run and may be noted.
struct Open {
    plan: u32,
    checks: Vec<CheckId>,
    inputs: Inputs,
    key: String,
}

impl Book {
    /// Takes out of a selection what has passed before. Also gives what is to be said of that, a line each.
    pub fn open(selection: &mut Selection, rules: Rules<'_>, runs: &Runs, host: &dyn Host) -> (Self, Vec<String>) {
        let (mut store, mut notes) = Store::read(runs, host);
        let variables: BTreeMap<String, String> = host.variables().into_iter().collect();
        let mut states = States::new(&rules.without, host);
        let mut known: BTreeMap<Inputs, Option<String>> = BTreeMap::new();
        let mut said: BTreeMap<_, io::Result<Vec<u8>>> = BTreeMap::new();
        let mut open = Vec::new();
        for (plan, (selected, rules)) in (0..).zip(selection.plans.iter_mut().zip(&rules.plans)) {
            let mut tools = Vec::new();
            let mut unknown = false;
            for tool in &rules.tools {
                let setup = &selected.setup;
                let asked = (tool.clone(), setup.root.clone(), setup.env.clone());
                match said.entry(asked).or_insert_with(|| host.version(tool, &setup.root, &setup.env)) {
                    Ok(version) => tools.push((tool.clone(), version.clone())),
                    Err(error) => {
                        notes.push(format!("no cache: the version of `{tool}` is not known: {error}"));
                        unknown = true;
                    }
                }
            }
            if unknown {
                continue;
            }
            let around = Surroundings { variables: variables.clone(), counted: rules.env.clone(), tools };
            let mut hits = Vec::new();
            for (index, unit) in selected.units.iter().enumerate() {
                let Some(mut hash) = key(selected, unit, &around) else { continue };
                let own = &selected.plan.stage(unit.stage).inputs;
                let globs = own.clone().unwrap_or_else(|| rules.inputs.clone());
                let inputs = Inputs { folder: selected.setup.root.clone(), globs };
                let state = known.entry(inputs.clone()).or_insert_with(|| {
                    let state = states.of(&inputs);
                    state.map_err(|why| notes.push(format!("no cache: {why}"))).ok()
                });
                let Some(state) = state else { continue };
                let key = hash.update(state.as_bytes()).finalize().to_hex().to_string();
                // What changes the tree before it may change its files.
                match store.find(&key).filter(|_| !follows_writer(selected, unit.stage)) {
                    Some(run) => hits.push((index, run)),
                    None => open.push(Open { plan, checks: unit.checks.clone(), inputs, key }),
                }
            }
            selected.take_from_cache(&hits);
        }
        let mut told = BTreeSet::new();
        notes.retain(|note| told.insert(note.clone()));
        let (passed, tried_again) = (BTreeSet::new(), BTreeSet::new());
        (Self { store, open, passed, tried_again, states: known, without: rules.without }, notes)
    }

    /// Notes what happens, as far as it tells who has passed.
    pub fn hear(&mut self, event: &Event) {
        match &event.what {
            Happening::AttemptEnded { check, .. } => _ = self.tried_again.insert(*check),
            Happening::CheckEnded { check, end }
                if end.outcome.is_green() && end.proof == Proof::Own && end.leftover.is_empty() =>
            {
                self.passed.insert(*check);
            }
            _ => {}
        }
    }

    /// Keeps who has passed, unless its files have changed meanwhile. Also gives what is to be said of that, a line each.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close(mut self, run: &str, most: usize, host: &dyn Host) -> io::Result<Vec<String>> {
        let mut states = States::new(&self.without, host);
        let mut now: BTreeMap<&Inputs, Option<String>> = BTreeMap::new();
        let mut changed = 0;
        for open in &self.open {
            let is_proof = |&check: &CheckId| {
                let check = CheckRef { plan: open.plan, check };
                self.passed.contains(&check) && !self.tried_again.contains(&check)
            };
            if !open.checks.iter().all(is_proof) {
                continue;
            }
            let state = now.entry(&open.inputs).or_insert_with(|| states.of(&open.inputs).ok());
            if state.is_some() && self.states.get(&open.inputs) == Some(state) {
                self.store.add(open.key.clone(), run);
            } else {
                changed += 1;
            }
        }
        self.store.write(most, host)?;
        let note = format!("not cached, because files changed during the run: {}", plural(changed, "check"));
        Ok((changed > 0).then_some(note).into_iter().collect())
    }
}

/// Whether a check that changes the tree may come before those of a stage.
fn follows_writer(selected: &Selected, stage: StageId) -> bool {
    let mut open = vec![stage];
    let mut seen = BTreeSet::from([stage]);
    while let Some(stage) = open.pop() {
        let mut checks = selected.plan.stage(stage).checks.iter();
        if checks.any(|check| {
            let index = check.0 as usize;
            selected.plan.check(*check).writes
                && selected.left_out[index].is_none()
                && selected.carried[index].is_none()
        }) {
            return true;
        }
        open.extend(selected.graph.needs(stage).iter().filter(|&&need| seen.insert(need)));
    }
    false
}
