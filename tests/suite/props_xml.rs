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
use crate::support::reports::{MOST_OUTPUT, summary, xml};
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

/// Reads a summary with a Markdown parser: no HTML but ours, no link but to plans, nothing left open.
fn assert_ours(markdown: &str, base: &str) {
    const TAGS: [&str; 10] = [
        "<details open>", "<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<code>", "</code>",
        "<!-- -->",
    ];
    let mut html = String::new();
    let mut headings = 0;
    let mut rules = 0;
    for event in pulldown_cmark::Parser::new_ext(markdown, pulldown_cmark::Options::ENABLE_TABLES) {
        use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag};
        match event {
            Event::Html(text) | Event::InlineHtml(text) => html.push_str(&text),
            Event::Start(Tag::CodeBlock(kind)) => {
                assert_eq!(kind, CodeBlockKind::Fenced("text".into()), "{markdown}");
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let path = dest_url.strip_prefix(base).unwrap_or_else(|| panic!("{dest_url}\n{markdown}"));
                assert!(!path.contains([':', '\\']), "{dest_url}");
            }
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => headings += 1,
            Event::Start(Tag::Heading { level, .. }) => assert_eq!(level, HeadingLevel::H3, "{markdown}"),
            Event::Start(Tag::Image { .. } | Tag::BlockQuote(_)) => panic!("nobody asked for this:\n{markdown}"),
            Event::Rule => rules += 1,
            _ => {}
        }
    }
    assert_eq!((headings, rules), (1, 0), "{markdown}");
    let rest = TAGS.iter().fold(html.clone(), |rest, tag| rest.replace(tag, ""));
    assert!(!rest.contains('<'), "{rest:?}\n{markdown}");
    let count = |tag: &str| html.matches(tag).count();
    assert_eq!(count("<details"), count("</details>"), "{markdown}");
    assert_eq!(count("<details"), count("<summary>"), "{markdown}");
    assert_eq!(count("<code>"), count("</code>"), "{markdown}");
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

    #[test]
    fn a_summary_keeps_its_limit_and_its_shape((report, outputs) in run(), limit in 0usize..6000) {
        let text = summary(&report, &outputs, Some("https://github.com/o/r/blob/abc/"), limit);
        prop_assert!(text.len() <= limit);
        // Below this not even the verdict has room.
        if limit >= 1000 {
            assert_ours(&text, "https://github.com/o/r/blob/abc/");
        }
        let whole = summary(&report, &outputs, None, 1_000_000);
        assert_ours(&whole, "");
    }
}
