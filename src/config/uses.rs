//! What a check needs for itself while it runs, as it is written: shares of named resources, job slots, the tree.

use std::collections::BTreeMap;

use super::read::{Scalar, Takes, Walk};
use super::yaml::{Node, What};
use super::{MemLimit, Named, parse_mem_limit};
use crate::diagnostic::{Diagnostics, codes};
use crate::source::Span;

/// A share of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The resource's name.
    pub resource: Named,
    /// How much of it; at least 1.
    pub amount: usize,
}

impl std::fmt::Display for Use {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.amount {
            1 => out.write_str(&self.resource.name),
            amount => write!(out, "{}:{amount}", self.resource.name),
        }
    }
}

/// Reads `db,ports:2`. `named` gives a name its place.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub fn parse_uses(text: &str, named: impl Fn(&str) -> Named) -> Result<Vec<Use>, String> {
    let shares = text.split(',').map(str::trim).filter(|share| !share.is_empty());
    let share = |share: &str| {
        let (name, amount) = share.split_once(':').map_or((share, "1"), |(name, amount)| (name.trim(), amount.trim()));
        match amount.parse() {
            Ok(amount) if amount >= 1 && !name.is_empty() => Ok(Use { resource: named(name), amount }),
            _ => Err("not a list of resources such as `db` or `db,ports:2`".to_owned()),
        }
    };
    shares.map(share).collect()
}

/// Tells of resources that there are not, or of which there is too little.
pub fn check_uses(uses: &[Use], resources: &BTreeMap<&str, usize>, diagnostics: &mut Diagnostics) {
    for Use { resource, amount } in uses {
        match resources.get(resource.name.as_str()) {
            None => {
                let known: Vec<&str> = resources.keys().copied().collect();
                diagnostics.push(codes::unknown_resource(&resource.source, resource.span, &resource.name, &known));
            }
            Some(there) if amount > there => {
                let Named { name, span, source } = resource;
                diagnostics.push(codes::too_little_of_resource(source, *span, name, *amount, *there));
            }
            Some(_) => {}
        }
    }
}

impl Walk<'_> {
    /// How much there is of each resource.
    pub(super) fn resources(&mut self, node: &Node, at: Span) -> BTreeMap<String, usize> {
        let mut resources = BTreeMap::new();
        for (name, span, value) in self.entries(node, at, "resources") {
            if name.is_empty() || name.contains([',', ':']) || name.contains(char::is_whitespace) {
                self.bad_value(
                    &Scalar { text: name, span },
                    "resources",
                    "not a name; write one word without `,` and `:`",
                );
            } else if let Some(count) = self.count(value, span, &format!("resources.{name}")) {
                resources.insert(name.to_owned(), count);
            }
        }
        resources
    }

    /// `db`, `[db, "ports:2"]` or `{ports: 2}`; nothing at all is said by `[]`.
    pub(super) fn uses(&mut self, node: &Node, at: Span) -> Option<Vec<Use>> {
        let expected = "a resource, a list of them, or a map from resources to amounts";
        if matches!(node.what, What::Map(_)) {
            let entries = self.entries(node, at, "uses");
            let mut uses = Vec::with_capacity(entries.len());
            for (name, span, value) in entries {
                let amount = self.count(value, span, &format!("uses.{name}"))?;
                uses.push(Use { resource: self.named(&Scalar { text: name, span }), amount });
            }
            return Some(uses);
        }
        let mut uses = Vec::new();
        for scalar in self.scalars(node, at, "uses", Takes::Text, expected, "the name of a resource") {
            match parse_uses(scalar.text, |name| self.named(&Scalar { text: name, span: scalar.span })) {
                Ok(shares) => uses.extend(shares),
                Err(problem) => {
                    self.bad_value(&scalar, "uses", &problem);
                    return None;
                }
            }
        }
        Some(uses)
    }

    /// How much memory there is.
    pub(super) fn mem_limit(&mut self, node: &Node, at: Span) -> Option<MemLimit> {
        let expected = "`auto` or a size such as `512M` or `8G`";
        let scalar = self.scalar(node, at, "mem_limit", Takes::TextOrNumber, expected)?;
        match parse_mem_limit(scalar.text) {
            Ok(limit) => Some(limit),
            Err(problem) => {
                self.bad_value(&scalar, "mem_limit", &problem);
                None
            }
        }
    }

    /// Whether a thing is so.
    pub(super) fn truth(&mut self, node: &Node, at: Span, key: &str) -> Option<bool> {
        let scalar = self.scalar(node, at, key, Takes::Any, "`true` or `false`")?;
        match parse_truth(scalar.text) {
            Ok(truth) => Some(truth),
            Err(problem) => {
                self.bad_value(&scalar, key, &problem);
                None
            }
        }
    }
}

/// Reads `true` or `yes`, `false` or `no`.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub(super) fn parse_truth(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err("neither `true` nor `false`".to_owned()),
    }
}

/// Reads a number of job slots.
///
/// # Errors
/// What is wrong with the text, in words that follow "is".
pub(super) fn parse_weight(text: &str) -> Result<usize, String> {
    text.trim().parse().ok().filter(|&weight| weight >= 1).ok_or_else(|| "not a whole number of at least 1".to_owned())
}
