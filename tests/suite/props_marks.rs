//! Properties of marking: whatever plan it is and however its checks end, a plan that was marked is the same plan but for
//! its boxes, and clearing what was ticked gives the bytes that were there before.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plan_run::config::{Leftovers, Retries};
use plan_run::edit::Edit;
use plan_run::event::{CheckRef, End, Event, Happening};
use plan_run::outcome::{Outcome, Skip};
use plan_run::plan::{CheckId, Kind, Limit, LimitOf, Plan, Setup, StageId};
use plan_run::report::{RunReport, StageStatus, Tally};
use plan_run::roster::{Roster, digest};
use plan_run::select::{Filter, Selection, select};
use plan_run::source::Span;
use plan_run::standing::{Evidence, marks};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::reading::{Read, is_sound, read};

/// Lines of which plans with boxes are made.
const LINES: &[&str] = &[
    "# Tasks", "## Stage 1: Dig", "## Stage 2: Wall", "### Changes", "### Validation", "- [ ] `make dig`",
    "- [x] `make wall` and `make roof`", "- [X] Manual: look at it", "- [ ] T001 Dig", "- [ ] T002 [P] Wall",
    "- [~] T003 Roof", "- [-] T004 Door", "  - [ ] Verify: `make test`", "  - [x] Manual: look inside",
    "  - Verify: `make check`", "  - `test -f no` (expect failure)", "    - [ ] `make deep`",
    "- [ ]* 1.2 Optional: `make extra`", "1. [ ] `make count`", "> - [ ] `make quoted`", "  ```sh", "  make fenced",
    "  ```", "- [ ]\t`make tab`", "- [x] \u{e4}\u{fffd} `make wide`", "[ ] no item", "**Done when**:", "", "",
];

