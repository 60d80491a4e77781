//! What a plan says about the order of its stages: of themselves, in diagrams, tables, lists and sentences.
//!
//! Must not know which statement wins; each carries the kind of place that it stands in.

use crate::outline::{Block, Item, Line, List, Section, Table, Text};
use crate::source::Span;

use super::inline::{self, Run};
use super::model::{Order, Reference, Relation, RelationSource};
use super::structure::Structure;
use super::units::StageNames;
use super::vocab;
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
    let mut said = reader.said;
    said.parallel.extend(holders::marked_parallel(structure));
    holders::expand(&mut said, structure, order);
    said
}

struct Reader<'n> {
    names: &'n StageNames,
    /// For each unit that holds others the first stage in it.
    firsts: Vec<usize>,
    said: Said,
    /// Which stages are stages of work.
    stages: Vec<bool>,
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
        if needs.is_empty() && all_before {
            needs = self.all_earlier(index, inline::span(run));
        }
        needs.retain(|need| need.stage != Some(index));
        if !needs.is_empty() || none.iter().any(|word| lower.starts_with(word)) {
            self.said.relations.push(Relation { stage: own.clone(), needs, source: RelationSource::Own });
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

    fn reference(&self, stage: usize, span: Span) -> Reference {
        Reference { name: String::new(), span, stage: Some(stage) }
    }

    /// The stages that a run names; names that no stage has included.
    fn references(&self, run: &Run) -> Vec<Reference> {
        let mut found = Vec::new();
        for piece in run {
            for (place, name, stages) in self.names.mentions(&piece.text) {
                let base = piece.span.start as usize;
                // The text of a piece may be shorter than its source where it holds escapes.
                let span = Span::new(
                    (base + place.start).min(piece.span.end as usize),
                    (base + place.end).min(piece.span.end as usize),
                );
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
    fn bare_numbers(&self, run: &Run) -> Vec<Reference> {
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
                    "mermaid" => self.diagram(mermaid::edges(&fence.lines, self.names)),
                    "" | "text" | "txt" | "ascii" | "plain" | "plaintext" | "diagram" => {
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
            let line = Line { text: text.clone(), span: inline::span(run) };
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

    fn table(&mut self, table: &Table) {
        let head: Vec<String> = table.head.iter().map(|cell| cell.text.to_plain()).collect();
        let Some(column) = head.iter().position(|name| vocab::is_needs_label(name)) else { return };
        for row in &table.rows {
            let Some(cell) = row.get(column) else { continue };
            let stage = row.iter().enumerate().filter(|(at, _)| *at != column).find_map(|(_, cell)| {
                let text = cell.text.to_plain();
                self.names
                    .mentions(&text)
                    .first()
                    .and_then(|(_, _, stages)| stages.first().copied())
                    .map(|stage| (stage, cell.span))
            });
            let stage = stage.or_else(|| {
                row.first().and_then(|cell| {
                    super::names::Names::resolve(self.names, &cell.text.to_plain()).map(|stage| (stage, cell.span))
                })
            });
            let Some((stage, span)) = stage else { continue };
            let words = cell.text.to_plain().to_lowercase();
            let mut needs = self.references(&cell.text.inlines);
            if needs.is_empty() {
                needs = self.bare_numbers(&cell.text.inlines);
            }
            // `Prefers X, can mock it` and `independent (can land with X)` are no needs.
            if words.starts_with("prefers")
                || words.starts_with("independent")
                || words.starts_with("none")
                || words.starts_with("optional")
            {
                needs.clear();
            } else if needs.is_empty() && !words.trim_matches(['-', '–', '—', ' ']).is_empty() {
                continue;
            }
            self.said.relations.push(Relation {
                stage: self.reference(stage, span),
                needs,
                source: RelationSource::Prose,
            });
        }
    }

    /// `Wave 2 (parallel): - Stage 3 - Stage 4`: after everything of the wave before, side by side or one by one.
    fn wave(&mut self, section: &Section, title: &str, before: Option<Vec<usize>>) -> Option<Vec<usize>> {
        let mut members: Vec<(usize, Span)> = Vec::new();
        for block in &section.blocks {
            if let Block::List(list) = block {
                members.extend(list.items.iter().filter_map(|item: &Item| {
                    let text = item.text.to_plain();
                    let stage = self.names.mentions(&text).first()?.2.first().copied()?;
                    Some((stage, item.text.span))
                }));
            }
        }
        if members.is_empty() {
            return before;
        }
        let lower = title.to_lowercase();
        let sequential = lower.contains("sequential") || lower.contains("in order") || lower.contains("serial");
        let mut last = before.clone().unwrap_or_default();
        for &(stage, span) in &members {
            let needs = last.iter().map(|&need| self.reference(need, span)).collect();
            self.said.relations.push(Relation {
                stage: self.reference(stage, span),
                needs,
                source: RelationSource::Prose,
            });
            if sequential {
                last = vec![stage];
            }
        }
        Some(if sequential { last } else { members.into_iter().map(|(stage, _)| stage).collect() })
    }

    fn sentence(&mut self, run: &Run) {
        let text = inline::markdown(run);
        let lower = text.to_lowercase();
        let mentions = self.names.mentions(&text);
        let known: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        if known.is_empty() {
            return;
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
                    let unknown = (stages.is_empty() && self.is_ours(name)).then(|| Reference {
                        name: name.clone(),
                        span,
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

/// Verbs whose subject waits for their object. The flag says whether it is the other way round.
const VERBS_AFTER: &[(&str, bool)] = &[
    ("depends on", false),
    ("depend on", false),
    ("requires", false),
    ("require", false),
    ("needs", false),
    ("need", false),
    ("must follow", false),
    ("follows", false),
    ("comes after", false),
    ("come after", false),
    ("runs after", false),
    ("run after", false),
    ("starts after", false),
    ("start after", false),
    ("must wait for", false),
    ("waits for", false),
    ("wait for", false),
    ("is blocked by", false),
    ("are blocked by", false),
    ("blocked by", false),
    ("builds on", false),
    ("build on", false),
    ("only after", false),
    ("can start once", false),
    ("can begin once", false),
    ("can proceed once", false),
    ("can begin after", false),
    ("goes after", false),
    ("done after", false),
    ("after", false),
    ("benötigt", false),
    ("hängt von", false),
    ("nécessite", false),
    ("dépend de", false),
    ("requiere", false),
    ("depende de", false),
    ("wymaga", false),
    ("zależy od", false),
];

/// Verbs whose object waits for their subject.
const VERBS_BEFORE: &[(&str, bool)] = &[
    ("must be completed before", true),
    ("must complete before", true),
    ("must come before", true),
    ("comes before", true),
    ("must precede", true),
    ("precedes", true),
    ("blocks", true),
    ("unblocks", true),
    ("enables", true),
    ("must be done before", true),
    ("must land before", true),
    ("is required by", true),
    ("is required for", true),
    ("is a prerequisite for", true),
    ("is a prerequisite of", true),
    ("before", true),
];

const PARALLEL: &[&str] = &[
    "in parallel", "parallel to each other", "concurrently", "simultaneously", "side by side", "are independent",
    "independent of each other", "any order", "at the same time", "parallelized", "run in parallel", "parallel gebaut",
    "en parallèle", "en paralelo", "równolegle",
];

const ARROWS: &[&str] = &["-->", "->", "→", "─►", "──►", "=>", "►", "▶"];

fn has_arrow(text: &str) -> bool {
    ARROWS.iter().any(|arrow| text.contains(arrow))
}

/// The lines of a text; where none of them draws an arrow, broken sentences are whole again.
fn entries_of(text: &Text) -> Vec<Run> {
    let lines = inline::lines(text);
    if lines.iter().any(|line| has_arrow(&inline::markdown(line))) { lines } else { walk::item_lines(text) }
}

/// `all user stories`, `all previous stages`: everything that comes before.
fn all_before(lower: &str) -> bool {
    [
        "all previous", "all prior", "all earlier", "all stages above", "all preceding", "all other stages",
        "every stage", "all stories", "all user stories", "all desired user stories", "all phases", "all of the above",
        "all the above", "everything above",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

fn find_verb(lower: &str, verb: &str) -> Option<usize> {
    lower.match_indices(verb).map(|(at, _)| at).find(|&at| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + verb.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn mentions_first(rest: &str, names: &StageNames) -> bool {
    names.mentions(rest).first().is_some_and(|(place, _, _)| rest[..place.start].trim().is_empty())
}

fn is_wave(title: &str) -> bool {
    let name = vocab::normalise(title);
    ["wave ", "batch ", "round ", "group ", "track "].iter().any(|start| name.starts_with(start))
}

fn title_needs(title: &str) -> Option<&str> {
    let lower = title.to_lowercase();
    let at = ["(depends on", "(after", "(requires", "(needs", "[depends on", "(blocked by", "(depends:"]
        .iter()
        .find_map(|sign| lower.find(sign).map(|at| at + 1))?;
    title.get(at..)
}

/// The sentences of a run.
fn sentences(run: &Run) -> Vec<Run> {
    let mut parts = vec![Run::new()];
    for piece in run {
        let mut start = 0;
        if piece.kind == crate::outline::InlineKind::Text {
            for (at, _) in piece.text.match_indices(['.', ';']) {
                let ends = piece.text[at + 1..].starts_with([' ', '\n']) || at + 1 == piece.text.len();
                if ends {
                    push(&mut parts, piece, start, at + 1);
                    parts.push(Run::new());
                    start = at + 1;
                }
            }
        }
        push(&mut parts, piece, start, piece.text.len());
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}

fn push(parts: &mut [Run], piece: &crate::outline::Inline, start: usize, end: usize) {
    if start < end
        && let Some(last) = parts.last_mut()
    {
        let base = piece.span.start as usize;
        let limit = piece.span.end as usize;
        let span = if start == 0 && end == piece.text.len() {
            piece.span
        } else {
            Span::new((base + start).min(limit), (base + end).min(limit))
        };
        last.push(crate::outline::Inline { text: piece.text[start..end].to_owned(), span, ..piece.clone() });
    }
}
