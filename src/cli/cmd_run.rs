//! The verb `run`: from settings to a verdict.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::app::{self, Loaded};
use super::args::RunArgs;
use super::console::Console;
use super::settings::{PlanFile, Progress, Refusal, RunSettings, Settings, SummaryFile, Terminals};
use super::{dry_run, exit_code};
use crate::diagnostic::render::full;
use crate::diagnostic::{Diagnostics, Severity};
use crate::event::Event;
use crate::host::{Host, RealHost};
use crate::plan::Setup;
use crate::report::{self, Broken, FanOut, LiveBars, LivePlain, RunReport, Tally, Verdict};
use crate::run::{self, DuctExec, Interrupts, Listener, Policy, RunEnd};
use crate::select::{Filter, Selected, Selection, select};

/// The most bytes of a summary: GitHub drops one of more than a MiB, whatever stands in it.
const SUMMARY_LIMIT: usize = 1_000_000;

/// How long reports may still take to be written after someone asked for the end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// Runs the plans, or shows what would be run.
pub(super) fn run(args: &RunArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    let run = match RunSettings::gather(args, settings, console.terminals, host) {
        Ok(run) => run,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let (selection, broken) = choose(&run, settings, console, host);
    if run.dry_run {
        let code = if !broken.is_empty() {
            exit_code::BROKEN_PLAN
        } else if selection.runnable() == 0 {
            exit_code::NOTHING_RAN
        } else {
            exit_code::HOLDS
        };
        return app::done(console, &dry_run::dry_run(&selection), code);
    }
    if let Err(refusal) = check_targets(&run, host) {
        return app::refuse(console, &refusal, settings.colour_stderr);
    }
    match conduct(&run, settings, &selection, broken, host) {
        Ok(finished) => conclude(&run, settings, finished, console, host),
        Err(why) => {
            console.complain(&why);
            exit_code::INTERNAL
        }
    }
}

/// Reads the plans and decides about every check; says what is wrong with them.
fn choose(run: &RunSettings, settings: &Settings, console: &mut Console, host: &dyn Host) -> (Selection, Vec<Broken>) {
    let mut selection = Selection::default();
    let mut broken = Vec::new();
    for file in &settings.plans {
        let mut loaded = app::load(file, host);
        if let (Some(_), Some(plan)) = (run.timeout, &mut loaded.plan) {
            // The command line outranks what the configuration says of single stages, too.
            Arc::make_mut(plan).stages.iter_mut().for_each(|stage| stage.timeout = None);
        }
        let setup = match run.setup(file, &loaded.front, host) {
            Ok(setup) => Some(setup),
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

/// Finds out before anything runs whether the reports could be written.
fn check_targets(run: &RunSettings, host: &dyn Host) -> Result<(), Refusal> {
    let junit = run.junit.as_deref().map(|path| ("the JUnit report", path));
    let summary = run.summary.as_ref().map(|summary| ("the summary", summary.path.as_path()));
    for (what, path) in junit.into_iter().chain(summary) {
        host.check_writable(path).map_err(|error| {
            Refusal::Report(format!("cannot write {what} to {}: {error}; nothing was run", path.display()))
        })?;
    }
    Ok(())
}

/// What a run left: the report, what went wrong in telling of it, and the outputs.
struct Finished {
    report: RunReport,
    failures: Vec<String>,
    captures: Captures,
}

/// Holds what the commands wrote, for as long as the reports need it. Who leaves early takes it along.
type Captures = Arc<Mutex<Option<tempfile::TempDir>>>;

/// Keeps the account of a run and passes on what happens.
struct Hearing<'a> {
    selection: &'a Selection,
    tally: Tally,
    live: FanOut,
}

impl Listener for Hearing<'_> {
    fn hear(&mut self, event: &Event) {
        self.tally.hear(event);
        self.live.hear(self.selection, event);
    }

    fn tick(&mut self) {
        self.live.tick(self.selection);
    }
}

/// Runs what was selected.
fn conduct(
    run: &RunSettings,
    settings: &Settings,
    selection: &Selection,
    broken: Vec<Broken>,
    host: &'static dyn Host,
) -> Result<Finished, String> {
    let captures = tempfile::Builder::new()
        .prefix("plan-run-")
        .tempdir()
        .map_err(|error| format!("cannot make a temporary directory for the output of commands: {error}"))?;
    let mut live = FanOut::default();
    let read = move |path: &Path, start, len| host.read_part(path, start, len);
    match run.progress {
        Progress::Bars => live.add(Box::new(LiveBars::stderr(Box::new(read), settings.colour_stderr))),
        Progress::Plain => {
            let stderr = Box::new(std::io::stderr());
            live.add(Box::new(LivePlain::new(stderr, Box::new(read), settings.colour_stderr)));
        }
        Progress::None => {}
    }
    let mut hearing = Hearing { selection, tally: Tally::new(selection, broken), live };
    let policy = Policy { jobs: run.jobs, grace: run.grace, captures: captures.path().to_path_buf() };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runner: {error}"))?;
    let (end, interrupts): (RunEnd, Interrupts) = runtime.block_on(async {
        let mut interrupts = run::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let mut exec = DuctExec::new();
        let end = run::run(selection, &policy, &mut exec, &mut interrupts, &mut hearing).await;
        Ok::<_, String>((end, interrupts))
    })?;
    let captures = Arc::new(Mutex::new(Some(captures)));
    heed_late_interrupts(runtime, interrupts, Arc::clone(&captures));
    let report = hearing.tally.finish(end.problems);
    Ok(Finished { report, failures: hearing.live.into_failures(), captures })
}

/// Ends the program when it is interrupted after the run and the reports do not get done: a pipe that nobody reads
/// would hold it for ever.
fn heed_late_interrupts(runtime: tokio::runtime::Runtime, mut interrupts: Interrupts, captures: Captures) {
    let watch = move || {
        let asked = runtime.block_on(async {
            let asked = interrupts.recv().await.is_some();
            // The second time, or the end of the patience, whichever comes first.
            drop(tokio::time::timeout(LAST_MOMENT, interrupts.recv()).await);
            asked
        });
        if asked {
            drop(captures.lock().unwrap_or_else(PoisonError::into_inner).take());
            Console::new(Terminals::default()).complain("interrupted before the reports were written");
            RealHost::exit(exit_code::INTERRUPTED);
        }
    };
    // Without the thread such an interrupt goes unheard, which is no reason to give up a run that is over.
    drop(std::thread::Builder::new().name("interrupts".to_owned()).spawn(watch));
}

/// Writes the reports, tells the verdict and gives the exit code.
fn conclude(run: &RunSettings, settings: &Settings, finished: Finished, console: &mut Console, host: &dyn Host) -> u8 {
    let Finished { report, mut failures, captures } = finished;
    failures.extend(write_reports(run, &report, host));
    for failure in &failures {
        console.complain(failure);
    }
    let mut verdict = Verdict::of(&report, &failures);
    let closing = |verdict, colour| report::closing(&report, verdict, colour);
    // A report on standard output is data that the closing words would spoil.
    let data_on_stdout = [run.junit.as_deref(), run.summary.as_ref().map(|summary| summary.path.as_path())]
        .into_iter()
        .flatten()
        .any(is_stdout);
    if data_on_stdout {
        console.say(&closing(verdict, settings.colour_stderr));
    } else if let Err(why) = console.data(&closing(verdict, settings.colour_stdout)) {
        failures.push(why.clone());
        verdict = Verdict::of(&report, &failures);
        console.complain(&why);
        console.say(&closing(verdict, settings.colour_stderr));
    }
    let captures = captures.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Err(error)) = captures.map(tempfile::TempDir::close) {
        console.complain(&format!("cannot remove the temporary directory: {error}"));
    }
    exit_code::of(verdict)
}

/// Writes the report files; gives what went wrong.
fn write_reports(run: &RunSettings, report: &RunReport, host: &dyn Host) -> Vec<String> {
    let read = |path: &Path, start, len| host.read_part(path, start, len);
    let mut failures = Vec::new();
    let mut note = |what: &str, path: &Path, written: io::Result<()>| match written {
        Ok(()) => {}
        // Whoever read standard output has seen enough, which says nothing about the plan.
        Err(error) if error.kind() == ErrorKind::BrokenPipe && is_stdout(path) => {}
        Err(error) => failures.push(format!("cannot write {what} to {}: {error}", path.display())),
    };
    if let Some(path) = &run.junit {
        note("the JUnit report", path, report::junit(report, &read).and_then(|xml| host.write(path, &xml)));
    }
    if let Some(SummaryFile { path, append }) = &run.summary {
        let there = if *append { host.read(path).map_or(0, |bytes| bytes.len()) } else { 0 };
        let limit = SUMMARY_LIMIT.saturating_sub(there);
        let written = report::markdown(report, &read, run.links.as_deref(), limit).and_then(|text| {
            if *append { host.append(path, text.as_bytes()) } else { host.write(path, text.as_bytes()) }
        });
        note("the summary", path, written);
    }
    failures
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("/dev/stdout")
}
