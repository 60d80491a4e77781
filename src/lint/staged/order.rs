//! The order of stages: that it is said, that drawing and sentences say the same, and that stages which are independent
//! do not touch the same files.

use std::collections::{BTreeMap, BTreeSet};

use super::super::files::Named;
use super::super::{Applies, Reads, Rule, Subject};
use super::anatomy::Body;
use crate::diagnostic::Severity;
use crate::dialect::vocab::normalise;
use crate::dialect::{Relation, RelationSource};
use crate::plan::{NeedSource, StageId};
use crate::source::Span;

/// A plan of several stages that says nothing of their order.
pub(crate) static MISSING_ORDER: Rule = Rule {
    code: "missing-stage-dependencies",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a plan of several stages that says nothing of their order",
    why: "Where nothing is said, stages with an objective, changes and a validation run side by side. If one needs another, \
          its checks fail for no reason of its own. Bare headings wait for one another, which may be more than they need.",
    mend: "Add `## Stage Dependencies` with a drawing such as `Stage 1 ──► Stage 2`, and a sentence for each stage that \
           waits. If no stage needs another one, say so.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 2: Read a folder\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 2: Read a folder\n\n## Stage Dependencies\n\n\
           Stage 1 ──► Stage 2\n\nStage 2 requires Stage 1.\n",
    check: |subject, findings| {
        let reading = subject.reading;
        let several = reading.stages.iter().filter(|stage| !stage.last && stage.inner.is_empty()).count() > 1;
        let said = !reading.relations.is_empty() || reading.in_a_row.is_some() || !reading.parallel.is_empty();
        let configured = subject.plan.stages.iter().any(|stage| stage.needs_source == NeedSource::Configured);
        let headed = || subject.sections().iter().any(|section| speaks_of_order(&section.title.to_plain()));
        if several && !said && !configured && !headed() {
            findings.add(subject.title(), "the plan says nothing of the order of its stages").help(
                "add `## Stage Dependencies` with a drawing, or with the sentence that no stage needs another one",
            );
        }
    },
};

/// A dependency that stands in words and not in the drawing.
pub(crate) static UNDRAWN_DEPENDENCY: Rule = Rule {
    code: "undrawn-dependency",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a dependency that is told in words and missing in the drawing",
    why: "Most people look at the drawing only.",
    mend: "Draw the arrow, or take the sentence back.",
    bad: "# Plan\n\n## Stage 1: A\n\n## Stage 2: B\n\n## Stage 3: C\n\n## Stage Dependencies\n\nStage 1 ──► Stage 2\n\n\
          Stage 2 requires Stage 1.\nStage 3 requires Stage 2.\n",
    good: "# Plan\n\n## Stage 1: A\n\n## Stage 2: B\n\n## Stage 3: C\n\n## Stage Dependencies\n\n\
           Stage 1 ──► Stage 2 ──► Stage 3\n\nStage 2 requires Stage 1.\nStage 3 requires Stage 2.\n",
    check: |subject, findings| {
        let (drawn, told) = (Edges::of(subject, is_drawn), Edges::of(subject, is_told));
        let Some(drawing) = drawn.first() else { return };
        for edge in told.missing_in(&drawn) {
            let (stage, need) = edge.names(subject);
            findings
                .add(edge.at, format!("stage {stage} needs stage {need}, and the drawing does not show it"))
                .also(drawing, "the drawing")
                .help("draw the arrow, or take the sentence back");
        }
    },
};

/// A dependency that stands in the drawing and not in words.
pub(crate) static UNTOLD_DEPENDENCY: Rule = Rule {
    code: "untold-dependency",
    level: Severity::Note,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a dependency that is drawn and missing in the sentences that tell of others",
    why: "A sentence says why a stage waits. Where others have one, a missing one looks like an arrow drawn by mistake.",
    mend: "Add the sentence, or take the arrow out of the drawing.",
    bad: "# Plan\n\n## Stage 1: A\n\n## Stage 2: B\n\n## Stage 3: C\n\n## Stage Dependencies\n\n\
          Stage 1 ──► Stage 2 ──► Stage 3\n\nStage 2 requires Stage 1.\n",
    good: "# Plan\n\n## Stage 1: A\n\n## Stage 2: B\n\n## Stage 3: C\n\n## Stage Dependencies\n\n\
           Stage 1 ──► Stage 2 ──► Stage 3\n\nStage 2 requires Stage 1.\nStage 3 requires Stage 2.\n",
    check: |subject, findings| {
        let (drawn, told) = (Edges::of(subject, is_drawn), Edges::of(subject, is_told));
        if told.first().is_none() {
            return;
        }
        for edge in drawn.missing_in(&told) {
            let (stage, need) = edge.names(subject);
            findings
                .add(
                    edge.at,
                    format!("the drawing shows that stage {stage} needs stage {need}, and no sentence says so"),
                )
                .help(format!("add a sentence such as `Stage {stage} requires Stage {need}.`"));
        }
    },
};

