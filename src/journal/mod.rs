//! The one truth of a run: its journal, in a folder of its own beside the output of its commands.
//!
//! Takes a [`Roster`](crate::roster::Roster) and events, leaves lines of JSON, and reads its own lines back, also those
//! of a runner that was killed in the middle of one. Must not know how a run is conducted or shown.

mod before;
mod cause;
mod earlier;
mod left;
mod quarantine;
mod read;
mod runs;
mod times;
mod wire;
mod write;

pub use earlier::{Ask, earlier};
pub use read::{Journal, Unreadable, read};
pub use runs::{EVENTS, OUTPUT, Runs, Unknown};
pub use wire::SCHEMA;
pub use write::Writer;
