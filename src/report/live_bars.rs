//! Bars for a terminal: the only file that names indicatif.
//!
//! A line for each running check, one line with counts below them, failures printed above. Must not know what
//! decides that bars are wanted. Nothing here has a thread of its own: time passes by [`Reporter::tick`].

use std::io::Write;
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Reporter;
use super::excerpt::ReadPart;
use super::lines::{self, Paint, Progress, Sink};
use super::live_plain::interrupted;
use crate::event::{CheckRef, Event, Happening, StageRef};
use crate::outcome::Class;
use crate::roster::Roster;
use crate::text::{duration, fit};

/// The most columns of a stage's name in a bar.
const STAGE_COLUMNS: usize = 28;

/// The most bars of running checks at a time: with more of them than lines on the terminal the counts would be pushed
/// off it. The others are counted, and get their bar when there is room.
const MOST_BARS: usize = 16;

/// Tells a run by bars on a terminal.
pub struct LiveBars {
    bars: MultiProgress,
    overall: ProgressBar,
    running: Vec<Running>,
    sink: Sink,
    read: Box<ReadPart<'static>>,
    colour: bool,
    progress: Option<Progress>,
}

struct Running {
    check: CheckRef,
    message: String,
    since: Instant,
    /// `None` while there is no room for it.
    bar: Option<ProgressBar>,
}

impl LiveBars {
    /// Bars on standard error, to which `out` leads as well. If that is no terminal, only what is printed above them is
    /// seen.
    #[must_use]
    pub fn stderr(out: Box<dyn Write>, read: Box<ReadPart<'static>>, colour: bool) -> Self {
        Self::new(ProgressDrawTarget::stderr(), out, read, colour)
    }

    /// Bars on `target`, with failures printed to `out`, which has to be the same terminal.
    #[must_use]
    pub fn new(target: ProgressDrawTarget, out: Box<dyn Write>, read: Box<ReadPart<'static>>, colour: bool) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        let overall = bars.add(ProgressBar::new(0).with_style(style("{bar:24} {pos}/{len} checks{wide_msg} {took}")));
        Self { bars, overall, running: Vec::new(), sink: Sink::new(out), read, colour, progress: None }
    }

    /// Prints above the bars. [`MultiProgress::suspend`] would panic on a terminal that was closed meanwhile.
    fn print(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        // A terminal that does not take this is noticed by the sink.
        let _ = self.bars.clear();
        let written = self.sink.write(text);
        self.overall.force_draw();
        written
    }

    /// Gives bars to running checks as far as there is room, in the order in which they started.
    fn fill(&mut self) {
        for running in self.running.iter_mut().take(MOST_BARS).filter(|running| running.bar.is_none()) {
            let bar = ProgressBar::new_spinner().with_style(style("{spinner} {wide_msg} {took}"));
            let bar = bar.with_message(running.message.clone()).with_elapsed(running.since.elapsed());
            running.bar = Some(self.bars.insert_before(&self.overall, bar));
        }
    }

    /// Takes away what is shown of a running check, and gives its room to the next one.
    fn over(&mut self, check: CheckRef) {
        if let Some(at) = self.running.iter().position(|running| running.check == check) {
            if let Some(bar) = self.running.remove(at).bar {
                self.bars.remove(&bar);
            }
            self.fill();
        }
    }

    fn count(&self) {
        let Some(progress) = &self.progress else { return };
        let mut words = String::new();
        if progress.failed > 0 {
            let failed = format!("{} failed", progress.failed);
            words.push_str(&format!(", {}", lines::paint(&failed, Paint::Red, self.colour)));
        }
        if !self.running.is_empty() {
            words.push_str(&format!(", {} running", self.running.len()));
        }
        self.overall.set_length(progress.all as u64);
        self.overall.set_position(progress.ended as u64);
        self.overall.set_message(words);
    }

    fn finish(&mut self) {
        for bar in self.running.drain(..).filter_map(|running| running.bar) {
            self.bars.remove(&bar);
        }
        self.overall.finish_and_clear();
        self.bars.remove(&self.overall);
        // As in `print`: a terminal that is gone needs no clearing.
        let _ = self.bars.clear();
    }
}

impl Reporter for LiveBars {
    fn hear(&mut self, roster: &Roster, event: &Event) -> Result<(), String> {
        let progress = self.progress.get_or_insert_with(|| Progress::of(roster));
        match &event.what {
            Happening::RunStarted { .. } => self.count(),
            Happening::CheckStarted(check) => {
                let Some(entry) = lines::find(roster, *check) else { return Ok(()) };
                let stage = StageRef { plan: check.plan, stage: entry.stage };
                let stage = fit(&lines::stage_name(roster, stage), STAGE_COLUMNS);
                let message = format!("{stage}  {}", lines::called(roster, *check));
                self.running.push(Running { check: *check, message, since: Instant::now(), bar: None });
                self.fill();
                self.count();
            }
            Happening::CheckSlow { check, .. } => {
                if let Some(running) = self.running.iter_mut().find(|running| running.check == *check) {
                    running.message =
                        format!("{}  {}", lines::paint("slow", Paint::Yellow, self.colour), running.message);
                    if let Some(bar) = &running.bar {
                        bar.set_message(running.message.clone());
                    }
                }
            }
            Happening::AttemptEnded { check, end } if lines::find(roster, *check).is_some() => {
                self.over(*check);
                self.count();
                let text = lines::tried(roster, *check, end, &*self.read, self.colour);
                self.print(&text)?;
            }
            Happening::CheckEnded { check, end } if lines::find(roster, *check).is_some() => {
                let after = progress.ended(roster, *check, &end.outcome, self.colour);
                self.over(*check);
                self.count();
                let mut text = String::new();
                let unusual = !end.leftover.is_empty() || !end.warnings.is_empty();
                if matches!(end.outcome.class(), Class::Failure | Class::Error | Class::Quarantined) || unusual {
                    text = lines::ended(roster, *check, end, &*self.read, self.colour);
                }
                self.print(&(text + &after.unwrap_or_default()))?;
            }
            Happening::Interrupted { times } => {
                let line = lines::line("interrupt", Paint::Yellow, self.colour, interrupted(*times));
                self.print(&line)?;
            }
            Happening::GaveUp { extent, cause } => {
                let line = lines::gave_up(roster, *extent, cause, self.colour);
                self.print(&line)?;
            }
            Happening::RunEnded => self.finish(),
            Happening::StageStarted(_)
            | Happening::StageEnded(_)
            | Happening::AttemptEnded { .. }
            | Happening::CheckEnded { .. } => {}
        }
        Ok(())
    }

    fn tick(&mut self, _roster: &Roster) -> Result<(), String> {
        if !self.overall.is_finished() {
            for bar in self.running.iter().filter_map(|running| running.bar.as_ref()) {
                bar.tick();
            }
            self.overall.tick();
        }
        Ok(())
    }
}

/// A style with the key `took`, the time since the bar was made.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the templates of this file are well formed")
        .with_key("took", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // Nothing can be done about a formatter that fails; the bar is then short of a figure.
            let _ = write!(out, "{}", duration(state.elapsed()));
        })
        .progress_chars("=> ")
}
