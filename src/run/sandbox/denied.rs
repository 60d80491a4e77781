//! Which failures of a command are the sandbox's, by what it wrote.
//!
//! The system tells a program that something is denied, and programs tell of it in their own words. So what is named beside
//! such words is held against the rules, and only what these refuse is told.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::probe::Means;
use super::rules::Rules;
use super::words::{Refused, is_refused_anyway};

/// As many are told of one command, at most.
const MOST: usize = 8;

/// How many lines before such words the name can stand.
const CAUSES: usize = 4;

/// Whose names stand at the start of what they say.
const SHELLS: &[&str] = &["bash", "sh", "dash", "zsh", "ksh"];

/// Words before what went wrong that name no file.
const LABELS: &[&str] = &["error", "fatal", "warning", "failed", "failure", "panic", "cause", "reason", "note", "help"];

/// Words about writing, where the system does not tell it apart.
const WRITING: &[&str] = &[
    "creat", "writ", "mkdir", "touch", "remov", "unlink", "renam", "mov", "chmod", "chown", "changing", "truncat",
    "overwrit", "link", "times of", "> ",
];

/// What the rules refused, by the end of what a command wrote: a line each, such as `write /etc/hosts`. `text` is that end,
/// `cwd` where it ran, `signal` the one that ended it.
#[must_use]
pub fn denied(rules: &Rules, text: &str, cwd: &Path, signal: Option<i32>) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let lines: Vec<&str> = text.lines().map(without_shell).collect();
    let says = |line: &str, refused| rules.words.find(line, refused);
    for (index, line) in lines.iter().copied().enumerate() {
        if let Some((at, refused)) = about_files(rules, line) {
            let (before, after) = (names(&line[..at]), names(&line[at..]));
            let near = || before.iter().rev().chain(&after).copied();
            // Beside what can only be a path no other word is taken for one.
            let has_path = near().any(|name| name.text.contains('/'));
            // And beside one in quotes none without.
            let (quoted, bare) = near().partition::<Vec<Name<'_>>, _>(|name| name.quoted);
            let mut near = quoted.into_iter().chain(bare).filter(|name| name.text.contains('/') || !has_path);
            let here = near.find_map(|name| denial(rules, name, cwd, line, refused));
            // Some programs first say what they did, and why it came to nothing some lines below.
            let above = || {
                let above = lines[index.saturating_sub(CAUSES)..index].iter().rev();
                let named = |told: &&str| {
                    let both = format!("{told} {line}");
                    names(told)
                        .into_iter()
                        .rev()
                        .filter(|name| name.text.contains('/'))
                        .find_map(|name| denial(rules, name, cwd, &both, refused))
                };
                above.take_while(|line| about_files(rules, line).is_none()).find_map(named)
            };
            found.extend(here.or_else(above));
        }
        let closed = !rules.network && (rules.means.spaces.is_some() || rules.means.filter);
        if closed && says(line, Refused::Network).is_some() {
            let host = names(line).into_iter().map(|name| name.text).find(|name| is_host(name));
            found.insert(host.map_or("network".to_owned(), |host| format!("network {host}")));
        }
        let limits = &rules.limits;
        for (limit, refused, name) in [
            (limits.file_size, Refused::FileSize, "file_size"),
            (limits.memory, Refused::Memory, "memory"),
            (limits.processes, Refused::Processes, "processes"),
        ] {
            if limit.is_some() && says(line, refused).is_some() {
                found.insert(format!("more than `{name}`"));
            }
        }
    }
    if signal == Some(libc::SIGXCPU) && rules.limits.cpu_time.is_some() {
        found.insert("more than `cpu_time`".to_owned());
    }
    if signal == Some(libc::SIGXFSZ) && rules.limits.file_size.is_some() {
        found.insert("more than `file_size`".to_owned());
    }
    found.into_iter().take(MOST).collect()
}

