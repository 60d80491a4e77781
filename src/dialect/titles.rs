//! What a heading is for the structure of a plan: a unit, a container of units, a place below which nothing is run.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::LazyLock;

use crate::outline::{Block, InlineKind, Item, Section, Text};
use crate::text::Lexicon;

use super::context::Context;
use super::cues::works;
use super::inline;
use super::marks::{Lines, holds_marks};
use super::structure::Here;
use super::tasks;
use super::units::{self, Unit};
use super::verbs::writes_tests;
use super::vocab::{self, Place};

/// A section's title with what is asked of it again and again.
pub(super) struct Title {
    /// The words.
    pub(super) text: String,
    /// The same, normalised.
    pub(super) name: String,
    /// The unit that they name by themselves.
    pub(super) unit: Option<Unit>,
    place: OnceCell<Option<Place>>,
}

impl Title {
    pub(super) fn of(section: &Section) -> Self {
        let text = section.title.to_plain();
        Self { name: vocab::normalise(&text), unit: units::unit(&text), place: OnceCell::new(), text }
    }

    /// What it announces.
    pub(super) fn place(&self) -> Option<Place> {
        *self.place.get_or_init(|| {
            // Under a heading these are demands and commands; as a label they name the tests to be written.
            let demands = matches!(self.name.as_str(), "testing requirements" | "test requirements");
            vocab::place(&self.text).or(demands.then_some(Place::Proof))
        })
    }

    /// Whether it announces units of work.
    pub(super) fn announces(&self) -> bool {
        self.place() == Some(Place::Units) || is_container(&self.name)
    }

    /// Whether lines of text below it may be units.
    pub(super) fn lines(&self, level: u8) -> Lines {
        const REPEAT: &[&str] = &["timeline", "time table", "estimate", "overview", "summary", "schedule", "progress"];
        match self.place() {
            _ if self.announces() || level == 1 => Lines::Announced,
            _ if REPEAT.iter().any(|word| self.name.contains(word)) => Lines::No,
            None | Some(Place::Order) => Lines::May,
            Some(Place::Off) if speaks_of_work(&self.name) => Lines::May,
            Some(_) => Lines::No,
        }
    }

    /// Whether it names the work or a part of it, which a label below may ask to prove.
    pub(super) fn works(&self) -> bool {
        speaks_of_work(&self.name) || self.name == "cleanup"
    }

    /// What it announces inside a stage, whose own name may stand before it: `Stage 6 Tests`.
    pub(super) fn place_in(&self, stage: Option<&Unit>) -> Option<Place> {
        self.place().or_else(|| {
            let own = self.unit.as_ref().zip(stage).filter(|(unit, stage)| is_same(unit, stage))?.0;
            vocab::place(&own.rest)
        })
    }

    /// Its normalised name inside a stage, without the stage's own.
    pub(super) fn name_in(&self, stage: Option<&Unit>) -> Cow<'_, str> {
        match self.unit.as_ref().zip(stage).filter(|(unit, stage)| is_same(unit, stage)) {
            Some((own, _)) => Cow::Owned(vocab::normalise(&own.rest)),
            None => Cow::Borrowed(&self.name),
        }
    }
}

/// Whether a title speaks of work, and not of what is known or wanted of it.
fn speaks_of_work(name: &str) -> bool {
    matches!(
        name,
        "implementation"
            | "code implementation"
            | "changes"
            | "changes required"
            | "actions"
            | "migration"
            | "plan of work"
            | "what"
            | "how"
    )
}

fn is_same(unit: &Unit, other: &Unit) -> bool {
    !unit.number.is_empty() && unit.word == other.word && unit.number == other.number
}

