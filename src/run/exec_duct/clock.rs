//! A clock that stands still while the whole program is stopped.
//!
//! Must not know what is timed.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// Time since the executor was made, without the times in which it was stopped.
pub(super) struct Clock {
    began: Instant,
    /// For how long it stood still so far. Whoever stops the program holds this for writing, so that nobody reads the
    /// clock between the moment when the program goes on and the one when it is known how long it stood.
    stood: RwLock<Duration>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), stood: RwLock::default() }
    }

    /// The time.
    pub(super) fn now(&self) -> Duration {
        self.hold().now()
    }

    /// The time, and a hold on it: as long as it lives the clock cannot be stopped.
    pub(super) fn hold(&self) -> Hold<'_> {
        Hold { clock: self, stood: self.stood.read().unwrap_or_else(PoisonError::into_inner) }
    }

    /// Stops the clock for as long as `meanwhile` says that it took, and gives that.
    pub(super) fn stand_still(&self, meanwhile: impl FnOnce() -> Duration) -> Duration {
        let mut stood = self.stood.write().unwrap_or_else(PoisonError::into_inner);
        let passed = meanwhile();
        *stood += passed;
        passed
    }
}

/// A hold on a clock.
pub(super) struct Hold<'c> {
    clock: &'c Clock,
    stood: RwLockReadGuard<'c, Duration>,
}

impl Hold<'_> {
    /// The time.
    pub(super) fn now(&self) -> Duration {
        self.clock.began.elapsed().saturating_sub(*self.stood)
    }
}
