//! Runs for the tests of the reports: finished ones, and ones that are told by events.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plan_run::config::{Leftovers, Retries};
use plan_run::event::{CheckRef, End, Event, Happening, Leftover, Output, Proof};
use plan_run::graph::Graph;
use plan_run::outcome::{Cause, Expected, Outcome, Skip};
use plan_run::plan::{
    Check, CheckId, Expect, Kind, Limit, LimitOf, Need, NeedSource, Plan, Quarantined, Setup, Stage, StageId,
    StatusRule,
};
use plan_run::report::{CheckReport, PlanReport, RunReport, StageReport, StageStatus, Tally, junit, markdown};
use plan_run::roster::{Before, Broken, Roster};
use plan_run::select::{Filter, Selection, select};
use plan_run::source::{Source, Span};

/// The moment at which all runs of these tests begin.
pub fn wall() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// Outputs in memory, told apart by the names of their files.
#[derive(Clone, Debug, Default)]
pub struct Outputs(BTreeMap<PathBuf, Vec<u8>>);

impl Outputs {
    /// Adds an output with something before and behind it, which no report may show.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Output {
        let mut file = b"not mine\n".to_vec();
        let start = file.len() as u64;
        file.extend_from_slice(bytes);
        let end = file.len() as u64;
        file.extend_from_slice(b"\nnot mine either");
        self.0.insert(PathBuf::from(name), file);
        Output { path: PathBuf::from(name), start, end }
    }

    /// A part of one of them.
    pub fn part(&self, path: &Path, start: u64, len: u64) -> io::Result<Vec<u8>> {
        let file = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(start).expect("small").min(file.len());
        let end = (start + usize::try_from(len).expect("small")).min(file.len());
        Ok(file[start..end].to_vec())
    }
}

/// A check's report with nothing unusual about it.
pub fn check(label: &str, command: &str, outcome: Outcome) -> CheckReport {
    let ran = !matches!(outcome, Outcome::Skipped(_));
    CheckReport {
        label: label.to_owned(),
        kind: Kind::Command,
        line: 10 + u32::try_from(label.len()).expect("small"),
        command: Some(command.to_owned()),
        text: format!("Test: `{command}`"),
        cwd: None,
        expect: None,
        in_script: false,
        launcher: None,
        claimed: None,
        outcome,
        took: if ran { Duration::from_millis(1234) } else { Duration::ZERO },
        started: ran.then(wall),
        output: None,
        leftover: Vec::new(),
        warnings: Vec::new(),
        slow: None,
        status: None,
        usage: None,
        proof: Proof::Own,
        quarantine: None,
        before: None,
        attempts: Vec::new(),
    }
}

/// What a quarantine says that has not expired.
pub fn quarantined() -> Quarantined {
    Quarantined {
        entry: "Stage 1".to_owned(),
        owner: "ada".to_owned(),
        reason: "the network".to_owned(),
        expires: "2026-12-31".to_owned(),
        expired: false,
        place: "plan-run.yaml:3".to_owned(),
    }
}

/// What is known of a check that failed in the last night, and passed at the same commit.
pub fn before() -> Before {
    Before {
        run: "earlier".to_owned(),
        held: false,
        flaky: false,
        held_here: true,
        failed_here: true,
        mean: Duration::from_secs(1),
        sigma: Duration::from_millis(10),
        runs: 7,
    }
}

/// A manual check's report.
pub fn manual(label: &str, text: &str) -> CheckReport {
    CheckReport {
        kind: Kind::Manual,
        command: None,
        text: text.to_owned(),
        ..check(label, "", Outcome::Skipped(Skip::Manual))
    }
}

/// A stage's report.
pub fn stage(label: &str, title: &str, status: StageStatus, checks: Vec<CheckReport>) -> StageReport {
    let ran = checks.iter().any(|check| check.started.is_some());
    StageReport {
        label: label.to_owned(),
        title: title.to_owned(),
        line: 7,
        needs: Vec::new(),
        claimed: false,
        status,
        took: if ran { Duration::from_millis(2500) } else { Duration::ZERO },
        started: ran.then(wall),
        checks,
    }
}

