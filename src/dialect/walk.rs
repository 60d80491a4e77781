//! Walks through the parts of a stage with the label in force, and gathers its checks and what it says of its needs.

use crate::outline::{Block, Item, List, Table, Text};
use crate::source::Span;

use super::inline::{self, Labelled, Run};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::tasks::{self, Asks};
use super::units;
use super::vocab::{self, Place};
use super::{block, expect};

/// What is in force where the walk stands.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the nearest label or heading announces.
    pub place: Place,
    /// Whether words without a command count as manual checks here.
    pub prose_counts: bool,
    /// Whether what runs here must fail.
    pub red: bool,
    /// The directory named for the place.
    pub cwd: Option<String>,
    /// The heading or label that says so.
    pub because: Option<Span>,
    /// Whether it is a procedure to follow, in which preparations stand beside checks.
    pub procedure: bool,
    /// Whether items that begin with a verb of proof are checks though no label asks for proof: task lists.
    pub tasks: bool,
}

impl Context {
    /// The context of a place.
    #[must_use]
    pub fn of(place: Place) -> Self {
        Self {
            place,
            prose_counts: matches!(place, Place::Proof | Place::Manual),
            red: place == Place::Red,
            cwd: None,
            because: None,
            procedure: false,
            tasks: false,
        }
    }

    /// The same with the heading or label that says so.
    #[must_use]
    pub fn said(self, span: Span) -> Self {
        Self { because: Some(span), ..self }
    }

    /// Whether it is a checking place.
    #[must_use]
    pub fn checks(&self) -> bool {
        matches!(self.place, Place::Proof | Place::Manual | Place::Run | Place::Red)
    }

    fn setting(&self, asked: bool) -> Setting {
        Setting {
            manual: self.place == Place::Manual,
            asked: asked || matches!(self.place, Place::Run | Place::Red),
            red: self.red,
            cwd: self.cwd.clone(),
            because: self.because,
            procedure: self.procedure,
            prose_counts: self.prose_counts && matches!(self.place, Place::Proof | Place::Manual),
        }
    }
}

/// What was found in one stage.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its checks.
    pub checks: Vec<ReadCheck>,
    /// Lines in which it says what it waits for.
    pub needs: Vec<Run>,
    /// Its fields by normalised label, for those who ask: `workstream`.
    pub fields: Vec<(String, Run)>,
    /// Checks from here on have not met their `Expected:` yet.
    pending: usize,
}

/// Counts scripts over a whole document.
pub type Scripts = u32;