/// The unit that a section's title names, if it is one here.
pub(super) fn unit_of(section: &Section, title: &Title, env: &Here<'_>) -> Option<Unit> {
    let around = env.unit;
    if let Some(unit) = &title.unit {
        // The title of a document that has other units of work names none.
        if (section.level == 1 || env.whole)
            && (holds_tasks(section) || holds_container(section) || holds_marks(section))
        {
            return None;
        }
        let of_stage = around.is_some_and(|around| is_same(unit, around));
        let announces = || vocab::place(&unit.rest);
        if of_stage && matches!(announces(), Some(Place::Proof | Place::Manual | Place::Off | Place::Order))
            || names_other(&title.text, unit)
        {
            return None;
        }
        // The steps of a cycle inside a task are its checks, not stages.
        let cycle =
            unit.word == "step" && around.is_some_and(|around| !holds_steps(around) && !continues(around, unit));
        let last = env.stage.is_some() && around.is_none();
        if cycle || last || unit.word == "wave" {
            return None;
        }
        return Some(unit.clone());
    }
    let Some(bare) = units::numbered(&title.text) else { return lettered_of(title, env) };
    // `1.4 Verification` below `Phase 1` is where the phase proves itself.
    let proves = asks_for_proof(&bare.rest) || vocab::place(&bare.rest) == Some(Place::Manual);
    let extends = !proves
        && around
            .is_some_and(|around| bare.number.strip_prefix(&around.number).is_some_and(|rest| rest.starts_with('.')));
    let numbered = env.numbered && env.stage.is_none();
    let proven = env.proven && env.stage.is_none() && vocab::place(&bare.rest).is_none();
    let fits = extends || numbered || proven || env.container && env.stage.is_none() && may_be_work(&bare.rest);
    fits.then_some(bare)
}

/// The same for one that begins with a letter. Chapters have such titles as well, so something around it has to speak of
/// work, and nothing in it of something else.
fn lettered_of(title: &Title, env: &Here<'_>) -> Option<Unit> {
    let inside = env.unit.is_some_and(is_workstream);
    let outside = env.stage.is_none() && (env.container || env.workstreams);
    let unit = if inside || outside { units::lettered(&title.text) } else { None }?;
    let work = vocab::place(&unit.rest) != Some(Place::Off) && may_be_work(&unit.rest);
    let named = env.workstreams && !inside && unit.number.len() == 1;
    let word = if named { "workstream" } else { "" };
    work.then(|| Unit { word: word.to_owned(), ..unit })
}

/// Whether what a number stands before may be a unit of work: also `4. Local tool for verification`, which builds one.
fn may_be_work(title: &str) -> bool {
    match vocab::place(title) {
        None | Some(Place::Off) => true,
        Some(Place::Proof) => {
            vocab::rounds_off(&vocab::normalise(title)) || speaks_of_proof(title) && !asks_for_proof(title)
        }
        Some(_) => false,
    }
}

/// `Phase 1 success criteria` asks for proof; it is no second phase.
pub(super) fn names_other(title: &str, unit: &Unit) -> bool {
    let gate = matches!(unit.word.as_str(), "checkpoint" | "gate" | "level" | "step" | "wave");
    !gate
        && !title.contains([':', '：', '—', '–', '-', '.'])
        && matches!(vocab::place(&unit.rest), Some(Place::Proof | Place::Manual | Place::Off | Place::Order))
}

/// Whether a unit's number goes on from that of the unit around it, so that the plan counts it as its own: `Step D1` below
/// `Stage D`, `Step 2.1` below `Stage 2`.
fn continues(around: &Unit, unit: &Unit) -> bool {
    let more = |rest: &str| {
        let lettered = around.number.ends_with(|last: char| last.is_ascii_uppercase());
        rest.starts_with('.') || lettered && rest.starts_with(|next: char| next.is_ascii_digit())
    };
    around.word == "stage" && unit.number.strip_prefix(&around.number).is_some_and(more)
}

