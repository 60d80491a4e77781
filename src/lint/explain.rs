//! What codes mean, for people: those of rules, and those of the reader.

use super::{RULES, Rule};
use crate::diagnostic::{MEANINGS, Meaning, Severity, meaning};

/// All codes: those of rules in the order of the registry, then those of the reader.
pub fn known_codes() -> impl Iterator<Item = &'static str> {
    codes_with_levels().map(|(code, ..)| code)
}

/// All codes in the same order, each with its level where nothing else is said, and with what it finds.
pub fn codes_with_levels() -> impl Iterator<Item = (&'static str, Severity, &'static str)> {
    let rules = RULES.iter().map(|rule| (rule.code, rule.level, rule.summary));
    rules.chain(MEANINGS.iter().map(|meaning| (meaning.code, meaning.severity, meaning.summary)))
}

/// Whether a code is of something that keeps a plan from being run.
pub(super) fn is_error_of_reading(code: &str) -> bool {
    meaning(code).is_some_and(|meaning| meaning.severity == Severity::Error)
}

/// What a code means, as Markdown: what it finds, why that matters, what to do, and for a rule an example. `None` for a
/// code that is not known.
#[must_use]
pub fn explain(code: &str) -> Option<String> {
    match RULES.iter().find(|rule| rule.code == code) {
        Some(rule) => Some(of_rule(rule)),
        None => meaning(code).map(of_reader),
    }
}

/// The codes with their levels, of what plans they speak and what they find, a line each.
#[must_use]
pub fn list() -> String {
    let width = known_codes().map(str::len).max().unwrap_or(0);
    let line = |(code, level, summary): (&str, Severity, &str)| {
        let whose = match RULES.iter().find(|rule| rule.code == code) {
            Some(rule) => rule.applies.dialect().unwrap_or("any plan"),
            None => "reader",
        };
        format!("{code:width$}  {:7}  {whose:10}  {summary}\n", level.word())
    };
    codes_with_levels().map(line).collect()
}

fn of_rule(rule: &Rule) -> String {
    let Rule { code, summary, why, mend, bad, good, .. } = rule;
    let scope = rule.applies.dialect().map(|dialect| format!(", in {dialect} plans")).unwrap_or_default();
    let (bad, good) = (indented(bad), indented(good));
    format!(
        "# {code}\n\nFinds {summary} ({}{scope}).\n\n## Why\n\n{why}\n\n## What to do\n\n{mend}\n\n\
         ## Example\n\n{bad}\nBetter:\n\n{good}",
        rule.level.word()
    )
}

fn of_reader(known: &Meaning) -> String {
    let Meaning { code, severity, summary, why, mend } = known;
    let told = match severity {
        Severity::Error => "error of the reader: its level cannot be changed",
        Severity::Warning | Severity::Note => severity.word(),
    };
    format!("# {code}\n\nFinds {summary} ({told}).\n\n## Why\n\n{why}\n\n## What to do\n\n{mend}\n")
}

/// A text as an indented block, which holds fences as they are.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect()
}
