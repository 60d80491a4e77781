//! Keeps what a job writes: copies it from its pipe to its file.
//!
//! Output comes through one pipe for stdout and stderr, which keeps their order. A file as the child's own stdout
//! would be a little cheaper, but `> /dev/stderr` and `tee /dev/stderr` would then empty it. A process that keeps the
//! pipe open holds nothing up: the end of a job is the end of its process, never the end of the pipe.
//!
//! Must not know what becomes of the job.

use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use crate::run::exec::Job;
use crate::run::script::LONGEST_MARK;
use crate::text::Masking;

/// Output that is copied between two looks at deadlines, in pieces.
const PIECES_PER_TURN: usize = 16;

/// Copies a job's output from its pipe to its file.
pub(super) struct Spool<'a> {
    /// `None` when all who could write have gone.
    reader: Option<PipeReader>,
    file: std::fs::File,
    error: Option<io::Error>,
    pulse: Option<Pulse<'a>>,
    /// Takes secrets out before anything is written.
    masking: Option<Masking<'a>>,
    masked: Vec<u8>,
}

impl<'a> Spool<'a> {
    /// For a job that writes into a pipe, to be kept in a file.
    pub(super) fn new(job: &'a Job, reader: PipeReader, file: std::fs::File) -> Self {
        let pulse = job.pulse.as_ref().map(|bytes| Pulse { bytes, tail: Vec::new(), beats: 0 });
        let masking = job.mask.as_ref().map(|mask| Masking::new(mask, job.pulse.as_deref(), LONGEST_MARK));
        Self { reader: Some(reader), file, error: None, pulse, masking, masked: Vec::new() }
    }

    /// Becomes readable when there is something to copy; `None` when nothing more will come.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.reader.as_ref().map(AsFd::as_fd)
    }

    /// What stood in the way of keeping the output.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// How often the job's pulse came up.
    pub(super) fn beats(&self) -> u64 {
        self.pulse.as_ref().map_or(0, |pulse| pulse.beats)
    }

    /// Writes a piece to the file, without secrets.
    fn keep(&mut self, piece: &[u8]) {
        if self.error.is_some() {
            return;
        }
        let kept = match &mut self.masking {
            None => self.file.write_all(piece),
            Some(masking) => {
                masking.push(piece, &mut self.masked);
                let written = self.file.write_all(&self.masked);
                self.masked.clear();
                written
            }
        };
        self.error = kept.err();
    }

    /// Writes what was held back: nothing more is taken.
    pub(super) fn finish(&mut self) {
        if let Some(masking) = &mut self.masking
            && self.error.is_none()
        {
            masking.finish(&mut self.masked);
            self.error = self.file.write_all(&self.masked).err();
            self.masked.clear();
        }
    }

    /// Copies what is there, but not for ever. After an error the output is read and dropped, so that the job goes on.
    pub(super) fn copy(&mut self, buffer: &mut [u8]) {
        for _ in 0..PIECES_PER_TURN {
            let Some(reader) = &mut self.reader else { return };
            match reader.read(buffer) {
                Ok(0) => self.reader = None,
                Ok(count) => {
                    if let Some(pulse) = &mut self.pulse {
                        pulse.hear(&buffer[..count]);
                    }
                    self.keep(&buffer[..count]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    self.error.get_or_insert(error);
                    self.reader = None;
                }
            }
        }
    }
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
