//! What the system can hold a sandbox by, found out by trying it in a process that is made for that.

#![expect(
    clippy::disallowed_methods,
    reason = "what is tried binds whoever tries it, and so is tried by another process"
)]

use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::limits;
use super::rules::Rules;
use crate::run::own;

/// The hidden verb that tries it and writes what came of it.
pub(super) const PROBE: &str = "__sandbox-means";

/// By which means a sandbox is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Means {
    /// Namespaces.
    pub spaces: Option<Spaces>,
    /// The version of landlock; 0 for none.
    pub landlock: u8,
    /// Whether there is a filter of calls.
    pub filter: bool,
}

/// Whose namespaces they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spaces {
    /// Of root as it is.
    OfRoot,
    /// Of a user who owns a namespace of users for them.
    OfUser,
}

/// Asks a process of its own what the system can hold a sandbox by.
#[must_use]
pub fn probe() -> Means {
    let ask = |program| Command::new(program).arg(PROBE).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let asked = own::program().and_then(ask);
    // Who cannot be asked can hold nothing.
    asked.ok().and_then(|said| serde_json::from_slice(&said.stdout).ok()).unwrap_or_default()
}

/// Tries it, and writes what came of it.
#[cfg(target_os = "linux")]
pub(super) fn answer() -> u8 {
    use std::io::Write;

    use super::{fence, filter, spaces};

    let mut means = Means::default();
    if spaces::gain_nothing_more().is_ok() {
        means.spaces = spaces::possible();
        // In namespaces of their own users may look at landlock only after that, as the command does.
        means.landlock = fence::version();
        means.filter = filter::is_known() && filter::load(&Rules { means, ..Rules::default() }).is_ok();
    }
    let text = serde_json::to_vec(&means).unwrap_or_default();
    u8::from(std::io::stdout().write_all(&text).is_err())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn answer() -> u8 {
    1
}

/// What of a sandbox the system does not hold, by its means; words that follow "it does not keep a command from" or the like.
#[must_use]
pub fn missing(rules: &Rules, is_root: bool) -> Vec<String> {
    let Means { spaces, landlock, filter } = rules.means;
    let mut missing = Vec::new();
    let mut lacks = |is_missing: bool, words: &str| {
        if is_missing {
            missing.push(words.to_owned());
        }
    };
    let frozen = spaces.is_some();
    lacks(landlock == 0, "which files are read");
    lacks(landlock == 0 && !frozen, "which files are written");
    lacks((1..3).contains(&landlock) && !frozen, "that no other file is emptied");
    lacks(!frozen, "permissions, owners and times of other files");
    lacks(!rules.network && !frozen && !filter, "the network");
    lacks(!rules.sockets && !filter, "UNIX sockets");
    lacks(landlock == 0, "looking into other processes");
    lacks(landlock < 6, "signals to other processes");
    lacks(!filter, "limits of other processes, keys and terminals");
    if rules.limits.processes.is_some() && !limits::counts_processes(rules.means) {
        let why = if is_root { " (root is not bound by it)" } else { "" };
        missing.push(format!("`processes`{why}"));
    }
    missing
}
