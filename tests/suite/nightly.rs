//! All plans of a repository in one run: how they share it, what is tried again, and what is left in the morning.

use std::collections::BTreeSet;

use std::time::Duration;

use plan_run::outcome::Outcome;
use plan_run::report::{StageStatus, json as write_json};
use plan_run::roster::Before;
use serde_json::Value;

use crate::support::history::Repository;
use crate::support::reports::{before, check, run_of, stage};

use crate::support::schema::Schema;
use crate::support::space::Space;
use crate::support::whole::staged;

/// Plans that are found without being named, each with its text.
fn space(plans: &[(&str, &str)]) -> Space {
    let space = Space::new();
    space.file("plan-run.yaml", "plans: ['docs/*.md']\n");
    plans.iter().for_each(|(name, text)| _ = space.file(&format!("docs/{name}.md"), text));
    space
}

fn one(command: &str) -> String {
    staged(&[("1", "", &[command])])
}

fn json(space: &Space, name: &str) -> Value {
    serde_json::from_str(&space.read(name)).expect("it is JSON")
}

#[test]
fn plans_run_side_by_side_under_one_limit() {
    // Each waits for the other, so that neither ends where plans run one after the other.
    let meet = |own: &str, other: &str| one(&format!("sh meet.sh {own} {other}"));
    let space = space(&[("a", &meet("a", "b")), ("b", &meet("b", "a"))]);
    space.file("meet.sh", "touch \"$1\"; until test -e \"$2\"; do sleep 0.01; done\n");
    let finished = space.run(&["nightly", "-j", "2", "--timeout", "20s", "--retries", "0"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    // With one slot for all of them the first can only wait in vain.
    std::fs::remove_file(space.at("a")).and_then(|()| std::fs::remove_file(space.at("b"))).expect("both met");
    let finished = space.run(&["nightly", "-j", "1", "--timeout", "500ms", "--retries", "0"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
}

#[test]
fn what_fails_is_tried_twice_more_and_nothing_is_given_up() {
    let flaky = "n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; test $n = 2";
    let space = space(&[("a", &one("false")), ("b", &one(flaky)), ("c", &one("true"))]);
    space.file("plan-run.yaml", "plans: ['docs/*.md']\nfail_fast: run\nmax_fail: 1\ncache: { enabled: true }\n");
    let finished = space.run(&["nightly", "-j", "1", "--json", "o.json"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let whole = json(&space, "o.json");
    let checks = |at: usize| &whole["plans"][at]["stages"][0]["checks"][0];
    assert_eq!(checks(0)["attempts"].as_array().map(Vec::len), Some(2));
    assert_eq!((&checks(1)["flaky"], &checks(1)["outcome"]["word"]), (&true.into(), &"passed".into()));
    assert_eq!(checks(2)["outcome"]["word"], "passed");
    std::fs::write(space.at("n"), "1").expect("it can be written");
    let same = space.run(&["run", "--all", "--nightly", "--retries", "0", "--json", "o.json"]);
    assert_eq!(same.status, Some(1), "{same:?}");
    let whole = json(&space, "o.json");
    assert_eq!(whole["counts"]["failed"], 2, "what is typed outranks what holds every night");
    assert!(whole["plans"][2]["stages"][0]["checks"][0].get("cached").is_none(), "nothing is taken from the cache");
    space.file("plan-run.yaml", "plans: ['docs/*.md']\nretries: 0\n");
    std::fs::write(space.at("n"), "1").expect("it can be written");
    space.run(&["nightly", "--json", "o.json"]);
    assert_eq!(json(&space, "o.json")["counts"]["failed"], 2, "so does the configuration");
    let both = space.run(&["run", "--all", "docs/a.md"]);
    assert_eq!(both.status, Some(2), "{both:?}");
}

#[test]
fn each_plan_has_a_report_of_its_own_and_a_broken_one_stops_nobody() {
    let broken = "# Plan\n\n## Stage 1: A\n\n```sh\nnever closed\n";
    let space = space(&[("a", &one("true")), ("A", &one("false")), ("a-b", &one("true")), ("b", broken)]);
    space.file("docs/a/b.md", &one("true")).file("plan-run.yaml", "plans: ['docs/**/*.md']\n");
    let finished = space.run(&["nightly", "--report-dir", "out", "--retries", "0"]);
    assert_eq!(finished.status, Some(3), "{finished:?}");
    let index = json(&space, "out/index.json");
    let schema = Schema::read("report-index.schema.json");
    schema.check(&index);
    let told = |index: &Value| -> Vec<String> {
        let plans = index["plans"].as_array().expect("a list");
        plans
            .iter()
            .map(|plan| format!("{} {}", plan["path"].as_str().unwrap_or(""), plan["verdict"].as_str().unwrap_or("")))
            .collect()
    };
    let all = ["docs/A.md fails", "docs/a/b.md holds", "docs/a-b.md holds", "docs/a.md holds", "docs/b.md broken-plan"];
    assert_eq!(told(&index), all);
    let files = |index: &Value, key: &str| -> Vec<String> {
        let plans = index["plans"].as_array().expect("a list");
        plans.iter().map(|plan| plan[key].as_str().expect("a name").to_owned()).collect()
    };
    let junit = files(&index, "junit");
    let apart: BTreeSet<String> = junit.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(apart.len(), all.len(), "on every file system: {junit:?}");
    for (name, failures) in
        junit.iter().zip(["failures=\"1\" errors=\"0\"", "failures=\"0\" errors=\"0\"", "", "", "errors=\"1\""])
    {
        assert!(space.read(&format!("out/{name}")).contains(failures), "{name}");
    }
    assert!(files(&index, "summary").iter().all(|name| space.read(&format!("out/{name}")).starts_with("## ")));
    let whole = space.read("out/junit.xml");
    assert!(whole.contains("tests=\"5\" failures=\"1\" errors=\"1\""), "{whole}");
    assert!(space.read("out/index.md").contains(&format!("[docs/A.md]({})", files(&index, "summary")[0])));
    Schema::read("report.schema.json").check(&json(&space, "out/report.json"));
    // A plan that is gone leaves nothing behind, and the others keep their names.
    std::fs::remove_file(space.at("docs/b.md"))
        .and_then(|()| std::fs::remove_file(space.at("docs/A.md")))
        .expect("there");
    space.file("out/plans/notes.md", "mine");
    let finished = space.run(&["nightly", "--report-dir", "out"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    let later = json(&space, "out/index.json");
    assert_eq!(files(&later, "junit"), junit[1..4]);
    let names = std::fs::read_dir(space.at("out/plans")).expect("a folder").count();
    assert_eq!(names, 2 * 3 + 1, "and what is not ours stays");
    let again = space.run(&["report", "--report-dir", "again"]);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert_eq!(space.read("again/index.json"), space.read("out/index.json"));
    space.file("file", "");
    let refused = space.run(&["nightly", "--report-dir", "file/x"]);
    assert_eq!(refused.status, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("cannot write reports into ") && refused.stderr.contains("nothing was run"));
}

/// A folder with a repository of git, of which each commit is a night.
fn night(repository: &Repository, name: &str, text: &str) -> Value {
    repository.file(name, text).commit();
    again(repository)
}

fn again(repository: &Repository) -> Value {
    let finished = repository.run(&["nightly", "--retries", "1", "-j", "1", "--json", "o.json", "--summary", "o.md"]);
    assert!(finished.status.is_some_and(|code| code < 2), "{finished:?}");
    std::fs::write(repository.root.join("o.txt"), finished.stdout).expect("it can be written");
    let text = std::fs::read_to_string(repository.root.join("o.json")).expect("a report");
    let whole: Value = serde_json::from_str(&text).expect("it is JSON");
    Schema::read("report.schema.json").check(&whole);
    whole
}

/// The changes of a night, each as the label of its check and its word.
fn changes(night: &Value) -> Vec<String> {
    let checks = night["plans"][0]["stages"].as_array().into_iter().flatten();
    let checks = checks.flat_map(|stage| stage["checks"].as_array().into_iter().flatten());
    let told = checks.filter_map(|check| Some(format!("{} {}", check["label"].as_str()?, check["change"].as_str()?)));
    told.collect()
}

#[test]
fn what_has_changed_since_the_last_night_comes_first() {
    let repository = Repository::new();
    repository.file(".gitignore", "state/\no.*\n").file("state/n", "");
    repository.file("flaky.sh", "test ! -e state/once || { rm state/once; false; }\n");
    let flaky = "sh flaky.sh";
    let checks = ["test -e good", "test ! -e good", flaky, "test 1 = 1"];
    let plan = staged(&[("1", "", &checks[..1]), ("2", "", &checks[1..])]);
    let first = night(&repository, "docs/plans/plan.md", &plan);
    assert_eq!((&first["nightly"]["since"], changes(&first).len()), (&Value::Null, 0), "there was no night before");
    let second = night(&repository, "other", "");
    assert_eq!(changes(&second), [""; 0], "what failed already is no change");
    assert_eq!(second["nightly"]["since"], first["run"]);
    repository.file("state/once", "");
    let third = night(&repository, "good", "");
    assert_eq!(changes(&third), ["1.1 fixed", "2.1 newly-failing", "2.2 newly-flaky"]);
    let text = |name: &str| std::fs::read_to_string(repository.root.join(name)).expect("it was written");
    let terminal = text("o.txt");
    let (head, _) = terminal.split_once("\n\n  ").expect("a table follows");
    let head: Vec<&str> = head.lines().skip(2).collect();
    let told = [
        "  new fail   2.1 test ! -e good: exit status 1",
        "  new flaky  2.2 sh flaky.sh: holds at try 2",
        "  fixed      1.1 test -e good: holds again",
    ];
    assert_eq!(head, told, "{terminal}");
    let summary = text("o.md");
    let at = |what: &str| summary.find(what).unwrap_or_else(|| panic!("no {what} in {summary}"));
    assert!(at("### Since the last night\n") < at("| Outcome |"), "{summary}");
    assert!(summary.contains("- **Newly failing** [2.1]"), "{summary}");
    // The same commit once more, and another end: that is no failure of the work.
    std::fs::remove_file(repository.root.join("good")).expect("it is there");
    let fourth = again(&repository);
    assert_eq!(changes(&fourth), ["1.1 newly-flaky", "2.1 newly-flaky"]);
    let check = &fourth["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((&check["flipped"], &check["flaky"]), (&true.into(), &false.into()));
    assert!(text("o.txt").contains("exit status 1, and held before at the same commit"), "{}", text("o.txt"));
    let ordinary = repository.run(&["run", "--json", "o.json"]);
    assert_eq!(ordinary.status, Some(1), "{ordinary:?}");
    assert!(!text("o.json").contains("\"change\"") && !ordinary.stdout.contains("last night"));
    assert!(text(".plan-run/history").lines().filter(|line| line.contains("\"nightly\":true")).count() == 4);
}

#[test]
fn slower_is_what_the_runs_before_do_not_explain() {
    let of = |mean: u64, took: u64, runs: usize, sigma: u64| {
        let mut report =
            run_of(vec![stage("1", "One", StageStatus::Holds, vec![check("1.1", "make", Outcome::Passed)])]);
        (report.nightly, report.since) = (true, Some("earlier".to_owned()));
        let check = &mut report.plans[0].stages[0].checks[0];
        check.took = Duration::from_millis(took);
        let (mean, sigma) = (Duration::from_millis(mean), Duration::from_millis(sigma));
        check.before = Some(Before { held: true, held_here: false, failed_here: false, mean, sigma, runs, ..before() });
        let mut out = Vec::new();
        write_json(&report, &|_, _, _| Ok(Vec::new()), 0, &mut out).expect("it can be written");
        let whole: Value = serde_json::from_slice(&out).expect("it is JSON");
        whole["nightly"]["slower"].as_u64().expect("a number")
    };
    let report = |took, runs, sigma| of(1000, took, runs, sigma);
    assert_eq!(report(1201, 5, 50), 1);
    assert_eq!(report(1200, 5, 50), 0, "not more than a fifth");
    assert_eq!(report(1201, 4, 50), 0, "too few runs");
    assert_eq!(report(1300, 9, 100), 0, "not more than three times the deviation");
    assert_eq!(report(1301, 9, 100), 1);
    assert_eq!(of(1, 11, 9, 0), 0, "no more than a process may take to start");
    assert_eq!(of(1, 12, 9, 0), 1);
}
