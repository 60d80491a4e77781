//! Places of a plan that contradict each other about the order of its stages.
//!
//! The stronger one holds, and both are told. What is said of all stages, or of a unit around a stage, is no
//! contradiction to what is said of a stage in particular: that is an exception. Nor is it one to name fewer stages than
//! another place does, as long as the others come first all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Need, NeedSource};
use super::needs::{Chosen, Rank, others};
use super::resolve::id;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::codes::{self, Claim, Claimed};
use crate::dialect::{Reading, Reference, Relation};
use crate::source::{Source, Span};

/// How many circles are broken; a plan with more of them is left to be told as one.
const CIRCLES: usize = 16;
/// How many steps are made along needs for each stage, and for a plan however few stages it has, to find contradictions.
const STEPS: (usize, usize) = (64, 1_000_000);

/// Finds contradictions and tells them.
pub(super) struct Contradictions<'a> {
    source: &'a Arc<Source>,
    reading: &'a Reading,
    /// What kind of place was followed for each stage.
    ranks: &'a [Rank],
    diagnostics: &'a mut Diagnostics,
    /// The pairs of places that were told.
    told: BTreeSet<(Span, Span)>,
    /// The steps that are left.
    left: usize,
}

/// Stages that can be reached along needs, found again and again without clearing anything.
struct Reached {
    /// For each stage the search that reached it last.
    by: Vec<usize>,
    search: usize,
}

impl<'a> Contradictions<'a> {
    pub(super) fn new(
        source: &'a Arc<Source>,
        reading: &'a Reading,
        ranks: &'a [Rank],
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let left = STEPS.1 + STEPS.0 * reading.stages.len();
        Self { source, reading, ranks, diagnostics, told: BTreeSet::new(), left }
    }

    /// Takes out of each circle the one need that comes from a weaker place than all others, if there is one.
    pub(super) fn break_circles(&mut self, chosen: &mut [Chosen], sequence: &[usize]) {
        let mut place = vec![usize::MAX; chosen.len()];
        sequence.iter().enumerate().for_each(|(at, &stage)| place[stage] = at);
        if (0..chosen.len()).all(|stage| others(chosen, stage).all(|need| place[need] < place[stage])) {
            return;
        }
        for _ in 0..CIRCLES {
            let broken = self.circle(chosen).is_some_and(|circle| self.break_circle(&circle, chosen));
            if !broken {
                return;
            }
        }
    }

    /// Stages each of which needs the next, and the last one the first.
    fn circle(&self, chosen: &[Chosen]) -> Option<Vec<usize>> {
        let stages = &self.reading.stages;
        let edges = |stage: usize| -> Vec<usize> {
            let inner = stages[stage].inner.iter().copied().filter(|&inner| !stages[inner].last);
            others(chosen, stage).chain(inner).collect()
        };
        let mut open = vec![false; stages.len()];
        let mut done = vec![false; stages.len()];
        for start in 0..stages.len() {
            if done[start] {
                continue;
            }
            let mut path = vec![(start, edges(start))];
            open[start] = true;
            while let Some((stage, left)) = path.last_mut() {
                let stage = *stage;
                match left.pop() {
                    Some(next) if open[next] => {
                        let from = path.iter().position(|(stage, _)| *stage == next)?;
                        return Some(path[from..].iter().map(|(stage, _)| *stage).collect());
                    }
                    Some(next) if !done[next] => {
                        open[next] = true;
                        path.push((next, edges(next)));
                    }
                    Some(_) => {}
                    None => {
                        open[stage] = false;
                        done[stage] = true;
                        path.pop();
                    }
                }
            }
        }
        None
    }

    fn break_circle(&mut self, circle: &[usize], chosen: &mut [Chosen]) -> bool {
        let next = |at: usize| circle[(at + 1) % circle.len()];
        // That a stage comes after what stands inside it is no statement of the plan.
        let said = |at: &usize| !self.reading.stages[circle[*at]].inner.contains(&next(*at));
        let mut edges: Vec<usize> = (0..circle.len()).filter(said).collect();
        edges.sort_by_key(|&at| self.ranks[circle[at]]);
        let rank = |at: usize| self.ranks[circle[at]];
        let [strong, .., almost, weak] = *edges.as_slice() else {
            let [strong, weak] = *edges.as_slice() else { return false };
            return rank(strong) < rank(weak) && self.take_out((strong, weak), circle, chosen);
        };
        rank(almost) < rank(weak) && self.take_out((strong, weak), circle, chosen)
    }

