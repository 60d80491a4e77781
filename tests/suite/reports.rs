//! Tests of the reports: one shared set of runs for every renderer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plan_run::event::{CheckRef, Event, Happening, Output, StageRef};
use plan_run::graph::Graph;
use plan_run::outcome::{Outcome, Skip};
use plan_run::plan::{Check, CheckId, Expect, Kind, Need, NeedSource, Plan, Setup, Stage, StageId, StatusRule};
use plan_run::report::{
    Broken, CheckReport, LiveBars, LivePlain, PlanReport, Reporter, RunReport, StageReport, StageStatus, Tally,
    Verdict, closing, junit, link_base, markdown,
};
use plan_run::select::{Filter, Selection, select};
use plan_run::source::{Source, Span};
use plan_run::text::{clean, clean_line, columns, fit, size};

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
        outcome,
        took: if ran { Duration::from_millis(1234) } else { Duration::ZERO },
        started: ran.then(wall),
        output: None,
        leftover: false,
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
        status,
        took: if ran { Duration::from_millis(2500) } else { Duration::ZERO },
        started: ran.then(wall),
        checks,
    }
}

/// A run of one plan.
pub fn run_of(stages: Vec<StageReport>) -> RunReport {
    RunReport {
        started: wall(),
        took: Duration::from_millis(3456),
        jobs: 4,
        interrupted: false,
        plans: vec![PlanReport { path: "docs/plan.md".to_owned(), title: "Add a cache".to_owned(), stages }],
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
        Outcome::Failed { status: 0, expected: Some("exit status 1".to_owned()) },
    );
    wanted.expect = Some("finds nothing (exit 1)".to_owned());
    let mut timed_out = check("2.4", "sleep 1000\necho done", Outcome::TimedOut { limit: Duration::from_secs(600) });
    timed_out.output = Some(outputs.add("timeout", b"::error::not a command\n##[error]neither\n````\n"));
    timed_out.leftover = true;
    let mut scripted = check("2.6", "make install", Outcome::OutputLimit { limit: 64 * 1024 * 1024 });
    scripted.in_script = true;
    let mut leaves = check("1.1", "make serve", Outcome::Passed);
    leaves.leftover = true;
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
        stage("6", "Late", StageStatus::Cancelled, vec![check("6.1", "make late", Outcome::Cancelled)]),
        stage("7", "Empty", StageStatus::NotProven, Vec::new()),
    ]);
    report.plans[0].stages[2].needs = vec!["1".to_owned(), "2".to_owned()];
    report.plans.push(PlanReport {
        path: "docs/other plan (2).md".to_owned(),
        title: "Other ](http://evil) `x` # *y*".to_owned(),
        stages: vec![stage("1.5", "Set up", StageStatus::Holds, vec![check("1.5.1", "true", Outcome::Passed)])],
    });
    report.broken.push(Broken {
        path: "docs/broken.md".to_owned(),
        line: Some(12),
        problems: vec!["error[unknown-stage]: `9` is no stage of this plan".to_owned(), "second <problem>".to_owned()],
    });
    report
}

/// The JUnit file of a run.
pub fn xml(report: &RunReport, outputs: &Outputs) -> String {
    let bytes = junit(report, &|path, start, len| outputs.part(path, start, len)).expect("outputs can be read");
    String::from_utf8(bytes).expect("the file is UTF-8")
}

/// The summary of a run.
pub fn summary(report: &RunReport, outputs: &Outputs, links: Option<&str>, limit: usize) -> String {
    markdown(report, &|path, start, len| outputs.part(path, start, len), links, limit).expect("outputs can be read")
}

/// The text of a snapshot.
fn snapshot(name: &str) -> String {
    std::fs::read_to_string(snapshot_path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn snapshot_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name)
}

/// Compares with a snapshot. `PLAN_RUN_UPDATE=1` writes it anew, but never where `CI` is set.
fn assert_snapshot(name: &str, text: &str) {
    if std::env::var_os("PLAN_RUN_UPDATE").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(snapshot_path(name), text).expect("a snapshot can be written");
    }
    assert_eq!(text, snapshot(name), "{name}");
}

