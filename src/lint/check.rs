//! Asks all rules about one plan.

use std::collections::BTreeSet;

use super::allowed::{Allows, unused};
use super::fixes::of_reader;
use super::{Finding, Findings, Levels, RULES, Reads, Rule, Subject};
use crate::config::Level;
use crate::diagnostic::{Diagnostics, Severity};

/// All that there is to say of a plan, in the order of its lines. `read` is what the reader said of it: its errors
/// stand, as such a plan is not run.
#[must_use]
pub fn lint(subject: &Subject<'_>, read: &Diagnostics, levels: &Levels) -> Vec<Finding> {
    let mut allows = Allows::of(subject);
    let mut found = Vec::new();
    for diagnostic in read.all() {
        let mut finding = Finding { diagnostic: diagnostic.clone(), fix: of_reader(subject, diagnostic) };
        let fixed = diagnostic.severity == Severity::Error;
        if fixed || leveled(&mut finding, levels) && !allows.take(subject, &finding) {
            found.push(finding);
        }
    }
    let mut passed_over: BTreeSet<&str> = BTreeSet::new();
    for &rule in RULES {
        if !is_asked(rule, subject, levels) {
            passed_over.insert(rule.code);
            continue;
        }
        let mut findings = Findings::new(rule, subject.source);
        (rule.check)(subject, &mut findings);
        found.extend(kept(findings, subject, levels, &mut allows));
    }
    if let Some(findings) = unused(subject, &allows, &passed_over) {
        found.extend(kept(findings, subject, levels, &mut allows));
    }
    let place = |finding: &Finding| finding.diagnostic.labels.first().map(|label| label.span.start);
    found.sort_by_key(place);
    found
}

/// Whether a rule has something to say of such a plan.
fn is_asked(rule: &Rule, subject: &Subject<'_>, levels: &Levels) -> bool {
    let sees = rule.reads == Reads::Plan || subject.world.is_some();
    sees && rule.applies.to(subject.plan.dialect) && levels.get(rule.code) != Some(Level::Off)
}

fn kept<'f>(
    findings: Findings<'f>,
    subject: &'f Subject<'_>,
    levels: &'f Levels,
    allows: &'f mut Allows,
) -> impl Iterator<Item = Finding> + 'f {
    findings.all().into_iter().filter_map(move |mut finding| {
        let stays = leveled(&mut finding, levels) && !allows.take(subject, &finding);
        stays.then_some(finding)
    })
}

/// Gives a finding the level that is set for its code; whether it is to be shown at all.
fn leveled(finding: &mut Finding, levels: &Levels) -> bool {
    match levels.get(finding.diagnostic.code) {
        Some(Level::Off) => return false,
        Some(Level::As(severity)) => finding.diagnostic.severity = severity,
        None => {}
    }
    true
}
