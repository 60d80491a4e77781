//! Units of work that stand in lists and lines of text rather than under headings.
//!
//! The steps of a workstream, the bold items of a task list, tasks by code or number.

use std::borrow::Cow;

use crate::outline::{Block, Inline, InlineKind, Item, List, Section, Text};
use crate::plan::Kind;
use crate::source::Span;
use crate::text;

use super::context::Context;
use super::inline;
use super::marks::Lines;
use super::model::ReadCheck;
use super::proofs;
use super::structure::{Draft, Here, Structure};
use super::suites;
use super::tasks::{self, Asks};
use super::titles::{asks_for_proof, holds_steps, labels_proof};
use super::units::{self, Unit};
use super::verbs::{Verbs, leads_to_proof};
use super::vocab::{self, Place};
use super::walk::Found;

impl<'o> Structure<'o> {
    /// The blocks of a workstream: an ordered list that stands under no other label holds its steps.
    pub(super) fn steps(&mut self, blocks: &'o [Block<'o>], env: &Here<'_>, context: &Context) {
        let Some(stage) = env.stage else { return };
        let (mut labelled, mut led) = (false, false);
        let mut rest: Vec<&Block<'o>> = Vec::new();
        let marks = self.marks(blocks, env);
        for block in marks.first().map_or(blocks, |mark| &blocks[..mark.at]) {
            match block {
                Block::List(list)
                    if list.start.is_some()
                        && !labelled
                        && (!led
                            || list.items.iter().any(|item| asks_below(&item.text) || labels_proof(&item.blocks)))
                        && !rest.last().is_some_and(|block| announces_proof(block)) =>
                {
                    self.list_steps(list, env)
                }
                Block::List(list) if holds_units(list, env) => self.task_items(list, env),
                Block::Paragraph(paragraph) => {
                    if let Some(found) = last_line(&paragraph.text).and_then(inline::label) {
                        let name = vocab::normalise(&found.label);
                        labelled = inline::is_blank(&found.rest) && name != "steps" && !name.ends_with(" steps");
                        led = false;
                    } else if let Some(line) = last_line(&paragraph.text) {
                        // `For each of the families, write these tests:`
                        let words = inline::prose(line);
                        led = words.trim_end().ends_with(':') && !words.to_lowercase().contains("step");
                    }
                    rest.push(block);
                }
                _ => rest.push(block),
            }
        }
        self.own(rest.iter().copied(), stage, context);
        self.units_in_lines(blocks, marks, env);
    }

    pub(super) fn list_steps(&mut self, list: &'o List<'o>, env: &Here<'_>) {
        for (at, item) in list.items.iter().enumerate() {
            let number = item.number.unwrap_or(list.start.unwrap_or(1) + at as u64);
            let unit = Unit { word: "step".to_owned(), number: number.to_string(), rest: String::new() };
            self.listed(item, unit, env, false);
        }
    }

    pub(super) fn listed(&mut self, item: &'o Item<'o>, unit: Unit, env: &Here<'_>, tasks: bool) {
        let title = item_title(item);
        let verbs = if tasks::place(&title) == Place::Proof { Verbs::Words } else { Verbs::Commands };
        let index = self.push_listed(Draft {
            unit,
            title,
            span: item_span(item),
            group: env.group,
            group_name: env.group_name.to_owned(),
            ..Draft::default()
        });
        self.read_item(index, item, &Context { tasks, verbs, ..Context::of(Place::Off) });
    }

    /// Adds a stage that is an item of a list.
    fn push_listed(&mut self, draft: Draft<'o>) -> usize {
        let index = self.drafts.len();
        if !draft.unit.number.is_empty() {
            self.unnumbered.push(index);
        }
        self.drafts.push(Draft { listed: true, ..draft });
        index
    }

    /// Whether a list has tasks whose codes follow on those of the tasks so far: they are tasks under any heading, such
    /// as `Tests for user story 1`. Others with codes are references, or cases of a test.
    pub(super) fn carries_on(&self, block: &Block) -> bool {
        let Block::List(list) = block else { return false };
        if !tasks::is_coded(list) {
            return false;
        }
        let Some(last) = self.last_task() else { return false };
        let last = last.unit.number.as_str();
        let follows = |code: &str| code.len() == last.len() && code[..1] == last[..1] && code > last;
        list.items.iter().find_map(tasks::unit).is_some_and(|first| follows(&first.number))
    }

    /// The last stage that is a task of a list. Only stages that came since it was asked for before are looked through.
    fn last_task(&self) -> Option<&Draft<'o>> {
        let (seen, found) = self.tasked.get();
        // Stages may have been taken back, this one as well.
        let gone = found.is_some_and(|at| self.drafts.get(at).is_none_or(|draft| !draft.task));
        let (from, found) = if gone { (0, None) } else { (seen.min(self.drafts.len()), found) };
        let newer = self.drafts[from..].iter().rposition(|draft| draft.task).map(|at| from + at);
        self.tasked.set((self.drafts.len(), newer.or(found)));
        self.drafts.get(newer.or(found)?)
    }

    fn read_item(&mut self, stage: usize, item: &Item<'o>, context: &Context) {
        let mut current = context.clone();
        self.drafts[stage].found.item(item, context, &mut current, &mut self.scripts);
    }

    /// The items of a list of tasks, each a stage. What a number extends is the task around it.
    pub(super) fn task_items(&mut self, list: &'o List<'o>, env: &Here<'_>) {
        self.tasks_in(list, env, false);
    }

    /// The same; `proof` says whether the task around asks for proof in all that it holds.
    fn tasks_in(&mut self, list: &'o List<'o>, env: &Here<'_>, proof: bool) {
        for item in &list.items {
            let Some(unit) = tasks::name_of(item) else { continue };
            let text = tasks::without_code(&item.text);
            let words = first_line(&text);
            // `1.1 ...` below `Task 1` is a step of it, `Task 1.1` a task.
            let inner = |block: &Block| matches!(block, Block::List(list) if tasks::holds_tasks(list, &unit));
            let (nested, rest): (Vec<&Block<'o>>, Vec<&Block<'o>>) = item.blocks.iter().partition(|block| inner(block));
            // A task that is itself a verification asks for proof in all that it lists. The title of one that holds
            // tasks only sums them up.
            let asked: &str = if unit.word.is_empty() { &words } else { tasks::without_remark(&unit.rest) };
            let place = match tasks::place(asked) {
                _ if !nested.is_empty() => Place::Off,
                Place::Off if !item.blocks.is_empty() && leads_to_proof(&item.text.to_plain()) => Place::Proof,
                Place::Off if proof && suites::lists_commands(asked, &item.blocks) => Place::Proof,
                place => place,
            };
            let inner_proof = !nested.is_empty() && suites::proves_inner(asked, &unit);
            let context = tasks::context(asked, place);
            let outer = self.around(&unit.number);
            let title = item_title(item);
            let index = self.push_listed(Draft {
                unit: Unit { rest: title.clone(), ..unit },
                title,
                span: item_span(item),
                group: env.group,
                task: true,
                ..Draft::default()
            });
            // What the title of a checkpoint names is to pass.
            let own = if tasks::is_checkpoint(&words) { Place::Proof } else { Place::Off };
            let off = Context { verbs: Verbs::Words, tasks: true, prose_counts: false, ..Context::of(own) };
            let found = &mut self.drafts[index].found;
            if nested.is_empty() {
                found.words_of(&text, &off, &mut self.scripts);
            } else {
                let below = without_title(&item.text);
                found.words_of(&tasks::without_code(&below), &off, &mut self.scripts);
            }
            self.own(rest.iter().copied(), index, &context);
            for block in &nested {
                if let Block::List(list) = block {
                    let from = self.drafts.len();
                    self.tasks_in(list, env, inner_proof);
                    // What stands between subtasks and is none asks for proof of the task around them.
                    let plain = Context { verbs: Verbs::Commands, ..Context::of(Place::Off) };
                    for item in list.items.iter().filter(|item| tasks::name_of(item).is_none()) {
                        self.read_item(index, item, &plain);
                    }
                    // Those whose numbers extend another one than that of the task they stand in.
                    let strange = |at: &usize| !self.drafts[index].inner.contains(at) && self.drafts[*at].task;
                    let strange: Vec<usize> = (from..self.drafts.len()).filter(strange).collect();
                    self.drafts[index].inner.extend(strange);
                }
            }
            // `- [ ] T9 Run the whole suite`: which command that is, a person has to know.
            let draft = &mut self.drafts[index];
            if draft.found.checks.is_empty() && draft.inner.is_empty() && runs_suite(asked) {
                let check = ReadCheck::new(Kind::Manual, draft.span, &draft.title, "prose");
                draft.found.checks.push(check);
            }
            if let Some(outer) = outer {
                self.drafts[outer].inner.push(index);
            }
        }
    }

    /// The task whose number a number extends: the last one so far, if several go by it.
    fn around(&mut self, number: &str) -> Option<usize> {
        if !number.contains('.') {
            return None;
        }
        for index in self.unnumbered.drain(..) {
            self.numbers.insert(self.drafts[index].unit.number.clone(), index);
        }
        let heads = number.match_indices('.').map(|(dot, _)| &number[..dot]);
        heads.filter(|head| tasks::extends(number, head)).filter_map(|head| self.numbers.get(head).copied()).max()
    }

    /// Units that stand in lists and paragraphs of a container rather than under headings.
    pub(super) fn list_units(&mut self, blocks: &'o [Block<'o>], env: &Here<'_>) {
        // A workstream that a line of text opens, and its name.
        let mut group: Option<Opened> = None;
        let is_units = |list: &List, group: Option<&Opened>| match group {
            Some(group) => holds_units(list, &group.inside(env)),
            None => holds_units(list, env),
        };
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) if may_open_workstream(&paragraph.text) => {
                    for line in inline::lines(&paragraph.text) {
                        if let Some(unit) = workstream_line(&inline::markdown(line)) {
                            group = Some(self.open_group(unit, inline::span(line)));
                        }
                    }
                }
                Block::List(list) if list.start.is_some() && group.is_some() => {
                    if let Some(group) = &group {
                        self.list_steps(list, &group.inside(env));
                    }
                }
                Block::List(list) if env.stage.is_none() && !env.numbered && tasks::is_numbered(list) => {
                    self.task_items(list, env);
                }
                Block::List(list) if env.stage.is_none() && !env.numbered && is_units(list, group.as_ref()) => {
                    let group = group.as_ref().map(|group| group.inside(env));
                    self.task_items(list, group.as_ref().unwrap_or(env));
                }
                Block::List(list) if env.container && env.stage.is_none() && self.proves_each(list) => {
                    self.list_steps(list, env);
                }
                Block::List(list) if env.container && env.stage.is_none() && self.named_alone(list) => {
                    self.task_items(list, env);
                }
                Block::List(list) if env.stage.is_none() && env.unit.is_none() && self.proven_units(list) => {
                    for item in &list.items {
                        let unit = units::unit(&first_line(&item.text)).unwrap_or_default();
                        self.listed(item, unit, env, item.task.is_some());
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

    /// Whether the items of a list are units by their bold names, `- **Task 1: Rows**`, that no heading bears.
    fn named_alone(&self, list: &List<'o>) -> bool {
        let unit = |item: &Item<'o>| {
            let bold = item.text.inlines.first().is_some_and(|first| first.strong);
            tasks::name_of(item).filter(|unit| bold && !unit.word.is_empty())
        };
        list.items.len() > 1
            && list.items.iter().all(|item| unit(item).is_some_and(|unit| self.headings_of(&unit) == 0))
    }

    /// Whether the items of a list name units of one kind, `- Phase P2: Rows`, that no heading bears, and most of them ask
    /// for proof below.
    fn proven_units(&self, list: &List<'o>) -> bool {
        let unit = |item: &Item<'o>| units::unit(&first_line(&item.text)).filter(|unit| !unit.word.is_empty());
        let Some(first) = list.items.first().and_then(unit) else { return false };
        let proves = |item: &&Item<'o>| asks_below(&item.text) || labels_proof(&item.blocks);
        let alike = |unit: Unit| unit.word == first.word && self.headings_of(&unit) == 0;
        list.items.len() > 1
            && list.items.iter().filter(proves).count() * 2 > list.items.len()
            && list.items.iter().all(|item| unit(item).is_some_and(alike))
    }

    /// Whether the numbered items of a list are steps that each ask for proof, `1. **Cut it.** ... **Verify:** ...`, or at
    /// least have names of their own where no heading names a unit of work.
    fn proves_each(&self, list: &List<'o>) -> bool {
        if list.start.is_none() || list.items.len() < 2 {
            return false;
        }
        let proof = |item: &&Item<'o>| asks_below(&item.text) || labels_proof(&item.blocks);
        let named = |item: &Item<'o>| item.text.inlines.first().is_some_and(|first| first.strong);
        list.items.iter().filter(proof).count() * 2 >= list.items.len()
            || list.items.iter().all(named) && self.names_none()
    }

    /// A workstream that is named by a line of text; its steps follow as a list.
    fn open_group(&mut self, unit: Unit, span: Span) -> Opened {
        self.groups += 1;
        let name = group_name(&unit, self.groups);
        let stage = self.drafts.len();
        self.drafts.push(Draft {
            unit: unit.clone(),
            title: unit.rest.clone(),
            span,
            group: self.groups,
            group_name: name.clone(),
            ..Draft::default()
        });
        Opened { stage, unit, group: self.groups, name }
    }

    fn container_item(&mut self, item: &'o Item<'o>, env: &Here<'_>) {
        let steps = item.blocks.iter().find_map(|block| match block {
            Block::List(list) if list.start.is_some() => Some(list),
            _ => None,
        });
        if let Some(list) = steps
            && let Some(unit) = workstream_line(&first_line(&item.text))
        {
            let group = self.open_group(unit, item.text.span);
            self.list_steps(list, &group.inside(env));
            return;
        }
        // `- [ ] **Setup**` with its subtasks below.
        let bold =
            item.text.inlines.iter().all(|inline| {
                inline.strong || text::is_blank(&inline.text) || inline.text.trim_start().starts_with('(')
            });
        let subtasks = item.blocks.iter().any(|block| matches!(block, Block::List(_)));
        // `- [ ] Set it up` with boxes below.
        let boxes =
            |block: &Block| matches!(block, Block::List(list) if list.items.iter().all(|item| item.task.is_some()));
        let bold = bold || item.blocks.iter().any(boxes);
        if item.task.is_some() && bold && subtasks && !item.text.is_empty() {
            let index = self.drafts.len();
            self.listed(item, Unit::default(), env, true);
            let words = item_title(item);
            let place = if tasks::asks(&words) != Asks::Work || asks_for_proof(&words) {
                Place::Proof
            } else if vocab::is_manual(&words) {
                Place::Manual
            } else {
                return;
            };
            self.drafts[index].found = Found::default();
            self.own(item.blocks.iter(), index, &Context::of(place));
        }
    }
}

