//! Files with variables, one `NAME=value` a line, as `env_file` names them.
//!
//! Understood are blank lines, comments, `export` before a name, values in single quotes (as they stand) and in double
//! quotes (with `\n`, `\t`, `\r`, `\"`, `\\`, `\$`), both over several lines too, and `${NAME}` of a variable that was set
//! earlier. Nothing is run, and `$NAME` without braces stays as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostics, codes};
use crate::source::{Source, Span};

/// The longest value, in bytes: Linux hands no longer one to a program. Without a bound, a few lines that repeat each other
/// would fill the memory.
const LONGEST: usize = 128 * 1024;

/// Adds the variables of a file to those that were set earlier. What cannot be understood becomes diagnostics.
pub fn parse_env_file(source: &Arc<Source>, variables: &mut BTreeMap<String, String>, diagnostics: &mut Diagnostics) {
    let mut reader = Reader { source, text: source.text(), at: 0, diagnostics };
    while reader.at < reader.text.len() {
        if let Some((name, value)) = reader.line(variables) {
            variables.insert(name, value);
        }
        reader.skip_line();
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    text: &'a str,
    at: usize,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn line_end(&self) -> usize {
        self.rest().find('\n').map_or(self.text.len(), |length| self.at + length)
    }

    fn skip_line(&mut self) {
        self.at = (self.line_end() + 1).min(self.text.len());
    }

    /// Tells of a problem with what stands from `start` on, to the end of the line at most.
    fn wrong(&mut self, start: usize, problem: &str) {
        let line = self.text[start..].lines().next().unwrap_or("").trim_end();
        let span = Span::new(start, start + line.len());
        self.diagnostics.push(codes::env_file_syntax(self.source, span, problem));
    }

    /// Reads what a line sets; `None` if it sets nothing.
    fn line(&mut self, known: &BTreeMap<String, String>) -> Option<(String, String)> {
        self.blanks();
        let start = self.at;
        if self.rest().starts_with(['#', '\n', '\r']) || self.rest().is_empty() {
            return None;
        }
        if let Some(after) = self.rest().strip_prefix("export").filter(|after| after.starts_with([' ', '\t'])) {
            self.at = self.text.len() - after.len();
            self.blanks();
        }
        let length = self.rest().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = &self.rest()[..length];
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            self.wrong(start, "does not begin with the name of a variable");
            return None;
        }
        self.at += length;
        if !self.rest().starts_with('=') {
            self.wrong(start, "has no `=` right behind the name");
            return None;
        }
        self.at += 1;
        self.blanks();
        let value = match self.rest().chars().next() {
            Some('\'') => self.as_it_stands()?,
            Some('"') => self.in_quotes(known)?,
            _ => return self.bare(known).map(|value| (name.to_owned(), value)),
        };
        self.blanks();
        let after = self.at;
        if !self.rest().is_empty() && !self.rest().starts_with(['#', '\n', '\r']) {
            self.wrong(after, "has something behind the closing quote");
            return None;
        }
        Some((name.to_owned(), value))
    }

    /// A value without quotes: to the end of the line, or to a comment with a blank before it.
    fn bare(&mut self, known: &BTreeMap<String, String>) -> Option<String> {
        let start = self.at;
        let line = &self.text[start..self.line_end()];
        let comment =
            line.match_indices('#').map(|(at, _)| at).find(|&at| at == 0 || line[..at].ends_with([' ', '\t']));
        let value = line[..comment.unwrap_or(line.len())].trim_end();
        let mut out = String::new();
        let mut at = 0;
        while let Some(length) = value[at..].find("${") {
            out.push_str(&value[at..at + length]);
            let (expanded, taken) = self.expand(start + at + length, &value[at + length..], known)?;
            out.push_str(&expanded);
            at += length + taken;
        }
        out.push_str(&value[at..]);
        self.allowed(start, out)
    }

    fn as_it_stands(&mut self) -> Option<String> {
        let start = self.at;
        let Some(length) = self.rest()[1..].find('\'') else {
            self.wrong(start, "has an open quote");
            self.at = self.text.len();
            return None;
        };
        let value = &self.rest()[1..=length];
        self.at += length + 2;
        self.allowed(start, value.to_owned())
    }

    fn in_quotes(&mut self, known: &BTreeMap<String, String>) -> Option<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                self.wrong(start, "has an open quote");
                return None;
            };
            if rest.starts_with("${") {
                let (expanded, taken) = self.expand(self.at, rest, known)?;
                out.push_str(&expanded);
                self.at += taken;
                continue;
            }
            self.at += first.len_utf8();
            match first {
                '"' => return self.allowed(start, out),
                '\\' => {
                    let Some(next) = self.rest().chars().next() else { continue };
                    self.at += next.len_utf8();
                    match next {
                        'n' => out.push('\n'),
                        't' => out.push('\t'),
                        'r' => out.push('\r'),
                        '"' | '\\' | '$' => out.push(next),
                        other => out.extend(['\\', other]),
                    }
                }
                other => out.push(other),
            }
        }
    }

    /// The value of `${NAME}` at the start of a text, and the length of these words.
    fn expand(&mut self, at: usize, text: &str, known: &BTreeMap<String, String>) -> Option<(String, usize)> {
        let name = text[2..].split('}').next().filter(|name| text.len() > name.len() + 2).unwrap_or_default();
        if let Some(value) = known.get(name) {
            return Some((value.clone(), name.len() + 3));
        }
        self.wrong(at, "asks for a variable that is not set before it; only `${NAME}` of such a one is replaced");
        None
    }

    /// A value, if the system takes it.
    fn allowed(&mut self, start: usize, value: String) -> Option<String> {
        if value.contains('\0') {
            self.wrong(start, "has a NUL byte");
            return None;
        }
        if value.len() > LONGEST {
            self.wrong(start, "has a value of more than 128 KiB, which no program can be given");
            return None;
        }
        Some(value)
    }
}
