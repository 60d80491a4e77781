//! Words in running text: those that ask to run a command or only talk of one, words of success and of failure.

use super::verbs::{succeeds, verb};

/// Whether a step's title asks to see a test fail: `Run test to verify it fails`.
#[must_use]
pub fn red_label(name: &str) -> bool {
    let name = name.to_lowercase();
    let runs =
        ["run ", "verify", "confirm", "check", "watch", "see ", "execute"].iter().any(|word| name.contains(word));
    runs && fails(&name)
}

/// Whether words say that a failure is expected.
#[must_use]
pub fn fails(words: &str) -> bool {
    let lower = words.to_lowercase();
    if [
        "should not fail", "must not fail", "without fail", "0 failed", "no fail", "not fail", "zero fail", "fails if",
        "fail if", "if it fails", "件失敗", "件のみ失敗", "件が失敗", "个失败", "项失败", "개 실패", "if tests fail",
        "if any",
    ]
    .iter()
    .any(|not| lower.contains(not))
    {
        return false;
    }
    let phrases = [
        "fails because", "fail because", "failing because", "fails with", "fails due", "expect failure",
        "expect failures", "expect fail", "expect to fail", "expected to fail", "expected failure", "expected: fail",
        "should fail", "must fail", "will fail", "it fails", "it fail", "them fail", "they fail", "to fail",
        "tests fail", "test fails", "verify red", "expect red", "confirm red", "expected fail", "erwartet: fehl",
        "fehlschlag", "schlägt fehl", "doit échouer", "échoue", "debe fallar", "falla", "deve falhar",
        "nie przechodzi", "失敗", "失败", "실패",
    ];
    // `0 tests failed` names no failure, so a phrase must end where a word ends.
    phrases.iter().any(|phrase| {
        lower.match_indices(phrase).any(|(at, _)| {
            !lower[at + phrase.len()..].starts_with(|next: char| next.is_ascii_alphabetic()) || !phrase.is_ascii()
        })
    }) || lower.contains("(fails)")
}

/// Whether an expectation's own words begin by naming a failure: `FAIL — undefined`, `ImportError or AttributeError`.
#[must_use]
pub fn expects_failure(words: &str) -> bool {
    let text = words.trim().trim_start_matches(['*', '_', '`', '"', '❌', '✗', ' ']);
    let first: String = text.chars().take_while(|next| next.is_alphanumeric() || *next == '_').collect();
    let lower = first.to_lowercase();
    if matches!(lower.as_str(), "fail" | "fails" | "failure" | "failing" | "failed" | "red" | "error" | "errors") {
        return !text.to_lowercase().contains("0 fail");
    }
    let error_name = first.len() > 5
        && (first.ends_with("Error") || first.ends_with("Exception"))
        && first.starts_with(|next: char| next.is_uppercase());
    error_name
        || matches!(lower.as_str(), "compilation" | "compile" | "build" | "test" | "tests") && fails_soon(text)
        || fails(text)
}

fn fails_soon(text: &str) -> bool {
    let head: Vec<String> = text
        .split_whitespace()
        .take(3)
        .map(|word| word.trim_matches(|next: char| !next.is_alphanumeric()).to_lowercase())
        .collect();
    head.iter().any(|word| matches!(word.as_str(), "error" | "errors" | "fail" | "fails" | "failure"))
}

/// Words before a code span that ask to run it.
const ASKING: &[&str] = &[
    "run", "running", "execute", "executing", "rerun", "re-run", "invoke", "via", "with", "using", "by", "try", "call",
    "full", "start", "starting", "and", "then", "or", "also", "is", "verify", "confirm", "check", "command",
    "commands", "ensure", "both", "do", "type", "either", "plus", "&", "use", "führe", "mit", "und", "exécuter",
    "avec", "et", "ejecutar", "con", "y", "executar", "com", "e", "uruchom", "i", "przez", "运行", "执行", "実行",
    "실행",
];

