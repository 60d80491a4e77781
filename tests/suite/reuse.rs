//! What has passed is not run again: with real processes, and as it is told.

use crate::support::space::Space;

/// Two stages with the same command, which counts how often it ran without being seen to write.
fn twice() -> Space {
    let space = Space::new();
    let stage = |number: usize| format!("## Stage {number}: S{number}\n\n### Validation\n\n- [ ] `sh count.sh`\n\n");
    space.file("plan.md", &format!("# Implementation Plan: Twice\n\n{}{}", stage(1), stage(2)));
    space.file("count.sh", "echo once >> count\n");
    space
}

#[test]
fn a_command_that_has_passed_is_not_run_again_and_every_report_says_so() {
    let space = twice();
    let finished = space.run(&["plan.md", "-j", "4", "--junit", "a.xml", "--json", "a.json", "--html", "a.html"]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    assert_eq!(space.read("count"), "once\n");
    assert!(finished.stderr.contains("passed     2.1  sh count.sh  (shared with 1.1)\n"), "{}", finished.stderr);
    assert!(finished.stdout.contains("2 passed"), "{}", finished.stdout);
    assert!(space.read("a.xml").contains(r#"<property name="shared-with" value="1.1""#), "{}", space.read("a.xml"));
    assert!(space.read("a.html").contains("shared with 1.1"));
    let json: serde_json::Value = serde_json::from_str(&space.read("a.json")).expect("it is JSON");
    let checks = |stage: usize| json["plans"][0]["stages"][stage]["checks"][0].clone();
    assert_eq!(checks(0)["shared_with"], serde_json::Value::Null);
    assert_eq!(checks(1)["shared_with"], "1.1");
    assert_eq!(space.run(&["report", "--json", "b.json"]).status, Some(0));
    assert_eq!(space.read("a.json"), space.read("b.json"), "the journal knows it, too");
}

#[test]
fn every_check_is_run_where_that_is_asked_for() {
    let space = twice();
    assert_eq!(space.run(&["plan.md", "--no-reuse"]).status, Some(0));
    assert_eq!(space.read("count"), "once\nonce\n");
}

#[test]
fn what_took_a_result_is_taken_over_by_the_next_run_as_any_other() {
    let space = twice();
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let again = space.run(&["plan.md", "--resume", "--json", "a.json"]);
    assert_eq!(again.status, Some(0), "{}", again.stderr);
    assert_eq!(space.read("a.json").matches("\"carried_over\":\"").count(), 2, "{}", space.read("a.json"));
    assert_eq!(space.read("count"), "once\n");
}
