//! The names of a plan's stages, found in running text and in diagrams.
//!
//! Must not know where a text stands. Every question takes time in proportion to the text, however many stages there are.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::text::starts_with;

use super::names::Names;
use super::units::{UNITS, Unit, code as code_at, compound, hyphened, number, numbered, split_word, sub_code};

/// The longest range of codes, as in `T6-T9`, that is taken for all that stand between them.
const LONGEST_RANGE: usize = 500;

/// The names of a plan's stages, for finding them in text and in diagrams. Of most plans nobody asks for any of them, so
/// they are put in order once somebody does.
#[derive(Clone, Debug, Default)]
pub struct StageNames<'t> {
    added: Vec<Added<'t>>,
    index: OnceCell<Index<'t>>,
}

/// What was said of a stage's names.
#[derive(Clone, Debug)]
enum Added<'t> {
    /// A stage, by its index, its unit and its title.
    Stage(usize, &'t Unit, &'t str),
    /// Another name of a stage.
    Alias(usize, String),
    /// A stage that may be a user story, by its title.
    Story(usize, &'t str),
}

/// The names, each in its place.
#[derive(Clone, Debug, Default)]
struct Index<'t> {
    /// For each word such as `stage` or `ws` the numbers behind it, all in lower case, to the stages' indices.
    by_word: BTreeMap<Cow<'t, str>, BTreeMap<Cow<'t, str>, usize>>,
    /// Names of one word, such as `t012` and `a.2`, in lower case.
    by_name: BTreeMap<Cow<'t, str>, usize>,
    /// Bare numbers and letters.
    by_number: BTreeMap<Cow<'t, str>, usize>,
    /// The letters that names of one word begin with.
    letters: BTreeSet<String>,
    /// The length of the longest name with a dot in it.
    dotted: usize,
    /// The titles.
    titles: Vec<(&'t str, usize)>,
    /// The titles by their words, once somebody asks for them.
    by_title: OnceCell<Titles>,
    /// Words that this plan's units go by.
    words: BTreeSet<&'t str>,
    /// Those of them that only this plan's units go by.
    own: BTreeSet<&'t str>,
}

/// A place that has the form of a unit's name, the name, and its stages: none for a name that no stage has.
pub type Mention<'l> = (Range<usize>, &'l str, Vec<usize>);

impl<'t> StageNames<'t> {
    /// Adds a stage.
    pub fn add(&mut self, index: usize, unit: &'t Unit, title: &'t str) {
        self.added.push(Added::Stage(index, unit, title));
        self.index.take();
    }

    /// Adds another name of a stage, such as its label.
    pub fn alias(&mut self, index: usize, name: &str) {
        self.added.push(Added::Alias(index, name.to_owned()));
        self.index.take();
    }

    /// The same with a short name for each counted stage, `S1` for `Stage 1`, for drawings that name all of them so.
    #[must_use]
    pub fn with_initials(&self) -> Self {
        let initials = self.added.iter().filter_map(|added| match added {
            Added::Stage(index, unit, _) if unit.number.bytes().all(|digit| digit.is_ascii_digit()) => {
                let initial = unit.word.chars().next().filter(|_| !unit.number.is_empty())?;
                Some(Added::Alias(*index, format!("{initial}{}", unit.number)))
            }
            _ => None,
        });
        Self { added: self.added.iter().cloned().chain(initials).collect(), index: OnceCell::new() }
    }

    /// Adds the short name of a unit that is a user story: `US1`. In brackets it only marks tasks.
    pub fn story(&mut self, index: usize, title: &'t str) {
        self.added.push(Added::Story(index, title));
        self.index.take();
    }

