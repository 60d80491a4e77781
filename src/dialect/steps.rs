//! Numbered steps of a cycle inside a task, `Step 2: Run test to verify it fails`: what their titles announce, and the
//! command that a title names itself.

use std::sync::LazyLock;

use crate::outline::{Inline, InlineKind};
use crate::plan::Kind;
use crate::source::Span;
use crate::text::{self, Lexicon, Phrases};

use super::context::Context;
use super::cues::{asks_in_words, ends_well};
use super::detect::signs;
use super::inline::{self, Run};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::proofs::{names_test, proves, says_result, says_that_it_passes};
use super::titles::names_tests;
use super::units;
use super::vocab::{self, Place, Verb};
use super::walk::Found;

/// The title of a step, and what stands behind it on its line.
#[derive(Debug)]
pub(super) struct Step<'s> {
    /// What the title announces.
    pub place: Place,
    /// The whole title.
    pub label: String,
    /// Where it stands.
    pub span: Span,
    /// Words in which the step names its own command: what stands behind the title, with the title if it has code.
    pub words: Run<'s>,
    /// Whether it only says that something is to be run, neither that it is a test nor how it ends.
    runs: bool,
    /// Whether what it announces holds for what stands below as well.
    opens: bool,
    /// Whether its words are a title, and not only what stands behind its number.
    titled: bool,
}

static STEPS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "step", "schritt", "étape", "etape", "paso", "passo", "krok", "adım", "stap", "шаг", "步骤", "ステップ", "단계",
    ];
    Lexicon::new(words.map(|word| (word, ())))
});

/// Reads a line as a step: `**Step 2: Title** rest`, `**Step 2:** rest`, `Step 2: rest`.
pub(super) fn step<'s>(run: &[Inline<'s>]) -> Option<Step<'s>> {
    read(run, false)
}

/// Reads a heading as a step.
pub(super) fn heading<'s>(title: &[Inline<'s>]) -> Option<Step<'s>> {
    read(title, true)
}

fn read<'s>(run: &[Inline<'s>], heading: bool) -> Option<Step<'s>> {
    let start = run.iter().position(|inline| !(inline.kind == InlineKind::Html || text::is_blank(&inline.text)))?;
    let first = run.get(start).filter(|first| first.kind == InlineKind::Text)?;
    let name = first.text.trim_start_matches(|next: char| !next.is_alphanumeric());
    let word = &name[..name.find(|next: char| !next.is_alphabetic()).unwrap_or(name.len())];
    if !STEPS.has(word) {
        return None;
    }
    let marked = name.bytes().any(|byte| matches!(byte, b'*' | b'`'));
    let unit = if marked { units::unit(name) } else { None };
    let rest = match &unit {
        Some(unit) => unit.rest.as_str(),
        None => units::plain(name).filter(|_| !marked)?.rest,
    };
    // The title's words are a tail of the piece in which it starts, but for blanks behind them.
    let tail = first.text.trim_end().strip_suffix(rest).map_or(first.text.len(), str::len);
    let colon = first.text[..tail].trim_end().ends_with([':', '：', '.', ')', '—', '–', '-']);
    let ends = |inline: &Inline<'_>| inline.strong != first.strong && !heading;
    let end = run[start..].iter().position(ends).map_or(run.len(), |at| start + at);
    let strong = first.strong || heading;
    if !strong && !colon {
        return None;
    }
    let titled = strong && (!rest.is_empty() || end > start + 1);
    let mut title: Run<'s> = run[start..end].to_vec();
    title[0] = first.without_first(tail);
    let mut rest: Run<'s> = run[end..].to_vec();
    if !titled {
        // `**Step 3:** Run it.`: the words behind are the title.
        title.append(&mut rest);
    }
    title.retain(|inline| !inline.text.is_empty());
    let span = inline::span(&run[start..end]);
    let label = inline::markdown(&run[start..end]).into_owned();
    let words = inline::prose(&title);
    let (place, runs) = announces(&title, &words, titled);
    let runs = runs && !says_result(&title) && !says_result(&rest);
    // A sentence that runs something in passing says nothing of what stands below.
    let opens = titled || !runs;
    let with_title = !titled || has_code(&title);
    if !with_title {
        strip_colon(&mut rest);
    }
    let words = if with_title { title.into_iter().chain(rest).collect() } else { rest };
    Some(Step { place, label, span, words, runs, opens, titled })
}

