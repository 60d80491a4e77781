//! What holds for every verb: where it was called, for which plans, with which configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::args::{Args, HookWhat, Verb, When};
use super::super::locate::{self, Located};
use super::files::{Configs, find, found};
use crate::config::{Config, Named};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::dialect::detect::DIALECTS;
use crate::host::Host;
use crate::journal::Runs;
use crate::text::nearest;

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
    /// Whether at the end only what does not hold is told.
    pub brief: bool,
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
        if let Some(path) = &args.common.config {
            configs.explicit = Some(configs.open(&here.join(path), path, host)?);
        }
        let home = locate::repository(&here, host).unwrap_or_else(|| here.clone());
        let config = configs.of(&home, host)?;
        let words = match &args.verb {
            Verb::Run(run) | Verb::Nightly(run) => Some(run.plans.clone()),
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
            Verb::Approve(approve) => Some(vec![approve.plan.clone()]),
            Verb::Shards(shards) => Some(shards.plans.clone()),
            Verb::Bisect(bisect) => Some(bisect.plan.iter().cloned().collect()),
            Verb::Hook(hook) => matches!(hook.what, HookWhat::Run(_)).then(Vec::new),
            // These speak of runs, whatever plans there are now, or of plan-run.
            Verb::Report(_) | Verb::History(_) | Verb::Merge(_) | Verb::Tool(_) => None,
            // What it is about is still to be written.
            Verb::New(_) => None,
        };
        let dialect = args.common.dialect.as_deref().map(dialect).transpose()?;
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
        let colour = |terminal| match args.common.color {
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
            brief: false,
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

/// A directory as an absolute path without links, if it is one.
pub(super) fn directory(path: &Path, host: &dyn Host) -> Option<PathBuf> {
    if host.is_dir(path) { host.canonicalize(path).ok() } else { None }
}

pub(super) fn named_root(named: &Named, folder: &Path, host: &dyn Host) -> Result<PathBuf, Diagnostic> {
    let path = folder.join(&named.name);
    directory(&path, host)
        .ok_or_else(|| codes::missing_root(&named.source, named.span, &named.name, &path.display().to_string()))
}
