//! Commands that run on other machines: what is said to the launcher that carries them, and what is believed of it.
//!
//! A launcher's own exit status says nothing: a lost node, a stopped job and a broken connection all have been seen to
//! end with 0. So each command is wrapped by a small script (`wrap`) that reports its beginning and how it ended, with
//! a number that nobody can guess; what comes back is listened to for that (`ear`), and without such a report nothing is
//! known. `fleet` says to which host a command goes, and how often it is launched again after it was lost.
//!
//! Must not know how a client is started or what an end means to a plan.

mod carry;
mod ear;
mod fleet;
mod wrap;

pub(crate) use carry::{Launched, carry};
pub(crate) use ear::{Ear, Report};
pub(crate) use fleet::Fleet;
pub use wrap::Remote;
