//! Reads captured output: finds a script's marks in it and asks whether it is what a plan expects.
//!
//! Output may be of any size, so it is read in pieces. Must not know what a check is.

#![expect(clippy::disallowed_methods, reason = "the files that children wrote belong to the executor")]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::script::{MARK_REST, Mark, Nonce};
use crate::event::Output;
use crate::plan::OutputRule;

const PIECE: usize = 64 * 1024;
/// As much of an output is looked at to tell what came instead of something else, in bytes.
const LOOKED_AT: u64 = 16 * 1024;
/// As much of it is shown, in characters.
const MOST_SHOWN: usize = 100;

/// The marks in a file in the order in which they stand there, and the file's length.
pub(crate) fn marks(path: &Path, nonce: &Nonce) -> io::Result<(Vec<Mark>, u64)> {
    let prefix = nonce.prefix();
    let longest = prefix.len() + MARK_REST;
    let mut file = File::open(path)?;
    let mut marks = Vec::new();
    // What was read and not yet looked through; `base` is the place of its first byte.
    let mut window: Vec<u8> = Vec::with_capacity(PIECE + longest);
    let mut base = 0u64;
    loop {
        let before = window.len();
        file.by_ref().take(PIECE as u64).read_to_end(&mut window)?;
        let last = window.len() == before;
        let mut at = 0;
        while let Some(found) = window[at..].iter().position(|&byte| byte == prefix[0]) {
            let start = at + found;
            let rest = &window[start..];
            if rest.len() < longest && !last {
                at = start;
                break;
            }
            let mark = rest.strip_prefix(prefix.as_slice()).and_then(|tail| {
                let length = tail.iter().take(MARK_REST).position(|&byte| byte == b'\n')?;
                let end = start + prefix.len() + length + 1;
                Mark::parse(&tail[..length], base + start as u64, base + end as u64)
            });
            at = match mark {
                Some(mark) => {
                    let end = mark.end - base;
                    marks.push(mark);
                    usize::try_from(end).expect("the end of a mark lies in the window")
                }
                None => start + 1,
            };
            if at >= window.len() {
                break;
            }
        }
        if last {
            return Ok((marks, base + window.len() as u64));
        }
        // Nothing before `at` can belong to a mark; nothing after it either, unless a start of one was found.
        let keep = if at < window.len() && window[at] == prefix[0] { at } else { window.len() };
        window.drain(..keep);
        base += keep as u64;
    }
}

/// The end of an output, of so many bytes at most, without colours. What is no text is replaced.
pub(crate) fn tail(output: &Output, most: u64) -> io::Result<String> {
    if output.is_empty() {
        return Ok(String::new());
    }
    let mut file = File::open(&output.path)?;
    let length = output.len().min(most);
    file.seek(SeekFrom::Start(output.start + (output.len() - length)))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    let mut text = Vec::new();
    Plain::default().add(&bytes, &mut text);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Whether an output is what the rule says. Colours and other commands to a terminal do not count.
pub(crate) fn satisfies(output: &Output, rule: &OutputRule) -> io::Result<bool> {
    if output.is_empty() {
        // Then there need be no file.
        return Ok(match rule {
            OutputRule::Empty => true,
            OutputRule::Contains(wanted) => wanted.is_empty(),
        });
    }
    let mut file = File::open(&output.path)?;
    file.seek(SeekFrom::Start(output.start))?;
    let mut reader = file.take(output.len());
    let mut piece = vec![0; PIECE];
    let mut filter = Plain::default();
    let mut text: Vec<u8> = Vec::new();
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        filter.add(&piece[..count], &mut text);
        match rule {
            OutputRule::Empty => {
                if text.iter().any(|byte| !byte.is_ascii_whitespace()) {
                    return Ok(false);
                }
                text.clear();
            }
            OutputRule::Contains(wanted) => {
                if holds(&text, wanted.as_bytes()) {
                    return Ok(true);
                }
                // An occurrence may lie across the border of two pieces.
                let keep = wanted.len().saturating_sub(1).min(text.len());
                text.drain(..text.len() - keep);
            }
        }
    }
    Ok(match rule {
        OutputRule::Empty => true,
        OutputRule::Contains(wanted) => wanted.is_empty(),
    })
}

/// What an output has in the place of what the rule says, in a few words: its last line where a certain text was
/// expected, its first line where nothing was.
pub(crate) fn instead(output: &Output, rule: &OutputRule) -> io::Result<String> {
    if output.is_empty() {
        return Ok("no output".to_owned());
    }
    let from_end = matches!(rule, OutputRule::Contains(_));
    let start = if from_end { output.start.max(output.end.saturating_sub(LOOKED_AT)) } else { output.start };
    let mut file = File::open(&output.path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LOOKED_AT.min(output.end - start)).read_to_end(&mut bytes)?;
    let mut text = Vec::new();
    Plain::default().add(&bytes, &mut text);
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if from_end { lines.next_back() } else { lines.next() };
    Ok(match line {
        None => "an output without words".to_owned(),
        Some(line) => match line.char_indices().nth(MOST_SHOWN) {
            Some((end, _)) => format!("\"{}...\"", &line[..end]),
            None => format!("\"{line}\""),
        },
    })
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty() || text.windows(wanted.len()).any(|window| window == wanted)
}

/// Takes escape sequences out of a stream of bytes.
#[derive(Default)]
struct Plain {
    state: Escape,
}

#[derive(Clone, Copy, Default)]
enum Escape {
    #[default]
    None,
    /// After ESC.
    Started,
    /// In `ESC [`, which a letter or one of a few signs ends.
    Control,
    /// In `ESC ]`, which BEL or `ESC \` ends.
    Command,
    /// In `ESC ]`, after another ESC.
    CommandEnd,
}

impl Plain {
    fn add(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        for &byte in bytes {
            self.state = match (self.state, byte) {
                (Escape::None | Escape::Started, 0x1b) => Escape::Started,
                (Escape::None, _) => {
                    text.push(byte);
                    Escape::None
                }
                (Escape::Started, b'[') => Escape::Control,
                (Escape::Started, b']') => Escape::Command,
                (Escape::Control, 0x20..=0x3f) => Escape::Control,
                (Escape::Command, 0x1b) => Escape::CommandEnd,
                // A title is one line: one that is not closed must not swallow the rest of the output.
                (Escape::Command, b'\n') => {
                    text.push(byte);
                    Escape::None
                }
                (Escape::Command, other) if other != 0x07 => Escape::Command,
                (Escape::Started | Escape::Control | Escape::Command | Escape::CommandEnd, _) => Escape::None,
            };
        }
    }
}
