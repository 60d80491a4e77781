//! Whether a command changes the working tree or shared state in a way that a check may.

use std::sync::LazyLock;

use crate::dialect::programs::from_program;
use crate::dialect::shell::{Logical, Token, Word, is_assignment, lex, simple_commands};
use crate::text::Lexicon;

use super::nested::{DEPTH, Nested, nested};
use super::risks::{begins, bits, positionals, rows_of};

/// Whether a command, of which these are the simple ones, changes the working tree or shared state, though in a way that
/// a check may: formatters that write, installs, code generation, starting containers, output into a file.
pub(super) fn writes(command: &Logical, commands: &[Vec<&Word>]) -> bool {
    let redirected = command.tokens.windows(2).any(|pair| match pair {
        [Token::Op(">" | ">>" | "&>" | ">|" | "&>>"), Token::Word(target)] => {
            !target.text.starts_with("/dev/") && !target.text.starts_with("/tmp/") && !target.text.starts_with('&')
        }
        _ => false,
    });
    redirected || commands.iter().any(|words| updates(words) || writes_words(words, 0))
}

/// Flags by which tests write what they expect.
const SNAPSHOTS: &[&str] = &[
    "--snapshot-update", "--update-snapshot", "--update-snapshots", "--updateSnapshot", "--accept", "--force-regen",
    "--inline-snapshot=fix", "--inline-snapshot=create", "--bless",
];

/// Flags by which a command mends what it finds.
const MENDS: &[&str] =
    &["--fix", "--write", "--in-place", "--apply", "--autocorrect", "--auto-correct", "--fix-all", "--inplace"];

/// Flags by which a command that would write only looks.
const LOOKS: &[&str] = &[
    "--check", "--diff", "--dry-run", "--list-different", "-l", "--verify", "-check", "--verify-no-changes",
    "--check-formatted", "--set-exit-if-changed", "--test", "--pretend", "--help", "--version", "-d", "--output=none",
    "-n",
];

/// Subcommands that write, with the programs; a `*` stands for all that a program does.
const WRITERS: &[(&[&str], &[&str])] = &[
    // Formatters
    (
        &[
            "black", "isort", "rustfmt", "stylua", "swiftformat", "dprint", "treefmt", "alejandra", "nixfmt", "pint",
            "phpcbf", "leptosfmt",
        ],
        &["*"],
    ),
    (
        &[
            "ruff", "dotnet", "mix", "dart", "deno", "buf", "sqlfluff", "biome", "taplo", "flutter", "gleam", "zig",
            "cargo", "terraform", "tofu", "nix", "elm",
        ],
        &["format", "fmt", "fix"],
    ),
    (&["php-cs-fixer"], &["fix"]),
    (&["pre-commit", "lefthook", "husky", "prek"], &["run", "install", "autoupdate", "uninstall"]),
    (&["lint-staged"], &["*"]),
    (&["mvn", "mvnw"], &["spotless:apply", "fmt:format", "formatter:format"]),
    (&["gradle", "gradlew"], &["spotlessApply", "ktlintFormat", "wrapper"]),
    (&["autopep8", "yapf"], &["-i"]),
    // Installs
    (&["cargo"], &["update", "add", "remove", "fetch", "vendor", "generate-lockfile", "sqlx prepare", "init", "new"]),
    (&["pod"], &["install", "update"]),
    (&["swift"], &["package update", "package resolve"]),
    (&["conda", "mamba", "micromamba"], &["install", "create", "env create", "env update", "update"]),
    (&["virtualenv"], &["*"]),
    (&["playwright", "cypress", "puppeteer"], &["install"]),
    (&["flutter", "dart"], &["pub get", "pub upgrade", "create", "gen-l10n", "run build_runner", "pub run"]),
    (&["terraform", "tofu"], &["init", "get", "providers lock"]),
    (&["corepack"], &["*"]),
    (
        &["mix"],
        &["deps.get", "deps.update", "ecto.migrate", "ecto.create", "ecto.setup", "phx.new", "ecto.gen.migration"],
    ),
    (&["git"], &["clone", "fetch", "config", "submodule update", "lfs install", "lfs pull"]),
    (&["helm"], &["dependency update", "dep update", "dependency build", "repo add", "repo update"]),
    // Generators
    (
        &[
            "protoc", "graphql-codegen", "openapi-typescript", "openapi-generator-cli", "orval", "mockgen", "wire",
            "stringer", "easyjson", "typeshare", "swag", "controller-gen", "gqlgen", "kysely-codegen", "wasm-pack",
            "datamodel-codegen", "quicktype", "jsonnet", "copier", "cookiecutter", "mockery", "oapi-codegen",
        ],
        &["*"],
    ),
    (
        &["ent", "sqlc", "templ", "openapi-generator", "buf", "prisma", "ng", "rails", "nest", "plop", "hygen", "nx"],
        &["generate", "g", "new"],
    ),
    (&["changeset"], &["version", "add"]),
    (&["maturin"], &["develop"]),
    // Databases
    (
        &[
            "prisma", "alembic", "sqlx", "drizzle-kit", "flyway", "diesel", "liquibase", "knex", "sequelize",
            "typeorm", "goose", "dbmate", "migrate", "atlas",
        ],
        &["*"],
    ),
    (
        &["artisan"],
        &["migrate", "db:seed", "key:generate", "storage:link", "vendor:publish", "make:*", "config:cache", "optimize"],
    ),
    (
        &["manage.py"],
        &[
            "migrate", "makemigrations", "loaddata", "collectstatic", "createsuperuser", "createcachetable",
            "compilemessages", "makemessages",
        ],
    ),
    (
        &["rails", "rake"],
        &[
            "db:migrate", "db:create", "db:setup", "db:seed", "db:prepare", "db:schema:load", "db:test:prepare",
            "assets:precompile",
        ],
    ),
    (&["flask"], &["db upgrade", "db migrate", "db init"]),
    (&["console"], &["doctrine:migrations:migrate", "doctrine:database:create", "make:*", "cache:clear"]),
    (&["dotnet"], &["ef database update", "ef migrations add", "add", "new", "tool restore", "sln"]),
    (&["createdb", "createuser"], &["*"]),
    // Containers
    (
        &["docker", "podman"],
        &[
            "run", "build", "start", "restart", "pull", "create", "load", "import", "tag", "buildx build", "compose *",
            "network create", "volume create", "container start",
        ],
    ),
    (&["docker-compose", "podman-compose"], &["up", "run", "build", "start", "down", "restart", "pull", "create"]),
    (&["kind", "k3d", "minikube"], &["create", "start", "cluster create", "load"]),
    (&["vagrant", "tilt", "colima"], &["up", "start"]),
    (&["supabase"], &["start", "stop", "init", "gen", "migration new"]),
    // Files
    (
        &[
            "mkdir", "rmdir", "touch", "cp", "mv", "ln", "rm", "tee", "patch", "unzip", "install", "chmod", "rsync",
            "wget", "truncate", "mktemp", "split", "gzip", "gunzip", "zip",
        ],
        &["*"],
    ),
];

