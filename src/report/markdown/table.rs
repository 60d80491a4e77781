//! Each plan with its graph and the table of its stages, what fails first.
//!
//! Must not know the checks of a stage but by their counts.

use super::super::markup::{code, link, text};
use super::super::names::cut_characters;
use super::super::wording::{self, Totals};
use super::super::{PlanReport, StageReport, StageStatus};
use super::graph::graph;
use super::page::Page;
use super::section::{MOST_WORDS, section};
use crate::text::{duration, plural};

/// The most rows of all tables together.
const MOST_ROWS: usize = 200;

/// Kept free in a table for the line that says how much was left out.
const MORE: usize = 40;

/// The least that a plan gets, so that with very many plans some are readable and the others are counted.
const LEAST: usize = 800;

impl Page<'_> {
    /// All plans in at most `budget` bytes.
    pub(super) fn plans(&self, budget: usize) -> String {
        let plans = &self.report.plans;
        let share = (budget / plans.len().max(1)).max(LEAST).min(budget);
        let mut rows_left = MOST_ROWS;
        let mut graphs_left = budget / 2;
        let items = plans.iter().enumerate().map(|(index, plan)| {
            // What an earlier plan does not need is there for the later ones.
            let rows = (rows_left / (plans.len() - index)).max(1).min(rows_left);
            rows_left -= rows.min(plan.stages.len());
            let graph = graph(plan).filter(|graph| graph.len() <= graphs_left).unwrap_or_default();
            graphs_left -= graph.len();
            Ok(self.plan(plan, &graph, rows, share))
        });
        section("", "", items, plans.len(), budget, "plan").unwrap_or_default()
    }

    fn plan(&self, plan: &PlanReport, graph: &str, most_rows: usize, budget: usize) -> String {
        let title = text(&cut_characters(&plan.title, MOST_WORDS));
        let title = link(&title, &plan.path, None, self.links);
        let path = code(&plan.path);
        let mut out = if self.report.plans.len() > 1 {
            let totals = Totals::of_plan(plan);
            format!("### {title}\n\n{path} \u{b7} {} \u{b7} {}\n\n", totals.stages(), totals.checks())
        } else {
            format!("Plan: {title} \u{b7} {path}\n\n")
        };
        if plan.stages.is_empty() {
            return out;
        }
        out.push_str(graph);
        let head = "| Outcome | Stage | Checks | Time |\n|---|---|---|--:|\n";
        let mut order: Vec<&StageReport> = plan.stages.iter().collect();
        order.sort_by_key(|stage| rank(stage));
        // The graph has room of its own.
        let mut used = out.len() - graph.len() + head.len() + MORE;
        let mut rows = Vec::new();
        for stage in order.iter().take(most_rows) {
            let row = self.row(plan, stage);
            used += row.len();
            if used > budget {
                break;
            }
            rows.push(row);
        }
        if !rows.is_empty() {
            out.push_str(head);
            out.extend(rows.iter().map(String::as_str));
        }
        if rows.len() < order.len() {
            out.push_str(&format!("\n... and {}\n", plural(order.len() - rows.len(), "more stage")));
        }
        out.push('\n');
        out
    }

    fn row(&self, plan: &PlanReport, stage: &StageReport) -> String {
        let mark = wording::mark(stage);
        let by = match &stage.status {
            StageStatus::Blocked(by) => format!(" by {}", text(&cut_characters(by, MOST_WORDS))),
            _ => String::new(),
        };
        let name = text(&cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_WORDS));
        let name = link(&name, &plan.path, Some(stage.line), self.links);
        let took = if stage.started.is_some() { duration(stage.took) } else { String::new() };
        let checks = Totals::count([stage]).checks();
        format!("| {} {}{by} | {name} | {checks} | {took} |\n", mark.picture, mark.word)
    }
}

/// What is looked at first.
fn rank(stage: &StageReport) -> u8 {
    match &stage.status {
        StageStatus::Fails => 0,
        StageStatus::Cancelled => 1,
        StageStatus::Blocked(_) => 2,
        StageStatus::NotProven => 3,
        StageStatus::NotClaimed => 4,
        StageStatus::Holds => 5,
    }
}
