//! Tests of the summary: what it says, in which order, and that it keeps its limit and its shape whatever it says.

use std::time::Duration;

use plan_run::event::{End, Proof};
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::LimitOf;
use plan_run::report::{Attempt, CheckReport, PlanReport, RunReport, StageReport, StageStatus};
use proptest::prelude::*;

use crate::support::github::assert_ours;
use crate::support::hostile;
use crate::support::reports::{Outputs, check, green, manual, run_of, stage, summary};

const BASE: &str = "https://github.com/o/r/blob/abc/";

fn failed() -> Outcome {
    Outcome::Failed { status: 1, expected: None }
}

/// The whole summary of a run, after a look at its shape.
fn whole(report: &RunReport, outputs: &Outputs) -> String {
    let text = summary(report, outputs, Some(BASE), 900 * 1024);
    assert_ours(&text, BASE);
    text
}

/// What stands below a heading.
fn below<'t>(text: &'t str, heading: &str) -> &'t str {
    let start = text.find(&format!("{heading}\n\n")).unwrap_or_else(|| panic!("{heading} is missing:\n{text}"));
    let rest = &text[start + heading.len() + 2..];
    rest.find("\n#").map_or(rest, |end| &rest[..end])
}

fn blocked(label: &str, by: &str) -> StageReport {
    let by = by.to_owned();
    let check = check(&format!("{label}.1"), "make more", Outcome::Skipped(Skip::Blocked { by: by.clone() }));
    let mut stage = stage(label, &format!("Part {label}"), StageStatus::Blocked(by.clone()), vec![check]);
    stage.needs = vec![by];
    stage
}

/// Stages in a chain.
fn chain(count: usize) -> Vec<StageReport> {
    let stage_of = |number: usize| {
        let label = number.to_string();
        let one = check(&format!("{label}.1"), "make", Outcome::Passed);
        let mut stage = stage(&label, "Link", StageStatus::Holds, vec![one]);
        // Whatever follows from other arrows is not drawn.
        stage.needs = (1..number).map(|need| need.to_string()).collect();
        stage
    };
    (1..=count).map(stage_of).collect()
}

