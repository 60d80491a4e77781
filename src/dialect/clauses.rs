//! Who waits for whom by the clauses of one sentence: `Stage 2 depends on Stage 1, which needs Stage 0, and Stage 3 comes
//! after both`.
//!
//! Must not know what the names stand for: it has only their places and those of the verbs.

use std::ops::Range;

/// A verb of order in a sentence.
#[derive(Clone, Debug)]
pub(super) struct Verb {
    /// Where it stands, in bytes.
    pub(super) place: Range<usize>,
    /// Whether it is the object that waits: `blocks`, and not `depends on`.
    pub(super) reversed: bool,
}

/// What one verb says: names by their indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// The names that wait.
    pub(super) waiting: Vec<usize>,
    /// The names that they wait for.
    pub(super) needed: Vec<usize>,
    /// Whether the sentence says that they do not.
    pub(super) denied: bool,
}

/// Where a sentence speaks of other matters than who waits for whom: no object of a verb before stands there.
pub(super) type Apart = Vec<Range<usize>>;

/// Words behind which another clause has begun.
const BREAKS: &[&str] = &[
    "while", "whereas", "but", "so", "because", "since", "which", "that", "can", "could", "is", "are", "has", "have",
    "must", "will", "should", "may", "then", "parallel", "aber", "während", "mais", "tandis", "pero", "mientras",
    "mas", "enquanto", "ale", "natomiast",
];
/// Words that join two verbs of one subject.
const JOINS: &[&str] = &["and", "but", "or", "then", "und", "aber", "et", "mais", "y", "pero", "e", "mas", "i", "ale"];
/// Words that speak of the name just before them.
const RELATIVES: &[&str] =
    &["which", "that", "welche", "welcher", "welches", "die", "der", "qui", "que", "która", "który", "które"];
/// Words that deny what follows.
const DENIALS: &[&str] =
    &["not", "cannot", "never", "no", "neither", "nor", "nicht", "kein", "pas", "ne", "não", "nie", "without"];
/// Verbs that name the end of what is denied.
const LIMITS: &[&str] = &["until", "unless"];
/// What stands for names before it: for all of them, or for the last.
const ALL_OF_THEM: &[&str] = &["both", "them", "these", "those"];
const LAST_OF_THEM: &[&str] = &["it", "this"];
/// With these at its beginning a verb has several subjects.
const PLURAL: &[&str] =
    &["depend", "require", "need", "follow", "come", "run", "start", "wait", "are", "build", "begin"];

/// Reads a sentence by its verbs, in their order, and by the places of its names, in theirs.
pub(super) fn read(text: &str, verbs: Vec<Verb>, names: &[Range<usize>], apart: &Apart) -> Vec<Clause> {
    let sentence = Sentence { text, names };
    let verbs = sentence.with_objects(verbs);
    let Some(first) = verbs.first() else { return Vec::new() };
    let lead = 0..sentence.names_before(first.place.start);
    // `Stage 1 is small, but Stage 3 needs Stage 2`: the subject is what is joined to the verb.
    let start = (lead.start + 1..lead.end).rev().find(|&at| sentence.parts(at)).unwrap_or(lead.start);
    let mut main = start..lead.end;
    let mut subject = if sentence.is_relative(&main, first) { main.end - 1..main.end } else { main.clone() };
    let mut clauses = Vec::new();
    for (index, verb) in verbs.iter().enumerate() {
        let from = sentence.names_before(verb.place.end);
        let next = verbs.get(index + 1);
        let to = next.map_or(names.len(), |next| sentence.names_before(next.place.start));
        let behind = next.map(|next| sentence.subject_of(next, from..to, &main));
        let end = match &behind {
            Some(Subject { own, shared: false, .. }) => own.start,
            _ => to,
        };
        let other = |name: usize| {
            let at = names[name].start;
            apart.iter().any(|part| part.contains(&at) && !part.contains(&verb.place.start))
        };
        let mut object: Vec<usize> =
            (from..end.max(from)).filter(|&name| !sentence.is_excepted(verb, name) && !other(name)).collect();
        // `Stage 2 depends on Stage 1, Stage 3 on Stage 2`: the verb is not said again.
        if !verb.reversed
            && let Some(at) = (0..object.len()).find(|&at| sentence.leads_on(verb, object[at]))
        {
            let rest = object.split_off(at);
            if let [other, needed, ..] = rest.as_slice() {
                clauses.push(Clause { waiting: vec![*other], needed: vec![*needed], denied: false });
            }
        }
        if object.is_empty() {
            object = sentence.meant(verb, subject.start);
        }
        object.retain(|name| !subject.contains(name));
        let denied = sentence.denies(&subject, verb);
        // `Stage 2 must not start before Stage 1 is done`
        let turned = verb.reversed && sentence.is_before(verb) && (denied || sentence.forbids(&subject));
        if !subject.is_empty() && !object.is_empty() {
            let subject: Vec<usize> = subject.clone().collect();
            let (waiting, needed) = if verb.reversed != turned { (object, subject) } else { (subject, object) };
            clauses.push(Clause { waiting, needed, denied: denied && !turned });
        }
        if let Some(Subject { own, relative, .. }) = behind {
            if !relative {
                main = own.clone();
            }
            subject = own;
        }
    }
    clauses
}

