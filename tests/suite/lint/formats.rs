//! Findings for programs: JSON, SARIF, and commands for a workflow.

use std::collections::BTreeSet;

use serde_json::{Value, json as value};

use super::command::{only, warned, wrong};
use crate::support::schema::Schema;
use crate::support::space::Space;

/// A plan with characters of which one takes two UTF-16 code units, with a warning, an error, one with two places, and
/// something that can be mended.
fn plan() -> String {
    let text = wrong().replace("## Stage 1: Read", "## Stage 1: Réad 📖");
    format!(
        "{text}\n## Stage 2: Write\n\n<!-- plan-run: manual --> <!-- plan-run: allow missing-changes none -->\n\
         Depends on: Stage 1\n\n## Stage Dependencies\n\nStage 2 can run in parallel with Stage 1.\n"
    )
}

fn parsed(space: &Space, args: &[&str]) -> Value {
    let shown = space.run(&[&["lint"], args].concat());
    serde_json::from_str(&shown.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", shown.stdout, shown.stderr))
}

#[test]
fn json_is_what_its_schema_says() {
    let space = Space::new();
    space.file("plan-run.yaml", &only().replace("    unused-allow: off\n", "")).file("plan.md", &plan());
    let found = parsed(&space, &["--format", "json", "plan.md"]);
    let schema = Schema::read("lint.schema.json");
    schema.check(&found);
    assert_eq!(schema.unused(std::slice::from_ref(&found)), Vec::<&str>::new());
    let first = &found["plans"][0]["findings"][0];
    assert_eq!(first["code"], "missing-validation");
    let place = value!({"path": "plan.md", "line": 3, "column": 1, "end_line": 3, "end_column": 19, "text": ""});
    assert_eq!((&first["place"], &first["fix"]), (&place, &Value::Null));
    let findings = found["plans"][0]["findings"].as_array().expect("a list");
    let unused = findings.iter().find(|finding| finding["code"] == "unused-allow").expect("it is unused");
    assert_eq!(unused["fix"]["edits"][0]["old"], " <!-- plan-run: allow missing-changes none -->");
    let order = findings.iter().find(|finding| finding["code"] == "contradicting-order").expect("it contradicts");
    assert!(order["related"][0]["text"].as_str().is_some_and(|text| text.contains("is followed")), "{order}");
}

#[test]
fn sarif_has_rules_places_and_fixes() {
    let space = Space::new();
    space.file("plan-run.yaml", &only().replace("    unused-allow: off\n", ""));
    space.file("docs/my plan#1.md", &plan());
    let log = parsed(&space, &["--format", "sarif", "docs/my plan#1.md"]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!((&run["tool"]["driver"]["name"], &run["columnKind"]), (&value!("plan-run"), &value!("utf16CodeUnits")));
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "each rule is there once");
    let results = run["results"].as_array().expect("a list");
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().expect("a number") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("## Why")), "{rule}");
    }
    let result = |code: &str| results.iter().find(|result| result["ruleId"] == code).expect("it is found");
    let first = &result("missing-validation")["locations"][0]["physicalLocation"];
    assert_eq!(first["artifactLocation"]["uri"], "docs/my%20plan%231.md");
    assert_eq!(first["region"], value!({"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 20}));
    assert_eq!(result("contradicting-order")["relatedLocations"].as_array().map(Vec::len), Some(1));
    let change = &result("unused-allow")["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "docs/my%20plan%231.md");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startColumn"], 26);
    let clean = parsed(&space, &["--format", "sarif", "plan-run.yaml"]);
    assert!(clean["runs"][0]["results"].is_array(), "no result is not the same as an empty list");
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let mut space = Space::new();
    space.file("plan-run.yaml", &only()).file("plan.md", &wrong().replace("Read", "Read 100%, x::y"));
    space.file("other.md", &warned());
    space.env("GITHUB_ACTIONS", "true");
    let shown = space.run(&["lint", "--format", "github", "plan.md", "other.md"]);
    assert_eq!(shown.status, Some(1));
    assert_eq!(
        shown.stdout,
        "::error file=plan.md,line=3,endLine=3,col=1,endColumn=28,title=missing-validation::stage 1 does not say how \
         to find out whether it holds%0Aadd `### Validation` with one to three commands\n\
         ::warning file=other.md,line=3,endLine=3,col=1,endColumn=17,title=missing-objective::stage 1 does not say \
         what it is to reach%0Aadd `### Objective` with a sentence or two\n"
    );
    let hostile = "x%0A\u{1b}[31m ##[error]obey ::error::obey";
    space.file("plan.md", &format!("{}\n<!-- plan-run: allow {hostile} -->\n", wrong()));
    space.file("plan-run.yaml", &only().replace("    unknown-allow: off\n", ""));
    let shown = space.run(&["lint", "--format", "github", "plan.md"]);
    let ours =
        |line: &str| ["::error file=plan.md,", "::warning file=plan.md,"].iter().any(|start| line.starts_with(start));
    assert!(shown.stdout.lines().count() > 1 && shown.stdout.lines().all(ours), "{}", shown.stdout);
    assert!(!shown.stdout.contains("##[") && !shown.stdout.contains('\u{1b}'), "{}", shown.stdout);
}