    fn index(&self) -> &Index<'t> {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for added in &self.added {
                match added {
                    Added::Stage(stage, unit, title) => index.add(*stage, unit, title),
                    Added::Alias(stage, name) => index.alias(*stage, name),
                    Added::Story(stage, title) => index.story(*stage, title),
                }
            }
            index
        })
    }

    /// Whether this plan's units go by a word in lower case.
    #[must_use]
    pub fn go_by(&self, word: &str) -> bool {
        self.index().words.contains(word)
    }

    /// The stage of a bare number or letter.
    #[must_use]
    pub fn by_number(&self, number: &str) -> Option<usize> {
        self.index().by_number(number)
    }

    /// The stages of a range of bare numbers: `1-3`. Those that no stage has are left out, but not its ends.
    #[must_use]
    pub fn between(&self, range: &str) -> Option<Vec<usize>> {
        let (from, to) = range.split_once(['-', '–', '—'])?;
        let (from, to) = (from.trim_end(), to.trim_start());
        let counted = |number: &str| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        if !counted(from) || !counted(to) {
            return None;
        }
        let (first, last) = (self.by_number(from)?, self.by_number(to)?);
        if last < first {
            return None;
        }
        let inner = range_of(from, to);
        let inner = inner.iter().filter_map(|number| self.by_number(number));
        Some(std::iter::once(first).chain(inner).collect())
    }

    /// The stage at one end of a range of bare numbers at whose other end there is none: `1-9` of five stages.
    #[must_use]
    pub fn half_known(&self, range: &str) -> Option<usize> {
        let (from, to) = range.split_once(['-', '–', '—'])?;
        let counted = |number: &str| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        let ends = [from.trim_end(), to.trim_start()];
        let [first, last] = ends.map(|end| self.by_number(end).filter(|_| counted(end)));
        first.xor(last).filter(|_| ends.into_iter().all(counted))
    }

    /// The one stage that has these words as its title, or as the start of it.
    #[must_use]
    pub fn titled(&self, words: &str) -> Option<usize> {
        self.index().titled(words)
    }

    /// Every place that has the form of a unit's name.
    #[must_use]
    pub fn mentions<'l>(&self, line: &'l str) -> Vec<Mention<'l>> {
        let mut found = Vec::new();
        self.index().search(line, |mention| {
            found.push(mention);
            false
        });
        found
    }
}

impl<'t> Index<'t> {
    fn add(&mut self, index: usize, unit: &'t Unit, title: &'t str) {
        if !unit.number.is_empty() {
            let number = lowered(&unit.number);
            self.by_number.entry(number.clone()).or_insert(index);
            if !unit.word.is_empty() {
                for word in std::iter::once(unit.word.as_str()).chain(same_word(&unit.word).iter().copied()) {
                    self.insert(Cow::Borrowed(word), number.clone(), index);
                }
                if self.words.insert(&unit.word) && !UNITS.has(&unit.word) {
                    self.own.insert(&unit.word);
                }
            }
            if number.starts_with(|next: char| next.is_ascii_alphabetic()) && number.len() > 1 {
                self.name(number, index);
            }
        }
        self.titles.push((title, index));
    }

    fn alias(&mut self, index: usize, name: &str) {
        let name: Cow<'t, str> = Cow::Owned(lowered(name).into_owned());
        self.by_number.entry(name.clone()).or_insert(index);
        self.insert(Cow::Borrowed("step"), name.clone(), index);
        match name.split_once(' ') {
            Some((word, number)) => {
                self.insert(Cow::Owned(word.to_owned()), Cow::Owned(number.to_owned()), index);
            }
            None => self.name(name, index),
        }
    }

    fn insert(&mut self, word: Cow<'t, str>, number: Cow<'t, str>, index: usize) {
        self.by_word.entry(word).or_default().entry(number).or_insert(index);
    }

    fn name(&mut self, name: Cow<'t, str>, index: usize) {
        // The letters of `M1-T3` are not those of a name by themselves.
        let letters = if name.contains('-') { &name } else { letters_of(&name) };
        if !self.letters.contains(letters) {
            self.letters.insert(letters.to_owned());
        }
        if name.contains('.') {
            self.dotted = self.dotted.max(name.len());
        }
        self.by_name.entry(name).or_insert(index);
    }

    /// Adds the short name of a unit that is a user story: `US1`. In brackets it only marks tasks.
    fn story(&mut self, index: usize, title: &str) {
        let head = title.get(.."user story ".len()).filter(|head| head.eq_ignore_ascii_case("user story "));
        let Some((number, _)) = head.and_then(|head| number(&title[head.len()..])) else { return };
        self.by_name.entry(Cow::Owned(format!("us{number}"))).or_insert(index);
        self.insert(Cow::Borrowed("story"), Cow::Owned(number.to_owned()), index);
    }

