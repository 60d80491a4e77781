//! Commands that are carried elsewhere by stand-ins for launchers: what is believed of these, what reaches them, and what is
//! left when they fail.

use std::process::Stdio;

use rustix::process::Signal;

use crate::support::real::Witness;
use crate::support::space::Space;
use crate::support::whole::{Gate, ends, own, signal, staged};

/// Runs its words; whatever else each of them does is its name.
const STAND_INS: &str = r#"
launchers:
  plain: {run: ["{command}"]}
  text: {run: [sh, -c, "{command}"], quoting: string}
  encoded: {run: [sh, far.sh, mangling, "{command}"], quoting: encoded}
  prefixing: {run: [sh, far.sh, prefixing, "{command}"]}
  echoing: {run: [sh, far.sh, echoing, "{command}"]}
  losing: {run: [sh, far.sh, losing, "{command}"], retries: 1}
  lying: {run: [sh, far.sh, lying, "{command}"]}
  hanging: {run: [sh, far.sh, hanging, "{command}"], cancel: [touch, "cancelled-{id}"], start_within: 1s, retries: 0}
  lingering: {run: [sh, far.sh, lingering, "{command}"]}
  guarded: {run: [sh, far.sh, detached, "{command}"], guard: true}
  once: {run: [sh, far.sh, once, "{command}"], cancel: [sh, -c, "echo $1 >> cancelled", sh, "{id}"]}
  hosts: {run: [sh, far.sh, host, "{host}", "{command}"], hosts: [broken, whole, other], retries: 1}
  words: {run: [sh, far.sh, words, "--cpus={cpus}", "--mem={mem}", "--bytes={mem_bytes}", "--gpus={gpus}", "{args}", "{{}}",
    "{command}"], args: [-p, "a b"]}
  env: {run: [sh, far.sh, words, "--dir={cwd}", "--set={env}", "{command}"], passes_env: true}
  joined: {run: [sh, far.sh, joined, "{cwd}", "{env}", "{command}"], quoting: string}
  elsewhere: {run: ["{command}"], root: /nowhere/at/all}
"#;

const FAR: &str = r#"
how=$1; shift
case $how in
mangling) words=; for word in "$@"; do case $word in *' '*) word="\"$word\"" ;; esac; words="$words $word"; done; sh -c "$words" ;;
prefixing) echo submitted; "$@" 2>&1 | while IFS= read -r line; do printf '[n1] %s\n' "$line"; done ;;
echoing) set -x; echo "$@"; printf '%s\n' "$@" ;;
losing) echo 'node failure' ; exit 0 ;;
lying) "$@"; exit 3 ;;
hanging) exec sleep 1000 ;;
lingering) "$@"; exec sleep 1000 ;;
detached) setsid "$@" ;;
once) if [ -e lost ]; then "$@"; else touch lost; "$@" | head -c 60; fi; exit 0 ;;
host) host=$1; shift; echo "$host" >> hosts; if [ "$host" = broken ]; then exit 255; fi; "$@" ;;
words) for word in "$@"; do case $word in sh) break ;; esac; printf '%s\n' "$word" >> words; shift; done; "$@" ;;
joined) sh -c "printf '<%s>' $*" > words; while case $1 in 'sh '*) false ;; esac; do shift; done; sh -c "$*" ;;
esac
"#;

fn far(plan: &str) -> Space {
    let space = Space::new();
    space.file("plan-run.yaml", STAND_INS).file("far.sh", FAR).file("plan.md", plan);
    space
}

fn outputs(space: &Space) -> String {
    // While the run begins there is no folder yet, and nothing is written.
    let paths = |folder: &std::path::Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("it can be read").path()).collect::<Vec<_>>()
    };
    let runs = paths(&space.at(".plan-run/runs"));
    let mut files: Vec<_> = runs.iter().flat_map(|run| paths(&run.join("output"))).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).expect("it is text")).collect()
}

