//! What is said of processes that a check leaves running: they only stand in the reports, or the check does not hold.
//!
//! Must not know how they are found.

use super::read::{Takes, Walk};
use super::yaml::Node;
use crate::source::Span;

/// What it means for a check that it left processes running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leftovers {
    /// They are told and ended.
    #[default]
    Warn,
    /// The check does not hold, either.
    Fail,
}

impl Leftovers {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fail, Self::Warn];

    /// One stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Reads what processes mean that were left running.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub fn parse_leftovers(text: &str) -> Result<Leftovers, String> {
    let known = Leftovers::ALL.into_iter().find(|leftovers| leftovers.word() == text.trim());
    known.ok_or_else(|| format!("not {EXPECTED}"))
}

const EXPECTED: &str = "one of fail, warn";

impl Walk<'_> {
    pub(super) fn leftovers(&mut self, node: &Node, at: Span) -> Option<Leftovers> {
        let scalar = self.scalar(node, at, "leftovers", Takes::Any, EXPECTED)?;
        let leftovers = parse_leftovers(scalar.text);
        leftovers.map_err(|problem| self.bad_value(&scalar, "leftovers", &problem)).ok()
    }
}
