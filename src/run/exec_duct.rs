//! The executor for real processes: the only file that names duct.
//!
//! Each running job has a slot, a thread that alone starts, watches, ends and waits for its process. The
//! thread sleeps until the process ends, output comes, someone asks it to end the job, or a deadline
//! passes. A slot is used again for later jobs.
//!
//! Output comes through one pipe for stdout and stderr, which keeps their order, and is copied into the
//! job's file. A file as the child's own stdout would be a little cheaper, but `> /dev/stderr` and
//! `tee /dev/stderr` would then empty it. A process that keeps the pipe open holds nothing up: the end of a
//! job is the end of its process, never the end of the pipe.
//!
//! Each process leads a group of its own, which is what gets signals. As long as the leader was not
//! waited for, its number cannot belong to anyone else.
//!
//! Must not know what a job means to a plan.

#![expect(
    clippy::disallowed_methods,
    reason = "the executor is what starts processes and makes the files that they write"
)]

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::exec::{Ended, Ending, Exec, Job, JobId, Stop};
use super::os::{self, Group};
use super::script::LONGEST_MARK;
use crate::event::Usage;
use crate::text::Masking;

/// How long processes that a job left behind may take to end by themselves before they count as left behind:
/// the end of a pipe to `tee`, say, comes a moment after the end of the shell that started it.
const LINGER: Duration = Duration::from_millis(100);
/// How long they may take to end after being asked; never longer than the job's own grace.
const LEFTOVER_GRACE: Duration = Duration::from_secs(1);
/// How long after being killed a process may take to be gone. The system can hold it in a state that no signal ends.
const KILL_WAIT: Duration = Duration::from_secs(5);
/// Time between two looks at what cannot be slept on.
const LOOK: Duration = Duration::from_millis(5);
/// Longest time between two looks in any case.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);
/// Output that is copied between two looks at deadlines, in pieces.
const PIECES_PER_TURN: usize = 16;
const PIECE: usize = 64 * 1024;
const STACK: usize = 256 * 1024;

/// Variables with which GitHub tells a step where to write; a check must not write into what belongs to the run.
const WITHHELD: [&str; 5] = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"];

/// Runs jobs as processes.
#[derive(Default)]
pub struct DuctExec {
    slots: Vec<Slot>,
    idle: Arc<Mutex<Vec<usize>>>,
}

struct Slot {
    work: mpsc::Sender<Work>,
    wake: Arc<PipeWriter>,
}

struct Work {
    job: Job,
    wish: Arc<Wish>,
    promise: Promise,
}

impl DuctExec {
    /// An executor that has started nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A slot that has nothing to do, made if there is none.
    fn slot(&mut self) -> io::Result<&Slot> {
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let index = match idle {
            Some(index) => index,
            None => {
                let index = self.slots.len();
                let (work, queue) = mpsc::channel();
                let (woken, wake) = io::pipe()?;
                os::set_nonblocking(&woken)?;
                os::set_nonblocking(&wake)?;
                let idle = Arc::clone(&self.idle);
                std::thread::Builder::new()
                    .name("slot".to_owned())
                    .stack_size(STACK)
                    .spawn(move || serve(&queue, &woken, index, &idle))?;
                self.slots.push(Slot { work, wake: Arc::new(wake) });
                index
            }
        };
        Ok(&self.slots[index])
    }
}

impl Exec for DuctExec {
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        let wish = Arc::new(Wish::default());
        let promise = Promise { id: job.id, ended: Some(ended) };
        match self.slot() {
            Ok(slot) => {
                let stop = DuctStop { wish: Arc::clone(&wish), wake: Some(Arc::clone(&slot.wake)) };
                // Should the slot's thread be gone, the promise comes back with the error and keeps itself.
                _ = slot.work.send(Work { job, wish, promise });
                Box::new(stop)
            }
            Err(error) => {
                promise.keep(Over::without_run(Ending::NotStarted(format!("no thread to watch it: {error}"))));
                Box::new(DuctStop { wish, wake: None })
            }
        }
    }
}

/// What someone wants a running job to do.
#[derive(Default)]
struct Wish(AtomicU8);

const ASK: u8 = 1;
const KILL: u8 = 2;

