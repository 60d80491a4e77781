//! Which parts of a document are stages, and which part belongs to which stage.
//!
//! Walks the tree of sections once. Where units of work nest, the inner ones are stages; the outer one is a stage
//! too if it has checks of its own. Headings that ask for proof outside any unit form last stages.

use std::collections::BTreeMap;

use crate::outline::{Block, Outline, Section};
use crate::source::Span;

use super::cues::step_place;
use super::inline;
use super::listed::{group_name, has_steps, workstream_line};
use super::tasks;
use super::titles::{
    asks_for_proof, closed, context_of, holds_tasks, is_closing, is_container, is_plan_wide, is_procedure, names_tests,
    own_order, runs, unit_of,
};
use super::units::{self, Unit};
use super::verbs::Verbs;
use super::vocab::{self, Place};
use super::walk::{Context, Found, Scripts};

/// A stage in the making.
#[derive(Clone, Debug, Default)]
pub struct Draft<'o> {
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
    /// Whether it is an item of a task list with a number or a code.
    pub task: bool,
    /// The labels and headings in it, normalised: what a dialect is known by.
    pub labels: Vec<String>,
    /// What was found in it.
    pub found: Found<'o>,
}

/// A document taken apart.
#[derive(Debug, Default)]
pub struct Structure<'o> {
    /// The stages in the order in which they start.
    pub drafts: Vec<Draft<'o>>,
    /// Sections that speak of order.
    pub order: Vec<&'o Section<'o>>,
    /// All headings outside of stages, normalised: what a dialect is known by.
    pub headings: Vec<String>,
    /// Number of scripts.
    pub scripts: Scripts,
    /// Units that hold other units, kept by name though they may be no stages themselves.
    pub(super) holders: Vec<Holder<'o>>,
    /// Words that this document's own units go by: `conversation`, if its headings are numbered conversations.
    pub own_words: Vec<String>,
    /// What is said outside of stages, for statements about the order of all of them.
    pub prose: Vec<&'o Block<'o>>,
    /// Whether the stages are written as tags.
    pub tagged: bool,
    /// Whether sections number the tasks in them.
    pub numbered_sections: bool,
    pub(super) groups: u32,
}

/// A unit that holds others: a phase with tasks.
#[derive(Clone, Debug)]
pub struct Holder<'o> {
    /// Its name.
    pub unit: Unit,
    /// Its title.
    pub title: String,
    /// The stage that it is itself, if it has checks of its own.
    pub stage: Option<usize>,
    /// The stages in it.
    pub members: Vec<usize>,
    /// Lines in which it says what it waits for.
    pub needs: Vec<inline::Run<'o>>,
    /// Where it starts.
    pub span: Span,
}

/// Where the walk through the sections stands.
#[derive(Clone)]
pub(super) struct Here {
    /// The stage that owns what is found.
    pub(super) stage: Option<usize>,
    /// The nearest unit around.
    pub(super) unit: Option<Unit>,
    /// What is in force inside a stage.
    pub(super) context: Context,
    /// Whether the sections below may be units by a bare number.
    pub(super) container: bool,
    /// Whether the sections below are workstreams even without that word.
    pub(super) workstreams: bool,
    pub(super) group: u32,
    pub(super) group_name: String,
    /// Whether sibling sections are numbered and number their tasks after themselves.
    pub(super) numbered: bool,
}

/// Takes a document apart.
#[must_use]
pub fn read<'o>(outline: &'o Outline<'o>) -> Structure<'o> {
    let mut structure = Structure::default();
    let mut counted = BTreeMap::new();
    count_words(&outline.root.sections, &mut counted);
    structure.own_words = counted.into_iter().filter(|&(_, times)| times > 1).map(|((_, word), _)| word).collect();
    let env = Here {
        stage: None,
        unit: None,
        context: Context::of(Place::Off),
        container: false,
        workstreams: false,
        group: 0,
        group_name: String::new(),
        numbered: tasks::number_their_tasks(&outline.root.sections),
    };
    structure.numbered_sections =
        env.numbered || outline.root.sections.iter().any(|section| tasks::number_their_tasks(&section.sections));
    structure.list_units(&outline.root.blocks, &env);
    for section in &outline.root.sections {
        structure.section(section, &env);
    }
    structure.drop_groups();
    for draft in &mut structure.drafts {
        draft.found.drop_tentative();
        draft.labels.extend(draft.found.fields.iter().map(|(label, _)| label.clone()));
    }
    structure
}

