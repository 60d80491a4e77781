//! What may run: everything that is harmless, what a person has approved, or only the latter.
//!
//! An approval is of one command as the plan states it, in its directory, with the names of the variables that it gets and
//! the values of those that plan or configuration write, and of one plan. Whatever of that changes needs a new one. The
//! approvals stand in a file of the repository, a line each, so that changes of it are reviewed like code and lines of two
//! branches join. Must not know where the file comes from, nor who asks a person.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::outcome::Skip;
use crate::plan::{CheckId, Plan};
use crate::select::Selected;
use crate::text::json_line;

/// Name of the file with approvals, at the root of a repository.
pub const FILE_NAME: &str = "plan-run.lock";

/// Name and version of its form, in its first line.
pub const SCHEMA: &str = "plan-run/lock/v1";

/// The most that such a file may hold, in bytes.
pub const MOST_READ: u64 = 4 << 20;

/// Which commands are trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// All of them.
    All,
    /// Those without risk, and those that were approved.
    #[default]
    Safe,
    /// Those that were approved.
    Approved,
}

/// What an approval is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// The plan's path, as shown.
    pub plan: String,
    /// The directory, relative to the repository of the plan, with `/`; absolute where it lies outside.
    pub directory: String,
    /// The command; of one that shares a shell with others all commands of that shell, a line each.
    pub command: String,
    /// The names of the variables that it gets, sorted.
    pub variables: Vec<String>,
}

/// A person's word that a command may run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What it is of.
    #[serde(flatten)]
    pub subject: Subject,
    /// A hash of the subject, the shell, the values of variables that plan or configuration write, and of what carries
    /// the command to another machine.
    pub hash: String,
    /// Who gave it.
    pub by: String,
    /// When: seconds are enough, in UTC, as RFC 3339 writes it.
    pub at: String,
}

/// The approvals of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    approvals: Vec<Approval>,
}

/// Why a text is no file of approvals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    /// For who opens the file.
    about: String,
}

const ABOUT: &str = "commands that may run; written by `plan-run approve`, to be reviewed like code";

impl Lock {
    /// Reads a file of approvals. It is believed as a whole or not at all.
    ///
    /// # Errors
    /// The first line that is wrong. An approval whose hash is not of what it shows is wrong, too, as far as that can be
    /// told: whoever reviews it has to see what it is of.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let wrong = |index: usize, why: String| Unreadable { line: index + 1, why };
        match lines.next().map(|(index, line)| (index, serde_json::from_str::<Head>(line))) {
            None => return Ok(Self::default()),
            Some((_, Ok(head))) if head.schema == SCHEMA => {}
            Some((index, Ok(head))) => {
                let why = format!("its form is `{}`, and this plan-run reads `{SCHEMA}`", head.schema);
                return Err(wrong(index, why));
            }
            Some((index, Err(_))) => {
                return Err(wrong(index, "it does not begin as a file of approvals does".to_owned()));
            }
        }
        let mut approvals = Vec::new();
        for (index, line) in lines {
            if line.starts_with("<<<<<<<") || line.starts_with("=======") || line.starts_with(">>>>>>>") {
                return Err(wrong(index, "a conflict of git is not resolved".to_owned()));
            }
            let approval: Approval = serde_json::from_str(line).map_err(|error| {
                wrong(index, format!("it is no approval: {error}").replace(" at line 1 column", ", column"))
            })?;
            if !approval.is_of_what_it_shows() {
                let why = "its hash is not of the command that it shows; approve it anew".to_owned();
                return Err(wrong(index, why));
            }
            approvals.push(approval);
        }
        Ok(Self { approvals })
    }

    /// The file's text: the newest approval of each subject, sorted.
    #[must_use]
    pub fn text(&self) -> String {
        let mut newest: BTreeMap<(&Subject, &str), &Approval> = BTreeMap::new();
        for approval in &self.approvals {
            newest.insert((&approval.subject, &approval.hash), approval);
        }
        let head = Head { schema: SCHEMA.to_owned(), about: ABOUT.to_owned() };
        let mut out = json_line(&head);
        newest.values().for_each(|approval| out.push_str(&json_line(approval)));
        out
    }

    /// Whether what a key stands for was approved, and by whom and when.
    #[must_use]
    pub fn of(&self, key: &Key) -> Option<&Approval> {
        self.approvals.iter().rev().find(|approval| approval.hash == key.hash && approval.subject == key.subject)
    }

    /// The approvals in their order.
    #[must_use]
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// Adds an approval.
    pub fn add(&mut self, key: Key, by: String, at: String) {
        self.approvals.push(Approval { subject: key.subject, hash: key.hash, by, at });
    }

    /// Takes away the approvals of a plan that are of nothing that it says now; gives how many there were.
    pub fn forget_stale(&mut self, plan: &str, current: &BTreeSet<String>) -> usize {
        let before = self.approvals.len();
        self.approvals.retain(|approval| approval.subject.plan != plan || current.contains(&approval.hash));
        before - self.approvals.len()
    }
}

/// What a check is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What a person sees of it.
    pub subject: Subject,
    /// Stands for all that an approval is of.
    pub hash: String,
}

