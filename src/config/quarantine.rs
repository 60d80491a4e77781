//! What is said of checks that may fail for a while: `quarantine: [{ check, owner, reason, expires }]`.
//!
//! Must not know which checks there are, nor what day it is.

use std::collections::BTreeMap;

use time::Date;
use time::macros::format_description;

use super::Named;
use super::read::{Takes, Walk};
use super::yaml::{Node, What};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] = &["check", "expires", "owner", "reason"];

/// A check, or all checks of a stage, that may fail until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// Which: `1.2`, `Stage 1`, or either behind the path of a plan and `#`.
    pub check: Named,
    /// Who looks after it.
    pub owner: String,
    /// Why it may fail.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where that day is written.
    pub expires_at: Span,
}

/// Reads a day: `2026-12-31`.
///
/// # Errors
/// What is wrong with it, in words that follow "is".
pub fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text.trim(), format_description!("[year]-[month]-[day]"))
        .map_err(|_| "not a day; write it as `2026-12-31`".to_owned())
}

impl Walk<'_> {
    pub(super) fn quarantine(&mut self, node: &Node, at: Span) -> Vec<Quarantine> {
        let items = match &node.what {
            What::Nothing => return Vec::new(),
            What::List(items) => items,
            What::Truth(_) | What::Number(_) | What::Text(_) | What::Map(_) => {
                self.wrong_type(node, at, "quarantine", "a list of maps with `check`, `owner`, `reason` and `expires`");
                return Vec::new();
            }
        };
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut entries = Vec::new();
        for item in items {
            let Some(entry) = self.quarantined(item, at) else { continue };
            let Named { name, span, .. } = &entry.check;
            match first.get(name) {
                Some(&first) => {
                    self.diagnostics.push(codes::duplicate_quarantine(self.source, first, *span, name));
                }
                None => {
                    first.insert(name.clone(), *span);
                    entries.push(entry);
                }
            }
        }
        entries
    }

    fn quarantined(&mut self, node: &Node, at: Span) -> Option<Quarantine> {
        let What::Map(keys) = &node.what else {
            self.wrong_type(node, at, "quarantine[]", "a map with `check`, `owner`, `reason` and `expires`");
            return None;
        };
        // A map has no place of its own.
        let place = self.span(keys.first().and_then(|(key, _)| key.place.as_ref()), at);
        let (mut check, mut owner, mut reason, mut expires) = (None, None, None, None);
        let mut seen = Vec::new();
        for (key, span, value) in self.entries(node, place, "quarantine[]") {
            seen.push(key);
            match key {
                "check" => {
                    let of = "a check such as `1.2`, a stage such as `Stage 1`, or either behind `path/plan.md#`";
                    let scalar = self.scalar(value, span, "quarantine[].check", Takes::TextOrNumber, of);
                    check = scalar.and_then(|scalar| {
                        if scalar.text.rsplit('#').next().is_none_or(|name| name.trim().is_empty()) {
                            self.bad_value(&scalar, "quarantine[].check", &format!("not {of}"));
                            return None;
                        }
                        Some(self.named(&scalar))
                    });
                }
                "owner" => owner = self.said(value, span, "quarantine[].owner", "a name", "say who looks after it"),
                "reason" => reason = self.said(value, span, "quarantine[].reason", "a text", "say why it may fail"),
                "expires" => {
                    let scalar = self.scalar(value, span, "quarantine[].expires", Takes::Any, "a day: `2026-12-31`");
                    expires = scalar.and_then(|scalar| match parse_day(scalar.text) {
                        Ok(day) => Some((day, scalar.span)),
                        Err(problem) => {
                            self.bad_value(&scalar, "quarantine[].expires", &problem);
                            None
                        }
                    });
                }
                _ => self
                    .diagnostics
                    .push(codes::config_unknown_key(self.source, span, key, "an entry of `quarantine`", KEYS)),
            }
        }
        for key in ["check", "owner", "reason", "expires"] {
            if !seen.contains(&key) {
                self.diagnostics.push(codes::config_missing_key(self.source, place, key, "quarantine[]", KEYS));
            }
        }
        let (expires, expires_at) = expires?;
        Some(Quarantine { check: check?, owner: owner?, reason: reason?, expires, expires_at })
    }

    /// A text that says something.
    fn said(&mut self, node: &Node, at: Span, key: &str, expected: &str, what_to_do: &str) -> Option<String> {
        let scalar = self.scalar(node, at, key, Takes::TextOrNumber, expected)?;
        if scalar.text.trim().is_empty() {
            self.bad_value(&scalar, key, &format!("empty; {what_to_do}"));
            return None;
        }
        Some(scalar.text.trim().to_owned())
    }
}
