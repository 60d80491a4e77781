//! Starts programs by the system's own call, in an environment of which most was prepared once.
//!
//! The usual way reads, sorts and copies the whole environment for each process, which takes longer than everything else
//! that this program does for a short command. Here it is read once, and a process is given the variables as they are,
//! with its own few among them. Only Linux has all that this needs; where it has not, whoever asks starts the program in
//! another way.
//!
//! Must not know what a job is.

use std::ffi::{CStr, CString};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::os;

/// What all processes have in common that one program starts.
pub(crate) struct Launcher {
    /// Sorted by the names, each name once.
    inherited: Vec<Variable>,
    /// What processes read that are given nothing to read; `None` where it cannot be opened.
    nothing: Option<OwnedFd>,
    /// The signals that a process does not ignore; `None` where that cannot be learned.
    heard: Option<system::Signals>,
}

/// A variable as a process is given it.
struct Variable {
    /// `NAME=value`
    line: CString,
    /// How long the name is.
    name: usize,
}

impl Variable {
    fn name(&self) -> &[u8] {
        &self.line.as_bytes()[..self.name]
    }
}

/// A process to start. It leads a group of its own, reads nothing, and hears signals as this program did at its start.
pub(crate) struct Launch<'a> {
    /// The program's absolute path.
    pub program: &'a str,
    /// Its words; the first is its name.
    pub words: &'a [&'a str],
    /// Variables beside those of this program, and in their place; the last one of a name counts.
    pub variables: &'a [(&'a str, &'a str)],
    /// Where it runs.
    pub cwd: &'a Path,
    /// What takes its stdout and its stderr.
    pub output: BorrowedFd<'a>,
}

impl Launcher {
    /// Reads the environment of this program, without the variables that are withheld from all that it starts.
    pub(crate) fn new(withheld: &[&str]) -> Self {
        let kept = |name: &[u8]| !withheld.iter().any(|withheld| withheld.as_bytes() == name);
        let mut inherited: Vec<Variable> = Vec::new();
        for (name, value) in os::inherited_variables().into_iter().filter(|(name, _)| kept(name.as_bytes())) {
            let mut line = name.into_vec();
            let name = line.len();
            line.push(b'=');
            line.extend(value.into_vec());
            // The system's own variables hold no NUL.
            inherited.extend(CString::new(line).map(|line| Variable { line, name }));
        }
        // A stable sort, so that of two variables of one name the last one stays, as it does elsewhere.
        inherited.sort_by(|a, b| a.name().cmp(b.name()));
        inherited.reverse();
        inherited.dedup_by(|a, b| a.name() == b.name());
        inherited.reverse();
        Self { inherited, nothing: os::nothing().ok(), heard: os::ignored_signals().map(system::Signals::but) }
    }

    /// Starts a program; gives the process's number.
    ///
    /// # Errors
    /// When the system does not start it, or cannot start any in this way.
    pub(crate) fn start(&self, launch: &Launch<'_>) -> io::Result<u32> {
        let refused = || io::Error::from(ErrorKind::Unsupported);
        let (Some(nothing), Some(heard)) = (&self.nothing, &self.heard) else { return Err(refused()) };
        if !launch.program.starts_with('/') {
            return Err(refused());
        }
        let mut texts = Texts::default();
        let program = texts.add(&[launch.program.as_bytes()])?;
        let cwd = texts.add(&[launch.cwd.as_os_str().as_bytes()])?;
        let words = launch.words.iter().map(|word| texts.add(&[word.as_bytes()])).collect::<io::Result<Vec<_>>>()?;
        let mut own: Vec<(&str, usize)> = Vec::with_capacity(launch.variables.len());
        for &(name, value) in launch.variables {
            let place = texts.add(&[name.as_bytes(), b"=", value.as_bytes()])?;
            match own.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = place,
                None => own.push((name, place)),
            }
        }
        let mut environment: Vec<&CStr> = Vec::with_capacity(self.inherited.len() + own.len());
        environment.extend(self.inherited.iter().map(|variable| variable.line.as_c_str()));
        for (name, place) in own {
            let variable = texts.get(place)?;
            match self.inherited.binary_search_by(|known| known.name().cmp(name.as_bytes())) {
                Ok(known) => environment[known] = variable,
                Err(_) => environment.push(variable),
            }
        }
        let words = words.into_iter().map(|place| texts.get(place)).collect::<io::Result<Vec<_>>>()?;
        system::start(&Start {
            program: texts.get(program)?,
            words: &words,
            environment: &environment,
            cwd: texts.get(cwd)?,
            input: nothing.as_fd(),
            output: launch.output,
            errors: launch.output,
            home: Home::Group(heard),
        })
    }
}

