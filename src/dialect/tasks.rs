//! Items of task lists that are units of work: `- [ ] T012 [P] ...`, `- [ ] 2.1 ...`.
//!
//! Must not know where a list stands.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::outline::{Block, InlineKind, Item, List, Section, Text};
use crate::text::{Phrases, Starts, starts_with, starts_with_any};

use super::context::Context;
use super::examines;
use super::inline;
use super::titles::{asks_for_proof, holds_steps, names_tests};
use super::units::{self, Unit};
use super::verbs::{Verbs, writes_tests};
use super::vocab::{self, Place, Verb};

/// The unit that a task item names, if it starts with a number or a code.
#[must_use]
pub fn unit(item: &Item) -> Option<Unit> {
    item.task.and_then(|_| named(item))
}

/// The unit that an item names, with a box to tick or without one.
#[must_use]
pub fn named(item: &Item) -> Option<Unit> {
    if may_name_unit(&item.text) { named_in(item) } else { None }
}

fn named_in(item: &Item) -> Option<Unit> {
    let text = item.text.to_plain();
    let text = text.trim_start();
    if let Some(unit) = units::unit(text).filter(|unit| unit.word.is_empty() || unit.word == "task") {
        return Some(unit);
    }
    units::numbered(text).or_else(|| item.task.and_then(|_| units::hyphened_task(text)))
}

/// The same, but of what stands behind the name nothing, where the name shows already: most questions are about it.
#[must_use]
pub(super) fn name_of(item: &Item) -> Option<Unit> {
    // A name that ends before the first piece does is the name that the whole text has.
    let first = item.text.inlines.first().filter(|first| first.kind == InlineKind::Text);
    let text = first.map_or("", |first| first.text.trim_start());
    let marked = || memchr::memchr2(b'*', b'`', text.as_bytes()).is_some();
    if let Some(code) = plain_code(text)
        && !marked()
    {
        return Some(Unit { number: code.to_owned(), ..Unit::default() });
    }
    if !may_name_unit(&item.text) {
        return None;
    }
    let named = units::plain(text).or_else(|| units::plain_number(text));
    let shown = named.filter(|named| named.word.is_empty() && !named.rest.is_empty() && !marked());
    match shown {
        Some(named) => Some(Unit { number: named.number.to_owned(), ..Unit::default() }),
        None => named_in(item),
    }
}

/// The code with which a text begins, where it is a capital and a number, `T012`, and plain words or a mark follow.
fn plain_code(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digits = bytes.get(1..)?.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let fits = bytes[0].is_ascii_uppercase() && (1..=4).contains(&digits);
    match bytes.get(digits + 1..digits + 3) {
        Some([b' ', next]) if fits && (next.is_ascii_alphabetic() || *next == b'[') => Some(&text[..=digits]),
        _ => None,
    }
}

/// Whether a text could begin with a number, a code or `Task`: most items of task lists do not, which shows without
/// taking them apart.
fn may_name_unit(text: &Text) -> bool {
    let Some(start) = first_word(text) else { return false };
    let bytes = start.as_bytes();
    // What an inline breaks off, or a marker in it, is left to those who look at the whole text.
    let broken = bytes.len() < 5 || bytes[..4].iter().any(|byte| matches!(byte, b'*' | b'`'));
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    broken
        || bytes[0].is_ascii_digit()
        || starts_with(start, "task")
        || (1..=3).contains(&letters) && bytes[letters].is_ascii_digit()
        || (2..=6).contains(&letters) && bytes.get(letters) == Some(&b'-')
}

/// From the first letter or digit of a text to the end of the piece that it stands in.
#[must_use]
pub(super) fn first_word<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    text.inlines.iter().filter(|inline| matches!(inline.kind, InlineKind::Text | InlineKind::Code)).find_map(|inline| {
        let words: &str = &inline.text;
        words.find(char::is_alphanumeric).map(|at| &words[at..])
    })
}

