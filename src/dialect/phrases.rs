//! Words about the order of stages: verbs, whole-plan statements, the sentences of a text.
//!
//! Must not know which stages there are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::outline::{InlineKind, Text};
use crate::source::Span;
use crate::text::{Lexicon, Phrases, starts_with};

use super::clauses::Verb;
use super::inline::{self, Part, Run};
use super::stage_names::StageNames;
use super::vocab;

/// Verbs whose subject waits for their object.
const VERBS_AFTER: &[&str] = &[
    "depends on", "depend on", "requires", "require", "needs", "need", "must follow", "follows", "comes after",
    "come after", "runs after", "run after", "starts after", "start after", "must wait for", "waits for", "wait for",
    "cannot start until", "can not start until", "must not start until", "cannot begin until", "is blocked by",
    "are blocked by", "blocked by", "builds on", "build on", "only after", "can start once", "can begin once",
    "can proceed once", "can begin after", "goes after", "done after", "after", "until", "once", "as soon as",
    "starts when", "start when", "begins when", "begin when", "depends upon", "depend upon", "dependent on",
    "dependent upon", "dependency on", "relies on", "rely on", "gated on", "gated by", "unless",
    "cannot start without", "can't start without", "cannot begin without", "can't begin without",
    "cannot proceed without", "benötigt", "hängt von", "nach", "après", "después de", "depois de", "depois da",
    "depois do", "nécessite", "dépend de", "requiere", "depende de", "wymaga", "zależy od", "erfordert", "wartet auf",
    "baut auf", "hängt ab von", "requiert", "attend", "dépendent de", "dependen de", "depende del", "requer",
    "dependem de", "depende da", "depende do", "dépend des", "depende das", "depende dos", "wymagają", "zależą od",
    "dipende da", "dipende dalla", "richiede", "hangt af van", "vereist", "зависит от", "требует", "залежить від",
    "потребує",
];

/// Verbs whose object waits for their subject.
const VERBS_BEFORE: &[&str] = &[
    "must be completed before", "must complete before", "must come before", "comes before", "must precede", "precedes",
    "blocks", "unblocks", "enables", "must be done before", "must land before", "is required by", "is required for",
    "is a prerequisite for", "is a prerequisite of", "are required by", "are required for", "are prerequisites for",
    "are prerequisites of", "is needed by", "are needed by", "is a dependency of", "are dependencies of", "unlocks",
    "unlock", "gates", "block", "unblock", "enable", "precede", "before", "vor", "avant", "antes de", "antes da",
    "antes do",
];

const PARALLEL: &[&str] = &[
    "in parallel", "parallel to each other", "concurrently", "simultaneously", "side by side", "are independent",
    "independent of each other", "any order", "at the same time", "parallelized", "parallel gebaut", "en parallèle",
    "en paralelo", "em paralelo", "równolegle", "laufen parallel", "können parallel", "sind unabhängig",
    "in parallelo", "parallelizzat", "parallelizzare", "paralelizad", "paralelizar", "parallélis", "zrównoleg",
    "sind voneinander unabhängig", "unabhängig voneinander", "sont indépendant", "son independientes",
    "são independentes", "są niezależne", "並行", "並列", "并行", "병렬",
];

/// `all user stories`, `all previous stages`: everything that comes before.
const ALL_BEFORE: &[&str] = &[
    "all previous", "all prior", "all earlier", "all stages above", "all preceding", "all other stages", "every stage",
    "all stories", "all user stories", "after the stories", "after the user stories", "all desired user stories",
    "all phases", "all of the above", "all the above", "everything above",
];

/// `all stages`: all others, wherever they stand.
const ALL: &[&str] = &["all phases", "all stages", "all tasks", "all other"];

