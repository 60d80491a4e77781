//! The files that a text names, and paths as their words say.

use std::path::{Component, Path, PathBuf};

/// A file that is named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// As it is written, with `/` between folders.
    pub path: String,
    /// The line that is named with it, counted from 1.
    pub line: Option<u32>,
}

/// Endings of names that are files though no folder stands before them.
const ENDINGS: &[&str] = &[
    "bash", "bat", "c", "cc", "cfg", "clj", "conf", "cpp", "cs", "css", "csv", "cts", "cxx", "dart", "env", "erl",
    "ex", "exs", "fs", "go", "gradle", "graphql", "h", "hpp", "hs", "html", "ini", "ipynb", "java", "jl", "js", "json",
    "jsonl", "jsx", "kt", "kts", "less", "lock", "lua", "md", "mdx", "mjs", "ml", "mts", "nix", "php", "pl", "plist",
    "proto", "ps1", "py", "pyi", "r", "rb", "rs", "rst", "sass", "scala", "scss", "sh", "sql", "svelte", "svg",
    "swift", "tex", "tf", "toml", "ts", "tsx", "txt", "vue", "xml", "yaml", "yml", "zig",
];

/// Names of files without an ending.
const NAMES: &[&str] =
    &["BUILD", "Containerfile", "Dockerfile", "Gemfile", "Justfile", "Makefile", "justfile", "makefile"];

/// The files that a text names, in the order in which they are named, each once: with the first line that is named with it.
#[must_use]
pub fn files(text: &str) -> Vec<NamedFile> {
    let mut found: Vec<NamedFile> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "`'\"()[]<>,;=|&".contains(c)) {
        let Some(file) = file(word.trim_matches(['*', '_']).trim_end_matches(['.', '?', '!'])) else { continue };
        match found.iter_mut().find(|other| other.path == file.path) {
            Some(other) => other.line = other.line.or(file.line),
            None => found.push(file),
        }
    }
    found
}

/// The file that a word is, if it is one: `src/a.rs`, `src/a.rs:12`, `tests/a.py::test_it`, `docs/`.
fn file(word: &str) -> Option<NamedFile> {
    if word.contains("://") {
        return None;
    }
    let (path, line) = match word.split_once(':') {
        Some((path, rest)) => {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            (path, rest[..digits].parse().ok().filter(|&line| line > 0))
        }
        None => (word, None),
    };
    let path = path.strip_prefix("./").unwrap_or(path);
    let is_plain = |c: char| c.is_alphanumeric() || "._-/@+~".contains(c);
    if path.is_empty() || path.starts_with(['-', '/', '~', '@']) || path.contains("//") || !path.chars().all(is_plain) {
        return None;
    }
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let in_folder = path.contains('/');
    let is_file = match ending {
        // `and/or` is none, and `docs/` is one.
        "" => NAMES.contains(&name) || path.ends_with('/') && name.chars().any(char::is_alphanumeric),
        // `.gitignore`
        _ if stem.is_empty() => in_folder || name.len() > 4,
        _ if in_folder => ending.len() <= 8 && ending.starts_with(|c: char| c.is_ascii_alphabetic()),
        _ => ENDINGS.contains(&ending),
    };
    is_file.then(|| NamedFile { path: path.to_owned(), line })
}

/// A path without `.` and `..`, as its words say.
#[must_use]
pub fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            other => plain.push(other),
        }
    }
    plain
}
