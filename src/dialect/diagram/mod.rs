//! Reads the order of stages from drawings in text: arrows, branches, boxes, trees.
//!
//! Pure: lines in, edges between stages out. Must not know which section the drawing stands in, nor
//! what else the plan says of the same stages.
//!
//! ```text
//! lines ─► grid (display columns) ─► ascii (what is a line) ─► boxes ─► scene (nodes) ─► trace ─► assemble
//! ```

mod ascii;
pub(super) mod assemble;
mod boxes;
mod glyph;
mod grid;
mod indent;
pub(super) mod label;
mod read;
mod roles;
mod scene;
mod trace;

pub(super) use read::Fuel;
pub use read::{Diagram, DiagramEdge, edges};
