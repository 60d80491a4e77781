//! Which commands need a terminal, so that a run, which has none, could only hang on them or fail.
//!
//! Works on parsed words, as the risks do: `sudo vim a` and `sh -c 'git add -p'` need one, `grep vim a` does not, and neither
//! does what reads a file where a person would type.

use crate::dialect::fed::{Fed, fed, parts};
use crate::dialect::programs::from_program;
use crate::dialect::repl::waits_for_input;
use crate::dialect::shell::{Logical, Word, lex};

use super::nested::{DEPTH, Nested, is_shell, nested, past_keywords};
use super::talkers::{self, Line};

/// Why a command needs a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// What it does there, with `it` as its subject.
    pub why: &'static str,
    /// Whether it ends by itself once its questions are answered, as what only is looked at or typed into does not.
    pub ends: bool,
    /// Whether it opens a shell, into which what follows is typed.
    pub shell: bool,
}

/// Why a command needs a terminal, if it does.
#[must_use]
pub fn terminal(command: &Logical) -> Option<Terminal> {
    of(command, false, 0)
}

/// `captured` says that what it writes is taken as a text, as in `$(...)`.
fn of(command: &Logical, captured: bool, depth: u32) -> Option<Terminal> {
    if depth > DEPTH {
        return None;
    }
    let own = parts(command).iter().find_map(|part| {
        let around = Around { fed: part.fed, read: part.read || captured, depth };
        of_words(&part.words, around)
    });
    own.or_else(|| {
        fed(command).into_iter().find_map(|(words, input)| {
            let program = past_keywords(&words).map(from_program)?.first()?.text.as_str();
            let base = program.rsplit('/').next().unwrap_or(program);
            match input {
                Fed::Text(script) if is_shell(base) => of(&lex(&script), captured, depth + 1),
                Fed::Text(_) | Fed::Unseen => None,
            }
        })
    })
}

/// What a command reads and who reads it.
#[derive(Clone, Copy)]
struct Around {
    /// Something is fed to it.
    fed: bool,
    /// Another command reads what it writes.
    read: bool,
    depth: u32,
}

fn of_words(words: &[&Word], around: Around) -> Option<Terminal> {
    let inner = words.iter().flat_map(|word| &word.substitutions);
    if let Some(found) = inner.into_iter().find_map(|inner| of(&lex(inner), true, around.depth + 1)) {
        return Some(found);
    }
    let words = past_keywords(words)?;
    let own = from_program(words);
    let set: Vec<&str> = words[..words.len() - own.len()].iter().map(|word| word.text.as_str()).collect();
    let (program, args) = own.split_first()?;
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    let args: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    if args.iter().any(|arg| matches!(*arg, "--help" | "--version")) || matches!(args[..], ["-h" | "-v" | "-V"]) {
        return None;
    }
    let line = Line { base, args: &args, set: &set, fed: around.fed, read: around.read };
    if let Some(why) = talkers::endless(&line) {
        return Some(Terminal { why, ends: false, shell: matches!(why, talkers::SHELL | talkers::ELSEWHERE) });
    }
    if let Some(why) = talkers::asking(&line) {
        return Some(Terminal { why, ends: true, shell: why == talkers::ELSEWHERE });
    }
    if let Some(container) = talkers::in_container(&line) {
        let within = &own[1 + container.inner..];
        let inner = of_inner(within, around);
        // An image of which nothing is said to run is one to look around in as a rule.
        let shell = within.is_empty() || inner.is_some_and(|inner| inner.shell);
        return match container.why {
            Some(why) => Some(Terminal { why, ends: container.bears && inner.is_none(), shell }),
            None => inner.filter(|_| container.attached),
        };
    }
    if !around.fed && waits_for_input(own) {
        return Some(Terminal { why: talkers::TYPED, ends: false, shell: false });
    }
    if base == "ssh" {
        return talkers::behind_host(&args).and_then(|at| of_inner(&own[1 + at..], around));
    }
    match nested(base, own)? {
        Nested::Text(text) => of(&lex(&text), around.read, around.depth + 1),
        // They give their arguments to what they run, and no input.
        Nested::Words(inner) if matches!(base, "xargs" | "parallel" | "find") => {
            of_inner(inner, Around { fed: true, ..around })
        }
        Nested::Words(inner) => of_inner(inner, around),
    }
}

fn of_inner(inner: &[&Word], around: Around) -> Option<Terminal> {
    (around.depth < DEPTH).then(|| of_words(inner, Around { depth: around.depth + 1, ..around }))?
}
