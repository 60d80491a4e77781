//! In which sandbox commands would run, shown where one looks before a run. Nothing here runs, so that it is the same
//! on every system.

use crate::support::history::Repository;

const PLAN: &str = "# Implementation Plan: Kiln

## Stage 1: Fire

### Validation

- [ ] `true`
- [ ] The tiles shine

## Stage 2: Look

### Validation

- [ ] `test -d .`

## Stage 3: Judge

### Validation

- [ ] The colour is right
";

const CONFIG: &str = "sandbox:
  mode: require
  write: [reports/]
  read: [\"~/.kiln\", /srv/kiln]
  env: [KILN_HOME]
  memory: 1536M
  cpu_time: 5m
stages:
  '2':
    sandbox: false
";

fn repository(plan: &str, config: &str) -> Repository {
    let repository = Repository::new();
    repository.file("plan.md", plan);
    if !config.is_empty() {
        repository.file("plan-run.yaml", config);
    }
    repository.commit();
    repository
}

fn shown(repository: &Repository, args: &[&str]) -> String {
    let done = repository.run(args);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{done:?}");
    done.stdout
}

fn json(repository: &Repository, verb: &str) -> serde_json::Value {
    serde_json::from_str(&shown(repository, &[verb, "--format", "json", "plan.md"])).expect("JSON")
}

const SHORT: &str = "    in a sandbox: require, no network, 2 paths more to read, 1 path more to write, 1 variable more, memory 1536M, \
                     cpu_time 5m 00s\n";

#[test]
fn a_list_and_a_dry_run_tell_it_of_each_stage_in_short() {
    let repository = repository(PLAN, CONFIG);
    let list = shown(&repository, &["list", "plan.md"]);
    assert!(list.contains(&format!("  stage 1 Fire (line 3)\n    needs nothing\n{SHORT}")), "{list}");
    assert!(list.contains("  stage 2 Look (line 10)\n    needs nothing\n    in no sandbox\n    2.1"), "{list}");
    assert!(
        list.contains("  stage 3 Judge (line 16)\n    needs nothing\n    3.1  manual"),
        "nothing runs there: {list}"
    );
    let dry = shown(&repository, &["run", "--dry-run", "plan.md"]);
    assert!(dry.contains(&format!("  stage 1 Fire\n{SHORT}     1. true\n")), "{dry}");
    assert!(dry.contains("  stage 2 Look\n    in no sandbox\n     2. test -d .\n"), "{dry}");
    // The command line has the last word about a run.
    let strict = shown(&repository, &["run", "--dry-run", "--sandbox=strict", "plan.md"]);
    assert_eq!(
        strict.matches("    in a sandbox: strict, no network, memory 1536M, cpu_time 5m 00s\n").count(),
        2,
        "{strict}"
    );
    let none = shown(&repository, &["run", "--dry-run", "--no-sandbox", "plan.md"]);
    assert!(!none.contains("sandbox"), "{none}");
}

#[test]
fn explain_tells_all_of_it() {
    let repository = repository(PLAN, CONFIG);
    let explained = shown(&repository, &["explain", "plan.md:7"]);
    assert!(
        explained.ends_with(
            "    in a sandbox: require, no network, reads /srv/kiln ~/.kiln, writes reports/, sees KILN_HOME, memory 1536M, \
             cpu_time 5m 00s\n"
        ),
        "{explained}"
    );
    let all = shown(&repository, &["explain", "plan.md"]);
    assert_eq!(all.matches("in a sandbox").count(), 1, "neither words nor what runs without one: {all}");
}

#[test]
fn programs_are_told_all_of_it() {
    let repository = repository(PLAN, CONFIG);
    let sandbox = serde_json::json!({
        "mode": "require", "network": false, "sockets": false, "read": ["/srv/kiln", "~/.kiln"], "write": ["reports/"],
        "env": ["KILN_HOME"],
        "limits": {"memory": 1_610_612_736, "cpu_time_seconds": 300.0, "processes": null, "file_size": null},
    });
    let list = json(&repository, "list");
    let check = |stage: usize, check: usize| &list["plans"][0]["stages"][stage]["checks"][check];
    assert_eq!(check(0, 0)["sandbox"], sandbox);
    for without in [check(0, 1), check(1, 0), check(2, 0)] {
        assert!(without.get("sandbox").is_none(), "{without:#}");
    }
    let explain = json(&repository, "explain");
    assert_eq!(explain["plans"][0]["decisions"][0]["sandbox"], sandbox);
    assert!(explain["plans"][0]["decisions"][1].get("sandbox").is_none());
}

#[test]
fn what_a_plan_narrows_is_told_and_what_has_no_sandbox_is_not() {
    let narrowed = format!("---\nplan-run: {{ sandbox: {{ processes: 9, network: false }} }}\n---\n{PLAN}");
    let both = repository(&narrowed, "sandbox: { network: true, sockets: true }\n");
    let list = shown(&both, &["list", "plan.md"]);
    assert_eq!(list.matches("    in a sandbox: on, no network, UNIX sockets, processes 9\n").count(), 2, "{list}");
    let open = repository(PLAN, "sandbox: { network: true }\n");
    assert!(shown(&open, &["list", "plan.md"]).contains("    in a sandbox: on, network\n"));
    let none = repository(PLAN, "");
    for args in [&["list", "plan.md"][..], &["explain", "plan.md"], &["run", "--dry-run", "plan.md"]] {
        assert!(!shown(&none, args).contains("sandbox"), "{args:?}");
    }
    assert!(!json(&none, "list").to_string().contains("sandbox"));
}