/// What is seen of a command must be the same wherever it runs.
#[test]
fn an_end_is_what_the_command_itself_reports() {
    let checks = [
        "true",
        "sh -c 'exit 7'",
        "sh -c 'exit 137'",
        "sh die.sh 9",
        "sh die.sh 15",
        "printf 'no line break'",
        "echo out; echo err >&2",
        "cd sub\npwd -P | grep -q 'sub$'\nfalse\necho not reached",
        "- `cat nothing` exits 1",
        "- `echo Hello` prints \"Hello\"",
    ];
    let told = own(&[
        "1.1 passed",
        "1.2 failure exit-code: exit status 7",
        "1.3 failure exit-code: exit status 137",
        "1.4 failure signal: ended by signal 9 (SIGKILL)",
        "1.5 failure signal: ended by signal 15 (SIGTERM)",
        "1.6 passed",
        "1.7 passed",
        "1.8 passed",
        "1.9 passed",
        "1.10 failure exit-code: exit status 1",
        "1.11 skipped script: not reached: its script stopped at 1.10",
        "1.12 passed",
        "1.13 passed",
    ]);
    for launcher in ["local", "plain", "text", "encoded", "prefixing", "lying", "guarded"] {
        let space = far(&staged(&[("1", "", &checks)]));
        space.file("die.sh", "kill -$1 $$\n").file("sub/file", "");
        let (finished, ends) = ends(&space, &["plan.md", "--launcher", launcher]);
        assert_eq!((finished.status, ends), (Some(1), told.clone()), "{launcher}: {finished:?}");
        let out = outputs(&space);
        let lead = if launcher == "prefixing" { "[n1] " } else { "" };
        for wanted in ["no line break", "out\n", "err\n", "Hello\n"] {
            assert!(out.contains(&format!("{lead}{wanted}")), "{launcher}: {out}");
        }
        // Of a line that holds only a report not even the launcher's own words are kept.
        assert!(!out.contains("[n1] [n1] ") && !out.ends_with("[n1] "), "{launcher}: {out}");
        // Neither what the launcher says before and after, nor a report.
        assert!(!out.contains("submitted") && !out.contains(';') && !out.contains('='), "{launcher}: {out}");
    }
}

#[test]
fn without_a_report_nothing_has_passed() {
    for launcher in ["losing", "echoing"] {
        let space = far(&staged(&[("1", "", &["true"]), ("2", "Stage 1", &["true"])]));
        let (finished, told) = ends(&space, &["plan.md", "--launcher", launcher]);
        assert_eq!(finished.status, Some(1), "{launcher}: {finished:?}");
        let words = format!(
            "1.1 error infrastructure: how it ended could not be learned: launched by {launcher}, it never began; `sh` ended with exit status 0: "
        );
        assert!(told[0].starts_with(&words), "{told:?}");
        assert_eq!(told[1], "2.1 skipped dependency: blocked: stage 1 does not hold");
        let tries = if launcher == "losing" { 1 } else { 2 };
        assert_eq!(space.read("ends.xml").matches("<rerunError ").count(), tries, "{launcher}");
    }
}

#[test]
fn what_was_lost_is_launched_again_and_is_not_flaky_for_that() {
    let space = far(&staged(&[("1", "", &["echo begun; echo more and more and more and more and more and more"])]));
    let args = ["plan.md", "--launcher", "once", "--flaky-fails", "--junit", "r.xml", "--json", "r.json"];
    let finished = space.run(&args);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stdout.contains("\n  lost       1.1 echo begun; "), "{finished:?}");
    assert!(finished.stdout.contains(" 1 time: launched by once, it began on "), "{finished:?}");
    assert!(finished.stderr.contains("           it is tried again\n"), "{finished:?}");
    assert!(!finished.stdout.contains("\n  flaky "), "{finished:?}");
    let xml = space.read("r.xml");
    assert!(xml.contains("<flakyError ") && xml.contains("name=\"launcher\" value=\"once\""), "{xml}");
    let json: serde_json::Value = serde_json::from_str(&space.read("r.json")).expect("it is JSON");
    let check = &json["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((check["launcher"].as_str(), check["flaky"].as_bool()), (Some("once"), Some(false)), "{check}");
    assert_eq!(check["attempts"][0]["outcome"]["word"], "infrastructure");
    // Whether it ran on nobody knew, so it was cancelled; the other one was not.
    let cancelled = space.read("cancelled");
    assert_eq!(cancelled.lines().count(), 1, "{cancelled}");
    assert!(cancelled.starts_with("plan-run-") && cancelled.ends_with("-1\n"), "{cancelled}");
    // A report made later, from the journal alone, says the same.
    assert_eq!(space.run(&["report", "--junit", "again.xml"]).status, Some(0));
    assert_eq!(space.read("again.xml"), xml);
}

