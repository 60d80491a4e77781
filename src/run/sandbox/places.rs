//! Which files a sandbox lets through: from what was asked for to paths.
//!
//! What may be read is listed, and not what may not be: the system, toolchains where they usually are, and the working tree.
//! Secrets that lie in one of these are left out of it, piece by piece.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::outputs;
use super::probe::Means;
use super::rules::{Limits, Missing, Rules};
use super::words::Words;
use crate::config::Sandbox;
use crate::host::Host;

/// Folders of the system that everybody may read.
const SYSTEM: &[&str] = &[
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/gnu", "/snap", "/proc",
    "/sys", "/var/lib/alternatives", "/var/lib/dpkg/alternatives", "/var/lib/gems", "/var/cache/fontconfig",
    "/run/current-system", "/run/systemd/resolve",
];

/// Files and folders of the user that hold toolchains, packages and harmless settings.
const OF_USER: &[&str] = &[
    ".cargo", ".rustup", ".nvm", ".volta", ".fnm", ".asdf", ".local/bin", ".local/lib", ".local/pipx",
    ".local/share/mise", ".local/share/fnm", ".local/share/pnpm", ".local/share/uv", ".local/share/virtualenv",
    ".local/share/pypoetry", ".pyenv", ".rbenv", ".rvm", ".gem", ".sdkman", ".jenv", ".m2", ".gradle", ".sbt", ".ivy2",
    ".coursier", "go", ".npm", ".yarn", ".bun", ".deno", ".dotnet", ".nuget/packages", ".stack", ".cabal", ".ghcup",
    ".opam", ".mix", ".hex", ".julia", ".juliaup", ".conda", "miniconda3", "anaconda3", ".pixi", ".swiftly",
    ".swiftpm", ".pub-cache", ".elan", ".cache/go-build", ".cache/pip", ".cache/uv", ".cache/pypoetry",
    ".cache/pre-commit", ".cache/yarn", ".cache/node", ".cache/ms-playwright", ".cache/deno", ".cache/coursier",
    ".gitconfig", ".config/git/config", ".config/git/ignore", ".tool-versions", ".python-version", ".nvmrc",
    ".editorconfig",
];

/// What nobody reads in a sandbox unless it is listed, as far as it lies in what may be read.
const SECRETS_OF_USER: &[&str] = &[
    ".ssh", ".gnupg", ".aws", ".azure", ".config", ".docker", ".kube", ".netrc", ".git-credentials", ".npmrc",
    ".yarnrc.yml", ".pypirc", ".pgpass", ".my.cnf", ".vault-token", ".terraform.d", ".password-store", ".mozilla",
    ".thunderbird", ".local/share/keyrings", ".cargo/credentials", ".cargo/credentials.toml", ".m2/settings.xml",
    ".m2/settings-security.xml", ".gradle/gradle.properties", ".ivy2/.credentials", ".sbt/.credentials",
    ".gem/credentials", ".bundle/config", ".stack/config.yaml", ".bash_history", ".zsh_history", ".python_history",
    ".node_repl_history",
];

const SECRETS_OF_SYSTEM: &[&str] = &[
    "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/ssh", "/etc/ssl/private", "/etc/sudoers",
    "/etc/sudoers.d", "/etc/krb5.keytab", "/etc/docker", "/etc/kubernetes", "/etc/rancher",
];

/// Variables that say where a toolchain is.
const TOOLCHAINS: &[&str] = &[
    "CARGO_HOME", "RUSTUP_HOME", "GOPATH", "GOROOT", "GOMODCACHE", "JAVA_HOME", "NVM_DIR", "VOLTA_HOME", "FNM_DIR",
    "PYENV_ROOT", "VIRTUAL_ENV", "CONDA_PREFIX", "RBENV_ROOT", "GEM_HOME", "DOTNET_ROOT", "DENO_DIR", "BUN_INSTALL",
    "RUNNER_TOOL_CACHE", "AGENT_TOOLSDIRECTORY",
];

