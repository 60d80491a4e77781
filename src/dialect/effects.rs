//! What a command changes beyond what a check should: the reasons for holding it back.
//!
//! Works on parsed words, so that `grep 'git push' log` is harmless and `bash -c "git push"` is not.
//! The rules are those of section 6 of the reading rules: publishing, rewriting history or the tree,
//! deleting outside build outputs, stopping or changing the machine.

use std::sync::LazyLock;

use crate::text::Phrases;

use super::fed::{Fed, expansions, fed};
use super::programs::from_program;
use super::shell::{Logical, Token, Word, is_assignment, lex, simple_commands};

/// How deep `sh -c '... sh -c ...'` and `$(...)` are followed.
const DEPTH: u32 = 8;

/// Why a command should not run without approval; `None` when nothing speaks against it.
#[must_use]
pub fn risk(command: &Logical) -> Option<String> {
    risk_of(command, 0)
}

fn risk_of(command: &Logical, depth: u32) -> Option<String> {
    if depth > DEPTH {
        return Some("it nests too many commands to be judged".to_owned());
    }
    simple_commands(&command.tokens)
        .iter()
        .find_map(|words| risk_of_words(words, depth))
        .or_else(|| expansions(command).into_iter().find_map(|inner| risk_of(&lex(inner), depth + 1)))
        .or_else(|| fed(command).into_iter().find_map(|(words, input)| risk_of_input(&words, &input, depth)))
}

/// Why what a program reads from its standard input speaks against it: a script for a shell, statements for a database.
fn risk_of_input(words: &[Word], input: &Fed, depth: u32) -> Option<String> {
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
fn past_keywords(words: &[Word]) -> Option<&[Word]> {
    let start = words.iter().position(|word| {
        word.quoted
            || !matches!(
                word.text.as_str(),
                "!" | "then" | "do" | "else" | "if" | "elif" | "while" | "until" | "{" | "time"
            )
    })?;
    Some(&words[start..])
}

fn is_shell(base: &str) -> bool {
    matches!(base, "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash")
}

fn is_database(base: &str) -> bool {
    matches!(base, "psql" | "mysql" | "mariadb" | "sqlite3" | "mongosh" | "mongo" | "redis-cli")
}

static DESTROYS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["drop ", "delete ", "truncate ", "dropdatabase", ".drop(", "deletemany", "flushall", "flushdb"])
});

/// Whether statements to a database delete what is in it.
fn destroys(statements: &str) -> bool {
    DESTROYS.any_in(statements)
}

/// Whether a text to be run is what was just fetched: `sh -c "$(curl ...)"`, `bash <(curl ...)`.
fn fetched(words: &[Word]) -> bool {
    words.iter().flat_map(|word| &word.substitutions).any(|inner| {
        simple_commands(&lex(inner).tokens).iter().any(|words| {
            from_program(words).first().is_some_and(|program| matches!(program.text.as_str(), "curl" | "wget"))
        })
    })
}

fn risk_of_words(words: &[Word], depth: u32) -> Option<String> {
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
    let dry = args.iter().any(|arg| arg.starts_with("--dry-run") || *arg == "--check" || *arg == "--help");
    direct(base, args, dry).map(|what| format!("it {what}"))
}

enum Nested<'w> {
    Text(String),
    Words(&'w [Word]),
}

