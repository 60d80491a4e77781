//! What a plan says about the order of its stages: of themselves, in diagrams, tables, lists and sentences.
//!
//! Must not know which statement wins; each carries the kind of place that it stands in.

use crate::outline::{Block, Line, List, Section};
use crate::source::Span;

use super::inline::{self, Run};
use super::model::{Order, Reference, Relation, RelationSource};
use super::phrases::{
    PARALLEL, VERBS_AFTER, VERBS_BEFORE, all_before, declares_sequence, entries_of, find_verb, foundation, has_arrow,
    is_wave, last_of_all, mentions_first, sentences, title_needs,
};
use super::structure::Structure;
use super::units::StageNames;
use super::{diagram, holders, mermaid, walk};

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
pub fn read(structure: &Structure<'_>, names: &StageNames, order: Order) -> Said {
    let mut reader = Reader {
        names,
        said: Said::default(),
        stages: structure.drafts.iter().map(|draft| !draft.last).collect(),
        ends: structure
            .drafts
            .iter()
            .enumerate()
            .map(|(index, draft)| {
                draft.inner.iter().copied().filter(|&inner| !structure.drafts[inner].last).max().unwrap_or(index)
            })
            .collect(),
        firsts: structure.holders.iter().map(|holder| holder.members.first().copied().unwrap_or(0)).collect(),
    };
    let count = structure.drafts.len();
    for (index, holder) in structure.holders.iter().enumerate() {
        let own = Reference { name: holder.title.clone(), span: holder.span, stage: Some(count + index) };
        for run in &holder.needs {
            reader.own(&own, run, holder.members.first().copied().unwrap_or(0));
        }
    }
    let holds = |index: usize| structure.holders.iter().any(|holder| holder.stage == Some(index));
    for (index, draft) in structure.drafts.iter().enumerate().filter(|(index, _)| !holds(*index)) {
        let own = Reference { name: draft.title.clone(), span: draft.span, stage: Some(index) };
        for run in &draft.found.needs {
            reader.own(&own, run, index);
        }
        if let Some(words) = title_needs(&draft.title) {
            reader.title(&own, words);
        }
    }
    for section in &structure.order {
        reader.section(section);
    }
    for block in &structure.prose {
        let runs: Vec<Run> = match block {
            Block::Paragraph(paragraph) => walk::item_lines(&paragraph.text),
            Block::Quote(inner, _) => inner
                .iter()
                .flat_map(|block| match block {
                    Block::Paragraph(paragraph) => walk::item_lines(&paragraph.text),
                    _ => Vec::new(),
                })
                .collect(),
            Block::List(list) => list.items.iter().flat_map(|item| walk::item_lines(&item.text)).collect(),
            _ => Vec::new(),
        };
        runs.iter().for_each(|run| reader.whole(run, order));
    }
    let mut said = reader.said;
    said.parallel.extend(holders::marked_parallel(structure));
    holders::expand(&mut said, structure, order);
    said
}

pub(super) struct Reader<'n> {
    pub(super) names: &'n StageNames,
    /// For each unit that holds others the first stage in it.
    firsts: Vec<usize>,
    pub(super) said: Said,
    /// Which stages are stages of work.
    stages: Vec<bool>,
    /// For each stage the last one inside it, or itself.
    ends: Vec<usize>,
}

