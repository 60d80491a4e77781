//! The journal of a run: what is kept, what is read back, and what later runs and reports make of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use plan_run::config::{Leftovers, Scope};
use plan_run::event::{CheckRef, End, Event, Extent, Happening, Leftover, Output, Proof, Slow, StageRef, Usage};
use plan_run::host::RealHost;
use plan_run::journal::{self, Runs, Writer};
use plan_run::outcome::{Cause, Class, Expected, Outcome, Skip};
use plan_run::plan::{CheckId, Kind, LimitOf, Quarantined, StageId};
use plan_run::report::{Verdict, fold};
use plan_run::roster::{Before, Broken, CheckEntry, PlanEntry, Roster, StageEntry};
use rustix::process::Signal;

use crate::support::real::FOR_EVER;
use crate::support::space::Space;
use crate::support::whole::{Gate, cases, ends, fifo, own, signal, space, staged};

/// The folders of the runs that are kept, the oldest first.
fn runs(space: &Space) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(space.at(".plan-run/runs")) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

/// The name of the newest run.
fn newest(space: &Space) -> String {
    let folder = runs(space).pop().expect("there is a run");
    folder.file_name().expect("it has a name").to_string_lossy().into_owned()
}

fn events(space: &Space) -> String {
    space.read(&format!(".plan-run/runs/{}/events.ndjson", newest(space)))
}

#[test]
fn a_run_leaves_its_journal_and_all_reports_can_be_made_from_it() {
    let space = space(&[
        ("1", "", &["echo hello", "echo no; exit 3", "cd .\necho in a script", "- [ ] Manual: look at it"]),
        ("2", "Stage 1", &["test 1 = 1"]),
        ("3", "", &["git push", "kill -9 $$"]),
    ]);
    let at_once = space.run(&["plan.md", "--junit", "a.xml", "--summary", "a.md", "--progress", "none"]);
    assert_eq!(at_once.status, Some(1), "{at_once:?}");
    assert_eq!(space.read(".plan-run/.gitignore"), "*\n");
    let later = space.run(&["report", "--junit", "b.xml", "--summary", "b.md"]);
    assert_eq!((later.status, &later.stdout), (Some(1), &at_once.stdout));
    assert_eq!(space.read("b.xml"), space.read("a.xml"));
    assert_eq!(space.read("b.md"), space.read("a.md"));
    // By its name, its folder and its file; from another folder, too.
    let name = newest(&space);
    fs::create_dir(space.at("sub")).expect("a folder");
    for run in [name.clone(), format!(".plan-run/runs/{name}"), format!(".plan-run/runs/{name}/events.ndjson")] {
        assert_eq!(space.run(&["report", &run, "--junit", "c.xml"]).status, Some(1), "{run}");
        assert_eq!(space.read("c.xml"), space.read("a.xml"), "{run}");
    }
    let below =
        space.command(&["report", &name, "--junit", "-"]).current_dir(space.at("sub")).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&below.stdout), space.read("a.xml"));
}

#[test]
fn the_plan_may_be_gone_when_the_report_is_made() {
    let space = space(&[("1", "", &["true"])]);
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    fs::remove_file(space.at("plan.md")).expect("it is there");
    assert_eq!(space.run(&["report"]).status, Some(0));
}

