//! The verb `shards`: how plans are divided among machines; and the same division for a run of one of them.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::args::{PaceArgs, ScopeArg, ShardsArgs, ShardsFormat};
use super::cmd_run::{Chosen, choose};
use super::console::Console;
use super::settings::{Refusal, RunSettings, Settings};
use super::{app, exit_code, revision};
use crate::history::History;
use crate::host::Host;
use crate::journal::Runs;
use crate::roster::Roster;
use crate::select::{Selection, Shard};
use crate::shards::{Division, Share, divide};
use crate::text::{clean_line, duration, json_line, plural, tame};

/// Name and version of the form for programs; `schema/shards.schema.json` describes it.
const SCHEMA: &str = "plan-run/shards/v1";

/// How the checks of a selection are divided; and what is wrong with what is known of earlier runs, a line each.
pub(super) fn division(
    selection: &Selection,
    count: u32,
    runs: &Runs,
    settings: &Settings,
    host: &dyn Host,
) -> (Division, Vec<String>) {
    let mut roster = Roster::of(selection, Vec::new());
    let repository = settings.plans.first().map_or(&settings.home, |plan| &plan.located.repository);
    roster.commit = revision::commit(repository, host);
    let (past, told) = History::of_other_commits(runs, &roster, host);
    (divide(selection, &past, usize::try_from(count).unwrap_or(usize::MAX)), told)
}

/// Shows the division.
pub(super) fn shards(args: &ShardsArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    match attempt(args, settings, console, host) {
        Ok((text, code)) => app::done(console, &text, code),
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn attempt(
    args: &ShardsArgs,
    settings: &Settings,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<(String, u8), Refusal> {
    let run = RunSettings {
        scope: args.scope.map(ScopeArg::scope),
        red: args.red,
        trust: args.trust.trust(),
        lock_from: args.lock_from.clone(),
        runs: settings.runs(args.runs.as_deref()),
        ..RunSettings::without_reports(&PaceArgs::default(), settings, console.terminals, host)?
    };
    let Chosen { selection, broken, .. } = choose(&run, settings, console, host)?;
    let divided = |count| division(&selection, count, &run.runs, settings, host);
    let (mut division, told) = divided(args.count);
    told.iter().for_each(|line| console.complain(line));
    let enough = u32::try_from(division.parts.max(1)).unwrap_or(args.count);
    if enough < args.count {
        (division, _) = divided(enough);
    }
    let text = match args.format {
        ShardsFormat::Text => tame(&text(&division, &selection, args.count)),
        ShardsFormat::Json => json_line(&whole(&division, &selection)),
        ShardsFormat::GithubMatrix => json_line(&Matrix { shard: names(&division) }),
    };
    Ok((text, if broken.is_empty() { exit_code::HOLDS } else { exit_code::BROKEN_PLAN }))
}

/// The names of the shards, as `--shard` takes them.
fn names(division: &Division) -> Vec<String> {
    let count = u32::try_from(division.shards.len()).unwrap_or(u32::MAX);
    (1..=count).map(|index| Shard { index, count }.to_string()).collect()
}

fn text(division: &Division, selection: &Selection, asked: u32) -> String {
    let mut out = String::new();
    let checks: usize = division.shards.iter().map(|share| share.checks).sum();
    if checks == 0 {
        return "there is nothing to divide: no plan has a check that would run\n".to_owned();
    }
    let is_known = division.timed > 0;
    for (name, share) in names(division).iter().zip(&division.shards) {
        let _ = write!(out, "{name}  {}", plural(share.checks, "check"));
        if is_known {
            let _ = write!(out, ", about {}", duration(share.work));
        }
        out.push('\n');
        for (path, stages) in stages(share, selection) {
            let _ = writeln!(out, "  {}: {}", clean_line(path), stages.join(", "));
        }
    }
    out.push('\n');
    let by = match checks - division.timed {
        _ if !is_known => "by the number of checks, as nothing is known of earlier runs".to_owned(),
        0 => "by how long checks took in earlier runs".to_owned(),
        unknown => format!("by how long checks took in earlier runs, which is unknown of {unknown}"),
    };
    let _ =
        writeln!(out, "divided {by}; the longest shard is {:.2} times as long as it had to be", division.imbalance());
    let count = division.shards.len();
    if u32::try_from(count).is_ok_and(|count| count < asked) {
        let parts = plural(division.parts, "part");
        let _ = writeln!(out, "there are only {parts} that need nothing of each other, so {count} of {asked} shards");
    }
    out
}

/// The stages of a share: a plan's path and what goes by its stages.
fn stages<'a>(share: &Share, selection: &'a Selection) -> Vec<(&'a str, Vec<String>)> {
    let of = |(plan, stages): &(usize, Vec<_>)| {
        let plan = &selection.plans.get(*plan)?.plan;
        let label = |id: &_| plan.stage(*id).label.clone();
        Some((plan.source.name(), stages.iter().map(label).map(|label| clean_line(&label)).collect()))
    };
    share.stages.iter().filter_map(of).collect()
}

#[derive(Serialize)]
struct Matrix {
    shard: Vec<String>,
}

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    parts: usize,
    checks: usize,
    timed: usize,
    imbalance: f64,
    shards: Vec<Of<'a>>,
}

#[derive(Serialize)]
struct Of<'a> {
    shard: String,
    checks: usize,
    /// Seconds; `None` where nothing is known of any check.
    took: Option<f64>,
    plans: Vec<OfPlan<'a>>,
}

#[derive(Serialize)]
struct OfPlan<'a> {
    path: &'a str,
    stages: Vec<String>,
}

fn whole<'a>(division: &Division, selection: &'a Selection) -> Whole<'a> {
    let seconds = |time: Duration| (division.timed > 0).then_some(time.as_secs_f64());
    let of = |(shard, share): (String, &Share)| Of {
        shard,
        checks: share.checks,
        took: seconds(share.work),
        plans: stages(share, selection).into_iter().map(|(path, stages)| OfPlan { path, stages }).collect(),
    };
    Whole {
        schema: SCHEMA,
        parts: division.parts,
        checks: division.shards.iter().map(|share| share.checks).sum(),
        timed: division.timed,
        imbalance: division.imbalance(),
        shards: names(division).into_iter().zip(&division.shards).map(of).collect(),
    }
}
