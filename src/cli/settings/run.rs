//! What holds for a run, and for the commands of each of its plans.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::args::{
    AnnotationsArg, BackoffArg, FailFastArg, JobserverArg, LeftoversArg, PaceArgs, ProgressArg, ReportFiles, RunArgs,
    ScopeArg,
};
use super::super::reports::Targets;
use super::call::{PlanFile, Refusal, Settings, Terminals, directory, named_root};
use crate::config::{Backoff, Config, Leftovers, MemLimit, Origin, Retries, RunScope, SandboxMode, Scope};
use crate::diagnostic::Diagnostic;
use crate::host::Host;
use crate::journal::{Ask, Runs};
use crate::plan::{Limit, LimitOf, Plan, SandboxSetup, Setup};
use crate::run::Jobserver;
use crate::run::Patience;
use crate::select::{Filter, Parts, Shard};
use crate::trust::Trust;

/// After how long a check counts as slow where nothing else is said.
const SLOW: Duration = Duration::from_secs(60);

/// How often a check is tried again every night where nothing else is said.
const NIGHTLY_RETRIES: usize = 2;

/// The limit for a check of which nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What to show while commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A line per running command, redrawn in place.
    Bars,
    /// A line per event.
    Plain,
    /// Lines for what does not hold.
    Brief,
    /// Nothing.
    None,
}

/// What holds for a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSettings {
    /// Commands in flight.
    pub jobs: usize,
    /// Time to end for a command that was asked to.
    pub grace: Duration,
    /// Limit for each check, if the command line says so.
    pub timeout: Option<Duration>,
    /// Limit for the run as a whole.
    pub run_timeout: Option<Duration>,
    /// How often checks are tried again, as far as the command line says so.
    pub retries: Retries,
    /// After how long a check counts as slow, if ever.
    pub slow: Option<Duration>,
    /// Whether a check that holds only when it is tried again counts as failed.
    pub flaky_fails: bool,
    /// When the run is given up before its end.
    pub patience: Patience,
    /// The most that one command may write, if anything is said of it, in bytes.
    pub max_capture: Option<u64>,
    /// Whether stdout and stderr are kept apart, too.
    pub split_output: bool,
    /// Directory in which commands run, if the command line says so. Absolute.
    pub root: Option<PathBuf>,
    /// How much memory commands may be expected to need together, in bytes.
    pub memory: Option<u64>,
    /// What is done about GNU make's jobserver.
    pub jobserver: Jobserver,
    /// Whether a check takes the result of another that has passed with the same command.
    pub reuse: bool,
    /// Whether checks are taken from the cache between runs, and kept there.
    pub cache: bool,
    /// Whether checks that must fail are run.
    pub red: bool,
    /// What is asked for by name.
    pub parts: Parts,
    /// Which of several runs it is among which the checks are divided.
    pub shard: Option<Shard>,
    /// Which checks are run, if the command line says so.
    pub scope: Option<RunScope>,
    /// Whether plans of which nobody says otherwise are asked only for what they claim as done.
    pub claimed_unless_told: bool,
    /// Whether a claim that is not proven fails the run.
    pub strict_claims: bool,
    /// What it means for a check that it left processes running, if the command line says so.
    pub leftovers: Option<Leftovers>,
    /// Whether commands run in a sandbox, if the command line says so.
    pub sandbox: Option<SandboxMode>,
    /// Which commands may run.
    pub trust: Trust,
    /// The commit whose approvals count, instead of those in the working tree.
    pub lock_from: Option<String>,
    /// Whether a check that was held back fails the run.
    pub strict: bool,
    /// Whether it is a run as every night.
    pub nightly: bool,
    /// The launcher of all commands, if the command line says so.
    pub launcher: Option<String>,
    /// Whether nothing is run at all.
    pub dry_run: bool,
    /// The reports to be written.
    pub targets: Targets,
    /// What to show meanwhile.
    pub progress: Progress,
    /// Where runs are kept.
    pub runs: Runs,
    /// What of an earlier run is taken over: how, and its name, which is that of the newest one if there is none.
    pub earlier: Option<(Ask, Option<String>)>,
}

