//! What could stand at a place of a command line: the only file that names `clap_complete`.
//!
//! Which verbs and options there are, and where a word belongs, is clap's to know; what goes by a name of the user's
//! own is [`Known`]'s.

use std::ffi::{OsStr, OsString};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::super::args::{self, CompleteArgs};
use super::super::console::Console;
use super::known::{Known, What};
use crate::host::Host;
use crate::text::clean_line;

/// A word that could stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The whole word.
    pub(super) word: String,
    /// What it means, on one line; empty where nothing is to be said.
    pub(super) help: String,
}

/// What could stand at the place.
pub(super) fn candidates(args: &CompleteArgs, console: &Console, host: &dyn Host) -> Vec<Candidate> {
    let mut words = args.words.clone();
    words.truncate(args.at + 1);
    if words.len() == args.at {
        // A shell may pass over a word that is still empty.
        words.push(OsString::new());
    }
    let Some(current) = words.get(args.at).map(|word| word.to_string_lossy().into_owned()) else { return Vec::new() };
    let mut known = Known::new(&words[..args.at], console, host);
    let mut command = args::command();
    // The verb `run` may be left out, so that what belongs to it may stand where a verb could.
    if let Some(run) = command.find_subcommand("run").cloned() {
        command = command.args(run.get_arguments().cloned());
    }
    command =
        args::map_args(command, &|arg| match arg.get_value_names().and_then(|names| What::named(names.first()?)) {
            Some(what) => arg.add(ArgValueCompleter::new(move |_: &OsStr| vec![place(what)])),
            None => arg,
        });
    let found = complete(&mut command, words, args.at, host.current_dir().ok().as_deref()).unwrap_or_default();
    let mut candidates = Vec::new();
    for candidate in found {
        match placed(&candidate) {
            Some((before, what)) => {
                let typed = current.strip_prefix(&before).unwrap_or_default();
                candidates.extend(known.all(what, typed).into_iter().map(|mut candidate| {
                    candidate.word.insert_str(0, &before);
                    candidate
                }));
            }
            None => candidates.push(Candidate {
                word: candidate.get_value().to_string_lossy().into_owned(),
                help: candidate.get_help().map(|help| first_line(&help.to_string())).unwrap_or_default(),
            }),
        }
    }
    // Options are many. They are shown to who asks for them by a dash, or where nothing else can stand.
    if current.is_empty() && candidates.iter().any(|candidate| !candidate.word.starts_with('-')) {
        candidates.retain(|candidate| !candidate.word.starts_with('-'));
    }
    candidates.retain(|candidate| !candidate.word.contains(['\n', '\t']));
    candidates
}

/// Stands for names that are looked up only when it is known that they could stand there: most command lines have
/// nothing to do with runs, nor with what is in plans.
fn place(what: What) -> CompletionCandidate {
    CompletionCandidate::new(format!("\0{}", what.name()))
}

/// What stands before such a place in the word, as `--stage=` does, and what it is for.
fn placed(candidate: &CompletionCandidate) -> Option<(String, What)> {
    let word = candidate.get_value().to_str()?;
    let (before, name) = word.split_once('\0')?;
    Some((before.to_owned(), What::named(name)?))
}

fn first_line(help: &str) -> String {
    clean_line(help.lines().next().unwrap_or_default())
}
