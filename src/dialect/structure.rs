//! Which parts of a document are stages, and which part belongs to which stage.
//!
//! Walks the tree of sections once. Where units of work nest, the inner ones are stages; the outer one is a stage
//! too if it has checks of its own. Headings that ask for proof outside any unit form last stages.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::outline::{Block, List, Outline, Section};
use crate::source::Span;

use super::closings;
use super::context::Context;
use super::counts::{count_words, worded};
use super::detect::{Headings, Signs, signs};
use super::gates;
use super::holders::details;
use super::inline;
use super::listed::{group_name, has_steps, holds_units, workstream_line};
use super::marks::{Form, Lines, Mark};
use super::steps;
use super::suites;
use super::tasks;
use super::titled::{Titled, titled};
use super::titles::{
    Title, are_peers, asks_for_proof, closed, context_of, groups_work, holds_steps, holds_tasks, is_bare_run,
    is_closing, is_manual_stage, is_peer, is_plan_wide, is_procedure, is_tracker, is_workstream, judges, labels_proof,
    may_be_units, names_results, names_tests, own_order, prove_themselves, runs, speaks_of_proof, unit_of,
};
use super::units::{self, Unit};
use super::verbs::Verbs;
use super::vocab::Place;
use super::walk::{Found, Scripts};

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
    /// What its labels and headings say of the dialect.
    pub signs: Signs,
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
    /// What the headings outside of stages say of the dialect.
    pub headings: Headings,
    /// Number of scripts.
    pub scripts: Scripts,
    /// Units that hold other units, kept by name though they may be no stages themselves.
    pub(super) holders: Vec<Holder<'o>>,
    /// Words that this document's own units go by: `conversation`, if its headings are numbered conversations.
    pub own_words: Vec<String>,
    /// Words of headings that name a unit without a number, `Stage: Seeds`, each as often as it comes.
    pub(super) worded: Vec<String>,
    /// What is said outside of stages, for statements about the order of all of them.
    pub prose: Vec<&'o [Block<'o>]>,
    /// Whether the stages are written as tags.
    pub tagged: bool,
    /// Whether sections number the tasks in them.
    pub numbered_sections: bool,
    /// Whether phases list tasks whose numbers run on from one to the next.
    running: bool,
    pub(super) groups: u32,
    /// The last item of a list that goes by each number.
    pub(super) numbers: BTreeMap<String, usize>,
    /// The items of lists that are not among them yet: few plans ask.
    pub(super) unnumbered: Vec<usize>,
    /// How many stages there were when the last one that is a task of a list was asked for, and which it was.
    pub(super) tasked: Cell<(usize, Option<usize>)>,
    /// The stages by their units, for what asks for the proof of one by its name.
    pub(super) units: gates::Units,
    /// The forms of units that stand as lines of text.
    pub(super) forms: BTreeSet<Form>,
    /// The words and numbers of units that stand so outside of others.
    pub(super) in_lines: BTreeSet<(String, String)>,
    /// The unit that the document's title names though others stand below it: it holds what judges them all.
    pub(super) titled: Option<Titled>,
    /// All sections of the document.
    pub(super) root: &'o [Section<'o>],
    /// How many headings name each unit, once somebody asks.
    pub(super) named: OnceCell<BTreeMap<(String, String), u32>>,
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
pub(super) struct Here<'h> {
    /// The stage that owns what is found.
    pub(super) stage: Option<usize>,
    /// The nearest unit around.
    pub(super) unit: Option<&'h Unit>,
    /// What is in force inside a stage.
    pub(super) context: Context,
    /// Whether the sections below may be units by a bare number.
    pub(super) container: bool,
    /// Whether the sections below are workstreams even without that word.
    pub(super) workstreams: bool,
    pub(super) group: u32,
    pub(super) group_name: &'h str,
    /// Whether sibling sections are numbered and number their tasks after themselves.
    pub(super) numbered: bool,
    /// Whether sibling sections are numbered and prove themselves, most of them.
    pub(super) proven: bool,
    /// Whether the section is the only one at its level, and so has the document's title.
    pub(super) whole: bool,
    /// Whether the sections around are notes.
    pub(super) notes: bool,
    /// Whether lines of text may be units.
    pub(super) lines: Lines,
    /// How many units that are lines stand around.
    pub(super) depth: u8,
}

