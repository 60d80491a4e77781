//! Runs every Markdown file below `tests/cases`: each heading is a test.
//!
//! With `PLAN_RUN_UPDATE=1` the expectations that are not met are rewritten in place. How a case is written stands in
//! `CONTRIBUTING.md`.

#![expect(clippy::disallowed_methods, reason = "tests make the world that they test in")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use support::cases::file::{Case, CaseFile};
use support::cases::judge::judge_case;

/// New texts of blocks, by file and by the line of the block's opening fence.
type Updates = Arc<Mutex<BTreeMap<PathBuf, Vec<(usize, String)>>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let update = std::env::var_os("PLAN_RUN_UPDATE").is_some_and(|value| value == "1");
    if update && std::env::var_os("CI").is_some() {
        return complain("PLAN_RUN_UPDATE is refused where CI is set: expectations are changed by people");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let updates = Updates::default();
    let mut files = BTreeMap::new();
    let mut trials = Vec::new();
    collect(&root, &root, &mut files, &mut trials);
    for (path, file) in &files {
        for case in &file.cases {
            let name = format!("{} {}", shown(&root, path), case.name);
            let (path, case, updates) = (path.clone(), case.clone(), Arc::clone(&updates));
            trials.push(Trial::test(name, move || run(&path, &case, update.then_some(&updates))));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    let updates = updates.lock().expect("no test panics while it holds the list");
    for (path, exchanges) in &*updates {
        if let Err(error) = std::fs::write(path, files[path].with(exchanges)) {
            return complain(&format!("cannot write {}: {error}", path.display()));
        }
    }
    conclusion.exit_code()
}

#[expect(clippy::print_stderr, reason = "there is no harness that would show it")]
fn complain(what: &str) -> ExitCode {
    eprintln!("{what}");
    ExitCode::from(2)
}

/// Reads the files of a folder and of those below it. What is wrong becomes a test that fails, so that it is seen in
/// the list of tests.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, CaseFile>, trials: &mut Vec<Trial>) {
    let mut wrong = |path: &Path, what: String| {
        trials.push(Trial::test(shown(root, path), move || Err(Failed::from(what))));
    };
    let entries = match std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => return wrong(folder, error.to_string()),
    };
    if entries.is_empty() {
        wrong(folder, "there is no case in this folder".to_owned());
    }
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            folders.push(path);
        } else if path.extension().is_none_or(|extension| extension != "md") {
            wrong(&path, "only Markdown files are cases".to_owned());
        } else {
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
            match text.and_then(|text| CaseFile::read(&text).map_err(|bad| bad.to_string())) {
                Ok(file) => drop(files.insert(path, file)),
                Err(what) => wrong(&path, what),
            }
        }
    }
    for folder in folders {
        collect(root, &folder, files, trials);
    }
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn run(path: &Path, case: &Case, updates: Option<&Updates>) -> Result<(), Failed> {
    let mismatches = judge_case(case).map_err(|what| format!("line {}: {what}", case.line))?;
    if let Some(updates) = updates {
        let mut updates = updates.lock().map_err(|_| "another test panicked while it noted its update")?;
        let exchanges = mismatches.into_iter().map(|mismatch| (mismatch.line, mismatch.actual));
        updates.entry(path.to_owned()).or_default().extend(exchanges);
        return Ok(());
    }
    if mismatches.is_empty() {
        return Ok(());
    }
    let shown = mismatches.iter().map(|mismatch| {
        format!("{}:{}: `{}` differs\n{}", path.display(), mismatch.line, mismatch.tag.word(), mismatch.diff)
    });
    Err(Failed::from(shown.collect::<Vec<_>>().join("\n")))
}
