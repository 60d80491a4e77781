//! Tests of diagrams: drawings in text and Mermaid flowcharts become edges between stages.
//!
//! In what is expected, `1>2` says that stage 2 waits for stage 1, and a stage that waits for nothing stands alone.

use std::ops::Range;

use plan_run::dialect::diagram::{self, Diagram};
use plan_run::dialect::mermaid;
use plan_run::dialect::names::Names;
use plan_run::outline::Line;
use plan_run::source::Source;
use proptest::prelude::*;

/// The stages of a plan: what they are called and their titles.
struct Known(Vec<(String, String)>);

impl Known {
    /// Reads `Stage 1: Title | Stage 2`.
    fn new(plan: &str) -> Self {
        let stage = |stage: &str| {
            let (label, title) = stage.split_once(": ").unwrap_or((stage, ""));
            (label.trim().to_lowercase(), title.trim().to_lowercase())
        };
        Self(plan.split('|').map(stage).collect())
    }

    fn label(&self, label: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| *known == label)
    }

    /// What comes behind the kind of the unit: `1` of `Stage 1`; all of `T1`.
    fn short(&self, stage: usize) -> &str {
        let label = &self.0[stage].0;
        label.rsplit(' ').next().unwrap_or(label)
    }
}

impl Names for Known {
    fn find(&self, line: &str) -> Vec<(Range<usize>, Vec<usize>)> {
        let lower = line.to_ascii_lowercase();
        let mut found = Vec::new();
        let mut at = 0;
        while at < lower.len() {
            let fresh = lower.is_char_boundary(at) && !lower[..at].ends_with(char::is_alphanumeric);
            let longest = self
                .0
                .iter()
                .enumerate()
                .filter(|(_, (label, _))| fresh && lower[at..].starts_with(label.as_str()))
                .filter(|(_, (label, _))| {
                    let rest = &lower[at + label.len()..];
                    let part = rest.strip_prefix('.').unwrap_or(rest);
                    !rest.starts_with(char::is_alphanumeric)
                        && !(part.len() < rest.len() && part.starts_with(|c: char| c.is_ascii_digit()))
                })
                .max_by_key(|(_, (label, _))| label.len());
            if let Some((stage, (label, _))) = longest {
                found.push((at..at + label.len(), vec![stage]));
                at += label.len();
            } else {
                at += 1;
            }
        }
        found
    }

    fn resolve(&self, node: &str) -> Option<usize> {
        let node = node.to_lowercase();
        let by_title = || self.0.iter().position(|(_, title)| !title.is_empty() && *title == node);
        self.label(&node).or_else(by_title).or_else(|| (0..self.0.len()).find(|&stage| self.short(stage) == node))
    }
}

/// The lines of a text as a block holds them, behind some other text.
fn lines(text: &str) -> (Source, Vec<Line>) {
    let source = Source::from_text("plan.md", format!("# Plan\n\n{text}"));
    let lines = (3..=source.line_count()).map(|line| source.line_span(line));
    let lines = lines.map(|span| Line { text: source.slice(span).to_owned(), span }).collect();
    (source, lines)
}

/// A diagram in the notation of what is expected.
fn told(diagram: &Diagram, names: &Known) -> String {
    let mut out: Vec<String> = diagram
        .nodes
        .iter()
        .filter(|(stage, _)| diagram.edges.iter().all(|edge| edge.to != *stage))
        .map(|&(stage, _)| names.short(stage).to_owned())
        .collect();
    let edge = |from, to| format!("{}>{}", names.short(from), names.short(to));
    out.extend(diagram.edges.iter().map(|found| edge(found.from, found.to)));
    out.sort();
    out.join(" ")
}

fn sorted(expected: &str) -> String {
    let mut words: Vec<&str> = expected.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}

/// Stages 0 to 9 and 1.5.
const TEN: &str = "Stage 0|Stage 1|Stage 1.5|Stage 2|Stage 3|Stage 4|Stage 5|Stage 6|Stage 7|Stage 8|Stage 9";

