//! Trees of processes: whatever a check started is found and ended, wherever it fled, and nobody else is.

use std::process::Stdio;

use rustix::process::Signal;

use crate::support::real::Witness;
use crate::support::space::{Finished, Space};
use crate::support::whole::{Gate, ends, own, signal, staged};

/// Ways to flee from a check: out of its group, from its parent, with another environment.
const ESCAPES: [(&str, &str); 4] = [
    ("a session of its own", "setsid sleep 1000 &"),
    ("a session of its own, and an orphan", "(setsid sleep 1000 &);"),
    ("an orphan in the group", "(sleep 1000 &);"),
    ("an empty environment", "(env -i setsid sleep 1000 &);"),
];

/// The processes that a JUnit report says a check left, without their numbers.
fn left(space: &Space) -> Vec<String> {
    let xml = space.read("ends.xml");
    let told = xml.split("<system-err>").skip(1).map(|rest| rest.split('<').next().unwrap_or_default());
    let names = told.flat_map(|told| told.split_once(": ").map_or("", |(_, names)| names).split(", "));
    names.map(|name| name.split(" (").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn whoever_flees_is_found_named_and_ended() {
    for (how, escape) in ESCAPES {
        let space = Space::new();
        let witness = Witness::new(&space);
        space.file("plan.md", &staged(&[("1", "", &[&format!("{}; {{ {escape} }}; echo over", witness.watches())])]));
        let (finished, ends) = ends(&space, &["plan.md"]);
        assert_eq!((finished.status, ends), (Some(0), own(&["1.1 passed"])), "{how}");
        witness.assert_all_gone();
        assert_eq!(left(&space), ["sleep 1000"], "{how}");
    }
}

#[test]
fn whoever_flees_and_does_not_hear_is_killed() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let deaf = "(setsid sh -c 'trap \"\" TERM; : >deaf; while :; do sleep 1; done' &)";
    let command = format!("{}; {deaf}; while ! [ -e deaf ]; do sleep 0.01; done", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&command])]));
    let (finished, ends) = ends(&space, &["plan.md", "--grace", "100ms"]);
    assert_eq!((finished.status, ends), (Some(0), own(&["1.1 passed"])));
    witness.assert_all_gone();
}

#[test]
fn a_check_that_runs_too_long_goes_with_all_that_fled() {
    for (how, escape) in ESCAPES {
        let space = Space::new();
        let witness = Witness::new(&space);
        let command = format!("{}; {{ {escape} }}; while :; do sleep 1; done", witness.watches());
        space.file("plan.md", &staged(&[("1", "", &[&command])]));
        let (finished, ends) = ends(&space, &["plan.md", "--timeout", "500ms", "--grace", "5s"]);
        assert_eq!(finished.status, Some(1), "{how}: {finished:?}");
        assert!(ends[0].starts_with("1.1 error timeout: "), "{how}: {ends:?}");
        witness.assert_all_gone();
    }
}

#[test]
fn an_interrupt_ends_all_that_fled() {
    for (how, escape) in ESCAPES {
        let space = Space::new();
        let (gate, witness) = (Gate::new(&space, "gate"), Witness::new(&space));
        let command = format!("{}; {{ {escape} }}; echo here >gate; while :; do sleep 1; done", witness.watches());
        space.file("plan.md", &staged(&[("1", "", &[&command])]));
        let mut command = space.command(&["plan.md", "--grace", "5s"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        gate.wait();
        signal(&child, Signal::INT);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130), "{how}");
        witness.assert_all_gone();
    }
}

