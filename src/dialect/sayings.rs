//! What sentences and entries of lists say of the order of stages.
//!
//! Must not know in which section they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::outline::{Inline, Text};
use crate::source::Span;
use crate::text::starts_with;

use super::inline;
use super::model::{Parallel, Reference, Relation, RelationSource};
use super::names::Names as _;
use super::order::Reader;
use super::phrases::{Signs, clauses, has_arrow, mentions_first};
use super::stage_names::Mention;

/// What an entry begins with whose stage waits for what follows.
const DEPENDS: &[&str] = &[
    "depends on", "depend on", "all depend on", "after", "requires", "needs", "blocked by", "can start after",
    "can begin after", "starts after", "start after", "begins after",
];
/// Where what is needed is over.
const CLAUSE_ENDS: &[&str] = &[" - ", " – ", " — ", ". ", "; "];
/// Where a title is over.
const TITLE_ENDS: &[&str] = &["(", "[", ". ", "; "];
/// Words behind a title that only say that its work has to be over.
const DONE: &[&str] =
    &["completion", "complete", "completed", "done", "finished", "being", "is", "phase", "stage", "work"];

/// Whether all that is behind a name stands in brackets: `Phase 3 (T006–T008)` names the phase by its tasks as well.
fn in_brackets(label: &str, end: usize) -> bool {
    let rest = label[end..].trim_matches([' ', '*', '_', ':']);
    rest.starts_with('(') && rest.find(')') == Some(rest.len() - 1)
}

/// A text before the first of several signs.
fn until<'t>(text: &'t str, signs: &[&str]) -> &'t str {
    let end = signs.iter().filter_map(|sign| text.find(sign)).min();
    &text[..end.unwrap_or(text.len())]
}

