//! Commands that are named a second time: where a block has them, words around it only speak of them.

use crate::outline::Block;
use crate::plan::Kind;

use super::model::ReadCheck;
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
        lines.iter().any(|line| {
            let text = line.text.trim_start();
            let text = text.strip_prefix("$ ").unwrap_or(text);
            text.strip_prefix(command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    })
}

impl Found<'_> {
    /// Takes what a line of text behind a block asks for, without the commands that the block has already.
    pub(super) fn behind(&mut self, found: Vec<ReadCheck>) {
        let blocks = self.checks.len() - self.checks.iter().rev().take_while(|check| is_of_block(check)).count();
        for check in found {
            let again = check.kind == Kind::Command
                && self.checks[blocks.min(self.checks.len())..]
                    .iter()
                    .any(|known| is_of_block(known) && known.command == check.command);
            if !again {
                self.checks.push(check);
            }
        }
    }
}

fn is_of_block(check: &ReadCheck) -> bool {
    check.rule == "block-command"
}
