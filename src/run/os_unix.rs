//! What the runner asks of a Unix system beyond starting a process: groups of processes, their state,
//! the search for a program.
//!
//! Must not know what a job or a check is.

#![expect(clippy::disallowed_methods, reason = "programs and processes are looked up where the system keeps them")]

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Resource, Signal, WaitId, WaitIdOptions, getrlimit, setrlimit};

use crate::event::Usage;

/// For so many open files room is made ahead, at most.
const MOST_ROOM: usize = 1 << 14;

/// The number of the signal that Ctrl-Z sends.
pub(crate) const STOP_SIGNAL: i32 = libc::SIGTSTP;

/// Signals that a person or the system uses to end a program, or to stop it for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The terminal went away.
    Hangup,
    /// Ctrl-C.
    Interrupt,
    /// A polite request.
    Terminate,
    /// Ctrl-Z.
    Stop,
}

/// A process that leads a group of its own, and that group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group(Pid);

impl Group {
    /// The group of a process that was started as its leader. `None` for a number that is no process.
    pub(crate) fn of_leader(process: u32) -> Option<Self> {
        i32::try_from(process).ok().and_then(Pid::from_raw).map(Self)
    }

    /// Its number, which is the leader's.
    pub(crate) fn number(self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Does something to all its processes. Errors do not matter: whoever waits sees what is left.
    pub(crate) fn push(self, how: Push) {
        for &signal in how.signals() {
            _ = rustix::process::kill_process_group(self.0, signal);
        }
    }

    /// Whether the system knows a process of the group. On some systems one that has ended counts until somebody has
    /// waited for it.
    ///
    /// To be called only after the leader was waited for.
    pub(crate) fn exists(self) -> bool {
        rustix::process::test_kill_process_group(self.0).is_ok()
    }

    /// Whether the leader has ended. It is not waited for: its number stays taken.
    pub(crate) fn leader_has_ended(self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        match rustix::process::waitid(WaitId::Pid(self.0), options) {
            Ok(status) => Ok(status.is_some()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The signal that stopped the leader because it wanted a terminal that it may not have, if it did.
    pub(crate) fn leader_wants_terminal(self) -> Option<i32> {
        let options = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let stopped = rustix::process::waitid(WaitId::Pid(self.0), options).ok()??.stopping_signal()?;
        [Signal::TTIN, Signal::TTOU].map(Signal::as_raw).contains(&stopped).then_some(stopped)
    }

    /// What the leader cost the machine, it and all that it waited for; to be asked after it has ended and before it is
    /// waited for. `None` where the system does not tell.
    #[cfg(target_os = "linux")]
    pub(crate) fn leader_usage(self) -> Option<Usage> {
        let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        // The system call has a fifth argument that no library passes on.
        #[expect(unsafe_code, reason = "no library gives the usage of a process that is not waited for")]
        // SAFETY: both pointers lead to memory of the right size that lives longer than the call, and nothing else is
        // touched; zeroed values of both are valid, so they may be read whether or not the system wrote to them.
        let (answer, info, usage) = unsafe {
            let answer = libc::syscall(
                libc::SYS_waitid,
                libc::P_PID,
                self.0.as_raw_nonzero().get(),
                info.as_mut_ptr(),
                libc::WEXITED | libc::WNOWAIT | libc::WNOHANG,
                usage.as_mut_ptr(),
            );
            (answer, info.assume_init(), usage.assume_init())
        };
        if answer != 0 || info.si_signo == 0 {
            return None;
        }
        Some(usage_of(&usage))
    }

    /// What the leader cost the machine; other systems tell it only of processes that were waited for.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn leader_usage(self) -> Option<Usage> {
        None
    }

    /// Waits for the leader if it has ended; gives its status as the system tells it, and what it cost. `None` as long as
    /// it has not ended. From then on its number may belong to another process.
    pub(crate) fn wait_for_leader(self) -> io::Result<Option<(i32, Usage)>> {
        let mut status = 0;
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        #[expect(unsafe_code, reason = "no library gives the usage of a process together with its status")]
        // SAFETY: both pointers lead to memory of the right size that lives longer than the call, and nothing else is
        // touched; a zeroed value is valid, so it may be read whether or not the system wrote to it.
        let (answer, usage) = unsafe {
            let answer = libc::wait4(self.0.as_raw_nonzero().get(), &mut status, libc::WNOHANG, usage.as_mut_ptr());
            (answer, usage.assume_init())
        };
        match answer {
            0 => Ok(None),
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(Some((status, usage_of(&usage)))),
        }
    }

    /// A descriptor that becomes readable when the leader ends; `None` where the system has no such thing.
    #[cfg(target_os = "linux")]
    pub(crate) fn leader_descriptor(self) -> Option<OwnedFd> {
        rustix::process::pidfd_open(self.0, rustix::process::PidfdFlags::empty()).ok()
    }

    /// A descriptor that becomes readable when the leader ends; `None` where the system has no such thing.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn leader_descriptor(self) -> Option<OwnedFd> {
        None
    }
}

/// What a process cost the machine, from the words of the system.
fn usage_of(usage: &libc::rusage) -> Usage {
    let time = |time: libc::timeval| {
        let micros = u64::try_from(time.tv_usec).unwrap_or(0);
        Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0)) + Duration::from_micros(micros)
    };
    // Macs tell it in bytes, others in KiB.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak_memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * unit;
    Usage { cpu: time(usage.ru_utime) + time(usage.ru_stime), peak_memory }
}

