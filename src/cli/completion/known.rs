//! Names of the user's own: plans, their lines, stages and checks, runs; and those of plan-run's lists.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::super::args::{self, Parsed};
use super::super::console::Console;
use super::super::settings::{Settings, Terminals};
use super::super::{app, cmd_explain};
use super::candidates::Candidate;
use crate::dialect::detect::DIALECTS;
use crate::host::Host;
use crate::lint::known_codes;
use crate::plan::Plan;
use crate::text::clean_line;

/// Something that has names which clap does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Plan,
    PlanLine,
    Stage,
    Check,
    Run,
    RunOrPath,
    Code,
    Dialect,
    Verb,
}

impl What {
    const NAMED: [(Self, &'static str); 9] = [
        (Self::Plan, "PLAN|GLOB"),
        (Self::PlanLine, "PLAN[:LINE]|GLOB"),
        (Self::Stage, "STAGE"),
        (Self::Check, "CHECK"),
        (Self::Run, "RUN"),
        (Self::RunOrPath, "RUN|DIR"),
        (Self::Code, "CODE"),
        (Self::Dialect, "DIALECT"),
        (Self::Verb, "COMMAND"),
    ];

    /// What an argument takes, by the name that its value has in the help.
    pub(super) fn named(name: &str) -> Option<Self> {
        let is = |known: &str| name == known || name.strip_prefix(known).is_some_and(|more| more.starts_with('|'));
        Self::NAMED.iter().rev().find(|(_, known)| is(known)).map(|(what, _)| *what)
    }

    /// That name.
    pub(super) fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(what, _)| *what == self).map_or("", |(_, name)| name)
    }
}

/// What is known of the names, each looked up when it is asked for.
pub(super) struct Known<'a> {
    console: &'a Console,
    host: &'a dyn Host,
    /// The words of the command line before the one in question.
    before: Vec<String>,
    here: PathBuf,
}

impl<'a> Known<'a> {
    pub(super) fn new(before: &[OsString], console: &'a Console, host: &'a dyn Host) -> Self {
        let before = before.iter().skip(1).filter_map(|word| Some(word.to_str()?.to_owned())).collect();
        let here = host.current_dir().and_then(|here| host.canonicalize(&here)).unwrap_or_default();
        Self { console, host, before, here }
    }

    /// All names that begin with what was typed.
    pub(super) fn all(&mut self, what: What, typed: &str) -> Vec<Candidate> {
        let mut all = match what {
            What::Plan => self.plans(typed),
            What::PlanLine => self.lines(typed).unwrap_or_else(|| self.plans(typed)),
            What::Stage => {
                self.of_plans(|plan| plan.stages.iter().map(|stage| candidate(&stage.label, &stage.title)).collect())
            }
            What::Check => self.of_plans(|plan| {
                plan.checks
                    .iter()
                    .map(|check| candidate(&check.label, check.command.as_deref().unwrap_or(&check.text)))
                    .collect()
            }),
            What::Run => self.runs(),
            What::RunOrPath => {
                let mut runs = self.runs();
                runs.retain(|run| run.word.starts_with(typed));
                self.or_files(runs, typed, |_| true)
            }
            What::Code => known_codes().map(|code| candidate(code, "")).collect(),
            What::Dialect => DIALECTS.iter().map(|dialect| candidate(dialect.name, "")).collect(),
            What::Verb => args::command()
                .get_subcommands()
                .filter(|verb| !verb.is_hide_set())
                .map(|verb| candidate(verb.get_name(), &verb.get_about().map(ToString::to_string).unwrap_or_default()))
                .collect(),
        };
        all.retain(|candidate| candidate.word.starts_with(typed));
        all
    }