/// `the foundation for all others`: everything else waits for it.
const FOUNDATION: &[&str] = &[
    "is the foundation", "is foundational", "foundation for all", "foundation of all", "foundation for every",
    "all other stages depend on", "all stages depend on", "all others depend on", "everything depends on",
    "everything else depends on", "all stages require", "all other stages require", "every other stage depends on",
    "remaining stages depend on", "subsequent stages depend on", "later stages depend on", "required by all",
    "required for all", "needed by all", "prerequisite for all", "prerequisite for every", "before all other",
    "before any other", "before everything else", "blocks all other", "blocks everything",
];

/// `done last`, `after all other stages`.
const LAST: &[&str] = &[
    "done last", "runs last", "comes last", "goes last", "is last", "after all other", "after all phases",
    "after all stages", "after all tasks", "after everything else",
];

/// Words behind which the next of several steps is named: `Stage 0, then Stage 1`.
pub(super) const STEPS: &[&str] = &[
    "then", "followed by", "finally", "lastly", "afterwards", "danach", "anschließend", "zuletzt", "puis", "ensuite",
    "enfin", "luego", "después", "finalmente", "depois", "por fim", "potem", "następnie", "na końcu", "poi", "infine",
];

/// Words that give one stage its place: `Stage 1 must come first`.
const PLACES: &[&str] = &["first", "last", "final"];

/// Words that put all stages in one row.
const SEQUENCE: &[&str] = &[
    "in order", "in sequence", "sequential", "serially", " serial", "one after another", "one after the other",
    "one at a time", "in stage order", "in the order listed", "depends on the previous", "builds on the previous",
    "build on the previous", "requires the previous", "follows the previous", "relies on the previous",
    "before advancing to the next", "before moving to the next", "before moving on to the next",
    "before starting the next", "start the next until", "until the previous", "before the next one",
    "before the previous", "before the next starts", "before the next begins", "advances only after",
    "advances only when", "advances only once", "advance only after", "advance only when", "advance only once",
    "gated stages", "gated phases",
];

/// Words without which a text has none of those that put all stages in one row.
const SEQUENCE_TRIGGERS: &[&str] =
    &["order", "sequen", "serial", "after an", "after the o", "at a time", "previous", "next", "advance", "gated "];

/// What a sentence puts in a row without naming the units, which the text before it has named.
const SEQUENCE_OF_THEM: &[&str] = &["until the previous one", "before the previous one", "before the next one"];

const UNITS: &[&str] = &["stage", "task", "phase", "step", "workstream", "milestone", "conversation"];

const NO_SEQUENCE: &[&str] =
    &[" not sequential", "not serial", "no particular order", "any order", "out of order", "in order to"];

const NEGATED: &[&str] = &[
    "does not depend", "do not depend", "doesn't depend", "don't depend", "no longer", "not require", "not need",
    "independent of", "not wait", "not run in parallel", "n't run in parallel", "cannot be parallel",
    "can not be parallel", "can't be parallel", "not be run in parallel", "not safe to run in parallel", "not block",
    "n't require", "n't need", "nicht parallel", "不能并行", "不可并行", "並行できな", "並列できな", "병렬 불가",
];

/// Words at the start of a sentence whose first part comes first: `Once Stage 1 is done, Stage 2 can start`.
const CONDITIONS: &[&str] = &["once ", "after ", "when ", "as soon as "];

const TITLE_NEEDS: &[&str] = &[
    "(depends on", "(after", "(requires", "(needs", "[depends on", "(blocked by", "(depends:", "[after", "[requires",
    "[needs", "[blocked by", "[depends:",
];

/// Words that make advice of a sentence.
const HEDGES: &[&str] = &[
    " if ", "ideally", "prefer", "recommend", "optional", "could ", "might ", "nice to ", "would be ", "not strictly",
];