/// What can be done to processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Push {
    /// Ask them to end.
    Ask,
    /// Kill them.
    Kill,
    /// Stop them.
    Stop,
    /// Let them go on.
    Continue,
}

impl Push {
    fn signals(self) -> &'static [Signal] {
        match self {
            // A stopped process hears the request only when it goes on.
            Self::Ask => &[Signal::TERM, Signal::CONT],
            Self::Kill => &[Signal::KILL],
            Self::Stop => &[Signal::STOP],
            Self::Continue => &[Signal::CONT],
        }
    }
}

/// Does something to one process. `still` is asked once the process cannot be exchanged for another one of the same
/// number any more, and says whether it is the one that is meant.
#[cfg(target_os = "linux")]
pub(crate) fn push_one(process: i32, how: Push, still: impl FnOnce() -> bool) {
    let Some(process) = Pid::from_raw(process) else { return };
    let Ok(descriptor) = rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty()) else { return };
    if still() {
        for &signal in how.signals() {
            _ = rustix::process::pidfd_send_signal(&descriptor, signal);
        }
    }
}

/// Does something to one process; here it may be exchanged for another one of the same number at any time.
#[cfg(not(target_os = "linux"))]
pub(crate) fn push_one(process: i32, how: Push, still: impl FnOnce() -> bool) {
    if let Some(process) = Pid::from_raw(process)
        && still()
    {
        for &signal in how.signals() {
            _ = rustix::process::kill_process(process, signal);
        }
    }
}

/// Makes orphans below this process its children. Says whether the system can do that.
#[cfg(target_os = "linux")]
pub(crate) fn adopt_orphans() -> bool {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).is_ok()
}

/// Makes orphans below this process its children, which this system cannot do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt_orphans() -> bool {
    false
}

/// Waits for the children of the first thread that have ended, which are orphans that came to it. Does nothing in any
/// other thread, and nothing to the children of other threads.
#[cfg(target_os = "linux")]
pub(crate) fn reap_adopted() {
    /// `__WNOTHREAD`, which the library has no name for.
    const OWN_CHILDREN: u32 = 0x2000_0000;
    if rustix::thread::gettid() != rustix::process::getpid() {
        return;
    }
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::from_bits_retain(OWN_CHILDREN);
    while let Ok(Some(_)) | Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::All, options) {}
}

/// Nothing comes to this process here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn reap_adopted() {}

/// The number of this process.
pub(crate) fn own_number() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// Waits for a child of this process to end. What it ends with is of no interest.
pub(crate) fn wait_for(process: i32) {
    let Some(process) = Pid::from_raw(process) else { return };
    let wait = || rustix::process::waitpid(Some(process), rustix::process::WaitOptions::empty());
    while matches!(wait(), Err(rustix::io::Errno::INTR)) {}
}

