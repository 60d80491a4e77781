//! The one place that owns the schedule and numbers the events.

use super::Policy;
use super::exec::Exec;
use super::signal::Interrupts;
use crate::event::Event;
use crate::select::Selection;

/// Someone who is told what happens.
pub trait Listener {
    /// One event.
    fn hear(&mut self, event: &Event);
    /// About ten times a second.
    fn tick(&mut self);
}

/// How a run ended for the runner itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunEnd {
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// What the runner could not account for; empty when all is well.
    pub problems: Vec<String>,
}

/// Runs a selection to its end.
pub async fn run(
    selection: &Selection,
    policy: &Policy,
    exec: &mut dyn Exec,
    interrupts: &mut Interrupts,
    listener: &mut dyn Listener,
) -> RunEnd {
    let _ = (selection, policy, exec, interrupts, listener);
    RunEnd::default()
}
