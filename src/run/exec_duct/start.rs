//! From a job to a process under way: the only file that names duct.
//!
//! A program with one pipe for its output is started by the system's own call, which takes a tenth of the work. All
//! others duct starts, and whatever that call refuses, so that what stood in the way is told by one place.
//!
//! Each process leads a group of its own, which is what gets signals. As long as the leader was not
//! waited for, its number cannot belong to anyone else.
//!
//! Must not know how a process is watched.

#![expect(clippy::disallowed_methods, reason = "the executor is what starts processes")]

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::kin::Family;
use super::scratch::Scratch;
use super::slot::Shared;
use super::spool::{self, Spool};
use crate::event::Usage;
use crate::run::exec::{Direct, Ending, Job};
use crate::run::mark;
use crate::run::os::{self, Group};
use crate::run::own;
use crate::run::sandbox::{BROKEN, Order, Placed, Rules, SERVE};
use crate::run::spawn::{Launch, Launcher};

/// Variables with which GitHub tells a step where to write; a check must not write into what belongs to the run.
const WITHHELD: [&str; 5] = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"];

/// The variable that names the folder for what is kept for a while.
const TEMPORARY: &str = "TMPDIR";

/// No variables.
const NONE: [(&str, &str); 0] = [];

/// Starts processes; what of that is the same for all jobs is done once, when it is needed first.
#[derive(Default)]
pub(super) struct Starter(OnceLock<Launcher>);

impl Starter {
    /// What starts them.
    pub(super) fn launcher(&self) -> &Launcher {
        self.0.get_or_init(|| Launcher::new(&WITHHELD))
    }
}

/// A process that was started.
pub(super) struct Child<'a> {
    process: Process,
    /// The group that it leads.
    pub(super) group: Group,
    /// What it writes.
    pub(super) spool: Spool<'a>,
    /// When it was started, by the clock of the executor.
    pub(super) started: Duration,
    /// What was ordered for its sandbox, if it has one.
    pub(super) order: Option<Placed>,
    /// What holds its input open, where a command on another machine ends with it.
    pub(super) input: Option<PipeWriter>,
}

/// By whom a process was started, who has to wait for it then.
enum Process {
    Own,
    Duct(Box<duct::Handle>),
}

/// A program with all that it is given.
struct Program<'a> {
    file: &'a str,
    /// Its first word, where that is not the file.
    name: Option<&'a str>,
    arguments: &'a [String],
    /// Variables, the strongest last.
    variables: Vec<(&'a str, &'a str)>,
    cwd: &'a Path,
}

/// Starts a job's process.
///
/// # Errors
/// Why it could not be started, in words.
pub(super) fn start<'a>(
    job: &'a Job,
    family: &mut Family<'_>,
    shared: &'a Shared,
    scratch: &mut Scratch,
) -> Result<Child<'a>, String> {
    if let Some(direct) = &job.direct
        && job.sandbox.is_none()
        && let Ok(child) = start_program(job, Some(direct), family, shared, scratch)
    {
        return Ok(child);
    }
    // The shell tells in its own words what stood in the way.
    start_program(job, None, family, shared, scratch)
}