impl<'s> Found<'s> {
    /// A step: what it announces is in force from here on, and its own line may name its command.
    pub(super) fn step(&mut self, step: &Step<'s>, base: &Context, current: &mut Context) {
        self.signs.add(signs(vocab::Name::of(&step.label).text()));
        self.drop_tentative();
        self.settle_step();
        self.before = self.pending;
        self.pending = self.checks.len();
        let failing = FAILING.any_in(&step.label);
        let place = if step.opens { step.place } else { Place::Off };
        let own = Context { cwd: base.cwd.clone(), ..Context::of(step.place).said(step.span) };
        let own = Context { red: step.place == Place::Red || failing, step: true, ..own };
        let before = self.checks.len();
        if !step.is_bare() && own.checks() {
            self.checks.extend(step.checks(&own.setting(true)));
        } else if !step.is_bare() && place == Place::Off {
            self.checks.extend(runs_in_words(&step.words, step.span));
        }
        // `Step 2: Run the test to see it fail`, if nothing below says how: which command that is, a person has to know.
        // `Step 3: Run the guards` above `Run the quick ones, then all of them.` tells no more.
        let named = own.red || names_test(&step.label);
        let told = || before == self.checks.len() && !has_code(&step.words) && step.titled;
        let asked = || named || asks_in_words(&step.words, &inline::prose(&step.words));
        if own.checks() && (step.is_bare() && named || told() && asked()) {
            let text = format!("{} {}", step.label, inline::markdown(&step.words));
            let check = ReadCheck::new(Kind::Manual, step.span, text.trim(), "prose");
            self.untold = Some((self.checks.len(), ReadCheck { because: Some(step.span), ..check }));
        }
        let by_person = place == Place::Manual || BY_PERSON.any_in(&step.label);
        *current = Context { place, by_person, ..own };
    }
}

/// What a step that is about something else has run by the way: `**Step 1: Red** — run `make test` and watch it fail`,
/// `**Step 2: Green** — build it, run `make test` again, which should pass now`.
fn runs_in_words(run: &[Inline<'_>], because: Span) -> Vec<ReadCheck> {
    let words = inline::prose(run);
    let fails = vocab::leads_to_failure(&words) || vocab::fails(&words);
    if !has_code(run) || !fails && !ends_well(&words) {
        return Vec::new();
    }
    let setting = Setting { red: fails, because: Some(because), ..Setting::default() };
    let mut found = item::checks(run, &setting);
    found.retain(|check| check.command.is_some() && proves(check) && (!fails || check.kind == Kind::Red));
    found
}

impl Found<'_> {
    /// The step under way is over: if it named no command, it is for a person.
    pub(super) fn settle_step(&mut self) {
        if let Some((before, check)) = self.untold.take()
            && self.checks.len() == before
        {
            self.checks.push(check);
        }
    }
}

/// Words by which a person takes a step, whatever it does.
static BY_PERSON: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "manually", "by hand", "(manual", "- manual", "– manual", "— manual", "manuell", "von hand", "manuellement",
        "à la main", "manualmente", "a mano", "ręcznie", "вручную", "手動で", "手动",
    ])
});

static FAILING: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["failing test"]));

impl<'s> Step<'s> {
    /// The checks that the step names on its own line. A title that only says to run something makes a check of what
    /// proves something by its nature, or where the words around it say how it ends.
    pub(super) fn checks(&self, setting: &Setting) -> Vec<ReadCheck> {
        let mut found = item::checks(&self.words, setting);
        if self.runs && !setting.red {
            found.retain(|check| check.kind != Kind::Command || proves(check));
        }
        found
    }

