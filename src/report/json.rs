//! The whole of what is known of a run, as JSON: `schema/report.schema.json` describes it.
//!
//! The types are those of the file, apart from the program's own, so that these may change. A field that is taken away or
//! changes its meaning makes a new version of the schema. Must not know where the bytes go.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::causes::{self, Item};
use super::changes::Change;
use super::excerpt::{ReadPart, place};
use super::room::Room;
use super::stream::{self, Excerpt, Excerpts, Seq};
use super::wording::{self, Totals};
use super::{PlanReport, RunReport, StageReport, StageStatus, Verdict, changes, claims, quarantine};
use crate::event::{self, Proof};
use crate::outcome::{self, Class, Outcome, Skip};
use crate::plan::Quarantined;
use crate::roster::Broken;

/// Name and version of the form.
const SCHEMA: &str = "plan-run/report/v1";

/// The most that is kept of all outputs together.
const MOST_OUTPUTS: u64 = 10 * 1024 * 1024;

/// Writes a finished run as JSON. At most `max_output` bytes of each output are kept, fewer where there are many. Outputs
/// are read one at a time.
///
/// # Errors
/// When an output cannot be read or `out` does not take what is written.
pub fn json(report: &RunReport, read: &ReadPart<'_>, max_output: u64, out: &mut dyn Write) -> io::Result<()> {
    let room = Room::of(report, max_output, MOST_OUTPUTS);
    let excerpts = Excerpts { read, room: &room };
    let verdict = Verdict::of(report, &[]);
    let totals = Totals::of(report);
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        run: report.run.as_deref(),
        commit: report.commit.as_deref(),
        verdict: wording::verdict(verdict),
        sentence: wording::sentence(report, verdict),
        started: wording::stamp(report.started),
        took: seconds(report.took),
        jobs: report.jobs,
        interrupted: report.interrupted,
        gave_up: report.gave_up.iter().map(of_cause).collect(),
        incomplete: report.incomplete,
        strict_claims: report.strict_claims,
        nightly: report.nightly.then(|| night(report)),
        strict: report.strict,
        shard: report.shard.map(|shard| shard.to_string()),
        counts: Counts {
            stages: totals.stages,
            stages_that_hold: totals.hold,
            passed: totals.passed,
            failed: totals.failed,
            errors: totals.errors + totals.cancelled,
            not_run: totals.not_run + totals.not_claimed,
            not_claimed: totals.not_claimed,
            quarantined: totals.quarantined,
            expired_quarantines: quarantine::expired(report).len(),
            flaky: report.checks().filter(|check| check.is_flaky()).count(),
            unproven_claims: claims::unproven(report).count(),
            unticked: causes::items(report).filter(|&item| claims::is_unticked(item)).count(),
        },
        plans: Seq(|| report.plans.iter().map(|plan| of_plan(report, plan, excerpts))),
        broken: Seq(|| report.broken.iter().map(of_broken)),
        internal: &report.internal,
    };
    stream::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a, P, B> {
    schema: &'static str,
    version: &'static str,
    run: Option<&'a str>,
    commit: Option<&'a str>,
    verdict: &'static str,
    sentence: String,
    started: Option<String>,
    took: f64,
    jobs: usize,
    interrupted: bool,
    gave_up: Vec<Cause<'a>>,
    incomplete: bool,
    strict_claims: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    nightly: Option<Night<'a>>,
    strict: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    counts: Counts,
    plans: P,
    broken: B,
    internal: &'a [String],
}

/// What is said of a run as every night.
#[derive(Serialize)]
struct Night<'a> {
    since: Option<&'a str>,
    newly_failing: usize,
    newly_flaky: usize,
    slower: usize,
    fixed: usize,
}

fn night(report: &RunReport) -> Night<'_> {
    let all = changes::all(report);
    let [newly_failing, newly_flaky, slower, fixed] =
        Change::ALL.map(|change| all.iter().filter(|(known, _)| *known == change).count());
    Night { since: report.since.as_deref(), newly_failing, newly_flaky, slower, fixed }
}

#[derive(Serialize)]
struct Counts {
    stages: usize,
    stages_that_hold: usize,
    passed: usize,
    failed: usize,
    errors: usize,
    not_run: usize,
    not_claimed: usize,
    quarantined: usize,
    expired_quarantines: usize,
    flaky: usize,
    unproven_claims: usize,
    unticked: usize,
}

#[derive(Serialize)]
struct Plan<'a, S> {
    path: &'a str,
    title: &'a str,
    digest: &'a str,
    scope: &'static str,
    stages: S,
}

#[derive(Serialize)]
struct Stage<'a, C> {
    label: &'a str,
    title: &'a str,
    line: u32,
    needs: &'a [String],
    claimed: bool,
    status: &'static str,
    blocked_by: Option<&'a str>,
    started: Option<String>,
    took: f64,
    checks: C,
}

