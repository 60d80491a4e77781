//! Tests of the exit codes of the real binary, and of what it says beside them.

use std::process::Stdio;

use plan_run::cli::exit_code;
use plan_run::report::Verdict;

use crate::support::space::{Finished, Space};

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
        (Verdict::Fails, 1),
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
    let expected = "error[config-unknown-key]: unknown key `timeot`
 --> plan-run.yaml:1:1
  |
1 | timeot: 5m
  | ^^^^^^ no key of the configuration
  |
  = help: did you mean `timeout`? The keys of the configuration are: env, jobs, plans, root, shell, stages, timeout
";
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
    let version = space.run(&["--version"]);
    assert_eq!((version.status, version.stdout.as_str()), (Some(0), "plan-run 0.1.0\n"));
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
