//! Report and failures to the one answer.

use super::RunReport;

/// The answer of a run, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Someone interrupted it.
    Interrupted,
    /// A report could not be written, or the runner itself failed.
    Internal,
    /// A plan cannot be read or contradicts itself.
    BrokenPlan,
    /// Some check that ran does not hold.
    Fails,
    /// There was nothing to run.
    NothingRan,
    /// Every check that ran holds, and at least one did.
    Holds,
}

impl Verdict {
    /// Judges a finished run; `report_failures` is what went wrong in writing its reports.
    #[must_use]
    pub fn of(report: &RunReport, report_failures: &[String]) -> Self {
        let _ = (report, report_failures);
        Self::Internal
    }
}
