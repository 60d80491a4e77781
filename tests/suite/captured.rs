//! What commands write: kept apart, kept within limits, and without memory for it.

use std::process::Stdio;

use crate::support::space::{Finished, Space};
use crate::support::whole::{Gate, ends, own, staged};

/// The most memory that a runner may have had resident, in KiB.
const MOST_MEMORY: u64 = 64 * 1024;

/// A check that keeps what the system says of the runner's memory.
const ASK_MEMORY: &str = "grep -E '^(VmHWM|RssFile)' /proc/$PPID/status >memory";

/// The most memory that the runner had resident when the check was run, in KiB, without that of the program itself: with
/// what a debugger needs it is several times as large as the one that users have.
fn memory(space: &Space) -> u64 {
    let text = space.read("memory");
    let number = |name: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(name)).expect("it is told");
        line.split_ascii_whitespace().nth(1).expect("a number").parse().expect("a number")
    };
    number("VmHWM") - number("RssFile")
}

/// The files with outputs of the one run of a space, by name.
fn output(space: &Space, name: &str) -> Option<String> {
    let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs are kept");
    let run = runs.map(|entry| entry.expect("a run").path()).find(|path| path.is_dir()).expect("a run");
    std::fs::read_to_string(run.join("output").join(name)).ok()
}

#[test]
fn stdout_and_stderr_can_be_kept_apart_too() {
    let space = Space::new();
    let check = "echo 1; echo 2 >&2; echo 3; echo 4 >/dev/stderr";
    let script = "cd .\necho one\necho two >&2";
    space.file("plan.md", &staged(&[("1", "", &[check, script])]));
    assert_eq!(space.run(&["plan.md", "--split-output", "-j", "1"]).status, Some(0));
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(output(&space, "0.stdout").as_deref(), Some("1\n3\n"));
    assert_eq!(output(&space, "0.stderr").as_deref(), Some("2\n4\n"));
    let mut whole = lines(&output(&space, "0.out").expect("the common file is kept"));
    whole.sort();
    assert_eq!(whole, ["1", "2", "3", "4"]);
    // The marks between the commands of a script stand with its stdout.
    assert_eq!(lines(&output(&space, "1.stderr").expect("it is kept")), ["two"]);
    let plain = Space::new();
    plain.file("plan.md", &staged(&[("1", "", &[check])]));
    assert_eq!(plain.run(&["plan.md"]).status, Some(0));
    assert_eq!(output(&plain, "0.out").as_deref(), Some("1\n2\n3\n4\n"));
    assert_eq!(output(&plain, "0.stdout"), None);
}

#[test]
fn secrets_are_taken_out_of_each_stream() {
    let mut space = Space::new();
    space.env("API_TOKEN", "hush-hush-123");
    space.file("plan.md", &staged(&[("1", "", &["echo $API_TOKEN; echo err $API_TOKEN >&2"])]));
    assert_eq!(space.run(&["plan.md", "--split-output"]).status, Some(0));
    assert_eq!(output(&space, "0.stdout").as_deref(), Some("***\n"));
    assert_eq!(output(&space, "0.stderr").as_deref(), Some("err ***\n"));
}

#[test]
fn who_writes_too_much_is_ended() {
    let space = Space::new();
    let endless = "while :; do echo yes; done";
    let at_the_end = "head -c 3000 /dev/zero";
    let just_enough = "head -c 2048 /dev/zero";
    space.file("plan.md", &staged(&[("1", "", &[endless, at_the_end, just_enough, "yes | head -n 9"])]));
    let too_much = "error output-limit: wrote more than 2 KiB and was ended";
    let expected =
        [&format!("1.1 {too_much}"), &format!("1.2 {too_much}"), "1.3 passed", "1.4 passed"].map(str::to_owned);
    let (finished, ends) = ends(&space, &["plan.md", "--max-capture", "2K", "-j", "1"]);
    assert_eq!((finished.status, ends), (Some(1), expected.to_vec()));
    assert_eq!(output(&space, "0.out").map(|kept| kept.len()), Some(2048));
    // The command line outranks the configuration.
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["head -c 3000 /dev/zero"])]));
    space.file("plan-run.yaml", "max_capture: 1K\n");
    let (_, told) = ends_of(&space, &[]);
    assert_eq!(told, ["1.1 error output-limit: wrote more than 1 KiB and was ended"]);
    assert_eq!(ends_of(&space, &["--max-capture", "4K"]).1, ["1.1 passed"]);
    assert_eq!(space.run(&["plan.md", "--max-capture", "0"]).status, Some(2));
}

