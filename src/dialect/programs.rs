//! What is known of programs: which names are programs, which of their uses never end, and which talk to
//! something else than the shell.
//!
//! Tables and small functions over words; must not know documents.

use std::sync::LazyLock;

use super::checkers::TESTERS;
use super::shell::{Word, is_assignment};
use crate::text::Lexicon;

/// Names that a code span may start with to be taken for a command without further signs.
const KNOWN: &[&str] = &[
    "act", "ansible", "ansible-lint", "ansible-playbook", "ant", "apt", "apt-get", "ava", "aws", "awk", "az", "bandit",
    "basedpyright", "bash", "bats", "bazel", "bazelisk", "bin/rails", "biome", "black", "brew", "buf", "bun", "bundle",
    "bunx", "c++", "cargo", "cargo-deny", "cargo-nextest", "cat", "cc", "chmod", "clang", "clang-format", "clang-tidy",
    "clj", "cmake", "cmp", "composer", "conda", "corepack", "cp", "crystal", "ctest", "curl", "cypress", "dart",
    "date", "deno", "detekt", "df", "diff", "dig", "docker", "docker-compose", "dotnet", "du", "echo", "elixir", "env",
    "eslint", "expr", "false", "fd", "ffmpeg", "file", "find", "firebase", "flake8", "flutter", "forge", "g++", "gcc",
    "gcloud", "gh", "ghc", "git", "gleam", "gleam", "go", "gofmt", "golangci-lint", "gosec", "govulncheck", "gradle",
    "grep", "gunzip", "hatch", "head", "helm", "helmfile", "hugo", "hyperfine", "jest", "jq", "julia", "just", "k6",
    "kubectl", "kustomize", "ls", "lua", "lsof", "make", "markdownlint", "maturin", "meson", "minikube", "mise", "mix",
    "mkdir", "mocha", "moon", "mv", "mvn", "mypy", "mysql", "nc", "netstat", "ninja", "nix", "node", "nohup", "nox",
    "npm", "npx", "nvm", "nx", "opam", "openssl", "openspec", "osv-scanner", "oxlint", "pdm", "perl", "pgrep", "php",
    "phpstan", "phpunit", "ping", "pip", "pip-audit", "pip3", "pipenv", "pipx", "pixi", "pkill", "playwright", "pnpm",
    "podman", "poetry", "pre-commit", "prettier", "printf", "protoc", "ps", "psql", "pulumi", "pylint", "pyright",
    "pytest", "python", "python3", "R", "Rscript", "rails", "rake", "redis-cli", "rg", "rm", "rspec", "rsync",
    "rubocop", "ruby", "ruff", "rustc", "rustfmt", "rustup", "rye", "sbt", "scp", "scons", "sed", "semgrep", "seq",
    "sh", "shellcheck", "shfmt", "skaffold", "sleep", "sort", "source", "spectral", "sqlfluff", "sqlite3", "sqlx",
    "ssh", "stack", "stat", "strings", "supabase", "svelte-check", "swift", "swiftformat", "swiftlint", "swc", "tail",
    "tar", "task", "terraform", "terragrunt", "test", "tflint", "time", "timeout", "tox", "touch", "tree", "trivy",
    "true", "tsc", "tsx", "turbo", "uname", "uniq", "uv", "uvx", "vale", "vite", "vitest", "vue-tsc", "wc", "wget",
    "which", "whoami", "xargs", "xcodebuild", "xcrun", "xmllint", "yamllint", "yarn", "yq", "zig", "zip", "zsh",
    "command", "cd", "export", "set", "unset", "ctags", "[", "[[", "!", "for", "while", "if", "until", "systemctl",
    "service", "sudo", "kill", "killall", "dropdb", "createdb", "pg_dump", "journalctl", "launchctl", "crontab",
    "gitleaks", "hadolint", "actionlint", "zizmor", "nextflow", "snakemake", "dbt", "alembic", "flask", "django-admin",
    "uvicorn", "gunicorn", "hypercorn", "celery", "streamlit", "jupyter", "tshark", "openapi-generator", "wasm-pack",
    "trunk", "tauri", "electron", "expo", "react-native", "pod", "fastlane", "adb", "emulator", "gsutil", "bq",
    "vercel", "netlify", "wrangler", "fly", "flyctl", "heroku", "railway", "doctl", "serverless", "sam", "cdk", "eb",
    "lerna", "changeset", "goreleaser", "ko", "mage", "buck2", "pants", "earthly", "dagger", "tilt", "vagrant",
    "packer", "nomad", "consul", "vault", "codecov", "coverage", "cosign", "syft", "grype", "md5sum", "sha256sum",
    "base64", "xxd", "od", "cut", "tr", "tee", "basename", "dirname", "realpath", "readlink", "id", "hostname",
    "uptime", "free", "nproc", "ldd", "nm", "objdump", "readelf", "otool", "codesign", "plutil", "valgrind", "perf",
    "gdb", "lldb", "strace", "asciidoctor", "pandoc", "mdbook", "mkdocs", "sphinx-build", "typedoc", "cloc", "tokei",
    "ansible-galaxy", "luacheck", "stylua", "busted", "dune", "ocaml", "cabal", "hlint", "ormolu", "elm", "elm-test",
    "purs", "spago", "nim", "nimble", "v", "racket", "raco", "sbcl", "clojure", "lein", "bb", "groovy", "kotlinc",
    "ktlint", "scala", "scalac", "javac", "java", "jar", "ts-node", "tslint", "stylelint", "knip", "madge",
    "depcruise", "c8", "nyc", "tap", "newman", "hurl", "http", "https", "grpcurl", "websocat", "artillery", "locust",
    "ab", "wrk", "hey", "vegeta", "oha", "codespell", "typos", "lychee", "isort", "autopep8", "yapf", "pydocstyle",
    "vulture", "safety", "twine", "tach", "ty", "cz", "commitlint", "lefthook", "husky", "lint-staged", "pnpx",
    "cross-env", "rimraf", "concurrently", "nodemon", "pm2", "serve", "http-server", "solhint", "hardhat", "anvil",
    "cast", "truffle", "slither", "circom", "snarkjs", "nargo", "plan-run", "gofumpt", "goimports", "staticcheck",
    "revive", "gotestsum", "templ", "sqlc", "wire", "mockgen", "air", "reflex", "ent", "atlas", "migrate", "goose",
    "dbmate", "flyway", "liquibase", "prisma", "drizzle-kit", "knex", "sequelize", "typeorm", "brakeman",
    "bundler-audit", "bundle-audit", "erblint", "erb_lint", "standardrb", "srb", "phpcs", "php-cs-fixer", "pint",
    "phpmd", "pyrefly", "deptry", "nuxi", "cucumber", "behave", "publint", "attw", "detox", "maestro", "xcodegen",
    "swift-format", "cppcheck", "dotenv-linter", "taplo", "shellspec", "cspell", "dprint", "nixfmt", "statix",
    "deadnix", "alejandra", "pa11y", "lighthouse", "lhci", "stryker", "mutmut", "tfsec", "checkov", "kubeconform",
    "kubeval", "kube-linter", "regal", "protolint", "redocly", "oasdiff",
];

