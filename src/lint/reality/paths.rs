//! Paths as authors write them, and the files that they mean.

use std::path::{Path, PathBuf};

use super::super::World;

/// What a path of a plan leads to.
pub(super) enum Target {
    /// Something that is there.
    There(PathBuf),
    /// Nothing, where one would expect a file of the repository.
    Missing,
    /// Nothing of which anything can be said: it may be meant in another way.
    Unknown,
}

impl World<'_> {
    /// The folder in which the plan lies.
    fn beside(&self) -> &Path {
        self.file.parent().unwrap_or(self.repository)
    }

    /// What a path leads to. Plans count paths from the repository, from where their commands run, from where they lie, or
    /// from a part of the repository that everybody knows; so what ends in the path is meant as well.
    pub(super) fn target(&self, path: &str) -> Target {
        let path = path.trim_start_matches("./");
        // A bare name may be that of many files; only at the root it is plain which one is meant.
        if !path.contains('/') {
            let there = [self.repository, self.root].map(|folder| folder.join(path));
            let found = there.into_iter().find(|path| self.host.exists(path));
            return found.map_or(Target::Unknown, Target::There);
        }
        if let Some(there) = self.there(path) {
            return Target::There(there);
        }
        let bare = path.trim_end_matches('/');
        let tail = format!("/{bare}");
        let folder = format!("{tail}/");
        let mut like = self.files().iter().filter(|file| file.ends_with(&tail) || file.contains(&folder));
        if let Some(first) = like.next() {
            // Of several nobody knows which one is meant.
            let only = like.next().is_none() && first.ends_with(&tail);
            return if only { Target::There(self.repository.join(first)) } else { Target::Unknown };
        }
        // Only below a folder that is there, and in which git keeps something, a file can be missed.
        let Some((top, _)) = bare.split_once('/') else { return Target::Unknown };
        let below = format!("{top}/");
        if self.files().iter().any(|file| file.starts_with(&below)) { Target::Missing } else { Target::Unknown }
    }

    /// The file of a path that is there, counted from the places from which plans count.
    pub(super) fn there(&self, path: &str) -> Option<PathBuf> {
        let from = [self.repository, self.root, self.beside()];
        from.into_iter().map(|folder| folder.join(path)).find(|path| self.host.exists(path))
    }

    /// The file that a link leads to, and whether it is there. `None` for what leads out of the repository.
    pub(super) fn linked(&self, path: &str) -> Option<bool> {
        let (folder, below) = match path.strip_prefix('/') {
            Some(below) => (self.repository, below),
            None => (self.beside(), path),
        };
        let mut depth = folder.strip_prefix(self.repository).ok()?.components().count();
        for part in below.split('/') {
            match part {
                ".." => depth = depth.checked_sub(1)?,
                "." | "" => {}
                _ => depth += 1,
            }
        }
        Some(self.host.exists(&folder.join(below)) || self.there(below).is_some())
    }

    /// A file of the same name that is elsewhere, if there is just one.
    pub(super) fn elsewhere(&self, path: &str) -> Option<&str> {
        let name = path.trim_end_matches('/').rsplit('/').next()?;
        let mut same = self.files().iter().filter(|file| file.rsplit('/').next() == Some(name));
        let first = same.next()?;
        same.next().is_none().then_some(first)
    }
}

/// A place in a file: `src/a.rs:12`, `src/a.rs:12-40`, `src/a.rs#L12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'t> {
    /// The file.
    pub(super) path: &'t str,
    /// The last line that is named, counted from 1.
    pub(super) line: u64,
}

impl<'t> Reference<'t> {
    /// Reads a word as a place in a file.
    pub(super) fn read(word: &'t str) -> Option<Self> {
        let word = word.trim_start_matches(['(', '"', '\'']);
        let word = word.trim_end_matches([')', ',', ';', '.', '"', '\'']);
        let at = word.find(":L").or_else(|| word.find("#L")).or_else(|| {
            let colon = word.find(':')?;
            word[colon + 1..].starts_with(|next: char| next.is_ascii_digit()).then_some(colon)
        })?;
        let (path, lines) = (&word[..at], &word[at + 1..]);
        if !is_file(path) {
            return None;
        }
        let mut numbers = lines.split(['-', ',', '–']).map(|part| part.trim_start_matches('L'));
        let read = |text: &str| text.split(':').next().unwrap_or(text).parse::<u64>().ok();
        let first = read(numbers.next()?)?;
        let last = numbers.next_back().map_or(Some(first), read)?;
        (first > 0).then_some(Self { path, line: first.max(last) })
    }
}

/// Whether a word is the path of a file, by its form: plain signs, and an ending.
pub(super) fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    is_plain(path)
        && (1..=10).contains(&ending.len())
        && ending.starts_with(|next: char| next.is_ascii_alphabetic())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether nothing in a path is left open, and it lies below where it is counted from.
pub(super) fn is_plain(path: &str) -> bool {
    let plain = |next: char| next.is_alphanumeric() || matches!(next, '/' | '.' | '_' | '-' | '+' | '@');
    !path.is_empty()
        && path.chars().all(plain)
        && !path.starts_with('/')
        && !path.contains("//")
        && !path.contains("...")
        && !path.contains("path/to")
}
