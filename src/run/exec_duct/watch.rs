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
use super::recall;
use super::scratch::Scratch;
use super::slot::{ASK, KILL, Over, Shared, Wish};
use super::start::{Child, start};
use crate::run::exec::{Ending, Job};
use crate::run::os::{self, Push};
use crate::text::duration;

/// How long processes that a job left behind may take to end by themselves before they count as left behind:
/// the end of a pipe to `tee`, say, comes a moment after the end of the shell that started it.
const LINGER: Duration = Duration::from_millis(100);
/// How long they may take to end after being asked; never longer than the job's own grace.
const LEFTOVER_GRACE: Duration = Duration::from_secs(1);
/// How long after being killed a process may take to be gone. The system can hold it in a state that no signal ends.
const KILL_WAIT: Duration = Duration::from_secs(5);
/// How long the client of a launcher may take to hear that the command has ended.
const WAY_BACK: Duration = Duration::from_secs(2);
/// How long the program that cancels a command may take at least.
const LEAST_CANCEL: Duration = Duration::from_secs(5);
/// How long it may take where everything is to end at once.
const HASTY_CANCEL: Duration = Duration::from_secs(2);
/// Time between two looks at what cannot be slept on.
const LOOK: Duration = Duration::from_millis(5);
/// Time between two looks whether a job waits for a terminal.
const TERMINAL_LOOK: Duration = Duration::from_millis(500);
/// As long as a process is younger, only its output is watched, with whose end most processes end: to watch the process
/// itself needs a descriptor, and would wake its slot twice at its end. Should another process keep the output open, the
/// end is seen this much later.
const YOUNG: Duration = Duration::from_millis(5);
/// How often a young process whose output is closed is given the processor before it is watched itself.
const YIELDS: usize = 3;
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
            let mut run = Run {
                job,
                wish,
                woken,
                family,
                child,
                young: true,
                descriptor: None,
                began: None,
                pushed: false,
                cancelled: false,
                warnings: Vec::new(),
            };
            let mut over = run.finish();
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
    /// Whether the process itself is not watched yet.
    young: bool,
    /// What tells of its end; `None` as long as it is young, and where the system has no such thing.
    descriptor: Option<OwnedFd>,
    /// When a command on another machine began.
    began: Option<Duration>,
    /// Whether the process itself was asked to end.
    pushed: bool,
    /// Whether its launcher was told to end it.
    cancelled: bool,
    /// What went wrong in that.
    warnings: Vec<String>,
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
        let took = self.now() - self.began.unwrap_or(self.child.started);
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
                if self.job.remote.is_some() {
                    // What the client leaves behind is its own affair, but not for longer than itself.
                    self.end_kin(self.now().checked_add(LINGER));
                    self.child.spool.copy();
                    over.usage = None;
                    self.settle(forced, &own)
                } else {
                    if forced.is_some() {
                        self.end_kin(self.now().checked_add(self.job.grace));
                    } else if !self.family.is_gone() && !self.wait_for_kin(self.now().checked_add(LINGER)) {
                        over.leftover = self.family.names(self.job.mask.as_deref());
                        self.family.push(Push::Ask);
                        self.end_kin(self.now().checked_add(LEFTOVER_GRACE.min(self.job.grace)));
                    }
                    forced.unwrap_or(own)
                }
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
        over.warnings.append(&mut self.warnings);
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
        let limit = self.job.remote.as_ref().map_or(self.job.timeout, |remote| remote.start_within);
        let mut deadline = self.child.started.checked_add(limit);
        let mut reported = false;
        loop {
            let now = self.now();
            if self.young && self.child.started + YOUNG <= now {
                self.grow_up();
            }
            // First of all, so that an end by itself is not taken for one that was forced. A descriptor tells of it without
            // being asked, so that a question is worth its price only where something else might be done.
            let haste = (self.descriptor.is_none() && !self.young)
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
            if let Some(ear) = self.child.spool.ear() {
                if self.began.is_none() && ear.has_begun() {
                    self.began = Some(now);
                    deadline = now.checked_add(self.job.timeout);
                }
                if !reported && forced.is_none() && ear.report().is_some() {
                    // All is known; the client has a while to end.
                    reported = true;
                    deadline = now.checked_add(self.job.grace);
                }
            }
            let over = deadline.is_some_and(|deadline| deadline <= now);
            if killed {
                if over {
                    return Ok(Watched::Immortal);
                }
            } else if forced.is_some() && over && !self.pushed && !self.wish.is(KILL) {
                // Neither its launcher nor the end of its input has ended it.
                self.push();
                deadline = now.checked_add(WAY_BACK);
            } else if self.wish.is(KILL) || (forced.is_some() && over) {
                self.cancel();
                self.cancel();
                self.family.push(Push::Kill);
                killed = true;
                forced.get_or_insert(Ending::Stopped);
                deadline = self.now().checked_add(KILL_WAIT);
            } else if reported && over {
                self.cancel();
                self.cancel();
                self.family.push(Push::Kill);
                killed = true;
                deadline = self.now().checked_add(KILL_WAIT);
            } else if forced.is_none()
                && let Some(ending) = self.must_end(over)
            {
                forced = Some(ending);
                deadline = self.ask();
            }
            let left = deadline.map_or(LONGEST_SLEEP, |deadline| deadline.saturating_sub(now));
            ended = self.sleep(left)?;
        }
    }

    /// Why the process must end now, if it must. `over` says that its time is.
    fn must_end(&self, over: bool) -> Option<Ending> {
        if over {
            return Some(match &self.job.remote {
                Some(remote) if self.began.is_none() => Ending::Lost(format!(
                    "launched by {}, it did not begin within {}",
                    remote.by,
                    duration(remote.start_within)
                )),
                _ => Ending::TimedOut,
            });
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

    /// Asks everything to end; gives when it is to be killed.
    fn ask(&mut self) -> Option<Duration> {
        let cancelled = self.cancel();
        // By the end of its input a guarded command hears of it.
        let heard = self.child.input.take().is_some();
        if cancelled || heard {
            // The client ends when the command has.
            return self.now().checked_add(self.job.grace + WAY_BACK);
        }
        self.push();
        self.now().checked_add(self.job.grace)
    }

    /// Asks the process itself, with all its family.
    fn push(&mut self) {
        self.pushed = true;
        self.family.push(Push::Ask);
    }

    /// Sees to it that a command on another machine is ended by its launcher. Gives whether the launcher could be told.
    fn cancel(&mut self) -> bool {
        let Some(remote) = self.job.remote.as_ref().filter(|_| !self.cancelled) else { return false };
        self.cancelled = true;
        let began = self.now();
        let patience = self.job.grace.max(LEAST_CANCEL);
        let (family, wish) = (&self.family, self.wish);
        let still = || family.clock().now() - began < if wish.is(KILL) { HASTY_CANCEL } else { patience };
        match recall::cancel(remote, self.job, &mut self.child, still) {
            Ok(told) => told,
            Err(problem) => {
                self.warnings.push(problem);
                false
            }
        }
    }

    /// How a command on another machine ended, of which the client is gone.
    fn settle(&mut self, forced: Option<Ending>, client: &Ending) -> Ending {
        let (Some(remote), Some(ear)) = (&self.job.remote, self.child.spool.ear()) else { return client.clone() };
        let ending = forced.unwrap_or_else(|| recall::reported(remote, self.job, ear, client));
        if matches!(ending, Ending::Lost(_)) {
            // Nobody knows whether it runs on, and another one may be launched in its place.
            self.cancel();
        }
        ending
    }

    /// Sleeps until something happens or the time is over, and takes what output there is. Says whether the leader is known
    /// to have ended.
    fn sleep(&mut self, time: Duration) -> io::Result<bool> {
        if self.young && self.child.spool.is_closed() {
            // It closes its output just before its end, and is kept from that only where it has no processor meanwhile.
            for _ in 0..=YIELDS {
                if self.child.group.leader_has_ended()? {
                    return Ok(true);
                }
                std::thread::yield_now();
            }
            self.grow_up();
        }
        let mut descriptors = vec![self.woken.as_fd()];
        descriptors.extend(self.descriptor.as_ref().map(AsFd::as_fd));
        let output = descriptors.len();
        descriptors.extend(self.child.spool.descriptors());
        let most = match &self.descriptor {
            None if self.young => YOUNG,
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

    /// Watches the process itself from now on.
    fn grow_up(&mut self) {
        self.young = false;
        self.descriptor = self.child.group.leader_descriptor();
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
