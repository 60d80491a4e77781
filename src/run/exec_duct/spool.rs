//! Keeps what a job writes: copies it from its pipes to its files.
//!
//! Output comes through one pipe for stdout and stderr, which keeps their order. A file as the child's own stdout
//! would be a little cheaper, but `> /dev/stderr` and `tee /dev/stderr` would then empty it. A process that keeps the
//! pipe open holds nothing up: the end of a job is the end of its process, never the end of the pipe.
//!
//! Where stdout and stderr are to be kept apart, too, each has a pipe of its own. What comes through one of them keeps
//! its order; how the two were mixed is known only as well as it is seen, piece by piece.
//!
//! The file is made when the first byte comes: most checks that hold say nothing, and a file of its own for each of them
//! would cost more than all the rest that is done for it.
//!
//! Must not know what becomes of the job.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::run::exec::Job;
use crate::run::launch::Ear;
use crate::run::script::LONGEST_MARK;
use crate::text::Masking;

/// Output that is copied between two looks at deadlines, in pieces.
const PIECES_PER_TURN: usize = 16;
/// Output that is read at a time, in bytes.
const PIECE: usize = 64 * 1024;
/// As many pieces are in memory at a time, at most.
const MOST_BUFFERS: usize = 32;

/// Memory that the slots share, so that a thousand of them do not need a thousand pieces of it.
#[derive(Default)]
pub(super) struct Buffers {
    state: Mutex<Free>,
    given_back: Condvar,
}

#[derive(Default)]
struct Free {
    free: Vec<Vec<u8>>,
    made: usize,
    /// How many wait for one. To tell somebody who might wait costs a call to the system even when nobody does.
    waiting: usize,
}

impl Buffers {
    /// Lends a buffer for as long as `use_it` takes.
    fn with<T>(&self, use_it: impl FnOnce(&mut [u8]) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = loop {
            if let Some(buffer) = state.free.pop() {
                break buffer;
            }
            if state.made < MOST_BUFFERS {
                state.made += 1;
                break vec![0; PIECE];
            }
            state.waiting += 1;
            state = self.given_back.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        };
        drop(state);
        let result = use_it(&mut buffer);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.free.push(buffer);
        if state.waiting > 0 {
            self.given_back.notify_one();
        }
        result
    }
}

/// Copies a job's output from its pipes to its files.
pub(super) struct Spool<'a> {
    buffers: &'a Buffers,
    streams: Vec<Stream<'a>>,
    kept: Kept<'a>,
    pulse: Option<Pulse<'a>>,
    /// Listens for what a command on another machine reports.
    ear: Option<Ear>,
}

/// One pipe of a job.
struct Stream<'a> {
    /// `None` when all who could write have gone.
    reader: Option<PipeReader>,
    /// The file that takes this stream alone.
    own: Option<File>,
    /// Takes secrets out before anything is written.
    masking: Option<Masking<'a>>,
    masked: Vec<u8>,
}

/// The file that takes everything, and how much more it takes.
struct Kept<'a> {
    path: &'a Path,
    /// `None` as long as nothing was written.
    file: Option<File>,
    room: u64,
    written: u64,
    over: bool,
    error: Option<io::Error>,
}

impl<'a> Spool<'a> {
    /// For a job that writes into pipes, to be kept in its file, and in a file for each pipe if there is one. Marks of a
    /// script come through the first pipe.
    pub(super) fn new(job: &'a Job, pipes: Vec<(PipeReader, Option<File>)>, buffers: &'a Buffers) -> Self {
        let pulse = job.pulse.as_ref().map(|bytes| Pulse { bytes, tail: Vec::new(), beats: 0 });
        let stream = |(reader, own)| Stream {
            reader: Some(reader),
            own,
            masking: job.mask.as_ref().map(|mask| Masking::new(mask, job.pulse.as_deref(), LONGEST_MARK)),
            masked: Vec::new(),
        };
        let kept = Kept { path: &job.output, file: None, room: job.max_capture, written: 0, over: false, error: None };
        let ear = job.remote.as_ref().map(|remote| Ear::new(&remote.number));
        Self { buffers, streams: pipes.into_iter().map(stream).collect(), kept, pulse, ear }
    }

