//! Checks of the real binary that are tried again, and what is told of them.

use crate::support::space::Space;
use crate::support::whole::{ends, own, staged};

/// A check that fails until it was tried so often, by a count that it keeps in a file. The file lies outside of what a
/// run watches.
fn fails_until(times: usize) -> String {
    format!(
        "n=$(($(cat tries 2> /dev/null || echo 0) + 1))\necho $n > tries\necho try $n\ntest $n -ge {times} || exit 4\n"
    )
}

#[test]
fn a_flaky_check_is_green_and_marked_everywhere() {
    let space = Space::new();
    space.file("flaky.sh", &fails_until(3)).file("plan.md", &staged(&[("1", "", &["sh flaky.sh"])]));
    let finished =
        space.run(&["plan.md", "--retries", "3", "--junit", "r.xml", "--summary", "s.md", "--json", "r.json"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let screen = "FAILED     1.1  sh flaky.sh";
    assert_eq!(finished.stderr.matches(screen).count(), 2, "{finished:?}");
    assert_eq!(finished.stderr.matches("           it is tried again\n").count(), 2, "{finished:?}");
    assert!(finished.stdout.contains("\n  flaky      1.1 sh flaky.sh: holds at try 3\n"), "{finished:?}");
    let xml = space.read("r.xml");
    assert_eq!(xml.matches("<flakyFailure ").count(), 2, "{xml}");
    // What it wrote is kept of each try.
    for number in 1..=3 {
        assert_eq!(xml.matches(&format!("try {number}\n")).count(), 1, "{number}: {xml}");
    }
    assert!(space.read("s.md").contains("holds after 3 tries; before: exit status 4, exit status 4"));
    assert!(space.read("r.json").contains("\"flaky\": true") || space.read("r.json").contains("\"flaky\":true"));
    // A report made later, from the journal alone, says the same.
    assert_eq!(space.run(&["report", "--junit", "again.xml"]).status, Some(0));
    assert_eq!(space.read("again.xml"), xml);
}

#[test]
fn the_last_try_decides_and_the_first_is_the_failure() {
    let space = Space::new();
    space.file("flaky.sh", &fails_until(9)).file("plan.md", &staged(&[("1", "", &["sh flaky.sh"])]));
    let (finished, told) = ends(&space, &["plan.md", "--retries", "2", "--retry-delay", "10ms"]);
    assert_eq!((finished.status, told), (Some(1), own(&["1.1 failure exit-code: exit status 4"])));
    assert_eq!(space.read("tries"), "3\n");
    assert_eq!(space.read("ends.xml").matches("<rerunFailure ").count(), 2);
}

#[test]
fn flaky_checks_count_as_failed_where_that_is_wanted() {
    let space = Space::new();
    space.file("flaky.sh", &fails_until(2));
    space.file("plan.md", &staged(&[("1", "", &["sh flaky.sh"]), ("2", "Stage 1", &["test 1 = 1"])]));
    let (finished, told) = ends(&space, &["plan.md", "--retries", "2", "--flaky-fails"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_eq!(told[1], "2.1 skipped dependency: blocked: stage 1 does not hold");
    assert_eq!(told[0], "1.1 failure exit-code: exit status 4");
    let xml = space.read("ends.xml");
    assert!(xml.contains("<rerunFailure message=\"holds only at try 2, and what is flaky was to fail\""), "{xml}");
    std::fs::remove_file(space.at("tries")).expect("it was tried");
    space.file(
        "plan-run.yaml",
        "retries: { count: 1, delay: 1ms, backoff: exponential, max_delay: 1s }\nflaky_fails: true\n",
    );
    assert_eq!(ends(&space, &["plan.md"]).0.status, Some(1));
    std::fs::remove_file(space.at("tries")).expect("it was tried");
    space.file("plan-run.yaml", "retries: 1\n");
    assert_eq!(ends(&space, &["plan.md"]).0.status, Some(0));
}

#[test]
fn a_script_is_tried_again_as_a_whole() {
    let space = Space::new();
    let script = format!("cd .\n{}\necho after", "sh flaky.sh");
    space.file("flaky.sh", &fails_until(2)).file("plan.md", &staged(&[("1", "", &[&script])]));
    let (finished, told) = ends(&space, &["plan.md", "--retries", "1"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed", "1.2 passed", "1.3 passed"])), "{finished:?}");
    let xml = space.read("ends.xml");
    // Only the command that failed was flaky: the first held each time, the last was not reached before.
    assert_eq!(xml.matches("<flakyFailure ").count(), 1, "{xml}");
}

#[test]
fn a_look_without_running_says_how_often() {
    let space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &["test 1 = 1"])]));
    let shown = space.run(&["plan.md", "--dry-run", "--retries", "2"]).stdout;
    assert!(shown.contains(", at most 10m 00s, tried again up to 2 times\n"), "{shown}");
}

#[test]
fn without_a_word_nothing_is_tried_again() {
    let space = Space::new();
    space.file("flaky.sh", &fails_until(2)).file("plan.md", &staged(&[("1", "", &["sh flaky.sh"])]));
    assert_eq!(ends(&space, &["plan.md"]).0.status, Some(1));
    assert_eq!(space.read("tries"), "1\n");
}

#[test]
fn a_red_check_that_fails_as_it_must_is_not_tried_again() {
    let space = Space::new();
    space.file("plan.md", "# Plan\n\n## Stage 1: One\n\n### Validation\n\n- [ ] `sh flaky.sh` (expected to fail)\n");
    space.file("flaky.sh", &fails_until(9));
    let (finished, told) = ends(&space, &["plan.md", "--red", "--retries", "3"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed"])), "{finished:?}");
    assert_eq!(space.read("tries"), "1\n");
}
