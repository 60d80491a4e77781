//! What is said of showing that tests failed before the work.

use super::read::{Takes, Walk};
use super::yaml::Node;
use super::{FILE_NAME, Named, Place};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] = &["prepare", "tests"];

/// What is said of showing that tests failed before the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProveConfig {
    /// Globs of the test files that are brought to the older commit, relative to the repository's root.
    pub tests: Vec<String>,
    /// Commands that are run there first, one after the other.
    pub prepare: Vec<Named>,
}

impl Walk<'_> {
    pub(super) fn prove(&mut self, node: &Node, at: Span) -> ProveConfig {
        let mut prove = ProveConfig::default();
        for (key, span, value) in self.entries(node, at, "prove") {
            match key {
                "tests" => prove.tests = self.inputs(value, span, "prove.tests").unwrap_or_default(),
                "prepare" if self.place == Place::FrontMatter => {
                    self.diagnostics.push(codes::config_misplaced_key(self.source, span, "prove.prepare", FILE_NAME));
                }
                "prepare" => prove.prepare = self.prepare(value, span),
                _ => self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`prove`", KEYS)),
            }
        }
        prove
    }

    fn prepare(&mut self, node: &Node, at: Span) -> Vec<Named> {
        let words =
            self.scalars(node, at, "prove.prepare", Takes::Text, "a command or a list of commands", "a command");
        let mut commands = Vec::new();
        for word in &words {
            if word.text.trim().is_empty() {
                self.bad_value(word, "prove.prepare", "empty; write a command");
            } else {
                commands.push(self.named(word));
            }
        }
        commands
    }
}
