//! All exit codes, with their meaning.

use crate::report::Verdict;

/// Every check that ran holds, and at least one ran; or only what is claimed was asked for, and nothing is claimed yet; or
/// nothing falls to this shard, or changed files touch no plan.
pub const HOLDS: u8 = 0;
/// Some check that ran does not hold, a quarantine has expired, or a claim is not proven that had to be.
pub const FAILS: u8 = 1;
/// The command line or the configuration is wrong; nothing was run.
pub const WRONG_USE: u8 = 2;
/// A plan cannot be read or contradicts itself.
pub const BROKEN_PLAN: u8 = 3;
/// There was nothing to run: no plan was found, or none has a check that may run.
pub const NOTHING_RAN: u8 = 4;
/// A report could not be written, or plan-run itself failed.
pub const INTERNAL: u8 = 5;
/// Someone interrupted the run.
pub const INTERRUPTED: u8 = 130;

/// The meaning of the codes, for `--help`.
pub const HELP: &str = "\
Exit codes:
  0    every check that ran holds or is in quarantine; with --scope claimed also where nothing is
       claimed yet, with --shard where nothing falls to the shard, with --changed where no plan
       is touched
  1    some check does not hold, or a quarantine has expired, or with --strict-claims some claim is
       not proven
  2    wrong use or configuration
  3    a plan that cannot be read or contradicts itself
  4    nothing to run: no plan found, or no check that may run
  5    a report could not be written, or plan-run itself failed
  130  interrupted";

/// The exit code of a verdict.
#[must_use]
pub fn of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Interrupted => INTERRUPTED,
        Verdict::Internal => INTERNAL,
        Verdict::BrokenPlan => BROKEN_PLAN,
        Verdict::Fails | Verdict::ExpiredQuarantine | Verdict::UnprovenClaims => FAILS,
        Verdict::NothingRan => NOTHING_RAN,
        Verdict::NothingClaimed | Verdict::NothingTouched | Verdict::EmptyShard | Verdict::Holds => HOLDS,
    }
}