/// Whether a list's items are units by a code such as `T012`.
#[must_use]
pub fn is_coded(list: &List) -> bool {
    list.items.iter().any(|item| {
        item.task.and_then(|_| name_of(item)).is_some_and(|unit| {
            let digits = unit.number.trim_start_matches(|next: char| next.is_ascii_uppercase());
            unit.number.len() == digits.len() + 1
                && digits.len() >= 2
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// Whether a list's items are units by a code of one kind whose numbers rise: `A1`, `A2` or `M1-T1`, `M1-T2`. One alone
/// is enough if it goes by the letter of the unit around.
#[must_use]
pub fn has_ids(list: &List, around: Option<&Unit>) -> bool {
    let mut last: Option<String> = None;
    let mut count = 0;
    for item in &list.items {
        // `H04, H16 and others` names several things, and is none.
        let row = |code: &str| {
            let text = item.text.inlines.first().map_or("", |first| first.text.trim_start());
            text.strip_prefix(code).is_some_and(|rest| rest.starts_with(','))
        };
        let is_name = |unit: &Unit| unit.word.is_empty() && is_id(&unit.number) && !row(&unit.number);
        let Some(unit) = name_of(item).filter(is_name) else { continue };
        let letters = |code: &str| code.bytes().filter(|byte| !byte.is_ascii_digit()).collect::<Vec<u8>>();
        if last
            .as_ref()
            .is_some_and(|last| letters(last) != letters(&unit.number) || !units::order(last, &unit.number).is_lt())
        {
            return false;
        }
        let own = around.is_some_and(|around| {
            unit.number
                .strip_suffix(|next: char| next.is_ascii_digit())
                .is_some_and(|head| head.trim_end_matches(|next: char| next.is_ascii_digit()) == around.number)
        });
        if !own && (is_wish(&unit.number) || !is_set_apart(item, &unit.number)) {
            return false;
        }
        count += if own { 2 } else { 1 };
        last = Some(unit.number);
    }
    count > 1 && count >= list.items.len()
}

/// Whether a code is one to three letters and a number, or two of them.
fn is_id(code: &str) -> bool {
    code.starts_with(|next: char| next.is_ascii_uppercase())
        && code.ends_with(|next: char| next.is_ascii_digit())
        && !code.contains('.')
}

/// Whether a code goes by letters that number wishes, risks, questions and priorities rather than work.
pub(super) fn is_wish(code: &str) -> bool {
    let letters = &code[..code.bytes().take_while(u8::is_ascii_uppercase).count()];
    matches!(letters, "AC" | "FR" | "NFR" | "NR" | "REQ" | "RF" | "RNF" | "R" | "Q" | "OQ" | "US" | "KR" | "P" | "H")
}

/// Whether an item has a box to tick, or sets its code apart by bold letters or by a sign.
fn is_set_apart(item: &Item, code: &str) -> bool {
    item.task.is_some()
        || item.text.inlines.first().is_some_and(|first| {
            first.strong
                || first.text.trim_start().strip_prefix(code).is_some_and(|rest| rest.starts_with([':', '.', ')', ']']))
        })
}

/// Whether a list's items are units by a number: `1.`, `1.1`.
#[must_use]
pub fn is_numbered(list: &List) -> bool {
    let named = |item: &&Item| item.task.and_then(|_| name_of(item)).is_some_and(|unit| is_number(&unit.number));
    let numbered = list.items.iter().filter(named).count();
    numbered > 0 && numbered * 2 >= list.items.len()
}

/// Whether the items of a list inside a task are tasks themselves, and not the steps of a cycle of failing test and code
/// nor subtasks of one that goes by a word: `1.1 ...` below `Task 1`.
#[must_use]
pub fn holds_tasks(list: &List, around: &Unit) -> bool {
    let alike = |item: &Item| around.word.is_empty() || unit(item).is_some_and(|unit| !unit.word.is_empty());
    let extending = |item: &&Item| unit(item).is_some_and(|inner| extends(&inner.number, &around.number));
    (is_numbered(list) || list.items.iter().filter(extending).nth(1).is_some())
        && list.items.iter().any(alike)
        && !list.items.iter().any(|item| begins_red(&without_code(&item.text).to_plain()))
}

/// Whether a list's items are numbered and some of them hold items that extend their number: `1.` with `1.1` below.
#[must_use]
pub fn numbers_subtasks(list: &List, around: &Unit) -> bool {
    // `1.1` below `Phase 1` spells out the phase.
    let own = |item: &Item| unit(item).is_some_and(|own| extends(&own.number, &around.number));
    let holds = |item: &Item| {
        let Some(own) = unit(item).filter(|own| own.word.is_empty()) else { return false };
        let extending = |inner: &Item| unit(inner).is_some_and(|task| extends(&task.number, &own.number));
        item.blocks.iter().any(|block| matches!(block, Block::List(list) if list.items.iter().any(extending)))
    };
    is_numbered(list) && list.items.iter().any(holds) && !list.items.iter().any(own)
}

/// Whether a task is a checkpoint by its first words: `Checkpoint — `make check` passes`, `Final checkpoint`.
#[must_use]
pub fn is_checkpoint(words: &str) -> bool {
    static WORDS: Starts = Starts::new(&["checkpoint", "final checkpoint", "チェックポイント", "检查点", "체크포인트"]);
    WORDS.begin(words.trim_start())
}

fn is_number(text: &str) -> bool {
    text.starts_with(|next: char| next.is_ascii_digit())
}

/// Whether phases list tasks by number, `- [ ] 4. ...`, and each goes on where the one before it ended: they are the plan's
/// own numbers, and no steps of a phase.
#[must_use]
pub fn numbers_run_on(sections: &[Section]) -> bool {
    /// The last number, how many there are, and in how many phases.
    fn walk(sections: &[Section], seen: &mut [u64; 3]) -> bool {
        sections.iter().all(|section| {
            let phase = units::unit(&section.title.to_plain()).is_some_and(|unit| holds_steps(&unit));
            let lists = section.blocks.iter().filter_map(|block| match block {
                Block::List(list) if phase && is_numbered(list) => Some(list),
                _ => None,
            });
            let numbers = lists.flat_map(|list| &list.items).filter_map(|item| item.task.and_then(|_| name_of(item)));
            let before = seen[1];
            let rises = numbers.map(|unit| unit.number.parse::<u64>().ok()).all(|number| {
                let follows = number.is_some_and(|number| number > seen[0]);
                *seen = [number.unwrap_or(0), seen[1] + 1, seen[2]];
                follows
            });
            seen[2] += u64::from(seen[1] > before);
            rises && walk(&section.sections, seen)
        })
    }
    let mut seen = [0; 3];
    let rises = walk(sections, &mut seen);
    let [last, count, phases] = seen;
    // A few may be lost in lists that are broken.
    rises && phases > 1 && count.saturating_mul(3) >= last.saturating_mul(2)
}

/// Whether some of the sections are numbered and hold tasks that extend their number: `## 1. Parser` with `1.1 ...`.
#[must_use]
pub fn number_their_tasks(sections: &[Section]) -> bool {
    number_their_boxes(sections) || extend_their_numbers(sections)
}

/// Whether sections are numbered from 1 and hold nothing but boxes to tick: `## 1. Parser` with `- [ ] Read it`.
fn number_their_boxes(sections: &[Section]) -> bool {
    let mut count = 0;
    for section in sections {
        if !first_word(&section.title).is_some_and(|word| word.starts_with(|next: char| next.is_ascii_digit())) {
            continue;
        }
        let Some(own) = units::numbered(&section.title.to_plain()) else { continue };
        let boxes =
            |block: &Block| matches!(block, Block::List(list) if list.items.iter().all(|item| item.task.is_some()));
        count += 1;
        if own.number != count.to_string()
            || !section.sections.is_empty()
            || section.blocks.is_empty()
            || !section.blocks.iter().all(boxes)
        {
            return false;
        }
    }
    count > 2
}

/// The same for sections whose tasks extend their number.
fn extend_their_numbers(sections: &[Section]) -> bool {
    sections.iter().any(|section| {
        if !first_word(&section.title).is_some_and(|word| word.starts_with(|next: char| next.is_ascii_digit())) {
            return false;
        }
        let Some(own) = units::numbered(&section.title.to_plain()) else { return false };
        // Tasks that each prove themselves are the units, and the sections only group them.
        let mut tasks = boxes_of(section, &own).peekable();
        tasks.peek().is_some() && !tasks.all(proves_itself)
    })
}

/// Whether a section holds boxes to tick that extend its number: `1.1 ...` below `Phase 1`.
#[must_use]
pub fn numbers_boxes(section: &Section, own: &Unit) -> bool {
    boxes_of(section, own).nth(1).is_some()
}

fn boxes_of<'s, 'o>(section: &'s Section<'o>, own: &Unit) -> impl Iterator<Item = &'s Item<'o>> {
    let lists = section.blocks.iter().filter_map(|block| match block {
        Block::List(list) => Some(&list.items),
        _ => None,
    });
    // Codes, as most boxes have, are told apart by their first letter.
    let other = |item: &Item| {
        let code = item.text.inlines.first().and_then(|first| plain_code(first.text.trim_start()));
        code.is_some_and(|code| !own.number.starts_with(&code[..1]))
    };
    let extending =
        move |item: &&Item| !other(item) && name_of(item).is_some_and(|task| extends(&task.number, &own.number));
    lists.flatten().filter(|item| item.task.is_some()).filter(extending)
}

/// Whether an item has a label below it that asks for proof: `Validation: ...`.
fn proves_itself(item: &Item) -> bool {
    item.blocks.iter().any(|block| {
        let Block::List(list) = block else { return false };
        list.items.iter().any(|inner| {
            inline::label(&inner.text.inlines).is_some_and(|found| vocab::place(&found.label) == Some(Place::Proof))
        })
    })
}

/// Whether `1.2` extends `1`.
#[must_use]
pub fn extends(number: &str, outer: &str) -> bool {
    !outer.is_empty() && number.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.') && rest.len() > 1)
}

/// Whether a task may run beside its neighbours: `[P]`, `(P)`, `(parallelizable)`.
#[must_use]
pub fn is_parallel(title: &str) -> bool {
    const MARKS: &[&str] = &[
        "P", "parallel", "parallelizable", "parallelisable", "in parallel", "can run in parallel",
        "can be done in parallel", "can be parallelized",
    ];
    memchr::memchr2_iter(b'[', b'(', title.as_bytes()).any(|at| {
        let mark = title[at + 1..].split([']', ')']).next().unwrap_or_default();
        mark == "P" || mark.len() > 1 && MARKS.iter().any(|known| mark.trim().eq_ignore_ascii_case(known))
    })
}

/// A task's words without its code and its marks: `T012 [P] [US1] Run it` gives `Run it`.
#[must_use]
pub fn without_code<'t, 's>(text: &'t Text<'s>) -> Cow<'t, Text<'s>> {
    // Pieces that are lead-in as a whole, and how much of the one behind them is.
    let mut gone = 0;
    let mut skip = 0;
    let mut first = true;
    while let Some(lead) = text.inlines.get(gone).filter(|lead| lead.kind == InlineKind::Text) {
        let more = lead_in(&lead.text[skip..], first);
        if more == 0 {
            break;
        }
        skip += more;
        first = false;
        if skip == lead.text.len() {
            gone += 1;
            skip = 0;
        }
    }
    if first {
        return Cow::Borrowed(text);
    }
    let mut inlines = text.inlines[gone..].to_vec();
    if let Some(lead) = inlines.first_mut().filter(|_| skip > 0) {
        *lead = lead.without_first(skip);
    }
    let span = match (inlines.first(), inlines.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => text.span,
    };
    Cow::Owned(Text { inlines, span })
}

/// The length of the code, number and marks at the start of a text.
fn lead_in(text: &str, first: bool) -> usize {
    // Plain words, as nearly all texts begin: a code has its first digit behind three letters at most.
    let bytes = text.as_bytes();
    let coded = first && bytes.iter().take(4).any(u8::is_ascii_digit);
    if bytes.first().is_some_and(u8::is_ascii_alphabetic) && !coded {
        return 0;
    }
    let mut rest = text.trim_start();
    if first {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = rest[..end].trim_end_matches([':', '.', ')']);
        let digits = word.trim_start_matches(|next: char| next.is_ascii_uppercase());
        let code = word.len() - digits.len() <= 3
            && digits.starts_with(|next: char| next.is_ascii_digit())
            && digits.chars().all(|next| next.is_ascii_digit() || next == '.' || next.is_ascii_lowercase())
            && digits.chars().filter(char::is_ascii_lowercase).count() <= 1;
        let inner = units::compound(word).or_else(|| units::sub_code(word));
        if code || inner.is_some_and(|(_, rest)| rest.is_empty()) {
            rest = rest[end..].trim_start();
        }
    }
    while let Some(inner) = rest.strip_prefix('[') {
        let Some((mark, after)) = inner.split_once(']') else { break };
        if mark.len() > 6 || !mark.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = after.trim_start();
    }
    rest = rest.trim_start_matches(['*', '\\', ' ']);
    text.len() - rest.len()
}

/// A title without what stands in brackets before it: `(AC: 1, 2): Verify the export`.
#[must_use]
pub fn without_remark(title: &str) -> &str {
    let rest = title.strip_prefix('(').and_then(|inner| inner.split_once(')')).map_or(title, |(_, rest)| rest);
    rest.trim_start_matches([':', '-', '–', '—', ' '])
}

/// What a task asks for by its title, for all that it lists: `Verify the export`, `Manual tour`.
#[must_use]
pub fn place(words: &str) -> Place {
    let head =
        || [" - ", " – ", " — ", ":"].iter().find_map(|sign| words.split_once(sign)).map_or(words, |(head, _)| head);
    if vocab::is_manual(words) {
        Place::Manual
    } else if (asks(words) == Asks::Judge || tries(words)) && !WORKS.any_in(words)
        || asks_for_proof(words) && !names_tests(head())
    {
        Place::Proof
    } else {
        Place::Off
    }
}

/// `Test the export end-to-end`: something to be done by hand or by a command, no test to be written.
fn tries(words: &str) -> bool {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    static TRIES: Starts = Starts::new(&["test ", "smoke test ", "teste "]);
    TRIES.begin(words) && WHOLE.any_in(words) && !words.contains('`') && !TESTS.any_in(words)
}

/// `Verify the page and ship it` is work as well, and so its commands are not all checks.
static WORKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        " and fix", " and ship", " and deploy", " and publish", " and release", " and update", " and merge",
        " and commit", " and push", " and clean", " and remove", " and write", " and add", " and document", " & fix",
        " & ship", " & deploy", " & release", " und behebe", " y corregir", " et corriger",
    ])
});

static WHOLE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "end-to-end", "end to end", "manually", "by hand", "in the browser", "on a device", "von hand",
        "complete flow", "complete user flow", "full flow", "full user flow", "whole flow", "entire flow",
        "user journey",
    ])
});

static TESTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["tests", "test case", "test suite", "spec"]));

/// What holds in a task of that place: cases of tests to be written are no checks, but commands are.
#[must_use]
pub fn context(words: &str, place: Place) -> Context {
    let writes = place == Place::Off && writes_tests(words);
    Context { tasks: !writes, verbs: if writes { Verbs::Commands } else { Verbs::Words }, ..Context::of(place) }
}

/// Whether a step begins a cycle of failing test and code: `RED: ...`, `Write the failing test`.
#[must_use]
pub fn begins_red(words: &str) -> bool {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (first, behind) = words.split_at(words.find(|next: char| !next.is_alphanumeric()).unwrap_or(words.len()));
    if COLOURS.begin(first)
        && COLOUR_NAMES.iter().any(|colour| starts_with(first, colour) && first.len() == colour.len())
    {
        // `RED: ...` is a step of the cycle, `Red button` is none.
        let loud = first.len() > 1 && first.bytes().all(|byte| byte.is_ascii_uppercase());
        return loud || behind.trim().is_empty() || behind.starts_with([':', '：']);
    }
    let failing = || FAILING.any_in(words);
    ["write", "add", "create", "schreibe", "escribir", "escribe", "écrire", "napisz", "escrever"]
        .iter()
        .any(|verb| starts_with(first, verb) && first.len() == verb.len())
        && failing()
        || ["写", "编写", "書く"].iter().any(|verb| words.starts_with(verb)) && words.contains("失")
}

