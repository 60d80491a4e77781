//! Rules that hold a plan against what is there: files, links, and what its commands name. Nothing is run.

pub(super) mod boxes;
mod calls;
pub(super) mod cargo;
mod findings;
pub(super) mod links;
pub(super) mod make;
pub(super) mod node;
mod paths;
mod planned;
pub(super) mod programs;
pub(super) mod references;
pub(super) mod status;
pub(super) mod suites;
mod texts;
