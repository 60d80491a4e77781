//! Which commit is the one before the work.
//!
//! Asks git and changes nothing. Must not know what is done with the commit.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::settings::Refusal;
use crate::host::Host;
use crate::report::Base;

/// Where the default branch is looked for after `origin/HEAD`, in this order.
const BRANCHES: [&str; 4] =
    ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

/// What to do where git does not tell.
const NAME_IT: &str = "name the commit before the work with --base REF";

/// The root of the working tree in which a folder lies, without links.
///
/// # Errors
/// When it lies in none, or there is no git.
pub(super) fn top(folder: &Path, host: &dyn Host) -> Result<PathBuf, Refusal> {
    let said = host.git(folder, &["rev-parse", "--show-toplevel"]).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "git is not installed".to_owned(),
            _ => error.to_string(),
        };
        Refusal::Usage(format!("`prove` needs a git repository with the commit before the work: {why}"))
    })?;
    let top = text(&said);
    host.canonicalize(Path::new(&top)).map_err(|error| Refusal::Usage(format!("cannot look at {top}: {error}")))
}

/// The commit of a name that the user gave; without one, where the work left the default branch.
///
/// # Errors
/// Why it cannot be told, and what to do.
pub(super) fn find(named: Option<&str>, top: &Path, host: &dyn Host) -> Result<Base, Refusal> {
    let git = Asked { top, host };
    let head = git.commit("HEAD").ok_or_else(|| {
        Refusal::Usage(format!("there is no commit yet in {}, so none before the work", top.display()))
    })?;
    if let Some(name) = named {
        if name.starts_with('-') || name.trim().is_empty() {
            return Err(Refusal::Usage(format!("--base: `{name}` is no name of a commit")));
        }
        let commit = git.commit(name).ok_or_else(|| {
            let hint = if git.is_shallow() { SHALLOW } else { "" };
            Refusal::Usage(format!("--base: `{name}` names no commit in {}{hint}", top.display()))
        })?;
        return Ok(Base { commit, what: name.to_owned() });
    }
    let branch = git.default_branch().ok_or_else(|| {
        Refusal::Usage(format!("{} has no default branch that could be found; {NAME_IT}", top.display()))
    })?;
    let short = branch.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/");
    let commit = git.ask(&["merge-base", "HEAD", &branch]).ok_or_else(|| {
        let hint = if git.is_shallow() { SHALLOW } else { "" };
        Refusal::Usage(format!("git finds no common ancestor of HEAD and {short}{hint}; {NAME_IT}"))
    })?;
    if commit != head {
        return Ok(Base { commit, what: format!("where HEAD left {short}") });
    }
    let changed =
        git.is_changed().map_err(|error| Refusal::Usage(format!("git cannot tell what has changed: {error}")))?;
    if changed {
        return Ok(Base { commit, what: "HEAD, without the changes that are not committed".to_owned() });
    }
    Err(Refusal::Usage(format!("HEAD has nothing that {short} does not have, and nothing is uncommitted; {NAME_IT}")))
}

/// What is added where the history was cut off.
const SHALLOW: &str = ", but this clone has only a part of the history; fetch the rest with `git fetch --unshallow` \
     (in a workflow: `fetch-depth: 0` of the checkout)";

/// A repository that is asked.
struct Asked<'a> {
    top: &'a Path,
    host: &'a dyn Host,
}

impl Asked<'_> {
    /// An answer that is not empty.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let answer = text(&self.host.git(self.top, arguments).ok()?);
        (!answer.is_empty()).then_some(answer)
    }

    fn commit(&self, name: &str) -> Option<String> {
        self.ask(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])
    }

    fn default_branch(&self) -> Option<String> {
        let head = self.ask(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
        let configured = || self.ask(&["config", "init.defaultBranch"]).map(|name| format!("refs/heads/{name}"));
        let usual = BRANCHES.into_iter().map(str::to_owned);
        head.into_iter().chain(usual).chain(configured()).find(|branch| self.commit(branch).is_some())
    }

    fn is_shallow(&self) -> bool {
        self.ask(&["rev-parse", "--is-shallow-repository"]).is_some_and(|answer| answer == "true")
    }

    /// Whether something is not committed, apart from what plan-run keeps. The index is left as it is.
    fn is_changed(&self) -> std::io::Result<bool> {
        let arguments = [
            "--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain", "--", ".",
            ":(exclude,glob)**/.plan-run/**",
        ];
        Ok(!text(&self.host.git(self.top, &arguments)?).is_empty())
    }
}

fn text(said: &[u8]) -> String {
    String::from_utf8_lossy(said).trim_end_matches('\n').to_owned()
}
