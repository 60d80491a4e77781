//! Reads the words of a node: which stages it stands for, and which it says it needs.
//!
//! Must not know where the words stand in a drawing.

use std::ops::Range;
use std::sync::LazyLock;

use crate::dialect::names::Names;
use crate::text::{Phrases, starts_with};

/// Of longer texts only the beginning is read.
const LONGEST: usize = 2_000;
/// Longer texts are sentences, no titles of stages.
const LONGEST_TITLE: usize = 120;
/// The longest range of numbers, as in `3-5`, that is taken for a list of stages.
const LONGEST_RANGE: u32 = 200;

/// How surely a node's words name stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::dialect) enum Grade {
    /// They name none.
    #[default]
    Nothing,
    /// They are a stage's title or number, or share words with it.
    Title,
    /// A stage is named somewhere among them.
    Mention,
    /// They begin with a stage's name.
    Name,
}

/// What a node's words say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::dialect) struct Label {
    /// The stages that the node stands for, with the bytes that name them.
    pub(in crate::dialect) stages: Vec<(usize, Range<usize>)>,
    /// The stages that must come before, if the words speak of that.
    pub(in crate::dialect) needs: Option<Vec<usize>>,
    /// How surely the stages are meant.
    pub(in crate::dialect) grade: Grade,
}

/// How a plan numbers its stages: what stands before a number to make it a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dialect) struct Numbering {
    prefix: String,
    digits: usize,
}

impl Numbering {
    /// The numbering of the first stage that is named in a text.
    pub(in crate::dialect) fn of(text: &str, names: &dyn Names) -> Option<Self> {
        places(text, names).iter().find_map(|(at, _)| Self::of_name(&text[at.clone()]))
    }

    fn of_name(name: &str) -> Option<Self> {
        let start = name.find(|character: char| character.is_ascii_digit())?;
        let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
        Some(Self { prefix: name[..start].to_owned(), digits })
    }

    fn stage(&self, number: &str, names: &dyn Names) -> Option<usize> {
        [format!("{}{number}", self.prefix), format!("{}{number:0>width$}", self.prefix, width = self.digits)]
            .iter()
            .find_map(|name| match places(name, names).as_slice() {
                [(at, stages)] if *at == (0..name.len()) => stages.first().copied(),
                _ => None,
            })
    }
}

/// Where stages are named in a text, checked, as the finder is a stranger.
fn places(text: &str, names: &dyn Names) -> Vec<(Range<usize>, Vec<usize>)> {
    let mut end = 0;
    let mut places = names.find(text);
    places.retain(|(at, stages)| {
        let sound = at.start >= end && at.start < at.end && text.get(at.clone()).is_some() && !stages.is_empty();
        if sound {
            end = at.end;
        }
        sound
    });
    places
}

/// Words that say that what follows comes first. Those with a colon may stand before any word.
const CLAUSES: &[&str] = &[
    "depends on", "depends upon", "depend on", "dependent on", "dependencies:", "dependency:", "deps:", "dep:",
    "requires", "require", "needs", "need", "after", "following", "blocked by", "waits for", "wait for", "waits on",
    "prerequisites:", "prerequisite:", "prereqs:", "prereq:",
];

/// Words that say that nothing comes first, unless `on` follows.
const NO_CLAUSES: &[&str] = &["no dependencies", "no deps", "no dependency"];

/// Words in a list of stages that name none.
const FILLERS: &[&str] = &[
    "and", "both", "all", "of", "the", "plus", "on", "only", "stage", "stages", "task", "tasks", "phase", "phases",
    "step", "steps", "workstream", "workstreams", "milestone", "milestones",
];

/// Whether a text is nothing but words that turn an arrow round: what it points to comes first.
pub(in crate::dialect) fn turns_round(text: &str) -> bool {
    let words = bare(text);
    CLAUSES.iter().any(|clause| clause.trim_end_matches(':').eq_ignore_ascii_case(words))
}

/// Which part of a sentence stands for the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect) enum Part {
    /// The first stage that is named.
    First,
    /// The last one, as when an arrow starts behind a sentence.
    Last,
}

/// Reads a node's words. `numbering` gives meaning to bare numbers.
pub(in crate::dialect) fn read(text: &str, names: &dyn Names, numbering: Option<&Numbering>, part: Part) -> Label {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let places = places(text, names);
    let own = places.iter().find_map(|(at, _)| Numbering::of_name(&text[at.clone()]));
    let reader = Reader { text, names, numbering: own.as_ref().or(numbering), places: &places, part };
    let clauses = reader.clauses();
    let mut label = reader.named(&clauses);
    if label.stages.is_empty() {
        let end = clauses.first().map_or(text.len(), |clause| clause.start);
        label = reader.titled(&text[..end]);
    }
    for clause in clauses {
        label.needs.get_or_insert_default().extend(clause.stages);
    }
    label
}