#[test]
fn a_check_that_fails_when_it_was_found_again_has_failed() {
    let space = far(&staged(&[("1", "", &["echo some words that are longer than what comes through; exit 5"])]));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "once"]);
    assert_eq!((finished.status, told), (Some(1), own(&["1.1 failure exit-code: exit status 5"])));
    assert_eq!(space.read("ends.xml").matches("<rerunError ").count(), 1);
}

#[test]
fn hosts_are_taken_in_turn_and_a_broken_one_is_left() {
    let checks: Vec<String> = (1..=4).map(|number| format!("test {number} = {number}")).collect();
    let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
    let space = far(&staged(&[("1", "", &checks)]));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "hosts"]);
    assert_eq!((finished.status, told.len()), (Some(0), 4), "{told:?}");
    assert_eq!(space.read("hosts"), "broken\nwhole\nother\nwhole\nother\n");
    let xml = space.read("ends.xml");
    assert!(xml.contains("launched by hosts on broken, it never began; `sh` ended with exit status 255"), "{xml}");
}

#[test]
fn a_client_that_does_not_end_holds_nothing_up() {
    let space = far(&staged(&[("1", "", &["exit 4"])]));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "lingering", "--grace", "100ms"]);
    assert_eq!((finished.status, told), (Some(1), own(&["1.1 failure exit-code: exit status 4"])));
}

#[test]
fn a_command_that_does_not_begin_is_cancelled() {
    let space = far(&staged(&[("1", "", &["true"])]));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "hanging", "--grace", "100ms"]);
    let words = "1.1 error infrastructure: how it ended could not be learned: launched by hanging, it did not begin within 1.0s";
    assert_eq!((finished.status, told), (Some(1), own(&[words])));
    let files = std::fs::read_dir(space.path()).expect("it can be read").map(|file| file.expect("a file").file_name());
    assert_eq!(files.filter(|name| name.to_string_lossy().starts_with("cancelled-plan-run-")).count(), 1);
}

/// A command with a child in its group and one that fled from it.
fn tree(witness: &Witness) -> String {
    format!("{}\nsleep 1000 &\nsetsid sleep 1000 &\necho ready > gate\nwait\n", witness.watches())
}

#[test]
fn a_guarded_command_ends_with_its_time() {
    let space = far(&staged(&[("1", "", &["sh tree.sh"])]));
    let (gate, witness) = (Gate::new(&space, "gate"), Witness::new(&space));
    space.file("tree.sh", &tree(&witness));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "guarded", "--timeout", "2s", "--grace", "1s"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(told, ["1.1 error timeout: ran longer than 2.0s, the limit of --timeout, and was ended"]);
    gate.wait();
    witness.assert_all_gone();
}

#[test]
fn a_guarded_command_ends_with_an_interrupt_and_with_the_runner() {
    for how in [Signal::INT, Signal::KILL] {
        let space = far(&staged(&[("1", "", &["sh tree.sh"])]));
        let (gate, witness) = (Gate::new(&space, "gate"), Witness::new(&space));
        space.file("tree.sh", &tree(&witness));
        let mut command = space.command(&["plan.md", "--launcher", "guarded", "--grace", "1s"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        gate.wait();
        signal(&child, how);
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), (how == Signal::INT).then_some(130));
        witness.assert_all_gone();
    }
}

