//! Attacks: each case tries a harm with the real binary and sees that it does not happen.
//!
//! | way in | what is tried | where |
//! | --- | --- | --- |
//! | titles, commands, front matter, names of files, typed words | steering the terminal, forging lines | `terminal` |
//! | titles, names, environment | a shell or git that takes them for commands or options | `shells` |
//! | titles, names, output of commands | commands to a workflow's runner, its output file, its summary | `workflows` |
//! | titles, names, output of commands | breaking out of a report, writing and removing files beside it | `pages` |
//! | configuration, front matter, files of variables | bombs, depth, length, nonsense, what else is at a path | `configuration` |
//! | links, pipes and devices in a repository | reading and writing what lies outside, waiting without end | `links` |
//! | journals, history, cache | forged numbers, places and ends, tearing, bombs | `kept` |
//! | plan, file of approvals | running what nobody approved, by look-alikes, paths, races | `approved` |
//!
//! What leads out of a sandbox is tried in `sandbox*.rs`, processes that flee in `signals.rs` and `stops.rs`.

mod approved;
mod configuration;
mod kept;
mod links;
mod pages;
mod shells;
mod terminal;
mod workflows;