/// Names of programs that are commands even without any argument.
static ALONE: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "make", "pytest", "tox", "nox", "just", "jest", "vitest", "mocha", "rspec", "phpunit", "ctest", "rake", "tsc",
        "eslint", "mypy", "pyright", "ninja", "prove", "rubocop", "flake8", "mage", "busted", "brakeman", "standardrb",
        "cucumber", "shellspec",
    ];
    Lexicon::new(names.map(|name| (name, ())))
});

/// Whether a person may type a word before a command without changing what it is.
fn is_wrapper(word: &str) -> bool {
    matches!(
        word,
        "sudo"
            | "env"
            | "time"
            | "nohup"
            | "nice"
            | "command"
            | "exec"
            | "timeout"
            | "xvfb-run"
            | "doas"
            | "stdbuf"
            | "ionice"
    )
}

/// The words of a command from its program on: assignments and wrappers such as `env`, `timeout 5` are passed over.
#[must_use]
pub fn from_program<'w, 't>(words: &'w [&'t Word]) -> &'w [&'t Word] {
    let mut at = 0;
    loop {
        while at < words.len() && is_assignment(&words[at].text) {
            at += 1;
        }
        let Some(word) = words.get(at) else { return &[] };
        if !is_wrapper(&word.text) {
            return &words[at..];
        }
        let wrapper = word.text.as_str();
        let mut next = at + 1;
        while next < words.len() && words[next].text.starts_with('-') {
            // `timeout -k 5 10 cmd`, `nice -n 5 cmd`, `env -u NAME cmd`: the flag takes a value.
            let takes_value =
                matches!(words[next].text.as_str(), "-k" | "-n" | "-u" | "-s" | "-c" | "-o" | "-e" | "-i")
                    && !(wrapper == "env" && words[next].text == "-i")
                    && !(wrapper == "command" || wrapper == "exec" || wrapper == "time");
            next += if takes_value { 2 } else { 1 };
        }
        if wrapper == "timeout" {
            next += 1;
        }
        if next >= words.len() {
            return &words[at..];
        }
        at = next;
    }
}

