//! What becomes of a run whose runner is killed: a guardian ends the commands, wherever they fled, and takes away what they
//! were given.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::history::Repository;
use crate::support::real::FOR_EVER;
use crate::support::space::Space;
use crate::support::whole::signal;

/// How many runs are killed at a moment that nobody chose, where `PLAN_RUN_KILLS` says nothing of it.
const KILLS: usize = 200;

/// Ways to outlive whoever waits: what each does, with `HERE` in the place of a word that names a file once it is done.
const FUGITIVES: [&str; 10] = [
    "touch HERE; exec sleep 600",
    "sleep 600 & touch HERE; wait",
    "trap '' TERM INT HUP; touch HERE; while :; do sleep 600; done",
    "touch HERE; kill -STOP $$; sleep 600",
    "setsid sh -c 'touch HERE; sleep 600' & sleep 600",
    "(setsid sh -c 'touch HERE; sleep 600; :' &) & sleep 600",
    "env -i PATH=\"$PATH\" sh -c 'touch HERE; sleep 600; :'",
    "env -i PATH=\"$PATH\" setsid sh -c '(touch HERE; sleep 600) & exit' & sleep 600",
    "env -i PATH=\"$PATH\" setsid sh -c 'trap \"\" TERM; (touch HERE; while :; do sleep 600; done) & exit'; sleep 600",
    "setsid sh -c 'touch HERE; kill -STOP $$; sleep 600' & sleep 600",
];

/// A folder with a plan of stages that run side by side, a check each, and a place for temporary folders.
fn fleeing(checks: &[&str]) -> Space {
    let mut space = Space::new();
    let mut plan = "# Implementation Plan: Fleeing\n".to_owned();
    for (number, check) in checks.iter().enumerate() {
        let number = number + 1;
        let _ = write!(plan, "\n## Stage {number}: Part {number}\n\n### Validation\n\n- [ ] `sh check-{number}.sh`\n");
        // In a file of its own, so that nothing of it is held back.
        space.file(&format!("check-{number}.sh"), check);
    }
    space.file("plan.md", &plan).file("tmp/keep", "");
    let folder = space.at("tmp").display().to_string();
    space.env("TMPDIR", &folder);
    space
}

/// A runner that is killed at the latest when the test is over.
struct Runner(Child);

impl Deref for Runner {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Runner {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It may be over already.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn start(space: &Space, args: &[&str]) -> Runner {
    let mut command = space.command(&[&["plan.md", "--progress", "none"], args].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Runner).expect("the binary starts")
}

fn kill(child: Runner) {
    drop(child);
}

fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < FOR_EVER, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The living whose working directory is in a folder, which none of the signs is by which the guardian goes.
fn inhabitants(folder: &Path) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("Linux has it").flatten();
    let own = std::process::id().to_string();
    processes
        .filter(|process| std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder)))
        .filter(|process| process.file_name().to_str().is_some_and(|number| number != own))
        .map(|process| {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            format!("{} {}", process.file_name().display(), String::from_utf8_lossy(&line).replace('\0', " "))
        })
        .collect()
}

/// Whether nothing is left in the place for temporary folders.
fn is_tidy(space: &Space) -> bool {
    let entries = std::fs::read_dir(space.at("tmp")).expect("it is there").flatten();
    entries.map(|entry| entry.file_name()).eq(["keep"])
}

/// The guardians of a process.
fn guardians(of: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<u32> = lists
        .flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<_>>())
        .collect();
    children.into_iter().filter(|child| name(*child) == "run-guardian").collect()
}

/// The one guardian of a process, once it has its name.
fn guardian_of(process: u32) -> u32 {
    until("it has a guardian", || !guardians(process).is_empty());
    let found = guardians(process);
    assert_eq!(found.len(), 1, "one for all");
    found[0]
}

fn name(process: u32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default().trim().to_owned()
}

/// The leader of the session of a process. That of another one may have no number here, as in a container.
fn session_of(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(3)?.parse().ok()
}

