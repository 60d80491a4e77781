//! Walks through the parts of a stage with the label in force, and gathers its checks and what it says of its needs.

use std::borrow::Cow;
use std::ops::Range;

use crate::outline::{Block, Inline, Item, List, Text};

use super::actions;
use super::closings;
use super::context::Context;
use super::cues::{
    self, asks_in_words, closes, demands, ends_well, expects, introduces, known_label, label_directory, lead_of,
    leads_to_criteria, leads_to_run, names_only_a_path, names_paths, opens_other, runs_checks, runs_in_passing,
    says_needs, works,
};
use super::detect::{Signs, signs};
use super::finished;
use super::gates;
use super::inline::{self, Labelled, Run};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::proofs;
use super::repeats;
use super::steps;
use super::suites;
use super::tasks;
use super::titles::labels_proof;
use super::units::Unit;
use super::verbs::{Verbs, is_to_write};
use super::vocab::{self, Place};
use super::{block, folder, leads};

/// What was found in one stage.
#[derive(Clone, Debug, Default)]
pub struct Found<'s> {
    /// Its checks.
    pub checks: Vec<ReadCheck>,
    /// Lines in which it says what it waits for.
    pub needs: Vec<Run<'s>>,
    /// What its labels say of the dialect.
    pub signs: Signs,
    /// What its first label that names a workstream says of it.
    pub workstream: Option<Run<'s>>,
    /// Checks from here on have not met their `Expected:` yet.
    pub(super) pending: usize,
    /// Where the commands before those began.
    pub(super) before: usize,
    /// Where the checks of the paragraph under way began.
    pub(super) began: usize,
    /// Where the last two units with commands began that an `Expected:` may speak of: an item, a block, a `Run:`.
    pub(super) units: [usize; 2],
    /// What a label of this block asked for, if it has words on its line.
    proof_line: Option<Place>,
    /// What a label announces that ends an item with nothing below it, and so speaks of the items behind it.
    lead: Option<Context>,
    /// How many checks stood before the first label of a line that speaks of the stage's end.
    pub(super) closing: Option<usize>,
    /// Units whose proof a label here asks for by their name, and how many checks stood before it.
    pub(super) gates: Vec<(usize, Unit)>,
    /// A step that only says in its title that a test is to be run, and how many checks there were before it.
    pub(super) untold: Option<(usize, ReadCheck)>,
    /// Checks from here on stand behind a `Run:` in a list of work and count only if an `Expected:` follows.
    pub(super) tentative: Option<Range<usize>>,
}

/// Counts scripts over a whole document.
pub type Scripts = u32;