/// The command that a command runs in turn.
fn nested<'w>(base: &str, words: &'w [Word]) -> Option<Nested<'w>> {
    let at = |index: usize| words.get(index).map(|word| word.text.as_str());
    match base {
        _ if is_shell(base) => {
            let flag = words.iter().position(|word| {
                word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c')
            })?;
            Some(Nested::Text(words.get(flag + 1)?.text.clone()))
        }
        "eval" => Some(Nested::Text(words[1..].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))),
        "xargs" => {
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

fn direct(base: &str, args: &[&str], dry: bool) -> Option<&'static str> {
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    let publishes = "publishes or deploys";
    let rewrites = "changes the repository's history or working tree";
    let machine = "changes the machine or its services";
    let deletes = "deletes data";
    let verb = args.iter().copied().find(|arg| !arg.starts_with('-'));
    match base {
        "git" => git(args, dry, publishes, rewrites),
        "rm" | "shred" | "unlink" => removes(args).then_some("deletes files outside build outputs"),
        "find" if has(&["-delete"]) => Some("deletes files"),
        "npm" | "pnpm" | "yarn" | "bun" | "cargo" | "poetry" | "uv" | "hatch" | "flit" | "pdm" | "dart" | "lerna"
        | "gem" | "mix" | "vsce"
            if !dry && matches!(verb, Some("publish" | "unpublish" | "push" | "yank" | "hex.publish")) =>
        {
            Some(publishes)
        }
        "npm" | "pnpm" | "yarn" | "bun"
            if !dry && args.first() == Some(&"run") && args.get(1).is_some_and(|script| deploys(script)) =>
        {
            Some(publishes)
        }
        "make" | "just" | "task" | "mise" | "rake" | "yarn" | "pnpm" if !dry && args.iter().any(|arg| deploys(arg)) => {
            Some(publishes)
        }
        "just" | "make" | "task"
            if args.iter().any(|arg| changes_service(arg) || matches!(*arg, "install" | "uninstall")) =>
        {
            Some(machine)
        }
        "twine" if verb == Some("upload") => Some(publishes),
        "docker" | "podman" | "docker-compose" => containers(args),
        "kubectl" | "oc" if !dry => match verb {
            Some(
                "apply" | "create" | "delete" | "replace" | "patch" | "scale" | "rollout" | "edit" | "set" | "drain"
                | "cordon" | "annotate" | "label" | "expose" | "run",
            ) if !(has(&["status", "history"]) && verb == Some("rollout")) => Some("changes a cluster"),
            _ => None,
        },
        "helm" if !dry => matches!(verb, Some("install" | "upgrade" | "uninstall" | "rollback" | "delete" | "push"))
            .then_some("changes a cluster"),
        "terraform" | "tofu" | "terragrunt" | "pulumi" | "cdk" | "sam" | "serverless" | "sst" => {
            matches!(verb, Some("apply" | "destroy" | "up" | "deploy" | "import" | "taint" | "remove"))
                .then_some("changes infrastructure")
        }
        "gh" | "glab" => forge(args),
        "vercel" | "netlify" | "wrangler" | "fly" | "flyctl" | "firebase" | "railway" | "heroku" | "eb" | "gcloud"
        | "goreleaser"
            if !dry =>
        {
            let deploys = has(&["deploy", "--prod", "promote", "publish", "release", "up"]) && !has(&["--snapshot"]);
            deploys.then_some(publishes)
        }
        "aws" | "az" | "gsutil" if !dry => {
            let changes = args.iter().any(|arg| {
                ["put-", "create-", "delete-", "update-", "deploy", "terminate-", "start-", "stop-"]
                    .iter()
                    .any(|start| arg.starts_with(start))
                    || matches!(*arg, "cp" | "sync" | "rm" | "mb" | "rb")
            });
            changes.then_some("changes something in the cloud")
        }
        "curl" | "http" | "https" | "wget" | "httpie" => {
            writes_remotely(base, args).then_some("sends a writing request to another host")
        }
        "dropdb" | "mongorestore" | "dropuser" => Some(deletes),
        "supabase" if has(&["reset"]) || has(&["push"]) || verb == Some("link") => Some("changes a database"),
        "prisma" if has(&["reset", "deploy", "push"]) => Some("changes a database"),
        _ if is_database(base) => {
            let verb = matches!(verb, Some("DEL" | "del" | "UNLINK" | "unlink" | "SHUTDOWN" | "shutdown"));
            (base == "redis-cli" && verb || args.iter().any(|arg| destroys(arg))).then_some(deletes)
        }
        "mysqladmin" | "mariadb-admin" if has(&["drop", "flush-hosts", "flush-tables", "shutdown", "kill"]) => {
            Some(deletes)
        }
        "truncate" => args.last().is_some_and(|path| keeps(path)).then_some("empties or cuts a file"),
        "rails" | "rake" if args.iter().any(|arg| matches!(*arg, "db:drop" | "db:reset")) => Some(deletes),
        "systemctl" | "service" | "launchctl" | "rc-service" => {
            let reads = has(&["status", "is-active", "is-enabled", "list-units", "show", "cat", "list", "print"]);
            (!reads).then_some(machine)
        }
        "kill" | "pkill" | "killall" => (!has(&["-0"])).then_some("stops processes"),
        "reboot" | "shutdown" | "halt" | "poweroff" | "mkfs" | "mount" | "umount" | "fdisk" | "iptables" | "ufw"
        | "useradd" | "usermod" | "chown" | "crontab" | "visudo" | "sysctl" | "modprobe" | "dd" => {
            let reads = base == "crontab" && has(&["-l"]) || base == "mount" && args.is_empty();
            (!reads).then_some(machine)
        }
        "apt" | "apt-get" | "yum" | "dnf" | "apk" | "pacman" | "brew" | "snap" | "port" | "choco" | "winget"
        | "zypper" => {
            let installs = has(&[
                "install", "remove", "upgrade", "update", "uninstall", "add", "purge", "dist-upgrade", "-S", "-Syu",
                "tap",
            ]);
            installs.then_some(machine)
        }
        "npm" | "pnpm" | "yarn"
            if has(&["-g", "--global", "global"]) && has(&["install", "i", "add", "link", "uninstall"]) =>
        {
            Some(machine)
        }
        "ssh" | "scp" | "rsync" | "sftp" => {
            let remote = base == "ssh" || args.iter().any(|arg| arg.contains(':') && !arg.starts_with('-'));
            remote.then_some("works on another host")
        }
        _ => None,
    }
}

