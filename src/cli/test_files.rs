//! Which files of the working tree are brought to the commit before the work.
//!
//! Must not know how they are brought there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::settings::{PlanFile, Refusal};
use crate::config::Config;
use crate::host::Host;
use crate::plan::CheckId;
use crate::prove::{Candidate, candidates, looks_like_test};
use crate::select::Selected;
use crate::text::plain_path;

/// The files, relative to the root of the working tree.
pub(super) struct TestFiles<'a> {
    top: &'a Path,
    host: &'a dyn Host,
    found: BTreeSet<PathBuf>,
    mentioned: Vec<Mention>,
}

/// A file that is there and that the command of a red check names.
pub(super) struct Mention {
    /// The place of its plan among those that were looked at.
    pub(super) plan: usize,
    /// The check.
    pub(super) check: CheckId,
    /// The file, relative to the root of the working tree.
    pub(super) path: PathBuf,
}

impl<'a> TestFiles<'a> {
    /// None yet. `top` is the root of the working tree, without links.
    pub(super) fn new(top: &'a Path, host: &'a dyn Host) -> Self {
        Self { top, host, found: BTreeSet::new(), mentioned: Vec::new() }
    }

    /// Adds those that match globs of the command line, which are relative to a folder.
    ///
    /// # Errors
    /// When one is malformed or matches nothing.
    pub(super) fn typed(&mut self, globs: &[String], here: &Path) -> Result<(), Refusal> {
        for glob in globs {
            let found = self.matched(here, std::slice::from_ref(glob));
            if found.map_err(|why| Refusal::Usage(format!("--tests: {why}")))? == 0 {
                let here = here.display();
                return Err(Refusal::Usage(format!(
                    "--tests: no file of the repository below {here} matches `{glob}`"
                )));
            }
        }
        Ok(())
    }

    /// Adds those that match the globs of a plan's configuration.
    ///
    /// # Errors
    /// When one is malformed.
    pub(super) fn configured(&mut self, file: &PlanFile, front: &Config) -> Result<(), Refusal> {
        let globs = [(&file.config.folder, &file.config.config), (&file.located.repository, front)];
        for (folder, config) in globs {
            self.matched(folder, &config.prove.tests).map_err(|why| Refusal::Usage(format!("prove.tests: {why}")))?;
        }
        Ok(())
    }

    /// Adds those that a plan names for its red checks; `plan` is its place.
    pub(super) fn named(&mut self, plan: usize, selected: &Selected) {
        for Candidate { check, folder, path, in_command } in candidates(&selected.plan) {
            let folder = selected.setup.root.join(folder);
            let whole = plain_path(&folder.join(&path));
            if !whole.starts_with(self.top) {
                continue;
            }
            let found = if path.contains(['*', '?', '[']) {
                // What is no glob names no file either.
                self.host.find(&plain_path(&folder), &[path]).unwrap_or_default()
            } else if !self.host.is_dir(&whole) {
                if self.host.exists(&whole) { vec![whole.clone()] } else { Vec::new() }
            } else if in_command {
                self.host.find(&whole, &["**".to_owned()]).unwrap_or_default()
            } else {
                Vec::new()
            };
            for file in found.iter().filter_map(|file| file.strip_prefix(self.top).ok()) {
                if looks_like_test(&file.to_string_lossy()) {
                    self.found.insert(file.to_path_buf());
                }
                if in_command && self.top.join(file) == whole {
                    self.mentioned.push(Mention { plan, check, path: file.to_path_buf() });
                }
            }
        }
    }

    /// The files in the order of their paths, and what the commands name, whether it looks like a test or not.
    pub(super) fn finish(self) -> (Vec<PathBuf>, Vec<Mention>) {
        let found = self.found.into_iter().filter(|file| !file.iter().any(|part| part == ".plan-run")).collect();
        (found, self.mentioned)
    }

    /// Adds what matches globs, a folder standing for all that is in it; gives how many files that were.
    fn matched(&mut self, folder: &Path, globs: &[String]) -> Result<usize, String> {
        let globs = globs.iter().flat_map(|glob| {
            let bare = glob.trim_start_matches("./").trim_end_matches('/');
            let bare = if bare.is_empty() || bare == "." { "**" } else { bare };
            [bare.to_owned(), format!("{bare}/**")]
        });
        let globs: Vec<String> = globs.collect();
        if globs.is_empty() {
            return Ok(0);
        }
        let found = self.host.find(folder, &globs).map_err(|error| error.to_string())?;
        let below: Vec<PathBuf> =
            found.iter().filter_map(|file| file.strip_prefix(self.top).ok()).map(Path::to_path_buf).collect();
        let count = below.len();
        self.found.extend(below);
        Ok(count)
    }
}
