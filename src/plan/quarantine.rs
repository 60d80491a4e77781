//! Which checks of a plan the configuration puts in quarantine.
//!
//! Of several entries that mean a check the one that says it most exactly holds. Must not know what day it is but from who
//! asks, nor how a check ends.

use time::Date;

use super::model::{CheckId, Plan};
use crate::config::Quarantine;
use crate::source::Source;

/// What the quarantine says of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The entry's name for it, as written: `1.2`, `Stage 1`, `docs/plan.md#1.2`.
    pub entry: String,
    /// Who looks after it.
    pub owner: String,
    /// Why it may fail.
    pub reason: String,
    /// The last day on which it may, in UTC: `2026-12-31`.
    pub expires: String,
    /// Whether that day is over. Then the check counts as any other, and the entry is to be renewed or taken out.
    pub expired: bool,
    /// Where the entry stands: `plan-run.yaml:12`.
    pub place: String,
}

impl Quarantined {
    /// What an entry says on a day.
    #[must_use]
    pub fn of(entry: &Quarantine, today: Date) -> Self {
        let source: &Source = &entry.check.source;
        Self {
            entry: entry.check.name.clone(),
            owner: entry.owner.clone(),
            reason: entry.reason.clone(),
            expires: day(entry.expires),
            expired: entry.expires < today,
            place: format!("{}:{}", source.name(), source.line(entry.check.span.start)),
        }
    }

    /// Changes the words in it that come from the configuration.
    pub fn map_words(&mut self, mut map: impl FnMut(&str) -> String) {
        for words in [&mut self.entry, &mut self.owner, &mut self.reason, &mut self.place] {
            *words = map(words);
        }
    }
}

/// A day as it is written in the configuration.
#[must_use]
pub fn day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// For each check of a plan by its place the entry that means it, if one does.
#[must_use]
pub fn quarantined<'c>(plan: &Plan, entries: &'c [Quarantine]) -> Vec<Option<&'c Quarantine>> {
    let mut found: Vec<Option<(u8, &Quarantine)>> = vec![None; plan.checks.len()];
    for entry in entries {
        let Some(name) = name_in(&entry.check.name, plan.source.name()) else { continue };
        let own_path = u8::from(entry.check.name.contains('#'));
        for (exact, check) in meant(plan, name) {
            let rank = 2 * exact + own_path;
            let slot = &mut found[check.0 as usize];
            if slot.is_none_or(|(known, _)| known < rank) {
                *slot = Some((rank, entry));
            }
        }
    }
    found.into_iter().map(|slot| slot.map(|(_, entry)| entry)).collect()
}

/// Whether an entry means a check of a plan.
#[must_use]
pub fn means(entry: &Quarantine, plan: &Plan) -> bool {
    name_in(&entry.check.name, plan.source.name()).is_some_and(|name| !meant(plan, name).is_empty())
}

/// What an entry names in a plan; `None` where it is about another one.
fn name_in<'n>(name: &'n str, path: &str) -> Option<&'n str> {
    match name.rsplit_once('#') {
        Some((file, name)) => (file == path).then_some(name.trim()),
        None => Some(name.trim()),
    }
}

/// The checks that a name means, each with 1 where it is named itself, and 0 where its stage is.
fn meant(plan: &Plan, name: &str) -> Vec<(u8, CheckId)> {
    if let Some(at) = plan.checks.iter().position(|check| check.label == name) {
        return vec![(1, CheckId(u32::try_from(at).unwrap_or(u32::MAX)))];
    }
    let stage = |label: &str| plan.stages.iter().find(|stage| stage.label == label);
    let bare = name.split_once(char::is_whitespace).filter(|(word, _)| word.eq_ignore_ascii_case("stage"));
    let found = stage(name).or_else(|| bare.and_then(|(_, label)| stage(label.trim())));
    found.map(|stage| stage.checks.iter().map(|&check| (0, check)).collect()).unwrap_or_default()
}
