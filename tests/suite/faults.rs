//! Whatever can go wrong with a command, alone and eight times at once: each fault is told as what it is, and the run
//! ends in order.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::Instant;

use rustix::process::Signal;

use crate::support::real::{FOR_EVER, Witness};
use crate::support::space::{Finished, Space};
use crate::support::whole::{Gate, cases, ends, signal, staged};

/// How many commands run at a time, and have the same fault.
const CROWDS: [usize; 2] = [1, 8];

/// A space with as many independent stages as there are jobs, each with the same check.
fn crowd(jobs: usize, check: &str) -> Space {
    let space = Space::new();
    let numbers: Vec<String> = (1..=jobs).map(|number| number.to_string()).collect();
    let stages: Vec<(&str, &str, &[&str])> =
        numbers.iter().map(|number| (number.as_str(), "", std::slice::from_ref(&check))).collect();
    space.file("plan.md", &staged(&stages));
    space
}

/// Words of a call that runs all of them at a time.
fn words(jobs: usize) -> [String; 4] {
    ["plan.md".to_owned(), "--no-reuse".to_owned(), "-j".to_owned(), jobs.to_string()]
}

fn run(space: &Space, jobs: usize, more: &[&str]) -> (Finished, Vec<String>) {
    let words = words(jobs);
    let args: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
    ends(space, &args)
}

/// Each check of a crowd ends in the same way.
fn all_end(check: &str, files: &[(&str, &str)], more: &[&str], status: i32, how: &str) {
    for jobs in CROWDS {
        let space = crowd(jobs, check);
        files.iter().for_each(|(name, text)| _ = space.file(name, text));
        let (finished, ends) = run(&space, jobs, more);
        let expected: Vec<String> = (1..=jobs).map(|number| format!("{number}.1 {how}")).collect();
        assert_eq!((finished.status, ends), (Some(status), expected), "{check}: {}", finished.stderr);
    }
}

#[test]
fn a_program_that_is_missing_or_may_not_be_run() {
    let missing = "error spawn: could not be started: program `no-such-program` not found";
    all_end("no-such-program --flag", &[], &[], 1, missing);
    let locked = "error spawn: could not be started: program `./plain.txt` is not executable";
    all_end("./plain.txt", &[("plain.txt", "text")], &[], 1, locked);
}

#[test]
fn a_signal_and_a_status_that_looks_like_one() {
    let killed = "failure signal: ended by signal 9 (SIGKILL)";
    all_end("exec sh die.sh", &[("die.sh", "kill -9 $$")], &[], 1, killed);
    all_end("sh -c 'exit 137'", &[], &[], 1, "failure exit-code: exit status 137");
}

#[test]
fn a_command_that_does_not_hear_is_killed_after_its_grace() {
    for jobs in CROWDS {
        let space = crowd(jobs, ". ./deaf.sh");
        let witness = Witness::new(&space);
        space.file("deaf.sh", &format!("{}; trap '' TERM; while :; do sleep 1; done", witness.watches()));
        let (finished, ends) = run(&space, jobs, &["--timeout", "1s", "--grace", "200ms"]);
        assert_eq!((finished.status, ends.len()), (Some(1), jobs));
        let told = ends.iter().all(|end| end.contains(".1 error timeout: ran longer than 1.0s"));
        assert!(told, "{ends:?}");
        witness.assert_all_gone();
    }
}

#[test]
fn a_process_that_stays_and_keeps_the_output_open_holds_nothing_up() {
    for jobs in CROWDS {
        for stays in ["sleep 1000 &", "setsid sleep 1000 &"] {
            let space = crowd(jobs, ". ./leaves.sh");
            let witness = Witness::new(&space);
            // It goes by the name that it has in the end.
            let named = r#"until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.01; done"#;
            space.file("leaves.sh", &format!("{}\necho written\n{stays}\n{named}\n", witness.watches()));
            let began = Instant::now();
            let (finished, ends) = run(&space, jobs, &["--timeout", "500s"]);
            assert_eq!(finished.status, Some(0), "{}", finished.stderr);
            assert!(ends.iter().all(|end| end.ends_with(" passed")), "{ends:?}");
            assert!(began.elapsed() < FOR_EVER, "it waited for what stays");
            witness.assert_all_gone();
            let told = "<system-err>It left a process behind, which was ended: sleep 1000 (";
            assert_eq!(space.read("ends.xml").matches(told).count(), jobs, "each is named by its own check");
        }
    }
}

#[test]
fn output_without_end() {
    let limit = "error output-limit: wrote more than 64 KiB and was ended";
    all_end("yes", &[], &["--max-capture", "64K"], 1, limit);
}

#[test]
fn output_that_no_report_can_hold_as_it_is() {
    let hostile = r"printf '\000\033[31m]]>\357\277\276\377\376 &<\n'; exit 3";
    // The report is read by the strictest reader there is.
    all_end(". ./hostile.sh", &[("hostile.sh", hostile)], &[], 1, "failure exit-code: exit status 3");
}

