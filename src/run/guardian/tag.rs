//! A mark in a limit of this process, which all that it starts inherit.
//!
//! A process can be started with an empty environment, leave its group, its session and its parent; its limits it keeps.
//! One of them says how long a real-time process may run without a pause, in microseconds, and is not set as a rule. Set
//! to some hundred thousand years it means the same, and can be recognised. It may be lifted again by whoever wants to,
//! since the hard limit stays as it is. Only Linux has it.
//!
//! Must not know who looks for it.

use crate::host::random;

/// The smallest limit that is a mark: from here on it is never reached.
const FIRST: u64 = 1 << 62;

/// Sets the mark, once for this process; gives it. `None` where the limit is in use, or there is none.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(super) fn set() -> Option<u64> {
    use std::sync::OnceLock;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    static TAG: OnceLock<Option<u64>> = OnceLock::new();
    *TAG.get_or_init(|| {
        let before = getrlimit(Resource::Rttime);
        // One of another runner, of which this one is a descendant, may be replaced: that one looks for other marks, too.
        if before.maximum.is_some() || before.current.is_some_and(|current| current < FIRST) {
            return None;
        }
        let tag = FIRST | random() >> 2;
        setrlimit(Resource::Rttime, Rlimit { current: Some(tag), maximum: None }).ok()?;
        Some(tag)
    })
}

/// Sets no mark: here is no such limit.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(super) fn set() -> Option<u64> {
    None
}

/// Whether a limit is one of the marks.
pub(super) fn is_among(limit: Option<u64>, tags: &[u64]) -> bool {
    limit.is_some_and(|limit| limit >= FIRST && tags.contains(&limit))
}
