//! Slots, the threads that see jobs to their ends one after the other, and what is asked of them meanwhile.
//!
//! Must not know how a process is started or watched.

#![expect(
    clippy::disallowed_methods,
    reason = "what escaped from jobs cannot be waited for, only looked at now and then"
)]

use std::convert::Infallible;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::kin::Kin;
use super::scratch::{Base, Scratch};
use super::spool::Buffers;
use super::start::{Starter, out_of_files};
use super::watch;
use crate::event::Usage;
use crate::run::exec::{Desk, Ended, Ending, Exec, Job, JobId, Left, Slot, Stop};
use crate::run::guardian::Rope;
use crate::run::jobserver;
use crate::run::os::{self, Push};
use crate::run::procfs;
use crate::run::signal::Stops;

/// Files that one job may have open in this process: what wakes its slot, its process, and for each stream a pipe and a
/// file; one more while it is started.
const FILES_OF_A_JOB: usize = 10;
/// Files that this process may have open beside them.
const OTHER_FILES: usize = 64;
const STACK: usize = 256 * 1024;
/// How long what escaped from jobs may take to end after being asked, once no job is under way.
const STRAY_GRACE: Duration = Duration::from_millis(200);
/// After this long it is given up.
const STRAY_WAIT: Duration = Duration::from_secs(5);
/// Time between two looks at it.
const STRAY_LOOK: Duration = Duration::from_millis(5);

/// Runs jobs as processes.
pub struct DuctExec {
    shared: Arc<Shared>,
    slots: Vec<Place>,
    idle: Arc<Mutex<Vec<usize>>>,
    stops: Option<Stops>,
    desk: Option<Arc<dyn Desk>>,
    /// Ends when what was begun before there was a job is done.
    prepared: Option<mpsc::Receiver<Infallible>>,
}

/// What all slots share.
pub(super) struct Shared {
    pub(super) kin: Kin,
    pub(super) buffers: Buffers,
    pub(super) starter: Starter,
    base: Arc<Base>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Whoever wants to know what stands in the way asks before.
        _ = self.base.remove();
    }
}

/// A slot, seen from outside.
struct Place {
    work: mpsc::SyncSender<Work>,
    wake: Arc<PipeWriter>,
}

struct Work {
    job: Job,
    wish: Arc<Wish>,
    promise: Promise,
    desk: Option<Arc<dyn Desk>>,
}

/// How many files so many jobs may have open, with those of the program itself.
fn files_of(jobs: usize) -> usize {
    jobs.saturating_mul(FILES_OF_A_JOB).saturating_add(OTHER_FILES)
}

impl Default for DuctExec {
    fn default() -> Self {
        Self::new()
    }
}