/// The subject of a verb behind another one.
struct Subject {
    own: Range<usize>,
    /// Whether it is also (the last of) the object of the verb before, or named before that.
    shared: bool,
    /// Whether the clause only speaks of a name in another clause.
    relative: bool,
}

struct Sentence<'t> {
    text: &'t str,
    names: &'t [Range<usize>],
}

impl Sentence<'_> {
    fn names_before(&self, at: usize) -> usize {
        self.names.partition_point(|name| name.start < at)
    }

    fn between(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to.max(from)).unwrap_or_default()
    }

    /// The verbs that have an object: of several in a row the last, without those that overlap it.
    fn with_objects(&self, mut verbs: Vec<Verb>) -> Vec<Verb> {
        verbs.sort_by_key(|verb| (verb.place.start, std::cmp::Reverse(verb.place.end)));
        let mut whole: Vec<Verb> = Vec::new();
        for verb in verbs {
            match whole.last_mut() {
                Some(last) if verb.place.start < last.place.end => {
                    if verb.place.end > last.place.end {
                        last.place.end = verb.place.end;
                        last.reversed = verb.reversed;
                    }
                }
                _ => whole.push(verb),
            }
        }
        let mut kept: Vec<Verb> = Vec::new();
        let mut start = None;
        for (index, verb) in whole.iter().enumerate() {
            let next = whole.get(index + 1).map(|next| next.place.start);
            let behind = self.names.get(self.names_before(verb.place.end));
            let has = match (behind, next) {
                (Some(name), Some(next)) => {
                    name.start < next && !self.between(verb.place.end, name.start).contains([',', ';'])
                }
                (behind, _) => behind.is_some(),
            };
            if has || self.pronoun(verb).is_some() {
                let from = start.take().unwrap_or(verb.place.start);
                kept.push(Verb { place: from..verb.place.end, reversed: verb.reversed });
            } else if behind.is_some_and(|name| next.is_some_and(|next| name.start < next)) {
                start = None;
            } else {
                start.get_or_insert(verb.place.start);
            }
        }
        kept
    }

    /// Whether a new clause begins between a name and the one before it.
    fn parts(&self, name: usize) -> bool {
        let gap = self.between(self.names[name - 1].end, self.names[name].start);
        let mut breaks = gap.contains(';');
        for word in without_brackets(gap) {
            // `Stage 3 can run in parallel with Stage 2 after Stage 1`
            if is_one_of(word, &["with", "alongside"]) {
                return false;
            }
            breaks |= is_one_of(word, BREAKS);
        }
        breaks
    }

    /// Whether a verb speaks of the last of some names only: `Stage 1, which needs Stage 0`.
    fn is_relative(&self, names: &Range<usize>, verb: &Verb) -> bool {
        let Some(last) = names.clone().last() else { return false };
        let gap = self.between(self.names[last].end, verb.place.start);
        without_brackets(gap).next().is_some_and(|word| is_one_of(word, RELATIVES))
    }

    /// The subject of `verb`, where `among` are the names between it and the verb before, and `main` is that one's
    /// subject.
    fn subject_of(&self, verb: &Verb, among: Range<usize>, main: &Range<usize>) -> Subject {
        let Some(last) = among.clone().last() else {
            return Subject { own: main.clone(), shared: true, relative: false };
        };
        let gap = self.between(self.names[last].end, verb.place.start);
        if self.is_relative(&among, verb) {
            return Subject { own: last..last + 1, shared: true, relative: true };
        }
        if gap.contains([',', ';']) || without_brackets(gap).any(|word| is_one_of(word, JOINS)) {
            return Subject { own: main.clone(), shared: true, relative: false };
        }
        if among.len() == 1 {
            return Subject { own: among, shared: true, relative: false };
        }
        let parted = (among.start + 1..among.end).rev().find(|&at| self.parts(at));
        let comma = |at: &usize| self.between(self.names[at - 1].end, self.names[*at].start).contains([',', ';']);
        let plural = words(&self.text[verb.place.clone()]).next().is_some_and(|word| is_one_of(word, PLURAL));
        let start = match parted {
            Some(at) => at,
            None if plural => (among.start + 1..among.end).find(comma).unwrap_or(last),
            None => last,
        };
        Subject { own: start..among.end, shared: false, relative: false }
    }

    /// Whether a name is excepted from the objects of a verb: `needs Stage 1 but not Stage 2`.
    fn is_excepted(&self, verb: &Verb, name: usize) -> bool {
        let before = if name == 0 { 0 } else { self.names[name - 1].end };
        let gap = self.between(before.max(verb.place.end), self.names[name].start);
        words(gap).any(|word| is_one_of(word, DENIALS) || is_one_of(word, &["independent"]))
            || gap.contains("rather than")
            || gap.contains("instead of")
    }

    /// Whether behind a name goes on what a verb ends with: `depends on Stage 1, Stage 3 on ...`.
    fn leads_on(&self, verb: &Verb, name: usize) -> bool {
        let last = words(&self.text[verb.place.clone()]).last();
        let next = words(&self.text[self.names[name].end..]).next();
        last.is_some_and(|word| is_one_of(word, &["on", "von", "de", "od"])) && next == last
    }

    /// Whether what a verb says is denied: `Stage 3 does not need Stage 2`.
    fn denies(&self, subject: &Range<usize>, verb: &Verb) -> bool {
        let end = subject.clone().last().map_or(0, |last| self.names[last].end);
        let gap = self.between(end, verb.place.start);
        let before = subject.start.checked_sub(1).map_or(0, |before| self.names[before].end);
        let lead = self.between(before, self.names.get(subject.start).map_or(before, |name| name.start));
        // `Stage 3 can't start until Stage 2 has landed`: what is denied is what comes before.
        let limits = words(&self.text[verb.place.clone()]).last().is_some_and(|word| is_one_of(word, LIMITS));
        !limits && words(gap).any(|word| is_one_of(word, DENIALS) || word.ends_with("n't"))
            || words(lead).any(|word| is_one_of(word, &["neither", "none", "weder"]))
    }

    /// Whether what begins with a subject is forbidden: `Do not start Stage 2`.
    fn forbids(&self, subject: &Range<usize>) -> bool {
        let before = subject.start.checked_sub(1).map_or(0, |before| self.names[before].end);
        let lead = self.between(before, self.names.get(subject.start).map_or(before, |name| name.start));
        words(lead).any(|word| is_one_of(word, DENIALS) || word.ends_with("n't"))
    }

    fn is_before(&self, verb: &Verb) -> bool {
        let word = self.text[verb.place.clone()].trim_end();
        ["before", "vor", "avant", "antes de", "antes da", "antes do"].iter().any(|before| word.ends_with(before))
    }

    fn pronoun(&self, verb: &Verb) -> Option<&str> {
        let mut behind = words(&self.text[verb.place.end..]);
        let first = behind.next()?;
        // `all of them`, `all three`
        let next = if first == "all" { behind.find(|word| *word != "of")? } else { first };
        (is_one_of(next, ALL_OF_THEM) || is_one_of(next, LAST_OF_THEM)).then_some(next)
    }

    /// The names before `subject` for which a word behind a verb stands.
    fn meant(&self, verb: &Verb, subject: usize) -> Vec<usize> {
        match self.pronoun(verb) {
            Some(word) if is_one_of(word, ALL_OF_THEM) => (0..subject).collect(),
            Some(_) => subject.checked_sub(1).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// The words of a text, without emphasis.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|next: char| !(next.is_alphanumeric() || matches!(next, '\'' | '’'))).filter(|word| !word.is_empty())
}

/// The words of a text that stand in no brackets.
fn without_brackets(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    let outside = text.split_inclusive(['(', ')']).filter(move |part| {
        let now = depth == 0;
        match part.as_bytes().last() {
            Some(b'(') => depth += 1,
            Some(b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        now
    });
    outside.flat_map(words)
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}