#[track_caller]
fn check_plan(plan: &str, drawing: &str, expected: &str) {
    let names = Known::new(plan);
    let drawing = drawing.trim_start_matches('\n');
    let (source, lines) = lines(drawing);
    let mermaid = ["graph", "flowchart", "%%", "---\n", "sequence", "state", "gantt"];
    let diagram = if mermaid.iter().any(|word| drawing.trim_start().starts_with(word)) {
        mermaid::edges(&lines, &names)
    } else {
        diagram::edges(&lines, &names)
    };
    assert_eq!(told(&diagram, &names), sorted(expected), "\n{drawing}\n{diagram:?}");
    assert_eq!(diagram.confident, !expected.is_empty(), "\n{drawing}");
    for edge in &diagram.edges {
        let place = source.slice(edge.span).to_lowercase();
        assert!(!place.trim().is_empty(), "no place for {edge:?}\n{drawing}");
    }
}

#[track_caller]
fn check(drawing: &str, expected: &str) {
    check_plan(TEN, drawing, expected);
}

#[test]
fn arrows_on_one_line() {
    check("Stage 1 ──► Stage 2 ──► Stage 3", "1 1>2 2>3");
    check("Stage 1 -> Stage 2 -> Stage 3", "1 1>2 2>3");
    check("Stage 1 --> Stage 2", "1 1>2");
    check("Stage 1-->Stage 2", "1 1>2");
    check("Stage 1 => Stage 2 ==> Stage 3", "1 1>2 2>3");
    check("Stage 1→Stage 2 ⇒ Stage 3 ➜ Stage 4", "1 1>2 2>3 3>4");
    check("[Stage 1]──▶[Stage 2]--->(Stage 3)", "1 1>2 2>3");
    check("Stage 1 ┄┄> Stage 2 ·····> Stage 3 ..> Stage 4 - - -> Stage 5", "1 1>2 2>3 3>4 4>5");
    check("Stage 1 ═══► Stage 2 ━━▸ Stage 3", "1 1>2 2>3");
    check("Stage 1 ──►── Stage 2", "1 1>2");
    check("Stage 1 ───── Stage 2", "1 1>2");
}

#[test]
fn arrows_to_the_left() {
    check("Stage 2 ◄── Stage 1", "1 1>2");
    check("Stage 2 <- Stage 1 <-- Stage 0", "0 0>1 1>2");
    check("Stage 2 ← Stage 1", "1 1>2");
    check("Stage 2 <== Stage 1", "1 1>2");
}

#[test]
fn arrows_both_ways_give_no_order() {
    check("Stage 1 <--> Stage 2 --> Stage 3", "2 2>3 1");
    check("Stage 1 ↔ Stage 2", "");
}

#[test]
fn bare_numbers_and_letters() {
    check("1 -> 2 -> 3", "1 1>2 2>3");
    check("Stage 1 -> 2, 3 -> 4", "1 1>2 1>3 2>4 3>4");
    check_plan("Part A|Part B|Part C", "(A, B) -> C", "A B A>C B>C".to_lowercase().as_str());
    check_plan("T001|T002|T003", "T001 -> 2 -> 3", "t001 t001>t002 t002>t003");
}

#[test]
fn groups_on_either_side() {
    check("Stage 1, Stage 2 → Stage 3", "1 2 1>3 2>3");
    check("Stage 1 + Stage 2 -> Stage 3 & Stage 4", "1 2 1>3 2>3 1>4 2>4");
    check("Stage 1 → (Stage 2, Stage 3) → Stage 4", "1 1>2 1>3 2>4 3>4");
    check("Stage 1 (Core), Stage 2 (API) → Stage 3", "1 2 1>3 2>3");
    check("Stage 0 -> {Stage 1 || Stage 2} -> Stage 3", "0 0>1 0>2 1>3 2>3");
    check("Stage 0 -> Stage 1 | Stage 2 -> Stage 3", "0 0>1 0>2 1>3 2>3");
}