    /// Plans as they would be found without being named, and Markdown files of the folder that was begun to be typed.
    fn plans(&self, typed: &str) -> Vec<Candidate> {
        let found = self.settings(&[]).map(|settings| settings.plans).unwrap_or_default();
        let mut plans: Vec<Candidate> =
            found.iter().map(|plan| candidate(&relative(&plan.located.path, &self.here), "")).collect();
        plans.retain(|plan| plan.word.starts_with(typed));
        self.or_files(plans, typed, |path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")))
    }

    /// Names and, unless they are enough for who has typed nothing yet, files.
    fn or_files(&self, mut names: Vec<Candidate>, typed: &str, is_wanted: impl Fn(&Path) -> bool) -> Vec<Candidate> {
        if names.is_empty() || !typed.is_empty() {
            let files = self.files(typed, is_wanted);
            names.extend(files.into_iter().filter(|file| !names.contains(file)).collect::<Vec<_>>());
        }
        names
    }

    /// Folders and the wanted files whose path begins with what was typed.
    fn files(&self, typed: &str, is_wanted: impl Fn(&Path) -> bool) -> Vec<Candidate> {
        let (folder, name) = typed.split_at(typed.rfind('/').map_or(0, |at| at + 1));
        let at = match (folder.strip_prefix("~/"), self.host.env("HOME")) {
            (Some(below), Some(home)) => Path::new(&home).join(below),
            _ => self.here.join(folder),
        };
        let mut names = self.host.names(&at).unwrap_or_default();
        names.retain(|other| other.starts_with(name) && (name.starts_with('.') || !other.starts_with('.')));
        let candidates = names.into_iter().filter_map(|name| {
            let path = at.join(&name);
            if self.host.is_dir(&path) {
                Some(candidate(&format!("{folder}{name}/"), ""))
            } else {
                is_wanted(&path).then(|| candidate(&format!("{folder}{name}"), ""))
            }
        });
        candidates.collect()
    }

    /// The lines of a plan of which there is something to explain; `None` unless a plan and a colon were typed.
    fn lines(&self, typed: &str) -> Option<Vec<Candidate>> {
        let (path, _) = typed.rsplit_once(':')?;
        let settings = self.settings(&[path])?;
        let plan = app::load(settings.plans.first()?, &settings, self.console, self.host).plan?;
        let decisions = cmd_explain::decisions(&plan);
        let mut lines: Vec<Candidate> = Vec::new();
        for decision in decisions {
            let word = format!("{path}:{}", decision.line);
            if lines.last().is_none_or(|last| last.word != word) {
                let label = decision.check.map(|label| format!(" {label}")).unwrap_or_default();
                lines.push(candidate(&word, &format!("{}{label}: {}", decision.decision, decision.text)));
            }
        }
        Some(lines)
    }

    /// Names in the plans that the command line speaks of, each once.
    fn of_plans(&self, names: impl Fn(&Plan) -> Vec<Candidate>) -> Vec<Candidate> {
        let is_plan = |word: &&str| {
            let path = self.here.join(word);
            !word.starts_with('-') && self.host.exists(&path) && !self.host.is_dir(&path)
        };
        let named: Vec<&str> = self.before.iter().map(String::as_str).filter(is_plan).collect();
        let Some(settings) = self.settings(&named).or_else(|| self.settings(&[])) else { return Vec::new() };
        let mut all: Vec<Candidate> = Vec::new();
        for file in &settings.plans {
            let Some(plan) = app::load(file, &settings, self.console, self.host).plan else { continue };
            let new = names(&plan).into_iter().filter(|name| all.iter().all(|known| known.word != name.word));
            all.extend(new.collect::<Vec<_>>());
        }
        all
    }

    /// The runs that are kept, the newest first.
    fn runs(&self) -> Vec<Candidate> {
        let folder = self.before.iter().position(|word| word == "--runs").and_then(|at| self.before.get(at + 1));
        let Some(settings) = self.gather("report", &[]) else { return Vec::new() };
        let names = settings.runs(folder.map(Path::new)).names(self.host);
        names.iter().rev().map(|name| candidate(name, "")).collect()
    }

    /// What a command line with these plans would mean; `None` where it would be refused.
    fn settings(&self, plans: &[&str]) -> Option<Settings> {
        self.gather("list", plans)
    }

    fn gather(&self, verb: &str, plans: &[&str]) -> Option<Settings> {
        let mut all = vec!["plan-run", verb];
        all.extend(plans);
        for option in ["--config", "--dialect"] {
            if let Some(at) = self.before.iter().position(|word| word == option)
                && let Some(value) = self.before.get(at + 1)
            {
                all.extend([option, value]);
            }
        }
        match args::parse(all.into_iter().map(OsString::from)) {
            Parsed::Args(args) => Settings::gather(&args, Terminals::default(), self.host).ok(),
            Parsed::Say { .. } => None,
        }
    }
}

fn candidate(word: &str, help: &str) -> Candidate {
    Candidate { word: word.to_owned(), help: clean_line(help.lines().next().unwrap_or_default()) }
}

/// A path as it is typed in a folder.
fn relative(path: &Path, folder: &Path) -> String {
    let shared = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(path.components().skip(shared)).collect();
    way.to_string_lossy().into_owned()
}
