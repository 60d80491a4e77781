//! Tables in a stage: a column of commands in a checking place, rows whose first cell is a label.

use crate::outline::{Cell, Table};

use super::context::Context;
use super::cues::{command_column, expected_column, split_semicolons};
use super::inline;
use super::item::{self, Setting};
use super::verbs::Verbs;
use super::vocab::{self, Place};
use super::walk::Found;

impl<'s> Found<'s> {
    /// A table: a column of commands in a checking place, or rows whose first cell is a label.
    pub(super) fn table(&mut self, table: &Table<'s>, current: &Context) {
        let column = command_column(table);
        if let Some(column) = column.filter(|_| current.checks()) {
            let expected = expected_column(table).filter(|expected| *expected != column);
            let start = self.checks.len();
            for row in &table.rows {
                let Some(cell) = row.get(column) else { continue };
                let marked = |cell: &Cell| vocab::place(&cell.text.to_plain()) == Some(Place::Manual);
                let manual = row.iter().enumerate().any(|(index, cell)| index != column && marked(cell));
                let setting = current.setting(true);
                let setting = Setting { manual: setting.manual || manual, asked: true, ..setting };
                self.begin();
                let before = self.checks.len();
                self.checks.extend(item::checks(&cell.text.inlines, &setting));
                if let Some(words) =
                    expected.and_then(|expected| row.get(expected)).filter(|_| before < self.checks.len())
                {
                    self.expected(&inline::markdown(&words.text.inlines));
                }
            }
            self.end(start);
            return;
        }
        let works = current.checks() || current.verbs != Verbs::Nothing;
        if let Some((column, place)) = criteria_column(table).filter(|_| works) {
            let setting = Context::of(place).said(table.head[column].span).setting(false);
            for cell in table.rows.iter().filter_map(|row| row.get(column)) {
                let words = cell.text.to_plain();
                if words.contains(char::is_alphanumeric) && !vocab::is_nothing(&words) {
                    self.begin();
                    self.checks.extend(item::checks(&cell.text.inlines, &setting));
                }
            }
            return;
        }
        if current.checks() && current.prose_counts && lists_criteria(table) {
            for cell in table.rows.iter().filter_map(|row| row.first()) {
                if cell.text.to_plain().contains(char::is_alphanumeric) {
                    self.begin();
                    self.checks.extend(item::checks(&cell.text.inlines, &current.setting(false)));
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
                self.begin();
                self.checks.extend(item::checks(&part, &setting));
            }
        }
    }
}

/// Whether the first column of a table says what is to hold: `Criterion`, `Check`.
fn lists_criteria(table: &Table) -> bool {
    const NAMES: &[&str] = &[
        "criterion", "criteria", "acceptance criterion", "success criterion", "check", "condition", "gate",
        "kriterium", "critère", "criterio", "critério", "kryterium", "基準", "标准", "기준",
    ];
    table.head.first().is_some_and(|cell| NAMES.contains(&vocab::normalise(&cell.text.to_plain()).as_str()))
}

/// The column of a table of work that says when each row is done, with what its heading announces.
fn criteria_column(table: &Table) -> Option<(usize, Place)> {
    table.head.iter().enumerate().find_map(|(column, cell)| {
        let place = match vocab::place(&cell.text.to_plain())? {
            place @ (Place::Proof | Place::Manual) => place,
            _ => return None,
        };
        // `Tests` over a column names tests, and `Build` a build.
        vocab::is_criterion(&cell.text.to_plain()).then_some((column, place))
    })
}
