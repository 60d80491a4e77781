//! `run --watch`: a saved file runs again what it touches, and nothing that a run itself writes does.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::history::Repository;

/// Longer than anything here takes; it only bounds a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

fn plan(name: &str) -> String {
    format!(
        "# Implementation Plan: {name}\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `grep -q good src/{name}.txt`\n"
    )
}

fn repository() -> Repository {
    let repository = Repository::new();
    repository.file("plans/a.md", &plan("a")).file("plans/b.md", &plan("b")).file(".gitignore", ".plan-run/\nlog\n");
    repository.file("src/a.txt", "good\n").file("src/b.txt", "good\n");
    repository.commit();
    repository
}

/// A watcher under way, and the lines that it writes to both streams.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(repository: &Repository, args: &[&str]) -> Self {
        let mut command = repository.command(args);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let (sender, lines) = channel();
        let pipe = |reader: Box<dyn std::io::Read + Send>| {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(reader).lines().map_while(Result::ok) {
                    drop(sender.send(line));
                }
            });
        };
        pipe(Box::new(child.stdout.take().expect("a pipe")));
        pipe(Box::new(child.stderr.take().expect("a pipe")));
        Self { child, lines }
    }

    /// The lines up to one that has some words.
    fn until(&self, words: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let found = line.contains(words);
                    seen.push(line);
                    if found {
                        return seen;
                    }
                }
                Err(why) => panic!("{why}; `{words}` was not told, but {seen:#?}"),
            }
        }
    }

    /// What it says until it waits for the next save.
    fn settle(&self) -> Vec<String> {
        self.until("watching for changes")
    }

    fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).expect("it is alive");
        self.child.wait().expect("it ends").code()
    }
}

fn has(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.contains(words))
}

#[test]
fn what_a_saved_file_touches_runs_again() {
    let repository = repository();
    let watching = Watching::start(&repository, &["run", "--watch", "plans"]);
    let first = watching.settle();
    assert!(has(&first, "2 of 2 stages hold"), "{first:#?}");

    repository.file("src/b.txt", "bad\n");
    let second = watching.settle();
    assert!(has(&second, "src/b.txt has changed; what it touches runs again"), "{second:#?}");
    assert!(has(&second, "touched: plans/b.md") && has(&second, "FAILS: 1 check does not hold (0 of 1"), "{second:#?}");

    // The plan's own text counts, and a file that is made or goes.
    repository.file("plans/a.md", &plan("a").replace("good", "goo"));
    let third = watching.settle();
    assert!(has(&third, "touched: plans/a.md") && has(&third, "(1 of 1 stage holds"), "{third:#?}");
    std::fs::remove_file(repository.root.join("src/a.txt")).expect("it is there");
    let fourth = watching.settle();
    assert!(has(&fourth, "src/a.txt has changed") && has(&fourth, "FAILS: 1 check"), "{fourth:#?}");

    // What git ignores is no news: the next news is of the file that is saved after it.
    repository.file("log", "something\n").file(".plan-run/x", "something\n");
    repository.file("README.txt", "words\n");
    let fifth = watching.settle();
    assert!(has(&fifth, "README.txt has changed") && has(&fifth, "NOTHING TOUCHED"), "{fifth:#?}");
    assert!(!has(&fifth, "log has changed") && !has(&fifth, ".plan-run"), "{fifth:#?}");
    assert_eq!(watching.end(Signal::INT), Some(130));
}

#[test]
fn what_a_run_writes_does_not_run_it_again() {
    let repository = repository();
    // It writes a file that nobody ignores, a new one each time, and changes one that is known.
    let writes = "# Plan\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `date +%N > made.$$ && date +%N >> src/a.txt`\n";
    repository.file("plans/a.md", writes);
    repository.commit();
    let report = "--junit=report.xml";
    let watching = Watching::start(&repository, &["run", "--watch", report, "plans/a.md"]);
    // A known file that changed in a run may have been saved by someone, so that it counts once and no more.
    let first = watching.settle();
    assert_eq!(first.iter().filter(|line| line.contains("HOLDS")).count(), 2, "{first:#?}");
    let news: Vec<&String> = first.iter().filter(|line| line.contains("changed;")).collect();
    assert_eq!(news, ["plan-run: src/a.txt has changed; what it touches runs again"]);
    repository.file("src/b.txt", "better\n");
    let second = watching.settle();
    assert!(has(&second, "src/b.txt has changed"), "{second:#?}");
    assert_eq!(watching.end(Signal::TERM), Some(130));
}

#[test]
fn an_end_that_is_asked_for_ends_what_runs() {
    let repository = repository();
    let slow = "# Plan\n\n## Stage 1: All\n\n### Validation\n\n- [ ] `sleep 600`\n";
    repository.file("plans/a.md", slow);
    let watching = Watching::start(&repository, &["run", "--watch", "--grace=1s", "plans/a.md"]);
    watching.until("start      1 All");
    kill_process(Pid::from_child(&watching.child), Signal::TERM).expect("it is alive");
    let told = watching.until("INTERRUPTED");
    assert!(!has(&told, "watching"), "{told:#?}");
    let mut child = watching.child;
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn where_nothing_can_be_watched_it_says_so() {
    let space = crate::support::space::Space::new();
    space.file("plan.md", &plan("a"));
    let done = space.run(&["run", "--watch", "plan.md"]);
    assert_eq!(done.status, Some(2), "{done:?}");
    assert!(done.stderr.contains("--watch asks git which files have changed, and it does not tell"), "{done:?}");
    assert_eq!(space.run(&["run", "--watch", "--dry-run", "plan.md"]).status, Some(2));
}
