//! Which command may start next, and what each ending means for the rest: a pure state machine.
//!
//! `state` has the stages and what becomes of them, `paths` how much lies behind each unit, `queue` what is ready and
//! what of it fits beside what runs. Must not know a clock, a process or an async runtime.

mod claims;
mod paths;
mod queue;
mod state;

pub use state::{Change, Rules, Schedule, UnitRef};
