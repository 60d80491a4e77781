//! How findings look, one format a file.

mod json;
mod text;

pub(super) use json::json;
pub(super) use text::text;
