//! Tests of diagrams: drawings in text and Mermaid flowcharts become edges between stages.
//!
//! In what is expected, `1>2` says that stage 2 waits for stage 1, and a stage that waits for nothing stands alone.

mod boxes;
mod flowcharts;
mod lines;
mod properties;
mod trees;
mod words;

use std::ops::Range;

use plan_run::dialect::diagram::{self, Diagram};
use plan_run::dialect::mermaid;
use plan_run::dialect::names::Names;
use plan_run::outline::Line;
use plan_run::source::Source;

/// The stages of a plan: what they are called and their titles.
struct Known(Vec<(String, String)>);

impl Known {
    /// Reads `Stage 1: Title | Stage 2`.
    fn new(plan: &str) -> Self {
        let stage = |stage: &str| {
            let (label, title) = stage.split_once(": ").unwrap_or((stage, ""));
            (label.trim().to_lowercase(), title.trim().to_lowercase())
        };
        Self(plan.split('|').map(stage).collect())
    }

    fn label(&self, label: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| *known == label)
    }

    /// What comes behind the kind of the unit: `1` of `Stage 1`; all of `T1`.
    fn short(&self, stage: usize) -> &str {
        let label = &self.0[stage].0;
        label.rsplit(' ').next().unwrap_or(label)
    }
}

impl Names for Known {
    fn find(&self, line: &str) -> Vec<(Range<usize>, Vec<usize>)> {
        let lower = line.to_ascii_lowercase();
        let mut found = Vec::new();
        let mut at = 0;
        while at < lower.len() {
            let fresh = lower.is_char_boundary(at) && !lower[..at].ends_with(char::is_alphanumeric);
            let longest = self
                .0
                .iter()
                .enumerate()
                .filter(|(_, (label, _))| fresh && lower[at..].starts_with(label.as_str()))
                .filter(|(_, (label, _))| {
                    let mut rest = lower[at + label.len()..].chars();
                    match rest.next() {
                        Some('.') => !rest.next().is_some_and(|next| next.is_ascii_digit()),
                        next => !next.is_some_and(char::is_alphanumeric),
                    }
                })
                .max_by_key(|(_, (label, _))| label.len());
            if let Some((stage, (label, _))) = longest {
                found.push((at..at + label.len(), vec![stage]));
                at += label.len();
            } else {
                at += 1;
            }
        }
        found
    }

    fn resolve(&self, node: &str) -> Option<usize> {
        let node = node.to_lowercase();
        let by_title = || self.0.iter().position(|(_, title)| !title.is_empty() && *title == node);
        self.label(&node).or_else(by_title).or_else(|| (0..self.0.len()).find(|&stage| self.short(stage) == node))
    }
}

/// A text behind some other text.
fn source(text: &str) -> Source {
    Source::from_text("plan.md", format!("# Plan\n\n{text}"))
}

/// The lines of the text as a block holds them.
fn lines(source: &Source) -> Vec<Line<'_>> {
    let lines = (3..=source.line_count()).map(|line| source.line_span(line));
    lines.map(|span| Line { text: source.slice(span), span }).collect()
}

/// A diagram in the notation of what is expected.
fn told(diagram: &Diagram, names: &Known) -> String {
    let mut out: Vec<String> = diagram
        .nodes
        .iter()
        .filter(|(stage, _)| diagram.edges.iter().all(|edge| edge.to != *stage))
        .map(|&(stage, _)| names.short(stage).to_owned())
        .collect();
    let edge = |from, to| format!("{}>{}", names.short(from), names.short(to));
    out.extend(diagram.edges.iter().map(|found| edge(found.from, found.to)));
    out.sort();
    out.join(" ")
}

fn sorted(expected: &str) -> String {
    let mut words: Vec<&str> = expected.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

/// Stages 0 to 9 and 1.5.
const TEN: &str = "Stage 0|Stage 1|Stage 1.5|Stage 2|Stage 3|Stage 4|Stage 5|Stage 6|Stage 7|Stage 8|Stage 9";

#[track_caller]
fn check_plan(plan: &str, drawing: &str, expected: &str) {
    let names = Known::new(plan);
    let drawing = drawing.trim_start_matches('\n');
    let source = source(drawing);
    let lines = lines(&source);
    let mermaid = ["graph", "flowchart", "%%", "---\n", "sequence", "state", "gantt"];
    let diagram = if mermaid.iter().any(|word| drawing.trim_start().starts_with(word)) {
        mermaid::edges(&lines, &names)
    } else {
        diagram::edges(&lines, &names)
    };
    assert_eq!(told(&diagram, &names), sorted(expected), "\n{drawing}\n{diagram:?}");
    assert_eq!(diagram.confident, !expected.is_empty(), "\n{drawing}");
    for edge in &diagram.edges {
        let place = source.slice(edge.span).to_lowercase();
        assert!(!place.trim().is_empty(), "no place for {edge:?}\n{drawing}");
    }
}

#[track_caller]
fn check(drawing: &str, expected: &str) {
    check_plan(TEN, drawing, expected);
}
