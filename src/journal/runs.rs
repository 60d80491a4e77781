//! The folders of runs: made, named, found again, and removed when there are too many.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::host::{Host, random};

/// Name of a run's journal in its folder.
pub const EVENTS: &str = "events.ndjson";

/// Name of the folder of the commands' output in a run's folder.
pub const OUTPUT: &str = "output";

/// Name of the folder, at a repository's root, of all that is kept of runs.
const KEPT: &str = ".plan-run";

/// A folder that holds runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    folder: PathBuf,
    /// The folder of all that is kept, if the place is the usual one.
    kept: Option<PathBuf>,
}

/// Why a run was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// There is none at all.
    #[error("there is no run in {}", .0.display())]
    None(PathBuf),
    /// None goes by the name.
    #[error("`{name}` is no run in {}, no folder of a run, and no journal", .folder.display())]
    NoSuch {
        /// The name.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
}

impl Runs {
    /// Runs that are kept in a folder.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        let kept = folder.parent().filter(|_| folder.ends_with(".plan-run/runs")).map(Path::to_path_buf);
        Self { folder, kept }
    }

    /// Runs that are kept in the usual place below a repository's root.
    #[must_use]
    pub fn of_repository(root: &Path) -> Self {
        let kept = root.join(KEPT);
        Self { folder: kept.join("runs"), kept: Some(kept) }
    }

    /// Runs of one part of a proof that tests failed before the work. They are no runs of a plan to be reported or gone on
    /// from, so they have a place of their own, with their own history.
    #[must_use]
    pub fn of_proof(root: &Path, part: &str) -> Self {
        let kept = root.join(KEPT);
        Self { folder: kept.join("prove").join(part).join("runs"), kept: Some(kept) }
    }

    /// Where they are kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The journal of the run with this name.
    #[must_use]
    pub fn events(&self, name: &str) -> PathBuf {
        self.folder.join(name).join(EVENTS)
    }

    /// Makes the folder for a new run, and gives its name and its path.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, now: SystemTime, host: &dyn Host) -> io::Result<(String, PathBuf)> {
        if let Some(link) = self.link_out(host) {
            let why = format!("{} is a link that leads out of the repository", link.display());
            return Err(io::Error::other(why));
        }
        host.make_folder(&self.folder)?;
        // What is kept of runs is nobody's source. A folder that the user chose is left as it is.
        if let Some(kept) = &self.kept
            && !host.exists(&kept.join(".gitignore"))
        {
            host.write(&kept.join(".gitignore"), b"*\n")?;
        }
        let name = name(now);
        let folder = self.folder.join(&name);
        host.make_folder(&folder.join(OUTPUT))?;
        Ok((name, folder))
    }

    /// A link in the usual place that leads out of the repository. A repository that a stranger wrote may have one, and runs
    /// are written, and old ones removed, where it leads. A folder that the user chose is the user's own affair.
    fn link_out(&self, host: &dyn Host) -> Option<PathBuf> {
        let kept = self.kept.as_deref()?;
        let root = host.canonicalize(kept.parent()?).ok()?;
        let below = self.folder.ancestors().take_while(|folder| folder.starts_with(kept)).map(Path::to_path_buf);
        let leads_out = |path: &PathBuf| {
            // One that leads to nothing is made where it leads.
            host.is_link(path) && !host.canonicalize(path).is_ok_and(|real| real.starts_with(&root))
        };
        below.chain([kept.join(".gitignore")]).find(leads_out)
    }

    /// The names of the runs, the oldest first.
    #[must_use]
    pub fn names(&self, host: &dyn Host) -> Vec<String> {
        let mut names = host.names(&self.folder).unwrap_or_default();
        names.retain(|name| {
            let events = self.folder.join(name).join(EVENTS);
            is_name(name) && host.exists(&events) && !host.is_special(&events)
        });
        names.sort();
        names
    }

    /// Removes the oldest runs but for the newest `keep`. Those under way stay.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn prune(&self, keep: usize, host: &dyn Host) -> io::Result<()> {
        let names = self.names(host);
        for name in &names[..names.len().saturating_sub(keep)] {
            let folder = self.folder.join(name);
            if !host.is_held(&folder.join(EVENTS)) {
                host.remove_folder(&folder)?;
            }
        }
        Ok(())
    }

    /// The folder and the journal of a run that is named by its name, its folder or its journal, relative to `here`; the
    /// newest one without a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, name: Option<&str>, here: &Path, host: &dyn Host) -> Result<(PathBuf, PathBuf), Unknown> {
        let Some(name) = name else {
            let newest = self.names(host).pop().ok_or_else(|| Unknown::None(self.folder.clone()))?;
            let folder = self.folder.join(newest);
            return Ok((folder.clone(), folder.join(EVENTS)));
        };
        let named = here.join(name);
        let own = is_name(name).then(|| self.folder.join(name));
        for folder in own.into_iter().chain([named.clone()]) {
            if host.is_dir(&folder) && host.exists(&folder.join(EVENTS)) {
                return Ok((folder.clone(), folder.join(EVENTS)));
            }
        }
        if host.exists(&named) && !host.is_dir(&named) {
            return Ok((named.parent().unwrap_or(here).to_path_buf(), named));
        }
        Err(Unknown::NoSuch { name: name.to_owned(), folder: self.folder.clone() })
    }
}

/// A name that sorts by time and that no other run has.
fn name(now: SystemTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:3]Z");
    let time = OffsetDateTime::from(now).format(format).unwrap_or_default();
    let id = random() as u32;
    format!("{time}-{id:08x}")
}

/// Whether a name is one that [`name`] makes, so that nothing else is ever removed.
fn is_name(name: &str) -> bool {
    let pattern = b"00000000T000000.000Z-ffffffff";
    name.len() == pattern.len()
        && name.bytes().zip(pattern).all(|(byte, kind)| match kind {
            b'0' => byte.is_ascii_digit(),
            b'f' => byte.is_ascii_hexdigit(),
            other => byte == *other,
        })
}
