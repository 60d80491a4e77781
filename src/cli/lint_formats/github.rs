//! Findings as commands that mark the lines of plans in a workflow of GitHub.

use super::super::cmd_lint::Linted;
use crate::diagnostic::{Label, Severity};
use crate::lint::Finding;
use crate::text::{clean, clean_line, tame, workflow_command};

/// All findings, a command each. `below` is what a plan's path is appended to for a path in the workflow's repository;
/// without it no file is named.
pub(in crate::cli) fn github(linted: &[Linted], below: Option<&str>) -> String {
    linted.iter().flat_map(|plan| &plan.findings).map(|finding| command(finding, below)).collect()
}

fn command(finding: &Finding, below: Option<&str>) -> String {
    let diagnostic = &finding.diagnostic;
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    let mut message = diagnostic.message.clone();
    if let Some(label) = diagnostic.labels.first() {
        let name = label.source.name();
        let leads_out = name.starts_with('/') || name.split('/').any(|part| part == "..");
        match below.filter(|_| !leads_out) {
            Some(below) => {
                properties.push(("file", format!("{below}{name}")));
                properties.extend(region(label));
            }
            None => message = format!("at {name}:{}\n{message}", label.source.line(label.span.start)),
        }
    }
    for label in diagnostic.labels.iter().skip(1) {
        message.push_str(&format!("\n{}:{}: {}", label.source.name(), label.source.line(label.span.start), label.text));
    }
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\n{help}"));
    }
    properties.push(("title", tame(&clean_line(diagnostic.code))));
    workflow_command(kind, &properties, tame(&clean(message.as_bytes())).trim_end())
}

/// The lines of a place, and the columns where it stays on one line: of others these would not be shown.
fn region(label: &Label) -> Vec<(&'static str, String)> {
    let (line, column) = label.source.line_column(label.span.start);
    let (end_line, end_column) = label.source.line_column(label.span.end);
    let mut region = vec![("line", line), ("endLine", end_line)];
    if line == end_line {
        region.extend([("col", column), ("endColumn", end_column)]);
    }
    region.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}