/// Counts headings of a word and a number, by level.
fn count_words(sections: &[Section], counted: &mut BTreeMap<(u8, String), u32>) {
    for section in sections {
        if let Some(word) = units::counted_word(&section.title.to_plain()) {
            *counted.entry((section.level, word)).or_insert(0) += 1;
        }
        count_words(&section.sections, counted);
    }
}

impl<'o> Structure<'o> {
    fn section(&mut self, section: &'o Section<'o>, env: &Here) {
        let title = section.title.to_plain();
        let name = vocab::normalise(&title);
        match env.stage {
            None => self.headings.push(name),
            Some(stage) => self.drafts[stage].labels.push(name),
        }
        let unit = unit_of(section, &title, env).or_else(|| {
            let own = units::own_unit(&title, &self.own_words).filter(|_| env.stage.is_none() || env.unit.is_some());
            own.or_else(|| workstream_line(&title).filter(|_| env.stage.is_none()))
        });
        match unit {
            Some(unit) => self.unit(section, unit, env),
            None if env.workstreams && env.stage.is_none() && has_steps(section) && vocab::place(&title).is_none() => {
                let unit = Unit { word: "workstream".to_owned(), number: String::new(), rest: title };
                self.unit(section, unit, env);
            }
            None if env.container && env.stage.is_none() && is_closing(&title) => {
                self.unit(section, Unit { word: String::new(), number: String::new(), rest: title }, env);
            }
            None if env.stage.is_none() && is_procedure(&title) => {
                self.unit(section, Unit { word: String::new(), number: String::new(), rest: title }, env);
            }
            None => self.plain(section, &title, env),
        }
    }

