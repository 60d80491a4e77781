//! The cache between runs: which checks have passed before with the same command, files, variables and tools.
//!
//! `key` says what a check's result can depend on, `state` what files it reads, `store` keeps who passed, in a file
//! beside the runs; `book` asks before a run and notes after it. Takes a [`Selection`](crate::select::Selection) and events.
//! Must not know how checks are run or shown.

mod book;
mod key;
mod state;
mod store;

pub use book::{Book, Rules};