/// Where one text holds two nodes: behind a sentence or a semicolon, and between names with only a blank.
pub(in crate::dialect) fn pieces(text: &str, names: &dyn Names) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut depth = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => cuts.push((at, at + 1)),
            _ => {}
        }
    }
    let places = places(text, names);
    for pair in places.windows(2) {
        let between = &text[pair[0].0.end..pair[1].0.start];
        if between.trim().is_empty() || between.ends_with(". ") {
            cuts.push((pair[1].0.start, pair[1].0.start));
        }
    }
    cuts.sort_unstable();
    let mut pieces = Vec::new();
    let mut start = 0;
    for (end, next) in cuts.into_iter().chain([(text.len(), text.len())]) {
        let piece = &text[start..end.max(start)];
        let trimmed = piece.trim_start();
        let from = start + piece.len() - trimmed.len();
        if !trimmed.trim_end().is_empty() {
            pieces.push(from..from + trimmed.trim_end().len());
        }
        start = next;
    }
    pieces
}

/// A part of the words that tells what comes first.
struct Clause {
    start: usize,
    end: usize,
    stages: Vec<usize>,
}

struct Reader<'a> {
    text: &'a str,
    names: &'a dyn Names,
    numbering: Option<&'a Numbering>,
    places: &'a [(Range<usize>, Vec<usize>)],
    part: Part,
}

