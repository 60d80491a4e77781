//! Secrets taken out of texts and of streams of bytes.
//!
//! A secret is looked for as it is, line by line where it has several, and in base64, wherever in a longer text it
//! may have been encoded. Must not know where secrets come from.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands in the place of a secret.
pub const MASKED: &str = "***";

/// The shortest value that counts as a secret, in bytes: shorter ones are ordinary words.
pub const SHORTEST: usize = 4;

/// The shortest line of a secret of several lines, and the shortest piece of base64, that is taken out by itself.
const SHORTEST_PART: usize = 6;

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
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms).ok()?;
        Some(Self { finder, longest })
    }

    /// A text without the secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.finder.is_match(text) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        self.finder.replace_all_with(text, &mut out, |_, _, out| {
            out.push_str(MASKED);
            true
        });
        Cow::Owned(out)
    }
}

/// All forms in which a secret may show.
fn forms(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let mut forms = vec![secret.to_owned()];
    if secret.contains('\n') {
        forms.extend(secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_PART).map(str::to_owned));
    }
    // Three bytes become four characters, so what they become depends on where in the whole they stand: with zero, one
    // or two bytes before them. Characters that also hold bits of a neighbour are not the secret's alone.
    for before in 0..3 {
        let bytes = [&[0; 3][..before], secret.as_bytes()].concat();
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let first = (before * 8).div_ceil(6);
            let whole = bytes.len() * 8 / 6;
            forms.extend(encoded.get(first..whole).filter(|part| part.len() >= SHORTEST_PART).map(str::to_owned));
        }
    }
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
        self.pass(self.held.len().saturating_sub(hold), out);
    }

    /// Passes on all that is left: the stream has ended.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.pass(self.held.len(), out);
    }

    /// Passes on what begins before `until`.
    fn pass(&mut self, until: usize, out: &mut Vec<u8>) {
        let exempt_from = |at: usize| self.exempt.and_then(|line| find(&self.held[at..], line)).map(|found| at + found);
        let mut exempt = exempt_from(0);
        let mut at = 0;
        while at < until {
            let border = exempt.unwrap_or(self.held.len());
            let secret =
                self.mask.finder.find(&self.held[at..border]).map(|found| (at + found.start(), at + found.end()));
            if let Some((start, end)) = secret.filter(|&(start, _)| start < until) {
                out.extend_from_slice(&self.held[at..start]);
                out.extend_from_slice(MASKED.as_bytes());
                at = end;
            } else if let Some(start) = exempt.filter(|&start| start < until) {
                let line = self.held[start..].iter().position(|&byte| byte == b'\n');
                let end = line.map_or(self.held.len(), |length| start + length + 1);
                out.extend_from_slice(&self.held[at..end]);
                at = end;
                exempt = exempt_from(at);
            } else {
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