impl<'s> Found<'s> {
    /// Walks through blocks.
    pub fn blocks<'b, I>(&mut self, blocks: I, context: &Context, scripts: &mut Scripts)
    where
        I: Iterator<Item = &'b Block<'s>> + Clone,
        's: 'b,
    {
        let structured =
            blocks.clone().any(|block| matches!(block, Block::List(_) | Block::Fence(_) | Block::Table(_)));
        let mut current = context.clone();
        let mut blocks = blocks.peekable();
        // What a label before this block asks for, if it is one of commands.
        let mut shown: Option<Context> = None;
        // The text right before this block.
        let mut lead: Option<&Text> = None;
        while let Some(block) = blocks.next() {
            let lead = std::mem::replace(&mut lead, leads::of(block));
            self.proof_line = None;
            self.begin();
            if current.place != Place::Run {
                self.end_tentative();
            }
            let shown_here = shown.take();
            match block {
                Block::Paragraph(paragraph) => {
                    let leads = repeats::leads(&paragraph.text, blocks.peek().copied());
                    let whole = matches!(current.verbs, Verbs::Words | Verbs::Cases) && !leads;
                    self.began = self.checks.len();
                    for line in inline::item_lines(&paragraph.text) {
                        for part in inline::split_at_labels(&line, known_label) {
                            self.line(&part, context, &mut current, structured, [leads, whole]);
                        }
                    }
                    // `**How to verify:** the van is there`, and the commands below that show it.
                    let told = &self.checks[self.began..];
                    if let Some(place) = self.proof_line
                        && !told.is_empty()
                        && told.iter().all(|check| check.command.is_none())
                    {
                        shown = Some(Context::of(place).said(inline::span(&paragraph.text.inlines)));
                    }
                }
                // `Then write `DONE.md` with:`
                Block::List(_) if current.checks() && lead.is_some_and(leads::tells_content) => {}
                Block::List(list) => self.list(list, context, &mut current, scripts),
                // `You should see:`, `Create the file:`; what a sentence of work asked to run is over then.
                Block::Fence(_) | Block::Indented(_)
                    if current.checks()
                        && lead.is_some_and(|lead| {
                            leads::turn_aside(lead, block, context.checks())
                                || current.procedure && leads::looks_around(lead)
                        }) =>
                {
                    current = if context.checks() { current } else { context.clone() };
                }
                Block::Fence(fence) if current.checks() => {
                    let mut setting = current.setting(true);
                    setting.manual |= lead.is_some_and(leads::is_elsewhere);
                    let mut found = block::checks(fence, &setting, scripts);
                    if let Some(lead) = lead {
                        leads::expect(lead, &mut found);
                    }
                    self.checks.extend(found);
                    current.cwd.clone_from(&context.cwd);
                }
                Block::Fence(fence) if shown_here.is_some() && block::is_shell(fence) => {
                    if let Some(shown) = shown_here {
                        self.checks.extend(block::checks(fence, &shown.setting(true), scripts));
                    }
                }
                Block::Fence(fence)
                    if current.place == Place::Off
                        && (blocks.peek().is_some_and(|next| expects(next))
                            || lead.and_then(leads::half_of_cycle).is_some()) =>
                {
                    let red = lead.and_then(leads::half_of_cycle) == Some(true);
                    let mut setting = Setting { procedure: true, ..current.setting(true) };
                    setting.manual |= lead.is_some_and(leads::is_elsewhere);
                    setting.red |= red;
                    let found = block::checks(fence, &setting, scripts);
                    if current.step || block::is_shell(fence) && found.iter().all(proofs::proves) {
                        self.checks.extend(found);
                    }
                }
                Block::Indented(code) if current.checks() => {
                    let setting = current.setting(true);
                    self.checks.extend(block::indented(code, &setting, scripts));
                    current.cwd.clone_from(&context.cwd);
                }
                Block::Fence(_) | Block::Indented(_) if current.place == Place::Expected => {
                    current = context.clone();
                }
                Block::Table(table) => self.table(table, &current),
                Block::Rule(_) if current.place != context.place => current = context.clone(),
                // `> **Verify:** `make x`` in the middle of the work.
                Block::Quote(inner, _) if current.checks() || labels_proof(inner) => {
                    self.blocks(inner.iter(), &Context { prose_counts: false, ..current.clone() }, scripts)
                }
                _ => {}
            }
        }
    }

