//! What tests share: a work folder with the real binary, an executor that follows a script, a reader of cases.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(unreachable_pub, reason = "what is shared by test binaries is exported by none")]

pub mod attack;
pub mod cases;
pub mod editor;
pub mod github;
pub mod history;
pub mod hostile;
pub mod inputs;
pub mod linting;
pub mod makespan;
pub mod outputs;
pub mod pages;
pub mod plans;
pub mod reading;
pub mod real;
pub mod recorder;
pub mod reports;
pub mod rust_code;
pub mod schema;
pub mod scripted;
pub mod sha256;
pub mod space;
pub mod steering;
pub mod tries;
pub mod whole;
