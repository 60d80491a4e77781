//! Places in files that a plan names: whether the file is there, and whether it has that many lines.

use std::collections::BTreeSet;

use super::super::{Applies, Findings, Reads, Rule, Subject, World};
use super::paths::{Reference, Target, is_plain};
use super::planned::Planned;
use super::texts::code_spans;
use crate::diagnostic::Severity;
use crate::dialect::inline::label;
use crate::dialect::vocab::normalise;
use crate::outline::{Block, InlineKind, Item, Section};
use crate::source::Span;
use crate::text::plural;

/// A file that the plan works on and that is not there.
pub(crate) static MISSING_FILE: Rule = Rule {
    code: "missing-file",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a place in a file that is not there, or affected code that is not",
    why: "A plan is written against the code as it was on one day. Where a file has been moved or renamed since, whoever follows \
          the plan looks for it in vain, or makes it anew.",
    mend: "Name the file as it is now. Of one that the plan makes, say so: `(new)`. A path is only missed where its first folder \
           is there and no other file ends in it.",
    bad: "- Change `read()` in `src/raed.rs:12`\n",
    good: "- Change `read()` in `src/read.rs:12`\n",
    check: missing,
};

/// A place behind the end of its file.
pub(crate) static LINE_PAST_END: Rule = Rule {
    code: "line-past-end",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Files,
    summary: "a place in a file that has fewer lines",
    why: "The file has changed since the plan was written, so the other lines that the plan names may be others as well.",
    mend: "Look for the place anew, and name it as it is now.",
    bad: "- Change `read()` in `src/read.rs:4000`\n",
    good: "- Change `read()` in `src/read.rs:12`\n",
    check: past_end,
};

/// A place that a plan names.
struct Named<'a> {
    reference: Reference<'a>,
    span: Span,
}

/// The places in files that a plan names, in code spans and as links.
fn named<'a>(subject: &Subject<'a>) -> Vec<Named<'a>> {
    let mut found = Vec::new();
    for code in code_spans(subject) {
        for word in code.text.split([' ', ',']).filter(|word| !word.is_empty()) {
            found.extend(Reference::read(word).map(|reference| Named { reference, span: code.span }));
        }
    }
    for link in &subject.outline.links {
        found.extend(Reference::read(&link.target).map(|reference| Named { reference, span: link.span }));
    }
    found.sort_by_key(|named| named.span.start);
    found
}

/// What counts in a plan whose work is done: its places are those of the day on which it was written.
fn level(planned: &Planned) -> Severity {
    if planned.is_done { Severity::Note } else { Severity::Warning }
}

fn missing(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(world) = &subject.world else { return };
    let planned = Planned::of(subject);
    let mut seen = BTreeSet::new();
    for Named { reference, span } in named(subject) {
        if matches!(world.target(reference.path), Target::Missing)
            && !planned.makes(reference.path)
            && seen.insert(reference.path)
        {
            tell(world, &planned, span, reference.path, findings);
        }
    }
    for (path, span) in affected(subject) {
        if matches!(world.target(path), Target::Missing) && !planned.adds(path) && seen.insert(path) {
            tell(world, &planned, span, path, findings);
        }
    }
}

fn tell(world: &World<'_>, planned: &Planned, span: Span, path: &str, findings: &mut Findings<'_>) {
    let near = world.elsewhere(path).map(|near| format!("there is `{near}`; "));
    findings
        .add(span, format!("`{path}` is not there"))
        .severity(level(planned))
        .help(format!("{}name it as it is now, or say that the plan makes it: `(new)`", near.unwrap_or_default()));
}

fn past_end(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(world) = &subject.world else { return };
    let named = named(subject);
    if named.is_empty() {
        return;
    }
    let planned = Planned::of(subject);
    for Named { reference, span } in named {
        let Target::There(path) = world.target(reference.path) else { continue };
        let Ok(bytes) = world.host.read(&path) else { continue };
        let lines = lines(&bytes);
        if reference.line > lines {
            let has = plural(usize::try_from(lines).unwrap_or(usize::MAX), "line");
            findings
                .add(span, format!("`{}` has {has}, so there is no line {}", reference.path, reference.line))
                .severity(level(&planned))
                .help("look for the place anew: the file has changed since");
        }
    }
}

/// The number of lines of a file; what stands behind the last line break is one as well.
fn lines(bytes: &[u8]) -> u64 {
    let breaks = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
    breaks + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}

/// Headings and labels of lists of the code that a plan works on.
const AFFECTED: &[&str] = &[
    "affected code", "affected files", "affected paths", "betroffener code", "betroffene dateien", "code affecté",
    "fichiers affectés", "código afectado", "archivos afectados", "código afetado", "arquivos afetados",
    "kod, którego dotyczy", "codice interessato", "betrokken code", "затронутый код", "затронутые файлы",
    "etkilenen kod", "対象コード", "対象ファイル", "涉及文件", "受影响代码", "대상 파일",
];

/// The paths with which the items below such a heading begin.
fn affected<'a>(subject: &Subject<'a>) -> Vec<(&'a str, Span)> {
    let mut found = Vec::new();
    for section in subject.sections() {
        let under = AFFECTED.contains(&normalise(&section.title.to_plain()).as_str());
        in_section(section, under, &mut found);
    }
    found
}

fn in_section<'a>(section: &'a Section<'a>, heading: bool, found: &mut Vec<(&'a str, Span)>) {
    let mut under = heading;
    for block in &section.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                if let Some(label) = label(&paragraph.text.inlines) {
                    under = AFFECTED.contains(&label.name());
                }
            }
            Block::List(list) if under => found.extend(list.items.iter().filter_map(path_of)),
            _ => {}
        }
    }
}

fn path_of<'a>(item: &'a Item<'a>) -> Option<(&'a str, Span)> {
    let first = item.text.inlines.iter().find(|inline| !inline.text.trim().is_empty())?;
    let path = first.text.as_ref();
    let is_path = first.kind == InlineKind::Code && is_plain(path) && path.contains('/');
    is_path.then_some((path, first.span))
}
