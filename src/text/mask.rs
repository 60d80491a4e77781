//! Secrets taken out of texts and of streams of bytes.
//!
//! A secret is looked for as it is, line by line where it has several, as JSON writes it, and in base64, wherever in a
//! longer text it may have been encoded. Escape sequences for a terminal may stand in it anywhere, because reports drop
//! them. Must not know where secrets come from.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::clean::escape_length;

/// What stands in the place of a secret.
pub const MASKED: &str = "***";

/// The shortest value that counts as a secret, in bytes: shorter ones are ordinary words. Of base64 it is the shortest
/// piece that is taken out.
pub const SHORTEST: usize = 4;

/// The shortest line of a secret of several lines that is taken out by itself.
const SHORTEST_LINE: usize = 6;

/// After how many characters programs break base64 into lines.
const WRAPS: [usize; 2] = [64, 76];

/// The most bytes of a stream that are held back because escape sequences may stand in a secret.
const MOST_ESCAPES: usize = 64 * 1024;

/// Finds secrets.
#[derive(Debug)]
pub struct Mask {
    finder: AhoCorasick,
    /// Length of the longest form of a secret.
    longest: usize,
}

impl Mask {
    /// A mask for these secrets; `None` when none of them is long enough to be one.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut forms: Vec<String> = secrets.into_iter().flat_map(forms).collect();
        forms.sort_unstable();
        forms.dedup();
        let longest = forms.iter().map(String::len).max()?;
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms);
        Some(Self { finder: finder.expect("an environment is far smaller than what can be searched for"), longest })
    }

    /// A text without the secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text.as_bytes());
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in found {
            // A secret is text, so it begins and ends between characters.
            out.push_str(text.get(at..start).unwrap_or_default());
            out.push_str(MASKED);
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Where secrets begin and end, in order: of those that begin first the longest, then on behind it.
    fn find(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        match Shown::of(bytes) {
            None => self.finder.find_iter(bytes).map(|found| (found.start(), found.end())).collect(),
            Some(shown) => {
                let found = self.finder.find_iter(&shown.bytes);
                found.map(|found| (shown.places[found.start()], shown.places[found.end() - 1] + 1)).collect()
            }
        }
    }
}

/// What is left to see of bytes with escape sequences, and where each byte of it stands.
struct Shown {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Shown {
    /// `None` where all can be seen.
    fn of(bytes: &[u8]) -> Option<Self> {
        if !bytes.iter().any(|byte| matches!(byte, 0x1b | b'\r')) {
            return None;
        }
        let mut shown = Self { bytes: Vec::with_capacity(bytes.len()), places: Vec::with_capacity(bytes.len()) };
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let hidden = match byte {
                0x1b => escape_length(&bytes[at..]),
                // Part of the line break.
                b'\r' => usize::from(bytes.get(at + 1) == Some(&b'\n')),
                _ => 0,
            };
            if hidden == 0 {
                shown.bytes.push(byte);
                shown.places.push(at);
            }
            at += hidden.max(1);
        }
        Some(shown)
    }
}

/// Up to where the reading of bytes depends on nothing that may follow: to a title or another string that has not ended
/// yet, or to half a line break.
fn settled(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|&byte| byte == 0x1b) {
        at += next;
        let rest = &bytes[at..];
        let is_string = matches!(rest.get(1), Some(b']' | b'P' | b'X' | b'^' | b'_'));
        if is_string && escape_length(rest) == 0 {
            let end = rest[2..].iter().position(|byte| matches!(byte, b'\n' | 0x07 | 0x1b)).map(|end| end + 2);
            // An escape character at the very end may be half of what ends it.
            if end.is_none_or(|end| rest[end] == 0x1b && end + 1 == rest.len()) {
                return at;
            }
        }
        at += 1;
    }
    bytes.len() - usize::from(bytes.last() == Some(&b'\r'))
}

