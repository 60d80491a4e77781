//! What a document's title and the text right below it say of the plan as a whole, and the stages that judge it.
//!
//! Must not know how sections are walked through.

use crate::outline::{Block, InlineKind, Section};
use crate::plan::Kind;
use crate::source::Span;

use super::block;
use super::context::Context;
use super::inline;
use super::item::{self, Setting};
use super::steps;
use super::structure::{Draft, Here, Structure};
use super::titles::{Title, context_of, names_tests};
use super::units::{self, Unit};
use super::vocab::{self, Place};

/// A document's title that names a unit: `Stage 2: Storage` above its steps.
#[derive(Clone, Debug)]
pub(super) struct Titled {
    unit: Unit,
    title: String,
    span: Span,
    /// Its stage, once it has checks.
    stage: Option<usize>,
}

/// A document's title as a unit, if it is one and those below it are of another kind.
pub(super) fn titled(section: &Section, title: &Title) -> Option<Titled> {
    const UNITS: &[&str] = &["stage", "phase", "milestone", "sprint", "iteration"];
    let unit = title.unit.as_ref().filter(|unit| UNITS.contains(&unit.word.as_str()) && !unit.number.is_empty())?;
    // `Phase 2 implementation plan` is a plan with stages of its own.
    let plans = title
        .name
        .split(|next: char| !next.is_alphanumeric())
        .any(|word| matches!(word, "plan" | "tasks" | "roadmap" | "todo" | "checklist"));
    (!plans && !holds_unit_of(section, &unit.word)).then(|| Titled {
        unit: unit.clone(),
        title: title.text.clone(),
        span: section.heading,
        stage: None,
    })
}

