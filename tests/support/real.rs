//! Runs with real processes, and ways to know what became of them.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use plan_run::run::{DuctExec, Interrupts, Policy, RunEnd, run};
use plan_run::select::Selection;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::plans::Sketch;
use super::recorder::{End, Recorder, outcome_words};
use super::space::Space;

/// Nothing in these tests takes as long; who waits longer waits for ever.
pub const FOR_EVER: Duration = Duration::from_secs(60);

/// What a run left.
pub struct Ran {
    /// What was run.
    pub selection: Selection,
    /// Its events.
    pub recorder: Recorder,
    /// How it ended.
    pub end: RunEnd,
    _captures: tempfile::TempDir,
}

impl Ran {
    pub fn end(&self, label: &str) -> End {
        self.recorder.end(&self.selection, label)
    }

    /// The outcome of a check in words.
    pub fn outcome(&self, label: &str) -> String {
        outcome_words(&self.end(label).outcome)
    }

    /// The outcomes of all checks in words, in document order.
    pub fn outcomes(&self) -> Vec<String> {
        let checks = &self.selection.plans[0].plan.checks;
        checks.iter().map(|check| self.outcome(&check.label)).collect()
    }

    /// What a check wrote.
    pub fn output(&self, label: &str) -> String {
        let bytes = self.end(label).output.unwrap_or_else(|| panic!("{label} has no output"));
        String::from_utf8(bytes).expect("the output is text")
    }
}

/// Runs a plan with real processes.
pub fn really(sketch: Sketch) -> Ran {
    let ran = really_with(sketch, 4, |_| async {});
    assert_eq!(ran.end, RunEnd { interrupted: false, problems: Vec::new() });
    ran
}

/// Runs a plan while something else goes on that may interrupt it.
pub fn really_with<F: Future<Output = ()> + 'static>(
    sketch: Sketch,
    jobs: usize,
    beside: impl FnOnce(UnboundedSender<()>) -> F,
) -> Ran {
    let selection = sketch.selection();
    let captures = tempfile::tempdir().expect("a temporary folder can be made");
    let policy = Policy { grace: Duration::from_millis(500), ..Policy::new(jobs, captures.path()) };
    let mut recorder = Recorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let end = tokio::task::LocalSet::new().block_on(&runtime, async {
        let (interrupt, mut interrupts): (_, Interrupts) = unbounded_channel();
        tokio::task::spawn_local(beside(interrupt));
        let mut exec = DuctExec::new();
        let run = run(Arc::new(selection.clone()), &policy, &mut exec, &mut interrupts, &mut recorder);
        tokio::time::timeout(FOR_EVER, run).await.expect("the run ends")
    });
    Ran { selection, recorder, end, _captures: captures }
}

/// A plan with one stage, in a folder.
pub fn plan(space: &Space) -> Sketch {
    Sketch::new("plan.md", space.path()).stage("1", &[])
}

/// A named pipe. Who opens it for writing and hands it down is proven gone by its end.
pub struct Witness {
    path: PathBuf,
    gone: std::sync::mpsc::Receiver<()>,
}

impl Witness {
    pub fn new(space: &Space) -> Self {
        let path = space.at("witness");
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success());
        let (sender, gone) = std::sync::mpsc::channel();
        let opened = path.clone();
        std::thread::spawn(move || {
            let mut file = std::fs::File::open(opened).expect("the pipe opens when someone writes");
            _ = file.read_to_end(&mut Vec::new());
            _ = sender.send(());
        });
        Self { path, gone }
    }

    /// The start of a command that this witnesses.
    pub fn watches(&self) -> String {
        format!("exec 7>'{}'", self.path.display())
    }

    pub fn assert_all_gone(&self) {
        self.gone.recv_timeout(Duration::from_secs(20)).expect("no process of the check is alive");
    }
}

/// Whether scripts run in bash here.
pub fn has_bash() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join("bash").exists())
}

/// Waits until something is so.
pub async fn until(mut condition: impl FnMut() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(FOR_EVER, wait).await.expect("it happens");
}
