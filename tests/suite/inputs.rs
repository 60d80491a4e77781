//! What is read beside plans, in every state of damage: the fuzz targets' own checks over their seeds and what they found.

use std::path::{Path, PathBuf};

use crate::support::inputs;

/// The seeds of a target.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/inputs").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = entries.map(|entry| entry.expect("an entry").path());
    let seeds: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).expect("it can be read"))).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// Each seed as it is, cut off at some places, and with a byte exchanged at as many.
fn damaged(target: &str, check: fn(&[u8])) {
    for (_, seed) in seeds(target) {
        check(&seed);
        let step = (seed.len() / 25).max(1);
        for at in (0..seed.len()).step_by(step) {
            check(&seed[..at]);
            for byte in [b'"', b'9', 0xff] {
                let mut other = seed.clone();
                other[at] = byte;
                check(&other);
            }
        }
    }
}

#[test]
fn a_configuration() {
    damaged("configuration", inputs::configuration);
}

#[test]
fn front_matter() {
    damaged("front_matter", inputs::front_matter);
}

#[test]
fn a_file_of_variables() {
    damaged("variables", inputs::variables);
}

#[test]
fn approvals() {
    damaged("lock", inputs::lock);
}

#[test]
fn a_journal() {
    damaged("journal", inputs::journal);
}
