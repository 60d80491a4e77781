//! What a label or a heading announces by its words as a whole, by its beginning, by its end.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use super::super::gates;
use super::failures::NOUNS;
use super::languages;
use super::marks::{MANUALS, is_for_both, is_manual_label, marks_manual};
use super::places::{Place, lookup, proofs, says_needs};
use super::words::{FAILURES, RED_VERBS, red_label};
use crate::text::{Families, Lexicon, Phrases, Starts, ends_with};

/// A label without what does not count: emphasis, numbering, brackets, ticks and emoji, the final colon.
#[must_use]
pub fn normalise(label: &str) -> String {
    let mut text = label.trim();
    // `F) Steps`
    if let [letter, b')', b' ', ..] = text.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        text = text[2..].trim_start();
    }
    // Numbering: `4.`, `4.2`, `(3)`
    while !text.starts_with(|next: char| next.is_ascii_alphabetic()) {
        let before = text.len();
        text = text.trim_start_matches(|next: char| !next.is_alphanumeric() && next != '`').trim_start();
        let digits = text.trim_start_matches(|next: char| next.is_ascii_digit() || next == '.');
        if digits.len() < text.len() && digits.starts_with([' ', ')', ':']) {
            text = digits.trim_start_matches([')', ':', ' ']);
        }
        if text.len() == before {
            break;
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut depth = 0u32;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        // Most of a label is as it is to be already.
        let plain = if depth == 0 { plain_bytes(rest.as_bytes(), out.ends_with(' ')) } else { 0 };
        if plain > 0 {
            out.push_str(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            '*' | '_' | '`' => {}
            _ if depth > 0 => {}
            // Blanks count once.
            _ if next.is_ascii_whitespace() && out.ends_with(' ') => {}
            _ if next.is_ascii_whitespace() => out.push(' '),
            _ if next.is_ascii() => out.push(next.to_ascii_lowercase()),
            '’' => out.push('\''),
            _ if next.is_alphanumeric() || matches!(next, '–' | '—') => out.extend(next.to_lowercase()),
            _ => {}
        }
    }
    let kept = out.trim().trim_end_matches([':', '：', '.', '?', '!', '-', '–', '—']).trim();
    if kept.len() < out.len() {
        return kept.to_owned();
    }
    out
}

/// How many bytes at the start of a text stand in a name as they are; a blank only where none is before it.
fn plain_bytes(bytes: &[u8], mut blank: bool) -> usize {
    /// Whether a byte is no part of a name as it is.
    static CHANGES: [bool; 256] = {
        let mut changes = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            let other = matches!(byte as u8, b'(' | b')' | b'[' | b']' | b'*' | b'_' | b'`' | b'\t'..=b'\r' | 0x80..);
            changes[byte] = other || (byte as u8).is_ascii_uppercase();
            byte += 1;
        }
        changes
    };
    let changes = |byte: u8| {
        let more = byte == b' ' && blank;
        blank = byte == b' ';
        more || CHANGES[usize::from(byte)]
    };
    bytes.iter().copied().position(changes).unwrap_or(bytes.len())
}

/// A label, and what is known of it.
#[derive(Clone, Debug)]
pub struct Name(Rc<Known>);

#[derive(Debug)]
struct Known {
    text: String,
    place: Option<Place>,
    needs: OnceCell<bool>,
}

/// How many labels are remembered, and how long one may be in bytes. Plans have few labels, which come again in each of
/// their stages; longer ones are sentences, which do not.
const MOST: (usize, usize) = (1024, 48);

thread_local! {
    static KNOWN: RefCell<HashMap<String, Name>> = RefCell::default();
}

impl Name {
    /// Looks a label up.
    #[must_use]
    pub fn of(label: &str) -> Self {
        let short = label.len() <= MOST.1;
        if short && let Some(name) = KNOWN.with_borrow(|known| known.get(label).cloned()) {
            return name;
        }
        let text = normalise(label);
        let name = Self(Rc::new(Known { place: place_of_label(label, &text), text, needs: OnceCell::new() }));
        if short {
            KNOWN.with_borrow_mut(|known| {
                if known.len() >= MOST.0 {
                    known.clear();
                }
                known.insert(label.to_owned(), name.clone());
            });
        }
        name
    }

