//! Whole runs on virtual time: the sequence of events, to the number and the second.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plan_run::plan::{Limit, LimitOf, OutputRule, StatusRule};
use plan_run::run::exec::{Ended, Ending, Exec, Job, Stop};
use plan_run::run::{Interrupts, Policy, RunEnd, run};
use plan_run::select::Selection;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::plans::Sketch;
use crate::support::recorder::Recorder;
use crate::support::scripted::{ScriptedExec, Step};

fn sketch() -> Sketch {
    Sketch::new("plan.md", Path::new("/"))
}

/// What a run on virtual time left.
struct Played {
    text: String,
    end: RunEnd,
    recorder: Recorder,
    jobs: Vec<Job>,
    most: usize,
    _captures: tempfile::TempDir,
}

/// Plays a selection, with interrupts after some seconds each.
fn play(selection: &Selection, jobs: usize, steps: &[(&str, Step)], interrupts_at: &[u64]) -> Played {
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    let policy = Policy { grace: Duration::from_secs(5), ..Policy::new(jobs, captures.path()) };
    let mut exec = ScriptedExec::new(selection, steps);
    let record = exec.record.clone();
    let mut recorder = Recorder::default();
    let end = virtual_time().block_on(async {
        let mut interrupts = interrupts_after(interrupts_at);
        run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut recorder).await
    });
    let text = recorder.text(selection);
    let record = std::mem::take(&mut *record.lock().expect("nothing panicked"));
    Played { text, end, recorder, jobs: record.jobs, most: record.most, _captures: captures }
}

fn virtual_time() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().expect("a runtime can be made")
}

fn interrupts_after(seconds: &[u64]) -> Interrupts {
    let (sender, interrupts) = unbounded_channel();
    let seconds = seconds.to_vec();
    tokio::spawn(async move {
        let begin = tokio::time::Instant::now();
        for at in seconds {
            tokio::time::sleep_until(begin + Duration::from_secs(at)).await;
            // The run may be over.
            _ = sender.send(());
        }
    });
    interrupts
}

fn expect(selection: &Selection, jobs: usize, steps: &[(&str, Step)], interrupts_at: &[u64], expected: &str) {
    let played = play(selection, jobs, steps, interrupts_at);
    assert_eq!(played.text.trim(), trim(expected), "\n{}", played.text);
    let interrupted = !interrupts_at.is_empty();
    assert_eq!(played.end, RunEnd { interrupted, problems: Vec::new() });
    assert!(played.most <= jobs);
}

/// The lines of a snapshot without the indentation of the code around it.
fn trim(text: &str) -> String {
    text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_diamond_runs_its_sides_at_the_same_time() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .stage("2", &["1"])
        .run("b")
        .run("c")
        .stage("3", &["1"])
        .run("d")
        .stage("4", &["2", "3"])
        .run("e")
        .selection();
    expect(
        &selection,
        2,
        &[("1.1", Step::exits(0, 2).says("hello\n"))],
        &[],
        r#"
        1 0ns run with 2 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 2s check 1.1: passed in 2s "hello\n"
        5 2s stage 1 ends
        6 2s stage 2 starts
        7 2s check 2.1 starts
        8 2s stage 3 starts
        9 2s check 3.1 starts
        10 3s check 2.1: passed in 1s
        11 3s check 2.2 starts
        12 3s check 3.1: passed in 1s
        13 3s stage 3 ends
        14 4s check 2.2: passed in 1s
        15 4s stage 2 ends
        16 4s stage 4 starts
        17 4s check 4.1 starts
        18 5s check 4.1: passed in 1s
        19 5s stage 4 ends
        20 5s run ends
        "#,
    );
}

#[test]
fn a_failing_stage_blocks_what_needs_it_and_nothing_else() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .run("b")
        .stage("2", &["1"])
        .run("c")
        .manual()
        .stage("3", &[])
        .run("d")
        .selection();
    expect(
        &selection,
        1,
        &[("1.1", Step::exits(3, 1)), ("3.1", Step::ends(Ending::Signalled(9), 1).leaves_something())],
        &[],
        "
        1 0ns run with 1 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 1s check 1.1: failed(3) in 1s
        5 1s check 1.2 starts
        6 2s check 1.2: passed in 1s
        7 2s stage 1 ends
        8 2s check 2.1: blocked by 1
        9 2s check 2.2: manual
        10 2s stage 2 ends
        11 2s stage 3 starts
        12 2s check 3.1 starts
        13 3s check 3.1: signal(9) in 1s leftover
        14 3s stage 3 ends
        15 3s run ends
        ",
    );
}

