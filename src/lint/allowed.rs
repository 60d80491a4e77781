//! Comments that allow what a rule would find: which findings they take away, and what is wrong with them.
//!
//! Before a heading a comment speaks of all that stands below it, at the top of the document of all of it, and
//! elsewhere of the next line, or of the block that begins there.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::explain::{is_error_of_reading, known_codes};
use super::{Applies, Finding, Findings, Reads, Rule, Subject};
use crate::diagnostic::Severity;
use crate::dialect::Allowed;
use crate::edit::Edit;
use crate::source::Span;
use crate::text::nearest;

/// A comment that allows something and does not say why.
pub(super) static ALLOW_WITHOUT_REASON: Rule = Rule {
    code: "allow-without-reason",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a comment that allows a finding without a reason",
    why: "Who reads the plan later has to know whether the exception still stands. Without a reason nobody dares to \
          take it away.",
    mend: "Write behind the code why the finding may stay.",
    bad: "# Plan\n\n<!-- plan-run: allow missing-objective -->\n## Stage 1: Build\n",
    good: "# Plan\n\n<!-- plan-run: allow missing-objective the title says it all -->\n## Stage 1: Build\n",
    check: |subject, findings| {
        for allowed in subject.reading.allowed.iter().filter(|allowed| allowed.reason.is_empty()) {
            let code = &allowed.code;
            findings
                .add(allowed.by, format!("nothing says why `{code}` is allowed here"))
                .help(format!("write the reason behind the code: `allow {code} because ...`"));
        }
    },
};

/// A comment that allows something of which there is no rule.
pub(super) static UNKNOWN_ALLOW: Rule = Rule {
    code: "unknown-allow",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a comment that allows what no rule finds",
    why: "A code that no rule has allows nothing. Most often it is a slip of the pen, and the finding that was meant \
          is shown all the same.",
    mend: "Write the code as it stands in brackets in the finding. `plan-run lint --rules` lists all codes.",
    bad: "# Plan\n\n<!-- plan-run: allow missing-objectiv the title says it all -->\n## Stage 1: Build\n",
    good: "# Plan\n\n<!-- plan-run: allow missing-objective the title says it all -->\n## Stage 1: Build\n",
    check: |subject, findings| {
        for allowed in &subject.reading.allowed {
            let code = &allowed.code;
            if is_error_of_reading(code) {
                findings
                    .add(allowed.by, format!("`{code}` cannot be allowed: a plan with it is not run"))
                    .help("mend what it speaks of");
            } else if !is_known(code) {
                let near = nearest(code, known_codes()).map(|near| format!("did you mean `{near}`? "));
                findings
                    .add(allowed.by, format!("no rule has the code `{code}`"))
                    .help(format!("{}`plan-run lint --rules` lists all codes", near.unwrap_or_default()));
            }
        }
    },
};

/// A comment that allows something that is not found. What it finds is known only when all other rules were asked.
pub(super) static UNUSED_ALLOW: Rule = Rule {
    code: "unused-allow",
    level: Severity::Warning,
    applies: Applies::Any,
    reads: Reads::Plan,
    summary: "a comment that allows a finding that is not there",
    why: "An exception that is needed no more hides the next finding of its kind.",
    mend: "Take the comment out, or move it to the line right before what it is about.",
    bad: "# Plan\n\n<!-- plan-run: allow missing-objective the title says it all -->\n## Stage 1: Build\n\n\
          ### Objective\n\nThe program builds.\n",
    good: "# Plan\n\n## Stage 1: Build\n\n### Objective\n\nThe program builds.\n",
    check: |_, _| {},
};

fn is_known(code: &str) -> bool {
    known_codes().any(|known| known == code)
}

/// The comments of a document with the lines of which they speak, and whether they were needed.
pub(super) struct Allows(Vec<Allow>);

struct Allow {
    code: String,
    lines: RangeInclusive<u32>,
    used: bool,
}

