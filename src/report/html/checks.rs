//! The plans with their stages, and every check with all that is known of it.
//!
//! What does not hold stands open, what holds is folded. Must not know which outputs are kept at what length.

use std::io::{self, Write};

use super::super::excerpt::ReadPart;
use super::super::markup::reproduce;
use super::super::room::Room;
use super::super::wording::{self, Totals};
use super::super::{CheckReport, PlanReport, RunReport, StageReport, StageStatus};
use super::anchors::{PlanAnchors, StageAnchors};
use super::escape::{escaped, line, lines, short};
use super::track::Track;
use super::{graph, look};
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::Kind;
use crate::text::duration;

/// From how many checks on stages that hold are folded, too.
const MANY_CHECKS: usize = 150;

/// The most characters of a command or of a plan's words, and of all of them together. A long run gets fewer of each,
/// at least so many.
const MOST_WORDS: usize = 4000;
const ALL_WORDS: usize = 4_000_000;
const LEAST_WORDS: usize = 200;

/// The most characters of a command in the line that is always seen.
const MOST_LINE: usize = 200;

/// What a check is called, marked as a command or as words.
fn called(check: &CheckReport) -> String {
    let name = short(&wording::called(check), MOST_LINE);
    if check.command.is_some() {
        format!("<code>{name}</code>")
    } else {
        format!("<span class=\"called\">{name}</span>")
    }
}

/// Whether the plan's words around a command are more than the command.
fn says_more(check: &CheckReport) -> bool {
    let words = check.text.trim().trim_matches('`');
    !words.is_empty() && check.command.as_deref().map(str::trim) != Some(words)
}

/// What is needed to write checks.
pub(super) struct Checks<'a> {
    read: &'a ReadPart<'a>,
    room: Room,
    words: usize,
    fold_stages: bool,
    /// Whether there are several plans; then each has its graph with it.
    several: bool,
}

impl<'a> Checks<'a> {
    /// `room` says how much of each output is kept.
    pub(super) fn of(report: &RunReport, read: &'a ReadPart<'a>, room: Room) -> Self {
        let count = report.checks().count();
        let words = (ALL_WORDS / count.max(1)).clamp(LEAST_WORDS, MOST_WORDS);
        Self { read, room, words, fold_stages: count > MANY_CHECKS, several: report.plans.len() > 1 }
    }

    /// Writes one plan with all that belongs to it.
    pub(super) fn plan(
        &self,
        out: &mut dyn Write,
        plan: &PlanReport,
        names: &PlanAnchors,
        track: &Track,
    ) -> io::Result<()> {
        let anchor = &names.plan;
        let totals = Totals::of_plan(plan);
        writeln!(
            out,
            "<section class=\"plan\" id=\"{anchor}\" aria-labelledby=\"{anchor}-title\">\n<h2 id=\"{anchor}-title\">{}</h2>\n\
             <p class=\"under\"><code>{}</code> \u{b7} {} \u{b7} {}</p>",
            short(&plan.title, MOST_LINE),
            line(&plan.path),
            totals.stages(),
            totals.checks()
        )?;
        if plan.stages.is_empty() {
            writeln!(out, "<p>No stage was found, so nothing is proven.</p>")?;
        } else if self.several {
            graph::write(out, plan, names, track)?;
        }
        for (index, stage) in plan.stages.iter().enumerate() {
            let needs = track.needs(index).map(|need| {
                let other = &plan.stages[need];
                let name = short(&wording::stage_name(&other.label, &other.title), MOST_LINE);
                format!("<a href=\"#{}\">{name}</a>", names.stages[need].stage)
            });
            let needs: Vec<String> = needs.collect();
            self.stage(out, plan, stage, &names.stages[index], &needs, track.is_critical(index))?;
        }
        writeln!(out, "</section>")
    }

