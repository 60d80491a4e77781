//! What the command line means, together with the configuration, the environment and the terminal.
//!
//! The command line wins over a plan's front matter, and that over the configuration file. Must not know what is in
//! the plans, and prints nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::{
    AnnotationsArg, Args, BackoffArg, FailFastArg, JobserverArg, PaceArgs, ProgressArg, RunArgs, ScopeArg, VERBS, Verb,
    When,
};
use super::locate::{self, Located, NotFound};
use super::reports::Targets;
use crate::config::{self, Backoff, Config, MemLimit, Named, Origin, Place, Retries, RunScope, Scope};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::dialect::detect::DIALECTS;
use crate::host::Host;
use crate::journal::{Ask, Runs};
use crate::lint::check_levels;
use crate::plan::{Limit, LimitOf, Setup};
use crate::run::Jobserver;
use crate::run::Patience;
use crate::select::{Filter, Parts};
use crate::source::{MOST_READ, Source, Span};
use crate::text::{clean_line, nearest, plural};

/// After how long a check counts as slow where nothing else is said.
const SLOW: Duration = Duration::from_secs(60);

/// The limit for a check of which nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Which of the program's own streams are terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminals {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The command line or the environment is wrong; one line.
    Usage(String),
    /// The configuration is wrong.
    Config(Diagnostics),
    /// No plan was found; the text says where it was looked for.
    NothingFound(String),
    /// A report could not be written; one line.
    Report(String),
}

/// What holds for all verbs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The current directory, without links.
    pub here: PathBuf,
    /// The root of the repository that it lies in; itself outside of any.
    pub home: PathBuf,
    /// Whether standard error takes colour.
    pub colour_stderr: bool,
    /// Whether standard output takes colour.
    pub colour_stdout: bool,
    /// The plans, each once, in the order in which they are reported.
    pub plans: Vec<PlanFile>,
    /// What to say before anything else; a line each.
    pub notes: Vec<String>,
    /// What the configuration says for the whole run.
    pub config: Arc<ConfigFile>,
    /// What is odd about the configuration, but no error.
    pub diagnostics: Diagnostics,
}

/// The dialect of a name that was typed.
fn dialect(name: &str) -> Result<&'static str, Refusal> {
    let names = || DIALECTS.iter().map(|dialect| dialect.name);
    names().find(|known| *known == name).ok_or_else(|| {
        let near = nearest(name, names()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let all = names().collect::<Vec<_>>().join(", ");
        Refusal::Usage(format!("--dialect: `{name}` is no dialect; {near}the dialects are: {all}"))
    })
}

/// A plan and the configuration file that holds for it.
#[derive(Clone, Debug)]
pub struct PlanFile {
    /// Where it is.
    pub located: Located,
    /// Its configuration.
    pub config: Arc<ConfigFile>,
    /// The dialect to read it as, if the user named one.
    pub dialect: Option<&'static str>,
}

/// A configuration file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The folder to which its paths are relative.
    pub folder: PathBuf,
    /// What it says; nothing if there is no file.
    pub config: Config,
}

/// What to show while commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A line per running command, redrawn in place.
    Bars,
    /// A line per event.
    Plain,
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
    /// Which checks are run, if the command line says so.
    pub scope: Option<RunScope>,
    /// Whether a claim that is not proven fails the run.
    pub strict_claims: bool,
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

