//! When to look whether a command runs longer than one would expect.
//!
//! Must not know what a command is, nor how it is told that it is slow.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::exec::JobId;

/// How many times its usual time a check may take before it counts as slow.
const TIMES: u32 = 3;

/// A check that takes no longer than this is not slow, however fast it usually is: a busy machine makes a tenth of a
/// second into half a one.
const LEAST: Duration = Duration::from_secs(5);

/// After how long a check counts as slow: after `most`, or sooner where it takes several times its usual time.
pub(super) fn patience(most: Duration, usual: Option<Duration>) -> Duration {
    usual.map_or(most, |usual| most.min(usual.saturating_mul(TIMES).max(LEAST)))
}

/// When to look at which job. A job that has ended meanwhile is passed over by whoever looks.
#[derive(Debug, Default)]
pub(super) struct Looks {
    due: BTreeSet<(Instant, JobId)>,
}

impl Looks {
    /// Wants a look at a job after some time.
    pub(super) fn add(&mut self, job: JobId, after: Duration) {
        // A moment too far away to be told by the clock never comes.
        self.due.extend(Instant::now().checked_add(after).map(|moment| (moment, job)));
    }

    /// Looks at everything that much later.
    pub(super) fn put_off(&mut self, by: Duration) {
        self.due = std::mem::take(&mut self.due).into_iter().map(|(moment, job)| (moment + by, job)).collect();
    }

    /// When to look next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(moment, _)| *moment)
    }

    /// A job to look at now, if there is one.
    pub(super) fn take(&mut self) -> Option<JobId> {
        let &(moment, job) = self.due.first()?;
        (moment <= Instant::now()).then(|| {
            self.due.pop_first();
            job
        })
    }
}
