//! Cases written as Markdown: input and expectation side by side, one heading a case.
//!
//! `file` reads and rewrites the files, `judge` compares what plan-run makes of a case with what it expects, `render`
//! shows plans, diagnostics and events as short text, `scripted` runs a plan without a process, `diff` shows how two
//! texts differ. How a case is written: `CONTRIBUTING.md`.

pub mod diff;
pub mod file;
pub mod judge;
pub mod render;
pub mod scripted;