/// What a phrase is, as bits.
mod is {
    pub(super) const PARALLEL: u16 = 1;
    pub(super) const ALL_BEFORE: u16 = 2;
    pub(super) const ALL: u16 = 4;
    pub(super) const FOUNDATION: u16 = 8;
    pub(super) const LAST: u16 = 16;
    pub(super) const SEQUENCE: u16 = 32;
    pub(super) const UNIT: u16 = 64;
    pub(super) const NO_SEQUENCE: u16 = 128;
    pub(super) const NEGATED: u16 = 256;
    pub(super) const CONDITION: u16 = 512;
    pub(super) const VERB: u16 = 1024;
    pub(super) const HEDGE: u16 = 2048;
    pub(super) const STEPS: u16 = 4096;
    pub(super) const PLACE: u16 = 8192;
}

struct Table {
    phrases: Phrases,
    /// What each phrase is, and for a verb its place among the verbs.
    known: Lexicon<(u16, u8)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut known: BTreeMap<&'static str, (u16, u8)> = BTreeMap::new();
    for (bit, phrases) in [
        (is::PARALLEL, PARALLEL),
        (is::ALL_BEFORE, ALL_BEFORE),
        (is::ALL, ALL),
        (is::FOUNDATION, FOUNDATION),
        (is::LAST, LAST),
        (is::SEQUENCE, SEQUENCE),
        (is::UNIT, UNITS),
        (is::NO_SEQUENCE, NO_SEQUENCE),
        (is::NEGATED, NEGATED),
        (is::CONDITION, CONDITIONS),
        (is::HEDGE, HEDGES),
        (is::STEPS, STEPS),
        (is::PLACE, PLACES),
    ] {
        phrases.iter().for_each(|phrase| known.entry(phrase).or_default().0 |= bit);
    }
    for (at, verb) in VERBS_AFTER.iter().chain(VERBS_BEFORE).enumerate() {
        let entry = known.entry(verb).or_default();
        *entry = (entry.0 | is::VERB, u8::try_from(at).unwrap_or(u8::MAX));
    }
    let phrases: Vec<&'static str> = known.keys().copied().collect();
    Table { phrases: Phrases::new(&phrases), known: Lexicon::new(known) }
});

/// What the words of a text say of order.
#[derive(Clone, Debug)]
pub(super) struct Signs {
    bits: u16,
    /// Where verbs stand, overlapping ones as well.
    verbs: Vec<Verb>,
}

impl Signs {
    /// Whether a text has no such words.
    pub(super) fn none_in(text: &str) -> bool {
        !TABLE.phrases.find(text, |phrase, _, _| {
            TABLE.known.exactly(phrase).is_some_and(|(bits, _)| bits & !(is::UNIT | is::NO_SEQUENCE | is::HEDGE) != 0)
        })
    }

    pub(super) fn of(text: &str) -> Self {
        let mut signs = Self { bits: 0, verbs: Vec::new() };
        TABLE.phrases.find(text, |phrase, _, end| {
            let Some((bits, verb)) = TABLE.known.exactly(phrase) else { return false };
            let start = end - phrase.len();
            if bits & is::CONDITION == 0 || text[..start].trim().is_empty() {
                signs.bits |= bits;
            } else {
                signs.bits |= bits & !is::CONDITION;
            }
            if bits & is::VERB != 0
                && !text[..start].ends_with(char::is_alphanumeric)
                && !text[end..].starts_with(char::is_alphanumeric)
            {
                let reversed = usize::from(verb) >= VERBS_AFTER.len();
                signs.verbs.push(Verb { place: start..end, reversed });
            }
            false
        });
        signs
    }

    fn has(&self, bits: u16) -> bool {
        self.bits & bits != 0
    }

    pub(super) fn parallel(&self) -> bool {
        self.has(is::PARALLEL)
    }

