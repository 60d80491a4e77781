//! Report and failures to the one answer.
//!
//! The only place that decides it. Must not know exit codes, which belong to the command line.

use super::{Contrast, PlanReport, RunReport, Standing, claims, quarantine};
use crate::config::RunScope;
use crate::outcome::{Class, Outcome, Skip};

/// The answer of a run, the strongest first.
///
/// The order says what a reader has to know before anything else. Who interrupted a run knows why it is not
/// finished, and nothing else that it says is complete. If the runner itself or a report failed, then what is
/// reported of the checks cannot be relied on. A plan that could not be read may hold checks that nobody has
/// counted, so failures of the other plans are not the whole truth. Only then do the checks speak, a failing one
/// before a quarantine that has expired, that before
/// claims that nothing speaks for, and these before the question whether anything ran at all; green is what
/// remains when nothing speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Someone interrupted it, or the runner itself was ended.
    Interrupted,
    /// A report could not be written, or the runner itself failed.
    Internal,
    /// A plan cannot be read or contradicts itself.
    BrokenPlan,
    /// Some check that ran does not hold.
    Fails,
    /// A quarantine has expired and is to be renewed or taken out, though no check that ran fails.
    ExpiredQuarantine,
    /// Claims were to be proven, and one of them is not, though no check that ran fails.
    UnprovenClaims,
    /// There was nothing to run.
    NothingRan,
    /// Only what is claimed was to be run, and nothing is claimed yet.
    NothingClaimed,
    /// Only plans that changed files touch were to be run, and they touch none.
    NothingTouched,
    /// The checks are divided among several runs, and none falls to this one.
    EmptyShard,
    /// Every check that ran holds or is in quarantine, and at least one did run.
    Holds,
}

impl Verdict {
    /// Judges a finished run; `report_failures` is what went wrong in writing its reports.
    #[must_use]
    pub fn of(report: &RunReport, report_failures: &[String]) -> Self {
        let mut green = false;
        let mut bad = false;
        let mut excused = false;
        for check in report.checks() {
            match check.outcome.class() {
                Class::Green => green = true,
                Class::Failure | Class::Error => bad = true,
                // It ran, and its failure is excused.
                Class::Quarantined => excused = true,
                // A check that was kept from running by another one's failure never leaves a run green.
                Class::Skipped => {
                    let held_back = matches!(check.outcome, Outcome::Skipped(Skip::HeldBack { .. }));
                    bad |= check.outcome.blocks() || (report.strict && held_back);
                }
            }
        }
        let unproven = claims::unproven(report).next().is_some();
        let claimed_only = |plan: &PlanReport| plan.scope == RunScope::Claimed && plan.has_checks();
        if report.interrupted || report.incomplete {
            Self::Interrupted
        } else if !report.internal.is_empty() || !report_failures.is_empty() {
            Self::Internal
        } else if !report.broken.is_empty() {
            Self::BrokenPlan
        } else if bad {
            Self::Fails
        } else if !quarantine::expired(report).is_empty() {
            Self::ExpiredQuarantine
        } else if unproven && report.strict_claims {
            Self::UnprovenClaims
        } else if green || excused {
            Self::Holds
        } else if !unproven && report.plans.iter().any(claimed_only) {
            Self::NothingClaimed
        } else if report.untouched && report.plans.is_empty() {
            Self::NothingTouched
        } else if report.shard.is_some() {
            // What there is runs elsewhere, and whether it did is for those to say who put all together.
            Self::EmptyShard
        } else {
            Self::NothingRan
        }
    }

    /// Judges whether tests are shown to have failed before the work. `there` is the run before it, `here` the one with it;
    /// of the first only counts what it says of red checks.
    #[must_use]
    pub fn of_contrast(contrast: &Contrast, there: &RunReport, here: &RunReport, report_failures: &[String]) -> Self {
        let runner = |report: &RunReport| match Self::of(report, report_failures) {
            verdict @ (Self::Interrupted | Self::Internal | Self::BrokenPlan) => Some(verdict),
            Self::Fails
            | Self::ExpiredQuarantine
            | Self::UnprovenClaims
            | Self::NothingRan
            | Self::NothingClaimed
            | Self::NothingTouched
            | Self::EmptyShard
            | Self::Holds => None,
        };
        if let Some(verdict) = runner(there).or_else(|| runner(here)) {
            return verdict;
        }
        let standings = || contrast.red().map(|red| &red.standing);
        let open = standings().any(|standing| !matches!(standing, Standing::Proven | Standing::LeftOut));
        let with_work = Self::of(here, report_failures);
        if open || with_work == Self::Fails {
            Self::Fails
        } else if with_work == Self::ExpiredQuarantine {
            Self::ExpiredQuarantine
        } else if standings().any(|standing| *standing == Standing::Proven) {
            Self::Holds
        } else if with_work == Self::NothingClaimed {
            Self::NothingClaimed
        } else {
            Self::NothingRan
        }
    }
}
