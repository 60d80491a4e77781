//! Findings for programs, as `schema/lint.schema.json` describes them.

use serde::Serialize;

use super::super::cmd_lint::{Linted, counts};
use crate::diagnostic::Label;
use crate::lint::{Finding, Fix};
use crate::source::Source;
use crate::text::json_lines;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    counts: Counts,
    plans: Vec<Plan<'a>>,
}

#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct Plan<'a> {
    path: &'a str,
    dialect: Option<&'static str>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    place: Option<Place<'a>>,
    related: Vec<Place<'a>>,
    help: Option<&'a str>,
    fix: Option<Fixed<'a>>,
}

#[derive(Serialize)]
struct Fixed<'a> {
    text: &'a str,
    edits: Vec<Edited<'a>>,
}

#[derive(Serialize)]
struct Edited<'a> {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    old: &'a str,
    new: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: &'a str,
}

/// All findings as JSON.
pub(in crate::cli) fn json(linted: &[Linted]) -> String {
    let [errors, warnings, notes] = counts(linted);
    let plans = linted.iter().map(|plan| Plan {
        path: &plan.path,
        dialect: plan.dialect,
        findings: plan.findings.iter().map(found).collect(),
    });
    let document =
        Document { schema: "plan-run/lint/v1", counts: Counts { errors, warnings, notes }, plans: plans.collect() };
    json_lines(&document)
}

fn found(finding: &Finding) -> Found<'_> {
    let diagnostic = &finding.diagnostic;
    Found {
        code: diagnostic.code,
        severity: diagnostic.severity.word(),
        message: &diagnostic.message,
        place: diagnostic.labels.first().map(place),
        related: diagnostic.labels.iter().skip(1).map(place).collect(),
        help: diagnostic.help.as_deref(),
        fix: finding.fix.as_ref().zip(diagnostic.labels.first()).map(|(fix, label)| fixed(fix, &label.source)),
    }
}

fn fixed<'a>(fix: &'a Fix, source: &Source) -> Fixed<'a> {
    let edits = fix.edits.iter().map(|edit| {
        let (line, column) = source.line_column(edit.span.start);
        let (end_line, end_column) = source.line_column(edit.span.end);
        Edited { line, column, end_line, end_column, old: &edit.was, new: &edit.new }
    });
    Fixed { text: &fix.words, edits: edits.collect() }
}

fn place(label: &Label) -> Place<'_> {
    let (line, column) = label.source.line_column(label.span.start);
    let (end_line, end_column) = label.source.line_column(label.span.end);
    Place { path: label.source.name(), line, column, end_line, end_column, text: &label.text }
}
