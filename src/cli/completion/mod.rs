//! What a shell completes: the scripts that make it ask, and the answers.
//!
//! A script only passes on the words of the command line. What could stand at their end is found out by the program
//! itself, so that plans, stages and runs are those that are there. Must not know what becomes of the words.

mod candidates;
mod known;
mod verbs;

pub(super) use verbs::{complete, completions};
