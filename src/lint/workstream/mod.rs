//! Rules of workstream plans: their nine parts, their workstreams and steps, and where they belong.

pub(super) mod place;
pub(super) mod risks;
pub(super) mod sections;
pub(super) mod steps;
mod streams;
pub(super) mod whole;
mod words;
