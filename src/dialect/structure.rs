//! Which parts of a document are stages, and which part belongs to which stage.
//!
//! Walks the tree of sections once. Where units of work nest, the inner ones are stages; the outer one is a stage
//! too if it has checks of its own. Headings that ask for proof outside any unit form last stages.

use crate::outline::{Block, Item, List, Outline, Section};
use crate::source::Span;

use super::inline;
use super::units::{self, Unit};
use super::vocab::{self, Place};
use super::walk::{Context, Found, Scripts, step_place};

/// A stage in the making.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Its name.
    pub unit: Unit,
    /// Its title.
    pub title: String,
    /// Where it starts.
    pub span: Span,
    /// Its workstream, if any; 0 for none.
    pub group: u32,
    /// The name of its workstream.
    pub group_name: String,
    /// Whether it judges the plan as a whole.
    pub last: bool,
    /// Indices of the drafts inside it.
    pub inner: Vec<usize>,
    /// Whether it is an item of a list.
    pub listed: bool,
    /// The labels and headings in it, normalised: what a dialect is known by.
    pub labels: Vec<String>,
    /// What was found in it.
    pub found: Found,
}

/// A document taken apart.
#[derive(Debug, Default)]
pub struct Structure<'o> {
    /// The stages in the order in which they start.
    pub drafts: Vec<Draft>,
    /// Sections that speak of order.
    pub order: Vec<&'o Section>,
    /// All headings outside of stages, normalised: what a dialect is known by.
    pub headings: Vec<String>,
    /// Number of scripts.
    pub scripts: Scripts,
    groups: u32,
}

/// Where the walk through the sections stands.
#[derive(Clone)]
struct Here {
    /// The stage that owns what is found.
    stage: Option<usize>,
    /// The nearest unit around.
    unit: Option<Unit>,
    /// What is in force inside a stage.
    context: Context,
    /// Whether the sections below may be units by a bare number.
    container: bool,
    /// Whether the sections below are workstreams even without that word.
    workstreams: bool,
    group: u32,
    group_name: String,
}

/// Takes a document apart.
#[must_use]
pub fn read(outline: &Outline) -> Structure<'_> {
    let mut structure = Structure::default();
    let env = Here {
        stage: None,
        unit: None,
        context: Context::of(Place::Off),
        container: false,
        workstreams: false,
        group: 0,
        group_name: String::new(),
    };
    structure.list_units(&outline.root.blocks, &env);
    for section in &outline.root.sections {
        structure.section(section, &env);
    }
    structure.drop_groups();
    for draft in &mut structure.drafts {
        draft.labels.extend(draft.found.fields.iter().map(|(label, _)| label.clone()));
    }
    structure
}

impl<'o> Structure<'o> {
    fn section(&mut self, section: &'o Section, env: &Here) {
        let title = section.title.to_plain();
        let name = vocab::normalise(&title);
        match env.stage {
            None => self.headings.push(name),
            Some(stage) => self.drafts[stage].labels.push(name),
        }
        match unit_of(section, &title, env) {
            Some(unit) => self.unit(section, unit, env),
            None if env.workstreams && env.stage.is_none() && has_steps(section) && vocab::place(&title).is_none() => {
                let unit = Unit { word: "workstream".to_owned(), number: String::new(), rest: title };
                self.unit(section, unit, env);
            }
            None if env.container && env.stage.is_none() && is_closing(&title) => {
                self.unit(section, Unit { word: String::new(), number: String::new(), rest: title }, env);
            }
            None => self.plain(section, &title, env),
        }
    }

    /// A section that is no unit of work.
    fn plain(&mut self, section: &'o Section, title: &str, env: &Here) {
        let place = vocab::place(title);
        let cycle = env.stage.and_then(|_| units::unit(title)).filter(|unit| unit.word == "step");
        if let (Some(step), Some(stage)) = (&cycle, env.stage) {
            self.inside(section, stage, &Context::of(step_place(&step.rest)), env);
            return;
        }
        match (place, env.stage) {
            (Some(Place::Order), None) => self.order.push(section),
            (Some(Place::Order), Some(stage)) => {
                let found = &mut self.drafts[stage].found;
                for block in &section.blocks {
                    found.needs.extend(runs(block));
                }
            }
            (Some(place @ (Place::Proof | Place::Manual | Place::Run | Place::Red)), Some(stage)) => {
                let context =
                    if env.context.place == Place::Manual { env.context.clone() } else { context_of(place, title) };
                self.inside(section, stage, &context, env);
            }
            (Some(place @ (Place::Proof | Place::Manual)), None) if section.level > 1 => {
                self.last(section, title, place, env)
            }
            (_, Some(stage)) => {
                // A heading that nothing is known of inherits a checking place, and ends no other.
                let context = if place.is_none() { env.context.clone() } else { Context::of(Place::Off) };
                self.inside(section, stage, &context, env);
            }
            (place, None) => {
                // A document's own title says nothing about the numbers of the headings below it.
                let container = section.level > 1 && (place == Some(Place::Units) || is_container(title));
                let name = vocab::normalise(title);
                let below = Here {
                    container: container || env.container && place.is_none(),
                    workstreams: name.contains("workstream") || env.workstreams,
                    ..env.clone()
                };
                if container {
                    self.list_units(&section.blocks, &below);
                }
                if place == Some(Place::Off) && closed(&name) {
                    return;
                }
                for inner in &section.sections {
                    self.section(inner, &below);
                }
            }
        }
    }

