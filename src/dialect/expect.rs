//! What the words beside a command expect of it.
//!
//! The rules are those of section 5 of the reading rules.

use crate::plan::{Expect, OutputRule, StatusRule};

use super::vocab;

/// What words expect of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// A failure is expected at this point of the plan.
    pub red: bool,
    /// What can be tested, with the words.
    pub expect: Option<Expect>,
}

/// Reads the words that follow a command, code spans in backticks. `labelled` says that they stand behind an
/// `Expected:` of their own.
#[must_use]
pub fn read(command: &str, words: &str, labelled: bool) -> Read {
    let text = words.trim().trim_start_matches(['-', '–', '—', ':', ',', ' ']).trim();
    if text.is_empty() {
        return Read::default();
    }
    let lower = text.to_lowercase();
    let status = status(&lower);
    let searches = searches(command);
    if let Some(status) = status {
        return Read { red: false, expect: Some(Expect { words: text.to_owned(), status, output: None }) };
    }
    if vocab::fails(text) || labelled && vocab::expects_failure(text) {
        let output = named_error(text).map(OutputRule::Contains);
        return Read {
            red: true,
            expect: Some(Expect { words: text.to_owned(), status: StatusRule::NonZero, output }),
        };
    }
    if finds_nothing(&lower) || searches && counts_zero(command, &lower) {
        let (status, output) =
            if searches { (StatusRule::Exactly(1), None) } else { (StatusRule::Zero, Some(OutputRule::Empty)) };
        return Read { red: false, expect: Some(Expect { words: text.to_owned(), status, output }) };
    }
    if let Some(wanted) = wanted_output(text) {
        return Read {
            red: false,
            expect: Some(Expect {
                words: text.to_owned(),
                status: StatusRule::Zero,
                output: Some(OutputRule::Contains(wanted)),
            }),
        };
    }
    if labelled && let Some(wanted) = quoted(text).filter(|wanted| !wanted.is_empty()) {
        return Read {
            red: false,
            expect: Some(Expect {
                words: text.to_owned(),
                status: StatusRule::Zero,
                output: Some(OutputRule::Contains(wanted)),
            }),
        };
    }
    if labelled && !vocab::only_success(text) {
        return Read {
            red: false,
            expect: Some(Expect { words: text.to_owned(), status: StatusRule::Zero, output: None }),
        };
    }
    Read::default()
}

/// Reads the words that stand before a command: `No matches: `rg ...``.
#[must_use]
pub fn read_before(command: &str, words: &str) -> Option<Expect> {
    let lower = words.trim().to_lowercase();
    let nothing = finds_nothing(&lower)
        || lower.starts_with("no ")
            && (lower.ends_with("remain:") || lower.ends_with("left:") || lower.contains(" remain"));
    (searches(command) && nothing).then(|| Expect {
        words: words.trim().trim_end_matches([':', '：']).to_owned(),
        status: StatusRule::Exactly(1),
        output: None,
    })
}

/// Whether a command only reports, so that its status says nothing.
#[must_use]
pub fn only_reports(command: &str, words: &str) -> bool {
    let lower = words.to_lowercase();
    let ends = command.trim_end();
    ends.ends_with("|| true")
        || ends.ends_with("|| :")
        || ["note the count", "for information", "informational", "record the"].iter().any(|sign| lower.contains(sign))
}

/// `exits 1`, `exit code 2`, `exit status 3`, `non-zero exit`.
fn status(lower: &str) -> Option<StatusRule> {
    for sign in [
        "exit code ", "exit status ", "exits with code ", "exits with status ", "exits with ", "exits ",
        "status code ", "returns exit code ", "exit ",
    ] {
        let Some(at) = lower.find(sign) else { continue };
        let rest = lower[at + sign.len()..].trim_start_matches(['`', '=', ':', ' ']);
        if rest.starts_with("non-zero") || rest.starts_with("nonzero") {
            return Some(StatusRule::NonZero);
        }
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse::<i32>()
            && number < 256
        {
            return (number != 0).then_some(StatusRule::Exactly(number));
        }
    }
    (lower.contains("non-zero status")
        || lower.contains("nonzero status")
        || lower.contains("non-zero exit")
        || lower.contains("nonzero exit")
        || lower.contains("exits non-zero")
        || lower.contains("exits nonzero"))
    .then_some(StatusRule::NonZero)
}

fn searches(command: &str) -> bool {
    let program = command.split_whitespace().next().unwrap_or("");
    matches!(program, "grep" | "rg" | "egrep" | "fgrep" | "ag" | "ack")
        || command.starts_with("git grep")
        || command.starts_with("git diff --quiet")
}

fn finds_nothing(lower: &str) -> bool {
    [
        "returns nothing", "return nothing", "no matches", "no match", "no output", "no results", "no result",
        "returns no ", "return no ", "returns empty", "is empty", "empty output", "zero results", "zero matches",
        "finds nothing", "prints nothing", "finds no ", "0 matches", "0 results", "nothing found", "no hits",
        "zero hits", "keine treffer", "aucun résultat", "sin resultados", "brak wyników",
    ]
    .iter()
    .any(|sign| lower.starts_with(sign) || lower.contains(&format!(" {sign}")) || lower.contains(&format!("({sign}")))
}

/// `grep -c x` that returns `0`.
fn counts_zero(command: &str, lower: &str) -> bool {
    let zero = lower
        .trim_start_matches(['→', '-', '>', '=', ' '])
        .trim_start_matches("expect ")
        .trim_start_matches("expected ");
    if zero == "0" || zero.starts_with("0 ") || zero.starts_with("`0`") {
        return true;
    }
    let counts = command
        .split_whitespace()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c') || word == "--count");
    counts
        && [
            "returns `0`", "returns 0", "is `0`", "is 0", "= 0", "prints `0`", "prints 0", "→ 0", "-> 0", "shows 0",
            "`0`",
        ]
        .iter()
        .any(|sign| lower.starts_with(sign) || lower.contains(&format!(" {sign}")))
}

/// The text that an output is said to contain.
fn wanted_output(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let verb = [
        "prints ", "print ", "outputs ", "output contains ", "output includes ", "contains ", "shows ", "output: ",
        "output is ", "includes ", "returns ", "reports ",
    ]
    .iter()
    .find_map(|verb| {
        lower.find(verb).filter(|&at| at == 0 || lower.as_bytes()[at - 1] == b' ').map(|at| at + verb.len())
    });
    let at = verb?;
    // Lower-casing may change lengths outside ASCII; then nothing is taken.
    let rest = text.get(at..)?;
    quoted(rest.trim_start()).filter(|wanted| !wanted.is_empty())
}

fn quoted(text: &str) -> Option<String> {
    for (open, close) in [("`", '`'), ("\"", '"'), ("“", '”'), ("'", '\'')] {
        if let Some(rest) = text.strip_prefix(open) {
            return rest.split_once(close).map(|(inner, _)| inner.to_owned());
        }
    }
    None
}

/// The error that an expected failure names: `ImportError`, or what stands in quotes.
fn named_error(text: &str) -> Option<String> {
    if text.to_lowercase().contains(" or ") {
        return None;
    }
    text.split(|next: char| !(next.is_alphanumeric() || next == '_'))
        .find(|word| {
            word.len() > 6
                && (word.ends_with("Error") || word.ends_with("Exception"))
                && word.starts_with(|next: char| next.is_ascii_uppercase())
        })
        .map(str::to_owned)
}
