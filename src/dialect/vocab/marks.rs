//! Marks by which words say that something is for a person, wherever they stand in a label or a lead-in.

use std::sync::LazyLock;

use crate::text::{Lexicon, Phrases, Starts, starts_with};

/// Beginnings of words that say that a person does it: `manual`, `manually`, `ręczna`.
pub(super) const MANUALS: &[&str] = &[
    "manual", "by hand", "eyeball", "visually", "visual check", "visual inspection", "visual review",
    "human verification", "human review", "human check", "by a human", "by a person",
    // German, French, Spanish, Portuguese, Italian, Dutch
    "manuell", "von hand", "per hand", "händisch", "manuel", "à la main", "À la main", "a mano", "à mão", "À mão",
    "handmatig", "met de hand", // Polish, Russian, Ukrainian, Turkish
    "ręczn", "вручну", "Вручну", "ручн", "Ручн", "elle doğrula", "elle test", "elle kontrol",
    // Japanese, Chinese, Korean
    "手動", "手动", "手工", "人工", "目視", "수동", "육안",
];

static MANUAL: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(MANUALS));

/// What speaks of manuals or against them: `the user manual`, `no manual steps`, `automated and manual`.
static NOT_MANUAL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "no manual", "non-manual", "not manual", "without manual", "without any manual", "manual page",
        "manual section", "user manual", "of the manual", "in the manual",
    ])
});

/// What puts machines beside people: `automated and manual`.
static AUTOMATIC: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "automated and", "and automated", "automated &", "& automated", "automated/", "/automated", "/ automated",
        "automated /", "automated +", "+ automated", "automatic and", "and automatic", "automatisch und",
        "automatische und", "automatisierte und", "und automatisierte", "automatique et", "automatiques et",
        "automática y", "automáticas y", "automatizadas y", "automatizados e", "automatizada e", "automatyczna i",
        "automatyczne i", "自动和", "自動と", "자동 및",
    ])
});

/// Nouns and verbs of proof, by which a label with a mark is known to ask for it.
static PROOF: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "validation", "validate", "verification", "verify", "verifying", "test", "tests", "testing", "check", "checks",
        "checking", "checklist", "qa", "review", "acceptance", "inspection", "inspect", "walkthrough", "walk-through",
        "confirm", "confirmation", "smoke", "proof", "run", "runs", "trial", "benchmark", "validierung",
        "verifikation", "überprüfung", "prüfung", "prüfen", "abnahme", "tests", "vérification", "vérifications",
        "vérifier", "recette", "validación", "verificación", "verificar", "prueba", "pruebas", "comprobación",
        "validação", "verificação", "teste", "testes", "weryfikacja", "walidacja", "sprawdzenie", "testy", "test",
        "verifica", "prova", "prove", "collaudo", "controle", "verificatie", "validatie", "проверка", "тестирование",
        "тест", "тесты", "перевірка", "тестування", "doğrulama", "testi", "testler", "kontrol",
    ];
    Lexicon::new(words.into_iter().map(|word| (word, ())))
});

/// Whether words mark what they announce as something for a person: `Local manual validation`, `Smoke test by hand`.
#[must_use]
pub fn marks_manual(words: &str) -> bool {
    let marked = MANUAL.find(words, |phrase, start, _| {
        // A word may go on behind a mark, but none may end in one.
        let before = words[..start].chars().next_back();
        !phrase.is_ascii() || !before.is_some_and(char::is_alphanumeric)
    });
    marked && !NOT_MANUAL.any_in(words) && !is_for_both(words)
}

/// Whether words speak of what runs by itself, though perhaps of people as well: `Automated and manual verification`.
#[must_use]
pub(super) fn is_for_both(words: &str) -> bool {
    AUTOMATIC.any_in(words)
}

/// Whether a label of which nothing else is known asks a person for proof: a mark beside a word of proof.
#[must_use]
pub(super) fn is_manual_label(name: &str) -> bool {
    let mut words = 0;
    let mut proof = false;
    for word in name.split(|next: char| !(next.is_alphanumeric() || next == '-')).filter(|word| !word.is_empty()) {
        words += 1;
        proof |= PROOF.get(word).is_some();
    }
    let cjk = ["確認", "検証", "テスト", "验证", "验收", "驗收", "測試", "测试", "检查", "확인", "검증", "테스트"]
        .iter()
        .any(|word| name.contains(word));
    words <= 6 && (proof || cjk) && !writes_it(name)
}

/// `Write manual tests`: work.
fn writes_it(name: &str) -> bool {
    static WORK: Starts = Starts::new(&[
        "add ", "write ", "create ", "update ", "remove ", "replace ", "port ", "document ", "improve ", "fix ",
        "migrate ", "convert ", "define ", "implement ", "move ", "rename ", "rewrite ", "extend ", "delete ", "drop ",
        "refactor ", "reduce ", "eliminate ", "cut ", "schedule ", "plan ", "prepare ",
    ]);
    WORK.begin(name)
}

/// Whether words behind a command say that it asks a person for something: `should prompt for the environment`.
#[must_use]
pub fn prompts(after: &str) -> bool {
    static ASKS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "should prompt", "will prompt", "must prompt", "it prompts", "prompts the user", "prompts you",
            "prompts appear", "prompt appears", "prompt is shown", "prompts are shown", "asks for confirmation",
            "asks the user", "asks you", "asks whether", "fragt nach", "demande à l'utilisateur",
            "demande confirmation", "pregunta al usuario", "pide confirmación", "pergunta ao usuário",
            "pede confirmação", "pyta o",
        ])
    });
    static DENIES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "no prompt", "not prompt", "never prompt", "without prompt", "non-interactive", "no longer asks",
        ])
    });
    // `generates the prompts for all tools` asks for nothing: as a verb the word stands right behind the command.
    (starts_with(after.trim_start(), "prompts ") || ASKS.any_in(after)) && !DENIES.any_in(after)
}
