//! The runner's side of the guardian: starts it, tells it what to look for, and lets it go.
//!
//! Must not know how the guardian does its work.

#![cfg_attr(
    not(target_os = "linux"),
    expect(clippy::disallowed_methods, reason = "the guardian is a process that is started here")
)]

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use super::book::Book;
use super::vigil::GUARD;
use super::{tag, vigil};
use crate::host::random;
use crate::run::{mark, os, own, spawn};

/// Stands in the place of a job's number in the marks of other runners.
const RUNNER: &str = "run";

/// A guardian, as the one sees it who started it.
#[derive(Debug)]
pub struct Guard {
    /// `None` once it was let go.
    rope: Option<Rope>,
    /// Tells whether it was started; `None` once that was heard.
    started: Option<mpsc::Receiver<io::Result<()>>>,
    /// The thread that has started it and waits for it. It is no child of the first thread, to which the processes come
    /// that commands leave behind.
    keeper: JoinHandle<()>,
}

/// What ties a runner to its guardian: as long as any copy of it is there, the runner is.
#[derive(Clone, Debug)]
pub struct Rope(Arc<Ends>);

#[derive(Debug)]
struct Ends {
    pipe: PipeWriter,
    book: Arc<Book>,
    there: Mutex<There>,
}

/// Whether the guardian's process is there.
#[derive(Debug)]
enum There {
    /// This brings a byte when it is, and ends without one where none can be.
    Asked(PipeReader),
    Known(bool),
}

impl Guard {
    /// Starts a guardian, while whoever asks for it goes on. `program` is this very program, of which the first argument
    /// makes a guardian.
    ///
    /// # Errors
    /// When there are no means to start it.
    pub fn start() -> io::Result<Self> {
        // What is started from now on has the mark; the guardian has it, too, and knows itself.
        let tag = tag::set();
        let book = Arc::new(Book::new()?);
        let (reader, pipe) = io::pipe()?;
        let (there, tells) = io::pipe()?;
        let (told, started) = mpsc::channel();
        let shared = Arc::clone(&book);
        let keep = move || {
            let process = start(reader.as_fd(), shared.file(), tells.as_fd());
            drop((reader, tells));
            match process {
                Ok(process) => {
                    drop(told.send(Ok(())));
                    os::wait_for(process);
                }
                Err(error) => drop(told.send(Err(error))),
            }
        };
        let keeper = std::thread::Builder::new().name("guardian".to_owned()).stack_size(64 * 1024).spawn(keep)?;
        let rope = Rope(Arc::new(Ends { pipe, book, there: Mutex::new(There::Asked(there)) }));
        if let Some(tag) = tag {
            rope.tell(vigil::TAG, tag.to_string().as_bytes());
        }
        Ok(Self { rope: Some(rope), started: Some(started), keeper })
    }

    /// Waits until its process is there, which it is at once as a rule; gives what it is told by. That process is on its way
    /// to become the guardian, and whatever becomes of this program meanwhile does not keep it from that.
    ///
    /// # Errors
    /// When it could not be started.
    pub fn rope(&mut self) -> io::Result<Rope> {
        let rope = self.loose_rope().ok_or_else(|| io::Error::other("it was let go"))?;
        if !rope.holds() {
            self.started()?;
        }
        Ok(rope)
    }

    /// What it is told by, whether or not it is there already.
    pub fn loose_rope(&self) -> Option<Rope> {
        self.rope.clone()
    }

    /// Waits until it is known whether it could be started.
    ///
    /// # Errors
    /// When it could not; told once.
    pub fn started(&mut self) -> io::Result<()> {
        match self.started.take() {
            Some(started) => started.recv().map_err(|_| io::Error::other("nothing was heard of it"))?,
            None => Ok(()),
        }
    }

    /// Makes a variable for the environment of another runner, by which that and all that it starts end with this program.
    ///
    /// # Errors
    /// When there is no guardian.
    pub fn leash(&mut self) -> io::Result<(&'static str, String)> {
        let own = format!("{:016x}", random());
        self.rope()?.tell_mark(&own);
        let mark = mark::of_job(&own, RUNNER);
        Ok((mark::NAME, mark::behind(os::inherited(mark::NAME).as_deref(), mark)))
    }

    /// Says that nothing is left to be ended. Nothing can be told to it from then on.
    pub fn dismiss(&mut self) {
        if let Some(rope) = self.rope.take() {
            rope.tell(vigil::END, b"");
        }
    }

    /// Dismisses it, unless that is done, and waits for its end.
    pub fn let_go(mut self) {
        self.dismiss();
        // It has nothing more to do. Should it have been killed, then it is over as well.
        drop(self.keeper.join());
    }
}

impl Rope {
    /// Waits until the guardian's process is there, or is known not to be started. Says whether it said so itself, which only
    /// Linux lets it do.
    pub(in crate::run) fn holds(&self) -> bool {
        let mut there = self.0.there.lock().unwrap_or_else(PoisonError::into_inner);
        if let There::Asked(pipe) = &mut *there {
            *there = There::Known(pipe.read_exact(&mut [0]).is_ok());
        }
        matches!(*there, There::Known(true))
    }

    /// Tells of a mark in the environment of all that is going to be started.
    pub(in crate::run) fn tell_mark(&self, mark: &str) {
        self.tell(vigil::MARK, mark.as_bytes());
    }

    /// Tells of a folder that goes with the run. It need not be there yet, but nobody else may make it.
    pub(in crate::run) fn tell_folder(&self, folder: &Path) {
        self.tell(vigil::FOLDER, folder.as_os_str().as_bytes());
    }

    /// Tells of a file or a folder that is about to be made, and goes with the run as long as nothing is in it.
    pub(in crate::run) fn tell_made(&self, path: &Path) {
        self.tell(vigil::MADE, path.as_os_str().as_bytes());
    }

    /// Tells of one that was made that it is the run's no more.
    pub(in crate::run) fn tell_kept(&self, path: &Path) {
        self.tell(vigil::KEPT, path.as_os_str().as_bytes());
    }

    /// Notes which group is under way in a place, or with 0 that none is.
    pub(in crate::run) fn note_group(&self, place: usize, group: i32) {
        self.0.book.note(place, group);
    }

    fn tell(&self, what: u8, text: &[u8]) {
        let mut line = vec![what];
        line.extend_from_slice(text);
        line.push(0);
        // One that was killed hears nothing, and the run goes on.
        _ = (&self.0.pipe).write_all(&line);
    }
}

/// Starts the program once more, in a session of its own; gives the number of the process.
#[cfg(target_os = "linux")]
fn start(input: BorrowedFd<'_>, book: &File, there: BorrowedFd<'_>) -> io::Result<i32> {
    let program = std::ffi::CString::new(own::program()?)?;
    spawn::start_apart(&program, &[c"run-guardian", GUARD], input, book.as_fd(), there)
}

/// Starts the program once more, in a group of its own; gives the number of the process. It is there when that is known.
#[cfg(not(target_os = "linux"))]
fn start(input: BorrowedFd<'_>, book: &File, _there: BorrowedFd<'_>) -> io::Result<i32> {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    let mut command = Command::new(own::program()?);
    command.arg0("run-guardian").arg(std::ffi::OsStr::from_bytes(GUARD.to_bytes())).env_clear().current_dir("/");
    command.stdin(input.try_clone_to_owned()?).stdout(book.try_clone()?).stderr(Stdio::null()).process_group(0);
    let child = command.spawn()?;
    i32::try_from(child.id()).map_err(io::Error::other)
}
