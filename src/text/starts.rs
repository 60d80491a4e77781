//! Beginnings and ends of texts, compared whatever their case and without copying them.

/// Whether two texts are the same but for the case of ASCII letters.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || a.eq_ignore_ascii_case(b))
}

/// Whether a text begins with a phrase in lower case, whatever the text's case.
#[must_use]
#[inline]
pub fn starts_with(text: &str, phrase: &str) -> bool {
    // Most texts are told apart by their first byte; no ASCII letter is another form of one that is not.
    match (text.as_bytes().first(), phrase.as_bytes().first()) {
        (Some(first), Some(wanted)) if first.is_ascii() && first.to_ascii_lowercase() != *wanted => false,
        (Some(_), Some(_)) => begins(text, phrase),
        (_, wanted) => wanted.is_none(),
    }
}

fn begins(text: &str, phrase: &str) -> bool {
    if let Some(head) = text.as_bytes().get(..phrase.len())
        && same(head, phrase.as_bytes())
    {
        return true;
    }
    // Letters outside ASCII fold by characters; those of the phrase are in lower case already.
    if phrase.is_ascii() {
        return false;
    }
    let mut folded = text.chars().flat_map(char::to_lowercase);
    phrase.chars().all(|wanted| folded.next() == Some(wanted))
}

/// Whether a text ends in an ASCII phrase in lower case, whatever the text's case.
#[must_use]
pub fn ends_with(text: &str, phrase: &str) -> bool {
    let tail = text.len().checked_sub(phrase.len()).and_then(|at| text.as_bytes().get(at..));
    tail.is_some_and(|tail| same(tail, phrase.as_bytes()))
}

/// Whether a text begins with one of a few phrases in lower case, whatever the text's case.
#[must_use]
pub fn starts_with_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| starts_with(text, phrase))
}

/// Whether there is nothing in a text but blanks.
#[must_use]
#[inline]
pub fn is_blank(text: &str) -> bool {
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.trim_start().is_empty()
}

/// What stands behind the last full stop that a blank follows; all of a text without one.
#[must_use]
pub fn last_sentence(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    while let Some(at) = memchr::memrchr(b'.', &bytes[..end]) {
        if bytes.get(at + 1) == Some(&b' ') {
            return &text[at + 2..];
        }
        end = at;
    }
    text
}

/// A set of beginnings in lower case. Most texts have none of them, which their first two bytes show.
#[derive(Debug)]
pub struct Starts {
    phrases: &'static [&'static str],
    /// For each byte whether a text that has one of the beginnings may start with it.
    first: [u64; 4],
    /// For the lower five bits of an ASCII letter that one of them starts with, those of the ASCII bytes that may follow.
    second: [u32; 32],
}

impl Starts {
    /// Puts beginnings together; none may be empty.
    #[must_use]
    pub const fn new(phrases: &'static [&'static str]) -> Self {
        let mut first = [0; 4];
        let mut second = [0; 32];
        let mut at = 0;
        while at < phrases.len() {
            let bytes = phrases[at].as_bytes();
            let (small, capital) = (bytes[0].to_ascii_lowercase(), bytes[0].to_ascii_uppercase());
            first[small as usize / 64] |= 1 << (small % 64);
            first[capital as usize / 64] |= 1 << (capital % 64);
            second[small as usize % 32] |= if bytes.len() > 1 { 1 << (bytes[1] % 32) } else { u32::MAX };
            // Which bytes the other form of a letter outside ASCII starts with is left to the comparison.
            let mut inside = 0;
            while inside < bytes.len() {
                if !bytes[inside].is_ascii() {
                    (first[2], first[3]) = (u64::MAX, u64::MAX);
                }
                inside += 1;
            }
            at += 1;
        }
        Self { phrases, first, second }
    }

    /// Whether a text begins with one of them, whatever its case.
    #[must_use]
    #[inline]
    pub fn begin(&self, text: &str) -> bool {
        let may = match *text.as_bytes() {
            // The lower bits are the same for small and capital letters.
            [first, second, ..] if first.is_ascii() && second.is_ascii() => {
                self.starts_so(first) && self.second[usize::from(first % 32)] & 1 << (second % 32) != 0
            }
            [first, ..] => self.starts_so(first),
            [] => false,
        };
        may && starts_with_any(text, self.phrases)
    }

    fn starts_so(&self, first: u8) -> bool {
        self.first[usize::from(first / 64)] & 1 << (first % 64) != 0
    }
}
