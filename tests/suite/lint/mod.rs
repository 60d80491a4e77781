//! `plan-run lint`: what it shows and how it ends, and that each rule is what it says it is.

mod command;
mod fixes;
mod formats;
mod reality;
mod rules;
