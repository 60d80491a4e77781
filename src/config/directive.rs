//! What an author says to plan-run about single lines of a plan: the same words in a comment before the line and in
//! front matter.
//!
//! Must not know where the lines are.

use std::time::Duration;

use super::uses::{parse_truth, parse_weight};
use super::{Demand, Leftovers, Named, Use, parse_leftovers, parse_retries, parse_timeout};
use crate::source::Span;

/// The words that say what a line is.
pub const KINDS: &[&str] = &["ignore", "command", "manual", "red"];

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// It is no check.
    Ignore,
    /// It is a command to run.
    Command,
    /// It is for a person.
    Manual,
    /// It is a command that must fail before the work is done.
    Red,
    /// The directory in which it runs.
    Cwd(String),
    /// Its limit.
    Timeout(Duration),
    /// How often it is tried again.
    Retries(usize),
    /// What it means that it left processes running.
    Leftovers(Leftovers),
    /// What the stage needs.
    Needs(Vec<Named>),
    /// Shares of resources that it holds while it runs.
    Uses(Vec<Use>),
    /// Job slots that it takes.
    Weight(usize),
    /// Whether it changes the working tree.
    Writes(bool),
    /// What carries it to another machine.
    Launcher(Named),
    /// What it needs of the machine that it is carried to.
    Demand(Demand),
}

impl Directive {
    /// The meaning of a word that says what a line is.
    #[must_use]
    pub fn kind(word: &str) -> Option<Self> {
        match word {
            "ignore" => Some(Self::Ignore),
            "command" => Some(Self::Command),
            "manual" => Some(Self::Manual),
            "red" => Some(Self::Red),
            _ => None,
        }
    }

    /// The meaning of a key with one value; `None` for a key that is not known.
    ///
    /// # Errors
    /// What is wrong with the value, in words that follow "is".
    pub fn value(key: &str, value: &str) -> Option<Result<Self, String>> {
        match key {
            "cwd" if value.trim().is_empty() => Some(Err("empty; name a directory".to_owned())),
            "cwd" => Some(Ok(Self::Cwd(value.trim().to_owned()))),
            "timeout" => Some(parse_timeout(value).map(Self::Timeout)),
            "retries" => Some(parse_retries(value).map(Self::Retries)),
            "leftovers" => Some(parse_leftovers(value).map(Self::Leftovers)),
            "weight" => Some(parse_weight(value).map(Self::Weight)),
            "writes" => Some(parse_truth(value).map(Self::Writes)),
            _ => Some(Demand::value(key, value)?.map(Self::Demand)),
        }
    }

    /// Whether it can make a check of a line that was read as none.
    #[must_use]
    pub fn makes_checks(&self) -> bool {
        matches!(self, Self::Command | Self::Manual | Self::Red)
    }
}

/// What front matter says of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineConfig {
    /// Which line.
    pub target: Target,
    /// Where that is written.
    pub span: Span,
    /// What is said, with the places where it is written.
    pub says: Vec<(Directive, Span)>,
}

/// How front matter names a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// By its number in the file, counted from 1.
    Line(u32),
    /// By words that stand on it.
    Text(String),
}