#[derive(Serialize)]
struct Check<'a, A> {
    id: String,
    label: &'a str,
    kind: &'static str,
    line: u32,
    command: Option<&'a str>,
    text: &'a str,
    cwd: Option<&'a str>,
    expect: Option<&'a str>,
    in_script: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    launcher: Option<&'a str>,
    claimed: Option<bool>,
    unproven_claim: bool,
    unticked: bool,
    flaky: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    flipped: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantine: Option<Quarantine<'a>>,
    slow: Option<Slow>,
    #[serde(flatten)]
    end: End<'a>,
    attempts: A,
}

/// What the quarantine says of a check.
#[derive(Serialize)]
struct Quarantine<'a> {
    entry: &'a str,
    owner: &'a str,
    reason: &'a str,
    expires: &'a str,
    expired: bool,
    place: &'a str,
}

fn of_quarantine(said: &Quarantined) -> Quarantine<'_> {
    let Quarantined { entry, owner, reason, expires, expired, place } = said;
    Quarantine { entry, owner, reason, expires, expired: *expired, place }
}

/// How an attempt ended, and what was measured of it.
#[derive(Serialize)]
struct End<'a> {
    outcome: Ended<'a>,
    started: Option<String>,
    took: f64,
    output: Option<Written<'a>>,
    leftover: Vec<Left<'a>>,
    warnings: &'a [String],
    status: Option<i32>,
    usage: Option<Used>,
    carried_over: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_with: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached: Option<&'a str>,
}

/// A process that was left behind.
#[derive(Serialize)]
struct Left<'a> {
    process: Option<u32>,
    command: &'a str,
}

/// An outcome: its word as in [`Outcome::word`], what it counts as, the reason for people, and what belongs to it.
#[derive(Serialize)]
struct Ended<'a> {
    word: &'static str,
    class: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause<'a>>,
}

/// By what a check was slow.
#[derive(Serialize)]
struct Slow {
    after: f64,
    usual: Option<f64>,
}

/// Why something was given up.
#[derive(Serialize)]
struct Cause<'a> {
    word: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
}

/// An output: where it lies, how long it is, and what is kept of it here.
#[derive(Serialize)]
struct Written<'a> {
    file: String,
    start: u64,
    end: u64,
    text: Excerpt<'a>,
}

#[derive(Serialize)]
struct Used {
    cpu: f64,
    peak_memory: u64,
}

#[derive(Serialize)]
struct BrokenPlan<'a> {
    path: &'a str,
    line: Option<u32>,
    problems: &'a [String],
}

fn of_broken(broken: &Broken) -> BrokenPlan<'_> {
    BrokenPlan { path: &broken.path, line: broken.line, problems: &broken.problems }
}

fn of_plan<'a>(report: &'a RunReport, plan: &'a PlanReport, excerpts: Excerpts<'a>) -> impl Serialize + 'a {
    Plan {
        path: &plan.path,
        title: &plan.title,
        digest: &plan.digest,
        scope: plan.scope.word(),
        stages: Seq(move || plan.stages.iter().map(move |stage| of_stage(report, plan, stage, excerpts))),
    }
}

fn of_stage<'a>(
    report: &'a RunReport,
    plan: &'a PlanReport,
    stage: &'a StageReport,
    excerpts: Excerpts<'a>,
) -> impl Serialize + 'a {
    let blocked_by = if let StageStatus::Blocked(by) = &stage.status { Some(by.as_str()) } else { None };
    Stage {
        label: &stage.label,
        title: &stage.title,
        line: stage.line,
        needs: &stage.needs,
        claimed: stage.claimed,
        status: stage.status.word(),
        blocked_by,
        started: stage.started.and_then(wording::stamp),
        took: seconds(stage.took),
        checks: Seq(move || {
            stage.checks.iter().map(move |check| of_check(report, Item { plan, stage, check }, excerpts))
        }),
    }
}

fn of_check<'a>(report: &'a RunReport, item: Item<'a>, excerpts: Excerpts<'a>) -> impl Serialize + 'a {
    let Item { plan, check, .. } = item;
    Check {
        id: format!("{}#{}", plan.path, check.label),
        label: &check.label,
        kind: check.kind.word(),
        line: check.line,
        command: check.command.as_deref(),
        text: &check.text,
        cwd: check.cwd.as_deref(),
        expect: check.expect.as_deref(),
        in_script: check.in_script,
        launcher: check.launcher.as_deref(),
        claimed: check.claimed,
        unproven_claim: claims::is_unproven(item),
        unticked: claims::is_unticked(item),
        flaky: check.is_flaky(),
        change: changes::of(report, item).map(Change::word),
        flipped: changes::is_flipped(check),
        quarantine: check.quarantine.as_ref().map(of_quarantine),
        slow: check.slow.map(|slow| Slow { after: seconds(slow.after), usual: slow.usual.map(seconds) }),
        end: End {
            outcome: of_outcome(&check.outcome),
            started: check.started.and_then(wording::stamp),
            took: seconds(check.took),
            output: written(check.output.as_ref(), check.outcome.class(), excerpts),
            leftover: left(&check.leftover),
            warnings: &check.warnings,
            status: check.status,
            usage: check.usage.map(used),
            carried_over: carried_over(&check.proof),
            shared_with: shared_with(&check.proof),
            cached: cached(&check.proof),
        },
        attempts: Seq(move || {
            check.attempts.iter().map(move |attempt| of_end(attempt.started, &attempt.end, excerpts))
        }),
    }
}

