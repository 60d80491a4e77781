//! Commands that say little by how they end: they cannot fail, hide a failure, or cannot run as written.

use super::super::{Applies, Reads, Rule, Subject};
use crate::diagnostic::Severity;
use crate::dialect::command;
use crate::dialect::programs::from_program;
use crate::dialect::shell::{Token, Word, lex, simple_commands};
use crate::plan::{Check, Kind};

/// A check that holds whatever happens.
pub(crate) static CANNOT_FAIL: Rule = Rule {
    code: "cannot-fail",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a check whose command cannot fail",
    why: "It is green whether or not the work was done, and looks like a proof.",
    mend: "Take `|| true` or the last command away, or say what the output must be: `prints \"ready\"`. What is only to be looked at is \
           a manual check.",
    bad: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make test || true`\n",
    good: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make test`\n",
    check: |subject, findings| {
        for (check, command) in commands(subject) {
            if check.scene || check.expect.as_ref().is_some_and(|expect| expect.output.is_some()) {
                continue;
            }
            if let Some(why) = always_holds(command) {
                findings
                    .add(check.span, format!("the command cannot fail: {why}"))
                    .help("let it end as what it runs does");
            }
        }
    },
};

/// A pipe behind which other shells do not see the failure.
pub(crate) static STATUS_HIDDEN: Rule = Rule {
    code: "status-hidden-by-pipe",
    level: Severity::Note,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a check whose failure only shows to a shell with `pipefail`",
    why: "plan-run counts a failure anywhere in a pipe. Typed by hand, or in another tool, the pipe ends as its last command does: \
          `make test | tail` is green whatever the tests say.",
    mend: "Leave the pipe out: plan-run keeps the output anyway, and shows its end.",
    bad: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make test | tail -5`\n",
    good: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make test`\n",
    check: |subject, findings| {
        for (check, command) in commands(subject) {
            let ends = check.expect.as_ref().is_some_and(|expect| expect.output.is_some());
            if let Some(last) = passes_on(command).filter(|_| !ends && !command.contains("pipefail")) {
                findings
                    .add(
                        check.span,
                        format!("where a shell has no `pipefail`, `{last}` hides how the command before it ends"),
                    )
                    .help("leave the pipe out: the end of the output is shown anyway");
            }
        }
    },
};

/// A command in which something is still to be filled in.
pub(crate) static PLACEHOLDER: Rule = Rule {
    code: "placeholder",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a check in which something is still to be filled in",
    why: "It cannot run as written, so it is left to a person, who has to guess what was meant.",
    mend: "Write what is to be run: `<name>`, `path/to/`, `...` and `TODO` are not run. Where a person has to choose, say so in words.",
    bad: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `cargo test <name>`\n",
    good: "# Plan\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `cargo test read::`\n",
    check: |subject, findings| {
        for check in &subject.plan.checks {
            let left_open = match &check.command {
                Some(command) => check.rule == "placeholder" && check.kind == Kind::Manual || has_todo(command),
                None => is_todo(&check.text),
            };
            if left_open && check.rule != "unreadable" {
                findings
                    .add(check.span, "something is still to be filled in here")
                    .help("write what is to be run, or looked at");
            }
        }
    },
};

/// The checks that are run, with their commands.
fn commands<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a Check, &'a str)> + use<'a> {
    let run = subject.plan.checks.iter().filter(|check| check.kind == Kind::Command);
    run.filter_map(|check| Some((check, check.command.as_deref()?)))
}

/// Why a command holds whatever happens.
fn always_holds(text: &str) -> Option<String> {
    let logical = lex(text);
    if logical.incomplete || logical.compound {
        return None;
    }
    // The last command with what joins it to those before.
    let last = logical
        .tokens
        .iter()
        .rposition(|token| matches!(token, Token::Op("||" | ";" | "&&" | "|" | "|&" | "\n" | "&")));
    let join = last.and_then(|at| match logical.tokens.get(at) {
        Some(Token::Op(op)) => Some(*op),
        _ => None,
    });
    let commands = simple_commands(&logical.tokens);
    let words: Vec<&str> = from_program(commands.last()?).iter().map(|word| word.text.as_str()).collect();
    let holds = matches!(words.as_slice(), ["true" | ":"] | ["exit", "0"])
        || matches!(words.first(), Some(&("echo" | "printf")));
    let writes = logical.tokens.iter().any(|token| matches!(token, Token::Op(op) if op.contains('>')));
    match join {
        Some("||" | ";") if holds => Some(format!("`{} {}` ends it", join.unwrap_or(""), words.join(" "))),
        // A file that cannot be written is a failure as well.
        None if holds && !writes && commands.len() == 1 && runs_nothing(commands.last()?) => {
            Some(format!("`{}` always holds", words.first().unwrap_or(&"")))
        }
        _ => None,
    }
}

fn runs_nothing(words: &[&Word]) -> bool {
    words.iter().all(|word| word.substitutions.is_empty())
}

/// The command at the end of a pipe that only passes on what it reads.
fn passes_on(text: &str) -> Option<String> {
    let logical = lex(text);
    let joined = |token: &Token| matches!(token, Token::Op("||" | ";" | "&&" | "|" | "|&" | "\n" | "&"));
    let at = logical.tokens.iter().rposition(joined)?;
    if logical.compound || !matches!(logical.tokens[at], Token::Op("|" | "|&")) {
        return None;
    }
    let commands = simple_commands(&logical.tokens);
    let program = from_program(commands.last()?).first()?.text.clone();
    let source = from_program(commands.get(commands.len().checked_sub(2)?)?).first()?.text.as_str();
    // Before the pipe stands nothing that could fail.
    let harmless = matches!(source, "echo" | "printf" | "cat" | "git" | "ls" | "find");
    (matches!(program.as_str(), "tail" | "head" | "tee" | "cat" | "less" | "more") && !harmless).then_some(program)
}

/// Whether a command has a note of its author in it, and does not look for such notes.
fn has_todo(text: &str) -> bool {
    let logical = lex(text);
    let commands = simple_commands(&logical.tokens);
    let words = || commands.iter().flatten();
    let searches =
        words().any(|word| matches!(word.text.as_str(), "grep" | "rg" | "ag" | "ack" | "sed" | "awk" | "git"));
    let open = |word: &&&Word| !word.quoted && matches!(word.text.as_str(), "TODO" | "TBD" | "FIXME" | "XXX");
    !searches
        && (words().any(|word| open(&word))
            || commands.first().is_some_and(|first| command::unfit(text, first).is_some() && first.len() > 1))
}

/// Whether words only say that something is to be written.
fn is_todo(words: &str) -> bool {
    let words = words.trim_matches(|next: char| !next.is_alphanumeric() && !matches!(next, '…' | '.'));
    let head = words.split([':', ' ']).next().unwrap_or("");
    matches!(head, "TODO" | "TBD" | "FIXME" | "XXX") || matches!(words, "..." | "…" | "TBA")
}
