//! How much of each check's output a report file keeps, so that the file as a whole stays within a size.
//!
//! Must not know in which report it ends up.

use std::io;

use super::RunReport;
use super::excerpt::{ReadPart, head_and_tail};
use crate::event::Output;
use crate::outcome::Class;

/// How much of each output is kept.
pub(super) struct Room {
    failing: u64,
    other: u64,
}

impl Room {
    /// Divides `total` bytes fairly, at most `each` for one output; those of checks that do not hold come first.
    pub(super) fn of(report: &RunReport, each: u64, total: u64) -> Self {
        let lengths = |failing: bool| -> Vec<u64> {
            report
                .checks()
                .flat_map(|check| {
                    let earlier = check.attempts.iter().map(|attempt| (&attempt.end.outcome, &attempt.end.output));
                    earlier.chain([(&check.outcome, &check.output)])
                })
                .filter(|(outcome, _)| is_failing(outcome.class()) == failing)
                .filter_map(|(_, output)| output.as_ref().map(Output::len))
                .collect()
        };
        let (failing_lengths, other_lengths) = (lengths(true), lengths(false));
        let failing = level(&failing_lengths, each, total);
        Self { failing, other: level(&other_lengths, each, total - used(&failing_lengths, failing)) }
    }

    /// What is kept of one output.
    pub(super) fn excerpt(&self, read: &ReadPart<'_>, output: &Output, class: Class) -> io::Result<String> {
        let room = if is_failing(class) { self.failing } else { self.other };
        let mut most = room;
        loop {
            let text = head_and_tail(read, output, most)?;
            // Cleaning and escaping can make bytes several times longer, which the file's size must not be.
            let written = text.len() + 4 * text.bytes().filter(|byte| b"<>&".contains(byte)).count();
            if written as u64 <= 2 * room + 256 || most == 0 {
                return Ok(text);
            }
            most /= 2;
        }
    }
}

fn is_failing(class: Class) -> bool {
    matches!(class, Class::Failure | Class::Error)
}

/// The greatest share, up to `each`, with which all stay within `total`.
fn level(lengths: &[u64], each: u64, total: u64) -> u64 {
    let (mut fits, mut above) = (0, each.saturating_add(1));
    while above - fits > 1 {
        let middle = fits + (above - fits) / 2;
        if used(lengths, middle) <= total {
            fits = middle;
        } else {
            above = middle;
        }
    }
    fits
}

fn used(lengths: &[u64], share: u64) -> u64 {
    lengths.iter().fold(0, |sum, &length| sum.saturating_add(length.min(share)))
}
