//! A run from its beginning to its end: journal, live output, history and cache around the runner.
//!
//! Must not know which verb asks for it, nor what is told of it afterwards.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::console::Console;
use super::exit_code;
use super::sandboxes;
use super::settings::{Progress, Refusal, RunSettings, Settings, Terminals};
use crate::cache::Book;
use crate::event::Event;
use crate::history::{self, Ahead, History};
use crate::host::{Host, RealHost};
use crate::journal;
use crate::report::{FanOut, LiveBars, LivePlain, RunReport, Tally};
use crate::roster::Roster;
use crate::run::sandbox::Made;
use crate::run::{self, DuctExec, Guard, Interrupts, Listener, Policy, RunEnd};
use crate::select::Selection;

/// How many runs are kept where the configuration says nothing of it.
const KEPT_RUNS: usize = 20;

/// How many entries the cache keeps where the configuration says nothing of it.
const CACHED: usize = 10_000;

/// How long reports may still take to be written after someone asked for the end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// What is to be run.
pub(super) struct Task<'a> {
    /// How.
    pub(super) run: &'a RunSettings,
    /// What holds for all verbs.
    pub(super) settings: &'a Settings,
    /// What.
    pub(super) selection: Arc<Selection>,
    /// The same for those who tell of it.
    pub(super) roster: Roster,
    /// What passed before; `None` where nothing is cached.
    pub(super) book: Option<Book>,
    /// What is kept of earlier runs, where it is being read already.
    pub(super) past: Option<Ahead>,
    /// Whether nothing is run after it, so that an interrupt from then on can only be about the reports.
    pub(super) is_last: bool,
}

/// What a run left.
pub(super) struct Finished {
    /// What became of it.
    pub(super) report: RunReport,
    /// What went wrong in telling of it.
    pub(super) failures: Vec<String>,
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

/// What runs tasks, one after the other, and hears meanwhile of those who want an end.
pub(super) struct Runner {
    /// `None` once it was let go.
    ears: Option<Ears>,
    /// What ends all that was started should the program be killed; `None` where there is none.
    guard: Option<Guard>,
    /// What has got ready for the first task.
    exec: Option<DuctExec>,
    /// Whether a run was left while something of it was under way, which is the guardian's from then on.
    left: bool,
}

/// What gets ready while it is still found out what is to be run, so that the first command need not wait for it: a guardian,
/// and what starts commands. Where nothing is run both are let go.
pub(super) struct Early {
    guard: Option<io::Result<Guard>>,
    exec: Option<DuctExec>,
}

impl Early {
    /// Has both started, for so many jobs at a time. That there is no guardian is told when something is about to be run.
    pub(super) fn start(jobs: usize) -> Self {
        DuctExec::expect_jobs(jobs);
        let guard = Guard::start();
        let mut exec = DuctExec::guarded(guard.as_ref().ok().and_then(Guard::loose_rope));
        exec.prepare();
        Self { guard: Some(guard), exec: Some(exec) }
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        let_go(self.exec.take(), self.guard.take().and_then(Result::ok));
    }
}

/// Lets go of what has started nothing.
fn let_go(exec: Option<DuctExec>, guard: Option<Guard>) {
    // Of a folder that cannot be removed there is nothing in it.
    _ = exec.map(DuctExec::finish);
    if let Some(guard) = guard {
        guard.let_go();
    }
}

/// What hears of interrupts.
struct Ears {
    runtime: tokio::runtime::Runtime,
    interrupts: Interrupts,
}

fn deaf(error: io::Error) -> Refusal {
    Refusal::Report(format!("cannot listen for signals: {error}"))
}

impl Runner {
    /// Begins to listen for interrupts: one that comes before the first task ends that one at once. Has a guardian started
    /// meanwhile. So many jobs are going to be under way at a time.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(super) fn start(jobs: usize, console: &mut Console) -> Result<Self, Refusal> {
        Self::start_with(Early::start(jobs), console)
    }