#[test]
fn plans_are_run_in_the_order_given_and_share_the_slots() {
    let plan = |name: &str| Sketch::new(name, Path::new("/")).stage("1", &[]).run("a").stage("2", &[]).run("b");
    let selection = Selection { plans: vec![plan("a.md").selected(), plan("b.md").selected()] };
    expect(
        &selection,
        3,
        &[("a.md#1.1", Step::exits(0, 4)), ("b.md#1.1", Step::exits(0, 2))],
        &[],
        "
        1 0ns run with 3 jobs
        2 0ns stage a.md#1 starts
        3 0ns check a.md#1.1 starts
        4 0ns stage a.md#2 starts
        5 0ns check a.md#2.1 starts
        6 0ns stage b.md#1 starts
        7 0ns check b.md#1.1 starts
        8 1s check a.md#2.1: passed in 1s
        9 1s stage a.md#2 ends
        10 1s stage b.md#2 starts
        11 1s check b.md#2.1 starts
        12 2s check b.md#1.1: passed in 2s
        13 2s stage b.md#1 ends
        14 2s check b.md#2.1: passed in 1s
        15 2s stage b.md#2 ends
        16 4s check a.md#1.1: passed in 4s
        17 4s stage a.md#1 ends
        18 4s run ends
        ",
    );
}

#[test]
fn a_script_is_told_check_by_check() {
    let selection = sketch()
        .stage("1", &[])
        .run("cd x")
        .run("make")
        .run("make test")
        .run("make install")
        .script(4)
        .run("after")
        .selection();
    expect(
        &selection,
        1,
        &[
            ("1.1", Step::exits(0, 1)),
            ("1.2", Step::exits(0, 4).says("made\n")),
            ("1.3", Step::exits(2, 3).says("broken\n")),
        ],
        &[],
        r#"
        1 0ns run with 1 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 0ns check 1.2 starts
        5 0ns check 1.3 starts
        6 0ns check 1.4 starts
        7 8s check 1.1: passed in 1s
        8 8s check 1.2: passed in 4s "made\n"
        9 8s check 1.3: failed(2) in 3s "broken\n"
        10 8s check 1.4: script stopped by 1.3
        11 8s check 1.5 starts
        12 9s check 1.5: passed in 1s
        13 9s stage 1 ends
        14 9s run ends
        "#,
    );
}

#[test]
fn the_command_under_way_gets_the_ending_of_its_script() {
    let selection = sketch().stage("1", &[]).run("cd x").run("hang").run("more").script(3).selection();
    let played = play(&selection, 1, &[("1.2", Step::exits(0, 4000))], &[]);
    let tail: Vec<&str> = played.text.lines().skip(5).collect();
    assert_eq!(
        tail,
        [
            "6 601s check 1.1: passed in 1s",
            "7 601s check 1.2: timeout(600s) in 600s",
            "8 601s check 1.3: script stopped by 1.2",
            "9 601s stage 1 ends",
            "10 601s run ends",
        ]
    );
}

#[test]
fn each_command_of_a_script_has_the_whole_limit() {
    let selection = sketch().stage("1", &[]).run("a").run("b").run("c").script(3).selection();
    let slow = || Step::exits(0, 500);
    let played = play(&selection, 1, &[("1.1", slow()), ("1.2", slow()), ("1.3", slow())], &[]);
    assert_eq!(played.text.matches("passed in 500s").count(), 3, "{}", played.text);
}

#[test]
fn an_interrupt_asks_and_everything_unfinished_is_cancelled() {
    let selection = sketch()
        .stage("1", &[])
        .run("a")
        .run("b")
        .manual()
        .stage("2", &["1"])
        .run("c")
        .stage("3", &[])
        .run("d")
        .stage("4", &[])
        .run("e")
        .selection();
    expect(
        &selection,
        2,
        &[("1.1", Step::exits(0, 60)), ("3.1", Step::exits(0, 60).stubborn())],
        &[10],
        "
        1 0ns run with 2 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 0ns stage 3 starts
        5 0ns check 3.1 starts
        6 10s interrupt 1
        7 10s check 2.1: cancelled
        8 10s stage 2 ends
        9 10s check 4.1: cancelled
        10 10s stage 4 ends
        11 10s check 1.1: cancelled in 10s
        12 10s check 1.2: cancelled
        13 10s check 1.3: manual
        14 10s stage 1 ends
        15 15s check 3.1: cancelled in 15s
        16 15s stage 3 ends
        17 15s run ends
        ",
    );
}

