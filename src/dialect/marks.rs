//! Units of work that stand as lines of text: `**Phase 2: Move the readers**`, `**M1-T3: Colours**`.
//!
//! Such a line is a unit where at least two of its form stand side by side and their numbers rise.

use crate::outline::{Block, InlineKind, Paragraph, Section, Text};
use crate::source::Span;
use crate::text::starts_with;

use super::inline;
use super::structure::{Draft, Here, Structure};
use super::tasks;
use super::titles::{holds_steps, is_workstream, names_other};
use super::units::{self, Unit};
use super::vocab::{self, Place};

/// Whether lines of text may be units at some place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lines {
    /// They are not.
    #[default]
    No,
    /// They may be.
    May,
    /// The heading announces units of work.
    Announced,
}

/// How deep units that are lines may stand in one another.
const DEEPEST: u8 = 3;
/// How many forms of lines are looked at in one place.
const MOST_FORMS: usize = 4;
/// The longest line that is taken for the name of a unit, in bytes.
const LONGEST: usize = 160;

/// A line that names a unit.
pub(super) struct Mark {
    /// The block that begins with it.
    pub(super) at: usize,
    unit: Unit,
    title: String,
    span: Span,
    /// The unit that stands in brackets behind it, for which it is only another name.
    beside: Option<Unit>,
    /// The piece of the paragraph with which what is said of it begins.
    text_at: usize,
}

/// What units of one kind have in common: the word, or the letters of the code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form(String);

impl Form {
    fn of(unit: &Unit) -> Self {
        if !unit.word.is_empty() {
            return Self(unit.word.clone());
        }
        let digit = |next: char| next.is_ascii_digit();
        Self(if unit.number.starts_with(digit) { "#".to_owned() } else { unit.number.replace(digit, "") })
    }
}

impl<'o> Structure<'o> {
    /// Reads the blocks from the first unit that is a line of text on.
    pub(super) fn units_in_lines(&mut self, blocks: &'o [Block<'o>], marks: Vec<Mark>, env: &Here<'_>) {
        let ends: Vec<usize> = marks.iter().skip(1).map(|mark| mark.at).collect();
        let tail = if env.stage.is_some() { own_proof(blocks, &marks) } else { blocks.len() };
        let last = !marks.is_empty();
        for (mark, end) in marks.into_iter().zip(ends.into_iter().chain([tail])) {
            self.unit_in_line(mark, &blocks[..end], env);
        }
        if let Some(stage) = env.stage.filter(|_| last) {
            self.own(blocks[tail..].iter(), stage, &env.context);
        }
    }

    fn unit_in_line(&mut self, mark: Mark, blocks: &'o [Block<'o>], env: &Here<'_>) {
        let Mark { at, unit, title, span, text_at, .. } = mark;
        let context = tasks::context(&unit.rest, tasks::place(&unit.rest)).said(span);
        let index = self.drafts.len();
        self.drafts.push(Draft {
            unit: unit.clone(),
            title,
            span,
            group: env.group,
            group_name: env.group_name.to_owned(),
            ..Draft::default()
        });
        let below = Here {
            stage: Some(index),
            unit: Some(&unit),
            context: context.clone(),
            container: false,
            workstreams: false,
            numbered: false,
            proven: false,
            lines: Lines::May,
            depth: env.depth + 1,
            ..env.clone()
        };
        let lead = said_in(&blocks[at], text_at);
        self.content(lead.as_ref(), &blocks[at + 1..], index, &context, &below);
        self.drafts[index].inner = (index + 1..self.drafts.len()).collect();
    }

    /// The lines among blocks that name the units in them, if they do.
    pub(super) fn marks(&mut self, blocks: &[Block<'_>], env: &Here<'_>) -> Vec<Mark> {
        if env.lines == Lines::No || env.depth == DEEPEST {
            return Vec::new();
        }
        let mut all: Vec<(Form, Mark)> = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            if let Some(mark) = mark(at, block)
                && takes(&mark.unit, env)
            {
                all.push((Form::of(&mark.unit), mark));
            }
        }
        // The first form that counts upwards is the outer one; others stand inside it.
        let mut tried: Vec<&Form> = Vec::new();
        let mut outer = None;
        for (form, _) in &all {
            if tried.len() == MOST_FORMS {
                break;
            }
            if tried.contains(&form) {
                continue;
            }
            tried.push(form);
            let same: Vec<&Mark> = all.iter().filter(|(other, _)| other == form).map(|(_, mark)| mark).collect();
            let rising = same.windows(2).all(|pair| units::order(&pair[0].unit.number, &pair[1].unit.number).is_lt());
            let several = same.len() > 1 || self.forms.contains(form);
            if rising && several && !same.iter().any(|mark| is_of_cycle(mark)) && !self.is_repeated(&same, env) {
                outer = Some(form.clone());
                break;
            }
        }
        let Some(outer) = outer else { return Vec::new() };
        let marks: Vec<Mark> = all.into_iter().filter(|(form, _)| *form == outer).map(|(_, mark)| mark).collect();
        if !is_step(&outer.0) {
            self.forms.insert(outer);
        }
        if env.unit.is_none() {
            self.in_lines.extend(marks.iter().map(|mark| (mark.unit.word.clone(), mark.unit.number.clone())));
        }
        marks
    }

    /// Whether a list of units only repeats those that stand elsewhere, as a time table does.
    fn is_repeated(&self, marks: &[&Mark], env: &Here<'_>) -> bool {
        env.unit.is_none()
            && marks.iter().flat_map(|mark| std::iter::once(&mark.unit).chain(&mark.beside)).any(|unit| {
                self.headings_of(unit) > 0 || self.in_lines.contains(&(unit.word.clone(), unit.number.clone()))
            })
    }
}