/// Makes of this process one that nothing but SIGKILL ends, that holds nothing but its first three descriptors, and that is
/// called otherwise than the program, so that it
/// outlives whoever ends all processes of that name.
pub(crate) fn become_guardian(name: &std::ffi::CStr) {
    let signals =
        [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];
    for signal in signals {
        #[expect(unsafe_code, reason = "no library of ours ignores a signal")]
        // SAFETY: the signals exist, and to ignore them installs no handler that could run anything.
        unsafe {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
    close_inherited();
    #[cfg(target_os = "linux")]
    {
        // The name is only for those who look.
        _ = rustix::thread::set_name(name);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}

/// Closes whatever this process was given by its caller, who may wait for its end, but for input, output and errors. To
/// be called before anything is opened here.
fn close_inherited() {
    // Linux has the first list and containers often no other; other systems have the second one.
    let lists = ["/proc/self/fd", "/dev/fd"];
    let Some(list) = lists.iter().find_map(|list| std::fs::read_dir(list).ok()) else { return };
    let open: Vec<i32> = list.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for descriptor in open.into_iter().filter(|&descriptor| descriptor > 2) {
        #[expect(unsafe_code, reason = "nobody owns what was inherited")]
        // SAFETY: nothing was opened here but the list, which is closed again: so no value owns any of them. To close what
        // is not open is an error without effect.
        unsafe {
            libc::close(descriptor);
        }
    }
}

/// Whether this process has a terminal that those below it could want.
pub(crate) fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

/// Stops this process until someone lets it go on, and says how long that took. To be called in the first thread,
/// which is the one that takes such a signal, so that it does not run on for a moment.
pub(crate) fn stop_this_process() -> Duration {
    let before = std::time::Instant::now();
    _ = rustix::process::kill_process(rustix::process::getpid(), Signal::STOP);
    before.elapsed()
}

/// Allows this process, and all that it starts, as many open files as `wanted`, as far as the system lets it. Never
/// fewer than before.
pub(crate) fn allow_open_files(wanted: u64) {
    let mut limit = getrlimit(Resource::Nofile);
    if let Some(current) = limit.current.filter(|&current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)).max(current));
        // Where that is refused, whatever cannot be opened says so.
        _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Which of some descriptors can be read, after at most `timeout`. An interruption by a signal counts as nothing
/// to read.
pub(crate) fn wait_readable(descriptors: &[BorrowedFd], timeout: Duration) -> io::Result<Vec<bool>> {
    let mut polled: Vec<PollFd> =
        descriptors.iter().map(|descriptor| PollFd::from_borrowed_fd(*descriptor, PollFlags::IN)).collect();
    let timeout = Timespec::try_from(timeout).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 });
    match poll(&mut polled, Some(&timeout)) {
        // The end of a stream and an error count as readable too: reading tells which it is.
        Ok(_) => Ok(polled.iter().map(|fd| !fd.revents().is_empty()).collect()),
        Err(rustix::io::Errno::INTR) => Ok(vec![false; descriptors.len()]),
        Err(error) => Err(error.into()),
    }
}

/// Makes reading from a descriptor return at once when there is nothing.
pub(crate) fn set_nonblocking(descriptor: impl AsFd) -> io::Result<()> {
    Ok(rustix::io::ioctl_fionbio(descriptor, true)?)
}

/// Has the system keep room for so many open files of this process. To be called before there are other threads: after that
/// the system makes such room only once no processor can be using the old one, for which it waits some milliseconds.
pub(crate) fn make_room_for_files(count: usize) {
    let last = i32::try_from(count.clamp(1, MOST_ROOM) - 1).unwrap_or(0);
    // Where so many may not be open there is no need for room. The room stays when the file is closed.
    _ = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), last);
}

/// Whether an error says that too many files are open, in this process or in the whole system.
pub(crate) fn is_out_of_files(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    [libc::EMFILE, libc::ENFILE].map(Some).contains(&number)
}

/// What a search for a program found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// A file that can be executed.
    Found(PathBuf),
    /// A file that may not be executed.
    NotExecutable(PathBuf),
    /// Nothing.
    Missing,
}

/// Looks for a program as a shell does: a name with a slash from `cwd` on, any other in the directories of `path`.
pub(crate) fn find_program(name: &str, path: Option<&OsStr>, cwd: &Path) -> Program {
    if name.contains('/') {
        return look_at(cwd.join(name));
    }
    let mut best = Program::Missing;
    for directory in path.map(std::env::split_paths).into_iter().flatten() {
        match look_at(cwd.join(directory).join(name)) {
            Program::Missing => {}
            found @ Program::Found(_) => return found,
            refused @ Program::NotExecutable(_) => {
                if best == Program::Missing {
                    best = refused;
                }
            }
        }
    }
    best
}