/// A file that two stages change of which neither waits for the other.
pub(crate) static SHARED_FILE: Rule = Rule {
    code: "shared-file",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a file that two stages change though neither waits for the other",
    why: "Stages without an order between them can be worked on at the same time, and then get into each other's way in \
          this file.",
    mend: "Say which of the two comes first, or divide the changes so that each file belongs to one of them.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Add `read()` to `src/file.rs:12`\n\n\
          ## Stage 2: Write one file\n\n### Changes\n\n- [ ] Add `write()` to `src/file.rs:40`\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n### Changes\n\n- [ ] Add `read()` to `src/file.rs:12`\n\n\
           ## Stage 2: Write one file\n\nDepends on: Stage 1\n\n### Changes\n\n- [ ] Add `write()` to `src/file.rs:40`\n",
    check: |subject, findings| {
        let Some(graph) = subject.graph else { return };
        let mut files: BTreeMap<String, Vec<(StageId, Span)>> = BTreeMap::new();
        for body in Body::all(subject) {
            for Named { path, span } in body.changed_files() {
                let stages = files.entry(path).or_default();
                if stages.last().is_none_or(|(stage, _)| *stage != body.id) {
                    stages.push((body.id, span));
                }
            }
        }
        let mut before: BTreeMap<StageId, BTreeSet<StageId>> = BTreeMap::new();
        for (path, stages) in files.iter().filter(|(path, stages)| stages.len() > 1 && !path.ends_with('/')) {
            let mut waits = |stage: StageId, other: StageId| {
                before.entry(stage).or_insert_with(|| graph.ancestors(stage)).contains(&other)
            };
            let pairs = stages.iter().zip(stages.iter().skip(1));
            let independent =
                pairs.into_iter().find(|(first, second)| !waits(first.0, second.0) && !waits(second.0, first.0));
            let Some((first, second)) = independent else { continue };
            let [one, other] = [first.0, second.0].map(|stage| &subject.plan.stage(stage).label);
            findings
                .add(
                    second.1,
                    format!("stages {one} and {other} both change `{path}`, and neither waits for the other"),
                )
                .also(first.1, format!("stage {one} changes it here"))
                .help("say which of the two comes first, or let the file belong to one of them");
        }
    },
};

/// Whether a heading announces the order of stages.
fn speaks_of_order(title: &str) -> bool {
    let name = normalise(title);
    let order =
        ["dependencies between stages", "execution order", "implementation order", "order of stages", "parallelism"];
    order.contains(&name.as_str()) || name.contains("stage") && name.contains("depend")
}

/// What is said of the order, from one kind of place.
#[derive(Default)]
struct Edges(Vec<Edge>);

/// A stage that needs another one.
#[derive(Clone, Copy)]
struct Edge {
    stage: usize,
    need: usize,
    at: Span,
}

fn is_drawn(relation: &Relation) -> bool {
    relation.source == RelationSource::Diagram
}

fn is_told(relation: &Relation) -> bool {
    matches!(relation.source, RelationSource::Own | RelationSource::Prose)
}

impl Edges {
    fn of(subject: &Subject<'_>, from: fn(&Relation) -> bool) -> Self {
        // A gate comes after everything before it, and nobody has to say so.
        let gates: Vec<bool> = subject.reading.stages.iter().map(|stage| stage.gate).collect();
        let is_gate = |stage: usize| gates.get(stage).copied().unwrap_or(false);
        let relations = subject.reading.relations.iter().filter(|relation| from(relation));
        let edges = relations.flat_map(|relation| {
            let needs = relation.needs.iter().filter_map(|need| need.stage);
            let stage = relation.stage.stage;
            needs.filter_map(move |need| Some(Edge { stage: stage?, need, at: relation.place }))
        });
        Self(edges.filter(|edge| !is_gate(edge.stage) && !is_gate(edge.need)).collect())
    }

    fn first(&self) -> Option<Span> {
        self.0.first().map(|edge| edge.at)
    }

    /// The edges that do not follow from others: for each stage of which these speak.
    fn missing_in<'e>(&'e self, others: &'e Self) -> impl Iterator<Item = &'e Edge> {
        let mut needs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        others.0.iter().for_each(|edge| needs.entry(edge.stage).or_default().push(edge.need));
        let mut seen = BTreeSet::new();
        self.0
            .iter()
            .filter(move |edge| seen.insert((edge.stage, edge.need)) && !reaches(&needs, edge.stage, edge.need))
    }
}

impl Edge {
    fn names<'a>(&self, subject: &Subject<'a>) -> (&'a str, &'a str) {
        let label = |index: usize| subject.plan.stages.get(index).map_or("", |stage| stage.label.as_str());
        (label(self.stage), label(self.need))
    }
}

/// Whether a stage needs another one, directly or not.
fn reaches(needs: &BTreeMap<usize, Vec<usize>>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(stage) = todo.pop() {
        for &need in needs.get(&stage).into_iter().flatten() {
            if need == to {
                return true;
            }
            if seen.insert(need) {
                todo.push(need);
            }
        }
    }
    false
}
