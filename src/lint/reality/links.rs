//! Links of a plan to other documents, and to its own headings.

use super::super::{Applies, Findings, Reads, Rule, Subject};
use super::paths::Reference;
use super::planned::Planned;
use crate::diagnostic::Severity;

/// A link to a document that is not there.
pub(crate) static MISSING_DOCUMENT: Rule = Rule {
    code: "missing-document",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a link to a document that is not there",
    why: "What a plan links to is what it rests on: a design, a decision, a ticket's notes. Who follows a link into nothing has \
          to guess what stood there.",
    mend: "Correct the link, or write the document. Links count from the folder of the plan.",
    bad: "[the design](desing.md)\n",
    good: "[the design](design.md)\n",
    check: documents,
};

/// A link to a heading that the plan does not have.
pub(crate) static BROKEN_ANCHOR: Rule = Rule {
    code: "broken-anchor",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a link to a heading that the plan does not have",
    why: "The heading was renamed, and the link leads to the top of the page instead.",
    mend: "Link to the heading as it is called now: in lower case, without punctuation, blanks as `-`.",
    bad: "# Plan\n\nSee [the risks](#risk).\n\n## Risks\n\nNone.\n",
    good: "# Plan\n\nSee [the risks](#risks).\n\n## Risks\n\nNone.\n",
    check: anchors,
};

fn documents(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(world) = &subject.world else { return };
    let mut planned = None;
    for link in &subject.outline.links {
        let target = link.target.as_str();
        if Reference::read(target).is_some() || leads_elsewhere(target) {
            continue;
        }
        let path = decoded(target.split(['#', '?']).next().unwrap_or(""));
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        // `guide/setup` may be a page of a site.
        if path.is_empty() || !name.contains('.') && !path.ends_with('/') || path.contains(['<', '{', '*', '$']) {
            continue;
        }
        let planned = planned.get_or_insert_with(|| Planned::of(subject));
        if world.linked(&path) == Some(false) && !planned.adds(&path) {
            let near = world.elsewhere(&path).map(|near| format!("there is `{near}`; "));
            findings
                .add(link.span, format!("the link leads to `{path}`, which is not there"))
                .help(format!("{}links count from the folder of the plan", near.unwrap_or_default()));
        }
    }
}

/// Whether a link leads out of the repository: to a site, to a person, to a program of the machine.
fn leads_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    scheme || target.starts_with("//") || target.starts_with('~')
}

/// A path whose signs were written as `%20`.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn anchors(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut known: Option<Vec<String>> = None;
    for link in &subject.outline.links {
        let Some(anchor) = link.target.strip_prefix('#').filter(|anchor| !anchor.is_empty()) else { continue };
        let headings = known.get_or_insert_with(|| {
            let titles = subject.sections().into_iter().map(|section| squeezed(&section.title.to_plain()));
            titles.collect()
        });
        let wanted = squeezed(&decoded(anchor));
        // Of headings that come twice the second one gets a number.
        let bare = wanted.trim_end_matches(|next: char| next.is_ascii_digit());
        let is_there = wanted.is_empty()
            || matches!(wanted.as_str(), "top" | "contents" | "tableofcontents")
            || headings.iter().any(|title| *title == wanted || title == bare)
            || names_itself(subject.source.text(), anchor);
        if !is_there {
            findings
                .add(link.span, format!("no heading of the plan has the anchor `#{anchor}`"))
                .help("link to a heading as it is called now, in lower case and with `-` for blanks");
        }
    }
}

/// The letters and digits alone, of which every host makes its anchors, whatever it does with the rest.
fn squeezed(words: &str) -> String {
    words.chars().filter(|next| next.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a place of the text has been given the name by hand: `<a id="x">`, `{#x}`.
fn names_itself(text: &str, anchor: &str) -> bool {
    [format!("id=\"{anchor}\""), format!("name=\"{anchor}\""), format!("{{#{anchor}"), format!("id='{anchor}'")]
        .iter()
        .any(|form| text.contains(form.as_str()))
}
