//! Runs in which every text is meant to break out of where it stands.

use plan_run::config::Scope;
use plan_run::event::{End, Proof};
use plan_run::outcome::{Cause, Expected, Outcome, Skip};
use plan_run::plan::Quarantined;
use plan_run::report::{Attempt, PlanReport, RunReport, StageStatus};
use plan_run::roster::Broken;
use proptest::collection::vec;
use proptest::prelude::*;

use super::reports::{Outputs, check, manual, quarantined, run_of, stage};

/// Bytes with many of those that trouble readers.
pub fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        any::<char>().prop_map(|character| character.to_string().into_bytes()),
        prop::sample::select(vec![
            "]]>", "<![CDATA[", "</system-out>", "&amp;", "&", "<", "\u{fffe}", "\u{ffff}", "\0", "\u{1b}[31m",
            "\u{1b}]0;", "\r", "\n", "\r\n", "```", "````", "`", "|", "<details>", "</details>", "</summary>",
            "\u{202e}", "~~~", "](", "\u{2028}", "\t", "@a", "\u{85}", " ", "\\", "]]", ">", "\n```text\n", "<!--",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

pub fn words() -> impl Strategy<Value = String> {
    bytes().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

pub fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Passed),
        (any::<i32>(), prop::option::of((words(), prop::option::of(words())))).prop_map(|(status, expected)| {
            Outcome::Failed { status, expected: expected.map(|(what, got)| Expected { what, got }) }
        }),
        words().prop_map(|why| Outcome::NotStarted { why }),
        words().prop_map(|by| Outcome::Skipped(Skip::Blocked { by })),
        words().prop_map(|why| Outcome::Skipped(Skip::HeldBack { why })),
        Just(Outcome::Skipped(Skip::Manual)),
        words().prop_map(|by| Outcome::Skipped(Skip::ScriptStopped { by })),
        Just(Outcome::Cancelled(Cause::Interrupt)),
        Just(Outcome::Interrupted),
        words().prop_map(|why| Outcome::Quarantined(Box::new(Outcome::NotStarted { why }))),
        words().prop_map(|check| Outcome::Skipped(Skip::GivenUp(Cause::FirstFailure { check, scope: Scope::Run }))),
    ]
}

/// A run in which every text is hostile.
pub fn run() -> impl Strategy<Value = (RunReport, Outputs)> {
    let check_parts =
        (words(), words(), outcome(), bytes(), prop::option::of(words()), any::<bool>(), prop::option::of(outcome()));
    let stage_parts = (words(), words(), vec(check_parts, 0..4));
    let plan_parts = (words(), words(), vec(stage_parts, 0..3));
    (vec(plan_parts, 0..3), vec((words(), words()), 0..2), vec(words(), 0..2)).prop_map(|(plans, broken, internal)| {
        let mut outputs = Outputs::default();
        let mut report = run_of(Vec::new());
        report.internal = internal;
        report.broken =
            broken.into_iter().map(|(path, problem)| Broken { path, line: Some(1), problems: vec![problem] }).collect();
        let mut number = 0usize;
        report.plans = plans
            .into_iter()
            .map(|(path, title, stages)| {
                let stages = stages.into_iter().map(|(label, title, checks)| {
                    let checks = checks.into_iter().map(|(label, command, outcome, written, cwd, person, before)| {
                        number += 1;
                        let mut entry =
                            if person { manual(&label, &command) } else { check(&label, &command, outcome) };
                        entry.output = (!person).then(|| outputs.add(&number.to_string(), &written));
                        entry.expect.clone_from(&cwd);
                        entry.cwd = cwd;
                        // Whatever else may be said of a check is said of some.
                        entry.in_script = number.is_multiple_of(3);
                        entry.claimed = [None, Some(true), Some(false)][number % 3];
                        if number.is_multiple_of(4) {
                            entry.proof = Proof::CarriedOver { run: label.clone() };
                        } else if number.is_multiple_of(7) {
                            entry.proof = Proof::Shared { with: label.clone() };
                        } else if number.is_multiple_of(5) {
                            entry.proof = Proof::Cached { run: label.clone() };
                        }
                        entry.quarantine = number.is_multiple_of(2).then(|| Quarantined {
                            entry: label.clone(),
                            owner: command.clone(),
                            reason: label.clone(),
                            place: command.clone(),
                            expired: number.is_multiple_of(4),
                            ..quarantined()
                        });
                        let before = before.map(|outcome| Attempt { started: None, end: End::without_run(outcome) });
                        entry.attempts.extend(before);
                        entry
                    });
                    let status = match title.len() % 3 {
                        0 => StageStatus::Blocked(title.clone()),
                        1 => StageStatus::Fails,
                        _ => StageStatus::Holds,
                    };
                    let mut stage = stage(&label, &title, status, checks.collect());
                    stage.needs = vec![title];
                    stage.claimed = number.is_multiple_of(2);
                    stage
                });
                PlanReport {
                    path,
                    title,
                    scope: plan_run::config::RunScope::All,
                    digest: String::new(),
                    stages: stages.collect(),
                }
            })
            .collect();
        (report, outputs)
    })
}
