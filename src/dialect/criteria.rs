//! Criteria that stand in an item beside its commands: clauses that ask for more than that these pass.
//!
//! Must not know which code spans are commands.

use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::text::{Lexicon, Phrases, Starts, ends_with, starts_with};

use super::cues::split_semicolons;
use super::inline::{self, Run};
use super::{checkers, expect, phrases, vocab};

/// What stands beside the commands and asks for more than that they pass.
pub(super) fn criteria<'s>(run: &[Inline<'s>], before: bool) -> Vec<Run<'s>> {
    let mut found = Vec::new();
    if !run.iter().any(|piece| piece.kind == InlineKind::Code || piece.text.contains(char::is_alphanumeric)) {
        return found;
    }
    // Behind a command the first words go on about it, unless something sets them apart.
    let lead = inline::prose(run);
    let lead = lead.trim_start();
    let ends = [';', ',', '+', '.', '·', '、', '，', '；', '。'];
    let anew = before || lead.starts_with(ends) || lead.starts_with("and ");
    // What is to be done in a case that should not come is no criterion: `if it fails, look at the log`.
    let mut case = false;
    // `to run all unit and property tests`: what a purpose goes on with is none either.
    let mut purpose = false;
    for (index, clause) in clauses(run).into_iter().enumerate() {
        let inside = case;
        let prose = inline::prose(&clause);
        let text = prose.trim();
        let codes = clause.iter().filter(|inline| inline.kind == InlineKind::Code).count();
        let words = prose.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        // Where no blanks are set, six letters are more than one word.
        let words = words.max(if text.is_ascii() { 0 } else { glued_letters(text) / 3 });
        let conditional = CASES.begin(text);
        case = (inside || conditional) && !ends_sentence(&prose) && !ends_apart(run, &clause);
        if inside || conditional {
            continue;
        }
        purpose = purpose && index > 0 || index == 0 && !before && PURPOSES.begin(text);
        let inside = purpose && index > 0 && !JUDGES.begin(text);
        purpose &= !ends_sentence(&prose);
        if inside || REMARKS.any_in(text) || is_note(run, &clause) || !before && codes == 0 && repeats_tests(text) {
            continue;
        }
        // `expect exit code 2` is kept with the command.
        if !before && expect::is_status(text) {
            continue;
        }
        if vocab::is_manual(text) || STILL_MANUAL.begin(text) {
            found.push(clause);
            continue;
        }
        // No command here shows what another machine says: `CI is green`.
        if (index > 0 || anew) && words >= 2 && ELSEWHERE.begin(text) && passes(text) {
            found.push(clause);
            continue;
        }
        if index == 0 && !anew && !shows(text) && !expect::denies_output(&inline::markdown(&clause))
            || ANSWERS.begin(text)
        {
            continue;
        }
        // `lint + build + `make test``: what is named and not written out.
        if before && codes == 0 && found.is_empty() && NAMED.has(text) && ends_apart(run, &clause) {
            found.push(clause);
            continue;
        }
        // Before the commands stands what they are for; only something set apart by `+` or `;` is asked for by itself.
        // `The file exists and `make` passes` says two things as well.
        let apart = !before || ends_apart(run, &clause) || codes > 0 && STATES.begin(text);
        // `ruff` and `mypy` are green: what checks files and is given none is for a person.
        let left = !before && clause.iter().any(checkers::is_bare);
        let judged = before || left || words >= 2 || JUDGES.begin(text);
        // `passes, and its `x` entry is green`: what passes is something else.
        let passes = passes(text) && !left && !(index > 0 && !before && codes > 0);
        if apart
            && judged
            && words + codes >= 2
            && (left || !vocab::only_success(&prose))
            && !passes
            && !vocab::fails(text)
        {
            found.push(clause);
        }
    }
    found
}

/// Whole sentences before the one that a command begins: `The pages open. `make links` passes.` They say what has to
/// hold as well, unless they ask for the run or say of what comes of it.
pub(super) fn sentences_before<'s>(run: &[Inline<'s>]) -> Vec<Run<'s>> {
    if !ends_sentence(&inline::prose(run)) {
        return Vec::new();
    }
    let holds = |sentence: &Run<'s>| {
        let words = inline::prose(sentence);
        let text = words.trim();
        let count = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        count > 2
            && matches!(vocab::verb(text), None | Some(vocab::Verb::Judge))
            && !vocab::only_success(text)
            && !vocab::fails(text)
            && !passes(text)
            && !CASES.begin(text)
            && !ANSWERS.begin(text)
    };
    phrases::sentences(run).into_iter().filter(holds).collect()
}

