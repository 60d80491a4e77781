//! Which command may start next, and what each ending means for the rest: a pure state machine.
//!
//! `state` has the stages and what becomes of them, `paths` how much lies behind each unit, `queue` who of the ready
//! comes next and fits beside what runs, `ready` who need not run because a twin has passed. Must not know a clock, a process or an async runtime.

mod claims;
mod paths;
mod queue;
mod ready;
mod state;
mod twins;

pub(crate) use state::unit_of;
pub use state::{Change, Rules, Schedule, UnitRef};
