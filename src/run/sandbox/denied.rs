//! Which failures of a command are the sandbox's, by what it wrote.
//!
//! The system tells a program that something is denied, and programs tell of it in their own words. So what is named beside
//! such words is held against the rules, and only what these refuse is told.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::rules::Rules;

/// As many are told of one command, at most.
const MOST: usize = 8;

/// How many lines before such words the name can stand.
const CAUSES: usize = 4;

/// Words of the system about files.
const ABOUT_FILES: &[&str] = &[
    "Permission denied", "permission denied", "Read-only file system", "read-only file system", "EACCES", "EROFS",
    "EPERM", "Operation not permitted", "operation not permitted", "PermissionError",
];

/// Whose names stand at the start of what they say.
const SHELLS: &[&str] = &["bash", "sh", "dash", "zsh", "ksh"];

/// Words about writing.
const WRITING: &[&str] = &[
    "Read-only", "read-only", "EROFS", "creat", "writ", "mkdir", "touch", "remov", "unlink", "renam", "mov", "chmod",
    "chown", "changing", "truncat", "overwrit", "link", "times of", "> ",
];

/// Words about the network.
const ABOUT_NETWORK: &[&str] = &[
    "Network is unreachable", "network is unreachable", "ENETUNREACH", "Could not resolve host",
    "could not resolve host", "Temporary failure in name resolution", "Name or service not known", "EAI_AGAIN",
    "ENOTFOUND", "failed to lookup address", "no such host",
];

/// What the rules refused, by the end of what a command wrote: a line each, such as `write /etc/hosts`. `text` is that end,
/// `cwd` where it ran, `signal` the one that ended it.
#[must_use]
pub fn denied(rules: &Rules, text: &str, cwd: &Path, signal: Option<i32>) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let lines: Vec<&str> = text.lines().map(without_shell).collect();
    for (index, line) in lines.iter().copied().enumerate() {
        if let Some(at) = first(line, ABOUT_FILES) {
            let before = names(&line[..at]);
            let after = names(&line[at..]);
            let near = || before.iter().rev().chain(&after).copied();
            // Beside what can only be a path no other word is taken for one.
            let has_path = near().any(|name| name.contains('/'));
            let mut near = near().filter(|name| name.contains('/') || !has_path);
            let here = near.find_map(|name| refused(rules, name, cwd, line));
            // Some programs first say what they did, and why it came to nothing some lines below.
            let above = || {
                let above = lines[index.saturating_sub(CAUSES)..index].iter().rev();
                let named = |told: &&str| {
                    let both = format!("{told} {line}");
                    names(told)
                        .iter()
                        .rev()
                        .filter(|name| name.contains('/'))
                        .find_map(|name| refused(rules, name, cwd, &both))
                };
                above.take_while(|line| first(line, ABOUT_FILES).is_none()).find_map(named)
            };
            found.extend(here.or_else(above));
        }
        if !rules.network && first(line, ABOUT_NETWORK).is_some() {
            let host = names(line).into_iter().find(|name| is_host(name));
            found.insert(host.map_or("network".to_owned(), |host| format!("network {host}")));
        }
        let limits = &rules.limits;
        if limits.file_size.is_some() && first(line, &["File too large", "EFBIG", "File size limit exceeded"]).is_some()
        {
            found.insert("more than `file_size`".to_owned());
        }
        let out_of_memory = ["annot allocate", "ENOMEM", "MemoryError", "out of memory", "memory allocation of"];
        if limits.memory.is_some() && first(line, &out_of_memory).is_some() {
            found.insert("more than `memory`".to_owned());
        }
        let out_of_processes = ["fork: retry", "Resource temporarily unavailable", "EAGAIN", "BlockingIOError"];
        if limits.processes.is_some() && first(line, &out_of_processes).is_some() {
            found.insert("more than `processes`".to_owned());
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

fn first(line: &str, words: &[&str]) -> Option<usize> {
    words.iter().filter_map(|word| line.find(word)).min()
}

/// What could be names in a text: what stands in quotes, and words, without the signs around them.
fn names(text: &str) -> Vec<&str> {
    let ends = |c: char| c.is_whitespace() || "'\"`‘’“”<>()[]{}".contains(c);
    let words =
        text.split(ends).map(|word| word.trim_start_matches([':', ',', ';']).trim_end_matches([':', ',', ';', '.']));
    words.filter(|word| !word.is_empty()).collect()
}

fn is_host(name: &str) -> bool {
    let name = name.split("://").last().unwrap_or(name);
    name.contains('.')
        && !name.contains('/')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
        && !name.ends_with(".py")
        && name.chars().any(|c| c.is_ascii_alphanumeric())
}

/// How a name that stands beside such words was refused, if it is one of a file and the rules refuse it.
fn refused(rules: &Rules, name: &str, cwd: &Path, line: &str) -> Option<String> {
    // A bare word is one only where what happened follows it.
    let is_path = name.contains(['/', '.']) || line.contains(&format!("{name}: "));
    if !is_path || name.contains("//") || SHELLS.contains(&name) {
        return None;
    }
    let path = normal(&cwd.join(name));
    let is_in = |places: &[String]| places.iter().any(|place| path.starts_with(place));
    if is_in(&rules.write) {
        return None;
    }
    let writing = first(line, WRITING).is_some();
    let readable = is_in(&rules.read);
    // Where all else is read-only, the system says so of what must not be written; another word is not the sandbox's.
    if readable && !writing && rules.means.spaces.is_some() {
        return None;
    }
    let writes = readable || writing;
    Some(format!("{} {}", if writes { "write" } else { "read" }, path.display()))
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
