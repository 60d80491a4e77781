//! The words that plans use, as tables. A language is a few more rows.
//!
//! Must not know where in a document a word stands.

mod columns;
mod compounds;
mod failures;
mod labels;
mod languages;
mod marks;
mod objects;
mod places;
mod reserves;
mod verbs;
mod words;

pub use columns::{is_criterion, is_nothing};
pub use compounds::{is_whole, rounds_off};
pub use labels::{Name, expects, normalise, place, proof, without_joint};
pub use marks::{marks_manual, prompts};
pub use objects::{leaves_object_open, names_files};
pub use places::{Place, is_closed, is_needs_label, is_never_proof};
pub use reserves::{is_baseline, is_hedged, was_baseline};
pub use verbs::{Verb, ends_in_check, succeeds, verb};
pub use words::{
    asks, ends_in_joint, expects_failure, fails, is_asked_by_result, is_manual, leads_to_failure, names_other_machine,
    needs_person, only_success, passes_in_the_end, red_label, waits_for_access,
};
