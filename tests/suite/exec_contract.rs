//! What every executor must do, and what real processes do to a run.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plan_run::outcome::{Cause, Outcome};
use plan_run::plan::{OutputRule, StatusRule};
use plan_run::run::exec::{Desk, Ended, Ending, Exec, Job, JobId, Slot, Stop};
use plan_run::run::{DuctExec, Policy, RunEnd, run};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::plans::Sketch;
use crate::support::real::{FOR_EVER, Witness, has_bash, plan, really, really_with, until};
use crate::support::recorder::{Recorder, outcome_words};
use crate::support::scripted::{ScriptedExec, Step};
use crate::support::space::Space;

// ---------------------------------------------------------------------------------------------------------------
// The contract

/// One thing that a job does, for real and in play.
struct Deed {
    shell: &'static str,
    step: Step,
}

/// An executor with the means to make it do a deed.
struct Rig {
    exec: Box<dyn Exec>,
    real: bool,
    space: Space,
}

/// What is done to a running job.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Nothing,
    Ask,
    Kill,
    AskThenKill,
}

fn both(deed: impl Fn() -> Deed, timeout: u64, act: Act, expect: impl Fn(&Ended, &str)) {
    for real in [true, false] {
        let (ended, output) = do_deed(real, &deed(), timeout, act);
        expect(&ended, &output);
    }
}

fn do_deed(real: bool, deed: &Deed, timeout: u64, act: Act) -> (Ended, String) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(!real).build().expect("a runtime can be made");
    runtime.block_on(async {
        let space = Space::new();
        let selection = Sketch::new("plan.md", space.path()).stage("1", &[]).run("x").selection();
        let exec: Box<dyn Exec> = if real {
            Box::new(DuctExec::new())
        } else {
            Box::new(ScriptedExec::new(&selection, &[("1.1", deed.step.clone())]))
        };
        let mut rig = Rig { exec, real, space };
        let job = rig.job(deed.shell, timeout);
        let (sender, mut ends) = unbounded_channel();
        let stop = rig.exec.start(job.clone(), sender);
        if act != Act::Nothing {
            rig.until_ready(&job.output).await;
        }
        if matches!(act, Act::Ask | Act::AskThenKill) {
            stop.ask();
        }
        if matches!(act, Act::Kill | Act::AskThenKill) {
            stop.kill();
        }
        let ended = tokio::time::timeout(FOR_EVER * 1000, ends.recv()).await;
        let ended = ended.expect("the job ends").expect("the end is told");
        // Both do nothing once the job has ended.
        stop.ask();
        stop.kill();
        let again = tokio::time::timeout(Duration::from_millis(20), ends.recv()).await;
        assert!(!matches!(again, Ok(Some(_))), "an end is told once");
        assert_eq!(ended.id, job.id);
        let output = std::fs::read(&job.output).unwrap_or_default();
        (ended, String::from_utf8_lossy(&output).into_owned())
    })
}

impl Rig {
    fn job(&self, shell: &str, timeout: u64) -> Job {
        Job {
            id: JobId(7),
            checks: vec![plan_run::event::CheckRef { plan: 0, check: plan_run::plan::CheckId(0) }],
            argv: ["/bin/sh", "-c", shell].map(str::to_owned).to_vec(),
            direct: None,
            cwd: self.space.path().to_owned(),
            env: Vec::new(),
            timeout: Duration::from_secs(timeout),
            pulse: None,
            grace: Duration::from_millis(300),
            output: self.space.at("output"),
            split_output: false,
            max_capture: 1 << 20,
            mask: None,
            sandbox: None,
            remote: None,
        }
    }