#[test]
fn a_second_interrupt_kills() {
    let selection = sketch().stage("1", &[]).run("a").selection();
    expect(
        &selection,
        1,
        &[("1.1", Step::exits(0, 60).stubborn())],
        &[10, 12],
        "
        1 0ns run with 1 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 10s interrupt 1
        5 12s interrupt 2
        6 12s check 1.1: cancelled in 12s
        7 12s stage 1 ends
        8 12s run ends
        ",
    );
}

/// An executor whose jobs never end, whatever anyone does.
struct Deaf {
    senders: Vec<UnboundedSender<Ended>>,
}

impl Exec for Deaf {
    fn start(&mut self, _job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        self.senders.push(ended);
        Box::new(DeafStop)
    }
}

struct DeafStop;

impl Stop for DeafStop {
    fn ask(&self) {}
    fn kill(&self) {}
}

#[test]
fn a_third_interrupt_leaves_and_says_so() {
    let selection = sketch().stage("1", &[]).run("a").stage("2", &["1"]).run("b").selection();
    let policy = Policy { grace: Duration::from_secs(5), ..Policy::new(1, "/nowhere") };
    let mut recorder = Recorder::default();
    let mut exec = Deaf { senders: Vec::new() };
    let end = virtual_time().block_on(async {
        let mut interrupts = interrupts_after(&[1, 2, 3]);
        run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut recorder).await
    });
    let problems = vec!["left the processes of check 1.1 of plan.md (job 0) running".to_owned()];
    assert_eq!(end, RunEnd { interrupted: true, problems });
    let expected = "
        1 0ns run with 1 jobs
        2 0ns stage 1 starts
        3 0ns check 1.1 starts
        4 1s interrupt 1
        5 1s check 2.1: cancelled
        6 1s stage 2 ends
        7 2s interrupt 2
        8 3s interrupt 3
        9 3s check 1.1: cancelled
        10 3s stage 1 ends
        11 3s run ends
    ";
    assert_eq!(recorder.text(&selection).trim(), trim(expected));
}

/// An executor that tells each end twice.
struct Stutter(ScriptedExec);

impl Exec for Stutter {
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        let (sender, mut receiver) = unbounded_channel();
        tokio::spawn(async move {
            while let Some(end) = receiver.recv().await {
                _ = ended.send(Ended::clone(&end));
                _ = ended.send(end);
            }
        });
        self.0.start(job, sender)
    }
}

#[test]
fn an_end_that_is_told_twice_counts_once_and_is_a_problem() {
    let selection = sketch().stage("1", &[]).run("a").run("b").selection();
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    let policy = Policy { grace: Duration::from_secs(5), ..Policy::new(1, captures.path()) };
    let mut recorder = Recorder::default();
    let mut exec = Stutter(ScriptedExec::new(&selection, &[]));
    let end = virtual_time().block_on(async {
        run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts_after(&[]), &mut recorder).await
    });
    assert_eq!(end.problems, ["job 0 ended and was not under way"]);
    recorder.end(&selection, "1.1");
    recorder.end(&selection, "1.2");
}

#[test]
fn an_empty_selection_is_a_run_all_the_same() {
    let nothing = Selection::default();
    expect(&nothing, 3, &[], &[], "1 0ns run with 3 jobs\n2 0ns run ends");
    let no_stages = sketch().selection();
    expect(&no_stages, 3, &[], &[], "1 0ns run with 3 jobs\n2 0ns run ends");
}

#[test]
fn ticks_come_ten_times_a_second() {
    let selection = sketch().stage("1", &[]).run("a").selection();
    let played = play(&selection, 1, &[("1.1", Step::exits(0, 3))], &[]);
    assert!((29..=30).contains(&played.recorder.ticks), "{}", played.recorder.ticks);
}

