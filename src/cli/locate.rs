//! Finds plans: by name, by glob, by directory, and where plans usually live.
//!
//! Must not know what is in a plan, nor what will be done with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::config;
use crate::host::Host;

/// Where plans usually live, relative to a repository's root or to a directory that was named.
pub const USUAL_PLACES: &[&str] = &[
    "{plan,Plan,PLAN}.md",
    "{implementation,IMPLEMENTATION}{_,-}{plan,PLAN}.md",
    "{implement,IMPLEMENT}.md",
    "ci/plan.md",
    "{plan,plans}/**/*.md",
    "docs/plans/**/*.md",
    "docs/**/*{plan,Plan,PLAN}*.md",
    "doc/**/*{plan,Plan,PLAN}*.md",
    ".agents/**/*{plan,Plan,PLAN}*.md",
    ".agents/plans/**/*.md",
    ".claude/plans/**/*.md",
    "**/increments/*/implement.md",
    "thoughts/shared/plans/**/*.md",
    "specs/*/tasks.md",
    ".kiro/specs/*/tasks.md",
    "openspec/changes/*/tasks.md",
    ".planning/**/*{plan,PLAN}*.md",
];

/// Folders whose files are not this repository's work, or not work to be done: code of others, templates and prompts
/// that speak of plans, what is finished and put away.
const NOT_PLANS: &[&str] = &[
    "node_modules", "vendor", "third_party", "target", ".venv", "templates", "commands", "prompts", "skills",
    "archive", "archived",
];

/// A plan to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Its absolute path.
    pub path: PathBuf,
    /// Its path as shown: relative to `repository` where it lies below it, with `/` between folders.
    pub shown: String,
    /// The nearest folder above it that is a repository's root; the current directory if there is none.
    pub repository: PathBuf,
}

/// Why nothing was found for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// There is no such file.
    Nothing(String),
    /// It is a directory in which no plan stands where plans usually live.
    EmptyDirectory(String),
    /// It cannot be looked for; the reason in words.
    Refused(String),
}

/// The nearest folder, from this one upwards, that has `.git` or a configuration.
#[must_use]
pub fn repository(from: &Path, host: &dyn Host) -> Option<PathBuf> {
    from.ancestors()
        .find(|folder| host.exists(&folder.join(".git")) || host.exists(&folder.join(config::FILE_NAME)))
        .map(Path::to_path_buf)
}

/// The root of the git working tree in which a folder lies.
#[must_use]
pub fn work_tree<'f>(folder: &'f Path, host: &dyn Host) -> Option<&'f Path> {
    folder.ancestors().find(|folder| host.exists(&folder.join(".git")))
}

/// Whether a file is a link that leads out of a folder: in a repository that a stranger wrote it could be any file of this
/// machine, and its lines are shown.
#[must_use]
pub fn leads_out(file: &Path, folder: &Path, host: &dyn Host) -> bool {
    host.is_link(file)
        && !host
            .canonicalize(folder)
            .and_then(|folder| Ok(host.canonicalize(file)?.starts_with(folder)))
            // One that leads nowhere is seen when it is read.
            .unwrap_or(true)
}

/// The files that were found below a directory, unless one of them leads out of the repository.
fn inside(found: Vec<PathBuf>, directory: &Path, host: &dyn Host) -> Result<Vec<PathBuf>, String> {
    let root = repository(directory, host).unwrap_or_else(|| directory.to_path_buf());
    match found.iter().find(|file| leads_out(file, &root, host)) {
        Some(file) => {
            let shown = file.display();
            Err(format!("{shown} is a link that leads out of the repository; name it by itself if it is meant"))
        }
        None => Ok(found),
    }
}

