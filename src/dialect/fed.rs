//! What commands read from their standard input where it stands in the command line: a heredoc, a here-string, the
//! words of an `echo` before a pipe.
//!
//! Must not know what is harmless.

use super::programs::{from_program, never_ends};
use super::repl::waits_for_input;
use super::shell::{Logical, Token, Word, redirects};

/// What a command is fed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// This text.
    Text(String),
    /// What another command writes, which nobody can see beforehand.
    Unseen,
}

/// A simple command with where its input comes from.
#[derive(Default)]
struct Stage<'t> {
    words: Vec<&'t Word>,
    /// The text of its heredoc or here-string.
    text: Option<String>,
    /// Whether it reads a file by a redirection.
    file: bool,
    /// Whether the command before it writes into it.
    piped: bool,
}

impl Stage<'_> {
    fn is_fed(&self) -> bool {
        self.piped || self.file || self.text.is_some()
    }
}

/// The programs of a command that are fed something, with what.
pub(super) fn fed(command: &Logical) -> Vec<(Vec<&Word>, Fed)> {
    let feeds = |token: &Token| matches!(token, Token::Op("|" | "|&" | "<<<" | "<<" | "<<-"));
    if !command.tokens.iter().any(feeds) {
        return Vec::new();
    }
    let stages = stages(command);
    let mut found = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let input = match &stage.text {
            Some(text) => Some(Fed::Text(text.clone())),
            None if stage.piped && !stage.file => index.checked_sub(1).and_then(|before| written(&stages[before])),
            None => None,
        };
        if let Some(input) = input {
            found.push((stage.words.clone(), input));
        }
    }
    found
}

/// A simple command of a line, and what stands around it.
pub(super) struct Part<'t> {
    pub(super) words: Vec<&'t Word>,
    /// Something is fed to it.
    pub(super) fed: bool,
    /// Another command reads what it writes.
    pub(super) read: bool,
}

/// The simple commands of a line in order.
pub(super) fn parts(command: &Logical) -> Vec<Part<'_>> {
    let stages = stages(command);
    let read: Vec<bool> = stages.iter().skip(1).map(|stage| stage.piped).chain([false]).collect();
    let pairs = stages.into_iter().zip(read);
    pairs.map(|(stage, read)| Part { fed: stage.is_fed(), words: stage.words, read }).collect()
}

fn stages(command: &Logical) -> Vec<Stage<'_>> {
    let mut stages = vec![Stage::default()];
    let mut bodies = command.bodies.iter();
    let mut redirection = None;
    for token in &command.tokens {
        let Some(stage) = stages.last_mut() else { break };
        match token {
            Token::Op(op) if redirects(op) => {
                redirection = Some(*op);
                if matches!(*op, "<<" | "<<-") {
                    stage.text = bodies.next().cloned();
                }
                stage.file |= *op == "<";
            }
            Token::Op(op) => {
                redirection = None;
                stages.push(Stage { piped: matches!(*op, "|" | "|&"), ..Stage::default() });
            }
            Token::Word(word) => match redirection.take() {
                Some("<<<") => stage.text = Some(word.text.clone()),
                Some(_) => {}
                None => stage.words.push(word),
            },
        }
    }
    stages
}

/// What a command writes; `None` for the contents of a file of the repository.
fn written(stage: &Stage) -> Option<Fed> {
    let (program, args) = from_program(&stage.words).split_first()?;
    let said = || args.iter().skip_while(|word| !word.quoted && word.text.starts_with('-'));
    match program.text.as_str() {
        "echo" => Some(Fed::Text(said().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))),
        "printf" => {
            let text = said().map(|word| word.text.as_str()).collect::<Vec<_>>().join("\n");
            Some(Fed::Text(text.replace("\\n", "\n")))
        }
        "cat" => stage.text.clone().map(Fed::Text),
        _ => Some(Fed::Unseen),
    }
}

/// Why a command does not end by itself, if it does not.
#[must_use]
pub(super) fn endless(command: &Logical) -> Option<&'static str> {
    stages(command).iter().find_map(|stage| {
        let fed = stage.is_fed();
        never_ends(&stage.words)
            .or_else(|| (!fed && waits_for_input(&stage.words)).then_some("it waits for a person to type"))
    })
}

/// The commands that the text of a heredoc runs by itself: those in `$(...)` and backticks, unless its end is quoted.
pub(super) fn expansions(command: &Logical) -> Vec<&str> {
    let mut bodies = command.bodies.iter();
    let mut found = Vec::new();
    for pair in command.tokens.windows(2) {
        let [Token::Op("<<" | "<<-"), Token::Word(end)] = pair else { continue };
        let Some(body) = bodies.next().filter(|_| !end.quoted) else { continue };
        let mut rest = body.as_str();
        while let Some(at) = rest.find(['$', '`']) {
            let (inner, close) =
                if rest[at..].starts_with('`') { (&rest[at + 1..], '`') } else { (&rest[at + 1..], ')') };
            rest = inner;
            if close == ')' && !inner.starts_with('(') {
                continue;
            }
            let inner = inner.strip_prefix('(').unwrap_or(inner);
            let Some(end) = inner.find(close) else { continue };
            found.push(&inner[..end]);
            rest = &inner[end + 1..];
        }
    }
    found
}
