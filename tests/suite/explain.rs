//! The verb `explain`: every decision, with the rule and the words that led there.

use crate::support::space::Space;

const PLAN: &str = "# Implementation Plan: Tiles\n\n## Stage 1: Cut\n\n### Changes\n\n- [ ] Run `npm install`\n\n### Validation\n\n- [ ] `make cut`\n- [ ] `git push origin main`\n- [ ] The edges are smooth\n- [ ] The log no longer contains `make old`\n\n**Step 2: Run test (expect failure)**\n\n```sh\nmake missing\n```\n";

#[test]
fn each_line_is_told_with_rule_and_words() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let explained = space.run(&["explain", "plan.md"]);
    assert_eq!(explained.status, Some(0), "{}", explained.stderr);
    assert_eq!(
        explained.stdout,
        "plan.md: read as staged plan

plan.md:7: not a check: npm install
    because what stands there is not asked for as proof
    the words: ### Changes (line 5)

plan.md:11: command 1.1: make cut
    because a code span of an item in a checking place that the item asks to run (item-command)
    the words: ### Validation (line 9)

plan.md:12: held back 1.2: git push origin main
    because a code span of an item in a checking place that the item asks to run; held back: it publishes or deploys (item-command)
    the words: ### Validation (line 9)

plan.md:13: manual 1.3: The edges are smooth
    because a criterion in words, which only a person can judge (prose)
    the words: ### Validation (line 9)

plan.md:14: manual 1.4: The log no longer contains `make old`
    because a criterion in words, which only a person can judge (prose)
    the words: ### Validation (line 9)

plan.md:19: red 1.5: make missing
    because the plan says that it must fail at this point (expected-failure)
    the words: Step 2: Run test (expect failure) (line 16)
"
    );
}

#[test]
fn one_line_and_the_form_for_programs() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let one = space.run(&["explain", "plan.md:13"]).stdout;
    assert!(one.contains("plan.md:13: manual") && !one.contains("plan.md:11"), "{one}");
    let none = space.run(&["explain", "plan.md:1"]).stdout;
    assert!(none.contains("nothing there looks like a command or a criterion"), "{none}");
    let json = space.run(&["explain", "--format", "json", "plan.md:12"]).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let decision = &document["plans"][0]["decisions"][0];
    assert_eq!(decision["decision"], "held back");
    assert_eq!((&decision["rule"], &decision["words_line"]), (&"item-command".into(), &9.into()));
}

#[test]
fn a_list_marks_the_same_in_short() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    let head = "plan.md: Implementation Plan: Tiles
staged plan, 1 stage, 1 command, 1 red, 2 manual, 1 held back, 1 not a check

  stage 1 Cut (line 3)
    needs nothing
    1.1  command    line 11  make cut
    1.2  held back  line 12  git push origin main [it publishes or deploys]
    1.3  manual     line 13  The edges are smooth
    1.4  manual     line 14  The log no longer contains `make old`
    1.5  red        line 19  make missing
";
    assert_eq!(space.run(&["list", "plan.md"]).stdout, format!("{head}\n  not a check: line 7 (`--all` lists them)\n"));
    let why = "what stands there is not asked for as proof";
    assert_eq!(
        space.run(&["list", "--all", "plan.md"]).stdout,
        format!("{head}\n  not a check\n    line 7  npm install [{why}]\n")
    );
    space.file("plan.md", DIRECTED);
    let directed = space.run(&["list", "--all", "plan.md"]).stdout;
    assert!(
        directed.contains("    1.1  manual     line 14  make cut [at most 5m 00s] [the author says so]\n"),
        "{directed}"
    );
    assert!(directed.contains("    line 15  make polish [the author says so to plan-run"), "{directed}");
}

const DIRECTED: &str = "---
plan-run:
  checks:
    - text: make cut
      as: manual
      timeout: 5m
    - line: 15
      as: ignore
---
# Implementation Plan: Tiles

## Stage 1: Cut
### Validation
- [ ] `make cut`
- [ ] `make polish`
<!-- plan-run: command cwd=web -->
- [ ] Nothing is lost in `make show`
";

#[test]
fn what_the_author_says_is_told_with_its_line() {
    let space = Space::new();
    space.file("plan.md", DIRECTED);
    let explained = space.run(&["explain", "plan.md"]);
    assert_eq!((explained.status, explained.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        explained.stdout,
        "plan.md: read as staged plan

plan.md:14: manual 1.1: make cut
    because the author says so to plan-run, in a comment or in front matter (directive)
    the words: as: manual (line 5)
    and by the author's word: timeout=5m (line 6)

plan.md:15: not a check: make polish
    because the author says so to plan-run, in a comment or in front matter (directive)
    the words: as: ignore (line 8)

plan.md:17: command 1.2: make show
    because the author says so to plan-run, in a comment or in front matter (directive)
    the words: <!-- plan-run: command cwd=web --> (line 16)
    and by the author's word: cwd=web (line 16)
"
    );
    let json = space.run(&["explain", "--format", "json", "plan.md:14"]).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        document["plans"][0]["decisions"][0]["directives"],
        serde_json::json!([{ "says": "manual", "line": 5 }, { "says": "timeout=5m", "line": 6 }])
    );
}

#[test]
fn an_entry_that_speaks_of_nothing_is_an_error() {
    let space = Space::new();
    space.file("plan.md", &DIRECTED.replace("line: 15", "line: 18").replace("make cut\n ", "make\n "));
    let explained = space.run(&["list", "plan.md"]);
    assert_eq!(explained.status, Some(3));
    assert_eq!(
        explained.stderr,
        "error[ambiguous-line]: `make` stands on lines 14, 15, 17
  --> plan.md:4:13
   |
 4 |     - text: make
   |             ^^^^ which of them?
...
14 | - [ ] `make cut`
   | ---------------- here
15 | - [ ] `make polish`
   | ------------------- here
16 |
17 | - [ ] Nothing is lost in `make show`
   | ------------------------------------ here
   |
   = help: name the line by its number, such as `line: 14`, or copy more of its words

error[idle-entry]: there is no check on line 18
 --> plan.md:7:13
  |
7 |     - line: 18
  |             ^^ named here
  |
  = help: name the line of an item, of a command, of a block's opening or of a stage's heading; `plan-run explain` shows what was read on which line
"
    );
}

#[test]
fn a_dialect_can_be_named() {
    let space = Space::new();
    space.file(
        "plan.md",
        "## Stage 1: A\n\n### Validation\n\n- `true`\n\n## Stage 2: B\n\n### Validation\n\n- `true`\n",
    );
    let own = space.run(&["list", "plan.md"]).stdout;
    assert!(own.contains("staged plan") && !own.contains("needs 1"), "{own}");
    let named = space.run(&["list", "--dialect", "freeform", "plan.md"]).stdout;
    assert!(named.contains("freeform plan") && named.contains("needs 1 (by default)"), "{named}");
    assert_eq!(space.run(&["--dialect", "freeform", "list", "plan.md"]).stdout, named);
    let wrong = space.run(&["list", "--dialect", "stagd", "plan.md"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("did you mean `staged`?"), "{}", wrong.stderr);
    assert_eq!(
        space.run(&["list", "--dialect", "nonsense", "plan.md"]).stderr,
        "plan-run: --dialect: `nonsense` is no dialect; the dialects are: workstream, xml-tasks, task-list, \
         numbered-tasks, change-tasks, validation-loop, plan-of-work, story, phases, staged, tdd, freeform\n"
    );
}