/// The label that stands at a place, if it is a line of its own above what it asks for.
fn label_at(blocks: &[Block<'_>], span: Span) -> Option<String> {
    blocks.iter().find_map(|block| {
        let Block::Paragraph(paragraph) = block else { return None };
        let mut labels = inline::lines(&paragraph.text).filter_map(inline::label);
        let found = labels.find(|found| found.span == span && inline::is_blank(&found.rest))?;
        Some(found.label.into_owned())
    })
}

/// Whether a heading below a section names a unit of this kind.
fn holds_unit_of(section: &Section, word: &str) -> bool {
    section.sections.iter().any(|inner| {
        units::unit(&inner.title.to_plain()).is_some_and(|unit| unit.word == word) || holds_unit_of(inner, word)
    })
}

/// Whether a section only tells in sentences how the work is tested: `Test strategy`. A plan or a list of it can be
/// followed, a strategy cannot.
fn tells_strategy(section: &Section, title: &Title) -> bool {
    ["test strategy", "testing strategy", "validation strategy", "verification strategy"].contains(&title.name.as_str())
        && section.sections.is_empty()
        && section.blocks.iter().all(|block| matches!(block, Block::Paragraph(_)))
}

impl<'o> Structure<'o> {
    /// Puts the stages in the order in which they start. What judges the whole under a title that names a unit is found only
    /// when others stand before it already.
    pub(super) fn sort(&mut self) {
        if self.drafts.is_sorted_by_key(|draft| draft.span.start) {
            return;
        }
        let mut order: Vec<usize> = (0..self.drafts.len()).collect();
        order.sort_by_key(|&index| self.drafts[index].span.start);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(now, &before)| place[before] = now);
        let mut drafts: Vec<Option<Draft<'o>>> = std::mem::take(&mut self.drafts).into_iter().map(Some).collect();
        self.drafts = order.iter().filter_map(|&before| drafts[before].take()).collect();
        let inner = self.drafts.iter_mut().flat_map(|draft| &mut draft.inner);
        let held = self.holders.iter_mut().flat_map(|holder| holder.stage.iter_mut().chain(&mut holder.members));
        let listed = self.numbers.values_mut().chain(&mut self.unnumbered);
        for index in inner.chain(held).chain(listed) {
            // A stage that had nothing to check may have been taken back since it was named.
            if let Some(&now) = place.get(*index) {
                *index = now;
            }
        }
    }

    /// A section that asks for proof of the plan as a whole.
    pub(super) fn last(&mut self, section: &'o Section<'o>, title: &Title, place: Place, env: &Here<'_>) {
        let index = self.drafts.len();
        // Numbered chapters make a document of it, whose title only says what it is about.
        let chapter = units::numbered(&title.text).is_some();
        if let Some(titled) = self.titled.as_mut().filter(|_| !chapter) {
            let at = *titled.stage.get_or_insert(index);
            let Titled { unit, title: name, span, .. } = titled.clone();
            if at == index {
                self.drafts.push(Draft { unit, title: name, span, last: true, ..Draft::default() });
            }
            self.inside(section, at, &context_of(place, &title.name).said(section.heading), env);
            if at == index && self.drafts[at].found.checks.is_empty() && self.drafts.len() == index + 1 {
                self.drafts.pop();
                if let Some(titled) = &mut self.titled {
                    titled.stage = None;
                }
            }
            return;
        }
        self.drafts.push(Draft { title: title.text.clone(), span: section.heading, last: true, ..Draft::default() });
        self.inside(section, index, &context_of(place, &title.name).said(section.heading), env);
        let checks = &self.drafts[index].found.checks;
        let told = tells_strategy(section, title) && checks.iter().all(|check| check.rule == "prose");
        if (checks.is_empty() || told) && self.drafts.len() == index + 1 {
            self.drafts.pop();
        }
    }

    /// A section that is nothing by its heading, but has a label that asks for proof: its commands are asked for by the
    /// plan as a whole.
    pub(super) fn labelled(&mut self, section: &'o Section<'o>, title: &Title) {
        let index = self.drafts.len();
        let last = Draft { title: title.text.clone(), span: section.heading, last: true, ..Draft::default() };
        self.drafts.push(last);
        // What a task below it asks for is the task's own.
        let tasks = |block: &Block| matches!(block, Block::List(list) if super::tasks::is_coded(list));
        self.own(section.blocks.iter().filter(|block| !tasks(block)), index, &Context::of(Place::Off));
        let found = &mut self.drafts[index].found;
        // `Phase 1 gate: two days` in a time table.
        if let Some((from, _)) = found.gates.first() {
            found.checks.truncate(*from);
        }
        if !found.checks.iter().any(|check| check.kind == Kind::Command) {
            self.drafts.pop();
            return;
        }
        // The heading asks for nothing and is no work: the label asks, and the stage goes by its name.
        let because = found.checks.iter().find_map(|check| check.because);
        if !title.works()
            && let Some(label) = because.and_then(|span| label_at(&section.blocks, span))
        {
            self.drafts[index].title = label;
            self.drafts[index].span = because.unwrap_or(section.heading);
        }
    }

    /// `**Verification:** `make test`` in the text below the document's title: it is asked for by the plan as a whole.
    pub(super) fn headlines(&mut self, section: &'o Section<'o>) {
        for block in &section.blocks {
            let Block::Paragraph(paragraph) = block else { continue };
            let proof = inline::lines(&paragraph.text).any(|line| {
                line.iter().any(|piece| piece.kind == InlineKind::Code)
                    && inline::label(line).is_some_and(|found| {
                        found.strong && found.place() == Some(Place::Proof) && !names_tests(&found.label)
                    })
            });
            if !proof {
                continue;
            }
            let index = self.drafts.len();
            let title =
                inline::label(&paragraph.text.inlines).map_or_else(String::new, |found| found.label.into_owned());
            let span = inline::span(&paragraph.text.inlines);
            self.drafts.push(Draft { title, span, last: true, ..Draft::default() });
            self.own(std::iter::once(block), index, &Context::of(Place::Off));
            if !self.drafts[index].found.checks.iter().any(|check| check.kind == Kind::Command) {
                self.drafts.pop();
            }
        }
    }

    /// `## Step 8: Run `make check` to see that it holds`: nothing stands below, and the title names the command.
    pub(super) fn named_in_title(&mut self, section: &'o Section<'o>, stage: usize) {
        let bare = section.blocks.is_empty() && section.sections.is_empty();
        // `## Checkpoint: `make check` passes`: whatever stands below, it is asked for.
        if let Some(found) =
            inline::label(&section.title.inlines).filter(|_| self.drafts[stage].unit.word == "checkpoint")
        {
            let setting = Setting { asked: true, because: Some(section.heading), ..Setting::default() };
            self.drafts[stage].found.checks.extend(item::checks(&found.rest, &setting));
            return;
        }
        if let Some(step) = steps::heading(&section.title.inlines).filter(|_| bare) {
            self.drafts[stage].found.step(&step, &Context::of(Place::Off), &mut Context::of(Place::Off));
        }
    }

    /// Whether a section of the first level is one of several there, behind others: it is no title of the document.
    pub(super) fn is_behind_others(&self, section: &Section) -> bool {
        let first = self.root.iter().find(|other| other.level == 1);
        section.level == 1 && first.is_some_and(|first| first.heading != section.heading)
    }

    /// Whether a section of the name of a stage only tells of it: `Phase 2 complete`, or a prompt for it.
    pub(super) fn is_told_of(&self, section: &Section, unit: &Unit) -> bool {
        const DONE: &[&str] = &[
            "complete", "completed", "done", "finished", "summary", "results", "result", "status", "abgeschlossen",
            "erledigt", "terminé", "completado", "completada", "concluído", "zakończone", "завершён", "завершен",
            "завершено", "已完成", "完成", "完了", "완료",
        ];
        let done = DONE.contains(&vocab::normalise(&unit.rest).as_str()) && self.headings_of(unit) > 1;
        done || self.holds_text_for(section, unit)
    }

    /// Whether a section of the name of a stage that came before holds nothing but texts between fences.
    fn holds_text_for(&self, section: &Section, unit: &Unit) -> bool {
        let text = |block: &Block| match block {
            Block::Fence(fence) => !block::is_shell(fence),
            block => matches!(block, Block::Rule(_)),
        };
        !unit.number.is_empty()
            && section.sections.is_empty()
            && !section.blocks.is_empty()
            && section.blocks.iter().all(text)
            && self.drafts.iter().any(|draft| draft.unit.word == unit.word && draft.unit.number == unit.number)
    }
}
