//! Files whose bytes are not as they should be: marks of the byte order, lines that end in two characters, bytes that
//! are not UTF-8.

use plan_run::plan::Kind;

use crate::support::reading::{Read, is_sound, read};

const PLAN: &str = "# Implementation Plan: Wells\n\n## Stage 1: Dig\n\n### Validation\n\n- [ ] `make dig`\n\n```sh\nmake water \\\n  --clear\n# comment\nmake list\n```\n\n## Stage 2: Wall\n\nDepends on: Stage 1\n\n### Validation\n\n| Command | Why |\n| --- | --- |\n| `make wall` | it stands |\n";

fn read_soundly(bytes: &[u8]) -> Read {
    let read = read(bytes);
    is_sound(&read);
    read
}

/// The commands with their lines, and what stages wait for.
fn seen(read: &Read) -> Vec<String> {
    let plan = &read.plan;
    let stages = plan.stages.iter().map(|stage| format!("{} needs {}", stage.label, stage.needs.len()));
    let checks = plan.stages.iter().flat_map(|stage| &stage.checks).map(|&id| {
        let check = plan.check(id);
        format!("{} {:?} {}", check.line, check.kind, check.command.as_deref().unwrap_or(&check.text))
    });
    stages.chain(checks).collect()
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.diagnostics.all().iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn a_mark_of_the_byte_order_changes_nothing() {
    let marked = [b"\xEF\xBB\xBF", PLAN.as_bytes()].concat();
    assert_eq!(seen(&read_soundly(&marked)), seen(&read_soundly(PLAN.as_bytes())));
    assert!(codes(&read_soundly(&marked)).is_empty());
}

#[test]
fn lines_that_end_in_two_characters_read_as_those_that_end_in_one() {
    let long = read_soundly(PLAN.replace('\n', "\r\n").as_bytes());
    let short = read_soundly(PLAN.as_bytes());
    let commands = |read: &Read| seen(read).iter().map(|line| line.replace('\r', "")).collect::<Vec<_>>();
    assert_eq!(commands(&long), commands(&short));
    let carriage =
        long.plan.checks.iter().any(|check| check.command.as_deref().is_some_and(|text| text.contains('\r')));
    assert!(!carriage, "a command is run as its author sees it");
}

#[test]
fn a_byte_of_another_encoding_in_words_is_told_and_costs_no_check() {
    let latin = PLAN.replace("Wells", "B@che").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|byte| if byte == b'@' { 0xE4 } else { byte }).collect();
    let read = read_soundly(&latin);
    assert_eq!(seen(&read), seen(&read_soundly(PLAN.as_bytes())));
    assert_eq!(codes(&read), ["not-utf8"]);
    assert!(!read.diagnostics.has_errors(), "the plan can be read all the same");
}

#[test]
fn bytes_of_two_for_each_character_are_told() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = "\u{feff}".encode_utf16().chain(PLAN.encode_utf16()).flat_map(order).collect();
        let read = read_soundly(&bytes);
        assert!(codes(&read).contains(&"not-utf8"), "{:?}", codes(&read));
        assert!(read.plan.checks.iter().all(|check| check.kind == Kind::Manual), "{:?}", seen(&read));
    }
}

#[test]
fn zero_bytes_do_not_end_the_plan() {
    let zero = PLAN.replace("Wells", "We\0lls");
    assert_eq!(seen(&read_soundly(zero.as_bytes())), seen(&read_soundly(PLAN.as_bytes())));
}

#[test]
fn a_command_that_cannot_be_read_is_not_run() {
    let broken: Vec<u8> = PLAN
        .replace("make dig", "make d@g")
        .into_bytes()
        .into_iter()
        .map(|byte| if byte == b'@' { 0xFF } else { byte })
        .collect();
    let read = read_soundly(&broken);
    assert_eq!(codes(&read), ["not-utf8"]);
    let check = read.plan.checks.iter().find(|check| check.line == 7).expect("the item is still there");
    assert!(
        check.kind == Kind::Manual || read.diagnostics.has_errors(),
        "nobody knows what would run: {:?}",
        check.command
    );
}

#[test]
fn what_the_fuzzer_starts_from_and_what_it_found_is_read_soundly() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let files: Vec<_> = std::fs::read_dir(seeds).expect("the seeds are there").flatten().collect();
    assert!(files.len() > 5, "there are seeds");
    for file in files {
        read_soundly(&std::fs::read(file.path()).expect("a seed can be read"));
    }
}
