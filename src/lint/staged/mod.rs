//! Rules of staged plans: what a stage is made of.

mod anatomy;
pub(super) mod parts;