fn of_end<'a>(started: Option<SystemTime>, end: &'a event::End, excerpts: Excerpts<'a>) -> End<'a> {
    End {
        outcome: of_outcome(&end.outcome),
        started: started.and_then(wording::stamp),
        took: seconds(end.took),
        output: written(end.output.as_ref(), end.outcome.class(), excerpts),
        leftover: left(&end.leftover),
        warnings: &end.warnings,
        status: end.status,
        usage: end.usage.map(used),
        carried_over: carried_over(&end.proof),
        shared_with: shared_with(&end.proof),
        cached: cached(&end.proof),
    }
}

fn written<'a>(output: Option<&'a event::Output>, class: Class, excerpts: Excerpts<'a>) -> Option<Written<'a>> {
    output.map(|output| Written {
        file: place(&output.path),
        start: output.start,
        end: output.end,
        text: excerpts.of(output, class),
    })
}

fn left(leftover: &[event::Leftover]) -> Vec<Left<'_>> {
    leftover.iter().map(|left| Left { process: left.process, command: &left.command }).collect()
}

fn used(usage: event::Usage) -> Used {
    Used { cpu: seconds(usage.cpu), peak_memory: usage.peak_memory }
}

fn carried_over(proof: &Proof) -> Option<&str> {
    match proof {
        Proof::Own | Proof::Shared { .. } | Proof::Cached { .. } => None,
        Proof::CarriedOver { run } => Some(run),
    }
}

fn shared_with(proof: &Proof) -> Option<&str> {
    match proof {
        Proof::Own | Proof::CarriedOver { .. } | Proof::Cached { .. } => None,
        Proof::Shared { with } => Some(with),
    }
}

fn cached(proof: &Proof) -> Option<&str> {
    match proof {
        Proof::Own | Proof::CarriedOver { .. } | Proof::Shared { .. } => None,
        Proof::Cached { run } => Some(run),
    }
}

fn of_outcome(outcome: &Outcome) -> Ended<'_> {
    let class = match outcome.class() {
        Class::Green => "green",
        Class::Failure => "failure",
        Class::Error => "error",
        Class::Skipped => "skipped",
        Class::Quarantined => "quarantined",
    };
    let end = Ended {
        word: outcome.word(),
        class,
        reason: wording::reason(outcome),
        status: None,
        expected: None,
        got: None,
        signal: None,
        limit: None,
        why: None,
        by: None,
        tries: None,
        of: None,
        cause: None,
    };
    match outcome.plain() {
        Outcome::Passed
        | Outcome::LeftBehind
        | Outcome::Quarantined(_)
        | Outcome::Interrupted
        | Outcome::Skipped(Skip::Manual | Skip::Red | Skip::NotClaimed) => end,
        Outcome::Cancelled(cause) | Outcome::Skipped(Skip::GivenUp(cause)) => {
            Ended { cause: Some(of_cause(cause)), ..end }
        }
        Outcome::Failed { status, expected } => Ended {
            status: Some(*status),
            expected: expected.as_ref().map(|expected| expected.what.as_str()),
            got: expected.as_ref().and_then(|expected| expected.got.as_deref()),
            ..end
        },
        Outcome::Flaky { tries } => Ended { tries: Some(*tries), ..end },
        Outcome::Signalled { signal } => Ended { signal: Some(*signal), ..end },
        Outcome::TimedOut { limit, of } => Ended { limit: Some(seconds(*limit)), of: Some(of.word()), ..end },
        Outcome::OutputLimit { limit } => Ended { limit: Some(*limit as f64), ..end },
        Outcome::NotStarted { why }
        | Outcome::Lost { why }
        | Outcome::Skipped(Skip::HeldBack { why } | Skip::Configured { why } | Skip::NotAsked { why }) => {
            Ended { why: Some(why), ..end }
        }
        Outcome::Skipped(Skip::Blocked { by } | Skip::ScriptStopped { by }) => Ended { by: Some(by), ..end },
    }
}

fn of_cause(cause: &outcome::Cause) -> Cause<'_> {
    let told = Cause { word: cause.word(), check: None, scope: None, count: None, limit: None };
    match cause {
        outcome::Cause::Interrupt => told,
        outcome::Cause::FirstFailure { check, scope } => {
            Cause { check: Some(check), scope: Some(scope.word()), ..told }
        }
        outcome::Cause::Failures { count } => Cause { count: Some(*count), ..told },
        outcome::Cause::RunTime { limit } => Cause { limit: Some(seconds(*limit)), ..told },
    }
}

/// Seconds with microseconds.
fn seconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e6
}