/// What of those only looks.
const READERS: &[(&[&str], &[&str])] = &[
    (&["prisma"], &["validate", "format --check", "version", "migrate status", "migrate diff"]),
    (&["alembic"], &["current", "history", "heads", "check", "branches", "show"]),
    (
        &["sqlx", "diesel", "goose", "dbmate", "migrate", "atlas"],
        &["status", "version", "migrate info", "migration list", "migration pending", "validate", "schema inspect"],
    ),
    (&["drizzle-kit"], &["check"]),
    (&["flyway", "liquibase"], &["info", "validate", "status", "history"]),
    (
        &["knex", "sequelize", "typeorm"],
        &["migrate:list", "migrate:status", "db:migrate:status", "migration:show", "migrate:currentVersion"],
    ),
    (
        &["docker", "podman"],
        &[
            "compose ps", "compose logs", "compose config", "compose top", "compose port", "compose images",
            "compose version", "compose ls",
        ],
    ),
];

/// Whether tests write what they expect: `UPDATE_EXPECT=1 cargo test`.
fn updates(words: &[&Word]) -> bool {
    words
        .iter()
        .take_while(|word| is_assignment(&word.text))
        .any(|word| ["UPDATE_", "INSTA_UPDATE="].iter().any(|start| word.text.starts_with(start)))
}

fn writes_words(words: &[&Word], depth: u32) -> bool {
    let words = from_program(words);
    let Some(program) = words.first() else { return false };
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    let args: Vec<&str> = words[1..].iter().map(|word| word.text.as_str()).collect();
    if depth < DEPTH
        && let Some(inner) = nested(base, words)
    {
        let inside = match inner {
            Nested::Text(text) => {
                let inner = lex(&text);
                writes(&inner, &simple_commands(&inner.tokens))
            }
            Nested::Words(inner) => writes_words(inner, depth + 1),
        };
        return inside || args.starts_with(&["compose", "run"]);
    }
    // `php artisan migrate`, `python -m alembic upgrade head`: the script is the program.
    let script = match (base, args.as_slice()) {
        ("php" | "python" | "python3" | "ruby", ["-m", module, ..]) => Some((*module, 2)),
        ("php" | "python" | "python3" | "ruby", [script, ..]) => Some((script.rsplit('/').next().unwrap_or(script), 1)),
        _ => None,
    };
    match script {
        Some(("venv", _)) => true,
        Some((
            script @ ("artisan" | "manage.py" | "console" | "alembic" | "pip" | "black" | "isort" | "pre_commit"),
            skip,
        )) => program_writes(&script.replace('_', "-"), &args[skip..]),
        _ => program_writes(base, &args),
    }
}