/// Starts a program in a session of its own, with no variables and in the root folder. No signal reaches it until it says
/// so itself, except for SIGKILL. Gives the process's number.
///
/// # Errors
/// When the system does not start it.
#[cfg(target_os = "linux")]
pub(crate) fn start_apart(
    program: &CStr,
    words: &[&CStr],
    input: BorrowedFd<'_>,
    output: BorrowedFd<'_>,
) -> io::Result<i32> {
    let errors = os::nothing()?;
    let errors = errors.as_fd();
    let start = Start { program, words, environment: &[], cwd: c"/", input, output, errors, home: Home::Session };
    i32::try_from(system::start(&start)?).map_err(io::Error::other)
}

/// A process to start, as the system takes it.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux is asked to start one"))]
struct Start<'a> {
    program: &'a CStr,
    words: &'a [&'a CStr],
    environment: &'a [&'a CStr],
    cwd: &'a CStr,
    input: BorrowedFd<'a>,
    output: BorrowedFd<'a>,
    errors: BorrowedFd<'a>,
    home: Home<'a>,
}

/// What a process leads.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux is asked to start one"))]
enum Home<'a> {
    /// A group of its own; it hears these signals as a program does by itself.
    Group(&'a system::Signals),
    /// A session of its own; all signals wait.
    Session,
}

/// Texts as the system takes them, one behind the other.
#[derive(Default)]
struct Texts(Vec<u8>);

impl Texts {
    /// Adds a text, made of parts; gives its place.
    fn add(&mut self, parts: &[&[u8]]) -> io::Result<usize> {
        let place = self.0.len();
        for part in parts {
            if memchr::memchr(0, part).is_some() {
                return Err(ErrorKind::InvalidInput.into());
            }
            self.0.extend_from_slice(part);
        }
        self.0.push(0);
        Ok(place)
    }

    fn get(&self, place: usize) -> io::Result<&CStr> {
        CStr::from_bytes_until_nul(&self.0[place..]).map_err(io::Error::other)
    }
}

#[cfg(target_os = "linux")]
mod system {
    //! The call itself.

    use std::ffi::{CStr, c_char, c_int};
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::AsRawFd;
    use std::ptr;

    use super::{Home, Start};

    /// A set of signals.
    pub(crate) struct Signals(libc::sigset_t);

    impl Signals {
        /// All but those that are ignored, a bit each, and of these the one that this program ignores for itself. Those
        /// that cannot be handled are left out, and so are those that the C library keeps for itself.
        pub(super) fn but(ignored: u64) -> Self {
            let mut set = Self::none();
            for signal in (1..=31).chain(libc::SIGRTMIN()..=libc::SIGRTMAX()) {
                let heard = ignored >> (signal - 1) & 1 == 0 || signal == libc::SIGPIPE;
                if heard && ![libc::SIGKILL, libc::SIGSTOP].contains(&signal) {
                    #[expect(unsafe_code, reason = "no library of ours has sets of signals")]
                    // SAFETY: the set is initialised, and lives longer than the call.
                    unsafe {
                        libc::sigaddset(&mut set.0, signal);
                    }
                }
            }
            set
        }