    /// The label normalised.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What it announces.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.0.place
    }

    /// Whether it says what a stage waits for.
    #[must_use]
    pub fn says_needs(&self) -> bool {
        *self.0.needs.get_or_init(|| says_needs(&self.0.text))
    }
}

/// What a label announces, if it is one that the tables know.
#[must_use]
pub fn place(label: &str) -> Option<Place> {
    Name::of(label).place()
}

/// The label normalised, if it asks for proof. Of most labels their words as a whole say that they do not.
#[must_use]
pub fn proof(label: &str) -> Option<String> {
    if is_sentence(label) || !may_ask_for_proof(label) {
        return None;
    }
    let may = |name: &str| matches!(place_of(name), Some(Place::Proof | Place::Manual));
    if label.len() <= MOST.1 {
        // Titles are asked about several times, and what they announce is asked as well.
        let name = Name::of(label);
        return (name.place() == Some(Place::Proof) && may(name.text())).then(|| name.text().to_owned());
    }
    let name = normalise(label);
    (may(&name) && place_of_label(label, &name) == Some(Place::Proof)).then_some(name)
}

/// Whether a label has so many words, and nothing that parts them, that no list of labels has it nor any part of it.
fn is_sentence(label: &str) -> bool {
    // Two more may stand before or behind what is listed, and of those with seven the last ones may only say more.
    static MOST: LazyLock<usize> = LazyLock::new(|| {
        proofs().map(|name| name.bytes().filter(|&byte| byte == b' ').count() + 3).max().unwrap_or(0).max(7)
    });
    let (mut words, mut begun, mut before) = (0, false, b' ');
    for &byte in label.as_bytes() {
        match byte {
            b'*' | b'_' | b'`' => continue,
            b' ' if matches!(before, b':' | b',' | b'-') => return false,
            b' ' => begun = false,
            b'(' | b')' | b'[' | b']' | 0x80.. => return false,
            _ if begun => {}
            _ => {
                begun = true;
                words += usize::from(byte.is_ascii_alphabetic());
            }
        }
        before = byte;
    }
    words > *MOST
        && !LEADS.begin(label.trim_start())
        && !ends_with(label.trim_end_matches([':', '.', '?', '!', ' ']), "list")
        && !ends_with(label.trim_end_matches([':', '.', '?', '!', ' ']), "liste")
}

/// Whether one of a label's words could be the one by which a label asks for proof. Of most sentences none is, which
/// shows without taking them apart.
fn may_ask_for_proof(label: &str) -> bool {
    static WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let more = ["command", "commands", "list", "dod"];
        // A label in which a letter is outside of ASCII is always looked at more closely.
        let names = proofs().chain(ENDS.iter().map(|(end, _)| *end)).chain(more).filter(|name| name.is_ascii());
        let last = |name: &'static str| {
            let end = name.bytes().rposition(|byte| byte.is_ascii_alphanumeric())? + 1;
            let before = name.as_bytes()[..end].iter().rposition(|byte| !byte.is_ascii_alphanumeric());
            Some(&name[before.map_or(0, |at| at + 1)..end])
        };
        Lexicon::new(names.filter_map(last).map(|word| (word, ())))
    });
    /// The longest word that is looked up, in bytes.
    const LONGEST: usize = 40;
    const GLUED: [&str; 6] = ["kommando", "kommandos", "befehl", "befehle", "checklist", "checkliste"];
    let asks = |word: &[u8]| {
        let word = std::str::from_utf8(word).unwrap_or("");
        let glued = matches!(word.as_bytes(), [_, _, _, _, _, .., b'o' | b's' | b'l' | b'e' | b't']);
        WORDS.has(word) || glued && GLUED.iter().any(|end| ends_with(word, end))
    };
    let plain = |byte: u8| byte.is_ascii() && !is_mark(byte) && !matches!(byte, b')' | b']');
    if label.bytes().all(plain) {
        // No longer word than that asks for proof; it is left to a closer look, as below.
        let may = |word: &[u8]| word.len() > LONGEST || !word.is_empty() && asks(word);
        return label.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).any(may);
    }
    // The word under way, without the marks that are left out of a label.
    let mut word = [0; LONGEST];
    let mut length = 0;
    let mut closed = false;
    for &byte in label.as_bytes() {
        // What is left out in brackets may join what stands on either side of it.
        if !byte.is_ascii() || closed && (byte.is_ascii_alphanumeric() || is_mark(byte)) {
            return true;
        }
        closed = matches!(byte, b')' | b']');
        if byte.is_ascii_alphanumeric() {
            if let Some(slot) = word.get_mut(length) {
                *slot = byte;
            }
            length += 1;
        } else if length > 0 && !is_mark(byte) {
            if word.get(..length).is_none_or(asks) {
                return true;
            }
            length = 0;
        }
    }
    length > 0 && word.get(..length).is_none_or(asks)
}