/// The stages of a plan for a run of events: label, title, indices of what it needs, its checks.
type Stages<'a> = &'a [(&'a str, &'a str, &'a [u32], &'a [(Kind, &'a str)])];

/// A selection of plans, each given by path and stages, with the held-back checks named by their commands.
fn selection(plans: &[(&str, Stages<'_>)], held_back: &str) -> Selection {
    let plans = plans.iter().map(|(path, stages)| {
        let mut plan = Plan {
            source: Arc::new(Source::from_text(*path, "")),
            title: "A plan".to_owned(),
            dialect: "staged",
            stages: Vec::new(),
            checks: Vec::new(),
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
                    risk: (*command == held_back).then(|| "changes the world".to_owned()),
                    expect: command.contains("grep").then(|| Expect {
                        words: "finds nothing".to_owned(),
                        status: StatusRule::NonZero,
                        output: None,
                    }),
                    text: (*command).to_owned(),
                    script: None,
                    rule: "test",
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
                env: BTreeMap::new(),
                skip: None,
            });
        }
        let needs = plan.stages.iter().map(|stage| stage.needs.iter().map(|need| need.stage).collect()).collect();
        let graph = Graph::from_needs(needs).expect("the plan has no cycle");
        let setup = Setup { root: PathBuf::from("/"), timeout: Duration::ZERO, env: BTreeMap::new(), shell: None };
        select(Arc::new(plan), graph, setup, Filter::default())
    });
    Selection { plans: plans.collect() }
}

const CHECK: Kind = Kind::Command;

/// A check of the first plan.
fn first(check: u32) -> CheckRef {
    CheckRef { plan: 0, check: CheckId(check) }
}

fn ended(check: CheckRef, outcome: Outcome) -> Happening {
    let took = if matches!(outcome, Outcome::Skipped(_)) { Duration::ZERO } else { Duration::from_millis(1500) };
    Happening::CheckEnded { check, outcome, took, output: None, leftover: false }
}

/// Happenings as events, one second apart, with the start and the end of the run around them.
fn events(happenings: Vec<Happening>) -> Vec<Event> {
    let all = [vec![Happening::RunStarted { wall: wall(), jobs: 2 }], happenings, vec![Happening::RunEnded]].concat();
    let stamped = all.into_iter().enumerate();
    stamped.map(|(at, what)| Event { number: at as u64 + 1, at: Duration::from_secs(at as u64), what }).collect()
}

/// The report of a run with these happenings.
fn tally(selection: &Selection, happenings: Vec<Happening>) -> RunReport {
    let mut tally = Tally::new(selection, Vec::new());
    for event in events(happenings) {
        tally.hear(&event);
    }
    tally.finish(Vec::new())
}

fn statuses(report: &RunReport) -> Vec<StageStatus> {
    report.plans[0].stages.iter().map(|stage| stage.status.clone()).collect()
}

/// A stream whose bytes can be looked at, or that refuses them.
#[derive(Clone, Default)]
struct Log {
    bytes: Rc<RefCell<Vec<u8>>>,
    refuses: Option<io::ErrorKind>,
}

impl Log {
    fn text(&self) -> String {
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

/// What a reporter of plain lines writes.
fn plain(selection: &Selection, happenings: Vec<Happening>, outputs: &Outputs, colour: bool) -> String {
    let log = Log::default();
    let outputs = outputs.clone();
    let read = move |path: &Path, start, len| outputs.part(path, start, len);
    let mut live = LivePlain::new(Box::new(log.clone()), Box::new(read), colour);
    for event in events(happenings) {
        live.hear(selection, &event).expect("the log takes everything");
    }
    log.text()
}

#[test]
fn cleaning_takes_out_what_steers_a_terminal() {
    let cases: &[(&[u8], &str)] = &[
        (b"plain\ttext\n", "plain\ttext\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;http://e\x1b\\link", "red xlink"),
        (b"\x1b(Bset \x1b7save \x1bcreset", "set save reset"),
        (b"10%\r50%\r100%\nnext", "100%\nnext"),
        (b"100%\r", "100%"),
        (b"a\r\nb\r\r\nc", "a\nb\nc"),
        (b"nul\0 bell\x07 del\x7f", "nul\u{2400} bell\u{2407} del\u{2421}"),
        (b"bad \xff\xfe utf", "bad \u{fffd}\u{fffd} utf"),
        ("c1 \u{9b} no \u{fffe}\u{ffff}".as_bytes(), "c1 \u{fffd} no \u{fffd}\u{fffd}"),
        ("\u{202e}evil\u{2066}".as_bytes(), "[U+202E]evil[U+2066]"),
        // A sequence without its end must not swallow what follows it.
        (b"\x1b]0;never ended\nnext line", "\u{241b}]0;never ended\nnext line"),
        (b"\x1b[12\xc3\xa9", "\u{241b}[12\u{e9}"),
        (b"cut off \x1b[3", "cut off "),
        (b"\x1b", ""),
    ];
    for (bytes, expected) in cases {
        let cleaned = clean(bytes);
        assert_eq!(&cleaned, expected, "{:?}", String::from_utf8_lossy(bytes));
        assert_eq!(clean(cleaned.as_bytes()), cleaned, "a second time");
    }
    assert_eq!(clean_line(" two\r\nlines\t\u{2028}x\n"), "two lines  x");
}

#[test]
fn words_fit_columns() {
    assert_eq!(fit("short", 5), "short");
    assert_eq!(fit("longer", 5), "lo...");
    assert_eq!(fit("\u{5b57}\u{5b57}\u{5b57}", 5), "\u{5b57}...");
    assert_eq!(fit("abc", 2), "..");
    assert_eq!(columns("\u{5b57}x"), 3);
    assert_eq!(
        (size(1), size(1023), size(65_536), size(5 << 30)),
        ("1 byte".into(), "1023 bytes".into(), "64 KiB".into(), "5 GiB".into())
    );
}

#[test]
fn a_tally_counts_every_check_once() {
    let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (CHECK, "b")])])], "");
    let mut outputs = Outputs::default();
    let output = outputs.add("a", b"x");
    let report = tally(
        &selection,
        vec![
            Happening::StageStarted(StageRef { plan: 0, stage: StageId(0) }),
            Happening::CheckStarted(first(0)),
            Happening::CheckEnded {
                check: first(0),
                outcome: Outcome::Passed,
                took: Duration::from_secs(1),
                output: Some(output.clone()),
                leftover: true,
            },
            Happening::CheckStarted(first(1)),
            ended(first(1), Outcome::Passed),
        ],
    );
    assert_eq!(report.internal, Vec::<String>::new());
    assert_eq!(
        (report.started, report.took, report.jobs, report.interrupted),
        (wall(), Duration::from_secs(6), 2, false)
    );
    let stage = &report.plans[0].stages[0];
    assert_eq!((stage.started, stage.took), (Some(wall() + Duration::from_secs(2)), Duration::from_secs(3)));
    assert_eq!((stage.checks[0].output.as_ref(), stage.checks[0].leftover), (Some(&output), true));
    assert_eq!(stage.checks[1].started, Some(wall() + Duration::from_secs(4)));
    assert_eq!(Verdict::of(&report, &[]), Verdict::Holds);
}

