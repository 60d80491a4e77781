//! All plans of a repository in one run: how they share it, what is tried again, and what is left in the morning.

use std::collections::BTreeSet;

use serde_json::Value;

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
