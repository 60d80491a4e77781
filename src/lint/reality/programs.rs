//! Programs, scripts and folders that the checks of a plan need.

use super::super::{Applies, Reads, Rule, World};
use super::calls::{Call, is_literal};
use super::findings::{Missing, report};
use super::planned::Planned;
use crate::diagnostic::Severity;
use crate::dialect::programs::{Known, known};

/// A program that is not installed here.
pub(crate) static MISSING_PROGRAM: Rule = Rule {
    code: "missing-program",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check whose program is not on the `PATH` here",
    why: "The check cannot be started on this machine. Either the program is still to be installed, or its name is wrong.",
    mend: "Install the program, or say how the project calls it: `npx eslint`, `uv run pytest`. Where a plan is linted on a machine \
           that never runs it, turn the rule off.",
    bad: "- [ ] `cargoo test`\n",
    good: "- [ ] `cargo test`\n",
    check: |subject, findings| report(subject, findings, program),
};

/// A script that is not there.
pub(crate) static MISSING_SCRIPT: Rule = Rule {
    code: "missing-script",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check whose script is not there",
    why: "The check cannot be started. A script that the plan makes is not missed before its stage is said to be done.",
    mend: "Correct the path, which counts from where the check runs: the root of the repository, or the folder that is named \
           beside the check.",
    bad: "- [ ] `sh ci/chek.sh`\n",
    good: "- [ ] `sh ci/check.sh`\n",
    check: |subject, findings| report(subject, findings, script),
};

/// A folder that is not there.
pub(crate) static MISSING_FOLDER: Rule = Rule {
    code: "missing-folder",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that runs in a folder which is not there",
    why: "The check fails before it has looked at anything.",
    mend: "Correct the folder, which counts from the root of the repository.",
    bad: "- [ ] `cd wbe && npm test`\n",
    good: "- [ ] `cd web && npm test`\n",
    check: |subject, findings| report(subject, findings, folder),
};

/// What shells do themselves.
const BUILTINS: &[&str] = &[
    ":", ".", "[", "[[", "]]", "((", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "dirs",
    "disown", "echo", "eval", "exec", "exit", "export", "false", "fc", "fg", "getopts", "hash", "help", "history",
    "jobs", "kill", "let", "local", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly",
    "return", "set", "shift", "shopt", "source", "suspend", "test", "time", "times", "trap", "true", "type", "typeset",
    "ulimit", "umask", "unalias", "unset", "wait", "in", "do", "done", "fi", "then", "else", "esac", "}", "{", "!",
    "for", "while", "until", "if", "elif",
];

fn program(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let Some(name) = call.words.first().filter(|_| call.on_path) else { return Vec::new() };
    let known = known(name);
    let looked_up = !name.contains('/') && is_literal(name) && !BUILTINS.contains(&name.as_str());
    if !looked_up || known == Known::No || world.is_installed(name) {
        return Vec::new();
    }
    let before = match known {
        _ if planned.has_in_code(name) && known != Known::Yes => None,
        Known::Yes => Some(Severity::Warning),
        _ => Some(Severity::Note),
    };
    let message = format!("the program `{name}` is not on the `PATH` here");
    vec![Missing { message, help: "install it, or say how the project calls it".to_owned(), before }]
}

impl World<'_> {
    /// Whether a program is there in one of the folders in which shells look.
    fn is_installed(&self, name: &str) -> bool {
        // Without the variable nothing is known.
        let Some(path) = self.host.env("PATH") else { return true };
        let (separator, endings): (char, &[&str]) =
            if cfg!(windows) { (';', &["", ".exe", ".cmd", ".bat", ".ps1"]) } else { (':', &[""]) };
        path.split(separator).filter(|folder| !folder.is_empty()).any(|folder| {
            endings.iter().any(|ending| self.host.exists(&self.root.join(folder).join(format!("{name}{ending}"))))
        })
    }
}

/// Folders of what is built or fetched, which nobody keeps.
const BUILT: &[&str] = &[
    "target", "build", "dist", "out", "node_modules", ".venv", "venv", "bin", "obj", ".build", "_build", "vendor",
    "zig-out",
];

fn script(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let Some((program, arguments)) = call.words.split_first() else { return Vec::new() };
    let path = match call.program() {
        _ if program.contains('/') => program,
        "." | "source" => match arguments.first() {
            Some(path) => path,
            None => return Vec::new(),
        },
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "python" | "python3" | "node" | "ruby" | "perl" | "php" | "tsx"
        | "ts-node" | "bats" => match argument(arguments) {
            Some(path) => path,
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let Some(folder) = &call.folder else { return Vec::new() };
    let top = path.trim_start_matches("./").split('/').next().unwrap_or("");
    let named = path.contains('/') || path.contains('.');
    let left_out =
        !named || !is_literal(path) || path.starts_with('/') || path.starts_with("..") || BUILT.contains(&top);
    if left_out || world.host.exists(&folder.join(path)) {
        return Vec::new();
    }
    let before = (!planned.speaks_of(path)).then_some(Severity::Warning);
    vec![Missing { message: format!("the script `{path}` is not there"), help: counted(world, path), before }]
}

/// The first argument that is no flag, unless what is run stands in the command itself.
fn argument(arguments: &[String]) -> Option<&String> {
    let at = arguments.iter().position(|word| !word.starts_with('-'))?;
    let inline =
        |word: &String| matches!(word.as_str(), "-c" | "-m" | "-e" | "-p" | "-r" | "--eval" | "--print" | "-" | "-s");
    let valued = |word: &String| {
        matches!(word.as_str(), "-o" | "-O" | "-W" | "-X" | "--import" | "--require" | "--loader" | "-I")
    };
    let before = &arguments[..at];
    (!before.iter().any(|word| inline(word) || valued(word) || word.ends_with('c') && !word.starts_with("--")))
        .then(|| &arguments[at])
}

/// What to do about a path that is not there.
pub(super) fn counted(world: &World<'_>, path: &str) -> String {
    match world.elsewhere(path) {
        Some(near) => format!("there is `{near}`; the path counts from where the check runs"),
        None => "correct the path, which counts from where the check runs".to_owned(),
    }
}

fn folder(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let to = call.arguments().first().filter(|to| matches!(call.program(), "cd" | "pushd") && is_literal(to));
    let (Some(folder), Some(to)) = (&call.folder, to) else { return Vec::new() };
    let top = to.trim_start_matches("./").split('/').next().unwrap_or("");
    if to.starts_with(['/', '-', '.']) || BUILT.contains(&top) || world.host.is_dir(folder) {
        return Vec::new();
    }
    let before = (!planned.speaks_of(to)).then_some(Severity::Warning);
    let help = "correct the folder, which counts from the root of the repository".to_owned();
    vec![Missing { message: format!("the folder `{to}` is not there"), help, before }]
}
