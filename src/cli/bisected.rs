//! What a search for the commit that broke a check has found, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::prove::Judgement;
use crate::report::{Paint, paint};
use crate::text::{clean_line, json_lines, tame};

/// A commit as it is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    /// Its whole name.
    pub(super) id: String,
    /// The first line of its message.
    pub(super) subject: String,
    /// Who wrote it.
    pub(super) author: String,
    /// When, in the form of ISO 8601.
    pub(super) date: String,
}

impl Commit {
    /// Enough of its name for people.
    pub(super) fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

/// A commit that was looked at.
pub(super) struct Step {
    /// The commit.
    pub(super) commit: Commit,
    /// What it showed.
    pub(super) judgement: Judgement,
    /// How the check ended there, in words.
    pub(super) how: String,
}

impl Step {
    /// One word for it.
    pub(super) fn word(&self) -> &'static str {
        match self.judgement {
            Judgement::Good => "good",
            Judgement::Bad => "bad",
            Judgement::Unclear(_) | Judgement::Unknown | Judgement::Interrupted => "skipped",
        }
    }
}

/// What came of it.
pub(super) enum Found {
    /// The commit that broke the check.
    Broke {
        /// The commit.
        commit: Commit,
        /// How the check ends there.
        how: String,
    },
    /// One of several that could not be told apart, the newest first.
    OneOf(Vec<Commit>),
}

/// A whole search.
pub(super) struct Bisected {
    pub(super) plan: String,
    pub(super) check: String,
    pub(super) command: String,
    pub(super) good: Commit,
    pub(super) bad: Commit,
    pub(super) found: Found,
    pub(super) steps: Vec<Step>,
}

/// For people.
pub(super) fn bisected_text(bisected: &Bisected, colour: bool) -> String {
    let mut out = String::new();
    let (plan, check) = (clean_line(&bisected.plan), clean_line(&bisected.check));
    let _ = match &bisected.found {
        Found::Broke { commit, how } => {
            let word = paint("FOUND", Paint::Green, colour);
            let _ = writeln!(out, "{word}: {} broke check {check} of {plan}", commit.id);
            let _ = writeln!(out, "  subject  {}", clean_line(&commit.subject));
            let _ = writeln!(out, "  author   {}", clean_line(&commit.author));
            let _ = writeln!(out, "  date     {}", clean_line(&commit.date));
            let _ = writeln!(out, "  command  {}", clean_line(&bisected.command));
            writeln!(out, "  there    {}", clean_line(how))
        }
        Found::OneOf(commits) => {
            let word = paint("NOT FOUND", Paint::Yellow, colour);
            let _ = writeln!(
                out,
                "{word}: one of {} commits broke check {check} of {plan}; in the others of them it cannot be told",
                commits.len()
            );
            for commit in commits {
                let _ = writeln!(out, "  {}  {}", commit.short(), clean_line(&commit.subject));
            }
            Ok(())
        }
    };
    tame(&out)
}

/// For programs: what `schema/bisect.schema.json` describes.
pub(super) fn bisected_json(bisected: &Bisected) -> String {
    let (first_bad, candidates) = match &bisected.found {
        Found::Broke { commit, .. } => (Some(CommitJson::of(commit)), vec![CommitJson::of(commit)]),
        Found::OneOf(commits) => (None, commits.iter().map(CommitJson::of).collect()),
    };
    let document = Document {
        schema: "plan-run/bisect/v1",
        plan: &bisected.plan,
        check: &bisected.check,
        command: &bisected.command,
        good: CommitJson::of(&bisected.good),
        bad: CommitJson::of(&bisected.bad),
        first_bad,
        candidates,
        steps: bisected
            .steps
            .iter()
            .map(|step| StepJson { commit: &step.commit.id, judgement: step.word(), how: &step.how })
            .collect(),
    };
    json_lines(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plan: &'a str,
    check: &'a str,
    command: &'a str,
    good: CommitJson<'a>,
    bad: CommitJson<'a>,
    first_bad: Option<CommitJson<'a>>,
    candidates: Vec<CommitJson<'a>>,
    steps: Vec<StepJson<'a>>,
}

#[derive(Serialize)]
struct CommitJson<'a> {
    commit: &'a str,
    subject: &'a str,
    author: &'a str,
    date: &'a str,
}

impl<'a> CommitJson<'a> {
    fn of(commit: &'a Commit) -> Self {
        let Commit { id, subject, author, date } = commit;
        Self { commit: id, subject, author, date }
    }
}

#[derive(Serialize)]
struct StepJson<'a> {
    commit: &'a str,
    judgement: &'static str,
    how: &'a str,
}