fn is_alive(process: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

#[test]
fn nothing_outlives_a_runner_that_is_killed_wherever_it_fled() {
    let checks: Vec<String> = FUGITIVES
        .iter()
        .enumerate()
        .map(|(number, check)| {
            format!("mkdir \"$TMPDIR/closed\"; chmod 500 \"$TMPDIR/closed\"; {check}")
                .replace("HERE", &format!("here-{number}"))
        })
        .collect();
    let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
    let space = fleeing(&checks);
    let child = start(&space, &["--jobs", "16"]);
    until("all checks are under way", || (0..checks.len()).all(|number| space.at(&format!("here-{number}")).exists()));
    assert!(inhabitants(space.path()).len() >= checks.len());
    let guardian = guardian_of(child.id());
    kill(child);
    until("nothing is left alive", || inhabitants(space.path()).is_empty());
    until("what was given to commands is taken away", || is_tidy(&space));
    until("the guardian ends", || !is_alive(guardian));
    // What is kept of the run is there, and says what had not ended.
    let report = space.run(&["report"]);
    assert!(report.stdout.contains("cancelled"), "{report:?}");
}

#[test]
fn what_was_made_for_a_sandbox_goes_with_the_runner_unless_something_is_in_it() {
    let space = fleeing(&["touch signs/here; exec sleep 600"]);
    space.file("Cargo.toml", "").file("plan-run.yaml", "sandbox:\n  write: [signs, empty/deep, file.txt]\n");
    let child = start(&space, &[]);
    until("the check is under way", || space.at("signs/here").exists());
    for name in ["target", "empty/deep", "file.txt"] {
        assert!(space.at(name).exists(), "{name} was made");
    }
    kill(child);
    until("nothing is left alive", || inhabitants(space.path()).is_empty());
    until("what was made and is empty is taken away", || {
        ["target", "empty", "file.txt"].iter().all(|name| !space.at(name).exists())
    });
    assert!(space.at("signs/here").exists());
}

#[test]
fn a_command_can_kill_the_runner_and_outlives_it_no_more_than_others() {
    let space = fleeing(&["sleep 600", "kill -9 $PPID; touch done; exec sleep 600"]);
    let mut child = start(&space, &["--jobs", "2"]);
    until("the runner ends", || child.try_wait().expect("it was started here").is_some());
    assert_eq!(child.wait().expect("it was started here").code(), None);
    until("nothing is left alive", || inhabitants(space.path()).is_empty());
    until("what was given to commands is taken away", || is_tidy(&space));
}

/// Kills plan-run with these words while all checks of the one script are under way that its runs have, and waits until
/// nothing is left of it. `make` makes a repository in which `CHECK` runs that script.
fn killed(args: &[&str], make: impl Fn(&Repository)) {
    let repository = Repository::new();
    repository.file(".gitignore", ".plan-run/\n");
    let signs = repository.space.at("signs");
    std::fs::create_dir(&signs).expect("a folder can be made");
    let sign = |number: usize| signs.join(number.to_string());
    let mut all = String::new();
    for (number, fugitive) in FUGITIVES.iter().enumerate() {
        let name = format!("fugitive-{number}.sh");
        repository.space.file(&name, &fugitive.replace("HERE", &sign(number).display().to_string()));
        let _ = writeln!(all, "sh {} &", repository.space.at(&name).display());
    }
    repository.space.file("all.sh", &format!("{all}wait\n"));
    make(&repository);
    let child = repository.command(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.map(Runner).expect("the binary starts");
    until("all are under way", || (0..FUGITIVES.len()).all(|number| sign(number).exists()));
    kill(child);
    until("nothing is left alive", || inhabitants(repository.space.path()).is_empty());
    until("what was given to commands is taken away", || repository.is_tidy());
}

/// A plan with a check that runs all that flee.
fn all_flee(repository: &Repository, item: &str) {
    let plan =
        format!("# Implementation Plan: A\n\n## Stage 1: Part\n\n### Validation\n\n- [ ] {item}\n- [ ] `true`\n");
    repository.file("plan.md", &plan);
    repository.file("tests/all_test.sh", &format!("exec sh {}\n", repository.space.at("all.sh").display()));
}

#[test]
fn nothing_outlives_a_watcher_that_is_killed() {
    killed(&["run", "--watch", "plan.md"], |repository| {
        all_flee(repository, "`sh tests/all_test.sh`");
        repository.commit();
    });
}

#[test]
fn nothing_outlives_a_nightly_run_that_is_killed() {
    killed(&["nightly", "plan.md"], |repository| all_flee(repository, "`sh tests/all_test.sh`"));
}

#[test]
fn nothing_outlives_a_hook_that_is_killed() {
    killed(&["hook", "run"], |repository| {
        repository.file("a.txt", "").commit();
        repository.git(&["checkout", "-q", "-b", "work"]);
        all_flee(repository, "`sh tests/all_test.sh`");
        let plan = std::fs::read_to_string(repository.root.join("plan.md")).expect("it was written");
        repository.file("plan.md", &plan.replace("- [ ]", "- [x]")).commit();
    });
}

#[test]
fn nothing_outlives_a_proof_that_is_killed() {
    killed(&["prove", "plan.md"], |repository| {
        repository.file("a.txt", "").commit();
        repository.git(&["checkout", "-q", "-b", "work"]);
        all_flee(repository, "`sh tests/all_test.sh` (expected: FAIL)");
        repository.commit();
    });
}

#[test]
fn nothing_outlives_a_search_that_is_killed() {
    killed(&["bisect", "1.1", "--good", "HEAD~1"], |repository| {
        repository.file("tests/all_test.sh", "").commit();
        all_flee(repository, "`sh tests/all_test.sh`");
        repository.commit();
    });
}

#[test]
fn nothing_outlives_the_client_of_a_launcher_that_is_killed_with_its_runner() {
    killed(&["run", "plan.md"], |repository| {
        repository.file(
            "plan-run.yaml",
            "launchers:\n  near: { run: [sh, -c, '{command}'], quoting: string }\nlauncher: near\n",
        );
        all_flee(repository, "`sh tests/all_test.sh`");
    });
}

#[test]
fn processes_may_tidy_up_before_they_are_killed() {
    // The shell would say that its `sleep` was ended, and nobody reads that any more.
    let space = fleeing(&[
        "exec >/dev/null 2>&1; trap 'touch tidied; exit' TERM; touch here; while :; do sleep 0.01 || :; done",
    ]);
    let child = start(&space, &[]);
    until("the check is under way", || space.at("here").exists());
    kill(child);
    until("nothing is left alive", || inhabitants(space.path()).is_empty());
    assert!(space.at("tidied").exists());
}

#[test]
fn a_runner_that_stands_still_can_be_killed() {
    let space = fleeing(&["touch here; exec sleep 600"]);
    let child = start(&space, &[]);
    until("the check is under way", || space.at("here").exists());
    signal(&child, Signal::TSTP);
    let stopped = format!("/proc/{}/stat", child.id());
    until("it stands still", || std::fs::read_to_string(&stopped).is_ok_and(|stat| stat.contains(") T ")));
    kill(child);
    until("nothing is left alive", || inhabitants(space.path()).is_empty());
}

#[test]
fn a_guardian_holds_nothing_of_the_caller_and_ends_with_the_run() {
    let space = fleeing(&["touch here; while ! test -e go; do sleep 0.01; done"]);
    let command = space.command(&["plan.md", "--progress", "none"]);
    // With more than input, output and errors, as a shell or a job server hands on, and as in a container that does not
    // list them in `/dev/fd`.
    let mut words = vec!["-c", "exec 7</dev/null 8</dev/null; exec \"$0\" \"$@\""];
    let program = command.get_program().to_str().expect("a path that is text");
    words.push(program);
    words.extend(command.get_args().filter_map(|word| word.to_str()));
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(&words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell.current_dir(command.get_current_dir().expect("the space"));
    shell.env_clear();
    for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        shell.env(name, value);
    }
    let mut child = shell.spawn().map(Runner).expect("the shell starts");
    until("the check is under way", || space.at("here").exists());
    let guardian = guardian_of(child.id());
    let of = |what: &str| std::fs::read_link(format!("/proc/{guardian}/{what}")).unwrap_or_default();
    assert_eq!(of("cwd"), PathBuf::from("/"));
    assert_eq!(std::fs::read(format!("/proc/{guardian}/environ")).expect("it can be read"), b"");
    let held: BTreeSet<String> = std::fs::read_dir(format!("/proc/{guardian}/fd"))
        .expect("it can be read")
        .flatten()
        .map(|entry| entry.file_name().display().to_string())
        .collect();
    assert_eq!(held, ["0", "1", "2"].map(str::to_owned).into());
    let theirs: BTreeSet<PathBuf> = std::fs::read_dir(format!("/proc/{}/fd", child.id()))
        .expect("it can be read")
        .flatten()
        .filter(|entry| ["1", "2"].iter().any(|number| entry.file_name() == *number))
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("pipe:"))
        .collect();
    assert_eq!(theirs.len(), 2, "stdout and stderr");
    assert!(!theirs.contains(&of("fd/0")) && !theirs.contains(&of("fd/1")));
    // Signals to it, as those that go to all processes of a terminal, change nothing.
    let guard = rustix::process::Pid::from_raw(guardian.try_into().expect("a small number")).expect("not 0");
    for which in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        rustix::process::kill_process(guard, which).expect("it is there");
    }
    assert_eq!(session_of(guardian), Some(guardian), "it leads one of its own");
    space.file("go", "");
    let mut said = String::new();
    child.stdout.take().expect("it was asked for").read_to_string(&mut said).expect("it ends, and is text");
    assert_eq!(child.wait().expect("it was started here").code(), Some(0), "{said}");
    assert!(!Path::new(&format!("/proc/{guardian}")).exists(), "it was waited for");
    assert!(is_tidy(&space));
}

