//! Sentences that are checks by themselves, wherever they stand: a command beside words that say that it passes, or a
//! test to run and nothing else.

use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::plan::Kind;
use crate::text::{self, Phrases, Starts};

use super::expect;
use super::facts;
use super::inline;
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::vocab::{self, Verb};
use super::walk::Found;

/// What a sentence makes of the commands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sentence {
    /// They are to pass, and somebody is to see to it: `Ensure `npm test` passes`.
    Proof,
    /// It says that they pass: `npm test` passes, or Tests pass (`npm test`).
    States,
    /// They are to be run, and nothing else: `Run `npm test`.`
    Runs,
    /// They are to be run, and somebody is to see what comes of it: `Run `rg gone src` and confirm that it is gone`.
    Seen,
    /// They are to be run and to fail: `Run `npm test` → fails`.
    Fails,
    /// It is about something else.
    Other,
}

impl<'s> Found<'s> {
    /// An item of a list of work that is a check by itself; gives whether it is one. What only states that a command
    /// passes, or only runs it, is a check where it is one of the items that are to be done, with a box to tick or as the
    /// work of a task; a run also in any other list of work, `listed`.
    pub(super) fn sentence(&mut self, part: &[Inline<'s>], boxed: bool, listed: bool) -> bool {
        let cut = without_remark(part);
        let part = cut.as_deref().unwrap_or(part);
        let sentence = sentence(part);
        let counts = match sentence {
            Sentence::Proof | Sentence::Fails | Sentence::Seen => true,
            Sentence::Runs => boxed || listed,
            Sentence::States => boxed,
            Sentence::Other => false,
        };
        if !counts {
            return false;
        }
        let red = sentence == Sentence::Fails;
        let setting = Setting { asked: true, red, because: Some(inline::span(part)), ..Setting::default() };
        let found = item::checks(part, &setting);
        let counts = found.iter().any(|check| check.command.is_some())
            && (sentence != Sentence::Runs || found.iter().all(proves))
            && (sentence != Sentence::Seen || found.iter().filter(|check| check.command.is_some()).all(searches))
            && (sentence != Sentence::Fails || found.iter().all(|check| check.kind == Kind::Red));
        if counts {
            self.checks.extend(found);
        }
        counts
    }
}

impl<'s> Found<'s> {
    /// `Write the parser — run `make test` until green`: work that is over when a command passes. Gives whether there is
    /// one.
    pub(super) fn until_it_passes(&mut self, part: &[Inline<'s>]) -> bool {
        /// Bytes that hold the words next to a command.
        const NEAR: usize = 120;
        static WELL: Starts = Starts::new(&[
            "until green", "until it is green", "until it's green", "until it passes", "until they pass", "until all",
            "until clean", "until pass", "until the test", "until tests pass", "bis grün", "bis es grün", "bis alle",
        ]);
        let passes = |at: &usize| {
            part[*at].kind == InlineKind::Code
                && WELL.begin(inline::prose(inline::head(&part[at + 1..], NEAR)).trim_start())
                && inline::prose(inline::tail(&part[..*at], NEAR)).split_whitespace().next_back().and_then(vocab::verb)
                    == Some(Verb::Run)
        };
        let Some(at) = (0..part.len()).find(passes) else { return false };
        let setting = Setting { asked: true, because: Some(part[at].span), ..Setting::default() };
        let found = item::checks(&part[at..=at], &setting);
        let any = found.iter().any(|check| check.command.is_some());
        self.checks.extend(found.into_iter().filter(|check| check.command.is_some()));
        any
    }
}

impl<'s> Found<'s> {
    /// `**Types**: Run `make types` and `make lint`.` among boxes to tick: what proves something by its nature. Gives
    /// whether there is any.
    pub(super) fn named_run(&mut self, part: &[Inline<'s>]) -> bool {
        let Some(label) = inline::label(part).filter(|label| label.strong && label.place().is_none()) else {
            return false;
        };
        if vocab::verb(&inline::prose(&label.rest)) != Some(Verb::Run) {
            return false;
        }
        let setting = Setting { asked: true, because: Some(label.span), ..Setting::default() };
        let mut found = item::checks(&label.rest, &setting);
        found.retain(|check| check.command.is_some() && proves(check));
        let any = !found.is_empty();
        self.checks.extend(found);
        any
    }
}

impl<'s> Found<'s> {
    /// `Remove the fence and confirm `make lint` passes`: work that ends in a look at what proves it. Gives whether there
    /// is one.
    pub(super) fn work_and_proof(&mut self, part: &[Inline<'s>]) -> bool {
        static JOINED: LazyLock<Phrases> = LazyLock::new(|| {
            Phrases::new(&[
                " and verify ", " and confirm ", " and ensure ", " and check that ", " and make sure ", ", verify ",
                ", confirm ", ", ensure ", " then verify ", " then confirm ",
            ])
        });
        let Some(code) = part.iter().rposition(|piece| piece.kind == InlineKind::Code) else { return false };
        let mut found = None;
        for (at, piece) in part[..code].iter().enumerate().filter(|(_, piece)| piece.kind == InlineKind::Text) {
            JOINED.find(&piece.text, |phrase, _, end| {
                let verb = phrase.trim_start_matches([',', ' ']);
                let verb = verb.strip_prefix("and ").or_else(|| verb.strip_prefix("then ")).unwrap_or(verb);
                found = Some((at, end - verb.len()));
                false
            });
        }
        let Some((at, start)) = found else { return self.work_and_run(part) };
        let mut tail = vec![part[at].without_first(start)];
        tail.extend_from_slice(&part[at + 1..]);
        sentence(&tail) == Sentence::Proof && self.sentence(&tail, false, false)
    }
}

impl<'s> Found<'s> {
    /// `Write the pages again, then run `make check` and `make lint`.`: work that ends in runs of what proves something by
    /// its nature. Gives whether it does.
    fn work_and_run(&mut self, part: &[Inline<'s>]) -> bool {
        static RUN: LazyLock<Phrases> =
            LazyLock::new(|| Phrases::new(&[", then run ", "; then run ", ", and then run "]));
        static ASKS: Starts = Starts::new(&["to verify", "to confirm", "to make sure", "to check that", "to ensure"]);
        let code = |piece: &Inline<'_>| piece.kind == InlineKind::Code;
        let run = part.iter().enumerate().rev().find_map(|(at, piece)| {
            let mut ends = None;
            if piece.kind == InlineKind::Text && part.get(at + 1).is_some_and(code) {
                RUN.find(&piece.text, |_, _, end| {
                    ends = (end == piece.text.len()).then_some(end);
                    false
                });
                // `In the checkout run `make test` to verify the order`
                let asked = text::ends_with(&piece.text, " run ")
                    && part.get(at + 2).is_some_and(|behind| ASKS.begin(behind.text.trim_start()));
                ends = ends.or_else(|| asked.then_some(piece.text.len()));
            }
            ends.map(|end| (at, end - "run ".len()))
        });
        let Some((at, start)) = run else { return false };
        let mut tail = vec![part[at].without_first(start)];
        tail.extend_from_slice(&part[at + 1..]);
        let setting = Setting { asked: true, because: Some(inline::span(&tail)), ..Setting::default() };
        let mut found = item::checks(&tail, &setting);
        found.retain(|check| check.command.is_some());
        let looks = |check: &ReadCheck| {
            let checks = |text: &str| text.split_whitespace().any(|word| word == "--check");
            proves(check) || check.risk.is_none() && check.command.as_deref().is_some_and(checks)
        };
        let any = !found.is_empty() && found.iter().all(looks);
        if any {
            self.checks.extend(found);
        }
        any
    }
}

/// `Re-run the focused tests and confirm they pass`: an item that asks for a run, though not how it is done.
pub(super) fn reruns(part: &[Inline<'_>], words: &str) -> bool {
    static PASS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "confirm it passes", "confirm they pass", "confirm all pass", "verify it passes", "verify they pass",
            "verify all pass", "ensure it passes", "ensure they pass", "expect pass", "expect success", "expect green",
        ])
    });
    let again = || ["run ", "rerun ", "re-run "].iter().any(|verb| text::starts_with(words.trim_start(), verb));
    static SEEN: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&[" and verify ", " and confirm ", " and inspect ", " and ensure "]));
    !part.iter().any(|inline| inline.kind == InlineKind::Code)
        && again()
        && (PASS.any_in(words) || names_test(words) && SEEN.any_in(words))
}

