//! What an author says to plan-run itself, in comments that a reader of the plan does not see.
//!
//! `<!-- plan-run: ignore -->`, `command`, `manual`, `cwd=...`, `timeout=...`, `needs=...` on the line before what
//! they speak of: an item, a block, or the heading of a stage.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Diagnostics, codes};
use crate::outline::{Outline, Section};
use crate::plan::Kind;
use crate::source::{Source, Span};

use super::inline::Run;
use super::model::ReadCheck;
use super::structure::Draft;
use super::{effects, shell};

const MARK: &str = "<!-- plan-run:";
const WORDS: &[&str] = &["ignore", "command", "manual", "cwd=", "timeout=", "needs="];

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Says {
    Ignore,
    Command,
    Manual,
    Cwd(String),
    Timeout(Duration),
    Needs(String),
}

/// Applies the directives of a document to its stages.
pub(super) fn apply(source: &Arc<Source>, outline: &Outline, drafts: &mut [Draft], diagnostics: &mut Diagnostics) {
    if !source.text().contains(MARK) {
        return;
    }
    let mut fences = Vec::new();
    fence_lines(source, &outline.root, &mut fences);
    let mut at = 0;
    while let Some(start) = source.text()[at..].find(MARK).map(|offset| at + offset) {
        let Some(end) = source.text()[start..].find("-->").map(|offset| start + offset) else { break };
        at = end + 3;
        let span = Span::new(start, at);
        let line = source.line(span.start);
        if fences.iter().any(|fence| fence.contains(&line)) {
            continue;
        }
        let target = target(source, span, &fences);
        for word in words(source.text()[start + MARK.len()..end].trim()) {
            match parse(&word) {
                Some(says) => obey(&says, source, span, &target, drafts, diagnostics),
                None => diagnostics.push(codes::unknown_directive(source, span, &word, WORDS)),
            }
        }
    }
}