    /// Waits until the job has written `ready`; in play it has started once others had their turn.
    async fn until_ready(&self, output: &Path) {
        if self.real {
            until(|| std::fs::read_to_string(output).is_ok_and(|text| text.contains("ready"))).await;
        } else {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[test]
fn an_end_by_itself_gives_the_status_and_the_output() {
    let deed = || Deed { shell: "echo hello; exit 3", step: Step::exits(3, 1).says("hello\n") };
    both(deed, 60, Act::Nothing, |ended, output| {
        assert_eq!((&ended.ending, output, ended.leftover.len()), (&Ending::Exited(3), "hello\n", 0));
    });
}

#[test]
fn a_signal_is_not_a_status() {
    let deed = || Deed { shell: "kill -9 $$", step: Step::ends(Ending::Signalled(9), 1) };
    both(deed, 60, Act::Nothing, |ended, _| assert_eq!(ended.ending, Ending::Signalled(9)));
    let deed = || Deed { shell: "exit 137", step: Step::exits(137, 1) };
    both(deed, 60, Act::Nothing, |ended, _| assert_eq!(ended.ending, Ending::Exited(137)));
}

#[test]
fn a_job_that_takes_too_long_is_ended() {
    let deed = || Deed { shell: "echo ready; sleep 600", step: Step::exits(0, 600).says("ready\n") };
    both(deed, 1, Act::Nothing, |ended, output| {
        assert_eq!((&ended.ending, output), (&Ending::TimedOut, "ready\n"));
        assert!(ended.took >= Duration::from_secs(1), "{:?}", ended.took);
    });
}

#[test]
fn a_job_that_does_not_hear_is_killed_after_its_grace() {
    let shell = "trap '' TERM; echo ready; while :; do sleep 1; done";
    let deed = || Deed { shell, step: Step::exits(0, 600).stubborn() };
    both(deed, 1, Act::Nothing, |ended, _| {
        assert_eq!(ended.ending, Ending::TimedOut);
        assert!(ended.took >= Duration::from_millis(1300), "{:?}", ended.took);
    });
    both(deed, 500, Act::Ask, |ended, _| {
        assert_eq!(ended.ending, Ending::Stopped);
        assert!(ended.took >= Duration::from_millis(300), "{:?}", ended.took);
    });
}

#[test]
fn a_job_can_be_asked_to_end_and_killed() {
    let shell = "echo ready; sleep 600";
    for act in [Act::Ask, Act::Kill, Act::AskThenKill] {
        let deed = || Deed { shell, step: Step::exits(0, 600).says("ready\n") };
        both(deed, 500, act, |ended, output| {
            assert_eq!((&ended.ending, output, ended.leftover.len()), (&Ending::Stopped, "ready\n", 0));
        });
    }
}

/// A desk that gives one job after the other to whoever ends one.
struct Row {
    jobs: Mutex<Vec<Job>>,
    /// Who took a job here, with the way to end it, and who rests.
    taken: UnboundedSender<Option<Box<dyn Stop>>>,
    ended: UnboundedSender<Ended>,
}

impl Desk for Row {
    fn ended(&self, ended: &Ended, slot: &mut dyn Slot) -> Option<Job> {
        let next = self.jobs.lock().expect("nobody panics with it").pop();
        self.ended.send(ended.clone()).expect("the test listens");
        let stop = next.is_some().then(|| slot.stop());
        if next.is_none() {
            slot.rest();
        }
        self.taken.send(stop).expect("the test listens");
        next
    }
}

#[test]
fn a_slot_takes_the_next_job_along_and_rests_when_there_is_none() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime can be made").block_on(async {
        let mut rig = Rig { exec: Box::new(DuctExec::new()), real: true, space: Space::new() };
        // The slots of one executor are numbered, and the number is the name of the folder that a job is given.
        let place = "echo ${TMPDIR##*/}";
        let job = |rig: &Rig, number: u32, shell: &str| Job {
            id: JobId(number),
            output: rig.space.at(&format!("{number}.out")),
            ..rig.job(shell, 500)
        };
        let waits = job(&rig, 2, &format!("{place}; echo ready; sleep 600"));
        let jobs = Mutex::new(vec![waits.clone(), job(&rig, 1, place)]);
        let (taken, mut takes) = unbounded_channel();
        let (ended, mut ends) = unbounded_channel();
        rig.exec.meet(Arc::new(Row { jobs, taken, ended }));
        let (nobody, mut told) = unbounded_channel();
        let first = job(&rig, 0, place);
        rig.exec.start(first, nobody.clone());
        let second = takes.recv().await.expect("an end is told").expect("it takes the second");
        let third = takes.recv().await.expect("an end is told").expect("it takes the third");
        rig.until_ready(&waits.output).await;
        // Whoever could end an earlier job cannot end the one that came after it.
        second.kill();
        third.ask();
        assert!(takes.recv().await.expect("an end is told").is_none(), "there is no fourth");
        rig.exec.start(job(&rig, 3, place), nobody);
        assert!(takes.recv().await.expect("an end is told").is_none(), "there is no fifth");
        let expected = [(0, Ending::Exited(0)), (1, Ending::Exited(0)), (2, Ending::Stopped), (3, Ending::Exited(0))];
        for (number, ending) in expected {
            let ended = ends.recv().await.expect("each end is told");
            assert_eq!((ended.id, ended.ending), (JobId(number), ending));
            let output = std::fs::read_to_string(rig.space.at(&format!("{number}.out"))).expect("it wrote");
            assert_eq!(output.lines().next(), Some("0"), "all of them ran in the same slot");
        }
        assert!(told.try_recv().is_err(), "no end is told twice");
    });
}