/// Whether some lines below a section could be units, whatever stands around them.
pub(super) fn holds_marks(section: &Section) -> bool {
    let named = |block: &Block| {
        mark(0, block).is_some_and(|mark| !mark.unit.word.is_empty() && !is_of_cycle(&mark) && !is_gate(&mark.unit))
    };
    section.blocks.iter().filter(|block| named(block)).nth(1).is_some() || section.sections.iter().any(holds_marks)
}

fn is_step(word: &str) -> bool {
    matches!(word, "step" | "schritt" | "paso" | "passo" | "krok" | "adım" | "stap" | "шаг" | "步骤" | "ステップ")
}

/// Whether a word names the steps of a task in some plans, and stages in others.
fn may_be_step(word: &str) -> bool {
    is_step(word) || matches!(word, "étape" | "etape" | "etapa" | "etap" | "단계")
}

fn is_gate(unit: &Unit) -> bool {
    matches!(unit.word.as_str(), "checkpoint" | "gate" | "level" | "wave")
}

/// Whether a unit may stand in a line here.
fn takes(unit: &Unit, env: &Here<'_>) -> bool {
    let announced = env.lines == Lines::Announced;
    if is_gate(unit) || is_workstream(unit) {
        return false;
    }
    match (unit.word.as_str(), env.unit) {
        // The steps of a task are its checks and its work.
        (word, None) if is_step(word) => announced,
        (word, Some(around)) if may_be_step(word) => holds_steps(around),
        ("", around) if unit.number.starts_with(|next: char| next.is_ascii_digit()) => {
            vocab::place(&unit.rest).is_none_or(|place| place == Place::Off)
                && around.map_or(announced, |around| tasks::extends(&unit.number, &around.number))
        }
        ("", around) => announced || around.is_some_and(|around| is_workstream(around) || unit.number.contains('-')),
        _ => true,
    }
}

/// A line of a cycle of failing test, code and commit, which is work inside a task.
fn is_of_cycle(mark: &Mark) -> bool {
    let rest = &mark.unit.rest;
    let steps = may_be_step(&mark.unit.word) || mark.unit.word.is_empty();
    steps && (vocab::red_label(rest) || vocab::fails(rest) || tasks::begins_red(rest) || starts_with(rest, "commit"))
}

/// Whether a bold piece may begin the name of a unit: with its word, a code or a number. Most begin a label, which shows
/// without taking them apart.
fn may_name(text: &str) -> bool {
    let text = text.trim_start_matches(|next: char| !next.is_alphanumeric());
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    // What goes on in another piece, or begins in another script, is left to those who look at the whole line.
    letters < 4
        || text.as_bytes().get(letters).is_none_or(|next| !next.is_ascii() || matches!(next, b'*' | b'`'))
        || units::UNITS.has(&text[..letters])
}

