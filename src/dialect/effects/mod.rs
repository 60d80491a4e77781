//! What a command changes beyond what a check should: the reasons for holding it back.
//!
//! Works on parsed words, so that `grep 'git push' log` is harmless and `bash -c "git push"` is not.
//! The rules are those of section 6 of the reading rules: publishing, rewriting history or the tree,
//! deleting outside build outputs, stopping or changing the machine.

mod http;
mod jobs;
mod nested;
mod outside;
mod own;
mod risks;
mod talkers;
mod terminal;
mod writes;

pub use jobs::own_jobs;
pub use nested::{Nested, nested, of, past_keywords};
pub use terminal::{Terminal, terminal};
