//! Which plans the branch touches: those of which the text, or a file that they name, is not as where it left the other
//! branch.
//!
//! Whole plans, not stages: what a stage's commands read is more than its words name, so that of one piece of work all is
//! looked at or nothing. Must not know why it is asked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::console::Console;
use super::settings::{PlanFile, Refusal, Settings, root};
use super::{app, base, secrets};
use crate::config;
use crate::host::Host;
use crate::report::Base;
use crate::text::{clean_line, plural};
use crate::touched::{Named, Places};

/// The most plans of which the reason is told.
const MOST_TOLD: usize = 10;

/// What a branch changed in a working tree.
pub(super) struct Changes {
    /// The root of the tree.
    pub(super) top: PathBuf,
    /// With which commit it was compared.
    pub(super) base: Base,
    /// Whether what is checked out has a commit that the other branch does not have.
    is_ahead: bool,
    /// The files that are not as there, what is not committed or not known to git included: absolute, in order.
    pub(super) files: Vec<PathBuf>,
}

impl Changes {
    /// Asks git. `named` is the other branch, if the user names one.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn find(named: Option<&str>, folder: &Path, host: &dyn Host) -> Result<Self, Refusal> {
        let top = base::top(folder, "--changed needs a git repository", host)?;
        let base = base::fork(named, &top, host)?;
        let ask = |arguments: &[&str]| {
            // A comparison writes what it has found out into the index, whatever is said of locks.
            let options = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "diff.autoRefreshIndex=false"];
            let said = host.git(&top, &[&options[..], arguments].concat());
            said.map_err(|error| Refusal::Usage(format!("git cannot tell what has changed: {error}")))
        };
        let head = ask(&["rev-parse", "HEAD"])?;
        let is_ahead = head.trim_ascii_end() != base.commit.as_bytes();
        let tracked = ask(&["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", &base.commit, "--"])?;
        let others = ask(&["ls-files", "--others", "--exclude-standard", "-z"])?;
        let paths = tracked.split(|&byte| byte == 0).chain(others.split(|&byte| byte == 0));
        let paths = paths.filter(|path| !path.is_empty()).map(|path| String::from_utf8_lossy(path).into_owned());
        let own = |path: &String| path.split('/').any(|part| part == ".plan-run");
        let mut files: Vec<PathBuf> = paths.filter(|path| !own(path)).map(|path| top.join(path)).collect();
        files.sort();
        files.dedup();
        Ok(Self { top, base, is_ahead, files })
    }

    fn shown<'p>(&self, file: &'p Path) -> std::borrow::Cow<'p, str> {
        file.strip_prefix(&self.top).unwrap_or(file).to_string_lossy()
    }
}

/// The plans that are touched.
pub(super) struct Touched {
    /// Those plans.
    pub(super) plans: Vec<PlanFile>,
    /// What was chosen and why; lines to be said.
    pub(super) told: String,
    /// How many files have changed.
    pub(super) changed: usize,
    /// Whether some branch has a commit that the one which it was compared with does not have.
    pub(super) is_ahead: bool,
}

/// Finds them among the plans of a call. `named` is what the branch is compared with, if the user says so, and `call` the
/// folder in which commands run, likewise. `rest` says how to have all plans: where some are touched, and where none is.
///
/// # Errors
/// Why it cannot be told what has changed.
pub(super) fn find(
    named: Option<&str>,
    call: Option<&Path>,
    rest: (&str, &str),
    settings: &Settings,
    console: &Console,
    host: &dyn Host,
) -> Result<Touched, Refusal> {
    let mut known: Vec<(PathBuf, Arc<Changes>)> = Vec::new();
    let mut of = |folder: &Path| -> Result<Arc<Changes>, Refusal> {
        if let Some((_, changes)) = known.iter().find(|(known, _)| known == folder) {
            return Ok(Arc::clone(changes));
        }
        let changes = Arc::new(Changes::find(named, folder, host)?);
        known.push((folder.to_path_buf(), Arc::clone(&changes)));
        Ok(changes)
    };
    let mut plans = Vec::new();
    let mut reasons = Vec::new();
    for file in &settings.plans {
        let changes = of(&file.located.repository)?;
        if let Some(reason) = reason(file, call, &changes, settings, console, host) {
            reasons.push(format!("  {}: {reason}\n", clean_line(&file.located.shown)));
            plans.push(file.clone());
        }
    }
    let mut trees: Vec<&Changes> = known.iter().map(|(_, changes)| &**changes).collect();
    trees.dedup_by(|one, other| one.top == other.top);
    let changed = trees.iter().map(|changes| changes.files.len()).sum();
    let since: Vec<String> = trees.iter().map(|changes| since(&changes.base)).collect();
    let since = if since.is_empty() { String::new() } else { format!(" since {}", since.join(", ")) };
    let files = plural(changed, "file");
    let have = if changed == 1 { "has" } else { "have" };
    let of_all = plural(settings.plans.len(), "plan");
    let is = match plans.len() {
        0 => format!("none of {of_all} is"),
        1 => format!("1 of {of_all} is"),
        count => format!("{count} of {of_all} are"),
    };
    let rest = if plans.is_empty() { rest.1 } else { rest.0 };
    let mut told = format!("plan-run: {is} touched: {files} {have} changed{since}; {rest}\n");
    let more = reasons.len().saturating_sub(MOST_TOLD);
    told.extend(reasons.into_iter().take(MOST_TOLD));
    if more > 0 {
        told.push_str(&format!("  and {more} more\n"));
    }
    let is_ahead = trees.iter().any(|changes| changes.is_ahead);
    Ok(Touched { plans, told, changed, is_ahead })
}

