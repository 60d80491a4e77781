//! What sentences say of the order of stages: by verbs, conditions, steps one after another, and who runs side by side.
//!
//! Must not know in which section they stand.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::outline::Inline;
use crate::source::Span;
use crate::text::{Phrases, starts_with};

use super::clauses::{self, Apart};
use super::inline;
use super::model::{Parallel, Reference, Relation, RelationSource};
use super::order::Reader;
use super::phrases::{STEPS, Signs};
use super::stage_names::Mention;

/// How many names a sentence may have, and how many bytes. What is longer is none, and its clauses would be compared with each
/// other for long.
const LONGEST: (usize, usize) = (400, 20_000);

/// Who runs side by side: groups of stages, each of which says nothing of those in it.
type Units = Vec<Vec<usize>>;

/// A sentence that names stages.
struct Told<'m, 'l> {
    mentions: &'m [Mention<'l>],
    signs: &'m Signs,
    span: Span,
}

impl<'m, 'l> Told<'m, 'l> {
    /// What is named before and behind a place.
    fn around(&self, at: usize) -> (&'m [Mention<'l>], &'m [Mention<'l>]) {
        let left = self.mentions.partition_point(|(place, _, _)| place.end <= at);
        let right = self.mentions.partition_point(|(place, _, _)| place.start <= at);
        (&self.mentions[..left], &self.mentions[right..])
    }
}

