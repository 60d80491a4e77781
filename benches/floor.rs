//! The least that running commands can cost: what `ci/bench` holds plan-run and other tools against.
//!
//! ```text
//! floor run JOBS FILE          # runs a graph of commands, each by `/bin/sh -c`, and drops what they write
//! floor measure PROGRAM ...    # runs a program with its output thrown away, and tells what it cost, as JSON
//! floor stamp FILE             # writes the time, in nanoseconds
//! ```
//!
//! A line of the graph holds the numbers of the lines that must have succeeded before, counted from 0, then a tab and the
//! command. As many threads as jobs share the graph. Each takes a command that may start, makes a pipe, starts the process,
//! reads the pipe to its end and waits: no limits, no groups, nothing kept.
//!
//! `measure` is here because a process begins with the peak memory of its parent, so whoever measures must be small.
//! `ci/bench` builds this file with the compiler alone, so it needs no crate; cargo knows it only to check it.

#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a program for measuring tells its results")]
#![expect(clippy::disallowed_methods, reason = "it reads and writes its files and starts processes, nothing else")]
#![expect(unsafe_code, reason = "the system's own calls are the floor, and a library would be above it")]

use std::collections::VecDeque;
use std::error::Error;
use std::ffi::{CStr, CString, c_char};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run", jobs, file] => run(jobs.parse()?, &std::fs::read_to_string(file)?),
        ["measure", program @ ..] if !program.is_empty() => measure(program),
        ["stamp", file] => Ok(std::fs::write(file, now()?.as_nanos().to_string())?),
        _ => Err("usage: floor run JOBS FILE | measure PROGRAM ... | stamp FILE".into()),
    }
}

/// A command and what waits for it.
struct Node {
    command: CString,
    open_needs: usize,
    dependents: Vec<usize>,
}

struct Graph {
    nodes: Vec<Node>,
    ready: VecDeque<usize>,
    left: usize,
    failed: bool,
}

fn run(jobs: usize, text: &str) -> Outcome<()> {
    let mut nodes: Vec<Node> = Vec::new();
    for line in text.lines() {
        let (needs, command) = line.split_once('\t').ok_or("a line without a tab")?;
        let needs = needs.split_ascii_whitespace().map(str::parse).collect::<Result<Vec<usize>, _>>()?;
        let index = nodes.len();
        for &need in &needs {
            nodes.get_mut(need).ok_or("a command needs one that comes later")?.dependents.push(index);
        }
        let node = Node { command: CString::new(command)?, open_needs: needs.len(), dependents: Vec::new() };
        nodes.push(node);
    }
    let ready = nodes.iter().enumerate().filter(|(_, node)| node.open_needs == 0).map(|(index, _)| index).collect();
    let graph = Mutex::new(Graph { left: nodes.len(), nodes, ready, failed: false });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| slot(&graph, &changed));
        }
    });
    let failed = graph.lock().is_ok_and(|graph| graph.failed);
    if failed { Err("a command failed".into()) } else { Ok(()) }
}

