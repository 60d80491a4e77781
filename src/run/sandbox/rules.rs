//! What a sandbox lets through, as it is handed to the process that enters it.

use serde::{Deserialize, Serialize};

use super::probe::Means;
use super::words::Words;

/// What a sandbox lets through. All paths are absolute and without links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Files and folders that may be read, and programs in them started.
    pub read: Vec<String>,
    /// Folders of which only the names in them may be read.
    pub list: Vec<String>,
    /// Files and folders that may be written. None lies in another one.
    pub write: Vec<String>,
    /// What of `write` was not there when this was written.
    #[serde(skip)]
    pub missing: Vec<Missing>,
    /// Whether the network may be used.
    pub network: bool,
    /// Whether UNIX sockets may be used.
    pub sockets: bool,
    /// Names of variables that are passed on beside the usual ones.
    pub env: Vec<String>,
    /// What a process may use up.
    pub limits: Limits,
    /// By which means all that is held.
    pub means: Means,
    /// By which words the system refuses something.
    #[serde(skip)]
    pub words: Words,
}

/// A place that may be written and was not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where it is to be.
    pub path: String,
    /// Whether it is a file, and no folder.
    pub file: bool,
}

/// What each process may use up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory that it may write to, in bytes.
    pub memory: Option<u64>,
    /// Time on a processor, in seconds.
    pub cpu_time: Option<u64>,
    /// How many processes there may be at a time in the sandbox.
    pub processes: Option<u64>,
    /// How large a file may become, in bytes.
    pub file_size: Option<u64>,
}

/// Variables that every sandbox passes on. One with a `*` at its end stands for all that begin so.
pub(super) const PASSED: &[&str] = &[
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TERM", "COLORTERM", "COLUMNS", "TZ",
    "TMPDIR", "CI", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PWD", "SHLVL", "_", "PLAN_RUN",
    "PLAN_RUN_*", "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "RUNNER_OS", "RUNNER_ARCH", "SOURCE_DATE_EPOCH",
    // Where toolchains are and how they build. Nothing here may name a secret.
    "CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "CARGO_INCREMENTAL", "CARGO_NET_OFFLINE", "CARGO_TERM_COLOR",
    "CARGO_PROFILE_*", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "RUSTDOCFLAGS", "RUST_BACKTRACE", "RUST_LOG",
    "RUST_MIN_STACK", "GOPATH", "GOROOT", "GOMODCACHE", "GOCACHE", "GOFLAGS", "GOTOOLCHAIN", "GO111MODULE",
    "CGO_ENABLED", "JAVA_HOME", "NVM_DIR", "NVM_BIN", "NODE_ENV", "VOLTA_HOME", "FNM_DIR", "PYENV_ROOT",
    "PYENV_VERSION", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED",
    "PYTHONIOENCODING", "PYTHONUTF8", "RBENV_ROOT", "GEM_HOME", "GEM_PATH", "DOTNET_ROOT",
    "DOTNET_CLI_TELEMETRY_OPTOUT", "DENO_DIR", "BUN_INSTALL", "CC", "CXX", "AR", "LD", "CFLAGS", "CXXFLAGS", "LDFLAGS",
    "PKG_CONFIG_PATH",
];

/// Whether a variable is passed on into a sandbox that names some beside the usual ones.
pub(super) fn is_passed<'a>(name: &str, also: impl IntoIterator<Item = &'a str>) -> bool {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    PASSED.iter().copied().any(fits) || also.into_iter().any(fits)
}
