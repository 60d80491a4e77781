//! Signals of the system as interrupts.
//!
//! Must not know what an interrupt does to a run.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

use super::os::{self, EndSignal};

/// One element for each time that someone asks the run to end.
pub type Interrupts = UnboundedReceiver<()>;

/// Starts to listen for SIGINT, SIGTERM and SIGHUP; not for those that the program was told to ignore, as `nohup`
/// does with SIGHUP. To be called within a tokio runtime whose I/O is enabled.
///
/// # Errors
/// When a handler cannot be installed.
pub fn listen() -> std::io::Result<Interrupts> {
    let (sender, interrupts) = tokio::sync::mpsc::unbounded_channel();
    let kinds = [
        (EndSignal::Interrupt, SignalKind::interrupt()),
        (EndSignal::Terminate, SignalKind::terminate()),
        (EndSignal::Hangup, SignalKind::hangup()),
    ];
    for (which, kind) in kinds {
        if os::is_ignored(which) {
            continue;
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
    }
    Ok(interrupts)
}