#[test]
fn a_guardian_is_there_before_it_is_known_what_is_run_and_goes_where_nothing_is() {
    let mut space = fleeing(&["test 1 = 1"]);
    let here = space.path().display().to_string();
    space.file(
        "bin/git",
        &format!("#!/bin/sh\ncd '{here}'\ntouch here\nuntil test -e go; do sleep 0.01; done\nexit 1\n"),
    );
    let made = std::process::Command::new("chmod").arg("+x").arg(space.at("bin/git")).status();
    assert!(made.expect("chmod runs").success());
    let path = std::env::var("PATH").unwrap_or_default();
    space.env("PATH", &format!("{here}/bin:{path}"));
    let mut child = start(&space, &["--changed"]);
    until("it is asked what has changed", || space.at("here").exists());
    let guardian = guardian_of(child.id());
    until("the first command has a temporary folder already", || !is_tidy(&space));
    space.file("go", "");
    assert_ne!(child.wait().expect("it was started here").code(), Some(0), "nobody can tell");
    assert!(!Path::new(&format!("/proc/{guardian}")).exists(), "it was waited for");
    assert!(is_tidy(&space), "nobody needs the folder");
}

#[test]
fn a_run_goes_on_without_its_guardian() {
    let space = fleeing(&["touch here; while ! test -e go; do sleep 0.01; done"]);
    let mut child = start(&space, &[]);
    until("the check is under way", || space.at("here").exists());
    let guardian = guardian_of(child.id());
    let guard = rustix::process::Pid::from_raw(guardian.try_into().expect("a small number")).expect("not 0");
    rustix::process::kill_process(guard, Signal::KILL).expect("it is there");
    space.file("go", "");
    assert_eq!(child.wait().expect("it was started here").code(), Some(0));
}

