//! Orders that are told by tables and by lists of waves.

use crate::outline::{Block, Item, Section, Table};
use crate::source::Span;

use super::model::RelationSource;
use super::order::Reader;
use super::phrases::is_wave;
use super::vocab;

impl Reader<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let head: Vec<String> = table.head.iter().map(|cell| cell.text.to_plain()).collect();
        if self.waves_in_table(table, &head) {
            return;
        }
        let blocks = |name: &String| {
            matches!(
                vocab::normalise(name).as_str(),
                "blocks" | "unblocks" | "enables" | "required by" | "needed by" | "blocked stages" | "unlocks"
            )
        };
        let Some(column) = head.iter().position(|name| vocab::is_needs_label(name)) else {
            if let Some(column) = head.iter().position(blocks) {
                self.blocking(table, column);
            }
            return;
        };
        for row in &table.rows {
            let Some(cell) = row.get(column) else { continue };
            let stage = row.iter().enumerate().filter(|(at, _)| *at != column).find_map(|(_, cell)| {
                let text = cell.text.to_plain();
                self.names
                    .mentions(&text)
                    .first()
                    .and_then(|(_, _, stages)| stages.first().copied())
                    .map(|stage| (stage, cell.span))
            });
            let stage = stage.or_else(|| {
                row.first().and_then(|cell| {
                    super::names::Names::resolve(self.names, &cell.text.to_plain()).map(|stage| (stage, cell.span))
                })
            });
            let Some((stage, span)) = stage else { continue };
            let words = cell.text.to_plain().to_lowercase();
            let mut needs = self.references(&cell.text.inlines);
            if needs.is_empty() {
                needs = self.bare_numbers(&cell.text.inlines);
            }
            // `Prefers X, can mock it` and `independent (can land with X)` are no needs.
            if words.starts_with("prefers") || words.starts_with("optional") {
                self.imply_none(self.reference(stage, span), RelationSource::Prose);
                continue;
            }
            if words.starts_with("independent") || words.starts_with("none") {
                needs.clear();
            } else if needs.is_empty() && !words.trim_matches(['-', '–', '—', ' ']).is_empty() {
                continue;
            }
            self.say(self.reference(stage, span), needs, RelationSource::Prose);
        }
    }

    /// A table that says of each stage which ones wait for it.
    fn blocking(&mut self, table: &Table, column: usize) {
        for row in &table.rows {
            let (Some(first), Some(cell)) = (row.first().filter(|_| column > 0), row.get(column)) else { continue };
            let own = first.text.to_plain();
            let named = self.names.mentions(&own).first().and_then(|(_, _, stages)| stages.first().copied());
            let Some(stage) = named.or_else(|| super::names::Names::resolve(self.names, &own)) else { continue };
            let mut waiting = self.references(&cell.text.inlines);
            if waiting.is_empty() {
                waiting = self.bare_numbers(&cell.text.inlines);
            }
            for other in waiting.into_iter().filter(|other| other.stage != Some(stage)) {
                self.say(other, vec![self.reference(stage, first.span)], RelationSource::Prose);
            }
        }
    }

    /// A table with a wave in each row and its members beside it; gives whether it is one.
    fn waves_in_table(&mut self, table: &Table, head: &[String]) -> bool {
        if !head.first().is_some_and(|name| is_wave(&format!("{} 1", name.trim()))) {
            return false;
        }
        let Some(column) = head.iter().position(|name| {
            let name = vocab::normalise(name);
            matches!(name.as_str(), "tasks" | "task" | "stages" | "phases" | "steps" | "members" | "items" | "plans")
        }) else {
            return false;
        };
        let lines: Vec<(String, Span)> = table
            .rows
            .iter()
            .filter_map(|row| {
                let (wave, members) = (row.first()?, row.get(column)?);
                let number = wave.text.to_plain();
                let number = number.trim().rsplit(' ').next().unwrap_or("").to_owned();
                Some((format!("wave {number}: {}", members.text.to_plain()), wave.span))
            })
            .collect();
        self.groups_in(lines.iter().map(|(line, span)| (line.as_str(), *span)), RelationSource::Prose)
    }

    /// `Wave 2 (parallel): - Stage 3 - Stage 4`: after everything of the wave before, side by side or one by one.
    pub(super) fn wave(&mut self, section: &Section, title: &str, before: Option<Vec<usize>>) -> Option<Vec<usize>> {
        let mut members: Vec<(usize, Span)> = Vec::new();
        for block in &section.blocks {
            if let Block::List(list) = block {
                members.extend(list.items.iter().filter_map(|item: &Item| {
                    let text = item.text.to_plain();
                    let stage = self.names.mentions(&text).first()?.2.first().copied()?;
                    Some((stage, item.text.span))
                }));
            }
        }
        if members.is_empty() {
            return before;
        }
        let lower = title.to_lowercase();
        let sequential = lower.contains("sequential") || lower.contains("in order") || lower.contains("serial");
        let mut last = before.clone().unwrap_or_default();
        for &(stage, span) in &members {
            let needs = last.iter().map(|&need| self.reference(need, span)).collect();
            self.say(self.reference(stage, span), needs, RelationSource::Prose);
            if sequential {
                last = vec![stage];
            }
        }
        Some(if sequential { last } else { members.into_iter().map(|(stage, _)| stage).collect() })
    }
}
