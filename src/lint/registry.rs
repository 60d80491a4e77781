//! The list of all rules, in the order in which they are explained.

use super::{Rule, allowed, staged};

/// All rules: those of one kind of plan side by side, those of comments last.
pub static RULES: &[&Rule] = &[
    // Staged plans: the stages.
    &staged::parts::MISSING_OBJECTIVE,
    &staged::parts::MISSING_CHANGES,
    &staged::parts::MISSING_VALIDATION,
    // Comments that allow findings.
    &allowed::ALLOW_WITHOUT_REASON,
    &allowed::UNKNOWN_ALLOW,
    &allowed::UNUSED_ALLOW,
];
