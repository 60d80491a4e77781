//! How often the headings of a document name each unit, and how their numbers follow one another.

use std::collections::BTreeMap;

use crate::outline::{Block, Section};
use crate::source::Span;

use super::structure::{Here, Structure};
use super::tasks;
use super::titles::{Title, proves};
use super::units::{self, Unit};

/// How the headings of one word and a number follow one another.
#[derive(Default)]
pub(super) struct Count {
    /// The last number and the section that it stands in.
    last: Option<(u32, Span)>,
    /// Whether a number follows the one before it.
    pub(super) rises: bool,
    /// Whether a number comes again or is smaller than the one before it, in one section: it names something else then.
    pub(super) falls: bool,
}

/// Counts headings by the unit that they name.
fn count_names(sections: &[Section], counted: &mut BTreeMap<(String, String), u32>) {
    for section in sections {
        if let Some(unit) = units::unit(&section.title.to_plain()) {
            *counted.entry((unit.word, unit.number)).or_insert(0) += 1;
        }
        count_names(&section.sections, counted);
    }
}

/// Counts headings of a word and a number, by level.
pub(super) fn count_words(sections: &[Section], counted: &mut BTreeMap<(u8, String), Count>) {
    let Some(inside) = sections.first().map(|section| section.span) else { return };
    for section in sections {
        let has_number =
            section.title.inlines.iter().any(|inline| inline.text.bytes().any(|byte| byte.is_ascii_digit()));
        if has_number && let Some((word, number)) = units::counted_word(&section.title.to_plain()) {
            let count = counted.entry((section.level, word)).or_default();
            if let Some((before, place)) = count.last.replace((number, inside)) {
                count.rises |= number == before + 1;
                count.falls |= number <= before && place == inside;
            }
        }
        count_words(&section.sections, counted);
    }
}

/// The words of headings that name a unit by its title alone, each as often as it comes.
pub(super) fn worded(sections: &[Section]) -> Vec<String> {
    let mut words = Vec::new();
    for section in sections {
        if section.title.inlines.iter().any(|inline| inline.text.contains([':', '：'])) {
            words.extend(units::worded(&section.title.to_plain()).map(|unit| unit.word));
        }
        words.append(&mut worded(&section.sections));
    }
    words
}

impl Structure<'_> {
    /// How many headings of the document name a unit.
    pub(super) fn headings_of(&self, unit: &Unit) -> u32 {
        self.names().get(&(unit.word.clone(), unit.number.clone())).copied().unwrap_or(0)
    }

    /// `Stage: Seeds` beside others of its kind.
    pub(super) fn worded_unit(&self, title: &Title, env: &Here<'_>) -> Option<Unit> {
        let may = env.stage.is_none() && !self.worded.is_empty();
        let unit = may.then(|| units::worded(&title.text)).flatten();
        unit.filter(|unit| self.worded.iter().filter(|word| **word == unit.word).nth(1).is_some())
    }

    /// `Final Task` among numbered tasks.
    pub(super) fn last_unit(&self, title: &Title, env: &Here<'_>) -> Option<Unit> {
        let outside = env.stage.is_none() || env.unit.is_some();
        let unit = if outside { units::last_unit(&title.text) } else { None };
        unit.filter(|unit| {
            let from = (unit.word.clone(), String::new());
            unit.word != "step" && self.names().range(from..).next().is_some_and(|((word, _), _)| *word == unit.word)
        })
    }

    /// Whether a heading only names a unit that others name as well, as a procedure does that goes through the work once
    /// more, or numbers what notes are about.
    pub(super) fn names_again(&self, unit: &Unit, env: &Here<'_>) -> bool {
        env.notes && unit.word.is_empty() || env.context.procedure && self.headings_of(unit) > 1
    }

    /// `R1. The lamp is dim`: whether a heading numbers what was found or is asked for, beside units of work that go by a
    /// word, or a rank, as `P1 — High priority` does. One that asks for proof is work all the same.
    pub(super) fn is_wish(&self, unit: &Unit, section: &Section, env: &Here<'_>) -> bool {
        let worded = || self.names().keys().next_back().is_some_and(|(word, _)| !word.is_empty());
        unit.word.is_empty()
            && env.unit.is_none()
            && tasks::is_wish(&unit.number)
            && (worded() || ranks(&unit.rest))
            && !proves(section)
    }

    /// Whether stages of work stand below a heading that would hold no more than a list of them: it lacks one behind it.
    pub(super) fn holds_work(&self, section: &Section) -> bool {
        let mut units =
            section.sections.iter().filter_map(|inner| Some((inner, units::unit(&inner.title.to_plain())?)));
        let worked = |(inner, unit): (&Section, Unit)| {
            self.headings_of(&unit) < 2 && inner.blocks.iter().any(|block| matches!(block, Block::Fence(_)))
        };
        units.any(worked)
    }

    /// Whether no heading names a unit.
    pub(super) fn names_none(&self) -> bool {
        self.names().is_empty()
    }

    /// How many headings name each unit.
    pub(super) fn names(&self) -> &BTreeMap<(String, String), u32> {
        self.named.get_or_init(|| {
            let mut counted = BTreeMap::new();
            count_names(self.root, &mut counted);
            counted
        })
    }
}

/// Whether a title names how much something matters: `High priority`, `Nice to have`.
fn ranks(title: &str) -> bool {
    const RANKS: &[&str] = &[
        "critical", "blocker", "blockers", "blocking", "urgent", "high", "medium", "low", "must have", "must-have",
        "must fix", "should have", "should-have", "should fix", "could have", "could-have", "nice to have",
        "nice-to-have", "important", "optional", "high priority", "medium priority", "low priority", "high impact",
        "medium impact", "low impact", "priority",
    ];
    let name = super::vocab::normalise(title.trim_matches(['(', ')']));
    let head = [" — ", " – ", " - ", ", ", ": "].iter().find_map(|sign| name.split_once(sign)).map(|(head, _)| head);
    RANKS.contains(&head.unwrap_or(&name))
}
