//! What became of each attempt at a check, as Maven Surefire tells it.
//!
//! A check that holds in the end is a passed case, and what went wrong before is told as flaky. Of one that does not
//! hold, the first attempt is the case's failure, and the later ones are reruns. Must not know XML.

use super::super::CheckReport;
use super::super::facts::Try;
use crate::outcome::{Class, Outcome};

/// The attempts at a check: the one that is the case's own result, and the others with the names of their elements.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    /// The case's own result.
    pub(super) own: Try<'a>,
    /// What else was tried and did not hold, in order.
    pub(super) others: Vec<(&'static str, Try<'a>)>,
}

impl<'a> Tries<'a> {
    /// Sorts the attempts at a check.
    pub(super) fn of(check: &'a CheckReport) -> Self {
        let last = Try::last(check);
        let earlier = Try::earlier(check).filter(|attempt| kind(attempt).is_some());
        let named = |attempt: Try<'a>, failure, error| {
            (if kind(&attempt) == Some(Class::Failure) { failure } else { error }, attempt)
        };
        let (own, others) = match check.outcome.class() {
            Class::Green => (last, earlier.map(|attempt| named(attempt, "flakyFailure", "flakyError")).collect()),
            Class::Skipped | Class::Quarantined => (last, Vec::new()),
            Class::Failure | Class::Error => {
                let mut bad: Vec<Try<'a>> = earlier.chain([last]).collect();
                // That its end was not learned says less than any end that was.
                let known = bad.iter().position(|attempt| !matches!(attempt.outcome, Outcome::Lost { .. }));
                let own = bad.remove(known.unwrap_or(0));
                (own, bad.into_iter().map(|attempt| named(attempt, "rerunFailure", "rerunError")).collect())
            }
        };
        Self { own, others }
    }
}

/// Whether an attempt is a failure or an error; `None` when it is neither.
fn kind(attempt: &Try<'_>) -> Option<Class> {
    let class = attempt.outcome.class();
    matches!(class, Class::Failure | Class::Error).then_some(class)
}
