//! Trees, drawn with lines or by indentation.

use super::*;

#[test]
fn trees() {
    check(
        "
Stage 1 types
 └─► Stage 2 parser
      ├─► Stage 3 printer
      │    └─► Stage 4 colours
      └─► Stage 5 docs
",
        "1 1>2 2>3 3>4 2>5",
    );
    check(
        "
Stage 1
├── Stage 2
│   ├── Stage 3
│   └── Stage 4
└── Stage 5
",
        "1 1>2 2>3 2>4 1>5",
    );
    check(
        "
Stage 1
|-- Stage 2
|   `-- Stage 3
|-- Stage 4
Stage 5
`-- Stage 6
",
        "1 1>2 2>3 1>4 5 5>6",
    );
    check(
        "
Stage 1
  |
  +-- Stage 2
  |     |
  |     +-> Stage 3
  |
  +-- Stage 4
",
        "1 1>2 2>3 1>4",
    );
    check("Stage 1\n  +--> Stage 2\n  +--> Stage 3", "1 1>2 1>3");
    check("Stage 1\n  ↳ Stage 2\n      ↳ Stage 3", "1 1>2 2>3");
}

#[test]
fn tree_with_corners_off_the_parents_words() {
    check("T1\n       └─► T2\n              └─► T3".replace('T', "Stage ").as_str(), "1 1>2 2>3");
    check_plan("T1|T2|T3", "T1\n      ├─► T2\n      └─► T3", "t1 t1>t2 t1>t3");
    check("Stage 1\n  → Stage 2\n  → Stage 3\n    → Stage 4", "1 1>2 1>3 3>4");
    check("Stage 1 ──► Stage 2\n        ──► Stage 3", "1 1>2 1>3");
}

#[test]
fn tree_whose_words_say_more() {
    check_plan(
        "Task 1|Task 2|Task 3|Task 4|Task 5|Task 6",
        "
Task 1 + Task 2 (side by side, new files only)
    │
    ├── Task 3 (server, depends on 1+2)
    ├── Task 4 (client, depends on 1)
    │
    └── Task 5 (remove old code, after Task 3 and Task 4)
         └── Task 6 (tests, alongside 3-5)
",
        "1 2 1>3 2>3 1>4 3>5 4>5 5>6",
    );
    check("Stage 1 -> Stage 2 -> Stage 3 (needs 1) -> Stage 4 (no dependencies)", "1 4 1>2 1>3");
    check("Stage 1 -> Stage 2 (does not depend on Stage 0) -> Stage 3 (requires review)", "1 1>2 2>3");
    check(
        "Stage 1 -> Stage 2 -> Stage 3 (after 2 days) -> Stage 4 (depends on Stages 1, Stage 3)",
        "1 1>2 2>3 1>4 3>4",
    );
}

#[test]
fn tree_with_checkpoints() {
    check_plan(
        "T1|T2|T3|Checkpoint A|T4|T5|Checkpoint B|T6",
        "
T1 add the field
 └─► T2 fill the field
      ├─► T3 print the field
      └─► ═══ CHECKPOINT A: all tests green ═══
           ├─► T4 new format
           │    └─► ═══ CHECKPOINT B: files can be read back ═══
           │         └─► T6 docs
           └─► T5 more tests
                └─► meets at CHECKPOINT B
",
        "t1 t1>t2 t2>t3 t2>a a>t4 a>t5 t4>b t5>b b>t6",
    );
}

#[test]
fn tree_by_indentation_or_words_alone() {
    check("Stage 1\n  Stage 2\n    Stage 3\n  Stage 4", "1 1>2 2>3 1>4");
    check("Stage 1\n\tStage 2\n\t\tStage 3", "1 1>2 2>3");
    check("Stage 1: types      (no deps)\nStage 2: parser     (needs: Stage 1)", "1 1>2");
    check("Stage 1 (no deps)\nStage 2 (depends on Stage 1)\nStage 3 (after 1, 2)", "1 1>2 1>3 2>3");
}

#[test]
fn tree_with_details_below_the_stages() {
    check(
        "
Stage 1
├── add the table
├── add the index
├── add the view
└─► Stage 2
    ├── write the query
    └── write the tests
",
        "1 1>2",
    );
}
