//! The verb `mark`, and what `run --mark` does when the run is over: boxes of plans that say what was seen.

use super::args::MarkArgs;
use super::console::Console;
use super::proof::{self, Kept};
use super::settings::{PlanFile, Settings};
use super::{app, exit_code};
use crate::edit::{Refused, Revision};
use crate::host::Host;
use crate::plan::Plan;
use crate::report::RunReport;
use crate::select::Selection;
use crate::standing::{Evidence, Marks, marks};
use crate::text::{clean_line, tame};

/// The most labels that are told of boxes with the same fate.
const MOST_LABELS: usize = 30;

/// What to do where a run says nothing of a plan.
const RUN_AGAIN: &str = "it was left as it is; run it again";

/// Marks plans by what their newest runs say.
pub(super) fn mark(args: &MarkArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let mut kept = match Kept::gather(&args.proof, settings, host) {
        Ok(kept) => kept,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    if let Some(events) = &kept.under_way {
        return app::refuse(console, &proof::under_way(events), settings.colour_stderr);
    }
    let (loaded, mut code) = app::load_all(settings, console, host);
    let mut without_run = Vec::new();
    let mut marked = 0;
    for (file, loaded) in settings.plans.iter().zip(loaded) {
        let name = clean_line(&file.located.shown);
        let Some(plan) = loaded.plan.filter(|_| !loaded.diagnostics.has_errors()) else {
            console.complain(&format!("{name} was left as it is"));
            continue;
        };
        let found = kept.of(file, &plan);
        let Some((run, evidence)) = found else {
            without_run.push(name);
            continue;
        };
        marked += 1;
        let done = match evidence {
            Ok(evidence) => {
                let marks = marks(&evidence, args.untick);
                revise(file, &plan, &marks, host).and_then(|revision| {
                    if args.dry_run {
                        return Ok((tame(&revision.diff()), Some(told(&name, &marks, "would mark"))));
                    }
                    revision.write(host).map(|()| (told(&name, &marks, "marked"), None))
                })
            }
            Err(doubt) => {
                console.complain(&format!("{name}: {}; {RUN_AGAIN}", proof::why(&doubt, run)));
                code = code.max(exit_code::WRONG_USE);
                continue;
            }
        };
        match done {
            Ok((data, talk)) => {
                code = app::done(console, &data, code);
                talk.iter().for_each(|talk| console.say(talk));
            }
            Err(refused) => {
                console.complain(&refused.to_string());
                code = exit_code::INTERNAL;
            }
        }
    }
    kept.problems.iter().for_each(|problem| console.complain(problem));
    // Of plans that nobody named, some may well never have been run.
    if !args.plans.is_empty() || marked == 0 {
        for name in without_run {
            let folder = kept.folder().display();
            console.complain(&format!("{name}: no run of it is kept in {folder}; it was left as it is; run it first"));
            code = code.max(exit_code::WRONG_USE);
        }
    }
    code
}

/// Marks the plans of a run that is just over, and adds what became of them to a text; gives what went wrong, a line each.
pub(super) fn after_run(
    run: &RunReport,
    selection: &Selection,
    settings: &Settings,
    told_of: &mut String,
    host: &dyn Host,
) -> Vec<String> {
    let mut problems = Vec::new();
    for selected in &selection.plans {
        let plan = &selected.plan;
        let name = clean_line(plan.source.name());
        let file = settings.plans.iter().find(|file| file.located.shown == plan.source.name());
        let (Some(file), Some(evidence)) = (file, Evidence::of(plan, run, run.commit.as_deref())) else { continue };
        let marks = match evidence {
            Ok(evidence) => marks(&evidence, false),
            Err(doubt) => {
                problems.push(format!("{name}: {}; {RUN_AGAIN}", proof::why(&doubt, run)));
                continue;
            }
        };
        match revise(file, plan, &marks, host).and_then(|revision| revision.write(host)) {
            Ok(()) => told_of.push_str(&told(&name, &marks, "marked")),
            Err(refused) => problems.push(refused.to_string()),
        }
    }
    problems
}

fn revise(file: &PlanFile, plan: &Plan, marks: &Marks, host: &dyn Host) -> Result<Revision, Refused> {
    Revision::new(&file.located.path, &plan.source, marks.edits.clone(), host)
}

/// What became of the boxes of a plan, in words.
fn told(name: &str, marks: &Marks, verb: &str) -> String {
    let boxes = |count: usize| if count == 1 { "1 box".to_owned() } else { format!("{count} boxes") };
    let counts = match (marks.ticked.len(), marks.cleared.len()) {
        (0, 0) => return tame(&format!("{name}: no box to change\n")),
        (ticked, 0) => format!("{} ticked", boxes(ticked)),
        (0, cleared) => format!("{} cleared", boxes(cleared)),
        (ticked, cleared) => format!("{} ticked, {cleared} cleared", boxes(ticked)),
    };
    let mut out = format!("{verb} {name}: {counts}\n");
    for (word, labels) in [("ticked", &marks.ticked), ("cleared", &marks.cleared)] {
        let labels: Vec<String> = labels.iter().flatten().map(|label| clean_line(label)).collect();
        let (shown, more) = labels.split_at(labels.len().min(MOST_LABELS));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        if !shown.is_empty() {
            out.push_str(&format!("  {word}: {}{more}\n", shown.join(", ")));
        }
    }
    tame(&out)
}
