//! Words in running text: those that ask to run a command or only talk of one, words of success and of failure.

use std::sync::LazyLock;

use super::failures::{counts_failures, sees_failure};
use super::verbs::{succeeds, verb};
use crate::text::{Lexicon, Phrases, Starts, ends_with, starts_with, starts_with_any};

/// Whether a step's title asks to see a test fail: `Run test to verify it fails`.
#[must_use]
pub fn red_label(name: &str) -> bool {
    static RUNS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(RED_VERBS));
    RUNS.any_in(name) && fails(name)
}

/// Verbs of the title of a step in which a failure is to be seen.
pub(super) const RED_VERBS: &[&str] = &[
    "run ", "verify", "confirm", "check", "watch", "see ", "execute", "ausführen", "führe", "prüf", "bestätig",
    "sicherstellen", "exécut", "vérifi", "lancer", "lance ", "confirmer", "constater", "ejecut", "verific", "comprob",
    "confirm", "correr", "executar", "execute", "rodar", "rode ", "uruchom", "sprawd", "zweryfikuj", "potwierd",
    "実行", "確認", "検証", "运行", "執行", "执行", "验证", "驗證", "确认", "실행", "확인", "검증", "esegui",
    "verifica", "uitvoeren", "draai", "controleer", "bevestig", "запусти", "провер", "убеди", "переконай", "перевір",
    "çalıştır", "doğrula",
];

/// Words that speak of failing but expect none.
static NO_FAILURE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "should not fail", "must not fail", "without fail", "0 failed", "no fail", "not fail", "zero fail", "fails if",
        "fail if", "if it fails", "if tests fail", "if any", "件失敗", "件のみ失敗", "件が失敗", "个失败", "项失败",
        "개 실패", "nicht fehlschl", "kein fehlschl", "keine fehlschl", "ohne fehlschl", ", falls ", "n'échoue",
        "ne doit pas échouer", "n’échoue", "sans échec", "aucun échec", "wenn ", "lorsque ", "quand ", "cuando ",
        "quando ", "gdy ", "jeśli ", "если ", "якщо ", "eğer ", "失敗ケース", "失敗系", "失敗テスト", "失敗処理",
        "失败用例", "失败场景", "失败重试", "失败处理", "실패 케이스", "실패 처리", "0 başarısız", "başarısız olursa",
        "si falla", "no falla", "no debe fallar", "sin fallos", "sin fallas", "ninguna falla", "não falha",
        "não deve falhar", "se falhar", "sem falha", "nenhuma falha", "sem falhas", "失敗しない", "失敗なし",
        "失敗がない", "失敗した場合", "失敗時", "失敗数", "没有失败", "无失败", "不失败", "失败时", "失败则",
        "如果失败", "失败数", "零失败", "沒有失敗", "無失敗", "失敗時", "실패하지", "실패 없", "실패 시", "실패하면",
        "실패가 없", "не падает", "не падают", "если не проходит", "başarısız olmamalı",
    ])
});