fn look_at(path: PathBuf) -> Program {
    match std::fs::metadata(&path) {
        Ok(data) if data.is_file() && data.permissions().mode() & 0o111 != 0 => Program::Found(path),
        Ok(_) => Program::NotExecutable(path),
        Err(_) => Program::Missing,
    }
}

/// Whether what a `PATH` finds does not depend on the working directory.
pub(crate) fn is_absolute_path(path: &OsStr) -> bool {
    std::env::split_paths(path).all(|directory| directory.is_absolute())
}

/// Whether the system can start a file by itself. What is no program and does not say what runs it is run by the shell
/// that was told to start it, each in its own way.
pub(crate) fn starts_by_itself(file: &Path) -> bool {
    const PROGRAMS: [&[u8]; 4] = [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
    let mut start = [0; 256];
    let Ok(length) = std::fs::File::open(file).and_then(|mut file| file.read(&mut start)) else { return false };
    let start = &start[..length];
    if PROGRAMS.iter().any(|magic| start.starts_with(magic)) {
        return true;
    }
    let Some(line) = start.strip_prefix(b"#!").and_then(|rest| rest.split(|&byte| byte == b'\n').next()) else {
        return false;
    };
    let mut words = line.split(|byte| matches!(byte, b' ' | b'\t' | b'\r')).filter(|word| !word.is_empty());
    let interpreter = words.next().map(|word| Path::new(OsStr::from_bytes(word)));
    interpreter.is_some_and(|file| {
        file.is_absolute() && !line.ends_with(b"\r") && matches!(look_at(file.to_owned()), Program::Found(_))
    })
}

/// Whether a file says what runs it.
pub(crate) fn is_script(file: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(file).is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && start == *b"#!")
}

/// Whether a directory is there that can be gone to.
pub(crate) fn is_open_directory(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| data.is_dir() && data.permissions().mode() & 0o111 == 0o111)
}

/// What a shell calls a directory that it is started in: as `PWD` does if that leads there, else by its path without links.
/// `None` for one that is not there or is no text.
pub(crate) fn working_directory_name(cwd: &Path) -> Option<String> {
    let same = |path: &Path| {
        let (here, there) = (std::fs::metadata(cwd).ok()?, std::fs::metadata(path).ok()?);
        (here.dev() == there.dev() && here.ino() == there.ino()).then_some(())
    };
    let inherited = inherited("PWD").filter(|path| {
        let path = Path::new(path);
        let dots = path.as_os_str().as_bytes().split(|&byte| byte == b'/').any(|part| part == b"." || part == b"..");
        path.is_absolute() && !dots && same(path).is_some()
    });
    inherited.or_else(|| std::fs::canonicalize(cwd).ok()?.into_os_string().into_string().ok())
}

/// The names of the variables of this process; what is no text is replaced.
pub(crate) fn inherited_names() -> Vec<String> {
    std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
}

/// The variables of this process.
pub(crate) fn inherited_variables() -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
    std::env::vars_os().collect()
}

/// The `PATH` of this process.
pub(crate) fn inherited_path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

/// A variable of this process's own environment, if it is text.
pub(crate) fn inherited(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether this process was started so that a signal does nothing, as `nohup` does. `false` where that cannot be
/// learned.
pub(crate) fn is_ignored(signal: Wanted) -> bool {
    let number = match signal {
        Wanted::Hangup => 1,
        Wanted::Interrupt => 2,
        Wanted::Terminate => 15,
        Wanted::Stop => STOP_SIGNAL,
    };
    ignored_signals().unwrap_or(0) & (1 << (number - 1)) != 0
}

/// The signals that do nothing to this process, a bit each from that of signal 1 on. `None` where that cannot be learned.
/// They are those that it was told to ignore at its start, so they are looked up once.
pub(crate) fn ignored_signals() -> Option<u64> {
    static MASK: OnceLock<Option<u64>> = OnceLock::new();
    *MASK.get_or_init(|| {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    })
}

/// A file of which there is nothing to read.
pub(crate) fn nothing() -> io::Result<OwnedFd> {
    Ok(std::fs::File::open("/dev/null")?.into())
}
