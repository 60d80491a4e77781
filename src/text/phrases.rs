//! Tables of words and phrases that are looked up in text as it stands, whatever its case and without copying it.
//!
//! Plans are read by asking of every line whether it has one of some hundred phrases; looking for them one after the
//! other, in a lower-case copy made for each question, takes most of the time of a reading.

/// Whether two texts are the same but for the case of ASCII letters.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Whether a text begins with a phrase in lower case, whatever the text's case.
#[must_use]
pub fn starts_with(text: &str, phrase: &str) -> bool {
    // Most texts are told apart by their first byte; no ASCII letter is another form of one that is not.
    match (text.as_bytes().first(), phrase.as_bytes().first()) {
        (Some(first), Some(wanted)) if first.is_ascii() && first.to_ascii_lowercase() != *wanted => return false,
        (Some(_), Some(_)) => {}
        (first, wanted) => return first.is_some() || wanted.is_none(),
    }
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

/// A set of phrases, found in a text in one pass over it.
#[derive(Debug)]
pub struct Phrases {
    /// The phrases, ordered by the hash of their first two bytes; once for each way to write these.
    phrases: Vec<(u16, &'static str)>,
    /// For each hash whether a phrase starts so.
    starts: [u64; STARTS / 64],
}

/// Number of different hashes of two bytes.
const STARTS: usize = 1024;

fn hash(first: u8, second: u8) -> u16 {
    // Setting this bit makes ASCII letters lower case; that it makes other bytes one as well only costs a comparison.
    let (first, second) = (u16::from(first | 0x20), u16::from(second | 0x20));
    (first.wrapping_mul(37) ^ second) & (STARTS as u16 - 1)
}

impl Phrases {
    /// Puts phrases of at least two bytes, in lower case, together.
    ///
    /// # Panics
    /// When a phrase is shorter.
    #[must_use]
    pub fn new(phrases: &[&'static str]) -> Self {
        let mut table: Vec<(u16, &'static str)> = Vec::with_capacity(phrases.len());
        let mut starts = [0; STARTS / 64];
        for phrase in phrases {
            assert!(phrase.len() > 1, "`{phrase}` is too short to be a phrase");
            // The hash takes care of the case of ASCII letters; of others there are two ways to write the first.
            let mut characters = phrase.chars();
            let first = characters.next().into_iter().flat_map(char::to_uppercase);
            let capital: String = first.chain(characters).collect();
            for form in [*phrase, capital.as_str()] {
                let bytes = form.as_bytes();
                let hash = hash(bytes[0], bytes[1]);
                starts[usize::from(hash / 64)] |= 1 << (hash % 64);
                table.push((hash, phrase));
            }
        }
        table.sort_unstable();
        table.dedup();
        Self { phrases: table, starts }
    }

    /// Whether a text has one of the phrases.
    #[must_use]
    pub fn any_in(&self, text: &str) -> bool {
        self.find(text, |_, _, _| true)
    }

    /// Whether a text has one of the phrases at its start, behind a blank or behind an opening bracket.
    #[must_use]
    pub fn any_at_word(&self, text: &str) -> bool {
        self.find(text, |_, at, _| at == 0 || matches!(text.as_bytes()[at - 1], b' ' | b'('))
    }

    /// Where the first of the phrases ends that stands in a text.
    #[must_use]
    pub fn first_end(&self, text: &str) -> Option<usize> {
        let mut found = None;
        self.find(text, |_, _, end| {
            found = Some(end);
            true
        });
        found
    }

    /// Goes through all places where a phrase stands, overlapping ones as well, until `takes` says so of the phrase and
    /// of where it starts and ends; gives whether it did.
    pub fn find(&self, text: &str, mut takes: impl FnMut(&'static str, usize, usize) -> bool) -> bool {
        let bytes = text.as_bytes();
        for (at, pair) in bytes.windows(2).enumerate() {
            let hash = hash(pair[0], pair[1]);
            if self.starts[usize::from(hash / 64)] & 1 << (hash % 64) == 0 {
                continue;
            }
            let first = self.phrases.partition_point(|&(other, _)| other < hash);
            for &(_, phrase) in self.phrases[first..].iter().take_while(|&&(other, _)| other == hash) {
                let end = at + phrase.len();
                let found = match bytes.get(at..end) {
                    Some(found) if same(found, phrase.as_bytes()) => true,
                    // Small and capital letters outside ASCII are of one length but for a few that no table has.
                    Some(_) if !phrase.is_ascii() => text.get(at..end).is_some_and(|found| starts_with(found, phrase)),
                    _ => false,
                };
                if found && takes(phrase, at, end) {
                    return true;
                }
            }
        }
        false
    }
}

/// What is known of whole words or labels, looked up whatever their case.
#[derive(Debug)]
pub struct Lexicon<V> {
    /// Twice as many places as entries, so that a word that is not there is soon known not to be.
    slots: Vec<Option<(&'static str, V)>>,
}

impl<V: Copy> Lexicon<V> {
    /// Puts words in lower case together with what is known of them; of a word that comes again the first is kept.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        let entries: Vec<(&'static str, V)> = entries.into_iter().collect();
        let mut slots = vec![None; (entries.len() * 2).next_power_of_two()];
        for (word, value) in entries {
            let mut at = spread(word.as_bytes()) & (slots.len() - 1);
            while slots[at].is_some_and(|(other, _)| other != word) {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at].get_or_insert((word, value));
        }
        Self { slots }
    }

    /// What is known of a word.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<V> {
        if !word.is_ascii() && word.chars().any(char::is_uppercase) {
            return self.lower(&word.to_lowercase());
        }
        self.lower(word)
    }

    /// What is known of a word written just so.
    #[must_use]
    pub fn exactly(&self, word: &str) -> Option<V> {
        let mut at = spread(word.as_bytes()) & (self.slots.len() - 1);
        while let Some((other, value)) = self.slots[at] {
            if other == word {
                return Some(value);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Whether a word is there.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    fn lower(&self, word: &str) -> Option<V> {
        let mut at = spread(word.as_bytes()) & (self.slots.len() - 1);
        while let Some((other, value)) = self.slots[at] {
            if same(other.as_bytes(), word.as_bytes()) {
                return Some(value);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }
}

/// The hash of Fowler, Noll and Vo over the bytes in lower case.
fn spread(word: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    for byte in word {
        hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    }
    (hash ^ hash >> 15) as usize
}
