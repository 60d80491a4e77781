//! Reads any bytes as a plan, from its file's bytes to its graph, and holds the result against what must be true of
//! every reading. Shared by the fuzz target, the benchmark and the properties.

use std::collections::BTreeSet;
use std::sync::Arc;

use plan_run::config::{self, Config, Place};
use plan_run::diagnostic::Diagnostics;
use plan_run::graph::Graph;
use plan_run::outline::{Block, Inline, Item, Line, Section, Text};
use plan_run::plan::Plan;
use plan_run::source::{Source, Span};

/// A plan with everything that was made on the way to it.
pub struct Read {
    /// The decoded file.
    pub source: Arc<Source>,
    /// The plan.
    pub plan: Plan,
    /// Its graph, unless stages wait for each other.
    pub graph: Option<Graph>,
    /// What was found wrong with it.
    pub diagnostics: Diagnostics,
}

/// Takes the bytes of a file through all reading rooms.
///
/// # Panics
/// When the bytes are more than a plan may have.
pub fn read(bytes: &[u8]) -> Read {
    let mut diagnostics = Diagnostics::default();
    let source = Arc::new(Source::decode("plan.md", bytes).expect("the text is not too large"));
    let outline = plan_run::outline::read(&source, &mut diagnostics);
    let front = outline
        .front_matter
        .map_or_else(Config::default, |front| config::parse(&source, front.body, Place::FrontMatter, &mut diagnostics));
    let reading = plan_run::dialect::read(&source, &outline, None, &front.lines, &mut diagnostics);
    let plan = plan_run::plan::resolve(&source, reading, &[&front], &mut diagnostics);
    let graph = Graph::build(&plan, &mut diagnostics);
    Read { source, plan, graph, diagnostics }
}

/// Panics when something is untrue that must be true of every reading.
pub fn is_sound(read: &Read) {
    let spans = Spans { text: read.source.text() };
    let outline = plan_run::outline::read(&read.source, &mut Diagnostics::default());
    spans.section(&outline.root);
    if let Some(front) = outline.front_matter {
        spans.holds(front.body);
    }
    for diagnostic in read.diagnostics.all() {
        assert!(!diagnostic.message.is_empty());
        diagnostic.labels.iter().for_each(|label| spans.holds(label.span));
    }
    is_sound_plan(&read.plan, &spans);
    if let Some(graph) = &read.graph {
        is_ordered(&read.plan, graph);
    } else {
        assert!(read.diagnostics.has_errors(), "without a graph there is an error that says why");
    }
}

fn is_sound_plan(plan: &Plan, spans: &Spans<'_>) {
    let lines = plan.source.line_count();
    let mut labels = BTreeSet::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        spans.holds(stage.span);
        assert!(!stage.label.is_empty() && labels.insert(&stage.label), "`{}` is no label of its own", stage.label);
        assert!((1..=lines).contains(&stage.line));
        for need in &stage.needs {
            assert!((need.stage.0 as usize) < plan.stages.len());
            need.span.into_iter().for_each(|span| spans.holds(span));
        }
        assert!(stage.needs.windows(2).all(|pair| pair[0].stage < pair[1].stage), "needs are in order, each once");
        assert!(stage.checks.iter().all(|&check| plan.check(check).stage.0 as usize == index));
    }
    for check in &plan.checks {
        spans.holds(check.span);
        assert!((1..=lines).contains(&check.line));
        assert_eq!(check.line, plan.source.line(check.span.start));
        assert!(check.command.as_ref().is_none_or(|command| !command.trim().is_empty()), "a command has words");
        assert!(check.script.is_none_or(|script| (script.0 as usize) < plan.scripts.len()));
    }
    for script in &plan.scripts {
        let stages: BTreeSet<_> = script.checks.iter().map(|&check| plan.check(check).stage).collect();
        assert_eq!(stages.len(), 1, "a script belongs to one stage");
    }
}

fn is_ordered(plan: &Plan, graph: &Graph) {
    assert_eq!(graph.len(), plan.stages.len());
    let mut done = vec![false; graph.len()];
    for &stage in graph.order() {
        assert!(graph.needs(stage).iter().all(|need| done[need.0 as usize]), "a stage comes after what it needs");
        done[stage.0 as usize] = true;
    }
    assert!(done.into_iter().all(|done| done));
}

/// What places must be true of: in the text, on borders of characters.
struct Spans<'t> {
    text: &'t str,
}

impl Spans<'_> {
    fn holds(&self, span: Span) {
        assert!(self.text.get(span.range()).is_some(), "{span:?} is no part of a text of {} bytes", self.text.len());
    }

    fn section(&self, section: &Section) {
        self.holds(section.span);
        self.holds(section.heading);
        self.words(&section.title);
        self.blocks(&section.blocks);
        let starts: Vec<u32> = section.sections.iter().map(|inner| inner.span.start).collect();
        assert!(starts.is_sorted(), "sections are in the order of the text");
        section.sections.iter().for_each(|inner| self.section(inner));
    }

    fn blocks(&self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    self.holds(paragraph.span);
                    self.words(&paragraph.text);
                }
                Block::List(list) => {
                    self.holds(list.span);
                    list.items.iter().for_each(|item| self.item(item));
                }
                Block::Fence(fence) => {
                    self.holds(fence.span);
                    self.lines(&fence.lines);
                }
                Block::Indented(code) | Block::Html(code) => {
                    self.holds(code.span);
                    self.lines(&code.lines);
                }
                Block::Table(table) => {
                    self.holds(table.span);
                    for cell in table.head.iter().chain(table.rows.iter().flatten()) {
                        self.holds(cell.span);
                        self.words(&cell.text);
                    }
                }
                Block::Quote(inner, span) => {
                    self.holds(*span);
                    self.blocks(inner);
                }
                Block::Rule(span) => self.holds(*span),
            }
        }
    }

    fn item(&self, item: &Item) {
        self.holds(item.span);
        if let Some((_, span)) = item.task {
            self.holds(span);
        }
        self.words(&item.text);
        self.blocks(&item.blocks);
    }

    fn words(&self, text: &Text) {
        self.holds(text.span);
        text.inlines.iter().for_each(|inline: &Inline| self.holds(inline.span));
    }

    fn lines(&self, lines: &[Line]) {
        for line in lines {
            self.holds(line.span);
            assert!(!line.text.contains('\n'));
        }
    }
}
