//! Annotations for a workflow of GitHub: commands to its runner that mark lines of the plan.
//!
//! A step shows ten of each type, so the most telling ones come first. Nothing that a plan or a command says can end a
//! command or begin another one. Must not know where the lines go.

use super::causes::{Item, fails, failures, is_unfinished, items};
use super::excerpt::{ReadPart, tail};
use super::names::cut_characters;
use super::{RunReport, StageReport, StageStatus, claims, quarantine, wording};
use crate::outcome::Class;
use crate::text::{clean, clean_line, plural, tame, workflow_command};

/// How many annotations of one type a step shows.
const MOST: usize = 10;

/// The most characters of a message; of a longer one GitHub drops the rest.
const MOST_MESSAGE: usize = 4000;

/// The most characters of a title.
const MOST_TITLE: usize = 120;

/// The most characters of a command.
const MOST_COMMAND: usize = 500;

/// How many lines of a check's output are shown, from how many bytes at its end.
const TAIL_LINES: usize = 20;
const TAIL_BYTES: u64 = 4000;

/// The commands, one a line: at most ten errors and ten warnings. `below` is what a plan's path is appended to for a
/// path in the workflow's repository; without it no file is named.
#[must_use]
pub fn annotations(report: &RunReport, read: &ReadPart<'_>, below: Option<&str>) -> String {
    let page = Page { read, below };
    let mut errors: Vec<Note<'_>> = Vec::new();
    errors.extend(report.internal.first().map(|_| Note::Internal(&report.internal)));
    errors.extend(report.broken.iter().map(|broken| Note::Broken { path: &broken.path, line: broken.line, broken }));
    errors.extend(failures(report).into_iter().map(|failure| Note::Failure {
        item: failure.item,
        kept: failure.blocked.len(),
        stopped: failure.stopped.len(),
    }));
    let unfinished = items(report).filter(|item| is_unfinished(item.check) && item.check.started.is_some());
    errors.extend(unfinished.map(|item| Note::Failure { item, kept: 0, stopped: 0 }));
    for plan in &report.plans {
        let blocked = plan.stages.iter().filter_map(|stage| match &stage.status {
            StageStatus::Blocked(by) => Some(Note::Blocked { path: &plan.path, stage, by }),
            _ => None,
        });
        errors.extend(blocked);
    }
    let flaky = items(report).filter(|item| item.check.is_flaky()).map(Note::Flaky);
    // Of what fails an error speaks already.
    let claims = claims::unproven(report).filter(|item| !fails(item.check)).map(Note::Claim);
    let quarantined = items(report)
        .filter(|item| item.check.outcome.class() == Class::Quarantined && item.check.quarantine.is_some());
    let mut warnings: Vec<Note<'_>> = flaky.chain(quarantined.map(Note::Quarantined)).collect();
    errors.extend(quarantine::expired(report).into_iter().map(Note::Expired));
    if report.strict_claims {
        errors.extend(claims);
    } else {
        warnings.extend(claims);
    }
    page.all("error", &errors) + &page.all("warning", &warnings)
}

