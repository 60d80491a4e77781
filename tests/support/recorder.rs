//! A listener that keeps the events, and words for them.

use plan_run::event::{Event, Happening, Leftover, Output};
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::LimitOf;
use plan_run::run::Listener;
use plan_run::select::Selection;

/// Keeps all events.
#[derive(Default)]
pub struct Recorder {
    /// The events.
    pub events: Vec<Event>,
    /// How many ticks there were.
    pub ticks: usize,
}

impl Listener for Recorder {
    fn hear(&mut self, event: &Event) {
        self.events.push(event.clone());
    }

    fn tick(&mut self) {
        self.ticks += 1;
    }
}

/// How a check of a run ended.
#[derive(Clone, Debug)]
pub struct End {
    /// How.
    pub outcome: Outcome,
    /// How long it took.
    pub took: std::time::Duration,
    /// Its output's bytes.
    pub output: Option<Vec<u8>>,
    /// Whether it left something behind.
    pub leftover: Vec<Leftover>,
    /// Warnings.
    pub warnings: Vec<String>,
}

impl Recorder {
    /// The end of the check with this label.
    pub fn end(&self, selection: &Selection, label: &str) -> End {
        let mut ends = self.events.iter().filter_map(|event| match &event.what {
            Happening::CheckEnded { check, end } => {
                let plan = &selection.plans[check.plan as usize].plan;
                (plan.check(check.check).label == label).then(|| End {
                    outcome: end.outcome.clone(),
                    took: end.took,
                    output: end.output.as_ref().map(bytes),
                    leftover: end.leftover.clone(),
                    warnings: end.warnings.clone(),
                })
            }
            _ => None,
        });
        let end = ends.next().unwrap_or_else(|| panic!("check {label} did not end"));
        assert!(ends.next().is_none(), "check {label} ended twice");
        end
    }

    /// The events, one line each: number, seconds, words. The first line leaves out the wall clock.
    pub fn text(&self, selection: &Selection) -> String {
        let several = selection.plans.len() > 1;
        let stage = |reference: plan_run::event::StageRef| {
            let plan = &selection.plans[reference.plan as usize].plan;
            name(several, plan.source.name(), &plan.stage(reference.stage).label)
        };
        let check = |reference: plan_run::event::CheckRef| {
            let plan = &selection.plans[reference.plan as usize].plan;
            name(several, plan.source.name(), &plan.check(reference.check).label)
        };
        let lines = self.events.iter().map(|event| {
            let words = match &event.what {
                Happening::RunStarted { jobs, .. } => format!("run with {jobs} jobs"),
                Happening::StageStarted(reference) => format!("stage {} starts", stage(*reference)),
                Happening::CheckStarted(reference) => format!("check {} starts", check(*reference)),
                Happening::CheckSlow { check: reference, slow } => {
                    let usual = slow.usual.map(|usual| format!(", usually {usual:?}")).unwrap_or_default();
                    format!("check {} is slow after {:?}{usual}", check(*reference), slow.after)
                }
                Happening::AttemptEnded { check: reference, end } => {
                    format!("check {}: {}, to be tried again", check(*reference), outcome_words(&end.outcome))
                }
                Happening::CheckEnded { check: reference, end } => format!(
                    "check {}: {}{}{}{}",
                    check(*reference),
                    outcome_words(&end.outcome),
                    if end.took.is_zero() { String::new() } else { format!(" in {:?}", end.took) },
                    end.output.as_ref().map_or_else(String::new, |output| {
                        let text = String::from_utf8_lossy(&bytes(output)).into_owned();
                        if text.is_empty() { text } else { format!(" {text:?}") }
                    }),
                    if !end.leftover.is_empty() { " leftover" } else { "" },
                ),
                Happening::StageEnded(reference) => format!("stage {} ends", stage(*reference)),
                Happening::Interrupted { times } => format!("interrupt {times}"),
                Happening::GaveUp { extent, cause } => format!("gave up {extent:?}: {}", cause_words(cause)),
                Happening::RunEnded => "run ends".to_owned(),
            };
            format!("{} {:?} {words}\n", event.number, event.at)
        });
        lines.collect()
    }
}

fn name(several: bool, plan: &str, label: &str) -> String {
    if several { format!("{plan}#{label}") } else { label.to_owned() }
}

fn bytes(output: &Output) -> Vec<u8> {
    let whole = std::fs::read(&output.path).unwrap_or_default();
    whole.get(output.start as usize..output.end as usize).expect("the output lies in its file").to_vec()
}

/// Why something was given up.
pub fn cause_words(cause: &Cause) -> String {
    match cause {
        Cause::Interrupt => "interrupt".to_owned(),
        Cause::FirstFailure { check, scope } => format!("{check} ends the {}", scope.word()),
        Cause::Failures { count } => format!("{count} failures"),
        Cause::RunTime { limit } => format!("{limit:?} are over"),
    }
}

/// An outcome as a word with what it carries.
pub fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed { status, expected: None } => format!("failed({status})"),
        Outcome::Failed { status, expected: Some(words) } => format!("failed({status}), not {}", words.what),
        Outcome::Flaky { tries } => format!("flaky({tries})"),
        Outcome::Signalled { signal } => format!("signal({signal})"),
        Outcome::TimedOut { limit, of: LimitOf::Default } => format!("timeout({limit:?})"),
        Outcome::TimedOut { limit, of } => format!("timeout({limit:?} of {})", of.word()),
        Outcome::Cancelled(Cause::Interrupt) => "cancelled".to_owned(),
        Outcome::Cancelled(cause) => format!("cancelled: {}", cause_words(cause)),
        Outcome::Skipped(Skip::GivenUp(cause)) => format!("given up: {}", cause_words(cause)),
        Outcome::NotStarted { why } => format!("not started: {why}"),
        Outcome::Quarantined(plain) => format!("quarantined {}", outcome_words(plain)),
        Outcome::Lost { why } => format!("lost: {why}"),
        Outcome::Skipped(Skip::Blocked { by }) => format!("blocked by {by}"),
        Outcome::Skipped(Skip::ScriptStopped { by }) => format!("script stopped by {by}"),
        Outcome::Skipped(Skip::HeldBack { why }) => format!("held back: {why}"),
        Outcome::Skipped(Skip::Configured { why }) => format!("skipped: {why}"),
        Outcome::Skipped(Skip::NotAsked { why }) => format!("not asked for: {why}"),
        Outcome::Skipped(Skip::Manual | Skip::Red | Skip::NotClaimed)
        | Outcome::Passed
        | Outcome::LeftBehind
        | Outcome::OutputLimit { .. }
        | Outcome::Interrupted => outcome.word().to_owned(),
    }
}
