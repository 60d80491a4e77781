//! What the words of nodes say, and drawings that are no graph of stages.

use super::*;

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
    check("Stage 2 requires both Stage 0 and Stage 1.", "");
}

#[test]
fn places_name_the_stage_that_waits() {
    let names = Known::new(TEN);
    let source =
        source("Stage 1 (Types) ✅ ──► Stage 2 (API)\n                          │\n                       Stage 3");
    let lines = lines(&source);
    let diagram = diagram::edges(&lines, &names);
    let places: Vec<_> =
        diagram.edges.iter().map(|edge| (source.slice(edge.span), source.line(edge.span.start))).collect();
    assert_eq!(places, [("Stage 2", 3), ("Stage 3", 5)]);
    let nodes: Vec<_> = diagram.nodes.iter().map(|&(_, span)| source.slice(span)).collect();
    assert_eq!(nodes, ["Stage 1", "Stage 2", "Stage 3"]);
}