#[test]
fn what_does_not_add_up_is_internal() {
    let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (CHECK, "b")])])], "");
    let cases: Vec<(Vec<Happening>, &str)> = vec![
        (vec![ended(first(0), Outcome::Passed)], "plan.md: check 1.2 never ended"),
        (
            vec![ended(first(0), Outcome::Passed), ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed)],
            "check 1.1 ended twice",
        ),
        (
            vec![ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed), Happening::CheckStarted(first(2))],
            "an event is about check 2 of plan 0, which is not in the run",
        ),
        (
            vec![
                ended(first(0), Outcome::Passed),
                ended(first(1), Outcome::Passed),
                ended(CheckRef { plan: 7, check: CheckId(0) }, Outcome::Passed),
            ],
            "an event is about check 0 of plan 7, which is not in the run",
        ),
        (
            vec![
                ended(first(0), Outcome::Passed),
                ended(first(1), Outcome::Passed),
                Happening::StageEnded(StageRef { plan: 0, stage: StageId(9) }),
            ],
            "event 4 is about a stage that is not in the run",
        ),
    ];
    for (happenings, expected) in cases {
        let report = tally(&selection, happenings);
        assert_eq!(report.internal, vec![expected.to_owned()]);
        assert_eq!(Verdict::of(&report, &[]), Verdict::Internal);
    }
    let lost = tally(&selection, vec![ended(first(0), Outcome::Passed)]);
    assert!(matches!(lost.plans[0].stages[0].checks[1].outcome, Outcome::Lost { .. }));
    assert_eq!(statuses(&lost), [StageStatus::Fails]);

    let mut torn = Tally::new(&selection, Vec::new());
    for event in events(vec![ended(first(0), Outcome::Passed), ended(first(1), Outcome::Passed)]).iter().take(3) {
        torn.hear(event);
    }
    torn.hear(&Event { number: 9, at: Duration::ZERO, what: Happening::Interrupted { times: 1 } });
    let report = torn.finish(vec!["the runner says so".to_owned()]);
    assert_eq!(
        report.internal,
        ["event 9 came after event 3", "the run never said that it ended", "the runner says so"]
    );
    assert!(report.interrupted);
}