fn deploys(script: &str) -> bool {
    let head = script.split([':', '-']).next().unwrap_or(script);
    matches!(head, "deploy" | "publish" | "release") && !script.contains("dry") && !script.contains("check")
}

fn changes_service(target: &str) -> bool {
    let Some((head, tail)) = target.rsplit_once('-') else { return false };
    head.ends_with("service")
        && matches!(tail, "install" | "enable" | "disable" | "uninstall" | "start" | "stop" | "restart")
}

fn git(args: &[&str], dry: bool, publishes: &'static str, rewrites: &'static str) -> Option<&'static str> {
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        if !first.starts_with('-') {
            break;
        }
        rest = if matches!(*first, "-C" | "-c" | "--git-dir" | "--work-tree") {
            tail.get(1..).unwrap_or(&[])
        } else {
            tail
        };
    }
    let (&verb, args) = rest.split_first()?;
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    if dry || has(&["-n"]) && matches!(verb, "push" | "clean") {
        return None;
    }
    match verb {
        "push" | "send-email" | "request-pull" => Some(publishes),
        "commit" | "reset" | "checkout" | "switch" | "restore" | "clean" | "rebase" | "merge" | "cherry-pick"
        | "revert" | "am" | "rm" | "mv" | "pull" | "filter-branch" | "filter-repo" | "gc" | "prune" | "update-ref"
        | "add" | "init" => Some(rewrites),
        "stash" => (!has(&["list", "show"])).then_some(rewrites),
        "apply" => (!has(&["--check", "--stat", "--numstat"])).then_some(rewrites),
        "tag" => {
            let reads = args.is_empty() || has(&["-l", "--list", "-v", "--verify", "--contains", "--points-at"]);
            (!reads).then_some(rewrites)
        }
        "branch" => has(&["-d", "-D", "-m", "-M", "--delete", "--move", "-f"]).then_some(rewrites),
        "worktree" => has(&["add", "remove", "prune", "move"]).then_some(rewrites),
        "remote" => has(&["add", "remove", "rm", "set-url", "rename"]).then_some(rewrites),
        "submodule" => has(&["add", "deinit"]).then_some(rewrites),
        _ => None,
    }
}

/// Whether `rm` deletes more than build outputs and temporary files.
fn removes(args: &[&str]) -> bool {
    let bare = args.iter().all(|arg| arg.starts_with('-'));
    bare || args.iter().filter(|arg| !arg.starts_with('-')).any(|path| keeps(path))
}

