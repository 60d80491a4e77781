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
use std::sync::OnceLock;

use super::os;

/// What all processes have in common that one program starts.
pub(crate) struct Launcher {
    /// Sorted by the names, each name once.
    inherited: Vec<Variable>,
    /// What processes read that are given nothing to read; `None` where it cannot be opened.
    nothing: Option<OwnedFd>,
    /// The signals that a process does not ignore and that something is asked of here; `None` where that cannot be learned.
    /// They are asked for when the first process starts: all that handles signals here is there by then.
    heard: OnceLock<Option<system::Signals>>,
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
        Self { inherited, nothing: os::nothing().ok(), heard: OnceLock::new() }
    }

    /// Starts a program; gives the process's number.
    ///
    /// # Errors
    /// When the system does not start it, or cannot start any in this way.
    pub(crate) fn start(&self, launch: &Launch<'_>) -> io::Result<u32> {
        let refused = || io::Error::from(ErrorKind::Unsupported);
        let heard = self.heard.get_or_init(|| os::ignored_signals().map(system::Signals::but));
        let (Some(nothing), Some(heard)) = (&self.nothing, heard) else { return Err(refused()) };
        if !launch.program.starts_with('/') {
            return Err(refused());
        }
        let mut texts = Texts(Vec::with_capacity(USUAL_TEXTS));
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
/// so itself, except for SIGKILL. As soon as the process is there and has all this, it writes a byte to `there`; to become the
/// program can take it some time more. Gives the process's number.
///
/// # Errors
/// When the system does not start it.
#[cfg(target_os = "linux")]
pub(crate) fn start_apart(
    program: &CStr,
    words: &[&CStr],
    input: BorrowedFd<'_>,
    output: BorrowedFd<'_>,
    there: BorrowedFd<'_>,
) -> io::Result<i32> {
    let errors = os::nothing()?;
    let errors = errors.as_fd();
    let start =
        Start { program, words, environment: &[], cwd: c"/", input, output, errors, home: Home::Session(there) };
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
    /// A session of its own; all signals wait. Once it does, this is told so.
    Session(BorrowedFd<'a>),
}

/// More than the texts of most processes take, in bytes.
const USUAL_TEXTS: usize = 1024;

/// Texts as the system takes them, one behind the other.
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
    //! The call itself: a child that borrows all memory of this program until it becomes another one.
    //!
    //! `posix_spawn` does the same, but maps a stack for each child, of whose removal every processor has to be told that
    //! runs this program, and goes through all signals that there are. So the child gets a part of its parent's stack here,
    //! since that one waits meanwhile.

    use std::ffi::{CStr, c_char, c_int, c_void};
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::AsRawFd;
    use std::ptr;
    use std::sync::atomic::{AtomicI32, Ordering};

    use super::{Home, Start, os};

    /// The child's stack, in pieces of 16 bytes, as which stacks have to be aligned. Its few calls need hardly any of it;
    /// a linker that looks functions up only when they are called needs a few KiB. A thousand slots have one each.
    const STACK: usize = 512;

    /// Signals, a bit each from that of signal 1 on.
    pub(crate) struct Signals(u64);

    impl Signals {
        /// All but those that are ignored, and of these the one that this program ignores for itself. Those of which nothing
        /// is asked here do what they do by themselves already, as almost all do: to say so of each would be one call for
        /// every signal and every process. Those that cannot be handled are left out, and so are real-time signals, which
        /// nobody here handles.
        pub(super) fn but(ignored: u64) -> Self {
            let heard = |&signal: &c_int| ignored >> (signal - 1) & 1 == 0 || signal == libc::SIGPIPE;
            let handled = (1..=31).filter(|signal| ![libc::SIGKILL, libc::SIGSTOP].contains(signal));
            let asked = handled.filter(heard).filter(|&signal| !is_left_alone(signal));
            Self(asked.fold(0, |bits, signal| bits | 1 << (signal - 1)))
        }
    }

    /// Whether a signal does what it does by itself.
    fn is_left_alone(signal: c_int) -> bool {
        let mut now = MaybeUninit::<libc::sigaction>::zeroed();
        #[expect(unsafe_code, reason = "no library of ours tells what a signal does")]
        // SAFETY: the call changes nothing and fills in what it is given, which is a valid value before, too.
        unsafe {
            libc::sigaction(signal, ptr::null(), now.as_mut_ptr()) == 0
                && now.assume_init().sa_sigaction == libc::SIG_DFL
        }
    }

    /// What a child does.
    struct Order<'a> {
        program: *const c_char,
        words: &'a [*const c_char],
        environment: &'a [*const c_char],
        cwd: *const c_char,
        /// What takes the place of its first descriptors.
        descriptors: [c_int; 3],
        /// The signals that do from now on what they do by themselves.
        heard: u64,
        /// What is told that it is about to become the program, if it leads a session, and not only a group.
        there: Option<c_int>,
        /// The signals that wait.
        masked: libc::sigset_t,
        /// The processors that it may run on, where its parent keeps to one of them for a moment.
        processors: Option<libc::cpu_set_t>,
        /// The number of the error that stood in the way.
        error: AtomicI32,
    }

    impl Order<'_> {
        /// Makes this process the program. Returns only when that fails.
        ///
        /// # Safety
        /// To be called in a child that was made for it, with pointers that lead to texts and to lists that end with null.
        #[expect(unsafe_code, reason = "between a fork and the start of a program there is no library")]
        unsafe fn follow(&self) {
            // SAFETY: all pointers are as the caller promises or lead to values on this stack, which live longer than the
            // calls. None of the calls takes memory or a lock.
            unsafe {
                // Before any of them can come: what handles it here writes into memory that is not the child's.
                let mut plain: libc::sigaction = MaybeUninit::zeroed().assume_init();
                plain.sa_sigaction = libc::SIG_DFL;
                for signal in (1..=31).filter(|signal| self.heard >> (signal - 1) & 1 == 1) {
                    libc::sigaction(signal, &plain, ptr::null_mut());
                }
                // Not to get it back would keep the program to one processor, so whoever cannot goes.
                let processors = self.processors.as_ref();
                let spread =
                    processors.is_none_or(|all| libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), all) == 0);
                let home = if self.there.is_some() { libc::setsid() } else { libc::setpgid(0, 0) };
                let placed = spread
                    && home != -1
                    && self.descriptors.iter().zip(0..).all(|(&from, to)| {
                        // One that is in its place already only has to stay open.
                        let placed = if from == to { libc::fcntl(to, libc::F_SETFD, 0) } else { libc::dup2(from, to) };
                        placed != -1
                    })
                    && libc::chdir(self.cwd) == 0
                    && libc::sigprocmask(libc::SIG_SETMASK, &self.masked, ptr::null_mut()) == 0;
                if placed {
                    if let Some(there) = self.there {
                        libc::write(there, ptr::from_ref(&1u8).cast(), 1);
                    }
                    libc::execve(self.program, self.words.as_ptr(), self.environment.as_ptr());
                }
            }
        }
    }

    /// The life of a child.
    extern "C" fn child(order: *mut c_void) -> c_int {
        #[expect(unsafe_code, reason = "the system passes on a pointer, whatever it leads to")]
        // SAFETY: it leads to an order, which lives as long as the parent waits, and it is what the child was made for.
        // Whoever fails must not do anything that the parent does at its end, so it goes at once.
        unsafe {
            let order = &*order.cast::<Order<'_>>();
            order.follow();
            order.error.store(*libc::__errno_location(), Ordering::SeqCst);
            libc::_exit(127)
        }
    }

    pub(super) fn start(start: &Start<'_>) -> io::Result<u32> {
        let (words, environment) = (pointers(start.words), pointers(start.environment));
        let (there, heard) = match start.home {
            Home::Group(heard) => (None, heard.0),
            Home::Session(there) => (Some(there.as_raw_fd()), 0),
        };
        let [none, all] = sets();
        // What leads a session is to run beside this program from its start on.
        let here = if there.is_some() { None } else { Here::stay() };
        let order = Order {
            program: start.program.as_ptr(),
            words: &words,
            environment: &environment,
            cwd: start.cwd.as_ptr(),
            descriptors: [start.input, start.output, start.errors].map(|descriptor| descriptor.as_raw_fd()),
            heard,
            there,
            masked: if there.is_some() { all } else { none },
            processors: here.as_ref().map(|here| here.before),
            error: AtomicI32::new(0),
        };
        let mut stack = [MaybeUninit::<u128>::uninit(); STACK];
        let mut before = MaybeUninit::uninit();
        #[expect(unsafe_code, reason = "no library of ours starts a process from an environment that is prepared")]
        // SAFETY: the child runs `child` on a stack that nobody else uses, with an order of which all texts and lists live
        // longer than this call. Until it is another program or gone, this thread waits, so that nothing of that changes;
        // no signal comes to this thread meanwhile, and none to the child before it handles none any more. The set of
        // signals is initialised by the first call, and put back only when that succeeded.
        let (process, why) = unsafe {
            match libc::pthread_sigmask(libc::SIG_BLOCK, &all, before.as_mut_ptr()) {
                0 => {}
                error => return Err(io::Error::from_raw_os_error(error)),
            }
            let top = stack.as_mut_ptr().add(STACK).cast();
            let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
            let process = libc::clone(child, top, flags, (&raw const order).cast_mut().cast());
            let why = io::Error::last_os_error();
            libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
            (process, why)
        };
        drop(here);
        if process == -1 {
            return Err(why);
        }
        match order.error.load(Ordering::SeqCst) {
            0 => u32::try_from(process).map_err(io::Error::other),
            error => {
                os::wait_for(process);
                Err(io::Error::from_raw_os_error(error))
            }
        }
    }

    /// Keeps this thread to the processor that it runs on, so that a child begins there.
    ///
    /// The system looks for an idle processor for a new process, as if its parent went on meanwhile. But this one waits, so
    /// its own is idle, has its memory at hand and need not be woken; and as soon as the child is another program, the
    /// system chooses again.
    struct Here {
        /// Where it may run otherwise.
        before: libc::cpu_set_t,
    }

    impl Here {
        /// `None` where that cannot be done or means nothing.
        fn stay() -> Option<Self> {
            let size = size_of::<libc::cpu_set_t>();
            #[expect(unsafe_code, reason = "no library of ours knows processors")]
            // SAFETY: sets are plain bits, of which none is a set, too. The calls read or write no more than their size, and
            // a bit is set only where it is in the set. Without a process's number it is this thread that they speak of.
            unsafe {
                let mut before: libc::cpu_set_t = MaybeUninit::zeroed().assume_init();
                let mut here: libc::cpu_set_t = MaybeUninit::zeroed().assume_init();
                if libc::sched_getaffinity(0, size, &mut before) != 0 || libc::CPU_COUNT(&before) < 2 {
                    return None;
                }
                let processor = usize::try_from(libc::sched_getcpu()).ok().filter(|&number| number < size * 8)?;
                libc::CPU_SET(processor, &mut here);
                (libc::sched_setaffinity(0, size, &here) == 0).then_some(Self { before })
            }
        }
    }

    impl Drop for Here {
        fn drop(&mut self) {
            #[expect(unsafe_code, reason = "no library of ours knows processors")]
            // SAFETY: the call reads a set of the size that it is told. It fails only where this thread may not run on any of
            // them any more; then the system has chosen others already.
            unsafe {
                libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &self.before);
            }
        }
    }

    /// The set of no signal and that of all.
    fn sets() -> [libc::sigset_t; 2] {
        let (mut none, mut all) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        #[expect(unsafe_code, reason = "no library of ours has sets of signals")]
        // SAFETY: the calls initialise the sets, and cannot fail.
        unsafe {
            libc::sigemptyset(none.as_mut_ptr());
            libc::sigfillset(all.as_mut_ptr());
            [none.assume_init(), all.assume_init()]
        }
    }

    /// A list as the system takes it. The texts must outlive it.
    fn pointers(texts: &[&CStr]) -> Vec<*const c_char> {
        texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect()
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
