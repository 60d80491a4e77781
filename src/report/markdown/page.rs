//! The summary as a whole: who gets how much of the room, and in which order the parts stand.
//!
//! Must not know what the parts say, but for the head.

use std::io;

use super::super::excerpt::ReadPart;
use super::super::markup::{link, text};
use super::super::names::cut_characters;
use super::super::wording::{self, Totals};
use super::super::{RunReport, Verdict};
use super::section::{MOST_WORDS, section};
use crate::roster::Broken;
use crate::text::{duration, plural};

/// The most lines of what the runner itself did wrong.
const MOST_INTERNAL: usize = 10;

/// The most problems of a plan that cannot be run.
const MOST_PROBLEMS: usize = 20;

/// A finished run as Markdown, at most `limit` bytes. `links` is what a plan's path is appended to for a link, such as
/// `https://github.com/owner/name/blob/<commit>/`; without it links are relative paths.
///
/// # Errors
/// When an output cannot be read.
pub fn markdown(report: &RunReport, read: &ReadPart<'_>, links: Option<&str>, limit: usize) -> io::Result<String> {
    let page = Page { report, read, links };
    let mut out = page.verdict();
    if out.len() > limit {
        return Ok(String::new());
    }
    for part in [page.totals(), page.internal()] {
        if out.len() + part.len() <= limit {
            out.push_str(&part);
        }
    }
    let changed = page.changed((limit - out.len()) / 6);
    out.push_str(&changed);
    let broken = page.broken((limit - out.len()) / 6);
    out.push_str(&broken);
    let plans = page.plans((limit - out.len()) / 3);
    out.push_str(&plans);
    // The notes come last but are made before the failures, which take all that is left.
    let notes = page.notes((limit - out.len()) / 3);
    let failures = page.failures(limit - out.len() - notes.len())?;
    out.push_str(&failures);
    out.push_str(&notes);
    Ok(out)
}

/// What all parts are made from.
pub(super) struct Page<'a> {
    pub(super) report: &'a RunReport,
    pub(super) read: &'a ReadPart<'a>,
    pub(super) links: Option<&'a str>,
}

impl Page<'_> {
    fn verdict(&self) -> String {
        let verdict = Verdict::of(self.report, &[]);
        let picture = match verdict {
            Verdict::Interrupted => "\u{1f6d1}",
            Verdict::Internal => "\u{1f4a5}",
            Verdict::BrokenPlan => "\u{26d4}",
            Verdict::Fails | Verdict::ExpiredQuarantine | Verdict::UnprovenClaims => "\u{274c}",
            Verdict::NothingRan => "\u{2754}",
            Verdict::NothingClaimed | Verdict::NothingTouched | Verdict::EmptyShard => "\u{2b1c}",
            Verdict::Holds => "\u{2705}",
        };
        format!("## {picture} {}\n\n", wording::sentence(self.report, verdict))
    }

    fn totals(&self) -> String {
        let totals = Totals::of(self.report);
        let mut out =
            format!("**{}** \u{b7} {} \u{b7} {}", totals.stages(), totals.checks(), duration(self.report.took));
        if self.report.jobs > 0 {
            out.push_str(&format!(" \u{b7} up to {} at a time", plural(self.report.jobs, "command")));
        }
        out.push_str("\n\n");
        out
    }

    fn internal(&self) -> String {
        let lines = &self.report.internal;
        if lines.is_empty() {
            return String::new();
        }
        let shown = lines.iter().take(MOST_INTERNAL);
        let mut out: String = shown.map(|line| format!("- {}\n", text(&cut_characters(line, MOST_WORDS)))).collect();
        match lines.len().saturating_sub(MOST_INTERNAL) {
            0 => out.push('\n'),
            count => out.push_str(&format!("\n... and {count} more\n\n")),
        }
        out
    }

    fn broken(&self, budget: usize) -> String {
        let items = self.report.broken.iter().map(|broken| self.broken_plan(broken));
        let count = self.report.broken.len();
        section("### Plans that cannot be run\n\n", "\n", items.map(Ok), count, budget, "plan").unwrap_or_default()
    }

    fn broken_plan(&self, broken: &Broken) -> String {
        let shown = match broken.line {
            Some(line) => format!("{}:{line}", text(&broken.path)),
            None => text(&broken.path),
        };
        let mut out = format!("- \u{26d4} {}\n", link(&shown, &broken.path, broken.line, self.links));
        for problem in broken.problems.iter().take(MOST_PROBLEMS) {
            out.push_str(&format!("  - {}\n", text(&cut_characters(problem, 300))));
        }
        if broken.problems.len() > MOST_PROBLEMS {
            out.push_str(&format!("  - ... and {} more\n", broken.problems.len() - MOST_PROBLEMS));
        }
        out
    }
}
