//! One item of a checking place: which commands it asks to run, what a person has to judge.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::plan::{Expect, Kind, StatusRule};
use crate::source::Span;
use crate::text::{self, Phrases, Starts, starts_with};

use super::command::{self, Form};
use super::criteria::{between, criteria, sentences_before, shows};
use super::expect;
use super::facts::{self, Facts};
use super::inline;
use super::model::ReadCheck;
use super::rules::{JUDGED_BY_EYE, NEEDS_TERMINAL};
use super::verbs::writes_tests_glued;
use super::{checkers, finished, folder, judged, phrases, programs, proofs, vocab};

/// How an item stands in its place.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// A person must do it, whatever it says.
    pub manual: bool,
    /// The text before it asks to run what follows: a `Run:` or a `Test:`.
    pub asked: bool,
    /// A failing test comes first: what runs here must fail.
    pub red: bool,
    /// The directory named for the place.
    pub cwd: Option<String>,
    /// The heading or label that asks for proof here.
    pub because: Option<Span>,
    /// It is a procedure, in which preparations stand beside checks.
    pub procedure: bool,
    /// They are sentences of a text, in which `passed` tells of a run and asks for none.
    pub told: bool,
    /// Whether words without a command make a manual check.
    pub prose_counts: bool,
}

/// How many bytes of an item may be looked at for each of its commands.
const NEAR: usize = 2_000;

/// A command that an item asks to run.
struct Asked<'r> {
    inline: usize,
    span: Span,
    text: &'r str,
    facts: Rc<Facts>,
    manual: Option<&'static str>,
}

