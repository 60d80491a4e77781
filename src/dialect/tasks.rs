//! Items of task lists that are units of work: `- [ ] T012 [P] ...`, `- [ ] 2.1 ...`.
//!
//! Must not know where a list stands.

use std::borrow::Cow;

use crate::outline::{InlineKind, Item, List, Section, Text};
use crate::text::starts_with;

use super::units::{self, Unit};
use super::vocab::{self, Verb};

/// The unit that a task item names, if it starts with a number or a code.
#[must_use]
pub fn unit(item: &Item) -> Option<Unit> {
    item.task?;
    if !may_name_unit(&item.text) {
        return None;
    }
    let text = item.text.to_plain();
    let text = text.trim_start();
    if let Some(unit) = units::unit(text).filter(|unit| unit.word.is_empty() || unit.word == "task") {
        return Some(unit);
    }
    units::numbered(text)
}

/// Whether a text could begin with a number, a code or `Task`: most items of task lists do not, which shows without
/// taking them apart.
fn may_name_unit(text: &Text) -> bool {
    let Some(start) = first_word(text) else { return false };
    let bytes = start.as_bytes();
    // What an inline breaks off, or a marker in it, is left to those who look at the whole text.
    let broken = bytes.len() < 5 || bytes[..4].iter().any(|byte| matches!(byte, b'*' | b'`'));
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    broken
        || bytes[0].is_ascii_digit()
        || starts_with(start, "task")
        || (1..=3).contains(&letters) && bytes[letters].is_ascii_digit()
}

/// From the first letter or digit of a text to the end of the piece that it stands in.
#[must_use]
pub(super) fn first_word<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    text.inlines.iter().filter(|inline| matches!(inline.kind, InlineKind::Text | InlineKind::Code)).find_map(|inline| {
        let words: &str = &inline.text;
        words.find(char::is_alphanumeric).map(|at| &words[at..])
    })
}

/// Whether a list's items are units by a code such as `T012`.
#[must_use]
pub fn is_coded(list: &List) -> bool {
    list.items.iter().any(|item| {
        unit(item).is_some_and(|unit| {
            let digits = unit.number.trim_start_matches(|next: char| next.is_ascii_uppercase());
            unit.number.len() == digits.len() + 1
                && digits.len() >= 2
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// Whether a list's items are units by a number: `1.`, `1.1`.
#[must_use]
pub fn is_numbered(list: &List) -> bool {
    let numbered = list.items.iter().filter(|item| unit(item).is_some_and(|unit| is_number(&unit.number))).count();
    numbered > 0 && numbered * 2 >= list.items.len()
}

fn is_number(text: &str) -> bool {
    text.starts_with(|next: char| next.is_ascii_digit())
}

/// Whether some of the sections are numbered and hold tasks that extend their number: `## 1. Parser` with `1.1 ...`.
#[must_use]
pub fn number_their_tasks(sections: &[Section]) -> bool {
    sections.iter().any(|section| {
        if !first_word(&section.title).is_some_and(|word| word.starts_with(|next: char| next.is_ascii_digit())) {
            return false;
        }
        let Some(own) = units::numbered(&section.title.to_plain()) else { return false };
        section.blocks.iter().any(|block| match block {
            crate::outline::Block::List(list) => {
                list.items.iter().filter_map(unit).any(|task| extends(&task.number, &own.number))
            }
            _ => false,
        })
    })
}

/// Whether `1.2` extends `1`.
#[must_use]
pub fn extends(number: &str, outer: &str) -> bool {
    !outer.is_empty() && number.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.') && rest.len() > 1)
}

/// Whether a task may run beside its neighbours: `[P]`, `(P)`.
#[must_use]
pub fn is_parallel(title: &str) -> bool {
    title.contains("[P]") || title.contains("(P)")
}

/// A task's words without its code and its marks: `T012 [P] [US1] Run it` gives `Run it`.
#[must_use]
pub fn without_code<'t, 's>(text: &'t Text<'s>) -> Cow<'t, Text<'s>> {
    // Pieces that are lead-in as a whole, and how much of the one behind them is.
    let mut gone = 0;
    let mut skip = 0;
    let mut first = true;
    while let Some(lead) = text.inlines.get(gone).filter(|lead| lead.kind == InlineKind::Text) {
        let more = lead_in(&lead.text[skip..], first);
        if more == 0 {
            break;
        }
        skip += more;
        first = false;
        if skip == lead.text.len() {
            gone += 1;
            skip = 0;
        }
    }
    if first {
        return Cow::Borrowed(text);
    }
    let mut inlines = text.inlines[gone..].to_vec();
    if let Some(lead) = inlines.first_mut().filter(|_| skip > 0) {
        *lead = lead.without_first(skip);
    }
    let span = match (inlines.first(), inlines.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => text.span,
    };
    Cow::Owned(Text { inlines, span })
}

/// The length of the code, number and marks at the start of a text.
fn lead_in(text: &str, first: bool) -> usize {
    // Plain words, as nearly all texts begin: a code has its first digit behind three letters at most.
    let bytes = text.as_bytes();
    let coded = first && bytes.iter().take(4).any(u8::is_ascii_digit);
    if bytes.first().is_some_and(u8::is_ascii_alphabetic) && !coded {
        return 0;
    }
    let mut rest = text.trim_start();
    if first {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = rest[..end].trim_end_matches([':', '.', ')']);
        let digits = word.trim_start_matches(|next: char| next.is_ascii_uppercase());
        let code = word.len() - digits.len() <= 3
            && digits.starts_with(|next: char| next.is_ascii_digit())
            && digits.chars().all(|next| next.is_ascii_digit() || next == '.' || next.is_ascii_lowercase())
            && digits.chars().filter(char::is_ascii_lowercase).count() <= 1;
        if code {
            rest = rest[end..].trim_start();
        }
    }
    while let Some(inner) = rest.strip_prefix('[') {
        let Some((mark, after)) = inner.split_once(']') else { break };
        if mark.len() > 6 || !mark.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = after.trim_start();
    }
    rest = rest.trim_start_matches(['*', '\\', ' ']);
    text.len() - rest.len()
}

/// What the first words of a task ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To look at something and judge it.
    Judge,
    /// To run something.
    Run,
    /// Work.
    Work,
}

const MANUALLY: &[&str] =
    &["manually ", "manuell ", "manuellement ", "manualmente ", "ręcznie ", "handmatig ", "вручную ", "вручну "];

/// What the first words of a task ask for.
#[must_use]
pub fn asks(words: &str) -> Asks {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    if words.as_bytes().first().is_none_or(u8::is_ascii_digit) {
        return Asks::Work;
    }
    if MANUALLY.iter().any(|start| starts_with(words, start)) {
        return Asks::Judge;
    }
    match vocab::verb(words) {
        Some(Verb::Judge) => Asks::Judge,
        Some(Verb::Run) => Asks::Run,
        Some(Verb::See) | None => Asks::Work,
    }
}
