//! What is worth knowing beside the failures: what holds only sometimes, what was not run, and where the plan says
//! something else than what was seen.
//!
//! Must not know how much room there is for all of it.

use std::io;

use super::super::causes::{Item, is_unfinished, items};
use super::super::claims::is_unticked;
use super::super::markup::{code, link, text};
use super::super::names::cut_characters;
use super::super::reproduce::word;
use super::super::{CheckReport, PlanReport, StageStatus, changes, quarantine, wording};
use super::failures::before;
use super::page::Page;
use super::section::{MOST_WORDS, section, some};
use crate::event::{Proof, Slow};
use crate::outcome::{Class, Outcome, Skip};
use crate::text::plural;

/// The most characters of what is said of a check that left something behind.
const MOST_LEFT: usize = 1000;

/// Checks of a plan of which the same is said.
struct Group<'a> {
    plan: &'a PlanReport,
    reason: String,
    checks: Vec<&'a CheckReport>,
}

/// A part of the notes.
struct Part<'a> {
    title: &'a str,
    end: &'a str,
    /// How many entries there are.
    count: usize,
    /// The entries, each made when there is room for it.
    entries: Box<dyn Iterator<Item = String> + 'a>,
}

impl<'a> Page<'a> {
    /// All notes in at most `budget` bytes.
    pub(super) fn notes(&self, budget: usize) -> String {
        let all = [
            ("### Quarantine that has expired\n\n", self.expired()),
            ("### In quarantine\n\n", self.quarantined()),
            ("### Passed, but not each time\n\n", self.flaky()),
            ("### Slow\n\n", self.slow()),
            ("### Not finished\n\n", self.unfinished()),
            ("### Said to be done, but not shown\n\n", self.claims()),
            ("### Not run\n\n", self.not_run()),
            ("### For a person to check\n\n", self.manual()),
            ("### Carried over from an earlier run\n\n", self.carried()),
            ("### Cached\n\n", self.cached()),
            ("### Passed, but left something behind\n\n", self.leftover()),
        ];
        let unticked = self.unticked();
        let title = format!(
            "<details><summary>{} and {} not ticked in the plan</summary>\n\n",
            if unticked.len() == 1 { "A stage has a check that holds" } else { "Some checks hold" },
            if unticked.len() == 1 { "is" } else { "are" }
        );
        let mut parts: Vec<Part<'_>> = Vec::new();
        for (title, entries) in all {
            parts.push(Part { title, end: "\n", count: entries.len(), entries: Box::new(entries.into_iter()) });
        }
        // There can be one for each stage, of which only a few find room.
        let (count, entries) = (unticked.len(), unticked.iter().map(|group| self.group(group)));
        parts.push(Part { title: &title, end: "\n</details>\n\n", count, entries: Box::new(entries) });
        parts.retain(|part| part.count > 0);
        let mut out = String::new();
        let count = parts.len();
        for (index, Part { title, end, count: length, entries }) in parts.into_iter().enumerate() {
            let left = budget - out.len();
            // The last one takes what is left, and none takes more than half of what others may still need.
            let share = if index + 1 == count { left } else { left / 2 };
            let part = section(title, end, entries.map(io::Result::Ok), length, share, "entry");
            out.push_str(&part.unwrap_or_default());
        }
        out
    }

    /// What has changed since the last night, in at most `budget` bytes.
    pub(super) fn changed(&self, budget: usize) -> String {
        let Some(since) = &self.report.since else { return String::new() };
        let all = changes::all(self.report);
        let title = format!("### Since the last night\n\n{} since {}\n\n", plural(all.len(), "change"), code(since));
        if all.is_empty() {
            return if title.len() <= budget { title } else { String::new() };
        }
        let entries = all.iter().map(|(change, item)| {
            let called = text(&cut_characters(&wording::called(item.check), MOST_WORDS));
            let said = text(&cut_characters(&changes::says(*change, item.check), MOST_LEFT));
            Ok(format!("- **{}** {} {called}: {said}\n", change.title(), self.place(*item)))
        });
        section(&title, "\n", entries, all.len(), budget, "change").unwrap_or_default()
    }

