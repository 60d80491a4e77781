//! Where each stage stands between what the plan claims and what a run showed.

use super::Evidence;
use crate::outcome::{Outcome, Skip};
use crate::plan::{CheckId, Kind, Plan, StageId};
use crate::report::StageStatus;

/// Where a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is claimed, and the run shows that it holds.
    Done,
    /// It is claimed, and the run shows that it does not hold.
    ClaimedButFails,
    /// It is claimed, and no run shows that it holds.
    Claimed,
    /// The run shows that it holds, and it is not claimed.
    Proved,
    /// It is neither claimed nor shown to hold.
    Open,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Done, Self::ClaimedButFails, Self::Claimed, Self::Proved, Self::Open];

    /// One stable word for programs: `done`, `claimed-but-fails`, `claimed`, `proved`, `open`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ClaimedButFails => "claimed-but-fails",
            Self::Claimed => "claimed",
            Self::Proved => "proved",
            Self::Open => "open",
        }
    }

    /// The same for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ClaimedButFails => "claimed, but fails",
            Self::Claimed => "claimed, not proved",
            Self::Proved => "proved, not claimed",
            Self::Open => "open",
        }
    }
}

/// Where a stage of a plan stands. Without evidence nothing is proved.
///
/// # Panics
/// When the id belongs to another plan.
#[must_use]
pub fn state(plan: &Plan, evidence: Option<&Evidence<'_>>, id: StageId) -> State {
    match (plan.stage(id).claimed, evidence.map(|evidence| &evidence.stage(id).status)) {
        (true, Some(StageStatus::Holds)) => State::Done,
        (true, Some(StageStatus::Fails)) => State::ClaimedButFails,
        (true, _) => State::Claimed,
        (false, Some(StageStatus::Holds)) => State::Proved,
        (false, _) => State::Open,
    }
}

/// The checks of a stage by what a run says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many a run can judge, as far as it was asked to: neither those for a person nor those that had to fail before the
    /// work was done and were not run.
    pub judged: usize,
    /// How many of these hold.
    pub holding: usize,
    /// How many are for a person.
    pub manual: usize,
    /// Those that do not hold though the plan says that they are done.
    pub broken_claims: Vec<CheckId>,
    /// The others that do not hold.
    pub failing: Vec<CheckId>,
}

/// What a run says of the checks of a stage.
///
/// # Panics
/// When the id belongs to another plan.
#[must_use]
pub fn seen(plan: &Plan, evidence: Option<&Evidence<'_>>, id: StageId) -> Seen {
    let mut seen = Seen::default();
    for &check in &plan.stage(id).checks {
        let outcome = evidence.map(|evidence| evidence.check(check).outcome.plain());
        let check_of = plan.check(check);
        match (check_of.kind, outcome) {
            (Kind::Manual, _) => seen.manual += 1,
            // No run has a terminal, so that only a person can say.
            _ if check_of.terminal.is_some() => seen.manual += 1,
            (Kind::Red, None | Some(Outcome::Skipped(Skip::Red))) => {}
            (Kind::Command | Kind::Red, outcome) => {
                seen.judged += 1;
                match outcome {
                    Some(outcome) if outcome.is_green() => seen.holding += 1,
                    Some(outcome) if outcome.is_own_trouble() && plan.claims(check) => seen.broken_claims.push(check),
                    Some(outcome) if outcome.is_own_trouble() => seen.failing.push(check),
                    Some(_) | None => {}
                }
            }
        }
    }
    seen
}
