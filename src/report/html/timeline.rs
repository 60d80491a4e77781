//! Who ran when: a row for each stage, or for each lane of what ran side by side where there are too many stages.
//!
//! Must not know why anything ran when it did.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use super::super::{CheckReport, RunReport, StageReport, wording};
use super::anchors::Anchors;
use super::escape::{escaped, line, short};
use super::look;
use super::track::{Track, length, span, tries};
use crate::outcome::Outcome;
use crate::text::{duration, plural};

/// The most stages that get a row of their own.
const MOST_ROWS: usize = 80;

/// The most lanes that are drawn.
const MOST_LANES: usize = 64;

/// Heights of a lane and of the mark of the critical path, in pixels.
const LANE: usize = 14;
const MARK: usize = 3;

/// About how many marks the scale has.
const TICKS: u32 = 6;

/// The most stages of the critical path that are named.
const MOST_NAMED: usize = 40;

/// How much of the width is for time, in per cent; signs behind the last bars need the rest.
const WIDTH: f64 = 97.0;

/// How much of it a sign behind a bar needs.
const SIGN: f64 = 2.0;

/// One time that a check ran, with the check's place in the page.
struct Bar<'a> {
    check: &'a CheckReport,
    outcome: &'a Outcome,
    anchor: &'a str,
    start: Duration,
    end: Duration,
    critical: bool,
}

/// A stage of which something ran.
struct Row<'a> {
    plan: &'a str,
    stage: &'a StageReport,
    anchor: &'a str,
    critical: bool,
    bars: Vec<Bar<'a>>,
}

/// Writes the timeline of a run, if anything ran.
pub(super) fn write(out: &mut dyn Write, report: &RunReport, anchors: &Anchors, tracks: &[Track]) -> io::Result<()> {
    let rows = rows(report, anchors, tracks);
    if rows.is_empty() {
        return Ok(());
    }
    let ends = rows.iter().flat_map(|row| &row.bars).map(|bar| bar.end);
    let scale = Scale::of(ends.chain([report.took]).max().unwrap_or_default());
    writeln!(
        out,
        "<section id=\"timeline\" aria-labelledby=\"timeline-title\">\n<h2 id=\"timeline-title\">Timeline</h2>"
    )?;
    path(out, report, anchors, tracks)?;
    let several = report.plans.len() > 1;
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline\"><table class=\"timeline\"><thead><tr>\
         <th scope=\"col\" class=\"who\">{}</th><th scope=\"col\" class=\"num\">Took</th><th scope=\"col\">{}</th></tr></thead><tbody>",
        if rows.len() > MOST_ROWS { "Lane" } else { "Stage" },
        scale.head()
    )?;
    if rows.len() > MOST_ROWS {
        lanes_of_all(out, rows, &scale)?;
    } else {
        for row in rows {
            let look = look::stage(row.stage);
            let plan = if several { format!("<i>{}</i> ", line(row.plan)) } else { String::new() };
            write!(
                out,
                "<tr class=\"{}\"><th scope=\"row\"><a href=\"#{}\"><span class=\"sign\">{}</span> {plan}{}</a></th><td class=\"num\">{}</td>",
                if row.critical { "critical" } else { "plain" },
                row.anchor,
                look.sign,
                short(&wording::stage_name(&row.stage.label, &row.stage.title), 120),
                duration(row.stage.took),
            )?;
            let lanes = packed(row.bars, scale.slack());
            let span = span(row.stage).filter(|_| row.critical);
            let span = span.map(|(start, end)| (since(report, start), since(report, end)));
            cell(out, &lanes, span, &scale)?;
            writeln!(out, "</tr>")?;
        }
    }
    writeln!(out, "</tbody></table></div>\n</section>")
}