/// Who runs side by side by a part of a sentence that has verbs of order as well: `Stage 3 needs Stage 2 and can run in parallel
/// with Stage 4`, `Stages 2 and 3 are independent and both need Stage 1`.
fn beside_verbs(part: &str, mentions: &[Mention<'_>], signs: &Signs) -> Option<Units> {
    let (from, to) = signs.parallel_at(part)?;
    let starts = || signs.verbs().iter().map(|verb| verb.place.start);
    let subject = starts().filter(|&at| at < from).min().unwrap_or(from);
    let behind = part.get(to..).unwrap_or_default().trim_start();
    let joined = ["with ", "to ", "of ", "alongside "].iter().any(|word| behind.starts_with(word));
    let end = starts().filter(|&at| at >= to).min().unwrap_or(part.len());
    let mut units = Units::new();
    for (place, _, stages) in mentions {
        if place.end <= subject || joined && place.start >= to && place.start < end {
            units.extend(stages.iter().map(|&stage| vec![stage]));
        }
    }
    (!signs.verbs().is_empty() && units.len() > 1).then_some(units)
}

/// Whether what a text speaks of is independent of all others: `Phase 4 is independent of the others.`
fn of_all(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("independent of ") else { return false };
    ["the other", "all other", "any other", "everything", "the rest", "all the other"]
        .iter()
        .any(|all| starts_with(rest, all))
}

/// Whether all that is said of the one stage that a text names is one of some words: `Stage 1 must always come first.`
fn alone_is(text: &str, mentions: &[Mention<'_>], words: &[&str]) -> bool {
    const FILLING: &[&str] = &[
        "must", "should", "has", "have", "to", "be", "is", "are", "come", "comes", "go", "goes", "run", "runs", "done",
        "always", "and", "then", "finish", "land", "lands", "the", "stage", "happen", "happens", "complete",
        "completed",
    ];
    let [(place, _, _)] = mentions else { return false };
    let outside = text[..place.start].split(|next: char| !next.is_alphanumeric());
    let mut found = false;
    outside.chain(text[place.end..].split(|next: char| !next.is_alphanumeric())).filter(|word| !word.is_empty()).all(
        |word| {
            let is = |list: &[&str]| list.iter().any(|other| word.eq_ignore_ascii_case(other));
            found |= is(words);
            is(words) || is(FILLING)
        },
    ) && found
}

impl Reader<'_> {
    pub(super) fn sentence(&mut self, run: &[Inline<'_>]) {
        let text = inline::markdown(run);
        let signs = Signs::of(&text);
        let mentions = self.names.mentions(&text);
        if mentions.len() > LONGEST.0 || text.len() > LONGEST.1 {
            return;
        }
        let mentions = self.with_bare_numbers(&text, mentions);
        let known: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        let span = inline::span(run);
        let earlier = std::mem::replace(&mut self.before, known.clone());
        if known.is_empty() {
            if signs.declares_sequence() {
                self.said.in_a_row.get_or_insert(span);
            }
            return;
        }
        let pair = std::mem::take(&mut self.pair);
        self.pair = match (known.len(), mentions.last()) {
            (2, _) => known.clone(),
            (1, _) => pair.clone(),
            // `Once Stage 0 is done, Stages 1 and 2 can start; Stage 3 needs both.`
            (_, Some((_, _, last))) if last.len() == 2 => last.clone(),
            _ => Vec::new(),
        };
        if self.needs_both(&text, &known, &pair, span) {
            return;
        }
        let tells = Told { mentions: &mentions, signs: &signs, span };
        let of_each_other = ["independent of each other", "independent of one another"];
        let negated = signs.negated() && !of_each_other.iter().any(|words| text.contains(words));
        if negated && !signs.parallel() {
            if let [stage] = known.as_slice()
                && of_all(&text)
            {
                self.say(self.reference(*stage, span), Vec::new(), RelationSource::Prose);
            }
            self.clauses(run, &text, &tells, &[], &Apart::new());
            return;
        }
        if let [stage] = known.as_slice() {
            let stage = *stage;
            let opens = starts_with(&text, "start with ") || starts_with(&text, "begin with ");
            if signs.foundation() || opens || alone_is(&text, &mentions, &["first"]) {
                self.foundation(Some(stage), span);
                return;
            }
            let waits = signs.verbs().iter().any(|verb| !verb.reversed && verb.place.start >= mentions[0].0.end);
            if waits && (signs.all() || text.contains("everything")) && !signs.all_before() {
                let needs = self.all_others(stage, span);
                self.say(self.reference(stage, span), needs, RelationSource::Prose);
                return;
            }
            if waits && signs.all_before() {
                let first = self.first_of(stage);
                self.after_all_earlier(self.reference(stage, span), first, span, RelationSource::Prose);
                return;
            }
            if signs.last_of_all() || alone_is(&text, &mentions, &["last", "final"]) {
                let needs = self.all_others(stage, span);
                self.say(self.reference(stage, span), needs, RelationSource::Prose);
                return;
            }
        }
        // `Each stage builds on the previous one, except Stage 3, which needs Stage 1.`
        let each = ["each ", "every "].iter().any(|start| starts_with(&text, start));
        if each && signs.declares_sequence() {
            self.said.in_a_row.get_or_insert(span);
        } else if known.len() > 1 && signs.declares_sequence() {
            for pair in known.windows(2) {
                let needs = vec![self.reference(pair[0], span)];
                self.say(self.reference(pair[1], span), needs, RelationSource::Prose);
            }
            return;
        }
        if self.conditional(run, &text, &tells, &earlier) || self.one_then_another(&text, &tells) {
            return;
        }
        let (beside, apart) =
            if signs.parallel() && !negated { self.parallel_parts(&text, &mentions, span) } else { Default::default() };
        self.clauses(run, &text, &tells, &beside, &apart);
    }

    /// The mentions of a text with the numbers that stand alone beside them: `Stage 4 requires 2 and 3`.
    fn with_bare_numbers<'l>(&self, text: &'l str, mentions: Vec<Mention<'l>>) -> Vec<Mention<'l>> {
        const BEFORE: &[&str] = &[
            "and", "&", "or", "then", "on", "after", "before", "for", "requires", "require", "needs", "need", "both",
            "with",
        ];
        const BEHIND: &[&str] = &[
            "and", "&", "or", "then", "requires", "require", "needs", "need", "depends", "depend", "can", "must", "is",
            "are", "in", "first", "last",
        ];
        if mentions.is_empty() {
            return mentions;
        }
        let mut all = mentions;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && all.len() <= LONGEST.0 {
            let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if end == at {
                at += 1;
                continue;
            }
            let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(end..).unwrap_or_default());
            let last = before.trim_end().rsplit(' ').next().unwrap_or_default().to_lowercase();
            let next = behind.trim_start().split(' ').next().unwrap_or_default().to_lowercase();
            let free = before.ends_with(' ')
                && !behind.starts_with(|next: char| next.is_alphanumeric() || next == '-')
                && !(behind.starts_with('.') && behind[1..].starts_with(|next: char| next.is_ascii_digit()));
            let leads = last.ends_with(',') || BEFORE.contains(&last.as_str());
            let goes_on = behind.trim_start().is_empty()
                || behind.starts_with([',', '.', ';', ')'])
                || BEHIND.contains(&next.trim_end_matches([',', '.']));
            if free
                && leads
                && goes_on
                && !all.iter().any(|(place, _, _)| place.contains(&at))
                && let Some(stage) = self.names.by_number(&text[at..end])
            {
                all.push((at..end, &text[at..end], vec![stage]));
            }
            at = end;
        }
        all.sort_by_key(|(place, _, _)| place.start);
        all
    }

    /// What the verbs of a sentence say; those who run side by side wait for none of each other.
    fn clauses(&mut self, run: &[Inline<'_>], text: &str, told: &Told<'_, '_>, beside: &[Units], apart: &Apart) {
        let places: Vec<Range<usize>> = told.mentions.iter().map(|(place, _, _)| place.clone()).collect();
        for clause in clauses::read(text, told.signs.verbs().to_vec(), &places, apart) {
            let of = |names: &[usize]| names.iter().map(|&name| told.mentions[name].clone()).collect::<Vec<_>>();
            if clause.denied {
                self.without(&of(&clause.waiting), &of(&clause.needed), told.span);
                continue;
            }
            let waiting: Vec<usize> = of(&clause.waiting).into_iter().flat_map(|(_, _, stages)| stages).collect();
            let mut needs = self.named(&of(&clause.needed), run);
            needs.retain(|need| {
                !beside.iter().any(|units| {
                    let unit_of = |stage: usize| units.iter().position(|unit| unit.contains(&stage));
                    let other = need.stage.and_then(unit_of);
                    other.is_some() && waiting.iter().all(|&one| unit_of(one).is_some_and(|unit| Some(unit) != other))
                })
            });
            self.all_wait(&waiting, &needs, told.span, told.signs.hedged());
        }
    }

    /// `Stage 3 does not depend on Stage 2`: they may run side by side.
    fn without(&mut self, some: &[Mention<'_>], others: &[Mention<'_>], span: Span) {
        let stages = |mentions: &[Mention<'_>]| mentions.iter().flat_map(|(_, _, stages)| stages.clone()).collect();
        let units: Units = vec![stages(some), stages(others)];
        let count: usize = units.iter().map(Vec::len).sum();
        if units.iter().all(|unit| !unit.is_empty()) && self.left >= count {
            self.left -= count;
            self.said.parallel.push(Parallel { units, span: Some(span) });
        }
    }

    /// `Once Stage 1 is done, Stages 2 and 3 can start`, `Before Stage 3, Stage 2 has to be done`; gives whether that is
    /// what a sentence says.
    fn conditional(&mut self, run: &[Inline<'_>], text: &str, told: &Told<'_, '_>, earlier: &[usize]) -> bool {
        let before = starts_with(text, "before ");
        if !before && !told.signs.conditional() {
            return false;
        }
        let stages =
            |mentions: &[Mention<'_>]| mentions.iter().flat_map(|(_, _, stages)| stages.clone()).collect::<Vec<_>>();
        // `Start with Stage 1. Once it is merged, Stage 2 can begin.`
        let lead = text.split(',').next().unwrap_or_default();
        let stands_for = |word: &str| ["it", "that", "this", "both", "they", "these"].contains(&word);
        if told.mentions.first().is_some_and(|(place, _, _)| place.start > lead.len())
            && lead.split(' ').nth(1).is_some_and(stands_for)
        {
            self.wait_for(before, earlier.to_vec(), stages(told.mentions), told);
            return true;
        }
        let mut commas: Vec<usize> = text.match_indices(',').map(|(at, _)| at).collect();
        commas.retain(|&at| {
            let (left, right) = told.around(at);
            !left.is_empty() && !right.is_empty() && left.len() + right.len() == told.mentions.len()
        });
        // `After Stage 1, Stage 2 and Stage 3 are done, Stage 4 can start`
        let says_more = |at: &&usize| {
            let (left, _) = told.around(**at);
            let end = left.last().map_or(0, |(place, _, _)| place.end);
            text.get(end..**at).is_some_and(|gap| gap.chars().any(char::is_alphabetic))
        };
        let Some(&comma) = commas.iter().find(says_more).or(commas.first()) else { return false };
        let (left, right) = told.around(comma);
        // `Once Stage 1 is done, Stage 2 can start and must be done before Stage 3`: only the subject waits.
        let verb = told.signs.verbs().iter().map(|verb| verb.place.start).filter(|&at| at > right[0].0.end).min();
        let subject = right.partition_point(|(place, _, _)| verb.is_none_or(|at| place.start < at));
        let (left, right) = (stages(left), stages(&right[..subject]));
        if left.is_empty() || right.is_empty() {
            return false;
        }
        self.wait_for(before, left, right, told);
        if verb.is_some() {
            let rest = &text[comma..];
            let (signs, mentions) = (Signs::of(rest), self.names.mentions(rest));
            let told = Told { mentions: &mentions, signs: &signs, span: told.span };
            self.clauses(run, rest, &told, &[], &Apart::new());
        }
        true
    }

    /// `Once one is done, another can start`, or with `before`, `Before one can start, another has to be done`.
    fn wait_for(&mut self, before: bool, one: Vec<usize>, another: Vec<usize>, told: &Told<'_, '_>) {
        let (waiting, needed) = if before { (one, another) } else { (another, one) };
        let needs: Vec<Reference> = needed.into_iter().map(|need| self.reference(need, told.span)).collect();
        self.all_wait(&waiting, &needs, told.span, told.signs.hedged());
    }

    /// `Stage 0 first, then Stages 1 and 2, and finally Stage 3`: steps, each of which waits for all of the one before;
    /// gives whether that is what a sentence says.
    fn one_then_another(&mut self, text: &str, told: &Told<'_, '_>) -> bool {
        static THEN: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(STEPS));
        let mut cuts = Vec::new();
        THEN.find(text, |_, start, end| {
            let word = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
            if !word(text[..start].chars().next_back()) && !word(text[end..].chars().next()) {
                cuts.push(start);
            }
            false
        });
        let inside = |at: usize| told.mentions.iter().any(|(place, _, _)| place.contains(&at));
        if cuts.is_empty() || told.signs.hedged() || starts_with(text, "if ") || cuts.iter().any(|&cut| inside(cut)) {
            return false;
        }
        let places: Vec<Range<usize>> = told.mentions.iter().map(|(place, _, _)| place.clone()).collect();
        if !clauses::read(text, told.signs.verbs().to_vec(), &places, &Apart::new()).is_empty() {
            return false;
        }
        let mut steps: Vec<Vec<usize>> = vec![Vec::new()];
        let mut cuts = cuts.into_iter().peekable();
        for (place, _, stages) in told.mentions {
            let mut anew = false;
            while cuts.next_if(|&cut| cut < place.start).is_some() {
                anew = true;
            }
            match steps.last_mut() {
                Some(step) if !anew => step.extend(stages),
                _ => steps.push(stages.clone()),
            }
        }
        steps.retain(|step| !step.is_empty());
        if steps.len() < 2 {
            return false;
        }
        for pair in steps.windows(2) {
            let needs: Vec<Reference> = pair[0].iter().map(|&need| self.reference(need, told.span)).collect();
            self.all_wait(&pair[1], &needs, told.span, false);
        }
        true
    }

    /// The parts of a sentence that say who runs side by side; gives the groups that do, and where nothing else is said.
    fn parallel_parts(&mut self, text: &str, mentions: &[Mention<'_>], span: Span) -> (Vec<Units>, Apart) {
        let inside = |at: usize| mentions.iter().any(|(place, _, _)| place.contains(&at));
        let mut ends: Vec<usize> = text.match_indices([',', ';']).map(|(at, _)| at).filter(|&at| !inside(at)).collect();
        for word in [" but ", " while ", " whereas "] {
            ends.extend(text.match_indices(word).map(|(at, _)| at));
        }
        ends.sort_unstable();
        ends.push(text.len());
        let (mut groups, mut apart) = (Vec::new(), Apart::new());
        let mut start = 0;
        let mut before: &[Mention<'_>] = &[];
        for end in ends.into_iter().filter(|&end| end > 0) {
            let part = text.get(start..end).unwrap_or_default();
            let signs = Signs::of(part);
            let from = mentions.partition_point(|(place, _, _)| place.start < start);
            let to = mentions.partition_point(|(place, _, _)| place.start < end);
            // A name of a list goes with what is said of all of it.
            if !signs.parallel() && signs.verbs().is_empty() && end < text.len() {
                continue;
            }
            if signs.parallel() {
                if signs.verbs().is_empty() {
                    apart.push(start..end);
                }
                let shifted: Vec<Mention<'_>> = mentions[from..to]
                    .iter()
                    .map(|(place, name, stages)| (place.start - start..place.end - start, *name, stages.clone()))
                    .collect();
                let named = shifted.iter().map(|(_, _, stages)| stages.len()).sum::<usize>();
                if named == 0
                    && let Some((_, _, stages)) = before.last()
                {
                    // `Stage 3 needs Stages 1 and 2, which can run in parallel`
                    groups.push(stages.iter().map(|&stage| vec![stage]).collect());
                } else if let Some(group) = beside_verbs(part, &shifted, &signs) {
                    groups.push(group);
                } else {
                    groups.extend(self.side_by_side(part, &shifted));
                }
            }
            before = &mentions[from..to];
            start = end;
        }
        groups.retain(|group| group.len() > 1);
        for group in &groups {
            let count: usize = group.iter().map(Vec::len).sum();
            if self.left >= count {
                self.left -= count;
                self.said.parallel.push(Parallel { units: group.clone(), span: Some(span) });
            }
        }
        (groups, apart)
    }

    /// `Stages 1 and 2 can run in parallel, and so can Stages 3 and 4 after Stage 2`.
    fn side_by_side(&self, text: &str, mentions: &[Mention<'_>]) -> Vec<Units> {
        let lower = text.to_lowercase();
        let cut = [" after ", " once ", " when "].iter().filter_map(|word| lower.find(word)).min();
        let before = mentions.iter().filter(|(place, _, _)| place.start < cut.unwrap_or(text.len()));
        let mut groups: Vec<Units> = vec![Units::new()];
        let mut end = 0;
        // `**Phase 2**: T004, T005 can run in parallel`: the first name only says where they stand.
        let behind =
            |place: &Range<usize>| text.get(place.end..).unwrap_or_default().trim_start_matches(['*', '_', ')']);
        let heads = mentions.len() > 2 && behind(&mentions[0].0).starts_with([':', '：']);
        const WITH: &[&str] = &[" with ", " to ", " of ", "alongside"];
        // `Task 9 can run in parallel with Tasks 4-8`: beside all of these, which say nothing of each other.
        let sides = mentions.windows(2).any(|pair| {
            let between = lower.get(pair[0].0.end..pair[1].0.start).unwrap_or_default();
            WITH.iter().any(|sign| between.contains(sign))
        });
        for (place, _, stages) in before.skip(usize::from(heads)) {
            let between = lower.get(end..place.start).unwrap_or_default();
            // `US1 (T7-T8) and US2 (T9-T10)`: the same once more.
            if end > 0 && matches!(between.trim(), "(" | "（" | "[") {
                continue;
            }
            // What could already be done side by side is told, and now it is told of others.
            let anew = ["can ", "may ", "parallel"].iter().any(|sign| between.contains(sign))
                && !WITH.iter().any(|sign| between.contains(sign));
            let units: Units =
                if sides { vec![stages.clone()] } else { stages.iter().map(|&stage| vec![stage]).collect() };
            match groups.last_mut() {
                Some(group) if !anew || group.len() < 2 => group.extend(units),
                _ => groups.push(units),
            }
            end = place.end;
        }
        groups
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