/// Words that expect a failure.
pub(super) const FAILURES: &[&str] = &[
    "fails because",
    "fail because",
    "failing because",
    "fails with",
    "fails due",
    "expect failure",
    "expect failures",
    "expect fail",
    "expect a failure",
    "expect import failure",
    "expect an import failure",
    "expect import error",
    "expect an import error",
    "expect compile failure",
    "expect compile error",
    "expect a compile error",
    "expect assertion failure",
    "expect to fail",
    "expected to fail",
    "expected failure",
    "expected: fail",
    "should fail",
    "must fail",
    "will fail",
    "it fails",
    "it fail",
    "them fail",
    "they fail",
    "to fail",
    "tests fail",
    "test fails",
    "verify red",
    "expect red",
    "confirm red",
    "expected fail",
    "erwartet: fehl",
    "fehlschlag",
    "fehlschlagen",
    "fehlschlägt",
    "schlägt fehl",
    "schlagen fehl",
    "scheitert",
    "erwartet: rot",
    "doit échouer",
    "doivent échouer",
    "échoue",
    "échouent",
    "échouer",
    "échec attendu",
    "debe fallar",
    "deben fallar",
    "falla",
    "fallan",
    "fallo esperado",
    "que falle",
    "que fallen",
    "deve falhar",
    "devem falhar",
    "falha",
    "falham",
    "falhe",
    "falhem",
    "falha esperada",
    "nie przechodzi",
    "nie przechodzą",
    "nie powiedzie się",
    "kończy się błędem",
    "kończy się niepowodzeniem",
    "oczekiwany błąd",
    "oczekiwane niepowodzenie",
    "deve fallire",
    "devono fallire",
    "fallisce",
    "falliscono",
    "moet falen",
    "faalt",
    "falen",
    "mislukt",
    "должен упасть",
    "должна упасть",
    "должно упасть",
    "должны упасть",
    "тест падает",
    "тесты падают",
    "должен падать",
    "провал",
    "не проходит",
    "не проходят",
    "завершается с ошибкой",
    "має впасти",
    "тест падає",
    "не проходить",
    "başarısız",
    "失敗",
    "失败",
    "실패",
    "(fails)",
    "fails before",
    "fails until",
    "fails as expected",
];

static FAILURE: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(FAILURES));

/// Whether words say that a failure is expected.
#[must_use]
pub fn fails(words: &str) -> bool {
    // `0 tests failed` names no failure, so a phrase must end where a word ends.
    let named = FAILURE.find(words, |phrase, _, end| {
        !phrase.is_ascii() || !words.as_bytes().get(end).is_some_and(u8::is_ascii_alphabetic)
    });
    let expected = named || counts_failures(words) || sees_failure(words);
    expected && !NO_FAILURE.any_in(words) && !passes_in_the_end(words)
}

/// `fails before the change and passes after it`: what is to be seen once the work is done is that it passes.
#[must_use]
pub fn passes_in_the_end(words: &str) -> bool {
    static ENDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "passes after", "pass after", "passes once", "pass once", "passes with the change", "passes with the fix",
            "pass with the change", "pass with the fix", "passes now", "danach grün", "danach besteh", "passe après",
            "passent après", "pasa después", "pasan después", "passa depois", "passam depois",
        ])
    });
    static BEFORE: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&["before", "without", "at first", "vorher", "zuerst", "avant", "antes", "primero", "primeiro"])
    });
    ENDS.find(words, |_, start, _| BEFORE.any_in(&words[..start]))
}

/// Whether an arrow leads from a command to a failure: `` `make test` → fails (nothing there yet)``.
#[must_use]
pub fn leads_to_failure(after: &str) -> bool {
    let ends = ["→", "->", "=>"].iter().filter_map(|arrow| after.find(arrow).map(|at| at + arrow.len())).min();
    ends.is_some_and(|end| expects_failure(&after[end..]))
}

/// Whether an expectation's own words begin by naming a failure: `FAIL — undefined`, `ImportError or AttributeError`.
#[must_use]
pub fn expects_failure(words: &str) -> bool {
    let text = words.trim().trim_start_matches(['*', '_', '`', '"', '❌', '✗', ' ']);
    let first = text.split(|next: char| !(next.is_alphanumeric() || next == '_')).next().unwrap_or("");
    let lower = first.to_lowercase();
    if matches!(
        lower.as_str(),
        "fail"
            | "fails"
            | "failure"
            | "failing"
            | "failed"
            | "red"
            | "error"
            | "errors"
            | "fehler"
            | "échec"
            | "echec"
            | "erreur"
            | "fallo"
            | "falla"
            | "falha"
            | "błąd"
            | "fallimento"
            | "ошибка"
    ) {
        static NONE: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["0 fail"]));
        return !NONE.any_in(text);
    }
    let error_name = first.len() > 5
        && (first.ends_with("Error") || first.ends_with("Exception"))
        && first.starts_with(|next: char| next.is_uppercase());
    error_name
        || matches!(lower.as_str(), "compilation" | "compile" | "build" | "test" | "tests") && fails_soon(text)
        || fails(text)
}

