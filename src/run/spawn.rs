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
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::os;

/// What all processes have in common that one program starts.
pub(crate) struct Launcher {
    /// `NAME=value`, sorted by the names.
    inherited: Vec<CString>,
    /// What processes read that are given nothing to read; `None` where it cannot be opened.
    nothing: Option<OwnedFd>,
    /// The signals that this program ignores because it was told to, a bit each; `None` where that cannot be learned.
    ignored: Option<u64>,
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
        let mut inherited: Vec<CString> = Vec::new();
        for (name, value) in os::inherited_variables().into_iter().filter(|(name, _)| kept(name.as_bytes())) {
            let mut line = name.into_vec();
            line.push(b'=');
            line.extend(value.into_vec());
            // The system's own variables hold no NUL.
            inherited.extend(CString::new(line));
        }
        // A stable sort, so that of two variables of one name the last one stays, as it does elsewhere.
        inherited.sort_by(|a, b| name_of(a).cmp(name_of(b)));
        inherited.reverse();
        inherited.dedup_by(|a, b| name_of(a) == name_of(b));
        inherited.reverse();
        Self { inherited, nothing: os::nothing().ok(), ignored: os::ignored_signals() }
    }

    /// Starts a program; gives the process's number.
    ///
    /// # Errors
    /// When the system does not start it, or cannot start any in this way.
    pub(crate) fn start(&self, launch: &Launch<'_>) -> io::Result<u32> {
        let refused = || io::Error::from(ErrorKind::Unsupported);
        let (Some(nothing), Some(ignored)) = (&self.nothing, self.ignored) else { return Err(refused()) };
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
        let mut environment: Vec<&CStr> = self.inherited.iter().map(CString::as_c_str).collect();
        for (name, place) in own {
            let variable = texts.get(place)?;
            match self.inherited.binary_search_by(|line| name_of(line).cmp(name.as_bytes())) {
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
            input: nothing,
            output: launch.output,
            ignored,
        })
    }
}

/// A process to start, as the system takes it.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux is asked to start one"))]
struct Start<'a> {
    program: &'a CStr,
    words: &'a [&'a CStr],
    environment: &'a [&'a CStr],
    cwd: &'a CStr,
    input: &'a OwnedFd,
    output: BorrowedFd<'a>,
    /// Signals that it ignores, a bit each.
    ignored: u64,
}

/// The name of a variable, of which there is one in each line.
fn name_of(line: &CStr) -> &[u8] {
    let line = line.to_bytes();
    // A name may begin with the sign that ends it.
    let end = line.iter().skip(1).position(|&byte| byte == b'=').map_or(line.len(), |at| at + 1);
    &line[..end]
}

/// Texts as the system takes them, one behind the other.
#[derive(Default)]
struct Texts(Vec<u8>);

impl Texts {
    /// Adds a text, made of parts; gives its place.
    fn add(&mut self, parts: &[&[u8]]) -> io::Result<usize> {
        let place = self.0.len();
        for part in parts {
            if part.contains(&0) {
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

    use super::Start;

    /// The signals of the system, but for those that cannot be handled and those that the C library keeps for itself.
    fn signals() -> impl Iterator<Item = c_int> {
        let kept = [libc::SIGKILL, libc::SIGSTOP];
        (1..=31).chain(libc::SIGRTMIN()..=libc::SIGRTMAX()).filter(move |signal| !kept.contains(signal))
    }

    pub(super) fn start(start: &Start<'_>) -> io::Result<u32> {
        let words = pointers(start.words);
        let environment = pointers(start.environment);
        let (input, output) = (start.input.as_raw_fd(), start.output.as_raw_fd());
        let flags = libc::POSIX_SPAWN_SETPGROUP | libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETSIGMASK;
        let mut process = 0;
        let mut actions = MaybeUninit::uninit();
        let mut attributes = MaybeUninit::uninit();
        let mut none = MaybeUninit::uninit();
        let mut defaults = MaybeUninit::uninit();
        #[expect(unsafe_code, reason = "no library of ours starts a process from an environment that is prepared")]
        // SAFETY: actions, attributes and sets of signals are initialised by the first calls, and what follows only when
        // these succeeded; actions and attributes are destroyed once, after their last use. All texts and both lists of
        // pointers, which end with null, live longer than the call that starts the process, and that only reads them.
        // The descriptors are open as long as `start` is borrowed.
        unsafe {
            libc::sigemptyset(none.as_mut_ptr());
            libc::sigemptyset(defaults.as_mut_ptr());
            // The system would set them back anyway, all that have a handler, but only after asking for each.
            for signal in signals().filter(|signal| *signal == libc::SIGPIPE || start.ignored >> (signal - 1) & 1 == 0)
            {
                libc::sigaddset(defaults.as_mut_ptr(), signal);
            }
            done(libc::posix_spawnattr_init(attributes.as_mut_ptr()))?;
            let attributes = attributes.assume_init_mut();
            let mut result = libc::posix_spawn_file_actions_init(actions.as_mut_ptr());
            if result == 0 {
                let actions = actions.assume_init_mut();
                let steps = [
                    libc::posix_spawnattr_setflags(attributes, flags as _),
                    libc::posix_spawnattr_setpgroup(attributes, 0),
                    libc::posix_spawnattr_setsigmask(attributes, none.as_ptr()),
                    libc::posix_spawnattr_setsigdefault(attributes, defaults.as_ptr()),
                    libc::posix_spawn_file_actions_adddup2(actions, input, 0),
                    libc::posix_spawn_file_actions_adddup2(actions, output, 1),
                    libc::posix_spawn_file_actions_adddup2(actions, output, 2),
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

    pub(super) fn start(_: &Start<'_>) -> io::Result<u32> {
        Err(ErrorKind::Unsupported.into())
    }
}