#[test]
fn a_job_that_cannot_start_says_why() {
    let start = |change: fn(&mut Job)| {
        let space = Space::new();
        let mut rig = Rig { exec: Box::new(DuctExec::new()), real: true, space };
        let mut job = rig.job("true", 60);
        change(&mut job);
        let (sender, mut ends) = unbounded_channel();
        rig.exec.start(job, sender);
        let ended = ends.blocking_recv().expect("the end is told");
        let Ending::NotStarted(why) = ended.ending else { panic!("{ended:?}") };
        why.replace(rig.space.path().to_str().expect("the path is text"), "SPACE")
    };
    assert_eq!(start(|job| job.argv[0] = "/no/such/shell".to_owned()), "program `/no/such/shell` not found");
    assert_eq!(start(|job| job.argv[0] = "no-such-program".to_owned()), "program `no-such-program` not found");
    assert_eq!(start(|job| job.cwd.push("missing")), "directory `SPACE/missing` does not exist");
    assert_eq!(
        start(|job| {
            job.cwd.push("file");
            std::fs::write(&job.cwd, "").expect("a file can be written");
        }),
        "`SPACE/file` is not a directory"
    );
    assert_eq!(start(|job| job.argv.push("x".repeat(8 << 20))), "the command is too long for the system");
    assert_eq!(start(|job| job.argv.clear()), "there is no program to run");
}

#[test]
fn output_that_cannot_be_kept_proves_nothing() {
    let mut rig = Rig { exec: Box::new(DuctExec::new()), real: true, space: Space::new() };
    let mut end = |shell: &str| {
        let mut job = rig.job(shell, 60);
        job.output = job.cwd.join("missing/output");
        let (sender, mut ends) = unbounded_channel();
        rig.exec.start(job, sender);
        ends.blocking_recv().expect("the end is told")
    };
    let Ended { ending: Ending::Lost(why), written: 0, .. } = end("echo evidence") else { panic!("it is lost") };
    assert!(why.starts_with("its output cannot be kept: "), "{why}");
    // Of a command that says nothing there is nothing to keep.
    assert_eq!(end("true").ending, Ending::Exited(0));
}

