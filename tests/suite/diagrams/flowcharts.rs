//! Mermaid flowcharts.

use super::*;

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
