//! What the quarantine says of a check, as a journal says it.
//!
//! Must not know where in a line that stands.

use serde::{Deserialize, Serialize};

use crate::plan::Quarantined;

/// What the quarantine says of a check.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Quarantine {
    entry: String,
    owner: String,
    reason: String,
    expires: String,
    expired: bool,
    place: String,
}

impl Quarantine {
    pub(super) fn of(quarantined: &Quarantined) -> Self {
        let Quarantined { entry, owner, reason, expires, expired, place } = quarantined.clone();
        Self { entry, owner, reason, expires, expired, place }
    }

    pub(super) fn entry(self) -> Quarantined {
        let Self { entry, owner, reason, expires, expired, place } = self;
        Quarantined { entry, owner, reason, expires, expired, place }
    }
}
