//! GNU make's jobserver: commands that run several processes share the job slots with this run and with each other.
//!
//! A pipe holds a byte, a token, for each slot but one. Who runs a process beside its first takes a token for it and
//! gives it back: `make`, `cargo`, and this run for each slot beyond the first that its commands hold. So there are
//! never more processes than slots, whoever starts them. A run that was itself started by `make` takes part in that
//! one's jobserver and offers none of its own.
//!
//! The pipe is offered by the numbers of its descriptors, which `make` takes from version 4.2 on; the newer form, a
//! named pipe, is a fatal error to versions before 4.4. The numbers are high, out of the way of shells, whose scripts
//! use those below 10 as they like. Must not know what a check is.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

/// What is done about a jobserver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Jobserver {
    /// Nothing.
    #[default]
    None,
    /// One is offered to commands, unless this process takes part in one.
    Offered {
        /// The variable `MAKEFLAGS` of this process.
        flags: Option<String>,
        /// Whether it is offered also to a `make` that nobody asked to run anything side by side.
        all: bool,
    },
}

/// The first number for descriptors that commands inherit.
const HIGH: i32 = 100;
/// For so many files there must be room where descriptors have such numbers.
pub(crate) const ROOM: usize = HIGH as usize + 2;
const TOKEN: u8 = b'+';

/// The tokens that this run holds, and where the others are.
#[derive(Debug)]
pub(crate) struct Tokens {
    read: File,
    write: File,
    held: Vec<u8>,
    own: Option<Own>,
}

/// What there is of a jobserver that this run offers.
#[derive(Debug)]
struct Own {
    /// How many tokens there are.
    count: usize,
    /// The ends of the pipe that commands inherit.
    _inherited: [OwnedFd; 2],
    variables: Vec<(String, String)>,
}

impl Tokens {
    /// `None` where no jobserver is wanted or where there can be none.
    pub(crate) fn new(jobserver: &Jobserver, slots: usize) -> Option<Self> {
        let Jobserver::Offered { flags, all } = jobserver else { return None };
        let flags = flags.as_deref().unwrap_or("");
        Self::outer(flags).or_else(|| Self::offer(flags, *all, slots).ok())
    }

    /// The jobserver of the `make` that started this run, as far as its pipe is really there.
    fn outer(flags: &str) -> Option<Self> {
        let named = |word: &'static str| move |flag: &&str| flag.starts_with(word);
        let words = || flags.split_whitespace().rev();
        let flag = words().find(named("--jobserver-auth=")).or_else(|| words().find(named("--jobserver-fds=")))?;
        let (_, place) = flag.split_once('=')?;
        let (read, write) = match (place.strip_prefix("fifo:"), place.split_once(',')) {
            (Some(path), _) => (path.to_owned(), path.to_owned()),
            (None, Some((read, write))) => (again(read.parse().ok()?), again(write.parse().ok()?)),
            (None, None) => return None,
        };
        let read = open(&read, false).ok()?;
        let write = open(&write, true).ok()?;
        Some(Self { read, write, held: Vec::new(), own: None })
    }

    /// A jobserver of this run's own.
    fn offer(flags: &str, all: bool, slots: usize) -> io::Result<Self> {
        let (read, write) = io::pipe()?;
        let high = |end: OwnedFd| -> io::Result<OwnedFd> {
            let end = rustix::io::fcntl_dupfd_cloexec(&end, HIGH)?;
            rustix::io::fcntl_setfd(&end, rustix::io::FdFlags::empty())?;
            Ok(end)
        };
        let inherited = [high(read.into())?, high(write.into())?];
        let [from, to] = inherited.each_ref().map(AsRawFd::as_raw_fd);
        // Descriptions of their own: whether reading waits is a property that all share who inherit one.
        let (read, write) = (open(&again(from), false)?, open(&again(to), true)?);
        let own = Own { count: slots.max(1) - 1, _inherited: inherited, variables: variables(flags, all, from, to) };
        let mut tokens = Self { read, write, held: Vec::new(), own: Some(own) };
        tokens.restore();
        Ok(tokens)
    }

    /// What a command must find in its environment to take part.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        self.own.as_ref().map_or(&[], |own| &own.variables)
    }

    /// Holds as many tokens as commands need that take this many slots in all: one less. `false` when there are not
    /// enough, and then nothing has changed.
    pub(crate) fn cover(&mut self, slots: usize) -> bool {
        let wanted = slots.saturating_sub(1);
        if let Some(more) = wanted.checked_sub(self.held.len()) {
            return more == 0 || self.take(more);
        }
        let surplus = self.held.split_off(wanted);
        self.put(&surplus);
        true
    }

    fn take(&mut self, count: usize) -> bool {
        let mut taken = vec![0; count];
        let got = self.read.read(&mut taken).unwrap_or(0);
        taken.truncate(got);
        if got < count {
            self.put(&taken);
            return false;
        }
        self.held.append(&mut taken);
        true
    }

    /// A pipe holds far more tokens than there are slots; one that is full has them all.
    fn put(&mut self, tokens: &[u8]) {
        _ = self.write.write_all(tokens);
    }

    /// Puts all tokens back that there should be, while nothing runs: what was killed has given none back.
    pub(crate) fn restore(&mut self) {
        let Some(Own { count, .. }) = &self.own else { return };
        let all = vec![TOKEN; *count];
        self.held.clear();
        let mut rest = [0; 256];
        while matches!(self.read.read(&mut rest), Ok(got) if got > 0) {}
        self.put(&all);
    }
}

/// The path by which a descriptor of this process is opened anew.
fn again(descriptor: i32) -> String {
    format!("/proc/self/fd/{descriptor}")
}

/// Opens an end of a pipe so that it never waits.
fn open(path: &str, write: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.read(!write).write(write).custom_flags(libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.file_type().is_fifo() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// `cargo` has a variable of its own. That of `make` would change what it does: without it, it runs one thing at a time,
/// and many a makefile relies on that. So it is set where someone wants `make` to run several, and joins their number.
fn variables(flags: &str, all: bool, from: i32, to: i32) -> Vec<(String, String)> {
    let cargo = format!("-j --jobserver-fds={from},{to} --jobserver-auth={from},{to}");
    let mut variables = vec![("CARGO_MAKEFLAGS".to_owned(), cargo)];
    let (rest, asked) = without_jobs(flags);
    if all || asked {
        variables.push(("MAKEFLAGS".to_owned(), format!("{rest} -j --jobserver-auth={from},{to}")));
    }
    variables
}

/// Flags of `make` without those that say how many jobs it runs, and whether there were any.
fn without_jobs(flags: &str) -> (String, bool) {
    let mut asked = false;
    let mut rest: Vec<&str> = Vec::new();
    let mut words = flags.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            rest.push(word);
            rest.extend(words);
            break;
        }
        let jobs = word.strip_prefix("-j").or_else(|| word.strip_prefix("--jobs"));
        let number = |text: &str| text.trim_start_matches('=').bytes().all(|byte| byte.is_ascii_digit());
        match jobs {
            Some(count) if number(count) => {
                asked = true;
                if count.is_empty() {
                    words.next_if(|next| number(next));
                }
            }
            _ if word.starts_with("--jobserver") => {}
            _ => rest.push(word),
        }
    }
    (rest.join(" "), asked)
}