fn rows<'a>(report: &'a RunReport, anchors: &'a Anchors, tracks: &[Track]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (number, plan) in report.plans.iter().enumerate() {
        for (index, stage) in plan.stages.iter().enumerate().filter(|(_, stage)| span(stage).is_some()) {
            let names = &anchors.plan(number).stages[index];
            let critical = tracks[number].is_critical(index);
            let bars = stage.checks.iter().zip(&names.checks).flat_map(|(check, anchor)| {
                tries(check).map(move |one| {
                    let start = since(report, one.started);
                    Bar { check, outcome: one.outcome, anchor, start, end: start + one.took, critical }
                })
            });
            rows.push(Row { plan: &plan.path, stage, anchor: &names.stage, critical, bars: bars.collect() });
        }
    }
    rows
}

/// How long after the start of the run something was.
fn since(report: &RunReport, moment: SystemTime) -> Duration {
    moment.duration_since(report.started).unwrap_or_default()
}

/// The critical path in words.
fn path(out: &mut dyn Write, report: &RunReport, anchors: &Anchors, tracks: &[Track]) -> io::Result<()> {
    for (number, (plan, track)) in report.plans.iter().zip(tracks).enumerate() {
        let Some((whole, idle)) = length(plan, &track.critical) else { continue };
        let stages = track.critical.iter().take(MOST_NAMED).map(|&stage| {
            let anchor = &anchors.plan(number).stages[stage].stage;
            format!("<a href=\"#{anchor}\">{}</a>", short(&plan.stages[stage].label, 40))
        });
        let more = match track.critical.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            count => format!(" and {}", plural(count, "more stage")),
        };
        let named = stages.collect::<Vec<_>>().join(" \u{2192} ");
        // What is shown is rounded to tenths of a second.
        let idle = if idle >= Duration::from_millis(50) {
            format!(", {} of it between stages", duration(idle))
        } else {
            String::new()
        };
        writeln!(
            out,
            "<p class=\"path\"><b>Critical path</b>, the chain of needs that ended last: {named}{more}. \
             It took {} of {}{idle}.</p>",
            duration(whole),
            duration(report.took)
        )?;
    }
    Ok(())
}

/// All bars of all stages, in as few lanes as they need.
fn lanes_of_all(out: &mut dyn Write, rows: Vec<Row<'_>>, scale: &Scale) -> io::Result<()> {
    let lanes = packed(rows.into_iter().flat_map(|row| row.bars).collect(), scale.slack());
    for (number, lane) in lanes.iter().enumerate() {
        let took = lane.iter().map(|bar| bar.end - bar.start).sum();
        let number = number + 1;
        write!(out, "<tr class=\"plain\"><th scope=\"row\">{number}</th><td class=\"num\">{}</td>", duration(took))?;
        cell(out, std::slice::from_ref(lane), None, scale)?;
        writeln!(out, "</tr>")?;
    }
    Ok(())
}