/// The checks of an item.
#[must_use]
pub fn checks(run: &[Inline<'_>], setting: &Setting) -> Vec<ReadCheck> {
    let mut found = found(run, setting);
    for check in &mut found {
        check.because = setting.because;
    }
    found
}

fn found(run: &[Inline<'_>], setting: &Setting) -> Vec<ReadCheck> {
    let text = inline::markdown(run);
    let words = inline::prose(run);
    if text.is_empty() {
        return Vec::new();
    }
    if says_nothing(&words) && !run.iter().any(|piece| piece.kind == InlineKind::Code) {
        return Vec::new();
    }
    if setting.manual || vocab::is_manual(&words) && !starts_with_code(run) || vocab::is_hedged(&text) {
        return vec![manual(run, &text, if setting.manual { "manual-place" } else { "manual-item" })];
    }
    let mut asked = commands(run, &words, setting);
    if setting.procedure && !asked.is_empty() {
        asked.retain(|command| !command.facts.prepares());
        if asked.is_empty() {
            return Vec::new();
        }
    }
    if asked.is_empty() {
        let to_write = !setting.asked
            && (TESTS_TO_WRITE.begin(words.trim_start()) && !ENDS_WELL.any_in(&words)
                || writes_tests_glued(words.trim_start())
                || LEAVES.begin(&text) && !LOOKS.any_in(&words));
        let counts = setting.prose_counts && !to_write;
        return if counts { vec![manual(run, &text, "prose")] } else { Vec::new() };
    }
    let cwd = folder::beside(run).or_else(|| setting.cwd.clone());
    // `Try `a` and `b`. Verify that both prompts appear.`: a sentence at the end speaks of all commands.
    let last = asked.last().map_or(0, |last| last.inline + 1);
    // An item may hold thousands of commands, so none of them looks at all of it.
    let rest = inline::markdown(inline::head(&run[last..], NEAR));
    let tail = inline::prose(&run[last..]);
    let prompted = tail.split_once(". ").is_some_and(|(_, sentences)| vocab::prompts(sentences));
    // `... opens, and `Ctrl+C` ends it`: what waits for keys does not end by itself.
    let keyed = run[last..].iter().any(|piece| piece.kind == InlineKind::Code && is_key(piece.text.trim()));
    let mut found = Vec::new();
    for (at, command) in asked.iter().enumerate() {
        let next = asked.get(at + 1).map_or(run.len(), |next| next.inline);
        let own = inline::markdown(&run[command.inline + 1..next]);
        // `a`, `b` and `c` pass: the words behind the last one are said of all.
        let shared = own.trim().chars().all(|next| !next.is_alphanumeric()) || own.trim() == "and";
        let beside = if shared { &rest } else { &own };
        let before = inline::prose(inline::tail(&run[..command.inline], NEAR));
        let excerpt = if text.len() > NEAR { Cow::Owned(around(run, command.inline)) } else { Cow::Borrowed(&*text) };
        if command.manual == Some(JUDGED_BY_EYE) {
            let sentence = phrases::sentences(run).into_iter().find(|one| inline::span(one).end >= command.span.end);
            let sentence = sentence.as_deref().unwrap_or(run);
            found.push(manual(sentence, &inline::markdown(sentence), JUDGED_BY_EYE));
            continue;
        }
        let mut one = check(command, beside, setting, cwd.clone(), &excerpt, &before);
        if one.kind == Kind::Command && (vocab::prompts(beside) || prompted || keyed) {
            one.kind = Kind::Manual;
            one.rule = "never-ends";
        }
        found.push(one);
    }
    let tested = found.last().is_some_and(|last| last.expect.is_some());
    for pair in asked.windows(2) {
        for criterion in between(&run[pair[0].inline + 1..pair[1].inline]) {
            let text = inline::markdown(&criterion);
            found.push(manual(&criterion, text.trim(), "criterion"));
        }
    }
    let first = asked.first().map_or(0, |first| first.inline);
    // What a command asks for is told of it and no criterion of its own.
    let judged = asked.last().is_some_and(|last| last.manual == Some(JUDGED_BY_EYE));
    let told = prompted || judged || vocab::prompts(&tail);
    let mut behind = if told { Vec::new() } else { criteria(&run[last..], false) };
    // What can be tested of an output is kept with the command.
    behind.retain(|criterion| !(tested && shows(inline::prose(criterion).trim())));
    // That nothing is found is what a search itself shows.
    if asked.last().is_some_and(|last| expect::searches(last.text)) {
        behind.retain(|criterion| !expect::denies_hits(&inline::prose(criterion)));
    }
    let sentences = if setting.told { Vec::new() } else { sentences_before(&run[..first]) };
    let ahead = if sentences.is_empty() { criteria(&run[..first], true) } else { sentences };
    for criterion in ahead.into_iter().chain(behind) {
        let text = inline::markdown(&criterion);
        found.push(manual(&criterion, text.trim_start_matches([':', '—', '–', ' ']), "criterion"));
    }
    found
}

/// `N/A (nothing to see yet)`, `None — all of it is automated`: there is nothing to check.
fn says_nothing(words: &str) -> bool {
    let end = ["(", " - ", " – ", " — "].iter().filter_map(|sign| words.find(sign)).min();
    let head = &words[..end.unwrap_or(words.len())];
    head.len() < 16 && !head.trim_end().eq_ignore_ascii_case("todo") && vocab::is_nothing(head)
}

/// The words on both sides of a command in an item that is too long to be shown with each of its commands.
fn around(run: &[Inline<'_>], command: usize) -> String {
    const SIDE: usize = 200;
    let (before, after) = (&run[..command], &run[command + 1..]);
    let (tail, head) = (inline::tail(before, SIDE), inline::head(after, SIDE));
    let open = if tail.len() < before.len() { "… " } else { "" };
    let close = if head.len() < after.len() { " …" } else { "" };
    let start = command - tail.len();
    format!("{open}{}{close}", inline::markdown(&run[start..=command + head.len()]).trim())
}

/// Whether an item holds a command that it asks to run.
#[must_use]
pub fn asks_to_run(run: &[Inline<'_>], setting: &Setting) -> bool {
    !commands(run, &inline::prose(run), setting).is_empty()
}

/// Whether the first command of a run is only added by the work: ``make test` target added`.
pub(super) fn only_adds(run: &[Inline<'_>]) -> bool {
    let code = run.iter().position(|piece| piece.kind == InlineKind::Code);
    code.is_some_and(|code| finished::is_added(&head(&run[code + 1..])))
}

fn has_code(run: &[Inline<'_>]) -> bool {
    run.iter().any(|piece| piece.kind == InlineKind::Code)
}

/// Whether the first that a run says is code.
pub(super) fn starts_with_code(run: &[Inline]) -> bool {
    run.iter().find(|inline| !text::is_blank(&inline.text)).is_some_and(|inline| inline.kind == InlineKind::Code)
}

fn manual(run: &[Inline], text: &str, rule: &'static str) -> ReadCheck {
    ReadCheck::new(Kind::Manual, inline::span(run), text.trim(), rule)
}

fn check(
    command: &Asked<'_>,
    beside: &str,
    setting: &Setting,
    cwd: Option<String>,
    text: &str,
    before: &str,
) -> ReadCheck {
    let read = expect::read(command.text, beside, false);
    let said = |status| Expect { words: beside.trim().to_owned(), status, output: None };
    let mut expect = read.expect.or_else(|| expect::read_before(command.text, before));
    if expect.is_none() && expect::only_reports(command.text, beside) {
        expect = Some(said(StatusRule::Any));
    }
    let was = vocab::was_baseline(beside);
    if was && expect.is_none() {
        expect = Some(said(StatusRule::Zero));
    }
    let baseline = was || vocab::is_baseline(before);
    let (kind, rule) = match command.manual {
        Some(why) => (Kind::Manual, why),
        None if read.red || setting.red || baseline => (Kind::Red, "expected-failure"),
        None => (Kind::Command, "item-command"),
    };
    let (risk, writes) = command.facts.effects();
    let command_text = Some(command.text.to_owned());
    let terminal = command.facts.terminal;
    let check = ReadCheck::new(kind, command.span, text, rule);
    ReadCheck { cwd, expect, command: command_text, risk, writes, terminal, ..check }
}

/// Words that forbid to run what they speak of, or make it wait for somebody's word.
fn forbids(words: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "not authorized", "do not run", "don't run", "never run", "only after confirmation", "only after explicit",
            "after explicit confirmation", "must not be run", "is not allowed", "without approval", "do not execute",
            // Of a deployment it is told by what it was done; what is typed into a program is none of the shell's.
            "deployed with ", "deployed via ", "published with ", "published via ", "released with ", "released via ",
            "in the prompt", "into the prompt", "in the chat", "into the chat", "in the repl", "into the repl",
        ])
    });
    // What is to be done in a case that should not come.
    static FAILED: Starts = Starts::new(&[
        "if it fails", "if this fails", "if that fails", "if they fail", "if any fail", "if any of",
        "if anything fails", "if tests fail", "if the tests fail", "if the build fails", "if the check fails",
        "on failure", "in case of failure", "bei fehlern", "wenn es fehlschlägt", "en cas d'échec", "si falla",
        "se falhar", "失败时", "如果失败", "失敗した場合", "실패하면",
    ]);
    SIGNS.any_in(words) || FAILED.begin(words.trim_start()) || is_remedy(words)
}

/// Whether a command names several places to look at itself: `ruff check src/ tests/`, whatever is said of them behind it.
fn names_objects(command: &str) -> bool {
    command.split_whitespace().skip(1).filter(|word| word.contains('/') && !word.starts_with('-')).count() > 1
}

/// `If `make lamp` fails, run `make clean` and try again`: what helps in a case that should not come.
fn is_remedy(words: &str) -> bool {
    static IF: Starts = Starts::new(&["if ", "when ", "should ", "wenn ", "falls ", "si ", "se ", "jeśli "]);
    static FAILS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            " fail", " break", " error", " crash", " not pass", "n't pass", " goes red", " is red", " fehl", " échoue",
            " falla", " falha", " zawiedzie", " nie przejd",
        ])
    });
    let words = words.trim_start();
    let head = words.split([',', ':', ';']).next().filter(|head| head.len() < words.len()).unwrap_or_default();
    IF.begin(words) && FAILS.any_in(head) || behaves(words)
}