/// What an annotation is about.
enum Note<'a> {
    Internal(&'a [String]),
    Broken { path: &'a str, line: Option<u32>, broken: &'a crate::roster::Broken },
    Failure { item: Item<'a>, kept: usize, stopped: usize },
    Blocked { path: &'a str, stage: &'a StageReport, by: &'a str },
    Flaky(Item<'a>),
    Claim(Item<'a>),
    Quarantined(Item<'a>),
    Expired(quarantine::Entry<'a>),
}

struct Page<'a> {
    read: &'a ReadPart<'a>,
    below: Option<&'a str>,
}

impl Page<'_> {
    fn all(&self, kind: &str, notes: &[Note<'_>]) -> String {
        let mut out = String::new();
        for (index, note) in notes.iter().take(MOST).enumerate() {
            let left = notes.len().saturating_sub(MOST);
            let more = if index + 1 == MOST && left > 0 {
                format!("\n... and {left} more of this kind; see the summary")
            } else {
                String::new()
            };
            out.push_str(&self.command(kind, note, &more));
        }
        out
    }

    fn command(&self, kind: &str, note: &Note<'_>, more: &str) -> String {
        let (place, title, message) = match note {
            Note::Internal(lines) => (None, "The run cannot be relied on".to_owned(), lines.join("\n")),
            Note::Broken { path, line, broken } => {
                let first = broken.problems.first().map_or("it cannot be run", String::as_str);
                (Some((*path, *line)), format!("The plan cannot be run: {first}"), broken.problems.join("\n"))
            }
            Note::Failure { item, kept, stopped } => {
                let reason = wording::reason(&item.check.outcome);
                (place(*item), titled(*item, &reason), self.failure(*item, &reason, *kept, *stopped))
            }
            Note::Blocked { path, stage, by } => {
                let name = wording::stage_name(&stage.label, &stage.title);
                let message = format!("stage {by} does not hold, so nothing of this stage was run");
                (Some((*path, Some(stage.line))), format!("Stage {name} is blocked"), message)
            }
            Note::Flaky(item) => {
                let tries = item.check.attempts.len() + 1;
                let before: Vec<String> =
                    item.check.attempts.iter().map(|attempt| wording::reason(&attempt.end.outcome)).collect();
                let message = format!("{}\nit holds after {tries} tries; before: {}", called(*item), before.join("; "));
                (place(*item), titled(*item, "does not hold each time"), message)
            }
            Note::Quarantined(item) => {
                let reason = wording::reason(&item.check.outcome);
                let message =
                    format!("{}\n{reason}\n{}", called(*item), quarantine::says(item.check).unwrap_or_default());
                (place(*item), titled(*item, "does not hold, and is in quarantine"), message)
            }
            Note::Expired(entry) => {
                let (path, line) = entry.place();
                (Some((path, line)), format!("The quarantine of {} has expired", entry.name()), entry.sentence())
            }
            Note::Claim(item) => {
                let reason = wording::reason(&item.check.outcome);
                let message =
                    format!("{}\nthe plan says that it is done, but that is not shown: {reason}", called(*item));
                (place(*item), titled(*item, "said to be done, not shown"), message)
            }
        };
        let mut properties = Vec::new();
        let mut message = message;
        match place.and_then(|(path, line)| Some((self.file(path)?, line))) {
            Some((file, line)) => {
                properties.push(("file", file));
                properties.extend(line.map(|line| ("line", line.to_string())));
            }
            None => {
                if let Some((path, line)) = place {
                    let line = line.map_or_else(String::new, |line| format!(":{line}"));
                    message = format!("at {path}{line}\n{message}");
                }
            }
        }
        // The older form of commands may stand anywhere in a line.
        properties.push(("title", cut_characters(&tame(&clean_line(&title)), MOST_TITLE)));
        let room = MOST_MESSAGE - more.chars().count();
        let message = format!("{}{more}", cut_characters(tame(&clean(message.as_bytes())).trim_end(), room));
        workflow_command(kind, &properties, &message)
    }

    /// A plan's path in the workflow's repository, if it is there.
    fn file(&self, path: &str) -> Option<String> {
        let leads_out = path.starts_with('/') || path.split('/').any(|part| part == "..");
        if leads_out { None } else { Some(format!("{}{path}", self.below?)) }
    }

    fn failure(&self, item: Item<'_>, reason: &str, kept: usize, stopped: usize) -> String {
        let Item { stage, check, .. } = item;
        let mut message = format!("{}\n{reason}", called(item));
        let stage = wording::stage_name(&stage.label, &stage.title);
        message.push_str(&format!("\nin stage {stage}"));
        if let Some(cwd) = &check.cwd {
            message.push_str(&format!(", directory {}", clean_line(cwd)));
        }
        if let Some(expect) = &check.expect {
            message.push_str(&format!("\nthe plan expects: {}", clean_line(expect)));
        }
        if claims::is_unproven(item) {
            message.push_str("\nthe plan says that it is done");
        }
        for words in wording::afterwards(&check.leftover, &check.warnings) {
            message.push_str(&format!("\nit {words}"));
        }
        if kept > 0 {
            message.push_str(&format!("\nit blocks {}", plural(kept, "stage")));
        }
        if stopped > 0 {
            message.push_str(&format!("\n{} behind it in the same script not reached", plural(stopped, "command")));
        }
        // Without its output, should that be gone, the rest is still true.
        let output = check.output.as_ref().and_then(|output| tail(self.read, output, TAIL_LINES, TAIL_BYTES).ok());
        if let Some(tail) = output.filter(|tail| !tail.lines.is_empty()) {
            message.push_str(if tail.cut { "\n\n...\n" } else { "\n\n" });
            message.push_str(&tail.lines.join("\n"));
        }
        message
    }
}

fn place(item: Item<'_>) -> Option<(&str, Option<u32>)> {
    Some((&item.plan.path, Some(item.check.line)))
}

fn titled(item: Item<'_>, what: &str) -> String {
    let word = match item.check.outcome.class() {
        Class::Failure => " failed",
        Class::Error => " error",
        Class::Green | Class::Skipped | Class::Quarantined => "",
    };
    format!("{}{word}: {what}", item.check.label)
}

fn called(item: Item<'_>) -> String {
    cut_characters(&wording::called(item.check), MOST_COMMAND)
}
