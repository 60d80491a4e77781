//! What commands name and is not there: how much that counts, and how it is told once for all commands that name it.

use std::collections::BTreeMap;

use super::super::{Findings, Subject, World};
use super::calls::{Call, calls};
use super::planned::Planned;
use crate::diagnostic::Severity;
use crate::plan::Check;
use crate::text::plural;

/// Something that a command names and that is not there.
pub(super) struct Missing {
    /// What it is, as a sentence: `there is no target `demo` in `Makefile``.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
    /// How much it counts before the work is done; `None` where the plan makes it.
    pub(super) before: Option<Severity>,
}

/// Asks of each command what it names and is not there. What several name is told where it comes first, as strictly as
/// the strictest of them would be.
pub(super) fn report(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    look: impl Fn(&World<'_>, &Call<'_>, &Planned) -> Vec<Missing>,
) {
    let Some(world) = &subject.world else { return };
    let planned = Planned::of(subject);
    let mut found: BTreeMap<String, Told<'_>> = BTreeMap::new();
    for (index, call) in calls(subject, world).into_iter().enumerate() {
        for missing in look(world, &call, &planned) {
            let severity = if call.done { Some(Severity::Warning) } else { missing.before };
            let Some(severity) = severity else { continue };
            let told = found.entry(missing.message).or_insert(Told {
                index,
                severity,
                help: missing.help,
                checks: Vec::new(),
            });
            told.severity = told.severity.max(severity);
            told.checks.push(call.check);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, told)| told.index);
    for (message, mut told) in found {
        told.checks.dedup_by_key(|check| check.span.start);
        let Some(check) = told.checks.first() else { continue };
        let finding = findings.add(check.span, message).severity(told.severity).help(told.help);
        if told.checks.len() > 1 {
            finding.label(format!("and in {}", plural(told.checks.len() - 1, "more check")));
        }
    }
}

/// The checks that name the same thing, which is told once.
struct Told<'a> {
    /// The number of the first call, for the order.
    index: usize,
    severity: Severity,
    help: String,
    checks: Vec<&'a Check>,
}
