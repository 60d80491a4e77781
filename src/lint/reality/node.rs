//! Scripts of `package.json`.

use std::path::Path;

use serde_json::Value;

use super::super::{Applies, Reads, Rule, World};
use super::calls::{Call, is_literal};
use super::findings::{Missing, report};
use super::planned::Planned;
use crate::diagnostic::Severity;
use crate::text::nearest;

/// A script that `package.json` does not have.
pub(crate) static MISSING_PACKAGE_SCRIPT: Rule = Rule {
    code: "missing-package-script",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that runs a script which the nearest `package.json` does not have",
    why: "The package manager ends at once: `Missing script`.",
    mend: "Name a script that is there, or the folder of the package that has it. One that the plan adds is not missed before its \
           stage is said to be done, where the plan names `package.json` or the script.",
    bad: "- [ ] `npm run tset`\n",
    good: "- [ ] `npm run test`\n",
    check: |subject, findings| report(subject, findings, scripts),
};

fn scripts(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let Some(folder) = &call.folder else { return Vec::new() };
    let words: Vec<&str> = call.arguments().iter().map(String::as_str).collect();
    // Of other packages of the project nothing is known here.
    let others = |word: &&str| {
        matches!(
            *word,
            "-w" | "--workspace"
                | "--workspaces"
                | "-ws"
                | "--filter"
                | "-F"
                | "-r"
                | "--recursive"
                | "workspace"
                | "workspaces"
                | "--prefix"
                | "-C"
                | "--cwd"
                | "--dir"
                | "--if-present"
                | "-h"
                | "--help"
        ) || ["--filter=", "--workspace=", "--prefix=", "--cwd="].iter().any(|flag| word.starts_with(flag))
    };
    let own = words.iter().position(|word| *word == "--").unwrap_or(words.len());
    if words[..own].iter().any(others) {
        return Vec::new();
    }
    let mut plain = words[..own].iter().filter(|word| !word.starts_with('-'));
    let script = match (call.program(), plain.next()) {
        ("npm" | "pnpm" | "yarn" | "bun", Some(&("run" | "run-script"))) => plain.next(),
        ("npm", Some(&("test" | "t" | "tst"))) | ("pnpm" | "yarn", Some(&"test")) => Some(&"test"),
        ("npm", Some(&"start")) => Some(&"start"),
        _ => None,
    };
    let Some(&script) = script.filter(|script| is_literal(script)) else { return Vec::new() };
    let spoken = planned.speaks_of("package.json") || script != "test" && planned.has_in_code(script);
    let before = (!spoken).then_some(Severity::Warning);
    let Some((package, path)) = nearest_package(world, folder) else {
        let message = format!("there is no `package.json` where `{}` runs", call.program());
        let help = "say from which folder it is run".to_owned();
        return vec![Missing { message, help, before }];
    };
    let Some(scripts) = package.get("scripts").map_or(Some(Vec::new()), names) else { return Vec::new() };
    let is_default = script == "start" && world.host.exists(&folder.join("server.js"));
    // All but npm run programs of the packages as well, and files.
    let tool = call.program() != "npm" && (has_tool(world, folder, script) || world.host.exists(&folder.join(script)));
    if scripts.contains(&script) || is_default || tool {
        return Vec::new();
    }
    let message = format!("`{path}` has no script `{script}`");
    let help = match nearest(script, scripts.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a script that is there, or say in the plan that it is added".to_owned(),
    };
    vec![Missing { message, help, before }]
}

fn names(scripts: &Value) -> Option<Vec<&str>> {
    scripts.as_object().map(|scripts| scripts.keys().map(String::as_str).collect())
}

/// The package of a folder, and its file as it is shown. `None` where there is none; an empty one where it cannot be read.
fn nearest_package(world: &World<'_>, folder: &Path) -> Option<(Value, String)> {
    let above = folder.ancestors().take_while(|above| above.starts_with(world.repository));
    let file = above.map(|above| above.join("package.json")).find(|file| world.host.exists(file))?;
    let read = world.host.read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let shown = file.strip_prefix(world.repository).unwrap_or(&file).to_string_lossy().into_owned();
    // Of a file that is no JSON nothing can be said.
    Some((read.unwrap_or_else(|| serde_json::json!({ "scripts": null })), shown))
}

fn has_tool(world: &World<'_>, folder: &Path, name: &str) -> bool {
    let mut above = folder.ancestors().take_while(|above| above.starts_with(world.repository));
    above.any(|above| world.host.exists(&above.join("node_modules/.bin").join(name)))
}
