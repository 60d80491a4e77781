//! Watches over a process that was started, ends it when it must end, and then what it left behind.
//!
//! Must not know how a process is started.

#![expect(
    clippy::disallowed_methods,
    reason = "a group of processes cannot be waited for, only looked at now and then"
)]

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use super::slot::{ASK, KILL, Over, Wish};
use super::start::{Child, start};
use crate::run::exec::{Ending, Job};
use crate::run::os;

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

/// Starts a job and sees it to its end.
pub(super) fn whole(job: &Job, wish: &Wish, woken: &PipeReader, buffer: &mut [u8]) -> Over {
    if wish.is(ASK) {
        return Over::without_run(Ending::Stopped);
    }
    match start(job) {
        Ok(child) => {
            let descriptor = child.group.leader_descriptor();
            Run { job, wish, woken, buffer, child, descriptor }.finish()
        }
        Err(why) => Over::without_run(Ending::NotStarted(why)),
    }
}

/// A process under way.
struct Run<'a> {
    job: &'a Job,
    wish: &'a Wish,
    woken: &'a PipeReader,
    buffer: &'a mut [u8],
    child: Child<'a>,
    descriptor: Option<OwnedFd>,
}

/// How a watch over a process ended.
enum Watched {
    /// The process ended, after this was done to it.
    Gone(Option<Ending>),
    /// It outlived being killed.
    Immortal,
}

impl Run<'_> {
    /// Sees a started process to its end, and what it left behind to theirs.
    fn finish(&mut self) -> Over {
        let watched = self.watch();
        let took = self.child.started.elapsed();
        let mut leftover = false;
        let mut usage = None;
        let ending = match watched {
            Err(error) => {
                self.child.group.kill();
                Ending::Lost(format!("cannot be watched: {error}"))
            }
            Ok(Watched::Immortal) => Ending::Lost("it was killed and did not end".to_owned()),
            Ok(Watched::Gone(forced)) => {
                // Before the process is waited for, after which nobody knows.
                usage = self.child.group.leader_usage();
                let own = self.child.wait();
                let deadline = self.child.started.checked_add(took + self.job.grace);
                if forced.is_some() {
                    self.end_group(deadline);
                } else {
                    leftover = self.end_leftovers();
                }
                forced.unwrap_or(own)
            }
        };
        self.child.spool.copy(self.buffer);
        self.child.spool.finish();
        let ending = match (ending, self.child.spool.take_error()) {
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
        let mut deadline = self.child.started.checked_add(self.job.timeout);
        loop {
            // First of all, so that an end by itself is not taken for one that was forced.
            if self.child.group.leader_has_ended()? {
                return Ok(Watched::Gone(forced));
            }
            let now = Instant::now();
            if forced.is_none() && deadline.is_some_and(|deadline| deadline <= now) {
                // A pulse may be waiting in the pipe.
                self.child.spool.copy(self.buffer);
            }
            if forced.is_none() && self.child.spool.beats() > beats {
                beats = self.child.spool.beats();
                deadline = now.checked_add(self.job.timeout);
            }
            let over = deadline.is_some_and(|deadline| deadline <= now);
            if killed {
                if over {
                    return Ok(Watched::Immortal);
                }
            } else if self.wish.is(KILL) || (forced.is_some() && over) {
                self.child.group.kill();
                killed = true;
                forced.get_or_insert(Ending::Stopped);
                deadline = now.checked_add(KILL_WAIT);
            } else if forced.is_none() && (over || self.wish.is(ASK)) {
                self.child.group.ask();
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
        descriptors.extend(self.child.spool.descriptor());
        let time = if self.descriptor.is_some() { time.min(LONGEST_SLEEP) } else { time.min(LOOK) };
        let readable = os::wait_readable(&descriptors, time)?;
        if readable[0] {
            drain(self.woken);
        }
        if readable.get(output) == Some(&true) {
            self.child.spool.copy(self.buffer);
        }
        Ok(())
    }

    /// Lets processes that outlived their leader end, and ends them if they do not. Says whether there were any.
    fn end_leftovers(&mut self) -> bool {
        // Almost always there is nobody, and the answer costs one call.
        if !self.child.group.is_alive() || self.wait_for_group(Instant::now().checked_add(LINGER)) {
            return false;
        }
        self.child.group.ask();
        self.end_group(Instant::now().checked_add(LEFTOVER_GRACE.min(self.job.grace)));
        true
    }

    /// Waits for a group that was asked to end, and kills it at the deadline.
    fn end_group(&mut self, deadline: Option<Instant>) {
        if !self.wait_for_group(deadline) {
            self.child.group.kill();
            // To no avail only when the system holds a process; nothing more can be done then.
            self.wait_for_group_gone();
        }
    }

    /// Whether the group is gone before the deadline and before someone wishes it killed.
    fn wait_for_group(&mut self, deadline: Option<Instant>) -> bool {
        while self.child.group.is_alive() {
            if self.wish.is(KILL) || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return false;
            }
            self.pause();
        }
        true
    }

    fn wait_for_group_gone(&mut self) {
        let until = Instant::now().checked_add(KILL_WAIT);
        while self.child.group.is_alive() && until.is_none_or(|until| Instant::now() < until) {
            self.pause();
        }
    }

    fn pause(&mut self) {
        // A group cannot be slept on; its output meanwhile must not fill the pipe.
        std::thread::sleep(LOOK);
        self.child.spool.copy(self.buffer);
    }
}

fn drain(mut pipe: &PipeReader) {
    let mut bytes = [0; 64];
    // The pipe does not block; whatever is wished stands in the wish.
    while matches!(pipe.read(&mut bytes), Ok(count) if count == bytes.len()) {}
}
