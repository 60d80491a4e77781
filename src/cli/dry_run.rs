//! What a run would do, without doing it.
//!
//! A pure function of the selection. Must not know why the plans were chosen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::kept::Sandboxes;
use crate::config::{Demand, Leftovers, Origin, RunScope};
use crate::outcome::Skip;
use crate::plan::{Check, CheckId, Kind, OutputRule, StageId, StatusRule};
use crate::select::{Selected, Selection, Unit};
use crate::text::{clean_line, duration, plural, tame};

/// What would run, where, in which order, and what would not, and why.
#[must_use]
pub fn dry_run(selection: &Selection) -> String {
    let mut out = String::new();
    let mut number = 0;
    for selected in &selection.plans {
        if !out.is_empty() {
            out.push('\n');
        }
        one(&mut out, selected, &mut number);
    }
    let all: usize = selection.plans.iter().map(|selected| selected.plan.checks.len()).sum();
    let runnable = selection.runnable();
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = match (runnable, all - runnable) {
        (0, _) => writeln!(out, "nothing would run"),
        (_, 0) => writeln!(out, "{} would run", plural(runnable, "check")),
        (_, left) => writeln!(out, "{} would run, {left} would not", plural(runnable, "check")),
    };
    tame(&out)
}

fn one(out: &mut String, selected: &Selected, number: &mut usize) {
    let plan = &selected.plan;
    let _ = writeln!(out, "{}: {}", clean_line(plan.source.name()), clean_line(&plan.title));
    let _ = writeln!(out, "in {}", clean_line(&selected.setup.root.to_string_lossy()));
    if let Some(shell) = &selected.setup.shell {
        let _ = writeln!(out, "with the shell {}", clean_line(&shell.join(" ")));
    }
    if selected.filter.scope == RunScope::Claimed {
        let from = match selected.filter.scope_from {
            Origin::CommandLine => "--scope says",
            Origin::FrontMatter => "its front matter says",
            Origin::File | Origin::Default => "the configuration says",
        };
        let _ = writeln!(out, "only what is claimed as done, as {from}");
    }
    let mut units: BTreeMap<StageId, Vec<&Unit>> = BTreeMap::new();
    for unit in &selected.units {
        units.entry(unit.stage).or_default().push(unit);
    }
    let sandboxes = Sandboxes::of(plan, &selected.setup.sandbox);
    // A wave without commands says nothing about the order of commands.
    let waves = selected.graph.waves();
    let waves = waves.iter().filter(|wave| wave.iter().any(|stage| units.contains_key(stage)));
    for (index, wave) in waves.enumerate() {
        let _ = writeln!(out, "\nwave {}", index + 1);
        for (&stage_id, units) in units.iter().filter(|(stage, _)| wave.contains(stage)) {
            let stage = plan.stage(stage_id);
            let needs = selected.graph.needs(stage_id);
            let after: Vec<&str> = needs.iter().map(|&need| plan.stage(need).label.as_str()).collect();
            let after =
                if after.is_empty() { String::new() } else { format!(" (after {})", clean_line(&after.join(", "))) };
            let _ = writeln!(out, "  stage {} {}{}", clean_line(&stage.label), clean_line(&stage.title), after);
            if let Some(line) = sandboxes.line(plan, stage_id) {
                let _ = writeln!(out, "    {line}");
            }
            for unit in units {
                let together = unit.checks.len() > 1;
                let retries = selected.retries(unit).count.unwrap_or(0);
                for &id in &unit.checks {
                    *number += 1;
                    let limit = selected.limit(id).time;
                    let launcher = selected.check_launcher(id).map(|launcher| launcher.name.as_str());
                    let check = plan.check(id);
                    let _ = writeln!(out, "  {number:>4}. {}", clean_line(&command(check)));
                    let mut remarks = remarks(check, duration(limit), retries, together, launcher);
                    if selected.leftovers(id) == Leftovers::Fail {
                        remarks.push_str(", must leave nothing running");
                    }
                    let _ = writeln!(out, "        {}", clean_line(&remarks));
                }
            }
        }
    }
    let cached: Vec<(&Check, &String)> =
        plan.checks.iter().zip(&selected.cached).filter_map(|(check, run)| Some((check, run.as_ref()?))).collect();
    if !cached.is_empty() {
        let _ = writeln!(out, "\nfrom the cache");
        for (check, run) in cached {
            let _ = writeln!(out, "        {}", clean_line(&command(check)));
            let (label, run) = (clean_line(&check.label), clean_line(run));
            let _ = writeln!(out, "        check {label}, line {}: passed in the run {run}", check.line);
        }
    }
    let left_out: Vec<(&Check, &Skip)> = selected
        .left_out
        .iter()
        .enumerate()
        .filter_map(|(index, skip)| Some((plan.check(CheckId(u32::try_from(index).ok()?)), skip.as_ref()?)))
        .collect();
    if !left_out.is_empty() {
        let _ = writeln!(out, "\nnot run");
        for (check, skip) in left_out {
            let words = check.command.as_ref().map_or_else(|| check.text.clone(), |_| command(check));
            let _ = writeln!(out, "        {}", clean_line(&words));
            let _ = writeln!(
                out,
                "        check {}, line {}: {}",
                clean_line(&check.label),
                check.line,
                clean_line(&why(skip))
            );
        }
    }
}

