//! Targets of make.

use std::path::Path;

use super::super::{Applies, Reads, Rule, World};
use super::calls::{Call, is_literal};
use super::findings::{Missing, report};
use super::planned::Planned;
use crate::diagnostic::Severity;
use crate::dialect::shell::is_assignment;
use crate::text::nearest;

/// A target that no makefile has.
pub(crate) static MISSING_MAKE_TARGET: Rule = Rule {
    code: "missing-make-target",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that makes a target which the makefile does not have",
    why: "Make ends at once: `No rule to make target`.",
    mend: "Name a target that is there. One that the plan adds is not missed before its stage is said to be done, where the plan \
           names the makefile or the target.",
    bad: "- [ ] `make tset`\n",
    good: "- [ ] `make test`\n",
    check: |subject, findings| report(subject, findings, targets),
};

/// The names under which make looks for its file, in its order.
const NAMES: &[&str] = &["GNUmakefile", "makefile", "Makefile"];

/// How deep makefiles that include others are followed.
const DEPTH: u32 = 8;

/// What is known of a makefile.
#[derive(Default)]
struct Makefile {
    targets: Vec<String>,
    /// Whether there may be targets that cannot be told from the text.
    open: bool,
}

fn targets(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let Some(folder) = call.folder.as_ref().filter(|_| matches!(call.program(), "make" | "gmake")) else {
        return Vec::new();
    };
    let mut folder = folder.clone();
    let mut named = None;
    let mut goals = Vec::new();
    let mut words = call.arguments().iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-C" | "--directory" => folder = words.next().map_or(folder.clone(), |to| folder.join(to)),
            "-f" | "--file" | "--makefile" => named = words.next(),
            "-j" | "--jobs" | "-l" | "-o" | "-W" | "-I" => {}
            "-h" | "--help" | "-v" | "--version" | "-p" => return Vec::new(),
            word if word.starts_with("--directory=") => folder = folder.join(&word["--directory=".len()..]),
            word if word.starts_with('-') || is_assignment(word) => {}
            word if word.bytes().all(|byte| byte.is_ascii_digit()) => {}
            word if !is_literal(word) => return Vec::new(),
            word => goals.push(word),
        }
    }
    let file = match named {
        Some(name) => Some(folder.join(name)),
        None => NAMES.iter().map(|name| folder.join(name)).find(|path| world.host.exists(path)),
    };
    let before = |goal: &str| {
        let spoken = ["Makefile", "makefile"].iter().any(|name| planned.speaks_of(name)) || planned.has_in_code(goal);
        (!spoken).then_some(Severity::Warning)
    };
    let Some(file) = file.filter(|file| world.host.exists(file)) else {
        let message = "there is no makefile where `make` runs".to_owned();
        let help = "say from which folder it is run, or add the makefile".to_owned();
        return vec![Missing { message, help, before: before("Makefile") }];
    };
    let mut makefile = Makefile::default();
    read(world, &file, &folder, 0, &mut makefile);
    let name = file.strip_prefix(world.repository).unwrap_or(&file).to_string_lossy().into_owned();
    goals.retain(|goal| !makefile.open && !makefile.makes(goal) && !is_there(world, &folder, goal));
    let missing = |goal: &str| Missing {
        message: format!("`{name}` has no target `{goal}`"),
        help: match nearest(goal, makefile.targets.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a target that is there, or say in the plan that it is added".to_owned(),
        },
        before: before(goal),
    };
    goals.into_iter().map(missing).collect()
}

/// Whether a file goes by the name of a goal, or may be made into it by a rule that make brings along.
fn is_there(world: &World<'_>, folder: &Path, goal: &str) -> bool {
    let sources = ["c", "cc", "cpp", "sh", "f", "p", "s"];
    goal.contains('.')
        || world.host.exists(&folder.join(goal))
        || sources.iter().any(|ending| world.host.exists(&folder.join(format!("{goal}.{ending}"))))
}

impl Makefile {
    fn makes(&self, goal: &str) -> bool {
        self.targets.iter().any(|target| match target.split_once('%') {
            Some((head, tail)) => {
                goal.len() > head.len() + tail.len() && goal.starts_with(head) && goal.ends_with(tail)
            }
            None => target == goal,
        })
    }
}

fn read(world: &World<'_>, file: &Path, folder: &Path, depth: u32, makefile: &mut Makefile) {
    let Ok(bytes) = world.host.read(file) else {
        makefile.open = true;
        return;
    };
    let text = String::from_utf8_lossy(&bytes).replace("\\\r\n", " ").replace("\\\n", " ");
    for line in text.lines().filter(|line| !line.starts_with(['\t', '#'])) {
        let line = line.split(" #").next().unwrap_or(line).trim();
        let included = ["include ", "-include ", "sinclude "].iter().find_map(|word| line.strip_prefix(word));
        if let Some(names) = included {
            for name in names.split_whitespace() {
                if depth >= DEPTH || !is_literal(name) {
                    makefile.open = true;
                } else if world.host.exists(&folder.join(name)) {
                    read(world, &folder.join(name), folder, depth + 1, makefile);
                }
            }
            continue;
        }
        // What is computed while make runs, and what takes every name.
        if line.contains("$(eval") || line.contains("$(call") && !line.contains('=') || line.starts_with(".DEFAULT:") {
            makefile.open = true;
        }
        let Some((heads, rest)) = line.split_once(':') else { continue };
        if rest.starts_with('=') || rest.starts_with(":=") || heads.contains('=') {
            continue;
        }
        if heads.contains('$') {
            makefile.open = true;
        }
        makefile.targets.extend(heads.split_whitespace().map(str::to_owned));
        // A static pattern rule, and what is declared to be no file, say which targets there are as well.
        if heads.trim() == ".PHONY" {
            makefile.open |= rest.contains('$');
            makefile.targets.extend(rest.split_whitespace().map(str::to_owned));
        }
    }
}
