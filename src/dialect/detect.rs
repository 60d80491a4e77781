//! Which dialect a document is written in, told by its features.
//!
//! A dialect is a row of a table: how to recognise it and which order its stages have by default.

use std::sync::LazyLock;

use super::model::Order;
use super::structure::Structure;
use crate::text::Lexicon;

/// What is looked at to tell dialects apart.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Stages of work.
    pub stages: usize,
    /// Stages with an objective and with changes or a validation of their own.
    pub objectives: usize,
    /// Stages that go by the word `stage`.
    pub called_stage: usize,
    /// Stages with two of the parts of which those of a staged plan are made: aim, changes, validation; or with one that
    /// goes by its own name there.
    pub formed: usize,
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
    Dialect {
        name: "story",
        order: Order::Sequence,
        score: |features| {
            match features.story {
                0 | 1 => 0,
                2 => 72,
                // A story numbers its tasks as well.
                _ => 78,
            }
        },
    },
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

/// Whether stages are written in the form by which they need nothing of one another. Headings that count stages say
/// nothing of that.
#[must_use]
pub fn are_disjoint(structure: &Structure<'_>) -> bool {
    features(structure).formed > 0
}

/// What a normalised label or heading says of the dialect of its document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(u16);

impl Signs {
    const WORKSTREAM: Self = Self(1);
    const AUTOMATED: Self = Self(1 << 1);
    const OBJECTIVE: Self = Self(1 << 2);
    const PROOF: Self = Self(1 << 3);
    const RUN: Self = Self(1 << 4);
    const EXPECTED: Self = Self(1 << 5);
    const WORK: Self = Self(1 << 6);
    const STEP: Self = Self(1 << 7);
    const PLAN_OF_WORK: Self = Self(1 << 8);
    const STORY: Self = Self(1 << 9);
    const AIM: Self = Self(1 << 10);
    const END: Self = Self(1 << 11);
    /// By the name that it has in a staged plan.
    const STAGED: Self = Self(1 << 12);

    /// Adds what another label says.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn has(self, sign: Self) -> bool {
        self.0 & sign.0 != 0
    }

    /// Whether it announces what a stage is to reach.
    #[must_use]
    pub fn names_objective(self) -> bool {
        self.has(Self::OBJECTIVE)
    }

    /// Whether it announces what a stage changes.
    #[must_use]
    pub fn names_work(self) -> bool {
        self.has(Self::WORK)
    }
}

/// What the headings outside of stages say, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headings {
    plan_of_work: usize,
    story: usize,
    workstreams: bool,
}

impl Headings {
    /// Takes a normalised heading into account.
    pub fn hear(&mut self, name: &str) {
        let said = signs(name);
        self.plan_of_work += usize::from(said.has(Signs::PLAN_OF_WORK));
        self.story += usize::from(said.has(Signs::STORY));
        self.workstreams = self.workstreams || name.contains("workstream");
    }
}

