//! What each stage waits for where nothing is said of it: the one before it, but for what may run side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::needs::{Chosen, IMPLIED};
use crate::dialect::{Order, Reading};

/// What is known on the way from the first stage to the last.
pub(super) struct Implied<'a> {
    reading: &'a Reading,
    order: Order,
    /// The stages of work, each behind what stands inside it.
    sequence: &'a [usize],
    /// The place of each stage in the sequence.
    place: Vec<usize>,
    /// The groups of single stages that each stage is in, in order.
    groups: Vec<Vec<usize>>,
    /// The group of larger units that each stage is in, and its unit there.
    units: Vec<Option<(usize, usize)>>,
}

impl<'a> Implied<'a> {
    pub(super) fn new(reading: &'a Reading, order: Order, sequence: &'a [usize]) -> Self {
        let count = reading.stages.len();
        let mut place = vec![usize::MAX; count];
        sequence.iter().enumerate().for_each(|(at, &stage)| place[stage] = at);
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut units: Vec<Option<(usize, usize)>> = vec![None; count];
        for (index, group) in reading.parallel.iter().enumerate() {
            let single = group.units.iter().all(|unit| unit.len() == 1);
            let free = || group.units.iter().flatten().all(|&stage| units[stage].is_none());
            if !single && !free() {
                continue;
            }
            for (unit, &stage) in
                group.units.iter().enumerate().flat_map(|(at, unit)| unit.iter().map(move |s| (at, s)))
            {
                if !single {
                    units[stage].get_or_insert((index, unit));
                } else if groups[stage].last() != Some(&index) {
                    groups[stage].push(index);
                }
            }
        }
        Self { reading, order, sequence, place, groups, units }
    }

    /// What each stage waits for. `chosen` is what is said of stages in particular.
    pub(super) fn all(&self, chosen: &[Chosen]) -> Vec<Vec<usize>> {
        let said = |stage: usize, needs: &[Vec<usize>]| match &chosen[stage] {
            Some((declared, _)) => declared.iter().map(|need| need.stage.0 as usize).collect(),
            None => needs[stage].clone(),
        };
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); chosen.len()];
        let mut left = IMPLIED.1 + IMPLIED.0 * chosen.len();
        let mut last: BTreeMap<u32, usize> = BTreeMap::new();
        let around = |stage: usize| self.reading.around.get(stage).copied().flatten();
        // The stages so far that none of them waits for, and the unit of the last one that stands in any.
        let mut ends: BTreeSet<usize> = BTreeSet::new();
        let mut unit_before = None;
        // For each group of larger units what its first stage waits for, and the last stage of each unit so far.
        let mut open: BTreeMap<usize, (Vec<usize>, BTreeMap<usize, usize>)> = BTreeMap::new();
        for (at, &stage) in self.sequence.iter().enumerate() {
            let key = if self.order == Order::Groups { self.reading.stages[stage].group } else { 0 };
            let own = self.units[stage];
            if let Some(before) = last.insert(key, stage) {
                let other = self.units[before];
                let same_group = other.map(|(group, _)| group) == own.map(|(group, _)| group);
                let of_units = other.and_then(|(group, _)| open.get(&group));
                let opens = unit_before.is_some() && around(stage).is_some() && around(stage) != unit_before;
                let implied = match (of_units, self.groups[before].first()) {
                    (Some((first, _)), _) if same_group && other != own => first.clone(),
                    (Some((_, ends)), _) if !same_group => {
                        ends.values().flat_map(|&end| self.behind(end, at)).collect()
                    }
                    (_, Some(group)) if self.groups[stage].binary_search(group).is_ok() => said(before, &needs),
                    _ if opens => ends.iter().copied().collect(),
                    _ => self.behind(before, at),
                };
                needs[stage] = if implied.len() <= left { implied } else { vec![before] };
                left = left.saturating_sub(needs[stage].len());
            }
            for need in said(stage, &needs) {
                ends.remove(&need);
            }
            ends.insert(stage);
            unit_before = around(stage).or(unit_before);
            if let Some((group, unit)) = own {
                let (_, ends) = open.entry(group).or_insert_with(|| (said(stage, &needs), BTreeMap::new()));
                ends.insert(unit, stage);
            }
        }
        needs
    }

    /// What comes first for a stage behind another one: it, with those that run beside it.
    fn behind(&self, stage: usize, at: usize) -> Vec<usize> {
        match self.groups[stage].first() {
            Some(&group) => {
                let members = self.reading.parallel[group].units.iter().flatten().copied();
                members.filter(|&member| self.place[member] < at).collect()
            }
            None => vec![stage],
        }
    }
}