impl Settings {
    /// Finds out what holds for every verb, and finds the plans.
    ///
    /// # Errors
    /// Why nothing can be done.
    pub fn gather(args: &Args, terminals: Terminals, host: &dyn Host) -> Result<Self, Refusal> {
        let here = host.current_dir().and_then(|here| host.canonicalize(&here));
        let here = here.map_err(|error| Refusal::Usage(format!("cannot find the current directory: {error}")))?;
        let mut configs =
            Configs { here: here.clone(), explicit: None, read: Vec::new(), diagnostics: Diagnostics::default() };
        if let Some(path) = &args.config {
            configs.explicit = Some(configs.open(&here.join(path), path, host)?);
        }
        let home = locate::repository(&here, host).unwrap_or_else(|| here.clone());
        let config = configs.of(&home, host)?;
        let words = match &args.verb {
            Verb::Run(run) => Some(run.plans.clone()),
            Verb::Prove(prove) => Some(prove.plans.clone()),
            Verb::List(list) => Some(list.plans.clone()),
            Verb::Explain(explain) => Some(explain.split().0),
            Verb::Graph(graph) => Some(graph.plans.clone()),
            Verb::Lint(lint) if lint.explain.is_none() && !lint.rules => Some(lint.plans.clone()),
            // This speaks of rules.
            Verb::Lint(_) => None,
            Verb::Mark(mark) => Some(mark.plans.clone()),
            Verb::Next(next) => Some(next.plans.clone()),
            Verb::Status(status) => Some(status.plans.clone()),
            // These speak of runs, whatever plans there are now, or of plan-run.
            Verb::Report(_) | Verb::Merge(_) | Verb::Tool(_) => None,
            // What it is about is still to be written.
            Verb::New(_) => None,
        };
        let dialect = args.dialect.as_deref().map(dialect).transpose()?;
        let (files, notes) = match words {
            Some(words) => find(&words, &config, &here, &home, host)?,
            None => (Vec::new(), false),
        };
        let located = locate::identify(files, &here, host);
        let notes = if notes { vec![found(&located)] } else { Vec::new() };
        let mut plans = Vec::new();
        for located in located {
            let config = configs.of(&located.repository, host)?;
            plans.push(PlanFile { located, config, dialect });
        }
        if configs.diagnostics.has_errors() {
            return Err(Refusal::Config(configs.diagnostics));
        }
        let colour = |terminal| match args.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && host.env("NO_COLOR").is_none() && host.env("TERM").as_deref() != Some("dumb"),
        };
        Ok(Self {
            here,
            home,
            colour_stderr: colour(terminals.stderr),
            colour_stdout: colour(terminals.stdout),
            plans,
            notes,
            config,
            diagnostics: configs.diagnostics,
        })
    }
}

impl Settings {
    /// Makes sure that the directories in which the configuration says to run are there.
    ///
    /// # Errors
    /// Those that are not.
    pub fn check_roots(&self, host: &dyn Host) -> Result<(), Refusal> {
        let mut problems = Diagnostics::default();
        for file in self.config_files() {
            if let Some(named) = &file.config.root
                && let Err(problem) = named_root(named, &file.folder, host)
                && !problems.all().contains(&problem)
            {
                problems.push(problem);
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Refusal::Config(problems)) }
    }

    /// Whether a call without names finds a plan, which is an absolute path without links.
    #[must_use]
    pub fn finds(&self, plan: &Path, host: &dyn Host) -> bool {
        let found = find(&[], &self.config, &self.here, &self.home, host);
        found.is_ok_and(|(files, _)| files.iter().any(|file| host.canonicalize(file).is_ok_and(|file| file == plan)))
    }

    /// All configuration files that were read.
    pub fn config_files(&self) -> impl Iterator<Item = &ConfigFile> {
        std::iter::once(&self.config).chain(self.plans.iter().map(|plan| &plan.config)).map(Arc::as_ref)
    }

    /// The files that would be taken for plans in the repository of a plan if none were named.
    #[must_use]
    pub fn found(&self, plan: &PlanFile, host: &dyn Host) -> Vec<PathBuf> {
        find(&[], &plan.config, &self.here, &plan.located.repository, host).map(|(files, _)| files).unwrap_or_default()
    }

