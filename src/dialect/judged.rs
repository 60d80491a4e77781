//! Commands that a sentence only names, since what it says of them is for a person: how they end in a state that the
//! plan does not set up, what their output looks like, or that they help to find something.
//!
//! Must not know the place.

use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::text::{Lexicon, Phrases};

use super::facts::Facts;
use super::rules::JUDGED_BY_EYE;
use super::{expect, vocab};

/// What a sentence says of the command that it names, so far as that leaves it to a person: the rule.
pub(super) fn by_person(text: &str, run: &[Inline<'_>], at: usize, facts: &Facts) -> Option<&'static str> {
    let said = said_of(&run[at + 1..]);
    if names_several(text, &said) {
        return Some("placeholder");
    }
    let proves = facts.proves();
    (ends_by_state(&said, proves) || !proves && looks_well(text, &said)).then_some(JUDGED_BY_EYE)
}

/// How many bytes of what is said of a command are looked at.
const ENOUGH: usize = 240;

/// The words behind a command up to the end of its sentence, or to a command that ends in another way. Code spans are
/// left as a grave accent.
fn said_of(behind: &[Inline<'_>]) -> String {
    let mut said = String::new();
    for (index, piece) in behind.iter().enumerate() {
        match piece.kind {
            InlineKind::Text => {
                let end = [". ", ";", "\n"].iter().filter_map(|end| piece.text.find(end)).min();
                said.push_str(&piece.text[..end.unwrap_or(piece.text.len())]);
                if end.is_some() {
                    break;
                }
            }
            InlineKind::Break => said.push(' '),
            InlineKind::Html => {}
            InlineKind::Code => {
                let own = behind.get(index + 1).is_some_and(|next| outcome_first(&next.text).is_some());
                if own {
                    break;
                }
                said.push('`');
            }
        }
        if said.len() > ENOUGH {
            break;
        }
    }
    said
}

/// What a word is in what is said of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `fails`
    Fails,
    /// `succeeds`
    Holds,
    /// `still`: says nothing.
    Filler,
    /// `on`: begins the case of which it is said.
    Case,
}

const WORDS: &[(Part, &[&str])] = &[
    (
        Part::Fails,
        &[
            "fails", "fail", "errors", "aborts", "refuses", "scheitert", "échoue", "échouent", "falla", "fallan",
            "falha", "falham",
        ],
    ),
    (
        Part::Holds,
        &[
            "succeeds", "succeed", "passes", "pass", "works", "work", "gelingt", "besteht", "funktioniert", "réussit",
            "passe", "fonctionne", "pasa", "funciona", "passa",
        ],
    ),
    (
        Part::Filler,
        &["still", "now", "also", "then", "again", "correctly", "properly", "always", "weiterhin", "toujours", "ainda"],
    ),
    (
        Part::Case,
        &[
            "on", "for", "in", "after", "outside", "inside", "under", "from", "without", "against", "unless", "once",
            "while", "during", "at", "bei", "nach", "ohne", "sur", "sans", "après", "dans", "sin", "después", "en",
            "sem", "depois", "em",
        ],
    ),
];

static PARTS: LazyLock<Lexicon<Part>> =
    LazyLock::new(|| Lexicon::new(WORDS.iter().flat_map(|(part, words)| words.iter().map(|word| (*word, *part)))));

fn part(word: &str) -> Option<Part> {
    PARTS.get(word.trim_matches(|next: char| !next.is_alphanumeric()))
}

/// How a command is said to end, if words begin with that.
fn outcome_first(words: &str) -> Option<Part> {
    let first = words.split_whitespace().map(part).find(|part| *part != Some(Part::Filler))?;
    first.filter(|part| matches!(part, Part::Fails | Part::Holds))
}

/// `fails on a broken file, succeeds after `x``, `works outside of a checkout`: a command is said to end in one way or
/// another in cases that nothing before it brings about. What proves something by its nature is told where it passes.
fn ends_by_state(said: &str, proves: bool) -> bool {
    if outcome_first(said).is_none() || vocab::fails(said) || vocab::passes_in_the_end(said) {
        return false;
    }
    let is = |word: Option<&&str>, all: &[&str]| {
        word.is_some_and(|word| all.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let begins = |at: usize| {
        at == 0
            || words[at - 1].ends_with(',')
            || part(words[at - 1]) == Some(Part::Filler)
            || is(words.get(at - 1), &["and", "but", "und", "aber", "et", "mais", "y", "pero", "e", "mas"])
    };
    (0..words.len()).any(|at| {
        // A sentence that is over there says nothing of a case.
        let case =
            || !words[at].ends_with([',', '.']) && words.get(at + 1).is_some_and(|next| part(next) == Some(Part::Case));
        match part(words[at]) {
            Some(Part::Fails) => {
                begins(at) && case() && !words[at + 1..].iter().take(5).any(|word| word.starts_with("reason"))
            }
            Some(Part::Holds) if begins(at) => {
                let (next, then) = (words.get(at + 1), words.get(at + 2));
                // `make all` passes after `make some`: what is tested may be run behind it.
                let tested = is(Some(&words[at]), &["pass", "passes", "besteht", "passe", "pasa", "passa"]);
                let set_up = !tested && is(next, &["after"]) && then.is_some_and(|then| then.starts_with('`'));
                let place = is(next, &["outside", "inside", "offline"])
                    || is(next, &["in", "from", "without", "under"]) && is(then, &["a", "an", "any"]);
                !proves && (set_up || place)
            }
            _ => false,
        }
    })
}

/// What a command shows, as far as eyes have to judge it.
static SHOWN: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let nouns = [
        "output", "error", "errors", "message", "messages", "help", "prompt", "banner", "log", "logs", "summary",
        "screen", "layout", "formatting", "text", "wording", "table", "ausgabe", "meldung", "fehlermeldung", "sortie",
        "message", "salida", "mensaje", "saída", "mensagem", "wynik", "komunikat",
    ];
    Lexicon::new(nouns.map(|noun| (noun, ())))
});

/// What a command shows as a whole, of which its status may tell that it is clean, or valid.
static STREAMS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    Lexicon::new(["output", "log", "logs", "ausgabe", "sortie", "salida", "saída"].map(|noun| (noun, ())))
});