#[test]
fn two_chains_in_one_line() {
    check("Stage 1 → Stage 2; Stage 3 → Stage 4", "1 1>2 3 3>4");
    check("First Stage 1 → Stage 2. Stage 3 → Stage 4.", "1 1>2 3 3>4");
}

#[test]
fn arrows_in_a_paragraph() {
    check("**Critical path: Stage 0 → Stage 1 → Stage 4.** The rest can wait.", "0 0>1 1>4");
    check("The order is Stage 1 → Stage 2 →\nStage 3 → Stage 4.", "1 1>2 2>3 3>4");
    check("Stage 1 → Stage 2\n→ Stage 3", "1 1>2 2>3");
    check("Because of Stage 5, which is old, we do Stage 1 → Stage 2, but not Stage 3.", "1 1>2");
}

#[test]
fn ticks_and_trailing_words() {
    check("Stage 1 (done) ✅ ──► Stage 2 set up the API ✅ ──► Stage 3", "1 1>2 2>3");
    check("Stage 1   [done] ──► Stage 2   (open)   ──► Stage 3", "1 1>2 2>3");
    check("✅ Stage 1 ──► ⏳ Stage 2", "1 1>2");
    check("1. Stage 1 → Stage 2\n2. Stage 3 → Stage 4", "1 1>2 3 3>4");
}

#[test]
fn nodes_that_are_no_stages_hand_on_the_order() {
    check("Start → Stage 1 → code review → Stage 2 → Done", "1 1>2");
    check("Stage 1 ──(wheel)──► Stage 2", "1 1>2");
    check("Stage 2 ──depends on──► Stage 1", "1 1>2");
}

#[test]
fn two_branches_join_and_go_down() {
    check(
        "
Stage 1 (Schema) ──┐
                   ├──► Stage 3 (Merge)
Stage 2 (Parser) ──┘
                            │
                            ▼
                        Stage 4 (Ship)
",
        "1 2 1>3 2>3 3>4",
    );
}

#[test]
fn three_branches_join_in_the_middle_one() {
    check(
        "
Stage 1 ─┐
Stage 2 ─┼─► Stage 4 ──► Stage 5
Stage 3 ─┘
",
        "1 2 3 1>4 2>4 3>4 4>5",
    );
    check(
        "
Stage 1 ----+
            |
Stage 2 ----+---> Stage 4
            |
Stage 3 ----+
",
        "1 2 3 1>4 2>4 3>4",
    );
}

#[test]
fn one_stage_branches() {
    check(
        "
            ┌──► Stage 2
Stage 1 ────┼──► Stage 3 ──┐
            └──► Stage 4 ──┴──► Stage 5
",
        "1 1>2 1>3 1>4 3>5 4>5",
    );
    check(
        "
Stage 1 ─┬──► Stage 2
         └──► Stage 3
",
        "1 1>2 1>3",
    );
    check(
        "
Stage 1 --+--> Stage 2
          |
          +--> Stage 3
",
        "1 1>2 1>3",
    );
}

#[test]
fn diamond_with_round_corners_and_double_lines() {
    check(
        "
           ╭─▶ Stage 2 ─╮
Stage 1 ───┤            ├─▶ Stage 4
           ╰─▶ Stage 3 ─╯
",
        "1 1>2 1>3 2>4 3>4",
    );
    check(
        "
Stage 1 ══╦══► Stage 2 ══╗
          ║              ╠══► Stage 4
          ╚══► Stage 3 ══╝
",
        "1 1>2 1>3 2>4 3>4",
    );
}

#[test]
fn diamond_from_top_to_bottom() {
    check(
        "
               Stage 1
                  │
        ┌─────────┴─────────┐
        ▼                   ▼
     Stage 2             Stage 3
        │                   │
        └─────────┬─────────┘
                  ▼
               Stage 4
",
        "1 1>2 1>3 2>4 3>4",
    );
    check(
        "
      Stage 1
      /     \\
 Stage 2   Stage 3
      \\     /
      Stage 4
",
        "1 1>2 1>3 2>4 3>4",
    );
}