    /// The runs that are kept in a folder; without one, in the usual place.
    #[must_use]
    pub fn runs(&self, folder: Option<&Path>) -> Runs {
        folder.map_or_else(|| Runs::of_repository(&self.home), |folder| Runs::in_folder(self.here.join(folder)))
    }
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
                    None => config.fail_fast,
                },
                max_fail: args.max_fail.or(config.max_fail),
            },
            split_output: args.split_output,
            root,
            reuse: !args.no_reuse,
            cache: !args.no_cache && (args.cache || config.cache.enabled.unwrap_or(false)),
            red: args.red,
            parts: Parts { stages: args.stage.clone(), checks: args.check.clone(), alone: args.alone },
            scope: args.scope.map(|scope| match scope {
                ScopeArg::All => RunScope::All,
                ScopeArg::Claimed => RunScope::Claimed,
            }),
            strict_claims: args.strict_claims || config.strict_claims.unwrap_or(false),
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

    /// What holds for a run of which nothing is said but its pace, and what the configuration says of every run.
    #[must_use]
    pub fn paced(
        pace: &PaceArgs,
        targets: Targets,
        settings: &Settings,
        terminals: Terminals,
        host: &dyn Host,
    ) -> Self {
        let config = &settings.config.config;
        let in_ci = host.env("CI").is_some_and(|value| value != "false" && value != "0");
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
            scope: None,
            strict_claims: false,
            dry_run: false,
            targets,
            progress: match pace.progress {
                ProgressArg::Auto if can_redraw && !in_ci => Progress::Bars,
                // Bars need a terminal; what would be drawn elsewhere would be lost.
                ProgressArg::Bars if terminals.stderr => Progress::Bars,
                ProgressArg::Auto | ProgressArg::Bars | ProgressArg::Plain => Progress::Plain,
                ProgressArg::None => Progress::None,
            },
            runs: settings.runs(None),
            earlier: None,
        }
    }

    /// Which checks of one plan are run.
    #[must_use]
    pub fn filter(&self, plan: &PlanFile, front: &Config) -> Filter {
        let said = [
            (self.scope, Origin::CommandLine),
            (front.scope, Origin::FrontMatter),
            (plan.config.config.scope, Origin::File),
        ];
        let (scope, scope_from) = said.into_iter().find_map(|(scope, from)| Some((scope?, from))).unwrap_or_default();
        Filter { red: self.red, scope, scope_from }
    }

    /// How the commands of one plan are run.
    ///
    /// # Errors
    /// What is wrong with the directory that its front matter names.
    pub fn setup(&self, plan: &PlanFile, front: &Config, host: &dyn Host) -> Result<Setup, Box<Diagnostic>> {
        let file = &plan.config.config;
        let root = root(self.root.as_deref(), plan, front, host)?;
        let mut env = file.env.clone();
        env.extend(front.env.clone());
        let limits =
            [(self.timeout, LimitOf::Call), (front.timeout, LimitOf::Plan), (file.timeout, LimitOf::Configuration)];
        let limit = limits.into_iter().find_map(|(time, of)| Some(Limit { time: time?, of }));
        Ok(Setup {
            root,
            retries: self.retries.or(front.retries).or(file.retries),
            timeout: limit.unwrap_or(Limit { time: TIMEOUT, of: LimitOf::Default }),
            env,
            shell: front.shell.clone().or_else(|| file.shell.clone()),
            resources: file.resources.clone(),
        })
    }
}

/// The configuration files that were read, by folder.
struct Configs {
    here: PathBuf,
    explicit: Option<Arc<ConfigFile>>,
    read: Vec<Arc<ConfigFile>>,
    diagnostics: Diagnostics,
}

impl Configs {
    /// The configuration that holds for a repository.
    fn of(&mut self, repository: &Path, host: &dyn Host) -> Result<Arc<ConfigFile>, Refusal> {
        if let Some(explicit) = &self.explicit {
            return Ok(Arc::clone(explicit));
        }
        if let Some(read) = self.read.iter().find(|file| file.folder == repository) {
            return Ok(Arc::clone(read));
        }
        let path = repository.join(config::FILE_NAME);
        let file = if host.exists(&path) {
            self.open(&path, path.strip_prefix(&self.here).unwrap_or(&path), host)?
        } else {
            Arc::new(ConfigFile { folder: repository.to_path_buf(), config: Config::default() })
        };
        self.read.push(Arc::clone(&file));
        Ok(file)
    }

