//! Names of files in the words of a plan: `src/read.rs`, `src/read.rs:42`, `Makefile`.
//!
//! Must not know whether the files are there.

use crate::outline::{Block, Inline, InlineKind, Item, Section};
use crate::source::Span;

/// A file that a plan names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Its path, without a line.
    pub(super) path: String,
    /// Where it is named.
    pub(super) span: Span,
}

/// Names of files that have no ending.
const WITHOUT_ENDING: &[&str] = &[
    "makefile", "dockerfile", "justfile", "rakefile", "gemfile", "procfile", "jenkinsfile", "vagrantfile", "build",
    "workspace", "license", "readme", "changelog",
];

/// Endings by which a word without any `/` is known as a file.
const ENDINGS: &[&str] = &[
    "bash", "bat", "bazel", "c", "cc", "cfg", "clj", "cmake", "conf", "cpp", "cs", "css", "csv", "cts", "cue", "dart",
    "ebnf", "env", "erl", "ex", "exs", "fs", "gleam", "go", "gradle", "graphql", "h", "hcl", "hpp", "hs", "html",
    "ini", "ipynb", "java", "jl", "js", "json", "jsonc", "jsonl", "jsx", "kt", "kts", "lock", "lua", "m", "md", "mdx",
    "mjs", "ml", "mli", "mm", "mod", "mts", "nix", "php", "pl", "plist", "po", "prisma", "proto", "ps1", "py", "pyi",
    "r", "rb", "rego", "rs", "rst", "s", "sass", "scala", "scss", "service", "sh", "sol", "sql", "sum", "svelte",
    "svg", "swift", "tcl", "tf", "tfvars", "toml", "ts", "tsx", "txt", "vue", "xml", "yaml", "yml", "zig", "zsh",
];

/// The files that some words name, in code or as they stand.
pub(super) fn in_words(words: &[Inline<'_>]) -> Vec<Named> {
    let mut found = Vec::new();
    for inline in words {
        match inline.kind {
            InlineKind::Code => {
                let text = inline.text.trim();
                found.extend(path(text, true).map(|path| Named { path, span: inline.span }));
            }
            InlineKind::Text => {
                for word in inline.text.split_whitespace() {
                    let start = word.as_ptr() as usize - inline.text.as_ptr() as usize;
                    let bare =
                        word.trim_matches(|next: char| ",;()[]\"'*_".contains(next)).trim_end_matches(['.', ':']);
                    let named = path(bare, false);
                    found.extend(named.map(|path| Named { path, span: inline.part(start, start + word.len()) }));
                }
            }
            InlineKind::Break | InlineKind::Html => {}
        }
    }
    found
}

/// The files that are named in some blocks, those of lists, tables and quotes included. Code is passed over: what it names
/// are examples.
pub(super) fn in_blocks<'a>(blocks: impl IntoIterator<Item = &'a Block<'a>>) -> Vec<Named> {
    let mut found = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => found.extend(in_words(&paragraph.text.inlines)),
            Block::List(list) => list.items.iter().for_each(|item| found.extend(in_item(item))),
            Block::Quote(blocks, _) => found.extend(in_blocks(blocks)),
            Block::Table(table) => {
                let cells = table.head.iter().chain(table.rows.iter().flatten());
                cells.for_each(|cell| found.extend(in_words(&cell.text.inlines)));
            }
            Block::Fence(_) | Block::Indented(_) | Block::Html(_) | Block::Rule(_) => {}
        }
    }
    found
}

/// The files that an item names, with all that stands below it.
pub(super) fn in_item(item: &Item<'_>) -> Vec<Named> {
    let mut found = in_words(&item.text.inlines);
    found.extend(in_blocks(&item.blocks));
    found
}

/// The files that are named below a heading, and in it.
pub(super) fn in_section(section: &Section<'_>) -> Vec<Named> {
    let mut found = in_words(&section.title.inlines);
    found.extend(in_blocks(&section.blocks));
    section.sections.iter().for_each(|inner| found.extend(in_section(inner)));
    found
}

/// The path that a word is, without a line behind it. In code a word with a `/` may go without an ending.
fn path(word: &str, code: bool) -> Option<String> {
    let word = word.strip_prefix("./").unwrap_or(word);
    let word = word.split("::").next().unwrap_or(word);
    let word = word.split(['#', '?']).next().unwrap_or(word);
    let word = without_lines(word);
    let odd = |next: char| next.is_whitespace() || "(){}<>*=;|\"'`$@&,!\\:".contains(next);
    if word.is_empty() || word.starts_with(['-', '/', '~']) || word.contains(odd) || word.contains("//") {
        return None;
    }
    let name = word.trim_end_matches('/').rsplit('/').next().unwrap_or(word);
    let known = match name.rsplit_once('.') {
        Some((stem, ending)) => {
            let plain =
                !ending.is_empty() && ending.len() <= 8 && ending.chars().all(|next| next.is_ascii_alphanumeric());
            let letters = ending.chars().any(|next| next.is_ascii_alphabetic());
            plain
                && letters
                && (ENDINGS.contains(&ending.to_lowercase().as_str()) || code && word.contains('/'))
                && (!stem.is_empty() || word.contains('/') || code)
        }
        None => code && (word.contains('/') || WITHOUT_ENDING.contains(&name.to_lowercase().as_str())),
    };
    known.then(|| word.to_owned())
}

/// A path without `:42`, `:10-20` or `:42:7` behind it.
fn without_lines(word: &str) -> &str {
    let Some((path, lines)) = word.split_once(':') else { return word };
    let lines_only = lines.chars().all(|next| next.is_ascii_digit() || "-–:,L~+".contains(next));
    if lines_only && lines.starts_with(|next: char| next.is_ascii_digit() || next == 'L' || next == '~') {
        path
    } else {
        word
    }
}