#[test]
fn slanted_lines_beside_text() {
    check(
        "
Stage 1 --\\
           +--> Stage 3
Stage 2 --/
",
        "1 2 1>3 2>3",
    );
    check(
        "
Stage 1 \\
         >--> Stage 3
Stage 2 /
",
        "1 2 1>3 2>3",
    );
    check(
        "
Stage 1 ↘
          Stage 3
Stage 2 ↗
",
        "1 2 1>3 2>3",
    );
}

#[test]
fn line_without_arrowhead_joins_the_stage_above() {
    check(
        "
Stage 0 (Types) ✅ ──► Stage 1 (Store) ✅
                              │
Stage 1.5 (Cleanup) ✅ ───────┘
",
        "0 1.5 0>1 1.5>1",
    );
    check(
        "
Stage 0 ──► Stage 2
               ▲
Stage 1 ───────┘
",
        "0 1 0>2 1>2",
    );
}

#[test]
fn parts_with_captions_and_rules() {
    check(
        "
Part one ✅ COMPLETE
────────────────────────────────────────
Stage 0 ──► Stage 1

Part two
========================================
Stage 2 ──► Stage 3
               |
               v
            Stage 4
",
        "0 0>1 2 2>3 3>4",
    );
}

#[test]
fn vertical_chains() {
    check("Stage 1\n   │\n   ▼\nStage 2\n   │\n   ▼\nStage 3", "1 1>2 2>3");
    check("Stage 1\n   |\n   v\nStage 2\n   |\nStage 3", "1 1>2 2>3");
    check("Stage 1\n   ↓\nStage 2 (long title of it)\n   ↓\n\nStage 3", "1 1>2 2>3");
    check("Stage 1\n            ↓\nStage 2", "1 1>2");
    check("Stage 2\n   ▲\n   │\nStage 1", "1 1>2");
    check("Stage 2\n   ^\n   |\nStage 1", "1 1>2");
    check("Stage 1\n   :\n   v\nStage 2", "1 1>2");
    check("Stage 1\n  │ then\n  ▼\nStage 2", "1 1>2");
}

#[test]
fn columns_side_by_side() {
    check(
        "
Stage 1      Stage 3
   │            │
   ▼            ▼
Stage 2      Stage 4
   │            │
   └─────┬──────┘
         ▼
      Stage 5
",
        "1 3 1>2 3>4 2>5 4>5",
    );
    check("Stage 1     Stage 2\n         ↓\n      Stage 3", "1 2 1>3 2>3");
}

#[test]
fn lines_that_cross() {
    check(
        "
Stage 1 ─────┐    Stage 2
             │       │
Stage 3 ─────┼───────┼──► Stage 4
             ▼       ▼
          Stage 5 Stage 6
",
        "1 2 3 1>5 2>6 3>4",
    );
}

#[test]
fn branches_of_both_kinds_at_once() {
    check(
        "
Stage 1 ------+
              |
Stage 2 -+    v
         +-> Stage 4
Stage 3 -+
",
        "1 2 3 1>4 2>4 3>4",
    );
    check(
        "
Stage 1 (tables) ────────────────┐
    │                            │
    ├──► Stage 2 (queries) ─┐    │
    │                       ├──► Stage 4 (pages)
    └──► Stage 3 (login) ───┘
",
        "1 1>2 1>3 1>4 2>4 3>4",
    );
    check(
        "
Stage 1 ─► Stage 2 ─► Stage 3 ─► Stage 4
   │                     ▲
   └─────────────────────┘
",
        "1 1>2 1>3 2>3 3>4",
    );
}

#[test]
fn boxes_fan_out_and_in() {
    check(
        "
             ┌─────────┐
             │ Stage 0 │
             └────┬────┘
        ┌─────────┼─────────┐
        ▼         ▼         ▼
   ┌─────────┐┌────────┐┌───────┐
   │ Stage 1 ││Stage 2 ││Stage 3│
   └────┬────┘└───┬────┘└───┬───┘
        └─────────┼─────────┘
                  ▼
               Stage 4
",
        "0 0>1 0>2 0>3 1>4 2>4 3>4",
    );
}

