//! Rules of staged plans: what stands before the stages, what a stage is made of, and how stages follow one another.

mod anatomy;
pub(super) mod background;
pub(super) mod changes;
pub(super) mod checks;
pub(super) mod numbers;
pub(super) mod order;
pub(super) mod parts;
mod preface;
mod whole;