/// The unit that a block begins with, as a line that is bold all through.
fn mark(at: usize, block: &Block) -> Option<Mark> {
    let Block::Paragraph(paragraph) = block else { return None };
    let inlines = &paragraph.text.inlines;
    let first = inlines.first()?;
    if !first.strong || !may_name(&first.text) {
        return None;
    }
    let end = inlines.iter().position(|inline| inline.kind == InlineKind::Break).unwrap_or(inlines.len());
    let line = &inlines[..end];
    let bold = line.iter().position(|inline| !inline.strong).unwrap_or(end);
    let remark: String = line[bold..].iter().map(|inline| inline.text.as_ref()).collect();
    let bare = only_remarks(&remark);
    let named = if bare { line } else { &line[..bold] };
    if named.iter().map(|inline| inline.text.len()).sum::<usize>() > LONGEST {
        return None;
    }
    let title: String = line[..bold].iter().map(|inline| inline.text.as_ref()).collect();
    let title = title.trim();
    // `**Phase 2 — Readers.** They move first.`: a sentence that only begins in bold names nothing.
    if !bare && !is_apart(title, &remark) {
        return None;
    }
    let title = if bare { title } else { title.trim_end_matches('.') };
    let title = title.trim_end_matches([':', '：']);
    let unit = units::unit(title).or_else(|| if bare { units::numbered(title) } else { None })?;
    if names_other(title, &unit) || !bare && unit.word.is_empty() {
        return None;
    }
    let (text_at, beside) = if bare { (end, units::unit(&remark)) } else { (bold, None) };
    Some(Mark { at, title: title.to_owned(), unit, span: inline::span(named), beside, text_at })
}

/// Whether a bold title is set apart from the text behind it by a sign at its end or at the beginning of the text.
fn is_apart(title: &str, text: &str) -> bool {
    title.ends_with([':', '：', '.', '。', '!', ')']) || text.trim_start().starts_with([':', '：', '–', '—', '-'])
}

/// Whether there is nothing but what stands in brackets, and signs.
fn only_remarks(text: &str) -> bool {
    let mut depth = 0_u32;
    text.chars().all(|next| {
        match next {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 || !next.is_alphanumeric()
    })
}

/// What stands in a paragraph behind the name of its unit.
fn said_in<'o>(block: &Block<'o>, text_at: usize) -> Option<Block<'o>> {
    let Block::Paragraph(paragraph) = block else { return None };
    let mut said = paragraph.text.inlines.get(text_at..)?;
    if let [first, rest @ ..] = said
        && first.kind == InlineKind::Break
    {
        said = rest;
    }
    if said.is_empty() {
        return None;
    }
    let mut inlines = said.to_vec();
    if let Some(first) = inlines.first_mut().filter(|first| first.kind == InlineKind::Text) {
        let text = first.text.trim_start_matches([' ', ':', '：', '–', '—', '-']);
        *first = first.without_first(first.text.len() - text.len());
    }
    let span = inline::span(&inlines);
    Some(Block::Paragraph(Paragraph { text: Text { inlines, span }, span }))
}

/// Where behind the last of several units the checks of the unit around them begin: at a label that asks for proof, if
/// none of the units before has one.
fn own_proof(blocks: &[Block], marks: &[Mark]) -> usize {
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return blocks.len() };
    let asks = |block: &Block| {
        let Block::Paragraph(paragraph) = block else { return false };
        let lines = paragraph.text.inlines.split(|inline| inline.kind == InlineKind::Break);
        let mut labels = lines.filter_map(inline::label);
        labels.any(|found| matches!(vocab::place(&found.label), Some(Place::Proof | Place::Manual)))
    };
    if marks.len() < 2 || blocks[first.at..=last.at].iter().any(asks) {
        return blocks.len();
    }
    blocks[last.at + 1..].iter().position(asks).map_or(blocks.len(), |at| last.at + 1 + at)
}
