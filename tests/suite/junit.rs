//! What the JUnit report says beside the result of a case: attempts, properties, and how much of an output.

use std::time::{Duration, SystemTime};

use plan_run::outcome::Outcome;
use plan_run::plan::LimitOf;
use plan_run::report::{StageStatus, junit};
use quick_xml::events::{BytesStart, Event};

use crate::support::reports::{Outputs, assert_snapshot, check, everything, run_of, stage, xml, xml_with};
use crate::support::tries::{attempt, failed, tried};

/// The part of a file that is about one case.
fn case<'a>(file: &'a str, label: &str) -> &'a str {
    let start = file.find(&format!("<testcase name=\"{label} ")).unwrap_or_else(|| panic!("{label}\n{file}"));
    let rest = &file[start..];
    &rest[..rest.find("</testcase>").expect("it is closed")]
}

/// The names of the elements that stand directly in a case, the text of each behind it where it has one.
fn children(case: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(case);
    let mut found: Vec<String> = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            Event::Eof => return found,
            Event::Start(tag) => {
                depth += 1;
                if depth > 1 && tag.name().as_ref() != b"properties" {
                    found.push(format!("{}{}", "  ".repeat(depth - 2), opened(&tag)));
                }
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                let text = text.decode().expect("text").into_owned();
                if let Some(last) = found.last_mut().filter(|_| !text.trim().is_empty()) {
                    last.push_str(&format!(" = {}", text.trim_end().replace('\n', "|")));
                }
            }
            Event::GeneralRef(name) => {
                if let Some(last) = found.last_mut() {
                    last.push_str(&format!("&{};", name.decode().expect("text")));
                }
            }
            _ => {}
        }
    }
}

fn opened(tag: &BytesStart<'_>) -> String {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.expect("it is well-formed");
        format!(" {}", String::from_utf8_lossy(&attribute.value))
    });
    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
    attributes.fold(name, |all, one| all + &one)
}

#[test]
fn what_failed_before_a_pass_is_flaky() {
    let mut outputs = Outputs::default();
    let file = xml(&tried(&mut outputs), &outputs);
    assert_eq!(
        children(case(&file, "1.1")),
        [
            "flakyFailure exit status 1 exit-code",
            "  stackTrace = exit status 1|took: 0.8s|attempt: 1 of 3",
            "  system-out = first try ]]&gt;",
            "flakyError ran longer than 1m 00s and was ended timeout",
            "  stackTrace = ran longer than 1m 00s and was ended|took: 0.8s|attempt: 2 of 3",
            "  system-out = second try",
            "system-out = third try",
        ]
    );
}

#[test]
fn of_what_never_held_the_first_attempt_is_the_failure() {
    let mut outputs = Outputs::default();
    let file = xml(&tried(&mut outputs), &outputs);
    assert_eq!(
        children(case(&file, "1.2")),
        [
            "failure exit-code exit status 3 = exit status 3|command: make broken|plan: docs/plan.md, line 13|took: 0.8s|attempt: 2 of 4",
            "rerunError ran longer than 1m 00s and was ended timeout",
            "  stackTrace = ran longer than 1m 00s and was ended|took: 0.8s|attempt: 3 of 4",
            "rerunFailure exit status 1 exit-code",
            "  stackTrace = exit status 1|took: 1.2s|attempt: 4 of 4",
            "  system-out = at last",
            "system-out = once",
        ]
    );
}

