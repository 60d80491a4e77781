//! Words about the order of stages: verbs, whole-plan statements, the sentences of a text.
//!
//! Must not know which stages there are.

use crate::outline::Text;

use super::inline::{self, Run};
use super::units::StageNames;
use super::{vocab, walk};

/// Verbs whose subject waits for their object. The flag says whether it is the other way round.
pub(super) const VERBS_AFTER: &[(&str, bool)] = &[
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
    ("cannot start until", false),
    ("can not start until", false),
    ("must not start until", false),
    ("cannot begin until", false),
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
pub(super) const VERBS_BEFORE: &[(&str, bool)] = &[
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

pub(super) const PARALLEL: &[&str] = &[
    "in parallel", "parallel to each other", "concurrently", "simultaneously", "side by side", "are independent",
    "independent of each other", "any order", "at the same time", "parallelized", "run in parallel", "parallel gebaut",
    "en parallèle", "en paralelo", "równolegle",
];

pub(super) const ARROWS: &[&str] = &["-->", "->", "→", "─►", "──►", "=>", "►", "▶"];

pub(super) fn has_arrow(text: &str) -> bool {
    ARROWS.iter().any(|arrow| text.contains(arrow))
}

/// `all user stories`, `all previous stages`: everything that comes before.
pub(super) fn all_before(lower: &str) -> bool {
    [
        "all previous", "all prior", "all earlier", "all stages above", "all preceding", "all other stages",
        "every stage", "all stories", "all user stories", "all desired user stories", "all phases", "all of the above",
        "all the above", "everything above",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

/// `the foundation for all others`: everything else waits for it.
pub(super) fn foundation(lower: &str) -> bool {
    [
        "foundation for all", "foundation of all", "foundation for every", "all other stages depend on",
        "all stages depend on", "all others depend on", "everything depends on", "before all other",
        "before all others", "before everything else", "blocks all other",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

/// `done last`, `after all other stages`.
pub(super) fn last_of_all(lower: &str) -> bool {
    [
        "done last", "runs last", "comes last", "goes last", "is last", "after all other", "after all phases",
        "after all stages", "after all tasks", "after everything else",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
}

/// Words that put all stages in one row.
pub(super) fn declares_sequence(lower: &str) -> bool {
    let units = ["stage", "task", "phase", "step", "workstream", "milestone", "conversation"]
        .iter()
        .any(|word| lower.contains(word));
    let parallel = PARALLEL.iter().any(|sign| lower.contains(sign));
    let denied = [" not sequential", "not serial", "no particular order", "any order", "out of order"]
        .iter()
        .any(|sign| lower.contains(sign));
    let signs = [
        "in order", "in sequence", "sequentially", "sequential", "serially", " serial", "one after another",
        "one after the other", "one at a time", "in stage order", "in the order listed", "depends on the previous",
        "before advancing to the next", "before moving to the next", "before moving on to the next",
        "before starting the next", "start the next until", "until the previous", "before the next one",
    ];
    units && !parallel && !denied && signs.iter().any(|sign| lower.contains(sign)) && !lower.contains("in order to")
}

pub(super) fn find_verb(lower: &str, verb: &str) -> Option<usize> {
    lower.match_indices(verb).map(|(at, _)| at).find(|&at| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + verb.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

pub(super) fn is_wave(title: &str) -> bool {
    let name = vocab::normalise(title);
    ["wave ", "batch ", "round ", "group ", "track "].iter().any(|start| name.starts_with(start))
}

pub(super) fn title_needs(title: &str) -> Option<&str> {
    let lower = title.to_lowercase();
    let at = ["(depends on", "(after", "(requires", "(needs", "[depends on", "(blocked by", "(depends:"]
        .iter()
        .find_map(|sign| lower.find(sign).map(|at| at + 1))?;
    title.get(at..)
}

/// The sentences of a run.
pub(super) fn sentences<'s>(run: &Run<'s>) -> Vec<Run<'s>> {
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

fn push<'s>(parts: &mut [Run<'s>], piece: &crate::outline::Inline<'s>, start: usize, end: usize) {
    if start < end
        && let Some(last) = parts.last_mut()
    {
        last.push(piece.cut(start, end));
    }
}

/// The lines of a text; where none of them draws an arrow, broken sentences are whole again.
pub(super) fn entries_of<'s>(text: &Text<'s>) -> Vec<Run<'s>> {
    let lines = inline::lines(text);
    if lines.iter().any(|line| has_arrow(&inline::markdown(line))) { lines } else { walk::item_lines(text) }
}

pub(super) fn mentions_first(rest: &str, names: &StageNames) -> bool {
    names.mentions(rest).first().is_some_and(|(place, _, _)| rest[..place.start].trim().is_empty())
}
