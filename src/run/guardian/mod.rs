//! What ends the processes of a run whose runner was killed: a process of its own, the guardian.
//!
//! A program that is killed with SIGKILL can do nothing any more. So another process waits at a pipe of which only the
//! runner has the other end: when that closes without a last word, the runner is gone, and whatever it had started is
//! ended. `guard` is the runner's side, `vigil` what the guardian does, `sweep` how it finds and ends processes, `book`
//! the groups under way, and `tag` a mark that processes cannot take off with their environment.
//!
//! Must not know what a job is.

mod book;
mod guard;
mod sweep;
mod tag;
mod vigil;

pub use guard::{Guard, Rope};
pub use vigil::{GUARD, keep_vigil};
