//! Nodes in boxes.

use super::*;

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