/// Whether the steps in a unit are units themselves, as those of a phase, and not the steps of one task.
pub(super) fn holds_steps(unit: &Unit) -> bool {
    is_workstream(unit)
        || matches!(
            unit.word.as_str(),
            "phase" | "milestone" | "part" | "sprint" | "iteration" | "wave" | "fase" | "faza" | "阶段" | "フェーズ"
        )
}

pub(super) fn is_workstream(unit: &Unit) -> bool {
    matches!(unit.word.as_str(), "workstream" | "ws" | "track")
}

/// `Final touches` among tasks: a task without a number of its own.
pub(super) fn is_closing(title: &Title) -> bool {
    title.name.split(' ').next() == Some("final") && title.place().is_none()
}

pub(super) fn holds_units(section: &Section) -> bool {
    section.sections.iter().any(|inner| units::unit(&inner.title.to_plain()).is_some() || holds_units(inner))
}

/// Units of work; a test has steps, levels and scenarios too.
fn is_work(unit: &Unit) -> bool {
    const OTHER: &[&str] = &["step", "level", "checkpoint", "gate", "story", "schritt", "krok", "paso", "passo"];
    !OTHER.contains(&unit.word.as_str()) && !unit.word.is_empty() && vocab::place(&unit.rest) != Some(Place::Proof)
}

/// Whether the sections below one that asks for proof are stages of work: its title names units as well, as `Phases and
/// verification` does, or each asks for proof of its own. `single` says of a unit that no other heading bears its name.
pub(super) fn groups_work(section: &Section, title: &Title, single: impl Fn(&Unit) -> bool) -> bool {
    if holds_levels(section) {
        return true;
    }
    let mut units = section.sections.iter().filter_map(|inner| {
        let unit = units::unit(&inner.title.to_plain()).filter(is_work)?;
        Some((inner, unit))
    });
    let Some(first) = units.next() else { return false };
    let named = title.name.split(' ').any(|word| UNITS.has(word));
    std::iter::once(first).chain(units).all(|(inner, unit)| single(&unit) && (named || has_proof(inner)))
}

/// Whether what stands below is a loop of validation by levels, `Level 1: Syntax`, each a stage whatever is around them.
fn holds_levels(section: &Section) -> bool {
    let level = |inner: &&Section| units::unit(&inner.title.to_plain()).is_some_and(|unit| unit.word == "level");
    section.sections.iter().filter(level).nth(1).is_some()
}

static UNITS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "phases", "stages", "tasks", "milestones", "steps", "workstreams", "iterations", "sprints", "slices", "phasen",
        "stufen", "aufgaben", "schritte", "étapes", "tâches", "etapas", "fases", "tareas", "tarefas", "etapy", "fazy",
        "zadania", "阶段", "任务", "フェーズ", "タスク", "단계", "작업",
    ];
    Lexicon::new(words.map(|word| (word, ())))
});

/// Whether a section has a heading or a label that asks for proof.
fn has_proof(section: &Section) -> bool {
    let proof = |title: &str| matches!(vocab::place(title), Some(Place::Proof | Place::Manual));
    labels_proof(&section.blocks) || section.sections.iter().any(|inner| proof(&inner.title.to_plain()))
}

/// The same for a section with all that stands below it.
pub(super) fn proves(section: &Section) -> bool {
    has_proof(section) || section.sections.iter().any(proves)
}

/// Whether blocks have a label that asks for proof.
pub(super) fn labels_proof(blocks: &[Block]) -> bool {
    let proof = |label: &str| matches!(vocab::place(label), Some(Place::Proof | Place::Manual));
    let labelled =
        |text: &Text| inline::lines(text).any(|line| inline::label(line).is_some_and(|found| proof(&found.label)));
    blocks.iter().any(|block| match block {
        Block::Paragraph(paragraph) => labelled(&paragraph.text),
        Block::List(list) => list.items.iter().any(|item| labelled(&item.text)),
        _ => false,
    })
}