#[test]
fn the_end_of_a_job_is_that_of_its_process_whoever_holds_its_output() {
    let mut rig = Rig { exec: Box::new(DuctExec::new()), real: true, space: Space::new() };
    let mut end = |shell: &str, timeout: u64| {
        let job = Job { max_capture: 1 << 30, ..rig.job(shell, timeout) };
        let (sender, mut ends) = unbounded_channel();
        rig.exec.start(job, sender);
        ends.blocking_recv().expect("the end is told")
    };
    let silent = end("exec >&- 2>&-; sleep 0.2; exit 5", 60);
    assert_eq!(silent.ending, Ending::Exited(5), "it runs on when its output is closed");
    assert!(silent.took >= Duration::from_millis(200), "{:?}", silent.took);
    assert_eq!(end("exec >&- 2>&-; sleep 600", 1).ending, Ending::TimedOut);
    // What it leaves behind never falls silent.
    let left = end("(while :; do echo more; done) & exit 4", 60);
    assert_eq!((left.ending, left.leftover.is_empty()), (Ending::Exited(4), false));
    assert!(left.took < Duration::from_secs(20), "{:?}", left.took);
}

// ---------------------------------------------------------------------------------------------------------------
// Runs with real processes

#[test]
fn statuses_and_signals_are_told_apart() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .run("true")
            .run("exit 7")
            .run("exit 137")
            .run("kill -9 $$")
            .run("kill -TERM $$")
            .run("false | true")
            .run("false; true"),
    );
    let outcomes = ["passed", "failed(7)", "failed(137)", "signal(9)", "signal(15)"];
    assert_eq!(ran.outcomes()[..5], outcomes);
    assert_eq!(ran.outcome("1.7"), "failed(1)", "a failure before the last command of a line counts");
    if has_bash() {
        assert_eq!(ran.outcome("1.6"), "failed(1)", "and so does one within a pipeline");
    }
}

#[test]
fn a_program_that_is_not_there_is_not_a_failed_check() {
    let space = Space::new();
    space.file("plain.txt", "");
    space.file("sub/plain.txt", "");
    let ran = really(
        plan(&space)
            .run("no-such-program --flag 'a;b' >out 2>&1")
            .run("A=1 B='x' no-such-program")
            .run("./plain.txt")
            .run("./missing.sh && true")
            .run("./missing.sh")
            .run("exit 127")
            .run("$NOTHING no-such-program")
            .run("./plain.txt")
            .with(|check| check.cwd = Some("sub".to_owned()))
            .run("true")
            .with(|check| check.cwd = Some("missing".to_owned())),
    );
    let missing = format!("not started: directory `{}` does not exist", space.at("missing").display());
    assert_eq!(
        ran.outcomes(),
        [
            "not started: program `no-such-program` not found",
            "not started: program `no-such-program` not found",
            "not started: program `./plain.txt` is not executable",
            "failed(127)",
            "not started: program `./missing.sh` not found",
            "failed(127)",
            "failed(127)",
            "not started: program `./plain.txt` is not executable",
            &missing,
        ]
    );
}

#[test]
fn a_shell_of_the_users_own() {
    let space = Space::new();
    let with = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        really(
            plan(&space)
                .with_setup(|setup| setup.shell = Some(words))
                .run("echo $0-$-")
                .run("a=1")
                .run("false")
                .run("echo $a")
                .script(3),
        )
    };
    let ran = with(&["sh", "-u"]);
    assert!(ran.output("1.1").contains('u'), "{}", ran.output("1.1"));
    assert_eq!(ran.outcomes(), ["passed", "passed", "failed(1)", "script stopped by 1.3"]);
    let missing = with(&["no-such-shell"]);
    assert_eq!(missing.outcome("1.1"), "not started: shell `no-such-shell` not found");
    assert_eq!(missing.outcome("1.4"), "not started: shell `no-such-shell` not found");
    // A shell that knows nothing of the script's language proves nothing.
    let mute = with(&["true"]);
    assert_eq!(mute.outcome("1.2"), "lost: the shell ended without a word about the commands of the script");
    assert_eq!(mute.outcome("1.3"), "script stopped by 1.2");
}

#[test]
fn output_keeps_its_order_and_its_bytes() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .run("echo 1; echo 2 >&2; echo 3; echo 4 >&2")
            .run("echo 1; echo 2 >/dev/stderr; echo 3 | tee /dev/stderr >/dev/null; echo 4")
            .run(r"printf 'a\000b\033[1m]]>\377\n'")
            .run("cat; echo end of input"),
    );
    assert_eq!(ran.output("1.1"), "1\n2\n3\n4\n");
    assert_eq!(ran.output("1.2"), "1\n2\n3\n4\n", "a command that opens its own output does not empty it");
    assert_eq!(ran.end("1.3").output.as_deref(), Some(&b"a\0b\x1b[1m]]>\xff\n"[..]));
    assert_eq!(ran.output("1.4"), "end of input\n");
}

