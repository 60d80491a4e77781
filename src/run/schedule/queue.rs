//! The units that are ready, and who of them comes next.
//!
//! Who has most behind it comes first, in document order where that is the same. Units wait in one line for each
//! different claim, so that a step costs as much as there are different claims, however many units there are.
//!
//! Where the first of all cannot start because something is taken, others may start before it, but not for ever: a
//! line that was passed over as often as there are jobs keeps what it needs free until its turn has come. And who
//! changes a tree comes first where nothing runs in the tree: to wait until a tree is at rest is what costs, and that
//! was just paid.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::claims::{Claim, Claims, Pools};
use super::state::UnitRef;

/// Place in the order: the longest way first.
type Place = (Reverse<u64>, UnitRef);

#[derive(Debug)]
pub(super) struct Queue {
    lines: Vec<Line>,
    pools: Pools,
    /// How often a line may be passed over.
    patience: usize,
    /// For each unit of each plan its line, and how long its way is.
    units: Vec<Vec<(usize, u64)>>,
}

#[derive(Debug)]
struct Line {
    claim: Claim,
    waiting: BTreeSet<Place>,
    /// How often others who stood behind its first took what that needs.
    passed_over: usize,
}

impl Queue {
    pub(super) fn new(jobs: usize, claims: Claims, lengths: Vec<Vec<u64>>) -> Self {
        let line = |claim| Line { claim, waiting: BTreeSet::new(), passed_over: 0 };
        let units = claims.of.into_iter().zip(lengths);
        Self {
            pools: claims.pools,
            lines: claims.claims.into_iter().map(line).collect(),
            patience: jobs,
            units: units.map(|(lines, lengths)| lines.into_iter().zip(lengths).collect()).collect(),
        }
    }

    fn line_of(&self, unit: UnitRef) -> (usize, Place) {
        let (line, length) = self.units[unit.plan as usize][unit.unit as usize];
        (line, (Reverse(length), unit))
    }

    /// Lets a unit wait for its turn.
    pub(super) fn push(&mut self, unit: UnitRef) {
        let (line, place) = self.line_of(unit);
        self.lines[line].waiting.insert(place);
    }

    /// Who may start now, if anyone may.
    pub(super) fn next(&self) -> Option<UnitRef> {
        let mut firsts: Vec<(bool, Place, &Line)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let place = *line.waiting.first()?;
                let at_rest = line.claim.writes && self.pools.fits(&line.claim);
                Some((!at_rest, place, line))
            })
            .collect();
        firsts.sort_unstable_by_key(|(late, place, _)| (*late, *place));
        let mut kept_free: Vec<&Claim> = Vec::new();
        for (_, (_, unit), line) in firsts {
            if !self.pools.fits(&line.claim) {
                if line.passed_over >= self.patience {
                    kept_free.push(&line.claim);
                }
            } else if !kept_free.iter().any(|waiting| self.pools.competes(waiting, &line.claim)) {
                return Some(unit);
            }
        }
        None
    }

    /// Takes what a unit needs. Says whether it waited at all.
    pub(super) fn start(&mut self, unit: UnitRef) -> bool {
        let (index, place) = self.line_of(unit);
        let claim = self.lines[index].claim.clone();
        if !self.lines[index].waiting.remove(&place) || !self.pools.fits(&claim) {
            return false;
        }
        for line in &mut self.lines {
            let before = line.waiting.first().is_some_and(|first| *first < place);
            if before && !self.pools.fits(&line.claim) && self.pools.competes(&line.claim, &claim) {
                line.passed_over += 1;
            }
        }
        self.lines[index].passed_over = 0;
        self.pools.take(&claim);
        true
    }

    /// Takes a unit out that waits, or not.
    pub(super) fn remove(&mut self, unit: UnitRef) {
        let (line, place) = self.line_of(unit);
        self.lines[line].waiting.remove(&place);
    }

    /// How many working trees there are.
    pub(super) fn trees(&self) -> usize {
        self.pools.trees()
    }

    /// The working tree in which a unit runs.
    pub(super) fn tree(&self, unit: UnitRef) -> usize {
        self.lines[self.line_of(unit).0].claim.tree
    }

    /// How many job slots a unit takes.
    pub(super) fn weight(&self, unit: UnitRef) -> usize {
        self.lines[self.line_of(unit).0].claim.weight
    }

    /// Whether a unit changes its tree.
    pub(super) fn writes(&self, unit: UnitRef) -> bool {
        self.lines[self.line_of(unit).0].claim.writes
    }

    /// Gives back what a unit needed.
    pub(super) fn end(&mut self, unit: UnitRef) {
        let (index, _) = self.line_of(unit);
        self.pools.give_back(&self.lines[index].claim);
    }

    /// Sends away who waits, but for some.
    pub(super) fn retain(&mut self, keep: impl Fn(UnitRef) -> bool) {
        self.lines.iter_mut().for_each(|line| line.waiting.retain(|(_, unit)| keep(*unit)));
    }
}
