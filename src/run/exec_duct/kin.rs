//! Who belongs to a job: its group, what carries its mark, what the runner inherited from it. Ends them all.
//!
//! A process leaves its group with `setsid`, and its parent with a second fork. It keeps its environment, in which each
//! job has a mark of its own. And it cannot flee the runner: where the system allows it, the runner takes the place of
//! the first process of the system for all that it started, so that orphans become its children. They become children
//! of its first thread, while jobs are children of the slots; so whether there are any is one question to the system,
//! and whoever waits for the children of the first thread can never take a job's end from its slot.
//!
//! Must not know how a job is started or what its end means.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::clock::{Clock, Hold};
use crate::event::Leftover;
use crate::host::random;
use crate::run::exec::{JobId, Left};
use crate::run::guardian::Rope;
use crate::run::mark;
use crate::run::os::{self, Group, Push};
use crate::run::procfs::{self, Adopted, Stat, push};
use crate::text::Mask;

/// Stands in the place of a job's number in the marks of launchers' clients.
const CLIENT: &str = "client";

/// As many processes are named, at most.
const MOST_NAMED: usize = 200;

/// The most characters of a command that are kept.
const MOST_COMMAND: usize = 200;

/// What the slots of an executor share: who is under way, and the clock.
pub(super) struct Kin {
    /// What all marks of this runner begin with.
    own: String,
    /// Marks of the runners that this one runs in.
    inherited: Option<String>,
    /// Nothing as long as orphans do not come to this process.
    adopted: OnceLock<Adopted>,
    /// Whether there is a terminal that jobs could want.
    pub(super) has_terminal: bool,
    running: Mutex<Running>,
    /// What the guardian is told by, if there is one.
    rope: Option<Rope>,
    /// Jobs that are not over, with all that they left behind.
    busy: AtomicUsize,
    pub(super) clock: Clock,
}

impl Kin {
    /// For a new executor. A guardian ends whatever is started should this process be killed.
    pub(super) fn new(rope: Option<Rope>) -> Self {
        let own = format!("{:016x}", random());
        if let Some(rope) = &rope {
            rope.tell_mark(&own);
        }
        Self {
            own,
            inherited: os::inherited(mark::NAME),
            adopted: OnceLock::new(),
            has_terminal: os::has_terminal(),
            running: Mutex::default(),
            rope,
            busy: AtomicUsize::new(0),
            clock: Clock::new(),
        }
    }

    /// Lets all orphans below this process come to it from now on.
    pub(super) fn adopt(&self) {
        if os::adopt_orphans()
            && let Some(list) = Adopted::open()
        {
            // To do it twice changes nothing.
            _ = self.adopted.set(list);
        }
    }

    /// Whether a job is not over.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }

    /// A job that is about to start.
    pub(super) fn announce(&self, job: JobId) -> Family<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Family { kin: self, job, mark: mark::of_job(&self.own, job.0), group: None }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a group is under way.
    fn starts(&self, job: JobId, group: Group) {
        let mut running = self.running();
        // Without a place that was left the first ones are all taken.
        let place = running.left.pop().unwrap_or(running.groups.len());
        running.groups.insert(job, (group, place));
        if let Some(rope) = &self.rope {
            rope.note_group(place, group.number());
        }
    }

    /// Notes that it is not any more.
    fn goes(&self, job: JobId) {
        let mut running = self.running();
        if let Some((_, place)) = running.groups.remove(&job) {
            running.left.push(place);
            if let Some(rope) = &self.rope {
                rope.note_group(place, 0);
            }
        }
    }

    /// Stops everything that is under way, then this process itself; when it goes on, so does all the rest, and the
    /// clock has not moved. Gives the time that has passed.
    pub(super) fn pause(&self) -> std::time::Duration {
        self.clock.stand_still(|| {
            let running = self.running();
            let push = |how| running.groups.iter().for_each(|(&job, &(group, _))| self.family(job, group).push(how));
            push(Push::Stop);
            let passed = os::stop_this_process();
            push(Push::Continue);
            passed
        })
    }

