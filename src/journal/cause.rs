//! Why something was given up, as a journal says it.
//!
//! Must not know where in a line that stands.

use serde::{Deserialize, Serialize};

use super::times::{duration, seconds};
use crate::config::Scope;
use crate::outcome;

/// Why something was given up: its word as in [`outcome::Cause::word`], and what belongs to it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Cause {
    pub(super) word: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
}

impl Cause {
    pub(super) fn of(cause: &outcome::Cause) -> Self {
        let line = Self { word: cause.word().to_owned(), ..Self::default() };
        match cause {
            outcome::Cause::Interrupt => line,
            outcome::Cause::FirstFailure { check, scope } => {
                Self { check: Some(check.clone()), scope: Some(scope.word().to_owned()), ..line }
            }
            outcome::Cause::Failures { count } => Self { count: Some(*count), ..line },
            outcome::Cause::RunTime { limit } => Self { limit: Some(seconds(*limit)), ..line },
        }
    }

    /// The cause of a word; `None` for one that this version does not know.
    pub(super) fn cause(self) -> Option<outcome::Cause> {
        Some(match self.word.as_str() {
            "interrupt" => outcome::Cause::Interrupt,
            "first-failure" => {
                let word = self.scope?;
                let scope = Scope::ALL.into_iter().find(|scope| scope.word() == word)?;
                outcome::Cause::FirstFailure { check: self.check?, scope }
            }
            "failures" => outcome::Cause::Failures { count: self.count? },
            "run-time" => outcome::Cause::RunTime { limit: duration(self.limit?) },
            _ => return None,
        })
    }
}