/// What is known of the surroundings of a plan's commands.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Where they run.
    pub root: &'a Path,
    /// By which means a sandbox is held.
    pub means: Means,
    /// Files, environment and git.
    pub host: &'a dyn Host,
}

/// The rules of a sandbox.
///
/// # Errors
/// What of it cannot be, in words.
pub fn rules(sandbox: &Sandbox, around: Around<'_>) -> Result<Rules, String> {
    let Around { root, means, host } = around;
    let home = host.env("HOME").map(PathBuf::from).filter(|home| home.is_absolute() && *home != *"/");
    let root = host.canonicalize(root).map_err(|error| format!("`{}`: {error}", root.display()))?;
    let ask = |question: &str| {
        let said = host.git(&root, &["rev-parse", "--path-format=absolute", question]).ok()?;
        host.canonicalize(Path::new(String::from_utf8(said).ok()?.trim_end_matches('\n'))).ok()
    };
    let top = ask("--show-toplevel");
    let tree = top.clone().unwrap_or_else(|| root.clone());
    let mut read: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    read.push(tree.clone());
    // The commits of a second working tree lie with the first one.
    read.extend(ask("--git-common-dir"));
    read.extend(TOOLCHAINS.iter().filter_map(|name| host.env(name)).map(PathBuf::from));
    if let Some(home) = &home {
        read.extend(OF_USER.iter().map(|name| home.join(name)));
    }
    let path = host.env("PATH").unwrap_or_default();
    read.extend(path.split(':').map(PathBuf::from));
    // A folder above the user's own or above the tree holds more than a toolchain.
    let above = |path: &PathBuf| home.as_ref().is_some_and(|home| home.starts_with(path)) || tree.starts_with(path);
    let real = |path: &PathBuf| host.canonicalize(path).ok();
    let read: BTreeSet<PathBuf> = read
        .iter()
        .filter(|path| path.is_absolute())
        .filter_map(real)
        .filter(|path| *path == tree || !above(path))
        .collect();
    let mut secrets: Vec<PathBuf> = SECRETS_OF_SYSTEM.iter().map(PathBuf::from).collect();
    secrets.extend(home.iter().flat_map(|home| SECRETS_OF_USER.iter().map(|name| home.join(name))));
    let secrets: Vec<PathBuf> = secrets.iter().filter_map(real).collect();
    let mut places = Places::default();
    for path in read {
        // A tree that is kept in such a folder is read all the same.
        let hidden: Vec<&Path> =
            secrets.iter().map(PathBuf::as_path).filter(|secret| !path.starts_with(secret)).collect();
        if path == tree || !secrets.iter().any(|secret| path.starts_with(secret) && !is_named(&path, home.as_deref())) {
            places.add(&path, &hidden, host);
        }
    }
    let outputs = outputs::find(&tree, top.is_some(), host);
    // Whether what is missing is a file.
    let mut missing: BTreeMap<PathBuf, bool> = outputs.missing.into_iter().map(|path| (path, false)).collect();
    let mut write: BTreeSet<PathBuf> = outputs.there;
    for name in &sandbox.read {
        let path = named(name, &root, home.as_deref())?;
        let path = real(&path).ok_or_else(|| format!("`read: {name}`: nothing is there"))?;
        within(name, "read", &path, &tree)?;
        places.read.insert(path);
    }
    for name in &sandbox.write {
        let path = named(name, &root, home.as_deref())?;
        let (path, is_there) = awaited(name, &path, host)?;
        within(name, "write", &path, &tree)?;
        if is_there {
            write.insert(path);
        } else {
            missing.insert(path, !name.ends_with('/') && Path::new(name).extension().is_some());
        }
    }
    write.extend(missing.keys().cloned());
    // What lies in a folder that may be written could be another file by the time it is opened.
    let outer: Vec<PathBuf> = write
        .iter()
        .filter(|path| !write.iter().any(|other| *path != other && path.starts_with(other)))
        .cloned()
        .collect();
    // A command can make itself what lies in a folder that it may write.
    missing.retain(|path, _| outer.contains(path));
    let missing = texts(missing.keys())?.into_iter().zip(missing.values());
    let limits = Limits {
        memory: sandbox.limits.memory,
        cpu_time: sandbox.limits.cpu_time.map(|time| time.as_secs() + u64::from(time.subsec_nanos() > 0)),
        processes: sandbox.limits.processes,
        file_size: sandbox.limits.file_size,
    };
    Ok(Rules {
        read: texts(&places.read)?,
        list: texts(&places.list)?,
        write: texts(&outer)?,
        missing: missing.map(|(path, &file)| Missing { path, file }).collect(),
        network: sandbox.network,
        sockets: sandbox.sockets,
        env: sandbox.env.iter().cloned().collect(),
        limits,
        means,
        words: Words::in_force(host),
    })
}