impl Wish {
    fn raise(&self, to: u8) {
        self.0.fetch_max(to, Ordering::SeqCst);
    }

    fn is(&self, at_least: u8) -> bool {
        self.0.load(Ordering::SeqCst) >= at_least
    }
}

struct DuctStop {
    wish: Arc<Wish>,
    wake: Option<Arc<PipeWriter>>,
}

impl DuctStop {
    fn raise(&self, to: u8) {
        self.wish.raise(to);
        if let Some(wake) = &self.wake {
            // A full pipe wakes as well as one more byte does.
            _ = (&**wake).write(&[0]);
        }
    }
}

impl Stop for DuctStop {
    fn ask(&self) {
        self.raise(ASK);
    }

    fn kill(&self) {
        self.raise(KILL);
    }
}

/// The one message that a job owes; sent when it is dropped, if it was not before.
struct Promise {
    id: JobId,
    ended: Option<UnboundedSender<Ended>>,
}

impl Promise {
    fn keep(mut self, over: Over) {
        self.send(over);
    }

    fn send(&mut self, over: Over) {
        if let Some(ended) = self.ended.take() {
            let Over { ending, took, leftover, usage } = over;
            // Nobody listens any more when the run was left; then there is nobody to tell.
            _ = ended.send(Ended { id: self.id, ending, took, leftover, usage });
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.send(Over::without_run(Ending::Lost("the thread that watched it broke down".to_owned())));
    }
}

/// A job that is over.
struct Over {
    ending: Ending,
    took: Duration,
    leftover: bool,
    usage: Option<Usage>,
}

impl Over {
    fn without_run(ending: Ending) -> Self {
        Self { ending, took: Duration::ZERO, leftover: false, usage: None }
    }
}

/// The life of a slot's thread: one job after another until the executor goes.
fn serve(queue: &mpsc::Receiver<Work>, woken: &PipeReader, index: usize, idle: &Mutex<Vec<usize>>) {
    let mut buffer = vec![0; PIECE];
    while let Ok(Work { job, wish, promise }) = queue.recv() {
        let over = Run::whole(&job, &wish, woken, &mut buffer);
        // The slot is free before anyone hears of the end, so that whoever hears of it finds the slot free.
        idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(index);
        promise.keep(over);
    }
}

/// A process under way.
struct Run<'a> {
    job: &'a Job,
    wish: &'a Wish,
    woken: &'a PipeReader,
    buffer: &'a mut [u8],
    handle: duct::Handle,
    group: Group,
    descriptor: Option<OwnedFd>,
    spool: Spool<'a>,
    started: Instant,
}

/// How a watch over a process ended.
enum Watched {
    /// The process ended, after this was done to it.
    Gone(Option<Ending>),
    /// It outlived being killed.
    Immortal,
}

impl<'a> Run<'a> {
    /// Starts a job and sees it to its end.
    fn whole(job: &'a Job, wish: &'a Wish, woken: &'a PipeReader, buffer: &'a mut [u8]) -> Over {
        if wish.is(ASK) {
            return Over::without_run(Ending::Stopped);
        }
        match Self::start(job, wish, woken, buffer) {
            Ok(mut run) => run.finish(),
            Err(why) => Over::without_run(Ending::NotStarted(why)),
        }
    }

    fn start(job: &'a Job, wish: &'a Wish, woken: &'a PipeReader, buffer: &'a mut [u8]) -> Result<Self, String> {
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
        let descriptor = group.leader_descriptor();
        let pulse = job.pulse.as_ref().map(|bytes| Pulse { bytes, tail: Vec::new(), beats: 0 });
        let masking = job.mask.as_ref().map(|mask| Masking::new(mask, job.pulse.as_deref(), LONGEST_MARK));
        let spool = Spool { reader: Some(reader), file, error: None, pulse, masking, masked: Vec::new() };
        Ok(Self { job, wish, woken, buffer, handle, group, descriptor, spool, started })
    }

