//! Tests of the tally and the verdict.

use std::time::Duration;

use plan_run::event::{CheckRef, End, Event, Happening, Leftover, StageRef};
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::{CheckId, Kind, LimitOf, StageId};
use plan_run::report::{StageStatus, Tally, Verdict};
use plan_run::roster::{Broken, Roster};
use plan_run::select::Selection;

use crate::support::reports::{
    CHECK, Outputs, Stages, ended, events, first, green, run_of, selection, statuses, tally, wall,
};

#[test]
fn a_tally_counts_every_check_once() {
    let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (CHECK, "b")])])], "");
    let mut outputs = Outputs::default();
    let output = outputs.add("a", b"x");
    let left = Leftover { process: Some(9), command: "sleep 9".to_owned() };
    let report = tally(
        &selection,
        vec![
            Happening::StageStarted(StageRef { plan: 0, stage: StageId(0) }),
            Happening::CheckStarted(first(0)),
            Happening::CheckEnded {
                check: first(0),
                end: End {
                    took: Duration::from_secs(1),
                    output: Some(output.clone()),
                    leftover: vec![left.clone()],
                    ..End::without_run(Outcome::Passed)
                },
            },
            Happening::CheckStarted(first(1)),
            ended(first(1), Outcome::Passed),
        ],
    );
    assert_eq!(report.internal, Vec::<String>::new());
    assert_eq!(
        (report.started, report.took, report.jobs, report.interrupted),
        (wall(), Duration::from_secs(6), 2, false)
    );
    let stage = &report.plans[0].stages[0];
    assert_eq!((stage.started, stage.took), (Some(wall() + Duration::from_secs(2)), Duration::from_secs(3)));
    assert_eq!((stage.checks[0].output.as_ref(), &stage.checks[0].leftover), (Some(&output), &vec![left]));
    assert_eq!(stage.checks[1].started, Some(wall() + Duration::from_secs(4)));
    assert_eq!(Verdict::of(&report, &[]), Verdict::Holds);
}

#[test]
fn what_does_not_add_up_is_internal() {
    let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (CHECK, "b")])])], "");
    let cases: Vec<(Vec<Happening>, &str)> = vec![
        (vec![ended(first(0), Outcome::Passed)], "plan.md: check 1.2 never ended"),
        (
            vec![ended(first(0), Outcome::Passed), ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed)],
            "check 1.1 ended twice",
        ),
        (
            vec![ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed), Happening::CheckStarted(first(2))],
            "an event is about check 2 of plan 0, which is not in the run",
        ),
        (
            vec![
                ended(first(0), Outcome::Passed),
                ended(first(1), Outcome::Passed),
                ended(CheckRef { plan: 7, check: CheckId(0) }, Outcome::Passed),
            ],
            "an event is about check 0 of plan 7, which is not in the run",
        ),
        (
            vec![
                ended(first(0), Outcome::Passed),
                ended(first(1), Outcome::Passed),
                Happening::StageEnded(StageRef { plan: 0, stage: StageId(9) }),
            ],
            "event 4 is about a stage that is not in the run",
        ),
    ];
    for (happenings, expected) in cases {
        let report = tally(&selection, happenings);
        assert_eq!(report.internal, vec![expected.to_owned()]);
        assert_eq!(Verdict::of(&report, &[]), Verdict::Internal);
    }
    let lost = tally(&selection, vec![ended(first(0), Outcome::Passed)]);
    assert!(matches!(lost.plans[0].stages[0].checks[1].outcome, Outcome::Lost { .. }));
    assert_eq!(statuses(&lost), [StageStatus::Fails]);

    let mut torn = Tally::new(&Roster::of(&selection, Vec::new()));
    for event in events(vec![ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed)]).iter().take(3) {
        torn.hear(event);
    }
    torn.hear(&Event { number: 9, at: Duration::ZERO, what: Happening::Interrupted { times: 1 } });
    let report = torn.finish(vec!["the runner says so".to_owned()]);
    assert_eq!(
        report.internal,
        ["event 9 came after event 3", "the run never said that it ended", "the runner says so"]
    );
    assert!(report.interrupted);
}

