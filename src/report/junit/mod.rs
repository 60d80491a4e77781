//! JUnit XML: a suite for each stage, a case for each check, in document order.
//!
//! `suites` makes one suite at a time with the crate that knows the format; `file` passes its XML on with what the crate
//! cannot say (places, properties, attempts, outputs, counts of skipped cases), rounds times, turns CDATA into escaped
//! text and indents the whole, so that every reader and a person can take it. Outputs are read one at a time while
//! their case is written. Must not know where the bytes go.

mod file;
mod suites;
mod tries;

pub use file::junit;
