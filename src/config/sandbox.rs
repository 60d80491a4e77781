//! What is said of the sandbox of commands: whether there is one, and what it lets through.
//!
//! The configuration may loosen it and a plan may not: whoever writes a plan is trusted less. Must not know how any of it
//! is enforced.

use std::collections::BTreeSet;
use std::time::Duration;

use super::parse_size;
use super::read::{Takes, Walk};
use super::yaml::{Node, What};
use super::{FILE_NAME, Place};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] =
    &["cpu_time", "env", "file_size", "memory", "mode", "network", "processes", "read", "sockets", "write"];

/// Keys by which a sandbox lets more through, which a plan may not use.
const LOOSENING: &[&str] = &["env", "read", "sockets", "write"];

/// Whether commands run in a sandbox, from the weakest to the strictest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SandboxMode {
    /// They do not.
    #[default]
    Off,
    /// They do, as far as the system can enforce it.
    On,
    /// They do, and nothing is run where the system cannot enforce all of it.
    Require,
    /// As [`SandboxMode::Require`], and nothing that a configuration says lets more through.
    Strict,
}

impl SandboxMode {
    /// One stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Require => "require",
            Self::Strict => "strict",
        }
    }
}

/// What one place says of the sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Whether there is one.
    pub mode: Option<SandboxMode>,
    /// What else may be read: relative to the root of commands, absolute, or from `~/` on.
    pub read: Vec<String>,
    /// What else may be written, as `read`.
    pub write: Vec<String>,
    /// Whether the network may be used.
    pub network: Option<bool>,
    /// Whether UNIX sockets may be used.
    pub sockets: Option<bool>,
    /// Names of further variables that are passed on.
    pub env: Vec<String>,
    /// Limits of each process.
    pub limits: SandboxLimits,
    /// Whether a plan says it.
    pub of_plan: bool,
}

/// What a process in a sandbox may use up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SandboxLimits {
    /// Memory that it may write to, in bytes.
    pub memory: Option<u64>,
    /// Time on a processor.
    pub cpu_time: Option<Duration>,
    /// How many processes a command may have at a time.
    pub processes: Option<u64>,
    /// How large a file may become by it, in bytes.
    pub file_size: Option<u64>,
}

impl SandboxLimits {
    /// What is said here, and of what is not said here what is said elsewhere.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            memory: self.memory.or(other.memory),
            cpu_time: self.cpu_time.or(other.cpu_time),
            processes: self.processes.or(other.processes),
            file_size: self.file_size.or(other.file_size),
        }
    }

    /// The smaller of each.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }
        }
        Self {
            memory: least(self.memory, other.memory),
            cpu_time: least(self.cpu_time, other.cpu_time),
            processes: least(self.processes, other.processes),
            file_size: least(self.file_size, other.file_size),
        }
    }
}

/// The sandbox of a command, as all places together ask for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sandbox {
    /// Whether there is one, and how strict it is.
    pub mode: SandboxMode,
    /// What else may be read, as it was written.
    pub read: BTreeSet<String>,
    /// What else may be written, as it was written.
    pub write: BTreeSet<String>,
    /// Whether the network may be used.
    pub network: bool,
    /// Whether UNIX sockets may be used.
    pub sockets: bool,
    /// Names of further variables that are passed on.
    pub env: BTreeSet<String>,
    /// Limits of each process.
    pub limits: SandboxLimits,
}

impl Sandbox {
    /// What several places ask for together, in order of authority, the weakest first; `call` is what the command line
    /// says. `None` where there is no sandbox.
    #[must_use]
    pub fn of<'a>(
        call: Option<SandboxMode>,
        layers: impl IntoIterator<Item = &'a SandboxConfig> + Clone,
    ) -> Option<Self> {
        let mut sandbox = Self::default();
        let strict = call == Some(SandboxMode::Strict);
        for layer in layers.clone().into_iter().filter(|layer| !layer.of_plan) {
            sandbox.mode = layer.mode.unwrap_or(sandbox.mode);
            if strict {
                sandbox.limits = sandbox.limits.least(layer.limits);
                continue;
            }
            sandbox.limits = layer.limits.or(sandbox.limits);
            sandbox.read.extend(layer.read.iter().cloned());
            sandbox.write.extend(layer.write.iter().cloned());
            sandbox.env.extend(layer.env.iter().cloned());
            sandbox.network = layer.network.unwrap_or(sandbox.network);
            sandbox.sockets = layer.sockets.unwrap_or(sandbox.sockets);
        }
        for layer in layers.into_iter().filter(|layer| layer.of_plan) {
            sandbox.mode = sandbox.mode.max(layer.mode.unwrap_or_default());
            sandbox.limits = sandbox.limits.least(layer.limits);
            sandbox.network &= layer.network.unwrap_or(true);
        }
        sandbox.mode = match call {
            Some(SandboxMode::Off) => SandboxMode::Off,
            // What a place asks for more strictly than the command line stays.
            Some(call) => sandbox.mode.max(call),
            None => sandbox.mode,
        };
        (sandbox.mode != SandboxMode::Off).then_some(sandbox)
    }

    /// In a line: what it lets through beside what every sandbox does, and its limits.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = vec![self.mode.word().to_owned()];
        let listed = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        for (name, values) in [("read", &self.read), ("write", &self.write), ("env", &self.env)] {
            if !values.is_empty() {
                parts.push(format!("{name} {}", listed(values)));
            }
        }
        parts.extend(self.network.then(|| "network".to_owned()));
        parts.extend(self.sockets.then(|| "sockets".to_owned()));
        let limits = &self.limits;
        parts.extend(limits.memory.map(|bytes| format!("memory {bytes} bytes")));
        parts.extend(limits.cpu_time.map(|time| format!("cpu_time {}", crate::text::duration(time))));
        parts.extend(limits.processes.map(|count| format!("processes {count}")));
        parts.extend(limits.file_size.map(|bytes| format!("file_size {bytes} bytes")));
        parts.join(", ")
    }
}