    /// The same with a guardian that is being started already.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(super) fn start_with(mut early: Early, console: &mut Console) -> Result<Self, Refusal> {
        let guard = early.guard.take();
        let guard = guard.and_then(|guard| guard.map_err(|error| console.complain(&unguarded(&error))).ok());
        let mut runner = Self { ears: None, guard, exec: early.exec.take(), left: false };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Refusal::Report(format!("cannot start the runner: {error}")))?;
        let interrupts = runtime.block_on(async { run::listen().map_err(deaf) })?;
        runner.ears = Some(Ears { runtime, interrupts });
        Ok(runner)
    }

    /// Runs what was selected.
    ///
    /// # Errors
    /// When it could not be begun; then nothing was run.
    pub(super) fn conduct(
        &mut self,
        task: Task<'_>,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<Finished, Refusal> {
        let Task { run, settings, selection, mut roster, book, past, is_last } = task;
        let kept = |error| {
            let folder = run.runs.folder().display();
            Refusal::Report(format!(
                "cannot keep the run in {folder}: {error}; name another folder with --runs; nothing was run"
            ))
        };
        let sandboxes = sandboxes::prepare(&selection, console, host)?;
        let (name, folder) = run.runs.create(host.now(), host).map_err(kept)?;
        roster.run = Some(name);
        let mask = console.mask();
        if let Some(mask) = &mask {
            roster.map_words(|words| mask.text(words).into_owned());
        }
        let (mut history, damaged) = match past {
            Some(past) => past.finish(&roster, host),
            None => History::read(&run.runs, &roster, host),
        };
        for line in damaged {
            console.complain(&line);
        }
        roster.note_before(history.take_before());
        let journal = journal::Writer::create(&folder, &roster, host).map_err(kept)?;
        let mut live = FanOut::default();
        let read = move |path: &Path, start, len| host.read_part(path, start, len);
        match run.progress {
            Progress::Bars => {
                live.add(Box::new(LiveBars::stderr(Console::stderr(), Box::new(read), settings.colour_stderr)))
            }
            Progress::Plain | Progress::Brief => {
                let out = Box::new(io::BufWriter::new(Console::stderr()));
                let lines = LivePlain::new(out, Box::new(read), settings.colour_stderr);
                live.add(Box::new(if run.progress == Progress::Brief { lines.brief() } else { lines }));
            }
            Progress::None => {}
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
        let rope = self.guard.as_mut().map(Guard::rope).transpose();
        let rope = rope.unwrap_or_else(|error| {
            console.complain(&unguarded(&error));
            self.guard = None;
            None
        });
        let made = Made::guarded(rope.clone());
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
            sandboxes,
            made: made.clone(),
            split_output: run.split_output,
            max_capture: run.max_capture.unwrap_or(policy.max_capture),
            ..policy
        };
        let elsewhere = selection.launcher_jobs(run.jobs);
        if elsewhere > 0 {
            DuctExec::expect_jobs(run.jobs.saturating_add(elsewhere));
        }
        let mut exec = self.exec.take().unwrap_or_else(|| DuctExec::guarded(rope));
        let ears = self.ears.as_mut().ok_or_else(|| Refusal::Report("the runner was let go already".to_owned()))?;
        let (end, left) = ears.runtime.block_on(async {
            let stops = run::listen_for_stops().map_err(deaf)?;
            exec.adopt(stops);
            let mut end: RunEnd = run::run(selection, &policy, &mut exec, &mut ears.interrupts, &mut hearing).await;
            let (problems, left) = exec.finish();
            end.problems.extend(problems);
            Ok::<_, Refusal>((end, left))
        })?;
        self.left |= left;
        if let Some(Err(error)) = self.guard.as_mut().map(Guard::started) {
            console.complain(&unguarded(&error));
        }
        sandboxes::tell_unused(&made, console);
        if is_last {
            self.let_go();
        }
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

    /// Runs nothing more. Whoever interrupts from then on cannot wait for the reports. The guardian ends while they are
    /// written; that it has ended is waited for when this is dropped.
    pub(super) fn let_go(&mut self) {
        if let Some(guard) = self.guard.as_mut().filter(|_| !self.left) {
            guard.dismiss();
        }
        if let Some(Ears { runtime, interrupts }) = self.ears.take() {
            heed_late_interrupts(runtime, interrupts);
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let_go(self.exec.take(), self.guard.take_if(|_| !self.left));
    }
}

/// What is said where there is no guardian.
pub(super) fn unguarded(error: &io::Error) -> String {
    format!("cannot start the guardian: {error}; if plan-run is killed with SIGKILL, commands under way go on")
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