/// Whether a task is nothing but to run tests that it does not name by a command.
fn runs_suite(words: &str) -> bool {
    tasks::asks(words) == Asks::Run && proofs::names_test(words) && !words.contains('`')
}

/// Whether a line of a text begins with a label that asks for proof.
fn asks_below(text: &Text) -> bool {
    let proof = |label: &str| matches!(vocab::place(label), Some(Place::Proof | Place::Manual));
    inline::lines(text).skip(1).any(|line| inline::label(line).is_some_and(|found| proof(&found.label)))
}

/// Whether the items of a list are units by their codes: `T012` anywhere, `A1` where units stand in other units.
pub(super) fn holds_units(list: &List, env: &Here<'_>) -> bool {
    if tasks::is_coded(list) || env.unit.is_some_and(|unit| holds_steps(unit) && tasks::numbers_subtasks(list, unit)) {
        return true;
    }
    let may = match env.unit {
        Some(around) => env.lines == Lines::Announced || env.lines == Lines::May && holds_steps(around),
        None => env.container || env.workstreams || env.lines == Lines::Announced,
    };
    // `- [ ] **T1 Seeds**` with `Verify: ...` below each is a task under any heading.
    let proven = || {
        let apart = |item: &Item| item.task.is_some() && item.text.inlines.first().is_some_and(|first| first.strong);
        let proves = |item: &&Item| asks_below(&item.text) || labels_proof(&item.blocks);
        let count = list.items.len();
        count > 1 && list.items.iter().all(apart) && list.items.iter().filter(proves).count() * 2 > count
    };
    (may || env.unit.is_none() && proven()) && tasks::has_ids(list, env.unit)
}

