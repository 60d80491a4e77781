//! Which commit of a repository is checked out, read from git's own files: to ask git itself would take longer than many
//! a plan. And, from git itself, what is not as in that commit.

use std::io;
use std::path::{Path, PathBuf};

use crate::host::Host;

/// How many names may lead to one another before one is a commit.
const MOST_LINKS: usize = 10;

/// The commit that is checked out in a repository; `None` where there is none, or where git keeps it in another way.
#[must_use]
pub fn commit(repository: &Path, host: &dyn Host) -> Option<String> {
    let git = git_folder(repository, host)?;
    // A worktree of its own has its head here and all else where it came from.
    let common = text(&git.join("commondir"), host).map_or_else(|| git.clone(), |common| git.join(common));
    let mut value = text(&git.join("HEAD"), host)?;
    for _ in 0..MOST_LINKS {
        let Some(name) = value.strip_prefix("ref:").map(str::trim) else {
            return is_commit(&value).then_some(value);
        };
        let loose = [&git, &common].into_iter().find_map(|folder| text(&folder.join(name), host));
        value = loose.or_else(|| packed(&common, name, host))?;
    }
    None
}

/// The files of a repository that are not as in the commit that is checked out, from the root of the working tree on.
/// Files that git ignores are passed over.
///
/// # Errors
/// When git does not say.
pub fn changed(repository: &Path, host: &dyn Host) -> io::Result<Vec<String>> {
    // Whoever only looks keeps nobody else from the index.
    let options = ["--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--"];
    let said = host.git(repository, &[&options[..], &[".", ":(exclude,glob)**/.plan-run/**"]].concat())?;
    let paths = said.split(|&byte| byte == 0).filter_map(|entry| entry.get(3..));
    Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
}

fn git_folder(repository: &Path, host: &dyn Host) -> Option<PathBuf> {
    let git = repository.join(".git");
    if host.is_dir(&git) {
        return Some(git);
    }
    let file = text(&git, host)?;
    Some(repository.join(file.strip_prefix("gitdir:")?.trim()))
}

fn packed(common: &Path, name: &str, host: &dyn Host) -> Option<String> {
    let refs = text(&common.join("packed-refs"), host)?;
    let line = refs.lines().find(|line| line.split_once(' ').is_some_and(|(_, other)| other == name))?;
    line.split_once(' ').map(|(commit, _)| commit.to_owned())
}

fn text(path: &Path, host: &dyn Host) -> Option<String> {
    let bytes = host.read(path).ok()?;
    Some(String::from_utf8(bytes).ok()?.trim().to_owned())
}

fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
