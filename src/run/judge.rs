//! From how a process ended to what that says of a check.
//!
//! The plan's expectations are applied here and nowhere else. Must not know the order of a run.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::capture;
use super::command::go_on;
use super::exec::{Ending, Left};
use super::sandbox::{self, Confined, Rules};
use super::script::{self, GoOn, Nonce, PartEnd};
use crate::config::Leftovers;
use crate::event::{End, Leftover, Output, Proof, Usage};
use crate::outcome::{Cause, Expected, Outcome, Skip};
use crate::plan::{Check, Limit, LimitOf, OutputRule};
use crate::select::{Selected, Unit};
use crate::text::Mask;

/// A process that ended, as far as its checks are concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process<'a> {
    /// Its sandbox; `None` for one without.
    pub confined: Option<&'a Confined>,
    /// How it ended.
    pub ending: &'a Ending,
    /// How long it ran.
    pub took: Duration,
    /// The processes that it left behind.
    pub leftover: &'a [Left],
    /// What else went wrong.
    pub warnings: &'a [String],
    /// What it cost the machine.
    pub usage: Option<Usage>,
    /// The limit of each of its commands.
    pub limit: Limit,
    /// Why it was asked to end, if it was.
    pub given_up: Option<&'a Cause>,
    /// How much it wrote, in bytes.
    pub written: u64,
    /// The file with its output; not there when it wrote nothing.
    pub output: &'a Path,
    /// What its marks carry, if it is a script.
    pub nonce: Option<&'a Nonce>,
    /// What was taken out of its output.
    pub mask: Option<&'a Mask>,
}

/// Judges the checks of a unit, in order.
pub(crate) fn judge(selected: &Selected, unit: &Unit, process: Process) -> Vec<End> {
    let checks: Vec<&Check> = unit.checks.iter().map(|&check| selected.plan.check(check)).collect();
    let missing = |check: &Check| super::command::missing_program(selected, unit, check);
    let (mut ends, served) = match process.nonce {
        Some(nonce) => script_checks(&checks, process, nonce, &missing),
        None => (checks.iter().map(|check| single(check, process, &missing)).collect(), BTreeSet::new()),
    };
    if let Some(mask) = process.mask {
        checks.iter().zip(&mut ends).for_each(|(check, end)| doubt(check, end, mask));
    }
    // What is left behind, and what was used, belongs to the process; the last check that ran was there when it ended.
    let last = ends.iter().rposition(|end| end.output.is_some()).unwrap_or(0);
    if let Some(end) = ends.get_mut(last) {
        end.leftover = left_behind(process.leftover, &served);
        end.warnings = process.warnings.to_vec();
        end.usage = process.usage;
        if end.outcome.is_green()
            && !end.leftover.is_empty()
            && selected.leftovers(unit.checks[last]) == Leftovers::Fail
        {
            end.outcome = Outcome::LeftBehind;
        }
    }
    if let Some(confined) = process.confined {
        for (check, end) in checks.iter().zip(&mut ends) {
            tell_denied(check, end, &confined.rules, &confined.cwd);
            tell_misled(check, end, confined);
        }
    }
    ends
}

/// What of the processes that were there at the end was left behind. A server that a script starts in the background for
/// its later commands is to live as long as the script, and is ended with it; so are its descendants.
fn left_behind(left: &[Left], served: &BTreeSet<u32>) -> Vec<Leftover> {
    let serves = |left: &&Left| match left.root {
        Some(root) => served.contains(&root),
        // Where nobody tells who it is, it may well be the server.
        None => !served.is_empty(),
    };
    left.iter().filter(|left| !serves(left)).take(MOST_LEFT).map(|left| left.process.clone()).collect()
}

/// As many processes that were left behind are told, at most.
const MOST_LEFT: usize = 20;

/// Tells of a check whose command failed what its sandbox denied it. No failure that is the sandbox's is one that the plan
/// expects.
fn tell_denied(check: &Check, end: &mut End, rules: &Rules, cwd: &Path) {
    let by_failing =
        end.outcome.is_green() && end.status.is_some_and(|status| status != 0) && go_on(check) != GoOn::Any;
    let Some(output) = end.output.as_ref().filter(|_| by_failing || !end.outcome.is_green()) else { return };
    let signal = match end.outcome {
        Outcome::Signalled { signal } => Some(signal),
        // So a shell tells of a program that a signal ended.
        _ => end.status.and_then(|status| status.checked_sub(128)).filter(|signal| *signal > 0),
    };
    // What cannot be read again is told where it matters, and this is only a hint.
    let text = capture::tail(output, DENIED_WITHIN).unwrap_or_default();
    let denied = sandbox::denied::denied(rules, &text, cwd, signal);
    if by_failing && !denied.is_empty() {
        let why =
            "it failed as expected, and the sandbox had denied it something, so that this proves nothing".to_owned();
        end.outcome = Outcome::Lost { why };
    }
    end.warnings.extend(denied.into_iter().map(|what| format!("denied by the sandbox: {what}")));
}

