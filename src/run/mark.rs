//! The mark that each job has in its environment, by which its descendants are known wherever they flee.
//!
//! Must not know who looks for it.

/// The variable with the marks of all runners that a process descends from, the outermost first.
pub(super) const NAME: &str = "PLAN_RUN_JOB";

/// Stands between two marks.
const BETWEEN: char = ':';

/// Stands between what is the runner's own in a mark and what is the job's.
const WITHIN: char = '.';

/// The mark of one of a runner's jobs, by its number or another name.
pub(super) fn of_job(runner: &str, job: impl std::fmt::Display) -> String {
    format!("{runner}{WITHIN}{job}")
}

/// A mark behind those of the runners that this one runs in.
pub(super) fn behind(inherited: Option<&str>, mark: String) -> String {
    match inherited {
        Some(others) => format!("{others}{BETWEEN}{mark}"),
        None => mark,
    }
}

/// Whether a mark is among those of a process.
pub(super) fn is_among(marks: &str, mark: &str) -> bool {
    marks.split(BETWEEN).any(|other| other == mark)
}

/// Whether one of the marks of a process is that of a job of a runner.
pub(super) fn is_of(marks: &str, runner: &str) -> bool {
    marks.split(BETWEEN).any(|mark| mark.split(WITHIN).next() == Some(runner))
}