/// Words between blanks or commas; a value may be quoted.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    let mut quote = None;
    for next in text.chars() {
        match (quote, next) {
            (Some(open), next) if next == open => quote = None,
            (None, '"' | '\'') => quote = Some(next),
            (None, next) if next.is_whitespace() => found.push(String::new()),
            _ => found.last_mut().into_iter().for_each(|last| last.push(next)),
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

fn parse(word: &str) -> Option<Says> {
    match word.split_once('=') {
        None => match word {
            "ignore" => Some(Says::Ignore),
            "command" => Some(Says::Command),
            "manual" => Some(Says::Manual),
            _ => None,
        },
        Some(("cwd", value)) if !value.is_empty() => Some(Says::Cwd(value.to_owned())),
        Some(("timeout", value)) => {
            humantime::parse_duration(value).ok().filter(|limit| !limit.is_zero()).map(Says::Timeout)
        }
        Some(("needs", value)) => Some(Says::Needs(value.to_owned())),
        Some(_) => None,
    }
}

/// The lines that a directive speaks of: the rest of its own line, or the next line that is not blank; for a block all
/// of it.
fn target(source: &Source, span: Span, fences: &[RangeInclusive<u32>]) -> RangeInclusive<u32> {
    let own = source.line(span.start);
    let before = source.slice(Span { start: source.line_span(own).start, end: span.start });
    let mut line = source.line(span.end);
    let lead = before.trim().trim_start_matches(['-', '*', '+', '>', ' ']);
    if lead.is_empty() {
        line += 1;
        while line < source.line_count() {
            let text = source.slice(source.line_span(line)).trim();
            if !text.is_empty() && !text.starts_with(MARK) {
                break;
            }
            line += 1;
        }
    }
    fences.iter().find(|fence| fence.contains(&line)).cloned().unwrap_or(line..=line)
}

fn fence_lines(source: &Source, section: &Section, found: &mut Vec<RangeInclusive<u32>>) {
    found.extend(
        section
            .fences()
            .into_iter()
            .map(|span| source.line(span.start)..=source.line(span.end.saturating_sub(1).max(span.start))),
    );
}

fn obey(
    says: &Says,
    source: &Arc<Source>,
    span: Span,
    target: &RangeInclusive<u32>,
    drafts: &mut [Draft<'_>],
    diagnostics: &mut Diagnostics,
) {
    let on = |span: Span| target.contains(&source.line(span.start));
    let whole = drafts.iter().position(|draft| on(draft.span));
    if let Says::Needs(names) = says {
        match whole {
            Some(stage) => drafts[stage].found.needs.push(needs_run(names, span)),
            None => diagnostics.push(codes::idle_directive(
                source,
                span,
                "`needs` belongs on the line before a stage's heading",
            )),
        }
        return;
    }
    let mut found = false;
    for (index, draft) in drafts.iter_mut().enumerate() {
        let all = whole == Some(index);
        let checks = &mut draft.found.checks;
        found |= all || checks.iter().any(|check| on(check.span));
        if *says == Says::Ignore {
            checks.retain(|check| !(all || on(check.span)));
            continue;
        }
        for check in checks.iter_mut().filter(|check| all || on(check.span)) {
            change(check, says);
        }
    }
    if !found && matches!(says, Says::Command | Says::Manual) {
        found = add(says, source, target, drafts);
    }
    if !found && *says != Says::Ignore {
        diagnostics.push(codes::idle_directive(source, span, "there is no check on the line that it speaks of"));
    }
}

fn change(check: &mut ReadCheck, says: &Says) {
    match says {
        Says::Command if check.command.is_some() => {
            check.kind = Kind::Command;
            check.rule = "directive";
        }
        Says::Manual => {
            check.kind = Kind::Manual;
            check.rule = "directive";
        }
        Says::Cwd(path) => check.cwd = Some(path.clone()),
        Says::Timeout(limit) => check.timeout = Some(*limit),
        Says::Command | Says::Ignore | Says::Needs(_) => {}
    }
}

/// Makes checks of lines that were read as none; gives whether there was anything to make them of.
fn add(says: &Says, source: &Source, target: &RangeInclusive<u32>, drafts: &mut [Draft]) -> bool {
    let Some(owner) = drafts.iter().rposition(|draft| source.line(draft.span.start) <= *target.start()) else {
        return false;
    };
    let mut added = false;
    for line in target.clone() {
        let span = source.line_span(line);
        let text = source.slice(span);
        let mut new = Vec::new();
        if *says == Says::Command {
            let spans = code_spans(text);
            if spans.is_empty()
                && target.start() != target.end()
                && !text.trim().is_empty()
                && !text.trim_start().starts_with(['`', '~', '#'])
            {
                new.push((text.trim().to_owned(), span));
            }
            new.extend(spans.into_iter().map(|(from, to)| {
                (text[from..to].trim().to_owned(), Span::new(span.start as usize + from, span.start as usize + to))
            }));
        }
        let made: Vec<ReadCheck> = match says {
            Says::Manual if !text.trim().is_empty() => vec![made(Kind::Manual, None, span, text)],
            _ => new.into_iter().map(|(command, span)| made(Kind::Command, Some(command), span, text)).collect(),
        };
        added |= !made.is_empty();
        drafts[owner].found.checks.extend(made);
    }
    drafts[owner].found.checks.sort_by_key(|check| check.span.start);
    added
}

fn made(kind: Kind, command: Option<String>, span: Span, text: &str) -> ReadCheck {
    let logical = command.as_deref().map(shell::lex).unwrap_or_default();
    ReadCheck {
        kind,
        span,
        risk: effects::risk(&logical),
        writes: effects::writes(&logical),
        command,
        cwd: None,
        expect: None,
        text: text.trim().trim_start_matches(['-', '*', '+', ' ']).to_owned(),
        script: None,
        rule: "directive",
        because: None,
        scene: false,
        timeout: None,
    }
}

/// The insides of the code spans of a line.
fn code_spans(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, _) in line.match_indices('`') {
        match open.take() {
            None => open = Some(at + 1),
            Some(from) if from < at => found.push((from, at)),
            Some(_) => {}
        }
    }
    found
}

fn needs_run<'s>(names: &str, span: Span) -> Run<'s> {
    let text = if names.is_empty() { "none".to_owned() } else { names.replace(',', ", ") };
    vec![crate::outline::Inline {
        kind: crate::outline::InlineKind::Text,
        text: text.into(),
        span,
        strong: false,
        emphasis: false,
    }]
}
