//! One report for each plan of a run: their names, what each is made from, and an index of all of them.
//!
//! Must not know where files go.

use serde::Serialize;

use super::markup::{link, text};
use super::names::slug;
use super::wording::{self, Totals};
use super::{RunReport, Verdict};
use crate::text::json_line;

/// Name and version of the form of the index.
const SCHEMA: &str = "plan-run/report-index/v1";

/// The most characters of a name that come from a plan's path; its end says more than its start.
const MOST_STEM: usize = 60;

/// How many digits of a hash of its path a name has.
const DIGITS: usize = 8;

/// The report of one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The plan's path.
    pub path: String,
    /// The name of its files, without what says of which kind each is. It depends on the path alone, and no other plan has
    /// it.
    pub stem: String,
}

/// The plans of a run, those that cannot be run included, each with the name of its files.
#[must_use]
pub fn filed(report: &RunReport) -> Vec<Filed> {
    let plans = report.plans.iter().map(|plan| &plan.path);
    let paths = plans.chain(report.broken.iter().map(|broken| &broken.path));
    paths.map(|path| Filed { path: path.clone(), stem: stem(path) }).collect()
}

fn stem(path: &str) -> String {
    // File systems differ in what they hold of other letters and of capitals.
    let plain: String = path.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { '-' }).collect();
    let slug = slug(plain.strip_suffix(".md").unwrap_or(&plain));
    let skip = slug.len().saturating_sub(MOST_STEM);
    let hash = blake3::hash(path.as_bytes()).to_hex();
    format!("{}-{}", slug[skip..].trim_start_matches('-'), &hash.as_str()[..DIGITS])
}

/// The report of one plan of a run, as if it had been run alone; `None` where the run is not of it.
#[must_use]
pub fn of_plan(report: &RunReport, path: &str) -> Option<RunReport> {
    let plans: Vec<_> = report.plans.iter().filter(|plan| plan.path == path).cloned().collect();
    let broken: Vec<_> = report.broken.iter().filter(|broken| broken.path == path).cloned().collect();
    let started = plans.iter().flat_map(|plan| &plan.stages).filter_map(|stage| stage.started).min();
    let ends = plans.iter().flat_map(|plan| &plan.stages).filter_map(|stage| Some(stage.started? + stage.took));
    let took = ends.max().zip(started).and_then(|(end, start)| end.duration_since(start).ok());
    (!plans.is_empty() || !broken.is_empty()).then(|| RunReport {
        run: report.run.clone(),
        commit: report.commit.clone(),
        since: report.since.clone(),
        started: started.unwrap_or(report.started),
        took: took.unwrap_or_default(),
        gave_up: report.gave_up.clone(),
        internal: report.internal.clone(),
        plans,
        broken,
        ..*report
    })
}

/// What the index says of a plan.
#[derive(Serialize)]
struct Entry {
    path: String,
    title: Option<String>,
    verdict: &'static str,
    sentence: String,
    checks: Counts,
    junit: String,
    summary: String,
}

#[derive(Serialize)]
struct Counts {
    passed: usize,
    failed: usize,
    errors: usize,
    not_run: usize,
    quarantined: usize,
    flaky: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    run: Option<&'a str>,
    commit: Option<&'a str>,
    verdict: &'static str,
    sentence: String,
    junit: &'static str,
    summary: &'static str,
    report: &'static str,
    plans: &'a [Entry],
}

/// Gathers what an index says, a plan at a time.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// Takes in the report of one plan.
    pub fn add(&mut self, filed: &Filed, report: &RunReport) {
        let verdict = Verdict::of(report, &[]);
        let totals = Totals::of(report);
        self.entries.push(Entry {
            path: filed.path.clone(),
            title: report.plans.first().map(|plan| plan.title.clone()),
            verdict: wording::verdict(verdict),
            sentence: wording::sentence(report, verdict),
            checks: Counts {
                passed: totals.passed,
                failed: totals.failed,
                errors: totals.errors + totals.cancelled,
                not_run: totals.not_run + totals.not_claimed,
                quarantined: totals.quarantined,
                flaky: report.checks().filter(|check| check.is_flaky()).count(),
            },
            junit: format!("plans/{}.xml", filed.stem),
            summary: format!("plans/{}.md", filed.stem),
        });
    }

    /// The index as JSON; `schema/report-index.schema.json` describes it.
    #[must_use]
    pub fn json(&self, report: &RunReport) -> String {
        let verdict = Verdict::of(report, &[]);
        let document = Document {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            run: report.run.as_deref(),
            commit: report.commit.as_deref(),
            verdict: wording::verdict(verdict),
            sentence: wording::sentence(report, verdict),
            junit: "junit.xml",
            summary: "summary.md",
            report: "report.json",
            plans: &self.entries,
        };
        json_line(&document)
    }

    /// The index for people: what does not hold first.
    #[must_use]
    pub fn markdown(&self, report: &RunReport) -> String {
        let verdict = Verdict::of(report, &[]);
        let mut out = format!(
            "# {}\n\n[All plans](summary.md) \u{b7} [JUnit](junit.xml) \u{b7} [JSON](report.json)\n\n",
            text(&wording::sentence(report, verdict))
        );
        out.push_str("| Answer | Plan | Passed | Failed | Flaky | Quarantined | Not run | |\n");
        out.push_str("|---|---|--:|--:|--:|--:|--:|---|\n");
        let mut order: Vec<&Entry> = self.entries.iter().collect();
        order.sort_by_key(|entry| entry.verdict == "holds");
        for entry in order {
            let Counts { passed, failed, errors, not_run, quarantined, flaky } = entry.checks;
            let name = link(&text(&entry.path), &entry.summary, None, None);
            let bad = failed + errors;
            out.push_str(&format!(
                "| {} | {name} | {passed} | {bad} | {flaky} | {quarantined} | {not_run} | [JUnit]({}) |\n",
                text(&entry.sentence),
                entry.junit
            ));
        }
        out
    }
}
