//! Tests of the exit codes of the real binary, and of what it says beside them.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use plan_run::cli::exit_code;
use plan_run::report::Verdict;

use crate::support::space::{Finished, Space};
use crate::support::whole::{cases, fifo, staged, timeless};

const PLAN: &str = "# Plan\n\n## Stage 1: One\n\n### Validation\n\n- [ ] Test: `true`\n";

fn space() -> Space {
    let space = Space::new();
    space.file("plan.md", PLAN);
    space
}

/// Nothing but a message: wrong use must not look like a result.
fn refused(finished: &Finished, code: u8, words: &str) {
    assert_eq!(finished.status, Some(i32::from(code)), "{finished:?}");
    assert_eq!(finished.stdout, "", "{finished:?}");
    assert!(finished.stderr.contains(words), "{finished:?}");
    assert!(!finished.stderr.contains('\u{1b}'), "no colour without a terminal: {finished:?}");
}

#[test]
fn every_verdict_has_its_own_code() {
    let verdicts = [
        (Verdict::Holds, 0),
        (Verdict::NothingTouched, 0),
        (Verdict::NothingClaimed, 0),
        (Verdict::Fails, 1),
        (Verdict::UnprovenClaims, 1),
        (Verdict::BrokenPlan, 3),
        (Verdict::NothingRan, 4),
        (Verdict::Internal, 5),
        (Verdict::Interrupted, 130),
    ];
    for (verdict, code) in verdicts {
        assert_eq!(exit_code::of(verdict), code, "{verdict:?}");
        assert!(exit_code::HELP.contains(&format!("\n  {code:<4} ")), "{code} is in the help");
    }
    assert!(exit_code::HELP.contains(&format!("\n  {:<4} ", exit_code::WRONG_USE)));
}

#[test]
fn wrong_use_is_2() {
    let space = space();
    for (words, message) in [
        (&["--bogus"][..], "unexpected argument '--bogus'"),
        (&["-j", "0", "plan.md"], "not a whole number of at least 1"),
        (&["--timeout", "soon", "plan.md"], "not a duration; write it as `90s`, `10m` or `1h 30m`"),
        (&["--timeout", "0", "plan.md"], "zero, so that nothing could run"),
        (&["list", "--format", "xml"], "invalid value 'xml'"),
        (&["--config"], "a value is required for '--config <FILE>'"),
        (&["--config", "none.yaml"], "cannot read the configuration none.yaml"),
        (&["none.md"], "no file matches `none.md`"),
        (&["plan.md", "none*.md"], "no file matches `none*.md`"),
        (&["lst", "plan.md"], "did you mean the verb `list`"),
        (&["list", "a["], "`a[` is not a glob"),
        (&["plan.md", "--root", "none"], "--root: `none` is not a directory"),
        (&["plan.md", "--junit", "plan.md"], "would replace the plan"),
    ] {
        refused(&space.run(words), 2, message);
    }
    assert_eq!(space.read("plan.md"), PLAN);
}

#[test]
fn a_wrong_configuration_is_2_for_every_verb() {
    let space = space();
    space.file("plan-run.yaml", "timeot: 5m\n");
    let keys = super::config::KEYS;
    let expected = format!(
        "error[config-unknown-key]: unknown key `timeot`
 --> plan-run.yaml:1:1
  |
1 | timeot: 5m
  | ^^^^^^ no key of the configuration
  |
  = help: did you mean `timeout`? The keys of the configuration are: {keys}
"
    );
    for words in [&["plan.md"][..], &["list", "plan.md"], &["graph"], &["run", "--dry-run"]] {
        let finished = space.run(words);
        refused(&finished, 2, "");
        assert_eq!(finished.stderr, expected, "{words:?}");
    }
}

#[test]
fn nothing_found_is_4_and_tells_where_it_was_looked() {
    let space = Space::new();
    space.file("README.md", "# Nothing\n").file("docs/other.md", "");
    for words in [&[][..], &["list"], &["graph"], &["docs"]] {
        refused(&space.run(words), 4, "\n  docs/plans/**/*.md\n");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_5_before_anything_runs() {
    let space = space();
    space.file("file", "");
    for option in ["--junit", "--summary"] {
        refused(&space.run(&["plan.md", option, "file/x"]), 5, "nothing was run");
        refused(&space.run(&["plan.md", option, ".git"]), 5, "is a directory; nothing was run");
    }
}

#[test]
fn help_and_version_are_data() {
    let space = space();
    // Alone it is answered at once, and in company by the parser.
    for words in [&["--version"][..], &["-V"], &["--color", "never", "--version"], &["--version", "run"]] {
        let version = space.run(words);
        assert_eq!((version.status, version.stdout.as_str()), (Some(0), "plan-run 0.1.0\n"), "{words:?}");
    }
    for words in [&["--help"][..], &["-h"], &["run", "--help"], &["help", "run"], &["--color", "never", "--help"]] {
        let help = space.run(words);
        assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""), "{words:?}");
        assert!(help.stdout.contains(exit_code::HELP), "{words:?}");
        assert!(help.stdout.contains("Examples:\n  plan-run"), "{words:?}");
    }
}

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let space = space();
    for (words, code) in
        [(&["--help"][..], 0), (&["list", "plan.md"], 0), (&["graph", "--format", "dot", "plan.md"], 0)]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = space.command(words).stdout(writer).stderr(Stdio::piped()).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
}

