//! The verb `run`: from settings to a verdict.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::app::{self, Loaded};
use super::args::RunArgs;
use super::console::Console;
use super::env_files::EnvFiles;
use super::settings::{PlanFile, Progress, Refusal, RunSettings, Settings, Terminals};
use super::{cmd_report, dry_run, exit_code, revision, secrets};
use crate::cache::{Book, Rules};
use crate::config::Retries;
use crate::diagnostic::render::full;
use crate::diagnostic::{Diagnostics, Severity};
use crate::event::Event;
use crate::history::{self, History};
use crate::host::{Host, RealHost};
use crate::journal;
use crate::plan::Setup;
use crate::report::{FanOut, LiveBars, LivePlain, RunReport, Tally};
use crate::roster::{Broken, Roster};
use crate::run::{self, DuctExec, Interrupts, Listener, Policy, RunEnd};
use crate::select::{Filter, Selected, Selection, select};

/// How many runs are kept where the configuration says nothing of it.
const KEPT_RUNS: usize = 20;

/// How many entries the cache keeps where the configuration says nothing of it.
const CACHED: usize = 10_000;

/// How long reports may still take to be written after someone asked for the end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// Runs the plans, or shows what would be run.
pub(super) fn run(args: &RunArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    console.fence_in_workflow(host);
    let run = match RunSettings::gather(args, settings, console.terminals, host) {
        Ok(run) => run,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let env_files = match EnvFiles::gather(settings, host) {
        Ok(files) => files,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let (mut selection, broken) = choose(&run, &env_files, settings, console, host);
    let repository = settings.plans.first().map_or(&settings.home, |plan| &plan.located.repository);
    let commit = revision::commit(repository, host);
    if let Err(refusal) = heed_earlier(&run, settings, commit.as_deref(), &mut selection, host) {
        return app::refuse(console, &refusal, settings.colour_stderr);
    }
    let book = consult_cache(&run, settings, &mut selection, console, host);
    if run.dry_run {
        let code = if !broken.is_empty() {
            exit_code::BROKEN_PLAN
        } else if selection.runnable() == 0 && !selection.plans.iter().any(Selected::has_cached) {
            exit_code::NOTHING_RAN
        } else {
            exit_code::HOLDS
        };
        return app::done(console, &dry_run::dry_run(&selection), code);
    }
    let mut roster = Roster::of(&selection, broken);
    roster.commit = commit;
    let finished = run
        .targets
        .check("nothing was run", host)
        .and_then(|()| conduct(&run, settings, &selection, roster, book, console, host));
    match finished {
        Ok(Finished { report, failures }) => {
            cmd_report::conclude(&report, &run.targets, failures, settings, console, host)
        }
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
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
        let events = events.display();
        return Err(Refusal::Usage(format!(
            "the run of {events} is still under way; wait for its end, or name another run"
        )));
    }
    let journal = found.journal;
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

/// Reads the plans and decides about every check; says what is wrong with them.
fn choose(
    run: &RunSettings,
    env_files: &EnvFiles,
    settings: &Settings,
    console: &mut Console,
    host: &dyn Host,
) -> (Selection, Vec<Broken>) {
    let mut selection = Selection::default();
    let mut broken = Vec::new();
    for file in &settings.plans {
        let mut loaded = app::load(file, settings, console, host);
        if let Some(plan) = &mut loaded.plan
            && (run.timeout.is_some() || run.retries != Retries::default())
        {
            // The command line outranks what the configuration says of single stages, too.
            for stage in &mut Arc::make_mut(plan).stages {
                stage.timeout = stage.timeout.filter(|_| run.timeout.is_none());
                stage.retries = run.retries.or(stage.retries);
            }
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
        match sound(loaded, setup, Filter { red: run.red }) {
            Ok(selected) => selection.plans.push(selected),
            Err(diagnostics) => broken.push(as_broken(file, &diagnostics)),
        }
    }
    (selection, broken)
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

/// What a run left: the report, and what went wrong in telling of it.
struct Finished {
    report: RunReport,
    failures: Vec<String>,
}

/// Keeps the account of a run and passes on what happens.
struct Hearing<'a> {
    roster: &'a Roster,
    tally: Tally,
    /// `None` after it could not be written to; then [`Hearing::failures`] says so.
    journal: Option<journal::Writer>,
    live: FanOut,
    recorder: history::Recorder,
    /// `None` where nothing is cached.
    book: Option<Book>,
    failures: Vec<String>,
}

impl Hearing<'_> {
    fn note(&mut self, note: impl FnOnce(&mut journal::Writer) -> io::Result<()>) {
        if let Some(Err(error)) = self.journal.as_mut().map(note) {
            self.journal = None;
            self.failures.push(format!("cannot write the journal of the run: {error}"));
        }
    }
}

impl Listener for Hearing<'_> {
    fn hear(&mut self, event: &Event) {
        self.note(|journal| journal.hear(event));
        self.recorder.hear(event);
        if let Some(book) = &mut self.book {
            book.hear(event);
        }
        self.tally.hear(event);
        self.live.hear(self.roster, event);
    }

    fn settled(&mut self) {
        self.note(journal::Writer::settle);
        self.live.settled();
    }

    fn tick(&mut self) {
        self.live.tick(self.roster);
    }
}

/// Runs what was selected.
fn conduct(
    run: &RunSettings,
    settings: &Settings,
    selection: &Selection,
    mut roster: Roster,
    book: Option<Book>,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<Finished, Refusal> {
    let kept = |error| {
        let folder = run.runs.folder().display();
        Refusal::Report(format!(
            "cannot keep the run in {folder}: {error}; name another folder with --runs; nothing was run"
        ))
    };
    let (name, folder) = run.runs.create(host.now(), host).map_err(kept)?;
    roster.run = Some(name);
    let mask = console.mask();
    if let Some(mask) = &mask {
        roster.map_words(|words| mask.text(words).into_owned());
    }
    let journal = journal::Writer::create(&folder, &roster, host).map_err(kept)?;
    let mut live = FanOut::default();
    let read = move |path: &Path, start, len| host.read_part(path, start, len);
    match run.progress {
        Progress::Bars => {
            live.add(Box::new(LiveBars::stderr(Console::stderr(), Box::new(read), settings.colour_stderr)))
        }
        Progress::Plain => {
            live.add(Box::new(LivePlain::new(
                Box::new(io::BufWriter::new(Console::stderr())),
                Box::new(read),
                settings.colour_stderr,
            )));
        }
        Progress::None => {}
    }
    let (mut history, damaged) = History::read(&run.runs, &roster, host);
    for line in damaged {
        console.complain(&line);
    }
    let past = history.take_past();
    let mut hearing = Hearing {
        roster: &roster,
        tally: Tally::new(&roster),
        journal: Some(journal),
        live,
        recorder: history::Recorder::default(),
        book,
        failures: Vec::new(),
    };
    let policy = Policy::new(run.jobs, folder.join(journal::OUTPUT));
    let policy = Policy {
        grace: run.grace,
        memory: run.memory,
        jobserver: run.jobserver.clone(),
        reuse: run.reuse,
        past,
        mask,
        run_timeout: run.run_timeout,
        flaky_fails: run.flaky_fails,
        slow: run.slow,
        patience: run.patience,
        split_output: run.split_output,
        max_capture: run.max_capture.unwrap_or(policy.max_capture),
        ..policy
    };
    let failed = |what: &str, error: io::Error| Refusal::Report(format!("cannot {what}: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("start the runner", error))?;
    let (end, interrupts): (RunEnd, Interrupts) = runtime.block_on(async {
        let mut interrupts = run::listen().map_err(|error| failed("listen for signals", error))?;
        let stops = run::listen_for_stops().map_err(|error| failed("listen for signals", error))?;
        let mut exec = DuctExec::adopting(stops);
        exec.expect_jobs(run.jobs);
        let mut end = run::run(selection, &policy, &mut exec, &mut interrupts, &mut hearing).await;
        end.problems.extend(exec.finish());
        Ok::<_, Refusal>((end, interrupts))
    })?;
    heed_late_interrupts(runtime, interrupts);
    let Hearing { tally, live, mut failures, journal, recorder, book, .. } = hearing;
    // From here on nobody holds it, so that the run counts as over.
    drop(journal);
    failures.extend(live.into_failures());
    if let Err(error) = history.add(&recorder, &roster, host) {
        // The next run will know less, which is no reason to doubt this one.
        console.complain(&format!("cannot keep how long the checks took: {error}"));
    }
    if let Some(book) = book {
        let most = settings.config.config.cache.max_entries.unwrap_or(CACHED);
        match book.close(roster.run.as_deref().unwrap_or_default(), most, host) {
            Ok(notes) => notes.iter().for_each(|note| console.complain(note)),
            Err(error) => console.complain(&format!("cannot keep what passed in the cache: {error}")),
        }
    }
    if let Err(error) = run.runs.prune(settings.config.config.keep_runs.unwrap_or(KEPT_RUNS), host) {
        failures.push(format!("cannot remove an old run in {}: {error}", run.runs.folder().display()));
    }
    Ok(Finished { report: tally.finish(end.problems), failures })
}

/// Ends the program when it is interrupted after the run and the reports do not get done: a pipe that nobody reads
/// would hold it for ever.
fn heed_late_interrupts(runtime: tokio::runtime::Runtime, mut interrupts: Interrupts) {
    let watch = move || {
        let asked = runtime.block_on(async {
            let asked = interrupts.recv().await.is_some();
            // The second time, or the end of the patience, whichever comes first.
            drop(tokio::time::timeout(LAST_MOMENT, interrupts.recv()).await);
            asked
        });
        if asked {
            let mut console = Console::new(Terminals::default());
            console.complain("interrupted before the reports were written");
            console.unfence();
            RealHost::exit(exit_code::INTERRUPTED);
        }
    };
    // Without the thread such an interrupt goes unheard, which is no reason to give up a run that is over.
    drop(std::thread::Builder::new().name("interrupts".to_owned()).spawn(watch));
}