#[test]
fn huge_output_is_kept_whole() {
    let space = Space::new();
    let lines = "i=0; while [ $i -lt 2000 ]; do echo \"$line\"; i=$((i+1)); done";
    let long = format!("line=$(printf '%01000d' 0); {lines}");
    let ran =
        really(plan(&space).run(&long).expects("x", StatusRule::Zero, Some(OutputRule::Contains("1".to_owned()))));
    assert_eq!(ran.end("1.1").output.map(|output| output.len()), Some(2000 * 1001));
    assert_eq!(ran.outcome("1.1"), "failed(0), not an output with \"1\"");
}

#[test]
fn the_environment_is_inherited_but_for_what_belongs_to_the_run() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .with_setup(|setup| _ = setup.env.insert("GITHUB_OUTPUT".to_owned(), "mine".to_owned()))
            .run("echo $PLAN_RUN $PLAN_RUN_STAGE $PLAN_RUN_CHECK ${PATH:+path} $GITHUB_OUTPUT; pwd"),
    );
    let output = ran.output("1.1");
    let real = space.path().canonicalize().expect("the folder is there");
    assert_eq!(output, format!("1 1 1.1 path mine\n{}\n", real.display()));
}

/// The commands of what a check left behind.
fn left(end: &crate::support::recorder::End) -> String {
    end.leftover.iter().map(|left| left.command.as_str()).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_process_left_behind_is_told_and_ended() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let ran = really(plan(&space).run(&format!("{}; sleep 600 & echo started", witness.watches())).run("true"));
    let end = ran.end("1.1");
    assert_eq!((outcome_words(&end.outcome), left(&end)), ("passed".to_owned(), "sleep 600".to_owned()));
    assert_eq!(ran.output("1.1"), "started\n");
    assert!(ran.end("1.2").leftover.is_empty());
    witness.assert_all_gone();
}

#[test]
fn a_process_left_behind_that_does_not_hear_is_killed() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let stubborn = "(trap '' TERM; : >ready; while :; do sleep 1; done) & while ! [ -e ready ]; do :; done";
    let ran = really(plan(&space).run(&format!("{}; {stubborn}", witness.watches())));
    let end = ran.end("1.1");
    assert_eq!((outcome_words(&end.outcome), end.leftover.is_empty()), ("passed".to_owned(), false));
    witness.assert_all_gone();
}

#[test]
fn a_process_that_ends_just_after_its_shell_was_not_left_behind() {
    if !has_bash() {
        return;
    }
    let space = Space::new();
    let ran = really(plan(&space).run("echo hello > >(cat; echo done)"));
    assert!(ran.end("1.1").leftover.is_empty());
    assert_eq!(ran.output("1.1"), "hello\ndone\n");
}

#[test]
fn a_process_that_outlives_its_timeout_goes_with_all_its_kin() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let stubborn = "trap '' TERM; (while :; do sleep 1; done) & while :; do sleep 1; done";
    let ran = really(
        plan(&space)
            .with_stage(|stage| stage.timeout = Some(Duration::from_millis(300)))
            .run(&format!("{}; {stubborn}", witness.watches())),
    );
    assert_eq!(ran.outcome("1.1"), "timeout(300ms of stage)");
    witness.assert_all_gone();
}

#[test]
fn a_stopped_process_hears_that_it_should_end() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .with_stage(|stage| stage.timeout = Some(Duration::from_millis(300)))
            .run("trap 'echo heard; exit 1' TERM; kill -STOP $$; sleep 600"),
    );
    assert_eq!(ran.outcome("1.1"), "timeout(300ms of stage)");
    assert_eq!(ran.output("1.1"), "heard\n");
}