#[test]
fn a_report_that_cannot_be_written_takes_nothing_from_the_others() {
    for jobs in CROWDS {
        let space = crowd(jobs, "test 1 = 1");
        let (finished, ends) = run(&space, jobs, &["--summary", "/dev/full"]);
        assert_eq!(finished.status, Some(5), "{}", finished.stderr);
        assert_eq!(ends.len(), jobs, "the JUnit report is complete: {ends:?}");
        let space = crowd(jobs, "false");
        std::fs::create_dir(space.at("locked")).expect("a folder can be made");
        std::fs::set_permissions(space.at("locked"), std::fs::Permissions::from_mode(0o555)).expect("it is ours");
        let (finished, _) = run(&space, jobs, &["--summary", "locked/s.md"]);
        // Whoever may do everything may write there, too.
        assert!([Some(1), Some(5)].contains(&finished.status), "{finished:?}");
    }
}

#[test]
fn a_reader_who_leaves_changes_nothing() {
    for (check, status) in [("false", 1), ("true", 0)] {
        for jobs in CROWDS {
            let space = crowd(jobs, check);
            let binary = space.command(&[]);
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", "{ \"$0\" \"$@\" 2>&1; echo $? >status; } | head -n 1"]).arg(binary.get_program());
            shell.args(words(jobs)).args(["--junit", "ends.xml"]).current_dir(space.path()).stdin(Stdio::null());
            assert!(shell.output().expect("sh runs").status.success());
            assert_eq!(space.read("status").trim(), status.to_string());
            assert_eq!(cases(&space.read("ends.xml")).len(), jobs);
        }
    }
}

/// A crowd that waits for ever, with what happens when it is asked to end, under way.
fn waiting(jobs: usize, trap: &str) -> (Space, Child, Witness) {
    let space = crowd(jobs, ". ./wait.sh");
    let witness = Witness::new(&space);
    let gates: Vec<Gate> = (1..=jobs).map(|number| Gate::new(&space, &format!("gate{number}"))).collect();
    let text = "echo here >gate$PLAN_RUN_STAGE; while :; do sleep 1000; done";
    space.file("wait.sh", &format!("{}; {trap} {text}", witness.watches()));
    let mut command = space.command(&[]);
    command.args(words(jobs)).args(["--grace", "1h", "--junit", "ends.xml"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    gates.iter().for_each(|gate| _ = gate.wait());
    (space, child, witness)
}

#[test]
fn an_interrupt_asks() {
    for jobs in CROWDS {
        let (space, child, witness) = waiting(jobs, "");
        signal(&child, Signal::INT);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130));
        witness.assert_all_gone();
        let ended = cases(&space.read("ends.xml"));
        assert_eq!(ended.iter().filter(|end| end.contains(".1 error cancelled: ")).count(), jobs, "{ended:?}");
    }
}

#[test]
fn a_second_interrupt_kills() {
    for jobs in CROWDS {
        let (space, mut child, witness) = waiting(jobs, "trap '' TERM;");
        signal(&child, Signal::INT);
        // The first one is told before the second one comes.
        until_told(&mut child, "interrupt");
        signal(&child, Signal::INT);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        witness.assert_all_gone();
        assert_eq!(cases(&space.read("ends.xml")).len(), jobs + 1);
    }
}

#[test]
fn three_interrupts_at_once_end_it_in_any_case() {
    for jobs in CROWDS {
        let (_space, mut child, _witness) = waiting(jobs, "trap '' TERM;");
        let began = Instant::now();
        while child.try_wait().expect("it can be asked").is_none() {
            assert!(began.elapsed() < FOR_EVER, "it does not end");
            _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), Signal::INT);
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(child.wait().expect("it ended").code(), Some(130));
    }
}

/// Reads what the binary says until a line starts so.
fn until_told(child: &mut Child, start: &str) {
    use std::io::BufRead;
    let mut lines = std::io::BufReader::new(child.stderr.take().expect("it was asked for")).lines();
    let found = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with(start)));
    assert!(found.is_some(), "it ended without {start:?}");
    // Whatever it says later must have a reader.
    std::thread::spawn(move || lines.for_each(drop));
}

#[test]
fn after_the_first_failure_nobody_is_left_running() {
    for jobs in CROWDS {
        let space = crowd(jobs, ". ./fails.sh");
        let witness = Witness::new(&space);
        // The first one fails when the others are there.
        let others = format!("while [ $(ls here* 2>/dev/null | wc -l) -lt {} ]; do sleep 0.05; done", jobs - 1);
        let text = format!(
            "{}\nif [ $PLAN_RUN_STAGE = 1 ]; then {others}; exit 1; fi\n: >here$PLAN_RUN_STAGE\nwhile :; do sleep 1000; done",
            witness.watches()
        );
        space.file("fails.sh", &text);
        let (finished, ends) = run(&space, jobs, &["--fail-fast=run", "--grace", "10s"]);
        assert_eq!(finished.status, Some(1), "{}", finished.stderr);
        assert_eq!(ends[0], "1.1 failure exit-code: exit status 1");
        assert!(ends[1..].iter().all(|end| end.contains(" cancelled")), "{ends:?}");
        witness.assert_all_gone();
    }
}

