//! A unified diff of changes that are known, so that nothing has to be searched for.

use std::fmt::Write as _;
use std::ops::Range;

use crate::text::{clean_line, visible};

/// How many lines are shown before and after those that change.
const CONTEXT: usize = 3;

/// A part of a file before it changes, and what becomes of it: offsets in bytes, or indices of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// The diff of a file whose bytes change in these places, which are in order. Control characters are shown as pictures,
/// so that the diff steers no terminal; where there are none, it can be applied.
pub(super) fn unified(name: &str, before: &[u8], after: &[u8], changes: &[Change]) -> String {
    let mut out = String::new();
    let blocks = blocks(before, after, changes);
    if blocks.is_empty() {
        return out;
    }
    let name = clean_line(name);
    let name = name.trim_start_matches('/');
    let _ = writeln!(out, "--- a/{name}\n+++ b/{name}");
    let before: Vec<&[u8]> = lines(before);
    let after: Vec<&[u8]> = lines(after);
    let mut rest = blocks.as_slice();
    while let Some(first) = rest.first() {
        // Blocks whose surroundings would touch are shown as one.
        let near = |pair: &[Change]| pair[1].before.start - pair[0].before.end <= 2 * CONTEXT;
        let count = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
        let (hunk, others) = rest.split_at(count);
        rest = others;
        let last = &hunk[count - 1];
        let lead = first.before.start.min(CONTEXT);
        let tail = (before.len() - last.before.end).min(CONTEXT);
        let _ = writeln!(
            out,
            "@@ -{} +{} @@",
            extent(first.before.start - lead..last.before.end + tail),
            extent(first.after.start - lead..last.after.end + tail)
        );
        let mut at = first.before.start - lead;
        for block in hunk {
            put(&mut out, ' ', &before[at..block.before.start]);
            put(&mut out, '-', &before[block.before.clone()]);
            put(&mut out, '+', &after[block.after.clone()]);
            at = block.before.end;
        }
        put(&mut out, ' ', &before[at..at + tail]);
    }
    out
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// First line and number of lines, as the head of a hunk has them.
fn extent(lines: Range<usize>) -> String {
    match lines.len() {
        // Then it is the line behind which something is put.
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn put(out: &mut String, sign: char, lines: &[&[u8]]) {
    for line in lines {
        out.push(sign);
        let (words, end) = match line {
            [words @ .., b'\r', b'\n'] => (words, "\r\n"),
            [words @ .., b'\n'] => (words, "\n"),
            words => (*words, "\n\\ No newline at end of file\n"),
        };
        out.push_str(&visible(words));
        out.push_str(end);
    }
}

/// The lines that change, as indices of lines.
fn blocks(before: &[u8], after: &[u8], changes: &[Change]) -> Vec<Change> {
    let mut whole: Vec<Change> = Vec::new();
    for change in changes.iter().filter(|change| before[change.before.clone()] != after[change.after.clone()]) {
        let start = before[..change.before.start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', &before[change.before.end..]);
        let end = end.map_or(before.len(), |at| change.before.end + at + 1);
        // What surrounds a change on its lines is the same in both.
        let end_after = change.after.end + (end - change.before.end);
        match whole.last_mut() {
            Some(last) if start <= last.before.end => {
                last.before.end = end;
                last.after.end = end_after;
            }
            _ => {
                let start_after = change.after.start - (change.before.start - start);
                whole.push(Change { before: start..end, after: start_after..end_after });
            }
        }
    }
    let (old, new) = (ends(before), ends(after));
    let mut blocks: Vec<Change> = whole.into_iter().map(|block| trim(block, (before, &old), (after, &new))).collect();
    // Several changes may leave a line as it was.
    blocks.retain(|block| !block.before.is_empty() || !block.after.is_empty());
    blocks
}

/// Where each line ends, as an offset in bytes.
fn ends(bytes: &[u8]) -> Vec<usize> {
    lines(bytes)
        .iter()
        .scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        })
        .collect()
}

/// The lines of a part of a file that begins and ends with whole ones, without those at both ends that stay.
fn trim(block: Change, (before, old): (&[u8], &[usize]), (after, new): (&[u8], &[usize])) -> Change {
    let index = |ends: &[usize], at: usize| ends.partition_point(|&end| end <= at);
    let (first, first_after) = (index(old, block.before.start), index(new, block.after.start));
    let (old, new) = (lines(&before[block.before]), lines(&after[block.after]));
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    Change { before: first + head..first + old.len() - tail, after: first_after + head..first_after + new.len() - tail }
}