#[test]
fn arrowhead_above_a_row_of_arrows_points_to_a_node() {
    check(
        "
Stage 1, Stage 2 (side by side)
        │
        ▼
Stage 3 → Stage 4
",
        "1 2 1>3 2>3 3>4",
    );
    check(
        "
Stage 1, Stage 2 (side by side)
        │
        ▼
Stage 3 ───► Stage 4
",
        "1 2 1>3 2>3 3>4",
    );
    check("Stage 1 ↘\nStage 2 → Stage 4\nStage 3 ↗", "1 2 3 1>4 2>4 3>4");
}

#[test]
fn arrows_drawn_with_two_characters() {
    check("Stage 1\n  ||\n  \\/\nStage 2", "1 1>2");
    check("Stage 1\n  /\\\n  ||\nStage 2", "2 2>1");
}

#[test]
fn line_that_wraps_to_the_next_row() {
    check(
        "
Stage 1 ──► Stage 2 ──► Stage 3 ─┐
                                 │
┌────────────────────────────────┘
│
└──► Stage 4 ──► Stage 5
",
        "1 1>2 2>3 3>4 4>5",
    );
}

#[test]
fn lines_that_stray_by_a_column_or_two() {
    check(
        "
Stage 1 ✅ ─┐
           ├──► Stage 3
Stage 2 ✅ ─┘
                 │
                ▼
               Stage 4
",
        "1 2 1>3 2>3 3>4",
    );
    check(
        "
Stage 1 ──► Stage 2
               │
              │
               ▼
            Stage 3
",
        "1 1>2 2>3",
    );
}

#[test]
fn nodes_in_boxes() {
    check(
        "
┌─────────┐     ┌─────────┐
│ Stage 1 │────►│ Stage 2 │
└─────────┘     └────┬────┘
                     │
                     ▼
                ┌─────────┐
                │ Stage 3 │
                └─────────┘
",
        "1 1>2 2>3",
    );
    check(
        "
+---------+     +---------+
| Stage 1 |---->| Stage 2 |
+---------+     +---------+
     |
     v
+---------+
| Stage 3 |
+---------+
",
        "1 1>2 1>3",
    );
}

#[test]
fn boxes_of_several_rows_with_pierced_borders() {
    check(
        "
┌──────────────────┐
│     Stage 1      │
│ schema and types │
└────────┬─────────┘
         │
   ┌─────┴──────┐
   │            │
┌──▼──────┐ ╔═══▼════╗
│ Stage 2 │ ║ Stage 3║
│  (API)  ├─╢  (UI)  ║
└────┬────┘ ╚════════╝
┌────▼────┐
│ Stage 4 │
└─────────┘
",
        "1 1>2 1>3 2>3 2>4",
    );
}

#[test]
fn box_with_a_title_in_two_rows_or_a_stray_side() {
    check_plan(
        "One: Fetch all records|Two: Write",
        "
┌───────────┐    ┌───────┐
│ Fetch all │    │ Write │
│ records   │───►│       │
└───────────┘    └───────┘
",
        "one one>two",
    );
    check(
        "
┌────────────┐
│ Stage 1 🎉  │
│ types       │
└─────┬──────┘
      ▼
┌────────────┐
│ Stage 2    │
├────────────┤
│ parser     │
└─────┬──────┘
      ▼
   Stage 3
",
        "1 1>2 2>3",
    );
}

#[test]
fn box_around_several_stages() {
    check(
        "
┌─ Wave one ──┐
│ Stage 1     │
│ Stage 2     │
└─────────────┘

┌─────────────┐      ┌─────────────┐
│ Stage 1     │      │ ┌─────────┐ │
│ Stage 2     │─────►│ │ Stage 3 │ │
└─────────────┘      │ └─────────┘ │
                     │ ┌─────────┐ │
                     │ │ Stage 4 │ │
                     │ └─────────┘ │
                     └─────────────┘
",
        "1 2 1>3 1>4 2>3 2>4",
    );
}

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
    check("Stage 1\n  ↳ Stage 2\n      ↳ Stage 3", "1 1>2 2>3");
}