/// Words that end what only talks of a command.
const TALKING: &[&str] = &[
    "contains", "contain", "containing", "uses", "used", "no", "not", "without", "instead", "of", "the", "a", "an",
    "e.g", "eg", "i.e", "ie", "like", "such", "existing", "replaces", "replace", "replaced", "mentions", "references",
    "reference", "documents", "describes", "named", "called", "blocks", "allows", "standard", "triggers", "add",
    "adds", "create", "creates", "update", "updates", "for", "in", "to", "from", "on", "when", "if",
];

/// Whether the words before a code span ask to run it. `continues` says that a command stands right before.
#[must_use]
pub fn asks(before: &str, continues: bool) -> bool {
    let trimmed = before.trim();
    if trimmed.is_empty() {
        return true;
    }
    if trimmed.ends_with([':', '：', '→', '>', '—', '–', '-', '.', ';', '(', '（', '✓', '✅', '⇒', '☐', '|', ']'])
    {
        let inner = trimmed.trim_end_matches(['(', '（']).trim_end();
        return !(inner.ends_with("e.g.")
            || inner.ends_with("i.e.")
            || trimmed.ends_with("e.g.")
            || trimmed.ends_with("i.e."));
    }
    if trimmed.ends_with('+') {
        return true;
    }
    if trimmed.ends_with([',', '/', '&', '、']) {
        let head = trimmed.trim_end_matches([',', ' ']);
        return (continues || trimmed.ends_with(',')) && !(head.ends_with("e.g.") || head.ends_with("i.e."));
    }
    let last = trimmed.rsplit(|next: char| next.is_whitespace()).next().unwrap_or("");
    let last = last.trim_matches(|next: char| !next.is_alphanumeric() && next != '&' && next != '-').to_lowercase();
    if TALKING.contains(&last.as_str()) {
        // `output of`, `run the`: what is asked for still is to run it.
        let words = trimmed.to_lowercase();
        return matches!(last.as_str(), "the" | "a" | "existing")
            && words.split_whitespace().rev().nth(1).is_some_and(|word| matches!(word, "run" | "execute" | "running"))
            || (last == "of" && words.ends_with("output of"));
    }
    // `... passes all unit tests and`: what follows is part of the sentence unless commands stand in a row.
    if JOINING.contains(&last.as_str()) {
        let words = trimmed.split_whitespace().count();
        return continues && words <= 3 || words == 1;
    }
    ASKING.contains(&last.as_str()) || verb(&last).is_some()
}

/// Words that join commands in a row.
const JOINING: &[&str] = &["and", "then", "or", "also", "both", "plus", "&", "und", "et", "y", "e", "i"];

/// Words that only repeat that a command ends well, or that merely frame it.
const SUCCESS: &[&str] = &[
    "pass", "passes", "passing", "passed", "succeeds", "succeed", "success", "successful", "successfully", "green",
    "clean", "cleanly", "ok", "exit", "exits", "0", "zero", "works", "work", "runs", "run", "all", "tests", "test",
    "no", "errors", "error", "failures", "failure", "regressions", "regression", "issues", "and", "with", "without",
    "the", "a", "is", "are", "still", "should", "must", "on", "in", "at", "repo", "root", "existing", "full", "suite",
    "builds", "build", "compiles", "compile", "completes", "complete", "returns", "code", "status", "confirm",
    "verify", "ensure", "check", "checks", "execute", "via", "using", "reliably", "consistently", "locally", "ci",
    "both", "new", "unit", "integration", "everything", "project", "lint", "linting", "types", "type", "fine", "it",
    "they", "that", "package", "workspace", "command", "commands", "again", "after", "first", "then", "also", "stay",
    "stays", "remain", "remains", "any", "finishes", "sanity", "compilation", "produces", "binary", "host", "install",
    "installs", "dependencies", "faster", "quickly", "to", "be", "validate", "for", "of", "each", "every", "file",
    "files", "exist", "exists", "format", "formatting", "gates", "quality", "fmt", "output", "expected", "expect",
    "erwartet", "alles", "erfolg", "erfolgreich", "grün", "attendu", "succès", "vert", "esperado", "éxito", "verde",
    "sucesso", "oczekiwane", "sukces", "通过", "成功", "全部通过", "すべて成功", "通る", "通ること", "통과", "성공",
];

