//! What the result of a unit can depend on, beside its files, as one hash.

use std::collections::BTreeMap;

use crate::plan::Kind;
use crate::select::{Selected, Unit};

/// The variables of the program itself, and what some tools say of their versions.
pub(super) struct Surroundings {
    pub(super) variables: BTreeMap<String, String>,
    /// Names of variables that commands see and that count.
    pub(super) counted: Vec<String>,
    /// What each tool says.
    pub(super) tools: Vec<(String, Vec<u8>)>,
}

/// The hash of a unit; `None` for one whose result is nobody's but its own: one that must fail or that changes the tree, and
/// one that asks which check it is.
pub(super) fn key(selected: &Selected, unit: &Unit, around: &Surroundings) -> Option<blake3::Hasher> {
    // Of other machines neither the files nor the tools are known.
    if selected.launcher(unit).is_some() {
        return None;
    }
    let mut hash = blake3::Hasher::new();
    let mut add = |name: &str, value: &[u8]| {
        // With the length, so that no two lists of parts read the same.
        let length = (value.len() as u64).to_le_bytes();
        hash.update(name.as_bytes()).update(&[0]).update(&length).update(value);
    };
    // Another version may judge otherwise.
    add("version", env!("CARGO_PKG_VERSION").as_bytes());
    for check in unit.checks.iter().map(|&check| selected.plan.check(check)) {
        let command = check.command.as_deref()?;
        if check.kind != Kind::Command || check.writes || check.risk.is_some() || command.contains("PLAN_RUN_") {
            return None;
        }
        let expect = check.expect.as_ref();
        add("command", command.as_bytes());
        add("kind", check.kind.word().as_bytes());
        add("expect", format!("{:?}", expect.map(|expect| (&expect.status, &expect.output))).as_bytes());
        add("scene", &[u8::from(check.scene)]);
        add("cwd", check.cwd.as_deref().unwrap_or("").as_bytes());
    }
    add("root", selected.setup.root.as_os_str().as_encoded_bytes());
    add("shell", format!("{:?}", selected.setup.shell).as_bytes());
    let mut env: BTreeMap<&str, &str> = BTreeMap::new();
    let mut counted: Vec<&str> = around.counted.iter().map(String::as_str).collect();
    counted.push("PATH");
    env.extend(counted.into_iter().filter_map(|name| Some((name, around.variables.get(name)?.as_str()))));
    for layer in [&selected.setup.env, &selected.plan.stage(unit.stage).env] {
        env.extend(layer.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
    for (name, value) in env {
        add("variable", name.as_bytes());
        add("value", value.as_bytes());
    }
    if let Some(sandbox) = selected.setup.sandbox(selected.plan.stage(unit.stage)) {
        // What passes without it may not pass within, and the other way round.
        add("sandbox", sandbox.words().as_bytes());
    }
    for (tool, says) in &around.tools {
        add("tool", tool.as_bytes());
        add("says", says);
    }
    Some(hash)
}