/// The files that one word stands for, relative to `folder`: a file, a directory to search, or a glob.
///
/// # Errors
/// Why there is none.
pub fn expand(word: &Path, folder: &Path, host: &dyn Host) -> Result<Vec<PathBuf>, NotFound> {
    let path = folder.join(word);
    let shown = word.display().to_string();
    if host.is_dir(&path) {
        let path = host.canonicalize(&path).unwrap_or(path);
        let found = in_usual_places(&path, host).map_err(NotFound::Refused)?;
        return if found.is_empty() { Err(NotFound::EmptyDirectory(shown)) } else { Ok(found) };
    }
    if host.exists(&path) {
        return Ok(vec![path]);
    }
    let Some((start, glob)) = split_glob(word) else { return Err(NotFound::Nothing(shown)) };
    let start = folder.join(start);
    if !host.is_dir(&start) {
        return Err(NotFound::Nothing(shown));
    }
    let found = host.find(&start, &[glob]).map_err(|error| NotFound::Refused(error.to_string()))?;
    let start = host.canonicalize(&start).unwrap_or(start);
    let found = inside(found, &start, host).map_err(NotFound::Refused)?;
    if found.is_empty() { Err(NotFound::Nothing(shown)) } else { Ok(found) }
}

/// The plans below a directory that stand where plans usually live, seen from it or from its repository's root.
///
/// # Errors
/// What the search says, in words.
pub fn in_usual_places(directory: &Path, host: &dyn Host) -> Result<Vec<PathBuf>, String> {
    let globs: Vec<String> = USUAL_PLACES.iter().map(|&glob| glob.to_owned()).collect();
    let mut found: BTreeSet<PathBuf> =
        host.find(directory, &globs).map_err(|error| error.to_string())?.into_iter().collect();
    if let Some(root) = repository(directory, host)
        && root != directory
    {
        let all = host.find(&root, &globs).map_err(|error| error.to_string())?;
        found.extend(all.into_iter().filter(|path| path.starts_with(directory)));
    }
    found.retain(|path| {
        let below = path.strip_prefix(directory).unwrap_or(path);
        !below.components().any(|part| part.as_os_str().to_str().is_some_and(|name| NOT_PLANS.contains(&name)))
    });
    inside(found.into_iter().collect(), directory, host)
}

/// The folders at the start of a glob that have no special character, and the rest.
fn split_glob(word: &Path) -> Option<(PathBuf, String)> {
    let special = |part: Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let parts: Vec<Component<'_>> = word.components().collect();
    let first = parts.iter().position(|&part| special(part))?;
    let start = parts[..first].iter().collect();
    let rest: Vec<String> = parts[first..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    Some((start, rest.join("/")))
}

/// Gives each file its repository and the name to show, and drops files that came before. `here` is the current
/// directory.
#[must_use]
pub fn identify(files: Vec<PathBuf>, here: &Path, host: &dyn Host) -> Vec<Located> {
    let mut seen = BTreeSet::new();
    let mut plans = Vec::new();
    for file in files {
        let path = without_links_above(&file, host);
        if !seen.insert(host.canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            continue;
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        let repository = repository(folder, host).unwrap_or_else(|| here.to_path_buf());
        let shown = with_slashes(path.strip_prefix(&repository).unwrap_or(&path));
        plans.push(Located { path, shown, repository });
    }
    // Plans of several repositories may have one name, which would make reports ambiguous.
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for plan in &plans {
        *uses.entry(plan.shown.clone()).or_default() += 1;
    }
    for plan in &mut plans {
        if uses.get(&plan.shown).is_some_and(|&count| count > 1) {
            plan.shown = with_slashes(&plan.path);
        }
    }
    plans
}

/// The path without links and `..` in its folders. A link to a plan keeps its own place: that is where its
/// repository looks for it.
fn without_links_above(file: &Path, host: &dyn Host) -> PathBuf {
    match (file.parent(), file.file_name()) {
        (Some(folder), Some(name)) => host.canonicalize(folder).map(|folder| folder.join(name)),
        _ => host.canonicalize(file),
    }
    .unwrap_or_else(|_| file.to_path_buf())
}

fn with_slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}
