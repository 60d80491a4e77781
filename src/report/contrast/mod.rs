//! Tells whether tests are shown to have failed before the work: the same red checks in two runs, side by side.
//!
//! Takes the reports of both runs, leaves text or JSON. Must not know how the older tree came about.

mod json;
mod model;
mod text;

pub use json::contrast_json;
pub use model::{Base, Contrast, Files, PlanContrast, RedReport, Side, Standing};
pub use text::contrast_text;
