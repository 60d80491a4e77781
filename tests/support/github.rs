//! Reads a summary as GitHub does, and finds what is not ours or not in order.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

/// What we write as HTML; anything else came from somewhere else.
const TAGS: [&str; 10] = [
    "<details open>", "<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<code>", "</code>",
    "<!-- -->",
];

/// No HTML but ours, no link but to plans below `base`, nothing left open, tables and graphs in order.
pub fn assert_ours(markdown: &str, base: &str) {
    if markdown.is_empty() {
        return;
    }
    let mut html = String::new();
    let mut headings = 0;
    let mut blocks = 0;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => html.push_str(&text),
            Event::Start(Tag::CodeBlock(kind)) => {
                blocks += 1;
                let known = ["text", "sh", "mermaid"].map(|kind| CodeBlockKind::Fenced(kind.into()));
                assert!(known.contains(&kind), "{markdown}");
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let path = dest_url.strip_prefix(base).unwrap_or_else(|| panic!("{dest_url}\n{markdown}"));
                assert!(!path.contains([':', '\\']), "{dest_url}");
            }
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => headings += 1,
            Event::Start(Tag::Heading { level, .. }) => assert_eq!(level, HeadingLevel::H3, "{markdown}"),
            Event::Start(Tag::Image { .. } | Tag::BlockQuote(_)) | Event::Rule => {
                panic!("nobody asked for this:\n{markdown}")
            }
            _ => {}
        }
    }
    assert_eq!(headings, 1, "{markdown}");
    let rest = TAGS.iter().fold(html.clone(), |rest, tag| rest.replace(tag, ""));
    assert!(!rest.contains('<'), "{rest:?}\n{markdown}");
    assert_nested(&html, markdown);
    assert_eq!(assert_fences(markdown), blocks, "a fence is taken for something else:\n{markdown}");
    assert_tables(markdown);
}

/// Elements are closed in the order in which they were opened.
fn assert_nested(html: &str, markdown: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        match tag.strip_prefix('/') {
            _ if tag.starts_with('!') => {}
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{markdown}"),
            None => open.push(tag.split(' ').next().unwrap_or(tag)),
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "{markdown}");
}

/// Every fence is closed by one of its own; gives how many there are.
fn assert_fences(markdown: &str) -> usize {
    let mut open: Option<(&str, &str)> = None;
    let mut body = String::new();
    let mut count = 0;
    for line in markdown.split('\n') {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match open {
            Some((fence, kind)) if line == fence => {
                open = None;
                if kind == "mermaid" {
                    assert_mermaid(&body);
                }
            }
            Some((fence, _)) => {
                assert!(ticks.len() < fence.len(), "{line:?} ends a fence\n{markdown}");
                body.push_str(line);
                body.push('\n');
            }
            None if ticks.len() >= 3 && ["text", "sh", "mermaid"].contains(&&line[ticks.len()..]) => {
                open = Some((ticks, &line[ticks.len()..]));
                body.clear();
                count += 1;
            }
            None => {}
        }
    }
    assert_eq!(open, None, "{markdown}");
    count
}

/// Rows of a table have as many cells as its head.
fn assert_tables(markdown: &str) {
    let mut cells = None;
    for line in markdown.lines() {
        if line == "|---|---|---|--:|" {
            cells = Some(line.matches('|').count());
        } else if let Some(cells) = cells.filter(|_| line.starts_with('|')) {
            assert_eq!(line.matches('|').count(), cells, "{line}");
        } else if !line.starts_with('|') {
            cells = None;
        }
    }
}

/// Nothing but nodes with quoted labels, arrows between nodes, and classes with colours.
fn assert_mermaid(graph: &str) {
    assert!(graph.chars().count() < 50_000);
    let mut lines = graph.lines();
    assert!(["graph TD", "graph LR"].contains(&lines.next().expect("a first line")), "{graph}");
    let is_node = |word: &str| word.strip_prefix('s').is_some_and(|number| number.parse::<u32>().is_ok());
    let (mut nodes, mut arrows) = (0, 0);
    for line in lines {
        let line = line.strip_prefix("  ").unwrap_or_else(|| panic!("{line:?}"));
        if let Some((from, to)) = line.split_once(" --> ") {
            assert!(is_node(from) && is_node(to), "{line:?}");
            arrows += 1;
        } else if let Some((node, rest)) = line.split_once("[\"") {
            let (label, class) = rest.split_once("\"]:::").unwrap_or_else(|| panic!("{line:?}"));
            assert!(is_node(node) && class.chars().all(|c| c.is_ascii_lowercase()), "{line:?}");
            assert!(!label.contains(['"', '<', '>', '`', '[', ']', '{', '}', '(', ')', '\\', '%', '*']), "{line:?}");
            nodes += 1;
        } else {
            assert!(line.starts_with("classDef ") && line.contains(" fill:#"), "{line:?}");
        }
    }
    assert!((2..=60).contains(&nodes) && arrows <= 400, "{graph}");
}
