//! The one place that owns the schedule and numbers the events.
//!
//! It hears ended jobs, interrupts and the clock, one after the other, and nothing else changes the state
//! of a run. Must not know how a process is started or how an event is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use super::Policy;
use super::capture;
use super::command::{Shells, prepare};
use super::exec::{Ended, Exec, Job, JobId, Stop};
use super::jobserver::Tokens;
use super::judge::{Process, judge, shared};
use super::schedule::{Change, Rules, Schedule, UnitRef};
use super::script::{self, Nonce, PartEnd};
use super::signal::{Interrupts, Stops};
use super::slow::{self, Looks};
use super::teller::Teller;
use crate::event::{CheckRef, End, Event, Extent, Happening, Slow, StageRef};
use crate::outcome::{Cause, Class, Outcome};
use crate::plan::{CheckId, Limit};
use crate::select::Selection;

const TICK: Duration = Duration::from_millis(100);
const LOOK_FOR_TOKENS: Duration = Duration::from_millis(10);

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

/// Runs a selection to its end. Must be called within a tokio runtime whose clock is enabled.
///
/// The first interrupt stops new commands and asks those under way to end, the second kills them, the third
/// leaves them and returns.
pub async fn run(
    selection: &Selection,
    policy: &Policy,
    exec: &mut dyn Exec,
    interrupts: &mut Interrupts,
    listener: &mut dyn Listener,
) -> RunEnd {
    let (sender, mut ended_jobs) = unbounded_channel();
    let teller = Teller::new(selection, listener, policy.mask.clone());
    let Policy { past, reuse, memory, .. } = policy;
    let rules = Rules { past: Some(past), reuse: *reuse, memory: *memory, ..Rules::new(policy.jobs) };
    let schedule = Schedule::with(selection, &rules).with_patience(policy.patience);
    let mut conductor = Conductor {
        selection,
        policy,
        exec,
        sender,
        schedule,
        teller,
        shells: Shells::default(),
        in_flight: BTreeMap::new(),
        passed: BTreeMap::new(),
        tokens: Tokens::new(&policy.jobserver, policy.jobs),
        slots: 0,
        starved: false,
        next_job: 0,
        interrupts: 0,
        tries: BTreeMap::new(),
        flaky: BTreeSet::new(),
        resting: BTreeSet::new(),
        looks: Looks::default(),
    };
    conductor.begin();
    let mut ticks = interval_at(Instant::now() + TICK, TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut someone_may_interrupt = true;
    // A moment too far away to be told by the clock never comes.
    let mut over = policy.run_timeout.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
    let mut stops = conductor.exec.stops();
    loop {
        conductor.start_what_may();
        if conductor.is_over() {
            break;
        }
        // Only now, so that nobody waits for a line to be written.
        conductor.teller.listener.settled();
        // In this order, so that the same happenings at the same time give the same events.
        tokio::select! {
            biased;
            interrupt = interrupts.recv(), if someone_may_interrupt => match interrupt {
                Some(()) => conductor.interrupt(),
                None => someone_may_interrupt = false,
            },
            stop = wished(&mut stops) => match stop {
                Some(()) => {
                    let stood = conductor.pause();
                    over = over.map(|(limit, moment)| (limit, moment + stood));
                }
                None => stops = None,
            },
            // The conductor holds a sender, so the channel never closes.
            Some(ended) = ended_jobs.recv() => conductor.job_ended(&ended),
            () = at(conductor.next_try()) => conductor.wake(),
            () = at(conductor.looks.next()) => conductor.look(),
            // Nobody tells when a command gives a token back.
            () = tokio::time::sleep(LOOK_FOR_TOKENS), if conductor.starved => {}
            () = at(over.map(|(_, moment)| moment)) => if let Some((limit, _)) = over.take() {
                conductor.time_over(limit);
            },
            _ = ticks.tick() => {
                conductor.exec.tick();
                conductor.teller.listener.tick();
            }
        }
    }
    conductor.end()
}

/// The next wish to stop; none ever comes where nobody can wish so.
async fn wished(stops: &mut Option<Stops>) -> Option<()> {
    match stops {
        Some(stops) => stops.recv().await,
        None => std::future::pending().await,
    }
}

/// Everything that a run is, between two things that happen.
struct Conductor<'a> {
    selection: &'a Selection,
    policy: &'a Policy,
    exec: &'a mut dyn Exec,
    sender: UnboundedSender<Ended>,
    schedule: Schedule<'a>,
    teller: Teller<'a>,
    shells: Shells,
    in_flight: BTreeMap<JobId, InFlight>,
    /// What passed and may do for others.
    passed: BTreeMap<UnitRef, Vec<End>>,
    /// Of GNU make's jobserver, if there is one.
    tokens: Option<Tokens>,
    /// How many job slots are taken.
    slots: usize,
    /// Whether someone could start if there were tokens.
    starved: bool,
    next_job: u32,
    interrupts: u32,
    /// How often units were tried that were to be tried again.
    tries: BTreeMap<UnitRef, usize>,
    /// Checks that did not hold when they were tried and that were to be tried again.
    flaky: BTreeSet<CheckRef>,
    /// Units that are to be tried again, and when.
    resting: BTreeSet<(Instant, UnitRef)>,
    /// When to look whether something is slow.
    looks: Looks,
}

