//! Hears what happens to a run, one thing after the other, and tells it to the conductor: ended jobs, interrupts, the
//! clock. Starts what may start then, and passes on what comes of it.
//!
//! An executor with threads of its own tells ends by itself and takes the next job along, so that no other thread has to
//! be woken between two commands. Must not know how a process is started or how an event is shown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use super::Policy;
use super::conductor::Conductor;
use super::exec::{Desk, Ended, Exec, Job, Slot};
use super::signal::{Interrupts, Stops};
use crate::event::Event;
use crate::select::Selection;

const TICK: Duration = Duration::from_millis(100);
const LOOK_FOR_TOKENS: Duration = Duration::from_millis(10);
/// No more often than so are events passed on of ends that were told at the desk: where many commands end one right after
/// the other, each line of the journal would else cost as much as it takes to wake a thread.
const PACE: Duration = Duration::from_millis(10);

/// Someone who is told what happens.
pub trait Listener {
    /// One event.
    fn hear(&mut self, event: &Event);
    /// Nothing more follows at once from what was heard; the runner is about to wait, or is done.
    fn settled(&mut self) {}
    /// About ten times a second.
    fn tick(&mut self);
}

/// How a run ended for the runner itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunEnd {
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// What the runner could not account for; empty when all is well.
    pub problems: Vec<String>,
}

/// The conductor, as threads share it.
struct Stand {
    conductor: Mutex<Conductor>,
    /// Told when there are events of which only the conductor knows.
    news: Notify,
    /// Told when something is to be done that no slot can do.
    call: Notify,
}

impl Stand {
    fn conductor(&self) -> MutexGuard<'_, Conductor> {
        self.conductor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for news, from a moment on.
    async fn news(&self, from: Instant) {
        sleep_until(from).await;
        self.news.notified().await;
    }
}

impl Desk for Stand {
    fn ended(&self, ended: &Ended, slot: &mut dyn Slot) -> Option<Job> {
        let mut conductor = self.conductor();
        conductor.job_ended(ended);
        let next = conductor.next().map(|(job, due)| {
            conductor.taken(due, slot.stop());
            job
        });
        if next.is_none() {
            slot.rest();
        }
        let calls = conductor.calls();
        drop(conductor);
        self.news.notify_one();
        if calls {
            self.call.notify_one();
        }
        next
    }
}

/// Runs a selection to its end. Must be called within a tokio runtime whose clock is enabled.
///
/// The first interrupt stops new commands and asks those under way to end, the second kills them, the third
/// leaves them and returns.
pub async fn run(
    selection: Arc<Selection>,
    policy: &Policy,
    exec: &mut dyn Exec,
    interrupts: &mut Interrupts,
    listener: &mut dyn Listener,
) -> RunEnd {
    let (sender, mut ended_jobs) = unbounded_channel();
    let conductor = Mutex::new(Conductor::new(selection, policy));
    let stand = Arc::new(Stand { conductor, news: Notify::new(), call: Notify::new() });
    exec.meet(Arc::clone(&stand) as Arc<dyn Desk>);
    stand.conductor().begin();
    let mut ticks = interval_at(Instant::now() + TICK, TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut someone_may_interrupt = true;
    // A moment too far away to be told by the clock never comes.
    let mut over = policy.run_timeout.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
    let mut stops = exec.stops();
    let mut events = Vec::new();
    loop {
        let (is_over, starved, next_try, next_look) = {
            let mut conductor = stand.conductor();
            while let Some((job, due)) = conductor.next() {
                let stop = exec.start(job, sender.clone());
                conductor.taken(due, stop);
            }
            conductor.take_events(&mut events);
            (conductor.is_over(), conductor.starved, conductor.next_try(), conductor.next_look())
        };
        events.drain(..).for_each(|event| listener.hear(&event));
        if is_over {
            break;
        }
        // Only now, so that nobody waits for a line to be written.
        listener.settled();
        let told = Instant::now();
        // In this order, so that the same happenings at the same time give the same events.
        tokio::select! {
            biased;
            interrupt = interrupts.recv(), if someone_may_interrupt => match interrupt {
                Some(()) => stand.conductor().interrupt(),
                None => someone_may_interrupt = false,
            },
            stop = wished(&mut stops) => match stop {
                Some(()) => {
                    // Whoever ends a job waits, so that nothing happens at a time that is not known yet.
                    let mut conductor = stand.conductor();
                    let stood = exec.pause();
                    conductor.stood(stood);
                    over = over.map(|(limit, moment)| (limit, moment + stood));
                }
                None => stops = None,
            },
            // This function holds a sender, so the channel never closes.
            Some(ended) = ended_jobs.recv() => stand.conductor().job_ended(&ended),
            () = stand.call.notified() => {}
            () = stand.news(told + PACE) => {}
            () = at(next_try) => stand.conductor().wake(),
            () = at(next_look) => stand.conductor().look(),
            // Nobody tells when a command gives a token back.
            () = tokio::time::sleep(LOOK_FOR_TOKENS), if starved => {}
            () = at(over.map(|(_, moment)| moment)) => if let Some((limit, _)) = over.take() {
                stand.conductor().time_over(limit);
            },
            _ = ticks.tick() => {
                exec.tick();
                listener.tick();
            }
        }
    }
    let (interrupted, problems) = {
        let mut conductor = stand.conductor();
        let problems = conductor.end();
        conductor.take_events(&mut events);
        (conductor.is_interrupted(), problems)
    };
    events.iter().for_each(|event| listener.hear(event));
    listener.settled();
    RunEnd { interrupted, problems }
}

/// The next wish to stop; none ever comes where nobody can wish so.
async fn wished(stops: &mut Option<Stops>) -> Option<()> {
    match stops {
        Some(stops) => stops.recv().await,
        None => std::future::pending().await,
    }
}

/// Waits for a moment, or for ever if there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
