//! Arrows, branches, joins and crossings.

use super::*;

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
fn two_chains_in_one_line() {
    check("Stage 1 → Stage 2; Stage 3 → Stage 4", "1 1>2 3 3>4");
    check("First Stage 1 → Stage 2. Stage 3 → Stage 4.", "1 1>2 3 3>4");
}

#[test]
fn arrows_in_a_paragraph() {
    check("**Critical path: Stage 0 → Stage 1 → Stage 4.** The rest can wait.", "0 0>1 1>4");
    check("The order is Stage 1 → Stage 2 →\nStage 3 → Stage 4.", "1 1>2 2>3 3>4");
    check("Stage 1 → Stage 2\n→ Stage 3", "1 1>2 2>3");
    check("Begin with Stage 0 → Stage 1.\nStage 7 should come early if you value what it shows to others.", "0 0>1");
    check("Because of Stage 5, which is old, we do Stage 1 → Stage 2, but not Stage 3.", "1 1>2");
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
