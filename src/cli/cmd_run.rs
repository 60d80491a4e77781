//! The verb `run`: from settings to a verdict.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::app::{self, Loaded};
use super::args::RunArgs;
use super::conduct::{Early, Finished, Runner, Task};
use super::console::Console;
use super::env_files::EnvFiles;
use super::reach::{self, Reach};
use super::settings::{PlanFile, Progress, Refusal, RunSettings, Settings};
use super::{approvals, cmd_mark, cmd_report, cmd_shards, dry_run, exit_code, proof, quarantine, revision, secrets};
use crate::cache::{Book, Rules};
use crate::config::{Config, LOCAL, Retries};
use crate::diagnostic::render::full;
use crate::diagnostic::{Diagnostics, Severity};
use crate::history::Ahead;
use crate::host::Host;
use crate::journal;
use crate::plan::{Plan, Setup};
use crate::roster::{Broken, Roster};
use crate::select::{Filter, Parts, Selected, Selection, select};
use crate::text::nearest;

/// Runs the plans, or shows what would be run.
pub(super) fn run(args: &RunArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    console.fence_in_workflow(host);
    match attempt(args, settings, console, host) {
        Ok(code) => code,
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn attempt(args: &RunArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> Result<u8, Refusal> {
    let mut run = RunSettings::gather(args, settings, console.terminals, host)?;
    // It takes about as long as reading a plan.
    let early = (!run.dry_run).then(|| Early::start(run.jobs));
    let Reach { settings, is_bare, untouched } = reach::of_run(args, &run, settings, console, host)?;
    let settings = &*settings;
    let past = (!run.dry_run).then(|| {
        let plans = settings.plans.iter().map(|plan| plan.located.shown.clone()).collect();
        Ahead::start(&run.runs, plans, run.nightly, host)
    });
    run.claimed_unless_told = is_bare;
    if is_bare && run.progress == Progress::Plain {
        run.progress = Progress::Brief;
    }
    let Chosen { mut selection, broken, .. } = choose(&run, settings, console, host)?;
    check_launcher(run.launcher.as_deref(), &selection, &broken)?;
    if !untouched {
        narrow(&run.parts, &mut selection, &broken)?;
    }
    if let Some(shard) = run.shard {
        let (division, _) = cmd_shards::division(&selection, shard.count, &run.runs, settings, host);
        division.narrow(&mut selection, shard);
    }
    let repository = settings.plans.first().map_or(&settings.home, |plan| &plan.located.repository);
    let commit = revision::commit(repository, host);
    heed_earlier(&run, settings, commit.as_deref(), &mut selection, host)?;
    let book = consult_cache(&run, settings, &mut selection, console, host);
    if run.dry_run {
        let code = if !broken.is_empty() {
            exit_code::BROKEN_PLAN
        } else if selection.runnable() == 0
            && !selection.plans.iter().any(Selected::has_cached)
            && !selection.claims_nothing()
            && run.shard.is_none()
            && !untouched
        {
            exit_code::NOTHING_RAN
        } else {
            exit_code::HOLDS
        };
        return Ok(app::done(console, &dry_run::dry_run(&selection), code));
    }
    let selection = Arc::new(selection);
    let mut roster = Roster::of(&selection, broken);
    roster.commit = commit;
    roster.strict_claims = run.strict_claims;
    roster.nightly = run.nightly;
    roster.strict = run.strict;
    roster.shard = run.shard;
    roster.untouched = untouched;
    run.targets.check("nothing was run", host)?;
    let task = Task { run: &run, settings, selection: Arc::clone(&selection), roster, book, past, is_last: true };
    let mut runner = Runner::start_with(early.unwrap_or_else(|| Early::start(run.jobs)), console)?;
    let Finished { report, mut failures } = runner.conduct(task, console, host)?;
    let mut marked = String::new();
    if args.mark {
        failures.extend(cmd_mark::after_run(&report, &selection, settings, &mut marked, host));
    }
    let mut targets = run.targets;
    targets.events = report.run.as_deref().map(|name| run.runs.events(name));
    let code = cmd_report::conclude(&report, &targets, failures, settings, console, host);
    console.say(&marked);
    // The program is about to end, and to give a long run's memory back piece by piece takes longer than to write a report.
    std::mem::forget((report, selection));
    Ok(code)
}

/// Whether there is the launcher that the command line names.
///
/// # Errors
/// When some plan's configuration does not have it.
fn check_launcher(named: Option<&str>, selection: &Selection, broken: &[Broken]) -> Result<(), Refusal> {
    let Some(name) = named.filter(|name| *name != LOCAL) else { return Ok(()) };
    let lacks = |plan: &&Selected| !plan.setup.launchers.contains_key(name);
    let Some(plan) = selection.plans.iter().find(lacks) else {
        let unknown = selection.plans.is_empty() && broken.is_empty();
        return if unknown {
            Err(Refusal::Usage(format!("--launcher: no configuration has `{name}`")))
        } else {
            Ok(())
        };
    };
    let known: Vec<&str> = plan.setup.launchers.keys().map(String::as_str).chain([LOCAL]).collect();
    let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let known = known.join(", ");
    let path = plan.plan.source.name();
    Err(Refusal::Usage(format!(
        "--launcher: the configuration of {path} has no launcher `{name}`; {near}The launchers are: {known}"
    )))
}

/// Leaves out what is not asked for by name.
///
/// # Errors
/// When no plan has what is named, unless one could not be read.
fn narrow(parts: &Parts, selection: &mut Selection, broken: &[Broken]) -> Result<(), Refusal> {
    if parts.is_empty() {
        return Ok(());
    }
    let stages: BTreeSet<String> =
        selection.plans.iter().flat_map(|plan| &plan.plan.stages).map(|stage| stage.label.clone()).collect();
    let checks: BTreeSet<String> =
        selection.plans.iter().flat_map(|plan| &plan.plan.checks).map(|check| check.label.clone()).collect();
    for (kind, wanted, known) in [("stage", &parts.stages, stages), ("check", &parts.checks, checks)] {
        if let Some(label) = wanted.iter().find(|label| broken.is_empty() && !known.contains(*label)) {
            let near = nearest(label, known.iter().map(String::as_str));
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            return Err(Refusal::Usage(format!(
                "--{kind}: no plan has a {kind} `{label}`; {near}`plan-run list` shows all of them"
            )));
        }
    }
    selection.plans.iter_mut().for_each(|plan| plan.narrow(parts));
    Ok(())
}

/// Takes over what an earlier run says, if that was asked for.
fn heed_earlier(
    run: &RunSettings,
    settings: &Settings,
    commit: Option<&str>,
    selection: &mut Selection,
    host: &dyn Host,
) -> Result<(), Refusal> {
    let Some((ask, name)) = &run.earlier else { return Ok(()) };
    let found = cmd_report::journal(&run.runs, name.as_deref(), &settings.here, host)?;
    if let Some(events) = found.under_way {
        return Err(proof::under_way(&events));
    }
    let journal = found.journal;
    // Of a file with lines that cannot be, none is proof that something need not run.
    if let Some(problem) = journal.problems.first() {
        let events = found.events.display();
        return Err(Refusal::Usage(format!("nothing can be taken over from {events}: {problem}; run it anew")));
    }
    for selected in &mut selection.plans {
        let earlier = journal::earlier(&journal, selected, commit, *ask);
        selected.heed(&earlier);
    }
    Ok(())
}

/// Takes what has passed before out of what is run, if that is wanted.
fn consult_cache(
    run: &RunSettings,
    settings: &Settings,
    selection: &mut Selection,
    console: &mut Console,
    host: &dyn Host,
) -> Option<Book> {
    if !run.cache {
        return None;
    }
    let config = |selected: &Selected| {
        let file = settings.plans.iter().find(|file| file.located.shown == selected.plan.source.name());
        &file.map_or(&settings.config, |file| &file.config).config.cache
    };
    // A report that was written stands where the folder that it is in really is.
    let real = |path: &Path| {
        let folder = path.parent().and_then(|folder| host.canonicalize(folder).ok());
        folder.zip(path.file_name()).map_or_else(|| path.to_path_buf(), |(folder, name)| folder.join(name))
    };
    let mut without: Vec<PathBuf> = run.targets.each().map(|(_, _, path)| real(path)).collect();
    without.push(real(run.runs.folder()));
    let rules = Rules { plans: selection.plans.iter().map(config).collect(), without };
    let (book, notes) = Book::open(selection, rules, &run.runs, host);
    for note in notes {
        console.complain(&note);
    }
    Some(book)
}

/// What of the plans is run.
pub(super) struct Chosen {
    /// The plans that can be.
    pub(super) selection: Selection,
    /// Where each of these comes from.
    pub(super) origins: Vec<Origin>,
    /// The plans that cannot be run.
    pub(super) broken: Vec<Broken>,
}

/// Where a plan comes from.
pub(super) struct Origin {
    /// Its file.
    pub(super) file: PlanFile,
    /// What its front matter says.
    pub(super) front: Config,
}

/// Reads the plans and decides about every check, with the approvals that there are; says what is wrong with them.
///
/// # Errors
/// When variables or approvals cannot be read.
pub(super) fn choose(
    run: &RunSettings,
    settings: &Settings,
    console: &mut Console,
    host: &dyn Host,
) -> Result<Chosen, Refusal> {
    let env_files = EnvFiles::gather(settings, host)?;
    let mut chosen = Chosen { selection: Selection::default(), origins: Vec::new(), broken: Vec::new() };
    for file in &settings.plans {
        let mut loaded = app::load(file, settings, console, host);
        if let Some(plan) = &mut loaded.plan {
            outrank(run, plan);
        }
        let variables = env_files.of(file, &loaded.front, host, &mut loaded.diagnostics);
        console.hide(secrets::of_variables(&variables, settings));
        console.hide(secrets::as_written(&loaded.diagnostics));
        let setup = match run.setup(file, &loaded.front, host) {
            Ok(setup) => Some(setup.with_weaker(variables)),
            Err(problem) => {
                loaded.diagnostics.push(*problem);
                None
            }
        };
        console.say(&full(&loaded.diagnostics, settings.colour_stderr));
        let filter = run.filter(file, &loaded.front, loaded.plan.as_deref());
        let front = std::mem::take(&mut loaded.front);
        match sound(loaded, setup, filter) {
            Ok(selected) => {
                let mut doubts = Diagnostics::default();
                selected.check_claims(&mut doubts);
                console.say(&full(&doubts, settings.colour_stderr));
                chosen.selection.plans.push(selected);
                chosen.origins.push(Origin { file: file.clone(), front });
            }
            Err(diagnostics) => chosen.broken.push(as_broken(file, &diagnostics)),
        }
    }
    let odd = quarantine::apply(&mut chosen, settings, host);
    console.say(&full(&odd, settings.colour_stderr));
    approvals::heed(run, &mut chosen, host)?;
    Ok(chosen)
}

/// What of a plan is run, unless anything is wrong with it.
fn sound(loaded: Loaded, setup: Option<Setup>, filter: Filter) -> Result<Selected, Diagnostics> {
    match (loaded.plan, loaded.graph, setup) {
        (Some(plan), Some(graph), Some(setup)) if !loaded.diagnostics.has_errors() => {
            Ok(select(plan, graph, setup, filter))
        }
        _ => Err(loaded.diagnostics),
    }
}

fn as_broken(file: &PlanFile, diagnostics: &Diagnostics) -> Broken {
    let errors: Vec<_> = diagnostics.all().iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    let place = errors.iter().find_map(|error| error.labels.first());
    Broken {
        path: file.located.shown.clone(),
        line: place
            .filter(|label| label.source.name() == file.located.shown)
            .map(|label| label.source.line(label.span.start)),
        problems: errors.iter().map(|error| error.message.clone()).collect(),
    }
}

/// The command line outranks what the configuration says of single stages, and some of it what checks say of themselves.
fn outrank(run: &RunSettings, plan: &mut Arc<Plan>) {
    let is_silent = run.retries == Retries::default() && run.launcher.is_none() && run.leftovers.is_none();
    if is_silent && run.timeout.is_none() {
        return;
    }
    let plan = Arc::make_mut(plan);
    for check in &mut plan.checks {
        check.launcher = check.launcher.take().filter(|_| run.launcher.is_none());
        check.leftovers = check.leftovers.filter(|_| run.leftovers.is_none());
    }
    for stage in &mut plan.stages {
        stage.timeout = stage.timeout.filter(|_| run.timeout.is_none());
        stage.retries = run.retries.or(stage.retries);
        stage.leftovers = stage.leftovers.filter(|_| run.leftovers.is_none());
    }
}
