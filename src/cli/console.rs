//! Where the program's own words go.
//!
//! A reader that goes away (`| head -1`) is no failure and changes no verdict; anything else that keeps data from
//! being written is one. No secret that is known gets through, and in a workflow's log nothing that is told can be
//! obeyed as a command. Must not know what is said.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::settings::Terminals;
use super::workflow;
use crate::host::{Host, random};
use crate::text::{Mask, tame, visible};

/// What holds for the streams of this process, whoever writes to them: there is one pair of them, and a panic or a late
/// interrupt writes to it from wherever it happens.
static STREAMS: Mutex<Streams> = Mutex::new(Streams { secrets: BTreeSet::new(), mask: None, fence: None });

struct Streams {
    /// What must not be shown.
    secrets: BTreeSet<String>,
    /// The same as a mask.
    mask: Option<Arc<Mask>>,
    fence: Option<Fence>,
}

/// A fence around what is told, within which a workflow's runner obeys no command.
struct Fence {
    /// What ends it. Both streams have the same one: their lines may reach the runner in any order, and whichever
    /// end comes first ends the fence.
    token: String,
    /// Whether it was opened on standard output as well.
    on_stdout: bool,
}

/// One of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// The state of the streams. It is never held while something is written, which may take for ever.
fn streams() -> MutexGuard<'static, Streams> {
    STREAMS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Streams {
    /// A text as it may be written to a stream.
    fn prepare(&mut self, text: &str, stream: Stream) -> String {
        let masked = self.mask.as_ref().map_or(text.into(), |mask| mask.text(text));
        match &mut self.fence {
            Some(fence) if stream == Stream::Stdout && !fence.on_stdout => {
                fence.on_stdout = true;
                format!("::stop-commands::{}\n{masked}", fence.token)
            }
            _ => masked.into_owned(),
        }
    }
}

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
        let text = streams().prepare(text, Stream::Stdout);
        match self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(format!("cannot write to standard output: {error}"))
            }
            _ => Ok(()),
        }
    }

    /// Says something on standard error, if anyone listens.
    pub(super) fn say(&mut self, text: &str) {
        // Secrets first: taming could tear one apart.
        let text = tame(&streams().prepare(text, Stream::Stderr));
        self.tell(&text);
    }

    /// Says a line after the program's name, or several. Names of files and words that were typed stand in it as they are.
    pub(super) fn complain(&mut self, line: &str) {
        let lines: Vec<String> = line.split('\n').map(|line| visible(line.as_bytes())).collect();
        self.say(&format!("plan-run: {}\n", lines.join("\n")));
    }

    /// Gives commands to a workflow's runner, behind the fence; on standard error where the other stream has data on it.
    pub(super) fn order(&mut self, commands: &str, on_stderr: bool) {
        let commands = streams().prepare(commands, Stream::Stderr);
        if on_stderr {
            self.tell(&commands);
        } else {
            drop(self.stdout.write_all(commands.as_bytes()).and_then(|()| self.stdout.flush()));
        }
    }

    /// Where others may write to standard error, under the same rules.
    pub(super) fn stderr() -> Box<dyn Write> {
        Box::new(Stderr)
    }

    /// Keeps these out of all that is shown from now on.
    pub(super) fn hide(&self, secrets: impl IntoIterator<Item = String>) {
        let mut streams = streams();
        let before = streams.secrets.len();
        streams.secrets.extend(secrets);
        if streams.secrets.len() > before {
            streams.mask = Mask::new(streams.secrets.iter().map(String::as_str)).map(Arc::new);
        }
    }

    /// What keeps secrets out of what is shown, if there are any.
    pub(super) fn mask(&self) -> Option<Arc<Mask>> {
        streams().mask.clone()
    }

    /// In a workflow: from now on the runner obeys nothing that is told, until the fence is closed.
    pub(super) fn fence_in_workflow(&mut self, host: &dyn Host) {
        if !workflow::is_workflow(host) {
            return;
        }
        let token = format!("plan-run-{:016x}{:016x}", random(), random());
        let opened = format!("::stop-commands::{token}\n");
        streams().fence = Some(Fence { token, on_stdout: false });
        // At once, so that it also holds for reports that are written to standard output.
        self.tell(&opened);
    }

    /// Closes the fence, if there is one.
    pub(super) fn unfence(&mut self) {
        let Some(Fence { token, on_stdout }) = streams().fence.take() else { return };
        let closed = format!("::{token}::\n");
        if on_stdout {
            drop(self.stdout.write_all(closed.as_bytes()).and_then(|()| self.stdout.flush()));
        }
        self.tell(&closed);
    }

    fn tell(&mut self, text: &str) {
        drop(self.stderr.write_all(text.as_bytes()).and_then(|()| self.stderr.flush()));
    }
}

/// Standard error for those who write whole lines to it by themselves.
struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = streams().prepare(&String::from_utf8_lossy(bytes), Stream::Stderr);
        io::stderr().write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