#[test]
fn sums_are_those_of_the_elements() {
    let mut outputs = Outputs::default();
    // It failed, and the second attempt was a timeout: one failure with a rerun, and no error.
    let mut mixed = check("1.1", "make", Outcome::TimedOut { limit: Duration::from_secs(1), of: LimitOf::Default });
    mixed.attempts = vec![attempt(failed(), None)];
    let report = run_of(vec![stage("1", "Mixed", StageStatus::Fails, vec![mixed])]);
    let file = xml(&report, &outputs);
    assert!(
        file.contains("<testsuites name=\"plan-run\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""),
        "{file}"
    );
    assert!(file.contains("tests=\"1\" errors=\"0\" failures=\"1\""), "{file}");
    for report in [tried(&mut outputs), everything(&mut outputs)] {
        let file = xml(&report, &outputs);
        for (element, sum) in
            [("<failure", "failures"), ("<error", "errors"), ("<skipped", "skipped"), ("<testcase", "tests")]
        {
            let count = file.matches(&format!("{element} ")).count();
            let head = file.lines().nth(1).expect("a root");
            assert!(head.contains(&format!(" {sum}=\"{count}\"")), "{count} {element} in {head}");
        }
    }
}

#[test]
fn a_case_tells_what_is_known_of_its_check() {
    let mut outputs = Outputs::default();
    let file = xml(&tried(&mut outputs), &outputs);
    let properties = |label: &str| -> Vec<String> {
        let lines = case(&file, label).lines().filter_map(|line| line.trim().strip_prefix("<property name="));
        lines.map(|line| line.trim_end_matches("/>").replace(" value=", " ").replace('"', "")).collect()
    };
    assert_eq!(
        properties("1.1"),
        [
            "stage 1", "kind command", "outcome passed", "command make flaky", "attempts 3", "exit-status 0",
            "peak-memory 12345678", "cpu-time 1.235"
        ]
    );
    assert_eq!(
        properties("2.1"),
        [
            "stage 2",
            "kind command",
            "outcome passed",
            "command make old",
            "claimed true",
            "carried-over 20261127T063255.123Z-1a2b3c4d"
        ]
    );
    assert_eq!(
        properties("2.2"),
        [
            "stage 2",
            "kind command",
            "outcome interrupted",
            "command cat &lt;&lt;EOF&#10;&#9;&lt;a&gt; &amp; &quot;b&quot;\u{2401}&#10;EOF",
            "cwd sub/it&apos;s",
            "expect prints `&lt;a&gt;`",
            "claimed false",
            "attempts 1"
        ]
    );
    assert_eq!(properties("2.3"), ["stage 2", "kind command", "outcome not-asked", "command make other"]);
    assert!(case(&file, "2.3").contains(
        "<skipped type=\"not-asked\" message=\"not asked for: another shard runs it\">not asked for: another shard runs it\n"
    ));
    assert!(case(&file, "2.2").contains("<error type=\"interrupted\" message=\"interrupted: the runner was ended"));
    assert!(
        file.contains("<error type=\"interrupted\" message=\"The runner was ended before every check had ended\">")
    );
    assert_snapshot("tried.xml", &file);
}

#[test]
fn names_hold_no_line_and_no_time() {
    let mut outputs = Outputs::default();
    let mut report = tried(&mut outputs);
    let names = |file: &str| -> Vec<String> {
        let cases = file.lines().filter(|line| line.trim().starts_with("<testcase "));
        let value = |line: &str, name: &str| {
            let rest = line.split_once(&format!(" {name}=\"")).expect("it is there").1;
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        cases
            .map(|line| format!("{} {} {}", value(line, "classname"), value(line, "name"), value(line, "id")))
            .collect()
    };
    let before = names(&xml(&report, &outputs));
    report.started += Duration::from_secs(1234);
    report.run = None;
    for check in report.plans[0].stages.iter_mut().flat_map(|stage| &mut stage.checks) {
        check.line += 17;
        check.took += Duration::from_secs(3);
        check.started = check.started.map(|started| started + Duration::from_secs(1));
        check.attempts.clear();
    }
    report.plans[0].stages[0].started = Some(SystemTime::UNIX_EPOCH);
    assert_eq!(names(&xml(&report, &outputs)), before);
    assert_eq!(before[0], "docs-plan.1 1.1 make flaky docs/plan.md#1.1");
}

#[test]
fn no_more_of_an_output_is_kept_than_asked_for() {
    let mut outputs = Outputs::default();
    let mut report = run_of(vec![stage("1", "One", StageStatus::Holds, vec![check("1.1", "make", Outcome::Passed)])]);
    let path = "runs/20261127T063255.123Z-1a2b3c4d/output/0.out";
    report.plans[0].stages[0].checks[0].output = Some(outputs.add(path, "line\n".repeat(1000).as_bytes()));
    let kept = |most: u64| xml_with(&report, &outputs, most).matches("line\n").count();
    assert_eq!(kept(5000), 1000);
    assert!((150..200).contains(&kept(1000)), "{}", kept(1000));
    assert_eq!(kept(0), 0);
    let file = xml_with(&report, &outputs, 1000);
    let told = "bytes left out; the whole output: 20261127T063255.123Z-1a2b3c4d/output/0.out ...]\n";
    assert!(file.contains(told), "{file}");
}

#[test]
fn a_file_that_takes_nothing_is_an_error() {
    let mut outputs = Outputs::default();
    let report = tried(&mut outputs);
    let mut small = [0; 1000];
    let refused = junit(&report, &|path, start, len| outputs.part(path, start, len), 1000, &mut small.as_mut_slice());
    assert!(refused.is_err());
}