/// Whether a path is worth keeping: no build output, nothing temporary.
fn keeps(path: &str) -> bool {
    const OUTPUTS: &[&str] = &[
        "target", "build", "dist", "out", "node_modules", ".next", ".cache", "coverage", "__pycache__",
        ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", "tmp", "bin", "obj", ".turbo", ".nuxt", "htmlcov",
        ".gradle", "Debug", "Release",
    ];
    const LEFTOVERS: &[&str] = &[".o", ".pyc", ".class", ".log", ".tmp", ".coverage", "coverage.out"];
    let path = path.trim_start_matches("./").trim_end_matches(['/', '*']);
    let temporary = ["/tmp/", "$TMP", "${TMP", "/dev/null"].iter().any(|start| path.starts_with(start));
    let leaves = path.contains("..") || path.starts_with(['/', '~', '$']);
    let last = path.rsplit('/').next().unwrap_or(path);
    let first = path.split('/').next().unwrap_or(path);
    let output = OUTPUTS.contains(&last)
        || first != "bin" && OUTPUTS.contains(&first)
        || LEFTOVERS.iter().any(|end| last.ends_with(end));
    !temporary && (leaves || !output)
}

fn containers(args: &[&str]) -> Option<&'static str> {
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    if has(&["push"]) {
        Some("publishes or deploys")
    } else if has(&["prune"])
        || (has(&["down"]) && has(&["-v", "--volumes"]))
        || (has(&["volume", "image", "system"]) && has(&["rm"]))
    {
        Some("deletes containers' data")
    } else {
        None
    }
}

fn forge(args: &[&str]) -> Option<&'static str> {
    let changes = match args {
        ["pr" | "issue" | "mr" | "release" | "repo" | "gist" | "label" | "secret" | "variable", verb, ..] => {
            matches!(
                *verb,
                "create"
                    | "merge"
                    | "close"
                    | "edit"
                    | "comment"
                    | "delete"
                    | "review"
                    | "ready"
                    | "reopen"
                    | "upload"
                    | "set"
                    | "fork"
                    | "sync"
                    | "remove"
            )
        }
        ["workflow" | "run", verb, ..] => matches!(*verb, "run" | "rerun" | "cancel" | "disable" | "enable" | "delete"),
        ["api", rest @ ..] => {
            rest.windows(2).any(|pair| matches!(pair[0], "-X" | "--method") && pair[1] != "GET")
                || rest.iter().any(|arg| matches!(*arg, "-f" | "-F" | "--field"))
        }
        _ => false,
    };
    changes.then_some("writes to a forge that others see")
}

/// Whether an HTTP client writes to a host that is not the local one.
fn writes_remotely(base: &str, args: &[&str]) -> bool {
    let method = args.windows(2).find(|pair| matches!(pair[0], "-X" | "--request" | "--method")).map(|pair| pair[1]);
    let glued = args.iter().find_map(|arg| arg.strip_prefix("-X").filter(|rest| !rest.is_empty()));
    let named = args
        .iter()
        .copied()
        .find(|arg| matches!(*arg, "POST" | "PUT" | "DELETE" | "PATCH"))
        .filter(|_| base.starts_with("http"));
    let writes = match method.or(glued).or(named) {
        Some(method) => !matches!(method, "GET" | "HEAD" | "OPTIONS"),
        None => args.iter().any(|arg| {
            matches!(
                *arg,
                "-d" | "--data"
                    | "--data-raw"
                    | "--data-binary"
                    | "-F"
                    | "--form"
                    | "-T"
                    | "--upload-file"
                    | "--json"
                    | "--post-data"
                    | "--post-file"
            ) || ["--data=", "--post-data=", "--post-file=", "--json="].iter().any(|start| arg.starts_with(start))
        }),
    };
    writes && !args.iter().any(|arg| is_local(arg))
}

fn is_local(arg: &str) -> bool {
    let rest = arg.split_once("://").map_or(arg, |(_, rest)| rest);
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "$", ":"].iter().any(|host| rest.starts_with(host))
        && !arg.starts_with('-')
        || rest.split(['/', ':']).next().is_some_and(|host| host.ends_with(".local") || host.ends_with(".localhost"))
}

/// Whether a command changes the working tree or shared state, though in a way that a check may: formatters that
/// write, installs, code generation, starting containers, output into a file.
#[must_use]
pub fn writes(command: &Logical) -> bool {
    let redirected = command.tokens.windows(2).any(|pair| match pair {
        [Token::Op(">" | ">>" | "&>" | ">|" | "&>>"), Token::Word(target)] => {
            !target.text.starts_with("/dev/") && !target.text.starts_with("/tmp/") && !target.text.starts_with('&')
        }
        _ => false,
    });
    redirected || simple_commands(&command.tokens).iter().any(|words| updates(words) || writes_words(words, 0))
}

