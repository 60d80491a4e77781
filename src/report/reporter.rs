//! Who listens to a run, and how one that fails is kept from starving the others.

use crate::event::Event;
use crate::roster::Roster;

/// Someone who listens to the events of a run as they happen.
pub trait Reporter {
    /// Hears one event. An error is noted and the reporter is not asked again.
    ///
    /// # Errors
    /// When what it writes to does not take it; the error names what could not be written.
    fn hear(&mut self, roster: &Roster, event: &Event) -> Result<(), String>;

    /// Called when nothing more follows at once from what was heard: what was held back until then is due.
    ///
    /// # Errors
    /// As [`Reporter::hear`].
    fn settled(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Called about ten times a second while the run goes on, for what changes with time alone.
    ///
    /// # Errors
    /// As [`Reporter::hear`].
    fn tick(&mut self, _roster: &Roster) -> Result<(), String> {
        Ok(())
    }
}

/// Passes each event to several reporters and goes on when one of them fails.
#[derive(Default)]
pub struct FanOut {
    reporters: Vec<Box<dyn Reporter>>,
    failures: Vec<String>,
}

impl FanOut {
    /// Adds a reporter.
    pub fn add(&mut self, reporter: Box<dyn Reporter>) {
        self.reporters.push(reporter);
    }

    /// Passes one event on.
    pub fn hear(&mut self, roster: &Roster, event: &Event) {
        self.each(|reporter| reporter.hear(roster, event));
    }

    /// Passes on that nothing more follows at once.
    pub fn settled(&mut self) {
        self.each(|reporter| reporter.settled());
    }

    /// Passes a tick on.
    pub fn tick(&mut self, roster: &Roster) {
        self.each(|reporter| reporter.tick(roster));
    }

    /// What the reporters that failed said.
    #[must_use]
    pub fn into_failures(self) -> Vec<String> {
        self.failures
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Reporter) -> Result<(), String>) {
        let failures = &mut self.failures;
        self.reporters.retain_mut(|reporter| match tell(reporter.as_mut()) {
            Ok(()) => true,
            Err(failure) => {
                failures.push(failure);
                false
            }
        });
    }
}
