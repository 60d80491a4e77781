//! What a command line comes down to: what shells, launchers and containers in it run, and the reason to hold it back.

use std::sync::LazyLock;

use crate::dialect::fed::{Fed, expansions, fed};
use crate::dialect::programs::from_program;
use crate::dialect::shell::{Logical, Token, Word, lex, simple_commands};
use crate::text::Phrases;

use super::own::own;
use super::risks;
use super::writes::writes;

/// How deep `sh -c '... sh -c ...'` and `$(...)` are followed.
pub(super) const DEPTH: u32 = 8;

/// Why a command should not run without approval, `None` when nothing speaks against it; and whether it changes the
/// working tree or shared state, though in a way that a check may.
#[must_use]
pub fn of(command: &Logical) -> (Option<String>, bool) {
    let words = simple_commands(&command.tokens);
    (risk_of_commands(command, &words, 0), writes(command, &words))
}

fn risk_of(command: &Logical, depth: u32) -> Option<String> {
    if depth > DEPTH {
        return Some("it nests too many commands to be judged".to_owned());
    }
    risk_of_commands(command, &simple_commands(&command.tokens), depth)
}

/// The same for a command whose simple commands are known.
fn risk_of_commands(command: &Logical, commands: &[Vec<&Word>], depth: u32) -> Option<String> {
    commands
        .iter()
        .find_map(|words| risk_of_words(words, depth))
        .or_else(|| outside(command))
        .or_else(|| expansions(command).into_iter().find_map(|inner| risk_of(&lex(inner), depth + 1)))
        .or_else(|| fed(command).into_iter().find_map(|(words, input)| risk_of_input(&words, &input, depth)))
}

/// Why what a command writes into by a redirection speaks against it: files of the machine.
fn outside(command: &Logical) -> Option<String> {
    let leaves = command.tokens.windows(2).any(|pair| match pair {
        [Token::Op(">" | ">>" | "&>" | ">|" | "&>>"), Token::Word(target)] => risks::of_the_machine(&target.text),
        _ => false,
    });
    leaves.then(|| format!("it {}", risks::MACHINE))
}

/// Why what a program reads from its standard input speaks against it: a script for a shell, statements for a database.
fn risk_of_input(words: &[&Word], input: &Fed, depth: u32) -> Option<String> {
    let words = from_program(past_keywords(words)?);
    let (program, args) = words.split_first()?;
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    match input {
        // With a script of its own the input is only data.
        _ if is_shell(base) => {
            let reads = args.iter().all(|arg| arg.text.starts_with('-')) || args.iter().any(|arg| arg.text == "-s");
            match input {
                Fed::Text(script) if reads => risk_of(&lex(script), depth + 1),
                Fed::Unseen if reads => Some("it runs what another command writes".to_owned()),
                _ => None,
            }
        }
        Fed::Text(statements) if is_database(base) => destroys(statements).then(|| "it deletes data".to_owned()),
        _ => None,
    }
}

/// Words from the program on: `then rm -rf x`, `! git push`, `do ...`.
#[must_use]
pub fn past_keywords<'w, 't>(words: &'w [&'t Word]) -> Option<&'w [&'t Word]> {
    let start = words.iter().position(|word| {
        word.quoted
            || !matches!(
                word.text.as_str(),
                "!" | "then" | "do" | "else" | "if" | "elif" | "while" | "until" | "{" | "time"
            )
    })?;
    Some(&words[start..])
}

pub(super) fn is_shell(base: &str) -> bool {
    matches!(base, "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash")
}

pub(super) fn is_database(base: &str) -> bool {
    matches!(base, "psql" | "mysql" | "mariadb" | "sqlite3" | "mongosh" | "mongo" | "redis-cli")
}

static DESTROYS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["drop ", "delete ", "truncate ", "dropdatabase", ".drop(", "deletemany", "flushall", "flushdb"])
});

/// Whether statements to a database delete what is in it.
pub(super) fn destroys(statements: &str) -> bool {
    DESTROYS.any_in(statements)
}

/// Whether a text to be run is what was just fetched: `sh -c "$(curl ...)"`, `bash <(curl ...)`.
fn fetched(words: &[&Word]) -> bool {
    words.iter().flat_map(|word| &word.substitutions).any(|inner| {
        simple_commands(&lex(inner).tokens).iter().any(|words| {
            from_program(words).first().is_some_and(|program| matches!(program.text.as_str(), "curl" | "wget"))
        })
    })
}

