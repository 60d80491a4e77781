//! Slots, the threads that see jobs to their ends one after the other, and what is asked of them meanwhile.
//!
//! Must not know how a process is started or watched.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::watch;
use crate::event::Usage;
use crate::run::exec::{Ended, Ending, Exec, Job, JobId, Stop};
use crate::run::os;

/// Output that is read at a time, in bytes.
const PIECE: usize = 64 * 1024;
const STACK: usize = 256 * 1024;

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
pub(super) struct Over {
    pub(super) ending: Ending,
    pub(super) took: Duration,
    pub(super) leftover: bool,
    pub(super) usage: Option<Usage>,
}

impl Over {
    pub(super) fn without_run(ending: Ending) -> Self {
        Self { ending, took: Duration::ZERO, leftover: false, usage: None }
    }
}

/// The life of a slot's thread: one job after another until the executor goes.
fn serve(queue: &mpsc::Receiver<Work>, woken: &PipeReader, index: usize, idle: &Mutex<Vec<usize>>) {
    let mut buffer = vec![0; PIECE];
    while let Ok(Work { job, wish, promise }) = queue.recv() {
        let over = watch::whole(&job, &wish, woken, &mut buffer);
        // The slot is free before anyone hears of the end, so that whoever hears of it finds the slot free.
        idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(index);
        promise.keep(over);
    }
}
