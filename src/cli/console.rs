//! Where the program's own words go.
//!
//! A reader that goes away (`| head -1`) is no failure and changes no verdict; anything else that keeps data from
//! being written is one. Must not know what is said.

use std::io::{self, ErrorKind, Write};

use super::settings::Terminals;
use crate::text::tame;

/// The program's own streams.
pub(super) struct Console {
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    /// Which of them are terminals.
    pub(super) terminals: Terminals,
}

impl Console {
    /// The streams of this process.
    pub(super) fn new(terminals: Terminals) -> Self {
        Self { stdout: Box::new(io::stdout()), stderr: Box::new(io::stderr()), terminals }
    }

    /// Writes data to standard output.
    ///
    /// # Errors
    /// When it cannot be written although someone reads it; in words.
    pub(super) fn data(&mut self, text: &str) -> Result<(), String> {
        match self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(format!("cannot write to standard output: {error}"))
            }
            _ => Ok(()),
        }
    }

    /// Says something on standard error, if anyone listens.
    pub(super) fn say(&mut self, text: &str) {
        drop(self.stderr.write_all(tame(text).as_bytes()).and_then(|()| self.stderr.flush()));
    }

    /// Says one line after the program's name.
    pub(super) fn complain(&mut self, line: &str) {
        self.say(&format!("plan-run: {line}\n"));
    }
}