#[test]
fn orphans_that_end_by_themselves_are_waited_for_while_the_check_runs() {
    let space = Space::new();
    // The runner's first thread has orphans and nothing else for children; each stays in the list until it is waited for.
    let none = "while [ -n \"$(cat /proc/$PPID/task/$PPID/children)\" ]; do sleep 0.01; done";
    let flee = "i=0; while [ $i -lt 50 ]; do (setsid true &); i=$((i+1)); done";
    space.file("plan.md", &staged(&[("1", "", &[&format!("({flee}); {none}"), "exit 3"])]));
    let (finished, ends) = ends(&space, &["plan.md", "-j", "1"]);
    // Nobody else's end was taken.
    let expected = own(&["1.1 passed", "1.2 failure exit-code: exit status 3"]);
    assert_eq!((finished.status, ends), (Some(1), expected), "{}", finished.stderr);
    assert_eq!(left(&space), [""; 0]);
}

#[test]
fn a_server_of_one_check_outlives_the_ends_of_others() {
    let space = Space::new();
    // Files of their own, since commands that are seen to write run alone.
    space.file("server.sh", "echo $$ >server; exec sleep 1000\n").file("open.sh", "sleep 0.3 & echo go >gate\n");
    let server = "(setsid sh server.sh &)";
    // The pipe opens when the last stage writes to it, after other checks have come to their ends.
    let serves = format!("{server}\nread line <gate\nkill -0 $(cat server)");
    let made = std::process::Command::new("mkfifo").arg(space.at("gate")).status().expect("mkfifo runs");
    assert!(made.success());
    let started = "while ! [ -s server ]; do sleep 0.01; done";
    space.file(
        "plan.md",
        &staged(&[("1", "", &[&serves]), ("2", "", &[started, "test 1 = 1"]), ("3", "Stage 2", &["sh open.sh"])]),
    );
    let (finished, ends) = ends(&space, &["plan.md", "-j", "2"]);
    assert_eq!(finished.status, Some(0), "{ends:?} {}", finished.stderr);
    assert!(left(&space).contains(&"sleep 1000".to_owned()), "it is ended with its own block: {:?}", left(&space));
    let server: i32 = space.read("server").trim().parse().expect("a number");
    let server = rustix::process::Pid::from_raw(server).expect("a process");
    assert!(rustix::process::test_kill_process(server).is_err(), "it is gone");
}

#[test]
fn what_a_runner_within_a_check_leaves_is_found_by_the_outer_one() {
    let space = Space::new();
    let witness = Witness::new(&space);
    space.file("inner/plan.md", &staged(&[("1", "", &["(setsid sleep 1000 &); : >fled; sleep 1000"])]));
    let inner = format!("{} inner/plan.md --runs inner/runs", env!("CARGO_BIN_EXE_plan-run"));
    // Otherwise the inner one's guardian is as fast.
    let unguarded = "until [ \"$gone\" ]; do for p in $(cat /proc/$runner/task/*/children); do\n\
        case $(cat /proc/$p/comm) in run-guardian) kill -9 $p; gone=1;; esac; done; done";
    let killed =
        format!("{inner} &\nrunner=$!\nwhile ! [ -e fled ]; do sleep 0.01; done\n{unguarded}\nkill -9 $runner");
    space.file("killed.sh", &killed);
    let check = format!("{}; sh killed.sh", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&check]), ("2", "", &["test 1 = 1"])]));
    let Finished { status, stderr, .. } = space.run(&["plan.md", "--junit", "ends.xml"]);
    assert_eq!(status, Some(0), "{stderr}");
    witness.assert_all_gone();
    assert!(left(&space).contains(&"sleep 1000".to_owned()), "{:?}", left(&space));
}

#[test]
fn the_first_journals_only_said_whether_something_was_left_behind() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["test 1 = 1"])]));
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs are kept");
    let run = runs.map(|entry| entry.expect("a run").path()).find(|path| path.is_dir()).expect("a run");
    let now = std::fs::read_to_string(run.join("events.ndjson")).expect("a journal");
    let old = now.replace("\"leftover\":[],\"warnings\":[]", "\"leftover\":true");
    assert_ne!(old, now);
    space.file("old/events.ndjson", &old);
    let told = space.run(&["report", "old/events.ndjson", "--junit", "-"]);
    assert!(told.stdout.contains("<system-err>It left processes behind, which were ended.</system-err>"), "{told:?}");
}
