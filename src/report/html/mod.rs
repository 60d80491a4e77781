//! A page for people: one HTML file with everything that is known of a run.
//!
//! The file needs nothing beside itself and says so to the browser: its policy allows the one style sheet and the one
//! script that stand in it, by their hashes, and no request. All of it can be read without the script, which only
//! searches, filters, folds and unfolds. It is well-formed XML too, so that tests and tools can read it back. Must not
//! know where the bytes go.

mod anchors;
mod checks;
mod escape;
mod graph;
mod layout;
mod look;
mod overview;
mod page;
mod timeline;
mod track;

pub use page::html;
