//! The one place that owns the schedule and numbers the events: everything that a run is, between two things that happen.
//!
//! Whoever hears that something happened tells it here, one after the other, and nothing else changes the state of a
//! run. What has happened is kept as events until someone passes them on. Must not know how a process is started, who
//! hears an event, or what there is to wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::Policy;
use super::capture;
use super::command::{Shells, prepare};
use super::exec::{Ended, Ending, Job, JobId, Stop};
use super::jobserver::Tokens;
use super::judge::{Process, judge, shared};
use super::launch::{Fleet, Launched, carry};
use super::sandbox::Confined;
use super::schedule::{Change, Rules, Schedule, UnitRef, unit_of};
use super::script::{self, Nonce, PartEnd};
use super::slow::{self, Looks};
use super::teller::Teller;
use crate::event::{CheckRef, End, Event, Extent, Happening, Slow, StageRef};
use crate::outcome::{Cause, Class, Outcome, Skip};
use crate::plan::{CheckId, Limit};
use crate::select::{Selected, Selection, Unit};

/// Everything that a run is, between two things that happen.
pub(super) struct Conductor {
    selection: Arc<Selection>,
    policy: Policy,
    schedule: Schedule<Arc<Selection>>,
    teller: Teller,
    shells: Shells,
    fleet: Fleet,
    in_flight: BTreeMap<JobId, InFlight>,
    /// What passed and may do for others.
    passed: BTreeMap<UnitRef, Vec<End>>,
    /// Of GNU make's jobserver, if there is one.
    tokens: Option<Tokens>,
    /// How many job slots are taken.
    slots: usize,
    /// Whether someone could start if there were tokens.
    pub(super) starved: bool,
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
    /// Whether nobody listens any more.
    closed: bool,
}

/// What is to be known of a job as soon as someone has taken it and says how it can be ended.
pub(super) struct Due {
    id: JobId,
    unit: UnitRef,
    checks: Vec<CheckRef>,
    weight: usize,
    limit: Limit,
    output: PathBuf,
    nonce: Option<Nonce>,
    /// Its sandbox, if it has one.
    confined: Option<Confined>,
    launched: Option<Launched>,
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
    output: PathBuf,
    nonce: Option<Nonce>,
    /// Its sandbox, if it has one.
    confined: Option<Confined>,
    launched: Option<Launched>,
}

impl Conductor {
    /// For a run that has not begun.
    pub(super) fn new(selection: Arc<Selection>, policy: &Policy) -> Self {
        let Policy { past, reuse, memory, .. } = policy;
        let rules = Rules { past: Some(past), reuse: *reuse, memory: *memory, ..Rules::new(policy.jobs) };
        Self {
            schedule: Schedule::with(Arc::clone(&selection), &rules).with_patience(policy.patience),
            teller: Teller::new(&selection, policy.mask.clone()),
            selection,
            shells: Shells::default(),
            fleet: Fleet::default(),
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
            closed: false,
            policy: policy.clone(),
        }
    }

    /// Begins the run.
    pub(super) fn begin(&mut self) {
        self.teller.tell(Happening::RunStarted { wall: SystemTime::now(), jobs: self.policy.jobs.max(1) });
        let changes = self.schedule.begin();
        self.teller.changes(changes);
    }

    /// Whether everything has ended.
    pub(super) fn is_over(&self) -> bool {
        self.schedule.is_over()
    }

    /// Whether something is to be done at once by whoever starts jobs for all slots.
    pub(super) fn calls(&mut self) -> bool {
        self.is_over() || self.starved || self.schedule.next().is_some() || self.schedule.shareable().is_some()
    }

    /// Exchanges the events of which nobody has been told yet for an empty list.
    pub(super) fn take_events(&mut self, empty: &mut Vec<Event>) {
        std::mem::swap(&mut self.teller.events, empty);
    }

    /// The next job, if one may start now. It counts as started, so someone has to take it, and to say so at once through
    /// [`Conductor::taken`].
    pub(super) fn next(&mut self) -> Option<(Job, Due)> {
        self.starved = false;
        let mut next = None;
        // A unit that cannot be started ends at once and may make others startable.
        while next.is_none() && !self.closed {
            if let Some((unit, twin)) = self.schedule.shareable() {
                self.share(unit, twin);
                continue;
            }
            let Some(unit) = self.schedule.next() else { break };
            if !self.afford(self.slots_of(unit)) {
                self.starved = true;
                break;
            }
            let changes = self.schedule.started(unit);
            self.teller.changes(changes);
            next = self.ready(unit);
        }
        self.balance();
        next
    }

