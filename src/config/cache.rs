//! What is said of the cache between runs.

use super::read::{Takes, Walk};
use super::yaml::{Node, What};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] = &["enabled", "env", "inputs", "max_entries", "tools"];

/// What is said of the cache between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheConfig {
    /// Whether checks are taken from it.
    pub enabled: Option<bool>,
    /// Names of variables that commands see and on which their results depend, beside those of the configuration.
    pub env: Vec<String>,
    /// Programs on whose versions results depend.
    pub tools: Vec<String>,
    /// Globs of the files on which results depend, relative to the repository's root; empty for all.
    pub inputs: Vec<String>,
    /// How many entries are kept.
    pub max_entries: Option<usize>,
}

impl Walk<'_> {
    /// `true`, `false`, or a map.
    pub(super) fn cache(&mut self, node: &Node, at: Span) -> CacheConfig {
        let mut cache = CacheConfig::default();
        match &node.what {
            What::Map(_) => {}
            What::Truth(_) => {
                cache.enabled = self.truth(node, at, "cache");
                return cache;
            }
            _ => {
                self.wrong_type(node, at, "cache", "`true`, `false` or a map");
                return cache;
            }
        }
        for (key, span, value) in self.entries(node, at, "cache") {
            match key {
                "enabled" => cache.enabled = self.truth(value, span, "cache.enabled"),
                "env" => cache.env = self.names(value, span, "cache.env", "a name of a variable"),
                "tools" => cache.tools = self.names(value, span, "cache.tools", "a program"),
                "inputs" => cache.inputs = self.inputs(value, span, "cache.inputs").unwrap_or_default(),
                "max_entries" => cache.max_entries = self.count(value, span, "cache.max_entries"),
                _ => self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`cache`", KEYS)),
            }
        }
        cache
    }

    /// Globs of files, one or a list of them.
    pub(super) fn inputs(&mut self, node: &Node, at: Span, key: &str) -> Option<Vec<String>> {
        let globs =
            self.scalars(node, at, key, Takes::TextOrNumber, "a path, a glob or a list of them", "a path or a glob");
        let mut inputs = Vec::new();
        for glob in &globs {
            if let Err(error) = globset::Glob::new(glob.text) {
                self.bad_value(glob, key, &format!("not a glob: {}", error.kind()));
            } else if glob.text.starts_with('/') || glob.text.split('/').any(|part| part == "..") {
                self.bad_value(glob, key, "outside of the repository; name files relative to its root");
            } else if glob.text.trim().is_empty() {
                self.bad_value(glob, key, "empty; name a file or a folder");
            } else {
                inputs.push(glob.text.to_owned());
            }
        }
        // No files at all would be a cache that never forgets.
        (!inputs.is_empty()).then_some(inputs)
    }

    fn names(&mut self, node: &Node, at: Span, key: &str, each: &str) -> Vec<String> {
        let expected = format!("{each} or a list of them");
        let words = self.scalars(node, at, key, Takes::TextOrNumber, &expected, each);
        let mut out = Vec::new();
        for word in &words {
            if word.text.trim().is_empty() {
                self.bad_value(word, key, "empty");
            } else {
                out.push(word.text.to_owned());
            }
        }
        out
    }
}
