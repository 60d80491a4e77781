//! The texts of new plans: what a recipe asks for, with every place to fill in marked.
//!
//! Takes a name, leaves texts. Must not know where they are written.

mod fill;
mod increment;
mod names;
mod staged;

pub use fill::OPEN;
pub use increment::{IncrementFile, increment};
pub use names::{BadName, Title, check_slug, title_of_slug};
pub use staged::{MOST_STAGES, link, staged};