/// `When a user chooses the image, run `docker run x``: what the work does when something happens to it.
pub(super) fn behaves(words: &str) -> bool {
    static WHEN: Starts = Starts::new(&["when ", "whenever ", "on startup", "on start-up", "upon "]);
    static DOES: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&[", run", ", execute", ", start", ", call", ", it runs", ", it executes"]));
    WHEN.begin(words.trim_start()) && DOES.any_in(words)
}

/// The commands of a run, whose words without its code spans are `words`.
fn commands<'r>(run: &'r [Inline<'_>], words: &str, setting: &Setting) -> Vec<Asked<'r>> {
    if !has_code(run) || forbids(words) {
        return Vec::new();
    }
    let mut found: Vec<Asked<'_>> = Vec::new();
    let mut before = String::new();
    let mut continues = false;
    let mut continued;
    // Between `(e.g.` and `)` commands are only examples.
    let mut example = false;
    let spans = run.iter().filter(|piece| piece.kind == InlineKind::Code).count();
    // Whether the code span before is to be replaced: by the one that follows, which is told and not asked for.
    let mut replaced = false;
    // Whether a person is to type it: this command, and the next one that is joined to it.
    let mut hand = false;
    for (index, piece) in run.iter().enumerate() {
        if piece.kind != InlineKind::Code {
            before.push_str(if piece.kind == InlineKind::Text { &piece.text } else { " " });
            example = opens_example(&piece.text, example);
            continue;
        }
        continued = continues;
        let text = piece.text.trim();
        let text = text.strip_prefix("$ ").unwrap_or(text);
        let mut words_before = std::mem::take(&mut before);
        // `a` (by hand), `b`: a remark on one command says nothing of the next.
        if continued && let Some(end) = remark(&words_before) {
            words_before.drain(..end);
        }
        let after = head(&run[index + 1..]);
        hand = by_hand(&words_before) || hand && continued && vocab::ends_in_joint(&words_before);
        let wanted = vocab::asks(&words_before, continues)
            || vocab::is_asked_by_result(&words_before, &after)
            || setting.asked && vocab::ends_in_joint(&words_before);
        let told = std::mem::replace(&mut replaced, replaces(&words_before)) && takes_its_place(&words_before);
        // `Types are fine (`make types` took 3 s)`: a remark tells what was done.
        let past = (setting.told || words_before.ends_with(['(', '（'])) && proofs::tells_of_a_run(&after);
        let asked = !example
            && wanted
            && !told
            && !past
            && !judged::looks_up(&words_before, &after)
            && !is_counterexample(&after)
            && !finished::is_added(&after)
            && !checkers::in_row_of_tools(run, index);
        // Nothing but a code span in a checking place is there to be run.
        let bare = run.iter().all(|other| other.span == piece.span || text::is_blank(&other.text));
        let explicit = setting.asked || bare || asks_by_verb(&words_before) || continues;
        let facts = asked.then(|| facts::of(text));
        let taken = facts.filter(|facts| match facts.form {
            Form::Command | Form::Unfit(_) => true,
            // `mypy` passes: nothing else in the item could be meant.
            Form::Likely => explicit || spans == 1 && programs::stands_alone(text) && vocab::succeeds(&after),
            Form::No => false,
        });
        continues = taken.is_some();
        let Some(facts) = taken else { continue };
        let manual = match facts.form {
            Form::Unfit(_) => Some(command::rule(text)),
            _ if facts.terminal.is_some_and(|terminal| !terminal.ends) => Some(NEEDS_TERMINAL),
            _ if facts.endless || (starts_server(&words_before) || comes_up(&after)) && facts.may_serve() => {
                Some("never-ends")
            }
            _ if hand || vocab::needs_person(&words_before) || marked_manual(&after) => Some("needs-person"),
            _ if vocab::waits_for_access(&after) => Some("needs-person"),
            _ if stays_as_it_was(&after) && !text.starts_with("git diff") && !text.starts_with("git status") => {
                Some("object-left-open")
            }
            _ if facts.lacks_file || vocab::leaves_object_open(&after) && !names_objects(text) => {
                Some("object-left-open")
            }
            _ if facts.wants_files && (vocab::names_files(&after) || vocab::names_files(&words_before)) => {
                Some("object-left-open")
            }
            _ if setting.red => None,
            _ => judged::by_person(text, run, index, &facts),
        };
        // `make lamps` works: `make lamps --all`: what is given in full is only named before.
        if words_before.trim_end().ends_with([':', '：'])
            && found.last().is_some_and(|last| text.strip_prefix(last.text).is_some_and(|more| more.starts_with(' ')))
        {
            found.pop();
        }
        found.push(Asked { inline: index, span: piece.span, text, facts, manual });
    }
    found
}

/// `The server starts without errors:`: what starts it does not end by itself.
pub(super) fn starts_server(before: &str) -> bool {
    static SERVERS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "server starts", "server boots", "server comes up", "server launches", "service starts", "service boots",
            "daemon starts", "daemon boots", "app starts", "app boots", "application starts", "application boots",
            "backend starts", "frontend starts", "api starts", "worker starts", "start the server", "start server",
            "starts the server", "start the service", "start service", "start the backend", "start the api",
            "server startet", "serveur démarre", "servidor arranca", "servidor inicia", "serwer uruchamia",
            "サーバーが起動", "服务器启动", "서버가 시작",
        ])
    });
    SERVERS.any_in(before)
}

