//! Commands that are started without bash: which ones, and that nobody can tell.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use plan_run::run::exec::Job;
use plan_run::run::{Policy, run};
use tokio::sync::mpsc::unbounded_channel;

use crate::support::plans::Sketch;
use crate::support::real::{Ran, has_bash, plan, really};
use crate::support::recorder::Recorder;
use crate::support::scripted::ScriptedExec;
use crate::support::space::Space;

/// Commands, and by what each is run: `program`, `sh` or `bash`.
const COMMANDS: &[(&str, &str)] = &[
    // Plain words need no shell.
    ("printenv PWD", "program"),
    ("printenv SHLVL", "program"),
    ("printenv _", "program"),
    ("printenv PLAN_RUN_STAGE NO_SUCH_VARIABLE", "program"),
    ("grep -c x file", "program"),
    ("grep -c 'x y' \"a b\"", "program"),
    ("grep 'x$' file", "program"),
    ("grep x$ file", "program"),
    ("grep -c \"\\\"\" file", "program"),
    ("printenv 'two  words' two\\ words", "program"),
    ("find . -name file -exec cat {} \\;", "program"),
    ("/usr/bin/printenv _ PWD", "program"),
    ("ls -d key=value file", "program"),
    ("cat \u{27}no such file\u{27}", "program"),
    ("sh -c 'kill -9 $$'", "program"),
    ("sh -c 'exit 137'", "program"),
    ("cat", "program"),
    // What every shell does alike.
    ("./script one 'two three'", "sh"),
    ("sub/../script one", "sh"),
    ("true", "sh"),
    ("false 17", "sh"),
    ("! false", "sh"),
    ("! true", "sh"),
    ("exit 3", "sh"),
    ("test -f file", "sh"),
    ("test -f missing", "sh"),
    ("[ ! -d sub ]", "sh"),
    ("[ a = b ] || echo other", "sh"),
    ("test 3 -ge 2 && echo more", "sh"),
    ("cat file && cat file", "sh"),
    ("cat missing || echo none", "sh"),
    ("false; true", "sh"),
    ("cat file; false", "sh"),
    ("cat file missing 2>&1", "sh"),
    ("cat missing > /dev/null 2>&1", "sh"),
    ("cat missing 2>/dev/null; echo after", "sh"),
    ("A=1 printenv A && echo set", "sh"),
    ("A=1 B=2 printenv B A && true", "sh"),
    ("cat file && sh -c 'kill -9 $$'", "sh"),
    ("false || sh -c 'kill -TERM $$'", "sh"),
    ("true; sh -c 'kill -9 $$'", "sh"),
    ("cd sub && sh -c 'kill -9 $$'", "sh"),
    ("! sh -c 'exit 3'", "sh"),
    ("export A=1 && printenv A", "sh"),
    ("A=1; test -n \"$A\" && echo \"set\"", "sh"),
    ("printenv HOME; ls \"$HOME\" >/dev/null && echo home", "sh"),
    ("cd sub && pwd && cat ../file", "sh"),
    ("cd sub && ../script here", "sh"),
    ("true && sh -c 'kill -9 $$'", "sh"),
    ("true && sh -c 'exit 137'", "sh"),
    ("echo two   words 'and  more'", "sh"),
    // Where shells differ, or might.
    ("A=1 printenv A", "bash"),
    ("cat file | grep x", "bash"),
    ("cat no-such-file | cat", "bash"),
    ("no-such-program", "bash"),
    ("no-such-program && true", "bash"),
    ("true; no-such-program", "bash"),
    ("./file", "bash"),
    ("./unmarked", "bash"),
    ("./unmarked && true", "bash"),
    ("./lost", "bash"),
    ("cd missing && true", "bash"),
    ("cd sub; ../script here", "bash"),
    ("cd - && true", "bash"),
    ("echo -e 'a\\tb'", "bash"),
    ("echo 'a\\tb'", "bash"),
    ("echo -n x", "bash"),
    ("echo \"$A\"", "bash"),
    ("printf '%s\\n' x", "bash"),
    ("echo s*", "bash"),
    ("ls {sub,file}", "bash"),
    ("ls ~", "bash"),
    ("echo $HOME", "bash"),
    ("test \"$UID\" -ge 0", "bash"),
    ("[ \"$RANDOM\" != x ]", "bash"),
    ("[ a == a ]", "bash"),
    ("[[ a == a ]]", "bash"),
    ("test file -nt missing", "bash"),
    ("[ x -eq 1 ]", "bash"),
    ("source ./script", "bash"),
    (". ./script", "bash"),
    ("eval true", "bash"),
    ("cat file &> /dev/null", "bash"),
    ("cat < file", "bash"),
    ("cat file > copy", "bash"),
    ("cat file 3>/dev/null", "bash"),
    ("cat <<< text", "bash"),
    ("cat $'a\\tb'", "bash"),
    ("echo $(cat file)", "bash"),
    ("echo `cat file`", "bash"),
    ("(cat file)", "bash"),
    ("{ cat file; }", "bash"),
    ("cat file & wait", "bash"),
    ("cat file # and so on", "bash"),
    ("A=(1 2); true", "bash"),
    ("PATH=/nowhere printenv A", "bash"),
    ("IFS=: && true", "bash"),
    ("command -v cat", "bash"),
    ("type true", "bash"),
    ("exit", "bash"),
    ("exit 300", "bash"),
    ("true &&", "bash"),
    ("cat 'open", "bash"),
    ("true\ntrue", "bash"),
    ("caf\u{e9} x", "bash"),
];

