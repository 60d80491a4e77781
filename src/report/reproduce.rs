//! One line with which a check can be run by hand.
//!
//! Must not know in which format the line is shown.

use super::{CheckReport, StageReport};
use crate::outcome::{Class, Outcome, Skip};
use crate::text::clean_line;

/// The line, as [`alone`]. `None` where a script's commands before the check cannot be told apart from those of another
/// script, and for a check without a command.
pub(super) fn reproduce(stage: &StageReport, check: &CheckReport) -> Option<String> {
    let cwd = check.cwd.as_deref();
    if check.in_script {
        Some(placed(format!("bash -eo pipefail -c {}", bash_word(&script(stage, check)?)), cwd))
    } else {
        Some(alone(check.command.as_deref()?, cwd))
    }
}

/// The line for a command that has a shell to itself: for a POSIX shell; for bash, if it has several lines or characters
/// that cannot be shown.
pub(super) fn alone(command: &str, cwd: Option<&str>) -> String {
    let command = command.trim();
    let is_line = clean_line(command) == command;
    placed(if is_line { command.to_owned() } else { format!("bash -eo pipefail -c {}", bash_word(command)) }, cwd)
}

fn placed(line: String, cwd: Option<&str>) -> String {
    match cwd.filter(|cwd| !cwd.is_empty() && *cwd != ".") {
        None => line,
        Some(cwd) => format!("cd {} && {line}", word(cwd)),
    }
}

/// The commands of a script up to a check. Two scripts of a stage have at least the end of one block and the start of
/// the other between them; where commands are as far apart as that, nobody can tell.
fn script(stage: &StageReport, check: &CheckReport) -> Option<String> {
    let last = stage.checks.iter().position(|other| std::ptr::eq(other, check))?;
    let mut commands = vec![check.command.as_deref()?];
    let mut line = check.line;
    for before in stage.checks[..last].iter().rev().take_while(|before| before.in_script) {
        let command = before.command.as_deref()?;
        let end = before.line.checked_add(u32::try_from(command.lines().count()).ok()?)?;
        if line.checked_sub(end)? > 1 {
            return None;
        }
        line = before.line;
        let left_out = before.outcome.class() == Class::Skipped
            && !matches!(before.outcome, Outcome::Skipped(Skip::ScriptStopped { .. } | Skip::NotAsked { .. }));
        if !left_out {
            commands.push(command);
        }
    }
    commands.reverse();
    Some(commands.join("\n"))
}

/// One word for a POSIX shell; for bash where it has characters that cannot be shown.
pub(super) fn word(word: &str) -> String {
    // A leading dash would be read as an option.
    let dashed = if word.starts_with('-') { format!("./{word}") } else { word.to_owned() };
    if clean_line(&dashed) != dashed {
        bash_word(&dashed)
    } else if !dashed.is_empty() && dashed.chars().all(|c| c.is_ascii_alphanumeric() || "-._/+,:@%".contains(c)) {
        dashed
    } else {
        format!("'{}'", dashed.replace('\'', r"'\''"))
    }
}

/// One word for bash on one line.
fn bash_word(word: &str) -> String {
    let mut out = "$'".to_owned();
    for character in word.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\'' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            ' ' => out.push(' '),
            _ if clean_line(character.encode_utf8(&mut [0; 4])) == character.to_string() => out.push(character),
            _ => out.push_str(&format!("\\U{:08x}", u32::from(character))),
        }
    }
    out.push('\'');
    out
}