#[test]
fn nothing_selected_is_no_internal_error() {
    let broken = Broken { path: "x.md".to_owned(), line: None, problems: Vec::new() };
    let report = Tally::new(&Selection::default(), vec![broken]).finish(Vec::new());
    assert_eq!(report.internal, Vec::<String>::new());
    assert_eq!(Verdict::of(&report, &[]), Verdict::BrokenPlan);
}

#[test]
fn a_stage_holds_only_when_its_checks_do() {
    let one = |kind, outcome: Outcome| {
        let selection = selection(&[("plan.md", &[("1", "One", &[], &[(CHECK, "a"), (kind, "b")])])], "");
        let report = tally(&selection, vec![ended(first(0), Outcome::Passed), ended(first(1), outcome)]);
        (statuses(&report).remove(0), Verdict::of(&report, &[]))
    };
    let skip = Outcome::Skipped;
    assert_eq!(one(CHECK, Outcome::Passed), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(Kind::Manual, skip(Skip::Manual)), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(Kind::Red, skip(Skip::Red)), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::Configured { why: String::new() })), (StageStatus::Holds, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::HeldBack { why: String::new() })), (StageStatus::NotProven, Verdict::Holds));
    assert_eq!(one(CHECK, skip(Skip::ScriptStopped { by: "1.1".into() })), (StageStatus::Fails, Verdict::Fails));
    assert_eq!(one(CHECK, Outcome::Cancelled), (StageStatus::Cancelled, Verdict::Fails));
    for bad in [
        Outcome::Failed { status: 1, expected: None },
        Outcome::Signalled { signal: 9 },
        Outcome::TimedOut { limit: Duration::ZERO },
        Outcome::NotStarted { why: String::new() },
        Outcome::OutputLimit { limit: 1 },
        Outcome::Lost { why: String::new() },
    ] {
        assert_eq!(one(CHECK, bad), (StageStatus::Fails, Verdict::Fails));
    }
}

#[test]
fn a_blocked_stage_names_where_the_trouble_began() {
    let stages: Stages<'_> = &[
        ("1", "Fails", &[], &[(CHECK, "a")]),
        ("2", "Behind it", &[0], &[(CHECK, "b")]),
        ("3", "Only for people", &[1], &[(Kind::Manual, "look")]),
        ("4", "Beside them", &[], &[(CHECK, "c")]),
        ("5", "Nothing", &[3], &[]),
    ];
    let selection = selection(&[("plan.md", stages)], "");
    let report = tally(
        &selection,
        vec![
            ended(first(0), Outcome::Failed { status: 1, expected: None }),
            ended(first(1), Outcome::Skipped(Skip::Blocked { by: "1".to_owned() })),
            ended(first(2), Outcome::Skipped(Skip::Manual)),
            ended(first(3), Outcome::Passed),
        ],
    );
    let blocked = StageStatus::Blocked("1".to_owned());
    assert_eq!(
        statuses(&report),
        [StageStatus::Fails, blocked.clone(), blocked, StageStatus::Holds, StageStatus::NotProven]
    );
    assert_eq!(report.plans[0].stages[2].needs, ["2"]);
}

#[test]
fn the_strongest_verdict_wins() {
    let mut outputs = Outputs::default();
    let mut report = green(&mut outputs);
    assert_eq!(Verdict::of(&report, &[]), Verdict::Holds);
    report.plans[0].stages[0].checks[0].outcome = Outcome::Skipped(Skip::Manual);
    assert_eq!(Verdict::of(&report, &[]), Verdict::NothingRan);
    report.plans[0].stages[0].checks[0].outcome = Outcome::Signalled { signal: 9 };
    assert_eq!(Verdict::of(&report, &[]), Verdict::Fails);
    report.broken.push(Broken { path: "b.md".to_owned(), line: None, problems: Vec::new() });
    assert_eq!(Verdict::of(&report, &[]), Verdict::BrokenPlan);
    assert_eq!(Verdict::of(&report, &["disk full".to_owned()]), Verdict::Internal);
    report.internal.push("lost count".to_owned());
    assert_eq!(Verdict::of(&report, &[]), Verdict::Internal);
    report.interrupted = true;
    assert_eq!(Verdict::of(&report, &[]), Verdict::Interrupted);
    assert_eq!(Verdict::of(&run_of(Vec::new()), &[]), Verdict::NothingRan);
}

