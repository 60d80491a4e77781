//! Watches over a process that was started, ends it when it must end, and then what it left behind.
//!
//! Must not know how a process is started.

#![expect(
    clippy::disallowed_methods,
    reason = "what a job left behind cannot be waited for, only looked at now and then"
)]

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use super::kin::Family;
use super::scratch::Scratch;
use super::slot::{ASK, KILL, Over, Shared, Wish};
use super::start::{Child, start};
use crate::run::exec::{Ending, Job};
use crate::run::os::{self, Push};

/// How long processes that a job left behind may take to end by themselves before they count as left behind:
/// the end of a pipe to `tee`, say, comes a moment after the end of the shell that started it.
const LINGER: Duration = Duration::from_millis(100);
/// How long they may take to end after being asked; never longer than the job's own grace.
const LEFTOVER_GRACE: Duration = Duration::from_secs(1);
/// How long after being killed a process may take to be gone. The system can hold it in a state that no signal ends.
const KILL_WAIT: Duration = Duration::from_secs(5);
/// Time between two looks at what cannot be slept on.
const LOOK: Duration = Duration::from_millis(5);
/// Time between two looks whether a job waits for a terminal.
const TERMINAL_LOOK: Duration = Duration::from_millis(500);
/// Longest time between two looks in any case.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// Starts a job and sees it to its end.
pub(super) fn whole(job: &Job, wish: &Wish, woken: &PipeReader, shared: &Shared, scratch: &mut Scratch) -> Over {
    if wish.is(ASK) {
        return Over::without_run(Ending::Stopped);
    }
    let mut family = shared.kin.announce(job.id);
    match start(job, &mut family, shared, scratch) {
        Ok(child) => {
            let descriptor = child.group.leader_descriptor();
            let mut over = Run { job, wish, woken, family, child, descriptor }.finish();
            over.warnings.extend(scratch.tidy());
            over
        }
        Err(why) => Over::without_run(Ending::NotStarted(why)),
    }
}

