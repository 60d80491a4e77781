//! `run --watch`: runs again what a saved file touches. The only file that names `notify`.
//!
//! Each run is plan-run once more, as a process of its own, so that it is just what a run is elsewhere. What has changed is
//! told by git's view of the tree before and after, not by the events of the file system, which only say that it is worth
//! looking: so ignored files never count, and many saves at once make one run. Must not know what touches a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

use super::conduct::unguarded;
use super::console::Console;
use super::settings::{Refusal, Settings};
use super::{app, exit_code};
use crate::host::{Host, RealHost};
use crate::run::Guard;
use crate::text::{clean_line, plural};

/// How long nothing must happen before a burst of saves counts as over: editors and formatters write several files, and some
/// of them twice.
const QUIET: Duration = Duration::from_millis(150);

/// The most files that are named.
const MOST_NAMED: usize = 3;

/// What wakes the watcher.
enum Woken {
    /// Something was written somewhere.
    Saved,
    /// The run is over, or could not be waited for.
    Ended(io::Result<()>),
    /// Someone wants an end.
    Asked {
        /// Whether the terminal told the run as well, which is in the same group.
        by_terminal: bool,
    },
}

/// Each file of the trees that git does not ignore, with its state.
type Files = BTreeMap<PathBuf, String>;

/// Runs the plans, and again what is touched by what is saved, until someone interrupts.
pub(super) fn watch(settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let (guard, leash) = leashed(console);
    let done = attempt(settings, leash.as_ref(), console, host);
    if let Some(guard) = guard {
        guard.let_go();
    }
    match done {
        Ok(code) => code,
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

/// A variable for the environment of a run.
type Leash = (&'static str, String);

/// What ends the run under way should this program be killed, and the variable by which it knows the run. Neither where the
/// system does not let it.
fn leashed(console: &mut Console) -> (Option<Guard>, Option<Leash>) {
    let made = Guard::start().and_then(|mut guard| guard.leash().map(|leash| (guard, leash)));
    made.map_err(|error| console.complain(&unguarded(&error))).ok().unzip()
}

fn attempt(settings: &Settings, leash: Option<&Leash>, console: &mut Console, host: &dyn Host) -> Result<u8, Refusal> {
    let folders: BTreeSet<&Path> = settings.plans.iter().map(|plan| plan.located.repository.as_path()).collect();
    let look = || {
        let mut files = Files::new();
        for folder in &folders {
            let tree = host.tree(folder)?;
            files.extend(
                tree.files
                    .into_iter()
                    .filter(|file| !is_own(Path::new(&file.path)))
                    .map(|file| (tree.root.join(file.path), file.state)),
            );
        }
        Ok(files)
    };
    let blind = |error: io::Error| {
        Refusal::Usage(format!("--watch asks git which files have changed, and it does not tell: {error}"))
    };
    let mut known = look().map_err(blind)?;
    let (sender, woken) = channel();
    // It watches as long as it lives.
    let _watcher =
        watcher(&folders, &sender).map_err(|error| Refusal::Report(format!("cannot watch files: {error}")))?;
    listen(&sender).map_err(|error| Refusal::Report(format!("cannot listen for signals: {error}")))?;
    // What runs write: made in one of them, or written in two of them one after the other.
    let mut written: BTreeSet<PathBuf> = BTreeSet::new();
    let mut before_that: BTreeSet<PathBuf> = BTreeSet::new();
    let mut saved: Vec<PathBuf> = Vec::new();
    loop {
        if run(&saved, leash, &sender, &woken)? {
            return Ok(exit_code::INTERRUPTED);
        }
        // Events of what happened by now say nothing that the next look does not see.
        if drain(&woken) {
            return Ok(exit_code::INTERRUPTED);
        }
        let now = look().map_err(blind)?;
        let during: BTreeSet<PathBuf> = changed(&known, &now).into_iter().collect();
        written.extend(during.iter().filter(|path| !known.contains_key(*path) || before_that.contains(*path)).cloned());
        // Someone may have saved it while it ran: then the run may have seen what was there before.
        saved = during.iter().filter(|path| !written.contains(*path)).cloned().collect();
        before_that = during;
        known = now;
        if saved.is_empty() {
            before_that.clear();
            console.complain("watching for changes; Ctrl-C ends");
        }
        while saved.is_empty() {
            if wait(&woken) {
                return Ok(exit_code::INTERRUPTED);
            }
            let now = look().map_err(blind)?;
            saved = changed(&known, &now);
            known = now;
        }
        console.say("\n");
        console.complain(&format!("{}; what it touches runs again", told(&saved, &settings.here)));
    }
}

/// Whether a file lies where plan-run keeps its own, or git does.
fn is_own(path: &Path) -> bool {
    path.components().any(|part| matches!(part.as_os_str().to_str(), Some(".plan-run" | ".git")))
}

fn watcher(folders: &BTreeSet<&Path>, sender: &Sender<Woken>) -> notify::Result<RecommendedWatcher> {
    let sender = sender.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Where it cannot be told what happened, a look does no harm.
        let matters = event.map_or(true, |event| {
            !event.kind.is_access() && (event.paths.is_empty() || !event.paths.iter().all(|path| is_own(path)))
        });
        if matters {
            drop(sender.send(Woken::Saved));
        }
    })?;
    folders.iter().try_for_each(|folder| watcher.watch(folder, RecursiveMode::Recursive))?;
    Ok(watcher)
}

/// Hears of those who want an end, on a thread of its own.
fn listen(sender: &Sender<Woken>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut interrupts, mut terminations, mut hangups) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?)
    };
    let sender = sender.clone();
    let hear = move || {
        runtime.block_on(async {
            loop {
                let by_terminal = tokio::select! {
                    _ = interrupts.recv() => true,
                    _ = terminations.recv() => false,
                    _ = hangups.recv() => false,
                };
                if sender.send(Woken::Asked { by_terminal }).is_err() {
                    return;
                }
            }
        });
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(hear).map(drop)
}

