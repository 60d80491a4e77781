//! Sentences before a block: those that say it is none to be run as a check, for it is an output, a file to write, or what
//! to do in a case that should not come; and what others expect of it.
//!
//! Must not know where the block stands.

use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Text};
use crate::plan::Kind;
use crate::text::{Lexicon, Phrases, ends_with, last_sentence, starts_with, starts_with_any};

use super::block;
use super::cues::has_code;
use super::expect;
use super::inline;
use super::model::ReadCheck;
use super::vocab;

/// The text that a block is, if it is one.
pub(super) fn of<'b, 's>(block: &'b Block<'s>) -> Option<&'b Text<'s>> {
    match block {
        Block::Paragraph(paragraph) => Some(&paragraph.text),
        _ => None,
    }
}

/// Whether a text is the name of a half of a test-driven cycle, and whether it is the one in which the test fails: `RED:`.
pub(super) fn half_of_cycle(text: &Text) -> Option<bool> {
    let words = inline::prose(&text.inlines);
    if words.len() > 24 {
        return None;
    }
    match vocab::normalise(&words).as_str() {
        "red" | "red phase" | "red step" => Some(true),
        "green" | "green phase" | "green step" => Some(false),
        _ => None,
    }
}

/// Whether a line of an item says of the block below the item that it is something else than commands of proof.
pub(super) fn item_aside(line: &[Inline<'_>], blocks: &[Block<'_>]) -> bool {
    let shell = |block: &Block| matches!(block, Block::Fence(fence) if block::is_shell(fence));
    blocks.iter().any(|block| matches!(block, Block::Fence(_) | Block::Indented(_)))
        && aside(line, blocks.iter().any(shell), true)
}

/// Whether a text before a block says that the block is something else than commands of proof. `asked` says that all
/// that stands there is asked for as proof.
pub(super) fn turn_aside(text: &Text, next: &Block, asked: bool) -> bool {
    let shell = matches!(next, Block::Fence(fence) if block::is_shell(fence));
    inline::lines(text).last().is_some_and(|line| aside(line, shell, asked))
}

/// `Then write `DONE.md` with:`: what is listed behind it is to stand in a file.
pub(super) fn tells_content(text: &Text) -> bool {
    const CONTENT: &[&str] =
        &[" with:", " containing:", " that contains:", " that includes:", " including:", " mit:", " avec :", " con:"];
    let Some(line) = inline::lines(text).last() else { return false };
    let words = inline::prose(line);
    let last = last_sentence(words.trim());
    CONTENT.iter().any(|end| last.ends_with(end)) && writes(last) && has_code(line)
}

/// `Add `.ci/build.yml` running, on each push:`: what is listed below an item is to stand in a file.
pub(super) fn item_tells_content(line: &[Inline<'_>], blocks: &[Block<'_>]) -> bool {
    static CONTENT: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            " with:", " containing:", " including:", " running", " that runs", " which runs", " that run",
            " that calls", " that executes", " executing",
        ])
    });
    let words = inline::prose(line);
    let file = |piece: &&Inline<'_>| {
        piece.kind == InlineKind::Code && !piece.text.contains(' ') && piece.text.contains(['/', '.'])
    };
    blocks.iter().any(|block| matches!(block, Block::List(_)))
        && words.trim_end().ends_with([':', '：'])
        && CONTENT.any_in(&words)
        && writes(words.trim_start())
        && line.iter().find(|piece| piece.kind == InlineKind::Code).as_ref().is_some_and(file)
}

/// Whether a text before a block of a procedure leads to what is only read before the work begins: `From the root, look
/// at the module first:`.
pub(super) fn looks_around(text: &Text) -> bool {
    static LOOKING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let verbs = [
            "inspect", "explore", "read", "review", "survey", "skim", "study", "locate", "examine", "familiarise",
            "familiarize", "orient", "look", "lies", "lire", "lis", "lee", "leia", "przeczytaj",
        ];
        Lexicon::new(verbs.map(|verb| (verb, ())))
    });
    let Some(line) = inline::lines(text).last() else { return false };
    let words = inline::prose(line);
    let words = words.trim();
    let last = last_sentence(words);
    last.ends_with([':', '：'])
        && last.split(", ").any(|part| first_verb(part).is_some_and(|(verb, _)| LOOKING.has(verb)))
}

/// `Run on the VM after deployment:` before a block: what it holds belongs on another machine.
pub(super) fn is_elsewhere(text: &Text) -> bool {
    inline::lines(text).last().is_some_and(|line| vocab::names_other_machine(&inline::prose(line)))
}

/// `This should find nothing:` before a block with searches.
pub(super) fn expect(text: &Text, checks: &mut [ReadCheck]) {
    let Some(line) = inline::lines(text).last() else { return };
    let words = inline::prose(line);
    if !words.trim_end().ends_with([':', '：']) {
        return;
    }
    for check in checks.iter_mut().filter(|check| check.kind == Kind::Command && check.expect.is_none()) {
        check.expect = check.command.as_deref().and_then(|command| expect::read_before(command, &words));
    }
}

