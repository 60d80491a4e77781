//! Reads a page of a run back: as a tree of elements, with the rules that every page keeps.

use std::collections::{BTreeMap, BTreeSet};

use plan_run::report::{RunReport, html};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::reports::Outputs;

/// The page of a run, with at most so many bytes of each output.
pub fn page_of(report: &RunReport, outputs: &Outputs, max_output: u64) -> String {
    let mut bytes = Vec::new();
    html(report, &|path, start, len| outputs.part(path, start, len), max_output, &mut bytes)
        .expect("outputs can be read");
    String::from_utf8(bytes).expect("the page is UTF-8")
}

/// The page of a run as a sound tree.
pub fn tree_of(report: &RunReport, outputs: &Outputs) -> Element {
    let tree = read_page(&page_of(report, outputs, 64 * 1024));
    assert_sound(&tree);
    tree
}

/// An element with what is in it.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// Text and elements in order.
    pub inner: Vec<Inner>,
}

/// Something in an element.
#[derive(Debug)]
pub enum Inner {
    Text(String),
    Element(Element),
}

impl Element {
    /// An attribute; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// An attribute as a number.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).trim_end_matches('%').parse().unwrap_or_else(|_| panic!("{name} of {self:?}"))
    }

    /// Whether it has a class.
    pub fn is(&self, class: &str) -> bool {
        self.get("class").split(' ').any(|own| own == class)
    }

    /// The elements right in it.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.inner.iter().filter_map(|inner| match inner {
            Inner::Element(element) => Some(element),
            Inner::Text(_) => None,
        })
    }

    /// All elements in it, itself first, in document order.
    pub fn everything(&self) -> Vec<&Self> {
        let mut all = vec![self];
        self.children().for_each(|child| all.extend(child.everything()));
        all
    }

    /// All elements in it of a name and a class; an empty one is any.
    pub fn all(&self, name: &str, class: &str) -> Vec<&Self> {
        let fits =
            |element: &&Self| (name.is_empty() || element.name == name) && (class.is_empty() || element.is(class));
        self.everything().into_iter().filter(fits).collect()
    }

    /// The first of [`Element::all`].
    pub fn first(&self, name: &str, class: &str) -> &Self {
        self.all(name, class).first().unwrap_or_else(|| panic!("no <{name} class={class}>"))
    }

    /// The element of an id.
    pub fn by_id(&self, id: &str) -> &Self {
        self.everything().into_iter().find(|element| element.get("id") == id).unwrap_or_else(|| panic!("no #{id}"))
    }

    /// All text in it.
    pub fn text(&self) -> String {
        let parts = self.inner.iter().map(|inner| match inner {
            Inner::Text(text) => text.clone(),
            Inner::Element(element) => element.text(),
        });
        parts.collect()
    }

    /// The facts of a check, by their names.
    pub fn facts(&self) -> BTreeMap<String, String> {
        let list = self.first("dl", "");
        list.children().map(|fact| (fact.first("dt", "").text(), fact.first("dd", "").text())).collect()
    }
}

/// Reads a page as strictly as an XML parser does.
pub fn read_page(page: &str) -> Element {
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_comments = true;
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("the page is not well formed: {error}"));
        let top = open.last_mut().expect("the document itself is never closed");
        match event {
            Event::Eof => break,
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => top.inner.push(Inner::Element(element(&tag))),
            Event::End(_) => {
                let done = open.pop().expect("the reader checks that ends have starts");
                open.last_mut().expect("so there is a parent").inner.push(Inner::Element(done));
            }
            Event::Text(text) => top.inner.push(Inner::Text(text.decode().expect("UTF-8").into_owned())),
            Event::CData(text) => top.inner.push(Inner::Text(text.decode().expect("UTF-8").into_owned())),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", name.decode().expect("UTF-8"));
                let text = quick_xml::escape::unescape(&reference).expect("references are known").into_owned();
                top.inner.push(Inner::Text(text));
            }
            Event::DocType(kind) => assert_eq!(kind.decode().expect("UTF-8"), "html"),
            other => panic!("nobody asked for this: {other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "every element is closed");
    open.pop().expect("it is the document")
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.expect("attributes are well formed and unique");
        let raw = String::from_utf8(attribute.value.to_vec()).expect("the page is UTF-8");
        assert!(!raw.contains(['<', '\n', '\t']), "{raw:?}");
        let value = quick_xml::escape::unescape(&raw).expect("references are known").into_owned();
        (String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value)
    });
    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
    Element { name, attributes: attributes.collect(), inner: Vec::new() }
}

/// The elements that a page is made of.
const ELEMENTS: &[&str] = &[
    "", "a", "b", "body", "button", "code", "dd", "details", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4",
    "head", "header", "html", "i", "input", "label", "li", "line", "link", "main", "meta", "ol", "p", "path", "pre",
    "rect", "script", "section", "span", "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead",
    "time", "title", "tr", "tspan", "ul",
];

/// What holds for every page, whatever was run: nothing but known elements, no attribute that acts or loads, ids that
/// are unique, links that lead to something in the page.
pub fn assert_sound(page: &Element) {
    let everything = page.everything();
    let mut ids = BTreeSet::new();
    for element in &everything {
        assert!(ELEMENTS.contains(&element.name.as_str()), "<{}>", element.name);
        for (name, value) in &element.attributes {
            assert!(
                !name.starts_with("on") && !["style", "src", "srcset", "action"].contains(&name.as_str()),
                "{name}"
            );
            if name == "id" {
                assert!(!value.is_empty() && !value.contains(' '), "{value:?}");
                assert!(ids.insert(value.as_str()), "the id {value} is given twice");
            }
        }
    }
    for element in &everything {
        if let Some(target) = element.attributes.get("href") {
            match target.strip_prefix('#') {
                Some(id) => assert!(ids.contains(id), "{target} leads nowhere"),
                None => assert!(element.name == "link" && target.starts_with("data:"), "{target}"),
            }
        }
        for name in ["aria-labelledby", "for"] {
            if let Some(id) = element.attributes.get(name) {
                assert!(ids.contains(id.as_str()), "{name}={id}");
            }
        }
    }
    for name in ["html", "head", "body", "main", "h1", "title", "style", "script"] {
        let within = if name == "title" { page.first("head", "") } else { page };
        assert_eq!(within.all(name, "").len(), 1, "<{name}>");
    }
    for cell in page.all("th", "") {
        assert!(["col", "row"].contains(&cell.get("scope")), "{cell:?}");
    }
}
