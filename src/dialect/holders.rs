//! Units that hold other units, such as phases with tasks, where the order of stages is told.
//!
//! Text may name a phase where the graph has only its tasks. References to such units carry an index past the last
//! stage until they are replaced here.

use super::model::{Order, Reference, Relation};
use super::order::Said;
use super::structure::{Holder, Structure};
use super::tasks;

/// Runs of tasks that carry a mark such as `[P]`, each in one unit around them.
pub(super) fn marked_parallel(structure: &Structure<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let around = |index: usize| structure.holders.iter().rposition(|holder| holder.members.contains(&index));
    for (index, draft) in structure.drafts.iter().enumerate() {
        if !tasks::is_parallel(&draft.title) {
            continue;
        }
        match groups.last_mut() {
            Some(group) if group.last() == Some(&(index.wrapping_sub(1))) && around(index) == around(index - 1) => {
                group.push(index);
            }
            _ => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Puts stages in the place of the units that hold them: a unit begins with its first stages and ends with itself, or
/// with all of them.
pub(super) fn expand(said: &mut Said, structure: &Structure<'_>, order: Order) {
    Expansion { structure, order }.expand(said);
}

struct Expansion<'s, 'o> {
    structure: &'s Structure<'o>,
    order: Order,
}

impl Expansion<'_, '_> {
    fn expand(&self, said: &mut Said) {
        let relations = std::mem::take(&mut said.relations);
        for relation in relations {
            let needs: Vec<Reference> =
                relation.needs.iter().flat_map(|need| self.each(need, |stage| self.ends(stage))).collect();
            for stage in self.each(&relation.stage, |stage| self.entries(stage)) {
                let needs =
                    needs.iter().filter(|need| need.stage.is_none() || need.stage != stage.stage).cloned().collect();
                said.relations.push(Relation { stage, needs, source: relation.source });
            }
        }
        for group in &mut said.parallel {
            group.retain(|&stage| stage < self.structure.drafts.len());
        }
        said.parallel.retain(|group| group.len() > 1);
    }

    fn each(&self, reference: &Reference, stages: impl Fn(usize) -> Vec<usize>) -> Vec<Reference> {
        match reference.stage {
            None => vec![reference.clone()],
            Some(stage) => {
                stages(stage).into_iter().map(|stage| Reference { stage: Some(stage), ..reference.clone() }).collect()
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
