//! Words of a plan that may name the test files of its red checks, and what a test file looks like.

use std::collections::BTreeSet;

use crate::dialect::shell::{self, Word};
use crate::plan::{Check, CheckId, Kind, Plan};

/// Folders whose files belong to tests.
const FOLDERS: [&str; 12] = [
    "test", "tests", "__tests__", "spec", "specs", "__specs__", "e2e", "testdata", "fixtures", "__fixtures__",
    "__mocks__", "__snapshots__",
];

/// Words of a file's name that say that it is a test.
const WORDS: [&str; 5] = ["test", "tests", "spec", "specs", "conftest"];

/// What stands around a path in prose and in code.
const AROUND: [char; 17] = ['`', '"', '\'', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', '|', '*', '=', '&'];

/// A word that may name files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The check.
    pub check: CheckId,
    /// The folder that it is relative to, relative to the plan's root; empty for the root itself.
    pub folder: String,
    /// The path, or a glob.
    pub path: String,
    /// Whether it stands in the check's own command. There a folder stands for all test files in it.
    pub in_command: bool,
}

/// The words of a plan that may name test files of its red checks: those of their commands, and those that stand in the
/// same stage before them.
#[must_use]
pub fn candidates(plan: &Plan) -> BTreeSet<Candidate> {
    let mut found = BTreeSet::new();
    for &id in plan.stages.iter().flat_map(|stage| &stage.checks) {
        let check = plan.check(id);
        if check.kind != Kind::Red {
            continue;
        }
        of_command(plan, (id, check), &mut found);
        let stage = plan.stage(check.stage);
        let (start, end) = (stage.span.start as usize, check.span.start as usize);
        let before = plan.source.text().get(start..end).unwrap_or_default();
        let folders = BTreeSet::from([String::new(), check.cwd.clone().unwrap_or_default()]);
        for word in before.split(|letter: char| letter.is_whitespace() || AROUND.contains(&letter)) {
            let path = bare(word);
            if looks_like_test(path) && path.contains(['.', '/']) {
                for folder in &folders {
                    let (folder, path) = (folder.clone(), path.to_owned());
                    found.insert(Candidate { check: id, folder, path, in_command: false });
                }
            }
        }
    }
    found
}

/// The words of the command of a check that may name files.
///
/// # Panics
/// When the id belongs to another plan.
#[must_use]
pub fn in_command(plan: &Plan, id: CheckId) -> BTreeSet<Candidate> {
    let mut found = BTreeSet::new();
    of_command(plan, (id, plan.check(id)), &mut found);
    found
}

/// The words of a command, each with the folder in which its shell is when it comes to it.
fn of_command(plan: &Plan, (id, check): (CheckId, &Check), found: &mut BTreeSet<Candidate>) {
    let mut folder = check.cwd.clone().unwrap_or_default();
    let script = check.script.map(|script| plan.script(script).checks.as_slice()).unwrap_or_default();
    let before = script.iter().map(|&id| plan.check(id)).filter(|other| other.span.start < check.span.start);
    for (part, is_own) in before.map(|other| (other, false)).chain([(check, true)]) {
        let logical = shell::lex(part.command.as_deref().unwrap_or_default());
        for command in shell::simple_commands(&logical.tokens) {
            if let [program, to] = command[..]
                && program.text == "cd"
            {
                folder = if to.text.starts_with('/') { to.text.clone() } else { joined(&folder, &to.text) };
            } else if is_own {
                of_words(id, &command, &folder, found);
            }
        }
    }
}

fn of_words(check: CheckId, words: &[&Word], folder: &str, found: &mut BTreeSet<Candidate>) {
    let mut add = |path: String| {
        found.insert(Candidate { check, folder: folder.to_owned(), path, in_command: true });
    };
    let program = words.first().map_or("", |word| word.text.as_str());
    for (index, word) in words.iter().enumerate() {
        // A quoted word may be a command line of its own, an option may have its value behind `=`.
        for part in word.text.split(|letter: char| letter.is_whitespace() || letter == '=') {
            if matches!(part, "." | "./" | "./...") {
                add(".".to_owned());
            }
            let path = bare(part);
            if path.is_empty() || path.starts_with('-') {
                continue;
            }
            add(path.to_owned());
            // Python names modules with dots: `tests.test_a.Case`.
            let parts: Vec<&str> = path.split('.').collect();
            if parts.len() > 1 && parts.iter().all(|part| shell::is_name(part)) {
                for end in 1..=parts.len() {
                    add(format!("{}.py", parts[..end].join("/")));
                }
            }
        }
        let is_target = index > 0 && words[index - 1].text == "--test";
        if program == "cargo" && is_target {
            add(format!("tests/{}.rs", word.text));
            add(format!("tests/{}", word.text));
        }
    }
}

/// A word without what tells a place in a file: `::name`, `:12`, `#L3`; without Go's `/...`, and without the end of a sentence.
fn bare(word: &str) -> &str {
    let word = word.strip_prefix("./").unwrap_or(word);
    let word = word.split("::").next().unwrap_or(word);
    let word = word.split_once('#').map_or(word, |(path, _)| path);
    let word = match word.split_once(':') {
        Some((path, place)) if place.starts_with(|first: char| first.is_ascii_digit()) => path,
        _ => word,
    };
    let word = word.strip_suffix("/...").unwrap_or(word);
    word.trim_end_matches(['.', ':', '!', '?', '/'])
}

fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// Whether a path is one of a test by its words: a folder such as `tests`, or `test` or `spec` in the file's name as a
/// word of its own.
#[must_use]
pub fn looks_like_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_folder = folders.split('/').any(|folder| FOLDERS.contains(&folder.to_lowercase().as_str()));
    in_folder || words(name).iter().any(|word| WORDS.contains(&word.as_str()))
}

/// The words of a name in lower case: `metrics_test.go`, `metrics.spec.ts` and `MetricsTest.java` have three each.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}
