//! Runs a stage or a check for the editor: plan-run once more, as a process of its own.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Sender;

use serde::Deserialize;
use serde_json::Value;

use super::protocol::{Incoming, Ran};
use crate::text::clean_line;

/// The command of the lenses.
pub(super) const COMMAND: &str = "plan-run.run";

/// What is to be run.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Wanted {
    /// The plan's address.
    pub(super) uri: String,
    /// The stage, with what it needs.
    pub(super) stage: Option<String>,
    /// The check, alone.
    pub(super) check: Option<String>,
    /// Whether it must fail before the work is done.
    #[serde(default)]
    pub(super) red: bool,
}

impl Wanted {
    /// What is run, in words.
    pub(super) fn words(&self) -> String {
        match (&self.stage, &self.check) {
            (Some(stage), _) => format!("stage {}", clean_line(stage)),
            (None, Some(check)) => format!("check {}", clean_line(check)),
            (None, None) => "the plan".to_owned(),
        }
    }
}

/// Starts the run of a plan's file in its repository. What became of it comes as a message, so that the editor is served
/// meanwhile. A run outlives the editor: it is kept, and its commands must not be left half done.
///
/// # Errors
/// When it cannot be started.
pub(super) fn start(
    wanted: &Wanted,
    file: &Path,
    folder: &Path,
    token: Option<Value>,
    sender: Sender<Incoming>,
) -> io::Result<()> {
    let program = std::env::current_exe()?;
    #[expect(clippy::disallowed_methods, reason = "it is plan-run itself, which has an executor of its own")]
    let mut command = Command::new(program);
    command.args(["run", "--progress", "none", "--color", "never"]);
    match (&wanted.stage, &wanted.check) {
        (Some(stage), _) => _ = command.arg(format!("--stage={stage}")),
        (None, Some(check)) => _ = command.arg(format!("--check={check}")).arg("--alone"),
        (None, None) => {}
    }
    if wanted.red {
        command.arg("--red");
    }
    command.arg("--").arg(file).current_dir(folder);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let words = wanted.words();
    let wait = move || {
        let ran = match child.wait_with_output() {
            Ok(output) => {
                let stdout = String::from_utf8_lossy(&output.stdout);
                let stderr = String::from_utf8_lossy(&output.stderr);
                let last = |text: &str| text.lines().rev().find(|line| !line.trim().is_empty()).map(clean_line);
                let said = last(&stdout).or_else(|| last(&stderr)).unwrap_or_default();
                Ran { token, holds: output.status.success(), words: format!("{words}: {said}") }
            }
            Err(error) => Ran { token, holds: false, words: format!("{words}: cannot be waited for: {error}") },
        };
        // Whoever is gone wants to know no more.
        drop(sender.send(Incoming::Ran(ran)));
    };
    std::thread::Builder::new().name("run".to_owned()).spawn(wait).map(drop)
}