/// Runs plan-run once with the words that were typed, of the plans those that are touched by some files, or all for the
/// first time. Gives whether someone wants an end.
fn run(
    saved: &[PathBuf],
    leash: Option<&Leash>,
    sender: &Sender<Woken>,
    woken: &Receiver<Woken>,
) -> Result<bool, Refusal> {
    let failed = |error: io::Error| Refusal::Report(format!("cannot run plan-run once more: {error}"));
    let mut child = start(saved, leash).map_err(failed)?;
    let pid = Pid::from_child(&child);
    let sender = sender.clone();
    let wait = move || drop(sender.send(Woken::Ended(child.wait().map(drop))));
    std::thread::Builder::new().name("run".to_owned()).spawn(wait).map_err(failed)?;
    let mut asked = false;
    loop {
        match woken.recv() {
            Ok(Woken::Saved) => {}
            Ok(Woken::Asked { by_terminal }) => {
                asked = true;
                if !by_terminal {
                    // It may be over already.
                    let _ = kill_process(pid, Signal::TERM);
                }
            }
            Ok(Woken::Ended(ended)) => return ended.map(|()| asked).map_err(failed),
            Err(_) => return Ok(true),
        }
    }
}

fn start(saved: &[PathBuf], leash: Option<&Leash>) -> io::Result<Child> {
    let program = std::env::current_exe()?;
    #[expect(clippy::disallowed_methods, reason = "it is plan-run itself, which has an executor of its own")]
    let mut command = Command::new(program);
    let typed: Vec<OsString> = RealHost::arguments().skip(1).collect();
    let end = typed.iter().position(|word| word == "--").unwrap_or(typed.len());
    let has_verb = typed[..end].iter().any(|word| word == "run");
    if !has_verb {
        command.arg("run");
    }
    let words = typed.iter().enumerate().filter(|(index, word)| *index >= end || *word != "--watch");
    for (index, word) in words {
        if index == end {
            command.args(touched_by(saved));
        }
        command.arg(word);
    }
    if end == typed.len() {
        command.args(touched_by(saved));
    }
    if let Some((name, value)) = leash {
        command.env(name, value);
    }
    command.stdin(Stdio::null()).spawn()
}

fn touched_by(saved: &[PathBuf]) -> impl Iterator<Item = OsString> {
    saved.iter().map(|path| {
        let mut word = OsString::from("--touched-by=");
        word.push(path);
        word
    })
}

/// Takes what has been told so far; gives whether someone wants an end.
fn drain(woken: &Receiver<Woken>) -> bool {
    woken.try_iter().any(|woken| matches!(woken, Woken::Asked { .. }))
}

/// Waits for the end of the next burst of saves; gives whether someone wants an end instead.
fn wait(woken: &Receiver<Woken>) -> bool {
    let mut next = woken.recv().ok();
    while let Some(event) = next {
        if matches!(event, Woken::Asked { .. }) {
            return true;
        }
        next = woken.recv_timeout(QUIET).ok();
    }
    false
}

/// The files that are not as they were: other ones, new ones, and those that are gone.
fn changed(before: &Files, now: &Files) -> Vec<PathBuf> {
    let differs = now.iter().filter(|(path, state)| before.get(*path) != Some(*state)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let all: BTreeSet<&PathBuf> = differs.chain(gone).collect();
    all.into_iter().cloned().collect()
}

fn told(saved: &[PathBuf], here: &Path) -> String {
    let name = |path: &PathBuf| clean_line(&path.strip_prefix(here).unwrap_or(path).to_string_lossy());
    let names: Vec<String> = saved.iter().take(MOST_NAMED).map(name).collect();
    let have = if saved.len() == 1 { "has" } else { "have" };
    match saved.len().saturating_sub(MOST_NAMED) {
        0 => format!("{} {have} changed", names.join(", ")),
        more => format!("{} and {} more {have} changed", names.join(", "), plural(more, "file")),
    }
}
