//! Headings and labels in languages other than English. One more language is one more list.

mod proof;
mod rest;
mod work;

pub(super) use proof::ALL as PROOF;
pub(super) use rest::{CLOSED, LABELS, NEEDS, TAILS};
pub(super) use work::ALL as WORK;
