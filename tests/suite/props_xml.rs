//! Properties of the report files: whatever a plan says and a command writes, readers can take them.

use std::collections::BTreeSet;
use std::path::Path;

use plan_run::report::{ctrf, json};
use plan_run::text::clean;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::hostile::{bytes, run};
use crate::support::pages::{assert_sound, page_of, read_page};
use crate::support::reports::{MOST_OUTPUT, xml};
use crate::support::schema::Schema;

/// Whether XML 1.0 allows a character.
fn allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Reads the whole file and gives the (classname, name) pairs of its cases.
fn read_back(file: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(file);
    reader.config_mut().check_comments = true;
    let mut cases = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().expect("the file is well formed");
        match &event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                depth += i32::from(matches!(event, Event::Start(_)));
                let attributes: Vec<(String, String)> = tag
                    .attributes()
                    .map(|attribute| {
                        let attribute = attribute.expect("attributes are well formed and unique");
                        let raw = String::from_utf8(attribute.value.to_vec()).expect("the file is UTF-8");
                        assert!(!raw.contains(['<', '\n', '\t']), "{raw:?}");
                        let value = quick_xml::escape::unescape(&raw).expect("references are known").into_owned();
                        (String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value)
                    })
                    .collect();
                if tag.name().as_ref() == b"testcase" {
                    let value =
                        |key: &str| attributes.iter().find(|(name, _)| name == key).expect("it is there").1.clone();
                    assert!(value("name").chars().count() < 200 && !value("name").is_empty());
                    cases.push((value("classname"), value("name")));
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                let text = text.decode().expect("the file is UTF-8");
                assert!(!text.contains("]]>"), "{text:?}");
            }
            Event::GeneralRef(name) => {
                let name = name.decode().expect("the file is UTF-8");
                assert!(["lt", "gt", "amp", "quot", "apos"].contains(&name.as_ref()), "{name}");
            }
            Event::Decl(_) => {}
            other => panic!("nothing but elements and text is written: {other:?}"),
        }
    }
    assert_eq!(depth, 0, "every element is closed");
    cases
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cleaned_text_is_allowed_everywhere(bytes in bytes()) {
        let text = clean(&bytes);
        prop_assert!(text.chars().all(|c| allowed(c) && c != '\r' && !c.is_control() || c == '\n' || c == '\t'), "{text:?}");
        let turns = text.chars().any(|c| ('\u{202a}'..='\u{202e}').contains(&c));
        prop_assert!(!turns);
        prop_assert_eq!(clean(text.as_bytes()), text);
    }

    #[test]
    fn junit_is_well_formed_and_its_names_unique((report, outputs) in run()) {
        let file = xml(&report, &outputs);
        prop_assert!(file.chars().all(allowed));
        let cases = read_back(&file);
        let unique: BTreeSet<&(String, String)> = cases.iter().collect();
        prop_assert_eq!(unique.len(), cases.len());
        prop_assert_eq!(xml(&report, &outputs), file, "the same run gives the same file");
    }

    #[test]
    fn json_of_any_run_is_what_its_schema_says((report, outputs) in run()) {
        let read = |path: &Path, start, len| outputs.part(path, start, len);
        let (mut whole, mut tests) = (Vec::new(), Vec::new());
        json(&report, &read, MOST_OUTPUT, &mut whole).expect("outputs can be read");
        ctrf(&report, &read, MOST_OUTPUT, &mut tests).expect("outputs can be read");
        prop_assert!(Schema::read("report.schema.json").takes(&serde_json::from_slice(&whole).expect("it is JSON")));
        let tests: serde_json::Value = serde_json::from_slice(&tests).expect("it is JSON");
        let told = tests["results"]["tests"].as_array().map_or(0, Vec::len);
        prop_assert!(told >= report.checks().count() + report.broken.len());
        prop_assert_eq!(&tests["results"]["summary"]["tests"], told);
    }

    #[test]
    fn a_page_is_sound((report, outputs) in run()) {
        let page = page_of(&report, &outputs, 1000);
        prop_assert!(page.chars().all(allowed));
        let tree = read_page(&page);
        assert_sound(&tree);
        prop_assert_eq!(tree.all("details", "check").len(), report.checks().count());
        prop_assert_eq!(page_of(&report, &outputs, 1000), page, "the same run gives the same page");
    }
}
