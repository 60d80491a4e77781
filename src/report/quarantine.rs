//! What is in quarantine, what of it holds by now, and which entries have expired.
//!
//! Must not know how a report looks.

use super::causes::{Item, items};
use super::{CheckReport, RunReport};
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::Quarantined;
use crate::text::{clean_line, plural};

/// An entry that has expired, with what it was for.
pub(super) struct Entry<'a> {
    /// What it says.
    pub(super) said: &'a Quarantined,
    /// The checks of this run that it was for, by plan and label.
    checks: Vec<(&'a str, &'a str)>,
}

impl Entry<'_> {
    /// Its name for what it was for.
    pub(super) fn name(&self) -> String {
        clean_line(&self.said.entry)
    }

    /// The file and the line in which it stands.
    pub(super) fn place(&self) -> (&str, Option<u32>) {
        let place = self.said.place.as_str();
        match place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
            Some((file, line)) => (file, Some(line)),
            None => (place, None),
        }
    }

    /// All of it in one sentence without a full stop.
    pub(super) fn sentence(&self) -> String {
        let Quarantined { entry, owner, reason, expires, place, .. } = self.said;
        let checks = match self.checks.as_slice() {
            [(path, label)] if *entry == format!("{path}#{label}") => String::new(),
            [(path, label)] => format!(" ({path}#{label})"),
            checks => format!(" ({})", plural(checks.len(), "check")),
        };
        clean_line(&format!(
            "the quarantine of {entry}{checks} has expired, its last day was {expires}; {owner} looks after it: {reason}; \
             renew it or take it out at {place}"
        ))
    }
}

/// The entries that have expired for checks that this run was about, in document order.
pub(super) fn expired(report: &RunReport) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for item in items(report) {
        let elsewhere = matches!(item.check.outcome, Outcome::Skipped(Skip::NotAsked { .. }));
        let Some(said) = item.check.quarantine.as_ref().filter(|said| said.expired && !elsewhere) else { continue };
        let check = (item.plan.path.as_str(), item.check.label.as_str());
        match entries.iter_mut().find(|entry| entry.said == said) {
            Some(entry) => entry.checks.push(check),
            None => entries.push(Entry { said, checks: vec![check] }),
        }
    }
    entries
}

/// Whether a check holds though it is in quarantine, and did so at once.
pub(super) fn is_over(item: Item<'_>) -> bool {
    let in_force = item.check.quarantine.as_ref().is_some_and(|said| !said.expired);
    in_force && item.check.outcome.is_green() && !item.check.is_flaky()
}

/// What the quarantine says of a check, as a clause.
pub(super) fn says(check: &CheckReport) -> Option<String> {
    check.quarantine.as_ref().map(sentence)
}

/// The same, where only what the quarantine says is known.
pub(super) fn sentence(said: &Quarantined) -> String {
    let Quarantined { owner, reason, expires, expired, .. } = said;
    let until = if *expired { "in quarantine, which expired after" } else { "in quarantine until" };
    clean_line(&format!("{until} {expires}, {owner} looks after it: {reason}"))
}

/// A reason with what excuses it before it.
pub(super) fn before(check: &CheckReport, reason: &str) -> String {
    match &check.quarantine {
        _ if check.outcome.class() != Class::Quarantined => reason.to_owned(),
        Some(said) => format!("in quarantine until {}: {reason}", said.expires),
        None => format!("in quarantine: {reason}"),
    }
}