    /// A section inside a stage, with those below it.
    fn inside(&mut self, section: &'o Section, stage: usize, context: &Context, env: &Here) {
        let mut scripts = self.scripts;
        self.drafts[stage].found.blocks(&section.blocks, context, &mut scripts);
        self.scripts = scripts;
        let below = Here { stage: Some(stage), context: context.clone(), ..env.clone() };
        for inner in &section.sections {
            self.section(inner, &below);
        }
    }

    /// A section that asks for proof of the plan as a whole.
    fn last(&mut self, section: &'o Section, title: &str, place: Place, env: &Here) {
        let index = self.drafts.len();
        self.drafts.push(Draft { title: title.to_owned(), span: section.heading, last: true, ..Draft::default() });
        self.inside(section, index, &context_of(place, title), env);
        if self.drafts[index].found.checks.is_empty() && self.drafts.len() == index + 1 {
            self.drafts.pop();
        }
    }

    fn unit(&mut self, section: &'o Section, unit: Unit, env: &Here) {
        let title = section.title.to_plain();
        let workstream = matches!(unit.word.as_str(), "workstream" | "ws" | "track");
        let gate = matches!(unit.word.as_str(), "checkpoint" | "gate" | "level")
            || vocab::place(&unit.rest).is_some_and(|place| place == Place::Proof);
        let (group, group_name) = if workstream {
            self.groups += 1;
            (self.groups, group_name(&unit, self.groups))
        } else {
            (env.group, env.group_name.clone())
        };
        let index = self.drafts.len();
        let context = Context::of(if gate { Place::Proof } else { Place::Off });
        self.drafts.push(Draft {
            unit: unit.clone(),
            title: title.clone(),
            span: section.heading,
            group,
            group_name: group_name.clone(),
            ..Draft::default()
        });
        let below = Here {
            stage: Some(index),
            unit: Some(unit),
            context: context.clone(),
            container: env.container,
            workstreams: false,
            group,
            group_name,
        };
        if workstream {
            self.steps(&section.blocks, &below, &context);
        } else {
            self.own(&section.blocks, index, &context);
        }
        for inner in &section.sections {
            self.section(inner, &below);
        }
        self.drafts[index].inner = (index + 1..self.drafts.len()).collect();
    }

    fn own(&mut self, blocks: &[Block], stage: usize, context: &Context) {
        let mut scripts = self.scripts;
        self.drafts[stage].found.blocks(blocks, context, &mut scripts);
        self.scripts = scripts;
    }

    /// The blocks of a workstream: an ordered list that stands under no other label holds its steps.
    fn steps(&mut self, blocks: &'o [Block], env: &Here, context: &Context) {
        let Some(stage) = env.stage else { return };
        let mut labelled = false;
        let mut rest: Vec<Block> = Vec::new();
        for block in blocks {
            match block {
                Block::List(list) if list.start.is_some() && !labelled && !holds_checks(&rest) => {
                    self.list_steps(list, env)
                }
                Block::Paragraph(paragraph) => {
                    if let Some(found) = inline::lines(&paragraph.text).last().and_then(|line| inline::label(line)) {
                        let empty = inline::is_blank(&found.rest);
                        labelled = empty
                            && vocab::normalise(&found.label) != "steps"
                            && !vocab::normalise(&found.label).ends_with(" steps");
                    }
                    rest.push(block.clone());
                }
                _ => rest.push(block.clone()),
            }
        }
        self.own(&rest, stage, context);
    }

    fn list_steps(&mut self, list: &List, env: &Here) {
        for (at, item) in list.items.iter().enumerate() {
            let number = item.number.unwrap_or(list.start.unwrap_or(1) + at as u64);
            let unit = Unit { word: "step".to_owned(), number: number.to_string(), rest: String::new() };
            self.listed(item, unit, env);
        }
    }