    fn stage(
        &self,
        out: &mut dyn Write,
        plan: &PlanReport,
        stage: &StageReport,
        names: &StageAnchors,
        needs: &[String],
        critical: bool,
    ) -> io::Result<()> {
        let look = look::stage(stage);
        let folded = self.fold_stages && stage.status == StageStatus::Holds;
        let took = if stage.started.is_some() { format!(" \u{b7} {}", duration(stage.took)) } else { String::new() };
        writeln!(
            out,
            "<details class=\"stage {}\" id=\"{}\"{}>\n<summary><span class=\"sign\" aria-hidden=\"true\">{}</span> \
             <h3>{}</h3> <span class=\"word\">{}</span> <span class=\"note\">{}{took}</span></summary>",
            look.class,
            names.stage,
            if folded { "" } else { " open=\"open\"" },
            look.sign,
            short(&wording::stage_name(&stage.label, &stage.title), MOST_LINE),
            look.word,
            Totals::count([stage]).checks(),
        )?;
        write!(out, "<p class=\"under\"><code>{}:{}</code>", line(&plan.path), stage.line)?;
        if !needs.is_empty() {
            write!(out, " \u{b7} needs {}", needs.join(", "))?;
        }
        if let StageStatus::Blocked(by) = &stage.status {
            write!(out, " \u{b7} blocked because stage {} does not hold", short(by, MOST_LINE))?;
        }
        if critical {
            write!(out, " \u{b7} on the critical path")?;
        }
        writeln!(out, "</p>")?;
        for (check, anchor) in stage.checks.iter().zip(&names.checks) {
            self.check(out, plan, check, anchor)?;
        }
        writeln!(out, "</details>")
    }

    fn check(&self, out: &mut dyn Write, plan: &PlanReport, check: &CheckReport, anchor: &str) -> io::Result<()> {
        let look = look::check(&check.outcome);
        let class = check.outcome.class();
        let open = matches!(class, Class::Failure | Class::Error);
        let reason = wording::reason(&check.outcome);
        let took = if class == Class::Skipped { String::new() } else { duration(check.took) };
        write!(
            out,
            "<details class=\"check {}\" id=\"{anchor}\" data-end=\"{}\"{}>\n<summary><span class=\"sign\" aria-hidden=\"true\">{}</span> \
             <span class=\"word\">{}</span> <b>{}</b> {}",
            look.class,
            look::filter(&check.outcome),
            if open { " open=\"open\"" } else { "" },
            look.sign,
            look.word,
            short(&check.label, MOST_LINE),
            called(check),
        )?;
        if !check.outcome.is_green() && check.outcome != Outcome::Skipped(Skip::Manual) {
            write!(out, " <span class=\"why\">{}</span>", short(&reason, MOST_LINE))?;
        }
        writeln!(out, " <span class=\"took\">{took}</span></summary>\n<dl>")?;
        let mut fact = |name: &str, value: &str| writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        fact("Outcome", &short(&reason, self.words))?;
        if let Some(command) = &check.command {
            fact("Command", &format!("<pre class=\"command\">{}</pre>", lines(command, self.words)))?;
        }
        if says_more(check) {
            fact("The plan says", &lines(&check.text, self.words))?;
        }
        if let Some(expect) = &check.expect {
            fact("It expects", &short(expect, self.words))?;
        }
        if check.kind == Kind::Red {
            fact("Kind", "red: it must fail before the work is done")?;
        }
        fact("Stands at", &format!("<code class=\"copy\">{}:{}</code>", line(&plan.path), check.line))?;
        if let Some(cwd) = &check.cwd {
            fact("Directory", &format!("<code>{}</code>", short(cwd, self.words)))?;
        }
        if class != Class::Skipped {
            fact("Took", &took)?;
        }
        if check.leftover {
            fact("Afterwards", "it left processes behind, which were ended")?;
        }
        if open {
            fact("To reproduce", &self.again(check))?;
        }
        writeln!(out, "</dl>")?;
        self.output(out, check)?;
        writeln!(out, "</details>")
    }

    /// How to run a check by hand.
    fn again(&self, check: &CheckReport) -> String {
        if check.in_script {
            return "it shares a shell with other commands; run all of them as they stand in the plan".to_owned();
        }
        let command = check.command.as_deref().filter(|command| command.len() <= self.words);
        match command.and_then(|command| reproduce(command, check.cwd.as_deref())) {
            Some(command) => format!("<code class=\"copy\">{}</code>", escaped(&command)),
            None => "run the lines as they stand in the plan".to_owned(),
        }
    }

    /// What a check wrote, or that it wrote nothing.
    fn output(&self, out: &mut dyn Write, check: &CheckReport) -> io::Result<()> {
        let Some(output) = check.output.as_ref().filter(|output| !output.is_empty()) else {
            if check.started.is_some() {
                writeln!(out, "<p class=\"hint\">It wrote nothing.</p>")?;
            }
            return Ok(());
        };
        let text = self.room.excerpt(self.read, output, check.outcome.class())?;
        writeln!(
            out,
            "<div class=\"output\" tabindex=\"0\" role=\"group\" aria-label=\"Output of {}\"><pre>\n{}</pre></div>",
            short(&check.label, MOST_LINE),
            escaped(text.trim_end())
        )
    }
}
