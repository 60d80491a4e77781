//! The programs that the checks of a plan call, with their arguments and the folder in which each runs.

use std::path::PathBuf;

use super::super::{Subject, World};
use crate::dialect::effects::{Nested, nested, past_keywords};
use crate::dialect::programs::from_program;
use crate::dialect::shell::{Logical, Token, Word, lex, simple_commands};
use crate::plan::{Check, Kind, ScriptId};

/// A call of a program.
#[derive(Clone)]
pub(super) struct Call<'a> {
    /// The check that makes it.
    pub(super) check: &'a Check,
    /// The program and its arguments, without quotes.
    pub(super) words: Vec<String>,
    /// Where it runs; `None` where that shows only when it runs.
    pub(super) folder: Option<PathBuf>,
    /// Whether the program is looked up where the shell looks, and not among the packages of the project.
    pub(super) on_path: bool,
    /// Whether the plan says that the check holds already.
    pub(super) done: bool,
}

impl Call<'_> {
    /// The program's name without folders.
    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word))
    }

    /// The arguments.
    pub(super) fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or(&[])
    }
}

/// How deep commands in commands are followed.
const DEPTH: u32 = 4;

/// All calls that can be told from the text of the checks. A check that must fail before the work is looked at only when
/// the work is done.
pub(super) fn calls<'a>(subject: &Subject<'a>, world: &World<'_>) -> Vec<Call<'a>> {
    let mut found = Vec::new();
    let mut shell: Option<(ScriptId, Option<PathBuf>)> = None;
    for check in &subject.plan.checks {
        let Some(command) = check.command.as_deref() else { continue };
        let stage = subject.plan.stage(check.stage);
        let done = stage.claimed || check.tick.is_some_and(|tick| tick.done);
        let told = matches!((check.kind, done), (Kind::Command, _) | (Kind::Red, true));
        if !told || stage.env.contains_key("PATH") {
            continue;
        }
        let start = check.cwd.as_ref().map_or_else(|| world.root.to_path_buf(), |cwd| world.root.join(cwd));
        let before = shell.take().filter(|(script, _)| check.script == Some(*script));
        let mut folder = before.map_or_else(|| world.host.is_dir(&start).then_some(start), |(_, folder)| folder);
        let logical = lex(command);
        if is_readable(&logical) {
            let outer = folder.clone();
            let mut walk = Walk { world, check, done, found: &mut found };
            walk.command(&logical, &mut folder, true, 0);
            // What a subshell does to its folder ends with it.
            if logical.tokens.contains(&Token::Op("(")) {
                folder = outer;
            }
        }
        shell = check.script.map(|script| (script, folder));
    }
    found
}

/// Whether the words of a command can be told apart by operators alone.
fn is_readable(logical: &Logical) -> bool {
    let own = |token: &Token| matches!(token, Token::Word(word) if !word.quoted && matches!(word.text.as_str(), "case" | "function" | "select"));
    !logical.incomplete && !logical.tokens.iter().any(own) && !defines(&logical.tokens)
}

/// `name() {`: a function, whose name is no program.
fn defines(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| matches!(pair, [Token::Op("("), Token::Op(")")]))
}

struct Walk<'w, 'a> {
    world: &'w World<'w>,
    check: &'a Check,
    done: bool,
    found: &'w mut Vec<Call<'a>>,
}

impl Walk<'_, '_> {
    fn command(&mut self, logical: &Logical, folder: &mut Option<PathBuf>, on_path: bool, depth: u32) {
        if depth > DEPTH {
            return;
        }
        for words in simple_commands(&logical.tokens) {
            self.words(&words, folder, on_path, depth);
        }
    }

    fn words(&mut self, words: &[&Word], folder: &mut Option<PathBuf>, on_path: bool, depth: u32) {
        let Some(words) = past_keywords(words) else { return };
        // A program that is found by a path of its own, or in a loop's list.
        if words.iter().any(|word| word.text.starts_with("PATH=")) || words[0].text == "for" {
            return;
        }
        let words = from_program(words);
        let Some(program) = words.first() else { return };
        let base = program.text.rsplit('/').next().unwrap_or(&program.text);
        if matches!(base, "cd" | "pushd") {
            *folder = match words {
                [_, to] if is_literal(&to.text) => folder.as_ref().map(|folder| folder.join(&to.text)),
                _ => None,
            };
            let gone = folder.as_ref().is_some_and(|folder| !self.world.host.is_dir(folder));
            self.push(words, folder, on_path);
            if gone {
                *folder = None;
            }
            return;
        }
        self.push(words, folder, on_path);
        // What a container runs is looked for in the container.
        if matches!(base, "docker" | "podman" | "docker-compose" | "podman-compose" | "kubectl" | "oc") {
            return;
        }
        let packaged = matches!(
            base,
            "npx"
                | "bunx"
                | "uvx"
                | "pnpx"
                | "uv"
                | "poetry"
                | "pdm"
                | "pipenv"
                | "hatch"
                | "bundle"
                | "pnpm"
                | "yarn"
                | "npm"
        );
        match nested(base, words) {
            Some(Nested::Text(text)) => {
                let inner = lex(&text);
                if is_readable(&inner) {
                    self.command(&inner, &mut folder.clone(), on_path, depth + 1);
                }
            }
            Some(Nested::Words(inner)) if depth < DEPTH => {
                self.words(inner, &mut folder.clone(), on_path && !packaged, depth + 1);
            }
            _ => {}
        }
    }

    fn push(&mut self, words: &[&Word], folder: &Option<PathBuf>, on_path: bool) {
        self.found.push(Call {
            check: self.check,
            words: words.iter().map(|word| word.text.clone()).collect(),
            folder: folder.clone(),
            on_path,
            done: self.done,
        });
    }
}

/// Whether a word stands for itself: no variable, no pattern, nothing that is run.
pub(super) fn is_literal(word: &str) -> bool {
    !word.is_empty() && !word.contains(['$', '`', '*', '?', '[', '{', '~', '<', '>', '|', '\\', '\n', '(', '='])
}
