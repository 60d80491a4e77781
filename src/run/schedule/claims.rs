//! What a unit needs for itself while it runs, and what of it is free.
//!
//! Must not know which unit comes first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::event::CheckRef;
use crate::history::Past;
use crate::select::{Selected, Selection, Unit};

/// What a unit needs while it runs. Units with the same needs wait in one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    /// Whose slots it takes: those of this machine are the first, then those of the launchers.
    pub(super) pool: usize,
    /// How many job slots it takes; from 1 to all that there are.
    pub(super) weight: usize,
    /// The working tree in which it runs.
    pub(super) tree: usize,
    /// Whether it changes that tree, so that nothing else may run there.
    pub(super) writes: bool,
    /// Shares of resources, by the resource's number.
    pub(super) uses: Vec<(usize, usize)>,
    /// The memory that it is expected to need, in bytes; 0 where nobody counts it.
    pub(super) memory: u64,
}

/// The claims of all units.
pub(super) struct Claims {
    /// Each claim once.
    pub(super) claims: Vec<Claim>,
    /// For each unit of each plan its claim.
    pub(super) of: Vec<Vec<usize>>,
    /// What there is.
    pub(super) pools: Pools,
}

impl Claims {
    /// The claims of a selection on `slots` job slots. Nobody claims more of these and of resources than there is.
    pub(super) fn of(selection: &Selection, slots: usize, memory: Memory<'_>) -> Self {
        let trees = trees(selection);
        let resources = Resources::of(selection);
        let fleets = Fleets::of(selection, slots);
        let mut known: BTreeMap<Claim, usize> = BTreeMap::new();
        let mut of = Vec::with_capacity(selection.plans.len());
        for (plan, (selected, &tree)) in (0..).zip(selection.plans.iter().zip(&trees)) {
            let claims = selected.units.iter().map(|unit| {
                let next = known.len();
                let own = claim(selected, unit, tree, slots, &resources);
                let claim = match selected.launcher(unit) {
                    None => Claim { memory: memory.of(plan, unit), ..own },
                    // Of this machine it takes next to nothing.
                    Some(launcher) => Claim { pool: fleets.pool(&launcher.name), weight: 1, ..own },
                };
                *known.entry(claim).or_insert(next)
            });
            of.push(claims.collect());
        }
        let mut claims: Vec<(Claim, usize)> = known.into_iter().collect();
        claims.sort_by_key(|(_, index)| *index);
        let trees = trees.iter().max().map_or(0, |last| last + 1);
        let left = memory.limit.unwrap_or(u64::MAX);
        let slots: Vec<usize> = [slots].into_iter().chain(fleets.slots).collect();
        let pools = Pools {
            trees: vec![Tree { held: vec![0; slots.len()], written: false }; trees],
            slots,
            resources: resources.amounts,
            memory: left,
            overdrawn: 0,
            running: 0,
        };
        Self { claims: claims.into_iter().map(|(claim, _)| claim).collect(), of, pools }
    }
}

/// The named resources of a run. Of plans that name the same one, the least amount holds for all.
struct Resources<'a> {
    numbers: BTreeMap<&'a str, usize>,
    amounts: Vec<usize>,
}

impl<'a> Resources<'a> {
    fn of(selection: &'a Selection) -> Self {
        let mut least: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, &amount) in selection.plans.iter().flat_map(|selected| &selected.setup.resources) {
            least.entry(name).and_modify(|known| *known = amount.min(*known)).or_insert(amount);
        }
        let numbers = least.keys().enumerate().map(|(number, name)| (*name, number)).collect();
        Self { numbers, amounts: least.into_values().collect() }
    }
}

/// The launchers of a run. Of plans that name the same one, the least number of jobs holds for all.
struct Fleets<'a> {
    numbers: BTreeMap<&'a str, usize>,
    slots: Vec<usize>,
}

impl<'a> Fleets<'a> {
    fn of(selection: &'a Selection, otherwise: usize) -> Self {
        let mut least: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, launcher) in selection.plans.iter().flat_map(|selected| &selected.setup.launchers) {
            let jobs = launcher.jobs.unwrap_or(otherwise);
            least.entry(name).and_modify(|known| *known = jobs.min(*known)).or_insert(jobs);
        }
        let numbers = least.keys().enumerate().map(|(number, name)| (*name, number + 1)).collect();
        Self { numbers, slots: least.into_values().collect() }
    }

    fn pool(&self, name: &str) -> usize {
        self.numbers.get(name).copied().unwrap_or(0)
    }
}

/// What a unit claims: of its checks, which run one after the other, the most that one of them needs.
fn claim(selected: &Selected, unit: &Unit, tree: usize, slots: usize, resources: &Resources<'_>) -> Claim {
    let mut claim = Claim { pool: 0, weight: 1, tree, writes: false, uses: Vec::new(), memory: 0 };
    let mut uses: BTreeMap<usize, usize> = BTreeMap::new();
    for check in unit.checks.iter().map(|&check| selected.plan.check(check)) {
        claim.weight = claim.weight.max(check.weight.min(slots));
        claim.writes |= check.writes;
        for (name, &amount) in &check.uses {
            if let Some(&number) = resources.numbers.get(name.as_str()) {
                let share = uses.entry(number).or_default();
                *share = amount.min(resources.amounts[number]).max(*share);
            }
        }
    }
    claim.uses = uses.into_iter().collect();
    claim
}

