//! Units that hold other units, such as phases with tasks, where the order of stages is told.
//!
//! Text may name a phase where the graph has only its tasks. References to such units carry an index past the last
//! stage until they are replaced here.

use std::collections::BTreeSet;

use super::model::{Order, Parallel, Reference, Relation};
use super::order::Said;
use super::structure::{Draft, Holder, Structure};
use super::tasks;

/// Headings that only extend the number of the unit around them, in a document in which the units have checks and no
/// such heading has any: they spell out the work of their unit, and are no stages.
pub(super) fn details(drafts: &[Draft<'_>]) -> BTreeSet<usize> {
    let mut details = BTreeSet::new();
    for outer in drafts.iter().filter(|draft| !draft.listed && !draft.unit.number.is_empty()) {
        let extends = |inner: &Draft<'_>| {
            let number = inner.unit.number.as_str();
            let lettered = |rest: &str| rest.len() == 1 && rest.starts_with(|next: char| next.is_ascii_alphabetic());
            let further = tasks::extends(number, &outer.unit.number)
                || number.strip_prefix(outer.unit.number.as_str()).is_some_and(lettered);
            inner.unit.word.is_empty() && !inner.listed && further
        };
        details.extend(outer.inner.iter().copied().filter(|&inner| extends(&drafts[inner])));
    }
    let plain = |&index: &usize| {
        let draft = &drafts[index];
        draft.inner.is_empty() && draft.found.checks.is_empty() && draft.found.needs.is_empty()
    };
    let proven = |(index, draft): (usize, &Draft<'_>)| {
        !draft.last && !draft.found.checks.is_empty() && !details.contains(&index)
    };
    if details.iter().all(plain) && drafts.iter().enumerate().any(proven) { details } else { BTreeSet::new() }
}

/// Runs of tasks that carry a mark such as `[P]`, each in one unit around them.
pub(super) fn marked_parallel(structure: &Structure<'_>) -> Vec<Parallel> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut around: Vec<Option<usize>> = vec![None; structure.drafts.len()];
    for (at, holder) in structure.holders.iter().enumerate() {
        holder.members.iter().for_each(|&member| around[member] = Some(at));
    }
    for (index, draft) in structure.drafts.iter().enumerate() {
        if !tasks::is_parallel(&draft.title) {
            continue;
        }
        match groups.last_mut() {
            Some(group) if group.last() == Some(&(index.wrapping_sub(1))) && around[index] == around[index - 1] => {
                group.push(index);
            }
            _ => groups.push(vec![index]),
        }
    }
    let groups = groups.into_iter().filter(|group| group.len() > 1);
    groups.map(|group| Parallel { units: group.into_iter().map(|stage| vec![stage]).collect(), span: None }).collect()
}

/// Puts stages in the place of the units that hold them: a unit begins with its first stages and ends with itself, or
/// with all of them.
pub(super) fn expand(said: &mut Said, structure: &Structure<'_>, order: Order) {
    Expansion { structure, order }.expand(said);
}

/// When the stages of one unit wait for those of another, this many pairs are kept one by one.
const PAIRS: usize = 10_000;

struct Expansion<'s, 'o> {
    structure: &'s Structure<'o>,
    order: Order,
}

impl Expansion<'_, '_> {
    fn expand(&self, said: &mut Said) {
        let relations = std::mem::take(&mut said.relations);
        for relation in relations {
            let inner = |reference: &Reference| reference.stage.is_some_and(|stage| self.holder(stage).is_some());
            if !inner(&relation.stage)
                && !relation.needs.iter().any(|need| inner(need) || need.stage == relation.stage.stage)
            {
                said.relations.push(relation);
                continue;
            }
            let Relation { stage, needs, .. } = &relation;
            let needs: Vec<Reference> =
                needs.iter().flat_map(|need| self.each(need, |stage| self.ends(stage))).collect();
            let stages = self.each(stage, |stage| self.entries(stage));
            let many = stages.len() * needs.len() > PAIRS;
            let first = stages.first().cloned();
            for stage in stages {
                let others = |need: &&Reference| need.stage.is_none() || need.stage != stage.stage;
                // Of too many pairs only those of the first stage are kept, and the others wait for it.
                let needs = match &first {
                    Some(first) if many && stage != *first => vec![Reference { span: stage.span, ..first.clone() }],
                    _ => needs.iter().filter(others).cloned().collect(),
                };
                said.relations.push(Relation { stage, needs, ..relation });
            }
        }
        // Units that are said to run side by side over and over again are not kept without measure.
        let mut left = PAIRS + 4 * self.structure.drafts.len();
        for group in &mut said.parallel {
            let units = group
                .units
                .iter()
                .map(|unit| -> Vec<usize> { unit.iter().flat_map(|&stage| self.all(stage)).collect() });
            let units: Vec<Vec<usize>> = units.filter(|unit| !unit.is_empty()).collect();
            let count: usize = units.iter().map(Vec::len).sum();
            group.units = if count <= left { units } else { Vec::new() };
            left = left.saturating_sub(count);
        }
        said.parallel.retain(|group| group.units.len() > 1);
    }

    fn each(&self, reference: &Reference, stages: impl Fn(usize) -> Vec<usize>) -> Vec<Reference> {
        match reference.stage {
            None => vec![reference.clone()],
            Some(stage) => {
                let unit = self.holder(stage).map(|_| stage);
                let of_unit = |stage| Reference { stage: Some(stage), unit, ..reference.clone() };
                stages(stage).into_iter().map(of_unit).collect()
            }
        }
    }

    /// The stages whose end is the end of a unit.
    fn ends(&self, stage: usize) -> Vec<usize> {
        match self.holder(stage) {
            None => vec![stage],
            Some(holder) => holder.stage.map_or_else(|| holder.members.clone(), |own| vec![own]),
        }
    }

    /// All stages of work in a unit.
    fn all(&self, stage: usize) -> Vec<usize> {
        let Some(holder) = self.holder(stage) else { return vec![stage] };
        let members = holder.members.iter().copied().chain(holder.stage);
        members.filter(|&member| !self.structure.drafts[member].last).collect()
    }

    /// The stages with which a unit begins.
    fn entries(&self, stage: usize) -> Vec<usize> {
        let Some(holder) = self.holder(stage) else { return vec![stage] };
        let members: Vec<usize> =
            holder.members.iter().copied().filter(|&member| !self.structure.drafts[member].last).collect();
        if self.order == Order::Independent {
            return members;
        }
        let marked = |member: &usize| tasks::is_parallel(&self.structure.drafts[*member].title);
        let lead = members.iter().take_while(|member| marked(member)).count();
        members.into_iter().take(lead.max(1)).collect()
    }

    fn holder(&self, stage: usize) -> Option<&Holder<'_>> {
        stage.checked_sub(self.structure.drafts.len()).and_then(|index| self.structure.holders.get(index))
    }
}