/// `... starts the emulators`, `... で起動し`: what comes up by a command does not end by itself.
fn comes_up(after: &str) -> bool {
    static STARTS: Starts = Starts::new(&[
        "starts", "launches", "boots", "brings up ", "serves ", "comes up", "opens ", "listens ", "startet ",
        "démarre ", "arranca ", "inicia ", "uruchamia ",
    ]);
    let after = after.trim_start();
    let clause = &after[..after.find(['。', '，', '、', ',', ';', '.']).unwrap_or(after.len())];
    STARTS.begin(after)
        || !clause.is_ascii()
            && ["起動", "画面が開", "ウィンドウが開", "启动", "啟動", "打开窗口", "기동", "구동", "창이 열"]
                .iter()
                .any(|word| clause.contains(word))
}

/// `... is unchanged`: what a command printed before the work is known to nobody by now.
fn stays_as_it_was(after: &str) -> bool {
    static SIGNS: Starts = Starts::new(&[
        "unchanged", "is unchanged", "stays unchanged", "remains unchanged", "output unchanged", "output is unchanged",
        "unverändert", "bleibt unverändert", "inchangé", "sin cambios", "inalterado", "bez zmian", "без изменений",
    ]);
    SIGNS.begin(after.trim_start_matches([' ', '-', '—', '–', '→']))
}

