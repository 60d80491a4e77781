//! The state of the files that a check reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::host::{Host, Tree};

/// Which files: those of the tree of a folder that match one of some globs, or all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inputs {
    pub(super) folder: PathBuf,
    /// Relative to the root of the tree; empty for all files.
    pub(super) globs: Vec<String>,
}

/// The states of files at one time, each asked for once.
pub(super) struct States<'a> {
    trees: BTreeMap<PathBuf, Result<Tree, String>>,
    /// Files and folders that do not count, absolute.
    without: &'a [PathBuf],
    host: &'a dyn Host,
}

impl<'a> States<'a> {
    pub(super) fn new(without: &'a [PathBuf], host: &'a dyn Host) -> Self {
        Self { trees: BTreeMap::new(), without, host }
    }

    /// A hash of the state of some files.
    ///
    /// # Errors
    /// Why it is not known, in words.
    pub(super) fn of(&mut self, inputs: &Inputs) -> Result<String, String> {
        let (without, host) = (self.without, self.host);
        let tree = self.trees.entry(inputs.folder.clone()).or_insert_with(|| {
            let mut tree = host
                .tree(&inputs.folder)
                .map_err(|error| format!("git does not say what is in {}: {error}", inputs.folder.display()))?;
            tree.files.retain(|file| {
                let path = tree.root.join(&file.path);
                !without.iter().any(|other| path.starts_with(other))
            });
            Ok(tree)
        });
        let tree = tree.as_ref().map_err(Clone::clone)?;
        let mut hash = blake3::Hasher::new();
        let mut patterns = Vec::new();
        for glob in &inputs.globs {
            let pattern = Pattern::new(glob)?;
            let mut found = tree.files.iter().any(|file| pattern.matches(&file.path));
            let file = tree.root.join(pattern.text);
            // One that git ignores counts where it is named.
            if !found
                && !host.is_dir(&file)
                && let Ok(bytes) = host.read(&file)
            {
                found = true;
                hash.update(pattern.text.as_bytes()).update(&[0]).update(blake3::hash(&bytes).as_bytes());
            }
            if !found {
                return Err(format!("the input `{glob}` is no file that git knows"));
            }
            patterns.push(pattern);
        }
        for file in &tree.files {
            if !patterns.is_empty() && !patterns.iter().any(|pattern| pattern.matches(&file.path)) {
                continue;
            }
            if file.is_submodule && host.exists(&tree.root.join(&file.path).join(".git")) {
                return Err(format!("changes in the submodule `{}` cannot be seen", file.path));
            }
            hash.update(file.state.as_bytes()).update(&[0]).update(file.path.as_bytes()).update(&[0]);
        }
        Ok(hash.finalize().to_hex().to_string())
    }
}

/// A glob, which also stands for all that is below a folder that it matches.
struct Pattern<'g> {
    text: &'g str,
    glob: GlobMatcher,
}

impl<'g> Pattern<'g> {
    fn new(glob: &'g str) -> Result<Self, String> {
        let text = glob.trim_start_matches("./").trim_end_matches('/');
        let built = GlobBuilder::new(text).literal_separator(true).build();
        let built = built.map_err(|error| format!("the input `{glob}` is no glob: {}", error.kind()))?;
        Ok(Self { text, glob: built.compile_matcher() })
    }

    fn matches(&self, path: &str) -> bool {
        self.text == "." || Path::new(path).ancestors().any(|path| self.glob.is_match(path))
    }
}
