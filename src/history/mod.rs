//! What earlier runs say of each check: how long it takes, and how much memory it needs.
//!
//! `line` is what is kept of one plan in one run, a line of JSON of its own; `file` a file of such lines beside the
//! runs, with what is read from it and how it is kept small; `scan` what of that can be read ahead; `usual` what several
//! runs say together. Takes a [`Roster`](crate::roster::Roster), events and earlier journals, leaves [`Past`]. Must not
//! know what is done with it.

mod before;
mod file;
mod line;
mod scan;
mod trail;
mod usual;

pub use file::History;
pub use line::{Recorder, SCHEMA, check_id};
pub use scan::Ahead;
pub use trail::{Seen, Trail, trails};
pub use usual::{Past, Usual};
