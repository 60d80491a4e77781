//! The graph of a plan's stages: drawn where it can be looked at, listed wave by wave where it is too large.
//!
//! Every box is marked by a sign and a word beside its colour, and leads to its stage. Must not know how long anything
//! took.

use std::io::{self, Write};

use super::super::wording::{self, Totals};
use super::super::{PlanReport, StageReport, StageStatus};
use super::anchors::PlanAnchors;
use super::escape::{escaped, line};
use super::layout::{BOX, Edge, GAP, Layout};
use super::look;
use super::track::Track;
use crate::text::{clean_line, fit};

/// The most stages that are drawn.
const MOST_BOXES: usize = 300;

/// The most columns of a stage's name in a box, and of the line below it.
const NAME_COLUMNS: usize = 23;
const NOTE_COLUMNS: usize = 28;

/// Free space around the drawing, for outlines.
const MARGIN: f64 = 4.0;

/// Writes the graph of a plan.
pub(super) fn write(out: &mut dyn Write, plan: &PlanReport, names: &PlanAnchors, track: &Track) -> io::Result<()> {
    let layout = if plan.stages.len() <= MOST_BOXES { Layout::of(&track.graph) } else { None };
    match layout {
        Some(layout) => drawn(out, plan, names, track, &layout),
        None => listed(out, plan, names, track),
    }
}

fn drawn(
    out: &mut dyn Write,
    plan: &PlanReport,
    names: &PlanAnchors,
    track: &Track,
    layout: &Layout,
) -> io::Result<()> {
    let (width, height) = (layout.size.0 + 2.0 * MARGIN, layout.size.1 + 2.0 * MARGIN);
    let title = line(&plan.title);
    writeln!(
        out,
        "<div class=\"scroll graph\" tabindex=\"0\" role=\"group\" aria-label=\"Graph of the stages of {title}\">"
    )?;
    writeln!(
        out,
        "<svg width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{:.0} {:.0} {width:.0} {height:.0}\">",
        -MARGIN, -MARGIN
    )?;
    for edge in &layout.edges {
        draw_edge(out, plan, track, layout, edge)?;
    }
    for (index, stage) in plan.stages.iter().enumerate() {
        draw_box(out, stage, &names.stages[index].stage, track.is_critical(index), layout.boxes[index])?;
    }
    writeln!(
        out,
        "</svg>\n</div>\n<p class=\"hint\">Strong outline: on the critical path. Broken outline: not \
         proven. Arrows that follow from others are left out.</p>"
    )
}

/// A line in curves between the layers and straight through them, with a point at its end.
fn draw_edge(out: &mut dyn Write, plan: &PlanReport, track: &Track, layout: &Layout, edge: &Edge) -> io::Result<()> {
    let stops = !matches!(plan.stages[edge.from].status, StageStatus::Holds)
        && matches!(plan.stages[edge.to].status, StageStatus::Blocked(_));
    let class = match (stops, track.follow(edge.from, edge.to)) {
        (true, _) => "edge stop",
        (false, true) => "edge critical",
        (false, false) => "edge",
    };
    let mut x = layout.boxes[edge.from].0 + BOX.0;
    write!(out, "<path class=\"{class}\" d=\"M{x:.1} {:.1}", edge.heights[0])?;
    for (at, pair) in edge.heights.windows(2).enumerate() {
        if at > 0 {
            x += BOX.0;
            write!(out, "H{x:.1}")?;
        }
        let half = x + GAP.0 / 2.0;
        x += GAP.0;
        write!(out, "C{half:.1} {:.1} {half:.1} {:.1} {x:.1} {:.1}", pair[0], pair[1], pair[1])?;
    }
    let end = edge.heights[edge.heights.len() - 1];
    writeln!(out, "\"/><path class=\"{class} point\" d=\"M{x:.1} {end:.1}l-7 -3.5v7z\"/>")
}

fn draw_box(
    out: &mut dyn Write,
    stage: &StageReport,
    anchor: &str,
    critical: bool,
    (x, y): (f64, f64),
) -> io::Result<()> {
    let look = look::stage(stage);
    let name = wording::stage_name(&stage.label, &stage.title);
    let checks = Totals::count([stage]).checks();
    let note = match &stage.status {
        StageStatus::Blocked(by) => format!("{} by {}", look.word, clean_line(by)),
        _ => format!("{}: {checks}", look.word),
    };
    let marked = if critical { " critical" } else { "" };
    let path = if critical { ", on the critical path" } else { "" };
    writeln!(
        out,
        "<a class=\"box {}{marked}\" href=\"#{anchor}\"><title>{}: {}, {checks}{path}</title>\
         <rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{}\" height=\"{}\" rx=\"5\"/>\
         <svg x=\"{x:.1}\" y=\"{y:.1}\" width=\"{}\" height=\"{}\">\
         <rect class=\"strip\" x=\"5\" y=\"8\" width=\"3\" height=\"{}\" rx=\"1.5\"/>\
         <text class=\"name\" x=\"16\" y=\"21\">{}</text>\
         <text class=\"note\" x=\"16\" y=\"39\"><tspan class=\"sign\">{}</tspan> {}</text></svg></a>",
        look.class,
        escaped(&name),
        look.word,
        BOX.0,
        BOX.1,
        BOX.0 - 8.0,
        BOX.1,
        BOX.1 - 16.0,
        escaped(&fit(&name, NAME_COLUMNS)),
        look.sign,
        escaped(&fit(&note, NOTE_COLUMNS)),
    )
}

/// The waves, one after the other, each with its stages.
fn listed(out: &mut dyn Write, plan: &PlanReport, names: &PlanAnchors, track: &Track) -> io::Result<()> {
    writeln!(
        out,
        "<p class=\"hint\">There are too many stages, or too many needs between them, for a drawing. Each wave waits \
         for stages of the waves before it.</p>\n<ol class=\"waves\">"
    )?;
    for (number, wave) in track.graph.waves().iter().enumerate() {
        writeln!(out, "<li><h4>Wave {}</h4><ul>", number + 1)?;
        for stage in wave.iter().map(|stage| stage.0 as usize) {
            let entry = &plan.stages[stage];
            let look = look::stage(entry);
            let critical = if track.is_critical(stage) { " critical" } else { "" };
            writeln!(
                out,
                "<li class=\"{}{critical}\"><a href=\"#{}\"><span class=\"sign\">{}</span> {} <i>{}</i></a></li>",
                look.class,
                names.stages[stage].stage,
                look.sign,
                escaped(&fit(&wording::stage_name(&entry.label, &entry.title), NAME_COLUMNS)),
                look.word,
            )?;
        }
        writeln!(out, "</ul></li>")?;
    }
    writeln!(out, "</ol>")
}
