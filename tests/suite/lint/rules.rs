//! Every code is explained, in words that hold.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use plan_run::config::Config;
use plan_run::diagnostic::MEANINGS;
use plan_run::lint::{RULES, Reads, explain, known_codes, list};
use plan_run::source::Source;

use crate::support::linting::findings;

/// The codes of what is found in a text.
fn codes(text: &str, dialect: Option<&str>) -> BTreeSet<&'static str> {
    let source = Arc::new(Source::from_text("plan.md", text));
    let found = findings(&source, &Config::default(), dialect, None);
    found.iter().map(|finding| finding.diagnostic.code).collect()
}

#[test]
fn the_example_of_each_rule_shows_what_it_finds() {
    for rule in RULES.iter().filter(|rule| rule.reads == Reads::Plan) {
        let dialect = rule.applies.dialect();
        assert!(codes(rule.bad, dialect).contains(rule.code), "{} does not find its example", rule.code);
        assert!(!codes(rule.good, dialect).contains(rule.code), "{} is found in its better example", rule.code);
    }
}

#[test]
fn codes_are_words_that_stand_for_one_thing() {
    let mut seen = BTreeSet::new();
    for code in known_codes() {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{code}");
        assert!(seen.insert(code), "{code} is there twice");
    }
}

#[test]
fn every_code_is_explained() {
    for code in known_codes() {
        let text = explain(code).expect("it is known");
        for part in [format!("# {code}\n\nFinds "), "\n## Why\n\n".to_owned(), "\n## What to do\n\n".to_owned()] {
            assert!(text.contains(&part), "{part:?} is missing:\n{text}");
        }
        assert!(list().lines().any(|line| line.starts_with(&format!("{code} "))), "{code} is not listed");
    }
    assert_eq!(explain("no-such-code"), None);
    for rule in RULES {
        for words in [rule.summary, rule.why, rule.mend, rule.bad, rule.good] {
            assert!(!words.trim().is_empty(), "{} says too little", rule.code);
        }
        assert!(!rule.summary.ends_with('.') && rule.why.ends_with('.'), "{}: a phrase, then sentences", rule.code);
    }
}

#[test]
fn every_code_of_the_reader_has_a_meaning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/codes");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let read = |file: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(file.expect("a file").path());
    let text: String = files.map(|file| read(file).expect("it can be read")).collect();
    let told: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("code: \"").or_else(|| line.split_once(": &str = \"").map(|(_, code)| code))
        })
        .filter_map(|line| line.split('"').next())
        .collect();
    let meant: BTreeSet<&str> = MEANINGS.iter().map(|meaning| meaning.code).collect();
    assert_eq!(told, meant);
}

#[test]
fn any_document_can_be_asked_about() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = 0;
    for entry in ignore::Walk::new(root.join("tests/cases")).chain(ignore::Walk::new(root.join("examples"))) {
        let path = entry.expect("the folder can be read").into_path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        // As it is, and torn: in the middle of whatever stands there.
        let cut = (0..=text.len() / 3).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        for text in [text.as_str(), &text[cut..], &text[..cut]] {
            for dialect in [None, Some("staged"), Some("workstream")] {
                let source = Arc::new(Source::from_text("plan.md", text));
                for finding in findings(&source, &Config::default(), dialect, None) {
                    let labels = finding.diagnostic.labels;
                    assert!(labels.iter().all(|label| text.get(label.span.range()).is_some()), "{}", path.display());
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "there is something to be found in these");
}