/// A run of one plan.
pub fn run_of(stages: Vec<StageReport>) -> RunReport {
    RunReport {
        run: None,
        commit: None,
        started: wall(),
        took: Duration::from_millis(3456),
        jobs: 4,
        interrupted: false,
        gave_up: Vec::new(),
        incomplete: false,
        strict_claims: false,
        nightly: false,
        since: None,
        strict: false,
        shard: None,
        untouched: false,
        plans: vec![PlanReport {
            path: "docs/plan.md".to_owned(),
            title: "Add a cache".to_owned(),
            scope: plan_run::config::RunScope::All,
            digest: String::new(),
            stages,
        }],
        broken: Vec::new(),
        internal: Vec::new(),
    }
}

/// A small run in which everything holds.
pub fn green(outputs: &mut Outputs) -> RunReport {
    let mut first = check("1.1", "make all", Outcome::Passed);
    first.output = Some(outputs.add("green", b"built <fast> & \x1b[32mwell\x1b[0m\n"));
    run_of(vec![stage("1", "Build it", StageStatus::Holds, vec![first])])
}

/// A run of two plans and a broken one with every outcome there is.
pub fn everything(outputs: &mut Outputs) -> RunReport {
    let mut failed = check("2.1", "cargo test -p core", Outcome::Failed { status: 101, expected: None });
    failed.cwd = Some("crates/it's core".to_owned());
    failed.output =
        Some(outputs.add("failed", b"running 3 tests\n\x1b[31mtest a ... FAILED\x1b[0m\n10%\r50%\r100%\r\nend\n"));
    let mut wanted = check(
        "2.2",
        "grep -c TODO src/lib.rs",
        Outcome::Failed {
            status: 0,
            expected: Some(Expected { what: "no output".to_owned(), got: Some("\"3\"".to_owned()) }),
        },
    );
    wanted.expect = Some("finds nothing (exit 1)".to_owned());
    let mut timed_out = check(
        "2.4",
        "sleep 1000\necho done",
        Outcome::TimedOut { limit: Duration::from_secs(600), of: LimitOf::Default },
    );
    timed_out.output = Some(outputs.add("timeout", b"::error::not a command\n##[error]neither\n````\n"));
    timed_out.leftover = vec![Leftover { process: Some(4711), command: "sleep <600> & `x`".to_owned() }];
    timed_out.warnings = vec!["has one <warning>".to_owned()];
    let mut scripted = check("2.6", "make install", Outcome::OutputLimit { limit: 64 * 1024 * 1024 });
    scripted.in_script = true;
    let mut leaves = check("1.1", "make serve", Outcome::Passed);
    let left = |process| Leftover { process: Some(process), command: format!("serve --port {process}") };
    leaves.leftover = vec![left(8000), left(8001)];
    let skipped = |label: &str, skip: Skip| check(label, "make deploy", Outcome::Skipped(skip));
    let mut report = run_of(vec![
        stage("1", "Set up", StageStatus::Holds, vec![leaves, skipped("1.2", Skip::Red)]),
        stage(
            "2",
            "Build | test <b>it</b>",
            StageStatus::Fails,
            vec![
                failed,
                wanted,
                check("2.3", "./crash", Outcome::Signalled { signal: 11 }),
                timed_out,
                check("2.5", "nosuch --flag", Outcome::NotStarted { why: "no such program: nosuch".to_owned() }),
                scripted,
                check("2.7", "make x", Outcome::Lost { why: "the status is gone".to_owned() }),
                skipped("2.8", Skip::ScriptStopped { by: "2.6".to_owned() }),
            ],
        ),
        stage(
            "3",
            "Deploy",
            StageStatus::Blocked("2".to_owned()),
            vec![
                skipped("3.1", Skip::Blocked { by: "2".to_owned() }),
                skipped("3.2", Skip::Blocked { by: "2".to_owned() }),
            ],
        ),
        stage(
            "4",
            "Look at it",
            StageStatus::NotProven,
            vec![manual("4.1", "Manual: open `index.html` and ask @octocat | <script>")],
        ),
        stage(
            "5",
            "Publish",
            StageStatus::NotProven,
            vec![
                skipped("5.1", Skip::HeldBack { why: "publishes a package".to_owned() }),
                skipped("5.2", Skip::Configured { why: "no network".to_owned() }),
            ],
        ),
        stage(
            "6",
            "Late",
            StageStatus::Cancelled,
            vec![check("6.1", "make late", Outcome::Cancelled(Cause::Interrupt))],
        ),
        stage("7", "Empty", StageStatus::NotProven, Vec::new()),
    ]);
    report.plans[0].stages[2].needs = vec!["1".to_owned(), "2".to_owned()];
    report.plans.push(PlanReport {
        path: "docs/other plan (2).md".to_owned(),
        title: "Other ](http://evil) `x` # *y*".to_owned(),
        scope: plan_run::config::RunScope::All,
        digest: String::new(),
        stages: vec![stage("1.5", "Set up", StageStatus::Holds, vec![check("1.5.1", "true", Outcome::Passed)])],
    });
    report.broken.push(Broken {
        path: "docs/broken.md".to_owned(),
        line: Some(12),
        problems: vec!["error[unknown-stage]: `9` is no stage of this plan".to_owned(), "second <problem>".to_owned()],
    });
    report
}