fn space() -> Space {
    let space = Space::new();
    space.file("file", "x y\n\"\nx$\n").file("a b", "x y\n").file("sub/other", "");
    space.file("script", "#!/bin/sh\necho \"$# $1 $0\"\n").file("unmarked", "echo ${BASH_VERSION:+bash}\n");
    space.file("lost", "#!/no/such/interpreter\n");
    for name in ["script", "unmarked", "lost"] {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(space.at(name), mode).expect("a file's mode can be changed");
    }
    space
}

fn sketch(space: &Space) -> Sketch {
    COMMANDS.iter().fold(plan(space), |sketch, (command, _)| sketch.run(command))
}

/// The environment of a test run is nobody's choice: cargo, say, sets variables that a small shell would drop. So each of
/// these tests runs in a process of its own, with few variables. Says whether this is it.
fn in_own_process(test: &str) -> bool {
    const MARK: &str = "PLAN_RUN_TEST_ALONE";
    if !has_bash() {
        return false;
    }
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let own = std::env::current_exe().expect("this program has a path");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut alone = Command::new(own);
    alone.args(["--exact", &format!("faster::{test}"), "--nocapture"]).env_clear().env(MARK, "1");
    let ran = alone.env("PATH", path).env("HOME", "/").output().expect("this program can be started");
    let told = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && told.contains("1 passed"), "{told}");
    false
}

/// The jobs of a plan, of which none is run.
fn jobs(sketch: Sketch) -> Vec<Job> {
    let selection = sketch.selection();
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    let mut exec = ScriptedExec::new(&selection, &[]);
    let record = exec.record.clone();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime can be made");
    runtime.block_on(async {
        let (_interrupt, mut interrupts) = unbounded_channel();
        let policy = Policy::new(1, captures.path());
        run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut Recorder::default()).await
    });
    std::mem::take(&mut record.lock().expect("nothing panicked").jobs)
}

fn run_by(job: &Job) -> &'static str {
    match (&job.direct, job.argv[0].as_str()) {
        (Some(_), _) => "program",
        (None, "/bin/sh") => "sh",
        (None, _) => "bash",
    }
}

#[test]
fn bash_is_started_only_where_it_may_make_a_difference() {
    if !in_own_process("bash_is_started_only_where_it_may_make_a_difference") {
        return;
    }
    let space = space();
    let jobs = jobs(sketch(&space));
    let by = |job: &Job| (job.argv[job.argv.len() - 1].clone(), run_by(job));
    let decided: BTreeMap<String, &str> = jobs.iter().map(by).collect();
    for (command, expected) in COMMANDS {
        // In a pipeline the command is written otherwise.
        let is = |text: &str| text.starts_with(command) || text.replacen("exec ", "", 1).starts_with(command);
        let found = decided.iter().find(|(text, _)| is(text)).map(|(_, &by)| by);
        assert_eq!(found, Some(*expected), "{command}");
    }
}