    fn titled(&self, words: &str) -> Option<usize> {
        self.by_title.get_or_init(|| Titles::new(&self.titles)).find(words)
    }

    /// The stage of a bare number or letter.
    fn by_number(&self, number: &str) -> Option<usize> {
        self.by_number.get(&*lowered(number)).copied()
    }

    /// The first stage that is named in a text.
    fn first(&self, line: &str) -> Option<usize> {
        let mut first = None;
        self.search(line, |(_, _, stages)| {
            first = stages.first().copied();
            first.is_some()
        });
        first
    }

    /// Goes through all mentions in order until one `ends` it.
    fn search<'l>(&self, line: &'l str, mut ends: impl FnMut(Mention<'l>) -> bool) {
        let mut at = 0;
        let mut inside = false;
        while let Some(next) = line[at..].chars().next() {
            let boundary = !inside;
            inside = next.is_alphanumeric() || next == '_';
            if boundary && inside && next != '_' {
                let rest = &line[at..];
                let marks = || starts_with(rest, "us") && line[..at].ends_with('[');
                if let Some((length, stages)) = self.mention_at(rest).filter(|_| !marks()) {
                    if ends((at..at + length, &rest[..length], stages)) {
                        return;
                    }
                    at += length;
                } else {
                    at += rest.find(|next: char| !next.is_alphanumeric()).unwrap_or(rest.len());
                }
                inside = line[..at].chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_');
            } else {
                at += next.len_utf8();
            }
        }
    }

    /// A mention at the start of `text`: its length and its stages.
    fn mention_at(&self, text: &str) -> Option<(usize, Vec<usize>)> {
        let (word, rest) = split_word(text);
        let number = rest.trim_start_matches([' ', '#', '\u{a0}']);
        let gap = rest.len() - number.len();
        let counted = if gap > 0 {
            number.starts_with(|next: char| next.is_ascii_digit() || next.is_ascii_uppercase())
        } else {
            number.starts_with(|next: char| next.is_ascii_digit() || next == '.' && self.dotted > 0)
        };
        // `INF-001`, where stages go by such codes.
        if rest.starts_with('-')
            && let Some((code, after)) = hyphened(text)
            && let Some(&stage) = self.by_name.get(&*lowered(code))
        {
            return Some((text.len() - after.len(), vec![stage]));
        }
        // Nearly all words of a text end here.
        if !counted {
            return None;
        }
        if let Some(word) = self.singular(word) {
            if gap > 0 || rest.starts_with(|next: char| next.is_ascii_digit()) {
                let start = text.len() - number.len();
                if let Some((length, stages)) = self.numbers(&word, number) {
                    return Some((start + length, stages));
                }
            }
            return None;
        }
        // A name that is much longer than all that have a dot is none of them.
        let most = self.dotted + 8;
        let dotted = text.bytes().take(most).position(|next| !(next.is_ascii_alphanumeric() || next == b'.'));
        let dotted = text[..dotted.unwrap_or(if text.len() < most { text.len() } else { 0 })].trim_end_matches('.');
        if dotted.contains('.')
            && let Some(&stage) = self.by_name.get(&*lowered(dotted))
        {
            return Some((dotted.len(), vec![stage]));
        }
        // `M1-T3` and `M1-2` are names of their own before they are one of `M1`.
        if let Some((whole, _)) = compound(text).or_else(|| sub_code(text))
            && let Some(&stage) = self.by_name.get(&*lowered(whole))
        {
            return Some((whole.len(), vec![stage]));
        }
        let (code, after) = code_at(text)?;
        let lower = lowered(code);
        let named = self.by_name.get(&*lower).copied().or_else(|| {
            let (letters, digits) = lower.split_at(letters_of(&lower).len());
            self.by_word.get(letters).and_then(|numbers| numbers.get(digits)).copied()
        });
        let mut length = text.len() - after.len();
        if let Some((end, stages)) = named.and_then(|first| self.code_range(code, first, after)) {
            length += end;
            return Some((length, stages));
        }
        match named {
            Some(stage) => Some((length, vec![stage])),
            // The form of a name is only one where the plan's own stages have that form.
            None => self.letters.contains(&*lowered(letters_of(code))).then_some((length, Vec::new())),
        }
    }

