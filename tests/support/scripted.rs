//! An executor without processes: each check ends as it was told to, after as much virtual time.
//!
//! It lives on tokio's clock. With the clock paused a run takes no time and is the same each time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plan_run::event::CheckRef;
use plan_run::run::exec::{Ended, Ending, Exec, Job, Left, Stop};
use plan_run::select::Selection;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How a check behaves.
#[derive(Clone, Debug)]
pub struct Step {
    /// How it ends when it is left alone.
    pub ending: Ending,
    /// After how long.
    pub after: Duration,
    /// What it writes when it starts.
    pub output: String,
    /// Whether it goes on when it is asked to end.
    pub stubborn: bool,
    /// Whether it leaves processes behind.
    pub leftover: bool,
    /// Whether a script goes on although it ends with a status other than 0.
    pub goes_on: bool,
}

impl Step {
    /// Ends with a status, after some seconds.
    pub fn exits(status: i32, seconds: u64) -> Self {
        Self::ends(Ending::Exited(status), seconds)
    }

    /// Ends somehow, after some seconds.
    pub fn ends(ending: Ending, seconds: u64) -> Self {
        let after = Duration::from_secs(seconds);
        Self { ending, after, output: String::new(), stubborn: false, leftover: false, goes_on: false }
    }

    /// Writes something.
    pub fn says(mut self, output: &str) -> Self {
        output.clone_into(&mut self.output);
        self
    }

    /// Does not hear when it is asked to end.
    pub fn stubborn(mut self) -> Self {
        self.stubborn = true;
        self
    }

    /// Leaves processes behind.
    pub fn leaves_something(mut self) -> Self {
        self.leftover = true;
        self
    }

    /// Does not stop its script.
    pub fn goes_on(mut self) -> Self {
        self.goes_on = true;
        self
    }
}

/// What became of the executor's jobs, for tests that ask.
#[derive(Debug, Default)]
pub struct Record {
    /// The jobs in the order in which they were started.
    pub jobs: Vec<Job>,
    /// How many run now.
    pub running: usize,
    /// How many ran at a time at most.
    pub most: usize,
}

/// Follows a script. A check without a step exits with 0 after a second.
pub struct ScriptedExec {
    labels: BTreeMap<CheckRef, String>,
    steps: BTreeMap<String, Step>,
    /// What became of the jobs.
    pub record: Arc<Mutex<Record>>,
}

impl ScriptedExec {
    /// For a selection. A step is found by a check's label, or by `plan.md#label` where several plans have it.
    pub fn new(selection: &Selection, steps: &[(&str, Step)]) -> Self {
        let mut labels = BTreeMap::new();
        for (plan, selected) in selection.plans.iter().enumerate() {
            for (index, check) in selected.plan.checks.iter().enumerate() {
                let reference = CheckRef { plan: plan as u32, check: plan_run::plan::CheckId(index as u32) };
                let full = format!("{}#{}", selected.plan.source.name(), check.label);
                let known = steps.iter().any(|(name, _)| *name == full);
                labels.insert(reference, if known { full } else { check.label.clone() });
            }
        }
        let steps = steps.iter().map(|(name, step)| ((*name).to_owned(), step.clone())).collect();
        Self { labels, steps, record: Arc::default() }
    }

    fn step(&self, check: CheckRef) -> Step {
        let label = self.labels.get(&check).map_or("", String::as_str);
        self.steps.get(label).cloned().unwrap_or_else(|| Step::exits(0, 1))
    }
}

impl Exec for ScriptedExec {
    fn start(&mut self, job: Job, ended: UnboundedSender<Ended>) -> Box<dyn Stop> {
        let steps: Vec<Step> = job.checks.iter().map(|&check| self.step(check)).collect();
        let (wish, wishes) = watch::channel(0);
        let record = Arc::clone(&self.record);
        {
            let mut record = record.lock().expect("no test panics while it holds the record");
            record.jobs.push(job.clone());
            record.running += 1;
            record.most = record.most.max(record.running);
        }
        tokio::spawn(async move {
            let end = follow(&job, &steps, wishes).await;
            record.lock().expect("no test panics while it holds the record").running -= 1;
            // The run may have been left.
            _ = ended.send(end);
        });
        Box::new(ScriptedStop(wish))
    }
}

struct ScriptedStop(watch::Sender<u8>);

impl Stop for ScriptedStop {
    fn ask(&self) {
        self.0.send_modify(|wish| *wish = (*wish).max(1));
    }

    fn kill(&self) {
        self.0.send_modify(|wish| *wish = 2);
    }
}

async fn follow(job: &Job, steps: &[Step], mut wishes: watch::Receiver<u8>) -> Ended {
    let begin = Instant::now();
    let nonce = nonce(job.argv.last().map_or("", String::as_str));
    let mut output = mark(nonce, 0, 0, Duration::ZERO);
    let mut natural = begin;
    let mut forced = None;
    let mut ending = Ending::Exited(0);
    let mut leftover = false;
    for (index, step) in steps.iter().enumerate() {
        output.push_str(&step.output);
        let limit = if job.pulse.is_some() { natural } else { begin } + job.timeout;
        natural += step.after;
        tokio::select! {
            biased;
            () = sleep_until(natural) => {}
            () = sleep_until(limit) => forced = Some(Ending::TimedOut),
            () = wished(&mut wishes, 1) => forced = Some(Ending::Stopped),
        }
        if forced.is_some() {
            if step.stubborn {
                tokio::select! {
                    () = tokio::time::sleep(job.grace) => {}
                    () = wished(&mut wishes, 2) => {}
                }
            }
            break;
        }
        leftover |= step.leftover;
        ending = step.ending.clone();
        match ending {
            Ending::Exited(status) if index + 1 < steps.len() && (status == 0 || step.goes_on) => {
                output.push_str(&mark(nonce, index + 1, status, natural - begin));
            }
            _ => break,
        }
    }
    let ending = forced.unwrap_or(ending);
    let written = if matches!(ending, Ending::NotStarted(_)) { 0 } else { output.len() as u64 };
    if written > 0 {
        std::fs::write(&job.output, output).expect("the folder for captures can be written to");
    }
    let leftover = leftover.then(Left::default).into_iter().collect();
    Ended { id: job.id, ending, took: begin.elapsed(), written, leftover, warnings: Vec::new(), usage: None }
}

async fn wished(wishes: &mut watch::Receiver<u8>, at_least: u8) {
    if wishes.wait_for(|wish| *wish >= at_least).await.is_err() {
        // Nobody can wish any more.
        std::future::pending::<()>().await;
    }
}

/// The number that a script's marks carry, from the script's text; `None` for a single command.
fn nonce(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("'\\036%s %s %s %s %.160s\\n' ")?;
    after.get(..32)
}

/// A mark as a shell writes it.
fn mark(nonce: Option<&str>, index: usize, status: i32, since: Duration) -> String {
    nonce.map_or_else(String::new, |nonce| {
        let time = Duration::from_secs(1_700_000_000) + since;
        format!("\x1e{nonce} {index} {status} {}.{:06}\n", time.as_secs(), time.subsec_micros())
    })
}
