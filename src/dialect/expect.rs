//! What the words beside a command expect of it.
//!
//! The rules are those of section 5 of the reading rules.

use std::sync::LazyLock;

use crate::plan::{Expect, OutputRule, StatusRule};
use crate::text::{Families, Lexicon, Phrases, ends_with, starts_with, starts_with_any};

use super::shell::{self, Token};
use super::vocab;

/// What words expect of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// A failure is expected at this point of the plan.
    pub red: bool,
    /// What can be tested, with the words.
    pub expect: Option<Expect>,
}

/// Reads the words that follow a command, code spans in backticks. `labelled` says that they stand behind an
/// `Expected:` of their own.
#[must_use]
pub fn read(command: &str, words: &str, labelled: bool) -> Read {
    let text = words.trim().trim_start_matches(['-', '–', '—', ':', ',', ' ']).trim();
    if text.is_empty() {
        return Read::default();
    }
    let expect = |status, output| Some(Expect { words: text.to_owned(), status, output });
    let searches = searches(command);
    let has = FAMILIES.in_text(text);
    if has & has::STATUS != 0
        && let Some(status) = status(text)
    {
        return Read { red: false, expect: expect(status, None) };
    }
    // `→ FAIL`, `❌`
    let result = text.trim_start_matches(['→', '⇒', '-', '=', '>', ' ']);
    let pointed = result.len() < text.len();
    if vocab::fails(text)
        || labelled && vocab::expects_failure(text)
        || pointed && names_failure(result)
        || only_fails(text)
        || text.starts_with(['❌', '✗', '✘'])
    {
        let output = named_error(text).map(OutputRule::Contains);
        return Read { red: true, expect: expect(StatusRule::NonZero, output) };
    }
    if has & has::NOTHING != 0 && finds_nothing(text) && excepts(text) {
        return Read { red: false, expect: expect(StatusRule::Any, None) };
    }
    if has & has::NOTHING != 0 && finds_nothing(text)
        || searches && (counts_zero(command, text) || denies_hits(text))
        || names_nothing(result, pointed)
    {
        let (status, output) =
            if searches { (StatusRule::Exactly(1), None) } else { (StatusRule::Zero, Some(OutputRule::Empty)) };
        return Read { red: false, expect: expect(status, output) };
    }
    if let Some(output) = leaves_clean(command, text) {
        return Read { red: false, expect: expect(StatusRule::Zero, Some(output)) };
    }
    let labelled_quote = || quoted(text).filter(|wanted| labelled && !wanted.is_empty());
    if let Some(wanted) =
        equals(text).or_else(|| if has & has::OUTPUT != 0 { wanted_output(text) } else { None }).or_else(labelled_quote)
    {
        return Read { red: false, expect: expect(StatusRule::Zero, Some(OutputRule::Contains(wanted))) };
    }
    if labelled && !vocab::only_success(text) {
        return Read { red: false, expect: expect(StatusRule::Zero, None) };
    }
    Read::default()
}

/// What phrases of these kinds a text has, as bits, so that most texts are asked no more.
mod has {
    pub(super) const STATUS: u32 = 1;
    pub(super) const NOTHING: u32 = 2;
    pub(super) const OUTPUT: u32 = 4;
}

static FAMILIES: LazyLock<Families> = LazyLock::new(|| {
    Families::new(&[
        (has::STATUS, STATUS),
        (has::STATUS, NON_ZERO),
        (has::NOTHING, FINDS_NOTHING),
        (has::NOTHING, GLUED),
        (has::OUTPUT, OUTPUT),
    ])
});

