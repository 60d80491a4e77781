//! Groups of stages that run side by side, one group after the other: `Wave 1 (parallel): Task 1, Task 2`.
//!
//! They stand as lines of text, as entries of lists, or as arrays of data.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::outline::{Block, Line, List, Text};
use crate::source::Span;
use crate::text::{Phrases, starts_with};

use super::inline;
use super::model::RelationSource;
use super::names::Names;
use super::order::Reader;
use super::phrases::has_arrow;

/// Stages that run side by side.
#[derive(Default)]
struct Group<'l> {
    /// Its number, and what is said behind it.
    number: &'l str,
    remark: &'l str,
    members: Vec<(usize, Span)>,
}

/// Words by which groups of stages go.
const WORDS: &[&str] = &["wave", "batch", "round", "group", "welle", "vague", "oleada", "onda", "fala"];

static AFTER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["after", "depends on", "needs", "requires", "once", "nach", "après", "después", "depois"])
});

static ALL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["all above", "after all", "everything", "all previous", "all prior", "all earlier", "allem", "tout"])
});

static IN_ORDER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["sequential", "in order", "serial", "one after", "nacheinander", "séquentiel", "secuencial"])
});

impl Reader<'_> {
    /// Reads the groups in a list: each entry names one, with its members behind it or below.
    pub(super) fn groups_in_list(&mut self, list: &List) -> bool {
        let first = list.items.first().and_then(|item| item.text.inlines.first());
        if first.is_none_or(|first| head(trimmed(&first.text)).is_none()) {
            return false;
        }
        let mut lines = Vec::new();
        for item in &list.items {
            lines.push((inline::markdown(&item.text.inlines), item.text.span));
            for block in &item.blocks {
                if let Block::List(inner) = block {
                    lines.extend(inner.items.iter().map(|item| (inline::markdown(&item.text.inlines), item.text.span)));
                }
            }
        }
        self.groups_in(lines.iter().map(|(text, span)| (text.as_ref(), *span)), RelationSource::Prose)
    }

    /// Reads the groups in a paragraph, one on each line.
    pub(super) fn groups_in_text(&mut self, text: &Text) -> bool {
        if text.inlines.first().is_none_or(|first| head(trimmed(&first.text)).is_none()) {
            return false;
        }
        let lines: Vec<(Cow<'_, str>, Span)> =
            inline::lines(text).map(|line| (inline::markdown(line), inline::span(line))).collect();
        self.groups_in(lines.iter().map(|(text, span)| (text.as_ref(), *span)), RelationSource::Prose)
    }

    /// Reads lines that name groups and their members; gives whether they do nothing else.
    pub(super) fn groups_in<'l>(
        &mut self,
        lines: impl Iterator<Item = (&'l str, Span)>,
        source: RelationSource,
    ) -> bool {
        let mut groups: Vec<Group<'l>> = Vec::new();
        for (text, span) in lines {
            let line = trimmed(text);
            let (rest, several) = match head(line) {
                Some((number, rest)) => {
                    // Groups that are stages or hold them by name are drawn like other stages.
                    let own = self.names.mentions(&line[..line.len() - rest.len()]);
                    if has_arrow(line) || own.iter().any(|(_, _, stages)| !stages.is_empty()) {
                        return false;
                    }
                    let (remark, rest) = parted(rest);
                    groups.push(Group { number, remark, members: Vec::new() });
                    (rest, true)
                }
                None if groups.is_empty() || line.is_empty() => continue,
                None if has_arrow(line) => return false,
                None => (line, false),
            };
            let Some(group) = groups.last_mut() else { continue };
            let mut end = 0;
            for (place, _, stages) in self.names.mentions(rest) {
                // What stands behind other words is only spoken of.
                let between = &rest[end..place.start];
                if !several && (end > 0 || between.contains(char::is_alphanumeric)) {
                    break;
                }
                end = place.end;
                group.members.extend(stages.into_iter().map(|stage| (stage, span)));
            }
        }
        self.row(&groups, source)
    }

    /// Puts groups in a row; gives whether they are groups of stages at all.
    fn row(&mut self, groups: &[Group<'_>], source: RelationSource) -> bool {
        let mut seen = BTreeSet::new();
        let fresh = groups.iter().flat_map(|group| &group.members).all(|(stage, _)| seen.insert(*stage));
        if !fresh || groups.len() < 2 || groups.iter().any(|group| group.members.is_empty()) {
            return false;
        }
        for (at, group) in groups.iter().enumerate() {
            let (before, named) = (&groups[..at], AFTER.any_in(group.remark));
            let all = ALL.any_in(group.remark);
            let is_named = |other: &Group<'_>| numbers(group.remark).any(|number| number == other.number);
            let told = named && !all && before.iter().any(is_named);
            let mut needed: Vec<usize> = before
                .iter()
                .enumerate()
                .filter(|(index, other)| if told { is_named(other) } else { all || index + 1 == at })
                .flat_map(|(_, other)| ends(other))
                .collect();
            for &(stage, span) in &group.members {
                let needs = needed.iter().map(|&need| self.reference(need, span)).collect();
                self.say(self.reference(stage, span), needs, source);
                if IN_ORDER.any_in(group.remark) {
                    needed = vec![stage];
                }
            }
        }
        true
    }

    /// `"waves": [["1.1", "1.2"], ["2.1"]]`, each innermost array a group of stages.
    pub(super) fn data(&mut self, lines: &[Line]) {
        let mut groups: Vec<Group<'_>> = Vec::new();
        // How many arrays are open, once the key was seen.
        let mut depth = None;
        // The members of the innermost array, if no other one stands in it.
        let mut open: Option<Vec<(usize, Span)>> = None;
        'data: for line in lines {
            if depth.is_none() {
                let key = line.text.trim_start_matches([' ', '{', '"', '\'']);
                if WORDS.iter().any(|word| starts_with(key, word)) && key.contains(':') {
                    depth = Some(0_usize);
                }
            }
            let Some(depth) = &mut depth else { continue };
            for part in line.text.split_inclusive(['[', ']', ',']) {
                let (word, sign) = match part.as_bytes().last() {
                    Some(&sign @ (b'[' | b']' | b',')) => (&part[..part.len() - 1], sign),
                    _ => (part, b' '),
                };
                let word = word.trim_matches([' ', '"', '\'', '{', '}']);
                if sign == b'[' {
                    open = Some(Vec::new());
                    *depth += 1;
                    continue;
                }
                if let Some(members) = open.as_mut().filter(|_| !word.is_empty() && !word.contains(':')) {
                    let stage = self.names.by_number(word).or_else(|| self.names.resolve(word));
                    let Some(stage) = stage else { return };
                    members.push((stage, line.span));
                }
                if sign == b']' {
                    groups.extend(open.take().map(|members| Group { members, ..Group::default() }));
                    *depth = depth.saturating_sub(1);
                    if *depth == 0 {
                        break 'data;
                    }
                }
            }
        }
        self.row(&groups, RelationSource::Diagram);
    }
}