    /// The word of a unit, if a word is one or several of it.
    fn singular(&self, word: &str) -> Option<Cow<'static, str>> {
        let short = word.strip_suffix(['s', 'S']);
        let shorter = short.and_then(|word| word.strip_suffix(['e', 'E']));
        let forms = || [Some(word), short, shorter].into_iter().flatten();
        if let Some(known) = forms().find_map(|word| UNITS.get(word)) {
            return Some(Cow::Borrowed(known));
        }
        // `Section 2` where stages are numbered sections.
        if self.words.is_empty() && forms().any(|word| word.eq_ignore_ascii_case("section")) {
            return Some(Cow::Borrowed("section"));
        }
        if self.own.is_empty() {
            return None;
        }
        forms().map(str::to_lowercase).find(|word| self.own.contains(word.as_str())).map(Cow::Owned)
    }

    /// `T6-T9`, `T006–T008`.
    fn code_range(&self, code: &str, first: usize, after: &str) -> Option<(usize, Vec<usize>)> {
        let rest = after.strip_prefix(['-', '–', '—']).or_else(|| after.strip_prefix(".."))?;
        let (last, _) = code_at(rest)?;
        let last_stage = self.by_name.get(&*lowered(last)).copied()?;
        if letters_of(code) != letters_of(last) || last_stage < first {
            return None;
        }
        let all = last_stage - first < LONGEST_RANGE;
        let stages = if all { (first..=last_stage).collect() } else { vec![first, last_stage] };
        Some((after.len() - rest.len() + last.len(), stages))
    }

    /// `2`, `2 and 3`, `1, 2, and 4`, `3-5`, `3 through 5` after a unit's word.
    fn numbers(&self, word: &str, text: &str) -> Option<(usize, Vec<usize>)> {
        let mut stages = Vec::new();
        // `Task M1-2`, where a task goes by that name.
        let own = sub_code(text).filter(|(whole, _)| self.by_name.contains_key(&*lowered(whole)));
        let (first, after) = own.or_else(|| number(text))?;
        if after.starts_with(|next: char| next.is_alphanumeric()) {
            return None;
        }
        let mut end = text.len() - after.len();
        let named = self.by_word.get(word);
        // `Stage 2` where stages go by their numbers alone is the one of that number.
        let bare = self.words.is_empty() && word != "step";
        let stage = |number: &str| {
            let number = lowered(number);
            let named = named.and_then(|numbers| numbers.get(&*number));
            let named = named.or_else(|| self.by_name.get(&*number).filter(|_| number.len() > 1));
            named.or_else(|| self.by_number.get(&*number).filter(|_| bare)).copied()
        };
        stages.extend(stage(first));
        // `Phase 3+`: that one and all later ones.
        if let (Some(rest), Ok(from), Some(named)) = (after.strip_prefix('+'), first.parse::<u32>(), named)
            && !rest.starts_with(|next: char| next.is_alphanumeric() || next == ' ')
        {
            let later = named.iter().filter(|(number, _)| number.parse::<u32>().is_ok_and(|number| number > from));
            stages.extend(later.map(|(_, &stage)| stage));
            return Some((end + 1, stages));
        }
        let mut last = first;
        loop {
            let rest = &text[end..];
            let trimmed = rest.trim_start();
            let gap = rest.len() - trimmed.len();
            let range = ["-", "–", "—", "through ", "to ", "bis "].iter().find_map(|sign| {
                let tail = trimmed.strip_prefix(sign)?;
                let (number, after) = number(tail.trim_start())?;
                (number.bytes().all(|byte| byte.is_ascii_digit())
                    && !after.starts_with(|next: char| next.is_alphanumeric() || next == '/'))
                .then_some((number, after.len()))
            });
            if let Some((to, left)) = range {
                for between in range_of(last, to) {
                    stages.extend(stage(&between));
                }
                end = text.len() - left;
                last = to;
                continue;
            }
            let joined = [", and ", ", or ", ",", "and ", "&", "+", "/", "or ", "und ", "et ", "y ", "e ", "i "]
                .iter()
                .find_map(|sign| {
                    let tail = trimmed.strip_prefix(sign)?.trim_start();
                    // `Stage 1 and Stage 2`: the second one is a mention of its own.
                    let (number, after) = number(tail)?;
                    let digit = number.starts_with(|next: char| next.is_ascii_digit()) || number.len() == 1;
                    (digit && !after.starts_with(|next: char| next.is_alphanumeric()) && stage(number).is_some())
                        .then_some((number, after.len()))
                });
            let Some((next, left)) = joined.filter(|_| gap <= 1) else { break };
            stages.extend(stage(next));
            end = text.len() - left;
            last = next;
        }
        Some((end, stages))
    }

    /// The stage that a node of a drawing names.
    fn resolve(&self, node: &str) -> Option<usize> {
        if let Some(stage) = self.first(node) {
            return Some(stage);
        }
        let text = node.trim().trim_matches(|next: char| !next.is_alphanumeric());
        if let Some(stage) = self.by_number(text) {
            return Some(stage);
        }
        if let Some(stage) = numbered(node).and_then(|unit| self.by_number(&unit.number)) {
            return Some(stage);
        }
        self.titled(text)
    }
}

