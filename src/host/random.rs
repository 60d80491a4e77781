//! Numbers that nobody can guess. Must not know what they are for.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A number that nobody can guess, from the randomness that the system gives to hash maps.
#[must_use]
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
