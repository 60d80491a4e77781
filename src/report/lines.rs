//! Lines that tell of a run while it goes on, for the terminal and for the log.
//!
//! Every line is cleaned and cannot be read as a command by a workflow runner. Must not know where lines go.

use std::io::{self, Write};

use super::excerpt::{ReadPart, tail};
use super::{Verdict, quarantine, wording};
use crate::event::{CheckRef, End, Extent, Proof, Slow, StageRef};
use crate::outcome::{Cause, Class, Outcome, Skip};
use crate::roster::{CheckEntry, Roster};
use crate::text::{clean_line, duration, fit, plural, tame};

/// How many lines of a failed check's output are shown.
const TAIL_LINES: usize = 20;

/// From how many bytes at its end these lines are taken.
const TAIL_BYTES: u64 = 16 * 1024;

/// The most columns of a command.
const COMMAND_COLUMNS: usize = 160;

/// The most columns of a line of output.
const OUTPUT_COLUMNS: usize = 400;

/// Columns of the word that a line starts with.
pub(super) const WORD: usize = 11;

/// A colour; the word beside it always says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// All is well.
    Green,
    /// It does not hold.
    Red,
    /// It is not known whether it holds.
    Yellow,
    /// Of minor interest.
    Dim,
}

/// A text in a colour, if colours are wanted.
#[must_use]
pub fn paint(text: &str, paint: Paint, colour: bool) -> String {
    if !colour {
        return text.to_owned();
    }
    let code = match paint {
        Paint::Green => "32",
        Paint::Red => "1;31",
        Paint::Yellow => "33",
        Paint::Dim => "2",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// A text as part of a log line: one line, cleaned, and without what some runners obey anywhere.
pub(super) fn safe(text: &str) -> String {
    tame(&clean_line(text))
}

/// A line that starts with a word in a column of its own.
pub(super) fn line(word: &str, colour_of: Paint, colour: bool, rest: &str) -> String {
    let padding = " ".repeat(WORD.saturating_sub(word.len()));
    format!("{}{padding}{rest}\n", paint(word, colour_of, colour))
}

/// A check's label, with its plan's path before it if there are several plans.
pub(super) fn check_name(roster: &Roster, check: CheckRef) -> String {
    let Some(found) = find(roster, check) else { return String::new() };
    name(roster, check.plan, &found.label)
}

/// A stage's label and title, with its plan's path before it if there are several plans.
pub(super) fn stage_name(roster: &Roster, stage: StageRef) -> String {
    let plan = roster.plans.get(stage.plan as usize);
    let Some(entry) = plan.and_then(|plan| plan.stage(stage.stage)) else { return String::new() };
    safe(&format!("{} {}", name(roster, stage.plan, &entry.label), entry.title))
}

fn name(roster: &Roster, plan: u32, label: &str) -> String {
    if roster.plans.len() > 1 { safe(&format!("{}#{label}", path(roster, plan))) } else { safe(label) }
}

fn path(roster: &Roster, plan: u32) -> &str {
    roster.plans.get(plan as usize).map_or("", |plan| &plan.path)
}

/// A check's command or words, cut to a length.
pub(super) fn called(roster: &Roster, check: CheckRef) -> String {
    let words = find(roster, check).map_or("", |check| check.command.as_deref().unwrap_or(&check.text));
    fit(&safe(words), COMMAND_COLUMNS)
}

/// A check of the run; events may speak of others, which the tally reports.
pub(super) fn find(roster: &Roster, check: CheckRef) -> Option<&CheckEntry> {
    roster.plans.get(check.plan as usize)?.check(check.check)
}

/// The lines for a check that ran: one if it holds; the reason, the place and the end of the output if not.
pub(super) fn ended(roster: &Roster, check: CheckRef, end: &End, read: &ReadPart<'_>, colour: bool) -> String {
    let name = check_name(roster, check);
    let called = called(roster, check);
    let (word, colour_of) = match end.outcome.class() {
        Class::Green => ("passed", Paint::Green),
        Class::Failure => ("FAILED", Paint::Red),
        Class::Error => ("ERROR", Paint::Red),
        Class::Skipped => ("not run", Paint::Yellow),
        Class::Quarantined => ("quarantine", Paint::Yellow),
    };
    let took = match &end.proof {
        Proof::Own => duration(end.took),
        Proof::CarriedOver { .. } => "carried over".to_owned(),
        Proof::Cached { run } => format!("cached from {}", clean_line(run)),
        Proof::Shared { with } => format!("shared with {}", clean_line(with)),
    };
    let mut out = line(word, colour_of, colour, &format!("{name}  {called}  ({took})"));
    let indent = " ".repeat(WORD);
    let mut more = |text: &str| out.push_str(&format!("{indent}{text}\n"));
    for words in wording::afterwards(&end.leftover, &end.warnings) {
        more(fit(&safe(&words), OUTPUT_COLUMNS).trim_end());
    }
    if end.outcome.is_green() {
        return out;
    }
    more(&safe(&wording::reason(&end.outcome)));
    if let Some(found) = find(roster, check) {
        if let Some(expect) = &found.expect {
            more(&format!("the plan expects: {}", fit(&safe(expect), COMMAND_COLUMNS)));
        }
        if let Some(quarantine) = &found.quarantine {
            more(&safe(&quarantine::sentence(quarantine)));
        }
        more(&format!("at {}:{}", safe(path(roster, check.plan)), found.line));
    }
    match end.output.as_ref().map(|output| tail(read, output, TAIL_LINES, TAIL_BYTES)) {
        None => {}
        Some(Ok(tail)) => {
            if tail.cut {
                more("| ...");
            }
            for text in &tail.lines {
                more(fit(&tame(&format!("| {text}")), OUTPUT_COLUMNS).trim_end());
            }
        }
        Some(Err(error)) => more(&safe(&error.to_string())),
    }
    out
}

/// The lines for an attempt after which the check is tried again.
pub(super) fn tried(roster: &Roster, check: CheckRef, end: &End, read: &ReadPart<'_>, colour: bool) -> String {
    let mut out = ended(roster, check, end, read, colour);
    out.push_str(&format!("{}it is tried again\n", " ".repeat(WORD)));
    out
}

/// The line for a check that runs longer than one would expect.
pub(super) fn slow(roster: &Roster, check: CheckRef, slow: &Slow, colour: bool) -> String {
    let rest = format!("{}  {}  ({})", check_name(roster, check), called(roster, check), wording::slow(slow));
    line("slow", Paint::Yellow, colour, &rest)
}

/// The line for a part of the run that is given up.
pub(super) fn gave_up(roster: &Roster, extent: Extent, cause: &Cause, colour: bool) -> String {
    let what = match extent {
        Extent::Run => "the run".to_owned(),
        Extent::Plan(_) if roster.plans.len() == 1 => "the plan".to_owned(),
        Extent::Plan(plan) => format!("the plan {}", safe(path(roster, plan))),
        Extent::Stage(stage) => format!("stage {}", stage_name(roster, stage)),
    };
    line("giving up", Paint::Yellow, colour, &format!("{what}: {}", safe(&wording::because(cause))))
}

/// Counts what has ended, and knows which stages are complete.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Checks that have ended, run or not.
    pub(super) ended: usize,
    /// All checks.
    pub(super) all: usize,
    /// Checks that hold.
    pub(super) passed: usize,
    /// Checks that do not hold, or of which it is not known.
    pub(super) failed: usize,
    plans: Vec<Vec<StageProgress>>,
}

#[derive(Clone, Debug, Default)]
struct StageProgress {
    left: usize,
    not_run: Vec<Outcome>,
}

impl Progress {
    /// Nothing has ended yet.
    pub(super) fn of(roster: &Roster) -> Self {
        let plans: Vec<Vec<StageProgress>> = roster
            .plans
            .iter()
            .map(|plan| {
                let stages = plan.stages.iter();
                stages.map(|stage| StageProgress { left: stage.checks.len(), not_run: Vec::new() }).collect()
            })
            .collect();
        let all = plans.iter().flatten().map(|stage| stage.left).sum();
        Self { all, plans, ..Self::default() }
    }

    /// Notes an end. When it completes a stage of which something was not run, gives the line that says so.
    pub(super) fn ended(
        &mut self,
        roster: &Roster,
        check: CheckRef,
        outcome: &Outcome,
        colour: bool,
    ) -> Option<String> {
        self.ended += 1;
        match outcome.class() {
            Class::Green => self.passed += 1,
            Class::Failure | Class::Error => self.failed += 1,
            Class::Skipped | Class::Quarantined => {}
        }
        let stage = find(roster, check)?.stage;
        let entry = self.plans.get_mut(check.plan as usize)?.get_mut(stage.0 as usize)?;
        entry.left = entry.left.saturating_sub(1);
        if outcome.class() == Class::Skipped {
            entry.not_run.push(outcome.clone());
        }
        if entry.left > 0 || entry.not_run.is_empty() {
            return None;
        }
        let blocked = entry.not_run.iter().any(|outcome| matches!(outcome, Outcome::Skipped(Skip::Blocked { .. })));
        let word = if blocked { "blocked" } else { "not run" };
        let stage = stage_name(roster, StageRef { plan: check.plan, stage });
        let what = not_run(&entry.not_run);
        Some(line(word, Paint::Yellow, colour, &format!("{stage}: {what}")))
    }
}

/// What was not run, by reason, in the order in which the reasons come up.
fn not_run(outcomes: &[Outcome]) -> String {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for outcome in outcomes {
        let phrase = match outcome {
            Outcome::Skipped(Skip::Manual) => "manual".to_owned(),
            Outcome::Skipped(Skip::Red) => "red (run with --red)".to_owned(),
            Outcome::Skipped(Skip::HeldBack { .. }) => "held back".to_owned(),
            Outcome::Skipped(Skip::Blocked { by }) => format!("blocked because stage {by} does not hold"),
            Outcome::Skipped(Skip::ScriptStopped { by }) => format!("not reached, its script stopped at {by}"),
            Outcome::Skipped(Skip::GivenUp(cause)) => format!("given up because {}", wording::because(cause)),
            other => wording::reason(other),
        };
        match groups.iter_mut().find(|(known, _)| *known == phrase) {
            Some((_, count)) => *count += 1,
            None => groups.push((phrase, 1)),
        }
    }
    let said: Vec<String> =
        groups.iter().map(|(phrase, count)| format!("{} {}", plural(*count, "check"), safe(phrase))).collect();
    said.join(", ")
}

/// Where lines are written. A reader who has gone away, such as a closed terminal or pipe, is no failure of the
/// run: from then on nothing is written. Everything else that stands in the way is.
pub(super) struct Sink {
    out: Box<dyn Write>,
    gone: bool,
}

impl Sink {
    /// A sink on a stream.
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, gone: false }
    }

    /// Writes a text and flushes it.
    pub(super) fn write(&mut self, text: &str) -> Result<(), String> {
        self.add(text)?;
        if text.is_empty() { Ok(()) } else { self.flush() }
    }

    /// Writes a text, which may wait for others until it is flushed.
    pub(super) fn add(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() { Ok(()) } else { self.heed(|out| out.write_all(text.as_bytes())) }
    }

    /// Lets nothing wait any longer.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        self.heed(|out| out.flush())
    }

    fn heed(&mut self, act: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        if self.gone {
            return Ok(());
        }
        match act(&mut *self.out) {
            Ok(()) => Ok(()),
            Err(error) if is_gone(&error) => {
                self.gone = true;
                Ok(())
            }
            Err(error) => Err(format!("cannot write the progress of the run: {error}")),
        }
    }
}

/// Whether an error means that nobody reads any more. A terminal that was closed answers with error 5 (EIO).
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || error.raw_os_error() == Some(5)
}

/// The colour of an answer.
pub(super) fn paint_of(verdict: Verdict) -> Paint {
    match verdict {
        Verdict::Holds => Paint::Green,
        Verdict::NothingRan | Verdict::NothingClaimed | Verdict::NothingTouched | Verdict::EmptyShard => Paint::Yellow,
        Verdict::Interrupted
        | Verdict::Internal
        | Verdict::BrokenPlan
        | Verdict::Fails
        | Verdict::ExpiredQuarantine
        | Verdict::UnprovenClaims => Paint::Red,
    }
}
