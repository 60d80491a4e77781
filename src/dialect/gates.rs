//! Labels and headings that ask for the proof of a unit by its name, wherever they stand: `Phase 2 gate`, `Checkpoint
//! Phase 2`, `Exit gate (Phase 2)`. Markdown puts such a label into the last part of its unit; it belongs to the unit.

use std::collections::{BTreeSet, HashMap};

use crate::outline::Section;

use super::structure::{Draft, Here, Structure};
use super::titles::{Title, context_of};
use super::units::{self, Unit};
use super::vocab::{self, Place};

/// The longest label that is looked at, in bytes.
const LONGEST: usize = 80;

/// The unit whose proof a label or a heading asks for, and who is to see to it.
#[must_use]
pub(super) fn asked(label: &str) -> Option<(Unit, Place)> {
    if label.len() > LONGEST {
        return None;
    }
    let label = label.trim_matches([' ', '*', '_', '`', ':', '：', '.']);
    named_first(label).or_else(|| named_last(label)).or_else(|| glued(label))
}

/// `Phase 2 gate`: nothing but blanks between the unit's name and what is asked for.
fn named_first(label: &str) -> Option<(Unit, Place)> {
    let unit = units::unit(label).filter(is_work)?;
    let head = label.strip_suffix(unit.rest.as_str())?;
    // A sign between them makes a title of the rest: `Phase 2: Verification`.
    let joined = !unit.rest.is_empty() && head.trim_end().ends_with(char::is_alphanumeric);
    let place = if joined { checking(&unit.rest) } else { None }?;
    Some((unit, place))
}

/// `Gate for Phase 2`, `Checkpoint Phase 2`, `Exit gate (Phase 2)`.
fn named_last(label: &str) -> Option<(Unit, Place)> {
    let label = label.strip_suffix([')', '）']).unwrap_or(label);
    let mut blanks = label.rmatch_indices([' ', '(', '（']).map(|(at, sign)| (at, at + sign.len()));
    // The name is one word in scripts without blanks, two in others.
    let ends = [blanks.next(), blanks.next()].into_iter().flatten();
    ends.into_iter().find_map(|(end, start)| {
        let unit = units::unit(&label[start..]).filter(|unit| is_work(unit) && unit.rest.is_empty())?;
        let head = label[..end].trim_end_matches([' ', '(', '（', '–', '—', '-']);
        let head = vocab::without_joint(head);
        Some((unit, checking(head)?))
    })
}

/// `阶段1验收`: scripts without blanks set nothing between the two.
fn glued(label: &str) -> Option<(Unit, Place)> {
    /// The longest label of this kind, in characters.
    const MOST: usize = 16;
    if label.starts_with(|first: char| first.is_ascii_alphabetic()) || label.is_ascii() {
        return None;
    }
    let ends = label.char_indices().skip(2).take(MOST).map(|(at, _)| label.split_at(at));
    let mut named = ends.filter(|(_, words)| vocab::is_whole(words));
    named.find_map(|(name, words)| {
        let unit = units::unit(name).filter(|unit| is_work(unit) && unit.rest.is_empty())?;
        Some((unit, checking(words)?))
    })
}

/// Whether a unit may have parts, or checks of its own, of which labels elsewhere speak.
fn is_work(unit: &Unit) -> bool {
    const OTHER: &[&str] = &["step", "level", "checkpoint", "gate", "wave", "story"];
    !unit.word.is_empty() && !OTHER.contains(&unit.word.as_str())
}

/// What words ask for beside the name of a unit. Tests and builds may be work there: `Phase 2 tests`.
fn checking(words: &str) -> Option<Place> {
    const MAY_BE_WORK: &[&str] = &[
        "build", "lint", "demo", "success", "confirm", "smoke", "automated", "proof", "manual", "type check",
        "typecheck", "static checks", "verify", "validate", "check",
    ];
    let name = vocab::normalise(words);
    let known = vocab::is_whole(&name) && !name.contains("test") && !MAY_BE_WORK.contains(&name.as_str());
    vocab::place(words).filter(|place| known && matches!(place, Place::Proof | Place::Manual))
}

impl<'o> Structure<'o> {
    /// Reads `## Phase 2 gate` behind the phase, or below its last task, as the phase's own; gives whether it is that.
    pub(super) fn gate(&mut self, section: &'o Section<'o>, title: &Title, env: &Here<'_>) -> bool {
        let Some((unit, place)) = asked(&title.text) else { return false };
        if env.stage.is_some_and(|stage| self.drafts[stage].last) {
            return false;
        }
        let stage = self.units.last_before(&self.drafts, &unit, self.drafts.len());
        let Some(stage) = stage.filter(|stage| env.stage != Some(*stage)) else { return false };
        let context = context_of(place, &unit.rest).said(section.heading);
        self.inside(section, stage, &context, &Here { unit: Some(&unit), ..env.clone() });
        true
    }
}

/// Gives units what labels in their parts, or behind them, ask for by their name.
pub(super) fn settle(drafts: &mut [Draft<'_>]) {
    let mut units = Units::default();
    let mut given = BTreeSet::new();
    for index in 0..drafts.len() {
        let gates = std::mem::take(&mut drafts[index].found.gates);
        if drafts[index].last {
            continue;
        }
        for (from, unit) in gates.into_iter().rev() {
            let whole = units.last_before(drafts, &unit, index).filter(|_| !is(&drafts[index], &unit));
            let Some(whole) = whole else { continue };
            let checks = &mut drafts[index].found.checks;
            let moved = checks.split_off(from.min(checks.len()));
            drafts[whole].found.checks.extend(moved);
            given.insert(whole);
        }
    }
    for whole in given {
        drafts[whole].found.checks.sort_by_key(|check| check.span.start);
    }
}

/// Which stages go by each unit, looked up as they come: a plan may have as many gates as it has stages.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// How many stages are among them.
    seen: usize,
    /// By word and number.
    stages: HashMap<(String, String), Vec<usize>>,
}

impl Units {
    /// The last stage of work before `end` that is a unit.
    fn last_before(&mut self, drafts: &[Draft<'_>], unit: &Unit, end: usize) -> Option<usize> {
        // A stage may have been taken back since, and another one may have its place.
        for (index, Draft { unit, .. }) in drafts.iter().enumerate().skip(self.seen.min(drafts.len())) {
            let stages = self.stages.entry((unit.word.clone(), unit.number.clone())).or_default();
            stages.truncate(stages.partition_point(|&stage| stage < index));
            stages.push(index);
        }
        self.seen = drafts.len();
        let stages = self.stages.get(&(unit.word.clone(), unit.number.clone()))?;
        let before = &stages[..stages.partition_point(|&stage| stage < end)];
        before.iter().rev().copied().find(|&stage| !drafts[stage].last && is(&drafts[stage], unit))
    }
}

fn is(draft: &Draft<'_>, unit: &Unit) -> bool {
    draft.unit.word == unit.word && draft.unit.number == unit.number
}