const COLOUR_NAMES: &[&str] =
    &["red", "rot", "rouge", "rojo", "vermelho", "rosso", "czerwone", "czerwony", "红", "レッド"];

static COLOURS: Starts = Starts::new(COLOUR_NAMES);

static FAILING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "failing test", "failing unit test", "test that fails", "fehlschlagenden test", "prueba que falla",
        "test qui échoue", "nieprzechodzący test", "teste que falha",
    ])
});

/// Words by which code does something about what it found: `After reading it, verify it with ...; on failure call ...`.
static HANDLES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "on failure call", "on failure return", "on failure raise", "on failure throw", "on failure exit",
        "on failure log", "on failure fall", "on error call", "on error return", "on error raise", "on error throw",
        "otherwise call", "otherwise return", "otherwise raise", "otherwise throw", "otherwise fall back",
    ])
});

/// `On the new branch, confirm ...`: the verb of judging behind words that say where or when.
fn verb_behind_place(words: &str) -> Option<Verb> {
    static PLACES: Starts =
        Starts::new(&["on ", "in ", "inside ", "within ", "from ", "at ", "with ", "after ", "before "]);
    static DIRECTORIES: Starts = Starts::new(&["in ", "from ", "inside ", "within "]);
    if !PLACES.begin(words) {
        return None;
    }
    let (place, rest) = words.split_once(", ")?;
    let near = place.split_whitespace().count() <= 6;
    if near && HANDLES.any_in(rest) {
        return None;
    }
    // `From `web/`, run `make test``; behind other words running is one more step of work.
    let runs = DIRECTORIES.begin(words);
    near.then(|| vocab::verb(rest)).flatten().filter(|verb| *verb == Verb::Judge || runs && *verb == Verb::Run)
}

