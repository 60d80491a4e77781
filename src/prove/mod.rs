//! What is run to show that tests failed before the work: the same plan for two places, and the test files that it names.
//!
//! Takes what was selected from a plan, leaves selections and words that may be paths. Must not know what git or the
//! files say, nor how any of it ends.

mod alone;
mod named;
mod prepare;
mod sides;

pub use alone::{Judgement, Unclear, alone, judge};
pub use named::{Candidate, candidates, in_command, looks_like_test};
pub use prepare::prepare;
pub use sides::{has_red, here, there};