    /// Where the first words stand that set things side by side.
    pub(super) fn parallel_at(&self, text: &str) -> Option<(usize, usize)> {
        static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PARALLEL));
        let mut found = None;
        WORDS.find(text, |_, start, end| {
            found = Some((start, end));
            true
        });
        found.filter(|_| self.parallel())
    }

    pub(super) fn all_before(&self) -> bool {
        self.has(is::ALL_BEFORE)
    }

    pub(super) fn all(&self) -> bool {
        self.has(is::ALL)
    }

    pub(super) fn foundation(&self) -> bool {
        self.has(is::FOUNDATION)
    }

    pub(super) fn last_of_all(&self) -> bool {
        self.has(is::LAST)
    }

    pub(super) fn negated(&self) -> bool {
        self.has(is::NEGATED)
    }

    /// Whether the text only advises.
    pub(super) fn hedged(&self) -> bool {
        self.has(is::HEDGE)
    }

    /// Whether the text begins with a condition.
    pub(super) fn conditional(&self) -> bool {
        self.has(is::CONDITION)
    }

    /// Whether the text puts all stages in one row.
    pub(super) fn declares_sequence(&self) -> bool {
        self.has(is::UNIT) && self.has(is::SEQUENCE) && !self.has(is::PARALLEL | is::NO_SEQUENCE)
    }

    /// Whether words put what is named in one row.
    pub(super) fn in_sequence(&self) -> bool {
        self.has(is::SEQUENCE) && !self.has(is::PARALLEL | is::NO_SEQUENCE)
    }

    /// Whether a verb of order is among the words, also as a part of one.
    pub(super) fn any_verb(&self) -> bool {
        self.has(is::VERB)
    }

    /// The verbs, overlapping ones as well.
    pub(super) fn verbs(&self) -> &[Verb] {
        &self.verbs
    }
}

/// Whether a text may put all stages in one row; one look at it tells for nearly all texts that it does not.
pub(super) fn may_declare_sequence(text: &Text) -> bool {
    static TRIGGERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SEQUENCE_TRIGGERS));
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SEQUENCE));
    text.inlines.iter().any(|piece| piece.kind == InlineKind::Text && TRIGGERS.any_in(&piece.text))
        && SIGNS.any_in(&inline::prose(&text.inlines))
}

/// Whether a sentence puts those in a row that a text before it has named as stages: `The next one is not started before
/// the previous one passes.`
pub(super) fn puts_them_in_a_row(sentence: &str, text: &Text) -> bool {
    static ROW: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SEQUENCE_OF_THEM));
    ROW.any_in(sentence) && {
        let around = Signs::of(&inline::prose(&text.inlines));
        around.has(is::UNIT) && !around.has(is::PARALLEL | is::NO_SEQUENCE)
    }
}

/// Whether an arrow to the right stands in a text: `->`, `=>`, `→`, `►`, `▶`, with a line of any length before it.
pub(super) fn has_arrow(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'>' => at > 0 && matches!(bytes[at - 1], b'-' | b'='),
        0xe2 => text[at..].starts_with(['→', '►', '▶']),
        _ => false,
    })
}

pub(super) fn is_wave(title: &str) -> bool {
    let name = vocab::normalise(title);
    ["wave ", "batch ", "round ", "group ", "track "].iter().any(|start| name.starts_with(start))
}

/// What a title says of needs: `Wire it (depends on T1)`.
pub(super) fn title_needs(title: &str) -> Option<&str> {
    let signs = memchr::memchr2_iter(b'(', b'[', title.as_bytes()).filter_map(|at| {
        let sign = TITLE_NEEDS.iter().position(|sign| starts_with(&title[at..], sign))?;
        Some((sign, at))
    });
    signs.min().and_then(|(_, at)| title.get(at + 1..)).or_else(|| key_of_needs(title).map(|(_, rest)| rest))
}

/// The key of needs in a title and what follows it: `Clean up · dependsOn: [T1]`.
fn key_of_needs(title: &str) -> Option<(usize, &str)> {
    // Many titles have a `d`, few a colon.
    memchr::memchr(b':', title.as_bytes())?;
    memchr::memchr2_iter(b'd', b'D', title.as_bytes()).find_map(|at| {
        let key = ["dependson:", "depends_on:", "depends on:"].iter().find(|key| starts_with(&title[at..], key))?;
        Some((at, title[at + key.len()..].trim_start()))
    })
}

