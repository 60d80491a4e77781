//! What each stage waits for.
//!
//! For each stage the strongest source wins: the configuration, comments for plan-run, the stage's own words, a diagram, other words, words
//! about all stages, and last the dialect's default order. Takes time in proportion to what was said.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contradictions::Contradictions;
use super::implied::Implied;
use super::model::{Need, NeedSource};
use super::resolve::id;
use crate::diagnostic::Diagnostics;
use crate::dialect::{Order, Reading, Reference, RelationSource};
use crate::source::{Source, Span};

/// What is written for one stage, and where it comes from.
pub(super) type Chosen = Option<(Vec<Need>, NeedSource)>;

/// How many needs that nobody wrote down are kept for each stage, and for a plan however few stages it has. What would take
/// more is put in a row.
pub(super) const IMPLIED: (usize, usize) = (64, 10_000);

/// The authority of what was chosen for a stage; a smaller one outranks a greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The configuration, which is free to say otherwise.
    Configured,
    /// A comment of the author for plan-run, which is free to say otherwise as well.
    Told,
    /// The stage itself.
    Own,
    /// A diagram.
    Diagram,
    /// Words elsewhere.
    Prose,
    /// Words about all stages.
    Whole,
    /// The dialect's order.
    Default,
}

impl Rank {
    pub(super) fn of(source: RelationSource) -> Self {
        match source {
            RelationSource::Told => Self::Told,
            RelationSource::Own => Self::Own,
            RelationSource::Diagram => Self::Diagram,
            RelationSource::Prose => Self::Prose,
            RelationSource::Whole => Self::Whole,
        }
    }
}

/// What each stage of a reading waits for. `configured` is what the configuration says.
pub(super) fn of(
    source: &Arc<Source>,
    reading: &Reading,
    configured: Vec<Chosen>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Vec<Need>, NeedSource)> {
    Needs { source, reading }.all(configured, diagnostics)
}

struct Needs<'a> {
    source: &'a Arc<Source>,
    reading: &'a Reading,
}

impl Needs<'_> {
    fn all(&self, mut chosen: Vec<Chosen>, diagnostics: &mut Diagnostics) -> Vec<(Vec<Need>, NeedSource)> {
        let mut ranks = vec![Rank::Default; chosen.len()];
        let late = self.declared(&mut chosen, &mut ranks);
        let sequence = self.sequence();
        self.defaults(&mut chosen, &ranks, &sequence);
        self.after_all_before(&mut chosen, &late);
        let mut contradictions = Contradictions::new(self.source, self.reading, &ranks, diagnostics);
        contradictions.break_circles(&mut chosen, &sequence);
        self.outer_after_inner(&mut chosen);
        self.last_after_work(&mut chosen);
        let needs: Vec<(Vec<Need>, NeedSource)> = chosen
            .into_iter()
            .map(|slot| {
                let (mut needs, source) = slot.unwrap_or((Vec::new(), NeedSource::None));
                needs.sort_by_key(|need| need.stage);
                needs.dedup_by_key(|need| need.stage);
                let source = if needs.is_empty() && source == NeedSource::Default { NeedSource::None } else { source };
                (needs, source)
            })
            .collect();
        contradictions.tell(&needs);
        needs
    }

    /// For each stage of which nothing was said yet what the strongest kind of place in the plan says of it. Gives
    /// the stages that wait for all stages before an index, by that index.
    fn declared(&self, chosen: &mut [Chosen], ranks: &mut [Rank]) -> BTreeMap<usize, Vec<(usize, Span)>> {
        for (rank, _) in ranks.iter_mut().zip(chosen.iter()).filter(|(_, chosen)| chosen.is_some()) {
            *rank = Rank::Configured;
        }
        let count = chosen.len();
        let said = || {
            let relations = self.reading.relations.iter();
            relations.filter_map(|said| Some((said.stage.stage.filter(|&stage| stage < count)?, said)))
        };
        for (stage, relation) in said() {
            ranks[stage] = ranks[stage].min(Rank::of(relation.source));
        }
        let mut late: BTreeMap<usize, Vec<(usize, Span)>> = BTreeMap::new();
        for (stage, relation) in said().filter(|(stage, said)| ranks[*stage] == Rank::of(said.source)) {
            let (needs, source) = chosen[stage].get_or_insert((Vec::new(), NeedSource::None));
            let named = relation.needs.iter().filter_map(|need: &Reference| Some((need.stage?, need.span)));
            // Only a stage itself can say that it waits for itself, which is a mistake to be shown.
            let named = named.filter(|&(need, _)| need != stage || relation.source <= RelationSource::Own);
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

    /// What each stage of work waits for if nothing is said of it but of all.
    fn defaults(&self, chosen: &mut [Chosen], ranks: &[Rank], sequence: &[usize]) {
        let (stages, row) = (&self.reading.stages, self.reading.in_a_row);
        let order = if row.is_some() { Order::Sequence } else { self.reading.order };
        let implied = match order {
            Order::Independent => vec![Vec::new(); stages.len()],
            Order::Groups | Order::Sequence => Implied::new(self.reading, order, sequence).all(chosen),
        };
        for (stage, implied) in implied.into_iter().enumerate().filter(|(stage, _)| !stages[*stage].last) {
            let implied = implied.into_iter().map(|need| Need { stage: id(need), span: row });
            match &mut chosen[stage] {
                slot @ None => {
                    let source = if row.is_some() { NeedSource::Declared } else { NeedSource::Default };
                    let needs: Vec<Need> = implied.collect();
                    let source = if needs.is_empty() && row.is_some() { NeedSource::None } else { source };
                    *slot = Some((needs, source));
                }
                // Two statements about all stages hold both.
                Some((needs, _)) if row.is_some() && ranks[stage] == Rank::Whole => needs.extend(implied),
                Some(_) => {}
            }
        }
    }

    /// The stages of work in the order of their ends: what stands inside a stage comes before it.
    fn sequence(&self) -> Vec<usize> {
        let stages = &self.reading.stages;
        let work = (0..stages.len()).filter(|&stage| !stages[stage].last);
        let mut order: Vec<(usize, Reverse<usize>)> = work
            .map(|stage| {
                let inner = stages[stage].inner.iter().copied().filter(|&inner| !stages[inner].last);
                (inner.max().unwrap_or(stage).max(stage), Reverse(stage))
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, Reverse(stage))| stage).collect()
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
pub(super) fn others(chosen: &[Chosen], stage: usize) -> impl Iterator<Item = usize> {
    let needs = chosen[stage].iter().flat_map(|(needs, _)| needs);
    needs.map(|need| need.stage.0 as usize).filter(move |&need| need != stage)
}