/// `make all` green (`make some` is enough at first): the item without a remark in brackets behind what it says of the
/// command that it begins with, if there is code in it.
fn without_remark<'s>(part: &[Inline<'s>]) -> Option<inline::Run<'s>> {
    let code = |piece: &Inline<'_>| piece.kind == InlineKind::Code;
    let first = part.iter().position(|piece| !text::is_blank(&piece.text)).filter(|&first| code(&part[first]))?;
    let behind = part.get(first + 1).filter(|behind| behind.kind == InlineKind::Text)?;
    let open = behind.text.find(" (")?;
    let more = part[first + 2..].iter().any(code);
    let says = open > 0 && vocab::succeeds(&behind.text[..open]);
    (more && says).then(|| {
        let mut cut = part[..=first].to_vec();
        cut.push(behind.cut(0, open));
        cut
    })
}

/// What a sentence makes of the commands in it.
fn sentence(run: &[Inline<'_>]) -> Sentence {
    let code = |inline: &Inline<'_>| inline.kind == InlineKind::Code;
    let (Some(first), Some(last)) = (run.iter().position(code), run.iter().rposition(code)) else {
        return Sentence::Other;
    };
    let (before, after) = (inline::prose(&run[..first]), inline::prose(&run[last + 1..]));
    let verb = vocab::verb(&before);
    // `Run `make` → fails (no target)`: what comes of a run is told, and it is no work.
    let ends = ends_behind_dash(&after).filter(|_| verb == Some(Verb::Run));
    let shown = arrow_ends(run, first, last, &before, &after);
    if ends == Some(false) || shown == Some(false) || verb == Some(Verb::Run) && vocab::leads_to_failure(&after) {
        return Sentence::Fails;
    }
    if shown == Some(true) {
        return Sentence::Proof;
    }
    let passes = ends == Some(true) || vocab::succeeds(&after);
    // `The whole suite (`make all`) passes`: the command only says how.
    let bare = !before.contains(char::is_alphanumeric) || before.ends_with(['(', '（']);
    // `Make sure that none is left: `find src -name '*.old'` must return nothing`
    let told = || {
        let read = expect::read(&run[last].text, &after, false);
        !read.red && read.expect.is_some()
    };
    let sees = matches!(verb, Some(Verb::See | Verb::Judge));
    let sentence = if passes && verb.is_some() || sees && told() || vocab::ends_in_check(&after) {
        Sentence::Proof
    } else if passes && bare || !after.contains(char::is_alphanumeric) && states_success(&before) {
        Sentence::States
    } else if verb == Some(Verb::Run)
        && !after.contains(char::is_alphanumeric)
        && before.split_whitespace().count() <= 6
    {
        Sentence::Runs
    } else if verb == Some(Verb::Run) && SEES.begin(after.trim_start_matches([' ', ',', ';', '—', '–', '-'])) {
        Sentence::Seen
    } else {
        Sentence::Other
    };
    // Most sentences are about something else anyway.
    if sentence != Sentence::Other && (vocab::fails(&before) || vocab::fails(&after)) {
        return Sentence::Other;
    }
    sentence
}

/// `Run `make test` – tests pass`: whether an item is a run, behind which a dash sets apart how it is to end.
pub(super) fn tells_end(run: &[Inline<'_>]) -> bool {
    let code = |inline: &Inline<'_>| inline.kind == InlineKind::Code;
    let (Some(first), Some(last)) = (run.iter().position(code), run.iter().rposition(code)) else { return false };
    let (before, after) = (inline::prose(&run[..first]), inline::prose(&run[last + 1..]));
    ends_behind_dash(&after).is_some() && vocab::verb(&before) == Some(Verb::Run)
        || arrow_ends(run, first, last, &before, &after).is_some()
}

/// `make test` → FAIL, Write the test: `make test` → PASS: how the one command of an item is to end by what stands behind an
/// arrow, and whether that is well.
fn arrow_ends(run: &[Inline<'_>], first: usize, last: usize, before: &str, after: &str) -> Option<bool> {
    let alone = !before.contains(char::is_alphanumeric) || before.trim_end().ends_with([':', '：']);
    if first != last || !alone || !inline::arrow_behind_code(run) || !facts::of(run[first].text.trim()).proves() {
        return None;
    }
    if vocab::leads_to_failure(after) {
        return Some(false);
    }
    let result = after.trim_start_matches(|next: char| !next.is_alphanumeric());
    let word = result.split(|next: char| !next.is_alphanumeric()).next().unwrap_or("");
    let well = ["pass", "passes", "passed", "green", "ok", "succeeds", "success", "clean"];
    well.iter().any(|known| word.eq_ignore_ascii_case(known)).then_some(true)
}

/// `... – tests fail (no such route)`, `... — build succeeds`: how a run is to end by what a dash sets apart behind it, and
/// whether that is well.
fn ends_behind_dash(after: &str) -> Option<bool> {
    /// More words than that say something else as well.
    const MOST: usize = 5;
    let words = after.trim_start().strip_prefix(['–', '—', '-'])?.strip_prefix(' ')?;
    let clause = words[..words.find(['(', ',', ';', ':', '.']).unwrap_or(words.len())].trim();
    let has = |all: &[&str]| clause.split_whitespace().any(|word| all.iter().any(|one| word.eq_ignore_ascii_case(one)));
    if clause.split_whitespace().count() > MOST || has(&["passed", "or", "may", "might", "if", "when"]) {
        return None;
    }
    let last = clause.rsplit(char::is_whitespace).next().unwrap_or("");
    let fails = ["fail", "fails", "failing", "failure", "red"].iter().any(|word| last.eq_ignore_ascii_case(word));
    if fails {
        return (!has(&["no", "not", "never", "none", "without", "zero", "0", "cannot"])).then_some(false);
    }
    (vocab::only_success(clause) && says_well(clause)).then_some(true)
}

/// `All tests pass (`: words before a command that say no more than that something ends well, and set it apart.
fn states_success(before: &str) -> bool {
    let Some(words) = before.trim_end().strip_suffix(['(', '（', ':', '：', '—', '–']) else { return false };
    vocab::verb(words).is_none() && vocab::only_success(words) && says_well(words)
}

/// Whether one of the words says that something ends well: `tests` alone do not.
fn says_well(words: &str) -> bool {
    static WELL: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&["pass", "succe", "green", "clean", "no ", "without ", "zero ", "compiles", "works"])
    });
    WELL.any_in(words)
}