    fn family(&self, job: JobId, group: Group) -> Relatives<'_> {
        Relatives { kin: self, mark: mark::of_job(&self.own, job.0), group, led: true, alone: false }
    }

    /// Waits for orphans that have ended, if this is the thread that gets them.
    pub(super) fn reap(&self) {
        if self.adopted.get().is_some() {
            os::reap_adopted();
        }
    }

    /// Orphans that are alive, whoever they belong to, with what descends from them.
    pub(super) fn strays(&self) -> Vec<Stat> {
        let roots = self.adopted.get().map(Adopted::list).unwrap_or_default();
        descendants(roots, |_| true).into_iter().map(|(stray, _)| stray).collect()
    }
}

/// The groups under way.
#[derive(Default)]
struct Running {
    /// Each with its place in the guardian's book.
    groups: BTreeMap<JobId, (Group, usize)>,
    /// Places that were left again.
    left: Vec<usize>,
}

/// The processes of a job that is under way.
pub(super) struct Family<'k> {
    kin: &'k Kin,
    job: JobId,
    mark: String,
    /// `None` until it has started.
    group: Option<Group>,
}

impl Drop for Family<'_> {
    fn drop(&mut self) {
        self.kin.goes(self.job);
        self.kin.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<'k> Family<'k> {
    /// The value of the variable with the marks for the job. The client of a launcher belongs to the run and not to the job: it may leave
    /// a process behind that holds a connection for others.
    pub(super) fn mark(&self, is_client: bool) -> String {
        let mark = if is_client { mark::of_job(&self.kin.own, CLIENT) } else { self.mark.clone() };
        mark::behind(self.kin.inherited.as_deref(), mark)
    }

    /// The clock that stands still while everything is stopped.
    pub(super) fn clock(&self) -> &Clock {
        &self.kin.clock
    }

    /// The time, and a hold on it.
    pub(super) fn hold_clock(&self) -> Hold<'k> {
        self.kin.clock.hold()
    }

    /// Whether there is a terminal that the job could want.
    pub(super) fn has_terminal(&self) -> bool {
        self.kin.has_terminal
    }

    /// Notes the group. The caller holds the clock since before it made the group, so that none is forgotten when
    /// everything is stopped.
    pub(super) fn started(&mut self, group: Group) {
        self.group = Some(group);
        self.kin.starts(self.job, group);
    }

    /// Notes that the leader is about to be waited for, after which its number may belong to others.
    pub(super) fn leader_goes(&self) {
        self.kin.goes(self.job);
    }

    fn relatives(&self) -> Option<Relatives<'_>> {
        let alone = self.kin.busy.load(Ordering::SeqCst) == 1;
        let led = self.kin.running().groups.contains_key(&self.job);
        Some(Relatives { kin: self.kin, mark: self.mark.clone(), group: self.group?, led, alone })
    }

    /// Does something to all processes of the job.
    pub(super) fn push(&self, how: Push) {
        if let Some(relatives) = self.relatives() {
            relatives.push(how);
        }
    }

    /// Whether nothing of the job is alive. To be called only after the leader was waited for. Almost always true, and
    /// then it costs two calls to the system.
    pub(super) fn is_gone(&self) -> bool {
        let Some(group) = self.group else { return true };
        let alone = !group.exists();
        match self.kin.adopted.get() {
            Some(adopted) if alone && adopted.is_empty() => true,
            None if alone => true,
            _ => self.relatives().is_none_or(|relatives| relatives.are_gone()),
        }
    }

    /// The same also for what fled from the group of a runner that orphans do not come to: looks at all processes.
    pub(super) fn is_gone_everywhere(&self) -> bool {
        self.relatives().is_none_or(|relatives| relatives.are_gone())
    }

    /// The names of all processes of the job, the first ones of many, without secrets.
    pub(super) fn names(&self, mask: Option<&Mask>) -> Vec<Left> {
        let members = self.relatives().and_then(|relatives| relatives.rooted()).unwrap_or_default();
        let number = |process: i32| u32::try_from(process).ok();
        let mut named: Vec<Left> = members
            .iter()
            .take(MOST_NAMED)
            .map(|(member, root)| {
                let command = procfs::command(member.process).map(|line| short(&line, mask)).unwrap_or_default();
                Left { process: Leftover { process: number(member.process), command }, root: number(*root) }
            })
            .collect();
        if named.is_empty() {
            named.push(Left::default());
        }
        named
    }
}