/// A workstream that was opened by a line of text.
struct Opened {
    stage: usize,
    unit: Unit,
    group: u32,
    name: String,
}

impl Opened {
    fn inside<'h>(&'h self, env: &Here<'h>) -> Here<'h> {
        Here {
            stage: Some(self.stage),
            unit: Some(&self.unit),
            group: self.group,
            group_name: &self.name,
            ..env.clone()
        }
    }
}

/// Whether a block ends in a label of a checking place, whose list follows.
fn announces_proof(block: &Block) -> bool {
    let Block::Paragraph(paragraph) = block else { return false };
    last_line(&paragraph.text).and_then(inline::label).is_some_and(|found| {
        inline::is_blank(&found.rest) && matches!(vocab::place(&found.label), Some(Place::Proof | Place::Manual))
    })
}

pub(super) fn has_steps(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::List(list) if list.start.is_some()))
}

/// `Workstream A — Name`, `Workstream: Name`, `**Workstream 2: Name**`.
pub(super) fn workstream_line(text: &str) -> Option<Unit> {
    if !text.chars().find(|next| next.is_alphanumeric()).is_some_and(opens_workstream) {
        return None;
    }
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

/// Whether the name of a workstream may begin so.
fn opens_workstream(first: char) -> bool {
    matches!(first, 'w' | 'W' | 't' | 'T')
}

/// Whether some line of a text may name a workstream, as few do.
fn may_open_workstream(text: &Text) -> bool {
    let mut begins = true;
    text.inlines.iter().any(|inline| match inline.kind {
        InlineKind::Break => {
            begins = true;
            false
        }
        InlineKind::Html => false,
        InlineKind::Text | InlineKind::Code => {
            let first = if begins { inline.text.chars().find(|next| next.is_alphanumeric()) } else { None };
            begins &= first.is_none();
            first.is_some_and(opens_workstream)
        }
    })
}

/// The lines of a text that are not blank.
fn runs_of<'t, 's>(text: &'t Text<'s>) -> impl DoubleEndedIterator<Item = &'t [Inline<'s>]> {
    text.inlines.split(|inline| inline.kind == InlineKind::Break).filter(|run| !inline::is_blank(run))
}

/// The first line of a text as Markdown.
fn first_line<'t>(text: &'t Text<'_>) -> Cow<'t, str> {
    runs_of(text).next().map(inline::markdown).unwrap_or_default()
}

fn last_line<'t, 's>(text: &'t Text<'s>) -> Option<&'t [Inline<'s>]> {
    runs_of(text).next_back()
}

/// The lines of an item's text behind its first.
fn without_title<'s>(text: &Text<'s>) -> Text<'s> {
    let first = text.inlines.iter().position(|inline| inline.kind == InlineKind::Break);
    let inlines = first.map_or_else(Vec::new, |at| text.inlines[at + 1..].to_vec());
    Text { inlines, span: text.span }
}

fn item_span(item: &Item) -> Span {
    Span { start: item.span.start, end: item.text.span.end.max(item.span.start) }
}

fn item_title(item: &Item) -> String {
    let first = first_line(&item.text);
    let plain = if first.contains("**") { first.replace("**", "") } else { first.into_owned() };
    let title = plain.trim().trim_end_matches(':');
    if title.len() == plain.len() { plain } else { title.to_owned() }
}
