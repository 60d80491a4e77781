//! How much the findings of each rule count, by the configuration and by a plan's front matter.

use std::collections::BTreeMap;

use super::explain::{is_error_of_reading, known_codes};
use crate::config::{Config, Level};
use crate::diagnostic::{Diagnostics, codes};

/// Levels by the codes of rules; of what is not said here the rules' own hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Level>);

impl Levels {
    /// What several configurations say, the strongest first.
    #[must_use]
    pub fn of(configs: &[&Config]) -> Self {
        let weakest_first = configs.iter().rev().flat_map(|config| &config.lint);
        Self(weakest_first.map(|(named, level)| (named.name.clone(), *level)).collect())
    }

    /// What is said of a code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<Level> {
        self.0.get(code).copied()
    }
}

/// Says which codes of a configuration are none, and which cannot be set.
pub fn check_levels(config: &Config, diagnostics: &mut Diagnostics) {
    for (named, _) in &config.lint {
        if is_error_of_reading(&named.name) {
            diagnostics.push(codes::fixed_level(&named.source, named.span, &named.name));
        } else if !known_codes().any(|code| code == named.name) {
            diagnostics.push(codes::unknown_rule(&named.source, named.span, &named.name, known_codes()));
        }
    }
}
