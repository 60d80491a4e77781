//! The one end-to-end binary: a module for each feature.

#[path = "../support/mod.rs"]
mod support;

mod config;
mod diagrams;
mod dispatch;
mod examples;
mod exec_contract;
mod exit_codes;
mod listing;
mod reports;
mod runs;
mod schedule;
mod scripts;
mod signals;
mod tidy;