impl Found {
    /// Walks through blocks.
    pub fn blocks(&mut self, blocks: &[Block], context: &Context, scripts: &mut Scripts) {
        let structured = blocks.iter().any(|block| matches!(block, Block::List(_) | Block::Fence(_) | Block::Table(_)));
        let mut current = context.clone();
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    for line in item_lines(&paragraph.text) {
                        for part in inline::split_at_labels(&line, known_label) {
                            self.line(&part, context, &mut current, structured);
                        }
                    }
                }
                Block::List(list) => self.list(list, context, &mut current, scripts),
                Block::Fence(fence) if current.checks() => {
                    let setting = current.setting(true);
                    self.checks.extend(block::checks(fence, &setting, scripts));
                    current.cwd.clone_from(&context.cwd);
                }
                Block::Fence(_) if current.place == Place::Expected => {
                    current = context.clone();
                }
                Block::Table(table) => self.table(table, &current),
                Block::Rule(_) if current.place != context.place => current = context.clone(),
                Block::Quote(inner, _) if current.checks() => {
                    self.blocks(inner, &Context { prose_counts: false, ..current.clone() }, scripts)
                }
                _ => {}
            }
        }
    }

    /// A line of a paragraph, or a part of one that begins with a label.
    fn line(&mut self, line: &Run, base: &Context, current: &mut Context, structured: bool) {
        if let Some(found) = inline::label(line)
            && self.labelled(&found, line, base, current)
        {
            return;
        }
        if says_needs(&inline::prose(line)) {
            self.needs.push(line.clone());
            return;
        }
        match current.place {
            Place::Expected => self.expected(&inline::markdown(line)),
            Place::Proof | Place::Manual | Place::Run | Place::Red => {
                let words = inline::prose(line);
                if words.trim_end().ends_with([':', '：']) {
                    // A lead-in to what follows.
                    if let Some(directory) = item::directory(line) {
                        current.cwd = Some(directory);
                    }
                    if vocab::is_manual(&words) {
                        current.place = Place::Manual;
                    }
                    return;
                }
                let mut setting = current.setting(false);
                setting.prose_counts &= !structured && !closes(&words);
                self.checks.extend(item::checks(line, &setting));
            }
            Place::Off | Place::Units | Place::Order => {}
        }
    }

    /// A line that starts with a label; gives whether it was dealt with.
    fn labelled(&mut self, found: &Labelled, line: &Run, base: &Context, current: &mut Context) -> bool {
        let empty = inline::is_blank(&found.rest);
        self.fields.push((vocab::normalise(&found.label), found.rest.clone()));
        if vocab::is_needs_label(&found.label) && (found.strong || !empty) {
            if !empty {
                self.needs.push(found.rest.clone());
            }
            *current = Context { place: Place::Off, ..base.clone() };
            return true;
        }
        if let Some(step) = step(&found.label) {
            self.pending = self.checks.len();
            *current = Context { cwd: base.cwd.clone(), ..Context::of(step).said(found.span) };
            if !empty && current.checks() {
                self.checks.extend(item::checks(&found.rest, &current.setting(true)));
            }
            return true;
        }
        let Some(place) = vocab::place(&found.label) else {
            if !found.strong {
                return false;
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
        {
            return false;
        }
        let directory = label_directory(found);
        match place {
            Place::Expected => {
                if empty {
                    current.place = Place::Expected;
                } else {
                    self.expected(&inline::markdown(&found.rest));
                    if current.place == Place::Run {
                        *current = base.clone();
                    }
                }
            }
            Place::Run => {
                let red = current.red || base.red;
                self.pending = self.pending.max(self.settled());
                let run = Context {
                    red,
                    cwd: directory.or_else(|| base.cwd.clone()),
                    ..Context::of(Place::Run).said(found.span)
                };
                let manual = base.place == Place::Manual;
                let run = if manual { Context::of(Place::Manual).said(found.span) } else { run };
                if empty {
                    *current = run;
                } else {
                    self.checks.extend(item::checks(&found.rest, &run.setting(true)));
                }
            }
            Place::Proof | Place::Manual | Place::Red => {
                let manual = base.place == Place::Manual && place == Place::Proof;
                let place = if manual { Place::Manual } else { place };
                let context =
                    Context { cwd: directory.or_else(|| base.cwd.clone()), ..Context::of(place).said(found.span) };
                self.pending = self.checks.len();
                if empty {
                    *current = context;
                } else {
                    let mut setting = context.setting(true);
                    setting.prose_counts = true;
                    self.checks.extend(item::checks(&found.rest, &setting));
                    *current = base.clone();
                }
            }
            Place::Off | Place::Units | Place::Order => {
                if base.checks() && !empty && !found.strong {
                    // `Note: ...` inside a list of checks says nothing about what follows.
                    return line.len() > 1 || place == Place::Off;
                }
                *current = Context { place: Place::Off, ..base.clone() };
            }
        }
        true
    }

    fn list(&mut self, list: &List, base: &Context, current: &mut Context, scripts: &mut Scripts) {
        let mut trailing = None;
        for entry in &list.items {
            trailing = self.item(entry, base, current, scripts).filter(|_| entry.blocks.is_empty());
        }
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
            && let Some(directory) = item::directory(&last.text.inlines)
        {
            current.cwd = Some(directory);
        }
    }

    /// Walks through one item of a list.
    pub fn item(
        &mut self,
        entry: &Item,
        base: &Context,
        current: &mut Context,
        scripts: &mut Scripts,
    ) -> Option<Context> {
        if current.place == Place::Expected {
            let words: Vec<String> = inline::lines(&entry.text).iter().map(|line| inline::markdown(line)).collect();
            self.expected(&words.join(" "));
            return None;
        }
        let mut here = current.clone();
        let lines = item_lines(&tasks::without_code(&entry.text));
        let start = self.checks.len();
        let mut group = false;
        let mut trailing = None;
        for (index, line) in lines.iter().enumerate() {
            for part in inline::split_at_labels(line, known_label) {
                let labelled = inline::label(&part).filter(|found| {
                    found.strong
                        || known_label(&found.label)
                        || vocab::is_needs_label(&found.label)
                        || step(&found.label).is_some()
                });
                if let Some(found) = labelled
                    && (index > 0
                        || known_label(&found.label)
                        || vocab::is_needs_label(&found.label)
                        || step(&found.label).is_some()
                        || inline::is_blank(&found.rest))
                    && self.labelled_item(&found, &part, current, &mut here)
                {
                    trailing = (found.strong && inline::is_blank(&found.rest)).then(|| here.clone());
                    continue;
                }
                group |= self.words(&part, entry, &mut here, index == 0);
            }
        }
        let here_tasks = here.tasks;
        let below = Context {
            // What stands below a check explains it; only commands that it asks to run count there.
            prose_counts: here.prose_counts && (group || self.checks.len() == start),
            ..here
        };
        let below = if below.checks() || below.place == Place::Expected || current.checks() {
            below
        } else {
            Context { place: Place::Off, tasks: here_tasks, ..base.clone() }
        };
        self.blocks(&entry.blocks, &below, scripts);
        trailing
    }

    /// An item, or a line of one, that starts with a label.
    fn labelled_item(&mut self, found: &Labelled, part: &Run, current: &Context, here: &mut Context) -> bool {
        let known = vocab::place(&found.label);
        if matches!(known, Some(Place::Off)) && current.checks() && found.strong {
            *here = Context { place: Place::Off, ..current.clone() };
            return true;
        }
        if known.is_none() && step(&found.label).is_none() && !vocab::is_needs_label(&found.label) {
            return false;
        }
        let base = current.clone();
        let mut next = current.clone();
        let done = self.labelled(found, part, &base, &mut next);
        if done {
            // The label holds for what stands below the item.
            if let Some(place) = known.filter(|_| inline::is_blank(&found.rest)) {
                *here = match place {
                    Place::Proof if base.place == Place::Manual => base,
                    Place::Off | Place::Units | Place::Order => Context { place: Place::Off, ..base },
                    _ => next,
                };
            } else if let Some(step) = step(&found.label) {
                *here = Context { cwd: base.cwd, ..Context::of(step).said(found.span) };
            } else if matches!(known, Some(Place::Off)) {
                *here = Context { place: Place::Off, ..base };
            } else if matches!(known, Some(Place::Proof | Place::Manual | Place::Run)) {
                *here = Context { prose_counts: false, ..Context::of(known.unwrap_or(Place::Proof)).said(found.span) };
            }
        }
        done
    }

    /// The words of an item without a label; gives whether they only introduce what stands below.
    fn words(&mut self, part: &Run, entry: &Item, here: &mut Context, first: bool) -> bool {
        let words = inline::prose(part);
        let introduces = words.trim_end().ends_with([':', '：']) && !entry.blocks.is_empty();
        if here.checks() {
            let setting = here.setting(false);
            if introduces && !item::asks_to_run(part, &setting) && !demands(&words) {
                if let Some(directory) = item::directory(part) {
                    here.cwd = Some(directory);
                }
                if vocab::is_manual(&words) || vocab::needs_person(&words) {
                    here.place = Place::Manual;
                }
                return true;
            }
            let setting = Setting { prose_counts: setting.prose_counts && first && !closes(&words), ..setting };
            self.checks.extend(item::checks(part, &setting));
            return false;
        }
        if here.place == Place::Off && here.tasks && first {
            let asks = tasks::asks(&words);
            let prose_counts = asks == Asks::Judge || asks == Asks::Run && has_code(part);
            if asks != Asks::Work && (has_code(part) || !vocab::only_success(&words)) {
                let setting =
                    Setting { asked: true, prose_counts, because: Some(inline::span(part)), ..Setting::default() };
                self.checks.extend(item::checks(part, &setting));
                return false;
            }
        }
        if here.place == Place::Off && first && introduces && runs_checks(&words) {
            *here = Context { cwd: item::directory(part), ..Context::of(Place::Run).said(inline::span(part)) };
            return false;
        }
        if here.place == Place::Off && first && runs_in_passing(&words) {
            let setting = Setting { asked: true, ..Setting::default() };
            let run = item::checks(part, &setting);
            // In a list of work a run counts only where the item is nothing else than that.
            let passes = [
                "verify it passes", "it passes", "to pass", "should pass", "expect pass", "passes", "expect success",
                "all green",
            ];
            let lower = words.to_lowercase();
            if passes.iter().any(|sign| lower.contains(sign)) && !vocab::fails(&words) {
                self.checks.extend(run);
            } else if vocab::fails(&words) {
                self.checks.extend(run.into_iter().filter(|check| check.kind == crate::plan::Kind::Red));
            }
        }
        false
    }

    /// A table: a column of commands in a checking place, or rows whose first cell is a label.
    fn table(&mut self, table: &Table, current: &Context) {
        let column = command_column(table);
        if let Some(column) = column.filter(|_| current.checks()) {
            for row in &table.rows {
                if let Some(cell) = row.get(column) {
                    let setting = Setting { asked: true, ..current.setting(true) };
                    self.checks.extend(item::checks(&cell.text.inlines, &setting));
                }
            }
            return;
        }
        for row in table.rows.iter().filter(|row| row.len() == 2) {
            let label = row[0].text.to_plain();
            if vocab::is_needs_label(&label) {
                self.needs.push(row[1].text.inlines.clone());
            }
            let place = match vocab::place(&label) {
                Some(place @ (Place::Proof | Place::Manual)) => place,
                _ => continue,
            };
            let setting = Context::of(place).said(row[0].span).setting(false);
            for part in split_semicolons(&row[1].text.inlines) {
                self.checks.extend(item::checks(&part, &setting));
            }
        }
    }

    /// Words of an `Expected:`, said of all commands since the last one.
    fn expected(&mut self, words: &str) {
        let from = self.pending.min(self.checks.len());
        for check in &mut self.checks[from..] {
            let Some(command) = check.command.as_ref().filter(|_| !check.scene) else { continue };
            let read = expect::read(command, words, true);
            if read.red && check.kind == crate::plan::Kind::Command {
                check.kind = crate::plan::Kind::Red;
                check.rule = "expected-failure";
            }
            if read.expect.is_some() {
                check.expect = read.expect;
            }
        }
        self.pending = self.checks.len();
    }

    fn settled(&self) -> usize {
        self.pending
    }
}

/// The column of a table that holds what is to be run; a column that says so by itself is better than one that only may.
fn command_column(table: &Table) -> Option<usize> {
    const SURE: &[&str] = &[
        "command", "commands", "how to verify", "verification command", "test command", "run", "how to check",
        "how to test",
    ];
    const PERHAPS: &[&str] = &["verification", "verify", "how", "validation", "test", "check"];
    let names: Vec<String> = table.head.iter().map(|cell| vocab::normalise(&cell.text.to_plain())).collect();
    let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    find(SURE).or_else(|| find(PERHAPS))
}

/// The lines of an item's own text. A line that begins with a label stands by itself; others run on.
#[must_use]
pub fn item_lines(text: &Text) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for line in inline::lines(text) {
        let labelled = inline::label(&line)
            .is_some_and(|found| found.strong || known_label(&found.label) || vocab::is_needs_label(&found.label));
        match joined.last_mut() {
            Some(last) if !labelled => {
                last.push(crate::outline::Inline {
                    kind: crate::outline::InlineKind::Text,
                    text: " ".to_owned(),
                    span: Span { start: inline::span(&line).start, end: inline::span(&line).start },
                    strong: false,
                    emphasis: false,
                });
                last.extend(line);
            }
            _ => joined.push(line),
        }
    }
    joined
}

