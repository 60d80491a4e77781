//! Namespaces: a network that has only the loopback, and a view of the files in which nothing can be changed but what may
//! be written. And what else a process gives up by itself.
//!
//! Landlock says who may write what, but not who may change permissions, owners and times; a file system that is mounted
//! read-only refuses that as well. Root makes namespaces as it is; others first become the owner of a namespace of users,
//! in which they are who they were.

#![expect(unsafe_code, reason = "no library of ours has all of these calls")]
#![expect(clippy::disallowed_methods, reason = "the system takes the names of users as files")]

use std::ffi::{CStr, CString};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use rustix::process::{getegid, geteuid};
use rustix::thread::{CapabilitySet, UnshareFlags};

use super::probe::Spaces;
use super::rules::Rules;

/// What root keeps: rights over its own files and users, of which a build that runs as root has need.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::NET_BIND_SERVICE);

/// The highest capability that any system has.
const LAST: u32 = 63;

/// Lets no open file go over into the command but its input and outputs.
pub(super) fn close_inherited() -> Result<(), String> {
    // SAFETY: the call only marks descriptors of this process, to be closed when it becomes another program.
    let marked = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if marked == 0 { Ok(()) } else { Err(said("open files cannot be closed")) }
}

/// Lets no program give more rights than this process has.
pub(super) fn gain_nothing_more() -> Result<(), String> {
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("rights cannot be given up: {error}"))
}

/// Which namespaces this process can make. Makes them, so that it is to be asked in a process of its own.
pub(super) fn possible() -> Option<Spaces> {
    let first = if geteuid().is_root() { Spaces::OfRoot } else { Spaces::OfUser };
    let rules =
        |spaces| Rules { means: super::Means { spaces: Some(spaces), ..super::Means::default() }, ..Rules::default() };
    enter(&rules(first)).is_ok().then_some(first)
}

/// Goes where the rules want it, by the means that were found.
///
/// # Errors
/// What the system refuses, in words.
pub(super) fn enter(rules: &Rules) -> Result<(), String> {
    let Some(spaces) = rules.means.spaces else { return Ok(()) };
    let mut flags = UnshareFlags::NEWNS | UnshareFlags::NEWIPC;
    if !rules.network {
        flags |= UnshareFlags::NEWNET;
    }
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    if spaces == Spaces::OfUser {
        flags |= UnshareFlags::NEWUSER;
    }
    // SAFETY: this process has one thread, and shares no table of descriptors with another one.
    unsafe { rustix::thread::unshare_unsafe(flags) }.map_err(|error| format!("namespaces cannot be made: {error}"))?;
    if spaces == Spaces::OfUser {
        let map = |file: &str, text: String| {
            std::fs::write(file, text).map_err(|error| format!("`{file}` cannot be written: {error}"))
        };
        map("/proc/self/setgroups", "deny".to_owned())?;
        map("/proc/self/uid_map", format!("{user} {user} 1"))?;
        map("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    if !rules.network {
        loopback()?;
    }
    freeze(&rules.write)
}

/// Turns the loopback on, which a new network has turned off.
fn loopback() -> Result<(), String> {
    // SAFETY: the call takes no memory, and what it gives is checked before it is taken for a descriptor of our own.
    let socket = unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        if socket < 0 {
            return Err(said("the loopback cannot be turned on"));
        }
        OwnedFd::from_raw_fd(socket)
    };
    // SAFETY: an `ifreq` may be all zero: it is numbers, and a union of such.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed() as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request has a name that ends with NUL and the flags that this call reads, and lives longer than it.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if done == 0 { Ok(()) } else { Err(said("the loopback cannot be turned on")) }
}

/// What `mount_setattr` takes.
#[repr(C)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user: u64,
}

/// Makes all file systems read-only but what may be written, and shared memory one of the sandbox's own.
fn freeze(write: &[String]) -> Result<(), String> {
    let failed = |what: &str| said(&format!("file systems cannot be made read-only: {what}"));
    let root = c"/";
    mount(None, root, None, libc::MS_REC | libc::MS_PRIVATE).map_err(|()| failed("/"))?;
    let mut places = Vec::new();
    for path in write {
        let place = CString::new(path.as_str()).map_err(|_| "a path has a NUL character".to_owned())?;
        // What is not there cannot be written, and what is read-only stays it.
        if is_writable(&place) {
            mount(Some(&place), &place, None, libc::MS_BIND | libc::MS_REC).map_err(|()| failed(path))?;
            places.push(place);
        }
    }
    let read_only = Attributes { set: libc::MOUNT_ATTR_RDONLY, clear: 0, propagation: 0, user: 0 };
    set_attributes(root, &read_only).map_err(|()| failed("/"))?;
    let writable = Attributes { set: 0, clear: libc::MOUNT_ATTR_RDONLY, propagation: 0, user: 0 };
    for place in &places {
        set_attributes(place, &writable).map_err(|()| failed(&place.to_string_lossy()))?;
    }
    let shared = c"/dev/shm";
    if is_folder(shared) {
        mount(Some(c"tmpfs"), shared, Some(c"tmpfs"), libc::MS_NOSUID | libc::MS_NODEV)
            .map_err(|()| failed("/dev/shm"))?;
    }
    Ok(())
}

fn is_writable(path: &CStr) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|system| !system.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

fn is_folder(path: &CStr) -> bool {
    rustix::fs::lstat(path)
        .is_ok_and(|data| rustix::fs::FileType::from_raw_mode(data.st_mode) == rustix::fs::FileType::Directory)
}

fn mount(source: Option<&CStr>, target: &CStr, kind: Option<&CStr>, flags: libc::c_ulong) -> Result<(), ()> {
    let pointer = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: all texts end with NUL and live longer than the call; the last argument may be null.
    let done = unsafe { libc::mount(pointer(source), target.as_ptr(), pointer(kind), flags, std::ptr::null()) };
    if done == 0 { Ok(()) } else { Err(()) }
}

fn set_attributes(path: &CStr, attributes: &Attributes) -> Result<(), ()> {
    // SAFETY: the path ends with NUL, the attributes are of the form and size that are told, and both outlive the call.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const *attributes,
            size_of::<Attributes>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(()) }
}

/// Lets root be no more than the owner of its files. Who is not root loses all by becoming another program.
pub(super) fn drop_capabilities() -> Result<(), String> {
    let words = |error: rustix::io::Errno| format!("rights cannot be given up: {error}");
    if !geteuid().is_root() {
        return Ok(());
    }
    for number in 0..=LAST {
        let one = CapabilitySet::from_bits_retain(1 << number);
        // Those that the system does not know cannot be asked for.
        if !KEPT.contains(one) && rustix::thread::capability_is_in_bounding_set(one).unwrap_or(false) {
            rustix::thread::remove_capability_from_bounding_set(one).map_err(words)?;
        }
    }
    rustix::thread::clear_ambient_capability_set().map_err(words)?;
    let now = rustix::thread::capabilities(None).map_err(words)?;
    let kept = rustix::thread::CapabilitySets {
        effective: now.effective & KEPT,
        permitted: now.permitted & KEPT,
        inheritable: CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, kept).map_err(words)
}

/// What stands in the way, with the system's own word.
fn said(what: &str) -> String {
    format!("{what}: {}", io::Error::last_os_error())
}