    fn listed(&mut self, item: &Item, unit: Unit, env: &Here) {
        let index = self.drafts.len();
        let title = item_title(item);
        self.drafts.push(Draft {
            unit,
            title,
            span: Span { start: item.span.start, end: item.text.span.end.max(item.span.start) },
            group: env.group,
            group_name: env.group_name.clone(),
            listed: true,
            ..Draft::default()
        });
        let off = Context::of(Place::Off);
        let mut scripts = self.scripts;
        let mut current = off.clone();
        self.drafts[index].found.item(item, &off, &mut current, &mut scripts);
        self.scripts = scripts;
    }

    /// Units that stand in lists and paragraphs of a container rather than under headings.
    fn list_units(&mut self, blocks: &'o [Block], env: &Here) {
        let mut group: Option<Here> = None;
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    for line in inline::lines(&paragraph.text) {
                        let text = inline::markdown(&line);
                        if let Some(unit) = workstream_line(&text) {
                            group = Some(self.open_group(&unit, inline::span(&line), env));
                        }
                    }
                }
                Block::List(list) if list.start.is_some() && group.is_some() => {
                    if let Some(group) = group.clone() {
                        self.list_steps(list, &group);
                    }
                }
                Block::List(list) if env.container => {
                    for item in &list.items {
                        self.container_item(item, env);
                    }
                }
                _ => {}
            }
        }
    }

    /// A workstream that is named by a line of text; its steps follow as a list.
    fn open_group(&mut self, unit: &Unit, span: Span, env: &Here) -> Here {
        self.groups += 1;
        let group_name = group_name(unit, self.groups);
        let index = self.drafts.len();
        self.drafts.push(Draft {
            unit: unit.clone(),
            title: unit.rest.clone(),
            span,
            group: self.groups,
            group_name: group_name.clone(),
            ..Draft::default()
        });
        Here { stage: Some(index), unit: Some(unit.clone()), group: self.groups, group_name, ..env.clone() }
    }

    fn container_item(&mut self, item: &Item, env: &Here) {
        let text = inline::lines(&item.text).first().map(|line| inline::markdown(line)).unwrap_or_default();
        let steps = item.blocks.iter().find_map(|block| match block {
            Block::List(list) if list.start.is_some() => Some(list),
            _ => None,
        });
        if let (Some(unit), Some(list)) = (workstream_line(&text), steps) {
            let group = self.open_group(&unit, item.text.span, env);
            self.list_steps(list, &group);
            return;
        }
        // `- [ ] **Setup**` with its subtasks below.
        let bold =
            item.text.inlines.iter().all(|inline| {
                inline.strong || inline.text.trim().is_empty() || inline.text.trim_start().starts_with('(')
            });
        let subtasks = item.blocks.iter().any(|block| matches!(block, Block::List(_)));
        if item.task.is_some() && bold && subtasks && !item.text.is_empty() {
            let index = self.drafts.len();
            self.listed(item, Unit::default(), env);
            let words = item_title(item);
            if vocab::is_manual(&words) {
                let mut scripts = self.scripts;
                self.drafts[index].found = Found::default();
                self.drafts[index].found.blocks(&item.blocks, &Context::of(Place::Manual), &mut scripts);
                self.scripts = scripts;
            }
        }
    }

    /// Takes out units that only hold other units.
    fn drop_groups(&mut self) {
        let holds = |draft: &Draft, drafts: &[Draft], index: usize| {
            !draft.last
                && draft.found.checks.is_empty()
                && (drafts
                    .iter()
                    .enumerate()
                    .any(|(other, inner)| other > index && draft.inner.contains(&other) && !inner.last)
                    || draft.unit.word == "workstream"
                        && drafts.iter().any(|inner| inner.listed && inner.group == draft.group && draft.group > 0))
        };
        let dropped: Vec<bool> =
            self.drafts.iter().enumerate().map(|(index, draft)| holds(draft, &self.drafts, index)).collect();
        let mut place = Vec::with_capacity(dropped.len());
        let mut kept = 0;
        for &gone in &dropped {
            place.push((!gone).then_some(kept));
            kept += usize::from(!gone);
        }
        let mut index = 0;
        self.drafts.retain_mut(|draft| {
            draft.inner = draft.inner.iter().filter_map(|&inner| place[inner]).collect();
            index += 1;
            !dropped[index - 1]
        });
    }
}

