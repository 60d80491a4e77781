//! Which commands only look at files, and at which.
//!
//! Such a command needs no folder to be made for it to write into, and would take one that was made for what it asks about.

use std::path::{Path, PathBuf};

use super::denied::normal;
use crate::dialect::shell::{self, Token, Word};

/// Programs that write no file but where their output is sent.
const LOOKERS: &[&str] = &[
    ":", "[", "[[", "cat", "cd", "cmp", "diff", "du", "echo", "egrep", "false", "fgrep", "file", "find", "grep",
    "head", "ls", "printf", "pwd", "readlink", "realpath", "rg", "stat", "tail", "test", "tree", "true", "wc",
];

/// How words of `find` begin by which it does more.
const ACTS: &[&str] = &["-exec", "-ok", "-delete", "-fprint", "-fls"];

/// Words of a shell before a command.
const BEFORE: &[&str] = &["!", "if", "then", "elif", "else", "while", "until", "do", "{", "("];

/// Whether a command does no more than look.
pub(crate) fn only_looks(command: &str) -> bool {
    let read = shell::lex(command);
    if read.incomplete || read.compound || read.heredoc {
        return false;
    }
    let writes = read.tokens.windows(2).any(|pair| match pair {
        [Token::Op(op), Token::Word(word)] if shell::redirects(op) && op.contains('>') => {
            word.text != "/dev/null" && !word.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'&')
        }
        _ => false,
    });
    let commands = shell::simple_commands(&read.tokens);
    !writes && !commands.is_empty() && commands.iter().all(|words| looks(past_shell(words)))
}

/// Whether a command that starts in `cwd` has a part that looks at one of the paths; gives the first.
pub(crate) fn looks_at<'p>(command: &str, cwd: &Path, paths: &'p [PathBuf]) -> Option<&'p Path> {
    let read = shell::lex(command);
    let mut here = cwd.to_owned();
    for words in shell::simple_commands(&read.tokens) {
        let words = past_shell(&words);
        // Before a bracket there may be nothing but words of the shell.
        let Some((program, arguments)) = words.split_first().filter(|_| looks(words)) else { continue };
        if let [folder] = arguments
            && program.text == "cd"
        {
            here.push(&folder.text);
        }
        let named = |path: &&PathBuf| arguments.iter().any(|word| normal(&here.join(&word.text)) == **path);
        if let Some(path) = paths.iter().find(named) {
            return Some(path);
        }
    }
    None
}

fn past_shell<'w, 't>(mut words: &'w [&'t Word]) -> &'w [&'t Word] {
    while let [first, rest @ ..] = words
        && !first.quoted
        && BEFORE.contains(&first.text.as_str())
    {
        words = rest;
    }
    words
}

fn looks(words: &[&Word]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return true };
    LOOKERS.contains(&program.text.as_str())
        && !words.iter().any(|word| !word.substitutions.is_empty())
        && !(program.text == "find" && arguments.iter().any(|word| ACTS.iter().any(|act| word.text.starts_with(act))))
}
