//! Signs in running text that tell the walk through a stage where it stands: lead-ins, steps, closing sentences.

use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Table};

use super::context::Context;
use super::folder;
use super::inline::{self, Labelled, Run};
use super::item::{self, Setting};
use super::phrases::sentences;
use super::proofs;
use super::vocab::{self, Place, Verb};
use crate::text::{Phrases, Starts, ends_with, last_sentence, starts_with};

/// `Files:`, `Affected code:` and the like.
pub(super) fn names_files(label: &str) -> bool {
    let name = vocab::Name::of(label);
    name.text().split(' ').any(|word| matches!(word, "file" | "files"))
        || matches!(name.text(), "affected code" | "interfaces" | "interface")
}

/// `Test: `tests/label.rs`` among files to write: nothing but paths, which nobody can run.
pub(super) fn names_paths(run: &[Inline<'_>]) -> bool {
    let path = |inline: &Inline<'_>| {
        let text = inline.text.trim();
        text.contains(['/', '.']) && !text.contains(char::is_whitespace)
    };
    let mut codes = run.iter().filter(|inline| inline.kind == InlineKind::Code).peekable();
    codes.peek().is_some()
        && codes.all(path)
        && inline::prose(run).split_whitespace().count() <= 4
        && !proofs::says_that_it_passes(run)
        && !item::asks_to_run(run, &Setting { asked: true, ..Setting::default() })
}

/// `Test: `tests/label.sh`` among changes: a script to be written, and no word that asks to run it.
pub(super) fn names_only_a_path(run: &[Inline<'_>]) -> bool {
    let mut pieces = run.iter().filter(|piece| !piece.text.trim().is_empty());
    match (pieces.next(), pieces.next()) {
        (Some(only), None) => only.kind == InlineKind::Code && only.text.contains('/') && is_path(&only.text),
        _ => false,
    }
}

/// Whether an item of a procedure is work: `Implement ...`, `Edit ...`.
pub(super) fn works(words: &str) -> bool {
    static WORK: Starts = Starts::new(&[
        "implement", "edit ", "create ", "add ", "update ", "write ", "refactor", "remove ", "move ", "rename ",
        "install", "set up", "configure", "generate", "migrate ", "deploy", "replace ", "delete ", "extend ",
        "introduce ", "define ",
    ]);
    WORK.begin(words.trim())
}

pub(super) fn runs_in_passing(words: &str) -> bool {
    static RUNS: Starts = Starts::new(&["run ", "verify ", "execute ", "try "]);
    RUNS.begin(words.trim())
}

/// Whether words say of what is run that it is to end well.
pub(super) fn ends_well(words: &str) -> bool {
    static WELL: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "to pass", "it pass", "them pass", "should pass", "should now pass", "must pass", "passes", "now pass",
            "expect pass", "succeeds", "expect success", "all green", "stays green", "stay green", "is green",
            "are green", "goes green", "turn green", "turns green", "until green",
        ])
    });
    WELL.any_in(words)
}

/// A sentence that only says that a stage is done when its checks pass.
pub(super) fn closes(words: &str) -> bool {
    static CHECKS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["check", "validation", "criteria"]));
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&["complete when", "done when", "considered complete", "finished when", "is complete once"])
    });
    let all = starts_with(words.trim_start(), "all ") && ends_with(words.trim_end_matches(['.', '!', ' ']), "pass");
    if all && CHECKS.any_in(words) {
        return true;
    }
    SIGNS.any_in(words) && (words.trim_end().ends_with(':') || CHECKS.any_in(words))
}

pub(super) fn label_directory(found: &Labelled<'_>) -> Option<String> {
    let at = found.label.find(['(', '（'])?;
    folder::said(found.label[at..].trim_matches(['(', '（', ')', '）']))
}

/// `Run a trial phase and verify that the agent:` is a check by itself; what stands below it only spells it out.
pub(super) fn demands(words: &str) -> bool {
    static VERBS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&[" verify ", " confirm ", " check that ", " ensure "]));
    VERBS.any_in(words) && words.split_whitespace().count() > 6
}

/// `Run the tests.`, `Verify the build:` before a block: what stands below is to be run.
pub(super) fn leads_to_run(words: &str, run: &[Inline<'_>]) -> bool {
    static PROOF: Starts = Starts::new(&["to verify", "to check", "to confirm", "to validate", "to test"]);
    // `Run:` stands for itself.
    static VERBS: Starts = Starts::new(&["run", "verify", "execute ", "validate"]);
    let words = words.trim();
    // `... To verify, run:`, whatever was said before.
    let last = last_sentence(words);
    if last.ends_with(':') && PROOF.begin(last) && last.to_lowercase().contains("run") {
        return true;
    }
    if !VERBS.begin(words) || has_code(run) {
        return false;
    }
    let bare = words.trim_end_matches([':', '.']);
    let ends = words.ends_with([':', '.']) || words.split_whitespace().count() <= 8;
    let alone = || ["run", "verify", "run validation"].iter().any(|verb| bare.eq_ignore_ascii_case(verb));
    ends && (runs_checks(words) || alone())
}

/// `The work is done when all of these hold:` before a list.
pub(super) fn leads_to_criteria(words: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "done when", "finished when", "complete when", "completed when", "considered complete", "considered done",
            "done once", "accepted when",
        ])
    });
    words.trim_end().ends_with(':') && SIGNS.any_in(words)
}

