//! What readers of test results see as the cases of a run: their classes, names and ids, and what is wrong with the run
//! as a whole.
//!
//! Names are unique, and stay the same when lines, times and other plans change. Must not know any format.

use super::causes::Item;
use super::names::{Unique, cut_characters, plan_slugs, slug};
use super::quarantine::{self, Entry};
use super::{CheckReport, PlanReport, RunReport, StageReport, Verdict, claims, wording};
use crate::roster::Broken;
use crate::text::clean_line;

/// The most characters of a case's name.
pub(super) const MOST_NAME: usize = 180;

/// The most characters of a message; the whole reason also stands in the text.
pub(super) const MOST_MESSAGE: usize = 500;

/// The most claims that are named where none of them is proven.
const MOST_CLAIMS: usize = 50;

/// Class and name of the case that stands for the run as a whole.
pub(super) const RUN_CLASS: &str = "plan-run.run";
pub(super) const RUN_NAME: &str = "the run as a whole";

/// Name of the case that stands for a plan that cannot be run.
pub(super) const BROKEN_NAME: &str = "the plan can be read";

/// The cases of a run.
pub(super) struct Cases<'a> {
    /// The stages of all plans in document order.
    pub(super) stages: Vec<StageCases<'a>>,
    /// The plans that cannot be run.
    pub(super) broken: Vec<BrokenCase<'a>>,
}

/// The cases of a stage.
pub(super) struct StageCases<'a> {
    /// The plan.
    pub(super) plan: &'a PlanReport,
    /// The stage.
    pub(super) stage: &'a StageReport,
    /// The plan as one word.
    pub(super) package: String,
    /// The stage as two words with a dot between them.
    pub(super) class: String,
    /// The plan's path, cleaned.
    pub(super) path: String,
    /// The cases, one for each check.
    pub(super) cases: Vec<Case<'a>>,
}

/// A check as a case.
pub(super) struct Case<'a> {
    /// The check.
    pub(super) check: &'a CheckReport,
    /// Unique in its class.
    pub(super) name: String,
    /// Stays when the command changes.
    pub(super) id: String,
}

/// A plan that cannot be run, as a case.
pub(super) struct BrokenCase<'a> {
    /// The plan.
    pub(super) broken: &'a Broken,
    /// The plan as one word.
    pub(super) package: String,
    /// Its class.
    pub(super) class: String,
    /// Its path, cleaned, which is its id, too.
    pub(super) path: String,
    /// Its first problem.
    pub(super) message: String,
    /// All problems.
    pub(super) lines: Vec<String>,
}

impl<'a> Cases<'a> {
    /// Names all cases of a run.
    pub(super) fn of(report: &'a RunReport) -> Self {
        let paths = report.plans.iter().map(|plan| plan.path.as_str());
        let paths: Vec<&str> = paths.chain(report.broken.iter().map(|broken| broken.path.as_str())).collect();
        let slugs = plan_slugs(&paths);
        let (plan_slugs, broken_slugs) = slugs.split_at(report.plans.len());
        let mut stages = Vec::new();
        for (plan, package) in report.plans.iter().zip(plan_slugs) {
            let mut classes = Unique::default();
            for stage in &plan.stages {
                let class = classes.take(&format!("{package}.{}", slug(&stage.label)), "-");
                stages.push(stage_cases(plan, stage, package, class));
            }
        }
        let broken = report.broken.iter().zip(broken_slugs).map(|(broken, package)| broken_case(broken, package));
        Self { stages, broken: broken.collect() }
    }
}

fn stage_cases<'a>(plan: &'a PlanReport, stage: &'a StageReport, package: &str, class: String) -> StageCases<'a> {
    let path = clean_line(&plan.path);
    let mut names = Unique::default();
    let cases = stage.checks.iter().map(|check| {
        let name = clean_line(&format!("{} {}", check.label, wording::called(check)));
        // Readers drop a case without a name.
        let name = if name.is_empty() { "check".to_owned() } else { cut_characters(&name, MOST_NAME) };
        Case { check, name: names.take_in(&class, &name), id: format!("{path}#{}", clean_line(&check.label)) }
    });
    let cases = cases.collect();
    StageCases { plan, stage, package: package.to_owned(), class, path, cases }
}

fn broken_case<'a>(broken: &'a Broken, package: &str) -> BrokenCase<'a> {
    let mut lines = vec!["the plan cannot be run".to_owned()];
    lines.extend(broken.problems.iter().map(|problem| clean_line(problem)));
    BrokenCase {
        broken,
        package: package.to_owned(),
        class: format!("{package}.plan"),
        path: clean_line(&broken.path),
        message: cut_characters(lines.get(1).unwrap_or(&lines[0]), MOST_MESSAGE),
        lines,
    }
}

/// What is wrong with the run as a whole.
pub(super) struct Problem {
    /// One word.
    pub(super) word: &'static str,
    /// What is wrong, the most telling line first.
    pub(super) lines: Vec<String>,
}

impl Problem {
    /// What is wrong with a run beside its checks and plans. Without it a file could look green though nothing is.
    pub(super) fn of(report: &RunReport) -> Option<Self> {
        let verdict = Verdict::of(report, &[]);
        let word = match verdict {
            Verdict::Interrupted if report.incomplete => "interrupted",
            Verdict::Interrupted => "cancelled",
            Verdict::Internal => "infrastructure",
            Verdict::ExpiredQuarantine => "expired-quarantine",
            Verdict::UnprovenClaims => "unproven-claims",
            Verdict::NothingRan => "nothing-ran",
            Verdict::BrokenPlan
            | Verdict::Fails
            | Verdict::NothingClaimed
            | Verdict::NothingTouched
            | Verdict::EmptyShard
            | Verdict::Holds => {
                return None;
            }
        };
        let sentence = wording::sentence(report, verdict);
        let named: Vec<String> = match verdict {
            Verdict::UnprovenClaims => claims::unproven(report).take(MOST_CLAIMS).map(claim).collect(),
            Verdict::ExpiredQuarantine => quarantine::expired(report).iter().map(Entry::sentence).collect(),
            _ => Vec::new(),
        };
        let lines = [sentence].iter().chain(&report.internal).chain(&named).map(|line| clean_line(line)).collect();
        Some(Self { word, lines })
    }
}

fn claim(item: Item<'_>) -> String {
    let name = cut_characters(&wording::called(item.check), MOST_NAME);
    format!("{}:{}: {} {name}: {}", item.plan.path, item.check.line, item.check.label, wording::claim(item))
}