    /// A section that is no unit of work.
    fn plain(&mut self, section: &'o Section<'o>, title: &str, env: &Here) {
        let place = vocab::place(title);
        let cycle = env.stage.and_then(|_| units::unit(title)).filter(|unit| unit.word == "step");
        if let (Some(step), Some(stage)) = (&cycle, env.stage) {
            self.inside(section, stage, &Context::of(step_place(&step.rest)).said(section.heading), env);
            return;
        }
        match (place, env.stage) {
            (Some(Place::Order), None) => self.order.push(section),
            // What speaks of the whole plan stands in its last stage only by the level of its heading.
            (Some(Place::Order), Some(_)) if !own_order(title) => self.order.push(section),
            (Some(Place::Proof), Some(_)) if is_plan_wide(title) && env.unit.is_some() => {
                let whole = Here { stage: None, unit: None, ..env.clone() };
                self.last(section, title, Place::Proof, &whole);
            }
            (Some(Place::Order), Some(stage)) => {
                let found = &mut self.drafts[stage].found;
                for block in &section.blocks {
                    found.needs.extend(runs(block));
                }
            }
            (Some(place @ (Place::Proof | Place::Manual | Place::Run | Place::Red)), Some(stage)) => {
                let context = if env.context.place == Place::Manual {
                    env.context.clone()
                } else {
                    context_of(place, title).said(section.heading)
                };
                self.inside(section, stage, &context, env);
            }
            (Some(place @ (Place::Proof | Place::Manual)), None) if section.level > 1 || !self.drafts.is_empty() => {
                self.last(section, title, place, env)
            }
            (_, Some(stage)) => {
                // A heading that nothing is known of inherits a checking place, and ends no other.
                let verbs = env.context.verbs.below(title);
                let off = || Context { verbs, ..Context::of(Place::Off) };
                let context = if place.is_none() { env.context.clone() } else { off() };
                self.inside(section, stage, &context, env);
            }
            (place, None) => {
                // A document's own title says nothing about the numbers of the headings below it.
                let container = section.level > 1 && (place == Some(Place::Units) || is_container(title));
                let name = vocab::normalise(title);
                let below = Here {
                    container: container || env.container && place.is_none(),
                    workstreams: name.contains("workstream") || env.workstreams,
                    numbered: tasks::number_their_tasks(&section.sections),
                    ..env.clone()
                };
                if !(place == Some(Place::Off) && closed(&name)) {
                    self.prose.extend(&section.blocks);
                }
                self.list_units(&section.blocks, &below);
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
    fn inside(&mut self, section: &'o Section<'o>, stage: usize, context: &Context, env: &Here) {
        let below = Here { stage: Some(stage), context: context.clone(), ..env.clone() };
        self.content(&section.blocks, stage, context, &below);
        for inner in &section.sections {
            self.section(inner, &below);
        }
    }

    /// A section that asks for proof of the plan as a whole.
    fn last(&mut self, section: &'o Section<'o>, title: &str, place: Place, env: &Here) {
        let index = self.drafts.len();
        self.drafts.push(Draft { title: title.to_owned(), span: section.heading, last: true, ..Draft::default() });
        self.inside(section, index, &context_of(place, title).said(section.heading), env);
        if self.drafts[index].found.checks.is_empty() && self.drafts.len() == index + 1 {
            self.drafts.pop();
        }
    }

    fn unit(&mut self, section: &'o Section<'o>, unit: Unit, env: &Here) {
        let title = section.title.to_plain();
        let streams = |unit: &Unit| matches!(unit.word.as_str(), "workstream" | "ws" | "track");
        let workstream = streams(&unit) && !env.unit.as_ref().is_some_and(streams);
        let gate = matches!(unit.word.as_str(), "checkpoint" | "gate" | "level")
            || asks_for_proof(&unit.rest) && !holds_tasks(section) && (env.numbered || !names_tests(&unit.rest));
        let (group, group_name) = if workstream {
            self.groups += 1;
            (self.groups, group_name(&unit, self.groups))
        } else {
            (env.group, env.group_name.clone())
        };
        let index = self.drafts.len();
        let procedure = is_procedure(&title);
        let place = if gate || procedure { Place::Proof } else { Place::Off };
        let runs = tasks::asks(&unit.rest) != tasks::Asks::Work || asks_for_proof(&unit.rest);
        let context = Context {
            tasks: env.numbered || runs,
            verbs: Verbs::Commands,
            procedure,
            ..Context::of(place).said(section.heading)
        };
        let context = Context { prose_counts: context.prose_counts && !procedure, ..context };
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
            numbered: false,
        };
        if workstream {
            self.steps(&section.blocks, &below, &context);
        } else {
            self.content(&section.blocks, index, &context, &below);
        }
        for inner in &section.sections {
            self.section(inner, &below);
        }
        self.drafts[index].inner = (index + 1..self.drafts.len()).collect();
    }

    /// The blocks of a stage; lists of coded tasks in it are stages of their own.
    fn content(&mut self, blocks: &'o [Block<'o>], stage: usize, context: &Context, env: &Here) {
        let is_tasks = |block: &Block| matches!(block, Block::List(list) if tasks::is_coded(list));
        if !context.checks() && blocks.iter().any(is_tasks) {
            let (tasks, rest): (Vec<&'o Block<'o>>, Vec<&'o Block<'o>>) =
                blocks.iter().partition(|block| is_tasks(block));
            self.own(rest.iter().copied(), stage, context);
            for block in tasks {
                if let Block::List(list) = block {
                    self.task_items(list, env);
                }
            }
        } else {
            self.own(blocks.iter(), stage, context);
        }
    }

    pub(super) fn own<'b, I>(&mut self, blocks: I, stage: usize, context: &Context)
    where
        I: Iterator<Item = &'b Block<'o>> + Clone,
        'o: 'b,
    {
        let mut scripts = self.scripts;
        self.drafts[stage].found.blocks(blocks, context, &mut scripts);
        self.scripts = scripts;
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
        for (index, draft) in self.drafts.iter().enumerate().filter(|(_, draft)| !draft.last) {
            let members: Vec<usize> = draft.inner.iter().filter_map(|&inner| place[inner]).collect();
            let listed = self.drafts.iter().enumerate().filter(|(_, inner)| inner.listed && inner.group == draft.group);
            let members = if members.is_empty() && dropped[index] {
                listed.filter_map(|(inner, _)| place[inner]).collect()
            } else {
                members
            };
            if !members.is_empty() {
                let (unit, title) = (draft.unit.clone(), draft.title.clone());
                self.holders.push(Holder {
                    unit,
                    title,
                    stage: place[index],
                    members,
                    needs: draft.found.needs.clone(),
                    span: draft.span,
                });
            }
        }
        let mut index = 0;
        self.drafts.retain_mut(|draft| {
            draft.inner = draft.inner.iter().filter_map(|&inner| place[inner]).collect();
            index += 1;
            !dropped[index - 1]
        });
    }
}
