//! What of a plan changed files touch: the plan's own text, and the files that it names.
//!
//! Takes plans and paths, leaves stages. Must not know who tells which files have changed, nor what is done about it.

mod files;
mod text;

pub use files::{Named, Places, Touch};
pub use text::Wording;
