//! Verbs that ask for a check, and words by which a command is said to end well, in every language.

use std::sync::LazyLock;

use crate::text::{Lexicon, Starts};

/// What the verb at the start of a sentence asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// To run something.
    Run,
    /// To judge something: `verify`.
    Judge,
    /// To see to it, which may be work as well: `ensure`. It asks for a check only beside a command and its result.
    See,
}

/// Verbs of one word.
const VERBS: &[(Verb, &[&str])] = &[
    (
        Verb::Run,
        &[
            "run", "rerun", "re-run", "execute", "invoke", // German
            "führe", "ausführen", "starte", // French
            "exécuter", "exécute", "exécutez", "lancer", "lance", "lancez", // Spanish
            "ejecutar", "ejecuta", "ejecute", "correr", "corre", // Portuguese
            "executar", "executa", "rodar", "rode", "roda", // Polish
            "uruchom", "uruchomić", "uruchomienie", "wykonaj", // Italian
            "esegui", "eseguire", "eseguite", // Dutch
            "draai", "uitvoeren", // Russian
            "запустить", "запусти", "запустите", "выполнить", "выполни", // Ukrainian, Turkish
            "запустити", "виконати", "виконай", "çalıştır", "çalıştırın",
        ],
    ),
    (
        Verb::Judge,
        &[
            "verify", "validate", "confirm", "double-check", "re-verify", "recheck", // German
            "überprüfe", "überprüfen", "prüfe", "prüfen", "verifiziere", "verifizieren", "bestätige", "bestätigen",
            // French
            "vérifier", "vérifie", "vérifiez", "valider", "confirmer", "confirmez", // Spanish
            "verificar", "verifica", "verifique", "comprobar", "comprueba", "compruebe", "confirmar", "validar",
            // Portuguese
            "confirme", "confirma", "valide", // Polish
            "zweryfikuj", "zweryfikować", "sprawdź", "sprawdzić", "potwierdź", // Italian
            "verificare", "verificate", "controlla", "controllare", // Dutch
            "controleer", "verifieer", "bevestig", // Russian
            "проверить", "проверь", "проверьте", "убедиться", "убедись", "убедитесь", // Ukrainian, Turkish
            "перевірити", "перевір", "перевірте", "переконатися", "переконайся", "переконайтеся", "doğrula",
            "doğrulayın",
        ],
    ),
    (
        Verb::See,
        &[
            "check", "ensure", "assert", "sicherstellen", "garantir", "garanta", "garantizar", "assicurati",
            "assicurarsi", "zorg",
        ],
    ),
];

/// Verbs of several words, and those of languages that set no blanks.
static PHRASES: [(Verb, Starts); 3] = [
    (Verb::Run, Starts::new(&["运行", "執行", "执行", "運行", "跑", "再跑", "再次运行", "重新运行", "実行"])),
    (
        Verb::Judge,
        Starts::new(&[
            "test that", "prove that ", "prove nothing ", "prove no ", "check that", "check if ", "check whether ",
            "double check", "验证", "驗證", "确认", "確認", "检查", "檢查", "检验", "検証", "核实", "核对", "확인",
            "검증",
        ]),
    ),
    (
        Verb::See,
        Starts::new(&[
            "make sure", "stelle sicher", "stell sicher", "stellen sie sicher", "s'assurer", "assure-toi",
            "assurez-vous", "asegurar", "asegúrate", "asegúrese", "certifique-se", "upewnij się", "确保", "確保",
            "保证",
        ]),
    ),
];

/// Verbs of checking that stand last.
const LAST: &[&str] = &[
    "確認する", "確認します", "確認した", "確認してください", "を確認", "確認", "検証する", "検証します", "を検証",
    "チェックする", "확인한다", "확인하기", "확인하세요", "확인합니다", "확인", "검증한다", "검증하기", "검증",
    "doğrula", "doğrulayın", "doğrulanır", "kontrol et", "kontrol edin", "sicherstellen", "überprüfen", "prüfen",
    "bestätigen",
];

static FIRST: LazyLock<Lexicon<Verb>> =
    LazyLock::new(|| Lexicon::new(VERBS.iter().flat_map(|(verb, words)| words.iter().map(|word| (*word, *verb)))));

/// The verb with which words begin, if it asks for a check.
#[must_use]
pub fn verb(words: &str) -> Option<Verb> {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    let end = words.find(|next: char| !(next.is_alphabetic() || next == '-')).unwrap_or(words.len());
    if end == 0 {
        return None;
    }
    let phrase = || PHRASES.iter().find(|(_, all)| all.begin(words)).map(|(verb, _)| *verb);
    match FIRST.get(&words[..end]) {
        // `Check that it turns` asks for more than `check` does by itself.
        Some(Verb::See) | None => phrase().or_else(|| FIRST.get(&words[..end])),
        first => first,
    }
}