#[test]
fn a_flood_is_kept_to_the_byte_and_to_the_limit() {
    let numbers = |from: u32, to: u32| (from..=to).map(|number| format!("{number}\n")).collect::<String>();
    let space = Space::new();
    // Small things before, between and after what comes in floods.
    let mixed = "echo first; seq 200000; echo between >&2; seq 200001 400000; echo last >&2";
    space.file("plan.md", &staged(&[("1", "", &[mixed, "seq 400000", "echo small; seq 400000 >&2"])]));
    let whole = numbers(1, 400_000);
    let all = format!("first\n{}between\n{}last\n", numbers(1, 200_000), numbers(200_001, 400_000));
    let (_, told) = ends_of(&space, &["-j", "1"]);
    assert_eq!(told, ["1.1 passed", "1.2 passed", "1.3 passed"]);
    assert!(output(&space, "0.out") == Some(all), "nothing is lost, doubled or moved");
    assert!(output(&space, "1.out").as_ref() == Some(&whole));
    assert!(output(&space, "2.out") == Some(format!("small\n{whole}")));
    // What is looked at on its way comes out the same.
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["seq 400000"])]));
    let (_, told) = ends_of(&space, &["--split-output"]);
    assert_eq!(told, ["1.1 passed"]);
    assert!(output(&space, "0.out").as_ref() == Some(&whole));
    assert!(output(&space, "0.stdout").as_ref() == Some(&whole));
    // The limit may be anywhere: within what is read in one go, or right at its end.
    let exact = whole.len().to_string();
    for limit in ["1M", "1500001", "100000", &exact] {
        let space = Space::new();
        space.file("plan.md", &staged(&[("1", "", &["seq 400000"])]));
        let (_, told) = ends_of(&space, &["--max-capture", limit]);
        let most = limit.parse().unwrap_or(1 << 20);
        assert_eq!(told[0] == "1.1 passed", most == whole.len(), "{told:?}");
        assert!(output(&space, "0.out").as_deref() == Some(&whole[..most]), "{limit}");
    }
}

fn ends_of(space: &Space, args: &[&str]) -> (Finished, Vec<String>) {
    ends(space, &[&["plan.md"], args].concat())
}

#[test]
fn a_command_that_is_under_way_in_a_script_is_the_one_that_wrote_too_much() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["cd .\necho one\nyes\necho three"])]));
    let (_, told) = ends_of(&space, &["--max-capture", "64K"]);
    let expected = own(&[
        "1.1 passed",
        "1.2 passed",
        "1.3 error output-limit: wrote more than 64 KiB and was ended",
        "1.4 skipped script: not reached: its script stopped at 1.3",
    ]);
    assert_eq!(told, expected);
}

#[test]
fn two_hundred_megabytes_need_no_memory() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["head -c 200000000 /dev/zero", ASK_MEMORY])]));
    let finished = space.run(&["plan.md", "-j", "1"]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    assert_eq!(output(&space, "0.out").map(|kept| kept.len()), Some(200_000_000));
    let memory = memory(&space);
    assert!(memory < MOST_MEMORY, "{memory} KiB");
}

