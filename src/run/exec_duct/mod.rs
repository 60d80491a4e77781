//! The executor for real processes.
//!
//! Each running job has a slot, a thread that alone starts, watches, ends and waits for its process. The
//! thread sleeps until the process ends, output comes, someone asks it to end the job, or a deadline
//! passes. A slot is used again for later jobs.
//!
//! `slot` has the threads and what is asked of them, `start` makes a process of a job and is the one file that
//! names duct (which starts what `spawn` beside this folder cannot), `watch` sees it to its end, `spool` keeps what it writes, `kin` knows its whole family, `scratch` gives it
//! a folder, `recall` ends what runs on another machine, and `clock` stands still while everything is stopped.
//!
//! Must not know what a job means to a plan.

mod clock;
mod kin;
mod recall;
mod scratch;
mod slot;
mod spool;
mod start;
mod watch;

pub use slot::DuctExec;