    fn expired(&self) -> Vec<String> {
        let expired = quarantine::expired(self.report).into_iter();
        expired.map(|entry| format!("- {}\n", text(&cut_characters(&entry.sentence(), MOST_LEFT)))).collect()
    }

    fn quarantined(&self) -> Vec<String> {
        let entry = |item: Item<'a>| {
            let called = text(&cut_characters(&wording::called(item.check), MOST_WORDS));
            let said = match item.check.outcome.class() {
                Class::Quarantined => {
                    let said = quarantine::says(item.check).map(|said| format!("; {said}")).unwrap_or_default();
                    format!("{}{said}", wording::reason(&item.check.outcome))
                }
                _ if quarantine::is_over(item) => {
                    let place = item.check.quarantine.as_ref().map(|said| said.place.as_str()).unwrap_or_default();
                    format!("holds; its entry at {place} may go")
                }
                _ => return None,
            };
            Some(format!("- {} {called}: {}\n", self.place(item), text(&cut_characters(&said, MOST_LEFT))))
        };
        items(self.report).filter_map(entry).collect()
    }

    fn flaky(&self) -> Vec<String> {
        let flaky = items(self.report).filter(|item| item.check.is_flaky());
        let entry = |item: Item<'a>| {
            let called = text(&cut_characters(&wording::called(item.check), MOST_WORDS));
            let tries = item.check.attempts.len() + 1;
            format!("- {} {called}: holds after {tries} tries; before: {}\n", self.place(item), before(item.check))
        };
        flaky.map(entry).collect()
    }

    fn slow(&self) -> Vec<String> {
        let slow = items(self.report).filter_map(|item| Some((item, item.check.slow?)));
        let entry = |(item, slow): (Item<'a>, Slow)| {
            let called = text(&cut_characters(&wording::called(item.check), MOST_WORDS));
            format!("- {} {called}: {}\n", self.place(item), wording::was_slow(item.check.took, &slow))
        };
        slow.map(entry).collect()
    }

    fn unfinished(&self) -> Vec<String> {
        let unfinished = items(self.report).filter(|item| is_unfinished(item.check));
        let mut entries = self.groups(unfinished, |check| wording::reason(&check.outcome));
        if let (Some(run), false, [plan]) = (&self.report.run, entries.is_empty(), self.report.plans.as_slice()) {
            let line = format!("plan-run run --resume={} {}", word(run), word(&plan.path));
            if line.len() <= 300 {
                entries.push(format!("- to go on from here, where the run is kept: {}\n", code(&line)));
            }
        }
        entries
    }

    /// What the plan says is done while that is not proven. The word of a person is all there can be for what only a
    /// person can do.
    fn claims(&self) -> Vec<String> {
        let mut entries = Vec::new();
        for plan in &self.report.plans {
            for stage in plan.stages.iter().filter(|stage| stage.claimed && stage.status != StageStatus::Holds) {
                let why = match &stage.status {
                    StageStatus::Blocked(by) => format!("blocked: stage {by} does not hold"),
                    StageStatus::Holds
                    | StageStatus::Fails
                    | StageStatus::NotProven
                    | StageStatus::NotClaimed
                    | StageStatus::Cancelled => wording::mark(stage).word.to_owned(),
                };
                let name = text(&cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS));
                let name = link(&name, &plan.path, Some(stage.line), self.links);
                entries.push(format!("- stage {name}: {}\n", text(&cut_characters(&why, MOST_WORDS))));
            }
        }
        let is_claimed = |item: &Item<'_>| item.check.claimed == Some(true) && !item.check.outcome.is_green();
        let (by_word, open): (Vec<Item<'_>>, Vec<Item<'_>>) = items(self.report)
            .filter(is_claimed)
            .partition(|item| item.check.outcome == Outcome::Skipped(Skip::Manual));
        entries.extend(self.groups(open.into_iter(), |check| wording::reason(&check.outcome)));
        entries.extend(self.groups(by_word.into_iter(), |_| "by the word of a person".to_owned()));
        entries
    }

    fn unticked(&self) -> Vec<Group<'a>> {
        let mut groups = Vec::new();
        for plan in &self.report.plans {
            for stage in &plan.stages {
                let open = |check: &&CheckReport| is_unticked(Item { plan, stage, check });
                let checks: Vec<&CheckReport> = stage.checks.iter().filter(open).collect();
                if !checks.is_empty() {
                    let reason = format!("stage {}", wording::stage_name(&stage.label, &stage.title));
                    groups.push(Group { plan, reason, checks });
                }
            }
        }
        groups
    }

    fn carried(&self) -> Vec<String> {
        let run = |check: &CheckReport| match &check.proof {
            Proof::CarriedOver { run } if check.outcome.is_green() => Some(run.clone()),
            _ => None,
        };
        let carried = items(self.report).filter(|item| run(item.check).is_some());
        self.groups(carried, |check| {
            format!("passed in the run {}, and nothing has changed since", run(check).unwrap_or_default())
        })
    }

    fn cached(&self) -> Vec<String> {
        let run = |check: &CheckReport| match &check.proof {
            Proof::Cached { run } if check.outcome.is_green() => Some(run.clone()),
            _ => None,
        };
        let cached = items(self.report).filter(|item| run(item.check).is_some());
        self.groups(cached, |check| {
            format!("the same command passed with the same files in the run {}", run(check).unwrap_or_default())
        })
    }

    fn not_run(&self) -> Vec<String> {
        let not_run = items(self.report).filter(|item| {
            item.check.outcome.class() == Class::Skipped && item.check.outcome != Outcome::Skipped(Skip::Manual)
        });
        self.groups(not_run, |check| wording::reason(&check.outcome))
    }

    fn manual(&self) -> Vec<String> {
        let manual = items(self.report).filter(|item| item.check.outcome == Outcome::Skipped(Skip::Manual));
        manual.map(|item| self.entry(item)).collect()
    }

    fn leftover(&self) -> Vec<String> {
        let green = items(self.report).filter(|item| item.check.outcome.is_green());
        let said = green.map(|item| (item, wording::afterwards(&item.check.leftover, &item.check.warnings)));
        said.filter(|(_, said)| !said.is_empty())
            .map(|(item, said)| {
                let called = text(&cut_characters(&wording::called(item.check), MOST_WORDS));
                format!("- {}: {called} {}\n", self.place(item), text(&cut_characters(&said.join("; "), MOST_LEFT)))
            })
            .collect()
    }

    /// One line for all checks of a plan of which the same is said, in the order in which that comes up.
    fn groups(&self, items: impl Iterator<Item = Item<'a>>, reason: impl Fn(&CheckReport) -> String) -> Vec<String> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places = std::collections::BTreeMap::new();
        for item in items {
            let reason = reason(item.check);
            let place = (std::ptr::from_ref(item.plan) as usize, reason.clone());
            let at = *places.entry(place).or_insert_with(|| {
                groups.push(Group { plan: item.plan, reason, checks: Vec::new() });
                groups.len() - 1
            });
            groups[at].checks.push(item.check);
        }
        groups.iter().map(|group| self.group(group)).collect()
    }

    fn group(&self, group: &Group<'_>) -> String {
        let plan = if self.report.plans.len() > 1 { format!("{}: ", code(&group.plan.path)) } else { String::new() };
        let reason = text(&cut_characters(&group.reason, MOST_WORDS));
        let labels: Vec<String> = group
            .checks
            .iter()
            .map(|check| {
                let label = text(&cut_characters(&check.label, MOST_WORDS));
                link(&label, &group.plan.path, Some(check.line), self.links)
            })
            .collect();
        format!("- {plan}{reason} ({}): {}\n", plural(group.checks.len(), "check"), some(&labels))
    }

    fn entry(&self, item: Item<'_>) -> String {
        let check = item.check;
        let words = if check.text.trim().is_empty() { wording::called(check) } else { check.text.clone() };
        format!("- {}: {}\n", self.place(item), text(&cut_characters(&words, 300)))
    }

    /// A check's label as a link to its line, with its plan's path if there are several plans.
    fn place(&self, item: Item<'_>) -> String {
        let Item { plan, check, .. } = item;
        let shown =
            if self.report.plans.len() > 1 { format!("{} {}", plan.path, check.label) } else { check.label.clone() };
        link(&text(&cut_characters(&shown, MOST_WORDS)), &plan.path, Some(check.line), self.links)
    }
}