fn fails_soon(text: &str) -> bool {
    text.split_whitespace().take(3).any(|word| {
        let word = word.trim_matches(|next: char| !next.is_alphanumeric());
        ["error", "errors", "fail", "fails", "failure"].iter().any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// Words before a code span that ask to run it.
const ASKING: &[&str] = &[
    "run", "running", "execute", "executing", "rerun", "re-run", "invoke", "via", "with", "using", "by", "try", "call",
    "full", "start", "starting", "and", "then", "or", "also", "is", "verify", "confirm", "check", "command",
    "commands", "ensure", "both", "do", "type", "either", "plus", "&", "use", "führe", "mit", "und", "exécuter",
    "avec", "et", "ejecutar", "con", "y", "executar", "com", "e", "uruchom", "i", "przez", "运行", "执行", "実行",
    "실행", "mittels", "per", "via", "mediante", "usando", "através", "utilisant", "poprzez", "tramite", "met", "met",
    "befehl", "commande", "comando", "polecenie", "polecenia", "команда", "команду", "komut", "komutu", "命令",
    "コマンド", "명령", "oraz", "sowie", "puis", "luego", "então", "potem", "dann", "ou", "oder", "lub", "или", "и",
    "та", "ve", "с", "через", "passing", "clean", "green", "successful", "pełne", "pełny", "pełna", "całe", "cały",
    "kompletne", "vollständige", "vollständigen", "vollständiger", "komplette", "kompletten", "complet", "complète",
    "completo", "completa", "completos", "completas", "volledige", "полный", "полную", "повний",
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
    if trimmed.ends_with([':', '：', '→', '>', '—', '–', '-', '.', ';', '；', '(', '（', '✓', '✅', '⇒', '☐', '|', ']'])
    {
        let inner = trimmed.trim_end_matches(['(', '（']).trim_end();
        return !(inner.ends_with("e.g.")
            || inner.ends_with("i.e.")
            || trimmed.ends_with("e.g.")
            || trimmed.ends_with("i.e."));
    }
    if trimmed.ends_with('+') || only_signs(trimmed) || continues && ADDING_WORDS.has(trimmed) {
        return true;
    }
    // `... + ルートの `b``: what is joined to a command by a sign is one more of them.
    if continues
        && !trimmed.is_ascii()
        && let Some((_, name)) = trimmed.rsplit_once(['+', '＋', '、', '，', '→'])
        && (1..=8).contains(&name.trim().chars().count())
        && !name.contains(['で', '不'])
        && !name.trim().contains(char::is_whitespace)
    {
        return true;
    }
    // `ルートの `b``: whose command it is.
    if trimmed.ends_with('の') && trimmed.chars().count() <= 8 && !trimmed.contains(char::is_whitespace) {
        return true;
    }
    if trimmed.ends_with([',', '/', '&', '、']) {
        let head = trimmed.trim_end_matches([',', ' ']);
        return (continues || trimmed.ends_with(',')) && !(head.ends_with("e.g.") || head.ends_with("i.e."));
    }
    let last = last_word(trimmed).trim_matches(|next: char| !next.is_alphanumeric() && next != '&' && next != '-');
    if TALKING_WORDS.has(last) {
        // `output of`, `run the`: what is asked for still is to run it.
        let is = |word: &str, wanted: &[&str]| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted));
        let before = trimmed.split_whitespace().rev().nth(1).unwrap_or("");
        return is(last, &["the", "a", "existing"]) && is(before, &["run", "execute", "running"])
            || is(last, &["of"])
                && (ends_with(trimmed, "output of")
                    || names_run(trimmed)
                    || is(trimmed, &["all of", "each of", "both of"]))
            || is(last, &["in", "from"]) && starts_with_any(trimmed, &["no ", "zero ", "0 "])
            || is(last, &["in"]) && is(before, &["appear", "appears", "listed", "shown"]);
    }
    // `a` and a final `b`: the words between say which run of it is meant.
    if continues && !TALKING_WORDS.has(last) && !JOINING_WORDS.has(last) {
        let mut words = trimmed.split_whitespace();
        if words.next().is_some_and(|first| JOINING_WORDS.has(first))
            && words.all(|word| word.split('-').all(|part| RUN_WORDS.has(part)))
        {
            return true;
        }
    }
    // `` `a` to see that it turns, then `b` ``: the same verb goes on behind what the first one is for.
    if continues && then_goes_on(trimmed) {
        return true;
    }
    // `... passes all unit tests and`: what follows is part of the sentence unless commands stand in a row.
    if JOINING_WORDS.has(last) {
        let words = trimmed.split_whitespace().count();
        return continues && words <= 4 || words == 1;
    }
    (ASKING_WORDS.has(last) || verb(last).is_some()) && !only_told(trimmed)
}

/// Whether words between two commands say what the first one is for, and that the other follows: `to prove it, then`.
fn then_goes_on(between: &str) -> bool {
    static PURPOSES: Starts = Starts::new(&["to ", "in order to ", "for ", "um ", "pour ", "para ", "aby "]);
    let ends = [", then", "; then", ", and then", ", dann", ", puis", ", luego", ", então", ", potem"];
    PURPOSES.begin(between) && !between.contains(". ") && ends.iter().any(|end| between.ends_with(end))
}

/// Pictures, quotes and numbering before a command: `🔧`, `1)`.
fn only_signs(before: &str) -> bool {
    let sign = |next: char| {
        next.is_whitespace()
            || matches!(next, '"' | '\'' | ')' | '*')
            || !next.is_ascii()
                && !next.is_alphanumeric()
                && !matches!(next, '❌' | '✗' | '✘' | '🚫' | '⛔' | '≠' | '¬')
    };
    before.chars().all(sign)
}

/// Words between two commands that add the second to the first.
const ADDING: &[&str] = &[
    "as well as", "along with", "together with", "in addition to", "sowie", "ainsi que", "así como", "assim como",
    "além de", "oraz", "a także", "と", "および", "及び", "和", "以及", "与", "와", "과", "및", "그리고",
];

static ADDING_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| words(ADDING));