/// Whether sections are numbered upwards from the first and most of them have a heading or a label that asks for proof:
/// `## 1. Parser` with `### Verification`. They are work then, and no chapters.
pub(super) fn prove_themselves(sections: &[Section]) -> bool {
    let numbered = |section: &Section| {
        let title = section.title.to_plain();
        units::numbered(&title).filter(|_| units::unit(&title).is_none()).map(|unit| (unit, has_proof(section)))
    };
    let named: Vec<(Unit, bool)> = sections.iter().filter_map(numbered).collect();
    let rises = named.windows(2).all(|pair| units::order(&pair[0].0.number, &pair[1].0.number).is_lt());
    let proven = named.iter().filter(|(_, proven)| *proven).count();
    rises && proven > 2 && proven * 3 >= named.len() * 2 && !sections.iter().any(holds_units)
}

/// Whether a section below lists the units of work.
fn holds_container(section: &Section) -> bool {
    section.sections.iter().any(|inner| {
        let title = inner.title.to_plain();
        vocab::place(&title) == Some(Place::Units) || is_container(&vocab::normalise(&title))
    })
}

/// Whether a normalised title announces units of work.
fn is_container(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "tasks", "steps", "work breakdown", "breakdown", "plan", "detailed steps", "detailed plan", "aufgaben",
        "tâches", "tareas", "pasos", "tarefas", "passos", "zadania", "kroki", "步骤", "手順", "ステップ", "タスク",
        "단계",
    ];
    if NAMES.contains(&name) {
        return true;
    }
    // `Migration steps - template`: the words before the dash say what stands there.
    let dashed = name.bytes().any(|byte| byte == b'-' || !byte.is_ascii());
    let mut dashes = [" - ", " – ", " — "].iter().filter(|_| dashed);
    let name = dashes.find_map(|dash| name.split_once(dash)).map_or(name, |(head, _)| head);
    name.ends_with(" tasks") || name.ends_with(" stages") || name.ends_with(" steps") && !name.starts_with("next")
}

/// `Dependencies` inside a stage are its own; any other heading about order speaks of the whole plan.
pub(super) fn own_order(title: &Title) -> bool {
    vocab::is_needs_label(&title.text) || matches!(title.name.as_str(), "dependencies" | "dependency" | "order")
}

/// `Final verification` and the like judge the whole plan, at whatever level they stand.
pub(super) fn is_plan_wide(name: &str) -> bool {
    ["final ", "overall ", "plan-level", "whole plan", "global "].iter().any(|start| name.starts_with(start))
}

/// Whether a section lists tasks by code, which are stages of their own.
pub(super) fn holds_tasks(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::List(list) if tasks::is_coded(list)))
        || section.sections.iter().any(holds_tasks)
        || holds_units(section)
}

/// Whether a stage's own title makes what it lists checks: `Phase 5: Verification`. One that says what is verified,
/// `Token verification`, speaks of work as well.
pub(super) fn asks_for_proof(rest: &str) -> bool {
    proof_name(rest).is_some_and(|name| !names_object(&name))
}

/// Whether a stage's own title is about proof. Labels that ask for proof inside a stage may name mere work in its title:
/// `Phase 1: Build` builds something, `Phase 3: Checks` writes checks.
pub(super) fn speaks_of_proof(rest: &str) -> bool {
    proof_name(rest).is_some()
}

/// A title that is about proof, normalised.
fn proof_name(title: &str) -> Option<String> {
    // `Phase 5: Final validation and cleanup` is work as well.
    vocab::proof(title).filter(|name| !vocab::rounds_off(name)).filter(|name| {
        !matches!(
            name.as_str(),
            "build"
                | "gate"
                | "gates"
                | "check"
                | "checks"
                | "ci checks"
                | "static checks"
                | "lint"
                | "type check"
                | "typecheck"
                | "demo"
                | "demo commands"
                | "proof"
                | "success"
                | "automated"
                | "automatisiert"
                | "自动化"
        )
    })
}

