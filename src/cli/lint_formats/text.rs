//! Findings for people: each with its line underlined, and a last line that counts them.

use super::super::cmd_lint::{Linted, counts, diagnostics};
use crate::diagnostic::render::full;
use crate::text::{plural, tame};

/// All findings as text; with colour codes if `colour`.
pub(in crate::cli) fn text(linted: &[Linted], colour: bool) -> String {
    let mut out = String::new();
    for plan in linted.iter().filter(|plan| !plan.findings.is_empty()) {
        out.push_str(&tame(&full(&diagnostics(&plan.findings), colour)));
        out.push('\n');
    }
    let [errors, warnings, notes] = counts(linted);
    let found: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| plural(count, noun))
        .collect();
    let plans = plural(linted.len(), "plan");
    match found.as_slice() {
        [] => out.push_str(&format!("nothing found in {plans}\n")),
        found => {
            let found = found.join(", ");
            out.push_str(&format!("{found} in {plans}; `plan-run lint --explain CODE` tells more of a code\n"));
            let fixable = linted.iter().flat_map(|plan| &plan.findings).filter(|finding| finding.fix.is_some()).count();
            if fixable > 0 {
                out.push_str(&format!("{fixable} can be mended by `plan-run lint --fix`\n"));
            }
        }
    }
    out
}