#[test]
fn each_command_gets_its_place_its_names_and_its_limit() {
    let selection = sketch()
        .with_setup(|setup| {
            setup.root = "/repo".into();
            setup.timeout = Limit { time: Duration::from_secs(7), of: LimitOf::Plan };
            setup.env.insert("A".to_owned(), "plan".to_owned());
            setup.env.insert("B".to_owned(), "plan".to_owned());
        })
        .stage("1", &[])
        .run("one")
        .with(|check| check.cwd = Some("./sub/x/../y".to_owned()))
        .stage("2", &[])
        .with_stage(|stage| {
            stage.timeout = Some(Duration::from_secs(3));
            stage.env.insert("B".to_owned(), "stage".to_owned());
        })
        .run("two")
        .run("three")
        .script(2)
        .selection();
    let played = play(&selection, 1, &[], &[]);
    // The second stage has more to do and starts first.
    let [two, one] = &played.jobs[..] else { panic!("{:?}", played.jobs) };
    assert_eq!(one.cwd, Path::new("/repo/sub/y"));
    assert_eq!(one.timeout, Duration::from_secs(7));
    assert_eq!(&one.argv[one.argv.len() - 2..], ["-c", "one"]);
    let env = |job: &Job| job.env.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    assert_eq!(env(one), "PLAN_RUN=1 PLAN_RUN_STAGE=1 PLAN_RUN_CHECK=1.1 A=plan B=plan");
    assert_eq!(two.cwd, Path::new("/repo"));
    assert_eq!(two.timeout, Duration::from_secs(3));
    assert_eq!(env(two), "PLAN_RUN=1 PLAN_RUN_STAGE=2 PLAN_RUN_CHECK=2.1 A=plan B=plan B=stage");
}

#[test]
fn a_directory_outside_the_root_is_refused() {
    let at = |cwd: &str| {
        let cwd = cwd.to_owned();
        let selection = sketch().stage("1", &[]).run("a").with(|check| check.cwd = Some(cwd)).run("b").selection();
        let played = play(&selection, 1, &[], &[]);
        assert_eq!(played.jobs.len(), 1, "the other check runs");
        played.text.lines().nth(2).expect("three events").to_owned()
    };
    assert_eq!(at("a/../../b"), "3 0ns check 1.1: not started: directory `a/../../b` lies outside the root");
    assert_eq!(at("/etc"), "3 0ns check 1.1: not started: directory `/etc` is absolute; it must lie below the root");
}

#[test]
fn a_red_check_holds_only_when_it_fails_by_itself() {
    let outcome = |step: Step| {
        let selection = sketch().stage("1", &[]).red("cd / && make test").selection();
        let played = play(&selection, 1, &[("1.1", step)], &[]);
        let line = played.text.lines().nth(3).expect("four events").to_owned();
        line.split_once("1.1: ").expect("the check ended").1.to_owned()
    };
    assert_eq!(outcome(Step::exits(1, 1)), "passed in 1s");
    assert_eq!(outcome(Step::exits(101, 1)), "passed in 1s");
    assert_eq!(outcome(Step::exits(0, 1)), "failed(0), not a failure in 1s");
    assert_eq!(outcome(Step::ends(Ending::Signalled(11), 1)), "signal(11) in 1s");
    assert_eq!(outcome(Step::exits(1, 700)), "timeout(600s) in 600s");
    assert_eq!(
        outcome(Step::exits(127, 1)),
        "not started: exit status 127 says that a program was not found, which is no proof of a failure in 1s"
    );
    assert_eq!(
        outcome(Step::exits(126, 1)),
        "not started: exit status 126 says that a program could not be executed, which is no proof of a failure in 1s"
    );
}

#[test]
fn an_expected_status_is_what_counts() {
    let outcome = |rule: StatusRule, status: i32| {
        let selection = sketch().stage("1", &[]).run("cd / && x").expects("the words", rule, None).selection();
        let played = play(&selection, 1, &[("1.1", Step::exits(status, 1))], &[]);
        let line = played.text.lines().nth(3).expect("four events").to_owned();
        line.split_once("1.1: ").expect("the check ended").1.to_owned()
    };
    assert_eq!(outcome(StatusRule::Zero, 0), "passed in 1s");
    assert_eq!(outcome(StatusRule::Zero, 2), "failed(2) in 1s");
    assert_eq!(outcome(StatusRule::NonZero, 2), "passed in 1s");
    assert_eq!(outcome(StatusRule::NonZero, 127), "passed in 1s");
    assert_eq!(outcome(StatusRule::NonZero, 0), "failed(0), not a failure in 1s");
    assert_eq!(outcome(StatusRule::Exactly(3), 3), "passed in 1s");
    assert_eq!(outcome(StatusRule::Exactly(127), 127), "passed in 1s");
    assert_eq!(outcome(StatusRule::Exactly(3), 1), "failed(1), not 3 in 1s");
    assert_eq!(outcome(StatusRule::Any, 9), "passed in 1s");
}

