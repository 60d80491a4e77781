//! Parts of what checks wrote, read from where it lies, cleaned and cut to a size.
//!
//! Must not know in which report they end up.

use std::io;
use std::path::Path;

use crate::event::Output;
use crate::text::{clean, clean_line};

/// Where outputs are read from: up to so many bytes of a file from an offset on.
pub type ReadPart<'a> = dyn Fn(&Path, u64, u64) -> io::Result<Vec<u8>> + 'a;

/// How far a cut is moved so that it falls between two lines, in bytes.
const LINE_SEARCH: usize = 1024;

/// The start and the end of an output, together at most `most` bytes as they were written; what lies between is
/// replaced by a line that says how much it was and where to find it.
pub(super) fn head_and_tail(read: &ReadPart<'_>, output: &Output, most: u64) -> io::Result<String> {
    if output.len() <= most {
        return Ok(clean(&part(read, output, output.start, output.len())?));
    }
    // What went wrong is usually said last.
    let head_length = most / 4;
    let tail_length = most - head_length;
    let head = part(read, output, output.start, head_length)?;
    let head = &head[..line_end(&head)];
    let tail = part(read, output, output.end - tail_length, tail_length)?;
    let tail = &tail[line_start(&tail)..];
    let left_out = output.len() - head.len() as u64 - tail.len() as u64;
    let mut text = clean(head);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&format!("[... {left_out} bytes left out; the whole output: {} ...]\n", place(&output.path)));
    text.push_str(&clean(tail));
    Ok(text)
}

/// The end of an output: at most `lines` lines from at most its last `most` bytes, without empty lines at the end.
pub(super) fn tail(read: &ReadPart<'_>, output: &Output, lines: usize, most: u64) -> io::Result<Tail> {
    let length = output.len().min(most);
    let bytes = part(read, output, output.end - length, length)?;
    let whole = length == output.len();
    let text = clean(if whole { &bytes } else { &bytes[line_start(&bytes)..] });
    let all: Vec<&str> = text.trim_end().lines().collect();
    let kept = all[all.len().saturating_sub(lines)..].iter().map(|line| (*line).to_owned()).collect();
    Ok(Tail { lines: kept, cut: !whole || all.len() > lines })
}

/// The end of an output.
pub(super) struct Tail {
    /// Its lines, cleaned.
    pub(super) lines: Vec<String>,
    /// Whether something stands before them.
    pub(super) cut: bool,
}

/// Where an output lies: the run, its folder of outputs and the file in it, without the place of runs on this machine.
pub(super) fn place(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    clean_line(&parts[parts.len().saturating_sub(3)..].join("/"))
}

fn part(read: &ReadPart<'_>, output: &Output, start: u64, length: u64) -> io::Result<Vec<u8>> {
    if length == 0 {
        return Ok(Vec::new());
    }
    read(&output.path, start, length).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read captured output {}: {error}", output.path.display()))
    })
}

/// Where to end a piece: after its last line break if one is near its end, else after its last whole character.
fn line_end(bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(LINE_SEARCH);
    if let Some(at) = bytes[from..].iter().rposition(|&byte| byte == b'\n') {
        return from + at + 1;
    }
    // A character takes up to four bytes: back to the start of one that may be torn.
    let torn = bytes.iter().rev().take(3).position(|&byte| byte >= 0xc0);
    torn.map_or(bytes.len(), |back| bytes.len() - 1 - back)
}

/// Where to begin a piece: after its first line break if one is near its start, else at its first whole character.
fn line_start(bytes: &[u8]) -> usize {
    let near = &bytes[..bytes.len().min(LINE_SEARCH)];
    if let Some(at) = near.iter().position(|&byte| byte == b'\n')
        && at + 1 < bytes.len()
    {
        return at + 1;
    }
    bytes.iter().take(3).take_while(|&&byte| (0x80..0xc0).contains(&byte)).count()
}
