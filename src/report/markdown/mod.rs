//! The Markdown summary: verdict, stages, failures with the end of their output, what was not run and why.
//!
//! Passed checks are only counted. Every part has a share of the limit; what does not fit is counted. Must not
//! know where the text goes.

mod failures;
mod graph;
mod notes;
mod page;
mod section;
mod table;

pub use page::markdown;
