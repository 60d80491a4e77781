//! What tests share: a work folder with the real binary, an executor that follows a script, a reader of cases.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod cases;
pub mod plans;
pub mod real;
pub mod recorder;
pub mod scripted;
pub mod space;