impl Key {
    /// The key of a check with a command. `repository` is that of the plan; `values` are the variables that plan and
    /// configuration write, of which the values count as well, while of all others only the names do.
    #[must_use]
    pub fn of(
        selected: &Selected,
        check: CheckId,
        repository: &Path,
        values: &BTreeMap<String, String>,
    ) -> Option<Self> {
        let plan = &selected.plan;
        let of = plan.check(check);
        let command = match of.script {
            Some(script) => {
                let commands = plan.script(script).checks.iter().filter_map(|&id| plan.check(id).command.as_deref());
                commands.collect::<Vec<_>>().join("\n")
            }
            None => of.command.clone()?,
        };
        let directory = match &of.cwd {
            Some(cwd) => selected.setup.root.join(cwd),
            None => selected.setup.root.clone(),
        };
        let subject = Subject {
            plan: plan.source.name().to_owned(),
            directory: relative(&directory, repository),
            command,
            variables: selected.setup.env.keys().cloned().collect(),
        };
        let shell = selected.setup.shell.as_deref().unwrap_or_default();
        let launcher = selected.check_launcher(check).map(|launcher| launcher.texts()).unwrap_or_default();
        Some(Self { hash: hash(&subject, shell, values, &launcher), subject })
    }
}

impl Approval {
    /// Whether the first half of its hash is of its subject; the second one is of what it does not show.
    fn is_of_what_it_shows(&self) -> bool {
        self.hash.get(..HALF) == Some(&of_subject(&self.subject))
    }
}

/// How many hexadecimal digits each half of a hash has: 128 bits.
const HALF: usize = 32;

/// A hash in two halves: of what a person sees of an approval, and of the rest.
fn hash(subject: &Subject, shell: &[String], values: &BTreeMap<String, String>, launcher: &[String]) -> String {
    let mut rest = Fields::new("plan-run approval: how");
    rest.list(shell.iter().map(String::as_str));
    rest.list(values.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    if !launcher.is_empty() {
        rest.list(launcher.iter().map(String::as_str));
    }
    of_subject(subject) + &rest.finish()
}

fn of_subject(subject: &Subject) -> String {
    let mut fields = Fields::new("plan-run approval: what");
    fields.list([&subject.plan, &subject.directory, &subject.command].into_iter().map(String::as_str));
    fields.list(subject.variables.iter().map(String::as_str));
    fields.finish()
}

/// A hash of texts, each with its length before it, so that no two lists of texts are the same bytes.
struct Fields(blake3::Hasher);

impl Fields {
    fn new(about: &str) -> Self {
        let mut fields = Self(blake3::Hasher::new());
        fields.list([about]);
        fields
    }

    fn list<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        let texts: Vec<&str> = texts.into_iter().collect();
        self.0.update(&(texts.len() as u64).to_le_bytes());
        for text in texts {
            self.0.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
    }

    fn finish(self) -> String {
        self.0.finalize().to_hex().as_str()[..HALF].to_owned()
    }
}

/// A directory as seen from a repository.
fn relative(directory: &Path, repository: &Path) -> String {
    let Ok(below) = directory.strip_prefix(repository) else { return directory.to_string_lossy().into_owned() };
    let mut parts: Vec<String> = Vec::new();
    for part in below.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            // What may lead out again is shown as it is written.
            Component::ParentDir => parts.push("..".to_owned()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// Decides which checks of a plan may run. `is_approved` says whether a check with a command was.
pub fn permit(selected: &mut Selected, trust: Trust, mut is_approved: impl FnMut(&Selected, CheckId) -> bool) {
    let mut decided: Vec<Option<Skip>> = Vec::with_capacity(selected.left_out.len());
    for (id, skip) in (0..).map(CheckId).zip(&selected.left_out) {
        // Nobody's word gives it a terminal.
        let possible = selected.plan.check(id).terminal.is_none();
        decided.push(match skip {
            Some(Skip::HeldBack { .. }) if possible && (trust == Trust::All || is_approved(selected, id)) => None,
            None if trust == Trust::Approved && !is_approved(selected, id) => {
                Some(Skip::HeldBack { why: not_approved(&selected.plan, id) })
            }
            other => other.clone(),
        });
    }
    // A shell runs all of its commands or none: what is left of it without one of them was not looked at by anyone.
    for script in &selected.plan.scripts {
        let why = script.checks.iter().find_map(|check| match &decided[check.0 as usize] {
            Some(Skip::HeldBack { why }) => Some(why.clone()),
            _ => None,
        });
        let Some(why) = why else { continue };
        for check in script.checks.iter().map(|check| check.0 as usize) {
            if decided[check].is_none() {
                decided[check] =
                    Some(Skip::HeldBack { why: format!("it shares a shell with what is held back ({why})") });
            }
        }
    }
    selected.leave_out(decided);
}

fn not_approved(plan: &Plan, check: CheckId) -> String {
    match &plan.check(check).risk {
        Some(risk) => format!("it is not approved in {FILE_NAME}: {risk}"),
        None => format!("it is not approved in {FILE_NAME}"),
    }
}