/// `FAIL`, `fails: no key`.
fn names_failure(result: &str) -> bool {
    let first = result.split(|next: char| !next.is_alphanumeric()).next().unwrap_or("");
    ["fail", "fails", "failure", "failing", "failed", "red"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// `fails.`, `still fails (no such route)`, `fails for the right reason`: words that say no more than that.
fn only_fails(text: &str) -> bool {
    let text = text.strip_prefix("still ").or_else(|| text.strip_prefix("now ")).unwrap_or(text);
    let Some(rest) = ["fails", "fail"].iter().find_map(|verb| text.strip_prefix(verb)) else { return false };
    let rest = rest.trim_start();
    let reason =
        || rest.starts_with("for the ") && rest.split_whitespace().take(4).any(|word| starts_with(word, "reason"));
    rest.is_empty() || rest.starts_with(['.', ';', '(', '—', '–', '!']) || reason()
}

/// `empty`, `nothing` right behind a command or behind an arrow.
fn names_nothing(result: &str, pointed: bool) -> bool {
    let end = result.find(|next: char| !next.is_alphanumeric()).unwrap_or(result.len());
    // `empty lists are printed` goes on.
    let ends = || !result[end..].trim_start().starts_with(char::is_alphanumeric);
    let word = &result[..end];
    ["empty", "nothing", "none"].iter().any(|nothing| word.eq_ignore_ascii_case(nothing)) && (pointed || ends())
        || NOTHING.has(word) && ends()
}

static NOTHING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "leer", "vide", "vacío", "vacio", "vacía", "vazio", "vazia", "vuoto", "vuota", "puste", "pusty", "leeg",
        "пусто", "空", "为空", "空文字",
    ];
    Lexicon::new(words.map(|word| (word, ())))
});

/// `== 39`, `= 3`: a number that a command is said to print.
fn equals(text: &str) -> Option<String> {
    let rest = text.strip_prefix("==").or_else(|| text.strip_prefix('='))?.trim_start().trim_start_matches('`');
    let end = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
    let goes_on =
        rest[end..].starts_with(['.', ',']) && rest[end + 1..].starts_with(|next: char| next.is_ascii_digit());
    (end > 0 && !goes_on && !rest[end..].starts_with(char::is_alphabetic)).then(|| rest[..end].to_owned())
}

/// What is expected after more has been said of a command: what can be tested stays.
#[must_use]
pub fn joined(before: Option<Expect>, more: Option<Expect>) -> Option<Expect> {
    let testable = |expect: &Expect| expect.status != StatusRule::Zero || expect.output.is_some();
    match (before, more) {
        (before, None) => before,
        (Some(mut before), Some(more)) if testable(&before) && before.words != more.words => {
            let status = if more.status == StatusRule::Zero { before.status } else { more.status };
            before.words.push_str("; ");
            before.words.push_str(&more.words);
            Some(Expect { words: before.words, status, output: more.output.or(before.output) })
        }
        (_, more) => more,
    }
}

/// Reads the words that stand before a command: `No matches: `rg ...``.
#[must_use]
pub fn read_before(command: &str, words: &str) -> Option<Expect> {
    static REMAIN: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[" remain"]));
    let text = words.trim();
    let nothing = || {
        finds_nothing(text)
            || starts_with(text, "no ")
                && (ends_with(text, "left:") || REMAIN.any_in(text) || names_what_is_sought(text, command))
    };
    (searches(command) && nothing()).then(|| Expect {
        words: words.trim().trim_end_matches([':', '：']).to_owned(),
        status: StatusRule::Exactly(1),
        output: None,
    })
}

/// Whether a word before a search begins like one of the search: `No warnings: `make 2>&1 | grep -i warning``.
fn names_what_is_sought(text: &str, command: &str) -> bool {
    const STEM: usize = 5;
    let command = command.to_lowercase();
    text.ends_with([':', '：'])
        && text.split(|next: char| !next.is_alphanumeric()).filter(|word| word.len() > 3 && word.is_ascii()).any(
            |word| {
                let stem = word.get(..STEM).unwrap_or(word).to_lowercase();
                command.contains(stem.trim_end_matches('s'))
            },
        )
}

/// Whether a command only reports, so that its status says nothing.
#[must_use]
pub fn only_reports(command: &str, words: &str) -> bool {
    static SIGNS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["note the count", "for information", "informational", "record the"]));
    let ends = command.trim_end();
    ends.ends_with("|| true") || ends.ends_with("|| :") || SIGNS.any_in(words)
}

/// Words before a status; the more special of two that overlap stands first.
const STATUS: &[&str] = &[
    "exit code ", "exit status ", "exits with code ", "exits with status ", "exits with ", "exits ", "exit with code ",
    "exit with status ", "exit with ", "status code ", "returns exit code ", "exit ", "exit-code ", "avec le code ",
    "code de sortie ", "código de salida ", "código de saída ", "kodem wyjścia ", "kod wyjścia ", "終了コード",
    "退出码为", "退出码", "종료 코드",
];

const NON_ZERO: &[&str] =
    &["non-zero status", "nonzero status", "non-zero exit", "nonzero exit", "exits non-zero", "exits nonzero"];