/// Whether a byte marks emphasis or code.
fn is_mark(byte: u8) -> bool {
    matches!(byte, b'*' | b'_' | b'`')
}

/// Whether a label announces what the commands before it should show.
#[must_use]
pub fn expects(label: &str) -> bool {
    let name = Name::of(label);
    name.place() == Some(Place::Expected) && place_of(name.text()) == Some(Place::Expected)
}

/// Which phrases a label has that decide on it wherever they stand, as bits.
mod has {
    pub(super) const RED_VERB: u32 = 1;
    pub(super) const FAILURE: u32 = 2;
    pub(super) const MANUAL: u32 = 4;
}

static FAMILIES: LazyLock<Families> = LazyLock::new(|| {
    Families::new(&[
        (has::RED_VERB, RED_VERBS),
        (has::FAILURE, FAILURES),
        (has::FAILURE, NOUNS),
        (has::MANUAL, MANUALS),
    ])
});

fn place_of_label(label: &str, name: &str) -> Option<Place> {
    let has = FAMILIES.in_text(label);
    let (red, manual) = (has & (has::RED_VERB | has::FAILURE), has & has::MANUAL != 0);
    // Emphasis may stand between the words of a phrase; brackets, which a name has lost, may hold it.
    if red == has::RED_VERB | has::FAILURE && red_label(label) || label.bytes().any(is_mark) && red_label(name) {
        return Some(Place::Red);
    }
    let found = place_of(name).or_else(|| (verifies(name) || runs_tool(name)).then_some(Place::Run));
    let found = found.or_else(|| must_pass(label).then_some(Place::Proof));
    let found = found.or_else(|| gates::asked(label).map(|(_, place)| place));
    // A mark holds wherever it stands in the label: `Local manual validation`, `Acceptance (by hand)`.
    match found {
        Some(Place::Proof | Place::Run) if manual && marks_manual(label) => Some(Place::Manual),
        Some(Place::Manual) if is_for_both(name) => Some(Place::Proof),
        None if manual && name.len() <= 90 && marks_manual(label) && is_manual_label(name) => Some(Place::Manual),
        found => found,
    }
}

/// `Commands (all must pass)`, `Daily round (run before every commit)`: the brackets say what the name does not.
fn must_pass(label: &str) -> bool {
    static RUN: Starts = Starts::new(&[
        "run every ", "run each ", "run before every ", "run before each ", "run after every ", "run after each ",
        "run on every ",
    ]);
    const PASS: &[&str] = &[
        "must pass", "all must pass", "must all pass", "must be green", "all must be green", "must all be green",
        "have to pass", "all have to pass",
    ];
    let label = label.trim_end_matches([' ', ':', '*', '_', '.']);
    let Some((name, inner)) = label.strip_suffix(')').and_then(|label| label.rsplit_once('(')) else { return false };
    let inner = inner.to_lowercase();
    // `(must pass the gate)` is about something else.
    let ends = |rest: &str| {
        rest.is_empty() || [",", ";", " before ", " on ", " after "].iter().any(|end| rest.starts_with(end))
    };
    let passes = || PASS.iter().filter_map(|pass| inner.strip_prefix(pass)).any(ends);
    !name.trim().is_empty() && (RUN.begin(&inner) || passes())
}

/// `Verify it passes`, `Run test to see it pass`: a step that runs something.
fn verifies(name: &str) -> bool {
    static VERBS: Starts = Starts::new(&["run ", "verify ", "confirm ", "check that ", "rerun ", "re-run "]);
    static GOOD: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[" pass", "succe", "green"]));
    VERBS.begin(name) && GOOD.any_in(name)
}

