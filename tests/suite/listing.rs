//! Tests of `list`, `graph` and `--dry-run` over plans made by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use plan_run::cli::{Drawn, Listed, Sandboxes, dry_run, graph_dot, graph_mermaid, graph_text, list_json, list_text};
use plan_run::config::{Leftovers, Retries};
use plan_run::diagnostic::{Diagnostics, codes};
use plan_run::graph::Graph;
use plan_run::plan::{
    Check, CheckId, Expect, Kind, Limit, LimitOf, Need, NeedSource, OutputRule, Plan, Script, ScriptId, Setup, Stage,
    StageId, StatusRule,
};
use plan_run::select::{Filter, Selection, select};
use plan_run::source::{Source, Span};

fn stage(label: &str, title: &str, line: u32, needs: &[u32], source: NeedSource) -> Stage {
    Stage {
        label: label.to_owned(),
        title: title.to_owned(),
        span: Span::default(),
        line,
        needs: needs.iter().map(|&need| Need { stage: StageId(need), span: None }).collect(),
        needs_source: source,
        checks: Vec::new(),
        timeout: None,
        retries: Retries::default(),
        leftovers: None,
        env: BTreeMap::new(),
        sandbox: Vec::new(),
        skip: None,
        inputs: None,
        tick: None,
        claimed: false,
    }
}

fn check(label: &str, line: u32, kind: Kind, command: Option<&str>) -> Check {
    Check {
        label: label.to_owned(),
        stage: StageId(0),
        kind,
        span: Span::default(),
        line,
        command: command.map(str::to_owned),
        cwd: None,
        risk: None,
        terminal: None,
        expect: None,
        text: command.map_or_else(|| "The dialog opens centred".to_owned(), |command| format!("Test: `{command}`")),
        script: None,
        rule: "validation",
        because: None,
        scene: false,
        writes: false,
        uses: BTreeMap::new(),
        weight: 1,
        launcher: None,
        demand: plan_run::config::Demand::default(),
        jobs: None,
        timeout: None,
        retries: None,
        leftovers: None,
        tick: None,
    }
}

fn expect(words: &str, status: StatusRule, output: Option<OutputRule>) -> Option<Expect> {
    Some(Expect { words: words.to_owned(), status, output })
}

/// A plan whose stage `3` joins the branches `1` and `1.5`.
fn plan() -> Arc<Plan> {
    let mut stages = vec![
        stage("0", "Set up", 5, &[], NeedSource::None),
        stage("1", "Count \"all\" <b>", 9, &[0], NeedSource::Declared),
        stage("1.5", "Show\u{1b}[31m them", 20, &[0], NeedSource::Default),
        stage("3", "Join", 30, &[1, 2], NeedSource::Configured),
    ];
    stages[2].timeout = Some(Duration::from_secs(90));
    stages[3].skip = Some("not on this machine".to_owned());
    let checks = vec![
        (0, check("0.1", 7, Kind::Command, Some("cd web"))),
        (0, check("0.2", 8, Kind::Command, Some("make \\\n  all\n"))),
        (1, check("1.1", 11, Kind::Red, Some("make test"))),
        (1, check("1.2", 12, Kind::Command, Some("git push"))),
        (1, check("1.3", 113, Kind::Manual, None)),
        (2, check("1.5.1", 22, Kind::Command, Some("grep -c x y"))),
        (3, check("3.1", 32, Kind::Command, Some("true"))),
    ];
    let mut plan = Plan {
        source: Arc::new(Source::from_text("docs/plan.md", "# Plan\n")),
        title: "Count things".to_owned(),
        dialect: "staged",
        stages,
        checks: Vec::new(),
        directed: Vec::new(),
        boxes: Vec::new(),
        scripts: vec![Script { checks: vec![CheckId(0), CheckId(1)] }],
    };
    for (index, (stage, mut check)) in checks.into_iter().enumerate() {
        check.stage = StageId(stage);
        plan.stages[stage as usize].checks.push(CheckId(u32::try_from(index).expect("few")));
        plan.checks.push(check);
    }
    plan.checks[0].script = Some(ScriptId(0));
    plan.checks[1].script = Some(ScriptId(0));
    plan.checks[2].expect = expect("fails", StatusRule::NonZero, None);
    plan.checks[3].risk = Some("publishes".to_owned());
    plan.checks[5].cwd = Some("web".to_owned());
    plan.checks[5].expect =
        expect("exits 1 and prints `0`", StatusRule::Exactly(1), Some(OutputRule::Contains("0".to_owned())));
    Arc::new(plan)
}

