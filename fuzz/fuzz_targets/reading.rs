//! Takes any bytes through the reading rooms, from the source to the graph, and checks what comes out.

#![no_main]

#[path = "../../tests/support/reading.rs"]
mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::is_sound(&reading::read(bytes)));
