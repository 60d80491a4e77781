//! Ctrl-Z and its end, and commands that want a terminal.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, waitpid};

use crate::support::real::{FOR_EVER, Witness};
use crate::support::space::Space;
use crate::support::whole::{Gate, fifo, signal, staged};

/// The state of a process as `/proc` has it: `S`, `T`, `Z` or others.
fn state(process: i32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process is there");
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).expect("it has a state")
}

fn until_state(process: i32, wanted: impl Fn(char) -> bool) {
    let began = Instant::now();
    while !wanted(state(process)) {
        assert!(began.elapsed() < FOR_EVER, "process {process} is {}", state(process));
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until the binary has stopped itself.
fn until_stopped(child: &Child) {
    let status = waitpid(Some(Pid::from_child(child)), WaitOptions::UNTRACED).expect("it can be waited for");
    assert!(status.expect("it tells").1.stopped(), "it stops and does not end");
}

#[test]
fn a_stop_stops_all_commands_and_their_clocks() {
    let space = Space::new();
    let (gate, witness) = (Gate::new(&space, "gate"), Witness::new(&space));
    fifo(&space, "go");
    // One process in the group, one that fled from it; the first goes on when it is told to.
    let check = format!(
        "{}; setsid sh -c 'echo $$ >fled; exec sleep 1000' & while ! [ -s fled ]; do sleep 0.01; done; \
         echo $$ >gate; read line <go; test \"$line\" = on",
        witness.watches()
    );
    space.file("plan.md", &staged(&[("1", "", &[&check])]));
    let mut command = space.command(&["plan.md", "--timeout", "5s", "--json", "r.json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let began = Instant::now();
    let leader: i32 = gate.wait().trim().parse().expect("a number");
    let fled: i32 = space.read("fled").trim().parse().expect("a number");
    signal(&child, Signal::TSTP);
    until_stopped(&child);
    let stopped = Instant::now();
    until_state(leader, |state| state == 'T');
    until_state(fled, |state| state == 'T');
    // The limit passes while nothing runs.
    std::thread::sleep(Duration::from_millis(5500));
    let stood = stopped.elapsed();
    signal(&child, Signal::CONT);
    until_state(leader, |state| state != 'T');
    until_state(fled, |state| state != 'T');
    std::fs::write(space.at("go"), "on\n").expect("the check reads");
    let status = child.wait().expect("it ends").code();
    let ran = began.elapsed();
    assert_eq!(status, Some(0), "it took {:?} without the stop", ran - stood);
    witness.assert_all_gone();
    let report: serde_json::Value = serde_json::from_str(&space.read("r.json")).expect("it is JSON");
    let took = report["plans"][0]["stages"][0]["checks"][0]["took"].as_f64().expect("a number");
    let whole = report["took"].as_f64().expect("a number");
    let most = (ran - stood).as_secs_f64() + 0.5;
    assert!(took < most && whole < most, "took {took} and {whole} of {ran:?} with a stop of {stood:?}");
}

#[test]
fn a_stop_may_come_again_and_the_end_as_well() {
    let space = Space::new();
    let (gate, witness) = (Gate::new(&space, "gate"), Witness::new(&space));
    let check = format!("{}; echo $$ >gate; while :; do sleep 1000; done", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&check])]));
    let mut command = space.command(&["plan.md"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let leader: i32 = gate.wait().trim().parse().expect("a number");
    for _ in 0..3 {
        signal(&child, Signal::TSTP);
        until_stopped(&child);
        until_state(leader, |state| state == 'T');
        signal(&child, Signal::CONT);
        until_state(leader, |state| state != 'T');
    }
    signal(&child, Signal::TSTP);
    until_stopped(&child);
    signal(&child, Signal::INT);
    signal(&child, Signal::CONT);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    witness.assert_all_gone();
}

#[test]
fn a_command_that_wants_a_terminal_does_not_hang() {
    // It gives the binary a terminal of its own.
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let space = Space::new();
    let witness = Witness::new(&space);
    let asks = format!("{}; read -r answer </dev/tty", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&asks, "cat", "test 1 = 1"])]));
    let line = format!("'{}' plan.md --junit ends.xml --progress plain", env!("CARGO_BIN_EXE_plan-run"));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(space.path()).stdin(Stdio::null());
    let output = command.output().expect("it starts");
    let cases = crate::support::whole::cases(&space.read("ends.xml"));
    let wants = "1.1 failure signal: wants a terminal, which a check does not have; it was ended";
    assert_eq!(cases, [wants, "1.2 passed", "1.3 passed"], "{}", String::from_utf8_lossy(&output.stdout));
    witness.assert_all_gone();
}

#[test]
fn without_a_terminal_there_is_none_to_want() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["! : </dev/tty"])]));
    let mut command = Command::new("setsid");
    let binary = space.command(&[]);
    command.arg(binary.get_program()).args(["plan.md"]).current_dir(space.path()).stdin(Stdio::null());
    assert_eq!(command.output().expect("it starts").status.code(), Some(0));
}