/// What stands between two commands and is set apart from both by semicolons: `a` works; the lamp burns; `b` ends it.
pub(super) fn between<'s>(run: &[Inline<'s>]) -> Vec<Run<'s>> {
    let parts = split_semicolons(run);
    let ends = run.last().is_some_and(|piece| piece.text.trim_end().ends_with(';'));
    let count = parts.len().saturating_sub(usize::from(!ends));
    let worth = |part: &Run<'s>| {
        let words = inline::prose(part);
        words.split_whitespace().count() >= 2 && !vocab::only_success(&words) && !vocab::fails(&words)
    };
    parts.into_iter().take(count).skip(1).filter(worth).collect()
}

/// How many letters of scripts without blanks a text has.
fn glued_letters(text: &str) -> usize {
    text.chars().filter(|next| matches!(next, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).count()
}

/// Words that begin a condition.
static CASES: Starts =
    Starts::new(&["if ", "when it ", "in case ", "otherwise", "unless ", "falls ", "wenn ", "sinon", "si ", "jeśli "]);

/// Words that begin what a person does, besides those by which a whole item is one for a person.
static STILL_MANUAL: Starts = Starts::new(&["a manual", "optional manual"]);

/// Words that begin what is done about a result.
static ANSWERS: Starts =
    Starts::new(&["fix ", "resolve ", "update ", "address ", "adjust ", "commit ", "ask ", "which ", "including "]);

/// `lists every lamp with its oil`: what a command is said to show, which only somebody who reads it can tell.
pub(super) fn shows(text: &str) -> bool {
    static SHOWS: Starts = Starts::new(&["reports ", "shows ", "lists ", "displays ", "produces ", "prints "]);
    SHOWS.begin(text) && text.split_whitespace().count() > 3 && expect::read("", text, false) == expect::Read::default()
}

/// Words that begin what a command is run for.
static PURPOSES: Starts = Starts::new(&["to ", "in order to "]);

/// Words by which something is left for later, which is no criterion.
static REMARKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "remains deferred", "remain deferred", "is deferred", "are deferred", "stays deferred", "deferred to",
    ])
});

/// `... passes. _One of them is flaky; see the log._`: a sentence behind others that is set apart as a note.
fn is_note(run: &[Inline], clause: &[Inline]) -> bool {
    let words = |piece: &&Inline| piece.text.contains(char::is_alphanumeric);
    let set_apart = |piece: &Inline| piece.emphasis && !piece.strong;
    if !clause.iter().filter(words).all(set_apart) {
        return false;
    }
    let start = inline::span(clause).start;
    let at = run.iter().rposition(|piece| piece.span.start <= start && !set_apart(piece) && words(&piece));
    let Some(at) = at.filter(|&at| run.get(at + 1).is_some_and(set_apart)) else { return false };
    let behind: Vec<&Inline> = run[at + 1..].iter().filter(words).collect();
    ends_sentence(&run[at].text)
        && behind.iter().all(|piece| set_apart(piece))
        && behind.last().is_some_and(|last| ends_sentence(&last.text))
}

/// `confirm existing edge tests stay green`: tests of which is only said that they pass, beside what runs them.
fn repeats_tests(text: &str) -> bool {
    const LEADS: &[&str] = &["confirm ", "verify ", "ensure ", "check ", "make sure ", "see ", "expect "];
    let Some(lead) = LEADS.iter().find(|lead| starts_with(text, lead)) else { return false };
    let words: Vec<&str> = text[lead.len()..]
        .split_whitespace()
        .map(|word| word.trim_matches(|next: char| !next.is_alphanumeric()))
        .collect();
    let is = |word: &str, all: &[&str]| all.iter().any(|one| word.eq_ignore_ascii_case(one));
    let Some(at) = words.iter().position(|word| is(word, &["test", "tests", "suite", "suites", "specs"])) else {
        return false;
    };
    let mut rest = words[at + 1..]
        .iter()
        .skip_while(|word| is(word, &["all", "still", "stay", "stays", "remain", "remains", "are", "is"]));
    rest.next().is_some_and(|word| is(word, &["pass", "passes", "green", "succeed"]))
}

/// Checks that are named by what they are.
static NAMED: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names =
        ["lint", "unit", "units", "build", "test", "tests", "typecheck", "types", "e2e", "format", "integration"];
    Lexicon::new(names.map(|name| (name, ())))
});

/// What runs elsewhere than where the plan is checked.
static ELSEWHERE: Starts = Starts::new(&["ci ", "the ci ", "pipeline ", "the pipeline ", "github actions "]);

/// Words by which something that is named in code is said to be there.
static STATES: Starts = Starts::new(&["exists", "exist ", "contains ", "is present", "is valid", "are present"]);

