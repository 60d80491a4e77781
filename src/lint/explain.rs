//! What codes mean, for people: those of rules, and those of the reader.

use super::{RULES, Rule};
use crate::diagnostic::{MEANINGS, Meaning, Severity, meaning};

/// All codes: those of rules in the order of the registry, then those of the reader.
pub fn known_codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.code).chain(MEANINGS.iter().map(|meaning| meaning.code))
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

/// The codes with their levels and what they find, a line each.
#[must_use]
pub fn list() -> String {
    let rules = RULES.iter().map(|rule| (rule.code, rule.level, whose(rule), rule.summary));
    let read = MEANINGS.iter().map(|known| (known.code, known.severity, "reader", known.summary));
    let rows: Vec<_> = rules.chain(read).collect();
    let width = rows.iter().map(|(code, ..)| code.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(code, level, whose, summary)| format!("{code:width$}  {:7}  {whose:10}  {summary}\n", level.word()))
        .collect()
}

fn whose(rule: &Rule) -> &'static str {
    rule.applies.dialect().unwrap_or("any plan")
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
