//! How a check ended in earlier runs, as a journal says it.

use serde::{Deserialize, Serialize};

use super::times::{duration, seconds};
use crate::roster;

/// How a check ended in earlier runs. Times in seconds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Before {
    run: String,
    held: bool,
    flaky: bool,
    held_here: bool,
    failed_here: bool,
    mean: f64,
    sigma: f64,
    runs: usize,
}

impl Before {
    pub(super) fn of(before: &roster::Before) -> Self {
        let roster::Before { run, held, flaky, held_here, failed_here, mean, sigma, runs } = before.clone();
        Self { run, held, flaky, held_here, failed_here, mean: seconds(mean), sigma: seconds(sigma), runs }
    }

    pub(super) fn entry(self) -> roster::Before {
        let Self { run, held, flaky, held_here, failed_here, mean, sigma, runs } = self;
        roster::Before { run, held, flaky, held_here, failed_here, mean: duration(mean), sigma: duration(sigma), runs }
    }
}
