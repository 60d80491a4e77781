//! Runs what was selected and tells what happened as events.
//!
//! Takes a [`Selection`](crate::select::Selection), leaves events and a [`RunEnd`]. Must not know
//! how any of it is shown.

mod dispatch;
pub mod exec;
mod exec_duct;
#[cfg(unix)]
#[path = "os_unix.rs"]
mod os;
mod policy;
pub mod schedule;
mod script;
mod signal;

pub use dispatch::{Listener, RunEnd, run};
pub use exec_duct::DuctExec;
pub use policy::Policy;
pub use signal::{Interrupts, listen};
