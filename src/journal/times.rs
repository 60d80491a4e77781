//! Times as a journal has them: seconds, and stamps of the wall clock.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds with microseconds, exact in both directions.
pub(super) fn seconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e6
}

/// What [`seconds`] gave.
pub(super) fn duration(seconds: f64) -> Duration {
    Duration::from_micros((seconds * 1e6).round() as u64)
}

/// A time of the wall clock.
pub(super) fn stamp(wall: SystemTime) -> String {
    OffsetDateTime::from(wall).format(&Rfc3339).unwrap_or_default()
}

/// What [`stamp`] gave; `None` for what is no time.
pub(super) fn from_stamp(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(SystemTime::from)
}
