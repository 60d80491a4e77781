//! What sentences and entries of lists say of the order of stages.
//!
//! Must not know in which section they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::outline::Inline;
use crate::source::Span;
use crate::text::{Phrases, starts_with};

use super::clauses::{self, Apart};
use super::inline;
use super::model::{Parallel, Reference, Relation, RelationSource};
use super::order::Reader;
use super::phrases::{STEPS, Signs, mentions_first};
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
        if signs.negated() && !signs.parallel() {
            self.clauses(run, &text, &tells, &[], &Apart::new());
            return;
        }
        if let [stage] = known.as_slice() {
            let stage = *stage;
            if signs.foundation() || alone_is(&text, &mentions, &["first"]) {
                self.foundation(Some(stage), span);
                return;
            }
            if signs.all_before()
                && signs.verbs().iter().any(|verb| !verb.reversed && verb.place.start > mentions[0].0.end)
            {
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
        if known.len() > 1 && signs.declares_sequence() {
            for pair in known.windows(2) {
                let needs = vec![self.reference(pair[0], span)];
                self.say(self.reference(pair[1], span), needs, RelationSource::Prose);
            }
            return;
        }
        if self.conditional(&text, &tells) || self.one_then_another(&text, &tells) {
            return;
        }
        let (beside, apart) = if signs.parallel() && !signs.negated() {
            self.parallel_parts(&text, &mentions, span)
        } else {
            Default::default()
        };
        self.clauses(run, &text, &tells, &beside, &apart);
    }

    /// What the verbs of a sentence say; those who run side by side wait for none of each other.
    fn clauses(&mut self, run: &[Inline<'_>], text: &str, told: &Told<'_, '_>, beside: &[Units], apart: &Apart) {
        let places: Vec<Range<usize>> = told.mentions.iter().map(|(place, _, _)| place.clone()).collect();
        for clause in clauses::read(text, told.signs.verbs().to_vec(), &places, apart) {
            let of = |names: &[usize]| names.iter().map(|&name| told.mentions[name].clone()).collect::<Vec<_>>();
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

    /// `Once Stage 1 is done, Stages 2 and 3 can start`, `Before Stage 3, Stage 2 has to be done`; gives whether that is
    /// what a sentence says.
    fn conditional(&mut self, text: &str, told: &Told<'_, '_>) -> bool {
        let before = starts_with(text, "before ");
        if !before && !told.signs.conditional() {
            return false;
        }
        let mut commas = text.match_indices(',').map(|(at, _)| at).filter(|at| {
            let (left, right) = told.around(*at);
            !left.is_empty() && !right.is_empty() && left.len() + right.len() == told.mentions.len()
        });
        // `After Stage 1, Stage 2 and Stage 3 are done, Stage 4 can start`
        let says_more = |at: &usize| {
            let (left, _) = told.around(*at);
            let end = left.last().map_or(0, |(place, _, _)| place.end);
            text.get(end..*at).is_some_and(|gap| gap.chars().any(char::is_alphabetic))
        };
        let all: Vec<usize> = commas.by_ref().collect();
        let Some(&comma) = all.iter().find(|at| says_more(at)).or(all.first()) else { return false };
        let (left, right) = told.around(comma);
        // `Once Stage 1 is done, Stage 2 can start and must be done before Stage 3`: only the subject waits.
        let verb = told.signs.verbs().iter().map(|verb| verb.place.start).filter(|&at| at > right[0].0.end).min();
        let right: Vec<&Mention<'_>> =
            right.iter().filter(|(place, _, _)| verb.is_none_or(|at| place.start < at)).collect();
        let stages =
            |mentions: &[Mention<'_>]| mentions.iter().flat_map(|(_, _, stages)| stages.clone()).collect::<Vec<_>>();
        let (left, right) = (stages(left), right.iter().flat_map(|(_, _, stages)| stages.clone()).collect::<Vec<_>>());
        if left.is_empty() || right.is_empty() {
            return false;
        }
        let (waiting, needed) = if before { (left, right) } else { (right, left) };
        let needs: Vec<Reference> = needed.into_iter().map(|need| self.reference(need, told.span)).collect();
        self.all_wait(&waiting, &needs, told.span, told.signs.hedged());
        if verb.is_some() {
            let rest = &text[comma..];
            let signs = Signs::of(rest);
            let mentions = self.names.mentions(rest);
            let places: Vec<Range<usize>> = mentions.iter().map(|(place, _, _)| place.clone()).collect();
            for clause in clauses::read(rest, signs.verbs().to_vec(), &places, &Apart::new()) {
                let stages =
                    |names: &[usize]| names.iter().flat_map(|&name| mentions[name].2.clone()).collect::<Vec<_>>();
                let needs: Vec<Reference> =
                    stages(&clause.needed).into_iter().map(|need| self.reference(need, told.span)).collect();
                self.all_wait(&stages(&clause.waiting), &needs, told.span, told.signs.hedged());
            }
        }
        true
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
