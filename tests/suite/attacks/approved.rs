//! Nothing runs that was not approved, however alike it looks and whenever it changes.

use crate::support::space::Space;

fn plan(command: &str) -> String {
    format!("# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `{command}`\n")
}

/// Approves a command, exchanges it, and sees that the other one does not run.
fn exchanged(other: &str) {
    let space = Space::new();
    space.file("plan.md", &plan("touch made"));
    assert_eq!(space.run(&["approve", "--all", "--yes", "plan.md"]).status, Some(0));
    assert_eq!(space.run(&["run", "--trust", "approved", "plan.md"]).status, Some(0));
    std::fs::remove_file(space.at("made")).expect("it was run");
    space.file("plan.md", &plan(other));
    let done = space.run(&["run", "--trust", "approved", "plan.md"]);
    assert_eq!(done.status, Some(4), "{other:?}: {done:?}");
    let left = std::fs::read_dir(space.path()).expect("it is there").filter_map(Result::ok);
    assert!(left.map(|entry| entry.file_name().into_string().expect("a name")).all(|name| !name.contains("made")));
}

#[test]
fn letters_that_look_alike() {
    exchanged("touch m\u{430}de");
    exchanged("t\u{43e}uch made");
}

#[test]
fn blanks_that_nobody_sees() {
    exchanged("touch made\u{200b}");
    exchanged("touch\u{a0}made");
    exchanged("touch  made");
}

#[test]
fn one_letter_in_two_forms() {
    exchanged("touch made\u{e9}");
    exchanged("touch madee\u{301}");
}

#[test]
fn control_characters() {
    exchanged("touch made\u{8}x");
    exchanged("touch made\u{202e}");
}

#[test]
fn variables_that_run_into_each_other() {
    let configured = |text: &str| {
        let space = Space::new();
        space.file("plan.md", &plan("touch \"made$A\"")).file("plan-run.yaml", text);
        space
    };
    let space = configured("env:\n  A: \"x\"\n  B: \"y\"\n");
    assert_eq!(space.run(&["approve", "--all", "--yes", "plan.md"]).status, Some(0));
    assert_eq!(space.run(&["run", "--trust", "approved", "plan.md"]).status, Some(0));
    for other in [
        "env:\n  A: \"x\\nB=y\"\n",
        "env:\n  A: \"x\\0\"\n  B: \"y\"\n",
        "env:\n  A: \"xB\"\n  B: \"y\"\n",
        "env:\n  A: \"x\"\n  B: \"y\"\n  PATH: .\n",
    ] {
        space.file("plan-run.yaml", other);
        let done = space.run(&["run", "--trust", "approved", "plan.md"]);
        assert!(matches!(done.status, Some(2 | 4)), "{other}: {done:?}");
    }
}

#[test]
fn the_approval_of_another_plan() {
    let space = Space::new();
    space.file("plan.md", &plan("touch made")).file("other/plan.md", &plan("touch made"));
    assert_eq!(space.run(&["approve", "--all", "--yes", "plan.md"]).status, Some(0));
    assert_eq!(space.run(&["run", "--trust", "approved", "other/plan.md"]).status, Some(4));
    assert!(!space.at("made").exists());
    // However it is spelt, it is the same plan.
    assert_eq!(space.run(&["run", "--trust", "approved", "./other/../plan.md"]).status, Some(0));
}

#[test]
fn a_plan_that_changes_while_it_runs() {
    let space = Space::new();
    let evil = "s/touch later/touch canary/";
    let text = format!(
        "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `sed -i '{evil}' plan.md plan-run.lock`\n\n## Stage 2: B\n\nDepends on: Stage 1\n\n### Validation\n\n- [ ] `touch later`\n"
    );
    space.file("plan.md", &text);
    assert_eq!(space.run(&["approve", "--all", "--yes", "plan.md"]).status, Some(0));
    let done = space.run(&["run", "--trust", "approved", "plan.md"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(space.at("later").exists() && !space.at("canary").exists(), "what was read is what runs");
    // And the next run believes neither file.
    std::fs::remove_file(space.at("later")).expect("it was made");
    assert_ne!(space.run(&["run", "--trust", "approved", "plan.md"]).status, Some(0));
    assert!(!space.at("canary").exists());
}

#[test]
fn approvals_that_a_command_gives_itself() {
    let space = Space::new();
    let program = env!("CARGO_BIN_EXE_plan-run");
    let text = format!(
        "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `{program} approve --all --yes plan.md`\n\n## Stage 2: B\n\nDepends on: Stage 1\n\n### Validation\n\n- [ ] `git clean -fdx nowhere; touch canary`\n"
    );
    space.file("plan.md", &text);
    space.run(&["run", "plan.md"]);
    assert!(!space.at("canary").exists(), "what may run was decided before the first command");
}

#[test]
fn two_who_approve_at_once() {
    let space = Space::new();
    for number in 0..6 {
        space.file(&format!("p{number}.md"), &plan(&format!("touch made{number}")));
    }
    let started: Vec<_> = (0..6)
        .map(|number| {
            let mut command = space.command(&["approve", "--all", "--yes", &format!("p{number}.md")]);
            command.stdout(std::process::Stdio::null()).spawn().expect("the binary starts")
        })
        .collect();
    started.into_iter().for_each(|mut child| assert!(child.wait().expect("it ends").success()));
    // One may have missed what another wrote, but the file is whole, and says nothing that nobody approved.
    let lock = plan_run::trust::Lock::read(&space.read("plan-run.lock")).expect("it is whole");
    assert!((1..=6).contains(&lock.approvals().len()));
    let left = std::fs::read_dir(space.path()).expect("it is there").filter_map(Result::ok);
    assert!(left.map(|entry| entry.file_name().into_string().expect("a name")).all(|name| !name.contains(".tmp")));
}

#[test]
fn runs_at_once_leave_whole_files() {
    let space = Space::new();
    space.file("plan.md", &plan("true"));
    let started: Vec<_> = (0..6)
        .map(|_| {
            let mut command = space.command(&["run", "--progress", "none", "--junit", "j.xml", "plan.md"]);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("it starts")
        })
        .collect();
    started.into_iter().for_each(|mut child| assert!(child.wait().expect("it ends").success()));
    assert!(space.read("j.xml").trim_end().ends_with("</testsuites>"));
    for line in space.read(".plan-run/history").lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a whole line");
    }
    let done = space.run(&["history"]);
    assert!(done.status == Some(0) && done.stderr.is_empty(), "{done:?}");
}