fn listed(plan: Arc<Plan>) -> Listed {
    Listed { plan: Some(plan), diagnostics: Diagnostics::default(), sandboxes: Sandboxes::default() }
}

fn drawn() -> Drawn {
    let plan = plan();
    let graph = Graph::build(&plan, &mut Diagnostics::default()).expect("no cycle");
    Drawn { plan, graph }
}

fn selection(red: bool) -> Selection {
    let Drawn { plan, graph } = drawn();
    let setup = Setup {
        root: PathBuf::from("/repo"),
        timeout: Limit { time: Duration::from_secs(600), of: LimitOf::Default },
        retries: Retries::default(),
        leftovers: Leftovers::default(),
        env: BTreeMap::new(),
        shell: Some(vec!["bash".to_owned(), "-eu".to_owned()]),
        resources: BTreeMap::new(),
        launchers: BTreeMap::new(),
        launcher: None,
        sandbox: Default::default(),
    };
    Selection { plans: vec![select(plan, graph, setup, Filter { red, ..Filter::default() })] }
}

#[test]
fn a_plan_is_listed_for_people() {
    assert_eq!(
        list_text(&[listed(plan())], false),
        "docs/plan.md: Count things
staged plan, 4 stages, 4 commands, 1 red, 1 manual, 1 held back

  stage 0 Set up (line 5)
    needs nothing
    0.1  command    line 7  cd web
    0.2  command    line 8  make \\ (and 1 more line)

  stage 1 Count \"all\" <b> (line 9)
    needs 0 (by the plan)
    1.1  red        line  11  make test [expects: fails]
    1.2  held back  line  12  git push [publishes]
    1.3  manual     line 113  The dialog opens centred

  stage 1.5 Show them (line 20)
    needs 0 (by default)
    1.5.1  command    line 22  grep -c x y [in web] [expects: exits 1 and prints `0`]

  stage 3 Join (line 30)
    needs 1, 1.5 (by the configuration)
    skipped by the configuration: not on this machine
    3.1  command    line 32  true
"
    );
}