/// A process under way.
struct Run<'a> {
    job: &'a Job,
    wish: &'a Wish,
    woken: &'a PipeReader,
    family: Family<'a>,
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
        let took = self.now() - self.child.started;
        let mut over = Over::without_run(Ending::Stopped);
        over.ending = match watched {
            Err(error) => {
                self.family.push(Push::Kill);
                Ending::Lost(format!("cannot be watched: {error}"))
            }
            Ok(Watched::Immortal) => Ending::Lost("it was killed and did not end".to_owned()),
            Ok(Watched::Gone(forced)) => {
                self.family.leader_goes();
                let (own, usage) = self.child.wait();
                over.usage = usage;
                if forced.is_some() {
                    self.end_kin(self.now().checked_add(self.job.grace));
                } else if !self.family.is_gone() && !self.wait_for_kin(self.now().checked_add(LINGER)) {
                    over.leftover = self.family.names();
                    self.family.push(Push::Ask);
                    self.end_kin(self.now().checked_add(LEFTOVER_GRACE.min(self.job.grace)));
                }
                forced.unwrap_or(own)
            }
        };
        self.child.spool.copy();
        self.child.spool.finish();
        over.ending = match (over.ending, self.child.spool.take_error()) {
            // What the check wrote is evidence; without it nothing is proven.
            (Ending::Exited(_) | Ending::Signalled(_), Some(error)) => {
                Ending::Lost(format!("its output cannot be kept: {error}"))
            }
            (Ending::Exited(_) | Ending::Signalled(_), None) if self.child.spool.is_over() => {
                Ending::OutputLimit(self.job.max_capture)
            }
            (ending, _) => ending,
        };
        over.took = took;
        over.written = self.child.spool.written();
        over
    }

    fn now(&self) -> Duration {
        self.family.clock().now()
    }

    /// Watches the leader until it has ended, and ends it when its time is over or someone wishes so.
    fn watch(&mut self) -> io::Result<Watched> {
        let mut forced: Option<Ending> = None;
        let mut killed = false;
        let mut beats = 0;
        let mut ended = false;
        // What comes next by the clock: being asked, being killed, being given up.
        let mut deadline = self.child.started.checked_add(self.job.timeout);
        loop {
            let now = self.now();
            // First of all, so that an end by itself is not taken for one that was forced. A descriptor tells of it without
            // being asked, so that a question is worth its price only where something else might be done.
            let haste = self.descriptor.is_none()
                || self.wish.is(ASK)
                || self.child.spool.is_over()
                || self.family.has_terminal()
                || deadline.is_some_and(|deadline| deadline <= now);
            if ended || (haste && self.child.group.leader_has_ended()?) {
                return Ok(Watched::Gone(forced));
            }
            if forced.is_none() && deadline.is_some_and(|deadline| deadline <= now) {
                // A pulse may be waiting in the pipe.
                self.child.spool.copy();
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
                self.family.push(Push::Kill);
                killed = true;
                forced.get_or_insert(Ending::Stopped);
                deadline = now.checked_add(KILL_WAIT);
            } else if forced.is_none()
                && let Some(ending) = self.must_end(over)
            {
                self.family.push(Push::Ask);
                forced = Some(ending);
                deadline = now.checked_add(self.job.grace);
            }
            let left = deadline.map_or(LONGEST_SLEEP, |deadline| deadline.saturating_sub(now));
            ended = self.sleep(left)?;
        }
    }

    /// Why the process must end now, if it must. `over` says that its time is.
    fn must_end(&self, over: bool) -> Option<Ending> {
        if over {
            return Some(Ending::TimedOut);
        }
        if self.wish.is(ASK) {
            return Some(Ending::Stopped);
        }
        if self.child.spool.is_over() {
            return Some(Ending::OutputLimit(self.job.max_capture));
        }
        // It would wait for the terminal until its time is over, and in vain.
        let wants = if self.family.has_terminal() { self.child.group.leader_wants_terminal() } else { None };
        wants.map(Ending::Signalled)
    }

    /// Sleeps until something happens or the time is over, and takes what output there is. Says whether the leader is known
    /// to have ended.
    fn sleep(&mut self, time: Duration) -> io::Result<bool> {
        let mut descriptors = vec![self.woken.as_fd()];
        descriptors.extend(self.descriptor.as_ref().map(AsFd::as_fd));
        let output = descriptors.len();
        descriptors.extend(self.child.spool.descriptors());
        let most = match &self.descriptor {
            None => LOOK,
            Some(_) if self.family.has_terminal() => TERMINAL_LOOK,
            Some(_) => LONGEST_SLEEP,
        };
        let readable = os::wait_readable(&descriptors, time.min(most))?;
        if readable[0] {
            drain(self.woken);
        }
        if readable[output..].contains(&true) {
            self.child.spool.copy();
        }
        Ok(self.descriptor.is_some() && readable[1])
    }

    /// Waits for what was asked to end, and kills it at the deadline.
    fn end_kin(&mut self, deadline: Option<Duration>) {
        if !self.wait_for_kin(deadline) {
            let until = self.now().checked_add(KILL_WAIT);
            // Whoever is killed may have started another one a moment before.
            loop {
                self.family.push(Push::Kill);
                self.pause();
                // To no avail only when the system holds a process; nothing more can be done then.
                if self.family.is_gone_everywhere() || until.is_some_and(|until| until <= self.now()) {
                    return;
                }
            }
        }
    }

    /// Whether all are gone before the deadline and before someone wishes them killed.
    fn wait_for_kin(&mut self, deadline: Option<Duration>) -> bool {
        while !self.family.is_gone() {
            if self.wish.is(KILL) || deadline.is_some_and(|deadline| deadline <= self.now()) {
                return false;
            }
            self.pause();
        }
        true
    }

    fn pause(&mut self) {
        // Their output meanwhile must not fill the pipe.
        std::thread::sleep(LOOK);
        self.child.spool.copy();
    }
}

fn drain(mut pipe: &PipeReader) {
    let mut bytes = [0; 64];
    // The pipe does not block; whatever is wished stands in the wish.
    while matches!(pipe.read(&mut bytes), Ok(count) if count == bytes.len()) {}
}
