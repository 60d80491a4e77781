//! Words that say of a command when it holds, or that it need not be run: baselines, and what is said with reserve.

use std::sync::LazyLock;

use crate::text::{Phrases, starts_with_any};

/// Whether words say that something holds only before the work: a baseline.
#[must_use]
pub fn is_baseline(words: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "baseline", "before the fix", "before the change", "before the work", "before this change",
            "current output",
        ])
    });
    // What is compared with a baseline comes after it.
    static COMPARED: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "beyond the baseline", "above the baseline", "than the baseline", "against the baseline",
            "over the baseline", "from the baseline", "baseline failure", "match the baseline", "matches the baseline",
            "matches baseline", "beyond baseline", "above baseline", "vs baseline", "against baseline",
        ])
    });
    SIGNS.any_in(words) && !COMPARED.any_in(words)
}

/// Whether words behind a command say that they only hold before the work: `(before the change: 4)`.
#[must_use]
pub fn was_baseline(after: &str) -> bool {
    let after = after.trim_start_matches(|next: char| !next.is_alphanumeric());
    starts_with_any(
        after,
        &[
            "before the change", "before the work", "before this change", "current output",
            // What is written down before the work begins.
            "and record baseline", "and record the baseline", "and record a baseline", "and capture baseline",
            "and capture the baseline", "and note the baseline", "to record the baseline", "to capture the baseline",
        ],
    )
}

/// Whether words leave open whether a command is to be run at all, or where.
#[must_use]
pub fn is_hedged(words: &str) -> bool {
    static HEDGES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "(optional,", "(optional;", "may timeout", "may time out", "(if used", "if used)", "(if available",
            "if available)", "if applicable", "(optional)", "(deferred)", "if installed", "where available",
            "if possible", "falls vorhanden", "falls verfügbar", "sofern verfügbar", "(optionnel)", "si disponible",
            "le cas échéant", "(opcional)", "si está disponible", "si aplica", "se disponível", "se aplicável",
            "(opcjonalnie)", "(opcjonalne)", "jeśli dostępn", "jeśli dotyczy", "(任意)", "（任意）", "可能であれば",
            "利用可能な場合", "(可选)", "（可选）", "如果可用", "如适用", "(선택)", "(선택 사항)", "가능한 경우",
            "해당되는 경우", "(opzionale)", "(facoltativo)", "se disponibile", "(optioneel)", "indien beschikbaar",
            "(необязательно)", "(опционально)", "если доступ", "(за бажанням)", "(isteğe bağlı)", "varsa)",
        ])
    });
    // `(and the browser tests if available)` speaks of others.
    let opened = || words.find("(and ").or_else(|| words.find("(plus "));
    let others = words.contains('(').then(opened).flatten().and_then(|start| {
        let end = words[start..].find(')')?;
        Some((start, start + end + 1))
    });
    match others {
        Some((start, end)) => HEDGES.any_in(&words[..start]) || HEDGES.any_in(&words[end..]),
        None => HEDGES.any_in(words),
    }
}
