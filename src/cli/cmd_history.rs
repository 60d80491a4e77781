//! The verb `history`: how checks ended and how long they took, run by run.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::args::{HistoryArgs, StandingFormat};
use super::console::Console;
use super::settings::{Refusal, Settings};
use super::{app, exit_code};
use crate::history::{Seen, Trail, trails};
use crate::host::Host;
use crate::text::{clean_line, columns, duration, fit, json_line, plural, tame};

/// Name and version of the form for programs; `schema/history.schema.json` describes it.
const SCHEMA: &str = "plan-run/history-report/v1";

/// How many runs are drawn and listed, the newest.
const SHOWN: usize = 20;

/// The columns of a line where nothing is said of the terminal, and those that are not of a check's name.
const WIDTH: usize = 100;
const OTHERS: usize = 62;

/// How many characters of a commit are shown.
const COMMIT: usize = 12;

/// Shows what is kept of checks.
pub(super) fn history(args: &HistoryArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    match shown(args, settings, console, host) {
        Ok(text) => app::done(console, &text, exit_code::HOLDS),
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn shown(args: &HistoryArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> Result<String, Refusal> {
    let runs = settings.runs(args.runs.as_deref());
    let (mut all, damaged) =
        trails(&runs, host).map_err(|error| Refusal::Usage(format!("cannot read the history: {error}")))?;
    if damaged > 0 {
        console.complain(&format!("{} of the history cannot be read; the others are shown", plural(damaged, "line")));
    }
    if all.is_empty() {
        return Err(Refusal::NothingFound("nothing is known of earlier runs yet; run a plan first".to_owned()));
    }
    // A plan alone is all of its checks.
    let alone = args.check.as_deref().filter(|name| name.ends_with(".md"));
    let plans: Vec<&str> = args.plans.iter().map(String::as_str).chain(alone).collect();
    let check = args.check.as_deref().filter(|_| alone.is_none());
    all.retain(|trail| {
        let named = |name: &str| name == trail.label || name == name_of(trail);
        check.is_none_or(named) && (plans.is_empty() || plans.contains(&trail.plan.as_str()))
    });
    if all.is_empty() {
        let what = args.check.as_deref().unwrap_or_default();
        return Err(Refusal::Usage(format!(
            "the history knows no `{what}`; `plan-run history` shows all that it knows"
        )));
    }
    // What fails now, then what is flaky, then what fails now and then.
    all.sort_by_key(|trail| {
        let holds_now = trail.runs.last().is_some_and(|seen| seen.held);
        let failed = trail.runs.len() - trail.held();
        (holds_now, std::cmp::Reverse((trail.flaky(), failed)), name_of(trail))
    });
    if args.format == StandingFormat::Json {
        let document = Document { schema: SCHEMA, checks: all.iter().map(json).collect() };
        return Ok(json_line(&document));
    }
    let bars = if is_utf8(host) { BARS } else { PLAIN };
    let width = host.env("COLUMNS").and_then(|text| text.parse().ok()).unwrap_or(WIDTH);
    let mut out = table(&all, bars, width.saturating_sub(OTHERS).max(12));
    if check.is_some() {
        all.iter().for_each(|trail| list(&mut out, trail));
    }
    Ok(out)
}

/// A check with its plan.
fn name_of(trail: &Trail) -> String {
    let label = if trail.label.is_empty() { &trail.id } else { &trail.label };
    format!("{}#{label}", trail.plan)
}

type Bars = [char; 8];

const BARS: &Bars = &['\u{2581}', '\u{2582}', '\u{2583}', '\u{2584}', '\u{2585}', '\u{2586}', '\u{2587}', '\u{2588}'];
const PLAIN: &Bars = &['_', ',', '-', '~', '=', '+', '*', '#'];

/// Whether the terminal shows more than ASCII, as far as the environment tells.
fn is_utf8(host: &dyn Host) -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| host.env(name));
    said.is_some_and(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

/// The newest runs, each as a bar as high as it took long: `x` for one that failed, `?` for one that was flaky.
fn spark(trail: &Trail, bars: &Bars) -> String {
    let runs = &trail.runs[trail.runs.len().saturating_sub(SHOWN)..];
    let most = runs.iter().filter(|seen| seen.held).map(|seen| seen.took).fold(0.0, f64::max);
    let bar = |seen: &Seen| match seen {
        seen if !seen.held => 'x',
        seen if seen.tries > 1 => '?',
        _ if most <= 0.0 => bars[0],
        seen => bars[((seen.took / most * 7.0).round() as usize).min(7)],
    };
    runs.iter().map(bar).collect()
}

fn table(all: &[Trail], bars: &Bars, most: usize) -> String {
    let names: Vec<String> = all.iter().map(|trail| fit(&tame(&clean_line(&name_of(trail))), most)).collect();
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0).max("check".len());
    let mut out = format!(
        "{}{}  {:SHOWN$}  {:>9}  {:>5}  {:>7}  {:>7}\n",
        "check",
        " ".repeat(width - "check".len()),
        "newest last",
        "passed",
        "flaky",
        "p50",
        "p95"
    );
    for (trail, name) in all.iter().zip(&names) {
        let time = |share| trail.within(share).map(span).unwrap_or_default();
        let _ = writeln!(
            out,
            "{name}{}  {:SHOWN$}  {:>9}  {:>5}  {:>7}  {:>7}",
            " ".repeat(width - columns(name)),
            spark(trail, bars),
            format!("{}/{}", trail.held(), trail.runs.len()),
            trail.flaky(),
            time(0.5),
            time(0.95)
        );
    }
    out
}

fn list(out: &mut String, trail: &Trail) {
    let _ = writeln!(out, "\n{}", tame(&clean_line(&name_of(trail))));
    for seen in trail.runs.iter().rev().take(SHOWN) {
        let commit = seen.commit.as_deref().map_or("-", |commit| commit.get(..COMMIT).unwrap_or(commit));
        let tries = if seen.tries > 1 { format!("  at try {}", seen.tries) } else { String::new() };
        let night = if seen.nightly { "  night" } else { "" };
        let line = format!("{}  {commit:COMMIT$}  {:14}  {:>7}{night}{tries}", seen.run, seen.outcome, span(seen.took));
        let _ = writeln!(out, "  {}", tame(&clean_line(&line)));
    }
}

fn span(seconds: f64) -> String {
    duration(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    plan: &'a str,
    label: Option<&'a str>,
    id: &'a str,
    passed: usize,
    flaky: usize,
    p50: Option<f64>,
    p95: Option<f64>,
    runs: Vec<RunJson<'a>>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    run: &'a str,
    commit: Option<&'a str>,
    nightly: bool,
    outcome: &'a str,
    tries: usize,
    took: f64,
}

fn json(trail: &Trail) -> CheckJson<'_> {
    let runs = trail.runs.iter().map(|seen| RunJson {
        run: &seen.run,
        commit: seen.commit.as_deref(),
        nightly: seen.nightly,
        outcome: &seen.outcome,
        tries: seen.tries,
        took: seen.took,
    });
    CheckJson {
        plan: &trail.plan,
        label: Some(trail.label.as_str()).filter(|label| !label.is_empty()),
        id: &trail.id,
        passed: trail.held(),
        flaky: trail.flaky(),
        p50: trail.within(0.5),
        p95: trail.within(0.95),
        runs: runs.collect(),
    }
}