/// All forms in which a secret may show.
fn forms(secret: &str) -> Vec<String> {
    let secret = secret.trim().replace("\r\n", "\n");
    // What stands in the place of a secret must not look like one.
    if secret.len() < SHORTEST || secret.bytes().all(|byte| byte == b'*') {
        return Vec::new();
    }
    let mut forms = base64_forms(&secret);
    if secret.contains('\n') {
        let lines = secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
        lines.for_each(|line| forms.extend([line.to_owned(), in_json(line)]));
    }
    forms.push(in_json(&secret));
    forms.push(secret);
    forms
}

/// A text as it stands between the quotes of JSON.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The pieces of base64 that are the same whatever stands around a secret.
///
/// Three bytes become four characters, so what they become depends on where in the whole they stand: with zero, one or
/// two bytes before them. Characters that also hold bits of a neighbour are not the secret's alone.
fn base64_forms(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let bytes = [&[0; 3][..before], secret.as_bytes()].concat();
        let first = (before * 8).div_ceil(6);
        let whole = bytes.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let Some(piece) = encoded.get(first..whole) else { continue };
            forms.push(piece.to_owned());
            if before == 0 {
                for wrap in WRAPS.into_iter().filter(|&wrap| wrap < piece.len()) {
                    let lines = piece.as_bytes().chunks(wrap).map(|line| String::from_utf8_lossy(line).into_owned());
                    forms.extend(lines.filter(|line| line.len() >= SHORTEST_LINE));
                }
            }
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// Takes secrets out of a stream that comes in pieces.
#[derive(Debug)]
pub struct Masking<'m> {
    mask: &'m Mask,
    /// What was heard and not passed on yet, because a secret may begin in it.
    held: Vec<u8>,
    /// Lines that begin so are passed on as they are.
    exempt: Option<&'m [u8]>,
    /// The longest such line.
    longest_exempt: usize,
}

impl<'m> Masking<'m> {
    /// A stream. A line of the runner's own that begins with `exempt` and is at most `longest` bytes long is left as it
    /// is.
    #[must_use]
    pub fn new(mask: &'m Mask, exempt: Option<&'m [u8]>, longest: usize) -> Self {
        Self { mask, held: Vec::new(), exempt, longest_exempt: longest }
    }

    /// Takes a piece and passes on what is certain not to be part of a secret.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.held.extend_from_slice(bytes);
        let hold = self.mask.longest.max(self.longest_exempt) - 1;
        // As much as a secret needs must follow on what is passed on, not counting what is not seen of it.
        let settled = settled(&self.held);
        let until = match Shown::of(&self.held[..settled]) {
            None => settled.saturating_sub(hold),
            Some(shown) => {
                let seen = shown.places.len().checked_sub(hold).and_then(|last| shown.places.get(last));
                seen.copied().unwrap_or(0).max(self.held.len().saturating_sub(hold + MOST_ESCAPES))
            }
        };
        self.pass(until, out);
    }

    /// Passes on all that is left: the stream has ended.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.pass(self.held.len(), out);
    }

    /// Passes on what begins before `until`.
    fn pass(&mut self, until: usize, out: &mut Vec<u8>) {
        let mut at = 0;
        while at < until {
            let exempt = self.exempt.and_then(|line| find(&self.held[at..], line)).map(|found| at + found);
            let border = exempt.unwrap_or(self.held.len());
            // What stands between two lines of the runner's own is one text.
            let from = at;
            for (start, end) in self.mask.find(&self.held[from..border]) {
                let (start, end) = (from + start, from + end);
                if start >= until {
                    break;
                }
                out.extend_from_slice(&self.held[at..start]);
                out.extend_from_slice(MASKED.as_bytes());
                at = end;
            }
            if let Some(start) = exempt.filter(|&start| start < until) {
                let line = self.held[start..].iter().position(|&byte| byte == b'\n');
                let end = line.map_or(self.held.len(), |length| start + length + 1);
                out.extend_from_slice(&self.held[at..end]);
                at = end;
            } else if at < until {
                out.extend_from_slice(&self.held[at..until]);
                at = until;
            }
        }
        self.held.drain(..at);
    }
}

/// Where some bytes begin in others.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|&byte| byte == first) {
        at += next;
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}