/// `Run linter`, `Run the TypeScript compiler`: a step that names what it runs by what it is for.
fn runs_tool(name: &str) -> bool {
    static TOOLS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let tools = [
            "linter", "linters", "lint", "linting", "compiler", "formatter", "typecheck", "typechecker", "checker",
            "build", "suite", "test", "tests", "analyzer", "analyser", "analysis", "validator", "scanner", "checks",
        ];
        Lexicon::new(tools.map(|tool| (tool, ())))
    });
    let tool = || name.rsplit(' ').next().is_some_and(|last| TOOLS.has(last));
    name.starts_with("run ") && name.split(' ').count() <= 5 && tool()
}

fn place_of(name: &str) -> Option<Place> {
    if name.is_empty() || name.len() > 90 {
        return None;
    }
    if let Some(exact) = lookup(name) {
        return Some(exact);
    }
    // `Validation - unit level`, `Testing plan: when to run what`
    let (mut parted, mut blanks, mut before) = (false, 0, 0);
    for byte in name.bytes() {
        parted |= !byte.is_ascii() || byte == b' ' && matches!(before, b':' | b',' | b'-');
        blanks += usize::from(byte == b' ');
        before = byte;
    }
    for separator in [": ", " - ", " – ", " — ", ", "].into_iter().filter(|_| parted) {
        if let Some((head, _)) = name.split_once(separator)
            && let Some(found) = lookup(head.trim())
        {
            return Some(found);
        }
    }
    if let Some(rest) = LEADS.begin(name).then(|| name.split_once(' ')).flatten().map(|(_, rest)| rest)
        && let Some(place @ (Place::Proof | Place::Manual)) = place_of(rest)
    {
        return Some(place);
    }
    let last = name.rsplit(' ').next().unwrap_or("");
    // What only the end of a label tells; most end in other words.
    let told = LAST_WORDS.has(last);
    if told && let Some(place) = by_tail(name) {
        return Some(place);
    }
    if let Some(place) = super::compounds::compound(name) {
        return Some(place);
    }
    if (told || !name.is_ascii())
        && let Some(place) = by_list(name)
    {
        return Some(place);
    }
    let count = blanks + 1;
    if (3..=7).contains(&count) {
        // Neither the first word nor the last: something stands on either side.
        let mut heads = [None; TAILS.len() + languages::TAILS.len()];
        let mut at = 0;
        for (index, word) in name.split(' ').enumerate().take(count - 1) {
            if let Some(rank) = TAIL_RANKS.exactly(word).filter(|_| index > 0) {
                heads[rank].get_or_insert(&name[..at]);
            }
            at += word.len() + 1;
        }
        for head in heads.into_iter().flatten() {
            if let Some(place @ (Place::Proof | Place::Manual)) = lookup(head.trim()) {
                return Some(place);
            }
        }
    }
    // `Backend tests`, `Final verification`, `Phase 1 success criteria`: the last words decide.
    // `Implement schema validation:` is work.
    if count <= 5 && told && !MAKING.begin(name) {
        let ends = |end: &str| name.strip_suffix(end).is_some_and(|head| head.ends_with(' '));
        if let Some((_, place)) = ENDS.iter().find(|(end, _)| ends(end)) {
            return Some(*place);
        }
    }
    // `Sequencing summary`
    if let Some(Place::Order) =
        [" summary", " overview"].iter().find_map(|tail| name.strip_suffix(tail)).and_then(lookup)
    {
        return Some(Place::Order);
    }
    if name.ends_with(" dependencies") || name.ends_with(" dependency graph") || name.ends_with(" order") && count <= 3
    {
        return Some(Place::Order);
    }
    None
}

/// Verbs with which work begins, whatever it is about.
static MAKING: Starts = Starts::new(&[
    "implement ", "add ", "write ", "create ", "set up ", "introduce ", "integrate ", "extend ", "refactor ",
    "design ", "define ", "improve ", "enable ", "configure ", "move ", "remove ", "replace ", "rename ", "support ",
    "wire ", "update ", "port ", "migrate ", "rework ", "fix ",
]);