fn has_code(run: &Run) -> bool {
    run.iter().any(|inline| inline.kind == crate::outline::InlineKind::Code)
}

fn known_label(label: &str) -> bool {
    vocab::place(label).is_some()
}

/// What a numbered step of a TDD cycle announces: `Step 2: Run test to verify it fails`.
fn step(label: &str) -> Option<Place> {
    let unit = units::unit(label)
        .filter(|unit| matches!(unit.word.as_str(), "step" | "schritt" | "étape" | "paso" | "passo" | "krok"))?;
    Some(step_place(&unit.rest))
}

/// What the title of a step announces.
#[must_use]
pub fn step_place(title: &str) -> Place {
    let name = vocab::normalise(title);
    if vocab::red_label(&title.to_lowercase()) {
        return Place::Red;
    }
    let first = name.split(' ').next().unwrap_or("");
    let runs = matches!(
        first,
        "run"
            | "verify"
            | "check"
            | "confirm"
            | "test"
            | "validate"
            | "rerun"
            | "re-run"
            | "execute"
            | "build"
            | "lint"
            | "typecheck"
            | "manual"
            | "manually"
            | "final"
            | "smoke"
            | "verification"
            | "validation"
    );
    if runs { Place::Run } else { Place::Off }
}

fn runs_in_passing(words: &str) -> bool {
    let lower = words.trim().to_lowercase();
    lower.starts_with("run ") || lower.starts_with("verify ") || lower.starts_with("execute ")
}

