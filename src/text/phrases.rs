//! Tables of words and phrases that are looked up in text as it stands, whatever its case and without copying it.
//!
//! Plans are read by asking of every line whether it has one of some hundred phrases; looking for them one after the
//! other, in a lower-case copy made for each question, takes most of the time of a reading.

use super::starts::{same, starts_with};

/// Phrases with something known of each, found in a text in one pass over it.
#[derive(Debug)]
struct Table<V> {
    /// The phrases, ordered by the key of their first three bytes; once for each way to write these.
    phrases: Vec<(u16, &'static str, V)>,
    /// For each key whether a phrase starts so.
    starts: [u64; KEYS / 64],
}

/// Number of different keys of three bytes, of which the lower five bits count: those that set ASCII letters apart, but
/// not small ones from capital ones. That they make other bytes one as well, and overlap by a bit, only costs a comparison;
/// so all tables that are asked of a line stay near the processor.
const KEYS: usize = 1 << 12;

/// The key of the last three bytes, by the one of those before and the last.
#[inline]
fn key(before: u16, byte: u8) -> u16 {
    (before << 4 ^ u16::from(byte & 31)) & (KEYS as u16 - 1)
}

impl<V: Copy + Ord> Table<V> {
    fn new(entries: impl Iterator<Item = (&'static str, V)>) -> Self {
        let mut table: Vec<(u16, &'static str, V)> = Vec::new();
        let mut starts = [0; KEYS / 64];
        for (phrase, value) in entries {
            assert!(phrase.len() > 2, "`{phrase}` is too short to be a phrase");
            let mut add = |form: &mut dyn Iterator<Item = u8>| {
                let key = form.take(3).fold(0, key);
                starts[usize::from(key / 64)] |= 1 << (key % 64);
                table.push((key, phrase, value));
            };
            add(&mut phrase.bytes());
            // The key takes care of the case of ASCII letters; of others in the first bytes there are several ways to
            // write them.
            if !phrase.bytes().take(3).all(|byte| byte.is_ascii()) {
                let characters: String = phrase.chars().take(3).collect();
                let upper = characters.to_uppercase();
                let (first, capital) = (head(phrase), head(&upper));
                add(&mut upper.bytes());
                add(&mut upper[..capital].bytes().chain(phrase[first..].bytes()));
                add(&mut phrase[..first].bytes().chain(upper[capital..].bytes()));
            }
        }
        table.sort_unstable();
        table.dedup();
        Self { phrases: table, starts }
    }

    /// Goes through all places where a phrase stands, overlapping ones as well, until `takes` says so of the phrase, of
    /// what is known of it and of where it starts and ends; gives whether it did. Those that are not `wanted` are
    /// passed over.
    #[inline]
    fn find(
        &self,
        text: &str,
        mut wanted: impl FnMut(V) -> bool,
        mut takes: impl FnMut(&'static str, V, usize, usize) -> bool,
    ) -> bool {
        let bytes = text.as_bytes();
        let [first, second, rest @ ..] = bytes else { return false };
        let mut now = key(key(0, *first), *second);
        for (at, byte) in rest.iter().enumerate() {
            now = key(now, *byte);
            if self.starts[usize::from(now / 64)] & 1 << (now % 64) == 0 {
                continue;
            }
            let from = self.phrases.partition_point(|&(other, ..)| other < now);
            for &(_, phrase, value) in self.phrases[from..].iter().take_while(|&&(other, ..)| other == now) {
                if !wanted(value) {
                    continue;
                }
                let end = at + phrase.len();
                let found = match bytes.get(at..end) {
                    Some(found) if same(found, phrase.as_bytes()) => true,
                    // Small and capital letters outside ASCII are of one length but for a few that no table has.
                    Some(_) if !phrase.is_ascii() => text.get(at..end).is_some_and(|found| starts_with(found, phrase)),
                    _ => false,
                };
                if found && takes(phrase, value, at, end) {
                    return true;
                }
            }
        }
        false
    }
}

/// The length of a text's first character.
fn head(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// A set of phrases, found in a text in one pass over it.
#[derive(Debug)]
pub struct Phrases(Table<()>);

impl Phrases {
    /// Puts phrases of at least three bytes, in lower case, together.
    ///
    /// # Panics
    /// When a phrase is shorter.
    #[must_use]
    pub fn new(phrases: &[&'static str]) -> Self {
        Self(Table::new(phrases.iter().map(|phrase| (*phrase, ()))))
    }

    /// Whether a text has one of the phrases.
    #[must_use]
    pub fn any_in(&self, text: &str) -> bool {
        self.0.find(text, |()| true, |_, (), _, _| true)
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
        self.0.find(text, |()| true, |phrase, (), at, end| takes(phrase, at, end))
    }
}

/// Several sets of phrases, each with a bit, of which one pass over a text tells which ones it has a phrase of.
#[derive(Debug)]
pub struct Families(Table<u32>);

impl Families {
    /// Puts sets of phrases of at least three bytes, in lower case, together.
    ///
    /// # Panics
    /// When a phrase is shorter.
    #[must_use]
    pub fn new(families: &[(u32, &[&'static str])]) -> Self {
        Self(Table::new(families.iter().flat_map(|(bit, phrases)| phrases.iter().map(|phrase| (*phrase, *bit)))))
    }

    /// The bits of the sets of which a text has a phrase.
    #[must_use]
    pub fn in_text(&self, text: &str) -> u32 {
        let seen = std::cell::Cell::new(0);
        self.0.find(
            text,
            |bit| seen.get() & bit != bit,
            |_, bit, _, _| {
                seen.set(seen.get() | bit);
                false
            },
        );
        seen.get()
    }
}

/// What is known of whole words or labels, looked up whatever their case.
#[derive(Debug)]
pub struct Lexicon<V> {
    /// The words with what is known of them.
    entries: Vec<(&'static str, V)>,
    /// For each place the number of its entry, counted from 1, or 0 where there is none. Twice as many places as entries, so
    /// that a word that is not there is soon known not to be; as numbers they take little memory, which is new to every run.
    slots: Vec<u16>,
    /// For the lower five bits of a first byte, which are the same for small and capital letters, the lengths of the
    /// words that begin so, as bits; the highest stands for all that are longer. Most words are known by it not to be there.
    shapes: [u64; 32],
}

impl<V: Copy> Lexicon<V> {
    /// Puts words in lower case together with what is known of them; of a word that comes again the first is kept.
    ///
    /// # Panics
    /// When there are more than 65,535 words.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        let entries: Vec<(&'static str, V)> = entries.into_iter().collect();
        let slots = vec![0; (entries.len() * 2).next_power_of_two()];
        let mut lexicon = Self { entries, slots, shapes: [0; 32] };
        for index in 0..lexicon.entries.len() {
            let word = lexicon.entries[index].0;
            let (first, length) = shape(word);
            lexicon.shapes[first] |= length;
            let mut at = lexicon.place(word);
            while lexicon.entry(at).is_some_and(|(other, _)| other != word) {
                at = lexicon.behind(at);
            }
            if lexicon.slots[at] == 0 {
                lexicon.slots[at] = u16::try_from(index + 1).expect("no list is that long");
            }
        }
        lexicon
    }

    /// The first place where a word may stand.
    #[inline]
    fn place(&self, word: &str) -> usize {
        spread(word.as_bytes()) & (self.slots.len() - 1)
    }

    /// The next place.
    #[inline]
    fn behind(&self, place: usize) -> usize {
        (place + 1) & (self.slots.len() - 1)
    }

    /// What stands in a place.
    #[inline]
    fn entry(&self, place: usize) -> Option<(&'static str, V)> {
        self.entries.get(usize::from(self.slots[place]).wrapping_sub(1)).copied()
    }

    /// What is known of a word.
    #[must_use]
    #[inline]
    pub fn get(&self, word: &str) -> Option<V> {
        // A letter may be longer or shorter in the other case, and begin otherwise.
        if word.is_ascii() && !self.may_have(word) {
            return None;
        }
        self.find(word)
    }

    fn find(&self, word: &str) -> Option<V> {
        if !word.is_ascii() && word.chars().any(char::is_uppercase) {
            return self.lower(&word.to_lowercase());
        }
        self.lower(word)
    }

    /// What is known of a word written just so.
    #[must_use]
    pub fn exactly(&self, word: &str) -> Option<V> {
        if !self.may_have(word) {
            return None;
        }
        let mut at = self.place(word);
        while let Some((other, value)) = self.entry(at) {
            if other == word {
                return Some(value);
            }
            at = self.behind(at);
        }
        None
    }

    /// Whether a word is there.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    #[inline]
    fn may_have(&self, word: &str) -> bool {
        let (first, length) = shape(word);
        self.shapes[first] & length != 0
    }

    fn lower(&self, word: &str) -> Option<V> {
        if !self.may_have(word) {
            return None;
        }
        let mut at = self.place(word);
        while let Some((other, value)) = self.entry(at) {
            if same(other.as_bytes(), word.as_bytes()) {
                return Some(value);
            }
            at = self.behind(at);
        }
        None
    }
}

/// The lower bits of a word's first byte, and its length as a bit.
#[inline]
fn shape(word: &str) -> (usize, u64) {
    let first = word.as_bytes().first().map_or(0, |byte| usize::from(byte & 31));
    (first, 1 << word.len().min(63))
}

/// The hash of Fowler, Noll and Vo over the bytes in lower case.
fn spread(word: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    for byte in word {
        // Setting this bit makes ASCII letters lower case; that it makes other bytes one as well only costs a comparison.
        hash = (hash ^ u32::from(byte | 0x20)).wrapping_mul(0x0100_0193);
    }
    (hash ^ hash >> 15) as usize
}