/// `Ctrl+Q`, `Cmd-S`, `Esc`: a key to press.
fn is_key(text: &str) -> bool {
    const HELD: &[&str] = &["ctrl", "control", "cmd", "alt", "option", "shift", "meta", "super"];
    let is = |word: &str, all: &[&str]| all.iter().any(|other| word.eq_ignore_ascii_case(other));
    match text.split_once(['+', '-']) {
        Some((held, key)) => is(held.trim(), HELD) && !key.is_empty() && key.len() < 12,
        None => is(text, &["esc", "escape", "enter", "^C"]),
    }
}

/// Where a remark in brackets ends that stands right behind a command.
fn remark(words: &str) -> Option<usize> {
    let start = words.trim_start();
    let end = start.strip_prefix('(')?.find(')')?;
    Some(words.len() - start.len() + end + 2)
}

/// `Replace `a` ...`: work on what calls the command.
fn replaces(before: &str) -> bool {
    let last = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or("");
    ["replace", "replaces", "replaced", "replacing", "swap", "exchange", "ersetze", "remplacer", "reemplazar"]
        .iter()
        .any(|verb| last.eq_ignore_ascii_case(verb))
}

/// `... with `b``, behind what is replaced.
fn takes_its_place(before: &str) -> bool {
    ["with", "by", "for", "durch", "par", "por", "con"].iter().any(|word| before.trim().eq_ignore_ascii_case(word))
}

/// The first words behind a command without code spans: enough to tell how a sentence goes on, whatever its length.
fn head<'t>(run: &'t [Inline<'_>]) -> Cow<'t, str> {
    inline::prose(inline::head(run, 120))
}

/// `... (manual)`, `... - manual` behind a command.
fn marked_manual(after: &str) -> bool {
    let mark = after.trim_start().trim_start_matches(['-', '–', '—', '(', '[', ' ']);
    starts_with(mark, "manual") && !after.trim_start().starts_with(|next: char| next.is_alphabetic())
}

/// `perform a manual API check: `, `manually run `: the words before a command leave it to a person.
fn by_hand(before: &str) -> bool {
    static HAND: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["a manual ", "manually run", "manually execute", "run manually", "by hand: "]));
    let clause = before.rsplit([';', '.']).next().unwrap_or(before);
    HAND.any_in(clause)
}