impl Walk<'_> {
    /// What is said of the sandbox: a truth value, `require`, or a map.
    pub(super) fn sandbox(&mut self, node: &Node, at: Span) -> Option<SandboxConfig> {
        let of_plan = self.place == Place::FrontMatter;
        let mut config = SandboxConfig { of_plan, ..SandboxConfig::default() };
        if !matches!(node.what, What::Map(_)) {
            config.mode = Some(self.sandbox_mode(node, at, "sandbox")?);
            return Some(config);
        }
        // Whoever describes a sandbox wants one.
        config.mode = Some(SandboxMode::On);
        for (key, span, value) in self.entries(node, at, "sandbox") {
            if of_plan && LOOSENING.contains(&key) {
                self.refuse_loosening(span, key);
                continue;
            }
            let list = |walk: &mut Self| {
                let names = walk.scalars(value, span, key, Takes::Text, "a text or a list of texts", "a text");
                names.into_iter().map(|name| name.text.to_owned()).filter(|name| !name.is_empty()).collect()
            };
            match key {
                "mode" => config.mode = self.sandbox_mode(value, span, "sandbox.mode").or(config.mode),
                "read" => config.read = list(self),
                "write" => config.write = list(self),
                "env" => config.env = list(self),
                "network" => {
                    config.network = self.truth(value, span, key);
                    if of_plan && config.network == Some(true) {
                        self.refuse_loosening(span, "network: true");
                    }
                }
                "sockets" => config.sockets = self.truth(value, span, key),
                "memory" => config.limits.memory = self.sandbox_size(value, span, "memory"),
                "file_size" => config.limits.file_size = self.sandbox_size(value, span, "file_size"),
                "cpu_time" => config.limits.cpu_time = self.timeout(value, span, key),
                "processes" => config.limits.processes = self.count(value, span, key).map(|count| count as u64),
                _ => {
                    self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`sandbox`", KEYS));
                }
            }
        }
        Some(config)
    }

    fn sandbox_mode(&mut self, node: &Node, at: Span, key: &str) -> Option<SandboxMode> {
        let expected = "one of true, false, require, or a map";
        let scalar = self.scalar(node, at, key, Takes::Any, expected)?;
        let mode = match scalar.text.to_ascii_lowercase().as_str() {
            "true" | "on" => SandboxMode::On,
            "false" | "off" => SandboxMode::Off,
            "require" => SandboxMode::Require,
            _ => {
                self.bad_value(&scalar, key, &format!("not {expected}"));
                return None;
            }
        };
        if mode == SandboxMode::Off && self.place == Place::FrontMatter {
            self.refuse_loosening(at, "sandbox: false");
            return None;
        }
        Some(mode)
    }

    fn refuse_loosening(&mut self, at: Span, what: &str) {
        let scalar = super::read::Scalar { text: what, span: at };
        let problem = format!("not for a plan to say: it may only narrow the sandbox; write it in {FILE_NAME}");
        self.bad_value(&scalar, "sandbox", &problem);
    }

    fn sandbox_size(&mut self, node: &Node, at: Span, key: &str) -> Option<u64> {
        let scalar = self.scalar(node, at, key, Takes::TextOrNumber, "a size such as `64M`")?;
        match parse_size(scalar.text) {
            Ok(0) => self.bad_value(&scalar, key, "zero, so that nothing could run"),
            Ok(size) => return Some(size),
            Err(problem) => self.bad_value(&scalar, key, &problem),
        }
        None
    }
}