/// Words before a label that change nothing about what it announces when that is proof.
static LEADS: Starts = Starts::new(&[
    "overall ", "full ", "final ", "complete ", "pre-flight ", "global ", "project-wide ", "plan-wide ", "plan-level ",
    "repo-wide ", "repository-wide ", "cross-phase ", "cross-stage ",
]);

/// `Rollback considerations`, `Deployment notes`
fn by_tail(name: &str) -> Option<Place> {
    let off = OFF_TAILS.iter().find_map(|tail| name.strip_suffix(tail)).and_then(lookup);
    off.filter(|place| *place == Place::Off)
}

/// `Acceptance criteria matrix`, `Validation steps`, `验证清单`
fn by_list(name: &str) -> Option<Place> {
    let proof = |head| lookup(head).filter(|place| matches!(place, Place::Proof | Place::Manual));
    let criteria = || [" mapping", " matrix", " list", " overview"].iter().find_map(|tail| name.strip_suffix(tail));
    let criteria = criteria().filter(|head| head.ends_with(" criteria") || head.ends_with(" done"));
    let head = name.strip_suffix(" checklist").or_else(|| name.strip_suffix(" steps")).or(criteria);
    head.and_then(proof).or_else(|| {
        const TAILS: &[&str] =
            &["清单", "清單", "列表", "步骤", "チェックリスト", "リスト", "手順", " 체크리스트", " 목록", " 절차"];
        let head = if name.is_ascii() { None } else { TAILS.iter().find_map(|tail| name.strip_suffix(tail)) };
        head.and_then(proof)
    })
}

/// Words behind a label that change nothing about what it announces when that is no check.
pub(super) const OFF_TAILS: &[&str] = &[
    " considerations", " consideration", " plan", " strategy", " strategies", " notes", " note", " procedure",
    " procedures", " instructions", " approach", " guidance", " details",
];

/// Words behind which a label only says of what it speaks: `Validation for the parser`.
const TAILS: &[&str] = &["after", "for", "of", "this"];

/// A label without the word that joins it with what follows: `Gate for`.
#[must_use]
pub fn without_joint(label: &str) -> &str {
    let head = label.trim_end();
    let joint = |tail: &&&str| ends_with(head, tail) && head[..head.len() - tail.len()].ends_with(' ');
    let found = TAILS.iter().chain(languages::TAILS).find(joint);
    found.map_or(head, |tail| head[..head.len() - tail.len()].trim_end())
}

/// Words at the end of a label that decide on it whatever stands before them.
const ENDS: &[(&str, Place)] = &[
    ("manual verification", Place::Manual),
    ("manual testing", Place::Manual),
    ("manual checks", Place::Manual),
    ("success criteria", Place::Proof),
    ("acceptance criteria", Place::Proof),
    ("completion criteria", Place::Proof),
    ("exit criteria", Place::Proof),
    ("verification", Place::Proof),
    ("validation", Place::Proof),
    ("quality gates", Place::Proof),
    ("quality gate", Place::Proof),
    ("definition of done", Place::Proof),
    ("test plan", Place::Proof),
    ("testing plan", Place::Proof),
    ("verification checklist", Place::Proof),
    ("acceptance checklist", Place::Proof),
    ("validation checklist", Place::Proof),
    ("checkpoint", Place::Proof),
    ("criteria", Place::Proof),
    ("done when", Place::Proof),
    ("done if", Place::Proof),
    ("complete when", Place::Proof),
    ("complete if", Place::Proof),
    ("completed when", Place::Proof),
    ("finished when", Place::Proof),
    ("验收", Place::Proof),
    ("驗收", Place::Proof),
];

/// The last words of what the end of a label tells, by which most labels are known not to end so.
static LAST_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let lists = ["checklist", "steps", "mapping", "matrix", "list", "overview"];
    let ends = ENDS.iter().map(|(end, _)| *end).chain(OFF_TAILS.iter().copied()).chain(lists);
    Lexicon::new(ends.map(|end| (end.rsplit(' ').next().unwrap_or(end), ())))
});

/// The place of each of [`TAILS`], and of those of other languages behind them.
static TAIL_RANKS: LazyLock<Lexicon<usize>> =
    LazyLock::new(|| Lexicon::new(TAILS.iter().chain(languages::TAILS).enumerate().map(|(rank, tail)| (*tail, rank))));