#[test]
fn each_command_has_a_private_folder_that_goes_with_it() {
    for jobs in CROWDS {
        let mut space = crowd(jobs, ". ./keeps.sh");
        std::fs::create_dir(space.at("tmp")).expect("a folder can be made");
        let base = space.at("tmp").to_str().expect("text").to_owned();
        space.env("TMPDIR", &base);
        let keeps = "test -d \"$TMPDIR\"; test -z \"$(ls -A \"$TMPDIR\")\"; test $(stat -c %a \"$TMPDIR\") = 700\n\
                     mkdir -p \"$TMPDIR/a/b\"; echo x >\"$TMPDIR/a/b/c\"; chmod 500 \"$TMPDIR/a/b\" \"$TMPDIR/a\"\n\
                     echo $TMPDIR >seen$PLAN_RUN_STAGE";
        space.file("keeps.sh", keeps);
        // More stages than jobs, so that a folder is given again.
        let (finished, ends) = run(&space, jobs.div_ceil(2), &[]);
        assert_eq!(finished.status, Some(0), "{ends:?} {}", finished.stderr);
        assert!(space.read("seen1").starts_with(&base), "it lies where temporary files belong");
        assert_eq!(std::fs::read_dir(space.at("tmp")).expect("a folder").count(), 0, "nothing is left");
    }
}

#[test]
fn a_temporary_folder_that_cannot_be_removed_is_a_warning() {
    let space = Space::new();
    space.file("locks.sh", ": >\"$TMPDIR/locked\"; chattr +i \"$TMPDIR/locked\"; echo \"$TMPDIR\" >seen");
    space.file("plan.md", &staged(&[("1", "", &[". ./locks.sh"])]));
    let can_lock = || {
        space.file("probe", "");
        let lock = |flag: &str| std::process::Command::new("chattr").arg(flag).arg(space.at("probe")).output();
        let locked = lock("+i").is_ok_and(|output| output.status.success());
        drop(lock("-i"));
        locked
    };
    if !can_lock() {
        return;
    }
    let (finished, ends) = run(&space, 1, &[]);
    let folder = space.read("seen").trim().to_owned();
    let unlock = std::process::Command::new("chattr").args(["-i", &format!("{folder}/locked")]).output();
    assert!(unlock.expect("chattr runs").status.success());
    std::fs::remove_dir_all(std::path::Path::new(&folder).parent().expect("it has one")).expect("it can be removed");
    let warning = format!("what it left in its temporary folder `{folder}` cannot be removed");
    assert!(space.read("ends.xml").contains(&warning), "{}", space.read("ends.xml"));
    assert_eq!(ends[0], "1.1 passed", "{finished:?}");
}

/// More checks than reports are written of one after the other.
const MANY: usize = 250;

/// The reports that a folder takes, with the files that tests write them to.
const REPORTS: [(&str, &str); 5] =
    [("--junit", "a.xml"), ("--html", "a.html"), ("--ctrf", "a.ctrf"), ("--json", "a.json"), ("--summary", "a.md")];

#[test]
fn reports_that_are_written_side_by_side_are_those_that_are_written_alone() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["true"; MANY])]));
    let targets: Vec<&str> = REPORTS.iter().flat_map(|&(option, file)| [option, file]).collect();
    let ran = space.run(&[["plan.md", "-j", "8", "--progress", "none"].as_slice(), &targets].concat());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for (option, file) in REPORTS {
        let alone = space.run(&["report", option, "alone"]);
        assert_eq!(alone.status, Some(0), "{alone:?}");
        assert!(space.read("alone") == space.read(file), "{option} is another one");
    }
}

#[test]
fn a_report_that_fails_beside_others_keeps_none_of_them_from_being_written() {
    let space = Space::new();
    let checks = [&["mkdir a.html a.md"], ["true"; MANY].as_slice()].concat();
    space.file("plan.md", &staged(&[("1", "", &checks)]));
    let targets: Vec<&str> = REPORTS.iter().flat_map(|&(option, file)| [option, file]).collect();
    let ran = space.run(&[["plan.md", "-j", "8", "--progress", "none"].as_slice(), &targets].concat());
    assert_ne!(ran.status, Some(0), "{ran:?}");
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.contains("cannot write")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("the HTML page") && told[1].contains("the summary"), "{told:?}");
    assert_eq!(cases(&space.read("a.xml")).len(), MANY + 1);
    assert!(space.read("a.ctrf").trim_end().ends_with('}') && space.read("a.json").trim_end().ends_with('}'));
}