/// Whether a title says that nothing is needed: `Clean up · dependsOn: []`.
pub(super) fn needs_nothing(title: &str) -> bool {
    key_of_needs(title).is_some_and(|(_, rest)| {
        rest.starts_with("[]") || ["none", "无", "無", "なし", "없음"].iter().any(|word| starts_with(rest, word))
    })
}

/// The part of a run that names what may run beside a stage: `in parallel with Phase 2`.
pub(super) fn beside_others(run: &[crate::outline::Inline<'_>]) -> Option<Span> {
    static SIGNS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["parallel with ", "parallel to ", "concurrently with ", "side by side with "]));
    static ENDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[" after ", " once "]));
    run.iter().enumerate().find_map(|(index, piece)| {
        let at = SIGNS.first_end(&piece.text).filter(|_| piece.kind == InlineKind::Text)?;
        let rest = &piece.text[at..];
        let bracket = rest.find(')').into_iter();
        let mut ends = None;
        ENDS.find(rest, |_, start, _| {
            ends = Some(start);
            true
        });
        let start = piece.part(at, piece.text.len());
        let signs = [". ", "; "].iter().filter_map(|sign| rest.find(sign));
        Some(match bracket.chain(ends).chain(signs).min() {
            Some(end) => piece.part(at, at + end),
            None => start.to(inline::span(&run[index..])),
        })
    })
}

/// The sentences of a run.
pub(super) fn sentences<'s>(run: &[crate::outline::Inline<'s>]) -> Vec<Run<'s>> {
    let mut parts = vec![Run::new()];
    for piece in run {
        let mut start = 0;
        if piece.kind == InlineKind::Text {
            for (at, _) in piece.text.match_indices(['.', ';']) {
                let ends = piece.text[at + 1..].starts_with([' ', '\n']) || at + 1 == piece.text.len();
                if ends {
                    push(&mut parts, piece, start, at + 1);
                    parts.push(Run::new());
                    start = at + 1;
                }
            }
        }
        push(&mut parts, piece, start, piece.text.len());
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}

fn push<'s>(parts: &mut [Run<'s>], piece: &crate::outline::Inline<'s>, start: usize, end: usize) {
    if start < end
        && let Some(last) = parts.last_mut()
    {
        last.push(piece.cut(start, end));
    }
}

/// The lines of a text; where none of them draws an arrow, broken sentences are whole again.
pub(super) fn entries_of<'t, 's>(text: &'t Text<'s>) -> Vec<Part<'t, 's>> {
    if text.inlines.iter().any(|piece| piece.kind != InlineKind::Html && has_arrow(&piece.text)) {
        inline::lines(text).map(Cow::Borrowed).collect()
    } else {
        inline::item_lines(text).collect()
    }
}

/// A run up to a semicolon behind which another matter begins, which is no name: `Phase 1; shares files with Phase 2`.
pub(super) fn without_other_matter<'s>(run: &[crate::outline::Inline<'s>], names: &StageNames<'_>) -> Option<Run<'s>> {
    let (index, at) = run.iter().enumerate().find_map(|(index, piece)| {
        let at = piece.text.find("; ").filter(|_| piece.kind == InlineKind::Text)?;
        let rest = &piece.text[at + 2..];
        let other = rest.starts_with(|next: char| next.is_ascii_lowercase()) && !mentions_first(rest, names);
        other.then_some((index, at))
    })?;
    let mut cut = run[..index].to_vec();
    cut.push(run[index].cut(0, at));
    Some(cut)
}

pub(super) fn mentions_first(rest: &str, names: &StageNames<'_>) -> bool {
    names.mentions(rest).first().is_some_and(|(place, _, _)| rest[..place.start].trim().is_empty())
}