/// The most that a report keeps of one output, where nothing else is asked for.
pub const MOST_OUTPUT: u64 = 64 * 1024;

/// The JUnit file of a run.
pub fn xml(report: &RunReport, outputs: &Outputs) -> String {
    xml_with(report, outputs, MOST_OUTPUT)
}

/// The JUnit file of a run with at most so many bytes of each output.
pub fn xml_with(report: &RunReport, outputs: &Outputs, max_output: u64) -> String {
    let mut bytes = Vec::new();
    junit(report, &|path, start, len| outputs.part(path, start, len), max_output, &mut bytes)
        .expect("outputs can be read");
    String::from_utf8(bytes).expect("the file is UTF-8")
}

/// The summary of a run.
pub fn summary(report: &RunReport, outputs: &Outputs, links: Option<&str>, limit: usize) -> String {
    markdown(report, &|path, start, len| outputs.part(path, start, len), links, limit).expect("outputs can be read")
}

/// The text of a snapshot.
pub fn snapshot(name: &str) -> String {
    std::fs::read_to_string(snapshot_path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn snapshot_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name)
}

/// Compares with a snapshot. `PLAN_RUN_UPDATE=1` writes it anew, but never where `CI` is set.
pub fn assert_snapshot(name: &str, text: &str) {
    if std::env::var_os("PLAN_RUN_UPDATE").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(snapshot_path(name), text).expect("a snapshot can be written");
    }
    assert_eq!(text, snapshot(name), "{name}");
}