#[test]
fn tree_with_corners_off_the_parents_words() {
    check("T1\n       └─► T2\n              └─► T3".replace("T", "Stage ").as_str(), "1 1>2 2>3");
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

#[test]
fn stage_that_is_drawn_twice() {
    check("Stage 1 → Stage 2\nStage 1 → Stage 3\nStage 2 → Stage 4\nStage 3 → Stage 4", "1 1>2 1>3 2>4 3>4");
}

#[test]
fn words_below_a_name_belong_to_it() {
    check(
        "
Stage 1            Stage 2
(the types)  ────► (the parser)
                       │
                       ▼
                    Stage 3
                    (depends on Stage 1)
",
        "1 1>2 1>3",
    );
}

#[test]
fn stages_by_their_titles() {
    check_plan(
        "One: Research|Two: Core API|Three: Ship it",
        "Research ──► Core API ──► Ship it",
        "one one>two two>three",
    );
    check_plan("One: Types & Traits|Two: Core", "Types & Traits → Core", "one one>two");
    check_plan("One: Types|Two: Core|Three: Docs", "Docs (after Types, Core) ← Core", "two one>three two>three");
}

#[test]
fn tabs_and_wide_characters() {
    check("Stage 1\n\t│\n\t▼\nStage 2", "1 1>2");
    check(
        "
Stage 1 (準備) ──┐
                 ├──► Stage 3
Stage 2 (実装) ──┘
",
        "1 2 1>3 2>3",
    );
}

#[test]
fn drawings_of_a_system_are_no_stage_graphs() {
    let plan = "Stage 1: Storage|Stage 2: Worker|Stage 3: Client";
    check_plan(
        plan,
        "
┌────────┐      ┌─────────┐     ┌──────────┐
│ Client │─────►│ Gateway │────►│ Database │
└────────┘      └────┬────┘     └──────────┘
                     │ jobs          ▲
                     ▼               │
                ┌────────┐           │
                │ Worker │───────────┘
                └────────┘
",
        "",
    );
    check_plan(plan, "Client -> Gateway -> Queue -> Worker", "");
    check_plan(plan, "Gateway → Cache → Disk", "");
    check_plan(
        plan,
        "
src/
├── client.rs      # Client
├── storage.rs     # Stage 1
└── worker/
    ├── mod.rs     # Stage 2
    └── pool.rs    # new
",
        "",
    );
}

#[test]
fn text_and_code_are_no_stage_graphs() {
    check("", "");
    check("Stage 2 is built on what was learnt.\nEach part can be done alone.", "");
    check("Stage 1\nStage 2\nStage 3", "");
    check("fn walk(node: &Node) -> Vec<Node>\nlet a = b --> c;", "");
    check("cargo test --locked -- --nocapture | tee log.txt > Stage", "");
    check("| Stage 1 | core |\n|---------|------|\n| Stage 2 | api  |", "");
    check("┌─────────┬──────┐\n│ Stage 1 │ core │\n├─────────┼──────┤\n│ Stage 2 │ api  │\n└─────────┴──────┘", "");
    check("Stage 1 - the types\nStage 2 -- the parser", "");
    check("Stage 1 → see the notes", "");
}

#[test]
fn mermaid_chains_and_groups() {
    check("graph LR\n  A[Stage 1] --> B[Stage 2] --> C[Stage 3]", "1 1>2 2>3");
    check("flowchart TD\n  s1(Stage 1) & s2([Stage 2]) --> s3[[Stage 3]] & s4[(Stage 4)]", "1 2 1>3 2>3 1>4 2>4");
    check(
        "graph TB; A((Stage 1))-->B{Stage 2}; B-->C{{Stage 3}}; C-->D[/Stage 4/]; D-->E>Stage 5]",
        "1 1>2 2>3 3>4 4>5",
    );
    check(
        "flowchart RL\n\n%% the order\nA[\"Stage 1<br/>types ✅\"]\nB[\"Stage 2 (API)\"]:::done\nA --> B:::open",
        "1 1>2",
    );
    check(
        "flowchart BT\nA@{ shape: rounded, label: \"Stage 1\" } e1@--> B@{ label: \"Stage 2\", shape: rect }",
        "1 1>2",
    );
}

#[test]
fn mermaid_links() {
    check(
        "graph LR\nA[Stage 1] -->|types| B[Stage 2] -- parser --> C[Stage 3] -.-> D[Stage 4] ==> E[Stage 5]",
        "1 1>2 2>3 3>4 4>5",
    );
    check(
        "graph LR\nA[Stage 1] -. maybe .-> B[Stage 2] == soon ==> C[Stage 3] ----> D[Stage 4] --x E[Stage 5] --o F[Stage 6]",
        "1 1>2 2>3 3>4 4>5 5>6",
    );
    check("graph LR\nA[Stage 1] --- B[Stage 2] --> C[Stage 3]\nC ~~~ D[Stage 4]\nC <--> E[Stage 5]", "1 2 2>3 4 5");
    check("graph LR\nA[Stage 2] -->|depends on| B[Stage 1]\nC[Stage 3] -- needs --> B", "1 1>2 1>3");
}

#[test]
fn mermaid_ids_without_text() {
    check_plan("WS0|WS1|WS2", "graph LR\n WS0 --> WS1\n WS1 --> WS2", "ws0 ws0>ws1 ws1>ws2");
    check("graph TD\nS1 --> S2 --> stage3\nstage3-->stage_4", "1 1>2 2>3 3>4");
    check("graph TD\nS1[set the scene] --> S2[Stage 2] --> S3[Stage 3]", "1 1>2 2>3");
    check_plan("Task 1|Task 2|Task 3", "flowchart LR\nT1-->T2\nT1-->T3;T2-->T3", "1 1>2 1>3 2>3");
}

#[test]
fn mermaid_subgraphs() {
    check(
        "
graph TD
  subgraph first [Wave one]
    direction LR
    A[Stage 1]
    B[Stage 2]
  end
  subgraph \"Wave two\"
    C[Stage 3] --> D[Stage 4]
  end
  first --> C
  classDef done fill:#9f6
  class A,B done
  style C stroke:#333
  linkStyle 0 stroke:red
  click A \"https://example.org\"
",
        "1 2 1>3 2>3 3>4",
    );
    check(
        "
flowchart LR
  subgraph s1[Stage 1]
    a[table] --> b[index]
  end
  subgraph s2[Stage 2]
    c[query]
  end
  b --> c
  s2 --> d[Stage 3]
",
        "1 1>2 2>3",
    );
}

#[test]
fn mermaid_that_gives_no_order() {
    let plan = "Stage 1: Storage|Stage 2: Worker|Stage 3: Client";
    check_plan(
        plan,
        "graph TB\n  subgraph Sources\n   A[Client]\n  end\n  A --> B[Gateway] --> C[Worker]\n  C -->|SQL| D[Database]",
        "",
    );
    check("sequenceDiagram\n  Stage 1->>Stage 2: call\n  Stage 2-->>Stage 1: answer", "");
    check("stateDiagram-v2\n  [*] --> Stage1\n  Stage1 --> Stage2", "");
    check("gantt\n  title Plan\n  Stage 1 :a1, 2024-01-01, 30d\n  Stage 2 :after a1, 20d", "");
    check("graph LR\n  A[Stage 1]\n  B[Stage 2]", "");
    check("%% nothing\n", "");
}

#[test]
fn mermaid_behind_front_matter() {
    check("---\ntitle: Order\n---\n%%{init: {'theme': 'dark'}}%%\nflowchart LR\n  A[Stage 1] --> B[Stage 2]", "1 1>2");
}

#[test]
fn places_name_the_stage_that_waits() {
    let names = Known::new(TEN);
    let (source, lines) =
        lines("Stage 1 (Types) ✅ ──► Stage 2 (API)\n                          │\n                       Stage 3");
    let diagram = diagram::edges(&lines, &names);
    let places: Vec<_> =
        diagram.edges.iter().map(|edge| (source.slice(edge.span), source.line(edge.span.start))).collect();
    assert_eq!(places, [("Stage 2", 3), ("Stage 3", 5)]);
    let nodes: Vec<_> = diagram.nodes.iter().map(|&(_, span)| source.slice(span)).collect();
    assert_eq!(nodes, ["Stage 1", "Stage 2", "Stage 3"]);
}

/// Diagrams whose size could cost too much time still come to an end.
#[test]
fn huge_drawings_come_to_an_end() {
    let names = Known::new(TEN);
    for pattern in
        ["+", "┼", "+-", "┌┐\n└┘", "|-+ ", "Stage 1 ─┤ ", "v^", "A --> ", "( ", "after ", "─►", "Stage 1 ", "\n"]
    {
        let row = pattern.repeat(3_000 / pattern.len());
        let text = vec![row; 40].join("\n");
        let (_, lines) = lines(&text);
        let drawn = diagram::edges(&lines, &names);
        let written = mermaid::edges(&lines, &names);
        assert!(!drawn.confident || !drawn.edges.is_empty());
        assert!(!written.confident);
    }
}

/// Every diagram speaks of stages that exist, and only of those it lists.
fn is_sound(diagram: &Diagram, source: &Source, stages: usize) {
    for edge in &diagram.edges {
        assert!(edge.from < stages && edge.to < stages && edge.from != edge.to);
        assert!(edge.span.range().end <= source.text().len());
        assert!(source.text().get(edge.span.range()).is_some());
        for stage in [edge.from, edge.to] {
            let listed = diagram.nodes.iter().any(|&(node, _)| node == stage);
            assert!(listed || diagram.edges.iter().any(|other| other.to == edge.to));
        }
    }
    assert!(diagram.nodes.iter().all(|&(stage, _)| stage < stages));
    assert_eq!(diagram.confident, !diagram.edges.is_empty());
}

proptest! {
    #[test]
    fn any_drawing_is_read(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Stage 1", "Stage 2", "Stage 3", "1", "Stage", " ", "  ", "\n", "\n", "\t", "─", "│", "┌", "┐", "└", "┘", "├",
                "┤", "┬", "┴", "┼", "►", "◄", "▲", "▼", "-", "--", "->", "<-", "+", "|", "v", "^", "/", "\\", "=", ".", ":",
                "'", "`", "(", ")", "[", "]", ",", ";", "✅", "準", "\u{FE0F}", "\u{301}", "depends on", "after 1-", "↳", "↘", "↔",
                "╳", "é", "&", "\"", "\r", "┌──┐\n│1 │\n└──┘",
            ]),
            0..120,
        )
    ) {
        let names = Known::new(TEN);
        let (source, lines) = lines(&pieces.concat());
        is_sound(&diagram::edges(&lines, &names), &source, 11);
    }

    #[test]
    fn any_flowchart_is_read(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Stage 1", "S1", "A", "B", "[", "]", "(", ")", "{", "}", ">", "<", "-->", "---", "--", "-.->", "-.", "==>", "==",
                "~~~", "|", "&", "\n", " ", ";", "\"", "@", "@{", "label:", "subgraph ", "end", "%%", ":::", "x", "o", "é", "[Stage 2]",
                "[Stage 3]", "e1@", ".", "-", "/",
            ]),
            0..120,
        )
    ) {
        let names = Known::new(TEN);
        let (source, lines) = lines(&format!("graph LR\n{}", pieces.concat()));
        is_sound(&mermaid::edges(&lines, &names), &source, 11);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let names = Known::new(TEN);
        let (source, lines) = lines(&text);
        is_sound(&diagram::edges(&lines, &names), &source, 11);
        is_sound(&mermaid::edges(&lines, &names), &source, 11);
    }
}