/// What a shell says without its own name and the number of its line: `/bin/bash: line 1: out: Permission denied`.
fn without_shell(line: &str) -> &str {
    let Some((shell, said)) = line.split_once(": ") else { return line };
    if !shell.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name)) {
        return line;
    }
    match said.split_once(": ") {
        Some((number, rest)) if number.strip_prefix("line ").unwrap_or(number).parse::<u32>().is_ok() => rest,
        _ => said,
    }
}

/// Where a line says that something about files was refused, and what.
fn about_files(rules: &Rules, line: &str) -> Option<(usize, Refused)> {
    let all = [Refused::Access, Refused::Change].map(|refused| rules.words.find(line, refused).map(|at| (at, refused)));
    all.into_iter().flatten().min_by_key(|(at, _)| *at)
}

/// What could be a name.
#[derive(Clone, Copy)]
struct Name<'t> {
    text: &'t str,
    /// Whether it stands in quotes of any language.
    quoted: bool,
}

/// What could be names in a text: what stands in quotes, and words, without the signs around them.
fn names(text: &str) -> Vec<Name<'_>> {
    const QUOTES: &str = "'\"`‘’“”„‚«»‹›「」『』";
    // French has such spaces within its quotes.
    const NARROW: &[char] = &['\u{a0}', '\u{202f}'];
    let ends = |c: char| c.is_whitespace() || "<>()[]{}".contains(c) || QUOTES.contains(c);
    let quote = |c: Option<char>| c.is_some_and(|c| QUOTES.contains(c));
    let mut names = Vec::new();
    let mut start = 0;
    for piece in text.split(ends) {
        let end = start + piece.len();
        let word = piece.trim_start_matches([':', ',', ';']).trim_end_matches([':', ',', ';', '.']);
        if !word.is_empty() {
            let mut before = text[..start].trim_end_matches(NARROW).chars().rev();
            // A sign within a word is an apostrophe.
            let opens = quote(before.next()) && !before.next().is_some_and(char::is_alphanumeric);
            let closes = quote(text[end..].trim_start_matches(NARROW).chars().next());
            names.push(Name { text: word, quoted: opens && closes });
        }
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
    }
    names
}

fn is_host(name: &str) -> bool {
    let name = name.split("://").last().unwrap_or(name);
    name.contains('.')
        && !name.contains('/')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
        && !name.ends_with(".py")
        && name.chars().any(|c| c.is_ascii_alphanumeric())
}

/// How the rules refuse a name that stands beside such words, if it is one of a file and they do.
fn denial(rules: &Rules, name: Name<'_>, cwd: &Path, line: &str, refused: Refused) -> Option<String> {
    let Name { text, quoted } = name;
    let Means { spaces, landlock, .. } = rules.means;
    let writing = refused == Refused::Change || WRITING.iter().any(|word| line.contains(word));
    // A bare word is one only where what happened to it follows, or where something was to be made.
    let is_bare = !text.contains(['/', '.']);
    let is_told = line.contains(&format!("{text}: ")) && !LABELS.contains(&text.to_lowercase().as_str());
    if is_bare && !(writing && (quoted || is_told)) || text.contains("//") || SHELLS.contains(&text) {
        return None;
    }
    let path = normal(&cwd.join(text));
    let is_in = |places: &[String]| places.iter().any(|place| path.starts_with(place));
    if is_in(&rules.write) {
        return None;
    }
    let readable = is_in(&rules.read);
    // In namespaces all else is read-only, and the system says so of what must not be written before it looks at anything
    // else. What may be read, and who may write where there are none, is landlock's to refuse.
    let held = match refused {
        Refused::Change => spaces.is_some(),
        _ => landlock > 0 && !(readable && spaces.is_some()),
    };
    let writes = writing || (readable && spaces.is_none());
    // What this user may not do at all is not the sandbox's.
    let ours = held && !is_refused_anyway(&path, writes);
    ours.then(|| format!("{} {}", if writes { "write" } else { "read" }, path.display()))
}

/// A path without `.` and `..`, by its words alone.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = normal.pop(),
            other => normal.push(other),
        }
    }
    normal
}
