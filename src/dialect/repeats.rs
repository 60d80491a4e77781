//! Words around blocks of commands: those that lead to one, those that only speak of what it has already, and those that
//! ask for something without any.

use crate::outline::{Block, Inline, InlineKind, Text};
use crate::plan::Kind;
use crate::text::{self, Starts};

use super::inline::{self, Run};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::phrases;
use super::vocab::{self, Place, Verb};
use super::walk::Found;

/// Whether the block below an item that introduces it begins with the item's own command:
/// "`tool config` accepts the file:" above a block with `tool config --quiet`.
pub(super) fn in_block(check: &ReadCheck, blocks: &[Block]) -> bool {
    let Some(command) = check.command.as_deref() else { return false };
    let lines = blocks.iter().find_map(|block| match block {
        Block::Fence(fence) => Some(&fence.lines),
        _ => None,
    });
    lines.is_some_and(|lines| {
        lines.iter().take(NEAR).any(|line| {
            let text = line.text.trim_start();
            let text = text.strip_prefix("$ ").unwrap_or(text);
            text.strip_prefix(command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    })
}

/// Whether what stands below an item may be what it asks to run: a fence, or items that begin with code.
pub(super) fn holds_commands(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::Fence(_) => true,
        Block::List(list) => list.items.first().is_some_and(|first| item::starts_with_code(&first.text.inlines)),
        _ => false,
    })
}

/// Whether a text leads to the block behind it: to a block of commands, or by a colon to a list.
pub(super) fn leads(text: &Text, next: Option<&Block>) -> bool {
    match next {
        Some(Block::Fence(_) | Block::Indented(_)) => true,
        Some(Block::List(_)) => {
            let last = text.inlines.iter().rev().find(|piece| !text::is_blank(&piece.text));
            last.is_some_and(|piece| piece.text.trim_end().ends_with([':', '：']))
        }
        _ => false,
    }
}

/// Whether a line of text in a checking place asks for something by its verb, though it stands beside lists and blocks.
pub(super) fn asks(place: Place, words: &str) -> bool {
    place != Place::Red && vocab::verb(words) == Some(Verb::Judge) && !vocab::only_success(words)
}

/// Whether a sentence goes on behind its last command with what is to be seen of it: `... and verify:`.
fn goes_on(sentence: &[Inline<'_>]) -> bool {
    static SEES: Starts = Starts::new(&[
        "and verify", "and confirm", "and check", "and ensure", "and make sure", "and look", "and see", "and validate",
        "and expect",
    ]);
    let last = sentence.iter().rposition(|piece| piece.kind == InlineKind::Code);
    last.is_some_and(|last| SEES.begin(inline::prose(&sentence[last + 1..]).trim_start()))
}

impl Found<'_> {
    /// Takes what the sentences of a text that leads to a list or a block ask to run by themselves: `Run `make all`. Then
    /// start `make serve` and verify:`. If there are any, gives the last sentence, which leads on.
    pub(super) fn ahead<'s>(&mut self, line: &[Inline<'s>], setting: &Setting) -> Option<Run<'s>> {
        const THEN: &[&str] =
            &["then ", "then, ", "next ", "next, ", "finally ", "finally, ", "afterwards, ", "first, "];
        if !line.iter().any(|piece| piece.kind == InlineKind::Code) {
            return None;
        }
        let start = self.checks.len();
        let mut all = phrases::sentences(line);
        for (index, sentence) in all.iter().enumerate() {
            let words = inline::prose(sentence);
            let words = words.trim_start();
            let words =
                THEN.iter().find(|lead| text::starts_with(words, lead)).map_or(words, |lead| &words[lead.len()..]);
            let runs = vocab::verb(words) == Some(Verb::Run);
            let starts = ["start ", "launch ", "boot "].iter().any(|verb| text::starts_with(words, verb));
            if !(runs || starts) || index + 1 == all.len() && !goes_on(sentence) {
                continue;
            }
            let setting = Setting { told: true, prose_counts: false, ..setting.clone() };
            let mut found = item::checks(sentence, &setting);
            found.retain(|check| check.command.is_some() && (runs || check.kind == Kind::Manual));
            self.behind(found);
        }
        all.pop().filter(|_| self.checks.len() > start)
    }

    /// Takes what a line of text behind a block asks for, without the commands that the block has already.
    pub(super) fn behind(&mut self, found: Vec<ReadCheck>) {
        let end = self.checks.len();
        let start = end - self.checks.iter().rev().take(NEAR).take_while(|check| is_of_block(check)).count();
        for check in found {
            let known = || self.checks[start..end].iter().any(|known| known.command == check.command);
            if check.kind != Kind::Command || !known() {
                self.checks.push(check);
            }
        }
    }
}

/// So many commands of a block are looked at for one that is named again.
const NEAR: usize = 64;

fn is_of_block(check: &ReadCheck) -> bool {
    check.rule == "block-command"
}
