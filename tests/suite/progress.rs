//! What is shown while the real binary runs: on a terminal, in a log, and where nothing is wanted.

use std::process::{Command, Stdio};

use crate::support::space::Space;
use crate::support::whole::{space, timeless};

const STAGES: &[(&str, &str, &[&str])] =
    &[("1", "", &["test 1 = 1", "echo trouble; exit 3"]), ("2", "Stage 1", &["test 2 = 2"])];

fn shown(space: &Space, args: &[&str]) -> (String, String) {
    let finished = space.run(&[&["plan.md", "-j", "1"], args].concat());
    assert_eq!(finished.status, Some(1));
    (finished.stdout, finished.stderr)
}

const LOG: &str = "run        1 plan, 3 checks to run, up to 1 at a time
start      1 Part 1
passed     1.1  test 1 = 1  (0.0s)
FAILED     1.2  echo trouble; exit 3  (0.0s)
           exit status 3
           at plan.md:11
           | trouble
blocked    2 Part 2: 1 check blocked because stage 1 does not hold
";

#[test]
fn without_a_terminal_lines_are_plain_whatever_is_asked_for() {
    let mut space = space(STAGES);
    for args in [&[][..], &["--progress", "auto"], &["--progress", "plain"], &["--progress", "bars"]] {
        let (stdout, stderr) = shown(&space, args);
        assert_eq!(timeless(&stderr), LOG, "{args:?}");
        assert!(!stdout.contains('\u{1b}') && !stdout.contains('\r'), "{stdout:?}");
    }
    space.env("TERM", "xterm-256color").env("CI", "true");
    assert_eq!(timeless(&shown(&space, &[]).1), LOG);
}

#[test]
fn nothing_is_shown_where_nothing_is_wanted() {
    let space = space(STAGES);
    let (stdout, stderr) = shown(&space, &["--progress", "none"]);
    assert_eq!(stderr, "");
    assert!(
        stdout.ends_with(" (0 of 2 stages hold; 1 passed, 1 failed, 1 not run) in 0.0s\n")
            || stdout.contains("FAILS: ")
    );
}

#[test]
fn colour_comes_when_it_is_asked_for_and_moves_no_cursor() {
    let mut space = space(STAGES);
    space.env("NO_COLOR", "1");
    assert!(!shown(&space, &["--color", "auto"]).1.contains('\u{1b}'));
    assert!(!shown(&space, &["--color", "never"]).1.contains('\u{1b}'));
    let (stdout, stderr) = shown(&space, &["--color", "always"]);
    assert!(stderr.contains("\n\u{1b}[1;31mFAILED\u{1b}[0m     1.2  "), "{stderr:?}");
    assert!(stdout.contains("\n\u{1b}[1;31mFAILS\u{1b}[0m: 1 check does not hold"), "{stdout:?}");
    for text in [stdout, stderr] {
        for code in text.split('\u{1b}').skip(1) {
            let end = code.find(|c: char| c.is_ascii_alphabetic()).expect("a code ends");
            assert_eq!(&code[end..=end], "m", "colours only: {code:?}");
        }
    }
}

/// Runs the binary on a terminal; `None` where there is no program that makes one.
fn on_a_terminal(space: &Space, settings: &str, words: &str) -> Option<String> {
    let version = Command::new("script").arg("--version").stdin(Stdio::null()).output().ok()?;
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return None;
    }
    let line = format!("{settings} '{}' {words}", env!("CARGO_BIN_EXE_plan-run"));
    let done = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(space.path())
        .env_remove("CI")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .output()
        .expect("a terminal can be made");
    assert_eq!(done.status.code(), Some(1), "the verdict is the plan's: {done:?}");
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn on_a_terminal_bars_come_and_go() {
    let space = space(STAGES);
    let Some(screen) = on_a_terminal(&space, "", "plan.md") else {
        eprintln!("skipped: there is no `script` of util-linux to make a terminal");
        return;
    };
    assert!(screen.contains("/3 checks"), "{screen:?}");
    assert!(screen.contains("\u{1b}[2K"), "bars are drawn in place: {screen:?}");
    assert!(screen.contains("\u{1b}[1;31mFAILED\u{1b}[0m     1.2  echo trouble; exit 3"), "{screen:?}");
    assert!(!screen.contains("passed\u{1b}[0m     1.1"), "what passes needs no line: {screen:?}");
    let (bars, closing) = screen.rsplit_once("\u{1b}[2K").expect("the bars are cleared");
    assert!(closing.contains("FAILS\u{1b}[0m      1 Part 1  1 passed, 1 failed  "), "{closing:?}");
    assert!(closing.contains("blocked\u{1b}[0m    2 Part 2  1 not run           by stage 1"), "{closing:?}");
    assert!(!bars.contains("panicked") && !screen.contains("internal error"), "{screen:?}");
}

#[test]
fn a_terminal_can_be_told_to_be_quiet() {
    let space = space(STAGES);
    for (settings, words, colours) in [
        ("CI=true", "plan.md", true),
        ("NO_COLOR=1 CI=true", "plan.md", false),
        ("TERM=dumb", "plan.md", false),
        ("", "plan.md --progress plain --color never", false),
        ("", "plan.md --progress none --color never", false),
    ] {
        let Some(screen) = on_a_terminal(&space, settings, words) else {
            eprintln!("skipped: there is no `script` of util-linux to make a terminal");
            return;
        };
        assert!(!screen.contains("\u{1b}[2K"), "{settings} {words}: nothing is drawn in place: {screen:?}");
        assert_eq!(screen.contains('\u{1b}'), colours, "{settings} {words}: {screen:?}");
    }
}
