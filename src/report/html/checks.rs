//! The plans with their stages, and every check with all that is known of it.
//!
//! What does not hold stands open, what holds is folded. Must not know which outputs are kept at what length.

use std::io::{self, Write};

use super::super::excerpt::ReadPart;
use super::super::reproduce::alone;
use super::super::room::Room;
use super::super::wording::{self, Totals};
use super::super::{CheckReport, PlanReport, RunReport, StageReport, StageStatus, quarantine};
use super::anchors::{PlanAnchors, StageAnchors};
use super::escape::{escaped, line, lines, short};
use super::track::Track;
use super::{graph, look};
use crate::event::{End, Output, Proof};
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::Kind;
use crate::text::{duration, size};

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

/// What the line of a check says beside the word of its end.
fn why(check: &CheckReport, reason: &str) -> Option<String> {
    let tries = check.attempts.len() + 1;
    let tried = (tries > 1).then(|| format!("tried {tries} times"));
    match (&check.outcome, &check.proof, tried) {
        (Outcome::Passed, Proof::CarriedOver { .. }, _) => Some("carried over".to_owned()),
        (Outcome::Passed, Proof::Cached { .. }, _) => Some("cached".to_owned()),
        (Outcome::Passed, Proof::Shared { with }, _) => Some(format!("shared with {with}")),
        (Outcome::Passed, Proof::Own, Some(tried)) if check.is_flaky() => Some(format!("flaky, {tried}")),
        (Outcome::Passed, Proof::Own, tried) => tried,
        (Outcome::Skipped(Skip::Manual), ..) => None,
        (_, _, Some(tried)) => Some(format!("{reason}, {tried}")),
        (_, _, None) => Some(reason.to_owned()),
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
        if stage.claimed {
            write!(out, " \u{b7} done, as the plan says")?;
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
        if let Some(why) = why(check, &reason) {
            write!(out, " <span class=\"why\">{}</span>", short(&why, MOST_LINE))?;
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
        if let Some(status) = check.status.filter(|_| check.outcome.is_green()) {
            fact("Exit status", &status.to_string())?;
        }
        if let Some(said) = quarantine::says(check) {
            fact("Quarantine", &short(&said, self.words))?;
        }
        if check.kind == Kind::Red {
            fact("Kind", "red: it must fail before the work is done")?;
        }
        fact("Stands at", &format!("<code class=\"copy\">{}:{}</code>", line(&plan.path), check.line))?;
        if let Some(launcher) = &check.launcher {
            fact("Launched by", &format!("<code>{}</code>", short(launcher, self.words)))?;
        }
        if let Some(cwd) = &check.cwd {
            fact("Directory", &format!("<code>{}</code>", short(cwd, self.words)))?;
        }
        if class != Class::Skipped {
            fact("Took", &took)?;
        }
        if let Some(usage) = &check.usage {
            let memory = size(usage.peak_memory);
            fact("Cost", &format!("{} of processor time, at most {memory} of memory", duration(usage.cpu)))?;
        }
        if let Proof::Shared { with } = &check.proof {
            let with = short(with, MOST_LINE);
            fact("Proof", &format!("{with} ran the same command and passed, since when nothing has changed"))?;
        }
        if let Proof::CarriedOver { run } = &check.proof {
            let run = short(run, MOST_LINE);
            fact("Proof", &format!("it passed in the run <code>{run}</code>, since when nothing has changed"))?;
        }
        if let Proof::Cached { run } = &check.proof {
            let run = short(run, MOST_LINE);
            fact("Proof", &format!("the same command passed with the same files in the run <code>{run}</code>"))?;
        }
        if check.claimed == Some(true) {
            fact("In the plan", "ticked as done")?;
        }
        let afterwards = wording::afterwards(&check.leftover, &check.warnings);
        if !afterwards.is_empty() {
            fact("Afterwards", &format!("it {}", short(&afterwards.join("; it "), self.words)))?;
        }
        if open {
            fact("To reproduce", &self.again(check))?;
        }
        writeln!(out, "</dl>")?;
        for (number, attempt) in check.attempts.iter().enumerate() {
            self.attempt(out, check, number + 1, &attempt.end)?;
        }
        match &check.output {
            Some(output) if !output.is_empty() => {
                self.output(out, output, class, &format!("Output of {}", check.label))?;
            }
            _ if check.started.is_some() => writeln!(out, "<p class=\"hint\">It wrote nothing.</p>")?,
            _ => {}
        }
        writeln!(out, "</details>")
    }

    /// How to run a check by hand.
    fn again(&self, check: &CheckReport) -> String {
        if check.in_script {
            return "it shares a shell with other commands; run all of them as they stand in the plan".to_owned();
        }
        let command = check.command.as_deref().filter(|command| command.len() <= self.words);
        match command.map(|command| alone(command, check.cwd.as_deref())) {
            Some(command) => format!("<code class=\"copy\">{}</code>", escaped(&command)),
            None => "run the lines as they stand in the plan".to_owned(),
        }
    }

    /// An attempt at a check before the last one, folded.
    fn attempt(&self, out: &mut dyn Write, check: &CheckReport, number: usize, end: &End) -> io::Result<()> {
        let look = look::check(&end.outcome);
        writeln!(
            out,
            "<details class=\"attempt {}\">\n<summary><span class=\"sign\" aria-hidden=\"true\">{}</span> \
             <span class=\"word\">{}</span> Attempt {number}: {} <span class=\"took\">{}</span></summary>",
            look.class,
            look.sign,
            look.word,
            short(&wording::reason(&end.outcome), MOST_LINE),
            duration(end.took),
        )?;
        match &end.output {
            Some(output) if !output.is_empty() => {
                let name = format!("Output of {}, attempt {number}", check.label);
                self.output(out, output, end.outcome.class(), &name)?;
            }
            _ => writeln!(out, "<p class=\"hint\">It wrote nothing.</p>")?,
        }
        writeln!(out, "</details>")
    }

    /// What was written, as far as there is room for it.
    fn output(&self, out: &mut dyn Write, output: &Output, class: Class, name: &str) -> io::Result<()> {
        let text = self.room.excerpt(self.read, output, class)?;
        writeln!(
            out,
            "<div class=\"output\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><pre>\n{}</pre></div>",
            short(name, MOST_LINE),
            escaped(text.trim_end())
        )
    }
}
