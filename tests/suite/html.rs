//! Tests of the page of a run.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use plan_run::event::{End, Proof, Usage};
use plan_run::outcome::{Outcome, Skip};
use plan_run::plan::LimitOf;
use plan_run::report::{Attempt, CheckReport, PlanReport, RunReport, StageReport, StageStatus, html};
use proptest::prelude::*;

use crate::support::pages::{Element, assert_sound, page_of, read_page, tree_of};
use crate::support::reports::{Outputs, assert_snapshot, check, everything, green, manual, run_of, stage, wall};
use crate::support::sha256::sha256_base64;

const FAILED: Outcome = Outcome::Failed { status: 1, expected: None };

#[test]
fn a_page_of_everything() {
    let mut outputs = Outputs::default();
    let report = everything(&mut outputs);
    let page = page_of(&report, &outputs, 64 * 1024);
    assert!(!page.contains("not mine"), "only the check's own part of the file is shown");
    let tree = read_page(&page);
    assert_sound(&tree);
    let checks = tree.all("details", "check");
    assert_eq!(checks.len(), report.checks().count());
    for (element, check) in checks.iter().zip(report.checks()) {
        let (line, facts) = (element.first("summary", ""), element.facts());
        assert_eq!(line.first("b", "").text(), check.label);
        assert_eq!(facts["Stands at"], format!("{}:{}", plan_of(&report, check).path, check.line));
        assert_eq!(facts.get("Directory"), check.cwd.as_ref());
        assert_eq!(facts.get("It expects"), check.expect.as_ref());
        assert_eq!(facts.get("Command"), check.command.as_ref());
        assert_eq!(facts.contains_key("Afterwards"), !check.leftover.is_empty());
        assert_eq!(facts.contains_key("Took"), !matches!(check.outcome, Outcome::Skipped(_)));
    }
    let told: Vec<String> = checks.iter().map(|check| check.facts()["Outcome"].clone()).collect();
    let expected = [
        "holds",
        "must fail before the work is done; runs only with --red",
        "exit status 101",
        "exit status 0, expected no output, got \"3\"",
        "ended by signal 11 (SIGSEGV)",
        "ran longer than 10m 00s and was ended",
        "could not be started: no such program: nosuch",
        "wrote more than 64 MiB and was ended",
        "how it ended could not be learned: the status is gone",
        "not reached: its script stopped at 2.6",
        "blocked: stage 2 does not hold",
        "blocked: stage 2 does not hold",
        "a person must do it",
        "held back: publishes a package",
        "skipped by the configuration: no network",
        "the run was interrupted before it ended",
        "holds",
    ];
    let words: Vec<String> = checks.iter().map(|check| check.first("span", "word").text()).collect();
    let expected_words = [
        "passed", "red", "failed", "failed", "signal", "timed out", "not started", "output limit", "lost",
        "not reached", "blocked", "blocked", "manual", "held back", "skipped", "cancelled", "passed",
    ];
    assert_eq!(words, expected_words);
    assert_eq!(told, expected);
    let stages: Vec<String> =
        tree.all("details", "stage").iter().map(|stage| stage.first("span", "word").text()).collect();
    assert_eq!(stages, ["holds", "fails", "blocked", "manual", "not proven", "cancelled", "not proven", "holds"]);
    assert_eq!(tree.first("h1", "").text(), "! 1 plan cannot be run");
    let broken = tree.by_id("broken").text();
    assert_eq!(broken, "Plans that cannot be run");
    assert!(page.contains("docs/broken.md:12") && page.contains("second &lt;problem&gt;"));
}

fn plan_of<'a>(report: &'a RunReport, check: &CheckReport) -> &'a PlanReport {
    let has =
        |plan: &&PlanReport| plan.stages.iter().flat_map(|stage| &stage.checks).any(|own| std::ptr::eq(own, check));
    report.plans.iter().find(has).expect("a check has a plan")
}