impl Reader<'_> {
    /// All clauses in order.
    fn clauses(&self) -> Vec<Clause> {
        static SIGNS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[CLAUSES, NO_CLAUSES].concat()));
        let mut starts: Vec<(usize, usize)> = Vec::new();
        let mut none: Vec<(usize, usize)> = Vec::new();
        SIGNS.find(self.text, |sign, start, end| {
            let (before, after) = (&self.text[..start], &self.text[end..]);
            if let Some(rank) = NO_CLAUSES.iter().position(|none| *none == sign) {
                none.push((rank, before.len()));
                return false;
            }
            let whole = !before.ends_with(char::is_alphanumeric)
                && (sign.ends_with(':') || !after.starts_with(char::is_alphanumeric));
            if whole {
                let last = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or("").to_ascii_lowercase();
                let denied = ["not", "no", "longer", "never", "without"].contains(&last.as_str());
                if !denied && !last.ends_with("n't") {
                    starts.push((before.len(), end));
                }
            }
            false
        });
        starts.sort_unstable();
        let mut clauses: Vec<Clause> = Vec::new();
        for (start, end) in starts {
            if clauses.last().is_some_and(|last| start < last.end) {
                continue;
            }
            if let Some((stages, end)) = self.items(end) {
                clauses.push(Clause { start, end, stages });
            }
        }
        none.sort_unstable();
        none.dedup_by_key(|(rank, _)| *rank);
        for (rank, start) in none {
            let end = start + NO_CLAUSES[rank].len();
            if !starts_with(self.text[end..].trim_start(), "on") {
                clauses.push(Clause { start, end, stages: Vec::new() });
            }
        }
        clauses
    }

    /// The list of stages that starts at a byte, and where it ends; `None` when there is none.
    fn items(&self, from: usize) -> Option<(Vec<usize>, usize)> {
        let mut stages = Vec::new();
        let mut at = from;
        let mut end = None;
        loop {
            let rest = &self.text[at..];
            let skipped =
                rest.trim_start_matches(|character: char| character.is_whitespace() || ",+&/:#*`".contains(character));
            at += rest.len() - skipped.len();
            if let Some((place, found)) = self.places.iter().find(|(place, _)| place.start == at) {
                stages.extend(found);
                at = place.end;
                end = Some(at);
                continue;
            }
            let word = skipped.len() - skipped.trim_start_matches(char::is_alphanumeric).len();
            let word = &skipped[..word];
            let lower = word.to_ascii_lowercase();
            if ["none", "nothing"].contains(&lower.as_str()) && end.is_none() {
                return Some((stages, at + word.len()));
            }
            if let Some((found, length)) = self.numbers(skipped) {
                stages.extend(found);
                at += length;
                end = Some(at);
            } else if FILLERS.contains(&lower.as_str()) {
                at += word.len();
            } else if !self.places.is_empty() {
                // Where stages go by their numbers, other words are no stages.
                break;
            } else {
                let length = skipped.find([',', '+', '&', ')', ']', ';']).unwrap_or(skipped.len());
                let length = skipped[..length].find(" and ").unwrap_or(length);
                let Some(stage) = self.title(&skipped[..length]) else { break };
                stages.push(stage);
                at += length;
                end = Some(at);
            }
        }
        end.map(|end| (stages, end))
    }

    /// The stages of a number or a range of numbers at the start of a text, and its length.
    fn numbers(&self, text: &str) -> Option<(Vec<usize>, usize)> {
        let first = number(text)?;
        let mut length = first.len();
        let mut stages: Vec<usize> = self.numbered(first).into_iter().collect();
        let rest = &text[length..];
        let dash = rest.trim_start().strip_prefix(['-', '–', '—']).or_else(|| rest.strip_prefix(".."));
        if let Some(tail) = dash.map(str::trim_start)
            && let Some(last) = number(tail)
            && let (Ok(from), Ok(to)) = (first.parse::<u32>(), last.parse::<u32>())
            && from < to
            && to - from <= LONGEST_RANGE
        {
            stages = (from..=to).filter_map(|number| self.numbered(&number.to_string())).collect();
            length = text.len() - tail.len() + last.len();
        }
        (!stages.is_empty() && stands_alone(&text[length..])).then_some((stages, length))
    }

    /// The stage with a number.
    fn numbered(&self, number: &str) -> Option<usize> {
        self.numbering.and_then(|numbering| numbering.stage(number, self.names)).or_else(|| self.names.resolve(number))
    }

    /// The stages that are named as the node's own.
    fn named(&self, clauses: &[Clause]) -> Label {
        let mut label = Label::default();
        let mut last = 0;
        let mut depth = 0;
        for (at, stages) in self.places {
            if clauses.iter().any(|clause| clause.start <= at.start && at.start < clause.end) {
                continue;
            }
            if label.stages.is_empty() {
                label.grade = if self.begins(at.start) { Grade::Name } else { Grade::Mention };
                depth = self.depth(at.start);
            } else if self.depth(at.start) != depth {
                continue;
            } else if !self.joins(last..at.start, label.grade) {
                if self.part == Part::First || label.grade == Grade::Name {
                    continue;
                }
                label.stages.clear();
            }
            label.stages.extend(stages.iter().map(|&stage| (stage, at.clone())));
            last = at.end;
            while let Some((more, end)) = self.more_numbers(last) {
                label.stages.extend(more.into_iter().map(|stage| (stage, at.start..end)));
                last = end;
            }
        }
        label
    }

    /// Further numbers behind a name: `Stage 1, 2`.
    fn more_numbers(&self, from: usize) -> Option<(Vec<usize>, usize)> {
        let rest = &self.text[from..];
        let sign = rest.trim_start().strip_prefix([',', '+', '&', '/']).or_else(|| rest.strip_prefix(" and "))?;
        let sign = sign.trim_start();
        let (stages, length) = self.numbers(sign)?;
        // `Stage 1 and 2 tests` speaks of tests.
        let next = sign[length..].trim_start();
        (!next.starts_with(char::is_alphabetic)).then_some((stages, self.text.len() - sign.len() + length))
    }

    /// Whether a place stands at the start of the words, apart from signs and the kind of the unit.
    fn begins(&self, at: usize) -> bool {
        let before = self.text[..at].trim_start();
        let marker = before.trim_start_matches(|character: char| character.is_ascii_digit());
        let before = if marker.starts_with(['.', ')']) { marker } else { before };
        let words = bare(before).to_ascii_lowercase();
        words.is_empty()
            || ["task", "stage", "phase", "step", "workstream", "milestone", "checkpoint"].contains(&words.as_str())
    }

    /// How many brackets are open before a byte.
    fn depth(&self, at: usize) -> usize {
        let before = &self.text[..at];
        before.matches(['(', '[', '{']).count().saturating_sub(before.matches([')', ']', '}']).count())
    }

    /// Whether what stands between two names makes them a list. In a sentence a comma does not.
    fn joins(&self, between: Range<usize>, grade: Grade) -> bool {
        let between = outside_brackets(&self.text[between]);
        let between = between
            .trim_matches(|character: char| !character.is_alphanumeric() && !",+&/;|∥:()[]{}".contains(character));
        let alone = [",", "+", "&", "/", "|", "||", "∥", "and", "or", "plus", ", and", "with", "in parallel with"];
        alone.contains(&between.to_ascii_lowercase().as_str())
            || (grade == Grade::Name && between.ends_with([',', '+', '&', '|', '∥']))
    }

    /// The stages whose titles or numbers the words are.
    fn titled(&self, text: &str) -> Label {
        let mut parts = Vec::new();
        let mut start = 0;
        let mut depth = 0usize;
        let wrapped = usize::from(bare(text).len() < text.trim().len() && text.trim().starts_with(['(', '[', '{']));
        for (at, character) in text.char_indices() {
            match character {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                ',' | '+' | '&' | '|' | '∥' if depth <= wrapped => {
                    parts.push(start..at);
                    start = at + character.len_utf8();
                }
                _ if depth <= wrapped && text[at..].starts_with(" and ") => {
                    parts.push(start..at);
                    start = at + " and ".len();
                }
                _ => {}
            }
        }
        parts.push(start..text.len());
        parts.retain(|part| text.get(part.clone()).is_some_and(|part| part.contains(char::is_alphanumeric)));
        let stages: Option<Vec<Vec<usize>>> = parts
            .iter()
            .map(|part| {
                let part = bare(&text[part.clone()]);
                let numbers = self.numbers(part).filter(|(_, length)| *length == part.len());
                numbers.map(|(stages, _)| stages).or_else(|| self.title(part).map(|stage| vec![stage]))
            })
            .collect();
        let mut label = Label::default();
        match stages {
            Some(stages) if !stages.is_empty() => {
                for (part, stages) in parts.iter().zip(stages) {
                    label.stages.extend(stages.into_iter().map(|stage| (stage, part.clone())));
                }
            }
            _ => label.stages.extend(self.title(text).map(|stage| (stage, 0..text.len()))),
        }
        for (_, at) in &mut label.stages {
            let part = &text[at.clone()];
            let trimmed = part.trim_start();
            let start = at.end - trimmed.len();
            *at = start..start + trimmed.trim_end().len();
        }
        label.grade = if label.stages.is_empty() { Grade::Nothing } else { Grade::Title };
        label
    }

    /// The stage with a title.
    fn title(&self, text: &str) -> Option<usize> {
        let resolve = |text: &str| {
            let text = bare(text);
            let fits = !text.is_empty() && text.len() <= LONGEST_TITLE;
            fits.then(|| self.names.resolve(text)).flatten()
        };
        resolve(text).or_else(|| {
            let short = outside_brackets(text);
            if short.len() < text.len() { resolve(&short) } else { None }
        })
    }
}

