//! What is said of the processes of commands: files with variables, and the most that they may write.

use super::read::{Takes, Walk};
use super::yaml::{Node, What};
use super::{Named, parse_size};
use crate::source::Span;

impl Walk<'_> {
    /// Files with variables, a name or a list of them.
    pub(super) fn env_files(&mut self, node: &Node, at: Span) -> Vec<Named> {
        if matches!(node.what, What::Nothing) {
            return Vec::new();
        }
        let names = self.scalars(node, at, "env_file", Takes::TextOrNumber, "a file or a list of files", "a file");
        let mut files = Vec::new();
        for name in &names {
            if name.text.trim().is_empty() {
                self.bad_value(name, "env_file", "empty; name a file");
            } else {
                files.push(self.named(name));
            }
        }
        files
    }

    /// The most that one command may write.
    pub(super) fn max_capture(&mut self, node: &Node, at: Span) -> Option<u64> {
        let scalar = self.scalar(node, at, "max_capture", Takes::TextOrNumber, "a size such as `64M`")?;
        match parse_size(scalar.text) {
            Ok(0) => self.bad_value(&scalar, "max_capture", "zero, so that nothing could be written"),
            Ok(size) => return Some(size),
            Err(problem) => self.bad_value(&scalar, "max_capture", &problem),
        }
        None
    }
}