    /// A line of a paragraph, or a part of one that begins with a label.
    fn line(
        &mut self,
        line: &[Inline<'s>],
        base: &Context,
        current: &mut Context,
        structured: bool,
        [leads, whole]: [bool; 2],
    ) {
        if let Some(step) = steps::step(line).filter(|step| !step.instructs(base)) {
            self.step(&step, base, current);
            return;
        }
        if let Some(found) = inline::label(line) {
            let before = self.checks.len();
            if self.labelled(&found, line, base, current) {
                if base.place == Place::Off && found.strong && closings::ends(&found.label) {
                    self.closing.get_or_insert(before);
                }
                return;
            }
        }
        let words = inline::prose(line);
        if current.place == Place::Off {
            if leads_to_criteria(&words) {
                *current = Context::of(Place::Proof).said(inline::span(line));
                return;
            }
            if !whole && leads_to_run(&words, line) {
                let red = current.red || vocab::fails(&words);
                *current =
                    Context { red, cwd: folder::beside(line), ..Context::of(Place::Run).said(inline::span(line)) };
                return;
            }
        }
        if says_needs(&words) {
            self.needs.push(line.to_vec());
            return;
        }
        self.needs.extend(cues::needs_told_later(line));
        match current.place {
            Place::Expected => self.expected_of(&inline::markdown(line), current.red),
            Place::Proof | Place::Manual | Place::Run | Place::Red => {
                if words.trim_end().ends_with([':', '：']) {
                    // A lead-in to what follows; sentences in it may ask for something by themselves.
                    let lead = self.ahead(line, &current.setting(false));
                    if let Some(directory) = folder::beside(lead.as_deref().unwrap_or(line)) {
                        current.cwd = Some(directory);
                    }
                    if vocab::marks_manual(&words) {
                        current.place = Place::Manual;
                    }
                    return;
                }
                let mut setting = Setting { told: true, ..current.setting(false) };
                setting.prose_counts &= !structured && !closes(&words);
                // A step that says in words alone what is to be run: `Run the same tests.`
                let told = current.step && asks_in_words(line, &words);
                setting.prose_counts |= !leads && (told || repeats::asks(current.place, &words));
                let found = item::checks(line, &setting);
                self.behind(found);
            }
            Place::Off if current.verbs != Verbs::Nothing => {
                self.sentences(line, current, 0);
            }
            Place::Off | Place::Units | Place::Order => {}
        }
    }

    /// A line that starts with a label; gives whether it was dealt with.
    pub(super) fn labelled(
        &mut self,
        found: &Labelled<'s>,
        line: &[Inline<'s>],
        base: &Context,
        current: &mut Context,
    ) -> bool {
        let empty = inline::is_blank(&found.rest);
        self.signs.add(signs(found.name()));
        if found.name() == "workstream" {
            self.workstream.get_or_insert_with(|| found.rest.clone());
        }
        if found.says_needs() && (found.strong || !empty) {
            if !empty {
                self.needs.push(found.rest.clone());
            }
            *current = Context { place: Place::Off, ..base.clone() };
            return true;
        }
        let Some(place) = found.place() else {
            if !found.strong {
                return false;
            }
            // `*Reader:*` below `**Done when:**` only divides what is listed there.
            if empty && current.checks() && !line.iter().any(|piece| piece.strong) {
                return true;
            }
            if !empty && base.checks() && current.place == base.place {
                return false;
            }
            if !base.checks() || empty {
                *current = base.clone();
            }
            return empty || !base.checks();
        };
        if !found.strong
            && empty
            && !matches!(place, Place::Proof | Place::Manual | Place::Run | Place::Expected | Place::Red)
            && (place != Place::Off || base.checks())
        {
            return false;
        }
        if matches!(place, Place::Proof | Place::Manual)
            && let Some((unit, _)) = gates::asked(&found.label)
        {
            self.gates.push((self.checks.len(), unit));
        }
        let directory = label_directory(found);
        match place {
            Place::Expected => {
                if empty {
                    current.place = Place::Expected;
                } else {
                    let red = current.place == Place::Red;
                    self.expected_of(&inline::markdown(&found.rest), red);
                    if current.place == Place::Run {
                        *current = base.clone();
                    }
                }
            }
            Place::Run => {
                let red = current.red || base.red;
                let tentative = !current.checks() && !base.checks() && !red && self.proof_line.is_none();
                if tentative {
                    self.drop_tentative();
                    self.tentative = Some(self.checks.len()..usize::MAX);
                }
                self.begin();
                let run = Context {
                    red,
                    cwd: directory.or_else(|| base.cwd.clone()),
                    ..Context::of(Place::Run).said(found.span)
                };
                let manual = base.place == Place::Manual || current.by_person;
                let run = if manual { Context::of(Place::Manual).said(found.span) } else { run };
                if empty {
                    *current = run;
                } else {
                    let label = found;
                    let found = item::checks(&label.rest, &run.setting(true));
                    // `- Run tests: `make test`` in a list of work asks for them, whatever follows.
                    let runs_tests = current.verbs != Verbs::Nothing && proofs::names_test(&label.label);
                    let expects = || proofs::expects_result(&inline::prose(&label.rest));
                    let asked = runs_tests || current.tasks && (found.iter().all(proofs::proves) || expects());
                    if tentative && asked && found.iter().any(|check| check.command.is_some()) {
                        self.tentative = None;
                    }
                    self.checks.extend(found);
                    self.end_tentative();
                }
            }
            Place::Proof
                if !found.strong
                    && !base.checks()
                    && (names_paths(&found.rest) || found.name() == "test" && names_only_a_path(&found.rest)) => {}
            // `**Verification script:** `scripts/verify.sh``: a file to be written.
            Place::Proof if !base.checks() && found.name().contains("script") && names_only_a_path(&found.rest) => {}
            Place::Proof
                if !empty
                    && !base.checks()
                    && (found.name() != "independent test" && is_to_write(&found.rest)
                        || item::only_adds(&found.rest)) => {}
            Place::Proof | Place::Manual | Place::Red => {
                let manual = base.place == Place::Manual && place == Place::Proof;
                let place = if manual { Place::Manual } else { place };
                let context =
                    Context { cwd: directory.or_else(|| base.cwd.clone()), ..Context::of(place).said(found.span) };
                self.drop_tentative();
                self.before = self.pending;
                self.pending = self.checks.len();
                if empty {
                    *current = context;
                } else {
                    let mut setting = context.setting(true);
                    setting.prose_counts = true;
                    self.proof_line = Some(place);
                    self.checks.extend(item::checks(&found.rest, &setting));
                    // `**Verify:** The gate opens, and each of these is turned away:` above a list.
                    *current = if introduces(&found.rest) && !base.checks() { context } else { base.clone() };
                }
            }
            Place::Off | Place::Units | Place::Order => {
                if base.checks() && !empty && !found.strong {
                    // `Note: ...` inside a list of checks says nothing about what follows.
                    return line.len() > 1 || place == Place::Off;
                }
                // `**Requirements:** R1, R2` above a list of checks is said and done with.
                if base.checks() && !empty && !introduces(&found.rest) && place == Place::Off {
                    *current = base.clone();
                    return true;
                }
                *current = base.off(&found.label);
            }
        }
        true
    }

    pub(super) fn list(&mut self, list: &List<'s>, base: &Context, current: &mut Context, scripts: &mut Scripts) {
        if current.procedure && list.items.iter().any(|entry| works(&inline::prose(&entry.text.inlines))) {
            return self.work_list(list, current, scripts);
        }
        let mut trailing = None;
        let acts = current.acts;
        current.acts = current.checks() && actions::told(list);
        let start = self.checks.len();
        let boxed = list.items.first().is_some_and(|first| first.task.is_some());
        for entry in &list.items {
            self.begin();
            if suites::begins_work(entry, list, boxed, current) {
                *current = base.clone();
            }
            trailing = self.item(entry, base, current, scripts).filter(|_| entry.blocks.is_empty());
            if let Some(lead) = self.lead.take().filter(|_| entry.blocks.is_empty()) {
                *current = lead;
            }
        }
        self.end(start);
        current.acts = acts;
        if current.place == Place::Expected {
            *current = base.clone();
        }
        // `- [ ] **Step 2: Run it to see it fail**` with what is to be run below the list and not below the item.
        if let Some(context) = trailing {
            *current = context;
        }
        // `- Test commands (run from `web`):` with the block below the list and not below the item.
        if let Some(last) = list.items.last().filter(|last| last.blocks.is_empty())
            && inline::prose(&last.text.inlines).trim_end().ends_with(':')
            && let Some(directory) = folder::beside(&last.text.inlines)
        {
            current.cwd = Some(directory);
        }
    }

    /// Walks through one item of a list.
    pub fn item(
        &mut self,
        entry: &Item<'s>,
        base: &Context,
        current: &mut Context,
        scripts: &mut Scripts,
    ) -> Option<Context> {
        if current.place == Place::Expected {
            let words: Vec<Cow<'_, str>> = inline::lines(&entry.text).map(inline::markdown).collect();
            self.expected(&words.join(" "));
            return None;
        }
        let text = tasks::without_code(&entry.text);
        let here = Context { verbs: current.verbs.in_item(entry), ..current.clone() };
        self.lines_of(&text, &entry.blocks, [base, current], here, scripts)
    }

    /// Walks through the words of an item alone, its code taken off.
    pub(super) fn words_of(&mut self, text: &Text<'s>, context: &Context, scripts: &mut Scripts) {
        self.lines_of(text, &[], [context, context], context.clone(), scripts);
    }

    /// Walks through the lines of an item and what stands below them. `here` is what holds in it.
    fn lines_of(
        &mut self,
        text: &Text<'s>,
        blocks: &[Block<'s>],
        [base, current]: [&Context; 2],
        mut here: Context,
        scripts: &mut Scripts,
    ) -> Option<Context> {
        // What is in force for the item's lines: what a step that it begins with says, if it does.
        let mut around = Cow::Borrowed(current);
        let start = self.checks.len();
        let mut group = false;
        let mut trailing = None;
        let mut lines = inline::item_lines(text).enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let ends = index > 0 && lines.peek().is_none();
            for part in inline::split_at_labels(&line, known_label) {
                if let Some(step) = steps::step(&part).filter(|step| !step.instructs(base)) {
                    self.step(&step, base, &mut here);
                    around = Cow::Owned(here.clone());
                    trailing = step.is_bare().then(|| here.clone());
                    continue;
                }
                let labelled =
                    inline::label(&part).filter(|found| found.strong || found.place().is_some() || found.says_needs());
                if ends && labelled.as_ref().is_some_and(opens_other) {
                    self.lead = Some(base.clone());
                }
                if let Some(found) = labelled
                    && (index > 0 || found.place().is_some() || found.says_needs() || inline::is_blank(&found.rest))
                    && self.labelled_item(&found, &part, &around, &mut here)
                {
                    let opens = found.strong || matches!(here.place, Place::Run | Place::Red | Place::Expected);
                    trailing = (opens && inline::is_blank(&found.rest)).then(|| here.clone());
                    self.lead = lead_of(&found, &here).filter(|_| ends);
                    group |= here.checks() && inline::is_blank(&found.rest);
                    continue;
                }
                let was_off = here.place == Place::Off;
                group |= self.words(&part, blocks, &mut here, index == 0);
                if was_off && here.place == Place::Run {
                    trailing = Some(here.clone());
                }
            }
        }
        let (here_tasks, here_verbs) = (here.tasks, here.verbs);
        let below = Context {
            // What stands below a check explains it; only commands that it asks to run count there.
            prose_counts: here.prose_counts && (group || self.checks.len() == start),
            ..here
        };
        let below = if below.checks() || below.place == Place::Expected || current.checks() {
            below
        } else {
            Context { place: Place::Off, tasks: here_tasks, verbs: here_verbs, ..base.clone() }
        };
        self.blocks(blocks.iter(), &below, scripts);
        trailing
    }

    /// The words of an item without a label; gives whether they only introduce what stands below.
    fn words(&mut self, part: &[Inline<'s>], blocks: &[Block<'s>], here: &mut Context, first: bool) -> bool {
        let works = here.place == Place::Off && (here.tasks || here.verbs != Verbs::Nothing);
        if works && let Some((work, tail)) = finished::when(part) {
            let because = Some(inline::span(&tail));
            self.checks.extend(item::checks(&tail, &Setting { prose_counts: true, because, ..Setting::default() }));
            return !inline::is_blank(&work) && self.words(&work, blocks, here, first);
        }
        let words = inline::prose(part);
        if works && first && says_needs(&words) {
            self.needs.push(part.to_vec());
            return false;
        }
        let introduces = !blocks.is_empty() && words.trim_end().ends_with([':', '：']);
        if here.checks() {
            let setting = here.setting(false);
            let aside =
                || leads::item_aside(part, blocks) || leads::item_tells_content(part, blocks) || item::behaves(&words);
            if introduces && (vocab::is_never_proof(&words) || aside()) {
                *here = here.off(&words);
                return true;
            }
            if introduces && !item::asks_to_run(part, &setting) && !demands(&words) {
                if let Some(directory) = folder::beside(part) {
                    here.cwd = Some(directory);
                }
                if vocab::marks_manual(&words) || vocab::needs_person(&words) {
                    here.place = Place::Manual;
                }
                return true;
            }
            let setting = Setting { prose_counts: setting.prose_counts && first && !closes(&words), ..setting };
            let found = item::checks(part, &setting);
            // ``make run`, by hand:` above what a person has to look at, point by point.
            let points = introduces && actions::leads_to_points(&found);
            let repeats = |check: &ReadCheck| introduces && repeats::in_block(check, blocks);
            let leads = |check: &ReadCheck| points && check.command.is_none() && check.text.trim_end().ends_with(':');
            self.checks.extend(found.into_iter().filter(|check| !repeats(check) && !leads(check)));
            return points;
        }
        if first && here.place == Place::Off && (proofs::reruns(part, &words) || here.runs_suite(part, &words)) {
            let because = Some(inline::span(part));
            self.checks.extend(item::checks(part, &Setting { prose_counts: true, because, ..Setting::default() }));
            return false;
        }
        if first && let Some(introduces) = self.by_verb(part, &words, blocks, here) {
            return introduces;
        }
        if here.place == Place::Off
            && let Some(leads) = self.sentences(part, here, usize::from(first))
        {
            return leads;
        }
        let works = here.place == Place::Off && (here.tasks || here.verbs != Verbs::Nothing);
        if works && first && here.verbs == Verbs::Words && self.named_run(part) {
            return false;
        }
        if works && (self.until_it_passes(part) || self.work_and_proof(part)) {
            return false;
        }
        let boxed = here.tasks || here.verbs == Verbs::Words;
        if works && first && self.sentence(part, boxed, here.verbs == Verbs::Commands) {
            return false;
        }
        if here.place == Place::Off
            && first
            && (introduces && runs_checks(&words)
                || (blocks.is_empty() || repeats::holds_commands(blocks)) && leads_to_run(&words, part))
        {
            let red = here.red || vocab::fails(&words);
            *here = Context { red, cwd: folder::beside(part), ..Context::of(Place::Run).said(inline::span(part)) };
            return false;
        }
        if here.place == Place::Off && first && proofs::tells_end(part) && self.sentence(part, false, false) {
            return false;
        }
        if here.place == Place::Off && first && runs_in_passing(&words) {
            let setting = Setting { asked: true, red: vocab::leads_to_failure(&words), ..Setting::default() };
            let run = item::checks(part, &setting);
            // In a list of work a run counts only where the item is nothing else than that.
            let fails = setting.red || vocab::fails(&words);
            if !fails && (ends_well(&words) || inline::arrow_behind_code(part)) {
                self.checks.extend(run);
            } else if fails {
                self.checks.extend(run.into_iter().filter(|check| check.kind == crate::plan::Kind::Red));
            }
        }
        false
    }
}
