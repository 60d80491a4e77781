//! What a runner of processes must be able to do: start a job, ask it to stop, say how it ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::launch::Remote;
use super::sandbox::Rules;
use super::signal::Stops;
use crate::event::{CheckRef, Leftover, Usage};
use crate::text::Mask;

/// Names a job within one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// A program that can be started by itself, because a shell would only start it, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    /// Its absolute path.
    pub program: String,
    /// Its words; the first is its name as it was written.
    pub words: Vec<String>,
    /// Variables that the shell would have set; weaker than those of the job.
    pub env: Vec<(String, String)>,
}

/// One process to start.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name in this run.
    pub id: JobId,
    /// The checks that it stands for, in order.
    pub checks: Vec<CheckRef>,
    /// Program and arguments; the program is an absolute path or is looked up in `PATH`.
    pub argv: Vec<String>,
    /// What may be started in place of `argv`, and stands for the same. Where the system does not start it, `argv` is.
    pub direct: Option<Direct>,
    /// Working directory, absolute.
    pub cwd: PathBuf,
    /// Variables added to the environment.
    pub env: Vec<(String, String)>,
    /// After this long it is asked to stop.
    pub timeout: Duration,
    /// Bytes that start the time of `timeout` anew whenever they come up in its output. Not empty.
    pub pulse: Option<Vec<u8>>,
    /// After this long from being asked it is killed.
    pub grace: Duration,
    /// File that takes its stdout and stderr; created by the executor when the first byte comes.
    pub output: PathBuf,
    /// Whether stdout and stderr are kept apart, too: in files beside `output` with `.stdout` and `.stderr` in the place
    /// of its extension.
    pub split_output: bool,
    /// The most that it may write before it is ended, in bytes.
    pub max_capture: u64,
    /// Takes secrets out of what it writes.
    pub mask: Option<Arc<Mask>>,
    /// What its sandbox lets through, if it runs in one.
    pub sandbox: Option<Arc<Rules>>,
    /// What there is to know if the process only stands for a command on another machine.
    pub remote: Option<Box<Remote>>,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Exited(i32),
    /// By a signal that the executor did not send. A signal that only stops a process, and that the system sends to
    /// those that want a terminal which they may not have, counts too; then the executor has ended it.
    Signalled(i32),
    /// Ended by the executor because it ran longer than its timeout.
    TimedOut,
    /// Ended by the executor because it was asked to through [`Stop`].
    Stopped,
    /// Ended by the executor because it wrote more than this many bytes.
    OutputLimit(u64),
    /// It never ran; the reason in words.
    NotStarted(String),
    /// The executor could not learn how it ended; the reason in words.
    Lost(String),
}

/// A process that a job left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// What is told of it.
    pub process: Leftover,
    /// The number of the process left behind from which it descends, its own where there is none; `None` where the system
    /// does not tell.
    pub root: Option<u32>,
}

/// The end of a job. Every started job sends exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which job.
    pub id: JobId,
    /// How it ended.
    pub ending: Ending,
    /// How long it ran.
    pub took: Duration,
    /// How much of what it wrote was kept, in bytes.
    pub written: u64,
    /// The processes that it left behind, which were then ended.
    pub leftover: Vec<Left>,
    /// What else went wrong and changes nothing about how it ended; a line each.
    pub warnings: Vec<String>,
    /// What it cost the machine, where that could be learned.
    pub usage: Option<Usage>,
}

/// Where ends are told by those who can take the next job at once.
pub trait Desk: Send + Sync {
    /// Tells the end of a job, and gives the next one for the same slot, if one may start now; else the slot rests.
    fn ended(&self, ended: &Ended, slot: &mut dyn Slot) -> Option<Job>;
}

/// A slot that is free again.
pub trait Slot {
    /// It is given a job; gives the way to end it.
    fn stop(&mut self) -> Box<dyn Stop>;
    /// It is given nothing. Called before anyone else can start a job, who may then find it at rest.
    fn rest(&mut self);
}

/// Starts jobs.
pub trait Exec {
    /// Starts a job and returns at once; its end is sent to `ended`, also when it could not start.
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop>;

    /// Gives the place where ends may be told instead, so that between two jobs no other thread has to be woken. Called
    /// once, before the first job. An executor without threads of its own needs none.
    fn meet(&mut self, _desk: Arc<dyn Desk>) {}

    /// Called about ten times a second as long as jobs are under way.
    fn tick(&mut self) {}

    /// Gives what tells that everything should be stopped for a while; asked for once, before the first job.
    fn stops(&mut self) -> Option<Stops> {
        None
    }

    /// Stops all jobs and the program itself, until someone lets it go on; then all of them do. Gives the time that
    /// passed, by which no clock of a job has moved.
    fn pause(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// A way to end a running job. Both do nothing once the job has ended.
pub trait Stop: Send {
    /// Asks all its processes to end, and kills them when the grace period is over.
    fn ask(&self);
    /// Kills all its processes at once.
    fn kill(&self);
}
