//! Text made safe for GitHub's Markdown, and links to lines of a plan.
//!
//! Nothing that a plan or a command says can end a table row, a code span, a fence or an HTML element, or start
//! one. Must not know what is reported.

use crate::text::clean_line;

/// What a path in a repository is appended to for a link, from the values of `GITHUB_SERVER_URL`,
/// `GITHUB_REPOSITORY` and `GITHUB_SHA`. `None` when one of them is missing or is not what it should be.
#[must_use]
pub fn link_base(server: Option<&str>, repository: Option<&str>, commit: Option<&str>) -> Option<String> {
    let server = server?.trim_end_matches('/');
    let (repository, commit) = (repository?, commit?);
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c) || more.contains(c))
    };
    let host = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://"))?;
    let named = repository.split('/').count() == 2 && repository.split('/').all(|part| plain(part, ""));
    (plain(host, "/:") && named && plain(commit, "")).then(|| format!("{server}/{repository}/blob/{commit}/"))
}

/// One line of text without any meaning as Markdown or HTML, also in a table and at the start of a line. Never
/// empty, because the marker of an empty list item can turn the line above it into a heading.
pub(super) fn text(raw: &str) -> String {
    let line = clean_line(raw);
    if line.is_empty() {
        return "(empty)".to_owned();
    }
    let mut out = String::new();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = line.chars();
    if line.starts_with(['-', '+', '=']) {
        out.push('\\');
    } else if digits > 0 && line[digits..].starts_with(['.', ')']) && !line[digits + 1..].starts_with(|c| c != ' ') {
        out.push_str(&format!("{}\\", &line[..digits]));
        rest = line[digits..].chars();
    }
    for character in rest {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // In a table a backslash would not keep a bar from ending the cell in every reader.
            '|' => out.push_str("&#124;"),
            // The comment keeps the name behind it from being mentioned.
            '@' => out.push_str("@<!-- -->"),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '#' | '$' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}

/// One line of text inside an HTML element, where Markdown has no meaning.
pub(super) fn html(raw: &str) -> String {
    clean_line(raw)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('@', "@<!-- -->")
}

/// One line as a code span, outside tables.
pub(super) fn code(raw: &str) -> String {
    let line = clean_line(raw);
    if line.is_empty() {
        return "(nothing)".to_owned();
    }
    let ticks = "`".repeat(longest_run(&line) + 1);
    if line.starts_with('`') || line.ends_with('`') {
        format!("{ticks} {line} {ticks}")
    } else {
        format!("{ticks}{line}{ticks}")
    }
}

/// The marker of a fence that nothing in these lines can close.
pub(super) fn fence(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A link to a line of a plan, or just the text where the path leads out of the repository. `shown` is Markdown.
pub(super) fn link(shown: &str, path: &str, line: Option<u32>, base: Option<&str>) -> String {
    let leads_out = path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..");
    if leads_out {
        return shown.to_owned();
    }
    let mut target = String::from(base.unwrap_or(""));
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            target.push(char::from(byte));
        } else {
            target.push_str(&format!("%{byte:02X}"));
        }
    }
    if let Some(line) = line {
        // Without `plain=1` GitHub shows a Markdown file rendered, which has no lines to jump to.
        target.push_str(if base.is_some() { "?plain=1" } else { "" });
        target.push_str(&format!("#L{line}"));
    }
    format!("[{shown}]({target})")
}
