//! A language server over standard input and output: what plan-run knows of a plan, while it is written.
//!
//! `protocol` reads and writes messages, `server` keeps the documents and asks the others, each of which answers one kind
//! of question from what was read. Nothing is read here in a way of its own: findings are lint's, what a line means is
//! explain's, results are those of the journals. Nothing but messages is written to standard output.

mod actions;
mod definition;
mod document;
mod findings;
mod hover;
mod lenses;
mod positions;
mod protocol;
mod results;
mod running;
mod server;
mod symbols;

pub(super) use server::serve;
