//! Takes any bytes as `plan-run.lock`, and checks what comes out.

#![no_main]
#![allow(dead_code, reason = "each target uses a part of what they share")]

#[path = "../../tests/support/inputs.rs"]
mod inputs;
#[path = "../../tests/support/reading.rs"]
mod reading;
#[path = "../../tests/support/steering.rs"]
mod steering;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| inputs::lock(bytes));