#[test]
fn data_that_cannot_be_written_is_5() {
    let space = space();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a device that is always full");
    let output = space.command(&["list", "plan.md"]).stdout(full).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
}

#[test]
fn what_was_found_is_said_beside_the_data() {
    let space = space();
    let finished = space.run(&["graph", "--format", "mermaid"]);
    assert_eq!(finished.status, Some(0));
    assert!(finished.stderr.starts_with("plan-run: found 1 plan: plan.md\n"), "{finished:?}");
    assert!(finished.stdout.starts_with("graph TD\n"), "{finished:?}");
}

#[test]
fn each_code_is_given_by_a_run() {
    let space = Space::new();
    let of = |checks: &[&str]| staged(&[("1", "", checks)]);
    space.file("good.md", &of(&["test 1 = 1"])).file("bad.md", &of(&["test 1 = 2"]));
    space.file("broken.md", &staged(&[("1", "Stage 9", &["touch broken-ran"])]));
    space.file("cycle.md", &staged(&[("1", "Stage 2", &["true"]), ("2", "Stage 1", &["true"])]));
    space.file("manual.md", &of(&["- [ ] Manual: `touch x`"])).file("held.md", &of(&["git push"]));
    space.file("red.md", &of(&["- [ ] Run: `test -f x` (expect failure)"])).file("prose.md", "# Plan\n\nwords\n");
    space.file("empty.md", "").file("front.md", "---\nplan-run:\n  timeout: 5s\n---\n");
    space.file(
        "skipped.md",
        &format!("---\nplan-run: {{ stages: {{ 1: {{ skip: later }} }} }}\n---\n{}", of(&["true"])),
    );
    for (words, code) in [
        (&["good.md"][..], 0),
        (&["bad.md"], 1),
        (&["good.md", "bad.md"], 1),
        (&["broken.md"], 3),
        (&["cycle.md"], 3),
        (&["good.md", "broken.md"], 3),
        (&["bad.md", "broken.md"], 3),
        (&["broken.md", "manual.md"], 3),
        (&["manual.md"], 4),
        (&["held.md"], 4),
        (&["red.md"], 4),
        (&["red.md", "--red"], 0),
        (&["prose.md"], 4),
        (&["empty.md"], 4),
        (&["front.md"], 4),
        (&["skipped.md"], 4),
        (&["good.md", "--junit", "/dev/full"], 5),
        (&["bad.md", "--junit", "/dev/full"], 5),
        (&["broken.md", "--junit", "/dev/full"], 5),
        (&["manual.md", "--summary", "/dev/full"], 5),
        (&["run", "--dry-run", "good.md"], 0),
        (&["run", "--dry-run", "bad.md"], 0),
        (&["run", "--dry-run", "broken.md"], 3),
        (&["run", "--dry-run", "manual.md"], 4),
        (&["list", "broken.md"], 3),
        (&["graph", "cycle.md"], 3),
    ] {
        let finished = space.run(words);
        assert_eq!(finished.status, Some(code), "{words:?}: {finished:?}");
        assert_eq!(finished.stdout.contains("\nHOLDS: "), code == 0 && words[0] != "run", "{finished:?}");
    }
    assert!(!space.at("broken-ran").exists());
}

