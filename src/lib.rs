//! Reads implementation plans, runs their validation commands in dependency order and reports which
//! stages hold.
//!
//! The library serves the `plan-run` binary and its own tests; it makes no promise of stability.
//! Data walks one way through the rooms, each of which may name only those before it:
//!
//! ```text
//! source -> outline -> dialect -> plan -> graph -> select -> run | report -> cli
//! ```

pub mod text;

pub mod host;

pub mod source;

pub mod diagnostic;

pub mod config;

pub mod outline;

pub mod dialect;

pub mod plan;

pub mod graph;

pub mod select;

pub mod outcome;

pub mod prove;

pub mod touched;

pub mod event;

pub mod roster;

pub mod journal;

pub mod history;

pub mod cache;

pub mod edit;

pub mod lint;

pub mod scaffold;

pub mod shards;

pub mod trust;

pub mod run;

pub mod report;

pub mod standing;

pub mod cli;