impl Reader<'_> {
    /// What a stage says of itself behind a label of need.
    fn own(&mut self, own: &Reference, run: &Run, index: usize) {
        let text = inline::markdown(run);
        let lower = text.trim().to_lowercase();
        let none = [
            "none", "nothing", "n/a", "no dependencies", "-", "–", "—", "keine", "aucune", "ninguna", "brak",
            "independent", "なし", "无", "없음",
        ];
        let mut needs = self.references(run);
        if needs.is_empty() {
            needs = self.bare_numbers(run);
        }
        let all_before = all_before(&lower);
        if needs.is_empty()
            && (lower.contains("all phases")
                || lower.contains("all stages")
                || lower.contains("all tasks")
                || lower.contains("all other"))
            && !lower.contains("no ")
        {
            needs = (0..self.stages.len())
                .filter(|&stage| self.stages[stage] && stage != index)
                .map(|stage| self.reference(stage, inline::span(run)))
                .collect();
        }
        if foundation(&lower) {
            self.foundation(own.stage, inline::span(run));
            return;
        }
        if last_of_all(&lower) && needs.is_empty() {
            needs = (0..self.stages.len())
                .filter(|&stage| self.stages[stage] && stage != index)
                .map(|stage| self.reference(stage, inline::span(run)))
                .collect();
        }
        if needs.is_empty() && all_before {
            needs = self.all_earlier(index, inline::span(run));
        }
        if !needs.is_empty() || none.iter().any(|word| lower.starts_with(word)) {
            self.said.relations.push(Relation { stage: own.clone(), needs, source: RelationSource::Own });
        }
    }

    /// A stage that all others wait for.
    fn foundation(&mut self, stage: Option<usize>, span: Span) {
        let Some(first) = stage else { return };
        for other in (0..self.stages.len()).filter(|&other| self.stages[other] && other != first).collect::<Vec<_>>() {
            let relation = Relation {
                stage: self.reference(other, span),
                needs: vec![self.reference(first, span)],
                source: RelationSource::Whole,
            };
            self.said.relations.push(relation);
        }
    }

    /// Statements about the order of all stages: `Work in stage order`, `Tasks are serial`.
    fn whole(&mut self, run: &Run, order: Order) {
        for sentence in sentences(run) {
            let lower = inline::prose(&sentence).to_lowercase();
            let streams = lower.contains("workstream");
            if !declares_sequence(&lower) || order == Order::Groups && !streams {
                continue;
            }
            let span = inline::span(&sentence);
            let mut work: Vec<usize> = (0..self.stages.len()).filter(|&stage| self.stages[stage]).collect();
            // What stands inside a stage comes before it.
            work.sort_by_key(|&stage| (self.ends[stage], std::cmp::Reverse(stage)));
            for pair in work.windows(2) {
                let relation = Relation {
                    stage: self.reference(pair[1], span),
                    needs: vec![self.reference(pair[0], span)],
                    source: RelationSource::Whole,
                };
                self.said.relations.push(relation);
            }
            return;
        }
    }

    /// `(depends on T1, T2)` in a title.
    fn title(&mut self, own: &Reference, words: &str) {
        let needs: Vec<Reference> = self
            .names
            .mentions(words)
            .into_iter()
            .flat_map(|(_, name, stages)| stages.into_iter().map(move |stage| (name.clone(), stage)))
            .filter(|(_, stage)| Some(*stage) != own.stage)
            .map(|(name, stage)| Reference { name, span: own.span, stage: Some(stage) })
            .collect();
        if !needs.is_empty() {
            self.said.relations.push(Relation { stage: own.clone(), needs, source: RelationSource::Own });
        }
    }

    /// The first stage of a unit that holds others, or the stage itself.
    fn first_of(&self, stage: usize) -> usize {
        stage.checked_sub(self.stages.len()).and_then(|index| self.firsts.get(index).copied()).unwrap_or(stage)
    }

    /// All stages of work before one.
    fn all_earlier(&self, index: usize, span: Span) -> Vec<Reference> {
        (0..index)
            .filter(|&stage| self.stages.get(stage).copied().unwrap_or(false))
            .map(|stage| self.reference(stage, span))
            .collect()
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
                    if self.is_ours(&name) {
                        found.push(Reference { name, span, stage: None });
                    }
                } else {
                    found.extend(stages.into_iter().map(|stage| Reference {
                        name: name.clone(),
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
        coded || self.names.words().iter().any(|own| *own == word || word.strip_suffix('s') == Some(own))
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
            for (place, name, stages) in self.names.mentions(&line.text) {
                known += stages.len();
                if stages.is_empty() && self.is_ours(&name) {
                    let base = line.span.start as usize;
                    let exact = line.text.len() == (line.span.end - line.span.start) as usize;
                    let span = if exact { Span::new(base + place.start, base + place.end) } else { line.span };
                    unknown.push(Reference { name, span, stage: None });
                }
            }
        }
        if known > 0 && lines.iter().any(|line| has_arrow(&line.text) || line.text.contains(['│', '─', '|'])) {
            for stage in unknown {
                self.said.relations.push(Relation { stage, needs: Vec::new(), source: RelationSource::Diagram });
            }
        }
    }

    fn diagram(&mut self, read: diagram::Diagram) {
        if !read.confident {
            return;
        }
        let mut waiting: Vec<usize> = read.edges.iter().map(|edge| edge.to).collect();
        waiting.sort_unstable();
        waiting.dedup();
        for to in waiting {
            let edges: Vec<_> = read.edges.iter().filter(|edge| edge.to == to).collect();
            let needs = edges.iter().map(|edge| self.reference(edge.from, edge.span)).collect();
            let span = edges.first().map_or(Span::default(), |edge| edge.span);
            self.said.relations.push(Relation {
                stage: self.reference(to, span),
                needs,
                source: RelationSource::Diagram,
            });
        }
        // A node with no line into it waits for nothing: the diagram covers it.
        for &(stage, span) in &read.nodes {
            if !read.edges.iter().any(|edge| edge.to == stage) && read.edges.iter().any(|edge| edge.from == stage) {
                self.said.relations.push(Relation {
                    stage: self.reference(stage, span),
                    needs: Vec::new(),
                    source: RelationSource::Diagram,
                });
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
        let rest = inline::markdown(&found.rest).to_lowercase();
        let verbs = VERBS_AFTER.iter().chain(VERBS_BEFORE).any(|(verb, _)| rest.contains(verb));
        let own = Reference { name: name.clone(), span: found.span, stage: Some(*stage) };
        let mut needs = self.references(&found.rest);
        // What a stage is said to be independent of is nothing that it needs.
        if let Some(at) = rest.find("independent of") {
            let cut = inline::markdown(&found.rest).len().min(at);
            needs.retain(|need| rest.find(&need.name.to_lowercase()).is_none_or(|place| place < cut));
        }
        if rest.trim_start().starts_with("none")
            || rest.trim_start().starts_with("no depend")
            || rest.contains("no dependencies")
            || rest.contains("independent") && needs.is_empty()
        {
            self.said.relations.push(Relation { stage: own, needs: Vec::new(), source: RelationSource::Prose });
            return true;
        }
        let leads =
            rest.trim_start().starts_with(|next: char| next.is_alphabetic()) && mentions_first(&rest, self.names);
        let depends = ["depends on", "after", "requires", "needs", "blocked by"]
            .iter()
            .any(|verb| rest.trim_start().starts_with(verb));
        if needs.is_empty() && depends && all_before(&rest) {
            let first = self.first_of(*stage);
            needs = self.all_earlier(first, found.span);
        }
        if needs.is_empty() || !(depends || leads && !verbs) {
            return false;
        }
        self.said.relations.push(Relation { stage: own, needs, source: RelationSource::Prose });
        true
    }

    fn sentence(&mut self, run: &Run) {
        let text = inline::markdown(run);
        let lower = text.to_lowercase();
        let mentions = self.names.mentions(&text);
        let known: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        if known.is_empty() {
            if declares_sequence(&lower) {
                self.whole(run, Order::Independent);
            }
            return;
        }
        let negated = [
            "does not depend", "do not depend", "doesn't depend", "don't depend", "no longer", "not require",
            "not need", "independent of", "not wait", "not block", "n't require", "n't need",
        ];
        if negated.iter().any(|sign| lower.contains(sign)) {
            return;
        }
        let span = inline::span(run);
        if let [stage] = known.as_slice() {
            let stage = *stage;
            if foundation(&lower) {
                self.foundation(Some(stage), span);
                return;
            }
            if last_of_all(&lower) {
                let needs = (0..self.stages.len())
                    .filter(|&other| self.stages[other] && other != stage)
                    .map(|other| self.reference(other, span))
                    .collect();
                self.said.relations.push(Relation {
                    stage: self.reference(stage, span),
                    needs,
                    source: RelationSource::Prose,
                });
                return;
            }
        }
        if known.len() > 1 && declares_sequence(&lower) && !PARALLEL.iter().any(|sign| lower.contains(sign)) {
            for pair in known.windows(2) {
                let relation = Relation {
                    stage: self.reference(pair[1], span),
                    needs: vec![self.reference(pair[0], span)],
                    source: RelationSource::Prose,
                };
                self.said.relations.push(relation);
            }
            return;
        }
        // `Once Stage 1 is done, Stages 2 and 3 can start.`
        let conditional =
            ["once ", "after ", "when ", "as soon as "].iter().any(|word| lower.trim_start().starts_with(word));
        if let Some(comma) = text.find(',').filter(|_| conditional) {
            let needed: Vec<usize> = mentions
                .iter()
                .filter(|(place, _, _)| place.end <= comma)
                .flat_map(|(_, _, stages)| stages.iter().copied())
                .collect();
            let waiting: Vec<usize> = mentions
                .iter()
                .filter(|(place, _, _)| place.start > comma)
                .flat_map(|(_, _, stages)| stages.iter().copied())
                .collect();
            if !needed.is_empty() && !waiting.is_empty() {
                for stage in waiting {
                    let needs =
                        needed.iter().filter(|&&need| need != stage).map(|&need| self.reference(need, span)).collect();
                    self.said.relations.push(Relation {
                        stage: self.reference(stage, span),
                        needs,
                        source: RelationSource::Prose,
                    });
                }
                return;
            }
        }
        if PARALLEL.iter().any(|sign| lower.contains(sign)) {
            let cut = ["after ", "once ", "when "]
                .iter()
                .filter_map(|word| lower.find(&format!(" {word}")))
                .min()
                .unwrap_or(text.len());
            let group: Vec<usize> = mentions
                .iter()
                .filter(|(place, _, _)| place.start < cut)
                .flat_map(|(_, _, stages)| stages.iter().copied())
                .collect();
            if group.len() > 1 {
                self.said.parallel.push(group);
            }
            return;
        }
        let mut last_end = 0;
        for (verb, reversed) in VERBS_AFTER.iter().chain(VERBS_BEFORE) {
            let Some(at) = find_verb(&lower, verb) else { continue };
            if at < last_end {
                continue;
            }
            let left: Vec<_> = mentions.iter().filter(|(place, _, _)| place.end <= at).collect();
            let right: Vec<_> = mentions.iter().filter(|(place, _, _)| place.start >= at + verb.len()).collect();
            if right.is_empty() || left.is_empty() {
                continue;
            }
            let (waiting, needed) = if *reversed { (right, left) } else { (left, right) };
            let span = inline::span(run);
            let needs: Vec<Reference> = needed
                .iter()
                .flat_map(|(_, name, stages)| {
                    let place = || {
                        self.references(run)
                            .into_iter()
                            .find(|found| found.name == *name)
                            .map_or(span, |found| found.span)
                    };
                    let unknown = (stages.is_empty() && self.is_ours(name)).then(|| Reference {
                        name: name.clone(),
                        span: place(),
                        stage: None,
                    });
                    stages
                        .iter()
                        .map(|&stage| Reference { name: name.clone(), span, stage: Some(stage) })
                        .chain(unknown)
                        .collect::<Vec<_>>()
                })
                .collect();
            for stage in waiting.iter().flat_map(|(_, _, stages)| stages.iter().copied()) {
                let needs: Vec<Reference> = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
                if !needs.is_empty() {
                    self.said.relations.push(Relation {
                        stage: self.reference(stage, span),
                        needs,
                        source: RelationSource::Prose,
                    });
                }
            }
            last_end = text.len();
        }
    }
}
