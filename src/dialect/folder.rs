//! Directories that a plan names: beside a command, in a label, in a comment, for the plan as a whole.

use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Section};
use crate::text::{Phrases, ends_with, starts_with_any};

use super::command::Form;
use super::facts;
use super::inline;
use super::model::ReadCheck;

/// A directory named beside a command: `run from `web``, `in `packages/parser``.
#[must_use]
pub(super) fn beside(run: &[Inline]) -> Option<String> {
    if !run.iter().any(|piece| piece.kind == InlineKind::Code && is_relative(directory(piece))) {
        return None;
    }
    let mut before = String::new();
    // The code span right before.
    let mut last: Option<&str> = None;
    for (index, piece) in run.iter().enumerate() {
        match piece.kind {
            InlineKind::Code => {
                let text = directory(piece);
                let after = run.get(index + 1).map_or("", |next| next.text.as_ref());
                // Behind a code span that is no command, a path is told of it.
                let told = || last.is_some_and(|last| !is_command(last));
                if is_relative(text) && names(&before, text, after, told) {
                    return Some(text.to_owned());
                }
                before.clear();
                last = Some(text);
            }
            InlineKind::Break => before.push(' '),
            InlineKind::Text | InlineKind::Html => before.push_str(&piece.text),
        }
    }
    None
}

/// A code span as a directory.
fn directory<'t>(piece: &'t Inline<'_>) -> &'t str {
    piece.text.trim().trim_end_matches('/')
}

fn is_command(text: &str) -> bool {
    matches!(facts::of(text).form, Form::Command | Form::Unfit(_))
}

/// Whether the words around a path say that something is done there.
fn names(before: &str, path: &str, after: &str, told: impl Fn() -> bool) -> bool {
    let before = before.trim_end();
    let start = before.trim_start_matches(['(', ' ']);
    // `In `web/`: ...` at the start of an item; further inside a sentence only a path is surely a directory.
    const LEADS: &[&str] = &[
        "in", "inside", "im", "im verzeichnis", "im ordner", "in dem verzeichnis", "dans", "dans le dossier",
        "dans le répertoire", "en", "en el directorio", "en la carpeta", "em", "no diretório", "na pasta", "w",
        "w katalogu", "w folderze", "在", "在目录",
    ];
    let leads = LEADS.iter().any(|word| start.eq_ignore_ascii_case(word)) && !told();
    // `web` で:
    let behind = ["で", "にて", "ディレクトリで", "에서", "디렉터리에서", "디렉토리에서"];
    let after_it = behind.iter().find_map(|word| after.trim_start().strip_prefix(word));
    let leads = leads || start.is_empty() && after_it.is_some_and(|rest| rest.trim_start().starts_with([':', '：']));
    let inside = [" in", "(in", "inside"].iter().any(|end| ends_with(before, end)) && path.contains('/');
    let named = starts_with_any(after, &[" directory", " folder"])
        && ["in the", "inside the", "within the"].iter().any(|end| ends_with(before, end));
    const SIGNS: &[&str] = &[
        "run from", "from", "run in", "in directory", "in the directory", "from the", "cd to", "working directory:",
        "cwd:", "directory:",
    ];
    leads || inside || named || SIGNS.iter().any(|end| ends_with(before, end))
}

/// A path inside the repository that is no file by its name.
fn is_relative(path: &str) -> bool {
    !path.starts_with(['/', '~', '-', '$'])
        && is_plain(path)
        && !path.rsplit('/').next().is_some_and(|base| base.trim_start_matches('.').contains('.'))
}

fn is_plain(path: &str) -> bool {
    !path.is_empty() && path.chars().all(|next| next.is_alphanumeric() || matches!(next, '/' | '.' | '_' | '-'))
}

/// The directory of a label's bracket or of a comment: `run from web`, `in packages/barn`.
#[must_use]
pub(super) fn said(words: &str) -> Option<String> {
    let words = words.trim();
    let lead = ["run from ", "from ", "run in ", "in ", "working directory: ", "cwd: "];
    let lead = lead.into_iter().find(|lead| starts_with_any(words, &[lead]))?;
    let marked = words[lead.len()..].trim().trim_end_matches([':', '.']);
    let path = marked.trim_matches('`').trim_end_matches('/');
    let sure = path.contains('/') || marked.starts_with('`') || !matches!(lead, "from " | "in ");
    (sure && is_plain(path) && !path.starts_with('/')).then(|| path.to_owned())
}

/// The directory in which the plan as a whole runs its commands, said before its first stage.
#[must_use]
pub(super) fn of_plan(root: &Section, first_stage: u32) -> Option<String> {
    if root.span.start >= first_stage {
        return None;
    }
    root.blocks
        .iter()
        .find_map(|block| match block {
            Block::Paragraph(paragraph) if paragraph.text.span.start < first_stage => {
                inline::lines(&paragraph.text).find_map(for_all)
            }
            Block::List(list) if list.span.start < first_stage => {
                list.items.iter().flat_map(|item| inline::lines(&item.text)).find_map(for_all)
            }
            _ => None,
        })
        .or_else(|| root.sections.iter().find_map(|section| of_plan(section, first_stage)))
}

fn for_all(line: &[Inline<'_>]) -> Option<String> {
    static ALL: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "all commands", "every command", "commands below", "commands are run", "commands run from",
            "commands in this plan", "all of the commands", "run all", "run everything",
        ])
    });
    let coded = line.iter().any(|inline| inline.kind == InlineKind::Code);
    (coded && line.iter().any(|inline| inline.kind == InlineKind::Text && ALL.any_in(&inline.text)))
        .then(|| beside(line))
        .flatten()
}

/// Puts a check into the directory of the plan as a whole; its own is relative to that.
pub(super) fn place(check: &mut ReadCheck, whole: &str) {
    match &mut check.cwd {
        None => check.cwd = Some(whole.to_owned()),
        Some(own) if own.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) => {}
        Some(own) => *own = format!("{whole}/{own}"),
    }
}