/// Labels and headings that dialects are known by.
static SIGNS: LazyLock<Lexicon<Signs>> = LazyLock::new(|| {
    let english = [
        ("workstream", Signs::WORKSTREAM),
        ("automated verification", Signs::AUTOMATED),
        ("automated checks", Signs::AUTOMATED),
        ("objective", Signs::OBJECTIVE),
        ("goal", Signs::AIM),
        ("description", Signs::AIM),
        ("purpose", Signs::AIM),
        ("validation", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("validierung", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("validación", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("validação", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("walidacja", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("検証", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("验证", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("검증", Signs(Signs::PROOF.0 | Signs::STAGED.0)),
        ("verification", Signs::PROOF),
        ("success criteria", Signs::PROOF),
        ("acceptance criteria", Signs(Signs::PROOF.0 | Signs::STORY.0)),
        ("acceptance", Signs::PROOF),
        ("completion criteria", Signs::PROOF),
        ("test", Signs::PROOF),
        ("tests", Signs::PROOF),
        ("exit criteria", Signs::END),
        ("done when", Signs::END),
        ("definition of done", Signs::END),
        ("quality gates", Signs::END),
        ("checks", Signs::END),
        ("changes", Signs(Signs::WORK.0 | Signs::STAGED.0)),
        ("tasks", Signs::WORK),
        ("run", Signs::RUN),
        ("expected", Signs::EXPECTED),
        ("plan of work", Signs::PLAN_OF_WORK),
        ("concrete steps", Signs::PLAN_OF_WORK),
        ("validation and acceptance", Signs::PLAN_OF_WORK),
        ("idempotence and recovery", Signs::PLAN_OF_WORK),
        ("surprises & discoveries", Signs::PLAN_OF_WORK),
        ("surprises and discoveries", Signs::PLAN_OF_WORK),
        ("interfaces and dependencies", Signs::PLAN_OF_WORK),
        ("story", Signs::STORY),
        ("tasks / subtasks", Signs::STORY),
        ("dev notes", Signs::STORY),
        ("dev agent record", Signs::STORY),
        ("dev technical guidance", Signs::STORY),
    ];
    // The same in other languages.
    const OBJECTIVES: &[&str] =
        &["ziel", "objectif", "objetivo", "cel", "obiettivo", "doel", "цель", "мета", "目的", "目标", "목표"];
    const PROOFS: &[&str] = &[
        "verifikation", "überprüfung", "akzeptanzkriterien", "erfolgskriterien", "abnahmekriterien", "vérification",
        "critères d'acceptation", "critères de succès", "verificación", "criterios de aceptación",
        "criterios de éxito", "verificação", "critérios de aceitação", "critérios de sucesso", "weryfikacja",
        "kryteria akceptacji", "kryteria sukcesu", "確認", "受け入れ基準", "验收标准", "수용 기준", "인수 조건",
    ];
    const WORK: &[&str] =
        &["änderungen", "changements", "cambios", "mudanças", "zmiany", "変更", "更改", "变更", "변경"];
    const AUTOMATED: &[&str] = &[
        "automatische prüfung", "automatische verifikation", "automatisierte prüfung", "vérification automatisée",
        "vérification automatique", "verificación automática", "verificación automatizada", "verificação automática",
        "verificação automatizada", "weryfikacja automatyczna", "自動検証", "自动验证", "자동 검증",
    ];
    let others =
        [(OBJECTIVES, Signs::OBJECTIVE), (PROOFS, Signs::PROOF), (WORK, Signs::WORK), (AUTOMATED, Signs::AUTOMATED)];
    let others = others.iter().flat_map(|(names, sign)| names.iter().map(|name| (*name, *sign)));
    Lexicon::new(english.into_iter().chain(others))
});

/// What a normalised label or heading says.
#[must_use]
pub fn signs(name: &str) -> Signs {
    let mut said = SIGNS.exactly(name).unwrap_or_default();
    if name.starts_with("step ") {
        said.add(Signs::STEP);
    }
    said
}

/// Words of units that follow one another by their meaning, whatever is said of each.
static FOLLOWING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "phase", "milestone", "sprint", "iteration", "week", "day", "step", "schritt", "fase", "faza", "фаза", "этап",
        "krok", "paso", "passo", "шаг", "フェーズ", "マイルストーン", "ステップ", "里程碑", "步骤", "마일스톤",
    ];
    Lexicon::new(words.map(|word| (word, ())))
});

fn features(structure: &Structure<'_>) -> Features {
    let mut features = Features {
        tagged: structure.tagged,
        numbered_sections: structure.numbered_sections,
        plan_of_work: structure.headings.plan_of_work,
        story: structure.headings.story,
        workstreams: structure.headings.workstreams,
        ..Features::default()
    };
    for draft in structure.drafts.iter().filter(|draft| !draft.last) {
        let has = |sign| draft.signs.has(sign);
        features.stages += 1;
        let coded = draft.unit.number.starts_with(|next: char| next.is_ascii_uppercase());
        features.coded += usize::from(draft.listed && draft.task && coded);
        features.numbered += usize::from(draft.listed && draft.task && !coded && !draft.unit.number.is_empty());
        features.levels += usize::from(draft.unit.word == "level");
        let parts = [has(Signs::OBJECTIVE) || has(Signs::AIM), has(Signs::WORK), has(Signs::PROOF) || has(Signs::END)];
        features.called_stage += usize::from(draft.unit.word == "stage");
        let own = draft.unit.word == "stage" && (has(Signs::OBJECTIVE) || has(Signs::STAGED));
        features.formed += usize::from(own || parts.into_iter().filter(|part| *part).count() > 1);
        features.grouped += usize::from(draft.group > 0 || has(Signs::WORKSTREAM));
        features.automated += usize::from(has(Signs::AUTOMATED));
        // Phases and the like follow one another by their name.
        let in_time = FOLLOWING.has(&draft.unit.word);
        // Tasks build on one another more often than stages do: a goal alone makes no stage of one.
        let aims = has(Signs::OBJECTIVE)
            || has(Signs::AIM) && (draft.unit.word != "task" || has(Signs::PROOF) && has(Signs::WORK));
        features.objectives += usize::from(!in_time && aims && (has(Signs::PROOF) || has(Signs::WORK)));
        features.run_expected += usize::from(has(Signs::RUN) && has(Signs::EXPECTED));
        features.steps += usize::from((has(Signs::RUN) || has(Signs::EXPECTED)) && has(Signs::STEP));
    }
    features
}