    fn open(&mut self, path: &Path, shown: &Path, host: &dyn Host) -> Result<Arc<ConfigFile>, Refusal> {
        let shown = shown.display().to_string();
        let refuse = |why: String| Refusal::Usage(format!("cannot read the configuration {shown}: {why}"));
        let bytes = host.read_part(path, 0, MOST_READ).map_err(|error| refuse(error.to_string()))?;
        let source = Source::decode(shown.as_str(), &bytes).map_err(|error| refuse(error.to_string()))?;
        let source = Arc::new(source);
        if let Some(at) = source.decoding().invalid_at {
            self.diagnostics.push(codes::not_utf8(&source, Span::new(at, at)));
        }
        let body = Span::new(0, source.text().len());
        let config = config::parse(&source, body, Place::File, &mut self.diagnostics);
        check_levels(&config, &mut self.diagnostics);
        let folder = path.parent().unwrap_or(Path::new("/"));
        let folder = host.canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        Ok(Arc::new(ConfigFile { folder, config }))
    }
}

/// The files to read, and whether the user did not name them.
fn find(
    words: &[PathBuf],
    config: &ConfigFile,
    here: &Path,
    home: &Path,
    host: &dyn Host,
) -> Result<(Vec<PathBuf>, bool), Refusal> {
    let mut files = Vec::new();
    if !words.is_empty() {
        for word in words {
            files.extend(locate::expand(word, here, host).map_err(|problem| refusal(problem, here))?);
        }
        return Ok((files, false));
    }
    let globs = &config.config.plans;
    if !globs.is_empty() {
        for glob in globs {
            match locate::expand(Path::new(glob), &config.folder, host) {
                Ok(found) => files.extend(found),
                // One glob may well be for plans that are still to come.
                Err(NotFound::Nothing(_) | NotFound::EmptyDirectory(_)) => {}
                Err(NotFound::Refused(why)) => return Err(Refusal::Usage(why)),
            }
        }
        if files.is_empty() {
            return Err(Refusal::NothingFound(format!(
                "no plan found: nothing in {} matches `plans` of the configuration: {}",
                config.folder.display(),
                globs.join(", ")
            )));
        }
        return Ok((files, true));
    }
    let files = locate::in_usual_places(home, host).map_err(Refusal::Usage)?;
    if files.is_empty() {
        return Err(Refusal::NothingFound(format!("no plan found in {}{}", home.display(), looked_for())));
    }
    Ok((files, true))
}

fn refusal(problem: NotFound, here: &Path) -> Refusal {
    match problem {
        NotFound::Nothing(name) => {
            let verb = nearest(&name, VERBS.iter().copied());
            let hint =
                verb.map(|verb| format!("; did you mean the verb `{verb}`, which goes first?")).unwrap_or_default();
            Refusal::Usage(format!("no file matches `{name}` (looked for from {}){hint}", here.display()))
        }
        NotFound::EmptyDirectory(name) => {
            Refusal::NothingFound(format!("no plan found in the directory `{name}`{}", looked_for()))
        }
        NotFound::Refused(why) => Refusal::Usage(why),
    }
}

fn looked_for() -> String {
    format!(
        "; looked for:\n  {}\nname a plan, or set `plans` in {}",
        locate::USUAL_PLACES.join("\n  "),
        config::FILE_NAME
    )
}

fn found(plans: &[Located]) -> String {
    let names: Vec<String> = plans.iter().map(|plan| clean_line(&plan.shown)).collect();
    format!("found {}: {}", plural(plans.len(), "plan"), names.join(", "))
}

/// A directory as an absolute path without links, if it is one.
fn directory(path: &Path, host: &dyn Host) -> Option<PathBuf> {
    if host.is_dir(path) { host.canonicalize(path).ok() } else { None }
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

fn named_root(named: &Named, folder: &Path, host: &dyn Host) -> Result<PathBuf, Diagnostic> {
    let path = folder.join(&named.name);
    directory(&path, host)
        .ok_or_else(|| codes::missing_root(&named.source, named.span, &named.name, &path.display().to_string()))
}
