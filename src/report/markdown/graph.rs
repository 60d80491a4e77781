//! The graph of a plan's stages for Mermaid, coloured by what became of them.
//!
//! Must not know what stands around it.

use std::collections::BTreeMap;

use super::super::names::cut_characters;
use super::super::{PlanReport, StageStatus, wording};
use crate::text::mermaid;

/// The most stages of a graph; so that they can be counted in the bits of one number.
const MOST_STAGES: usize = 60;

/// The most arrows. Mermaid draws nothing of a graph with more than 500.
const MOST_ARROWS: usize = 400;

/// The most bytes of a graph. GitHub draws nothing of one with more than 50,000 characters.
const MOST_BYTES: usize = 45_000;

/// The most characters of a stage's name.
const MOST_NAME: usize = 60;

/// Each class with its colours, which are readable on light and on dark ground.
const CLASSES: [(&str, &str); 5] = [
    ("holds", "fill:#d1f0d9,stroke:#1a7f37,color:#0b3d1c"),
    ("fails", "fill:#ffd7d5,stroke:#cf222e,color:#5c0a10,stroke-width:3px"),
    ("blocked", "fill:#ffe8cc,stroke:#bc4c00,color:#4d1f00"),
    ("open", "fill:#eaeef2,stroke:#6e7781,color:#24292f,stroke-dasharray:4"),
    ("cancelled", "fill:#fff3bf,stroke:#9a6700,color:#3b2700"),
];

/// The graph as a fenced block. Nothing for a single stage, and for a plan that is too large to be drawn.
pub(super) fn graph(plan: &PlanReport) -> Option<String> {
    if !(2..=MOST_STAGES).contains(&plan.stages.len()) {
        return None;
    }
    let arrows = arrows(plan);
    if arrows.len() > MOST_ARROWS {
        return None;
    }
    let direction = if longest_chain(plan.stages.len(), &arrows) > plan.stages.len() / 2 { "TD" } else { "LR" };
    let mut out = format!("```mermaid\ngraph {direction}\n");
    let mut used = Vec::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        let class = match &stage.status {
            StageStatus::Holds => "holds",
            StageStatus::Fails => "fails",
            StageStatus::Blocked(_) => "blocked",
            StageStatus::NotProven | StageStatus::NotClaimed => "open",
            StageStatus::Cancelled => "cancelled",
        };
        used.push(class);
        let name = cut_characters(&wording::stage_name(&stage.label, &stage.title), MOST_NAME);
        let picture = wording::mark(stage).picture;
        out.push_str(&format!("  s{index}[\"{picture} {}\"]:::{class}\n", mermaid(&name)));
    }
    for (from, to) in &arrows {
        out.push_str(&format!("  s{from} --> s{to}\n"));
    }
    for (class, colours) in CLASSES.iter().filter(|(class, _)| used.contains(class)) {
        out.push_str(&format!("  classDef {class} {colours}\n"));
    }
    out.push_str("```\n\n");
    (out.len() <= MOST_BYTES).then_some(out)
}

/// Who is needed by whom, by place in the plan, without what follows from other arrows.
fn arrows(plan: &PlanReport) -> Vec<(usize, usize)> {
    let mut places = BTreeMap::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        places.entry(stage.label.as_str()).or_insert(index);
    }
    let needs: Vec<u64> = plan
        .stages
        .iter()
        .enumerate()
        .map(|(index, stage)| {
            let known = stage.needs.iter().filter_map(|label| places.get(label.as_str()));
            known.filter(|&&need| need != index).fold(0, |bits, &need| bits | 1 << need)
        })
        .collect();
    // All that each needs, directly or not: it grows until nothing is added any more.
    let mut before = needs.clone();
    loop {
        let grown: Vec<u64> =
            before.iter().map(|&bits| bits | each(bits).fold(0, |all, need| all | before[need])).collect();
        if grown == before {
            break;
        }
        before = grown;
    }
    let mut arrows = Vec::new();
    for (to, &needed) in needs.iter().enumerate() {
        let follows = |from: usize| each(needed).any(|other| other != from && before[other] & 1 << from != 0);
        // Stages that share a label can seem to need each other, and then each arrow follows from the others.
        let is_circle = before[to] & 1 << to != 0;
        arrows.extend(each(needed).filter(|&from| is_circle || !follows(from)).map(|from| (from, to)));
    }
    arrows
}

/// The places that are marked in a number.
fn each(bits: u64) -> impl Iterator<Item = usize> {
    (0..MOST_STAGES).filter(move |place| bits & 1 << place != 0)
}

/// How many stages the longest chain has.
fn longest_chain(stages: usize, arrows: &[(usize, usize)]) -> usize {
    let mut depth = vec![1; stages];
    // As often as a chain can be long, so that circles end as well.
    for _ in 0..stages {
        for &(from, to) in arrows {
            depth[to] = depth[to].max(depth[from] + 1).min(stages);
        }
    }
    depth.into_iter().max().unwrap_or(0)
}