fn program_writes(base: &str, args: &[&str]) -> bool {
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    let mends =
        args.iter().filter(|arg| arg.starts_with("--")).any(|arg| MENDS.contains(arg) || SNAPSHOTS.contains(arg));
    let looks = || has(LOOKS);
    match base {
        "gofmt" | "goimports" | "gofumpt" | "clang-format" | "shfmt" => return has(&["-w", "-i"]),
        "prettier" => return mends,
        "rubocop" | "standardrb" | "swiftlint" | "ktlint" => {
            return mends || has(&["-a", "-A", "-x", "-F", "--format"]);
        }
        "sed" | "perl" => return args.iter().any(|arg| arg.starts_with("-i") || *arg == "-pi" || *arg == "--in-place"),
        "tar" => return args.first().is_some_and(|flags| flags.contains('x')),
        "jest" | "vitest" | "ava" | "tap" => return mends || has(&["-u", "--update"]),
        "wget" => {
            return !has(&["--spider", "-O-", "-qO-"])
                && !args.windows(2).any(|pair| matches!(pair, ["-O" | "-qO", "-" | "/dev/null"]));
        }
        "curl" => {
            let into = args.windows(2).any(|pair| {
                matches!(pair[0], "-o" | "--output" | "-sSo" | "-so" | "-fsSLo") && !pair[1].starts_with("/dev/")
            });
            return into || has(&["-O", "--remote-name", "-LO", "-fsSLO"]);
        }
        "cargo" if args.first() == Some(&"insta") => {
            return has(&["accept", "review", "reject", "--accept", "--review"]);
        }
        "git" if args.first() == Some(&"config") => {
            return args.len() > 2 && !has(&["--get", "--get-all", "--get-regexp", "--list", "-l"]);
        }
        "go" => return goes(args),
        "npm" | "pnpm" | "yarn" | "bun" | "pip" | "pip3" | "uv" | "poetry" | "pdm" | "bundle" | "composer" | "gem"
        | "mise" | "make" | "gmake" | "just" | "task" | "dotnet" | "mix" | "deno" | "rye" | "pipenv" | "hatch"
            if has(&["--"]) && has(&["-u"]) || mends || !looks() && prepares(args) =>
        {
            return true;
        }
        _ => {}
    }
    if mends {
        return true;
    }
    static ROWS: LazyLock<[Lexicon<u128>; 2]> =
        LazyLock::new(|| [WRITERS, READERS].map(|table| rows_of(table.iter().map(|(programs, _)| *programs))));
    let [writers, readers] = ROWS.each_ref().map(|rows| rows.exactly(base).unwrap_or(0));
    listed(WRITERS, writers, base, args) && !listed(READERS, readers, base, args) && (!looks() || is_plain(base))
}

/// Programs whose short flags say nothing about looking only: `docker run -d`.
fn is_plain(base: &str) -> bool {
    matches!(
        base,
        "docker"
            | "podman"
            | "docker-compose"
            | "podman-compose"
            | "mkdir"
            | "touch"
            | "cp"
            | "mv"
            | "ln"
            | "rm"
            | "tee"
            | "unzip"
            | "install"
            | "chmod"
            | "zip"
            | "gzip"
            | "mktemp"
            | "split"
            | "createdb"
            | "git"
            | "kind"
    )
}

/// Whether a package manager or a task runner installs, formats or generates something.
fn prepares(args: &[&str]) -> bool {
    let mut typed = args.iter().copied().filter(|arg| !arg.starts_with('-') && !arg.contains('='));
    let verb = typed.next().unwrap_or("");
    let script = if matches!(verb, "run" | "run-script") { typed.next().unwrap_or("") } else { verb };
    let head = script.split([':', '-', '_']).next().unwrap_or(script);
    let tail = script.rsplit([':', '-', '_']).next().unwrap_or(script);
    let looks = matches!(tail, "check" | "status" | "test" | "dry" | "verify" | "diff" | "list");
    matches!(
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
            | "upgrade"
            | "remove"
            | "lock"
            | "venv"
            | "init"
            | "create"
            | "link"
            | "dedupe"
            | "up"
    ) || verb == "pip" && script == "pip" && typed.next() == Some("install")
        || !looks
            && (matches!(
                head,
                "generate"
                    | "gen"
                    | "codegen"
                    | "proto"
                    | "protos"
                    | "migrate"
                    | "migrations"
                    | "seed"
                    | "clean"
                    | "fix"
                    | "fmt"
                    | "format"
                    | "setup"
                    | "install"
                    | "bootstrap"
                    | "update"
            ) || matches!(tail, "generate" | "codegen" | "migrate" | "seed" | "fix" | "fmt" | "format" | "install"))
}

/// What of Go writes: modules and generated code.
fn goes(args: &[&str]) -> bool {
    match args {
        ["mod", verb, ..] => matches!(*verb, "tidy" | "vendor" | "init" | "edit"),
        ["work", verb, ..] => !matches!(*verb, "vendor-check"),
        [verb, ..] => matches!(*verb, "get" | "generate" | "install" | "fix" | "fmt"),
        [] => false,
    }
}

/// Whether rows of a table have what is typed.
fn listed(table: &[(&[&str], &[&str])], rows: u128, base: &str, args: &[&str]) -> bool {
    if rows == 0 {
        return false;
    }
    let typed = positionals(base, args);
    bits(rows).any(|row| table[row].1.iter().any(|verb| *verb == "*" || begins(verb, &typed)))
}
