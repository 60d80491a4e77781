//! What a workflow of GitHub says of itself in its environment.
//!
//! Must not know what is done with it.

use std::path::{Path, PathBuf};

use super::settings::Settings;
use crate::host::Host;

/// Whether this runs in a workflow of GitHub, whose log obeys commands.
pub(super) fn is_workflow(host: &dyn Host) -> bool {
    host.env("GITHUB_ACTIONS").as_deref() == Some("true")
}

/// Where a workflow's step puts its summary.
pub(super) fn step_summary(host: &dyn Host) -> Option<PathBuf> {
    host.env("GITHUB_STEP_SUMMARY").map(PathBuf::from)
}

/// Where a workflow's step puts what later steps can ask for.
pub(super) fn step_output(host: &dyn Host) -> Option<PathBuf> {
    host.env("GITHUB_OUTPUT").map(PathBuf::from)
}

/// What a plan's path is appended to, so that it is a path in the workflow's repository: nothing, or a folder with `/`
/// behind it. `None` where the plans lie elsewhere, or in different repositories.
pub(super) fn below(settings: &Settings, host: &dyn Host) -> Option<String> {
    let mut repositories = settings.plans.iter().map(|plan| &plan.located.repository);
    let repository = repositories.next().unwrap_or(&settings.home);
    if repositories.any(|other| other != repository) {
        return None;
    }
    let Some(workspace) = host.env("GITHUB_WORKSPACE").and_then(|path| host.canonicalize(Path::new(&path)).ok()) else {
        return Some(String::new());
    };
    let below = repository.strip_prefix(workspace).ok()?.to_string_lossy().into_owned();
    Some(if below.is_empty() { below } else { format!("{below}/") })
}

/// Links to the plans on the server of a workflow, as far as their repository is the workflow's.
pub(super) fn links(below: Option<&str>, host: &dyn Host) -> Option<String> {
    let server = host.env("GITHUB_SERVER_URL");
    let name = host.env("GITHUB_REPOSITORY");
    let commit = host.env("GITHUB_SHA");
    let base = crate::report::link_base(server.as_deref(), name.as_deref(), commit.as_deref())?;
    Some(format!("{base}{}", below?))
}
