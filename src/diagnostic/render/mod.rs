//! How diagnostics look, one format a file.

mod full;

pub use full::full;