/// Whether a clause is nothing but `a full run of`, which asks for one.
fn names_run(words: &str) -> bool {
    let clause = words.rsplit(['.', ':', ';', '—', '–']).next().unwrap_or(words);
    let mut back = clause.split_whitespace().rev().skip(1);
    back.next().is_some_and(|noun| noun.eq_ignore_ascii_case("run") || noun.eq_ignore_ascii_case("re-run"))
        && back.all(|word| RUN_WORDS.has(word))
}

/// Words before `run of` that say what run it should be.
static RUN_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    words(&[
        "a", "an", "the", "one", "two", "final", "last", "full", "complete", "clean", "fresh", "whole", "entire",
        "more", "another", "second", "first", "single", "quick", "green", "successful", "passing", "local", "repeated",
        "and", "documented", "focused", "related", "matching", "corresponding", "guard", "gate", "suite", "smoke",
        "unit", "integration", "e2e", "regression", "lint", "type", "main", "spec",
    ])
});

/// Words before a verb that take its asking away: `do not use`, `how to run`, `the same as with`.
const DENYING: &[&str] = &[
    "not", "never", "don't", "don’t", "doesn't", "doesn’t", "cannot", "can't", "can’t", "won't", "won’t", "longer",
    "as", "than", "nicht", "jamais", "pas", "nunca",
];

/// Verbs that ask only where a sentence or clause begins with them; elsewhere somebody else does it.
const IMPERATIVES: &[&str] = &["use", "try", "call", "type", "start"];

