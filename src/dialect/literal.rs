//! Commands that stand between tags as they are to be typed, and the words that some authors put behind them.

use crate::plan::Kind;
use crate::source::Span;

use super::command::{self, Form};
use super::model::ReadCheck;
use super::rules::NEEDS_TERMINAL;
use super::shell::{self, Logical};
use super::walk::Scripts;
use super::{block, effects, expect, fed, vocab};

/// The checks of a text that starts at a byte of the source; entities are as XML writes them.
pub(super) fn checks(text: &str, at: usize, because: Span, scripts: &mut Scripts) -> Vec<ReadCheck> {
    let mut lines: Vec<(String, Span)> = Vec::new();
    let mut start = at;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let first = start + line.len() - line.trim_start().len();
        start += line.len();
        // The fence around a block of commands.
        if !words.starts_with("```") {
            lines.push((decoded(words.trim_matches('`')), Span::new(first, first + words.len())));
        }
    }
    let texts: Vec<&str> = lines.iter().map(|(text, _)| text.as_str()).collect();
    let mut found = Vec::new();
    let mut scenes = false;
    for logical in shell::split(&texts) {
        let span = Span { end: lines[logical.last].1.end, ..lines[logical.first].1 };
        if logical.first < logical.last {
            found.push(check(texts[logical.first..=logical.last].join("\n"), span));
            continue;
        }
        let line = texts[logical.first];
        let said = pieces(line);
        if said.is_empty() {
            let scene = block::scene(&logical) && !logical.compound && !logical.heredoc;
            scenes |= scene;
            let text = if logical.incomplete { line } else { line[..logical.code_end].trim() };
            found.push(ReadCheck { scene, ..check(text.to_owned(), span) });
        }
        found.extend(said.into_iter().map(|(command, words)| with_result(command, words, span)));
    }
    if scenes && found.len() > 1 {
        found.iter_mut().filter(|check| check.kind != Kind::Manual).for_each(|check| check.script = Some(*scripts));
        *scripts += 1;
    }
    found.into_iter().map(|check| check.said(Some(because))).collect()
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

fn check(command: String, span: Span) -> ReadCheck {
    let logical = shell::lex(&command);
    let (kind, rule) = judged(&command, &logical);
    let check = ReadCheck::new(kind, span, command.lines().next().unwrap_or(""), rule);
    if rule == "prose" { check } else { check.with_command(command, &logical) }
}

fn judged(command: &str, logical: &Logical) -> (Kind, &'static str) {
    let words = shell::simple_commands(&logical.tokens);
    let unfit = command::unfit_among(command, &words);
    let complete = !logical.incomplete && (block::scene(logical) || logical.compound || logical.heredoc);
    if unfit.is_some() {
        (Kind::Manual, command::rule(command))
    } else if effects::terminal(logical).is_some_and(|terminal| !terminal.ends) {
        (Kind::Manual, NEEDS_TERMINAL)
    } else if fed::endless(logical).is_some() {
        (Kind::Manual, "never-ends")
    } else if command::form(command, logical) == Form::No && !complete {
        (Kind::Manual, "prose")
    } else {
        (Kind::Command, "tagged-command")
    }
}

/// A command with what is said of its end.
fn with_result(command: &str, words: &str, span: Span) -> ReadCheck {
    let read = expect::read(command, words, false);
    let check = check(command.to_owned(), span);
    let kind = if read.red && check.kind == Kind::Command { Kind::Red } else { check.kind };
    let rule = if kind == Kind::Red { "expected-failure" } else { check.rule };
    ReadCheck { kind, rule, expect: read.expect, ..check }
}

/// The commands of a line behind which words say how they end, each with these: `npm test passes; make lint is clean`.
/// None of a line that is nothing but a command.
fn pieces(line: &str) -> Vec<(&str, &str)> {
    if result(line.split("; ").next().unwrap_or(line)).is_none() {
        return Vec::new();
    }
    let piece = |piece| result(piece).unwrap_or((piece, ""));
    line.split("; ").map(str::trim).filter(|piece| !piece.is_empty()).map(piece).collect()
}

/// Cuts a line where a command ends and words begin that say what it gives.
fn result(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut before = "";
    let mut at = 0;
    for (index, word) in line.split(' ').enumerate() {
        let start = at;
        at += word.len() + 1;
        let (command, rest) = (line[..start].trim_end().trim_end_matches(':'), line[start..].trim());
        // What stands behind a flag may be its value, unless nothing else could be meant.
        let free = !before.starts_with('-') || before != "--grep" && vocab::only_success(rest);
        let behind = index > 0 && !quoted && free;
        quoted ^= word.matches(['"', '\'']).count() % 2 == 1;
        before = word;
        let arrow = matches!(word, "→" | "⇒" | "—" | "–" | "=>");
        if behind
            && (arrow || says(command, word, rest))
            && command::form(command, &shell::lex(command)) == Form::Command
        {
            return Some((command, rest.trim_start_matches(['→', '⇒', '—', '–', '=', '>', ' '])));
        }
    }
    None
}

/// Whether a word begins what is said of a command: `passes`, `returns 200`, `is clean`.
fn says(command: &str, word: &str, rest: &str) -> bool {
    let alone = !rest.contains(' ');
    let begins = match word.trim_end_matches(['.', ',', '!']) {
        "passes" | "succeeds" | "works" | "fails" | "completes" => true,
        "returns" | "prints" | "outputs" | "shows" | "displays" | "exits" | "responds" | "reports" | "should" => !alone,
        "is" | "are" | "runs" | "stays" => !alone && (vocab::succeeds(rest) || vocab::fails(rest)),
        _ => false,
    };
    begins && !command.split(' ').any(|word| matches!(word, "grep" | "rg" | "echo" | "printf" | "sed" | "awk"))
}