#[test]
fn a_plan_is_listed_for_programs() {
    let plan = plan();
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(codes::unclosed_fence(&plan.source, Span::new(2, 4)));
    let listed = [Listed { plan: Some(plan), diagnostics, sandboxes: Sandboxes::default() }, unreadable()];
    let text = list_json(&listed);
    assert!(text.starts_with("{\n  \"schema\": \"plan-run/plan/v1\",\n") && text.ends_with("}\n"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["plans"].as_array().map(Vec::len), Some(1));
    let plan = &json["plans"][0];
    assert_eq!(
        (&plan["path"], &plan["title"], &plan["dialect"]),
        (&"docs/plan.md".into(), &"Count things".into(), &"staged".into())
    );
    let stage = &plan["stages"][3];
    assert_eq!(
        stage,
        &serde_json::json!({
            "id": "3", "title": "Join", "line": 30, "depends_on": ["1", "1.5"], "depends_source": "configured",
            "skip": "not on this machine", "timeout_seconds": null,
            "checks": [{
                "id": "3.1", "kind": "command", "line": 32, "command": "true", "cwd": null, "risk": null,
                "terminal": null,
                "expect": null, "text": "Test: `true`", "expected": null, "script": null, "rule": "validation",
            }],
        })
    );
    assert_eq!(plan["stages"][2]["timeout_seconds"], 90.0);
    let sources: Vec<&str> = (0..4).filter_map(|at| plan["stages"][at]["depends_source"].as_str()).collect();
    assert_eq!(sources, ["none", "declared", "default", "configured"]);
    let check = &plan["stages"][2]["checks"][0];
    assert_eq!(
        (&check["cwd"], &check["expect"], &check["expected"]),
        (&"web".into(), &"exits 1 and prints `0`".into(), &serde_json::json!({"status": 1, "output": "0"}))
    );
    let checks = &plan["stages"][1]["checks"];
    assert_eq!((&checks[0]["kind"], &checks[0]["expected"]["status"]), (&"red".into(), &"non-zero".into()));
    assert_eq!((&checks[1]["risk"], &checks[2]["command"]), (&"publishes".into(), &serde_json::Value::Null));
    assert_eq!(
        (&plan["stages"][0]["checks"][1]["script"], &checks[0]["script"]),
        (&0.into(), &serde_json::Value::Null)
    );
    assert_eq!(plan["stages"][0]["checks"][1]["command"], "make \\\n  all\n", "as it stands in the plan");
    assert_eq!(
        json["diagnostics"],
        serde_json::json!([
            {
                "code": "unclosed-fence", "severity": "error",
                "message": "this fence is never closed; everything after it reads as code",
                "path": "docs/plan.md", "line": 1, "column": 3,
                "help": "close it with a line of the same marker",
            },
            {
                "code": "unreadable", "severity": "error", "message": "cannot read gone.md: no such file",
                "path": null, "line": null, "column": null, "help": null,
            },
        ])
    );
}

fn unreadable() -> Listed {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(codes::unreadable("gone.md", "no such file"));
    Listed { plan: None, diagnostics, sandboxes: Sandboxes::default() }
}

#[test]
fn a_graph_is_drawn_for_people() {
    assert_eq!(
        graph_text(&[drawn()]),
        "docs/plan.md: Count things
  wave 1
    0 Set up -> 1, 1.5
  wave 2
    1 Count \"all\" <b> -> 3
    1.5 Show them -> 3
  wave 3
    3 Join
"
    );
}

#[test]
fn a_graph_is_drawn_for_mermaid() {
    assert_eq!(
        graph_mermaid(&[drawn()]),
        "graph TD
  s0[\"0 Set up\"]
  s1[\"1 Count #34;all#34; #60;b#62;\"]
  s2[\"1.5 Show them\"]
  s3[\"3 Join\"]
  s0 --> s1
  s0 --> s2
  s1 --> s3
  s2 --> s3
"
    );
    let two = graph_mermaid(&[drawn(), drawn()]);
    assert!(two.starts_with("graph TD\n  subgraph p0[\"docs/plan.md\"]\n    p0s0[\"0 Set up\"]\n"), "{two}");
    assert!(two.ends_with("    p1s2 --> p1s3\n  end\n"), "{two}");
}

#[test]
fn a_graph_is_drawn_for_graphviz() {
    assert_eq!(
        graph_dot(&[drawn()]),
        "digraph plan {
  rankdir=TB;
  node [shape=box];
  s0 [label=\"0 Set up\"];
  s1 [label=\"1 Count \\\"all\\\" <b>\"];
  s2 [label=\"1.5 Show them\"];
  s3 [label=\"3 Join\"];
  s0 -> s1;
  s0 -> s2;
  s1 -> s3;
  s2 -> s3;
}
"
    );
    let two = graph_dot(&[drawn(), drawn()]);
    assert!(
        two.contains("  subgraph cluster_1 {\n    label=\"docs/plan.md\";\n    p1s0 [label=\"0 Set up\"];\n"),
        "{two}"
    );
    assert_eq!(two.matches('{').count(), two.matches('}').count());
}

#[test]
fn a_dry_run_tells_what_runs_and_what_does_not() {
    assert_eq!(
        dry_run(&selection(false)),
        "docs/plan.md: Count things
in /repo
with the shell bash -eu

wave 1
  stage 0 Set up
     1. cd web
        check 0.1, line 7, in one shell with its neighbours, at most 10m 00s
     2. make \\ (and 1 more line)
        check 0.2, line 8, in one shell with its neighbours, at most 10m 00s

wave 2
  stage 1.5 Show them (after 0)
     3. grep -c x y
        check 1.5.1, line 22, in web, must exit with 1, must print \"0\", at most 1m 30s

not run
        make test
        check 1.1, line 11: must fail before the work is done; runs with --red
        git push
        check 1.2, line 12: held back: publishes
        The dialog opens centred
        check 1.3, line 113: a person must do it
        true
        check 3.1, line 32: skipped by the configuration: not on this machine

3 checks would run, 4 would not
"
    );
}

#[test]
fn a_dry_run_with_red_runs_what_must_fail() {
    let text = dry_run(&selection(true));
    assert!(text.contains("     3. make test\n        check 1.1, line 11, must fail, at most 10m 00s\n"), "{text}");
    assert!(text.ends_with("\n4 checks would run, 3 would not\n"), "{text}");
    assert_eq!(dry_run(&Selection::default()), "nothing would run\n");
}