impl RunSettings {
    /// Finds out what holds for a run.
    ///
    /// # Errors
    /// Why nothing can be run.
    pub fn gather(args: &RunArgs, settings: &Settings, terminals: Terminals, host: &dyn Host) -> Result<Self, Refusal> {
        if args.alone && args.stage.is_empty() && args.check.is_empty() {
            return Err(Refusal::Usage("--alone goes with --stage or --check, which say what to run".to_owned()));
        }
        let root = match &args.root {
            None => None,
            Some(root) => Some(
                directory(&settings.here.join(root), host)
                    .ok_or_else(|| Refusal::Usage(format!("--root: `{}` is not a directory", root.display())))?,
            ),
        };
        if root.is_none() {
            settings.check_roots(host)?;
        }
        let targets = Targets::gather(&args.files, AnnotationsArg::Auto, settings, host)?.with_step_summary(host);
        for (_, _, report) in targets.each() {
            let real = host.canonicalize(report);
            let is_plan = |plan: &PlanFile| match (&real, host.canonicalize(&plan.located.path)) {
                (Ok(report), Ok(plan)) => *report == plan,
                _ => false,
            };
            if settings.plans.iter().any(is_plan) {
                return Err(Refusal::Usage(format!("a report would replace the plan {}", report.display())));
            }
        }
        let config = &settings.config.config;
        Ok(Self {
            retries: Retries {
                count: args.retries,
                delay: args.retry_delay,
                backoff: args.retry_backoff.map(|backoff| match backoff {
                    BackoffArg::Fixed => Backoff::Fixed,
                    BackoffArg::Exponential => Backoff::Exponential,
                }),
                max_delay: None,
            },
            flaky_fails: args.flaky_fails || config.flaky_fails.unwrap_or(false),
            patience: Patience {
                fail_fast: match args.fail_fast {
                    Some(FailFastArg::Stage) => Some(Scope::Stage),
                    Some(FailFastArg::Plan) => Some(Scope::Plan),
                    Some(FailFastArg::Run) => Some(Scope::Run),
                    Some(FailFastArg::Never) => None,
                    // Whoever looks at it in the morning wants to see all of it.
                    None => config.fail_fast.filter(|_| !args.nightly),
                },
                max_fail: args.max_fail.or(config.max_fail.filter(|_| !args.nightly)),
            },
            split_output: args.split_output,
            root,
            reuse: !args.no_reuse,
            cache: !args.no_cache && (args.cache || !args.nightly && config.cache.enabled.unwrap_or(false)),
            red: args.red,
            parts: Parts { stages: args.stage.clone(), checks: args.check.clone(), alone: args.alone },
            shard: args.shard,
            scope: args.scope.map(ScopeArg::scope),
            strict_claims: args.strict_claims || config.strict_claims.unwrap_or(false),
            trust: args.trust.trust(),
            lock_from: args.lock_from.clone(),
            strict: args.strict,
            nightly: args.nightly,
            launcher: args.launcher.clone(),
            dry_run: args.dry_run,
            runs: settings.runs(args.runs.as_deref()),
            earlier: match (&args.resume, &args.rerun_failed) {
                (Some(run), _) => Some((Ask::Resume, run.clone())),
                (None, Some(run)) => Some((Ask::Failed, run.clone())),
                (None, None) => None,
            },
            ..Self::paced(&args.pace, targets, settings, terminals, host)
        })
    }

    /// What holds for a verb that runs or divides plans without writing the reports of a run: nothing is said of it but
    /// its pace, and what the configuration says of every run.
    ///
    /// # Errors
    /// Why nothing can be run.
    pub fn without_reports(
        pace: &PaceArgs,
        settings: &Settings,
        terminals: Terminals,
        host: &dyn Host,
    ) -> Result<Self, Refusal> {
        settings.check_roots(host)?;
        let targets = Targets::gather(&ReportFiles::default(), AnnotationsArg::Never, settings, host)?;
        Ok(Self::paced(pace, targets, settings, terminals, host))
    }

    fn paced(pace: &PaceArgs, targets: Targets, settings: &Settings, terminals: Terminals, host: &dyn Host) -> Self {
        let config = &settings.config.config;
        let in_ci = in_ci(host);
        let can_redraw = terminals.stderr && host.env("TERM").as_deref() != Some("dumb");
        Self {
            jobs: pace.jobs.or(config.jobs).unwrap_or_else(|| host.cpus()).max(1),
            grace: pace.grace,
            timeout: pace.timeout,
            run_timeout: pace.run_timeout.or(config.run_timeout),
            retries: Retries::default(),
            slow: Some(pace.slow.or(config.slow).unwrap_or(SLOW)).filter(|slow| !slow.is_zero()),
            flaky_fails: config.flaky_fails.unwrap_or(false),
            patience: Patience::default(),
            max_capture: pace.max_capture.or(config.max_capture),
            split_output: false,
            root: None,
            memory: match pace.mem_limit.or(config.mem_limit) {
                None => None,
                Some(MemLimit::Bytes(bytes)) => Some(bytes),
                Some(MemLimit::Auto) => host.free_memory(),
            },
            jobserver: match pace.jobserver {
                _ if pace.no_jobserver => Jobserver::None,
                JobserverArg::None => Jobserver::None,
                to => Jobserver::Offered { flags: host.env("MAKEFLAGS"), all: to == JobserverArg::All },
            },
            reuse: true,
            cache: false,
            red: false,
            parts: Parts::default(),
            shard: None,
            scope: None,
            claimed_unless_told: false,
            strict_claims: false,
            sandbox: pace.sandbox(),
            leftovers: pace.leftovers.map(LeftoversArg::leftovers),
            trust: Trust::Safe,
            lock_from: None,
            strict: false,
            nightly: false,
            launcher: None,
            dry_run: false,
            targets,
            progress: match pace.progress {
                ProgressArg::Auto if can_redraw && !in_ci => Progress::Bars,
                // Bars need a terminal; what would be drawn elsewhere would be lost.
                ProgressArg::Bars if terminals.stderr => Progress::Bars,
                ProgressArg::Auto | ProgressArg::Bars | ProgressArg::Plain => Progress::Plain,
                ProgressArg::Brief => Progress::Brief,
                ProgressArg::None => Progress::None,
            },
            runs: settings.runs(None),
            earlier: None,
        }
    }

