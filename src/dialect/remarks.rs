//! Words in brackets behind the names in a drawing: `F1, F2 (parallel)`, `F3 (after everything)`.

use std::sync::LazyLock;

use crate::outline::Line;
use crate::source::Span;
use crate::text::Phrases;

use super::diagram::Diagram;
use super::model::RelationSource;
use super::order::Reader;
use super::phrases::Signs;

impl Reader<'_> {
    /// What a drawing says in words of stages that no line leads to.
    pub(super) fn remarks(&mut self, lines: &[Line], drawn: &Diagram) {
        if !drawn.confident {
            return;
        }
        for line in lines.iter().filter(|line| line.text.contains('(')) {
            self.remark(line, drawn);
        }
    }

    fn remark(&mut self, line: &Line, drawn: &Diagram) {
        let mentions = self.names.mentions(line.text);
        let mut named: Vec<(usize, Span)> = Vec::new();
        let mut end = 0;
        for (at, (place, _, stages)) in mentions.iter().enumerate() {
            let joined = line.text[end..place.start].trim_matches([' ', ',', '&', '+']);
            if !joined.is_empty() && joined != "and" {
                named.clear();
            }
            end = place.end;
            let base = line.span.start as usize;
            let exact = line.text.len() == (line.span.end - line.span.start) as usize;
            let span = if exact { Span::new(base + place.start, base + place.end) } else { line.span };
            named.extend(stages.iter().map(|&stage| (stage, span)));
            let next = mentions.get(at + 1).map_or(line.text.len(), |(place, _, _)| place.start);
            let Some(words) = line.text[end..next].trim_start().strip_prefix('(') else { continue };
            // A bracket with names in it is left to those who read sentences.
            let Some((words, _)) = words.split_once(')') else { continue };
            for (stage, span) in named.drain(..) {
                if drawn.edges.iter().any(|edge| edge.to == stage) {
                    continue;
                }
                let own = self.reference(stage, span);
                if AFTER_ALL.any_in(words) || Signs::of(words).last_of_all() {
                    let needs = self.all_others(stage, span);
                    self.say(own, needs, RelationSource::Diagram);
                } else if ALONGSIDE.any_in(words) {
                    self.say(own, Vec::new(), RelationSource::Diagram);
                }
            }
        }
    }
}

static AFTER_ALL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "after everything", "after all", "when all", "once all", "at the end", "nach allem", "zuletzt", "après tout",
        "después de todo", "al final", "po wszystkim", "na końcu", "最后", "最後", "마지막",
    ])
});

static ALONGSIDE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "parallel", "any time", "anytime", "independent", "unabhängig", "en paralelo", "indépendant", "równolegle",
        "并行", "並行", "병렬",
    ])
});
