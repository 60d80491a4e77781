//! Where commands are launched, one after the other, and how often again after they were lost.
//!
//! Must not know how a command is wrapped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::config::{Backoff, Launcher, Retries};
use crate::host::random;
use crate::run::schedule::UnitRef;

/// The longest wait before a command is launched again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is known of the launchers of a run.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// The run's own name.
    run: String,
    /// How many commands were launched so far.
    launched: u64,
    /// For each launcher how often one of its hosts was chosen.
    turns: BTreeMap<String, usize>,
    /// Hosts on which the last command that ended was lost.
    doubtful: BTreeSet<String>,
    /// For each unit how often it was lost, and where.
    lost: BTreeMap<UnitRef, Vec<Option<String>>>,
}

impl Default for Fleet {
    fn default() -> Self {
        Self {
            run: format!("plan-run-{:012x}", random() >> 16),
            launched: 0,
            turns: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            lost: BTreeMap::new(),
        }
    }
}

impl Fleet {
    /// The run's own name.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    /// A name for the next command.
    pub(crate) fn next_id(&mut self) -> String {
        self.launched += 1;
        format!("{}-{}", self.run, self.launched)
    }

    /// The host for a unit: in turn, but rather not where it was lost before, or where the last one was.
    pub(crate) fn host(&mut self, launcher: &Launcher, unit: UnitRef) -> Option<String> {
        let count = launcher.hosts.len();
        if count == 0 {
            return None;
        }
        let turn = self.turns.entry(launcher.name.clone()).or_default();
        let begin = *turn;
        let lost = self.lost.get(&unit);
        let doubt = |host: &String| {
            let times = lost.into_iter().flatten().filter(|place| place.as_ref() == Some(host)).count();
            (times, self.doubtful.contains(host))
        };
        let inorder = (0..count).map(|step| (begin + step) % count);
        let best = inorder.min_by_key(|&index| doubt(&launcher.hosts[index]))?;
        *turn = best + 1;
        launcher.hosts.get(best).cloned()
    }

    /// Notes that a command ended and how it did is known.
    pub(crate) fn told(&mut self, host: Option<&str>) {
        if let Some(host) = host {
            self.doubtful.remove(host);
        }
    }

    /// Notes that a unit was lost; gives how long to wait before it is launched again, if it is.
    pub(crate) fn lose(&mut self, launcher: &Launcher, unit: UnitRef, host: Option<&str>) -> Option<Duration> {
        self.doubtful.extend(host.map(str::to_owned));
        let lost = self.lost.entry(unit).or_default();
        lost.push(host.map(str::to_owned));
        let waits =
            Retries { backoff: Some(Backoff::Exponential), max_delay: Some(LONGEST_WAIT), ..Retries::default() };
        // The first time at once: the trouble was most likely that of one machine.
        let wait = if lost.len() == 1 { Duration::ZERO } else { waits.wait(lost.len() - 1) };
        (lost.len() <= launcher.retries).then_some(wait)
    }

    /// How often a unit was lost so far.
    pub(crate) fn times_lost(&self, unit: UnitRef) -> usize {
        self.lost.get(&unit).map_or(0, Vec::len)
    }
}