    /// Takes the weak need out of a circle.
    fn take_out(&mut self, (strong, weak): (usize, usize), circle: &[usize], chosen: &mut [Chosen]) -> bool {
        let edge = |at: usize| (circle[at], circle[(at + 1) % circle.len()]);
        let claim = |at: usize, chosen: &[Chosen]| {
            let (stage, need) = edge(at);
            let needs = chosen[stage].iter().flat_map(|(needs, _)| needs);
            let span = needs.filter(|found| found.stage == id(need)).find_map(|need| need.span);
            span.map(|span| self.claim(span, Claimed::Needs, stage, &[need]))
        };
        let rank = self.ranks[edge(weak).0];
        if rank == Rank::Default {
            return false;
        }
        let claims = claim(weak, chosen).zip(claim(strong, chosen));
        let (stage, need) = edge(weak);
        if let Some((needs, source)) = &mut chosen[stage] {
            needs.retain(|found| found.stage != id(need));
            if needs.is_empty() {
                *source = NeedSource::None;
            }
        }
        if let Some((weak, strong)) = claims.filter(|_| rank != Rank::Whole) {
            self.push(&weak, &strong);
        }
        true
    }

    /// Tells what was said and is not followed. `needs` are those that are.
    pub(super) fn tell(&mut self, needs: &[(Vec<Need>, NeedSource)]) {
        let reading = self.reading;
        let mut winners: Vec<Option<&Relation>> = vec![None; needs.len()];
        let stated = || {
            let relations = reading.relations.iter();
            relations.filter_map(|said| Some((said.stage.stage.filter(|&stage| stage < needs.len())?, said)))
        };
        for (stage, relation) in stated() {
            if Rank::of(relation.source) == self.ranks[stage] {
                match winners[stage] {
                    Some(winner) => self.tell_equals(stage, winner, relation),
                    None => winners[stage] = Some(relation),
                }
            }
        }
        let mut reached = Reached { by: vec![usize::MAX; needs.len()], search: 0 };
        for (stage, relation) in stated() {
            if let Some(winner) = winners[stage]
                && (Rank::Own..Rank::of(relation.source)).contains(&self.ranks[stage])
                && Rank::of(relation.source) < Rank::Whole
            {
                self.tell_weaker(stage, winner, relation, needs, &mut reached);
            }
        }
        for group in &reading.parallel {
            if let Some(span) = group.span {
                self.tell_beside(&group.units, span, needs, &mut reached);
            }
        }
    }

    /// Two places of the same authority of which one says that a stage needs nothing.
    fn tell_equals(&mut self, stage: usize, one: &Relation, other: &Relation) {
        let (none, some) = if one.needs.is_empty() { (one, other) } else { (other, one) };
        if says_nothing(none) && !some.needs.is_empty() && one.stage.unit == other.stage.unit {
            let weak = self.claim(none.place, Claimed::Needs, stage, &[]);
            let strong = self.claim(some.place, Claimed::Needs, stage, &known(some));
            self.push(&weak, &strong);
        }
    }

    fn tell_weaker(
        &mut self,
        stage: usize,
        winner: &Relation,
        loser: &Relation,
        needs: &[(Vec<Need>, NeedSource)],
        reached: &mut Reached,
    ) {
        if loser.soft || loser.all_before.is_some() || winner.stage.unit != loser.stage.unit {
            return;
        }
        let followed = known(winner);
        if loser.needs.is_empty() {
            if !followed.is_empty() {
                let weak = self.claim(loser.place, Claimed::Needs, stage, &[]);
                let strong = self.claim(winner.place, Claimed::Needs, stage, &followed);
                self.push(&weak, &strong);
            }
            return;
        }
        if winner.all_before.is_some() || !self.reach(stage, needs, reached) {
            return;
        }
        let comes_first = |need: usize| {
            let inner = self.reading.stages[need].inner.iter();
            need == stage || std::iter::once(&need).chain(inner).any(|&need| reached.by[need] == reached.search)
        };
        // Of a unit that was named it is enough that something in it comes first.
        let units: BTreeSet<usize> = loser
            .needs
            .iter()
            .filter(|need| need.stage.is_some_and(comes_first))
            .filter_map(|need| need.unit)
            .collect();
        let lost = |need: &&Reference| {
            need.stage.is_some_and(|need| !comes_first(need)) && need.unit.is_none_or(|unit| !units.contains(&unit))
        };
        let lost: Vec<&Reference> = loser.needs.iter().filter(lost).collect();
        let Some(first) = lost.first() else { return };
        let names: Vec<usize> = lost.iter().filter_map(|need| need.stage).collect();
        let weak = self.claim(first.span, Claimed::Needs, stage, &names);
        let claimed = if followed.is_empty() { Claimed::Needs } else { Claimed::NeedsOnly };
        let strong = self.claim(winner.place, claimed, stage, &followed);
        self.push(&weak, &strong);
    }