/// Flags by which tests write what they expect.
const SNAPSHOTS: &[&str] =
    &["--snapshot-update", "--update-snapshot", "--update-snapshots", "--updateSnapshot", "--accept", "--force-regen"];

/// Whether tests write what they expect: `UPDATE_EXPECT=1 cargo test`.
fn updates(words: &[Word]) -> bool {
    words
        .iter()
        .take_while(|word| is_assignment(&word.text))
        .any(|word| ["UPDATE_", "INSTA_UPDATE="].iter().any(|start| word.text.starts_with(start)))
}

fn writes_words(words: &[Word], depth: u32) -> bool {
    let words = from_program(words);
    let Some(program) = words.first() else { return false };
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    if depth < DEPTH
        && let Some(inner) = nested(base, words)
    {
        return match inner {
            Nested::Text(text) => writes(&lex(&text)),
            Nested::Words(inner) => writes_words(inner, depth + 1),
        };
    }
    let args: Vec<&str> = words[1..].iter().map(|word| word.text.as_str()).collect();
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    let checks = has(&["--check", "--diff", "--dry-run", "--list-different", "-l", "--verify"]);
    let verb = args.iter().copied().find(|arg| !arg.starts_with('-')).unwrap_or("");
    let script = if verb == "run" { args.last().copied().unwrap_or("") } else { verb };
    match base {
        "gofmt" | "goimports" | "gofumpt" | "clang-format" | "shfmt" => has(&["-w", "-i"]),
        "prettier" | "biome" => has(&["--write", "--apply", "--fix"]),
        "black" | "isort" | "rustfmt" | "stylua" | "swiftformat" | "terraform-fmt" => !checks,
        "ruff" => has(&["--fix"]) || verb == "format" && !checks,
        "cargo" => {
            (verb == "fmt" || verb == "fix" || verb == "update" || verb == "add" || has(&["--fix"])) && !checks
                || verb == "insta" && has(&["accept", "review", "reject", "--accept", "--review"])
        }
        "npm" | "pnpm" | "yarn" | "bun" | "pip" | "pip3" | "uv" | "poetry" | "pdm" | "bundle" | "composer" | "go"
        | "gem" | "mise" | "make" | "just" | "task" | "dotnet" | "mix" => {
            let head = script.split([':', '-']).next().unwrap_or(script);
            has(&["--fix"])
                || has(&["--"]) && has(&["-u"])
                || has(SNAPSHOTS)
                || !checks
                    && (matches!(
                        script,
                        "install"
                            | "i"
                            | "ci"
                            | "add"
                            | "sync"
                            | "get"
                            | "fmt"
                            | "format"
                            | "tidy"
                            | "restore"
                            | "bootstrap"
                            | "deps.get"
                            | "update"
                            | "mod"
                    ) || matches!(
                        head,
                        "generate" | "gen" | "codegen" | "proto" | "migrate" | "seed" | "clean" | "fix"
                    ))
        }
        "buf" | "protoc" | "sqlc" | "prisma" | "alembic" | "sqlx" | "templ" | "openapi-generator" | "drizzle-kit"
        | "flyway" | "diesel" => !matches!(
            verb,
            "lint" | "check" | "validate" | "format" | "breaking" | "current" | "history" | "status" | "info"
        ),
        "docker" | "podman" | "docker-compose" => has(&["up", "run", "build", "start", "down", "restart", "pull"]),
        "mkdir" | "touch" | "cp" | "mv" | "ln" | "rm" | "tee" | "patch" | "unzip" | "install" => true,
        "sed" | "perl" => has(&["-i", "-pi", "-i.bak"]),
        "tar" => args.first().is_some_and(|flags| flags.contains('x')),
        "jest" | "vitest" | "ava" | "playwright" | "tap" => has(&["-u", "--update"]) || has(SNAPSHOTS),
        _ => has(&["--fix", "--write", "--in-place"]) || has(SNAPSHOTS),
    }
}
