//! The sandboxes of a run: what each lets through, and what of it the system does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::console::Console;
use super::settings::Refusal;
use crate::config::{Sandbox, SandboxMode};
use crate::host::Host;
use crate::plan::StageId;
use crate::run::sandbox::{self, Around, Made, Rules};
use crate::select::Selection;

/// What the sandboxes let through of all stages whose commands run in one; says what of it the system does not hold.
///
/// # Errors
/// When that is required, when a place that is to be read or written cannot be, or when a command is to run elsewhere.
pub(super) fn prepare(
    selection: &Selection,
    console: &mut Console,
    host: &dyn Host,
) -> Result<BTreeMap<(u32, StageId), Arc<Rules>>, Refusal> {
    let mut found = BTreeMap::new();
    let mut known: Vec<((PathBuf, Sandbox), Arc<Rules>)> = Vec::new();
    let mut means = None;
    let mut lacking: BTreeSet<String> = BTreeSet::new();
    let mut required = false;
    let mut no_loopback = false;
    for (index, selected) in (0..).zip(&selection.plans) {
        for unit in &selected.units {
            let stage = selected.plan.stage(unit.stage);
            let Some(sandbox) = selected.setup.sandbox(stage) else { continue };
            if let Some(launcher) = selected.launcher(unit) {
                return Err(Refusal::Usage(format!(
                    "{}: a sandbox does not reach where the launcher `{}` runs the commands of stage {}; \
                     say `sandbox: false` of that stage in plan-run.yaml, or --no-sandbox; nothing was run",
                    selected.plan.source.name(),
                    launcher.name,
                    stage.label
                )));
            }
            if found.contains_key(&(index, unit.stage)) {
                continue;
            }
            let means = *means.get_or_insert_with(sandbox::probe);
            required |= sandbox.mode >= SandboxMode::Require;
            let key = (selected.setup.root.clone(), sandbox);
            let rules = match known.iter().find(|(known, _)| *known == key) {
                Some((_, rules)) => Arc::clone(rules),
                None => {
                    let around = Around { root: &key.0, means, host };
                    let rules = sandbox::rules(&key.1, around)
                        .map_err(|why| Refusal::Usage(format!("the sandbox cannot be made: {why}; nothing was run")))?;
                    lacking.extend(sandbox::missing(&rules, rustix::process::geteuid().is_root()));
                    no_loopback |= !rules.network && means.spaces.is_none() && means.filter;
                    known.push((key, Arc::new(rules)));
                    Arc::clone(&known[known.len() - 1].1)
                }
            };
            found.insert((index, unit.stage), rules);
        }
    }
    let lacking: Vec<String> = lacking.into_iter().collect();
    if !lacking.is_empty() {
        let words = format!("this system cannot hold commands to all of the sandbox: {}", lacking.join("; "));
        if required {
            return Err(Refusal::Usage(format!("{words}; that is required, so nothing was run")));
        }
        console.complain(&format!("warning: {words}"));
    }
    if no_loopback {
        console.complain("the sandbox has no network of its own here, so that the loopback is refused as well");
    }
    Ok(found)
}

/// Says what was made for the commands of a run, and taken away again because none wrote into it: until then it was there.
pub(super) fn tell_unused(made: &Made, console: &mut Console) {
    let unused: Vec<String> = made.unused().iter().map(|path| format!("`{}`", path.display())).collect();
    if !unused.is_empty() {
        let words = unused.join(", ");
        console.complain(&format!(
            "made for the sandbox, and taken away again because nothing was written there: {words}"
        ));
    }
}