/// What a program's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A program of the table.
    Yes,
    /// A path to something in the repository, such as `./run.sh` or `scripts/check`.
    Path,
    /// Nothing is known of it, but it has the form of a program's name.
    Maybe,
    /// It cannot be a program.
    No,
}

static KNOWN_NAMES: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(KNOWN.iter().map(|name| (*name, ()))));

/// What the name of a program says.
#[must_use]
pub fn known(program: &str) -> Known {
    if KNOWN_NAMES.exactly(program).is_some() {
        return Known::Yes;
    }
    let base = program.rsplit('/').next().unwrap_or(program);
    if program.contains('/') {
        let plain = program.chars().all(|next| {
            next.is_ascii_alphanumeric() || matches!(next, '/' | '.' | '_' | '-' | '~' | '$' | '{' | '}' | '@' | '+')
        });
        if !plain || base.is_empty() || program.starts_with("//") || program.contains("://") {
            return Known::No;
        }
        return Known::Path;
    }
    // `python3.11`, `clang-tidy-18`, `go1.22`
    let unversioned = program.trim_end_matches(|next: char| next.is_ascii_digit() || next == '.' || next == '-');
    if !unversioned.is_empty() && unversioned.len() < program.len() && KNOWN_NAMES.exactly(unversioned).is_some() {
        return Known::Yes;
    }
    let named = program.len() >= 2
        && program.chars().next().is_some_and(|first| first.is_ascii_lowercase())
        && program
            .chars()
            .all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || matches!(next, '-' | '_' | '.'))
        && !program.ends_with('.');
    if named { Known::Maybe } else { Known::No }
}

/// Whether a program is a command without arguments.
#[must_use]
pub fn stands_alone(program: &str) -> bool {
    ALONE.exactly(program).is_some()
}