        fn all() -> Self {
            let mut set = MaybeUninit::uninit();
            #[expect(unsafe_code, reason = "no library of ours has sets of signals")]
            // SAFETY: the call initialises the set, and cannot fail.
            let set = unsafe {
                libc::sigfillset(set.as_mut_ptr());
                set.assume_init()
            };
            Self(set)
        }

        fn none() -> Self {
            let mut set = MaybeUninit::uninit();
            #[expect(unsafe_code, reason = "no library of ours has sets of signals")]
            // SAFETY: the call initialises the set, and cannot fail.
            let set = unsafe {
                libc::sigemptyset(set.as_mut_ptr());
                set.assume_init()
            };
            Self(set)
        }
    }

    pub(super) fn start(start: &Start<'_>) -> io::Result<u32> {
        let words = pointers(start.words);
        let environment = pointers(start.environment);
        let (input, output) = (start.input.as_raw_fd(), start.output.as_raw_fd());
        let errors = start.errors.as_raw_fd();
        let none = Signals::none();
        let (home, masked, heard): (c_int, _, _) = match start.home {
            Home::Group(heard) => (libc::POSIX_SPAWN_SETPGROUP, Signals::none(), heard),
            Home::Session => (libc::POSIX_SPAWN_SETSID as _, Signals::all(), &none),
        };
        let flags = home | libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK;
        let mut process = 0;
        let mut actions = MaybeUninit::uninit();
        let mut attributes = MaybeUninit::uninit();
        #[expect(unsafe_code, reason = "no library of ours starts a process from an environment that is prepared")]
        // SAFETY: actions and attributes are initialised by the first calls, used only when these succeeded, and destroyed
        // once, after their last use. All texts and both lists of
        // pointers, which end with null, live longer than the call that starts the process, and that only reads them.
        // The descriptors are open as long as `start` is borrowed.
        unsafe {
            done(libc::posix_spawnattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.assume_init_mut();
            let mut result = libc::posix_spawn_file_actions_init(actions.as_mut_ptr());
            if result == 0 {
                let actions = actions.assume_init_mut();
                let steps = [
                    libc::posix_spawnattr_setflags(attributes, flags as _),
                    libc::posix_spawnattr_setpgroup(attributes, 0),
                    libc::posix_spawnattr_setsigmask(attributes, &masked.0),
                    // The system would set them back anyway, all that have a handler, but only after asking for each.
                    libc::posix_spawnattr_setsigdefault(attributes, &heard.0),
                    libc::posix_spawn_file_actions_adddup2(actions, input, 0),
                    libc::posix_spawn_file_actions_adddup2(actions, output, 1),
                    libc::posix_spawn_file_actions_adddup2(actions, errors, 2),
                    libc::posix_spawn_file_actions_addchdir_np(actions, start.cwd.as_ptr()),
                ];
                result = steps.into_iter().find(|&step| step != 0).unwrap_or_else(|| {
                    let program = start.program.as_ptr();
                    libc::posix_spawn(&mut process, program, actions, attributes, words.as_ptr(), environment.as_ptr())
                });
                libc::posix_spawn_file_actions_destroy(actions);
            }
            libc::posix_spawnattr_destroy(attributes);
            done(result)?;
        }
        u32::try_from(process).map_err(io::Error::other)
    }

    /// What a call says that gives the number of an error, and 0 for none.
    fn done(result: c_int) -> io::Result<()> {
        if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
    }

    /// A list as the system takes it. The texts must outlive it.
    fn pointers(texts: &[&CStr]) -> Vec<*mut c_char> {
        texts.iter().map(|text| text.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Here a process cannot be given its working directory by such a call.

    use std::io::{self, ErrorKind};

    use super::Start;

    /// A set of signals.
    pub(crate) struct Signals;

    impl Signals {
        pub(super) fn but(_ignored: u64) -> Self {
            Self
        }
    }

    pub(super) fn start(_: &Start<'_>) -> io::Result<u32> {
        Err(ErrorKind::Unsupported.into())
    }
}