impl Reader<'_> {
    /// `- Stage 2: Stage 1, Stage 0`, `- **Stage 2**: none`: what an entry of a list of dependencies says.
    pub(super) fn entry(&mut self, run: &[Inline<'_>]) -> bool {
        let Some(found) = inline::label(run) else { return false };
        let mentions = self.names.mentions(&found.label);
        let (name, stages) = match mentions.as_slice() {
            // `US2 (Phase 4)`: two names of one stage.
            [(place, name, stages), rest @ ..]
                if !stages.is_empty()
                    && (rest.iter().all(|(_, _, others)| others == stages) || in_brackets(&found.label, place.end)) =>
            {
                (*name, stages.clone())
            }
            // `- **Polish**: depends on all stories`: a stage by its title.
            [] => match self.names.titled(until(&found.label, TITLE_ENDS)) {
                Some(stage) => (&*found.label, vec![stage]),
                None => return false,
            },
            _ => return false,
        };
        let text = inline::markdown(&found.rest);
        let whole = text.to_lowercase();
        let depends = DEPENDS.iter().find(|verb| whole.starts_with(**verb)).copied();
        // `After Phase 2 - may share files with Phase 3`: only what stands before the dash is needed.
        let rest = if depends.is_some() { until(&whole, CLAUSE_ENDS) } else { &whole };
        let signs = Signs::of(rest);
        let mut needs = self.references(&found.rest);
        // What a stage is said to be independent of is nothing that it needs.
        let cut = rest.find("independent of").unwrap_or(rest.len());
        if cut < whole.len() {
            let before = self.names.mentions(text.get(..cut).unwrap_or(&text));
            let before: BTreeSet<&str> = before.iter().map(|(_, name, _)| *name).collect();
            needs.retain(|need| before.contains(need.name.as_str()));
        }
        // `Can begin after Phase 1, but US3 should ideally run first`: what is said with reserve makes nobody wait.
        if depends.is_some()
            && let Some(cut) = [", but ", " but "].iter().filter_map(|sign| text.find(sign)).min()
        {
            let before = self.names.mentions(&text[..cut]);
            let before: BTreeSet<&str> = before.iter().map(|(_, name, _)| *name).collect();
            needs.retain(|need| before.contains(need.name.as_str()));
        }
        if needs.is_empty() && depends.is_some() {
            needs = self.titled(&found.rest, depends.unwrap_or_default().len());
        }
        let none = rest.starts_with("none")
            || rest.starts_with("no depend")
            || rest.contains("no dependencies")
            || rest.contains("independent") && needs.is_empty() && depends.is_none();
        let leads = rest.starts_with(char::is_alphabetic) && mentions_first(rest, self.names);
        if !none && needs.is_empty() && depends.is_some() && signs.all_before() {
            let mut any = false;
            for stage in stages {
                let own = Reference { name: name.to_owned(), span: found.span, stage: Some(stage), unit: None };
                any |= self.after_all_earlier(own, self.first_of(stage), found.span, RelationSource::Prose);
            }
            return any;
        }
        // `US2: independent of US1`, `no dependencies on other stories`: stories wait for no other story, and for what
        // comes before all of them.
        let story = starts_with(name, "us") || name.to_lowercase().contains("story");
        if none && (story && !rest.starts_with("none") || rest.contains(" on other ")) {
            return true;
        }
        if none && stages.len() > 1 && !rest.starts_with("no") {
            return false;
        }
        if !none && (needs.is_empty() || !(depends.is_some() || leads && !signs.any_verb())) {
            return false;
        }
        if none {
            needs.clear();
        }
        for stage in stages {
            let own = Reference { name: name.to_owned(), span: found.span, stage: Some(stage), unit: None };
            let others = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            self.say(own, others, RelationSource::Prose);
        }
        true
    }

    /// `4 depends on 1-3`: an entry that names stages by their numbers alone.
    pub(super) fn counted(&mut self, run: &[Inline<'_>]) -> bool {
        const VERBS: &[&str] = &[
            " depends on ", " depend on ", " requires ", " require ", " needs ", " need ", " after ", " waits for ",
            " blocked by ", " is blocked by ", " hängt ab von ", " braucht ", " dépend de ", " depende de ",
            " zależy od ",
        ];
        let Some(first) = run.first().filter(|first| first.text.starts_with(|next: char| next.is_ascii_digit())) else {
            return false;
        };
        let Some((at, verb)) = VERBS.iter().filter_map(|verb| Some((first.text.find(verb)?, verb))).min() else {
            return false;
        };
        let stages: Vec<usize> =
            self.bare_numbers(&[first.cut(0, at)]).into_iter().filter_map(|one| one.stage).collect();
        let mut rest = vec![first.without_first(at + verb.len())];
        rest.extend_from_slice(&run[1..]);
        let needs = self.bare_numbers(&rest);
        let span = inline::span(run);
        for &stage in stages.iter().filter(|_| !needs.is_empty()) {
            let others = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            self.say(self.reference(stage, span), others, RelationSource::Prose);
        }
        !stages.is_empty() && !needs.is_empty()
    }

    /// Stages that are needed by their titles: `Setup and Foundational phase completion`. `start` is the length of the
    /// verb before them.
    pub(super) fn titled(&self, run: &[Inline<'_>], start: usize) -> Vec<Reference> {
        let text = inline::markdown(run);
        let text = until(text.get(start..).unwrap_or_default(), CLAUSE_ENDS);
        let span = inline::span(run);
        let parts = text.split([',', '&', '+']).flat_map(|part| part.split(" and "));
        let stages = parts.filter_map(|part| {
            let mut words = until(part, TITLE_ENDS).trim().trim_matches(['*', '`', '.', '"']);
            words = words.strip_prefix("the ").unwrap_or(words);
            while let Some((head, _)) =
                words.rsplit_once(' ').filter(|(_, last)| DONE.contains(&last.to_lowercase().as_str()))
            {
                words = head;
            }
            self.names.titled(words)
        });
        stages.map(|stage| self.reference(stage, span)).collect()
    }

    /// `Workstreams in this order: Setup → Core → Docs.` above the work: a row of stages, each by its name.
    pub(super) fn rows(&mut self, text: &Text<'_>) {
        if !text.inlines.iter().any(|piece| has_arrow(&piece.text)) {
            return;
        }
        for line in inline::lines(text) {
            let words = inline::markdown(line);
            let arrows = ["->", "=>", "→", "►", "▶"];
            let Some(first) = arrows.iter().filter_map(|arrow| words.find(arrow)).min() else { continue };
            let Some(colon) = words[..first].rfind([':', '：']) else { continue };
            let lead = words[..colon].to_lowercase();
            if !["order", "sequence", "depend", "reihenfolge", "ordre", "orden", "顺序", "順序", "순서"]
                .iter()
                .any(|word| lead.contains(word))
            {
                continue;
            }
            let mut row = words[colon..].trim_start_matches([':', '：', '*', '_', ' ']).to_owned();
            arrows.iter().skip(1).for_each(|arrow| row = row.replace(arrow, "->"));
            let nodes = row.trim_end_matches(['.', '。', ' ']).split("->");
            let stages: Option<Vec<usize>> =
                nodes.map(|node| self.names.resolve(node.trim().trim_matches(['*', '`', '_']))).collect();
            let span = inline::span(line);
            for pair in stages.unwrap_or_default().windows(2) {
                let needs = vec![self.reference(pair[0], span)];
                self.say(self.reference(pair[1], span), needs, RelationSource::Prose);
            }
        }
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
        let pair = std::mem::take(&mut self.pair);
        self.pair = match known.len() {
            2 => known.clone(),
            1 => pair.clone(),
            _ => Vec::new(),
        };
        if signs.negated() || self.needs_both(&text, &known, &pair, span) {
            return;
        }
        // `Stage 1 before Stage 2, Stages 3 and 4 are independent`: each clause says something of its own.
        if signs.parallel() && signs.verbs().next().is_some() {
            let parts = clauses(run);
            let tells = |part: &inline::Run<'_>| {
                let text = inline::markdown(part);
                let (signs, mentions) = (Signs::of(&text), self.names.mentions(&text));
                let stages: usize = mentions.iter().map(|(_, _, stages)| stages.len()).sum();
                stages > 1 && (signs.parallel() || signs.verbs().next().is_some())
            };
            if parts.len() > 1 && parts.iter().all(tells) {
                parts.iter().for_each(|part| self.sentence(part));
                return;
            }
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
        // `**Phase 2**: T004, T005 can run in parallel`: the first name only says where they stand.
        let behind =
            |place: &Range<usize>| text.get(place.end..).unwrap_or_default().trim_start_matches(['*', '_', ')']);
        let heads = mentions.len() > 2 && behind(&mentions[0].0).starts_with([':', '：']);
        for (place, _, stages) in before.skip(usize::from(heads)) {
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
