//! Durations, sizes, plurals, near names, columns.
//!
//! Must not know what is counted or named.

use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A duration for people: `0.4s`, `12.3s`, `2m 05s`, `1h 02m`.
#[must_use]
pub fn duration(took: Duration) -> String {
    let tenths = (took.as_millis() + 50) / 100;
    if tenths < 600 {
        return format!("{}.{}s", tenths / 10, tenths % 10);
    }
    let seconds = (took.as_millis() + 500) / 1000;
    if seconds < 3600 {
        format!("{}m {:02}s", seconds / 60, seconds % 60)
    } else {
        format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60)
    }
}

/// A count with its noun: `1 check`, `3 checks`.
#[must_use]
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A number of bytes for people, rounded down: `900 bytes`, `64 KiB`, `12 MiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let mut value = bytes / 1024;
    let mut unit = 0;
    while value >= 1024 && unit + 1 < UNITS.len() {
        value /= 1024;
        unit += 1;
    }
    format!("{value} {}", UNITS[unit])
}

/// How many columns of a terminal a text without line breaks takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A text cut to at most so many columns, with `...` at the end if something was cut.
#[must_use]
pub fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let dots = most.min(3);
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > most - dots {
            break;
        }
        out.push(character);
    }
    out.push_str(&"..."[..dots]);
    out
}

/// The known name that was probably meant, if any is near enough.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A title as a name to type: lower case, words joined by `-`, at most 40 characters.
#[must_use]
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for character in title.chars() {
        if character.is_alphanumeric() {
            if out.chars().count() >= 40 {
                break;
            }
            out.extend(character.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}
