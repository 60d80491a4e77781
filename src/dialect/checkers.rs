//! Checkers of files, which do nothing of use where they are given none.
//!
//! Tables and small functions over words; must not know documents.

use std::sync::LazyLock;

use super::programs::{self, from_program};
use super::shell::{self, Token, Word};
use crate::outline::{Inline, InlineKind};
use crate::text::Lexicon;

/// Programs that work on the files they are given.
static FILE_TOOLS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "eslint", "ruff", "black", "gofmt", "goimports", "gofumpt", "prettier", "mypy", "pyright", "basedpyright",
        "isort", "flake8", "pylint", "rubocop", "shellcheck", "stylelint", "clang-format", "clang-tidy", "rustfmt",
        "yamllint", "markdownlint", "markdownlint-cli2", "shfmt", "swiftlint", "swiftformat", "ktlint", "hadolint",
        "phpstan", "phpcs", "xmllint", "bandit", "biome", "oxlint", "tslint", "vulture", "pydocstyle", "autopep8",
        "autoflake", "yapf", "codespell", "typos", "vale", "cppcheck", "detekt", "sqlfluff", "jsonlint", "actionlint",
        "luacheck", "staticcheck", "stylua", "semgrep", "ormolu", "hlint", "ty",
    ];
    Lexicon::new(names.map(|name| (name, ())))
});

/// Whether a command works on files and names none: `eslint`, `ruff format --check`.
#[must_use]
pub fn wants_files(words: &[&Word]) -> bool {
    let words = from_program(words);
    let runs = |word: &str| {
        matches!(word, "npx" | "bunx" | "uvx" | "pnpm" | "yarn" | "uv" | "poetry" | "bundle" | "exec" | "run" | "-m")
            || word.starts_with("python")
    };
    let Some(at) = words.iter().position(|word| !runs(&word.text)) else { return false };
    // `go test` looks at the package that it stands in.
    if words[at].text == "go" && matches!(words[at + 1..], [verb] if matches!(verb.text.as_str(), "test" | "vet")) {
        return true;
    }
    FILE_TOOLS.exactly(&words[at].text).is_some()
        && words[at + 1..].iter().all(|word| {
            word.text.starts_with('-') || matches!(word.text.as_str(), "check" | "format" | "lint" | "fmt" | "ci")
        })
}

/// The name of a checker of files and nothing else, as code.
pub(super) fn is_bare(piece: &Inline<'_>) -> bool {
    piece.kind == InlineKind::Code
        && !piece.text.trim().contains(char::is_whitespace)
        && shell::simple_commands(&shell::lex(piece.text.trim()).tokens).first().is_some_and(|words| wants_files(words))
}

