//! seccomp: calls to the system that no other means of the sandbox looks at.
//!
//! Sockets by their family: those of UNIX lead to every service of the machine that listens at a file, whatever may be
//! read, and where there is no network of the sandbox's own, those of the internet lead to all others. The ring of calls is
//! refused because what is asked through it passes no filter. Limits of other processes, keys and typing into a terminal are
//! nobody's business in a sandbox.
//!
//! The filter is a program for the machine in the system that looks at each call: it is built here, because a filter that
//! leaves out the calls of another word size lets all of them through.

#![expect(unsafe_code, reason = "no library of ours loads a filter")]

use std::io;

use super::rules::Rules;

/// The machine of which a filter knows the calls.
#[cfg(target_arch = "x86_64")]
const MACHINE: Option<u32> = Some(0xc000_003e);
#[cfg(target_arch = "aarch64")]
const MACHINE: Option<u32> = Some(0xc000_00b7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: Option<u32> = None;

/// From this number on calls are those of another word size.
#[cfg(target_arch = "x86_64")]
const OTHER_WORDS: u32 = 0x4000_0000;
#[cfg(not(target_arch = "x86_64"))]
const OTHER_WORDS: u32 = u32::MAX;

/// Types into a terminal as if a person did.
const TYPE_IN: u32 = 0x5412;
/// The same and more for the consoles of the machine.
const CONSOLE: u32 = 0x541c;

// Where in what is known of a call the parts of it stand; of arguments the lower half.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST: u32 = 16;
const SECOND: u32 = 24;

/// Whether there is a filter for this machine.
pub(super) fn is_known() -> bool {
    MACHINE.is_some()
}

/// Refuses from now on what the rules do not let through.
///
/// # Errors
/// When the system does not take the filter.
pub(super) fn load(rules: &Rules) -> Result<(), String> {
    let Some(machine) = MACHINE else { return Err("there is no filter for this machine".to_owned()) };
    let mut program = program(machine, rules);
    let length = u16::try_from(program.len()).map_err(|_| "the filter is too long".to_owned())?;
    let filter = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    // SAFETY: `filter` points to `length` instructions, which live longer than the call; the system copies them.
    let loaded = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter) };
    if loaded == 0 { Ok(()) } else { Err(format!("seccomp: {}", io::Error::last_os_error())) }
}

fn program(machine: u32, rules: &Rules) -> Vec<libc::sock_filter> {
    let refuse = |error: i32| libc::SECCOMP_RET_ERRNO | error.unsigned_abs();
    let mut out = vec![
        load_from(ARCHITECTURE),
        // The calls of another machine have other numbers.
        skip_if_equal(machine, 1, 0),
        give(libc::SECCOMP_RET_KILL_PROCESS),
        load_from(NUMBER),
        statement(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, OTHER_WORDS, 0, 1),
        give(refuse(libc::ENOSYS)),
    ];
    let mut families = vec![libc::AF_NETLINK];
    if rules.network || rules.means.spaces.is_some() {
        families.extend([libc::AF_INET, libc::AF_INET6]);
    }
    families.extend(rules.sockets.then_some(libc::AF_UNIX));
    // A socket of a family that is let through, or refused.
    let known = families.len();
    out.push(skip_if_equal(number(libc::SYS_socket), 0, as_step(known + 3)));
    out.push(load_from(FIRST));
    for (index, family) in families.into_iter().enumerate() {
        out.push(skip_if_equal(family.unsigned_abs(), as_step(known - index), 0));
    }
    out.push(give(refuse(libc::EACCES)));
    out.push(give(libc::SECCOMP_RET_ALLOW));
    for call in [
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
    ] {
        out.extend([skip_if_equal(number(call), 0, 1), give(refuse(libc::EPERM))]);
    }
    // Limits of another process than the one that asks.
    out.push(skip_if_equal(number(libc::SYS_prlimit64), 0, 4));
    out.extend([load_from(FIRST), skip_if_equal(0, 1, 0), give(refuse(libc::EPERM)), give(libc::SECCOMP_RET_ALLOW)]);
    out.push(skip_if_equal(number(libc::SYS_ioctl), 0, 5));
    out.extend([load_from(SECOND), skip_if_equal(TYPE_IN, 1, 0), skip_if_equal(CONSOLE, 0, 1)]);
    out.extend([give(refuse(libc::EPERM)), give(libc::SECCOMP_RET_ALLOW), give(libc::SECCOMP_RET_ALLOW)]);
    out
}

/// A call's number as the system has it.
fn number(call: libc::c_long) -> u32 {
    u32::try_from(call).unwrap_or(u32::MAX)
}

/// So many instructions as one step; there are a few dozen.
fn as_step(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

fn load_from(offset: u32) -> libc::sock_filter {
    statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

/// Leaves out so many instructions where what was loaded is equal, or is not.
fn skip_if_equal(value: u32, equal: u8, other: u8) -> libc::sock_filter {
    statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, equal, other)
}

fn give(answer: u32) -> libc::sock_filter {
    statement(libc::BPF_RET | libc::BPF_K, answer, 0, 0)
}

fn statement(code: u32, value: u32, equal: u8, other: u8) -> libc::sock_filter {
    // Codes are bits of the lower half.
    libc::sock_filter { code: code as u16, jt: equal, jf: other, k: value }
}
