//! Programs that talk to a person when they are given nothing to run: interpreters, clients of databases.
//!
//! Tables and small functions over words; must not know documents.

use std::sync::LazyLock;

use super::programs::from_program;
use super::shell::Word;
use crate::text::Lexicon;

/// Whether a command would wait for a person to type, unless something is fed to it.
pub(super) fn waits_for_input(words: &[&Word]) -> bool {
    let words = from_program(words);
    let Some((program, rest)) = words.split_first() else { return false };
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    if !may_wait(base) {
        return false;
    }
    let args: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    if has(&["--help", "--version", "-V", "-?"]) {
        return false;
    }
    let plain = || args.iter().position(|arg| !arg.starts_with('-'));
    match base {
        "node" | "lua" | "julia" | "R" | "scala" | "jshell" | "bc" | "deno" | "erl" | "sbcl" => args.is_empty(),
        "python" | "python3" => args.is_empty() || args == ["-i"],
        "irb" | "ghci" | "iex" | "pry" | "ipython" => !has(&["-e", "--eval", "-c"]) && !args.iter().any(is_script),
        "rails" => matches!(args.first(), Some(&("console" | "c" | "dbconsole" | "db"))),
        "psql" => {
            !has(&["--list"]) && !long(&args, &["--command", "--file"]) && !clustered(&args, "cfl", "UdhpvPFRTLo")
        }
        "mysql" | "mariadb" => !long(&args, &["--execute"]) && !clustered(&args, "e", "uhPDSp"),
        // A file and nothing to ask of it.
        "sqlite3" => given(&args, &["-separator", "-cmd", "-init", "-newline", "-nullvalue"]) < 2,
        "mongosh" | "mongo" => !long(&args, &["--eval", "--file"]) && !has(&["-f"]) && !args.iter().any(is_script),
        "redis-cli" => {
            let takes = ["-h", "-p", "-n", "-a", "-u", "-s", "-r", "-i", "--user", "--pass"];
            let acts = args.iter().any(|arg| {
                arg.starts_with("--") && !matches!(*arg, "--raw" | "--no-raw" | "--tls" | "--user" | "--pass")
            });
            given(&args, &takes) == 0 && !acts
        }
        // What they run inside themselves.
        "npx" | "bunx" | "pnpx" | "uvx" => plain().is_some_and(|at| waits_for_input(&rest[at..])),
        "uv" | "poetry" | "pdm" | "hatch" | "pipenv" | "rye" | "bundle" | "pixi"
            if matches!(args.first(), Some(&("run" | "exec"))) =>
        {
            let inner = args.iter().skip(1).position(|arg| !arg.starts_with('-'));
            inner.is_some_and(|at| waits_for_input(&rest[at + 1..]))
        }
        "docker" | "docker-compose" | "podman" | "kubectl" => {
            let inner = args.iter().position(|arg| *arg == "exec").and_then(|exec| {
                let client = |arg: &&str| matches!(*arg, "psql" | "mysql" | "mariadb" | "mongosh" | "redis-cli");
                args[exec..].iter().position(client).map(|at| at + exec)
            });
            inner.is_some_and(|at| waits_for_input(&rest[at..]))
        }
        _ => false,
    }
}

/// Whether a program may talk to a person, or may run one that does, as few do.
fn may_wait(base: &str) -> bool {
    static MAY: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let programs = [
            "node", "lua", "julia", "R", "scala", "jshell", "bc", "deno", "erl", "sbcl", "python", "python3", "irb",
            "ghci", "iex", "pry", "ipython", "rails", "psql", "mysql", "mariadb", "sqlite3", "mongosh", "mongo",
            "redis-cli", "npx", "bunx", "pnpx", "uvx", "uv", "poetry", "pdm", "hatch", "pipenv", "rye", "bundle",
            "pixi", "docker", "docker-compose", "podman", "kubectl",
        ];
        Lexicon::new(programs.map(|program| (program, ())))
    });
    MAY.exactly(base).is_some()
}

/// `--command=...`, `--file x`.
fn long(args: &[&str], wanted: &[&str]) -> bool {
    args.iter().any(|arg| wanted.contains(&arg.split('=').next().unwrap_or(arg)))
}

/// Whether one of the short flags stands in a cluster such as `-tAc`; behind a flag that takes a value comes the value.
fn clustered(args: &[&str], wanted: &str, valued: &str) -> bool {
    args.iter()
        .filter(|arg| !arg.starts_with("--"))
        .filter_map(|arg| arg.strip_prefix('-'))
        .any(|cluster| cluster.chars().take_while(|next| !valued.contains(*next)).any(|next| wanted.contains(next)))
}

/// How many arguments are neither flags nor values of those flags that take one.
fn given(args: &[&str], valued: &[&str]) -> usize {
    let mut count = 0;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if valued.contains(arg) {
            rest.next();
        } else if !arg.starts_with('-') {
            count += 1;
        }
    }
    count
}

fn is_script(arg: &&str) -> bool {
    [".js", ".rb", ".py", ".exs", ".ex", ".hs"].iter().any(|end| arg.ends_with(end))
}
