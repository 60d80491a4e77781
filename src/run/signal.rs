//! Signals of the system as interrupts, and as wishes to stop for a while.
//!
//! Must not know what an interrupt does to a run.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::os::{self, Wanted};

/// One element for each time that someone asks the run to end.
pub type Interrupts = UnboundedReceiver<()>;

/// One element for each time that someone asks for everything to be stopped for a while.
pub type Stops = UnboundedReceiver<()>;

/// Starts to listen for SIGTSTP, which Ctrl-Z sends, unless the program was told to ignore it. To be called within a
/// tokio runtime whose I/O is enabled.
///
/// # Errors
/// When a handler cannot be installed.
pub fn listen_for_stops() -> std::io::Result<Stops> {
    let (sender, stops) = tokio::sync::mpsc::unbounded_channel();
    forward(Wanted::Stop, SignalKind::from_raw(os::STOP_SIGNAL), &sender)?;
    Ok(stops)
}

/// Starts to listen for SIGINT, SIGTERM and SIGHUP; not for those that the program was told to ignore, as `nohup`
/// does with SIGHUP. To be called within a tokio runtime whose I/O is enabled.
///
/// # Errors
/// When a handler cannot be installed.
pub fn listen() -> std::io::Result<Interrupts> {
    let (sender, interrupts) = tokio::sync::mpsc::unbounded_channel();
    let kinds = [
        (Wanted::Interrupt, SignalKind::interrupt()),
        (Wanted::Terminate, SignalKind::terminate()),
        (Wanted::Hangup, SignalKind::hangup()),
    ];
    for (which, kind) in kinds {
        forward(which, kind, &sender)?;
    }
    Ok(interrupts)
}

/// Passes on each signal of a kind, unless it is ignored.
fn forward(which: Wanted, kind: SignalKind, sender: &UnboundedSender<()>) -> std::io::Result<()> {
    if os::is_ignored(which) {
        return Ok(());
    }
    let mut stream = signal(kind)?;
    let sender = sender.clone();
    tokio::spawn(async move {
        while stream.recv().await.is_some() {
            if sender.send(()).is_err() {
                return;
            }
        }
    });
    Ok(())
}