/// Words behind a command that ask to look at what comes of it.
static SEES: Starts = Starts::new(&[
    "and confirm", "and verify", "and check that", "and ensure", "and make sure", "confirm ", "verify ", "(expect",
    "expect ",
]);

/// Whether a check only looks at files, or proves something by its nature.
fn searches(check: &ReadCheck) -> bool {
    proves(check) || check.command.as_deref().is_some_and(expect::searches)
}

/// Whether a text says of a command that it passes: `` `npm test` passes``.
pub(super) fn says_that_it_passes(run: &[Inline<'_>]) -> bool {
    let Some(last) = run.iter().rposition(|inline| inline.kind == InlineKind::Code) else { return false };
    vocab::succeeds(&inline::prose(&run[last + 1..]))
}

/// `` `make test` passed.``: whether the words behind a command tell of a run and ask for none.
pub(super) fn tells_of_a_run(after: &str) -> bool {
    static PAST: Starts = Starts::new(&[
        "passed", "succeeded", "completed", "was run", "was green", "was clean", "were run", "were green", "finished",
        "has passed", "have passed", "took ", "gave ", "exited ", "had passed", "reported", "returned", "printed",
        "ran ", "lief ", "bestand ", "a réussi", "a été exécuté", "pasó", "passou", "przeszł", "已通过", "を実行した",
        "通過した", "통과했",
    ]);
    PAST.begin(after.trim_start())
}

static RESULTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "pass", "green", "succe", "expect", "verify", "confirm", "make sure", "ensure", "no error", "grün", "erfolg",
        "vérif", "verif", "comprob", "przech", "通过", "確認", "确认", "验证", "検証", "成功", "통과", "확인",
    ])
});

static TESTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["test", "check", "lint", "suite", "valid", "prueba", "测试", "回归", "検査", "テスト", "테스트"])
});

/// Whether words call something a test: `Run tests`.
pub(super) fn names_test(words: &str) -> bool {
    TESTS.any_in(words)
}

/// Whether words say how a command is to end, or call it a test before they name it.
pub(super) fn says_result(run: &[Inline<'_>]) -> bool {
    let code = run.iter().position(|inline| inline.kind == InlineKind::Code).unwrap_or(run.len());
    TESTS.any_in(&inline::prose(&run[..code])) || RESULTS.any_in(&inline::prose(run))
}

/// Whether words say that something is to end well.
pub(super) fn expects_result(words: &str) -> bool {
    static WELL: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "pass", "green", "succe", "expect", "no error", "grün", "erfolg", "réussi", "pasan", "przech", "通过",
            "成功", "通過", "통과",
        ])
    });
    WELL.any_in(words)
}

/// Whether a command proves something by its nature: a test, a linter, a build.
pub(super) fn proves(check: &ReadCheck) -> bool {
    let Some(command) = &check.command else { return true };
    if check.risk.is_some() || check.writes {
        return false;
    }
    facts::of(command).proves()
}
