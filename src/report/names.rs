//! Names for machines: slugs of plans, names made unique, text cut to a number of characters.
//!
//! Must not know what is named. The same run gets the same names every time, and another plan or another run
//! time changes none of them.

use std::collections::BTreeSet;

/// The most characters of a plan's slug; its end says more than its start.
const MOST_SLUG: usize = 80;

/// A slug for each plan, made of its whole path, so that it does not depend on which other plans are run. Where
/// two paths look the same as slugs, both get a number made of their path.
pub(super) fn plan_slugs(paths: &[&str]) -> Vec<String> {
    let short: Vec<String> = paths
        .iter()
        .map(|path| {
            let slug = slug(path.strip_suffix(".md").unwrap_or(path));
            let skip = slug.chars().count().saturating_sub(MOST_SLUG);
            slug.chars().skip(skip).collect()
        })
        .collect();
    let mut taken = Unique::default();
    let slugs = short.iter().zip(paths).map(|(slug, path)| {
        let alone = short.iter().filter(|other| *other == slug).count() == 1;
        taken.take(&if alone { slug.clone() } else { format!("{slug}-{:08x}", number(path)) }, "-")
    });
    slugs.collect()
}

/// A text as one word: letters, digits, `-` and `_` stay, all else becomes `-`. Never empty.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() || character == '_' {
            out.push(character);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let slug = out.trim_end_matches('-');
    if slug.is_empty() { "plan".to_owned() } else { slug.to_owned() }
}

/// The first characters of a text, at most `most`, with `...` at the end if something was cut.
pub(super) fn cut_characters(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(3)).chain("...".chars()).collect()
}

/// The first bytes of a text, at most `most`, without a torn character.
pub(super) fn cut_bytes(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    &text[..end]
}

/// Names that were given, so that none is given twice.
#[derive(Debug, Default)]
pub(super) struct Unique(BTreeSet<(String, String)>);

impl Unique {
    /// The name, with `separator` and a number from 2 on behind it if it is taken.
    pub(super) fn take(&mut self, name: &str, separator: &str) -> String {
        self.give("", name, |count| format!("{name}{separator}{count}"))
    }

    /// As [`Unique::take`], for a name that must only be unique in its class, with the number in brackets.
    pub(super) fn take_in(&mut self, class: &str, name: &str) -> String {
        self.give(class, name, |count| format!("{name} ({count})"))
    }

    fn give(&mut self, class: &str, name: &str, numbered: impl Fn(usize) -> String) -> String {
        let mut candidate = name.to_owned();
        let mut count = 1;
        while !self.0.insert((class.to_owned(), candidate.clone())) {
            count += 1;
            candidate = numbered(count);
        }
        candidate
    }
}

/// A number made of a text: FNV-1a, for telling apart, not for security.
fn number(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
