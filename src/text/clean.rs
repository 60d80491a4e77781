//! Makes the bytes of a child printable.
//!
//! Must not know where the bytes come from. The result has nothing in it that steers a terminal, that XML 1.0
//! forbids, or that lets text be read in another order than it stands.

/// Bytes as text that is safe in a terminal, in XML and in Markdown.
///
/// Bytes that are not UTF-8 become U+FFFD. ANSI escape sequences go. Of a line that was rewritten in place after
/// a carriage return only the last state stays; a carriage return before a line feed is part of the line break.
/// All other control characters are shown as control pictures or U+FFFD, bidirectional controls by their number.
/// Cleaning a second time changes nothing.
#[must_use]
pub fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    // Almost all text is as it should be.
    if bytes.iter().all(|&byte| byte == b'\n' || is_visible(byte)) {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut line = String::new();
    // What stood in the line before its last carriage return: kept in case nothing comes after it.
    let mut rewritten = String::new();
    let mut rest = text.as_ref();
    loop {
        let visible = rest.bytes().take_while(|&byte| is_visible(byte)).count();
        line.push_str(&rest[..visible]);
        rest = &rest[visible..];
        let Some(character) = rest.chars().next() else { break };
        match character {
            '\u{1b}' => {
                let length = escape_length(rest.as_bytes());
                if length > 0 {
                    rest = &rest[length..];
                    continue;
                }
                line.push('\u{241b}');
            }
            '\r' => {
                if !line.is_empty() {
                    rewritten = std::mem::take(&mut line);
                }
            }
            '\n' => {
                end_line(&mut out, &mut line, &mut rewritten);
                out.push('\n');
            }
            _ => push_visible(&mut line, character),
        }
        rest = &rest[character.len_utf8()..];
    }
    end_line(&mut out, &mut line, &mut rewritten);
    out
}

/// As [`clean`], on one line: line breaks and tabs become spaces, white space at both ends goes.
#[must_use]
pub fn clean_line(text: &str) -> String {
    if text.bytes().all(|byte| byte != b'\t' && is_visible(byte)) {
        return text.trim().to_owned();
    }
    let spaced: String = clean(text.as_bytes())
        .chars()
        .map(|character| match character {
            '\n' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            other => other,
        })
        .collect();
    spaced.trim().to_owned()
}

/// Bytes of one line as text that steers no terminal and of which nothing is left out: what [`clean`] takes away is shown
/// as a control picture as well.
#[must_use]
pub fn visible(line: &[u8]) -> String {
    let mut out = String::with_capacity(line.len());
    for character in String::from_utf8_lossy(line).chars() {
        push_visible(&mut out, character);
    }
    out
}

/// A text for people whose lines a workflow runner cannot take for commands to itself: runners obey a line that begins
/// with `::`, and `##[` or `##vso[` anywhere in a line. A space comes between the signs.
#[must_use]
pub fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        out.push_str(&line[..start]);
        let rest = match line[start..].strip_prefix("::") {
            Some(rest) => {
                out.push_str(": :");
                rest
            }
            None => &line[start..],
        };
        // Hardly any line has the sign that both begin with.
        if rest.contains('#') {
            out.push_str(&rest.replace("##[", "## [").replace("##vso[", "## vso["));
        } else {
            out.push_str(rest);
        }
    }
    out
}

/// Whether a byte is a character that stays as it is and that no other one changes.
fn is_visible(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

fn end_line(out: &mut String, line: &mut String, rewritten: &mut String) {
    out.push_str(if line.is_empty() { rewritten } else { line });
    line.clear();
    rewritten.clear();
}

/// Length in bytes of the escape sequence that a text starts with; 0 when it is none, so that its parts are shown.
pub(super) fn escape_length(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        // Cut off by the end of what was captured.
        None => 1,
        Some(b'[') => {
            let parameters = count(&bytes[2..], 0x30..=0x3f);
            let intermediates = count(&bytes[2 + parameters..], 0x20..=0x2f);
            let end = 2 + parameters + intermediates;
            match bytes.get(end) {
                None => end,
                Some(0x40..=0x7e) => end + 1,
                Some(_) => 0,
            }
        }
        // Operating system commands and other strings, such as titles and links. A missing end must not
        // swallow the output behind it, so they have to end on their line.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => string_length(bytes),
        Some(0x20..=0x2f) => {
            let end = 1 + count(&bytes[1..], 0x20..=0x2f);
            match bytes.get(end) {
                None => end,
                Some(0x30..=0x7e) => end + 1,
                Some(_) => 0,
            }
        }
        Some(0x30..=0x7e) => 2,
        Some(_) => 0,
    }
}

/// Length of a string sequence, which ends with BEL or with ESC and a backslash.
fn string_length(bytes: &[u8]) -> usize {
    for at in 2..bytes.len() {
        match bytes[at] {
            0x07 => return at + 1,
            0x1b => return if bytes.get(at + 1) == Some(&b'\\') { at + 2 } else { 0 },
            b'\n' => return 0,
            _ => {}
        }
    }
    0
}

fn count(bytes: &[u8], range: std::ops::RangeInclusive<u8>) -> usize {
    bytes.iter().take_while(|byte| range.contains(byte)).count()
}

/// Whether a character steers a terminal, or the order in which text is read.
pub(super) fn steers(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

fn push_visible(out: &mut String, character: char) {
    match character {
        '\t' => out.push('\t'),
        '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')),
        '\u{7f}' => out.push('\u{2421}'),
        '\u{80}'..='\u{9f}' => out.push('\u{fffd}'),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            out.push_str(&format!("[U+{:04X}]", u32::from(character)));
        }
        _ if u32::from(character) & 0xfffe == 0xfffe => out.push('\u{fffd}'),
        _ => out.push(character),
    }
}
