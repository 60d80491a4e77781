//! Orders that are told without a word for them: by the numbers of a list, by a column of needs in any table, by lines that
//! begin with a stage, by initials, by `both` and `the previous stage`.
//!
//! Must not know in which section they stand.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::outline::{Block, Inline, List, Table, Text};
use crate::source::Span;
use crate::text::{Phrases, Starts};

use super::inline;
use super::model::{Reference, RelationSource};
use super::names::Names as _;
use super::order::Reader;
use super::phrases::{Signs, mentions_first, sentences};
use super::vocab;

/// Whether a heading says that what stands below is in the order in which it is done: `Execution Order`.
pub(super) fn tells_order(title: &str) -> bool {
    let name = vocab::normalise(title);
    let last = name.rsplit(' ').next().unwrap_or("");
    matches!(last, "order" | "sequence" | "sequencing" | "reihenfolge")
}

/// Whether a heading announces the needs of all stages, below which numbers count in the order of the work.
pub(super) fn tells_needs_of_all(title: &str) -> bool {
    let name = vocab::normalise(title);
    matches!(
        name.as_str(),
        "dependencies" | "abhängigkeiten" | "dépendances" | "dependencias" | "dependências" | "zależności"
    ) || name.strip_suffix(" dependencies").is_some_and(|unit| UNITS.contains(&unit))
}

/// Words for units in tables and headings.
const UNITS: &[&str] = &["stage", "phase", "task", "step", "workstream", "milestone", "ws", "pr", "slice"];

/// Whether words name the stage right before as all that is needed: `the previous stage`.
pub(super) fn names_previous(words: &str) -> bool {
    static BEFORE: Starts = Starts::new(&[
        "previous stage", "previous phase", "previous task", "previous step", "previous workstream",
        "previous milestone", "the previous stage", "the previous phase", "the previous task", "the previous step",
        "the previous milestone", "the previous one", "preceding stage", "preceding phase", "preceding task",
        "preceding step", "the preceding stage", "the preceding phase", "the preceding task", "the preceding step",
        "prior stage", "prior phase", "prior task", "prior step",
    ]);
    BEFORE.begin(words.trim_start_matches(['*', '_', ' ']))
}

/// Whether a table has a column that says what each stage waits for, and rows that name stages.
pub(super) fn tells_needs(table: &Table) -> bool {
    let head: Vec<String> = table.head.iter().map(|cell| vocab::normalise(&cell.text.to_plain())).collect();
    let needs = |name: &String| vocab::is_needs_label(name) && !matches!(name.as_str(), "needs" | "after" | "follows");
    head.first().is_some_and(|first| UNITS.contains(&first.as_str())) && head.iter().skip(1).any(needs)
}

