//! Reports for the readers of others: `ci/readers` runs this test, then gives what it wrote to them.
//!
//! Beside the reports it writes what they have to read there, counted from the run and not from the reports.

use std::path::{Path, PathBuf};

use plan_run::outcome::{Class, Outcome, Skip};
use plan_run::report::{ReadPart, RunReport, StageStatus, ctrf, html, json, junit};
use serde_json::{Value, json as value};

use crate::support::reports::{Outputs, check, everything, green, manual, run_of, stage};
use crate::support::tries::{attempt, failed, tried};

type Write = fn(&RunReport, &ReadPart<'_>, u64, &mut dyn std::io::Write) -> std::io::Result<()>;

/// Where the reports go.
fn folder() -> PathBuf {
    let asked = std::env::var_os("PLAN_RUN_READERS").map(PathBuf::from);
    asked.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("readers"))
}

/// Words that trouble readers: markup of all kinds, control characters, and what is no character.
const HOSTILE: [&str; 8] = [
    "]]> <![CDATA[ &amp; <b>\"'",
    "\u{1b}[31mred\u{1b}[0m \u{7}\0",
    "line\nline\r\nline\ttab",
    "\u{fffe}\u{ffff}\u{202e}",
    "{{7*7}} ${x} %s {% if %}",
    "\\u0000 \\ \u{2028}\u{2029} \u{85}",
    "</script><script>alert(1)</script>",
    "\u{1f600} e\u{301} \u{5d0}\u{5d1} ``` | ::error::x",
];

/// A run in which everything that can be said is hostile.
fn hostile(outputs: &mut Outputs) -> RunReport {
    let every_byte: Vec<u8> = (0..=255).chain(*b"\n]]>\xf0\x9f").collect();
    let mut report = run_of(Vec::new());
    report.plans = HOSTILE
        .iter()
        .enumerate()
        .map(|(number, words)| {
            let mut passed = check("1.1", words, Outcome::Passed);
            passed.output = Some(outputs.add(&format!("{number}"), &every_byte));
            passed.attempts = vec![attempt(Outcome::NotStarted { why: (*words).to_owned() }, passed.output.clone())];
            let mut bad = check(words, words, failed());
            bad.output.clone_from(&passed.output);
            bad.cwd = Some((*words).to_owned());
            bad.expect = Some((*words).to_owned());
            let lost = check("", "", Outcome::Lost { why: (*words).to_owned() });
            let held = check("1.4", words, Outcome::Skipped(Skip::HeldBack { why: (*words).to_owned() }));
            let checks = vec![passed, bad, lost, held, manual("1.5", words)];
            let mut plan = run_of(vec![stage(words, words, StageStatus::Fails, checks)]).plans.remove(0);
            plan.title = (*words).to_owned();
            plan.path = format!("docs/{number} {words}.md");
            plan
        })
        .collect();
    report
}

/// What readers have to find in the reports of a run.
fn expected(report: &RunReport) -> Value {
    let (mut cases, mut flaky, mut reruns) = ([0; 5], 0, 0);
    let (mut statuses, mut flaky_checks) = ([0; 5], 0);
    for check in report.checks() {
        let class = check.outcome.class();
        let bad = |outcome: &Outcome| matches!(outcome.class(), Class::Failure | Class::Error);
        let earlier: Vec<Class> =
            check.attempts.iter().map(|one| &one.end.outcome).filter(|one| bad(one)).map(Outcome::class).collect();
        // Of a check that does not hold, the first attempt is the case's result.
        let shown = if bad(&check.outcome) { *earlier.first().unwrap_or(&class) } else { class };
        cases[shown as usize] += 1;
        if class == Class::Green {
            flaky += earlier.len();
            flaky_checks += usize::from(!earlier.is_empty());
        } else if class != Class::Quarantined {
            reruns += earlier.len();
        }
        let status = match class {
            Class::Green => 0,
            Class::Failure | Class::Error => 1,
            Class::Skipped if check.outcome == Outcome::Skipped(Skip::Manual) => 3,
            Class::Skipped => 2,
            Class::Quarantined => 4,
        };
        statuses[status] += 1;
    }
    let own = report.broken.len() + usize::from(report.incomplete);
    value!({
        "checks": report.checks().count(),
        "passed": cases[Class::Green as usize],
        "failures": cases[Class::Failure as usize],
        "errors": cases[Class::Error as usize] + own,
        "skipped": cases[Class::Skipped as usize] + cases[Class::Quarantined as usize],
        "flaky": flaky,
        "reruns": reruns,
        "ctrf": {
            "passed": statuses[0],
            "failed": statuses[1] + own,
            "skipped": statuses[2],
            "pending": statuses[3],
            "flaky": flaky_checks,
        },
    })
}

#[test]
fn reports_for_the_readers_of_others() {
    let folder = folder();
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let mut outputs = Outputs::default();
    let runs = [
        ("green", green(&mut outputs)),
        ("everything", everything(&mut outputs)),
        ("tried", tried(&mut outputs)),
        ("hostile", hostile(&mut outputs)),
    ];
    let mut all = serde_json::Map::new();
    for (name, report) in &runs {
        let files: [(&str, Write); 4] = [("xml", junit), ("ctrf.json", ctrf), ("json", json), ("html", html)];
        for (ending, write) in files {
            let mut bytes = Vec::new();
            write(report, &|path, start, len| outputs.part(path, start, len), 64 * 1024, &mut bytes)
                .expect("outputs can be read");
            std::fs::write(folder.join(format!("{name}.{ending}")), bytes).expect("a report can be written");
        }
        all.insert((*name).to_owned(), expected(report));
    }
    assert_eq!(all["tried"]["flaky"], 2);
    assert_eq!(all["hostile"]["checks"], 5 * HOSTILE.len());
    std::fs::write(folder.join("expected.json"), Value::Object(all).to_string()).expect("it can be written");
}
