//! What a check left behind, as it is written into a journal.

use serde::{Deserialize, Deserializer, Serialize};

use crate::event::Leftover;

/// A process that was left behind.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Left {
    process: Option<u32>,
    command: String,
}

impl Left {
    pub(super) fn of(left: &Leftover) -> Self {
        Self { process: left.process, command: left.command.clone() }
    }

    pub(super) fn leftover(self) -> Leftover {
        Leftover { process: self.process, command: self.command }
    }
}

/// Reads what was left behind. The first journals only said whether there was anything.
pub(super) fn read<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<Left>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Whether(bool),
        Which(Vec<Left>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::Whether(false) => Vec::new(),
        Form::Whether(true) => vec![Left::default()],
        Form::Which(left) => left,
    })
}