/// Whether a stage is a person's as a whole: `Phase 3: Manual testing`, with nothing in it that says otherwise of a part.
pub(super) fn is_manual_stage(section: &Section, unit: &Unit) -> bool {
    vocab::place(&unit.rest) == Some(Place::Manual)
        && section.sections.is_empty()
        && !labels_proof(&section.blocks)
        && !holds_tasks(section)
}

/// Whether headings of a word of the document's own and a number may be units of work. Where others are by the field's
/// words, they have to ask for proof themselves or hold units: `Batch 1` beside `Step 1` may only count what is made.
pub(super) fn may_be_units(sections: &[Section], word: &str) -> bool {
    fn named(sections: &[Section], word: &str, of: &mut dyn FnMut(&Section)) {
        for section in sections {
            if units::counted_word(&section.title.to_plain()).is_some_and(|(own, _)| own == word) {
                of(section);
            }
            named(&section.sections, word, of);
        }
    }
    let (mut works, mut all, mut proven) = (false, 0, 0);
    named(sections, word, &mut |section| {
        works |= has_proof(section) || holds_units(section);
        all += 1;
        proven += usize::from(proves(section));
    });
    if units::has_to_prove(word) {
        return proven > 1 && proven * 2 >= all;
    }
    works
        || !word.ends_with('-')
            && !sections.iter().any(|section| {
                section.level > 1 && units::unit(&section.title.to_plain()).is_some() || holds_units(section)
            })
}

/// `Step 2: Validate the pipeline` with nothing in it but commands, or what is to be seen: they are what it is validated by.
pub(super) fn judges(section: &Section, title: &str) -> bool {
    let seen = |block: &Block| match block {
        Block::Fence(_) | Block::Rule(_) => true,
        Block::List(list) => {
            // `Validate the input` may be something to build: its list has work then, or says nothing of what is seen.
            let all: Vec<String> = list.items.iter().map(|item| tasks::without_code(&item.text).to_plain()).collect();
            let looks = |item: &&Item<'_>| {
                let code = item.text.inlines.first().is_some_and(|first| first.kind == InlineKind::Code);
                code || vocab::verb(&item.text.to_plain()).is_some()
            };
            all.iter().all(|words| !works(words) && !writes_tests(words))
                && list.items.iter().filter(looks).count() * 2 >= list.items.len()
        }
        Block::Paragraph(paragraph) => inline::label(&paragraph.text.inlines).is_some_and(|found| found.strong),
        _ => false,
    };
    // What is said behind the commands tells what to make of them.
    let said = |block: &Block| match block {
        Block::Paragraph(paragraph) => !works(&inline::prose(&paragraph.text.inlines)),
        _ => false,
    };
    let fences = section.blocks.iter().take_while(|block| matches!(block, Block::Fence(_))).count();
    let behind = if fences > 0 { &section.blocks[fences..] } else { &[] };
    tasks::place(title) == Place::Proof
        && tasks::asks(title) == tasks::Asks::Judge
        && section.sections.is_empty()
        && (section.blocks.iter().all(seen) || !behind.is_empty() && behind.iter().all(said))
}

/// `Commands`, `Run`: a heading that says nothing of what they are for.
pub(super) fn is_bare_run(name: &str) -> bool {
    vocab::is_whole(name) && !name.contains("test")
}

/// Whether a title ends in a word of proof and says before it what is to be built that way: `Add input validation`,
/// `Token verification`. `Final verification` only says which proof is meant.
fn names_object(name: &str) -> bool {
    let Some((head, "verification" | "validation" | "criteria")) = name.rsplit_once(' ') else { return false };
    !vocab::is_whole(name) && head.split([' ', '-', ',', '/']).any(|word| !word.is_empty() && !WHICH.has(word))
}