#[test]
fn nothing_selected_is_no_internal_error() {
    let broken = Broken { path: "x.md".to_owned(), line: None, problems: Vec::new() };
    let report = Tally::new(&Roster::of(&Selection::default(), vec![broken])).finish(Vec::new());
    assert_eq!(report.internal, Vec::<String>::new());
    assert_eq!(Verdict::of(&report, &[]), Verdict::BrokenPlan);
}

#[test]
fn a_stage_holds_only_when_its_checks_do() {
    let one = |kind, outcome: Outcome| {
        let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (kind, "b")])])], "");
        let report = tally(&selection, vec![ended(first(0), Outcome::Passed), ended(first(1), outcome)]);
        (statuses(&report).remove(0), Verdict::of(&report, &[]))
    };
    let skip = Outcome::Skipped;
    assert_eq!(one(CHECK, Outcome::Passed), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(Kind::Manual, skip(Skip::Manual)), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(Kind::Red, skip(Skip::Red)), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::Configured { why: String::new() })), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::HeldBack { why: String::new() })), (StageStatus::NotProven, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::ScriptStopped { by: "1.1".into() })), (StageStatus::Fails, Verdict::Fails));
    assert_eq!(one(CHECK, Outcome::Cancelled(Cause::Interrupt)), (StageStatus::Cancelled, Verdict::Fails));
    let given_up = Skip::GivenUp(Cause::Failures { count: 1 });
    assert_eq!(one(CHECK, skip(given_up)), (StageStatus::Cancelled, Verdict::Fails));
    for bad in [
        Outcome::Failed { status: 1, expected: None },
        Outcome::Flaky { tries: 2 },
        Outcome::LeftBehind,
        Outcome::Signalled { signal: 9 },
        Outcome::TimedOut { limit: Duration::ZERO, of: LimitOf::Default },
        Outcome::NotStarted { why: String::new() },
        Outcome::OutputLimit { limit: 1 },
        Outcome::Lost { why: String::new() },
    ] {
        assert_eq!(one(CHECK, bad), (StageStatus::Fails, Verdict::Fails));
    }
}

#[test]
fn a_blocked_stage_names_where_the_trouble_began() {
    let stages: Stages<'_> = &[
        ("1", "Fails", &[], &[(CHECK, "a")]),
        ("2", "Behind it", &[0], &[(CHECK, "b")]),
        ("3", "Only for people", &[1], &[(Kind::Manual, "look")]),
        ("4", "Beside them", &[], &[(CHECK, "c")]),
        ("5", "Nothing", &[3], &[]),
    ];
    let selection = selection(&[("plan.md", stages)], "");
    let report = tally(
        &selection,
        vec![
            ended(first(0), Outcome::Failed { status: 1, expected: None }),
            ended(first(1), Outcome::Skipped(Skip::Blocked { by: "1".to_owned() })),
            ended(first(2), Outcome::Skipped(Skip::Manual)),
            ended(first(3), Outcome::Passed),
        ],
    );
    let blocked = StageStatus::Blocked("1".to_owned());
    assert_eq!(
        statuses(&report),
        [StageStatus::Fails, blocked.clone(), blocked, StageStatus::Holds, StageStatus::NotProven]
    );
    assert_eq!(report.plans[0].stages[2].needs, ["2"]);
}

#[test]
fn the_strongest_verdict_wins() {
    let mut outputs = Outputs::default();
    let mut report = green(&mut outputs);
    assert_eq!(Verdict::of(&report, &[]), Verdict::Holds);
    report.plans[0].stages[0].checks[0].outcome = Outcome::Skipped(Skip::Manual);
    assert_eq!(Verdict::of(&report, &[]), Verdict::NothingRan);
    report.plans[0].stages[0].checks[0].outcome = Outcome::Signalled { signal: 9 };
    assert_eq!(Verdict::of(&report, &[]), Verdict::Fails);
    report.broken.push(Broken { path: "b.md".to_owned(), line: None, problems: Vec::new() });
    assert_eq!(Verdict::of(&report, &[]), Verdict::BrokenPlan);
    assert_eq!(Verdict::of(&report, &["disk full".to_owned()]), Verdict::Internal);
    report.internal.push("lost count".to_owned());
    assert_eq!(Verdict::of(&report, &[]), Verdict::Internal);
    report.interrupted = true;
    assert_eq!(Verdict::of(&report, &[]), Verdict::Interrupted);
    assert_eq!(Verdict::of(&run_of(Vec::new()), &[]), Verdict::NothingRan);
}