/// Whether a line before a block says so. `shell` says that the block is tagged as commands.
fn aside(line: &[Inline<'_>], shell: bool, asked: bool) -> bool {
    static GOES_ON: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            " and run", "then run", " and verify", " and check", " and test", " and confirm", " and execute",
        ])
    });
    let words = inline::prose(line);
    let words = words.trim();
    let last = last_sentence(words);
    let last = last.trim_start_matches(|next: char| !next.is_alphanumeric());
    if shows(last, shell) || tells_of_past(last) {
        return true;
    }
    last.ends_with([':', '：'])
        && !GOES_ON.any_in(last)
        && (is_for_a_case(last) || undoes(last, asked) || writes(last) && (names_file(last) || has_code(line)))
}

/// `You should see:`, `Sample output:`. Other words may lead to the commands that print something.
fn shows(words: &str, shell: bool) -> bool {
    static SEEN: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "you should see", "you will see", "you'll see", "you should get", "should look like",
            "should look something", "looks like this", "look like this", "sample output", "example output",
            "the output is", "the output looks", "output should be", "du solltest sehen", "sie sollten sehen",
            "vous devriez voir", "deberías ver", "você deve ver", "powinieneś zobaczyć",
        ])
    });
    static PRINTED: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "this prints", "it prints", "which prints", "this should print", "it should print", "which should print",
            "this outputs", "it outputs", "it should output", "this should output", "which yields", "this yields",
            "file then contains", "file should contain", "file contains", "response should be", "response is",
        ])
    });
    static NAMES: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let names = [
            "output", "outputs", "console output", "terminal output", "result", "results", "response", "response body",
            "prints", "yields", "returns", "shows", "ausgabe", "sortie", "salida", "saída", "wynik",
        ];
        Lexicon::new(names.into_iter().map(|name| (name, ())))
    });
    SEEN.any_in(words) || NAMES.has(&vocab::normalise(words)) || !shell && PRINTED.any_in(words)
}

/// `The first build was:`, `We ran:`: what follows was run once and is not asked for.
fn tells_of_past(words: &str) -> bool {
    let words = words.trim_end_matches(['*', '_']);
    [" was:", " were:", " ran:", " used was:", "was run:", "were run:", "was executed:", "était :", "wurde:", " war:"]
        .iter()
        .any(|end| ends_with(words, end))
}

/// `Create `x.sh` with:`: what follows is written and not run, if a file is named.
fn writes(words: &str) -> bool {
    static WRITING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let verbs = [
            "create", "add", "write", "save", "put", "edit", "paste", "append", "insert", "replace", "erstelle",
            "schreibe", "créer", "crée", "écrire", "crea", "crear", "escribe", "crie", "criar", "utwórz", "dodaj",
        ];
        Lexicon::new(verbs.into_iter().map(|verb| (verb, ())))
    });
    first_verb(words).is_some_and(|(verb, _)| WRITING.has(verb))
}

fn names_file(words: &str) -> bool {
    static FILES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[" file", " script", " fixture", " snippet", " line", " the following", "datei", "fichier"])
    });
    FILES.any_in(words)
}

/// `To undo it, run:`; in the middle of work also `Then generate the docs:`.
fn undoes(words: &str, asked: bool) -> bool {
    let Some((verb, next)) = first_verb(words) else { return false };
    let is = |words: &[&str]| words.iter().any(|word| verb.eq_ignore_ascii_case(word));
    is(&["undo", "revert", "rollback"])
        || is(&["roll"]) && next == Some("back")
        || is(&["clean"]) && next == Some("up")
        || !asked && is(&["generate", "install", "deploy", "publish", "commit", "push", "remove", "delete", "update"])
}

/// The first word of a sentence behind those that only lead to it, and the one behind it.
fn first_verb(words: &str) -> Option<(&str, Option<&str>)> {
    let mut words = words.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.find(|word| !LEADS.iter().any(|lead| word.eq_ignore_ascii_case(lead)))?;
    Some((first, words.next()))
}

/// What may stand before the verb of such a sentence.
const LEADS: &[&str] =
    &["then", "now", "next", "first", "finally", "afterwards", "to", "please", "and", "also", "danach", "dann"];

/// `If it fails, look at the log:`, `For example:`.
fn is_for_a_case(words: &str) -> bool {
    static FAILURES: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(&["fail", "error", "missing", "not installed", "wrong", "breaks", "stuck"]));
    (starts_with(words, "if ") || starts_with(words, "when ") || starts_with(words, "wenn ")) && FAILURES.any_in(words)
        || starts_with_any(words, &["on failure", "for example", "for instance", "e.g.", "zum beispiel", "par exemple"])
        || matches!(vocab::normalise(words).as_str(), "example" | "examples" | "beispiel" | "exemple" | "ejemplo")
}
