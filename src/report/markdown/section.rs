//! A part of the summary that keeps to its share of the room.
//!
//! Must not know what it holds.

use std::io;

/// Kept free in a section for the line that says how much was left out.
const MORE: usize = 60;

/// The most characters of a command or a title in running text.
pub(super) const MOST_WORDS: usize = 160;

/// How many labels a line lists.
pub(super) const MOST_LABELS: usize = 30;

/// A title and as many items as fit into `budget` bytes; a line says how many more there are. Nothing when there
/// are no items, or no room even for the title.
pub(super) fn section(
    title: &str,
    end: &str,
    items: impl Iterator<Item = io::Result<String>>,
    count: usize,
    budget: usize,
    noun: &str,
) -> io::Result<String> {
    let fixed = title.len() + end.len() + MORE;
    if count == 0 || fixed > budget {
        return Ok(String::new());
    }
    let mut out = String::from(title);
    let mut shown = 0;
    for item in items {
        let item = item?;
        if out.len() + item.len() + end.len() + MORE > budget {
            break;
        }
        out.push_str(&item);
        shown += 1;
    }
    if shown < count {
        out.push_str(&format!("\n... and {}\n\n", more(count - shown, noun)));
    }
    out.push_str(end);
    Ok(out)
}

/// `1 more entry`, `3 more stages`.
fn more(count: usize, noun: &str) -> String {
    match (noun, count) {
        ("entry", 1) => "1 more entry".to_owned(),
        ("entry", _) => format!("{count} more entries"),
        (noun, 1) => format!("1 more {noun}"),
        (noun, _) => format!("{count} more {noun}s"),
    }
}

/// Some of the labels, joined, and how many more there are.
pub(super) fn some(labels: &[String]) -> String {
    let shown = labels.iter().take(MOST_LABELS).map(String::as_str).collect::<Vec<_>>().join(", ");
    match labels.len().saturating_sub(MOST_LABELS) {
        0 => shown,
        count => format!("{shown} and {count} more"),
    }
}