fn start_program<'a>(
    job: &'a Job,
    direct: Option<&Direct>,
    family: &mut Family<'_>,
    shared: &'a Shared,
    scratch: &mut Scratch,
) -> Result<Child<'a>, String> {
    let (file, arguments) = match direct {
        Some(direct) => (&direct.program, direct.words.get(1..).unwrap_or_default()),
        None => job.argv.split_first().ok_or_else(|| "there is no program to run".to_owned())?,
    };
    let (out, out_end) = pipe()?;
    let mut pipes = vec![(out, None)];
    let mut error_end = None;
    if job.split_output {
        pipes[0].1 = Some(output_file(&job.output.with_extension("stdout"))?);
        let (err, end) = pipe()?;
        pipes.push((err, Some(output_file(&job.output.with_extension("stderr"))?)));
        error_end = Some(end);
    }
    let order = match &job.sandbox {
        Some(rules) => Some(order(job, rules, scratch)?),
        None => None,
    };
    let mark = family.mark(job.remote.is_some());
    let mut variables: Vec<(&str, &str)> = Vec::new();
    let both = |(name, value): &'a (String, String)| (name.as_str(), value.as_str());
    let from_shell = direct.into_iter().flat_map(|direct| &direct.env);
    variables.extend(from_shell.map(|(name, value)| (name.as_str(), value.as_str())));
    variables.push((mark::NAME, &mark));
    // On another machine there is no such folder.
    if job.remote.is_none() && !job.env.iter().any(|(name, _)| name == TEMPORARY) {
        let path = scratch.ready()?.to_str().ok_or_else(|| "the temporary folder's path is not text".to_owned())?;
        variables.push((TEMPORARY, path));
    }
    variables.extend(job.env.iter().map(both));
    // What enters the sandbox is this program once more; what it becomes stands in the order.
    let entry = match &order {
        Some(order) => {
            let own = own::program().map_err(|error| format!("cannot tell where plan-run is: {error}"))?;
            Some((own, [SERVE.to_owned(), order.path().to_string_lossy().into_owned()]))
        }
        None => None,
    };
    let (file, arguments) = match &entry {
        Some((own, words)) => (own.as_str(), words.as_slice()),
        None => (file.as_str(), arguments),
    };
    let name = direct.and_then(|direct| direct.words.first()).map(String::as_str);
    let program = Program { file, name, arguments, variables, cwd: &job.cwd };
    let (mut input, mut input_end) = (None, None);
    if job.remote.as_ref().is_some_and(|remote| remote.guarded) {
        let (reader, writer) = io::pipe().map_err(|error| cannot_pipe("input", &error))?;
        (input, input_end) = (Some(writer), Some(reader));
    }
    // Until the group is known nothing can be stopped.
    let (process, group, started) = {
        let clock = family.hold_clock();
        let started = clock.now();
        let plain = error_end.is_none() && input_end.is_none();
        let own = if plain { by_system(&program, &out_end, &shared.starter) } else { None };
        let (process, number) = match own {
            Some(number) => (Process::Own, Some(number)),
            None => by_duct(&program, input_end, out_end, error_end)?,
        };
        let group = number.and_then(Group::of_leader);
        let group = group.ok_or_else(|| "the system gave no process number".to_owned())?;
        family.started(group);
        (process, group, started)
    };
    Ok(Child { process, group, spool: Spool::new(job, pipes, &shared.buffers), started, input, order })
}

/// Writes what the process is to do that enters a job's sandbox.
fn order(job: &Job, rules: &Arc<Rules>, scratch: &mut Scratch) -> Result<Placed, String> {
    let folder = match job.env.iter().any(|(name, _)| name == TEMPORARY) {
        true => None,
        false => Some(scratch.ready()?.to_string_lossy().into_owned()),
    };
    let cwd = job.cwd.to_str().ok_or_else(|| format!("directory `{}` is no text", job.cwd.display()))?;
    let order = Order {
        rules: Rules::clone(rules),
        folder,
        cwd: cwd.to_owned(),
        argv: job.argv.clone(),
        given: job.env.iter().map(|(name, _)| name.clone()).chain([mark::NAME, TEMPORARY].map(str::to_owned)).collect(),
    };
    order.write(scratch.beside()?).map_err(|error| format!("cannot write the order of its sandbox: {error}"))
}

/// Starts a program by the system's own call: most commands need no more, and it takes a tenth of the work. `None` when that
/// does not do; why, is told by the other way.
fn by_system(program: &Program<'_>, output: &PipeWriter, starter: &Starter) -> Option<u32> {
    let first = program.name.unwrap_or(program.file);
    let words: Vec<&str> = [first].into_iter().chain(program.arguments.iter().map(String::as_str)).collect();
    let launch = Launch {
        program: program.file,
        words: &words,
        variables: &program.variables,
        cwd: program.cwd,
        output: output.as_fd(),
    };
    starter.launcher().start(&launch).ok()
}