/// Takes a document apart.
#[must_use]
pub fn read<'o>(outline: &'o Outline<'o>) -> Structure<'o> {
    let mut structure = Structure { root: &outline.root.sections, ..Structure::default() };
    let mut counted = BTreeMap::new();
    count_words(&outline.root.sections, &mut counted);
    structure.worded = worded(&outline.root.sections);
    structure.own_words =
        counted.into_iter().filter(|(_, count)| count.rises && !count.falls).map(|((_, word), _)| word).collect();
    structure.own_words.retain(|word| may_be_units(structure.root, word));
    let env = Here {
        stage: None,
        unit: None,
        context: Context::of(Place::Off),
        container: false,
        workstreams: false,
        group: 0,
        group_name: "",
        numbered: tasks::number_their_tasks(&outline.root.sections),
        proven: prove_themselves(&outline.root.sections),
        whole: outline.root.sections.len() == 1,
        notes: false,
        lines: Lines::Announced,
        depth: 0,
    };
    structure.numbered_sections =
        env.numbered || outline.root.sections.iter().any(|section| tasks::number_their_tasks(&section.sections));
    structure.running = tasks::numbers_run_on(&outline.root.sections);
    let marks = structure.marks(&outline.root.blocks, &env);
    structure.outside(&outline.root.blocks, marks, &env);
    for section in &outline.root.sections {
        structure.section(section, &env);
    }
    gates::settle(&mut structure.drafts);
    closings::lift(&mut structure.drafts);
    structure.drop_groups();
    structure.sort();
    for draft in &mut structure.drafts {
        draft.found.keep_only_proof();
        draft.found.drop_tentative();
        draft.found.settle_step();
        draft.signs.add(draft.found.signs);
    }
    structure
}

impl<'o> Structure<'o> {
    fn section(&mut self, section: &'o Section<'o>, env: &Here<'_>) {
        let title = Title::of(section);
        match env.stage {
            None => self.headings.hear(&title.name),
            Some(stage) => self.drafts[stage].signs.add(signs(&title.name)),
        }
        let unit = unit_of(section, &title, env)
            .filter(|unit| !self.titles_own_units(section, env) && !self.is_told_of(section, unit))
            .filter(|unit| !self.names_again(unit, env) && !self.is_wish(unit, section, env))
            .or_else(|| self.own_unit(&title, env));
        let bare = || Unit { word: String::new(), number: String::new(), rest: title.text.clone() };
        match unit {
            Some(unit) => self.unit(section, &title, unit, env),
            None if env.workstreams && env.stage.is_none() && has_steps(section) && title.place().is_none() => {
                let unit = Unit { word: "workstream".to_owned(), ..bare() };
                self.unit(section, &title, unit, env);
            }
            None if env.stage.is_none() && (env.container && is_closing(&title) || is_procedure(&title.name)) => {
                self.unit(section, &title, bare(), env);
            }
            None => self.plain(section, &title, env),
        }
    }

    /// A unit that goes by a word of the document's own, or a workstream.
    fn own_unit(&self, title: &Title, env: &Here<'_>) -> Option<Unit> {
        let may = !self.own_words.is_empty() && (env.stage.is_none() || env.unit.is_some());
        let own = may.then(|| units::own_unit(&title.text, &self.own_words)).flatten();
        own.or_else(|| self.last_unit(title, env))
            .or_else(|| self.worded_unit(title, env))
            .or_else(|| units::checkpoint(&title.text))
            .or_else(|| if env.stage.is_none() { workstream_line(&title.text) } else { None })
    }

    /// Whether a section has the title of a document whose units go by a word of their own.
    fn titles_own_units(&self, section: &Section, env: &Here<'_>) -> bool {
        fn holds(sections: &[Section], words: &[String]) -> bool {
            sections.iter().any(|section| {
                units::own_unit(&section.title.to_plain(), words).is_some() || holds(&section.sections, words)
            })
        }
        (section.level == 1 || env.whole) && !self.own_words.is_empty() && holds(&section.sections, &self.own_words)
    }