    /// How many job slots of this machine a unit takes.
    fn slots_of(&self, unit: UnitRef) -> usize {
        let selected = &self.selection.plans[unit.plan as usize];
        match selected.launcher(unit_of(&self.selection, unit)) {
            None => self.schedule.weight(unit),
            Some(_) => 0,
        }
    }

    /// Takes the tokens for so many more job slots. Whoever is alone needs none.
    fn afford(&mut self, slots: usize) -> bool {
        let alone = self.slots == 0;
        let covered = self.tokens.as_mut().is_none_or(|tokens| tokens.cover(self.slots + slots));
        covered || alone
    }

    /// Frees job slots. What the next job needs of their tokens is kept for it; see [`Conductor::next`].
    fn free(&mut self, slots: usize) {
        self.slots -= slots;
        if self.slots == 0 {
            self.balance();
            self.tokens.iter_mut().for_each(Tokens::restore);
        }
    }

    /// Gives the tokens back that are not needed any more.
    fn balance(&mut self) {
        if let Some(tokens) = &mut self.tokens {
            tokens.cover(self.slots);
        }
    }

    /// Lets a unit take the result of another, if that does for what its plan expects.
    fn share(&mut self, unit: UnitRef, twin: UnitRef) {
        let ends = self.passed.get(&twin).and_then(|twins| {
            let names =
                unit_of(&self.selection, twin).checks.iter().map(|&check| self.name(unit.plan, twin.plan, check));
            let twins: Vec<(String, &End)> = names.zip(twins).collect();
            let selected = &self.selection.plans[unit.plan as usize];
            shared(selected, unit_of(&self.selection, unit), &twins, self.policy.mask.as_deref())
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

    /// The job of a unit that starts. One that cannot be made ready has ended.
    fn ready(&mut self, unit_ref: UnitRef) -> Option<(Job, Due)> {
        let selection = Arc::clone(&self.selection);
        let selected = &selection.plans[unit_ref.plan as usize];
        let unit = unit_of(&selection, unit_ref);
        let prepared = match prepare(selected, unit, &mut self.shells) {
            Ok(prepared) => prepared,
            Err(why) => {
                self.free(0);
                let end = End::without_run(Outcome::NotStarted { why });
                self.unit_ended(unit_ref, vec![end; unit.checks.len()]);
                return None;
            }
        };
        let id = JobId(self.next_job);
        self.next_job += 1;
        let weight = self.slots_of(unit_ref);
        let launcher = selected.launcher(unit).map(Arc::clone);
        self.slots += weight;
        // To one that says itself how many it runs, being offered others is a reason to complain.
        let offered = unit.checks.iter().all(|&check| selected.plan.check(check).jobs.is_none());
        let sandbox = self.policy.sandboxes.get(&(unit_ref.plan, unit.stage)).cloned();
        // No descriptor goes over into a sandbox.
        let tokens = self.tokens.as_ref().filter(|_| offered && launcher.is_none() && sandbox.is_none());
        let mut env = tokens.map(|tokens| tokens.variables().to_vec()).unwrap_or_default();
        env.extend(prepared.env);
        let due = Due {
            id,
            unit: unit_ref,
            checks: references(unit_ref, &unit.checks),
            weight,
            limit: prepared.timeout,
            output: self.policy.captures.join(format!("{}.out", id.0)),
            nonce: prepared.nonce,
            confined: sandbox.clone().map(|rules| {
                let commands = unit.checks.iter().filter_map(|&check| selected.plan.check(check).command.as_deref());
                Confined::new(rules, &prepared.cwd, &self.policy.made, commands)
            }),
            launched: None,
        };
        let mut job = Job {
            id,
            checks: due.checks.clone(),
            argv: prepared.argv,
            direct: prepared.direct,
            cwd: prepared.cwd,
            env,
            timeout: prepared.timeout.time,
            // Each command of a script has the whole limit for itself.
            pulse: due.nonce.as_ref().map(Nonce::prefix),
            grace: self.policy.grace,
            output: due.output.clone(),
            split_output: self.policy.split_output,
            max_capture: self.policy.max_capture,
            mask: self.policy.mask.clone(),
            sandbox,
            remote: None,
        };
        let mut due = due;
        if let Some(launcher) = launcher {
            due.launched = Some(carry(launcher, &mut self.fleet, selected, unit_ref, &mut job));
        }
        Some((job, due))
    }

    /// Notes that a job was taken, and how it can be ended.
    pub(super) fn taken(&mut self, due: Due, stop: Box<dyn Stop>) {
        let Due { id, unit, checks, weight, limit, output, nonce, confined, launched } = due;
        let started = Instant::now();
        let (slow, given_up) = (None, None);
        let job = InFlight { unit, weight, started, slow, stop, limit, given_up, output, nonce, confined, launched };
        self.in_flight.insert(id, job);
        let soonest = checks.iter().filter_map(|&check| self.patience(check)).min();
        if let Some(soonest) = soonest {
            self.looks.add(id, soonest);
        }
        for check in checks {
            self.teller.tell(Happening::CheckStarted(check));
        }
    }

    /// A job has ended.
    pub(super) fn job_ended(&mut self, ended: &Ended) {
        let Some(job) = self.in_flight.remove(&ended.id) else {
            self.teller.problems.push(format!("job {} ended and was not under way", ended.id.0));
            return;
        };
        self.free(job.weight);
        let selection = Arc::clone(&self.selection);
        let selected = &selection.plans[job.unit.plan as usize];
        let process = Process {
            confined: job.confined.as_ref(),
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
        let unit = unit_of(&selection, job.unit);
        let mut ends = judge(selected, unit, process);
        let again = match &job.launched {
            Some(launched) if matches!(ended.ending, Ending::Lost(_)) => self.launch_again(launched, &job, &ends),
            Some(launched) => {
                self.fleet.told(launched.host.as_deref());
                job.given_up.is_none() && self.try_again(job.unit, &ends)
            }
            None => job.given_up.is_none() && self.try_again(job.unit, &ends),
        };
        if again {
            return;
        }
        let tries = self.tries.get(&job.unit).map_or(1, |tried| tried + 1) + self.fleet.times_lost(job.unit);
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

    /// Sees to it that a unit that was lost is launched again, if it may be; says whether it is.
    fn launch_again(&mut self, launched: &Launched, job: &InFlight, ends: &[End]) -> bool {
        let wait = self.fleet.lose(&launched.launcher, job.unit, launched.host.as_deref());
        match wait.filter(|_| job.given_up.is_none() && self.schedule.may_try_again(job.unit)) {
            Some(wait) => {
                self.rest(job.unit, ends, wait);
                true
            }
            None => false,
        }
    }

    /// Sees to it that a unit is tried again, if it may be and that can be of use; says whether it is.
    fn try_again(&mut self, unit_ref: UnitRef, ends: &[End]) -> bool {
        let selection = Arc::clone(&self.selection);
        let unit = unit_of(&selection, unit_ref);
        let retries = selection.plans[unit_ref.plan as usize].retries(unit);
        let tried = self.tries.get(&unit_ref).copied().unwrap_or(0) + 1;
        let is_of_use = ends.iter().any(|end| end.outcome.may_be_tried_again());
        if tried > retries.count.unwrap_or(0) || !is_of_use || !self.schedule.may_try_again(unit_ref) {
            return false;
        }
        self.tries.insert(unit_ref, tried);
        self.rest(unit_ref, ends, retries.wait(tried));
        true
    }

    /// Tells how an attempt ended, and lets the unit wait for the next one.
    fn rest(&mut self, unit_ref: UnitRef, ends: &[End], wait: Duration) {
        let checks = references(unit_ref, &unit_of(&self.selection, unit_ref).checks);
        for (check, end) in checks.into_iter().zip(ends) {
            // What was not reached was not tried.
            if end.outcome.class() == Class::Skipped {
                continue;
            }
            // That it was lost says nothing of the check itself.
            if !end.outcome.is_green() && !matches!(end.outcome, Outcome::Lost { .. }) {
                self.flaky.insert(check);
            }
            self.teller.tell(Happening::AttemptEnded { check, end: end.clone() });
        }
        self.schedule.rests(unit_ref);
        // A moment too far away to be told by the clock never comes, and so the run would not end.
        match Instant::now().checked_add(wait) {
            Some(moment) if moment > Instant::now() => _ = self.resting.insert((moment, unit_ref)),
            Some(_) | None => self.schedule.rested(unit_ref),
        }
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
    pub(super) fn look(&mut self) {
        while let Some(id) = self.looks.take() {
            let Some(job) = self.in_flight.get(&id).filter(|job| job.given_up.is_none()) else { continue };
            let checks = references(job.unit, &unit_of(&self.selection, job.unit).checks);
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

    /// When to look next whether something is slow.
    pub(super) fn next_look(&self) -> Option<Instant> {
        self.looks.next()
    }

    /// When the next unit is to be tried again.
    pub(super) fn next_try(&self) -> Option<Instant> {
        self.resting.first().map(|(moment, _)| *moment)
    }

    /// Lets those units start again whose time has come.
    pub(super) fn wake(&mut self) {
        let now = Instant::now();
        while let Some(&(moment, unit)) = self.resting.first()
            && moment <= now
        {
            self.resting.pop_first();
            self.schedule.rested(unit);
        }
    }

    /// Tells of the end of a unit's checks and of all that follows from it.
    fn unit_ended(&mut self, unit: UnitRef, mut ends: Vec<End>) {
        let selected = &self.selection.plans[unit.plan as usize];
        excuse(selected, unit_of(&self.selection, unit), &mut ends);
        let outcomes: Vec<Outcome> = ends.iter().map(|end| end.outcome.clone()).collect();
        let checks = references(unit, &unit_of(&self.selection, unit).checks);
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
            let stage = unit_of(&self.selection, job.unit).stage;
            if extent.covers(StageRef { plan: job.unit.plan, stage }) {
                job.given_up.get_or_insert_with(|| cause.clone());
                job.stop.ask();
            }
        }
    }

    /// The time of the run is over.
    pub(super) fn time_over(&mut self, limit: Duration) {
        let cause = Cause::RunTime { limit };
        self.teller.tell(Happening::GaveUp { extent: Extent::Run, cause: cause.clone() });
        self.ask_to_end(Extent::Run, &cause);
        let changes = self.schedule.give_up(&cause);
        self.teller.changes(changes);
    }

    /// Someone asks for the end.
    pub(super) fn interrupt(&mut self) {
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

    /// Everything has stood still for some time, this program included; no clock has moved meanwhile.
    pub(super) fn stood(&mut self, time: Duration) {
        self.teller.began += time;
        self.in_flight.values_mut().for_each(|job| job.started += time);
        self.looks.put_off(time);
        let resting = std::mem::take(&mut self.resting);
        self.resting = resting.into_iter().map(|(moment, unit)| (moment + time, unit)).collect();
    }

    /// Gives up the jobs under way without waiting for them.
    fn leave(&mut self) {
        let selection = Arc::clone(&self.selection);
        for (id, job) in std::mem::take(&mut self.in_flight) {
            let checks = &unit_of(&selection, job.unit).checks;
            let plan = &selection.plans[job.unit.plan as usize].plan;
            let label = checks.first().map_or("", |&check| plan.check(check).label.as_str());
            let problem =
                format!("left the processes of check {label} of {} (job {}) running", plan.source.name(), id.0);
            self.teller.problems.push(problem);
            self.unit_ended(job.unit, vec![End::without_run(Outcome::Cancelled(Cause::Interrupt)); checks.len()]);
        }
    }

    /// Ends the run; gives what it could not account for. Whatever ends from now on nobody hears of.
    pub(super) fn end(&mut self) -> Vec<String> {
        self.closed = true;
        self.teller.tell(Happening::RunEnded);
        self.teller.account(&self.selection);
        let mask = |problem: String| match &self.policy.mask {
            Some(mask) => mask.text(&problem).into_owned(),
            None => problem,
        };
        std::mem::take(&mut self.teller.problems).into_iter().map(mask).collect()
    }

    /// Whether someone asked for the end.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupts > 0
    }
}

/// Takes what a quarantine excuses for that: what does not hold, and what a script that stopped at it did not reach.
fn excuse(selected: &Selected, unit: &Unit, ends: &mut [End]) {
    let mut stopped_by: Option<&str> = None;
    for (&id, end) in unit.checks.iter().zip(ends) {
        let excused = match &end.outcome {
            Outcome::Skipped(Skip::ScriptStopped { by }) => stopped_by == Some(by.as_str()),
            outcome => selected.is_excused(id) && outcome.is_own_trouble(),
        };
        if excused {
            let plain = std::mem::replace(&mut end.outcome, Outcome::Passed);
            if plain.is_own_trouble() {
                stopped_by = Some(&selected.plan.check(id).label);
            }
            end.outcome = Outcome::Quarantined(Box::new(plain));
        }
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

fn references(unit: UnitRef, checks: &[CheckId]) -> Vec<CheckRef> {
    checks.iter().map(|&check| CheckRef { plan: unit.plan, check }).collect()
}
