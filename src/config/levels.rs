//! What is said of how much findings about a plan count: `lint: { rules: { CODE: LEVEL } }`.
//!
//! Must not know which rules there are.

use super::Named;
use super::read::{Scalar, Takes, Walk};
use super::yaml::Node;
use crate::diagnostic::{Severity, codes};
use crate::source::Span;

const KEYS: &[&str] = &["rules"];

/// How much the findings of one rule count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are not shown.
    Off,
    /// They are shown as this.
    As(Severity),
}

impl Level {
    /// All of them, the least first.
    pub const ALL: [Self; 4] =
        [Self::Off, Self::As(Severity::Note), Self::As(Severity::Warning), Self::As(Severity::Error)];

    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::As(severity) => severity.word(),
        }
    }
}

impl Walk<'_> {
    pub(super) fn lint(&mut self, node: &Node, at: Span) -> Vec<(Named, Level)> {
        let mut levels = Vec::new();
        for (key, span, value) in self.entries(node, at, "lint") {
            match key {
                "rules" => levels = self.levels(value, span),
                _ => self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`lint`", KEYS)),
            }
        }
        levels
    }

    fn levels(&mut self, node: &Node, at: Span) -> Vec<(Named, Level)> {
        let expected = "one of off, note, warning, error";
        let mut levels = Vec::new();
        for (code, span, value) in self.entries(node, at, "lint.rules") {
            let key = format!("lint.rules.{code}");
            let Some(scalar) = self.scalar(value, span, &key, Takes::Any, expected) else { continue };
            match Level::ALL.into_iter().find(|level| level.word() == scalar.text) {
                Some(level) => levels.push((self.named(&Scalar { text: code, span }), level)),
                None => self.bad_value(&scalar, &key, &format!("not {expected}")),
            }
        }
        levels
    }
}