/// Whether a code span stands in a row with a tool's bare name: `gofmt`/`go vet`/`staticcheck` are tools, no commands.
pub(super) fn in_row_of_tools(run: &[Inline<'_>], index: usize) -> bool {
    if in_row_of_names(run, index) {
        return true;
    }
    let joins = |at: usize| run.get(at).is_some_and(|piece| piece.text.trim() == "/");
    let bare = |at: usize| run.get(at).is_some_and(is_bare);
    joins(index + 1) && bare(index + 2) || index >= 2 && joins(index - 1) && bare(index - 2)
}

/// Whether a code span stands in a row of four or more between commas of which half are single words that no one types
/// alone: the row only names what has passed, `make test`, `ruff`, `mypy`, `docs_check.py`.
fn in_row_of_names(run: &[Inline<'_>], index: usize) -> bool {
    let comma = |at: usize| {
        run.get(at).is_some_and(|piece| {
            let text = piece.text.trim();
            piece.kind == InlineKind::Text && (text == "," || text == ", and" || text == "and")
        })
    };
    let code = |at: usize| run.get(at).is_some_and(|piece| piece.kind == InlineKind::Code);
    let mut start = index;
    while start >= 2 && comma(start - 1) && code(start - 2) {
        start -= 2;
    }
    let mut end = index;
    while comma(end + 1) && code(end + 2) {
        end += 2;
    }
    let row = run[start..=end].iter().step_by(2);
    let single = row
        .map(|piece| piece.text.trim())
        .filter(|name| !name.contains(char::is_whitespace) && !programs::stands_alone(name))
        .count();
    let count = (end - start) / 2 + 1;
    count >= 4 && single * 2 >= count
}

/// Checkers that do nothing of use without a file, for they stop or read their input, with the options that make them
/// checkers; one without such options is a checker in any case.
const FILE_CHECKERS: &[(&str, &[&str])] = &[
    ("luac", &[]),
    ("gofmt", &[]),
    ("goimports", &[]),
    ("gofumpt", &[]),
    ("shellcheck", &[]),
    ("rustfmt", &[]),
    ("xmllint", &[]),
    ("jsonlint", &[]),
    ("javac", &[]),
    ("prettier", &["--check", "-c", "--list-different", "-l"]),
    ("black", &["--check", "--diff"]),
    ("clang-format", &["--dry-run", "-n"]),
    ("php", &["-l", "--syntax-check"]),
    ("bash", &["-n"]),
    ("sh", &["-n"]),
    ("dash", &["-n"]),
    ("ksh", &["-n"]),
    ("zsh", &["-n"]),
    ("fish", &["-n", "--no-execute"]),
    ("node", &["--check", "-c"]),
    ("perl", &["-c", "-wc", "-cw"]),
    ("ruby", &["-c", "-wc", "-cw"]),
    ("python", &["py_compile", "json.tool"]),
    ("gcc", &["-fsyntax-only"]),
    ("g++", &["-fsyntax-only"]),
    ("cc", &["-fsyntax-only"]),
    ("c++", &["-fsyntax-only"]),
    ("clang", &["-fsyntax-only"]),
    ("clang++", &["-fsyntax-only"]),
];

/// Whether one of the commands only checks files and is given none, neither as a word nor as its input: `luac -p`.
#[must_use]
pub fn lacks_file(tokens: &[Token], commands: &[Vec<&Word>]) -> bool {
    let fed = |token: &Token| matches!(token, Token::Op("|" | "|&" | "<" | "<<" | "<<<" | "<<-"));
    !tokens.iter().any(fed) && commands.iter().any(|words| lacks_own_file(words))
}

fn lacks_own_file(words: &[&Word]) -> bool {
    let mut words = from_program(words);
    if let [runner, verb, rest @ ..] = words
        && matches!(runner.text.as_str(), "uv" | "poetry" | "pdm" | "hatch" | "pipenv" | "rye" | "bundle" | "pixi")
        && matches!(verb.text.as_str(), "run" | "exec")
    {
        words = rest;
    } else if words.first().is_some_and(|first| matches!(first.text.as_str(), "npx" | "bunx" | "uvx")) {
        words = &words[1..];
    }
    let Some((program, args)) = words.split_first() else { return false };
    let base = program.text.rsplit('/').next().unwrap_or(&program.text);
    // `python3.12`
    let base = if base.starts_with("python") { "python" } else { base };
    let Some((_, options)) = FILE_CHECKERS.iter().find(|(name, _)| *name == base) else { return false };
    let is_module = |at: usize| at > 0 && args[at - 1].text == "-m";
    let option = |at: usize, word: &Word| is_module(at) || word.text.starts_with('-') && word.text != "-";
    let checks = || args.iter().any(|word| options.contains(&word.text.as_str()));
    let about =
        || args.iter().any(|word| matches!(word.text.as_str(), "--help" | "--version" | "-v" | "-V" | "-version"));
    (options.is_empty() || checks()) && args.iter().enumerate().all(|(at, word)| option(at, word)) && !about()
}

/// Programs that do nothing but prove.
pub(super) static TESTERS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "pytest", "jest", "vitest", "mocha", "ava", "rspec", "phpunit", "phpstan", "psalm", "pest", "ctest", "bats",
        "tox", "nox", "eslint", "oxlint", "mypy", "pyright", "basedpyright", "flake8", "pylint", "tsc", "vue-tsc",
        "svelte-check", "golangci-lint", "staticcheck", "govulncheck", "gosec", "shellcheck", "yamllint",
        "markdownlint", "hadolint", "actionlint", "rubocop", "clang-tidy", "swiftlint", "detekt", "ktlint", "tflint",
        "bandit", "vale", "knip", "gotestsum", "busted", "prove", "unittest", "brakeman", "bundler-audit",
        "standardrb", "erblint", "phpcs", "phpmd", "pyrefly", "deptry", "cppcheck", "cspell", "tfsec", "checkov",
        "kubeconform", "kube-linter", "shellspec", "behave", "cucumber", "publint",
    ];
    Lexicon::new(names.into_iter().map(|name| (name, ())))
});