#[test]
fn output_comes_as_it_is_written() {
    let space = far(&staged(&[("1", "", &["echo first; read line < go; echo $line"])]));
    crate::support::whole::fifo(&space, "go");
    let mut command = space.command(&["plan.md", "--launcher", "prefixing", "--progress", "none"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let began = std::time::Instant::now();
    while outputs(&space) != "[n1] first\n" {
        assert!(began.elapsed() < crate::support::real::FOR_EVER, "the first line comes before the end");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::fs::write(space.at("go"), "last\n").expect("the check reads");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(outputs(&space), "[n1] first\n[n1] last\n");
}

#[test]
fn words_are_filled_repeated_and_left_out() {
    let space = far(&staged(&[("1", "", &["true"]), ("2", "Stage 1", &["test 1 = 1"])]));
    let stages = "launcher: words\nstages:\n  2: {resources: {cpus: 4, mem: 1536M, gpus: 2}}\n";
    space.file("plan-run.yaml", &format!("{stages}{STAND_INS}"));
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let first = "-p\na b\n{}\n";
    let second = "--cpus=4\n--mem=1536M\n--bytes=1610612736\n--gpus=2\n-p\na b\n{}\n";
    assert_eq!(space.read("words"), format!("{first}{second}"));
    let dry = space.run(&["plan.md", "--dry-run"]).stdout;
    assert!(dry.contains(", by the launcher words, at most"), "{dry}");
    assert!(dry.contains(", by the launcher words with cpus=4 mem=1536M gpus=2, at most"), "{dry}");
}

/// What a plan or a path has in it that a shell would like to change.
const NASTY: &str = "a 'b' \"c\" $(touch bad) `touch bad` \\ * ~ ; & | < > # !";

#[test]
fn nothing_but_the_command_reaches_a_shell() {
    for launcher in ["plain", "text", "encoded", "joined", "env", "guarded"] {
        let folder = "a 'b' $(touch bad) -x";
        let plan = staged(&[("1", "", &["test \"$NASTY\" = \"$(cat value)\"\ntest \"$(cat here)\" = here"])]);
        let space = far(&format!("---\nplan-run:\n  checks:\n    - {{line: 12, cwd: \"{folder}\"}}\n---\n{plan}"));
        let value = format!("{NASTY}\nand {NASTY}");
        space.file(&format!("{folder}/value"), &value).file(&format!("{folder}/here"), "here\n");
        let yaml = serde_json::to_string(&value).expect("a text can be written");
        space.file(
            "plan-run.yaml",
            &format!("launcher: {launcher}\nenv: {{NASTY: {yaml}, odd-name: {yaml}}}\n{STAND_INS}"),
        );
        let (finished, told) = ends(&space, &["plan.md"]);
        assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed", "1.2 passed"])), "{launcher}: {finished:?}");
        assert!(!space.at("bad").exists() && !space.at(folder).join("bad").exists(), "{launcher}");
        let root = space.path().canonicalize().expect("it is there");
        let cwd = root.join(folder).display().to_string();
        match launcher {
            "env" => {
                let words = space.read("words");
                assert!(words.starts_with(&format!("--dir={cwd}\n--set=PLAN_RUN=1\n")), "{words}");
                assert!(words.contains(&format!("--set=NASTY={value}\n")), "{words}");
            }
            "joined" => {
                let words = space.read("words");
                assert!(words.starts_with(&format!("<{cwd}><PLAN_RUN=1>")), "{words}");
                assert!(words.contains(&format!("<NASTY={value}>")), "{words}");
            }
            _ => {}
        }
    }
}

#[test]
fn a_directory_that_is_not_there_is_told() {
    let space = far(&staged(&[("1", "", &["true"])]));
    let (finished, told) = ends(&space, &["plan.md", "--launcher", "elsewhere"]);
    let words = "1.1 error spawn: could not be started: its directory does not exist there (elsewhere)";
    assert_eq!((finished.status, told), (Some(1), own(&[words])));
}

#[test]
fn who_is_launched_how_is_said_in_many_places() {
    let line = "<!-- plan-run: launcher=local -->\n- [ ] `sh see.sh`\n<!-- plan-run: launcher=words cpus=2 mem=1G -->\n- [ ] `sh see.sh 2`\n";
    let plan = staged(&[("1", "", &["sh see.sh 0"]), ("2", "Stage 1", &["sh see.sh 1"])]);
    let space =
        far(&format!("---\nplan-run:\n  launcher: plain\n  stages: {{2: {{launcher: lying}}}}\n---\n{plan}\n{line}"));
    space.file("see.sh", "exit 0\n");
    let dry = space.run(&["plan.md", "--dry-run"]).stdout;
    let by: Vec<&str> = dry
        .lines()
        .filter(|line| line.trim().starts_with("check "))
        .map(|line| line.split("by the launcher ").nth(1).and_then(|by| by.split(',').next()).unwrap_or("local"))
        .collect();
    assert_eq!(by, ["plain", "lying", "local", "words with cpus=2 mem=1024M"], "{dry}");
    let dry = space.run(&["plan.md", "--dry-run", "--launcher", "local"]).stdout;
    assert!(!dry.contains("by the launcher"), "{dry}");
}

#[test]
fn what_is_wrong_with_launchers_is_told_with_its_place() {
    let plan = staged(&[("1", "", &["true"])]);
    let told = |yaml: &str, wanted: &[&str]| {
        let space = Space::new();
        space.file("plan-run.yaml", yaml).file("plan.md", &plan);
        let finished = space.run(&["plan.md"]);
        assert_eq!(finished.status, Some(2), "{yaml}: {finished:?}");
        for words in wanted {
            assert!(finished.stderr.contains(words), "{yaml}: {words}: {finished:?}");
        }
    };
    let place = "--> plan-run.yaml:";
    told(
        "launcher: slrum\nlaunchers: {slurm: {preset: slurm}}\n",
        &["`slrum` is no launcher", "did you mean `slurm`?", place],
    );
    told("launchers: {a: {preset: slrum}}\n", &["did you mean `slurm`?", place]);
    told("launchers: {a: {run: [x]}}\n", &["the launcher `a` has no place for the command", "`\"{command}\"`", place]);
    told("launchers: {a: {run: [x, \"{comand}\"]}}\n", &["did you mean `{command}`?", place]);
    told("launchers: {a: {run: [x, \"{command}\", \"{\"]}}\n", &["a single brace"]);
    told("launchers: {a: {run: [x, \"do={command}\"]}}\n", &["within another word", "quoting: string"]);
    told("launchers: {a: {run: [x, \"{command}\", \"{command}\"]}}\n", &["runs the command twice"]);
    told("launchers: {a: {run: x}}\n", &["`run` must be a list of words"]);
    told("launchers: {a: {retries: 1}}\n", &["does not say how it runs a command"]);
    told("launchers: {a: {preset: ssh}}\n", &["does not say on which hosts"]);
    told("launchers: {a: {preset: ssh, hosts: [-oProxyCommand=x]}}\n", &["not the name of a host"]);
    told("launchers: {a: {preset: slurm, hosts: [b]}}\n", &["has hosts and no place for them"]);
    told("launchers: {a: {preset: slurm, quoting: shell}}\n", &["not one of argv, string, encoded"]);
    told("launchers: {a: {preset: slurm, jbos: 2}}\n", &["did you mean `jobs`?"]);
    told("launchers: {local: {preset: slurm}}\n", &["the name for commands that run here"]);
    told("launchers: {a: {preset: ray, guard: true}}\n", &["cannot guard a command"]);
    told("stages: {1: {resources: {cpu: 2}}}\n", &["no key `cpu`", "did you mean `cpus`?", "go below `uses`"]);
    told("stages: {1: {resources: {mem: lots}}}\n", &["not a size"]);
    let space = far(&plan);
    let finished = space.run(&["plan.md", "--launcher", "plian"]);
    assert_eq!(finished.status, Some(2));
    assert!(finished.stderr.contains("has no launcher `plian`; did you mean `plain`?"), "{finished:?}");
    space.file("plan.md", &format!("{plan}\n<!-- plan-run: launcher=nobody -->\n- [ ] `true`\n"));
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(3));
    assert!(
        finished.stderr.contains("`nobody` is no launcher") && finished.stderr.contains("--> plan.md:"),
        "{finished:?}"
    );
    space.file("plan.md", &format!("---\nplan-run: {{launchers: {{}}}}\n---\n{plan}"));
    assert!(space.run(&["plan.md"]).stderr.contains("holds for a whole run"));
}

/// The presets for what is not installed here are shown to stand-ins of the same name.
#[test]
fn presets_say_what_their_launchers_expect() {
    let cases = [
        (
            "slurm",
            "srun",
            "--quiet|--input=none|--chdir=/|--nodes=1|--ntasks=1|--job-name=ID|--cpus-per-task=2|--mem=1024M|--gpus=1|-p|x|sh|-c|",
        ),
        (
            "slurm-alloc",
            "srun",
            "--quiet|--input=none|--chdir=/|--exact|--nodes=1|--ntasks=1|--job-name=ID|--cpus-per-task=2|--mem=1024M|--gpus=1|-p|x|sh|-c|",
        ),
        ("kubectl", "kubectl", "exec|--stdin|--quiet|-p|x|there|--|sh|-c|"),
        (
            "ray",
            "ray",
            "job|submit|--submission-id=ID|--entrypoint-num-cpus=2|--entrypoint-memory=1073741824|--entrypoint-num-gpus=1|-p|x|--|sh|-c|echo ",
        ),
        (
            "ssh",
            "ssh",
            "-T|-o|BatchMode=yes|-o|ServerAliveInterval=15|-o|ServerAliveCountMax=3|-o|ControlMaster=auto|-o|ControlPersist=60|-o|ControlPath=/tmp/RUN-%C|-p|x|there|sh -c '",
        ),
    ];
    for (preset, program, wanted) in cases {
        let mut space = far(&staged(&[("1", "", &["true"])]));
        let hosts = if matches!(preset, "ssh" | "kubectl") { ", hosts: [there]" } else { "" };
        space.file("plan-run.yaml", &format!(
            "launcher: far\nlaunchers: {{far: {{preset: {preset}, args: [-p, x]{hosts}}}}}\nstages: {{1: {{resources: {{cpus: 2, mem: 1G, gpus: 1}}}}}}\n"
        ));
        // Runs the words behind `--`, or the last two or three, which are the command.
        let own = "printf '%s|' \"$@\" > words; while [ $# -gt 0 ]; do case $1 in sh) exec \"$@\" ;; 'sh -c '*) exec sh -c \"$1\" ;; esac; shift; done\n";
        space.file(&format!("bin/{program}"), &format!("#!/bin/sh\n{own}"));
        let made = std::process::Command::new("chmod").arg("+x").arg(space.at(&format!("bin/{program}"))).status();
        assert!(made.expect("chmod runs").success());
        let path = format!("{}:{}", space.at("bin").display(), std::env::var("PATH").expect("there is a PATH"));
        space.env("PATH", &path);
        let (finished, told) = ends(&space, &["plan.md"]);
        assert_eq!((finished.status, told), (Some(0), own_passed()), "{preset}: {finished:?}");
        let words = space.read("words");
        let id = words
            .split(['=', '|', '/'])
            .find(|word| word.starts_with("plan-run-"))
            .map_or("", |word| word.split("-%C").next().unwrap_or(word));
        let words = if id.is_empty() {
            words.clone()
        } else {
            words.replacen(id, if preset == "ssh" { "RUN" } else { "ID" }, 1)
        };
        assert!(words.starts_with(wanted), "{preset}:\n{words}\n{wanted}");
    }
}

fn own_passed() -> Vec<String> {
    own(&["1.1 passed"])
}

#[test]
fn launchers_have_jobs_of_their_own() {
    // Two that wait for each other, though only one command may run here at a time.
    let space = far("");
    crate::support::whole::fifo(&space, "first");
    crate::support::whole::fifo(&space, "second");
    space.file("one.sh", "echo a > first; read x < second").file("two.sh", "read x < first; echo b > second");
    space.file("plan.md", &staged(&[("1", "", &["sh one.sh"]), ("2", "", &["sh two.sh"])]));
    space.file(
        "plan-run.yaml",
        &format!("launcher: plain\njobs: 1\n{}", STAND_INS.replace("plain: {", "plain: {jobs: 2, ")),
    );
    let (finished, told) = ends(&space, &["plan.md", "--timeout", "30s"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed", "2.1 passed"])));
}

#[test]
fn an_approval_is_of_the_launcher_too() {
    let space = far(&staged(&[("1", "", &["sh see.sh"])]));
    space.file("see.sh", "exit 0\n");
    let approve = space.run(&["approve", "plan.md", "--all", "--yes"]);
    assert_eq!(approve.status, Some(0), "{approve:?}");
    assert_eq!(space.run(&["plan.md", "--trust", "approved"]).status, Some(0));
    assert_eq!(space.run(&["plan.md", "--trust", "approved", "--launcher", "plain"]).status, Some(4));
}