#[test]
fn a_thousand_talkative_commands_at_once_need_little_memory_and_few_files() {
    let space = Space::new();
    let made = std::process::Command::new("mkfifo").arg(space.at("go")).status().expect("mkfifo runs");
    assert!(made.success());
    // All of them are there before the first one goes on; the pipe stays open until the last one has.
    let talks = "head -c 100000 /dev/zero; echo here >>here; : <go; head -c 100000 /dev/zero; echo done >>done";
    let lines = |file: &str| format!("while [ $(cat {file} 2>/dev/null | wc -l) -lt 1000 ]; do sleep 0.1; done");
    let opens = format!("{}; exec 9>go; {}; {ASK_MEMORY}", lines("here"), lines("done"));
    let numbers: Vec<String> = (1..=1000).map(|number| number.to_string()).collect();
    // A command that is seen to write in the tree would run alone.
    space.file("talks.sh", talks).file("opens.sh", &opens);
    // Nor would one wait for another whose text is the same.
    let checks: Vec<[String; 1]> = numbers.iter().map(|number| [format!(". ./talks.sh {number}")]).collect();
    let checks: Vec<[&str; 1]> = checks.iter().map(|[check]| [check.as_str()]).collect();
    let mut stages: Vec<(&str, &str, &[&str])> =
        numbers.iter().zip(&checks).map(|(number, check)| (number.as_str(), "", &check[..])).collect();
    let last = [". ./opens.sh"];
    stages.push(("1001", "", &last));
    space.file("plan.md", &staged(&stages));
    space.file("plan-run.yaml", "shell: sh\n");
    let binary = space.command(&[]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -Sn 1024 && exec \"$0\" \"$@\""]).arg(binary.get_program());
    limited.args(["plan.md", "--no-reuse", "-j", "1001", "--progress", "none", "--timeout", "100s"]);
    limited.current_dir(space.path()).stdin(Stdio::null());
    let output = limited.output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let memory = memory(&space);
    assert!(memory < MOST_MEMORY, "{memory} KiB");
}

#[test]
fn too_many_open_files_are_told_as_such() {
    let space = Space::new();
    let _gate = Gate::new(&space, "gate");
    let numbers: Vec<String> = (1..=64).map(|number| number.to_string()).collect();
    let checks = ["sleep 5"];
    let stages: Vec<(&str, &str, &[&str])> = numbers.iter().map(|number| (number.as_str(), "", &checks[..])).collect();
    space.file("plan.md", &staged(&stages));
    let binary = space.command(&[]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""]).arg(binary.get_program());
    limited
        .args(["plan.md", "--no-reuse", "-j", "64", "--progress", "plain", "--timeout", "1s"])
        .current_dir(space.path());
    let output = limited.stdin(Stdio::null()).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    let why = "could not be started: too many open files; use fewer jobs, or allow more with `ulimit -n`";
    assert!(told.contains(why), "{told}");
    assert!(told.contains("ran longer than 1.0s"), "those that could start did: {told}");
}

#[test]
fn what_a_command_needed_is_told_however_it_was_started() {
    let space = Space::new();
    // The second of the three has to keep all of it before it knows that it is asked for.
    let greedy = "head -c 67108864 /dev/zero | tail -c 67108864 | wc -c";
    space.file("plan.md", &staged(&[("1", "", &[greedy])]));
    for more in [&[][..], &["--split-output"][..]] {
        let finished = space.run(&[&["plan.md", "--json", "r.json"], more].concat());
        assert_eq!(finished.status, Some(0), "{}", finished.stderr);
        let report = space.read("r.json");
        let peaks = report.split("\"peak_memory\":").skip(1);
        let told: Vec<u64> = peaks
            .filter_map(|rest| rest.trim_start().split(|digit: char| !digit.is_ascii_digit()).next()?.parse().ok())
            .collect();
        let most = told.iter().max().copied().unwrap_or(0);
        assert!((64 << 20..1 << 30).contains(&most), "{more:?}: {told:?}");
    }
}
