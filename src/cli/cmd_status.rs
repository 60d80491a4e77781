//! The verb `status`: what plans claim as done, beside what the newest runs of them showed.

use std::fmt::Write as _;

use serde::Serialize;

use super::args::{StandingFormat, StatusArgs};
use super::console::Console;
use super::proof::{self, Kept, Proof};
use super::settings::{PlanFile, Settings};
use super::{app, revision};
use crate::host::Host;
use crate::plan::{CheckId, Plan, StageId};
use crate::report::{Paint, paint};
use crate::standing::{Doubt, Seen, State, seen, state};
use crate::text::{clean_line, columns, fit, json_lines, plural, tame};

/// How wide a bar is.
const BAR: usize = 24;

/// The most columns of a stage's name.
const NAME: usize = 48;

/// The most labels of checks that are told of one stage.
const MOST_LABELS: usize = 5;

/// Shows where plans stand.
pub(super) fn status(args: &StatusArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let mut kept = match Kept::gather(&args.proof, settings, host) {
        Ok(kept) => kept,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let (loaded, code) = app::load_all(settings, console, host);
    let mut text = String::new();
    let mut document = Document { schema: "plan-run/status/v1", plans: Vec::new() };
    let plans: Vec<_> =
        settings.plans.iter().zip(&loaded).filter_map(|(file, loaded)| Some((file, loaded.plan.as_deref()?))).collect();
    for (file, plan) in &plans {
        let proof = kept.proof(file, plan);
        let changed = if proof.evidence.is_some() { changed(file, settings, host) } else { None };
        match args.format {
            StandingFormat::Text if plans.len() == 1 => one(&mut text, plan, &proof, changed, settings.colour_stdout),
            StandingFormat::Text => line(&mut text, plan, &proof, changed, settings.colour_stdout),
            StandingFormat::Json => document.plans.push(plan_json(plan, &proof, changed)),
        }
    }
    kept.problems.iter().for_each(|problem| console.complain(problem));
    if let Some(events) = &kept.under_way {
        console
            .complain(&format!("the run of {} is still under way; what it shows does not count yet", events.display()));
    }
    if args.format == StandingFormat::Json {
        text = json_lines(&document);
    }
    app::done(console, &text, code)
}

/// How many files of a plan's repository are not as in its commit, plans aside; `None` where git does not tell.
fn changed(file: &PlanFile, settings: &Settings, host: &dyn Host) -> Option<usize> {
    let changed = revision::changed(&file.located.repository, host).ok()?;
    // That a plan is the same, but for its boxes, was seen.
    let is_plan = |path: &String| {
        settings.plans.iter().any(|plan| {
            let shown = &plan.located.shown;
            path.strip_suffix(shown.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    };
    Some(changed.iter().filter(|path| !is_plan(path)).count())
}

/// How many stages of a plan stand where.
struct Counts([(State, usize); State::ALL.len()]);

impl Counts {
    fn of(plan: &Plan, proof: &Proof<'_>) -> Self {
        let mut counts = State::ALL.map(|state| (state, 0));
        for id in plan.stage_ids() {
            let own = state(plan, proof.evidence.as_ref(), id);
            counts.iter_mut().filter(|(state, _)| *state == own).for_each(|(_, count)| *count += 1);
        }
        Self(counts)
    }

    fn get(&self, wanted: State) -> usize {
        self.0.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, count)| *count)
    }

    fn all(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// A bar in which each stage takes as much as any other, but for what cannot be divided.
    fn bar(&self, colour: bool) -> String {
        let all = self.all().max(1);
        let mut out = String::new();
        let (mut before, mut at) = (0, 0);
        for (state, count) in self.0 {
            before += count;
            let end = BAR * before / all;
            let sign = match state {
                State::Done => "#",
                State::ClaimedButFails => "!",
                State::Claimed => "?",
                State::Proved => "+",
                State::Open => ".",
            };
            if end > at {
                out.push_str(&paint(&sign.repeat(end - at), colour_of(state), colour));
            }
            at = end.max(at);
        }
        format!("[{out}{}]", ".".repeat(BAR - at))
    }

    /// `1 of 3 stages done, 1 claimed, but fails, 1 open`.
    fn words(&self) -> String {
        let all = self.all();
        let mut words = vec![format!("{} of {} done", self.get(State::Done), plural(all, "stage"))];
        let others = self.0.iter().filter(|(state, count)| *state != State::Done && *count > 0);
        words.extend(others.map(|(state, count)| format!("{count} {}", state.words())));
        words.join("; ")
    }
}

fn colour_of(state: State) -> Paint {
    match state {
        State::Done => Paint::Green,
        State::ClaimedButFails => Paint::Red,
        State::Claimed | State::Proved => Paint::Yellow,
        State::Open => Paint::Dim,
    }
}

/// A plan by itself, with its stages.
fn one(out: &mut String, plan: &Plan, proof: &Proof<'_>, changed: Option<usize>, colour: bool) {
    let counts = Counts::of(plan, proof);
    let _ = writeln!(out, "{}: {}", safe(plan.source.name()), safe(&plan.title));
    let _ = writeln!(out, "{} {}", counts.bar(colour), counts.words());
    let _ = writeln!(out, "{}", safe(&rests_on(proof, changed)));
    let name = |id: StageId| {
        let stage = plan.stage(id);
        fit(&safe(&format!("{} {}", stage.label, stage.title)), NAME)
    };
    let word_width = State::ALL.iter().map(|state| state.words().len()).max().unwrap_or(0);
    let name_width = plan.stage_ids().map(|id| columns(&name(id))).max().unwrap_or(0);
    for id in plan.stage_ids() {
        let state = state(plan, proof.evidence.as_ref(), id);
        // What stands out has to do so without colours as well.
        let word =
            if state == State::ClaimedButFails { state.words().to_uppercase() } else { state.words().to_owned() };
        let padding = " ".repeat(word_width - word.len());
        let name = name(id);
        let name = format!("{name}{}", " ".repeat(name_width - columns(&name)));
        let what = details(plan, proof, id);
        let row = format!("  {}{padding}  {name}  {}", paint(&word, colour_of(state), colour), safe(&what));
        let _ = writeln!(out, "{}", row.trim_end());
    }
}

/// A plan among others.
fn line(out: &mut String, plan: &Plan, proof: &Proof<'_>, changed: Option<usize>, colour: bool) {
    let counts = Counts::of(plan, proof);
    let name = safe(&format!("{}: {}", plan.source.name(), plan.title));
    let _ = writeln!(out, "{} {name}: {}", counts.bar(colour), counts.words());
    if proof.evidence.is_none() || changed.is_some_and(|changed| changed > 0) {
        let _ = writeln!(out, "  {}", safe(&rests_on(proof, changed)));
    }
}

/// On which run all that is said rests.
fn rests_on(proof: &Proof<'_>, changed: Option<usize>) -> String {
    let Some(run) = proof.run else { return "nothing is proved: no run of it is kept".to_owned() };
    match &proof.doubt {
        Some(doubt) => format!("nothing is proved: {}; run it again", proof::why(doubt, run)),
        None => {
            let changed = match changed {
                None | Some(0) => String::new(),
                Some(1) => "; a file is not as in the commit, and the run may have seen it otherwise".to_owned(),
                Some(count) => {
                    format!("; {count} files are not as in the commit, and the run may have seen them otherwise")
                }
            };
            format!("as the run {} saw it{changed}", run.run.as_deref().unwrap_or("that was read"))
        }
    }
}

/// What is to be said of the checks of a stage.
fn details(plan: &Plan, proof: &Proof<'_>, id: StageId) -> String {
    let Seen { judged, holding, manual, broken_claims, failing } = seen(plan, proof.evidence.as_ref(), id);
    let mut words = Vec::new();
    if judged > 0 {
        words.push(match proof.evidence {
            Some(_) => {
                let verb = if holding == 1 || judged == 1 { "holds" } else { "hold" };
                format!("{holding} of {} {verb}", plural(judged, "check"))
            }
            None => plural(judged, "check"),
        });
    }
    if manual > 0 {
        words.push(format!("{manual} for a person"));
    }
    let labels = |checks: &[CheckId]| {
        let labels: Vec<&str> =
            checks.iter().take(MOST_LABELS).map(|&check| plan.check(check).label.as_str()).collect();
        let more = if checks.len() > MOST_LABELS {
            format!(" and {} more", checks.len() - MOST_LABELS)
        } else {
            String::new()
        };
        format!("{}{more}", labels.join(", "))
    };
    if !broken_claims.is_empty() {
        words.push(format!("claimed, but fails: {}", labels(&broken_claims)));
    }
    if !failing.is_empty() {
        words.push(format!("fails: {}", labels(&failing)));
    }
    words.join("; ")
}

fn safe(text: &str) -> String {
    tame(&clean_line(text))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plans: Vec<PlanJson<'a>>,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    path: &'a str,
    title: &'a str,
    run: Option<RunJson>,
    changed_files: Option<usize>,
    counts: CountsJson,
    stages: Vec<StageJson<'a>>,
}

#[derive(Serialize)]
struct RunJson {
    name: Option<String>,
    commit: Option<String>,
    doubt: Option<&'static str>,
}

#[derive(Serialize)]
struct CountsJson {
    done: usize,
    claimed_but_fails: usize,
    claimed: usize,
    proved: usize,
    open: usize,
}

#[derive(Serialize)]
struct StageJson<'a> {
    label: &'a str,
    title: &'a str,
    line: u32,
    state: &'static str,
    claimed: bool,
    proof: Option<&'static str>,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    label: &'a str,
    kind: &'static str,
    line: u32,
    claimed: bool,
    ticked: Option<bool>,
    outcome: Option<&'static str>,
}

fn plan_json<'a>(plan: &'a Plan, proof: &Proof<'_>, changed_files: Option<usize>) -> PlanJson<'a> {
    let counts = Counts::of(plan, proof);
    let evidence = proof.evidence.as_ref();
    let check = |&id: &CheckId| {
        let check = plan.check(id);
        CheckJson {
            label: &check.label,
            kind: check.kind.word(),
            line: check.line,
            claimed: plan.claims(id),
            ticked: check.tick.map(|tick| tick.done),
            outcome: evidence.map(|evidence| evidence.check(id).outcome.word()),
        }
    };
    let stages = plan.stage_ids().map(|id| {
        let stage = plan.stage(id);
        StageJson {
            label: &stage.label,
            title: &stage.title,
            line: stage.line,
            state: state(plan, evidence, id).word(),
            claimed: stage.claimed,
            proof: evidence.map(|evidence| evidence.stage(id).status.word()),
            checks: stage.checks.iter().map(check).collect(),
        }
    });
    PlanJson {
        path: plan.source.name(),
        title: &plan.title,
        run: proof.run.map(|run| RunJson {
            name: run.run.clone(),
            commit: run.commit.clone(),
            doubt: proof.doubt.as_ref().map(Doubt::word),
        }),
        changed_files,
        counts: CountsJson {
            done: counts.get(State::Done),
            claimed_but_fails: counts.get(State::ClaimedButFails),
            claimed: counts.get(State::Claimed),
            proved: counts.get(State::Proved),
            open: counts.get(State::Open),
        },
        stages: stages.collect(),
    }
}