/// The unit that a section's title names, if it is one here.
fn unit_of(section: &Section, title: &str, env: &Here) -> Option<Unit> {
    let around = env.unit.as_ref();
    if let Some(unit) = units::unit(title) {
        if section.level == 1 && holds_units(section) {
            return None;
        }
        // `Phase 1 success criteria` asks for proof; it is no second phase.
        let sayings = vocab::place(&unit.rest);
        let gate = matches!(unit.word.as_str(), "checkpoint" | "gate" | "level" | "step" | "wave");
        if !gate
            && matches!(sayings, Some(Place::Proof | Place::Manual | Place::Off | Place::Order))
            && !title.contains([':', '—', '–', '-', '.'])
        {
            return None;
        }
        // The steps of a cycle inside a task are its checks, not stages.
        let cycle = unit.word == "step"
            && around.is_some_and(|around| {
                !matches!(
                    around.word.as_str(),
                    "workstream" | "ws" | "phase" | "milestone" | "part" | "sprint" | "iteration" | "wave" | "track"
                )
            });
        let last = env.stage.is_some() && around.is_none();
        if cycle || last || matches!(unit.word.as_str(), "wave") {
            return None;
        }
        return Some(unit);
    }
    let bare = units::numbered(title)?;
    let extends =
        around.is_some_and(|around| bare.number.strip_prefix(&around.number).is_some_and(|rest| rest.starts_with('.')));
    let known = vocab::place(&bare.rest).is_some_and(|place| place != Place::Off);
    (extends || env.container && env.stage.is_none() && !known).then_some(bare)
}

/// `Final touches` among tasks: a task without a number of its own.
fn is_closing(title: &str) -> bool {
    let name = vocab::normalise(title);
    name.split(' ').next() == Some("final") && vocab::place(title).is_none()
}

fn holds_units(section: &Section) -> bool {
    section.sections.iter().any(|inner| units::unit(&inner.title.to_plain()).is_some() || holds_units(inner))
}

fn is_container(title: &str) -> bool {
    let name = vocab::normalise(title);
    matches!(
        name.as_str(),
        "tasks" | "steps" | "work breakdown" | "breakdown" | "plan" | "detailed steps" | "detailed plan"
    ) || name.ends_with(" tasks")
        || name.ends_with(" stages")
        || name.ends_with(" steps") && !name.starts_with("next")
}

/// Headings below which nothing is to be run, however it is called there.
fn closed(name: &str) -> bool {
    [
        "rollout", "rollback", "deployment", "ci/cd", "observability", "monitoring", "post-", "risk", "follow-up",
        "follow up", "example", "usage", "reference", "troubleshooting", "quick ", "template", "progress",
        "background", "non-goals", "out of scope",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

fn context_of(place: Place, title: &str) -> Context {
    let name = vocab::normalise(title);
    let cases = ["unit tests", "integration tests", "end-to-end tests", "e2e tests", "tests"].contains(&name.as_str());
    // Test cases to be written are no checks; only commands count there.
    Context { prose_counts: !cases, ..Context::of(place) }
}

/// Whether blocks read so far end in a label of a checking place, whose list follows.
fn holds_checks(blocks: &[Block]) -> bool {
    let Some(Block::Paragraph(paragraph)) = blocks.last() else { return false };
    inline::lines(&paragraph.text).last().and_then(|line| inline::label(line)).is_some_and(|found| {
        inline::is_blank(&found.rest) && matches!(vocab::place(&found.label), Some(Place::Proof | Place::Manual))
    })
}

fn has_steps(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::List(list) if list.start.is_some()))
}

/// `Workstream A — Name`, `Workstream: Name`, `**Workstream 2: Name**`.
fn workstream_line(text: &str) -> Option<Unit> {
    let plain = text.replace(['*', '`'], "");
    if let Some(unit) = units::unit(&plain).filter(|unit| matches!(unit.word.as_str(), "workstream" | "ws" | "track")) {
        return Some(unit);
    }
    let (head, rest) = plain.split_once(':')?;
    (head.trim().eq_ignore_ascii_case("workstream") && !rest.trim().is_empty()).then(|| Unit {
        word: "workstream".to_owned(),
        number: String::new(),
        rest: rest.trim().to_owned(),
    })
}

/// A workstream's name for its steps' labels: its own letter or number, or a letter by its place.
fn group_name(unit: &Unit, place: u32) -> String {
    if !unit.number.is_empty() {
        return unit.number.clone();
    }
    match u8::try_from(place) {
        Ok(place @ 1..=26) => char::from(b'A' + place - 1).to_string(),
        _ => place.to_string(),
    }
}

fn item_title(item: &Item) -> String {
    let first = inline::lines(&item.text).first().map(|line| inline::markdown(line)).unwrap_or_default();
    let plain = first.replace("**", "");
    plain.trim().trim_end_matches(':').to_owned()
}

fn runs(block: &Block) -> Vec<inline::Run> {
    match block {
        Block::Paragraph(paragraph) => inline::lines(&paragraph.text),
        Block::List(list) => list.items.iter().flat_map(|item| inline::lines(&item.text)).collect(),
        _ => Vec::new(),
    }
}
