//! Changes to a file that was read: checked, shown as a diff, and written only where the file still is what it was.
//!
//! Takes a [`Source`](crate::source::Source) and edits in its text, leaves the same file with nothing changed but what
//! the edits say, byte for byte. Must not know what the text means or why it is changed.

mod diff;
mod draft;
mod model;
mod places;
mod revision;

pub use draft::Draft;
pub use model::{Edit, Refused};
pub use revision::Revision;
