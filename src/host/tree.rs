//! What git says of a working tree, and what programs say of themselves.
//!
//! The user's index and objects are left as they are: git works on a copy of the one and puts new ones of the other into a
//! folder that is removed. Must not know what is concluded from the answers.

#![expect(clippy::disallowed_methods, reason = "a part of the door to the world")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git::{git, private_folder};

/// The mode of a submodule, of which git says the commit and nothing more.
const SUBMODULE: &str = "160000";

/// All files of a working tree that git does not ignore, as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The root of the tree.
    pub root: PathBuf,
    /// The files in the order of their paths.
    pub files: Vec<TreeFile>,
}

/// A file of a working tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Where it is, relative to the root.
    pub path: String,
    /// Its mode and its content as git names it.
    pub state: String,
    /// Whether it stands for another repository, whose files are not looked at.
    pub is_submodule: bool,
}

/// The files of the working tree in which a folder lies.
pub(super) fn tree(folder: &Path) -> io::Result<Tree> {
    let said = git(folder, &["rev-parse", "--show-toplevel", "--git-path", "index", "--git-path", "objects"], &[])?;
    let said = String::from_utf8(said).map_err(io::Error::other)?;
    let mut lines = said.lines();
    let mut next = || lines.next().map(|line| folder.join(line)).ok_or_else(|| io::Error::other("git says too little"));
    let (root, index, objects) = (next()?, next()?, next()?);
    let own = private_folder("plan-run-tree-")?;
    let own_index = own.path().join("index");
    match fs::copy(&index, &own_index) {
        Ok(_) => {
            // By this time git tells whether a file may have changed just after it was looked at.
            let modified = fs::metadata(&index)?.modified()?;
            File::options().write(true).open(&own_index)?.set_modified(modified)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let own_objects = own.path().join("objects");
    fs::create_dir(&own_objects)?;
    let objects = fs::canonicalize(objects)?;
    let env = [
        ("GIT_INDEX_FILE", own_index.as_path()),
        ("GIT_OBJECT_DIRECTORY", &own_objects),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects),
    ];
    // A split index would put a part of itself beside the user's.
    git(
        &root,
        &[
            "-c", "core.fsmonitor=false", "-c", "core.splitIndex=false", "add", "-A", "--", ".",
            ":(exclude,glob)**/.plan-run/**",
        ],
        &env,
    )?;
    let listed = git(&root, &["ls-files", "-s", "-z"], &env)?;
    let files = listed.split(|&byte| byte == 0).filter_map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let (state, path) = entry.split_once('\t')?;
        let is_submodule = state.starts_with(SUBMODULE);
        Some(TreeFile { path: path.to_owned(), state: state.to_owned(), is_submodule })
    });
    let files = files.filter(|file| !file.path.split('/').any(|part| part == ".plan-run"));
    Ok(Tree { files: files.collect(), root })
}

/// What a program says when it is asked for its version.
pub(super) fn version(program: &str, folder: &Path, env: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let output = Command::new(program).arg("--version").current_dir(folder).envs(env).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("`{program} --version` failed")));
    }
    let mut said = output.stdout;
    said.extend(output.stderr);
    Ok(said)
}
