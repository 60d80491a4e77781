//! Tests of the report files and the closing table: one shared set of runs for every renderer.

use std::path::Path;

use plan_run::outcome::Outcome;
use plan_run::report::{CheckReport, PlanReport, StageStatus, Verdict, closing, junit, link_base, markdown};

use crate::support::reports::{
    MOST_OUTPUT, Outputs, assert_snapshot, check, everything, green, manual, run_of, stage, summary, xml,
};

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
        r#"<failure type="exit-code" message="exit status 0, expected no output, got &quot;3&quot;">"#,
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
    let said = file.split_once("[... ").and_then(|(_, rest)| rest.split_once(" bytes left out; the whole"));
    let left_out: usize = said.expect("the cut is told").0.parse().expect("a number");
    let start = file.find("<system-out>").expect("there is an output") + "<system-out>".len();
    let end = file.find("</system-out>").expect("there is an output");
    let told = format!("[... {left_out} bytes left out; the whole output: long ...]\n").len();
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
    let error = junit(&report, &read, MOST_OUTPUT, &mut std::io::sink()).expect_err("the output is missing");
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
            scope: plan_run::config::RunScope::All,
            digest: String::new(),
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
    assert_snapshot("everything.txt", &closing(&report, Verdict::of(&report, &[]), false, false));
    let report = green(&mut outputs);
    assert_eq!(
        closing(&report, Verdict::Holds, false, true),
        "\n  \x1b[32mholds\x1b[0m      1 Build it  1 passed  2.5s\n\n\x1b[32mHOLDS\x1b[0m: Every stage holds (1 of 1 stage holds; 1 passed) in 3.5s\n",
    );
}
