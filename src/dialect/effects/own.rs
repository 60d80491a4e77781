//! What programs and scripts of a project itself do, of which nothing is known but their names and their first words:
//! `scripts/deploy.sh`, `fleet deploy --env staging`.

use super::risks::{DELETES, PUBLISHES, is_dry, positionals};
use crate::dialect::programs::{Known, known};

/// What a project's own program does that is to be held back, if its name or its first word says so.
pub(super) fn own(program: &str, args: &[&str]) -> Option<&'static str> {
    let (script, rest) = script(program, args)?;
    if is_dry(args) || args.iter().any(|arg| arg.starts_with("--dry") || *arg == "-h") {
        return None;
    }
    let mut typed = positionals("", rest).into_iter();
    let verb = typed.next().unwrap_or("");
    // `fleet deploy status` only tells of what was deployed.
    if typed.next().is_some_and(|object| LOOKING.contains(&object)) {
        return None;
    }
    match verb {
        "deploy" | "redeploy" | "undeploy" | "publish" | "unpublish" => Some(PUBLISHES),
        "destroy" => Some(DELETES),
        verb if publishes(script) && !LOOKING.contains(&verb) => Some(PUBLISHES),
        _ => None,
    }
}

/// The project's own program that a command runs, and what it is told.
fn script<'a, 't>(program: &'a str, args: &'a [&'t str]) -> Option<(&'a str, &'a [&'t str])> {
    let base = program.rsplit('/').next().unwrap_or(program);
    let behind = |at: usize| args.get(at + 1..).unwrap_or(&[]);
    // `bash -n deploy.sh`, `node --check deploy.mjs`: the script is only read.
    let file = || {
        let at = args.iter().position(|arg| !arg.starts_with('-'))?;
        let reads = |arg: &&str| matches!(*arg, "-n" | "-c" | "-l" | "-wc" | "-e" | "-p" | "--check" | "--test");
        (!args[..at].iter().any(reads)).then_some(at)
    };
    match base {
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "node" | "tsx" | "ts-node" | "ruby" | "perl" | "php" => {
            file().map(|at| (args[at], behind(at)))
        }
        "python" | "python3" | "python2" | "pypy" => match args {
            ["-m", module, rest @ ..] => {
                let other = matches!(*module, "compileall" | "py_compile" | "unittest" | "doctest" | "json.tool");
                (!other && known(module) != Known::Yes).then_some((*module, rest))
            }
            _ => file().map(|at| (args[at], behind(at))),
        },
        "deno" | "bun" if args.first() == Some(&"run") => {
            let at = args.iter().skip(1).position(|arg| !arg.starts_with('-'))? + 1;
            Some((args[at], behind(at)))
        }
        "go" => match args {
            ["run", path, rest @ ..] => Some((*path, rest)),
            _ => None,
        },
        "cargo" | "dotnet" if args.first() == Some(&"run") => {
            let dashes = args.iter().position(|arg| *arg == "--")?;
            Some(("", behind(dashes)))
        }
        _ => matches!(known(base), Known::Maybe | Known::Path).then_some((program, args)),
    }
}

/// Words by which a script, or the object of a verb, only looks at what is there.
const LOOKING: &[&str] = &[
    "test", "tests", "spec", "check", "checks", "dry", "verify", "validate", "lint", "status", "plan", "preview",
    "smoke", "list", "logs", "diff", "show", "help", "config", "docs", "pre", "post", "after", "before", "version",
];

/// Whether a script is called after what it publishes: `deploy.sh`, `publish-npm.mjs`, `app_deploy.py`, `release.sh`.
fn publishes(script: &str) -> bool {
    let name = script.rsplit('/').next().unwrap_or(script);
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    if name == "release" {
        return true;
    }
    let parts = || name.split(['-', '_', '.', ':']);
    let says = |part: Option<&str>| matches!(part, Some("deploy" | "redeploy" | "undeploy" | "publish"));
    (says(parts().next()) || says(parts().next_back())) && !parts().any(|part| LOOKING.contains(&part))
}