/// The working tree of each plan, by number. A root inside of another one belongs to the same tree.
fn trees(selection: &Selection) -> Vec<usize> {
    let roots: BTreeSet<&Path> = selection.plans.iter().map(|selected| selected.setup.root.as_path()).collect();
    let mut outer: Vec<&Path> = Vec::new();
    for root in roots {
        // A folder comes before what lies in it, if not always right before it.
        if !outer.iter().any(|known| root.starts_with(known)) {
            outer.push(root);
        }
    }
    let place = |root: &Path| outer.iter().position(|known| root.starts_with(known)).unwrap_or(0);
    selection.plans.iter().map(|selected| place(&selected.setup.root)).collect()
}

/// What units are expected to need of the memory.
#[derive(Clone, Copy)]
pub(super) struct Memory<'a> {
    /// How much there is, in bytes; without it nobody counts.
    pub(super) limit: Option<u64>,
    /// What is known from earlier runs.
    pub(super) past: Option<&'a Past>,
}

/// What a command of which nothing is known is expected to need.
const GUESS: u64 = 128 << 20;
/// Claims are rounded up to so many steps between a power of two and the next, so that there are few different ones.
const STEPS: u64 = 4;

impl Memory<'_> {
    fn of(&self, plan: u32, unit: &Unit) -> u64 {
        if self.limit.is_none() {
            return 0;
        }
        let known = unit.checks.iter().filter_map(|&check| self.past?.of(CheckRef { plan, check })?.peak_memory).max();
        let bytes = known.unwrap_or(GUESS).max(1 << 20);
        let step = bytes.checked_next_power_of_two().map_or(1, |power| power / 2 / STEPS);
        bytes.div_ceil(step).saturating_mul(step)
    }
}

/// What there is, and what of it is taken.
#[derive(Debug)]
pub(super) struct Pools {
    /// Free slots, this machine's first.
    slots: Vec<usize>,
    trees: Vec<Tree>,
    /// What is left of each resource.
    resources: Vec<usize>,
    /// What is left of the memory, as far as it is known what everyone needs.
    memory: u64,
    /// What was taken beyond what there is, by one that was alone.
    overdrawn: u64,
    /// How many run.
    running: usize,
}

#[derive(Clone, Debug)]
struct Tree {
    /// Slots that are held by what runs there, of each pool.
    held: Vec<usize>,
    /// Whether one of them changes the tree.
    written: bool,
}

impl Pools {
    pub(super) fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Whether all that is claimed is free.
    pub(super) fn fits(&self, claim: &Claim) -> bool {
        claim.weight <= self.slots[claim.pool]
            && self.has_tree(claim)
            && self.has_resources(claim)
            && self.has_memory(claim)
    }

    fn has_tree(&self, claim: &Claim) -> bool {
        let tree = &self.trees[claim.tree];
        !tree.written && (!claim.writes || tree.held.iter().all(|&held| held == 0))
    }

    fn has_resources(&self, claim: &Claim) -> bool {
        claim.uses.iter().all(|&(number, amount)| amount <= self.resources[number])
    }

    /// Whoever is alone may have all, and more than that.
    fn has_memory(&self, claim: &Claim) -> bool {
        claim.memory <= self.memory || self.running == 0
    }

    /// Whether `other`, if it started now, would stand in the way of one that waits: when what that one lacks is
    /// given back, would it still have to wait for `other`?
    pub(super) fn competes(&self, waiting: &Claim, other: &Claim) -> bool {
        let tree = waiting.tree == other.tree && (waiting.writes || other.writes);
        // Whoever it waits for gives back slots as well.
        let coming = if !self.has_tree(waiting) {
            self.trees[waiting.tree].held[waiting.pool]
        } else {
            usize::from(!self.has_resources(waiting) || !self.has_memory(waiting))
        };
        let resources = waiting.uses.iter().any(|&(number, amount)| {
            other.uses.iter().any(|&(same, taken)| same == number && amount + taken > self.resources[number])
        });
        let memory = other.memory > 0 && waiting.memory.saturating_add(other.memory) > self.memory;
        let slots = waiting.pool == other.pool && waiting.weight + other.weight > self.slots[waiting.pool] + coming;
        tree || resources || memory || slots
    }

    pub(super) fn take(&mut self, claim: &Claim) {
        self.slots[claim.pool] -= claim.weight;
        let tree = &mut self.trees[claim.tree];
        tree.held[claim.pool] += claim.weight;
        tree.written |= claim.writes;
        self.running += 1;
        // One that is alone may take more than there is; then nothing is left.
        let taken = claim.memory.min(self.memory);
        self.memory -= taken;
        self.overdrawn += claim.memory - taken;
        claim.uses.iter().for_each(|&(number, amount)| self.resources[number] -= amount);
    }

    pub(super) fn give_back(&mut self, claim: &Claim) {
        self.slots[claim.pool] += claim.weight;
        let tree = &mut self.trees[claim.tree];
        tree.held[claim.pool] -= claim.weight;
        // Who changes a tree is alone there.
        tree.written &= !claim.writes;
        self.running -= 1;
        let owed = claim.memory.min(self.overdrawn);
        self.overdrawn -= owed;
        self.memory += claim.memory - owed;
        claim.uses.iter().for_each(|&(number, amount)| self.resources[number] += amount);
    }
}
