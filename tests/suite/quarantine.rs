//! Checks that may fail for a while: what the configuration says of them, and what becomes of it in a run.

use serde_json::Value;

use crate::support::history::Repository;
use crate::support::schema::Schema;
use crate::support::space::Space;
use crate::support::whole::{ends, own, space, timeless};

/// An entry of a quarantine that lasts longer than this program.
fn entry(check: &str) -> String {
    format!("  - {{ check: \"{check}\", owner: ada, reason: the network, expires: 9999-12-31 }}\n")
}

fn json(space: &Space, name: &str) -> Value {
    serde_json::from_str(&space.read(name)).expect("it is JSON")
}

#[test]
fn every_report_tells_of_it_and_who_looks_after_it() {
    let space = space(&[("1", "", &["echo seen; exit 3", "true"]), ("2", "Stage 1", &["test 1 = 1"])]);
    space.file("plan-run.yaml", &format!("quarantine:\n{}{}", entry("1.1"), entry("Stage 2")));
    let words = ["--junit", "o.xml", "--json", "o.json", "--ctrf", "o.ctrf", "--html", "o.html", "--summary", "o.md"];
    let more = ["plan.md", "--annotations=always", "--progress", "plain", "-j", "1"];
    let finished = space.run(&[&words[..], &more].concat());
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let told = "
  not proven 1 Part 1  1 passed, 1 quarantined  0.0s
  holds      2 Part 2  1 passed                 0.0s

  quarantine 1.1 echo seen; exit 3: exit status 3; in quarantine until 9999-12-31, ada looks after it: the network
  quarantine 2.1 test 1 = 1: holds; its entry at plan-run.yaml:3 may go

HOLDS: Every check that ran outside the quarantine holds; 1 stage is not proven (1 of 2 stages holds; 2 passed, 1 quarantined) in 0.0s
";
    let (closing, annotations) = finished.stdout.split_once("::").expect("there is an annotation");
    assert_eq!(timeless(closing), told);
    assert!(
        annotations.starts_with("warning file=plan.md,line=8,title=1.1%3A does not hold%2C and is in quarantine::")
    );
    let live = "quarantine 1.1  echo seen; exit 3  (0.0s)\n           exit status 3\n           \
                in quarantine until 9999-12-31, ada looks after it: the network\n           at plan.md:8\n           | seen\n";
    assert!(timeless(&finished.stderr).contains(live), "{}", finished.stderr);
    let whole = json(&space, "o.json");
    Schema::read("report.schema.json").check(&whole);
    let check = &whole["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((&check["outcome"]["word"], &check["outcome"]["class"]), (&"exit-code".into(), &"quarantined".into()));
    assert_eq!(check["quarantine"]["owner"], "ada");
    assert_eq!((&whole["counts"]["quarantined"], &whole["counts"]["failed"]), (&1.into(), &0.into()));
    let cases = json(&space, "o.ctrf");
    let case = &cases["results"]["tests"][0];
    assert_eq!((&case["status"], &case["extra"]["quarantine-owner"]), (&"other".into(), &"ada".into()));
    assert_eq!(cases["results"]["summary"]["other"], 1);
    assert!(
        space
            .read("o.xml")
            .contains("<skipped type=\"exit-code\" message=\"in quarantine until 9999-12-31: exit status 3\">")
    );
    assert!(space.read("o.html").contains("<h2 id=\"quarantined\">In quarantine</h2>"));
    assert!(space.read("o.md").contains("### In quarantine\n"), "{}", space.read("o.md"));
    // The journal has all of it, whatever the configuration says later.
    space.file("plan-run.yaml", "");
    let again = space.run(&["report", "--json", "again.json"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert_eq!(json(&space, "again.json")["plans"], whole["plans"]);
    let run = std::fs::read_dir(space.at(".plan-run/runs"))
        .expect("runs are kept")
        .next()
        .expect("one")
        .expect("it is there");
    let lines = std::fs::read_to_string(run.path().join("events.ndjson")).expect("a journal");
    let schema = Schema::read("events.schema.json");
    lines.lines().for_each(|line| schema.check(&serde_json::from_str(line).expect("it is JSON")));
    assert!(lines.contains("\"quarantined\":true"));
    assert!(space.read(".plan-run/history").contains("\"outcome\":\"exit-code\""), "the history says what was seen");
}

#[test]
fn what_its_script_did_not_reach_is_excused_and_nothing_else() {
    let scripts = ["cd .\nfalse\ntrue", "cd .\nfalse\ntrue"];
    let space = space(&[("1", "", &scripts[..1]), ("2", "", &scripts[1..])]);
    space.file("plan-run.yaml", &format!("quarantine:\n{}{}", entry("1.2"), entry("2.3")));
    let (finished, cases) = ends(&space, &["plan.md"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let expected = [
        "1.1 passed",
        "1.2 skipped exit-code: in quarantine until 9999-12-31: exit status 1",
        "1.3 skipped script: in quarantine: not reached: its script stopped at 1.2",
        "2.1 passed",
        "2.2 failure exit-code: exit status 1",
        "2.3 skipped script: not reached: its script stopped at 2.2",
    ];
    assert_eq!(cases, own(&expected));
    assert!(finished.stdout.contains("2 quarantined"), "{finished:?}");
}

#[test]
fn one_that_has_expired_is_shown_where_it_stands_and_fails_every_run_of_its_check() {
    let space = space(&[("1", "", &["true", "true"])]);
    let old = entry("1.1").replace("9999-12-31", "2026-01-31");
    space.file("plan-run.yaml", &format!("jobs: 1\nquarantine:\n{old}"));
    let finished = space.run(&["plan.md", "--json", "o.json", "--annotations=always"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let shown = "error[expired-quarantine]: the quarantine of `1.1` has expired: its last day was 2026-01-31";
    assert!(finished.stderr.contains(shown), "{finished:?}");
    assert!(finished.stderr.contains("--> plan-run.yaml:3:"), "{finished:?}");
    let sentence = "the quarantine of 1.1 (plan.md#1.1) has expired, its last day was 2026-01-31; ada looks after it: the \
                    network; renew it or take it out at plan-run.yaml:3";
    assert!(finished.stdout.contains(&format!("  expired    {sentence}\n")), "{finished:?}");
    assert!(finished.stdout.contains("\nEXPIRED: 1 quarantine has expired ("), "{finished:?}");
    assert!(finished.stdout.contains("::error file=plan-run.yaml,line=3,title=The quarantine of 1.1 has expired::"));
    let whole = json(&space, "o.json");
    Schema::read("report.schema.json").check(&whole);
    assert_eq!((&whole["verdict"], &whole["counts"]["expired_quarantines"]), (&"expired-quarantine".into(), &1.into()));
    assert_eq!(space.run(&["run", "plan.md", "--check", "1.2"]).status, Some(0), "the other check is not concerned");
    assert_eq!(space.run(&["run", "plan.md", "--check", "1.1"]).status, Some(1));
}

#[test]
fn an_entry_for_nothing_is_told_where_that_is_known() {
    let space = space(&[("1", "", &["true", "true", "true"])]);
    space.file("docs/other.md", "# Plan\n\n## Stage 1: Core\n\n### Validation\n\n- [ ] `true`\n");
    let entries: String =
        ["1.4", "Stage 7", "plan.md#1.9", "docs/other.md#9.9", "docs/gone.md#1.1", "1.1"].map(entry).concat();
    space.file("plan-run.yaml", &format!("plans: ['*.md', 'docs/*.md']\nquarantine:\n{entries}"));
    let told = |args: &[&str]| {
        let finished = space.run(args);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        let lines = finished.stderr.lines().filter(|line| line.starts_with("warning["));
        lines.map(|line| line.replace("warning[unknown-quarantine]: the quarantine of ", "")).collect::<Vec<String>>()
    };
    let of_all = [
        "`1.4` is for nothing: no plan has a check or a stage `1.4`",
        "`Stage 7` is for nothing: no plan has a check or a stage `Stage 7`",
        "`plan.md#1.9` is for nothing: plan.md has no check and no stage `1.9`",
        "`docs/other.md#9.9` is for nothing: docs/other.md has no check and no stage `9.9`",
        "`docs/gone.md#1.1` is for nothing: there is no file docs/gone.md",
    ];
    assert_eq!(told(&["run"]), of_all);
    assert_eq!(told(&["run", "plan.md"]), [of_all[2], of_all[4]], "another plan may have the others");
    let shown = space.run(&["run", "plan.md"]).stderr;
    assert!(shown.contains("help: did you mean `1.1`?"), "{shown}");
}

#[test]
fn in_a_proof_a_red_check_in_quarantine_is_left_open() {
    let repository = Repository::new();
    let plan = "# Plan\n\n## Stage 1: Core\n\n### Validation\n\n- [ ] `test -f done` (expected to fail: red)\n- [ ] `test -f gone`\n";
    repository.file("plan.md", plan);
    repository.commit();
    repository.file("work", "").file("plan-run.yaml", &format!("quarantine:\n{}", entry("1.2")));
    repository.commit();
    let finished = repository.run(&["prove", "plan.md", "--base", "HEAD~1"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(!finished.stdout.contains("not holding with the work"), "{finished:?}");
    repository.file("plan-run.yaml", &format!("quarantine:\n{}", entry("Stage 1")));
    let finished = repository.run(&["prove", "plan.md", "--base", "HEAD~1"]);
    // What proves nothing is no proof, for whatever reason.
    assert_eq!(finished.status, Some(4), "{finished:?}");
    assert!(finished.stdout.contains("  left out   1.1  plan.md:7  test -f done\n"), "{finished:?}");
}
