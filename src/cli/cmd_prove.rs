//! The verb `prove`: whether the tests of red checks failed before the work and hold with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{ProveArgs, ProveFormat};
use super::cmd_run::{Chosen, Origin, choose};
use super::conduct::{Finished, Runner, Task};
use super::console::Console;
use super::settings::{ConfigFile, Progress, Refusal, RunSettings, Settings};
use super::test_files::{Mention, TestFiles};
use super::{app, base, exit_code, revision};
use crate::config::LOCAL;
use crate::host::{Host, Worktree};
use crate::journal::Runs;
use crate::plan::Setup;
use crate::prove;
use crate::report::{Contrast, Files, RunReport, Verdict, contrast_json, contrast_text};
use crate::roster::Roster;
use crate::select::{Selected, Selection};

/// What is missing where there is no git.
const NEEDS: &str = "`prove` needs a git repository with the commit before the work";

/// Shows whether the tests failed before the work.
pub(super) fn prove(args: &ProveArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    console.fence_in_workflow(host);
    match attempt(args, settings, console, host) {
        Ok(code) => code,
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn attempt(
    args: &ProveArgs,
    settings: &Settings,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<u8, Refusal> {
    let run = RunSettings {
        // Other machines have no tree of the commit before the work.
        launcher: Some(LOCAL.to_owned()),
        ..RunSettings::without_reports(&args.pace, settings, console.terminals, host)?
    };
    let chosen = choose(&run, settings, console, host)?;
    if !chosen.broken.is_empty() {
        return Ok(exit_code::BROKEN_PLAN);
    }
    let (selection, origins) = with_red(chosen)?;
    let top = common_top(&selection, host)?;
    let base = base::find(args.base.as_deref(), &top, host)?;
    let (tests, mentioned) = tests(args, settings, &selection, &origins, &top, host)?;
    let failed = |error| Refusal::Report(format!("cannot make a working tree of {}: {error}", base.commit));
    let tree = host.worktree(&top, &base.commit).map_err(failed)?;
    let files = bring(&tree, &top, tests, mentioned, console, host);
    // Until here an interrupt simply ends the program, and the tree goes with it.
    let runner = Runner::start(run.jobs, console)?;
    let mut proof = Proof { run, settings, runner, failures: Vec::new() };
    let variables = tree.variables().map_err(failed)?;
    let site = Site { tree, top: &top, commit: &base.commit, variables };
    let before = proof.before(&site, &selection, &origins, console, host);
    // Whatever came of it, what is left of the tree is told.
    proof.failures.extend(site.tree.close().err().map(|error| error.to_string()));
    let there = match before {
        Ok(Before::Ended(there)) => *there,
        Ok(Before::GivenUp(code)) => return Ok(proof.give_up(code, console)),
        Err(refusal) => {
            proof.give_up(exit_code::INTERNAL, console);
            return Err(refusal);
        }
    };
    proof.announce("with the work", console);
    let here = Selection { plans: selection.plans.iter().map(prove::here).collect() };
    let here = proof.conduct(&Part::HERE, here, revision::commit(&top, host), console, host)?;
    proof.give_up(exit_code::HOLDS, console);
    let contrast = Contrast::of(base, files, &selection, &there, &here);
    let verdict = Verdict::of_contrast(&contrast, &there, &here, &proof.failures);
    let text = match args.format {
        ProveFormat::Text => contrast_text(&contrast, verdict, settings.colour_stdout),
        ProveFormat::Json => {
            // No line of it can be obeyed by a workflow's runner, and the fence would spoil it.
            console.unfence();
            contrast_json(&contrast, verdict, &there, &here)
        }
    };
    Ok(app::done(console, &text, exit_code::of(verdict)))
}

/// The plans that have something to be proven.
fn with_red(chosen: Chosen) -> Result<(Selection, Vec<Origin>), Refusal> {
    let pairs = chosen.selection.plans.into_iter().zip(chosen.origins);
    let (plans, origins): (Vec<Selected>, Vec<Origin>) =
        pairs.filter(|(selected, _)| prove::has_red(&selected.plan)).unzip();
    if plans.is_empty() {
        return Err(Refusal::NothingFound(
            "nothing to prove: no plan has a check that must fail before the work, such as `pytest tests/test_a.py` with \
             \"expected: FAIL\"; `plan-run list` shows what was read"
                .to_owned(),
        ));
    }
    Ok((Selection { plans }, origins))
}

/// The root of the working tree in which the commands of all plans run.
fn common_top(selection: &Selection, host: &dyn Host) -> Result<PathBuf, Refusal> {
    let mut common: Option<PathBuf> = None;
    for selected in &selection.plans {
        let top = base::top(&selected.setup.root, NEEDS, host)?;
        match &common {
            Some(other) if *other != top => {
                let (one, two) = (other.display(), top.display());
                return Err(Refusal::Usage(format!(
                    "the plans belong to several repositories, {one} and {two}; prove those of one at a time"
                )));
            }
            _ => common = Some(top),
        }
    }
    common.ok_or_else(|| Refusal::NothingFound("no plan was found".to_owned()))
}

/// The test files that are brought along, relative to the root of the working tree.
fn tests(
    args: &ProveArgs,
    settings: &Settings,
    selection: &Selection,
    origins: &[Origin],
    top: &Path,
    host: &dyn Host,
) -> Result<(Vec<PathBuf>, Vec<Mention>), Refusal> {
    let mut files = TestFiles::new(top, host);
    files.typed(&args.tests, &settings.here)?;
    for (index, (selected, origin)) in selection.plans.iter().zip(origins).enumerate() {
        files.configured(&origin.file, &origin.front)?;
        files.named(index, selected);
    }
    Ok(files.finish())
}

/// Brings the files, and says which could not be.
fn bring(
    tree: &Worktree,
    top: &Path,
    tests: Vec<PathBuf>,
    mentioned: Vec<Mention>,
    console: &mut Console,
    host: &dyn Host,
) -> Files {
    let mut files = Files::default();
    for path in tests {
        let shown = path.display().to_string();
        match tree.bring(top, &path) {
            Ok(()) => files.brought.push(shown),
            Err(error) => {
                console.complain(&format!("`{shown}` is not brought to the commit before the work: {error}"));
                files.left.push((shown, error.to_string()));
            }
        }
    }
    let absent = mentioned.into_iter().filter(|mention| !host.exists(&tree.root().join(&mention.path)));
    files.absent = absent.map(|Mention { plan, check, path }| (plan, check, path.display().to_string())).collect();
    files
}

/// Where the commands of another commit run.
pub(super) struct Site<'a> {
    pub(super) tree: Worktree,
    /// The root of the user's tree.
    pub(super) top: &'a Path,
    pub(super) commit: &'a str,
    /// What commands there are given besides their own variables.
    pub(super) variables: Vec<(String, String)>,
}

impl Site<'_> {
    /// How commands run there that run in a folder here.
    pub(super) fn setup(&self, folder: &Path, here: &Setup) -> Result<Setup, Refusal> {
        let below = folder.strip_prefix(self.top).map_err(|_| {
            let (folder, top) = (folder.display(), self.top.display());
            Refusal::Usage(format!("commands run in {folder}, which is not in the repository {top}"))
        })?;
        let mut setup = Setup { root: self.tree.root().join(below), ..here.clone() };
        setup.env.extend(self.variables.iter().cloned());
        Ok(setup)
    }
}

/// One of the runs.
struct Part {
    /// The name of its folder.
    folder: &'static str,
    /// Whether no other run follows it.
    is_last: bool,
}

impl Part {
    const PREPARE: Self = Self { folder: "prepare", is_last: false };
    const THERE: Self = Self { folder: "there", is_last: false };
    const HERE: Self = Self { folder: "here", is_last: true };
}

/// What came of the part before the work.
enum Before {
    /// The run of the red checks.
    Ended(Box<RunReport>),
    /// It came to no end; the exit code.
    GivenUp(u8),
}

/// The runs, one after the other.
struct Proof<'a> {
    run: RunSettings,
    settings: &'a Settings,
    runner: Runner,
    failures: Vec<String>,
}