/// Why a command does not end by itself, if it does not: a server, a watcher, something that talks to a person.
#[must_use]
pub fn never_ends(words: &[&Word]) -> Option<&'static str> {
    let words = from_program(words);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (&program, args) = text.split_first()?;
    let flags = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(arg));
    let base = program.rsplit('/').next().unwrap_or(program);
    if flags(&["--watch", "--watchAll", "--watch-all", "watch", "--serve"]) && !flags(&["--watch=false"]) {
        return Some("it watches files and does not end by itself");
    }
    if flags(&["--help", "--version", "-h"]) {
        return None;
    }
    let server = "it is a server and does not end by itself";
    let listens = flags(&["--port", "--listen", "--bind", "--addr", "--host"])
        || args.iter().any(|arg| arg.starts_with("--port=") || arg.starts_with("--listen="));
    if listens
        && args
            .first()
            .is_some_and(|verb| matches!(*verb, "serve" | "server" | "web" | "start" | "up" | "dashboard" | "listen"))
    {
        return Some(server);
    }
    if package_script(base, args).is_some_and(serves) {
        return Some(server);
    }
    if base == "ping" && !flags(&["-c"]) {
        return Some("it does not end by itself");
    }
    let own = args.iter().position(|arg| *arg == "--").and_then(|at| args.get(at + 1)).copied();
    let verb = match args {
        [verb] if matches!(known(program), Known::Maybe | Known::Path) => Some(*verb),
        _ => own.filter(|_| matches!(base, "cargo" | "npm" | "pnpm" | "yarn" | "dotnet")),
    };
    match verb {
        Some("serve" | "server" | "watch" | "dev") => return Some(server),
        Some("tui") => return Some("it draws on the screen until a person ends it"),
        _ => {}
    }
    match (base, args) {
        (
            "uvicorn" | "gunicorn" | "hypercorn" | "nodemon" | "http-server" | "serve" | "air" | "reflex"
            | "live-server" | "ngrok" | "anvil",
            _,
        )
        | ("python" | "python3", ["-m", "http.server" | "uvicorn" | "gunicorn", ..])
        | ("python" | "python3", ["manage.py", "runserver", ..])
        | ("flask" | "fastapi", ["run" | "dev", ..])
        | ("rails", ["server" | "s", ..])
        | ("php", ["artisan", "serve", ..] | ["-S", ..])
        | ("next" | "astro" | "nuxt", ["dev" | "start", ..])
        | ("hugo" | "mkdocs" | "mdbook" | "trunk", ["serve" | "server", ..])
        | ("kubectl", ["port-forward" | "proxy", ..])
        | ("streamlit", ["run", ..])
        | ("jupyter", ["lab" | "notebook", ..])
        | ("expo", ["start" | "run:android" | "run:ios", ..])
        | ("react-native", ["start" | "run-android" | "run-ios", ..])
        | ("flutter", ["run", ..])
        | ("tauri", ["dev", ..])
        | ("supabase", ["functions", "serve", ..])
        | ("celery", _)
        | (_, ["serve", ..]) => Some(server),
        ("vite" | "astro" | "webpack-dev-server", []) => Some(server),
        ("vite", [first, ..]) if !matches!(*first, "build" | "optimize") => Some(server),
        ("npx" | "bunx" | "pnpx" | "uvx" | "pipx" | "dotenv", [_, ..]) => {
            let inner = words.iter().skip(1).position(|word| !word.text.starts_with('-')).map(|at| at + 1)?;
            let inner = if words[inner].text == "run" && base == "pipx" { inner + 1 } else { inner };
            words.get(inner..).and_then(never_ends)
        }
        ("uv" | "poetry" | "pdm" | "hatch" | "pipenv" | "rye" | "bundle" | "pixi" | "conda", ["run" | "exec", ..]) => {
            let inner = words.iter().skip(2).position(|word| !word.text.starts_with('-')).map(|at| at + 2)?;
            words.get(inner..).and_then(never_ends)
        }
        ("docker-compose" | "podman-compose", ["up", rest @ ..])
        | ("docker" | "podman", ["compose", "up", rest @ ..]) => {
            let detached = rest.iter().any(|arg| {
                matches!(*arg, "-d" | "--detach" | "--wait" | "--abort-on-container-exit" | "--exit-code-from")
            });
            if detached { None } else { Some(server) }
        }
        ("docker" | "podman", ["run", rest @ ..]) if publishes(rest) => Some(server),
        ("playwright", ["test", ..]) if flags(&["--ui", "--debug"]) => Some("it is for a person to look at"),
        ("playwright", ["codegen" | "show-report" | "show-trace", ..]) => Some("it is for a person to look at"),
        ("vitest" | "cypress", _) if flags(&["--ui", "open"]) => Some("it is for a person to look at"),
        ("tail" | "journalctl", _) if flags(&["-f", "-F", "--follow"]) => {
            Some("it follows a log and does not end by itself")
        }
        ("docker" | "podman" | "kubectl" | "docker-compose", _)
            if args.contains(&"logs") && flags(&["-f", "--follow"]) =>
        {
            Some("it follows a log and does not end by itself")
        }
        ("top", _) if args.iter().any(|arg| arg.starts_with("-l") || arg.starts_with('-') && arg.contains('n')) => None,
        ("watch" | "top" | "htop" | "entr" | "watchexec", _) => Some("it watches and does not end by itself"),
        ("code" | "open" | "xdg-open" | "tmux" | "screen", _) => Some("it is for a person to look at"),
        ("node" | "bun" | "deno" | "tsx" | "ts-node" | "python" | "python3" | "ruby" | "php", [script, ..])
        | ("go" | "deno" | "bun", ["run", script, ..])
            if is_server_file(script) =>
        {
            Some(server)
        }
        ("cargo", ["run", rest @ ..]) if target(rest).is_some_and(names_server) => Some(server),
        _ => None,
    }
}

