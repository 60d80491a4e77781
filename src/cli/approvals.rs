//! Where approvals are kept, and what they mean for what was chosen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cmd_run::{Chosen, Origin};
use super::settings::{Refusal, RunSettings};
use crate::host::Host;
use crate::plan::CheckId;
use crate::select::Selected;
use crate::trust::{FILE_NAME, Key, Lock, MOST_READ, Trust, permit};

/// Decides which of the chosen checks may run.
///
/// # Errors
/// When approvals cannot be read: a run that believed a part of them would look like one that knows all.
pub(super) fn heed(run: &RunSettings, chosen: &mut Chosen, host: &dyn Host) -> Result<(), Refusal> {
    let mut locks: BTreeMap<PathBuf, Lock> = BTreeMap::new();
    for (selected, origin) in chosen.selection.plans.iter_mut().zip(&chosen.origins) {
        let repository = &origin.file.located.repository;
        if run.trust != Trust::All && !locks.contains_key(repository) {
            let lock = match &run.lock_from {
                None => in_tree(repository, host)?,
                Some(commit) => in_commit(repository, commit, host)?,
            };
            locks.insert(repository.clone(), lock);
        }
        let lock = locks.get(repository);
        let values = written(origin);
        permit(selected, run.trust, |selected, check| {
            let key = Key::of(selected, check, repository, &values);
            lock.zip(key).is_some_and(|(lock, key)| lock.of(&key).is_some())
        });
    }
    Ok(())
}

/// The key of a check of a plan.
pub(super) fn key(selected: &Selected, check: CheckId, origin: &Origin) -> Option<Key> {
    Key::of(selected, check, &origin.file.located.repository, &written(origin))
}

/// The variables that the plan or its configuration write: whoever changes their values changes what a command does.
fn written(origin: &Origin) -> BTreeMap<String, String> {
    let mut values = origin.file.config.config.env.clone();
    values.extend(origin.front.env.clone());
    values
}

/// The path of the file with the approvals of a repository.
pub(super) fn path(repository: &Path) -> PathBuf {
    repository.join(FILE_NAME)
}

/// The approvals in a working tree; none where there is no file.
///
/// # Errors
/// When the file is none with approvals, or leads out of the repository.
pub(super) fn in_tree(repository: &Path, host: &dyn Host) -> Result<Lock, Refusal> {
    let path = path(repository);
    let shown = path.display();
    let refuse = |why: String| Refusal::Usage(format!("cannot read the approvals in {shown}: {why}"));
    let real = match host.canonicalize(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Lock::default()),
        real => real.map_err(|error| refuse(error.to_string()))?,
    };
    if !host.canonicalize(repository).is_ok_and(|root| real.starts_with(root)) {
        return Err(refuse("it is a link that leads out of the repository".to_owned()));
    }
    if host.is_special(&path) {
        return Err(refuse("it is no regular file".to_owned()));
    }
    let bytes = host.read_part(&path, 0, MOST_READ).map_err(|error| refuse(error.to_string()))?;
    parse(&bytes).map_err(refuse)
}

/// The approvals in a commit; none where that has no file of them.
fn in_commit(repository: &Path, name: &str, host: &dyn Host) -> Result<Lock, Refusal> {
    let refuse = |why: String| Refusal::Usage(format!("--lock-from {name}: {why}"));
    let ask = |arguments: &[&str]| host.git(repository, arguments);
    let commit = ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]);
    let commit = commit.map_err(|_| refuse("git knows no such commit here".to_owned()))?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let failed = |error: std::io::Error| refuse(format!("git does not give {FILE_NAME}: {error}"));
    // Relative to the folder in which git is run, which need not be the root of its working tree.
    let entry = ask(&["ls-tree", "-z", &commit, "--", FILE_NAME]).map_err(failed)?;
    let entry = String::from_utf8_lossy(&entry);
    let mut words = entry.split(['\0', '\t', ' ']);
    let (Some(mode), Some(_), Some(object)) = (words.next(), words.next(), words.next()) else {
        return Ok(Lock::default());
    };
    if mode != "100644" && mode != "100755" {
        return Err(refuse(format!("{FILE_NAME} is no file there but a link or a folder")));
    }
    let size = ask(&["cat-file", "-s", object]).map_err(failed)?;
    let size: Option<u64> = String::from_utf8_lossy(&size).trim().parse().ok();
    if size.is_none_or(|size| size >= MOST_READ) {
        return Err(refuse(format!("{FILE_NAME} is larger than such a file can be")));
    }
    let bytes = ask(&["cat-file", "blob", object]).map_err(failed)?;
    parse(&bytes).map_err(|why| refuse(format!("{FILE_NAME}, {why}")))
}

fn parse(bytes: &[u8]) -> Result<Lock, String> {
    if bytes.len() as u64 >= MOST_READ {
        return Err("it is larger than such a file can be".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    Lock::read(text).map_err(|why| why.to_string())
}