#[test]
fn the_page_of_a_small_run() {
    let mut outputs = Outputs::default();
    let mut report = green(&mut outputs);
    let mut failed = check("2.1", "make check", Outcome::Failed { status: 2, expected: None });
    failed.cwd = Some("it's here".to_owned());
    failed.output = Some(outputs.add("failed", b"]]> \0 \x1b[31m</script>no\x1b[0m \xe2\x80\xaeturned\n"));
    let mut second = stage("2", "Check \"it\"", StageStatus::Fails, vec![failed, manual("2.2", "look & see")]);
    second.needs = vec!["1".to_owned()];
    report.plans[0].stages.push(second);
    let page = page_of(&report, &outputs, 64 * 1024);
    let body =
        page.split_once("<body>").and_then(|(_, body)| body.split_once("<script>")).expect("a body with a script").0;
    assert_snapshot("small.html", body);
}

#[test]
fn the_policy_allows_what_stands_in_the_page_and_nothing_else() {
    assert_eq!(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    let mut outputs = Outputs::default();
    let report = everything(&mut outputs);
    let page = page_of(&report, &outputs, 64 * 1024);
    let between = |start: &str, end: &str| {
        let (_, rest) = page.split_once(start).expect("it starts");
        rest.split_once(end).expect("it ends").0
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        sha256_base64(between("<style>", "</style>")),
        sha256_base64(between("<script>", "</script>"))
    );
    let tree = read_page(&page);
    let metas = tree.all("meta", "");
    assert_eq!(metas[1].get("http-equiv"), "Content-Security-Policy", "it comes before all that it is about");
    assert_eq!(metas[1].get("content"), policy);
    let assets = [between("<style>", "</style>"), between("<script>", "</script>")].concat();
    for word in ["http:", "https:", "//cdn", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "import("] {
        assert!(!assets.contains(word), "{word}");
    }
    assert_eq!(assets.matches("]]>").count(), 2, "only the ends of CDATA");
}

#[test]
fn what_does_not_hold_is_open_and_listed_with_what_it_blocks() {
    let mut outputs = Outputs::default();
    let report = everything(&mut outputs);
    let tree = tree_of(&report, &outputs);
    for check in tree.all("details", "check") {
        let open = ["bad", "err"].iter().any(|class| check.is(class));
        assert_eq!(check.get("open") == "open", open, "{}", check.get("id"));
        assert_eq!(check.get("data-end") == "open", open);
        assert_eq!(check.facts().contains_key("To reproduce"), open);
    }
    assert!(tree.all("details", "stage").iter().all(|stage| stage.get("open") == "open"));
    let entries = tree.first("ol", "failures").all("li", "");
    let links: Vec<&str> = entries.iter().map(|entry| entry.first("a", "").get("href")).collect();
    let expected =
        ["2-1", "2-2", "2-3", "2-4", "2-5", "2-6", "2-7", "6-1"].map(|label| format!("#plan-1-check-{label}"));
    assert_eq!(links, expected);
    let blocks: Vec<String> = tree.all("p", "blocks").iter().map(|entry| entry.text()).collect();
    assert_eq!(blocks, ["\u{2298} Blocks 3 Deploy."]);
    let facts = |id: &str| tree.by_id(id).facts()["To reproduce"].clone();
    assert_eq!(facts("plan-1-check-2-1"), "cd 'crates/it'\\''s core' && cargo test -p core");
    assert!(facts("plan-1-check-2-6").starts_with("it shares a shell"));
    let green = tree_of(&green(&mut outputs), &outputs);
    assert!(green.all("", "failures").is_empty());
}

#[test]
fn what_is_known_beside_the_end_of_a_check_is_told() {
    let mut outputs = Outputs::default();
    let ended =
        |outcome: Outcome, output| End { took: Duration::from_millis(700), output, ..End::without_run(outcome) };
    let mut flaky = check("1.1", "make fetch", Outcome::Passed);
    flaky.attempts = vec![
        Attempt { started: Some(wall()), end: ended(FAILED, Some(outputs.add("first", b"no <route>\n"))) },
        Attempt {
            started: None,
            end: ended(Outcome::TimedOut { limit: Duration::from_secs(9), of: LimitOf::Default }, None),
        },
    ];
    flaky.started = Some(wall() + Duration::from_secs(1));
    flaky.status = Some(0);
    flaky.usage = Some(Usage { cpu: Duration::from_millis(2300), peak_memory: 5 << 20 });
    let mut carried = check("1.2", "make once", Outcome::Passed);
    carried.proof = Proof::CarriedOver { run: "2031-01-02-abcd".to_owned() };
    carried.started = None;
    let mut ticked = check("1.3", "make late", Outcome::Skipped(Skip::NotAsked { why: "it is another's".to_owned() }));
    ticked.claimed = Some(true);
    let mut claimed = stage("2", "Claimed", StageStatus::Cancelled, vec![check("2.1", "x", Outcome::Interrupted)]);
    claimed.claimed = true;
    claimed.checks[0].claimed = Some(true);
    let mut report = run_of(vec![stage("1", "One", StageStatus::NotProven, vec![flaky, carried, ticked]), claimed]);
    report.run = Some("2031-02-03-ef01".to_owned());
    report.commit = Some("0123abcd".to_owned());
    report.incomplete = true;
    report.interrupted = true;

    let tree = tree_of(&report, &outputs);
    let lines: Vec<String> =
        tree.all("details", "check").iter().map(|check| check.first("summary", "").text()).collect();
    let expected = [
        "\u{2713} passed 1.1 make fetch flaky, tried 3 times 1.2s",
        "\u{2713} passed 1.2 make once carried over 1.2s",
        "\u{2013} not asked for 1.3 make late not asked for: it is another's ",
        "\u{25a0} interrupted 2.1 x interrupted: the runner was ended before it could tell how it ended 1.2s",
    ];
    assert_eq!(lines, expected);
    let facts = tree.by_id("check-1-1").facts();
    assert_eq!(facts["Exit status"], "0");
    assert_eq!(facts["Cost"], "2.3s of processor time, at most 5 MiB of memory");
    let attempts: Vec<String> = tree.all("details", "attempt").iter().map(|attempt| attempt.text()).collect();
    assert!(attempts[0].contains("failed Attempt 1: exit status 1 0.7s") && attempts[0].contains("no <route>"));
    assert!(attempts[1].contains("timed out Attempt 2") && attempts[1].contains("It wrote nothing."));
    assert_eq!(
        tree.by_id("check-1-2").facts()["Proof"],
        "it passed in the run 2031-01-02-abcd, since when nothing has changed"
    );
    assert_eq!(tree.by_id("check-1-3").facts()["In the plan"], "ticked as done");
    assert!(tree.by_id("stage-2").first("p", "under").text().contains("done, as the plan says"));
    let list = |title: &str| {
        let sections = tree.all("section", "");
        let section = sections.iter().find(|one| one.get("aria-labelledby") == title).expect("there is one");
        section.all("li", "").iter().map(|entry| entry.text()).collect::<Vec<_>>()
    };
    assert_eq!(list("claimed"), ["1.3 make late: not asked for", "Stage 2 Claimed: cancelled"]);
    assert_eq!(list("flaky"), ["1.1 make fetch: passed when it was tried 3 times"]);
    let head = tree.first("header", "").text();
    assert!(head.contains("2031-02-03-ef01") && head.contains("0123abcd"), "{head}");
    assert_eq!(tree.first("h1", "").text(), "\u{25a0} The runner was ended before every check had ended");
    let bars: Vec<bool> = tree.all("a", "bar").iter().map(|bar| bar.is("bad")).collect();
    assert_eq!(bars, [true, false, false], "each try has a bar, and what was carried over has none");
}

#[test]
fn long_runs_fold_what_holds() {
    let checks = |number: usize, outcome: &Outcome| {
        (0..100).map(|at| check(&format!("{number}.{at}"), "true", outcome.clone())).collect::<Vec<_>>()
    };
    let report = run_of(vec![
        stage("1", "Good", StageStatus::Holds, checks(1, &Outcome::Passed)),
        stage("2", "Bad", StageStatus::Fails, checks(2, &FAILED)),
    ]);
    let tree = tree_of(&report, &Outputs::default());
    let open: Vec<&str> = tree.all("details", "stage").iter().map(|stage| stage.get("open")).collect();
    assert_eq!(open, ["", "open"]);
    assert_eq!(tree.first("ol", "failures").all("li", "").len(), 20);
    assert!(tree.by_id("failures").text().contains("... and 80 more, all of them below."));
}

#[test]
fn links_are_made_of_labels() {
    let check_of = |label: &str| check(label, "true", Outcome::Passed);
    let stages = |label: &str| {
        vec![stage(label, "One", StageStatus::Holds, vec![check_of("1.1"), check_of("1-1"), check_of("\u{fc}<>")])]
    };
    let mut report = run_of(stages("1"));
    let ids = |report: &RunReport| {
        let tree = tree_of(report, &Outputs::default());
        tree.all("details", "").iter().map(|one| one.get("id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&report), ["stage-1", "check-1-1", "check-1-1-again-2", "check-_"]);
    report.plans.push(PlanReport {
        path: "b.md".to_owned(),
        title: "B".to_owned(),
        scope: plan_run::config::RunScope::All,
        digest: String::new(),
        stages: stages("1"),
    });
    assert_eq!(ids(&report)[4..6], ["plan-2-stage-1", "plan-2-check-1-1"]);
}

/// Stages that hold, each with one check, from what each needs.
fn graph(needs: &[Vec<usize>]) -> RunReport {
    let stages = needs.iter().enumerate().map(|(index, needs)| {
        let label = index.to_string();
        let checks = vec![check(&format!("{label}.1"), "true", Outcome::Passed)];
        let mut stage =
            stage(&label, "A stage with a rather long title that no box can hold", StageStatus::Holds, checks);
        stage.needs = needs.iter().map(usize::to_string).collect();
        stage
    });
    run_of(stages.collect())
}

/// The boxes of a drawing: left, top, width, height.
fn boxes(tree: &Element) -> Vec<[f64; 4]> {
    let boxes = tree.first("div", "graph").all("a", "box").into_iter();
    boxes.map(|link| ["x", "y", "width", "height"].map(|side| link.first("rect", "").number(side))).collect()
}

#[test]
fn the_graph_shows_the_order() {
    let tree = tree_of(&graph(&[vec![], vec![0], vec![0], vec![0, 1, 2], vec![]]), &Outputs::default());
    let all = boxes(&tree);
    assert_eq!(all.len(), 5);
    assert!(all[0][0] < all[1][0] && all[1][0] == all[2][0] && all[2][0] < all[3][0], "{all:?}");
    assert_eq!(all[0][1], all[3][1], "what is symmetric looks so");
    let bottom = all[..4].iter().map(|one| one[1] + one[3]).fold(0.0, f64::max);
    assert!(all[4][1] > bottom, "what stands alone stands below");
    let edges = tree.first("div", "graph").all("path", "edge");
    assert_eq!(edges.len(), 2 * 4, "four lines with a point each; that 3 comes after 0 follows from the others");
    let first = tree.first("a", "box");
    assert_eq!(first.get("href"), "#stage-0");
    assert!(first.first("title", "").text().ends_with("that no box can hold: holds, 1 passed, on the critical path"));
    assert_eq!(first.first("text", "name").text(), "0 A stage with a rat...");
    assert_eq!(first.first("text", "note").text(), "\u{2713} holds: 1 passed");
}

#[test]
fn lines_of_what_is_blocked_look_blocked() {
    let mut report = graph(&[vec![], vec![0]]);
    report.plans[0].stages[0] = stage("0", "Bad", StageStatus::Fails, vec![check("0.1", "false", FAILED)]);
    report.plans[0].stages[1].status = StageStatus::Blocked("0".to_owned());
    let tree = tree_of(&report, &Outputs::default());
    assert_eq!(tree.first("div", "graph").all("path", "stop").len(), 2);
    let notes: Vec<String> = tree.all("text", "note").iter().map(|note| note.text()).collect();
    assert_eq!(notes, ["\u{2717} fails: 1 failed", "\u{2298} blocked by 0"]);
}

#[test]
fn too_many_stages_are_listed_by_waves() {
    let needs: Vec<Vec<usize>> = (0..301).map(|stage| if stage == 300 { vec![0] } else { Vec::new() }).collect();
    let tree = tree_of(&graph(&needs), &Outputs::default());
    assert!(tree.all("div", "graph").is_empty());
    let waves: Vec<usize> = tree.first("ol", "waves").children().map(|wave| wave.all("a", "").len()).collect();
    assert_eq!(waves, [300, 1]);
    assert!(tree.first("ol", "waves").text().contains("holds"));
    assert_eq!(boxes(&tree_of(&graph(&needs[..300]), &Outputs::default())).len(), 300);
    // As many lines as there are pairs cannot be looked at either.
    let tangled: Vec<Vec<usize>> = (0..100).map(|stage| if stage < 50 { vec![] } else { (0..50).collect() }).collect();
    assert!(tree_of(&graph(&tangled), &Outputs::default()).all("div", "graph").is_empty());
}

#[test]
fn stages_that_share_a_label_do_no_harm() {
    let mut report = graph(&[vec![1], vec![0], vec![1]]);
    assert_eq!(boxes(&tree_of(&report, &Outputs::default())).len(), 3);
    report.plans[0].stages[2].label = "1".to_owned();
    assert_eq!(boxes(&tree_of(&report, &Outputs::default())).len(), 3);
}

fn at(mut stage: StageReport, start: u64, end: u64) -> StageReport {
    stage.started = Some(wall() + Duration::from_millis(start));
    stage.took = Duration::from_millis(end - start);
    for check in &mut stage.checks {
        check.started = stage.started;
        check.took = stage.took;
    }
    stage
}

/// 0 is needed by 1 and 2; 3 is for a person, needs both and is needed by 4.
fn timed() -> RunReport {
    let mut report = graph(&[vec![], vec![0], vec![0], vec![1, 2], vec![3]]);
    report.took = Duration::from_secs(10);
    let times = [(0, 1000), (1000, 4000), (1500, 6000), (0, 0), (6500, 9900)];
    let stages = report.plans[0].stages.iter_mut().zip(times);
    stages.for_each(|(stage, (start, end))| *stage = at(stage.clone(), start, end));
    let person = &mut report.plans[0].stages[3];
    person.status = StageStatus::NotProven;
    person.started = None;
    person.checks = vec![manual("3.1", "look")];
    report
}

#[test]
fn the_timeline_shows_who_ran_when() {
    let mut report = timed();
    let tree = tree_of(&report, &Outputs::default());
    let table = tree.first("table", "timeline");
    let rows = table.first("tbody", "").all("tr", "");
    assert_eq!(rows.len(), 4, "what did not run has no row");
    let bars: Vec<[f64; 2]> =
        table.all("a", "bar").iter().map(|bar| ["x", "width"].map(|side| bar.first("rect", "").number(side))).collect();
    let scaled = |start: f64, end: f64| [start * 9.7, (end - start) * 9.7];
    let expected = [scaled(0.0, 1.0), scaled(1.0, 4.0), scaled(1.5, 6.0), scaled(6.5, 9.9)];
    for (bar, expected) in bars.iter().flatten().zip(expected.iter().flatten()) {
        assert!((bar - expected).abs() < 0.001, "{bars:?}");
    }
    let critical: Vec<bool> = rows.iter().map(|row| row.is("critical")).collect();
    assert_eq!(critical, [true, false, true, true]);
    assert_eq!(table.all("rect", "path").len(), 3);
    assert_eq!(
        tree.first("p", "path").text(),
        "Critical path, the chain of needs that ended last: 0 \u{2192} 2 \u{2192} 4. It took 9.9s of 10.0s, 1.0s of it between stages."
    );
    let marks: Vec<String> = table.first("thead", "").all("text", "").iter().map(|mark| mark.text()).collect();
    assert_eq!(marks, ["0s", "2s", "4s", "6s", "8s", "10s"]);
    assert_eq!(tree.first("div", "graph").all("a", "critical").len(), 3);
    report.plans[0].stages[1].checks[0].outcome = FAILED;
    let tree = tree_of(&report, &Outputs::default());
    assert_eq!(tree.first("table", "timeline").first("a", "bad").first("text", "").text(), "\u{2717}");
}

#[test]
fn only_the_plan_that_ended_last_has_a_critical_path() {
    let mut report = timed();
    report.plans.push(PlanReport {
        path: "b.md".to_owned(),
        title: "B".to_owned(),
        scope: plan_run::config::RunScope::All,
        digest: String::new(),
        stages: vec![at(graph(&[vec![]]).plans[0].stages[0].clone(), 0, 9950)],
    });
    let tree = tree_of(&report, &Outputs::default());
    assert_eq!(tree.all("p", "path").len(), 1);
    assert_eq!(tree.first("p", "path").first("a", "").get("href"), "#plan-2-stage-0");
    assert_eq!(tree.all("tr", "critical").len(), 1);
    assert!(tree.first("tr", "critical").text().contains("b.md"), "with several plans a row names its own");
}

#[test]
fn many_stages_share_lanes() {
    let mut report = graph(&vec![Vec::new(); 100]);
    // Three at a time.
    for (index, stage) in report.plans[0].stages.iter_mut().enumerate() {
        let start = index as u64 / 3 * 1000;
        *stage = at(stage.clone(), start, start + 1000);
    }
    report.plans[0].stages[5].checks[0].outcome = FAILED;
    let table_of = tree_of(&report, &Outputs::default());
    let table = table_of.first("table", "timeline");
    let lanes: Vec<usize> =
        table.first("tbody", "").all("tr", "").iter().map(|row| row.all("a", "bar").len()).collect();
    assert_eq!(lanes, [34, 33, 33]);
    let heights = ["bad", "ok"].map(|class| table.first("a", class).first("rect", "").number("height"));
    assert!(heights[0] > heights[1], "a failure is marked by more than a colour");
    assert!(table.all("text", "").iter().all(|text| text.text() != "\u{2717}"), "there is no room for its sign");
}

#[test]
fn a_run_without_any_time_has_no_timeline() {
    let report = run_of(vec![stage("1", "Look", StageStatus::NotProven, vec![manual("1.1", "look")])]);
    let tree = tree_of(&report, &Outputs::default());
    assert!(tree.all("table", "").is_empty());
    assert_eq!(tree.first("h1", "").text(), "? Nothing was run, so nothing is proven");
    let mut report = run_of(Vec::new());
    report.internal = vec!["lost <count>".to_owned()];
    let tree = tree_of(&report, &Outputs::default());
    assert_eq!(tree.first("h1", "").text(), "! The run cannot be relied on");
    assert!(tree.first("main", "").text().contains("lost <count>"));
    assert!(tree.first("main", "").text().contains("No stage was found, so nothing is proven."));
}

/// Counts what it is given and keeps nothing.
#[derive(Default)]
struct Counter(Cell<usize>);

impl Write for &Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A run of so many checks, each with an output of 64 KiB; every fiftieth fails.
fn noisy(outputs: &mut Outputs, count: usize) -> RunReport {
    let output = outputs.add("noise", "a <line> of noise\n".repeat(64 * 1024 / 18).as_bytes());
    let checks = (0..count).map(|number| {
        let outcome = if number % 50 == 0 { FAILED } else { Outcome::Passed };
        CheckReport { output: Some(output.clone()), ..check(&format!("1.{number}"), "make noise", outcome) }
    });
    run_of(vec![stage("1", "Noise", StageStatus::Fails, checks.collect())])
}

#[test]
fn each_output_is_written_before_the_next_one_is_read() {
    let mut outputs = Outputs::default();
    let report = noisy(&mut outputs, 60);
    let counter = Counter::default();
    let taken = RefCell::new(Vec::new());
    let read = |path: &Path, start, len| {
        taken.borrow_mut().push(counter.0.get());
        outputs.part(path, start, len)
    };
    html(&report, &read, 64 * 1024, &mut &counter).expect("outputs can be read");
    let taken = taken.into_inner();
    assert_eq!(taken.len(), 60);
    assert!(taken.windows(2).all(|pair| pair[1] - pair[0] > 60_000), "{taken:?}");
}

#[test]
fn a_page_keeps_a_size_that_opens_fast() {
    let mut outputs = Outputs::default();
    let page = page_of(&noisy(&mut outputs, 2000), &outputs, 64 * 1024);
    assert!(page.len() < 15_000_000, "{}", page.len());
    let tree = read_page(&page);
    let of = |class: &str| {
        let check = tree.all("details", "check").into_iter().find(|check| check.is(class)).expect("there is one");
        check.first("div", "output").text().len()
    };
    assert!(of("bad") > 60_000 && (1000..4000).contains(&of("ok")), "{} {}", of("bad"), of("ok"));
    let few = page_of(&noisy(&mut outputs, 3), &outputs, 1000);
    assert!(few.contains("bytes left out; the whole output: "));
    assert!(read_page(&few).all("div", "output").iter().all(|output| output.text().len() < 1100));
}

#[test]
fn a_page_says_what_stood_in_its_way() {
    let mut outputs = Outputs::default();
    let report = green(&mut outputs);
    let missing = Outputs::default();
    let read = |path: &Path, start, len| missing.part(path, start, len);
    let error = html(&report, &read, 1000, &mut Vec::new()).expect_err("the output is missing");
    assert_eq!(error.to_string(), "cannot read captured output green: entity not found");
    let read = |path: &Path, start, len| outputs.part(path, start, len);
    let mut full = [0u8; 100];
    let error = html(&report, &read, 1000, &mut &mut full[..]).expect_err("there is no room");
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_box_covers_another_and_all_lines_go_right(
        picks in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..40)
    ) {
        let needs: Vec<Vec<usize>> = picks
            .iter()
            .enumerate()
            .map(|(stage, picks)| if stage == 0 { Vec::new() } else { picks.iter().map(|pick| pick.index(stage)).collect() })
            .collect();
        let tree = tree_of(&graph(&needs), &Outputs::default());
        let all = boxes(&tree);
        prop_assert_eq!(all.len(), needs.len());
        for (stage, own) in all.iter().enumerate() {
            for other in &all[..stage] {
                let apart = |side: usize| own[side] + own[side + 2] <= other[side] || other[side] + other[side + 2] <= own[side];
                prop_assert!(apart(0) || apart(1), "{:?} {:?}", own, other);
            }
            for &need in &needs[stage] {
                prop_assert!(all[need][0] + all[need][2] < own[0]);
            }
        }
        let drawing = tree.first("div", "graph").first("svg", "");
        for own in &all {
            prop_assert!(own[0] + own[2] <= drawing.number("width") && own[1] + own[3] <= drawing.number("height"));
            prop_assert!(own[0] >= 0.0 && own[1] >= 0.0);
        }
    }
}
