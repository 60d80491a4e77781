//! A run in which checks were tried several times, were carried over or were left to another run, with all that is
//! measured of them.

use std::time::Duration;

use plan_run::event::{End, Output, Proof, Usage};
use plan_run::outcome::{Outcome, Skip};
use plan_run::plan::LimitOf;
use plan_run::report::{Attempt, CheckReport, RunReport, StageStatus};

use super::reports::{Outputs, check, run_of, stage, wall};

/// An attempt with an output.
pub fn attempt(outcome: Outcome, output: Option<Output>) -> Attempt {
    let took = Duration::from_millis(800);
    Attempt { started: Some(wall()), end: End { took, output, ..End::without_run(outcome) } }
}

/// An outcome of exit status 1.
pub fn failed() -> Outcome {
    Outcome::Failed { status: 1, expected: None }
}

/// The run.
pub fn tried(outputs: &mut Outputs) -> RunReport {
    let late = Outcome::TimedOut { limit: Duration::from_secs(60), of: LimitOf::Default };
    let mut flaky = check("1.1", "make flaky", Outcome::Passed);
    flaky.attempts = vec![
        attempt(failed(), Some(outputs.add("flaky-1", b"first \x1b[31mtry\x1b[0m ]]>\n"))),
        attempt(late.clone(), Some(outputs.add("flaky-2", b"second try\n"))),
    ];
    flaky.output = Some(outputs.add("flaky-3", b"third try\n"));
    flaky.status = Some(0);
    flaky.usage = Some(Usage { cpu: Duration::from_micros(1_234_567), peak_memory: 12_345_678 });
    let mut lasting = check("1.2", "make broken", failed());
    lasting.attempts = vec![
        attempt(Outcome::Passed, None),
        attempt(Outcome::Failed { status: 3, expected: None }, Some(outputs.add("lasting-1", b"once\n"))),
        attempt(late, None),
    ];
    lasting.output = Some(outputs.add("lasting-3", b"at last\n"));
    lasting.status = Some(1);
    let mut carried = check("2.1", "make old", Outcome::Passed);
    carried.proof = Proof::CarriedOver { run: "20261127T063255.123Z-1a2b3c4d".to_owned() };
    carried.started = None;
    carried.took = Duration::ZERO;
    carried.claimed = Some(true);
    let mut told = check("2.2", "cat <<EOF\n\t<a> & \"b\"\u{1}\nEOF", Outcome::Interrupted);
    told.cwd = Some("sub/it's".to_owned());
    told.expect = Some("prints `<a>`".to_owned());
    told.claimed = Some(false);
    let elsewhere = Outcome::Skipped(Skip::NotAsked { why: "another shard runs it".to_owned() });
    let left: CheckReport = check("2.3", "make other", elsewhere);
    let mut report = run_of(vec![
        stage("1", "Try", StageStatus::Fails, vec![flaky, lasting]),
        stage("2", "Go on", StageStatus::Cancelled, vec![carried, told, left]),
    ]);
    report.run = Some("20261127T070000.000Z-5e6f7a8b".to_owned());
    report.commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
    report.incomplete = true;
    report
}
