//! Problems that the author of a plan or of a configuration can mend.
//!
//! Every room from `source` to `select` adds to one [`Diagnostics`]; only `render` chooses how they
//! look. Must not know about plans: a diagnostic is a code, words and places in files.

pub mod codes;
mod meanings;
mod model;
pub mod render;

pub use meanings::{MEANINGS, Meaning, meaning};
pub use model::{Diagnostic, Diagnostics, Label, Severity};