/// Whether a container is run for what it offers at a port: it publishes one, stays in front, and is given nothing else
/// to do than what its image does by itself.
fn publishes(args: &[&str]) -> bool {
    const VALUED: &[&str] = &[
        "-p", "--publish", "-v", "--volume", "-e", "--env", "--env-file", "--name", "--network", "--net", "-w",
        "--workdir", "-u", "--user", "--mount", "-h", "--hostname", "--platform", "--add-host", "-m", "--memory",
        "--cpus", "--gpus", "-l", "--label", "--tmpfs", "--restart", "--shm-size", "--link", "--dns", "--cap-add",
    ];
    let (mut published, mut rest) = (false, args.iter());
    while let Some(arg) = rest.next() {
        let short = arg.starts_with('-') && !arg.starts_with("--");
        if *arg == "--detach"
            || *arg == "--entrypoint"
            || short && !arg.contains('=') && arg.len() < 6 && arg.contains('d')
        {
            return false;
        }
        published |= arg.starts_with("--publish") || short && arg.starts_with("-p");
        if VALUED.contains(arg) {
            rest.next();
        } else if !arg.starts_with('-') {
            return published && rest.next().is_none();
        }
    }
    false
}

/// Whether a command that is said to start a server may be the server itself: a program of which nothing is known, or a
/// target or script of the project. What starts one in the background is known.
#[must_use]
pub fn may_serve(words: &[&Word]) -> bool {
    let words = from_program(words);
    let Some((program, args)) = words.split_first() else { return false };
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    let leaves = |arg: &&Word| {
        matches!(
            arg.text.as_str(),
            "-d" | "--detach" | "--daemon" | "--background" | "--help" | "--version" | "--check"
        ) || arg.text.contains("smoke")
            || arg.text.contains("test")
    };
    if args.iter().any(leaves) || base.contains("test") {
        return false;
    }
    match base {
        "make" | "just" | "task" | "npm" | "pnpm" | "yarn" | "bun" => {
            args.iter().any(|arg| matches!(arg.text.as_str(), "run" | "start" | "serve" | "server" | "dev" | "up"))
                && !args.iter().any(|arg| arg.text.contains("build") || arg.text.contains("lint"))
        }
        "cargo" | "go" | "dotnet" | "swift" | "flutter" | "mix" | "gradle" | "gradlew" | "mvn" | "mvnw" | "sbt" => {
            const RUNS: &[&str] = &["run", "bootRun", "spring-boot:run", "phx.server", "watch", "serve"];
            args.iter().any(|arg| RUNS.contains(&arg.text.as_str()))
        }
        // `python ui.py`, `python -m ui`
        "python" | "python3" | "node" | "deno" | "ruby" | "php" | "uv" | "poetry" => {
            const SCRIPTS: &[&str] = &[".py", ".js", ".mjs", ".ts", ".rb", ".php"];
            // Modules that look at code or make something of it, which end by themselves.
            const TOOLS: &[&str] = &[
                "mypy", "ruff", "flake8", "pylint", "black", "isort", "compileall", "py_compile", "build", "pip",
                "coverage",
            ];
            let module = args.iter().position(|arg| arg.text == "-m").and_then(|at| args.get(at + 1));
            let serves = |module: &&Word| {
                let name = module.text.as_str();
                base.starts_with("python")
                    && !TOOLS.contains(&name)
                    && !["check", "lint", "verif", "validat"].iter().any(|part| name.contains(part))
            };
            module.is_some_and(serves) || args.iter().any(|arg| SCRIPTS.iter().any(|end| arg.text.ends_with(end)))
        }
        _ => matches!(known(&program.text), Known::Maybe | Known::Path),
    }
}

/// Whether a command that a comment calls the start of a server is the server: also a script or module that an
/// interpreter runs.
#[must_use]
pub fn serves_if_told(words: &[&Word]) -> bool {
    const INTERPRETERS: &[&str] = &["python", "python3", "node", "deno", "bun", "java", "ruby", "php"];
    let own = from_program(words);
    let runs = |at: usize| own.get(at + 1).is_some_and(|next| !matches!(next.text.as_str(), "-c" | "-e" | "-r"));
    let interpreter = own.iter().position(|word| INTERPRETERS.contains(&word.text.as_str()));
    let leaves = |word: &&Word| word.text.contains("test") || word.text.contains("check") || word.text == "--help";
    interpreter.is_some_and(runs) && !own.iter().any(leaves) || may_serve(words)
}

