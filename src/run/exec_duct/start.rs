//! From a job to a process under way: the only file that names duct.
//!
//! Each process leads a group of its own, which is what gets signals. As long as the leader was not
//! waited for, its number cannot belong to anyone else.
//!
//! Must not know how a process is watched.

#![expect(clippy::disallowed_methods, reason = "the executor is what starts processes")]

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::kin::{Family, MARK};
use super::scratch::Scratch;
use super::spool::{self, Buffers, Spool};
use crate::run::exec::{Direct, Ending, Job};
use crate::run::os::{self, Group};

/// Variables with which GitHub tells a step where to write; a check must not write into what belongs to the run.
const WITHHELD: [&str; 5] = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"];

/// The variable that names the folder for what is kept for a while.
const TEMPORARY: &str = "TMPDIR";

/// No variables.
const NONE: [(&str, &str); 0] = [];

/// A process that was started.
pub(super) struct Child<'a> {
    handle: duct::Handle,
    /// The group that it leads.
    pub(super) group: Group,
    /// What it writes.
    pub(super) spool: Spool<'a>,
    /// When it was started, by the clock of the executor.
    pub(super) started: Duration,
}

/// Starts a job's process.
///
/// # Errors
/// Why it could not be started, in words.
pub(super) fn start<'a>(
    job: &'a Job,
    family: &mut Family<'_>,
    buffers: &'a Buffers,
    scratch: &mut Scratch,
) -> Result<Child<'a>, String> {
    if let Some(direct) = &job.direct
        && let Ok(child) = start_program(job, Some(direct), family, buffers, scratch)
    {
        return Ok(child);
    }
    // The shell tells in its own words what stood in the way.
    start_program(job, None, family, buffers, scratch)
}

fn start_program<'a>(
    job: &'a Job,
    direct: Option<&Direct>,
    family: &mut Family<'_>,
    buffers: &'a Buffers,
    scratch: &mut Scratch,
) -> Result<Child<'a>, String> {
    let (program, arguments) = match direct {
        Some(direct) => (&direct.program, direct.words.get(1..).unwrap_or_default()),
        None => job.argv.split_first().ok_or_else(|| "there is no program to run".to_owned())?,
    };
    let name = direct.and_then(|direct| direct.words.first().cloned());
    let (out, out_end) = pipe()?;
    let mut pipes = vec![(out, None)];
    let mut error_end = None;
    if job.split_output {
        pipes[0].1 = Some(output_file(&job.output.with_extension("stdout"))?);
        let (err, end) = pipe()?;
        pipes.push((err, Some(output_file(&job.output.with_extension("stderr"))?)));
        error_end = Some(end);
    }
    let mut env = direct.map(|direct| direct.env.clone()).unwrap_or_default();
    env.push((MARK.to_owned(), family.mark()));
    if !job.env.iter().any(|(name, _)| name == TEMPORARY) {
        let path = scratch.ready()?.to_str().ok_or_else(|| "the temporary folder's path is not text".to_owned())?;
        env.push((TEMPORARY.to_owned(), path.to_owned()));
    }
    env.extend(job.env.iter().cloned());
    let cwd = job.cwd.clone();
    let ends = Mutex::new(Some((out_end, error_end)));
    // duct copies the whole environment for each of its words and once more into what it starts. So it hears of none, and
    // starts what is put together here: the system's own way takes the environment as it is, with a few changes.
    let expression = duct::cmd(program, arguments).full_env(NONE).unchecked().before_spawn(move |command| {
        let ends = ends.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (out, err) = ends.ok_or_else(|| io::Error::other("it was started before"))?;
        let err = err.map_or_else(|| out.try_clone(), Ok)?;
        let mut own = Command::new(command.get_program());
        own.args(command.get_args()).current_dir(&cwd).process_group(0);
        own.stdin(Stdio::null()).stdout(out).stderr(err);
        if let Some(name) = &name {
            own.arg0(name);
        }
        for name in WITHHELD {
            own.env_remove(name);
        }
        own.envs(env.iter().map(|(name, value)| (name, value)));
        *command = own;
        Ok(())
    });
    // Until the group is known nothing can be stopped.
    let (handle, group, started) = {
        let clock = family.hold_clock();
        let started = clock.now();
        let handle = expression.start();
        // If it came to nothing it holds the pipe's writing end, which would keep the pipe open.
        drop(expression);
        let handle = handle.map_err(|error| not_started(program, &job.cwd, &error))?;
        let group = handle.pids().first().and_then(|&process| Group::of_leader(process));
        let group = group.ok_or_else(|| "the system gave no process number".to_owned())?;
        family.started(group);
        (handle, group, started)
    };
    Ok(Child { handle, group, spool: Spool::new(job, pipes, buffers), started })
}

fn output_file(path: &Path) -> Result<File, String> {
    spool::make(path).map_err(|error| match out_of_files(&error) {
        Some(words) => words,
        None => format!("cannot keep its output in `{}`: {error}", path.display()),
    })
}

/// A pipe whose reading end does not block.
fn pipe() -> Result<(PipeReader, PipeWriter), String> {
    let pipe = io::pipe().and_then(|(reader, writer)| os::set_nonblocking(&reader).map(|()| (reader, writer)));
    pipe.map_err(|error| out_of_files(&error).unwrap_or_else(|| format!("cannot make a pipe for its output: {error}")))
}

/// What is said when the system lets nobody open another file.
pub(super) fn out_of_files(error: &io::Error) -> Option<String> {
    os::is_out_of_files(error)
        .then(|| format!("too many open files; use fewer jobs, or allow more with `ulimit -n` ({error})"))
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
    if let Some(words) = out_of_files(error) {
        words
    } else if !cwd.exists() {
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
