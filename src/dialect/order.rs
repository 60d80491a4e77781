//! What a plan says about the order of its stages: of themselves, in diagrams, tables, lists and sentences.
//!
//! Must not know which statement wins; each carries the kind of place that it stands in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::outline::{Block, Line, List, Section, Text};
use crate::source::Span;
use crate::text::starts_with;

use super::inline::{self, Run};
use super::model::{Order, Reference, Relation, RelationSource};
use super::phrases::{
    Signs, entries_of, has_arrow, is_wave, may_declare_sequence, mentions_first, sentences, title_needs,
};
use super::stage_names::{Mention, StageNames};
use super::structure::{Draft, Structure};
use super::{diagram, holders, mermaid, walk};

/// As many earlier stages are named one by one by a stage that waits for all of them; of more, only those are that
/// nothing else among them waits for.
const FEW: usize = 64;
/// How many statements may make a stage wait for all others or all others for a stage; more of them wait for each other.
const WHOLE: usize = 16;
/// How many references are kept for each stage, and for a plan however few stages it has. What says more is no plan.
const REFERENCES: (usize, usize) = (64, 100_000);

/// What was said.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Who comes after whom.
    pub relations: Vec<Relation>,
    /// Who may run side by side.
    pub parallel: Vec<Vec<usize>>,
}

/// Reads everything that a document says about the order of its stages.
#[must_use]
pub fn read(structure: &Structure<'_>, names: &StageNames<'_>, order: Order) -> Said {
    let last_inside = |(index, draft): (usize, &Draft)| {
        draft.inner.iter().copied().filter(|&inner| !structure.drafts[inner].last).max().unwrap_or(index)
    };
    let mut reader = Reader {
        names,
        said: Said::default(),
        stages: structure.drafts.iter().map(|draft| !draft.last).collect(),
        ends: structure.drafts.iter().enumerate().map(last_inside).collect(),
        firsts: structure.holders.iter().map(|holder| holder.members.first().copied().unwrap_or(0)).collect(),
        in_a_row: false,
        founded: BTreeSet::new(),
        alls: 0,
        left: REFERENCES.1 + REFERENCES.0 * structure.drafts.len(),
    };
    let count = structure.drafts.len();
    for (index, holder) in structure.holders.iter().enumerate() {
        let own = Reference { name: holder.title.clone(), span: holder.span, stage: Some(count + index) };
        for run in &holder.needs {
            reader.own(&own, run, holder.members.first().copied().unwrap_or(0));
        }
    }
    let mut holds = vec![false; count];
    structure.holders.iter().filter_map(|holder| holder.stage).for_each(|stage| holds[stage] = true);
    for (index, draft) in structure.drafts.iter().enumerate().filter(|(index, _)| !holds[*index]) {
        let words = title_needs(&draft.title);
        if draft.found.needs.is_empty() && words.is_none() {
            continue;
        }
        let own = Reference { name: draft.title.clone(), span: draft.span, stage: Some(index) };
        for run in &draft.found.needs {
            reader.own(&own, run, index);
        }
        if let Some(words) = words {
            reader.title(&own, words);
        }
    }
    for section in &structure.order {
        reader.section(section);
    }
    for block in &structure.prose {
        match block {
            Block::Paragraph(paragraph) => reader.whole(&paragraph.text, order),
            Block::Quote(inner, _) => inner.iter().for_each(|block| {
                if let Block::Paragraph(paragraph) = block {
                    reader.whole(&paragraph.text, order);
                }
            }),
            Block::List(list) => list.items.iter().for_each(|item| reader.whole(&item.text, order)),
            _ => {}
        }
    }
    let mut said = reader.said;
    said.parallel.extend(holders::marked_parallel(structure));
    holders::expand(&mut said, structure, order);
    said
}

pub(super) struct Reader<'n> {
    pub(super) names: &'n StageNames<'n>,
    /// For each unit that holds others the first stage in it.
    firsts: Vec<usize>,
    pub(super) said: Said,
    /// Which stages are stages of work.
    stages: Vec<bool>,
    /// For each stage the last one inside it, or itself.
    ends: Vec<usize>,
    /// Whether all stages were put in one row; whoever says so again says nothing new.
    in_a_row: bool,
    /// The stages that all others wait for.
    founded: BTreeSet<usize>,
    /// How many stages wait for all others.
    alls: usize,
    /// How many references may still be kept.
    left: usize,
}