/// `exits 1`, `exit code 2`, `exit status 3`, `non-zero exit`.
fn status(text: &str) -> Option<StatusRule> {
    static ANY: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(NON_ZERO));
    static FOUND: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(STATUS));
    let mut ends = [None; STATUS.len()];
    FOUND.find(text, |sign, _, end| {
        if let Some(at) = STATUS.iter().position(|other| *other == sign) {
            ends[at].get_or_insert(end);
        }
        false
    });
    for end in ends.into_iter().flatten() {
        let rest = text[end..].trim_start_matches(['`', '=', ':', ' ']);
        if starts_with_any(rest, &["non-zero", "nonzero"]) {
            return Some(StatusRule::NonZero);
        }
        let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        if let Ok(number) = rest[..digits].parse::<i32>()
            && number < 256
        {
            return (number != 0).then_some(StatusRule::Exactly(number));
        }
    }
    ANY.any_in(text).then_some(StatusRule::NonZero)
}

/// Whether words say nothing but the status that a command ends with: `expect exit code 2`, `it exits non-zero`.
#[must_use]
pub fn is_status(words: &str) -> bool {
    static LEADS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let words = [
            "a", "an", "and", "code", "command", "exit", "exits", "expect", "expected", "expecting", "expects", "is",
            "it", "must", "non", "non-zero", "nonzero", "of", "return", "returns", "should", "status", "the", "this",
            "with", "zero",
        ];
        Lexicon::new(words.map(|word| (word, ())))
    });
    status(words).is_some()
        && words
            .split(|next: char| !next.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .all(|word| LEADS.has(word) || word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `and confirm no callers are left`: words that say of what is searched for that it is not there.
pub(super) fn denies_hits(words: &str) -> bool {
    const LEADS: &[&str] = &[
        "and ", "then ", "to ", "confirm ", "verify ", "check ", "ensure ", "make sure ", "that ", "there are ",
        "there is ",
    ];
    let mut rest = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    while let Some(lead) = LEADS.iter().find(|lead| starts_with(rest, lead)) {
        rest = rest[lead.len()..].trim_start();
    }
    rest.len() < words.len() && starts_with_any(rest, &["no ", "zero ", "none ", "nothing "])
}

/// Whether a command is a search, whose status says whether there were hits; of a pipeline its last command says so.
pub(super) fn searches(command: &str) -> bool {
    if !command.contains(['|', '&']) {
        return searches_alone(command);
    }
    let lexed = shell::lex(command);
    let mut start = true;
    let mut last: Vec<&str> = Vec::new();
    for token in &lexed.tokens {
        match token {
            // Only a change of the folder may stand before it: any other command may have failed in its place.
            Token::Op("&&") if last.first() == Some(&"cd") => start = true,
            Token::Op("|" | "|&") => start = true,
            Token::Op(op) if op.contains(['<', '>']) => {}
            Token::Op(_) => return false,
            Token::Word(word) => {
                if std::mem::take(&mut start) {
                    last.clear();
                }
                last.push(&word.text);
            }
        }
    }
    !lexed.incomplete && !lexed.compound && !start && searches_alone(&last.join(" "))
}

fn searches_alone(command: &str) -> bool {
    let program = command.split_whitespace().next().unwrap_or("");
    matches!(program, "grep" | "rg" | "egrep" | "fgrep" | "ag" | "ack" | "lsof" | "pgrep" | "pidof")
        || command.starts_with("git grep")
        || command.starts_with("git diff --quiet")
}

/// What a command prints that shows whether something has changed, where it is said that nothing has: `git status` is
/// clean. Its status says nothing of that.
fn leaves_clean(command: &str, text: &str) -> Option<OutputRule> {
    let mut words = command.split_whitespace();
    let verb = if words.next() == Some("git") { words.next()? } else { return None };
    if !matches!(verb, "status" | "diff") || command.contains(['|', ';', '&', '>']) {
        return None;
    }
    static CLEAN: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "clean", "no change", "no diff", "no uncommitted", "nothing to commit", "unchanged", "no modif", "sauber",
            "keine änderung", "propre", "aucun changement", "limpio", "sin cambios", "limpo", "czyst", "bez zmian",
            "чист", "干净", "无变更", "无改动", "クリーン", "変更なし", "깨끗", "변경 없",
        ])
    });
    // Of some files only: the others may have changed.
    static OTHERS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "except", "only", "besides", "apart from", "not clean", "other than", "beyond", "nur", "seulement",
        ])
    });
    if !CLEAN.any_in(text) || OTHERS.any_in(text) {
        return None;
    }
    let mut flags = words.filter(|word| word.starts_with('-'));
    match verb {
        "diff" => flags.all(|flag| !matches!(flag, "--check" | "--exit-code" | "--quiet")).then_some(OutputRule::Empty),
        _ if flags.any(|flag| matches!(flag, "--porcelain" | "--short" | "-s" | "--porcelain=v1")) => {
            Some(OutputRule::Empty)
        }
        _ => Some(OutputRule::Contains("working tree clean".to_owned())),
    }
}