#[test]
fn an_expected_output_is_looked_for_when_the_status_fits() {
    let outcome = |rule: OutputRule, status: i32, output: &str| {
        let selection =
            sketch().stage("1", &[]).run("cd / && x").expects("the words", StatusRule::Zero, Some(rule)).selection();
        let played = play(&selection, 1, &[("1.1", Step::exits(status, 1).says(output))], &[]);
        crate::support::recorder::outcome_words(&played.recorder.end(&selection, "1.1").outcome)
    };
    let contains = |text: &str| OutputRule::Contains(text.to_owned());
    assert_eq!(outcome(contains("3 passed"), 0, "ok: 3 passed\n"), "passed");
    assert_eq!(outcome(contains("3 passed"), 0, "ok: \x1b[32m3\x1b[0m passed\n"), "passed");
    assert_eq!(outcome(contains("3 passed"), 0, "2 passed\n"), "failed(0), not an output with \"3 passed\"");
    assert_eq!(outcome(contains("3 passed"), 0, ""), "failed(0), not an output with \"3 passed\"");
    assert_eq!(outcome(contains("3 passed"), 1, "3 passed\n"), "failed(1)");
    assert_eq!(outcome(contains(""), 0, ""), "passed");
    assert_eq!(outcome(OutputRule::Empty, 0, " \n\t\n"), "passed");
    assert_eq!(outcome(OutputRule::Empty, 0, "\x1b[0m\n"), "passed");
    assert_eq!(outcome(OutputRule::Empty, 0, " \nx"), "failed(0), not no output");
    assert_eq!(outcome(OutputRule::Empty, 5, "x"), "failed(5)");
    let across = format!("{}needle", "x".repeat(64 * 1024 - 3));
    assert_eq!(outcome(contains("needle"), 0, &across), "passed");
    assert_eq!(outcome(contains("needles"), 0, &across), "failed(0), not an output with \"needles\"");
}

#[test]
fn in_a_script_each_expectation_is_judged_by_its_own_part() {
    let selection = sketch()
        .stage("1", &[])
        .run("one")
        .expects("two", StatusRule::Zero, Some(OutputRule::Contains("two".to_owned())))
        .run("two")
        .expects("two", StatusRule::Zero, Some(OutputRule::Contains("two".to_owned())))
        .script(2)
        .selection();
    let played =
        play(&selection, 1, &[("1.1", Step::exits(0, 1).says("one\n")), ("1.2", Step::exits(0, 1).says("two\n"))], &[]);
    let tail: Vec<&str> = played.text.lines().skip(4).take(2).collect();
    assert_eq!(
        tail,
        [
            "5 2s check 1.1: failed(0), not an output with \"two\" in 1s \"one\\n\"",
            "6 2s check 1.2: passed in 1s \"two\\n\""
        ]
    );
}

#[test]
fn a_red_check_that_fails_lets_its_script_go_on() {
    let selection = sketch().stage("1", &[]).red("x").run("y").script(2).selection();
    let played = play(&selection, 1, &[("1.1", Step::exits(1, 1).goes_on())], &[]);
    let tail: Vec<&str> = played.text.lines().skip(4).take(2).collect();
    assert_eq!(tail, ["5 2s check 1.1: passed in 1s", "6 2s check 1.2: passed in 1s"]);
}

#[test]
fn the_same_run_gives_the_same_events() {
    let selection = || {
        let mut sketch = sketch();
        for stage in 0..20 {
            let need = format!("s{}", stage / 2);
            sketch =
                sketch.stage(&format!("s{stage}"), if stage > 1 { vec![need.as_str()] } else { vec![] }.as_slice());
            sketch = sketch.run("a").run("b");
        }
        sketch.selection()
    };
    let steps = [("s3.1", Step::exits(1, 2)), ("s4.2", Step::exits(0, 3))];
    let first = play(&selection(), 3, &steps, &[]);
    let second = play(&selection(), 3, &steps, &[]);
    assert_eq!(first.text, second.text);
    assert_eq!(first.most, 3, "the slots are used");
}
