//! Runs what was selected and tells what happened as events.
//!
//! Takes a [`Selection`](crate::select::Selection), leaves events and a [`RunEnd`]. Must not know
//! how any of it is shown.

#[cfg(not(unix))]
compile_error!("plan-run starts and ends processes in groups, which it can do on Unix systems only so far");

mod capture;
mod command;
mod conductor;
mod dispatch;
pub mod exec;
mod exec_duct;
mod guardian;
mod jobserver;
mod judge;
pub mod launch;
mod mark;
#[cfg(unix)]
#[path = "os_unix.rs"]
mod os;
mod own;
mod plain;
mod policy;
mod procfs;
pub mod sandbox;
pub mod schedule;
mod script;
mod signal;
mod slow;
mod spawn;
mod teller;
mod tidying;

pub use dispatch::{Listener, RunEnd, run};
pub use exec_duct::DuctExec;
pub use guardian::{GUARD, Guard, Rope, keep_vigil};
pub use jobserver::Jobserver;
pub use policy::{Patience, Policy};
pub use signal::{Interrupts, Stops, listen, listen_for_stops};