impl DuctExec {
    /// An executor that has started nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::guarded(None)
    }

    /// An executor that has started nothing yet. Whoever is at the other end of `rope` ends all that it starts should the
    /// program be killed.
    #[must_use]
    pub fn guarded(rope: Option<Rope>) -> Self {
        let shared = Arc::new(Shared {
            kin: Kin::new(rope.clone()),
            buffers: Buffers::default(),
            starter: Starter::default(),
            base: Arc::new(Base::guarded(rope)),
        });
        Self { shared, slots: Vec::new(), idle: Arc::default(), stops: None, desk: None, prepared: None }
    }

    /// Does what the first job will need, in a thread of its own. In vain where that thread cannot be had; then it is done
    /// when there is a job.
    pub fn prepare(&mut self) {
        let (done, prepared) = mpsc::channel();
        if self.make_slot(Some(done)).is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(0);
            self.prepared = Some(prepared);
        }
    }

    /// Lets all orphans below this process come to it from now on, also those that others started; so nobody else may start
    /// processes in the program's first thread. What jobs leave behind is found wherever it fled. With each of `stops` all
    /// jobs are stopped and then the program itself; for this the run must go on in its first thread.
    pub fn adopt(&mut self, stops: Stops) {
        self.shared.kin.adopt();
        self.stops = Some(stops);
    }

    /// Lets so many jobs be under way at a time, as far as the system allows it: each needs a few open files.
    pub fn expect_jobs(jobs: usize) {
        os::allow_open_files(files_of(jobs) as u64);
        Self::make_room(jobs);
    }

    /// Has the system keep room for the files of so many jobs, as far as they may be open. To be called while the program has
    /// one thread, or it takes a while if there is not so much room already.
    pub fn make_room(jobs: usize) {
        os::make_room_for_files(files_of(jobs).max(jobserver::ROOM));
    }

    /// Ends what escaped from jobs that are over, and removes the folders that jobs were given. Does nothing when the
    /// run was left while some were under way. To be called in the program's first thread. Gives what stood in the way, and
    /// whether a process may be left.
    pub fn finish(self) -> (Vec<String>, bool) {
        let mut problems = Vec::new();
        if let Some(prepared) = &self.prepared {
            // Else it would go on making what is removed here.
            _ = prepared.recv();
        }
        let kin = &self.shared.kin;
        if kin.is_busy() {
            return (problems, true);
        }
        let mut left = false;
        let began = Instant::now();
        loop {
            kin.reap();
            let strays = kin.strays();
            if strays.is_empty() {
                break;
            }
            if began.elapsed() > STRAY_WAIT {
                let names: Vec<String> = strays.iter().map(|stray| stray.process.to_string()).collect();
                left = true;
                problems.push(format!("processes that commands started cannot be ended: {}", names.join(", ")));
                break;
            }
            // They were asked when their jobs ended, or nobody knows whose they are.
            let how = if began.elapsed() < STRAY_GRACE { Push::Ask } else { Push::Kill };
            strays.iter().for_each(|stray| procfs::push(stray, how));
            std::thread::sleep(STRAY_LOOK);
        }
        problems.extend(self.shared.base.remove());
        (problems, left)
    }

    /// A slot that has nothing to do, made if there is none.
    fn slot(&mut self) -> io::Result<&Place> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let index = idle.map_or_else(|| self.make_slot(None), Ok)?;
        Ok(&self.slots[index])
    }

    /// Makes a slot; gives its place. With `prepares` it does beforehand what its first job will need, and lets go of that
    /// once it is done.
    fn make_slot(&mut self, prepares: Option<mpsc::Sender<Infallible>>) -> io::Result<usize> {
        let index = self.slots.len();
        // A slot has one job at a time; a queue without bounds would take memory for thirty.
        let (work, queue) = mpsc::sync_channel(1);
        let (woken, wake) = io::pipe()?;
        os::set_nonblocking(&woken)?;
        os::set_nonblocking(&wake)?;
        let wake = Arc::new(wake);
        let life = Life {
            queue,
            woken,
            wake: Arc::clone(&wake),
            index,
            idle: Arc::clone(&self.idle),
            shared: Arc::clone(&self.shared),
        };
        let thread = std::thread::Builder::new().name("slot".to_owned()).stack_size(STACK);
        thread.spawn(move || life.serve(prepares))?;
        self.slots.push(Place { work, wake });
        Ok(index)
    }
}

impl Exec for DuctExec {
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        let wish = Arc::new(Wish::default());
        let promise = Promise { id: job.id, ended: Some(ended) };
        let desk = self.desk.clone();
        match self.slot() {
            Ok(slot) => {
                let stop = DuctStop { wish: Arc::clone(&wish), wake: Some(Arc::clone(&slot.wake)) };
                // Should the slot's thread be gone, the promise comes back with the error and keeps itself.
                _ = slot.work.send(Work { job, wish, promise, desk });
                Box::new(stop)
            }
            Err(error) => {
                let why = out_of_files(&error).unwrap_or_else(|| format!("no thread to watch it: {error}"));
                promise.keep(Over::without_run(Ending::NotStarted(why)));
                Box::new(DuctStop { wish, wake: None })
            }
        }
    }

    fn meet(&mut self, desk: Arc<dyn Desk>) {
        self.desk = Some(desk);
    }

    fn tick(&mut self) {
        self.shared.kin.reap();
    }

    fn stops(&mut self) -> Option<Stops> {
        self.stops.take()
    }

    fn pause(&mut self) -> Duration {
        self.shared.kin.pause()
    }
}

