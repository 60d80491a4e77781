//! What a process may use up, as limits of the system.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::probe::{Means, Spaces};
use super::rules::Limits;

/// Sets the limits for this process and all that it starts.
///
/// # Errors
/// Which of them the system refuses, in words.
pub(super) fn set(limits: &Limits, means: Means) -> Result<(), String> {
    // A core file is written by the system, wherever that says.
    lower(Resource::Core, 0, 0, "core")?;
    if let Some(bytes) = limits.memory {
        // What is only reserved does not count, of which some runtimes take more than any machine has.
        lower(Resource::Data, bytes, bytes, "memory")?;
    }
    if let Some(seconds) = limits.cpu_time {
        // A second after the signal that can be told apart comes the one that nobody can ignore.
        lower(Resource::Cpu, seconds, seconds.saturating_add(1), "cpu_time")?;
    }
    if let Some(bytes) = limits.file_size {
        lower(Resource::Fsize, bytes, bytes, "file_size")?;
    }
    // Elsewhere it would count all processes of the user, and root is never bound by it.
    if let Some(count) = limits.processes.filter(|_| counts_processes(means)) {
        lower(Resource::Nproc, count, count, "processes")?;
    }
    Ok(())
}

/// Whether the system counts the processes of a sandbox apart from others.
pub(super) fn counts_processes(means: Means) -> bool {
    means.spaces == Some(Spaces::OfUser)
}

fn lower(resource: Resource, soft: u64, hard: u64, name: &str) -> Result<(), String> {
    let now = getrlimit(resource);
    let least = |wanted: u64, now: Option<u64>| now.map_or(wanted, |now| now.min(wanted));
    let hard = least(hard, now.maximum);
    let limit = Rlimit { current: Some(least(soft, now.current).min(hard)), maximum: Some(hard) };
    setrlimit(resource, limit).map_err(|error| format!("the limit `{name}` cannot be set: {error}"))
}
