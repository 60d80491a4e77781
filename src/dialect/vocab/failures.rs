//! Failures that are named by a noun: how many are expected, and that one is to be seen.

use std::sync::LazyLock;

use crate::text::{Lexicon, Phrases, starts_with_any};

/// `expect 5 failures`: so many tests fail.
pub(super) fn counts_failures(words: &str) -> bool {
    static EXPECTS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(&[
            "expect ", "expected ", "expected: ", "expecting ", "should report ", "should show ", "should give ",
            "should yield ", "should print ", "deve dare ", "deve mostrare ", "debe dar ", "debe mostrar ",
            "deve mostrar ", "doit donner ", "doit afficher ",
        ])
    });
    EXPECTS.find(words, |_, _, end| {
        let rest = words[end..].trim_start();
        // `~40 errors`, `about 40 errors`
        let rest = ["~", "about ", "around ", "circa "].iter().find_map(|lead| rest.strip_prefix(lead)).unwrap_or(rest);
        let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        let some = rest[..digits].bytes().any(|digit| digit != b'0');
        some && starts_with_any(
            rest[digits..].trim_start(),
            &["fail", "test fail", "tests fail", "error", "tests to fail", "erreur", "erros", "fehler"],
        )
    })
}

/// Nouns of failure whose verb a phrase of failing does not have.
pub(super) const NOUNS: &[&str] =
    &["failure", "failures", "failing", "échec", "échecs", "fallo", "fallos", "fallimento", "niepowodzenie"];

/// What a word is where a failure is to be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// `confirm`
    Sees,
    /// `the`, `test`: may stand between the verb and the failure.
    Between,
    /// `failure`
    Failure,
    /// `before`: may follow a failure that is to be seen.
    Follows,
}

const WORDS: &[(Part, &[&str])] = &[
    (
        Part::Sees,
        &[
            "verify", "verifying", "confirm", "confirming", "see", "observe", "witness", "watch", "check", "expect",
            "expecting", "ensure", "vérifier", "vérifie", "constater", "confirmer", "observer", "verificar",
            "verifica", "comprobar", "comprueba", "confirmar", "observar", "verificare", "osservare", "zweryfikuj",
            "sprawdź", "potwierdź",
        ],
    ),
    (
        Part::Between,
        &[
            "the", "a", "an", "its", "their", "that", "test", "tests", "expected", "initial", "first", "right",
            "correct", "import", "compile", "compilation", "assertion", "build", "type", "it", "is", "are", "they",
            "le", "la", "un", "el", "los", "les", "il", "lo", "del", "de",
        ],
    ),
    (Part::Failure, NOUNS),
    (Part::Follows, &["before", "because", "due", "as", "here", "now", "avant", "antes", "prima", "przed"]),
];

static PARTS: LazyLock<Lexicon<Part>> =
    LazyLock::new(|| Lexicon::new(WORDS.iter().flat_map(|(part, words)| words.iter().map(|word| (*word, *part)))));

/// Whether words ask to see a failure: `run the test to confirm failure`. What goes on about it is something else:
/// `verify failure handling`.
pub(super) fn sees_failure(words: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|next: char| !next.is_alphanumeric()).to_lowercase();
    let part = |word: &str| PARTS.get(word.strip_prefix("l'").unwrap_or(word));
    let ends = |word: &str| word.ends_with(['.', ',', ';', ':', ')', '!', '*', '_']);
    let mut verb = None;
    let mut all = words.split_whitespace();
    while let Some(word) = all.next() {
        let plain = bare(word);
        match part(&plain) {
            Some(Part::Sees) if !word.ends_with(['.', ';']) => verb = Some(plain),
            Some(Part::Between) if verb.is_some() && !ends(word) => {}
            // `check failures` looks whether there are any.
            Some(Part::Failure) if verb.as_deref().is_some_and(|verb| verb != "check" || plain == "failure") => {
                let over = ends(word)
                    || all.clone().next().is_none_or(|next| {
                        let apart = !next.starts_with(char::is_alphanumeric);
                        let next = bare(next);
                        apart
                            || matches!(next.as_str(), "of" | "in") && ends_soon(all.clone())
                            || part(&next) == Some(Part::Follows)
                            || next == "for" && names_reason(all.clone())
                    });
                if over {
                    return true;
                }
                verb = None;
            }
            _ => verb = None,
        }
    }
    false
}

/// `of test_lamp`, `in the new test.`: nothing more is said of the failure than whose it is.
fn ends_soon<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    const VERBS: &[&str] =
        &["is", "are", "gets", "get", "was", "must", "should", "has", "have", "does", "shows", "leads"];
    let mut count = 0;
    for word in words.skip(1) {
        count += 1;
        if count > 4 || VERBS.contains(&word) {
            return false;
        }
        if word.ends_with(['.', ',', ';', ':', ')']) {
            return true;
        }
    }
    count > 0
}

/// `for the right reason`
fn names_reason<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    words.skip(1).take(3).any(|word| matches!(word.trim_end_matches(['.', ',', ')', '*']), "reason" | "reasons"))
}
