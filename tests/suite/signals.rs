//! Interrupts of the real binary: what becomes of its children, and what is still told.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::real::{FOR_EVER, Witness};
use crate::support::space::Space;
use crate::support::whole::{Gate, cases, fifo, signal, staged};

/// A binary under way, and what it says.
struct Running {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    told: String,
}

impl Running {
    fn start(space: &Space, args: &[&str]) -> Self {
        let mut command = space.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let stderr = BufReader::new(child.stderr.take().expect("it was asked for"));
        Self { child, stderr, told: String::new() }
    }

    /// Reads until a line that starts so.
    fn until(&mut self, start: &str) {
        loop {
            let from = self.told.len();
            let read = self.stderr.read_line(&mut self.told).expect("it says text");
            assert!(read > 0, "it ended without {start:?}: {}", self.told);
            if self.told[from..].starts_with(start) {
                return;
            }
        }
    }

    fn finish(mut self) -> (Option<i32>, String, String) {
        self.stderr.read_to_string(&mut self.told).expect("it says text");
        let mut stdout = String::new();
        self.child.stdout.take().expect("it was asked for").read_to_string(&mut stdout).expect("it says text");
        (self.child.wait().expect("it ends").code(), stdout, self.told)
    }
}

/// A space with a check that says when it runs, then waits for ever; another stage waits for it.
fn waiting(traps: &str) -> (Space, Gate, Witness) {
    let space = Space::new();
    let gate = Gate::new(&space, "gate");
    let witness = Witness::new(&space);
    // In short steps: a shell that is asked to end just before it starts a program hears of it when that is over.
    let check = format!("{}; {traps} echo here > gate; while :; do sleep 0.1; done", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&check, "test 1 = 1"]), ("2", "Stage 1", &["touch two"])]));
    (space, gate, witness)
}

const REPORTS: [&str; 7] = ["plan.md", "--junit", "r.xml", "--summary", "s.md", "--grace", "20s"];

fn assert_cancelled(space: &Space, ran: (Option<i32>, String, String)) {
    let (status, stdout, stderr) = ran;
    assert_eq!(status, Some(130), "{stdout}{stderr}");
    assert!(stdout.contains("\n  cancelled  1 Part 1"), "{stdout}{stderr}");
    assert!(stdout.contains("\nINTERRUPTED: Interrupted before every check had ended ("), "{stdout}{stderr}");
    let cancelled = "error cancelled: the run was interrupted before it ended";
    let whole = "the run as a whole error cancelled: Interrupted before every check had ended";
    let expected = ["1.1", "1.2", "2.1"].map(|label| format!("{label} {cancelled}"));
    assert_eq!(cases(&space.read("r.xml")), [&expected[..], &[whole.to_owned()]].concat());
    assert!(space.read("s.md").starts_with("## \u{1f6d1} Interrupted before every check had ended\n"));
    assert!(!space.at("two").exists());
}

#[test]
fn every_signal_that_asks_for_the_end_is_heeded() {
    for which in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (space, gate, witness) = waiting("");
        let mut run = Running::start(&space, &REPORTS);
        gate.wait();
        signal(&run.child, which);
        run.until("interrupt  asking the running commands to end; once more to kill them");
        assert_cancelled(&space, run.finish());
        witness.assert_all_gone();
    }
}

#[test]
fn a_command_may_tidy_up_when_it_is_asked_to_end() {
    let (space, gate, witness) = waiting("trap 'touch tidied; exit 0' TERM;");
    // A shell runs a trap when the command that it waits for has ended; the whole group is asked.
    let run = Running::start(&space, &REPORTS);
    gate.wait();
    signal(&run.child, Signal::INT);
    assert_cancelled(&space, run.finish());
    witness.assert_all_gone();
    assert!(space.at("tidied").exists());
}

#[test]
fn the_second_time_kills_what_does_not_hear() {
    let (space, gate, witness) = waiting("trap '' TERM INT HUP;");
    let grace = [&REPORTS[..6], &["1h"]].concat();
    let mut run = Running::start(&space, &grace);
    gate.wait();
    signal(&run.child, Signal::INT);
    run.until("interrupt  asking");
    signal(&run.child, Signal::TERM);
    run.until("interrupt  killing the running commands");
    assert_cancelled(&space, run.finish());
    witness.assert_all_gone();
}

#[test]
fn what_does_not_hear_is_killed_after_the_grace() {
    let (space, gate, witness) = waiting("trap '' TERM;");
    let grace = [&REPORTS[..6], &["100ms"]].concat();
    let run = Running::start(&space, &grace);
    gate.wait();
    signal(&run.child, Signal::INT);
    assert_cancelled(&space, run.finish());
    witness.assert_all_gone();
}

#[test]
fn someone_impatient_gets_the_same_answer() {
    let (space, gate, witness) = waiting("trap '' TERM;");
    let mut run = Running::start(&space, &[&REPORTS[..6], &["1h"]].concat());
    gate.wait();
    let began = Instant::now();
    while run.child.try_wait().expect("it can be asked").is_none() {
        assert!(began.elapsed() < FOR_EVER, "it does not end");
        // It may have ended since.
        _ = rustix::process::kill_process(rustix::process::Pid::from_child(&run.child), Signal::INT);
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(run.finish().0, Some(130));
    witness.assert_all_gone();
}

#[test]
fn a_report_that_nobody_reads_does_not_outlast_an_interrupt() {
    let space = Space::new();
    fifo(&space, "pipe");
    space.file("plan.md", &staged(&[("1", "", &["test 1 = 1"])]));
    let captures = space.at("tmp");
    std::fs::create_dir(&captures).expect("a folder can be made");
    let mut command = space.command(&["plan.md", "--junit", "pipe"]);
    let mut child = command.env("TMPDIR", &captures).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut told = BufReader::new(child.stderr.take().expect("it was asked for"));
    let mut line = String::new();
    while !line.starts_with("passed ") {
        line.clear();
        assert!(told.read_line(&mut line).expect("text") > 0, "it ended without its one check");
    }
    let began = Instant::now();
    while child.try_wait().expect("it can be asked").is_none() {
        assert!(began.elapsed() < FOR_EVER, "it does not end");
        _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::INT);
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(child.wait().expect("it ended").code(), Some(130));
    let mut rest = String::new();
    told.read_to_string(&mut rest).expect("text");
    assert!(rest.contains("plan-run: interrupted before the reports were written\n"), "{rest}");
    assert_eq!(std::fs::read_dir(&captures).expect("a folder").count(), 0, "captured output is left behind");
}
