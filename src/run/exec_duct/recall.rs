//! Ends a command on another machine, and says how one ended by what it reported itself.
//!
//! Must not know how a client is started.

#![expect(clippy::disallowed_methods, reason = "a client's output must not fill its pipe while another program runs")]

use std::time::Duration;

use super::start::{Child, Errand};
use crate::run::exec::{Ending, Job};
use crate::run::launch::{Ear, Remote, Report};
use crate::text::clean_line;

/// Time between two looks at what cannot be slept on.
const LOOK: Duration = Duration::from_millis(5);

/// The most characters that are shown of what a launcher says.
const MOST_WORDS: usize = 200;

/// Runs the command line that ends a command, if there is one, but not for longer than `still` holds. Gives whether it
/// did what it is there for.
///
/// # Errors
/// What went wrong, as a line.
pub(super) fn cancel(
    remote: &Remote,
    job: &Job,
    child: &mut Child<'_>,
    still: impl Fn() -> bool,
) -> Result<bool, String> {
    let Some(argv) = &remote.cancel else { return Ok(false) };
    let problem = |what: &str| {
        let program = clean_line(argv.first().map_or("", String::as_str));
        Err(format!("may still run on the other machine: `{program}`, which was to cancel it, {what}"))
    };
    let mut errand = match Errand::start(argv, &job.cwd) {
        Ok(errand) => errand,
        Err(why) => return problem(&format!("could not be started: {why}")),
    };
    loop {
        match errand.over() {
            Some(Ok(())) => return Ok(true),
            Some(Err(what)) => return problem(&what),
            None if still() => {
                std::thread::sleep(LOOK);
                child.spool.copy();
            }
            None => {
                errand.end();
                return problem("did not end in time");
            }
        }
    }
}

/// How a command ended, by its own report; `client` is how the launcher's client did, which proves nothing.
pub(super) fn reported(remote: &Remote, job: &Job, ear: &Ear, client: &Ending) -> Ending {
    let by = clean_line(&remote.by);
    match ear.report() {
        Some(Report::Exited(status)) => Ending::Exited(status),
        Some(Report::Signalled(signal)) => Ending::Signalled(signal),
        Some(Report::NoDirectory) => Ending::NotStarted(format!("its directory does not exist there ({by})")),
        Some(Report::NoShell) => Ending::NotStarted(format!("its shell does not exist there ({by})")),
        None => {
            let program =
                clean_line(job.argv.first().map_or("", |program| program.rsplit('/').next().unwrap_or(program)));
            let how = match client {
                Ending::Exited(status) => format!("exit status {status}"),
                Ending::Signalled(signal) => format!("signal {signal}"),
                Ending::Lost(why) | Ending::NotStarted(why) => why.clone(),
                Ending::TimedOut | Ending::Stopped | Ending::OutputLimit(_) => "it was ended".to_owned(),
            };
            Ending::Lost(match (ear.has_begun(), ear.place()) {
                (true, Some(place)) if !place.is_empty() => {
                    format!(
                        "launched by {by}, it began on {place} and never reported its end; `{program}` ended with {how}"
                    )
                }
                (true, _) => {
                    format!("launched by {by}, it began and never reported its end; `{program}` ended with {how}")
                }
                (false, _) => {
                    let words = ear.last_words().map(|words| format!(": {}", shortened(&words))).unwrap_or_default();
                    format!("launched by {by}, it never began; `{program}` ended with {how}{words}")
                }
            })
        }
    }
}

fn shortened(words: &str) -> String {
    let words = clean_line(words);
    match words.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words,
    }
}
