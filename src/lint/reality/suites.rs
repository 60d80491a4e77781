//! Files and folders that test runners are given: pytest's files with the names in them, go's packages.

use super::super::{Applies, Reads, Rule, World};
use super::calls::{Call, is_literal};
use super::findings::{Missing, report};
use super::planned::{Planned, has_word};
use super::programs::counted;
use crate::diagnostic::Severity;

/// A test that is not there.
pub(crate) static MISSING_TEST: Rule = Rule {
    code: "missing-test",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that names a pytest file, or a test in it, which is not there",
    why: "The run ends without having tested anything. A test that is still to be written is at most a note; one that a finished \
          stage names has been renamed, or was never written.",
    mend: "Correct the path, which counts from where the check runs, or the name.",
    bad: "- [x] `pytest tests/test_raed.py::test_empty`\n",
    good: "- [x] `pytest tests/test_read.py::test_empty`\n",
    check: |subject, findings| report(subject, findings, pytest),
};

/// A package of go that is not there.
pub(crate) static MISSING_GO_PACKAGE: Rule = Rule {
    code: "missing-go-package",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that names the folder of a go package which is not there",
    why: "Go ends at once: `no such file or directory`.",
    mend: "Correct the path, which counts from where the check runs.",
    bad: "- [x] `go test ./internal/raed`\n",
    good: "- [x] `go test ./internal/read`\n",
    check: |subject, findings| report(subject, findings, go),
};

fn pytest(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let words = call.arguments();
    let arguments = match (call.program(), words) {
        ("pytest" | "py.test", all) => all,
        ("python" | "python3", [flag, module, rest @ ..]) if flag == "-m" && module == "pytest" => rest,
        _ => return Vec::new(),
    };
    let Some(folder) = &call.folder else { return Vec::new() };
    let mut missing = Vec::new();
    let mut before_was_flag = false;
    for word in arguments {
        let flag = word.starts_with('-');
        // `-k name`, `-n 4`: what stands behind a flag may be its value.
        let is_path = !flag && (word.contains(".py") || !before_was_flag && word.contains('/'));
        before_was_flag = flag && !word.contains('=') && word.len() == 2;
        let (path, name) = word.split_once("::").map_or((word.as_str(), None), |(path, name)| (path, Some(name)));
        if !is_path || !is_literal(path) || path.starts_with(['/', '.']) {
            continue;
        }
        let file = folder.join(path);
        if !world.host.exists(&file) {
            let before = (!planned.speaks_of(path)).then_some(Severity::Note);
            missing.push(Missing {
                message: format!("the test `{path}` is not there"),
                help: counted(world, path),
                before,
            });
        } else if let Some(name) = name {
            missing.extend(absent(world, &file, path, name, planned));
        }
    }
    missing
}

/// What a file of tests does not have of `Class::test`: the first part, as the second one may come from elsewhere.
fn absent(world: &World<'_>, file: &std::path::Path, path: &str, name: &str, planned: &Planned) -> Option<Missing> {
    let first = name.split("::").next().unwrap_or(name);
    let first = first.split('[').next().unwrap_or(first);
    let bytes = world.host.read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    if first.is_empty() || !is_literal(first) || has_word(&text, first) {
        return None;
    }
    Some(Missing {
        message: format!("`{path}` has no test `{first}`"),
        help: "correct the name, or say in the plan that the test is written".to_owned(),
        before: (!planned.has_in_code(first) && !planned.speaks_of(first)).then_some(Severity::Note),
    })
}

fn go(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let verb = call.arguments().first().map_or("", String::as_str);
    let Some(folder) = call.folder.as_ref().filter(|_| call.program() == "go") else { return Vec::new() };
    if !matches!(verb, "test" | "build" | "vet" | "run" | "list") {
        return Vec::new();
    }
    let mut missing = Vec::new();
    for word in call.arguments().iter().skip(1).take_while(|word| *word != "-args") {
        let path = word.trim_end_matches("...").trim_end_matches('/');
        if !word.starts_with("./") || path == "." || !is_literal(path) || world.host.exists(&folder.join(path)) {
            continue;
        }
        let before = (!planned.speaks_of(path)).then_some(Severity::Warning);
        missing.push(Missing {
            message: format!("the package `{path}` is not there"),
            help: counted(world, path),
            before,
        });
    }
    missing
}