#[test]
fn the_stages_are_drawn_coloured_by_what_became_of_them() {
    let fails = stage("1", "Build \"it\" [now]", StageStatus::Fails, vec![check("1.1", "make", failed())]);
    let mut last = blocked("3", "1");
    last.needs = vec!["2".to_owned(), "1".to_owned()];
    let report = run_of(vec![fails, blocked("2", "1"), last]);
    let text = whole(&report, &Outputs::default());
    let drawn = "```mermaid\ngraph TD
  s0[\"\u{274c} 1 Build #34;it#34; #91;now#93;\"]:::fails
  s1[\"\u{26d4} 2 Part 2\"]:::blocked
  s2[\"\u{26d4} 3 Part 3\"]:::blocked
  s0 --> s1
  s1 --> s2
  classDef fails fill:#ffd7d5,stroke:#cf222e,color:#5c0a10,stroke-width:3px
  classDef blocked fill:#ffe8cc,stroke:#bc4c00,color:#4d1f00
```\n";
    assert!(text.contains(drawn), "{text}");
    assert!(text.find("```mermaid") < text.find("| Outcome |"), "the graph stands before the table");
}

#[test]
fn graphs_have_from_two_to_sixty_stages_and_not_too_many_arrows() {
    let drawn = |stages: Vec<StageReport>| whole(&run_of(stages), &Outputs::default()).matches("```mermaid\n").count();
    assert_eq!([1, 2, 60, 61].map(|count| drawn(chain(count))), [0, 1, 1, 0]);
    // Every one of the second half needs every one of the first: no arrow follows from others.
    let mut dense = chain(60);
    for (index, stage) in dense.iter_mut().enumerate() {
        stage.needs = if index < 30 { Vec::new() } else { (1..=30).map(|need| need.to_string()).collect() };
    }
    assert_eq!(drawn(dense), 0);
    let text = whole(&run_of(chain(60)), &Outputs::default());
    assert_eq!(text.matches(" --> ").count(), 59, "what follows from other arrows has none");
}

#[test]
fn several_plans_have_a_graph_each_as_long_as_there_is_room() {
    let mut report = run_of(Vec::new());
    report.plans = (0..40)
        .map(|number| PlanReport {
            path: format!("docs/{number}.md"),
            title: format!("Plan {number}"),
            scope: plan_run::config::RunScope::All,
            digest: String::new(),
            stages: chain(20),
        })
        .collect();
    let outputs = Outputs::default();
    let text = whole(&report, &outputs);
    assert_eq!(text.matches("```mermaid\n").count(), 40);
    assert_eq!(text.matches("| \u{2705} holds |").count(), 200, "rows are shared among the plans");
    let small = summary(&report, &outputs, Some(BASE), 50_000);
    assert_ours(&small, BASE);
    let graphs = small.matches("```mermaid\n").count();
    assert!((1..40).contains(&graphs), "{graphs}");
}

#[test]
fn what_fails_stands_first_in_the_table() {
    let open = stage("2", "Open", StageStatus::NotProven, vec![manual("2.1", "look")]);
    let cancelled = stage(
        "5",
        "Late",
        StageStatus::Cancelled,
        vec![check("5.1", "make late", Outcome::Cancelled(Cause::Interrupt))],
    );
    let fails = stage("3", "Bad", StageStatus::Fails, vec![check("3.1", "make bad", failed())]);
    let holds = stage("1", "Good", StageStatus::Holds, vec![check("1.1", "make", Outcome::Passed)]);
    let report = run_of(vec![holds, open, fails, blocked("4", "3"), cancelled]);
    let text = whole(&report, &Outputs::default());
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.contains("](")).collect();
    let words: Vec<&str> = rows.iter().map(|row| row.split('|').nth(1).expect("a cell").trim()).collect();
    assert_eq!(
        words,
        ["\u{274c} fails", "\u{1f6d1} cancelled", "\u{26d4} blocked by 3", "\u{1f464} manual", "\u{2705} holds"]
    );
}

#[test]
fn where_trouble_began_comes_first_with_what_it_blocked_folded_below_it() {
    let alone = stage("1", "Alone", StageStatus::Fails, vec![check("1.1", "make alone", failed())]);
    let mut first = check("2.1", "make first", failed());
    first.claimed = Some(true);
    let mut scripted = check("2.2", "cd x", failed());
    scripted.in_script = true;
    let mut stopped = check("2.3", "make x", Outcome::Skipped(Skip::ScriptStopped { by: "2.2".to_owned() }));
    stopped.in_script = true;
    let root = stage("2", "Root", StageStatus::Fails, vec![first, scripted, stopped]);
    let more = (5..8).map(|number| check(&format!("{number}.1"), "make other", failed()));
    let more = more.map(|check| stage(&check.label.clone(), "Other", StageStatus::Fails, vec![check]));
    let stages = [alone, root, blocked("3", "2"), blocked("4", "2")].into_iter().chain(more).collect();
    let text = whole(&run_of(stages), &Outputs::default());
    let failures = below(&text, "### Failures");
    let order: Vec<&str> = failures.split("<b>").skip(1).map(|rest| rest.split('<').next().expect("a label")).collect();
    assert_eq!(order, ["2.1", "2.2", "1.1", "5.1", "6.1", "7.1"]);
    assert_eq!(failures.matches("<details open>").count(), 3);
    let first = failures.split("<b>2.2").next().expect("the first one");
    assert!(
        first.contains(
            "<details><summary>It blocks 2 stages</summary>\n\n\
             - [3 Part 3](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L7): 1 not run\n\
             - [4 Part 4](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L7): 1 not run\n"
        ),
        "{first}"
    );
    assert!(first.contains("The plan says that it is done."), "{first}");
    assert!(failures.contains("Not reached in the same script: 2.3\n"), "{failures}");
    assert_eq!(failures.matches("It blocks").count(), 1, "the others of the stage do not say it again");
}

#[test]
fn each_failure_has_one_line_that_reproduces_it() {
    let at = |label: &str, line: u32, command: &str, in_script: bool| CheckReport {
        line,
        in_script,
        ..check(label, command, failed())
    };
    let mut elsewhere = at("1.2", 11, "make 'it'", false);
    elsewhere.cwd = Some("a b".to_owned());
    let checks = vec![
        at("1.1", 10, "grep -q '`x`' a.txt", false),
        elsewhere,
        at("1.3", 12, "printf 'a\\n'\necho it's\t\u{1b}", false),
        at("1.4", 20, "cd sub", true),
        at("1.5", 21, "make all", true),
        at("1.6", 23, "make test", true),
        at("1.7", 27, "cd other", true),
        at("1.8", 30, &"x".repeat(700), false),
    ];
    let mut report = run_of(vec![stage("1", "One", StageStatus::Fails, checks)]);
    report.run = Some("20261127T063255.123Z-1a2b3c4d".to_owned());
    let text = whole(&report, &Outputs::default());
    for expected in [
        "To reproduce: ``grep -q '`x`' a.txt``\n",
        "To reproduce: `cd 'a b' && make 'it'`\n",
        r"To reproduce: `bash -eo pipefail -c $'printf \'a\\n\'\necho it\'s\t\U0000001b'`",
        r"To reproduce: `bash -eo pipefail -c $'cd sub'`",
        r"To reproduce: `bash -eo pipefail -c $'cd sub\nmake all'`",
        r"To reproduce: `bash -eo pipefail -c $'cd sub\nmake all\nmake test'`",
        "To reproduce, run the commands of its block up to [docs/plan.md:27](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L27) in one shell.\n",
        "To reproduce, run the lines at [docs/plan.md:30](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L30).\n",
        "All that does not hold, where the run is kept: `plan-run run --rerun-failed=20261127T063255.123Z-1a2b3c4d docs/plan.md`\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(text.contains(&format!("```sh\n{}\n```\n", "x".repeat(700))), "a long command is shown as it stands");
}

#[test]
fn the_line_that_reproduces_does_what_the_check_did() {
    // The line is for a shell, so a shell judges it.
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::create_dir(folder.path().join("it's -a")).expect("a folder can be made");
    let command = "pwd | sed 's|.*/||'\nprintf '%s\\n' \"tab\there\" '\\n' \"it's\" $'\\x01' \u{fc}\u{202e}";
    let mut script = check("1.1", command, failed());
    script.cwd = Some("it's -a".to_owned());
    let text = whole(&run_of(vec![stage("1", "One", StageStatus::Fails, vec![script])]), &Outputs::default());
    let line = text.split("To reproduce: `").nth(1).and_then(|rest| rest.split("`\n").next()).expect("a line");
    let run = |line: &str, at: &std::path::Path| {
        let output = std::process::Command::new("bash").args(["-c", line]).current_dir(at).output().expect("bash runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(run(line, folder.path()), run(command, &folder.path().join("it's -a")));
}

#[test]
fn what_holds_only_sometimes_is_told_with_its_attempts() {
    let mut lucky = check("1.1", "make luck", Outcome::Passed);
    for outcome in [failed(), Outcome::TimedOut { limit: Duration::from_secs(5), of: LimitOf::Default }] {
        lucky.attempts.push(Attempt { started: None, end: End::without_run(outcome) });
    }
    let mut bad = check("1.2", "make bad", failed());
    bad.attempts.push(Attempt { started: None, end: End::without_run(Outcome::Signalled { signal: 9 }) });
    let text = whole(&run_of(vec![stage("1", "One", StageStatus::Fails, vec![lucky, bad])]), &Outputs::default());
    assert_eq!(
        below(&text, "### Passed, but not each time").trim_end(),
        "- [1.1](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L13) make luck: holds after 3 tries; before: exit status 1, ran longer than 5.0s and was ended"
    );
    assert!(text.contains("It was tried 2 times; before: ended by signal 9 (SIGKILL)\n"), "{text}");
}

#[test]
fn what_the_plan_says_and_what_was_seen_are_compared() {
    let claims = |label: &str, claimed: bool, outcome: Outcome| CheckReport {
        claimed: Some(claimed),
        line: 13,
        ..check(label, "make it", outcome)
    };
    let held_back = Outcome::Skipped(Skip::HeldBack { why: "publishes".to_owned() });
    let mut first = stage(
        "1",
        "One",
        StageStatus::Fails,
        vec![
            claims("1.1", true, failed()),
            claims("1.2", true, Outcome::Passed),
            claims("1.3", false, Outcome::Passed),
            claims("1.4", false, failed()),
            claims("1.5", true, held_back.clone()),
            claims("1.6", true, held_back),
            claims("1.7", true, Outcome::Skipped(Skip::Manual)),
        ],
    );
    first.claimed = true;
    let mut second = blocked("2", "1");
    second.claimed = true;
    let mut third = stage("3", "Three", StageStatus::Holds, vec![claims("3.1", true, Outcome::Passed)]);
    third.claimed = true;
    let text = whole(&run_of(vec![first, second, third]), &Outputs::default());
    let link = |label: &str| format!("[{label}](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L13)");
    let lines = [
        "- stage [1 One](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L7): fails".to_owned(),
        "- stage [2 Part 2](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L7): blocked: stage 1 does not hold"
            .to_owned(),
        format!("- exit status 1 (1 check): {}", link("1.1")),
        format!("- held back: publishes (2 checks): {}, {}", link("1.5"), link("1.6")),
        format!("- by the word of a person (1 check): {}", link("1.7")),
    ];
    assert_eq!(below(&text, "### Said to be done, but not shown").trim_end(), lines.join("\n"));
    let unticked = format!(
        "<details><summary>A stage has a check that holds and is not ticked in the plan</summary>\n\n- stage 1 One (1 check): {}\n\n</details>\n",
        link("1.3")
    );
    assert!(text.contains(&unticked), "{text}");
}

#[test]
fn what_an_earlier_run_proved_is_told() {
    let carried = |label: &str, run: &str| CheckReport {
        proof: Proof::CarriedOver { run: run.to_owned() },
        started: None,
        line: 13,
        ..check(label, "make it", Outcome::Passed)
    };
    let checks = vec![carried("1.1", "run-a"), carried("1.2", "run-b"), carried("1.3", "run-a")];
    let text = whole(&run_of(vec![stage("1", "One", StageStatus::Holds, checks)]), &Outputs::default());
    let link = |label: &str| format!("[{label}](https://github.com/o/r/blob/abc/docs/plan.md?plain=1#L13)");
    let lines = [
        format!(
            "- passed in the run run-a, and nothing has changed since (2 checks): {}, {}",
            link("1.1"),
            link("1.3")
        ),
        format!("- passed in the run run-b, and nothing has changed since (1 check): {}", link("1.2")),
    ];
    assert_eq!(below(&text, "### Carried over from an earlier run").trim_end(), lines.join("\n"));
}

#[test]
fn a_run_that_did_not_get_to_its_end_says_so() {
    let mut report = run_of(vec![stage(
        "1",
        "One",
        StageStatus::Cancelled,
        vec![check("1.1", "make", Outcome::Passed), check("1.2", "make late", Outcome::Interrupted)],
    )]);
    report.incomplete = true;
    report.run = Some("r1".to_owned());
    let text = whole(&report, &Outputs::default());
    assert!(text.starts_with("## \u{1f6d1} The runner was ended before every check had ended\n\n"), "{text}");
    let open = below(&text, "### Not finished");
    assert!(open.contains("the runner was ended before it could tell how it ended (1 check): [1.2]("), "{open}");
    assert!(
        open.ends_with("`plan-run run --resume=r1 docs/plan.md`\n\n") || open.contains("--resume=r1 docs/plan.md`")
    );
    assert!(!text.contains("### Failures"), "what was not finished has not failed");
}

#[test]
fn passes_are_only_counted() {
    let mut outputs = Outputs::default();
    let text = whole(&green(&mut outputs), &outputs);
    assert!(!text.contains("make all") && !text.contains("1.1"), "{text}");
}

#[test]
fn ten_thousand_hostile_failures_stay_below_the_limit_and_render() {
    let mut outputs = Outputs::default();
    let nasty = "</details>|`` ```\u{202e}<b>@a \u{1b}[31m\\*_$[x](http://evil)\n\n# h\n~~~\n<!-- ".repeat(4);
    let output = outputs.add("nasty", nasty.repeat(10).as_bytes());
    let stages = (0..100).map(|number| {
        let checks = (0..100).map(|index| {
            let mut bad = check(&format!("{number}.{index} {nasty}"), &nasty, Outcome::Lost { why: nasty.clone() });
            bad.output = Some(output.clone());
            bad.expect = Some(nasty.clone());
            bad.cwd = Some(nasty.clone());
            bad.claimed = Some(true);
            bad
        });
        stage(&format!("{number} {nasty}"), &nasty, StageStatus::Fails, checks.collect())
    });
    let mut report = run_of(stages.collect());
    report.internal = vec![nasty.clone(); 100];
    for limit in [900 * 1024, 10_000, 1_000] {
        let text = summary(&report, &outputs, Some(BASE), limit);
        assert!(text.len() <= limit, "{} of {limit}", text.len());
        assert_ours(&text, BASE);
        if limit > 100_000 {
            assert!(text.len() > limit / 2, "the room is used: {}", text.len());
            assert!(text.contains(" more failures\n"), "the others are counted");
        }
    }
}

#[test]
fn many_failures_have_equal_shares() {
    let mut outputs = Outputs::default();
    let output = outputs.add("long", "a line of output\n".repeat(5000).as_bytes());
    let checks = (0..200)
        .map(|index| CheckReport { output: Some(output.clone()), ..check(&format!("1.{index}"), "make it", failed()) });
    let report = run_of(vec![stage("1", "One", StageStatus::Fails, checks.collect())]);
    let text = summary(&report, &outputs, Some(BASE), 300_000);
    assert_ours(&text, BASE);
    let lengths: Vec<usize> = below(&text, "### Failures").split("<details").skip(1).map(str::len).collect();
    assert_eq!(lengths.len(), 200);
    let (least, most) = (lengths.iter().min().expect("some"), lengths.iter().max().expect("some"));
    assert!(*least > 900 && most - least < 100, "{least} to {most}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_summary_keeps_its_limit_and_its_shape((report, outputs) in hostile::run(), limit in 0usize..8000) {
        let text = summary(&report, &outputs, Some(BASE), limit);
        prop_assert!(text.len() <= limit);
        assert_ours(&text, BASE);
        assert_ours(&summary(&report, &outputs, None, 1_000_000), "");
    }
}