/// What the first words of a task ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To look at something and judge it.
    Judge,
    /// To run something.
    Run,
    /// Work.
    Work,
}

static MANUALLY: Starts = Starts::new(&[
    "manually ", "manuell ", "manuellement ", "manualmente ", "ręcznie ", "handmatig ", "вручную ", "вручну ",
]);

/// `Perform end-to-end validation of the export`: a proof of the whole that is done, not a validation that is built.
fn performs(words: &str) -> bool {
    const PROOFS: &[&str] = &[
        "end-to-end ", "e2e ", "manual test", "manual verification", "manual validation", "manual qa", "smoke test",
        "final validation", "final verification", "final check", "full validation", "full verification",
        "regression test", "acceptance test", "user acceptance test", "exploratory test",
    ];
    let act = ["perform ", "conduct ", "carry out "].iter().find(|act| starts_with(words, act));
    act.is_some_and(|act| {
        let rest = words[act.len()..].trim_start();
        let article = ["a ", "an ", "the "].iter().find(|article| starts_with(rest, article));
        starts_with_any(&rest[article.map_or(0, |article| article.len())..], PROOFS)
    })
}

/// What the first words of a task ask for.
#[must_use]
pub fn asks(words: &str) -> Asks {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    if words.as_bytes().first().is_none_or(u8::is_ascii_digit) {
        return Asks::Work;
    }
    if MANUALLY.begin(words) || performs(words) || tries(words) || examines::judges(words) {
        return Asks::Judge;
    }
    match vocab::verb(words).or_else(|| verb_behind_place(words)) {
        Some(Verb::Judge) => Asks::Judge,
        Some(Verb::Run) => Asks::Run,
        // Where the verb stands last, as in Japanese.
        Some(Verb::See) | None if examines::runs_last(words) => Asks::Run,
        Some(Verb::See) | None => Asks::Work,
    }
}