    /// Which checks of one plan are run. `read` is the plan, if it could be read.
    #[must_use]
    pub fn filter(&self, plan: &PlanFile, front: &Config, read: Option<&Plan>) -> Filter {
        let said = [
            (self.scope, Origin::CommandLine),
            (front.scope, Origin::FrontMatter),
            (plan.config.config.scope, Origin::File),
        ];
        let said = said.into_iter().find_map(|(scope, from)| Some((scope?, from)));
        // Where there is nothing to tick, an author cannot claim anything.
        let claims = |plan: &Plan| !plan.boxes.is_empty() || plan.stages.iter().any(|stage| stage.claimed);
        let (scope, scope_from) = said.unwrap_or_else(|| match self.claimed_unless_told && read.is_some_and(claims) {
            true => (RunScope::Claimed, Origin::Default),
            false => Default::default(),
        });
        Filter { red: self.red, scope, scope_from }
    }

    /// How the commands of one plan are run.
    ///
    /// # Errors
    /// What is wrong with the directory that its front matter names.
    pub fn setup(&self, plan: &PlanFile, front: &Config, host: &dyn Host) -> Result<Setup, Box<Diagnostic>> {
        let file = &plan.config.config;
        let named = |config: &Config| config.launcher.as_ref().map(|named| named.name.clone());
        let root = root(self.root.as_deref(), plan, front, host)?;
        let mut env = file.env.clone();
        env.extend(front.env.clone());
        let limits =
            [(self.timeout, LimitOf::Call), (front.timeout, LimitOf::Plan), (file.timeout, LimitOf::Configuration)];
        let limit = limits.into_iter().find_map(|(time, of)| Some(Limit { time: time?, of }));
        Ok(Setup {
            root,
            retries: self
                .retries
                .or(front.retries)
                .or(file.retries)
                .or(Retries { count: self.nightly.then_some(NIGHTLY_RETRIES), ..Retries::default() }),
            leftovers: self.leftovers.or(front.leftovers).or(file.leftovers).unwrap_or_default(),
            timeout: limit.unwrap_or(Limit { time: TIMEOUT, of: LimitOf::Default }),
            env,
            shell: front.shell.clone().or_else(|| file.shell.clone()),
            resources: file.resources.clone(),
            launchers: file.launchers.iter().map(|(name, one)| (name.clone(), Arc::new(one.clone()))).collect(),
            launcher: self.launcher.clone().or_else(|| named(front)).or_else(|| named(file)),
            sandbox: sandbox_setup(self.sandbox, plan, front),
        })
    }
}

/// What is said of the sandbox of a plan's commands. `call` is what the command line says.
#[must_use]
pub fn sandbox_setup(call: Option<SandboxMode>, plan: &PlanFile, front: &Config) -> SandboxSetup {
    SandboxSetup { call, layers: plan.config.config.sandbox.iter().chain(&front.sandbox).cloned().collect() }
}

/// Whether the program runs in a workflow, where nobody looks on.
#[must_use]
pub fn in_ci(host: &dyn Host) -> bool {
    host.env("CI").is_some_and(|value| value != "false" && value != "0")
}

/// The directory in which a plan's commands run. `call` is the one that the command line names.
///
/// # Errors
/// What is wrong with the directory that a configuration names.
pub fn root(call: Option<&Path>, plan: &PlanFile, front: &Config, host: &dyn Host) -> Result<PathBuf, Box<Diagnostic>> {
    match (call, &front.root, &plan.config.config.root) {
        (Some(root), _, _) => Ok(root.to_path_buf()),
        (None, Some(named), _) => named_root(named, &plan.located.repository, host).map_err(Box::new),
        (None, None, Some(named)) => named_root(named, &plan.config.folder, host).map_err(Box::new),
        (None, None, None) => Ok(plan.located.repository.clone()),
    }
}
