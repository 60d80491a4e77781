//! The units that are ready: those that wait for their turn, and those that may take the result of another.
//!
//! Units that would run the same command in the same surroundings are twins. One of them runs and the others wait for
//! it; when it has passed, they need not run, as long as nobody has changed their tree since. When it has not, each
//! runs by itself: a failure is nobody's but its own.

use std::collections::BTreeSet;

use super::queue::Queue;
use super::state::UnitRef;

#[derive(Debug)]
pub(super) struct Ready {
    queue: Queue,
    /// For each unit of each plan its group of twins, if it has any.
    group_of: Vec<Vec<Option<usize>>>,
    groups: Vec<Group>,
    /// How often each working tree was changed so far.
    changed: Vec<u64>,
    /// Those that may take the result of a twin.
    shareable: BTreeSet<UnitRef>,
}

#[derive(Debug)]
struct Group {
    state: State,
    /// Those that are ready and neither run nor ran.
    waiting: BTreeSet<UnitRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// None of them runs, and none has passed that still counts.
    Idle,
    /// One runs, for which the others wait.
    Awaited(UnitRef),
    /// One did not pass, so that the others wait for nobody, and nobody takes a result.
    Loose,
    /// One has passed, after so many changes of their tree.
    Passed(UnitRef, u64),
}

impl Ready {
    /// `group_of` gives each unit of each plan the number of its group of twins, if it has any.
    pub(super) fn new(queue: Queue, group_of: Vec<Vec<Option<usize>>>) -> Self {
        let count = group_of.iter().flatten().flatten().max().map_or(0, |last| last + 1);
        let groups = (0..count).map(|_| Group { state: State::Idle, waiting: BTreeSet::new() }).collect();
        let changed = vec![0; queue.trees()];
        Self { queue, group_of, groups, changed, shareable: BTreeSet::new() }
    }

    /// How many job slots a unit takes.
    pub(super) fn weight(&self, unit: UnitRef) -> usize {
        self.queue.weight(unit)
    }

    /// Whether there may be others that take its result.
    pub(super) fn has_twins(&self, unit: UnitRef) -> bool {
        self.group(unit).is_some()
    }

    fn group(&self, unit: UnitRef) -> Option<usize> {
        *self.group_of.get(unit.plan as usize)?.get(unit.unit as usize)?
    }

    /// Whether a group's result still counts for a unit of it.
    fn counts(&self, group: usize, unit: UnitRef) -> Option<UnitRef> {
        match self.groups[group].state {
            State::Passed(twin, changes) if changes == self.changed[self.queue.tree(unit)] => Some(twin),
            State::Idle | State::Awaited(_) | State::Loose | State::Passed(..) => None,
        }
    }

    /// Lets a unit wait for its turn, or for its twin.
    pub(super) fn push(&mut self, unit: UnitRef) {
        let Some(group) = self.group(unit) else { return self.queue.push(unit) };
        self.groups[group].waiting.insert(unit);
        if self.counts(group, unit).is_some() {
            self.shareable.insert(unit);
        } else if !matches!(self.groups[group].state, State::Awaited(_)) {
            self.queue.push(unit);
        }
    }

    /// Who may start now, if anyone may.
    pub(super) fn next(&self) -> Option<UnitRef> {
        self.queue.next()
    }

    /// Who may take a result, and whose; the first in document order.
    pub(super) fn shareable(&mut self) -> Option<(UnitRef, UnitRef)> {
        loop {
            let unit = *self.shareable.first()?;
            let group = self.group(unit)?;
            if let Some(twin) = self.counts(group, unit) {
                return Some((unit, twin));
            }
            // Their tree was changed meanwhile.
            self.shareable.remove(&unit);
            self.push(unit);
        }
    }

    /// Takes a unit out, which takes a result.
    pub(super) fn share(&mut self, unit: UnitRef) {
        self.shareable.remove(&unit);
        if let Some(group) = self.group(unit) {
            self.groups[group].waiting.remove(&unit);
        }
    }

    /// Lets a unit run by itself: the result of its twin does not do for it.
    pub(super) fn refuse(&mut self, unit: UnitRef) {
        self.share(unit);
        self.group_of[unit.plan as usize][unit.unit as usize] = None;
        self.queue.push(unit);
    }

    /// Takes what a unit needs. Says whether it could start at all.
    pub(super) fn start(&mut self, unit: UnitRef) -> bool {
        if !self.queue.start(unit) {
            return false;
        }
        if self.queue.writes(unit) {
            self.changed[self.queue.tree(unit)] += 1;
        }
        if let Some(group) = self.group(unit) {
            let group = &mut self.groups[group];
            group.waiting.remove(&unit);
            if group.state != State::Loose {
                group.state = State::Awaited(unit);
                group.waiting.iter().for_each(|&other| self.queue.remove(other));
            }
        }
        true
    }

    /// Gives back what a unit needed.
    pub(super) fn end(&mut self, unit: UnitRef, passed: bool) {
        self.queue.end(unit);
        let Some(index) = self.group(unit) else { return };
        let changes = self.changed[self.queue.tree(unit)];
        let group = &mut self.groups[index];
        if passed && group.state != State::Loose {
            group.state = State::Passed(unit, changes);
            group.waiting.iter().for_each(|&other| self.queue.remove(other));
            self.shareable.extend(&group.waiting);
        } else if !passed {
            // Also where another one has passed before: of what passes only sometimes nobody takes the result.
            group.state = State::Loose;
            for &other in &group.waiting {
                self.shareable.remove(&other);
                self.queue.push(other);
            }
        }
    }

    /// Sends away who is ready, but for some.
    pub(super) fn retain(&mut self, keep: impl Fn(UnitRef) -> bool) {
        self.queue.retain(&keep);
        self.shareable.retain(|&unit| keep(unit));
        self.groups.iter_mut().for_each(|group| group.waiting.retain(|&unit| keep(unit)));
    }
}