    /// Sees a started process to its end, and what it left behind to theirs.
    fn finish(&mut self) -> Over {
        let watched = self.watch();
        let took = self.started.elapsed();
        let mut leftover = false;
        let mut usage = None;
        let ending = match watched {
            Err(error) => {
                self.group.kill();
                Ending::Lost(format!("cannot be watched: {error}"))
            }
            Ok(Watched::Immortal) => Ending::Lost("it was killed and did not end".to_owned()),
            Ok(Watched::Gone(forced)) => {
                // Before the process is waited for, after which nobody knows.
                usage = self.group.leader_usage();
                let status = self.handle.try_wait().map(|output| output.map(|output| output.status));
                let deadline = self.started.checked_add(took + self.job.grace);
                if forced.is_some() {
                    self.end_group(deadline);
                } else {
                    leftover = self.end_leftovers();
                }
                match (forced, status) {
                    (Some(forced), _) => forced,
                    (None, Ok(Some(status))) => of_status(status),
                    (None, Ok(None)) => Ending::Lost("it ended and has no exit status".to_owned()),
                    (None, Err(error)) => Ending::Lost(format!("its exit status cannot be read: {error}")),
                }
            }
        };
        self.spool.copy(self.buffer);
        self.spool.finish();
        let ending = match (ending, self.spool.error.take()) {
            // What the check wrote is evidence; without it nothing is proven.
            (Ending::Exited(_) | Ending::Signalled(_), Some(error)) => {
                Ending::Lost(format!("its output cannot be kept: {error}"))
            }
            (ending, _) => ending,
        };
        Over { ending, took, leftover, usage }
    }

    /// Watches the leader until it has ended, and ends it when its time is over or someone wishes so.
    fn watch(&mut self) -> io::Result<Watched> {
        let mut forced: Option<Ending> = None;
        let mut killed = false;
        let mut beats = 0;
        // What comes next by the clock: being asked, being killed, being given up.
        let mut deadline = self.started.checked_add(self.job.timeout);
        loop {
            // First of all, so that an end by itself is not taken for one that was forced.
            if self.group.leader_has_ended()? {
                return Ok(Watched::Gone(forced));
            }
            let now = Instant::now();
            if forced.is_none() && deadline.is_some_and(|deadline| deadline <= now) {
                // A pulse may be waiting in the pipe.
                self.spool.copy(self.buffer);
            }
            if forced.is_none() && self.spool.beats() > beats {
                beats = self.spool.beats();
                deadline = now.checked_add(self.job.timeout);
            }
            let over = deadline.is_some_and(|deadline| deadline <= now);
            if killed {
                if over {
                    return Ok(Watched::Immortal);
                }
            } else if self.wish.is(KILL) || (forced.is_some() && over) {
                self.group.kill();
                killed = true;
                forced.get_or_insert(Ending::Stopped);
                deadline = now.checked_add(KILL_WAIT);
            } else if forced.is_none() && (over || self.wish.is(ASK)) {
                self.group.ask();
                forced = Some(if over { Ending::TimedOut } else { Ending::Stopped });
                deadline = now.checked_add(self.job.grace);
            }
            let left = deadline.map_or(LONGEST_SLEEP, |deadline| deadline.saturating_duration_since(now));
            self.sleep(left)?;
        }
    }

    /// Sleeps until something happens or the time is over, and takes what output there is.
    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        let mut descriptors = vec![self.woken.as_fd()];
        descriptors.extend(self.descriptor.as_ref().map(AsFd::as_fd));
        let output = descriptors.len();
        descriptors.extend(self.spool.reader.as_ref().map(AsFd::as_fd));
        let time = if self.descriptor.is_some() { time.min(LONGEST_SLEEP) } else { time.min(LOOK) };
        let readable = os::wait_readable(&descriptors, time)?;
        if readable[0] {
            drain(self.woken);
        }
        if readable.get(output) == Some(&true) {
            self.spool.copy(self.buffer);
        }
        Ok(())
    }

    /// Lets processes that outlived their leader end, and ends them if they do not. Says whether there were any.
    fn end_leftovers(&mut self) -> bool {
        // Almost always there is nobody, and the answer costs one call.
        if !self.group.is_alive() || self.wait_for_group(Instant::now().checked_add(LINGER)) {
            return false;
        }
        self.group.ask();
        self.end_group(Instant::now().checked_add(LEFTOVER_GRACE.min(self.job.grace)));
        true
    }

    /// Waits for a group that was asked to end, and kills it at the deadline.
    fn end_group(&mut self, deadline: Option<Instant>) {
        if !self.wait_for_group(deadline) {
            self.group.kill();
            // To no avail only when the system holds a process; nothing more can be done then.
            self.wait_for_group_gone();
        }
    }

    /// Whether the group is gone before the deadline and before someone wishes it killed.
    fn wait_for_group(&mut self, deadline: Option<Instant>) -> bool {
        while self.group.is_alive() {
            if self.wish.is(KILL) || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return false;
            }
            self.pause();
        }
        true
    }

    fn wait_for_group_gone(&mut self) {
        let until = Instant::now().checked_add(KILL_WAIT);
        while self.group.is_alive() && until.is_none_or(|until| Instant::now() < until) {
            self.pause();
        }
    }

    fn pause(&mut self) {
        // A group cannot be slept on; its output meanwhile must not fill the pipe.
        std::thread::sleep(LOOK);
        self.spool.copy(self.buffer);
    }
}

