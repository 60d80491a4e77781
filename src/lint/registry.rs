//! The list of all rules, in the order in which they are explained.

use super::{Rule, allowed, staged, workstream};

/// All rules: those of one kind of plan side by side, those of comments last.
pub static RULES: &[&Rule] = &[
    // Staged plans: before the stages.
    &staged::background::MISSING_TITLE,
    &staged::background::MISSING_BACKGROUND,
    &staged::background::MISSING_DESIGN,
    &staged::background::MISSING_GOAL,
    &staged::background::MISSING_AFFECTED_CODE,
    &staged::background::MISSING_DEPENDENCIES,
    // Staged plans: the stages.
    &staged::numbers::DUPLICATE_NUMBER,
    &staged::numbers::MISSING_NUMBER,
    &staged::parts::MISSING_OBJECTIVE,
    &staged::parts::MISSING_CHANGES,
    &staged::parts::MISSING_VALIDATION,
    &staged::changes::TOO_MANY_CHANGES,
    &staged::changes::SINGLE_CHANGE,
    &staged::changes::MISSING_REFERENCE,
    &staged::changes::TEST_NOT_FIRST,
    &staged::changes::RESEARCH_WITHOUT_RESULT,
    &staged::checks::UNCHECKED_STAGE,
    &staged::checks::NOTHING_TO_RUN,
    &staged::checks::TOO_MANY_COMMANDS,
    &staged::checks::WHOLE_SYSTEM,
    &staged::checks::VAGUE_CRITERION,
    &staged::checks::MISSING_COMPLETION,
    // Staged plans: their order.
    &staged::order::MISSING_ORDER,
    &staged::order::UNDRAWN_DEPENDENCY,
    &staged::order::UNTOLD_DEPENDENCY,
    &staged::order::SHARED_FILE,
    // Workstream plans: the plan as a whole, its parts, its workstreams and steps.
    &workstream::whole::TITLE_FORM,
    &workstream::place::INCREMENT_FOLDER,
    &workstream::place::MISSING_COMPANION,
    &workstream::whole::MISSING_INPUTS,
    &workstream::whole::SEVERAL_INCREMENTS,
    &workstream::sections::MISSING_SECTION,
    &workstream::sections::SECTIONS_OUT_OF_ORDER,
    &workstream::sections::EMPTY_SECTION,
    &workstream::steps::MISSING_PURPOSE,
    &workstream::steps::MISSING_STEPS,
    &workstream::steps::EMPTY_STEP,
    &workstream::steps::STEP_WITHOUT_REASON,
    &workstream::steps::STEP_WITHOUT_VALIDATION,
    &workstream::steps::COUPLED_STEP,
    &workstream::steps::STEP_NUMBERS,
    &workstream::risks::MISSING_ROLLOUT,
    &workstream::risks::MISSING_ROLLBACK,
    &workstream::risks::RISK_WITHOUT_MITIGATION,
    // Comments that allow findings.
    &allowed::ALLOW_WITHOUT_REASON,
    &allowed::UNKNOWN_ALLOW,
    &allowed::UNUSED_ALLOW,
];
