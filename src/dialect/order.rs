//! What a plan says about the order of its stages: of themselves, in diagrams, tables, lists and sentences.
//!
//! Must not know which statement wins; each carries the kind of place that it stands in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Line, List, Section, Text};
use crate::source::Span;
use crate::text::{Phrases, starts_with};

use super::in_turn::{names_previous, tells_needs, tells_needs_of_all, tells_order};
use super::inline;
use super::model::{Order, Parallel, Reference, Relation, RelationSource};
use super::names::Names as _;
use super::phrases::{
    Signs, beside_others, entries_of, has_arrow, is_wave, may_declare_sequence, needs_nothing, puts_them_in_a_row,
    sentences, title_needs, without_other_matter,
};
use super::stage_names::StageNames;
use super::structure::{Draft, Structure};
use super::{diagram, holders, mermaid};

/// As many earlier stages are named one by one by a stage that waits for all of them; of more, only those are that
/// nothing else among them waits for.
const FEW: usize = 64;
/// How many statements may make a stage wait for all others or all others for a stage; more of them wait for each other.
const WHOLE: usize = 16;
/// How many references are kept for each stage, and for a plan however few stages it has. What says more is no plan.
const REFERENCES: (usize, usize) = (64, 100_000);

/// Words behind `none` by which something is needed after all: `None, but Task 1 should be in review`.
static LIMITS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "but ", "except", "besides", "other than", "beyond", "apart from", "aside from", "unless", "after", "needs",
        "requires", "depends", "waits", "außer", "aber", "nach ", "sauf", "mais ", "après", "salvo", "excepto",
        "pero ", "después", "exceto", "mas ", "depois", "oprócz", "poza", "ale ", "以外", "之外", "除了", "外に",
        "제외",
    ])
});

/// What was said.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Who comes after whom.
    pub relations: Vec<Relation>,
    /// Where all stages are put in one row, if anywhere.
    pub in_a_row: Option<Span>,
    /// Who may run side by side.
    pub parallel: Vec<Parallel>,
}

/// Reads everything that a document says about the order of its stages. `initials` are their names with short ones.
#[must_use]
pub fn read<'n>(
    structure: &Structure<'_>,
    names: &'n StageNames<'n>,
    initials: &'n StageNames<'n>,
    order: Order,
) -> Said {
    let last_inside = |(index, draft): (usize, &Draft)| {
        draft.inner.iter().copied().filter(|&inner| !structure.drafts[inner].last).max().unwrap_or(index)
    };
    let mut reader = Reader {
        names,
        initials,
        said: Said::default(),
        stages: structure.drafts.iter().map(|draft| !draft.last).collect(),
        headings: structure.drafts.iter().map(|draft| draft.span).collect(),
        ends: structure.drafts.iter().enumerate().map(last_inside).collect(),
        firsts: structure.holders.iter().map(|holder| holder.members.first().copied().unwrap_or(0)).collect(),
        founded: BTreeSet::new(),
        alls: 0,
        pair: Vec::new(),
        before: Vec::new(),
        left: REFERENCES.1 + REFERENCES.0 * structure.drafts.len(),
    };
    let count = structure.drafts.len();
    for (index, holder) in structure.holders.iter().enumerate() {
        let own = Reference { name: holder.title.clone(), span: holder.span, stage: Some(count + index), unit: None };
        for run in &holder.needs {
            reader.own(&own, run, holder.members.first().copied().unwrap_or(0));
        }
        if let Some(words) = title_needs(&holder.title) {
            reader.title(&own, words);
        }
    }
    let mut holds = vec![false; count];
    structure.holders.iter().filter_map(|holder| holder.stage).for_each(|stage| holds[stage] = true);
    for (index, draft) in structure.drafts.iter().enumerate().filter(|(index, _)| !holds[*index]) {
        let words = title_needs(&draft.title);
        if draft.found.needs.is_empty() && words.is_none() {
            continue;
        }
        let own = Reference { name: draft.title.clone(), span: draft.span, stage: Some(index), unit: None };
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
    for blocks in &structure.prose {
        reader.aside(blocks);
    }
    for block in structure.prose.iter().copied().flatten() {
        match block {
            Block::Paragraph(paragraph) => {
                reader.whole(&paragraph.text, order);
                reader.rows(&paragraph.text);
                if order != Order::Sequence {
                    reader.plainly(&paragraph.text);
                }
            }
            Block::Quote(inner, _) => inner.iter().for_each(|block| {
                if let Block::Paragraph(paragraph) = block {
                    reader.whole(&paragraph.text, order);
                }
            }),
            Block::List(list) => list.items.iter().for_each(|item| {
                reader.whole(&item.text, order);
                if order != Order::Sequence {
                    reader.plainly(&item.text);
                }
            }),
            Block::Table(table) if tells_needs(table) => reader.table(table),
            _ => {}
        }
    }
    let mut said = reader.said;
    // An arrow tells what its head needs, and nothing of its tail where the unit around that is said to need something.
    let waiting: BTreeSet<usize> =
        said.relations.iter().filter(|said| !said.needs.is_empty()).filter_map(|said| said.stage.stage).collect();
    let bound = structure.holders.iter().enumerate().filter(|(index, _)| waiting.contains(&(count + index)));
    let bound: BTreeSet<usize> = bound.flat_map(|(_, holder)| holder.members.iter().copied()).collect();
    said.relations.retain(|said| {
        let implied = said.soft && said.needs.is_empty() && said.source == RelationSource::Diagram;
        !(implied && said.stage.stage.is_some_and(|stage| bound.contains(&stage)))
    });
    said.parallel.extend(holders::marked_parallel(structure));
    holders::expand(&mut said, structure, order);
    said
}

pub(super) struct Reader<'n> {
    pub(super) names: &'n StageNames<'n>,
    /// The names with `S1` for `Stage 1`.
    pub(super) initials: &'n StageNames<'n>,
    /// For each unit that holds others the first stage in it.
    firsts: Vec<usize>,
    pub(super) said: Said,
    /// Which stages are stages of work.
    stages: Vec<bool>,
    /// Where stages stand: what they say of themselves is read with them.
    headings: BTreeSet<Span>,
    /// For each stage the last one inside it, or itself.
    ends: Vec<usize>,
    /// The stages that all others wait for.
    founded: BTreeSet<usize>,
    /// How many stages wait for all others.
    alls: usize,
    /// The two stages that were named last, for a `both` behind them.
    pub(super) pair: Vec<usize>,
    /// The stages that the sentence before has named.
    pub(super) before: Vec<usize>,
    /// How many references may still be kept.
    pub(super) left: usize,
}