/// Copies a job's output from its pipe to its file.
struct Spool<'a> {
    /// `None` when all who could write have gone.
    reader: Option<PipeReader>,
    file: std::fs::File,
    error: Option<io::Error>,
    pulse: Option<Pulse<'a>>,
    /// Takes secrets out before anything is written.
    masking: Option<Masking<'a>>,
    masked: Vec<u8>,
}

impl Spool<'_> {
    /// How often the job's pulse came up.
    fn beats(&self) -> u64 {
        self.pulse.as_ref().map_or(0, |pulse| pulse.beats)
    }

    /// Writes a piece to the file, without secrets.
    fn keep(&mut self, piece: &[u8]) {
        if self.error.is_some() {
            return;
        }
        let kept = match &mut self.masking {
            None => self.file.write_all(piece),
            Some(masking) => {
                masking.push(piece, &mut self.masked);
                let written = self.file.write_all(&self.masked);
                self.masked.clear();
                written
            }
        };
        self.error = kept.err();
    }

    /// Writes what was held back: nothing more is taken.
    fn finish(&mut self) {
        if let Some(masking) = &mut self.masking
            && self.error.is_none()
        {
            masking.finish(&mut self.masked);
            self.error = self.file.write_all(&self.masked).err();
            self.masked.clear();
        }
    }

    /// Copies what is there, but not for ever. After an error the output is read and dropped, so that the job goes on.
    fn copy(&mut self, buffer: &mut [u8]) {
        for _ in 0..PIECES_PER_TURN {
            let Some(reader) = &mut self.reader else { return };
            match reader.read(buffer) {
                Ok(0) => self.reader = None,
                Ok(count) => {
                    if let Some(pulse) = &mut self.pulse {
                        pulse.hear(&buffer[..count]);
                    }
                    self.keep(&buffer[..count]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    self.error.get_or_insert(error);
                    self.reader = None;
                }
            }
        }
    }
}

/// Listens for certain bytes in a stream.
struct Pulse<'a> {
    bytes: &'a [u8],
    /// The end of what was heard so far, too short to hold the bytes.
    tail: Vec<u8>,
    beats: u64,
}

impl Pulse<'_> {
    fn hear(&mut self, heard: &[u8]) {
        let most = self.bytes.len() - 1;
        // Across the border first: what was kept, and as much of the new as can belong to it.
        self.tail.extend(&heard[..heard.len().min(most)]);
        self.beats += occurrences(&self.tail, self.bytes) + occurrences(heard, self.bytes);
        if heard.len() >= most {
            self.tail.clear();
            self.tail.extend(&heard[heard.len() - most..]);
        } else {
            let surplus = self.tail.len().saturating_sub(most);
            self.tail.drain(..surplus);
        }
    }
}

fn occurrences(text: &[u8], wanted: &[u8]) -> u64 {
    let first = wanted[0];
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        count += u64::from(rest[at..].starts_with(wanted));
        rest = &rest[at + 1..];
    }
    count
}

fn drain(mut pipe: &PipeReader) {
    let mut bytes = [0; 64];
    // The pipe does not block; whatever is wished stands in the wish.
    while matches!(pipe.read(&mut bytes), Ok(count) if count == bytes.len()) {}
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