fn slot(graph: &Mutex<Graph>, changed: &Condvar) {
    let mut buffer = vec![0; 64 * 1024];
    let mut state = graph.lock().unwrap_or_else(PoisonError::into_inner);
    while state.left > 0 && !state.failed {
        let Some(index) = state.ready.pop_front() else {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let command = std::mem::take(&mut state.nodes[index].command);
        drop(state);
        let succeeded = sees_to_its_end(&command, &mut buffer);
        state = graph.lock().unwrap_or_else(PoisonError::into_inner);
        state.left -= 1;
        state.failed |= !succeeded;
        for dependent in std::mem::take(&mut state.nodes[index].dependents) {
            let node = &mut state.nodes[dependent];
            node.open_needs -= 1;
            if node.open_needs == 0 {
                state.ready.push_back(dependent);
            }
        }
        if state.ready.len() > 1 || state.left == 0 || state.failed {
            changed.notify_all();
        }
    }
}

/// Runs a command to its end and says whether its exit status was 0.
fn sees_to_its_end(command: &CString, buffer: &mut [u8]) -> bool {
    let Ok((mut reader, writer)) = io::pipe() else { return false };
    let process = spawn(&[c"/bin/sh", c"-c", command], Some(writer.as_raw_fd()));
    drop(writer);
    while reader.read(buffer).is_ok_and(|count| count > 0) {}
    drop(reader);
    process.is_some_and(|process| wait(process).is_some_and(|(status, _)| status == 0))
}

/// Starts a program, with nothing to read and both outputs going to `writer`; to nowhere without one.
fn spawn(argv: &[&CStr], writer: Option<i32>) -> Option<i32> {
    let mut pointers: Vec<*const c_char> = argv.iter().map(|word| word.as_ptr()).collect();
    pointers.push(ptr::null());
    let mut actions = MaybeUninit::<system::Actions>::uninit();
    let actions = actions.as_mut_ptr();
    let nowhere = c"/dev/null".as_ptr();
    let mut process = 0;
    // SAFETY: the actions are initialised before they are used and destroyed afterwards; all texts and the list of
    // pointers, which ends with null, live longer than the call; nobody changes the environment meanwhile.
    let failed = unsafe {
        system::posix_spawn_file_actions_init(actions);
        system::posix_spawn_file_actions_addopen(actions, 0, nowhere, system::READ, 0);
        match writer {
            Some(writer) => _ = system::posix_spawn_file_actions_adddup2(actions, writer, 1),
            None => _ = system::posix_spawn_file_actions_addopen(actions, 1, nowhere, system::WRITE, 0),
        }
        system::posix_spawn_file_actions_adddup2(actions, 1, 2);
        let environment = system::environ;
        let program = pointers[0];
        let failed = system::posix_spawnp(&mut process, program, actions, ptr::null(), pointers.as_ptr(), environment);
        system::posix_spawn_file_actions_destroy(actions);
        failed
    };
    (failed == 0).then_some(process)
}

/// Waits for a process; gives its status, as the system writes it, and what it used.
fn wait(process: i32) -> Option<(i32, system::Usage)> {
    let mut status = 0;
    let mut usage = system::Usage::default();
    // SAFETY: both pointers lead to memory of the right size.
    let waited = unsafe { system::wait4(process, &mut status, 0, &mut usage) };
    (waited == process).then_some((status, usage))
}

/// The few calls of a Unix system of 64 bits that are needed.
mod system {
    use std::ffi::{c_char, c_int, c_long, c_void};

    pub(super) const READ: c_int = 0;
    pub(super) const WRITE: c_int = 1;

    /// What a system keeps its file actions in, with room to spare.
    #[repr(C, align(16))]
    pub(super) struct Actions([u8; 256]);

    /// `struct rusage`: two times, each in seconds and microseconds, the peak memory, and figures that nobody asks for.
    #[repr(C)]
    #[derive(Default)]
    pub(super) struct Usage {
        pub(super) user: [c_long; 2],
        pub(super) system: [c_long; 2],
        pub(super) peak: c_long,
        rest: [c_long; 13],
    }

    unsafe extern "C" {
        pub(super) static environ: *const *const c_char;
        pub(super) fn posix_spawn_file_actions_init(actions: *mut Actions) -> c_int;
        pub(super) fn posix_spawn_file_actions_destroy(actions: *mut Actions) -> c_int;
        pub(super) fn posix_spawn_file_actions_addopen(
            actions: *mut Actions,
            descriptor: c_int,
            path: *const c_char,
            flags: c_int,
            mode: u32,
        ) -> c_int;
        pub(super) fn posix_spawn_file_actions_adddup2(actions: *mut Actions, from: c_int, to: c_int) -> c_int;
        pub(super) fn posix_spawnp(
            process: *mut i32,
            program: *const c_char,
            actions: *const Actions,
            attributes: *const c_void,
            argv: *const *const c_char,
            environment: *const *const c_char,
        ) -> c_int;
        pub(super) fn wait4(process: i32, status: *mut c_int, options: c_int, usage: *mut Usage) -> i32;
    }
}

fn measure(argv: &[&str]) -> Outcome<()> {
    let words = argv.iter().map(|&word| CString::new(word)).collect::<Result<Vec<_>, _>>()?;
    let words: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
    let start = now()?;
    let process = spawn(&words, None).ok_or("it cannot be started")?;
    let (status, usage) = wait(process).ok_or("it cannot be waited for")?;
    let wall = now()?.saturating_sub(start);
    let seconds = |[whole, micros]: [i64; 2]| whole as f64 + micros as f64 / 1e6;
    // As a shell tells it.
    let code = if status & 0x7f == 0 { status >> 8 & 0xff } else { 128 + (status & 0x7f) };
    println!(
        "{{\"start\": {}, \"wall\": {}, \"cpu\": {}, \"peak\": {}, \"status\": {code}}}",
        start.as_nanos(),
        wall.as_secs_f64(),
        seconds(usage.user) + seconds(usage.system),
        // Macs tell it in bytes, others in KiB.
        usage.peak * if cfg!(target_os = "macos") { 1 } else { 1024 },
    );
    Ok(())
}

/// The wall clock, which all processes share.
fn now() -> Outcome<Duration> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?)
}
