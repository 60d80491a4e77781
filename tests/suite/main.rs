//! The one end-to-end binary: a module for each feature.

#![expect(clippy::disallowed_methods, reason = "tests make the world that they test in")]

#[path = "../support/mod.rs"]
mod support;

mod bytes;
mod cache;
mod captured;
mod case_files;
mod claims;
mod completions;
mod config;
mod configured;
mod diagrams;
mod dispatch;
mod edits;
mod env_files;
mod examples;
mod exec_contract;
mod exit_codes;
mod explain;
mod faster;
mod faults;
mod giving_up;
mod history;
mod host;
mod html;
mod jobserver;
mod journal;
mod json;
mod junit;
mod limits;
mod lint;
mod listing;
mod live;
mod manual;
mod marks;
mod masking;
mod new_plans;
mod progress;
mod props_marks;
mod props_reading;
mod props_xml;
mod prove;
mod prove_ends;
mod readers;
mod reports;
mod resources;
mod retries;
mod reuse;
mod runs;
mod schedule;
mod scripts;
mod secrets;
mod settings;
mod signals;
mod slow;
mod soak;
mod started;
mod stops;
mod summary;
mod tally;
mod tidy;
mod trees;
mod words;
mod workflow;