#[test]
fn junit_of_a_small_run() {
    let mut outputs = Outputs::default();
    let mut report = green(&mut outputs);
    let mut failed = check("2.1", "make check", Outcome::Failed { status: 2, expected: None });
    failed.output = Some(outputs.add("failed", b"]]> \0 \x1b[31mno\x1b[0m"));
    report.plans[0].stages.push(stage(
        "2",
        "Check \"it\"",
        StageStatus::Fails,
        vec![failed, manual("2.2", "look & see")],
    ));
    assert_snapshot("small.xml", &xml(&report, &outputs));
}

#[test]
fn every_ending_has_its_element_and_type() {
    let mut outputs = Outputs::default();
    let file = xml(&everything(&mut outputs), &outputs);
    for expected in [
        r#"<failure type="exit-code" message="exit status 101">"#,
        r#"<failure type="exit-code" message="exit status 0, expected exit status 1">"#,
        r#"<failure type="signal" message="ended by signal 11 (SIGSEGV)">"#,
        r#"<error type="timeout" message="ran longer than 10m 00s and was ended">"#,
        r#"<error type="spawn" message="could not be started: no such program: nosuch">"#,
        r#"<error type="output-limit" message="wrote more than 64 MiB and was ended">"#,
        r#"<error type="infrastructure" message="how it ended could not be learned: the status is gone">"#,
        r#"<error type="cancelled" message="the run was interrupted before it ended">"#,
        r#"<error type="plan" message="error[unknown-stage]: `9` is no stage of this plan">"#,
        r#"<skipped type="script" message="not reached: its script stopped at 2.6">"#,
        r#"<skipped type="dependency" message="blocked: stage 2 does not hold">"#,
        r#"<skipped type="manual" message="a person must do it">"#,
        r#"<skipped type="red" message="must fail before the work is done; runs only with --red">"#,
        r#"<skipped type="held-back" message="held back: publishes a package">"#,
        r#"<skipped type="configured" message="skipped by the configuration: no network">"#,
        r#"classname="docs-broken.plan" file="docs/broken.md" line="12" id="docs/broken.md">"#,
        r#"<testsuites name="plan-run" tests="18" failures="3" errors="6" skipped="7" time="3.456" timestamp="2023-11-14T22:13:20Z">"#,
    ] {
        assert!(file.contains(expected), "{expected}\n{file}");
    }
    assert!(!file.contains("not mine"), "only the check's own part of the file is shown");
}

