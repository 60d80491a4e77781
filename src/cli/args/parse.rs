//! How what was typed becomes a verb with its options.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::super::exit_code;
use super::{Args, CommonArgs, RunArgs, Verb};
use crate::text::clean;

const EXAMPLES: &str = "\
Examples:
  plan-run                            before pushing: check what the branch touches and claims as done
  plan-run run                        run all plans that are found where plans usually live
  plan-run docs/plan.md               run one plan; the verb `run` may be left out
  plan-run run --dry-run docs/plan.md show what would run, and what would not
  plan-run list docs/plan.md          show the stages and checks that were read
  plan-run graph --format mermaid docs/plan.md
                                      draw the order of the stages";

const RUN_EXAMPLES: &str = "\
Examples:
  plan-run run docs/plan.md           run one plan
  plan-run run 'docs/plans/*.md'      run several; plan-run expands the glob
  plan-run run -j 4 --junit out.xml --summary out.md docs/plan.md
                                      four commands at a time, two reports
  plan-run run --red docs/plan.md     run also the tests that must fail so far";

const NIGHTLY_EXAMPLES: &str = "\
Examples:
  plan-run nightly                    run all plans of the repository
  plan-run nightly --report-dir out   with a report for each plan, one for all, and an index
  plan-run nightly --retries 0 'docs/plans/*.md'
                                      try nothing again, and run some plans only";

/// The command line of a run, as far as it takes to read one without a mistake.
///
/// Every verb with all of its options takes about as long as reading a small plan, and most of the words that are typed are
/// of a run. What is shown to anyone comes from [`command`].
#[derive(Parser)]
#[command(name = "plan-run", version)]
struct RunLine {
    #[command(subcommand)]
    verb: RunVerb,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Subcommand)]
enum RunVerb {
    Run(Box<RunArgs>),
}

/// What became of the words that were typed.
pub enum Parsed {
    /// They make sense.
    Args(Box<Args>),
    /// They ask for help or the version, or they make no sense: a text to show and whether it is an error.
    Say {
        /// The text, with colour codes.
        coloured: String,
        /// The text without.
        plain: String,
        /// Whether the words make no sense.
        error: bool,
    },
}

/// The verbs, as they are typed.
pub const VERBS: &[&str] = &[
    "run", "nightly", "prove", "list", "explain", "graph", "lint", "mark", "status", "next", "new", "report",
    "history", "merge", "shards", "approve", "bisect", "hook", "completions", "man", "lsp", "__complete", "help",
];

/// The command line as clap knows it, with all that is said of it.
#[must_use]
pub fn command() -> Command {
    let command = Args::command()
        .after_help(format!("{EXAMPLES}\n\n`plan-run run --help` tells all options of a run.\n\n{}", exit_code::HELP));
    command.mut_subcommands(|verb| match verb.get_name() {
        "nightly" => verb.after_help(format!("{NIGHTLY_EXAMPLES}\n\n{}", exit_code::HELP)),
        "run" => verb.after_help(format!("{RUN_EXAMPLES}\n\n{}", exit_code::HELP)),
        _ => verb,
    })
}

/// Changes every argument of a command and of those below it.
#[must_use]
pub fn map_args(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    command.mut_args(change).mut_subcommands(|command| map_args(command, change))
}

/// Reads the command line; the first word is the program's name.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Parsed {
    let words: Vec<OsString> = words.into_iter().collect();
    if let [_, only] = &words[..]
        && (only == "--version" || only == "-V")
    {
        // Scripts ask for it again and again, and no verb has to be known for that.
        let text = concat!("plan-run ", env!("CARGO_PKG_VERSION"), "\n").to_owned();
        return Parsed::Say { coloured: text.clone(), plain: text, error: false };
    }
    let (words, bare) = with_verb(words);
    if words.iter().any(|word| word == "run")
        && let Ok(RunLine { verb: RunVerb::Run(mut run), common }) = RunLine::try_parse_from(&words)
    {
        run.bare = bare;
        return Parsed::Args(Box::new(Args { verb: Verb::Run(run), common }));
    }
    let mut command = command();
    let escapes = words.iter().any(|word| word.as_encoded_bytes().contains(&0x1b));
    let parsed = command
        .try_get_matches_from_mut(words)
        .and_then(|matches| Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
    match parsed {
        Ok(mut args) => {
            if let Verb::Run(run) = &mut args.verb {
                run.bare = bare;
            }
            Parsed::Args(Box::new(args))
        }
        Err(error) => {
            // What was typed is shown again, and need not come from the one who sees it: a glob brings names of files.
            let plain = error.render().to_string();
            let clean = clean(plain.as_bytes());
            let coloured = if clean == plain && !escapes { error.render().ansi().to_string() } else { clean.clone() };
            Parsed::Say { coloured, plain: clean, error: error.use_stderr() }
        }
    }
}

/// The options of a run of which nothing was typed but the program's name.
#[must_use]
pub fn bare_run() -> Option<Box<RunArgs>> {
    match parse([OsString::from("plan-run")]) {
        Parsed::Args(args) => match args.verb {
            Verb::Run(run) => Some(run),
            _ => None,
        },
        Parsed::Say { .. } => None,
    }
}

/// Whether the command line seems to ask for a run, as far as that can be told at a glance.
pub fn asks_for_a_run(words: impl IntoIterator<Item = OsString>) -> bool {
    let (words, _) = with_verb(words.into_iter().collect());
    words.iter().any(|word| word == "run" || word == "nightly") && !words.iter().any(|word| word == "--help")
}

/// Adds the verb `run` where none was typed; says also whether nothing else was typed either.
///
/// Only options that belong to no verb may stand before a verb, so that the first other word decides.
fn with_verb(mut words: Vec<OsString>) -> (Vec<OsString>, bool) {
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        match word {
            "-h" | "--help" | "-V" | "--version" => return (words, false),
            _ if VERBS.contains(&word) => return (words, false),
            "--color" | "--config" | "--dialect" => at += 2,
            _ if ["--color=", "--config=", "--dialect="].iter().any(|option| word.starts_with(option)) => at += 1,
            _ => break,
        }
    }
    // Past the end means that an option lacks its value, which is for the parser to say.
    let bare = at == words.len();
    if at <= words.len() {
        words.insert(at, OsString::from("run"));
    }
    (words, bare)
}
