//! Tables with checks: a column of commands, a column of criteria, rows whose first cell is a label.

use crate::outline::{InlineKind, Table};

use super::inline::{self, Run};
use super::item::{self, Setting};
use super::verbs::Verbs;
use super::vocab::{self, Place};
use super::walk::{Context, Found};

impl<'s> Found<'s> {
    /// Reads a table.
    pub(super) fn table(&mut self, table: &Table<'s>, current: &Context) {
        if let Some(column) = command_column(table).filter(|_| current.checks()) {
            let setting = Setting { asked: true, ..current.setting(true) };
            self.column(table, column, &setting);
            return;
        }
        let works = current.checks() || current.verbs != Verbs::Nothing;
        if let Some((column, place)) = criteria_column(table).filter(|_| works) {
            self.column(table, column, &Context::of(place).said(table.head[column].span).setting(false));
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

    /// The cells of a column, each an item.
    fn column(&mut self, table: &Table<'s>, column: usize, setting: &Setting) {
        for cell in table.rows.iter().filter_map(|row| row.get(column)) {
            let says = cell.text.inlines.iter().any(|piece| piece.text.chars().any(char::is_alphanumeric));
            if says && !vocab::is_nothing(&cell.text.to_plain()) {
                self.checks.extend(item::checks(&cell.text.inlines, setting));
            }
        }
    }
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

fn split_semicolons<'s>(run: &Run<'s>) -> Vec<Run<'s>> {
    let mut parts = vec![Run::new()];
    for piece in run {
        if piece.kind != InlineKind::Text || !piece.text.contains(';') {
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
            if let Some(last) = parts.last_mut() {
                last.push(piece.cut(start, end));
            }
            start = end + 1;
        }
    }
    parts.retain(|part| !inline::is_blank(part));
    parts
}