impl Names for StageNames<'_> {
    fn find(&self, line: &str) -> Vec<(Range<usize>, Vec<usize>)> {
        let mut found = Vec::new();
        self.index().search(line, |(place, _, stages)| {
            if !stages.is_empty() {
                found.push((place, stages));
            }
            false
        });
        found
    }

    fn resolve(&self, node: &str) -> Option<usize> {
        self.index().resolve(node)
    }
}

/// Titles by their words, in lower case with a blank between them, in the order of the words.
#[derive(Clone, Debug)]
struct Titles(Vec<(String, usize)>);

impl Titles {
    fn new(titles: &[(&str, usize)]) -> Self {
        let titles = titles.iter().map(|&(title, index)| (title_words(title), index));
        let mut titles: Vec<(String, usize)> = titles.filter(|(words, _)| !words.is_empty()).collect();
        titles.sort();
        titles.dedup();
        Self(titles)
    }

    /// The one stage whose title is these words, or else the one whose title begins with them.
    fn find(&self, words: &str) -> Option<usize> {
        let words = title_words(words);
        if words.is_empty() {
            return None;
        }
        let first = self.0.partition_point(|(title, _)| *title < words);
        let one = |titles: &[(String, usize)], is: &dyn Fn(&str) -> bool| match titles {
            [(title, stage), rest @ ..] if is(title) => {
                rest.first().is_none_or(|(next, _)| !is(next)).then_some(*stage)
            }
            _ => None,
        };
        if let Some(stage) = one(&self.0[first..], &|title| title == words) {
            return Some(stage);
        }
        let start = format!("{words} ");
        let first = self.0.partition_point(|(title, _)| *title < start);
        one(&self.0[first..], &|title| title.starts_with(&start))
    }
}

/// Words that mean the same unit.
fn same_word(word: &str) -> &'static [&'static str] {
    match word {
        "workstream" => &["ws"],
        "ws" => &["workstream"],
        _ => &[],
    }
}

fn range_of(from: &str, to: &str) -> Vec<String> {
    match (from.parse::<u32>(), to.parse::<u32>()) {
        (Ok(from), Ok(to)) if from < to && to - from <= 500 => {
            (from + 1..=to).map(|number| number.to_string()).collect()
        }
        _ => vec![to.to_owned()],
    }
}

/// The words of a title in lower case, with a blank between them.
fn title_words(title: &str) -> String {
    let words = title.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A text in lower case.
fn lowered(text: &str) -> Cow<'_, str> {
    let lower = text.bytes().all(|next| next.is_ascii() && !next.is_ascii_uppercase());
    if lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// The letters at the start of a code.
fn letters_of(code: &str) -> &str {
    &code[..code.bytes().take_while(u8::is_ascii_alphabetic).count()]
}
