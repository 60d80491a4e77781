//! Tasks that have a person look at something, or run something, by words that are no verbs of proof by themselves.
//!
//! Must not know the place.

use std::sync::LazyLock;

use crate::text::{Phrases, Starts, starts_with};

/// Whether a task has somebody look at what is there: `Perform manual profiling of the pages`, `Execute the manual test
/// steps`, `Review the texts and confirm that all are there`.
pub(super) fn judges(words: &str) -> bool {
    by_hand(words) || reviews(words) || hand_last(words)
}

/// What is done by hand to find something out.
static PROOFS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "profiling", "test", "check", "verification", "validation", "review", "inspection", "audit", "walkthrough",
        "walk-through", "smoke", "comparison",
    ])
});

fn by_hand(words: &str) -> bool {
    static ACTS: Starts = Starts::new(&["perform ", "do ", "conduct ", "carry out ", "execute ", "run through "]);
    if !ACTS.begin(words) {
        return false;
    }
    // What stands behind the words for the object is about something else.
    let clause = &words
        [..words.find([',', ';', '.', ':']).filter(|&at| words[at + 1..].starts_with(' ')).unwrap_or(words.len())];
    let Some(at) = clause.to_ascii_lowercase().find(" manual ") else { return false };
    let (before, after) = (&clause[..at], &clause[at + " manual ".len()..]);
    let near: usize = after.split_whitespace().take(4).map(|word| word.len() + 1).sum();
    before.split_whitespace().count() <= 4 && PROOFS.any_in(after.get(..near.min(after.len())).unwrap_or(after))
}

/// `Review the texts and confirm that all are there`: not a review alone, which may be the beginning of work.
fn reviews(words: &str) -> bool {
    static LOOKS: Starts = Starts::new(&["review ", "inspect ", "examine ", "audit ", "walk through ", "spot-check "]);
    static CONFIRMS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            " and confirm ", " and verify ", " and check that ", " and make sure ", " — confirm ", " — verify ",
            " – confirm ", " – verify ", " - confirm ", " - verify ", "; confirm ", "; verify ", " to confirm that ",
            " to verify that ",
        ])
    });
    if !LOOKS.begin(words) {
        return false;
    }
    // `Review and confirm the names`: who decides is asked.
    let mut far = false;
    CONFIRMS.find(words, |_, start, _| {
        far = words[..start].split_whitespace().count() > 2;
        far
    });
    far
}

/// The words of a task without a bracket at their end and what stands behind it.
fn head(words: &str) -> &str {
    let end = words.find(['(', '（']).unwrap_or(words.len());
    words[..end].trim_end_matches([' ', '。', '.', '．', '、'])
}

/// `シナリオを手動確認する`
fn hand_last(words: &str) -> bool {
    const LAST: &[&str] = &[
        "手動確認する", "手動で確認する", "手動確認", "手動検証する", "手動で検証する", "目視確認する",
        "目視で確認する", "動作確認する", "動作を確認する", "動作確認を行う", "手動テストする", "手動テストを行う",
        "수동으로 확인한다", "수동으로 확인하기", "수동 확인", "수동 검증", "수동으로 검증한다",
    ];
    const FIRST: &[&str] = &["手动验证", "手动测试", "手动检查", "手动确认", "手動測試", "手動驗證", "수동으로 "];
    !words.is_ascii()
        && (LAST.iter().any(|verb| head(words).ends_with(verb)) || FIRST.iter().any(|verb| starts_with(words, verb)))
}

/// `全テストを実行する`: whether the verb by which something is run stands last.
pub(super) fn runs_last(words: &str) -> bool {
    const LAST: &[&str] = &[
        "を実行する", "を実行します", "を実行し", "を実行", "を走らせる", "を回す", "을 실행한다", "를 실행한다",
        "을 실행하기", "를 실행하기", "을 실행", "를 실행", " 실행", "을 실행하세요", "를 실행하세요",
        "を実行して確認する",
    ];
    !words.is_ascii() && LAST.iter().any(|verb| head(words).ends_with(verb))
}