impl Allows {
    /// The comments of a document.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let allow =
            |allowed: &Allowed| Allow { code: allowed.code.clone(), lines: scope(subject, allowed), used: false };
        Self(subject.reading.allowed.iter().map(allow).collect())
    }

    /// Whether a finding is allowed; the comments that do so are needed from then on.
    pub(super) fn take(&mut self, subject: &Subject<'_>, finding: &Finding) -> bool {
        let diagnostic = &finding.diagnostic;
        let Some(label) = diagnostic.labels.first().filter(|label| label.source.name() == subject.source.name()) else {
            return false;
        };
        let line = subject.source.line(label.span.start);
        let mut taken = false;
        for allow in self.0.iter_mut().filter(|allow| allow.code == diagnostic.code && allow.lines.contains(&line)) {
            allow.used = true;
            taken = true;
        }
        taken
    }
}

/// The comments that nothing needed, as findings of their own rule; those whose rule was not asked may yet be needed.
pub(super) fn unused<'a>(subject: &Subject<'a>, allows: &Allows, passed_over: &BTreeSet<&str>) -> Option<Findings<'a>> {
    if passed_over.contains(UNUSED_ALLOW.code) {
        return None;
    }
    let mut findings = Findings::new(&UNUSED_ALLOW, subject.source);
    for (allow, allowed) in allows.0.iter().zip(&subject.reading.allowed) {
        let known = is_known(&allow.code) && !is_error_of_reading(&allow.code);
        if allow.used || !known || passed_over.contains(allow.code.as_str()) {
            continue;
        }
        findings
            .add(allowed.by, format!("there is no `{}` to be allowed here", allow.code))
            .help("take the comment out, or put it on the line right before what it is about")
            .fix("take the comment out", vec![taken_out(subject, allowed)]);
    }
    Some(findings)
}

/// Takes out what a comment allows: the comment with its line where it says nothing else and nothing else stands there.
fn taken_out(subject: &Subject<'_>, allowed: &Allowed) -> Edit {
    let source = subject.source;
    let text = source.text();
    let by = allowed.by.range();
    let said = &text[by.clone()];
    let word =
        |at: &usize| said[..*at].ends_with(char::is_whitespace) && said[*at + 5..].starts_with(char::is_whitespace);
    let says_more =
        said.match_indices("allow").map(|(at, _)| at).find(word).filter(|at| !said[..*at].trim_end().ends_with(':'));
    if let Some(at) = says_more {
        return Edit::replace(source, Span::new(by.start + at, by.end - "-->".len()), "");
    }
    let line = source.line_span(source.line(allowed.by.start)).range();
    let last = source.line_span(source.line(allowed.by.end)).range();
    let before = &text[line.start..by.start];
    if before.trim().is_empty() && text[by.end..last.end].trim().is_empty() {
        let end = text[last.end..].find('\n').map_or(text.len(), |at| last.end + at + 1);
        return Edit::replace(source, Span::new(line.start, end), "");
    }
    Edit::replace(source, Span::new(line.start + before.trim_end().len(), by.end), "")
}

/// The lines of which a comment speaks.
fn scope(subject: &Subject<'_>, allowed: &Allowed) -> RangeInclusive<u32> {
    let source = subject.source;
    let lines = |span: Span| source.line(span.start)..=source.line(span.end.saturating_sub(1).max(span.start));
    if is_at_top(subject, allowed) {
        return 1..=u32::MAX;
    }
    let line = *allowed.lines.start();
    let heads = subject.sections().into_iter().find(|section| source.line(section.heading.start) == line);
    heads.map_or_else(|| allowed.lines.clone(), |section| lines(section.span))
}

/// Whether nothing stands before a comment but others of its kind.
fn is_at_top(subject: &Subject<'_>, allowed: &Allowed) -> bool {
    let mut at = subject.outline.root.span.start;
    for other in &subject.reading.allowed {
        if !subject.source.slice(Span { start: at, end: other.by.start }).trim().is_empty() {
            return false;
        }
        if other.by == allowed.by {
            return true;
        }
        at = other.by.end;
    }
    false
}