impl Reader<'_> {
    /// Keeps a statement.
    pub(super) fn say(&mut self, stage: Reference, needs: Vec<Reference>, source: RelationSource) {
        self.keep(Relation { stage, needs, all_before: None, source });
    }

    fn keep(&mut self, relation: Relation) {
        let Some(left) = self.left.checked_sub(1 + relation.needs.len()) else { return };
        self.left = left;
        self.said.relations.push(relation);
    }

    /// What a stage says of itself behind a label of need.
    fn own(&mut self, own: &Reference, run: &Run, index: usize) {
        let text = inline::markdown(run);
        let signs = Signs::of(&text);
        let none = [
            "none", "nothing", "n/a", "no dependencies", "-", "–", "—", "keine", "aucune", "ninguna", "brak",
            "independent", "なし", "无", "없음",
        ];
        let mut needs = self.references(run);
        if needs.is_empty() {
            needs = self.bare_numbers(run);
        }
        let span = inline::span(run);
        if needs.is_empty() && signs.all() && !text.to_lowercase().contains("no ") {
            needs = self.all_others(index, span);
        }
        if signs.foundation() {
            self.foundation(own.stage, span);
            return;
        }
        if signs.last_of_all() && needs.is_empty() {
            needs = self.all_others(index, span);
        }
        if needs.is_empty()
            && signs.all_before()
            && self.after_all_earlier(own.clone(), index, span, RelationSource::Own)
        {
            return;
        }
        if !needs.is_empty() || none.iter().any(|word| starts_with(&text, word)) {
            self.say(own.clone(), needs, RelationSource::Own);
        }
    }

    /// A stage that all others wait for.
    fn foundation(&mut self, stage: Option<usize>, span: Span) {
        let Some(first) = stage.filter(|_| self.founded.len() < WHOLE) else { return };
        if !self.founded.insert(first) {
            return;
        }
        for other in (0..self.stages.len()).filter(|&other| other != first) {
            if self.stages[other] {
                let needs = vec![self.reference(first, span)];
                self.say(self.reference(other, span), needs, RelationSource::Whole);
            }
        }
    }

    /// Statements about the order of all stages: `Work in stage order`, `Tasks are serial`.
    fn whole(&mut self, text: &Text, order: Order) {
        if self.in_a_row || !may_declare_sequence(text) {
            return;
        }
        for sentence in walk::item_lines(text).iter().flat_map(sentences) {
            let words = inline::prose(&sentence);
            let streams = || words.to_lowercase().contains("workstream");
            if Signs::of(&words).declares_sequence() && (order != Order::Groups || streams()) {
                self.in_a_row(inline::span(&sentence));
            }
        }
    }

    /// Each stage waits for the one before it.
    fn in_a_row(&mut self, span: Span) {
        if std::mem::replace(&mut self.in_a_row, true) {
            return;
        }
        let mut work: Vec<usize> = (0..self.stages.len()).filter(|&stage| self.stages[stage]).collect();
        // What stands inside a stage comes before it.
        work.sort_by_key(|&stage| (self.ends[stage], std::cmp::Reverse(stage)));
        for pair in work.windows(2) {
            let needs = vec![self.reference(pair[0], span)];
            self.say(self.reference(pair[1], span), needs, RelationSource::Whole);
        }
    }

    /// `(depends on T1, T2)` in a title.
    fn title(&mut self, own: &Reference, words: &str) {
        let needs: Vec<Reference> = self
            .names
            .mentions(words)
            .into_iter()
            .flat_map(|(_, name, stages)| stages.into_iter().map(move |stage| (name, stage)))
            .filter(|(_, stage)| Some(*stage) != own.stage)
            .map(|(name, stage)| Reference { name: name.to_owned(), span: own.span, stage: Some(stage) })
            .collect();
        if !needs.is_empty() {
            self.say(own.clone(), needs, RelationSource::Own);
        }
    }

    /// The first stage of a unit that holds others, or the stage itself.
    fn first_of(&self, stage: usize) -> usize {
        stage.checked_sub(self.stages.len()).and_then(|index| self.firsts.get(index).copied()).unwrap_or(stage)
    }

    /// A stage waits for all stages of work before `first` that it does not stand in; gives whether there are any.
    fn after_all_earlier(&mut self, stage: Reference, first: usize, span: Span, source: RelationSource) -> bool {
        let earlier = |other: usize| self.stages[other] && self.ends[other] < first;
        let named: Vec<usize> = (0..first.min(self.stages.len())).filter(|&other| earlier(other)).take(FEW).collect();
        if named.len() < FEW {
            let needs: Vec<Reference> = named.into_iter().map(|other| self.reference(other, span)).collect();
            if needs.is_empty() {
                return false;
            }
            self.say(stage, needs, source);
        } else {
            self.keep(Relation { stage, needs: Vec::new(), all_before: Some((first, span)), source });
        }
        true
    }

    /// All stages of work but one.
    fn all_others(&mut self, index: usize, span: Span) -> Vec<Reference> {
        self.alls += 1;
        let work = (0..self.stages.len()).filter(|&stage| self.stages[stage] && stage != index);
        work.filter(|_| self.alls <= WHOLE).map(|stage| self.reference(stage, span)).collect()
    }

    pub(super) fn reference(&self, stage: usize, span: Span) -> Reference {
        Reference { name: String::new(), span, stage: Some(stage) }
    }

    /// The stages that a run names; names that no stage has included.
    pub(super) fn references(&self, run: &Run) -> Vec<Reference> {
        let mut found = Vec::new();
        for piece in run {
            for (place, name, stages) in self.names.mentions(&piece.text) {
                let span = piece.part(place.start, place.end);
                if stages.is_empty() {
                    if self.is_ours(name) {
                        found.push(Reference { name: name.to_owned(), span, stage: None });
                    }
                } else {
                    found.extend(stages.into_iter().map(|stage| Reference {
                        name: name.to_owned(),
                        span,
                        stage: Some(stage),
                    }));
                }
            }
        }
        found
    }

    /// Whether a name that no stage has goes by the word that this plan's stages go by.
    fn is_ours(&self, name: &str) -> bool {
        let word: String = name.chars().take_while(|next| next.is_alphabetic()).collect::<String>().to_lowercase();
        let coded = name.chars().all(char::is_alphanumeric);
        coded || self.names.go_by(&word) || word.strip_suffix('s').is_some_and(|word| self.names.go_by(word))
    }

    /// `1, 2` behind `Depends on:` where stages have numbers.
    pub(super) fn bare_numbers(&self, run: &Run) -> Vec<Reference> {
        let text = inline::markdown(run);
        let parts: Vec<&str> = text
            .split([',', '&', '+', ';'])
            .flat_map(|part| part.split(" and "))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let all: Option<Vec<usize>> =
            parts.iter().map(|part| self.names.by_number(part.trim_matches(['`', '#', '.', '[', ']', '"']))).collect();
        let span = inline::span(run);
        all.unwrap_or_default()
            .into_iter()
            .map(|stage| Reference { name: stage.to_string(), span, stage: Some(stage) })
            .collect()
    }

    fn section(&mut self, section: &Section) {
        self.blocks(&section.blocks);
        let mut before: Option<Vec<usize>> = None;
        for inner in &section.sections {
            let title = inner.title.to_plain();
            if is_wave(&title) {
                before = self.wave(inner, &title, before);
            } else {
                self.section(inner);
            }
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Fence(fence) => match fence.language().as_str() {
                    "mermaid" => {
                        self.unknown_nodes(&fence.lines);
                        self.diagram(mermaid::edges(&fence.lines, self.names));
                    }
                    "" | "text" | "txt" | "ascii" | "plain" | "plaintext" | "diagram" => {
                        self.unknown_nodes(&fence.lines);
                        self.diagram(diagram::edges(&fence.lines, self.names))
                    }
                    _ => {}
                },
                Block::Indented(code) => self.diagram(diagram::edges(&code.lines, self.names)),
                Block::Paragraph(paragraph) => {
                    for line in entries_of(&paragraph.text) {
                        self.line(&line);
                    }
                }
                Block::List(list) => self.list(list),
                Block::Table(table) => self.table(table),
                Block::Quote(inner, _) => self.blocks(inner),
                Block::Html(_) | Block::Rule(_) => {}
            }
        }
    }

    /// Names in a drawing that go by the word of this plan's stages and are none of them.
    fn unknown_nodes(&mut self, lines: &[Line]) {
        let mut known = 0;
        let mut unknown = Vec::new();
        for line in lines {
            for (place, name, stages) in self.names.mentions(line.text) {
                known += stages.len();
                if stages.is_empty() && self.is_ours(name) {
                    let base = line.span.start as usize;
                    let exact = line.text.len() == (line.span.end - line.span.start) as usize;
                    let span = if exact { Span::new(base + place.start, base + place.end) } else { line.span };
                    unknown.push(Reference { name: name.to_owned(), span, stage: None });
                }
            }
        }
        if known > 0 && lines.iter().any(|line| has_arrow(line.text) || line.text.contains(['│', '─', '|'])) {
            for stage in unknown {
                self.say(stage, Vec::new(), RelationSource::Diagram);
            }
        }
    }

    fn diagram(&mut self, read: diagram::Diagram) {
        if !read.confident {
            return;
        }
        let mut waiting: BTreeMap<usize, Vec<&diagram::DiagramEdge>> = BTreeMap::new();
        for edge in &read.edges {
            waiting.entry(edge.to).or_default().push(edge);
        }
        let leading: BTreeSet<usize> = read.edges.iter().map(|edge| edge.from).collect();
        for (&to, edges) in &waiting {
            let needs = edges.iter().map(|edge| self.reference(edge.from, edge.span)).collect();
            let span = edges.first().map_or(Span::default(), |edge| edge.span);
            self.say(self.reference(to, span), needs, RelationSource::Diagram);
        }
        // A node with no line into it waits for nothing: the diagram covers it.
        for &(stage, span) in &read.nodes {
            if !waiting.contains_key(&stage) && leading.contains(&stage) {
                self.say(self.reference(stage, span), Vec::new(), RelationSource::Diagram);
            }
        }
    }

    /// A line of text: a diagram on one line, or sentences.
    fn line(&mut self, run: &Run) {
        let text = inline::markdown(run);
        if has_arrow(&text) {
            let line = Line { text: &text, span: inline::span(run) };
            self.unknown_nodes(std::slice::from_ref(&line));
            let read = diagram::edges(std::slice::from_ref(&line), self.names);
            if !read.edges.is_empty() {
                // `Critical path: ...` names the longest chain and not all that each stage waits for.
                if !text.to_lowercase().contains("critical path") {
                    self.diagram(diagram::Diagram { confident: true, ..read });
                }
                return;
            }
        }
        if Signs::none_in(&text) {
            return;
        }
        for sentence in sentences(run) {
            self.sentence(&sentence);
        }
    }

    fn list(&mut self, list: &List) {
        for item in &list.items {
            for line in entries_of(&item.text) {
                if !self.entry(&line) {
                    self.line(&line);
                }
            }
            self.blocks(&item.blocks);
        }
    }

    /// `- Stage 2: Stage 1, Stage 0`, `- **Stage 2**: none`: what an entry of a list of dependencies says.
    fn entry(&mut self, run: &Run) -> bool {
        let Some(found) = inline::label(run) else { return false };
        let mentions = self.names.mentions(&found.label);
        let [(_, name, stages)] = mentions.as_slice() else { return false };
        let [stage] = stages.as_slice() else { return false };
        let text = inline::markdown(&found.rest);
        let rest = text.to_lowercase();
        let signs = Signs::of(&rest);
        let own = Reference { name: (*name).to_owned(), span: found.span, stage: Some(*stage) };
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

    fn sentence(&mut self, run: &Run) {
        let text = inline::markdown(run);
        let signs = Signs::of(&text);
        let mentions = self.names.mentions(&text);
        let known: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        let span = inline::span(run);
        if known.is_empty() {
            if signs.declares_sequence() {
                self.in_a_row(span);
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
                self.all_wait(&waiting, &needs, span);
                return;
            }
        }
        if signs.parallel() {
            let lower = text.to_lowercase();
            let cut = [" after ", " once ", " when "].iter().filter_map(|word| lower.find(word)).min();
            let cut = cut.unwrap_or(text.len());
            let group = stages_of(&|place| place.start < cut);
            if group.len() > 1 && self.left >= group.len() {
                self.left -= group.len();
                self.said.parallel.push(group);
            }
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
            self.all_wait(&waiting, &needs, span);
            return;
        }
    }

    /// Each of some stages waits for all that are needed.
    fn all_wait(&mut self, waiting: &[usize], needs: &[Reference], span: Span) {
        for &stage in waiting {
            if self.left <= needs.len() {
                return;
            }
            let needs: Vec<Reference> = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            if !needs.is_empty() {
                self.say(self.reference(stage, span), needs, RelationSource::Prose);
            }
        }
    }

    /// References to mentioned stages, and to names of this plan's kind that no stage has, these with their own places.
    fn named(&self, mentions: &[Mention<'_>], run: &Run) -> Vec<Reference> {
        let span = inline::span(run);
        let mut places: Option<BTreeMap<String, Span>> = None;
        let mut needs = Vec::new();
        for (_, name, stages) in mentions {
            needs.extend(stages.iter().map(|&stage| Reference { name: (*name).to_owned(), span, stage: Some(stage) }));
            if stages.is_empty() && self.is_ours(name) {
                let places = places.get_or_insert_with(|| {
                    // Of several places of a name the first is kept.
                    self.references(run).into_iter().rev().map(|found| (found.name, found.span)).collect()
                });
                let span = places.get(*name).copied().unwrap_or(span);
                needs.push(Reference { name: (*name).to_owned(), span, stage: None });
            }
        }
        needs
    }
}
