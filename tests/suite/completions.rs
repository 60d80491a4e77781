//! Completion as shells ask for it: the scripts are sourced by real shells, as far as they are installed.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::space::Space;

const PLAN: &str = "# Implementation Plan: Export\n\n## Stage 1: Write the file\n\n### Validation\n\n- [ ] `true`\n\n\
                    ## Stage 2: Release\n\n### Validation\n\n- [ ] `test -d docs`\n- [ ] Manual: look at it\n";

/// A repository with two plans and a file that is none.
fn space() -> Space {
    let space = Space::new();
    space.file("docs/plan.md", PLAN).file("docs/plans/my plan.md", PLAN).file("notes/today.md", "# Today\n");
    space.file("notes/today.txt", "nothing\n");
    space
}

/// Shells run only where they are installed: the answers are the same for all of them, and bash is everywhere.
fn has(shell: &str) -> bool {
    Command::new(shell).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// What a shell prints that runs a script where the binary is found by its name.
fn shell(space: &Space, program: &str, args: &[&str], script: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_plan-run"));
    let folder = binary.parent().expect("a file has a folder").display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new(program)
        .args(args)
        .arg(script)
        .current_dir(space.path())
        .env("PATH", path)
        .env("HOME", space.path())
        .stdin(Stdio::null())
        .output()
        .expect("the shell starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "{program}: {script}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What bash would put in place of the last word of a line, one for each line of the answer. The words are taken apart as
/// readline does it.
fn bash(space: &Space, line: &str) -> Vec<String> {
    let script = r#"
        source <(plan-run completions bash)
        complete -p plan-run >/dev/null || echo "not registered"
        COMP_LINE="$LINE" COMP_POINT=${#LINE} COMP_WORDS=()
        rest="$LINE"
        while [[ -n "$rest" ]]; do
            rest="${rest#"${rest%%[! ]*}"}"
            if [[ "$rest" =~ ^(([^\ :=\\\"]|\\.)+|\"[^\"]*\"?|[:=]+) ]]; then
                COMP_WORDS+=("${BASH_REMATCH[0]}")
                rest="${rest:${#BASH_REMATCH[0]}}"
            fi
        done
        [[ "$LINE" == *" " && "$LINE" != *'\ ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        compopt() { :; }
        _plan_run plan-run "${COMP_WORDS[COMP_CWORD]}" ""
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let script = format!("LINE={}\n{script}", quoted(line));
    shell(space, "bash", &["--norc", "--noprofile", "-c"], &script).lines().map(str::to_owned).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn verbs_and_options_are_completed() {
    let space = space();
    assert_eq!(bash(&space, "plan-run li"), ["list", "lint"]);
    assert_eq!(bash(&space, "plan-run list --for"), ["--format"]);
    assert_eq!(bash(&space, "plan-run list --format "), ["text", "json"]);
    assert_eq!(bash(&space, "plan-run list --format="), ["text", "json"]);
    assert_eq!(bash(&space, "plan-run list --format=j"), ["json"]);
    assert_eq!(bash(&space, "plan-run completions "), ["bash", "zsh", "fish", "elvish", "powershell"]);
    // The verb `run` may be left out.
    assert_eq!(bash(&space, "plan-run --juni"), ["--junit"]);
    assert!(!bash(&space, "plan-run ").iter().any(|word| word.starts_with('-') || word.starts_with('_')));
    assert!(bash(&space, "plan-run run -").len() > 30);
}

#[test]
fn plans_are_completed() {
    let space = space();
    let found = ["docs/plan.md", r"docs/plans/my\ plan.md"];
    assert_eq!(bash(&space, "plan-run run "), found);
    assert_eq!(bash(&space, "plan-run graph docs/plan."), ["docs/plan.md"]);
    // What is no plan by its place may be one by the user's word; what is not Markdown is none.
    assert_eq!(bash(&space, "plan-run lint no"), ["notes/"]);
    assert_eq!(bash(&space, "plan-run lint notes/"), ["notes/today.md"]);
    assert_eq!(bash(&space, r"plan-run list docs/plans/my\ pl"), [r"docs/plans/my\ plan.md"]);
    assert_eq!(bash(&space, "plan-run list \"docs/plans/my pl"), ["docs/plans/my plan.md"]);
    assert_eq!(bash(&space, "plan-run run nothing"), [""]);
    let verbs = bash(&space, "plan-run ");
    assert!(verbs.ends_with(&found.map(str::to_owned)) && verbs.contains(&"run".to_owned()), "{verbs:?}");
}

#[test]
fn lines_of_plans_are_completed() {
    let space = space();
    // Bash keeps what stands before the colon.
    assert_eq!(bash(&space, "plan-run explain docs/plan.md:"), ["7", "13", "14"]);
    assert_eq!(bash(&space, "plan-run explain docs/plan.md:1"), ["13", "14"]);
    assert_eq!(bash(&space, r"plan-run explain docs/plans/my\ plan.md:7"), ["7"]);
    assert_eq!(bash(&space, "plan-run explain docs/none.md:"), [""]);
    let told = space.run(&["__complete", "fish", "2", "--", "plan-run", "explain", "docs/plan.md:1"]);
    assert_eq!(told.stdout, "docs/plan.md:13\tcommand 2.1: test -d docs\ndocs/plan.md:14\tmanual 2.2: look at it\n");
}

#[test]
fn stages_and_checks_are_completed() {
    let space = space();
    space.file("docs/other.md", &PLAN.replace("Stage 2", "Stage 7"));
    assert_eq!(bash(&space, "plan-run run docs/plan.md --stage "), ["1", "2"]);
    assert_eq!(bash(&space, "plan-run run docs/other.md --stage="), ["1", "7"]);
    assert_eq!(bash(&space, "plan-run run --check 2."), ["2.1", "2.2"]);
    let told = space.run(&["__complete", "zsh", "3", "--", "plan-run", "docs/other.md", "--stage", "7"]);
    assert_eq!(told.stdout, "7\tRelease\n");
}

#[test]
fn names_of_lists_and_runs_are_completed() {
    let space = space();
    assert_eq!(bash(&space, "plan-run --dialect wor"), ["workstream"]);
    assert_eq!(bash(&space, "plan-run lint --dialect=wor"), ["workstream"]);
    assert_eq!(bash(&space, "plan-run lint --explain missing-v"), ["missing-validation"]);
    assert_eq!(bash(&space, "plan-run man li"), ["list", "lint"]);
    assert_eq!(bash(&space, "plan-run run --resume="), [""]);
    assert_eq!(space.run(&["run", "docs/plan.md"]).status, Some(0));
    assert_eq!(space.run(&["run", "docs/plan.md"]).status, Some(0));
    let mut runs: Vec<String> = std::fs::read_dir(space.at(".plan-run/runs"))
        .expect("there are runs")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    runs.sort();
    runs.reverse();
    assert_eq!(bash(&space, "plan-run run --resume="), runs);
    assert_eq!(bash(&space, "plan-run report "), runs);
    assert_eq!(bash(&space, "plan-run merge notes/today.t"), ["notes/today.txt"]);
}

#[test]
fn what_is_below_a_folder_is_completed_from_there() {
    let space = space();
    let mut command = space.command(&["__complete", "bash", "2", "--", "plan-run", "run", ""]);
    let output = command.current_dir(space.at("notes")).output().expect("the binary starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "../docs/plan.md\n../docs/plans/my plan.md\n");
}

#[test]
fn completion_never_complains() {
    let space = space();
    space.file("plan-run.yaml", "jobs: [\n").file("docs/torn.md", "## Stage 1\n\n```sh\n");
    for words in [
        &["__complete", "bash", "2", "--", "plan-run", "run", ""] as &[&str],
        &["__complete", "bash", "2", "--", "plan-run", "explain", "docs/torn.md:"],
        &["__complete", "bash", "7", "--", "plan-run"],
        &["__complete", "bash", "0", "--"],
        &["__complete", "bash", "1", "--", "plan-run", "--config="],
        &["__complete", "bash", "1", "--", "plan-run", "\u{1f600}"],
    ] {
        let done = space.run(words);
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{words:?}");
    }
    // A script can be had wherever a shell starts.
    assert_eq!(space.run(&["completions", "bash"]).status, Some(0));
    let wrong = space.run(&["completions", "tcsh"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("bash, zsh, fish, elvish, powershell"), "{}", wrong.stderr);
}

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    let space = space();
    let zsh = |words: &str, prefix: &str| {
        let script = format!(
            "compdef() {{ print -r registered $2 }}\n_describe() {{ print -rl -- $4 ${{(P)3}} }}\n\
             source <(plan-run completions zsh)\nwords=({words} {0})\nCURRENT=${{#words}}\nPREFIX={0}\n_plan_run",
            quoted(prefix)
        );
        shell(&space, "zsh", &["-f", "-c"], &script)
    };
    assert_eq!(
        zsh("plan-run explain", "docs/plan.md:1"),
        "registered plan-run\ndocs/plan.md\\:13:command 2.1: test -d docs\ndocs/plan.md\\:14:manual 2.2: look at it\n"
    );
    assert_eq!(zsh("plan-run list", "not"), "registered plan-run\n-S\nnotes/\n");
    assert_eq!(zsh("plan-run list", r"docs/plans/my\ "), "registered plan-run\ndocs/plans/my plan.md\n");
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    let space = space();
    let fish = |line: &str| {
        let script = format!("plan-run completions fish | source; complete -C {}", quoted(line));
        shell(&space, "fish", &["--no-config", "-c"], &script)
    };
    assert_eq!(fish("plan-run explain docs/plan.md:7"), "docs/plan.md:7\tcommand 1.1: true\n");
    assert_eq!(fish("plan-run list docs/plans/my"), "docs/plans/my plan.md\n");
    assert_eq!(fish("plan-run list --format="), "--format=text\tFor people\n--format=json\tFor programs\n");
}

#[test]
fn elvish_completes() {
    let space = space();
    let script = space.run(&["completions", "elvish"]).stdout;
    assert!(script.contains("edit:completion:arg-completer[plan-run]"), "{script}");
    if !has("elvish") {
        return;
    }
    // Without a terminal there is no editor to register with.
    let script = script.replace("edit:completion:", "");
    let script = format!(
        "var arg-completer = [&]\n{script}\nfor word [($arg-completer[plan-run] plan-run list docs/p)] {{ echo $word }}"
    );
    assert_eq!(
        shell(&space, "elvish", &["-norc", "-c"], &script),
        "docs/plan.md\ndocs/plans/my plan.md\ndocs/plans/\n"
    );
}

#[test]
fn powershell_is_served() {
    let space = Space::new();
    let script = space.run(&["completions", "powershell"]);
    assert_eq!((script.status, script.stderr.as_str()), (Some(0), ""));
    assert!(script.stdout.contains("plan-run __complete powershell"), "{}", script.stdout);
}