    /// A section that is no unit of work.
    fn plain(&mut self, section: &'o Section<'o>, title: &Title, env: &Here<'_>) {
        let lines = match title.lines(section.level) {
            Lines::May if env.container && env.stage.is_none() => Lines::Announced,
            lines => lines,
        };
        // `# Deployment` above all stages only names what the plan is about.
        let names_plan = section.level == 1 && env.whole && super::titles::holds_units(section);
        let env = &Here { lines, whole: false, ..env.clone() };
        if let (Some(_), Some(stage)) = (&title.unit, env.stage)
            && env.context.place != Place::Manual
            && let Some(step) = steps::heading(&section.title.inlines)
        {
            let mut context = Context::of(Place::Off);
            self.drafts[stage].found.step(&step, &Context::of(Place::Off), &mut context);
            self.inside(section, stage, &context, env);
            return;
        }
        if self.gate(section, title, env) {
            return;
        }
        match (title.place_in(env.unit), env.stage) {
            (Some(Place::Order), None) if !names_plan => {
                self.order.push(section);
                let marks = self.marks(&section.blocks, env);
                self.units_in_lines(&section.blocks, marks, env);
                // Below a graph the tasks themselves may stand, where no other heading names them.
                let only = |inner: &Section| {
                    Title::of(inner).unit.is_some_and(|unit| self.headings_of(&unit) == 1 && !inner.blocks.is_empty())
                };
                if section.sections.len() > 1 && section.sections.iter().all(only) {
                    for inner in &section.sections {
                        self.section(inner, env);
                    }
                }
            }
            // What speaks of the whole plan stands in its last stage only by the level of its heading.
            (Some(Place::Order), Some(_)) if !own_order(title) => self.order.push(section),
            (Some(Place::Proof), Some(_)) if is_plan_wide(&title.name) && env.unit.is_some() => {
                let whole = Here { stage: None, unit: None, ..env.clone() };
                self.last(section, title, Place::Proof, &whole);
            }
            (Some(Place::Order), Some(stage)) => {
                let found = &mut self.drafts[stage].found;
                for block in &section.blocks {
                    found.needs.extend(runs(block));
                }
            }
            // `Commands` in the middle of the work: only those count that have what is expected of them behind them.
            (Some(Place::Run), Some(stage)) if !env.context.checks() && is_bare_run(&title.name) => {
                let context = Context { step: true, ..Context::of(Place::Off) };
                self.inside(section, stage, &context, env);
            }
            (Some(place @ (Place::Proof | Place::Manual | Place::Run | Place::Red)), Some(stage)) => {
                let context = if env.context.place == Place::Manual {
                    env.context.clone()
                } else {
                    let own = context_of(place, &title.name_in(env.unit)).said(section.heading);
                    // `Testing requirements` among acceptance criteria are some of them.
                    let some = title.name.ends_with(" requirements") && env.context.checks();
                    Context { prose_counts: own.prose_counts || some && env.context.prose_counts, ..own }
                };
                self.inside(section, stage, &context, env);
            }
            (Some(place @ (Place::Proof | Place::Manual)), None)
                if (section.level > 1 || !self.drafts.is_empty() || self.is_behind_others(section))
                    && !section.blocks.iter().any(|block| self.carries_on(block)) =>
            {
                if groups_work(section, title, |unit| self.headings_of(unit) < 2) {
                    self.grouped(section, title, place, env);
                } else {
                    self.last(section, title, place, env);
                }
            }
            (Some(Place::Off), Some(_)) if title.name.starts_with("next step") => {}
            (place, Some(stage)) => {
                // A heading that nothing is known of inherits a checking place, and ends no other.
                let verbs = env.context.verbs.below(&title.text);
                let off = || Context { verbs, ..Context::of(Place::Off) };
                // `#### Verify that it turns`: what it asks to run there is asked for as proof.
                let judges = place.is_none() && !env.context.checks() && tasks::asks(&title.text) == tasks::Asks::Judge;
                let context = match place {
                    None if judges => {
                        Context { prose_counts: false, ..Context::of(Place::Proof).said(section.heading) }
                    }
                    None => env.context.clone(),
                    Some(_) => off(),
                };
                self.inside(section, stage, &context, env);
            }
            (place, None) => {
                if section.level == 1 && self.drafts.is_empty() {
                    self.titled = titled(section, title);
                    self.headlines(section);
                }
                // A document's own title says nothing about the numbers of the headings below it.
                let container = section.level > 1 && title.announces();
                let below = Here {
                    container: container || env.container && place.is_none(),
                    workstreams: title.name.contains("workstream") || env.workstreams,
                    numbered: tasks::number_their_tasks(&section.sections),
                    proven: prove_themselves(&section.sections),
                    notes: env.notes || title.name.ends_with("notes"),
                    ..env.clone()
                };
                let closed = place == Some(Place::Off)
                    && !names_plan
                    && closed(&title.name)
                    && !(is_tracker(&title.name) && self.holds_work(section));
                if !closed {
                    self.prose.push(&section.blocks);
                }
                let marks = self.marks(&section.blocks, &below);
                let (plain, before) = (marks.is_empty(), self.drafts.len());
                self.outside(&section.blocks, marks, &below);
                // What its own items prove is theirs where they are stages.
                let stages = self.drafts.len() > before;
                let own = |block: &Block<'_>| {
                    !(stages && matches!(block, Block::List(_))) && labels_proof(std::slice::from_ref(block))
                };
                if plain && (place.is_none() || title.works()) && section.level > 1 && section.blocks.iter().any(own) {
                    self.labelled(section, title);
                }
                if closed {
                    return;
                }
                // Below `Tasks` sections that each prove themselves are tasks, whatever their headings say.
                let peers = below.container && are_peers(&section.sections);
                for inner in &section.sections {
                    if peers && is_peer(inner) {
                        let inner_title = Title::of(inner);
                        let rest = inner_title.text.clone();
                        let unit = Unit { word: String::new(), number: String::new(), rest };
                        self.unit(inner, &inner_title, unit, &below);
                    } else {
                        self.section(inner, &below);
                    }
                }
            }
        }
    }

    /// A section inside a stage, with those below it.
    pub(super) fn inside(&mut self, section: &'o Section<'o>, stage: usize, context: &Context, env: &Here<'_>) {
        // What a stage leaves behind may be numbered after it, and is no work of its own.
        let unit = env.unit.filter(|_| !names_results(section));
        let below = Here { stage: Some(stage), context: context.clone(), unit, ..env.clone() };
        self.content(None, &section.blocks, stage, context, &below);
        for inner in &section.sections {
            self.section(inner, &below);
        }
    }

    /// A section that asks for proof, and groups stages of work below it.
    fn grouped(&mut self, section: &'o Section<'o>, title: &Title, place: Place, env: &Here<'_>) {
        let index = self.drafts.len();
        let last = Draft { title: title.text.clone(), span: section.heading, last: true, ..Draft::default() };
        self.drafts.push(last);
        let context = Context { prose_counts: false, ..context_of(place, &title.name).said(section.heading) };
        self.own(section.blocks.iter(), index, &context);
        if self.drafts[index].found.checks.is_empty() {
            self.drafts.pop();
        }
        for inner in &section.sections {
            self.section(inner, &Here { container: true, ..env.clone() });
        }
    }

    fn unit(&mut self, section: &'o Section<'o>, title: &Title, unit: Unit, env: &Here<'_>) {
        let workstream = is_workstream(&unit) && !env.unit.is_some_and(is_workstream);
        let proof = asks_for_proof(&unit.rest);
        let gate = matches!(unit.word.as_str(), "checkpoint" | "gate" | "level")
            || proof && !holds_tasks(section) && (env.numbered || !names_tests(&unit.rest));
        let (group, group_name) = if workstream {
            self.groups += 1;
            (self.groups, Cow::Owned(group_name(&unit, self.groups)))
        } else {
            (env.group, Cow::Borrowed(env.group_name))
        };
        let index = self.drafts.len();
        let procedure = is_procedure(&title.name);
        let place = if gate || procedure || judges(section, &unit.rest) || suites::lists_runs(section, &unit.rest) {
            Place::Proof
        } else if is_manual_stage(section, &unit) {
            Place::Manual
        } else {
            Place::Off
        };
        let runs = speaks_of_proof(&unit.rest) || tasks::asks(&unit.rest) != tasks::Asks::Work;
        let context = Context {
            tasks: env.numbered || runs || tasks::numbers_boxes(section, &unit),
            verbs: Verbs::Commands,
            procedure,
            ..Context::of(place).said(section.heading)
        };
        let context = Context { prose_counts: context.prose_counts && !procedure, ..context };
        self.drafts.push(Draft {
            unit: unit.clone(),
            title: title.text.clone(),
            span: section.heading,
            group,
            group_name: group_name.clone().into_owned(),
            ..Draft::default()
        });
        let below = Here {
            stage: Some(index),
            unit: Some(&unit),
            context: context.clone(),
            container: env.container,
            workstreams: false,
            group,
            group_name: &group_name,
            numbered: false,
            proven: false,
            whole: false,
            notes: env.notes,
            lines: Lines::May,
            depth: env.depth,
        };
        if place == Place::Off || unit.word == "checkpoint" {
            self.named_in_title(section, index);
        }
        if workstream {
            self.steps(&section.blocks, &below, &context);
        } else {
            self.content(None, &section.blocks, index, &context, &below);
        }
        for inner in &section.sections {
            self.section(inner, &below);
        }
        // Steps that only repeat the work, without anything that is expected of them, are no stage.
        if procedure && index + 1 == self.drafts.len() {
            self.drafts[index].found.drop_tentative();
            if self.drafts[index].found.checks.is_empty() {
                self.drafts.pop();
                return;
            }
        }
        self.drafts[index].inner = (index + 1..self.drafts.len()).collect();
    }

    /// The blocks of a stage; lists of coded tasks in it are stages of their own, and so may be lines of text.
    pub(super) fn content(
        &mut self,
        lead: Option<&Block<'o>>,
        blocks: &'o [Block<'o>],
        stage: usize,
        context: &Context,
        env: &Here<'_>,
    ) {
        if context.checks() {
            let (tasks, rest): (Vec<&Block<'o>>, Vec<&Block<'o>>) =
                blocks.iter().partition(|block| self.carries_on(block));
            self.own(lead.into_iter().chain(rest.iter().copied()), stage, context);
            for block in tasks {
                if let Block::List(list) = block {
                    self.task_items(list, env);
                }
            }
            return;
        }
        let marks = self.marks(blocks, env);
        let before = marks.first().map_or(blocks, |mark| &blocks[..mark.at]);
        let running = self.running && env.unit.is_some_and(holds_steps);
        let tasks = |list: &List| holds_units(list, env) || running && tasks::is_numbered(list);
        let coded = |block: &Block| matches!(block, Block::List(list) if tasks(list));
        if before.iter().any(coded) {
            let (tasks, rest): (Vec<&Block<'o>>, Vec<&Block<'o>>) = before.iter().partition(|block| coded(block));
            self.own(lead.into_iter().chain(rest.iter().copied()), stage, context);
            for block in tasks {
                if let Block::List(list) = block {
                    self.task_items(list, env);
                }
            }
        } else {
            self.own(lead.into_iter().chain(before), stage, context);
        }
        self.units_in_lines(blocks, marks, env);
    }

    /// The blocks of a section outside of stages.
    fn outside(&mut self, blocks: &'o [Block<'o>], marks: Vec<Mark>, env: &Here<'_>) {
        self.list_units(marks.first().map_or(blocks, |mark| &blocks[..mark.at]), env);
        self.units_in_lines(blocks, marks, env);
    }

    pub(super) fn own<'b, B>(&mut self, blocks: B, stage: usize, context: &Context)
    where
        B: Iterator<Item = &'b Block<'o>> + Clone,
        'o: 'b,
    {
        let found = &mut self.drafts[stage].found;
        // What a `Run:` under the heading before waits for does not come any more.
        found.drop_tentative();
        found.blocks(blocks, context, &mut self.scripts);
    }

    /// Takes out units that only hold other units.
    fn drop_groups(&mut self) {
        // The items of lists in each workstream.
        let mut listed: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, draft) in self.drafts.iter().enumerate().filter(|(_, draft)| draft.listed) {
            listed.entry(draft.group).or_default().push(index);
        }
        let details = details(&self.drafts);
        let stays = |inner: usize| !self.drafts[inner].last && !details.contains(&inner);
        let holds = |(index, draft): (usize, &Draft<'_>)| {
            !draft.last
                && draft.found.checks.is_empty()
                && (draft.inner.iter().any(|&inner| inner > index && stays(inner))
                    || draft.unit.word == "workstream" && draft.group > 0 && listed.contains_key(&draft.group))
        };
        let dropped: Vec<bool> =
            self.drafts.iter().enumerate().map(|draft| details.contains(&draft.0) || holds(draft)).collect();
        let mut kept = 0;
        let place: Vec<Option<usize>> = dropped
            .iter()
            .map(|gone| {
                kept += usize::from(!gone);
                (!gone).then_some(kept - usize::from(!gone))
            })
            .collect();
        for (index, draft) in self.drafts.iter_mut().enumerate() {
            draft.inner = std::mem::take(&mut draft.inner).into_iter().filter_map(|inner| place[inner]).collect();
            if draft.last {
                continue;
            }
            let members = if draft.inner.is_empty() && dropped[index] {
                listed.get(&draft.group).into_iter().flatten().filter_map(|&inner| place[inner]).collect()
            } else {
                draft.inner.clone()
            };
            if !members.is_empty() {
                self.holders.push(Holder {
                    unit: draft.unit.clone(),
                    title: draft.title.clone(),
                    stage: place[index],
                    members,
                    needs: draft.found.needs.clone(),
                    span: draft.span,
                });
            }
        }
        let mut gone = dropped.into_iter();
        self.drafts.retain(|_| !gone.next().unwrap_or(false));
    }
}
