//! What checks say of each other: a failing test that is never seen to pass, boxes that contradict each other.

use std::collections::BTreeMap;

use super::super::{Applies, Findings, Reads, Rule, Subject};
use crate::diagnostic::Severity;
use crate::dialect::programs::from_program;
use crate::dialect::shell::{Word, lex, simple_commands};
use crate::plan::{Check, Kind};

/// A failing test that is never run again.
pub(crate) static RED_WITHOUT_GREEN: Rule = Rule {
    code: "red-without-green",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a check that must fail before the work, and that nothing runs after it",
    why: "A test that fails before the work proves something only if it passes afterwards. Without a second run the work may be \
          done, or the test may be broken.",
    mend: "Run the same command again where the work is done.",
    bad: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] Run test (expect failure): `pytest tests/test_read.py`\n\
          - [ ] `make docs`\n",
    good: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] Run test (expect failure): `pytest tests/test_read.py`\n\
           - [ ] `pytest tests/test_read.py`\n",
    check: reds,
};

/// Boxes that say different things of the same check.
pub(crate) static CONTRADICTING_BOXES: Rule = Rule {
    code: "contradicting-boxes",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a check that is ticked in one place and not in another, though both speak of the same time",
    why: "One of the two boxes was forgotten, so the plan says both that the check holds and that it does not.",
    mend: "Run the check, and tick both boxes or neither. A later stage that still has to run it again is no contradiction.",
    bad: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [x] `make test`\n- [ ] Before the commit: `make test`\n",
    good: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [x] `make test`\n- [x] Before the commit: `make test`\n",
    check: boxes,
};

/// The words of a command that say what it runs: flags and what is passed on to others do not count.
fn said(command: &str) -> Vec<Vec<String>> {
    let logical = lex(command);
    let commands = simple_commands(&logical.tokens);
    let plain = |words: &Vec<&Word>| {
        let words = from_program(words).iter().map(|word| word.text.clone());
        words.filter(|word| !word.starts_with('-')).collect::<Vec<String>>()
    };
    commands.iter().map(plain).filter(|words| !words.is_empty()).collect()
}

/// Whether a command runs all that another one runs, and perhaps more: fewer words choose more tests.
fn covers(green: &[Vec<String>], red: &[Vec<String>]) -> bool {
    let covered = |red: &Vec<String>| {
        green.iter().any(|green| {
            // The same file, though another test in it or other words that are looked for.
            let file = |word: &&String| word.contains(['/', '.']);
            let same_file = red.iter().skip(1).filter(file).any(|word| green[1..].contains(word));
            green.first() == red.first() && same_file
                || green.first() == red.first()
                    && green.iter().all(|word| {
                        let word = word.trim_end_matches("...");
                        red.iter().any(|own| own.starts_with(word))
                    })
        })
    };
    // What sets the scene, or cuts the output, need not come again.
    let aside = ["cd", "export", "tail", "head", "grep", "tee", "set", "source", "."];
    red.iter().filter(|words| !aside.contains(&words[0].as_str())).all(covered)
}

fn reds(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let checks = &subject.plan.checks;
    let green: Vec<(u32, Vec<Vec<String>>)> = checks
        .iter()
        .filter(|check| check.kind == Kind::Command)
        .filter_map(|check| Some((check.span.start, said(check.command.as_deref()?))))
        .collect();
    // Where a target or a script of the project runs the tests, that may well run this one.
    let whole = checks.iter().filter(|check| check.kind == Kind::Command).filter(|check| {
        let command = check.command.as_deref().unwrap_or("");
        let program = said(command).first().and_then(|words| words.first().cloned()).unwrap_or_default();
        let of_project = matches!(program.as_str(), "make" | "just" | "task" | "tox" | "nox") || program.contains('/');
        of_project && ["test", "check", "ci"].iter().any(|name| command.contains(name))
    });
    let last_whole = whole.map(|check| check.span.start).max();
    for check in checks.iter().filter(|check| check.kind == Kind::Red && !check.scene) {
        let Some(command) = check.command.as_deref() else { continue };
        let red = said(command);
        let seen = green.iter().any(|(at, green)| *at > check.span.start && covers(green, &red));
        let whole = last_whole.is_some_and(|at| at > check.span.start);
        if !seen && !whole && !red.is_empty() {
            findings
                .add(check.span, "nothing shows that this check passes after the work")
                .help("run the same command again where the work is done");
        }
    }
}

fn boxes(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut same: BTreeMap<(&str, Option<&str>), Vec<&Check>> = BTreeMap::new();
    let own_box = |check: &&Check| check.tick.is_some_and(|tick| subject.source.line(tick.span.start) == check.line);
    // The box of a whole step speaks of its work as well.
    for check in subject.plan.checks.iter().filter(|check| check.kind == Kind::Command).filter(own_box) {
        if let Some(command) = check.command.as_deref() {
            same.entry((command, check.cwd.as_deref())).or_default().push(check);
        }
    }
    let mut found = Vec::new();
    for checks in same.values() {
        let ticked = |check: &&&Check| check.tick.is_some_and(|tick| tick.done);
        for open in checks.iter().filter(|check| !ticked(check)) {
            if let Some(done) = checks.iter().filter(ticked).find(|done| contradict(subject, open, done)) {
                found.push((*open, *done));
            }
        }
    }
    found.sort_by_key(|(open, _)| open.span.start);
    for (open, done) in found {
        findings
            .add(open.span, "this box is not ticked, and another one of the same check is")
            .also(done.span, "ticked here")
            .help("run the check, and tick both or neither");
    }
}

/// Whether a ticked box leaves nothing open that an open one could wait for: both are of one stage, or the ticked one
/// comes after the open one, or the stage of the open one is said to be done.
fn contradict(subject: &Subject<'_>, open: &Check, done: &Check) -> bool {
    let after = || subject.graph.is_some_and(|graph| graph.ancestors(done.stage).contains(&open.stage));
    open.stage == done.stage || subject.plan.stage(open.stage).claimed || after()
}