/// Whether a command prepares the ground rather than checks it: installs, formatters that write, making files.
#[must_use]
pub fn prepares(words: &[&Word]) -> bool {
    let words = from_program(words);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let Some((&program, args)) = text.split_first() else { return false };
    let base = program.rsplit('/').next().unwrap_or(program);
    let checks = args.iter().any(|arg| matches!(*arg, "--check" | "-l" | "--diff" | "--dry-run" | "--list-different"));
    let last = args.last().copied().unwrap_or("");
    match base {
        "mkdir" | "touch" | "cp" | "mv" | "ln" | "chmod" | "apt" | "apt-get" | "brew" | "rustup" | "nvm"
        | "corepack" | "wget" => true,
        "git" => matches!(
            args.first(),
            Some(
                &("clone"
                    | "checkout"
                    | "switch"
                    | "add"
                    | "commit"
                    | "push"
                    | "pull"
                    | "fetch"
                    | "init"
                    | "branch"
                    | "stash")
            )
        ),
        "npm" | "pnpm" | "yarn" | "bun" | "pip" | "pip3" | "uv" | "poetry" | "bundle" | "composer" | "cargo" | "go"
        | "gem" | "mise" | "make" | "just" | "task" => {
            let verb = args.first().copied().unwrap_or("");
            let script = if verb == "run" { last } else { verb };
            !checks
                && matches!(
                    script,
                    "install"
                        | "i"
                        | "ci"
                        | "add"
                        | "sync"
                        | "get"
                        | "init"
                        | "new"
                        | "fmt"
                        | "format"
                        | "setup"
                        | "bootstrap"
                        | "create"
                        | "mod"
                )
        }
        "gofmt" | "prettier" | "black" | "rustfmt" | "clang-format" => {
            !checks && args.iter().any(|arg| matches!(*arg, "-w" | "--write" | "-i"))
        }
        _ => false,
    }
}

/// Whether all that a command does is to prove something: to test, to lint, to check types, to build.
#[must_use]
pub fn proves(commands: &[Vec<&Word>]) -> bool {
    let scene = |words: &&Vec<&Word>| {
        let name = from_program(words).first().map_or("", |word| word.text.as_str());
        // What sets the scene, or passes on what a command shows.
        matches!(
            name,
            "cd" | "export" | "set" | "source" | "." | "tail" | "head" | "grep" | "tee" | "sort" | "wc" | "jq" | "echo"
        )
    };
    let mut all = commands.iter().filter(|words| !scene(words)).peekable();
    all.peek().is_some() && all.all(|words| proves_alone(words))
}

fn proves_alone(words: &[&Word]) -> bool {
    let words = from_program(words);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let Some((&program, args)) = text.split_first() else { return false };
    let base = program.rsplit('/').next().unwrap_or(program);
    let inner = |skip: usize| {
        let at = text.iter().skip(skip).position(|word| !word.starts_with('-') && *word != "run").map(|at| at + skip);
        at.is_some_and(|at| proves_alone(&words[at..]))
    };
    match (base, args) {
        ("npx" | "bunx" | "pnpx" | "uvx" | "pipx", [_, ..]) => return inner(1),
        ("uv" | "poetry" | "pdm" | "hatch" | "pipenv" | "rye" | "bundle" | "pixi" | "conda", ["run" | "exec", ..]) => {
            return inner(2);
        }
        ("python" | "python3", ["-m", _, ..]) => return inner(2),
        ("php", ["artisan", verb, ..]) | ("python" | "python3", ["manage.py", verb, ..]) => return names_proof(verb),
        _ => {}
    }
    if prepares(words) {
        return false;
    }
    let script = package_script(base, args);
    let path = |text: &str| text.contains('/') || is_script_file(text);
    let named = match script {
        Some(script) => script,
        // `bash ci/test.sh`, `node scripts/check.mjs`
        None if matches!(base, "bash" | "sh" | "zsh" | "node" | "python" | "python3" | "ruby" | "perl" | "php") => {
            args.iter().find(|arg| !arg.starts_with('-')).filter(|arg| path(arg)).copied().unwrap_or("")
        }
        None if path(program) => base,
        None if DRIVERS.has(base) => args.iter().find(|arg| !arg.starts_with(['-', '+'])).copied().unwrap_or(""),
        None => "",
    };
    TESTERS.has(base) || stands_alone(base) && args.is_empty() || names_proof(named.rsplit('/').next().unwrap_or(named))
}

fn is_script_file(text: &str) -> bool {
    [".sh", ".py", ".js", ".mjs", ".ts", ".rb"].iter().any(|end| text.ends_with(end))
}

/// Whether a script, a target or a verb goes by the name of a proof: `test:unit`, `type-check`, `verify`.
fn names_proof(name: &str) -> bool {
    name.split([':', '-', '_', '.']).any(|part| PROOFS.has(part))
}