    /// What becomes readable when there is something to copy.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.streams.iter().filter_map(|stream| stream.reader.as_ref().map(AsFd::as_fd))
    }

    /// Whether all who could write have gone.
    pub(super) fn is_closed(&self) -> bool {
        self.streams.iter().all(|stream| stream.reader.is_none())
    }

    /// What stood in the way of keeping the output.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.kept.error.take()
    }

    /// How much was written to the file, in bytes. Without any there is no file.
    pub(super) fn written(&self) -> u64 {
        self.kept.written
    }

    /// Whether more came than is kept.
    pub(super) fn is_over(&self) -> bool {
        self.kept.over
    }

    /// How often the job's pulse came up.
    pub(super) fn beats(&self) -> u64 {
        self.pulse.as_ref().map_or(0, |pulse| pulse.beats)
    }

    /// What listens for the reports of a command on another machine.
    pub(super) fn ear(&self) -> Option<&Ear> {
        self.ear.as_ref()
    }

    /// Writes what was held back: nothing more is taken.
    pub(super) fn finish(&mut self) {
        if let (Some(ear), Some(stream)) = (&mut self.ear, self.streams.first_mut()) {
            let mut rest = Vec::new();
            ear.finish(&mut rest);
            stream.keep(&rest, &mut self.kept);
        }
        for stream in &mut self.streams {
            if let Some(masking) = &mut stream.masking {
                masking.finish(&mut stream.masked);
                self.kept.keep(&stream.masked, stream.own.as_mut());
                stream.masked.clear();
            }
        }
    }

    /// Copies what is there, but not for ever. After an error, or when it is too much, the output is read and dropped,
    /// so that the job goes on.
    pub(super) fn copy(&mut self) {
        if self.is_closed() {
            return;
        }
        let Self { buffers, streams, kept, pulse, ear } = self;
        buffers.with(|buffer| {
            for (index, stream) in streams.iter_mut().enumerate() {
                // A script's marks come through the first pipe.
                stream.copy(buffer, kept, pulse.as_mut().filter(|_| index == 0), ear.as_mut().filter(|_| index == 0));
            }
        });
    }
}

impl Stream<'_> {
    fn copy(
        &mut self,
        buffer: &mut [u8],
        kept: &mut Kept<'_>,
        mut pulse: Option<&mut Pulse<'_>>,
        mut ear: Option<&mut Ear>,
    ) {
        for _ in 0..PIECES_PER_TURN {
            let (count, more) = self.fill(buffer, kept);
            let piece = &buffer[..count];
            if let Some(pulse) = &mut pulse {
                pulse.hear(piece);
            }
            match &mut ear {
                None => self.keep(piece, kept),
                Some(ear) => {
                    let mut own = Vec::new();
                    ear.hear(piece, &mut own);
                    self.keep(&own, kept);
                }
            }
            if !more {
                return;
            }
        }
    }

    /// Keeps a piece, without the secrets in it.
    fn keep(&mut self, piece: &[u8], kept: &mut Kept<'_>) {
        match &mut self.masking {
            None => kept.keep(piece, self.own.as_mut()),
            Some(masking) => {
                masking.push(piece, &mut self.masked);
                kept.keep(&self.masked, self.own.as_mut());
                self.masked.clear();
            }
        }
    }

    /// Reads what is there into a buffer, as far as it has room, so that what was written in small parts is kept in large
    /// ones. Gives how much that is, and whether there may be more.
    fn fill(&mut self, buffer: &mut [u8], kept: &mut Kept<'_>) -> (usize, bool) {
        let mut count = 0;
        while let Some(reader) = &mut self.reader {
            match reader.read(&mut buffer[count..]) {
                Ok(0) => self.reader = None,
                Ok(more) => {
                    count += more;
                    if count == buffer.len() {
                        return (count, true);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => {
                    kept.error.get_or_insert(error);
                    self.reader = None;
                }
            }
        }
        (count, false)
    }
}

impl Kept<'_> {
    /// Writes a piece, as far as there is room for it.
    fn keep(&mut self, piece: &[u8], own: Option<&mut File>) {
        if self.error.is_some() || self.over {
            return;
        }
        let room = usize::try_from(self.room).unwrap_or(usize::MAX);
        let taken = &piece[..piece.len().min(room)];
        self.over = taken.len() < piece.len();
        self.room -= taken.len() as u64;
        if taken.is_empty() {
            return;
        }
        let written = self.write(taken).and_then(|()| own.map_or(Ok(()), |own| own.write_all(taken)));
        self.error = written.err();
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(make(self.path)?),
        };
        file.write_all(piece)?;
        self.written += piece.len() as u64;
        Ok(())
    }
}

/// Makes a file that takes what a job writes.
pub(super) fn make(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// Listens for certain bytes in a stream.
struct Pulse<'a> {
    bytes: &'a [u8],
    /// The end of what was heard so far, too short to hold the bytes.
    tail: Vec<u8>,
    beats: u64,
}

impl Pulse<'_> {
    fn hear(&mut self, heard: &[u8]) {
        let most = self.bytes.len() - 1;
        // Across the border first: what was kept, and as much of the new as can belong to it.
        self.tail.extend(&heard[..heard.len().min(most)]);
        self.beats += occurrences(&self.tail, self.bytes) + occurrences(heard, self.bytes);
        if heard.len() >= most {
            self.tail.clear();
            self.tail.extend(&heard[heard.len() - most..]);
        } else {
            let surplus = self.tail.len().saturating_sub(most);
            self.tail.drain(..surplus);
        }
    }
}

fn occurrences(text: &[u8], wanted: &[u8]) -> u64 {
    let first = wanted[0];
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        count += u64::from(rest[at..].starts_with(wanted));
        rest = &rest[at + 1..];
    }
    count
}
