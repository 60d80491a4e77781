//! Landlock: which files may be read and written, and that no signal leaves the sandbox. The only file that names its crate.
//!
//! A rule is of a file or a folder with all that is in it, by what it is and not by its path, so that no link and no other
//! name of it leads around the rules.

use std::os::fd::AsFd;

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::rules::Rules;

/// Devices that are nobody's.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Memory that processes share by a name.
const SHARED_MEMORY: &str = "/dev/shm";

/// The newest version of which all is used.
const NEWEST: ABI = ABI::V6;

/// The version that the system has; 0 for none. Binds this process, so that it is to be asked in one of its own.
pub(super) fn version() -> u8 {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    let bound = ruleset.handle_access(AccessFs::from_all(NEWEST)).and_then(Ruleset::create);
    match bound.and_then(RulesetCreated::restrict_self).map(|status| status.landlock) {
        Ok(LandlockStatus::Available { effective_abi, .. }) => effective_abi as u8,
        Ok(LandlockStatus::NotEnabled | LandlockStatus::NotImplemented) | Err(_) => 0,
    }
}

/// Lets this process and all that it starts reach only what the rules name. `own_memory` says that shared memory is nobody
/// else's.
///
/// # Errors
/// What the system refuses, in words.
pub(super) fn raise(rules: &Rules, own_memory: bool) -> Result<(), String> {
    attempt(rules, own_memory).map_err(|error| format!("landlock: {error}"))
}

fn attempt(rules: &Rules, own_memory: bool) -> Result<(), String> {
    let words = |error: landlock::RulesetError| error.to_string();
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    let ruleset = ruleset.handle_access(AccessFs::from_all(NEWEST)).map_err(words)?;
    let ruleset = ruleset.scope(Scope::from_all(NEWEST)).map_err(words)?;
    let mut created = ruleset.create().map_err(words)?;
    let read = AccessFs::Execute | AccessFs::ReadFile | AccessFs::ReadDir;
    // A device that one may make is the disk.
    let write = AccessFs::from_all(NEWEST) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
    for path in &rules.read {
        created = allow(created, path, read)?;
    }
    for path in &rules.list {
        created = allow(created, path, AccessFs::ReadDir.into())?;
    }
    for path in rules.write.iter().map(String::as_str).chain(own_memory.then_some(SHARED_MEMORY)) {
        created = allow(created, path, write)?;
    }
    for path in DEVICES {
        created = allow(created, path, AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev)?;
    }
    let status = created.restrict_self().map_err(words)?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err("the system does not hold it".to_owned());
    }
    Ok(())
}

/// Adds a rule; none for what is not there.
fn allow(created: RulesetCreated, path: &str, access: BitFlags<AccessFs>) -> Result<RulesetCreated, String> {
    let Ok(place) = PathFd::new(path) else { return Ok(created) };
    let data = rustix::fs::fstat(place.as_fd()).map_err(|error| format!("`{path}`: {error}"))?;
    let is_folder = rustix::fs::FileType::from_raw_mode(data.st_mode) == rustix::fs::FileType::Directory;
    let access = if is_folder { access } else { access & AccessFs::from_file(NEWEST) };
    if access.is_empty() {
        return Ok(created);
    }
    created.add_rule(PathBeneath::new(place, access)).map_err(|error| format!("`{path}`: {error}"))
}
