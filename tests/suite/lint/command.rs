//! The verb with the real binary: formats, exit codes, explanations, hostile input.

use plan_run::lint::RULES;
use serde_json::Value;

use crate::support::schema::Schema;
use crate::support::space::Space;

pub(super) const CLEAN: &str = "# Plan\n\n## Stage 1: Read\n\n### Objective\n\nIt reads.\n\n### Changes\n\n- [ ] Add \
                     `read()` to `src/file.rs:12`\n- [ ] Test it\n\n### Validation\n\n- [ ] `true`\n";

/// A plan with a warning.
pub(super) fn warned() -> String {
    CLEAN.replace("### Objective\n\nIt reads.\n\n", "")
}

/// A plan with an error.
pub(super) fn wrong() -> String {
    CLEAN.replace("### Validation\n\n- [ ] `true`\n", "")
}

/// A configuration that turns off all rules of which these tests do not speak.
pub(super) fn only() -> String {
    const KEPT: [&str; 3] = ["missing-objective", "missing-changes", "missing-validation"];
    let off = RULES.iter().filter(|rule| !KEPT.contains(&rule.code)).map(|rule| format!("    {}: off\n", rule.code));
    format!("lint:\n  rules:\n{}", off.collect::<String>())
}

#[test]
fn findings_are_shown_with_their_lines() {
    let space = Space::new();
    space.file("plan-run.yaml", &only()).file("plan.md", &warned());
    let shown = space.run(&["lint", "plan.md"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        shown.stdout,
        "warning[missing-objective]: stage 1 does not say what it is to reach
 --> plan.md:3:1
  |
3 | ## Stage 1: Read
  | ^^^^^^^^^^^^^^^^
  |
  = help: add `### Objective` with a sentence or two

1 warning in 1 plan; `plan-run lint --explain CODE` tells more of a code
"
    );
}

#[test]
fn the_exit_code_tells_what_was_found() {
    let space = Space::new();
    space.file("plan-run.yaml", &only());
    space.file("clean.md", CLEAN).file("warned.md", &warned()).file("wrong.md", &wrong());
    let status = |args: &[&str]| space.run(&[&["lint"], args].concat()).status;
    assert_eq!(status(&["clean.md"]), Some(0));
    assert_eq!(status(&["warned.md"]), Some(0));
    assert_eq!(status(&["--deny", "warnings", "clean.md"]), Some(0));
    assert_eq!(status(&["--deny", "warnings", "warned.md"]), Some(1));
    assert_eq!(status(&["clean.md", "wrong.md"]), Some(1));
    assert_eq!(status(&["--deny", "notes", "clean.md"]), Some(2));
    assert_eq!(status(&["gone.md"]), Some(2));
    assert_eq!(space.run(&["lint", "clean.md"]).stdout, "nothing found in 1 plan\n");
    let nothing = Space::new().run(&["lint"]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (Some(4), ""));
    assert!(nothing.stderr.contains("no plan found"), "{}", nothing.stderr);
}

#[test]
fn without_a_name_plans_are_found_where_they_usually_live() {
    let space = Space::new();
    space.file("plan-run.yaml", &only()).file("docs/plans/a.md", &wrong()).file("other.md", &wrong());
    let found = space.run(&["lint"]);
    assert_eq!(found.status, Some(1));
    assert!(found.stderr.contains("found 1 plan: docs/plans/a.md"), "{}", found.stderr);
    assert!(found.stdout.contains(" --> docs/plans/a.md:3:1"), "{}", found.stdout);
}

#[test]
fn a_plan_that_cannot_be_read_is_told_beside_the_others() {
    let space = Space::new();
    space.file("plan-run.yaml", &only()).file("wrong.md", &wrong());
    std::fs::create_dir(space.at("folder")).expect("a folder can be made");
    std::os::unix::fs::symlink("nowhere", space.at("dangling.md")).expect("a link can be made");
    let glob = space.run(&["lint", "--format", "json", "*.md"]);
    assert_eq!(glob.status, Some(1), "a link to nothing is no plan: {}", glob.stderr);
    std::fs::remove_file(space.at("dangling.md")).expect("it is there");
    let file = std::fs::File::create(space.at("big.md")).expect("a file can be made");
    file.set_len(257 * 1024 * 1024).expect("a file with a hole can be made");
    let big = space.run(&["lint", "--format", "json", "big.md", "wrong.md"]);
    assert_eq!(big.status, Some(3));
    let found: Value = serde_json::from_str(&big.stdout).expect("JSON");
    Schema::read("lint.schema.json").check(&found);
    assert_eq!(found["plans"][0]["dialect"], Value::Null);
    assert_eq!(found["plans"][0]["findings"][0]["code"], "unreadable");
    assert_eq!(found["plans"][1]["findings"][0]["code"], "missing-validation");
}

#[test]
fn codes_are_explained_and_listed() {
    let space = Space::new();
    let rule = space.run(&["lint", "--explain", "missing-objective"]);
    assert_eq!(rule.status, Some(0));
    assert!(rule.stdout.starts_with("# missing-objective\n\nFinds a stage that "), "{}", rule.stdout);
    assert!(rule.stdout.contains("(warning, in staged plans)"), "{}", rule.stdout);
    let read = space.run(&["lint", "--explain", "dependency-cycle"]);
    assert!(read.stdout.contains("error of the reader"), "{}", read.stdout);
    let unknown = space.run(&["lint", "--explain", "missing-objektive"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (Some(2), ""));
    assert_eq!(
        unknown.stderr,
        "plan-run: --explain: no rule has the code `missing-objektive`; did you mean `missing-objective`? \
         `plan-run lint --rules` lists all codes\n"
    );
    let rules = space.run(&["lint", "--rules"]);
    assert_eq!(rules.status, Some(0));
    assert!(rules.stdout.lines().any(|line| line.starts_with("missing-objective ") && line.contains(" warning ")));
    assert_eq!(space.run(&["lint", "--rules", "plan.md"]).status, Some(2));
}

#[test]
fn a_wrong_level_is_refused_by_every_verb() {
    let space = Space::new();
    space.file("plan.md", CLEAN).file("plan-run.yaml", "lint:\n  rules:\n    mising-objective: off\n");
    for verb in ["lint", "list", "run"] {
        let refused = space.run(&[verb, "plan.md"]);
        assert_eq!(refused.status, Some(2), "{verb}");
        assert!(refused.stderr.contains("did you mean `missing-objective`?"), "{}", refused.stderr);
        assert!(refused.stderr.contains(" --> plan-run.yaml:3:5"), "{}", refused.stderr);
    }
}

#[test]
fn nothing_that_a_terminal_obeys_gets_through() {
    let space = Space::new();
    let hostile = "\u{1b}[31mred\u{1b}]0;title\u{7} \u{9b}1m \u{202e}drow\r";
    space.file("plan-run.yaml", &only());
    let heading = format!("## Stage 1: Read {hostile}");
    space.file("plan.md", &wrong().replace("## Stage 1: Read", &heading));
    let shown = space.run(&["lint", "--color", "never", "plan.md"]);
    assert_eq!(shown.status, Some(1), "{}", shown.stderr);
    let obeyed = |text: &str| text.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}');
    assert!(!obeyed(&shown.stdout), "{:?}", shown.stdout);
}