impl Reader<'_> {
    /// Whether a block names the stages by their initials alone: `S1 → S2`.
    pub(super) fn goes_by_initials(&self, block: &Block) -> bool {
        let texts: Vec<Cow<'_, str>> = match block {
            Block::Fence(fence) => fence.lines.iter().map(|line| Cow::Borrowed(line.text)).collect(),
            Block::Indented(code) => code.lines.iter().map(|line| Cow::Borrowed(line.text)).collect(),
            Block::Paragraph(paragraph) => vec![inline::markdown(&paragraph.text.inlines)],
            Block::List(list) => list.items.iter().map(|item| inline::markdown(&item.text.inlines)).collect(),
            _ => return false,
        };
        // Few texts have a letter with a number behind it.
        let coded = |text: &Cow<'_, str>| {
            text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_uppercase() && pair[1].is_ascii_digit())
        };
        if !texts.iter().any(coded) || texts.iter().any(|text| !self.names.mentions(text).is_empty()) {
            return false;
        }
        let named = texts.iter().flat_map(|text| self.initials.mentions(text)).flat_map(|(_, _, stages)| stages);
        named.collect::<BTreeSet<usize>>().len() > 1
    }

    /// Lines of a paragraph that each begin with the name of a stage and a colon: `Stage 1: none`. Gives whether they do.
    pub(super) fn entries(&mut self, text: &Text) -> bool {
        let lines: Vec<_> = inline::lines(text).collect();
        let names_itself = |line: &&[Inline<'_>]| {
            let words = inline::markdown(line);
            let words = words.trim_start_matches(['*', '_', ' ']);
            words
                .split_once(':')
                .is_some_and(|(head, _)| mentions_first(head, self.names) && head.split_whitespace().count() < 4)
        };
        if lines.len() < 2 || !lines.iter().all(names_itself) {
            return false;
        }
        for line in lines {
            if !self.entry(line) {
                self.line(line, None);
            }
        }
        true
    }

    /// `(depends on A, B)`: numbers and letters alone, where all of them are known.
    pub(super) fn bare_in_title(&self, own: &Reference, words: &str) -> Vec<Reference> {
        const VERBS: &[&str] = &["depends on", "blocked by", "requires", "needs", "after", "depends:"];
        let words = &words[..words.find([')', ']']).unwrap_or(words.len())];
        let lower = words.to_lowercase();
        let Some(verb) = VERBS.iter().find(|verb| lower.starts_with(**verb)) else { return Vec::new() };
        let Some(rest) = words.get(verb.len()..) else { return Vec::new() };
        let parts = rest.split([',', '&', '+']).flat_map(|part| part.split(" and ")).map(str::trim);
        let short = |part: &str| (1..=4).contains(&part.len()) && part.chars().all(char::is_alphanumeric);
        let stages: Option<Vec<usize>> = parts
            .map(|part| self.names.by_number(part).or_else(|| self.names.resolve(part)).filter(|_| short(part)))
            .collect();
        let others = stages.unwrap_or_default().into_iter().filter(|&stage| own.stage != Some(stage));
        others.map(|stage| self.reference(stage, own.span)).collect()
    }

    /// `1. Stage 0 2. Stages 1 and 2 in parallel`: each entry waits for the one before it. Gives whether the list is one
    /// of stages; what says itself what it waits for is left to its words.
    pub(super) fn in_turn(&mut self, list: &List) -> bool {
        let mut groups: Vec<(Vec<usize>, Span)> = Vec::new();
        for item in &list.items {
            let text = inline::markdown(&item.text.inlines);
            let words = text.trim_start_matches(['*', '_', ' ']);
            let head = &words[..words.find(['(', ':', '—', '–']).unwrap_or(words.len())];
            let verb = Signs::of(words).any_verb() || words.to_lowercase().contains("any time");
            if item.number.is_none() || verb || !mentions_first(head, self.names) {
                return false;
            }
            let stages = self.names.mentions(head).into_iter().flat_map(|(_, _, stages)| stages);
            groups.push((stages.collect(), item.text.span));
        }
        let mut known: Vec<usize> = groups.iter().flat_map(|(stages, _)| stages.iter().copied()).collect();
        let count = known.len();
        known.sort_unstable();
        known.dedup();
        if groups.len() < 2 || known.len() < count || groups.iter().any(|(stages, _)| stages.is_empty()) {
            return false;
        }
        let mut before: Vec<usize> = Vec::new();
        for (stages, span) in groups {
            for &stage in &stages {
                let own = self.reference(stage, span);
                if before.is_empty() {
                    self.imply_none(own, RelationSource::Prose);
                } else {
                    let needs = before.iter().map(|&need| self.reference(need, span)).collect();
                    self.say(own, needs, RelationSource::Prose);
                }
            }
            before = stages;
        }
        true
    }

    /// Sentences outside of sections on order that begin with a stage and say plainly what it waits for: `Stage 2 depends
    /// on Stage 1.` They are heard where stages that nothing is said of are independent.
    pub(super) fn plainly(&mut self, text: &Text) {
        static PLAIN: LazyLock<Phrases> = LazyLock::new(|| {
            Phrases::new(&[
                "depends on", "depend on", "must follow", "blocked by", "waits for", "wait for", "comes after",
                "come after", "cannot start until", "can not start until", "cannot begin until", "can't start until",
                "requires both", "require both", "must be completed before", "must complete before",
                "must come before", "must land before",
            ])
        });
        if !text.inlines.iter().any(|piece| PLAIN.any_in(&piece.text)) {
            return;
        }
        for sentence in inline::item_lines(text).flat_map(|line| sentences(&line)) {
            let words = inline::markdown(&sentence);
            // `Do not mix stages in one branch: Stage 2 depends on Stage 1.`
            let told = words.rfind(": ").map(|colon| &words[colon + 2..]).filter(|told| PLAIN.any_in(told));
            let plain = told.unwrap_or(&words).trim_start_matches(['*', '_', ' ']);
            if PLAIN.any_in(plain) && mentions_first(plain, self.names) && !Signs::of(plain).hedged() {
                self.sentence(&sentence);
            }
        }
    }

    /// `Stage 2 needs both.` behind a sentence that names two stages.
    pub(super) fn needs_both(&mut self, words: &str, known: &[usize], pair: &[usize], span: Span) -> bool {
        static BOTH: LazyLock<Phrases> = LazyLock::new(|| {
            Phrases::new(&[
                "needs both", "need both", "requires both", "require both", "depends on both", "depend on both",
                "waits for both", "wait for both", "after both", "once both", "builds on both", "until both",
            ])
        });
        let ([stage], [_, _]) = (known, pair) else { return false };
        if !BOTH.any_in(words) || pair.contains(stage) {
            return false;
        }
        let needs: Vec<Reference> = pair.iter().map(|&need| self.reference(need, span)).collect();
        self.say(self.reference(*stage, span), needs, RelationSource::Prose);
        true
    }
}