/// Whether an example is open behind a text: `(e.g.,` without its closing bracket.
fn opens_example(text: &str, open: bool) -> bool {
    static STARTS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["(e.g", "(i.e", "(for example", "(such as", "(like "]));
    let after = text.rfind(')').map_or(0, |at| at + 1);
    let open = open && after == 0;
    open || STARTS.any_in(&text[after..])
}

/// What is said behind a command that is not to be run: that it is gone, or when it would fail.
static COUNTEREXAMPLES: Starts = Starts::new(&[
    "regenerates them", "regenerates it", "recreates them", "recreates it", "rebuilds them", "rebuilds it",
    "restores them", "restores it", "produces them", "produces it", "is not needed", "is no longer", "no longer",
    "is gone", "is removed", "was removed", "is deprecated", "exists", "exist ", "is available", "is documented",
    "is present", "is registered", "is listed in", "is defined", "are documented", "are available", "is not used",
    "is obsolete", "must not", "is not run", "will be removed", "does not exist", "is dead", "fails if", "fails when",
    "will fail if", "fail if", "should fail if", "must fail if", "errors if", "automatically triggers", "is an alias",
    "is a wrapper", "is an example", "behavior",
    "behaviour", // Other languages: no longer used, no longer needed.
    "wird nicht mehr", "ist nicht mehr", "entfällt", "n'est plus", "n’est plus", "ne sert plus", "ya no ", "já não ",
    "não é mais", "nie jest już", "już nie", "はもう使", "は使われていない", "は使わない", "は不要", "不再",
    "已被移除", "已废弃", "已删除", "은 더 이상", "는 더 이상", "더 이상",
]);

/// `... fails if any file is badly formatted`: says when a command would fail, and asks for nothing.
fn is_counterexample(after: &str) -> bool {
    let after = after.trim_start();
    COUNTEREXAMPLES.begin(after) && !and_succeeds(after)
}

/// `... exists and passes`: what is said to be there is to be run all the same.
fn and_succeeds(after: &str) -> bool {
    let clause = &after[..after.find([',', ';', '.']).unwrap_or(after.len())];
    clause.split_once(" and ").is_some_and(|(_, more)| vocab::succeeds(more))
}

fn asks_by_verb(before: &str) -> bool {
    let trimmed = before.trim_end();
    let last =
        trimmed.rsplit(char::is_whitespace).next().unwrap_or("").trim_matches(|next: char| !next.is_alphanumeric());
    let verbs =
        ["run", "running", "execute", "via", "with", "using", "rerun", "verify", "re-run", "invoke", "validate"];
    trimmed.ends_with([':', '：']) || verbs.iter().any(|verb| last.eq_ignore_ascii_case(verb))
}

/// Words that begin what tests are to be written: `Unit tests for the parser`.
static TESTS_TO_WRITE: Starts = Starts::new(&[
    "unit tests for ", "unit tests over ", "unit tests with ", "unit tests around ", "integration tests for ",
    "integration tests over ", "integration tests with ", "component tests for ", "e2e tests for ",
    "end-to-end tests for ", "property tests for ", "snapshot tests for ", "contract tests for ", "unit-tests für ",
    "tests unitaires pour ", "pruebas unitarias para ", "testes unitários para ", "testy jednostkowe dla ",
]);

/// Words that begin how the work leaves the stage, which proves nothing.
static LEAVES: Starts = Starts::new(&[
    "commit + push", "commit and push", "commit & push", "commit the ", "commit all ", "commit your ",
    "commit changes", "push to ", "push the ", "fix any ", "fix all ", "open a pr", "open the pr", "create a pr",
    "merge the ", "merge to ", "merge into ",
]);

/// Words by which it is looked at all the same: `push it and verify that the pages come up`.
static LOOKS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["verify", "confirm", "ensure", "check that", "make sure", "passes", "green"]));

/// Words by which tests that are named are to be run and not to be written.
static ENDS_WELL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["pass", "green", "succeed", "run ", "grün", "bestehen", "réussi", "pasan", "passam", "przechodz"])
});