    /// Whether it is one of the instructions that a checking place gives, `Step 1: Open the page`.
    pub(super) fn instructs(&self, base: &Context) -> bool {
        base.checks() && !self.titled && self.place == Place::Off
    }

    /// Whether nothing stands on the line but a title without a command.
    pub(super) fn is_bare(&self) -> bool {
        inline::is_blank(&self.words)
    }
}

fn has_code(run: &[Inline<'_>]) -> bool {
    run.iter().any(|inline| inline.kind == InlineKind::Code)
}

fn strip_colon(rest: &mut Run<'_>) {
    if let Some(first) = rest.first_mut().filter(|first| first.kind == InlineKind::Text) {
        let skip = first.text.len() - first.text.trim_start().trim_start_matches([':', '：', '—', '–']).len();
        *first = first.without_first(skip);
    }
    rest.retain(|inline| !(inline.kind == InlineKind::Text && inline.text.is_empty()));
}

/// What the title of a step announces, and whether it only says to run something.
fn announces(title: &[Inline<'_>], words: &str, titled: bool) -> (Place, bool) {
    // Words that are no title by themselves announce what their first sentence does.
    let head = if titled { words } else { words.split_inclusive(['.', ';', '。']).next().unwrap_or(words) };
    let place = if !titled && vocab::verb(head).is_none() && !vocab::is_manual(head) {
        // A sentence of work may speak of tests that fail.
        Place::Off
    } else {
        place_of(head)
    };
    let place = match place {
        Place::Run | Place::Proof if vocab::marks_manual(head) => Place::Manual,
        place => place,
    };
    let place = if place == Place::Off && says_that_it_passes(title) { Place::Run } else { place };
    (place, place == Place::Run && vocab::verb(head) == Some(Verb::Run))
}

/// `Red: run the test`, `GREEN — run it again`: what follows the half of the cycle in which a step stands, and whether
/// it is the first one.
fn colour(title: &str) -> Option<(bool, &str)> {
    let title = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (red, rest) = match (title.get(..3), title.get(..5)) {
        (Some(word), _) if word.eq_ignore_ascii_case("red") => (true, &title[3..]),
        (_, Some(word)) if word.eq_ignore_ascii_case("green") => (false, &title[5..]),
        _ => return None,
    };
    let rest = rest.trim_start_matches([')', '*', '_', ']']).trim_start();
    rest.strip_prefix([':', '—', '–', '-', '：']).map(|rest| (red, rest.trim_start()))
}

/// What the title of a step announces, its number taken off.
#[must_use]
fn place_of(title: &str) -> Place {
    if let Some((red, rest)) = colour(title)
        && matches!(place_of(rest), Place::Run | Place::Proof)
    {
        return if red { Place::Red } else { Place::Run };
    }
    let known = vocab::Name::of(title);
    // Emphasis may join words to a label that they are not as they stand.
    if known.place() == Some(Place::Red) && (!title.contains(['*', '_', '`']) || vocab::red_label(title)) {
        return Place::Red;
    }
    let mut name = known.text();
    while let Some(rest) =
        ["final ", "full ", "quick ", "optional ", "last "].iter().find_map(|lead| name.strip_prefix(lead))
    {
        name = rest;
    }
    match known.place() {
        Some(Place::Manual) => return Place::Manual,
        // `Step 3: Tests` may be about writing them.
        Some(Place::Proof) if !names_tests(name) => return Place::Proof,
        _ => {}
    }
    if vocab::verb(name).is_some_and(|verb| verb != Verb::See) {
        return Place::Run;
    }
    let first = name.split(' ').next().unwrap_or("");
    let runs = matches!(
        first,
        "check" | "test" | "build" | "lint" | "typecheck" | "smoke" | "smoke-test" | "manual" | "manually"
    );
    if runs { Place::Run } else { Place::Off }
}
