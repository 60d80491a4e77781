//! From a job to a process under way: the only file that names duct.
//!
//! Each process leads a group of its own, which is what gets signals. As long as the leader was not
//! waited for, its number cannot belong to anyone else.
//!
//! Must not know how a process is watched.

#![expect(
    clippy::disallowed_methods,
    reason = "the executor is what starts processes and makes the files that they write"
)]

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::ExitStatus;
use std::time::Instant;

use super::spool::Spool;
use crate::run::exec::{Ending, Job};
use crate::run::os::{self, Group};

/// Variables with which GitHub tells a step where to write; a check must not write into what belongs to the run.
const WITHHELD: [&str; 5] = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"];

/// A process that was started.
pub(super) struct Child<'a> {
    handle: duct::Handle,
    /// The group that it leads.
    pub(super) group: Group,
    /// What it writes.
    pub(super) spool: Spool<'a>,
    /// When it was started.
    pub(super) started: Instant,
}

/// Starts a job's process.
///
/// # Errors
/// Why it could not be started, in words.
pub(super) fn start(job: &Job) -> Result<Child<'_>, String> {
    let file = OpenOptions::new().append(true).create_new(true).open(&job.output);
    let file = file.map_err(|error| format!("cannot keep its output in `{}`: {error}", job.output.display()))?;
    let pipe = io::pipe().and_then(|(reader, writer)| os::set_nonblocking(&reader).map(|()| (reader, writer)));
    let (reader, writer) = pipe.map_err(|error| format!("cannot make a pipe for its output: {error}"))?;
    let (program, arguments) = job.argv.split_first().ok_or_else(|| "there is no program to run".to_owned())?;
    let env = job.env.clone();
    // The innermost call acts last, so stderr follows stdout to where it was sent.
    let expression = duct::cmd(program, arguments)
        .stderr_to_stdout()
        .stdout_file(writer)
        .stdin_null()
        .dir(&job.cwd)
        .unchecked()
        .before_spawn(move |command| {
            command.process_group(0);
            for name in WITHHELD {
                command.env_remove(name);
            }
            command.envs(env.iter().map(|(name, value)| (name, value)));
            Ok(())
        });
    let started = Instant::now();
    let handle = expression.start();
    // It holds the pipe's writing end, which would keep the pipe open.
    drop(expression);
    let handle = handle.map_err(|error| not_started(program, &job.cwd, &error))?;
    let group = handle.pids().first().and_then(|&process| Group::of_leader(process));
    let group = group.ok_or_else(|| "the system gave no process number".to_owned())?;
    Ok(Child { handle, group, spool: Spool::new(job, reader, file), started })
}

impl Child<'_> {
    /// Waits for a process that has ended, and says how it did. From then on its number may belong to another one.
    pub(super) fn wait(&self) -> Ending {
        match self.handle.try_wait() {
            Ok(Some(output)) => of_status(output.status),
            Ok(None) => Ending::Lost("it ended and has no exit status".to_owned()),
            Err(error) => Ending::Lost(format!("its exit status cannot be read: {error}")),
        }
    }
}

fn of_status(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, Some(signal)) => Ending::Signalled(signal),
        (None, None) => Ending::Lost(format!("it ended with {status}")),
    }
}

/// Why a process could not be started: the system's own word does not say whether it is the directory or the program.
fn not_started(program: &str, cwd: &Path, error: &io::Error) -> String {
    if !cwd.exists() {
        format!("directory `{}` does not exist", cwd.display())
    } else if !cwd.is_dir() {
        format!("`{}` is not a directory", cwd.display())
    } else {
        match error.kind() {
            ErrorKind::NotFound => format!("program `{program}` not found"),
            ErrorKind::PermissionDenied => {
                format!("program `{program}` or directory `{}` may not be used: permission denied", cwd.display())
            }
            ErrorKind::ArgumentListTooLong => "the command is too long for the system".to_owned(),
            _ => format!("program `{program}` cannot be started: {error}"),
        }
    }
}