/// A command line in one short line. Of a secret that is cut short, or in which blanks are joined, the mask would know
/// nothing; so it is taken out before.
fn short(line: &str, mask: Option<&Mask>) -> String {
    let line = mask.map_or(Cow::Borrowed(line), |mask| mask.text(line));
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = words.join(" ");
    match words.char_indices().nth(MOST_COMMAND) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words,
    }
}

/// How the processes of a job are known.
struct Relatives<'k> {
    kin: &'k Kin,
    mark: String,
    group: Group,
    /// Whether the group's leader was not waited for yet, so that its number is its own.
    led: bool,
    /// Whether no other job is under way, so that orphans without a mark can only be of this one, or of one before it.
    alone: bool,
}

impl Relatives<'_> {
    /// The processes of the job that are alive; `None` where the system does not tell of processes.
    fn members(&self) -> Option<Vec<Stat>> {
        Some(self.rooted()?.into_iter().map(|(member, _)| member).collect())
    }

    /// The same, each with the orphan, the leader or the one of them from which it descends.
    fn rooted(&self) -> Option<Vec<(Stat, i32)>> {
        if let Some(adopted) = self.kin.adopted.get() {
            let mut roots = adopted.list();
            roots.extend(self.led.then(|| self.group.number()));
            return Some(descendants(roots, |process| self.owns(process)));
        }
        let all = procfs::all()?;
        let alive = all.into_iter().filter_map(procfs::stat).filter(|member| member.alive);
        let members: Vec<Stat> = alive.filter(|member| self.owns(member)).collect();
        let parents: BTreeMap<i32, i32> = members.iter().map(|member| (member.process, member.parent)).collect();
        let root = |member: &Stat| {
            let mut root = member.process;
            // Never more steps than there are members: what is read at different moments may make a circle.
            for _ in &members {
                match parents.get(&root).filter(|parent| parents.contains_key(parent)) {
                    Some(&parent) => root = parent,
                    None => break,
                }
            }
            root
        };
        Some(members.iter().map(|member| (*member, root(member))).collect())
    }

    fn owns(&self, process: &Stat) -> bool {
        if process.group == self.group.number() {
            return true;
        }
        match procfs::variable(process.process, mark::NAME) {
            Some(marks) if mark::is_among(&marks, &self.mark) => true,
            Some(marks) if mark::is_of(&marks, &self.kin.own) => false,
            _ => self.alone && self.kin.adopted.get().is_some(),
        }
    }

    fn are_gone(&self) -> bool {
        match self.members() {
            Some(members) => members.is_empty(),
            // Some systems count processes that have ended and were not waited for; there it is told too often.
            None => !self.group.exists(),
        }
    }

    fn push(&self, how: Push) {
        self.group.push(how);
        for member in self.members().iter().flatten().filter(|member| member.group != self.group.number()) {
            push(member, how);
        }
    }
}

/// The living among some processes and all that descends from them: those that `owns` says so of, and whatever
/// descends from these. Each with the one of those processes from which it descends.
fn descendants(roots: Vec<i32>, owns: impl Fn(&Stat) -> bool) -> Vec<(Stat, i32)> {
    let mut found = Vec::new();
    let mut open: Vec<(i32, i32, bool)> = roots.into_iter().map(|root| (root, root, false)).collect();
    let mut seen = std::collections::BTreeSet::new();
    while let Some((process, root, inherited)) = open.pop() {
        let Some(stat) = procfs::stat(process).filter(|stat| stat.alive && seen.insert(stat.process)) else { continue };
        let owned = inherited || owns(&stat);
        open.extend(procfs::children(process).into_iter().map(|child| (child, root, owned)));
        if owned {
            found.push((stat, root));
        }
    }
    found.sort_by_key(|(stat, _)| stat.process);
    found
}