#[test]
fn what_is_no_run_is_refused() {
    let space = Space::new();
    let refused = space.run(&["report"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.starts_with("plan-run: there is no run in "), "{refused:?}");
    space.file("note.txt", "hello\n");
    space.file("old.ndjson", "{\"seq\":1,\"type\":\"journal\",\"schema\":\"plan-run/events/v9\",\"run\":null,\"version\":\"9\",\"commit\":null}\n");
    for (name, why) in [
        ("nothing", "plan-run: `nothing` is no run in "),
        ("note.txt", "note.txt is no journal of a run"),
        (
            "old.ndjson",
            "was written in the form `plan-run/events/v9`, and this version of plan-run reads `plan-run/events/v1`",
        ),
    ] {
        let refused = space.run(&["report", name]);
        assert_eq!((refused.status, refused.stdout.as_str()), (Some(2), ""), "{name}");
        assert!(refused.stderr.contains(why), "{name}: {refused:?}");
    }
}

#[test]
fn a_run_that_cannot_be_kept_is_not_begun() {
    let space = space(&[("1", "", &["touch ran"])]);
    space.file("file", "");
    let refused = space.run(&["plan.md", "--runs", "file/below"]);
    assert_eq!(refused.status, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("name another folder with --runs; nothing was run"), "{refused:?}");
    assert!(!space.at("ran").exists());
    assert_eq!(space.run(&["plan.md", "--runs", "elsewhere"]).status, Some(0));
    assert!(!space.at(".plan-run").exists() && !space.at("elsewhere/.gitignore").exists());
    assert_eq!(space.run(&["report", "--runs", "elsewhere"]).status, Some(0));
}

#[test]
fn the_newest_runs_are_kept() {
    let space = space(&[("1", "", &["true"])]);
    space.file("plan-run.yaml", "runs: { keep: 2 }\n");
    let mut names = Vec::new();
    for _ in 0..4 {
        assert_eq!(space.run(&["plan.md"]).status, Some(0));
        names.push(newest(&space));
    }
    // What is none of ours stays.
    fs::create_dir(space.at(".plan-run/runs/mine")).expect("a folder");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let kept: BTreeSet<String> =
        runs(&space).iter().map(|run| run.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(kept.contains("mine") && kept.contains(&names[3]) && !kept.contains(&names[0]), "{kept:?}");
    space.file("plan-run.yaml", "runs: { keep: 0 }\n");
    assert_eq!(space.run(&["plan.md"]).status, Some(2), "none kept is a journal that is lost before it is read");
}

#[test]
fn a_run_under_way_is_not_removed() {
    let space = space(&[("1", "", &["echo here > gate; cat hold"])]);
    space.file("other.md", &staged(&[("1", "", &["true"])]));
    space.file("plan-run.yaml", "runs: { keep: 1 }\n");
    fifo(&space, "hold");
    let gate = Gate::new(&space, "gate");
    let mut child = space.command(&["plan.md"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    gate.wait();
    // What is told of it meanwhile is not taken for its end, and nothing goes on from it.
    let report = space.run(&["report"]);
    assert_eq!(report.status, Some(130), "{report:?}");
    assert!(report.stderr.contains("is still under way; what has not ended counts as interrupted"), "{report:?}");
    let resumed = space.run(&["plan.md", "--resume"]);
    assert_eq!(resumed.status, Some(2), "{resumed:?}");
    assert!(resumed.stderr.contains("is still under way; wait for its end, or name another run"), "{resumed:?}");
    for _ in 0..2 {
        assert_eq!(space.run(&["other.md"]).status, Some(0));
    }
    assert_eq!(runs(&space).len(), 2, "the one under way and the newest");
    fs::write(space.at("hold"), "").expect("someone reads");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// A plan of three stages with two checks each that notes what ran in `ran`, and stops where the file `stop` says.
fn stoppable() -> Space {
    let space = Space::new();
    space.file(
        "step.sh",
        "echo $1 >> ran\nif [ \"$(cat stop 2>/dev/null)\" = $1 ]; then echo $1 > gate; cat hold > /dev/null; fi\n",
    );
    let step = |label: &str| format!("sh step.sh {label}");
    let (a, b, c, d, e) = (step("1.1"), step("1.2"), step("2.1"), step("3.1"), format!("cd .\n{}", step("3.3")));
    let second = "- [ ] Manual: look at it";
    space.file(
        "plan.md",
        &staged(&[("1", "", &[&a, &b]), ("2", "Stage 1", &[&c, second]), ("3", "Stage 2", &[&d, &e])]),
    );
    space
}

/// Runs the plan and kills the runner while a check runs, and as soon as the journal has that `passed` ones before it have.
fn killed_at(space: &Space, label: &str, passed: usize) {
    space.file("stop", label);
    for name in ["gate", "hold"] {
        _ = fs::remove_file(space.at(name));
    }
    fifo(space, "hold");
    let gate = Gate::new(space, "gate");
    let mut child =
        space.command(&["plan.md", "-j", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    gate.wait();
    // What ended is written while the next command starts already.
    let began = Instant::now();
    while events(space).matches("\"outcome\":{\"word\":\"passed\"").count() < passed {
        assert!(began.elapsed() < FOR_EVER, "{}", events(space));
        std::thread::yield_now();
    }
    signal(&child, Signal::KILL);
    child.wait().expect("it is gone");
    fs::remove_file(space.at("stop")).expect("it is there");
}

const LABELS: [&str; 5] = ["1.1", "1.2", "2.1", "3.1", "3.3"];

#[test]
fn a_runner_that_is_killed_loses_nothing_and_the_next_one_goes_on() {
    for (index, label) in LABELS.into_iter().enumerate() {
        let space = stoppable();
        killed_at(&space, label, index);
        let run = newest(&space);
        let report = space.run(&["report", "--junit", "r.xml"]);
        assert_eq!(report.status, Some(130), "{label}: {report:?}");
        assert!(report.stdout.contains("INTERRUPTED: The runner was ended before every check had ended"), "{report:?}");
        let found = cases(&space.read("r.xml"));
        for (other, name) in LABELS.into_iter().enumerate() {
            let case = found.iter().find(|case| case.starts_with(name)).expect("every check is told");
            let expected = if other < index { "passed" } else { "error interrupted: interrupted" };
            assert!(case[4..].starts_with(expected), "killed at {label}: {case}");
        }
        let manual = found.iter().find(|case| case.starts_with("2.2")).expect("every check is told");
        assert!(manual.contains("skipped manual"), "{manual}");

        fs::remove_file(space.at("ran")).expect("something ran");
        let (resumed, found) = ends(&space, &["plan.md", "--resume", "-j", "1"]);
        assert_eq!(resumed.status, Some(0), "{resumed:?}");
        assert!(
            found.iter().filter(|case| !case.starts_with("2.2")).all(|case| case.ends_with(" passed")),
            "{found:?}"
        );
        let ran: Vec<String> = space.read("ran").lines().map(str::to_owned).collect();
        assert_eq!(ran, own(&LABELS[index..]), "killed at {label}");
        assert_eq!(events(&space).matches(&format!("\"carried_over\":\"{run}\"")).count(), 2 * index, "{label}");

        // And once more: what was carried over is so again, from where it was proven.
        fs::remove_file(space.at("ran")).expect("something ran");
        assert_eq!(space.run(&["plan.md", "--resume"]).status, Some(0));
        assert!(!space.at("ran").exists(), "everything has passed");
        assert_eq!(events(&space).matches(&format!("\"carried_over\":\"{run}\"")).count(), 2 * index, "{label}");
    }
}

#[test]
fn what_has_changed_is_run_again() {
    let space = stoppable();
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
            .args(args)
            .current_dir(space.path())
            .output();
        assert!(output.expect("git runs").status.success(), "{args:?}");
    };
    fs::remove_dir(space.at(".git")).expect("it is there");
    git(&["init", "-q"]);
    git(&["add", "plan.md"]);
    git(&["commit", "-q", "-m", "plan"]);
    let ran = |args: &[&str]| {
        _ = fs::remove_file(space.at("ran"));
        let finished = space.run(args);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        fs::read_to_string(space.at("ran")).unwrap_or_default().lines().count()
    };
    assert_eq!(ran(&["plan.md"]), 5);
    assert_eq!(ran(&["plan.md", "--resume"]), 0);
    git(&["commit", "-q", "--allow-empty", "-m", "another commit"]);
    assert_eq!(ran(&["plan.md", "--resume"]), 5);
    git(&["pack-refs", "--all"]);
    assert_eq!(ran(&["plan.md", "--resume"]), 0, "the commit is found where git packs it");
    git(&["checkout", "-q", "--detach"]);
    assert_eq!(ran(&["plan.md", "--resume"]), 0, "the commit is the same");
    let text = space.read("plan.md");
    space.file("plan.md", &format!("{text}\nA word.\n"));
    assert_eq!(ran(&["plan.md", "--resume"]), 5);
    space.file("new.md", &staged(&[("1", "", &["echo new >> ran"])]));
    assert_eq!(ran(&["plan.md", "new.md", "--resume"]), 1, "a plan that is new is run");
    let first = runs(&space)[0].file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(ran(&["plan.md", &format!("--resume={first}")]), 5, "that run was of another commit");
}

#[test]
fn what_did_not_pass_is_run_again_with_what_it_needs() {
    let space = Space::new();
    let step = |label: &str, rest: &str| format!("echo {label} >> ran{rest}");
    let (one, two, bad, late, apart) =
        (step("1.1", ""), step("2.1", ""), step("2.2", "; test -f good"), step("3.1", ""), step("4.1", ""));
    let plan = staged(&[
        ("1", "", &[&one]),
        ("2", "Stage 1", &[&two, &bad]),
        ("3", "Stage 2", &[&late]),
        ("4", "", &[&apart]),
    ]);
    space.file("plan.md", &plan);
    let ran = |args: &[&str], status: i32| {
        _ = fs::remove_file(space.at("ran"));
        let finished = space.run(args);
        assert_eq!(finished.status, Some(status), "{finished:?}");
        let mut ran: Vec<String> =
            fs::read_to_string(space.at("ran")).unwrap_or_default().lines().map(str::to_owned).collect();
        ran.sort();
        ran
    };
    assert_eq!(ran(&["plan.md"], 1), ["1.1", "2.1", "2.2", "4.1"]);
    space.file("good", "");
    // Stage 2 is needed by stage 3, which did not pass either.
    assert_eq!(ran(&["plan.md", "--rerun-failed"], 0), ["1.1", "2.1", "2.2", "3.1"]);
    assert_eq!(ran(&["plan.md", "--rerun-failed"], 0), [] as [&str; 0], "nothing is left that did not pass");
    // When the plan has changed, what passed before proves nothing of it, and is not run either.
    fs::remove_file(space.at("good")).expect("it is there");
    assert_eq!(ran(&["plan.md"], 1), ["1.1", "2.1", "2.2", "4.1"]);
    space.file("good", "");
    space.file("plan.md", &format!("{plan}\nA word.\n"));
    assert_eq!(ran(&["plan.md", "--rerun-failed", "--junit", "r.xml"], 0), ["1.1", "2.1", "2.2", "3.1"]);
    let found = cases(&space.read("r.xml"));
    let apart = found.iter().find(|case| case.starts_with("4.1")).expect("every check is told");
    assert!(apart.starts_with("4.1 skipped not-asked: not asked for: it passed in the run "), "{apart}");
    let both = space.run(&["plan.md", "--rerun-failed", "--resume"]);
    assert_eq!(both.status, Some(2), "{both:?}");
}

#[test]
fn several_runs_make_one_report() {
    let space = Space::new();
    space.file("a.md", &staged(&[("1", "", &["test -f good"]), ("2", "Stage 1", &["true"])]));
    space.file("b.md", &staged(&[("1", "", &["echo b"])]));
    assert_eq!(space.run(&["a.md"]).status, Some(1));
    let first = newest(&space);
    assert_eq!(space.run(&["b.md"]).status, Some(0));
    let other = newest(&space);
    let merged = space.run(&["merge", &other, &first, "--junit", "m.xml"]);
    assert_eq!(merged.status, Some(1), "{merged:?}");
    let found = cases(&space.read("m.xml"));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("1.1 failure exit-code") && found[1].starts_with("2.1 skipped dependency"),
        "{found:?}"
    );

    // The same check again is a retry, and the last time decides, in whatever order the runs are named.
    space.file("good", "");
    assert_eq!(space.run(&["a.md"]).status, Some(0));
    let again = newest(&space);
    let merged = space.run(&["merge", &again, &other, &first, "--junit", "m.xml"]);
    assert_eq!(merged.status, Some(0), "{merged:?}");
    assert!(merged.stdout.contains("HOLDS: Every stage holds (3 of 3 stages hold; 3 passed)"), "{merged:?}");

    // A run that was only asked for part of a plan leaves the rest to others; without one it is missing.
    fs::remove_file(space.at("good")).expect("it is there");
    assert_eq!(space.run(&["a.md"]).status, Some(1));
    space.file("good", "");
    let text = space.read("b.md");
    space.file("b.md", &format!("{text}\nA word.\n"));
    assert_eq!(space.run(&["a.md", "b.md", "--rerun-failed"]).status, Some(0));
    let part = newest(&space);
    let merged = space.run(&["merge", &part, "--junit", "m.xml"]);
    assert_eq!(merged.status, Some(0), "{merged:?}");

    for (runs, why) in [
        (vec!["merge"], "required"),
        (vec!["merge", "nowhere"], "`nowhere` is no run"),
        (vec!["merge", &first, &first], "is named twice"),
    ] {
        let refused = space.run(&runs);
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(why), "{refused:?}");
    }
}

#[test]
fn a_journal_without_its_outputs_still_makes_reports() {
    let space = space(&[("1", "", &["echo hello", "echo no; exit 1"])]);
    assert_eq!(space.run(&["plan.md"]).status, Some(1));
    let journal = events(&space);
    let alone = Space::new();
    alone.file("shard/events.ndjson", &journal);
    let merged = alone.run(&["merge", "shard/events.ndjson", "--junit", "m.xml", "--summary", "m.md"]);
    assert_eq!(merged.status, Some(1), "{merged:?}");
    assert!(merged.stderr.contains("plan-run: the output of 2 checks is not kept beside the journal"), "{merged:?}");
    assert_eq!(cases(&alone.read("m.xml")).len(), 2);
}

/// A roster with every kind of entry, and events with every outcome there is.
fn everything(folder: &std::path::Path) -> (Roster, Vec<Event>) {
    let outcomes = [
        Outcome::Passed,
        Outcome::Failed { status: 3, expected: None },
        Outcome::Failed { status: 0, expected: Some(Expected::of("no \"output\"\n")) },
        Outcome::Flaky { tries: 2 },
        Outcome::LeftBehind,
        Outcome::Signalled { signal: 9 },
        Outcome::TimedOut { limit: Duration::from_micros(1_234_567), of: LimitOf::Default },
        Outcome::NotStarted { why: "no such program: \u{1b}[31m\u{0}x".to_owned() },
        Outcome::OutputLimit { limit: 512 * 1024 * 1024 },
        Outcome::Lost { why: "gone".to_owned() },
        Outcome::Cancelled(Cause::Interrupt),
        Outcome::Cancelled(Cause::FirstFailure { check: "a.md#1.1".to_owned(), scope: Scope::Plan }),
        Outcome::TimedOut { limit: Duration::from_secs(5), of: LimitOf::Run },
        Outcome::Interrupted,
        Outcome::Quarantined(Box::new(Outcome::Failed { status: 2, expected: None })),
        Outcome::Quarantined(Box::new(Outcome::Skipped(Skip::ScriptStopped { by: "1.1".to_owned() }))),
        Outcome::Skipped(Skip::Manual),
        Outcome::Skipped(Skip::Red),
        Outcome::Skipped(Skip::HeldBack { why: "publishes".to_owned() }),
        Outcome::Skipped(Skip::Blocked { by: "1".to_owned() }),
        Outcome::Skipped(Skip::ScriptStopped { by: "1.1".to_owned() }),
        Outcome::Skipped(Skip::Configured { why: "later".to_owned() }),
        Outcome::Skipped(Skip::NotClaimed),
        Outcome::Skipped(Skip::NotAsked { why: "elsewhere".to_owned() }),
        Outcome::Skipped(Skip::GivenUp(Cause::RunTime { limit: Duration::from_millis(1500) })),
        Outcome::Skipped(Skip::GivenUp(Cause::Failures { count: 3 })),
    ];
    let ids = || (0..outcomes.len()).map(|index| CheckId(u32::try_from(index).expect("few")));
    let checks = ids().zip(&outcomes).map(|(id, outcome)| CheckEntry {
        label: format!("1.{}", id.0 + 1),
        stage: StageId(0),
        kind: [Kind::Command, Kind::Red, Kind::Manual][id.0 as usize % 3],
        line: 7 + id.0,
        command: (id.0 % 3 < 2).then(|| format!("run {} \u{2014} \"x\"", id.0)),
        text: "Run\u{2028}it".to_owned(),
        cwd: (id.0 % 2 == 0).then(|| "web".to_owned()),
        expect: None,
        in_script: id.0 % 4 == 0,
        launcher: (id.0 % 5 == 0).then(|| "far".to_owned()),
        leftovers: if id.0 % 2 == 1 { Leftovers::Fail } else { Leftovers::Warn },
        sandbox: (id.0 % 4 == 1).then(|| "require, write out".to_owned()),
        claimed: [None, Some(false), Some(true)][id.0 as usize % 3],
        left_out: if let Outcome::Skipped(skip) = outcome { Some(skip.clone()) } else { None },
        carried: (id.0 == 0).then(|| "before".to_owned()),
        cached: (id.0 == 2).then(|| "before".to_owned()),
        quarantine: (id.0 % 5 == 1).then(|| Quarantined {
            entry: "Stage 1".to_owned(),
            owner: "ada".to_owned(),
            reason: "the \"network\"".to_owned(),
            expires: "2026-12-31".to_owned(),
            expired: id.0 == 1,
            place: "plan-run.yaml:3".to_owned(),
        }),
        before: (id.0 % 2 == 1).then(|| Before {
            run: "before".to_owned(),
            held: id.0 % 3 == 1,
            flaky: id.0 % 3 == 2,
            held_here: id.0 % 5 == 1,
            failed_here: id.0 % 5 == 2,
            mean: Duration::from_millis(1500),
            sigma: Duration::from_micros(7),
            runs: 3,
        }),
    });
    let stage = |label: &str, needs: Vec<StageId>, checks: Vec<CheckId>| StageEntry {
        label: label.to_owned(),
        title: "A <stage>".to_owned(),
        line: 3,
        needs,
        claimed: true,
        checks,
    };
    let roster = Roster {
        untouched: false,
        run: Some("20261127T063255.123Z-0a1b2c3d".to_owned()),
        commit: Some("0123456789012345678901234567890123456789".to_owned()),
        strict_claims: true,
        nightly: true,
        since: Some("before".to_owned()),
        strict: true,
        shard: Some(plan_run::select::Shard { index: 2, count: 3 }),
        plans: vec![PlanEntry {
            path: "docs/plan.md".to_owned(),
            title: "A plan".to_owned(),
            scope: plan_run::config::RunScope::Claimed,
            digest: "d".to_owned(),
            checks: checks.collect(),
            stages: vec![stage("1", Vec::new(), ids().collect()), stage("2", vec![StageId(0)], Vec::new())],
            order: vec![StageId(0), StageId(1)],
        }],
        broken: vec![Broken { path: "b.md".to_owned(), line: Some(2), problems: vec!["bad\nline".to_owned()] }],
    };
    let check = |id: CheckId| CheckRef { plan: 0, check: id };
    let mut whats = vec![
        Happening::RunStarted {
            wall: SystemTime::UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789),
            jobs: 4,
        },
        Happening::StageStarted(StageRef { plan: 0, stage: StageId(0) }),
    ];
    for (id, outcome) in ids().zip(&outcomes) {
        let ran = outcome.class() != Class::Skipped;
        let end = End {
            took: Duration::from_micros(u64::from(id.0) * 1_000_003),
            output: ran.then(|| Output { path: folder.join("output/1.out"), start: 3, end: 9 }),
            leftover: (0..id.0 % 3)
                .map(|left| Leftover { process: (left > 0).then_some(left), command: "sleep \"9\"".to_owned() })
                .collect(),
            warnings: (0..id.0 % 2).map(|_| "a \"warning\"".to_owned()).collect(),
            status: ran.then_some(3),
            usage: ran.then_some(Usage { cpu: Duration::from_micros(1_500), peak_memory: 4096 }),
            proof: if id.0 == 0 { Proof::CarriedOver { run: "before".to_owned() } } else { Proof::Own },
            outcome: outcome.clone(),
        };
        whats.push(Happening::CheckStarted(check(id)));
        if id.0 < 2 {
            let usual = (id.0 == 1).then_some(Duration::from_millis(1500));
            let slow = Slow { after: Duration::from_secs(60), usual };
            whats.push(Happening::CheckSlow { check: check(id), slow });
        }
        if id.0 == 1 {
            whats.push(Happening::AttemptEnded { check: check(id), end: end.clone() });
        }
        whats.push(Happening::CheckEnded { check: check(id), end });
    }
    whats.push(Happening::Interrupted { times: 1 });
    let cause = Cause::FirstFailure { check: "1.1".to_owned(), scope: Scope::Stage };
    whats.push(Happening::GaveUp { extent: Extent::Stage(StageRef { plan: 0, stage: StageId(1) }), cause });
    whats.push(Happening::GaveUp { extent: Extent::Plan(0), cause: Cause::Failures { count: 2 } });
    whats.push(Happening::GaveUp { extent: Extent::Run, cause: Cause::RunTime { limit: Duration::from_secs(1) } });
    whats.push(Happening::StageEnded(StageRef { plan: 0, stage: StageId(0) }));
    whats.push(Happening::StageEnded(StageRef { plan: 0, stage: StageId(1) }));
    whats.push(Happening::RunEnded);
    let events = whats.into_iter().enumerate().map(|(index, what)| Event {
        number: index as u64 + 1,
        at: Duration::from_micros(index as u64 * 10_001),
        what,
    });
    (roster, events.collect())
}

#[test]
fn every_event_is_read_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let (roster, events) = everything(folder.path());
    let mut writer = Writer::create(folder.path(), &roster, &RealHost).expect("it can be made");
    let length = || fs::metadata(folder.path().join(journal::EVENTS)).expect("it is there").len();
    let begun = length();
    let (last, before) = events.split_last().expect("there are events");
    before.iter().for_each(|event| writer.hear(event).expect("it can be noted"));
    assert_eq!(length(), begun, "what follows at once is written together");
    writer.settle().expect("it can be written");
    assert!(length() > begun);
    writer.hear(last).expect("it can be noted");
    writer.settle().expect("it can be written");
    drop(writer);
    let bytes = fs::read(folder.path().join(journal::EVENTS)).expect("it is there");
    let read = journal::read(folder.path(), &bytes).expect("it is a journal");
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!((read.roster, read.events), (roster, events));
    for (index, line) in String::from_utf8(bytes).expect("text").lines().enumerate() {
        assert!(line.starts_with(&format!("{{\"seq\":{},\"type\":\"", index + 1)), "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn a_journal_torn_at_any_byte_tells_the_truth_as_far_as_it_goes() {
    let space = space(&[("1", "", &["true", "exit 3"]), ("2", "Stage 1", &["true"]), ("3", "", &["true"])]);
    assert_eq!(space.run(&["plan.md", "-j", "1"]).status, Some(1));
    let whole = events(&space).into_bytes();
    let folder = space.path();
    let full = fold(&journal::read(folder, &whole).expect("a journal"));
    let outcome = |report: &plan_run::report::RunReport| -> Vec<Outcome> {
        report.checks().map(|check| check.outcome.clone()).collect()
    };
    let all = outcome(&full);
    assert!(!full.incomplete && full.internal.is_empty());
    let header = whole.iter().position(|&byte| byte == b'\n').expect("lines") + 1;
    let mut known = 0;
    for end in header..whole.len() {
        let torn = journal::read(folder, &whole[..end]).expect("its first line is whole");
        let report = fold(&torn);
        assert_eq!(report.internal, Vec::<String>::new(), "at {end}");
        assert_eq!(Verdict::of(&report, &[]), Verdict::Interrupted, "at {end}");
        let so_far = outcome(&report);
        for (now, then) in so_far.iter().zip(&all) {
            assert!(
                now == then || *now == Outcome::Interrupted,
                "at {end}: {now:?} is neither {then:?} nor interrupted"
            );
        }
        let told = so_far.iter().filter(|outcome| **outcome != Outcome::Interrupted).count();
        assert!(told >= known, "what was known at {end} stays known");
        known = told;
        // As a file system may leave it after a power cut.
        let zeros = [&whole[..end], &[0; 100]].concat();
        assert_eq!(outcome(&fold(&journal::read(folder, &zeros).expect("a journal"))), so_far);
    }
    for end in 0..header {
        assert!(journal::read(folder, &whole[..end]).is_err());
    }
}

#[test]
fn a_journal_that_was_changed_is_not_believed() {
    let space = space(&[("1", "", &["true"]), ("2", "Stage 1", &["true"])]);
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let whole = events(&space);
    let lines: Vec<&str> = whole.lines().collect();
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        change(&mut lines);
        space.file("changed.ndjson", &(lines.join("\n") + "\n"));
        space.run(&["report", "changed.ndjson"])
    };
    assert_eq!(changed(&|_| {}).status, Some(0));
    let ended = |line: &String| line.contains("\"check-ended\"");
    type Change<'a> = &'a dyn Fn(&mut Vec<String>);
    let cases: [(&str, Change<'_>); 7] = [
        ("line 3 of the journal cannot be read", &|lines| lines[2] = "{".to_owned()),
        ("line 4 of the journal has the number 5 and not 4", &|lines| drop(lines.remove(3))),
        ("comes too late", &|lines| {
            let plan = lines[1].replace("\"seq\":2", &format!("\"seq\":{}", lines.len() + 1));
            lines.push(plan);
        }),
        ("says something that makes no sense", &|lines| {
            lines.iter_mut().for_each(|line| *line = line.replace("\"word\":\"passed\"", "\"word\":\"splendid\""));
        }),
        ("ended twice", &|lines| {
            let at = lines.iter().position(ended).expect("a check ended");
            let again = lines[at].replace(&format!("\"seq\":{}", at + 1), &format!("\"seq\":{}", lines.len() + 1));
            lines.push(again);
        }),
        ("does not fit together", &|lines| lines[1] = lines[1].replace("\"order\":[0,1]", "\"order\":[0,9]")),
        ("says something that makes no sense", &|lines| {
            lines.iter_mut().for_each(|line| *line = line.replace("\"file\":\"output/", "\"file\":\"../output/"));
        }),
    ];
    for (why, change) in cases {
        let report = changed(change);
        assert!(matches!(report.status, Some(5 | 130)), "{why}: {report:?}");
        assert!(report.stdout.contains(why), "{why}: {report:?}");
    }
}

#[test]
fn runs_are_told_apart_and_sorted_by_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = Runs::in_folder(folder.path().to_path_buf());
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut made: Vec<String> =
        [5, 1, 3, 3].map(|second| runs.create(at(second), &RealHost).expect("it can be made").0).into();
    assert!(runs.names(&RealHost).is_empty(), "a run without a journal is none");
    for name in &made {
        fs::write(folder.path().join(name).join(journal::EVENTS), "").expect("it can be written");
    }
    let newest = made[0].clone();
    made.sort();
    assert_eq!(runs.names(&RealHost), made);
    assert!(newest.starts_with("19700101T000005.000Z-"), "{newest}");
    assert_eq!(made.last(), Some(&newest));
}