/// Whether a path is one of the user's that is let through though what it lies in is not.
fn is_named(path: &Path, home: Option<&Path>) -> bool {
    home.is_some_and(|home| OF_USER.iter().any(|name| home.join(name) == *path))
}

fn texts<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<Vec<String>, String> {
    let text =
        |path: &PathBuf| path.to_str().map(str::to_owned).ok_or_else(|| format!("`{}` is no text", path.display()));
    paths.into_iter().map(text).collect()
}

/// A path as the configuration names it.
fn named(name: &str, root: &Path, home: Option<&Path>) -> Result<PathBuf, String> {
    match name.strip_prefix("~/") {
        Some(below) => home.map(|home| home.join(below)).ok_or_else(|| format!("`{name}`: HOME is not set")),
        None => Ok(root.join(name)),
    }
}

/// A name that does not say so must not lead out of the tree, whoever made the link.
fn within(name: &str, key: &str, real: &Path, tree: &Path) -> Result<(), String> {
    if name.starts_with(['/', '~']) || name.starts_with("../") || real.starts_with(tree) {
        return Ok(());
    }
    Err(format!("`{key}: {name}` leads out of the working tree, to {}; name that itself", real.display()))
}

/// A place that may be written, without links, and whether it is there. One that is not can be made.
fn awaited(name: &str, path: &Path, host: &dyn Host) -> Result<(PathBuf, bool), String> {
    if host.exists(path) {
        return host.canonicalize(path).map(|real| (real, true)).map_err(|error| format!("`write: {name}`: {error}"));
    }
    let mut rest = Vec::new();
    let mut there = path;
    while !host.exists(there) && !host.is_link(there) {
        let (Some(last), Some(parent)) = (there.file_name(), there.parent()) else {
            return Err(format!("`write: {name}` cannot be made: `{}` is not there", there.display()));
        };
        rest.push(last);
        there = parent;
    }
    if !host.is_dir(there) {
        return Err(format!("`write: {name}` cannot be made: `{}` is no folder", there.display()));
    }
    let mut real = host.canonicalize(there).map_err(|error| format!("`write: {name}`: {error}"))?;
    real.extend(rest.iter().rev());
    Ok((real, false))
}

/// What may be read, with what must not be left out.
#[derive(Default)]
struct Places {
    read: BTreeSet<PathBuf>,
    list: BTreeSet<PathBuf>,
}

impl Places {
    /// Adds a folder without what is hidden in it.
    fn add(&mut self, path: &Path, hidden: &[&Path], host: &dyn Host) {
        if hidden.contains(&path) {
            return;
        }
        if !hidden.iter().any(|secret| secret.starts_with(path)) {
            self.read.insert(path.to_owned());
            return;
        }
        self.list.insert(path.to_owned());
        for name in host.names(path).unwrap_or_default() {
            let below = path.join(name);
            // A link is nothing by itself; where it leads is looked at when it is followed.
            if host.canonicalize(&below).is_ok_and(|real| real == below) {
                self.add(&below, hidden, host);
            }
        }
    }
}
