//! What a process finds when it starts. There are two ways to start one, and by what it finds it cannot tell which it was.

use std::process::{Command, Stdio};

use crate::support::space::Space;
use crate::support::whole::staged;

/// What a shell finds: whether it leads its group, where it is, what is open.
const SHOW: &str = "read -r stat </proc/$$/stat\n\
                    set -- $stat\n\
                    [ $1 = $5 ] && echo leads\n\
                    pwd\n\
                    ls -l /proc/self/fd/ | sed 's/.*:[0-9][0-9] //'\n";

/// What each check of a plan wrote, in order; what differs from run to run is replaced.
fn written(space: &Space, ways: &[&str]) -> Vec<String> {
    let args = [&["plan.md", "-j", "1", "--runs", "runs"], ways].concat();
    let plain = space.command(&args);
    // A program that is told to ignore signals lets its own ignore them.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "trap '' HUP USR1; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(space.path()).stdin(Stdio::null()).env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = command.output().expect("the binary starts");
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    let run = std::fs::read_dir(space.at("runs")).expect("runs are kept").map(|entry| entry.expect("a run").path());
    let run = run.filter(|path| path.is_dir()).max().expect("a run");
    let output = |index: usize| {
        let text = std::fs::read_to_string(run.join(format!("output/{index}.out"))).expect("it wrote something");
        let mut parts: Vec<String> = text.split(['\0', '\n']).map(steady).collect();
        parts.sort();
        parts.join("\n")
    };
    (0..4).map(output).collect()
}

fn steady(part: &str) -> String {
    for name in ["PLAN_RUN_JOB=", "TMPDIR="] {
        if part.starts_with(name) {
            return format!("{name}...");
        }
    }
    // The C library keeps signals 32 and 33 for itself, and makes some of those that it starts ignore them.
    if let Some((name, mask)) = part.split_once(":\t").filter(|(name, _)| name.starts_with("Sig")) {
        let mask = u64::from_str_radix(mask, 16).expect("a mask");
        return format!("{name}: {:x}", mask & !(0b11 << 31));
    }
    match part.split_once("pipe:[") {
        Some((before, _)) => format!("{before}pipe"),
        None if part.contains("/proc/") && part.contains("/fd") => "its own folder".to_owned(),
        None => part.to_owned(),
    }
}

#[test]
fn a_process_finds_the_same_however_it_is_started() {
    let mut space = Space::new();
    space.env("GITHUB_OUTPUT", "/nowhere").env("KEPT", "as it was\nin two lines").env("CHANGED", "before");
    space.file("show.sh", SHOW).file("plan-run.yaml", "env:\n  CHANGED: after\n  NEW: x=y\n");
    let words = "cat /proc/self/cmdline /proc/self/environ";
    let checks = [
        words,
        "grep -e SigBlk -e SigCgt -e SigIgn -e Cpus_allowed: /proc/self/status",
        "sh show.sh",
        "cd . ; cat /proc/self/environ; sh show.sh",
    ];
    space.file("plan.md", &staged(&[("1", "", &checks)]));
    let straight = written(&space, &[]);
    // Two pipes are more than the short way can give.
    let by_duct = written(&space, &["--split-output"]);
    assert_eq!(straight, by_duct);
    let [environment, signals, open, _] = straight.as_slice() else { panic!("four checks") };
    let variables: Vec<&str> = environment.lines().collect();
    for wanted in
        ["CHANGED=after", "KEPT=as it was", "in two lines", "NEW=x=y", "PLAN_RUN=1", "PLAN_RUN_JOB=...", "cat"]
    {
        assert_eq!(variables.iter().filter(|variable| **variable == wanted).count(), 1, "{wanted} in {environment}");
    }
    assert!(!environment.contains("GITHUB_OUTPUT"), "{environment}");
    let mask = |name: &str| {
        let mask = signals.lines().find_map(|line| line.strip_prefix(name)).expect("the system tells it");
        u64::from_str_radix(mask.trim(), 16).expect("a number")
    };
    // HUP and USR1, and not PIPE, which this program itself ignores; nothing is held back.
    assert_eq!((mask("SigIgn:") & 0xffff_ffff & !(1 << 31), mask("SigBlk:")), (0b10_0000_0001, 0));
    // A slot keeps to one processor while it starts a process, and neither of them any longer.
    let own = std::fs::read_to_string("/proc/thread-self/status").expect("the system tells it");
    let processors = own.lines().find(|line| line.starts_with("Cpus_allowed:")).expect("it tells the processors, too");
    assert!(signals.lines().any(|line| line == processors), "{processors} is not in {signals}");
    assert!(open.contains("leads"), "{open}");
    assert!(open.contains("0 -> /dev/null") && open.contains("1 -> pipe") && open.contains("2 -> pipe"), "{open}");
}

#[test]
#[cfg(target_os = "linux")]
fn there_is_room_for_the_files_of_all_jobs_before_the_first_one_starts() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["grep '^FDSize' /proc/$PPID/status >room"])]));
    for (jobs, files) in [("1", 500), ("60", 600)] {
        assert_eq!(space.run(&["plan.md", "-j", jobs]).status, Some(0));
        let told = space.read("room");
        let room: u64 = told.trim_start_matches("FDSize:").trim().parse().expect("a number");
        assert!(room > files, "{told}: to make more later takes longer than to start a command");
    }
}
