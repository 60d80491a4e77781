//! Checks that run longer than one would expect: when that is told, and where.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use plan_run::event::Happening;
use plan_run::history::{Past, Usual};
use plan_run::run::{Policy, run};
use plan_run::select::Selection;
use tokio::sync::mpsc::unbounded_channel;

use crate::support::plans::Sketch;
use crate::support::recorder::Recorder;
use crate::support::scripted::{ScriptedExec, Step};
use crate::support::space::Space;
use crate::support::whole::staged;

/// What is told of slow checks in a run on virtual time.
fn slow(selection: &Selection, steps: &[(&str, Step)], policy: impl FnOnce(Policy) -> Policy) -> Vec<String> {
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    let policy = policy(Policy { slow: Some(Duration::from_secs(60)), ..Policy::new(4, captures.path()) });
    let mut recorder = Recorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime can be made").block_on(async {
        let (_nobody, mut interrupts) = unbounded_channel();
        let mut exec = ScriptedExec::new(selection, steps);
        run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut recorder).await
    });
    recorder.events.retain(|event| matches!(event.what, Happening::CheckSlow { .. }));
    let text = recorder.text(selection);
    text.lines().map(|line| line.split_once(' ').expect("a number").1.to_owned()).collect()
}

fn three() -> Selection {
    let sketch = Sketch::new("plan.md", Path::new("/"));
    sketch.stage("1", &[]).run("a").stage("2", &[]).run("b").stage("3", &[]).run("c").selection()
}

#[test]
fn a_check_is_slow_after_a_while_or_three_times_its_usual_time() {
    let steps = [("1.1", Step::exits(0, 90)), ("2.1", Step::exits(0, 90)), ("3.1", Step::exits(0, 50))];
    let usual = |seconds: [Option<u64>; 3]| {
        let usual = |seconds| {
            let took = Duration::from_secs(seconds);
            Usual { took, deviation: Duration::ZERO, peak_memory: None, runs: 3 }
        };
        let past = Past { plans: vec![seconds.map(|seconds| seconds.map(usual)).to_vec()] };
        slow(&three(), &steps, |policy| Policy { past, ..policy })
    };
    assert_eq!(usual([None, None, None]), ["60s check 1.1 is slow after 60s", "60s check 2.1 is slow after 60s"]);
    assert_eq!(
        usual([Some(10), Some(40), Some(16)]),
        [
            "30s check 1.1 is slow after 30s, usually 10s",
            "48s check 3.1 is slow after 48s, usually 16s",
            "60s check 2.1 is slow after 60s, usually 40s",
        ]
    );
    // What is usually done at once is not slow when it takes some seconds.
    assert_eq!(usual([Some(0), None, Some(20)])[0], "5s check 1.1 is slow after 5s, usually 0ns");
    assert_eq!(slow(&three(), &steps, |policy| Policy { slow: None, ..policy }), Vec::<String>::new());
}

#[test]
fn of_a_script_the_command_under_way_is_slow() {
    let sketch = Sketch::new("plan.md", Path::new("/"));
    let selection = sketch.stage("1", &[]).run("cd x").run("make").run("make test").script(3).selection();
    let steps = [("1.1", Step::exits(0, 1)), ("1.2", Step::exits(0, 50)), ("1.3", Step::exits(0, 100))];
    // The scripted executor writes the marks only at the end, so that the first command is under way all the time.
    assert_eq!(slow(&selection, &steps, |policy| policy), ["60s check 1.1 is slow after 60s"]);
}

/// Runs the binary with a check that ends only when it was told to be slow; gives what was told.
fn told_slow(space: &Space, check: &str, args: &[&str]) -> (String, String) {
    space.file("wait.sh", "until test -e told; do sleep 0.01; done\n").file("plan.md", &staged(&[("1", "", &[check])]));
    let mut command = space.command(&[&["plan.md", "--slow", "0.2s"], args].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it was asked for"));
    let mut told = String::new();
    let line = loop {
        let from = told.len();
        assert!(stderr.read_line(&mut told).expect("text") > 0, "it ended and told nothing: {told}");
        if told[from..].starts_with("slow ") {
            break told[from..].to_owned();
        }
    };
    space.file("told", "");
    stderr.read_to_string(&mut told).expect("text");
    let mut stdout = String::new();
    child.stdout.take().expect("it was asked for").read_to_string(&mut stdout).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{told}{stdout}");
    (line, stdout)
}

#[test]
fn a_slow_check_is_told_while_it_runs_and_marked_in_reports() {
    let space = Space::new();
    let (line, stdout) =
        told_slow(&space, "sh wait.sh", &["--summary", "s.md", "--junit", "r.xml", "--html", "r.html"]);
    assert_eq!(line, "slow       1.1  sh wait.sh  (runs longer than 0.2s)\n");
    assert!(stdout.contains("\n  slow       1.1 sh wait.sh: took "), "{stdout}");
    let summary = space.read("s.md");
    assert!(summary.contains("### Slow\n\n- "), "{summary}");
    assert!(space.read("r.xml").contains("<property name=\"slow\" value=\"runs longer than 0.2s\"/>"));
    assert!(space.read("r.html").contains("<h2 id=\"slow\">Slow</h2>"));
}

#[test]
fn the_slow_command_of_a_script_is_named() {
    let space = Space::new();
    let (line, stdout) = told_slow(&space, "cd .\nsh wait.sh\ntest 1 = 1", &[]);
    assert_eq!(line, "slow       1.2  sh wait.sh  (runs longer than 0.2s)\n");
    assert_eq!(stdout.matches("\n  slow ").count(), 1, "{stdout}");
}
