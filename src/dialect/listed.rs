//! Units of work that stand in lists and lines of text rather than under headings.
//!
//! The steps of a workstream, the bold items of a task list, tasks by code or number.

use crate::outline::{Block, Item, List, Section};
use crate::source::Span;

use super::inline;
use super::structure::{Draft, Here, Structure};
use super::tasks::{self, Asks};
use super::titles::asks_for_proof;
use super::units::{self, Unit};
use super::verbs::Verbs;
use super::vocab::{self, Place};
use super::walk::{Context, Found};

impl<'o> Structure<'o> {
    /// The blocks of a workstream: an ordered list that stands under no other label holds its steps.
    pub(super) fn steps(&mut self, blocks: &'o [Block<'o>], env: &Here, context: &Context) {
        let Some(stage) = env.stage else { return };
        let mut labelled = false;
        let mut rest: Vec<&'o Block<'o>> = Vec::new();
        for block in blocks {
            match block {
                Block::List(list) if list.start.is_some() && !labelled && !holds_checks(rest.last().copied()) => {
                    self.list_steps(list, env)
                }
                Block::Paragraph(paragraph) => {
                    if let Some(found) = inline::lines(&paragraph.text).last().and_then(|line| inline::label(line)) {
                        let empty = inline::is_blank(&found.rest);
                        labelled = empty
                            && vocab::normalise(&found.label) != "steps"
                            && !vocab::normalise(&found.label).ends_with(" steps");
                    }
                    rest.push(block);
                }
                _ => rest.push(block),
            }
        }
        self.own(rest.iter().copied(), stage, context);
    }

    pub(super) fn list_steps(&mut self, list: &'o List<'o>, env: &Here) {
        for (at, item) in list.items.iter().enumerate() {
            let number = item.number.unwrap_or(list.start.unwrap_or(1) + at as u64);
            let unit = Unit { word: "step".to_owned(), number: number.to_string(), rest: String::new() };
            self.listed(item, unit, env, false);
        }
    }

    pub(super) fn listed(&mut self, item: &'o Item<'o>, unit: Unit, env: &Here, tasks: bool) {
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
        self.read_item(index, item, &Context { tasks, verbs: Verbs::Commands, ..Context::of(Place::Off) });
    }

    fn read_item(&mut self, stage: usize, item: &Item<'o>, context: &Context) {
        let mut scripts = self.scripts;
        let mut current = context.clone();
        self.drafts[stage].found.item(item, context, &mut current, &mut scripts);
        self.scripts = scripts;
    }

    /// The items of a list of tasks, each a stage. What a number extends is the task around it.
    pub(super) fn task_items(&mut self, list: &'o List<'o>, env: &Here) {
        for item in &list.items {
            let Some(unit) = tasks::unit(item) else { continue };
            let index = self.drafts.len();
            let words = inline::lines(&tasks::without_code(&item.text))
                .first()
                .map(|line| inline::markdown(line))
                .unwrap_or_default();
            // A task that is itself a verification asks for proof in all that it lists.
            let place = if vocab::is_manual(&words) {
                Place::Manual
            } else if tasks::asks(&words) == Asks::Judge || asks_for_proof(&words) {
                Place::Proof
            } else {
                Place::Off
            };
            let (nested, rest): (Vec<&Block<'o>>, Vec<&Block<'o>>) =
                item.blocks.iter().partition(|block| matches!(block, Block::List(list) if tasks::is_numbered(list)));
            let title = item_title(item);
            self.drafts.push(Draft {
                unit: Unit { rest: title.clone(), ..unit },
                title,
                span: Span { start: item.span.start, end: item.text.span.end.max(item.span.start) },
                group: env.group,
                listed: true,
                task: true,
                ..Draft::default()
            });
            let context = Context { tasks: true, verbs: Verbs::Words, ..Context::of(place) };
            let own = Item { blocks: Vec::new(), text: item.text.clone(), ..*item };
            self.read_item(index, &own, &Context { verbs: Verbs::Words, tasks: true, ..Context::of(Place::Off) });
            self.own(rest.iter().copied(), index, &context);
            for block in nested {
                if let Block::List(list) = block {
                    self.task_items(list, env);
                }
            }
            let number = self.drafts[index].unit.number.clone();
            self.adopt(index, &number);
        }
    }

    /// Puts a task into the one whose number it extends.
    fn adopt(&mut self, index: usize, number: &str) {
        let outer = (0..index)
            .rev()
            .find(|&outer| self.drafts[outer].listed && tasks::extends(number, &self.drafts[outer].unit.number));
        if let Some(outer) = outer {
            self.drafts[outer].inner.push(index);
        }
    }

    /// Units that stand in lists and paragraphs of a container rather than under headings.
    pub(super) fn list_units(&mut self, blocks: &'o [Block<'o>], env: &Here) {
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
                Block::List(list)
                    if env.stage.is_none() && !env.numbered && (tasks::is_coded(list) || tasks::is_numbered(list)) =>
                {
                    self.task_items(list, env);
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
    pub(super) fn open_group(&mut self, unit: &Unit, span: Span, env: &Here) -> Here {
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

    pub(super) fn container_item(&mut self, item: &'o Item<'o>, env: &Here) {
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
            self.listed(item, Unit::default(), env, true);
            let words = item_title(item);
            if tasks::asks(&words) != Asks::Work || asks_for_proof(&words) {
                let mut scripts = self.scripts;
                self.drafts[index].found = Found::default();
                self.drafts[index].found.blocks(item.blocks.iter(), &Context::of(Place::Proof), &mut scripts);
                self.scripts = scripts;
            } else if vocab::is_manual(&words) {
                let mut scripts = self.scripts;
                self.drafts[index].found = Found::default();
                self.drafts[index].found.blocks(item.blocks.iter(), &Context::of(Place::Manual), &mut scripts);
                self.scripts = scripts;
            }
        }
    }
}

/// Whether blocks read so far end in a label of a checking place, whose list follows.
pub(super) fn holds_checks(last: Option<&Block<'_>>) -> bool {
    let Some(Block::Paragraph(paragraph)) = last else { return false };
    inline::lines(&paragraph.text).last().and_then(|line| inline::label(line)).is_some_and(|found| {
        inline::is_blank(&found.rest) && matches!(vocab::place(&found.label), Some(Place::Proof | Place::Manual))
    })
}

pub(super) fn has_steps(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::List(list) if list.start.is_some()))
}

/// `Workstream A — Name`, `Workstream: Name`, `**Workstream 2: Name**`.
pub(super) fn workstream_line(text: &str) -> Option<Unit> {
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
pub(super) fn group_name(unit: &Unit, place: u32) -> String {
    if !unit.number.is_empty() {
        return unit.number.clone();
    }
    match u8::try_from(place) {
        Ok(place @ 1..=26) => char::from(b'A' + place - 1).to_string(),
        _ => place.to_string(),
    }
}

pub(super) fn item_title(item: &Item) -> String {
    let first = inline::lines(&item.text).first().map(|line| inline::markdown(line)).unwrap_or_default();
    let plain = first.replace("**", "");
    plain.trim().trim_end_matches(':').to_owned()
}