/// The stages with which a group ends.
fn ends<'g>(group: &'g Group<'_>) -> impl Iterator<Item = usize> + 'g {
    let from = if IN_ORDER.any_in(group.remark) { group.members.len() - 1 } else { 0 };
    group.members[from..].iter().map(|(stage, _)| *stage)
}

/// A line without the signs that draw it.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|next: char| !next.is_alphanumeric())
}

/// `Wave 2 (parallel): ...`: the number, and what follows.
fn head(line: &str) -> Option<(&str, &str)> {
    let word = WORDS.iter().find(|word| starts_with(line, word))?;
    let rest = line[word.len()..].strip_prefix(' ')?;
    let end = rest.find(|next: char| !next.is_alphanumeric()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    let fits = number.len() == 1 || !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some((number, rest))
}

/// What is said of a group, and what names its members.
fn parted(rest: &str) -> (&str, &str) {
    let colon = rest.find([':', '：']).map(|at| (at, rest[at..].chars().next().map_or(1, char::len_utf8)));
    match colon {
        Some((at, length)) => {
            let (remark, members) = (&rest[..at], &rest[at + length..]);
            // `Wave 1: (parallel) Task 1`
            match members.trim_start_matches([' ', '*']).strip_prefix('(').and_then(|inner| inner.split_once(')')) {
                Some((inner, members)) if remark.trim().is_empty() => (inner, members),
                _ => (remark, members),
            }
        }
        None => match rest.find(')') {
            Some(end) if rest.trim_start_matches([' ', '*']).starts_with('(') => rest.split_at(end + 1),
            _ => ("", rest),
        },
    }
}

/// The numbers and single letters in words.
fn numbers(words: &str) -> impl Iterator<Item = &str> {
    words.split(|next: char| !next.is_alphanumeric()).filter(|word| {
        word.len() == 1 && !word.starts_with('a') || word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty()
    })
}