impl Reader<'_> {
    /// Keeps a statement.
    pub(super) fn say(&mut self, stage: Reference, needs: Vec<Reference>, source: RelationSource) {
        let place = stage.span;
        self.keep(Relation { stage, needs, place, all_before: None, soft: false, source });
    }

    /// Keeps that a stage waits for nothing as far as one place is asked, which does not say so itself.
    pub(super) fn imply_none(&mut self, stage: Reference, source: RelationSource) {
        let place = stage.span;
        self.keep(Relation { stage, needs: Vec::new(), place, all_before: None, soft: true, source });
    }

    pub(super) fn keep(&mut self, relation: Relation) {
        let Some(left) = self.left.checked_sub(1 + relation.needs.len()) else { return };
        self.left = left;
        self.said.relations.push(relation);
    }

    /// What a stage says of itself behind a label of need.
    fn own(&mut self, own: &Reference, run: &[Inline<'_>], index: usize) {
        let cut = without_other_matter(run, self.names);
        let run = cut.as_deref().unwrap_or(run);
        let text = inline::markdown(run);
        let signs = Signs::of(&text);
        let none = [
            "none", "nothing", "n/a", "no dependencies", "-", "–", "—", "keine", "nichts", "aucun", "rien",
            "sans dépendance", "ningun", "nada", "sin dependencias", "nenhum", "sem dependências", "brak",
            "bez zależności", "nessun", "niente", "geen", "нет", "ничего", "немає", "нічого", "yok", "hiçbir",
            "independent", "unabhängig", "indépendant", "independiente", "independente", "niezależn", "なし", "無し",
            "无", "無", "没有", "沒有", "없음",
        ];
        let none = none.iter().any(|word| starts_with(&text, word));
        let span = inline::span(run);
        let mut needs = self.references(run);
        let beside = if signs.parallel() { beside_others(run) } else { None };
        if needs.is_empty() {
            needs = self.bare_numbers(run);
            if needs.is_empty() && !none {
                needs = self.titled(run, 0);
            }
        } else {
            self.named_in_code(run, &mut needs);
        }
        // What a stage is about may read like its own name: it says nothing of others.
        let others = needs.iter().any(|need| need.stage != Some(index));
        if !needs.is_empty() && !others && !none {
            return;
        }
        if let Some(beside) = beside {
            // `Phase 1 (can run in parallel with Phase 2)`: what runs beside a stage is nothing that it needs.
            let (others, rest) =
                needs.into_iter().partition(|need| beside.range().contains(&(need.span.start as usize)));
            needs = rest;
            self.beside(index, &others, span);
        }
        // `None (independent of Tasks 1-2)`: what is named behind it is not needed.
        let denied = none && text.starts_with(char::is_alphabetic) && !LIMITS.any_in(&text);
        if denied {
            needs.clear();
        }
        let beside_all = signs.parallel() && signs.verbs().is_empty();
        if needs.is_empty() && !denied && !beside_all && signs.all() && !text.to_lowercase().contains("no ") {
            needs = self.all_others(index, span);
        }
        if needs.is_empty() && !denied && names_previous(&text) {
            let before = (0..index.min(self.stages.len())).rev();
            let previous = before.filter(|&other| self.stages[other] && self.ends[other] < index).take(1);
            needs = previous.map(|other| self.reference(other, span)).collect();
        }
        if signs.foundation() {
            self.foundation(own.stage, span);
            if !denied {
                return;
            }
        }
        if signs.last_of_all() && needs.is_empty() && !denied {
            needs = self.all_others(index, span);
        }
        if needs.is_empty()
            && !denied
            && signs.all_before()
            && self.after_all_earlier(own.clone(), index, span, RelationSource::Own)
        {
            return;
        }
        if !needs.is_empty() || none {
            let (stage, source) = (own.clone(), RelationSource::Own);
            let words = run.iter().find(|piece| !piece.text.trim().is_empty());
            let first = words
                .map_or(span, |piece| piece.part(piece.text.len() - piece.text.trim_start().len(), piece.text.len()));
            let place = Span { start: first.start, end: span.end };
            self.keep(Relation { stage, needs, place, all_before: None, soft: false, source });
        }
    }

    /// Names in code beside other names: `T001, `soil-mixer``.
    fn named_in_code(&self, run: &[Inline<'_>], needs: &mut Vec<Reference>) {
        for piece in run.iter().filter(|piece| piece.kind == InlineKind::Code) {
            if let Some(stage) = self.names.resolve(piece.text.trim())
                && !needs.iter().any(|need| need.stage == Some(stage))
            {
                let name = piece.text.trim().to_owned();
                needs.push(Reference { name, span: piece.span, stage: Some(stage), unit: None });
            }
        }
    }

    /// A stage runs beside others.
    fn beside(&mut self, stage: usize, others: &[Reference], span: Span) {
        let stages = others.iter().filter_map(|other| other.stage).filter(|&other| other != stage);
        let units: Vec<Vec<usize>> = std::iter::once(stage).chain(stages).map(|stage| vec![stage]).collect();
        if units.len() > 1 && self.left >= units.len() {
            self.left -= units.len();
            self.said.parallel.push(Parallel { units, span: Some(span) });
        }
    }

    /// A stage that all others wait for.
    pub(super) fn foundation(&mut self, stage: Option<usize>, span: Span) {
        let Some(first) = stage.filter(|_| self.founded.len() < WHOLE) else { return };
        if !self.founded.insert(first) {
            return;
        }
        self.imply_none(self.reference(first, span), RelationSource::Whole);
        for other in (0..self.stages.len()).filter(|&other| other != first) {
            if self.stages[other] {
                let needs = vec![self.reference(first, span)];
                self.say(self.reference(other, span), needs, RelationSource::Whole);
            }
        }
    }

    /// Statements about the order of all stages: `Work in stage order`, `Tasks are serial`.
    fn whole(&mut self, text: &Text, order: Order) {
        if self.said.in_a_row.is_some() || !may_declare_sequence(text) {
            return;
        }
        for sentence in inline::item_lines(text).flat_map(|line| sentences(&line)) {
            let words = inline::prose(&sentence);
            let streams = || words.to_lowercase().contains("workstream");
            let row = Signs::of(&words).declares_sequence() || puts_them_in_a_row(&words, text);
            if row && (order != Order::Groups || streams()) {
                self.said.in_a_row.get_or_insert(inline::span(&sentence));
            }
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
            .map(|(name, stage)| Reference { name: name.to_owned(), span: own.span, stage: Some(stage), unit: None })
            .collect();
        let needs = if needs.is_empty() { self.bare_in_title(own, words) } else { needs };
        if !needs.is_empty() || needs_nothing(&own.name) {
            self.say(own.clone(), needs, RelationSource::Own);
        }
    }

    /// The first stage of a unit that holds others, or the stage itself.
    pub(super) fn first_of(&self, stage: usize) -> usize {
        stage.checked_sub(self.stages.len()).and_then(|index| self.firsts.get(index).copied()).unwrap_or(stage)
    }

    /// A stage waits for all stages of work before `first` that it does not stand in; gives whether there are any.
    pub(super) fn after_all_earlier(
        &mut self,
        stage: Reference,
        first: usize,
        span: Span,
        source: RelationSource,
    ) -> bool {
        let earlier = |other: usize| self.stages[other] && self.ends[other] < first;
        let named: Vec<usize> = (0..first.min(self.stages.len())).filter(|&other| earlier(other)).take(FEW).collect();
        if named.len() < FEW {
            let needs: Vec<Reference> = named.into_iter().map(|other| self.reference(other, span)).collect();
            if needs.is_empty() {
                return false;
            }
            self.say(stage, needs, source);
        } else {
            let all_before = Some((first, span));
            self.keep(Relation { stage, needs: Vec::new(), place: span, all_before, soft: false, source });
        }
        true
    }

    /// All stages of work but one.
    pub(super) fn all_others(&mut self, index: usize, span: Span) -> Vec<Reference> {
        self.alls += 1;
        let work = (0..self.stages.len()).filter(|&stage| self.stages[stage] && stage != index);
        work.filter(|_| self.alls <= WHOLE).map(|stage| self.reference(stage, span)).collect()
    }

    pub(super) fn reference(&self, stage: usize, span: Span) -> Reference {
        Reference { span, stage: Some(stage), ..Reference::default() }
    }

    /// The stages that a run names; names that no stage has included.
    pub(super) fn references(&self, run: &[Inline<'_>]) -> Vec<Reference> {
        let mut found = Vec::new();
        for piece in run {
            for (place, name, stages) in self.names.mentions(&piece.text) {
                let span = piece.part(place.start, place.end);
                if stages.is_empty() {
                    if self.is_ours(name) {
                        found.push(Reference { name: name.to_owned(), span, ..Reference::default() });
                    }
                } else {
                    found.extend(stages.into_iter().map(|stage| Reference {
                        name: name.to_owned(),
                        span,
                        stage: Some(stage),
                        unit: None,
                    }));
                    if self.ends_nowhere(name) {
                        found.push(Reference { name: name.to_owned(), span, ..Reference::default() });
                    }
                }
            }
        }
        found
    }

    /// `Stages 1-9` where there are five: whether a range ends at a number that no stage has.
    fn ends_nowhere(&self, name: &str) -> bool {
        let Some((from, to)) = name.rsplit_once(['-', '–', '—']) else { return false };
        let (word, to) = (from.trim_end_matches(|next: char| !next.is_alphabetic()), to.trim());
        let counted =
            from.ends_with(|next: char| next.is_ascii_digit()) && to.bytes().all(|next| next.is_ascii_digit());
        // A word alone, with the number at the end of the range.
        let last = || self.names.mentions(&format!("{word} {to}")).into_iter().all(|(_, _, stages)| stages.is_empty());
        counted
            && !to.is_empty()
            && !word.is_empty()
            && word.chars().all(char::is_alphabetic)
            && self.is_ours(word)
            && last()
    }

    /// Whether a name that no stage has goes by the word that this plan's stages go by.
    pub(super) fn is_ours(&self, name: &str) -> bool {
        let word: String = name.chars().take_while(|next| next.is_alphabetic()).collect::<String>().to_lowercase();
        let coded = name.chars().all(char::is_alphanumeric);
        coded || self.names.go_by(&word) || word.strip_suffix('s').is_some_and(|word| self.names.go_by(word))
    }

    /// `1, 2` behind `Depends on:` where stages have numbers, `Seeds, Soil` where these are all their titles.
    pub(super) fn bare_numbers(&self, run: &[Inline<'_>]) -> Vec<Reference> {
        let text = inline::markdown(run);
        let parts: Vec<&str> = text
            .split([',', '&', '+', ';'])
            .flat_map(|part| part.split(" and "))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let span = inline::span(run);
        let all: Option<Vec<Vec<Reference>>> = {
            let known = |stage: usize| Reference { name: stage.to_string(), span, stage: Some(stage), unit: None };
            let stages = |part: &&str| {
                let name = part.trim_matches(['`', '#', '.', '[', ']', '"']);
                let one = || self.names.by_number(name).or_else(|| self.names.resolve(name));
                if let Some(stages) = self.names.between(name).or_else(|| one().map(|stage| vec![stage])) {
                    return Some(stages.into_iter().map(known).collect());
                }
                // `1-9` where there are five: a name that no stage has.
                let half = self.names.half_known(name)?;
                let at = run.iter().find_map(|piece| Some((piece, piece.text.find(name)?)));
                let span = at.map_or(span, |(piece, at)| piece.part(at, at + name.len()));
                let unknown = Reference { name: name.to_owned(), span, stage: None, unit: None };
                Some(vec![known(half), unknown])
            };
            parts.iter().map(stages).collect()
        };
        all.unwrap_or_default().into_iter().flatten().collect()
    }

    fn section(&mut self, section: &Section) {
        let title = section.title.to_plain();
        let ordered = tells_order(&title) || tells_needs_of_all(&title);
        for block in &section.blocks {
            if !matches!(block, Block::List(list) if ordered && self.in_turn(list)) {
                self.blocks(std::slice::from_ref(block));
            }
        }
        let mut before: Option<Vec<usize>> = None;
        for inner in &section.sections {
            let title = inner.title.to_plain();
            if self.headings.contains(&inner.heading) {
                continue;
            }
            if is_wave(&title) {
                before = self.wave(inner, &title, before);
            } else {
                self.section(inner);
            }
        }
    }

    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            let names = self.names;
            if self.goes_by_initials(block) {
                self.names = self.initials;
            }
            self.block(block);
            self.names = names;
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Fence(fence) => match fence.language().as_str() {
                "mermaid" => {
                    self.unknown_nodes(&fence.lines);
                    self.diagram(mermaid::edges(&fence.lines, self.names));
                }
                "" | "text" | "txt" | "ascii" | "plain" | "plaintext" | "diagram" => {
                    if self.groups_in(fence.lines.iter().map(|line| (line.text, line.span)), RelationSource::Diagram) {
                        return;
                    }
                    self.unknown_nodes(&fence.lines);
                    let drawn = diagram::edges(&fence.lines, self.names);
                    self.remarks(&fence.lines, &drawn);
                    self.diagram(drawn);
                }
                "json" | "jsonc" | "yaml" | "yml" => self.told_in_data(&fence.lines),
                _ => {}
            },
            Block::Indented(code) => self.diagram(diagram::edges(&code.lines, self.names)),
            Block::Paragraph(paragraph) => {
                if !self.groups_in_text(&paragraph.text) && !self.entries(&paragraph.text) {
                    for line in entries_of(&paragraph.text) {
                        self.line(&line, None);
                    }
                }
            }
            Block::List(list) => self.list(list),
            Block::Table(table) => self.table(table),
            Block::Quote(inner, _) => self.blocks(inner),
            Block::Html(_) | Block::Rule(_) => {}
        }
    }

    /// Names in a drawing that go by the word of this plan's stages and are none of them.
    pub(super) fn unknown_nodes(&mut self, lines: &[Line]) {
        let mut known = 0;
        let mut unknown = Vec::new();
        for line in lines {
            for (place, name, stages) in self.names.mentions(line.text) {
                known += stages.len();
                if stages.is_empty() && self.is_ours(name) {
                    let base = line.span.start as usize;
                    let exact = line.text.len() == (line.span.end - line.span.start) as usize;
                    let span = if exact { Span::new(base + place.start, base + place.end) } else { line.span };
                    unknown.push(Reference { name: name.to_owned(), span, ..Reference::default() });
                }
            }
        }
        if known > 0 && lines.iter().any(|line| has_arrow(line.text) || line.text.contains(['│', '─', '|'])) {
            for stage in unknown {
                self.imply_none(stage, RelationSource::Diagram);
            }
        }
    }

    pub(super) fn diagram(&mut self, read: diagram::Diagram) {
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
                self.imply_none(self.reference(stage, span), RelationSource::Diagram);
            }
        }
    }

    /// A line of text: a diagram on one line, or sentences. `number` is that of a list's only item.
    pub(super) fn line(&mut self, run: &[Inline<'_>], number: Option<u64>) {
        let text = inline::markdown(run);
        if has_arrow(&text) && self.arrows(&text, inline::span(run), number) {
            // What stands behind the arrows is told as well.
            let all = sentences(run);
            let drawn = all.iter().rposition(|sentence| has_arrow(&inline::markdown(sentence)));
            all.iter().skip(drawn.map_or(0, |at| at + 1)).for_each(|sentence| self.sentence(sentence));
            return;
        }
        if Signs::none_in(&text) {
            return;
        }
        for sentence in sentences(run) {
            self.sentence(&sentence);
        }
    }

    fn list(&mut self, list: &List) {
        if self.groups_in_list(list) {
            return;
        }
        for item in &list.items {
            let number = item.number.filter(|_| list.items.len() == 1);
            for line in entries_of(&item.text) {
                if !self.entry(&line) && !self.counted(&line) {
                    self.line(&line, number);
                }
            }
            self.blocks(&item.blocks);
        }
    }
}
