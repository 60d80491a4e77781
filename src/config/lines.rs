//! The key `checks` of front matter: what is said of single lines.

use super::Directive;
use super::directive::{KINDS, LineConfig, Target};
use super::read::{Scalar, Takes, Walk};
use super::yaml::{Node, What};
use crate::diagnostic::codes;
use crate::source::Span;

const KEYS: &[&str] = &[
    "as", "cwd", "launcher", "leftovers", "line", "needs", "resources", "retries", "text", "timeout", "uses", "weight",
    "writes",
];

impl Walk<'_> {
    pub(super) fn lines(&mut self, node: &Node, at: Span) -> Vec<LineConfig> {
        match &node.what {
            What::Nothing => Vec::new(),
            What::List(entries) => entries.iter().filter_map(|entry| self.line(entry, at)).collect(),
            _ => {
                self.wrong_type(node, at, "checks", "a list of entries, each with `line` or `text`");
                Vec::new()
            }
        }
    }

    /// An entry; `None` if it does not say what it is about, or what about it.
    fn line(&mut self, node: &Node, at: Span) -> Option<LineConfig> {
        let errors = self.errors();
        let mut target: Option<(Target, Span)> = None;
        let mut says = Vec::new();
        let entries = self.entries(node, at, "checks[]");
        let whole = entries.first().map_or(at, |(_, span, _)| *span);
        for (key, span, value) in entries {
            let named = match key {
                "line" => self.number(value, span),
                "text" => self.words(value, span),
                _ => {
                    says.extend(self.directive(key, span, value));
                    continue;
                }
            };
            match (&target, named) {
                (Some((_, first)), Some((_, second))) => {
                    self.diagnostics.push(codes::line_named_twice(self.source, *first, second));
                }
                (None, Some(named)) => target = Some(named),
                (_, None) => {}
            }
        }
        if self.errors() == errors {
            if target.is_none() {
                let help = "add `line: 12`, the number of a line of this file, or `text: ...`, words that stand on it";
                self.diagnostics
                    .push(codes::idle_entry(self.source, whole, "does not say which line it is about", help));
            } else if says.is_empty() {
                let help = "add `as`, `cwd`, `timeout`, `retries`, `leftovers`, `needs`, `uses`, `weight`, `writes`, `launcher` or `resources`";
                self.diagnostics.push(codes::idle_entry(self.source, whole, "says nothing about its line", help));
            }
        }
        let (target, span) = target.filter(|_| !says.is_empty())?;
        Some(LineConfig { target, span, says })
    }

    fn number(&mut self, node: &Node, at: Span) -> Option<(Target, Span)> {
        let expected = "the number of a line, counted from 1";
        let span = self.span(node.place.as_ref(), at);
        let What::Number(text) = &node.what else {
            self.wrong_type(node, at, "line", expected);
            return None;
        };
        match text.parse() {
            Ok(line) if line > 0 => Some((Target::Line(line), span)),
            _ => {
                self.bad_value(&Scalar { text, span }, "line", &format!("not {expected}"));
                None
            }
        }
    }

    fn words(&mut self, node: &Node, at: Span) -> Option<(Target, Span)> {
        let scalar = self.scalar(node, at, "text", Takes::Any, "words that stand on the line")?;
        if scalar.text.trim().is_empty() {
            self.bad_value(&scalar, "text", "empty; copy some words of the line");
            return None;
        }
        Some((Target::Text(scalar.text.trim().to_owned()), scalar.span))
    }

    /// What a key other than `line` and `text` says, and where: from the key to the end of its value.
    fn directive(&mut self, key: &str, at: Span, value: &Node) -> Option<(Directive, Span)> {
        let says = match key {
            "as" => {
                let expected = format!("one of {}", KINDS.join(", "));
                let scalar = self.scalar(value, at, "as", Takes::Text, &expected)?;
                let Some(kind) = Directive::kind(scalar.text) else {
                    let near = crate::text::nearest(scalar.text, KINDS.iter().copied());
                    let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    self.bad_value(&scalar, "as", &format!("not {expected}{help}"));
                    return None;
                };
                kind
            }
            "needs" => Directive::Needs(self.needs(value, at)?),
            "uses" => Directive::Uses(self.uses(value, at)?),
            "leftovers" => Directive::Leftovers(self.leftovers(value, at)?),
            "retries" => Directive::Retries(self.retry_count(value, at, "retries")?),
            "weight" => Directive::Weight(self.count(value, at, "weight")?),
            "launcher" => Directive::Launcher(self.launcher(value, at)?),
            "resources" => Directive::Demand(self.demand(value, at)),
            "writes" => Directive::Writes(self.truth(value, at, "writes")?),
            "cwd" | "timeout" => {
                let expected = if key == "cwd" { "a directory" } else { "a duration such as `90s`, `10m` or `1h 30m`" };
                let scalar = self.scalar(value, at, key, Takes::TextOrNumber, expected)?;
                match Directive::value(key, scalar.text)? {
                    Ok(says) => says,
                    Err(problem) => {
                        self.bad_value(&scalar, key, &problem);
                        return None;
                    }
                }
            }
            _ => {
                let whose = "an entry of `checks`";
                self.diagnostics.push(codes::config_unknown_key(self.source, at, key, whose, KEYS));
                return None;
            }
        };
        Some((says, at.to(self.span(value.end().as_ref(), at))))
    }

    fn errors(&self) -> usize {
        self.diagnostics.all().len()
    }
}