/// Whether words add no criterion of their own to a command beside them.
#[must_use]
pub fn only_success(words: &str) -> bool {
    words
        .split(|next: char| !(next.is_alphanumeric() || next == '\''))
        .filter(|word| !word.is_empty())
        .all(|word| SUCCESS.contains(&word.to_lowercase().as_str()))
}

/// Whether an item is marked as one for a person.
#[must_use]
pub fn is_manual(words: &str) -> bool {
    let lower = words.trim().to_lowercase();
    [
        "manual", "manually", "(manual", "visually", "visual check", "eyeball", "by hand", "human", "manuell",
        "manuel", "ręcznie", "手動", "手动", "수동",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

/// Whether words say that something holds only before the work: a baseline.
#[must_use]
pub fn is_baseline(words: &str) -> bool {
    let lower = words.to_lowercase();
    ["baseline", "before the change", "before the work", "before this change", "current output"]
        .iter()
        .any(|sign| lower.contains(sign))
}

/// Whether words leave open whether a command is to be run at all, or where.
#[must_use]
pub fn is_hedged(words: &str) -> bool {
    let lower = words.to_lowercase();
    [
        "(if used", "if used)", "(if available", "if available)", "if applicable", "(optional)", "(deferred)",
        "if installed", "where available", "if possible",
    ]
    .iter()
    .any(|hedge| lower.contains(hedge))
}

/// Words behind a command that leave open what it is to be run on: `on touched files`.
#[must_use]
pub fn leaves_object_open(after: &str) -> bool {
    let lower = after.trim_start().to_lowercase();
    let Some(rest) = ["on ", "for ", "against ", "over "].iter().find_map(|word| lower.strip_prefix(word)) else {
        return false;
    };
    let rest = rest.strip_prefix("the ").or_else(|| rest.strip_prefix("all ")).unwrap_or(rest);
    ["touched", "changed", "affected", "modified", "relevant", "edited", "new files", "each changed"]
        .iter()
        .any(|word| rest.starts_with(word))
}

/// Whether a comment or a lead-in says that a person must be there: `manual`, `in another terminal`.
#[must_use]
pub fn needs_person(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    lower.starts_with("manual")
        || [
            "(manual", "another terminal", "second terminal", "separate terminal", "new terminal", "other terminal",
            "different terminal", "ctrl+c", "ctrl-c", "in browser", "in the browser", "- manual", "wait ",
            "after deploying", "after deployment", "once deployed", "in production", "on staging", "start server",
            "start the server", "start the app", "with the server running", "while the server",
        ]
        .iter()
        .any(|sign| lower.contains(sign))
}

/// Whether a command between a noun and a result is asked for: `Production build `npm run build` succeeds`.
#[must_use]
pub fn is_asked_by_result(before: &str, after: &str) -> bool {
    let lower = after.trim_start().to_lowercase();
    let result =
        ["succeeds", "passes", "green", "exits 0", "is green", "is clean", "runs clean", "ausführen", "runs without"];
    let last = before.trim().rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    let talks = TALKING.contains(&last.trim_matches(|next: char| !next.is_alphanumeric()));
    let talks = talks || JOINING.contains(&last.as_str());
    !talks && (result.iter().any(|verb| lower.starts_with(verb)) || succeeds(after))
}

/// Whether words end by joining what follows to what stands before: `... and`, `..., plus`.
#[must_use]
pub fn ends_in_joint(before: &str) -> bool {
    let last = before.trim().rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    matches!(last.as_str(), "and" | "plus" | "und" | "et" | "y" | "e" | "i" | "和")
}