/// Starts a program with duct, which tells what stood in the way.
fn by_duct(
    program: &Program<'_>,
    input: Option<PipeReader>,
    output: PipeWriter,
    errors: Option<PipeWriter>,
) -> Result<(Process, Option<u32>), String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let variables: Vec<(String, String)> = program.variables.iter().map(owned).collect();
    let (cwd, name) = (program.cwd.to_owned(), program.name.map(str::to_owned));
    let ends = Mutex::new(Some((input, output, errors)));
    // duct copies the whole environment for each of its words and once more into what it starts. So it hears of none, and
    // starts what is put together here: the system's own way takes the environment as it is, with a few changes.
    let expression = duct::cmd(program.file, program.arguments).full_env(NONE).unchecked();
    let expression = expression.before_spawn(move |command| {
        let ends = ends.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (input, out, err) = ends.ok_or_else(|| io::Error::other("it was started before"))?;
        let err = err.map_or_else(|| out.try_clone(), Ok)?;
        let mut own = Command::new(command.get_program());
        own.args(command.get_args()).current_dir(&cwd).process_group(0);
        own.stdin(input.map_or_else(Stdio::null, Stdio::from)).stdout(out).stderr(err);
        if let Some(name) = &name {
            own.arg0(name);
        }
        for name in WITHHELD {
            own.env_remove(name);
        }
        own.envs(variables.iter().map(|(name, value)| (name, value)));
        *command = own;
        Ok(())
    });
    let handle = expression.start();
    // If it came to nothing it holds the pipe's writing end, which would keep the pipe open.
    drop(expression);
    let handle = handle.map_err(|error| not_started(program.file, program.cwd, &error))?;
    let number = handle.pids().first().copied();
    Ok((Process::Duct(Box::new(handle)), number))
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
    pipe.map_err(|error| cannot_pipe("output", &error))
}

fn cannot_pipe(what: &str, error: &io::Error) -> String {
    out_of_files(error).unwrap_or_else(|| format!("cannot make a pipe for its {what}: {error}"))
}

/// A program that only does something about a job, and whose output nobody wants.
pub(super) struct Errand(std::process::Child);

impl Errand {
    /// Starts it.
    ///
    /// # Errors
    /// Why it could not be started, in words.
    pub(super) fn start(argv: &[String], cwd: &Path) -> Result<Self, String> {
        let (program, arguments) = argv.split_first().ok_or_else(|| "there is no program to run".to_owned())?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(cwd).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self).map_err(|error| not_started(program, cwd, &error))
    }

    /// How it ended, if it has: `None` while it runs, else what went wrong, in words that follow its name.
    pub(super) fn over(&mut self) -> Option<Result<(), String>> {
        match self.0.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) if status.success() => Some(Ok(())),
            Ok(Some(status)) => Some(Err(match of_status(status) {
                Ending::Exited(status) => format!("ended with exit status {status}"),
                _ => format!("ended with {status}"),
            })),
            Err(error) => Some(Err(format!("cannot be waited for: {error}"))),
        }
    }

    /// Ends it.
    pub(super) fn end(mut self) {
        if let Some(group) = Group::of_leader(self.0.id()) {
            group.push(os::Push::Kill);
        }
        // It was killed, so there is nothing to wait for long; what it says is of no interest.
        _ = self.0.wait();
    }
}

/// What is said when the system lets nobody open another file.
pub(super) fn out_of_files(error: &io::Error) -> Option<String> {
    os::is_out_of_files(error)
        .then(|| format!("too many open files; use fewer jobs, or allow more with `ulimit -n` ({error})"))
}

impl Child<'_> {
    /// Waits for a process that has ended, and says how it did and what it cost. From then on its number may belong to
    /// another one.
    pub(super) fn wait(&self) -> (Ending, Option<Usage>) {
        let (status, usage) = match &self.process {
            Process::Own => match self.group.wait_for_leader() {
                Ok(Some((status, usage))) => (Ok(Some(ExitStatus::from_raw(status))), Some(usage)),
                Ok(None) => (Ok(None), None),
                Err(error) => (Err(error), None),
            },
            Process::Duct(handle) => {
                // Before it is waited for, after which nobody knows.
                let usage = self.group.leader_usage();
                (handle.try_wait().map(|output| output.map(|output| output.status)), usage)
            }
        };
        let ending = match status {
            Ok(Some(status)) => match (of_status(status), &self.order) {
                // Only what enters a sandbox writes there why it could not; what it became has no way to.
                (Ending::Exited(BROKEN), Some(order)) => match order.broken() {
                    Some(why) => Ending::NotStarted(why),
                    None => Ending::Exited(BROKEN),
                },
                (ending, _) => ending,
            },
            Ok(None) => Ending::Lost("it ended and has no exit status".to_owned()),
            Err(error) => Ending::Lost(format!("its exit status cannot be read: {error}")),
        };
        (ending, usage)
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