#[test]
fn a_broken_plan_shows_its_lines_and_leaves_the_others_alone() {
    let space = Space::new();
    space.file(
        "broken.md",
        &staged(&[("1", "Stage 3", &["true"]), ("2", "Stage 1", &["true"]), ("3", "Stage 2", &["true"])]),
    );
    space.file("good.md", &staged(&[("1", "", &["test 1 = 1"])]));
    let finished = space.run(&["broken.md", "good.md", "--junit", "r.xml", "--summary", "s.md", "--progress", "none"]);
    assert_eq!(finished.status, Some(3));
    let shown = "error[dependency-cycle]: stages wait for each other: 1 -> 3 -> 2 -> 1
  --> broken.md:5:19
   |
 5 | **Dependencies**: Stage 3
   |                   ^^^^^^^ stage 1 needs stage 3
...
15 | **Dependencies**: Stage 1
   |                   ------- stage 2 needs stage 1
...
25 | **Dependencies**: Stage 2
   |                   ------- stage 3 needs stage 2
   |
   = help: take out one of these dependencies
";
    assert_eq!(finished.stderr, shown);
    let closing = "
good.md
  holds      1 Part 1  1 passed  0.0s

  broken     broken.md:5
             stages wait for each other: 1 -> 3 -> 2 -> 1

BROKEN PLAN: 1 plan cannot be run (1 of 1 stage holds; 1 passed) in 0.0s
";
    assert_eq!(timeless(&finished.stdout), closing);
    let broken = "the plan can be read error plan: stages wait for each other: 1 -> 3 -> 2 -> 1";
    assert_eq!(cases(&space.read("r.xml")), ["1.1 passed", broken]);
    assert!(space.read("s.md").starts_with("## \u{26d4} 1 plan cannot be run\n"));
}

#[test]
fn a_plan_without_a_stage_is_never_told_to_hold() {
    let space = Space::new();
    space.file("good.md", &staged(&[("1", "", &["test 1 = 1"])])).file("prose.md", "# Words\n");
    let finished = space.run(&["good.md", "prose.md"]);
    assert!(finished.stdout.contains("\nprose.md\n  not proven no stage was found\n"), "{finished:?}");
    let sentence = "\nHOLDS: Every check that ran holds; 1 plan has no stage (1 of 1 stage holds; 1 passed) in ";
    assert!(finished.stdout.contains(sentence), "{finished:?}");
}

#[test]
fn a_plan_that_is_no_text_file_is_told() {
    let space = Space::new();
    std::fs::create_dir(space.at("plan.md")).expect("a folder can be made");
    refused(&space.run(&["plan.md"]), 4, "no plan found in the directory `plan.md`");
    let finished = space.run(&["/dev/zero"]);
    assert_eq!(finished.status, Some(3), "{finished:?}");
    assert!(finished.stderr.contains("cannot read /dev/zero: file is larger than 256 MiB"), "{finished:?}");
    space.file("odd.md", &staged(&[("1", "", &["test 1 = 1"])]));
    let mut bytes = std::fs::read(space.at("odd.md")).expect("it was written");
    bytes.extend(b"\n\0\xff\xfe odd\n");
    std::fs::write(space.at("odd.md"), bytes).expect("it can be written");
    let finished = space.run(&["odd.md"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert!(finished.stderr.contains("warning[not-utf8]"), "{finished:?}");
    std::fs::set_permissions(space.at("odd.md"), std::fs::Permissions::from_mode(0o000)).expect("ours");
    if std::fs::read(space.at("odd.md")).is_ok() {
        eprintln!("skipped: nothing is unreadable for this user");
        return;
    }
    let finished = space.run(&["odd.md"]);
    assert_eq!(finished.status, Some(3));
    assert!(finished.stderr.contains("cannot read odd.md: Permission denied"), "{finished:?}");
}

#[test]
fn a_plan_may_come_from_a_pipe() {
    let space = Space::new();
    fifo(&space, "pipe");
    let path = space.at("pipe");
    let text = staged(&[("1", "", &["test 1 = 1"])]);
    let writer = std::thread::spawn(move || std::fs::write(path, text).expect("someone reads"));
    assert_eq!(space.run(&["pipe"]).status, Some(0));
    writer.join().expect("it writes");
}

#[test]
fn configuration_is_refused_with_its_place() {
    let space = space();
    for (text, expected) in [
        ("timeot: 5m\n", "error[config-unknown-key]: unknown key `timeot`\n --> plan-run.yaml:1:1\n"),
        (
            "jobs: many\n",
            "error[config-wrong-type]: `jobs` must be a whole number of at least 1, not a text\n --> plan-run.yaml:1:7\n",
        ),
        ("timeout: soon\n", "error[config-bad-value]: `timeout`: `soon` is not a duration\n --> plan-run.yaml:1:10\n"),
        ("stages:\n  \"1\": { skp: x }\n", "error[config-unknown-key]: unknown key `skp`\n --> plan-run.yaml:2:10\n"),
        ("a: [\n", "error[config-syntax]: "),
    ] {
        space.file("plan-run.yaml", text);
        let finished = space.run(&["plan.md"]);
        refused(&finished, 2, expected);
    }
    space.file("plan-run.yaml", "").file("plan.md", &format!("---\nplan-run:\n  jobs: 3\n---\n{PLAN}"));
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(3), "what a plan says of itself is the plan's mistake");
    let expected =
        "error[config-misplaced-key]: `jobs` holds for a whole run and cannot be set by one plan\n --> plan.md:3:3\n";
    assert!(finished.stderr.starts_with(expected), "{finished:?}");
}