fn risk_of_words(words: &[&Word], depth: u32) -> Option<String> {
    for word in words {
        for inner in &word.substitutions {
            if let Some(why) = risk_of(&lex(inner), depth + 1) {
                return Some(why);
            }
        }
    }
    let words = past_keywords(words)?;
    if words
        .iter()
        .take_while(|word| !word.text.starts_with('-'))
        .any(|word| matches!(word.text.as_str(), "sudo" | "doas"))
        && from_program(words).as_ptr() != words.as_ptr()
    {
        return Some("it runs with the rights of another user (`sudo`)".to_owned());
    }
    let words = from_program(words);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (&program, args) = text.split_first()?;
    let base = program.rsplit('/').next().unwrap_or(program);
    if (is_shell(base) || matches!(base, "eval" | "source" | ".")) && fetched(words) {
        return Some("it runs what it fetches".to_owned());
    }
    if let Some(inner) = nested(base, words) {
        return match inner {
            Nested::Text(text) => risk_of(&lex(&text), depth + 1),
            Nested::Words(inner) => risk_of_words(inner, depth + 1),
        };
    }
    risks::direct(base, args).or_else(|| own(program, args)).map(|what| format!("it {what}"))
}

/// A command in a command.
pub enum Nested<'w, 't> {
    /// As a text for a shell of its own.
    Text(String),
    /// As the last words.
    Words(&'w [&'t Word]),
}

/// The command that a command runs in turn; `base` is the name of its program without folders.
#[must_use]
pub fn nested<'w, 't>(base: &str, words: &'w [&'t Word]) -> Option<Nested<'w, 't>> {
    let at = |index: usize| words.get(index).map(|word| word.text.as_str());
    match base {
        _ if is_shell(base) => {
            let flag = words.iter().position(|word| {
                word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c')
            })?;
            Some(Nested::Text(words.get(flag + 1)?.text.clone()))
        }
        "eval" => Some(Nested::Text(words[1..].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))),
        "xargs" | "parallel" => {
            let mut index = 1;
            while let Some(word) = at(index).filter(|word| word.starts_with('-')) {
                index += if matches!(word, "-n" | "-P" | "-I" | "-L" | "-d" | "-s") { 2 } else { 1 };
            }
            words.get(index..).filter(|rest| !rest.is_empty()).map(Nested::Words)
        }
        "find" => {
            let index = words.iter().position(|word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok"))?;
            words.get(index + 1..).filter(|rest| !rest.is_empty()).map(Nested::Words)
        }
        "docker" | "podman" | "docker-compose" | "podman-compose" => in_container(words).map(Nested::Words),
        // `kubectl exec pod -- psql ...`, `doppler run -- npm publish`: what stands behind the dashes.
        "kubectl" | "oc" if !words.iter().take(8).any(|word| word.text == "exec") => None,
        "kubectl" | "oc" | "doppler" | "dotenv" | "dotenvx" | "op" | "aws-vault" | "mise" | "infisical" | "chamber" => {
            let dashes = words.iter().position(|word| word.text == "--")?;
            words.get(dashes + 1..).filter(|rest| !rest.is_empty()).map(Nested::Words)
        }
        "npx" | "bunx" | "uvx" | "pnpx" => {
            let index = words.iter().skip(1).position(|word| !word.text.starts_with('-'))? + 1;
            Some(Nested::Words(&words[index..]))
        }
        "uv" | "poetry" | "pdm" | "pipenv" | "hatch" if at(1) == Some("run") => {
            let index = words.iter().skip(2).position(|word| !word.text.starts_with('-'))? + 2;
            Some(Nested::Words(&words[index..]))
        }
        "bundle" | "pnpm" | "yarn" | "npm" if at(1) == Some("exec") => {
            words.get(2..).filter(|rest| !rest.is_empty()).map(Nested::Words)
        }
        _ => None,
    }
}

/// What runs in a container that exists: `docker exec -u root tower rm -r /srv`, `docker compose exec db dropdb tower`.
fn in_container<'w, 't>(words: &'w [&'t Word]) -> Option<&'w [&'t Word]> {
    let compose = words.iter().take(2).any(|word| word.text.ends_with("compose"));
    let runs = |word: &&Word| word.text == "exec" || compose && word.text == "run";
    let exec = words.iter().take(8).position(runs)?;
    let mut at = exec + 1;
    while let Some(flag) = words.get(at).map(|word| word.text.as_str()).filter(|word| word.starts_with('-')) {
        let valued = matches!(
            flag,
            "-u" | "--user"
                | "-w"
                | "--workdir"
                | "-e"
                | "--env"
                | "--env-file"
                | "--index"
                | "-v"
                | "--volume"
                | "-p"
                | "--publish"
                | "--entrypoint"
        );
        at += if valued { 2 } else { 1 };
    }
    words.get(at + 1..).filter(|rest| !rest.is_empty())
}
