//! What the author of a plan wrote: stages, checks, dependencies, each with the rule that read it.
//!
//! Takes an outline, leaves a [`Reading`]. One engine; a dialect is a small value that says which
//! units and which default order apply. Knows of the configuration only what it says of single lines. Must not know
//! how commands are run.

mod actions;
mod arrows;
mod asides;
pub mod block;
mod boxes;
pub mod checkers;
mod clauses;
mod closings;
pub mod command;
pub mod context;
mod counts;
mod criteria;
mod cues;
pub mod detect;
pub mod diagram;
mod directives;
pub mod effects;
mod engine;
mod examines;
pub mod expect;
mod facts;
mod fed;
mod finished;
mod folder;
mod gates;
mod holders;
mod in_turn;
pub mod inline;
pub mod item;
mod item_labels;
mod judged;
mod leads;
mod listed;
mod listings;
mod literal;
mod marks;
pub mod mermaid;
mod model;
pub mod names;
mod obey;
pub mod order;
pub mod others;
mod pending;
mod phrases;
pub mod programs;
mod proofs;
mod remarks;
mod repeats;
mod repl;
mod rows;
pub mod rules;
mod sayings;
mod sentences;
pub mod shell;
pub mod stage_names;
mod steps;
pub mod structure;
mod suites;
pub mod tasks;
mod titled;
mod titles;
pub mod units;
pub mod verbs;
pub mod vocab;
pub mod walk;
mod waves;
mod xml;

pub use engine::read;
pub use model::{
    Allowed, Directed, Headed, Order, Parallel, ReadCheck, ReadStage, Reading, Reference, Relation, RelationSource,
    Ticked,
};