/// Words that say of a proof which one it is, or that join it with another one.
static WHICH: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let words = [
        "a", "acceptance", "all", "and", "automated", "automatic", "browser", "build", "check", "checks", "ci",
        "clean", "closing", "commit", "compile", "complete", "completion", "cross", "deploy", "device", "e2e", "end",
        "exit", "final", "full", "functional", "gate", "gates", "global", "human", "independent", "integrated",
        "integration", "last", "lint", "live", "load", "local", "manual", "merge", "of", "overall", "phase", "plan",
        "platform", "post", "pre", "production", "project", "proof", "qa", "quality", "regression", "release", "repo",
        "repository", "review", "runtime", "sanity", "smoke", "stage", "staging", "static", "stress", "success",
        "suite", "system", "test", "testing", "tests", "the", "to", "type", "unit", "user", "visual", "whole",
        "workspace", "&", "+",
    ];
    Lexicon::new(words.map(|word| (word, ())))
});

/// `Phase 4: Tests` is about writing tests.
pub(super) fn names_tests(rest: &str) -> bool {
    let name = vocab::normalise(rest);
    name.split(' ').any(|word| matches!(word, "tests" | "test" | "testing" | "build" | "lint"))
}

/// A heading whose steps are to be typed one after the other, checks and preparations alike.
pub(super) fn is_procedure(name: &str) -> bool {
    matches!(name, "concrete steps" | "concrete commands")
}

/// Headings below which nothing is to be run, however it is called there.
pub(super) fn closed(name: &str) -> bool {
    [
        "rollout", "rollback", "deployment", "ci/cd", "observability", "monitoring", "post-", "risk", "follow-up",
        "follow up", "example", "usage", "reference", "troubleshooting", "quick ", "template", "progress",
        "background", "non-goals", "out of scope", "next step",
    ]
    .iter()
    .any(|start| name.starts_with(start))
        || vocab::is_closed(name)
}

/// Whether sections without numbers are units of work beside one another: several have a label that asks for proof, and
/// none of them all is a unit by its name.
pub(super) fn are_peers(sections: &[Section]) -> bool {
    let named = |section: &Section| {
        let title = section.title.to_plain();
        units::unit(&title).or_else(|| units::numbered(&title)).or_else(|| units::lettered(&title)).is_some()
    };
    sections.iter().filter(|section| is_peer(section)).nth(1).is_some() && !sections.iter().any(named)
}

/// Whether a section is nothing by its heading and has a label that asks for proof.
pub(super) fn is_peer(section: &Section) -> bool {
    section.sections.is_empty() && labels_proof(&section.blocks) && vocab::place(&section.title.to_plain()).is_none()
}

/// `Deliverables`: a heading below which stands what a stage leaves behind.
pub(super) fn names_results(section: &Section) -> bool {
    const NAMES: &[&str] = &[
        "deliverables", "deliverable", "outputs", "artifacts", "artefacts", "outcomes", "ergebnisse", "livrables",
        "entregables", "entregas", "rezultaty", "成果物", "交付物", "산출물",
    ];
    NAMES.contains(&vocab::normalise(&section.title.to_plain()).as_str())
}

/// Headings that hold no more than how far the work has come.
pub(super) fn is_tracker(name: &str) -> bool {
    name.starts_with("progress")
}

pub(super) fn context_of(place: Place, name: &str) -> Context {
    let cases = [
        "concrete steps", "unit tests", "integration tests", "end-to-end tests", "e2e tests", "tests",
        "testing requirements", "test requirements",
    ]
    .contains(&name);
    // Test cases to be written are no checks; only commands count there.
    Context { prose_counts: !cases, ..Context::of(place) }
}

pub(super) fn runs<'s>(block: &Block<'s>) -> Vec<inline::Run<'s>> {
    match block {
        Block::Paragraph(paragraph) => inline::lines(&paragraph.text).map(<[_]>::to_vec).collect(),
        Block::List(list) => list.items.iter().flat_map(|item| inline::lines(&item.text)).map(<[_]>::to_vec).collect(),
        _ => Vec::new(),
    }
}
