//! What several runs say together of a check.

use std::time::Duration;

use super::line::Sample;
use crate::event::CheckRef;

/// How many of a check's runs count, the newest.
pub(super) const RUNS: usize = 10;

/// How a check usually runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// The median of its times.
    pub took: Duration,
    /// The median of how far its times are from that.
    pub deviation: Duration,
    /// The most memory that one of its processes ever had, in bytes.
    pub peak_memory: Option<u64>,
    /// How many runs this comes from; at least 1.
    pub runs: usize,
}

/// What is known of the checks of a run from earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// For each plan of the run, for each of its checks.
    pub plans: Vec<Vec<Option<Usual>>>,
}

impl Past {
    /// What is known of a check.
    #[must_use]
    pub fn of(&self, check: CheckRef) -> Option<Usual> {
        *self.plans.get(check.plan as usize)?.get(check.check.0 as usize)?
    }

    /// The median of all times that are known.
    #[must_use]
    pub fn typical(&self) -> Option<Duration> {
        let mut times: Vec<Duration> = self.plans.iter().flatten().flatten().map(|usual| usual.took).collect();
        median(&mut times)
    }
}

impl Usual {
    /// Of a check's runs, the newest first. Those count that passed; where none did, all that ended.
    pub(super) fn of<'a>(samples: impl Iterator<Item = &'a Sample<'a>> + Clone) -> Option<Self> {
        let passed = samples.clone().filter(|sample| sample.outcome == "passed");
        let counted: Vec<&Sample<'_>> =
            if passed.clone().next().is_some() { passed.take(RUNS).collect() } else { samples.take(RUNS).collect() };
        let time = |sample: &&Sample<'_>| Duration::try_from_secs_f64(sample.took).unwrap_or_default();
        let mut times: Vec<Duration> = counted.iter().map(time).collect();
        let runs = times.len();
        let took = median(&mut times)?;
        let mut distances: Vec<Duration> = times.iter().map(|time| time.abs_diff(took)).collect();
        Some(Self {
            took,
            deviation: median(&mut distances)?,
            peak_memory: counted.iter().filter_map(|sample| sample.peak_memory).max(),
            runs,
        })
    }
}

/// The middle of some times; between the two in the middle of an even number.
fn median(times: &mut [Duration]) -> Option<Duration> {
    times.sort_unstable();
    let middle = times.len() / 2;
    match times {
        [] => None,
        times if times.len() % 2 == 1 => Some(times[middle]),
        times => Some((times[middle - 1] + times[middle]) / 2),
    }
}