/// A sentence in which a stage says what it waits for: `Depends on Stage 1 and ...`.
pub(super) fn says_needs(words: &str) -> bool {
    static STARTS: Starts = Starts::new(&[
        "can start once ", "can begin once ", "can start as soon as ", "can begin as soon as ", "can start after ",
        "can begin after ", "can only start after ", "can only begin after ", "can only start once ",
        "depends only on ", "only depends on ", "must wait for ", "waits for ", "can run in parallel with ",
        "can be run in parallel with ", "can be done in parallel with ", "may run in parallel with ",
        "runs in parallel with ", "can start in parallel with ", "depends on ", "this stage depends on",
        "this stage requires", "this stage needs", "this task depends on", "this task requires",
        "this phase depends on", "this phase requires", "this step depends on", "this step requires", "requires stage",
        "requires task", "requires phase", "needs stage", "needs task", "needs phase", "blocked by ", "must run after",
        "runs after ", "dépend de", "hängt ab von", "depende de", "zależy od", "dipende da", "foundation for all",
        "done last",
    ]);
    STARTS.begin(words.trim_start())
}

/// The sentences of a line behind the first in which a stage says what it waits for: `It adds the pump. Depends on Stage 1.`
pub(super) fn needs_told_later<'s>(line: &[Inline<'s>]) -> Vec<Run<'s>> {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            ". depends on ", ". requires stage", ". requires phase", ". requires task", ". blocked by ", ". can start ",
        ])
    });
    if !line.iter().any(|piece| SIGNS.any_in(&piece.text)) {
        return Vec::new();
    }
    sentences(line).into_iter().skip(1).filter(|sentence| says_needs(&inline::prose(sentence))).collect()
}

/// `Run the full test suite:` in a list of work: what stands below is to be run as a check.
pub(super) fn runs_checks(words: &str) -> bool {
    static CHECKS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["test", "check", "lint", "suite", "verif", "validat", "e2e", "build"]));
    static ASKS: Starts = Starts::new(&["run ", "verify", "execute ", "validate"]);
    let words = words.trim();
    ASKS.begin(words) && CHECKS.any_in(words)
}

pub(super) fn split_semicolons<'s>(run: &[Inline<'s>]) -> Vec<Run<'s>> {
    let mut parts = vec![Run::new()];
    for piece in run {
        if piece.kind != InlineKind::Text || !piece.text.contains(';') {
            if let Some(last) = parts.last_mut() {
                last.push(piece.clone());
            }
            continue;
        }
        let mut start = 0;
        let ends = piece.text.match_indices(';').map(|(at, _)| at).chain([piece.text.len()]);
        for (index, end) in ends.enumerate() {
            if index > 0 {
                parts.push(Run::new());
            }
            if let Some(last) = parts.last_mut() {
                last.push(piece.cut(start, end));
            }
            start = end + 1;
        }
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}

/// `Run the same commands and look at the page.`: a sentence that asks to run or to judge something without a command.
pub(super) fn asks_in_words(run: &[Inline<'_>], words: &str) -> bool {
    let names = |piece: &Inline<'_>| piece.kind != InlineKind::Code || is_path(&piece.text);
    run.iter().all(names) && matches!(vocab::verb(words), Some(Verb::Run | Verb::Judge))
}

/// Whether a code span is nothing but the path of a file.
fn is_path(text: &str) -> bool {
    let text = text.trim();
    text.contains(['/', '.']) && !text.starts_with("./") && !text.contains(char::is_whitespace)
}

pub(super) fn has_code(run: &[Inline<'_>]) -> bool {
    run.iter().any(|inline| inline.kind == InlineKind::Code)
}

/// Whether words introduce what follows them.
pub(super) fn introduces(run: &[Inline<'_>]) -> bool {
    inline::prose(run).trim_end().ends_with([':', '：'])
}

/// What a label at the end of an item announces for the items behind it. Without a blank line before it, Markdown takes
/// the label for a part of the item, though it begins something new.
pub(super) fn lead_of(found: &Labelled<'_>, here: &Context) -> Option<Context> {
    let place = found.place()?;
    let proof = matches!(place, Place::Proof | Place::Manual);
    if inline::is_blank(&found.rest) {
        (found.strong || proof).then(|| here.clone())
    } else {
        (proof && introduces(&found.rest)).then(|| Context::of(place).said(found.span))
    }
}

/// Whether a label of which nothing is known begins something else: `**Colours**`.
pub(super) fn opens_other(found: &Labelled<'_>) -> bool {
    found.strong && found.place().is_none() && !found.says_needs() && inline::is_blank(&found.rest)
}

pub(super) fn known_label(label: &str) -> bool {
    vocab::place(label).is_some()
}

/// The column of a table that holds what is to be run; a column that says so by itself is better than one that only may.
pub(super) fn command_column(table: &Table) -> Option<usize> {
    const SURE: &[&str] = &[
        "command", "commands", "how to verify", "verification command", "test command", "run", "how to check",
        "how to test",
    ];
    const PERHAPS: &[&str] = &["verification", "verify", "how", "validation", "test", "check"];
    let names: Vec<String> = table.head.iter().map(|cell| vocab::normalise(&cell.text.to_plain())).collect();
    let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    find(SURE).or_else(|| find(PERHAPS))
}

/// Whether a block begins with an `Expected:`.
pub(super) fn expects(block: &Block) -> bool {
    let Block::Paragraph(paragraph) = block else { return false };
    inline::label(&paragraph.text.inlines).is_some_and(|found| vocab::expects(&found.label))
}

/// The column of a table that says what its commands should show.
pub(super) fn expected_column(table: &Table) -> Option<usize> {
    table.head.iter().position(|cell| vocab::expects(&cell.text.to_plain()))
}