fn plan_text() -> impl Strategy<Value = Vec<u8>> {
    let line = (prop::sample::select(LINES), prop::sample::select(vec!["\n", "\n", "\r\n"]), 0..40u8);
    (any::<bool>(), vec(line, 1..40)).prop_map(|(bom, lines)| {
        let mut bytes = if bom { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        for (line, end, odd) in lines {
            bytes.extend_from_slice(line.as_bytes());
            // Now and then something that is no text.
            if odd == 0 {
                bytes.extend_from_slice(b" \xE4\xFF");
            }
            bytes.extend_from_slice(end.as_bytes());
        }
        bytes
    })
}

/// The ends that a check can have, by a number.
fn outcome(number: u8) -> Outcome {
    match number % 8 {
        0 => Outcome::Failed { status: 1, expected: None },
        1 => Outcome::Interrupted,
        2 => Outcome::Skipped(Skip::Blocked { by: "1".to_owned() }),
        3 => Outcome::TimedOut { limit: Duration::from_secs(1), of: LimitOf::Check },
        _ => Outcome::Passed,
    }
}

/// A run of a plan whose checks end by these numbers.
fn run(read: &Read, red: bool, ends: &[u8]) -> Option<RunReport> {
    let setup = Setup {
        root: Path::new("/").to_owned(),
        timeout: Limit { time: Duration::from_secs(1), of: LimitOf::Default },
        retries: Retries::default(),
        leftovers: Leftovers::default(),
        env: BTreeMap::new(),
        shell: None,
        resources: BTreeMap::new(),
        launchers: BTreeMap::new(),
        launcher: None,
        sandbox: Default::default(),
    };
    let filter = Filter { red, ..Filter::default() };
    let selected = select(Arc::new(read.plan.clone()), read.graph.clone()?, setup, filter);
    let left_out = selected.left_out.clone();
    let mut tally = Tally::new(&Roster::of(&Selection { plans: vec![selected] }, Vec::new()));
    let ended = (0..).map(CheckId).zip(&left_out).zip(ends.iter().cycle()).map(|((check, left_out), &number)| {
        let outcome = left_out.clone().map_or_else(|| outcome(number), Outcome::Skipped);
        Happening::CheckEnded { check: CheckRef { plan: 0, check }, end: End::without_run(outcome) }
    });
    let begun = Happening::RunStarted { wall: SystemTime::UNIX_EPOCH, jobs: 1 };
    let all = std::iter::once(begun).chain(ended).chain([Happening::RunEnded]);
    for (number, what) in (1..).zip(all) {
        tally.hear(&Event { number, at: Duration::ZERO, what });
    }
    Some(tally.finish(Vec::new()))
}

/// A plan without what its boxes say.
fn but_for_boxes(plan: &Plan) -> Vec<String> {
    let stages =
        plan.stages.iter().map(|stage| format!("{} {:?} {} {:?}", stage.label, stage.title, stage.line, stage.needs));
    let checks = plan.checks.iter().map(|check| {
        let tick = check.tick.map(|tick| tick.span);
        format!(
            "{} {:?} {} {:?} {:?} {:?} {tick:?}",
            check.label, check.kind, check.line, check.command, check.text, check.script
        )
    });
    let boxes = plan.boxes.iter().map(|ticked| format!("{:?} {:?}", ticked.item, ticked.span));
    stages.chain(checks).chain(boxes).collect()
}

/// The text with its edits, each in the place of as many bytes.
fn edited(text: &str, edits: &[Edit]) -> String {
    let mut out = text.to_owned();
    for edit in edits {
        assert_eq!((&text[edit.span.range()], edit.new.len()), (edit.was.as_str(), 1));
        out.replace_range(edit.span.range(), &edit.new);
    }
    out
}

/// What a reader of the rules expects of a box that was ticked.
fn assert_earned(evidence: &Evidence<'_>, inner: Span) {
    let plan = evidence.plan;
    let ticked = plan.boxes.iter().find(|ticked| ticked.span.range().contains(&(inner.start as usize))).expect("a box");
    let mut seen = 0;
    for (id, check) in (0..).map(CheckId).zip(&plan.checks) {
        let own = check.tick.is_some_and(|tick| tick.span == ticked.span);
        let inside = ticked.item.range().contains(&(check.span.start as usize));
        let of_stage = plan.stage(check.stage).tick.is_some_and(|tick| tick.span == ticked.span);
        if !own && !inside && !of_stage {
            continue;
        }
        assert!(!(own && check.kind == Kind::Manual), "{} is for a person", check.label);
        match check.kind {
            Kind::Manual => assert!(check.tick.is_some_and(|tick| tick.done), "{} is open", check.label),
            Kind::Red if evidence.check(id).outcome == Outcome::Skipped(Skip::Red) => {}
            Kind::Red | Kind::Command => {
                assert_eq!(evidence.check(id).outcome, Outcome::Passed, "{}", check.label);
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "something was seen to hold");
    for (index, stage) in plan.stages.iter().enumerate() {
        if stage.tick.is_some_and(|tick| tick.span == ticked.span) {
            let id = StageId(u32::try_from(index).expect("few stages"));
            assert_eq!(evidence.stage(id).status, StageStatus::Holds, "stage {}", stage.label);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_marked_plan_is_the_same_but_for_its_boxes(
        bytes in plan_text(), red in any::<bool>(), untick in any::<bool>(), ends in vec(any::<u8>(), 1..12),
    ) {
        let before = read(&bytes);
        let Some(report) = run(&before, red, &ends) else { return Ok(()) };
        let evidence = Evidence::of(&before.plan, &report, None).expect("of this plan").expect("that is the same");
        let marks = marks(&evidence, untick);
        prop_assert_eq!(marks.edits.len(), marks.ticked.len() + marks.cleared.len());
        for edit in &marks.edits {
            if edit.new == "x" {
                assert_earned(&evidence, edit.span);
            } else {
                prop_assert!(untick && edit.new == " ");
            }
        }
        // What was no text stands for itself here: that it stays is for the edits to show.
        let text = edited(before.source.text(), &marks.edits);
        let after = read(text.as_bytes());
        is_sound(&after);
        prop_assert_eq!(but_for_boxes(&after.plan), but_for_boxes(&before.plan));
        prop_assert_eq!(digest(&after.plan), digest(&before.plan));
        let back: Vec<Edit> =
            marks.edits.iter().map(|edit| Edit { was: edit.new.clone(), new: edit.was.clone(), ..edit.clone() }).collect();
        let cleared = edited(&text, &back);
        prop_assert_eq!(cleared.as_str(), before.source.text());
        // Who marks a second time finds nothing more to do.
        let report = run(&after, red, &ends).expect("it has the same order");
        let evidence = Evidence::of(&after.plan, &report, None).expect("of this plan").expect("that is the same");
        let again = plan_run::standing::marks(&evidence, untick);
        prop_assert_eq!(again.edits, Vec::new());
    }
}
