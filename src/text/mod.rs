//! Words and bytes made fit to be shown: durations, plurals, near names, cleaned output.
//!
//! Must not know anything of plans; every other room may use it.

mod clean;
mod files;
mod json;
mod mask;
mod mermaid;
mod phrases;
mod starts;
mod words;
mod workflow;

pub use clean::{clean, clean_line, tame, visible};
pub use files::{NamedFile, files, plain_path};
pub use json::{json_line, json_lines, write_json};
pub use mask::{MASKED, Mask, Masking, SHORTEST};
pub use mermaid::mermaid;
pub use phrases::{Families, Lexicon, Phrases};
pub use starts::{Starts, ends_with, is_blank, last_sentence, starts_with, starts_with_any};
pub use words::{columns, duration, fit, nearest, plural, size, slug};
pub use workflow::workflow_command;