/// Finds the plans that some files touch, which are absolute paths without links.
pub(super) fn by(
    files: &[PathBuf],
    call: Option<&Path>,
    settings: &Settings,
    console: &Console,
    host: &dyn Host,
) -> Touched {
    let nothing = || Base { commit: String::new(), what: String::new() };
    let is_touched = |file: &&PlanFile| {
        let top = base::top(&file.located.repository, "", host).unwrap_or_else(|_| file.located.repository.clone());
        let changes = Changes { top, base: nothing(), is_ahead: false, files: files.to_vec() };
        reason(file, call, &changes, settings, console, host).is_some()
    };
    let plans: Vec<PlanFile> = settings.plans.iter().filter(is_touched).cloned().collect();
    let names: Vec<String> = plans.iter().take(MOST_TOLD).map(|file| clean_line(&file.located.shown)).collect();
    let more = plans.len().saturating_sub(MOST_TOLD);
    let told = match (names.is_empty(), more) {
        (true, _) => "plan-run: no plan is touched\n".to_owned(),
        (false, 0) => format!("plan-run: touched: {}\n", names.join(", ")),
        (false, more) => format!("plan-run: touched: {} and {more} more\n", names.join(", ")),
    };
    Touched { plans, told, changed: files.len(), is_ahead: false }
}

fn since(base: &Base) -> String {
    format!("{} ({})", base.commit.get(..12).unwrap_or(&base.commit), clean_line(&base.what))
}

/// Why a plan is touched; `None` if it is not.
fn reason(
    file: &PlanFile,
    call: Option<&Path>,
    changes: &Changes,
    settings: &Settings,
    console: &Console,
    host: &dyn Host,
) -> Option<String> {
    let has = |path: &Path| changes.files.iter().any(|changed| changed == path);
    let located = &file.located;
    if has(&located.path) || host.canonicalize(&located.path).is_ok_and(|path| has(&path)) {
        return Some("its text".to_owned());
    }
    if changes.files.is_empty() {
        return None;
    }
    let configuration = file.config.folder.join(config::FILE_NAME);
    if has(&configuration) {
        return Some("its configuration".to_owned());
    }
    // What is wrong with it is told when it is run; here it only matters whether it is.
    let Ok(source) = app::decode(file, host) else { return Some("it cannot be read".to_owned()) };
    let understood = app::understand(&source, file);
    console.hide(secrets::of_plan(&understood.front, Some(&understood.plan), settings));
    let environment = [(&file.config.folder, &file.config.config), (&located.repository, &understood.front)];
    for (folder, config) in environment {
        if config.env_files.iter().any(|named| has(&folder.join(&named.name))) {
            return Some("its variables".to_owned());
        }
    }
    let named = Named::of(&understood.plan, &understood.outline);
    if named.is_empty() {
        return Some("it names no files, so that any may matter".to_owned());
    }
    let root = root(call, file, &understood.front, host).unwrap_or_else(|_| located.repository.clone());
    let places = Places {
        repository: &located.repository,
        root: &root,
        beside: located.path.parent().unwrap_or(&located.repository),
        tree: &changes.top,
    };
    let touch = named.touched(&changes.files, places, &|path| host.exists(path));
    touch.first().map(|index| clean_line(&changes.shown(&changes.files[index])))
}