#[test]
fn what_bash_is_told_beside_the_command_counts() {
    if !in_own_process("what_bash_is_told_beside_the_command_counts") {
        return;
    }
    let space = space();
    let with = |name: &str, command: &str| {
        let set = |setup: &mut plan_run::plan::Setup| _ = setup.env.insert(name.to_owned(), "x".to_owned());
        run_by(&jobs(plan(&space).with_setup(set).run(command))[0])
    };
    assert_eq!(with("ANY", "cat file"), "program");
    assert_eq!(with("BASH_ENV", "cat file"), "bash");
    assert_eq!(with("BASH_FUNC_cat%%", "cat file"), "bash");
    assert_eq!(with("SHELLOPTS", "cat file"), "bash");
    assert_eq!(with("CDPATH", "cd sub && cat other"), "bash");
    assert_eq!(with("PATH", "cat file"), "bash", "it is not found there");
    assert_eq!(with("PWD", "cat file"), "bash");
    assert_eq!(with("with.dot", "cat file"), "program");
    assert_eq!(with("with.dot", "true"), "bash", "a small shell would not pass it on");
    let own_shell = |setup: &mut plan_run::plan::Setup| setup.shell = Some(vec!["bash".to_owned()]);
    assert_eq!(run_by(&jobs(plan(&space).with_setup(own_shell).run("cat file"))[0]), "bash");
    let script = jobs(plan(&space).run("cat file").run("true").script(2));
    assert_eq!(run_by(&script[0]), "bash", "a script is bash's");
}

/// How a check ended and what it wrote.
fn ended(ran: &Ran, label: &str) -> (String, Vec<u8>) {
    (ran.outcome(label), ran.end(label).output.unwrap_or_default())
}

#[test]
fn commands_end_and_write_as_they_would_under_bash() {
    if !in_own_process("commands_end_and_write_as_they_would_under_bash") {
        return;
    }
    let space = space();
    let ran = really(sketch(&space));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bash: PathBuf =
        std::env::split_paths(&path).map(|folder| folder.join("bash")).find(|file| file.exists()).expect("it is there");
    for (index, (command, _)) in COMMANDS.iter().enumerate() {
        let label = format!("1.{}", index + 1);
        let (outcome, output) = ended(&ran, &label);
        // Both streams into one file, as a check has it.
        let file = space.at("under-bash");
        let out = std::fs::File::create(&file).expect("a file can be made");
        let same = out.try_clone().expect("a descriptor can be doubled");
        let status = Command::new(&bash)
            .args(["-eo", "pipefail", "-c", command])
            .current_dir(space.path())
            .env("PLAN_RUN_STAGE", "1")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(same)
            .status()
            .expect("bash can be started");
        let words = match (status.code(), status.signal()) {
            (Some(0), _) => "passed".to_owned(),
            (Some(status @ (126 | 127)), _) if outcome.starts_with("not started") => {
                assert!(outcome.contains(if status == 127 { "not found" } else { "not executable" }), "{outcome}");
                outcome.clone()
            }
            (Some(status), _) => format!("failed({status})"),
            (None, signal) => format!("signal({})", signal.unwrap_or_default()),
        };
        assert_eq!(outcome, words, "{command}");
        let (under_bash, here) = (std::fs::read(&file).expect("it can be read"), output);
        assert_eq!(String::from_utf8_lossy(&here), String::from_utf8_lossy(&under_bash), "{command}");
        std::fs::remove_file(&file).expect("a file can be removed");
    }
}

#[test]
fn what_the_system_does_not_start_is_left_to_bash() {
    if !in_own_process("what_the_system_does_not_start_is_left_to_bash") {
        return;
    }
    let space = space();
    // It looks like a program, and is none.
    space.file("torn", "\u{7f}ELF and so on");
    std::fs::set_permissions(space.at("torn"), std::fs::Permissions::from_mode(0o755)).expect("a mode can be changed");
    assert_eq!(run_by(&jobs(plan(&space).run("./torn"))[0]), "program");
    let ran = really(plan(&space).run("./torn").run("./torn || echo \"status $?\""));
    assert_eq!(ran.outcome("1.1"), "failed(126)");
    assert!(ran.output("1.1").contains("bash: line 1: ./torn: cannot execute binary file"), "{}", ran.output("1.1"));
}
