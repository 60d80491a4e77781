//! Packages and targets of cargo.

use std::path::Path;

use super::super::{Applies, Reads, Rule, World};
use super::calls::{Call, is_literal};
use super::findings::{Missing, report};
use super::planned::Planned;
use crate::diagnostic::Severity;

/// A package, a test, a program or an example that cargo does not know here.
pub(crate) static MISSING_CARGO_TARGET: Rule = Rule {
    code: "missing-cargo-target",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a check that names a cargo package, test, program, example or benchmark which is not there",
    why: "Cargo ends at once, so the check never tells anything about the work.",
    mend: "Correct the name. A target that the plan makes is not missed before its stage is said to be done.",
    bad: "- [ ] `cargo test --test raed`\n",
    good: "- [ ] `cargo test --test read`\n",
    check: |subject, findings| report(subject, findings, targets),
};

/// A manifest, as far as the names in it are known.
struct Manifest {
    /// Its folder, relative to the repository, with `/` at its end unless it is the root.
    folder: String,
    /// The package, if it is one.
    package: Option<String>,
    /// The targets that it names: the kind and the name.
    targets: Vec<(String, String)>,
}

/// Kinds of targets: the flag, the key of the manifest, and the folder in which cargo looks by itself.
const KINDS: &[(&str, &str, &str)] = &[
    ("--test", "test", "tests/"),
    ("--bin", "bin", "src/bin/"),
    ("--example", "example", "examples/"),
    ("--bench", "bench", "benches/"),
];

fn targets(world: &World<'_>, call: &Call<'_>, planned: &Planned) -> Vec<Missing> {
    let Some(folder) = call.folder.as_ref().filter(|_| call.program() == "cargo") else { return Vec::new() };
    let words = call.arguments();
    let verb = words.iter().find(|word| !word.starts_with(['-', '+'])).map_or("", String::as_str);
    let own = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let named: Vec<(&str, &str)> = flags(&words[..own]).into_iter().filter(|(_, name)| is_literal(name)).collect();
    let builds = matches!(
        verb,
        "test" | "build" | "check" | "clippy" | "run" | "bench" | "doc" | "nextest" | "t" | "b" | "c" | "r"
    );
    if !builds || words.iter().any(|word| word.starts_with("--manifest-path") || word == "-C") {
        return Vec::new();
    }
    if !folder
        .ancestors()
        .take_while(|above| above.starts_with(world.repository))
        .any(|above| world.host.exists(&above.join("Cargo.toml")))
    {
        let makes = ["cargo init", "cargo new"].iter().any(|command| planned.has_in_code(command));
        let before = (!makes && !planned.speaks_of("Cargo.toml")).then_some(Severity::Warning);
        let help = "say from which folder it is run".to_owned();
        return vec![Missing { message: "there is no `Cargo.toml` where `cargo` runs".to_owned(), help, before }];
    }
    if named.is_empty() {
        return Vec::new();
    }
    let manifests = manifests(world);
    let mut missing = Vec::new();
    for (flag, name) in named {
        let what = if flag == "-p" { "package" } else { flag.trim_start_matches('-') };
        let there =
            if flag == "-p" { has_package(world, &manifests, name) } else { has_target(world, &manifests, flag, name) };
        if !there {
            // Tests are what a plan writes; the packages are mostly there.
            let open = if flag == "-p" { Severity::Warning } else { Severity::Note };
            let spoken = planned.has_in_code(name) || planned.speaks_of(&format!("{name}.rs"));
            missing.push(Missing {
                message: format!("cargo knows no {what} `{name}` here"),
                help: "correct the name, or say in the plan that it is made".to_owned(),
                before: (!spoken).then_some(open),
            });
        }
    }
    missing
}

/// The packages and targets that a command names.
fn flags(words: &[String]) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = || words.get(at + 1).map(String::as_str);
        match word.as_str() {
            "-p" | "--package" => found.extend(next().map(|name| ("-p", name))),
            "--test" | "--bin" | "--example" | "--bench" => found.extend(next().map(|name| (word.as_str(), name))),
            word => {
                let Some((flag, name)) = word.split_once('=') else { continue };
                let flag = if flag == "--package" { "-p" } else { flag };
                let kind = KINDS.iter().find(|(own, ..)| *own == flag).map(|(own, ..)| *own);
                found.extend(kind.or((flag == "-p").then_some("-p")).map(|flag| (flag, name)));
            }
        }
    }
    found
}

fn has_package(world: &World<'_>, manifests: &[Manifest], name: &str) -> bool {
    // `name@1.2`, a path, an address: more than a name.
    if name.contains(['@', ':', '/', '#']) || manifests.iter().any(|manifest| manifest.package.as_deref() == Some(name))
    {
        return true;
    }
    // A package that another one needs.
    let line = format!("name = \"{name}\"");
    let locks = world.files().iter().filter(|file| file.rsplit('/').next() == Some("Cargo.lock"));
    locks.into_iter().any(|file| text(world, file).lines().any(|own| own.trim() == line))
}

fn has_target(world: &World<'_>, manifests: &[Manifest], flag: &str, name: &str) -> bool {
    let Some((_, key, folder)) = KINDS.iter().find(|(own, ..)| *own == flag) else { return true };
    manifests.iter().any(|manifest| {
        let at = |path: String| world.host.exists(&world.repository.join(&manifest.folder).join(path));
        manifest.targets.iter().any(|(own, target)| own == key && target == name)
            || at(format!("{folder}{name}.rs"))
            || at(format!("{folder}{name}/main.rs"))
            || *key == "bin" && manifest.package.as_deref() == Some(name)
    })
}

fn text(world: &World<'_>, file: &str) -> String {
    let bytes = world.host.read(&world.repository.join(Path::new(file))).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// All manifests of the repository.
fn manifests(world: &World<'_>) -> Vec<Manifest> {
    let files = world.files().iter().filter(|file| file.rsplit('/').next() == Some("Cargo.toml"));
    let read = |file: &String| {
        let mut manifest =
            Manifest { folder: file.trim_end_matches("Cargo.toml").to_owned(), package: None, targets: Vec::new() };
        let mut table = String::new();
        for line in text(world, file).lines().map(str::trim) {
            if line.starts_with('[') {
                table = line.trim_matches(['[', ']', ' ']).to_owned();
            } else if let Some(name) = line.strip_prefix("name").and_then(|rest| rest.trim_start().strip_prefix('=')) {
                let name = name.split('#').next().unwrap_or("").trim().trim_matches(['"', '\'']).to_owned();
                match table.as_str() {
                    "package" => manifest.package = Some(name),
                    _ => manifest.targets.push((table.clone(), name)),
                }
            }
        }
        manifest
    };
    files.map(read).collect()
}
