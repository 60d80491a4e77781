//! Plain lines for logs: no cursor control, every line complete in itself.
//!
//! Must not know what it writes to. Several checks may run at a time, so a line names its check and never
//! relies on the one before it.

use std::io::Write;
use std::time::{Duration, Instant};

use super::Reporter;
use super::excerpt::ReadPart;
use super::lines::{self, Paint, Progress, Sink};
use crate::event::{CheckRef, Event, Happening};
use crate::outcome::Class;
use crate::roster::Roster;
use crate::text::{duration, plural};

/// How long a command runs before a line says that it still does, and then again.
const REMIND: Duration = Duration::from_secs(60);

/// Tells a run line by line: one when a stage starts, one for each check that ended, with the end of its output if
/// it does not hold, and one for a stage of which something was not run.
pub struct LivePlain {
    sink: Sink,
    read: Box<ReadPart<'static>>,
    colour: bool,
    remind: Duration,
    brief: bool,
    progress: Option<Progress>,
    running: Vec<Running>,
}

struct Running {
    check: CheckRef,
    since: Instant,
    told: Instant,
}

impl LivePlain {
    /// A teller that writes to `out` and reads the outputs of failed checks through `read`. Lines that are told one right
    /// after the other are flushed together.
    #[must_use]
    pub fn new(out: Box<dyn Write>, read: Box<ReadPart<'static>>, colour: bool) -> Self {
        Self { sink: Sink::new(out), read, colour, remind: REMIND, brief: false, progress: None, running: Vec::new() }
    }

    /// Tells only what is not as it should be.
    #[must_use]
    pub fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    /// Says of a running command every so often that it still runs; a minute unless told otherwise.
    #[must_use]
    pub fn remind_every(mut self, remind: Duration) -> Self {
        self.remind = remind;
        self
    }
}

impl Reporter for LivePlain {
    fn hear(&mut self, roster: &Roster, event: &Event) -> Result<(), String> {
        let progress = self.progress.get_or_insert_with(|| Progress::of(roster));
        let colour = self.colour;
        let text = match &event.what {
            Happening::RunStarted { .. } | Happening::StageStarted(_) if self.brief => String::new(),
            Happening::RunStarted { jobs, .. } => {
                let plans = plural(roster.plans.len(), "plan");
                let checks = plural(roster.runnable(), "check");
                lines::line("run", Paint::Dim, colour, &format!("{plans}, {checks} to run, up to {jobs} at a time"))
            }
            Happening::StageStarted(stage) => {
                lines::line("start", Paint::Dim, colour, &lines::stage_name(roster, *stage))
            }
            Happening::CheckStarted(check) => {
                let now = Instant::now();
                self.running.push(Running { check: *check, since: now, told: now });
                String::new()
            }
            Happening::CheckSlow { check, slow } if lines::find(roster, *check).is_some() => {
                let now = Instant::now();
                let running = self.running.iter_mut().filter(|running| running.check == *check);
                // It need not be said again at once that it still runs.
                running.for_each(|running| running.told = now);
                lines::slow(roster, *check, slow, colour)
            }
            Happening::AttemptEnded { check, end } if lines::find(roster, *check).is_some() => {
                self.running.retain(|running| running.check != *check);
                lines::tried(roster, *check, end, &*self.read, colour)
            }
            Happening::CheckEnded { check, end } if lines::find(roster, *check).is_some() => {
                self.running.retain(|running| running.check != *check);
                let mut text = String::new();
                let is_quiet = self.brief && end.leftover.is_empty() && end.warnings.is_empty();
                match end.outcome.class() {
                    Class::Skipped => {}
                    Class::Green if is_quiet => {}
                    _ => text = lines::ended(roster, *check, end, &*self.read, colour),
                }
                let after = progress.ended(roster, *check, &end.outcome, colour);
                text + &after.filter(|_| !self.brief).unwrap_or_default()
            }
            Happening::Interrupted { times } => lines::line("interrupt", Paint::Yellow, colour, interrupted(*times)),
            Happening::GaveUp { extent, cause } => lines::gave_up(roster, *extent, cause, colour),
            Happening::AttemptEnded { .. }
            | Happening::CheckSlow { .. }
            | Happening::CheckEnded { .. }
            | Happening::StageEnded(_)
            | Happening::RunEnded => String::new(),
        };
        self.sink.add(&text)
    }

    fn settled(&mut self) -> Result<(), String> {
        self.sink.flush()
    }

    fn tick(&mut self, roster: &Roster) -> Result<(), String> {
        let now = Instant::now();
        let mut text = String::new();
        for running in &mut self.running {
            if now.duration_since(running.told) >= self.remind && lines::find(roster, running.check).is_some() {
                running.told = now;
                let name = lines::check_name(roster, running.check);
                let called = lines::called(roster, running.check);
                let since = duration(now.duration_since(running.since));
                let rest = format!("{name}  {called}  (for {since})");
                text.push_str(&lines::line("running", Paint::Dim, self.colour, &rest));
            }
        }
        self.sink.write(&text)
    }
}

/// What an interrupt does, by how often it came.
pub(super) fn interrupted(times: u32) -> &'static str {
    match times {
        0 | 1 => "asking the running commands to end; once more to kill them",
        2 => "killing the running commands",
        _ => "leaving at once",
    }
}
