//! Which commit is the one before the work: for `prove`, and for all that looks at what the branch changed.
//!
//! Asks git and changes nothing. Must not know what is done with the commit.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::settings::Refusal;
use crate::host::Host;
use crate::report::Base;

/// Names of the default branch where nothing tells it, first those of the remote, then those here.
const BRANCHES: [&str; 2] = ["main", "master"];

/// Variables by which a workflow says into which branch a change is to go: GitHub's, GitLab's, Azure's.
const TARGETS: [&str; 3] =
    ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "SYSTEM_PULLREQUEST_TARGETBRANCHNAME"];

/// What to do where git does not tell.
const NAME_IT: &str = "name the commit before the work with --base REF";

/// The root of the working tree in which a folder lies, without links. `needs` says who needs it.
///
/// # Errors
/// When it lies in none, or there is no git.
pub(super) fn top(folder: &Path, needs: &str, host: &dyn Host) -> Result<PathBuf, Refusal> {
    let said = host.git(folder, &["rev-parse", "--show-toplevel"]).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "git is not installed".to_owned(),
            _ => error.to_string(),
        };
        Refusal::Usage(format!("{needs}: {why}"))
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
        return Ok(Base { commit: git.named(name, "--base")?, what: name.to_owned() });
    }
    let branch = git.default_branch().ok_or_else(|| {
        Refusal::Usage(format!("{} has no default branch that could be found; {NAME_IT}", top.display()))
    })?;
    let short = short(&branch);
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

/// The commit of a name that the user gave with an option.
///
/// # Errors
/// When it names none.
pub(super) fn named(name: &str, option: &str, top: &Path, host: &dyn Host) -> Result<String, Refusal> {
    Asked { top, host }.named(name, option)
}

/// Where the branch that is checked out left another one: the one that the user names with `--changed`, else the one into
/// which it is to go, as far as a workflow, the branch's upstream or the remote tells.
///
/// An upstream of the same name is where the branch itself is pushed to, and says nothing of where it came from.
///
/// # Errors
/// Why it cannot be told, and what to do.
pub(super) fn fork(name: Option<&str>, top: &Path, host: &dyn Host) -> Result<Base, Refusal> {
    let git = Asked { top, host };
    let head = git.commit("HEAD").ok_or_else(|| {
        let top = top.display();
        Refusal::Usage(format!("there is no commit yet in {top}; run without --changed"))
    })?;
    let other = match name {
        Some(name) => {
            git.named(name, "--changed")?;
            name.to_owned()
        }
        None => git.target().or_else(|| git.upstream()).or_else(|| git.default_branch()).ok_or_else(|| {
            let hint = if git.is_shallow() { SHALLOW } else { "" };
            let top = top.display();
            Refusal::Usage(format!(
                "{top} has no default branch that could be found{hint}; name what to compare with: --changed=REF"
            ))
        })?,
    };
    let short = short(&other);
    let commit = git.ask(&["merge-base", "HEAD", &other]).ok_or_else(|| {
        let hint = if git.is_shallow() { SHALLOW } else { "" };
        Refusal::Usage(format!(
            "git finds no common ancestor of HEAD and {short}{hint}; name a commit that HEAD is built on: --changed=REF"
        ))
    })?;
    let what = if commit == head {
        format!("HEAD, of which {short} has every commit")
    } else {
        format!("where HEAD left {short}")
    };
    Ok(Base { commit, what })
}

/// A name of a branch without what git puts before it.
fn short(branch: &str) -> &str {
    branch.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/")
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

    fn named(&self, name: &str, option: &str) -> Result<String, Refusal> {
        if name.starts_with('-') || name.trim().is_empty() {
            return Err(Refusal::Usage(format!("{option}: `{name}` is no name of a commit")));
        }
        self.commit(name).ok_or_else(|| {
            let hint = if self.is_shallow() { SHALLOW } else { "" };
            Refusal::Usage(format!("{option}: `{name}` names no commit in {}{hint}", self.top.display()))
        })
    }

    /// The remote that a clone came from: the only one, or the one that git would take.
    fn remote(&self) -> String {
        let remotes = self.ask(&["remote"]).unwrap_or_default();
        let chosen = self.ask(&["config", "checkout.defaultRemote"]);
        let only = || remotes.lines().next().filter(|_| remotes.lines().count() == 1).map(str::to_owned);
        chosen.or_else(only).unwrap_or_else(|| "origin".to_owned())
    }

    fn default_branch(&self) -> Option<String> {
        let remote = self.remote();
        let head = self.ask(&["symbolic-ref", "--quiet", &format!("refs/remotes/{remote}/HEAD")]);
        let there = BRANCHES.iter().map(|name| format!("refs/remotes/{remote}/{name}"));
        let here = BRANCHES.iter().map(|name| format!("refs/heads/{name}"));
        let configured = || self.ask(&["config", "init.defaultBranch"]).map(|name| format!("refs/heads/{name}"));
        head.into_iter().chain(there).chain(here).chain(configured()).find(|branch| self.commit(branch).is_some())
    }

    /// The branch into which a change is to go, as a workflow says.
    fn target(&self) -> Option<String> {
        let name = TARGETS.iter().find_map(|name| self.host.env(name))?;
        let branches = [format!("refs/remotes/{}/{name}", self.remote()), format!("refs/heads/{name}")];
        branches.into_iter().find(|branch| self.commit(branch).is_some())
    }

    /// The upstream of the branch, where that is another branch.
    fn upstream(&self) -> Option<String> {
        let own = self.ask(&["symbolic-ref", "--quiet", "--short", "HEAD"])?;
        let upstream = self.ask(&["rev-parse", "--symbolic-full-name", "@{upstream}"])?;
        let merged = self.ask(&["config", &format!("branch.{own}.merge")])?;
        (merged != format!("refs/heads/{own}") && self.commit(&upstream).is_some()).then_some(upstream)
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
