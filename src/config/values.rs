//! Values that are written as text: durations, sizes and command lines.

use std::time::Duration;

use super::MemLimit;

/// The longest duration that is accepted: far more than any check may need, and safe to add to a clock.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Reads a duration: `90s`, `10m`, `1h 30m`, or a bare number of seconds such as `90` or `0.5`.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let bare_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let duration = if bare_number {
        text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    } else {
        humantime::parse_duration(text).ok()
    };
    match duration {
        None => Err("not a duration; write it as `90s`, `10m` or `1h 30m`".to_owned()),
        Some(duration) if duration > LONGEST => Err("longer than a year".to_owned()),
        Some(duration) => Ok(duration),
    }
}

/// Reads a limit for a check: as [`parse_duration`], but zero is refused because nothing could run.
///
/// # Errors
/// As [`parse_duration`].
pub fn parse_timeout(text: &str) -> Result<Duration, String> {
    let duration = parse_duration(text)?;
    if duration.is_zero() { Err("zero, so that nothing could run".to_owned()) } else { Ok(duration) }
}

/// Reads a size in bytes: `65536`, `64K`, `64 KiB`, `1M` or `1G`, by powers of 1024.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kb" | "kib" => Some(1 << 10),
        "m" | "mb" | "mib" => Some(1 << 20),
        "g" | "gb" | "gib" => Some(1 << 30),
        _ => None,
    };
    match (number.parse::<u64>(), factor) {
        (Ok(number), Some(factor)) => {
            number.checked_mul(factor).ok_or_else(|| "more bytes than can be counted".to_owned())
        }
        _ => Err("not a size; write it as `65536`, `64K` or `1M`".to_owned()),
    }
}

/// Reads how much memory there is: `auto`, or a size as [`parse_size`] reads it.
///
/// # Errors
/// As [`parse_size`].
pub fn parse_mem_limit(text: &str) -> Result<MemLimit, String> {
    match text.trim() {
        "auto" => Ok(MemLimit::Auto),
        size => match parse_size(size) {
            Ok(0) => Err("zero, so that all commands would run alone; say so by `jobs: 1`".to_owned()),
            Ok(bytes) => Ok(MemLimit::Bytes(bytes)),
            Err(_) => Err("neither `auto` nor a size such as `512M` or `8G`".to_owned()),
        },
    }
}

/// Splits a command line into words at white space. Quotes of both kinds keep white space, and a backslash keeps the
/// character after it, except between single quotes.
///
/// # Errors
/// What is wrong with the text, in words that follow "has": a quote that is not closed.
pub fn shell_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => match characters.next() {
                Some(kept) => word.get_or_insert_default().push(kept),
                None => return Err("a backslash at its end".to_owned()),
            },
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    if let Some(open) = quote {
        return Err(format!("an open quote {open}"));
    }
    words.extend(word);
    Ok(words)
}