fn finds_nothing(text: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(FINDS_NOTHING));
    static WITHOUT_BLANKS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(GLUED));
    SIGNS.any_at_word(text) || !text.is_ascii() && WITHOUT_BLANKS.any_in(text)
}

const FINDS_NOTHING: &[&str] = &[
    "returns nothing", "return nothing", "no matches", "no match", "no output", "no results", "no result",
    "returns no ", "return no ", "returns empty", "is empty", "empty output", "zero results", "zero matches",
    "finds nothing", "prints nothing", "finds no ", "0 matches", "0 results", "nothing found", "no hits", "zero hits",
    "0 hits", "no occurrences", "0 occurrences", "zero occurrences", "keine treffer", "aucun résultat",
    "sin resultados", "brak wyników", "kein treffer", "keine ausgabe", "keine ergebnisse", "liefert nichts",
    "findet nichts", "ist leer", "leere ausgabe", "aucune correspondance", "aucune sortie", "ne renvoie rien",
    "est vide", "sin coincidencias", "ningún resultado", "sin salida", "no devuelve nada", "está vacío", "está vacía",
    "nenhum resultado", "sem resultados", "sem saída", "nenhuma ocorrência", "não retorna nada", "está vazio",
    "está vazia", "brak dopasowań", "brak wyjścia", "nic nie zwraca", "jest pusty", "jest puste", "nessun risultato",
    "nessuna corrispondenza", "nessun output", "geen resultaten", "geen uitvoer", "geen treffers", "ничего не находит",
    "нет совпадений", "пустой вывод", "нічого не знаходить", "немає збігів", "sonuç yok", "eşleşme yok", "çıktı yok",
    "ne retourne rien", "no devuelve resultados", "não retorna resultados", "nic nie znajduje",
];

/// The same in languages that set no blanks.
const GLUED: &[&str] = &[
    "结果为空", "输出为空", "无输出", "没有输出", "无匹配", "没有匹配", "无结果", "没有结果", "不返回任何", "無輸出",
    "沒有輸出", "無結果", "沒有結果", "出力なし", "出力がない", "何も出力", "何も返さない", "該当なし", "マッチなし",
    "マッチしない", "一致なし", "ヒットしない", "ヒットなし", "結果なし", "结果：空", "결과 없음", "결과가 없",
    "출력 없음", "출력이 없", "일치 없음", "일치하는 항목이 없",
];

/// `no matches (except in the log)`: what may be found, nobody but a person can tell from the rest.
fn excepts(text: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "except", "other than", "besides", "apart from", "outside of", "außer", "sauf ", "hormis", "salvo ",
            "excepto", "exceto", "oprócz", "poza ", "以外", "除了", "除外", "제외",
        ])
    });
    SIGNS.any_in(text)
}

/// `grep -c x` that returns `0`.
fn counts_zero(command: &str, text: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "returns `0`", "returns 0", "is `0`", "is 0", "= 0", "prints `0`", "prints 0", "→ 0", "-> 0", "shows 0",
            "`0`",
        ])
    });
    let mut zero = text.trim_start_matches(['→', '-', '>', '=', ' ']);
    for word in ["expect ", "expected "] {
        zero = zero.get(word.len()..).filter(|_| starts_with(zero, word)).unwrap_or(zero);
    }
    if zero == "0" || zero.starts_with("0 ") || zero.starts_with("`0`") {
        return true;
    }
    let counts = command
        .split_whitespace()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c') || word == "--count");
    let behind_blank = |at: usize| at == 0 || text.as_bytes()[at - 1] == b' ';
    counts && SIGNS.find(text, |_, at, _| behind_blank(at))
}