/// Whether words end in a verb of checking, as they do in languages in which the verb stands last.
#[must_use]
pub fn ends_in_check(words: &str) -> bool {
    // Most words end in a letter or a sign with which none of the verbs does.
    if words
        .bytes()
        .next_back()
        .is_some_and(|last| last.is_ascii_alphanumeric() && !matches!(last, b'a' | b'n' | b'r' | b't'))
    {
        return false;
    }
    let words = without_bracket(words.trim()).trim_end_matches([' ', '.', '。', '．', '!', '！', ')', '）']);
    LAST.iter().any(|verb| words.ends_with(verb))
}

/// The words before a bracket at their end.
fn without_bracket(words: &str) -> &str {
    let open = words.strip_suffix([')', '）']).and_then(|inner| inner.rfind(['(', '（']));
    open.map_or(words, |at| words[..at].trim_end())
}

/// What words behind a command are when one asks whether they say that it ends well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// `passes`
    Succeeds,
    /// `is`, which only joins: `is green`.
    Joins,
    /// `green`
    Well,
    /// `still`, which says nothing.
    Filler,
}

const BEHIND: &[(Behind, &[&str])] = &[
    (
        Behind::Succeeds,
        &[
            "pass", "passes", "succeed", "succeeds", // German
            "besteht", "bestehen", "durchläuft", "gelingt", // French
            "passe", "passent", "réussit", "réussissent", // Spanish and Portuguese
            "pasa", "pasan", "pase", "pasen", "passa", "passam", "passem", // Polish
            "przechodzi", "przechodzą", // Italian and Dutch
            "passano", "passi", "slaagt", "slagen", // Turkish
            "geçer", "geçiyor", "geçtiğini", // Russian
            "проходит", "проходят", "прошёл", "прошли", "проходить", "проходять",
        ],
    ),
    (
        Behind::Joins,
        &[
            "is", "are", "stays", "stay", "remains", "remain", "runs", "run", "exits", "exit", "completes", "finishes",
            "comes", "returns", "must", "should", "be", "ist", "sind", "bleibt", "bleiben", "läuft", "laufen", "muss",
            "est", "sont", "reste", "doit", "está", "están", "estão", "termina", "jest", "są", "kończy", "è", "sono",
        ],
    ),
    (
        Behind::Well,
        &[
            "green", "clean", "cleanly", "ok", "successful", "successfully", "0", "zero", "warning-free", "error-free",
            "grün", "sauber", "erfolgreich", "fehlerfrei", "durch", "vert", "verte", "verts", "verde", "verdes",
            "limpio", "exitoso", "limpo", "zielony", "zielone", "zielona", "czysty", "czyste", "sukcesem", "groen",
            "pulito",
        ],
    ),
    (
        Behind::Filler,
        &[
            "still", "now", "all", "again", "also", "always", "both", "then", "tests", "test", "suite", "command",
            "back", "to", "with", "without", "weiterhin", "noch", "wieder", "alle", "toujours", "encore", "todavía",
            "sigue", "todos", "en", "ainda", "nadal", "wciąż", "się", "ancora", "by",
        ],
    ),
];

static WORDS_BEHIND: LazyLock<Lexicon<Behind>> =
    LazyLock::new(|| Lexicon::new(BEHIND.iter().flat_map(|(what, words)| words.iter().map(|word| (*word, *what)))));

/// Success in languages that set no blanks.
const SUCCESS: &[&str] = &[
    "通过", "通過", "全绿", "成功", "通る", "通り", "パスする", "パスし", "合格", "グリーン", "통과", "성공",
    "başarılı", "PASS する", "PASSする", "PASS になる", "PASSになる", "PASS 상태", "为 PASS", "为PASS",
];

/// The same denied.
const NO_SUCCESS: &[&str] = &[
    "不通过", "未通过", "没有通过", "不通過", "未通過", "不成功", "未成功", "通らな", "パスしない", "成功しない",
    "合格しない", "통과하지", "통과 못", "성공하지", "başarılı değil",
];

/// Whether the words right behind a command say that it ends well: `passes`, `still is green`, `が全て通る`.
#[must_use]
pub fn succeeds(after: &str) -> bool {
    let after = after.trim_start_matches([' ', ')', '）', '*']);
    let end = after.find([',', ';', '。', '，', '；', '(', '（', '\n', ':', '：']).unwrap_or(after.len());
    let clause = &after[..end];
    let has = |signs: &[&str]| signs.iter().any(|sign| clause.contains(sign));
    if !clause.is_ascii() && has(SUCCESS) {
        return !has(NO_SUCCESS);
    }
    // `grün ist`, `is green`; `green` only at the end, for `clean` may begin something else.
    let (mut joined, mut well) = (false, false);
    let words = clause.split(|next: char| !(next.is_alphanumeric() || next == '-')).filter(|word| !word.is_empty());
    for word in words.take(6) {
        match WORDS_BEHIND.get(word) {
            Some(Behind::Succeeds) => return true,
            Some(Behind::Well) => well = true,
            Some(Behind::Joins) => joined = true,
            Some(Behind::Filler) => {}
            None => return joined && well,
        }
    }
    well
}
