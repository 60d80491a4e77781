//! Which of the runs that are kept speaks of a plan as it is now.

use std::path::{Path, PathBuf};

use super::args::ProofArgs;
use super::cmd_report::{self, Found};
use super::revision;
use super::settings::{PlanFile, Refusal, Settings};
use crate::host::Host;
use crate::journal::Runs;
use crate::plan::Plan;
use crate::report::{self, RunReport};
use crate::standing::{Doubt, Evidence};
use crate::text::clean_line;

/// How much of a commit's name is shown.
const COMMIT: usize = 12;

/// The runs that are kept, read when they are asked for.
pub(super) struct Kept<'a> {
    runs: Runs,
    settings: &'a Settings,
    host: &'a dyn Host,
    /// Those that were not read yet, the newest last.
    names: Vec<String>,
    /// Those that were read, the newest first.
    read: Vec<RunReport>,
    /// The newest run that is not over, if there is one.
    pub(super) under_way: Option<PathBuf>,
    /// What is wrong with what is kept, a line each.
    pub(super) problems: Vec<String>,
}

impl<'a> Kept<'a> {
    /// The run that was named, or all that are kept.
    ///
    /// # Errors
    /// When the one that was named cannot be read, or is not over.
    pub(super) fn gather(args: &ProofArgs, settings: &'a Settings, host: &'a dyn Host) -> Result<Self, Refusal> {
        let runs = settings.runs(args.runs.as_deref());
        let mut kept =
            Self { names: Vec::new(), runs, settings, host, read: Vec::new(), under_way: None, problems: Vec::new() };
        match &args.run {
            Some(name) => {
                let found = cmd_report::journal(&kept.runs, Some(name), &settings.here, host)?;
                if let Some(events) = &found.under_way {
                    return Err(under_way(events));
                }
                kept.read.push(report::fold(&found.journal));
            }
            None => {
                kept.names = kept.runs.names(host);
                // Whether there is one under way is known from the beginning.
                kept.read_next();
            }
        }
        Ok(kept)
    }

    /// Where the runs are kept.
    pub(super) fn folder(&self) -> &Path {
        self.runs.folder()
    }

    /// What the newest run of a plan at this commit says of it; without one, why the newest of another commit does not
    /// count. `None` if no run was of the plan.
    pub(super) fn of<'p>(
        &'p mut self,
        file: &PlanFile,
        plan: &'p Plan,
    ) -> Option<(&'p RunReport, Result<Evidence<'p>, Doubt>)> {
        let commit = revision::commit(&file.located.repository, self.host);
        let commit = commit.as_deref();
        let is_here = |run: &RunReport| {
            Evidence::of(plan, run, commit).is_some_and(|evidence| !matches!(evidence, Err(Doubt::OtherCommit { .. })))
        };
        let mut at = self.read.iter().position(is_here);
        while at.is_none() && self.read_next() {
            at = self.read.iter().position(is_here);
        }
        let any = || self.read.iter().position(|run| Evidence::of(plan, run, commit).is_some());
        let run = &self.read[at.or_else(any)?];
        Some((run, Evidence::of(plan, run, commit)?))
    }

    /// Reads the next older run; `false` if there is none.
    fn read_next(&mut self) -> bool {
        while let Some(name) = self.names.pop() {
            match cmd_report::journal(&self.runs, Some(&name), &self.settings.here, self.host) {
                Ok(Found { under_way: Some(events), .. }) => _ = self.under_way.get_or_insert(events),
                Ok(found) => {
                    self.read.push(report::fold(&found.journal));
                    return true;
                }
                Err(refusal) => {
                    if let Refusal::Usage(why) = refusal {
                        self.problems.push(why);
                    }
                }
            }
        }
        false
    }
}

/// Why a run that is not over says nothing yet.
pub(super) fn under_way(events: &Path) -> Refusal {
    let events = events.display();
    Refusal::Usage(format!("the run of {events} is still under way; wait for its end, or name another run"))
}

/// What is known of the proof for a plan.
pub(super) struct Proof<'p> {
    /// The run that speaks of it, whether it counts or not.
    pub(super) run: Option<&'p RunReport>,
    /// What it says, if it counts.
    pub(super) evidence: Option<Evidence<'p>>,
    /// Why it does not.
    pub(super) doubt: Option<Doubt>,
}

impl Kept<'_> {
    /// The same as [`Kept::of`] for those who only show it.
    pub(super) fn proof<'p>(&'p mut self, file: &PlanFile, plan: &'p Plan) -> Proof<'p> {
        match self.of(file, plan) {
            None => Proof { run: None, evidence: None, doubt: None },
            Some((run, Ok(evidence))) => Proof { run: Some(run), evidence: Some(evidence), doubt: None },
            Some((run, Err(doubt))) => Proof { run: Some(run), evidence: None, doubt: Some(doubt) },
        }
    }
}

/// Why a run says nothing of a plan, in words.
pub(super) fn why(doubt: &Doubt, run: &RunReport) -> String {
    let run = clean_line(run.run.as_deref().unwrap_or("that was read"));
    let commit = |commit: &Option<String>| match commit {
        Some(commit) => format!("commit {}", clean_line(commit.get(..COMMIT).unwrap_or(commit))),
        None => "no commit".to_owned(),
    };
    match doubt {
        Doubt::OtherText => format!("the plan has changed since the run {run}"),
        Doubt::WasBroken => format!("the run {run} could not read the plan"),
        Doubt::OtherCommit { then, now } => {
            format!("the run {run} was of {}, and {} is checked out", commit(then), commit(now))
        }
        Doubt::Unreliable => format!("the run {run} gives no sound account of itself"),
    }
}