/// `Run a trial phase and verify that the agent:` is a check by itself; what stands below it only spells it out.
fn demands(words: &str) -> bool {
    let lower = words.to_lowercase();
    let verb = [" verify ", " confirm ", " check that ", " ensure "].iter().any(|verb| lower.contains(verb));
    verb && words.split_whitespace().count() > 6
}

/// A sentence in which a stage says what it waits for: `Depends on Stage 1 and ...`.
fn says_needs(words: &str) -> bool {
    let lower = words.trim_start().to_lowercase();
    [
        "depends on ", "this stage depends on", "this stage requires", "this stage needs", "this task depends on",
        "this task requires", "this phase depends on", "this phase requires", "this step depends on",
        "this step requires", "requires stage", "requires task", "requires phase", "blocked by ", "must run after",
        "runs after ", "foundation for all", "done last",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

/// `Run the full test suite:` in a list of work: what stands below is to be run as a check.
fn runs_checks(words: &str) -> bool {
    let lower = words.trim().to_lowercase();
    let asks = ["run ", "verify", "execute ", "validate"].iter().any(|start| lower.starts_with(start));
    asks && ["test", "check", "lint", "suite", "verif", "validat"].iter().any(|word| lower.contains(word))
}

/// A sentence that only says that a stage is done when its checks pass.
fn closes(words: &str) -> bool {
    let lower = words.to_lowercase();
    let all = lower.trim_start().starts_with("all ") && lower.trim_end_matches(['.', '!', ' ']).ends_with("pass");
    if all && ["check", "validation", "criteria"].iter().any(|word| lower.contains(word)) {
        return true;
    }
    let subject = ["complete when", "done when", "considered complete", "finished when", "is complete once"]
        .iter()
        .any(|sign| lower.contains(sign));
    subject
        && (lower.contains("check")
            || lower.contains("validation")
            || lower.contains("criteria")
            || lower.trim_end().ends_with(':'))
}

fn label_directory(found: &Labelled) -> Option<String> {
    let at = found.label.find(['(', '（'])?;
    let inner = found.label[at + 1..].trim_end_matches([')', '）']);
    let path = inner
        .strip_prefix("run from ")
        .or_else(|| inner.strip_prefix("from "))
        .or_else(|| inner.strip_prefix("in "))?;
    let path = path.trim().trim_matches('`').trim_end_matches('/');
    let plain =
        !path.is_empty() && path.chars().all(|next| next.is_alphanumeric() || matches!(next, '/' | '.' | '_' | '-'));
    (plain && (path.contains('/') || inner.starts_with("run from"))).then(|| path.to_owned())
}

fn split_semicolons(run: &Run) -> Vec<Run> {
    let mut parts = vec![Run::new()];
    for piece in run {
        if piece.kind != crate::outline::InlineKind::Text || !piece.text.contains(';') {
            if let Some(last) = parts.last_mut() {
                last.push(piece.clone());
            }
            continue;
        }
        let mut start = 0;
        let ends = piece.text.match_indices(';').map(|(at, _)| at).chain([piece.text.len()]);
        for (index, end) in ends.enumerate() {
            if index > 0 {
                parts.push(Run::new());
            }
            let text = &piece.text[start..end];
            let base = piece.span.start as usize;
            if let Some(last) = parts.last_mut() {
                last.push(crate::outline::Inline {
                    text: text.to_owned(),
                    span: Span::new(base + start, base + end),
                    ..piece.clone()
                });
            }
            start = end + 1;
        }
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}