/// Whether words that end in an asking verb only tell of what is run: `do not use`, `explains how to run`, `says to try`.
fn only_told(words: &str) -> bool {
    let mut back = words.split_whitespace().rev();
    let last = back.next().unwrap_or("");
    let Some(before) = back.next() else { return false };
    // `Note: use`, `..., then use`: the verb begins anew.
    if before.ends_with(|next: char| !next.is_alphanumeric()) {
        return false;
    }
    let is = |word: &str, all: &[&str]| all.iter().any(|other| other.eq_ignore_ascii_case(word));
    let before = before.trim_start_matches(|next: char| !next.is_alphanumeric());
    if is(before, DENYING) {
        return true;
    }
    let before_that = back.next().unwrap_or("");
    if before.eq_ignore_ascii_case("to") {
        let told = ["how", "says", "said", "tells", "told", "used", "need", "asks", "suggests", "advises", "hint"];
        return is(before_that, &told) || is(last, &["use", "try", "call"]);
    }
    // `Update the snapshots with`: the command is the means of a change.
    if is(last, &["with", "using", "via"])
        && starts_with_any(words, &["update ", "refresh ", "accept ", "reset ", "seed "])
    {
        return true;
    }
    is(last, IMPERATIVES) && !is(before, JOINING) && !is(before, &["please", "instead", "just", "now", "simply"])
}

fn last_word(text: &str) -> &str {
    text.trim_end().rsplit(char::is_whitespace).next().unwrap_or("")
}

static ASKING_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| words(ASKING));
static TALKING_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| words(TALKING));
static JOINING_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| words(JOINING));
static SUCCESS_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| words(SUCCESS));

/// A list of words to look words up in.
fn words(list: &[&'static str]) -> Lexicon<()> {
    Lexicon::new(list.iter().map(|word| (*word, ())))
}

/// Words that join commands in a row.
const JOINING: &[&str] = &[
    "and", "then", "or", "also", "both", "plus", "&", "und", "et", "y", "e", "i", "oraz", "sowie", "puis", "luego",
    "então", "potem", "dann", "ou", "oder", "lub", "или", "и", "та", "ve", "o", "en",
];

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
    "sucesso", "oczekiwane", "sukces", "ohne", "fehler", "sans", "erreur", "erreurs", "sin", "errores", "sem", "erros",
    "bez", "błędu", "błędów", "bestehen", "besteht", "laufen", "läuft", "durch", "sind", "ist", "alle", "tous",
    "toutes", "les", "passent", "passe", "est", "sont", "todas", "todos", "las", "los", "pruebas", "pasan", "pasa",
    "exitosas", "os", "as", "testes", "passam", "passa", "passando", "wszystkie", "testy", "przechodzą", "przechodzi",
    "jest", "są", "zielone", "verts", "verdes", "tutti", "passano", "tests", "slagen", "groen", "все", "тесты",
    "проходят", "проходит", "без", "ошибок", "усі", "тести", "проходять", "tüm", "testler", "geçer", "başarılı",
    "hatasız", "全部", "通过", "成功", "全部通过", "すべて成功", "通る", "通ること", "통과", "성공",
];

/// Whether words add no criterion of their own to a command beside them.
#[must_use]
pub fn only_success(words: &str) -> bool {
    words
        .split(|next: char| !(next.is_alphanumeric() || next == '\''))
        .filter(|word| !word.is_empty())
        .all(|word| SUCCESS_WORDS.has(word))
}

/// Whether an item is marked as one for a person.
#[must_use]
pub fn is_manual(words: &str) -> bool {
    static MARKS: Starts = Starts::new(&[
        "manual", "(manual", "visually", "visual check", "visual inspection", "visual review", "visual confirmation",
        "visual verification", "sichtprüfung", "inspection visuelle", "inspección visual", "inspeção visual", "目视",
        "目检", "目测", "eyeball", "by hand", "human", "manuel", "ręczn", "von hand", "händisch", "à la main",
        "a mano", "à mão", "handmatig", "вручн", "ручн", "手動", "手动", "手工", "人工", "目視", "수동", "육안",
    ]);
    MARKS.begin(words.trim())
}