impl Proof<'_> {
    /// Prepares the tree and runs the red checks in it.
    fn before(
        &mut self,
        site: &Site<'_>,
        selection: &Selection,
        origins: &[Origin],
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<Before, Refusal> {
        let commit = || Some(site.commit.to_owned());
        let preparing = preparing(site, selection, origins)?;
        if !preparing.plans.is_empty() {
            self.announce("preparing the tree before the work", console);
            let report = self.conduct(&Part::PREPARE, preparing, commit(), console, host)?;
            match Verdict::of(&report, &[]) {
                Verdict::Holds => {}
                verdict @ (Verdict::Interrupted | Verdict::Internal) => {
                    return Ok(Before::GivenUp(exit_code::of(verdict)));
                }
                Verdict::BrokenPlan
                | Verdict::Fails
                | Verdict::ExpiredQuarantine
                | Verdict::UnprovenClaims
                | Verdict::NothingRan
                | Verdict::NothingClaimed
                | Verdict::NothingTouched
                | Verdict::EmptyShard => {
                    console.complain("a command of `prove.prepare` does not hold, so nothing is proven");
                    return Ok(Before::GivenUp(exit_code::WRONG_USE));
                }
            }
        }
        self.announce("before the work", console);
        let sides = selection
            .plans
            .iter()
            .map(|selected| Ok(prove::there(selected, site.setup(&selected.setup.root, &selected.setup)?)));
        let there = Selection { plans: sides.collect::<Result<_, Refusal>>()? };
        let report = self.conduct(&Part::THERE, there, commit(), console, host)?;
        if Verdict::of(&report, &[]) == Verdict::Interrupted {
            console.complain("interrupted, so nothing is proven");
            return Ok(Before::GivenUp(exit_code::INTERRUPTED));
        }
        Ok(Before::Ended(Box::new(report)))
    }

    fn conduct(
        &mut self,
        part: &Part,
        selection: Selection,
        commit: Option<String>,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<RunReport, Refusal> {
        let runs = Runs::of_proof(&self.settings.home, part.folder);
        let run = RunSettings { runs, ..self.run.clone() };
        let mut roster = Roster::of(&selection, Vec::new());
        roster.commit = commit;
        let selection = Arc::new(selection);
        let task = Task {
            run: &run,
            settings: self.settings,
            selection,
            roster,
            book: None,
            past: None,
            is_last: part.is_last,
        };
        let Finished { report, failures } = self.runner.conduct(task, console, host)?;
        self.failures.extend(failures);
        Ok(report)
    }

    /// Says what comes next, where anything is said meanwhile.
    fn announce(&self, what: &str, console: &mut Console) {
        if self.run.progress != Progress::None {
            console.complain(&format!("{what}:"));
        }
    }

    /// Runs nothing more, and says what went wrong in telling of the runs; gives the exit code, which is another one for
    /// that.
    fn give_up(&mut self, code: u8, console: &mut Console) -> u8 {
        self.runner.let_go();
        self.failures.iter().for_each(|failure| console.complain(failure));
        if self.failures.is_empty() || code == exit_code::INTERRUPTED { code } else { exit_code::INTERNAL }
    }
}

/// What makes the tree ready: the commands of each configuration, in its folder there.
fn preparing(site: &Site<'_>, selection: &Selection, origins: &[Origin]) -> Result<Selection, Refusal> {
    let mut known: Vec<&Arc<ConfigFile>> = Vec::new();
    let mut plans = Vec::new();
    for (selected, origin) in selection.plans.iter().zip(origins) {
        let config = &origin.file.config;
        let commands = &config.config.prove.prepare;
        if commands.is_empty() || known.contains(&config) {
            continue;
        }
        known.push(config);
        plans.extend(prove::prepare(commands, site.setup(&config.folder, &selected.setup)?));
    }
    Ok(Selection { plans })
}