#[test]
fn an_interrupt_asks_and_the_run_ends_in_order() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let ready = space.at("ready");
    let command = format!("{}; trap 'echo bye; exit 0' TERM; : >ready; while :; do sleep 0.1; done", witness.watches());
    let sketch = plan(&space).run(&command).run("true").stage("2", &["1"]).run("true");
    let ran = really_with(sketch, 1, |interrupt| async move {
        until(|| ready.exists()).await;
        interrupt.send(()).expect("the run listens");
    });
    assert_eq!(ran.end, RunEnd { interrupted: true, problems: Vec::new() });
    assert_eq!(ran.outcomes(), ["cancelled", "cancelled", "cancelled"]);
    // The shell may say that its child was terminated.
    assert!(ran.output("1.1").ends_with("bye\n"), "{}", ran.output("1.1"));
    witness.assert_all_gone();
}

#[test]
fn a_second_interrupt_kills_what_does_not_hear() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let ready = space.at("ready");
    let command = format!("{}; trap ': >heard' TERM; : >ready; while :; do sleep 0.1; done", witness.watches());
    let heard = space.at("heard");
    let selection = plan(&space).run(&command).selection();
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    // A grace period that never ends: only the second interrupt can end the run.
    let policy = Policy { grace: FOR_EVER * 100, ..Policy::new(1, captures.path()) };
    let mut recorder = Recorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let end = runtime.block_on(async {
        let (interrupt, mut interrupts) = unbounded_channel();
        tokio::spawn(async move {
            until(|| ready.exists()).await;
            interrupt.send(()).expect("the run listens");
            until(|| heard.exists()).await;
            interrupt.send(()).expect("the run listens");
        });
        let mut exec = DuctExec::new();
        let run = run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut recorder);
        tokio::time::timeout(FOR_EVER, run).await.expect("the run ends")
    });
    assert_eq!(end, RunEnd { interrupted: true, problems: Vec::new() });
    assert_eq!(recorder.end(&selection, "1.1").outcome, Outcome::Cancelled(Cause::Interrupt));
    witness.assert_all_gone();
}

#[test]
fn stages_side_by_side_really_run_at_the_same_time() {
    let space = Space::new();
    // Each waits for the other, so the run ends only if both run at a time.
    let meet = |own: &str, other: &str| format!(": >{own}; while ! [ -e {other} ]; do sleep 0.01; done");
    let ran = really(
        Sketch::new("plan.md", space.path()).stage("1", &[]).run(&meet("a", "b")).stage("2", &[]).run(&meet("b", "a")),
    );
    assert_eq!(ran.outcomes(), ["passed", "passed"]);
}

#[test]
fn many_jobs_share_a_few_slots() {
    let space = Space::new();
    let mut sketch = Sketch::new("plan.md", space.path());
    for stage in 0..100 {
        sketch = sketch.stage(&format!("s{stage}"), &[]).run(if stage % 3 == 0 { "exit 1" } else { "echo hi" });
    }
    let ran = really(sketch);
    let passed = ran.outcomes().iter().filter(|outcome| *outcome == "passed").count();
    assert_eq!(passed, 66);
}

#[test]
fn a_signal_to_the_program_is_an_interrupt() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        let mut interrupts = plan_run::run::listen().expect("handlers can be installed");
        for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
            if is_ignored(number) {
                continue;
            }
            let command = format!("kill -{signal} {}", std::process::id());
            let sent = std::process::Command::new("/bin/sh").args(["-c", &command]).status().expect("sh runs");
            assert!(sent.success());
            let heard = tokio::time::timeout(FOR_EVER, interrupts.recv()).await;
            assert_eq!(heard.expect("it is heard"), Some(()), "{signal}");
        }
    });
}

/// Whether whoever started the tests said that a signal does nothing; then `listen` must leave it so.
fn is_ignored(signal: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap_or("0");
    u64::from_str_radix(mask, 16).is_ok_and(|mask| mask >> (signal - 1) & 1 == 1)
}