/// Bars in lanes, so that none covers more than `slack`, or a quarter, of another. Where there would be too many lanes, the last one
/// takes the rest.
fn packed(mut bars: Vec<Bar<'_>>, slack: Duration) -> Vec<Vec<Bar<'_>>> {
    bars.sort_by_key(|bar| bar.start);
    let mut lanes: Vec<Vec<Bar<'_>>> = Vec::new();
    for bar in bars {
        let from = bar.start + slack.min((bar.end - bar.start) / 4);
        let free = lanes.iter().position(|lane| lane.last().is_none_or(|last| last.end <= from));
        match free.or((lanes.len() == MOST_LANES).then_some(MOST_LANES - 1)) {
            Some(lane) => lanes[lane].push(bar),
            None => lanes.push(vec![bar]),
        }
    }
    lanes
}

/// One cell with its bars. `span` is drawn below them as a part of the critical path.
fn cell(
    out: &mut dyn Write,
    lanes: &[Vec<Bar<'_>>],
    span: Option<(Duration, Duration)>,
    scale: &Scale,
) -> io::Result<()> {
    let bottom = lanes.len().max(1) * LANE;
    let height = bottom + if span.is_some() { MARK + 2 } else { 0 };
    write!(out, "<td><svg width=\"100%\" height=\"{height}\" aria-hidden=\"true\">")?;
    for (_, x) in &scale.ticks {
        write!(out, "<line class=\"tick\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y2=\"100%\"/>")?;
    }
    for (number, lane) in lanes.iter().enumerate() {
        for (at, bar) in lane.iter().enumerate() {
            let look = look::check(bar.outcome);
            let (x, width) = (scale.at(bar.start), scale.at(bar.end) - scale.at(bar.start));
            // What does not hold is higher, which is seen without colours, too.
            let inset = if bar.outcome.is_green() { 3 } else { 1 };
            let (y, height) = (number * LANE + inset, LANE - 2 * inset);
            let marked = if bar.critical { " critical" } else { "" };
            write!(
                out,
                "<a href=\"#{}\" tabindex=\"-1\" class=\"bar {}{marked}\"><title>{} {}: {}, {}</title>\
                 <rect x=\"{x:.3}%\" y=\"{y}\" width=\"{width:.3}%\" height=\"{height}\"/>",
                bar.anchor,
                look.class,
                short(&bar.check.label, 40),
                short(&wording::called(bar.check), 80),
                look.word,
                duration(bar.end - bar.start),
            )?;
            let next = lane.get(at + 1).map_or(100.0, |next| scale.at(next.start));
            if !bar.outcome.is_green() && scale.at(bar.end) + SIGN <= next {
                let (x, y) = (scale.at(bar.end), y + height - 2);
                write!(out, "<text x=\"{x:.3}%\" dx=\"3\" y=\"{y}\">{}</text>", look.sign)?;
            }
            write!(out, "</a>")?;
        }
    }
    if let Some((start, end)) = span {
        let (x, width) = (scale.at(start), scale.at(end) - scale.at(start));
        write!(out, "<rect class=\"path\" x=\"{x:.3}%\" y=\"{bottom}\" width=\"{width:.3}%\" height=\"{MARK}\"/>")?;
    }
    write!(out, "</svg></td>")
}

/// Time across the width of a cell.
struct Scale {
    whole: Duration,
    /// Moments with a mark, each with its place in per cent.
    ticks: Vec<(Duration, f64)>,
}

impl Scale {
    fn of(whole: Duration) -> Self {
        let whole = whole.max(Duration::from_millis(1));
        let step = step(whole / TICKS);
        let mut scale = Self { whole, ticks: Vec::new() };
        let mut moment = Duration::ZERO;
        while moment <= whole {
            let at = scale.at(moment);
            scale.ticks.push((moment, at));
            moment += step;
        }
        scale
    }

    /// What is too short to be seen: a command often starts just before the end of the one before it is noted.
    fn slack(&self) -> Duration {
        self.whole / 500
    }

    /// The place of a moment, in per cent.
    fn at(&self, moment: Duration) -> f64 {
        moment.as_secs_f64() / self.whole.as_secs_f64() * WIDTH
    }

    /// The head of the column: the moments that are marked.
    fn head(&self) -> String {
        let mut out =
            String::from("<span class=\"unseen\">When</span><svg width=\"100%\" height=\"16\" aria-hidden=\"true\">");
        for (moment, x) in &self.ticks {
            let anchor = if *x > 0.0 { "middle" } else { "start" };
            out.push_str(&format!(
                "<text x=\"{x:.2}%\" y=\"12\" text-anchor=\"{anchor}\">{}</text>",
                escaped(&told(*moment))
            ));
        }
        out.push_str("</svg>");
        out
    }
}

/// The round time that is at least as long as `least`.
fn step(least: Duration) -> Duration {
    const ROUND: [u64; 25] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
        600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000,
    ];
    let round = ROUND.map(Duration::from_millis).into_iter().find(|round| *round >= least);
    // Days, if a run should ever take that long.
    round.unwrap_or_else(|| {
        ROUND.map(Duration::from_millis)[24] * u32::try_from(least.as_secs() / 86_400 + 1).unwrap_or(u32::MAX)
    })
}

/// A round moment, as short as it can be said.
fn told(moment: Duration) -> String {
    let milliseconds = moment.as_millis();
    if milliseconds < 1000 && milliseconds > 0 {
        format!("{milliseconds}ms")
    } else if milliseconds < 60_000 {
        format!("{}s", moment.as_secs_f64())
    } else {
        duration(moment)
    }
}
