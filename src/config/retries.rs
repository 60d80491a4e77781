//! What is said of trying a check again that does not hold: a number, or a map with more.
//!
//! Must not know when anything is tried again.

use std::time::Duration;

use super::parse_duration;
use super::read::{Scalar, Takes, Walk};
use super::yaml::{Node, What};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] = &["backoff", "count", "delay", "max_delay"];

/// The most that something is tried again.
const MOST: usize = 1000;

/// What is said of trying again; what is missing is said elsewhere, or nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// How often at most.
    pub count: Option<usize>,
    /// How long to wait before the first time.
    pub delay: Option<Duration>,
    /// How the wait grows.
    pub backoff: Option<Backoff>,
    /// The longest wait.
    pub max_delay: Option<Duration>,
}

/// How the wait before a further attempt grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backoff {
    /// Not at all.
    #[default]
    Fixed,
    /// It doubles each time.
    Exponential,
}

impl Backoff {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fixed, Self::Exponential];

    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Exponential => "exponential",
        }
    }
}

impl Retries {
    /// What is said here, and of what is not said here what is said elsewhere.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            count: self.count.or(other.count),
            delay: self.delay.or(other.delay),
            backoff: self.backoff.or(other.backoff),
            max_delay: self.max_delay.or(other.max_delay),
        }
    }

    /// How long to wait before something is tried again that was tried so often already. Without another word there is
    /// no wait, or one of a second where it shall grow.
    #[must_use]
    pub fn wait(self, tried: usize) -> Duration {
        let backoff = self.backoff.unwrap_or_default();
        let first = match backoff {
            Backoff::Fixed => Duration::ZERO,
            Backoff::Exponential => Duration::from_secs(1),
        };
        let first = self.delay.unwrap_or(first);
        let wait = match backoff {
            Backoff::Fixed => first,
            Backoff::Exponential => {
                let doublings = u32::try_from(tried.saturating_sub(1)).unwrap_or(u32::MAX);
                first.saturating_mul(2u32.saturating_pow(doublings))
            }
        };
        self.max_delay.map_or(wait, |most| wait.min(most))
    }
}

/// Reads how often something is tried again.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub fn parse_retries(text: &str) -> Result<usize, String> {
    let count = text.trim().parse().ok().filter(|&count| count <= MOST);
    count.ok_or_else(|| format!("not a whole number from 0 to {MOST}"))
}

impl Walk<'_> {
    pub(super) fn retries(&mut self, node: &Node, at: Span) -> Retries {
        if let What::Number(_) = node.what {
            return Retries { count: self.retry_count(node, at, "retries"), ..Retries::default() };
        }
        if !matches!(node.what, What::Map(_)) {
            self.wrong_type(node, at, "retries", "a number, or a map with `count`, `delay`, `backoff` and `max_delay`");
            return Retries::default();
        }
        let mut retries = Retries::default();
        for (key, span, value) in self.entries(node, at, "retries") {
            match key {
                "count" => retries.count = self.retry_count(value, span, "retries.count"),
                "delay" => retries.delay = self.wait(value, span, "retries.delay"),
                "max_delay" => retries.max_delay = self.wait(value, span, "retries.max_delay"),
                "backoff" => retries.backoff = self.backoff(value, span),
                _ => self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`retries`", KEYS)),
            }
        }
        retries
    }

    pub(super) fn retry_count(&mut self, node: &Node, at: Span, key: &str) -> Option<usize> {
        let What::Number(text) = &node.what else {
            self.wrong_type(node, at, key, "a whole number");
            return None;
        };
        let scalar = Scalar { text, span: self.span(node.place.as_ref(), at) };
        self.kept(parse_retries(text), &scalar, key)
    }

    pub(super) fn wait(&mut self, node: &Node, at: Span, key: &str) -> Option<Duration> {
        let scalar = self.scalar(node, at, key, Takes::TextOrNumber, "a duration such as `5s`")?;
        self.kept(parse_duration(scalar.text), &scalar, key)
    }

    fn backoff(&mut self, node: &Node, at: Span) -> Option<Backoff> {
        let expected = "one of fixed, exponential";
        let scalar = self.scalar(node, at, "retries.backoff", Takes::Text, expected)?;
        let known = Backoff::ALL.into_iter().find(|backoff| backoff.word() == scalar.text);
        self.kept(known.ok_or_else(|| format!("not {expected}")), &scalar, "retries.backoff")
    }

    /// A value, unless there is a problem, which is told.
    fn kept<V>(&mut self, value: Result<V, String>, scalar: &Scalar<'_>, key: &str) -> Option<V> {
        value.map_err(|problem| self.bad_value(scalar, key, &problem)).ok()
    }
}