static PROOFS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "test", "tests", "check", "checks", "lint", "build", "compile", "verify", "validate", "spec", "specs",
        "clippy", "vet", "e2e", "coverage", "smoke", "audit", "doctor", "qa", "typecheck", "types", "nextest", "bench",
        "unit", "integration", "assemble", "analyze", "analyse", "pytest", "jest", "vitest", "tsc", "mypy", "deny",
        "doctest", "selftest", "conformance", "regression", "quality", "precommit", "storybook-test",
    ];
    Lexicon::new(names.into_iter().map(|name| (name, ())))
});

/// Programs whose first word says what they are to do.
static DRIVERS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "cargo", "go", "dotnet", "mvn", "mvnw", "gradle", "gradlew", "swift", "mix", "zig", "dart", "flutter", "ng",
        "playwright", "cypress", "biome", "ruff", "terraform", "helm", "bazel", "bazelisk", "forge", "hardhat", "elm",
        "stack", "cabal", "dune", "sbt", "lein", "xcodebuild", "maturin", "meson", "rebar3", "gleam", "composer",
        "php", "artisan", "rails", "django-admin", "sam", "cdk", "buf", "prisma", "openspec", "next", "vite", "astro",
        "nuxt", "turbo", "nx", "wasm-pack", "trunk", "mdbook", "mkdocs", "hugo", "ansible-galaxy", "packer", "crystal",
    ];
    Lexicon::new(names.into_iter().map(|name| (name, ())))
});

/// The script or target that a package manager or a task runner is to run, flags and workspaces passed over.
fn package_script<'a>(base: &str, args: &[&'a str]) -> Option<&'a str> {
    if !matches!(
        base,
        "npm"
            | "pnpm"
            | "yarn"
            | "bun"
            | "make"
            | "just"
            | "task"
            | "mise"
            | "turbo"
            | "nx"
            | "lerna"
            | "rake"
            | "deno"
            | "moon"
    ) {
        return None;
    }
    let mut rest = args.iter().copied();
    while let Some(arg) = rest.next() {
        match arg {
            "-F" | "-C" | "-w" | "--filter" | "--prefix" | "--cwd" | "--dir" | "--workspace" | "-f" | "workspace" => {
                rest.next();
            }
            "run" | "run-script" | "exec" | "x" => {}
            _ if arg.starts_with('-') || arg.contains('=') => {}
            _ => return Some(arg),
        }
    }
    None
}

/// Whether a script's name says that it serves or watches: `dev`, `start:web`, `server-dev`.
fn serves(script: &str) -> bool {
    let parts: Vec<&str> = script.split([':', '-', '_', '.', '/']).collect();
    let ends = |part: &str| {
        matches!(part, "build" | "test" | "tests" | "lint" | "check" | "ci" | "install" | "typecheck" | "deps" | "e2e")
    };
    let long = |part: &&str| matches!(*part, "dev" | "start" | "serve" | "watch" | "preview" | "storybook");
    parts.last().is_some_and(long) || parts.first().is_some_and(long) && !parts.iter().any(|part| ends(part))
}

/// The program of a package that is to be run: `--example axum_app`.
fn target<'a>(args: &[&'a str]) -> Option<&'a str> {
    let own = args.split(|arg| *arg == "--").next().unwrap_or(args);
    let glued = |arg: &&'a str| arg.strip_prefix("--example=").or_else(|| arg.strip_prefix("--bin="));
    own.windows(2)
        .find(|pair| matches!(pair[0], "--example" | "--bin"))
        .map(|pair| pair[1])
        .or_else(|| own.iter().find_map(glued))
}

/// Whether a program goes by the name of a server, or of a framework for servers.
fn names_server(name: &str) -> bool {
    let mut parts = name.split(['_', '-', '.']);
    parts.clone().any(|part| {
        matches!(
            part,
            "server"
                | "serve"
                | "webserver"
                | "httpd"
                | "daemon"
                | "actix"
                | "axum"
                | "rocket"
                | "warp"
                | "tide"
                | "poem"
                | "salvo"
        )
    }) && !parts.any(|part| matches!(part, "client" | "test" | "tests" | "check" | "bench"))
}

fn is_server_file(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    let stem = base.split('.').next().unwrap_or(base);
    matches!(stem, "server" | "serve") || (stem == "app" && path.contains("server"))
}
