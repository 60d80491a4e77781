//! Where a plan stands: what it claims as done, and what a run says of it.
//!
//! Takes a [`Plan`](crate::plan::Plan) as it is now and the report of a run, leaves edits of its boxes. Must not know where
//! runs are kept, nor how anything is shown.

mod evidence;
mod marks;
mod next;
mod state;

pub use evidence::{Doubt, Evidence};
pub use marks::{Marks, marks};
pub use next::{Task, ready, task};
pub use state::{Seen, State, seen, state};