/// The text that an output is said to contain.
fn wanted_output(text: &str) -> Option<String> {
    static FOUND: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(OUTPUT));
    let mut best: Option<(usize, usize)> = None;
    let mut seen = [false; OUTPUT.len()];
    FOUND.find(text, |verb, at, end| {
        if let Some(rank) = OUTPUT.iter().position(|other| *other == verb)
            && !std::mem::replace(&mut seen[rank], true)
            && (at == 0 || text.as_bytes()[at - 1] == b' ')
            && best.is_none_or(|(other, _)| rank < other)
        {
            best = Some((rank, end));
        }
        false
    });
    let (rank, end) = best?;
    if denies(&text[..end - OUTPUT[rank].len()]) {
        return None;
    }
    quoted(text[end..].trim_start()).filter(|wanted| !wanted.is_empty())
}

/// Verbs of output; those that say most about it stand first.
const OUTPUT: &[&str] = &[
    "prints ", "print ", "outputs ", "output contains ", "output includes ", "contains ", "shows ", "output: ",
    "output is ", "includes ", "returns ", "reports ",
];

fn quoted(text: &str) -> Option<String> {
    for (open, close) in [("`", '`'), ("\"", '"'), ("“", '”'), ("'", '\'')] {
        if let Some(rest) = text.strip_prefix(open) {
            return rest.split_once(close).map(|(inner, _)| inner.to_owned());
        }
    }
    None
}

/// The error that an expected failure names: `ImportError`, or what stands in quotes.
fn named_error(text: &str) -> Option<String> {
    // Of several, or of one that is only like it, none is sure to be printed.
    static VAGUE: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&[" or ", "e.g", "similar", " like ", "such as", "something", "...", "…"]));
    if VAGUE.any_in(text) {
        return None;
    }
    let name = text.split(|next: char| !(next.is_alphanumeric() || next == '_')).find(|word| {
        word.len() > 6
            && (word.ends_with("Error") || word.ends_with("Exception"))
            && word.starts_with(|next: char| next.is_ascii_uppercase())
    });
    let said = || {
        let at = first_quote(text)?;
        quoted(&text[at..]).filter(|said| !said.is_empty() && !said.contains('<'))
    };
    name.map(str::to_owned).or_else(said)
}

/// Where the first quote stands that is no part of a code span, unless it explains what happens instead.
fn first_quote(text: &str) -> Option<usize> {
    static EXPLAINS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            " because", "instead of", "falls through", "rather than", "still returns", "currently", " since ",
        ])
    });
    let mut code = false;
    let at = text.char_indices().find_map(|(at, next)| {
        code ^= next == '`';
        (!code && matches!(next, '"' | '“')).then_some(at)
    })?;
    let before = text[..at].trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let leads = ["with", "error", "message", "text", "says", "saying", "panic", "exception", "by", "and", "for"];
    let names = before.is_empty()
        || !before.ends_with(char::is_alphanumeric)
        || leads.iter().any(|word| last.eq_ignore_ascii_case(word))
        || names_failure(last);
    (names && !EXPLAINS.any_in(before)).then_some(at)
}

/// Whether words before a verb deny it: `no longer`, `does not`.
fn denies(before: &str) -> bool {
    const DENYING: &[&str] = &["not", "never", "cannot", "without", "neither", "nor"];
    // `does not also show`
    const BETWEEN: &[&str] = &["also", "ever", "anymore", "itself", "yet", "any", "more", "even"];
    let mut words =
        before.split_whitespace().rev().skip_while(|word| BETWEEN.iter().any(|other| word.eq_ignore_ascii_case(other)));
    let Some(last) = words.next() else { return false };
    ends_with(last, "n't")
        || ends_with(last, "n’t")
        || DENYING.iter().any(|word| last.eq_ignore_ascii_case(word))
        || last.eq_ignore_ascii_case("longer") && words.next().is_some_and(|word| word.eq_ignore_ascii_case("no"))
}

/// Whether words say of an output what is not in it: `no longer contains `x``.
#[must_use]
pub fn denies_output(text: &str) -> bool {
    static VERBS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "contain", "include", "mention", "show ", "shows ", "print ", "prints ", "list ", "lists ", "output ",
            "outputs ", "report ", "reports ",
        ])
    });
    text.contains(['`', '"', '“']) && VERBS.find(text, |_, at, _| denies(&text[..at]))
}
