//! Headings and cells of tables.

use std::sync::LazyLock;

use super::labels::normalise;
use crate::text::Lexicon;

/// Labels that ask for proof inside a stage, but name a thing over a column of a table of work.
const THINGS: &[&str] = &[
    "test", "tests", "testing", "unit tests", "integration tests", "e2e tests", "end-to-end tests", "smoke test",
    "smoke tests", "check", "checks", "build", "lint", "gate", "gates", "demo", "success", "automated", "proof",
    "manual", "manual test", "manual tests", "qa", "checkpoint", "test plan", "testy", "testes", "pruebas", "テスト",
    "测试", "테스트", "typecheck", "type check", "static checks", "ci checks",
];

/// Whether the heading of a column announces criteria, one for each row: `Definition of Done`, `Exit criteria`.
#[must_use]
pub fn is_criterion(heading: &str) -> bool {
    static KNOWN: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(THINGS.iter().map(|name| (*name, ()))));
    !KNOWN.has(&normalise(heading))
}

/// Words for nothing: what a cell or a list of needs holds where there is nothing to say.
const NOTHING: &[&str] = &[
    "none", "nothing", "n/a", "na", "no", "nil", "tbd", "todo", "keine", "keiner", "nichts", "entfällt", "aucun",
    "aucune", "rien", "néant", "ninguno", "ninguna", "nada", "nenhum", "nenhuma", "brak", "nic", "nessuno", "nessuna",
    "niente", "geen", "niets", "нет", "ничего", "немає", "нічого", "yok", "hiçbiri", "なし", "無し", "无", "無",
    "没有", "없음",
];

/// Whether words say that there is nothing.
#[must_use]
pub fn is_nothing(words: &str) -> bool {
    static KNOWN: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(NOTHING.iter().map(|name| (*name, ()))));
    KNOWN.has(words.trim_matches(|next: char| !(next.is_alphanumeric() || next == '/')))
}
