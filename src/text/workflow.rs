//! Commands to the runner of a workflow of GitHub.
//!
//! Must not know what they are about.

use super::clean::visible;

/// A command with its properties and its message, as a line of its own. Nothing in these can end the command or begin
/// another one, and no property steers a terminal; who writes the message sees to that of the message.
#[must_use]
pub fn workflow_command(kind: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{kind} {}::{}\n", properties.join(","), data(message))
}

/// A text as the data of a command, in which lines may break.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line.as_bytes())).collect();
    data(&lines.join("\n")).replace(':', "%3A").replace(',', "%2C")
}
