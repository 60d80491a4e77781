//! In a workflow nothing gives commands to the runner but plan-run itself.

use crate::support::attack::{NAME, STEERING, hostile_plan, steering};
use crate::support::outputs::read_outputs;
use crate::support::space::{Finished, Space};

/// What a runner takes for commands in a log: of a line between `::stop-commands::WORD` and `::WORD::` it obeys nothing, of
/// others a `::` at their start, and `##[` anywhere.
fn obeyed(log: &str) -> Vec<String> {
    let mut stopped: Option<String> = None;
    let mut obeyed = Vec::new();
    for line in log.split(['\n', '\r']) {
        let line = line.trim_start();
        if let Some(word) = &stopped {
            if line.trim_end() == format!("::{word}::") {
                stopped = None;
            }
        } else if let Some(word) = line.strip_prefix("::stop-commands::") {
            stopped = Some(word.trim_end().to_owned());
        } else if line.starts_with("::") || line.contains("##[") {
            obeyed.push(line.to_owned());
        }
    }
    obeyed
}

/// Sees that only annotations are obeyed, and that none of them steers a terminal.
#[track_caller]
fn assert_only_annotations(done: &Finished) {
    for log in [&done.stdout, &done.stderr] {
        for line in obeyed(log) {
            let kind = ["::error file=", "::warning file=", "::error title=", "::warning title=", "::notice file="];
            assert!(kind.iter().any(|kind| line.starts_with(kind)), "{line}");
            assert_eq!(steering(&line), [], "{line}");
        }
    }
}

/// A job with a hostile plan.
fn job(name: &str) -> Space {
    let mut space = Space::new();
    space.file(name, &hostile_plan());
    let workspace = space.path().to_str().expect("UTF-8").to_owned();
    space.env("GITHUB_ACTIONS", "true").env("CI", "true").env("GITHUB_WORKSPACE", &workspace);
    space
}

#[test]
fn by_what_commands_print() {
    let space = job("plan.md");
    for kind in ["plain", "bars", "brief", "none"] {
        let done = space.run(&["run", "--progress", kind, "plan.md"]);
        assert_eq!(done.status, Some(1), "{done:?}");
        assert!(done.stdout.contains("\n::error file=plan.md,"), "{done:?}");
        assert_only_annotations(&done);
    }
}

#[test]
fn by_a_word_that_ends_the_fence() {
    let space = job("plan.md");
    // The word of one run says nothing of that of another.
    let word = |done: &Finished| {
        let line = done.stderr.lines().find_map(|line| line.strip_prefix("::stop-commands::"));
        line.expect("there is a fence").to_owned()
    };
    let first = word(&space.run(&["run", "plan.md"]));
    assert!(first.len() >= 32, "{first}");
    let plan =
        format!("# P\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `printf '::{first}::\\n::add-mask::x\\n'; false`\n");
    space.file("plan.md", &plan);
    let done = space.run(&["run", "plan.md"]);
    assert_ne!(word(&done), first);
    assert_only_annotations(&done);
}

#[test]
fn by_the_name_of_a_file() {
    let space = job(NAME);
    let done = space.run(&["run", "*.md"]);
    assert!(done.stdout.contains("%0A%3A%3Aerror%3A%3Ax%250A"), "{done:?}");
    assert_only_annotations(&done);
}

#[test]
fn by_findings() {
    for name in ["plan.md", NAME] {
        let done = job(name).run(&["lint", "--format", "github", "*.md"]);
        assert!(!obeyed(&done.stdout).is_empty(), "{done:?}");
        assert_only_annotations(&done);
    }
}

#[test]
fn by_verbs_that_run_nothing() {
    let space = job(NAME);
    let verbs: [&[&str]; 13] = [
        &["list", "*.md"],
        &["explain", "*.md"],
        &["graph", "*.md"],
        &["lint", "*.md"],
        &["next", "*.md"],
        &["status", "*.md"],
        &["approve", "--yes", "*.md"],
        &["shards", "2", "*.md"],
        &["list", "--format", "json", "*.md"],
        &["explain", "--format", "json", "*.md"],
        &["lint", "--format", "json", "*.md"],
        &["lint", "--format", "sarif", "*.md"],
        &["status", "--format", "json", "*.md"],
    ];
    for verb in verbs {
        let done = space.run(verb);
        assert_eq!(obeyed(&done.stdout).len() + obeyed(&done.stderr).len(), 0, "{verb:?}: {done:?}");
    }
}

#[test]
fn by_outputs_of_a_step() {
    let mut space = job(NAME);
    let outputs = space.at("outputs");
    space.env("GITHUB_OUTPUT", outputs.to_str().expect("UTF-8"));
    let junit = format!("a\nstatus=holds\nend\n{STEERING}.xml");
    let done = space.run(&["run", "--github-output", "--junit", &junit, "*.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let read = read_outputs(&space.read("outputs"));
    let names: Vec<&str> = read.keys().map(String::as_str).collect();
    assert_eq!(names, ["events", "failed", "junit", "passed", "run", "stages", "stages-left-out", "status"]);
    assert_eq!(read["status"], "fails");
    assert_eq!(steering(&read["stages"]), [], "{}", read["stages"]);
}

#[test]
fn by_a_summary() {
    let mut space = job("plan.md");
    let summary = space.at("summary.md");
    space.env("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8"));
    let done = space.run(&["run", "plan.md"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let text = space.read("summary.md");
    assert_eq!(steering(&text), [], "{text}");
    // Nothing is fetched from elsewhere, nobody is called, and no tag is one.
    let outside: String = text.split("```").step_by(2).collect();
    for bad in ["<script", "![x]", "</details><script"] {
        assert!(!outside.contains(bad), "{bad}: {text}");
    }
}

#[test]
fn outputs_that_cannot_be_written_are_not_green() {
    let mut space = Space::new();
    space.file("plan.md", "# P\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n");
    space.env("GITHUB_OUTPUT", "/dev/full").env("GITHUB_ACTIONS", "true");
    let done = space.run(&["run", "--github-output", "plan.md"]);
    assert_eq!(done.status, Some(5), "{done:?}");
}