fn is_valid(word: &str) -> bool {
    ["valid", "gültig", "valide", "válido", "válida"].iter().any(|valid| word.eq_ignore_ascii_case(valid))
}

/// `... error message is clean`, `output is readable`: what is said is said of what the command shows, by an adjective.
fn looks_well(text: &str, said: &str) -> bool {
    /// More words than that are no adjective.
    const MOST: usize = 6;
    let verb = |word: &&str| {
        let verbs = ["is", "are", "looks", "look", "reads", "read", "stays", "remains", "feels", "ist", "sind", "est"];
        verbs.iter().any(|verb| word.eq_ignore_ascii_case(verb)) || ["es", "é", "jest"].contains(word)
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let Some(at) = words.iter().take(5).position(verb) else { return false };
    let adjective = &words[at + 1..];
    let nothing = |word: &&str| ["empty", "nothing", "none"].iter().any(|none| word.eq_ignore_ascii_case(none));
    at > 0
        && SHOWN.has(words[at - 1])
        && !(STREAMS.has(words[at - 1]) && adjective.iter().all(|word| vocab::only_success(word) || is_valid(word)))
        && (1..=MOST).contains(&adjective.len())
        && !adjective.iter().any(nothing)
        && !adjective
            .iter()
            .any(|word| word.contains(['`', '"', '“', '=']) || word.contains(|next: char| next.is_ascii_digit()))
        && expect::read(text, said, false).expect.is_none()
}

/// `tool config allow/deny` are silent: two words in the place of one, and what is said is said of several.
fn names_several(text: &str, said: &str) -> bool {
    let mut words = text.split_whitespace();
    let Some(last) = words.next_back().filter(|_| words.next().is_some()) else { return false };
    let name = |part: &str| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let first = said.split_whitespace().next().unwrap_or("");
    let plural = [
        "are", "both", "each", "work", "have", "don't", "do", "print", "exit", "succeed", "fail", "remain", "stay",
        "behave", "show", "return", "report",
    ];
    last.contains('/') && last.split('/').all(name) && plural.iter().any(|verb| first.eq_ignore_ascii_case(verb))
}

/// Whether words before a command only say where something is looked up with it: `(find the callers via`. That something
/// is not found is a check.
pub(super) fn looks_up(before: &str, after: &str) -> bool {
    static FINDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "find ", "locate ", "look up ", "discover ", "identify ", "suche ", "finde ", "trouver ", "buscar ",
        ])
    });
    static NONE: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        Lexicon::new(
            ["no", "none", "nothing", "zero", "any", "keine", "aucun", "ningún", "nenhum"].map(|word| (word, ())),
        )
    });
    let before = before.trim_end();
    let clause = before.rsplit(['(', '.', ';', ':', ',', '—']).next().unwrap_or(before).trim_start();
    let means = ["via", "with", "using", "by", "through", "per", "mit", "avec", "con", "com"];
    let last = clause.rsplit(char::is_whitespace).next().unwrap_or("");
    let mut begins = None;
    FINDS.find(clause, |_, start, end| {
        begins = (start == 0).then_some(end);
        true
    });
    begins.is_some_and(|end| !clause[end..].split_whitespace().any(|word| NONE.has(word)))
        && means.iter().any(|word| last.eq_ignore_ascii_case(word))
        && !vocab::succeeds(after)
        && expect::read("", after, false) == expect::Read::default()
}
