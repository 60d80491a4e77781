//! x
use super::{ReadPart, Reporter};
use crate::event::Event;
use crate::select::Selection;

/// Plain.
pub struct LivePlain;

impl LivePlain {
    /// Stand-in.
    #[must_use]
    pub fn new(out: Box<dyn std::io::Write>, read: Box<ReadPart<'static>>, colour: bool) -> Self {
        let _ = (out, read, colour);
        Self
    }
}

impl Reporter for LivePlain {
    fn hear(&mut self, _: &Selection, _: &Event) -> Result<(), String> {
        Ok(())
    }
}
