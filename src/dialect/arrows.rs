//! Arrows in running text: `Setup -> Models -> Views`, `Order: Setup → Core → Docs`.
//!
//! Must not know of drawings of several lines, which are read in `diagram`.

use crate::outline::{Line, Text};
use crate::source::Span;

use super::model::RelationSource;
use super::names::Names as _;
use super::order::Reader;
use super::phrases::{Signs, has_arrow};
use super::{diagram, inline};

impl Reader<'_> {
    /// `Setup -> Models -> Views`; gives whether that is a diagram.
    pub(super) fn arrows(&mut self, text: &str, span: Span, number: Option<u64>) -> bool {
        // `US1: setup done → can start. It needs no other story.`: what follows is a sentence of its own.
        let last = text.rfind(['→', '►', '▶', '>']).unwrap_or(0);
        let text = text[last..].find(". ").map_or(text, |end| &text[..last + end]);
        if self.chain(text, span) {
            return true;
        }
        let exact = text.len() == (span.end - span.start) as usize;
        self.unknown_nodes(&[Line { text, span }]);
        // What looks like the number of an item is that of a stage where the stages behind it have theirs too.
        let numbered = number.map(|number| format!("{number}. {text}"));
        // `In this order: Setup -> Models`
        let lead = text.find(['→', '►', '▶', '>']).and_then(|arrow| text[..arrow].rfind([':', '：']));
        let tail = lead.map(|colon| text[colon..].trim_start_matches([':', '：', '*', '_', ' ']));
        for part in numbered.as_deref().into_iter().chain([text]).chain(tail) {
            let start = text.len() - part.len().min(text.len());
            let here = exact && part.len() <= text.len();
            let place = if here { Span::new(span.start as usize + start, span.end as usize) } else { span };
            let mut read = diagram::edges(&[Line { text: part, span: place }], self.names);
            if read.edges.is_empty() {
                continue;
            }
            if !here {
                read.edges.iter_mut().for_each(|edge| edge.span = span);
                read.nodes.iter_mut().for_each(|(_, place)| *place = span);
            }
            // `Critical path: ...` names the longest chain and not all that each stage waits for.
            if !text.to_lowercase().contains("critical path") {
                self.diagram(diagram::Diagram { confident: true, ..read });
            }
            return true;
        }
        false
    }

    /// `T4 → T5, T6, T7 in sequence`: a row, and no fan; gives whether that is one.
    fn chain(&mut self, text: &str, span: Span) -> bool {
        if !Signs::of(text).in_sequence() {
            return false;
        }
        let mentions = self.names.mentions(text);
        let stages: Vec<usize> = mentions.iter().flat_map(|(_, _, stages)| stages.iter().copied()).collect();
        for pair in stages.windows(2) {
            let needs = vec![self.reference(pair[0], span)];
            self.say(self.reference(pair[1], span), needs, RelationSource::Diagram);
        }
        stages.len() > 1
    }

    /// `Workstreams in this order: Setup → Core → Docs.` above the work: a row of stages, each by its name.
    pub(super) fn rows(&mut self, text: &Text<'_>) {
        if !text.inlines.iter().any(|piece| has_arrow(&piece.text)) {
            return;
        }
        for line in inline::lines(text) {
            let words = inline::markdown(line);
            let arrows = ["->", "=>", "→", "►", "▶"];
            let Some(first) = arrows.iter().filter_map(|arrow| words.find(arrow)).min() else { continue };
            let Some(colon) = words[..first].rfind([':', '：']) else { continue };
            let lead = words[..colon].to_lowercase();
            if !["order", "sequence", "depend", "reihenfolge", "ordre", "orden", "顺序", "順序", "순서"]
                .iter()
                .any(|word| lead.contains(word))
            {
                continue;
            }
            let mut row = words[colon..].trim_start_matches([':', '：', '*', '_', ' ']).to_owned();
            arrows.iter().skip(1).for_each(|arrow| row = row.replace(arrow, "->"));
            let nodes = row.trim_end_matches(['.', '。', ' ']).split("->");
            let stages: Option<Vec<usize>> =
                nodes.map(|node| self.names.resolve(node.trim().trim_matches(['*', '`', '_']))).collect();
            let span = inline::span(line);
            for pair in stages.unwrap_or_default().windows(2) {
                let needs = vec![self.reference(pair[0], span)];
                self.say(self.reference(pair[1], span), needs, RelationSource::Prose);
            }
        }
    }
}
