//! Runs plans without a process: an executor that lets every command end as the case's script says, on a paused clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plan_run::event::{CheckRef, Event, Happening};
use plan_run::plan::CheckId;
use plan_run::run::exec::{Ended, Ending, Exec, Job, JobId, Stop};
use plan_run::run::{Listener, Policy, RunEnd};
use plan_run::select::Selection;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::render::check_label;

/// How one command ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// The end; a timeout comes when the job's own limit is reached.
    ending: Ending,
    /// How long it runs, in virtual time.
    after: Duration,
    /// What it writes.
    output: String,
}

impl Default for Scripted {
    fn default() -> Self {
        Self { ending: Ending::Exited(0), after: Duration::from_secs(1), output: String::new() }
    }
}

/// How all commands of a case end, each time that they are tried. One that is not named exits with 0 after a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    commands: BTreeMap<String, Vec<Scripted>>,
    interrupts: Vec<Duration>,
}

impl Script {
    /// Reads lines such as `1.2: exit 1 after 2s output: no such file` and `interrupt after 3s`.
    ///
    /// # Errors
    /// The first line that is neither.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut script = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let unclear = || format!("`{line}` is no line of a script");
            if let Some(rest) = line.strip_prefix("interrupt after ") {
                script.interrupts.push(duration(rest).ok_or_else(unclear)?);
                continue;
            }
            let (label, rest) = line.split_once(": ").ok_or_else(unclear)?;
            let scripted = rest.split(", then ").map(command).collect::<Option<Vec<_>>>().ok_or_else(unclear)?;
            if script.commands.insert(label.to_owned(), scripted).is_some() {
                return Err(format!("the script speaks of {label} twice"));
            }
        }
        Ok(script)
    }
}

fn command(text: &str) -> Option<Scripted> {
    let mut scripted = Scripted::default();
    let (text, output) = text.split_once(" output: ").map_or((text, None), |(text, output)| (text, Some(output)));
    if let Some(output) = output {
        scripted.output = format!("{}\n", output.replace("\\n", "\n"));
    }
    let (text, after) = text.split_once(" after ").map_or((text, None), |(text, after)| (text, Some(after)));
    if let Some(after) = after {
        scripted.after = duration(after)?;
    }
    scripted.ending = match text.split_once(' ').unwrap_or((text, "")) {
        ("exit", status) => Ending::Exited(status.parse().ok()?),
        ("signal", signal) => Ending::Signalled(signal.parse().ok()?),
        ("timeout", "") if after.is_none() => Ending::TimedOut,
        ("not-started", why) if !why.is_empty() => Ending::NotStarted(why.to_owned()),
        ("lost", why) if !why.is_empty() => Ending::Lost(why.to_owned()),
        _ => return None,
    };
    if matches!(scripted.ending, Ending::NotStarted(_)) && after.is_none() {
        scripted.after = Duration::ZERO;
    }
    Some(scripted)
}

fn duration(text: &str) -> Option<Duration> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// What a run without processes left.
pub struct ScriptedRun {
    /// All events; wall-clock times are those of the epoch, so that nothing depends on today.
    pub events: Vec<Event>,
    /// What the runner says of itself.
    pub end: RunEnd,
    /// Holds the outputs that the events speak of.
    pub captures: tempfile::TempDir,
}

/// Runs a selection by a script, with a policy that keeps what commands write in a folder.
///
/// # Errors
/// When the script names a check that the plans do not have, or does not fit how they run.
pub fn run_scripted(
    selection: &Selection,
    script: Script,
    policy: impl FnOnce(&std::path::Path) -> Policy,
) -> Result<ScriptedRun, String> {
    let mut commands = BTreeMap::new();
    for (index, selected) in selection.plans.iter().enumerate() {
        let plan = u32::try_from(index).expect("a case has few plans");
        for number in 0..selected.plan.checks.len() {
            let check = CheckRef { plan, check: CheckId(u32::try_from(number).expect("a case has few checks")) };
            commands.insert(check_label(selection, check), (check, vec![Scripted::default()]));
        }
    }
    for (label, scripted) in script.commands {
        match commands.get_mut(&label) {
            Some((_, slot)) => *slot = scripted,
            None => return Err(format!("the script speaks of {label}, which is no check of the plan")),
        }
    }
    if selection.plans.iter().any(|selected| selected.units.iter().any(|unit| unit.checks.len() > 1)) {
        return Err("commands that share a shell cannot be scripted one by one".to_owned());
    }
    let captures = tempfile::Builder::new().prefix("plan-run-case-").tempdir().map_err(|error| error.to_string())?;
    let policy = policy(captures.path());
    let mut exec = ScriptedJobs { commands: commands.into_values().collect() };
    let mut ear = Ear::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .map_err(|error| error.to_string())?;
    let end = runtime.block_on(async {
        let (interrupt, mut interrupts) = unbounded_channel();
        for after in script.interrupts {
            let interrupt = interrupt.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                // The run may be over by then, and nobody listens.
                interrupt.send(()).ok();
            });
        }
        let end = plan_run::run::run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut ear).await;
        drop(interrupt);
        end
    });
    Ok(ScriptedRun { events: ear.events, end, captures })
}

/// Notes what happens.
#[derive(Default)]
struct Ear {
    events: Vec<Event>,
}

impl Listener for Ear {
    fn hear(&mut self, event: &Event) {
        let mut event = event.clone();
        if let Happening::RunStarted { wall, .. } = &mut event.what {
            *wall = SystemTime::UNIX_EPOCH;
        }
        self.events.push(event);
    }

    fn tick(&mut self) {}
}

/// The executor.
struct ScriptedJobs {
    /// For each command how it ends each time; the last end holds for all further times.
    commands: BTreeMap<CheckRef, Vec<Scripted>>,
}

/// Both ways of ending a scripted job.
struct Ender(Arc<Notify>);

impl Stop for Ender {
    fn ask(&self) {
        self.0.notify_one();
    }

    fn kill(&self) {
        self.0.notify_one();
    }
}

impl Exec for ScriptedJobs {
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        let stop = Arc::new(Notify::new());
        let times = job.checks.first().and_then(|check| self.commands.get_mut(check));
        let scripted = times.map_or_else(Scripted::default, |times| {
            if times.len() > 1 { times.remove(0) } else { times.first().cloned().unwrap_or_default() }
        });
        tokio::spawn(play(job.id, job.timeout, job.output, scripted, Arc::clone(&stop), ended));
        Box::new(Ender(stop))
    }
}

async fn play(
    id: JobId,
    limit: Duration,
    output: std::path::PathBuf,
    scripted: Scripted,
    stop: Arc<Notify>,
    ended: UnboundedSender<Ended>,
) {
    let began = tokio::time::Instant::now();
    let written = std::fs::write(&output, &scripted.output);
    let times_out = scripted.ending == Ending::TimedOut || scripted.after > limit;
    let after = if times_out { limit } else { scripted.after };
    // In this order, so that what happens at the same time gives the same end each time.
    let ending = tokio::select! {
        biased;
        () = tokio::time::sleep(after) => if times_out { Ending::TimedOut } else { scripted.ending },
        () = stop.notified() => Ending::Stopped,
    };
    let ending = match written {
        Ok(()) => ending,
        Err(error) => Ending::Lost(format!("cannot write {}: {error}", output.display())),
    };
    // Nobody listens any more when the run has given up on the job.
    let written = scripted.output.len() as u64;
    let (leftover, warnings) = (Vec::new(), Vec::new());
    ended.send(Ended { id, ending, took: began.elapsed(), written, leftover, warnings, usage: None }).ok();
}