/// A job that has not ended.
struct InFlight {
    unit: UnitRef,
    started: Instant,
    /// Which of its checks was told to be slow last, by its place.
    slow: Option<usize>,
    /// How many job slots it takes.
    weight: usize,
    stop: Box<dyn Stop>,
    limit: Limit,
    /// Why it was asked to end, if it was; the first reason holds.
    given_up: Option<Cause>,
    output: std::path::PathBuf,
    nonce: Option<Nonce>,
}

impl Conductor<'_> {
    fn begin(&mut self) {
        self.teller.tell(Happening::RunStarted { wall: SystemTime::now(), jobs: self.policy.jobs.max(1) });
        let changes = self.schedule.begin();
        self.teller.changes(changes);
    }

    fn is_over(&self) -> bool {
        self.schedule.is_over()
    }

    fn start_what_may(&mut self) {
        // A unit that cannot be started ends at once and may make others startable.
        self.starved = false;
        loop {
            if let Some((unit, twin)) = self.schedule.shareable() {
                self.share(unit, twin);
            } else if let Some(unit) = self.schedule.next() {
                if !self.afford(self.schedule.weight(unit)) {
                    self.starved = true;
                    return;
                }
                let changes = self.schedule.started(unit);
                self.teller.changes(changes);
                self.start(unit);
            } else {
                return;
            }
        }
    }

    /// Takes the tokens for so many more job slots. Whoever is alone needs none.
    fn afford(&mut self, slots: usize) -> bool {
        let alone = self.slots == 0;
        let covered = self.tokens.as_mut().is_none_or(|tokens| tokens.cover(self.slots + slots));
        covered || alone
    }

    /// Gives the tokens back that are not needed any more.
    fn give_back(&mut self, slots: usize) {
        self.slots -= slots;
        if let Some(tokens) = &mut self.tokens {
            tokens.cover(self.slots);
            if self.slots == 0 {
                tokens.restore();
            }
        }
    }

    /// Lets a unit take the result of another, if that does for what its plan expects.
    fn share(&mut self, unit: UnitRef, twin: UnitRef) {
        let ends = self.passed.get(&twin).and_then(|twins| {
            let names = self.schedule.unit(twin).checks.iter().map(|&check| self.name(unit.plan, twin.plan, check));
            let twins: Vec<(String, &End)> = names.zip(twins).collect();
            let selected = &self.selection.plans[unit.plan as usize];
            shared(selected, self.schedule.unit(unit), &twins, self.policy.mask.as_deref())
        });
        let Some(ends) = ends else { return self.schedule.refuses(unit) };
        let changes = self.schedule.shares(unit);
        self.teller.changes(changes);
        self.unit_ended(unit, ends);
    }

    /// A check as it is named in a plan: by its label, and by its own plan where that is another one.
    fn name(&self, here: u32, plan: u32, check: CheckId) -> String {
        let there = &self.selection.plans[plan as usize].plan;
        let label = &there.check(check).label;
        if plan == here { label.clone() } else { format!("{}#{label}", there.source.name()) }
    }

    fn start(&mut self, unit_ref: UnitRef) {
        let selected = &self.selection.plans[unit_ref.plan as usize];
        let unit = self.schedule.unit(unit_ref);
        match prepare(selected, unit, &mut self.shells) {
            Ok(prepared) => {
                let id = JobId(self.next_job);
                self.next_job += 1;
                let output = self.policy.captures.join(format!("{}.out", id.0));
                let checks: Vec<CheckRef> = references(unit_ref, &unit.checks);
                let weight = self.schedule.weight(unit_ref);
                self.slots += weight;
                // To one that says itself how many it runs, being offered others is a reason to complain.
                let offered = unit.checks.iter().all(|&check| selected.plan.check(check).jobs.is_none());
                let tokens = self.tokens.as_ref().filter(|_| offered);
                let mut env = tokens.map(|tokens| tokens.variables().to_vec()).unwrap_or_default();
                env.extend(prepared.env);
                let job = Job {
                    id,
                    checks: checks.clone(),
                    argv: prepared.argv,
                    direct: prepared.direct,
                    cwd: prepared.cwd,
                    env,
                    timeout: prepared.timeout.time,
                    // Each command of a script has the whole limit for itself.
                    pulse: prepared.nonce.as_ref().map(Nonce::prefix),
                    grace: self.policy.grace,
                    output: output.clone(),
                    split_output: self.policy.split_output,
                    max_capture: self.policy.max_capture,
                    mask: self.policy.mask.clone(),
                };
                let stop = self.exec.start(job, self.sender.clone());
                let (limit, nonce) = (prepared.timeout, prepared.nonce);
                let started = Instant::now();
                let job = InFlight {
                    unit: unit_ref,
                    weight,
                    started,
                    slow: None,
                    stop,
                    limit,
                    given_up: None,
                    output,
                    nonce,
                };
                self.in_flight.insert(id, job);
                let soonest = checks.iter().filter_map(|&check| self.patience(check)).min();
                if let Some(soonest) = soonest {
                    self.looks.add(id, soonest);
                }
                for check in checks {
                    self.teller.tell(Happening::CheckStarted(check));
                }
            }
            Err(why) => {
                self.give_back(0);
                let end = End::without_run(Outcome::NotStarted { why });
                self.unit_ended(unit_ref, vec![end; unit.checks.len()]);
            }
        }
    }

    fn job_ended(&mut self, ended: &Ended) {
        let Some(job) = self.in_flight.remove(&ended.id) else {
            self.teller.problems.push(format!("job {} ended and was not under way", ended.id.0));
            return;
        };
        self.give_back(job.weight);
        let selected = &self.selection.plans[job.unit.plan as usize];
        let process = Process {
            ending: &ended.ending,
            took: ended.took,
            written: ended.written,
            leftover: &ended.leftover,
            warnings: &ended.warnings,
            usage: ended.usage,
            limit: job.limit,
            given_up: job.given_up.as_ref(),
            output: &job.output,
            nonce: job.nonce.as_ref(),
            mask: self.policy.mask.as_deref(),
        };
        let unit = self.schedule.unit(job.unit);
        let mut ends = judge(selected, unit, process);
        if job.given_up.is_none() && self.try_again(job.unit, &ends) {
            return;
        }
        let tries = self.tries.get(&job.unit).map_or(1, |tried| tried + 1);
        if self.policy.flaky_fails {
            for (check, end) in references(job.unit, &unit.checks).iter().zip(&mut ends) {
                if end.outcome.is_green() && self.flaky.contains(check) {
                    end.outcome = Outcome::Flaky { tries };
                }
            }
        }
        if self.schedule.has_twins(job.unit) && ends.iter().all(|end| end.outcome.is_green()) {
            self.passed.insert(job.unit, ends.clone());
        }
        self.unit_ended(job.unit, ends);
    }

    /// Sees to it that a unit is tried again, if it may be and that can be of use; says whether it is.
    fn try_again(&mut self, unit_ref: UnitRef, ends: &[End]) -> bool {
        let unit = self.schedule.unit(unit_ref);
        let retries = self.selection.plans[unit_ref.plan as usize].retries(unit);
        let tried = self.tries.get(&unit_ref).copied().unwrap_or(0) + 1;
        let is_of_use = ends.iter().any(|end| end.outcome.may_be_tried_again());
        if tried > retries.count.unwrap_or(0) || !is_of_use || !self.schedule.may_try_again(unit_ref) {
            return false;
        }
        self.tries.insert(unit_ref, tried);
        for (check, end) in references(unit_ref, &unit.checks).into_iter().zip(ends) {
            // What was not reached was not tried.
            if end.outcome.class() == Class::Skipped {
                continue;
            }
            if !end.outcome.is_green() {
                self.flaky.insert(check);
            }
            self.teller.tell(Happening::AttemptEnded { check, end: end.clone() });
        }
        self.schedule.rests(unit_ref);
        // A moment too far away to be told by the clock never comes, and so the run would not end.
        match Instant::now().checked_add(retries.wait(tried)) {
            Some(moment) if moment > Instant::now() => _ = self.resting.insert((moment, unit_ref)),
            Some(_) | None => self.schedule.rested(unit_ref),
        }
        true
    }

    /// After how long a check counts as slow, if ever.
    fn patience(&self, check: CheckRef) -> Option<Duration> {
        Some(slow::patience(self.policy.slow?, self.usual(check)))
    }

    /// How long a check takes usually, where that is known.
    fn usual(&self, check: CheckRef) -> Option<Duration> {
        self.policy.past.of(check).map(|usual| usual.took)
    }

    /// Tells of the commands that have become slow.
    fn look(&mut self) {
        while let Some(id) = self.looks.take() {
            let Some(job) = self.in_flight.get(&id).filter(|job| job.given_up.is_none()) else { continue };
            let checks = references(job.unit, &self.schedule.unit(job.unit).checks);
            let elapsed = job.started.elapsed();
            // Which of them is under way, and for how long.
            let (at, ran) = match &job.nonce {
                None => (0, elapsed),
                Some(nonce) => match under_way(&job.output, nonce, checks.len(), elapsed) {
                    Some(found) => found,
                    None => continue,
                },
            };
            let Some(patience) = self.patience(checks[at]) else { continue };
            let is_new = job.slow < Some(at);
            if ran < patience {
                self.looks.add(id, patience - ran);
                continue;
            }
            if is_new {
                let slow = Slow { after: patience, usual: self.usual(checks[at]) };
                self.teller.tell(Happening::CheckSlow { check: checks[at], slow });
                if let Some(job) = self.in_flight.get_mut(&id) {
                    job.slow = Some(at);
                }
            }
            // The next one can have begun only now.
            if let Some(soonest) = checks[at + 1..].iter().filter_map(|&check| self.patience(check)).min() {
                self.looks.add(id, soonest);
            }
        }
    }

    /// When the next unit is to be tried again.
    fn next_try(&self) -> Option<Instant> {
        self.resting.first().map(|(moment, _)| *moment)
    }

    /// Lets those units start again whose time has come.
    fn wake(&mut self) {
        let now = Instant::now();
        while let Some(&(moment, unit)) = self.resting.first()
            && moment <= now
        {
            self.resting.pop_first();
            self.schedule.rested(unit);
        }
    }

    /// Tells of the end of a unit's checks and of all that follows from it.
    fn unit_ended(&mut self, unit: UnitRef, ends: Vec<End>) {
        let outcomes: Vec<Outcome> = ends.iter().map(|end| end.outcome.clone()).collect();
        let checks = references(unit, &self.schedule.unit(unit).checks);
        for (check, end) in checks.into_iter().zip(ends) {
            self.teller.tell(Happening::CheckEnded { check, end });
        }
        let changes = self.schedule.ended(unit, &outcomes);
        for change in &changes {
            if let Change::GaveUp { extent, cause } = change {
                self.ask_to_end(*extent, cause);
            }
        }
        self.teller.changes(changes);
    }

    /// Asks the jobs of a part of the run to end.
    fn ask_to_end(&mut self, extent: Extent, cause: &Cause) {
        for job in self.in_flight.values_mut() {
            let stage = self.schedule.unit(job.unit).stage;
            if extent.covers(StageRef { plan: job.unit.plan, stage }) {
                job.given_up.get_or_insert_with(|| cause.clone());
                job.stop.ask();
            }
        }
    }

    /// The time of the run is over.
    fn time_over(&mut self, limit: Duration) {
        let cause = Cause::RunTime { limit };
        self.teller.tell(Happening::GaveUp { extent: Extent::Run, cause: cause.clone() });
        self.ask_to_end(Extent::Run, &cause);
        let changes = self.schedule.give_up(&cause);
        self.teller.changes(changes);
    }

    fn interrupt(&mut self) {
        self.interrupts += 1;
        self.teller.tell(Happening::Interrupted { times: self.interrupts });
        match self.interrupts {
            1 => {
                self.ask_to_end(Extent::Run, &Cause::Interrupt);
                let changes = self.schedule.give_up(&Cause::Interrupt);
                self.teller.changes(changes);
            }
            2 => self.in_flight.values().for_each(|job| job.stop.kill()),
            _ => self.leave(),
        }
    }

    /// Stops everything, this program included, until it is let go on. No clock moves meanwhile. Gives the time that
    /// passed.
    fn pause(&mut self) -> Duration {
        let stood = self.exec.pause();
        self.teller.began += stood;
        self.in_flight.values_mut().for_each(|job| job.started += stood);
        self.looks.put_off(stood);
        let resting = std::mem::take(&mut self.resting);
        self.resting = resting.into_iter().map(|(moment, unit)| (moment + stood, unit)).collect();
        stood
    }

    /// Gives up the jobs under way without waiting for them.
    fn leave(&mut self) {
        for (id, job) in std::mem::take(&mut self.in_flight) {
            let checks = &self.schedule.unit(job.unit).checks;
            let plan = &self.selection.plans[job.unit.plan as usize].plan;
            let label = checks.first().map_or("", |&check| plan.check(check).label.as_str());
            let problem =
                format!("left the processes of check {label} of {} (job {}) running", plan.source.name(), id.0);
            self.teller.problems.push(problem);
            self.unit_ended(job.unit, vec![End::without_run(Outcome::Cancelled(Cause::Interrupt)); checks.len()]);
        }
    }

    fn end(mut self) -> RunEnd {
        self.teller.tell(Happening::RunEnded);
        self.teller.listener.settled();
        self.teller.account();
        let mask = |problem: String| match &self.policy.mask {
            Some(mask) => mask.text(&problem).into_owned(),
            None => problem,
        };
        RunEnd { interrupted: self.interrupts > 0, problems: self.teller.problems.into_iter().map(mask).collect() }
    }
}

/// Which command of a script is under way, and for how long, by the marks that it has written so far.
fn under_way(output: &Path, nonce: &Nonce, count: usize, elapsed: Duration) -> Option<(usize, Duration)> {
    // Without marks it is the first one that is under way: the shell has not got further.
    let (marks, length) = capture::marks(output, nonce).unwrap_or_default();
    let parts = script::parts(count, &marks, length, elapsed);
    let at = parts.iter().position(|part| part.end == PartEnd::UnderWay)?;
    Some((at, parts[at].took))
}

/// Waits for a moment, or for ever if there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn references(unit: UnitRef, checks: &[CheckId]) -> Vec<CheckRef> {
    checks.iter().map(|&check| CheckRef { plan: unit.plan, check }).collect()
}
