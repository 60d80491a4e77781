//! What the author of a plan wrote: stages, checks, dependencies, each with the rule that read it.
//!
//! Takes an outline, leaves a [`Reading`]. One engine; a dialect is a small value that says which
//! units and which default order apply. Must not know the configuration or how commands are run.

pub mod diagram;
pub mod mermaid;
mod model;
pub mod names;

pub use model::{Order, ReadCheck, ReadStage, Reading, Reference, Relation, RelationSource};