/// The stages of a plan for a run of events: label, title, indices of what it needs, its checks.
pub type Stages<'a> = &'a [(&'a str, &'a str, &'a [u32], &'a [(Kind, &'a str)])];

/// A selection of plans, each given by path and stages, with the held-back checks named by their commands.
pub fn selection(plans: &[(&str, Stages<'_>)], held_back: &str) -> Selection {
    let plans = plans.iter().map(|(path, stages)| {
        let mut plan = Plan {
            source: Arc::new(Source::from_text(*path, "")),
            title: "A plan".to_owned(),
            dialect: "staged",
            stages: Vec::new(),
            checks: Vec::new(),
            directed: Vec::new(),
            boxes: Vec::new(),
            scripts: Vec::new(),
        };
        for (label, title, needs, checks) in *stages {
            let stage = StageId(u32::try_from(plan.stages.len()).expect("small"));
            let mut ids = Vec::new();
            for (position, (kind, command)) in checks.iter().enumerate() {
                ids.push(CheckId(u32::try_from(plan.checks.len()).expect("small")));
                plan.checks.push(Check {
                    label: format!("{label}.{}", position + 1),
                    stage,
                    kind: *kind,
                    span: Span::default(),
                    line: 20,
                    command: (*kind != Kind::Manual).then(|| (*command).to_owned()),
                    cwd: None,
                    terminal: None,
                    risk: (*command == held_back).then(|| "changes the world".to_owned()),
                    expect: command.contains("grep").then(|| Expect {
                        words: "finds nothing".to_owned(),
                        status: StatusRule::NonZero,
                        output: None,
                    }),
                    text: (*command).to_owned(),
                    script: None,
                    rule: "test",
                    because: None,
                    scene: false,
                    writes: false,
                    uses: Default::default(),
                    weight: 1,
                    launcher: None,
                    demand: plan_run::config::Demand::default(),
                    jobs: None,
                    timeout: None,
                    retries: None,
                    leftovers: None,
                    tick: None,
                });
            }
            plan.stages.push(Stage {
                label: (*label).to_owned(),
                title: (*title).to_owned(),
                span: Span::default(),
                line: 3,
                needs: needs.iter().map(|&need| Need { stage: StageId(need), span: None }).collect(),
                needs_source: NeedSource::Declared,
                checks: ids,
                timeout: None,
                retries: Retries::default(),
                leftovers: None,
                env: BTreeMap::new(),
                sandbox: Vec::new(),
                skip: None,
                inputs: None,
                tick: None,
                claimed: false,
            });
        }
        let needs = plan.stages.iter().map(|stage| stage.needs.iter().map(|need| need.stage).collect()).collect();
        let graph = Graph::from_needs(needs).expect("the plan has no cycle");
        let setup = Setup {
            root: PathBuf::from("/"),
            timeout: Limit { time: Duration::ZERO, of: LimitOf::Default },
            retries: Retries::default(),
            leftovers: Leftovers::default(),
            env: BTreeMap::new(),
            shell: None,
            resources: BTreeMap::new(),
            launchers: BTreeMap::new(),
            launcher: None,
            sandbox: Default::default(),
        };
        select(Arc::new(plan), graph, setup, Filter::default())
    });
    Selection { plans: plans.collect() }
}

pub const CHECK: Kind = Kind::Command;

/// A check of the first plan.
pub fn first(check: u32) -> CheckRef {
    CheckRef { plan: 0, check: CheckId(check) }
}

pub fn ended(check: CheckRef, outcome: Outcome) -> Happening {
    let took = if matches!(outcome, Outcome::Skipped(_)) { Duration::ZERO } else { Duration::from_millis(1500) };
    Happening::CheckEnded { check, end: End { took, ..End::without_run(outcome) } }
}

/// Happenings as events, one second apart, with the start and the end of the run around them.
pub fn events(happenings: Vec<Happening>) -> Vec<Event> {
    let all = [vec![Happening::RunStarted { wall: wall(), jobs: 2 }], happenings, vec![Happening::RunEnded]].concat();
    let stamped = all.into_iter().enumerate();
    stamped.map(|(at, what)| Event { number: at as u64 + 1, at: Duration::from_secs(at as u64), what }).collect()
}

/// The report of a run with these happenings.
pub fn tally(selection: &Selection, happenings: Vec<Happening>) -> RunReport {
    let mut tally = Tally::new(&Roster::of(selection, Vec::new()));
    for event in events(happenings) {
        tally.hear(&event);
    }
    tally.finish(Vec::new())
}

pub fn statuses(report: &RunReport) -> Vec<StageStatus> {
    report.plans[0].stages.iter().map(|stage| stage.status.clone()).collect()
}

/// A stream whose bytes can be looked at, or that refuses them.
#[derive(Clone, Default)]
pub struct Log {
    pub bytes: Rc<RefCell<Vec<u8>>>,
    pub refuses: Option<io::ErrorKind>,
}

impl Log {
    /// What was written.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.borrow().clone()).expect("logs are UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.refuses {
            Some(kind) => Err(kind.into()),
            None => self.bytes.borrow_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
