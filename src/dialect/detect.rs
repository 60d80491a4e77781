//! Which dialect a document is written in, told by its features.
//!
//! A dialect is a row of a table: how to recognise it and which order its stages have by default.

use super::model::Order;
use super::structure::Structure;

/// What is looked at to tell dialects apart.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Stages of work.
    pub stages: usize,
    /// Stages with an objective and with changes or a validation of their own.
    pub objectives: usize,
    /// Stages that go by the word `stage`.
    pub called_stage: usize,
    /// Stages that belong to a workstream.
    pub grouped: usize,
    /// Whether some heading speaks of workstreams.
    pub workstreams: bool,
    /// Headings that set automated and manual verification apart.
    pub automated: usize,
    /// Steps with `Run:` and `Expected:`.
    pub run_expected: usize,
    /// Whether the stages are written as tags.
    pub tagged: bool,
    /// Stages that go by a code such as `T012` in a task list.
    pub coded: usize,
    /// Stages that go by a number in a task list.
    pub numbered: usize,
    /// Levels of a validation loop.
    pub levels: usize,
    /// Headings of a plan of work.
    pub plan_of_work: usize,
    /// Headings of a story.
    pub story: usize,
    /// Sections that number the tasks in them.
    pub numbered_sections: bool,
    /// Stages that name files and steps of a TDD cycle.
    pub steps: usize,
}

/// A dialect.
pub struct Dialect {
    /// Its name in the interchange form.
    pub name: &'static str,
    /// The order of stages of which nothing is said.
    pub order: Order,
    /// How surely a document is written in it; 0 for not at all.
    pub score: fn(&Features) -> u32,
}

/// All dialects, in the order in which an equal score is decided.
pub const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "workstream",
        order: Order::Groups,
        score: |features| {
            if features.grouped > 0 {
                90
            } else if features.workstreams {
                60
            } else {
                0
            }
        },
    },
    Dialect { name: "xml-tasks", order: Order::Sequence, score: |features| if features.tagged { 100 } else { 0 } },
    Dialect { name: "task-list", order: Order::Sequence, score: |features| if features.coded > 1 { 80 } else { 0 } },
    Dialect {
        name: "numbered-tasks",
        order: Order::Sequence,
        score: |features| if features.numbered > 1 && features.numbered * 2 >= features.stages { 75 } else { 0 },
    },
    Dialect {
        name: "change-tasks",
        order: Order::Sequence,
        score: |features| if features.numbered_sections { 75 } else { 0 },
    },
    Dialect {
        name: "validation-loop",
        order: Order::Sequence,
        score: |features| if features.levels > 1 { 75 } else { 0 },
    },
    Dialect {
        name: "plan-of-work",
        order: Order::Sequence,
        score: |features| if features.plan_of_work > 2 { 75 } else { 0 },
    },
    Dialect { name: "story", order: Order::Sequence, score: |features| if features.story > 1 { 72 } else { 0 } },
    Dialect { name: "phases", order: Order::Sequence, score: |features| if features.automated > 0 { 70 } else { 0 } },
    Dialect {
        name: "staged",
        order: Order::Independent,
        score: |features| {
            let most = features.stages > 0 && features.objectives * 2 >= features.stages;
            if most {
                65
            } else if features.called_stage > 0 && features.called_stage * 2 >= features.stages {
                50
            } else {
                0
            }
        },
    },
    Dialect {
        name: "tdd",
        order: Order::Sequence,
        score: |features| if features.run_expected > 0 && features.steps > 0 { 60 } else { 0 },
    },
    Dialect { name: "freeform", order: Order::Sequence, score: |_| 1 },
];

/// The dialect of a name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name == name)
}

/// The dialect that fits a document best.
#[must_use]
pub fn detect(structure: &Structure<'_>) -> &'static Dialect {
    let features = features(structure);
    let mut best = &DIALECTS[DIALECTS.len() - 1];
    let mut most = 0;
    for dialect in DIALECTS {
        let score = (dialect.score)(&features);
        if score > most {
            most = score;
            best = dialect;
        }
    }
    best
}

fn features(structure: &Structure<'_>) -> Features {
    let heading =
        |names: &[&str]| structure.headings.iter().filter(|heading| names.contains(&heading.as_str())).count();
    let mut features = Features {
        tagged: structure.tagged,
        numbered_sections: structure.numbered_sections,
        plan_of_work: heading(&[
            "plan of work", "concrete steps", "validation and acceptance", "idempotence and recovery",
            "surprises & discoveries", "surprises and discoveries", "interfaces and dependencies",
        ]),
        story: heading(&[
            "story", "tasks / subtasks", "dev notes", "dev agent record", "acceptance criteria",
            "dev technical guidance",
        ]),
        workstreams: structure.headings.iter().any(|name| name.contains("workstream")),
        ..Features::default()
    };
    for draft in structure.drafts.iter().filter(|draft| !draft.last) {
        let has = |wanted: &[&str]| draft.labels.iter().any(|label| wanted.contains(&label.as_str()));
        features.stages += 1;
        let coded = draft.unit.number.starts_with(|next: char| next.is_ascii_uppercase());
        features.coded += usize::from(draft.listed && draft.task && coded);
        features.numbered += usize::from(draft.listed && draft.task && !coded && !draft.unit.number.is_empty());
        features.levels += usize::from(draft.unit.word == "level");
        features.called_stage += usize::from(draft.unit.word == "stage");
        features.grouped += usize::from(draft.group > 0 || has(&["workstream"]));
        features.automated += usize::from(has(&["automated verification", "automated checks"]));
        let objective = has(&["objective", "goal", "description", "purpose"]);
        let proof = has(&[
            "validation", "verification", "success criteria", "acceptance criteria", "acceptance",
            "completion criteria",
        ]);
        let tdd = has(&["run", "expected"]) && draft.labels.iter().any(|label| label.starts_with("step "));
        features.objectives += usize::from(objective && (proof || has(&["changes", "tasks"])));
        features.run_expected += usize::from(has(&["run"]) && has(&["expected"]));
        features.steps += usize::from(tdd);
    }
    features
}