/// A text without brackets around it and signs at its ends.
fn bare(text: &str) -> &str {
    let mut text = text;
    loop {
        text = text.trim_matches(|character: char| !character.is_alphanumeric() && !"([{)]}".contains(character));
        let pair = [('(', ')'), ('[', ']'), ('{', '}')]
            .into_iter()
            .find(|&(open, close)| text.starts_with(open) && (text.find(close).is_none_or(|at| at + 1 == text.len())));
        match pair {
            Some((open, close)) => text = text[open.len_utf8()..].trim_end_matches(close),
            None if text.starts_with([')', ']', '}']) => text = &text[1..],
            None if text.ends_with(['(', '[', '{']) => text = &text[..text.len() - 1],
            None => return text,
        }
    }
}

/// What stands outside of all brackets.
fn outside_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0usize;
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    out
}

/// A number at the start of a text, such as `3`, `1.5` or `8b`.
fn number(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let bytes = text.as_bytes();
    let mut end = digits;
    while bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1;
        end += bytes[end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    if bytes.get(end).is_some_and(u8::is_ascii_lowercase) {
        end += 1;
    }
    (!text[end..].starts_with(char::is_alphanumeric)).then_some(&text[..end])
}

/// Whether a number is a stage's and does not count what follows: `after 3 days`.
fn stands_alone(rest: &str) -> bool {
    let next = rest.trim_start();
    if !next.starts_with(char::is_alphabetic) {
        return !next.starts_with('%');
    }
    let length = next.len() - next.trim_start_matches(char::is_alphanumeric).len();
    let verbs = [
        "and", "are", "is", "in", "has", "have", "complete", "completes", "completed", "done", "finish", "finishes",
        "finished", "pass", "passes", "land", "lands", "merge", "merged", "both", "but", "only",
    ];
    verbs.contains(&next[..length].to_ascii_lowercase().as_str())
}