/// Tells of a check that looks at what was made for sandboxes alone. That it holds shows nothing then.
fn tell_misled(check: &Check, end: &mut End, confined: &Confined) {
    let ran = check.command.as_deref().filter(|_| end.status.is_some());
    let Some(path) = ran.and_then(|command| confined.misled(command)) else { return };
    let path = path.strip_prefix(&confined.cwd).unwrap_or(&path).display().to_string();
    if end.outcome.is_green() {
        let why = format!("it looks at `{path}`, which was there only for the sandbox, with nothing in it");
        end.outcome = Outcome::Lost { why };
    } else {
        end.warnings.push(format!("`{path}` was there only for the sandbox, with nothing in it"));
    }
}

/// How much of the end of an output is looked at for what was denied, in bytes.
const DENIED_WITHIN: u64 = 256 * 1024;

/// Judges the checks of a unit by what those of another one left, which ran the same commands and passed; each with
/// its name. `None` when one of them would not hold with that: then it is for itself to show.
pub(crate) fn shared(
    selected: &Selected,
    unit: &Unit,
    twins: &[(String, &End)],
    mask: Option<&Mask>,
) -> Option<Vec<End>> {
    let ends = unit.checks.iter().zip(twins).map(|(&id, (name, twin))| {
        let check = selected.plan.check(id);
        let missing = |check: &Check| super::command::missing_program(selected, unit, check);
        let outcome = of_status(check, twin.status?, twin.output.as_ref(), &missing);
        let proof = Proof::Shared { with: name.clone() };
        let mut end = End { status: twin.status, proof, ..End::without_run(outcome) };
        if let Some(mask) = mask {
            doubt(check, &mut end, mask);
        }
        let in_time = twin.took <= selected.limit(id).time;
        (end.outcome.is_green() && in_time && twin.leftover.is_empty()).then_some(end)
    });
    ends.collect()
}

/// The end of a check that ran, as far as it can be told apart from others of its process.
fn end(outcome: Outcome, took: Duration, output: Option<Output>, status: Option<i32>) -> End {
    End { took, output, status, ..End::without_run(outcome) }
}

/// The exit status that a process ended with.
fn exit_status(ending: &Ending) -> Option<i32> {
    match ending {
        Ending::Exited(status) => Some(*status),
        Ending::OutputLimit(_)
        | Ending::Signalled(_)
        | Ending::TimedOut
        | Ending::Stopped
        | Ending::NotStarted(_)
        | Ending::Lost(_) => None,
    }
}

type Missing<'a> = &'a dyn Fn(&Check) -> Option<String>;

fn single(check: &Check, process: Process, missing: Missing) -> End {
    let ran = !matches!(process.ending, Ending::NotStarted(_));
    let output = ran.then(|| Output { path: process.output.to_owned(), start: 0, end: process.written });
    let outcome = of_ending(check, process, output.as_ref(), missing);
    end(outcome, process.took, output, exit_status(process.ending))
}

/// How the commands of a script ended, and what it had in the background between two of them.
fn script_checks(checks: &[&Check], process: Process, nonce: &Nonce, missing: Missing) -> (Vec<End>, BTreeSet<u32>) {
    let found = if process.written == 0 { Ok((vec![], 0)) } else { capture::marks(process.output, nonce) };
    let (marks, length) = match found {
        Ok(found) => found,
        Err(error) => {
            let why = format!("its output cannot be read: {error}");
            let lost = End::without_run(Outcome::Lost { why });
            return (vec![lost; checks.len()], BTreeSet::new());
        }
    };
    let silent = marks.is_empty() && *process.ending == Ending::Exited(0);
    let background = marks.iter().flat_map(|mark| mark.background.iter().copied()).collect();
    let parts = script::parts(checks.len(), &marks, length, process.took);
    let mut stopped_by: Option<&str> = None;
    let mut judged = Vec::with_capacity(checks.len());
    for (check, part) in checks.iter().zip(parts) {
        let ran = Output { path: process.output.to_owned(), start: part.output_start, end: part.output_end };
        let mut status = None;
        let (outcome, output) = match part.end {
            PartEnd::Went(went) => {
                status = Some(went);
                (of_status(check, went, Some(&ran), missing), Some(ran))
            }
            PartEnd::UnderWay if silent => {
                let why = "the shell ended without a word about the commands of the script".to_owned();
                (Outcome::Lost { why }, Some(ran))
            }
            PartEnd::UnderWay => {
                stopped_by = Some(&check.label);
                let output = (!matches!(process.ending, Ending::NotStarted(_))).then_some(ran);
                status = exit_status(process.ending);
                (of_ending(check, process, output.as_ref(), missing), output)
            }
            // Being stopped is what kept these from running, not the command that was under way.
            PartEnd::NotReached if *process.ending == Ending::Stopped => (not_reached(process.given_up), None),
            PartEnd::NotReached => {
                let by = stopped_by.unwrap_or(&checks[0].label).to_owned();
                (Outcome::Skipped(Skip::ScriptStopped { by }), None)
            }
            PartEnd::Unclear => {
                let why = "the commands of its script do not run one after the other".to_owned();
                (Outcome::Lost { why }, Some(ran))
            }
        };
        judged.push(end(outcome, part.took, output, status));
    }
    (judged, background)
}

