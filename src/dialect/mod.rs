//! What the author of a plan wrote: stages, checks, dependencies, each with the rule that read it.
//!
//! Takes an outline, leaves a [`Reading`]. One engine; a dialect is a small value that says which
//! units and which default order apply. Must not know the configuration or how commands are run.

pub mod diagram;
pub mod mermaid;
mod model;
pub mod names;

pub use model::{Order, ReadCheck, ReadStage, Reading, Reference, Relation, RelationSource};

use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::outline::Outline;
use crate::source::Source;

/// Reads a plan's stages, checks and relations.
#[must_use]
pub fn read(source: &Arc<Source>, outline: &Outline, dialect: Option<&str>, diagnostics: &mut Diagnostics) -> Reading {
    let _ = (source, outline, dialect, diagnostics);
    Reading::default()
}