/// The first line of a command, and how many follow.
pub(super) fn command(check: &Check) -> String {
    let command = check.command.as_deref().unwrap_or(&check.text);
    let mut lines = command.lines();
    let first = lines.next().unwrap_or("");
    match lines.count() {
        0 => first.to_owned(),
        more => format!("{first} (and {})", plural(more, "more line")),
    }
}

fn remarks(check: &Check, limit: String, retries: usize, together: bool, launcher: Option<&str>) -> String {
    let mut words = format!("check {}, line {}", check.label, check.line);
    if let Some(cwd) = &check.cwd {
        let _ = write!(words, ", in {cwd}");
    }
    if together {
        words.push_str(", in one shell with its neighbours");
    }
    if check.kind == Kind::Red {
        words.push_str(", must fail");
    } else if let Some(expect) = &check.expect {
        match expect.status {
            StatusRule::Zero => {}
            StatusRule::NonZero => words.push_str(", must not exit with 0"),
            StatusRule::Exactly(status) => {
                let _ = write!(words, ", must exit with {status}");
            }
            StatusRule::Any => words.push_str(", any exit status holds"),
        }
    }
    match check.expect.as_ref().and_then(|expect| expect.output.as_ref()) {
        Some(OutputRule::Contains(text)) => {
            let _ = write!(words, ", must print \"{text}\"");
        }
        Some(OutputRule::Empty) => words.push_str(", must print nothing"),
        None => {}
    }
    if check.writes {
        words.push_str(", alone in its tree");
    }
    for (name, amount) in &check.uses {
        let _ = match amount {
            1 => write!(words, ", uses {name}"),
            amount => write!(words, ", uses {amount} of {name}"),
        };
    }
    let _ = match check.weight {
        0 | 1 => Ok(()),
        usize::MAX => write!(words, ", takes all job slots"),
        slots => write!(words, ", takes {slots} job slots"),
    };
    if let Some(launcher) = launcher {
        let _ = write!(words, ", by the launcher {launcher}");
        if check.demand != Demand::default() {
            let _ = write!(words, " with {}", check.demand);
        }
    }
    let _ = write!(words, ", at most {limit}");
    if retries > 0 {
        let _ = write!(words, ", tried again up to {}", plural(retries, "time"));
    }
    words
}

/// Why a check would not be run.
pub(super) fn why(skip: &Skip) -> String {
    match skip {
        Skip::Manual => "a person must do it".to_owned(),
        Skip::Red => "must fail before the work is done; runs with --red".to_owned(),
        Skip::NotClaimed => "not claimed yet".to_owned(),
        Skip::HeldBack { why } => format!("held back: {why}"),
        Skip::Blocked { by } => format!("stage {by} does not hold"),
        Skip::ScriptStopped { by } => format!("check {by} ended the script"),
        Skip::Configured { why } => format!("skipped by the configuration: {why}"),
        Skip::NotAsked { why } => format!("not asked for: {why}"),
        // Nothing is given up before a run.
        Skip::GivenUp(_) => "given up".to_owned(),
    }
}