    /// Units that are said to run side by side although one of them needs another.
    fn tell_beside(
        &mut self,
        units: &[Vec<usize>],
        span: Span,
        needs: &[(Vec<Need>, NeedSource)],
        reached: &mut Reached,
    ) {
        let unit_of: BTreeMap<usize, usize> =
            units.iter().enumerate().flat_map(|(at, unit)| unit.iter().map(move |&stage| (stage, at))).collect();
        for (&stage, unit) in &unit_of {
            let stated = (Rank::Own..Rank::Whole).contains(&self.ranks[stage]);
            for said in needs[stage].0.iter().filter(|_| stated) {
                let (Some(place), mut todo) = (said.span, vec![said.stage.0 as usize]) else { continue };
                reached.search += 1;
                while let Some(need) = todo.pop() {
                    let Some(left) = self.left.checked_sub(1) else { return };
                    self.left = left;
                    if std::mem::replace(&mut reached.by[need], reached.search) == reached.search {
                        continue;
                    }
                    if unit_of.get(&need).is_some_and(|other| other != unit) {
                        let weak = self.claim(span, Claimed::Beside, stage, &[need]);
                        let first = said.stage.0 as usize;
                        let way = if first == need { vec![need] } else { vec![first, need] };
                        let claimed = if first == need { Claimed::Needs } else { Claimed::NeedsThrough };
                        let strong = self.claim(place, claimed, stage, &way);
                        return self.push(&weak, &strong);
                    }
                    if self.ranks[need] < Rank::Whole {
                        let further = needs[need].0.iter().filter(|further| further.span.is_some());
                        todo.extend(further.map(|further| further.stage.0 as usize));
                    }
                }
            }
        }
    }

    /// Marks all that comes before a stage; `false` when there are no steps left.
    fn reach(&mut self, stage: usize, needs: &[(Vec<Need>, NeedSource)], reached: &mut Reached) -> bool {
        reached.search += 1;
        let mut todo = vec![stage];
        while let Some(stage) = todo.pop() {
            let Some(left) = self.left.checked_sub(1 + needs[stage].0.len()) else { return false };
            self.left = left;
            for need in needs[stage].0.iter().map(|need| need.stage.0 as usize) {
                if std::mem::replace(&mut reached.by[need], reached.search) != reached.search {
                    todo.push(need);
                }
            }
        }
        true
    }

    fn claim(&self, span: Span, claimed: Claimed, stage: usize, others: &[usize]) -> Claim {
        let label = |stage: usize| self.reading.stages[stage].label.clone();
        Claim { span, claimed, stage: label(stage), others: others.iter().map(|&other| label(other)).collect() }
    }

    fn push(&mut self, weak: &Claim, strong: &Claim) {
        if self.told.insert((weak.span, strong.span)) {
            self.diagnostics.push(codes::contradicting_order(self.source, weak, strong));
        }
    }
}

/// Whether a statement says in so many words that a stage needs nothing.
fn says_nothing(relation: &Relation) -> bool {
    relation.needs.is_empty() && relation.all_before.is_none() && !relation.soft
}

/// The stages that a statement names.
fn known(relation: &Relation) -> Vec<usize> {
    let mut known: Vec<usize> = relation.needs.iter().filter_map(|need| need.stage).collect();
    known.sort_unstable();
    known.dedup();
    known
}
