//! Journals, histories and caches that were forged, torn or blown up are told of, and make nothing green.

use serde_json::Value;

use crate::support::attack::{assert_plain, bounded};
use crate::support::space::Space;

const PLAN: &str = "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `echo x`\n- [ ] `false`\n";

/// A repository with a run, of which the second check failed, and the path of its journal.
fn run() -> (Space, String) {
    let space = Space::new();
    space.file("plan.md", PLAN);
    assert_eq!(space.run(&["run", "plan.md"]).status, Some(1));
    let run = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs").next().expect("a run").expect("an entry");
    let name = run.file_name().into_string().expect("a plain name");
    (space, format!(".plan-run/runs/{name}/events.ndjson"))
}

/// Forges the journal, and sees that nobody who reads it breaks or is green. Gives what a report of it says.
fn forged(forge: impl Fn(&str) -> String) -> String {
    let (space, journal) = run();
    let text = forge(&space.read(&journal));
    space.file(&journal, &text);
    let reports = ["report", "--junit", "j.xml", "--html", "h.html", "--json", "r.json", "--summary", "s.md"];
    let mut said = String::new();
    let readers: [&[&str]; 6] = [
        &reports,
        &["merge", &journal],
        &["status", "plan.md"],
        &["mark", "--dry-run", "plan.md"],
        &["run", "--resume", "plan.md"],
        &["run", "--rerun-failed", "plan.md"],
    ];
    for args in readers {
        let done = bounded(&space, args);
        assert!(done.status.is_some(), "{args:?} ended by a signal, or not at all: {done:?}");
        assert!(!done.stderr.contains("internal error"), "{args:?}: {done:?}");
        if matches!(args[0], "report" | "merge") {
            assert_ne!(done.status, Some(0), "{args:?}: {done:?}");
            assert_plain(&done);
            said.push_str(&done.stderr);
            said.push_str(&done.stdout);
        }
        // The second check fails as long as its command is `false`.
        assert!(args[0] != "run" || done.status != Some(0), "{done:?}");
    }
    said
}

/// Gives all numbers of a name another value.
fn numbers(text: &str, name: &str, value: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let key = format!("\"{name}\":");
    while let Some(at) = rest.find(&key) {
        let (before, after) = rest.split_at(at + key.len());
        out.push_str(before);
        let length = after.find(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c))).unwrap_or(after.len());
        out.push_str(if length > 0 { value } else { "" });
        rest = &after[length..];
    }
    out + rest
}

#[test]
fn numbers_of_lines() {
    for value in ["18446744073709551615", "0", "18446744073709551614"] {
        assert!(forged(|text| numbers(text, "seq", value)).contains("has the number"));
    }
}

#[test]
fn places_in_a_list() {
    for name in ["plan", "check", "stage"] {
        forged(|text| numbers(text, name, "4294967295"));
    }
}

#[test]
fn times() {
    for name in ["took", "at", "cpu"] {
        for value in ["1e308", "-1e308", "1e-320", "18446744073709551615"] {
            forged(|text| numbers(text, name, value));
        }
    }
}

#[test]
fn places_in_an_output() {
    forged(|text| numbers(text, "end", "18446744073709551615"));
    forged(|text| numbers(text, "start", "18446744073709551615"));
}

#[test]
fn memory_and_jobs() {
    forged(|text| numbers(&numbers(text, "peak_memory", "18446744073709551615"), "jobs", "4294967295"));
}

#[test]
fn files_of_outputs() {
    for file in ["../../../../plan.md", "/etc/passwd", "output/../../x", ""] {
        let said = forged(|text| text.replace("\"output/0.out\"", &format!("\"{file}\"")));
        assert!(!said.contains("root:"), "{said}");
    }
}

#[test]
fn a_name_of_a_run() {
    forged(|text| {
        let head: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        text.replace(head["run"].as_str().expect("a name"), "../../x\\u001b[31m\\u009b\\n::error::x")
    });
}

#[test]
fn depth() {
    assert!(forged(|text| format!("{text}{}\n", "[".repeat(300_000))).contains("cannot be read"));
    assert!(forged(|text| format!("{text}{}\n", "{\"a\":".repeat(300_000))).contains("cannot be read"));
}

#[test]
fn length() {
    forged(|text| format!("{text}{{\"seq\":99,\"type\":\"x\",\"y\":\"{}\"}}\n", "z".repeat(20 << 20)));
}

#[test]
fn ends_that_come_twice() {
    forged(|text| {
        let again: String =
            text.lines().skip(2).map(|line| format!("{}\n", line.replace("exit-code", "passed"))).collect();
        text.to_owned() + &again
    });
}

#[test]
fn stages_that_wait_for_themselves() {
    forged(|text| text.replace("\"needs\":[]", "\"needs\":[0]"));
    forged(|text| text.replace("\"needs\":[]", "\"needs\":[7]"));
}

#[test]
fn an_end_that_is_torn_away() {
    for kept in [1, 2, 3] {
        let said = forged(|text| text.lines().take(kept).map(|line| format!("{line}\n")).collect());
        assert!(!said.contains("HOLDS"), "{said}");
    }
}

#[test]
fn another_form() {
    assert!(forged(|text| text.replacen("/v", "/v9", 1)).contains("this version of plan-run reads"));
}

#[test]
fn a_word_for_an_end_that_nobody_knows() {
    assert!(forged(|text| text.replace("\"exit-code\"", "\"glorious\"")).contains("makes no sense"));
}

#[test]
fn a_history_of_nonsense() {
    let (space, _) = run();
    let line = space.read(".plan-run/history");
    for value in ["1e308", "-1e308", "18446744073709551615", "null"] {
        let mut text: String =
            ["took", "cpu", "peak_memory", "tries"].iter().map(|name| numbers(&line, name, value)).collect();
        text.push_str(&format!(
            "{{\"schema\":\"plan-run/history/v1\",\"plan\":\"plan.md\",\"x\":{}\n",
            "[".repeat(200_000)
        ));
        space.file(".plan-run/history", &text);
        for args in
            [&["run", "plan.md"][..], &["history"], &["run", "--shard", "1/2", "plan.md"], &["nightly", "plan.md"]]
        {
            let done = bounded(&space, args);
            assert!(done.status.is_some_and(|status| status < 5), "{args:?}: {done:?}");
            assert!(!done.stderr.contains("internal error"), "{args:?}: {done:?}");
        }
    }
}

#[test]
fn a_cache_from_the_end_of_time() {
    use crate::support::history::Repository;
    let repository = Repository::new();
    repository.file("plan.md", &PLAN.replace("false", "true"));
    repository.file("plan-run.yaml", "cache:\n  inputs: [plan.md]\n");
    repository.commit();
    assert_eq!(repository.run(&["run", "--cache", "plan.md"]).status, Some(0));
    let cache = repository.root.join(".plan-run/cache");
    let text = std::fs::read_to_string(&cache).expect("there is a cache");
    for value in ["18446744073709551615", "18446744073709551614"] {
        std::fs::write(&cache, numbers(&text, "used", value)).expect("it can be written");
        let done = repository.run(&["run", "--cache", "plan.md"]);
        assert_eq!(done.status, Some(0), "{done:?}");
    }
}
