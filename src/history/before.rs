//! How checks ended before: in the last night, and in other runs of the same commit.

use std::collections::HashMap;
use std::time::Duration;

use super::line::{Line, Sample, check_id};
use crate::roster::{Before, Roster};

/// How many of the newest runs that passed say how long a check usually takes.
const RUNS: usize = 20;

/// What lines, the newest first, say of each check of a roster; and the newest run among them that counts as the last night.
pub(super) fn before(lines: &[&Line<'_>], roster: &Roster) -> (Option<String>, Vec<Vec<Option<Before>>>) {
    // Where no night is known yet, any run is better than none.
    let nights = lines.iter().any(|line| line.nightly);
    let counts = |line: &Line<'_>| line.nightly || !nights;
    let since = lines.iter().filter(|line| counts(line)).map(|line| line.run.as_ref()).max().map(str::to_owned);
    let plans = roster.plans.iter().map(|plan| {
        let mut found: HashMap<&str, Vec<(&Line<'_>, &Sample<'_>)>> = HashMap::new();
        for line in lines.iter().filter(|line| line.plan == plan.path) {
            for sample in &line.checks {
                found.entry(&sample.id).or_default().push((line, sample));
            }
        }
        let checks = plan.checks.iter().map(|check| {
            let samples = found.get(check_id(check)?.as_str())?;
            let (last, sample) = samples.iter().find(|(line, _)| counts(line))?;
            let same = |commit: Option<&str>| {
                let here = samples.iter().filter(|(line, _)| commit.is_some() && line.commit.as_deref() == commit);
                split(here.map(|(_, sample)| sample.held()))
            };
            let (held_here, failed_here) = same(roster.commit.as_deref());
            let (held_there, failed_there) = same(last.commit.as_deref());
            let times: Vec<f64> =
                samples.iter().filter(|(_, sample)| sample.held()).map(|(_, sample)| sample.took).take(RUNS).collect();
            let (mean, sigma) = spread(&times);
            Some(Before {
                run: last.run.clone().into_owned(),
                held: sample.held(),
                flaky: sample.is_flaky() || held_there && failed_there,
                held_here,
                failed_here,
                mean,
                sigma,
                runs: times.len(),
            })
        });
        checks.collect()
    });
    (since, plans.collect())
}

/// Whether some held, and some did not.
pub(super) fn split(held: impl Iterator<Item = bool>) -> (bool, bool) {
    held.fold((false, false), |(yes, no), held| (yes || held, no || !held))
}

/// The mean of some times in seconds, and their standard deviation.
fn spread(times: &[f64]) -> (Duration, Duration) {
    let count = times.len() as f64;
    if times.is_empty() {
        return (Duration::ZERO, Duration::ZERO);
    }
    let mean = times.iter().sum::<f64>() / count;
    let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
    let sigma = if times.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
    let of = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    (of(mean), of(sigma))
}