/// Whether a comment or a lead-in says that a person must be there: `manual`, `in another terminal`.
#[must_use]
pub fn needs_person(comment: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "(manual", "another terminal", "second terminal", "separate terminal", "new terminal", "other terminal",
            "different terminal", "ctrl+c", "ctrl-c", "in browser", "in the browser", "- manual", "wait ",
            "server running, ", "app running, ", "gateway running, ", "service running, ", "is running, ", "démarré, ",
            "démarrée, ", "gestartet, ", "iniciado, ", "iniciada, ", "avviato, ", "uruchomiony, ", "after deploying",
            "after deployment", "once deployed", "in production", "on staging", "start server", "start the server",
            "start the app", "with the server running", "while the server", "anderen terminal", "zweiten terminal",
            "neuen terminal", "im browser", "autre terminal", "second terminal", "dans le navigateur", "otra terminal",
            "otro terminal", "en el navegador", "outro terminal", "no navegador", "drugim terminalu",
            "innym terminalu", "w przeglądarce", "別のターミナル", "別ターミナル", "ブラウザで", "ブラウザーで",
            "另一个终端", "新终端", "在浏览器", "另一個終端", "在瀏覽器", "다른 터미널", "새 터미널", "브라우저에서",
            "altro terminale", "nel browser", "andere terminal", "in de browser", "другом терминале", "в браузере",
            "іншому терміналі", "у браузері", "başka bir terminal", "tarayıcıda",
        ])
    });
    // `Ask the harbour master to run`
    let errand = || starts_with(comment, "ask ") && comment.contains(" to ");
    starts_with_any(comment, &["manual", "have someone ", "have somebody "]) || errand() || SIGNS.any_in(comment)
}

/// Whether a sentence before commands says that they run on another machine, or once something is deployed there.
#[must_use]
pub fn names_other_machine(words: &str) -> bool {
    static MACHINES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "on the vm", "on the vps", "on the droplet", "on the target machine", "on the remote", "after deployment",
            "after code deployment", "after deploying",
        ])
    });
    MACHINES.any_in(words)
}

/// Whether words behind a command let it pass only once somebody has given it access to something: `succeeds once the
/// token is configured`.
#[must_use]
pub fn waits_for_access(after: &str) -> bool {
    static WAITS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "once ", "as soon as ", "sobald ", "sofern ", "une fois ", "dès que ", "una vez ", "uma vez ", "gdy ",
            "как только ", "设置后", "配置后", "設定後", "설정 후", "설정되면",
        ])
    });
    static ACCESS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "secret", "token", "credential", "api key", "api-key", "access key", "password", "permission", "account",
            "certificate", "licence", "license", "zugangsdaten", "schlüssel", "jeton", "identifiants", "credencial",
            "секрет", "токен", "密钥", "令牌", "凭证", "シークレット", "トークン", "시크릿", "토큰",
        ])
    });
    WAITS.any_in(after) && ACCESS.any_in(after)
}

/// Whether a command between a noun and a result is asked for: `Production build `npm run build` succeeds`.
#[must_use]
pub fn is_asked_by_result(before: &str, after: &str) -> bool {
    static RESULTS: Starts = Starts::new(&[
        "succeeds", "passes", "green", "exits 0", "is green", "is clean", "runs clean", "ausführen", "runs without",
        "fails before", "fails until", "fails as expected", "fails with",
    ]);
    let last = last_word(before);
    let plain = last.trim_matches(|next: char| !next.is_alphanumeric());
    // `The existing `make test` still passes`: these only say which one.
    let which = ["the", "existing"].iter().any(|word| plain.eq_ignore_ascii_case(word));
    let talks = TALKING_WORDS.has(plain) && !which;
    let talks = talks || JOINING_WORDS.has(last);
    // `Done when `make test` passes`: the case that it speaks of is the one to show.
    let met = last.eq_ignore_ascii_case("when") && MET_WHEN.iter().any(|end| ends_with(before.trim_end(), end));
    (met || !talks) && (RESULTS.begin(after.trim_start()) || succeeds(after))
}

/// Words by which work is held to be done once a command passes.
const MET_WHEN: &[&str] =
    &["met when", "done when", "complete when", "completed when", "accepted when", "satisfied when", "finished when"];

/// Whether words end by joining what follows to what stands before: `... and`, `..., plus`.
#[must_use]
pub fn ends_in_joint(before: &str) -> bool {
    let last = last_word(before);
    ["and", "plus", "und", "et", "y", "e", "i", "和"].iter().any(|joint| last.eq_ignore_ascii_case(joint))
}