fn of_ending(check: &Check, process: Process, output: Option<&Output>, missing: Missing) -> Outcome {
    match process.ending {
        Ending::Exited(status) => of_status(check, *status, output, missing),
        Ending::Signalled(signal) => Outcome::Signalled { signal: *signal },
        Ending::TimedOut => Outcome::TimedOut { limit: process.limit.time, of: process.limit.of },
        Ending::OutputLimit(limit) => Outcome::OutputLimit { limit: *limit },
        Ending::Stopped => stopped(process.given_up),
        Ending::NotStarted(why) => Outcome::NotStarted { why: why.clone() },
        Ending::Lost(why) => Outcome::Lost { why: why.clone() },
    }
}

/// The outcome of what ran and was asked to end.
fn stopped(cause: Option<&Cause>) -> Outcome {
    match cause {
        None => Outcome::Cancelled(Cause::Interrupt),
        Some(Cause::RunTime { limit }) => Outcome::TimedOut { limit: *limit, of: LimitOf::Run },
        Some(cause) => Outcome::Cancelled(cause.clone()),
    }
}

/// The outcome of what did not run any more because its script was asked to end.
fn not_reached(cause: Option<&Cause>) -> Outcome {
    match cause {
        None | Some(Cause::Interrupt) => Outcome::Cancelled(Cause::Interrupt),
        Some(cause) => Outcome::Skipped(Skip::GivenUp(cause.clone())),
    }
}

fn of_status(check: &Check, status: i32, output: Option<&Output>, missing: Missing) -> Outcome {
    let rule = go_on(check);
    if matches!(status, 126 | 127) && rule != GoOn::Exactly(status) {
        if let Some(why) = missing(check) {
            return Outcome::NotStarted { why };
        }
        if rule == GoOn::ProvenFailure {
            let cause = if status == 127 { "was not found" } else { "could not be executed" };
            let why = format!("exit status {status} says that a program {cause}, which is no proof of a failure");
            return Outcome::NotStarted { why };
        }
    }
    let met = match rule {
        GoOn::Zero => status == 0,
        GoOn::NonZero | GoOn::ProvenFailure => status != 0,
        GoOn::Exactly(wanted) => status == wanted,
        GoOn::Any => true,
    };
    if !met {
        let expected = match rule {
            GoOn::Zero | GoOn::Any => None,
            GoOn::NonZero | GoOn::ProvenFailure => Some(Expected::of("a failure")),
            GoOn::Exactly(wanted) => Some(Expected::of(wanted.to_string())),
        };
        return Outcome::Failed { status, expected };
    }
    let wanted = check.expect.as_ref().and_then(|expect| expect.output.as_ref());
    match (wanted, output) {
        (None, _) => Outcome::Passed,
        (Some(_), None) => Outcome::Lost { why: "its output is not there".to_owned() },
        (Some(rule), Some(output)) => match capture::satisfies(output, rule) {
            Ok(true) => Outcome::Passed,
            Ok(false) => {
                // That it cannot be read again takes nothing from what is known.
                let got = capture::instead(output, rule).ok();
                Outcome::Failed { status, expected: Some(Expected { what: described(rule), got }) }
            }
            Err(error) => Outcome::Lost { why: format!("its output cannot be read: {error}") },
        },
    }
}

/// Of a secret that the plan expects nobody can tell whether it was written: it was taken out of what is kept.
fn doubt(check: &Check, end: &mut End, mask: &Mask) {
    let rule = check.expect.as_ref().and_then(|expect| expect.output.as_ref());
    let Some(rule @ OutputRule::Contains(text)) = rule else { return };
    let other_output = described(rule);
    let by_output = match &end.outcome {
        Outcome::Failed { expected: Some(expected), .. } => expected.what == other_output,
        outcome => outcome.is_green(),
    };
    if by_output && mask.text(text) != *text {
        let why = "the plan expects an output that is a secret here, and secrets are taken out of outputs".to_owned();
        end.outcome = Outcome::Lost { why };
    }
}

/// What an output should have been, as a noun phrase.
fn described(rule: &OutputRule) -> String {
    match rule {
        OutputRule::Contains(text) => format!("an output with \"{text}\""),
        OutputRule::Empty => "no output".to_owned(),
    }
}