#[test]
fn nobody_becomes_a_guardian_by_accident() {
    let space = fleeing(&["test 1 = 1"]);
    let done = space.run(&["__guard"]);
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), ""), "{done:?}");
}

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[test]
fn a_runner_can_be_killed_at_any_moment() {
    let kills = std::env::var("PLAN_RUN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS);
    let next = AtomicUsize::new(0);
    // Short ones among those that flee, so that the moment meets starts and ends, too.
    let checks: Vec<String> = FUGITIVES
        .iter()
        .flat_map(|check| [check.replace("HERE", "here"), "test 1 = 1".to_owned(), "touch \"$TMPDIR/a\"".to_owned()])
        .collect();
    let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
    let work = || {
        let mut killed: Vec<(Space, u64, Instant)> = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= kills {
                return killed;
            }
            let mut dice = Dice(number as u64 * 7919 + 11);
            let mut checks = checks.clone();
            for last in (1..checks.len()).rev() {
                checks.swap(last, dice.below(last as u64 + 1) as usize);
            }
            let space = fleeing(&checks);
            let child = start(&space, &["--jobs", "8"]);
            // From the start on, or from when the first command is under way.
            let moment = if number.is_multiple_of(2) {
                dice.below(120_000)
            } else {
                until("a command is under way", || space.at("here").exists());
                dice.below(30_000)
            };
            // No moment is waited for: any of them must do.
            std::thread::sleep(Duration::from_micros(moment));
            kill(child);
            killed.push((space, moment, Instant::now()));
        }
    };
    let killed: Vec<(Space, u64, Instant)> = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(work));
        threads.into_iter().flat_map(|thread| thread.join().expect("it does not fail")).collect()
    });
    let within = std::env::var("PLAN_RUN_KILLS_WITHIN").ok().and_then(|seconds| seconds.parse().ok());
    let within = within.map_or(FOR_EVER, Duration::from_secs);
    for (space, moment, at) in &killed {
        while at.elapsed() < within && !(inhabitants(space.path()).is_empty() && is_tidy(space)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let left = inhabitants(space.path());
        assert!(left.is_empty(), "killed after {moment} us, and alive: {left:?}");
        assert!(is_tidy(space), "killed after {moment} us, and its temporary folder is there");
    }
    let with_commands = killed.iter().filter(|(space, ..)| space.at("here").exists()).count();
    assert!(with_commands * 2 >= kills - 1, "commands were under way in {with_commands} of {kills} runs only");
}
