//! What the runner asks of a Unix system beyond starting a process: groups of processes, their state,
//! the search for a program.
//!
//! Must not know what a job or a check is.

#![expect(clippy::disallowed_methods, reason = "programs and processes are looked up where the system keeps them")]

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use crate::event::Usage;

/// Signals that a person or the system uses to end a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndSignal {
    /// The terminal went away.
    Hangup,
    /// Ctrl-C.
    Interrupt,
    /// A polite request.
    Terminate,
}

/// A process that leads a group of its own, and that group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group(Pid);

impl Group {
    /// The group of a process that was started as its leader. `None` for a number that is no process.
    pub(crate) fn of_leader(process: u32) -> Option<Self> {
        i32::try_from(process).ok().and_then(Pid::from_raw).map(Self)
    }

    /// Asks all its processes to end. Errors do not matter: whoever waits sees what is left.
    pub(crate) fn ask(self) {
        _ = rustix::process::kill_process_group(self.0, Signal::TERM);
        // A stopped process hears the request only when it goes on.
        _ = rustix::process::kill_process_group(self.0, Signal::CONT);
    }

    /// Kills all its processes.
    pub(crate) fn kill(self) {
        _ = rustix::process::kill_process_group(self.0, Signal::KILL);
    }

    /// Whether a process of the group is alive. One that has ended and was not waited for does not count, even
    /// under a first process of the system that never waits for orphans.
    ///
    /// To be called only after the leader was waited for.
    pub(crate) fn is_alive(self) -> bool {
        match rustix::process::test_kill_process_group(self.0) {
            Ok(()) => has_live_member(self.0).unwrap_or(true),
            // Some systems say so of a group whose processes have all ended.
            Err(_) => false,
        }
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
        let time = |time: libc::timeval| {
            let micros = u64::try_from(time.tv_usec).unwrap_or(0);
            Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0)) + Duration::from_micros(micros)
        };
        // Linux tells it in KiB.
        let peak_memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
        Some(Usage { cpu: time(usage.ru_utime) + time(usage.ru_stime), peak_memory })
    }

    /// What the leader cost the machine; other systems tell it only of processes that were waited for.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn leader_usage(self) -> Option<Usage> {
        None
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

/// Looks through all processes for one of the group that has not ended. `None` where they cannot be seen.
#[cfg(target_os = "linux")]
fn has_live_member(group: Pid) -> Option<bool> {
    let group = group.as_raw_nonzero().get();
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let name = entry.file_name();
        if !name.to_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
            continue;
        }
        // The process may have gone meanwhile.
        let Ok(stat) = std::fs::read(entry.path().join("stat")) else { continue };
        // The second field is the program's name in parentheses, which may itself hold parentheses and spaces.
        let Some(close) = stat.iter().rposition(|&byte| byte == b')') else { continue };
        let Ok(rest) = std::str::from_utf8(&stat[close + 1..]) else { continue };
        let mut fields = rest.split_ascii_whitespace();
        let (state, _parent, its_group) = (fields.next(), fields.next(), fields.next());
        if its_group.and_then(|field| field.parse::<i32>().ok()) == Some(group)
            && !matches!(state, Some("Z" | "X" | "x"))
        {
            return Some(true);
        }
    }
    Some(false)
}

/// Other systems leave ended processes out when they are asked for a group.
#[cfg(not(target_os = "linux"))]
fn has_live_member(_group: Pid) -> Option<bool> {
    None
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

/// The `PATH` of this process.
pub(crate) fn inherited_path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

/// Whether this process was started so that a signal does nothing, as `nohup` does. `false` where that cannot be
/// learned.
pub(crate) fn is_ignored(signal: EndSignal) -> bool {
    let number = match signal {
        EndSignal::Hangup => 1,
        EndSignal::Interrupt => 2,
        EndSignal::Terminate => 15,
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (number - 1)) != 0
}