/// What someone wants a running job to do.
#[derive(Default)]
pub(super) struct Wish(AtomicU8);

pub(super) const ASK: u8 = 1;
pub(super) const KILL: u8 = 2;

impl Wish {
    fn raise(&self, to: u8) {
        self.0.fetch_max(to, Ordering::SeqCst);
    }

    pub(super) fn is(&self, at_least: u8) -> bool {
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
            // Nobody listens any more when the run was left; then there is nobody to tell.
            _ = ended.send(over.of(self.id));
        }
    }

    /// Keeps the promise at a desk; gives the next job with the same promise, or else lets the slot rest.
    fn keep_at(mut self, over: Over, desk: &dyn Desk, slot: &mut Free<'_>) -> Option<(Job, Self)> {
        let ended = self.ended.take();
        let job = desk.ended(&over.of(self.id), slot)?;
        let id = job.id;
        Some((job, Self { id, ended }))
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.send(Over::without_run(Ending::Lost("the thread that watched it broke down".to_owned())));
    }
}

/// A job that is over.
pub(super) struct Over {
    pub(super) ending: Ending,
    pub(super) took: Duration,
    pub(super) written: u64,
    pub(super) leftover: Vec<Left>,
    pub(super) warnings: Vec<String>,
    pub(super) usage: Option<Usage>,
}

impl Over {
    pub(super) fn without_run(ending: Ending) -> Self {
        Self { ending, took: Duration::ZERO, written: 0, leftover: Vec::new(), warnings: Vec::new(), usage: None }
    }

    fn of(self, id: JobId) -> Ended {
        let Self { ending, took, written, leftover, warnings, usage } = self;
        Ended { id, ending, took, written, leftover, warnings, usage }
    }
}

/// A slot whose job has ended.
struct Free<'a> {
    life: &'a Life,
    /// What is wished of the job that it was given.
    wish: Arc<Wish>,
}

impl Slot for Free<'_> {
    fn stop(&mut self) -> Box<dyn Stop> {
        Box::new(DuctStop { wish: Arc::clone(&self.wish), wake: Some(Arc::clone(&self.life.wake)) })
    }

    fn rest(&mut self) {
        self.life.rest();
    }
}

/// The life of a slot's thread: one job after another until the executor goes.
struct Life {
    queue: mpsc::Receiver<Work>,
    woken: PipeReader,
    wake: Arc<PipeWriter>,
    index: usize,
    idle: Arc<Mutex<Vec<usize>>>,
    shared: Arc<Shared>,
}

impl Life {
    fn serve(&self, prepares: Option<mpsc::Sender<Infallible>>) {
        let mut scratch = Scratch::new(Arc::clone(&self.shared.base), self.index);
        if let Some(prepares) = prepares {
            self.shared.starter.launcher();
            // What stands in the way is told to the job that needs it.
            _ = scratch.ready();
            drop(prepares);
        }
        while let Ok(Work { job, wish, promise, desk }) = self.queue.recv() {
            let mut next = Some((job, wish, promise));
            while let Some((job, wish, promise)) = next.take() {
                let over = watch::whole(&job, &wish, &self.woken, &self.shared, &mut scratch);
                match &desk {
                    Some(desk) => {
                        let mut free = Free { life: self, wish: Arc::default() };
                        let given = promise.keep_at(over, &**desk, &mut free);
                        next = given.map(|(job, promise)| (job, free.wish, promise));
                    }
                    None => {
                        // The slot is free before anyone hears of the end, so that whoever hears of it finds the slot free.
                        self.rest();
                        promise.keep(over);
                    }
                }
            }
        }
    }

    fn rest(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.index);
    }
}
