//! What sentences and entries of lists say of the order of stages.
//!
//! Must not know in which section they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::outline::Inline;
use crate::source::Span;

use super::inline;
use super::model::{Parallel, Reference, Relation, RelationSource};
use super::order::Reader;
use super::phrases::{Signs, mentions_first};
use super::stage_names::Mention;

impl Reader<'_> {
    /// `- Stage 2: Stage 1, Stage 0`, `- **Stage 2**: none`: what an entry of a list of dependencies says.
    pub(super) fn entry(&mut self, run: &[Inline<'_>]) -> bool {
        let Some(found) = inline::label(run) else { return false };
        let mentions = self.names.mentions(&found.label);
        let [(_, name, stages)] = mentions.as_slice() else { return false };
        let [stage] = stages.as_slice() else { return false };
        let text = inline::markdown(&found.rest);
        let rest = text.to_lowercase();
        let signs = Signs::of(&rest);
        let own = Reference { name: (*name).to_owned(), span: found.span, stage: Some(*stage), unit: None };
        let mut needs = self.references(&found.rest);
        // What a stage is said to be independent of is nothing that it needs.
        if let Some(cut) = rest.find("independent of") {
            let before = self.names.mentions(text.get(..cut).unwrap_or(&text));
            let before: BTreeSet<&str> = before.iter().map(|(_, name, _)| *name).collect();
            needs.retain(|need| before.contains(need.name.as_str()));
        }
        if rest.starts_with("none")
            || rest.starts_with("no depend")
            || rest.contains("no dependencies")
            || rest.contains("independent") && needs.is_empty()
        {
            self.say(own, Vec::new(), RelationSource::Prose);
            return true;
        }
        let leads = rest.starts_with(char::is_alphabetic) && mentions_first(&rest, self.names);
        let depends =
            ["depends on", "after", "requires", "needs", "blocked by"].iter().any(|verb| rest.starts_with(verb));
        if needs.is_empty() && depends && signs.all_before() {
            return self.after_all_earlier(own, self.first_of(*stage), found.span, RelationSource::Prose);
        }
        if needs.is_empty() || !(depends || leads && !signs.any_verb()) {
            return false;
        }
        self.say(own, needs, RelationSource::Prose);
        true
    }

    pub(super) fn sentence(&mut self, run: &[Inline<'_>]) {
        let text = inline::markdown(run);
        let signs = Signs::of(&text);
        let mentions = self.names.mentions(&text);
        let known: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        let span = inline::span(run);
        if known.is_empty() {
            if signs.declares_sequence() {
                self.said.in_a_row.get_or_insert(span);
            }
            return;
        }
        if signs.negated() {
            return;
        }
        if let [stage] = known.as_slice() {
            let stage = *stage;
            if signs.foundation() {
                self.foundation(Some(stage), span);
                return;
            }
            if signs.last_of_all() {
                let needs = self.all_others(stage, span);
                self.say(self.reference(stage, span), needs, RelationSource::Prose);
                return;
            }
        }
        if known.len() > 1 && signs.declares_sequence() {
            for pair in known.windows(2) {
                let needs = vec![self.reference(pair[0], span)];
                self.say(self.reference(pair[1], span), needs, RelationSource::Prose);
            }
            return;
        }
        let stages_of = |inside: &dyn Fn(&Range<usize>) -> bool| -> Vec<usize> {
            let inside = mentions.iter().filter(|(place, _, _)| inside(place));
            inside.flat_map(|(_, _, stages)| stages.iter().copied()).collect()
        };
        // `Once Stage 1 is done, Stages 2 and 3 can start.`
        if let Some(comma) = text.find(',').filter(|_| signs.conditional()) {
            let needed = stages_of(&|place| place.end <= comma);
            let waiting = stages_of(&|place| place.start > comma);
            if !needed.is_empty() && !waiting.is_empty() {
                let needs: Vec<Reference> = needed.into_iter().map(|need| self.reference(need, span)).collect();
                self.all_wait(&waiting, &needs, span, signs.hedged());
                return;
            }
        }
        if signs.parallel() {
            self.side_by_side(&text, &mentions, span);
            return;
        }
        for (start, end, reversed) in signs.verbs() {
            let left = 0..mentions.partition_point(|(place, _, _)| place.end <= start);
            let right = mentions.partition_point(|(place, _, _)| place.start < end)..mentions.len();
            if right.is_empty() || left.is_empty() {
                continue;
            }
            let (waiting, needed) = if reversed { (right, left) } else { (left, right) };
            let needs = self.named(&mentions[needed], run);
            let waiting: Vec<usize> = mentions[waiting].iter().flat_map(|(_, _, stages)| stages.clone()).collect();
            self.all_wait(&waiting, &needs, span, signs.hedged());
            return;
        }
    }

    /// `Stages 1 and 2 can run in parallel, and so can Stages 3 and 4 after Stage 2`.
    fn side_by_side(&mut self, text: &str, mentions: &[Mention<'_>], span: Span) {
        let lower = text.to_lowercase();
        let cut = [" after ", " once ", " when "].iter().filter_map(|word| lower.find(word)).min();
        let before = mentions.iter().filter(|(place, _, _)| place.start < cut.unwrap_or(text.len()));
        let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
        let mut end = 0;
        for (place, _, stages) in before {
            let between = lower.get(end..place.start).unwrap_or_default();
            // What could already be done side by side is told, and now it is told of others.
            let anew = ["can ", "may ", "parallel"].iter().any(|sign| between.contains(sign))
                && ![" with ", " to ", " of ", "alongside"].iter().any(|sign| between.contains(sign));
            match groups.last_mut() {
                Some(group) if !anew || group.len() < 2 => group.extend(stages),
                _ => groups.push(stages.clone()),
            }
            end = place.end;
        }
        for group in groups.into_iter().filter(|group| group.len() > 1) {
            if self.left >= group.len() {
                self.left -= group.len();
                let units = group.into_iter().map(|stage| vec![stage]).collect();
                self.said.parallel.push(Parallel { units, span: Some(span) });
            }
        }
    }

    /// Each of some stages waits for all that are needed.
    fn all_wait(&mut self, waiting: &[usize], needs: &[Reference], place: Span, soft: bool) {
        for &stage in waiting {
            if self.left <= needs.len() {
                return;
            }
            let needs: Vec<Reference> = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            if !needs.is_empty() {
                let (stage, source) = (self.reference(stage, place), RelationSource::Prose);
                self.keep(Relation { stage, needs, place, all_before: None, soft, source });
            }
        }
    }

    /// References to mentioned stages, and to names of this plan's kind that no stage has, these with their own places.
    fn named(&self, mentions: &[Mention<'_>], run: &[Inline<'_>]) -> Vec<Reference> {
        let span = inline::span(run);
        let mut places: Option<BTreeMap<String, Span>> = None;
        let mut needs = Vec::new();
        for (_, name, stages) in mentions {
            let reference =
                |stage: Option<usize>, span| Reference { name: (*name).to_owned(), span, stage, unit: None };
            needs.extend(stages.iter().map(|&stage| reference(Some(stage), span)));
            if stages.is_empty() && self.is_ours(name) {
                let places = places.get_or_insert_with(|| {
                    // Of several places of a name the first is kept.
                    self.references(run).into_iter().rev().map(|found| (found.name, found.span)).collect()
                });
                let span = places.get(*name).copied().unwrap_or(span);
                needs.push(reference(None, span));
            }
        }
        needs
    }
}