fn ends_sentence(words: &str) -> bool {
    words.trim_end().ends_with(['.', '!'])
}

/// Words that begin what is to be judged.
static JUDGES: Starts =
    Starts::new(&["verify", "confirm", "check", "ensure", "inspect", "the ", "no ", "every ", "all "]);

fn passes(text: &str) -> bool {
    let trimmed = text.trim_end_matches(['.', '!', ' ']);
    ["pass", "passes", "passing", "succeeds", "succeed", "green", "compiles", "clean", "fast", "faster"]
        .iter()
        .any(|end| ends_with(trimmed, end))
}

fn ends_apart(run: &[Inline], clause: &[Inline]) -> bool {
    let end = inline::span(clause).end;
    let at = run.partition_point(|inline| inline.span.end < end);
    let Some(piece) = run.get(at).filter(|inline| inline.span.start <= end) else { return false };
    let at = (end - piece.span.start) as usize;
    piece.text.get(at..).is_some_and(|tail| tail.trim_start().starts_with(['+', ';']))
}

/// The clauses of a run: parts between `;`, `+`, `·`, commas and `and`, brackets left out.
fn clauses<'s>(run: &[Inline<'s>]) -> Vec<Run<'s>> {
    let mut parts = vec![Run::new()];
    let mut depth = 0u32;
    for piece in run {
        if piece.kind != InlineKind::Text {
            if depth == 0
                && let Some(last) = parts.last_mut()
                && (piece.kind == InlineKind::Code || piece.kind == InlineKind::Break && !last.is_empty())
            {
                last.push(piece.clone());
            }
            continue;
        }
        let mut start = 0;
        for (at, next) in piece.text.bytes().enumerate() {
            match next {
                b'(' => {
                    if depth == 0 {
                        push(&mut parts, piece, start, at);
                    }
                    depth += 1;
                }
                b')' => {
                    depth = depth.saturating_sub(1);
                    start = at + 1;
                }
                b';' | b',' | b'+' if depth == 0 => {
                    push(&mut parts, piece, start, at);
                    parts.push(Run::new());
                    start = at + 1;
                }
                // The first bytes of the signs below.
                0xc2 | 0xe3 | 0xef if depth == 0 && piece.text[at..].starts_with(['·', '，', '；', '、']) => {
                    push(&mut parts, piece, start, at);
                    parts.push(Run::new());
                    start = at + piece.text[at..].chars().next().map_or(1, char::len_utf8);
                }
                b'.' if depth == 0 && piece.text.as_bytes().get(at + 1).is_none_or(|after| *after == b' ') => {
                    push(&mut parts, piece, start, at + 1);
                    parts.push(Run::new());
                    start = at + 1;
                }
                b' ' if depth == 0
                    && piece.text[at..].starts_with(" and ")
                    && !(start < at && joins_subjects(&piece.text[at + " and ".len()..])) =>
                {
                    push(&mut parts, piece, start, at);
                    parts.push(Run::new());
                    start = at + 4;
                }
                _ => {}
            }
        }
        if depth == 0 {
            push(&mut parts, piece, start, piece.text.len());
        }
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}

/// `the lamp and the horn work`: a single thing behind an `and` with the verb of several, which is one clause with the
/// words before it.
fn joins_subjects(rest: &str) -> bool {
    const PLURAL: &[&str] = &[
        "contain", "have", "are", "exist", "match", "return", "show", "use", "pass", "work", "appear", "render",
        "remain", "stay", "keep", "load", "hold", "agree", "print", "were", "do",
    ];
    const SEVERAL: &[&str] =
        &["they", "we", "you", "both", "these", "those", "all", "data", "people", "which", "that", "to"];
    let mut before = "";
    for word in rest.split_whitespace().take(4) {
        if PLURAL.contains(&word) {
            let last = before.trim_matches(|next: char| !next.is_alphanumeric());
            return !last.is_empty() && !last.ends_with('s') && !SEVERAL.contains(&last) && !last.ends_with("ly");
        }
        if !word.ends_with(|next: char| next.is_alphanumeric() || next == '`') {
            return false;
        }
        before = word;
    }
    false
}

fn push<'s>(parts: &mut [Run<'s>], piece: &Inline<'s>, start: usize, end: usize) {
    if start >= end {
        return;
    }
    let text = &piece.text[start..end];
    let trimmed = text.trim_start();
    let skipped = start + text.len() - trimmed.len();
    if let Some(last) = parts.last_mut()
        && !trimmed.is_empty()
    {
        let span = piece.part(skipped, end);
        last.push(Inline { span, ..piece.cut(if last.is_empty() { skipped } else { start }, end) });
    }
}