#[test]
fn a_run_that_proves_nothing_is_not_green_as_junit() {
    let outputs = Outputs::default();
    let mut report = run_of(vec![stage("1", "Look", StageStatus::NotProven, vec![manual("1.1", "look")])]);
    assert!(
        xml(&report, &outputs)
            .contains(r#"<error type="nothing-ran" message="Nothing was run, so nothing is proven">"#)
    );
    report.internal.push("lost count".to_owned());
    assert!(xml(&report, &outputs).contains("The run cannot be relied on\nlost count</error>"));
    report.interrupted = true;
    let file = xml(&report, &outputs);
    assert!(file.contains(r#"<error type="cancelled" message="Interrupted before every check had ended">"#));
    assert!(file.contains(r#"tests="2" failures="0" errors="1" skipped="1""#));
}

#[test]
fn a_long_output_keeps_its_ends() {
    let mut outputs = Outputs::default();
    let mut report = green(&mut outputs);
    let long: String = (0..20_000).map(|number| format!("line {number} \u{fc}\n")).collect();
    report.plans[0].stages[0].checks[0].output = Some(outputs.add("long", long.as_bytes()));
    let file = xml(&report, &outputs);
    assert!(file.contains("<system-out>line 0 \u{fc}\n") && file.contains("line 19999 \u{fc}\n</system-out>"));
    assert!(file.len() < 70_000, "{}", file.len());
    assert!(!file.contains('\u{fffd}'), "no character is torn");
    let said = file.split_once("[... ").and_then(|(_, rest)| rest.split_once(" bytes left out ...]"));
    let left_out: usize = said.expect("the cut is told").0.parse().expect("a number");
    let start = file.find("<system-out>").expect("there is an output") + "<system-out>".len();
    let end = file.find("</system-out>").expect("there is an output");
    let told = format!("[... {left_out} bytes left out ...]\n").len();
    assert_eq!(end - start - told + left_out, long.len());
}

#[test]
fn ten_thousand_outputs_stay_below_what_readers_take() {
    let mut outputs = Outputs::default();
    let output = outputs.add("noise", "<&\0>".repeat(16 * 1024).as_bytes());
    let checks = (0..10_000).map(|number| {
        let outcome = if number % 50 == 0 { Outcome::Failed { status: 1, expected: None } } else { Outcome::Passed };
        CheckReport { output: Some(output.clone()), ..check(&format!("1.{number}"), "make noise", outcome) }
    });
    let report = run_of(vec![stage("1", "Noise", StageStatus::Fails, checks.collect())]);
    assert!(xml(&report, &outputs).len() < 29_000_000);
    assert!(summary(&report, &outputs, None, 1_000_000).len() <= 1_000_000);
}

#[test]
fn an_output_that_cannot_be_read_is_an_error_that_names_it() {
    let outputs = Outputs::default();
    let mut report = green(&mut Outputs::default());
    report.plans[0].stages[0].checks[0].outcome = Outcome::Failed { status: 1, expected: None };
    let read = |path: &Path, start, len| outputs.part(path, start, len);
    let error = junit(&report, &read).expect_err("the output is missing");
    assert_eq!(error.to_string(), "cannot read captured output green: entity not found");
    assert!(markdown(&report, &read, None, 10_000).is_err());
}

#[test]
fn summary_of_a_small_run() {
    let mut outputs = Outputs::default();
    let report = green(&mut outputs);
    assert_snapshot("small.md", &summary(&report, &outputs, None, 100_000));
}

#[test]
fn summary_of_everything() {
    let mut outputs = Outputs::default();
    let report = everything(&mut outputs);
    let base = link_base(Some("https://github.com"), Some("o/r"), Some("abc"));
    assert_eq!(base.as_deref(), Some("https://github.com/o/r/blob/abc/"));
    assert_snapshot("everything.md", &summary(&report, &outputs, base.as_deref(), 1_000_000));
}

#[test]
fn a_summary_counts_what_does_not_fit() {
    let mut outputs = Outputs::default();
    let output = outputs.add("noise", "a line of output\n".repeat(2000).as_bytes());
    let stages = (0..400).map(|number| {
        let bad = number % 2 == 1;
        let outcome = if bad { Outcome::Failed { status: 1, expected: None } } else { Outcome::Passed };
        let status = if bad { StageStatus::Fails } else { StageStatus::Holds };
        let check = CheckReport { output: Some(output.clone()), ..check(&format!("{number}.1"), "make", outcome) };
        stage(&number.to_string(), "Noise", status, vec![check])
    });
    let report = run_of(stages.collect());
    let text = summary(&report, &outputs, None, 60_000);
    assert!(text.len() <= 60_000 && text.len() > 50_000, "{}", text.len());
    assert!(text.contains("| \u{274c} fails | [399 Noise]"), "failing stages come first when there are too many");
    assert!(text.contains("\n... and 200 more stages\n"), "{text}");
    assert!(text.contains(" more failures\n"), "{text}");
    let first_rows: Vec<usize> =
        [1, 3, 399].iter().map(|n| text.find(&format!("[{n} Noise]")).expect("a row")).collect();
    assert!(first_rows.is_sorted(), "rows stand in document order");
    for limit in [0, 1, 10, 100, 500, 2000] {
        assert!(summary(&report, &outputs, None, limit).len() <= limit);
    }
}

#[test]
fn links_need_plain_values() {
    let base = |server, repository, commit| link_base(Some(server), Some(repository), Some(commit));
    assert!(base("https://github.example:8443/", "o-1/r.x", "abc").is_some());
    assert_eq!(base("javascript:x", "o/r", "abc"), None);
    assert_eq!(base("https://github.com", "o/r/x", "abc"), None);
    assert_eq!(base("https://github.com", "o", "abc"), None);
    assert_eq!(base("https://github.com", "o/r", "a b)"), None);
    assert_eq!(link_base(None, Some("o/r"), Some("abc")), None);
    let outputs = Outputs::default();
    let mut report = run_of(vec![stage("1", "One", StageStatus::Holds, vec![check("1.1", "true", Outcome::Passed)])]);
    for outside in ["/abs/plan.md", "../plan.md"] {
        report.plans[0].path = outside.to_owned();
        assert!(
            !summary(&report, &outputs, Some("https://h/"), 10_000).contains("]("),
            "{outside} is not below the root"
        );
    }
}

#[test]
fn plans_with_the_same_name_do_not_collide() {
    let outputs = Outputs::default();
    let mut report = run_of(Vec::new());
    report.plans = ["a/plan.md", "b/plan.md", "a-plan.md", "a/plan.md"]
        .map(|path| PlanReport {
            path: path.to_owned(),
            title: "T".to_owned(),
            stages: vec![stage("1", "One", StageStatus::Holds, vec![check("1.1", "true", Outcome::Passed)])],
        })
        .into();
    let file = xml(&report, &outputs);
    let classes: Vec<&str> =
        file.split(" classname=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or("")).collect();
    let mut unique = classes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), 4, "{classes:?}");
    assert_eq!(classes[1], "b-plan.1", "a name depends on the path alone where that is enough");
}

#[test]
fn closing_tables() {
    let mut outputs = Outputs::default();
    let report = everything(&mut outputs);
    assert_snapshot("everything.txt", &closing(&report, Verdict::of(&report, &[]), false));
    let report = green(&mut outputs);
    assert_eq!(
        closing(&report, Verdict::Holds, true),
        "\n  \x1b[32mholds\x1b[0m      1 Build it  1 passed  2.5s\n\n\x1b[32mHOLDS\x1b[0m: Every stage holds (1 of 1 stage holds; 1 passed) in 3.5s\n",
    );
}

/// A run in which something of every kind happens, for the live reporters.
fn eventful(outputs: &mut Outputs) -> (Selection, Vec<Happening>) {
    let stages: Stages<'_> = &[
        (
            "1",
            "Build ##[error]x",
            &[],
            &[(CHECK, "make"), (CHECK, "! grep x y"), (Kind::Red, "make red"), (CHECK, "rm -r /")],
        ),
        ("2", "Deploy", &[0], &[(CHECK, "ship it"), (Kind::Manual, "look")]),
    ];
    let selection = selection(&[("docs/plan.md", stages)], "rm -r /");
    let mut bytes: Vec<u8> = (1..=30).flat_map(|number| format!("line {number}\n").into_bytes()).collect();
    bytes.extend_from_slice(b"::error::x\n\x1b[2Jy ##[set-env]\r\n\n");
    let output = outputs.add("grep", &bytes);
    let happenings = vec![
        Happening::StageStarted(StageRef { plan: 0, stage: StageId(0) }),
        Happening::CheckStarted(first(0)),
        ended(first(0), Outcome::Passed),
        Happening::CheckStarted(first(1)),
        Happening::CheckEnded {
            check: first(1),
            outcome: Outcome::Failed { status: 1, expected: None },
            took: Duration::from_secs(2),
            output: Some(output),
            leftover: true,
        },
        ended(first(2), Outcome::Skipped(Skip::Red)),
        ended(first(3), Outcome::Skipped(Skip::HeldBack { why: "deletes".to_owned() })),
        Happening::StageEnded(StageRef { plan: 0, stage: StageId(0) }),
        Happening::Interrupted { times: 1 },
        ended(first(4), Outcome::Skipped(Skip::Blocked { by: "1".to_owned() })),
        ended(first(5), Outcome::Skipped(Skip::Manual)),
    ];
    (selection, happenings)
}

#[test]
fn plain_lines() {
    let mut outputs = Outputs::default();
    let (selection, happenings) = eventful(&mut outputs);
    let text = plain(&selection, happenings.clone(), &outputs, false);
    assert_snapshot("plain.txt", &text);
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "a runner would obey {line:?}");
    }
    let coloured = plain(&selection, happenings, &outputs, true);
    assert_eq!(clean(coloured.as_bytes()), text, "colour is all that differs");
    assert_ne!(coloured, text);
}

#[test]
fn plain_lines_name_the_plan_when_there_are_several() {
    let stages: Stages<'_> = &[("1", "One", &[], &[(CHECK, "make")])];
    let selection = selection(&[("a.md", stages), ("b.md", stages)], "");
    let second = CheckRef { plan: 1, check: CheckId(0) };
    let text = plain(
        &selection,
        vec![ended(first(0), Outcome::Passed), ended(second, Outcome::Passed)],
        &Outputs::default(),
        false,
    );
    assert_eq!(
        text,
        "run        2 plans, 2 checks to run, up to 2 at a time\npassed     a.md#1.1  make  (1.5s)\npassed     b.md#1.1  make  (1.5s)\n"
    );
}

#[test]
fn a_long_command_is_told_to_be_running() {
    let selection = selection(&[("a.md", &[("1", "One", &[], &[(CHECK, "make")])])], "");
    let log = Log::default();
    let read = |_: &Path, _: u64, _: u64| Ok(Vec::new());
    let mut live = LivePlain::new(Box::new(log.clone()), Box::new(read), false).remind_every(Duration::ZERO);
    let all = events(vec![Happening::CheckStarted(first(0)), ended(first(0), Outcome::Passed)]);
    for event in &all[..2] {
        live.hear(&selection, event).expect("the log takes it");
    }
    live.tick(&selection).expect("the log takes it");
    assert!(log.text().contains("\nrunning    1.1  make  (for 0."), "{}", log.text());
    live.hear(&selection, &all[2]).expect("the log takes it");
    let before = log.text();
    live.tick(&selection).expect("the log takes it");
    assert_eq!(log.text(), before, "nothing runs any more");
}

#[test]
fn a_reader_who_left_is_no_failure_but_a_full_disk_is() {
    let selection = selection(&[("a.md", &[("1", "One", &[], &[(CHECK, "make")])])], "");
    let start = &events(Vec::new())[0];
    let tell = |kind| {
        let log = Log { refuses: Some(kind), ..Log::default() };
        LivePlain::new(Box::new(log), Box::new(|_: &Path, _, _| Ok(Vec::new())), false).hear(&selection, start)
    };
    assert_eq!(tell(io::ErrorKind::BrokenPipe), Ok(()));
    assert_eq!(
        tell(io::ErrorKind::StorageFull),
        Err("cannot write the progress of the run: no storage space".to_owned())
    );
}

/// A terminal of 60 columns that keeps what is drawn, or one that was closed.
#[derive(Clone, Debug, Default)]
struct Screen {
    drawn: Arc<std::sync::Mutex<String>>,
    closed: bool,
}

impl Screen {
    fn put(&self, text: &str) -> io::Result<()> {
        if self.closed {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.drawn.lock().expect("no test panics while it draws").push_str(text);
        Ok(())
    }
}

impl indicatif::TermLike for Screen {
    fn width(&self) -> u16 {
        60
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        self.put("")
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&format!("{text}\n"))
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        self.put("")
    }
    fn flush(&self) -> io::Result<()> {
        self.put("")
    }
}

/// What bars draw and print.
fn bars(screen: &Screen, log: &Log) -> Result<(), String> {
    let mut outputs = Outputs::default();
    let (selection, happenings) = eventful(&mut outputs);
    let read = move |path: &Path, start, len| outputs.part(path, start, len);
    let target = indicatif::ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let mut live = LiveBars::new(target, Box::new(log.clone()), Box::new(read), false);
    for event in events(happenings) {
        live.hear(&selection, &event)?;
        live.tick(&selection)?;
    }
    Ok(())
}

#[test]
fn bars_show_what_runs_and_print_what_fails() {
    let (screen, log) = (Screen::default(), Log::default());
    bars(&screen, &log).expect("the terminal takes everything");
    let drawn = screen.drawn.lock().expect("no test panics while it draws").clone();
    assert!(drawn.contains("1 Build ## [error]x  ! grep x y"), "{drawn}");
    assert!(drawn.contains(" 2/6 checks, 1 failed  "), "{drawn}");
    assert!(drawn.contains(" 1/6 checks, 1 running  "), "{drawn}");
    let printed = snapshot("plain.txt");
    let printed = printed.lines();
    let expected: Vec<&str> = printed.skip(3).collect();
    assert_eq!(log.text().lines().collect::<Vec<_>>(), expected, "as in a log, but for what needs no line");
}

#[test]
fn bars_outlive_their_terminal() {
    let screen = Screen { closed: true, ..Screen::default() };
    let log = Log { refuses: Some(io::ErrorKind::BrokenPipe), ..Log::default() };
    assert_eq!(bars(&screen, &log), Ok(()));
}
